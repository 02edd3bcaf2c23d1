//! Singular values and vectors.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Mat, Room};
use super::super::scalar::{Real, Scalar, nan};
use super::super::stack::{Stack, each};
use super::{Spectral, columns, finite, lend, lend_mut, memory, nanoseconds, unscale};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::kernel::SvdMode;
use faer::Par;
use faer::dyn_stack::MemStack;
use faer::linalg::svd::{self, ComputeSvdVectors};

/// Writes `u`, the singular values from the largest on, and `v^H`; or the values alone.
///
/// # Errors
/// `Error::LinAlg` where it does not converge; `Error::Interrupted`, `Error::Memory`.
pub(in super::super) fn svd<T: Spectral>(mode: SvdMode, a: &Array, results: &[Array], how: How) -> Result<()> {
    let &[.., m, n] = a.shape() else { return Ok(()) };
    let k = m.min(n);
    let from = Stack::<T>::new(a, 2);
    let values = Stack::<<T as Scalar>::Real>::new(&results[results.len() / 2], 1);
    let (vectors, [left, right]) = match mode {
        SvdMode::Values => (ComputeSvdVectors::No, [0, 0]),
        SvdMode::Reduced => (ComputeSvdVectors::Thin, [k, k]),
        SvdMode::Full => (ComputeSvdVectors::Full, [m, n]),
    };
    let own = match results {
        [u, _, vh] => Some((Stack::<T>::new(u, 2), Stack::<T>::new(vh, 2))),
        _ => None,
    };
    each(from.count, nanoseconds::<T>(m, n), how, |i, _| {
        let mut room = Room::new(m * n + m * left + k)?;
        let (x, s) = (columns(&mut room, m, n), room.take(k, 1));
        let u = columns(&mut room, m, left);
        // SAFETY: the operand lies in its array; results `i` are this task's alone, the rest is our own memory.
        unsafe {
            x.load(from.at(i));
            let to = |j: usize| values.at(i).at(j, 0).cast_mut();
            // The rows of `v^H` are the columns of `v`, but for their conjugates.
            let v = own.as_ref().map(|(_, vh)| vh.own(i, right, n));
            let mut exponent = 0;
            let outcome = match finite(x) {
                Err(true) => Err(()),
                Err(false) => {
                    s.fill(|_, _| nan());
                    u.fill(|_, _| nan());
                    v.inspect(|v| v.fill(|_, _| nan()));
                    Ok(())
                }
                Ok(()) => {
                    exponent = unscale(x);
                    decompose(x, s, v.map(|v| (vectors, [u, v.transposed()])))?
                }
            };
            outcome.map_err(|()| Error::LinAlg("SVD did not converge".into()))?;
            for j in 0..k {
                to(j).write(s.at(j, 0).read().re().scaled(exponent));
            }
            if let (Some((to, _)), Some(v)) = (&own, v) {
                to.own(i, m, left).load(u.source());
                v.conjugate();
            }
        }
        Ok(())
    })
}

/// The singular values of a finite matrix near one, and vectors if they are wanted; `Err` where it does not converge.
///
/// # Safety
/// Nobody writes the matrix, or uses the others, meanwhile.
///
/// # Errors
/// `Error::Memory`.
pub(super) unsafe fn decompose<T: Spectral>(
    x: Mat<T>,
    s: Mat<T>,
    vectors: Option<(ComputeSvdVectors, [Mat<T>; 2])>,
) -> Result<std::result::Result<(), ()>> {
    let wanted = vectors.map_or(ComputeSvdVectors::No, |(wanted, _)| wanted);
    let mut work = memory(svd::svd_scratch::<T>(x.rows, x.cols, wanted, wanted, Par::Seq, Default::default()))?;
    // SAFETY: the caller's contract.
    let (x, s, vectors) = unsafe { (lend(x), lend_mut(s), vectors.map(|(_, [u, v])| (lend_mut(u), lend_mut(v)))) };
    let (u, v) = vectors.unzip();
    let stack = MemStack::new(&mut work);
    Ok(svd::svd(x, s.col_mut(0).as_diagonal_mut(), u, v, Par::Seq, stack, Default::default()).map_err(|_| ()))
}
