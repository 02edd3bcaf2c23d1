"""Limits of element types."""

import math
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._typing import DTypeLike

__all__ = [
    "finfo",
    "iinfo",
]


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
            raise ValueError(f"data type <class 'numpy.{self.dtype.name}'> not inexact")
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
