"""Norms of vectors and matrices, and what tells how well a matrix can be inverted."""

import builtins
import operator
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .._elementwise import where as _where
from .._products import _count
from .._typing import ArrayLike
from .._ufuncs import abs as _abs
from .._ufuncs import isnan as _isnan
from .._ufuncs import sqrt as _sqrt
from ._factorizations import LinAlgError, _function
from ._spectral import svdvals as _svdvals

__all__ = ["cond", "matrix_norm", "norm", "vector_norm"]

_asarray = _core.asarray


def norm(x: ArrayLike, ord: Any = None, axis: Any = None, keepdims: builtins.bool = False) -> LazyArray:
    """The norm of vectors or matrices.

    Parameters
    ----------
    x : array_like
        The elements; integers become float64.
    ord : {None, int, float, inf, -inf, 'fro', 'nuc'}, optional
        ===== ============================= ==========================
        ord   matrices                      vectors
        ===== ============================= ==========================
        None  root of the sum of squares    the same
        'fro' the same
        'nuc' sum of the singular values
        inf   largest sum of a row          largest absolute value
        -inf  smallest sum of a row         smallest absolute value
        0                                   elements that are not zero
        1     largest sum of a column       as below
        -1    smallest sum of a column      as below
        2     largest singular value        as below
        -2    smallest singular value       as below
        other                               ``sum(abs(x)**ord)**(1/ord)``
        ===== ============================= ==========================

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
        return _abs(a).max(axis, keepdims=keepdims, initial=0)
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
        values = _svdvals(_core.moveaxis(a, [row, column], [-2, -1]))
        if ord == -2:
            result = values.min(-1)
        else:
            result = values.max(-1, initial=0) if ord == 2 else values.sum(-1)
        return result.reshape([1 if d in places else n for d, n in enumerate(a.shape)]) if keepdims else result
    if ord in (1, -1):
        row, column = column, row
    elif ord not in (float("inf"), float("-inf")):
        raise ValueError("Invalid norm order for matrices.")
    sums = _abs(a).sum(column, keepdims=True)
    result = sums.max(row, keepdims=True, initial=0) if ord > 0 else sums.min(row, keepdims=True)
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
    ord : {'fro', 'nuc', 1, -1, 2, -2, inf, -inf}
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


def cond(x: ArrayLike, p: Any = None) -> LazyArray:
    """Condition numbers: how much larger errors of a solution may be than those of the numbers.

    Parameters
    ----------
    x : array_like, shape (..., M, N)
        The matrices; square for `p` other than 2 and -2.
    p : {None, 1, -1, 2, -2, inf, -inf, 'fro', 'nuc'}, optional
        The order of the norm; 2 by default: the largest singular value over the smallest; -2: the reverse.

    Returns
    -------
    LazyArray, shape (...)
        Infinity of singular matrices.

    Raises
    ------
    LinAlgError
        If there are no matrices, or none that are square where they must be, or they are empty.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.cond([[4.0, 0.0], [0.0, 2.0]], 1).compute()
    array(2.)
    """
    a = _asarray(x)
    if a.ndim >= 2 and _count(a.shape[-2:]) == 0:
        raise LinAlgError("cond is not defined on empty arrays")
    if p is None or p in (2, -2):
        s = _svdvals(a)
        ratio = s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    else:
        # As NumPy does, in double precision; what has no inverse gives NaN.
        wide = a.astype("complex128" if a.dtype.kind == "c" else "float64")
        inverse = _function(wide, "inv", "nan")[0]
        ratio = norm(a, p, (-2, -1)) * norm(inverse, p, (-2, -1))
        if a.dtype in ("float32", "complex64"):
            ratio = _core.note(ratio, False, "silent").astype("float32")
    ratio = _core.note(ratio, False, "silent")
    return _where(_isnan(ratio) & ~_isnan(a).any((-2, -1)), float("inf"), ratio)
