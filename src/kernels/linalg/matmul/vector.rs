//! A row by a matrix, without packing: what is bound by reading the matrix.
//!
//! Where a column of the matrix lies side by side, it is multiplied by the row chunk by chunk, in several vectors of sums;
//! where a row does, some rows at a time are added to the result.
#![expect(unsafe_code, reason = "vector loads through raw pointers")]

use super::micro::Vector;
use super::problem::Single;
use std::mem::MaybeUninit;

/// Bytes of the row that are multiplied by all columns before the next: half of a first-level cache.
const CHUNK: usize = 16 << 10;
/// Bytes of the result that are kept in the first-level cache while rows are added.
const RESULT: usize = 16 << 10;

/// Whether the loops below take a product of elements of this size: of two vectors whatever their strides, so that the bits are
/// those of their copies.
pub(super) fn takes(s: &Single, size: usize) -> bool {
    s.m == 1 && (s.n == 1 || s.b.row == size as isize || s.b.col == size as isize)
}

/// The product of a row and a matrix that [`takes`] accepts.
///
/// # Safety
/// The operands are readable, the result is written by nobody else; the processor has the vectors.
#[inline(always)]
pub(super) unsafe fn row<T: Vector, const COMPLEX: bool>(s: &Single) {
    let size = size_of::<T::Number>() * parts::<COMPLEX>();
    let follow = s.a.col == size as isize && s.b.row == s.a.col && s.b.col == (s.k * size) as isize;
    if !COMPLEX && follow {
        let (x, b, y) = (s.a.data.cast_const().cast(), s.b.data.cast_const().cast(), s.c.data.cast());
        // SAFETY: the caller's contract; the columns follow one another.
        unsafe {
            match s.k {
                2 => return short_columns::<T, 2>(s.n, x, b, y),
                3 => return short_columns::<T, 3>(s.n, x, b, y),
                4 => return short_columns::<T, 4>(s.n, x, b, y),
                _ => {}
            }
        }
    }
    let mut held = MaybeUninit::<[u64; CHUNK / 8]>::uninit();
    let mut column = MaybeUninit::<[u64; CHUNK / 8]>::uninit();
    for p in (0..s.k).step_by(CHUNK / size) {
        let k = (CHUNK / size).min(s.k - p);
        // SAFETY: the parts lie within the caller's matrices; `held` and `column` have room for a chunk.
        unsafe {
            let mut x = s.a.from(0, p).data.cast_const().cast::<T::Number>();
            if s.a.col != size as isize {
                let to = held.as_mut_ptr().cast::<u8>();
                for i in 0..k {
                    std::ptr::copy_nonoverlapping(s.a.from(0, p + i).data, to.add(i * size), size);
                }
                x = to.cast_const().cast();
            }
            if s.b.row == size as isize {
                by_columns::<T, COMPLEX>(s, p, k, x);
            } else if s.n == 1 {
                let to = column.as_mut_ptr().cast::<u8>();
                for i in 0..k {
                    std::ptr::copy_nonoverlapping(s.b.from(p + i, 0).data, to.add(i * size), size);
                }
                one_column::<T, COMPLEX>(k * parts::<COMPLEX>(), x, to, s.c.data.cast(), p > 0);
            } else {
                by_rows::<T, COMPLEX>(s, p, k, x);
            }
        }
    }
}

const fn parts<const COMPLEX: bool>() -> usize {
    if COMPLEX { 2 } else { 1 }
}

/// The part of a product over `k` elements from `p` on, whose columns lie side by side.
///
/// # Safety
/// As [`row`]; `x` is that part of the row.
#[inline(always)]
unsafe fn by_columns<T: Vector, const COMPLEX: bool>(s: &Single, p: usize, k: usize, x: *const T::Number) {
    let (lanes, add) = (k * parts::<COMPLEX>(), p > 0);
    let mut j = 0;
    // SAFETY: `j` and the columns from there stay below `n`.
    unsafe {
        let y = s.c.data.cast::<T::Number>();
        let at = |j: usize| y.add(j * parts::<COMPLEX>());
        while j + 4 <= s.n {
            let b = |j: usize| s.b.from(p, j).data;
            if COMPLEX {
                columns::<T, COMPLEX, 2, 2>(lanes, x, b(j), s.b.col, at(j), add);
                columns::<T, COMPLEX, 2, 2>(lanes, x, b(j + 2), s.b.col, at(j + 2), add);
            } else {
                columns::<T, COMPLEX, 4, 2>(lanes, x, b(j), s.b.col, at(j), add);
            }
            j += 4;
        }
        while j < s.n {
            one_column::<T, COMPLEX>(lanes, x, s.b.from(p, j).data, at(j), add);
            j += 1;
        }
    }
}

/// `x` times `n` columns of `K` numbers, two to four, that follow one another: what [`columns`] makes of each alone, but the compiler's vectors
/// hold several.
///
/// # Safety
/// `K` numbers of `x` and `n * K` of the columns are readable, `n` of the result writable.
#[inline(always)]
unsafe fn short_columns<T: Vector, const K: usize>(
    n: usize,
    x: *const T::Number,
    b: *const T::Number,
    y: *mut T::Number,
) {
    // SAFETY: the caller's contract.
    unsafe {
        let none = T::Number::default();
        let mut weights = [none; 4];
        for (k, weight) in weights.iter_mut().enumerate().take(K) {
            *weight = x.add(k).read_unaligned();
        }
        for j in 0..n {
            let mut products = [none; 4];
            for k in 0..K {
                products[k] = weights[k] * b.add(j * K + k).read_unaligned();
            }
            // From nothing on, so that zeros are positive.
            y.add(j).write(none + ((products[0] + products[2]) + (products[1] + products[3])));
        }
    }
}

/// `x` times one column of `k` numbers.
///
/// # Safety
/// As [`columns`].
#[inline(always)]
unsafe fn one_column<T: Vector, const COMPLEX: bool>(
    k: usize,
    x: *const T::Number,
    b: *mut u8,
    y: *mut T::Number,
    add: bool,
) {
    // SAFETY: the caller's contract; a single column needs no step to the next.
    unsafe {
        if COMPLEX {
            columns::<T, COMPLEX, 1, 4>(k, x, b, 0, y, add);
        } else {
            columns::<T, COMPLEX, 1, 8>(k, x, b, 0, y, add);
        }
    }
}

/// The part of a product over `k` elements from `p` on, whose rows lie side by side.
///
/// # Safety
/// As [`row`]; `x` is that part of the row.
#[inline(always)]
unsafe fn by_rows<T: Vector, const COMPLEX: bool>(s: &Single, p: usize, k: usize, x: *const T::Number) {
    /// Rows that are added at a time.
    const ROWS: usize = 8;
    let parts = parts::<COMPLEX>();
    let step = RESULT / (size_of::<T::Number>() * parts);
    for j in (0..s.n).step_by(step) {
        let lanes = step.min(s.n - j) * parts;
        let mut i = 0;
        // SAFETY: `i` and the rows from there stay below `k`, columns below `n`.
        unsafe {
            let y = s.c.data.cast::<T::Number>().add(j * parts);
            while i + ROWS <= k {
                rows::<T, COMPLEX, ROWS>(lanes, x.add(i * parts), s.b.from(p + i, j).data, s.b.row, y, p + i > 0);
                i += ROWS;
            }
            while i < k {
                rows::<T, COMPLEX, 1>(lanes, x.add(i * parts), s.b.from(p + i, j).data, s.b.row, y, p + i > 0);
                i += 1;
            }
        }
    }
}

/// `x` times `C` columns of `k` numbers, each summed in `S` vectors. Of complex numbers, products of like parts and of unlike
/// ones are summed apart.
///
/// # Safety
/// `k` numbers of `x` and of each column are readable, `C` of the result writable.
#[inline(always)]
unsafe fn columns<T: Vector, const COMPLEX: bool, const C: usize, const S: usize>(
    k: usize,
    x: *const T::Number,
    b: *mut u8,
    col: isize,
    y: *mut T::Number,
    add: bool,
) {
    // SAFETY: the caller's contract; `i` stays below `k`.
    unsafe {
        let b: [*const T::Number; C] = std::array::from_fn(|c| b.wrapping_offset(c as isize * col).cast_const().cast());
        let mut like = [[T::zero(); S]; C];
        let mut unlike = [[T::zero(); S]; C];
        let mut i = 0;
        while i + S * T::LANES <= k {
            for s in 0..S {
                let x = T::load(x.add(i + s * T::LANES));
                for c in 0..C {
                    let b = T::load(b[c].add(i + s * T::LANES));
                    like[c][s] = T::fma(x, b, like[c][s]);
                    if COMPLEX {
                        unlike[c][s] = T::fma(T::exchange(x), b, unlike[c][s]);
                    }
                }
            }
            i += S * T::LANES;
        }
        while i < k {
            let n = T::LANES.min(k - i);
            let x = T::load_some(x.add(i), n);
            for c in 0..C {
                let b = T::load_some(b[c].add(i), n);
                like[c][0] = T::fma(x, b, like[c][0]);
                if COMPLEX {
                    unlike[c][0] = T::fma(T::exchange(x), b, unlike[c][0]);
                }
            }
            i += n;
        }
        let put = |to: *mut T::Number, sum: T::Number| to.write(if add { *to + sum } else { sum });
        for c in 0..C {
            if COMPLEX {
                let to = y.add(2 * c);
                put(to, T::sum(T::complex(T::zero(), T::exchange(T::negated(joined::<T, S>(like[c]))))));
                put(to.add(1), T::sum(joined::<T, S>(unlike[c])));
            } else {
                put(y.add(c), T::sum(joined::<T, S>(like[c])));
            }
        }
    }
}

/// The sum of vectors, in pairs.
///
/// # Safety
/// The processor has the vectors.
#[inline(always)]
unsafe fn joined<T: Vector, const S: usize>(mut sums: [T::V; S]) -> T::V {
    let mut step = S / 2;
    while step > 0 {
        for s in 0..step {
            // SAFETY: the caller's contract.
            sums[s] = unsafe { T::add(sums[s], sums[s + step]) };
        }
        step /= 2;
    }
    sums[0]
}

/// `k` numbers of `R` rows, each times an element of `x`, together.
///
/// # Safety
/// `R` elements of `x` and `k` numbers of each row are readable, as many of the result writable.
#[inline(always)]
unsafe fn rows<T: Vector, const COMPLEX: bool, const R: usize>(
    k: usize,
    x: *const T::Number,
    b: *mut u8,
    row: isize,
    y: *mut T::Number,
    add: bool,
) {
    // SAFETY: the caller's contract; `j` stays below `k`.
    unsafe {
        let b: [*const T::Number; R] = std::array::from_fn(|r| b.wrapping_offset(r as isize * row).cast_const().cast());
        let parts = parts::<COMPLEX>();
        let re: [T::V; R] = std::array::from_fn(|r| T::spread(x.add(r * parts)));
        let im: [T::V; R] = std::array::from_fn(|r| T::spread(x.add(r * parts + parts - 1)));
        const U: usize = 2;
        let mut j = 0;
        while j + U * T::LANES <= k {
            let mut like = [T::zero(); U];
            let mut unlike = [T::zero(); U];
            if add {
                for (u, like) in like.iter_mut().enumerate() {
                    *like = T::load(y.add(j + u * T::LANES));
                }
            }
            for r in 0..R {
                for u in 0..U {
                    let b = T::load(b[r].add(j + u * T::LANES));
                    like[u] = T::fma(re[r], b, like[u]);
                    if COMPLEX {
                        unlike[u] = T::fma(im[r], b, unlike[u]);
                    }
                }
            }
            for u in 0..U {
                let v = if COMPLEX { T::complex(like[u], unlike[u]) } else { like[u] };
                T::store(y.add(j + u * T::LANES), v);
            }
            j += U * T::LANES;
        }
        while j < k {
            let n = T::LANES.min(k - j);
            let mut like = if add { T::load_some(y.add(j), n) } else { T::zero() };
            let mut unlike = T::zero();
            for r in 0..R {
                let b = T::load_some(b[r].add(j), n);
                like = T::fma(re[r], b, like);
                if COMPLEX {
                    unlike = T::fma(im[r], b, unlike);
                }
            }
            T::store_some(y.add(j), n, if COMPLEX { T::complex(like, unlike) } else { like });
            j += n;
        }
    }
}
