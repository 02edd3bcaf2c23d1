"""What neighbours along an axis differ by: slopes, areas, jumps. Shifted views of one array, read in one walk."""

import builtins
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._constants import pi
from ._join import diff as _diff
from ._shape import _axis_tuple
from ._typing import ArrayLike, Axes, Axis
from ._ufuncs import _where
from ._ufuncs import abs as _abs
from ._ufuncs import mod as _mod

__all__ = ["ediff1d", "gradient", "trapezoid", "unwrap"]

_asarray, _concatenate = _core.asarray, _core.concatenate


def _between(x: LazyArray, axis: int, start: int | None, stop: int | None) -> LazyArray:
    """A part along an axis."""
    return x[(slice(None),) * axis + (slice(start, stop),)]


def _spacings(given: Sequence[Any], shape: tuple[int, ...], axes: tuple[int, ...]) -> list[Any]:
    """For each axis the distance of neighbours: one, or all of them as an array."""
    if not given:
        return [1.0] * len(axes)
    if len(given) == 1 and _asarray(given[0]).ndim == 0:
        return list(given) * len(axes)
    if len(given) != len(axes):
        raise TypeError("invalid number of arguments")
    found = list(given)
    for i, places in enumerate(given):
        x = _asarray(places)
        if x.ndim == 0:
            continue
        if x.ndim != 1:
            raise ValueError("distances must be either scalars or 1d")
        if x.shape[0] != shape[axes[i]]:
            raise ValueError("when 1d, distances must match the length of the corresponding dimension")
        if x.dtype.kind in "iu":
            x = x.astype("float64")
        steps = _diff(x)
        first = steps[0]
        found[i] = first if builtins.bool((steps == first).all()) else steps
    return found


def _inner_slope(f: LazyArray, axis: int, dx: Any, uniform: builtins.bool) -> LazyArray:
    """Central differences, of all but the first and the last along the axis."""
    before, here, after = (_between(f, axis, *cut) for cut in ((None, -2), (1, -1), (2, None)))
    if uniform:
        slope: LazyArray = (after - before) / (2.0 * dx)
        return slope
    one, two = dx[:-1], dx[1:]
    weights = [-two / (one * (one + two)), (two - one) / (one * two), one / (two * (one + two))]
    if f.ndim > 1:
        # Made once, not for each of the rows.
        weights = [w.persist().reshape((-1,) + (1,) * (f.ndim - axis - 1)) for w in weights]
    a, b, c = weights
    slope = a * before + b * here + c * after
    return slope


def _end_slopes(f: LazyArray, axis: int, dx: Any, uniform: builtins.bool, order: int) -> tuple[LazyArray, LazyArray]:
    """One-sided differences of the first and the last along the axis."""

    def at(i: int) -> LazyArray:
        return _between(f, axis, i, i + 1 if i != -1 else None)

    if order == 1:
        first, last = (dx, dx) if uniform else (dx[0], dx[-1])
        return (at(1) - at(0)) / first, (at(-1) - at(-2)) / last
    if uniform:
        begin = -1.5 / dx, 2.0 / dx, -0.5 / dx
        end = 0.5 / dx, -2.0 / dx, 1.5 / dx
    else:
        one, two = dx[0], dx[1]
        begin = (
            -(2.0 * one + two) / (one * (one + two)),
            (one + two) / (one * two),
            -one / (two * (one + two)),
        )
        one, two = dx[-2], dx[-1]
        end = two / (one * (one + two)), -(two + one) / (one * two), (2.0 * two + one) / (two * (one + two))
    return (
        begin[0] * at(0) + begin[1] * at(1) + begin[2] * at(2),
        end[0] * at(-3) + end[1] * at(-2) + end[2] * at(-1),
    )


def gradient(
    f: ArrayLike, *varargs: ArrayLike, axis: Axes | None = None, edge_order: int = 1
) -> LazyArray | tuple[LazyArray, ...]:
    """The slope along each axis: central differences inside, one-sided ones at the ends.

    Parameters
    ----------
    f : array_like
        The values.
    *varargs : scalar or array_like of one axis, optional
        The distance of neighbours: 1 by default, one for all axes, or one for each; or the places of the values along
        each axis. Places are read when the graph is built: equal distances are one.
    axis : int or sequence of ints, optional
        The axes; all by default.
    edge_order : {1, 2}
        The order of accuracy at the ends.

    Returns
    -------
    LazyArray, or a tuple of one for each axis
        Of the type of ``f``; float64 for integers.

    Raises
    ------
    ValueError
        For fewer than ``edge_order + 1`` values along an axis, places not as many as values, or a higher order.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.gradient([1.0, 2.0, 4.0, 7.0]).compute()
    array([1. , 1.5, 2.5, 3. ])
    >>> lz.gradient([1.0, 2.0, 4.0], [0.0, 1.0, 3.0]).compute()
    array([1., 1., 1.])
    """
    x = _asarray(f)
    axes = tuple(range(x.ndim)) if axis is None else _axis_tuple(axis, x.ndim)
    spacings = _spacings(varargs, x.shape, axes)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    kind = x.dtype if x.dtype.kind in "fc" else _core.dtype("float64")
    if x.dtype.kind in "iu":
        x = x.astype("float64")
    slopes = []
    for d, dx in zip(axes, spacings, strict=True):
        if x.shape[d] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are "
                "required."
            )
        uniform = _asarray(dx).ndim == 0
        first, last = _end_slopes(x, d, dx, uniform, edge_order)
        parts = [first, _inner_slope(x, d, dx, uniform), last]
        slopes.append(_concatenate([p.astype(kind) for p in parts], d, None))
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def trapezoid(y: ArrayLike, x: ArrayLike | None = None, dx: ArrayLike = 1.0, axis: Axis = -1) -> LazyArray:
    """The area below values along an axis, by the trapezoidal rule.

    Parameters
    ----------
    y : array_like
        The values.
    x : array_like, optional
        Their places: along the axis, or of the shape of ``y``.
    dx : scalar
        The distance of neighbours, without ``x``.
    axis : int
        The axis.

    Returns
    -------
    LazyArray
        Without the axis.

    Notes
    -----
    One walk. The sum has the tree of `sum`, which is not NumPy's to the bit, and no less accurate.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.trapezoid([1.0, 2.0, 4.0]).compute(), lz.trapezoid([1.0, 2.0, 4.0], [0, 2, 3]).compute()
    (array(4.5), array(6.))
    """
    values = _asarray(y)
    d: Any = dx
    if x is not None:
        places = _asarray(x)
        if places.ndim == 1:
            d = _diff(places)
            shape = [1] * values.ndim
            shape[axis.__index__()] = d.shape[0]
            d = d.reshape(shape)
        else:
            d = _diff(places, axis=axis)
    later, earlier = ([slice(None)] * values.ndim for _ in range(2))
    later[axis.__index__()] = slice(1, None)
    earlier[axis.__index__()] = slice(None, -1)
    area: LazyArray = d * (values[tuple(later)] + values[tuple(earlier)]) / 2.0
    return area.sum(axis)


def ediff1d(ary: ArrayLike, to_end: ArrayLike | None = None, to_begin: ArrayLike | None = None) -> LazyArray:
    """Differences of neighbours in the flattened array.

    Parameters
    ----------
    ary : array_like
        The values.
    to_end, to_begin : array_like, optional
        Put after and before the differences, in their type.

    Returns
    -------
    LazyArray
        Of one axis, and the type of ``ary``.

    Raises
    ------
    TypeError
        For bool, and where what is put before or after cannot be cast by ``same_kind``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.ediff1d([1, 4, 9], to_begin=0).compute()
    array([0, 3, 5])
    """
    x = _asarray(ary).ravel()
    parts = [x[1:] - x[:-1]]
    for name, value in (("to_begin", to_begin), ("to_end", to_end)):
        if value is None:
            continue
        v = _asarray(value)
        if not _core.can_cast(v, x.dtype, "same_kind"):
            raise TypeError(f"dtype of `{name}` must be compatible with input `ary` under the `same_kind` rule.")
        v = v.ravel().astype(x.dtype)
        parts = [v, *parts] if name == "to_begin" else [*parts, v]
    return parts[0] if len(parts) == 1 else _concatenate(parts, 0, None)


def unwrap(p: ArrayLike, discont: float | None = None, axis: Axis = -1, *, period: float = 2 * pi) -> LazyArray:
    """Values of which jumps of more than half a period are taken away, by adding periods.

    Parameters
    ----------
    p : array_like
        The values: angles in radians, if ``period`` is not given.
    discont : float, optional
        The smallest jump to take away: half a period by default, and not less.
    axis : int
        The axis.
    period : float
        The period.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.unwrap([0, 1, 2, -1, 0], period=4).compute()
    array([0, 1, 2, 3, 4])
    """
    x = _asarray(p)
    jumps = _diff(x, axis=axis)
    d = axis.__index__() % x.ndim
    least = period / 2 if discont is None else discont
    kind = _core.result_type(jumps, period)
    high: Any
    if kind.kind in "iu":
        high, rest = divmod(period, 2)
        ambiguous = rest == 0
    else:
        high, ambiguous = period / 2, True
    low = -high
    inside: LazyArray = _mod(jumps - low, period) + low
    if ambiguous:
        inside = _where((inside == low) & (jumps > 0), high, inside).astype(inside.dtype)
    correction = inside - jumps
    correction = _where(_abs(jumps) < least, 0, correction).astype(correction.dtype)
    rest_of = _between(x, d, 1, None) + correction.cumsum(d)
    return _concatenate([_between(x, d, None, 1).astype(kind), rest_of.astype(kind)], d, None)
