//! Linear algebra.
//!
//! Products of matrices are `matmul`. Factorisations stand on them: recursion over halves leaves blocks of a few columns to loops of
//! their own. How a matrix is taken apart depends on its lengths alone, so that bits do not depend on threads; matrices of
//! up to sixteen rows, 32 in stacks that fill vectors, are worked on side by side.

mod cholesky;
mod lanes;
mod lu;
mod mat;
pub mod matmul;
mod qr;
mod scalar;
mod spectral;
mod stack;
#[cfg(test)]
mod tests;
mod triangular;

use super::Tasks;
use super::tile::isa::Isa;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::kernel::LinalgFn;
use mat::How;
use rustfft::num_complex::Complex;
use scalar::Scalar;
use spectral::Eigen;

/// Writes the results of a function of stacks of matrices to arrays in C order.
///
/// # Errors
/// `Error::LinAlg` for what only the values tell; `Error::Interrupted`, `Error::Memory`; `Error::Bug`.
pub fn run(f: &LinalgFn, operands: &[Array], results: &[Array], tasks: Tasks) -> Result<()> {
    with(Isa::best(), f, operands, results, tasks)
}

/// As [`run`], by the loops for an instruction set.
fn with(isa: Isa, f: &LinalgFn, operands: &[Array], results: &[Array], tasks: Tasks) -> Result<()> {
    if results.iter().all(|r| r.size() == 0) {
        return Ok(());
    }
    let how = How { isa, tasks };
    // Small matrices side by side: as many as fill a vector.
    match (operands[0].dtype(), isa) {
        #[cfg(target_arch = "x86_64")]
        (DType::F32, Isa::Avx512) => typed::<f32, 16>(f, operands, results, how),
        #[cfg(target_arch = "x86_64")]
        (DType::F64, Isa::Avx512) => typed::<f64, 8>(f, operands, results, how),
        (DType::F32, _) => typed::<f32, 8>(f, operands, results, how),
        (DType::F64, _) => typed::<f64, 4>(f, operands, results, how),
        (DType::C64, _) => typed::<Complex<f32>, 4>(f, operands, results, how),
        (DType::C128, _) => typed::<Complex<f64>, 2>(f, operands, results, how),
        (other, _) => Err(Error::Bug(format!("{} of {other}", f.name()))),
    }
}

fn typed<T: Eigen, const W: usize>(f: &LinalgFn, operands: &[Array], results: &[Array], how: How) -> Result<()>
where
    Complex<T::Part>: Scalar<Real = T::Part>,
{
    match (f, operands, results) {
        (LinalgFn::Solve { vectors }, [a, b], [out]) => lu::solve::<T, W>(if *vectors { 1 } else { 2 }, a, b, out, how),
        (LinalgFn::Inv { lenient }, [a], [out]) => lu::inv::<T, W>(*lenient, a, out, how),
        (LinalgFn::Det, [a], [out]) => lu::det::<T, W>(a, out, how),
        (LinalgFn::Slogdet, [a], [sign, logarithm]) => lu::slogdet::<T, W>(a, sign, logarithm, how),
        (LinalgFn::Cholesky { upper }, [a], [out]) => cholesky::cholesky::<T, W>(*upper, a, out, how),
        (LinalgFn::Qr(mode), [a], results) => qr::qr::<T, W>(*mode, a, results, how),
        (LinalgFn::Svd(mode), [a], results) => spectral::svd::<T>(*mode, a, results, how),
        (LinalgFn::Lstsq { rcond }, [a, b], [x, residuals, ranks, values]) => {
            spectral::lstsq::<T>(f64::from_bits(*rcond), a, b, [x, residuals, ranks, values], how)
        }
        (LinalgFn::Eigh { upper, .. }, [a], results) => spectral::eigh::<T>(*upper, a, results, how),
        (LinalgFn::Eig { .. }, [a], results) => spectral::eig::<T>(a, results, how),
        (
            LinalgFn::Solve { .. }
            | LinalgFn::Inv { .. }
            | LinalgFn::Det
            | LinalgFn::Slogdet
            | LinalgFn::Cholesky { .. }
            | LinalgFn::Qr(_)
            | LinalgFn::Svd(_)
            | LinalgFn::Lstsq { .. }
            | LinalgFn::Eigh { .. }
            | LinalgFn::Eig { .. },
            ..,
        ) => Err(Error::Bug(format!("{} of {} operands", f.name(), operands.len()))),
    }
}
