//! Indices with integer and boolean arrays: their values are computed and checked, the picking is a node.

use super::convert::node;
use super::evaluate::compute_nodes;
use super::interop::from_numpy;
use super::lazy::LazyArray;
use crate::array::layout;
use crate::dtype::{DType, Scalar};
use crate::error::{Error, shape_text};
use crate::graph::build::{self, Operand, Reducer};
use crate::graph::{NodeOp, NodeRef};
use crate::kernels::fold::small_range;
use crate::ops::expr::TableFn;
use crate::ops::ufunc::Ufunc;
use crate::runtime::compute;
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyEllipsis, PyList, PySlice};
use smallvec::SmallVec;

/// One key of an index once masks are positions.
enum Key {
    NewAxis,
    Slice(i64, i64, usize),
    /// Positions, and the axes that they are on: none for a truth value, which is an array of as many zeros.
    Positions(NodeRef, usize),
    /// An ellipsis: it stands between arrays even where it stands for no axes.
    Ellipsis,
}

impl Key {
    /// Whether the key makes an axis of the result that no array picks.
    fn is_plain(&self) -> bool {
        matches!(self, Key::NewAxis | Key::Slice(..))
    }
}

/// NumPy's text for what is no index.
pub const NO_INDEX: &str = "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays \
                        are valid indices";

/// An index with integer or boolean arrays: positions in the flattened array, then one pick.
pub fn advanced_index(x: &NodeRef, keys: &[Bound<'_, PyAny>]) -> PyResult<NodeRef> {
    if let Some(kept) = by_mask_alone(x, keys)? {
        return Ok(kept);
    }
    let (keys, ndim) = (expand_keys(x, keys)?, x.shape.len());
    // Axis by axis: each key's contribution to the flat position, on its own axes of the result.
    let steps = layout::c_strides(&x.shape, 1);
    let arrays: Vec<&NodeRef> =
        keys.iter().filter_map(|k| if let Key::Positions(p, _) = k { Some(p) } else { None }).collect();
    let joint = layout::broadcast(arrays.iter().map(|a| a.shape.as_slice())).map_err(|_| {
        let shapes = arrays.iter().map(|a| shape_text(&a.shape)).collect::<Vec<_>>().join(" ");
        PyIndexError::new_err(format!(
            "shape mismatch: indexing arrays could not be broadcast together with shapes {shapes} "
        ))
    })?;
    // The picked axes stand where the first array stood if the arrays are neighbours, else in front.
    let places: Vec<usize> =
        keys.iter().enumerate().filter(|(_, k)| matches!(k, Key::Positions(..))).map(|(i, _)| i).collect();
    let neighbours = places.windows(2).all(|w| w[1] == w[0] + 1);
    let at = if neighbours { keys[..places[0]].iter().filter(|k| k.is_plain()).count() } else { 0 };
    let plain: Vec<&Key> = keys.iter().filter(|k| k.is_plain()).collect();
    let mut shape: SmallVec<[usize; 4]> = SmallVec::new();
    for (i, key) in plain.iter().enumerate() {
        if i == at {
            shape.extend(joint.iter().copied());
        }
        shape.push(if let Key::Slice(_, _, len) = key { *len } else { 1 });
    }
    if at == plain.len() {
        shape.extend(joint.iter().copied());
    }
    let out_ndim = shape.len();
    let mut position: Option<NodeRef> = None;
    let add = |a: Option<NodeRef>, b: NodeRef| match a {
        None => Ok(b),
        Some(a) => build::op(Ufunc::Add, &[&a, &b]),
    };
    let (mut axis, mut place) = (0, if at == 0 { joint.len() } else { 0 });
    for key in &keys {
        match key {
            Key::NewAxis => place += 1,
            Key::Slice(start, step, len) => {
                let mut strides = vec![0; out_ndim];
                strides[place] = step * steps[axis] as i64;
                let mut own: SmallVec<[usize; 4]> = SmallVec::from_elem(1, out_ndim);
                own[place] = *len;
                position = Some(add(position, build::iota(&own, start * steps[axis] as i64, &strides)?)?);
                axis += 1;
                place += 1;
            }
            Key::Positions(_, 0) | Key::Ellipsis => {}
            Key::Positions(p, _) => {
                let wide = build::broadcast_to(p, &joint)?;
                let mut own: Vec<i64> = vec![1; out_ndim];
                for (d, &n) in joint.iter().enumerate() {
                    own[at + d] = n as i64;
                }
                // An operand, so that code does not depend on lengths; one is left out.
                let scaled = match steps[axis] {
                    1 => wide,
                    n => build::op(Ufunc::Multiply, &[&wide, &build::iota(&[], n as i64, &[])?])?,
                };
                position = Some(add(position, build::reshape(&scaled, &own)?)?);
                axis += 1;
            }
        }
        // Past the arrays' place, plain axes come after the picked ones.
        if key.is_plain() && place == at && at > 0 {
            place += joint.len();
        }
    }
    debug_assert_eq!(axis, ndim);
    let position = match position {
        Some(position) => build::broadcast_to(&position, &shape)?,
        None => build::full(&shape, Scalar::zero(DType::I64))?,
    };
    let flat = build::reshape(x, &[-1])?;
    Ok(build::table(TableFn::Take, &flat, &position)?)
}

/// Keys with the ellipsis spelled out, masks as positions, integers as arrays of no axes.
fn expand_keys(x: &NodeRef, keys: &[Bound<'_, PyAny>]) -> PyResult<Vec<Key>> {
    let ndim = x.shape.len();
    let mut out: Vec<Key> = Vec::new();
    let (mut used, mut ellipses) = (0, 0);
    // How many axes each key uses must be known before the ellipsis can be expanded.
    let mut nodes: Vec<Option<NodeRef>> = Vec::with_capacity(keys.len());
    for key in keys {
        if key.is_none() || key.cast::<PySlice>().is_ok() {
            used += usize::from(!key.is_none());
            nodes.push(None);
        } else if key.cast::<PyEllipsis>().is_ok() {
            ellipses += 1;
            nodes.push(None);
        } else {
            let n = if key.cast::<PyList>().is_ok_and(|l| l.is_empty()) {
                build::full(&[0], Scalar::zero(DType::I64))?
            } else if super::sequence::is_sequence(key) {
                node(key)?
            } else {
                node(key).map_err(|e| {
                    if e.is_instance_of::<PyTypeError>(key.py()) { PyIndexError::new_err(NO_INDEX) } else { e }
                })?
            };
            used += if n.dtype == DType::Bool { n.shape.len() } else { 1 };
            nodes.push(Some(n));
        }
    }
    if ellipses > 1 {
        return Err(PyIndexError::new_err("an index can only have a single ellipsis ('...')"));
    }
    if used > ndim {
        return Err(Error::TooManyIndices { ndim, given: used }.into());
    }
    let mut axis = 0;
    let keep = |axis: &mut usize, out: &mut Vec<Key>| {
        out.push(Key::Slice(0, 1, x.shape[*axis]));
        *axis += 1;
    };
    for (key, n) in keys.iter().zip(nodes) {
        match n {
            None if key.is_none() => out.push(Key::NewAxis),
            None if key.cast::<PyEllipsis>().is_ok() => {
                out.push(Key::Ellipsis);
                for _ in 0..ndim - used {
                    keep(&mut axis, &mut out);
                }
            }
            None => {
                let s = key.cast::<PySlice>().map_err(|_| PyIndexError::new_err("not an index"))?;
                let i = s.indices(x.shape[axis] as isize)?;
                out.push(Key::Slice(i.start as i64, i.step as i64, i.slicelength));
                axis += 1;
            }
            Some(n) if n.dtype == DType::Bool && n.shape.is_empty() => {
                let truth = compute_nodes(key.py(), &[&n])?.remove(0).element(&[]).to_i128() as usize;
                out.push(Key::Positions(build::full(&[truth], Scalar::zero(DType::I64))?, 0));
            }
            Some(n) if n.dtype == DType::Bool => {
                for p in nonzero(key.py(), x, &n, axis)? {
                    out.push(Key::Positions(p, 1));
                    axis += 1;
                }
            }
            Some(n) if n.dtype.is_integer() => {
                out.push(Key::Positions(in_bounds(key.py(), &n, axis, x.shape[axis])?, 1));
                axis += 1;
            }
            Some(n)
                if super::sequence::is_sequence(key)
                    || n.shape.is_empty() && key.cast::<LazyArray>().is_err() && from_numpy(key)?.is_none() =>
            {
                return Err(PyIndexError::new_err(NO_INDEX));
            }
            Some(_) => {
                return Err(PyIndexError::new_err("arrays used as indices must be of integer (or boolean) type"));
            }
        }
    }
    while ellipses == 0 && axis < ndim {
        keep(&mut axis, &mut out);
    }
    Ok(out)
}

/// The elements of `x` where a mask of its shape is true. Counts them, as the shape of the result depends on it.
fn compressed(py: Python<'_>, x: &NodeRef, mask: &NodeRef) -> PyResult<NodeRef> {
    let tally = compute_nodes(py, &[&build::tally(mask)?])?.remove(0);
    Ok(build::compress(x, mask, &tally)?)
}

/// The positions in C order where a mask is true, int64. Counts them.
pub fn positions(py: Python<'_>, mask: &NodeRef) -> PyResult<NodeRef> {
    let steps = layout::c_strides(&mask.shape, 1);
    let steps: Vec<i64> = steps.iter().map(|&s| s as i64).collect();
    compressed(py, &build::iota(&mask.shape, 0, &steps)?, mask)
}

/// The elements where `mask` is true, if that is all that the index says.
fn by_mask_alone(x: &NodeRef, keys: &[Bound<'_, PyAny>]) -> PyResult<Option<NodeRef>> {
    let mut given = keys.iter().filter(|k| k.cast::<PyEllipsis>().is_err());
    let (Some(key), None) = (given.next(), given.next()) else { return Ok(None) };
    if keys.len() > 2 || key.is_none() || key.cast::<PySlice>().is_ok() || super::sequence::is_sequence(key) {
        return Ok(None);
    }
    let Ok(mask) = node(key) else { return Ok(None) };
    if mask.dtype != DType::Bool || mask.shape.len() != x.shape.len() || mask.shape.is_empty() {
        return Ok(None);
    }
    check_mask(x, &mask, 0)?;
    Ok(Some(compressed(key.py(), x, &mask)?))
}

/// Refuses a mask that has not the lengths of the axes from `axis` on.
fn check_mask(x: &NodeRef, mask: &NodeRef, axis: usize) -> PyResult<()> {
    for (d, &n) in mask.shape.iter().enumerate() {
        if n != x.shape[axis + d] {
            return Err(PyIndexError::new_err(format!(
                "boolean index did not match indexed array along axis {}; size of axis is {} but size of corresponding \
                 boolean axis is {n}",
                axis + d,
                x.shape[axis + d]
            )));
        }
    }
    Ok(())
}

/// Positions along each axis where a mask is true: counts them, as the shape of the result depends on it.
fn nonzero(py: Python<'_>, x: &NodeRef, mask: &NodeRef, axis: usize) -> PyResult<Vec<NodeRef>> {
    check_mask(x, mask, axis)?;
    let found = positions(py, mask)?;
    if mask.shape.len() == 1 {
        return Ok(vec![found]);
    }
    let mut axes = Vec::with_capacity(mask.shape.len());
    let steps = layout::c_strides(&mask.shape, 1);
    for (&n, &step) in mask.shape.iter().zip(&steps) {
        let op =
            |u: Ufunc, a: &NodeRef, b: usize| build::ufunc(u, &[Operand::Node(a.clone()), Operand::int(b as i128)]);
        let quotient = op(Ufunc::FloorDivide, &found, (step as usize).max(1))?.remove(0);
        axes.push(op(Ufunc::Remainder, &quotient, n.max(1))?.remove(0));
    }
    Ok(axes)
}

/// An index array as int64 positions from the start. What lies in memory is checked now, what is yet to be computed when it is.
fn in_bounds(py: Python<'_>, index: &NodeRef, axis: usize, size: usize) -> PyResult<NodeRef> {
    let wide = build::cast(index, DType::I64);
    if wide.size() == 0 {
        return Ok(build::full(&wide.shape, Scalar::zero(DType::I64))?);
    }
    let is_known = |n: &NodeRef| matches!(n.op, NodeOp::Data(_) | NodeOp::Const(_) | NodeOp::Iota { .. });
    if !is_known(index) {
        return Ok(build::bounded(&wide, axis, size)?);
    }
    let [low, high] = range(py, &wide)?;
    if low < -(size as i128) || high >= size as i128 {
        return Err(compute::out_of_bounds(&compute_nodes(py, &[&wide])?[0], axis, size).into());
    }
    if low >= 0 { Ok(wide) } else { Ok(build::from_start(&wide, size)?) }
}

/// The smallest and the largest of integers, of which there are some.
pub fn range(py: Python<'_>, x: &NodeRef) -> PyResult<[i128; 2]> {
    if let Some(known) = range_at_once(x) {
        return Ok(known);
    }
    let end = |r: Reducer| build::reduce(x, r, &build::ReduceOptions::default());
    let found = compute_nodes(py, &[&end(Reducer::Min)?, &end(Reducer::Max)?])?;
    Ok([0, 1].map(|k| found[k].element(&[]).to_i128()))
}

/// [`range`], where it can be had without a walk.
fn range_at_once(x: &NodeRef) -> Option<[i128; 2]> {
    match &x.op {
        NodeOp::Data(array) => small_range(array),
        NodeOp::Const(value) => Some([value.to_i128(); 2]),
        NodeOp::Iota { start, strides } => {
            let ends = x.shape.iter().zip(strides).map(|(&n, &s)| (n as i128 - 1) * i128::from(s));
            let low: i128 = ends.clone().map(|end| end.min(0)).sum();
            let high: i128 = ends.map(|end| end.max(0)).sum();
            Some([i128::from(*start) + low, i128::from(*start) + high])
        }
        _ => None,
    }
}
