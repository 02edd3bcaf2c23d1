//! The module's functions, and what methods share with them.

use super::convert::{self, index_int, ints, node, node_as, operand, optional_axes, optional_dtype};
use super::evaluate::{compute_nodes, interrupted};
use super::index::positions;
use super::lazy::LazyArray;
use super::ndarray::NdArray;
use super::numbers::{ONE_AXIS, Taken, c_integer};
use super::order::optional_order;
use super::{dtype, interop, ufunc};
use crate::dtype::{DType, OperandType};
use crate::error::{caught, shape_text};
use crate::graph::build::{self, Operand, Reducer};
use crate::graph::linear::linearize;
use crate::graph::{Node, NodeOp, NodeRef, Note};
use crate::kernels::flags;
use crate::ops::expr::TableFn;
use crate::ops::ufunc::Ufunc;
use crate::runtime::{compute, explain, faults, profile, visualize};
use pyo3::exceptions::{PyNotImplementedError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyString, PyTuple, PyType};
use smallvec::SmallVec;

/// NumPy's text where `copy=False` cannot be had.
pub const NO_COPY: &str = "Unable to avoid copy while creating an array as requested.\n\
    If using `np.array(obj, copy=False)` replace it with `np.asarray(obj)` to allow a copy when needed \
    (no behavior change in NumPy 1.x).\n\
    For more details, see \
    https://numpy.org/devdocs/numpy_2_0_migration_guide.html#adapting-to-changes-in-the-copy-keyword.";

/// From now on underflow is looked for where no flag tells of it.
#[pyfunction]
fn ask_underflow() {
    flags::ask_underflow();
}

/// A value with something to say where a condition holds, by the name of a note.
#[pyfunction]
fn note(py: Python<'_>, x: &Bound<'_, LazyArray>, condition: &Bound<'_, PyAny>, name: &str) -> PyResult<Py<LazyArray>> {
    let note = Note::ALL.into_iter().find(|n| n.name() == name);
    let note = note.ok_or_else(|| PyValueError::new_err(format!("no note is called '{name}'")))?;
    LazyArray::object(py, build::note(&x.get().node, note, &node(condition)?))
}

/// Refuses `out=`: lazy arrays are values.
pub fn no_out(out: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    match out.filter(|o| !o.is_none()) {
        None => Ok(()),
        Some(_) => {
            Err(PyNotImplementedError::new_err("lazy arrays are values and take no out=; use .compute(out=...)"))
        }
    }
}

/// Distinct operations below a node.
pub fn count_ops(node: &NodeRef) -> usize {
    let is_op = |n: &&&Node| !matches!(n.op, NodeOp::Data(_) | NodeOp::Const(_) | NodeOp::Iota { .. } | NodeOp::Cast);
    linearize(&[node]).nodes.iter().filter(is_op).count()
}

/// The reduction of a name.
pub fn reducer(name: &str, ddof: f64) -> PyResult<Reducer> {
    Ok(match name {
        "sum" => Reducer::Sum,
        "prod" => Reducer::Prod,
        "min" => Reducer::Min,
        "max" => Reducer::Max,
        "fmin" => Reducer::Fmin,
        "fmax" => Reducer::Fmax,
        "any" => Reducer::Any,
        "all" => Reducer::All,
        "bitwise_and" => Reducer::And,
        "bitwise_or" => Reducer::Or,
        "bitwise_xor" => Reducer::Xor,
        "count_nonzero" => Reducer::CountNonzero,
        "mean" => Reducer::Mean,
        "var" => Reducer::Var(ddof),
        "std" => Reducer::Std(ddof),
        "argmin" => Reducer::Argmin,
        "argmax" => Reducer::Argmax,
        _ => return Err(PyValueError::new_err(format!("no reduction is called '{name}'"))),
    })
}

/// What `compute` of these nodes would do.
pub fn explain_nodes(nodes: &[&NodeRef], level: &str) -> PyResult<String> {
    let found = explain::Level::by_name(level).ok_or_else(|| {
        PyValueError::new_err(format!("level must be one of summary, graph, plan, ir, clif, asm (got '{level}')"))
    })?;
    Ok(caught(|| explain::explain(nodes, found))?)
}

/// `clip` with optional bounds.
pub fn clip_operand(
    py: Python<'_>,
    x: Operand,
    [min, max]: [Option<&Bound<'_, PyAny>>; 2],
    how: ufunc::Loops<'_>,
) -> PyResult<Py<PyAny>> {
    let bound = |b: Option<&Bound<'_, PyAny>>| b.filter(|b| !b.is_none()).map(operand).transpose();
    // As NumPy's: a Python integer at or beyond the end of an integer type's range does not bind.
    let (low, high) = match &x {
        Operand::Node(n) if n.dtype.is_integer() => n.dtype.integer_range().unzip(),
        _ => (None, None),
    };
    let min = bound(min)?.filter(|b| !matches!((b, low), (Operand::Int(Some(v), _), Some(low)) if *v <= low));
    let max = bound(max)?.filter(|b| !matches!((b, high), (Operand::Int(Some(v), _), Some(high)) if *v >= high));
    match (min, max) {
        (Some(lo), Some(hi)) => {
            let (lo, hi) = build::clip_bounds(lo, hi);
            ufunc::results_of(py, Ufunc::Clip, &mut [x, lo, hi], how)
        }
        (Some(lo), None) => ufunc::results_of(py, Ufunc::Maximum, &mut [x, lo], how),
        (None, Some(hi)) => ufunc::results_of(py, Ufunc::Minimum, &mut [x, hi], how),
        (None, None) => ufunc::results_of(py, Ufunc::Positive, &mut [x], how),
    }
}

/// A lazy array of anything that is or holds an array.
///
/// Parameters
/// ----------
/// a : array_like
///     A lazy, numpy_rs or NumPy array, anything with the buffer protocol, ``__array_interface__`` or DLPack, a Python
///     scalar, or nested sequences of these. Memory is shared, not copied: it is read when results are computed.
/// dtype : dtype_like, optional
///     The element type; that of the data by default.
/// order : {'C', 'F', 'A', 'K'}, optional
///     Accepted; results are laid out in C order.
/// device : {'cpu'}, optional
///     Only ``'cpu'``.
/// copy : bool, optional
///     True takes a snapshot of the memory now; False refuses where data must be copied.
/// like : object, optional
///     Ignored.
///
/// Returns
/// -------
/// LazyArray
///
/// Examples
/// --------
/// >>> import numpy_rs.lazy as lz
/// >>> lz.asarray([[1, 2], [3, 4]])
/// LazyArray(shape=(2, 2), dtype=int64, ops=0)
#[pyfunction]
#[pyo3(signature = (a, dtype=None, order=None, *, device=None, copy=None, like=None))]
fn asarray(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    order: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
    copy: Option<bool>,
    like: Option<&Bound<'_, PyAny>>,
) -> PyResult<Py<LazyArray>> {
    let _ = like;
    // The call that users make most, with an array and nothing else.
    if dtype.is_none() && order.is_none() && device.is_none() && copy != Some(true) {
        if let Some(array) = interop::from_numpy(a)? {
            return LazyArray::object(py, convert::node_of(array));
        }
        if let Ok(x) = a.cast_exact::<LazyArray>() {
            return Ok(x.clone().unbind());
        }
    }
    if let Some(device) = device.filter(|d| !matches!(d.extract::<&str>(), Ok("cpu"))) {
        return Err(PyValueError::new_err(format!(
            "Device not understood. Only \"cpu\" is allowed, but received: {device}"
        )));
    }
    optional_order(order)?;
    if copy == Some(false) && convert::is_scalar_or_sequence(a) {
        return Err(PyValueError::new_err(NO_COPY));
    }
    let dtype = optional_dtype(dtype)?;
    let x = node_as(a, dtype)?;
    if copy == Some(false) && dtype.is_some() && node(a)?.dtype != x.dtype {
        return Err(PyValueError::new_err(NO_COPY));
    }
    if copy == Some(true) && matches!(x.op, NodeOp::Data(_)) {
        let array = compute_nodes(py, &[&x])?.remove(0);
        return LazyArray::object(py, Node::data(array));
    }
    LazyArray::object(py, x)
}

/// The values of several lazy arrays, computed in one plan: shared work is done once.
#[pyfunction]
#[pyo3(signature = (*arrays))]
fn compute_all<'py>(py: Python<'py>, arrays: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    let nodes: Vec<NodeRef> = arrays.iter().map(|a| node(&a)).collect::<PyResult<_>>()?;
    let nodes: Vec<&NodeRef> = nodes.iter().collect();
    let values = compute_nodes(py, &nodes)?;
    let values: Vec<Py<NdArray>> =
        values.into_iter().map(|array| Py::new(py, NdArray { array })).collect::<PyResult<_>>()?;
    PyTuple::new(py, values)
}

/// What computing several lazy arrays in one plan would do.
#[pyfunction]
#[pyo3(signature = (*arrays, level="summary"))]
fn explain_all(arrays: &Bound<'_, PyTuple>, level: &str) -> PyResult<String> {
    let nodes: Vec<NodeRef> = arrays.iter().map(|a| node(&a)).collect::<PyResult<_>>()?;
    explain_nodes(&nodes.iter().collect::<Vec<_>>(), level)
}

/// What computing several lazy arrays in one plan would do, in Graphviz's language.
#[pyfunction]
#[pyo3(signature = (*arrays))]
fn visualize_all(arrays: &Bound<'_, PyTuple>) -> PyResult<String> {
    let nodes: Vec<NodeRef> = arrays.iter().map(|a| node(&a)).collect::<PyResult<_>>()?;
    Ok(caught(|| visualize::visualize(&nodes.iter().collect::<Vec<_>>()))?)
}

/// Computes several lazy arrays in one plan and tells how long it took.
#[pyfunction]
#[pyo3(signature = (*arrays, repeats=3))]
fn profile_all<'py>(py: Python<'py>, arrays: &Bound<'py, PyTuple>, repeats: usize) -> PyResult<Bound<'py, PyDict>> {
    let nodes: Vec<NodeRef> = arrays.iter().map(|a| node(&a)).collect::<PyResult<_>>()?;
    let nodes: Vec<&NodeRef> = nodes.iter().collect();
    let measure = || -> crate::error::Result<_> {
        Ok((profile::profile(&nodes, repeats, &interrupted)?, profile::bandwidth(&interrupted)?))
    };
    let (p, bandwidth) = py.detach(|| caught(measure))?;
    let steps = p.steps.iter().map(|s| {
        let d = PyDict::new(py);
        d.set_item("name", &s.name)?;
        d.set_item("operations", &s.operations)?;
        d.set_item("seconds", s.time.as_secs_f64())?;
        d.set_item("bytes_read", s.traffic.read)?;
        d.set_item("bytes_written", s.traffic.written)?;
        Ok(d)
    });
    let d = PyDict::new(py);
    d.set_item("steps", steps.collect::<PyResult<Vec<_>>>()?)?;
    d.set_item("seconds", p.total.as_secs_f64())?;
    d.set_item("prepare_seconds", p.prepare.as_secs_f64())?;
    d.set_item("compile_seconds", p.compile.as_secs_f64())?;
    d.set_item("kernels_compiled", p.compiled)?;
    d.set_item("kernel_hits", p.found)?;
    d.set_item("bandwidth", bandwidth)?;
    Ok(d)
}

/// A number as an element of an array of a type: by way of its own or default type.
#[pyfunction]
fn element(py: Python<'_>, value: &Bound<'_, PyAny>, dtype: &Bound<'_, PyAny>) -> PyResult<Py<LazyArray>> {
    let (value, dtype) = (operand(value)?, dtype::extract(dtype)?);
    // What 64 bits do not hold has no type but Python's.
    let value = value.to_default_node().map_or(value, Operand::Node);
    LazyArray::object(py, value.to_element(dtype)?)
}

/// One value in a shape.
#[pyfunction]
fn full(
    py: Python<'_>,
    shape: &Bound<'_, PyAny>,
    fill_value: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
) -> PyResult<Py<LazyArray>> {
    let shape = convert::shape(shape)?;
    let value = match (operand(fill_value)?, optional_dtype(dtype)?) {
        (value, None) => value.to_default_node()?,
        // Like a copy by any casting rule, but an integer must fit.
        (value @ Operand::Int(..), Some(t)) if t.is_integer() => value.to_element(t)?,
        (value, Some(t)) => value.to_node(t)?,
    };
    crate::array::layout::checked_bytes(&shape, value.dtype.size())?;
    let filled = build::broadcast_to(&value, &shape).map_err(|_| {
        PyValueError::new_err(format!(
            "could not broadcast input array from shape {} into shape {}",
            shape_text(&value.shape),
            shape_text(&shape)
        ))
    })?;
    LazyArray::object(py, filled)
}

/// `start + sum(strides[d] * index[d])`, int64.
#[pyfunction]
fn iota(py: Python<'_>, shape: &Bound<'_, PyAny>, start: i64, strides: Vec<i64>) -> PyResult<Py<LazyArray>> {
    let shape = convert::shape(shape)?;
    if shape.len() != strides.len() {
        return Err(PyValueError::new_err("iota: one stride an axis"));
    }
    LazyArray::object(py, build::iota(&shape, start, &strides)?)
}

/// Ones on a diagonal of a matrix.
#[pyfunction]
fn eye(py: Python<'_>, shape: &Bound<'_, PyAny>, k: i64, dtype: &Bound<'_, PyAny>) -> PyResult<Py<LazyArray>> {
    let shape = convert::shape(shape)?;
    let [n, m] = shape.as_slice() else { return Err(PyValueError::new_err("eye: a matrix has two axes")) };
    LazyArray::object(py, build::eye(*n, *m, k, dtype::extract(dtype)?)?)
}

/// A product of matrices or vectors over their last axes, by NumPy's name for it.
#[pyfunction]
fn product(py: Python<'_>, name: &str, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<Py<LazyArray>> {
    let all = [build::Product::Matmul, build::Product::Matvec, build::Product::Vecmat, build::Product::Vecdot];
    let product = all.into_iter().find(|p| p.name() == name);
    let product = product.ok_or_else(|| PyValueError::new_err(format!("no product is called '{name}'")))?;
    LazyArray::object(py, build::matmul(product, &node(a)?, &node(b)?)?)
}

/// The product of vectors and matrices that fit each other; nothing for other operands.
#[pyfunction]
fn dot(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<Option<Py<LazyArray>>> {
    let (a, b) = (node(a)?, node(b)?);
    let fits = match (&a.shape[..], &b.shape[..]) {
        ([k] | [_, k], [l] | [l, _]) => k == l,
        _ => false,
    };
    let product = || LazyArray::object(py, build::matmul(build::Product::Matmul, &a, &b)?);
    fits.then(product).transpose()
}

/// Arrays one after another along an axis.
#[pyfunction]
fn concatenate(
    py: Python<'_>,
    arrays: &Bound<'_, PyAny>,
    axis: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
) -> PyResult<Py<LazyArray>> {
    let nodes: Vec<NodeRef> = arrays.try_iter()?.map(|a| node(&a?)).collect::<PyResult<_>>()?;
    LazyArray::object(py, build::concatenate(&nodes, c_integer(axis, ONE_AXIS)?, optional_dtype(dtype)?)?)
}

/// `x` broadcast to a shape.
#[pyfunction]
fn broadcast_to(py: Python<'_>, x: &Bound<'_, PyAny>, shape: &Bound<'_, PyAny>) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::broadcast_to(&node(x)?, &convert::shape(shape)?)?)
}

/// The shape to which shapes broadcast.
#[pyfunction]
#[pyo3(signature = (*shapes))]
fn broadcast_shapes<'py>(py: Python<'py>, shapes: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    let shapes: Vec<_> = shapes.iter().map(|s| convert::shape(&s)).collect::<PyResult<_>>()?;
    let shapes: Vec<&[usize]> = shapes.iter().map(SmallVec::as_slice).collect();
    PyTuple::new(py, convert::joint_shape(&shapes)?)
}

/// New axes of length one.
#[pyfunction]
fn expand_dims(py: Python<'_>, x: &Bound<'_, PyAny>, axis: &Bound<'_, PyAny>) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, super::methods::expand(x, axis)?)
}

/// The order of elements reversed along axes.
#[pyfunction]
#[pyo3(signature = (x, axis=None))]
fn flip(py: Python<'_>, x: &Bound<'_, PyAny>, axis: Option<&Bound<'_, PyAny>>) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::flip(&node(x)?, optional_axes(axis, Taken::Parsed)?.as_deref())?)
}

/// Axes moved to new places.
#[pyfunction]
fn moveaxis(
    py: Python<'_>,
    x: &Bound<'_, PyAny>,
    source: &Bound<'_, PyAny>,
    destination: &Bound<'_, PyAny>,
) -> PyResult<Py<LazyArray>> {
    LazyArray::object(
        py,
        build::moveaxis(&node(x)?, &ints(source, Taken::Parsed)?, &ints(destination, Taken::Parsed)?)?,
    )
}

/// `clip` with optional bounds.
#[pyfunction]
#[pyo3(signature = (x, min=None, max=None))]
fn clip(
    py: Python<'_>,
    x: &Bound<'_, PyAny>,
    min: Option<&Bound<'_, PyAny>>,
    max: Option<&Bound<'_, PyAny>>,
) -> PyResult<Py<PyAny>> {
    clip_operand(py, operand(x)?, [min, max], ufunc::Loops::default())
}

/// The type of an operation between operands: arrays, types or Python scalars.
#[pyfunction]
#[pyo3(signature = (*operands))]
fn result_type(py: Python<'_>, operands: &Bound<'_, PyTuple>) -> PyResult<Py<dtype::PyDType>> {
    let types: Vec<OperandType> = operands
        .iter()
        .map(|o| {
            if let Ok(x) = o.cast::<LazyArray>() {
                return Ok(OperandType::Typed(x.get().node.dtype));
            }
            if let Ok(t) = o.cast::<dtype::PyDType>() {
                return Ok(OperandType::Typed(t.get().dtype));
            }
            // Python's numbers are asked for nothing: an attribute that is not there takes a microsecond.
            if o.is_instance_of::<PyInt>() || o.is_instance_of::<PyFloat>() {
                return Ok(operand(&o)?.operand_type());
            }
            // NumPy's dtypes have a shape of their own: they are told from arrays by their number.
            let is_type =
                o.cast::<PyString>().is_ok() || o.cast::<PyType>().is_ok() || o.hasattr("num").unwrap_or(false);
            match dtype::try_extract(&o).filter(|_| is_type) {
                Some(d) => Ok(OperandType::Typed(d)),
                None => Ok(operand(&o)?.operand_type()),
            }
        })
        .collect::<PyResult<_>>()?;
    let found = crate::dtype::result_type(&types)
        .ok_or_else(|| PyValueError::new_err("at least one array or dtype is required"))?;
    dtype::object(py, found)
}

/// The type that holds the values of both.
#[pyfunction]
fn promote_types(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<Py<dtype::PyDType>> {
    dtype::object(py, crate::dtype::promote(dtype::extract(a)?, dtype::extract(b)?))
}

/// Whether a cast is allowed by a casting rule.
#[pyfunction]
#[pyo3(signature = (from_, to, casting="safe"))]
fn can_cast(from_: &Bound<'_, PyAny>, to: &Bound<'_, PyAny>, casting: &str) -> PyResult<bool> {
    let to = dtype::extract(to)?;
    // Looking whether something is an array takes long where it is none.
    let from = match (from_.cast::<LazyArray>(), from_.cast::<dtype::PyDType>()) {
        (Ok(x), _) => x.get().node.dtype,
        (_, Ok(t)) => t.get().dtype,
        _ => match convert::to_array(from_)? {
            Some(a) => a.dtype(),
            None => dtype::extract(from_)?,
        },
    };
    allows(casting, from, to)
}

/// Whether a casting rule allows a cast.
pub fn allows(casting: &str, from: DType, to: DType) -> PyResult<bool> {
    Ok(match casting {
        "safe" => crate::dtype::can_cast_safely(from, to),
        "same_kind" => crate::dtype::can_cast_same_kind(from, to),
        "unsafe" => true,
        "no" | "equiv" => from == to,
        _ => {
            return Err(PyValueError::new_err(format!(
                "casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe' (got '{casting}')"
            )));
        }
    })
}

/// Sets how many threads a computation may use.
///
/// Examples
/// --------
/// >>> import numpy_rs.lazy as lz
/// >>> before = lz.get_num_threads()
/// >>> lz.set_num_threads(1)
/// >>> lz.get_num_threads()
/// 1
/// >>> lz.set_num_threads(before)
#[pyfunction]
fn set_num_threads(n: &Bound<'_, PyAny>) -> PyResult<()> {
    let n = index_int(n)?;
    if n < 1 {
        return Err(PyValueError::new_err("the number of threads must be at least 1"));
    }
    crate::runtime::options::set_num_threads(n as usize);
    Ok(())
}

/// Sets after how many elements, over all its uses, a loop is compiled; until then it runs through precompiled routines,
/// with the same bits. 0: at its first use.
#[pyfunction]
fn set_compile_after(n: usize) {
    crate::runtime::options::set_compile_after(n);
}

/// How many threads a computation may use.
///
/// Examples
/// --------
/// >>> import numpy_rs.lazy as lz
/// >>> lz.get_num_threads() >= 1
/// True
#[pyfunction]
fn get_num_threads() -> usize {
    crate::runtime::options::num_threads()
}

/// Counters of the kernel cache, the plan cache and the buffer pool.
///
/// Examples
/// --------
/// >>> import numpy_rs.lazy as lz
/// >>> import numpy_rs
/// >>> numpy_rs.stats()['plans'] >= 0
/// True
#[pyfunction]
fn stats(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let s = crate::jit::cache::stats();
    let d = PyDict::new(py);
    d.set_item("kernel_hits", s.hits)?;
    d.set_item("kernels_compiled", s.misses)?;
    d.set_item("compile_seconds", s.compile_ns as f64 * 1e-9)?;
    d.set_item("code_bytes", s.code_bytes)?;
    d.set_item("plans", compute::plan_count())?;
    d.set_item("fault_searches", faults::looks())?;
    d.set_item("pooled_bytes", crate::array::buffer::pooled_bytes())?;
    Ok(d)
}

/// Gives the memory of the buffer pool back to the system.
///
/// Examples
/// --------
/// >>> import numpy_rs.lazy as lz
/// >>> import numpy_rs
/// >>> numpy_rs.trim_memory()
#[pyfunction]
fn trim_memory() {
    crate::array::buffer::trim();
}

/// The ufunc object of a name.
#[pyfunction]
fn ufunc_by_name<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("numpy_rs._core")?.getattr("ufuncs")?.get_item(name)
}

/// A computed array of bytes in C order.
#[pyfunction]
fn from_bytes(bytes: &[u8], dtype: &Bound<'_, PyAny>, shape: &Bound<'_, PyAny>) -> PyResult<NdArray> {
    NdArray::from_bytes(bytes, dtype::extract(dtype)?, &convert::shape(shape)?)
}

/// Positions in the flattened array-like where it is true, int64: counts them now.
#[pyfunction]
fn flatnonzero(py: Python<'_>, x: &Bound<'_, PyAny>) -> PyResult<Py<LazyArray>> {
    let mask = build::cast(&node(x)?, DType::Bool);
    LazyArray::object(py, positions(py, &build::reshape(&mask, &[-1])?)?)
}

/// The places of values in an increasing array of one axis, int64; both are converted to their common type.
#[pyfunction]
fn searchsorted(
    py: Python<'_>,
    x: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
    right: bool,
) -> PyResult<Py<LazyArray>> {
    let (x, values) = (node(x)?, node(values)?);
    let types = [OperandType::Typed(x.dtype), OperandType::Typed(values.dtype)];
    let t = build::common_dtype(&types);
    let f = if right { TableFn::SearchRight } else { TableFn::SearchLeft };
    LazyArray::object(py, build::table(f, &build::cast(&x, t), &build::cast(&values, t))?)
}

/// The elements of an array of one axis at int64 positions that are known to be in bounds: others give any element.
#[pyfunction]
fn picked(py: Python<'_>, x: &Bound<'_, LazyArray>, positions: &Bound<'_, LazyArray>) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::table(TableFn::Take, &x.get().node, &positions.get().node)?)
}

/// How many elements of int64 are each number below `count`; with weights of float64, their sums.
#[pyfunction]
fn bins(
    py: Python<'_>,
    x: &Bound<'_, LazyArray>,
    weights: Option<&Bound<'_, LazyArray>>,
    count: usize,
) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::bins(&x.get().node, weights.map(|w| &w.get().node), count)?)
}

/// The smallest and the largest of integers, of which there are some: computed at once.
#[pyfunction]
fn integer_range(py: Python<'_>, x: &Bound<'_, LazyArray>) -> PyResult<(i128, i128)> {
    let [low, high] = super::index::range(py, &x.get().node)?;
    Ok((low, high))
}

/// The array sorted along an axis; with places, only these are sure to be right.
#[pyfunction]
fn sort(py: Python<'_>, x: &Bound<'_, LazyArray>, axis: i64, places: Option<Vec<usize>>) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::sort(&x.get().node, axis, places.as_deref())?)
}

/// The positions that sort the array along an axis, int64; equal elements keep their order. With places, only these are sure to be right.
#[pyfunction]
fn argsort(py: Python<'_>, x: &Bound<'_, LazyArray>, axis: i64, places: Option<Vec<usize>>) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::argsort(&x.get().node, axis, places.as_deref())?)
}

/// Elements of an array of one axis put to int64 positions that are known to be a permutation.
#[pyfunction]
fn scatter(py: Python<'_>, x: &Bound<'_, LazyArray>, positions: &Bound<'_, LazyArray>) -> PyResult<Py<LazyArray>> {
    LazyArray::object(py, build::scatter(&x.get().node, &positions.get().node)?)
}

/// The distinct elements of an array of one axis in increasing order, with anything after them, and their number.
#[pyfunction]
fn unique(py: Python<'_>, x: &Bound<'_, LazyArray>, equal_nan: bool) -> PyResult<(Py<LazyArray>, Py<LazyArray>)> {
    let [values, count] = build::unique(&x.get().node, equal_nan)?;
    Ok((LazyArray::object(py, values)?, LazyArray::object(py, count)?))
}

/// Puts the functions into the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(asarray, m)?)?;
    m.add_function(wrap_pyfunction!(super::numbers::c_int, m)?)?;
    m.add_function(wrap_pyfunction!(element, m)?)?;
    m.add_function(wrap_pyfunction!(compute_all, m)?)?;
    m.add_function(wrap_pyfunction!(explain_all, m)?)?;
    m.add_function(wrap_pyfunction!(visualize_all, m)?)?;
    m.add_function(wrap_pyfunction!(profile_all, m)?)?;
    m.add_function(wrap_pyfunction!(full, m)?)?;
    m.add_function(wrap_pyfunction!(iota, m)?)?;
    m.add_function(wrap_pyfunction!(eye, m)?)?;
    m.add_function(wrap_pyfunction!(concatenate, m)?)?;
    m.add_function(wrap_pyfunction!(product, m)?)?;
    m.add_function(wrap_pyfunction!(dot, m)?)?;
    m.add_function(wrap_pyfunction!(broadcast_to, m)?)?;
    m.add_function(wrap_pyfunction!(broadcast_shapes, m)?)?;
    m.add_function(wrap_pyfunction!(expand_dims, m)?)?;
    m.add_function(wrap_pyfunction!(flip, m)?)?;
    m.add_function(wrap_pyfunction!(moveaxis, m)?)?;
    m.add_function(wrap_pyfunction!(clip, m)?)?;
    m.add_function(wrap_pyfunction!(result_type, m)?)?;
    m.add_function(wrap_pyfunction!(promote_types, m)?)?;
    m.add_function(wrap_pyfunction!(can_cast, m)?)?;
    m.add_function(wrap_pyfunction!(set_num_threads, m)?)?;
    m.add_function(wrap_pyfunction!(set_compile_after, m)?)?;
    m.add_function(wrap_pyfunction!(get_num_threads, m)?)?;
    m.add_function(wrap_pyfunction!(stats, m)?)?;
    m.add_function(wrap_pyfunction!(trim_memory, m)?)?;
    m.add_function(wrap_pyfunction!(ufunc_by_name, m)?)?;
    m.add_function(wrap_pyfunction!(from_bytes, m)?)?;
    m.add_function(wrap_pyfunction!(flatnonzero, m)?)?;
    m.add_function(wrap_pyfunction!(super::dlpack::import_dlpack, m)?)?;
    m.add_function(wrap_pyfunction!(searchsorted, m)?)?;
    m.add_function(wrap_pyfunction!(picked, m)?)?;
    m.add_function(wrap_pyfunction!(bins, m)?)?;
    m.add_function(wrap_pyfunction!(super::windows::windows, m)?)?;
    m.add_function(wrap_pyfunction!(super::windows::correlate, m)?)?;
    m.add_function(wrap_pyfunction!(integer_range, m)?)?;
    m.add_function(wrap_pyfunction!(sort, m)?)?;
    m.add_function(wrap_pyfunction!(argsort, m)?)?;
    m.add_function(wrap_pyfunction!(scatter, m)?)?;
    m.add_function(wrap_pyfunction!(unique, m)?)?;
    m.add_function(wrap_pyfunction!(super::fourier::fourier, m)?)?;
    m.add_function(wrap_pyfunction!(super::linalg::linalg, m)?)?;
    m.add_function(wrap_pyfunction!(super::linalg::solve, m)?)?;
    m.add_function(wrap_pyfunction!(super::linalg::lstsq, m)?)?;
    m.add_function(wrap_pyfunction!(note, m)?)?;
    m.add_function(wrap_pyfunction!(ask_underflow, m)?)?;
    Ok(())
}
