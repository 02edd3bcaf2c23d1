"""Seeds: entropy of any size mixed into the state of a bit generator, as NumPy mixes it."""

import operator
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from numpy_rs import _core
from numpy_rs._core import ndarray

__all__ = ["SeedSequence"]

Entropy: TypeAlias = int | Sequence[Any] | Any | None

_MASK = 0xFFFFFFFF
# O'Neill's seed_seq_fe: where the two hashes begin and what they are multiplied by, and the weights of a mixture.
_INIT_A, _MULT_A = 0x43B0D7E5, 0x931E8875
_INIT_B, _MULT_B = 0x8B51F9DD, 0x58F38DED
_MIX_LEFT, _MIX_RIGHT = 0xCA01F9DD, 0x4973F715
_POOL_SIZE = 4


class SeedSequence:
    """Mixes entropy into seeds: similar inputs give unrelated states.

    The states are NumPy's for the same entropy. `spawn` makes sequences whose streams are independent of each other.

    Parameters
    ----------
    entropy : int, sequence of ints, or None
        Not negative, of any size; from the system if None.
    spawn_key : sequence of ints
        Where this sequence is in a tree of spawned ones.
    pool_size : int
        Words of 32 bits that the entropy is mixed into; at least 4.
    n_children_spawned : int
        How many have been spawned.

    Raises
    ------
    ValueError
        For negative integers and pools of fewer than 4 words.
    TypeError
        For what is no integer.

    References
    ----------
    O'Neill, "Developing a seed_seq alternative" (2015): hashes by multiplication, each word of the pool
    mixed with each other.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> sequence = lz.random.SeedSequence(12345)
    >>> sequence.generate_state(2)
    array([2688385916, 3048105090], dtype=uint32)
    >>> [child.spawn_key for child in sequence.spawn(2)]
    [(0,), (1,)]
    """

    def __init__(
        self,
        entropy: Entropy = None,
        *,
        spawn_key: Sequence[int] = (),
        pool_size: int = _POOL_SIZE,
        n_children_spawned: int = 0,
    ) -> None:
        if pool_size < _POOL_SIZE:
            raise ValueError(f"The size of the entropy pool should be at least {_POOL_SIZE}")
        if entropy is None:
            entropy = secrets.randbits(pool_size * 32)
        elif not (_is_array(entropy) or _is_integer(entropy) or isinstance(entropy, (list, tuple, range))):
            raise TypeError(f"SeedSequence expects int or sequence of ints for entropy not {entropy}")
        self.entropy = entropy
        self.spawn_key = tuple(spawn_key)
        self.pool_size = pool_size
        self.n_children_spawned = n_children_spawned
        self._pool = _mixed(self._assembled(), pool_size)

    def __repr__(self) -> str:
        """The class with what makes it again."""
        lines = [f"    entropy={self.entropy!r},"]
        if self.spawn_key:
            lines.append(f"    spawn_key={self.spawn_key!r},")
        if self.pool_size != _POOL_SIZE:
            lines.append(f"    pool_size={self.pool_size!r},")
        if self.n_children_spawned:
            lines.append(f"    n_children_spawned={self.n_children_spawned!r},")
        return "\n".join(["SeedSequence(", *lines, ")"])

    def _assembled(self) -> list[int]:
        """The words of entropy and place; the place comes after a whole pool."""
        own, place = _words(self.entropy), _words(self.spawn_key)
        if place:
            own += [0] * (self.pool_size - len(own))
        return own + place

    @property
    def pool(self) -> ndarray:
        """The mixed words, uint32.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.SeedSequence(5).pool
        array([3796452898, 2853238308, 2603912251,  320455997], dtype=uint32)
        """
        return _words_array(self._pool, 4)

    @property
    def state(self) -> dict[str, Any]:
        """The arguments that make this sequence again.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.SeedSequence(5).state
        {'entropy': 5, 'spawn_key': (), 'pool_size': 4, 'n_children_spawned': 0}
        """
        names = ("entropy", "spawn_key", "pool_size", "n_children_spawned")
        return {name: getattr(self, name) for name in names}

    def generate_state(self, n_words: int, dtype: Any = "uint32") -> ndarray:
        """Words for the state of a bit generator.

        Parameters
        ----------
        n_words : int
            How many.
        dtype : {uint32, uint64}
            Their type.

        Returns
        -------
        ndarray, shape (n_words,)

        Raises
        ------
        ValueError
            For another type.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.SeedSequence(5).generate_state(2, "uint64")
        array([12631478326263854183,  4464650224815488352], dtype=uint64)
        """
        size = {"uint32": 4, "uint64": 8}.get(_core.dtype(dtype).name)
        if size is None:
            raise ValueError("only support uint32 or uint64")
        return _words_array(self._generated(n_words, size), size)

    def _generated(self, count: int, size: int) -> list[int]:
        """Words of 4 or 8 bytes."""
        narrow, hashed = [], _INIT_B
        for i in range(count * size // 4):
            word = self._pool[i % self.pool_size] ^ hashed
            hashed = hashed * _MULT_B & _MASK
            word = word * hashed & _MASK
            narrow.append(word ^ word >> 16)
        if size == 4:
            return narrow
        return [low | high << 32 for low, high in zip(narrow[::2], narrow[1::2], strict=True)]

    def spawn(self, n_children: int) -> list["SeedSequence"]:
        """Sequences that are independent of each other and of this one; each call gives others.

        Parameters
        ----------
        n_children : int
            How many.

        Returns
        -------
        list of SeedSequence

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.SeedSequence(5).spawn(1)
        [SeedSequence(
            entropy=5,
            spawn_key=(0,),
        )]
        """
        first = self.n_children_spawned
        self.n_children_spawned += n_children
        places = range(first, first + n_children)
        return [
            type(self)(self.entropy, spawn_key=(*self.spawn_key, place), pool_size=self.pool_size) for place in places
        ]


def _is_array(x: Any) -> bool:
    return hasattr(x, "dtype") and hasattr(x, "tolist")


def _is_integer(x: Any) -> bool:
    return hasattr(x, "__index__") and not isinstance(x, type)


def _words(x: Any) -> list[int]:
    """An integer in words of 32 bits, lowest first; those of each element of a sequence."""
    if _is_array(x):
        if x.dtype.kind not in "iu" and x.size:
            raise TypeError("seed must be integer")
        x = x.tolist()
    if isinstance(x, str):
        if not (x.startswith("0x") or x.isdecimal()):
            raise ValueError("unrecognized seed string")
        x = int(x, 0) if x.startswith("0x") else int(x)
    if _is_integer(x):
        value = operator.index(x)
        if value < 0:
            raise ValueError("expected non-negative integer")
        return [value >> shift & _MASK for shift in range(0, max(value.bit_length(), 1), 32)]
    if not isinstance(x, Iterable):
        raise TypeError("seed must be integer")
    return [word for element in x for word in _words(element)]


def _mixed(entropy: list[int], size: int) -> list[int]:
    """The pool: each word of entropy goes into each of its words."""
    hashed = _INIT_A

    def hashmix(word: int) -> int:
        nonlocal hashed
        word ^= hashed
        hashed = hashed * _MULT_A & _MASK
        word = word * hashed & _MASK
        return word ^ word >> 16

    def mix(x: int, y: int) -> int:
        both = _MIX_LEFT * x - _MIX_RIGHT * y & _MASK
        return both ^ both >> 16

    pool = [hashmix(word) for word in (entropy + [0] * size)[:size]]
    for source in range(size):
        for to in range(size):
            if source != to:
                pool[to] = mix(pool[to], hashmix(pool[source]))
    for word in entropy[size:]:
        for to in range(size):
            pool[to] = mix(pool[to], hashmix(word))
    return pool


def _words_array(words: list[int], size: int) -> ndarray:
    """Words of so many bytes as an array."""
    data = b"".join(word.to_bytes(size, "little") for word in words)
    return _core.from_bytes(data, f"uint{8 * size}", (len(words),))
