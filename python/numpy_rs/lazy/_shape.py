"""Shape changes: index maps, no copies."""

import operator
from collections.abc import Sequence

from numpy_rs import _core
from numpy_rs._core import LazyArray
from numpy_rs.exceptions import AxisError

from ._typing import ArrayLike, Axes, Axis, Order, ShapeLike

__all__ = [
    "diagonal",
    "expand_dims",
    "matrix_transpose",
    "moveaxis",
    "ndim",
    "permute_dims",
    "ravel",
    "reshape",
    "rollaxis",
    "shape",
    "size",
    "squeeze",
    "swapaxes",
    "transpose",
    "transpose_2d",
]

_asarray = _core.asarray
_c_int, _expand_dims, _flip, _moveaxis = _core.c_int, _core.expand_dims, _core.flip, _core.moveaxis


def _axis_index(axis: Axis, ndim: int, prefix: str | None = None, taken: str = "parsed") -> int:
    """An axis in ``range(ndim)``, by the C integer that NumPy takes it into."""
    i = axis if type(axis) is int and -ndim <= axis < ndim else _c_int(axis, taken)
    if not -ndim <= i < ndim:
        raise AxisError(i, ndim, prefix)
    return i + ndim if i < 0 else i


def _axis_tuple(axis: Axes, ndim: int, name: str | None = None) -> tuple[int, ...]:
    """Distinct axes in ``range(ndim)``."""
    if isinstance(axis, (tuple, list)):
        axes = tuple(_axis_index(a, ndim, name) for a in axis)
    else:
        axes = (_axis_index(axis, ndim, name),)  # type: ignore[arg-type]
    if len(set(axes)) != len(axes):
        raise ValueError(f"repeated axis in `{name}` argument" if name else "repeated axis")
    return axes


def reshape(a: ArrayLike, /, shape: ShapeLike, order: Order = "C", *, copy: bool | None = None) -> LazyArray:
    """The elements in an order, C by default, under another shape.

    Parameters
    ----------
    a : array_like
        The elements.
    shape : int or sequence of ints
        Lengths of the axes; one may be -1: what is left.
    order : {'C', 'F', 'A'}
        ``'F'`` reads and writes the elements with the first axis changing fastest, ``'A'`` does so where NumPy's array
        would lie in memory so.
    copy : bool, optional
        Accepted; lazy arrays are values.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.reshape(lz.arange(6), (2, -1)).compute()
    array([[0, 1, 2],
           [3, 4, 5]])
    """
    if type(a) is not LazyArray:
        a = _asarray(a)
    return a.reshape(shape) if order == "C" else a.reshape(shape, order=order)


def ravel(a: ArrayLike, order: Order = "C") -> LazyArray:
    """All elements along one axis.

    Parameters
    ----------
    a : array_like
        The elements.
    order : {'C', 'F', 'A', 'K'}
        ``'F'`` reads them with the first axis changing fastest, ``'A'`` does so where NumPy's array would lie in memory
        so, and ``'K'`` reads them as it would lie.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.ravel([[1, 2], [3, 4]], order="F").compute()
    array([1, 3, 2, 4])
    """
    return _asarray(a).ravel(order)


def transpose(a: ArrayLike, axes: Sequence[Axis] | None = None) -> LazyArray:
    """The axes permuted.

    Parameters
    ----------
    a : array_like
        The array.
    axes : sequence of ints, optional
        Axis ``j`` of the result is axis ``axes[j]`` of ``a``; reversed by default.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.transpose([[1, 2], [3, 4]]).compute()
    array([[1, 3],
           [2, 4]])
    """
    return _asarray(a).transpose(axes)


permute_dims = transpose


def transpose_2d(a: ArrayLike) -> LazyArray:
    """The transpose of a matrix.

    Parameters
    ----------
    a : array_like
        Of two axes.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.transpose_2d([[1, 2, 3]]).shape
    (3, 1)
    """
    x = _asarray(a)
    if x.ndim != 2:
        raise ValueError(f"transpose_2d needs an array of two dimensions, got {x.ndim}")
    return x.T


def matrix_transpose(x: ArrayLike, /) -> LazyArray:
    """The last two axes exchanged.

    Parameters
    ----------
    x : array_like, shape (..., M, N)
        Matrices.

    Returns
    -------
    LazyArray
        Of shape (..., N, M).

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.matrix_transpose(lz.zeros((5, 2, 3))).shape
    (5, 3, 2)
    """
    a = _asarray(x)
    if a.ndim < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {a.ndim}")
    return a.swapaxes(-1, -2)


def swapaxes(a: ArrayLike, axis1: Axis, axis2: Axis) -> LazyArray:
    """Two axes exchanged.

    Parameters
    ----------
    a : array_like
        The array.
    axis1, axis2 : int
        The axes.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.swapaxes(lz.zeros((2, 3, 4)), 0, 2).shape
    (4, 3, 2)
    """
    return _asarray(a).swapaxes(axis1, axis2)


def moveaxis(a: ArrayLike, source: Axes, destination: Axes) -> LazyArray:
    """Axes moved to new places, the others in their order.

    Parameters
    ----------
    a : array_like
        The array.
    source, destination : int or sequence of ints
        The axes, and where they go.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.moveaxis(lz.zeros((2, 3, 4)), 0, -1).shape
    (3, 4, 2)
    """
    x = _asarray(a)
    s, d = _axis_tuple(source, x.ndim, "source"), _axis_tuple(destination, x.ndim, "destination")
    return _moveaxis(x, s, d)


def rollaxis(a: ArrayLike, axis: Axis, start: Axis = 0) -> LazyArray:
    """An axis moved to stand before another.

    Parameters
    ----------
    a : array_like
        The array.
    axis : int
        The axis that moves.
    start : int
        The axis before which it goes; the number of axes puts it last.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.rollaxis(lz.zeros((2, 3, 4)), 2).shape
    (4, 2, 3)
    """
    x = _asarray(a)
    n, i, to = x.ndim, _axis_index(axis, x.ndim), operator.index(start)
    if to < 0:
        to += n
    if not 0 <= to < n + 1:
        raise AxisError(f"'start' arg requires {-n} <= start < {n + 1}, but {to} was passed in")
    if i < to:
        to -= 1
    return x if i == to else _moveaxis(x, i, to)


def expand_dims(a: ArrayLike, axis: Axes) -> LazyArray:
    """New axes of length one.

    Parameters
    ----------
    a : array_like
        The array.
    axis : int or tuple of ints
        Their places in the result.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.expand_dims([1, 2], (0, 2)).shape
    (1, 2, 1)
    """
    if isinstance(axis, tuple):
        axis = _axis_tuple(axis, len(axis) + _asarray(a).ndim)
    return _expand_dims(a, axis)


def squeeze(a: ArrayLike, axis: Axes | None = None) -> LazyArray:
    """Axes of length one removed.

    Parameters
    ----------
    a : array_like
        The array.
    axis : int or tuple of ints, optional
        Which; all by default.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.squeeze(lz.zeros((1, 3, 1))).shape
    (3,)
    """
    return _asarray(a).squeeze(axis)


def diagonal(a: ArrayLike, offset: int = 0, axis1: Axis = 0, axis2: Axis = 1) -> LazyArray:
    """A diagonal of matrices, as the last axis.

    Parameters
    ----------
    a : array_like
        Of at least two axes.
    offset : int
        Which diagonal: above the main one if positive.
    axis1, axis2 : int
        The axes of the matrices.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.diagonal([[1, 2], [3, 4]]).compute()
    array([1, 4])
    """
    return _asarray(a).diagonal(offset, axis1, axis2)


def shape(a: ArrayLike) -> tuple[int, ...]:
    """The lengths of the axes.

    Parameters
    ----------
    a : array_like
        The array.

    Returns
    -------
    tuple of ints

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.shape([[1, 2]])
    (1, 2)
    """
    return _asarray(a).shape


def ndim(a: ArrayLike) -> int:
    """The number of axes.

    Parameters
    ----------
    a : array_like
        The array.

    Returns
    -------
    int

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.ndim([[1, 2]])
    2
    """
    return _asarray(a).ndim


def size(a: ArrayLike, axis: Axes | None = None) -> int:
    """The number of elements.

    Parameters
    ----------
    a : array_like
        The array.
    axis : int or tuple of ints, optional
        Along these axes; of the whole array by default.

    Returns
    -------
    int

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.size([[1, 2]], axis=0)
    1
    """
    x = _asarray(a)
    if axis is None:
        return x.size
    n = 1
    for d in _axis_tuple(axis, x.ndim):
        n *= x.shape[d]
    return n
