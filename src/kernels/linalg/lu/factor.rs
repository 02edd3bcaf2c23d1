//! The factors of one matrix, in its place: `l` below the diagonal, with ones on it that are not stored, and `u`.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Mat, Room, loops, multiply};
use super::super::matmul::Onto;
use super::super::scalar::{Scalar, divide};
use super::super::triangular::{Diagonal, columns, half, solve_columns};
use crate::error::Result;
use crate::kernels::tile::isa::Isa;

/// Columns that are eliminated one by one.
const PANEL: usize = 16;

/// Nanoseconds that the factors of a matrix take one thread, measured for large ones.
pub(in super::super) fn nanoseconds<T: Scalar>(n: usize) -> f64 {
    let n = n as f64;
    let bytes = size_of::<T>() as f64 / 8.0;
    bytes * if T::COMPLEX { 2.0 } else { 1.0 } * n * n * (0.02 * n + 1.0)
}

/// Factors a matrix of at least as many rows as columns. Row `k` was exchanged with row `pivots[k]`, in order. Whether a pivot is zero.
///
/// # Safety
/// Nobody else uses the matrix.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub(in super::super) unsafe fn factor<T: Scalar>(a: Mat<T>, pivots: &mut [usize], how: How) -> Result<bool> {
    let mut room = Room::new(a.rows * PANEL)?;
    let columns = room.take(PANEL, a.rows);
    // SAFETY: the caller's contract.
    unsafe { halves(a, pivots, columns, how) }
}

/// # Safety
/// As [`factor`]; `columns` is memory for a panel.
unsafe fn halves<T: Scalar>(a: Mat<T>, pivots: &mut [usize], memory: Mat<T>, how: How) -> Result<bool> {
    let (m, n) = (a.rows, a.cols);
    if n <= PANEL {
        // SAFETY: the caller's contract.
        return Ok(unsafe { panel(how.isa, a, pivots, memory) });
    }
    let h = half(n);
    let (first, second) = pivots.split_at_mut(h);
    // SAFETY: the caller's contract; the parts do not overlap.
    unsafe {
        let mut singular = halves(a.part(0, 0, m, h), first, memory, how)?;
        let (right, below) = (a.part(0, h, m, n - h), a.part(h, 0, m - h, h));
        let (width, isa) = (columns(right.cols), how.isa);
        how.try_tasks(right.cols.div_ceil(width), |t| {
            let part = right.part(0, t * width, m, width.min(right.cols - t * width));
            exchange(part, first);
            solve_columns(a.part(0, 0, h, h), Diagonal::Ones, part.part(0, 0, h, part.cols), How::alone(isa))
        })?;
        let rest = right.part(h, 0, m - h, n - h);
        multiply(Onto::Subtract, rest, below, right.part(0, 0, h, n - h), how)?;
        singular |= halves(rest, second, memory, how)?;
        exchange(below, second);
        second.iter_mut().for_each(|p| *p += h);
        Ok(singular)
    }
}

/// Exchanges row `k` with row `pivots[k]`, in order.
///
/// # Safety
/// Nobody else uses the matrix, whose rows lie contiguous.
pub(super) unsafe fn exchange<T: Scalar>(a: Mat<T>, pivots: &[usize]) {
    assert!(a.has_rows(), "rows that lie contiguous");
    if a.cols == 0 {
        return;
    }
    for (k, &p) in pivots.iter().enumerate().filter(|(k, p)| k != *p) {
        // SAFETY: two rows of the matrix.
        unsafe { std::ptr::swap_nonoverlapping(a.at(k, 0), a.at(p, 0), a.cols) };
    }
}

loops! {
    /// Factors a matrix of up to `PANEL` columns, which `memory` has room for.
    ///
    /// # Safety
    /// As [`factor`].
    unsafe fn panel<T>(a: Mat<T>, pivots: &mut [usize], memory: Mat<T>) -> bool = panel_body
}

/// # Safety
/// As [`factor`].
#[inline(always)]
unsafe fn panel_body<T: Scalar, const FUSED: bool>(a: Mat<T>, pivots: &mut [usize], memory: Mat<T>) -> bool {
    let (m, n) = (a.rows, a.cols);
    // SAFETY: the memory is nobody else's, and has room for the columns, one after another.
    unsafe {
        let columns = Mat::new(memory.at(0, 0), n, m, m);
        columns.load(a.transposed().source());
        let singular = eliminate::<T, FUSED>(std::slice::from_raw_parts_mut(memory.at(0, 0), n * m), pivots, m);
        a.load(columns.transposed().source());
        singular
    }
}

/// Eliminates below the diagonal, in columns of `m` numbers.
#[inline(always)]
fn eliminate<T: Scalar, const FUSED: bool>(columns: &mut [T], pivots: &mut [usize], m: usize) -> bool {
    let mut singular = false;
    for (k, at) in pivots.iter_mut().enumerate() {
        let p = k + largest(&columns[k * m + k..(k + 1) * m]);
        *at = p;
        if p != k {
            for column in columns.chunks_exact_mut(m) {
                column.swap(k, p);
            }
        }
        let (done, rest) = columns.split_at_mut((k + 1) * m);
        let (pivot, below) = done[k * m + k..].split_at_mut(1);
        let pivot = pivot[0];
        if pivot == T::default() {
            singular = true;
            continue;
        }
        divide(below, pivot);
        for column in rest.chunks_exact_mut(m) {
            let factor = column[k];
            for (x, l) in column[k + 1..].iter_mut().zip(below.iter()) {
                *x = x.minus::<FUSED>(factor, *l);
            }
        }
    }
    singular
}

/// Where the largest number is; the first of several. NaN is never.
#[inline(always)]
fn largest<T: Scalar>(x: &[T]) -> usize {
    const LANES: usize = 16;
    let mut best = [T::Real::default(); LANES];
    let chunks = x.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (best, x) in best.iter_mut().zip(chunk) {
            let size = x.size();
            *best = if size > *best { size } else { *best };
        }
    }
    for x in rest {
        let size = x.size();
        best[0] = if size > best[0] { size } else { best[0] };
    }
    let top = best.iter().fold(T::Real::default(), |a, &b| if b > a { b } else { a });
    x.iter().position(|x| x.size() == top).unwrap_or(0)
}
