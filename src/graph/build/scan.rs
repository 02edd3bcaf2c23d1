//! Scans: which operation, along which axis, in which type.

use super::{cast, reshape};
use crate::array::layout;
use crate::dtype::{DType, OperandType};
use crate::error::{Error, Result};
use crate::graph::node::{Node, NodeOp, NodeRef};
use crate::ops::kernel::{KernelFn, accumulates};
use crate::ops::ufunc::Ufunc;
use smallvec::smallvec;

/// The type in which a ufunc accumulates elements of type `x`.
fn scan_dtype(op: Ufunc, x: DType, asked: Option<DType>) -> Result<DType> {
    let t = match (op, asked) {
        (_, Some(t)) => t,
        (Ufunc::Add | Ufunc::Multiply, None) => x.accumulator(),
        (Ufunc::LogicalAnd | Ufunc::LogicalOr | Ufunc::LogicalXor, None) => DType::Bool,
        (_, None) => op.resolve(&[OperandType::Typed(x), OperandType::Typed(x)])?.inputs[0],
    };
    if !accumulates(op, t) {
        return Err(Error::NoSuchLoop { op: op.row().name });
    }
    if op == Ufunc::Power && t.is_integer() {
        return Err(Error::NotImplemented("power.accumulate: exponents must be known not to be negative".into()));
    }
    Ok(t)
}

/// The ufunc folded over the elements up to each along an axis; of the flattened array without one.
///
/// Sums and products of small integers and of bools are in 64 bits unless a type is asked for.
///
/// # Errors
/// `Error::AxisOutOfRange`, `Error::NoLoop` and its like, `Error::Type`, `Error::NotImplemented`.
pub fn scan(x: &NodeRef, op: Ufunc, axis: Option<i64>, dtype: Option<DType>) -> Result<NodeRef> {
    let row = op.row();
    if row.nin != 2 {
        return Err(Error::Value("accumulate only supported for binary functions".into()));
    }
    if row.nout != 1 {
        return Err(Error::Value("accumulate only supported for functions returning a single value".into()));
    }
    let flat = match axis {
        Some(_) if !x.shape.is_empty() => x.clone(),
        _ => reshape(x, &[-1])?,
    };
    let axis = layout::normalize_axis(axis.unwrap_or(0), flat.shape.len())?;
    let t = scan_dtype(op, x.dtype, dtype)?;
    layout::checked_bytes(&flat.shape, t.size())?;
    let node = NodeOp::Kernel { kernel: KernelFn::Scan { op, axis }, out: 0 };
    Ok(Node::new(node, smallvec![cast(&flat, t)], flat.shape.clone(), t))
}
