//! `sinh`, `cosh`, `tanh`.
//!
//! With `|x| = k ln2 + r`, `C = cosh r`, `S = sinh r` and `p, m = 2^(k-1) +- 2^(-k-1)`:
//! `sinh |x| = m C + p S`, in two parts, and `cosh x = p + 2^(k-1) (C - 1 + S) + 2^(-k-1) (C - 1 - S)`. So one reduction and two short polynomials
//! give both, without a division and without cancellation. `tanh |x| = E / (E + 2)` with `E = e^(2|x|) - 1` in two parts; in f32 it is a polynomial everywhere, by pieces.

use super::exp::{Reduced, exp_scaled, expm1_parts, reduce};
use super::pieces::{Pieces, by_pieces};
use super::poly::{fast_two_sum, poly, quotient, two_sum};
use super::run::{Element, Flags, Kernel};
use super::simd::Lanes;

/// Constants of the hyperbolic functions. Polynomials are from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `(sinh r - r) / r^3` in `r^2`.
    const SINH_TAIL: &'static [Self];
    /// `(cosh r - 1 - r^2/2) / r^4` in `r^2`.
    const COSH_TAIL: &'static [Self];
    /// `tanh` up to the limit, the first piece from zero to past [`TANH_LEAST`]; none where the exponential is faster.
    const TANH_PIECES: Option<&'static Pieces<Self>>;
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
    const TANH_PIECES: Option<&'static Pieces<f64>> = None;
    const SINH_LIMIT: f64 = 707.0;
    const TANH_LIMIT: f64 = 22.0;
}

impl Constants for f32 {
    const SINH_TAIL: &'static [f32] = &[0.16666667, 0.008333203, 0.0001994841];
    const COSH_TAIL: &'static [f32] = &[0.04166646, 0.0013935422];
    #[rustfmt::skip]
    const TANH_PIECES: Option<&'static Pieces<f32>> = Some(&[
        [2.4997172, 3.5005865, 4.99977, 6.9985695, 8.51286, 0.0, 0.0, 0.0, 0.0, 0.0, 0.31252342, 0.43750852, 0.62510663, 0.875142, 1.2497119, 1.749765],
        [0.9866068, 0.99818003, 0.99990916, 0.99999833, 0.99999994, 0.0, 0.0, 0.0, 0.0, 0.0, 0.302731, 0.41157714, 0.55467355, 0.7039772, 0.8482028, 0.9413488],
        [0.026607074, 0.003636624, 0.00018166045, 3.3355261e-06, 1.613925e-07, 0.0, 0.0, 0.0, 0.0, 1.0, 0.9083539, 0.83060426, 0.6923373, 0.50441605, 0.28055197, 0.113862455],
        [-0.026250584, -0.0036300314, -0.00018176452, -3.3377635e-06, -1.6139423e-07, 0.0, 0.0, 0.0, 0.0, 0.0, -0.27498686, -0.3418577, -0.38402116, -0.3550974, -0.23796502, -0.107184246],
        [0.0170298, 0.0024112035, 0.000121159705, 2.2252243e-06, 1.07596605e-07, 0.0, 0.0, 0.0, 0.0, -0.33333242, -0.21951808, -0.13615708, -0.01778211, 0.08184771, 0.10832524, 0.06294347],
        [-0.008054878, -0.0011961772, -5.9830403e-05, -1.0990763e-06, -5.3757997e-08, 0.0, 0.0, 0.0, 0.0, 0.0, 0.15809421, 0.16998078, 0.13786584, 0.060750894, -0.012555815, -0.02352751],
        [0.0028626272, 0.00047153336, 2.392129e-05, 4.398473e-07, 2.149936e-08, 0.0, 0.0, 0.0, 0.0, 0.13324316, 0.036844056, -0.01063876, -0.05412388, -0.059493434, -0.019227318, 0.0036988198],
        [-0.0006990364, -0.00015687944, -9.21303e-06, -1.6986621e-07, -7.433193e-09, 0.0, 0.0, 0.0, 0.0, 0.0, -0.06752596, -0.059131175, -0.024007533, 0.013101519, 0.015086657, 0.0020860182],
        [5.9406007e-05, 4.1811098e-05, 2.6157418e-06, 4.8313353e-08, 2.1336204e-09, 0.0, 0.0, 0.0, 0.0, -0.051438116, 1.15618, 0.6263005, -0.004874754, 0.03292298, -0.0044643185, -0.0020045908],
    ]);
    const SINH_LIMIT: f32 = 86.0;
    const TANH_LIMIT: f32 = 9.02;
}

/// An argument of the first piece, and so is all below.
const TANH_LEAST: f64 = 0.1875;

/// What `x = k ln2 + r` is made of.
struct Parts<V> {
    r: V,
    r_low: V,
    /// `sinh r - r`.
    s: V,
    /// `cosh r - 1`.
    c: V,
    /// `2^(k-1)`.
    up: V,
    /// `2^(-k-1)`.
    down: V,
}

#[inline(always)]
fn parts<V: Lanes<Elem: Element>>(x: V) -> Parts<V> {
    let Reduced { k_bits, r, r_low } = reduce(x);
    let (z, half) = (r * r, V::of(0.5));
    let zz = z * z;
    let s = (r * z) * poly(z, zz, V::Elem::SINH_TAIL);
    let c = zz.mul_add(poly(z, zz, V::Elem::COSH_TAIL), half * z);
    let k = k_bits.shl_exponent();
    Parts { r, r_low, s, c, up: half.int_add(k), down: half.int_sub(k) }
}

/// Hyperbolic sine.
pub struct Sinh;

impl Kernel for Sinh {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let Parts { r, r_low, s, c, up, down } = parts(x.abs());
        // `a cosh r + b sinh r`, where `a >= b |r|` or `a = 0`.
        let ((b, b_low), (a, a_low)) = (fast_two_sum(up, down), fast_two_sum(up, down.negate()));
        let product = b * r;
        let product_low = b_low.mul_add(r, b.mul_sub(r, product));
        let (high, low) = fast_two_sum(a, product);
        let rest = b.mul_add(s, a.mul_add(c, product_low + a_low));
        let value = high + (low + r_low.mul_add(a.mul_add(r, b), rest));
        (value.abs() | x.sign(), x.abs().not_lt(V::splat(V::Elem::SINH_LIMIT)))
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
        let Parts { r, r_low, s, c, up, down } = parts(x.abs());
        // `up e^r + down e^-r`, where nothing cancels.
        let (sum, lost) = fast_two_sum(up, down);
        let value = sum + up.mul_add(r, up.mul_add((c + s) + r_low, down.mul_add((c - s) - r, lost)));
        (value, x.abs().not_lt(V::splat(V::Elem::SINH_LIMIT)))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        exp_scaled(x.abs(), -1)
    }
}

/// `tanh x` of a positive `x`.
#[inline(always)]
fn tanh_by_exp<V: Lanes<Elem: Element>>(x: V) -> V {
    let (high, low) = expm1_parts(x + x);
    let (e, e_low) = fast_two_sum(high, low);
    let (d, d_low) = two_sum(V::of(2.0), e);
    quotient(e, e_low, d, d_low + e_low).abs()
}

/// Hyperbolic tangent.
pub struct Tanh;

impl Kernel for Tanh {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let size = x.abs().lesser(V::splat(V::Elem::TANH_LIMIT));
        let value = match V::Elem::TANH_PIECES {
            Some(pieces) => by_pieces(size, V::of(TANH_LEAST), pieces),
            None => tanh_by_exp(size),
        };
        (value | x.sign(), x.equal(x).not())
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        (x, 0)
    }
}
