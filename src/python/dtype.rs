//! `numpy_rs.dtype`, and element types from whatever Python calls one.

use super::interop::{dtype_of, kind_letter};
use crate::dtype::DType;
use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt, PyString, PyType};

/// An element type: ``dtype('float64')``.
///
/// Made from NumPy's names, codes and types: ``dtype('f4')``, ``dtype(float)``, ``dtype(numpy.int8)``. Compares equal to
/// whatever names the same type, NumPy's own ``dtype`` included.
///
/// Examples
/// --------
/// >>> import numpy_rs.lazy as lz
/// >>> lz.dtype('f4').name
/// 'float32'
#[pyclass(frozen, name = "dtype", module = "numpy_rs")]
pub struct PyDType {
    /// The type.
    pub dtype: DType,
}

static OBJECTS: PyOnceLock<Vec<Py<PyDType>>> = PyOnceLock::new();

/// The one Python object of an element type.
pub fn object(py: Python<'_>, dtype: DType) -> PyResult<Py<PyDType>> {
    let all = OBJECTS.get_or_try_init(py, || {
        DType::ALL.into_iter().map(|dtype| Py::new(py, PyDType { dtype })).collect::<PyResult<_>>()
    })?;
    Ok(all[dtype as usize].clone_ref(py))
}

/// The element type of a name or code: `float64`, `f8`, `<f8`, `d`, `double`.
pub fn parse(text: &str) -> Option<DType> {
    if let Some(d) = DType::ALL.into_iter().find(|d| d.name() == text) {
        return Some(d);
    }
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return DType::from_char(c);
    }
    let bare = text.strip_prefix(['<', '=', '|']).unwrap_or(text);
    let mut chars = bare.chars();
    if let Some(kind) = chars.next()
        && let Ok(size) = chars.as_str().parse::<usize>()
    {
        return dtype_of(kind, size);
    }
    match bare {
        "bool_" => Some(DType::Bool),
        "byte" => Some(DType::I8),
        "ubyte" => Some(DType::U8),
        "short" => Some(DType::I16),
        "ushort" => Some(DType::U16),
        "intc" => Some(DType::I32),
        "uintc" => Some(DType::U32),
        "int" | "int_" | "intp" | "long" | "longlong" => Some(DType::I64),
        "uint" | "uintp" | "ulong" | "ulonglong" => Some(DType::U64),
        "half" => Some(DType::F16),
        "single" => Some(DType::F32),
        "float" | "double" => Some(DType::F64),
        "csingle" => Some(DType::C64),
        "complex" | "cdouble" => Some(DType::C128),
        _ => bare.chars().next().filter(|_| bare.len() == 1).and_then(DType::from_char),
    }
}

fn of_type(t: &Bound<'_, PyType>) -> Option<DType> {
    let py = t.py();
    if t.is(py.get_type::<PyBool>()) {
        Some(DType::Bool)
    } else if t.is(py.get_type::<PyInt>()) {
        Some(DType::I64)
    } else if t.is(py.get_type::<PyFloat>()) {
        Some(DType::F64)
    } else if t.is(py.get_type::<PyComplex>()) {
        Some(DType::C128)
    } else {
        t.name().ok().and_then(|n| n.to_str().ok().and_then(parse))
    }
}

/// The element type that a Python object names.
pub fn try_extract(x: &Bound<'_, PyAny>) -> Option<DType> {
    if let Ok(d) = x.cast::<PyDType>() {
        return Some(d.get().dtype);
    }
    if let Ok(s) = x.cast::<PyString>() {
        return s.to_str().ok().and_then(parse);
    }
    if let Ok(t) = x.cast::<PyType>() {
        return of_type(t);
    }
    // NumPy's dtype objects, and others that look like them.
    let text = x.getattr("str").ok()?;
    text.cast::<PyString>().ok()?.to_str().ok().and_then(parse)
}

/// The element type that a Python object names.
///
/// # Errors
/// `TypeError` with NumPy's text.
pub fn extract(x: &Bound<'_, PyAny>) -> PyResult<DType> {
    try_extract(x).ok_or_else(|| match x.cast::<PyString>() {
        Ok(s) => PyTypeError::new_err(format!("data type '{s}' not understood")),
        Err(_) => match x.repr() {
            Ok(r) => PyTypeError::new_err(format!("Cannot interpret '{r}' as a data type")),
            Err(e) => e,
        },
    })
}

#[pymethods]
impl PyDType {
    #[new]
    fn new(py: Python<'_>, dtype: &Bound<'_, PyAny>) -> PyResult<Py<PyDType>> {
        object(py, if dtype.is_none() { DType::F64 } else { extract(dtype)? })
    }

    /// The name: ``'float64'``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.dtype('f8').name
    /// 'float64'
    #[getter]
    fn name(&self) -> &'static str {
        self.dtype.name()
    }

    /// The kind of number: one of ``b i u f c``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.dtype('f8').kind
    /// 'f'
    #[getter]
    fn kind(&self) -> char {
        kind_letter(self.dtype)
    }

    /// The one-letter code: ``'d'``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.dtype('f8').char
    /// 'd'
    #[getter]
    fn char(&self) -> char {
        self.dtype.char()
    }

    /// NumPy's type number.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.dtype('f8').num
    /// 12
    #[getter]
    fn num(&self) -> u8 {
        self.dtype.num()
    }

    /// Bytes of one element.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.dtype('f8').itemsize
    /// 8
    #[getter]
    fn itemsize(&self) -> usize {
        self.dtype.size()
    }

    /// Bytes to which elements are aligned.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.dtype('c16').alignment
    /// 8
    #[getter]
    fn alignment(&self) -> usize {
        self.dtype.align()
    }

    /// Byte order, kind and size: ``'<f8'``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.dtype('float64').str
    /// '<f8'
    #[getter]
    fn str(&self) -> String {
        let order = if self.dtype.size() == 1 { '|' } else { '<' };
        format!("{order}{}{}", kind_letter(self.dtype), self.dtype.size())
    }

    /// ``'='``, or ``'|'`` where order does not matter.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.dtype('f8').byteorder
    /// '='
    #[getter]
    fn byteorder(&self) -> char {
        if self.dtype.size() == 1 { '|' } else { '=' }
    }

    /// True: elements are in the machine's byte order.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.dtype('f8').isnative
    /// True
    #[getter]
    fn isnative(&self) -> bool {
        true
    }

    fn __repr__(&self) -> String {
        format!("dtype('{}')", self.dtype.name())
    }

    fn __str__(&self) -> &'static str {
        self.dtype.name()
    }

    fn __hash__(&self) -> u64 {
        u64::from(self.dtype.num()) + 1
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<bool> {
        let other = try_extract(other);
        Ok(match op {
            CompareOp::Eq => other == Some(self.dtype),
            CompareOp::Ne => other != Some(self.dtype),
            CompareOp::Le => other.is_some_and(|o| crate::dtype::can_cast_safely(self.dtype, o)),
            CompareOp::Lt => other.is_some_and(|o| o != self.dtype && crate::dtype::can_cast_safely(self.dtype, o)),
            CompareOp::Ge => other.is_some_and(|o| crate::dtype::can_cast_safely(o, self.dtype)),
            CompareOp::Gt => other.is_some_and(|o| o != self.dtype && crate::dtype::can_cast_safely(o, self.dtype)),
        })
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, (&'static str,))> {
        Ok((py.get_type::<PyDType>().into_any().unbind(), (self.dtype.name(),)))
    }
}
