//! `arcsin`, `arccos`, `arctan`, `arctan2`.
//!
//! The arc tangent of `y / x`, both positive, is `c + atan t`, with `t = y / x` up to 5/8, `t = (y - x) / (y + x)` and `c = pi/4` up to 8/5, and
//! `t = -x / y` and `c = pi/2` beyond: so `|t| <= 5/8`, and less than a quarter next to `pi/4`, where its rounding counts most. `arctan` is the
//! same with `x = 1`.
//! The arc sine is a polynomial up to 1/2, and beyond it `pi/2 - 2 asin(sqrt((1 - x) / 2))`, with the rounding
//! error of the root as a second part.

use super::poly::{fast_two_sum, poly, rough_reciprocal};
use super::run::{Element, Flags, INVALID, Kernel, either_nan};
use super::simd::{Lanes, Portable};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// Constants of the inverse trigonometric functions. Polynomials are from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `(atan t - t) / t^3` in `t^2`.
    const ATAN_TAIL: &'static [Self];
    /// `(asin x - x) / x^3` in `x^2`.
    const ASIN_TAIL: &'static [Self];
    /// `pi` in two parts; halves of it are exact.
    const PI: [Self; 2];
    /// `arctan2` divides operands between `ATAN2_LEAST` and here.
    const ATAN2_LIMIT: Self;
    /// `1 / ATAN2_LIMIT`.
    const ATAN2_LEAST: Self;
}

impl Constants for f64 {
    const ATAN_TAIL: &'static [f64] = &[
        -0.3333333333333305,
        0.19999999999932808,
        -0.14285714280150263,
        0.11111110877586568,
        -0.09090903259336108,
        0.07692212998428685,
        -0.06665611044502158,
        0.05873992619058098,
        -0.05215114756380382,
        0.04559238588909468,
        -0.03717364918067816,
        0.025532336553160177,
        -0.012496654235160323,
        0.0031242117515920065,
    ];
    const ASIN_TAIL: &'static [f64] = &[
        0.16666666666665403,
        0.07500000000338625,
        0.044642856826907135,
        0.030381959198443033,
        0.022371756519304845,
        0.01735972860211249,
        0.013884993372508717,
        0.01217084099613223,
        0.00652076822627134,
        0.019548401313659553,
        -0.01625646587017937,
        0.03193475330096062,
    ];
    const PI: [f64; 2] = [std::f64::consts::PI, 1.2246467991473532e-16];
    const ATAN2_LIMIT: f64 = power_of_two(500);
    const ATAN2_LEAST: f64 = power_of_two(-500);
}

impl Constants for f32 {
    const ATAN_TAIL: &'static [f32] = &[-0.3333327, 0.1999667, -0.14227805, 0.10637008, -0.07031585, 0.027534522];
    const ASIN_TAIL: &'static [f32] = &[0.16666752, 0.074953035, 0.045470268, 0.02417813, 0.04217097];
    const PI: [f32; 2] = [std::f32::consts::PI, -8.742278e-08];
    const ATAN2_LIMIT: f32 = power_of_two(60) as f32;
    const ATAN2_LEAST: f32 = power_of_two(-60) as f32;
}

/// `2^k` for a normal result.
pub const fn power_of_two(k: i64) -> f64 {
    f64::from_bits(((1023 + k) as u64) << 52)
}

/// `atan(y / x)` in two parts, of normal positive operands; `y` may be 0. `UNIT` tells that `x` is 1.
#[inline(always)]
fn atan_ratio<V: Lanes<Elem: Element>, const UNIT: bool>(y: V, x: V) -> (V, V) {
    let beyond = (x * V::of(0.625)).lt(y);
    let steep = (x * V::of(1.6)).lt(y);
    let numerator = steep.select(x.negate(), beyond.select(y - x, y));
    let denominator = steep.select(y, beyond.select(x + y, x));
    let ((right, right_low), (quarter, quarter_low)) = (pi_times(0.5), pi_times(0.25));
    let base = steep.select(right, quarter) & beyond;
    let base_low = steep.select(right_low, quarter_low) & beyond;
    let inverse = V::of(1.0) / denominator;
    let t = if UNIT { numerator / denominator } else { numerator * inverse };
    let z = t * t;
    let t_low = if UNIT {
        // Only `t = y / 1` stands alone, and it is exact.
        base_low
    } else {
        // The derivative is nearly `1 - 3/4 z`.
        let lost = t.neg_mul_add(denominator, numerator) * inverse;
        base_low + (V::of(0.75) * z).neg_mul_add(lost, lost)
    };
    let tail = (t * z).mul_add(poly(z, z * z, V::Elem::ATAN_TAIL), t_low);
    let (high, low) = fast_two_sum(base, t);
    (high, low + tail)
}

/// `factor * pi` in two parts, `factor` a power of two.
#[inline(always)]
fn pi_times<V: Lanes<Elem: Element>>(factor: f64) -> (V, V) {
    let [pi, pi_low] = V::Elem::PI;
    (V::splat(pi) * V::of(factor), V::splat(pi_low) * V::of(factor))
}

/// `factor * pi - (high + low)` where `mask`, unchanged elsewhere.
#[inline(always)]
fn complement<V: Lanes<Elem: Element>>(mask: V, high: V, low: V, factor: f64) -> (V, V) {
    let (pi, pi_low) = pi_times(factor);
    let sign = mask.sign();
    let (high, error) = fast_two_sum(mask & pi, high ^ sign);
    (high, error + ((mask & pi_low) + (low ^ sign)))
}

/// Inverse tangent.
pub struct Arctan;

impl Kernel for Arctan {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (high, low) = atan_ratio::<V, true>(x.abs(), V::of(1.0));
        ((high + low) | x.sign(), x.abs().not_lt(V::splat(V::Elem::ATAN2_LIMIT)))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        (if x.is_nan() { x } else { FRAC_PI_2.copysign(x) }, 0)
    }
}

/// `atan2(y, x)` of normal operands.
#[inline(always)]
fn atan2<V: Lanes<Elem: Element>>(y: V, x: V) -> V {
    let (high, low) = atan_ratio::<V, false>(y.abs(), x.abs());
    let (high, low) = complement(x.lt(V::of(0.0)), high, low, 1.0);
    (high + low) | y.sign()
}

/// Angle of the point with ordinate `x`, the first operand, and abscissa `y`.
pub struct Arctan2;

impl Kernel for Arctan2 {
    const BINARY: bool = true;
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, y: V) -> (V, V) {
        let limit = V::splat(V::Elem::ATAN2_LIMIT);
        let least = V::splat(V::Elem::ATAN2_LEAST);
        let far = x.abs().not_lt(limit) | y.abs().not_lt(limit);
        (atan2(x, y), far | x.abs().lt(least) | y.abs().lt(least))
    }
    fn special(y: f64, x: f64) -> (f64, Flags) {
        if x.is_nan() || y.is_nan() {
            return (either_nan(x, y), 0);
        }
        let ahead = x.is_sign_positive();
        let angle = if y == 0.0 {
            if ahead { 0.0 } else { PI }
        } else if x.is_infinite() {
            match (y.is_infinite(), ahead) {
                (true, true) => FRAC_PI_4,
                (true, false) => 3.0 * FRAC_PI_4,
                (false, true) => 0.0,
                (false, false) => PI,
            }
        } else if x == 0.0 || y.is_infinite() {
            FRAC_PI_2
        } else {
            atan2_far(y.abs(), x)
        };
        (angle.copysign(y), 0)
    }
}

/// `atan2` of finite operands other than 0, `y > 0`, of any size.
#[inline(always)]
fn atan2_far(y: f64, x: f64) -> f64 {
    const WIDE: f64 = power_of_two(70);
    // Brings both to where the ratio of the two can be told, and products do not underflow.
    let scale = if y.max(x.abs()) > 1.0 { power_of_two(-120) } else { power_of_two(120) };
    let (scaled_y, scaled_x) = (y * scale, x.abs() * scale);
    if scaled_y > scaled_x * WIDE {
        return FRAC_PI_2;
    }
    if scaled_x > scaled_y * WIDE {
        return if x > 0.0 { y / x } else { PI };
    }
    let scale = if y > 1.0 { power_of_two(-600) } else { power_of_two(600) };
    atan2(Portable([y * scale]), Portable([x * scale])).0[0]
}

/// What `asin` and `acos` share for `size = |x|`: the mask of `size <= 1/2`, then `a` and `a_low`, where `asin size` is `a + a_low`
/// in the mask, and `pi/2 - (a + a_low)` elsewhere.
#[inline(always)]
fn asin_parts<V: Lanes<Elem: Element>>(size: V) -> (V, V, V) {
    let half = V::of(0.5);
    let small = size.le(half);
    let beyond = half.neg_mul_add(size, half);
    let z = small.select(size * size, beyond);
    let root = beyond.sqrt();
    // Half an ulp, of which 5 % do not matter.
    let root_low = root.neg_mul_add(root, beyond) * rough_reciprocal(root);
    let a = small.select(size, root + root);
    let a_low = small.not() & root_low;
    (small, a, (a * z).mul_add(poly(z, z * z, V::Elem::ASIN_TAIL), a_low))
}

/// Lanes outside `[-1, 1]`.
#[inline(always)]
fn outside<V: Lanes>(x: V) -> V {
    x.abs().le(V::of(1.0)).not()
}

/// Inverse sine.
pub struct Arcsin;

impl Kernel for Arcsin {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (small, a, a_low) = asin_parts(x.abs());
        let (high, low) = complement(small.not(), a, a_low, 0.5);
        ((high + low) | x.sign(), outside(x))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        invalid_unless_nan(x)
    }
}

/// Inverse cosine.
pub struct Arccos;

impl Kernel for Arccos {
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let (small, a, a_low) = asin_parts(x.abs());
        // `pi/2 - asin x` inside; outside the angle itself, or `pi` less it.
        let (pi, pi_low) = pi_times(1.0);
        let (right, right_low) = pi_times(0.5);
        let negative = x.lt(V::of(0.0));
        let base = small.select(right, negative & pi);
        let base_low = small.select(right_low, negative & pi_low);
        let sign = (small ^ x).sign();
        let (high, error) = fast_two_sum(base, a ^ sign);
        (high + (error + (base_low + (a_low ^ sign))), outside(x))
    }
    #[inline(always)]
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        invalid_unless_nan(x)
    }
}

fn invalid_unless_nan(x: f64) -> (f64, Flags) {
    if x.is_nan() { (x, 0) } else { (f64::NAN, INVALID) }
}
