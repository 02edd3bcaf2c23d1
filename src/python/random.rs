//! Random numbers: what `numpy_rs.lazy.random` stands on.

use super::convert;
use super::draws::{self, Counted};
use super::lazy::LazyArray;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;
use crate::graph::{Node, NodeRef, build};
use crate::kernels::random::walk::Operand;
use crate::kernels::random::{multivariate, philox};
use crate::ops::expr::TableFn;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

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

/// A parameter of a draw: what is lazy is a node whose values are yet to be, and no operand.
struct Parameter {
    node: NodeRef,
    known: Option<Operand>,
}

impl Parameter {
    fn of(x: &Bound<'_, PyAny>, dtype: DType) -> PyResult<Parameter> {
        if x.cast_exact::<LazyArray>().is_ok() {
            return Ok(Parameter { node: draws::node(x, dtype)?, known: None });
        }
        let operand = draws::parameter(x, dtype)?;
        Ok(Parameter { node: leaf(&operand, dtype)?, known: Some(operand) })
    }
}

/// The values of an operand. Not constants: there would be a plan for each of them.
fn leaf(operand: &Operand, dtype: DType) -> Result<NodeRef> {
    Ok(Node::data(match operand {
        Operand::Word(word) => Array::from_bytes(dtype, &[], &word.to_ne_bytes())?,
        Operand::Array(array) => array.clone(),
    }))
}

/// Numbers of a distribution in a shape, or in that to which the parameters broadcast, from the state of a generator: each from a stream
/// of its own, which begins at a block of the generator.
#[pyfunction]
#[pyo3(signature = (name, state, parameters, size=None))]
fn draw(
    py: Python<'_>,
    name: &str,
    state: [u64; TableFn::RANDOM_STATE],
    parameters: &Bound<'_, PyTuple>,
    size: Option<&Bound<'_, PyAny>>,
) -> PyResult<Py<LazyArray>> {
    let distribution = draws::distribution(name, parameters.len())?;
    let parameters: Vec<Parameter> = parameters
        .iter()
        .zip(distribution.row().parameters)
        .map(|(x, (_, dtype))| Parameter::of(&x, *dtype))
        .collect::<PyResult<_>>()?;
    let shapes: Vec<&[usize]> = parameters.iter().map(|p| p.node.shape.as_slice()).collect();
    // What does not broadcast is told in the words of the shapes.
    draws::shape_of(None, &shapes, Counted::First)?;
    let known: Vec<Option<&Operand>> = parameters.iter().map(|p| p.known.as_ref()).collect();
    distribution.check_known(&known)?;
    let shape = draws::shape_of(size, &shapes, Counted::First)?;
    let nodes: Vec<NodeRef> = parameters.iter().map(|p| p.node.clone()).collect();
    LazyArray::object(py, build::draw(distribution.function(), &state, &nodes, &shape)?)
}

/// The shape of multinomial counts, without the last axis: that which is asked for, or the one to which trials and rows of probabilities
/// broadcast. Refuses what they may not be, as far as they are known.
#[pyfunction]
#[pyo3(signature = (n, pvals, size=None))]
fn multinomial_shape(
    n: &Bound<'_, PyAny>,
    pvals: &Bound<'_, PyAny>,
    size: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<usize>> {
    let trials = Parameter::of(n, DType::I64)?;
    let shape = match pvals.cast_exact::<LazyArray>() {
        Ok(lazy) => draws::node(lazy.as_any(), DType::F64)?.shape.clone(),
        Err(_) => draws::probabilities(pvals)?.0.shape().into(),
    };
    let (lead, _) = draws::outcomes(&shape)?;
    if let Some(known) = &trials.known {
        multivariate::check_trials(known, known.shape().is_empty() && lead.is_empty())?;
    }
    Ok(draws::shape_of(size, &[&trials.node.shape, lead], Counted::Last)?.to_vec())
}

/// Puts the functions into the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(philox_block, m)?)?;
    m.add_function(wrap_pyfunction!(random, m)?)?;
    m.add_function(wrap_pyfunction!(draw, m)?)?;
    m.add_function(wrap_pyfunction!(multinomial_shape, m)?)?;
    Ok(())
}
