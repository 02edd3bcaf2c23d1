"""Counts: of numbers, and of values in bins."""

import builtins
import math
import operator
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._indexing import _integers
from ._quantiles import percentile as _percentile
from ._ranges import linspace
from ._search import _one_axis
from ._typing import ArrayLike
from ._ufuncs import _where, isfinite

__all__ = ["bincount", "histogram", "histogram_bin_edges"]

_asarray = _core.asarray


def bincount(x: ArrayLike, /, weights: ArrayLike | None = None, minlength: int = 0) -> LazyArray:
    """How often each number from zero on occurs.

    Parameters
    ----------
    x : array_like of ints
        Of one axis, none below zero. The largest is computed at once, as the length of the result depends on it.
    weights : array_like, optional
        Of the same shape: their sums are given instead of counts.
    minlength : int
        The least length of the result.

    Returns
    -------
    LazyArray
        int64, or with weights float64. Sums of weights are the same to the bit for any number of threads.

    Raises
    ------
    ValueError
        For numbers below zero, or weights of another length.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.bincount([0, 1, 1, 3]).compute()
    array([1, 2, 0, 1])
    >>> lz.bincount([0, 1, 1], weights=[0.5, 1, 2]).compute()
    array([0.5, 3. ])
    """
    if minlength is None:
        raise TypeError("use 0 instead of None for minlength")
    least = operator.index(minlength)
    numbers = _asarray(x)
    if least < 0:
        raise ValueError("'minlength' must not be negative")
    if numbers.size == 0 and (numbers.ndim == 1) and not hasattr(x, "dtype"):
        return _core.full((least,), 0, "int64")
    if not hasattr(x, "dtype") and numbers.dtype.kind == "f":
        warnings.warn(
            "Non-integer input passed to bincount. In a future version of NumPy, this will be an error. "
            "(Deprecated NumPy 2.1)",
            DeprecationWarning,
            stacklevel=2,
        )
    # As in NumPy, uint64 wraps.
    numbers = _one_axis(numbers.astype("int64") if numbers.dtype.kind == "u" else _integers(x, "safe"))
    if numbers.size == 0:
        return _core.full((least,), 0, "int64")
    low, high = _core.integer_range(numbers)
    if low < 0:
        raise ValueError("'list' argument must have no negative elements")
    count = max(high + 1, least)
    if weights is None:
        return _core.bins(numbers, None, count)
    return _core.bins(numbers, _weights_of(weights, numbers.size), count)


def _weights_of(weights: ArrayLike, count: int) -> LazyArray:
    """Weights of so many numbers, as float64."""
    w = _asarray(weights)
    if w.dtype.kind == "c":
        if hasattr(weights, "dtype"):
            raise TypeError(f"Cannot cast array data from {w.dtype!r} to dtype('float64') according to the rule 'safe'")
        raise TypeError("float() argument must be a string or a real number, not 'complex'")
    w = _one_axis(w)
    if w.size != count:
        raise ValueError("The weights and list don't have the same length.")
    return w.astype("float64")


def histogram(
    a: ArrayLike,
    bins: int | str | ArrayLike = 10,
    range: Sequence[Any] | None = None,
    density: bool | None = None,
    weights: ArrayLike | None = None,
) -> tuple[LazyArray, LazyArray]:
    """How many values are in each of a row of bins.

    Parameters
    ----------
    a : array_like
        The values, of any shape.
    bins : int, sequence or str
        The number of bins of one width, their edges, or the name of a rule for it: see `histogram_bin_edges`.
    range : (float, float), optional
        The outer edges. By default the least and the greatest value, which are computed at once, as an error may depend
        on them.
    density : bool, optional
        Gives a density, whose integral is one, instead of counts.
    weights : array_like, optional
        Of the shape of ``a``: their sums are given instead of counts.

    Returns
    -------
    counts, edges : LazyArray
        int64, or the type of the weights, or float64 for densities; and one edge more than there are bins. A bin has
        its left edge, the last both.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> counts, edges = lz.histogram([1, 2, 1, 4], bins=3)
    >>> counts.compute(), edges.compute()
    (array([2, 1, 1]), array([1., 2., 3., 4.]))
    """
    x, w = _flat(a, weights)
    edges, uniform = _edges(x, bins, range, w)
    count = max(edges.size - 1, 0)
    numbers = _numbers(x, edges) if uniform is None else _uniform_numbers(x, edges, uniform, range is not None)
    if count == 0:
        n = _core.full((0,), 0, "int64" if w is None else w.dtype)
    elif w is None:
        n = _core.bins(numbers, None, count)
    elif w.dtype.kind == "c":
        real, imag = (_core.bins(numbers, part.astype("float64"), count) for part in (w.real, w.imag))
        n = (real + 1j * imag).astype(w.dtype)
    else:
        n = _core.bins(numbers, w.astype("float64"), count).astype(w.dtype)
    if density:
        return n / (edges[1:] - edges[:-1]).astype("float64") / n.sum(), edges
    return n, edges


def histogram_bin_edges(
    a: ArrayLike,
    bins: int | str | ArrayLike = 10,
    range: Sequence[Any] | None = None,
    weights: ArrayLike | None = None,
) -> LazyArray:
    """The edges of the bins of `histogram`.

    Parameters
    ----------
    a : array_like
        The values.
    bins : int, sequence or str
        The number of bins of one width; their edges; or a rule by which the values decide, which is computed at once:
        ``'sqrt'``, ``'sturges'``, ``'rice'``, ``'scott'``, ``'doane'``, ``'stone'`` (by a search), ``'fd'`` (Freedman
        and Diaconis) or ``'auto'`` (the narrower bins of ``'fd'`` and ``'sturges'``).
    range : (float, float), optional
        The outer edges.
    weights : array_like, optional
        As for `histogram`; rules take none.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.histogram_bin_edges([1, 2, 1, 4], bins=3).compute()
    array([1., 2., 3., 4.])
    """
    x, w = _flat(a, weights)
    return _edges(x, bins, range, w)[0]


# The outer edges, arrays or numbers as they were given, and the number of bins.
_Uniform = tuple[Any, Any, int]


def _flat(a: ArrayLike, weights: ArrayLike | None) -> tuple[LazyArray, LazyArray | None]:
    """Values and weights along one axis."""
    x = _asarray(a)
    if x.dtype.kind == "b":
        text = "Converting input from bool to <class 'numpy.uint8'> for compatibility."
        warnings.warn(text, RuntimeWarning, stacklevel=3)
        x = x.astype("uint8")
    w = None if weights is None else _asarray(weights)
    if w is not None and w.shape != x.shape:
        raise ValueError("weights should have the same shape as a.")
    return x.ravel(), None if w is None else w.ravel()


def _edges(x: LazyArray, bins: Any, range: Any, weights: LazyArray | None) -> tuple[LazyArray, _Uniform | None]:
    """The edges; for bins of one width, the outer edges and the number too."""
    if isinstance(bins, str):
        if bins not in (*_WIDTHS, "stone"):
            raise ValueError(f"{bins!r} is not a valid estimator for `bins`")
        if weights is not None:
            raise TypeError("Automated estimation of the number of bins is not supported for weighted data")
        first, last = _outer(x, range)
        if range is not None:
            x = x[(x >= range[0]) & (x <= range[1])]
        count = _estimated(x, bins, first, last, range)
    elif not isinstance(bins, (list, tuple)) and _asarray(bins).ndim == 0:
        try:
            count = operator.index(bins)
        except TypeError as e:
            raise TypeError("`bins` must be an integer, a string, or an array") from e
        if count < 1:
            raise ValueError("`bins` must be positive, when an integer")
        first, last = _outer(x, range)
    else:
        edges = _asarray(bins)
        if edges.ndim != 1:
            raise ValueError("`bins` must be 1d, when an array")
        if edges.size > 1 and bool((edges[:-1] > edges[1:]).any()):
            raise ValueError("`bins` must increase monotonically, when an array")
        return edges, None
    # Python's numbers have no type of their own here.
    t = _core.result_type(first, last, x.dtype)
    if t.kind in "iu":
        t = _core.result_type(t, "float64")
    if count >= 1 << 60:
        raise ValueError("Maximum allowed size exceeded")
    edges = linspace(first, last, count + 1, dtype=t).persist()
    if bool((edges[:-1] >= edges[1:]).any()):
        raise ValueError(f"Too many bins for data range. Cannot create {count} finite-sized bins.")
    return edges, (first, last, count)


def _outer(x: LazyArray, range: Any) -> tuple[Any, Any]:
    """The outer edges, of the values or of the range that is asked for."""
    if range is not None:
        first, last = range
        if first > last:
            raise ValueError("max must be larger than min in range parameter.")
        if not bool(isfinite(first) & isfinite(last)):
            raise ValueError(f"supplied range of [{first}, {last}] is not finite")
    elif x.size == 0:
        first, last = 0, 1
    else:
        found = _core.compute_all(x.min(), x.max())
        first, last = (_asarray(f) for f in found)
        if not bool(isfinite(first) & isfinite(last)):
            raise ValueError(f"autodetected range of [{found[0].item()}, {found[1].item()}] is not finite")
    return (first - 0.5, last + 0.5) if bool(first == last) else (first, last)


def _difference(a: Any, b: Any) -> LazyArray:
    """The larger less the smaller; of signed integers as unsigned, so that it fits."""
    t = _core.result_type(a, b)
    unsigned = t.str.replace("i", "u") if t.kind == "i" else t
    return _asarray(a).astype(t).astype(unsigned) - _asarray(b).astype(t).astype(unsigned)


def _uniform_numbers(x: LazyArray, edges: LazyArray, uniform: _Uniform, some_outside: bool) -> LazyArray:
    """The numbers of bins of one width, as NumPy finds them: by division, then put right at the edges. Outside, -1."""
    first, last, count = uniform
    inside = (x >= first) & (x <= last) if some_outside else None
    t = edges.dtype
    x = x.astype(t)
    if inside is not None:
        # Nothing that is left out may warn.
        x = _where(inside, x, _asarray(first).astype(t))
    share = _difference(x, first) / _difference(last, first)
    n = (share * count).astype("int64")
    n = n - (n == count)
    n = n - (x < _picked(edges, n))
    n = n + ((x >= _picked(edges, n + 1)) & (n != count - 1))
    return n if inside is None else _where(inside, n, -1)


def _picked(table: LazyArray, positions: LazyArray) -> LazyArray:
    """Elements at positions that are known to be in bounds."""
    return _core.picked(table, positions)


def _numbers(x: LazyArray, edges: LazyArray) -> LazyArray:
    """The numbers of the bins between edges; outside, a number that there is not."""
    if edges.size == 0:
        return _core.full(x.shape, 0, "int64")
    n = _core.searchsorted(edges, x, True) - 1
    return n - (x == edges[-1])


def _estimated(x: LazyArray, rule: str, first: Any, last: Any, range: Any) -> int:
    """The number of bins by a rule."""
    if x.size == 0:
        return 1
    width: Any = _stone(x, range) if rule == "stone" else _WIDTHS[rule](x)
    if not width:
        return 1
    if x.dtype.kind in "iu" and width < 1:
        width = 1.0
    if isinstance(width, LazyArray):
        return int(math.ceil(float(_difference(last, first) / width)))
    return int(math.ceil(float(_difference(last, first)) / width))


def _spread(x: LazyArray) -> float:
    return float(_difference(x.max(), x.min()))


def _sqrt(x: LazyArray) -> float:
    return _spread(x) / math.sqrt(x.size)


def _sturges(x: LazyArray) -> float:
    return _spread(x) / (math.log2(x.size) + 1.0)


def _rice(x: LazyArray) -> float:
    return _spread(x) / (2.0 * float(x.size ** (1.0 / 3)))


def _scott(x: LazyArray) -> float:
    return float((24.0 * math.pi**0.5 / x.size) ** (1.0 / 3.0) * float(x.std()))


def _doane(x: LazyArray) -> float:
    n = x.size
    if n <= 2:
        return 0.0
    deviation = float(x.std())
    if not deviation > 0.0:
        return 0.0
    skew = float((((x - x.mean()) / x.std()) ** 3).mean())
    error = math.sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3)))
    return _spread(x) / (1.0 + math.log2(n) + math.log2(1.0 + abs(skew) / error))


def _fd(x: LazyArray) -> float:
    upper, lower = _core.compute_all(*(_percentile(x, p) for p in (75, 25)))
    return 2.0 * float(_asarray(upper) - _asarray(lower)) * float(x.size ** (-1.0 / 3.0))


def _auto(x: LazyArray) -> float:
    return min(max(_fd(x), _sqrt(x) / 2), _sturges(x))


def _stone(x: LazyArray, range: Any) -> LazyArray | float:
    """The number of bins for which a histogram predicts best, of all up to the root of the number of values."""
    n = x.size
    if n <= 1:
        return 0.0
    x = x.persist()
    # In the type of the values, as in NumPy.
    spread = _difference(x.max(), x.min()).persist()
    if bool(spread == 0):
        return 0.0
    most = max(100, int(math.sqrt(n)))
    best, count = math.inf, 1
    for first in builtins.range(1, most + 1, 8):
        some = builtins.range(first, min(first + 8, most + 1))
        for k, h in zip(some, _core.compute_all(*(histogram(x, k, range)[0] for k in some)), strict=True):
            share = _asarray(h) / n
            loss = (2 - (n + 1) * float(share @ share)) / float(spread / k)
            if loss < best:
                best, count = loss, k
    if count == most:
        warnings.warn("The number of bins estimated may be suboptimal.", RuntimeWarning, stacklevel=5)
    return spread / count


# The rules: from values to the width of bins.
_WIDTHS: dict[str, Callable[[LazyArray], float]] = {
    "auto": _auto,
    "doane": _doane,
    "fd": _fd,
    "rice": _rice,
    "scott": _scott,
    "sqrt": _sqrt,
    "sturges": _sturges,
}
