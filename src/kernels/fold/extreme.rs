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

/// Which of two values an extreme keeps.
pub(super) trait Pick {
    /// The worst value.
    fn worst<T: Real>() -> T;
    /// `a` if it is better than `b`, else `b`: where they are equal or one is NaN.
    fn scalar<T: Real>(a: T, b: T) -> T;
    /// [`Pick::scalar`], lane by lane.
    ///
    /// # Safety
    /// The processor has the vector's instructions.
    unsafe fn vector<V: Vector>(a: V, b: V) -> V;
}

/// Vectors of lanes that keep the best: half a row of values ([`super::lanes`]).
const LANES: usize = Q / 2;

/// The best of each lane so far, and all bits set where there was a NaN.
struct Best<V> {
    lanes: [V; LANES],
    nan: V,
}

impl<V: Vector<T: Real>> Best<V> {
    /// # Safety
    /// The processor has the vector's instructions.
    #[inline(always)]
    unsafe fn of_nothing<O: Pick>() -> Self {
        // SAFETY: the caller's contract.
        unsafe {
            let worst = V::splat(O::worst());
            Best { lanes: [worst; LANES], nan: worst.nan(worst) }
        }
    }

    /// Takes in values for all lanes.
    ///
    /// # Safety
    /// `x` covers `LANES` vectors; the processor has the vector's instructions.
    #[inline(always)]
    unsafe fn take<O: Pick>(&mut self, x: *const V::T) {
        // SAFETY: the caller's contract.
        unsafe { self.take_at::<O>(std::array::from_fn(|q| x.add(q * V::N))) }
    }

    /// As [`Best::take`], for vectors at these places.
    ///
    /// # Safety
    /// Each covers a vector; the processor has the vector's instructions.
    #[inline(always)]
    unsafe fn take_at<O: Pick>(&mut self, x: [*const V::T; LANES]) {
        // SAFETY: the caller's contract.
        unsafe {
            let v: [V; LANES] = std::array::from_fn(|q| V::load(x[q]));
            // One comparison looks at two vectors.
            self.nan = self.nan.or(v[0].nan(v[LANES - 1]));
            for (best, v) in self.lanes.iter_mut().zip(v) {
                *best = O::vector(v, *best);
            }
        }
    }

    /// As [`Best::take`] four times. Of equal values the first stays here too, whoever is compared with whom, but the best so far waits for one
    /// comparison instead of four.
    ///
    /// # Safety
    /// `x` covers `4 * LANES` vectors; the processor has the vector's instructions.
    #[inline(always)]
    unsafe fn take_four<O: Pick>(&mut self, x: *const V::T) {
        // SAFETY: the caller's contract.
        unsafe {
            for q in 0..LANES {
                let at = |i: usize| V::load(x.add((i * LANES + q) * V::N));
                let (a, b, c, d) = (at(0), at(1), at(2), at(3));
                self.nan = self.nan.or(a.nan(b).or(c.nan(d)));
                self.lanes[q] = O::vector(O::vector(O::vector(d, c), O::vector(b, a)), self.lanes[q]);
            }
        }
    }

    /// The best of all lanes: NaN if there was one.
    ///
    /// # Safety
    /// The processor has the vector's instructions.
    #[inline(always)]
    unsafe fn of_all<O: Pick>(self) -> V::T {
        // SAFETY: the caller's contract; a vector's elements fit the buffer, 8 for both types.
        unsafe {
            if self.nan.any() {
                return V::T::NAN;
            }
            let mut lanes = [V::T::ZERO; 8];
            O::vector(self.lanes[1], self.lanes[0]).store(lanes.as_mut_ptr());
            let mut width = V::N;
            while width > 1 {
                width /= 2;
                for l in 0..width {
                    lanes[l] = O::scalar(lanes[l + width], lanes[l]);
                }
            }
            lanes[0]
        }
    }
}

/// The best of `n > 0` rows, of which half is used: [`super::lanes`].
///
/// # Safety
/// `x` covers the rows; the processor has the vector's instructions.
#[inline(always)]
pub(super) unsafe fn folded_extreme<O: Pick, V: Vector<T: Real>>(x: *const V::T, n: usize) -> V::T {
    // SAFETY: the caller's contract.
    unsafe {
        let mut best = Best::<V>::of_nothing::<O>();
        for row in 0..n {
            best.take::<O>(x.add(row * Q * V::N));
        }
        best.of_all::<O>()
    }
}

macro_rules! strict {
    ($name:ident, $scalar:ident, $pick:ident, $before:tt, $worst:ident) => {
        impl Pick for $name {
            #[inline(always)]
            fn worst<T: Real>() -> T {
                T::$worst
            }
            #[inline(always)]
            fn scalar<T: Real>(a: T, b: T) -> T {
                if a $before b { a } else { b }
            }
            #[inline(always)]
            unsafe fn vector<V: Vector>(a: V, b: V) -> V {
                // SAFETY: the caller's contract.
                unsafe { a.$pick(b) }
            }
        }

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
                    let half = LANES * V::N;
                    let mut best = Best::<V>::of_nothing::<Self>();
                    if m < V::N {
                        return [(1..m).fold(*x, |best, i| <Self as FloatOp>::scalar(best, *x.add(i))); P];
                    }
                    if m < half {
                        best.take_at::<Self>([x, x.add(m - V::N)]);
                    } else {
                        let mut at = 0;
                        while at + 4 * half <= m {
                            best.take_four::<Self>(x.add(at));
                            at += 4 * half;
                        }
                        while at + half <= m {
                            best.take::<Self>(x.add(at));
                            at += half;
                        }
                        if !m.is_multiple_of(half) {
                            // Some are taken in once more, which changes nothing.
                            best.take::<Self>(x.add(m - half));
                        }
                    }
                    [best.of_all::<Self>(); P]
                }
            }
        }
    };
}
strict!(Min, minimum, less, <, INFINITY);
strict!(Max, maximum, more, >, MINUS_INFINITY);

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
