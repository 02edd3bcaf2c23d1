//! Views: everything that an index map expresses, applied to leaves at once and composed with views below.

use crate::array::{Array, Shape, Strides, layout};
use crate::error::{Error, Result, shape_text};
use crate::graph::map::IndexMap;
use crate::graph::node::{Node, NodeOp, NodeRef};
use smallvec::{SmallVec, smallvec};

/// One part of a basic index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexItem {
    /// An integer, negative from the end.
    Int(i64),
    /// A slice as Python's `slice.indices` normalises it: first index, step, number of elements.
    Slice {
        /// The first index.
        start: i64,
        /// The distance between indices.
        step: i64,
        /// How many.
        len: usize,
    },
    /// `None`: a new axis of length one.
    NewAxis,
}

/// `x` seen through `map` under `shape`. Leaves take the map into their strides; views of views become one.
pub(super) fn view(x: &NodeRef, map: IndexMap, shape: Shape) -> Result<NodeRef> {
    if map.is_identity() && shape == x.shape {
        return Ok(x.clone());
    }
    layout::checked_ndim(shape.len())?;
    debug_assert!(crate::graph::map::fits(&map, &shape, &x.shape), "{map:?} {shape:?} {:?}", x.shape);
    match &x.op {
        NodeOp::Data(array) => Ok(Node::data(view_of_array(array, &map, shape)?)),
        NodeOp::Const(value) => Ok(Node::constant(*value, shape)),
        NodeOp::Iota { start, strides } => {
            let (offset, strides) = map.strides(strides);
            Ok(Node::new(NodeOp::Iota { start: start + offset, strides }, SmallVec::new(), shape, x.dtype))
        }
        NodeOp::View(inner) => {
            let whole = map.then(inner);
            let source = &x.inputs[0];
            if whole.is_identity() && shape == source.shape {
                return Ok(source.clone());
            }
            Ok(Node::new(NodeOp::View(Box::new(whole)), smallvec![source.clone()], shape, x.dtype))
        }
        NodeOp::Ufunc { .. }
        | NodeOp::Cast
        | NodeOp::Reshape
        | NodeOp::Reduce { .. }
        | NodeOp::Concat { .. }
        | NodeOp::Compress
        | NodeOp::Bins
        | NodeOp::Table(_)
        | NodeOp::Note(_)
        | NodeOp::Kernel { .. } => Ok(Node::new(NodeOp::View(Box::new(map)), smallvec![x.clone()], shape, x.dtype)),
    }
}

fn view_of_array(array: &Array, map: &IndexMap, shape: Shape) -> Result<Array> {
    if shape.contains(&0) {
        let strides = layout::c_strides(&shape, array.dtype().size());
        return array.with_layout(array.offset(), shape, strides);
    }
    let steps: SmallVec<[i64; 4]> = array.strides().iter().map(|&s| s as i64).collect();
    let (offset, steps) = map.strides(&steps);
    let strides: Strides = steps.iter().map(|&s| s as isize).collect();
    array.with_layout((array.offset() as i64 + offset) as usize, shape, strides)
}

/// Basic indexing. Axes that the items do not reach are kept.
///
/// # Errors
/// `Error::IndexOutOfBounds`, `Error::TooManyIndices`.
pub fn index(x: &NodeRef, items: &[IndexItem]) -> Result<NodeRef> {
    let given = items.iter().filter(|i| !matches!(i, IndexItem::NewAxis)).count();
    let ndim = x.shape.len();
    if given > ndim {
        return Err(Error::TooManyIndices { ndim, given });
    }
    let out_ndim = items.iter().filter(|i| !matches!(i, IndexItem::Int(_))).count() + ndim - given;
    if out_ndim > layout::MAX_NDIM {
        return Err(Error::Index(format!(
            "number of dimensions must be within [0, {}], indexing result would have {out_ndim}",
            layout::MAX_NDIM
        )));
    }
    let mut map = IndexMap::zero(ndim, out_ndim);
    let mut shape = Shape::new();
    let mut axis = 0;
    for item in items {
        match *item {
            IndexItem::Int(i) => {
                let size = x.shape[axis];
                let at = if i < 0 { i + size as i64 } else { i };
                if at < 0 || at >= size as i64 {
                    return Err(Error::IndexOutOfBounds { index: i, axis, size });
                }
                map.start[axis] = at;
                axis += 1;
            }
            IndexItem::Slice { start, step, len } => {
                if len > 0 {
                    map.start[axis] = start;
                }
                if len > 1 {
                    map.set(axis, shape.len(), step);
                }
                shape.push(len);
                axis += 1;
            }
            IndexItem::NewAxis => shape.push(1),
        }
    }
    for axis in axis..ndim {
        if x.shape[axis] > 1 {
            map.set(axis, shape.len(), 1);
        }
        shape.push(x.shape[axis]);
    }
    view(x, map, shape)
}

/// Axes from `-ndim..ndim` as increasing distinct axes in `0..ndim`.
///
/// # Errors
/// `Error::AxisOutOfRange`, `Error::DuplicateAxis`.
pub fn normalize_axes(axes: &[i64], ndim: usize) -> Result<SmallVec<[usize; 4]>> {
    let mut out: SmallVec<[usize; 4]> = axes.iter().map(|&a| layout::normalize_axis(a, ndim)).collect::<Result<_>>()?;
    out.sort_unstable();
    if out.windows(2).any(|w| w[0] == w[1]) {
        return Err(Error::DuplicateAxis);
    }
    Ok(out)
}

/// Axes permuted: axis `j` of the result is axis `axes[j]` of `x`. `None` reverses.
///
/// # Errors
/// `Error::Value` where `axes` is no permutation, `Error::AxisOutOfRange`.
pub fn transpose(x: &NodeRef, axes: Option<&[i64]>) -> Result<NodeRef> {
    let ndim = x.shape.len();
    let order: SmallVec<[usize; 4]> = match axes {
        None => (0..ndim).rev().collect(),
        Some(axes) => {
            if axes.len() != ndim {
                return Err(Error::Value("axes don't match array".into()));
            }
            let order: SmallVec<[usize; 4]> =
                axes.iter().map(|&a| layout::normalize_axis(a, ndim)).collect::<Result<_>>()?;
            if (0..ndim).any(|a| !order.contains(&a)) {
                return Err(Error::Value("repeated axis in transpose".into()));
            }
            order
        }
    };
    if order.iter().copied().eq(0..ndim) {
        return Ok(x.clone());
    }
    let mut map = IndexMap::zero(ndim, ndim);
    for (j, &a) in order.iter().enumerate() {
        if x.shape[a] != 1 {
            map.set(a, j, 1);
        }
    }
    view(x, map, order.iter().map(|&a| x.shape[a]).collect())
}

/// Two axes exchanged.
///
/// # Errors
/// `Error::AxisOutOfRange`.
pub fn swapaxes(x: &NodeRef, a: i64, b: i64) -> Result<NodeRef> {
    let ndim = x.shape.len();
    let (a, b) = (layout::normalize_axis(a, ndim)?, layout::normalize_axis(b, ndim)?);
    let mut axes: Vec<i64> = (0..ndim as i64).collect();
    axes.swap(a, b);
    transpose(x, Some(&axes))
}

/// Axes moved to new places, the others in order.
///
/// # Errors
/// `Error::AxisOutOfRange`, `Error::Value`.
pub fn moveaxis(x: &NodeRef, source: &[i64], destination: &[i64]) -> Result<NodeRef> {
    let ndim = x.shape.len();
    if source.len() != destination.len() {
        let text = "`source` and `destination` arguments must have the same number of elements";
        return Err(Error::Value(text.into()));
    }
    let of = |axes: &[i64], name: &str| -> Result<SmallVec<[usize; 4]>> {
        let axes: SmallVec<[usize; 4]> =
            axes.iter().map(|&a| layout::normalize_axis(a, ndim)).collect::<Result<_>>()?;
        let repeated = axes.iter().enumerate().any(|(i, a)| axes[..i].contains(a));
        if repeated { Err(Error::Value(format!("repeated axis in `{name}` argument"))) } else { Ok(axes) }
    };
    let (source, destination) = (of(source, "source")?, of(destination, "destination")?);
    if source == destination {
        return Ok(x.clone());
    }
    let mut order: Vec<i64> = (0..ndim).filter(|a| !source.contains(a)).map(|a| a as i64).collect();
    let mut moves: Vec<(usize, usize)> = destination.into_iter().zip(source).collect();
    moves.sort_unstable();
    for (d, s) in moves {
        order.insert(d, s as i64);
    }
    transpose(x, Some(&order))
}

/// `x` broadcast to `shape`.
///
/// # Errors
/// `Error::Value` where it does not broadcast.
pub fn broadcast_to(x: &NodeRef, shape: &[usize]) -> Result<NodeRef> {
    if x.shape.as_slice() == shape {
        return Ok(x.clone());
    }
    let joint = layout::broadcast([x.shape.as_slice(), shape].into_iter());
    if joint.as_ref().map(SmallVec::as_slice) != Ok(shape) {
        return Err(Error::Value(format!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: {}  and requested shape {}",
            shape_text(&x.shape),
            shape_text(shape)
        )));
    }
    layout::checked_size(shape)?;
    layout::checked_bytes(shape, x.dtype.size())?;
    view(x, IndexMap::broadcast(&x.shape, shape), shape.into())
}

/// New axes of length one, at these places of the result.
///
/// # Errors
/// `Error::AxisOutOfRange`, `Error::DuplicateAxis`.
pub fn expand_dims(x: &NodeRef, axes: &[i64]) -> Result<NodeRef> {
    let ndim = x.shape.len() + axes.len();
    let places = normalize_axes(axes, ndim)?;
    let mut map = IndexMap::zero(x.shape.len(), ndim);
    let mut shape = Shape::new();
    let mut source = 0;
    for j in 0..ndim {
        if places.contains(&j) {
            shape.push(1);
        } else {
            if x.shape[source] > 1 {
                map.set(source, j, 1);
            }
            shape.push(x.shape[source]);
            source += 1;
        }
    }
    view(x, map, shape)
}

/// Axes of length one removed: all, or those given.
///
/// # Errors
/// `Error::Value` where a given axis is longer, `Error::AxisOutOfRange`, `Error::DuplicateAxis`.
pub fn squeeze(x: &NodeRef, axes: Option<&[i64]>) -> Result<NodeRef> {
    let ndim = x.shape.len();
    let gone: SmallVec<[usize; 4]> = match axes {
        None => (0..ndim).filter(|&d| x.shape[d] == 1).collect(),
        Some(axes) => normalize_axes(axes, ndim)?,
    };
    if gone.iter().any(|&d| x.shape[d] != 1) {
        return Err(Error::Value("cannot select an axis to squeeze out which has size not equal to one".into()));
    }
    let kept: SmallVec<[usize; 4]> = (0..ndim).filter(|d| !gone.contains(d)).collect();
    let mut map = IndexMap::zero(ndim, kept.len());
    for (j, &d) in kept.iter().enumerate() {
        if x.shape[d] > 1 {
            map.set(d, j, 1);
        }
    }
    view(x, map, kept.iter().map(|&d| x.shape[d]).collect())
}

/// The order of elements reversed along axes; all if `None`.
///
/// # Errors
/// `Error::AxisOutOfRange`, `Error::DuplicateAxis`.
pub fn flip(x: &NodeRef, axes: Option<&[i64]>) -> Result<NodeRef> {
    let ndim = x.shape.len();
    let axes = match axes {
        None => (0..ndim).collect(),
        Some(axes) => normalize_axes(axes, ndim)?,
    };
    let mut map = IndexMap::identity(ndim);
    for &d in axes.iter().filter(|&&d| x.shape[d] > 0) {
        map.start[d] = x.shape[d] as i64 - 1;
        map.set(d, d, -1);
    }
    view(x, map, x.shape.clone())
}

/// The diagonal of two axes, as the last axis.
///
/// # Errors
/// `Error::Value` for fewer than two axes or one axis twice, `Error::AxisOutOfRange`.
pub fn diagonal(x: &NodeRef, offset: i64, axis1: i64, axis2: i64) -> Result<NodeRef> {
    let ndim = x.shape.len();
    if ndim < 2 {
        return Err(Error::Value("diag requires an array of at least two dimensions".into()));
    }
    let (a, b) = (layout::normalize_axis(axis1, ndim)?, layout::normalize_axis(axis2, ndim)?);
    if a == b {
        return Err(Error::Value("axis1 and axis2 cannot be the same".into()));
    }
    let (first, second) = ((-offset).max(0), offset.max(0));
    let len = (x.shape[a] as i64 - first).min(x.shape[b] as i64 - second).max(0) as usize;
    let kept: SmallVec<[usize; 4]> = (0..ndim).filter(|&d| d != a && d != b).collect();
    let mut map = IndexMap::zero(ndim, kept.len() + 1);
    for (j, &d) in kept.iter().enumerate() {
        if x.shape[d] > 1 {
            map.set(d, j, 1);
        }
    }
    let mut shape: Shape = kept.iter().map(|&d| x.shape[d]).collect();
    if len > 0 {
        (map.start[a], map.start[b]) = (first, second);
    }
    if len > 1 {
        map.set(a, kept.len(), 1);
        map.set(b, kept.len(), 1);
    }
    shape.push(len);
    view(x, map, shape)
}

/// Every window of these lengths over these axes: the places of windows along the axes of `x`, then the axes of a window. An axis
/// may have several.
///
/// # Errors
/// `Error::Value` for lengths that are negative or do not fit, `Error::AxisOutOfRange`.
pub fn windows(x: &NodeRef, lengths: &[i64], axes: &[i64]) -> Result<NodeRef> {
    let ndim = x.shape.len();
    if lengths.iter().any(|&n| n < 0) {
        return Err(Error::Value("`window_shape` cannot contain negative values".into()));
    }
    let axes: SmallVec<[usize; 4]> = axes.iter().map(|&a| layout::normalize_axis(a, ndim)).collect::<Result<_>>()?;
    let mut shape = x.shape.clone();
    for (&axis, &n) in axes.iter().zip(lengths) {
        if (shape[axis] as i64) < n {
            return Err(Error::Value("window shape cannot be larger than input array shape".into()));
        }
        shape[axis] = (shape[axis] as i64 - n + 1) as usize;
    }
    shape.extend(lengths.iter().map(|&n| n as usize));
    layout::checked_ndim(shape.len())?;
    layout::checked_size(&shape)?;
    let mut map = IndexMap::zero(ndim, shape.len());
    for (j, axis) in (0..ndim).chain(axes.iter().copied()).enumerate() {
        if shape[j] > 1 {
            map.set(axis, j, 1);
        }
    }
    view(x, map, shape)
}

/// `x`'s elements in C order under another shape; one length may be negative: what is left.
///
/// # Errors
/// `Error::Reshape`, `Error::Value`.
pub fn reshape(x: &NodeRef, shape: &[i64]) -> Result<NodeRef> {
    let size = x.size();
    let refuse = || Error::Reshape { size, shape: shape.into() };
    let unknown = shape.iter().filter(|&&n| n < 0).count();
    if unknown > 1 {
        return Err(Error::Value("can only specify one unknown dimension".into()));
    }
    layout::checked_ndim(shape.len())?;
    let mut known = 1usize;
    for &n in shape.iter().filter(|&&n| n >= 0) {
        let n = usize::try_from(n).map_err(|_| Error::Value("negative dimensions not allowed".into()))?;
        known = known.checked_mul(n).ok_or_else(refuse)?;
    }
    if unknown == 1 && (known == 0 || !size.is_multiple_of(known)) || unknown == 0 && known != size {
        return Err(refuse());
    }
    let new: Shape = shape.iter().map(|&n| if n < 0 { size / known } else { n as usize }).collect();
    if new == x.shape {
        return Ok(x.clone());
    }
    if size == 0 {
        return view(x, IndexMap::zero(x.shape.len(), new.len()), new);
    }
    if let Some(map) = IndexMap::reshape(&x.shape, &new) {
        return view(x, map, new);
    }
    match &x.op {
        NodeOp::Const(value) => Ok(Node::constant(*value, new)),
        NodeOp::Data(array) if let Some(strides) = reshaped_strides(array, &new) => {
            Ok(Node::data(array.with_layout(array.offset(), new, strides)?))
        }
        // A reshape of a reshape is one.
        NodeOp::Reshape => reshape(&x.inputs[0].clone(), &new.iter().map(|&n| n as i64).collect::<Vec<_>>()),
        NodeOp::Iota { start, .. } if let Some(step) = even_step(x) => {
            let strides = layout::c_strides(&new, 1).iter().map(|&s| s as i64 * step).collect();
            Ok(Node::new(NodeOp::Iota { start: *start, strides }, SmallVec::new(), new, x.dtype))
        }
        NodeOp::Table(_) if even_step(&x.inputs[1]).is_some() => {
            let inputs = smallvec![x.inputs[0].clone(), reshape(&x.inputs[1], shape)?];
            Ok(Node::new(x.op.clone(), inputs, new, x.dtype))
        }
        // Elementwise work on operands of one shape takes the reshape to its operands, so that it still fuses.
        NodeOp::Ufunc { .. } | NodeOp::Cast
            if x.inputs.iter().all(|i| (i.shape == x.shape && is_flat(i)) || i.shape.is_empty()) =>
        {
            let inputs = x
                .inputs
                .iter()
                .map(|i| if i.shape.is_empty() { Ok(i.clone()) } else { reshape(i, shape) })
                .collect::<Result<_>>()?;
            Ok(Node::new(x.op.clone(), inputs, new, x.dtype))
        }
        NodeOp::Data(_)
        | NodeOp::Iota { .. }
        | NodeOp::Ufunc { .. }
        | NodeOp::Cast
        | NodeOp::View(_)
        | NodeOp::Reduce { .. }
        | NodeOp::Concat { .. }
        | NodeOp::Compress
        | NodeOp::Bins
        | NodeOp::Table(_)
        | NodeOp::Note(_)
        | NodeOp::Kernel { .. } => Ok(Node::new(NodeOp::Reshape, smallvec![x.clone()], new, x.dtype)),
    }
}

/// True for operands whose reshape is free: one level is looked at, as chains are built level by level.
fn is_flat(x: &NodeRef) -> bool {
    match &x.op {
        NodeOp::Data(array) => array.is_c_contiguous(),
        NodeOp::Const(_) => true,
        NodeOp::Iota { .. } => even_step(x).is_some(),
        NodeOp::Table(_) => even_step(&x.inputs[1]).is_some(),
        NodeOp::Ufunc { .. }
        | NodeOp::Cast
        | NodeOp::View(_)
        | NodeOp::Reshape
        | NodeOp::Reduce { .. }
        | NodeOp::Concat { .. }
        | NodeOp::Compress
        | NodeOp::Bins
        | NodeOp::Note(_)
        | NodeOp::Kernel { .. } => false,
    }
}

/// The step of an index function from each element to the next in C order, if it is the same everywhere.
fn even_step(x: &NodeRef) -> Option<i64> {
    let NodeOp::Iota { strides, .. } = &x.op else { return None };
    let expected = layout::c_strides(&x.shape, 1);
    let mut axes = strides.iter().zip(&expected).zip(&x.shape).filter(|&(_, &n)| n > 1);
    let step = axes.clone().next_back().map_or(1, |((&s, &one), _)| s / one as i64);
    axes.all(|((&s, &one), _)| s == step * one as i64).then_some(step)
}

/// The strides of an array's reshape without a copy, if there are any.
fn reshaped_strides(array: &Array, new: &[usize]) -> Option<Strides> {
    array.is_c_contiguous().then(|| layout::c_strides(new, array.dtype().size()))
}
