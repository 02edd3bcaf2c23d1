"""Draws of gamma numbers and of what is made of them: names and documentation; what they do is in the core's table."""

from typing import Any

from numpy_rs._core import Bits

from ..lazy._typing import ArrayLike, ShapeLike

__all__: list[str] = []


class Gammas:
    """Draws of gamma numbers and of what is made of them.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.default_rng(1).beta(1, 2, 2).shape
    (2,)
    """

    _bits: Bits

    def gamma(self, shape: ArrayLike, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Gamma numbers, of mean ``shape * scale``.

        Parameters
        ----------
        shape, scale : array_like of floats
            Shape, and what numbers of scale 1 are multiplied by. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where a parameter is negative.

        References
        ----------
        As `standard_gamma`.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).gamma(2, 3, 2)
        array([6.46142243, 6.39207122])
        """
        return self._bits.draw("gamma", (shape, scale), size)

    def beta(self, a: ArrayLike, b: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Beta numbers, from 0 to 1.

        Parameters
        ----------
        a, b : array_like of floats
            The powers, plus one, of a number and of what it lacks of 1. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where a parameter is not positive.

        References
        ----------
        Johnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", Metrika 8 (1964), where no parameter is
        above 1; else of two gamma numbers.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).beta(2, 3, 2)
        array([0.39905349, 0.62444794])
        """
        return self._bits.draw("beta", (a, b), size)

    def chisquare(self, df: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Chi-squared numbers: sums of so many squares of normal numbers.

        Parameters
        ----------
        df : array_like of floats
            Degrees of freedom.
        size : int or sequence of ints, optional
            The shape; that of ``df`` by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``df`` is not positive.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).chisquare(3, 2)
        array([3.16232991, 3.12242578])
        """
        return self._bits.draw("chisquare", (df,), size)

    def noncentral_chisquare(self, df: ArrayLike, nonc: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Chi-squared numbers of normal numbers whose means are not zero.

        Parameters
        ----------
        df, nonc : array_like of floats
            Degrees of freedom, and the sum of the squares of the means. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``df`` is not positive, or ``nonc`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).noncentral_chisquare(3, 1, 2)
        array([5.46435071, 0.23871991])
        """
        return self._bits.draw("noncentral_chisquare", (df, nonc), size)

    def f(self, dfnum: ArrayLike, dfden: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Numbers of Fisher's distribution: ratios of chi-squared numbers over their degrees of freedom.

        Parameters
        ----------
        dfnum, dfden : array_like of floats
            Degrees of freedom above and below. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where a parameter is not positive.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).f(3, 5, 2)
        array([0.97952468, 2.7729266 ])
        """
        return self._bits.draw("f", (dfnum, dfden), size)

    def noncentral_f(self, dfnum: ArrayLike, dfden: ArrayLike, nonc: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Ratios as of `f`, of which the upper numbers are noncentral.

        Parameters
        ----------
        dfnum, dfden, nonc : array_like of floats
            Degrees of freedom above and below, and noncentrality above. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where degrees of freedom are not positive, or ``nonc`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).noncentral_f(3, 5, 1, 2)
        array([1.69257052, 1.60302255])
        """
        return self._bits.draw("noncentral_f", (dfnum, dfden, nonc), size)

    def standard_t(self, df: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Numbers of Student's distribution.

        Parameters
        ----------
        df : array_like of floats
            Degrees of freedom.
        size : int or sequence of ints, optional
            The shape; that of ``df`` by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``df`` is not positive.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).standard_t(3, 2)
        array([ 0.27919655, -1.02108078])
        """
        return self._bits.draw("standard_t", (df,), size)
