//! Determinants: the product of the pivots.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Room};
use super::super::scalar::{Real, Scalar};
use super::super::stack::{Stack, each, is_small};
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

/// How many pivots there are, and which.
pub(super) type Pivots<'a, T> = (usize, &'a dyn Fn(usize) -> T);

/// Tells whether the number of exchanges is odd, and the pivots, of each matrix.
fn of_pivots<T: Scalar, const W: usize>(
    a: &Array,
    how: How,
    tell: impl Fn(usize, bool, Pivots<T>) + Sync,
) -> Result<()> {
    let n = a.shape()[a.ndim() - 1];
    let from = Stack::<T>::new(a, 2);
    if is_small::<W>(n, from.count) {
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
            tell(i, exchanges % 2 == 1, (n, &|k| lu.at(k, k).read()));
        }
        Ok(())
    })
}

/// The product of pivots. Where a part of it leaves the range of numbers, it is made of the logarithm.
fn product<T: Scalar>(odd: bool, (n, pivot): Pivots<T>) -> T {
    let mut all = if odd { -T::ONE } else { T::ONE };
    let mut in_range = true;
    for k in 0..n {
        all = all * pivot(k);
        in_range &= all.size().normal();
    }
    if in_range {
        return all;
    }
    let (sign, logarithm) = polar(odd, (n, pivot));
    sign.times(logarithm.exponential())
}

/// Sign and logarithm; zero and minus infinity of a singular matrix.
fn polar<T: Scalar>(odd: bool, (n, pivot): Pivots<T>) -> (T, T::Real) {
    let mut sign = if odd { -T::ONE } else { T::ONE };
    let mut logarithm = T::Real::default();
    for p in (0..n).map(pivot) {
        let size = p.abs();
        if size == T::Real::default() {
            return (T::default(), -T::Real::ONE.over(T::Real::default()));
        }
        sign = sign * T::of(p.re().over(size), p.im().over(size));
        logarithm = logarithm + size.log();
    }
    (sign, logarithm)
}
