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

/// `sum(x[i + j] * v[j])` where `v` lies within `x`, and at so many places before and after, where terms are left out; checked but for lengths.
#[pyfunction]
pub fn correlate(
    py: Python<'_>,
    x: &Bound<'_, PyAny>,
    v: &Bound<'_, PyAny>,
    before: usize,
    after: usize,
) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::correlate(&node(x)?, &node(v)?, before, after)?)
}
