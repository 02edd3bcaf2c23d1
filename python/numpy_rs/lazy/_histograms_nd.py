"""How many points are in the boxes of a grid."""

import builtins
import operator
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._broadcast import atleast_2d
from ._histograms import _numbers, _outer, _weights_of
from ._join import diff
from ._ranges import linspace
from ._shape import ndim
from ._typing import ArrayLike
from ._ufuncs import _where

__all__ = ["histogram2d", "histogramdd"]

_asarray = _core.asarray


def histogram2d(
    x: ArrayLike,
    y: ArrayLike,
    bins: Any = 10,
    range: Sequence[Any] | None = None,
    density: bool | None = None,
    weights: ArrayLike | None = None,
) -> tuple[LazyArray, LazyArray, LazyArray]:
    """How many points of the plane are in the boxes of a grid.

    Parameters
    ----------
    x, y : array_like, shape (N,)
        The coordinates.
    bins : int, array_like, or two of them
        The numbers of bins of one width, or their edges: for both axes, or each.
    range : two pairs of floats, optional
        The outer edges. By default the least and the greatest coordinates, which are computed at once.
    density : bool, optional
        Gives a density, whose integral is one, instead of counts.
    weights : array_like, shape (N,), optional
        Their sums are given instead of counts.

    Returns
    -------
    counts, x_edges, y_edges : LazyArray
        Counts are float64, with ``x`` along the first axis.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> counts, x_edges, y_edges = lz.histogram2d([1, 2, 2], [1, 1, 3], bins=2)
    >>> counts.compute()
    array([[1., 0.],
           [1., 1.]])
    >>> y_edges.compute()
    array([1., 2., 3.])
    """
    xs: Any = x
    ys: Any = y
    if len(xs) != len(ys):
        raise ValueError("x and y must have the same length.")
    try:
        count = len(bins)
    except TypeError:
        count = 1
    if count not in (1, 2):
        bins = [_asarray(bins)] * 2
    counts, edges = histogramdd([x, y], bins, range, density, weights)
    return counts, edges[0], edges[1]


def histogramdd(
    sample: ArrayLike,
    bins: Any = 10,
    range: Sequence[Any] | None = None,
    density: bool | None = None,
    weights: ArrayLike | None = None,
) -> tuple[LazyArray, list[LazyArray]]:
    """How many points are in the boxes of a grid.

    Parameters
    ----------
    sample : array of shape (N, D), or sequence of D arrays of shape (N,)
        The coordinates: a row for each point, or an array for each axis.
    bins : int, or sequence of D ints or array_like
        The numbers of bins of one width, or their edges.
    range : sequence of D pairs of floats or None, optional
        The outer edges. By default the least and the greatest coordinates, which are computed at once.
    density : bool, optional
        Gives a density, whose integral is one, instead of counts.
    weights : array_like, shape (N,), optional
        Their sums are given instead of counts.

    Returns
    -------
    counts : LazyArray
        Of type float64 and D axes.
    edges : list of D LazyArray
        One more than there are bins. A bin has its left edge, the last both.

    Raises
    ------
    ValueError
        For bins or ranges that are not one for each axis, numbers below one, edges that do not increase.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> counts, edges = lz.histogramdd(lz.asarray([[0, 0], [0, 1], [4, 1]]), bins=(2, 2))
    >>> counts.compute()
    array([[1., 1.],
           [0., 1.]])
    """
    given: Any = sample
    try:
        _, d = given.shape
    except (AttributeError, ValueError):
        rows: Any = atleast_2d(given)
        given = rows.T
        _, d = given.shape
    points = _asarray(given)
    w = None if weights is None else _asarray(weights)
    try:
        many = len(bins)
    except TypeError:
        bins = d * [bins]
    else:
        if many != d:
            raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
    ranges: Sequence[Any] = (None,) * d if range is None else range
    if len(ranges) != d:
        raise ValueError("range argument must have one entry per dimension")
    if d == 0:
        raise ValueError("object of too small depth for desired array")
    columns = [points[:, i] for i in builtins.range(d)]
    edges = [_axis_edges(column, bins[i], ranges[i], i) for i, column in enumerate(columns)]
    counts = _counts(columns, edges, points.shape[0], w)
    if density:
        total = counts.sum()
        for i, own in enumerate(edges):
            counts = counts / diff(own).reshape((1,) * i + (-1,) + (1,) * (d - 1 - i))
        counts = counts / total
    return counts, edges


def _axis_edges(column: LazyArray, bins: Any, range: Any, i: int) -> LazyArray:
    """The edges along one axis, computed where their number is given."""
    if ndim(bins) == 0:
        if bins < 1:
            raise ValueError(f"`bins[{i}]` must be positive, when an integer")
        first, last = _outer(column, range)
        try:
            count = operator.index(bins)
        except TypeError as e:
            raise TypeError(f"`bins[{i}]` must be an integer, when a scalar") from e
        return linspace(first, last, count + 1).persist()
    edges = _asarray(bins)
    if edges.ndim != 1:
        raise ValueError(f"`bins[{i}]` must be a scalar or 1d array")
    if edges.size > 1 and bool((edges[:-1] > edges[1:]).any()):
        raise ValueError(f"`bins[{i}]` must be monotonically increasing, when an array")
    if edges.size == 0:
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    return edges


def _counts(columns: list[LazyArray], edges: list[LazyArray], n: int, weights: LazyArray | None) -> LazyArray:
    """Counts or sums of weights in boxes."""
    shape = tuple(own.size - 1 for own in edges)
    box: LazyArray = _core.full((n,), 0, "int64")
    inside: LazyArray = _core.full((n,), True, "bool")
    size = 1
    for column, own, count in zip(columns, edges, shape, strict=True):
        number = _numbers(column, own)
        inside = inside & (number >= 0) & (number < count)
        box = box * count + number
        size *= count
    if weights is not None:
        # Of no numbers NumPy does not look at weights.
        weights = _weights_of(weights, n) if n else weights.astype("float64")
    if size == 0:
        return _core.full(shape, 0, "float64")
    return _core.bins(_where(inside, box, -1), weights, size).reshape(shape).astype("float64")
