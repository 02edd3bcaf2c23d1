//! Binomial numbers.

use super::bits::Bits;
use super::discrete::truncated;

/// Means up to which numbers are drawn by inversion.
const INVERTED_TO: f64 = 30.0;

/// Binomial numbers, of successes or, where these are likely, of failures.
#[derive(Clone, Copy)]
pub struct Binomial {
    n: i64,
    failures: bool,
    draw: Drawing,
}

#[derive(Clone, Copy)]
enum Drawing {
    Nothing,
    Inverted(Inversion),
    Rejected(Btpe),
}

impl Binomial {
    /// Of so many trials and a probability.
    #[inline]
    pub fn of(n: i64, p: f64) -> Binomial {
        if n == 0 || p == 0.0 {
            return Binomial { n, failures: false, draw: Drawing::Nothing };
        }
        let failures = p > 0.5 || p.is_nan();
        let p = if failures { 1.0 - p } else { p };
        let draw = if p * n as f64 <= INVERTED_TO {
            Drawing::Inverted(Inversion::of(n, p))
        } else {
            Drawing::Rejected(Btpe::of(n, p))
        };
        Binomial { n, failures, draw }
    }

    /// The next number.
    #[inline]
    pub fn draw(&self, bits: &mut impl Bits) -> i64 {
        let drawn = match &self.draw {
            Drawing::Nothing => return 0,
            Drawing::Inverted(inversion) => inversion.draw(bits),
            Drawing::Rejected(btpe) => btpe.draw(bits),
        };
        if self.failures { self.n.wrapping_sub(drawn) } else { drawn }
    }
}

/// A walk over the probabilities of 0, 1, ... successes.
#[derive(Clone, Copy)]
struct Inversion {
    n: i64,
    p: f64,
    q: f64,
    /// The probability of none.
    none: f64,
    /// Numbers beyond are drawn again: ten deviations above the mean.
    bound: i64,
}

impl Inversion {
    fn of(n: i64, p: f64) -> Inversion {
        let q = 1.0 - p;
        let trials = n as f64;
        let mean = trials * p;
        let far = mean + 10.0 * (mean * q + 1.0).sqrt();
        let bound = truncated(if trials < far { trials } else { far });
        Inversion { n, p, q, none: (trials * (-p).ln_1p()).exp(), bound }
    }

    #[inline]
    fn draw(&self, bits: &mut impl Bits) -> i64 {
        let &Inversion { n, p, q, none, bound } = self;
        let (mut x, mut here) = (0i64, none);
        let mut u = bits.fraction();
        while u > here {
            x += 1;
            if x > bound {
                (x, here) = (0, none);
                u = bits.fraction();
            } else {
                u -= here;
                here = ((n - x + 1) as f64 * p * here) / (x as f64 * q);
            }
        }
        x
    }
}

/// Rejection from a triangle, parallelograms and exponential tails: Kachitvichyanukul and Schmeiser, "Binomial random variate
/// generation", Communications of the ACM 31 (1988), algorithm BTPE, whose letters these are.
#[derive(Clone, Copy)]
struct Btpe {
    n: i64,
    r: f64,
    q: f64,
    m: i64,
    p1: f64,
    xm: f64,
    xl: f64,
    xr: f64,
    c: f64,
    laml: f64,
    lamr: f64,
    p2: f64,
    p3: f64,
    p4: f64,
}

impl Btpe {
    fn of(n: i64, p: f64) -> Btpe {
        let r = if p < 1.0 - p { p } else { 1.0 - p };
        let q = 1.0 - r;
        let trials = n as f64;
        let fm = trials * r + r;
        let m = truncated(fm.floor());
        let p1 = (2.195 * (trials * r * q).sqrt() - 4.6 * q).floor() + 0.5;
        let xm = m as f64 + 0.5;
        let (xl, xr) = (xm - p1, xm + p1);
        let c = 0.134 + 20.5 / (15.3 + m as f64);
        let a = (fm - xl) / (fm - xl * r);
        let laml = a * (1.0 + a / 2.0);
        let a = (xr - fm) / (xr * q);
        let lamr = a * (1.0 + a / 2.0);
        let p2 = p1 * (1.0 + 2.0 * c);
        let p3 = p2 + c / laml;
        let p4 = p3 + c / lamr;
        Btpe { n, r, q, m, p1, xm, xl, xr, c, laml, lamr, p2, p3, p4 }
    }

    fn draw(&self, bits: &mut impl Bits) -> i64 {
        loop {
            let u = bits.fraction() * self.p4;
            let v = bits.fraction();
            if u > self.p1 {
                if let Some((y, v)) = self.place(u, v)
                    && self.accepts(y, v)
                {
                    return y;
                }
            } else {
                // The triangle; also where nothing is a number.
                return truncated((self.xm - self.p1 * v + u).floor());
            }
        }
    }

    /// Steps 2 to 4: a place in the parallelograms or a tail.
    #[inline]
    fn place(&self, u: f64, v: f64) -> Option<(i64, f64)> {
        if u > self.p3 {
            let y = truncated((self.xr - v.ln() / self.lamr).floor());
            if y > self.n || v == 0.0 { None } else { Some((y, v * (u - self.p3) * self.lamr)) }
        } else if u > self.p2 {
            let y = truncated((self.xl + v.ln() / self.laml).floor());
            if y < 0 || v == 0.0 { None } else { Some((y, v * (u - self.p2) * self.laml)) }
        } else {
            let x = self.xl + (u - self.p1) / self.c;
            let v = v * self.c + 1.0 - (self.m as f64 - x + 0.5).abs() / self.p1;
            if v > 1.0 { None } else { Some((truncated(x.floor()), v)) }
        }
    }

    /// Step 5: whether a place lies below the probability, by its ratio to the mode's, or by squeezes and Stirling's series.
    fn accepts(&self, y: i64, v: f64) -> bool {
        let &Btpe { n, r, q, m, xm, .. } = self;
        let trials = n as f64;
        let nrq = trials * r * q;
        let k = y.wrapping_sub(m).wrapping_abs();
        if !(k > 20 && (k as f64) < nrq / 2.0 - 1.0) {
            let s = r / q;
            let a = s * n.wrapping_add(1) as f64;
            let step = |i: i64| a / i as f64 - s;
            let mut f = 1.0;
            (m + 1..=y).for_each(|i| f *= step(i));
            (y + 1..=m).for_each(|i| f /= step(i));
            let above = v > f;
            return !above;
        }
        let far = k as f64;
        let rho = (far / nrq) * ((far * (far / 3.0 + 0.625) + 0.166_666_666_666_666_66) / nrq + 0.5);
        let t = k.wrapping_neg().wrapping_mul(k) as f64 / (2.0 * nrq);
        let a = v.ln();
        if a < t - rho {
            return true;
        }
        if a > t + rho {
            return false;
        }
        let x1 = y as f64 + 1.0;
        let f1 = m as f64 + 1.0;
        let z = trials + 1.0 - m as f64;
        let w = trials - y as f64 + 1.0;
        let stirling = |x: f64| {
            let square = x * x;
            (13680.0 - (462.0 - (132.0 - (99.0 - 140.0 / square) / square) / square) / square) / x / 166_320.0
        };
        let bound = xm * (f1 / x1).ln()
            + ((n - m) as f64 + 0.5) * (z / w).ln()
            + (y - m) as f64 * (w * r / (x1 * q)).ln()
            + stirling(f1)
            + stirling(z)
            + stirling(x1)
            + stirling(w);
        let above = a > bound;
        !above
    }
}
