//! `LazyArray`'s methods: reductions, shapes, casts.

use super::convert::{
    self, index_int, ints, is_scalar_or_sequence, node, operand, optional_axes, optional_dtype, too_long,
};
use super::error::of_axis;
use super::functions::{allows, no_out, reducer};
use super::lazy::LazyArray;
use super::order::optional_order;
use super::ufunc;
use crate::array::layout::normalize_axis;
use crate::graph::build::{self, Operand, Order, ReduceOptions, Reducer};
use crate::ops::ufunc::Ufunc;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyList, PyTuple};
use smallvec::SmallVec;

/// The arguments that reductions share.
pub struct Reduction<'a, 'py> {
    /// The axes.
    pub axis: Option<&'a Bound<'py, PyAny>>,
    /// The type to compute in.
    pub dtype: Option<&'a Bound<'py, PyAny>>,
    /// Refused.
    pub out: Option<&'a Bound<'py, PyAny>>,
    /// Whether axes stay with length one.
    pub keepdims: Option<&'a Bound<'py, PyAny>>,
    /// A value to start from.
    pub initial: Option<&'a Bound<'py, PyAny>>,
    /// What takes part.
    pub mask: Option<&'a Bound<'py, PyAny>>,
    /// Of a spread: the mean.
    pub mean: Option<&'a Bound<'py, PyAny>>,
}

/// Optional axes of an array; one without axes lets axis 0 and -1 pass, as in NumPy.
fn axes_of(x: &crate::graph::NodeRef, axis: Option<&Bound<'_, PyAny>>) -> PyResult<Option<SmallVec<[i64; 4]>>> {
    if let Some(a) = axis.filter(|a| a.cast::<PyList>().is_ok()) {
        // A tuple is no list here, in NumPy either.
        index_int(a)?;
    }
    let axes = optional_axes(axis)?;
    let single = axis.is_some_and(|a| a.cast::<PyTuple>().is_err());
    if x.shape.is_empty() && single && matches!(axes.as_deref(), Some([0 | -1])) {
        return Ok(Some(SmallVec::new()));
    }
    Ok(axes)
}

/// Looks whether the arguments `axis1` and `axis2` are axes of an array; NumPy's error names the one that is not.
fn pair_of_axes(x: &crate::graph::NodeRef, axis1: i64, axis2: i64) -> PyResult<()> {
    for (axis, name) in [(axis1, "axis1"), (axis2, "axis2")] {
        normalize_axis(axis, x.shape.len()).map_err(|e| of_axis(e, name))?;
    }
    Ok(())
}

/// A reduction of a node by Python's arguments.
pub fn reduce(x: &crate::graph::NodeRef, how: Reducer, a: &Reduction<'_, '_>) -> PyResult<crate::graph::NodeRef> {
    no_out(a.out)?;
    let mask = match a.mask {
        Some(m) if !m.is_none() && !m.cast::<PyBool>().is_ok_and(|b| b.is_true()) => {
            let mask = node(m)?;
            // Python's numbers have no type that a cast could be refused for.
            let mask = if is_scalar_or_sequence(m) { build::cast(&mask, crate::dtype::DType::Bool) } else { mask };
            if mask.dtype != crate::dtype::DType::Bool {
                return Err(PyTypeError::new_err(format!(
                    "Cannot cast array data from dtype('{}') to dtype('bool') according to the rule 'safe'",
                    mask.dtype
                )));
            }
            Some(mask)
        }
        _ => None,
    };
    let options = ReduceOptions {
        axes: axes_of(x, a.axis)?,
        dtype: optional_dtype(a.dtype)?,
        keepdims: a.keepdims.map_or(Ok(false), |k| k.is_truthy())?,
        mask,
        initial: a.initial.filter(|i| !i.is_none()).map(operand).transpose()?,
        mean: a.mean.filter(|m| !m.is_none()).map(operand).transpose()?,
    };
    Ok(build::reduce(x, how, &options)?)
}

/// A scan of a node by Python's arguments.
fn scan(
    x: &crate::graph::NodeRef,
    op: Ufunc,
    axis: Option<&Bound<'_, PyAny>>,
    dtype: Option<&Bound<'_, PyAny>>,
) -> PyResult<crate::graph::NodeRef> {
    let axis = axis.filter(|a| !a.is_none());
    if axis.is_some_and(|a| a.cast::<PyBool>().is_ok()) {
        return Err(PyTypeError::new_err("an integer is required for the axis"));
    }
    Ok(build::scan(x, op, axis.map(index_int).transpose()?, optional_dtype(dtype)?)?)
}

macro_rules! reductions {
    ($($(#[doc = $doc:literal])* $name:ident => $reducer:expr;)*) => {
        #[pymethods]
        impl LazyArray {
            $(
                $(#[doc = $doc])*
                #[pyo3(signature = (axis=None, dtype=None, out=None, keepdims=None, initial=None, r#where=None))]
                #[expect(clippy::too_many_arguments, reason = "NumPy's signature")]
                fn $name(
                    &self,
                    py: Python<'_>,
                    axis: Option<&Bound<'_, PyAny>>,
                    dtype: Option<&Bound<'_, PyAny>>,
                    out: Option<&Bound<'_, PyAny>>,
                    keepdims: Option<&Bound<'_, PyAny>>,
                    initial: Option<&Bound<'_, PyAny>>,
                    r#where: Option<&Bound<'_, PyAny>>,
                ) -> PyResult<Py<LazyArray>> {
                    let a = Reduction { axis, dtype, out, keepdims, initial, mask: r#where, mean: None };
                    LazyArray::object(py, reduce(&self.node, $reducer, &a)?)
                }
            )*
        }
    };
}

reductions! {
    /// Sum over axes, as ``numpy_rs.lazy.sum``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> x = lz.asarray([[1.0, 2.0], [3.0, 4.0]])
    /// >>> x.sum(axis=0).compute()
    /// array([4., 6.])
    sum => Reducer::Sum;
    /// Product over axes, as ``numpy_rs.lazy.prod``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> x = lz.asarray([[1.0, 2.0], [3.0, 4.0]])
    /// >>> x.prod(axis=0).compute()
    /// array([3., 8.])
    prod => Reducer::Prod;
    /// Arithmetic mean over axes, as ``numpy_rs.lazy.mean``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> x = lz.asarray([[1.0, 2.0], [3.0, 4.0]])
    /// >>> x.mean(axis=1).compute()
    /// array([1.5, 3.5])
    mean => Reducer::Mean;
}

macro_rules! order_reductions {
    ($($(#[doc = $doc:literal])* $name:ident => $reducer:expr;)*) => {
        #[pymethods]
        impl LazyArray {
            $(
                $(#[doc = $doc])*
                #[pyo3(signature = (axis=None, out=None, keepdims=None, initial=None, r#where=None))]
                fn $name(
                    &self,
                    py: Python<'_>,
                    axis: Option<&Bound<'_, PyAny>>,
                    out: Option<&Bound<'_, PyAny>>,
                    keepdims: Option<&Bound<'_, PyAny>>,
                    initial: Option<&Bound<'_, PyAny>>,
                    r#where: Option<&Bound<'_, PyAny>>,
                ) -> PyResult<Py<LazyArray>> {
                    let a = Reduction { axis, dtype: None, out, keepdims, initial, mask: r#where, mean: None };
                    LazyArray::object(py, reduce(&self.node, $reducer, &a)?)
                }
            )*
        }
    };
}

order_reductions! {
    /// Smallest over axes, as ``numpy_rs.lazy.min``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> x = lz.asarray([[1.0, 2.0], [3.0, 4.0]])
    /// >>> x.min().compute()
    /// array(1.)
    min => Reducer::Min;
    /// Largest over axes, as ``numpy_rs.lazy.max``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> x = lz.asarray([[1.0, 2.0], [3.0, 4.0]])
    /// >>> x.max(axis=1).compute()
    /// array([2., 4.])
    max => Reducer::Max;
    /// Whether any element is true, as ``numpy_rs.lazy.any``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([False, True]).any().compute()
    /// array(True)
    any => Reducer::Any;
    /// Whether all elements are true, as ``numpy_rs.lazy.all``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([False, True]).all().compute()
    /// array(False)
    all => Reducer::All;
}

macro_rules! position_reductions {
    ($($(#[doc = $doc:literal])* $name:ident => $reducer:expr;)*) => {
        #[pymethods]
        impl LazyArray {
            $(
                $(#[doc = $doc])*
                #[pyo3(signature = (axis=None, out=None, *, keepdims=None))]
                fn $name(
                    &self,
                    py: Python<'_>,
                    axis: Option<&Bound<'_, PyAny>>,
                    out: Option<&Bound<'_, PyAny>>,
                    keepdims: Option<&Bound<'_, PyAny>>,
                ) -> PyResult<Py<LazyArray>> {
                    let axis = axis.filter(|a| !a.is_none());
                    if let Some(a) = axis {
                        index_int(a)?;
                    }
                    let a = Reduction { axis, dtype: None, out, keepdims, initial: None, mask: None, mean: None };
                    LazyArray::object(py, reduce(&self.node, $reducer, &a)?)
                }
            )*
        }
    };
}

position_reductions! {
    /// Position of the first smallest element, as ``numpy_rs.lazy.argmin``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([3, 1, 2]).argmin().compute()
    /// array(1)
    argmin => Reducer::Argmin;
    /// Position of the first largest element, as ``numpy_rs.lazy.argmax``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([3, 1, 2]).argmax().compute()
    /// array(0)
    argmax => Reducer::Argmax;
}

macro_rules! spread_reductions {
    ($($(#[doc = $doc:literal])* $name:ident => $reducer:expr;)*) => {
        #[pymethods]
        impl LazyArray {
            $(
                $(#[doc = $doc])*
                #[pyo3(signature = (axis=None, dtype=None, out=None, ddof=None, keepdims=None, *, r#where=None, mean=None,
                    correction=None))]
                #[expect(clippy::too_many_arguments, reason = "NumPy's signature")]
                fn $name(
                    &self,
                    py: Python<'_>,
                    axis: Option<&Bound<'_, PyAny>>,
                    dtype: Option<&Bound<'_, PyAny>>,
                    out: Option<&Bound<'_, PyAny>>,
                    ddof: Option<f64>,
                    keepdims: Option<&Bound<'_, PyAny>>,
                    r#where: Option<&Bound<'_, PyAny>>,
                    mean: Option<&Bound<'_, PyAny>>,
                    correction: Option<f64>,
                ) -> PyResult<Py<LazyArray>> {
                    let a = Reduction { axis, dtype, out, keepdims, initial: None, mask: r#where, mean };
                    let how: fn(f64) -> Reducer = $reducer;
                    let ddof = ddof.or(correction).unwrap_or(0.0);
                    LazyArray::object(py, reduce(&self.node, how(ddof), &a)?)
                }
            )*
        }
    };
}

spread_reductions! {
    /// Variance over axes, as ``numpy_rs.lazy.var``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([1.0, 2.0, 3.0]).var(ddof=1).compute()
    /// array(1.)
    var => Reducer::Var;
    /// Standard deviation over axes, as ``numpy_rs.lazy.std``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([1.0, 3.0]).std().compute()
    /// array(1.)
    std => Reducer::Std;
}

/// Arguments given one by one or as one sequence.
fn spread<'py>(args: &Bound<'py, PyTuple>) -> PyResult<SmallVec<[i64; 4]>> {
    if args.len() == 1 {
        return ints(&args.get_item(0)?);
    }
    args.iter().map(|a| index_int(&a)).collect()
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
        let shape = spread(shape).map_err(too_long)?;
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
    fn swapaxes(&self, py: Python<'_>, axis1: i64, axis2: i64) -> PyResult<Py<LazyArray>> {
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
        LazyArray::object(py, build::squeeze(&self.node, axes_of(&self.node, axis)?.as_deref())?)
    }

    /// The diagonal of two axes, as the last axis.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> x = lz.asarray([[1.0, 2.0], [3.0, 4.0]])
    /// >>> x.diagonal().compute()
    /// array([1., 4.])
    #[pyo3(signature = (offset=0, axis1=0, axis2=1))]
    fn diagonal(&self, py: Python<'_>, offset: i64, axis1: i64, axis2: i64) -> PyResult<Py<LazyArray>> {
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
    Ok(build::expand_dims(&convert::node(x)?, &ints(axis)?)?)
}
