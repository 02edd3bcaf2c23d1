//! Small matrices, side by side: each vector holds the same element of several of them.
#![expect(unsafe_code, reason = "reads and writes stacks of matrices")]

use super::super::lanes::{Divisor, minus, roots};
use super::super::mat::{How, loops};
use super::super::scalar::Scalar;
use super::super::stack::{Stack, gather, scatter, side_by_side};
use super::not_positive;
use crate::error::Result;
use crate::kernels::tile::isa::Isa;

/// Factors; what is above the diagonal becomes zero.
///
/// # Errors
/// As [`super::cholesky`].
pub(super) fn cholesky<T: Scalar, const W: usize>(n: usize, a: &Stack<T>, out: &Stack<T>, how: How) -> Result<()> {
    let nanoseconds = size_of::<T>() as f64 * (0.02 * n as f64 + 0.5) * (n * n) as f64 + 10.0;
    side_by_side::<T, W>(a.count, nanoseconds, n * n, how, |packs, first, used| {
        // SAFETY: the operand lies in its array; these results are this task's alone.
        unsafe {
            gather(how.isa, a, (first, used), (n, n), packs, (n, 0));
            if factor::<T, W>(how.isa, packs, n).iter().take(used).any(|failed| *failed) {
                return Err(not_positive());
            }
            scatter(how.isa, out, (first, used), (n, n), packs, (n, 0));
        }
        Ok(())
    })
}

loops! {
    /// Factors in place; which of them are not positive definite.
    ///
    /// # Safety
    /// None but what the instruction set asks for.
    unsafe fn factor<T, const W: usize>(packs: &mut [[T; W]], n: usize) -> [bool; W] = factor_body
}

/// # Safety
/// None.
#[inline(always)]
unsafe fn factor_body<T: Scalar, const W: usize, const FUSED: bool>(packs: &mut [[T; W]], n: usize) -> [bool; W] {
    let mut failed = [false; W];
    for j in 0..n {
        let mut square = packs[j * n + j];
        for lane in 0..W {
            let bad = square[lane].re() <= T::Real::default();
            failed[lane] |= bad;
            square[lane] = T::of(if bad { T::Real::ONE } else { square[lane].re() }, T::Real::default());
        }
        packs[j * n + j] = roots::<T, W, FUSED>(square);
        let divisor = Divisor::new::<FUSED>(packs[j * n + j]);
        packs[j * n + j + 1..(j + 1) * n].fill([T::default(); W]);
        for i in j + 1..n {
            let x = divisor.under::<FUSED>(packs[i * n + j]);
            packs[i * n + j] = x;
            for k in j + 1..=i {
                let y = packs[k * n + j].map(T::conj);
                packs[i * n + k] = minus::<T, W, FUSED>(packs[i * n + k], x, y);
            }
        }
    }
    failed
}
