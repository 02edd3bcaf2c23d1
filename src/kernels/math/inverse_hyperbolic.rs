//! `arcsinh`, `arccosh`, `arctanh`.
//!
//! `log(1 + u)` with `u = x + (sqrt(x^2 + 1) - 1)` and `u = (x - 1) + sqrt(x^2 - 1)`, and half of `log((1 + x) / (1 - x))`, in two parts, in the
//! error-free arithmetic of Dekker (1971), so that what cancels is exact.

use super::log::{Constants as _, Log, log_of_sum, log1p_parts};
use super::poly::{fast_two_sum, plus_multiple, quotient_parts, rough_reciprocal};
use super::run::{DIVIDE, Element, Flags, INVALID, Kernel};
use super::simd::Lanes;

/// Limits of the inverse hyperbolic functions.
pub trait Constants: Sized + 'static {
    /// Below, `arcsinh x` and `arctanh x` are `x` within a fifth of an ulp.
    const ASINH_TINY: Self;
    /// Above, `arcsinh x` and `arccosh x` are `log 2x`, and `log(1 + x)` is `log x`.
    const ASINH_HUGE: Self;
}

impl Constants for f64 {
    const ASINH_TINY: f64 = 1.0 / (1u64 << 27) as f64;
    const ASINH_HUGE: f64 = (1u64 << 60) as f64;
}

impl Constants for f32 {
    const ASINH_TINY: f32 = 1.0 / (1u64 << 13) as f32;
    const ASINH_HUGE: f32 = (1u64 << 30) as f32;
}

/// `sqrt(v + v_low)` in two parts, both accurate: of a root next to 1 the second is what remains when 1 is taken off.
#[inline(always)]
fn sqrt_parts<V: Lanes>(v: V, v_low: V) -> (V, V) {
    let root = v.sqrt();
    (root, (root.neg_mul_add(root, v) + v_low) * (V::of(0.5) / root))
}

/// `log(1 + u + u_low)`, or `log 2x` where `x` is huge.
#[inline(always)]
fn log_of<V: Lanes<Elem: Element>>(x: V, u: V, u_low: V) -> V {
    let huge = V::splat(V::Elem::ASINH_HUGE).lt(x);
    log1p_parts(huge.select(x, u), huge.not() & u_low, huge & V::of(1.0))
}

/// Inverse hyperbolic sine.
pub struct Arcsinh;

impl Kernel for Arcsinh {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (size, one) = (x.abs(), V::of(1.0));
        // The error is exact up to where one is less than an ulp of the sum, and `root - one` too.
        let (sum, error) = plus_multiple(one, size, size);
        let (root, root_low) = sqrt_parts(sum, error);
        let (u, u_low) = fast_two_sum(size, root - one);
        let value = log_of(size, u, u_low + root_low);
        let value = size.lt(V::splat(V::Elem::ASINH_TINY)).select(size, value);
        (value | x.sign(), size.not_lt(V::splat(V::Elem::LOG1P_LIMIT)))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        (log_twice(x.abs()).copysign(x), 0)
    }
}

/// `log 2x` of a huge `x`, infinity or NaN.
#[inline(always)]
fn log_twice(x: f64) -> f64 {
    if x.is_finite() { Log::twice(x) } else { x }
}

/// Inverse hyperbolic cosine.
pub struct Arccosh;

impl Kernel for Arccosh {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let one = V::of(1.0);
        // `u` is exact where its rounding would be seen, and so is the sum in two parts.
        let u = x - one;
        let (v, v_low) = plus_multiple(u + u, u, u);
        let root = v.sqrt();
        // Half an ulp, of which 5 % do not matter.
        let root_low = (root.neg_mul_add(root, v) + v_low) * rough_reciprocal(root + root);
        let (u, u_low) = fast_two_sum(root, u);
        (log_of(x, u, u_low + root_low), x.not_lt(V::splat(V::Elem::LOG1P_LIMIT)) | x.lt(one))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        if x < 1.0 { (f64::NAN, INVALID) } else { (log_twice(x), 0) }
    }
}

/// Inverse hyperbolic tangent.
pub struct Arctanh;

impl Kernel for Arctanh {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (size, one) = (x.abs(), V::of(1.0));
        let ((n, n_low), (d, d_low)) = (fast_two_sum(one, size), fast_two_sum(one, size.negate()));
        let (ratio, ratio_low) = quotient_parts(n, n_low, d, d_low);
        let value = V::of(0.5) * log_of_sum(ratio, ratio_low, V::of(0.0));
        let value = size.lt(V::splat(V::Elem::ASINH_TINY)).select(size, value);
        (value | x.sign(), size.not_lt(one))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        if x.is_nan() {
            (x, 0)
        } else if x.abs() == 1.0 {
            (f64::INFINITY.copysign(x), DIVIDE)
        } else {
            (f64::NAN, INVALID)
        }
    }
}
