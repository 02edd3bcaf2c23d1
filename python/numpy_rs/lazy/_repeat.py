"""Arrays repeated and rolled."""

import operator
from collections.abc import Sequence

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._indexing import _integers, _line
from ._shape import _axis_index
from ._typing import ArrayLike, Axes, Axis

__all__ = [
    "repeat",
    "roll",
    "tile",
]

_asarray, _concatenate = _core.asarray, _core.concatenate
_expand_dims, _broadcast_to = _core.expand_dims, _core.broadcast_to


def tile(A: ArrayLike, reps: int | Sequence[int]) -> LazyArray:
    """An array repeated as a whole.

    Parameters
    ----------
    A : array_like
        The array.
    reps : int or sequence of ints
        How often along each axis, the last ones if there are fewer; more make new axes in front.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.tile([1, 2], (2, 2)).compute()
    array([[1, 2, 1, 2],
           [1, 2, 1, 2]])
    """
    times = (operator.index(reps),) if hasattr(reps, "__index__") else tuple(operator.index(r) for r in reps)
    x = _asarray(A)
    d = max(len(times), x.ndim)
    times = (1,) * (d - len(times)) + times
    shape = (1,) * (d - x.ndim) + x.shape
    if any(t < 0 for t in times):
        raise ValueError("negative dimensions are not allowed")
    apart = tuple(n for s in shape for n in (1, s))
    wide = tuple(n for t, s in zip(times, shape, strict=True) for n in (t, s))
    return _broadcast_to(x.reshape(apart), wide).reshape(tuple(t * s for t, s in zip(times, shape, strict=True)))


def repeat(a: ArrayLike, repeats: int | ArrayLike, axis: Axis | None = None) -> LazyArray:
    """Each element repeated.

    Parameters
    ----------
    a : array_like
        The array.
    repeats : int or sequence of ints
        How often: one number, or one for each element along the axis. A sequence is read at once, as the shape of the
        result depends on it.
    axis : int, optional
        The axis; flattened by default.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.repeat([1, 2], 2).compute(), lz.repeat([1, 2], [3, 1]).compute()
    (array([1, 1, 2, 2]), array([1, 1, 1, 2]))
    """
    x = _asarray(a)
    x, place = _line(x, axis)
    counts = _integers(repeats, "safe")
    if counts.ndim > 1:
        raise ValueError("object too deep for desired array")
    n = x.shape[place]
    if counts.size == 1:
        times = int(counts.item())
        if times < 0:
            raise ValueError("negative dimensions are not allowed")
        wide = _expand_dims(x, place + 1)
        shape = (*x.shape[: place + 1], times, *x.shape[place + 1 :])
        return _broadcast_to(wide, shape).reshape((*x.shape[:place], n * times, *x.shape[place + 1 :]))
    if counts.size != n:
        raise ValueError(f"operands could not be broadcast together with shape ({n},) ({counts.size},)")
    each = counts.tolist()
    if any(c < 0 for c in each):
        raise ValueError("repeats may not contain negative values.")
    positions = [i for i, c in enumerate(each) for _ in range(c)]
    return x[(slice(None),) * place + (_asarray(positions, "int64"),)]


def roll(a: ArrayLike, shift: int | Sequence[int], axis: Axes | None = None) -> LazyArray:
    """Elements moved along an axis; those that leave come in at the other end.

    Parameters
    ----------
    a : array_like
        The array.
    shift : int or tuple of ints
        By how many places.
    axis : int or tuple of ints, optional
        The axes; by default the flattened array is shifted and gets its shape back.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.roll([1, 2, 3, 4], 1).compute()
    array([4, 1, 2, 3])
    """
    x = _asarray(a)
    if axis is None:
        return roll(x.ravel(), shift, 0).reshape(x.shape)
    axes = [_axis_index(d, x.ndim) for d in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    shifts = [operator.index(s) for s in (shift if isinstance(shift, (tuple, list)) else (shift,))]
    if len(axes) != len(shifts):
        if len(axes) == 1:
            axes = axes * len(shifts)
        elif len(shifts) == 1:
            shifts = shifts * len(axes)
        else:
            raise ValueError(
                "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with shape "
                f"({len(shifts)},) and arg 1 with shape ({len(axes)},)."
            )
    total = [0] * x.ndim
    for d, s in zip(axes, shifts, strict=True):
        total[d] += s
    for d, s in enumerate(total):
        n = x.shape[d]
        cut = s % n if n else 0
        if cut:
            lead = (slice(None),) * d
            x = _concatenate([x[(*lead, slice(n - cut, None))], x[(*lead, slice(0, n - cut))]], d, None)
    return x
