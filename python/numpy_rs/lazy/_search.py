"""Places of values in ordered arrays."""

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._typing import ArrayLike

__all__ = ["digitize", "searchsorted"]

_asarray = _core.asarray


def _one_axis(given: ArrayLike) -> LazyArray:
    """The array, which must have one axis; of sequences, not more."""
    x = _asarray(given)
    if x.ndim > 1 and not hasattr(given, "dtype"):
        raise ValueError(
            "setting an array element with a sequence. The requested array would exceed the maximum number of "
            "dimension of 1."
        )
    if x.ndim != 1:
        depth = "of too small depth" if x.ndim == 0 else "too deep"
        raise ValueError(f"object {depth} for desired array")
    return x


def searchsorted(a: ArrayLike, v: ArrayLike, side: str = "left", sorter: ArrayLike | None = None) -> LazyArray:
    """Where values belong in an increasing array. NaN comes last.

    Parameters
    ----------
    a : array_like
        Of one axis, increasing, or put in order by ``sorter``.
    v : array_like
        The values.
    side : {'left', 'right'}
        The first place that keeps the order, or the last.
    sorter : array_like of ints, optional
        Positions that put ``a`` in order.

    Returns
    -------
    LazyArray
        Of type int64 and the shape of ``v``.

    Raises
    ------
    IndexError
        When computed, for a lazy ``sorter`` that is out of bounds.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.searchsorted([1, 3, 3, 5], [0, 3, 9]).compute()
    array([0, 1, 4])
    >>> lz.searchsorted([1, 3, 3, 5], 3, side="right").compute()
    array(3)
    """
    x = _one_axis(_asarray(a))
    if not isinstance(side, str):
        raise TypeError(f"search side must be str, not {type(side).__name__}")
    if side not in ("left", "right"):
        if side[:1] in ("l", "r", "L", "R"):
            raise ValueError("search side must be one of 'left' or 'right'")
        raise ValueError(f"search side must be 'left' or 'right' (got '{side}')")
    if sorter is not None:
        order = _asarray(sorter)
        if order.dtype.kind not in "iu":
            raise TypeError("sorter must only contain integers")
        if order.ndim != 1:
            raise TypeError("could not parse sorter argument")
        if order.size != x.size:
            raise ValueError("sorter.size must equal a.size")
        if not _core.can_cast(order.dtype, "int64", "safe"):
            raise ValueError("could not parse sorter argument")
        try:
            x = x[order]
        except IndexError:
            raise ValueError("Sorter index out of range.") from None
    return _core.searchsorted(x, v, side == "right")


def digitize(x: ArrayLike, bins: ArrayLike, right: bool = False) -> LazyArray:
    """The numbers of the bins to which values belong.

    Parameters
    ----------
    x : array_like
        The values.
    bins : array_like
        Edges, of one axis, increasing or decreasing. They are computed at once, as their order decides.
    right : bool
        Whether a bin has its right edge rather than its left.

    Returns
    -------
    LazyArray
        Of type int64 and the shape of ``x``: ``bins[i-1] <= x < bins[i]``, or for decreasing bins
        ``bins[i-1] > x >= bins[i]``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.digitize([0.2, 6.4, 3.0], [0.0, 1.0, 2.5, 4.0, 10.0]).compute()
    array([1, 4, 3])
    """
    values, edges = _asarray(x), _asarray(bins)
    if values.dtype.kind == "c":
        raise TypeError("x may not be complex")
    if edges.dtype.kind == "c":
        raise TypeError(f"Cannot cast array data from {edges.dtype!r} to dtype('float64') according to the rule 'safe'")
    edges = _one_axis(edges).persist()
    falling = _falls(edges.astype("float64"))
    side = right if falling else not right
    # Reversed bins, and results that count from the other end.
    if falling:
        return edges.size - _core.searchsorted(edges[::-1], values, not right)
    return _core.searchsorted(edges, values, side)


def _falls(edges: LazyArray) -> bool:
    """Whether edges decrease; equal ones do not. The first pair that differs decides what the others must do."""
    others = _core.flatnonzero(edges[1:] != edges[:1])
    if others.size == 0:
        return False
    rises = bool(edges[0] < edges[1 + int(others[0])])
    wrong = edges[:-1] > edges[1:] if rises else edges[:-1] < edges[1:]
    if bool(wrong.any()):
        raise ValueError("bins must be monotonically increasing or decreasing")
    return not rises
