"""Shape changes: index maps, no copies."""

import operator
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray
from numpy_rs.exceptions import AxisError

from ._typing import ArrayLike, Axes, Axis, Order, ShapeLike

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_arrays",
    "broadcast_shapes",
    "broadcast_to",
    "diagonal",
    "expand_dims",
    "flip",
    "fliplr",
    "flipud",
    "matrix_transpose",
    "moveaxis",
    "ndim",
    "permute_dims",
    "ravel",
    "reshape",
    "rollaxis",
    "rot90",
    "shape",
    "size",
    "squeeze",
    "swapaxes",
    "transpose",
    "transpose_2d",
]

_asarray = _core.asarray
_expand_dims, _flip, _moveaxis = _core.expand_dims, _core.flip, _core.moveaxis


def _axis_index(axis: Axis, ndim: int, prefix: str | None = None) -> int:
    """An axis in ``range(ndim)``."""
    i = operator.index(axis)
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
    """The elements in C order under another shape.

    Parameters
    ----------
    a : array_like
        The elements.
    shape : int or sequence of ints
        Lengths of the axes; one may be -1: what is left.
    order : {'C', 'F', 'A'}
        ``'F'`` reads and writes the elements with the first axis changing fastest.
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
        ``'F'`` reads them with the first axis changing fastest.

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
    x = _asarray(a)
    for axis, name in ((axis1, "axis1"), (axis2, "axis2")):
        _axis_index(axis, x.ndim, name)
    return x.swapaxes(axis1, axis2)


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


def flip(m: ArrayLike, axis: Axes | None = None) -> LazyArray:
    """The order of elements reversed.

    Parameters
    ----------
    m : array_like
        The array.
    axis : int or tuple of ints, optional
        Along which axes; all by default.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.flip([[1, 2], [3, 4]], axis=1).compute()
    array([[2, 1],
           [4, 3]])
    """
    if isinstance(axis, tuple):
        axis = _axis_tuple(axis, _asarray(m).ndim)
    return _flip(m, axis)


def fliplr(m: ArrayLike) -> LazyArray:
    """The order of columns reversed: along axis 1.

    Parameters
    ----------
    m : array_like
        Of at least two axes.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fliplr([[1, 2, 3]]).compute()
    array([[3, 2, 1]])
    """
    x = _asarray(m)
    if x.ndim < 2:
        raise ValueError("Input must be >= 2-d.")
    return _flip(x, 1)


def flipud(m: ArrayLike) -> LazyArray:
    """The order of rows reversed: along axis 0.

    Parameters
    ----------
    m : array_like
        Of at least one axis.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.flipud([1, 2, 3]).compute()
    array([3, 2, 1])
    """
    x = _asarray(m)
    if x.ndim < 1:
        raise ValueError("Input must be >= 1-d.")
    return _flip(x, 0)


def rot90(m: ArrayLike, k: int = 1, axes: tuple[int, int] = (0, 1)) -> LazyArray:
    """An array turned by 90 degrees in the plane of two axes.

    Parameters
    ----------
    m : array_like
        Of at least two axes.
    k : int
        How many times; from the first axis towards the second.
    axes : pair of ints
        The plane.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.rot90([[1, 2], [3, 4]]).compute()
    array([[2, 4],
           [1, 3]])
    """
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    x = _asarray(m)
    a, b = axes
    if a == b or abs(a - b) == x.ndim:
        raise ValueError("Axes must be different.")
    if a >= x.ndim or a < -x.ndim or b >= x.ndim or b < -x.ndim:
        raise ValueError(f"Axes={(a, b)} out of range for array of ndim={x.ndim}.")
    k %= 4
    if k == 0:
        return x
    if k == 2:
        return _flip(x, (a, b))
    if k == 1:
        return _flip(x, b).swapaxes(a, b)
    return _flip(x.swapaxes(a, b), b)


def broadcast_to(array: ArrayLike, shape: ShapeLike, subok: bool = False) -> LazyArray:
    """An array repeated along new axes and axes of length one; nothing is copied.

    Parameters
    ----------
    array : array_like
        The array.
    shape : int or sequence of ints
        The shape of the result.
    subok : bool
        Accepted; lazy arrays have no subclasses.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.broadcast_to([1, 2], (2, 2)).compute()
    array([[1, 2],
           [1, 2]])
    """
    want = (shape,) if hasattr(shape, "__index__") else tuple(shape)
    if any(operator.index(n) < 0 for n in want):
        raise ValueError("all elements of broadcast shape must be non-negative")
    if len(want) < ndim(array):
        raise ValueError("input operand has more dimensions than allowed by the axis remapping")
    return _core.broadcast_to(array, want)


def _joint(shapes: Sequence[tuple[Any, ...]]) -> tuple[int, ...]:
    """The shape to which shapes broadcast; the error names two that do not."""
    try:
        return _core.broadcast_shapes(*shapes)
    except ValueError:
        for i, second in enumerate(shapes):
            for k, first in enumerate(shapes[:i]):
                if any(a != b and 1 not in (a, b) for a, b in zip(first[::-1], second[::-1], strict=False)):
                    raise ValueError(
                        "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between "
                        f"arg {k} with shape {first} and arg {i} with shape {second}."
                    ) from None
        raise


def broadcast_shapes(*args: ShapeLike) -> tuple[int, ...]:
    """The shape to which shapes broadcast.

    Parameters
    ----------
    *args : ints or tuples of ints
        The shapes.

    Returns
    -------
    tuple of ints

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.broadcast_shapes((3, 1), 4)
    (3, 4)
    """
    return _joint([(s,) if hasattr(s, "__index__") else tuple(s) for s in args])


def broadcast_arrays(*args: ArrayLike, subok: bool = False) -> tuple[LazyArray, ...]:
    """Arrays broadcast against each other.

    Parameters
    ----------
    *args : array_like
        The arrays.
    subok : bool
        Accepted; lazy arrays have no subclasses.

    Returns
    -------
    tuple of LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [x.shape for x in lz.broadcast_arrays([1, 2], [[1], [2], [3]])]
    [(3, 2), (3, 2)]
    """
    arrays = [_asarray(a) for a in args]
    joint = _joint([a.shape for a in arrays])
    return tuple(_core.broadcast_to(a, joint) for a in arrays)


def _one_or_all(arrays: list[LazyArray]) -> LazyArray | tuple[LazyArray, ...]:
    return arrays[0] if len(arrays) == 1 else tuple(arrays)


def atleast_1d(*arys: ArrayLike) -> LazyArray | tuple[LazyArray, ...]:
    """Arrays with at least one axis.

    Parameters
    ----------
    *arys : array_like
        The arrays.

    Returns
    -------
    LazyArray, or a tuple of them for several arguments

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.atleast_1d(3.0).compute()
    array([3.])
    """
    arrays = [_asarray(a) for a in arys]
    return _one_or_all([a if a.ndim else a.reshape(1) for a in arrays])


def atleast_2d(*arys: ArrayLike) -> LazyArray | tuple[LazyArray, ...]:
    """Arrays with at least two axes: new ones come first.

    Parameters
    ----------
    *arys : array_like
        The arrays.

    Returns
    -------
    LazyArray, or a tuple of them for several arguments

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.atleast_2d([1, 2]).compute()
    array([[1, 2]])
    """
    arrays = [_asarray(a) for a in arys]
    return _one_or_all([a if a.ndim >= 2 else a.reshape((1,) * (2 - a.ndim) + a.shape) for a in arrays])


def atleast_3d(*arys: ArrayLike) -> LazyArray | tuple[LazyArray, ...]:
    """Arrays with at least three axes: (N,) becomes (1, N, 1) and (M, N) becomes (M, N, 1).

    Parameters
    ----------
    *arys : array_like
        The arrays.

    Returns
    -------
    LazyArray, or a tuple of them for several arguments

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.atleast_3d([1, 2]).shape
    (1, 2, 1)
    """
    places: list[tuple[int, ...]] = [(0, 1, 2), (0, 2), (2,)]
    arrays = [_asarray(a) for a in arys]
    return _one_or_all([a if a.ndim >= 3 else _expand_dims(a, places[a.ndim]) for a in arrays])


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
    x = _asarray(a)
    if x.ndim > 1:
        axis1, axis2 = _axis_index(axis1, x.ndim, "axis1"), _axis_index(axis2, x.ndim, "axis2")
    return x.diagonal(offset, axis1, axis2)


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
