//! Nested lists and tuples as arrays: their shape, the type that holds all elements, the elements.

use super::convert::{is_text, operand, try_operand};
use super::interop::has_buffer;
use super::lazy::LazyArray;
use super::ndarray::NdArray;
use crate::array::{Array, Shape};
use crate::dtype::{DType, OperandType, Scalar, Weak, promote, result_type};
use crate::graph::build::{self, Operand};
use crate::graph::{Node, NodeRef};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyDict, PyFloat, PyInt, PyList, PyRange, PyTuple, PyType};

/// True for Python's own numbers: neither sequences nor arrays. What most lists hold.
fn is_number(x: &Bound<'_, PyAny>) -> bool {
    x.cast_exact::<PyFloat>().is_ok()
        || x.cast_exact::<PyInt>().is_ok()
        || x.cast_exact::<PyBool>().is_ok()
        || x.cast_exact::<PyComplex>().is_ok()
}

/// True for what holds elements in order and is no array: a list, a tuple, a range, or any object with a length and elements
/// by number that is no mapping and no text.
pub fn is_sequence(x: &Bound<'_, PyAny>) -> bool {
    if x.cast::<PyList>().is_ok() || x.cast::<PyTuple>().is_ok() || x.cast::<PyRange>().is_ok() {
        return true;
    }
    if x.cast_exact::<LazyArray>().is_ok() {
        return false;
    }
    let has = |name| x.hasattr(name).unwrap_or(false);
    !is_number(x)
        && has(intern!(x.py(), "__getitem__"))
        && has(intern!(x.py(), "__len__"))
        && x.cast::<PyDict>().is_err()
        && x.cast::<PyType>().is_err()
        && !is_text(x)
        && !is_array(x)
}

/// The elements of what [`is_sequence`] knows.
///
/// # Errors
/// What the sequence raises.
pub fn items<'py>(x: &Bound<'py, PyAny>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    if let Ok(l) = x.cast::<PyList>() {
        return Ok(Some(l.iter().collect()));
    }
    if let Ok(t) = x.cast::<PyTuple>() {
        return Ok(Some(t.iter().collect()));
    }
    if !is_sequence(x) {
        return Ok(None);
    }
    x.len()?;
    x.try_iter()?.collect::<PyResult<_>>().map(Some)
}

/// True for what is or shows an array, of any number of axes.
fn is_array(x: &Bound<'_, PyAny>) -> bool {
    let has = |name| x.hasattr(name).unwrap_or(false);
    !is_number(x)
        && (x.cast::<LazyArray>().is_ok()
            || x.cast::<NdArray>().is_ok()
            || has(intern!(x.py(), "__array_struct__"))
            || has(intern!(x.py(), "__array_interface__"))
            || has(intern!(x.py(), "__array__"))
            || !is_text(x) && has_buffer(x))
}

fn ragged(shape: &[usize]) -> PyErr {
    let text = match shape {
        [one] => format!("({one},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    };
    PyValueError::new_err(format!(
        "setting an array element with a sequence. The requested array has an inhomogeneous shape after {} dimensions. \
         The detected shape was {text} + inhomogeneous part.",
        shape.len()
    ))
}

/// A nested sequence as a node.
///
/// # Errors
/// `ValueError` for ragged nesting, `TypeError` for elements that are no numbers, `OverflowError`.
pub fn to_node(x: &Bound<'_, PyAny>, dtype: Option<DType>) -> PyResult<NodeRef> {
    // Level by level: the nesting may be deep, and every part of a level must have one length.
    let mut level: Vec<Bound<'_, PyAny>> = vec![x.clone()];
    let mut shape = Shape::new();
    loop {
        let lists = level.iter().filter(|i| is_sequence(i)).count();
        if lists == 0 {
            break;
        }
        if lists != level.len() {
            if level.iter().any(is_array) {
                return of_arrays(&level, &shape, dtype);
            }
            return Err(ragged(&shape));
        }
        let inner = level.iter().map(|i| Ok(items(i)?.unwrap_or_default())).collect::<PyResult<Vec<_>>>()?;
        let len = inner[0].len();
        if inner.iter().any(|i| i.len() != len) {
            return Err(ragged(&shape));
        }
        shape.push(len);
        if shape.len() > crate::array::layout::MAX_NDIM {
            return Err(PyValueError::new_err("too many nested sequences: an array has at most 64 dimensions"));
        }
        level = inner.into_iter().flatten().collect();
        if level.is_empty() {
            break;
        }
    }
    if level.iter().any(is_array) {
        return of_arrays(&level, &shape, dtype);
    }
    let mut operands = Vec::with_capacity(level.len());
    for item in &level {
        let name = || item.get_type().name().map_or_else(|_| "?".into(), |n| n.to_string());
        let operand = try_operand(item)?.ok_or_else(|| {
            PyTypeError::new_err(format!(
                "cannot make an array of a '{}' object: numpy_rs has no object arrays",
                name()
            ))
        })?;
        operands.push(operand);
    }
    let asked = dtype.unwrap_or_else(|| common(&operands));
    // What the type does not hold is cast where it is computed, which is spoken of.
    let lost = |o: &Operand| {
        matches!(o, Operand::Float(_) | Operand::Int(..)) && !asked.is_integer() && o.lost_in(asked).is_some()
    };
    let dtype = match operands.iter().any(lost) {
        true if asked.is_complex() => DType::C128,
        true => DType::F64,
        false => asked,
    };
    let mut bytes = Vec::with_capacity(operands.len() * dtype.size());
    for o in &operands {
        let value = scalar(o, dtype)?;
        bytes.extend_from_slice(&value.bytes()[..dtype.size()]);
    }
    Ok(build::cast(&Node::data(Array::from_bytes(dtype, &shape, &bytes)?), asked))
}

/// The type that holds Python numbers: here Python's scalars have their default types.
fn common(operands: &[Operand]) -> DType {
    let mut found: Option<DType> = None;
    for o in operands {
        let t = match o {
            Operand::Int(Some(v), _) if *v > i128::from(i64::MAX) => DType::U64,
            _ => match o.operand_type() {
                OperandType::Typed(t) => t,
                OperandType::Weak(w) => w.default_dtype(),
            },
        };
        found = Some(found.map_or(t, |f| promote(f, t)));
    }
    found.unwrap_or(DType::F64)
}

fn scalar(o: &Operand, dtype: DType) -> PyResult<Scalar> {
    let constant = |n: &NodeRef| match &n.op {
        crate::graph::NodeOp::Const(v) => Some(*v),
        crate::graph::NodeOp::Data(a) if a.ndim() == 0 => Some(a.element(&[])),
        _ => None,
    };
    let node = match o {
        // A number converts to the asked type as an array element does, not as a weak operand.
        Operand::Node(n) => {
            o.to_element(dtype)?;
            n.clone()
        }
        _ => o.to_element(dtype)?,
    };
    let value = constant(&node).ok_or_else(|| PyValueError::new_err("setting an array element with a sequence."))?;
    Ok(if value.dtype() == dtype { value } else { crate::kernels::tile::scalar_cast(value, dtype) })
}

/// A sequence some of whose innermost parts are arrays: they are stacked.
fn of_arrays(level: &[Bound<'_, PyAny>], shape: &[usize], dtype: Option<DType>) -> PyResult<NodeRef> {
    let part = |i| if is_sequence(i) { to_node(i, dtype).map(Operand::Node) } else { operand(i) };
    let operands: Vec<Operand> = level.iter().map(part).collect::<PyResult<_>>()?;
    // Of no elements, a sequence has no type.
    let typed = operands.iter().zip(level).filter(|(o, i)| {
        let empty = matches!(o, Operand::Node(n) if n.size() == 0);
        !(empty && is_sequence(i))
    });
    let types: Vec<OperandType> = typed
        .map(|(o, _)| match o.operand_type() {
            OperandType::Weak(Weak::Int) => OperandType::Typed(DType::I64),
            OperandType::Weak(w) => OperandType::Typed(w.default_dtype()),
            typed => typed,
        })
        .collect();
    let dtype = dtype.or_else(|| result_type(&types)).unwrap_or(DType::F64);
    let element = |o: &Operand| match o {
        Operand::Node(n) if !n.shape.is_empty() => o.to_node(dtype),
        Operand::Node(_) | Operand::Int(..) | Operand::Float(_) | Operand::Complex(..) => o.to_element(dtype),
    };
    let nodes: Vec<NodeRef> = operands.iter().map(element).collect::<Result<_, _>>()?;
    let inner = nodes[0].shape.clone();
    if nodes.iter().any(|n| n.shape != inner) {
        return Err(ragged(shape));
    }
    let rows: Vec<NodeRef> = nodes.iter().map(|n| build::expand_dims(n, &[0])).collect::<Result<_, _>>()?;
    let stacked = build::concatenate(&rows, 0, Some(dtype))?;
    let whole: Vec<i64> = shape.iter().chain(&inner).map(|&n| n as i64).collect();
    Ok(build::reshape(&stacked, &whole)?)
}
