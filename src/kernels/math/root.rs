//! `cbrt` and `hypot`.
//!
//! `cbrt`: `x = 2^(3q) a`, `a` in `[1, 8)`; a cubic polynomial for `a^(-1/3)`, one step of third order, then one of Newton's steps on `a z^2` with
//! an error-free residual. `hypot`: `sqrt(x^2 + y^2)` with the correction of Borges, "An improved algorithm for hypot(a,b)" (2019),
//! whose division need not be accurate.

use super::inverse_trig::power_of_two;
use super::poly::{horner, rough_reciprocal, two_product};
use super::run::{Element, Flags, Kernel, OVERFLOW, either_nan};
use super::simd::{Float, Lanes, Portable};

/// Constants of the roots. The polynomial is from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `m^(-1/3)` for `m` in `[1, 2]`.
    const CBRT_START: &'static [Self];
    /// `hypot` squares operands of which the larger is from `HYPOT_LEAST` to here.
    const HYPOT_LIMIT: Self;
    /// Squares of smaller operands lose bits to underflow.
    const HYPOT_LEAST: Self;
}

impl Constants for f64 {
    const CBRT_START: &'static [f64] =
        &[1.5444687469826217, -0.8154385389145686, 0.32151488359465297, -0.05077222600537345];
    const HYPOT_LIMIT: f64 = power_of_two(500);
    const HYPOT_LEAST: f64 = power_of_two(-400);
}

impl Constants for f32 {
    const CBRT_START: &'static [f32] = &[1.5444688, -0.81543857, 0.3215149, -0.05077223];
    const HYPOT_LIMIT: f32 = power_of_two(60) as f32;
    const HYPOT_LEAST: f32 = power_of_two(-40) as f32;
}

/// Cube root.
pub struct Cbrt;

impl Kernel for Cbrt {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let size = x.abs();
        let (one, two) = (V::of(1.0), V::of(2.0));
        let third = V::of(1.0 / 3.0);
        let k = (size.shr_exponent() | V::bits(V::Elem::EXPONENT_BITS)) - V::splat(V::Elem::EXPONENT_BIAS);
        // q = floor(k / 3)
        let rounder = V::splat(V::Elem::ROUNDER);
        let q_bits = (k - one).mul_add(third, rounder);
        let remainder = V::of(3.0).neg_mul_add(q_bits - rounder, k);
        let (is_one, is_two) = (remainder.equal(one), remainder.equal(two));
        let m = (size & V::bits(V::Elem::MANTISSA)) | one;
        let a = m * is_two.select(V::of(4.0), is_one.select(two, one));
        let factor = is_two.select(V::of(0.629_960_524_947_436_6), is_one.select(V::of(0.793_700_525_984_099_8), one));
        let z = horner(m, V::Elem::CBRT_START) * factor;
        let h = (a * z).neg_mul_add(z * z, one);
        let z = (z * h).mul_add(h.mul_add(V::of(2.0 / 9.0), third), z);
        let zz = z * z;
        let y = a * zz;
        let (square, square_low) = two_product(y, y);
        let residual = square.neg_mul_add(y, a) - square_low * y;
        let root = residual.mul_add(zz * third, y);
        let mask = size.not_lt(V::splat(V::Elem::INF)) | size.lt(V::splat(V::Elem::MIN_NORMAL));
        (root.int_add(q_bits.shl_exponent()) | x.sign(), mask)
    }
    #[inline(always)]
    fn special(x: f64, y: f64) -> (f64, Flags) {
        if x == 0.0 || !x.is_finite() {
            return (x, 0);
        }
        let scaled = Self::core(Portable([x * power_of_two(54)]), Portable([y])).0;
        (scaled.0[0] * power_of_two(-18), 0)
    }
}

/// `sqrt(x^2 + y^2)`.
pub struct Hypot;

impl Kernel for Hypot {
    const BINARY: bool = true;
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, y: V) -> (V, V) {
        let (x, y) = (x.abs(), y.abs());
        let swap = x.lt(y);
        let (large, small) = (swap.select(y, x), swap.select(x, y));
        let square = large * large;
        let h = large.mul_add(large, small * small).sqrt();
        let h_square = h * h;
        let error =
            small.neg_mul_add(small, h_square - square) + (h.mul_sub(h, h_square) - large.mul_sub(large, square));
        let value = (V::of(0.5) * error).neg_mul_add(rough_reciprocal(h), h);
        let mask = large.not_lt(V::splat(V::Elem::HYPOT_LIMIT))
            | large.lt(V::splat(V::Elem::HYPOT_LEAST))
            | small.equal(small).not();
        (value, mask)
    }
    #[inline(always)]
    fn special(x: f64, y: f64) -> (f64, Flags) {
        if x.is_infinite() || y.is_infinite() {
            return (f64::INFINITY, 0);
        }
        if x.is_nan() || y.is_nan() {
            return (either_nan(x, y), 0);
        }
        if x == 0.0 || y == 0.0 {
            return (x.abs() + y.abs(), 0);
        }
        let (down, up) = (power_of_two(-600), power_of_two(600));
        let (scale, back) = if x.abs().max(y.abs()) > 1.0 { (down, up) } else { (up, down) };
        let value = Self::core(Portable([x * scale]), Portable([y * scale])).0.0[0] * back;
        (value, if value.is_infinite() { OVERFLOW } else { 0 })
    }
}
