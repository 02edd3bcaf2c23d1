//! Cholesky: `a = l l^H` for matrices that are positive definite, by halves.
//!
//! Read and written is one triangle. An upper one, transposed, is a lower one, of the conjugate matrix: `a^T = u^T conj(u)`.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

mod small;

use super::mat::{How, Mat, Room, loops, multiply};
use super::matmul::Onto;
use super::scalar::{Real, Scalar};
use super::stack::{Stack, each, is_small};
use super::triangular::{self, BLOCK, Diagonal, half};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::kernels::tile::isa::Isa;

/// Rows of a square on the diagonal of which both triangles are computed, as that is faster.
const SQUARE: usize = 96;

/// Writes the factors of matrices, with zeros on the other side of the diagonal.
///
/// # Errors
/// `Error::LinAlg` where a matrix is not positive definite; `Error::Interrupted`, `Error::Memory`.
pub(super) fn cholesky<T: Scalar, const W: usize>(upper: bool, a: &Array, out: &Array, how: How) -> Result<()> {
    let n = a.shape()[a.ndim() - 1];
    let (from, to) = (Stack::<T>::new(a, 2), Stack::<T>::new(out, 2));
    let from = if upper { from.transposed() } else { from };
    if is_small::<W>(n, from.count) {
        return small::cholesky::<T, W>(n, &from, &if upper { to.transposed() } else { to }, how);
    }
    let work = 0.5 * super::lu::nanoseconds::<T>(n);
    each(from.count, work, how, |i, how| {
        // SAFETY: the operand lies in its array; result `i` is this task's alone.
        unsafe {
            let own = to.own(i, n, n);
            let x = if upper { own.transposed() } else { own };
            x.load(from.at(i));
            // The conjugate of what is subtracted, where that is something else.
            let mut room = Room::new(if T::COMPLEX { n * half(n) } else { 0 })?;
            let memory = if T::COMPLEX { room.take(n, half(n)) } else { x.part(0, 0, 0, 0) };
            factor(x, memory, how)?;
            for i in 0..n {
                for j in i + 1..n {
                    x.at(i, j).write(T::default());
                }
            }
        }
        Ok(())
    })
}

/// The error of a matrix that has no factor.
fn not_positive() -> Error {
    Error::LinAlg("Matrix is not positive definite".into())
}

/// # Safety
/// Nobody else uses the matrix and the memory.
unsafe fn factor<T: Scalar>(a: Mat<T>, memory: Mat<T>, how: How) -> Result<()> {
    let n = a.rows;
    if n <= BLOCK {
        // SAFETY: the caller's contract.
        return if unsafe { block(how.isa, a) } { Ok(()) } else { Err(not_positive()) };
    }
    let h = half(n);
    let (first, below, rest) = (a.part(0, 0, h, h), a.part(h, 0, n - h, h), a.part(h, h, n - h, n - h));
    // SAFETY: the caller's contract; the parts do not overlap.
    unsafe {
        factor(first, memory, how)?;
        // l21 l11^H = a21, conjugated and transposed.
        below.conjugate();
        triangular::solve(first, Diagonal::Stored, below.transposed(), how)?;
        let mut other = below;
        if T::COMPLEX {
            other = memory.part(0, 0, n - h, h);
            other.load(below.source());
            below.conjugate();
        }
        update(rest, below, other, how)?;
        factor(rest, memory, how)
    }
}

/// Subtracts `x y^T` in the lower triangle.
///
/// # Safety
/// As [`multiply`].
unsafe fn update<T: Scalar>(c: Mat<T>, x: Mat<T>, y: Mat<T>, how: How) -> Result<()> {
    let n = c.rows;
    if n <= SQUARE {
        // SAFETY: the caller's contract.
        return unsafe { multiply(Onto::Subtract, c, x, y.transposed(), how) };
    }
    let h = half(n);
    let (top, bottom) = (|m: Mat<T>| m.part(0, 0, h, m.cols), |m: Mat<T>| m.part(h, 0, n - h, m.cols));
    // SAFETY: the caller's contract; the parts do not overlap.
    unsafe {
        update(c.part(0, 0, h, h), top(x), top(y), how)?;
        multiply(Onto::Subtract, c.part(h, 0, n - h, h), bottom(x), top(y).transposed(), how)?;
        update(c.part(h, h, n - h, n - h), bottom(x), bottom(y), how)
    }
}

loops! {
    /// Factors a matrix of up to `BLOCK` rows; false where it is not positive definite.
    ///
    /// # Safety
    /// As [`factor`].
    unsafe fn block<T>(a: Mat<T>) -> bool = block_body
}

/// # Safety
/// As [`factor`].
#[inline(always)]
unsafe fn block_body<T: Scalar, const FUSED: bool>(a: Mat<T>) -> bool {
    let n = a.rows;
    // Columns, so that they are updated in vectors.
    let mut l = [[T::default(); BLOCK]; BLOCK];
    for (j, column) in l.iter_mut().enumerate().take(n) {
        for (i, x) in column.iter_mut().enumerate().take(n).skip(j) {
            // SAFETY: the caller's contract.
            *x = unsafe { a.at(i, j).read() };
        }
    }
    for j in 0..n {
        let (done, rest) = l.split_at_mut(j + 1);
        let column = &mut done[j];
        let square = column[j].re();
        if square <= T::Real::default() {
            return false;
        }
        let root = square.root();
        column[j] = T::of(root, T::Real::default());
        for x in &mut column[j + 1..] {
            *x = T::of(x.re() / root, x.im() / root);
        }
        for (k, other) in rest.iter_mut().enumerate() {
            let factor = column[j + 1 + k].conj();
            for (x, y) in other.iter_mut().zip(column.iter()) {
                *x = x.minus::<FUSED>(factor, *y);
            }
        }
    }
    for (j, column) in l.iter().enumerate().take(n) {
        for (i, x) in column.iter().enumerate().take(n).skip(j) {
            // SAFETY: the caller's contract.
            unsafe { a.at(i, j).write(*x) };
        }
    }
    true
}
