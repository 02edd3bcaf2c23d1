"""Lines between points."""

import math
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._search import _one_axis
from ._typing import ArrayLike
from ._ufuncs import _make_complex, _where
from ._ufuncs import isnan as _isnan

__all__ = ["interp"]

_asarray, _picked, _concatenate = _core.asarray, _core.picked, _core.concatenate


def interp(
    x: ArrayLike,
    xp: ArrayLike,
    fp: ArrayLike,
    left: float | complex | LazyArray | None = None,
    right: float | complex | LazyArray | None = None,
    period: float | None = None,
) -> LazyArray:
    """Values on the lines between points.

    Parameters
    ----------
    x : array_like
        Where values are wanted.
    xp : array_like
        Where the points are: of one axis, increasing; with ``period`` in any order.
    fp : array_like
        The values of the points, real or complex.
    left, right : number, optional
        The values before the first point and after the last; by default those of these points. Not with ``period``.
    period : float, optional
        After which the points come again.

    Returns
    -------
    LazyArray
        Of the shape of ``x``, float64 or complex128. Of NaN it is NaN, and at a point exactly the point's value.

    Raises
    ------
    ValueError
        If there are no points, if places and values are not of one axis and length, or the period is zero.
    TypeError
        If places are complex, or an end is no number.

    Notes
    -----
    NumPy's steps, operation by operation: a place is searched for, and the line through its neighbours followed from
    the lower one; where that gives NaN, from the upper one.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.interp([0.5, 2.0, 9.0], [1, 2, 3], [3, 2, 0]).compute()
    array([3., 2., 0.])
    >>> lz.interp([-180, 185], [190, -190, 350, -350], [5, 10, 3, 4], period=360).compute()
    array([7.5 , 6.25])
    """
    values = _asarray(fp)
    dtype = "complex128" if values.dtype.kind == "c" else "float64"
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        period = abs(period)
        left = right = None
        at, places, values = _asarray(x, "float64"), _asarray(xp, "float64"), _asarray(values, dtype)
        if places.ndim != 1 or values.ndim != 1:
            raise ValueError("Data points must be 1-D sequences")
        if places.shape != values.shape:
            raise ValueError("fp and xp are not of the same length")
        at, places = at % period, places % period
        order = _core.argsort(places, 0, None)
        places, values = _picked(places, order), _picked(values, order)
        places = _concatenate([places[-1:] - period, places, places[:1] + period], 0, None)
        values = _concatenate([values[-1:], values, values[:1]], 0, None)
    else:
        values, places = _safely(_one_axis(values), dtype), _safely(_one_axis(xp), "float64", xp)
        at = _safely(_asarray(x), "float64", x)
    n = places.size
    if n == 0:
        raise ValueError("array of sample points is empty")
    if values.size != n:
        raise ValueError("fp and xp are not of the same length.")
    before, after = _end(values, left, 0), _end(values, right, n - 1)
    if dtype == "float64":
        return _real(at, places, values, before, after)
    re = _real(at, places, values.real, before.real, after.real, inverse=True)
    im = _real(at, places, values.imag, before.imag, after.imag, inverse=True)
    if n > 1:
        im = _where(_isnan(at), 0.0, im)
    return _make_complex(re, im)


def _silent(x: LazyArray) -> LazyArray:
    """A value of whose operation nothing is said: NumPy's loop says nothing."""
    return _core.note(x, False, "silent")


def _safely(x: LazyArray, dtype: str, given: Any = None) -> LazyArray:
    if not _core.can_cast(x.dtype, dtype, "safe"):
        if given is not None and not hasattr(given, "dtype"):
            raise TypeError("float() argument must be a string or a real number, not 'complex'")
        what = "array data" if x.ndim else "scalar"
        raise TypeError(f"Cannot cast {what} from {x.dtype!r} to dtype('{dtype}') according to the rule 'safe'")
    return x.astype(dtype)


def _end(values: LazyArray, given: Any, position: int) -> LazyArray:
    """The value beyond an end: as given, or that of the point."""
    if given is None:
        return values[position]
    if isinstance(given, LazyArray) and given.ndim == 0 and _core.can_cast(given.dtype, values.dtype, "same_kind"):
        return given.astype(values.dtype)
    if values.dtype.kind == "c" and hasattr(given, "__complex__"):
        return _asarray(complex(given), values.dtype)
    # Of what is no number, with NumPy's words.
    return _asarray(math.ldexp(given, 0), values.dtype)


def _real(
    x: LazyArray, places: LazyArray, values: LazyArray, left: LazyArray, right: LazyArray, inverse: bool = False
) -> LazyArray:
    """As NumPy's loop, operation by operation; with ``inverse`` slopes are products, as of complex values."""
    n = places.size
    first, last = places[0], places[n - 1]
    if n == 1:
        return _where(x < first, left, _where(x > first, right, values[0]))
    steps, rises = _silent(places[1:] - places[:-1]), _silent(values[1:] - values[:-1])
    slopes = _silent(rises * _silent(1.0 / steps)) if inverse else _silent(rises / steps)
    # Of what is below all places, or NaN, any line serves.
    j = _core.searchsorted(places, x, True) - 1
    low, high, value, slope = (
        _picked(places, j),
        _picked(places, j + 1),
        _picked(values, j),
        _picked(slopes, j),
    )
    line = _silent(_silent(slope * _silent(x - low)) + value)
    # If that is NaN, from the other end; between equal values of points nothing else is meant.
    after = _picked(values, j + 1)
    back = _silent(_silent(slope * _silent(x - high)) + after)
    back = _where(_isnan(back) & (value == after), value, back)
    result = _where(_isnan(line), back, line)
    result = _where((low == x) | (j == _core.iota((), n - 1, [])), value, result)
    result = _where(x > last, right, _where(x < first, left, result))
    return _where(_isnan(x), x, result)
