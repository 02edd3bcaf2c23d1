//! `log`, `log2`, `log10`, `log1p`.
//!
//! `x = 2^k (1 + f)` with `1 + f` in `[sqrt(1/2), sqrt(2)]`, then with `s = f / (2 + f)`
//! `log(1 + f) = f - f^2/2 + s (f^2/2 + s^2 R(s^2))`, the arrangement of fdlibm's `e_log.c` (Ng 1993), which leaves `f` as the leading
//! term, so that the result is accurate close to 1. `log2` and `log10` carry the sum in two parts through the product with
//! `1 / ln(base)`. In f32 a polynomial of `f` is shorter than the division, and each base has its own.
//! `log1p` takes an argument in two parts and serves the inverse hyperbolic functions too.

use super::exp::Constants as _;
use super::poly::{fast_two_sum, poly, poly_after, two_sum};
use super::run::{DIVIDE, Element, Flags, INVALID, Kernel, patch_poles};
use super::simd::{Float, Lanes, Portable};

/// Constants of the logarithms. Polynomials are from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `(log((1+s)/(1-s)) - 2s) / s^3` in `s^2`; empty if `LOG_CUBIC` is not.
    const LOG_TAIL: &'static [Self];
    /// `(log(1 + f) - f + f^2/2) / f^3`; empty where the series in `s` is faster.
    const LOG_CUBIC: &'static [Self];
    /// `(log2(1 + f) - 3/2 f) / f`; empty as `LOG_CUBIC`.
    const LOG2_TAIL: &'static [Self];
    /// `(log10(1 + f) - 3/8 f) / f`; empty as `LOG_CUBIC`.
    const LOG10_TAIL: &'static [Self];
    /// `-1 / (1 + f)`, to a percent.
    const RECIPROCAL: &'static [Self];
    /// `1 / ln2` in two parts.
    const INV_LN2: [Self; 2];
    /// `1 / ln10` in two parts.
    const INV_LN10: [Self; 2];
    /// `log10(2)` in two parts, of which the first times any exponent is exact.
    const LOG10_2: [Self; 2];
    /// The argument up to which `log1p` need not think of overflow.
    const LOG1P_LIMIT: Self;
}

impl Constants for f64 {
    const LOG_TAIL: &'static [f64] = &[
        0.6666666666666735,
        0.3999999999940917,
        0.28571428743769867,
        0.22222198416101854,
        0.18183573242039705,
        0.1531380409030928,
        0.1479859149163998,
    ];
    const LOG_CUBIC: &'static [f64] = &[];
    const LOG2_TAIL: &'static [f64] = &[];
    const LOG10_TAIL: &'static [f64] = &[];
    const RECIPROCAL: &'static [f64] = &[-1.001785677063724, 1.0883110196610428, -0.9705617374478595];
    const INV_LN2: [f64; 2] = [std::f64::consts::LOG2_E, 2.0355273740931033e-17];
    const INV_LN10: [f64; 2] = [std::f64::consts::LOG10_E, 1.098319650216765e-17];
    const LOG10_2: [f64; 2] = [0.301_029_995_663_952_83, 2.8363394551044964e-14];
    const LOG1P_LIMIT: f64 = 1e300;
}

impl Constants for f32 {
    const LOG_TAIL: &'static [f32] = &[];
    const LOG_CUBIC: &'static [f32] = &[
        0.33333313,
        -0.25000015,
        0.2000208,
        -0.16667734,
        0.14219953,
        -0.12409723,
        0.118896596,
        -0.1165455,
        0.06719146,
    ];
    const LOG2_TAIL: &'static [f32] = &[
        -0.057304952,
        -0.7213475,
        0.4808957,
        -0.36067188,
        0.28872186,
        -0.2406178,
        0.20165826,
        -0.17612721,
        0.2033944,
        -0.184675,
    ];
    const LOG10_TAIL: &'static [f32] = &[
        0.05929448,
        -0.21714719,
        0.1447649,
        -0.10858074,
        0.0868641,
        -0.07212603,
        0.06163368,
        -0.057592314,
        0.05585328,
        -0.032727066,
    ];
    const RECIPROCAL: &'static [f32] = &[-1.0017856, 1.0883111, -0.9705622];
    const INV_LN2: [f32; 2] = [std::f32::consts::LOG2_E, 1.925963e-08];
    const INV_LN10: [f32; 2] = [std::f32::consts::LOG10_E, -1.010305e-08];
    const LOG10_2: [f32; 2] = [0.301_033_02, -3.0243555e-06];
    const LOG1P_LIMIT: f32 = 1e36;
}

/// `k` and `m = x / 2^k` in `[sqrt(1/2), sqrt(2)]` for a positive normal `x`. `bias` is [`Float::EXPONENT_BIAS`], plus `n` to
/// subtract `n` from `k`.
#[inline(always)]
pub fn split<V: Lanes>(x: V, bias: V::Elem) -> (V, V) {
    split_at(x, bias, ROOT)
}

/// The same with `m` between `lower_end` and twice that.
#[inline(always)]
fn split_at<V: Lanes>(x: V, bias: V::Elem, lower_end: f64) -> (V, V) {
    let (exponent, m) = split_bits(x, lower_end);
    ((exponent | V::bits(V::Elem::EXPONENT_BITS)) - V::splat(bias), m)
}

/// `sqrt(1/2)`, rounded so that both types have the same.
const ROOT: f64 = 0.707_106_769_084_930_4;

/// With `1 + f` from here to 4/3, `3/2 f` is a float, and nowhere far from `log2(1 + f)`.
const TWO_THIRDS: f64 = 2.0 / 3.0;

/// `k` biased, as an integer, and `m` between `lower_end` and twice that.
#[inline(always)]
fn split_bits<V: Lanes>(x: V, lower_end: f64) -> (V, V) {
    let lower_end = V::of(lower_end);
    let shifted = x.int_add(V::bits(V::Elem::ONE_BITS)).int_sub(lower_end);
    let m = (shifted & V::bits(V::Elem::MANTISSA)).int_add(lower_end);
    (shifted.shr_exponent(), m)
}

/// `k` and `f = m - 1`, `m` as in [`split_at`].
#[inline(always)]
fn reduce<V: Lanes>(x: V, bias: V::Elem, lower_end: f64) -> (V, V) {
    let (k, m) = split_at(x, bias, lower_end);
    (k, m - V::of(1.0))
}

/// `f^2 / 2` and `log(1 + f) - f + f^2 / 2`.
#[inline(always)]
fn terms<V: Lanes<Elem: Element>>(f: V) -> (V, V) {
    let square = f * f;
    let half_square = V::of(0.5) * square;
    if !V::Elem::LOG_CUBIC.is_empty() {
        return (half_square, f * square * poly(f, square, V::Elem::LOG_CUBIC));
    }
    let s = f / (V::of(2.0) + f);
    let z = s * s;
    (half_square, s * z.mul_add(poly(z, z * z, V::Elem::LOG_TAIL), half_square))
}

#[inline(always)]
fn log_biased<V: Lanes<Elem: Element>>(x: V, bias: V::Elem) -> V {
    let (k, f) = reduce(x, bias, ROOT);
    let (half_square, rest) = terms(f);
    let low = k.mul_add(V::splat(V::Elem::LN2_LO), rest);
    k.mul_sub(V::splat(V::Elem::LN2_HI), (half_square - low) - f)
}

/// `log(1 + f)` in two parts.
#[inline(always)]
fn log_parts<V: Lanes<Elem: Element>>(f: V) -> (V, V) {
    let (half_square, rest) = terms(f);
    let lost = (V::of(0.5) * f).mul_sub(f, half_square);
    let (high, low) = fast_two_sum(f, half_square.negate());
    (high, low + (rest - lost))
}

/// `whole + c f` and its rounding error: `c f` is exact, and `whole` larger, or 0.
#[inline(always)]
fn plus_multiple<V: Lanes>(whole: V, f: V, c: V) -> (V, V) {
    let sum = f.mul_add(c, whole);
    (sum, f.mul_add(c, whole - sum))
}

#[inline(always)]
fn log2_biased<V: Lanes<Elem: Element>>(x: V, bias: V::Elem) -> V {
    if !V::Elem::LOG2_TAIL.is_empty() {
        let (k, f) = reduce(x, bias, TWO_THIRDS);
        let (high, error) = plus_multiple(k, f, V::of(1.5));
        return high + f.mul_add(poly_after(f, f * f, V::Elem::LOG2_TAIL, 3), error);
    }
    let (k, f) = reduce(x, bias, ROOT);
    let (high, low) = log_parts(f);
    let [c, c_low] = V::Elem::INV_LN2.map(V::splat);
    let product = high * c;
    let rest = high.mul_add(c_low, low.mul_add(c, high.mul_sub(c, product)));
    let (sum, error) = fast_two_sum(k, product);
    sum + (error + rest)
}

#[inline(always)]
fn log10_biased<V: Lanes<Elem: Element>>(x: V, bias: V::Elem) -> V {
    let (k, f) = reduce(x, bias, ROOT);
    let [base, base_low] = V::Elem::LOG10_2.map(V::splat);
    if !V::Elem::LOG10_TAIL.is_empty() {
        let (high, error) = plus_multiple(k * base, f, V::of(0.375));
        return high + f.mul_add(poly_after(f, f * f, V::Elem::LOG10_TAIL, 3), k.mul_add(base_low, error));
    }
    let (high, low) = log_parts(f);
    let [c, c_low] = V::Elem::INV_LN10.map(V::splat);
    let product = high * c;
    let rest = high.mul_add(c_low, low.mul_add(c, high.mul_sub(c, product)));
    let (sum, error) = fast_two_sum(k * base, product);
    sum + (error + k.mul_add(base_low, rest))
}

/// `log(1 + u + u_low)` for `u` in `(-1, LOG1P_LIMIT)`, plus `extra * ln2`.
///
/// The rounding error `c` of `1 + u` enters as `c / (1 + f)`, where the reciprocal is accurate to a percent of `f`.
#[inline(always)]
pub fn log1p_parts<V: Lanes<Elem: Element>>(u: V, u_low: V, extra: V) -> V {
    let (sum, error) = two_sum(V::of(1.0), u);
    let (exponent, m) = split_bits(sum, ROOT);
    let f = m - V::of(1.0);
    let k = (exponent | V::bits(V::Elem::EXPONENT_BITS)) - V::splat(V::Elem::EXPONENT_BIAS) + extra;
    let one = V::bits(V::Elem::ONE_BITS);
    let down = one.int_add(one).int_sub(exponent.shl_exponent());
    let c = (error + u_low) * down;
    let c = c.mul_add(f * poly(f, f * f, V::Elem::RECIPROCAL), c);
    let (half_square, rest) = terms(f);
    let low = k.mul_add(V::splat(V::Elem::LN2_LO), rest + c);
    k.mul_sub(V::splat(V::Elem::LN2_HI), (half_square - low) - f)
}

impl Log {
    /// `log 2x` of a positive normal `x`.
    #[inline(always)]
    pub fn twice(x: f64) -> f64 {
        log_biased(Portable([x]), f64::EXPONENT_BIAS - 1.0).0[0]
    }
}

/// Lanes whose logarithm is not that of a positive normal number.
#[inline(always)]
fn not_normal<V: Lanes>(x: V) -> V {
    x.not_lt(V::splat(V::Elem::INF)) | x.lt(V::splat(V::Elem::MIN_NORMAL))
}

/// The logarithm of what is not a positive normal number; `log(x, bias)` computes a scaled subnormal.
#[inline(always)]
fn special_log(x: f64, log: impl Fn(Portable<f64, 1>, f64) -> Portable<f64, 1>) -> (f64, Flags) {
    if x.is_nan() || x == f64::INFINITY {
        (x, 0)
    } else if x == 0.0 {
        (f64::NEG_INFINITY, DIVIDE)
    } else if x < 0.0 {
        (f64::NAN, INVALID)
    } else {
        const TWO_TO_54: f64 = 18_014_398_509_481_984.0;
        (log(Portable([x * TWO_TO_54]), f64::EXPONENT_BIAS + 54.0).0[0], 0)
    }
}

macro_rules! logarithm {
    ($(#[$doc:meta])* $name:ident, $biased:ident) => {
        $(#[$doc])*
        pub struct $name;

        impl Kernel for $name {
            #[inline(always)]
            fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
                ($biased(x, V::Elem::EXPONENT_BIAS), not_normal(x))
            }
            #[inline(always)]
            fn patch<V: Lanes<Elem: Element>>(x: V, _y: V, value: V, mask: V) -> (V, V, Flags) {
                let zero = V::of(0.0);
                patch_poles(x.lt(zero), x.equal(zero), value, mask)
            }
            fn special(x: f64, _y: f64) -> (f64, Flags) {
                special_log(x, $biased)
            }
        }
    };
}
logarithm!(
    /// The natural logarithm.
    Log, log_biased
);
logarithm!(
    /// The logarithm to base 2.
    Log2, log2_biased
);
logarithm!(
    /// The logarithm to base 10.
    Log10, log10_biased
);

/// `log(1 + x)`.
pub struct Log1p;

impl Kernel for Log1p {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let zero = V::of(0.0);
        let value = log1p_parts(x, zero, zero);
        let mask = x.not_lt(V::splat(V::Elem::LOG1P_LIMIT)) | x.le(V::of(-1.0));
        (value.abs() | x.sign(), mask)
    }
    #[inline(always)]
    fn patch<V: Lanes<Elem: Element>>(x: V, _y: V, value: V, mask: V) -> (V, V, Flags) {
        let one = V::of(-1.0);
        patch_poles(x.lt(one), x.equal(one), value, mask)
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        if x == -1.0 {
            (f64::NEG_INFINITY, DIVIDE)
        } else if x < -1.0 {
            (f64::NAN, INVALID)
        } else if x.is_nan() || x == f64::INFINITY {
            (x, 0)
        } else {
            (log_biased(Portable([x]), f64::EXPONENT_BIAS).0[0], 0)
        }
    }
}
