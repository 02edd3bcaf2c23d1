//! Arguments of draws: parameters, shapes, and arrays to fill.

use super::convert::{self, joint_shape, shape_text};
use super::evaluate;
use super::ndarray::{NdArray, python_scalar};
use crate::array::{Array, Shape, layout};
use crate::dtype::{DType, Kind, can_cast_safely};
use crate::graph::{NodeRef, build};
use crate::kernels::random::distribution::Distribution;
use crate::kernels::random::multivariate;
use crate::kernels::random::walk::{Operand, Places};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt};

/// The distribution of a name and of so many parameters.
pub fn distribution(name: &str, parameters: usize) -> PyResult<Distribution> {
    let found = Distribution::named(name);
    let found = found.ok_or_else(|| PyValueError::new_err(format!("no distribution is called '{name}'")))?;
    let expected = found.row().parameters.len();
    if parameters != expected {
        return Err(PyTypeError::new_err(format!("{name} has {expected} parameters")));
    }
    Ok(found)
}

/// An array-like as an array of a type, to which it can be cast safely or, if it is a sequence, at all.
pub fn array(x: &Bound<'_, PyAny>, dtype: DType) -> PyResult<Array> {
    let mut values = evaluate::compute_nodes(x.py(), &[&node(x, dtype)?])?;
    Ok(values.remove(0))
}

/// The same, without its values.
pub fn node(x: &Bound<'_, PyAny>, dtype: DType) -> PyResult<NodeRef> {
    let node = convert::node(x)?;
    let in_sequence = super::sequence::is_sequence(x);
    if in_sequence && node.dtype.is_complex() {
        return Err(PyTypeError::new_err(match dtype {
            DType::F64 => "float() argument must be a string or a real number, not 'complex'",
            _ => "int() argument must be a string, a bytes-like object or a real number, not 'complex'",
        }));
    }
    if !can_cast_safely(node.dtype, dtype) && !in_sequence {
        return Err(PyTypeError::new_err(format!(
            "Cannot cast {} from dtype('{}') to dtype('{dtype}') according to the rule 'safe'",
            if node.shape.is_empty() { "scalar" } else { "array data" },
            node.dtype
        )));
    }
    Ok(build::cast(&node, dtype))
}

/// A parameter of float64 or int64.
pub fn parameter(x: &Bound<'_, PyAny>, dtype: DType) -> PyResult<Operand> {
    let number = x.cast::<PyFloat>().is_ok() || x.cast::<PyInt>().is_ok() || x.cast::<PyBool>().is_ok();
    if number && dtype == DType::F64 {
        return Ok(Operand::Word(x.extract::<f64>()?.to_bits()));
    }
    if number {
        return Ok(Operand::Word(x.call_method0("__int__")?.extract::<i64>()? as u64));
    }
    if convert::is_text(x) {
        let text = match dtype {
            DType::F64 => format!("must be real number, not {}", x.get_type().name()?),
            _ => "an integer is required".to_owned(),
        };
        return Err(PyTypeError::new_err(text));
    }
    let array = array(x, dtype)?;
    Ok(if array.ndim() == 0 { Operand::Word(array.element(&[]).bits() as u64) } else { Operand::Array(array) })
}

/// An end of a range of integers, and its type: int64, uint64 or float64.
pub fn end(x: &Bound<'_, PyAny>) -> PyResult<(Operand, DType)> {
    let node = convert::node(x)?;
    let dtype = match node.dtype.kind() {
        Kind::Float | Kind::Complex => DType::F64,
        Kind::Bool | Kind::Signed | Kind::Unsigned if node.dtype == DType::U64 => DType::U64,
        Kind::Bool | Kind::Signed | Kind::Unsigned => DType::I64,
    };
    Ok((Operand::Array(array(x, dtype)?), dtype))
}

/// Where NumPy counts the shape that is asked for among those of the parameters, when it says what does not broadcast.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Before them.
    First,
    /// After them.
    Last,
}

/// The shape of a draw: that which is asked for, to which parameters must broadcast, or the one to which they do.
pub fn shape(size: Option<&Bound<'_, PyAny>>, operands: &[Operand], counted: Counted) -> PyResult<Shape> {
    shape_of(size, &operands.iter().map(Operand::shape).collect::<Vec<_>>(), counted)
}

/// The same, for parameters of some shapes.
pub fn shape_of(size: Option<&Bound<'_, PyAny>>, parameters: &[&[usize]], counted: Counted) -> PyResult<Shape> {
    let Some(size) = size.filter(|s| !s.is_none()) else { return joint_shape(parameters) };
    let shape = convert::shape(size)?;
    fits(&shape, parameters, counted)?;
    Ok(shape)
}

/// Refuses parameters that do not broadcast to a shape.
fn fits(shape: &[usize], parameters: &[&[usize]], counted: Counted) -> PyResult<()> {
    let mut shapes = parameters.to_vec();
    shapes.insert(if counted == Counted::First { 0 } else { shapes.len() }, shape);
    let joint = joint_shape(&shapes)?;
    if joint.as_slice() == shape {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "Output size {} is not compatible with broadcast dimensions of inputs {}.",
        shape_text(shape),
        shape_text(&joint)
    )))
}

/// The axes and the number of outcomes of an array of probabilities.
pub fn outcomes(shape: &[usize]) -> PyResult<(&[usize], usize)> {
    let split = shape.split_last().filter(|&(&width, _)| width > 0);
    split.map(|(&width, lead)| (lead, width)).ok_or_else(|| {
        PyValueError::new_err(
            "pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0.",
        )
    })
}

/// Probabilities of multinomial counts, and in C order.
pub fn probabilities(pvals: &Bound<'_, PyAny>) -> PyResult<(Array, Vec<f64>)> {
    let p = array(pvals, DType::F64)?;
    outcomes(p.shape())?;
    let values = elements(&p, f64::from_bits)?;
    let given = if super::sequence::is_sequence(pvals) { None } else { Some(convert::node(pvals)?.dtype) };
    multivariate::check_probabilities(&p, &values, given)?;
    Ok((p, values))
}

/// The elements of an array in C order, of float64 or int64.
pub fn elements<T>(array: &Array, of: impl Fn(u64) -> T) -> PyResult<Vec<T>> {
    let operand = [Operand::Array(array.clone())];
    let mut values = Vec::with_capacity(array.size());
    Places::new(&operand, array.shape())?.each(|[word, ..]| values.push(of(word)));
    Ok(values)
}

/// What is drawn into.
pub struct Place<'py> {
    /// The array that the user gave.
    pub given: Bound<'py, PyAny>,
    /// The same memory, in C order.
    pub array: Array,
}

impl<'py> Place<'py> {
    /// An array of a type that can be filled: in C order, or, if `any_order`, in that of Fortran.
    pub fn of(
        out: Option<&Bound<'py, PyAny>>,
        dtype: DType,
        size: Option<&Bound<'py, PyAny>>,
        any_order: bool,
    ) -> PyResult<Option<Place<'py>>> {
        let Some(given) = out.filter(|o| !o.is_none()) else { return Ok(None) };
        let found = convert::to_array(given)?.filter(|a| {
            let ordered =
                a.is_c_contiguous() || any_order && layout::is_f_contiguous(a.shape(), a.strides(), a.dtype().size());
            ordered && a.is_aligned() && a.buffer().is_writable()
        });
        let Some(array) = found else {
            return Err(PyValueError::new_err(format!(
                "Supplied output array must be {}contiguous, writable, aligned, and in machine byte-order.",
                if any_order { "" } else { "C-" }
            )));
        };
        if array.dtype() != dtype {
            return Err(PyTypeError::new_err(format!(
                "Supplied output array has the wrong type. Expected {dtype}, got {}",
                array.dtype()
            )));
        }
        if let Some(size) = size.filter(|s| !s.is_none())
            && convert::shape(size)?.as_slice() != array.shape()
        {
            return Err(PyValueError::new_err("size must match out.shape when used together"));
        }
        let array = if array.is_c_contiguous() {
            array
        } else {
            let (shape, strides) = (array.shape().iter().rev(), array.strides().iter().rev());
            array.with_layout(array.offset(), shape.copied().collect(), strides.copied().collect())?
        };
        Ok(Some(Place { given: given.clone(), array }))
    }

    /// Refuses parameters that do not broadcast to it.
    pub fn takes(&self, operands: &[Operand]) -> PyResult<()> {
        fits(self.array.shape(), &operands.iter().map(Operand::shape).collect::<Vec<_>>(), Counted::First)
    }
}

/// What Python gets of an array that was drawn: a number of its own if nobody asked for a shape and there is no axis.
pub fn result(py: Python<'_>, array: Array, size: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
    if array.ndim() == 0 && size.is_none_or(|s| s.is_none()) {
        return python_scalar(py, array.element(&[]));
    }
    Ok(Py::new(py, NdArray { array })?.into_any())
}
