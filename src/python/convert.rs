//! Arguments: what Python passes, as nodes, operands, shapes, axes and indices.

use super::dtype;
use super::interop;
use super::lazy::LazyArray;
use super::ndarray::NdArray;
use super::numbers::{Taken, c_integer};
use super::sequence;
use crate::array::{Array, layout};
use crate::dtype::{DType, Scalar};
use crate::graph::build::{self, IndexItem, Operand};
use crate::graph::{Node, NodeRef};
use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyDict, PyEllipsis, PyFloat, PyInt, PyList, PySlice, PyString, PyTuple};
use rustc_hash::FxBuildHasher;
use smallvec::{SmallVec, smallvec};
use std::cell::Cell;
use std::hash::BuildHasher;

/// The array that a Python object is or shows, or `None` where it is none.
pub fn to_array(x: &Bound<'_, PyAny>) -> PyResult<Option<Array>> {
    if let Some(a) = interop::from_numpy(x)? {
        return Ok(Some(a));
    }
    if let Ok(a) = x.cast::<NdArray>() {
        return Ok(Some(a.get().array.clone()));
    }
    // Of NumPy's subclasses, this one is more than its elements.
    if x.hasattr(intern!(x.py(), "_baseclass"))? && x.hasattr(intern!(x.py(), "mask"))? {
        return Err(PyTypeError::new_err(
            "numpy_rs has no masked arrays, and would lose the mask: use .filled(value), or .data without the mask",
        ));
    }
    if let Some(a) = interop::from_array_struct(x)? {
        return Ok(Some(a));
    }
    // What shows its structure as NumPy's arrays and scalars do, but of a type that we have not: its bytes are no elements.
    if x.hasattr(intern!(x.py(), "__array_struct__"))?
        && let Ok(dtype) = x.getattr(intern!(x.py(), "dtype"))
    {
        return Err(PyTypeError::new_err(format!("numpy_rs has no arrays of {}", dtype.repr()?)));
    }
    if let Some(a) = interop::from_buffer(x)? {
        return Ok(Some(a));
    }
    if let Some(a) = super::dlpack::from_dlpack(x)? {
        return Ok(Some(a));
    }
    if let Some(a) = interop::from_array_interface(x)? {
        return Ok(Some(a));
    }
    // What makes an array of itself when asked: data frames, images.
    match x.getattr(intern!(x.py(), "__array__")) {
        Ok(method) if !x.is_instance_of::<pyo3::types::PyType>() => {
            let array = method.call0()?;
            if let Some(a) = interop::from_numpy(&array)? { Ok(Some(a)) } else { interop::from_array_struct(&array) }
        }
        _ => Ok(None),
    }
}

/// An operand of an operation: an array, or a Python scalar that stays weak; `None` where the object is neither.
pub fn try_operand(x: &Bound<'_, PyAny>) -> PyResult<Option<Operand>> {
    if let Ok(a) = x.cast_exact::<LazyArray>() {
        return Ok(Some(Operand::Node(a.get().node.clone())));
    }
    if let Ok(v) = x.cast_exact::<PyFloat>() {
        return Ok(Some(Operand::Float(v.value())));
    }
    if let Ok(v) = x.cast_exact::<PyInt>() {
        return Ok(Some(match v.extract::<i128>() {
            Ok(v) => Operand::int(v),
            Err(_) => Operand::Int(None, v.str()?.to_string()),
        }));
    }
    if let Ok(v) = x.cast_exact::<PyBool>() {
        let value = Scalar::from_i128(DType::Bool, i128::from(v.is_true()));
        return Ok(Some(Operand::Node(Node::number(value))));
    }
    if let Ok(v) = x.cast_exact::<PyComplex>() {
        return Ok(Some(Operand::Complex(v.real(), v.imag())));
    }
    if let Some(number) = numpy_scalar(x)? {
        return Ok(Some(number));
    }
    if is_text(x) {
        return Ok(None);
    }
    if let Some(a) = to_array(x)? {
        // The first number of a type is known as one only now.
        let number = if a.ndim() == 0 { numpy_scalar(x)? } else { None };
        return Ok(Some(number.unwrap_or_else(|| Operand::Node(node_of(a)))));
    }
    if sequence::is_sequence(x) {
        return Ok(Some(Operand::Node(sequence::to_node(x, None)?)));
    }
    // Subclasses of the scalar types are not weak.
    let plain = if x.cast::<PyInt>().is_ok() {
        x.py().get_type::<PyInt>().call1((x,))?
    } else if x.cast::<PyFloat>().is_ok() {
        x.py().get_type::<PyFloat>().call1((x,))?
    } else if x.cast::<PyComplex>().is_ok() {
        x.py().get_type::<PyComplex>().call1((x,))?
    } else {
        return Ok(None);
    };
    match try_operand(&plain)? {
        Some(scalar) => Ok(Some(Operand::Node(scalar.to_default_node()?))),
        None => Ok(None),
    }
}

/// One of NumPy's scalars. Code is compiled for constants, so it is one only once the same number has come [`OFTEN`] times: others, such as
/// means, would have code compiled for each value of them.
fn numpy_scalar(x: &Bound<'_, PyAny>) -> PyResult<Option<Operand>> {
    let node = |a: Array| {
        let value = a.element(&[]);
        if times_seen(value) >= OFTEN { Node::number(value) } else { Node::data(a) }
    };
    Ok(interop::from_numpy_scalar(x)?.map(|a| Operand::Node(node(a))))
}

/// How often a number comes before it is taken for a constant, and how many numbers are remembered.
const OFTEN: u32 = 4;
const REMEMBERED: usize = 64;

thread_local! {
    /// Hashes of the numbers that came last, by the low bits, and how often each came.
    static SEEN: [Cell<(u64, u32)>; REMEMBERED] = const { [const { Cell::new((0, 0)) }; REMEMBERED] };
}

/// How often a number has come lately, this time included.
fn times_seen(value: Scalar) -> u32 {
    let hash = FxBuildHasher.hash_one(value);
    SEEN.with(|seen| {
        let entry = &seen[hash as usize % REMEMBERED];
        let times = if entry.get().0 == hash { entry.get().1.saturating_add(1) } else { 1 };
        entry.set((hash, times));
        times
    })
}

/// True for text and bytes, which NumPy makes strings of.
pub fn is_text(x: &Bound<'_, PyAny>) -> bool {
    x.cast::<PyString>().is_ok() || x.cast::<PyBytes>().is_ok()
}

/// A small array is read at once: one element costs less as a constant than as memory to keep.
pub fn node_of(array: Array) -> NodeRef {
    // In memory of others, true may be any byte but zero.
    if array.dtype() == DType::Bool && !array.buffer().is_ours() {
        return build::cast(&node_of(array.as_bytes()), DType::Bool);
    }
    if array.ndim() == 0 && !array.buffer().is_writable() {
        return Node::number(array.element(&[]));
    }
    Node::data(array)
}

/// True for Python's numbers and sequences: what has no memory that an array could share.
pub fn is_scalar_or_sequence(x: &Bound<'_, PyAny>) -> bool {
    x.cast::<PyInt>().is_ok()
        || x.cast::<PyFloat>().is_ok()
        || x.cast::<PyComplex>().is_ok()
        || sequence::is_sequence(x)
}

/// An operand of an operation.
///
/// # Errors
/// `TypeError` where the object is neither array nor number.
pub fn operand(x: &Bound<'_, PyAny>) -> PyResult<Operand> {
    try_operand(x)?.ok_or_else(|| {
        if is_text(x) {
            return PyTypeError::new_err("cannot make an array of text: numpy_rs has no string arrays");
        }
        let name = x.get_type().name().map_or_else(|_| "?".into(), |n| n.to_string());
        PyTypeError::new_err(format!("cannot make an array of a '{name}' object: numpy_rs has no object arrays"))
    })
}

/// An array-like as a node.
///
/// # Errors
/// As [`operand`]; `OverflowError` for an integer beyond 64 bits.
pub fn node(x: &Bound<'_, PyAny>) -> PyResult<NodeRef> {
    if let Ok(a) = x.cast_exact::<LazyArray>() {
        return Ok(a.get().node.clone());
    }
    Ok(operand(x)?.to_default_node()?)
}

/// An array-like as a node of a type, if one is given.
///
/// # Errors
/// As [`node`].
pub fn node_as(x: &Bound<'_, PyAny>, dtype: Option<DType>) -> PyResult<NodeRef> {
    let Some(dtype) = dtype else { return node(x) };
    if sequence::is_sequence(x) {
        return sequence::to_node(x, Some(dtype));
    }
    Ok(match operand(x)? {
        array @ Operand::Node(_) => array.to_node(dtype)?,
        number => number.to_element(dtype)?,
    })
}

/// An optional element type.
///
/// # Errors
/// `TypeError` where it names none.
pub fn optional_dtype(x: Option<&Bound<'_, PyAny>>) -> PyResult<Option<DType>> {
    x.filter(|x| !x.is_none()).map(dtype::extract).transpose()
}

/// An integer with `__index__`.
///
/// # Errors
/// `TypeError` where it has none; what `__index__` raises; `OverflowError` beyond 64 bits.
pub fn index_int(x: &Bound<'_, PyAny>) -> PyResult<i64> {
    c_integer(x, Taken::Long)
}

/// One integer or a tuple or list of them.
///
/// # Errors
/// As [`c_integer`].
pub fn ints(x: &Bound<'_, PyAny>, taken: Taken) -> PyResult<SmallVec<[i64; 4]>> {
    if let Ok(t) = x.cast::<PyTuple>() {
        return t.iter().map(|i| c_integer(&i, taken)).collect();
    }
    if let Ok(l) = x.cast::<PyList>() {
        return l.iter().map(|i| c_integer(&i, taken)).collect();
    }
    Ok(smallvec![c_integer(x, taken)?])
}

/// Optional axes: `None`, an integer or a tuple.
///
/// # Errors
/// As [`c_integer`].
pub fn optional_axes(x: Option<&Bound<'_, PyAny>>, taken: Taken) -> PyResult<Option<SmallVec<[i64; 4]>>> {
    x.filter(|x| !x.is_none()).map(|x| ints(x, taken)).transpose()
}

/// A length; one may be negative where it says "what is left".
///
/// # Errors
/// `ValueError` beyond 64 bits; else as [`c_integer`].
pub fn length(x: &Bound<'_, PyAny>) -> PyResult<i64> {
    c_integer(x, Taken::Length).map_err(|e| match e.is_instance_of::<PyOverflowError>(x.py()) {
        true => PyValueError::new_err("Maximum allowed dimension exceeded"),
        false => e,
    })
}

/// Lengths: an integer or a sequence of them.
///
/// # Errors
/// `TypeError` in NumPy's words where it is neither; as [`length`].
pub fn lengths(x: &Bound<'_, PyAny>) -> PyResult<SmallVec<[i64; 4]>> {
    if let Ok(t) = x.cast::<PyTuple>() {
        return t.iter().map(|n| length(&n)).collect();
    }
    let no_lengths = || -> PyErr {
        let text = x.repr().map_or_else(|_| String::new(), |t| t.to_string());
        PyTypeError::new_err(format!("expected a sequence of integers or a single integer, got '{text}'"))
    };
    // What can be asked for its elements by number is a sequence, but for mappings, and arrays without axes.
    let numbered = x.cast::<PyInt>().is_err()
        && x.cast::<PyDict>().is_err()
        && x.hasattr(intern!(x.py(), "__getitem__"))?
        && !x.getattr(intern!(x.py(), "ndim")).is_ok_and(|n| n.eq(0).unwrap_or(false));
    if numbered {
        let items = x.try_iter().and_then(Iterator::collect::<PyResult<Vec<_>>>).map_err(|_| no_lengths())?;
        return items.iter().map(length).collect();
    }
    let own = x.py().get_type::<PyTypeError>();
    Ok(smallvec![length(x).map_err(|e| if e.get_type(x.py()).is(&own) { no_lengths() } else { e })?])
}

/// A shape: an integer or a sequence.
///
/// # Errors
/// `ValueError` for negative lengths; else as [`lengths`].
pub fn shape(x: &Bound<'_, PyAny>) -> PyResult<crate::array::Shape> {
    if x.is_none() {
        return Err(PyTypeError::new_err("Use () not None as shape arguments"));
    }
    lengths(x)?
        .iter()
        .map(|&n| usize::try_from(n).map_err(|_| PyValueError::new_err("negative dimensions are not allowed")))
        .collect()
}

/// A shape as Python writes it.
pub fn shape_text(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The shape to which shapes broadcast.
///
/// # Errors
/// `ValueError` in NumPy's words, with the first of all pairs that does not fit, by the later of the two.
pub fn joint_shape(shapes: &[&[usize]]) -> PyResult<crate::array::Shape> {
    layout::broadcast(shapes.iter().copied()).map_err(|_| {
        let pairs = (1..shapes.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
        let misfit = |&(i, j): &(usize, usize)| layout::broadcast([shapes[i], shapes[j]].into_iter()).is_err();
        let text = "shape mismatch: objects cannot be broadcast to a single shape";
        PyValueError::new_err(pairs.into_iter().find(misfit).map_or(text.to_owned(), |(i, j)| {
            let (a, b) = (shape_text(shapes[i]), shape_text(shapes[j]));
            format!("{text}.  Mismatch is between arg {i} with shape {a} and arg {j} with shape {b}.")
        }))
    })
}

/// `x[key]`: views for integers, slices, `...` and `None`; picks for integer and boolean arrays.
///
/// # Errors
/// `IndexError` with NumPy's texts.
pub fn index(x: &NodeRef, key: &Bound<'_, PyAny>) -> PyResult<NodeRef> {
    let single = [key.clone()];
    let many: Vec<Bound<'_, PyAny>>;
    let keys: &[Bound<'_, PyAny>] = match key.cast::<PyTuple>() {
        Ok(t) => {
            many = t.iter().collect();
            &many
        }
        Err(_) => &single,
    };
    let basic = |k: &Bound<'_, PyAny>| {
        k.is_none() || k.cast::<PySlice>().is_ok() || k.cast::<PyEllipsis>().is_ok() || is_plain_int(k)
    };
    if keys.iter().all(basic) {
        return basic_index(x, keys);
    }
    super::index::advanced_index(x, keys)
}

/// True for an index that is one integer: not a bool, not an array.
pub fn is_plain_int(k: &Bound<'_, PyAny>) -> bool {
    if k.cast::<PyBool>().is_ok() {
        return false;
    }
    if k.cast_exact::<PyInt>().is_ok() {
        return true;
    }
    k.cast::<LazyArray>().is_err()
        && k.cast::<PyList>().is_err()
        && k.getattr(intern!(k.py(), "ndim")).ok().is_none_or(|n| n.extract::<i64>().is_ok_and(|n| n == 0))
        && k.hasattr(intern!(k.py(), "__index__")).unwrap_or(false)
        && k.getattr(intern!(k.py(), "dtype")).ok().and_then(|d| dtype::try_extract(&d)).is_none_or(|d| d.is_integer())
}

fn basic_index(x: &NodeRef, keys: &[Bound<'_, PyAny>]) -> PyResult<NodeRef> {
    let ndim = x.shape.len();
    let used = keys.iter().filter(|k| !k.is_none() && k.cast::<PyEllipsis>().is_err()).count();
    if keys.iter().filter(|k| k.cast::<PyEllipsis>().is_ok()).count() > 1 {
        return Err(PyIndexError::new_err("an index can only have a single ellipsis ('...')"));
    }
    let mut items: SmallVec<[IndexItem; 8]> = SmallVec::new();
    let mut axis = 0;
    for key in keys {
        if key.is_none() {
            items.push(IndexItem::NewAxis);
        } else if key.cast::<PyEllipsis>().is_ok() {
            for _ in 0..ndim.saturating_sub(used) {
                items.push(IndexItem::Slice { start: 0, step: 1, len: x.shape[axis] });
                axis += 1;
            }
        } else if let Ok(s) = key.cast::<PySlice>() {
            let len = x.shape.get(axis).copied().unwrap_or(0);
            let i = s.indices(len as isize)?;
            items.push(IndexItem::Slice { start: i.start as i64, step: i.step as i64, len: i.slicelength });
            axis += 1;
        } else {
            // NumPy says so whatever the conversion raises.
            let at = index_int(key).map_err(|_| PyIndexError::new_err(super::index::NO_INDEX))?;
            items.push(IndexItem::Int(at));
            axis += 1;
        }
    }
    Ok(build::index(x, &items)?)
}
