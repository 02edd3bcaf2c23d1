"""Element types by name, what is known about them, and their promotion."""

import builtins
import math
from collections.abc import Callable
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray, dtype

from ._typing import ArrayLike, DTypeLike

__all__ = [
    "bool",
    "bool_",
    "byte",
    "can_cast",
    "cdouble",
    "complex128",
    "complex64",
    "complexfloating",
    "csingle",
    "double",
    "dtype",
    "finfo",
    "float16",
    "float32",
    "float64",
    "floating",
    "generic",
    "half",
    "iinfo",
    "inexact",
    "int16",
    "int32",
    "int64",
    "int8",
    "int_",
    "intc",
    "integer",
    "intp",
    "isdtype",
    "issubdtype",
    "long",
    "longlong",
    "number",
    "promote_types",
    "result_type",
    "short",
    "signedinteger",
    "single",
    "ubyte",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintc",
    "uintp",
    "ulong",
    "ulonglong",
    "unsignedinteger",
    "ushort",
]

_asarray = _core.asarray


class _ScalarType(type):
    """The metaclass of element types: calling one makes a lazy array of that type, and NumPy reads it as a dtype."""

    def __call__(cls, value: ArrayLike | str = 0, /) -> LazyArray:
        if isinstance(value, str):
            value = complex(value) if cls.__name__.startswith("complex") else float(value)
        try:
            return _asarray(value, cls)
        except TypeError:
            if cls.__name__ in _CONCRETE:
                raise
            raise TypeError(f"cannot create '{cls.__module__}.{cls.__name__}' instances") from None

    @property
    def __numpy_dtype__(cls) -> Any:
        import numpy

        return numpy.dtype(cls.__name__)

    def __repr__(cls) -> str:
        return f"<class 'numpy_rs.{cls.__name__}'>"


class generic(metaclass=_ScalarType):
    """The root of all element types.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.issubdtype(lz.float32, lz.generic)
    True
    """


class number(generic):
    """Any element type but bool.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.issubdtype(lz.bool, lz.number)
    False
    """


class integer(number):
    """Signed and unsigned integers.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.issubdtype(lz.uint8, lz.integer)
    True
    """


class signedinteger(integer):
    """Signed integers.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.issubdtype(lz.uint8, lz.signedinteger)
    False
    """


class unsignedinteger(integer):
    """Unsigned integers.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.issubdtype(lz.uint8, lz.unsignedinteger)
    True
    """


class inexact(number):
    """Real and complex floating-point numbers.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.issubdtype(lz.complex64, lz.inexact)
    True
    """


class floating(inexact):
    """Real floating-point numbers.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.issubdtype(lz.float16, lz.floating)
    True
    """


class complexfloating(inexact):
    """Complex floating-point numbers.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.issubdtype(lz.complex64, lz.complexfloating)
    True
    """


class bool(generic):
    """Truth values, one byte each.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.bool(3).compute()
    array(True)
    """


class int8(signedinteger):
    """Integers from -128 to 127.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.int8(5) + 1
    LazyArray(shape=(), dtype=int8, ops=1)
    """


class int16(signedinteger):
    """Integers from -2**15 to 2**15 - 1.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.int16(5) + 1
    LazyArray(shape=(), dtype=int16, ops=1)
    """


class int32(signedinteger):
    """Integers from -2**31 to 2**31 - 1.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.int32(5) + 1
    LazyArray(shape=(), dtype=int32, ops=1)
    """


class int64(signedinteger):
    """Integers from -2**63 to 2**63 - 1: what Python integers become.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray(5).dtype == lz.int64
    True
    """


class uint8(unsignedinteger):
    """Integers from 0 to 255.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> (lz.uint8(255) + 1).compute()
    array(0, dtype=uint8)
    """


class uint16(unsignedinteger):
    """Integers from 0 to 2**16 - 1.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> (lz.uint16(255) + 1).compute()
    array(256, dtype=uint16)
    """


class uint32(unsignedinteger):
    """Integers from 0 to 2**32 - 1.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.uint32(5) + 1
    LazyArray(shape=(), dtype=uint32, ops=1)
    """


class uint64(unsignedinteger):
    """Integers from 0 to 2**64 - 1.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.uint64(2**63).compute()
    array(9223372036854775808, dtype=uint64)
    """


class float16(floating):
    """IEEE binary16: 11 bits of precision, up to 65504.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.float16(0.1).compute()
    array(0.1, dtype=float16)
    """


class float32(floating):
    """IEEE binary32: 24 bits of precision.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.arange(3, dtype=lz.float32) * lz.float32(0.5)
    LazyArray(shape=(3,), dtype=float32, ops=1)
    """


class float64(floating):
    """IEEE binary64: 53 bits of precision; what Python floats become.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray(0.5).dtype == lz.float64
    True
    """


class complex64(complexfloating):
    """A pair of float32: real and imaginary part.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.complex64(1 + 2j).imag.compute()
    array(2., dtype=float32)
    """


class complex128(complexfloating):
    """A pair of float64: real and imaginary part.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray(1 + 2j).dtype == lz.complex128
    True
    """


_CONCRETE: dict[str, type[generic]] = {
    t.__name__: t
    for t in (
        *(bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64),
        *(float16, float32, float64, complex64, complex128),
    )
}
bool_ = bool
byte, short, intc, long, int_, intp, longlong = int8, int16, int32, int64, int64, int64, int64
ubyte, ushort, uintc, ulong, uint, uintp, ulonglong = uint8, uint16, uint32, uint64, uint64, uint64, uint64
half, single, double, csingle, cdouble = float16, float32, float64, complex64, complex128

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
        found = globals().get(kind.__name__)
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


class finfo:
    """Limits of a floating-point type.

    Parameters
    ----------
    dtype : dtype_like or array
        A floating or complex type; of a complex type, that of a part.

    Attributes
    ----------
    bits, nmant, nexp, minexp, maxexp, precision : int
    eps, epsneg, max, min, tiny, smallest_normal, smallest_subnormal, resolution : float

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.finfo(lz.float32).eps, lz.finfo(lz.float64).max
    (1.1920928955078125e-07, 1.7976931348623157e+308)
    """

    def __init__(self, dtype: DTypeLike | LazyArray) -> None:
        found: Any = getattr(dtype, "dtype", dtype)
        self.dtype: _core.dtype = _core.dtype(found)
        if self.dtype.kind not in "fc":
            raise ValueError(f"data type {self.dtype!r} not inexact")
        if self.dtype.kind == "c":
            self.dtype = _core.dtype("f4" if self.dtype.itemsize == 8 else "f8")
        self.nmant, self.maxexp = {2: (10, 16), 4: (23, 128), 8: (52, 1024)}[self.dtype.itemsize]
        self.bits = 8 * self.dtype.itemsize
        self.nexp = self.bits - 1 - self.nmant
        self.iexp = self.nexp
        self.minexp = 2 - self.maxexp
        self.machep, self.negep = -self.nmant, -self.nmant - 1
        self.eps = math.ldexp(1.0, self.machep)
        self.epsneg = math.ldexp(1.0, self.negep)
        self.max = math.ldexp(2.0 - self.eps, self.maxexp - 1)
        self.min = -self.max
        self.smallest_normal = self.tiny = math.ldexp(1.0, self.minexp)
        self.smallest_subnormal = math.ldexp(1.0, self.minexp - self.nmant)
        self.precision = int(-math.log10(self.eps))
        self.resolution = 10.0**-self.precision

    def __repr__(self) -> str:
        return f"finfo(resolution={self.resolution!r}, min={self.min!r}, max={self.max!r}, dtype={self.dtype.name})"


class iinfo:
    """Limits of an integer type.

    Parameters
    ----------
    type : dtype_like, int or array
        An integer type, or something that has one.

    Attributes
    ----------
    bits, min, max : int

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.iinfo(lz.int16)
    iinfo(min=-32768, max=32767, dtype=int16)
    """

    def __init__(self, type: DTypeLike | LazyArray | int) -> None:
        found: Any = "int64" if isinstance(type, int) else getattr(type, "dtype", type)
        self.dtype: _core.dtype = _core.dtype(found)
        self.kind = self.dtype.kind
        self.bits = 8 * self.dtype.itemsize
        if self.kind not in "iu":
            raise ValueError(f"Invalid integer data type {self.kind!r}.")

    @property
    def min(self) -> int:
        """The smallest value.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.iinfo("i1").min
        -128
        """
        return 0 if self.kind == "u" else -(1 << (self.bits - 1))

    @property
    def max(self) -> int:
        """The largest value.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.iinfo("i1").max
        127
        """
        return (1 << self.bits) - 1 if self.kind == "u" else (1 << (self.bits - 1)) - 1

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype.name})"


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
    # NumPy's dtypes have a shape of their own: they are told from arrays by their number.
    operands: tuple[Any, ...] = arrays_and_dtypes
    return _core.result_type(*(_core.dtype(a) if hasattr(a, "num") else a for a in operands))


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


def _type_of(self: dtype) -> type[generic]:
    """The class of the type: ``float64`` of ``dtype('float64')``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.dtype("f8").type is lz.float64
    True
    """
    return _CONCRETE[self.name]


def _numpy_dtype(self: dtype) -> Any:
    """NumPy's dtype of the same type: how NumPy reads this one.

    Examples
    --------
    >>> import numpy, numpy_rs.lazy as lz
    >>> numpy.dtype(lz.dtype("f4"))
    dtype('float32')
    """
    import numpy

    return numpy.dtype(self.str)


_attach: Callable[[Any, str, Any], None] = setattr
_attach(_core.dtype, "type", property(_type_of))
_attach(_core.dtype, "__numpy_dtype__", property(_numpy_dtype))
