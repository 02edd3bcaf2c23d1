//! Systems of equations.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Mat, Room};
use super::super::scalar::Scalar;
use super::super::stack::{SMALL, Stack, each, is_small};
use super::super::triangular::{self, Diagonal};
use super::factor::{exchange, factor, nanoseconds};
use super::{singular, small};
use crate::array::Array;
use crate::error::Result;

/// Solves `a x = b` for matrices `a` of `n` rows; `core` axes of `b` are a matrix or a vector.
///
/// # Errors
/// `Error::LinAlg` where a pivot is zero; `Error::Interrupted`, `Error::Memory`.
pub(in super::super) fn solve<T: Scalar, const W: usize>(
    core: usize,
    a: &Array,
    b: &Array,
    out: &Array,
    how: How,
) -> Result<()> {
    let n = a.shape()[a.ndim() - 1];
    let k = if core == 2 { b.shape()[b.ndim() - 1] } else { 1 };
    let (from, right, to) = (Stack::<T>::new(a, 2), Stack::<T>::new(b, core), Stack::<T>::new(out, core));
    if is_small::<W>(n, from.count) && k <= SMALL[1] {
        return small::solve::<T, W>([n, k], &from, &right, &to, how);
    }
    let work = nanoseconds::<T>(n) + 2.0 * nanoseconds::<T>(n) * k as f64 / n as f64;
    each(from.count, work, how, |i, how| {
        let mut room = Room::new(n * n)?;
        let lu = room.take(n, n);
        let mut pivots = vec![0; n];
        // SAFETY: the operands lie in their arrays; the factors and result `i` are this task's alone.
        unsafe {
            lu.load(from.at(i));
            if factor(lu, &mut pivots, how)? {
                return Err(singular());
            }
            let x = if core == 2 { to.own(i, n, k) } else { Mat::new(to.at(i).data.cast_mut(), n, 1, 1) };
            x.load(right.at(i));
            exchange(x, &pivots);
            triangular::solve(lu, Diagonal::Ones, x, how)?;
            triangular::solve_upper(lu, x, how)
        }
    })
}
