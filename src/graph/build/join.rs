//! Nodes that put arrays together or pick elements out of them.

use super::{Operand, cast, common_dtype, op, reshape, ufunc};
use crate::array::{Array, Shape, layout};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::graph::node::{Node, NodeOp, NodeRef, Note};
use crate::graph::plan::nest::parts;
use crate::ops::expr::TableFn;
use crate::ops::reduction::{Finish, Fold};
use crate::ops::ufunc::{OperandType, Ufunc};
use smallvec::{SmallVec, smallvec};

/// Arrays one after another along an existing axis.
///
/// # Errors
/// `Error::Value` where shapes do not match or there is nothing to join, `Error::AxisOutOfRange`.
pub fn concatenate(arrays: &[NodeRef], axis: i64, dtype: Option<DType>) -> Result<NodeRef> {
    let Some(first) = arrays.first() else {
        return Err(Error::Value("need at least one array to concatenate".into()));
    };
    let ndim = first.shape.len();
    if ndim == 0 {
        return Err(Error::Value("zero-dimensional arrays cannot be concatenated".into()));
    }
    let axis = layout::normalize_axis(axis, ndim)?;
    let mut shape = first.shape.clone();
    shape[axis] = 0;
    for (i, a) in arrays.iter().enumerate() {
        if a.shape.len() != ndim {
            return Err(Error::Value(format!(
                "all the input arrays must have same number of dimensions, but the array at index 0 has {ndim} \
                 dimension(s) and the array at index {i} has {} dimension(s)",
                a.shape.len()
            )));
        }
        if let Some(d) = (0..ndim).find(|&d| d != axis && a.shape[d] != first.shape[d]) {
            return Err(Error::Value(format!(
                "all the input array dimensions except for the concatenation axis must match exactly, but along \
                 dimension {d}, the array at index 0 has size {} and the array at index {i} has size {}",
                first.shape[d], a.shape[d]
            )));
        }
        shape[axis] += a.shape[axis];
    }
    let types: Vec<OperandType> = arrays.iter().map(|a| OperandType::Typed(a.dtype)).collect();
    let dtype = dtype.unwrap_or_else(|| common_dtype(&types));
    layout::checked_bytes(&shape, dtype.size())?;
    let inputs: SmallVec<[NodeRef; 2]> = arrays.iter().map(|a| cast(a, dtype)).collect();
    Ok(Node::new(NodeOp::Concat { axis }, inputs, shape, dtype))
}

/// A function of `x`, of one axis, and each value: `x[values]` for int64 positions (those out of bounds give any element, so
/// the caller has them looked at), or the places of values of `x`'s type in an increasing `x`.
///
/// # Errors
/// `Error::Bug` where the operands are not of that form.
pub fn table(f: TableFn, x: &NodeRef, values: &NodeRef) -> Result<NodeRef> {
    let dtype = f.result(x.dtype, values.dtype).filter(|_| x.shape.len() == 1);
    let dtype = dtype.ok_or_else(|| Error::Bug(format!("{} from {:?} at {}", f.name(), x.shape, values.dtype)))?;
    Ok(Node::new(NodeOp::Table(f), smallvec![x.clone(), values.clone()], values.shape.clone(), dtype))
}

/// How many elements of `x` (int64) are each number below `bins`; with weights (float64, of the same shape), their sums.
///
/// # Errors
/// `Error::Bug` where the operands are not of that form; `Error::Value` for too many bins.
pub fn bins(x: &NodeRef, weights: Option<&NodeRef>, bins: usize) -> Result<NodeRef> {
    if x.dtype != DType::I64 || weights.is_some_and(|w| w.dtype != DType::F64 || w.shape != x.shape) {
        return Err(Error::Bug(format!("bins of {} {:?}", x.dtype, x.shape)));
    }
    layout::checked_bytes(&[bins], 8)?;
    // A walk has an axis.
    let flat = |n: &NodeRef| if n.shape.is_empty() { reshape(n, &[1]) } else { Ok(n.clone()) };
    let inputs = [x].into_iter().chain(weights).map(flat).collect::<Result<_>>()?;
    let dtype = if weights.is_some() { DType::F64 } else { DType::I64 };
    Ok(Node::new(NodeOp::Bins, inputs, smallvec![bins], dtype))
}

/// Indices as positions from the start: those below zero count from the end, and what is out of bounds is refused when the
/// value is computed.
///
/// # Errors
/// `Error::Bug` where the indices are not int64.
pub fn bounded(index: &NodeRef, axis: usize, size: usize) -> Result<NodeRef> {
    let below = op(Ufunc::Less, &[index, &length(-(size as i64))?])?;
    let beyond = op(Ufunc::GreaterEqual, &[index, &length(size as i64)?])?;
    let condition = op(Ufunc::LogicalOr, &[&below, &beyond])?;
    let value = from_start(index, size)?;
    let inputs = smallvec![value.clone(), condition, index.clone()];
    Ok(Node::new(NodeOp::Note(Note::Outside { axis, size }), inputs, Shape::from_slice(&value.shape), value.dtype))
}

/// A number that depends on a shape: an operand, so that code does not depend on it.
fn length(n: i64) -> Result<NodeRef> {
    super::iota(&[], n, &[])
}

/// Indices that are in bounds as positions from the start.
///
/// # Errors
/// `Error::Bug` where the indices are not int64.
pub fn from_start(index: &NodeRef, size: usize) -> Result<NodeRef> {
    let negative = ufunc(Ufunc::Less, &[Operand::Node(index.clone()), Operand::int(0)])?.remove(0);
    let wrapped = op(Ufunc::Add, &[index, &length(size as i64)?])?;
    op(Ufunc::Where, &[&negative, &wrapped, index])
}

/// How many elements a mask keeps, part by part (`plan::nest::parts`): what [`compress`] must know before its result has a shape.
///
/// # Errors
/// `Error::Bug` where the mask is not bool or has no axes.
pub fn tally(mask: &NodeRef) -> Result<NodeRef> {
    if mask.dtype != DType::Bool || mask.shape.is_empty() {
        return Err(Error::Bug(format!("tally of {} {:?}", mask.dtype, mask.shape)));
    }
    let axes = (0..mask.shape.len()).collect();
    let op = NodeOp::Reduce { fold: Fold::Count, finish: Finish::Tally, axes };
    Ok(Node::new(op, smallvec![mask.clone()], smallvec![parts(&mask.shape)], DType::I64))
}

/// The elements of `x` where `mask`, of the same shape, is true, in C order, as one axis; `tally` is the value of
/// [`tally`] of the mask.
///
/// # Errors
/// `Error::Bug` where the operands are not of that form; `Error::Memory`.
pub fn compress(x: &NodeRef, mask: &NodeRef, tally: &Array) -> Result<NodeRef> {
    if x.shape != mask.shape || mask.dtype != DType::Bool || tally.shape() != [parts(&mask.shape)] {
        return Err(Error::Bug(format!("compress of {:?} by {} {:?}", x.shape, mask.dtype, mask.shape)));
    }
    let mut offsets: Vec<i64> = vec![0];
    let mut count = 0;
    for part in 0..tally.size() {
        count += tally.element(&[part]).to_i128() as i64;
        offsets.push(count);
    }
    let bytes: Vec<u8> = offsets.iter().flat_map(|n| n.to_ne_bytes()).collect();
    let offsets = Node::data(Array::from_bytes(DType::I64, &[offsets.len()], &bytes)?);
    Ok(Node::new(NodeOp::Compress, smallvec![x.clone(), mask.clone(), offsets], smallvec![count as usize], x.dtype))
}

/// The value `x`; where `condition` holds anywhere, there is something to say when it is computed.
pub fn note(x: &NodeRef, note: Note, condition: &NodeRef) -> NodeRef {
    let condition = cast(condition, DType::Bool);
    Node::new(NodeOp::Note(note), smallvec![x.clone(), condition], Shape::from_slice(&x.shape), x.dtype)
}
