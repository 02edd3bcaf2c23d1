//! Memory of others and memory for others: `__array_struct__`, the buffer protocol.
#![expect(unsafe_code, reason = "reads the C structures by which Python libraries share arrays")]

use crate::array::{Array, Keep, Shape, Strides, layout};
use crate::dtype::DType;
use crate::error::Result;
use pyo3::exceptions::{PyBufferError, PyValueError};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyType};
use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

/// NumPy's `PyArrayInterface`, documented as the array interface protocol's C side.
#[repr(C)]
struct ArrayInterface {
    two: c_int,
    nd: c_int,
    typekind: c_char,
    itemsize: c_int,
    flags: c_int,
    shape: *const isize,
    strides: *const isize,
    data: *mut c_void,
}

const NOT_SWAPPED: c_int = 0x200;
const WRITEABLE: c_int = 0x400;

/// The element type of a kind letter and a size.
pub fn dtype_of(kind: char, size: usize) -> Option<DType> {
    DType::ALL.into_iter().find(|d| d.size() == size && kind_letter(*d) == kind)
}

/// NumPy's `dtype.kind`.
pub fn kind_letter(d: DType) -> char {
    use crate::dtype::Kind;
    match d.kind() {
        Kind::Bool => 'b',
        Kind::Signed => 'i',
        Kind::Unsigned => 'u',
        Kind::Float => 'f',
        Kind::Complex => 'c',
    }
}

/// The fields of NumPy's `ndarray` object that its C API documents (`PyArrayObject_fields`) and never moves.
#[repr(C)]
struct NumpyArray {
    head: ffi::PyObject,
    data: *mut c_void,
    nd: c_int,
    dimensions: *const isize,
    strides: *const isize,
    base: *mut ffi::PyObject,
    descr: *const NumpyDescr,
    flags: c_int,
}

/// The first fields of NumPy's `dtype` object, the same in NumPy 1 and 2.
#[repr(C)]
struct NumpyDescr {
    head: ffi::PyObject,
    typeobj: *mut ffi::PyObject,
    kind: c_char,
    letter: c_char,
    byteorder: c_char,
    flags: c_char,
    type_num: c_int,
}

/// The type object of NumPy's arrays, once one of them was seen to have its fields where [`NumpyArray`] says.
static NUMPY_ARRAY: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(std::ptr::null_mut());

/// An array over the memory of a NumPy array of native byte order, read from its fields: what [`from_array_struct`] gives,
/// without the capsule. `None` for anything else.
pub fn from_numpy(x: &Bound<'_, PyAny>) -> PyResult<Option<Array>> {
    if x.get_type_ptr() != NUMPY_ARRAY.load(Ordering::Relaxed) {
        return Ok(None);
    }
    // SAFETY: the type is the one whose objects have these fields.
    unsafe { numpy_fields(x) }
}

/// # Safety
/// `x` is an object with the fields of [`NumpyArray`].
unsafe fn numpy_fields(x: &Bound<'_, PyAny>) -> PyResult<Option<Array>> {
    // SAFETY: by contract; a NumPy array has a descriptor.
    let (a, descr) = unsafe {
        let a = &*x.as_ptr().cast::<NumpyArray>();
        (a, &*a.descr)
    };
    let dtype = match (descr.type_num, descr.byteorder as u8) {
        (_, b'<' | b'>') => return Ok(None),
        (0, _) => DType::Bool,
        (1, _) => DType::I8,
        (2, _) => DType::U8,
        (3, _) => DType::I16,
        (4, _) => DType::U16,
        (5, _) => DType::I32,
        (6, _) => DType::U32,
        (7, _) if size_of::<std::ffi::c_long>() == 8 => DType::I64,
        (8, _) if size_of::<std::ffi::c_long>() == 8 => DType::U64,
        (9, _) => DType::I64,
        (10, _) => DType::U64,
        (11, _) => DType::F32,
        (12, _) => DType::F64,
        (14, _) => DType::C64,
        (15, _) => DType::C128,
        (23, _) => DType::F16,
        _ => return Ok(None),
    };
    let nd = a.nd as usize;
    let (mut shape, mut strides) = (Shape::new(), Strides::new());
    for d in 0..nd {
        // SAFETY: a NumPy array has `nd` lengths, none negative, and as many strides.
        unsafe {
            shape.push(*a.dimensions.add(d) as usize);
            strides.push(*a.strides.add(d));
        }
    }
    let writable = a.flags & WRITEABLE != 0;
    // SAFETY: the object keeps its memory valid while it lives: NumPy refuses to resize an array that others refer to.
    Ok(Some(unsafe { Array::over(a.data.cast(), shape, strides, dtype, writable, Keep::new(x.clone().unbind())) }?))
}

/// Learns where NumPy's arrays keep their fields, from one whose `__array_struct__` gave `known`.
fn learn_numpy(x: &Bound<'_, PyAny>, known: &Array) {
    let is_numpy = || -> PyResult<bool> {
        let t = x.get_type();
        Ok(is_static(&t) && numpy(x.py())?.getattr("ndarray")?.is(&t))
    };
    if !NUMPY_ARRAY.load(Ordering::Relaxed).is_null() || known.ndim() == 0 || !is_numpy().unwrap_or(false) {
        return;
    }
    // SAFETY: the type is NumPy's own, whose objects have these fields in every version so far; that they agree with what
    // the array interface protocol says is seen next.
    let fields = unsafe { numpy_fields(x) };
    let agrees = |a: &Array| {
        a.data() == known.data()
            && a.dtype() == known.dtype()
            && a.shape() == known.shape()
            && a.strides() == known.strides()
            && a.buffer().is_writable() == known.buffer().is_writable()
    };
    if matches!(&fields, Ok(Some(a)) if agrees(a)) {
        NUMPY_ARRAY.store(x.get_type_ptr(), Ordering::Relaxed);
    }
}

/// A type of NumPy's scalars, once one of its objects was seen to have its value behind the head.
struct ScalarType {
    object: AtomicPtr<ffi::PyTypeObject>,
    dtype: AtomicU8,
}

/// The types that were seen; 64-bit integers have two.
static NUMPY_SCALARS: [ScalarType; 16] =
    [const { ScalarType { object: AtomicPtr::new(std::ptr::null_mut()), dtype: AtomicU8::new(0) } }; 16];

/// An array over the value of a NumPy scalar: what [`from_array_struct`] gives, without the capsule. `None` for anything else.
pub fn from_numpy_scalar(x: &Bound<'_, PyAny>) -> PyResult<Option<Array>> {
    let object = x.get_type_ptr();
    let Some(known) = NUMPY_SCALARS.iter().find(|t| t.object.load(Ordering::Acquire) == object) else {
        return Ok(None);
    };
    // SAFETY: objects of this type have a value of this type behind their head.
    Ok(Some(unsafe { scalar_field(x, DType::ALL[usize::from(known.dtype.load(Ordering::Relaxed))]) }?))
}

/// # Safety
/// The object has an element of this type behind its head.
unsafe fn scalar_field(x: &Bound<'_, PyAny>, dtype: DType) -> Result<Array> {
    // SAFETY: by contract; the object lives as long as the array, and never changes.
    unsafe {
        let value = x.as_ptr().cast::<u8>().add(size_of::<ffi::PyObject>());
        Array::over(value, Shape::new(), Strides::new(), dtype, false, Keep::new(x.clone().unbind()))
    }
}

/// Learns where NumPy's scalars of a type keep their values, from one whose `__array_struct__` gave `known`.
fn learn_scalar(x: &Bound<'_, PyAny>, known: &Array) {
    let is_numpy = || -> PyResult<bool> {
        let (t, module) = (x.get_type(), numpy(x.py())?);
        let basic =
            t.getattr("__basicsize__")?.extract::<usize>()? >= size_of::<ffi::PyObject>() + known.dtype().size();
        let own = module.getattr(t.name()?)?.is(&t) && t.is_subclass(&module.getattr("generic")?)?;
        Ok(own && basic && is_static(&t))
    };
    if known.ndim() != 0 || !is_numpy().unwrap_or(false) {
        return;
    }
    // SAFETY: the type is NumPy's own, whose objects are their head and the value; there are as many bytes. That it is the
    // value is seen next.
    let Ok(field) = (unsafe { scalar_field(x, known.dtype()) }) else { return };
    let Some(index) = DType::ALL.iter().position(|&d| d == known.dtype()) else { return };
    // The interpreter's lock is held: nobody else writes.
    let free = NUMPY_SCALARS.iter().find(|t| t.object.load(Ordering::Relaxed).is_null());
    if let Some(free) = free.filter(|_| field.element(&[]).bits() == known.element(&[]).bits()) {
        free.dtype.store(index as u8, Ordering::Relaxed);
        free.object.store(x.get_type_ptr(), Ordering::Release);
    }
}

/// NumPy, if it was imported.
fn numpy(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    py.import(intern!(py, "sys"))?.getattr("modules")?.get_item("numpy")
}

/// False for classes that Python code makes.
fn is_static(t: &Bound<'_, PyType>) -> bool {
    /// `Py_TPFLAGS_HEAPTYPE`.
    const HEAP: std::ffi::c_ulong = 1 << 9;
    // SAFETY: a live type object.
    unsafe { ffi::PyType_GetFlags(t.as_type_ptr()) & HEAP == 0 }
}

/// An array over the memory of an object with `__array_struct__` (NumPy's arrays and scalars), or `None`.
pub fn from_array_struct(x: &Bound<'_, PyAny>) -> PyResult<Option<Array>> {
    let Ok(capsule) = x.getattr(intern!(x.py(), "__array_struct__")) else { return Ok(None) };
    let Ok(capsule) = capsule.cast_into::<PyCapsule>() else { return Ok(None) };
    let pointer = capsule.pointer_checked(None)?;
    // SAFETY: the protocol says that the unnamed capsule holds a `PyArrayInterface`, valid while the capsule lives; `two`
    // is checked as the protocol asks.
    let a = unsafe { &*pointer.as_ptr().cast::<ArrayInterface>() };
    if a.two != 2 || a.nd < 0 || a.itemsize < 0 || a.flags & NOT_SWAPPED == 0 {
        return Ok(None);
    }
    let Some(dtype) = dtype_of(a.typekind as u8 as char, a.itemsize as usize) else { return Ok(None) };
    let nd = a.nd as usize;
    let (shape, strides): (&[isize], &[isize]) = if nd == 0 {
        (&[], &[])
    } else {
        // SAFETY: the protocol gives `nd` lengths and `nd` strides.
        unsafe { (std::slice::from_raw_parts(a.shape, nd), std::slice::from_raw_parts(a.strides, nd)) }
    };
    if shape.iter().any(|&n| n < 0) {
        return Err(PyValueError::new_err("negative dimensions are not allowed"));
    }
    let (data, writable) = (a.data.cast::<u8>(), a.flags & WRITEABLE != 0);
    let keep = Keep::new(capsule.clone().unbind());
    let mut lengths = Shape::new();
    shape.iter().for_each(|&n| lengths.push(n as usize));
    let shape = lengths;
    // SAFETY: the exporter keeps the memory valid while the capsule lives, which `keep` does.
    let array = unsafe { Array::over(data, shape, Strides::from_slice(strides), dtype, writable, keep) }?;
    learn_numpy(x, &array);
    learn_scalar(x, &array);
    Ok(Some(array))
}

/// An array over the memory that an object's `__array_interface__` describes, or `None` where there is none that we can read.
pub fn from_array_interface(x: &Bound<'_, PyAny>) -> PyResult<Option<Array>> {
    let py = x.py();
    let Ok(interface) = x.getattr(intern!(py, "__array_interface__")) else { return Ok(None) };
    let Ok(interface) = interface.cast_into::<pyo3::types::PyDict>() else { return Ok(None) };
    let (Some(shape), Some(typestr)) = (interface.get_item("shape")?, interface.get_item("typestr")?) else {
        return Ok(None);
    };
    let (shape, typestr): (Vec<usize>, String) = (shape.extract()?, typestr.extract()?);
    let mut letters = typestr.chars();
    let native = if cfg!(target_endian = "little") { '<' } else { '>' };
    let Some(order) = letters.next().filter(|&c| c == '|' || c == native) else { return Ok(None) };
    let (Some(kind), Ok(size)) = (letters.next(), letters.as_str().parse::<usize>()) else { return Ok(None) };
    let Some(dtype) = dtype_of(kind, size).filter(|_| order != '|' || size == 1) else { return Ok(None) };
    let shape: Shape = shape.into();
    let strides: Strides = match interface.get_item("strides")?.filter(|s| !s.is_none()) {
        Some(s) => s.extract::<Vec<isize>>()?.into(),
        None => layout::c_strides(&shape, size),
    };
    if strides.len() != shape.len() {
        return Err(PyValueError::new_err("strides and shape of an array interface differ in length"));
    }
    match interface.get_item("data")?.filter(|d| !d.is_none()) {
        Some(data) if data.is_instance_of::<pyo3::types::PyTuple>() => {
            let (address, read_only): (usize, bool) = data.extract()?;
            let keep = Keep::new(x.clone().unbind());
            // SAFETY: the protocol says that the memory is valid while the object lives, which `keep` does.
            Ok(Some(unsafe { Array::over(address as *mut u8, shape, strides, dtype, !read_only, keep) }?))
        }
        data => {
            // Bytes of the object that is named, or of this one, from an offset on.
            let Some(bytes) = from_buffer(data.as_ref().unwrap_or(x))?.filter(Array::is_c_contiguous) else {
                return Ok(None);
            };
            let offset = interface.get_item("offset")?.map_or(Ok(0), |o| o.extract::<usize>())?;
            Ok(Some(Array::from_parts(bytes.buffer().clone(), bytes.offset() + offset, shape, strides, dtype)?))
        }
    }
}

/// A buffer that an exporter lends, released when dropped.
struct Lent(Box<ffi::Py_buffer>);

// SAFETY: the structure is only read, and it is released with the interpreter attached.
unsafe impl Send for Lent {}
// SAFETY: as above.
unsafe impl Sync for Lent {}

impl Drop for Lent {
    fn drop(&mut self) {
        Python::attach(|_| {
            // SAFETY: the buffer was got by `PyObject_GetBuffer` and is released once.
            unsafe { ffi::PyBuffer_Release(&raw mut *self.0) };
        });
    }
}

/// The element type of a `struct` format, native order.
fn dtype_of_format(format: &str, size: usize) -> Option<DType> {
    let letter = format.trim_start_matches(['@', '=', '<']);
    match letter {
        "?" => Some(DType::Bool),
        "b" | "h" | "i" | "l" | "q" | "n" => dtype_of('i', size),
        "B" | "H" | "I" | "L" | "Q" | "N" | "c" => dtype_of('u', size),
        "e" | "f" | "d" => dtype_of('f', size),
        "Zf" | "Zd" => dtype_of('c', size),
        _ => None,
    }
}

/// Whether an object has the buffer protocol.
pub fn has_buffer(x: &Bound<'_, PyAny>) -> bool {
    // SAFETY: `x` is a live object.
    unsafe { ffi::PyObject_CheckBuffer(x.as_ptr()) != 0 }
}

/// An array over the memory of an object with the buffer protocol, or `None` where it has none that we can read.
pub fn from_buffer(x: &Bound<'_, PyAny>) -> PyResult<Option<Array>> {
    if !has_buffer(x) {
        return Ok(None);
    }
    let mut view = Box::new(ffi::Py_buffer::new());
    // SAFETY: `view` is a zeroed structure that the call fills in.
    if unsafe { ffi::PyObject_GetBuffer(x.as_ptr(), &raw mut *view, ffi::PyBUF_FULL_RO) } != 0 {
        return Err(PyErr::fetch(x.py()));
    }
    let lent = Lent(view);
    let view = &*lent.0;
    let (nd, size) = (view.ndim.max(0) as usize, view.itemsize.max(0) as usize);
    // SAFETY: PyBUF_FULL_RO asks for a format; a null one means unsigned bytes, else it is a C string of the exporter.
    let format = unsafe { if view.format.is_null() { c"B" } else { std::ffi::CStr::from_ptr(view.format) } };
    let Some(dtype) = format.to_str().ok().and_then(|f| dtype_of_format(f, size)) else { return Ok(None) };
    if !view.suboffsets.is_null() {
        return Ok(None);
    }
    let shape: Shape = if nd == 0 {
        Shape::new()
    } else if view.shape.is_null() {
        // The protocol allows that for one axis.
        Shape::from_slice(&[view.len.max(0) as usize / size.max(1)])
    } else {
        // SAFETY: the exporter gives `nd` lengths.
        unsafe { std::slice::from_raw_parts(view.shape, nd).iter().map(|&n| n.max(0) as usize).collect() }
    };
    // We ask for strides, but ctypes gives none for what lies in C order.
    let strides: Strides = if nd == 0 || view.strides.is_null() {
        layout::c_strides(&shape, size)
    } else {
        // SAFETY: the exporter gives `nd` strides.
        unsafe { std::slice::from_raw_parts(view.strides, nd).into() }
    };
    if shape.len() != strides.len() {
        return Err(PyValueError::new_err("a buffer with more axes than lengths"));
    }
    let (data, writable) = (view.buf.cast::<u8>(), view.readonly == 0);
    // SAFETY: the exporter keeps the memory valid until the buffer is released, which `lent` does when dropped.
    Ok(Some(unsafe { Array::over(data, shape, strides, dtype, writable, Keep::new(lent)) }?))
}

/// The buffer protocol's format of an element type.
fn format_of(d: DType) -> &'static std::ffi::CStr {
    match d {
        DType::Bool => c"?",
        DType::I8 => c"b",
        DType::U8 => c"B",
        DType::I16 => c"h",
        DType::U16 => c"H",
        DType::I32 => c"i",
        DType::U32 => c"I",
        DType::I64 => c"l",
        DType::U64 => c"L",
        DType::F16 => c"e",
        DType::F32 => c"f",
        DType::F64 => c"d",
        DType::C64 => c"Zf",
        DType::C128 => c"Zd",
    }
}

/// Fills in a buffer view of `array` for `owner`.
///
/// # Safety
/// `view` points to a `Py_buffer` of the caller's; `owner` owns `array`.
pub unsafe fn export(owner: Bound<'_, PyAny>, array: &Array, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
    let writable = array.buffer().is_writable();
    if flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE && !writable {
        return Err(PyBufferError::new_err("buffer source array is read-only"));
    }
    let contiguous = array.is_c_contiguous();
    let asks = |what: c_int| flags & what == what;
    if !contiguous && (!asks(ffi::PyBUF_STRIDES) || asks(ffi::PyBUF_C_CONTIGUOUS)) {
        return Err(PyBufferError::new_err("ndarray is not C-contiguous"));
    }
    let fortran = || crate::array::layout::is_f_contiguous(array.shape(), array.strides(), array.dtype().size());
    if asks(ffi::PyBUF_F_CONTIGUOUS) && !fortran() {
        return Err(PyBufferError::new_err("ndarray is not Fortran contiguous"));
    }
    let dims: Vec<isize> = array.shape().iter().map(|&n| n as isize).chain(array.strides().iter().copied()).collect();
    let nd = array.ndim();
    let dims = Box::into_raw(dims.into_boxed_slice());
    // SAFETY: by contract `view` may be written; `dims` is freed by `release`, which finds it in `internal` with the
    // length 2 * ndim; the owner reference is released by PyBuffer_Release.
    unsafe {
        (*view).buf = array.data().cast();
        (*view).len = (array.size() * array.dtype().size()) as isize;
        (*view).readonly = c_int::from(!writable);
        (*view).itemsize = array.dtype().size() as isize;
        (*view).format = if flags & ffi::PyBUF_FORMAT == ffi::PyBUF_FORMAT {
            format_of(array.dtype()).as_ptr().cast_mut()
        } else {
            std::ptr::null_mut()
        };
        (*view).ndim = nd as c_int;
        (*view).shape = (dims as *mut isize).cast();
        (*view).strides = (dims as *mut isize).add(nd).cast();
        (*view).suboffsets = std::ptr::null_mut();
        (*view).internal = (dims as *mut isize).cast();
        (*view).obj = owner.into_ptr();
    }
    Ok(())
}

/// Frees what [`export`] allocated.
///
/// # Safety
/// `view` was filled in by [`export`] and is released once.
pub unsafe fn release(view: *mut ffi::Py_buffer) {
    // SAFETY: by contract, `internal` is the boxed slice of 2 * ndim words that `export` leaked.
    unsafe {
        let n = 2 * (*view).ndim as usize;
        drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut((*view).internal.cast::<isize>(), n)));
    }
}
