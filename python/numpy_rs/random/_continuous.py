"""Draws of continuous distributions: names and documentation; what they do is in the core's table."""

from typing import Any

from numpy_rs._core import Bits

from ..lazy._typing import ArrayLike, ShapeLike

__all__: list[str] = []


class Continuous:
    """Draws of continuous distributions.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.default_rng(1).gumbel(1, 2, 2).shape
    (2,)
    """

    _bits: Bits

    def uniform(self, low: ArrayLike = 0.0, high: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Numbers spread evenly from ``low`` on to less than ``high``.

        Parameters
        ----------
        low, high : array_like of floats
            The ends. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``high - low`` is negative.
        OverflowError
            Where it is not finite.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).uniform(-1, 1, 2)
        array([0.02364325, 0.90092739])
        """
        return self._bits.draw("uniform", (low, high), size)

    def normal(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Normal numbers.

        Parameters
        ----------
        loc, scale : array_like of floats
            Mean and standard deviation. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).normal(10, 2, 2)
        array([10.69116838, 11.64323629])
        """
        return self._bits.draw("normal", (loc, scale), size)

    def lognormal(self, mean: ArrayLike = 0.0, sigma: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Numbers whose logarithm is normal.

        Parameters
        ----------
        mean, sigma : array_like of floats
            Mean and standard deviation of the logarithm. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``sigma`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).lognormal(0, 0.5, 2)
        array([1.18861896, 1.5080374 ])
        """
        return self._bits.draw("lognormal", (mean, sigma), size)

    def exponential(self, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Exponential numbers.

        Parameters
        ----------
        scale : array_like of floats
            The mean.
        size : int or sequence of ints, optional
            The shape; that of ``scale`` by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).exponential(2, 2)
        array([2.14605805, 0.61690629])
        """
        return self._bits.draw("exponential", (scale,), size)

    def standard_cauchy(self, size: ShapeLike | None = None) -> Any:
        """Numbers of Cauchy's distribution: ratios of normal numbers.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one number by default.

        Returns
        -------
        float or ndarray of float64

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).standard_cauchy(2)
        array([ 0.42061412, -0.25356654])
        """
        return self._bits.draw("standard_cauchy", (), size)

    def pareto(self, a: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Numbers of the Pareto distribution of the second kind, which begins at 0.

        Parameters
        ----------
        a : array_like of floats
            The shape.
        size : int or sequence of ints, optional
            The shape; that of ``a`` by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``a`` is not positive.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).pareto(3, 2)
        array([0.43000271, 0.10828937])
        """
        return self._bits.draw("pareto", (a,), size)

    def weibull(self, a: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Numbers of Weibull's distribution of scale 1.

        Parameters
        ----------
        a : array_like of floats
            The shape.
        size : int or sequence of ints, optional
            The shape; that of ``a`` by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``a`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).weibull(2, 2)
        array([1.03587114, 0.55538558])
        """
        return self._bits.draw("weibull", (a,), size)

    def power(self, a: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Numbers from 0 to 1 whose density is a power of them.

        Parameters
        ----------
        a : array_like of floats
            The power plus one.
        size : int or sequence of ints, optional
            The shape; that of ``a`` by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``a`` is not positive.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).power(3, 2)
        array([0.86979116, 0.64265307])
        """
        return self._bits.draw("power", (a,), size)

    def laplace(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Numbers of Laplace's distribution.

        Parameters
        ----------
        loc, scale : array_like of floats
            Mean, and mean distance from it. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).laplace(0, 2, 2)
        array([0.04785447, 4.62380458])
        """
        return self._bits.draw("laplace", (loc, scale), size)

    def gumbel(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Numbers of Gumbel's distribution, of extreme values.

        Parameters
        ----------
        loc, scale : array_like of floats
            Where numbers are most likely, and how far they spread. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).gumbel(0, 2, 2)
        array([ 0.66515131, -2.20058806])
        """
        return self._bits.draw("gumbel", (loc, scale), size)

    def logistic(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Logistic numbers.

        Parameters
        ----------
        loc, scale : array_like of floats
            Mean, and how far numbers spread. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).logistic(0, 2, 2)
        array([0.09459063, 5.90848832])
        """
        return self._bits.draw("logistic", (loc, scale), size)

    def rayleigh(self, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Numbers of Rayleigh's distribution: lengths of two normal numbers.

        Parameters
        ----------
        scale : array_like of floats
            Where numbers are most likely.
        size : int or sequence of ints, optional
            The shape; that of ``scale`` by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).rayleigh(2, 2)
        array([2.92988604, 1.57086764])
        """
        return self._bits.draw("rayleigh", (scale,), size)

    def wald(self, mean: ArrayLike, scale: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Numbers of the inverse Gauss distribution.

        Parameters
        ----------
        mean, scale : array_like of floats
            Mean and shape. They broadcast.
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
        Michael, Schucany and Haas, "Generating random variates using transformations with multiple roots", The American
        Statistician 30 (1976).

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).wald(1, 2, 2)
        array([1.27603928, 1.26254058])
        """
        return self._bits.draw("wald", (mean, scale), size)

    def vonmises(self, mu: ArrayLike, kappa: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Angles in radians, from -pi to pi.

        Parameters
        ----------
        mu, kappa : array_like of floats
            Mean and concentration. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where ``kappa`` is negative.

        References
        ----------
        Best and Fisher, "Efficient simulation of the von Mises distribution", Applied Statistics 28 (1979).

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).vonmises(0, 4, 2)
        array([-0.50678383, -0.38640032])
        """
        return self._bits.draw("vonmises", (mu, kappa), size)

    def triangular(self, left: ArrayLike, mode: ArrayLike, right: ArrayLike, size: ShapeLike | None = None) -> Any:
        """Numbers whose density is a triangle.

        Parameters
        ----------
        left, mode, right : array_like of floats
            Where the triangle begins, is highest, and ends. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        ValueError
            Where the parameters are not in order, or the ends are equal.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).triangular(0, 1, 3, 2)
        array([1.28854733, 2.45482313])
        """
        return self._bits.draw("triangular", (left, mode, right), size)
