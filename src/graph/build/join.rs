//! Nodes that put arrays together or pick elements out of them.

use super::{cast, common_dtype};
use crate::array::{Array, Shape, layout};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::graph::node::{Node, NodeOp, NodeRef, Note};
use crate::graph::plan::nest::parts;
use crate::ops::kernel::KernelFn;
use crate::ops::reduction::{Finish, Fold};
use crate::ops::ufunc::OperandType;
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

/// `x[positions]` for `x` of one axis; the positions are int64 and the caller has checked that they are in bounds.
///
/// # Errors
/// `Error::Bug` where the operands are not of that form.
pub fn take(x: &NodeRef, positions: &NodeRef) -> Result<NodeRef> {
    if x.shape.len() != 1 || positions.dtype != DType::I64 {
        return Err(Error::Bug(format!("take from {:?} at {}", x.shape, positions.dtype)));
    }
    Ok(Node::new(
        NodeOp::Kernel { kernel: KernelFn::Take, out: 0 },
        smallvec![x.clone(), positions.clone()],
        positions.shape.clone(),
        x.dtype,
    ))
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
