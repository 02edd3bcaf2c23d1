//! NumPy's orders of elements. A lazy value lies nowhere; its order is that in which NumPy's result would lie in memory, which
//! follows the operands.

use super::{reshape, transpose};
use crate::array::layout;
use crate::error::{Error, Result};
use crate::graph::linear::linearize;
use crate::graph::node::{NodeOp, NodeRef};
use crate::graph::order::{axis_order, dense_strides};
use smallvec::SmallVec;

/// The order in which elements are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The last axis fastest.
    C,
    /// The first axis fastest.
    Fortran,
    /// The first axis fastest where the array lies so without gaps, else the last.
    Any,
    /// As the array lies, negative strides apart.
    Kept,
}

type Strides = SmallVec<[i64; 4]>;

/// Strides broadcast to a number of axes.
fn along(shape: &[usize], strides: &[i64], ndim: usize) -> Strides {
    let mut all: Strides = SmallVec::from_elem(0, ndim - shape.len());
    all.extend(shape.iter().zip(strides).map(|(&n, &s)| if n == 1 { 0 } else { s }));
    all
}

/// The axes of a shape in the order of strides; axes of length one, which have none, come last.
fn sorted(shape: &[usize], strides: &[Strides]) -> SmallVec<[usize; 4]> {
    let (long, short): (SmallVec<[usize; 4]>, SmallVec<[usize; 4]>) = (0..shape.len()).partition(|&d| shape[d] != 1);
    let of_long: SmallVec<[Strides; 3]> = strides.iter().map(|s| long.iter().map(|&d| s[d]).collect()).collect();
    let order = axis_order(long.len(), &of_long.iter().map(SmallVec::as_slice).collect::<SmallVec<[&[i64]; 3]>>());
    order.into_iter().map(|i| long[i]).chain(short).collect()
}

/// The strides, in elements, of NumPy's result.
fn strides_of(x: &NodeRef) -> Strides {
    let graph = linearize(&[x]);
    let mut all: Vec<Strides> = Vec::with_capacity(graph.nodes.len());
    for (node, inputs) in graph.nodes.iter().zip(graph.inputs.iter()) {
        let (shape, ndim) = (node.shape.as_slice(), node.shape.len());
        let dense = |order: &[usize]| dense_strides(shape, order, 1);
        // The order that the inputs suggest together, over as many axes as these have.
        let order = |shape: &[usize]| {
            let inputs = node.inputs.iter().zip(inputs).map(|(i, &p)| along(&i.shape, &all[p as usize], shape.len()));
            sorted(shape, &inputs.collect::<SmallVec<[Strides; 3]>>())
        };
        let strides = match &node.op {
            NodeOp::Data(a) => a.strides().iter().map(|&s| s as i64 / a.dtype().size() as i64).collect(),
            NodeOp::Iota { strides, .. } => dense(&sorted(shape, &[along(shape, strides, ndim)])),
            NodeOp::View(map) => map.strides(&all[inputs[0] as usize]).1,
            NodeOp::Ufunc { .. } | NodeOp::Cast | NodeOp::Note(_) | NodeOp::Concat { .. } => dense(&order(shape)),
            NodeOp::Kernel { kernel, .. } if kernel.keeps_order() => dense(&order(shape)),
            NodeOp::Reduce { axes, .. } => {
                let kept = order(&node.inputs[0].shape).into_iter().filter(|d| !axes.contains(d));
                // The number of an axis among those that stay.
                let place = |d: usize| d - axes.iter().filter(|&&a| a < d).count();
                dense(&kept.map(place).collect::<SmallVec<[usize; 4]>>())
            }
            NodeOp::Const(_)
            | NodeOp::Reshape
            | NodeOp::Table(_)
            | NodeOp::Compress
            | NodeOp::Bins
            | NodeOp::Kernel { .. } => dense(&(0..ndim).collect::<SmallVec<[usize; 4]>>()),
        };
        all.push(strides);
    }
    all.pop().unwrap_or_default()
}

/// Whether NumPy's result lies in Fortran order, and not in C order as well.
fn is_fortran(x: &NodeRef) -> bool {
    let strides: SmallVec<[isize; 4]> = strides_of(x).iter().map(|&s| s as isize).collect();
    layout::is_f_contiguous(&x.shape, &strides, 1) && !layout::is_c_contiguous(&x.shape, &strides, 1)
}

/// The elements read and written in an order, under another shape.
///
/// # Errors
/// As [`reshape`]; `Error::Value` for [`Order::Kept`].
pub fn reshape_in(x: &NodeRef, shape: &[i64], order: Order) -> Result<NodeRef> {
    match order {
        Order::C => return reshape(x, shape),
        Order::Any if !is_fortran(x) => return reshape(x, shape),
        Order::Kept => return Err(Error::Value("order 'K' is not permitted for reshaping".into())),
        Order::Fortran | Order::Any => {}
    }
    let reversed: SmallVec<[i64; 4]> = shape.iter().rev().copied().collect();
    let y = reshape(&transpose(x, None)?, &reversed).map_err(|e| match e {
        Error::Reshape { size, .. } => Error::Reshape { size, shape: shape.into() },
        e => e,
    })?;
    transpose(&y, None)
}

/// All elements along one axis, read in an order.
///
/// # Errors
/// As [`reshape`].
pub fn ravel(x: &NodeRef, order: Order) -> Result<NodeRef> {
    if order != Order::Kept {
        return reshape_in(x, &[-1], order);
    }
    let axes = sorted(&x.shape, &[along(&x.shape, &strides_of(x), x.shape.len())]);
    let axes: SmallVec<[i64; 4]> = axes.iter().map(|&d| d as i64).collect();
    reshape(&transpose(x, Some(&axes))?, &[-1])
}
