"""Draws of rows of numbers that depend on each other."""

import operator
import warnings
from collections.abc import Iterable

from numpy_rs import _core
from numpy_rs._core import ndarray

from ..lazy._evaluate import persist
from ..lazy._logic import allclose
from ..lazy._typing import ArrayLike, ShapeLike
from ..lazy._ufuncs import absolute, sqrt
from ..lazy.linalg import cholesky, eigh, svd
from ._standard import Standard

__all__: list[str] = []

_MOST = (1 << 63) - 1
# What the marginal method takes: as many as fit a hypergeometric draw.
_MARGINAL_BELOW = 1_000_000_000


class Multivariate(Standard):
    """Draws of rows.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.default_rng(1).multinomial(10, [0.2, 0.3, 0.5], size=4).shape
    (4, 3)
    """

    def multinomial(self, n: ArrayLike, pvals: ArrayLike, size: ShapeLike | None = None) -> ndarray:
        """Counts of trials by their outcomes.

        Parameters
        ----------
        n : array_like of ints
            How many trials.
        pvals : array_like of floats, shape (..., K)
            The probability of each outcome; the last one gets what the others leave of 1.
        size : int or sequence of ints, optional
            The shape without the last axis; that to which ``n`` and the rows of ``pvals`` broadcast by default.

        Returns
        -------
        ndarray of int64, shape (..., K)

        Raises
        ------
        ValueError
            Where ``n`` is negative, ``pvals`` are no probabilities, or all but the last sum to more than 1.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).multinomial(10, [0.2, 0.3, 0.5])
        array([2, 5, 3])
        """
        return self._bits.multinomial(n, pvals, size)

    def multivariate_hypergeometric(
        self, colors: ArrayLike, nsample: int, size: ShapeLike | None = None, method: str = "marginals"
    ) -> ndarray:
        """Counts of a sample without replacement by color.

        Parameters
        ----------
        colors : array_like of ints, shape (K,)
            How many there are of each color.
        nsample : int
            How many are drawn.
        size : int or sequence of ints, optional
            The shape without the last axis; one row by default.
        method : {'marginals', 'count'}
            Color by color, or one by one, which takes memory for as many numbers as there are objects.

        Returns
        -------
        ndarray of int64, shape (..., K)

        Raises
        ------
        ValueError
            For negative numbers, more draws than there are objects, and more objects than a method takes.
        MemoryError
            Where one by one takes more memory than there is.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).multivariate_hypergeometric([16, 8, 4], 6)
        array([2, 2, 2])
        """
        if method not in ("count", "marginals"):
            raise ValueError('method must be "count" or "marginals".')
        try:
            count = operator.index(nsample)
        except TypeError:
            raise ValueError("nsample must be an integer") from None
        if count < 0:
            raise ValueError("nsample must be nonnegative.")
        if count > _MOST:
            raise ValueError(f"nsample must not exceed {_MOST}")
        array = _core.asarray(colors)
        values = array.compute().tolist() if array.ndim == 1 and (array.dtype.kind in "iu" or not array.size) else None
        if values is None or any(not 0 <= n <= _MOST for n in values):
            raise ValueError(
                f"colors must be a one-dimensional sequence of nonnegative integers not exceeding {_MOST}."
            )
        total = sum(values)
        if total > _MOST:
            raise ValueError(f"sum(colors) must not exceed the maximum value of a 64 bit signed integer ({_MOST})")
        if method == "marginals" and total >= _MARGINAL_BELOW:
            raise ValueError(f'When method is "marginals", sum(colors) must be less than {_MARGINAL_BELOW}.')
        if method == "count" and total > _MOST // 8:
            raise ValueError(f"When method is 'count', sum(colors) must not exceed {_MOST // 8}")
        if count > total:
            raise ValueError("nsample > sum(colors)")
        return self._bits.colors(values, count, method == "count", size)

    def dirichlet(self, alpha: ArrayLike, size: ShapeLike | None = None) -> ndarray:
        """Fractions whose sum is 1.

        Parameters
        ----------
        alpha : array_like of floats, shape (K,)
            The larger one is, the larger is its fraction, and the larger all are, the less fractions spread.
        size : int or sequence of ints, optional
            The shape without the last axis; one row by default.

        Returns
        -------
        ndarray of float64, shape (..., K)

        Raises
        ------
        ValueError
            Where ``alpha`` is negative or has more than one axis.

        Notes
        -----
        Gamma numbers over their sum; where all of ``alpha`` is below 0.1, a stick broken by beta numbers.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).dirichlet([2.0, 3.0])
        array([0.39905349, 0.60094651])
        """
        array = _core.asarray(alpha)
        if array.ndim == 0:
            raise TypeError(f"object of type '{type(alpha).__name__}' has no len()")
        if array.ndim > 1:
            raise ValueError(
                "setting an array element with a sequence. The requested array would exceed the maximum number of"
                " dimension of 1."
            )
        return self._bits.dirichlet(array, size)

    def multivariate_normal(
        self,
        mean: ArrayLike,
        cov: ArrayLike,
        size: ShapeLike | None = None,
        check_valid: str = "warn",
        tol: float = 1e-8,
        *,
        method: str = "svd",
    ) -> ndarray:
        """Normal numbers of a covariance.

        The independent numbers are NumPy's to the bit. The factor is so up to rounding by "cholesky"; by the others
        the signs of its columns, which the covariance does not tell, may be other ones.

        Parameters
        ----------
        mean : array_like of floats, shape (N,)
            The mean.
        cov : array_like of floats, shape (N, N)
            The covariance: symmetric, positive semidefinite.
        size : int or sequence of ints, optional
            The shape without the last axis.
        check_valid : {'warn', 'raise', 'ignore'}
            What is done about a covariance that is none; "cholesky" refuses it.
        tol : float
            How far it may be from one.
        method : {'svd', 'eigh', 'cholesky'}
            The factorisation; the last is the fastest.

        Returns
        -------
        ndarray of float64, shape (*size, N)

        Raises
        ------
        ValueError
            If shapes do not fit, options are none, or with "raise" the covariance is none.
        TypeError
            If numbers are complex.
        LinAlgError
            With "cholesky", if the covariance is not positive definite.

        Examples
        --------
        >>> import numpy_rs
        >>> rng = numpy_rs.random.default_rng(1)
        >>> rng.multivariate_normal([0.0, 5.0], [[2.0, 1.0], [1.0, 1.0]], size=3, method="cholesky").shape
        (3, 2)
        """
        if method not in ("eigh", "svd", "cholesky"):
            raise ValueError("method must be one of {'eigh', 'svd', 'cholesky'}")
        center, spread = _core.asarray(mean), _core.asarray(cov)
        if center.dtype.kind == "c" or spread.dtype.kind == "c":
            raise TypeError("mean and cov must not be complex")
        if center.ndim != 1:
            raise ValueError("mean must be 1 dimensional")
        if spread.ndim != 2 or spread.shape[0] != spread.shape[1]:
            raise ValueError("cov must be 2 dimensional and square")
        if center.shape[0] != spread.shape[0]:
            raise ValueError("mean and cov must have same length")
        lead = () if size is None else tuple(size) if isinstance(size, Iterable) else (size,)
        numbers = _core.asarray(self.standard_normal((*lead, center.shape[0])))
        spread = spread.astype("float64")
        if method == "cholesky":
            factor = cholesky(spread)
        else:
            if method == "svd":
                factor, scales, other = persist(*svd(spread))
                again = (other.mT * scales) @ other
                is_valid = bool(allclose(again, spread, rtol=tol, atol=tol))
            else:
                scales, factor = persist(*eigh(spread))
                is_valid = not (scales < -tol).any()
            if check_valid not in ("warn", "raise", "ignore"):
                raise ValueError("check_valid must equal 'warn', 'raise', or 'ignore'")
            if not is_valid and check_valid != "ignore":
                text = "covariance is not symmetric positive-semidefinite."
                if check_valid == "raise":
                    raise ValueError(text)
                warnings.warn(text, RuntimeWarning, stacklevel=2)
            factor = factor * sqrt(absolute(scales))
        return (center + numbers @ factor.mT).compute()
