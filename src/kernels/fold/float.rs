//! Folds of floats in vectors: what they share, sums and products.
//!
//! Sums and products use four vectors of lanes, runs of 16 operations a lane, and merge runs pairwise, so the rounding
//! error of a sum grows as that of pairwise summation (N. Higham, *Accuracy and Stability of Numerical Algorithms*, section
//! 4.1): no faster than NumPy's, whose runs are 16 additions too.
#![expect(unsafe_code, reason = "reads tiles through pointers, in vectors")]

use super::simple::{Mean, Simple};
use super::vector::Vector;
use crate::kernels::tile::float;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

/// float32 and float64.
pub(super) trait Real: Copy + PartialOrd {
    const NAN: Self;
    const INFINITY: Self;
    const MINUS_INFINITY: Self;
    const ZERO: Self;
    const ONE: Self;
    fn is_nan(self) -> bool;
    /// A count, as this type holds it.
    fn count(self) -> i64;
    fn add(self, b: Self) -> Self;
    fn mul(self, b: Self) -> Self;
    fn minimum(self, b: Self) -> Self;
    fn maximum(self, b: Self) -> Self;
    fn fmin(self, b: Self) -> Self;
    fn fmax(self, b: Self) -> Self;
}

macro_rules! real {
    ($($t:ident)*) => { $(
        impl Real for $t {
            const NAN: $t = $t::NAN;
            const INFINITY: $t = $t::INFINITY;
            const MINUS_INFINITY: $t = $t::NEG_INFINITY;
            const ZERO: $t = 0.0;
            const ONE: $t = 1.0;
            #[inline(always)]
            fn is_nan(self) -> bool {
                self != self
            }
            #[inline(always)]
            fn count(self) -> i64 {
                self as i64
            }
            #[inline(always)]
            fn add(self, b: $t) -> $t {
                self + b
            }
            #[inline(always)]
            fn mul(self, b: $t) -> $t {
                self * b
            }
            #[inline(always)]
            fn minimum(self, b: $t) -> $t {
                float::$t::minimum(self, b)
            }
            #[inline(always)]
            fn maximum(self, b: $t) -> $t {
                float::$t::maximum(self, b)
            }
            #[inline(always)]
            fn fmin(self, b: $t) -> $t {
                float::$t::fmin(self, b)
            }
            #[inline(always)]
            fn fmax(self, b: $t) -> $t {
                float::$t::fmax(self, b)
            }
        }
    )* };
}
real!(f32 f64);

/// An operation on reals, alone and in vectors.
pub(super) trait FloatOp {
    /// What changes nothing; NaN where nothing does, which nothing asks for.
    fn identity<T: Real>() -> T;
    /// The operation.
    fn scalar<T: Real>(a: T, b: T) -> T;
    /// The operation on vectors.
    ///
    /// # Safety
    /// The processor has the vector's instructions.
    unsafe fn vector<V: Vector>(a: V, b: V) -> V;
    /// The operation of the identity and a value.
    #[inline(always)]
    fn settle<T: Real>(a: T) -> T {
        a
    }
    /// `P` interleaved sequences in a row of `m` values (2 for complex numbers by their parts), each reduced.
    ///
    /// # Safety
    /// `x` covers `m` values, a multiple of `P`; the processor has the vector's instructions.
    unsafe fn row<V: Vector<T: Real>, const P: usize>(x: *const V::T, m: usize) -> [V::T; P];
}

pub(super) struct Add;
pub(super) struct Mul;

/// Vectors that lanes fill.
pub(super) const Q: usize = 4;

/// Rows that a lane accumulates one after another.
pub const RUN: usize = 16;

/// Runs are merged as the digits of a binary counter carry: one pending partial result a digit.
const DIGITS: usize = usize::BITS as usize - RUN.trailing_zeros() as usize;

/// # Safety
/// `rows > 0` rows of `K` vectors, `stride` values apart, are readable; the processor has the vector's instructions.
#[inline(always)]
unsafe fn run<O: FloatOp, V: Vector, const K: usize>(x: *const V::T, rows: usize, stride: usize) -> [V; K] {
    // SAFETY: the caller's contract.
    unsafe {
        let mut acc: [V; K] = std::array::from_fn(|q| V::load(x.add(q * V::N)));
        for r in 1..rows {
            let row = x.add(r * stride);
            for (q, acc) in acc.iter_mut().enumerate() {
                *acc = O::vector(*acc, V::load(row.add(q * V::N)));
            }
        }
        acc
    }
}

/// Lane by lane, `rows > 0` rows of `K` vectors that lie `stride` values apart.
///
/// # Safety
/// As [`run`].
#[inline(always)]
pub(super) unsafe fn reduce_rows<O: FloatOp, V: Vector, const K: usize>(
    x: *const V::T,
    rows: usize,
    stride: usize,
) -> [V; K] {
    // SAFETY: the caller's contract.
    unsafe { reduce_runs::<O, V, K>(x, rows, stride, RUN) }
}

/// [`reduce_rows`] by runs of `length` rows.
///
/// # Safety
/// As [`run`].
#[inline(always)]
unsafe fn reduce_runs<O: FloatOp, V: Vector, const K: usize>(
    x: *const V::T,
    rows: usize,
    stride: usize,
    length: usize,
) -> [V; K] {
    let mut pending = [MaybeUninit::<[V; K]>::uninit(); DIGITS];
    let (mut depth, mut runs, mut at) = (0, 0usize, 0);
    // SAFETY: the caller's contract; runs start below `rows`; what is read from `pending` below `depth` was written.
    unsafe {
        loop {
            let mut acc = run::<O, V, K>(x.add(at * stride), length.min(rows - at), stride);
            at += length;
            runs += 1;
            // Carries; after the last run, all that is pending.
            let last = at >= rows;
            let merges = if last { depth } else { runs.trailing_zeros() as usize };
            for _ in 0..merges {
                depth -= 1;
                let earlier = pending[depth].assume_init();
                for q in 0..K {
                    acc[q] = O::vector(earlier[q], acc[q]);
                }
            }
            if last {
                return acc;
            }
            pending[depth].write(acc);
            depth += 1;
        }
    }
}

/// The rounded folds of a row.
///
/// # Safety
/// As [`FloatOp::row`].
#[inline(always)]
unsafe fn rounded_row<O: FloatOp, V: Vector<T: Real>, const P: usize>(x: *const V::T, m: usize) -> [V::T; P] {
    // SAFETY: all reads lie below `m`; a vector's elements fit its buffer, 8 for both types.
    unsafe {
        if m <= 8 * P {
            let mut acc = [O::identity::<V::T>(); P];
            for i in (0..m).step_by(P) {
                for (p, acc) in acc.iter_mut().enumerate() {
                    *acc = O::scalar(*acc, *x.add(i + p));
                }
            }
            return acc;
        }
        let width = Q * V::N;
        let rows = m / width;
        let acc = if rows > 0 { reduce_rows::<O, V, Q>(x, rows, width) } else { [V::splat(O::identity()); Q] };
        finish_row::<O, V, P>(acc, x.add(rows * width), m % width)
    }
}

/// The folds of a row from its lanes and the `rest` values behind its whole rows of lanes.
///
/// # Safety
/// `x` covers `rest` values, fewer than the lanes; the processor has the vector's instructions.
#[inline(always)]
unsafe fn finish_row<O: FloatOp, V: Vector<T: Real>, const P: usize>(
    mut acc: [V; Q],
    x: *const V::T,
    rest: usize,
) -> [V::T; P] {
    // SAFETY: all reads lie below `rest`; a vector's elements fit its buffer, 8 for both types.
    unsafe {
        let (mut at, mut q) = (0, 0);
        while at + V::N <= rest {
            acc[q] = O::vector(acc[q], V::load(x.add(at)));
            at += V::N;
            q += 1;
        }
        let mut lanes = [O::identity::<V::T>(); 8];
        if at < rest {
            for i in at..rest {
                lanes[i - at] = *x.add(i);
            }
            acc[q] = O::vector(acc[q], V::load(lanes.as_ptr()));
        }
        O::vector(O::vector(acc[0], acc[2]), O::vector(acc[1], acc[3])).store(lanes.as_mut_ptr());
        let mut width = V::N;
        while width > P {
            width /= 2;
            for l in 0..width {
                lanes[l] = O::scalar(lanes[l], lanes[l + width]);
            }
        }
        std::array::from_fn(|p| O::settle(lanes[p]))
    }
}

/// The fold of a row of `m > 0` values whose runs are folded already: [`super::lanes`].
///
/// # Safety
/// `x` covers the rows of lanes; the processor has the vector's instructions.
#[inline(always)]
pub(super) unsafe fn folded_row<O: FloatOp, V: Vector<T: Real>>(x: *const V::T, m: usize) -> V::T {
    let width = Q * V::N;
    // SAFETY: the rows are one for each run, and one where some values are left, which are its last.
    unsafe {
        if m < width {
            let [state] = O::row::<V, 1>(x, m);
            return state;
        }
        let (runs, rest) = ((m / width).div_ceil(RUN), m % width);
        let row = |r: usize, q: usize| V::load(x.wrapping_add(r * width + q * V::N));
        let acc = match runs {
            // Blocks of 1,024 of either type. The same tree, without a stack of what is pending.
            2 => std::array::from_fn(|q| O::vector(row(0, q), row(1, q))),
            4 => std::array::from_fn(|q| O::vector(O::vector(row(0, q), row(1, q)), O::vector(row(2, q), row(3, q)))),
            _ => reduce_runs::<O, V, Q>(x, runs, width, 1),
        };
        let [state] = finish_row::<O, V, 1>(acc, x.wrapping_add((runs + 1) * width - rest), rest);
        state
    }
}

/// Each of `m` columns of `k > 0` rows that lie `stride` values apart.
///
/// # Safety
/// `x` covers the rows, `out` takes `m` values; the processor has the vector's instructions.
#[inline(always)]
pub(super) unsafe fn columns<O: FloatOp, V: Vector<T: Real>>(
    k: usize,
    stride: usize,
    m: usize,
    x: *const V::T,
    out: *mut V::T,
) {
    let mut j = 0;
    // SAFETY: strips of columns lie within `m`; a vector's elements fit the buffer, 8 for both types.
    unsafe {
        if k <= RUN {
            return run_of_columns::<O, V>(k, stride, m, x, out);
        }
        while j + Q * V::N <= m {
            let acc = reduce_rows::<O, V, Q>(x.add(j), k, stride);
            for (q, acc) in acc.into_iter().enumerate() {
                acc.store(out.add(j + q * V::N));
            }
            j += Q * V::N;
        }
        while j + V::N <= m {
            let [acc] = reduce_rows::<O, V, 1>(x.add(j), k, stride);
            acc.store(out.add(j));
            j += V::N;
        }
        if j < m {
            // The last columns in a vector padded with nothing.
            let mut acc = [V::T::ZERO; 8];
            rest::<O, V>(k, stride, x.add(j), m - j, &mut acc);
            for (l, acc) in acc[..m - j].iter().enumerate() {
                out.add(j + l).write(*acc);
            }
        }
        for j in 0..m {
            out.add(j).write(O::settle(*out.add(j)));
        }
    }
}

/// [`columns`] of up to [`RUN`] rows, which each column takes in turn: four whole rows at a time, so that memory is read as it lies (strips of
/// columns wait for it: moments of 16,000 x 64 took twice the time).
///
/// # Safety
/// As [`columns`].
#[inline(always)]
unsafe fn run_of_columns<O: FloatOp, V: Vector<T: Real>>(
    k: usize,
    stride: usize,
    m: usize,
    x: *const V::T,
    out: *mut V::T,
) {
    // SAFETY: rows lie below `k`.
    unsafe {
        let mut at = if k < 4 { take_rows::<O, V, 1, true>(m, [x], out) } else { 0 };
        while at + 4 <= k {
            let rows = [0, 1, 2, 3].map(|r| x.add((at + r) * stride));
            at += if at == 0 {
                take_rows::<O, V, 4, true>(m, rows, out)
            } else {
                take_rows::<O, V, 4, false>(m, rows, out)
            };
        }
        while at < k {
            at += take_rows::<O, V, 1, false>(m, [x.add(at * stride)], out);
        }
        for j in 0..m {
            out.add(j).write(O::settle(*out.add(j)));
        }
    }
}

/// Takes `R` rows of `m` values into `out`, after what is there but for the `FIRST`; gives their number.
///
/// # Safety
/// All cover `m` values, `out` is apart from the rows and holds values unless they are the first; the processor has the vector's instructions.
#[inline(always)]
unsafe fn take_rows<O: FloatOp, V: Vector<T: Real>, const R: usize, const FIRST: bool>(
    m: usize,
    rows: [*const V::T; R],
    out: *mut V::T,
) -> usize {
    let mut j = 0;
    // SAFETY: all lie below `m`.
    unsafe {
        while j + V::N <= m {
            let first = V::load(rows[0].add(j));
            let mut acc = if FIRST { first } else { O::vector(V::load(out.add(j)), first) };
            for row in &rows[1..] {
                acc = O::vector(acc, V::load(row.add(j)));
            }
            acc.store(out.add(j));
            j += V::N;
        }
        while j < m {
            let first = *rows[0].add(j);
            let mut acc = if FIRST { first } else { O::scalar(*out.add(j), first) };
            for row in &rows[1..] {
                acc = O::scalar(acc, *row.add(j));
            }
            out.add(j).write(acc);
            j += 1;
        }
    }
    R
}

/// `count < N` columns of `k` rows, gathered into blocks that are reduced as whole vectors are.
///
/// # Safety
/// As [`columns`].
#[inline(always)]
unsafe fn rest<O: FloatOp, V: Vector<T: Real>>(
    k: usize,
    stride: usize,
    x: *const V::T,
    count: usize,
    acc: &mut [V::T; 8],
) {
    const ROWS: usize = RUN;
    let mut pending = [[V::T::ZERO; 8]; DIGITS];
    let (mut depth, mut runs, mut at) = (0, 0usize, 0);
    // SAFETY: rows below `k`, columns below `count`.
    unsafe {
        loop {
            let rows = ROWS.min(k - at);
            for (l, acc) in acc[..count].iter_mut().enumerate() {
                let mut a = *x.add(at * stride + l);
                for r in 1..rows {
                    a = O::scalar(a, *x.add((at + r) * stride + l));
                }
                *acc = a;
            }
            at += ROWS;
            runs += 1;
            let last = at >= k;
            let merges = if last { depth } else { runs.trailing_zeros() as usize };
            for _ in 0..merges {
                depth -= 1;
                for l in 0..count {
                    acc[l] = O::scalar(pending[depth][l], acc[l]);
                }
            }
            if last {
                return;
            }
            pending[depth] = *acc;
            depth += 1;
        }
    }
}

impl FloatOp for Add {
    #[inline(always)]
    fn identity<T: Real>() -> T {
        T::ZERO
    }
    #[inline(always)]
    fn scalar<T: Real>(a: T, b: T) -> T {
        a.add(b)
    }
    #[inline(always)]
    unsafe fn vector<V: Vector>(a: V, b: V) -> V {
        // SAFETY: the caller's contract.
        unsafe { a.add(b) }
    }
    // From +0.0, as NumPy's sums: a sum of negative zeros is positive.
    #[inline(always)]
    fn settle<T: Real>(a: T) -> T {
        a.add(T::ZERO)
    }
    #[inline(always)]
    unsafe fn row<V: Vector<T: Real>, const P: usize>(x: *const V::T, m: usize) -> [V::T; P] {
        // SAFETY: the caller's contract.
        unsafe { rounded_row::<Self, V, P>(x, m) }
    }
}

impl FloatOp for Mul {
    #[inline(always)]
    fn identity<T: Real>() -> T {
        T::ONE
    }
    #[inline(always)]
    fn scalar<T: Real>(a: T, b: T) -> T {
        a.mul(b)
    }
    #[inline(always)]
    unsafe fn vector<V: Vector>(a: V, b: V) -> V {
        // SAFETY: the caller's contract.
        unsafe { a.mul(b) }
    }
    #[inline(always)]
    unsafe fn row<V: Vector<T: Real>, const P: usize>(x: *const V::T, m: usize) -> [V::T; P] {
        // SAFETY: the caller's contract.
        unsafe { rounded_row::<Self, V, P>(x, m) }
    }
}

/// A fold of floats as a [`Simple`] one; an element `E` is `P` values.
pub(super) struct Floats<O, V, E, const P: usize>(PhantomData<(O, V, E)>);

impl<O: FloatOp, V: Vector<T: Real>, E: Mean, const P: usize> Simple for Floats<O, V, E, P> {
    type T = V::T;
    const P: usize = P;

    #[inline(always)]
    fn identity() -> V::T {
        O::identity()
    }

    #[inline(always)]
    fn op(a: V::T, b: V::T) -> V::T {
        O::scalar(a, b)
    }

    #[inline(always)]
    unsafe fn row(x: *const V::T, m: usize, out: *mut V::T) {
        // SAFETY: the caller's contract; tables pair vectors with the processor.
        unsafe { out.cast::<[V::T; P]>().write(O::row::<V, P>(x, m)) }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, apart: usize, x: *const V::T, out: *mut V::T) {
        // SAFETY: the caller's contract; tables pair vectors with the processor.
        unsafe { columns::<O, V>(k, apart, m, x, out) }
    }

    #[inline(always)]
    unsafe fn join(n: usize, acc: *mut V::T, new: *const V::T) {
        // SAFETY: the caller's contract; tables pair vectors with the processor.
        unsafe { take_rows::<O, V, 1, false>(n, [new], acc) };
    }

    unsafe fn mean(n: usize, states: *const V::T, count: u64, out: *mut V::T) {
        for i in 0..n {
            // SAFETY: `i < n`; an element `E` is `P` values.
            unsafe { out.cast::<E>().add(i).write((*states.cast::<E>().add(i)).mean(count)) };
        }
    }
}
