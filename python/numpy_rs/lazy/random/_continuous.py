"""Draws by inversion: each number is an expression of one fraction."""

from numpy_rs._core import LazyArray

from .._elementwise import where
from .._out import _no_out
from .._typing import ArrayLike, DTypeLike, ShapeLike
from .._ufuncs import expm1, log, log1p, maximum, minimum, power, sqrt, tan
from ._philox import Philox
from ._size import _joint, _negative, _parameter, _positive, _shape

__all__: list[str] = []

_PI = 3.141592653589793
# The step of fractions: what stands for zero where a logarithm of it is taken, which NumPy draws again.
_STEP = 2.0**-53


class Continuous:
    """Draws of continuous distributions whose quantiles are expressions.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.random.default_rng(1).gumbel(size=3).dtype
    dtype('float64')
    """

    _bits: Philox

    def _exponentials(self, shape: tuple[int, ...], count: int) -> LazyArray:
        """Standard exponential numbers of float64."""
        return -log1p(-self._bits._unit(shape, count))

    def standard_exponential(
        self,
        size: ShapeLike | None = None,
        dtype: DTypeLike = "float64",
        method: str = "inv",
        out: None = None,
    ) -> LazyArray:
        """Exponential numbers of mean 1.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; no axes by default.
        dtype : {float64, float32}
            The type.
        method : {'inv', 'zig'}
            Accepted as by NumPy; both are done by inversion.
        out : None
            Refused: use ``compute(out=...)``.

        Returns
        -------
        LazyArray

        Raises
        ------
        TypeError
            For another type.

        Notes
        -----
        ``-log1p(-random())``: NumPy's numbers for ``method='inv'``, within a unit in the last place.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).standard_exponential(3).compute()
        array([0.06913789, 0.08230934, 0.00579387])
        """
        _no_out(out)
        return -log1p(-self._bits._fractions("standard_exponential", size, dtype))

    def exponential(self, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Exponential numbers.

        Parameters
        ----------
        scale : array_like of floats
            The mean.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``scale * standard_exponential()``.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool((lz.random.default_rng(1).exponential(2, 100) >= 0).all())
        True
        """
        b = _negative(scale, "scale")
        return b * self._exponentials(*_joint(size, b))

    def laplace(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of the double exponential distribution.

        Parameters
        ----------
        loc, scale : array_like of floats
            Mean and exponential decay. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative. Lazy arrays of parameters are not looked at.

        Notes
        -----
        The logarithm of twice the fraction, or of twice what it is less than one: NumPy's numbers within rounding.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).laplace(size=(2, 2)).shape
        (2, 2)
        """
        a, b = _parameter(loc), _negative(scale, "scale")
        u = self._bits._unit(*_joint(size, a, b))
        below = u < 0.5
        distance = log(where(below, maximum(u + u, 2.0 * _STEP), 2.0 - u - u))
        return a + b * where(below, distance, -distance)

    def logistic(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of the logistic distribution.

        Parameters
        ----------
        loc, scale : array_like of floats
            Mean, and what distances are measured by. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``loc + scale * log(u / (1 - u))`` of a fraction: NumPy's numbers within rounding.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).logistic(7, 1, 10_000).mean() - 7) < 0.1)
        True
        """
        a, b = _parameter(loc), _negative(scale, "scale")
        u = maximum(self._bits._unit(*_joint(size, a, b)), _STEP)
        return a + b * log(u / (1.0 - u))

    def gumbel(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of Gumbel's distribution, of largest values.

        Parameters
        ----------
        loc, scale : array_like of floats
            The mode, and what distances are measured by. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``loc - scale * log(-log(1 - u))`` of a fraction: NumPy's numbers within rounding.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).gumbel(size=10_000).mean() - 0.5772) < 0.05)
        True
        """
        a, b = _parameter(loc), _negative(scale, "scale")
        u = minimum(1.0 - self._bits._unit(*_joint(size, a, b)), 1.0 - _STEP)
        return a - b * log(-log(u))

    def weibull(self, a: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of Weibull's distribution.

        Parameters
        ----------
        a : array_like of floats
            The shape parameter.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``a`` is negative. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``standard_exponential() ** (1 / a)``, and 0 where ``a`` is 0; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).weibull(1, 10_000).mean() - 1) < 0.05)
        True
        """
        k = _negative(a, "a")
        e = self._exponentials(*_joint(size, k))
        if isinstance(k, float):
            return power(e, 1.0 / k) if k else 0.0 * e
        return where(k == 0.0, 0.0, power(e, 1.0 / where(k == 0.0, 1.0, k)))

    def rayleigh(self, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of Rayleigh's distribution: lengths of pairs of normal numbers.

        Parameters
        ----------
        scale : array_like of floats
            The mode.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``scale`` is negative. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``scale * sqrt(2 * standard_exponential())``; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).rayleigh(1, 10_000).mean() - 1.2533) < 0.05)
        True
        """
        b = _negative(scale, "scale")
        return b * sqrt(2.0 * self._exponentials(*_joint(size, b)))

    def power(self, a: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of the power distribution, from 0 to 1.

        Parameters
        ----------
        a : array_like of floats
            One more than the power by which the density grows.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``a`` is not positive. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``random() ** (1 / a)``; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).power(2, 10_000).mean() - 2 / 3) < 0.01)
        True
        """
        k = _positive(a, "a")
        return power(self._bits._unit(*_joint(size, k)), 1.0 / k)

    def pareto(self, a: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of Lomax's distribution: Pareto's, less 1.

        Parameters
        ----------
        a : array_like of floats
            The shape parameter.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``a`` is not positive. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``expm1(standard_exponential() / a)``; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).pareto(3, 100_000).mean() - 0.5) < 0.02)
        True
        """
        k = _positive(a, "a")
        return expm1(self._exponentials(*_joint(size, k)) / k)

    def standard_cauchy(self, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of Cauchy's distribution, of mode 0.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; no axes by default.

        Returns
        -------
        LazyArray of float64

        Notes
        -----
        ``tan(pi * (random() - 1 / 2))``; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> x = lz.random.default_rng(1).standard_cauchy(10_000)
        >>> bool(abs((x < 1).mean() - 0.75) < 0.02)
        True
        """
        u = maximum(self._bits._unit(*_shape(size)), _STEP)
        return tan(_PI * (u - 0.5))
