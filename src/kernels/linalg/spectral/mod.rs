//! Singular values and eigenvalues: those of the `faer` crate, on one thread a matrix.
//!
//! Here are the way in and out, NumPy's answers where there are numbers that are not finite, and LAPACK's scaling of eigenvectors.
#![expect(unsafe_code, reason = "lends matrices to faer")]

mod eig;
mod eigh;
mod lstsq;
mod svd;

pub(super) use eig::{Eigen, eig};
pub(super) use eigh::eigh;
pub(super) use lstsq::lstsq;
pub(super) use svd::svd;

use super::mat::{Mat, Room};
use super::scalar::{Real, Scalar};
use crate::error::{Error, Result};
use faer::dyn_stack::{MemBuffer, StackReq};
use faer::traits::ComplexField;
use faer::{MatMut, MatRef};

/// A number that faer and we know.
pub(super) trait Spectral: Scalar + ComplexField {}
impl<T: Scalar + ComplexField> Spectral for T {}

/// Nanoseconds of one matrix, roughly.
fn nanoseconds<T: Scalar>(m: usize, n: usize) -> f64 {
    20.0 * super::lu::nanoseconds::<T>(m.min(n)) * m.max(n) as f64 / m.min(n).max(1) as f64
}

/// Memory that faer works in.
fn memory(request: StackReq) -> Result<MemBuffer> {
    let bytes = request.unaligned_bytes_required();
    MemBuffer::try_new(request).map_err(|_| Error::Memory { bytes })
}

/// To be read by faer.
///
/// # Safety
/// Nobody writes the elements meanwhile.
unsafe fn lend<'a, T: Scalar>(a: Mat<T>) -> MatRef<'a, T> {
    let (row, col) = a.strides();
    // SAFETY: the caller's contract.
    unsafe { MatRef::from_raw_parts(a.first(), a.rows, a.cols, row, col) }
}

/// To be written by faer.
///
/// # Safety
/// Nobody else uses the elements meanwhile.
unsafe fn lend_mut<'a, T: Scalar>(a: Mat<T>) -> MatMut<'a, T> {
    let (row, col) = a.strides();
    // SAFETY: the caller's contract.
    unsafe {
        a.fill(|_, _| T::default());
        MatMut::from_raw_parts_mut(a.first(), a.rows, a.cols, row, col)
    }
}

/// What was found in numbers.
#[derive(Clone, Copy)]
struct Found<R> {
    /// The largest part, if all are finite.
    largest: R,
    is_finite: bool,
    has_nan: bool,
}

/// What is found in a matrix.
///
/// # Safety
/// Nobody writes the elements meanwhile.
unsafe fn survey<T: Scalar>(a: Mat<T>) -> Found<T::Real> {
    let mut found = Found { largest: T::Real::default(), is_finite: true, has_nan: false };
    for i in 0..a.rows {
        for j in 0..a.cols {
            // SAFETY: the caller's contract.
            let x = unsafe { a.at(i, j).read() };
            for part in [x.re().abs(), x.im().abs()] {
                found.largest = if part > found.largest { part } else { found.largest };
            }
            found.is_finite &= x.is_finite();
            found.has_nan |= x.has_nan();
        }
    }
    found
}

/// Whether all numbers are finite; if not, whether one is NaN.
///
/// # Safety
/// Nobody writes the elements meanwhile.
unsafe fn finite<T: Scalar>(a: Mat<T>) -> std::result::Result<(), bool> {
    // SAFETY: the caller's contract.
    let found = unsafe { survey(a) };
    if found.is_finite { Ok(()) } else { Err(found.has_nan) }
}

/// Multiplies numbers by `2^e`.
///
/// # Safety
/// Nobody else uses the elements meanwhile.
unsafe fn scale<T: Scalar>(a: Mat<T>, e: i32) {
    // SAFETY: the caller's contract.
    unsafe {
        a.fill(|i, j| {
            let x = a.at(i, j).read();
            T::of(x.re().scaled(e), x.im().scaled(e))
        });
    }
}

/// Multiplies finite numbers by a power of two, so that the largest part of one lies between 1 and 2, as the thresholds of faer are
/// absolute. Returns the exponent that was taken away.
///
/// # Safety
/// Nobody else uses the elements meanwhile.
unsafe fn unscale<T: Scalar>(a: Mat<T>) -> i32 {
    // SAFETY: the caller's contract.
    let largest = unsafe { survey(a) }.largest;
    if largest == T::Real::default() {
        return 0;
    }
    let e = largest.exponent();
    // SAFETY: the caller's contract.
    unsafe { scale(a, -e) };
    e
}

/// Memory for a matrix whose columns lie contiguous, as faer likes them.
fn columns<T: Scalar>(room: &mut Room<T>, rows: usize, cols: usize) -> Mat<T> {
    room.take(cols, rows).transposed()
}
