"""Draws of gamma numbers and of what is made of them: each number from words of its own, as many as it takes."""

from numpy_rs._core import LazyArray

from .._out import _no_out
from .._typing import ArrayLike, DTypeLike, ShapeLike
from ._philox import Philox
from ._size import _precision

__all__: list[str] = []


class Gammas:
    """Draws of gamma numbers and of what is made of them.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.random.default_rng(1).beta(1, 2, 2).shape
    (2,)
    """

    _bits: Philox

    def standard_gamma(
        self,
        shape: ArrayLike,
        size: ShapeLike | None = None,
        dtype: DTypeLike = "float64",
        out: None = None,
    ) -> LazyArray:
        """Gamma numbers of scale 1.

        Parameters
        ----------
        shape : array_like of floats
            The shape of the distribution, its mean.
        size : int or sequence of ints, optional
            The shape of the result; that of ``shape`` by default.
        dtype : {float64, float32}
            The type.
        out : None
            Refused: use ``compute(out=...)``.

        Returns
        -------
        LazyArray

        Raises
        ------
        TypeError
            For another type.
        ValueError
            Where ``shape`` is negative. Lazy arrays of parameters are looked at when they are computed.

        Notes
        -----
        NumPy's algorithm, from a block of words for each number: not NumPy's numbers.

        References
        ----------
        Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000); Ahrens and Dieter,
        "Computer methods for sampling from gamma, beta, Poisson and binomial distributions", Computing 12 (1974), for
        shapes below 1.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).standard_gamma(2, 10_000).mean() - 2) < 0.1)
        True
        """
        _no_out(out)
        return self._bits._drawn("standard_gamma" + _precision(dtype, "standard_gamma"), (shape,), size)

    def gamma(self, shape: ArrayLike, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Gamma numbers, of mean ``shape * scale``.

        Parameters
        ----------
        shape, scale : array_like of floats
            Shape, and what numbers of scale 1 are multiplied by. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where a parameter is negative. Lazy arrays of parameters are looked at when they are computed.

        References
        ----------
        As `standard_gamma`.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).gamma(2, 3, 10_000).mean() - 6) < 0.2)
        True
        """
        return self._bits._drawn("gamma", (shape, scale), size)

    def beta(self, a: ArrayLike, b: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Beta numbers, from 0 to 1.

        Parameters
        ----------
        a, b : array_like of floats
            The powers, plus one, of a number and of what it lacks of 1. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where a parameter is not positive. Lazy arrays of parameters are looked at when they are
            computed.

        References
        ----------
        Johnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", Metrika 8 (1964), where no
        parameter is above 1; else of two gamma numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).beta(2, 3, 10_000).mean() - 0.4) < 0.02)
        True
        """
        return self._bits._drawn("beta", (a, b), size)

    def chisquare(self, df: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Chi-squared numbers: sums of so many squares of normal numbers.

        Parameters
        ----------
        df : array_like of floats
            Degrees of freedom.
        size : int or sequence of ints, optional
            The shape; that of ``df`` by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``df`` is not positive. Lazy arrays of parameters are looked at when they are computed.

        References
        ----------
        As `standard_gamma`: twice the gamma numbers of half the degrees of freedom.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).chisquare(3, 10_000).mean() - 3) < 0.1)
        True
        """
        return self._bits._drawn("chisquare", (df,), size)

    def noncentral_chisquare(self, df: ArrayLike, nonc: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Chi-squared numbers of normal numbers whose means are not zero.

        Parameters
        ----------
        df, nonc : array_like of floats
            Degrees of freedom, and the sum of the squares of the means. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``df`` is not positive, or ``nonc`` is negative. Lazy arrays of parameters are looked at
            when they are computed.

        References
        ----------
        As `chisquare`: a shifted normal number squared and what is left; for at most one degree of freedom,
        central ones of more degrees by twice a Poisson number.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).noncentral_chisquare(3, 1, 10_000).mean() - 4) < 0.2)
        True
        """
        return self._bits._drawn("noncentral_chisquare", (df, nonc), size)

    def f(self, dfnum: ArrayLike, dfden: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of Fisher's distribution: ratios of chi-squared numbers over their degrees of freedom.

        Parameters
        ----------
        dfnum, dfden : array_like of floats
            Degrees of freedom above and below. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where a parameter is not positive. Lazy arrays of parameters are looked at when they are
            computed.

        References
        ----------
        As `chisquare`.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).f(3, 12, 10_000).mean() - 1.2) < 0.1)
        True
        """
        return self._bits._drawn("f", (dfnum, dfden), size)

    def noncentral_f(
        self, dfnum: ArrayLike, dfden: ArrayLike, nonc: ArrayLike, size: ShapeLike | None = None
    ) -> LazyArray:
        """Ratios as of `f`, of which the upper numbers are noncentral.

        Parameters
        ----------
        dfnum, dfden, nonc : array_like of floats
            Degrees of freedom above and below, and noncentrality above. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where degrees of freedom are not positive, or ``nonc`` is negative. Lazy arrays of parameters
            are looked at when they are computed.

        References
        ----------
        As `noncentral_chisquare`.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).noncentral_f(3, 12, 1, 10_000).mean() - 1.6) < 0.1)
        True
        """
        return self._bits._drawn("noncentral_f", (dfnum, dfden, nonc), size)

    def vonmises(self, mu: ArrayLike, kappa: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Angles of the von Mises distribution, in radians from -pi to pi.

        Parameters
        ----------
        mu, kappa : array_like of floats
            The mode, in radians, and how close angles lie to it. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``kappa`` is negative. Lazy arrays of parameters are looked at when they are computed.

        References
        ----------
        Best and Fisher, "Efficient simulation of the von Mises distribution", Applied Statistics 28 (1979).

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).vonmises(1, 4, 10_000).mean() - 1) < 0.02)
        True
        """
        return self._bits._drawn("vonmises", (mu, kappa), size)
