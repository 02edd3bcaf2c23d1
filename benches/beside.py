"""Calls of `numpy_rs.lazy` beside NumPy's: their arrays and times. Imported before NumPy, as the harness has to be."""

import harness

# isort: split
# NumPy's thread library reads what the harness says of it when it is loaded.
import numpy as np

import numpy_rs.lazy as lz


def arrays(result):
    """The arrays of a result of ours or of NumPy's."""
    parts = result if isinstance(result, tuple) else (result,)
    if isinstance(parts[0], lz.LazyArray):
        parts = lz.compute(*parts)
    return [np.asarray(p) for p in parts]


def medians(theirs, ours, **turns):
    """Seconds of a call of NumPy's and of one of ours, by turns, of which the harness is told."""
    seconds = harness.round_robin({"numpy": lambda: arrays(theirs()), "ours": lambda: arrays(ours())}, **turns)
    return seconds["numpy"]["median"], seconds["ours"]["median"]
