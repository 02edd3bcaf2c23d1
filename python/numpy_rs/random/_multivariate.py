"""Draws of rows of numbers that depend on each other."""

from numpy_rs import _core
from numpy_rs._core import ndarray

from ..lazy._typing import ArrayLike, ShapeLike
from ..lazy.random._multivariate import _colors, _correlated, _moments, _rows, _vector
from ._standard import Standard

__all__: list[str] = []


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
        values, count = _colors(colors, nsample, method)
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
        return self._bits.dirichlet(_vector(alpha), size)

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
        center, spread = _moments(mean, cov, method)
        numbers = _core.asarray(self.standard_normal(_rows(size, center.shape[0])))
        look = method != "cholesky"
        return _correlated(center, spread, numbers, check_valid, tol, method, look).compute()
