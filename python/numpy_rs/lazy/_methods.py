"""Methods of lazy arrays that are functions of this package: attached to the class here."""

import builtins
from collections.abc import Callable, Iterable
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from . import _elementwise, _indexing, _order, _products, _reductions, _search, _see
from . import _repeat as _repeat_functions
from ._out import _no_out
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
    return _repeat_functions.repeat(self, repeats, axis)


def _nonzero(self: LazyArray) -> tuple[LazyArray, ...]:
    """The positions of elements that are not zero, as ``numpy_rs.lazy.nonzero``. Counts them at once.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([0, 3]).nonzero()[0].compute()
    array([1])
    """
    return _indexing.nonzero(self)


def _compress(self: LazyArray, condition: ArrayLike, axis: Axis | None = None, out: None = None) -> LazyArray:
    """The parts along an axis where a condition is true, as ``numpy_rs.lazy.compress``. Counts them at once.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([1, 2, 3]).compress([True, False, True]).compute()
    array([1, 3])
    """
    return _indexing.compress(condition, self, axis, out)


def _choose(self: LazyArray, choices: Iterable[ArrayLike], out: None = None, mode: str = "raise") -> LazyArray:
    """Elements of several arrays by their numbers, as ``numpy_rs.lazy.choose``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([1, 0]).choose([[1, 2], [3, 4]]).compute()
    array([3, 2])
    """
    return _indexing.choose(self, choices, out, mode)


def _searchsorted(self: LazyArray, v: ArrayLike, side: str = "left", sorter: ArrayLike | None = None) -> LazyArray:
    """Where values belong in the increasing array, as ``numpy_rs.lazy.searchsorted``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([1, 3, 5]).searchsorted([0, 3]).compute()
    array([0, 1])
    """
    return _search.searchsorted(self, v, side, sorter)


def _argsort(
    self: LazyArray,
    axis: Axis | None = -1,
    kind: str | None = None,
    order: None = None,
    *,
    stable: builtins.bool | None = None,
) -> LazyArray:
    """The positions that put elements in increasing order along an axis, as ``numpy_rs.lazy.argsort``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([3, 1, 2]).argsort().compute()
    array([1, 2, 0])
    """
    return _order.argsort(self, axis, kind, order, stable=stable)


def _dot(self: LazyArray, b: ArrayLike, out: None = None) -> LazyArray:
    """The product over the last axis and the last but one of another array, as ``numpy_rs.lazy.dot``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asarray([1, 2, 3]).dot([4, 5, 6]).compute()
    array(32)
    """
    return _products.dot(self, b, out)


# The reduction of each ufunc that has one.
_REDUCTIONS = {
    "add": "sum",
    "multiply": "prod",
    "minimum": "min",
    "maximum": "max",
    "fmin": "fmin",
    "fmax": "fmax",
    "logical_or": "any",
    "logical_and": "all",
    "bitwise_and": "bitwise_and",
    "bitwise_or": "bitwise_or",
    "bitwise_xor": "bitwise_xor",
}


def _reduce(
    self: _core.ufunc,
    array: ArrayLike,
    axis: Axes | None = 0,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: ArrayLike | None = None,
    where: ArrayLike = True,
) -> LazyArray:
    """The ufunc of two operands applied along axes until one element is left.

    Parameters
    ----------
    array : array_like
        The elements.
    axis : int, tuple of ints or None
        The axes; None is all.
    dtype, out, keepdims, initial, where
        As for ``numpy_rs.lazy.sum``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.multiply.reduce([[1, 2], [3, 4]], axis=1).compute()
    array([ 2, 12])
    """
    if self.nin != 2:
        raise ValueError("reduce only supported for binary functions")
    if self.nout != 1:
        raise ValueError("reduce only supported for functions returning a single value")
    if self.__name__ not in _REDUCTIONS:
        raise NotImplementedError(f"{self.__name__}.reduce: the engine has no reduction by this ufunc")
    _no_out(out)
    x = _core.asarray(array)
    if x.ndim == 0 and axis is not None:
        raise TypeError("cannot reduce on a scalar")
    return x._reduce(_REDUCTIONS[self.__name__], axis, dtype, keepdims, initial, where)


def _accumulate(
    self: _core.ufunc,
    array: ArrayLike,
    axis: Axes | None = 0,
    dtype: DTypeLike | None = None,
    out: None = None,
) -> LazyArray:
    """The ufunc of two operands applied along an axis, each result with the next element.

    Parameters
    ----------
    array : array_like
        The elements, of at least one axis.
    axis : int
        The axis.
    dtype : dtype_like, optional
        The type of the loop. By default that of the elements, sums and products of small integers and bool in 64 bits.
    out : None
        Refused: use ``compute(out=...)``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.maximum.accumulate([3, 1, 4, 1, 5]).compute()
    array([3, 3, 4, 4, 5])
    """
    if self.nin != 2:
        raise ValueError("accumulate only supported for binary functions")
    if self.nout != 1:
        raise ValueError("accumulate only supported for functions returning a single value")
    _no_out(out)
    x = _core.asarray(array)
    if x.ndim == 0:
        raise TypeError("cannot accumulate on a scalar")
    if axis is None and x.ndim == 1:
        axis = 0
    elif isinstance(axis, tuple) and len(axis) == 1:
        axis = axis[0]
    if axis is None or isinstance(axis, tuple):
        raise ValueError("accumulate does not allow multiple axes")
    return x._scan(self.__name__, axis, dtype)


def _outer(self: _core.ufunc, A: ArrayLike, B: ArrayLike, /, **kwargs: Any) -> Any:
    """The ufunc of two operands applied to all pairs of elements.

    Parameters
    ----------
    A, B : array_like
        The operands; the axes of the first come first in the result.
    **kwargs
        As for a call.

    Returns
    -------
    LazyArray, or a tuple of them

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.add.outer([10, 20], [1, 2, 3]).compute()
    array([[11, 12, 13],
           [21, 22, 23]])
    """
    if self.nin != 2:
        raise ValueError("outer product only supported for binary functions")
    a, b = _core.asarray(A), _core.asarray(B)
    return self(a.reshape(a.shape + (1,) * b.ndim), b, **kwargs)


def _visualize(self: LazyArray) -> _see.Drawing:
    """Draw what ``compute`` would do, as ``numpy_rs.lazy.visualize``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.zeros(3).sum().visualize().source.startswith("digraph")
    True
    """
    return _see.visualize(self)


def _profile(self: LazyArray, repeats: int = 3) -> _see.Profile:
    """Compute and tell where the time goes, as ``numpy_rs.lazy.profile``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> (lz.arange(1000.0) * 2).profile().seconds > 0
    True
    """
    return _see.profile(self, repeats=repeats)


def _device(self: LazyArray) -> str:
    """Where results are: ``'cpu'``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.zeros(2).device
    'cpu'
    """
    return "cpu"


class _Documentation:
    """`__doc__` of ufuncs: that of the class on the class, that of its row on an instance."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def __get__(self, ufunc: Any, owner: Any = None) -> Any:
        return self.text if ufunc is None else ufunc._docstring


_attach: Callable[[Any, str, Any], None] = setattr
_attach(_core.ufunc, "__doc__", _Documentation(_core.ufunc.__doc__))
for _name, _function in {"reduce": _reduce, "accumulate": _accumulate, "outer": _outer}.items():
    _function.__name__, _function.__qualname__ = _name, f"ufunc.{_name}"
    _attach(_core.ufunc, _name, _function)
_attach(_core.LazyArray, "device", property(_device))
for _name, _method in {
    "round": _round,
    "dot": _dot,
    "ptp": _ptp,
    "trace": _trace,
    "take": _take,
    "repeat": _repeat,
    "nonzero": _nonzero,
    "compress": _compress,
    "choose": _choose,
    "searchsorted": _searchsorted,
    "argsort": _argsort,
    "visualize": _visualize,
    "profile": _profile,
}.items():
    _method.__name__, _method.__qualname__ = _name, f"LazyArray.{_name}"
    _attach(_core.LazyArray, _name, _method)
