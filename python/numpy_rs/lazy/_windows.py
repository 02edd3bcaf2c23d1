"""Windows that slide over an array: views, of which nothing is stored."""

import builtins
import operator
from collections.abc import Iterable

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._shape import _axis_index
from ._typing import ArrayLike, Axes, ShapeLike

__all__ = ["sliding_window_view"]

_asarray, _windows = _core.asarray, _core.windows


def sliding_window_view(
    x: ArrayLike,
    window_shape: ShapeLike,
    axis: Axes | None = None,
    *,
    subok: builtins.bool = False,
    writeable: builtins.bool = False,
) -> LazyArray:
    """All windows of a shape, each one step from the one before.

    Parameters
    ----------
    x : array_like
        The array.
    window_shape : int or sequence of ints
        Lengths of a window along the axes ``axis``.
    axis : int or sequence of ints, optional
        The axes along which windows slide; all by default. An axis may be named more than once.
    subok, writeable : bool
        Accepted; lazy arrays are values.

    Returns
    -------
    LazyArray
        The places of windows along the axes of ``x``, then the axes of a window.

    Raises
    ------
    ValueError
        For a window that is longer than the array, or negative, or has not as many lengths as there are axes.

    Notes
    -----
    A view: reductions over windows read the array itself, and store no windows. Their work grows with the length of a
    window; a running sum is a difference of two elements of `cumsum`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.sliding_window_view([1, 3, 2, 6], 3).compute()
    array([[1, 3, 2],
           [3, 2, 6]])
    >>> lz.sliding_window_view([1, 3, 2, 6], 3).mean(axis=-1).compute()
    array([2.        , 3.66666667])
    """
    a = _asarray(x)
    lengths = tuple(window_shape) if isinstance(window_shape, Iterable) else (window_shape,)
    if builtins.any(operator.index(n) < 0 for n in lengths):
        raise ValueError("`window_shape` cannot contain negative values")
    if axis is None:
        axes = tuple(range(a.ndim))
        if len(lengths) != len(axes):
            raise ValueError(
                f"Since axis is `None`, must provide window_shape for all dimensions of `x`; got {len(lengths)} "
                f"window_shape elements and `x.ndim` is {a.ndim}."
            )
    else:
        given = tuple(axis) if isinstance(axis, Iterable) else (axis,)
        axes = tuple(_axis_index(d, a.ndim) for d in given)
        if len(lengths) != len(axes):
            raise ValueError(
                f"Must provide matching length window_shape and axis; got {len(lengths)} window_shape elements and "
                f"{len(axes)} axes elements."
            )
    return _windows(a, lengths, axes)
