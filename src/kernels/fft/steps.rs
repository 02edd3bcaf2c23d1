//! The steps before and after the complex transform of a halved row ([`super::real`]), as many neighbouring ones at a time as a vector has lanes.
#![expect(unsafe_code, reason = "walks rows through pointers")]

use super::lanes::{Rows, Work};
use super::plan::Real;
use super::real;
use crate::ops::kernel::Transform;
use rustfft::num_complex::Complex;
use std::ops::Range;

/// Steps of a row of even length.
pub struct Steps<'a, T> {
    pub transform: Transform,
    pub n: usize,
    pub row: *mut Complex<T>,
    pub part: Range<usize>,
    /// `exp(-2 pi i k / n)`, `k` up to `n / 4`.
    pub roots: &'a [Complex<T>],
    /// Of what is made after the transform.
    pub factor: T,
}

impl<T: Real> Work<T> for Steps<'_, T> {
    /// # Safety
    /// As [`real::before`] and [`real::after`].
    #[inline(always)]
    unsafe fn run<V: Rows<Elem = T>>(self) {
        let Steps { transform, n, row, part, roots, factor } = self;
        let root = |k: usize| roots[k];
        let forward = transform.is_forward();
        let others = |steps: Range<usize>| {
            // SAFETY: the contract.
            unsafe {
                if forward {
                    real::after(transform, n, row, steps, root, factor);
                } else {
                    real::before(transform, n, row, steps, root);
                }
            }
        };
        let (w, last) = (V::LANES, n / 2);
        let one = T::one();
        let half = V::splat(if forward { factor / (one + one) } else { one });
        let zero = V::splat(T::zero());
        // The first step is unlike the others; the last ones meet in the middle.
        let start = part.start.max(1).min(part.end);
        others(part.start..start);
        let mut k = start;
        while k + w <= part.end && 2 * (k + w) <= last + 1 {
            // SAFETY: elements `k..k + w` and `last + 1 - k - w..=last - k`, which have none in common, their mirror images where there are
            // any, and roots of the former.
            unsafe {
                let (low, high) = (row.add(k).cast::<T>(), row.add(last + 1 - k - w).cast::<T>());
                let get = |at: *const T| V::apart(V::load(at), V::load(at.add(w)));
                let put = |at: *mut T, re: V, im: V| {
                    let (a, b) = V::in_turn(re, im);
                    a.store(at);
                    b.store(at.add(w));
                };
                let (a, b) = (get(low), get(high));
                let b = (b.0.reversed(), b.1.reversed());
                let (cos, sin) = get(roots.as_ptr().add(k).cast());
                let even = ((a.0 + b.0) * half, (a.1 - b.1) * half);
                let (re, im) = ((a.0 - b.0) * half, (a.1 + b.1) * half);
                let odd = if forward {
                    (im.mul_add(cos, re * sin), im.mul_sub(sin, re * cos))
                } else {
                    (re.mul_sub(sin, im * cos), im.mul_add(sin, re * cos))
                };
                let (x, y) = ((even.0 + odd.0, even.1 + odd.1), (even.0 - odd.0, odd.1 - even.1));
                put(low, x.0, x.1);
                put(high, y.0.reversed(), y.1.reversed());
                if transform == Transform::Whole {
                    put(row.add(n + 1 - k - w).cast(), x.0.reversed(), (zero - x.1).reversed());
                    put(row.add(last + k).cast(), y.0, zero - y.1);
                }
            }
            k += w;
        }
        others(k..part.end);
    }
}
