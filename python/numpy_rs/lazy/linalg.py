"""Linear algebra with NumPy's names: products and what is made of them.

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
from typing import Any, NamedTuple

from numpy_rs import _core
from numpy_rs._core import LazyArray

from . import _products, _reductions, _shape
from ._matrices import eye as _eye
from ._out import _no_out
from ._products import _count
from ._typing import ArrayLike, Axis, DTypeLike
from ._ufuncs import abs as _abs
from ._ufuncs import sqrt as _sqrt

__all__ = [
    "LinAlgError",
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "inv",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "slogdet",
    "solve",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]

_asarray = _core.asarray


class LinAlgError(ValueError):
    """Raised where linear algebra has no answer: a matrix that is not square, or singular.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> issubclass(lz.linalg.LinAlgError, ValueError)
    True
    """


class SlogdetResult(NamedTuple):
    """Sign and logarithm of the absolute value of determinants.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.slogdet(lz.eye(2))._fields
    ('sign', 'logabsdet')
    """

    sign: LazyArray
    logabsdet: LazyArray


def solve(a: ArrayLike, b: ArrayLike) -> LazyArray:
    """The solution ``x`` of ``a @ x = b``.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        Coefficients; integers become float64.
    b : array_like, shape (M,) or (..., M, K)
        Right-hand sides. The leading axes broadcast.

    Returns
    -------
    LazyArray, shape (..., M) or (..., M, K)

    Raises
    ------
    LinAlgError
        If the last two axes of `a` differ; when it is computed, if a pivot is exactly zero. Nearly singular matrices raise
        nothing.

    References
    ----------
    Golub and Van Loan, *Matrix Computations*, 4th ed., section 3.4; Toledo, *Locality of reference in LU decomposition with
    partial pivoting*, 1997.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.solve([[3.0, 1.0], [1.0, 2.0]], [9.0, 8.0]).compute()
    array([2., 3.])
    """
    return _core.solve(_asarray(a), _asarray(b))


def inv(a: ArrayLike) -> LazyArray:
    """Inverse matrices.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        The matrices; integers become float64.

    Returns
    -------
    LazyArray, shape (..., M, M)

    Raises
    ------
    LinAlgError
        As `solve`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.inv([[2.0, 0.0], [0.0, 4.0]]).compute()
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    return _function(a, "inv")[0]


def det(a: ArrayLike) -> LazyArray:
    """Determinants.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        The matrices; integers become float64.

    Returns
    -------
    LazyArray, shape (...)

    Raises
    ------
    LinAlgError
        If the last two axes differ.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.det([[2.0, 1.0], [0.0, 4.0]]).compute()
    array(8.)
    """
    return _function(a, "det")[0]


def slogdet(a: ArrayLike) -> SlogdetResult:
    """Signs of determinants, and logarithms of their absolute values.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        The matrices; integers become float64.

    Returns
    -------
    sign : LazyArray, shape (...)
        1, -1 or, of a singular matrix, 0; of complex matrices a number on the unit circle.
    logabsdet : LazyArray, shape (...)
        Minus infinity of a singular matrix.

    Raises
    ------
    LinAlgError
        If the last two axes differ.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> sign, logabsdet = lz.linalg.slogdet([[0.0, 1.0], [1.0, 0.0]])
    >>> sign.compute(), logabsdet.compute()
    (array(-1.), array(0.))
    """
    return SlogdetResult(*_function(a, "slogdet"))


def cholesky(a: ArrayLike, /, *, upper: builtins.bool = False) -> LazyArray:
    """Triangular factors ``l`` of positive definite matrices ``l @ l.mT.conj()``.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        Hermitian matrices, of which one triangle is read; integers become float64.
    upper : bool
        Whether to read the upper triangle and give ``l.mT.conj()``.

    Returns
    -------
    LazyArray, shape (..., M, M)

    Raises
    ------
    LinAlgError
        If the last two axes differ; when it is computed, if a matrix is not positive definite.

    References
    ----------
    Golub and Van Loan, *Matrix Computations*, 4th ed., section 4.2.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.cholesky([[4.0, 2.0], [2.0, 5.0]]).compute()
    array([[2., 0.],
           [1., 2.]])
    """
    return _function(a, "cholesky", "U" if upper else "L")[0]


def _function(a: ArrayLike, name: str, option: str = "") -> tuple[LazyArray, ...]:
    """The results of a function of stacks of matrices."""
    return _core.linalg(_asarray(a), name, option)


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
        The exponent, not negative; 0 gives identities.

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
        raise NotImplementedError("matrix_power: negative exponents need an inverse, which the engine has not yet")
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


def norm(x: ArrayLike, ord: Any = None, axis: Any = None, keepdims: builtins.bool = False) -> LazyArray:
    """The norm of vectors or matrices.

    Parameters
    ----------
    x : array_like
        The elements; integers become float64.
    ord : {None, int, float, inf, -inf, 'fro'}, optional
        ===== ============================= ==========================
        ord   matrices                      vectors
        ===== ============================= ==========================
        None  root of the sum of squares    the same
        'fro' the same
        inf   largest sum of a row          largest absolute value
        -inf  smallest sum of a row         smallest absolute value
        0                                   elements that are not zero
        1     largest sum of a column       as below
        -1    smallest sum of a column      as below
        other                               ``sum(abs(x)**ord)**(1/ord)``
        ===== ============================= ==========================

        Orders 2, -2 and ``'nuc'`` of matrices need singular values, which the engine does not have yet.
    axis : int or pair of ints, optional
        One: the axis of vectors; two: those of matrices. By default all of `x` is one vector or matrix.
    keepdims : bool
        Whether the axes stay, with length one.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.norm([3.0, 4.0]).compute()
    array(5.)
    >>> lz.linalg.norm([[1.0, -2.0], [3.0, 4.0]], ord=1).compute()
    array(6.)
    """
    a = _asarray(x)
    if a.dtype.kind not in "fc":
        a = a.astype("float64")
    if axis is None:
        if ord is None or (ord in ("f", "fro") and a.ndim == 2) or (ord == 2 and a.ndim == 1):
            flat = a.reshape(-1)
            result = _sqrt(_squares(flat, (0,), False))
            return result.reshape((1,) * a.ndim) if keepdims else result
        axes = tuple(range(a.ndim))
    elif isinstance(axis, tuple):
        axes = axis
    else:
        try:
            axes = (operator.index(axis),)
        except TypeError as e:
            raise TypeError("'axis' must be None, an integer or a tuple of integers") from e
    if len(axes) == 1:
        return _of_vectors(a, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _of_matrices(a, ord, axes, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


def _squares(a: LazyArray, axes: tuple[int, ...], keepdims: builtins.bool) -> LazyArray:
    """The sum of squared absolute values."""
    if a.dtype.kind == "c":
        return (a.real * a.real + a.imag * a.imag).sum(axes, keepdims=keepdims)
    return (a * a).sum(axes, keepdims=keepdims)


def _of_vectors(a: LazyArray, ord: Any, axis: int, keepdims: builtins.bool) -> LazyArray:
    """The norms of vectors along an axis."""
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if ord is None or ord == 2:
        return _sqrt(_squares(a, (axis,), keepdims))
    if ord == float("inf"):
        return _abs(a).max(axis, keepdims=keepdims)
    if ord == float("-inf"):
        return _abs(a).min(axis, keepdims=keepdims)
    if ord == 0:
        return (a != 0).astype(_abs(a).dtype).sum(axis, keepdims=keepdims)
    if ord == 1:
        return _abs(a).sum(axis, keepdims=keepdims)
    sums: LazyArray = (_abs(a) ** ord).sum(axis, keepdims=keepdims) ** (1.0 / ord)
    return sums


def _of_matrices(a: LazyArray, ord: Any, axes: tuple[int, ...], keepdims: builtins.bool) -> LazyArray:
    """The norms of matrices along two axes."""
    from numpy_rs.exceptions import AxisError

    places = []
    for axis in axes:
        i = operator.index(axis)
        if not -a.ndim <= i < a.ndim:
            raise AxisError(i, a.ndim)
        places.append(i % a.ndim)
    row, column = places
    if row == column:
        raise ValueError("Duplicate axes given.")
    if ord is None or ord in ("fro", "f"):
        return _sqrt(_squares(a, (row, column), keepdims))
    if ord in (2, -2, "nuc"):
        raise NotImplementedError(f"norm: ord={ord!r} of matrices needs singular values, which the engine has not yet")
    if ord in (1, -1):
        row, column = column, row
    elif ord not in (float("inf"), float("-inf")):
        raise ValueError("Invalid norm order for matrices.")
    sums = _abs(a).sum(column, keepdims=True)
    result = sums.max(row, keepdims=True) if ord > 0 else sums.min(row, keepdims=True)
    return result if keepdims else result.squeeze((row, column))


def vector_norm(x: ArrayLike, /, *, axis: Any = None, keepdims: builtins.bool = False, ord: Any = 2) -> LazyArray:
    """The norm of vectors.

    Parameters
    ----------
    x : array_like
        The elements.
    axis : int or tuple of ints, optional
        The axes that make one vector; all by default.
    keepdims : bool
        Whether the axes stay, with length one.
    ord : int or float
        As for `norm`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.vector_norm([[3.0, 0.0], [0.0, 4.0]]).compute()
    array(5.)
    """
    a = _asarray(x)
    if axis is None:
        result = norm(a.reshape(-1), ord, 0)
        return result.reshape((1,) * a.ndim) if keepdims else result
    if not isinstance(axis, tuple):
        return norm(a, ord, axis, keepdims)
    axes = [operator.index(i) % a.ndim for i in axis]
    rest = [d for d in range(a.ndim) if d not in axes]
    flat = a.transpose(*axes, *rest).reshape([_count(a.shape[d] for d in axes), *(a.shape[d] for d in rest)])
    result = norm(flat, ord, 0)
    return result.reshape([1 if d in axes else n for d, n in enumerate(a.shape)]) if keepdims else result


def matrix_norm(x: ArrayLike, /, *, keepdims: builtins.bool = False, ord: Any = "fro") -> LazyArray:
    """The norm of matrices: of the last two axes.

    Parameters
    ----------
    x : array_like, shape (..., M, N)
        The matrices.
    keepdims : bool
        Whether the axes stay, with length one.
    ord : {'fro', 1, -1, inf, -inf}
        As for `norm`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.matrix_norm([[3.0, 0.0], [0.0, 4.0]]).compute()
    array(5.)
    """
    return norm(_asarray(x), ord, (-2, -1), keepdims)
