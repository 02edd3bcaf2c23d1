//! A few columns, one after another.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Mat, Room, loops};
use super::super::scalar::{Real, Scalar, divide};
use crate::error::Result;
use crate::kernels::tile::isa::Isa;

/// Sums that are added side by side.
const SUMS: usize = 16;

/// Factors a matrix of few columns in place.
///
/// # Safety
/// Nobody else uses it.
///
/// # Errors
/// `Error::Memory`.
pub(super) unsafe fn factor<T: Scalar>(a: Mat<T>, tau: &mut [T], how: How) -> Result<()> {
    let mut room = Room::new(a.rows * a.cols)?;
    let columns = room.take(a.cols, a.rows);
    // SAFETY: the caller's contract; the memory is ours, and holds the columns one after another.
    unsafe {
        columns.load(a.transposed().source());
        let all = std::slice::from_raw_parts_mut(columns.at(0, 0), a.rows * a.cols);
        reflect(how.isa, all, tau, a.rows);
        a.load(columns.transposed().source());
    }
    Ok(())
}

loops! {
    /// Factors a matrix in columns of `m` numbers.
    ///
    /// # Safety
    /// None but what the instruction set asks for.
    unsafe fn reflect<T>(columns: &mut [T], tau: &mut [T], m: usize) = reflect_body
}

/// # Safety
/// None.
#[inline(always)]
unsafe fn reflect_body<T: Scalar, const FUSED: bool>(columns: &mut [T], tau: &mut [T], m: usize) {
    for (j, tau) in tau.iter_mut().enumerate() {
        let (done, rest) = columns.split_at_mut((j + 1) * m);
        let (head, v) = done[j * m + j..].split_at_mut(1);
        let t = Reflection::new(head[0], norm(v));
        *tau = t.tau;
        head[0] = t.beta;
        if t.tau == T::default() {
            continue;
        }
        divide(v, t.divisor);
        for column in rest.chunks_exact_mut(m) {
            let (first, below) = column[j..].split_at_mut(1);
            let factor = t.tau.conj() * (first[0] + product(v, below));
            first[0] = first[0] - factor;
            for (x, v) in below.iter_mut().zip(v.iter()) {
                *x = x.minus::<FUSED>(factor, *v);
            }
        }
    }
}

/// A reflection that leaves one number of a column.
pub(super) struct Reflection<T> {
    pub tau: T,
    /// The number.
    pub beta: T,
    /// What the others are divided by to be the vector.
    pub divisor: T,
}

impl<T: Scalar> Reflection<T> {
    /// The reflection of a column, by its first number and the norm of the others: LAPACK's `larfg`.
    #[inline(always)]
    pub fn new(alpha: T, norm: T::Real) -> Reflection<T> {
        let zero = T::Real::default();
        if norm == zero && alpha.im() == zero {
            return Reflection { tau: T::default(), beta: alpha, divisor: T::ONE };
        }
        let size = alpha.abs().hypotenuse(norm);
        let beta = if alpha.re().negative() { size } else { -size };
        let tau = T::of((beta - alpha.re()) / beta, -(alpha.im() / beta));
        Reflection { tau, beta: T::of(beta, zero), divisor: alpha - T::of(beta, zero) }
    }
}

/// The root of the sum of squares.
#[inline(always)]
fn norm<T: Scalar>(x: &[T]) -> T::Real {
    let plain = product(x, x).re();
    if plain.normal() { plain.root() } else { careful_norm(x.iter().copied()) }
}

/// The same, where squares leave the range of numbers.
#[cold]
pub(super) fn careful_norm<T: Scalar>(x: impl Iterator<Item = T> + Clone) -> T::Real {
    let zero = T::Real::default();
    let largest = x.clone().fold(zero, |a, x| if x.size() > a { x.size() } else { a });
    let by = if largest > zero && largest.finite() { largest } else { T::Real::ONE };
    let squares = x.fold(zero, |sum, x| {
        let (re, im) = (x.re() / by, x.im() / by);
        sum + re * re + im * im
    });
    squares.root() * by
}

/// `x^H y`.
#[inline(always)]
fn product<T: Scalar>(x: &[T], y: &[T]) -> T {
    let mut sums = [T::default(); SUMS];
    let (xs, ys) = (x.chunks_exact(SUMS), y.chunks_exact(SUMS));
    let rest = xs.remainder().iter().zip(ys.remainder());
    for (x, y) in xs.zip(ys) {
        for i in 0..SUMS {
            sums[i] = sums[i] + x[i].conj() * y[i];
        }
    }
    for (sum, (x, y)) in sums.iter_mut().zip(rest) {
        *sum = *sum + x.conj() * *y;
    }
    let mut left = SUMS / 2;
    while left > 0 {
        for i in 0..left {
            sums[i] = sums[i] + sums[i + left];
        }
        left /= 2;
    }
    sums[0]
}
