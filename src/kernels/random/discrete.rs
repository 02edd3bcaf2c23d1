//! Counts: Poisson, geometric, logarithmic and Zipf numbers.

use super::bits::Bits;
use super::ziggurat;
use std::hint::black_box;

/// The least float that is larger than all int64.
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

/// A float as int64: x86-64's conversion, which gives the least one for all that does not fit.
#[inline]
pub fn truncated(x: f64) -> i64 {
    if (-BEYOND..BEYOND).contains(&x) { x as i64 } else { i64::MIN }
}

/// The logarithm of the gamma function by Stirling's series: Zhang and Jin, "Computation of Special Functions" (1996). Not the
/// platform's, whose last bits differ.
pub fn log_gamma(x: f64) -> f64 {
    /// The series' coefficients, B(2k) / (2k (2k - 1)), as printed there.
    const SERIES: [f64; 10] = [
        8.333333333333333e-02,
        -2.777777777777778e-03,
        7.936507936507937e-04,
        -5.952380952380952e-04,
        8.417508417508418e-04,
        -1.917526917526918e-03,
        6.41025641025641e-03,
        -2.955065359477124e-02,
        1.796443723688307e-01,
        -1.392_432_216_905_9,
    ];
    /// The logarithm of two pi.
    const LOG_TWO_PI: f64 = 1.837_877_066_409_345_3;
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    let up = if x < 7.0 { truncated(7.0 - x) } else { 0 };
    let mut at = x + up as f64;
    let square = (1.0 / at) * (1.0 / at);
    let series = SERIES.iter().rev().skip(1).fold(SERIES[9], |sum, a| sum * square + a);
    let mut log = series / at + 0.5 * LOG_TWO_PI + (at - 0.5) * at.ln() - at;
    for _ in 0..up {
        log -= (at - 1.0).ln();
        at -= 1.0;
    }
    log
}

/// Means from here on are drawn by rejection.
const REJECTED_FROM: f64 = 10.0;

/// A Poisson number of a mean.
#[inline]
pub fn poisson(bits: &mut impl Bits, mean: f64) -> i64 {
    Poisson::of(mean).draw(bits)
}

/// Poisson numbers: products of fractions for small means (Knuth, "The Art of Computer Programming", volume 2, 3.4.1); by transformed
/// rejection with squeezes for large ones, Hörmann, "The transformed rejection method for generating Poisson random variables",
/// Insurance: Mathematics and Economics 12 (1993), algorithm PTRS.
#[derive(Clone, Copy)]
pub struct Poisson {
    mean: f64,
    /// `exp(-mean)` of small means, the logarithm of large ones.
    log: f64,
    a: f64,
    b: f64,
    log_inverse_alpha: f64,
    inner: f64,
}

impl Poisson {
    /// Of a mean.
    #[inline]
    pub fn of(mean: f64) -> Poisson {
        if mean < REJECTED_FROM || mean.is_nan() {
            return Poisson { mean, log: (-mean).exp(), a: 0.0, b: 0.0, log_inverse_alpha: 0.0, inner: 0.0 };
        }
        let b = 0.931 + 2.53 * mean.sqrt();
        let a = -0.059 + 0.02483 * b;
        let log_inverse_alpha = (1.1239 + 1.1328 / (b - 3.4)).ln();
        Poisson { mean, log: mean.ln(), a, b, log_inverse_alpha, inner: 0.9277 - 3.6224 / (b - 2.0) }
    }

    /// The next number.
    #[inline]
    pub fn draw(&self, bits: &mut impl Bits) -> i64 {
        if self.mean >= REJECTED_FROM {
            return self.rejected(bits);
        }
        if self.mean == 0.0 {
            return 0;
        }
        let (mut n, mut product) = (0, 1.0);
        loop {
            product *= bits.fraction();
            // Not where the mean is not a number.
            if product > self.log {
                n += 1;
            } else {
                return n;
            }
        }
    }

    fn rejected(&self, bits: &mut impl Bits) -> i64 {
        let &Poisson { mean, log, a, b, log_inverse_alpha, inner } = self;
        loop {
            let u = bits.fraction() - 0.5;
            let v = bits.fraction();
            let edge = 0.5 - u.abs();
            let k = truncated(((2.0 * a / edge + b) * u + mean + 0.43).floor());
            if edge >= 0.07 && v <= inner {
                return k;
            }
            if k < 0 || edge < 0.013 && v > edge {
                continue;
            }
            let n = k as f64;
            if v.ln() + log_inverse_alpha - (a / (edge * edge) + b).ln() <= -mean + n * log - log_gamma(n + 1.0) {
                return k;
            }
        }
    }
}

/// Geometric numbers: by search of the sums for probabilities of a third and more, else by inversion.
#[derive(Clone, Copy)]
pub struct Geometric {
    p: f64,
    /// The logarithm of the probability of failure.
    log: f64,
}

impl Geometric {
    const SEARCHED_FROM: f64 = 1.0 / 3.0;

    /// Of a probability of success.
    #[inline]
    pub fn of(p: f64) -> Geometric {
        Geometric { p, log: (-p).ln_1p() }
    }

    /// The next number.
    #[inline]
    pub fn draw(&self, bits: &mut impl Bits) -> i64 {
        let &Geometric { p, log } = self;
        if p >= Self::SEARCHED_FROM {
            let (mut n, mut sum, mut product) = (1, p, p);
            let u = bits.fraction();
            while u > sum {
                product *= 1.0 - p;
                sum += product;
                n += 1;
            }
            return n;
        }
        let trials = (-ziggurat::exponential(bits) / log).ceil();
        if trials >= BEYOND { i64::MAX } else { truncated(trials) }
    }
}

/// Numbers of the logarithmic series: Kemp, "Efficient generation of logarithmically distributed pseudo-random variables", Applied
/// Statistics 30 (1981).
#[derive(Clone, Copy)]
pub struct Logseries {
    p: f64,
    log: f64,
}

impl Logseries {
    /// Of a shape.
    #[inline]
    pub fn of(p: f64) -> Logseries {
        Logseries { p, log: (-p).ln_1p() }
    }

    /// The next number.
    #[inline]
    pub fn draw(&self, bits: &mut impl Bits) -> i64 {
        loop {
            let v = bits.fraction();
            if v >= self.p {
                return 1;
            }
            let q = -(self.log * bits.fraction()).exp_m1();
            if v <= q * q {
                let n = truncated((1.0 + v.ln() / q.ln()).floor());
                if n < 1 || v == 0.0 {
                    continue;
                }
                return n;
            }
            return if v >= q { 1 } else { 2 };
        }
    }
}

/// Exponents from here on give ones alone: two is less likely than 3e-309.
const ONES_FROM: f64 = 1025.0;

/// Zipf numbers up to the largest int64, by rejection: Devroye, "Non-Uniform Random Variate Generation" (1986), chapter X.6.1.
#[derive(Clone, Copy)]
pub struct Zipf {
    a: f64,
    less: f64,
    b: f64,
    least: f64,
}

impl Zipf {
    const LARGEST: f64 = i64::MAX as f64;

    /// Of an exponent.
    #[inline]
    pub fn of(a: f64) -> Zipf {
        let less = a - 1.0;
        // A power, whose bits `exp2`, which compilers would put there, need not have.
        Zipf { a, less, b: black_box(2.0f64).powf(less), least: Self::LARGEST.powf(-less) }
    }

    /// The next number.
    #[inline]
    pub fn draw(&self, bits: &mut impl Bits) -> i64 {
        let &Zipf { a, less, b, least } = self;
        if a >= ONES_FROM {
            return 1;
        }
        loop {
            let u = bits.fraction();
            // From the least, below which the number would be too large, to one.
            let u = u * least + (1.0 - u);
            let v = bits.fraction();
            let x = u.powf(-1.0 / less).floor();
            if !(1.0..=Self::LARGEST).contains(&x) {
                continue;
            }
            let t = (1.0 + 1.0 / x).powf(less);
            if v * x * (t - 1.0) / (b - 1.0) <= t / b {
                return truncated(x);
            }
        }
    }
}
