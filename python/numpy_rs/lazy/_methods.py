"""Methods of lazy arrays that are functions of this package: attached to the class here."""

import builtins
from collections.abc import Callable
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from . import _elementwise, _indexing, _join, _reductions
from ._typing import ArrayLike, Axes, Axis, DTypeLike

__all__: list[str] = []


def _round(self: LazyArray, decimals: int = 0, out: None = None) -> LazyArray:
    """Values rounded to a number of decimals, as ``numpy_rs.lazy.round``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([1.25, 2.5]).round().compute()
    array([1., 2.])
    """
    return _elementwise.round(self, decimals, out)


def _ptp(self: LazyArray, axis: Axes | None = None, out: None = None, keepdims: builtins.bool = False) -> LazyArray:
    """The largest less the smallest element, as ``numpy_rs.lazy.ptp``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([3, 1, 7]).ptp().compute()
    array(6)
    """
    return _reductions.ptp(self, axis, out, keepdims)


def _trace(
    self: LazyArray,
    offset: int = 0,
    axis1: Axis = 0,
    axis2: Axis = 1,
    dtype: DTypeLike | None = None,
    out: None = None,
) -> LazyArray:
    """The sum along a diagonal, as ``numpy_rs.lazy.trace``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.eye(3).trace().compute()
    array(3.)
    """
    return _reductions.trace(self, offset, axis1, axis2, dtype, out)


def _take(
    self: LazyArray, indices: ArrayLike, axis: Axis | None = None, out: None = None, mode: str = "raise"
) -> LazyArray:
    """Elements at positions along an axis, as ``numpy_rs.lazy.take``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([4, 5, 6]).take([2, 0]).compute()
    array([6, 4])
    """
    return _indexing.take(self, indices, axis, out, mode)


def _repeat(self: LazyArray, repeats: int | ArrayLike, axis: Axis | None = None) -> LazyArray:
    """Each element repeated, as ``numpy_rs.lazy.repeat``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([1, 2]).repeat(2).compute()
    array([1, 1, 2, 2])
    """
    return _join.repeat(self, repeats, axis)


def _nonzero(self: LazyArray) -> tuple[LazyArray, ...]:
    """The positions of elements that are not zero, as ``numpy_rs.lazy.nonzero``. Computes the array.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([0, 3]).nonzero()[0].compute()
    array([1])
    """
    return _indexing.nonzero(self)


def _compress(self: LazyArray, condition: ArrayLike, axis: Axis | None = None, out: None = None) -> LazyArray:
    """The parts along an axis where a condition is true, as ``numpy_rs.lazy.compress``. Computes the condition.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([1, 2, 3]).compress([True, False, True]).compute()
    array([1, 3])
    """
    return _indexing.compress(condition, self, axis, out)


_attach: Callable[[Any, str, Any], None] = setattr
for _name, _method in {
    "round": _round,
    "ptp": _ptp,
    "trace": _trace,
    "take": _take,
    "repeat": _repeat,
    "nonzero": _nonzero,
    "compress": _compress,
}.items():
    _method.__name__, _method.__qualname__ = _name, f"LazyArray.{_name}"
    _attach(_core.LazyArray, _name, _method)
