//! A row by a matrix, without packing: what is bound by reading the matrix.
//!
//! Where a column of the matrix lies side by side, it is multiplied by the row chunk by chunk, in eight vectors of sums; where a
//! row does, eight rows at a time are added to the result.
#![expect(unsafe_code, reason = "vector loads through raw pointers")]

use super::avx2::Vector;
use super::problem::Single;
use std::mem::MaybeUninit;

/// Elements of the row that are multiplied by all columns before the next: half of a first-level cache.
const CHUNK: usize = 2048;
/// Columns of the result that are kept in the first-level cache while rows are added.
const COLUMNS: usize = 1024;
/// Rows that are added at a time.
const ROWS: usize = 8;

/// Whether the loops below take a product.
pub(super) fn takes<T>(s: &Single) -> bool {
    let size = size_of::<T>() as isize;
    s.m == 1 && (s.b.row == size || s.b.col == size)
}

/// The product of a row and a matrix that [`takes`] accepts.
///
/// # Safety
/// The operands are readable, the result is written by nobody else; the processor has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn row<T: Vector>(s: &Single) {
    let mut held = MaybeUninit::<[T; CHUNK]>::uninit();
    for p in (0..s.k).step_by(CHUNK) {
        let k = CHUNK.min(s.k - p);
        // SAFETY: the parts lie within the caller's matrices; `held` has room for a chunk.
        unsafe {
            let mut x = s.a.from(0, p).data.cast_const().cast::<T>();
            if s.a.col != size_of::<T>() as isize {
                let to = held.as_mut_ptr().cast::<T>();
                for i in 0..k {
                    to.add(i).write(*s.a.from(0, p + i).data.cast::<T>());
                }
                x = to;
            }
            let b = s.b.from(p, 0);
            let y = s.c.data.cast::<T>();
            if b.row == size_of::<T>() as isize {
                let mut j = 0;
                while j + 4 <= s.n {
                    columns::<T, 4, 2>(k, x, b.from(0, j).data, b.col, y.add(j), p > 0);
                    j += 4;
                }
                while j < s.n {
                    columns::<T, 1, 8>(k, x, b.from(0, j).data, b.col, y.add(j), p > 0);
                    j += 1;
                }
            } else {
                for j in (0..s.n).step_by(COLUMNS) {
                    let n = COLUMNS.min(s.n - j);
                    let mut i = 0;
                    while i + ROWS <= k {
                        rows::<T, ROWS>(n, x.add(i), b.from(i, j).data, b.row, y.add(j), p + i > 0);
                        i += ROWS;
                    }
                    while i < k {
                        rows::<T, 1>(n, x.add(i), b.from(i, j).data, b.row, y.add(j), p + i > 0);
                        i += 1;
                    }
                }
            }
        }
    }
}

/// `x` times `C` columns, each summed in `S` vectors.
///
/// # Safety
/// `k` elements of `x` and of each column are readable, `C` of the result writable.
#[inline(always)]
unsafe fn columns<T: Vector, const C: usize, const S: usize>(
    k: usize,
    x: *const T,
    b: *mut u8,
    col: isize,
    y: *mut T,
    add: bool,
) {
    // SAFETY: the caller's contract; `i` stays below `k`.
    unsafe {
        let b: [*const T; C] = std::array::from_fn(|c| b.offset(c as isize * col).cast_const().cast());
        let mut sums = [[T::zero(); S]; C];
        let mut i = 0;
        while i + S * T::LANES <= k {
            for s in 0..S {
                let x = T::load(x.add(i + s * T::LANES));
                for c in 0..C {
                    sums[c][s] = T::fma(x, T::load(b[c].add(i + s * T::LANES)), sums[c][s]);
                }
            }
            i += S * T::LANES;
        }
        while i < k {
            let n = T::LANES.min(k - i);
            let x = T::load_some(x.add(i), n);
            for c in 0..C {
                sums[c][0] = T::fma(x, T::load_some(b[c].add(i), n), sums[c][0]);
            }
            i += n;
        }
        for (c, sums) in sums.iter_mut().enumerate() {
            let mut step = S / 2;
            while step > 0 {
                for s in 0..step {
                    sums[s] = T::add(sums[s], sums[s + step]);
                }
                step /= 2;
            }
            let sum = T::sum(sums[0]);
            let to = y.add(c);
            to.write(if add { T::plus(*to, sum) } else { sum });
        }
    }
}

/// `n` columns of `R` rows, each times an element of `x`, together.
///
/// # Safety
/// `R` elements of `x` and `n` of each row are readable, `n` of the result writable.
#[inline(always)]
unsafe fn rows<T: Vector, const R: usize>(n: usize, x: *const T, b: *mut u8, row: isize, y: *mut T, add: bool) {
    // SAFETY: the caller's contract; `j` stays below `n`.
    unsafe {
        let b: [*const T; R] = std::array::from_fn(|r| b.offset(r as isize * row).cast_const().cast());
        let x: [T::V; R] = std::array::from_fn(|r| T::spread(x.add(r)));
        let mut j = 0;
        while j + T::LANES <= n {
            let mut sum = if add { T::load(y.add(j)) } else { T::zero() };
            for r in 0..R {
                sum = T::fma(x[r], T::load(b[r].add(j)), sum);
            }
            T::store(y.add(j), sum);
            j += T::LANES;
        }
        if j < n {
            let left = n - j;
            let mut sum = if add { T::load_some(y.add(j), left) } else { T::zero() };
            for r in 0..R {
                sum = T::fma(x[r], T::load_some(b[r].add(j), left), sum);
            }
            T::store_some(y.add(j), left, sum);
        }
    }
}
