"""Singular values and eigenvalues."""

import builtins
from typing import Any, NamedTuple

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .._evaluate import persist as _persist
from .._indexing import take_along_axis as _take_along_axis
from .._order import argsort as _argsort
from .._order import sort as _sort
from .._typing import ArrayLike
from .._ufuncs import abs as _abs
from .._ufuncs import sign as _sign
from ._factorizations import _function

__all__ = ["eig", "eigh", "eigvals", "eigvalsh", "svd", "svdvals"]

_asarray = _core.asarray


class SVDResult(NamedTuple):
    """Singular vectors and values.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.svd(lz.eye(2))._fields
    ('U', 'S', 'Vh')
    """

    U: LazyArray
    S: LazyArray
    Vh: LazyArray


class EighResult(NamedTuple):
    """Eigenvalues and eigenvectors of Hermitian matrices.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.eigh(lz.eye(2))._fields
    ('eigenvalues', 'eigenvectors')
    """

    eigenvalues: LazyArray
    eigenvectors: LazyArray


class EigResult(NamedTuple):
    """Eigenvalues and eigenvectors.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.eig(lz.eye(2))._fields
    ('eigenvalues', 'eigenvectors')
    """

    eigenvalues: LazyArray
    eigenvectors: LazyArray


def svd(
    a: ArrayLike,
    full_matrices: builtins.bool = True,
    compute_uv: builtins.bool = True,
    hermitian: builtins.bool = False,
) -> Any:
    """Singular values and vectors: ``a = U @ diag(S) @ Vh``.

    Parameters
    ----------
    a : array_like, shape (..., M, N)
        The matrices; integers become float64. K is the shorter of M and N.
    full_matrices : bool
        Whether `U` and `Vh` are square; else they have K columns and rows.
    compute_uv : bool
        Whether the vectors are wanted.
    hermitian : bool
        Whether the matrices are Hermitian: then `eigh` is used, which is faster.

    Returns
    -------
    SVDResult, or the singular values alone
        ``U`` of shape (..., M, M) or (..., M, K), ``S`` of shape (..., K), from the largest on, and ``Vh`` of shape
        (..., N, N) or (..., K, N).

    Raises
    ------
    LinAlgError
        If `a` has fewer than two axes; when it is computed, if that does not converge, or there is a NaN.

    Notes
    -----
    The algorithm is that of the ``faer`` crate: bidiagonal form, then divide and conquer. Vectors may have another
    sign, or phase, than NumPy's.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.svd([[0.0, 2.0], [3.0, 0.0]], compute_uv=False).compute()
    array([3., 2.])
    """
    x = _asarray(a)
    if hermitian:
        if not compute_uv:
            return _sort(_abs(eigvalsh(x)), -1)[..., ::-1]
        values, u = eigh(x)
        order = _argsort(_abs(values), -1)[..., ::-1]
        values, u = _take_along_axis(values, order, -1), _take_along_axis(u, order[..., None, :], -1)
        # Singular values have no sign: it goes to the vectors on the right.
        return SVDResult(u, _abs(values), (u * _sign(values)[..., None, :]).mT.conj())
    if not compute_uv:
        return _function(x, "svd", "values")[0]
    return SVDResult(*_function(x, "svd", "full" if full_matrices else "reduced"))


def svdvals(x: ArrayLike, /) -> LazyArray:
    """Singular values, from the largest on.

    Parameters
    ----------
    x : array_like, shape (..., M, N)
        The matrices; integers become float64.

    Returns
    -------
    LazyArray, shape (..., K)
        K is the shorter of M and N.

    Raises
    ------
    LinAlgError
        As `svd`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.svdvals([[0.0, 2.0], [3.0, 0.0]]).compute()
    array([3., 2.])
    """
    return _function(x, "svd", "values")[0]


def _triangle(UPLO: str) -> str:
    """Which triangle is read."""
    upper = UPLO.upper()
    if upper not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    return upper


def eigh(a: ArrayLike, UPLO: str = "L") -> EighResult:
    """Eigenvalues and eigenvectors of Hermitian matrices.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        The matrices, of which one triangle is read; integers become float64.
    UPLO : {'L', 'U'}
        Which triangle.

    Returns
    -------
    eigenvalues : LazyArray, shape (..., M)
        Real, in increasing order.
    eigenvectors : LazyArray, shape (..., M, M)
        The columns.

    Raises
    ------
    LinAlgError
        If the last two axes differ; when it is computed, if that does not converge.

    Notes
    -----
    The algorithm is that of the ``faer`` crate: tridiagonal form, then divide and conquer. Vectors may have another
    sign, or phase, than NumPy's. Numbers that are not finite give NaN.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.round(lz.linalg.eigh([[2.0, 1.0], [1.0, 2.0]]).eigenvalues).compute()
    array([1., 3.])
    """
    triangle = _triangle(UPLO)
    return EighResult(*_function(a, "eigh", triangle))


def eigvalsh(a: ArrayLike, UPLO: str = "L") -> LazyArray:
    """Eigenvalues of Hermitian matrices, in increasing order.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        The matrices, of which one triangle is read; integers become float64.
    UPLO : {'L', 'U'}
        Which triangle.

    Returns
    -------
    LazyArray, shape (..., M)

    Raises
    ------
    LinAlgError
        As `eigh`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.round(lz.linalg.eigvalsh([[2.0, 1.0], [1.0, 2.0]])).compute()
    array([1., 3.])
    """
    triangle = _triangle(UPLO)
    return _function(a, "eigvalsh", triangle)[0]


def eig(a: ArrayLike) -> EigResult:
    """Eigenvalues and eigenvectors of square matrices.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        The matrices; integers become float64. If they are real, the eigenvalues are computed now, as the type of the
        results depends on them.

    Returns
    -------
    eigenvalues : LazyArray, shape (..., M)
        Complex, or real if `a` is and all of them are.
    eigenvectors : LazyArray, shape (..., M, M)
        The columns, of the same type; their norm is one.

    Raises
    ------
    LinAlgError
        If the last two axes differ; when it is computed, if that does not converge, or a number is not finite.

    Notes
    -----
    The algorithm is that of the ``faer`` crate: Hessenberg form, then the QR algorithm with shifts in blocks. Vectors
    may have another sign, or phase, than NumPy's, and eigenvalues another order.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.eig([[2.0, 0.0], [0.0, 3.0]]).eigenvalues.compute()
    array([2., 3.])
    """
    return EigResult(*_real_if_all_are(a, _function(a, "eig")))


def eigvals(a: ArrayLike) -> LazyArray:
    """Eigenvalues of square matrices.

    Parameters
    ----------
    a : array_like, shape (..., M, M)
        As for `eig`.

    Returns
    -------
    LazyArray, shape (..., M)
        Complex, or real if `a` is and all of them are.

    Raises
    ------
    LinAlgError
        As `eig`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.eigvals([[0.0, -4.0], [1.0, 0.0]]).compute()
    array([0.+2.j, 0.-2.j])
    """
    return _real_if_all_are(a, _function(a, "eigvals"))[0]


def _real_if_all_are(a: ArrayLike, made: tuple[LazyArray, ...]) -> tuple[LazyArray, ...]:
    """What real matrices gave: the type depends on the values."""
    if _asarray(a).dtype.kind == "c":
        return made
    made = _persist(*made)
    return made if (made[0].imag != 0).any().item() else tuple(x.real for x in made)
