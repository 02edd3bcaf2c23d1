//! Inverse trigonometric and hyperbolic functions.
//!
//! `asin` and `acos` follow T. Hull, T. Fairgrieve, P. Tang, "Implementing the complex arcsine and arccosine functions using
//! exception handling" (ACM Transactions on Mathematical Software 23, 1997): sums whose terms do not cancel, and regions
//! where squares would over- or underflow treated apart.

use super::C;
use crate::kernels::tile::number::c;
use std::f64::consts::{FRAC_PI_2, LN_2, PI};

/// Below this `asin` and `acos` of `x / a` are accurate; from the paper.
const B_CROSSOVER: f64 = 0.6417;
/// Above this `ln` of `a + sqrt(a^2 - 1)` is accurate; from the paper.
const A_CROSSOVER: f64 = 1.5;
/// An eighth of the root of the largest float: squares of sums stay finite.
const SAFE_MAX: f64 = 1.675_975_991_242_824_6e153;
/// Four times the root of the smallest normal float.
const SAFE_MIN: f64 = 5.966_672_584_960_165e-154;
/// Half the distance of floats at 1.
const EPSILON: f64 = f64::EPSILON / 2.0;

/// `acos` and `asin`'s real parts and the imaginary part's magnitude that they share, for finite `x, y >= 0`.
struct Parts {
    acos: f64,
    asin: f64,
    imaginary: f64,
}

fn parts(x: f64, y: f64) -> Parts {
    let (above, below) = (x + 1.0, x - 1.0);
    let ordinary = x < SAFE_MAX && y < SAFE_MAX && y > SAFE_MIN && x > SAFE_MIN;
    if !ordinary {
        return extreme(x, y);
    }
    let (r, s) = (above.hypot(y), below.hypot(y));
    let a = 0.5 * (r + s);
    let b = x / a;
    let (acos, asin) = if b <= B_CROSSOVER {
        (b.acos(), b.asin())
    } else {
        let sum = a + x;
        let root = if x <= 1.0 {
            (0.5 * sum * (y * y / (r + above) + (s - below))).sqrt()
        } else {
            y * (0.5 * (sum / (r + above) + sum / (s + below))).sqrt()
        };
        ((root / x).atan(), (x / root).atan())
    };
    let imaginary = if a <= A_CROSSOVER {
        let less = if x < 1.0 {
            0.5 * (y * y / (r + above) + y * y / (s - below))
        } else {
            0.5 * (y * y / (r + above) + (s + below))
        };
        (less + (less * (a + 1.0)).sqrt()).ln_1p()
    } else {
        (a + (a * a - 1.0).sqrt()).ln()
    };
    Parts { acos, asin, imaginary }
}

/// [`parts`] where a part is too large or too small to be squared.
fn extreme(x: f64, y: f64) -> Parts {
    let (above, below) = (x + 1.0, x - 1.0);
    if x != 1.0 && y <= EPSILON * below.abs() {
        if x < 1.0 {
            return Parts { acos: x.acos(), asin: x.asin(), imaginary: y / (above * -below).sqrt() };
        }
        let product = above * below;
        return if product.is_finite() {
            Parts { acos: y / product.sqrt(), asin: FRAC_PI_2, imaginary: (below + product.sqrt()).ln_1p() }
        } else {
            Parts { acos: y / x, asin: FRAC_PI_2, imaginary: LN_2 + x.ln() }
        };
    }
    if y <= SAFE_MIN {
        let root = y.sqrt();
        return Parts { acos: root, asin: FRAC_PI_2 - root, imaginary: root };
    }
    if EPSILON * y - 1.0 >= x {
        return Parts { acos: FRAC_PI_2, asin: x / y, imaginary: LN_2 + y.ln() };
    }
    if x > 1.0 {
        let ratio = x / y;
        return Parts {
            acos: (y / x).atan(),
            asin: ratio.atan(),
            imaginary: LN_2 + y.ln() + 0.5 * (ratio * ratio).ln_1p(),
        };
    }
    let a = (1.0 + y * y).sqrt();
    Parts { acos: FRAC_PI_2, asin: x / a, imaginary: 0.5 * (2.0 * y * (y + a)).ln_1p() }
}

/// Inverse sine, cut along the real axis outside -1 to 1.
pub(super) fn asin(z: C) -> C {
    let C { re: x, im: y } = z;
    if x.is_nan() || y.is_nan() {
        return match (x, y) {
            (x, _) if x == 0.0 => c(x, f64::NAN),
            (_, y) if y.is_infinite() => c(f64::NAN, y),
            // C leaves the sign open; NumPy's follows that of the NaN.
            (x, y) if x.is_infinite() => c(f64::NAN, f64::INFINITY.copysign(y)),
            _ => c(f64::NAN, f64::NAN),
        };
    }
    if x.is_infinite() || y.is_infinite() {
        return c(x.abs().atan2(y.abs()).copysign(x), f64::INFINITY.copysign(y));
    }
    let p = parts(x.abs(), y.abs());
    c(p.asin.copysign(x), p.imaginary.copysign(y))
}

/// Inverse cosine, cut along the real axis outside -1 to 1.
pub(super) fn acos(z: C) -> C {
    let C { re: x, im: y } = z;
    if x.is_nan() || y.is_nan() {
        return match (x, y) {
            (0.0, _) => c(FRAC_PI_2, f64::NAN),
            (_, y) if y.is_infinite() => c(f64::NAN, -y),
            (x, y) if x.is_infinite() => c(f64::NAN, -f64::INFINITY.copysign(y)),
            _ => c(f64::NAN, f64::NAN),
        };
    }
    if x.is_infinite() || y.is_infinite() {
        return c(y.abs().atan2(x), -f64::INFINITY.copysign(y));
    }
    let p = parts(x.abs(), y.abs());
    c(if x.is_sign_negative() { PI - p.acos } else { p.acos }, -p.imaginary.copysign(y))
}

/// Inverse hyperbolic sine: that of `i z` turned back, cut along the imaginary axis outside -1 to 1.
pub(super) fn asinh(z: C) -> C {
    let w = asin(c(z.im, z.re));
    c(w.im, w.re)
}

/// Inverse hyperbolic cosine, cut along the real axis below 1.
pub(super) fn acosh(z: C) -> C {
    let w = acos(z);
    if w.re.is_nan() && !w.im.is_nan() {
        return c(w.im.abs(), w.re);
    }
    if w.im.is_nan() {
        // NaN but for acos(0 + NaN i), whose real part is known: C makes that both NaN, or pi/2 for a zero real part.
        return c(f64::NAN, if z.re == 0.0 { w.re } else { f64::NAN });
    }
    c(w.im.abs(), w.re.copysign(z.im))
}

/// `x / (x^2 + y^2)` without overflow, for large parts.
fn real_of_reciprocal(x: f64, y: f64) -> f64 {
    if y.is_infinite() || x.is_infinite() {
        0.0
    } else if x >= y {
        0.5 / (0.5 * x + 0.5 * y * (y / x))
    } else {
        0.5 * (x / y) / (0.5 * y + 0.5 * x * (x / y))
    }
}

/// Inverse hyperbolic tangent, cut along the real axis outside -1 to 1 (W. Kahan, "Branch cuts for complex elementary
/// functions", 1987).
pub(super) fn atanh(z: C) -> C {
    let C { re, im } = z;
    let (x, y) = (re.abs(), im.abs());
    if im == 0.0 && x <= 1.0 {
        return c(re.atanh(), im);
    }
    if re == 0.0 {
        return c(re, im.atan());
    }
    if re.is_nan() || im.is_nan() {
        return match (re, im) {
            (re, _) if re.is_infinite() => c(0.0f64.copysign(re), f64::NAN),
            (_, im) if im.is_infinite() => c(0.0f64.copysign(re), FRAC_PI_2.copysign(im)),
            _ => c(f64::NAN, f64::NAN),
        };
    }
    if x > 1.0 / EPSILON || y > 1.0 / EPSILON {
        return c(real_of_reciprocal(x, y).copysign(re), FRAC_PI_2.copysign(im));
    }
    let real = if x == 1.0 && y < EPSILON {
        0.5 * (LN_2 - y.ln())
    } else {
        let d = x - 1.0;
        let squares = if y < SAFE_MIN { d * d } else { d * d + y * y };
        0.25 * (4.0 * x / squares).ln_1p()
    };
    let imaginary = if x == 1.0 {
        0.5 * 2.0f64.atan2(-y)
    } else {
        let squared = if y < EPSILON { 0.0 } else { y * y };
        0.5 * (2.0 * y).atan2((1.0 - x) * (1.0 + x) - squared)
    };
    c(real.copysign(re), imaginary.copysign(im))
}

/// Inverse tangent: that of `i z` turned back, cut along the imaginary axis outside -1 to 1.
pub(super) fn atan(z: C) -> C {
    let w = atanh(c(z.im, z.re));
    c(w.im, w.re)
}
