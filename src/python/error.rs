//! Errors as Python exceptions: the class here, the text from `Error`.

use crate::error::Error;
use pyo3::exceptions::{
    PyIndexError, PyKeyboardInterrupt, PyMemoryError, PyNotImplementedError, PyOverflowError, PySystemError,
    PyTypeError, PyValueError,
};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

static AXIS_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// `numpy_rs.exceptions.AxisError` for an axis.
fn axis_error(axis: i64, ndim: usize) -> PyErr {
    Python::attach(|py| {
        let class = AXIS_ERROR.import(py, "numpy_rs.exceptions", "AxisError");
        match class.and_then(|c| c.call1((axis, ndim))) {
            Ok(value) => PyErr::from_value(value),
            Err(e) => e,
        }
    })
}

impl From<Error> for PyErr {
    fn from(e: Error) -> PyErr {
        let text = e.to_string();
        match e {
            Error::AxisOutOfRange { axis, ndim } => axis_error(axis, ndim),
            Error::IndexOutOfBounds { .. } | Error::TooManyIndices { .. } | Error::Index(_) => {
                PyIndexError::new_err(text)
            }
            Error::Type(_) | Error::Casting(_) => PyTypeError::new_err(text),
            Error::IntegerOutOfBounds { .. } | Error::TooLargeForLong => PyOverflowError::new_err(text),
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
            _ => PyTypeError::new_err(text),
        }
    }
}
