//! `cbrt` and `hypot`.
//!
//! `cbrt`: `x = 2^(3q + r) m`, `m` in `[1, 2)`; for each sixteenth of these `c` close to `1 / m` whose inverse has a root of few bits, so that its product with
//! the leading part of `2^(r/3)` is exact, and then a polynomial of `m c - 1`. `hypot`: `sqrt(x^2 + y^2)` with the correction of Borges, "An improved
//! algorithm for hypot(a,b)" (2019), whose division need not be accurate.

use super::inverse_trig::power_of_two;
use super::poly::{poly, rough_reciprocal};
use super::run::{Element, Flags, Kernel, OVERFLOW, either_nan};
use super::simd::{Float, Lanes, Portable};

/// Constants of the roots. The polynomial is from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// For each sixteenth of `[1, 2)` a factor close to `1 / m`, and the cube root of its inverse.
    const CBRT_STEPS: [[Self; 16]; 2];
    /// `2^(r/3)` in two parts, by the last two bits of the exponent's bias plus `r`.
    const CBRT_OF_TWO: [[Self; 4]; 2];
    /// `((1 + t)^(1/3) - 1) / t` for what the steps leave.
    const CBRT_TAIL: &'static [Self];
    /// [`Float::ROUNDER`] less a third of the exponent of one, as an integer beside [`Float::EXPONENT_BITS`].
    const CBRT_ROUNDER: Self;
    /// `hypot` squares operands of which the larger is from `HYPOT_LEAST` to here.
    const HYPOT_LIMIT: Self;
    /// Squares of smaller operands lose bits to underflow.
    const HYPOT_LEAST: Self;
}

impl Constants for f64 {
    #[rustfmt::skip]
    const CBRT_STEPS: [[f64; 16]; 2] = [
        [0.9696679111788529, 0.9144470935361466, 0.8649179670869995, 0.8206453697618425, 0.780592290897469, 0.7441808816794507, 0.7112707520675753, 0.6809654297151171, 0.6532044420007962, 0.6273562895245547, 0.6038457366106256, 0.5816922608414185, 0.5614812822482254, 0.5422874729372638, 0.5245614526830108, 0.5079808669647822],
        [1.010320097208023, 1.0302607119083405, 1.0495626330375671, 1.068107157945633, 1.0860719084739685, 1.103503793478012, 1.1202673614025116, 1.136645346879959, 1.1525248289108276, 1.168140947818756, 1.1831087470054626, 1.197941392660141, 1.2121459245681763, 1.2262814044952393, 1.2399415373802185, 1.2532880008220673],
    ];
    const CBRT_OF_TWO: [[f64; 4]; 2] = [
        [0.0, 0.6299605220556259, 0.7937005311250687, 1.0],
        [0.0, 2.8918106668562617e-09, -5.140968927174928e-09, 0.0],
    ];
    const CBRT_TAIL: &'static [f64] = &[
        0.3333333333333333,
        -0.11111111111111326,
        0.06172839506187819,
        -0.041152263357146675,
        0.030178326061809854,
        -0.02347207967318793,
        0.019001633860186166,
        -0.015779205072810755,
        0.01331300009140051,
        -0.034215708676934166,
    ];
    const CBRT_ROUNDER: f64 = 5254199565265238.0;
    const HYPOT_LIMIT: f64 = power_of_two(500);
    const HYPOT_LEAST: f64 = power_of_two(-400);
}

impl Constants for f32 {
    #[rustfmt::skip]
    const CBRT_STEPS: [[f32; 16]; 2] = [
        [0.97126615, 0.9066567, 0.8715966, 0.8178196, 0.78405076, 0.74120134, 0.71062714, 0.6808335, 0.656011, 0.63079304, 0.6023579, 0.5812543, 0.5611251, 0.54126805, 0.5285478, 0.50663775],
        [1.0097656, 1.0332031, 1.046875, 1.0693359, 1.0844727, 1.1049805, 1.1206055, 1.1367188, 1.1508789, 1.1660156, 1.184082, 1.1982422, 1.2124023, 1.2270508, 1.2368164, 1.2543945],
    ];
    const CBRT_OF_TWO: [[f32; 4]; 2] = [[1.2600098, 0.0, 0.7937012, 1.0], [-8.871573e-05, 0.0, -6.458909e-07, 0.0]];
    const CBRT_TAIL: &'static [f32] = &[0.3333333, -0.111111216, 0.061780788, -0.04111552];
    const CBRT_ROUNDER: f32 = 9_786_667.0;
    const HYPOT_LIMIT: f32 = power_of_two(60) as f32;
    const HYPOT_LEAST: f32 = power_of_two(-40) as f32;
}

/// Cube root.
pub struct Cbrt;

impl Kernel for Cbrt {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (size, one) = (x.abs(), V::of(1.0));
        let n = size.shr_exponent() | V::bits(V::Elem::EXPONENT_BITS);
        let q_bits = n.mul_add(V::of(1.0 / 3.0), V::splat(V::Elem::CBRT_ROUNDER));
        let r = V::of(3.0).neg_mul_add(q_bits - V::splat(V::Elem::ROUNDER), n);
        let [of_two, of_two_low] = &V::Elem::CBRT_OF_TWO;
        let (of_two, of_two_low) = (r.lookup_of_four(of_two), r.lookup_of_four(of_two_low));
        let index = size.shr_sixteenths();
        let [factor, step] = &V::Elem::CBRT_STEPS;
        let (factor, step) = (index.lookup(factor), index.lookup(step));
        let m = (size & V::bits(V::Elem::MANTISSA)) | one;
        let t = m.mul_sub(factor, one);
        let rest = (t * poly(t, t * t, V::Elem::CBRT_TAIL)).mul_add(of_two + of_two_low, of_two_low);
        let root = step.mul_add(rest, step * of_two);
        (root.int_add(q_bits.shl_exponent()) | x.sign(), size.not_positive_normal())
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
