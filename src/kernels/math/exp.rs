//! `exp`, `exp2`, `expm1`.
//!
//! Cody and Waite's reduction `x = k ln2 + r`, `|r| <= ln2 / 2`, with `ln2` in two parts of which the first has so few
//! bits that `k * LN2_HI` is exact; a polynomial of `(e^r - 1 - r) / r^2`; `k` goes into the exponent by an integer
//! addition. `expm1` keeps the rounding error of `r` and adds `2^k - 1` by an error-free sum.

use super::poly::{fast_two_sum, poly};
use super::run::{Element, Flags, Kernel, OVERFLOW};
use super::simd::{Float, Lanes, Portable};

/// Constants of the exponentials. Polynomials are from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `1 / ln2`.
    const LOG2E: Self;
    /// Leading part of `ln2`: times any exponent it is exact.
    const LN2_HI: Self;
    /// `ln2 - LN2_HI`.
    const LN2_LO: Self;
    /// `(e^r - 1 - r) / r^2` for `|r| <= ln2 / 2`.
    const EXP_TAIL: &'static [Self];
    /// The same for `r` from `ln 3/4` to `ln 3/2`.
    const EXP_SHIFTED_TAIL: &'static [Self];
    /// `(2^r - 1) / r`.
    const EXP2_TAIL: &'static [Self];
    /// `e^x` is a normal number for `|x|` below.
    const EXP_LIMIT: Self;
    /// `2^x` is a normal number for `|x|` below.
    const EXP2_LIMIT: Self;
}

impl Constants for f64 {
    const LOG2E: f64 = std::f64::consts::LOG2_E;
    const LN2_HI: f64 = 0.693_147_180_559_890_3;
    const LN2_LO: f64 = 5.497923018708371e-14;
    const EXP_TAIL: &'static [f64] = &[
        0.5,
        0.1666666666666667,
        0.04166666666666665,
        0.008333333333325948,
        0.0013888888888894122,
        0.00019841269875215997,
        2.480158730621114e-05,
        2.7557255052480017e-06,
        2.7557288769152724e-07,
        2.5105325757863982e-08,
        2.0910438605241344e-09,
    ];
    const EXP_SHIFTED_TAIL: &'static [f64] = &[
        0.4999999999999995,
        0.16666666666667718,
        0.04166666666672803,
        0.008333333332415717,
        0.0013888888870767706,
        0.00019841272586261955,
        2.4801595802426457e-05,
        2.755387428912413e-06,
        2.7581025418711784e-07,
        2.661843012535274e-08,
    ];
    const EXP2_TAIL: &'static [f64] = &[
        std::f64::consts::LN_2,
        0.24022650695910133,
        0.05550410866482298,
        0.00961812910759332,
        0.0013333558146151263,
        0.00015403530458105432,
        1.5252734050735464e-05,
        1.3215434799349959e-06,
        1.0177979585753974e-07,
        7.073863933829377e-09,
        4.4664676286512073e-10,
    ];
    const EXP_LIMIT: f64 = 708.0;
    const EXP2_LIMIT: f64 = 1022.0;
}

impl Constants for f32 {
    const LOG2E: f32 = std::f32::consts::LOG2_E;
    const LN2_HI: f32 = 0.693_145_75;
    const LN2_LO: f32 = 1.4286068e-06;
    const EXP_TAIL: &'static [f32] =
        &[0.5, 0.16666667, 0.041666638, 0.008333199, 0.0013895257, 0.00019952565, 2.1446225e-05];
    const EXP_SHIFTED_TAIL: &'static [f32] = &[0.50000024, 0.1666659, 0.04165681, 0.008357795, 0.0014753303];
    const EXP2_TAIL: &'static [f32] =
        &[std::f32::consts::LN_2, 0.24022663, 0.055503536, 0.009616785, 0.0013393625, 0.0001578935];
    const EXP_LIMIT: f32 = 87.0;
    const EXP2_LIMIT: f32 = 126.0;
}

/// `x = k ln2 + r + r_low`.
pub struct Reduced<V> {
    /// `k` in the low bits, for [`Lanes::shl_exponent`].
    pub k_bits: V,
    /// The remainder, rounded.
    pub r: V,
    /// What rounding took from `r`.
    pub r_low: V,
}

/// Reduces by `ln2`.
#[inline(always)]
pub fn reduce<V: Lanes<Elem: Element>>(x: V) -> Reduced<V> {
    let rounder = V::splat(V::Elem::ROUNDER);
    let k_bits = x.mul_add(V::splat(V::Elem::LOG2E), rounder);
    let k = k_bits - rounder;
    let exact = k.neg_mul_add(V::splat(V::Elem::LN2_HI), x);
    let low = V::splat(V::Elem::LN2_LO);
    let r = k.neg_mul_add(low, exact);
    Reduced { k_bits, r, r_low: k.neg_mul_add(low, exact - r) }
}

/// `2^k`.
#[inline(always)]
pub fn power_of_two<V: Lanes>(k_bits: V) -> V {
    k_bits.shl_exponent().int_add(V::bits(V::Elem::ONE_BITS))
}

/// `k` in the low bits, and `k`, of a sum of two parts: shifted by `1/2 - log2(4/3)`, so that `e^r` is between 3/4 and 3/2. Then the second term of its sum is below
/// 1/4 of the power of two that the sum has, and rounds to less.
#[inline(always)]
fn shifted_power<V: Lanes<Elem: Element>>(x: V, x_low: Option<V>) -> (V, V) {
    let (rounder, log2e, shift) =
        (V::splat(V::Elem::ROUNDER), V::splat(V::Elem::LOG2E), V::of(-0.084_962_500_721_156_2));
    let shift = x_low.map_or(shift, |low| low.mul_add(log2e, shift));
    let k_bits = x.mul_add(log2e, shift) + rounder;
    (k_bits, k_bits - rounder)
}

/// `e^r` and `k`: the result before scaling.
#[inline(always)]
fn exp_parts<V: Lanes<Elem: Element>>(x: V) -> (V, V) {
    let (k_bits, k) = shifted_power(x, None);
    let r = k.neg_mul_add(V::splat(V::Elem::LN2_LO), k.neg_mul_add(V::splat(V::Elem::LN2_HI), x));
    let rr = r * r;
    (V::of(1.0) + rr.mul_add(poly(r, rr, V::Elem::EXP_SHIFTED_TAIL), r), k_bits)
}

/// The same of `x + x_low`, where `x_low` need not be small.
#[inline(always)]
pub fn exp_of_sum<V: Lanes<Elem: Element>>(x: V, x_low: V) -> (V, V) {
    let (k_bits, k) = shifted_power(x, Some(x_low));
    let exact = k.neg_mul_add(V::splat(V::Elem::LN2_HI), x);
    let r = exact + k.neg_mul_add(V::splat(V::Elem::LN2_LO), x_low);
    let rr = r * r;
    let (high, error) = fast_two_sum(V::of(1.0), r);
    (high + rr.mul_add(poly(r, rr, V::Elem::EXP_SHIFTED_TAIL), error), k_bits)
}

/// `2^r` and `k`.
#[inline(always)]
fn exp2_parts<V: Lanes<Elem: Element>>(x: V) -> (V, V) {
    let rounder = V::splat(V::Elem::ROUNDER);
    let k_bits = x + rounder;
    let r = x - (k_bits - rounder);
    let rr = r * r;
    let coefficients = V::Elem::EXP2_TAIL;
    let rest = rr * poly(r, rr, &coefficients[1..]);
    (V::of(1.0) + r.mul_add(V::splat(coefficients[0]), rest), k_bits)
}

/// `y * 2^k` with one rounding, for `|k| <= 2000` and `y` near 1, and the overflow flag.
#[inline(always)]
pub fn scale(y: f64, k: i32) -> (f64, Flags) {
    let power = |k: i32| f64::from_bits(((1023 + k) as u64) << 52);
    let value = y * power(k / 2) * power(k - k / 2);
    (value, if value.is_infinite() { OVERFLOW } else { 0 })
}

/// The integer in the low bits of a sum with [`Float::ROUNDER`].
pub fn rounded_integer(k_bits: f64) -> i32 {
    (k_bits - f64::ROUNDER) as i32
}

/// `e^x * 2^shift` where it may overflow or be subnormal, with the flags.
#[inline(always)]
pub fn exp_scaled(x: f64, shift: i32) -> (f64, Flags) {
    if x.is_nan() || x == f64::INFINITY {
        return (x, 0);
    }
    if x > 720.0 {
        return (f64::INFINITY, OVERFLOW);
    }
    if x < -760.0 {
        return (0.0, 0);
    }
    let (y, k_bits) = exp_parts(Portable([x]));
    scale(y.0[0], rounded_integer(k_bits.0[0]) + shift)
}

/// `e^x`.
pub struct Exp;

impl Kernel for Exp {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (value, k_bits) = exp_parts(x);
        (value.int_add(k_bits.shl_exponent()), x.abs().not_lt(V::splat(V::Elem::EXP_LIMIT)))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        exp_scaled(x, 0)
    }
}

/// `2^x`.
pub struct Exp2;

impl Kernel for Exp2 {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (value, k_bits) = exp2_parts(x);
        (value.int_add(k_bits.shl_exponent()), x.abs().not_lt(V::splat(V::Elem::EXP2_LIMIT)))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        if x.is_nan() || x == f64::INFINITY {
            return (x, 0);
        }
        if x >= 1024.0 {
            return (f64::INFINITY, OVERFLOW);
        }
        if x < -1080.0 {
            return (0.0, 0);
        }
        let (y, k_bits) = exp2_parts(Portable([x]));
        scale(y.0[0], rounded_integer(k_bits.0[0]))
    }
}

/// `e^x - 1` in two parts, of which the second may reach a tenth of the first. Half of `r^2` is added last: where the result is half of
/// `2^k r`, roundings in the polynomial's first term would count.
#[inline(always)]
pub fn expm1_parts<V: Lanes<Elem: Element>>(x: V) -> (V, V) {
    let Reduced { k_bits, r, r_low } = reduce(x);
    let rr = r * r;
    let r_error = r_low.mul_add(r, r_low);
    let cubic = (r * rr).mul_add(poly(r, rr, &V::Elem::EXP_TAIL[1..]), r_error);
    let tail = V::splat(V::Elem::EXP_TAIL[0]).mul_add(rr, cubic);
    let power = power_of_two(k_bits);
    // Of a power far below 1, what is lost is less than an ulp of the result, and nothing else rounds there.
    let (less_one, lost) = fast_two_sum(power, V::of(-1.0));
    let (high, low) = fast_two_sum(less_one, power * r);
    (high, power.mul_add(tail, low + lost))
}

/// `e^x - 1`.
pub struct Expm1;

impl Kernel for Expm1 {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (high, low) = expm1_parts(x);
        let value = high + low;
        // The sign is that of `x`, which rounding to `k` loses for -0.
        (value.abs() | x.sign(), x.abs().not_lt(V::splat(V::Elem::EXP_LIMIT)))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        if x < 0.0 { (-1.0, 0) } else { exp_scaled(x, 0) }
    }
}
