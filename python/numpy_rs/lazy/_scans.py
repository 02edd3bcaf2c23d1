"""Scans: what is folded up to each element along an axis. Threads share long rows; any number gives the same bits."""

import builtins

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._nan import _replaced
from ._out import _no_out
from ._typing import ArrayLike, Axis, DTypeLike

__all__ = ["cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "nancumprod", "nancumsum"]

_asarray, _concatenate, _full = _core.asarray, _core.concatenate, _core.full


def cumsum(a: ArrayLike, axis: Axis | None = None, dtype: DTypeLike | None = None, out: None = None) -> LazyArray:
    """Running sums along an axis.

    Parameters
    ----------
    a : array_like
        The elements.
    axis : int, optional
        The axis; the flattened array by default.
    dtype : dtype_like, optional
        The type to add in. By default that of the elements, small integers and bool in 64 bits.
    out : None
        Refused: use ``compute(out=...)``.

    Returns
    -------
    LazyArray
        Of the shape of the elements.

    Notes
    -----
    Floating-point rows of up to 32,768 elements are added one after another, as NumPy does. Longer ones are cut into
    pieces of that length, to whose sums what came before is added: their error is no larger. Integers wrap.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.cumsum([[1, 2], [3, 4]], axis=0).compute()
    array([[1, 2],
           [4, 6]])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.cumsum(axis, dtype, out)


def cumprod(a: ArrayLike, axis: Axis | None = None, dtype: DTypeLike | None = None, out: None = None) -> LazyArray:
    """Running products along an axis.

    Parameters
    ----------
    a, axis, dtype, out
        As for `cumsum`.

    Returns
    -------
    LazyArray
        Of the shape of the elements.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.cumprod([[1, 2], [3, 4]], axis=1).compute()
    array([[ 1,  2],
           [ 3, 12]])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.cumprod(axis, dtype, out)


def _cumulative(
    x: ArrayLike, name: str, axis: Axis | None, dtype: DTypeLike | None, out: None, include_initial: builtins.bool
) -> LazyArray:
    array = _asarray(x)
    if array.ndim == 0:
        array = array.reshape(1)
    if axis is None:
        if array.ndim != 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        axis = 0
    if isinstance(axis, tuple):
        if len(axis) != 1:
            raise ValueError("accumulate does not allow multiple axes")
        axis = axis[0]
    _no_out(out)
    scanned = array._scan(name, axis, dtype)
    if not include_initial:
        return scanned
    place = axis.__index__() % array.ndim
    shape = array.shape[:place] + (1,) + array.shape[place + 1 :]
    return _concatenate([_full(shape, 0 if name == "add" else 1, scanned.dtype), scanned], place, scanned.dtype)


def cumulative_sum(
    x: ArrayLike,
    /,
    *,
    axis: Axis | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    include_initial: builtins.bool = False,
) -> LazyArray:
    """Running sums along an axis, as the array API standard has them.

    Parameters
    ----------
    x : array_like
        The elements.
    axis : int, optional
        The axis; needed for arrays of several.
    dtype, out
        As for `cumsum`.
    include_initial : bool
        Whether the sum of nothing comes first: the result is longer by one.

    Returns
    -------
    LazyArray

    Raises
    ------
    ValueError
        For an array of several axes without ``axis``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.cumulative_sum([1, 2, 3], include_initial=True).compute()
    array([0, 1, 3, 6])
    """
    return _cumulative(x, "add", axis, dtype, out, include_initial)


def cumulative_prod(
    x: ArrayLike,
    /,
    *,
    axis: Axis | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    include_initial: builtins.bool = False,
) -> LazyArray:
    """Running products along an axis, as the array API standard has them.

    Parameters
    ----------
    x, axis, dtype, out, include_initial
        As for `cumulative_sum`; the product of nothing is one.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.cumulative_prod([1, 2, 3], include_initial=True).compute()
    array([1, 1, 2, 6])
    """
    return _cumulative(x, "multiply", axis, dtype, out, include_initial)


def nancumsum(a: ArrayLike, axis: Axis | None = None, dtype: DTypeLike | None = None, out: None = None) -> LazyArray:
    """Running sums along an axis; NaN counts as zero.

    Parameters
    ----------
    a, axis, dtype, out
        As for `cumsum`.

    Returns
    -------
    LazyArray
        Of the shape of the elements.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nancumsum([1.0, lz.nan, 2.0]).compute()
    array([1., 1., 3.])
    """
    return _replaced(a, 0)[0].cumsum(axis, dtype, out)


def nancumprod(a: ArrayLike, axis: Axis | None = None, dtype: DTypeLike | None = None, out: None = None) -> LazyArray:
    """Running products along an axis; NaN counts as one.

    Parameters
    ----------
    a, axis, dtype, out
        As for `cumprod`.

    Returns
    -------
    LazyArray
        Of the shape of the elements.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nancumprod([3.0, lz.nan, 2.0]).compute()
    array([3., 3., 6.])
    """
    return _replaced(a, 1)[0].cumprod(axis, dtype, out)
