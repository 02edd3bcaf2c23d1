"""Which types are of which kind, and what they promote and cast to."""

import builtins
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray, dtype

from . import _types
from ._types import (
    _CONCRETE,
    _ScalarType,
    bool,
    complex128,
    complexfloating,
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
    "isdtype",
    "issubdtype",
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
