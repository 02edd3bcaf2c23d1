"""Arrays put together, repeated, and padded."""

import operator
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._indexing import _integers
from ._shape import _axis_index
from ._typing import ArrayLike, Axes, Axis, DTypeLike

__all__ = [
    "append",
    "block",
    "column_stack",
    "concat",
    "concatenate",
    "diff",
    "dstack",
    "hstack",
    "repeat",
    "roll",
    "stack",
    "tile",
    "vstack",
]

_asarray, _concatenate = _core.asarray, _core.concatenate
_expand_dims, _broadcast_to = _core.expand_dims, _core.broadcast_to


def _no_out(out: Any) -> None:
    if out is not None:
        raise NotImplementedError("lazy arrays are values and take no out=; use .compute(out=...)")


def _check_casts(arrays: list[LazyArray], dtype: DTypeLike | None, casting: str) -> None:
    if dtype is None:
        return
    to = _core.dtype(dtype)
    for a in arrays:
        if not _core.can_cast(a.dtype, to, casting):
            raise TypeError(f"Cannot cast array data from {a.dtype!r} to {to!r} according to the rule {casting!r}")


def concatenate(
    arrays: Sequence[ArrayLike],
    /,
    axis: Axis | None = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> LazyArray:
    """Arrays one after another along an existing axis.

    Parameters
    ----------
    arrays : sequence of array_like
        Of one shape but for the axis.
    axis : int or None
        The axis; None flattens the arrays first.
    out : None
        Refused: use ``compute(out=...)``.
    dtype : dtype_like, optional
        The element type; the common one by default.
    casting : str
        The rule for casts to ``dtype``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.concatenate([[1, 2], [3.5]]).compute()
    array([1. , 2. , 3.5])
    """
    _no_out(out)
    if isinstance(arrays, (LazyArray, _core.ndarray)) or hasattr(arrays, "__array_interface__"):
        parts = list(_rows(_asarray(arrays)))
    else:
        parts = [_asarray(a) for a in arrays]
    if dtype is not None:
        _check_casts(parts, dtype, casting)
    if axis is None:
        return _concatenate([a.ravel() for a in parts], 0, dtype)
    return _concatenate(parts, operator.index(axis), dtype)


concat = concatenate


def _rows(x: LazyArray) -> list[LazyArray]:
    """The parts of an array along its first axis, none of them computed."""
    return [x[i] for i in range(len(x))]


def _parts(arrays: Any, name: str = "arrays") -> list[LazyArray]:
    if isinstance(arrays, LazyArray):
        return _rows(arrays)
    if not hasattr(arrays, "__getitem__"):
        raise TypeError('arrays to stack must be passed as a "sequence" type such as list or tuple.')
    return [_asarray(a) for a in arrays]


def stack(
    arrays: Sequence[ArrayLike],
    axis: Axis = 0,
    out: None = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> LazyArray:
    """Arrays of one shape along a new axis.

    Parameters
    ----------
    arrays : sequence of array_like
        Of one shape.
    axis : int
        The place of the new axis in the result.
    out, dtype, casting
        As for `concatenate`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.stack([[1, 2], [3, 4]], axis=1).compute()
    array([[1, 3],
           [2, 4]])
    """
    _no_out(out)
    parts = _parts(arrays)
    if not parts:
        raise ValueError("need at least one array to stack")
    if any(a.shape != parts[0].shape for a in parts):
        raise ValueError("all input arrays must have the same shape")
    _check_casts(parts, dtype, casting)
    place = _axis_index(axis, parts[0].ndim + 1)
    return _concatenate([_expand_dims(a, place) for a in parts], place, dtype)


def vstack(tup: Sequence[ArrayLike], *, dtype: DTypeLike | None = None, casting: str = "same_kind") -> LazyArray:
    """Arrays one below another: along the first axis, vectors as rows.

    Parameters
    ----------
    tup : sequence of array_like
        The arrays.
    dtype, casting
        As for `concatenate`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.vstack([[1, 2], [3, 4]]).compute()
    array([[1, 2],
           [3, 4]])
    """
    parts = [a if a.ndim >= 2 else a.reshape((1,) * (2 - a.ndim) + a.shape) for a in _parts(tup)]
    _check_casts(parts, dtype, casting)
    return _concatenate(parts, 0, dtype)


def hstack(tup: Sequence[ArrayLike], *, dtype: DTypeLike | None = None, casting: str = "same_kind") -> LazyArray:
    """Arrays side by side: along the second axis, vectors along their only one.

    Parameters
    ----------
    tup : sequence of array_like
        The arrays.
    dtype, casting
        As for `concatenate`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.hstack([[1, 2], [3, 4]]).compute()
    array([1, 2, 3, 4])
    """
    parts = [a if a.ndim else a.reshape(1) for a in _parts(tup)]
    _check_casts(parts, dtype, casting)
    return _concatenate(parts, 0 if parts and parts[0].ndim == 1 else 1, dtype)


def dstack(tup: Sequence[ArrayLike]) -> LazyArray:
    """Arrays one behind another: along the third axis.

    Parameters
    ----------
    tup : sequence of array_like
        The arrays: (N,) becomes (1, N, 1), (M, N) becomes (M, N, 1).

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.dstack([[1, 2], [3, 4]]).shape
    (1, 2, 2)
    """
    places: list[tuple[int, ...]] = [(0, 1, 2), (0, 2), (2,)]
    parts = [a if a.ndim >= 3 else _expand_dims(a, places[a.ndim]) for a in _parts(tup)]
    return _concatenate(parts, 2, None)


def column_stack(tup: Sequence[ArrayLike]) -> LazyArray:
    """Vectors as the columns of a matrix.

    Parameters
    ----------
    tup : sequence of array_like
        Vectors, and matrices whose columns are taken.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.column_stack([[1, 2], [3, 4]]).compute()
    array([[1, 3],
           [2, 4]])
    """
    parts = [a if a.ndim >= 2 else a.reshape(-1, 1) for a in _parts(tup)]
    return _concatenate(parts, 1, None)


def append(arr: ArrayLike, values: ArrayLike, axis: Axis | None = None) -> LazyArray:
    """Values after the elements of an array.

    Parameters
    ----------
    arr, values : array_like
        The arrays.
    axis : int, optional
        The axis; both are flattened by default.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.append([1, 2], [[3, 4]]).compute()
    array([1, 2, 3, 4])
    """
    a, b = _asarray(arr), _asarray(values)
    if axis is None:
        return _concatenate([a.ravel(), b.ravel()], 0, None)
    return _concatenate([a, b], operator.index(axis), None)


def _depth(arrays: Any, index: tuple[int, ...] = ()) -> int:
    """How deep lists are nested in a block, the same everywhere."""
    place = "arrays" + "".join(f"[{i}]" for i in index)
    if isinstance(arrays, tuple):
        raise TypeError(
            f"{place} is a tuple. Only lists can be used to arrange blocks, and np.block does not allow implicit "
            "conversion from tuple to ndarray."
        )
    if not isinstance(arrays, list):
        return len(index)
    if not arrays:
        raise ValueError(f"List at {place} cannot be empty")
    depths = [_depth(a, (*index, i)) for i, a in enumerate(arrays)]
    for i, d in enumerate(depths):
        if d != depths[0]:
            first = f"arrays{''.join(f'[{k}]' for k in (*index, 0))}"
            raise ValueError(
                f"List depths are mismatched. First element was at depth {depths[0]}, but there is an element at depth "
                f"{d} ({place}[{i}])"
            ) from (None if first else None)
    return depths[0]


def block(arrays: Any) -> LazyArray:
    """An array of blocks, given as nested lists: innermost side by side, then one below another.

    Parameters
    ----------
    arrays : nested lists of array_like
        The blocks; no tuples.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.block([[lz.ones((2, 2)), lz.zeros((2, 1))], [7, 8, 9]]).compute()
    array([[1., 1., 0.],
           [1., 1., 0.],
           [7., 8., 9.]])
    """
    depth = _depth(arrays)
    leaves: list[LazyArray] = []

    def collect(item: Any) -> None:
        if isinstance(item, list):
            for i in item:
                collect(i)
        else:
            leaves.append(_asarray(item))

    collect(arrays)
    most = max([depth, *(a.ndim for a in leaves)])
    found = iter(leaves)

    def build(item: Any, level: int) -> LazyArray:
        if isinstance(item, list):
            return _concatenate([build(i, level + 1) for i in item], most - depth + level, None)
        a = next(found)
        return a.reshape((1,) * (most - a.ndim) + a.shape)

    return build(arrays, 0)


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
    if axis is None:
        x, place = x.ravel(), 0
    else:
        place = _axis_index(axis, x.ndim)
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


def diff(
    a: ArrayLike,
    n: int = 1,
    axis: Axis = -1,
    prepend: ArrayLike | None = None,
    append: ArrayLike | None = None,
) -> LazyArray:
    """Differences of neighbours along an axis.

    Parameters
    ----------
    a : array_like
        The values.
    n : int
        How often differences are taken.
    axis : int
        The axis.
    prepend, append : array_like, optional
        Put before and after the values first; scalars have length one along the axis.

    Returns
    -------
    LazyArray
        Of the type of ``a``; of bool, whether neighbours differ.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.diff([1, 4, 9]).compute(), lz.diff([1, 4, 9], prepend=0).compute()
    (array([3, 5]), array([1, 3, 5]))
    """
    if n == 0:
        return _asarray(a)
    if n < 0:
        raise ValueError("order must be non-negative but got " + repr(n))
    x = _asarray(a)
    if x.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    d = _axis_index(axis, x.ndim)
    parts = [x]
    for values, first in ((prepend, True), (append, False)):
        if values is None:
            continue
        v = _asarray(values)
        if v.ndim == 0:
            v = _broadcast_to(v, (*x.shape[:d], 1, *x.shape[d + 1 :]))
        parts = [v, *parts] if first else [*parts, v]
    if len(parts) > 1:
        x = _concatenate(parts, d, None)
    later = (slice(None),) * d + (slice(1, None),)
    earlier = (slice(None),) * d + (slice(None, -1),)
    for _ in range(n):
        x = x[later] != x[earlier] if x.dtype.kind == "b" else x[later] - x[earlier]
    return x
