"""Convolution and correlation along one axis: sums of shifted views, or products with a view of windows."""

import builtins
import operator
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._search import _one_axis
from ._typing import ArrayLike

__all__ = ["convolve", "correlate"]

_asarray = _core.asarray

_MODES = {"valid": 0, "same": 1, "full": 2}


def _mode(mode: Any) -> int:
    """0, 1 or 2: which places there are."""
    if isinstance(mode, str):
        if mode not in _MODES:
            if mode[:1] in tuple("vVsSfF"):
                raise ValueError("Use one of 'valid', 'same', or 'full' for convolve/correlate mode")
            raise ValueError(f"mode must be one of 'valid', 'same', or 'full' (got '{mode}')")
        return _MODES[mode]
    try:
        number = operator.index(mode)
    except TypeError:
        raise TypeError("convolve/correlate mode not understood") from None
    if not 0 <= number <= 2:
        raise ValueError("integer convolve/correlate mode must be 0, 1, or 2")
    return number


def _correlated(x: LazyArray, v: LazyArray, mode: int) -> LazyArray:
    """The correlation, of a kernel that is not the longer one."""
    k = v.shape[0]
    left = (0, k // 2, k - 1)[mode]
    right = (0, k - left - 1, k - 1)[mode]
    kind = x.dtype
    if kind == "float16":
        return _core.correlate(x.astype("float32"), v.astype("float32"), left, right).astype(kind)
    return _core.correlate(x, v, left, right)


def correlate(a: ArrayLike, v: ArrayLike, mode: str | int = "valid") -> LazyArray:
    """The cross-correlation of two sequences: ``c[k] = sum(a[n + k] * conj(v[n]))`` over all ``n``.

    Parameters
    ----------
    a, v : array_like of one axis
        The sequences; the shorter one slides over the longer one.
    mode : {'valid', 'same', 'full'}
        The places where both overlap wholly, as many places as the longer one is long, or all places.

    Returns
    -------
    LazyArray

    Raises
    ------
    ValueError
        For sequences of no elements or of other than one axis.

    Notes
    -----
    Of up to 16 elements of the shorter sequence, the sum is a straight line of shifted views, in one walk with
    what makes the sequences; of longer ones a product with a view of windows: the work is the product of both lengths.
    Where both overlap wholly, integers, bool, and float32 and float64 over up to 11 elements are NumPy's to the bit;
    other floats are within ``len(v) * eps * sum(abs(a * v))`` of it, as NumPy leaves their order to a library.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.correlate([1, 2, 3], [0, 1, 2]).compute()
    array([8])
    >>> lz.correlate([1, 2, 3], [0, 1, 2], "full").compute()
    array([2, 5, 8, 3, 0])
    """
    which = _mode(mode)
    x, y = _one_axis(a), _one_axis(v)
    for name, one in (("first", x), ("second", y)):
        if one.shape[0] == 0:
            raise ValueError(f"{name} array argument cannot be empty")
    kind = _core.result_type(x.dtype, y.dtype)
    x, y = x.astype(kind), y.astype(kind)
    if kind.kind == "c":
        y = y.conj()
    if x.shape[0] < y.shape[0]:
        return _core.flip(_correlated(y, x, which))
    return _correlated(x, y, which)


def convolve(a: ArrayLike, v: ArrayLike, mode: str | int = "full") -> LazyArray:
    """The convolution of two sequences: ``c[n] = sum(a[m] * v[n - m])`` over all ``m``.

    Parameters
    ----------
    a, v : array_like of one axis
        The sequences; the shorter one slides over the longer one.
    mode : {'full', 'same', 'valid'}
        All places, as many places as the longer one is long, or those where both overlap wholly.

    Returns
    -------
    LazyArray

    Raises
    ------
    ValueError
        For sequences of no elements or of more than one axis.

    Notes
    -----
    See `correlate` for what is one walk, and for the accuracy.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.convolve([1, 2, 3], [0, 1, 0.5]).compute()
    array([0. , 1. , 2.5, 4. , 1.5])
    >>> lz.convolve([1, 2, 3], [0, 1, 0.5], "same").compute()
    array([1. , 2.5, 4. ])
    """
    x, y = (_asarray(s) for s in (a, v))
    x, y = (s.reshape(1) if s.ndim == 0 else s for s in (x, y))
    for name, one in (("a", x), ("v", y)):
        if one.shape[0] == 0:
            raise ValueError(f"{name} cannot be empty")
    if y.shape[0] > x.shape[0]:
        x, y = y, x
    which = _mode(mode)
    if builtins.max(x.ndim, y.ndim) > 1:
        raise ValueError("object too deep for desired array")
    kind = _core.result_type(x.dtype, y.dtype)
    return _correlated(x.astype(kind), _core.flip(y.astype(kind)), which)
