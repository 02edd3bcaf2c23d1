//! Draws of rows of numbers that depend on each other.

use super::binomial::Binomial;
use super::bits::{Bits, Stream, with_bits};
use super::check::Condition;
use super::choice::kahan_sum;
use super::gamma::{Gamma, beta};
use super::hypergeometric::Hypergeometric;
use super::order::{array, masked};
use super::walk::{Operand, Walk};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// How far above one all probabilities but the last may sum up to.
const EXCESS: f64 = 1e-12;
/// Below this, probabilities of single precision are meant to sum up to one. There is no such number of half precision.
const NARROW_ONE: f32 = 1.0001;

/// Refuses what are no probabilities of multinomial counts, by rows along the last axis. `given` is the type
/// of the array that they were given as, if any.
///
/// # Errors
/// `Error::Value` with NumPy's texts.
pub fn check_probabilities(array: &Array, p: &[f64], given: Option<DType>) -> Result<()> {
    Condition::Fraction.check("pvals", &Operand::Array(array.clone()), DType::F64, false)?;
    let width = array.shape().last().copied().unwrap_or(1).max(1);
    if p.chunks_exact(width).any(|row| kahan_sum(&row[..width - 1]) > 1.0 + EXCESS) {
        let before = if array.ndim() == 1 { "[:-1]" } else { "[...,:-1]" };
        let narrow = given == Some(DType::F32) && (p.iter().sum::<f64>() as f32) < NARROW_ONE;
        return Err(Error::Value(if narrow {
            format!(
                "sum(pvals{before}.astype(np.float64)) > 1.0. The pvals array is cast to 64-bit floating point prior to \
                 checking the sum. Precision changes when casting may cause problems even if the sum of the original pvals \
                 is valid."
            )
        } else {
            format!("sum(pvals{before}) > 1.0")
        }));
    }
    Ok(())
}

/// Refuses negative numbers of trials, alone or in arrays.
///
/// # Errors
/// `Error::Value`.
pub fn check_trials(trials: &Operand, alone: bool) -> Result<()> {
    Condition::NonNegative.check("n", trials, DType::I64, alone)
}

/// The numbers of rows of a shape.
///
/// # Errors
/// `Error::Memory`.
pub fn row_numbers(shape: &[usize]) -> Result<Operand> {
    let count = shape.iter().product::<usize>() as i64;
    Ok(Operand::Array(array(&(0..count).collect::<Vec<_>>(), shape)?))
}

/// Multinomial counts: of trials, and of rows of probabilities, by their numbers; both broadcast to the shape, to which the length
/// of a row is added. int64.
///
/// # Errors
/// `Error::Memory`; `Error::Bug` for operands that do not broadcast.
pub fn multinomial(
    stream: &mut Stream,
    p: &[f64],
    width: usize,
    operands: &[Operand; 2],
    shape: &[usize],
) -> Result<Array> {
    let out = rows(shape, width, DType::I64)?;
    let walk = Walk::new(operands, &out, true)?;
    with_bits!(stream, bits => walk.each_run(|[trials, row, _], out| {
        let p = &p[row as usize * width..][..width];
        for counts in out.chunks_exact_mut(width) {
            let (mut left, mut rest) = (trials as i64, 1.0);
            counts.iter_mut().for_each(|place| {
                place.write(0i64);
            });
            for (place, p) in counts.iter_mut().zip(&p[..width - 1]) {
                let drawn = Binomial::of(left, p / rest).draw(bits);
                place.write(drawn);
                left = left.wrapping_sub(drawn);
                if left <= 0 {
                    break;
                }
                rest -= p;
            }
            if left > 0 {
                counts[width - 1].write(left);
            }
        }
    }));
    Ok(out)
}

/// An array of rows.
fn rows(shape: &[usize], width: usize, dtype: DType) -> Result<Array> {
    Array::uninit(dtype, &[shape, &[width]].concat())
}

/// Fills each row of an array by a function.
fn each_row<B: Bits, T: Copy>(
    bits: &mut B,
    out: &Array,
    zero: T,
    mut draw: impl FnMut(&mut B, &mut [T]),
) -> Result<()> {
    let width = out.shape().last().copied().unwrap_or(1);
    let mut row = vec![zero; width];
    if width == 0 {
        return Ok(());
    }
    Walk::new(&[], out, true)?.each_run(|_, out| {
        for places in out.chunks_exact_mut(width) {
            row.fill(zero);
            draw(bits, &mut row);
            places.iter_mut().zip(&row).for_each(|(place, &value)| {
                place.write(value);
            });
        }
    });
    Ok(())
}

/// Parameters that are all below this make gamma numbers that could all be zero.
const BROKEN_BELOW: f64 = 0.1;

/// Fractions whose sum is one, of positive parameters: gamma numbers over their sum; for small parameters a stick broken by beta
/// numbers. float64 of a shape and the number of parameters.
///
/// # Errors
/// `Error::Value` for negative parameters; `Error::Memory`.
pub fn dirichlet(stream: &mut Stream, alpha: &[f64], shape: &[usize]) -> Result<Array> {
    if alpha.iter().any(|&a| a < 0.0) {
        return Err(Error::Value("alpha < 0".into()));
    }
    let out = rows(shape, alpha.len(), DType::F64)?;
    let largest = alpha.iter().fold(f64::NEG_INFINITY, |m, &a| if a > m || a.is_nan() { a } else { m });
    if largest < BROKEN_BELOW {
        let mut sum = 0.0;
        let mut after: Vec<f64> = alpha
            .iter()
            .rev()
            .map(|a| {
                sum += a;
                sum
            })
            .collect();
        after.reverse();
        with_bits!(stream, bits => each_row(bits, &out, 0.0, |bits, row| broken(bits, alpha, &after, row)))?;
    } else {
        let gammas: Vec<Gamma<f64>> = alpha.iter().map(|&a| Gamma::of(a)).collect();
        with_bits!(stream, bits => each_row(bits, &out, 0.0, |bits, row| {
            let mut sum = 0.0;
            for (place, gamma) in row.iter_mut().zip(&gammas) {
                *place = gamma.draw(bits);
                sum += *place;
            }
            let inverse = 1.0 / sum;
            row.iter_mut().for_each(|x| *x *= inverse);
        }))?;
    }
    Ok(out)
}

/// A stick broken at one place after another, by parameters and their sums from each place on.
fn broken(bits: &mut impl Bits, alpha: &[f64], after: &[f64], row: &mut [f64]) {
    if after.first().is_none_or(|&sum| sum <= 0.0) {
        return;
    }
    let last = row.len() - 1;
    let mut left = 1.0;
    for i in 0..last {
        let part = beta(bits, alpha[i], after[i + 1]);
        row[i] = left * part;
        left *= 1.0 - part;
        if after[i + 1] == 0.0 {
            break;
        }
    }
    row[last] = left;
}

/// The colors of a sample without replacement of so many of each, by marginal counts or, if `count`, one by one. int64 of a shape
/// and the number of colors.
///
/// # Errors
/// `Error::Memory`.
pub fn hypergeometric(stream: &mut Stream, colors: &[i64], sample: i64, count: bool, shape: &[usize]) -> Result<Array> {
    let all: i64 = colors.iter().sum();
    let out = rows(shape, colors.len(), DType::I64)?;
    let inverse = sample > all / 2;
    let taken = if inverse { all - sample } else { sample };
    let invert = |row: &mut [i64]| {
        if inverse {
            row.iter_mut().zip(colors).for_each(|(n, color)| *n = color - *n);
        }
    };
    if count && all > 0 && sample > 0 && out.size() > 0 {
        let mut choices = Vec::new();
        let bytes = (all as usize).saturating_mul(size_of::<usize>());
        choices.try_reserve_exact(all as usize).map_err(|_| Error::Memory { bytes })?;
        colors.iter().enumerate().for_each(|(i, &n)| choices.extend(std::iter::repeat_n(i, n as usize)));
        with_bits!(stream, bits => each_row(bits, &out, 0, |bits, row: &mut [i64]| {
            for j in 0..taken as usize {
                let k = j + masked(bits, (all as usize - j - 1) as u64) as usize;
                choices.swap(k, j);
            }
            choices[..taken as usize].iter().for_each(|&color| row[color] += 1);
            invert(row);
        }))?;
        return Ok(out);
    }
    with_bits!(stream, bits => each_row(bits, &out, 0, |bits, row: &mut [i64]| {
        let (mut left, mut rest) = (taken, all);
        for (place, &color) in row.iter_mut().zip(&colors[..colors.len() - 1]) {
            if left <= 0 {
                break;
            }
            rest -= color;
            *place = Hypergeometric::of(color, rest, left).draw(bits);
            left -= *place;
        }
        if left > 0 {
            row[colors.len() - 1] = left;
        }
        invert(row);
    }))?;
    Ok(out)
}
