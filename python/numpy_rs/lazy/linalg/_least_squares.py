"""What stands on singular values and on solutions: pseudo-inverses, ranks, least squares, systems of tensors."""

import builtins
import operator
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .._elementwise import where as _where
from .._evaluate import persist as _persist
from .._limits import finfo as _finfo
from .._products import _count
from .._reductions import count_nonzero as _count_nonzero
from .._typing import ArrayLike
from ._factorizations import LinAlgError
from ._factorizations import inv as _inv
from ._factorizations import solve as _solve
from ._spectral import svd

__all__ = ["lstsq", "matrix_rank", "pinv", "tensorinv", "tensorsolve"]

_asarray = _core.asarray

# The argument that was not given.
_ABSENT: Any = object()


def pinv(a: ArrayLike, rcond: Any = None, hermitian: builtins.bool = False, *, rtol: Any = _ABSENT) -> LazyArray:
    """Pseudo-inverses (Moore-Penrose), from singular values.

    Parameters
    ----------
    a : array_like, shape (..., M, N)
        The matrices; integers become float64.
    rcond : float or array_like, shape (...), optional
        Singular values up to this, times the largest one, count as zero; 1e-15 by default.
    hermitian : bool
        Whether the matrices are Hermitian.
    rtol : float or array_like, optional
        The same as `rcond`; None stands for the longer axis times the type's epsilon.

    Returns
    -------
    LazyArray, shape (..., N, M)

    Raises
    ------
    LinAlgError
        As `svd`.
    ValueError
        If both `rcond` and `rtol` are given.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.pinv([[2.0, 0.0], [0.0, 0.0]]).compute()
    array([[0.5, 0. ],
           [0. , 0. ]])
    """
    x = _asarray(a)
    if rcond is None:
        if rtol is _ABSENT:
            rcond = 1e-15
        elif rtol is None:
            rcond = builtins.max(x.shape[-2:]) * _finfo(x.dtype).eps
        else:
            rcond = rtol
    elif rtol is not _ABSENT:
        raise ValueError("`rtol` and `rcond` can't be both set.")
    if x.ndim >= 2 and _count(x.shape[-2:]) == 0:
        return x.mT
    u, s, vh = svd(x.conj(), full_matrices=False, hermitian=hermitian)
    large = s > _asarray(rcond)[..., None] * s.max(-1, keepdims=True)
    inverse = _where(large, 1 / _where(large, s, 1), 0)
    product: LazyArray = vh.mT @ (inverse[..., None] * u.mT)
    return product


def matrix_rank(A: ArrayLike, tol: Any = None, hermitian: builtins.bool = False, *, rtol: Any = None) -> LazyArray:
    """The number of singular values that do not count as zero.

    Parameters
    ----------
    A : array_like, shape (), (M,) or (..., M, N)
        Matrices; a number or a vector has rank one, or zero if all of it is zero.
    tol : float or array_like, shape (...), optional
        Values up to this count as zero.
    hermitian : bool
        Whether the matrices are Hermitian.
    rtol : float or array_like, optional
        The same, as a multiple of the largest value; the longer axis times the type's epsilon by default.

    Returns
    -------
    LazyArray, shape (...)

    Raises
    ------
    LinAlgError
        As `svd`.
    ValueError
        If both `tol` and `rtol` are given.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.matrix_rank([[1.0, 2.0], [2.0, 4.0]]).compute()
    array(1)
    """
    if rtol is not None and tol is not None:
        raise ValueError("`tol` and `rtol` can't be both set.")
    x = _asarray(A)
    if x.ndim < 2:
        return (x != 0).any().astype("int64")
    s = svd(x, compute_uv=False, hermitian=hermitian)
    if tol is None:
        least = builtins.max(x.shape[-2:]) * _finfo(s.dtype).eps if rtol is None else _asarray(rtol)[..., None]
        limit = s.max(-1, keepdims=True, initial=0) * least
    else:
        limit = _asarray(tol)[..., None]
    return _count_nonzero(s > limit, -1)


def lstsq(a: ArrayLike, b: ArrayLike, rcond: float | None = None) -> tuple[LazyArray, LazyArray, LazyArray, LazyArray]:
    """The solution ``x`` of least norm that makes ``sum(abs(b - a @ x)**2)`` smallest.

    Parameters
    ----------
    a : array_like, shape (M, N)
        Coefficients. All is computed now, as the shape of `residuals` depends on the singular values.
    b : array_like, shape (M,) or (M, K)
        Right-hand sides.
    rcond : float, optional
        Singular values up to this, times the largest one, count as zero. By default the longer axis times float64's
        epsilon; the epsilon alone if negative.

    Returns
    -------
    x : LazyArray, shape (N,) or (N, K)
    residuals : LazyArray, shape (1,), (K,) or (0,)
        The sums of squares; nothing if the rank is less than N, or M is not more than N.
    rank : LazyArray, shape ()
        Of `a`, int32.
    s : LazyArray, shape (min(M, N),)
        Its singular values.

    Raises
    ------
    LinAlgError
        If the shapes do not fit, or singular values do not converge.

    References
    ----------
    Golub and Van Loan, *Matrix Computations*, 4th ed., section 5.5.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x, residuals, rank, s = lz.linalg.lstsq([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [1.0, 3.0, 5.0])
    >>> lz.round(x, 12).compute()
    array([1., 2.])
    """
    x, y = _asarray(a), _asarray(b)
    is_vector = y.ndim == 1
    if is_vector:
        y = y[:, None]
    for operand in (x, y):
        if operand.ndim != 2:
            raise LinAlgError(f"{operand.ndim}-dimensional array given. Array must be two-dimensional")
    m, n = x.shape
    if m != y.shape[0]:
        raise LinAlgError("Incompatible dimensions")
    epsilon = _finfo("float64").eps
    if rcond is None:
        rcond = epsilon * builtins.max(m, n)
    elif rcond < 0:
        rcond = epsilon
    solution, residuals, found, s = _persist(*_core.lstsq(x, y, rcond))
    rank = int(found.item())
    if rank != n or m <= n:
        residuals = residuals[:0]
    if is_vector:
        solution = solution.reshape(n)
    return solution, residuals, _core.full([], rank, "int32"), s


def tensorsolve(a: ArrayLike, b: ArrayLike, axes: Any = None) -> LazyArray:
    """The solution ``x`` of ``tensordot(a, x, x.ndim) = b``.

    Parameters
    ----------
    a : array_like, shape ``b.shape + x.shape``
        Coefficients; both parts have as many elements.
    b : array_like
        The right-hand side.
    axes : sequence of ints, optional
        Axes of `a` that are moved to its end first.

    Returns
    -------
    LazyArray

    Raises
    ------
    LinAlgError
        If the shapes do not fit; when it is computed, as `solve`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.tensorsolve(lz.eye(4).reshape(2, 2, 2, 2), [[1.0, 2.0], [3.0, 4.0]]).compute()
    array([[1., 2.],
           [3., 4.]])
    """
    x, y = _asarray(a), _asarray(b)
    if axes is not None:
        order = list(range(x.ndim))
        for axis in axes:
            order.remove(axis)
            order.insert(x.ndim, axis)
        x = x.transpose(order)
    shape = x.shape[-(x.ndim - y.ndim) :]
    count = _count(shape)
    if x.size != count**2:
        raise LinAlgError(
            "Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])"
        )
    return _solve(x.reshape(count, count), y.reshape(-1)).reshape(shape)


def tensorinv(a: ArrayLike, ind: int = 2) -> LazyArray:
    """The inverse of a tensor for `tensordot` over some of its axes.

    Parameters
    ----------
    a : array_like
        The tensor; the first axes have as many elements as the others.
    ind : int
        How many axes are the first.

    Returns
    -------
    LazyArray, shape ``a.shape[ind:] + a.shape[:ind]``

    Raises
    ------
    LinAlgError
        If it is not square in this sense; when it is computed, as `inv`.
    ValueError
        If `ind` is not positive.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.tensorinv(lz.eye(4).reshape(4, 2, 2), ind=1).shape
    (2, 2, 4)
    """
    x, first = _asarray(a), operator.index(ind)
    if first <= 0:
        raise ValueError("Invalid ind argument.")
    shape = x.shape[first:] + x.shape[:first]
    return _inv(x.reshape(_count(x.shape[first:]), -1)).reshape(shape)
