"""Quantiles of weighted elements: those of the inverted cumulative distribution."""

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._order import _gathered, _starts
from ._shape import _axis_tuple
from ._typing import ArrayLike, Axes
from ._ufuncs import _where
from ._ufuncs import isnan as _isnan

_asarray = _core.asarray


def _at(ordered: LazyArray, positions: LazyArray) -> LazyArray:
    """The elements of lines along the last axis at positions within them: one a line, or several in front."""
    return _core.picked(ordered.reshape(-1), positions + _starts(ordered))


def _weights(weights: ArrayLike, a: LazyArray, axis: Axes | None, method: str) -> LazyArray:
    """Weights in the shape of the array, computed and found not to be negative."""
    if method != "inverted_cdf":
        raise ValueError(f"Only method 'inverted_cdf' supports weights. Got: {method}.")
    axes = None if axis is None else _axis_tuple(axis, a.ndim, "axis")
    w = _asarray(weights).persist()
    if w.shape != a.shape:
        if axes is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        if w.shape != tuple(a.shape[d] for d in axes):
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
        order = sorted(range(len(axes)), key=axes.__getitem__)
        w = w.transpose(order).reshape(tuple(n if d in axes else 1 for d, n in enumerate(a.shape)))
    if bool((w < 0).any()):
        raise ValueError("Weights must be non-negative.")
    return _core.broadcast_to(w, a.shape)


def _weighted_quantile(lines: LazyArray, weights: LazyArray, q: LazyArray, ignore_nan: bool) -> LazyArray:
    """Quantiles along the last axis; the axes of ``q`` come first."""
    n = lines.shape[-1]
    if n == 0:
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    has_nan = lines.dtype.kind == "f"
    is_nan = _isnan(lines) if has_nan and ignore_nan else None
    # What is left out comes last, and weighs nothing.
    weights = weights.astype("float64") if is_nan is None else _where(is_nan, 0.0, weights.astype("float64"))
    order = _core.argsort(lines, -1, None).persist()
    ordered = _gathered(lines, order).persist()
    sums = _gathered(weights, order).cumsum(-1)
    count = n if is_nan is None else (~is_nan).sum(-1)
    none = _asarray(count == 0)
    whole: LazyArray = _where(none, 1.0, sums[..., -1])
    shares = (sums / whole.reshape((*whole.shape, 1))).persist()
    if bool(_isnan(shares[..., -1]).any()):
        raise ValueError("Weights included NaN, inf or were all zero.")
    if q.dtype.kind == "f":
        shares = shares.astype(q.dtype)
    # Elements in front that weigh nothing are not there, not even for the share 0.
    shares = _where(shares == 0, -1, shares)
    below = (shares < q.reshape(q.shape + (1,) * lines.ndim)).sum(-1)
    result = _at(ordered, _core.clip(below, 0, _core.clip(_asarray(count) - 1, 0, None)))
    if is_nan is not None:
        return _core.note(_where(none, _core.full((), float("nan"), lines.dtype), result), none, "allnan")
    if not has_nan:
        return result
    largest = ordered[..., n - 1]
    return _where(_isnan(largest), largest, result)
