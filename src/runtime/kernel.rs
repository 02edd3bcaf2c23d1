//! Runs one kernel of the loop IR over arrays, through the same tiles, folds and threads as a planned walk: how the paths
//! are compared, and how IR in hand is tried.

pub use super::tiles::Code;

use super::compute::CompiledPlan;
use super::run::run;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::graph::linear::Linear;
use crate::graph::plan::{BufferSpec, Column, Output, Plan, Reach, ResultSpec, Source, Step, Walk, WalkOperand};
use crate::interrupt::Look;
use crate::jit::ir::{Access, Kernel, Sink, verify};
use crate::ops::reduction::{Finish, Fold};
use smallvec::smallvec;

/// What is read from the state of a fold.
pub fn finishes(fold: Fold) -> &'static [Finish] {
    match fold {
        Fold::Argmin | Fold::Argmax => &[Finish::Position],
        Fold::Moments => &[Finish::Mean, Finish::Var(0)],
        Fold::Sum
        | Fold::Prod
        | Fold::Min
        | Fold::Max
        | Fold::Fmin
        | Fold::Fmax
        | Fold::And
        | Fold::Or
        | Fold::Xor
        | Fold::Count => &[Finish::Value],
    }
}

/// The results of a kernel over `n` positions: an array of one axis for each store, of no axis for each of
/// [`finishes`] of each fold, in the kernel's order. Unit operands have one axis of length `n`, scalar ones have none.
///
/// # Errors
/// `Error::Value` where the operands are not the kernel's, or a fold without identity gets nothing; else as `compute`.
pub fn run_kernel(kernel: &Kernel, operands: &[Array], n: usize, code: Code) -> Result<Vec<Array>> {
    verify::kernel(kernel)?;
    let fits = |(a, o): (&Array, &crate::jit::ir::Operand)| {
        let shape = match o.access {
            Access::Unit => a.shape() == [n],
            Access::Scalar => a.shape().is_empty(),
            Access::Table => a.ndim() == 1,
        };
        a.dtype() == o.dtype && shape
    };
    if operands.len() != kernel.operands.len() || !operands.iter().zip(&kernel.operands).all(fits) {
        return Err(Error::Value("the operands are not the kernel's".into()));
    }
    let whole = |r: &crate::jit::ir::KernelResult| !matches!(r.sink, Sink::Fold(f) if !f.has_identity());
    if n == 0 && !kernel.results.iter().all(whole) {
        return Err(Error::Value("a fold without identity over nothing".into()));
    }
    let plan = plan(kernel, operands, n);
    let graph = Linear::default().with_leaves(&operands.iter().collect::<Vec<_>>());
    run(&CompiledPlan::new(plan, code, &Look::never())?, &graph, &|| false)
}

fn plan(kernel: &Kernel, operands: &[Array], n: usize) -> Plan {
    let mut buffers: Vec<BufferSpec> = Vec::new();
    let mut buffer = |dtype: DType, shape: &[usize]| {
        let strides = shape.iter().map(|_| dtype.size() as i64).collect();
        buffers.push(BufferSpec { shape: shape.into(), strides, dtype, last_use: 1 });
        buffers.len() as u32 - 1
    };
    let outputs: Vec<Output> = kernel
        .results
        .iter()
        .map(|r| {
            let t = kernel.body.dtype(r.value);
            match r.sink {
                Sink::Store => {
                    let strides = smallvec![t.size() as i64];
                    Output::Store { value: r.value, buffer: buffer(t, &[n]), offset: 0, strides }
                }
                Sink::Hold => Output::Hold { value: r.value },
                Sink::Fold(fold) => {
                    let made = finishes(fold).iter().map(|&f| (f, buffer(f.dtype(fold, t), &[]))).collect();
                    Output::Fold { value: r.value, fold, finishes: made }
                }
            }
        })
        .collect();
    let operands = operands
        .iter()
        .enumerate()
        .map(|(i, a)| WalkOperand {
            source: Source::Leaf(i as u32),
            dtype: a.dtype(),
            aligned: a.is_aligned(),
            offset: 0,
            strides: smallvec![match kernel.operands[i].access {
                Access::Table => 0,
                Access::Unit | Access::Scalar => a.strides().first().map_or(0, |&s| s as i64),
            }],
            reach: match kernel.operands[i].access {
                Access::Table => {
                    Reach::Table(Column { len: a.size(), step: a.strides().first().map_or(0, |&s| s as i64) })
                }
                Access::Unit | Access::Scalar => Reach::Index,
            },
        })
        .collect();
    let folds = kernel.results.iter().any(|r| r.sink != Sink::Store);
    let walk = Walk::new(smallvec![n], smallvec![folds], operands, kernel.body.clone(), outputs, &buffers);
    let result = |(buffer, b): (usize, &BufferSpec)| ResultSpec {
        buffer: buffer as u32,
        offset: 0,
        shape: b.shape.clone(),
        strides: b.strides.clone(),
        copied: false,
    };
    let results = buffers.iter().enumerate().map(result).collect();
    Plan { steps: vec![Step::Walk(Box::new(walk))], bands: Vec::new(), buffers, results }
}
