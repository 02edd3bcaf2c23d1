"""Polynomials."""

from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._like import zeros_like
from ._typing import ArrayLike

__all__ = ["polyval"]

_asarray = _core.asarray


def polyval(p: ArrayLike, x: ArrayLike) -> LazyArray:
    """The values of a polynomial, by Horner's scheme.

    Parameters
    ----------
    p : array_like
        The coefficients, from that of the highest power on.
    x : array_like
        Where.

    Returns
    -------
    LazyArray
        Of the shape of ``x``.

    Raises
    ------
    NotImplementedError
        For a polynomial in place of ``x``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.polyval([3, 0, 1], [5, 2]).compute()
    array([76, 13])
    """
    if type(x).__name__ == "poly1d":
        raise NotImplementedError("polyval: numpy_rs has no polynomials that are objects; compose their coefficients")
    coefficients, points = _asarray(p), _asarray(x)
    value: Any = zeros_like(points)
    # Iteration over a lazy array gives lazy arrays.
    for c in coefficients:
        value = value * points + c
    return value if isinstance(value, LazyArray) else _asarray(value)
