"""Draws of counts: names and documentation; what they do is in the core's table."""

from typing import Any

from numpy_rs._core import Bits

from ..lazy._typing import ArrayLike, ShapeLike

__all__: list[str] = []


class Discrete:
    """Draws of counts.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.default_rng(1).poisson(1, 2).shape
    (2,)
    """

    _bits: Bits

    def poisson(self, lam: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Counts of what comes at random, at a steady rate.

        Parameters
        ----------
        lam : array_like of floats
            The mean.
        size : int or sequence of ints, optional
            The shape; that of ``lam`` by default.

        Returns
        -------
        int or ndarray of int64

        Raises
        ------
        ValueError
            Where ``lam`` is negative, no number, or close to the largest int64.

        References
        ----------
        Hörmann, "The transformed rejection method for generating Poisson random variables", Insurance: Mathematics and
        Economics 12 (1993), from a mean of 10 on; below, products of fractions.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).poisson(4, 5)
        array([5, 3, 5, 2, 6])
        """
        return self._bits.draw("poisson", (lam,), size)

    def binomial(self, n: ArrayLike, p: ArrayLike, size: ShapeLike | None = None) -> Any:
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
        int or ndarray of int64

        Raises
        ------
        ValueError
            Where ``n`` is negative, or ``p`` is not from 0 to 1.

        References
        ----------
        Kachitvichyanukul and Schmeiser, "Binomial random variate generation", Communications of the ACM 31 (1988), for
        means above 30; by inversion for others.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).binomial(10, 0.3, 5)
        array([3, 5, 1, 5, 2])
        """
        return self._bits.draw("binomial", (n, p), size)

    def negative_binomial(self, n: ArrayLike, p: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Counts of failures before so many successes.

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
        int or ndarray of int64

        Raises
        ------
        ValueError
            Where ``n`` is not positive, ``p`` not above 0 and at most 1, or counts could exceed int64.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).negative_binomial(3, 0.4, 5)
        array([5, 6, 3, 7, 1])
        """
        return self._bits.draw("negative_binomial", (n, p), size)

    def geometric(self, p: ArrayLike, size: ShapeLike | None = None) -> Any:
        """How many trials it takes to succeed.

        Parameters
        ----------
        p : array_like of floats
            The probability of success in a trial.
        size : int or sequence of ints, optional
            The shape; that of ``p`` by default.

        Returns
        -------
        int or ndarray of int64

        Raises
        ------
        ValueError
            Where ``p`` is not above 0 and at most 1.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).geometric(0.25, 5)
        array([ 4,  2, 19,  2,  1])
        """
        return self._bits.draw("geometric", (p,), size)

    def hypergeometric(
        self, ngood: ArrayLike, nbad: ArrayLike, nsample: ArrayLike, size: ShapeLike | None = None
    ) -> Any:
        """How many of a sample without replacement are good.

        Parameters
        ----------
        ngood, nbad, nsample : array_like of ints
            How many there are of both kinds, less than 10**9 each, and how many are drawn. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        int or ndarray of int64

        Raises
        ------
        ValueError
            Where a parameter is negative, there are too many, or fewer than are drawn.

        References
        ----------
        Stadlober, "The ratio of uniforms approach for generating discrete random variates", Journal of Computational
        and Applied Mathematics 31 (1990).

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).hypergeometric(20, 30, 15, 5)
        array([5, 6, 6, 9, 5])
        """
        return self._bits.draw("hypergeometric", (ngood, nbad, nsample), size)

    def logseries(self, p: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Numbers of the logarithmic series.

        Parameters
        ----------
        p : array_like of floats
            The shape.
        size : int or sequence of ints, optional
            The shape; that of ``p`` by default.

        Returns
        -------
        int or ndarray of int64

        Raises
        ------
        ValueError
            Where ``p`` is not at least 0 and below 1.

        References
        ----------
        Kemp, "Efficient generation of logarithmically distributed pseudo-random variables", Applied Statistics 30
        (1981).

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).logseries(0.8, 5)
        array([3, 8, 2, 1, 2])
        """
        return self._bits.draw("logseries", (p,), size)

    def zipf(self, a: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Integers whose probability is a negative power of them.

        Parameters
        ----------
        a : array_like of floats
            The exponent.
        size : int or sequence of ints, optional
            The shape; that of ``a`` by default.

        Returns
        -------
        int or ndarray of int64

        Raises
        ------
        ValueError
            Where ``a`` is not above 1.

        References
        ----------
        Devroye, "Non-Uniform Random Variate Generation" (1986), chapter X.6.1.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).zipf(2.5, 5)
        array([1, 1, 1, 3, 1])
        """
        return self._bits.draw("zipf", (a,), size)
