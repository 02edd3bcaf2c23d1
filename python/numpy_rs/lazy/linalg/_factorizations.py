"""LU, Cholesky and QR, and what is made of each at once: a kernel over stacks of matrices."""

import builtins
import warnings
from typing import Any, NamedTuple

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .._typing import ArrayLike

__all__ = ["LinAlgError", "cholesky", "det", "inv", "qr", "slogdet", "solve"]

_asarray = _core.asarray


class LinAlgError(ValueError):
    """Raised where linear algebra has no answer: a matrix that is not square, or singular.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> issubclass(lz.linalg.LinAlgError, ValueError)
    True
    """

    __module__ = "numpy_rs.lazy.linalg"


class QRResult(NamedTuple):
    """Orthogonal and triangular factors.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linalg.qr(lz.eye(2))._fields
    ('Q', 'R')
    """

    Q: LazyArray
    R: LazyArray


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
        If the last two axes of `a` differ; when it is computed, if a pivot is exactly zero. Nearly singular matrices
        raise nothing.

    References
    ----------
    Golub and Van Loan, *Matrix Computations*, 4th ed., section 3.4; Toledo, *Locality of reference in LU decomposition
    with partial pivoting*, 1997.

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


def qr(a: ArrayLike, mode: str = "reduced") -> Any:
    """Matrices as products of one with orthonormal columns and one that is upper triangular.

    Parameters
    ----------
    a : array_like, shape (..., M, N)
        The matrices; integers become float64. K is the shorter of M and N.
    mode : {'reduced', 'complete', 'r', 'raw'}
        What is wanted.

    Returns
    -------
    QRResult, LazyArray or tuple of LazyArrays
        ========== ========================================================================
        reduced    ``Q`` of shape (..., M, K), ``R`` of shape (..., K, N)
        complete   ``Q`` of shape (..., M, M), ``R`` of shape (..., M, N)
        r          ``R`` of shape (..., K, N) alone
        raw        LAPACK's reflections, of shape (..., N, M), and their factors (..., K)
        ========== ========================================================================

    Raises
    ------
    LinAlgError
        If `a` has fewer than two axes.
    ValueError
        If there is no such mode.

    References
    ----------
    Schreiber and Van Loan, *A storage-efficient WY representation for products of Householder transformations*, 1989.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> q, r = lz.linalg.qr([[0.0, 2.0], [3.0, 1.0]])
    >>> lz.round(q @ r).compute()
    array([[0., 2.],
           [3., 1.]])
    """
    wanted = mode
    if mode in ("f", "full"):
        warnings.warn(
            "The 'full' option is deprecated in favor of 'reduced'.\nFor backward compatibility let mode default.",
            DeprecationWarning,
            stacklevel=2,
        )
        wanted = "reduced"
    elif mode in ("e", "economic"):
        warnings.warn("The 'economic' option is deprecated.", DeprecationWarning, stacklevel=2)
        wanted = "raw"
    elif mode not in ("reduced", "complete", "r", "raw"):
        raise ValueError(f"Unrecognized mode '{mode}'")
    made = _function(a, "qr", wanted)
    if mode in ("e", "economic"):
        return made[0].mT
    if wanted == "r":
        return made[0]
    return made if wanted == "raw" else QRResult(*made)


def _function(a: ArrayLike, name: str, option: str = "") -> tuple[LazyArray, ...]:
    """The results of a function of stacks of matrices."""
    return _core.linalg(_asarray(a), name, option)
