"""numpy_rs: a lazy array engine. ``import numpy_rs.lazy as lz`` is where to begin."""

from numpy_rs._core import __version__, dtype, get_num_threads, ndarray, set_num_threads, stats, trim_memory

__all__ = ["__version__", "dtype", "get_num_threads", "ndarray", "set_num_threads", "stats", "trim_memory"]
