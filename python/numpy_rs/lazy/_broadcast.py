"""Arrays and shapes made to fit each other."""

import operator

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._shape import ndim
from ._typing import ArrayLike, ShapeLike

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_arrays",
    "broadcast_shapes",
    "broadcast_to",
]

_asarray, _expand_dims = _core.asarray, _core.expand_dims


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
    return _core.broadcast_shapes(*[(s,) if hasattr(s, "__index__") else tuple(s) for s in args])


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
    joint = _core.broadcast_shapes(*[a.shape for a in arrays])
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


def _compact(shape: tuple[int, ...]) -> str:
    """A shape as NumPy writes it in errors."""
    return str(shape).replace(" ", "")


def _fitted(x: LazyArray, shape: tuple[int, ...]) -> LazyArray | None:
    """An array as an assignment to a place of this shape takes it: too many axes of length one are dropped. Or None."""
    x = _without_leading(x, len(shape))
    fits = x.ndim <= len(shape) and all(n in (1, to) for n, to in zip(x.shape[::-1], shape[::-1], strict=False))
    return _core.broadcast_to(x, shape) if fits else None


def _without_leading(x: LazyArray, most: int) -> LazyArray:
    """Without leading axes of length one, as long as there are more than so many."""
    own = x.shape
    while len(own) > most and own[0] == 1:
        own = own[1:]
    return x.reshape(own) if len(own) < x.ndim else x


def _assigned(x: LazyArray, shape: tuple[int, ...]) -> LazyArray:
    """As `_fitted`, with NumPy's error of an assignment."""
    fitted = _fitted(x, shape)
    if fitted is None:
        own = _compact(_without_leading(x, len(shape)).shape)
        raise ValueError(f"could not broadcast input array from shape {own} into shape {_compact(shape)}")
    return fitted
