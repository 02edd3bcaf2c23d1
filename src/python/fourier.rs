//! Fourier transforms.

use super::lazy::LazyArray;
use crate::graph::build;
use crate::ops::kernel::Transform;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The transform of length `n` along an axis, times a factor, by name: fft, ifft, rfft or irfft. Of real numbers `fft` takes half
/// the work.
#[pyfunction]
pub fn fourier(
    py: Python<'_>,
    x: &Bound<'_, LazyArray>,
    name: &str,
    n: i64,
    axis: i64,
    factor: f64,
) -> PyResult<Py<LazyArray>> {
    let node = &x.get().node;
    let transform = match name {
        "fft" if node.dtype.is_complex() => Transform::Forward,
        "fft" => Transform::Whole,
        "ifft" => Transform::Backward,
        "rfft" => Transform::Real,
        "irfft" => Transform::Hermitian,
        _ => return Err(PyValueError::new_err(format!("no transform {name}"))),
    };
    LazyArray::object(py, build::fourier(node, transform, n, axis, factor)?)
}
