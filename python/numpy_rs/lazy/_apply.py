"""Functions of Python applied along an axis, or over axes one after another."""

from collections.abc import Callable
from itertools import product
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._broadcast import _assigned
from ._shape import _axis_index, expand_dims, ndim
from ._typing import ArrayLike, Axes, Axis

__all__ = ["apply_along_axis", "apply_over_axes"]

_asarray, _concatenate = _core.asarray, _core.concatenate


def apply_along_axis(func1d: Callable[..., Any], axis: Axis, arr: ArrayLike, *args: Any, **kwargs: Any) -> LazyArray:
    """A function of one-dimensional arrays applied to all lines along an axis.

    Parameters
    ----------
    func1d : callable
        Gets a line, a lazy array of one axis, and gives a number or an array.
    axis : int
        The axis.
    arr : array_like
        The array.
    *args, **kwargs
        Passed on to the function.

    Returns
    -------
    LazyArray
        With the axes of what the function gives in place of the axis, in the type of its first result.

    Raises
    ------
    ValueError
        If there is no line, or results are of different shapes.

    Notes
    -----
    The function is called once for each line and what it builds is one graph. A reduction with ``axis=`` is one node.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.apply_along_axis(lambda x: x[0] + x[-1], 1, [[1, 2, 3], [4, 5, 6]]).compute()
    array([ 4, 10])
    """
    x = _asarray(arr)
    d = _axis_index(axis, x.ndim)
    lines = _core.moveaxis(x, d, -1)
    outer = lines.shape[:-1]
    if 0 in outer:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results: list[LazyArray] = []
    for place in product(*(range(n) for n in outer)):
        found = _asarray(func1d(lines[place], *args, **kwargs))
        results.append(found if not results else _cast(found, results[0]))
    shape = results[0].shape
    joint = _concatenate([r[None] for r in results], 0, None).reshape(outer + shape)
    kept, own = range(len(outer)), range(len(outer), joint.ndim)
    return joint.transpose((*kept[:d], *own, *kept[d:]))


def _cast(x: LazyArray, like: LazyArray) -> LazyArray:
    """A result as an assignment to a place of the first one's shape and type makes it."""
    return _assigned(x.astype(like.dtype), like.shape)


def apply_over_axes(func: Callable[..., Any], a: Any, axes: Axes) -> LazyArray:
    """A function of an array and an axis applied over several axes, one after another.

    Parameters
    ----------
    func : callable
        Gets the array and an axis, as `sum` does; its results have as many axes, or one fewer.
    a : array
        The array.
    axes : int or sequence of ints
        The axes.

    Returns
    -------
    LazyArray
        With as many axes as ``a``.

    Raises
    ------
    ValueError
        If the function gives something else.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.apply_over_axes(lz.sum, lz.ones((2, 3, 4)), [0, 2]).compute()
    array([[[8.],
            [8.],
            [8.]]])
    """
    value = _asarray(a)
    total = a.ndim
    given: Any = axes
    for axis in (given,) if ndim(given) == 0 else given:
        place = total + axis if axis < 0 else axis
        result = func(value, place)
        if result.ndim != value.ndim:
            result = expand_dims(result, place)
            if result.ndim != value.ndim:
                raise ValueError("function is not returning an array of the correct shape")
        value = result
    return value
