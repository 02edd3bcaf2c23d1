"""Draws of counts that reject: each from words of its own, as many as it takes."""

from numpy_rs._core import LazyArray

from .._typing import ArrayLike, ShapeLike
from ._philox import Philox

__all__: list[str] = []


class Counts:
    """Draws of counts.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.random.default_rng(1).poisson(1, 2).shape
    (2,)
    """

    _bits: Philox

    def poisson(self, lam: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Counts of what comes at random, at a steady rate.

        Parameters
        ----------
        lam : array_like of floats
            The mean.
        size : int or sequence of ints, optional
            The shape; that of ``lam`` by default.

        Returns
        -------
        LazyArray of int64

        Raises
        ------
        ValueError
            Where ``lam`` is negative, no number, or close to the largest int64. Lazy arrays of parameters
            are looked at when they are computed.

        References
        ----------
        Hörmann, "The transformed rejection method for generating Poisson random variables", Insurance:
        Mathematics and Economics 12 (1993), from a mean of 10 on; below, products of fractions.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).poisson(4, 10_000).mean() - 4) < 0.1)
        True
        """
        return self._bits._drawn("poisson", (lam,), size)

    def binomial(self, n: ArrayLike, p: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Counts of successes.

        Parameters
        ----------
        n : array_like of ints
            How many trials.
        p : array_like of floats
            The probability of success in one. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of int64

        Raises
        ------
        ValueError
            Where ``n`` is negative, or ``p`` is not from 0 to 1. Lazy arrays of parameters are looked at when they are
            computed.

        References
        ----------
        Kachitvichyanukul and Schmeiser, "Binomial random variate generation", Communications of the ACM 31 (1988), for
        means above 30; by inversion for others.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).binomial(10, 0.3, 10_000).mean() - 3) < 0.1)
        True
        """
        return self._bits._drawn("binomial", (n, p), size)

    def negative_binomial(self, n: ArrayLike, p: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Counts of failures before so many successes: Poisson numbers of gamma means.

        Parameters
        ----------
        n : array_like of floats
            How many successes.
        p : array_like of floats
            The probability of success in a trial. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of int64

        Raises
        ------
        ValueError
            Where ``n`` is not positive, ``p`` not above 0 and at most 1, or counts could exceed int64. Lazy arrays of
            parameters are looked at when they are computed.

        References
        ----------
        As `Generator.gamma` and `poisson`.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).negative_binomial(3, 0.5, 10_000).mean() - 3) < 0.2)
        True
        """
        return self._bits._drawn("negative_binomial", (n, p), size)

    def hypergeometric(
        self, ngood: ArrayLike, nbad: ArrayLike, nsample: ArrayLike, size: ShapeLike | None = None
    ) -> LazyArray:
        """How many of a sample without replacement are good.

        Parameters
        ----------
        ngood, nbad, nsample : array_like of ints
            How many there are of both kinds, less than 10**9 each, and how many are drawn. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of int64

        Raises
        ------
        ValueError
            Where a parameter is negative, there are too many, or fewer than are drawn. Lazy arrays of
            parameters are looked at when they are computed.

        References
        ----------
        Stadlober, "The ratio of uniforms approach for generating discrete random variates", Journal of
        Computational and Applied Mathematics 31 (1990).

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).hypergeometric(20, 30, 15, 10_000).mean() - 6) < 0.1)
        True
        """
        return self._bits._drawn("hypergeometric", (ngood, nbad, nsample), size)

    def logseries(self, p: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of the logarithmic series.

        Parameters
        ----------
        p : array_like of floats
            The shape.
        size : int or sequence of ints, optional
            The shape; that of ``p`` by default.

        Returns
        -------
        LazyArray of int64

        Raises
        ------
        ValueError
            Where ``p`` is not at least 0 and below 1. Lazy arrays of parameters are looked at when they are
            computed.

        References
        ----------
        Kemp, "Efficient generation of logarithmically distributed pseudo-random variables", Applied Statistics
        30 (1981).

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).logseries(0.5, 10_000).mean() - 1.4427) < 0.05)
        True
        """
        return self._bits._drawn("logseries", (p,), size)

    def zipf(self, a: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Integers whose probability is a negative power of them.

        Parameters
        ----------
        a : array_like of floats
            The exponent.
        size : int or sequence of ints, optional
            The shape; that of ``a`` by default.

        Returns
        -------
        LazyArray of int64

        Raises
        ------
        ValueError
            Where ``a`` is not above 1. Lazy arrays of parameters are looked at when they are computed.

        References
        ----------
        Devroye, "Non-Uniform Random Variate Generation" (1986), chapter X.6.1.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs((lz.random.default_rng(1).zipf(2, 10_000) == 1).mean() - 0.6079) < 0.02)
        True
        """
        return self._bits._drawn("zipf", (a,), size)
