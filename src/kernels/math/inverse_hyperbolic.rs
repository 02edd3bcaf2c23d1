//! `arcsinh`, `arccosh`, `arctanh`.
//!
//! All are `log(1 + u)` with `u` in two parts: `u = x + (sqrt(x^2 + 1) - 1)`, `u = (x - 1) + sqrt(x^2 - 1)` and `u = 2x / (1 - x)`, in the
//! error-free arithmetic of Dekker (1971), so that what cancels is exact.

use super::log::{Constants as _, Log, log1p_parts};
use super::poly::{fast_two_sum, quotient_parts, two_product, two_sum};
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

/// `sqrt(v + v_low)` in two parts.
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
        let size = x.abs();
        let (square, square_low) = two_product(size, size);
        let (sum, error) = two_sum(V::of(1.0), square);
        let (root, root_low) = sqrt_parts(sum, error + square_low);
        let (less_one, lost) = fast_two_sum(root, V::of(-1.0));
        let (u, u_low) = fast_two_sum(size, less_one);
        let value = log_of(size, u, u_low + (lost + root_low));
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
        let (square, square_low) = two_product(x, x);
        let (difference, error) = fast_two_sum(square, one.negate());
        let (v, v_low) = fast_two_sum(difference, error + square_low);
        let (root, root_low) = sqrt_parts(v, v_low);
        let (less_one, lost) = fast_two_sum(x, one.negate());
        let (u, u_low) = fast_two_sum(root, less_one);
        let value = log_of(x, u, u_low + (lost + root_low));
        // At 1 the root's correction is 0 times infinity.
        (x.equal(one).not() & value, x.not_lt(V::splat(V::Elem::LOG1P_LIMIT)) | x.lt(one))
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
        let (size, zero, one) = (x.abs(), V::of(0.0), V::of(1.0));
        let (d, d_low) = fast_two_sum(one, size.negate());
        let (u, u_low) = quotient_parts(size + size, zero, d, d_low);
        let value = V::of(0.5) * log1p_parts(u, u_low, zero);
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
