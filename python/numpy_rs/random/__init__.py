"""Random numbers drawn at once, one after another: NumPy's numbers for NumPy's seeds.

For arrays that are made inside the loops that use them see `numpy_rs.lazy.random`.

Examples
--------
>>> import numpy_rs
>>> rng = numpy_rs.random.default_rng(12345)
>>> rng.random(2)
array([0.22733602, 0.31675834])
>>> rng.integers(10, size=3)
array([2, 7, 6])
"""

from numpy_rs._seed_sequence import SeedSequence

from ._bits import MT19937, PCG64, PCG64DXSM, SFC64, BitGenerator, Philox
from ._generator import Generator, default_rng

__all__ = [
    "MT19937",
    "PCG64",
    "PCG64DXSM",
    "SFC64",
    "BitGenerator",
    "Generator",
    "Philox",
    "SeedSequence",
    "default_rng",
]
