//! Values of nodes, computed with the interpreter free, and what there is to say of them.

use super::convert;
use crate::array::Array;
use crate::error::{Error, caught};
use crate::graph::build;
use crate::graph::linear::linearize;
use crate::graph::{NodeRef, Note};
use crate::kernels::flags;
use crate::ops::fault::Faults;
use crate::runtime::compute::{self, CompiledPlan};
use crate::runtime::{faults, run};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Looks whether Python wants to stop: runs pending signal handlers, keeps their exception pending.
pub fn interrupted() -> bool {
    Python::attach(|py| match py.check_signals() {
        Ok(()) => false,
        Err(e) => {
            e.restore(py);
            true
        }
    })
}

/// The values of nodes, computed with the interpreter free.
pub fn compute_nodes(py: Python<'_>, nodes: &[&NodeRef]) -> PyResult<Vec<Array>> {
    let graph = linearize(nodes);
    // Letting the interpreter go and taking it back costs more than a light plan.
    let light = |plan: &CompiledPlan| {
        let nothing_to_watch = compute::watch(&graph).is_ok_and(|watch| watch.is_empty());
        nothing_to_watch.then(|| flags::watched(|| caught(|| run::run(plan, &graph, &|| false))))
    };
    if let Some((values, raised)) = compute::with_light_plan(&graph, light).flatten() {
        let values = values?;
        report(py, nodes, raised, &[])?;
        return Ok(values);
    }
    let (values, raised) =
        flags::watched(|| py.detach(|| caught(|| compute::compute_graph(&graph, nodes, &interrupted))));
    let (values, notes) = values?;
    report(py, nodes, raised, &notes)?;
    Ok(values)
}

static WATCHED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static REPORT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Says, as `errstate` has it, what went wrong below the nodes: of what the flags tell, what is not ignored.
fn report(py: Python<'_>, nodes: &[&NodeRef], raised: Faults, notes: &[Note]) -> PyResult<()> {
    if raised.is_empty() && notes.is_empty() { Ok(()) } else { report_some(py, nodes, raised, notes) }
}

#[cold]
fn report_some(py: Python<'_>, nodes: &[&NodeRef], raised: Faults, notes: &[Note]) -> PyResult<()> {
    let kinds: u8 = WATCHED.import(py, "numpy_rs._errstate", "_watched")?.call0()?.extract()?;
    let kinds = raised.and(Faults::from_bits(kinds));
    let found = match kinds.is_empty() {
        true => Vec::new(),
        false => py.detach(|| caught(|| faults::find(nodes, kinds, &interrupted)))?,
    };
    if found.is_empty() && notes.is_empty() {
        return Ok(());
    }
    let notes: Vec<(bool, &str, &str)> = notes.iter().map(|n| (n.comes_last(), n.category(), n.text())).collect();
    let found: Vec<(&str, &str, &str, u8)> =
        found.iter().map(|f| (f.fault.setting(), f.fault.text(), f.name, f.status)).collect();
    REPORT.import(py, "numpy_rs._errstate", "_report")?.call1((notes, found))?;
    Ok(())
}

/// The value of a node, put into `out`.
pub fn compute_into(py: Python<'_>, node: &NodeRef, out: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    let array = convert::to_array(out)?.ok_or_else(|| PyTypeError::new_err("return arrays must be of ArrayType"))?;
    if array.shape() != node.shape.as_slice() {
        let shapes = vec![node.shape.to_vec(), array.shape().to_vec()];
        return Err(Error::Broadcast { shapes }.into());
    }
    if !array.buffer().is_writable() {
        return Err(PyValueError::new_err("output array is read-only"));
    }
    if !crate::dtype::can_cast_same_kind(node.dtype, array.dtype()) {
        return Err(PyTypeError::new_err(format!(
            "Cannot cast ufunc 'compute' output from dtype('{}') to dtype('{}') with casting rule 'same_kind'",
            node.dtype,
            array.dtype()
        )));
    }
    let node = build::cast(node, array.dtype());
    let (notes, raised) =
        flags::watched(|| py.detach(|| caught(|| compute::compute_into(&node, &array, &interrupted))));
    report(py, &[&node], raised, &notes?)?;
    Ok(out.clone().unbind())
}
