//! Errors as Python exceptions: the class here, the text from `Error`.

use crate::error::Error;
use pyo3::exceptions::{
    PyIndexError, PyKeyboardInterrupt, PyMemoryError, PyNotImplementedError, PyOverflowError, PySystemError,
    PyTypeError, PyValueError, PyZeroDivisionError,
};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// The module of most.
const EXCEPTIONS: &str = "numpy_rs.exceptions";

static AXIS_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static LINALG_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static UFUNC_TYPE_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// An exception of a class of this package.
fn own(
    class: &'static PyOnceLock<Py<PyType>>,
    module: &str,
    name: &str,
    args: impl for<'py> pyo3::call::PyCallArgs<'py> + Send,
) -> PyErr {
    Python::attach(|py| match class.import(py, module, name).and_then(|c| c.call1(args)) {
        Ok(value) => PyErr::from_value(value),
        Err(e) => e,
    })
}

/// An error of an axis with the name of the argument it was given by in front, as NumPy has it in some functions.
pub fn of_axis(e: Error, name: &'static str) -> PyErr {
    match e {
        Error::AxisOutOfRange { axis, ndim } => own(&AXIS_ERROR, EXCEPTIONS, "AxisError", (axis, ndim, name)),
        e => e.into(),
    }
}

impl From<Error> for PyErr {
    fn from(e: Error) -> PyErr {
        let text = e.to_string();
        match e {
            Error::AxisOutOfRange { axis, ndim } => own(&AXIS_ERROR, EXCEPTIONS, "AxisError", (axis, ndim)),
            Error::IndexOutOfBounds { .. } | Error::TooManyIndices { .. } | Error::Index(_) => {
                PyIndexError::new_err(text)
            }
            Error::Casting(_) | Error::NoSignature { .. } => {
                own(&UFUNC_TYPE_ERROR, EXCEPTIONS, "UFuncTypeError", (text,))
            }
            Error::IntegerOutOfBounds { .. }
            | Error::TooLargeForLong
            | Error::TooLargeForFloat
            | Error::InfinityToInteger
            | Error::Overflow(_) => PyOverflowError::new_err(text),
            Error::LinAlg(_) => own(&LINALG_ERROR, "numpy_rs.lazy.linalg", "LinAlgError", (text,)),
            Error::ZeroDivision(_) => PyZeroDivisionError::new_err(text),
            Error::NotImplemented(_) => PyNotImplementedError::new_err(text),
            Error::Memory { .. } => PyMemoryError::new_err(text),
            Error::Interrupted => {
                // The signal handler's own exception is pending where one was raised.
                Python::attach(PyErr::take).unwrap_or_else(|| PyKeyboardInterrupt::new_err(()))
            }
            Error::Bug(_) => PySystemError::new_err(text),
            Error::Broadcast { .. }
            | Error::DuplicateAxis
            | Error::Reshape { .. }
            | Error::EmptyReduction { .. }
            | Error::Value(_) => PyValueError::new_err(text),
            Error::NoLoop { .. } | Error::NoSuchLoop { .. } | Error::BoolArithmetic { .. } | Error::Type(_) => {
                PyTypeError::new_err(text)
            }
        }
    }
}
