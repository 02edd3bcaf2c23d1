//! The table of distributions: one row each, with what its parameters are called and may be, and how a number is drawn.
//!
//! Numbers and words taken are NumPy's (`numpy/random/src/distributions`), whose logarithms, exponentials, powers and cosines are those
//! of the platform's C library: so are Rust's, and the bits come out wherever both are linked to the same library and
//! compilers join no product and sum into one rounding (NumPy's wheels for x86-64 do not).

use super::binomial::Binomial;
use super::bits::{Bits, Stream, with_bits};
use super::check::{Condition, LARGEST_MEAN, Rule};
use super::continuous::{self, VonMises, fraction_above_zero};
use super::discrete::{self, Geometric, Logseries, Poisson, Zipf};
use super::gamma::{self, Chisquare, Gamma};
use super::hypergeometric::Hypergeometric;
use super::source::{Source, Substreams};
use super::walk::{MOST, Operand, Walk, Word};
use super::{OfRun, Tasks, ziggurat};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::expr::TableFn;
use crate::ops::kernel::DrawFn;
use Condition::{AboveOne, Fraction, FractionAboveZero, FractionBelowOne, Mean, NonNegative, Positive, PositiveNumber};
use Rule::{Each, Never, Range};
use smallvec::SmallVec;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A distribution's row.
pub struct Row {
    /// What it is called; with `.float32` and `.inverse` where there is more than one way.
    pub name: &'static str,
    /// Its parameters and their types.
    pub parameters: &'static [(&'static str, DType)],
    /// The type of its numbers.
    pub dtype: DType,
    /// Halves of words that a number takes, where that is known before.
    pub halves: Option<u64>,
    /// What parameters may be, in the order of NumPy's errors.
    pub rules: &'static [Rule],
}

macro_rules! distributions {
    ($($(#[doc = $doc:literal])+
       $id:ident = $name:literal ($($p:ident: $t:ident),*) -> $out:ident, $halves:expr, [$($rule:expr),*]
       { $(let $v:ident = $e:expr;)* |$bits:ident| $draw:expr })+) => {
        /// What numbers are drawn from.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Distribution {
            $($(#[doc = $doc])+ $id),+
        }

        impl Distribution {
            /// All of them.
            pub const ALL: &[Distribution] = &[$(Distribution::$id),+];

            /// Its row of the table.
            pub fn row(self) -> &'static Row {
                match self {
                    $(Distribution::$id => &const {
                        Row {
                            name: $name,
                            parameters: &[$((stringify!($p), <$t as Word>::DTYPE)),*],
                            dtype: <$out as Word>::DTYPE,
                            halves: $halves,
                            rules: &[$($rule),*],
                        }
                    }),+
                }
            }

            fn fill<S: Source>(self, source: &mut S, walk: Walk) {
                match self {
                    $(Distribution::$id => walk.each_run(|words, out| {
                        let [$($p,)* ..] = words;
                        $(let $p = <$t as Word>::of($p);)*
                        $(let $v = $e;)*
                        source.fill(out, |$bits: &mut S::Own| -> $out { $draw });
                    })),+
                }
            }
        }
    };
}

distributions! {
    /// Fractions of 53 bits.
    Random = "random"() -> f64, Some(2), [] { |bits| bits.fraction() }
    /// Fractions of 24 bits.
    Random32 = "random.float32"() -> f32, Some(1), [] { |bits| bits.fraction32() }
    /// Numbers spread evenly.
    Uniform = "uniform"(low: f64, high: f64) -> f64, Some(2), [Range] {
        let range = high - low;
        |bits| low + range * bits.fraction()
    }
    /// Standard normal numbers.
    StandardNormal = "standard_normal"() -> f64, None, [] { |bits| ziggurat::normal(bits) }
    /// Standard normal numbers in single precision.
    StandardNormal32 = "standard_normal.float32"() -> f32, None, [] { |bits| ziggurat::normal32(bits) }
    /// Normal numbers.
    Normal = "normal"(loc: f64, scale: f64) -> f64, None, [Each(1, NonNegative)] {
        |bits| loc + scale * ziggurat::normal(bits)
    }
    /// Numbers whose logarithm is normal.
    Lognormal = "lognormal"(mean: f64, sigma: f64) -> f64, None, [Each(1, NonNegative)] {
        |bits| (mean + sigma * ziggurat::normal(bits)).exp()
    }
    /// Exponential numbers of mean 1.
    StandardExponential = "standard_exponential"() -> f64, None, [] { |bits| ziggurat::exponential(bits) }
    /// Exponential numbers of mean 1 in single precision.
    StandardExponential32 = "standard_exponential.float32"() -> f32, None, [] { |bits| ziggurat::exponential32(bits) }
    /// Exponential numbers of mean 1 by inversion.
    InverseExponential = "standard_exponential.inverse"() -> f64, Some(2), [] { |bits| -(-bits.fraction()).ln_1p() }
    /// Exponential numbers of mean 1 by inversion, in single precision.
    InverseExponential32 = "standard_exponential.inverse.float32"() -> f32, Some(1), [] {
        |bits| -(-f64::from(bits.fraction32())).ln_1p() as f32
    }
    /// Exponential numbers.
    Exponential = "exponential"(scale: f64) -> f64, None, [Each(0, NonNegative)] {
        |bits| scale * ziggurat::exponential(bits)
    }
    /// Gamma numbers of scale 1.
    StandardGamma = "standard_gamma"(shape: f64) -> f64, None, [Each(0, NonNegative)] {
        let gamma = Gamma::of(shape);
        |bits| gamma.draw(bits)
    }
    /// Gamma numbers of scale 1 in single precision.
    StandardGamma32 = "standard_gamma.float32"(shape: f64) -> f32, None, [Each(0, NonNegative)] {
        let gamma = Gamma::of(shape as f32);
        |bits| gamma.draw(bits)
    }
    /// Gamma numbers.
    Gamma = "gamma"(shape: f64, scale: f64) -> f64, None, [Each(0, NonNegative), Each(1, NonNegative)] {
        let gamma = Gamma::of(shape);
        |bits| scale * gamma.draw(bits)
    }
    /// Beta numbers.
    Beta = "beta"(a: f64, b: f64) -> f64, None, [Each(0, Positive), Each(1, Positive)] {
        |bits| gamma::beta(bits, a, b)
    }
    /// Chi-squared numbers.
    Chisquare = "chisquare"(df: f64) -> f64, None, [Each(0, Positive)] {
        let squares = Chisquare::of(df);
        |bits| squares.draw(bits)
    }
    /// Noncentral chi-squared numbers.
    NoncentralChisquare = "noncentral_chisquare"(df: f64, nonc: f64) -> f64, None,
        [Each(0, Positive), Each(1, NonNegative)] {
        |bits| gamma::noncentral_chisquare(bits, df, nonc)
    }
    /// Numbers of Fisher's distribution.
    F = "f"(dfnum: f64, dfden: f64) -> f64, None, [Each(0, Positive), Each(1, Positive)] {
        let over = Chisquare::of(dfnum);
        let under = Chisquare::of(dfden);
        |bits| {
            let above = over.draw(bits) * dfden;
            above / (under.draw(bits) * dfnum)
        }
    }
    /// Numbers of the noncentral distribution of Fisher.
    NoncentralF = "noncentral_f"(dfnum: f64, dfden: f64, nonc: f64) -> f64, None,
        [Each(0, Positive), Each(1, Positive), Each(2, NonNegative)] {
        let under = Chisquare::of(dfden);
        |bits| {
            let above = gamma::noncentral_chisquare(bits, dfnum, nonc) * dfden;
            above / (under.draw(bits) * dfnum)
        }
    }
    /// Numbers of Student's distribution.
    StandardT = "standard_t"(df: f64) -> f64, None, [Each(0, Positive)] { |bits| gamma::student(bits, df) }
    /// Numbers of Cauchy's distribution: ratios of normal ones.
    StandardCauchy = "standard_cauchy"() -> f64, None, [] {
        |bits| {
            let above = ziggurat::normal(bits);
            above / ziggurat::normal(bits)
        }
    }
    /// Numbers of the Pareto distribution of the second kind.
    Pareto = "pareto"(a: f64) -> f64, None, [Each(0, Positive)] { |bits| (ziggurat::exponential(bits) / a).exp_m1() }
    /// Numbers of Weibull's distribution.
    Weibull = "weibull"(a: f64) -> f64, None, [Each(0, NonNegative)] {
        |bits| if a == 0.0 { 0.0 } else { ziggurat::exponential(bits).powf(1.0 / a) }
    }
    /// Powers of fractions.
    Power = "power"(a: f64) -> f64, None, [Each(0, Positive)] {
        |bits| (-(-ziggurat::exponential(bits)).exp_m1()).powf(1.0 / a)
    }
    /// Numbers of Laplace's distribution.
    Laplace = "laplace"(loc: f64, scale: f64) -> f64, None, [Each(1, NonNegative)] {
        |bits| continuous::laplace(bits, loc, scale)
    }
    /// Numbers of Gumbel's distribution.
    Gumbel = "gumbel"(loc: f64, scale: f64) -> f64, None, [Each(1, NonNegative)] {
        |bits| continuous::gumbel(bits, loc, scale)
    }
    /// Logistic numbers, by inversion.
    Logistic = "logistic"(loc: f64, scale: f64) -> f64, None, [Each(1, NonNegative)] {
        |bits| {
            let u = fraction_above_zero(bits);
            loc + scale * (u / (1.0 - u)).ln()
        }
    }
    /// Numbers of Rayleigh's distribution.
    Rayleigh = "rayleigh"(scale: f64) -> f64, None, [Each(0, NonNegative)] {
        |bits| scale * (2.0 * ziggurat::exponential(bits)).sqrt()
    }
    /// Numbers of the inverse Gauss distribution.
    Wald = "wald"(mean: f64, scale: f64) -> f64, None, [Each(0, Positive), Each(1, Positive)] {
        |bits| continuous::wald(bits, mean, scale)
    }
    /// Angles of the von Mises distribution.
    VonMises = "vonmises"(mu: f64, kappa: f64) -> f64, None, [Each(1, NonNegative)] {
        let angles = VonMises::of(mu, kappa);
        |bits| angles.draw(bits)
    }
    /// Numbers of the triangular distribution.
    Triangular = "triangular"(left: f64, mode: f64, right: f64) -> f64, Some(2),
        [
            Never("left > mode", |[left, mode, _]| f64::of(left) > f64::of(mode)),
            Never("mode > right", |[_, mode, right]| f64::of(mode) > f64::of(right)),
            Never("left == right", |[left, _, right]| f64::of(left) == f64::of(right))
        ] {
        |bits| continuous::triangular(bits, left, mode, right)
    }
    /// Poisson numbers.
    Poisson = "poisson"(lam: f64) -> i64, None, [Each(0, Mean)] {
        let counts = Poisson::of(lam);
        |bits| counts.draw(bits)
    }
    /// Binomial numbers.
    Binomial = "binomial"(n: i64, p: f64) -> i64, None, [Each(1, Fraction), Each(0, NonNegative)] {
        let counts = Binomial::of(n, p);
        |bits| counts.draw(bits)
    }
    /// Failures before so many successes: Poisson numbers of gamma means.
    NegativeBinomial = "negative_binomial"(n: f64, p: f64) -> i64, None,
        [
            Each(0, PositiveNumber),
            Each(1, FractionAboveZero),
            Never("n too large or p too small, see Generator.negative_binomial Notes", |[n, p, _]| {
                let (n, p) = (f64::of(n), f64::of(p));
                (1.0 - p) / p * (n + 10.0 * n.sqrt()) > LARGEST_MEAN
            })
        ] {
        let gamma = Gamma::of(n);
        let scale = (1.0 - p) / p;
        |bits| {
            let mean = scale * gamma.draw(bits);
            discrete::poisson(bits, mean)
        }
    }
    /// Trials up to a success.
    Geometric = "geometric"(p: f64) -> i64, None, [Each(0, FractionAboveZero)] {
        let trials = Geometric::of(p);
        |bits| trials.draw(bits)
    }
    /// Numbers of the logarithmic series.
    Logseries = "logseries"(p: f64) -> i64, None, [Each(0, FractionBelowOne)] {
        let series = Logseries::of(p);
        |bits| series.draw(bits)
    }
    /// Zipf numbers.
    Zipf = "zipf"(a: f64) -> i64, None, [Each(0, AboveOne)] {
        let zipf = Zipf::of(a);
        |bits| zipf.draw(bits)
    }
    /// What is good in samples without replacement.
    Hypergeometric = "hypergeometric"(ngood: i64, nbad: i64, nsample: i64) -> i64, None,
        [
            Never("both ngood and nbad must be less than 1000000000", |[good, bad, _]| {
                i64::of(good) >= 1_000_000_000 || i64::of(bad) >= 1_000_000_000
            }),
            Never("ngood + nbad < nsample", |[good, bad, n]| i64::of(good.wrapping_add(bad)) < i64::of(n)),
            Each(0, NonNegative),
            Each(1, NonNegative),
            Each(2, NonNegative)
        ] {
        let counts = Hypergeometric::of(ngood, nbad, nsample);
        |bits| counts.draw(bits)
    }
}

/// Numbers from which on parts are drawn side by side, and numbers of a part.
const SHARED_FROM: usize = 1 << 16;
const PART: usize = 1 << 15;
/// Numbers of a part where each has a stream of its own: some 0.1 ms.
const PART_APART: usize = 1 << 12;

impl Distribution {
    /// The distribution of a name.
    pub fn named(name: &str) -> Option<Distribution> {
        Distribution::ALL.iter().copied().find(|d| d.row().name == name)
    }

    /// Refuses parameters that NumPy refuses.
    ///
    /// # Errors
    /// `Error::Value`, `Error::Overflow` with NumPy's texts.
    pub fn check(self, operands: &[Operand]) -> Result<()> {
        let known: SmallVec<[_; MOST]> = operands.iter().map(Some).collect();
        self.check_known(&known)
    }

    /// Refuses what NumPy refuses of the parameters that are known.
    ///
    /// # Errors
    /// As [`Distribution::check`].
    pub fn check_known(self, operands: &[Option<&Operand>]) -> Result<()> {
        let row = self.row();
        row.rules.iter().try_for_each(|rule| rule.check(row.parameters, operands))
    }

    /// Fills an array in C order, of the row's type, with numbers of parameters that broadcast to it: floats as float64, integers
    /// as int64. Parts of many numbers are drawn side by side where each takes a known number of words and the generator can
    /// go on by them; the stream is the same.
    ///
    /// # Errors
    /// `Error::Bug` for other arrays; what `tasks` gives, and then the stream stays where it was.
    pub fn draw(self, stream: &mut Stream, operands: &[Operand], out: &Array, tasks: Tasks) -> Result<()> {
        let row = self.row();
        let walk = self.walk(operands, out)?;
        let shared = walk.is_one_run() && walk.count() >= SHARED_FROM;
        let Some(halves) = row.halves else { return self.alone(stream, walk) };
        if !shared || stream.after(0).is_none() {
            return self.alone(stream, walk);
        }
        // Half a word that waits is used up by the first part.
        let waiting = usize::from(halves == 1 && stream.waits());
        let parts: Vec<_> = walk.split(PART + waiting, PART).into_iter().map(|part| Mutex::new(Some(part))).collect();
        let last = Mutex::new(None);
        let (total, begin) = (parts.len(), &*stream);
        tasks(total, &|i| {
            let part = parts[i].lock().unwrap_or_else(PoisonError::into_inner).take();
            let words = (i * PART) as u64 * halves / 2;
            let (Some(part), Some(mut there)) = (part, begin.after(words)) else { return };
            if waiting == 1 && i > 0 {
                there.drop_half();
            }
            with_bits!(&mut there, bits => self.fill(bits, part));
            if i + 1 == total {
                *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(there);
            }
        })?;
        if let Some(there) = last.into_inner().unwrap_or_else(PoisonError::into_inner) {
            *stream = there;
        }
        Ok(())
    }

    /// The distribution as graphs know it.
    pub fn function(self) -> DrawFn {
        let Row { name, parameters, dtype, .. } = *self.row();
        DrawFn { name, parameters, dtype }
    }

    /// Fills an array as [`Distribution::draw`], each number from a stream of its own, which begins at the next block of a generator's
    /// state. `after` takes numbers when they are done.
    ///
    /// # Errors
    /// As [`Distribution::check`], [`Distribution::draw`].
    pub fn draw_apart(
        self,
        state: &[u64; TableFn::RANDOM_STATE],
        operands: &[Operand],
        out: &Array,
        after: Option<OfRun>,
        tasks: Tasks,
    ) -> Result<()> {
        let row = self.row();
        let parts = self.walk(operands, out)?.split(PART_APART, PART_APART);
        let parts: Vec<_> = parts.into_iter().map(|part| Mutex::new(Some(part))).collect();
        let refused = AtomicBool::new(false);
        tasks(parts.len(), &|i| {
            let Some(part) = parts[i].lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
            if !part.all(|words| row.rules.iter().all(|rule| rule.holds(row.parameters, words))) {
                refused.store(true, Ordering::Relaxed);
            }
            if refused.load(Ordering::Relaxed) {
                return;
            }
            let (first, count) = (part.positions().start, part.count());
            self.fill(&mut Substreams::new(state, first as u64, count), part);
            if let Some(after) = after {
                after(first, count);
            }
        })?;
        // Which of the errors there are is told does not depend on threads.
        if refused.into_inner() { self.check(operands) } else { Ok(()) }
    }

    /// The walk over an array for the row.
    fn walk<'a>(self, operands: &'a [Operand], out: &'a Array) -> Result<Walk<'a>> {
        let row = self.row();
        if operands.len() != row.parameters.len() || out.dtype() != row.dtype {
            return Err(Error::Bug(format!("{} of {} parameters, {}", row.name, operands.len(), out.dtype())));
        }
        Walk::new(operands, out, false)
    }

    fn alone(self, stream: &mut Stream, walk: Walk) -> Result<()> {
        with_bits!(stream, bits => self.fill(bits, walk));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::random::philox;
    use std::collections::HashSet;

    const ONE_BY_ONE: Tasks = &|total, work| {
        (0..total).for_each(work);
        Ok(())
    };

    #[test]
    fn names_are_different_and_lead_to_their_rows() {
        let names: HashSet<_> = Distribution::ALL.iter().map(|d| d.row().name).collect();
        assert_eq!(names.len(), Distribution::ALL.len());
        assert!(Distribution::ALL.iter().all(|&d| Distribution::named(d.row().name) == Some(d)));
    }

    /// Parameters that a distribution takes.
    fn parameters(row: &Row) -> Vec<Operand> {
        let parameter = |(i, &(_, dtype)): (usize, &(&str, DType))| match (dtype, row.name) {
            (DType::I64, _) => Operand::Word(40 - 10 * i as u64),
            (_, "triangular" | "uniform") => Operand::Word((i as f64).to_bits()),
            (_, "zipf") => Operand::Word(2.5f64.to_bits()),
            _ => Operand::Word(0.75f64.to_bits()),
        };
        row.parameters.iter().enumerate().map(parameter).collect()
    }

    #[test]
    fn numbers_apart_depend_on_their_places_alone() {
        const LAST_FIRST: Tasks = &|total, work| {
            (0..total).rev().for_each(work);
            Ok(())
        };
        let state = [3, 5, u64::MAX - 100, 7, 0, 0, 2, 0, 0];
        for &d in Distribution::ALL {
            let (row, operands) = (d.row(), parameters(d.row()));
            let n = PART_APART + 50;
            let all = Array::uninit(row.dtype, &[n]).unwrap();
            let taken = Mutex::new(Vec::new());
            let after = |first: usize, count: usize| taken.lock().unwrap().push((first, count));
            d.draw_apart(&state, &operands, &all, Some(&after), LAST_FIRST).unwrap();
            assert_eq!(taken.into_inner().unwrap(), [(PART_APART, 50), (0, PART_APART)]);
            let one = Array::uninit(row.dtype, &[]).unwrap();
            for i in [0, 1, 35, 36, 100, PART_APART - 1, PART_APART, n - 1] {
                let mut there = state;
                there[2..6].copy_from_slice(&philox::advance([state[2], state[3], 0, 0], i as u64));
                d.draw_apart(&there, &operands, &one, None, ONE_BY_ONE).unwrap();
                assert_eq!(one.element(&[]).bits(), all.element(&[i]).bits(), "{} {i}", row.name);
            }
        }
    }

    #[test]
    fn the_first_rule_that_is_broken_is_told_whatever_part_breaks_it() {
        let mut shapes = vec![1.0f64; 10_000];
        shapes[9_999] = -1.0;
        let bytes: Vec<u8> = shapes.iter().flat_map(|x| x.to_ne_bytes()).collect();
        let shapes = Operand::Array(Array::from_bytes(DType::F64, &[10_000], &bytes).unwrap());
        let out = Array::uninit(DType::F64, &[10_000]).unwrap();
        let operands = [shapes, Operand::Word((-1.0f64).to_bits())];
        let told = Distribution::Gamma.draw_apart(&[0; 9], &operands, &out, None, ONE_BY_ONE);
        assert!(matches!(told, Err(Error::Value(text)) if text == "shape < 0"));
    }

    /// Draws of parameters that all distributions take, in one array or number by number.
    #[test]
    fn words_made_ahead_are_those_drawn_one_by_one() {
        for name in ["PCG64", "PCG64DXSM", "SFC64", "Philox"] {
            for &d in Distribution::ALL {
                let row = d.row();
                let operands = parameters(row);
                d.check(&operands).unwrap();
                let seed = vec![
                    7;
                    if name == "Philox" {
                        2
                    } else if name == "SFC64" {
                        3
                    } else {
                        4
                    }
                ];
                let mut stream = Stream::seeded(name, &seed).unwrap();
                let mut slow = stream.clone();
                let all = Array::uninit(row.dtype, &[500]).unwrap();
                d.draw(&mut stream, &operands, &all, ONE_BY_ONE).unwrap();
                let one = Array::uninit(row.dtype, &[]).unwrap();
                for i in 0..500 {
                    d.draw(&mut slow, &operands, &one, ONE_BY_ONE).unwrap();
                    assert_eq!(one.element(&[]).bits(), all.element(&[i]).bits(), "{name} {} {i}", row.name);
                }
                assert_eq!(stream.state(), slow.state(), "{name} {}", row.name);
            }
        }
    }

    #[test]
    fn other_parameters_than_the_row_has_are_refused() {
        let mut stream = Stream::seeded("SFC64", &[1, 2, 3]).unwrap();
        let out = Array::uninit(DType::F64, &[3]).unwrap();
        let draw =
            |operands: &[Operand], stream: &mut Stream| Distribution::Gamma.draw(stream, operands, &out, ONE_BY_ONE);
        assert!(matches!(draw(&[], &mut stream), Err(Error::Bug(_))));
        let array = Operand::Array(Array::uninit(DType::F64, &[2]).unwrap());
        assert!(matches!(draw(&[array, Operand::Word(0)], &mut stream), Err(Error::Bug(_))));
    }
}
