"""Reductions: folds over axes. Producers fuse into them, siblings share a walk."""

import builtins

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._typing import ArrayLike, Axes, Axis, DTypeLike
from ._ufuncs import subtract as _subtract

__all__ = [
    "all",
    "amax",
    "amin",
    "any",
    "argmax",
    "argmin",
    "count_nonzero",
    "max",
    "min",
    "prod",
    "ptp",
    "sum",
    "trace",
]

_asarray = _core.asarray


def sum(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: ArrayLike | None = None,
    where: ArrayLike = True,
) -> LazyArray:
    """Sum over axes.

    Parameters
    ----------
    a : array_like
        The elements.
    axis : int or tuple of ints, optional
        The axes; all by default.
    dtype : dtype_like, optional
        The type to add in. By default that of the elements, small integers and bool in 64 bits.
    out : None
        Refused: use ``compute(out=...)``.
    keepdims : bool
        Whether the axes stay, with length one.
    initial : scalar, optional
        A value to start from.
    where : array_like of bool
        The elements that take part.

    Returns
    -------
    LazyArray

    Notes
    -----
    Floating-point sums are no worse than pairwise summation, and do not depend on the number of threads. Integers wrap.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.sum([[1, 2], [3, 4]], axis=0).compute()
    array([4, 6])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.sum(axis, dtype, out, keepdims, initial, where)


def prod(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: ArrayLike | None = None,
    where: ArrayLike = True,
) -> LazyArray:
    """Product over axes.

    Parameters
    ----------
    a, axis, dtype, out, keepdims, initial, where
        As for `sum`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.prod([[1, 2], [3, 4]], axis=1).compute()
    array([ 2, 12])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.prod(axis, dtype, out, keepdims, initial, where)


def min(
    a: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: ArrayLike | None = None,
    where: ArrayLike = True,
) -> LazyArray:
    """The smallest element over axes. NaN propagates.

    Parameters
    ----------
    a : array_like
        The elements.
    axis : int or tuple of ints, optional
        The axes; all by default.
    out : None
        Refused: use ``compute(out=...)``.
    keepdims : bool
        Whether the axes stay, with length one.
    initial : scalar, optional
        The largest result; needed for empty axes and with ``where``.
    where : array_like of bool
        The elements that take part.

    Returns
    -------
    LazyArray

    Raises
    ------
    ValueError
        For empty axes without ``initial``.

    Notes
    -----
    Of zeros of both signs either one may be the result, as in NumPy, where it depends on vector widths.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.min([[4, 2], [3, 1]], axis=0).compute()
    array([3, 1])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.min(axis, out, keepdims, initial, where)


def max(
    a: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: ArrayLike | None = None,
    where: ArrayLike = True,
) -> LazyArray:
    """The largest element over axes. NaN propagates.

    Parameters
    ----------
    a, axis, out, keepdims, where
        As for `min`.
    initial : scalar, optional
        The smallest result; needed for empty axes and with ``where``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.max([[4, 2], [3, 1]], axis=0, keepdims=True).compute()
    array([[4, 2]])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.max(axis, out, keepdims, initial, where)


amin, amax = min, max


def any(
    a: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    *,
    where: ArrayLike = True,
) -> LazyArray:
    """Whether any element over axes is true. NaN is true.

    Parameters
    ----------
    a, axis, out, keepdims, where
        As for `sum`.

    Returns
    -------
    LazyArray
        Of type bool.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.any([[0, 0], [0, 3]], axis=1).compute()
    array([False,  True])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.any(axis, out, keepdims, None, where)


def all(
    a: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    *,
    where: ArrayLike = True,
) -> LazyArray:
    """Whether all elements over axes are true. NaN is true.

    Parameters
    ----------
    a, axis, out, keepdims, where
        As for `sum`.

    Returns
    -------
    LazyArray
        Of type bool.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.all([[1, 0], [2, 3]], axis=1).compute()
    array([False,  True])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.all(axis, out, keepdims, None, where)


def argmin(a: ArrayLike, axis: Axis | None = None, out: None = None, *, keepdims: builtins.bool = False) -> LazyArray:
    """The position of the smallest element, of the first where there are several. NaN counts as smallest.

    Parameters
    ----------
    a : array_like
        The elements.
    axis : int, optional
        The axis; by default positions are in the flattened array.
    out : None
        Refused: use ``compute(out=...)``.
    keepdims : bool
        Whether the axis stays, with length one.

    Returns
    -------
    LazyArray
        Of type int64.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.argmin([[4, 2], [3, 1]], axis=1).compute()
    array([1, 1])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.argmin(axis, out, keepdims=keepdims)


def argmax(a: ArrayLike, axis: Axis | None = None, out: None = None, *, keepdims: builtins.bool = False) -> LazyArray:
    """The position of the largest element, of the first where there are several. NaN counts as largest.

    Parameters
    ----------
    a, axis, out, keepdims
        As for `argmin`.

    Returns
    -------
    LazyArray
        Of type int64.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.argmax([3.0, 7.0, 7.0]).compute()
    array(1)
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.argmax(axis, out, keepdims=keepdims)


def count_nonzero(a: ArrayLike, axis: Axes | None = None, *, keepdims: builtins.bool = False) -> LazyArray:
    """The number of elements that are not zero. NaN is not zero.

    Parameters
    ----------
    a : array_like
        The elements.
    axis : int or tuple of ints, optional
        The axes; all by default.
    keepdims : bool
        Whether the axes stay, with length one.

    Returns
    -------
    LazyArray
        Of type int64.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.count_nonzero([[0, 1], [2, 3]], axis=1).compute()
    array([1, 2])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a._reduce("count_nonzero", axis, None, keepdims)


def ptp(a: ArrayLike, axis: Axes | None = None, out: None = None, keepdims: builtins.bool = False) -> LazyArray:
    """The largest less the smallest element over axes ("peak to peak").

    Parameters
    ----------
    a, axis, out, keepdims
        As for `min`.

    Returns
    -------
    LazyArray
        Of the type of the elements: integers wrap.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.ptp([[4, 9], [3, 1]], axis=1).compute()
    array([5, 2])
    """
    x = _asarray(a)
    return _subtract(x.max(axis, out, keepdims), x.min(axis, None, keepdims))


def trace(
    a: ArrayLike,
    offset: int = 0,
    axis1: Axis = 0,
    axis2: Axis = 1,
    dtype: DTypeLike | None = None,
    out: None = None,
) -> LazyArray:
    """The sum along a diagonal.

    Parameters
    ----------
    a : array_like
        Of at least two axes.
    offset : int
        Which diagonal: above the main one if positive.
    axis1, axis2 : int
        The axes of the matrices.
    dtype : dtype_like, optional
        The type to add in, as for `sum`.
    out : None
        Refused: use ``compute(out=...)``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.trace([[1, 2], [3, 4]]).compute()
    array(5)
    """
    offset, axis1, axis2 = (_core.c_int(i, "parsed") for i in (offset, axis1, axis2))
    return _asarray(a).diagonal(offset, axis1, axis2).sum(-1, dtype, out)
