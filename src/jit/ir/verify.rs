//! The invariants of the loop IR: types, order of definition, operands and results that exist.
//!
//! Runs where IR is made (lowering, cutting into segments) in debug builds, and on all text that is read.

use super::{Access, Kernel, Operand, Segment, Sink};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::kernels::fold::lanes;
use crate::ops::expr::{Body, Inst, Op, ValueId};
use crate::ops::reduction::Fold;

/// Checks a kernel.
///
/// # Errors
/// `Error::Bug` with the kernel's text.
pub fn kernel(kernel: &Kernel) -> Result<()> {
    check_kernel(kernel).map_err(|e| Error::Bug(format!("{e} in\n{kernel}")))
}

/// Checks a segment.
///
/// # Errors
/// `Error::Bug` with the segment's text.
pub fn segment(segment: &Segment) -> Result<()> {
    check_segment(segment).map_err(|e| Error::Bug(format!("{e} in\n{segment}")))
}

/// What is wrong with a kernel.
pub(super) fn check_kernel(kernel: &Kernel) -> std::result::Result<(), String> {
    check_body(&kernel.body, &kernel.operands)?;
    for (n, r) in kernel.results.iter().enumerate() {
        let t = value(&kernel.body, r.value).ok_or_else(|| format!("result {n} is not defined"))?;
        if let Sink::Fold(f) = r.sink
            && !f.takes(t)
        {
            return Err(format!("result {n}: fold {} does not take {}", f.name(), t.short()));
        }
    }
    Ok(())
}

/// What is wrong with a segment.
pub(super) fn check_segment(segment: &Segment) -> std::result::Result<(), String> {
    check_body(&segment.body, &segment.operands)?;
    if let Some(n) = segment.stores.iter().position(|&v| value(&segment.body, v).is_none()) {
        return Err(format!("store {n} is not defined"));
    }
    for (n, &(v, fold)) in segment.folds.iter().enumerate() {
        let t = value(&segment.body, v).ok_or_else(|| format!("fold {n} is not defined"))?;
        if !fold.takes(t) || !lanes::folds(fold, t) {
            return Err(format!("fold {n}: {} of {} is not begun in a segment", fold.name(), t.short()));
        }
        if fold != Fold::Count && t.size() != segment.lane() {
            return Err(format!("fold {n}: its lanes have not {} bytes", segment.lane()));
        }
    }
    Ok(())
}

fn value(body: &Body, v: ValueId) -> Option<DType> {
    body.insts().get(v.index()).map(|i| i.dtype)
}

fn check_body(body: &Body, operands: &[Operand]) -> std::result::Result<(), String> {
    for (at, inst) in body.insts().iter().enumerate() {
        if inst.args().iter().any(|a| a.index() >= at) {
            return Err(format!("%{at} uses what is not defined before it"));
        }
        let types: Vec<DType> = inst.args().iter().map(|&a| body.dtype(a)).collect();
        // A table is read whole, and by nothing else.
        for (k, &a) in inst.args().iter().enumerate() {
            let is_table = matches!(body.inst(a).op, Op::Load(n) if operands.get(usize::from(n)).is_some_and(|o| o.access == Access::Table));
            if is_table != (k == 1 && matches!(inst.op, Op::Table(_))) {
                return Err(format!("%{at} does not read its operand {k} as it is"));
            }
        }
        check_inst(inst, &types, operands).map_err(|e| format!("%{at}: {e}"))?;
    }
    Ok(())
}

fn check_inst(inst: &Inst, types: &[DType], operands: &[Operand]) -> std::result::Result<(), String> {
    let made = match inst.op {
        Op::Load(n) => match operands.get(usize::from(n)) {
            Some(o) => Some(o.dtype),
            None => return Err(format!("there is no operand {n}")),
        },
        Op::Const(value) => Some(value.dtype()),
        Op::Prim(p) => {
            let computed = p.result(types);
            if types.contains(&DType::F16) && !p.takes_f16() {
                return Err(format!("{} computes in float16", p.name()));
            }
            computed
        }
        Op::Math(f) => {
            let t = types[0];
            let same = types.iter().all(|&o| o == t);
            let takes = matches!(t, DType::F32 | DType::F64) || t.is_complex() && f.takes_complex();
            (same && takes).then_some(t)
        }
        Op::Table(f) => f.result(types[1], types[0]),
        Op::Cast => (types[0] != inst.dtype).then_some(inst.dtype),
    };
    if made == Some(inst.dtype) { Ok(()) } else { Err(format!("{:?} of {types:?} is not {}", inst.op, inst.dtype)) }
}
