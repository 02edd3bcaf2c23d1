"""The generator: arrays from a bit generator, at once."""

import operator
from typing import Any

from numpy_rs import _core
from numpy_rs._core import ndarray
from numpy_rs._seed_sequence import Entropy, SeedSequence

from ..lazy._indexing import take
from ..lazy._out import _no_out
from ..lazy._search import searchsorted
from ..lazy._shape import _axis_index
from ..lazy._typing import ArrayLike, Axis, DTypeLike, ShapeLike
from ..lazy._ufuncs import log1p
from ..lazy.random._discrete import _sums
from ..lazy.random._size import Parameter, _is_number, _joint, _negative, _parameter, _population, _shape, _span
from ..lazy.random._uniform import _bound, _check_bounds
from ._bits import PCG64, BitGenerator, _drawn, _shaped

__all__ = ["Generator", "default_rng"]

_WORD = (1 << 64) - 1


class Generator:
    """Draws arrays of random numbers: NumPy's numbers for the same bit generator and the same calls.

    Parameters
    ----------
    bit_generator : BitGenerator
        Where the words come from.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.Generator(numpy_rs.random.PCG64(1)).random()
    0.5118216247002567
    """

    def __init__(self, bit_generator: BitGenerator) -> None:
        if not isinstance(bit_generator, BitGenerator):
            raise TypeError(f"a bit generator of numpy_rs.random is needed, not {type(bit_generator).__name__!r}")
        self._bit_generator = bit_generator
        self._bits = bit_generator._bits

    def __repr__(self) -> str:
        """The class and that of its bit generator."""
        return f"{self} at 0x{id(self):X}"

    def __str__(self) -> str:
        """The class and that of its bit generator."""
        return f"{type(self).__name__}({type(self._bit_generator).__name__})"

    @property
    def bit_generator(self) -> BitGenerator:
        """Where the words come from.

        Examples
        --------
        >>> import numpy_rs
        >>> type(numpy_rs.random.default_rng(1).bit_generator).__name__
        'PCG64'
        """
        return self._bit_generator

    def spawn(self, n_children: int) -> list["Generator"]:
        """Generators whose streams are independent of each other and of this one.

        Parameters
        ----------
        n_children : int
            How many.

        Returns
        -------
        list of Generator

        Examples
        --------
        >>> import numpy_rs
        >>> len(numpy_rs.random.default_rng(1).spawn(2))
        2
        """
        return [type(self)(bits) for bits in self._bit_generator.spawn(n_children)]

    def random(self, size: ShapeLike | None = None, dtype: DTypeLike = "float64", out: None = None) -> Any:
        """Fractions, at least 0 and less than 1.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one number by default.
        dtype : {float64, float32}
            The type.
        out : None
            Refused.

        Returns
        -------
        float or ndarray

        Raises
        ------
        TypeError
            For another type.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).random((1, 2))
        array([[0.51182162, 0.9504637 ]])
        """
        _no_out(out)
        t = _core.dtype(dtype)
        if t.name not in ("float64", "float32"):
            raise TypeError(f"Unsupported dtype {t!r} for random")
        return _drawn(self._bits, "f64" if t.name == "float64" else "f32", size)

    def uniform(self, low: ArrayLike = 0.0, high: ArrayLike = 1.0, size: ShapeLike | None = None) -> Any:
        """Numbers spread evenly from ``low`` on to less than ``high``.

        Parameters
        ----------
        low, high : array_like of floats
            The ends. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the ends broadcast by default.

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
        a, b = _parameter(low), _parameter(high)
        return self._scaled("f64", a, _span(a, b, 0.0), size)

    def _scaled(self, name: str, shift: Parameter, scale: Parameter, size: ShapeLike | None) -> Any:
        """``shift + scale * draw``."""
        shape, count = _joint(size, shift, scale)
        flat = self._bits.draw(name, count)
        if not shape and size is None:
            return float(shift + scale * flat.item())
        return (shift + scale * _core.asarray(flat).reshape(shape)).compute()

    def standard_normal(self, size: ShapeLike | None = None, dtype: DTypeLike = "float64", out: None = None) -> Any:
        """Normal numbers of mean 0 and standard deviation 1.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one number by default.
        dtype : {float64}
            The type; float32 is not there yet.
        out : None
            Refused.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        TypeError
            For another type.

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
        _no_out(out)
        _only_double(dtype, "standard_normal")
        return _drawn(self._bits, "normal", size)

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
        return self._scaled("normal", _parameter(loc), _negative(scale, "scale"), size)

    def standard_exponential(
        self, size: ShapeLike | None = None, dtype: DTypeLike = "float64", method: str = "zig", out: None = None
    ) -> Any:
        """Exponential numbers of mean 1.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one number by default.
        dtype : {float64}
            The type; float32 is not there yet.
        method : {'zig', 'inv'}
            By ziggurat, or by inversion: then NumPy's numbers within a unit in the last place.
        out : None
            Refused.

        Returns
        -------
        float or ndarray of float64

        Raises
        ------
        TypeError
            For another type.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).standard_exponential(2)
        array([1.07302903, 0.30845314])
        """
        _no_out(out)
        _only_double(dtype, "standard_exponential")
        if method == "zig":
            return _drawn(self._bits, "exponential", size)
        shape, count = _shape(size)
        made = (-log1p(-_core.asarray(self._bits.draw("f64", count)))).compute()
        return _shaped(made, size, shape)

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
        return self._scaled("exponential", 0.0, _negative(scale, "scale"), size)

    def integers(
        self,
        low: ArrayLike,
        high: ArrayLike | None = None,
        size: ShapeLike | None = None,
        dtype: DTypeLike = "int64",
        endpoint: bool = False,
    ) -> Any:
        """Integers from ``low`` to less than ``high``, or from 0 to less than ``low``.

        Parameters
        ----------
        low, high : int
            The ends; arrays of ends are not there yet.
        size : int or sequence of ints, optional
            The shape; one integer by default.
        dtype : integer type or bool
            The type of the result.
        endpoint : bool
            Whether ``high`` may be drawn.

        Returns
        -------
        int, bool or ndarray

        Raises
        ------
        ValueError
            Where nothing lies between the ends, or an end does not fit the type.
        TypeError
            For another type.
        NotImplementedError
            For arrays of ends.

        References
        ----------
        Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019).

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).integers(1, 7, size=5)
        array([3, 4, 5, 6, 1])
        """
        t = _core.dtype(dtype)
        if t.kind not in "iub":
            raise TypeError(f"Unsupported dtype {t!r} for integers")
        if high is None:
            low, high = 0, low
        first, last = _bound(low), _bound(high)
        if not (isinstance(first, int) and isinstance(last, int)):
            raise NotImplementedError("integers: arrays of ends")
        last -= not endpoint
        _check_bounds(first, last, t.name, endpoint, low, high)
        shape, count = _shape(size)
        return _shaped(self._bits.integers(first & _WORD, last - first, t, count), size, shape)

    def permutation(self, x: ArrayLike, axis: Axis = 0) -> ndarray:
        """The elements of an array along an axis, or the integers below a number, in random order.

        Parameters
        ----------
        x : int or array_like
            The number, or the array.
        axis : int
            The axis; what lies at one place of it stays together.

        Returns
        -------
        ndarray

        References
        ----------
        Durstenfeld, "Algorithm 235: random permutation", Communications of the ACM 7 (1964).

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).permutation(5)
        array([4, 0, 1, 2, 3])
        """
        if _is_number(x):
            return self._bits.draw("order", operator.index(x))
        array = _core.asarray(x)
        order = self._bits.draw("order", array.shape[_axis_index(axis, array.ndim)])
        return take(array, order, axis=axis).compute()

    def choice(
        self,
        a: ArrayLike,
        size: ShapeLike | None = None,
        replace: bool = True,
        p: ArrayLike | None = None,
        axis: Axis = 0,
        shuffle: bool = True,
    ) -> Any:
        """Elements of an array, or integers below a number, with replacement.

        Parameters
        ----------
        a : int or array_like
            The number, or the array.
        size : int or sequence of ints, optional
            The shape of what is drawn; one element by default.
        replace : bool
            Whether an element may be drawn more than once; must be true yet.
        p : array_like of floats, optional
            The probability of each element; all the same by default.
        axis : int
            The axis along which elements are drawn.
        shuffle : bool
            Accepted.

        Returns
        -------
        element or ndarray

        Raises
        ------
        ValueError
            For nothing to draw from, and probabilities that are none.
        NotImplementedError
            Without replacement.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).choice([2, 3, 5, 7], 3, p=[0.1, 0.2, 0.3, 0.4])
        array([5, 7, 3])
        """
        shape, count = _shape(size)
        source, population = _population(a, axis, count)
        if not replace:
            raise NotImplementedError("choice without replacement: use permutation")
        if p is not None:
            places = searchsorted(_sums(p, population), self._bits.draw("f64", count), side="right")
        else:
            places = _core.asarray(self._bits.integers(0, max(population, 1) - 1, "int64", count))
        places = places.reshape(shape)
        made = (places if source is None else take(source, places, axis=axis)).compute()
        return made.item() if made.ndim == 0 and size is None else made


def _only_double(dtype: DTypeLike, name: str) -> None:
    t = _core.dtype(dtype)
    if t.name == "float32":
        raise NotImplementedError(f"{name} of float32")
    if t.name != "float64":
        raise TypeError(f"Unsupported dtype {t!r} for {name}")


def default_rng(seed: Entropy | SeedSequence | BitGenerator | Generator = None) -> Generator:
    """A generator over `PCG64`.

    Parameters
    ----------
    seed : None, int, sequence of ints, SeedSequence, BitGenerator or Generator
        A seed; a bit generator to draw from; a generator is given back.

    Returns
    -------
    Generator

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.default_rng(1).random()
    0.5118216247002567
    """
    if isinstance(seed, Generator):
        return seed
    return Generator(seed if isinstance(seed, BitGenerator) else PCG64(seed))
