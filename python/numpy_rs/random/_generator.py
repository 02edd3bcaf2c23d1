"""The generator: arrays from a bit generator, at once."""

from typing import Any

from numpy_rs._seed_sequence import Entropy, SeedSequence

from ._bits import PCG64, BitGenerator
from ._continuous import Continuous
from ._discrete import Discrete
from ._gammas import Gammas
from ._integers import Integers
from ._multivariate import Multivariate
from ._orders import Orders
from ._standard import Standard

__all__ = ["Generator", "default_rng"]


class Generator(Continuous, Gammas, Discrete, Multivariate, Integers, Orders, Standard):
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

    def __reduce__(self) -> tuple[Any, ...]:
        """What makes it again: the class and the bit generator."""
        return type(self), (self._bit_generator,)

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
