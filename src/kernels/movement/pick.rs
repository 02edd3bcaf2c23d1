//! Elements that lie where numbers say, and steps from there: rows that are picked.

use super::gather;
use super::rows::copy_row;
use crate::kernels::tile::Table;
use crate::kernels::tile::isa::Isa;

/// A block of `k` rows of `m` elements of an array of one axis. That at (i, j) is number `first + i * steps.0 + j * steps.1`, and `scale` times
/// the place at (i, j) more; out of bounds it is the first.
#[derive(Clone, Copy, Debug)]
pub struct Pick {
    /// The array, of one element at least.
    pub table: Table,
    /// See above.
    pub scale: i64,
    /// See above.
    pub first: i64,
    /// `k` and `m`.
    pub rows: (usize, usize),
    /// Elements from row to row, and within a row.
    pub steps: (i64, i64),
    /// The address of the block's first place, an int64 of any alignment.
    pub places: usize,
    /// Bytes from row to row of places, and within a row.
    pub place_steps: (isize, isize),
}

impl Pick {
    /// How far the place at (i, j) moves its element.
    ///
    /// # Safety
    /// It is readable.
    #[inline(always)]
    unsafe fn place(&self, i: usize, j: usize) -> i64 {
        let at = i as isize * self.place_steps.0 + j as isize * self.place_steps.1;
        // SAFETY: by contract.
        unsafe { (self.places as *const u8).offset(at).cast::<i64>().read_unaligned() }.wrapping_mul(self.scale)
    }

    /// Where row `i`, which has one place, begins, if it lies within bounds.
    ///
    /// # Safety
    /// As [`Pick::place`].
    #[inline(always)]
    unsafe fn row(&self, i: usize) -> Option<*const u8> {
        let m = self.rows.1 as i64;
        // SAFETY: by contract.
        let first = unsafe { self.place(i, 0) }.wrapping_add(self.first + i as i64 * self.steps.0);
        let last = first.wrapping_add((m - 1) * self.steps.1);
        let within = |at: i64| (at as u64) < self.table.len as u64;
        let at = (self.table.data as *const u8).wrapping_offset((first as isize).wrapping_mul(self.table.stride));
        (within(first) && within(last)).then_some(at)
    }

    /// The only row, if it has one place and its elements of `size` bytes lie contiguous within bounds.
    ///
    /// # Safety
    /// The places are readable.
    pub unsafe fn row_in_place(&self, size: usize) -> Option<*mut u8> {
        let one = self.place_steps.1 == 0 || self.rows.1 == 1;
        let follow = one && self.steps.1 == 1 && self.table.stride == size as isize;
        // SAFETY: by contract.
        if follow { unsafe { self.row(0) }.map(<*const u8>::cast_mut) } else { None }
    }

    /// Copies the block, of elements of `size` bytes, into one contiguous block.
    ///
    /// # Safety
    /// The places and the table's elements are readable; `out` takes `k * m` elements, and overlaps neither.
    pub unsafe fn copy(&self, size: usize, out: *mut u8) {
        // SAFETY: the caller's contract; the processor is of its best instruction set.
        unsafe { self.copy_for(Isa::best(), size, out) }
    }

    /// # Safety
    /// As [`Pick::copy`]; on a processor with this instruction set.
    pub(super) unsafe fn copy_for(&self, isa: Isa, size: usize, out: *mut u8) {
        // SAFETY: the caller's contract.
        unsafe {
            match isa {
                Isa::Base => by_size!(size, T => self.rows::<T>(out.cast())),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 | Isa::Avx512 => self.rows_wide(size, out),
            }
        }
    }

    /// # Safety
    /// As [`Pick::copy`]; on a processor with these features.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    unsafe fn rows_wide(&self, size: usize, out: *mut u8) {
        // SAFETY: the caller's contract.
        unsafe { by_size!(size, T => self.rows::<T>(out.cast())) }
    }

    /// # Safety
    /// As [`Pick::copy`].
    #[inline(always)]
    unsafe fn rows<T: Copy>(&self, out: *mut T) {
        let ((k, m), size) = (self.rows, size_of::<T>());
        if self.place_steps.1 != 0 && m > 1 {
            // SAFETY: the caller's contract.
            return unsafe { self.one_by_one(out) };
        }
        let follow = self.steps.1 == 1 && self.table.stride == size as isize;
        for i in 0..k {
            // SAFETY: by contract; a row begins and ends within the table.
            unsafe {
                let to = out.add(i * m);
                match self.row(i) {
                    Some(row) if follow => copy_row(m * size, row, to.cast()),
                    Some(row) => gather(size, 1, m, row, 0, self.steps.1 as isize * self.table.stride, to.cast()),
                    None => Pick { rows: (1, m), ..self.below(i) }.one_by_one(to),
                }
            }
        }
    }

    /// The block from row `i` on.
    fn below(&self, i: usize) -> Pick {
        let places = self.places.wrapping_add_signed(i as isize * self.place_steps.0);
        Pick { first: self.first + i as i64 * self.steps.0, rows: (self.rows.0 - i, self.rows.1), places, ..*self }
    }

    /// As [`Pick::copy`], where each element may have a place of its own, or lie out of bounds.
    ///
    /// # Safety
    /// As [`Pick::copy`].
    #[inline(always)]
    unsafe fn one_by_one<T: Copy>(&self, out: *mut T) {
        let ((k, m), data, len) = (self.rows, self.table.data as *const u8, self.table.len as u64);
        let mut at = [0i64; TOGETHER];
        for from in (0..m).step_by(TOGETHER) {
            let at = &mut at[..TOGETHER.min(m - from)];
            let (mut low, mut high) = (0, 0);
            for i in 0..k {
                // Rows may have the same places.
                if i == 0 || self.place_steps.0 != 0 {
                    for (j, at) in at.iter_mut().enumerate() {
                        // SAFETY: by contract.
                        *at = unsafe { self.place(i, from + j) }.wrapping_add((from + j) as i64 * self.steps.1);
                    }
                    (low, high) = at.iter().fold((at[0], at[0]), |(low, high), &at| (low.min(at), high.max(at)));
                }
                let first = self.first + i as i64 * self.steps.0;
                let within = |at: i64| (at.wrapping_add(first) as u64) < len;
                // Neither end is beyond the other by going round.
                let all = within(low)
                    && within(high)
                    && low.checked_add(first).is_some()
                    && high.checked_add(first).is_some();
                // SAFETY: by contract; positions are within bounds, if not all of them then one by one.
                unsafe {
                    let to = out.add(i * m + from);
                    if all && self.table.stride == size_of::<T>() as isize {
                        let data = data.cast::<T>().wrapping_offset(first as isize);
                        for (j, &at) in at.iter().enumerate() {
                            to.add(j).write(data.wrapping_offset(at as isize).read_unaligned());
                        }
                    } else {
                        for (j, &at) in at.iter().enumerate() {
                            let at = if within(at) { at.wrapping_add(first) as isize } else { 0 };
                            to.add(j).write(data.offset(at * self.table.stride).cast::<T>().read_unaligned());
                        }
                    }
                }
            }
        }
    }
}

/// Elements of a row whose positions are looked at together.
const TOGETHER: usize = 256;
