//! Inverses: `inv(u) inv(l) P`.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Mat, Room};
use super::super::scalar::{Scalar, nan};
use super::super::stack::{Stack, each, is_small};
use super::super::triangular;
use super::factor::{factor, nanoseconds};
use super::{singular, small};
use crate::array::Array;
use crate::error::Result;

/// Rows whose columns a task exchanges.
const ROWS: usize = 128;

/// Inverts matrices; where that is `lenient`, what has no inverse gives NaN.
///
/// # Errors
/// `Error::LinAlg` where a pivot is zero otherwise; `Error::Interrupted`, `Error::Memory`.
pub(in super::super) fn inv<T: Scalar, const W: usize>(lenient: bool, a: &Array, out: &Array, how: How) -> Result<()> {
    let n = a.shape()[a.ndim() - 1];
    let (from, to) = (Stack::<T>::new(a, 2), Stack::<T>::new(out, 2));
    if is_small::<W>(n, from.count) {
        return small::inv::<T, W>(lenient, n, &from, &to, how);
    }
    each(from.count, 3.0 * nanoseconds::<T>(n), how, |i, how| {
        let mut room = Room::new(n * n)?;
        let lu = room.take(n, n);
        let mut pivots = vec![0; n];
        // SAFETY: the operand lies in its array; the factors and result `i` are this task's alone.
        unsafe {
            lu.load(from.at(i));
            let x = to.own(i, n, n);
            if factor(lu, &mut pivots, how)? {
                x.fill(|_, _| nan());
                return if lenient { Ok(()) } else { Err(singular()) };
            }
            triangular::invert_unit(lu, x, how)?;
            triangular::solve_upper(lu, x, how)?;
            how.try_tasks(n.div_ceil(ROWS), |t| {
                exchange_columns(x.part(t * ROWS, 0, ROWS.min(n - t * ROWS), n), &pivots);
                Ok(())
            })
        }
    })
}

/// Exchanges columns as a factorisation has exchanged rows: in reversed order.
///
/// # Safety
/// Nobody else uses the matrix.
unsafe fn exchange_columns<T: Scalar>(x: Mat<T>, pivots: &[usize]) {
    for i in 0..x.rows {
        for (k, &p) in pivots.iter().enumerate().rev() {
            // SAFETY: two elements of a row.
            unsafe { std::ptr::swap(x.at(i, k), x.at(i, p)) };
        }
    }
}
