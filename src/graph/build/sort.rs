//! Order along an axis: sorted, partitioned, and the positions that sort.

use super::moveaxis;
use crate::array::layout;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::graph::node::{Node, NodeOp, NodeRef};
use crate::ops::kernel::KernelFn;
use smallvec::{SmallVec, smallvec};

/// The array in increasing order along an axis, NaN last. With places, only these are sure to hold what belongs there, with nothing larger
/// before and nothing smaller after.
///
/// # Errors
/// `Error::AxisOutOfRange`; `Error::Value` for places beyond the axis.
pub fn sort(x: &NodeRef, axis: i64, places: Option<&[usize]>) -> Result<NodeRef> {
    ordered(x, axis, KernelFn::Sort { places: increasing(places) }, x.dtype)
}

/// The positions that put an array along an axis as [`sort`] does, int64; if all places are asked for, equal elements keep their order.
///
/// # Errors
/// As [`sort`].
pub fn argsort(x: &NodeRef, axis: i64, places: Option<&[usize]>) -> Result<NodeRef> {
    ordered(x, axis, KernelFn::Argsort { places: increasing(places) }, DType::I64)
}

/// Places in increasing order, each once.
fn increasing(places: Option<&[usize]>) -> Option<SmallVec<[usize; 4]>> {
    places.map(|some| {
        let mut some = SmallVec::<[usize; 4]>::from_slice(some);
        some.sort_unstable();
        some.dedup();
        some
    })
}

/// Elements of an array of one axis put to int64 positions, which are a permutation.
///
/// # Errors
/// `Error::Bug` for other operands.
pub fn scatter(x: &NodeRef, positions: &NodeRef) -> Result<NodeRef> {
    let kernel = KernelFn::Scatter;
    kernel.infer(&[(&x.shape, x.dtype), (&positions.shape, positions.dtype)])?;
    let (shape, dtype) = (x.shape.clone(), x.dtype);
    Ok(Node::new(NodeOp::Kernel { kernel, out: 0 }, smallvec![x.clone(), positions.clone()], shape, dtype))
}

/// The distinct elements of an array of one axis in increasing order, with anything after them, and their number.
///
/// # Errors
/// `Error::Bug` for other operands.
pub fn unique(x: &NodeRef, equal_nan: bool) -> Result<[NodeRef; 2]> {
    let kernel = KernelFn::Unique { equal_nan };
    kernel.infer(&[(&x.shape, x.dtype)])?;
    let part = |out: u8, shape: &[usize], dtype: DType| {
        let op = NodeOp::Kernel { kernel: kernel.clone(), out };
        Node::new(op, smallvec![x.clone()], SmallVec::from_slice(shape), dtype)
    };
    Ok([part(0, &x.shape, x.dtype), part(1, &[], DType::I64)])
}

fn ordered(x: &NodeRef, axis: i64, kernel: KernelFn, dtype: DType) -> Result<NodeRef> {
    let axis = layout::normalize_axis(axis, x.shape.len())?;
    let n = x.shape[axis];
    if let KernelFn::Sort { places: Some(some) } | KernelFn::Argsort { places: Some(some) } = &kernel
        && let Some(place) = some.iter().find(|&&p| p >= n)
    {
        return Err(Error::Value(format!("kth(={place}) out of bounds ({n})")));
    }
    layout::checked_bytes(&x.shape, dtype.size())?;
    let rows = moveaxis(x, &[axis as i64], &[-1])?;
    let shape = rows.shape.clone();
    let sorted = Node::new(NodeOp::Kernel { kernel, out: 0 }, smallvec![rows], shape, dtype);
    moveaxis(&sorted, &[-1], &[axis as i64])
}
