"""The bit generator of lazy random arrays: Philox, whose words are a function of a key and a counter."""

import operator
from collections.abc import Sequence
from threading import Lock
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray
from numpy_rs._seed_sequence import Entropy, SeedSequence, _words_array

from .._typing import ArrayLike, DTypeLike, ShapeLike
from ._size import _is_number, _shape

__all__ = ["Philox"]

_BLOCK = 4
_WORD = (1 << 64) - 1
_COUNTER = (1 << 256) - 1


class Philox:
    """Philox 4x64-10: NumPy's words for NumPy's seeds, in any order.

    The words are a function of a key of 128 bits and a counter of 256. What this object holds is where the stream goes
    on; an array that was drawn holds where it began, so that any part of it can be made at any time, on any thread,
    with the same bits.

    Parameters
    ----------
    seed : None, int, sequence of ints, or SeedSequence
        What the key is made from; from the system if None.
    counter : int or sequence of 4 ints, optional
        Where the stream begins; zero by default.
    key : int or sequence of 2 ints, optional
        The key itself, in the place of a seed.

    Raises
    ------
    ValueError
        For a seed and a key, and for numbers that are negative or too large.

    References
    ----------
    Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.random.Philox(1).random_raw(2).compute()
    array([1232279569898196538, 1457532264001425278], dtype=uint64)
    """

    def __init__(
        self,
        seed: Entropy | SeedSequence = None,
        counter: int | Sequence[int] | None = None,
        key: int | Sequence[int] | None = None,
    ) -> None:
        if seed is not None and key is not None:
            raise ValueError("seed and key cannot be both used")
        self._seed_seq: Any = None
        if key is None:
            self._seed_seq = seed if hasattr(seed, "generate_state") else SeedSequence(seed)
            words = self._seed_seq.generate_state(2, "uint64").tolist()
            self._key = words[0] | words[1] << 64
        else:
            self._key = _joined(key, "key", 2)
        self.lock = Lock()
        self._start(0 if counter is None else _joined(counter, "counter", _BLOCK))

    def _start(self, counter: int) -> None:
        """Go on after the block of a counter."""
        self._counter, self._used = counter & _COUNTER, _BLOCK
        self._half: int | None = None
        # NumPy's state has no words before the first block is made.
        self._fresh = True

    def _state(self) -> list[int]:
        """Where the next word is, as the random functions of the loop take it."""
        return [*_split(self._key, 2), *_split(self._counter, _BLOCK), self._used]

    def _skip(self, words: int) -> None:
        """Leave words out."""
        if words:
            self._fresh = False
            at = _BLOCK * self._counter + self._used + words - 1
            self._counter, self._used = at // _BLOCK & _COUNTER, at % _BLOCK + 1

    def _draw(self, name: str, shape: tuple[int, ...], size: int, more: tuple[int, int] = (0, 0)) -> LazyArray:
        """Numbers of a random function, of one word each."""
        with self.lock:
            made = _core.random(name, (*self._state(), *more), shape)
            self._skip(size)
        return made

    def _drawn(self, name: str, parameters: tuple[ArrayLike, ...], size: ShapeLike | None) -> LazyArray:
        """Numbers of a distribution: each from a block of its own, the next one here, and words that come after that in
        no other stream."""
        with self.lock:
            made = _core.draw(name, (*self._state(), 0, 0), parameters, size)
            if made.size:
                self._skip(-self._used % _BLOCK + _BLOCK * made.size)
        return made

    def _unit(self, shape: tuple[int, ...], size: int) -> LazyArray:
        """Fractions of float64."""
        return self._draw("random.f64", shape, size)

    def _fractions(self, name: str, size: ShapeLike | None, dtype: DTypeLike) -> LazyArray:
        """Fractions of one of two types, for the draw of a name."""
        t = _core.dtype(dtype)
        shape, count = _shape(size)
        if t.name == "float64":
            return self._unit(shape, count)
        if t.name == "float32":
            return self._draw_halves("random.f32", shape, count)
        raise TypeError(f"Unsupported dtype {t!r} for {name}")

    def _draw_halves(self, name: str, shape: tuple[int, ...], size: int) -> LazyArray:
        """Numbers of a random function, of half a word each; what is left of a word waits for the next ones."""
        with self.lock:
            left = self._half
            made = _core.random(name, (*self._state(), left or 0, int(left is not None)), shape)
            if size:
                halves = size - (left is not None)
                self._skip(halves // 2 + halves % 2)
                self._half = None
                if halves % 2:
                    self._half = self._block()[self._used - 1] >> 32
        return made

    def _half_words(self, count: int) -> bytes:
        """The bytes of half words at once, in the order of `_draw_halves`."""
        with self.lock:
            waits = b"" if self._half is None or not count else self._half.to_bytes(4, "little")
            words = (count - len(waits) // 4 + 1) // 2
            made = waits + _core.random("random.word", (*self._state(), 0, 0), (words,)).compute().tobytes()
            self._skip(words)
            if count:
                left = made[4 * count :]
                self._half = int.from_bytes(left, "little") if left else None
        return made[: 4 * count]

    def _block(self) -> list[int]:
        """The words of the block where the stream is."""
        key, counter = _split(self._key, 2), _split(self._counter, _BLOCK)
        return _core.philox_block((key[0], key[1]), (counter[0], counter[1], counter[2], counter[3]))

    @property
    def seed_seq(self) -> Any:
        """The sequence that the key was made from.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.Philox(5).seed_seq.entropy
        5
        """
        return self._seed_seq

    @property
    def state(self) -> dict[str, Any]:
        """Where the stream goes on, as a dictionary of NumPy's form; may be set.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> bits = lz.random.Philox(5)
        >>> before = bits.state
        >>> first = bits.random_raw().item()
        >>> bits.state = before
        >>> bits.random_raw().item() == first
        True
        """
        with self.lock:
            return {
                "bit_generator": type(self).__name__,
                "state": {
                    "counter": _words_array(_split(self._counter, _BLOCK), 8),
                    "key": _words_array(_split(self._key, 2), 8),
                },
                "buffer": _words_array([0] * _BLOCK if self._fresh else self._block(), 8),
                "buffer_pos": self._used,
                "has_uint32": int(self._half is not None),
                "uinteger": self._half or 0,
            }

    @state.setter
    def state(self, value: dict[str, Any]) -> None:
        if not isinstance(value, dict):
            raise TypeError("state must be a dict")
        if value.get("bit_generator") != type(self).__name__:
            raise ValueError(f"state must be for a {type(self).__name__} PRNG")
        words = value["state"]
        with self.lock:
            self._counter = _joined([int(w) for w in words["counter"]], "counter", _BLOCK)
            self._key = _joined([int(w) for w in words["key"]], "key", 2)
            self._used = int(value["buffer_pos"])
            self._fresh = not any(int(w) for w in value["buffer"])
            self._half = int(value["uinteger"]) if value["has_uint32"] else None

    def random_raw(self, size: ShapeLike | None = None) -> LazyArray:
        """Words as they come.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one word by default.

        Returns
        -------
        LazyArray of uint64

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.Philox(key=7).random_raw((1, 2)).compute()
        array([[16086915834549238692,  5448529601018347655]], dtype=uint64)
        """
        shape, count = _shape(size)
        return self._draw("random.word", shape, count)

    def advance(self, delta: int) -> "Philox":
        """Move the counter on: as if ``4 * delta`` words had been drawn.

        Parameters
        ----------
        delta : int
            Blocks of four words; may be negative.

        Returns
        -------
        Philox
            Itself. What was left of a block is dropped.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.Philox(1).advance(1).random_raw().item() == lz.random.Philox(1).random_raw(5)[4].item()
        True
        """
        with self.lock:
            self._start(self._counter + operator.index(delta))
        return self

    def jumped(self, jumps: int = 1) -> "Philox":
        """A generator ``jumps * 2**128`` blocks further on, whose stream does not meet this one's.

        Parameters
        ----------
        jumps : int
            How far.

        Returns
        -------
        Philox

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.Philox(1).jumped(2).state["state"]["counter"]
        array([0, 0, 2, 0], dtype=uint64)
        """
        other = type(self)(key=self._key)
        other._start(self._counter + (operator.index(jumps) << 128))
        return other

    def spawn(self, n_children: int) -> list["Philox"]:
        """Generators whose streams are independent of each other and of this one.

        Parameters
        ----------
        n_children : int
            How many.

        Returns
        -------
        list of Philox

        Raises
        ------
        TypeError
            If this one was made from a key.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> len(lz.random.Philox(1).spawn(3))
        3
        """
        if not hasattr(self._seed_seq, "spawn"):
            raise TypeError("The underlying SeedSequence does not implement spawning.")
        return [type(self)(seed) for seed in self._seed_seq.spawn(n_children)]


def _split(value: int, count: int) -> list[int]:
    """The words of an integer, lowest first."""
    return [value >> 64 * i & _WORD for i in range(count)]


def _joined(value: Any, name: str, count: int) -> int:
    """An integer from itself or its words."""
    if _is_number(value):
        number = operator.index(value)
    else:
        words = [operator.index(w) for w in value]
        if len(words) != count:
            raise ValueError(f"{name} must have {count} elements when using array form")
        if any(w < 0 or w > _WORD for w in words):
            raise ValueError(f"{name} must be positive and less than 2**{64 * count}.")
        number = sum(w << 64 * i for i, w in enumerate(words))
    if not 0 <= number < 1 << 64 * count:
        raise ValueError(f"{name} must be positive and less than 2**{64 * count}.")
    return number
