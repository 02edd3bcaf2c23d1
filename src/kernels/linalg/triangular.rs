//! Triangular systems and inverses, in place, by blocks: products do all but the diagonal blocks.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::mat::{How, Mat, loops, multiply};
use super::matmul::Onto;
use super::scalar::{Real, Scalar};
use crate::error::Result;
use crate::kernels::tile::isa::Isa;

/// Rows of a diagonal block.
pub(super) const BLOCK: usize = 16;
/// Columns of a right-hand side that are solved for together: enough chains of sums to hide their latency.
const STRIP: usize = 16;
/// Columns that are worth a task, at least and at most.
const COLUMNS: (usize, usize) = (64, 256);

/// What the diagonal of a triangle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Diagonal {
    /// Ones, whatever is stored there.
    Ones,
    /// What is stored there.
    Stored,
}

/// Solves `l x = b`, `l` being the lower triangle of a matrix, in the place of `b`. An upper triangle, turned, is a lower one.
///
/// # Safety
/// The triangle is readable, `b` is used by nobody else and does not overlap it.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub(super) unsafe fn solve<T: Scalar>(l: Mat<T>, diagonal: Diagonal, b: Mat<T>, how: How) -> Result<()> {
    let (columns, isa) = (columns(b.cols), how.isa);
    how.try_tasks(b.cols.div_ceil(columns), |t| {
        let from = t * columns;
        let part = b.part(0, from, b.rows, columns.min(b.cols - from));
        // SAFETY: the caller's contract; no two tasks have a column in common.
        unsafe { solve_columns(l, diagonal, part, How::alone(isa)) }
    })
}

/// The columns of a task, of so many.
pub(super) fn columns(all: usize) -> usize {
    all.div_ceil(8).next_multiple_of(STRIP).clamp(COLUMNS.0, COLUMNS.1)
}

/// Solves `u x = b`, `u` being the upper triangle of a matrix with its diagonal.
///
/// # Safety
/// As [`solve`].
///
/// # Errors
/// As [`solve`].
pub(super) unsafe fn solve_upper<T: Scalar>(u: Mat<T>, b: Mat<T>, how: How) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe { solve(u.turned(), Diagonal::Stored, b.upside_down(), how) }
}

/// # Safety
/// As [`solve`].
pub(super) unsafe fn solve_columns<T: Scalar>(l: Mat<T>, diagonal: Diagonal, b: Mat<T>, how: How) -> Result<()> {
    let n = l.cols;
    if n <= BLOCK {
        // SAFETY: the caller's contract.
        unsafe { solve_block(how.isa, l, diagonal, b) };
        return Ok(());
    }
    let h = half(n);
    let (top, bottom) = (b.part(0, 0, h, b.cols), b.part(h, 0, n - h, b.cols));
    // SAFETY: the caller's contract; the parts do not overlap.
    unsafe {
        solve_columns(l.part(0, 0, h, h), diagonal, top, how)?;
        multiply(Onto::Subtract, bottom, l.part(h, 0, n - h, h), top, how)?;
        solve_columns(l.part(h, h, n - h, n - h), diagonal, bottom, how)
    }
}

/// Where a matrix is cut: about in the middle, at a whole number of blocks.
pub(super) fn half(n: usize) -> usize {
    (n / 2).next_multiple_of(BLOCK)
}

/// The inverse of a unit lower triangle, in a matrix of its own that is zero above the diagonal.
///
/// # Safety
/// As [`solve`].
///
/// # Errors
/// As [`solve`].
pub(super) unsafe fn invert_unit<T: Scalar>(l: Mat<T>, x: Mat<T>, how: How) -> Result<()> {
    let n = l.rows;
    // SAFETY: the caller's contract; the parts do not overlap.
    unsafe {
        if n <= BLOCK {
            x.fill(|i, j| if i == j { T::ONE } else { T::default() });
            solve_block(how.isa, l, Diagonal::Ones, x);
            return Ok(());
        }
        let h = half(n);
        let (first, below) = (x.part(0, 0, h, h), x.part(h, 0, n - h, h));
        invert_unit(l.part(0, 0, h, h), first, how)?;
        invert_unit(l.part(h, h, n - h, n - h), x.part(h, h, n - h, n - h), how)?;
        x.part(0, h, h, n - h).fill(|_, _| T::default());
        below.fill(|_, _| T::default());
        multiply(Onto::Subtract, below, l.part(h, 0, n - h, h), first, how)?;
        solve(l.part(h, h, n - h, n - h), Diagonal::Ones, below, how)
    }
}

loops! {
    /// Solves for a triangle of up to `BLOCK` rows.
    ///
    /// # Safety
    /// As [`solve`].
    unsafe fn solve_block<T>(l: Mat<T>, diagonal: Diagonal, b: Mat<T>) = block_body
}

/// # Safety
/// As [`solve`].
#[inline(always)]
unsafe fn block_body<T: Scalar, const FUSED: bool>(l: Mat<T>, diagonal: Diagonal, b: Mat<T>) {
    let n = l.cols;
    let mut triangle =
        Triangle { rows: [[T::default(); BLOCK]; BLOCK], inverses: [T::ONE; BLOCK], divides: false, diagonal };
    for i in 0..n {
        for j in 0..=i {
            // SAFETY: the caller's contract.
            triangle.rows[i][j] = unsafe { l.at(i, j).read() };
        }
        if diagonal == Diagonal::Stored {
            let pivot = triangle.rows[i][i];
            triangle.inverses[i] = T::ONE.over(pivot);
            triangle.divides |= !(pivot.size() >= T::Real::SMALLEST && pivot.is_finite());
        }
    }
    let mut j = 0;
    // SAFETY: the caller's contract; the strips lie within `b`.
    unsafe {
        while j + STRIP / 2 < b.cols {
            let width = STRIP.min(b.cols - j);
            strip::<T, STRIP, FUSED>(&triangle, b.part(0, j, n, width));
            j += width;
        }
        if j < b.cols {
            strip::<T, { STRIP / 2 }, FUSED>(&triangle, b.part(0, j, n, b.cols - j));
        }
    }
}

/// A triangle that lies contiguous.
struct Triangle<T> {
    rows: [[T; BLOCK]; BLOCK],
    inverses: [T; BLOCK],
    /// Whether a reciprocal of the diagonal is no number to multiply by.
    divides: bool,
    diagonal: Diagonal,
}

/// # Safety
/// As [`solve`], for up to `S` columns.
#[inline(always)]
unsafe fn strip<T: Scalar, const S: usize, const FUSED: bool>(triangle: &Triangle<T>, b: Mat<T>) {
    let mut x = [[T::default(); S]; BLOCK];
    let whole = b.cols == S && b.has_rows();
    for i in 0..b.rows {
        let mut sum = [T::default(); S];
        if whole {
            // SAFETY: `S` elements lie there side by side.
            sum = unsafe { b.at(i, 0).cast::<[T; S]>().read() };
        } else {
            for (j, sum) in sum.iter_mut().enumerate().take(b.cols) {
                // SAFETY: the place lies within `b`.
                *sum = unsafe { b.at(i, j).read() };
            }
        }
        for (j, x) in x.iter().enumerate().take(i) {
            let factor = triangle.rows[i][j];
            for s in 0..S {
                sum[s] = sum[s].minus::<FUSED>(factor, x[s]);
            }
        }
        if triangle.diagonal == Diagonal::Stored {
            for sum in &mut sum {
                *sum = if triangle.divides { sum.over(triangle.rows[i][i]) } else { *sum * triangle.inverses[i] };
            }
        }
        x[i] = sum;
        if whole {
            // SAFETY: as above.
            unsafe { b.at(i, 0).cast::<[T; S]>().write(sum) };
        } else {
            for (j, sum) in sum.iter().enumerate().take(b.cols) {
                // SAFETY: as above.
                unsafe { b.at(i, j).write(*sum) };
            }
        }
    }
}
