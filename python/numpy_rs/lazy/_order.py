"""Arrays put in order along an axis. Rows are sorted stably by any ``kind``; threads share rows, and long ones."""

import operator
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._search import _one_axis
from ._shape import _axis_index
from ._typing import ArrayLike, Axis

__all__ = ["argpartition", "argsort", "partition", "sort"]

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
    return _argsort(x, _axis_index(place, x.ndim))


def _places(kth: Any, kind: str, order: None, x: LazyArray, axis: int) -> list[int]:
    """The places of a partition, within the axis."""
    k = None if kth is None or isinstance(kth, str) else _asarray(kth)
    if k is not None and k.dtype.kind == "b":
        raise ValueError("Booleans unacceptable as partition index")
    if k is None or k.dtype.kind not in "iu":
        raise TypeError("Partition index must be integer")
    if k.ndim > 1:
        _one_axis(kth)  # refuses
    if not isinstance(kind, str):
        raise TypeError(f"select kind must be str, not {type(kind).__name__}")
    if kind != "introselect":
        raise ValueError(f"select kind must be 'introselect' (got {kind!r})")
    _check_order(order)
    n = x.shape[_axis_index(axis, x.ndim)]
    if x.size == 0:
        return []
    places = [p + n if p < 0 else p for p in (int(v) for v in k.ravel().compute().tolist())]
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
        Of type int64: those of `argsort`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.argpartition([7, 1, 5, 3], 2)[2].compute()
    array(2)
    """
    x, place = _positions_line(a, axis)
    _places(kth, kind, order, x, place)
    return _argsort(x, _axis_index(place, x.ndim))
