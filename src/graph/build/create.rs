//! Nodes that come from nothing: constants, index functions.

use crate::array::layout;
use crate::array::{Array, Shape};
use crate::dtype::{DType, Scalar};
use crate::error::{Error, Result};
use crate::graph::node::{Node, NodeOp, NodeRef};
use crate::ops::expr::TableFn;
use crate::ops::kernel::{DrawFn, KernelFn};
use crate::ops::ufunc::Ufunc;
use smallvec::{SmallVec, smallvec};

/// One value in a shape.
///
/// # Errors
/// `Error::Value` where the shape is too big.
pub fn full(shape: &[usize], value: Scalar) -> Result<NodeRef> {
    layout::checked_bytes(shape, value.dtype().size())?;
    Ok(Node::constant(value, shape.into()))
}

/// `start + sum(strides[d] * index[d])`, int64.
///
/// # Errors
/// `Error::Value` where the shape is too big.
pub fn iota(shape: &[usize], start: i64, strides: &[i64]) -> Result<NodeRef> {
    layout::checked_bytes(shape, 8)?;
    let op = NodeOp::Iota { start, strides: strides.into() };
    Ok(Node::new(op, SmallVec::new(), shape.into(), DType::I64))
}

/// Numbers of a random function at the positions of a shape in C order, from the state of a generator.
///
/// # Errors
/// `Error::Value` where the shape is too big, `Error::Memory`; `Error::Bug` for another function.
pub fn random(f: TableFn, state: &[u64; TableFn::RANDOM_STATE], shape: &[usize]) -> Result<NodeRef> {
    if !f.is_random() {
        return Err(Error::Bug(format!("{} is not random", f.name())));
    }
    let strides: SmallVec<[i64; 4]> = layout::c_strides(shape, 1).iter().map(|&s| s as i64).collect();
    let positions = iota(shape, 0, &strides)?;
    super::table(f, &generator(state)?, &positions)
}

/// The state of a generator as an array.
fn generator(state: &[u64; TableFn::RANDOM_STATE]) -> Result<NodeRef> {
    let bytes: SmallVec<[u8; 72]> = state.iter().flat_map(|w| w.to_ne_bytes()).collect();
    Ok(Node::data(Array::from_bytes(DType::U64, &[TableFn::RANDOM_STATE], &bytes)?))
}

/// Numbers of a distribution in a shape, each from a stream of its own, from the state of a generator, of parameters that broadcast.
///
/// # Errors
/// `Error::Value` where the shape is too big, `Error::Memory`; `Error::Bug` for other parameters.
pub fn draw(
    draw: DrawFn,
    state: &[u64; TableFn::RANDOM_STATE],
    parameters: &[NodeRef],
    shape: &[usize],
) -> Result<NodeRef> {
    layout::checked_bytes(shape, draw.dtype.size())?;
    let shape = Shape::from_slice(shape);
    let kernel = KernelFn::Draw { draw, shape: shape.clone() };
    let inputs: SmallVec<[NodeRef; 2]> = [generator(state)?].into_iter().chain(parameters.iter().cloned()).collect();
    let types: Vec<(&[usize], DType)> = inputs.iter().map(|i| (i.shape.as_slice(), i.dtype)).collect();
    kernel.infer(&types)?;
    Ok(Node::new(NodeOp::Kernel { kernel, out: 0 }, inputs, shape, draw.dtype))
}

/// `start, start + step, ...`: `n` integers, int64.
///
/// # Errors
/// `Error::Value` where there are too many.
pub fn arange_int(n: usize, start: i64, step: i64) -> Result<NodeRef> {
    iota(&[n], start, &[step])
}

/// Ones on the diagonal `k` of an `n x m` matrix, zeros elsewhere.
///
/// # Errors
/// `Error::Value` where the shape is too big.
pub fn eye(n: usize, m: usize, k: i64, dtype: DType) -> Result<NodeRef> {
    let shape: Shape = smallvec![n, m];
    let distance = iota(&shape, k, &[1, -1])?;
    let zero = Node::constant(Scalar::zero(DType::I64), Shape::new());
    let on = Node::new(NodeOp::Ufunc { ufunc: Ufunc::Equal, out: 0 }, smallvec![distance, zero], shape, DType::Bool);
    Ok(super::cast(&on, dtype))
}
