//! `LazyArray`'s methods: shapes, casts, scans.

use super::convert::{self, ints, length, lengths, optional_dtype};
use super::error::of_axis;
use super::functions::{allows, no_out, reducer};
use super::lazy::LazyArray;
use super::numbers::{ONE_AXIS, Taken, c_integer};
use super::order::optional_order;
use super::reductions::{Reduction, axes_of, reduce};
use super::ufunc;
use crate::array::layout::normalize_axis;
use crate::graph::build::{self, Operand, Order};
use crate::ops::ufunc::Ufunc;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use smallvec::SmallVec;

/// Looks whether the arguments `axis1` and `axis2` are axes of an array; NumPy's error names the one that is not.
fn pair_of_axes(x: &crate::graph::NodeRef, axis1: i64, axis2: i64) -> PyResult<()> {
    for (axis, name) in [(axis1, "axis1"), (axis2, "axis2")] {
        normalize_axis(axis, x.shape.len()).map_err(|e| of_axis(e, name))?;
    }
    Ok(())
}

/// A scan of a node by Python's arguments.
fn scan(
    x: &crate::graph::NodeRef,
    op: Ufunc,
    axis: Option<&Bound<'_, PyAny>>,
    dtype: Option<&Bound<'_, PyAny>>,
) -> PyResult<crate::graph::NodeRef> {
    let axis = axis.filter(|a| !a.is_none());
    let axis = axis.map(|a| c_integer(a, ONE_AXIS)).transpose()?;
    Ok(build::scan(x, op, axis, optional_dtype(dtype)?)?)
}

/// Arguments given one by one or as one sequence.
fn spread<'py>(args: &Bound<'py, PyTuple>) -> PyResult<SmallVec<[i64; 4]>> {
    if args.len() == 1 {
        return lengths(&args.get_item(0)?);
    }
    args.iter().map(|a| length(&a)).collect()
}

#[pymethods]
impl LazyArray {
    /// The elements in C order under another shape; one length may be -1.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.arange(6).reshape(2, -1).shape
    /// (2, 3)
    #[pyo3(signature = (*shape, order=None, copy=None))]
    fn reshape(
        &self,
        py: Python<'_>,
        shape: &Bound<'_, PyTuple>,
        order: Option<&Bound<'_, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Py<LazyArray>> {
        let _ = copy;
        let order = optional_order(order)?.unwrap_or(Order::C);
        if shape.is_empty() {
            return Err(PyTypeError::new_err("reshape() takes exactly 1 argument (0 given)"));
        }
        if shape.len() == 1 && shape.get_item(0)?.is_none() {
            return LazyArray::object(py, self.node.clone());
        }
        let shape = spread(shape)?;
        LazyArray::object(py, build::reshape_in(&self.node, &shape, order)?)
    }

    /// All elements in an order, C by default, along one axis.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> x = lz.asarray([[1.0, 2.0], [3.0, 4.0]])
    /// >>> x.ravel().compute()
    /// array([1., 2., 3., 4.])
    #[pyo3(signature = (order=None))]
    fn ravel(&self, py: Python<'_>, order: Option<&Bound<'_, PyAny>>) -> PyResult<Py<LazyArray>> {
        LazyArray::object(py, build::ravel(&self.node, optional_order(order)?.unwrap_or(Order::C))?)
    }

    /// All elements in an order, C by default, along one axis.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> x = lz.asarray([[1.0, 2.0], [3.0, 4.0]])
    /// >>> x.flatten().compute()
    /// array([1., 2., 3., 4.])
    #[pyo3(signature = (order=None))]
    fn flatten(&self, py: Python<'_>, order: Option<&Bound<'_, PyAny>>) -> PyResult<Py<LazyArray>> {
        self.ravel(py, order)
    }

    /// The axes permuted; reversed without arguments.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3, 4)).transpose(1, 2, 0).shape
    /// (3, 4, 2)
    #[pyo3(signature = (*axes))]
    fn transpose(&self, py: Python<'_>, axes: &Bound<'_, PyTuple>) -> PyResult<Py<LazyArray>> {
        let none = axes.is_empty() || axes.len() == 1 && axes.get_item(0)?.is_none();
        let order = if none { None } else { Some(spread(axes)?) };
        LazyArray::object(py, build::transpose(&self.node, order.as_deref())?)
    }

    /// Two axes exchanged.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3, 4)).swapaxes(0, 2).shape
    /// (4, 3, 2)
    fn swapaxes(&self, py: Python<'_>, axis1: &Bound<'_, PyAny>, axis2: &Bound<'_, PyAny>) -> PyResult<Py<LazyArray>> {
        let (axis1, axis2) = (c_integer(axis1, Taken::Argument)?, c_integer(axis2, Taken::Argument)?);
        pair_of_axes(&self.node, axis1, axis2)?;
        LazyArray::object(py, build::swapaxes(&self.node, axis1, axis2)?)
    }

    /// Axes of length one removed.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((1, 3, 1)).squeeze().shape
    /// (3,)
    #[pyo3(signature = (axis=None))]
    fn squeeze(&self, py: Python<'_>, axis: Option<&Bound<'_, PyAny>>) -> PyResult<Py<LazyArray>> {
        LazyArray::object(py, build::squeeze(&self.node, axes_of(&self.node, axis, ONE_AXIS)?.as_deref())?)
    }

    /// The diagonal of two axes, as the last axis.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> x = lz.asarray([[1.0, 2.0], [3.0, 4.0]])
    /// >>> x.diagonal().compute()
    /// array([1., 4.])
    #[pyo3(signature = (offset=None, axis1=None, axis2=None), text_signature = "($self, offset=0, axis1=0, axis2=1)")]
    fn diagonal(
        &self,
        py: Python<'_>,
        offset: Option<&Bound<'_, PyAny>>,
        axis1: Option<&Bound<'_, PyAny>>,
        axis2: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<LazyArray>> {
        let taken = |x: Option<&Bound<'_, PyAny>>, own| x.map_or(Ok(own), |x| c_integer(x, Taken::Argument));
        let (offset, axis1, axis2) = (taken(offset, 0)?, taken(axis1, 0)?, taken(axis2, 1)?);
        if self.node.shape.len() >= 2 {
            pair_of_axes(&self.node, axis1, axis2)?;
        }
        LazyArray::object(py, build::diagonal(&self.node, offset, axis1, axis2)?)
    }

    /// The elements converted to another type.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([1.7, -1.7]).astype(lz.int8).compute()
    /// array([ 1, -1], dtype=int8)
    #[pyo3(signature = (dtype, order=None, casting=None, subok=None, copy=None))]
    fn astype(
        &self,
        py: Python<'_>,
        dtype: &Bound<'_, PyAny>,
        order: Option<&Bound<'_, PyAny>>,
        casting: Option<&str>,
        subok: Option<bool>,
        copy: Option<bool>,
    ) -> PyResult<Py<LazyArray>> {
        let _ = (subok, copy);
        optional_order(order)?;
        // As in NumPy, no type is the default one.
        let to = optional_dtype(Some(dtype))?.unwrap_or(crate::dtype::DType::F64);
        let from = self.node.dtype;
        let rule = casting.unwrap_or("unsafe");
        if !allows(rule, from, to)? {
            let what = if self.node.shape.is_empty() { "scalar" } else { "array data" };
            return Err(PyTypeError::new_err(format!(
                "Cannot cast {what} from dtype('{from}') to dtype('{to}') according to the rule '{rule}'"
            )));
        }
        LazyArray::object(py, build::cast(&self.node, to))
    }

    /// The values themselves: lazy arrays are immutable, so nothing is copied.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros(2).copy()
    /// LazyArray(shape=(2,), dtype=float64, ops=0)
    #[pyo3(signature = (order=None))]
    fn copy(slf: &Bound<'_, Self>, order: Option<&Bound<'_, PyAny>>) -> PyResult<Py<LazyArray>> {
        optional_order(order)?;
        Ok(slf.clone().unbind())
    }

    /// The complex conjugate.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([1 + 2j]).conj().compute()
    /// array([1.-2.j])
    fn conj(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        ufunc::results(py, Ufunc::Conjugate, &[Operand::Node(self.node.clone())])
    }

    /// The complex conjugate.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([1 + 2j]).conjugate().compute()
    /// array([1.-2.j])
    fn conjugate(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.conj(py)
    }

    /// Values limited to an interval, as ``numpy_rs.lazy.clip``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([-5, 2, 9]).clip(0, 5).compute()
    /// array([0, 2, 5])
    #[pyo3(signature = (min=None, max=None, out=None, *, dtype=None, casting=None))]
    fn clip(
        &self,
        py: Python<'_>,
        min: Option<&Bound<'_, PyAny>>,
        max: Option<&Bound<'_, PyAny>>,
        out: Option<&Bound<'_, PyAny>>,
        dtype: Option<&Bound<'_, PyAny>>,
        casting: Option<&str>,
    ) -> PyResult<Py<PyAny>> {
        no_out(out)?;
        let how = ufunc::Loops { dtype: optional_dtype(dtype)?, casting };
        super::functions::clip_operand(py, Operand::Node(self.node.clone()), [min, max], how)
    }

    /// Running sums, as ``numpy_rs.lazy.cumsum``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([1, 2, 3]).cumsum().compute()
    /// array([1, 3, 6])
    #[pyo3(signature = (axis=None, dtype=None, out=None))]
    fn cumsum(
        &self,
        py: Python<'_>,
        axis: Option<&Bound<'_, PyAny>>,
        dtype: Option<&Bound<'_, PyAny>>,
        out: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<LazyArray>> {
        no_out(out)?;
        LazyArray::object(py, scan(&self.node, Ufunc::Add, axis, dtype)?)
    }

    /// Running products, as ``numpy_rs.lazy.cumprod``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([1, 2, 3]).cumprod().compute()
    /// array([1, 2, 6])
    #[pyo3(signature = (axis=None, dtype=None, out=None))]
    fn cumprod(
        &self,
        py: Python<'_>,
        axis: Option<&Bound<'_, PyAny>>,
        dtype: Option<&Bound<'_, PyAny>>,
        out: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<LazyArray>> {
        no_out(out)?;
        LazyArray::object(py, scan(&self.node, Ufunc::Multiply, axis, dtype)?)
    }

    /// A scan by the name of its ufunc, for ``ufunc.accumulate``.
    #[pyo3(signature = (name, axis=None, dtype=None))]
    fn _scan(
        &self,
        py: Python<'_>,
        name: &str,
        axis: Option<&Bound<'_, PyAny>>,
        dtype: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<LazyArray>> {
        let op = Ufunc::ALL.iter().find(|u| u.row().name == name);
        let op = op.ok_or_else(|| PyValueError::new_err(format!("no ufunc is called '{name}'")))?;
        LazyArray::object(py, scan(&self.node, *op, axis, dtype)?)
    }

    /// A reduction by name, for the functions of ``numpy_rs.lazy``.
    #[pyo3(signature = (name, axis=None, dtype=None, keepdims=None, initial=None, r#where=None, ddof=0.0))]
    #[expect(clippy::too_many_arguments, reason = "NumPy's signature")]
    fn _reduce(
        &self,
        py: Python<'_>,
        name: &str,
        axis: Option<&Bound<'_, PyAny>>,
        dtype: Option<&Bound<'_, PyAny>>,
        keepdims: Option<&Bound<'_, PyAny>>,
        initial: Option<&Bound<'_, PyAny>>,
        r#where: Option<&Bound<'_, PyAny>>,
        ddof: f64,
    ) -> PyResult<Py<LazyArray>> {
        let a = Reduction { axis, dtype, out: None, keepdims, initial, mask: r#where, mean: None };
        LazyArray::object(py, reduce(&self.node, reducer(name, ddof)?, &a)?)
    }

    /// What ``compute`` would do: walks, what is fused in each, passes over memory, bytes.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> isinstance(lz.zeros(3).sum().explain(), str)
    /// True
    #[pyo3(signature = (level="summary"))]
    fn explain(&self, level: &str) -> PyResult<String> {
        super::functions::explain_nodes(&[&self.node], level)
    }

    /// Views of parts are given by indexing; this gives element views of other types of the same size.
    fn __array_namespace__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(py.import("numpy_rs.lazy")?.into_any().unbind())
    }

    #[pyo3(signature = (ufunc, method, *inputs, **kwargs))]
    fn __array_ufunc__(
        slf: &Bound<'_, Self>,
        ufunc: &Bound<'_, PyAny>,
        method: &Bound<'_, PyAny>,
        inputs: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, pyo3::types::PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let dispatch = slf.py().import("numpy_rs.lazy._dispatch")?.getattr("array_ufunc")?;
        Ok(dispatch.call1((ufunc, method, inputs, kwargs))?.unbind())
    }

    fn __array_function__(
        slf: &Bound<'_, Self>,
        func: &Bound<'_, PyAny>,
        types: &Bound<'_, PyAny>,
        args: &Bound<'_, PyAny>,
        kwargs: &Bound<'_, PyAny>,
    ) -> PyResult<Py<PyAny>> {
        let dispatch = slf.py().import("numpy_rs.lazy._dispatch")?.getattr("array_function")?;
        Ok(dispatch.call1((func, types, args, kwargs))?.unbind())
    }
}

/// A lazy array from an optional index argument of functions: kept here beside the methods that share it.
pub fn expand(x: &Bound<'_, PyAny>, axis: &Bound<'_, PyAny>) -> PyResult<crate::graph::NodeRef> {
    Ok(build::expand_dims(&convert::node(x)?, &ints(axis, Taken::Parsed)?)?)
}
