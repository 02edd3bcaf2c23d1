//! The argument `order=`.

use crate::graph::build::Order;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;

/// The order that an argument names; `None` where there is none.
///
/// # Errors
/// `TypeError` where it is no text, `ValueError` where it names no order.
pub fn optional_order(order: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Order>> {
    let Some(order) = order.filter(|o| !o.is_none()) else { return Ok(None) };
    let Ok(text) = order.cast::<PyString>() else {
        return Err(PyTypeError::new_err(format!("order must be str, not {}", order.get_type().name()?)));
    };
    Ok(Some(match text.to_str()? {
        "C" | "c" => Order::C,
        "F" | "f" => Order::Fortran,
        "A" | "a" => Order::Any,
        "K" | "k" => Order::Kept,
        _ => {
            let text = text.repr()?;
            return Err(PyValueError::new_err(format!("order must be one of 'C', 'F', 'A', or 'K' (got {text})")));
        }
    }))
}
