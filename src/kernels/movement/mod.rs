//! Copies between strided memory and contiguous tiles, by the size of an element; and tiles of one value or of a ramp.
//!
//! Pointers into strided memory may have any alignment. Sizes are 1, 2, 4, 8 and 16 bytes.
#![expect(unsafe_code, reason = "walks memory by byte strides")]

/// Runs `$body` with `$t` the unsigned integer of `$size` bytes (two of 64 bits for 16).
macro_rules! by_size {
    ($size:expr, $t:ident => $body:expr) => {
        match $size {
            1 => {
                type $t = u8;
                $body
            }
            2 => {
                type $t = u16;
                $body
            }
            4 => {
                type $t = u32;
                $body
            }
            8 => {
                type $t = u64;
                $body
            }
            16 => {
                type $t = [u64; 2];
                $body
            }
            size => unreachable!("no element has {size} bytes"),
        }
    };
}

mod compress;
mod pick;
mod rows;
mod square;
#[cfg(test)]
mod tests;

pub use compress::{compress, compress_iota};
pub use pick::Pick;
use rows::{copy_rows, repeat};

use super::tile::isa::Isa;
use crate::array::Array;
use crate::error::Result;
pub(super) use square::fetch_ahead;
pub(super) use square::{SIDE, square};
use square::{fetch_columns, transposed};

/// Copies `k` rows of `m` elements into one contiguous block: element (i, j) lies at `src + i * outer + j * inner`.
///
/// # Safety
/// Each element at the source is readable; `dst` takes `k * m` elements and overlaps none of them.
pub unsafe fn gather(size: usize, k: usize, m: usize, src: *const u8, outer: isize, inner: isize, dst: *mut u8) {
    if k == 0 || m == 0 {
        return;
    }
    // SAFETY: the caller's contract.
    unsafe {
        if inner == size as isize {
            return copy_rows(k, m * size, (src, outer), (dst, (m * size) as isize));
        }
        match Isa::best() {
            Isa::Base => by_size!(size, T => gather_typed::<T, false>(k, m, src, outer, inner, dst.cast())),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => gather_wide(size, k, m, src, outer, inner, dst),
        }
    }
}

/// [`gather`] where rows do not lie contiguous.
///
/// # Safety
/// As [`gather`]; on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn gather_wide(size: usize, k: usize, m: usize, src: *const u8, outer: isize, inner: isize, dst: *mut u8) {
    // SAFETY: the caller's contract.
    unsafe { by_size!(size, T => gather_typed::<T, true>(k, m, src, outer, inner, dst.cast())) }
}

/// Copies a contiguous block of `k` rows of `m` elements to `dst + i * outer + j * inner`.
///
/// # Safety
/// `src` covers `k * m` elements; each place at the destination is writable and overlaps no source.
pub unsafe fn scatter(size: usize, k: usize, m: usize, src: *const u8, dst: *mut u8, outer: isize, inner: isize) {
    if k == 0 || m == 0 {
        return;
    }
    // SAFETY: the caller's contract.
    unsafe {
        if inner == size as isize {
            return copy_rows(k, m * size, (src, (m * size) as isize), (dst, outer));
        }
        match Isa::best() {
            Isa::Base => by_size!(size, T => scatter_typed::<T, false>(k, m, src.cast(), dst, outer, inner)),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => scatter_wide(size, k, m, src, dst, outer, inner),
        }
    }
}

/// [`scatter`] where rows do not lie contiguous.
///
/// # Safety
/// As [`scatter`]; on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn scatter_wide(size: usize, k: usize, m: usize, src: *const u8, dst: *mut u8, outer: isize, inner: isize) {
    // SAFETY: the caller's contract.
    unsafe { by_size!(size, T => scatter_typed::<T, true>(k, m, src.cast(), dst, outer, inner)) }
}

/// Writes one element `n` times.
///
/// # Safety
/// `value` covers one element, `dst` takes `n`.
pub unsafe fn fill(size: usize, n: usize, value: *const u8, dst: *mut u8) {
    // SAFETY: the caller's contract.
    unsafe {
        by_size!(size, T => {
            let value = value.cast::<T>().read_unaligned();
            for i in 0..n {
                dst.cast::<T>().add(i).write_unaligned(value);
            }
        });
    }
}

/// Writes `start + i * outer + j * inner` (wrapping) to element (i, j) of a contiguous block of `k` rows of `m`.
///
/// # Safety
/// `dst` is aligned and takes `k * m` elements.
pub unsafe fn iota(k: usize, m: usize, start: i64, outer: i64, inner: i64, dst: *mut i64) {
    let row_follows_row = outer == inner.wrapping_mul(m as i64);
    let (k, m) = if row_follows_row { (1, k * m) } else { (k, m) };
    // Rows that are all the same are copied, twice as many each time.
    let (total, computed) = (k * m, if outer == 0 { k.min(1) } else { k });
    for i in 0..computed {
        let first = start.wrapping_add(outer.wrapping_mul(i as i64));
        for j in 0..m {
            // SAFETY: `i < k` and `j < m`.
            unsafe { dst.add(i * m + j).write(first.wrapping_add(inner.wrapping_mul(j as i64))) };
        }
    }
    let size = size_of::<i64>();
    // SAFETY: so many elements are there, and there is room for all.
    unsafe { repeat(dst.cast(), computed * m * size, total * size) };
}

/// Counts `n` numbers (int64) in a table of int64, or adds a weight (float64) of each in a table of float64; numbers that are
/// no place of the table are left out.
///
/// # Safety
/// `numbers` and `weights` cover `n` elements, `table` has `bins` and overlaps neither.
pub unsafe fn count_bins(n: usize, numbers: *const u8, weights: Option<*const u8>, bins: usize, table: *mut u64) {
    // SAFETY: `i < n`; places are below `bins`.
    unsafe {
        let number = |i: usize| numbers.cast::<u64>().add(i).read_unaligned() as usize;
        match weights {
            None => {
                for at in (0..n).map(number).filter(|&at| at < bins) {
                    *table.add(at) += 1;
                }
            }
            Some(weights) => {
                for (i, at) in (0..n).map(number).enumerate().filter(|&(_, at)| at < bins) {
                    *table.cast::<f64>().add(at) += weights.cast::<f64>().add(i).read_unaligned();
                }
            }
        }
    }
}

/// An address that tasks share; each uses elements of its own.
#[derive(Clone, Copy)]
pub(super) struct Address(pub *mut u8);

// SAFETY: an address by itself; whoever reads or writes through it proves that nobody else does.
unsafe impl Send for Address {}
// SAFETY: as above.
unsafe impl Sync for Address {}

impl Address {
    /// The address this many bytes on.
    pub fn at(self, bytes: usize) -> *mut u8 {
        self.0.wrapping_add(bytes)
    }
}

/// The elements of an array in memory of their own, in C order.
///
/// # Errors
/// `Error::Memory`.
pub fn own(array: &Array) -> Result<Array> {
    let own = Array::uninit(array.dtype(), array.shape())?;
    copy(array, &own);
    Ok(own)
}

/// Copies the elements of `from` into `to`, of the same shape and type.
///
/// # Panics
/// If shapes or types differ.
pub fn copy(from: &Array, to: &Array) {
    assert!(from.shape() == to.shape() && from.dtype() == to.dtype());
    if from.size() == 0 {
        return;
    }
    let size = from.dtype().size();
    let ndim = from.ndim();
    let inner = from.shape().last().copied().unwrap_or(1);
    let stride = |a: &Array| a.strides().last().copied().unwrap_or(size as isize);
    let mut index = vec![0usize; ndim.saturating_sub(1)];
    // Strided to strided goes through a contiguous row.
    let mut row = vec![0u8; inner * size];
    for _ in 0..from.size() / inner {
        let at = |a: &Array| {
            let steps: isize = index.iter().zip(a.strides()).map(|(&i, &s)| i as isize * s).sum();
            a.data().wrapping_offset(steps)
        };
        // SAFETY: both layouts lie within their buffers (`Array`'s invariant) and are walked row by row within their
        // common shape; `row` holds one row.
        unsafe {
            gather(size, 1, inner, at(from), 0, stride(from), row.as_mut_ptr());
            scatter(size, 1, inner, row.as_ptr(), at(to), 0, stride(to));
        }
        for d in (0..index.len()).rev() {
            index[d] += 1;
            if index[d] < from.shape()[d] {
                break;
            }
            index[d] = 0;
        }
    }
}

/// Columns that are copied together: all, unless rows jump farther than columns. Then few enough that the lines they
/// lie in stay in cache from row to row, whatever their distance (a set of the first level holds 8 lines).
fn together(k: usize, m: usize, outer: isize, inner: isize) -> usize {
    if k >= SIDE && outer.unsigned_abs() < inner.unsigned_abs() { SIDE } else { m }
}

/// # Safety
/// As [`gather`]; where it is `WIDE`, on a processor with AVX2.
#[inline(always)]
unsafe fn gather_typed<T: Copy, const WIDE: bool>(
    k: usize,
    m: usize,
    src: *const u8,
    outer: isize,
    inner: isize,
    dst: *mut T,
) {
    // SAFETY: (i, j) stay below (k, m).
    unsafe {
        let size = size_of::<T>();
        if transposed(size, k, m, outer, inner) {
            let (rows, columns) = (k / SIDE * SIDE, m / SIDE * SIDE);
            for j in (0..columns).step_by(SIDE) {
                fetch_columns::<T>(rows, src.wrapping_offset((j + SIDE) as isize * inner), inner);
                for i in (0..rows).step_by(SIDE) {
                    let from = src.offset(i as isize * outer + j as isize * inner);
                    square::<T, WIDE>(from, inner, dst.add(i * m + j).cast(), (m * size) as isize);
                }
            }
            // Lines of whole squares have nothing left.
            for i in if columns == m { rows } else { 0 }..k {
                let from = if i < rows { columns } else { 0 };
                gather_row(
                    m - from,
                    src.offset(i as isize * outer + from as isize * inner),
                    inner,
                    dst.add(i * m + from),
                );
            }
            return;
        }
        if inner == 0 {
            match m {
                2 => return repeat_each::<T, 2>(k, src, outer, dst),
                3 => return repeat_each::<T, 3>(k, src, outer, dst),
                4 => return repeat_each::<T, 4>(k, src, outer, dst),
                5..=8 => return repeat_each_up_to::<T>(k, m, src, outer, dst),
                _ => {}
            }
        }
        let width = together(k, m, outer, inner);
        for j in (0..m).step_by(width) {
            for i in 0..k {
                let from = src.offset(i as isize * outer + j as isize * inner);
                gather_row(width.min(m - j), from, inner, dst.add(i * m + j));
            }
        }
    }
}

/// Each of `k` elements `M` times.
///
/// # Safety
/// As [`gather`], of `M` elements a row that are one.
#[inline(always)]
unsafe fn repeat_each<T: Copy, const M: usize>(k: usize, src: *const u8, outer: isize, dst: *mut T) {
    let dst = dst.cast::<[T; M]>();
    for i in 0..k {
        // SAFETY: `i < k`.
        unsafe { dst.add(i).write_unaligned([src.offset(i as isize * outer).cast::<T>().read_unaligned(); M]) };
    }
}

/// Each of `k` elements `m` times, `m` from 5 to 8: eight are written, of which the next row overwrites some.
///
/// # Safety
/// As [`gather`], of `m` elements a row that are one.
#[inline(always)]
unsafe fn repeat_each_up_to<T: Copy>(k: usize, m: usize, src: *const u8, outer: isize, dst: *mut T) {
    // SAFETY: `i < k`; another row follows each that is written past its end, and `2 m >= 8`.
    unsafe {
        let value = |i: usize| src.offset(i as isize * outer).cast::<T>().read_unaligned();
        for i in 0..k - 1 {
            dst.add(i * m).cast::<[T; 8]>().write_unaligned([value(i); 8]);
        }
        for j in 0..m {
            dst.add((k - 1) * m + j).write_unaligned(value(k - 1));
        }
    }
}

/// # Safety
/// As [`gather`], for one row.
#[inline(always)]
unsafe fn gather_row<T: Copy>(m: usize, src: *const u8, inner: isize, dst: *mut T) {
    let size = size_of::<T>() as isize;
    // SAFETY: `j < m`, and the strides named are those of the branch.
    unsafe {
        if inner == 0 {
            let value = src.cast::<T>().read_unaligned();
            for j in 0..m {
                dst.add(j).write_unaligned(value);
            }
        } else if inner == -size {
            let src = src.cast::<T>();
            for j in 0..m {
                dst.add(j).write_unaligned(src.sub(j).read_unaligned());
            }
        } else if inner == 2 * size {
            every::<T, 2>(m, src.cast(), dst);
        } else if inner == 3 * size {
            every::<T, 3>(m, src.cast(), dst);
        } else if inner == 4 * size {
            every::<T, 4>(m, src.cast(), dst);
        } else if inner == -2 * size {
            every::<T, -2>(m, src.cast(), dst);
        } else {
            for j in 0..m {
                dst.add(j).write_unaligned(src.offset(j as isize * inner).cast::<T>().read_unaligned());
            }
        }
    }
}

/// Every `N`th of elements: a distance that the compiler knows lets it load vectors and shuffle them.
///
/// # Safety
/// From `src` on, `m` elements at distances of `N` are readable; `dst` takes `m`.
#[inline(always)]
unsafe fn every<T: Copy, const N: isize>(m: usize, src: *const T, dst: *mut T) {
    for j in 0..m {
        // SAFETY: `j < m`.
        unsafe { dst.add(j).write_unaligned(src.offset(N * j as isize).read_unaligned()) };
    }
}

/// # Safety
/// As [`scatter`]; where it is `WIDE`, on a processor with AVX2.
#[inline(always)]
unsafe fn scatter_typed<T: Copy, const WIDE: bool>(
    k: usize,
    m: usize,
    src: *const T,
    dst: *mut u8,
    outer: isize,
    inner: isize,
) {
    // SAFETY: (i, j) stay below (k, m).
    unsafe {
        let size = size_of::<T>();
        if transposed(size, k, m, outer, inner) {
            let (rows, columns) = (k / SIDE * SIDE, m / SIDE * SIDE);
            for j in (0..columns).step_by(SIDE) {
                for i in (0..rows).step_by(SIDE) {
                    let to = dst.offset(i as isize * outer + j as isize * inner);
                    square::<T, WIDE>(src.add(i * m + j).cast(), (m * size) as isize, to, inner);
                }
            }
            // Lines of whole squares have nothing left.
            for i in if columns == m { rows } else { 0 }..k {
                let from = if i < rows { columns } else { 0 };
                scatter_row(
                    m - from,
                    src.add(i * m + from),
                    dst.offset(i as isize * outer + from as isize * inner),
                    inner,
                );
            }
            return;
        }
        let width = together(k, m, outer, inner);
        for j in (0..m).step_by(width) {
            for i in 0..k {
                let to = dst.offset(i as isize * outer + j as isize * inner);
                scatter_row(width.min(m - j), src.add(i * m + j), to, inner);
            }
        }
    }
}

/// # Safety
/// As [`scatter`], for one row.
#[inline(always)]
unsafe fn scatter_row<T: Copy>(m: usize, src: *const T, dst: *mut u8, inner: isize) {
    let size = size_of::<T>() as isize;
    // SAFETY: `j < m`, and the strides named are those of the branch.
    unsafe {
        if inner == -size {
            let dst = dst.cast::<T>();
            for j in 0..m {
                dst.sub(j).write_unaligned(src.add(j).read_unaligned());
            }
        } else {
            for j in 0..m {
                dst.offset(j as isize * inner).cast::<T>().write_unaligned(src.add(j).read_unaligned());
            }
        }
    }
}
