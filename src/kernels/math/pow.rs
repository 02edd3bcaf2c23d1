//! `pow`, and powers that are products.
//!
//! `x^y = exp(y log x)` with `log x` in two parts, good to about 2^-68. `x = 2^k m`; `m c = 1 + f` with `c` of 5/4, 1, 3/4 makes
//! `|f| <= 0.14`, exactly, by FMA; then with `s = f / (2 + f)` in two parts, `log(1 + f) = 2 (s + s (s^2/3 + s^4 P))`, where
//! `s^2/3` is in two parts too. The exponential takes the product in two parts.
//! A negative base with an integer exponent is served by the fast path; C99's special cases (annex F.9.4.4) are not.
//!
//! Third and fourth powers are products in two parts, rounded once.

use super::exp::{Constants as _, exp_with_low, rounded_integer, scale};
use super::inverse_trig::power_of_two;
use super::log;
use super::poly::{fast_two_sum, poly, two_product};
use super::run::{DIVIDE, Element, Flags, INVALID, Kernel, OVERFLOW, either_nan, of_one, patch_poles};
use super::simd::{Float, Lanes, Portable};

/// Constants of `pow`. Polynomials are from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `(log((1+s)/(1-s)) - 2s - 2/3 s^3) / s^5` in `s^2`.
    const LOG_TAIL5: &'static [Self];
    /// `1 / 3` in two parts.
    const THIRD: [Self; 2];
    /// `log(4/5)` in two parts, of which the first added to any multiple of `LN2_HI` is exact.
    const LOG_4_5: [Self; 2];
    /// `log(4/3)`, likewise.
    const LOG_4_3: [Self; 2];
    /// Integers below have their last bit in the sum with [`Float::ROUNDER`].
    const INTEGER_LIMIT: Self;
    /// Third powers of sizes from the first to below the second neither overflow nor lose bits to underflow.
    const CUBE_RANGE: [Self; 2];
    /// Fourth powers, likewise.
    const FOURTH_RANGE: [Self; 2];
}

impl Constants for f64 {
    const LOG_TAIL5: &'static [f64] =
        &[0.4000000000000453, 0.2857142856313886, 0.22222227707040887, 0.18180135381192158, 0.1562782219604597];
    const THIRD: [f64; 2] = [0.3333333333333333, 1.850371707708594e-17];
    const LOG_4_5: [f64; 2] = [-0.22314355131425145, 4.169796584527195e-14];
    const LOG_4_3: [f64; 2] = [0.28768207245184385, -6.292357389008195e-14];
    const INTEGER_LIMIT: f64 = 2_251_799_813_685_248.0;
    const CUBE_RANGE: [f64; 2] = [power_of_two(-320), power_of_two(340)];
    const FOURTH_RANGE: [f64; 2] = [power_of_two(-240), power_of_two(255)];
}

impl Constants for f32 {
    const LOG_TAIL5: &'static [f32] = &[0.399996, 0.2876482];
    const THIRD: [f32; 2] = [0.33333334, -9.934108e-09];
    const LOG_4_5: [f32; 2] = [-0.22314453, 9.799357e-07];
    const LOG_4_3: [f32; 2] = [0.2876892, -7.1365325e-06];
    const INTEGER_LIMIT: f32 = 4_194_304.0;
    const CUBE_RANGE: [f32; 2] = [power_of_two(-32) as f32, power_of_two(42) as f32];
    const FOURTH_RANGE: [f32; 2] = [power_of_two(-24) as f32, power_of_two(31) as f32];
}

/// `log x` in two parts, for a positive normal `x`; `bias` as in [`log::split`].
#[inline(always)]
fn log_parts<V: Lanes<Elem: Element>>(x: V, bias: V::Elem) -> (V, V) {
    let (k, m) = log::split(x, bias);
    let (below, above) = (m.lt(V::of(0.9)), V::of(1.15).lt(m));
    let c = below.select(V::of(1.25), above.select(V::of(0.75), V::of(1.0)));
    let [below_log, below_log_low] = V::Elem::LOG_4_5.map(V::splat);
    let [above_log, above_log_low] = V::Elem::LOG_4_3.map(V::splat);
    let base = k.mul_add(V::splat(V::Elem::LN2_HI), below.select(below_log, above & above_log));
    let base_low = k.mul_add(V::splat(V::Elem::LN2_LO), below.select(below_log_low, above & above_log_low));
    let f = m.mul_sub(c, V::of(1.0));
    let (d, d_low) = fast_two_sum(V::of(2.0), f);
    let inverse = V::of(1.0) / d;
    let s = f * inverse;
    let s_low = s.neg_mul_add(d_low, s.neg_mul_add(d, f)) * inverse;
    let (z, z_error) = two_product(s, s);
    let z_low = (s + s).mul_add(s_low, z_error);
    let zz = z * z;
    let [third, third_low] = V::Elem::THIRD.map(V::splat);
    let (b, b_error) = two_product(z, third);
    let b_low = z_low.mul_add(third, z.mul_add(third_low, b_error));
    let b_low = zz.mul_add(poly(z, zz, V::Elem::LOG_TAIL5) * V::of(0.5), b_low);
    let (t, t_error) = two_product(s, b);
    let t_low = s.mul_add(b_low, s_low.mul_add(b, t_error));
    let (half, half_error) = fast_two_sum(s, t);
    let half_low = half_error + (t_low + s_low);
    let (high, error) = fast_two_sum(base, half + half);
    // `half_low` holds the terms from `s^5` on: only this sum leaves a second part of rounding errors alone.
    fast_two_sum(high, error + (base_low + (half_low + half_low)))
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
        let y_integer = (y_bits - rounder).equal(y) & y.abs().lt(V::splat(V::Elem::INTEGER_LIMIT));
        let negative = x.lt(V::of(0.0));
        let range = high.abs().not_lt(V::splat(V::Elem::EXP_LIMIT));
        let size_range = size.not_lt(V::splat(V::Elem::INF)) | size.lt(V::splat(V::Elem::MIN_NORMAL));
        let mask = range | size_range | (negative & y_integer.not());
        (value ^ (negative & y_bits.shl_sign0()), mask)
    }
    /// Fractional powers of negative numbers, and powers of zero that are zero.
    #[inline(always)]
    fn patch<V: Lanes<Elem: Element>>(x: V, y: V, value: V, mask: V) -> (V, V, Flags) {
        let (zero, rounder) = (V::of(0.0), V::splat(V::Elem::ROUNDER));
        let y_bits = y + rounder;
        let small = y.abs().lt(V::splat(V::Elem::INTEGER_LIMIT));
        let y_integer = (y_bits - rounder).equal(y) & small;
        let nowhere = x.lt(zero) & x.abs().lt(V::splat(V::Elem::INF)) & small & y_integer.not();
        let nothing = x.equal(zero) & zero.lt(y) & small;
        let of_zero = x.sign() & y_integer & y_bits.shl_sign0();
        // Powers that are infinite are rare.
        let no_pole = zero;
        let (value, mask, flags) = patch_poles(nowhere, no_pole, value, mask);
        (nothing.select(of_zero, value), mask & nothing.not(), flags)
    }
    #[inline(always)]
    fn special(x: f64, y: f64) -> (f64, Flags) {
        if y == 0.0 || x == 1.0 {
            return (1.0, 0);
        }
        if x.is_nan() || y.is_nan() {
            return (either_nan(x, y), 0);
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
#[inline(always)]
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

/// `x^3`.
pub struct Cube;

impl Kernel for Cube {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (square, square_low) = two_product(x, x);
        let (cube, cube_low) = two_product(square, x);
        let value = cube + square_low.mul_add(x, cube_low);
        (value | x.sign(), outside(x.abs(), V::Elem::CUBE_RANGE))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        of_one::<Pow>(x, 3.0)
    }
}

/// `x^4`.
pub struct Fourth;

impl Kernel for Fourth {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (square, square_low) = two_product(x, x);
        let (fourth, fourth_low) = two_product(square, square);
        let value = fourth + (square + square).mul_add(square_low, fourth_low);
        (value, outside(x.abs(), V::Elem::FOURTH_RANGE))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        of_one::<Pow>(x, 4.0)
    }
}

/// The mask of sizes that are not within a range, nor zero.
#[inline(always)]
fn outside<V: Lanes<Elem: Element>>(size: V, [least, limit]: [V::Elem; 2]) -> V {
    size.not_lt(V::splat(limit)) | (size.lt(V::splat(least)) & size.equal(V::of(0.0)).not())
}
