"""Arrays put in order along an axis. Rows are sorted stably by any ``kind``; threads share rows, and long ones."""

import operator
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._search import _one_axis
from ._shape import _axis_index
from ._typing import ArrayLike, Axis

__all__ = ["argpartition", "argsort", "lexsort", "partition", "sort", "sort_complex"]

_asarray, _sort, _argsort = _core.asarray, _core.sort, _core.argsort


def _check_kind(kind: str | None, order: object, stable: object) -> None:
    """Refuse what NumPy refuses: any kind gives the same result."""
    if kind is not None:
        text = kind.decode() if isinstance(kind, bytes) else kind
        if not isinstance(text, str):
            raise TypeError(f"sort kind must be str, not {type(kind).__name__}")
        # The first letter decides, as in NumPy.
        if text[:1].lower() not in ("q", "h", "s", "m"):
            raise ValueError(f"sort kind must be one of 'quick', 'heap', or 'stable' (got {text!r})")
    if stable is not None:
        bool(stable)
        if kind is not None:
            raise ValueError("`kind` and keyword parameters can't be provided at the same time. Use only one of them.")
    _check_order(order)


def _check_order(order: object) -> None:
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")


def sort(
    a: ArrayLike,
    axis: Axis | None = -1,
    kind: str | None = None,
    order: None = None,
    *,
    stable: bool | None = None,
) -> LazyArray:
    """The elements in increasing order along an axis.

    Parameters
    ----------
    a : array_like
        The elements.
    axis : int or None
        The axis, the last by default; None flattens.
    kind : {'quicksort', 'mergesort', 'heapsort', 'stable'}, optional
        Accepted: every sort is stable.
    order : None
        Refused: elements have no fields.
    stable : bool, optional
        Accepted, without ``kind``.

    Returns
    -------
    LazyArray
        Of the shape and type of the elements.

    Raises
    ------
    AxisError
        If there is no such axis.

    Notes
    -----
    NaN comes last, zeros of both signs are equal. Complex numbers are ordered by their real parts, then by their
    imaginary ones; those with NaN come last, first those whose real part is a number.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.sort([[3, 1, 2], [0, 5, 4]]).compute()
    array([[1, 2, 3],
           [0, 4, 5]])
    >>> lz.sort([2.0, lz.nan, 1.0]).compute()
    array([ 1.,  2., nan])
    """
    if kind is None is order is stable and type(axis) is int and -64 <= axis < 64:
        return _sort(_asarray(a), axis, None)
    if isinstance(axis, float):
        raise TypeError("integer argument expected, got float")
    x, place = _line(a, axis)
    _check_kind(kind, order, stable)
    return _sort(x, _axis_index(place, x.ndim), None)


def _line(a: ArrayLike, axis: Axis | None) -> tuple[LazyArray, int]:
    """The array, flattened for None; and an axis that is yet to be checked."""
    x = _asarray(a)
    return (x.ravel(), -1) if axis is None else (x, operator.index(axis))


def _positions_line(a: ArrayLike, axis: Axis | None) -> tuple[LazyArray, int]:
    """As `_line`; an array without axes gets one, as NumPy's positions have."""
    x, place = _line(a, axis)
    return x if x.ndim else x.reshape(1), place


def argsort(
    a: ArrayLike,
    axis: Axis | None = -1,
    kind: str | None = None,
    order: None = None,
    *,
    stable: bool | None = None,
) -> LazyArray:
    """The positions that put elements in increasing order along an axis; equal elements keep their order.

    Parameters
    ----------
    a, axis, kind, order, stable
        As for `sort`.

    Returns
    -------
    LazyArray
        Of type int64.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.argsort([3, 1, 2, 1]).compute()
    array([1, 3, 2, 0])
    """
    x, place = _positions_line(a, axis)
    _check_kind(kind, order, stable)
    return _argsort(x, _axis_index(place, x.ndim), None)


def _places(kth: Any, kind: str, order: None, x: LazyArray, axis: int) -> list[int]:
    """The places of a partition, within the axis."""
    one = type(kth) is int and -(2**63) <= kth < 2**63
    k = None if one or kth is None or isinstance(kth, str) else _asarray(kth)
    if k is not None and k.dtype.kind == "b":
        raise ValueError("Booleans unacceptable as partition index")
    if not one and (k is None or k.dtype.kind not in "iu"):
        raise TypeError("Partition index must be integer")
    if k is not None and k.ndim > 1:
        _one_axis(kth)  # refuses
    if not isinstance(kind, str):
        raise TypeError(f"select kind must be str, not {type(kind).__name__}")
    if kind != "introselect":
        raise ValueError(f"select kind must be 'introselect' (got {kind!r})")
    _check_order(order)
    n = x.shape[_axis_index(axis, x.ndim)]
    if x.size == 0:
        return []
    values = [kth] if k is None else [int(v) for v in k.ravel().compute().tolist()]
    places = [p + n if p < 0 else p for p in values]
    for p in places:
        if not 0 <= p < n:
            raise ValueError(f"kth(={p}) out of bounds ({n})")
    return places


def partition(
    a: ArrayLike, kth: int | ArrayLike, axis: Axis | None = -1, kind: str = "introselect", order: None = None
) -> LazyArray:
    """Elements put so that some places hold what sorting puts there, nothing larger before, nothing smaller after.

    Parameters
    ----------
    a : array_like
        The elements.
    kth : int or array_like of ints
        The places; negative ones count from the end. They are computed at once.
    axis : int or None
        The axis, the last by default; None flattens.
    kind : {'introselect'}
        Accepted.
    order : None
        Refused: elements have no fields.

    Returns
    -------
    LazyArray
        Of the shape and type of the elements. The order between the places is the same for any number of threads, but
        not that of NumPy.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.partition([7, 1, 5, 3], 2)[2].compute()
    array(5)
    """
    x, place = _line(a, axis)
    places = _places(kth, kind, order, x, place)
    return _sort(x, _axis_index(place, x.ndim), places)


def argpartition(
    a: ArrayLike, kth: int | ArrayLike, axis: Axis | None = -1, kind: str = "introselect", order: None = None
) -> LazyArray:
    """The positions of the elements of a partition.

    Parameters
    ----------
    a, kth, axis, kind, order
        As for `partition`.

    Returns
    -------
    LazyArray
        Of type int64. The order between the places is the same for any number of threads, but not that of NumPy.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.argpartition([7, 1, 5, 3], 2)[2].compute()
    array(2)
    """
    x, place = _positions_line(a, axis)
    places = _places(kth, kind, order, x, place)
    return _argsort(x, _axis_index(place, x.ndim), places)


def _starts(x: LazyArray) -> LazyArray:
    """Where the lines along the last axis begin among all elements, in the shape of the other axes."""
    *lines, step = x.shape
    strides = [0] * len(lines)
    for d in reversed(range(len(lines))):
        strides[d] = step
        step *= lines[d]
    return _core.iota(tuple(lines), 0, strides)


def _gathered(x: LazyArray, positions: LazyArray) -> LazyArray:
    """The elements of lines along the last axis at positions within them, which are not checked."""
    if x.size == 0 or positions.size == 0:
        return x[..., : positions.shape[-1]]
    return _core.picked(x.reshape(-1), positions + _starts(x)[..., None])


def lexsort(keys: ArrayLike, axis: Axis = -1) -> LazyArray:
    """The positions that sort by several keys: by the last one, where that is equal by the one before, and so on.

    Parameters
    ----------
    keys : sequence of array_like
        The keys, all of one shape; of an array, its parts along the first axis.
    axis : int
        The axis of the keys to sort along.

    Returns
    -------
    LazyArray
        Of type int64 and the shape of a key; what is equal in all keys keeps its order.

    Raises
    ------
    TypeError
        If there is no key.
    ValueError
        If shapes differ.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> surnames, given = [2, 1, 2], [0, 5, -1]
    >>> lz.lexsort((given, surnames)).compute()
    array([1, 2, 0])
    """
    if isinstance(keys, Sequence):
        columns = [_asarray(key) for key in keys]
    else:
        whole = _asarray(keys)
        columns = [whole[k] for k in range(whole.shape[0])] if whole.ndim else []
    if not columns:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    if any(key.shape != columns[0].shape for key in columns):
        raise ValueError("all keys need to be the same shape")
    ndim = columns[0].ndim
    place = operator.index(axis)
    if ndim == 0:
        # NumPy takes the axis of a single number, too.
        if place not in (0, -1):
            _axis_index(place, 0)
        return _core.full((), 0, "int64")
    d = _axis_index(place, ndim)
    columns = [_core.moveaxis(key, d, -1) for key in columns]
    order = _argsort(columns[0], -1, None)
    for key in columns[1:]:
        order = _gathered(order, _argsort(_gathered(key, order), -1, None))
    return _core.moveaxis(order, -1, d)


def sort_complex(a: ArrayLike) -> LazyArray:
    """The elements as complex numbers in increasing order along the last axis, by their real parts first.

    Parameters
    ----------
    a : array_like
        The elements.

    Returns
    -------
    LazyArray
        Of type complex64 for integers of at most 16 bits and for complex64, else complex128.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.sort_complex([5, 3, 6]).compute()
    array([3.+0.j, 5.+0.j, 6.+0.j])
    """
    x = _asarray(a)
    ordered = _sort(x, _axis_index(-1, x.ndim), None)
    if x.dtype.kind == "c":
        return ordered
    return ordered.astype("complex64" if x.dtype.kind in "iu" and x.dtype.itemsize <= 2 else "complex128")
