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
pub mod fold;
pub mod linalg;
pub mod math;
pub mod movement;
pub mod random;
pub mod scan;
pub mod sort;
pub mod tile;

use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::kernel::KernelFn;
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

/// What is done around a kernel that takes or gives runs.
#[derive(Clone, Copy, Default)]
pub struct Around<'a> {
    /// Makes elements of the first operand, that are not there yet, in the place of the result.
    pub before: Option<OfRun<'a>>,
    /// Takes elements of the result, which may be something else afterwards.
    pub after: Option<OfRun<'a>>,
}

/// Writes a kernel's results for operands that its `infer` and `layout` accept to arrays of the inferred shapes and types
/// in C order, which overlap no operand but the one that the kernel's `in_place` names, whose memory they may be. What `around`
/// makes is the first operand, which is the result then; the kernel is one that takes runs of it, or gives runs.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`, and what a kernel finds in the values; `Error::Bug`.
pub fn run(kernel: &KernelFn, operands: &[Array], results: &[Array], around: Around, tasks: Tasks) -> Result<()> {
    match (kernel, operands, results) {
        (KernelFn::Scan { op, axis }, [x], [out]) => scan::scan(*op, *axis, x, out, around, tasks),
        (KernelFn::MatMul { vectors }, [a, b], [out]) => {
            linalg::matmul::matmul(*vectors, a, b, out, around.after, tasks)
        }
        (KernelFn::Sort { places }, [x], [out]) => sort::sort(places.as_deref(), x, out, tasks),
        (KernelFn::Argsort { places }, [x], [out]) => sort::argsort(places.as_deref(), x, out, tasks),
        (KernelFn::Unique { equal_nan }, [x], [out, count]) => sort::unique(*equal_nan, x, out, count, tasks),
        (KernelFn::Scatter, [x, positions], [out]) => sort::scatter(x, positions, out, tasks),
        (KernelFn::Fft { transform, n, axis, factor }, [x], [out]) => {
            fft::fft(*transform, (*n, *axis), f64::from_bits(*factor), x, out, around.after, tasks)
        }
        (KernelFn::Linalg(f), operands, results) => linalg::run(f, operands, results, tasks),
        (
            KernelFn::Scan { .. }
            | KernelFn::MatMul { .. }
            | KernelFn::Sort { .. }
            | KernelFn::Argsort { .. }
            | KernelFn::Scatter
            | KernelFn::Unique { .. }
            | KernelFn::Fft { .. },
            ..,
        ) => Err(Error::Bug(format!("{} of {} operands", kernel.name(), operands.len()))),
    }
}
