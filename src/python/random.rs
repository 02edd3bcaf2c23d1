//! Random numbers: what `numpy_rs.lazy.random` stands on.

use super::convert;
use super::lazy::LazyArray;
use crate::graph::build;
use crate::kernels::random::philox;
use crate::ops::expr::TableFn;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The words of one block of Philox 4x64-10.
#[pyfunction]
fn philox_block(key: [u64; 2], counter: [u64; 4]) -> [u64; philox::BLOCK] {
    philox::block(key, counter)
}

/// Numbers of a random function of the loop IR in a shape, from the state of a generator as the function takes it.
#[pyfunction]
fn random(
    py: Python<'_>,
    name: &str,
    state: [u64; TableFn::RANDOM_STATE],
    shape: &Bound<'_, PyAny>,
) -> PyResult<Py<LazyArray>> {
    let f = TableFn::ALL.into_iter().find(|f| f.is_random() && f.name() == name);
    let f = f.ok_or_else(|| PyValueError::new_err(format!("no random function is called '{name}'")))?;
    LazyArray::object(py, build::random(f, &state, &convert::shape(shape)?)?)
}

/// Puts the functions into the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(philox_block, m)?)?;
    m.add_function(wrap_pyfunction!(random, m)?)?;
    Ok(())
}
