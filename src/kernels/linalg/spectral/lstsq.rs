//! Least squares.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Mat, Room, Source, multiply};
use super::super::matmul::Onto;
use super::super::qr;
use super::super::scalar::{Real, Scalar, nan};
use super::super::stack::{Stack, each};
use super::svd::decompose;
use super::{Found, Spectral, columns, nanoseconds, scale, survey, unscale};
use crate::array::Array;
use crate::error::{Error, Result};
use faer::linalg::svd::ComputeSvdVectors;
use std::sync::{Mutex, PoisonError};

/// The real numbers of a type.
type Of<T> = <T as Scalar>::Real;

/// Rows, and rows for each column, of a block of a tall matrix: it fits the second-level cache.
const ROWS: [usize; 2] = [1024, 8];
/// Exponents from which squares of numbers are not trusted.
const FAR: i32 = 30;

/// Writes the solutions of least norm that make `|a x - b|` smallest, the sums of squares that they leave where there are more rows than columns, the
/// ranks, and the singular values of `a`; those up to `rcond` times the largest count as zero.
///
/// Of more rows than columns, reflections leave a triangle, which has the same singular values, and below it what no solution reaches
/// (Golub and Van Loan, *Matrix Computations*, 4th ed., sections 5.3 and 5.5); of many more, those of blocks of rows first (Demmel, Grigori,
/// Hoemmen, Langou, *Communication-optimal parallel and sequential QR and LU factorizations*, SIAM J. Sci. Comput. 34, 2012).
///
/// # Errors
/// `Error::LinAlg` where singular values do not converge; `Error::Interrupted`, `Error::Memory`.
pub(in super::super) fn lstsq<T: Spectral>(
    rcond: f64,
    a: &Array,
    b: &Array,
    [solution, residuals, ranks, values]: [&Array; 4],
    how: How,
) -> Result<()> {
    let (&[.., m, n], &[.., k]) = (a.shape(), b.shape()) else { return Ok(()) };
    let (from, right, to) = (Stack::<T>::new(a, 2), Stack::<T>::new(b, 2), Stack::<T>::new(solution, 2));
    let [squares, ranks, values] =
        [(residuals, 1), (ranks, 0), (values, 1)].map(|(x, core)| Stack::<Of<T>>::new(x, core));
    let (is_tall, short) = (m > n, m.min(n));
    each(from.count, nanoseconds::<T>(m, n), how, |i, how| {
        // SAFETY: the operands lie in their arrays; results `i` are this task's alone, the rest is our own memory.
        unsafe {
            let x = to.own(i, n, k);
            let value = |j: usize| values.at(i).at(j, 0).cast_mut();
            let square = |j: usize| squares.at(i).at(j, 0).cast_mut();
            let rank = ranks.at(i).at(0, 0).cast_mut();
            let mut exponent = 0;
            let mut system = reflected([from.at(i), right.at(i)], [m, n, k], exponent, how)?;
            let (found, far) = (system.found, system.found.largest.exponent());
            if found.is_finite && found.largest != Of::<T>::default() && far.abs() > FAR {
                exponent = far;
                system = reflected([from.at(i), right.at(i)], [m, n, k], exponent, how)?;
            }
            if found.has_nan {
                return Err(not_converged());
            }
            if !found.is_finite {
                x.fill(|_, _| nan());
                (0..short).for_each(|j| value(j).write(nan()));
                (0..k).for_each(|j| square(j).write(nan()));
                rank.write(Of::<T>::default());
                return Ok(());
            }
            let mut room = Room::new(short * (2 * n + short + 1 + k))?;
            let core = columns(&mut room, short, n);
            let (u, v) = (columns(&mut room, short, short), columns(&mut room, n, short));
            let (s, coefficients) = (room.take(short, 1), room.take(short, k));
            let whole = system.whole;
            core.fill(|i, j| if is_tall && i > j { T::default() } else { whole.at(i, j).read() });
            exponent += unscale(core);
            decompose(core, s, Some((ComputeSvdVectors::Thin, [u, v])))?.map_err(|()| not_converged())?;
            let least = |j: usize| s.at(j, 0).read().re();
            let counts = |j: usize| least(j) > Of::<T>::rounded(rcond) * least(0);
            u.conjugate();
            multiply(Onto::Nothing, coefficients, u.transposed(), whole.part(0, n, short, k), how)?;
            coefficients.fill(|i, j| {
                let c = coefficients.at(i, j).read();
                if counts(i) { T::of(c.re() / least(i), c.im() / least(i)) } else { T::default() }
            });
            multiply(Onto::Nothing, x, v, coefficients, how)?;
            scale(x, -exponent);
            (0..short).for_each(|j| value(j).write(least(j).scaled(exponent)));
            rank.write(Of::<T>::rounded((0..short).filter(|&j| counts(j)).count() as f64));
            (0..k).for_each(|j| square(j).write(system.left_over[j]));
        }
        Ok(())
    })
}

fn not_converged() -> Error {
    Error::LinAlg("SVD did not converge in Linear Least Squares".into())
}

/// A system of equations `a x = b`, and what was found in `a` before it was scaled.
struct System<T: Scalar> {
    /// `a` and `b` side by side; if there are more rows than columns, a triangle of `a` in its first rows, and what became of `b`.
    whole: Mat<T>,
    /// By right-hand side, the squares of what no solution reaches.
    left_over: Vec<Of<T>>,
    found: Found<Of<T>>,
    _room: Room<T>,
}

/// `m` equations of `n` unknowns and `k` right-hand sides, `a` times `2^-exponent`, taken as far as reflections of rows take them.
///
/// # Safety
/// The matrices have these elements, which are readable.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
unsafe fn reflected<T: Scalar>(
    [a, b]: [Source<T>; 2],
    [m, n, k]: [usize; 3],
    exponent: i32,
    how: How,
) -> Result<System<T>> {
    let blocks = if m > n { (m / ROWS[0].max(ROWS[1] * n)).max(1) } else { 1 };
    let rows = if blocks == 1 { m } else { blocks * n };
    let mut room = Room::new(rows * (n + k) + (blocks + 1) * k)?;
    // The squares that each block leaves, and the whole in the end.
    let (whole, squares) = (room.take(rows, n + k), room.take(blocks + 1, k));
    // SAFETY: the memory is our own.
    unsafe { squares.fill(|_, _| T::default()) };
    let found = Mutex::new(Found { largest: Of::<T>::default(), is_finite: true, has_nan: false });
    // Rows from one on, of both, brought to a matrix; what is found there counts.
    let bring = |start: usize, to: Mat<T>| {
        let left = to.part(0, 0, to.rows, n);
        let below = |x: Source<T>| Source { data: x.data.wrapping_byte_offset(start as isize * x.row), ..x };
        // SAFETY: the caller's contract; `to` is nobody else's.
        let new = unsafe {
            left.load(below(a));
            to.part(0, n, to.rows, k).load(below(b));
            let new = survey(left);
            if exponent != 0 {
                scale(left, -exponent);
            }
            new
        };
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found.largest = if new.largest > found.largest { new.largest } else { found.largest };
        found.is_finite &= new.is_finite;
        found.has_nan |= new.has_nan;
    };
    // Squares `t`: of what lies below the triangle.
    let leave = |x: Mat<T>, t: usize| {
        for j in 0..k {
            // SAFETY: the places lie within both, and are nobody else's.
            unsafe {
                let left_over = (n..x.rows).map(|i| x.at(i, n + j).read());
                let sum = left_over.map(|x| x.re() * x.re() + x.im() * x.im()).fold(Of::<T>::default(), |s, x| s + x);
                squares.at(t, j).write(T::of(sum, Of::<T>::default()));
            }
        }
    };
    if blocks == 1 {
        bring(0, whole);
    } else {
        how.try_tasks(blocks, |t| {
            let (start, end) = (t * m / blocks, (t + 1) * m / blocks);
            let mut room = Room::new((end - start) * (n + k))?;
            let own = room.take(end - start, n + k);
            bring(start, own);
            // SAFETY: the block is our own; no two tasks write the same rows.
            unsafe {
                qr::reflect(own, n, How::alone(how.isa))?;
                let zero = T::default();
                whole.part(t * n, 0, n, n + k).fill(|i, j| if i <= j { own.at(i, j).read() } else { zero });
            }
            leave(own, t);
            Ok(())
        })?;
    }
    if m > n {
        // SAFETY: the matrix is our own.
        unsafe { qr::reflect(whole, n, how)? };
    }
    leave(whole, blocks);
    // SAFETY: written above.
    let square = |t: usize, j: usize| unsafe { squares.at(t, j).read().re() };
    let left_over = (0..k).map(|j| (0..blocks).fold(square(blocks, j), |sum, t| sum + square(t, j))).collect();
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(System { whole, left_over, found, _room: room })
}
