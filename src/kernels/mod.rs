//! Handwritten loops: what is not compiled at run time, and what compiled loops call.
//!
//! Everything here works on plain memory that the caller lends; nothing here knows graphs or plans.

/// A routine over a tile: reads `n` elements of each input, writes `n` elements to `out`.
///
/// # Safety
/// Each pointer that the routine uses is aligned for its element type and covers `n` contiguous elements. `out` is either
/// equal to an input pointer whose element size is the same, or does not overlap any input.
pub type TileFn = unsafe fn(n: usize, ins: &[*const u8; 3], out: *mut u8);

pub mod complex;
pub mod fft;
pub mod flags;
pub mod fold;
pub mod linalg;
pub mod math;
pub mod movement;
pub mod random;
pub mod scan;
pub mod sort;
pub mod tile;

use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::kernel::KernelFn;
use smallvec::SmallVec;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Does tasks `0..n` that do not depend on each other, on as many threads as may be used. Results must not depend on how many.
pub type Tasks<'a> = &'a dyn Fn(usize, &(dyn Fn(usize) + Sync)) -> Result<()>;

/// Does tasks that may fail; gives the first error that was met, after which no more are begun.
///
/// # Errors
/// A task's, or `Error::Interrupted`.
pub fn try_tasks(tasks: Tasks, n: usize, work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    let failed = AtomicBool::new(false);
    let error = Mutex::new(None);
    tasks(n, &|t| {
        if !failed.load(Ordering::Relaxed)
            && let Err(e) = work(t)
        {
            failed.store(true, Ordering::Relaxed);
            error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(e);
        }
    })?;
    error.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Does something about elements of an array in C order: from which one on, and how many.
pub type OfRun<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Makes elements of an array in C order: from which one on, as many as there is room for.
pub type Make<'a> = &'a (dyn Fn(usize, &mut [MaybeUninit<u8>]) + Sync);

/// An array that is not in memory; whoever reads it has its elements made.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    /// Lengths of the axes.
    pub shape: &'a [usize],
    /// Bytes along each axis among elements that lie as they are made.
    pub strides: &'a [isize],
    /// The element type.
    pub dtype: DType,
    /// What has the same number has the same elements.
    pub number: usize,
    /// What makes them.
    pub make: Make<'a>,
}

/// What a kernel reads.
#[derive(Clone, Copy)]
pub enum Operand<'a> {
    /// An array in memory.
    Array(&'a Array),
    /// One that is made where it is read.
    Made(Making<'a>),
}

impl<'a> From<&'a Array> for Operand<'a> {
    fn from(array: &'a Array) -> Operand<'a> {
        Operand::Array(array)
    }
}

impl<'a> Operand<'a> {
    /// The element type.
    pub fn dtype(&self) -> DType {
        match self {
            Operand::Array(a) => a.dtype(),
            Operand::Made(m) => m.dtype,
        }
    }

    /// Lengths of the axes.
    pub fn shape(&self) -> &'a [usize] {
        match self {
            Operand::Array(a) => a.shape(),
            Operand::Made(m) => m.shape,
        }
    }

    /// Bytes along each axis.
    pub fn strides(&self) -> &'a [isize] {
        match self {
            Operand::Array(a) => a.strides(),
            Operand::Made(m) => m.strides,
        }
    }

    /// What makes its elements, if they are not in memory.
    pub fn make(&self) -> Option<Make<'a>> {
        match self {
            Operand::Array(_) => None,
            Operand::Made(m) => Some(m.make),
        }
    }

    fn array(&self) -> Result<&'a Array> {
        match self {
            Operand::Array(a) => Ok(a),
            Operand::Made(_) => Err(Error::Bug("a kernel takes no operand that is made".into())),
        }
    }
}

/// Writes a kernel's results for operands that its `infer` and `layout` accept to arrays of the inferred shapes and types
/// in C order, which overlap no operand but the one that the kernel's `in_place` names, whose memory they may be. Operands that are made
/// are such as the kernel takes; `after`, of a kernel that gives runs, takes elements of the result, which may be something else afterwards.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`, and what a kernel finds in the values; `Error::Bug`.
pub fn run(
    kernel: &KernelFn,
    operands: &[Operand],
    results: &[Array],
    after: Option<OfRun>,
    tasks: Tasks,
) -> Result<()> {
    match (kernel, operands, results) {
        (KernelFn::Scan { op, axis }, [x], [out]) => scan::scan(*op, *axis, *x, out, after, tasks),
        (KernelFn::MatMul { vectors }, [a, b], [out]) => linalg::matmul::matmul(*vectors, [*a, *b], out, after, tasks),
        (KernelFn::Sort { places }, [x], [out]) => sort::sort(places.as_deref(), x.array()?, out, tasks),
        (KernelFn::Argsort { places }, [x], [out]) => sort::argsort(places.as_deref(), x.array()?, out, tasks),
        (KernelFn::Unique { equal_nan }, [x], [out, count]) => sort::unique(*equal_nan, x.array()?, out, count, tasks),
        (KernelFn::Scatter, [x, positions], [out]) => sort::scatter(x.array()?, positions.array()?, out, tasks),
        (KernelFn::Fft { transform, n, axis, factor }, [x], [out]) => {
            fft::fft(*transform, (*n, *axis), f64::from_bits(*factor), *x, out, after, tasks)
        }
        (KernelFn::Linalg(f), operands, results) => {
            let arrays: SmallVec<[Array; 3]> = operands.iter().map(|o| o.array().cloned()).collect::<Result<_>>()?;
            linalg::run(f, &arrays, results, tasks)
        }
        (KernelFn::Draw { draw, .. }, [state, parameters @ ..], [out]) => {
            let parameters: SmallVec<[&Array; 3]> = parameters.iter().map(Operand::array).collect::<Result<_>>()?;
            random::draw(*draw, state.array()?, &parameters, out, after, tasks)
        }
        (
            KernelFn::Scan { .. }
            | KernelFn::MatMul { .. }
            | KernelFn::Sort { .. }
            | KernelFn::Argsort { .. }
            | KernelFn::Scatter
            | KernelFn::Unique { .. }
            | KernelFn::Fft { .. }
            | KernelFn::Draw { .. },
            ..,
        ) => Err(Error::Bug(format!("{} of {} operands", kernel.name(), operands.len()))),
    }
}
