//! Gamma numbers and what is made of them.

use super::bits::Bits;
use super::discrete::poisson;
use super::ziggurat;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The precision of gamma numbers: the platform's logarithms and powers in it, and the draws that they are made of.
pub trait Real:
    Copy
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The nearest number.
    fn of(x: f64) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// A power.
    fn powf(self, exponent: Self) -> Self;
    /// A fraction.
    fn fraction(bits: &mut impl Bits) -> Self;
    /// A standard normal number.
    fn normal(bits: &mut impl Bits) -> Self;
    /// A standard exponential number.
    fn exponential(bits: &mut impl Bits) -> Self;
}

macro_rules! real {
    ($t:ident, $fraction:ident, $normal:ident, $exponential:ident) => {
        impl Real for $t {
            fn of(x: f64) -> $t {
                x as $t
            }
            fn ln(self) -> $t {
                $t::ln(self)
            }
            fn sqrt(self) -> $t {
                $t::sqrt(self)
            }
            fn powf(self, exponent: $t) -> $t {
                $t::powf(self, exponent)
            }
            #[inline]
            fn fraction(bits: &mut impl Bits) -> $t {
                bits.$fraction()
            }
            #[inline]
            fn normal(bits: &mut impl Bits) -> $t {
                ziggurat::$normal(bits)
            }
            #[inline]
            fn exponential(bits: &mut impl Bits) -> $t {
                ziggurat::$exponential(bits)
            }
        }
    };
}
real!(f64, fraction, normal, exponential);
real!(f32, fraction32, normal32, exponential32);

/// Gamma numbers of scale 1.
///
/// Shapes of at least one: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000). Below: Ahrens and
/// Dieter, "Computer methods for sampling from gamma, beta, Poisson and binomial distributions", Computing 12 (1974), algorithm GS.
#[derive(Clone, Copy)]
pub struct Gamma<R> {
    shape: R,
    /// The shape less a third, and the inverse root of nine times that.
    less: R,
    root: R,
}

impl<R: Real> Gamma<R> {
    /// Of a shape.
    #[inline]
    pub fn of(shape: R) -> Gamma<R> {
        let one = R::of(1.0);
        let less = shape - one / R::of(3.0);
        Gamma { shape, less, root: one / (R::of(9.0) * less).sqrt() }
    }

    /// The next number.
    #[inline]
    pub fn draw(&self, bits: &mut impl Bits) -> R {
        let [zero, one] = [0.0, 1.0].map(R::of);
        if self.shape == one {
            return R::exponential(bits);
        }
        if self.shape == zero {
            return zero;
        }
        if self.shape < one {
            return self.below_one(bits);
        }
        loop {
            let (x, v) = loop {
                let x = R::normal(bits);
                let v = one + self.root * x;
                if v <= zero {
                    continue;
                }
                // Also where the shape, and so everything, is not a number.
                break (x, v);
            };
            let v = v * v * v;
            let u = R::fraction(bits);
            if u < one - R::of(0.0331) * (x * x) * (x * x) {
                return self.less * v;
            }
            if u.ln() < R::of(0.5) * x * x + self.less * (one - v + v.ln()) {
                return self.less * v;
            }
        }
    }

    fn below_one(&self, bits: &mut impl Bits) -> R {
        let (shape, one) = (self.shape, R::of(1.0));
        loop {
            let u = R::fraction(bits);
            let v = R::exponential(bits);
            if u <= one - shape {
                let x = u.powf(one / shape);
                if x <= v {
                    return x;
                }
            } else {
                let y = -((one - u) / shape).ln();
                let x = (one - shape + shape * y).powf(one / shape);
                if x <= v + y {
                    return x;
                }
            }
        }
    }
}

/// Chi-squared numbers: twice the gamma numbers of half the degrees of freedom.
#[derive(Clone, Copy)]
pub struct Chisquare(Gamma<f64>);

impl Chisquare {
    /// Of so many degrees of freedom.
    #[inline]
    pub fn of(freedom: f64) -> Chisquare {
        Chisquare(Gamma::of(freedom / 2.0))
    }

    /// The next number.
    #[inline]
    pub fn draw(&self, bits: &mut impl Bits) -> f64 {
        2.0 * self.0.draw(bits)
    }
}

/// A noncentral chi-squared number: a shifted normal number squared and what is left, or, for at most one degree of freedom, central
/// of more degrees by twice a Poisson number.
#[inline]
pub fn noncentral_chisquare(bits: &mut impl Bits, freedom: f64, noncentrality: f64) -> f64 {
    if noncentrality.is_nan() {
        return f64::NAN;
    }
    if noncentrality == 0.0 {
        return Chisquare::of(freedom).draw(bits);
    }
    if 1.0 < freedom {
        let rest = Chisquare::of(freedom - 1.0).draw(bits);
        let n = ziggurat::normal(bits) + noncentrality.sqrt();
        return rest + n * n;
    }
    let more = poisson(bits, noncentrality / 2.0).wrapping_mul(2);
    Chisquare::of(freedom + more as f64).draw(bits)
}

/// Below this, powers of fractions are zero or one but once in 1e100 draws.
const TINY: f64 = 3e-103;

/// A beta number: of two gamma numbers, or, where neither parameter is above one, by Johnk, "Erzeugung von betaverteilten und
/// gammaverteilten Zufallszahlen", Metrika 8 (1964).
#[inline]
pub fn beta(bits: &mut impl Bits, a: f64, b: f64) -> f64 {
    if a <= 1.0 && b <= 1.0 {
        return johnk(bits, a, b);
    }
    let x = Gamma::of(a).draw(bits);
    let y = Gamma::of(b).draw(bits);
    x / (x + y)
}

fn johnk(bits: &mut impl Bits, a: f64, b: f64) -> f64 {
    if a < TINY && b < TINY {
        return f64::from((a + b) * bits.fraction() < a);
    }
    loop {
        let (u, v) = (bits.fraction(), bits.fraction());
        let (x, y) = (u.powf(1.0 / a), v.powf(1.0 / b));
        let sum = x + y;
        if !(sum <= 1.0 && u + v > 0.0) {
            continue;
        }
        if x > 0.0 && y > 0.0 {
            return x / sum;
        }
        // One of them is below all floats: by logarithms.
        let delta = u.ln() / a - v.ln() / b;
        return if delta > 0.0 { (-(-delta).exp().ln_1p()).exp() } else { (delta - delta.exp().ln_1p()).exp() };
    }
}

/// A number of Student's distribution.
#[inline]
pub fn student(bits: &mut impl Bits, freedom: f64) -> f64 {
    let over = ziggurat::normal(bits);
    let below = Gamma::of(freedom / 2.0).draw(bits);
    (freedom / 2.0).sqrt() * over / below.sqrt()
}
