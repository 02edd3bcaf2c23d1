//! Copies between strided memory and contiguous tiles, by the size of an element; and tiles of one value or of a ramp.
//!
//! Pointers into strided memory may have any alignment. Sizes are 1, 2, 4, 8 and 16 bytes.
#![expect(unsafe_code, reason = "walks memory by byte strides")]

use super::tile::isa::Isa;
use crate::array::Array;
use crate::error::Result;

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
            if outer == (m * size) as isize {
                std::ptr::copy_nonoverlapping(src, dst, k * m * size);
            } else {
                for i in 0..k {
                    std::ptr::copy_nonoverlapping(src.offset(i as isize * outer), dst.add(i * m * size), m * size);
                }
            }
            return;
        }
        match Isa::best() {
            Isa::Base => by_size!(size, T => gather_typed::<T>(k, m, src, outer, inner, dst.cast())),
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
    unsafe { by_size!(size, T => gather_typed::<T>(k, m, src, outer, inner, dst.cast())) }
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
            if outer == (m * size) as isize {
                std::ptr::copy_nonoverlapping(src, dst, k * m * size);
            } else {
                for i in 0..k {
                    std::ptr::copy_nonoverlapping(src.add(i * m * size), dst.offset(i as isize * outer), m * size);
                }
            }
            return;
        }
        match Isa::best() {
            Isa::Base => by_size!(size, T => scatter_typed::<T>(k, m, src.cast(), dst, outer, inner)),
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
    unsafe { by_size!(size, T => scatter_typed::<T>(k, m, src.cast(), dst, outer, inner)) }
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
    for i in 0..k {
        let first = start.wrapping_add(outer.wrapping_mul(i as i64));
        for j in 0..m {
            // SAFETY: `i < k` and `j < m`.
            unsafe { dst.add(i * m + j).write(first.wrapping_add(inner.wrapping_mul(j as i64))) };
        }
    }
}

/// Copies the elements at `src` whose byte of `mask` is not zero to `dst`, one after another, `room` at most; their number.
///
/// # Safety
/// `src` and `mask` cover `n` elements, `dst` takes `room` and overlaps neither.
pub unsafe fn compress(size: usize, n: usize, src: *const u8, mask: *const u8, dst: *mut u8, room: usize) -> usize {
    // SAFETY: the caller's contract.
    unsafe {
        match Isa::best() {
            Isa::Base => by_size!(size, T => compress_typed::<T, false>(n, src.cast(), mask, dst.cast(), room)),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => compress_wide(size, n, src, mask, dst, room),
        }
    }
}

/// Elements of which a mask is looked at together: a bit of a word for each.
const RUN: usize = 64;

/// [`compress`].
///
/// # Safety
/// As [`compress`]; on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn compress_wide(size: usize, n: usize, src: *const u8, mask: *const u8, dst: *mut u8, room: usize) -> usize {
    // SAFETY: the caller's contract.
    unsafe { by_size!(size, T => compress_typed::<T, true>(n, src.cast(), mask, dst.cast(), room)) }
}

/// # Safety
/// As [`compress`]; if `WIDE`, on a processor with AVX2.
#[inline(always)]
unsafe fn compress_typed<T: Copy, const WIDE: bool>(
    n: usize,
    src: *const T,
    mask: *const u8,
    dst: *mut T,
    room: usize,
) -> usize {
    let mut kept = [std::mem::MaybeUninit::<T>::uninit(); RUN];
    let mut done = 0;
    for from in (0..n).step_by(RUN) {
        let m = RUN.min(n - from);
        // SAFETY: `from + m <= n`. In each branch as many are written as the mask keeps, and not more than there is room.
        unsafe {
            let (src, mask) = (src.add(from), std::slice::from_raw_parts(mask.add(from), m));
            let bits = if WIDE && m == RUN { wide_mask_bits(mask) } else { mask_bits(mask) };
            let count = (bits.count_ones() as usize).min(room - done);
            let dst = dst.add(done);
            if count == m {
                std::ptr::copy_nonoverlapping(src, dst, m);
            } else if count < if WIDE && size_of::<T>() == 8 { FEW_WIDE } else { FEW } {
                let mut bits = bits;
                for k in 0..count {
                    dst.add(k).write_unaligned(src.add(bits.trailing_zeros() as usize).read_unaligned());
                    bits &= bits - 1;
                }
            } else if WIDE && size_of::<T>() == 8 && m == RUN && room - done >= RUN {
                compress_words(bits, src.cast(), dst.cast());
            } else if room - done >= m {
                let mut at = 0;
                for (j, &keep) in mask.iter().enumerate() {
                    // Written always, counted where kept: no branch to guess wrong. What is too much is within the room.
                    dst.add(at).write_unaligned(src.add(j).read_unaligned());
                    at += usize::from(keep != 0);
                }
            } else {
                let mut at = 0;
                for (j, &keep) in mask.iter().enumerate() {
                    kept[at].write(src.add(j).read_unaligned());
                    at += usize::from(keep != 0);
                }
                std::ptr::copy_nonoverlapping(kept.as_ptr().cast::<T>(), dst, count);
            }
            done += count;
        }
    }
    done
}

/// Writes `first + step * i`, int64, of those of `n` positions whose mask byte is not zero to `dst`, at most `room`; how many.
///
/// # Safety
/// `mask` covers `n` elements, `dst` takes `room` and does not overlap it.
pub unsafe fn compress_iota(n: usize, first: i64, step: i64, mask: *const u8, dst: *mut i64, room: usize) -> usize {
    // SAFETY: the caller's contract.
    unsafe {
        match Isa::best() {
            Isa::Base => compress_iota_typed::<false>(n, first, step, mask, dst, room),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => compress_iota_wide(n, first, step, mask, dst, room),
        }
    }
}

/// [`compress_iota`].
///
/// # Safety
/// As [`compress_iota`]; on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn compress_iota_wide(n: usize, first: i64, step: i64, mask: *const u8, dst: *mut i64, room: usize) -> usize {
    // SAFETY: the caller's contract.
    unsafe { compress_iota_typed::<true>(n, first, step, mask, dst, room) }
}

/// # Safety
/// As [`compress_iota`]; if `WIDE`, on a processor with AVX2.
#[inline(always)]
unsafe fn compress_iota_typed<const WIDE: bool>(
    n: usize,
    first: i64,
    step: i64,
    mask: *const u8,
    dst: *mut i64,
    room: usize,
) -> usize {
    let mut done = 0;
    for from in (0..n).step_by(RUN) {
        let m = RUN.min(n - from);
        // SAFETY: `from + m <= n`; as many are written as the mask keeps, and not more than there is room.
        unsafe {
            let mask = std::slice::from_raw_parts(mask.add(from), m);
            let mut bits = if WIDE && m == RUN { wide_mask_bits(mask) } else { mask_bits(mask) };
            let count = (bits.count_ones() as usize).min(room - done);
            let value = |i: usize| first.wrapping_add(step.wrapping_mul((from + i) as i64));
            let dst = dst.add(done);
            if WIDE && count >= FEW_WIDE && m == RUN && room - done >= RUN {
                let values: [i64; RUN] = std::array::from_fn(value);
                compress_words(bits, values.as_ptr().cast(), dst.cast());
            } else {
                for k in 0..count {
                    dst.add(k).write_unaligned(value(bits.trailing_zeros() as usize));
                    bits &= bits - 1;
                }
            }
            done += count;
        }
    }
    done
}

/// For each four bits: which halves of four words are those of the words kept, one after another.
#[cfg(target_arch = "x86_64")]
static HALVES: [[u32; 8]; 16] = {
    let mut table = [[0; 8]; 16];
    let mut bits = 0;
    while bits < 16 {
        let (mut word, mut at) = (0, 0);
        while word < 4 {
            if bits >> word & 1 == 1 {
                table[bits][at] = 2 * word as u32;
                table[bits][at + 1] = 2 * word as u32 + 1;
                at += 2;
            }
            word += 1;
        }
        bits += 1;
    }
    table
};

/// Writes those of 64 words that the bits keep, one after another; what is written beyond them is less than 64 words from `dst`.
///
/// # Safety
/// `src` covers 64 words, `dst` takes as many and does not overlap them; on a processor with AVX2.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn compress_words(bits: u64, src: *const u64, dst: *mut u64) {
    use std::arch::x86_64::{_mm256_loadu_si256, _mm256_permutevar8x32_epi32, _mm256_storeu_si256};
    let mut at = 0;
    for j in (0..64).step_by(4) {
        let four = (bits >> j & 15) as usize;
        // SAFETY: `at <= j`, so that four words from there on are among the 64.
        unsafe {
            let which = _mm256_loadu_si256(HALVES[four].as_ptr().cast());
            let words = _mm256_loadu_si256(src.add(j).cast());
            _mm256_storeu_si256(dst.add(at).cast(), _mm256_permutevar8x32_epi32(words, which));
        }
        at += four.count_ones() as usize;
    }
}

/// # Safety
/// Nobody may call it.
#[cfg(not(target_arch = "x86_64"))]
unsafe fn compress_words(_: u64, _: *const u64, _: *mut u64) {
    unreachable!("wide code is for x86-64")
}

/// [`mask_bits`] of 64 bytes.
///
/// # Safety
/// On a processor with AVX2.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn wide_mask_bits(mask: &[u8]) -> u64 {
    use std::arch::x86_64::{_mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_setzero_si256};
    let half = |mask: &[u8]| {
        debug_assert!(mask.len() >= 32);
        // SAFETY: the slice covers 32 bytes.
        let zero = unsafe { _mm256_cmpeq_epi8(_mm256_loadu_si256(mask.as_ptr().cast()), _mm256_setzero_si256()) };
        // SAFETY: the caller's contract.
        !unsafe { _mm256_movemask_epi8(zero) } as u32
    };
    u64::from(half(&mask[..32])) | u64::from(half(&mask[32..])) << 32
}

/// # Safety
/// None is asked.
#[cfg(not(target_arch = "x86_64"))]
unsafe fn wide_mask_bits(mask: &[u8]) -> u64 {
    mask_bits(mask)
}

/// Kept ones of 64 below which they are looked for one by one.
const FEW: usize = 24;
/// The same for words of eight bytes by wide vectors.
const FEW_WIDE: usize = 12;

/// A bit for each of up to 64 bytes that is not zero.
fn mask_bits(mask: &[u8]) -> u64 {
    let mut bits = 0;
    for (k, chunk) in mask.chunks(8).enumerate() {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        let word = u64::from_le_bytes(bytes);
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        // The high bit of each byte that is not zero, then these bits side by side.
        let high = (((word & LOW) + LOW) | word) & !LOW;
        bits |= ((high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * k);
    }
    bits
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

/// Side of the squares that transposed blocks are copied by: a cache line of 8-byte elements.
const SIDE: usize = 8;

/// True where neighbours in memory are elements of one column, and squares of them fit in registers.
fn transposed(size: usize, k: usize, m: usize, outer: isize) -> bool {
    outer == size as isize && size <= 8 && k >= SIDE && m >= SIDE
}

/// Columns that are copied together: all, unless rows jump farther than columns. Then few enough that the lines they
/// lie in stay in cache from row to row, whatever their distance (a set of the first level holds 8 lines).
fn together(k: usize, m: usize, outer: isize, inner: isize) -> usize {
    if k >= SIDE && outer.unsigned_abs() < inner.unsigned_abs() { SIDE } else { m }
}

/// Asks for the lines of the next [`SIDE`] columns of `rows` elements: no processor foresees their distance. Those after a
/// block's last are mostly the next block's first.
#[inline(always)]
fn fetch_columns<T>(rows: usize, first: *const u8, inner: isize) {
    #[cfg(target_arch = "x86_64")]
    for c in 0..SIDE {
        for i in (0..rows * size_of::<T>()).step_by(64) {
            let at = first.wrapping_offset(c as isize * inner).wrapping_add(i);
            // SAFETY: a hint reads nothing, wherever it points.
            unsafe { std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast()) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (rows, first, inner);
}

/// # Safety
/// As [`gather`].
#[inline(always)]
unsafe fn gather_typed<T: Copy>(k: usize, m: usize, src: *const u8, outer: isize, inner: isize, dst: *mut T) {
    // SAFETY: (i, j) stay below (k, m).
    unsafe {
        let size = size_of::<T>();
        if transposed(size, k, m, outer) {
            let (rows, columns) = (k / SIDE * SIDE, m / SIDE * SIDE);
            for j in (0..columns).step_by(SIDE) {
                fetch_columns::<T>(rows, src.wrapping_offset((j + SIDE) as isize * inner), inner);
                for i in (0..rows).step_by(SIDE) {
                    let from = src.offset(i as isize * outer + j as isize * inner);
                    let lines: [[T; SIDE]; SIDE] =
                        std::array::from_fn(|c| from.offset(c as isize * inner).cast::<[T; SIDE]>().read_unaligned());
                    let rows: [[T; SIDE]; SIDE] = std::array::from_fn(|r| std::array::from_fn(|c| lines[c][r]));
                    for (r, row) in rows.into_iter().enumerate() {
                        dst.add((i + r) * m + j).cast::<[T; SIDE]>().write_unaligned(row);
                    }
                }
            }
            for i in 0..k {
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
/// As [`scatter`].
#[inline(always)]
unsafe fn scatter_typed<T: Copy>(k: usize, m: usize, src: *const T, dst: *mut u8, outer: isize, inner: isize) {
    // SAFETY: (i, j) stay below (k, m).
    unsafe {
        let size = size_of::<T>();
        if transposed(size, k, m, outer) {
            let (rows, columns) = (k / SIDE * SIDE, m / SIDE * SIDE);
            for j in (0..columns).step_by(SIDE) {
                for i in (0..rows).step_by(SIDE) {
                    let to = dst.offset(i as isize * outer + j as isize * inner);
                    let lines: [[T; SIDE]; SIDE] =
                        std::array::from_fn(|r| src.add((i + r) * m + j).cast::<[T; SIDE]>().read_unaligned());
                    let columns: [[T; SIDE]; SIDE] = std::array::from_fn(|c| std::array::from_fn(|r| lines[r][c]));
                    for (c, column) in columns.into_iter().enumerate() {
                        to.offset(c as isize * inner).cast::<[T; SIDE]>().write_unaligned(column);
                    }
                }
            }
            for i in 0..k {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Memory around which strides of both signs have room, each byte different from its neighbours.
    fn memory() -> Vec<u8> {
        (0..1usize << 16).map(|i| (i ^ (i >> 8) ^ (i >> 3)) as u8).collect()
    }

    /// Strides by element size: contiguous, none, reversed, every other, wide, transposed, unaligned.
    fn strides(size: isize, k: usize, m: usize) -> Vec<(isize, isize)> {
        let (k, m) = (k as isize, m as isize);
        vec![
            (m * size, size),
            (m * size + 3, size),
            (0, 0),
            (size, 0),
            (-m * size, -size),
            (2 * m * size, 2 * size),
            (2 * m * size, -2 * size),
            (size, k * size),
            (size, k * size + 5),
            (size, -k * size),
            (7, 3 * size + 1),
        ]
    }

    #[test]
    fn gather_reads_what_strides_say() {
        let source = memory();
        for size in [1usize, 2, 4, 8, 16] {
            for (k, m) in [(1, 1), (1, 33), (3, 7), (5, 3), (6, 4), (1, 5), (8, 8), (9, 17), (16, 24), (31, 2)] {
                for (outer, inner) in strides(size as isize, k, m) {
                    let mut got = vec![0u8; k * m * size];
                    let base = 30_001isize;
                    // SAFETY: the extents above stay within the memory on both sides of the base.
                    unsafe { gather(size, k, m, source.as_ptr().offset(base), outer, inner, got.as_mut_ptr()) };
                    for (n, element) in got.chunks(size).enumerate() {
                        let at = (base + (n / m) as isize * outer + (n % m) as isize * inner) as usize;
                        assert_eq!(element, &source[at..at + size], "{size} {k} {m} {outer} {inner} {n}");
                    }
                }
            }
        }
    }

    #[test]
    fn compress_keeps_what_the_mask_keeps() {
        let source = memory();
        for size in [1usize, 2, 4, 8, 16] {
            for n in [1, 63, 64, 65, 500] {
                for density in [0u8, 1, 30, 128, 250, 255] {
                    let mask: Vec<u8> =
                        (0..n).map(|i| u8::from(source[3 * i + 1] < density || density == 255)).collect();
                    let elements = source.chunks(size).zip(&mask);
                    let want: Vec<u8> = elements.filter(|e| *e.1 != 0).flat_map(|e| e.0.to_vec()).collect();
                    for spare in [0, 1, 64] {
                        let room = want.len() / size + spare;
                        let mut got = vec![0xa5u8; room * size + 16];
                        // SAFETY: there is room for `room` elements.
                        let kept = unsafe { compress(size, n, source.as_ptr(), mask.as_ptr(), got.as_mut_ptr(), room) };
                        assert_eq!(kept * size, want.len());
                        assert_eq!(got[..want.len()], want[..], "{size} {n} {density} {spare}");
                        assert_eq!(got[room * size..], [0xa5; 16], "{size} {n} {density} {spare}");
                    }
                }
            }
        }
    }

    #[test]
    fn scatter_writes_where_gather_reads_and_nowhere_else() {
        for size in [1usize, 2, 4, 8, 16] {
            for (k, m) in [(1, 1), (1, 33), (3, 7), (8, 8), (9, 17), (16, 24), (31, 2)] {
                for (outer, inner) in strides(size as isize, k, m).into_iter().filter(|&(o, i)| i != 0 && o != 7) {
                    let tile = &memory()[..k * m * size];
                    let mut target = vec![0xa5u8; 1 << 16];
                    let mut expected = target.clone();
                    let base = 30_001isize;
                    for (n, element) in tile.chunks(size).enumerate() {
                        let at = (base + (n / m) as isize * outer + (n % m) as isize * inner) as usize;
                        expected[at..at + size].copy_from_slice(element);
                    }
                    // SAFETY: the extents above stay within the memory on both sides of the base.
                    unsafe { scatter(size, k, m, tile.as_ptr(), target.as_mut_ptr().offset(base), outer, inner) };
                    assert_eq!(target, expected, "{size} {k} {m} {outer} {inner}");
                }
            }
        }
    }

    #[test]
    fn fill_repeats_and_iota_counts() {
        let mut bytes = [0u8; 6];
        // SAFETY: three elements of two bytes.
        unsafe { fill(2, 3, [7u8, 9].as_ptr(), bytes.as_mut_ptr()) };
        assert_eq!(bytes, [7, 9, 7, 9, 7, 9]);
        let mut ramp = [0i64; 6];
        // SAFETY: two rows of three elements.
        unsafe { iota(2, 3, 5, 100, -1, ramp.as_mut_ptr()) };
        assert_eq!(ramp, [5, 4, 3, 105, 104, 103]);
    }
}
