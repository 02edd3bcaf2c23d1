"""Draws of integers by inversion, of elements of arrays, and of orders."""

import operator
from typing import NoReturn

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .._elementwise import where
from .._indexing import take, take_along_axis
from .._order import argsort
from .._out import _no_out
from .._scans import cumsum
from .._search import searchsorted
from .._shape import _axis_index
from .._typing import ArrayLike, Axis, ShapeLike
from .._ufuncs import ceil, log1p, minimum
from ._philox import Philox
from ._size import _is_number, _joint, _parameter, _population, _shape, _where

__all__: list[str] = []

# The largest float that is an int64, and what stands for all beyond.
_MOST = 9.223372036854774e18
_LAST = (1 << 63) - 1
# How far from 1 a sum of probabilities may be, as in NumPy.
_TOLERANCE = 2.0**-26


class Discrete:
    """Draws of counts, elements and orders.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.random.default_rng(1).permutation(4).shape
    (4,)
    """

    _bits: Philox

    def geometric(self, p: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """How many trials it takes to succeed.

        Parameters
        ----------
        p : array_like of floats
            The probability of success in a trial.
        size : int or sequence of ints, optional
            The shape; that of ``p`` by default.

        Returns
        -------
        LazyArray of int64

        Raises
        ------
        ValueError
            Where ``p`` is not above 0 and at most 1. Lazy arrays of parameters are not looked at.

        Notes
        -----
        ``ceil(log1p(-u) / log1p(-p))`` of a fraction, at least 1; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bool(abs(lz.random.default_rng(1).geometric(0.25, 10_000).mean() - 4) < 0.2)
        True
        """
        q = _parameter(p)
        if _where(q, p, lambda x: ~((x > 0) & (x <= 1)) if isinstance(x, LazyArray) else not 0 < x <= 1):
            raise ValueError("p <= 0, p > 1 or p contains NaNs")
        u = self._bits._unit(*_joint(size, q))
        # A probability of one has no logarithm.
        rate = log1p(-minimum(q, 1.0 - 2.0**-53))
        trials = ceil(log1p(-u) / rate)
        trials = where(trials < 1.0, 1.0, trials)
        return where(trials > _MOST, _LAST, minimum(trials, _MOST).astype("int64"))

    def choice(
        self,
        a: ArrayLike,
        size: ShapeLike | None = None,
        replace: bool = True,
        p: ArrayLike | None = None,
        axis: Axis = 0,
        shuffle: bool = True,
    ) -> LazyArray:
        """Elements of an array, or integers below a number.

        Parameters
        ----------
        a : int or array_like
            The number, or the array.
        size : int or sequence of ints, optional
            The shape of what is drawn; one element by default.
        replace : bool
            Whether an element may be drawn more than once.
        p : array_like of floats, optional
            The probability of each element; all the same by default.
        axis : int
            The axis along which elements are drawn.
        shuffle : bool
            Accepted: what is drawn without replacement is in random order.

        Returns
        -------
        LazyArray

        Raises
        ------
        ValueError
            For nothing to draw from, more than there is without replacement, and probabilities that are none.
        NotImplementedError
            For probabilities without replacement.

        Notes
        -----
        With probabilities, NumPy's elements: the place of a fraction among the sums of probabilities, which are summed
        when the array is drawn. Without replacement, the first of a permutation.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).choice([2, 3, 5, 7], 3, p=[0.1, 0.2, 0.3, 0.4]).compute()
        array([2, 2, 2])
        """
        shape, count = _shape(size)
        source, population = _population(a, axis, count)
        if not replace and count > population:
            raise ValueError("Cannot take a larger sample than population when replace is False")
        if p is not None:
            if not replace:
                raise NotImplementedError("probabilities without replacement")
            sums = _sums(p, population)
            places = searchsorted(sums, self._bits._unit(shape, count), side="right")
        elif replace:
            places = self._bits._draw("random.below", shape, count, (population, 0)).astype("int64")
        else:
            places = self._order(population)[:count].reshape(shape)
        return places if source is None else take(source, places, axis=axis)

    def _order(self, count: int) -> LazyArray:
        """The integers below a number, in random order: the order of so many words."""
        return argsort(self._bits._draw("random.word", (count,), count))

    def permutation(self, x: ArrayLike, axis: Axis = 0) -> LazyArray:
        """The elements of an array along an axis, or the integers below a number, in random order.

        Parameters
        ----------
        x : int or array_like
            The number, or the array.
        axis : int
            The axis; what lies at one place of it stays together.

        Returns
        -------
        LazyArray

        Notes
        -----
        The order of as many words as there are places; not NumPy's order.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.sort(lz.random.default_rng(1).permutation(5)).compute()
        array([0, 1, 2, 3, 4])
        """
        if _is_number(x):
            return self._order(operator.index(x))
        array = _core.asarray(x)
        return take(array, self._order(array.shape[_axis_index(axis, array.ndim)]), axis=axis)

    def permuted(self, x: ArrayLike, *, axis: Axis | None = None, out: None = None) -> LazyArray:
        """The elements of an array in random order, each line along an axis in an order of its own.

        Parameters
        ----------
        x : array_like
            The array.
        axis : int, optional
            The axis; all elements are mixed by default.
        out : None
            Refused: use ``compute(out=...)``.

        Returns
        -------
        LazyArray, shape of ``x``

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> y = lz.random.default_rng(1).permuted([[1, 2, 3], [4, 5, 6]], axis=1)
        >>> lz.sort(y, axis=1).compute()
        array([[1, 2, 3],
               [4, 5, 6]])
        """
        _no_out(out)
        array = _core.asarray(x)
        if axis is None:
            return self.permutation(array.ravel()).reshape(array.shape)
        words = self._bits._draw("random.word", array.shape, array.size)
        return take_along_axis(array, argsort(words, axis=axis), axis)

    def shuffle(self, x: ArrayLike, axis: Axis = 0) -> NoReturn:
        """Refused: lazy arrays are values. Use `permutation` or `permuted`.

        Parameters
        ----------
        x : array_like
            What would be put into random order in place.
        axis : int
            The axis of it.

        Raises
        ------
        TypeError
            Always.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).shuffle(lz.arange(3))
        Traceback (most recent call last):
        TypeError: lazy arrays are values, which are not shuffled in place: use permutation or permuted
        """
        raise TypeError("lazy arrays are values, which are not shuffled in place: use permutation or permuted")


def _sums(p: ArrayLike, population: int) -> LazyArray:
    """The running sums of probabilities, which are made at once."""
    chances = _core.asarray(p).astype("float64")
    if chances.ndim != 1:
        raise ValueError("p must be 1-dimensional")
    if chances.size != population:
        raise ValueError("a and p must have same size")
    found = _core.compute_all(chances.sum(), (chances < 0).any())
    total = float(found[0].item())
    if total != total:
        raise ValueError("Probabilities contain NaN")
    if found[1].item():
        raise ValueError("Probabilities are not non-negative")
    if abs(total - 1.0) > _TOLERANCE:
        raise ValueError("Probabilities do not sum to 1. See Notes section of docstring for more information.")
    sums = cumsum(chances)
    return _core.asarray((sums / sums[-1]).compute())
