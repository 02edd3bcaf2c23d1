//! DLPack: tensors of others and tensors for others, in the structures of DLPack 0.x as its header gives them.
#![expect(unsafe_code, reason = "reads and makes the C structures by which Python libraries share tensors")]

use super::interop::dtype_of;
use crate::array::{Array, Keep, Shape, Strides};
use pyo3::exceptions::{PyBufferError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyString, PyTuple};
use std::ffi::c_void;

#[repr(C)]
struct Device {
    device_type: i32,
    device_id: i32,
}

#[repr(C)]
struct DataType {
    code: u8,
    bits: u8,
    lanes: u16,
}

#[repr(C)]
struct Tensor {
    data: *mut c_void,
    device: Device,
    ndim: i32,
    dtype: DataType,
    shape: *mut i64,
    strides: *mut i64,
    byte_offset: u64,
}

#[repr(C)]
struct Managed {
    tensor: Tensor,
    manager: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Managed)>,
}

/// The device of all arrays: its kind and number.
pub const DEVICE: (i32, i32) = (1, 0);

/// What a consumer asks of `__dlpack__`.
pub struct Asked<'a, 'py> {
    /// None on a device without streams.
    pub stream: Option<&'a Bound<'py, PyAny>>,
    /// The newest version that it reads. All read the oldest, which we give.
    pub max_version: Option<&'a Bound<'py, PyAny>>,
    /// Where it wants the tensor.
    pub dl_device: Option<&'a Bound<'py, PyAny>>,
    /// Whether it wants memory of its own.
    pub copy: Option<&'a Bound<'py, PyAny>>,
}

impl Asked<'_, '_> {
    /// Whether memory of its own is wanted, or refused; NumPy's errors for what cannot be had.
    pub fn check(&self) -> PyResult<Option<bool>> {
        if self.stream.is_some_and(|s| !s.is_none()) {
            return Err(PyRuntimeError::new_err("numpy_rs only supports stream=None."));
        }
        if let Some(version) = self.max_version.filter(|v| !v.is_none())
            && !version.cast::<PyTuple>().is_ok_and(|t| t.len() == 2)
        {
            return Err(PyTypeError::new_err("max_version must be None or a tuple with two elements."));
        }
        if let Some(device) = self.dl_device.filter(|d| !d.is_none()) {
            let device = device.cast::<PyTuple>().map_err(|_| PyTypeError::new_err("dl_device must be a tuple"))?;
            if device.extract::<(i32, i32)>()? != DEVICE {
                return Err(PyBufferError::new_err("unsupported device requested"));
            }
        }
        let Some(copy) = self.copy.filter(|c| !c.is_none()) else { return Ok(None) };
        if copy.cast::<PyString>().is_ok() {
            return Err(PyValueError::new_err(
                "strings are not allowed for 'copy' keyword. Use True/False/None instead.",
            ));
        }
        copy.is_truthy().map(Some)
    }
}

/// What an exported tensor keeps alive.
struct Exported {
    _array: Array,
    shape: Vec<i64>,
    strides: Vec<i64>,
}

unsafe extern "C" fn delete_exported(managed: *mut Managed) {
    // SAFETY: DLPack calls the deleter once, with the structure that `to_dlpack` leaked.
    unsafe {
        let managed = Box::from_raw(managed);
        drop(Box::from_raw(managed.manager.cast::<Exported>()));
    }
}

unsafe extern "C" fn drop_capsule(capsule: *mut ffi::PyObject) {
    // SAFETY: called by Python with the capsule that is dying. A consumer renames what it takes over; only then must the
    // tensor be left alone.
    unsafe {
        if ffi::PyCapsule_IsValid(capsule, c"dltensor".as_ptr()) == 1 {
            let managed = ffi::PyCapsule_GetPointer(capsule, c"dltensor".as_ptr()).cast::<Managed>();
            if let Some(deleter) = (*managed).deleter {
                deleter(managed);
            }
        }
    }
}

/// A DLPack capsule that shares `array`'s memory.
pub fn to_dlpack(py: Python<'_>, array: &Array) -> PyResult<Py<PyAny>> {
    use crate::dtype::Kind;
    let size = array.dtype().size() as isize;
    if array.strides().iter().any(|s| s % size != 0) {
        return Err(PyBufferError::new_err("DLPack only supports strides which are a multiple of itemsize."));
    }
    let mut kept = Box::new(Exported {
        _array: array.clone(),
        shape: array.shape().iter().map(|&n| n as i64).collect(),
        strides: array.strides().iter().map(|&s| (s / size) as i64).collect(),
    });
    let code = match array.dtype().kind() {
        Kind::Signed => 0,
        Kind::Unsigned => 1,
        Kind::Float => 2,
        Kind::Complex => 5,
        Kind::Bool => 6,
    };
    let tensor = Tensor {
        data: array.data().cast(),
        device: Device { device_type: DEVICE.0, device_id: DEVICE.1 },
        ndim: array.ndim() as i32,
        dtype: DataType { code, bits: (8 * size) as u8, lanes: 1 },
        shape: kept.shape.as_mut_ptr(),
        strides: kept.strides.as_mut_ptr(),
        byte_offset: 0,
    };
    let manager = Box::into_raw(kept).cast();
    let managed = Box::into_raw(Box::new(Managed { tensor, manager, deleter: Some(delete_exported) }));
    // SAFETY: the capsule takes the leaked structure over; `drop_capsule` or the consumer frees it.
    unsafe {
        let capsule = ffi::PyCapsule_New(managed.cast(), c"dltensor".as_ptr(), Some(drop_capsule));
        if capsule.is_null() {
            delete_exported(managed);
        }
        Bound::from_owned_ptr_or_err(py, capsule).map(Bound::unbind)
    }
}

/// A tensor that we took over, deleted when dropped.
struct Imported(*mut Managed);

// SAFETY: the structure is only read, and its deleter may be called from any thread with the interpreter attached.
unsafe impl Send for Imported {}
// SAFETY: as above.
unsafe impl Sync for Imported {}

impl Drop for Imported {
    fn drop(&mut self) {
        Python::attach(|_| {
            // SAFETY: we took the tensor over when we renamed its capsule, so the deleter is ours to call, once.
            unsafe {
                if let Some(deleter) = (*self.0).deleter {
                    deleter(self.0);
                }
            }
        });
    }
}

/// An array over the tensor of an object with `__dlpack__`, or `None`.
pub fn from_dlpack(x: &Bound<'_, PyAny>) -> PyResult<Option<Array>> {
    let Ok(method) = x.getattr(intern!(x.py(), "__dlpack__")) else { return Ok(None) };
    take(&method.call0()?).map(Some)
}

/// An array over the tensor that an object gives, on our device and by its copying or without, where that is asked for.
#[pyfunction]
#[pyo3(signature = (x, here=false, copy=None))]
pub fn import_dlpack(x: &Bound<'_, PyAny>, here: bool, copy: Option<bool>) -> PyResult<super::ndarray::NdArray> {
    let asked = PyDict::new(x.py());
    if here {
        asked.set_item("dl_device", DEVICE)?;
    }
    if let Some(copy) = copy {
        asked.set_item("copy", copy)?;
    }
    let capsule = x.getattr(intern!(x.py(), "__dlpack__"))?.call((), Some(&asked))?;
    Ok(super::ndarray::NdArray { array: take(&capsule)? })
}

/// The tensor of a capsule, which is taken over.
fn take(capsule: &Bound<'_, PyAny>) -> PyResult<Array> {
    let py = capsule.py();
    let capsule = capsule.cast::<PyCapsule>().map_err(|_| PyTypeError::new_err("__dlpack__ gave no capsule"))?;
    let pointer = capsule.pointer_checked(Some(c"dltensor"))?.as_ptr().cast::<Managed>();
    // SAFETY: a capsule of this name holds a managed tensor that nobody has taken over; renaming it takes it over.
    let (imported, t) = unsafe {
        if ffi::PyCapsule_SetName(capsule.as_ptr(), c"used_dltensor".as_ptr()) != 0 {
            return Err(PyErr::fetch(py));
        }
        (Imported(pointer), &(*pointer).tensor)
    };
    if t.device.device_type != DEVICE.0 || t.dtype.lanes != 1 || t.ndim < 0 {
        return Err(PyBufferError::new_err("Unsupported device in DLTensor."));
    }
    let kind = match t.dtype.code {
        0 => 'i',
        1 => 'u',
        2 => 'f',
        5 => 'c',
        6 => 'b',
        _ => '?',
    };
    let dtype = dtype_of(kind, usize::from(t.dtype.bits) / 8)
        .ok_or_else(|| PyTypeError::new_err("Unsupported dtype in DLTensor."))?;
    let nd = t.ndim as usize;
    // SAFETY: the tensor has `ndim` lengths and, unless null, as many strides.
    let shape: Shape = unsafe { (0..nd).map(|d| (*t.shape.add(d)).max(0) as usize).collect() };
    let strides: Strides = if t.strides.is_null() {
        crate::array::layout::c_strides(&shape, dtype.size())
    } else {
        // SAFETY: as above.
        unsafe { (0..nd).map(|d| *t.strides.add(d) as isize * dtype.size() as isize).collect() }
    };
    let data = t.data.cast::<u8>().wrapping_add(t.byte_offset as usize);
    // SAFETY: the memory is the tensor's, which `imported` keeps until it is dropped. It may be read-only: not written.
    Ok(unsafe { Array::over(data, shape, strides, dtype, false, Keep::new(imported)) }?)
}
