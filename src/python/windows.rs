//! Windows that slide over axes.

use super::convert::{ints, node};
use super::lazy::LazyArray;
use super::numbers::Taken;
use crate::graph::build;
use pyo3::prelude::*;

/// Every window of these lengths over these axes, as new last axes; checked but for the number of each.
#[pyfunction]
pub fn windows(
    py: Python<'_>,
    x: &Bound<'_, PyAny>,
    lengths: &Bound<'_, PyAny>,
    axes: &Bound<'_, PyAny>,
) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::windows(&node(x)?, &ints(lengths, Taken::Long)?, &ints(axes, Taken::Long)?)?)
}
