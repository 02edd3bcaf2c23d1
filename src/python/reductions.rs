//! `LazyArray`'s reductions: methods by NumPy's signatures.

use super::convert::{index_int, is_scalar_or_sequence, node, operand, optional_axes, optional_dtype};
use super::functions::no_out;
use super::lazy::LazyArray;
use super::numbers::{ONE_AXIS, REDUCED, Taken, c_integer};
use crate::graph::NodeRef;
use crate::graph::build::{self, ReduceOptions, Reducer};
use pyo3::exceptions::PyTypeError;
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
pub fn axes_of(x: &NodeRef, axis: Option<&Bound<'_, PyAny>>, taken: Taken) -> PyResult<Option<SmallVec<[i64; 4]>>> {
    if let Some(a) = axis.filter(|a| a.cast::<PyList>().is_ok()) {
        // A tuple is no list here, in NumPy either.
        index_int(a)?;
    }
    let axes = optional_axes(axis, taken)?;
    let single = axis.is_some_and(|a| a.cast::<PyTuple>().is_err());
    if x.shape.is_empty() && single && matches!(axes.as_deref(), Some([0 | -1])) {
        return Ok(Some(SmallVec::new()));
    }
    Ok(axes)
}

/// A reduction of a node by Python's arguments.
pub fn reduce(x: &NodeRef, how: Reducer, a: &Reduction<'_, '_>) -> PyResult<NodeRef> {
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
    let axes = match how {
        // Counted in Python first, where each axis is normalized, and an array without axes has none.
        Reducer::Mean | Reducer::Var(_) | Reducer::Std(_) => {
            let counted = a.axis.filter(|a| a.cast::<PyList>().is_err());
            optional_axes(counted, Taken::Parsed)?;
            if counted.is_some() { optional_axes(counted, REDUCED)? } else { axes_of(x, a.axis, REDUCED)? }
        }
        Reducer::Argmin | Reducer::Argmax => axes_of(x, a.axis, ONE_AXIS)?,
        _ => axes_of(x, a.axis, REDUCED)?,
    };
    let options = ReduceOptions {
        axes,
        dtype: optional_dtype(a.dtype)?,
        keepdims: match (a.keepdims, how) {
            (None, _) => false,
            (Some(k), Reducer::Argmin | Reducer::Argmax) => k.is_truthy()?,
            (Some(k), _) => c_integer(k, Taken::Parsed)? != 0,
        },
        mask,
        initial: a.initial.filter(|i| !i.is_none()).map(operand).transpose()?,
        mean: a.mean.filter(|m| !m.is_none()).map(operand).transpose()?,
    };
    Ok(build::reduce(x, how, &options)?)
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
                        c_integer(a, ONE_AXIS)?;
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
