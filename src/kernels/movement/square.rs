//! Squares of elements whose rows become columns: blocks of transposed arrays are copied by these.
#![expect(unsafe_code, reason = "walks memory by byte strides")]

/// Side of the squares that transposed blocks are copied by: a cache line of 8-byte elements.
pub(in crate::kernels) const SIDE: usize = 8;

/// True where neighbours in memory are elements of one column, and squares of them fit in registers.
pub(super) fn transposed(size: usize, k: usize, m: usize, outer: isize, inner: isize) -> bool {
    outer == size as isize && inner != 0 && size <= 8 && k >= SIDE && m >= SIDE
}

/// Asks for the lines of the next [`SIDE`] columns of `rows` elements: no processor foresees their distance. Those after a
/// block's last are mostly the next block's first.
#[inline(always)]
pub(super) fn fetch_columns<T>(rows: usize, first: *const u8, inner: isize) {
    for c in 0..SIDE {
        fetch_ahead(first.wrapping_offset(c as isize * inner).cast::<T>(), rows);
    }
}

/// Asks for the lines of `count` elements, wherever they are.
#[inline(always)]
pub(in crate::kernels) fn fetch_ahead<T>(first: *const T, count: usize) {
    #[cfg(target_arch = "x86_64")]
    for i in (0..count * size_of::<T>()).step_by(64) {
        let at = first.wrapping_byte_add(i);
        // SAFETY: a hint reads nothing, wherever it points.
        unsafe { std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (first, count);
}

/// Writes the elements of the `SIDE` lines that lie `step` bytes apart from `from` on, each of `SIDE` neighbours, to lines that lie `to_step`
/// bytes apart from `to` on: element `i` of line `j` to element `j` of line `i`. By vectors, a square of 64 or 32 bits takes a quarter
/// of the time of what is compiled of the loops (0.14 against 0.52 ns an element).
///
/// # Safety
/// The elements are readable, their places writable and none of them; where it is `WIDE`, the processor has AVX2.
#[inline(always)]
pub(in crate::kernels) unsafe fn square<T: Copy, const WIDE: bool>(
    from: *const u8,
    step: isize,
    to: *mut u8,
    to_step: isize,
) {
    // SAFETY: the caller's contract; the vectors are for elements of their size.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        match size_of::<T>() {
            8 if WIDE => return wide::square_of_64(from, step, to, to_step),
            4 if WIDE => return wide::square_of_32(from, step, to, to_step),
            _ => {}
        }
        let lines: [[T; SIDE]; SIDE] =
            std::array::from_fn(|j| from.offset(j as isize * step).cast::<[T; SIDE]>().read_unaligned());
        let columns: [[T; SIDE]; SIDE] = std::array::from_fn(|i| std::array::from_fn(|j| lines[j][i]));
        for (i, column) in columns.into_iter().enumerate() {
            to.offset(i as isize * to_step).cast::<[T; SIDE]>().write_unaligned(column);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    //! Halves of lines are loaded into halves of vectors, so that pairs are exchanged within these alone.

    use std::arch::x86_64::*;

    /// # Safety
    /// As [`super::square`], of 64 bits and `WIDE`.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn square_of_64(from: *const u8, step: isize, to: *mut u8, to_step: isize) {
        for (i, j) in [(0, 0), (4, 0), (0, 4), (4, 4)] {
            // SAFETY: quarters of the squares, four lines of four elements each.
            unsafe {
                let (from, to) = (from.offset(j * step + 8 * i), to.offset(i * to_step + 8 * j));
                let half = |line: isize, part: isize| _mm_loadu_pd(from.offset(line * step + 16 * part).cast());
                let pair = |line: isize, part: isize| {
                    _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(half(line, part)), half(line + 2, part))
                };
                for part in [0, 1] {
                    let (even, odd) = (pair(0, part), pair(1, part));
                    let to = to.offset(2 * part * to_step);
                    _mm256_storeu_pd(to.cast(), _mm256_unpacklo_pd(even, odd));
                    _mm256_storeu_pd(to.offset(to_step).cast(), _mm256_unpackhi_pd(even, odd));
                }
            }
        }
    }

    /// # Safety
    /// As [`super::square`], of 32 bits and `WIDE`.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn square_of_32(from: *const u8, step: isize, to: *mut u8, to_step: isize) {
        for part in [0, 1] {
            // SAFETY: the first or last four elements of eight lines.
            unsafe {
                let half = |line: isize| _mm_loadu_ps(from.offset(line * step + 16 * part).cast());
                let pair = |line: isize| _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(half(line)), half(line + 4));
                let (a, b, c, d) = (pair(0), pair(1), pair(2), pair(3));
                let [ab, cd] = [(a, b), (c, d)].map(|(x, y)| {
                    (_mm256_castps_pd(_mm256_unpacklo_ps(x, y)), _mm256_castps_pd(_mm256_unpackhi_ps(x, y)))
                });
                let lines = [
                    _mm256_unpacklo_pd(ab.0, cd.0),
                    _mm256_unpackhi_pd(ab.0, cd.0),
                    _mm256_unpacklo_pd(ab.1, cd.1),
                    _mm256_unpackhi_pd(ab.1, cd.1),
                ];
                for (i, line) in lines.into_iter().enumerate() {
                    _mm256_storeu_pd(to.offset((4 * part + i as isize) * to_step).cast(), line);
                }
            }
        }
    }
}
