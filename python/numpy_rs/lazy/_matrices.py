"""Matrices by the position of their elements: identity, diagonals, triangles, Vandermonde."""

import operator
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._creation import _check_device, _check_order
from ._typing import ArrayLike, DTypeLike, Order
from ._ufuncs import _where

__all__ = ["diag", "diagflat", "eye", "identity", "tri", "tril", "triu", "vander"]

_asarray, _iota, _eye = _core.asarray, _core.iota, _core.eye


def eye(
    N: int,
    M: int | None = None,
    k: int = 0,
    dtype: DTypeLike | None = float,
    order: Order = "C",
    *,
    device: str | None = None,
    like: Any = None,
) -> LazyArray:
    """Ones on a diagonal, zeros elsewhere; never stored.

    Parameters
    ----------
    N : int
        The number of rows.
    M : int, optional
        The number of columns; ``N`` by default.
    k : int
        Which diagonal: above the main one if positive.
    dtype : dtype_like
        The element type.
    order, device, like
        As for `full`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.eye(2, 3, k=1, dtype=int).compute()
    array([[0, 1, 0],
           [0, 0, 1]])
    """
    _check_order(order, "CF")
    _check_device(device)
    rows = operator.index(N)
    columns = rows if M is None else operator.index(M)
    # A diagonal beyond the matrix is as good as any other.
    offset = max(-rows, min(operator.index(k), columns))
    return _eye((rows, columns), offset, "float64" if dtype is None else dtype)


def identity(n: int, dtype: DTypeLike | None = None, *, like: Any = None) -> LazyArray:
    """The identity matrix; never stored.

    Parameters
    ----------
    n : int
        The number of rows and columns.
    dtype : dtype_like, optional
        The element type; float64 by default.
    like : object, optional
        Ignored.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.identity(2).compute()
    array([[1., 0.],
           [0., 1.]])
    """
    return eye(n, dtype=dtype)


def _on_diagonal(v: LazyArray, k: int) -> LazyArray:
    """A square matrix with these elements on a diagonal."""
    n = v.shape[0] + abs(k)
    zero = _core.full((abs(k),), 0, v.dtype)
    parts = [v] if k == 0 else [v, zero] if k >= 0 else [zero, v]
    column = _core.concatenate(parts, 0, None) if k else v
    return _where(_eye((n, n), k, "bool"), column.reshape(n, 1), _core.full((), 0, v.dtype))


def diag(v: ArrayLike, k: int = 0) -> LazyArray:
    """The diagonal of a matrix, or the matrix of a diagonal.

    Parameters
    ----------
    v : array_like
        A matrix, or the elements of a diagonal.
    k : int
        Which diagonal: above the main one if positive.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.diag([1, 2]).compute()
    array([[1, 0],
           [0, 2]])
    >>> lz.diag([[1, 2], [3, 4]]).compute()
    array([1, 4])
    """
    x = _asarray(v)
    if x.ndim == 1:
        return _on_diagonal(x, operator.index(k))
    if x.ndim == 2:
        return x.diagonal(k)
    raise ValueError("Input must be 1- or 2-d.")


def diagflat(v: ArrayLike, k: int = 0) -> LazyArray:
    """The matrix with all elements of an array on a diagonal.

    Parameters
    ----------
    v : array_like
        The elements; flattened.
    k : int
        Which diagonal: above the main one if positive.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.diagflat([[1, 2]], 1).compute()
    array([[0, 1, 0],
           [0, 0, 2],
           [0, 0, 0]])
    """
    return _on_diagonal(_asarray(v).ravel(), operator.index(k))


def _lower(rows: int, columns: int, k: int) -> LazyArray:
    """True at and below a diagonal."""
    k = operator.index(k)
    # NumPy counts columns from ``-k`` on in 64 bits.
    if not (-k < 2**63 and columns - k >= -(2**63)):
        raise OverflowError("Python int too large to convert to C long")
    return _iota((rows, columns), max(-rows, min(k, columns)), [1, -1]) >= 0


def tri(N: int, M: int | None = None, k: int = 0, dtype: DTypeLike = float, *, like: Any = None) -> LazyArray:
    """Ones at and below a diagonal, zeros above; never stored.

    Parameters
    ----------
    N : int
        The number of rows.
    M : int, optional
        The number of columns; ``N`` by default.
    k : int
        Which diagonal: above the main one if positive.
    dtype : dtype_like
        The element type.
    like : object, optional
        Ignored.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.tri(2, 3, dtype=int).compute()
    array([[1, 0, 0],
           [1, 1, 0]])
    """
    rows = max(operator.index(N), 0)
    return _lower(rows, rows if M is None else max(operator.index(M), 0), k).astype(dtype)


def _matrices(m: ArrayLike) -> tuple[LazyArray, int, int]:
    x = _asarray(m)
    if x.ndim == 0:
        raise TypeError("tri() missing 1 required positional argument: 'N'")
    return x, x.shape[-2] if x.ndim > 1 else x.shape[0], x.shape[-1]


def tril(m: ArrayLike, k: int = 0) -> LazyArray:
    """The lower triangle, zeros above it.

    Parameters
    ----------
    m : array_like, shape (..., M, N)
        The matrices.
    k : int
        The diagonal above which elements are zero.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.tril([[1, 2], [3, 4]]).compute()
    array([[1, 0],
           [3, 4]])
    """
    x, rows, columns = _matrices(m)
    return _where(_lower(rows, columns, k), x, _core.full((), 0, x.dtype))


def triu(m: ArrayLike, k: int = 0) -> LazyArray:
    """The upper triangle, zeros below it.

    Parameters
    ----------
    m : array_like, shape (..., M, N)
        The matrices.
    k : int
        The diagonal below which elements are zero.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.triu([[1, 2], [3, 4]]).compute()
    array([[1, 2],
           [0, 4]])
    """
    x, rows, columns = _matrices(m)
    return _where(_lower(rows, columns, k - 1), _core.full((), 0, x.dtype), x)


def vander(x: ArrayLike, N: int | None = None, increasing: bool = False) -> LazyArray:
    """The matrix of powers of a vector.

    Parameters
    ----------
    x : array_like
        Of one axis.
    N : int, optional
        The number of columns; that of rows by default.
    increasing : bool
        Whether powers grow from left to right.

    Returns
    -------
    LazyArray
        Products are formed one after another, as in NumPy.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.vander([1, 2, 3], increasing=True).compute()
    array([[1, 1, 1],
           [1, 2, 4],
           [1, 3, 9]])
    """
    a = _asarray(x)
    if a.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    columns = a.shape[0] if N is None else operator.index(N)
    if columns < 0:
        raise ValueError("negative dimensions are not allowed")
    dtype = _core.promote_types(a.dtype, "int64")
    if columns == 0:
        return _core.full((a.shape[0], 0), 0, dtype)
    a = a.astype(dtype).reshape(-1, 1)
    powers = [_core.full(a.shape, 1, dtype)]
    for i in range(1, columns):
        powers.append(a if i == 1 else powers[-1] * a)
    return _core.concatenate(powers if increasing else powers[::-1], 1, None)
