"""numpy_rs: a lazy array engine. ``import numpy_rs.lazy as lz`` is where to begin."""

from numpy_rs import exceptions, lazy, random
from numpy_rs._core import __version__, dtype, get_num_threads, ndarray, set_num_threads, stats, trim_memory
from numpy_rs._errstate import errstate, geterr, geterrcall, seterr, seterrcall
from numpy_rs._print_options import get_printoptions, printoptions, set_printoptions

__all__ = [
    "__version__",
    "dtype",
    "errstate",
    "exceptions",
    "get_num_threads",
    "get_printoptions",
    "geterr",
    "geterrcall",
    "lazy",
    "ndarray",
    "printoptions",
    "random",
    "set_num_threads",
    "set_printoptions",
    "seterr",
    "seterrcall",
    "stats",
    "trim_memory",
]
