"""Convolution and correlation along one axis: sums of shifted views, or products with a view of windows."""

import builtins
import operator
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._search import _one_axis
from ._typing import ArrayLike
from ._ufuncs import _where

__all__ = ["convolve", "correlate"]

_asarray, _concatenate, _windows, _iota = _core.asarray, _core.concatenate, _core.windows, _core.iota

# Kernels up to this length are sums of shifted views, in one straight line with what makes and uses them.
_SHORT = 16
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


def _slid(x: LazyArray, v: LazyArray, n: int, terms: tuple[int, int] | None = None) -> LazyArray:
    """``sum(x[i + j] * v[j] for j in range(len(v)))`` for ``i`` below `n`, of the terms with ``i + j`` in a range.

    The sum begins with +0.0, as NumPy's: what adding +0.0 for a term left out does not change.
    """
    k = v.shape[0]
    if k > _SHORT:
        windows = _windows(x, (k,), (0,))
        if terms is None:
            return _core.product("matvec", windows, v)
        # As `0 * inf` is no zero.
        return _where(_within(_iota((n, k), 0, [1, 1]), terms), windows * v, 0).sum(1, x.dtype)
    total: LazyArray = _core.full((n,), 0, x.dtype)
    for j in range(k):
        term = x[j : j + n] * v[j]
        total = total + (term if terms is None else _where(_within(_iota((n,), j, [1]), terms), term, 0))
    return total


def _within(at: LazyArray, terms: tuple[int, int]) -> LazyArray:
    return (at >= terms[0]) & (at < terms[1])


def _correlated(x: LazyArray, v: LazyArray, mode: int) -> LazyArray:
    """The correlation, of a kernel that is not the longer one."""
    n, k = x.shape[0], v.shape[0]
    left = (0, k // 2, k - 1)[mode]
    right = (0, k - left - 1, k - 1)[mode]
    kind = x.dtype
    if kind == "float16":
        x, v = x.astype("float32"), v.astype("float32")
    parts = [_slid(x, v, n - k + 1)]
    # At the ends, terms are left out.
    if left:
        begin = _concatenate([_core.full((left,), 0, x.dtype), x[: k - 1]], 0, None)
        parts.insert(0, _slid(begin, v, left, (left, left + k)))
    if right:
        end = _concatenate([x[n - k + 1 :], _core.full((right,), 0, x.dtype)], 0, None)
        parts.append(_slid(end, v, right, (0, k - 1)))
    whole = _concatenate(parts, 0, None) if len(parts) > 1 else parts[0]
    return whole.astype(kind)


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
