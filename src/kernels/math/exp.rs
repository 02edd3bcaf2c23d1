//! `exp`, `exp2`, `expm1`.
//!
//! Cody and Waite's reduction `x = k ln2 + r`, `|r| <= ln2 / 2`, with `ln2` in two parts of which the first has so few
//! bits that `k * LN2_HI` is exact; a polynomial of `(e^r - 1 - r) / r^2`; `k` goes into the exponent by an integer
//! addition. `expm1` keeps the rounding error of `r` and adds `2^k - 1` by an error-free sum.

use super::poly::{fast_two_sum, poly, two_sum};
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
    /// `(e^r - 1 - r) / r^2`.
    const EXP_TAIL: &'static [Self];
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
        0.04166666666666667,
        0.008333333333326136,
        0.0013888888888883748,
        0.00019841269874820627,
        2.4801587325547743e-05,
        2.7557255400206422e-06,
        2.75572736431103e-07,
        2.5105217004720745e-08,
        2.0914686968086876e-09,
    ];
    const EXP2_TAIL: &'static [f64] = &[
        std::f64::consts::LN_2,
        0.24022650695910072,
        0.055504108664821625,
        0.00961812910762848,
        0.0013333558146406436,
        0.00015403530393370715,
        1.5252733841601815e-05,
        1.3215486808727859e-06,
        1.0178057064573359e-07,
        7.054897292691627e-09,
        4.455822025014915e-10,
        2.5729344553786755e-11,
    ];
    const EXP_LIMIT: f64 = 708.0;
    const EXP2_LIMIT: f64 = 1022.0;
}

impl Constants for f32 {
    const LOG2E: f32 = std::f32::consts::LOG2_E;
    const LN2_HI: f32 = 0.693_145_75;
    const LN2_LO: f32 = 1.4286068e-06;
    const EXP_TAIL: &'static [f32] = &[0.5, 0.16666667, 0.041666467, 0.0083333105, 0.001393365, 0.00019890991];
    const EXP2_TAIL: &'static [f32] =
        &[std::f32::consts::LN_2, 0.2402265, 0.05550411, 0.009618057, 0.0013333502, 0.00015461468, 1.529734e-05];
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

/// `e^r` and `k`: the result before scaling.
#[inline(always)]
fn exp_parts<V: Lanes<Elem: Element>>(x: V) -> (V, V) {
    let Reduced { k_bits, r, .. } = reduce(x);
    let rr = r * r;
    (V::of(1.0) + rr.mul_add(poly(r, rr, V::Elem::EXP_TAIL), r), k_bits)
}

/// `e^(x + x_low)` before scaling, and `k`; within little more than half an ulp.
#[inline(always)]
pub fn exp_with_low<V: Lanes<Elem: Element>>(x: V, x_low: V) -> (V, V) {
    let Reduced { k_bits, r, r_low } = reduce(x);
    let rr = r * r;
    let tail = rr * poly(r, rr, V::Elem::EXP_TAIL);
    let (high, error) = fast_two_sum(V::of(1.0), r);
    // `low` is half an ulp of `x`, not of `r`: it takes the whole derivative.
    let low = r_low + x_low;
    (high + low.mul_add(high + tail, error + tail), k_bits)
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

/// `e^x - 1`.
pub struct Expm1;

impl Kernel for Expm1 {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let Reduced { k_bits, r, r_low } = reduce(x);
        let rr = r * r;
        let tail = rr.mul_add(poly(r, rr, V::Elem::EXP_TAIL), r_low.mul_add(r, r_low));
        let power = power_of_two(k_bits);
        let (less_one, lost) = two_sum(power, V::of(-1.0));
        let (high, low) = fast_two_sum(less_one, power * r);
        let value = high + power.mul_add(tail, low + lost);
        // The sign is that of `x`, which rounding to `k` loses for -0.
        (value.abs() | x.sign(), x.abs().not_lt(V::splat(V::Elem::EXP_LIMIT)))
    }
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        if x < 0.0 { (-1.0, 0) } else { exp_scaled(x, 0) }
    }
}
