"""Element types by name, what is known about them, and their promotion."""

from collections.abc import Callable
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray, dtype

from ._typing import ArrayLike

__all__ = [
    "bool",
    "bool_",
    "byte",
    "cdouble",
    "complex128",
    "complex64",
    "complexfloating",
    "csingle",
    "double",
    "dtype",
    "float16",
    "float32",
    "float64",
    "floating",
    "generic",
    "half",
    "inexact",
    "int16",
    "int32",
    "int64",
    "int8",
    "int_",
    "intc",
    "integer",
    "intp",
    "long",
    "longlong",
    "number",
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
