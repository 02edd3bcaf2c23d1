"""Draws of standard numbers, in single precision too, and into arrays."""

from typing import Any

from numpy_rs._core import Bits, ndarray

from ..lazy._typing import ArrayLike, DTypeLike, ShapeLike
from ..lazy.random._size import _precision

__all__: list[str] = []


class Standard:
    """Draws of standard numbers.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.default_rng(1).standard_normal(2, dtype="float32").dtype
    dtype('float32')
    """

    _bits: Bits

    def random(self, size: ShapeLike | None = None, dtype: DTypeLike = "float64", out: ndarray | None = None) -> Any:
        """Fractions, at least 0 and less than 1.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one number by default.
        dtype : {float64, float32}
            The type.
        out : ndarray of numpy_rs or NumPy, optional
            Where they go: contiguous, of the type and, if there is one, the size.

        Returns
        -------
        float or ndarray

        Raises
        ------
        TypeError
            For another type.
        ValueError
            For another size or memory of ``out``.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).random((1, 2))
        array([[0.51182162, 0.9504637 ]])
        """
        return self._bits.draw("random" + _precision(dtype, "random"), (), size, out)

    def standard_normal(
        self, size: ShapeLike | None = None, dtype: DTypeLike = "float64", out: ndarray | None = None
    ) -> Any:
        """Normal numbers of mean 0 and standard deviation 1.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one number by default.
        dtype : {float64, float32}
            The type.
        out : ndarray of numpy_rs or NumPy, optional
            Where they go: contiguous, of the type and, if there is one, the size.

        Returns
        -------
        float or ndarray

        Raises
        ------
        TypeError
            For another type.
        ValueError
            For another size or memory of ``out``.

        References
        ----------
        Marsaglia and Tsang, "The ziggurat method for generating random variables", Journal of Statistical Software 5
        (2000).

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).standard_normal(2)
        array([0.34558419, 0.82161814])
        """
        return self._bits.draw("standard_normal" + _precision(dtype, "standard_normal"), (), size, out)

    def standard_exponential(
        self,
        size: ShapeLike | None = None,
        dtype: DTypeLike = "float64",
        method: str = "zig",
        out: ndarray | None = None,
    ) -> Any:
        """Exponential numbers of mean 1.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one number by default.
        dtype : {float64, float32}
            The type.
        method : {'zig', 'inv'}
            By ziggurat or by inversion.
        out : ndarray of numpy_rs or NumPy, optional
            Where they go: contiguous, of the type and, if there is one, the size.

        Returns
        -------
        float or ndarray

        Raises
        ------
        TypeError
            For another type.
        ValueError
            For another size or memory of ``out``.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).standard_exponential(2)
        array([1.07302903, 0.30845314])
        """
        name = "standard_exponential" + ("" if method == "zig" else ".inverse")
        return self._bits.draw(name + _precision(dtype, "standard_exponential"), (), size, out)

    def standard_gamma(
        self,
        shape: ArrayLike,
        size: ShapeLike | None = None,
        dtype: DTypeLike = "float64",
        out: ndarray | None = None,
    ) -> Any:
        """Gamma numbers of scale 1.

        Parameters
        ----------
        shape : array_like of floats
            The shape of the distribution, its mean.
        size : int or sequence of ints, optional
            The shape of the result; that of ``shape`` by default.
        dtype : {float64, float32}
            The type.
        out : ndarray of numpy_rs or NumPy, optional
            Where they go: in C order, of the type and, if there is one, the size.

        Returns
        -------
        float or ndarray

        Raises
        ------
        TypeError
            For another type.
        ValueError
            Where ``shape`` is negative; for another size or memory of ``out``.

        References
        ----------
        Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000); Ahrens and Dieter,
        "Computer methods for sampling from gamma, beta, Poisson and binomial distributions", Computing 12 (1974), for
        shapes below 1.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).standard_gamma(2, 2)
        array([2.15380748, 2.13069041])
        """
        return self._bits.draw("standard_gamma" + _precision(dtype, "standard_gamma"), (shape,), size, out)
