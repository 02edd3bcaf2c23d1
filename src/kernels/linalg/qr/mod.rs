//! QR by Householder reflections, with LAPACK's signs: `H = 1 - tau v v^H`, `q = H1 H2 ...`.
//!
//! Reflections of some columns are one product of three matrices (Schreiber and Van Loan, *A storage-efficient WY representation for
//! products of Householder transformations*, 1989), so that products do nearly all.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

mod panel;
mod reflector;
mod small;

use super::mat::{How, Mat, Room};
use super::scalar::Scalar;
use super::stack::{SMALL, Stack, each, is_small};
use crate::array::Array;
use crate::error::Result;
use crate::ops::kernel::QrMode;
use reflector::Reflector;

/// Columns whose reflections are applied together, and of these, columns that are applied together within.
const BLOCKS: [usize; 2] = [32, 8];

/// Columns that are reflected one after another, where all of a matrix fits the cache.
const NARROW: usize = 16;

/// Writes the factors of matrices that the mode asks for.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub(super) fn qr<T: Scalar, const W: usize>(mode: QrMode, a: &Array, results: &[Array], how: How) -> Result<()> {
    let &[.., m, n] = a.shape() else { return Ok(()) };
    let from = Stack::<T>::new(a, 2);
    let to: Vec<Stack<T>> =
        results.iter().enumerate().map(|(i, r)| Stack::new(r, if mode == QrMode::Raw { 2 - i } else { 2 })).collect();
    if m <= SMALL[1] && is_small::<W>(n, from.count) {
        return small::qr::<T, W>(mode, [m, n], &from, &to, how);
    }
    let k = m.min(n);
    let work = 2.0 * super::lu::nanoseconds::<T>(k) * m.max(n) as f64 / k.max(1) as f64;
    let (columns, _) = mode.sizes(m, n);
    each(from.count, if columns > 0 { 2.0 * work } else { work }, how, |i, how| {
        let mut room = Room::new(m * n)?;
        let x = room.take(m, n);
        let mut tau = vec![T::default(); k];
        // SAFETY: the operand lies in its array; the factors and results `i` are this task's alone.
        unsafe {
            x.load(from.at(i));
            let keeps = matches!(mode, QrMode::Reduced | QrMode::Complete);
            let reflectors = factor(x, &mut tau, &BLOCKS, keeps, how)?;
            let triangle = |to: Mat<T>| to.fill(|i, j| if i <= j { x.at(i, j).read() } else { T::default() });
            match mode {
                QrMode::Raw => {
                    to[0].own(i, n, m).load(x.transposed().source());
                    Mat::new(to[1].at(i).data.cast_mut(), 1, k, k).fill(|_, j| tau[j]);
                }
                QrMode::R => triangle(to[0].own(i, k, n)),
                QrMode::Reduced | QrMode::Complete => {
                    let q = to[0].own(i, m, columns);
                    q.fill(|i, j| if i == j { T::ONE } else { T::default() });
                    for (block, reflector) in reflectors.iter().enumerate().rev() {
                        let j = block * BLOCKS[0];
                        reflector.apply(false, q.part(j, j, m - j, columns - j), how)?;
                    }
                    triangle(to[1].own(i, columns, n));
                }
            }
        }
        Ok(())
    })
}

/// Factors the first columns in place, of which there are no more than rows, and applies their reflections to the others.
///
/// # Safety
/// Nobody else uses the matrix.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub(super) unsafe fn reflect<T: Scalar>(a: Mat<T>, columns: usize, how: How) -> Result<()> {
    let mut tau = vec![T::default(); columns];
    let blocks: &[usize] = if a.cols <= NARROW { &[] } else { &BLOCKS };
    // SAFETY: the caller's contract.
    unsafe { factor(a, &mut tau, blocks, false, how) }.map(|_| ())
}

/// Factors in place: `r` in the upper triangle, the vectors of the reflections below it, without their leading ones. The reflectors of all
/// blocks, if they are to be kept.
///
/// # Safety
/// Nobody else uses the matrix.
unsafe fn factor<T: Scalar>(
    a: Mat<T>,
    tau: &mut [T],
    blocks: &[usize],
    keeps: bool,
    how: How,
) -> Result<Vec<Reflector<T>>> {
    let mut kept = Vec::new();
    let &[block, ref inner @ ..] = blocks else {
        // SAFETY: the caller's contract.
        unsafe { panel::factor(a, tau, how)? };
        return Ok(kept);
    };
    let (m, n, k) = (a.rows, a.cols, tau.len());
    for j in (0..k).step_by(block) {
        let width = block.min(k - j);
        let (own, rest) = (a.part(j, j, m - j, width), a.part(j, j + width, m - j, n - j - width));
        let tau = &mut tau[j..j + width];
        // SAFETY: the caller's contract; the parts do not overlap.
        unsafe {
            factor(own, tau, inner, false, how)?;
            if rest.cols > 0 || keeps {
                let reflector = Reflector::new(own, tau, how)?;
                reflector.apply(true, rest, how)?;
                if keeps {
                    kept.push(reflector);
                }
            }
        }
    }
    Ok(kept)
}
