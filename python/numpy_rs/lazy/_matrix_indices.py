"""Positions in matrices: of triangles, of diagonals, and where a function of a matrix leaves something."""

import operator
from collections.abc import Callable
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._creation import ones
from ._indexing import nonzero
from ._matrices import _lower
from ._ranges import arange

__all__ = [
    "diag_indices",
    "diag_indices_from",
    "mask_indices",
    "tril_indices",
    "tril_indices_from",
    "triu_indices",
    "triu_indices_from",
]


def _sides(n: int, m: int | None) -> tuple[int, int]:
    """Rows and columns."""
    rows = max(operator.index(n), 0)
    return rows, rows if m is None else max(operator.index(m), 0)


def _sides_of(arr: Any) -> tuple[int, int]:
    """Rows and columns of a matrix."""
    if arr.ndim != 2:
        raise ValueError("input array must be 2-d")
    rows, columns = arr.shape
    return rows, columns


def _positions(mask: LazyArray) -> tuple[LazyArray, ...]:
    """Rows and columns of what is true in a matrix, without quotients of positions."""
    return tuple(_core.iota(mask.shape, 0, strides)[mask] for strides in ([1, 0], [0, 1]))


def tril_indices(n: int, k: int = 0, m: int | None = None) -> tuple[LazyArray, ...]:
    """The positions of the lower triangle of a matrix. Counts them at once.

    Parameters
    ----------
    n : int
        The number of rows.
    k : int
        The diagonal above which positions are left out.
    m : int, optional
        The number of columns; ``n`` by default.

    Returns
    -------
    tuple of two LazyArray
        Rows and columns, of type int64, in C order.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.compute() for p in lz.tril_indices(2)]
    [array([0, 1, 1]), array([0, 0, 1])]
    """
    rows, columns = _sides(n, m)
    return _positions(_lower(rows, columns, k))


def triu_indices(n: int, k: int = 0, m: int | None = None) -> tuple[LazyArray, ...]:
    """The positions of the upper triangle of a matrix. Counts them at once.

    Parameters
    ----------
    n : int
        The number of rows.
    k : int
        The diagonal below which positions are left out.
    m : int, optional
        The number of columns; ``n`` by default.

    Returns
    -------
    tuple of two LazyArray
        Rows and columns, of type int64, in C order.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.compute() for p in lz.triu_indices(2)]
    [array([0, 0, 1]), array([0, 1, 1])]
    """
    rows, columns = _sides(n, m)
    return _positions(~_lower(rows, columns, k - 1))


def tril_indices_from(arr: Any, k: int = 0) -> tuple[LazyArray, ...]:
    """The positions of the lower triangle of this matrix. Counts them at once.

    Parameters
    ----------
    arr : array
        The matrix, of which the shape is read.
    k : int
        The diagonal above which positions are left out.

    Returns
    -------
    tuple of two LazyArray

    Raises
    ------
    ValueError
        If it has not two axes.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.arange(4).reshape(2, 2)
    >>> x[lz.tril_indices_from(x)].compute()
    array([0, 2, 3])
    """
    rows, columns = _sides_of(arr)
    return tril_indices(rows, k=k, m=columns)


def triu_indices_from(arr: Any, k: int = 0) -> tuple[LazyArray, ...]:
    """The positions of the upper triangle of this matrix. Counts them at once.

    Parameters
    ----------
    arr : array
        The matrix, of which the shape is read.
    k : int
        The diagonal below which positions are left out.

    Returns
    -------
    tuple of two LazyArray

    Raises
    ------
    ValueError
        If it has not two axes.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.arange(4).reshape(2, 2)
    >>> x[lz.triu_indices_from(x)].compute()
    array([0, 1, 3])
    """
    rows, columns = _sides_of(arr)
    return triu_indices(rows, k=k, m=columns)


def diag_indices(n: int, ndim: int = 2) -> tuple[LazyArray, ...]:
    """The positions of the main diagonal of an array with axes of one length.

    Parameters
    ----------
    n : int
        The length of the axes.
    ndim : int
        Their number.

    Returns
    -------
    tuple of LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.arange(9).reshape(3, 3)
    >>> x[lz.diag_indices(3)].compute()
    array([0, 4, 8])
    """
    return (arange(n),) * ndim


def diag_indices_from(arr: Any) -> tuple[LazyArray, ...]:
    """The positions of the main diagonal of this array.

    Parameters
    ----------
    arr : array
        Of at least two axes, all of one length; its shape is read.

    Returns
    -------
    tuple of LazyArray

    Raises
    ------
    ValueError
        If it has fewer axes, or of several lengths.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.compute() for p in lz.diag_indices_from(lz.zeros((2, 2)))]
    [array([0, 1]), array([0, 1])]
    """
    if not arr.ndim >= 2:
        raise ValueError("input array must be at least 2-d")
    if len(set(arr.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    return diag_indices(arr.shape[0], arr.ndim)


def mask_indices(n: int, mask_func: Callable[..., Any], k: Any = 0) -> tuple[LazyArray, ...]:
    """The positions in a square matrix where a function of a matrix of ones is not zero. Counts them at once.

    Parameters
    ----------
    n : int
        The number of rows and columns.
    mask_func : callable
        Gets the matrix and ``k``, as `triu` and `tril` do.
    k : scalar
        Passed on.

    Returns
    -------
    tuple of LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.compute() for p in lz.mask_indices(2, lz.triu)]
    [array([0, 0, 1]), array([0, 1, 1])]
    """
    return nonzero(mask_func(ones((n, n), int), k) != 0)
