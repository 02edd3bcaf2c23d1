//! Small matrices, side by side: each vector holds the same element of several of them.
#![expect(unsafe_code, reason = "reads and writes stacks of matrices")]

use super::super::lanes::{Divisor, minus, times};
use super::super::mat::{How, loops};
use super::super::scalar::{Real, Scalar};
use super::super::stack::{Stack, gather, scatter, side_by_side};
use super::panel::{Reflection, careful_norm};
use crate::error::Result;
use crate::kernels::tile::isa::Isa;
use crate::ops::kernel::QrMode;

/// Factors.
///
/// # Errors
/// As [`super::qr`].
pub(super) fn qr<T: Scalar, const W: usize>(
    mode: QrMode,
    [m, n]: [usize; 2],
    a: &Stack<T>,
    to: &[Stack<T>],
    how: How,
) -> Result<()> {
    let k = m.min(n);
    let (columns, rows) = mode.sizes(m, n);
    let nanoseconds = size_of::<T>() as f64 * ((n + 2 * columns) * m * k) as f64 * 0.1 + 20.0;
    // The factors, one `tau` for each column, and `q`.
    let room = m * n + k + m * columns;
    side_by_side::<T, W>(a.count, nanoseconds, room, how, |packs, first, used| {
        let which = (first, used);
        let (factors, rest) = packs.split_at_mut(m * n);
        let (tau, q) = rest.split_at_mut(k);
        // SAFETY: the operand lies in its array; these results are this task's alone.
        unsafe {
            gather(how.isa, a, which, (m, n), factors, (n, 0));
            reflect::<T, W>(how.isa, factors, tau, [m, n]);
            if mode == QrMode::Raw {
                // Columns are rows there.
                for i in 0..m {
                    for j in 0..n {
                        for (lane, x) in factors[i * n + j].iter().enumerate().take(used) {
                            to[0].at(first + lane).at(j, i).cast_mut().write(*x);
                        }
                    }
                }
                for (j, tau) in tau.iter().enumerate() {
                    for (lane, tau) in tau.iter().enumerate().take(used) {
                        to[1].at(first + lane).at(j, 0).cast_mut().write(*tau);
                    }
                }
                return Ok(());
            }
            if columns > 0 {
                multiply_out::<T, W>(how.isa, factors, tau, q, [m, n, columns]);
                scatter(how.isa, &to[0], which, (m, columns), q, (columns, 0));
            }
            for i in 1..m {
                factors[i * n..][..i.min(n)].fill([T::default(); W]);
            }
            scatter(how.isa, &to[to.len() - 1], which, (rows, n), factors, (n, 0));
        }
        Ok(())
    })
}

loops! {
    /// Factors in place.
    ///
    /// # Safety
    /// None but what the instruction set asks for.
    unsafe fn reflect<T, const W: usize>(a: &mut [[T; W]], tau: &mut [[T; W]], size: [usize; 2]) = reflect_body
}

/// # Safety
/// None.
#[inline(always)]
unsafe fn reflect_body<T: Scalar, const W: usize, const FUSED: bool>(
    a: &mut [[T; W]],
    tau: &mut [[T; W]],
    [m, n]: [usize; 2],
) {
    for (j, tau) in tau.iter_mut().enumerate() {
        let mut squares = [T::Real::default(); W];
        for i in j + 1..m {
            let x = a[i * n + j];
            for lane in 0..W {
                squares[lane] = squares[lane] + x[lane].re() * x[lane].re() + x[lane].im() * x[lane].im();
            }
        }
        let mut divisor = [T::ONE; W];
        for lane in 0..W {
            let mut norm = squares[lane].root();
            if !squares[lane].normal() {
                norm = careful_norm((j + 1..m).map(|i| a[i * n + j][lane]));
            }
            let r = Reflection::new(a[j * n + j][lane], norm);
            (tau[lane], a[j * n + j][lane], divisor[lane]) = (r.tau, r.beta, r.divisor);
        }
        let divisor = Divisor::new::<FUSED>(divisor);
        for i in j + 1..m {
            a[i * n + j] = divisor.under::<FUSED>(a[i * n + j]);
        }
        let conjugate = tau.map(T::conj);
        for c in j + 1..n {
            apply::<T, W, FUSED>(a, [m, n, j], conjugate, None, c);
        }
    }
}

/// Applies reflection `j`, whose vector is a column of `a`, to column `c` of another matrix, or of `a` itself.
#[inline(always)]
fn apply<T: Scalar, const W: usize, const FUSED: bool>(
    a: &mut [[T; W]],
    [m, n, j]: [usize; 3],
    tau: [T; W],
    other: Option<(&mut [[T; W]], usize)>,
    c: usize,
) {
    let mut own = other;
    macro_rules! x {
        ($i:expr) => {
            *match &mut own {
                Some((q, width)) => &mut q[$i * *width + c],
                None => &mut a[$i * n + c],
            }
        };
    }
    let mut sum = x!(j);
    for i in j + 1..m {
        sum = minus::<T, W, FUSED>(sum, a[i * n + j].map(|v| -v.conj()), x!(i));
    }
    sum = times::<T, W, FUSED>(sum, tau);
    x!(j) = minus::<T, W, FUSED>(x!(j), [T::ONE; W], sum);
    for i in j + 1..m {
        x!(i) = minus::<T, W, FUSED>(x!(i), a[i * n + j], sum);
    }
}

loops! {
    /// The product of all reflections: some columns of it.
    ///
    /// # Safety
    /// None but what the instruction set asks for.
    unsafe fn multiply_out<T, const W: usize>(a: &mut [[T; W]], tau: &[[T; W]], q: &mut [[T; W]], size: [usize; 3]) = multiply_body
}

/// # Safety
/// None.
#[inline(always)]
unsafe fn multiply_body<T: Scalar, const W: usize, const FUSED: bool>(
    a: &mut [[T; W]],
    tau: &[[T; W]],
    q: &mut [[T; W]],
    [m, n, columns]: [usize; 3],
) {
    for i in 0..m {
        for j in 0..columns {
            q[i * columns + j] = [if i == j { T::ONE } else { T::default() }; W];
        }
    }
    for (j, tau) in tau.iter().enumerate().rev() {
        for c in j..columns {
            apply::<T, W, FUSED>(a, [m, n, j], *tau, Some((&mut *q, columns)), c);
        }
    }
}
