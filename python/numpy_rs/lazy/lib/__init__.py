"""NumPy's ``numpy.lib``, as far as it is lazy: `stride_tricks`."""

from . import stride_tricks

__all__ = ["stride_tricks"]
