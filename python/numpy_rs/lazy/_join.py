"""Arrays put together, repeated, and padded."""

from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._out import _no_out
from ._shape import _axis_index
from ._typing import ArrayLike, Axis, DTypeLike

__all__ = [
    "append",
    "block",
    "column_stack",
    "concat",
    "concatenate",
    "diff",
    "dstack",
    "hstack",
    "stack",
    "vstack",
]

_asarray, _concatenate = _core.asarray, _core.concatenate
_expand_dims, _broadcast_to = _core.expand_dims, _core.broadcast_to


def _check_casts(arrays: list[LazyArray], to: Any, casting: str) -> None:
    for a in arrays:
        if not _core.can_cast(a.dtype, to, casting):
            raise TypeError(f"Cannot cast array data from {a.dtype!r} to {to!r} according to the rule {casting!r}")


def _joined(arrays: list[LazyArray], axis: Axis, dtype: DTypeLike | None, casting: str) -> LazyArray:
    if not isinstance(casting, str):
        raise TypeError(f"casting must be str, not {type(casting).__name__}")
    if dtype is not None:
        _check_casts(arrays, _core.dtype(dtype), casting)
    joined = _concatenate(arrays, axis, dtype)
    # Promotion is of the same kind.
    if dtype is None and casting != "same_kind":
        _check_casts(arrays, joined.dtype, casting)
    return joined


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
    if axis is None:
        return _joined([a.ravel() for a in parts], 0, dtype, casting)
    return _joined(parts, axis, dtype, casting)


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
    place = _axis_index(axis, parts[0].ndim + 1)
    return _joined([_expand_dims(a, place) for a in parts], place, dtype, casting)


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
    return _joined(parts, 0, dtype, casting)


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
    return _joined(parts, 0 if parts and parts[0].ndim == 1 else 1, dtype, casting)


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
    return _concatenate([a, b], axis, None)


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
