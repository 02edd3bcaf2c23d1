"""Order reversed, and turns."""

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._shape import _axis_tuple
from ._typing import ArrayLike, Axes

__all__ = [
    "flip",
    "fliplr",
    "flipud",
    "rot90",
]

_asarray, _flip = _core.asarray, _core.flip


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
