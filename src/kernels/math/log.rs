//! `log`, `log2`, `log10`, `log1p`.
//!
//! `x = 2^k (1 + f)` with `1 + f` in `[sqrt(1/2), sqrt(2)]`, then with `s = f / (2 + f)`
//! `log(1 + f) = f - f^2/2 + s (f^2/2 + s^2 R(s^2))`, the arrangement of fdlibm's `e_log.c` (Ng 1993), which leaves `f` as the leading
//! term, so that the result is accurate close to 1. In f32 a polynomial of `f` is shorter than the division, and each base has its own.
//! `log2` and `log10` of f64 take steps, as `pow` does: `x = 2^k m`, and a factor that is looked up by the first bits of `m` brings it so close to 1
//! that a polynomial is short (Tang 1990; the factors have so few bits that the products are exact).
//! `log1p` takes an argument in two parts and serves the inverse hyperbolic functions too.

use super::exp::Constants as _;
use super::poly::{plus_multiple, poly, poly_after, two_sum};
use super::run::{DIVIDE, Element, Flags, INVALID, Kernel, patch_poles};
use super::simd::{Float, Lanes, Portable};

/// Constants of the logarithms. Polynomials are from `tests/accuracy/coefficients.py`.
pub trait Constants: Sized + 'static {
    /// `(log((1+s)/(1-s)) - 2s) / s^3` in `s^2`; empty if `LOG_CUBIC` is not.
    const LOG_TAIL: &'static [Self];
    /// `(log(1 + f) - f + f^2/2) / f^3`; empty where the series in `s` is faster.
    const LOG_CUBIC: &'static [Self];
    /// Factors that bring a significand close to 1, by its first bits, and minus their logarithms in two parts, of which the first added
    /// to any multiple of `LN2_HI` is exact.
    const LOG_STEPS: [[Self; 16]; 3];
    /// The rows of other bases for `LOG_STEPS`, of which the first added to any exponent is exact; or no steps, where polynomials are short.
    const LOG2_STEPS: Option<&'static [[Self; 16]; 2]>;
    /// Likewise for `LOG10_2`.
    const LOG10_STEPS: Option<&'static [[Self; 16]; 2]>;
    /// `(log2(1 + f) - f / ln2) / f^2`, or without steps `(log2(1 + f) - 3/2 f) / f`.
    const LOG2_TAIL: &'static [Self];
    /// `(log10(1 + f) - f / ln10) / f^2`, or without steps `(log10(1 + f) - 3/8 f) / f`.
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
    #[rustfmt::skip]
    const LOG_STEPS: [[f64; 16]; 3] = [
        [1.40625, 1.34375, 1.28125, 1.25, 1.1875, 1.15625, 1.09375, 1.0625, 1.03125, 1.0, 0.96875, 0.90625, 0.84375, 0.8125, 0.765625, 0.734375],
        [-0.34092658697056777, -0.2954642128938758, -0.2478361639045943, -0.22314355131425145, -0.17185025692663203, -0.1451820098444614, -0.089612158689647, -0.06062462181648698, -0.03077165866670839, 0.0, 0.03174869831457272, 0.09844007281321865, 0.16989903679541385, 0.20763936477828793, 0.2670627852490952, 0.30873548164959175],
        [-2.544157440035963e-14, 3.993416384387844e-14, 1.3029797173308663e-14, 4.169796584527195e-14, -2.7194441649495324e-14, -3.6506824353335045e-14, -4.012913552726574e-14, 5.213620639136504e-14, -4.529814257790929e-14, 0.0, 7.580310369375161e-15, 3.3871241029241416e-14, -1.6376276414097503e-14, -4.3425422595242564e-14, -4.996736502345936e-14, 2.1522127491642888e-14],
    ];
    #[rustfmt::skip]
    const LOG2_STEPS: Option<&'static [[f64; 16]; 2]> = Some(&[
        [-0.49185309632957797, -0.4262647547020606, -0.3575520046181282, -0.3219280948874257, -0.24792751344352837, -0.2094533656288604, -0.12928301694500988, -0.0874628412502716, -0.04439411935845783, 0.0, 0.045803689613194365, 0.14201900487250896, 0.2451124978365442, 0.29956028185893047, 0.3852901558848316, 0.44541114832236417],
        [-9.67451159139632e-14, -3.733907276649932e-14, 4.450095846656107e-14, 6.33385952568616e-14, -5.712484083531846e-14, -8.937120568078598e-14, 4.3421195976986995e-14, -6.781363655020842e-14, 4.390985973169353e-15, 0.0, -6.957374407725013e-14, -8.107893466726174e-14, -1.275189131300513e-14, -2.262651135603261e-14, -3.983479855974919e-14, -1.5420422453235895e-15],
    ]);
    #[rustfmt::skip]
    const LOG10_STEPS: Option<&'static [[f64; 16]; 2]> = Some(&[
        [-0.14806253545543768, -0.12831847725965417, -0.10763387839983807, -0.09691001300802782, -0.07463361829695714, -0.06305174574708872, -0.03891806603041914, -0.026328938722372186, -0.013363961557956827, 0.0, 0.013788284485599434, 0.04275198042091688, 0.07378621416091846, 0.09017663034910584, 0.11598389395533104, 0.13408211604814824],
        [-2.0622180169314854e-17, -2.6376941728557574e-14, 8.549266888283615e-15, -2.859665406848114e-14, 5.295754592095892e-14, -3.0414152859579186e-16, 4.948115870926483e-14, 2.303833573367737e-14, -2.4674812371450526e-14, 0.0, 3.38628644177512e-14, 3.300906980985312e-14, 2.023262471821997e-16, -1.78235453177227e-14, 4.24687878338759e-14, 2.147028150166812e-14],
    ]);
    const LOG2_TAIL: &'static [f64] = &[
        -0.7213475204444817,
        0.4808983469629876,
        -0.360673760222327,
        0.28853900817972095,
        -0.24044917325801465,
        0.20609928529909624,
        -0.18033708614833152,
        0.16030734400971275,
        -0.14424765640536813,
        0.12787170719629753,
        -0.08275922114528861,
    ];
    const LOG10_TAIL: &'static [f64] = &[
        -0.2171472409516259,
        0.14476482730108386,
        -0.10857362047586093,
        0.08685889638156308,
        -0.07238241352283044,
        0.062042065666890266,
        -0.05428693376304611,
        0.04825911568990726,
        -0.04340847780020208,
        0.03767294093575174,
        -0.01840382534148739,
    ];
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
    #[rustfmt::skip]
    const LOG_STEPS: [[f32; 16]; 3] = [
        [1.40625, 1.34375, 1.28125, 1.25, 1.1875, 1.15625, 1.09375, 1.0625, 1.03125, 1.0, 0.96875, 0.90625, 0.84375, 0.8125, 0.765625, 0.734375],
        [-0.34092712, -0.29546356, -0.24783325, -0.22314453, -0.17185211, -0.14517975, -0.08961487, -0.06062317, -0.030769348, 0.0, 0.03174591, 0.09844208, 0.16989899, 0.2076416, 0.26705933, 0.3087387],
        [5.3705287e-07, -6.508821e-07, -2.9119515e-06, 9.799357e-07, 1.8548898e-06, -2.2613094e-06, 2.7094743e-06, -1.4528712e-06, -2.3105222e-06, 0.0, 2.7876702e-06, -2.0048235e-06, 4.997899e-08, -2.2367842e-06, 3.459077e-06, -3.2268465e-06],
    ];
    const LOG2_STEPS: Option<&'static [[f32; 16]; 2]> = None;
    const LOG10_STEPS: Option<&'static [[f32; 16]; 2]> = None;
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

/// `k`, `m = x / 2^k` from [`STEPS`] to twice that, and in the low bits which sixteenth of the floats there `m` is of, for a positive normal `x`.
/// `bias` is [`Float::EXPONENT_BIAS`], plus `n` to subtract `n` from `k`.
#[inline(always)]
pub fn split_by_steps<V: Lanes>(x: V, bias: V::Elem) -> (V, V, V) {
    let (shifted, m) = split(x, STEPS);
    (exponent(shifted) - V::splat(bias), m, shifted.shr_sixteenths())
}

/// With this lower end, 1 is in the midst of a sixteenth.
const STEPS: f64 = 0.699_218_75;

/// `sqrt(1/2)`, rounded so that both types have the same.
const ROOT: f64 = 0.707_106_769_084_930_4;

/// With `1 + f` from here to 4/3, `3/2 f` is a float, and nowhere far from `log2(1 + f)`.
const TWO_THIRDS: f64 = 2.0 / 3.0;

/// Bits of which the exponent is that of `2^k`, and `m = x / 2^k` between `lower_end` and twice that.
#[inline(always)]
fn split<V: Lanes>(x: V, lower_end: f64) -> (V, V) {
    let lower_end = V::of(lower_end);
    let shifted = x.int_add(V::bits(V::Elem::ONE_BITS)).int_sub(lower_end);
    (shifted, (shifted & V::bits(V::Elem::MANTISSA)).int_add(lower_end))
}

/// The exponent as a number, with [`Float::EXPONENT_BIAS`].
#[inline(always)]
fn exponent<V: Lanes>(shifted: V) -> V {
    shifted.shr_exponent() | V::bits(V::Elem::EXPONENT_BITS)
}

/// `k` and `f = m - 1`, `bias` as in [`split_by_steps`], `m` as in [`split`].
#[inline(always)]
fn reduce<V: Lanes>(x: V, bias: V::Elem, lower_end: f64) -> (V, V) {
    let (shifted, m) = split(x, lower_end);
    (exponent(shifted) - V::splat(bias), m - V::of(1.0))
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

/// A logarithm by steps, given that of 2 and `1 / ln(base)`, each in two parts.
#[inline(always)]
fn by_steps<V: Lanes<Elem: Element>>(
    x: V,
    bias: V::Elem,
    [log, log_low]: &[[V::Elem; 16]; 2],
    (of_two, of_two_low): (V, V),
    [c, c_low]: [V::Elem; 2],
    tail: &[V::Elem],
) -> V {
    let (k, m, index) = split_by_steps(x, bias);
    let f = m.mul_sub(index.lookup(&V::Elem::LOG_STEPS[0]), V::of(1.0));
    let (high, error) = plus_multiple(k.mul_add(of_two, index.lookup(log)), f, V::splat(c));
    let low = f.mul_add(V::splat(c_low), k.mul_add(of_two_low, index.lookup(log_low)));
    let square = f * f;
    high + (error + square.mul_add(poly(f, square, tail), low))
}

#[inline(always)]
fn log2_biased<V: Lanes<Elem: Element>>(x: V, bias: V::Elem) -> V {
    if let Some(steps) = V::Elem::LOG2_STEPS {
        return by_steps(x, bias, steps, (V::of(1.0), V::of(0.0)), V::Elem::INV_LN2, V::Elem::LOG2_TAIL);
    }
    let (k, f) = reduce(x, bias, TWO_THIRDS);
    let (high, error) = plus_multiple(k, f, V::of(1.5));
    high + f.mul_add(poly_after(f, f * f, V::Elem::LOG2_TAIL, 3), error)
}

#[inline(always)]
fn log10_biased<V: Lanes<Elem: Element>>(x: V, bias: V::Elem) -> V {
    let [of_two, of_two_low] = V::Elem::LOG10_2;
    let (of_two, of_two_low) = (V::splat(of_two), V::splat(of_two_low));
    if let Some(steps) = V::Elem::LOG10_STEPS {
        return by_steps(x, bias, steps, (of_two, of_two_low), V::Elem::INV_LN10, V::Elem::LOG10_TAIL);
    }
    let (k, f) = reduce(x, bias, ROOT);
    let (high, error) = plus_multiple(k * of_two, f, V::of(0.375));
    high + f.mul_add(poly_after(f, f * f, V::Elem::LOG10_TAIL, 3), k.mul_add(of_two_low, error))
}

/// `log(1 + u + u_low)` for `u` in `(-1, LOG1P_LIMIT)`, plus `extra * ln2`.
#[inline(always)]
pub fn log1p_parts<V: Lanes<Elem: Element>>(u: V, u_low: V, extra: V) -> V {
    let (sum, error) = two_sum(V::of(1.0), u);
    log_of_sum(sum, error + u_low, extra)
}

/// `log(sum + low)` of a positive normal `sum`, plus `extra * ln2`.
///
/// `low`, a rounding error, enters as `low / (1 + f)`, where the reciprocal is accurate to a percent of `f`.
#[inline(always)]
pub fn log_of_sum<V: Lanes<Elem: Element>>(sum: V, low: V, extra: V) -> V {
    let (shifted, m) = split(sum, ROOT);
    let f = m - V::of(1.0);
    let k = exponent(shifted) - V::splat(V::Elem::EXPONENT_BIAS) + extra;
    let one = V::bits(V::Elem::ONE_BITS);
    let down = one.int_add(one).int_sub(shifted.shr_exponent().shl_exponent());
    let c = low * down;
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
                ($biased(x, V::Elem::EXPONENT_BIAS), x.not_positive_normal())
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
