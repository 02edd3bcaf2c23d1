//! `sin`, `cos`, `tan`.
//!
//! `x = n pi/2 + r + r_low`, `|r| <= pi/4`, by Cody and Waite with pi/2 in three full parts and FMA: the first step is exact, the others
//! keep their errors, so `r` has full relative accuracy next to multiples of pi/2 as well. Beyond the limit, Payne and Hanek's
//! reduction (1983) with 1280 bits of 2/pi. Then polynomials of the sine and the cosine, both of which are always
//! computed, selected by the parity of `n`. The tangent is reduced by pi/16, looks up sine and cosine of what was taken off, and is a quotient of sums in two parts.

use super::poly::{fast_two_sum, plus_multiple, poly, quotient, two_product};
use super::run::{Element, Flags, INVALID, Kernel};
use super::simd::{Float, Lanes, Portable};

/// Constants of the trigonometric functions. Polynomials are from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `2 / pi`.
    const TWO_OVER_PI: Self;
    /// `pi / 2` in three parts.
    const HALF_PI: [Self; 3];
    /// `(sin r - r) / r^3` in `r^2`.
    const SIN_TAIL: &'static [Self];
    /// `(cos r - 1 + r^2/2) / r^4` in `r^2`.
    const COS_TAIL: &'static [Self];
    /// Sines of multiples of `pi / 16` in two parts, then cosines.
    const SIXTEENTHS: [[Self; 16]; 4];
    /// `(tan r - r) / r^3` in `r^2`, `|r|` up to little more than `pi / 32`.
    const TAN_TAIL: &'static [Self];
    /// Arguments below are reduced with [`Constants::HALF_PI`].
    const TRIG_LIMIT: Self;
}

impl Constants for f64 {
    const TWO_OVER_PI: f64 = std::f64::consts::FRAC_2_PI;
    const HALF_PI: [f64; 3] = [std::f64::consts::FRAC_PI_2, 6.123233995736766e-17, -1.4973849048591698e-33];
    const SIN_TAIL: &'static [f64] = &[
        -0.1666666666666663,
        0.008333333333321945,
        -0.0001984126982948378,
        2.755731359095121e-06,
        -2.505074358730434e-08,
        1.5896010246950653e-10,
    ];
    const COS_TAIL: &'static [f64] = &[
        0.041666666666666595,
        -0.0013888888888873299,
        2.4801587288961144e-05,
        -2.7557314202987113e-07,
        2.0875703307155746e-09,
        -1.1358635353646604e-11,
    ];
    #[rustfmt::skip]
    #[expect(clippy::approx_constant, reason = "one of many in a row")]
    const SIXTEENTHS: [[f64; 16]; 4] = [
        [0.0, 0.19509032201612828, 0.3826834323650898, 0.5555702330196022, 0.7071067811865476, 0.8314696123025452, 0.9238795325112867, 0.9807852804032304, 1.0, 0.9807852804032304, 0.9238795325112867, 0.8314696123025452, 0.7071067811865476, 0.5555702330196022, 0.3826834323650898, 0.19509032201612828],
        [0.0, -7.991079068461731e-18, -1.0050772696461588e-17, 4.709410940561677e-17, -4.833646656726457e-17, 1.4073856984728024e-18, 1.7645047084336677e-17, 1.8546939997825006e-17, 0.0, 1.8546939997825006e-17, 1.7645047084336677e-17, 1.4073856984728024e-18, -4.833646656726457e-17, 4.709410940561677e-17, -1.0050772696461588e-17, -7.991079068461731e-18],
        [1.0, 0.9807852804032304, 0.9238795325112867, 0.8314696123025452, 0.7071067811865476, 0.5555702330196022, 0.3826834323650898, 0.19509032201612828, 0.0, -0.19509032201612828, -0.3826834323650898, -0.5555702330196022, -0.7071067811865476, -0.8314696123025452, -0.9238795325112867, -0.9807852804032304],
        [0.0, 1.8546939997825006e-17, 1.7645047084336677e-17, 1.4073856984728024e-18, -4.833646656726457e-17, 4.709410940561677e-17, -1.0050772696461588e-17, -7.991079068461731e-18, 0.0, 7.991079068461731e-18, 1.0050772696461588e-17, -4.709410940561677e-17, 4.833646656726457e-17, -1.4073856984728024e-18, -1.7645047084336677e-17, -1.8546939997825006e-17],
    ];
    const TAN_TAIL: &'static [f64] = &[
        0.3333333333333333,
        0.1333333333333567,
        0.053968253956920696,
        0.021869491281131446,
        0.008862881403656184,
        0.0036153571036706684,
        0.0008531436455300525,
    ];
    const TRIG_LIMIT: f64 = 1_073_741_824.0;
}

impl Constants for f32 {
    const TWO_OVER_PI: f32 = std::f32::consts::FRAC_2_PI;
    const HALF_PI: [f32; 3] = [std::f32::consts::FRAC_PI_2, -4.371139e-08, -1.7151245e-15];
    const SIN_TAIL: &'static [f32] = &[-0.16666654, 0.008332107, -0.00019508017];
    const COS_TAIL: &'static [f32] = &[0.041666646, -0.0013887293, 2.4429279e-05];
    #[rustfmt::skip]
    const SIXTEENTHS: [[f32; 16]; 4] = [
        [0.0, 0.19509032, 0.38268343, 0.55557024, 0.70710677, 0.8314696, 0.9238795, 0.98078525, 1.0, 0.98078525, 0.9238795, 0.8314696, 0.70710677, 0.55557024, 0.38268343, 0.19509032],
        [0.0, -1.6704714e-09, 6.2233507e-09, -1.1769521e-08, 1.21016175e-08, 1.6870263e-08, 2.830749e-08, 2.9739473e-08, 0.0, 2.9739473e-08, 2.830749e-08, 1.6870263e-08, 1.21016175e-08, -1.1769521e-08, 6.2233507e-09, -1.6704714e-09],
        [1.0, 0.98078525, 0.9238795, 0.8314696, 0.70710677, 0.55557024, 0.38268343, 0.19509032, 0.0, -0.19509032, -0.38268343, -0.55557024, -0.70710677, -0.8314696, -0.9238795, -0.98078525],
        [0.0, 2.9739473e-08, 2.830749e-08, 1.6870263e-08, 1.21016175e-08, -1.1769521e-08, 6.2233507e-09, -1.6704714e-09, 0.0, 1.6704714e-09, -6.2233507e-09, 1.1769521e-08, -1.21016175e-08, -1.6870263e-08, -2.830749e-08, -2.9739473e-08],
    ];
    const TAN_TAIL: &'static [f32] = &[0.33332965, 0.13428123];
    const TRIG_LIMIT: f32 = 131_072.0;
}

/// `x - n pi/2`, or of a part of `pi/2`.
struct Reduced<V> {
    /// `n` in the low bits.
    n_bits: V,
    r: V,
    r_low: V,
}

/// Reduces by `1 / parts` of a right angle, `parts` a power of two.
#[inline(always)]
fn reduce<V: Lanes<Elem: Element>>(x: V, parts: f64) -> Reduced<V> {
    let (rounder, part) = (V::splat(V::Elem::ROUNDER), V::of(1.0 / parts));
    let n_bits = x.mul_add(V::splat(V::Elem::TWO_OVER_PI) * V::of(parts), rounder);
    let n = n_bits - rounder;
    let [p1, p2, p3] = V::Elem::HALF_PI.map(V::splat);
    let exact = n.neg_mul_add(p1 * part, x);
    let (product, product_low) = two_product(n, p2 * part);
    // Where `exact` is the smaller, it has no bits below those of the product.
    let (r, error) = fast_two_sum(exact, product.negate());
    Reduced { n_bits, r, r_low: n.neg_mul_add(p3 * part, error - product_low) }
}

/// `sin(r + r_low)` and `cos(r + r_low)`, each in two parts.
#[inline(always)]
fn sin_cos<V: Lanes<Elem: Element>>(r: V, r_low: V) -> ((V, V), (V, V)) {
    let z = r * r;
    let zz = z * z;
    let sin_rest = (z * r).mul_add(poly(z, zz, V::Elem::SIN_TAIL), r_low);
    let half = V::of(0.5) * z;
    let one = V::of(1.0);
    let leading = one - half;
    let error = (one - leading) - half;
    let cos_rest = zz.mul_add(poly(z, zz, V::Elem::COS_TAIL), r.neg_mul_add(r_low, error));
    ((r, sin_rest), (leading, cos_rest))
}

/// The sine of `r` plus `quarter` right angles.
#[inline(always)]
fn sine<V: Lanes<Elem: Element>>(reduced: Reduced<V>, quarter: V) -> V {
    let ((s, s_low), (c, c_low)) = sin_cos(reduced.r, reduced.r_low);
    let n = reduced.n_bits.int_add(quarter);
    n.shl_sign0().select(c + c_low, s + s_low) ^ n.shl_sign1().sign()
}

/// The tangent of `r` plus sixteenths of two right angles: with `t = tan r` the sum `S + C t` over `C - S t`.
#[inline(always)]
fn tangent<V: Lanes<Elem: Element>>(reduced: Reduced<V>) -> V {
    let Reduced { n_bits, r, r_low } = reduced;
    let z = r * r;
    let (t, t_low) = fast_two_sum(r, (r * z).mul_add(poly(z, z * z, V::Elem::TAN_TAIL), r_low));
    let [s, s_low, c, c_low] = &V::Elem::SIXTEENTHS;
    let (s, s_low, c, c_low) = (n_bits.lookup(s), n_bits.lookup(s_low), n_bits.lookup(c), n_bits.lookup(c_low));
    let (up, up_error) = plus_multiple(s, t, c);
    let (down, down_error) = plus_multiple(c, t.negate(), s);
    // Products of `t`, a tenth, with second parts are left out.
    let (up_low, down_low) = (c.mul_add(t_low, s_low), s.neg_mul_add(t_low, c_low));
    quotient(up, up_error + up_low, down, down_error + down_low)
}

/// The bits of `2 / pi` after the binary point.
#[rustfmt::skip]
const TWO_OVER_PI_BITS: [u64; 20] = [0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d];

/// Payne and Hanek's reduction of a finite `|x| >= 2^30`.
///
/// Only 192 bits of `2 / pi` matter: those before them contribute multiples of 4 to the quotient, those after less
/// than `2^-137`, while a double is never closer than `2^-62` to a multiple of `pi / 2`, relative to it.
#[inline(always)]
fn reduce_huge(x: f64) -> Reduced<Portable<f64, 1>> {
    let bits = x.abs().to_bits();
    let mantissa = u128::from((bits & f64::MANTISSA) | (1 << 52));
    let exponent = (bits >> 52) as i32 - 1075;
    // With weight 2^(exponent - j), bit `j` of 2/pi counts from `exponent - 2` on.
    let word = |offset: i32| -> u64 {
        let (index, shift) = (offset.div_euclid(64), offset.rem_euclid(64));
        let at = |i: i32| u128::from(if i < 0 { 0 } else { TWO_OVER_PI_BITS[i as usize] });
        ((at(index) << 64 | at(index + 1)) << shift >> 64) as u64
    };
    let start = exponent - 2;
    let (w0, w1, w2) = (word(start), word(start + 64), word(start + 128));
    let low = mantissa * u128::from(w2);
    let middle = mantissa * u128::from(w1) + (low >> 64);
    let high = (mantissa as u64).wrapping_mul(w0).wrapping_add((middle >> 64) as u64);
    // Two integer bits, then the fraction.
    let top = u128::from(high) << 64 | u128::from(middle as u64);
    let mut n = (top >> 126) as i64;
    let mut fraction = (top << 2 | u128::from(low as u64 >> 62)) as i128;
    if fraction < 0 {
        n += 1;
    }
    if x < 0.0 {
        n = -n;
        fraction = fraction.wrapping_neg();
    }
    const UNIT: f64 = 1.0 / (2.0 * (1u128 << 127) as f64);
    let leading = fraction as f64;
    let rest = (fraction - leading as i128) as f64 * UNIT;
    let leading = leading * UNIT;
    let [p1, p2, _] = f64::HALF_PI;
    let r = leading * p1;
    let r_low = leading.mul_add(p1, -r) + leading.mul_add(p2, rest * p1);
    let n_bits = f64::ROUNDER + n as f64;
    Reduced { n_bits: Portable([n_bits]), r: Portable([r]), r_low: Portable([r_low]) }
}

/// Lanes that the three-part reduction does not serve.
#[inline(always)]
fn not_small<V: Lanes<Elem: Element>>(x: V) -> V {
    x.abs().not_lt(V::splat(V::Elem::TRIG_LIMIT))
}

/// The function of a huge argument, an infinity or NaN.
#[inline(always)]
fn special_trig(x: f64, function: impl Fn(Reduced<Portable<f64, 1>>) -> Portable<f64, 1>) -> (f64, Flags) {
    if x.is_nan() {
        (x, 0)
    } else if x.is_infinite() {
        (f64::NAN, INVALID)
    } else {
        (function(reduce_huge(x)).0[0], 0)
    }
}

/// Sine.
pub struct Sin;

impl Kernel for Sin {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let zero = V::of(0.0);
        // The sum of two parts loses the sign of -0.
        (x.equal(zero).select(x, sine(reduce(x, 1.0), zero)), not_small(x))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        special_trig(x, |reduced| sine(reduced, Portable([0.0])))
    }
}

/// The integer 1 in each lane.
#[inline(always)]
fn integer_one<V: Lanes>() -> V {
    let rounder = V::splat(V::Elem::ROUNDER);
    (rounder + V::of(1.0)).int_sub(rounder)
}

/// Cosine.
pub struct Cos;

impl Kernel for Cos {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        (sine(reduce(x, 1.0), integer_one()), not_small(x))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        special_trig(x, |reduced| sine(reduced, integer_one()))
    }
}

/// Tangent.
pub struct Tan;

impl Kernel for Tan {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        (x.equal(V::of(0.0)).select(x, tangent(reduce(x, 8.0))), not_small(x))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        special_trig(x, |halves| {
            let eighths = reduce(halves.r, 8.0);
            let rounder = Portable([f64::ROUNDER]);
            let n_bits = (halves.n_bits - rounder) * Portable([8.0]) + eighths.n_bits;
            tangent(Reduced { n_bits, r: eighths.r, r_low: eighths.r_low + halves.r_low })
        })
    }
}
