"""Padding: pieces of the array, or of one value, put around it along each axis; and zeros taken away there."""

import operator
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._indexing import nonzero as _nonzero
from ._quantiles import median as _median
from ._ranges import linspace
from ._shape import _axis_tuple
from ._typing import ArrayLike, Axes
from ._ufuncs import rint as _rint

__all__ = ["pad", "trim_zeros"]

_asarray, _concatenate, _broadcast_to = _core.asarray, _core.concatenate, _core.broadcast_to

# The options of each mode and their defaults, as in NumPy.
_OPTIONS: dict[str, dict[str, Any]] = {
    "empty": {},
    "edge": {},
    "wrap": {},
    "constant": {"constant_values": 0},
    "linear_ramp": {"end_values": 0},
    "maximum": {"stat_length": None},
    "mean": {"stat_length": None},
    "median": {"stat_length": None},
    "minimum": {"stat_length": None},
    "reflect": {"reflect_type": "even"},
    "symmetric": {"reflect_type": "even"},
}


def _pairs(value: Any, ndim: int, as_index: bool = False) -> list[tuple[Any, Any]]:
    """A value, a pair, or a pair for each axis, as a pair for each axis."""
    if value is None or type(value) is int and (value >= 0 or not as_index):
        return [(value, value)] * ndim
    if isinstance(value, dict):
        pairs: list[tuple[Any, Any]] = [(0, 0)] * ndim
        for axis, width in value.items():
            pairs[axis] = (width, width) if isinstance(width, int) else tuple(width)
        return _pairs(pairs, ndim, as_index)
    # A Python number may be beyond all types.
    shape = () if isinstance(value, int) else _asarray(value).shape
    if as_index:
        if _asarray(value).dtype.kind != "i":
            raise TypeError("`pad_width` must be of integral type.")
    if shape in ((), (1,), (1, 1)):
        while isinstance(value, (list, tuple)):
            value = value[0]
        one = [(value, value)] * ndim
    elif shape == (2,):
        one = [(value[0], value[1])] * ndim
    elif shape == (1, 2):
        one = [(value[0][0], value[0][1])] * ndim
    elif shape == (2, 1) and ndim != 2:
        one = [(value[0][0], value[1][0])] * ndim
    elif shape == (ndim, 1):
        one = [(v[0], v[0]) for v in value]
    elif shape == (ndim, 2):
        one = [(v[0], v[1]) for v in value]
    else:
        raise ValueError(
            f"operands could not be broadcast together with remapped shapes [original->remapped]: "
            f"{str(shape).replace(' ', '')}  and requested shape ({ndim},2)"
        )
    if as_index:
        one = [(operator.index(a), operator.index(b)) for a, b in one]
        if any(a < 0 or b < 0 for a, b in one):
            raise ValueError("index can't contain negative values")
    return one


def _along(x: LazyArray, axis: int, cut: slice) -> LazyArray:
    return x[(*(slice(None),) * axis, cut)]


def _constant(x: LazyArray, axis: int, width: int, value: Any) -> LazyArray:
    shape = (*x.shape[:axis], width, *x.shape[axis + 1 :])
    return _broadcast_to(_core.element(value, x.dtype), shape)


def _wide(x: LazyArray, axis: int, width: int) -> LazyArray:
    """A part of length one, repeated along the axis."""
    return _broadcast_to(x, (*x.shape[:axis], width, *x.shape[axis + 1 :]))


def _ramp(x: LazyArray, axis: int, width: int, end: Any, first: bool) -> LazyArray:
    edge = _along(x, axis, slice(0, 1) if first else slice(-1, None))
    edge = edge.reshape((*edge.shape[:axis], *edge.shape[axis + 1 :]))
    steps = linspace(_asarray(end), edge, width, endpoint=False, dtype=x.dtype, axis=axis)
    return steps if first else _core.flip(steps, axis)


def _statistic(x: LazyArray, axis: int, mode: str, length: Any, first: bool) -> LazyArray:
    n = x.shape[axis]
    taken = n if length is None else min(operator.index(length), n)
    if taken <= 0 and mode in ("maximum", "minimum"):
        raise ValueError("stat_length of 0 yields no value for padding")
    part = _along(x, axis, slice(0, taken) if first else slice(n - taken, None))
    if mode in ("mean", "median"):
        mean = part.mean(axis, keepdims=True) if mode == "mean" else _median(part, axis, keepdims=True)
        if x.dtype.kind in "iu":
            mean = _rint(mean)
        return mean.astype(x.dtype)
    return part.max(axis, keepdims=True) if mode == "maximum" else part.min(axis, keepdims=True)


def _mirrored(x: LazyArray, axis: int, before: int, after: int, edge: bool, odd: bool) -> LazyArray:
    """The array mirrored at its ends, as often as the widths need; `edge` repeats the outermost elements."""
    n = x.shape[axis]
    if n == 1 and not edge:
        # A single element has nothing to mirror but itself.
        parts = [_wide(x, axis, w) for w in (before, 1, after) if w]
        return _concatenate(parts, axis, None)
    skip = 0 if edge else 1
    while before > 0 or after > 0:
        n = x.shape[axis]
        most = n - skip
        left, right = min(before, most), min(after, most)
        parts = [x]
        if left:
            piece = _core.flip(_along(x, axis, slice(skip, skip + left)), axis)
            if odd:
                piece = (_along(x, axis, slice(0, 1)) * 2 - piece).astype(x.dtype)
            parts.insert(0, piece)
        if right:
            piece = _core.flip(_along(x, axis, slice(n - skip - right, n - skip)), axis)
            if odd:
                piece = (_along(x, axis, slice(-1, None)) * 2 - piece).astype(x.dtype)
            parts.append(piece)
        x = _concatenate(parts, axis, None)
        before, after = before - left, after - right
    return x


def _wrapped(x: LazyArray, axis: int, before: int, after: int) -> LazyArray:
    n = x.shape[axis]
    parts: list[LazyArray] = []
    if before % n:
        parts.append(_along(x, axis, slice(n - before % n, None)))
    parts += [x] * (before // n + 1 + after // n)
    if after % n:
        parts.append(_along(x, axis, slice(0, after % n)))
    return _concatenate(parts, axis, None) if len(parts) > 1 else x


def pad(
    array: ArrayLike, pad_width: int | Sequence[Any] | dict[int, Any], mode: str = "constant", **kwargs: Any
) -> LazyArray:
    """An array with elements put around it.

    Parameters
    ----------
    array : array_like
        The array.
    pad_width : int, pair, sequence of pairs, or dict from axis to one of the first two
        How many elements before and after, for all axes or for each.
    mode : str
        ``'constant'``, ``'edge'``, ``'linear_ramp'``, ``'maximum'``, ``'mean'``, ``'median'``,
        ``'minimum'``, ``'reflect'``, ``'symmetric'``, ``'wrap'`` or ``'empty'`` (zeros).
    **kwargs
        ``constant_values``, ``end_values``, ``stat_length`` or ``reflect_type`` (``'even'`` or ``'odd'``), as the mode
        has it.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.pad([1, 2, 3], (1, 2), mode="reflect").compute()
    array([2, 1, 2, 3, 2, 1])
    >>> lz.pad([1, 2], 1, constant_values=9).compute()
    array([9, 1, 2, 9])
    """
    x = _asarray(array)
    widths = _pairs(pad_width, x.ndim, as_index=True)
    if not isinstance(mode, str):
        raise NotImplementedError("lazy arrays cannot be padded by a function that writes into them")
    if mode not in _OPTIONS:
        raise ValueError(f"mode '{mode}' is not supported")
    unknown = set(kwargs) - set(_OPTIONS[mode])
    if unknown:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {unknown}")
    options = {**_OPTIONS[mode], **kwargs}
    lengths = _pairs(options.get("stat_length"), x.ndim)
    ends = _pairs(options.get("constant_values", options.get("end_values", 0)), x.ndim)
    for axis, (before, after) in enumerate(widths):
        if before == 0 and after == 0:
            continue
        if x.shape[axis] == 0 and mode not in ("constant", "empty"):
            raise ValueError(f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'")
        if mode in ("reflect", "symmetric"):
            x = _mirrored(x, axis, before, after, mode == "symmetric", options["reflect_type"] == "odd")
            continue
        if mode == "wrap":
            x = _wrapped(x, axis, before, after)
            continue
        parts = [x]
        for width, first in ((before, True), (after, False)):
            if not width:
                continue
            if mode in ("constant", "empty"):
                piece = _constant(x, axis, width, ends[axis][0 if first else 1])
            elif mode == "edge":
                piece = _wide(_along(x, axis, slice(0, 1) if first else slice(-1, None)), axis, width)
            elif mode == "linear_ramp":
                piece = _ramp(x, axis, width, ends[axis][0 if first else 1], first)
            else:
                piece = _wide(_statistic(x, axis, mode, lengths[axis][0 if first else 1], first), axis, width)
            parts = [piece, *parts] if first else [*parts, piece]
        x = _concatenate(parts, axis, None)
    return x


def trim_zeros(filt: ArrayLike, trim: str = "fb", axis: Axes | None = None) -> LazyArray:
    """The array without the zeros at its ends. Looks for them at once.

    Parameters
    ----------
    filt : array_like
        The array.
    trim : {'fb', 'f', 'b'}
        Whether to trim the front, the back, or both.
    axis : int or tuple of ints, optional
        The axes to trim along; all by default. What is cut off is zero in all parts along the others.

    Returns
    -------
    LazyArray
        The part between the first and the last element along each axis that is not zero; empty where all are.

    Raises
    ------
    ValueError
        If ``trim`` has other letters.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.trim_zeros([0, 0, 1, 0, 2, 0]).compute()
    array([1, 0, 2])
    >>> lz.trim_zeros([0, 0, 1, 0, 2, 0], trim="b").compute()
    array([0, 0, 1, 0, 2])
    """
    x = _asarray(filt)
    trim = trim.lower()
    if trim not in ("fb", "bf", "f", "b"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    axes = tuple(range(x.ndim)) if axis is None else _axis_tuple(axis, x.ndim, "axis")
    if not axes:
        return x
    places = _nonzero(x)
    if places[0].size == 0:
        return x[tuple(slice(0, 0) if d in axes else slice(None) for d in range(x.ndim))]
    ends = [int(v.item()) for v in _core.compute_all(*(end for p in places for end in (p.min(), p.max())))]
    return x[
        tuple(
            slice(ends[2 * d] if "f" in trim else None, ends[2 * d + 1] + 1 if "b" in trim else None)
            if d in axes
            else slice(None)
            for d in range(x.ndim)
        )
    ]
