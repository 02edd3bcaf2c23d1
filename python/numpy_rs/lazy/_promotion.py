"""Which types are of which kind, and what they promote and cast to."""

import builtins
import math
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray, dtype

from . import _types
from ._types import (
    _CONCRETE,
    _ScalarType,
    bool,
    complex64,
    complex128,
    complexfloating,
    float16,
    float32,
    float64,
    floating,
    generic,
    int64,
    integer,
    number,
    signedinteger,
    unsignedinteger,
)
from ._typing import ArrayLike, DTypeLike

__all__ = [
    "can_cast",
    "common_type",
    "isdtype",
    "issubdtype",
    "min_scalar_type",
    "promote_types",
    "result_type",
]


_PYTHON: dict[Any, type[generic]] = {
    builtins.bool: bool,
    builtins.int: int64,
    builtins.float: float64,
    builtins.complex: complex128,
}


def _abstract(kind: Any) -> Any:
    """The class of a type or kind of types, NumPy's included."""
    if isinstance(kind, _ScalarType):
        return kind
    if isinstance(kind, type):
        if kind in _PYTHON:
            return _PYTHON[kind]
        found = getattr(_types, kind.__name__, None)
        if isinstance(found, _ScalarType):
            return found
    return _CONCRETE[_core.dtype(kind).name]


def issubdtype(arg1: DTypeLike | type[Any], arg2: DTypeLike | type[Any]) -> builtins.bool:
    """Whether a type is, or is a kind of, another.

    Parameters
    ----------
    arg1, arg2 : dtype_like
        Types or abstract classes such as ``floating``; NumPy's are understood too.

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.issubdtype(lz.float32, lz.floating), lz.issubdtype("i4", lz.floating)
    (True, False)
    """
    return issubclass(_abstract(arg1), _abstract(arg2))


_KINDS: dict[str, type[generic]] = {
    "bool": bool,
    "signed integer": signedinteger,
    "unsigned integer": unsignedinteger,
    "integral": integer,
    "real floating": floating,
    "complex floating": complexfloating,
    "numeric": number,
}


def isdtype(dtype: DTypeLike, kind: str | DTypeLike | tuple[str | DTypeLike, ...]) -> builtins.bool:
    """Whether a type is of a kind of the Array API standard.

    Parameters
    ----------
    dtype : dtype
        The type.
    kind : str, dtype or tuple of them
        ``'bool'``, ``'signed integer'``, ``'unsigned integer'``, ``'integral'``, ``'real floating'``,
        ``'complex floating'``, ``'numeric'``, or a type; of a tuple, any.

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.isdtype(lz.float32, "real floating"), lz.isdtype(lz.int8, ("bool", "integral"))
    (True, True)
    """
    if isinstance(dtype, str) or not (isinstance(dtype, (_core.dtype, type)) or hasattr(dtype, "itemsize")):
        raise TypeError(f"dtype argument must be a NumPy dtype, but it is a {type(dtype)}.")
    own = _abstract(dtype)
    for k in kind if isinstance(kind, tuple) else (kind,):
        if isinstance(k, str):
            if k not in _KINDS:
                raise ValueError(f"kind argument is a string, but {k!r} is not a known kind name.")
            if issubclass(own, _KINDS[k]):
                return True
        elif own is _abstract(k):
            return True
    return False


def result_type(*arrays_and_dtypes: ArrayLike | DTypeLike) -> dtype:
    """The type of an operation between arrays, types and Python scalars.

    Parameters
    ----------
    *arrays_and_dtypes : array_like or dtype_like
        Python scalars are weak: they take the type of the others where their kind allows.

    Returns
    -------
    dtype

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.result_type(lz.float32, 3.0), lz.result_type(lz.int8, 3.0), lz.result_type("i4", "u4")
    (dtype('float32'), dtype('float64'), dtype('int64'))
    """
    return _core.result_type(*arrays_and_dtypes)


def promote_types(type1: DTypeLike, type2: DTypeLike, /) -> dtype:
    """The smallest type to which both types cast safely.

    Parameters
    ----------
    type1, type2 : dtype_like
        The types.

    Returns
    -------
    dtype

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.promote_types("i8", "f4")
    dtype('float64')
    """
    return _core.promote_types(type1, type2)


def can_cast(from_: DTypeLike | LazyArray, to: DTypeLike, casting: str = "safe") -> builtins.bool:
    """Whether a cast is allowed by a rule.

    Parameters
    ----------
    from_ : dtype_like or array
        What is cast. A Python scalar is an error: its type depends on its use.
    to : dtype_like
        The type to cast to.
    casting : {'no', 'equiv', 'safe', 'same_kind', 'unsafe'}
        The rule.

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.can_cast("i4", "f8"), lz.can_cast("f8", "f4"), lz.can_cast("f8", "f4", "same_kind")
    (True, False, True)
    """
    own: Any = type(from_)
    if own in (builtins.bool, int, float, complex):
        raise TypeError(
            "can_cast() does not support Python ints, floats, and complex because the result used to depend on the "
            "value.\nThis change was part of adopting NEP 50, we may explicitly allow them again in the future."
        )
    return _core.can_cast(from_, to, casting)


# Real types by their precision, and complex ones.
_REAL = (float16, float32, float64)
_COMPLEX = (complex64, complex64, complex128)
_PRECISION = {"float16": 0, "float32": 1, "complex64": 1}


def common_type(*arrays: Any) -> type[generic]:
    """The floating or complex type that holds all arrays, integers as float64.

    Parameters
    ----------
    *arrays : array
        The arrays, of which only the types are read.

    Returns
    -------
    type
        Of no arrays, float16.

    Raises
    ------
    TypeError
        For arrays of truth values.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.common_type(lz.ones(2, "f4"), lz.ones(2, "c8"))
    <class 'numpy_rs.complex64'>
    >>> lz.common_type(lz.arange(3))
    <class 'numpy_rs.float64'>
    """
    precision, is_complex = 0, False
    for a in arrays:
        own = _core.dtype(a.dtype)
        if own.kind == "b":
            raise TypeError("can't get common type for non-numeric array")
        is_complex = is_complex or own.kind == "c"
        precision = max(precision, _PRECISION.get(own.name, 2))
    return (_COMPLEX if is_complex else _REAL)[precision]


# What NumPy compares floats with.
_LARGEST_HALF, _LARGEST_SINGLE = 65000.0, 3.4e38


def min_scalar_type(a: ArrayLike, /) -> dtype:
    """The smallest type that holds a number; of an array with axes, its own.

    Parameters
    ----------
    a : array_like
        The number, or array. A lazy array without axes is computed.

    Returns
    -------
    dtype
        Of the kind of the number, integers that are not negative as unsigned; precision is not looked at.

    Raises
    ------
    NotImplementedError
        For integers of more than 64 bits, which have no type here.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.min_scalar_type(10), lz.min_scalar_type(-260), lz.min_scalar_type(1e50)
    (dtype('uint8'), dtype('int16'), dtype('float64'))
    """
    if isinstance(a, int) and not -(2**63) <= a < 2**64:
        raise NotImplementedError("min_scalar_type: numpy_rs has no type for integers of more than 64 bits")
    x = _core.asarray(a)
    if x.ndim or x.dtype.kind == "b":
        return x.dtype
    value = x.item()
    if isinstance(value, int):
        signed = "int" if value < 0 else "uint"
        bits = (~value if value < 0 else value).bit_length() + (value < 0)
        return _core.dtype(signed + str(next(n for n in (8, 16, 32, 64) if bits <= n)))
    if isinstance(value, complex):
        narrow = abs(value.real) < _LARGEST_SINGLE and abs(value.imag) < _LARGEST_SINGLE
        return _core.dtype("complex64" if narrow else "complex128")
    if abs(value) < _LARGEST_HALF or not abs(value) < math.inf:
        return _core.dtype("float16")
    return _core.dtype("float32" if abs(value) < _LARGEST_SINGLE else "float64")
