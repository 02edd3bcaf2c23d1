//! Products of matrices: (..., M, K) by (..., K, N) to (..., M, N).
//!
//! K is cut into blocks of a fixed length. Within a block, each element of the result is one chain of multiplications and
//! additions (fused where the processor has that) in the order of K; blocks are added in order. So the result depends on
//! neither the number of threads nor on how M and N are cut into tasks. The structure is that of Goto and van de Geijn,
//! *Anatomy of high-performance matrix multiplication*, 2008, with the loops of Van Zee and van de Geijn, *BLIS*, 2015.
//!
//! Integers wrap in their own type; of bools the product is "and" and the sum "or".
#![expect(unsafe_code, reason = "says what callers promise of their matrices")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod deep;
mod drive;
mod made;
#[cfg(target_arch = "x86_64")]
mod micro;
mod pack;
mod problem;
mod ring;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod vector;

use super::super::{OfRun, Operand, Tasks};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::kernels::tile::isa::Isa;
use problem::Problem;
pub(super) use problem::{Matrix, Onto, Single};

#[cfg(target_arch = "x86_64")]
use {
    avx2::Avx2,
    avx512::Avx512,
    micro::{Complex, Real},
};

/// Writes the product of `a` and `b`, of one type, to `out`, which lies in C order. Leading axes broadcast; operands that are
/// vectors have no axis for M or N, and neither has the result. Operands that are made lie in C order, as a stack of rows or columns of
/// the only matrix of their kind. `after` takes elements of the result when they are done.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`; `Error::Bug` where there is no loop for the type.
pub fn matmul(
    vectors: [bool; 2],
    operands: [Operand; 2],
    out: &Array,
    after: Option<OfRun>,
    tasks: Tasks,
) -> Result<()> {
    product(Isa::best(), vectors, operands, out, after, tasks)
}

/// As [`matmul`], by the loops for an instruction set.
fn product(
    isa: Isa,
    vectors: [bool; 2],
    operands: [Operand; 2],
    out: &Array,
    after: Option<OfRun>,
    tasks: Tasks,
) -> Result<()> {
    match Problem::new(vectors, operands, out)? {
        Some(p) => dispatch(isa, out.dtype(), &p, after, tasks),
        None => drive::follow([1, out.size()], after, tasks),
    }
}

/// The products of a problem, of a type.
fn dispatch(isa: Isa, dtype: DType, p: &Problem, after: Option<OfRun>, tasks: Tasks) -> Result<()> {
    #[cfg(target_arch = "x86_64")]
    match (isa, dtype) {
        (Isa::Avx512, DType::F64) => return drive::run::<Real<Avx512<f64>>>(p, after, tasks),
        (Isa::Avx512, DType::F32) => return drive::run::<Real<Avx512<f32>>>(p, after, tasks),
        (Isa::Avx512, DType::C128) => return drive::run::<Complex<Avx512<f64>>>(p, after, tasks),
        (Isa::Avx512, DType::C64) => return drive::run::<Complex<Avx512<f32>>>(p, after, tasks),
        (Isa::Avx2, DType::F64) => return drive::run::<Real<Avx2<f64>>>(p, after, tasks),
        (Isa::Avx2, DType::F32) => return drive::run::<Real<Avx2<f32>>>(p, after, tasks),
        (Isa::Avx2, DType::C128) => return drive::run::<Complex<Avx2<f64>>>(p, after, tasks),
        (Isa::Avx2, DType::C64) => return drive::run::<Complex<Avx2<f32>>>(p, after, tasks),
        _ => {}
    }
    ring::run(isa, dtype, p, after, tasks)
}

/// One product of matrices of a type, by the loops for an instruction set. Put onto what is there, it has more than one row and column.
///
/// # Safety
/// No length is zero; `a` and `b` are readable and `c` is writable, as their strides say, and overlaps neither.
///
/// # Errors
/// As [`matmul`].
pub(super) unsafe fn single(isa: Isa, dtype: DType, one: Single, tasks: Tasks) -> Result<()> {
    dispatch(isa, dtype, &Problem::of(one), None, tasks)
}

/// The error of operands that are made in another way than any loop takes them.
fn no_rows() -> Error {
    Error::Bug("a product takes rows of its left operand alone".into())
}

/// The error of a type without loops.
fn no_loop(dtype: DType) -> Error {
    Error::Bug(format!("no product of {dtype}"))
}
