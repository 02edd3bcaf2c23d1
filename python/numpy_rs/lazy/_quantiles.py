"""Medians and quantiles: a partition or a sort, and what is interpolated between two of its places."""

import builtins
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._nan import nanmean as _nanmean
from ._out import _no_out
from ._shape import _axis_tuple
from ._typing import ArrayLike, Axes
from ._ufuncs import _where
from ._ufuncs import ceil as _ceil
from ._ufuncs import floor as _floor
from ._ufuncs import isnan as _isnan
from ._ufuncs import rint as _rint
from ._weighted import _at, _weighted_quantile, _weights

__all__ = ["median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile"]

_asarray, _sort, _note = _core.asarray, _core.sort, _core.note

# From this many places on all is sorted: a graph names each place.
_MOST_PLACES = 32

# Lines that NumPy's `nanmedian` takes one by one, by the rules of `median`; of shorter ones it divides sums by two.
_LONG_LINE = 600

# A number of elements: one for all lines, or one a line.
_Count = int | LazyArray


def _lines(a: LazyArray, axis: Any) -> tuple[LazyArray, tuple[int, ...]]:
    """The array with the axes that are reduced as one, which comes last; and these axes."""
    if axis is None:
        return a.reshape(-1), tuple(range(a.ndim))
    try:
        axis = (operator.index(axis),)
    except TypeError:
        axis = tuple(axis)
    axes = _axis_tuple(axis, a.ndim)
    kept = [d for d in range(a.ndim) if d not in axes]
    lines = a.transpose(kept + sorted(axes)) if axes else a
    count = 1
    for d in axes:
        count *= a.shape[d]
    return lines.reshape(tuple(a.shape[d] for d in kept) + (count,)), axes


def _kept(result: LazyArray, ndim: int, axes: tuple[int, ...], keepdims: Any) -> LazyArray:
    """The result, whose last axes are those that stay; with ``keepdims`` the reduced ones too, of length one."""
    if not keepdims:
        return result
    return result[(Ellipsis, *(None if d in axes else slice(None) for d in range(ndim)))]


def median(
    a: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    keepdims: builtins.bool = False,
) -> LazyArray:
    """The middle element over axes, or the mean of the middle two.

    Parameters
    ----------
    a : array_like
        The elements.
    axis : int or tuple of ints, optional
        The axes; all by default.
    out : None
        Refused: use ``compute(out=...)``.
    overwrite_input : bool
        Accepted; nothing is overwritten.
    keepdims : bool
        Whether the axes stay, with length one.

    Returns
    -------
    LazyArray
        Of the type of `mean`: float64 for integers. NaN where there is one.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.median([[10, 7, 4], [3, 2, 1]]).compute()
    array(3.5)
    >>> lz.median([[10, 7, 4], [3, 2, 1]], axis=1).compute()
    array([7., 2.])
    """
    _no_out(out)
    x = _asarray(a)
    lines, axes = _lines(x, axis)
    return _kept(_median(lines), x.ndim, axes, keepdims)


def _median(lines: LazyArray) -> LazyArray:
    """The medians along the last axis."""
    n = lines.shape[-1]
    if n == 0:
        return lines.mean(-1)
    has_nan = lines.dtype.kind in "fc"
    low, high = (n - 1) // 2, n // 2
    part = _sort(lines, -1, [low, high] + ([n - 1] if has_nan else []))
    middle = part[..., low : high + 1].mean(-1)
    if not has_nan:
        return middle
    last = part[..., n - 1]
    return _where(_isnan(last), last, middle)


def nanmedian(
    a: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    keepdims: builtins.bool = False,
) -> LazyArray:
    """The middle element over axes, or the mean of the middle two; NaN left out.

    Parameters
    ----------
    a, axis, out, overwrite_input, keepdims
        As for `median`.

    Returns
    -------
    LazyArray
        NaN where there is nothing but NaN.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanmedian([[10.0, lz.nan, 4.0], [3.0, 2.0, 1.0]], axis=1).compute()
    array([7., 2.])
    """
    _no_out(out)
    x = _asarray(a)
    if x.size == 0:
        return _nanmean(x, axis, keepdims=keepdims)
    lines, axes = _lines(x, axis)
    if x.dtype.kind not in "fc":
        return _kept(_median(lines), x.ndim, axes, keepdims)
    count = (~_isnan(lines)).sum(-1)
    ordered = _sort(lines, -1, None)
    low, high = (_at(ordered, p) for p in (_core.clip(count - 1, 0, None) // 2, _below(count // 2, lines.shape[-1])))
    if lines.ndim > 1 and lines.shape[-1] < _LONG_LINE:
        middle = ((low + high) / 2).astype(x.dtype)
    else:
        pair = _core.concatenate([v.reshape(v.shape + (1,)) for v in (low, high)], -1, x.dtype)
        middle = _where(count % 2 == 1, low, pair.mean(-1))
    none = count == 0
    found = _where(none, _core.full((), float("nan"), x.dtype), middle)
    return _kept(_note(found, none, "allnan"), x.ndim, axes, keepdims)


def _below(positions: LazyArray, n: int) -> LazyArray:
    """Positions, but none beyond the last of `n`."""
    return _core.clip(positions, None, n - 1)


# Where a quantile lies among `n` elements in order, counted from zero, and what is interpolated with, by name.
def _between(alpha: float, beta: float) -> Callable[[_Count, Any], Any]:
    """Hyndman and Fan, *Sample Quantiles in Statistical Packages*, 1996."""
    return lambda n, q: n * q + (alpha + q * (1 - alpha - beta)) - 1


def _inverted(n: _Count, q: Any) -> LazyArray:
    return _bounded_step(n * q - 1, lambda fraction, index: fraction == 0)


def _closest(n: _Count, q: Any) -> LazyArray:
    return _bounded_step(n * q - 1 - 0.5, lambda fraction, index: (fraction == 0) & (_floor(index) % 2 == 1))


def _bounded_step(index: Any, stays: Callable[[Any, Any], Any]) -> LazyArray:
    """The place below where a condition holds of fraction and index, else the next; none before the first."""
    index = _asarray(index)
    below = _floor(index)
    place = _where(stays(index - below, index), below, below + 1).astype("int64")
    return _where(place < 0, 0, place)


def _same(fraction: Any, index: Any) -> Any:
    return fraction


# Discrete ones have no interpolation.
_METHODS: dict[str, tuple[Callable[[_Count, Any], Any], Callable[[Any, Any], Any] | None]] = {
    "inverted_cdf": (_inverted, None),
    "averaged_inverted_cdf": (lambda n, q: n * q - 1, lambda fraction, index: _where(fraction == 0, 0.5, 1.0)),
    "closest_observation": (_closest, None),
    "interpolated_inverted_cdf": (_between(0, 1), _same),
    "hazen": (_between(0.5, 0.5), _same),
    "weibull": (_between(0, 0), _same),
    "linear": (lambda n, q: (n - 1) * q, _same),
    "median_unbiased": (_between(1 / 3.0, 1 / 3.0), _same),
    "normal_unbiased": (_between(3 / 8.0, 3 / 8.0), _same),
    "lower": (lambda n, q: _floor((n - 1) * q).astype("int64"), None),
    "higher": (lambda n, q: _ceil((n - 1) * q).astype("int64"), None),
    "midpoint": (
        lambda n, q: 0.5 * (_floor((n - 1) * q) + _ceil((n - 1) * q)),
        lambda fraction, index: _where(index % 1 == 0, 0.0, 0.5),
    ),
    "nearest": (lambda n, q: _rint((n - 1) * q).astype("int64"), None),
}


def _shares(a: ArrayLike, q: ArrayLike, percent: builtins.bool) -> tuple[LazyArray, _core.ndarray, builtins.bool]:
    """The array; the shares asked for, computed and found to be shares; and whether they are a Python number, which has
    no type of its own."""
    x = _asarray(a)
    if x.dtype.kind == "c":
        raise TypeError("a must be an array of real numbers")
    weak = type(q) in (int, float)
    if q is None:
        text = "unsupported operand type(s) for /: 'NoneType' and 'int'"
        raise TypeError(text if percent else "'>=' not supported between instances of 'NoneType' and 'int'")
    shares = _asarray(q)
    if percent:
        shares = shares / 100
    if shares.dtype.kind == "c":
        raise TypeError(
            "ufunc 'floor' not supported for the input types, and the inputs could not be safely coerced to any "
            "supported types according to the casting rule ''safe''"
        )
    found = shares.compute()
    values = (found if found.ndim == 1 else shares.reshape(-1).compute()).tolist()
    if not values and shares.ndim != 1:
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    if not all(0 <= v <= 1 for v in values):
        raise ValueError(
            "Percentiles must be in the range [0, 100]" if percent else "Quantiles must be in the range [0, 1]"
        )
    return x, found, weak


def _check(q: _core.ndarray, method: str) -> tuple[Callable[[_Count, Any], Any], Callable[[Any, Any], Any] | None]:
    if q.ndim > 2:
        raise ValueError("q must be a scalar or 1d")
    if method not in _METHODS:
        raise ValueError(f"{method!r} is not a valid method. Use one of: dict_keys({list(_METHODS)})")
    return _METHODS[method]


def _interpolated(below: LazyArray, above: LazyArray, t: Any, rest: Any, upper: Any) -> LazyArray:
    """Between two values: from the nearer one, so that it is monotonic and exact at both ends."""
    width = above - below
    first: LazyArray = below + width * t
    if upper is False:
        return first
    second = (above.astype(first.dtype) - (width * rest).astype(first.dtype)).astype(first.dtype)
    return second if upper is True else _where(upper, second, first)


class _Places(NamedTuple):
    """Where quantiles lie among elements in order: below, and where they are interpolated above and how far between."""

    lower: _core.ndarray
    upper: _core.ndarray | None
    fraction: _core.ndarray | None
    numbers: list[int]


# The places that were asked for before, as a program asks for the same ones again and again.
_KNOWN: dict[tuple[bytes, str, tuple[int, ...], int, str], _Places] = {}
_MOST_KNOWN = 64


def _places(q: _core.ndarray, n: int, method: str) -> _Places:
    """The places of shares among `n` elements."""
    key = (bytes(q), q.dtype.name, q.shape, n, method)
    places = _KNOWN.get(key)
    if places is None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        places = _KNOWN[key] = _new_places(_asarray(q), n, method)
    return places


def _new_places(q: LazyArray, n: int, method: str) -> _Places:
    place, between = _METHODS[method]
    index = _asarray(place(n, q))
    if between is None or method == "linear" and index.dtype.kind in "iu":
        (found,) = _core.compute_all(index)
        return _Places(found, None, None, _numbers(found))
    below = _floor(index)
    above = below + 1
    for outside, value in ((index >= n - 1, -1), (index < 0, 0)):
        below, above = _where(outside, value, below), _where(outside, value, above)
    share = _asarray(between(index - below, index)).astype(index.dtype)
    lower, upper, fraction = _core.compute_all(below.astype("int64"), above.astype("int64"), share)
    return _Places(lower, upper, fraction, _numbers(lower) + _numbers(upper))


def _quantile(lines: LazyArray, q: _core.ndarray, method: str, weak: builtins.bool) -> LazyArray:
    """Quantiles along the last axis; the axes of ``q`` come first."""
    _check(q, method)
    n = lines.shape[-1]
    has_nan = lines.dtype.kind == "f"
    if n == 0 and has_nan:
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    lower, upper, fraction, numbers = _places(q, n, method)
    if n == 0 and q.size > 0:
        if upper is None:
            raise IndexError("cannot do a non-empty take from an empty axes.")
        raise IndexError(f"index {numbers[0]} is out of bounds for axis 0 with size 0")
    ordered = _ordered(lines, numbers, has_nan)
    if upper is None or fraction is None:
        result = _taken(ordered, lower)
    else:
        t: Any = _asarray(fraction).reshape(q.shape + (1,) * (lines.ndim - 1))
        if weak:
            t = float(fraction.item())
        result = _interpolated(_taken(ordered, lower), _taken(ordered, upper), t, 1 - t, t >= 0.5)
    if not has_nan:
        return result
    last = ordered[..., n - 1]
    return _where(_isnan(last), last, result)


def _numbers(positions: _core.ndarray) -> list[int]:
    """All positions of an array."""
    return [int(p) for p in _asarray(positions).reshape(-1).compute().tolist()]


def _ordered(lines: LazyArray, places: list[int], has_nan: builtins.bool) -> LazyArray:
    """Lines with the right elements at some places, and at the last one."""
    n = lines.shape[-1]
    wanted = {p + n if p < 0 else p for p in places} | ({n - 1} if has_nan else set())
    if lines.size == 0 or len(wanted) > _MOST_PLACES:
        return _sort(lines, -1, None)
    return _sort(lines, -1, sorted(wanted))


def _taken(ordered: LazyArray, positions: _core.ndarray) -> LazyArray:
    """The elements of each line at positions; the axes of these come first."""
    if positions.ndim == 0:
        return ordered[..., int(positions.item())]
    ndim = ordered.ndim - 1
    taken = ordered[..., _asarray(positions)]
    if ndim == 0:
        return taken
    return taken.transpose(list(range(ndim, taken.ndim)) + list(range(ndim)))


def _nanquantile(lines: LazyArray, q: _core.ndarray, method: str, weak: builtins.bool) -> LazyArray:
    """Quantiles along the last axis of what is not NaN; the axes of ``q`` come first."""
    place, between = _check(q, method)
    count = (~_isnan(lines)).sum(-1)
    ordered = _sort(lines, -1, None)
    shares = _asarray(q).reshape(q.shape + (1,) * (lines.ndim - 1))
    # Lengths are Python's numbers in NumPy, of no type of their own.
    n = count.astype(q.dtype) if q.dtype.kind == "f" else count
    index = _asarray(place(n, shares))
    end = _core.clip(count - 1, 0, None)
    if between is None or method == "linear" and index.dtype.kind in "iu":
        result = _at(ordered, _core.clip(index.astype("int64"), 0, end))
    else:
        below = _floor(index)
        above = below + 1
        beyond, before = index >= n - 1, index < 0
        marked = [_where(before, 0, _where(beyond, -1, p)) for p in (below, above)]
        t = _asarray(between(index - marked[0], index)).astype(index.dtype)
        rest = 1 - t
        near = t >= 0.5
        lower, upper = (_at(ordered, _core.clip(_where(p < 0, end, p.astype("int64")), 0, end)) for p in marked)
        if weak:
            t, rest = t.astype(lines.dtype), rest.astype(lines.dtype)
        result = _interpolated(lower, upper, t, rest, near)
    none = count == 0
    found = _where(none, _core.full((), float("nan"), lines.dtype), result)
    return _note(found, none, "allnan")


def quantile(
    a: ArrayLike,
    q: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
    *,
    weights: ArrayLike | None = None,
) -> LazyArray:
    """Values below which shares of the elements lie.

    Parameters
    ----------
    a : array_like of real numbers
        The elements.
    q : array_like
        The shares, from 0 to 1: a number, or an array whose axes come first in the result. They are computed at once.
    axis : int or tuple of ints, optional
        The axes; all by default.
    out : None
        Refused: use ``compute(out=...)``.
    overwrite_input : bool
        Accepted; nothing is overwritten.
    method : str
        Where a quantile lies and what is interpolated: ``'inverted_cdf'``, ``'averaged_inverted_cdf'``,
        ``'closest_observation'``, ``'interpolated_inverted_cdf'``, ``'hazen'``, ``'weibull'``, ``'linear'``,
        ``'median_unbiased'``, ``'normal_unbiased'`` (those of Hyndman and Fan), ``'lower'``, ``'higher'``,
        ``'midpoint'``, ``'nearest'``.
    keepdims : bool
        Whether the axes stay, with length one.
    weights : array_like, optional
        How often each element counts, not negative: of the array's shape, or of that of the axes. Only by method
        ``'inverted_cdf'``. They are computed at once.

    Returns
    -------
    LazyArray
        NaN where there is one.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.asarray([[10, 7, 4], [3, 2, 1]])
    >>> lz.quantile(x, 0.5).compute()
    array(3.5)
    >>> lz.quantile(x, [0, 0.25], axis=0).compute()
    array([[3.  , 2.  , 1.  ],
           [4.75, 3.25, 1.75]])
    """
    _no_out(out)
    return _quantiles(a, q, axis, method, keepdims, weights, percent=False, ignore_nan=False)


def percentile(
    a: ArrayLike,
    q: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
    *,
    weights: ArrayLike | None = None,
) -> LazyArray:
    """Values below which percentages of the elements lie.

    Parameters
    ----------
    a, q, axis, out, overwrite_input, method, keepdims, weights
        As for `quantile`, but ``q`` is in percent, from 0 to 100.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.percentile([10, 7, 4, 3, 2, 1], 50).compute()
    array(3.5)
    """
    _no_out(out)
    return _quantiles(a, q, axis, method, keepdims, weights, percent=True, ignore_nan=False)


def nanquantile(
    a: ArrayLike,
    q: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
    *,
    weights: ArrayLike | None = None,
) -> LazyArray:
    """Values below which shares of the elements lie, NaN left out.

    Parameters
    ----------
    a, q, axis, out, overwrite_input, method, keepdims, weights
        As for `quantile`.

    Returns
    -------
    LazyArray
        NaN where there is nothing but NaN.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanquantile([[10.0, lz.nan, 4.0], [3.0, 2.0, 1.0]], 0.5, axis=1).compute()
    array([7., 2.])
    """
    _no_out(out)
    return _quantiles(a, q, axis, method, keepdims, weights, percent=False, ignore_nan=True)


def nanpercentile(
    a: ArrayLike,
    q: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
    *,
    weights: ArrayLike | None = None,
) -> LazyArray:
    """Values below which percentages of the elements lie, NaN left out.

    Parameters
    ----------
    a, q, axis, out, overwrite_input, method, keepdims, weights
        As for `percentile`.

    Returns
    -------
    LazyArray
        NaN where there is nothing but NaN.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanpercentile([10.0, 7.0, lz.nan, 4.0], 50).compute()
    array(7.)
    """
    _no_out(out)
    return _quantiles(a, q, axis, method, keepdims, weights, percent=True, ignore_nan=True)


def _quantiles(
    a: ArrayLike,
    q: ArrayLike,
    axis: Axes | None,
    method: str,
    keepdims: builtins.bool,
    weights: ArrayLike | None,
    *,
    percent: builtins.bool,
    ignore_nan: builtins.bool,
) -> LazyArray:
    x, shares, weak = _shares(a, q, percent)
    w = None if weights is None else _weights(weights, x, axis, method)
    if ignore_nan and x.size == 0:
        return _nanmean(x, axis, keepdims=keepdims)
    lines, axes = _lines(x, axis)
    if w is not None:
        if shares.ndim > 2:
            raise ValueError("q must be a scalar or 1d")
        return _kept(
            _weighted_quantile(lines, _lines(w, axis)[0], _asarray(shares), ignore_nan), x.ndim, axes, keepdims
        )
    inner = _nanquantile if ignore_nan and x.dtype.kind == "f" else _quantile
    return _kept(inner(lines, shares, method, weak), x.ndim, axes, keepdims)
