//! Draws of continuous distributions that take more than an expression.

use super::bits::Bits;
use super::ziggurat;
use std::f64::consts::PI;

/// A fraction above zero: zeros are drawn again.
#[inline]
pub fn fraction_above_zero(bits: &mut impl Bits) -> f64 {
    loop {
        let u = bits.fraction();
        if u > 0.0 {
            return u;
        }
    }
}

/// A number of the Laplace distribution, by inversion.
#[inline]
pub fn laplace(bits: &mut impl Bits, loc: f64, scale: f64) -> f64 {
    let u = fraction_above_zero(bits);
    if u >= 0.5 { loc - scale * (2.0 - u - u).ln() } else { loc + scale * (u + u).ln() }
}

/// A number of the Gumbel distribution, by inversion.
#[inline]
pub fn gumbel(bits: &mut impl Bits, loc: f64, scale: f64) -> f64 {
    loop {
        let u = 1.0 - bits.fraction();
        if u < 1.0 {
            return loc - scale * (-u.ln()).ln();
        }
    }
}

/// A number of the triangular distribution, by inversion.
#[inline]
pub fn triangular(bits: &mut impl Bits, left: f64, mode: f64, right: f64) -> f64 {
    let (base, rise) = (right - left, mode - left);
    let u = bits.fraction();
    if u <= rise / base {
        left + (u * (rise * base)).sqrt()
    } else {
        right - ((1.0 - u) * ((right - mode) * base)).sqrt()
    }
}

/// A number of the inverse Gauss distribution: one of two roots; Michael, Schucany and Haas, "Generating random variates using
/// transformations with multiple roots", The American Statistician 30 (1976).
#[inline]
pub fn wald(bits: &mut impl Bits, mean: f64, scale: f64) -> f64 {
    let y = ziggurat::normal(bits);
    let y = mean * y * y;
    let d = 1.0 + (1.0 + 4.0 * scale / y).sqrt();
    let x = mean * (1.0 - 2.0 / d);
    let u = bits.fraction();
    if u <= mean / (mean + x) { x } else { mean * mean / x }
}

/// Below this concentration angles are uniform.
const UNIFORM_BELOW: f64 = 1e-8;
/// Below this the wrapping parameter is that of an expansion around zero.
const SERIES_BELOW: f64 = 1e-5;
/// Above this angles are wrapped normal ones.
const NORMAL_ABOVE: f64 = 1e6;

/// Angles of the von Mises distribution: Best and Fisher, "Efficient simulation of the von Mises distribution", Applied Statistics 28
/// (1979).
#[derive(Clone, Copy)]
pub struct VonMises {
    mu: f64,
    kappa: f64,
    s: f64,
}

impl VonMises {
    /// Of a mean and a concentration.
    #[inline]
    pub fn of(mu: f64, kappa: f64) -> VonMises {
        let s = if kappa < SERIES_BELOW {
            1.0 / kappa + kappa
        } else {
            let r = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
            let rho = (r - (2.0 * r).sqrt()) / (2.0 * kappa);
            (1.0 + rho * rho) / (2.0 * rho)
        };
        VonMises { mu, kappa, s }
    }

    /// The next angle.
    #[inline]
    pub fn draw(&self, bits: &mut impl Bits) -> f64 {
        let VonMises { mu, kappa, s } = *self;
        if kappa.is_nan() {
            return f64::NAN;
        }
        if kappa < UNIFORM_BELOW {
            return PI * (2.0 * bits.fraction() - 1.0);
        }
        if kappa > NORMAL_ABOVE {
            let mut angle = mu + (1.0 / kappa).sqrt() * ziggurat::normal(bits);
            if angle < -PI {
                angle += 2.0 * PI;
            }
            if angle > PI {
                angle -= 2.0 * PI;
            }
            return angle;
        }
        let w = loop {
            let z = (PI * bits.fraction()).cos();
            let w = (1.0 + s * z) / (s + z);
            let y = kappa * (s - w);
            let v = bits.fraction();
            if y * (2.0 - y) - v >= 0.0 || (y / v).ln() + 1.0 - y >= 0.0 {
                break w;
            }
        };
        let angle = if bits.fraction() < 0.5 { -w.acos() } else { w.acos() };
        let angle = angle + mu;
        let turned = (angle.abs() + PI) % (2.0 * PI) - PI;
        if angle < 0.0 { -turned } else { turned }
    }
}
