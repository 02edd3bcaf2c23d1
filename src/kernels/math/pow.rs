//! `pow`, and powers that are products.
//!
//! `x^y = exp(y log x)` with `log x` in two parts, good to about 2^-68, by the steps of `log.rs`: `x = 2^k m`, `m c = 1 + f` exactly, and a series of `f`
//! whose terms up to `f^2` (f32) or `f^3` (f64) are in two parts. The exponential takes the product in two parts.
//! A negative base with an integer exponent is served by the fast path; C99's special cases (annex F.9.4.4) are not.
//!
//! Third and fourth powers are products in two parts, rounded once.

use super::exp::{Constants as _, exp_of_sum, rounded_integer, scale};
use super::inverse_trig::power_of_two;
use super::log::{self, Constants as _};
use super::poly::{fast_two_sum, poly, two_product};
use super::run::{DIVIDE, Element, Flags, INVALID, Kernel, OVERFLOW, either_nan, of_one, patch_poles};
use super::simd::{Float, Lanes, Portable};

/// Constants of `pow`. Polynomials are from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `2 / 3` in two parts, or none where `LOG_STEPS_TAIL` begins with it.
    const TWO_THIRDS: Option<[Self; 2]>;
    /// `(log(1 + f) - f + h) / (f h)` with `h = f^2 / 2`, or without `2/3 f h` by `h^2`, for what the steps leave: a polynomial of `f` and `h`.
    const LOG_STEPS_TAIL: &'static [Self];
    /// Integers below have their last bit in the sum with [`Float::ROUNDER`].
    const INTEGER_LIMIT: Self;
    /// Third powers of sizes from the first to below the second neither overflow nor lose bits to underflow.
    const CUBE_RANGE: [Self; 2];
    /// Fourth powers, likewise.
    const FOURTH_RANGE: [Self; 2];
}

impl Constants for f64 {
    const TWO_THIRDS: Option<[f64; 2]> = Some([0.6666666666666666, 3.700743415417188e-17]);
    const LOG_STEPS_TAIL: &'static [f64] = &[
        -0.9999999999999991,
        0.8000000000003941,
        -1.333333333356589,
        1.1428571395891582,
        -1.9999998113398163,
        1.777785641018411,
        -3.2005591303871808,
        2.905642764805031,
        -4.798083843298398,
    ];
    const INTEGER_LIMIT: f64 = 2_251_799_813_685_248.0;
    const CUBE_RANGE: [f64; 2] = [power_of_two(-320), power_of_two(340)];
    const FOURTH_RANGE: [f64; 2] = [power_of_two(-240), power_of_two(255)];
}

impl Constants for f32 {
    const TWO_THIRDS: Option<[f32; 2]> = None;
    const LOG_STEPS_TAIL: &'static [f32] = &[0.6666666, -0.5000144, 0.80048025, -0.6366388];
    const INTEGER_LIMIT: f32 = 4_194_304.0;
    const CUBE_RANGE: [f32; 2] = [power_of_two(-32) as f32, power_of_two(42) as f32];
    const FOURTH_RANGE: [f32; 2] = [power_of_two(-24) as f32, power_of_two(31) as f32];
}

/// `log x` in two parts, for a positive normal `x`; `bias` as in [`log::split_by_steps`].
#[inline(always)]
fn log_parts<V: Lanes<Elem: Element>>(x: V, bias: V::Elem) -> (V, V) {
    let (k, m, index) = log::split_by_steps(x, bias);
    let [factor, log, log_low] = &V::Elem::LOG_STEPS;
    let base = k.mul_add(V::splat(V::Elem::LN2_HI), index.lookup(log));
    let base_low = k.mul_add(V::splat(V::Elem::LN2_LO), index.lookup(log_low));
    let f = m.mul_sub(index.lookup(factor), V::of(1.0));
    // Half of the square, so that it need not be halved.
    let (square, square_low) = two_product(V::of(0.5) * f, f);
    let tail = poly(f, square, V::Elem::LOG_STEPS_TAIL);
    let low = base_low - square_low;
    let (bend, low) = match V::Elem::TWO_THIRDS {
        None => (square, (f * square).mul_add(tail, low)),
        Some(ratio) => {
            let [ratio, ratio_low] = ratio.map(V::splat);
            let (cube, cube_error) = two_product(square, f);
            let cube_low = square_low.mul_add(f, cube_error);
            let (b, b_error) = two_product(cube, ratio);
            let b_low = cube_low.mul_add(ratio, cube.mul_add(ratio_low, b_error));
            let (bend, bend_low) = fast_two_sum(square, b.negate());
            (bend, (square * square).mul_add(tail, (b_low + low) - bend_low))
        }
    };
    let (line, line_low) = fast_two_sum(base, f);
    let (high, high_low) = fast_two_sum(line, bend.negate());
    (high, (high_low + line_low) + low)
}

/// `y log x` in two parts.
#[inline(always)]
fn exponent<V: Lanes<Elem: Element>>(x: V, y: V, bias: V::Elem) -> (V, V) {
    let (log, log_low) = log_parts(x, bias);
    let (high, error) = two_product(y, log);
    (high, y.mul_add(log_low, error))
}

/// A sum that has `y` in its low bits, and the mask of where `y` is an integer below [`Constants::INTEGER_LIMIT`].
#[inline(always)]
fn integer_bits<V: Lanes<Elem: Element>>(y: V) -> (V, V) {
    let rounder = V::splat(V::Elem::ROUNDER);
    let bits = y + rounder;
    (bits, (bits - rounder).equal(y) & y.abs().lt(V::splat(V::Elem::INTEGER_LIMIT)))
}

/// `x^y`.
pub struct Pow;

impl Kernel for Pow {
    const BINARY: bool = true;
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, y: V) -> (V, V) {
        let size = x.abs();
        let (high, low) = exponent(size, y, V::Elem::EXPONENT_BIAS);
        let (value, k_bits) = exp_of_sum(high, low);
        let value = value.int_add(k_bits.shl_exponent());
        let range = high.abs().not_lt(V::splat(V::Elem::EXP_LIMIT));
        let mask = range | size.not_positive_normal();
        // Most bases are positive.
        if !x.any() {
            return (value, mask);
        }
        let (y_bits, y_integer) = integer_bits(y);
        (value ^ (x.sign() & y_bits.shl_sign0()), mask | (x.lt(V::of(0.0)) & y_integer.not()))
    }
    /// Fractional powers of negative numbers, and powers of zero that are zero.
    #[inline(always)]
    fn patch<V: Lanes<Elem: Element>>(x: V, y: V, value: V, mask: V) -> (V, V, Flags) {
        let zero = V::of(0.0);
        let small = y.abs().lt(V::splat(V::Elem::INTEGER_LIMIT));
        let (y_bits, y_integer) = integer_bits(y);
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
    let subnormal = x < f64::MIN_POSITIVE;
    let (x, bias) = if subnormal { (x * TWO_TO_54, f64::EXPONENT_BIAS + 54.0) } else { (x, f64::EXPONENT_BIAS) };
    let (high, low) = exponent(Portable([x]), Portable([y]), bias);
    if high.0[0] > 720.0 {
        return (f64::INFINITY, OVERFLOW);
    }
    if high.0[0] < -760.0 {
        return (0.0, 0);
    }
    let (value, k_bits) = exp_of_sum(high, low);
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
