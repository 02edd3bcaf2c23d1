//! `ndarray`: a computed array. Here with what reading needs; writing comes with the eager face.
#![expect(unsafe_code, reason = "the buffer protocol's hooks receive raw structures")]

use super::convert::index_int;
use super::dlpack;
use super::dtype::{self, PyDType};
use super::interop;
use crate::array::{Array, layout};
use crate::dtype::{Kind, Scalar};
use crate::graph::{Node, NodeOp};
use crate::kernels::movement;
use pyo3::exceptions::{PyIndexError, PyMemoryError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyDict, PyList, PyTuple};
use std::ffi::c_int;

/// A computed array: strided memory with a shape and an element type.
///
/// Shares its memory with NumPy without a copy: ``numpy.asarray(a)``.
///
/// Examples
/// --------
/// >>> import numpy_rs.lazy as lz
/// >>> a = lz.arange(6).reshape(2, 3).compute()
/// >>> a.shape, a[1, 2].item()
/// ((2, 3), 5)
#[pyclass(frozen, name = "ndarray", module = "numpy_rs", weakref)]
pub struct NdArray {
    /// The array.
    pub array: Array,
}

/// A value as the Python scalar that `item()` gives.
pub fn python_scalar(py: Python<'_>, v: Scalar) -> PyResult<Py<PyAny>> {
    Ok(match v.dtype().kind() {
        Kind::Bool => (v.bits() != 0).into_pyobject(py)?.to_owned().into_any().unbind(),
        Kind::Signed | Kind::Unsigned => v.to_i128().into_pyobject(py)?.into_any().unbind(),
        Kind::Float => v.to_f64().into_pyobject(py)?.into_any().unbind(),
        Kind::Complex => {
            let (re, im) = v.to_complex();
            PyComplex::from_doubles(py, re, im).into_any().unbind()
        }
    })
}

impl NdArray {
    /// The element at a position in C order.
    pub fn item_at(&self, py: Python<'_>, position: usize) -> PyResult<Py<PyAny>> {
        let mut rest = position;
        let mut index = vec![0; self.array.ndim()];
        for (i, &n) in index.iter_mut().zip(self.array.shape()).rev() {
            *i = rest % n;
            rest /= n;
        }
        python_scalar(py, self.array.element(&index))
    }

    fn view(&self, key: &Bound<'_, PyAny>) -> PyResult<Array> {
        let node = super::convert::index(&Node::data(self.array.clone()), key)?;
        match &node.op {
            NodeOp::Data(array) => Ok(array.clone()),
            // Integer and boolean arrays pick: that is a computation.
            _ => Ok(super::evaluate::compute_nodes(key.py(), &[&node])?.remove(0)),
        }
    }

    fn nested(&self, py: Python<'_>, index: &mut Vec<usize>) -> PyResult<Py<PyAny>> {
        let depth = index.len();
        if depth == self.array.ndim() {
            return python_scalar(py, self.array.element(index));
        }
        let (list, length) = (PyList::empty(py), self.array.shape()[depth]);
        for i in 0..length {
            if i % SIGNALS == SIGNALS - 1 {
                py.check_signals()?;
            }
            index.push(i);
            list.append(self.nested(py, index)?)?;
            index.pop();
        }
        Ok(list.into_any().unbind())
    }
}

/// Items of a list between two looks for signals: some milliseconds.
const SIGNALS: usize = 1 << 16;

/// How pickle makes an array again: a function and its arguments.
type Reduced = (Py<PyAny>, (Py<PyAny>, &'static str, Py<PyAny>));

#[pymethods]
impl NdArray {
    /// Lengths of the axes.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).compute().shape
    /// (2, 3)
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.array.shape())
    }

    /// Bytes from one element to the next along each axis.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).compute().strides
    /// (24, 8)
    #[getter]
    fn strides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.array.strides())
    }

    /// The element type.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros(2).compute().dtype
    /// dtype('float64')
    #[getter]
    fn dtype(&self, py: Python<'_>) -> PyResult<Py<PyDType>> {
        dtype::object(py, self.array.dtype())
    }

    /// Number of axes.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).compute().ndim
    /// 2
    #[getter]
    fn ndim(&self) -> usize {
        self.array.ndim()
    }

    /// Number of elements.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).compute().size
    /// 6
    #[getter]
    fn size(&self) -> usize {
        self.array.size()
    }

    /// Bytes of one element.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros(2).compute().itemsize
    /// 8
    #[getter]
    fn itemsize(&self) -> usize {
        self.array.dtype().size()
    }

    /// Bytes of all elements.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).compute().nbytes
    /// 48
    #[getter]
    fn nbytes(&self) -> usize {
        self.array.size() * self.array.dtype().size()
    }

    /// The axes reversed: a view.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.zeros((2, 3)).compute().T.shape
    /// (3, 2)
    #[getter(T)]
    fn transposed(&self) -> PyResult<NdArray> {
        let shape = self.array.shape().iter().rev().copied().collect();
        let strides = self.array.strides().iter().rev().copied().collect();
        Ok(NdArray { array: self.array.with_layout(self.array.offset(), shape, strides)? })
    }

    /// The array interface protocol, version 3.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let d = PyDict::new(py);
        d.set_item("version", 3)?;
        d.set_item("shape", self.shape(py)?)?;
        d.set_item("typestr", dtype::object(py, self.array.dtype())?.getattr(py, "str")?)?;
        d.set_item("data", (self.array.data() as usize, !self.array.buffer().is_writable()))?;
        let contiguous = self.array.is_c_contiguous();
        d.set_item("strides", if contiguous { py.None().into_bound(py) } else { self.strides(py)?.into_any() })?;
        Ok(d)
    }

    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let array = slf.get().array.clone();
        // SAFETY: Python passes a structure of its own; the array lives as long as its object.
        unsafe { interop::export(slf.into_any(), &array, view, flags) }
    }

    unsafe fn __releasebuffer__(&self, view: *mut ffi::Py_buffer) {
        // SAFETY: Python releases each view that `__getbuffer__` filled in once.
        unsafe { interop::release(view) };
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
        match (dlpack::Asked { stream, max_version, dl_device, copy }).check()? {
            Some(true) => dlpack::to_dlpack(py, &movement::own(&self.array)?),
            Some(false) | None => dlpack::to_dlpack(py, &self.array),
        }
    }

    fn __dlpack_device__(&self) -> (i32, i32) {
        dlpack::DEVICE
    }

    fn __len__(&self) -> PyResult<usize> {
        self.array.shape().first().copied().ok_or_else(|| PyTypeError::new_err("len() of unsized object"))
    }

    fn __getitem__(&self, key: &Bound<'_, PyAny>) -> PyResult<NdArray> {
        Ok(NdArray { array: self.view(key)? })
    }

    fn __iter__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        if slf.get().array.ndim() == 0 {
            return Err(PyTypeError::new_err("iteration over a 0-d array"));
        }
        let py = slf.py();
        let parts: Vec<Py<NdArray>> = (0..slf.get().array.shape()[0])
            .map(|i| Py::new(py, slf.get().__getitem__(i.into_pyobject(py)?.as_any())?))
            .collect::<PyResult<_>>()?;
        Ok(PyTuple::new(py, parts)?.try_iter()?.into_any().unbind())
    }

    /// The element of an array of one element, or at a flat or multi-dimensional index, as a Python scalar.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.arange(6).compute().item(4)
    /// 4
    #[pyo3(signature = (*args))]
    pub fn item(&self, py: Python<'_>, args: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
        let args = match args.len() {
            1 if args.get_item(0)?.cast::<PyTuple>().is_ok() => args.get_item(0)?.cast::<PyTuple>()?.clone(),
            _ => args.clone(),
        };
        if args.is_empty() {
            if self.array.size() != 1 {
                return Err(PyValueError::new_err("can only convert an array of size 1 to a Python scalar"));
            }
            return self.item_at(py, 0);
        }
        if args.len() == 1 {
            let (i, n) = (index_int(&args.get_item(0)?)?, self.array.size() as i64);
            if i < -n || i >= n {
                let text = format!("index {i} is out of bounds for size {n}");
                return Err(PyIndexError::new_err(text));
            }
            return self.item_at(py, (if i < 0 { i + n } else { i }) as usize);
        }
        if args.len() != self.array.ndim() {
            return Err(PyValueError::new_err("incorrect number of indices for array"));
        }
        let mut index = Vec::with_capacity(args.len());
        for (axis, a) in args.iter().enumerate() {
            let (i, size) = (index_int(&a)?, self.array.shape()[axis]);
            if i < -(size as i64) || i >= size as i64 {
                return Err(crate::error::Error::IndexOutOfBounds { index: i, axis, size }.into());
            }
            index.push(if i < 0 { i + size as i64 } else { i } as usize);
        }
        python_scalar(py, self.array.element(&index))
    }

    /// The elements as nested lists of Python scalars.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.arange(3).compute().tolist()
    /// [0, 1, 2]
    pub fn tolist(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        // Lists of nothing may be more than memory holds, although the array takes none.
        let lists =
            self.array.shape().iter().take_while(|&&n| n > 0).fold(1, |lists: usize, &n| lists.saturating_mul(n));
        if self.array.size() == 0 && Vec::<*const u8>::new().try_reserve_exact(lists).is_err() {
            return Err(PyMemoryError::new_err(()));
        }
        self.nested(py, &mut Vec::with_capacity(self.array.ndim()))
    }

    /// The bytes of the elements in C order.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.arange(2, dtype=lz.uint8).compute().tobytes()
    /// b'\x00\x01'
    fn tobytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyBytes>> {
        let node = Node::data(self.array.clone());
        let flat = crate::graph::build::reshape(&node, &[-1])?;
        let array = super::evaluate::compute_nodes(py, &[&flat])?.remove(0);
        let size = array.dtype().size();
        let bytes: Vec<u8> = (0..array.size()).flat_map(|i| array.element(&[i]).bytes()[..size].to_vec()).collect();
        Ok(pyo3::types::PyBytes::new(py, &bytes))
    }

    /// An array has no hash, as it is no value that stays.
    #[classattr]
    const __hash__: Option<Py<PyAny>> = None;

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        Ok(slf.py().import("numpy_rs._print")?.getattr("array_repr")?.call1((slf,))?.unbind())
    }

    fn __str__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        Ok(slf.py().import("numpy_rs._print")?.getattr("array_str")?.call1((slf,))?.unbind())
    }

    fn __format__(slf: &Bound<'_, Self>, spec: &str) -> PyResult<Py<PyAny>> {
        let this = slf.get();
        if this.array.ndim() == 0 {
            let item = this.item_at(slf.py(), 0)?;
            return Ok(item.bind(slf.py()).call_method1("__format__", (spec,))?.unbind());
        }
        if spec.is_empty() {
            return NdArray::__str__(slf);
        }
        Err(PyTypeError::new_err("unsupported format string passed to numpy_rs.ndarray.__format__"))
    }

    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        if self.array.size() != 1 {
            return Err(PyValueError::new_err(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
            ));
        }
        self.item_at(py, 0)?.bind(py).is_truthy()
    }

    fn __int__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(py.get_type::<pyo3::types::PyInt>().call1((self.only(py)?,))?.unbind())
    }

    fn __float__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(py.get_type::<pyo3::types::PyFloat>().call1((self.only(py)?,))?.unbind())
    }

    fn __complex__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(py.get_type::<PyComplex>().call1((self.only(py)?,))?.unbind())
    }

    fn __index__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if !self.array.dtype().is_integer() || self.array.ndim() != 0 {
            return Err(PyTypeError::new_err("only integer scalar arrays can be converted to a scalar index"));
        }
        self.item_at(py, 0)
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<Reduced> {
        let make = py.import("numpy_rs._core")?.getattr("from_bytes")?.unbind();
        let shape = self.shape(py)?.into_any().unbind();
        Ok((make, (self.tobytes(py)?.into_any().unbind(), self.array.dtype().name(), shape)))
    }
}

impl NdArray {
    fn only(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if self.array.ndim() != 0 {
            return Err(PyTypeError::new_err("only 0-dimensional arrays can be converted to Python scalars"));
        }
        self.item_at(py, 0)
    }

    /// A C-contiguous array of these bytes.
    pub fn from_bytes(bytes: &[u8], dtype: crate::dtype::DType, shape: &[usize]) -> PyResult<NdArray> {
        let need = layout::checked_bytes(shape, dtype.size())?;
        if need != bytes.len() {
            return Err(PyValueError::new_err("buffer size does not match the shape"));
        }
        Ok(NdArray { array: Array::from_bytes(dtype, shape, bytes)? })
    }
}
