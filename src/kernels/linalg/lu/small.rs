//! Small matrices, side by side: each vector holds the same element of several of them. Every one has pivots of its own.
#![expect(unsafe_code, reason = "reads and writes stacks of matrices")]

use super::super::lanes::{Divisor, minus};
use super::super::mat::{How, loops};
use super::super::scalar::{Scalar, nan};
use super::super::stack::{Stack, gather, scatter, side_by_side};
use super::determinant::Pivots;
use super::singular;
use crate::error::Result;
use crate::kernels::tile::isa::Isa;

/// Nanoseconds of the elimination of a matrix with `width` columns, roughly.
fn nanoseconds<T: Scalar>(n: usize, width: usize) -> f64 {
    let (n, width) = (n as f64, width as f64);
    size_of::<T>() as f64 * (0.05 * n * n * width + 0.5 * n * width + 5.0)
}

/// Solves for `k` right-hand sides each.
///
/// # Errors
/// As [`super::solve`].
pub(super) fn solve<T: Scalar, const W: usize>(
    [n, k]: [usize; 2],
    a: &Stack<T>,
    b: &Stack<T>,
    out: &Stack<T>,
    how: How,
) -> Result<()> {
    let width = n + k;
    side_by_side::<T, W>(a.count, nanoseconds::<T>(n, width), n * width, how, |packs, first, used| {
        let which = (first, used);
        // SAFETY: the operands lie in their arrays; these results are this task's alone.
        unsafe {
            gather(how.isa, a, which, (n, n), packs, (width, 0));
            gather(how.isa, b, which, (n, k), packs, (width, n));
            if eliminate::<T, W>(how.isa, packs, n, width).0.iter().take(used).any(|zero| *zero) {
                return Err(singular());
            }
            substitute::<T, W>(how.isa, packs, n, width);
            scatter(how.isa, out, which, (n, k), packs, (width, n));
        }
        Ok(())
    })
}

/// Inverts.
///
/// # Errors
/// As [`super::inv`].
pub(super) fn inv<T: Scalar, const W: usize>(
    lenient: bool,
    n: usize,
    a: &Stack<T>,
    out: &Stack<T>,
    how: How,
) -> Result<()> {
    let width = 2 * n;
    side_by_side::<T, W>(a.count, nanoseconds::<T>(n, width), n * width, how, |packs, first, used| {
        let which = (first, used);
        for (i, row) in packs.chunks_exact_mut(width).enumerate() {
            for (j, pack) in row[n..].iter_mut().enumerate() {
                *pack = [if i == j { T::ONE } else { T::default() }; W];
            }
        }
        // SAFETY: as in `solve`.
        unsafe {
            gather(how.isa, a, which, (n, n), packs, (width, 0));
            let (zero, _) = eliminate::<T, W>(how.isa, packs, n, width);
            substitute::<T, W>(how.isa, packs, n, width);
            for lane in (0..used).filter(|&lane| zero[lane]) {
                if !lenient {
                    return Err(singular());
                }
                packs.iter_mut().for_each(|pack| pack[lane] = nan());
            }
            scatter(how.isa, out, which, (n, n), packs, (width, n));
        }
        Ok(())
    })
}

/// Tells whether the number of exchanges is odd, and the pivots, of each matrix.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub(super) fn pivots<T: Scalar, const W: usize>(
    n: usize,
    a: &Stack<T>,
    how: How,
    tell: impl Fn(usize, bool, Pivots<T>) + Sync,
) -> Result<()> {
    side_by_side::<T, W>(a.count, nanoseconds::<T>(n, n), n * n, how, |packs, first, used| {
        // SAFETY: the operand lies in its array.
        let (_, odd) = unsafe {
            gather(how.isa, a, (first, used), (n, n), packs, (n, 0));
            eliminate::<T, W>(how.isa, packs, n, n)
        };
        for (lane, odd) in odd.into_iter().enumerate().take(used) {
            tell(first + lane, odd, (n, &|k| packs[k * n + k][lane]));
        }
        Ok(())
    })
}

loops! {
    /// Eliminates below the diagonal, in rows of `width` columns, the first `n` of which are the matrix; for each: whether a pivot is zero, and
    /// whether the number of exchanges is odd. What is below the diagonal is arbitrary afterwards.
    ///
    /// # Safety
    /// None but what the instruction set asks for.
    unsafe fn eliminate<T, const W: usize>(packs: &mut [[T; W]], n: usize, width: usize) -> ([bool; W], [bool; W]) = eliminate_body
}

/// # Safety
/// None.
#[inline(always)]
unsafe fn eliminate_body<T: Scalar, const W: usize, const FUSED: bool>(
    packs: &mut [[T; W]],
    n: usize,
    width: usize,
) -> ([bool; W], [bool; W]) {
    let (mut zero, mut odd) = ([false; W], [false; W]);
    for k in 0..n {
        let mut best = packs[k * width + k].map(T::size);
        let mut at = [k; W];
        for i in k + 1..n {
            let sizes = packs[i * width + k].map(T::size);
            for lane in 0..W {
                let larger = sizes[lane] > best[lane];
                best[lane] = if larger { sizes[lane] } else { best[lane] };
                at[lane] = if larger { i } else { at[lane] };
            }
        }
        // Asked of all lanes at once: lane by lane it takes longer than the elimination.
        if at.iter().fold(0, |moved, p| moved | (p ^ k)) != 0 {
            exchange(packs, [k, width], at, &mut odd);
        }
        let (upper, lower) = packs.split_at_mut((k + 1) * width);
        let row = &upper[k * width + k..];
        let mut pivot = row[0];
        if pivot.iter().fold(false, |any, x| any | (*x == T::default())) {
            // Nothing is left to eliminate, and no infinity is made.
            for lane in (0..W).filter(|&lane| row[0][lane] == T::default()) {
                (zero[lane], pivot[lane]) = (true, T::ONE);
            }
        }
        let divisor = Divisor::new::<FUSED>(pivot);
        for other in lower.chunks_exact_mut(width).take(n - k - 1) {
            let other = &mut other[k..];
            let factor = divisor.under::<FUSED>(other[0]);
            for (x, u) in other[1..].iter_mut().zip(&row[1..]) {
                *x = minus::<T, W, FUSED>(*x, factor, *u);
            }
        }
    }
    (zero, odd)
}

/// Exchanges, in each matrix, row `k` and another from column `k` on.
#[inline(never)]
fn exchange<T: Scalar, const W: usize>(
    packs: &mut [[T; W]],
    [k, width]: [usize; 2],
    others: [usize; W],
    odd: &mut [bool; W],
) {
    for (lane, p) in others.into_iter().enumerate().filter(|&(_, p)| p != k) {
        odd[lane] ^= true;
        let (upper, lower) = packs.split_at_mut(p * width);
        for (x, y) in upper[k * width + k..(k + 1) * width].iter_mut().zip(&mut lower[k..width]) {
            std::mem::swap(&mut x[lane], &mut y[lane]);
        }
    }
}

loops! {
    /// Solves with the upper triangle for the columns from `n` on.
    ///
    /// # Safety
    /// None but what the instruction set asks for.
    unsafe fn substitute<T, const W: usize>(packs: &mut [[T; W]], n: usize, width: usize) = substitute_body
}

/// # Safety
/// None.
#[inline(always)]
unsafe fn substitute_body<T: Scalar, const W: usize, const FUSED: bool>(packs: &mut [[T; W]], n: usize, width: usize) {
    for i in (0..n).rev() {
        let (upper, lower) = packs.split_at_mut((i + 1) * width);
        let (u, right) = upper[i * width..].split_at_mut(n);
        for (row, &factor) in lower.chunks_exact(width).zip(&u[i + 1..]) {
            for (x, y) in right.iter_mut().zip(&row[n..]) {
                *x = minus::<T, W, FUSED>(*x, factor, *y);
            }
        }
        let divisor = Divisor::new::<FUSED>(u[i]);
        for x in right {
            *x = divisor.under::<FUSED>(*x);
        }
    }
}
