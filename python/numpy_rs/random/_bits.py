"""Bit generators: where the words of a stream come from."""

import operator
from typing import Any, ClassVar

from numpy_rs import _core
from numpy_rs._seed_sequence import Entropy, SeedSequence, _words_array

from ..lazy._typing import ShapeLike

__all__ = ["MT19937", "PCG64", "PCG64DXSM", "SFC64", "BitGenerator", "Philox"]

_WORD = (1 << 64) - 1


class BitGenerator:
    """What bit generators have in common: seeds and words.

    Parameters
    ----------
    seed : None, int, sequence of ints, or SeedSequence
        What the state is made from, as in NumPy; from the system if None.

    Examples
    --------
    >>> import numpy_rs
    >>> isinstance(numpy_rs.random.SFC64(1), numpy_rs.random.BitGenerator)
    True
    """

    # What the core calls it, how many words of which type make the state, and what NumPy's errors call it.
    _name: ClassVar[str]
    _seed_words: ClassVar[tuple[int, str]]
    _kind: ClassVar[str] = "RNG"

    def __init__(self, seed: Entropy | SeedSequence = None) -> None:
        if not hasattr(type(self), "_seed_words"):
            raise NotImplementedError("BitGenerator is a base class and cannot be instantized")
        self._seed_seq: Any = seed
        if not hasattr(seed, "generate_state"):
            self._seed_seq = SeedSequence(seed)
        words = self._seed_seq.generate_state(*self._seed_words).tolist()
        self._bits = _core.Bits(self._name, words)

    @property
    def seed_seq(self) -> Any:
        """The sequence that the state was made from.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.PCG64(5).seed_seq.entropy
        5
        """
        return self._seed_seq

    @property
    def state(self) -> dict[str, Any]:
        """The state, as NumPy gives and takes it: what the generator goes on from.

        Raises
        ------
        TypeError
            Where what is put is no dict.
        ValueError
            Where it is the state of another generator, or none.

        Examples
        --------
        >>> import numpy_rs
        >>> bits = numpy_rs.random.PCG64(1)
        >>> state = bits.state
        >>> first = bits.random_raw()
        >>> bits.state = state
        >>> bits.random_raw() == first
        True
        """
        return {"bit_generator": type(self).__name__, **self._parts(self._bits.state())}

    @state.setter
    def state(self, value: dict[str, Any]) -> None:
        if not isinstance(value, dict):
            raise TypeError("state must be a dict")
        if value.get("bit_generator", "") != type(self).__name__:
            raise ValueError(f"state must be for a {type(self).__name__} {self._kind}")
        self._bits.restore(self._name, self._words(value))

    def _parts(self, words: list[int]) -> dict[str, Any]:
        """A state from words."""
        raise NotImplementedError

    def _words(self, state: dict[str, Any]) -> list[int]:
        """The words of a state."""
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        """What makes it again: the class, then state and seed."""
        return _made, (type(self),), (self.state, self._seed_seq)

    def __setstate__(self, state: Any) -> None:
        """Takes up a state, and the seed that it came from if that is known."""
        if isinstance(state, dict):
            self.state = state
        else:
            self.state, self._seed_seq = state

    def random_raw(self, size: ShapeLike | None = None, output: bool = True) -> Any:
        """Words as they come: of 32 bits from MT19937, of 64 from the others.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one word, an int, by default.
        output : bool
            Whether the words are wanted; otherwise they are drawn for nothing.

        Returns
        -------
        int or ndarray of uint64, or None

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.PCG64(1).random_raw()
        9441442522235856127
        """
        words = self._bits.words(size)
        return words if output else None

    def spawn(self, n_children: int) -> list["BitGenerator"]:
        """Generators whose streams are independent of each other and of this one.

        Parameters
        ----------
        n_children : int
            How many.

        Returns
        -------
        list of BitGenerator

        Examples
        --------
        >>> import numpy_rs
        >>> len(numpy_rs.random.MT19937(1).spawn(3))
        3
        """
        return [type(self)(seed) for seed in self._seed_seq.spawn(n_children)]


class _Jumps(BitGenerator):
    """A bit generator that can leave words out."""

    # How many bits the number of steps has, and how many steps are a jump.
    _steps: ClassVar[int]
    _jump: ClassVar[int]

    def advance(self, delta: int) -> "BitGenerator":
        """Go on as if ``delta`` words, or of Philox ``delta`` blocks of four, had been drawn.

        Parameters
        ----------
        delta : int
            How many; may be negative.

        Returns
        -------
        BitGenerator
            Itself.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.PCG64(1).advance(4).random_raw() == numpy_rs.random.PCG64(1).random_raw(5).tolist()[4]
        True
        """
        by = operator.index(delta) & ((1 << self._steps) - 1)
        self._bits.advance((by & _WORD, by >> 64 & _WORD, by >> 128 & _WORD, by >> 192))
        return self

    def jumped(self, jumps: int = 1) -> "BitGenerator":
        """A generator that is far ahead.

        Parameters
        ----------
        jumps : int
            How many times: of 2**128 words, or of PCG64 of 2**128 times the golden ratio, less 1.

        Returns
        -------
        BitGenerator

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.PCG64(1).jumped().random_raw()
        6240351607257276062
        """
        ahead = type(self)()
        ahead.state = self.state
        return ahead.advance(self._jump * int(jumps))


def _halves(words: list[int]) -> dict[str, int]:
    """Whether half a word waits, and it."""
    return {"has_uint32": words[0], "uinteger": words[1]}


def _wide(value: Any) -> tuple[int, int]:
    """The high and the low word of a number of 128 bits."""
    return divmod(int(value), 1 << 64)


class _Pcg(_Jumps):
    """What the two PCGs have in common."""

    _seed_words = (4, "uint64")
    _steps = 128
    _jump = 0x9E3779B97F4A7C15F39CC0605CEDC835

    def _parts(self, words: list[int]) -> dict[str, Any]:
        a, b, c, d, *half = words
        return {"state": {"state": a << 64 | b, "inc": c << 64 | d}, **_halves(half)}

    def _words(self, state: dict[str, Any]) -> list[int]:
        own = state["state"]
        return [*_wide(own["state"]), *_wide(own["inc"]), int(state["has_uint32"]), int(state["uinteger"])]


class PCG64(_Pcg):
    """O'Neill's PCG XSL RR 128/64: the default.

    Parameters
    ----------
    seed : None, int, sequence of ints, or SeedSequence
        What the state is made from.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.PCG64(1).random_raw(1)
    array([9441442522235856127], dtype=uint64)
    """

    _name = "PCG64"


class PCG64DXSM(_Pcg):
    """O'Neill's PCG DXSM 128/64.

    Parameters
    ----------
    seed : None, int, sequence of ints, or SeedSequence
        What the state is made from.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.PCG64DXSM(1).random_raw(1)
    array([5001773312344742047], dtype=uint64)
    """

    _name = "PCG64DXSM"


class SFC64(BitGenerator):
    """Doty-Humphrey's small fast chaotic generator.

    Parameters
    ----------
    seed : None, int, sequence of ints, or SeedSequence
        What the state is made from.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.SFC64(1).random_raw(1)
    array([18365948275979584072], dtype=uint64)
    """

    _name = "SFC64"
    _seed_words = (3, "uint64")

    def _parts(self, words: list[int]) -> dict[str, Any]:
        return {"state": {"state": _words_array(words[:4], 8)}, **_halves(words[4:])}

    def _words(self, state: dict[str, Any]) -> list[int]:
        return [*map(int, state["state"]["state"]), int(state["has_uint32"]), int(state["uinteger"])]


class Philox(_Jumps):
    """Salmon's Philox 4x64-10.

    Parameters
    ----------
    seed : None, int, sequence of ints, or SeedSequence
        What the key is made from.
    counter : int or array_like of four ints, optional
        The block to begin after; 0 by default.
    key : int or array_like of two ints, optional
        The key, in the place of a seed.

    Raises
    ------
    ValueError
        For a seed and a key, and numbers that are too large.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.Philox(1).random_raw(1)
    array([1232279569898196538], dtype=uint64)
    """

    _name = "Philox"
    _seed_words = (2, "uint64")
    _kind = "PRNG"
    _steps = 256
    _jump = 1 << 128

    def __init__(self, seed: Entropy | SeedSequence = None, counter: Any = None, key: Any = None) -> None:
        if seed is not None and key is not None:
            raise ValueError("seed and key cannot be both used")
        super().__init__(seed)
        if counter is None and key is None:
            return
        state = self._bits.state()
        state[:4] = _split(0 if counter is None else counter, "counter", 4)
        if key is not None:
            state[4:6] = _split(key, "key", 2)
            self._seed_seq = None
        self._bits.restore(self._name, state)

    def _parts(self, words: list[int]) -> dict[str, Any]:
        own = {"counter": _words_array(words[:4], 8), "key": _words_array(words[4:6], 8)}
        return {"state": own, "buffer": _words_array(words[6:10], 8), "buffer_pos": words[10], **_halves(words[11:])}

    def _words(self, state: dict[str, Any]) -> list[int]:
        own = state["state"]
        words = [*own["counter"], *own["key"], *state["buffer"]]
        return [*map(int, words), *(int(state[name]) for name in ("buffer_pos", "has_uint32", "uinteger"))]


class MT19937(BitGenerator):
    """Matsumoto's and Nishimura's Mersenne twister.

    Parameters
    ----------
    seed : None, int, sequence of ints, or SeedSequence
        What the state is made from.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.MT19937(1).random_raw(1)
    array([1033693557], dtype=uint64)
    """

    _name = "MT19937"
    _seed_words = (624, "uint32")
    _kind = "PRNG"

    def jumped(self, jumps: int = 1) -> "BitGenerator":
        """A generator that is far ahead.

        Parameters
        ----------
        jumps : int
            How many times, of 2**128 words.

        Returns
        -------
        BitGenerator

        References
        ----------
        Haramoto, Matsumoto, Nishimura, Panneton and L'Ecuyer, "Efficient jump ahead for F2-linear random number
        generators", INFORMS Journal on Computing 20 (2008).

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.MT19937(1).jumped().random_raw()
        1649717886
        """
        ahead = type(self)()
        ahead.state = self.state
        for _ in range(jumps):
            ahead._bits.jump()
        return ahead

    def _parts(self, words: list[int]) -> dict[str, Any]:
        return {"state": {"key": _words_array(words[:624], 4), "pos": words[624]}}

    def _words(self, state: dict[str, Any]) -> list[int]:
        return [*map(int, state["state"]["key"]), int(state["state"]["pos"])]


def _split(value: Any, name: str, count: int) -> list[int]:
    """A number in words of 64 bits, the lowest first, or an array of them."""
    if not hasattr(value, "__len__"):
        number = int(value)
        if not 0 <= number < 1 << 64 * count:
            raise ValueError(f"{name} must be positive and less than 2**{64 * count}.")
        return [number >> 64 * i & _WORD for i in range(count)]
    words = [int(word) & _WORD for word in value]
    if len(words) != count:
        raise ValueError(f"{name} must have {count} elements when using array form")
    return words


def _made(kind: type[BitGenerator]) -> BitGenerator:
    """A generator of a class, whose state is yet to come."""
    return kind()
