"""What is done about floating-point errors, under NumPy's names."""

from numpy_rs._errstate import errstate, geterr, geterrcall, seterr, seterrcall

__all__ = ["errstate", "geterr", "geterrcall", "seterr", "seterrcall"]
