//! Hyperbolic and trigonometric functions; the latter through the former of `i z`.

use super::C;
use super::exponential::scaled_exp;
use crate::kernels::tile::number::c;

/// `sinh` and `cosh` by their exponential beyond this: the other exponential vanishes.
const LARGE: f64 = 22.0;

/// Hyperbolic sine.
pub(super) fn sinh(z: C) -> C {
    let C { re: x, im: y } = z;
    if y == 0.0 {
        return c(x.sinh(), y);
    }
    if !y.is_finite() {
        return match x {
            x if x == 0.0 => c(x, f64::NAN),
            x if x.is_infinite() => c(f64::INFINITY, f64::NAN),
            _ => c(f64::NAN, f64::NAN),
        };
    }
    if x.is_nan() {
        return c(f64::NAN, f64::NAN);
    }
    let (sin, cos) = y.sin_cos();
    if x.is_infinite() {
        return c(f64::INFINITY.copysign(cos).copysign(x * cos), f64::INFINITY.copysign(sin));
    }
    if x.abs() > LARGE {
        let e = scaled_exp(x.abs(), 0.5, cos, sin);
        return c(e.re * 1.0f64.copysign(x), e.im);
    }
    c(x.sinh() * cos, x.cosh() * sin)
}

/// Hyperbolic cosine.
pub(super) fn cosh(z: C) -> C {
    let C { re: x, im: y } = z;
    let sign = 1.0f64.copysign(x);
    if y == 0.0 {
        return c(x.cosh(), if x.is_nan() { y } else { y * sign });
    }
    if !y.is_finite() {
        return match x {
            0.0 => c(f64::NAN, 0.0),
            x if x.is_infinite() => c(f64::INFINITY, f64::NAN),
            _ => c(f64::NAN, f64::NAN),
        };
    }
    if x.is_nan() {
        return c(f64::NAN, f64::NAN);
    }
    let (sin, cos) = y.sin_cos();
    if x.is_infinite() {
        return c(f64::INFINITY.copysign(cos), f64::INFINITY.copysign(sin) * sign);
    }
    if x.abs() > LARGE {
        let e = scaled_exp(x.abs(), 0.5, cos, sin);
        return c(e.re, e.im * sign);
    }
    c(x.cosh() * cos, x.sinh() * sin)
}

/// Hyperbolic tangent (W. Kahan, "Branch cuts for complex elementary functions", 1987).
pub(super) fn tanh(z: C) -> C {
    let C { re: x, im: y } = z;
    if x.is_infinite() {
        let sign = if y.is_finite() && y.abs() > 1.0 { (y.sin() * y.cos()).signum() } else { 1.0f64.copysign(y) };
        return c(1.0f64.copysign(x), 0.0f64.copysign(sign));
    }
    if y == 0.0 {
        return c(x.tanh(), y);
    }
    if !y.is_finite() || x.is_nan() {
        return c(if x == 0.0 { x } else { f64::NAN }, f64::NAN);
    }
    if x.abs() > LARGE {
        let (sin, cos) = y.sin_cos();
        let e = (-x.abs()).exp();
        return c(1.0f64.copysign(x), 4.0 * sin * cos * e * e);
    }
    let t = y.tan();
    let s = x.sinh();
    let beta = 1.0 + t * t;
    let rho = (1.0 + s * s).sqrt();
    let below = 1.0 + beta * s * s;
    if t.is_infinite() {
        return c(rho / s, 1.0 / t);
    }
    c(beta * rho * s / below, t / below)
}

/// Sine: `-i sinh(i z)`.
pub(super) fn sin(z: C) -> C {
    if !z.re.is_finite() && z.im.is_infinite() {
        // C leaves the sign open; NumPy gives this one.
        return c(f64::NAN, f64::INFINITY);
    }
    let w = sinh(c(-z.im, z.re));
    c(w.im, -w.re)
}

/// Cosine: `cosh(i z)`.
pub(super) fn cos(z: C) -> C {
    cosh(c(-z.im, z.re))
}

/// Tangent: `-i tanh(i z)`.
pub(super) fn tan(z: C) -> C {
    let w = tanh(c(-z.im, z.re));
    c(w.im, -w.re)
}
