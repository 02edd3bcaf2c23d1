"""Linear algebra with NumPy's names: products, factorisations and what is made of them.

Over stacks of matrices: the last two axes. Factorisations of
float32 and complex64 are computed in double precision and rounded, as in NumPy.

Examples
--------
>>> import numpy_rs.lazy as lz
>>> lz.linalg.matrix_power([[1, 1], [1, 0]], 10).compute()
array([[89, 55],
       [55, 34]])
"""

import builtins
import operator
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .. import _products, _reductions, _shape
from .._matrices import eye as _eye
from .._out import _no_out
from .._typing import ArrayLike, Axis, DTypeLike
from ._factorizations import LinAlgError, cholesky, det, inv, qr, slogdet, solve
from ._least_squares import lstsq, matrix_rank, pinv, tensorinv, tensorsolve
from ._norms import cond, matrix_norm, norm, vector_norm
from ._spectral import eig, eigh, eigvals, eigvalsh, svd, svdvals

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "vecdot",
    "vector_norm",
]

_asarray = _core.asarray


def matmul(x1: ArrayLike, x2: ArrayLike, /) -> LazyArray:
    """The matrix product, as ``numpy_rs.lazy.matmul``.

    Parameters
    ----------
    x1, x2 : array_like
        The operands.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.matmul(lz.eye(2), [3.0, 4.0]).compute()
    array([3., 4.])
    """
    return _products.matmul(x1, x2)


def vecdot(x1: ArrayLike, x2: ArrayLike, /, *, axis: Axis = -1) -> LazyArray:
    """Vectors, conjugated, by vectors, as ``numpy_rs.lazy.vecdot``.

    Parameters
    ----------
    x1, x2 : array_like
        The operands.
    axis : int
        The axis of the vectors.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.vecdot([1, 2], [3, 4]).compute()
    array(11)
    """
    return _products.vecdot(x1, x2, axis=axis)


def tensordot(x1: ArrayLike, x2: ArrayLike, /, *, axes: Any = 2) -> LazyArray:
    """The sum of products over chosen axes, as ``numpy_rs.lazy.tensordot``.

    Parameters
    ----------
    x1, x2 : array_like
        The operands.
    axes : int or pair of sequences of ints
        The axes.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.tensordot([1, 2], [3, 4], axes=1).compute()
    array(11)
    """
    return _products.tensordot(x1, x2, axes)


def outer(x1: ArrayLike, x2: ArrayLike, /) -> LazyArray:
    """The products of all pairs of elements of two vectors.

    Parameters
    ----------
    x1, x2 : array_like, shapes (M,) and (N,)
        The vectors.

    Returns
    -------
    LazyArray, shape (M, N)

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.outer([1, 2], [3, 4]).compute()
    array([[3, 4],
           [6, 8]])
    """
    a, b = _asarray(x1), _asarray(x2)
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are x1.ndim={a.ndim} and x2.ndim={b.ndim}.")
    return _products.outer(a, b)


def matrix_transpose(x: ArrayLike, /) -> LazyArray:
    """The last two axes exchanged.

    Parameters
    ----------
    x : array_like, shape (..., M, N)
        The matrices.

    Returns
    -------
    LazyArray, shape (..., N, M)

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.matrix_transpose([[1, 2], [3, 4]]).compute()
    array([[1, 3],
           [2, 4]])
    """
    return _shape.matrix_transpose(x)


def diagonal(x: ArrayLike, /, *, offset: int = 0) -> LazyArray:
    """The diagonals of matrices: of the last two axes.

    Parameters
    ----------
    x : array_like, shape (..., M, N)
        The matrices.
    offset : int
        Which diagonal: above the main one if positive.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.diagonal([[1, 2], [3, 4]]).compute()
    array([1, 4])
    """
    return _shape.diagonal(x, offset, -2, -1)


def trace(x: ArrayLike, /, *, offset: int = 0, dtype: DTypeLike | None = None) -> LazyArray:
    """The sums of the diagonals of matrices: of the last two axes.

    Parameters
    ----------
    x : array_like, shape (..., M, N)
        The matrices.
    offset : int
        Which diagonal: above the main one if positive.
    dtype : dtype_like, optional
        The type to add in, as for ``numpy_rs.lazy.sum``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.trace([[1, 2], [3, 4]]).compute()
    array(5)
    """
    return _reductions.trace(x, offset, -2, -1, dtype)


def cross(x1: ArrayLike, x2: ArrayLike, /, *, axis: Axis = -1) -> LazyArray:
    """The cross product of vectors in three dimensions.

    Parameters
    ----------
    x1, x2 : array_like
        Vectors of length three along `axis`; the other axes broadcast.
    axis : int
        The axis of the vectors.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.cross([1, 0, 0], [0, 1, 0]).compute()
    array([0, 0, 1])
    """
    a, b = _asarray(x1), _asarray(x2)
    i = operator.index(axis)
    if a.shape[i] != 3 or b.shape[i] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they are "
            f"{a.shape[i]} and {b.shape[i]} dimensional instead."
        )
    return _products.cross(a, b, axis=i)


def _matrices(a: LazyArray) -> None:
    """Refuse what is no stack of square matrices."""
    if a.ndim < 2:
        raise LinAlgError(f"{a.ndim}-dimensional array given. Array must be at least two-dimensional")
    if a.shape[-1] != a.shape[-2]:
        raise LinAlgError("Last 2 dimensions of the array must be square")


def matrix_power(a: ArrayLike, n: int) -> LazyArray:
    """A square matrix multiplied by itself.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        The matrices.
    n : int
        The exponent; 0 gives identities, a negative one powers of the inverse.

    Returns
    -------
    LazyArray, shape (..., M, M)

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.matrix_power([[1, 1], [0, 1]], 5).compute()
    array([[1, 5],
           [0, 1]])
    """
    x = _asarray(a)
    _matrices(x)
    try:
        power = operator.index(n)
    except TypeError as e:
        raise TypeError("exponent must be an integer") from e
    if power < 0:
        x, power = inv(x), -power
    if power == 0:
        return _core.broadcast_to(_eye(x.shape[-1], dtype=x.dtype), x.shape)
    # Squares, and of these those whose bit the exponent has: in NumPy's order.
    if power == 1:
        return x
    if power == 2:
        return x @ x
    if power == 3:
        return (x @ x) @ x
    square = result = None
    while power:
        square = x if square is None else square @ square
        power, bit = divmod(power, 2)
        if bit:
            result = square if result is None else result @ square
    assert result is not None
    return result


def multi_dot(arrays: Sequence[ArrayLike], *, out: None = None) -> LazyArray:
    """The product of several matrices, in the order that takes least work.

    Parameters
    ----------
    arrays : sequence of array_like
        Matrices; the first and the last may be vectors.
    out : None
        Lazy arrays are values: use ``compute(out=...)``.

    Returns
    -------
    LazyArray

    References
    ----------
    Cormen, Leiserson, Rivest and Stein, *Introduction to Algorithms*, 3rd ed., section 15.2.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.multi_dot([lz.ones((2, 9)), lz.ones((9, 9)), lz.ones(9)]).compute()
    array([81., 81.])
    """
    _no_out(out, "multi_dot")
    given = [_asarray(a) for a in arrays]
    if len(given) < 2:
        raise ValueError("Expecting at least two arrays.")
    if len(given) == 2:
        return _products.dot(given[0], given[1])
    first, last = given[0].ndim, given[-1].ndim
    if first == 1:
        given[0] = given[0].reshape(1, -1)
    if last == 1:
        given[-1] = given[-1].reshape(-1, 1)
    for a in given:
        if a.ndim != 2:
            raise LinAlgError(f"{a.ndim}-dimensional array given. Array must be two-dimensional")
    result = _chain(given, _order(given), 0, len(given) - 1)
    if first == 1 and last == 1:
        return result.reshape(())
    return result.reshape(-1) if 1 in (first, last) else result


def _order(arrays: Sequence[LazyArray]) -> dict[tuple[int, int], int]:
    """Where to split the product of each run of matrices."""
    p = [a.shape[0] for a in arrays] + [arrays[-1].shape[1]]
    n = len(arrays)
    cost, at = {(i, i): 0 for i in range(n)}, {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            ways = [(cost[i, k] + cost[k + 1, j] + p[i] * p[k + 1] * p[j + 1], k) for k in range(i, j)]
            cost[i, j], at[i, j] = builtins.min(ways)
    return at


def _chain(arrays: Sequence[LazyArray], at: dict[tuple[int, int], int], i: int, j: int) -> LazyArray:
    """The product of a run of matrices; as deep as there are matrices in a list."""
    if i == j:
        return arrays[i]
    k = at[i, j]
    return _products.dot(_chain(arrays, at, i, k), _chain(arrays, at, k + 1, j))
