"""Draws of integers and bytes."""

import math
from typing import Any

from numpy_rs import _core
from numpy_rs._core import Bits

from ..lazy._typing import ArrayLike, DTypeLike, ShapeLike
from ..lazy.random._size import _byte_count, _shape
from ..lazy.random._uniform import _bound, _check_bounds

__all__: list[str] = []

_WORD = (1 << 64) - 1


class Integers:
    """Draws of integers.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.default_rng(1).integers(2, size=3, dtype=bool)
    array([ True,  True,  True])
    """

    _bits: Bits

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
        int, bool or ndarray

        Raises
        ------
        ValueError
            Where nothing lies between the ends, or an end does not fit the type.
        TypeError
            For another type.

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
        if size is not None and math.prod(shape := _shape(size)[0]) == 0:
            return self._bits.integers(0, 0, t, shape)
        first, last = _bound(low), _bound(high)
        if not (isinstance(first, int) and isinstance(last, int)):
            return self._bits.integers_between(low, high, endpoint, t, size)
        last -= not endpoint
        _check_bounds(first, last, t.name, endpoint, low, high)
        return self._bits.integers(first & _WORD, last - first, t, size)

    def bytes(self, length: int) -> bytes:
        """Bytes.

        Parameters
        ----------
        length : int
            How many.

        Returns
        -------
        bytes

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).bytes(5)
        b'\\xff\\xe4"y\\xf3'
        """
        # Words of 32 bits; one even for none, as in NumPy.
        length = _byte_count(length)
        words = int((length - 1) / 4) + 1
        drawn = self._bits.integers(0, (1 << 32) - 1, "uint32", words)
        return b"".join(word.to_bytes(4, "little") for word in drawn.tolist())[:length]
