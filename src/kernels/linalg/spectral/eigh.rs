//! Eigenvalues and eigenvectors of Hermitian matrices.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Room};
use super::super::scalar::{Real, Scalar, nan};
use super::super::stack::{Stack, each};
use super::{Spectral, columns, finite, lend, lend_mut, memory, nanoseconds, unscale};
use crate::array::Array;
use crate::error::{Error, Result};
use faer::Par;
use faer::dyn_stack::MemStack;
use faer::linalg::evd::{self, ComputeEigenvectors};

/// Writes the eigenvalues in increasing order, and the eigenvectors if there is a second result. Read is one triangle.
///
/// # Errors
/// `Error::LinAlg` where it does not converge; `Error::Interrupted`, `Error::Memory`.
pub(in super::super) fn eigh<T: Spectral>(upper: bool, a: &Array, results: &[Array], how: How) -> Result<()> {
    let n = a.shape()[a.ndim() - 1];
    let from = Stack::<T>::new(a, 2);
    let values = Stack::<<T as Scalar>::Real>::new(&results[0], 1);
    let own = results.get(1).map(|v| Stack::<T>::new(v, 2));
    let wants = if own.is_some() { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    each(from.count, nanoseconds::<T>(n, n), how, |i, _| {
        let mut room = Room::new(2 * n * n + n)?;
        let (x, s, u) = (columns(&mut room, n, n), room.take(n, 1), columns(&mut room, n, n));
        // SAFETY: the operand lies in its array; results `i` are this task's alone, the rest is our own memory.
        unsafe {
            let a = from.at(i);
            // faer reads the lower triangle.
            x.fill(|i, j| match (i >= j, upper) {
                (false, _) => T::default(),
                (true, false) => a.at(i, j).read(),
                (true, true) => a.at(j, i).read().conj(),
            });
            for j in 0..n {
                x.at(j, j).write(T::of(x.at(j, j).read().re(), Default::default()));
            }
            let mut exponent = 0;
            if finite(x).is_ok() {
                exponent = unscale(x);
                let mut work = memory(evd::self_adjoint_evd_scratch::<T>(n, wants, Par::Seq, Default::default()))?;
                let diagonal = lend_mut(s).col_mut(0).as_diagonal_mut();
                let u = own.is_some().then(|| lend_mut(u));
                let stack = MemStack::new(&mut work);
                evd::self_adjoint_evd(lend(x), diagonal, u, Par::Seq, stack, Default::default())
                    .map_err(|_| Error::LinAlg("Eigenvalues did not converge".into()))?;
            } else {
                s.fill(|_, _| nan());
                u.fill(|_, _| nan());
            }
            for j in 0..n {
                values.at(i).at(j, 0).cast_mut().write(s.at(j, 0).read().re().scaled(exponent));
            }
            if let Some(v) = &own {
                v.own(i, n, n).load(u.source());
            }
        }
        Ok(())
    })
}
