//! Nested lists and tuples as arrays: their shape, the type that holds all elements, the elements.

use super::convert::try_operand;
use super::lazy::LazyArray;
use super::ndarray::NdArray;
use crate::array::{Array, Shape};
use crate::dtype::{DType, OperandType, Scalar, Weak, promote, result_type};
use crate::graph::build::{self, Operand};
use crate::graph::{Node, NodeRef};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyRange, PyTuple};

/// True for what holds elements in order: a list, a tuple or a range.
pub fn is_sequence(x: &Bound<'_, PyAny>) -> bool {
    x.cast::<PyList>().is_ok() || x.cast::<PyTuple>().is_ok() || x.cast::<PyRange>().is_ok()
}

fn items<'py>(x: &Bound<'py, PyAny>) -> Option<Vec<Bound<'py, PyAny>>> {
    if let Ok(l) = x.cast::<PyList>() {
        return Some(l.iter().collect());
    }
    if let Ok(r) = x.cast::<PyRange>() {
        return r.try_iter().ok().and_then(|i| i.collect::<PyResult<_>>().ok());
    }
    x.cast::<PyTuple>().ok().map(|t| t.iter().collect())
}

fn is_array(x: &Bound<'_, PyAny>) -> bool {
    x.cast::<LazyArray>().is_ok() || x.cast::<NdArray>().is_ok() || x.hasattr("__array_struct__").unwrap_or(false)
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
            return Err(ragged(&shape));
        }
        let inner: Vec<Vec<_>> = level.iter().filter_map(items).collect();
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
    let lost = |o: &Operand| matches!(o, Operand::Float(_) | Operand::Int(..)) && o.lost_in(asked).is_some();
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

/// A Python float as the Python integer that an element of an integer type is made of.
///
/// # Errors
/// `ValueError` for NaN, `OverflowError` for infinities.
pub fn truncated(v: f64) -> PyResult<Operand> {
    if v.is_nan() {
        return Err(PyValueError::new_err("cannot convert float NaN to integer"));
    }
    if v.is_infinite() {
        return Err(PyOverflowError::new_err("cannot convert float infinity to integer"));
    }
    // The cast saturates: what 128 bits do not hold, no element type holds.
    Ok(Operand::int(v as i128))
}

/// NumPy's error for a Python complex number as an element of a real type.
pub fn not_real() -> PyErr {
    PyTypeError::new_err("float() argument must be a string or a real number, not 'complex'")
}

fn scalar(o: &Operand, dtype: DType) -> PyResult<Scalar> {
    let constant = |n: &NodeRef| match &n.op {
        crate::graph::NodeOp::Const(v) => Some(*v),
        crate::graph::NodeOp::Data(a) if a.ndim() == 0 => Some(a.element(&[])),
        _ => None,
    };
    let node = match o {
        // A Python number converts to the asked type as an array element does, not as a weak operand.
        Operand::Float(v) if dtype.is_integer() => truncated(*v)?.to_node(dtype)?,
        Operand::Complex(..) if !dtype.is_complex() => return Err(not_real()),
        Operand::Node(n) => n.clone(),
        _ => o.to_node(dtype)?,
    };
    let value = constant(&node).ok_or_else(|| PyValueError::new_err("setting an array element with a sequence."))?;
    Ok(if value.dtype() == dtype { value } else { crate::kernels::tile::scalar_cast(value, dtype) })
}

/// A sequence whose innermost parts are arrays: they are stacked.
fn of_arrays(level: &[Bound<'_, PyAny>], shape: &[usize], dtype: Option<DType>) -> PyResult<NodeRef> {
    let operands: Vec<Operand> = level.iter().map(super::convert::operand).collect::<PyResult<_>>()?;
    let types: Vec<OperandType> = operands
        .iter()
        .map(|o| match o.operand_type() {
            OperandType::Weak(Weak::Int) => OperandType::Typed(DType::I64),
            OperandType::Weak(w) => OperandType::Typed(w.default_dtype()),
            typed => typed,
        })
        .collect();
    let dtype = dtype.or_else(|| result_type(&types)).unwrap_or(DType::F64);
    let nodes: Vec<NodeRef> = operands.iter().map(|o| o.to_node(dtype)).collect::<Result<_, _>>()?;
    let inner = nodes[0].shape.clone();
    if nodes.iter().any(|n| n.shape != inner) {
        return Err(ragged(shape));
    }
    let rows: Vec<NodeRef> = nodes.iter().map(|n| build::expand_dims(n, &[0])).collect::<Result<_, _>>()?;
    let stacked = build::concatenate(&rows, 0, Some(dtype))?;
    let whole: Vec<i64> = shape.iter().chain(&inner).map(|&n| n as i64).collect();
    Ok(build::reshape(&stacked, &whole)?)
}
