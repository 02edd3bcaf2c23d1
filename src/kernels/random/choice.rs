//! Positions by probability.

use super::bits::{Bits, Stream, with_bits};
use super::order::array;
use crate::array::Array;
use crate::error::{Error, Result};

/// A sum whose rounding errors are carried along: Kahan, "Further remarks on reducing truncation errors", Communications of the ACM 8
/// (1965).
pub fn kahan_sum(values: &[f64]) -> f64 {
    let Some((&first, rest)) = values.split_first() else { return 0.0 };
    let (mut sum, mut carried) = (first, 0.0);
    for value in rest {
        let y = value - carried;
        let t = sum + y;
        carried = (t - sum) - y;
        sum = t;
    }
    sum
}

/// Refuses what are no probabilities: their sum may be off one by so much.
///
/// # Errors
/// `Error::Value` with NumPy's texts.
pub fn check(p: &[f64], tolerance: f64) -> Result<()> {
    let sum = kahan_sum(p);
    let refuse = |text: &str| Err(Error::Value(text.into()));
    if sum.is_nan() {
        return refuse("Probabilities contain NaN");
    }
    if p.iter().any(|&x| x < 0.0) {
        return refuse("Probabilities are not non-negative");
    }
    if (sum - 1.0).abs() > tolerance {
        return refuse("Probabilities do not sum to 1. See Notes section of docstring for more information.");
    }
    Ok(())
}

/// The running sums of probabilities, over their sum.
fn sums(p: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut all: Vec<f64> = p
        .iter()
        .map(|x| {
            sum += x;
            sum
        })
        .collect();
    all.iter_mut().for_each(|s| *s /= sum);
    all
}

/// The place of a fraction among running sums.
#[inline]
fn place(sums: &[f64], u: f64) -> usize {
    sums.partition_point(|&s| s <= u)
}

/// Positions by probability, so many, drawn with replacement: int64 of shape (count,).
///
/// # Errors
/// `Error::Memory`.
pub fn with_replacement(stream: &mut Stream, p: &[f64], count: usize) -> Result<Array> {
    let sums = sums(p);
    let places: Vec<i64> =
        with_bits!(stream, bits => (0..count).map(|_| place(&sums, bits.fraction()) as i64).collect());
    array(&places, &[count])
}

/// Different positions by probability: as many as are missing are drawn, those that are new are kept, and then have no
/// probability. int64 of shape (count,).
///
/// # Errors
/// `Error::Value` for more than have one; `Error::Memory`.
pub fn without_replacement(stream: &mut Stream, p: &[f64], count: usize) -> Result<Array> {
    if count > p.len() {
        return Err(Error::Value("Cannot take a larger sample than population when replace is False".into()));
    }
    if p.iter().filter(|&&x| x > 0.0).count() < count {
        return Err(Error::Value("Fewer non-zero entries in p than size".into()));
    }
    let mut p = p.to_vec();
    let mut found: Vec<i64> = Vec::new();
    with_bits!(stream, bits => while found.len() < count {
        let fractions: Vec<f64> = (found.len()..count).map(|_| bits.fraction()).collect();
        let sums = sums(&p);
        for u in fractions {
            let i = place(&sums, u).min(p.len() - 1);
            // What was found in this round has none any more.
            if p[i] > 0.0 {
                p[i] = 0.0;
                found.push(i as i64);
            }
        }
    });
    array(&found, &[count])
}
