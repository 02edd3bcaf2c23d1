//! `LazyArray`: a node of the graph with NumPy's operators.

use super::convert::{self, try_operand};
use super::dlpack;
use super::ndarray::NdArray;
use super::{dtype, evaluate, functions, ufunc};
use crate::dtype::{DType, Scalar};
use crate::graph::build::{self, IndexItem, Operand, ReduceOptions, Reducer};
use crate::graph::{Node, NodeRef};
use crate::ops::ufunc::Ufunc;
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::sync::atomic::{AtomicUsize, Ordering};

/// An array that is not computed yet: an expression over arrays, immutable.
///
/// Made by ``lz.asarray`` and by every function of ``numpy_rs.lazy``. ``compute()`` gives its value. ``repr`` and ``len``
/// compute nothing; ``bool``, ``int``, ``float``, ``complex``, ``item``, ``tolist``, iteration and ``numpy.asarray`` do.
///
/// Examples
/// --------
/// >>> import numpy_rs.lazy as lz
/// >>> x = lz.asarray([1.0, 2.0, 3.0])
/// >>> x * 2 + 1
/// LazyArray(shape=(3,), dtype=float64, ops=2)
/// >>> (x * 2 + 1).compute()
/// array([3., 5., 7.])
#[pyclass(frozen, module = "numpy_rs.lazy", weakref)]
pub struct LazyArray {
    /// The node.
    pub node: NodeRef,
}

impl LazyArray {
    /// The object of a node.
    pub fn object(py: Python<'_>, node: NodeRef) -> PyResult<Py<LazyArray>> {
        Py::new(py, LazyArray { node })
    }

    fn value(&self, py: Python<'_>) -> PyResult<NdArray> {
        let arrays = evaluate::compute_nodes(py, &[&self.node])?;
        Ok(NdArray { array: arrays.into_iter().next().expect("one node gives one array") })
    }

    fn scalar(&self, py: Python<'_>, to: &str) -> PyResult<Py<PyAny>> {
        if self.node.size() != 1 || !self.node.shape.is_empty() {
            return Err(PyTypeError::new_err(format!("only 0-dimensional arrays can be converted to Python {to}")));
        }
        self.value(py)?.item_at(py, 0)
    }
}

/// Goes over the elements, or rows, of a computed value.
#[pyclass(frozen, module = "numpy_rs.lazy")]
pub struct LazyIterator {
    node: NodeRef,
    next: AtomicUsize,
}

#[pymethods]
impl LazyIterator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<LazyArray>>> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        if at >= self.node.shape[0] {
            return Ok(None);
        }
        Ok(Some(LazyArray::object(py, build::index(&self.node, &[IndexItem::Int(at as i64)])?)?))
    }
}

/// A binary operator: `NotImplemented` where the other operand is nothing that we know, so that Python asks it.
fn binary(x: &Bound<'_, LazyArray>, other: &Bound<'_, PyAny>, u: Ufunc, swapped: bool) -> PyResult<Py<PyAny>> {
    let py = x.py();
    if let Ok(y) = other.cast_exact::<LazyArray>() {
        let (a, b) = if swapped { (y, x) } else { (x, y) };
        if let Some(node) = build::uniform_pair(u, &a.get().node, &b.get().node) {
            return Ok(LazyArray::object(py, node)?.into_any());
        }
    }
    let Some(other) = try_operand(other)? else { return Ok(py.NotImplemented()) };
    let own = Operand::Node(x.get().node.clone());
    let pair = if swapped { [other, own] } else { [own, other] };
    ufunc::results(py, u, &pair)
}

fn unary(x: &Bound<'_, LazyArray>, u: Ufunc) -> PyResult<Py<PyAny>> {
    ufunc::results(x.py(), u, &[Operand::Node(x.get().node.clone())])
}

/// A product of matrices by operator.
fn matmul(x: &Bound<'_, LazyArray>, other: &Bound<'_, PyAny>, swapped: bool) -> PyResult<Py<PyAny>> {
    let py = x.py();
    let Some(other) = try_operand(other)? else { return Ok(py.NotImplemented()) };
    let (own, other) = (&x.get().node, other.to_default_node()?);
    let (a, b) = if swapped { (&other, own) } else { (own, &other) };
    Ok(LazyArray::object(py, build::matmul(build::Product::Matmul, a, b)?)?.into_any())
}

#[pymethods]
impl LazyArray {
    /// Lengths of the axes.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).shape
    /// (2, 3)
    #[getter]
    pub fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.node.shape)
    }

    /// The element type.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros(2).dtype
    /// dtype('float64')
    #[getter]
    pub fn dtype(&self, py: Python<'_>) -> PyResult<Py<dtype::PyDType>> {
        dtype::object(py, self.node.dtype)
    }

    /// Number of axes.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).ndim
    /// 2
    #[getter]
    pub fn ndim(&self) -> usize {
        self.node.shape.len()
    }

    /// Number of elements.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).size
    /// 6
    #[getter]
    pub fn size(&self) -> usize {
        self.node.size()
    }

    /// Bytes of one element.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros(2).itemsize
    /// 8
    #[getter]
    pub fn itemsize(&self) -> usize {
        self.node.dtype.size()
    }

    /// Bytes of all elements.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).nbytes
    /// 48
    #[getter]
    pub fn nbytes(&self) -> usize {
        self.node.size() * self.node.dtype.size()
    }

    /// The axes reversed.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).T.shape
    /// (3, 2)
    #[getter(T)]
    fn transposed(&self, py: Python<'_>) -> PyResult<Py<LazyArray>> {
        LazyArray::object(py, build::transpose(&self.node, None)?)
    }

    /// The last two axes exchanged.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((5, 2, 3)).mT.shape
    /// (5, 3, 2)
    #[getter(mT)]
    fn matrix_transposed(&self, py: Python<'_>) -> PyResult<Py<LazyArray>> {
        if self.node.shape.len() < 2 {
            return Err(PyValueError::new_err("matrix transpose with ndim < 2 is undefined"));
        }
        LazyArray::object(py, build::swapaxes(&self.node, -1, -2)?)
    }

    /// The real part.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([1 + 2j]).real.compute()
    /// array([1.])
    #[getter]
    fn real(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        unary(slf, Ufunc::Real)
    }

    /// The imaginary part; zeros for real types.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.asarray([1 + 2j]).imag.compute()
    /// array([2.])
    #[getter]
    fn imag(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        unary(slf, Ufunc::Imag)
    }

    fn __repr__(&self) -> String {
        let shape = match self.node.shape.as_slice() {
            [one] => format!("({one},)"),
            s => format!("({})", s.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
        };
        let ops = functions::count_ops(&self.node);
        format!("LazyArray(shape={shape}, dtype={}, ops={ops})", self.node.dtype)
    }

    fn __len__(&self) -> PyResult<usize> {
        self.node.shape.first().copied().ok_or_else(|| PyTypeError::new_err("len() of unsized object"))
    }

    fn __getitem__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<Py<LazyArray>> {
        LazyArray::object(py, convert::index(&self.node, key)?)
    }

    fn __setitem__(&self, _key: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err("'LazyArray' object does not support item assignment: lazy arrays are values"))
    }

    /// The elements, or the rows, of the computed value.
    fn __iter__(&self, py: Python<'_>) -> PyResult<Py<LazyIterator>> {
        if self.node.shape.is_empty() {
            return Err(PyTypeError::new_err("iteration over a 0-d array"));
        }
        Py::new(py, LazyIterator { node: Node::data(self.value(py)?.array), next: AtomicUsize::new(0) })
    }

    fn __contains__(slf: &Bound<'_, Self>, x: &Bound<'_, PyAny>) -> PyResult<bool> {
        let equal = slf.as_any().rich_compare(x, CompareOp::Eq)?;
        match equal.cast_exact::<LazyArray>() {
            Ok(equal) => {
                let any = build::reduce(&equal.get().node, Reducer::Any, &ReduceOptions::default())?;
                LazyArray { node: any }.__bool__(slf.py())
            }
            Err(_) => equal.is_truthy(),
        }
    }

    fn __format__(&self, py: Python<'_>, spec: &str) -> PyResult<Py<PyAny>> {
        if self.node.shape.is_empty() {
            return self.value(py)?.item_at(py, 0)?.call_method1(py, "__format__", (spec,));
        }
        if spec.is_empty() {
            return Ok(self.__repr__().into_pyobject(py)?.into_any().unbind());
        }
        Err(PyTypeError::new_err("unsupported format string passed to LazyArray.__format__"))
    }

    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        if self.node.size() != 1 {
            return Err(PyValueError::new_err(if self.node.size() == 0 {
                "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty."
            } else {
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
            }));
        }
        self.value(py)?.item_at(py, 0)?.bind(py).is_truthy()
    }

    fn __int__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let v = self.scalar(py, "scalars")?;
        Ok(py.get_type::<pyo3::types::PyInt>().call1((v,))?.unbind())
    }

    fn __float__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let v = self.scalar(py, "scalars")?;
        Ok(py.get_type::<pyo3::types::PyFloat>().call1((v,))?.unbind())
    }

    fn __complex__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let v = self.scalar(py, "scalars")?;
        Ok(py.get_type::<pyo3::types::PyComplex>().call1((v,))?.unbind())
    }

    fn __index__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if !self.node.dtype.is_integer() || !self.node.shape.is_empty() {
            return Err(PyTypeError::new_err("only integer scalar arrays can be converted to a scalar index"));
        }
        self.scalar(py, "scalars")
    }

    fn __matmul__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        matmul(slf, other, false)
    }

    fn __rmatmul__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        matmul(slf, other, true)
    }

    fn __add__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Add, false)
    }

    fn __radd__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Add, true)
    }

    fn __sub__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Subtract, false)
    }

    fn __rsub__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Subtract, true)
    }

    fn __mul__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Multiply, false)
    }

    fn __rmul__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Multiply, true)
    }

    fn __truediv__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Divide, false)
    }

    fn __rtruediv__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Divide, true)
    }

    fn __floordiv__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::FloorDivide, false)
    }

    fn __rfloordiv__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::FloorDivide, true)
    }

    fn __mod__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Remainder, false)
    }

    fn __rmod__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Remainder, true)
    }

    fn __divmod__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Divmod, false)
    }

    fn __rdivmod__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Divmod, true)
    }

    fn __pow__(
        slf: &Bound<'_, Self>,
        other: &Bound<'_, PyAny>,
        modulo: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        if modulo.is_some_and(|m| !m.is_none()) {
            return Ok(slf.py().NotImplemented());
        }
        let Some(other) = try_operand(other)? else { return Ok(slf.py().NotImplemented()) };
        let node = build::power_operator(&Operand::Node(slf.get().node.clone()), &other)?;
        Ok(LazyArray::object(slf.py(), node)?.into_any())
    }

    fn __rpow__(
        slf: &Bound<'_, Self>,
        other: &Bound<'_, PyAny>,
        _modulo: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::Power, true)
    }

    fn __and__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::BitwiseAnd, false)
    }

    fn __rand__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::BitwiseAnd, true)
    }

    fn __or__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::BitwiseOr, false)
    }

    fn __ror__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::BitwiseOr, true)
    }

    fn __xor__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::BitwiseXor, false)
    }

    fn __rxor__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::BitwiseXor, true)
    }

    fn __lshift__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::LeftShift, false)
    }

    fn __rlshift__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::LeftShift, true)
    }

    fn __rshift__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::RightShift, false)
    }

    fn __rrshift__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        binary(slf, other, Ufunc::RightShift, true)
    }

    fn __neg__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        unary(slf, Ufunc::Negative)
    }

    fn __pos__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        unary(slf, Ufunc::Positive)
    }

    fn __abs__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        unary(slf, Ufunc::Absolute)
    }

    fn __invert__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        unary(slf, Ufunc::Invert)
    }

    fn __richcmp__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<Py<PyAny>> {
        let u = match op {
            CompareOp::Lt => Ufunc::Less,
            CompareOp::Le => Ufunc::LessEqual,
            CompareOp::Eq => Ufunc::Equal,
            CompareOp::Ne => Ufunc::NotEqual,
            CompareOp::Gt => Ufunc::Greater,
            CompareOp::Ge => Ufunc::GreaterEqual,
        };
        // Nothing equals None or text, element by element; what else is no array may know better.
        let equal = matches!(op, CompareOp::Eq);
        if (equal || matches!(op, CompareOp::Ne)) && (other.is_none() || other.cast::<PyString>().is_ok()) {
            let node = build::full(&slf.get().node.shape, Scalar::from_i128(DType::Bool, i128::from(!equal)))?;
            return Ok(LazyArray::object(slf.py(), node)?.into_any());
        }
        binary(slf, other, u, false)
    }

    /// The value, as an array. Warns of floating-point errors as `errstate` has it here.
    ///
    /// Parameters
    /// ----------
    /// out : array, optional
    ///     Where to put it: an array with the buffer protocol, writable, of the same shape, to whose dtype the
    ///     result casts by ``same_kind``.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///     The value, or ``out``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> (lz.asarray([1, 2]) + 1).compute()
    /// array([2, 3])
    #[pyo3(signature = (*, out=None))]
    fn compute(&self, py: Python<'_>, out: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        match out.filter(|o| !o.is_none()) {
            None => Ok(Py::new(py, self.value(py)?)?.into_any()),
            Some(out) => evaluate::compute_into(py, &self.node, out),
        }
    }

    /// A lazy array that holds its computed value.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> (lz.asarray([1, 2]) + 1).persist()
    /// LazyArray(shape=(2,), dtype=int64, ops=0)
    fn persist(&self, py: Python<'_>) -> PyResult<Py<LazyArray>> {
        let array = self.value(py)?.array;
        LazyArray::object(py, crate::graph::Node::data(array))
    }

    /// The element of an array of one element, or at a flat or multi-dimensional index, as a Python scalar. Computes.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.arange(6).reshape(2, 3).item(1, 2)
    /// 5
    #[pyo3(signature = (*args))]
    fn item(&self, py: Python<'_>, args: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
        self.value(py)?.item(py, args)
    }

    /// The elements as nested lists of Python scalars. Computes.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.arange(4).reshape(2, 2).tolist()
    /// [[0, 1], [2, 3]]
    fn tolist(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.value(py)?.tolist(py)
    }

    #[pyo3(signature = (dtype=None, *, copy=None))]
    fn __array__(&self, py: Python<'_>, dtype: Option<&Bound<'_, PyAny>>, copy: Option<bool>) -> PyResult<Py<PyAny>> {
        if copy == Some(false) {
            return Err(PyValueError::new_err(functions::NO_COPY));
        }
        let value = Py::new(py, self.value(py)?)?;
        let options = PyDict::new(py);
        if let Some(d) = dtype.filter(|d| !d.is_none()) {
            options.set_item("dtype", d)?;
        }
        Ok(py.import("numpy")?.getattr("asarray")?.call((value,), Some(&options))?.unbind())
    }

    fn __copy__(slf: &Bound<'_, Self>) -> Py<LazyArray> {
        slf.clone().unbind()
    }

    fn __deepcopy__(slf: &Bound<'_, Self>, _memo: &Bound<'_, PyAny>) -> Py<LazyArray> {
        slf.clone().unbind()
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, (Py<NdArray>,))> {
        // A graph may hold memory that another process cannot see: its value travels.
        let asarray = py.import("numpy_rs._core")?.getattr("asarray")?.unbind();
        Ok((asarray, (Py::new(py, self.value(py)?)?,)))
    }

    #[pyo3(signature = (*, stream=None, max_version=None, dl_device=None, copy=None))]
    fn __dlpack__(
        &self,
        py: Python<'_>,
        stream: Option<&Bound<'_, PyAny>>,
        max_version: Option<&Bound<'_, PyAny>>,
        dl_device: Option<&Bound<'_, PyAny>>,
        copy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let asked = dlpack::Asked { stream, max_version, dl_device, copy };
        if asked.check()? == Some(false) {
            return Err(PyBufferError::new_err("a lazy array is computed into memory of its own: it is always a copy"));
        }
        dlpack::to_dlpack(py, &self.value(py)?.array)
    }

    fn __dlpack_device__(&self) -> (i32, i32) {
        dlpack::DEVICE
    }
}
