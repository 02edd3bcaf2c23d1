"""Views by index maps, under the names of ``numpy.lib.stride_tricks``."""

from .._broadcast import broadcast_arrays, broadcast_shapes, broadcast_to
from .._windows import sliding_window_view

__all__ = ["broadcast_arrays", "broadcast_shapes", "broadcast_to", "sliding_window_view"]
