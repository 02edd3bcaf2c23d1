//! Orders, and samples without replacement of integers that are equally likely.

use super::bits::{Bits, Stream, with_bits};
use super::integers::below;
use super::walk::Walk;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// An integer up to a last one: as many bits as that has, drawn until they fit.
#[inline]
pub fn masked(bits: &mut impl Bits, last: u64) -> u64 {
    if last == 0 {
        return 0;
    }
    let mask = u64::MAX >> last.leading_zeros();
    loop {
        let narrow = last <= u64::from(u32::MAX);
        let drawn = if narrow { u64::from(bits.next32()) } else { bits.next64() } & mask;
        if drawn <= last {
            return drawn;
        }
    }
}

/// The integers below `count`.
fn range(count: usize) -> Result<Vec<i64>> {
    let mut all = Vec::new();
    all.try_reserve_exact(count).map_err(|_| Error::Memory { bytes: count.saturating_mul(8) })?;
    all.extend(0..count as i64);
    Ok(all)
}

/// An array of int64.
pub(super) fn array(values: &[i64], shape: &[usize]) -> Result<Array> {
    let out = Array::uninit(DType::I64, shape)?;
    let mut values = values.iter();
    Walk::new(&[], &out, false)?.each_run(|_, out| {
        out.iter_mut().zip(&mut values).for_each(|(place, &value)| {
            place.write(value);
        });
    });
    Ok(out)
}

/// Orders of so many integers each, one after another: Durstenfeld, "Algorithm 235: random permutation", Communications of the ACM 7
/// (1964), from the end. int64 of shape (lines, count).
///
/// # Errors
/// `Error::Memory`, `Error::Value` for too many.
pub fn orders(stream: &mut Stream, lines: usize, count: usize) -> Result<Array> {
    let out = Array::uninit(DType::I64, &[lines, count])?;
    let walk = Walk::new(&[], &out, false)?;
    with_bits!(stream, bits => walk.each_run(|_, out| {
        for line in out.chunks_exact_mut(count.max(1)) {
            line.iter_mut().zip(0i64..).for_each(|(place, i)| {
                place.write(i);
            });
            bits.locally(|bits| {
                for i in (1..count).rev() {
                    line.swap(i, masked(bits, i as u64) as usize);
                }
            });
        }
    }));
    Ok(out)
}

/// Populations from here on are shuffled from the end where the sample is a large part of them.
const LARGE: usize = 10_000;

/// Different integers below `population`, in random order if `shuffle`: the end of a partial shuffle, or Floyd's algorithm: Bentley,
/// "Programming pearls: a sample of brilliance", Communications of the ACM 30 (1987). int64.
///
/// # Errors
/// `Error::Value` for more than there are; `Error::Memory`.
pub fn sample(stream: &mut Stream, population: usize, count: usize, shuffle: bool) -> Result<Array> {
    if count > population {
        return Err(Error::Value("Cannot take a larger sample than population when replace is False".into()));
    }
    with_bits!(stream, bits => {
        if population > LARGE && count > population / if shuffle { 50 } else { 20 } {
            let mut all = range(population)?;
            partial_shuffle(bits, &mut all, (population - count).max(1));
            return array(&all[population - count..], &[count]);
        }
        let mut drawn = floyd(bits, population, count);
        if shuffle {
            partial_shuffle(bits, &mut drawn, 1);
        }
        array(&drawn, &[count])
    })
}

/// Puts random ones of those before it at each place from the end down to the first that is named.
fn partial_shuffle(bits: &mut impl Bits, values: &mut [i64], first: usize) {
    for i in (first..values.len()).rev() {
        values.swap(i, below(bits, i as u64) as usize);
    }
}

fn floyd(bits: &mut impl Bits, population: usize, count: usize) -> Vec<i64> {
    let mut seen = rustc_hash::FxHashSet::default();
    (population - count..population)
        .map(|most| {
            let drawn = below(bits, most as u64);
            if seen.insert(drawn) {
                return drawn as i64;
            }
            seen.insert(most as u64);
            most as i64
        })
        .collect()
}
