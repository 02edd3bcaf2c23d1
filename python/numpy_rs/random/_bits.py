"""Bit generators: where the words of a stream come from."""

import operator
from typing import Any, ClassVar

from numpy_rs import _core
from numpy_rs._core import ndarray
from numpy_rs._seed_sequence import Entropy, SeedSequence

from ..lazy._typing import ShapeLike
from ..lazy.random._size import _shape

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

    # How many words of which type make the state.
    _seed_words: ClassVar[tuple[int, str]]

    def __init__(self, seed: Entropy | SeedSequence = None) -> None:
        if not hasattr(type(self), "_seed_words"):
            raise NotImplementedError("BitGenerator is a base class and cannot be instantized")
        self._seed_seq: Any = seed
        if not hasattr(seed, "generate_state"):
            self._seed_seq = SeedSequence(seed)
        words = self._seed_seq.generate_state(*self._seed_words).tolist()
        self._bits = _core.Bits(type(self).__name__, words)

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

    def random_raw(self, size: ShapeLike | None = None) -> Any:
        """Words as they come: of 32 bits from MT19937, of 64 from the others.

        Parameters
        ----------
        size : int or sequence of ints, optional
            The shape; one word, an int, by default.

        Returns
        -------
        int or ndarray of uint64

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.PCG64(1).random_raw()
        9441442522235856127
        """
        return _drawn(self._bits, "word", size)

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


class _Advances(BitGenerator):
    """A bit generator that can leave words out."""

    def advance(self, delta: int) -> "BitGenerator":
        """Go on as if ``delta`` words had been drawn.

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
        by = operator.index(delta)
        self._bits.advance(by & _WORD, by >> 64 & _WORD)
        return self


class PCG64(_Advances):
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

    _seed_words = (4, "uint64")


class PCG64DXSM(_Advances):
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

    _seed_words = (4, "uint64")


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

    _seed_words = (3, "uint64")


class Philox(BitGenerator):
    """Salmon's Philox 4x64-10.

    Parameters
    ----------
    seed : None, int, sequence of ints, or SeedSequence
        What the key is made from.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.Philox(1).random_raw(1)
    array([1232279569898196538], dtype=uint64)
    """

    _seed_words = (2, "uint64")


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

    _seed_words = (624, "uint32")


def _drawn(bits: Any, name: str, size: ShapeLike | None) -> Any:
    """Numbers of a kind in a shape; one of Python's if there is none."""
    shape, count = _shape(size)
    return _shaped(bits.draw(name, count), size, shape)


def _shaped(flat: ndarray, size: ShapeLike | None, shape: tuple[int, ...]) -> Any:
    if size is None:
        return flat.item()
    return flat if len(shape) == 1 else _core.asarray(flat).reshape(shape).compute()
