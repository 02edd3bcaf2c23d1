//! Determinants: the product of the pivots.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Room};
use super::super::scalar::{Real, Scalar};
use super::super::stack::{SMALL, Stack, each};
use super::factor::{factor, nanoseconds};
use super::small;
use crate::array::Array;
use crate::error::Result;

/// The determinants of matrices.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub(in super::super) fn det<T: Scalar, const W: usize>(a: &Array, out: &Array, how: How) -> Result<()> {
    let to = Stack::<T>::new(out, 0);
    of_pivots::<T, W>(a, how, |i, odd, pivots| {
        // SAFETY: number `i` is this task's alone.
        unsafe { to.at(i).data.cast_mut().write(product(odd, pivots)) };
    })
}

/// The signs of determinants, and the logarithms of their absolute values.
///
/// # Errors
/// As [`det`].
pub(in super::super) fn slogdet<T: Scalar, const W: usize>(
    a: &Array,
    sign: &Array,
    logarithm: &Array,
    how: How,
) -> Result<()> {
    let (sign, logarithm) = (Stack::<T>::new(sign, 0), Stack::<T::Real>::new(logarithm, 0));
    of_pivots::<T, W>(a, how, |i, odd, pivots| {
        let (s, l) = polar(odd, pivots);
        // SAFETY: numbers `i` are this task's alone.
        unsafe {
            sign.at(i).data.cast_mut().write(s);
            logarithm.at(i).data.cast_mut().write(l);
        }
    })
}

/// Tells whether the number of exchanges is odd, and the pivots, of each matrix.
fn of_pivots<T: Scalar, const W: usize>(
    a: &Array,
    how: How,
    tell: impl Fn(usize, bool, &mut dyn Iterator<Item = T>) + Sync,
) -> Result<()> {
    let n = a.shape()[a.ndim() - 1];
    let from = Stack::<T>::new(a, 2);
    if n <= SMALL {
        return small::pivots::<T, W>(n, &from, how, tell);
    }
    each(from.count, nanoseconds::<T>(n), how, |i, how| {
        let mut room = Room::new(n * n)?;
        let lu = room.take(n, n);
        let mut pivots = vec![0; n];
        // SAFETY: the operand lies in its array; the factors are this task's alone.
        unsafe {
            lu.load(from.at(i));
            factor(lu, &mut pivots, how)?;
            let exchanges = pivots.iter().enumerate().filter(|(k, p)| k != *p).count();
            tell(i, exchanges % 2 == 1, &mut (0..n).map(|k| lu.at(k, k).read()));
        }
        Ok(())
    })
}

/// The product of pivots. Where a part of it leaves the range of numbers, it is made of the logarithm.
fn product<T: Scalar>(odd: bool, pivots: &mut dyn Iterator<Item = T>) -> T {
    let pivots: Vec<T> = pivots.collect();
    let mut all = if odd { -T::ONE } else { T::ONE };
    let mut in_range = true;
    for &p in &pivots {
        all = all * p;
        in_range &= all.size().normal();
    }
    if in_range {
        return all;
    }
    let (sign, logarithm) = polar(odd, &mut pivots.into_iter());
    sign.times(logarithm.exponential())
}

/// Sign and logarithm; zero and minus infinity of a singular matrix.
fn polar<T: Scalar>(odd: bool, pivots: &mut dyn Iterator<Item = T>) -> (T, T::Real) {
    let mut sign = if odd { -T::ONE } else { T::ONE };
    let mut logarithm = T::Real::default();
    for p in pivots {
        let size = p.abs();
        if size == T::Real::default() {
            return (T::default(), -T::Real::ONE.over(T::Real::default()));
        }
        sign = sign * T::of(p.re().over(size), p.im().over(size));
        logarithm = logarithm + size.log();
    }
    (sign, logarithm)
}
