//! `sinh`, `cosh`, `tanh`.
//!
//! With `|x| = k ln2 + r`, `C = cosh r`, `S = sinh r` and `p, m = 2^(k-1) +- 2^(-k-1)`:
//! `sinh |x| = m C + p S` and `cosh x = p C + m S`. So one reduction and two short polynomials give both, without a division and without
//! cancellation. `tanh |x| = E / (E + 2)` with `E = e^(2|x|) - 1` in two parts.

use super::exp::{Reduced, exp_scaled, expm1_parts, reduce};
use super::poly::{fast_two_sum, poly, quotient, two_sum};
use super::run::{Element, Flags, Kernel};
use super::simd::Lanes;

/// Constants of the hyperbolic functions. Polynomials are from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `(sinh r - r) / r^3` in `r^2`.
    const SINH_TAIL: &'static [Self];
    /// `(cosh r - 1 - r^2/2) / r^4` in `r^2`.
    const COSH_TAIL: &'static [Self];
    /// Below, `2^(-k-1)` is a normal number.
    const SINH_LIMIT: Self;
    /// From here on `tanh` is 1.
    const TANH_LIMIT: Self;
}

impl Constants for f64 {
    const SINH_TAIL: &'static [f64] = &[
        0.16666666666666677,
        0.008333333333321482,
        0.00019841269886418497,
        2.7557243968661455e-06,
        2.5109108001177106e-08,
    ];
    const COSH_TAIL: &'static [f64] =
        &[0.04166666666660284, 0.0013888888927246132, 2.4801508124027438e-05, 2.762540546061853e-07];
    const SINH_LIMIT: f64 = 707.0;
    const TANH_LIMIT: f64 = 22.0;
}

impl Constants for f32 {
    const SINH_TAIL: &'static [f32] = &[0.16666667, 0.008333203, 0.0001994841];
    const COSH_TAIL: &'static [f32] = &[0.04166646, 0.0013935422];
    const SINH_LIMIT: f32 = 86.0;
    const TANH_LIMIT: f32 = 10.0;
}

/// `r` with its parts, `sinh r - r` and `cosh r - 1`.
struct Parts<V> {
    r: V,
    r_low: V,
    sinh_rest: V,
    cosh_rest: V,
}

#[inline(always)]
fn parts<V: Lanes<Elem: Element>>(x: V) -> (V, Parts<V>) {
    let Reduced { k_bits, r, r_low } = reduce(x);
    let z = r * r;
    let zz = z * z;
    let sinh_rest = (r * z) * poly(z, zz, V::Elem::SINH_TAIL);
    let cosh_rest = zz.mul_add(poly(z, zz, V::Elem::COSH_TAIL), V::of(0.5) * z);
    (k_bits, Parts { r, r_low, sinh_rest, cosh_rest })
}

/// `a cosh r + b sinh r`, each weight with its rounding error; `a >= b |r|` or `a = 0`.
#[inline(always)]
fn combine<V: Lanes>(p: &Parts<V>, (a, a_low): (V, V), (b, b_low): (V, V)) -> V {
    let product = b * p.r;
    let product_low = b_low.mul_add(p.r, b.mul_sub(p.r, product));
    let (high, low) = fast_two_sum(a, product);
    let rest = b.mul_add(p.sinh_rest, a.mul_add(p.cosh_rest, product_low + a_low));
    high + (low + p.r_low.mul_add(a.mul_add(p.r, b), rest))
}

/// `2^(k-1) +- 2^(-k-1)`, each with its rounding error.
#[inline(always)]
fn weights<V: Lanes>(k_bits: V) -> [(V, V); 2] {
    let k = k_bits.shl_exponent();
    let half = V::of(0.5);
    let (up, down) = (half.int_add(k), half.int_sub(k));
    [fast_two_sum(up, down), fast_two_sum(up, down.negate())]
}

/// Hyperbolic sine.
pub struct Sinh;

impl Kernel for Sinh {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (k_bits, parts) = parts(x.abs());
        let [plus, minus] = weights(k_bits);
        (combine(&parts, minus, plus).abs() | x.sign(), x.abs().not_lt(V::splat(V::Elem::SINH_LIMIT)))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        let (value, flags) = exp_scaled(x.abs(), -1);
        (value.copysign(x), flags)
    }
}

/// Hyperbolic cosine.
pub struct Cosh;

impl Kernel for Cosh {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (k_bits, parts) = parts(x.abs());
        let [plus, minus] = weights(k_bits);
        (combine(&parts, plus, minus), x.abs().not_lt(V::splat(V::Elem::SINH_LIMIT)))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        exp_scaled(x.abs(), -1)
    }
}

/// Hyperbolic tangent.
pub struct Tanh;

impl Kernel for Tanh {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let limit = V::splat(V::Elem::TANH_LIMIT);
        let size = x.abs();
        let twice = size.lt(limit).select(size, limit);
        let (high, low) = expm1_parts::<V, false>(twice + twice);
        let (e, e_low) = fast_two_sum(high, low);
        let (d, d_low) = two_sum(V::of(2.0), e);
        let value = quotient(e, e_low, d, d_low + e_low);
        (value.abs() | x.sign(), x.equal(x).not())
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        (x, 0)
    }
}
