"""Means and spreads over axes."""

import builtins

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._shape import _axis_tuple
from ._typing import ArrayLike, Axes, DTypeLike
from ._ufuncs import divide as _divide
from ._ufuncs import multiply as _multiply

__all__ = [
    "average",
    "mean",
    "std",
    "var",
]

_asarray = _core.asarray


def mean(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    *,
    where: ArrayLike = True,
) -> LazyArray:
    """The arithmetic mean over axes.

    Parameters
    ----------
    a, axis, out, keepdims, where
        As for `sum`.
    dtype : dtype_like, optional
        The type to compute in: float64 for integers, that of the elements otherwise.

    Returns
    -------
    LazyArray
        NaN for no elements.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.mean([[1, 2], [3, 4]], axis=0).compute()
    array([2., 3.])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.mean(axis, dtype, out, keepdims, None, where)


def _ddof(ddof: float, correction: float | None) -> float:
    if correction is None:
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return correction


def var(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    where: ArrayLike = True,
    mean: ArrayLike | None = None,
    correction: float | None = None,
) -> LazyArray:
    """The variance over axes: the mean of squared distances from the mean.

    Parameters
    ----------
    a, axis, out, keepdims, where
        As for `sum`.
    dtype : dtype_like, optional
        The type to compute in: float64 for integers, that of the elements otherwise.
    ddof : float
        The sum is divided by the number of elements less this.
    mean : array_like, optional
        The mean, with the reduced axes kept.
    correction : float, optional
        Another name of ``ddof``.

    Returns
    -------
    LazyArray
        Real. NaN for no elements.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.var([1, 2, 3, 4]).compute(), lz.var([1, 2, 3], ddof=1).compute()
    (array(1.25), array(1.))
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    if correction is not None:
        ddof = _ddof(ddof, correction)
    return a.var(axis, dtype, out, ddof, keepdims, where=where, mean=mean)


def std(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    where: ArrayLike = True,
    mean: ArrayLike | None = None,
    correction: float | None = None,
) -> LazyArray:
    """The standard deviation over axes: the square root of the variance.

    Parameters
    ----------
    a, axis, dtype, out, ddof, keepdims, where, mean, correction
        As for `var`.

    Returns
    -------
    LazyArray
        Real. NaN for no elements.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.std([1.0, 3.0]).compute()
    array(1.)
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    if correction is not None:
        ddof = _ddof(ddof, correction)
    return a.std(axis, dtype, out, ddof, keepdims, where=where, mean=mean)


def average(
    a: ArrayLike,
    axis: Axes | None = None,
    weights: ArrayLike | None = None,
    returned: builtins.bool = False,
    *,
    keepdims: builtins.bool = False,
) -> LazyArray | tuple[LazyArray, LazyArray]:
    """The weighted mean over axes.

    Parameters
    ----------
    a : array_like
        The elements.
    axis : int or tuple of ints, optional
        The axes; all by default.
    weights : array_like, optional
        Of the shape of ``a``, or of its axes ``axis``; all one by default.
    returned : bool
        Whether the sum of the weights is given too.
    keepdims : bool
        Whether the axes stay, with length one.

    Returns
    -------
    LazyArray, or two of them

    Raises
    ------
    ZeroDivisionError
        When computed, where weights sum to zero.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.average([1.0, 2.0, 6.0], weights=[3, 2, 1]).compute()
    array(2.16666667)
    """
    x = _asarray(a)
    axes = None if axis is None else _axis_tuple(axis, x.ndim, "axis")
    if weights is None:
        mean = x.mean(axes, keepdims=keepdims)
        # NumPy divides numbers of elements, of Python's integers.
        if mean.size == 0:
            raise ZeroDivisionError("division by zero")
        if not returned:
            return mean
        scale = x.size / mean.size
        return mean, _core.full(mean.shape, scale, mean.dtype)
    w = _asarray(weights)
    if w.shape != x.shape:
        if axes is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        if w.shape != tuple(x.shape[d] for d in axes):
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
        order = sorted(range(len(axes)), key=lambda i: axes[i])
        w = w.transpose(order)
        w = w.reshape(tuple(n if d in axes else 1 for d, n in enumerate(x.shape)))
    kinds = (x.dtype, w.dtype, "f8") if x.dtype.kind in "biu" else (x.dtype, w.dtype)
    result = _core.result_type(*kinds)
    total = _core.broadcast_to(w, x.shape) if axes is None or w.shape == x.shape else w
    scl = total.sum(axes, result, None, keepdims)
    scl = _core.note(scl, scl == 0, "noweight")
    avg: LazyArray = _divide(_multiply(x, w, dtype=result).sum(axes, None, None, keepdims), scl)
    if not returned:
        return avg
    return avg, _core.broadcast_to(scl, avg.shape) if scl.shape != avg.shape else scl
