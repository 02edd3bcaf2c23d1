"""Uniform numbers: fractions, ranges, integers, triangles."""

import operator
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .._elementwise import where
from .._out import _no_out
from .._typing import ArrayLike, DTypeLike, ShapeLike
from .._ufuncs import sqrt
from ._philox import Philox
from ._size import _byte_count, _joint, _lazy, _parameter, _shape, _span, _where

__all__: list[str] = []

_WIDE = "uint64"
_LOW_HALF = 0xFFFFFFFF
_INTEGERS = {"bool": (0, 1)} | {
    f"{sign}int{bits}": (-(1 << bits - 1), (1 << bits - 1) - 1) if not sign else (0, (1 << bits) - 1)
    for sign in ("", "u")
    for bits in (8, 16, 32, 64)
}


class Uniform:
    """Draws whose values are spread evenly, or are one expression of such.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.random.default_rng(1).integers(10, size=4).shape
    (4,)
    """

    _bits: Philox

    def random(self, size: ShapeLike | None = None, dtype: DTypeLike = "float64", out: None = None) -> LazyArray:
        """Fractions, at least 0 and less than 1: NumPy's numbers to the last bit.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; no axes by default.
        dtype : {float64, float32}
            The type: 53 bits of a word, or 24 bits of half a word.
        out : None
            Refused: use ``compute(out=...)``.

        Returns
        -------
        LazyArray

        Raises
        ------
        TypeError
            For another type.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).random(3).compute()
        array([0.06680201, 0.07901298, 0.00577712])
        """
        _no_out(out)
        return self._bits._fractions("random", size, dtype)

    def uniform(self, low: ArrayLike = 0.0, high: ArrayLike = 1.0, size: ShapeLike | None = None) -> LazyArray:
        """Numbers spread evenly from ``low`` on to less than ``high``: NumPy's numbers to the last bit.

        Parameters
        ----------
        low, high : array_like of floats
            The ends. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the ends broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where ``high - low`` is negative.
        OverflowError
            Where it is not finite. Lazy arrays of ends are not looked at.

        Notes
        -----
        ``low + (high - low) * random()``.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).uniform(-1, 1, 2).compute()
        array([-0.86639598, -0.84197404])
        """
        a, b = _parameter(low), _parameter(high)
        span = _span(a, b, _lazy(low, high))
        return a + span * self._bits._unit(*_joint(size, a, b))

    def integers(
        self,
        low: ArrayLike,
        high: ArrayLike | None = None,
        size: ShapeLike | None = None,
        dtype: DTypeLike = "int64",
        endpoint: bool = False,
    ) -> LazyArray:
        """Integers from ``low`` to less than ``high``, or from 0 to less than ``low``.

        Parameters
        ----------
        low, high : array_like of ints
            The ends. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the ends broadcast by default.
        dtype : integer type or bool
            The type of the result.
        endpoint : bool
            Whether ``high`` may be drawn.

        Returns
        -------
        LazyArray

        Raises
        ------
        ValueError
            Where nothing lies between the ends, or an end does not fit the type. Lazy arrays of ends are not looked at.
        TypeError
            For another type.

        Notes
        -----
        Of ``n`` integers, each is as likely as another but for ``n / 2**64`` of ``1 / n``: the high half of the product
        of ``n`` and one word (Lemire, 2019). NumPy draws again where that is uneven, so its numbers are others.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).integers(1, 7, size=5).compute()
        array([1, 1, 1, 5, 2])
        """
        t = _core.dtype(dtype)
        if t.name not in _INTEGERS:
            raise TypeError(f"Unsupported dtype {t!r} for integers")
        if high is None:
            low, high = 0, low
        first, last = _bound(low), _bound(high)
        if not endpoint:
            last = last - 1
        _check_bounds(first, last, t.name, endpoint, low, high)
        if isinstance(first, int) and isinstance(last, int):
            shape, count = _shape(size)
            span = last - first + 1
            more = (span & (1 << 64) - 1, first & (1 << 64) - 1)
            drawn = self._bits._draw("random.below", shape, count, more)
            return drawn.astype(t)
        a, b = (_core.asarray(x).astype("int64" if t.kind == "i" else _WIDE) for x in (first, last))
        shape, count = _joint(size, a, b)
        a, b = a.astype(_WIDE), b.astype(_WIDE)
        words = self._bits._draw("random.word", shape, count)
        counts = b - a + _wide(1)
        return (a + where(counts == 0, words, _high_product(words, counts))).astype(t)

    def bytes(self, length: int) -> bytes:
        """Bytes, at once: NumPy's.

        Parameters
        ----------
        length : int
            How many.

        Returns
        -------
        bytes

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).bytes(5)
        b':\\xce\\xc0k\\xbd'
        """
        # Words of 32 bits; one even for none, as in NumPy.
        length = _byte_count(length)
        _, count = _shape(int((length - 1) / 4) + 1)
        return self._bits._half_words(count)[:length]

    def triangular(
        self, left: ArrayLike, mode: ArrayLike, right: ArrayLike, size: ShapeLike | None = None
    ) -> LazyArray:
        """Numbers whose density is a triangle: NumPy's numbers to the last bit.

        Parameters
        ----------
        left, mode, right : array_like of floats
            Where the triangle begins, is highest, and ends. They broadcast.
        size : int or sequence of ints, optional
            The shape; that to which the parameters broadcast by default.

        Returns
        -------
        LazyArray of float64

        Raises
        ------
        ValueError
            Where they are not in order, or the ends are the same. Lazy arrays of parameters are not looked at.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).triangular(0, 1, 4, 2).compute()
        array([0.51692169, 0.56218496])
        """
        a, m, b = _parameter(left), _parameter(mode), _parameter(right)
        lazy = _lazy(left, mode, right)
        for wrong, text in ((m - a, "left > mode"), (b - m, "mode > right")):
            if _where(wrong, lazy, lambda x: x < 0):
                raise ValueError(text)
        if _where(b - a, lazy, lambda x: x == 0):
            raise ValueError("left == right")
        u = self._bits._unit(*_joint(size, a, m, b))
        width, rise = b - a, m - a
        falls = b - m
        rising = a + sqrt(u * (rise * width))
        return where(u <= rise / width, rising, b - sqrt((1.0 - u) * (falls * width)))


def _wide(value: int) -> LazyArray:
    """A number as an operand of uint64."""
    return _core.full((), value, _WIDE)


def _high_product(x: LazyArray, y: LazyArray) -> LazyArray:
    """The high halves of products of uint64, by halves of 32 bits."""
    half, low = _wide(32), _wide(_LOW_HALF)
    a, b, c, d = x >> half, x & low, y >> half, y & low
    middle = (b * d >> half) + a * d
    other = (middle & low) + b * c
    return a * c + (middle >> half) + (other >> half)


def _bound(value: ArrayLike) -> Any:
    """An end of a range: a number, or an array of integers."""
    if isinstance(value, (int, float)):
        return int(value)
    array = _core.asarray(value)
    if array.ndim == 0 and not isinstance(value, LazyArray):
        return operator.index(array.item()) if array.dtype.kind in "iub" else int(array.item())
    return array if array.dtype.kind in "iu" else array.astype("int64")


def _check_bounds(first: Any, last: Any, name: str, endpoint: bool, low: ArrayLike, high: ArrayLike) -> None:
    """Refuse what does not fit the type, and ranges of nothing."""
    least, most = _INTEGERS[name]
    plain = tuple(not isinstance(x, LazyArray) for x in (low, high))

    def holds(condition: Any) -> bool:
        return bool(condition.any()) if isinstance(condition, LazyArray) else bool(condition)

    if plain[0] and holds(first < least):
        raise ValueError(f"low is out of bounds for {name}")
    if plain[1] and holds(last > most):
        raise ValueError(f"high is out of bounds for {name}")
    if all(plain) and holds(first > last):
        if not holds(first != 0):
            raise ValueError("high < 0" if endpoint else "high <= 0")
        raise ValueError("low > high" if endpoint else "low >= high")
