//! Hypergeometric numbers: what is good in a sample without replacement.

use super::bits::Bits;
use super::discrete::truncated;
use super::factorials::LOG_FACTORIALS;
use super::order::masked;

/// The logarithm of a factorial; Stirling's series to its second term where none is stored.
fn log_factorial(k: i64) -> f64 {
    /// Half the logarithm of two pi.
    const HALF_LOG_TWO_PI: f64 = 0.918_938_533_204_672_8;
    if let Some(log) = usize::try_from(k).ok().and_then(|k| LOG_FACTORIALS.get(k)) {
        return *log;
    }
    let x = k as f64;
    (x + 0.5) * x.ln() - x + (HALF_LOG_TWO_PI + (1.0 / x) * (1.0 / 12.0 - 1.0 / (360.0 * x * x)))
}

/// Samples, and what is left of all, up to which objects are drawn one by one.
const FEW: i64 = 10;

/// Hypergeometric numbers.
#[derive(Clone, Copy)]
pub struct Hypergeometric {
    good: i64,
    bad: i64,
    sample: i64,
    rejected: Option<Hrua>,
}

impl Hypergeometric {
    /// Of so many good and bad ones, of which so many are drawn: not negative, no more than there are, of which there are less than
    /// 2^31.
    #[inline]
    pub fn of(good: i64, bad: i64, sample: i64) -> Hypergeometric {
        let many = sample >= FEW && sample <= good.wrapping_add(bad).wrapping_sub(FEW);
        let rejected = many.then(|| Hrua::of(good, bad, sample));
        Hypergeometric { good, bad, sample, rejected }
    }

    /// The next number.
    #[inline]
    pub fn draw(&self, bits: &mut impl Bits) -> i64 {
        match &self.rejected {
            Some(hrua) => hrua.draw(bits),
            None => self.one_by_one(bits),
        }
    }

    /// Draws the sample or what is not in it, whichever are fewer.
    fn one_by_one(&self, bits: &mut impl Bits) -> i64 {
        let (mut all, mut good) = (self.good + self.bad, self.good);
        let inverse = self.sample > all / 2;
        let mut left = if inverse { all - self.sample } else { self.sample };
        while left > 0 && good > 0 && all > good {
            all -= 1;
            if (masked(bits, all as u64) as i64) < good {
                good -= 1;
            }
            left -= 1;
        }
        if all == good {
            good -= left;
        }
        if inverse { good } else { self.good - good }
    }
}

/// Ratio of uniforms: Stadlober, "The ratio of uniforms approach for generating discrete random variates", Journal of Computational
/// and Applied Mathematics 31 (1990), algorithm HRUA, whose letters these are.
#[derive(Clone, Copy)]
struct Hrua {
    good: i64,
    sample: i64,
    fewer: i64,
    more: i64,
    /// The sample, or what is not in it.
    n: i64,
    swapped: bool,
    a: f64,
    b: f64,
    g: f64,
    h: f64,
}

impl Hrua {
    /// 2 sqrt(2/e) and 3 - 2 sqrt(3/e).
    const D1: f64 = 1.715_527_769_921_413_5;
    const D2: f64 = 0.898_916_162_058_898_8;

    fn of(good: i64, bad: i64, sample: i64) -> Hrua {
        let all = good + bad;
        let n = sample.min(all - sample);
        let (fewer, more) = (good.min(bad), good.max(bad));
        let p = fewer as f64 / all as f64;
        let q = more as f64 / all as f64;
        let a = n as f64 * p + 0.5;
        let variance = (all - n) as f64 * n as f64 * p * q / (all - 1) as f64;
        let c = (variance + 0.5).sqrt();
        let m = truncated(((n + 1) as f64 * (fewer + 1) as f64 / (all + 2) as f64).floor());
        let most = (n.min(fewer) + 1) as f64;
        // Sixteen deviations beyond the mean nothing is left of the probability.
        let far = (a + 16.0 * c).floor();
        let mut hrua = Hrua {
            good,
            sample,
            fewer,
            more,
            n,
            swapped: good > bad,
            a,
            b: if most < far { most } else { far },
            g: 0.0,
            h: Self::D1 * c + Self::D2,
        };
        hrua.g = hrua.log_weight(m);
        hrua
    }

    /// The logarithm of what divides the probability of a number.
    fn log_weight(&self, k: i64) -> f64 {
        log_factorial(k)
            + log_factorial(self.fewer - k)
            + log_factorial(self.n - k)
            + log_factorial(self.more - self.n + k)
    }

    fn draw(&self, bits: &mut impl Bits) -> i64 {
        let k = loop {
            let u = bits.fraction();
            let v = bits.fraction();
            let x = self.a + self.h * (v - 0.5) / u;
            if x < 0.0 || x >= self.b {
                continue;
            }
            let k = truncated(x.floor());
            let t = self.g - self.log_weight(k);
            if u * (4.0 - u) - 3.0 <= t {
                break k;
            }
            if u * (u - t) >= 1.0 {
                continue;
            }
            if 2.0 * u.ln() <= t {
                break k;
            }
        };
        let k = if self.swapped { self.n - k } else { k };
        if self.n < self.sample { self.good - k } else { k }
    }
}
