//! Exponentials, logarithms, the square root.

use super::{C, narrow, wide};
use crate::kernels::tile::number::{Complex, c};
use std::f64::consts::{LN_2, LOG2_E, LOG10_E};

/// `e^x` times a factor (a power of two), times a point of the unit circle, without overflow where the product has none.
/// `x` is finite.
pub(super) fn scaled_exp(x: f64, factor: f64, cos: f64, sin: f64) -> C {
    // Beyond this e^x may overflow while a part of the product does not.
    if x > 709.0 {
        let half = (x * 0.5).exp();
        let other = half * factor;
        return c(half * cos * other, half * sin * other);
    }
    let e = x.exp() * factor;
    c(e * cos, e * sin)
}

/// e to the power z.
pub(super) fn exp(z: C) -> C {
    if z.im == 0.0 {
        return c(z.re.exp(), z.im);
    }
    if !z.im.is_finite() {
        return match z.re {
            re if re == f64::INFINITY => c(re, f64::NAN),
            re if re == f64::NEG_INFINITY => c(0.0, 0.0f64.copysign(z.im)),
            _ => c(f64::NAN, f64::NAN),
        };
    }
    if z.re.is_nan() {
        return c(f64::NAN, f64::NAN);
    }
    let (sin, cos) = z.im.sin_cos();
    if z.re == f64::INFINITY {
        return c(z.re.copysign(cos), z.re.copysign(sin));
    }
    scaled_exp(z.re, 1.0, cos, sin)
}

/// 2 to the power z, as NumPy: e to the power z ln 2, the product rounded.
pub(super) fn exp2(z: C) -> C {
    exp(c(z.re * LN_2, z.im * LN_2))
}

/// 2 to the power z of a complex64, whose product with ln 2 NumPy rounds to float32.
pub(super) fn exp2_f32(z: Complex<f32>) -> Complex<f32> {
    const LN_2: f32 = std::f32::consts::LN_2;
    narrow(exp(wide(c(z.re * LN_2, z.im * LN_2))))
}

/// e to the power z, less one, by NumPy's formula.
pub(super) fn expm1(z: C) -> C {
    let half = (z.im / 2.0).sin();
    let (sin, cos) = z.im.sin_cos();
    c(z.re.exp_m1() * cos - 2.0 * half * half, z.re.exp() * sin)
}

/// `a * a` as a sum of two floats.
fn square(a: f64) -> (f64, f64) {
    let high = a * a;
    (high, a.mul_add(a, -high))
}

/// `a + b` as a sum of two floats.
fn sum(a: f64, b: f64) -> (f64, f64) {
    let high = a + b;
    let of_b = high - a;
    (high, (a - (high - of_b)) + (b - of_b))
}

/// The sum of terms, as if in twice the precision.
fn precise(terms: &[f64]) -> f64 {
    let (mut high, mut low) = (0.0, 0.0);
    for &t in terms {
        let (s, e) = sum(high, t);
        high = s;
        low += e;
    }
    high + low
}

/// `ln |z|`, for parts that are not NaN or infinite and not both zero.
fn log_abs(z: C) -> f64 {
    let (large, small) = {
        let (re, im) = (z.re.abs(), z.im.abs());
        if re > im { (re, im) } else { (im, re) }
    };
    if large > 0.5 && large < 1.5 && small < 1.5 {
        // ln |z| = log1p(|z|^2 - 1) / 2, with the difference exact enough near the unit circle.
        let ((a, b), (s, t)) = (square(large), square(small));
        let over = precise(&[-1.0, a, s, b, t]);
        if over > -0.5 && over < 1.0 {
            return 0.5 * over.ln_1p();
        }
    }
    if large > 1e300 {
        return (large * 0.5).hypot(small * 0.5).ln() + LN_2;
    }
    if large < 1e-290 {
        // 2^600
        const UP: f64 = 4.149_515_568_880_993e180;
        return (large * UP).hypot(small * UP).ln() - 600.0 * LN_2;
    }
    large.hypot(small).ln()
}

/// Natural logarithm, cut along the negative real axis.
pub(super) fn log(z: C) -> C {
    let finite = z.re.is_finite() && z.im.is_finite() && !(z.re == 0.0 && z.im == 0.0);
    let re = if finite { log_abs(z) } else { z.re.hypot(z.im).ln() };
    c(re, z.im.atan2(z.re))
}

/// Logarithm to base 2.
pub(super) fn log2(z: C) -> C {
    let l = log(z);
    c(l.re * LOG2_E, l.im * LOG2_E)
}

/// Logarithm to base 10.
pub(super) fn log10(z: C) -> C {
    let l = log(z);
    c(l.re * LOG10_E, l.im * LOG10_E)
}

/// Natural logarithm of 1 + z.
pub(super) fn log1p(z: C) -> C {
    let moved = z.re + 1.0;
    let im = z.im.atan2(moved);
    if z.re.abs() < 3.0 && z.im.abs() < 3.0 {
        // |1 + z|^2 - 1 = 2 x + x^2 + y^2
        let ((a, b), (s, t)) = (square(z.re), square(z.im));
        let over = precise(&[2.0 * z.re, a, s, b, t]);
        if over > -0.5 && over < 1.0 {
            return c(0.5 * over.ln_1p(), im);
        }
    }
    c(log(c(moved, z.im)).re, im)
}

/// Square root, principal branch (W. Kahan, "Branch cuts for complex elementary functions", 1987).
pub(super) fn sqrt(z: C) -> C {
    if z.re == 0.0 && z.im == 0.0 {
        return c(0.0, z.im);
    }
    if z.im.is_infinite() {
        return c(f64::INFINITY, z.im);
    }
    if z.re.is_infinite() {
        let odd = if z.im.is_nan() { f64::NAN } else { 0.0 };
        return if z.re > 0.0 {
            c(z.re, if z.im.is_nan() { f64::NAN } else { 0.0f64.copysign(z.im) })
        } else {
            c(odd, f64::INFINITY.copysign(z.im))
        };
    }
    if z.re.is_nan() || z.im.is_nan() {
        return c(f64::NAN, f64::NAN);
    }
    // Parts whose sums overflow, or that have few bits, are scaled by powers of 4.
    let largest = z.re.abs().max(z.im.abs());
    let (z, back) = if largest > 4e307 {
        (c(z.re * 0.0625, z.im * 0.0625), 4.0)
    } else if largest < 1e-290 {
        // 2^108 and 2^-54
        const UP: f64 = 3.245_185_536_584_267_3e32;
        (c(z.re * UP, z.im * UP), 5.551_115_123_125_783e-17)
    } else {
        (z, 1.0)
    };
    let t = (0.5 * (z.re.abs() + z.re.hypot(z.im))).sqrt();
    let other = z.im.abs() / (2.0 * t);
    let (re, im) = if z.re >= 0.0 { (t, other) } else { (other, t) };
    c(re * back, (im * back).copysign(z.im))
}
