//! What parameters may be, with NumPy's words for what they may not.

use super::walk::{MOST, Operand, Places};
use crate::array::layout;
use crate::dtype::DType;
use crate::error::{Error, Result};
use smallvec::SmallVec;

/// The largest mean of a Poisson draw: ten deviations below the largest int64, in NumPy's arithmetic.
pub const LARGEST_MEAN: f64 = 9.223_372_006_484_771e18;

/// What holds for all values of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Not negative, not even as a zero.
    NonNegative,
    /// Above zero.
    Positive,
    /// Above zero, and a number.
    PositiveNumber,
    /// From 0 to 1.
    Fraction,
    /// From 0 to 1, without 0.
    FractionAboveZero,
    /// From 0 to 1, without 1.
    FractionBelowOne,
    /// Above one.
    AboveOne,
    /// A mean of a Poisson draw.
    Mean,
}

/// What is wrong somewhere in a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wrong {
    nan: bool,
    low: bool,
    high: bool,
}

impl Condition {
    fn wrong(self, x: f64) -> Wrong {
        let (low, high) = match self {
            Condition::NonNegative => (x.is_sign_negative() && !x.is_nan(), false),
            Condition::Positive | Condition::PositiveNumber => (x <= 0.0, false),
            Condition::Fraction => (x < 0.0, x > 1.0),
            Condition::FractionAboveZero => (x <= 0.0, x > 1.0),
            Condition::FractionBelowOne => (x < 0.0, x >= 1.0),
            Condition::AboveOne => (x <= 1.0, false),
            Condition::Mean => (x < 0.0, x > LARGEST_MEAN),
        };
        let numbers = !matches!(self, Condition::NonNegative | Condition::Positive);
        Wrong { nan: numbers && x.is_nan(), low, high }
    }

    /// NumPy's text; of a value alone or of an array.
    fn text(self, name: &str, wrong: Wrong, alone: bool) -> String {
        let nan = format!("{name} {}", if alone { "is NaN" } else { "contains NaNs" });
        match self {
            Condition::NonNegative => format!("{name} < 0"),
            Condition::PositiveNumber if wrong.nan => format!("{name} must not be NaN"),
            Condition::Positive | Condition::PositiveNumber => format!("{name} <= 0"),
            Condition::Fraction => format!("{name} < 0, {name} > 1 or {nan}"),
            Condition::FractionAboveZero => format!("{name} <= 0, {name} > 1 or {name} contains NaNs"),
            Condition::FractionBelowOne => format!("{name} < 0, {name} >= 1 or {nan}"),
            Condition::AboveOne => format!("{name} <= 1 or {nan}"),
            // NumPy looks at a value's sign first, at an array's size first.
            Condition::Mean if wrong.high || wrong.nan && !alone => format!("{name} value too large"),
            Condition::Mean => format!("{name} < 0 or {nan}"),
        }
    }

    /// Refuses a parameter of a name, alone or with arrays.
    ///
    /// # Errors
    /// `Error::Value`.
    pub fn check(self, name: &str, operand: &Operand, dtype: DType, alone: bool) -> Result<()> {
        let mut wrong = Wrong::default();
        each(operand, |word| {
            let here = self.wrong(number(word, dtype));
            wrong.nan |= here.nan;
            wrong.low |= here.low;
            wrong.high |= here.high;
        })?;
        if wrong == Wrong::default() { Ok(()) } else { Err(Error::Value(self.text(name, wrong, alone))) }
    }
}

/// Something that holds for the parameters together, or for one of them.
pub enum Rule {
    /// A condition of the parameter of a number.
    Each(usize, Condition),
    /// What may hold nowhere, with NumPy's text for it.
    Never(&'static str, fn([u64; MOST]) -> bool),
    /// The second less the first parameter is finite and not negative.
    Range,
}

impl Rule {
    /// Whether the rule holds for parameters that come together.
    #[inline]
    pub fn holds(&self, names: &[(&str, DType)], words: [u64; MOST]) -> bool {
        match self {
            Rule::Each(i, condition) => condition.wrong(number(words[*i], names[*i].1)) == Wrong::default(),
            Rule::Never(_, broken) => !broken(words),
            Rule::Range => {
                let range = range(words);
                range.is_finite() && range.is_sign_positive()
            }
        }
    }

    /// Refuses parameters, as far as they are known.
    ///
    /// # Errors
    /// `Error::Value`; `Error::Overflow` for ranges that are not finite; `Error::Broadcast`.
    pub fn check(&self, names: &[(&str, DType)], operands: &[Option<&Operand>]) -> Result<()> {
        let alone = operands.iter().flatten().all(|o| o.shape().is_empty());
        match self {
            Rule::Each(i, condition) => {
                let (name, dtype) = names[*i];
                operands[*i].map_or(Ok(()), |operand| condition.check(name, operand, dtype, alone))
            }
            Rule::Never(text, broken) => {
                let mut found = false;
                together(operands, |words| found |= broken(words))?;
                if found { Err(Error::Value((*text).to_owned())) } else { Ok(()) }
            }
            Rule::Range => {
                let (mut infinite, mut negative) = (false, false);
                together(operands, |words| {
                    let range = range(words);
                    infinite |= !range.is_finite();
                    negative |= range.is_sign_negative();
                })?;
                match (infinite, negative) {
                    (true, _) if alone => Err(Error::Overflow("high - low range exceeds valid bounds".into())),
                    (true, _) => Err(Error::Overflow("Range exceeds valid bounds".into())),
                    (false, true) => Err(Error::Value("high - low < 0".into())),
                    (false, false) => Ok(()),
                }
            }
        }
    }
}

/// A parameter of float64 or int64 as a number.
fn number(word: u64, dtype: DType) -> f64 {
    if dtype == DType::I64 { word as i64 as f64 } else { f64::from_bits(word) }
}

/// How far the second parameter lies above the first.
fn range(words: [u64; MOST]) -> f64 {
    f64::from_bits(words[1]) - f64::from_bits(words[0])
}

/// Looks at each value of a parameter.
fn each(operand: &Operand, mut look: impl FnMut(u64)) -> Result<()> {
    together(&[Some(operand)], |words| look(words[0]))
}

/// Looks at the parameters that come together where they broadcast, if all of them are known.
fn together(operands: &[Option<&Operand>], look: impl FnMut([u64; MOST])) -> Result<()> {
    let all: Option<SmallVec<[Operand; MOST]>> = operands.iter().map(|o| o.cloned()).collect();
    let Some(all) = all else { return Ok(()) };
    let shape = layout::broadcast(all.iter().map(Operand::shape))?;
    Places::new(&all, &shape)?.each(look);
    Ok(())
}
