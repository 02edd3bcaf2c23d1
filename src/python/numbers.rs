//! Python integers as C integers: the one place that knows what NumPy's C types refuse, and in which words.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat};

/// The C integer that NumPy takes an argument into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A `long`, by `__index__`.
    Long,
    /// An `int`, as Python takes arguments of C functions: offsets of diagonals, decimals.
    Argument,
    /// An `int` of NumPy's argument parser, which tells floats from other types: normalized axes.
    Parsed,
    /// An `int` that a truth value is none of, with the text that says so: axes.
    Axis(&'static str),
    /// A `long` that a truth value is none of: lengths.
    Length,
}

/// The axis of functions along one axis.
pub const ONE_AXIS: Taken = Taken::Axis("an integer is required for the axis");
/// Axes of reductions.
pub const REDUCED: Taken = Taken::Axis("an integer is required");

impl Taken {
    /// The way of a name, for the functions of `numpy_rs.lazy`.
    fn by_name(name: &str) -> Option<Taken> {
        match name {
            "long" => Some(Taken::Long),
            "argument" => Some(Taken::Argument),
            "parsed" => Some(Taken::Parsed),
            "axis" => Some(ONE_AXIS),
            _ => None,
        }
    }
}

/// True for Python's and NumPy's truth values.
fn is_truth(x: &Bound<'_, PyAny>) -> bool {
    x.cast::<PyBool>().is_ok() || x.get_type().name().is_ok_and(|n| n == "bool" || n == "bool_")
}

/// A Python object as a C integer. What its `__index__` raises comes through.
///
/// # Errors
/// `TypeError`, `OverflowError` and `ValueError` with NumPy's texts.
pub fn c_integer(x: &Bound<'_, PyAny>, taken: Taken) -> PyResult<i64> {
    match taken {
        Taken::Axis(text) if is_truth(x) => return Err(PyTypeError::new_err(text)),
        Taken::Length if is_truth(x) => return Err(PyTypeError::new_err("an integer is required")),
        Taken::Parsed if x.cast::<PyFloat>().is_ok() => {
            return Err(PyTypeError::new_err("integer argument expected, got float"));
        }
        _ => {}
    }
    // By `__index__`, and then as a C long.
    let value: i64 = x.extract()?;
    if i32::try_from(value).is_ok() {
        return Ok(value);
    }
    match taken {
        Taken::Long | Taken::Length => Ok(value),
        Taken::Argument if value < 0 => Err(PyOverflowError::new_err("signed integer is less than minimum")),
        Taken::Argument => Err(PyOverflowError::new_err("signed integer is greater than maximum")),
        Taken::Parsed => Err(PyOverflowError::new_err("Python int too large to convert to C int")),
        Taken::Axis(_) => Err(PyValueError::new_err("integer won't fit into a C int")),
    }
}

/// An argument as the C integer of a name: ``'long'``, ``'argument'``, ``'parsed'`` or ``'axis'``.
#[pyfunction]
pub fn c_int(x: &Bound<'_, PyAny>, taken: &str) -> PyResult<i64> {
    let taken =
        Taken::by_name(taken).ok_or_else(|| PyValueError::new_err(format!("no C integer is called '{taken}'")))?;
    c_integer(x, taken)
}
