//! The smallest and largest of floats, in vectors, with NaN first or ignored.
#![expect(unsafe_code, reason = "reads tiles through pointers, in vectors")]

use super::float::{FloatOp, Q, Real};
use super::vector::Vector;

/// The smaller; NaN if either is.
pub(super) struct Min;
/// The larger; NaN if either is.
pub(super) struct Max;
/// The smaller, ignoring a NaN.
pub(super) struct Fmin;
/// The larger, ignoring a NaN.
pub(super) struct Fmax;

macro_rules! strict {
    ($name:ident, $scalar:ident, $pick:ident, $before:tt) => {
        impl FloatOp for $name {
            #[inline(always)]
            fn identity<T: Real>() -> T {
                T::NAN
            }
            #[inline(always)]
            fn scalar<T: Real>(a: T, b: T) -> T {
                a.$scalar(b)
            }
            #[inline(always)]
            unsafe fn vector<V: Vector>(a: V, b: V) -> V {
                // SAFETY: the caller's contract.
                unsafe { a.choose(a.$pick(b), a.nan(a)) }
            }
            #[inline(always)]
            unsafe fn row<V: Vector<T: Real>, const P: usize>(x: *const V::T, m: usize) -> [V::T; P] {
                // SAFETY: `m > 0`, as for all folds without identity; all reads lie below `m`.
                unsafe {
                    let (mut acc, mut at) = (*x, 0);
                    if m >= Q * V::N {
                        at = m / (Q * V::N) * (Q * V::N);
                        acc = Self::whole::<V, Q>(x, at);
                    } else if m >= V::N {
                        at = m / V::N * V::N;
                        acc = Self::whole::<V, 1>(x, at);
                    }
                    for i in at..m {
                        acc = acc.$scalar(*x.add(i));
                    }
                    [acc; P]
                }
            }
        }

        impl $name {
            /// `m > 0` values, a multiple of what `K` vectors hold.
            ///
            /// # Safety
            /// As [`FloatOp::row`].
            #[inline(always)]
            unsafe fn whole<V: Vector<T: Real>, const K: usize>(x: *const V::T, m: usize) -> V::T {
                // SAFETY: all reads lie below `m`; a vector's elements fit the buffer, 8 for both types.
                unsafe {
                    let mut best = [V::splat(*x); K];
                    let mut bad = best[0].nan(best[0]);
                    for at in (0..m).step_by(K * V::N) {
                        let v: [V; K] = std::array::from_fn(|q| V::load(x.add(at + q * V::N)));
                        for q in 0..K.div_ceil(2) {
                            // One comparison looks at two vectors.
                            bad = bad.or(v[q].nan(v[K - 1 - q]));
                        }
                        for q in 0..K {
                            best[q] = v[q].$pick(best[q]);
                        }
                    }
                    if bad.any() {
                        return (0..m).map(|i| *x.add(i)).find(|v| v.is_nan()).unwrap_or(V::T::NAN);
                    }
                    let mut all = best[0];
                    for b in &best[1..] {
                        all = all.$pick(*b);
                    }
                    let mut lanes = [V::T::ZERO; 8];
                    all.store(lanes.as_mut_ptr());
                    let mut width = V::N;
                    while width > 1 {
                        width /= 2;
                        for l in 0..width {
                            // No NaN is left, so the shorter comparison does.
                            lanes[l] = if lanes[l] $before lanes[l + width] { lanes[l] } else { lanes[l + width] };
                        }
                    }
                    lanes[0]
                }
            }
        }
    };
}
strict!(Min, minimum, less, <);
strict!(Max, maximum, more, >);

macro_rules! lenient {
    ($name:ident, $scalar:ident, $pick:ident, $worst:ident) => {
        impl FloatOp for $name {
            #[inline(always)]
            fn identity<T: Real>() -> T {
                T::NAN
            }
            #[inline(always)]
            fn scalar<T: Real>(a: T, b: T) -> T {
                a.$scalar(b)
            }
            #[inline(always)]
            unsafe fn vector<V: Vector>(a: V, b: V) -> V {
                // SAFETY: the caller's contract.
                unsafe { a.choose(a.$pick(b), b.nan(b)) }
            }
            #[inline(always)]
            unsafe fn row<V: Vector<T: Real>, const P: usize>(x: *const V::T, m: usize) -> [V::T; P] {
                // SAFETY: `m > 0`, as for all folds without identity; all reads lie below `m`.
                unsafe {
                    let width = Q * V::N;
                    let whole = m / width * width;
                    let mut acc = V::T::NAN;
                    if whole > 0 {
                        let mut best = [V::splat(V::T::$worst); Q];
                        for at in (0..whole).step_by(width) {
                            for q in 0..Q {
                                best[q] = V::load(x.add(at + q * V::N)).$pick(best[q]);
                            }
                        }
                        let mut lanes = [V::T::ZERO; 8];
                        best[0].$pick(best[2]).$pick(best[1].$pick(best[3])).store(lanes.as_mut_ptr());
                        acc = lanes[0];
                        for lane in &lanes[1..V::N] {
                            acc = acc.$scalar(*lane);
                        }
                        // The worst value is what NaN alone leaves too.
                        if acc == V::T::$worst && (0..whole).all(|i| (*x.add(i)).is_nan()) {
                            acc = *x;
                        }
                    }
                    for i in whole..m {
                        acc = acc.$scalar(*x.add(i));
                    }
                    [acc; P]
                }
            }
        }
    };
}
lenient!(Fmin, fmin, less, INFINITY);
lenient!(Fmax, fmax, more, MINUS_INFINITY);
