"""The generator: draws of arrays from a bit generator."""

from numpy_rs._seed_sequence import Entropy, SeedSequence

from ._continuous import Continuous
from ._counts import Counts
from ._discrete import Discrete
from ._gammas import Gammas
from ._multivariate import Multivariate
from ._philox import Philox
from ._uniform import Uniform

__all__ = ["Generator", "default_rng"]


class Generator(Uniform, Multivariate, Continuous, Gammas, Counts, Discrete):
    """Draws lazy arrays of random numbers.

    Each draw moves the stream on by as many words as the array takes: which arrays come out depends on the seed and on
    the order of the draws, not on when, in which parts or on how many threads they are computed.

    Parameters
    ----------
    bit_generator : Philox
        Where the words come from.

    Raises
    ------
    TypeError
        For another bit generator: parts of an array must be made without what comes before.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> rng = lz.random.Generator(lz.random.Philox(7))
    >>> x = rng.normal(size=1000)
    >>> bool(abs((x - x.mean()).mean()) < 1e-12)
    True
    """

    def __init__(self, bit_generator: Philox) -> None:
        if not isinstance(bit_generator, Philox):
            name = type(bit_generator).__name__
            raise TypeError(f"lazy random arrays need a bit generator that counts, Philox, not {name!r}")
        self._bits = bit_generator

    def __repr__(self) -> str:
        """The class and that of its bit generator."""
        return f"{self} at 0x{id(self):X}"

    def __str__(self) -> str:
        """The class and that of its bit generator."""
        return f"{type(self).__name__}({type(self._bits).__name__})"

    @property
    def bit_generator(self) -> Philox:
        """Where the words come from.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> type(lz.random.default_rng(1).bit_generator).__name__
        'Philox'
        """
        return self._bits

    def spawn(self, n_children: int) -> list["Generator"]:
        """Generators whose streams are independent of each other and of this one.

        Parameters
        ----------
        n_children : int
            How many.

        Returns
        -------
        list of Generator

        Raises
        ------
        TypeError
            If the bit generator was made from a key.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> len(lz.random.default_rng(1).spawn(2))
        2
        """
        return [type(self)(bits) for bits in self._bits.spawn(n_children)]


def default_rng(seed: Entropy | SeedSequence | Philox | Generator = None) -> Generator:
    """A generator over `Philox`: where NumPy's has PCG64, lazy arrays need a bit generator that counts.

    Parameters
    ----------
    seed : None, int, sequence of ints, SeedSequence, Philox or Generator
        A seed as `Philox` takes it; a bit generator to draw from; a generator is given back.

    Returns
    -------
    Generator

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.random.default_rng(1).random().item()
    0.0668020093396563
    """
    if isinstance(seed, Generator):
        return seed
    if isinstance(seed, Philox):
        return Generator(seed)
    return Generator(Philox(seed))
