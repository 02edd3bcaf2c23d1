//! `pow`.
//!
//! `x^y = exp(y log x)` with `log x` in two parts to about 2^-66, relative: with `s = f / (2 + f)` in two parts,
//! `log(1 + f) = 2 (s + s (s^2/3 + s^4 P))`, where `s^2/3` is in two parts too. The exponential takes the product in two parts.
//! A negative base with an integer exponent is served by the fast path; C99's special cases (annex F.9.4.4) are not.

use super::exp::{Constants as _, exp_with_low, rounded_integer, scale};
use super::log::{self, Constants as _};
use super::poly::{fast_two_sum, poly, two_product};
use super::run::{DIVIDE, Element, Flags, INVALID, Kernel, OVERFLOW};
use super::simd::{Float, Lanes, Portable};

/// `log x` in two parts, for a positive normal `x`; `bias` as in [`log::reduce`].
#[inline(always)]
fn log_parts<V: Lanes<Elem: Element>>(x: V, bias: V::Elem) -> (V, V) {
    let (k, f) = log::reduce(x, bias);
    let (d, d_low) = fast_two_sum(V::of(2.0), f);
    let inverse = V::of(1.0) / d;
    let s = f * inverse;
    let s_low = s.neg_mul_add(d_low, s.neg_mul_add(d, f)) * inverse;
    let (z, z_error) = two_product(s, s);
    let z_low = (s + s).mul_add(s_low, z_error);
    let zz = z * z;
    let [third, third_low] = V::Elem::THIRD.map(V::splat);
    let (b, b_error) = two_product(z, third);
    let b_low =
        zz.mul_add(poly(z, zz, V::Elem::LOG_TAIL5) * V::of(0.5), z_low.mul_add(third, z.mul_add(third_low, b_error)));
    let (t, t_error) = two_product(s, b);
    let t_low = s.mul_add(b_low, s_low.mul_add(b, t_error));
    let (half, half_error) = fast_two_sum(s, t);
    let half_low = half_error + (t_low + s_low);
    let (high, error) = fast_two_sum(k * V::splat(V::Elem::LN2_HI), half + half);
    // `half_low` holds the terms from `s^5` on: only this sum leaves a second part of rounding errors alone.
    fast_two_sum(high, error + k.mul_add(V::splat(V::Elem::LN2_LO), half_low + half_low))
}

/// `y log x` in two parts.
#[inline(always)]
fn exponent<V: Lanes<Elem: Element>>(x: V, y: V, bias: V::Elem) -> (V, V) {
    let (log, log_low) = log_parts(x, bias);
    let (high, error) = two_product(y, log);
    (high, y.mul_add(log_low, error))
}

/// `x^y`.
pub struct Pow;

impl Kernel for Pow {
    const BINARY: bool = true;
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, y: V) -> (V, V) {
        let size = x.abs();
        let (high, low) = exponent(size, y, V::Elem::EXPONENT_BIAS);
        let (value, k_bits) = exp_with_low(high, low);
        let value = value.int_add(k_bits.shl_exponent());
        // Of a `y` this small, the sum has the integer in its low bits.
        let rounder = V::splat(V::Elem::ROUNDER);
        let y_bits = y + rounder;
        let y_integer = (y_bits - rounder).equal(y) & y.abs().lt(V::splat(V::Elem::POW_INTEGER_LIMIT));
        let negative = x.lt(V::of(0.0));
        let range = high.abs().not_lt(V::splat(V::Elem::EXP_LIMIT));
        let size_range = size.not_lt(V::splat(V::Elem::INF)) | size.lt(V::splat(V::Elem::MIN_NORMAL));
        let mask = range | size_range | (negative & y_integer.not());
        (value ^ (negative & y_bits.shl_sign0()), mask)
    }
    fn special(x: f64, y: f64) -> (f64, Flags) {
        if y == 0.0 || x == 1.0 {
            return (1.0, 0);
        }
        if x.is_nan() || y.is_nan() {
            return (x + y, 0);
        }
        let size = x.abs();
        if y.is_infinite() {
            let grows = (size > 1.0) == (y > 0.0);
            return (
                if size == 1.0 {
                    1.0
                } else if grows {
                    f64::INFINITY
                } else {
                    0.0
                },
                0,
            );
        }
        let sign = if x.is_sign_negative() && is_odd(y) { -1.0 } else { 1.0 };
        if x == 0.0 || x.is_infinite() {
            let grows = (x == 0.0) == (y < 0.0);
            let flags = if x == 0.0 && y < 0.0 { DIVIDE } else { 0 };
            return (sign * if grows { f64::INFINITY } else { 0.0 }, flags);
        }
        if x < 0.0 && y.trunc() != y {
            return (f64::NAN, INVALID);
        }
        let (value, flags) = power(size, y);
        (sign * value, flags)
    }
}

/// Is `y` an odd integer?
fn is_odd(y: f64) -> bool {
    y.trunc() == y && y.abs() < 9_007_199_254_740_992.0 && (y * 0.5).trunc() != y * 0.5
}

/// `x^y` of positive finite `x`, whatever becomes of it.
fn power(x: f64, y: f64) -> (f64, Flags) {
    const TWO_TO_54: f64 = 18_014_398_509_481_984.0;
    let subnormal = x < f64::MIN_NORMAL;
    let (x, bias) = if subnormal { (x * TWO_TO_54, f64::EXPONENT_BIAS + 54.0) } else { (x, f64::EXPONENT_BIAS) };
    let (high, low) = exponent(Portable([x]), Portable([y]), bias);
    if high.0[0] > 720.0 {
        return (f64::INFINITY, OVERFLOW);
    }
    if high.0[0] < -760.0 {
        return (0.0, 0);
    }
    let (value, k_bits) = exp_with_low(high, low);
    scale(value.0[0], rounded_integer(k_bits.0[0]))
}
