"""Random numbers that are made inside the loops that use them: most are stored only where they are asked for.

An array that was drawn is a function of a key and of positions in a stream (`Philox`): it gives the same bits whenever,
in whatever parts and on however many threads it is computed. `random`, `uniform`, `triangular` and `choice` with
probabilities give NumPy's numbers (``numpy.random.Generator(numpy.random.Philox(seed))``) to the last bit. Where NumPy
draws again until a number fits, the distributions are the same, the numbers are not. Most take a fixed number of words
here. Gamma numbers, counts and what is made of them are drawn by NumPy's algorithms, each from a stream of its own,
which begins at one block of four words, and are stored.

Examples
--------
>>> import numpy_rs.lazy as lz
>>> rng = lz.random.default_rng(1)
>>> x, y = rng.random(1_000_000), rng.random(1_000_000)
>>> quarter = (x * x + y * y < 1).mean()
>>> abs(4 * quarter.item() - 3.14159) < 0.01
True
"""

from numpy_rs._seed_sequence import SeedSequence

from ._generator import Generator, default_rng
from ._philox import Philox

__all__ = ["Generator", "Philox", "SeedSequence", "default_rng"]
