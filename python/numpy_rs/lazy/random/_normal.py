"""Normal numbers and what is made of them."""

from numpy_rs._core import LazyArray

from .._elementwise import where
from .._out import _no_out
from .._typing import ArrayLike, DTypeLike, ShapeLike
from .._ufuncs import cos, exp, expm1, log, sqrt
from ._philox import Philox
from ._size import _joint, _negative, _parameter, _positive, _precision, _shape

__all__: list[str] = []

_TURN = 6.283185307179586


class Normal:
    """Draws of normal numbers and of functions of them.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.random.default_rng(1).normal(5, 2, size=3).dtype
    dtype('float64')
    """

    _bits: Philox

    def standard_normal(
        self, size: ShapeLike | None = None, dtype: DTypeLike = "float64", out: None = None
    ) -> LazyArray:
        """Normal numbers of mean 0 and standard deviation 1.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; no axes by default.
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

        Notes
        -----
        By inversion of one word each, of which one bit is the sign and 63 are the tail's probability: up to 9.1
        deviations. NumPy's ziggurat takes as many words as it needs, so its numbers are others.

        References
        ----------
        Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988).

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> x = lz.random.default_rng(1).standard_normal(10_000)
        >>> bool(abs(x.mean()) < 0.05), bool(abs(x.std() - 1) < 0.05)
        (True, True)
        """
        _no_out(out)
        _precision(dtype, "standard_normal")
        return self._normals(*_shape(size)).astype(dtype)

    def _normals(self, shape: tuple[int, ...], count: int) -> LazyArray:
        """Standard normal numbers of float64."""
        return self._bits._draw("random.normal", shape, count)

    def normal(self, loc: ArrayLike = 0.0, scale: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Normal numbers.

        Parameters
        ----------
        loc, scale : array_like of floats
            Mean and standard deviation. They broadcast.
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
        ``loc + scale * standard_normal()``; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> x = lz.random.default_rng(1).normal(100, 15, size=10_000)
        >>> bool(abs(x.mean() - 100) < 1)
        True
        """
        a, b = _parameter(loc), _negative(scale, "scale")
        return a + b * self._normals(*_joint(size, a, b))

    def lognormal(self, mean: ArrayLike = 0.0, sigma: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Numbers whose logarithms are normal.

        Parameters
        ----------
        mean, sigma : array_like of floats
            Mean and standard deviation of the logarithms. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``sigma`` is negative. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``exp(normal(mean, sigma))``; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool((lz.random.default_rng(1).lognormal(size=100) > 0).all())
        True
        """
        a, b = _parameter(mean), _negative(sigma, "sigma")
        return exp(a + b * self._normals(*_joint(size, a, b)))

    def standard_t(self, df: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of Student's distribution.

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
            Where ``df`` is not positive. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``sqrt(df * (u ** (-2 / df) - 1)) * cos(2 * pi * v)`` of two fractions; not NumPy's numbers.

        References
        ----------
        Bailey, "Polar generation of random variates with the t-distribution", Mathematics of Computation 62 (1994).

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).standard_t(3, size=(2, 3)).shape
        (2, 3)
        """
        n = _positive(df, "df")
        shape, count = _joint(size, n)
        u = 1.0 - self._bits._unit(shape, count)
        v = self._bits._unit(shape, count)
        return sqrt(n * expm1(log(u) * (-2.0 / n))) * cos(_TURN * v)

    def wald(self, mean: ArrayLike, scale: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Numbers of the inverse Gauss distribution.

        Parameters
        ----------
        mean, scale : array_like of floats
            Mean and shape. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where a parameter is not positive. Lazy arrays of parameters are not looked at.

        Notes
        -----
        One of the two roots of a quadratic equation in the square of a normal number; not NumPy's numbers.

        References
        ----------
        Michael, Schucany and Haas, "Generating random variates using transformations with multiple roots", The American
        Statistician 30 (1976).

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool((lz.random.default_rng(1).wald(3, 2, 100) > 0).all())
        True
        """
        m, s = _positive(mean, "mean"), _positive(scale, "scale")
        shape, count = _joint(size, m, s)
        z, u = self._normals(shape, count), self._bits._unit(shape, count)
        # Not zero, of which there would be a quotient; nothing else is changed by so little.
        y = m * z * z + 1e-300
        # The lesser root; the greater one is m * m over it. Written so that nothing cancels.
        lesser = m * (1.0 - 2.0 * y / (y + sqrt(4.0 * s * y + y * y)))
        return where(u * (m + lesser) <= m, lesser, m * m / lesser)
