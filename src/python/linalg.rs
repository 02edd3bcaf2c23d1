//! Linear algebra.

use super::lazy::LazyArray;
use crate::graph::{NodeRef, build};
use crate::ops::kernel::{LinalgFn, QrMode, SvdMode};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// The results of a function of stacks of matrices, by name and options.
#[pyfunction]
pub fn linalg<'py>(a: &Bound<'py, LazyArray>, name: &str, option: &str) -> PyResult<Bound<'py, PyTuple>> {
    let f = match (name, option) {
        ("inv", "" | "nan") => LinalgFn::Inv { lenient: option == "nan" },
        ("det", "") => LinalgFn::Det,
        ("slogdet", "") => LinalgFn::Slogdet,
        ("cholesky", "L" | "U") => LinalgFn::Cholesky { upper: option == "U" },
        ("qr", "reduced") => LinalgFn::Qr(QrMode::Reduced),
        ("qr", "complete") => LinalgFn::Qr(QrMode::Complete),
        ("qr", "r") => LinalgFn::Qr(QrMode::R),
        ("qr", "raw") => LinalgFn::Qr(QrMode::Raw),
        ("svd", "values") => LinalgFn::Svd(SvdMode::Values),
        ("svd", "reduced") => LinalgFn::Svd(SvdMode::Reduced),
        ("svd", "full") => LinalgFn::Svd(SvdMode::Full),
        ("eigh" | "eigvalsh", "L" | "U") => LinalgFn::Eigh { upper: option == "U", vectors: name == "eigh" },
        ("eig" | "eigvals", "") => LinalgFn::Eig { vectors: name == "eig" },
        _ => return Err(PyValueError::new_err(format!("no function {name} {option}"))),
    };
    tuple(a.py(), build::linalg(f, &a.get().node)?)
}

/// The arrays of nodes.
fn tuple(py: Python<'_>, nodes: impl IntoIterator<Item = NodeRef>) -> PyResult<Bound<'_, PyTuple>> {
    let made = nodes.into_iter().map(|node| LazyArray::object(py, node));
    PyTuple::new(py, made.collect::<PyResult<Vec<_>>>()?)
}

/// The solution of `a x = b` with the least squares, what these are, the rank and the singular values.
#[pyfunction]
pub fn lstsq<'py>(a: &Bound<'py, LazyArray>, b: &Bound<'_, LazyArray>, rcond: f64) -> PyResult<Bound<'py, PyTuple>> {
    tuple(a.py(), build::lstsq(&a.get().node, &b.get().node, rcond)?)
}

/// The solution of `a x = b`.
#[pyfunction]
pub fn solve(py: Python<'_>, a: &Bound<'_, LazyArray>, b: &Bound<'_, LazyArray>) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::solve(&a.get().node, &b.get().node)?)
}
