"""Distinct elements and sets: neighbours in sorted arrays. How long results are depends on the values, so that these
are sorted and counted at once."""

import builtins
from typing import NamedTuple

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._order import lexsort
from ._shape import _axis_index
from ._typing import ArrayLike, Axis
from ._ufuncs import _where
from ._ufuncs import isnan as _isnan

__all__ = [
    "intersect1d",
    "isin",
    "setdiff1d",
    "setxor1d",
    "union1d",
    "unique",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
]

_asarray, _sort, _argsort, _concatenate = _core.asarray, _core.sort, _core.argsort, _core.concatenate

# As in NumPy: a table of what is there is made where it has at most so many entries for each element.
_TABLE_ENTRIES = 6

# Columns by which rows are put in order at first; and how many times more, each time that these do not tell all of
# them apart.
_FEW_COLUMNS = 4


class UniqueAllResult(NamedTuple):
    """What `unique_all` gives."""

    values: LazyArray
    indices: LazyArray
    inverse_indices: LazyArray
    counts: LazyArray


class UniqueCountsResult(NamedTuple):
    """What `unique_counts` gives."""

    values: LazyArray
    counts: LazyArray


class UniqueInverseResult(NamedTuple):
    """What `unique_inverse` gives."""

    values: LazyArray
    inverse_indices: LazyArray


def unique(
    ar: ArrayLike,
    return_index: builtins.bool = False,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    axis: Axis | None = None,
    *,
    equal_nan: builtins.bool = True,
    sorted: builtins.bool = True,
) -> LazyArray | tuple[LazyArray, ...]:
    """The distinct elements in increasing order. Sorts and counts them at once.

    Parameters
    ----------
    ar : array_like
        The elements.
    return_index : bool
        Whether to give where each first stands in the flattened array, or along the axis.
    return_inverse : bool
        Whether to give for each element the position of its equal in the result.
    return_counts : bool
        Whether to give how often each is there.
    axis : int, optional
        The axis whose parts are compared, element by element in C order; the array is flattened by default.
    equal_nan : bool
        Whether NaN equals NaN; with an axis it never does.
    sorted : bool
        Accepted: results are sorted.

    Returns
    -------
    LazyArray, or a tuple of it and of what else is asked for
        Positions and counts are of type int64. The inverse has the shape of ``ar``, with an axis one axis.

    Raises
    ------
    AxisError
        If there is no such axis.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.unique([3, 1, 3, 2]).compute()
    array([1, 2, 3])
    >>> values, counts = lz.unique([[1, 2], [3, 4], [1, 2]], axis=0, return_counts=True)
    >>> values.compute(), counts.compute()
    (array([[1, 2],
           [3, 4]]), array([2, 1]))
    """
    x = _asarray(ar)
    if axis is None or x.ndim == 1:
        if axis is not None:
            _axis_index(axis, x.ndim)
        shape = x.shape
        x = x.reshape(-1)
        if not (return_index or return_inverse or return_counts):
            found, count = _core.compute_all(*_core.unique(x, equal_nan))
            values, n = _asarray(found), int(count.item())
            # Few of many do not keep the memory of all.
            return values[:n] if 2 * n >= values.size else _core.picked(values, _core.iota((n,), 0, [1])).persist()
        if return_index or return_inverse:
            x = x.persist()
            order = _argsort(x, -1, None).persist()
            ordered = _core.picked(x, order).persist()
        else:
            ordered = order = _sort(x, -1, None).persist()
        first = _firsts(ordered, equal_nan)
        starts = _core.flatnonzero(first).persist()
        out = [_core.picked(ordered, starts) if ordered.size else ordered]
    else:
        d = _axis_index(axis, x.ndim)
        moved = x.transpose([d, *(k for k in range(x.ndim) if k != d)])
        n, shape = moved.shape[0], moved.shape[:1]
        width = 1
        for length in moved.shape[1:]:
            width *= length
        rows = moved.reshape((n, width)).persist()
        order, ordered = _rows_in_order(rows)
        first = _concatenate([_core.full((min(n, 1),), True, "bool"), _differ(ordered)], 0, None)
        starts = _core.flatnonzero(first).persist()
        parts = ordered[starts].reshape((starts.size, *moved.shape[1:]))
        back = [*range(1, d + 1), 0, *range(d + 1, x.ndim)]
        out = [parts.transpose(back)]
    if return_index:
        out.append(_core.picked(order, starts) if order.size else starts)
    if return_inverse:
        numbers = first.astype("int64").cumsum() - 1
        out.append(_core.scatter(numbers, order).reshape(shape))
    if return_counts:
        ends = _concatenate([starts[1:], _core.full((min(first.size, 1),), first.size, "int64")], 0, None)
        out.append(ends - starts)
    return out[0] if len(out) == 1 else tuple(out)


def _differ(ordered: LazyArray) -> LazyArray:
    """Whether rows differ from the one before, all but the first."""
    return (ordered[1:] != ordered[:-1]).any(1)


def _rows_in_order(rows: LazyArray) -> tuple[LazyArray, LazyArray]:
    """The order of rows that are compared element by element, and the rows in it."""
    n, width = rows.shape
    if width == 0 or n < 2:
        # Parts without elements have nothing to differ in.
        return _core.iota((n,), 0, [1]), rows
    columns = list(range(width))
    # Mostly a few columns tell all rows apart that differ at all. NaN differs from itself, and has an order.
    few = _FEW_COLUMNS
    if width > few and not (rows.dtype.kind in "fc" and _isnan(rows).any()):
        columns = _core.flatnonzero((rows != rows[:1]).any(0)).compute().tolist() or columns[:1]
        while few < len(columns):
            order = lexsort([rows[:, k] for k in reversed(columns[:few])]).persist()
            ordered = rows[order].persist()
            tied = ~_differ(ordered[:, columns[:few]])
            if not (tied & _differ(ordered)).any():
                return order, ordered
            few *= _FEW_COLUMNS
    order = lexsort([rows[:, k] for k in reversed(columns)]).persist()
    return order, rows[order].persist()


def _firsts(ordered: LazyArray, equal_nan: builtins.bool) -> LazyArray:
    """Whether elements of a sorted array differ from the one before; the first does."""
    here, before = ordered[1:], ordered[:-1]
    differ = here != before
    if equal_nan and ordered.dtype.kind in "fc":
        differ = differ & ~(_isnan(here) & _isnan(before))
    return _concatenate([_core.full((min(ordered.size, 1),), True, "bool"), differ], 0, None)


def _values(ar: LazyArray) -> LazyArray:
    """The distinct elements."""
    values = unique(ar)
    assert isinstance(values, LazyArray)
    return values


def _unique_parts(x: ArrayLike, *wanted: str) -> tuple[LazyArray, ...]:
    """Distinct elements, of which each NaN is one, and what else is asked for."""
    parts = unique(x, **dict.fromkeys(wanted, True), equal_nan=False)
    assert isinstance(parts, tuple)
    return parts


def unique_all(x: ArrayLike) -> UniqueAllResult:
    """The distinct elements, where each first stands, the inverse, and counts. Sorts at once.

    Parameters
    ----------
    x : array_like
        The elements.

    Returns
    -------
    (values, indices, inverse_indices, counts)
        As `unique` gives them with ``equal_nan=False``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [part.compute() for part in lz.unique_all([1, 1, 2])]
    [array([1, 2]), array([0, 2]), array([0, 0, 1]), array([2, 1])]
    """
    return UniqueAllResult(*_unique_parts(x, "return_index", "return_inverse", "return_counts"))


def unique_counts(x: ArrayLike) -> UniqueCountsResult:
    """The distinct elements and how often each is there. Sorts at once.

    Parameters
    ----------
    x : array_like
        The elements.

    Returns
    -------
    (values, counts)
        As `unique` gives them with ``equal_nan=False``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.unique_counts([1, 1, 2]).counts.compute()
    array([2, 1])
    """
    return UniqueCountsResult(*_unique_parts(x, "return_counts"))


def unique_inverse(x: ArrayLike) -> UniqueInverseResult:
    """The distinct elements, and for each element the position of its equal among these. Sorts at once.

    Parameters
    ----------
    x : array_like
        The elements.

    Returns
    -------
    (values, inverse_indices)
        As `unique` gives them with ``equal_nan=False``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.unique_inverse([5, 1, 5]).inverse_indices.compute()
    array([1, 0, 1])
    """
    return UniqueInverseResult(*_unique_parts(x, "return_inverse"))


def unique_values(x: ArrayLike) -> LazyArray:
    """The distinct elements. Sorts at once.

    Parameters
    ----------
    x : array_like
        The elements.

    Returns
    -------
    LazyArray
        As `unique` gives it with ``equal_nan=False``: in increasing order, while NumPy's is in any.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.unique_values([1, 1, 2]).compute()
    array([1, 2])
    """
    values = unique(x, equal_nan=False)
    assert isinstance(values, LazyArray)
    return values


def union1d(ar1: ArrayLike, ar2: ArrayLike) -> LazyArray:
    """The distinct elements of two arrays in increasing order. Sorts at once.

    Parameters
    ----------
    ar1, ar2 : array_like
        The arrays, which are flattened.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.union1d([-1, 0, 1], [-2, 0, 2]).compute()
    array([-2, -1,  0,  1,  2])
    """
    return _values(_joined(_asarray(ar1), _asarray(ar2)))


def _joined(one: LazyArray, two: LazyArray) -> LazyArray:
    """The elements of two arrays one after another."""
    return _concatenate([one.reshape(-1), two.reshape(-1)], 0, None)


def intersect1d(
    ar1: ArrayLike, ar2: ArrayLike, assume_unique: builtins.bool = False, return_indices: builtins.bool = False
) -> LazyArray | tuple[LazyArray, LazyArray, LazyArray]:
    """The distinct elements that are in both arrays, in increasing order. Sorts at once.

    Parameters
    ----------
    ar1, ar2 : array_like
        The arrays, which are flattened.
    assume_unique : bool
        Whether neither has equal elements, which is not checked.
    return_indices : bool
        Whether to give where each first stands in both arrays.

    Returns
    -------
    LazyArray, or a tuple of it and of positions in ``ar1`` and ``ar2``

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.intersect1d([1, 3, 4, 3], [3, 1, 2, 1]).compute()
    array([1, 3])
    >>> [part.compute() for part in lz.intersect1d([1, 3, 4, 3], [3, 1, 2, 1], return_indices=True)]
    [array([1, 3]), array([0, 1]), array([1, 0])]
    """
    one, two = _asarray(ar1), _asarray(ar2)
    first = second = None
    if assume_unique:
        one, two = one.reshape(-1), two.reshape(-1)
    elif return_indices:
        (one, first), (two, second) = (_first_places(a) for a in (one, two))
    else:
        one, two = _values(one), _values(two)
    both = _joined(one, two).persist()
    if not return_indices:
        ordered = _sort(both, -1, None).persist()
        return ordered[:-1][ordered[1:] == ordered[:-1]]
    order = _argsort(both, -1, None).persist()
    ordered = (_core.picked(both, order) if both.size else both).persist()
    places = _core.flatnonzero(ordered[1:] == ordered[:-1]).persist()
    if places.size == 0:
        return ordered[:0], places, places
    of_one = _core.picked(order, places)
    of_two = _core.picked(order, places + 1) - one.size
    if first is not None and second is not None:
        of_one, of_two = _core.picked(first, of_one), _core.picked(second, of_two)
    return _core.picked(ordered, places), of_one, of_two


def _first_places(ar: LazyArray) -> tuple[LazyArray, LazyArray]:
    """The distinct elements and where each first stands."""
    parts = unique(ar, return_index=True)
    assert isinstance(parts, tuple)
    return parts[0], parts[1].persist()


def setxor1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: builtins.bool = False) -> LazyArray:
    """The distinct elements that are in one of two arrays only, in increasing order. Sorts at once.

    Parameters
    ----------
    ar1, ar2 : array_like
        The arrays, which are flattened.
    assume_unique : bool
        Whether neither has equal elements, which is not checked.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.setxor1d([1, 2, 3, 2, 4], [2, 3, 5, 7, 5]).compute()
    array([1, 4, 5, 7])
    """
    one, two = _asarray(ar1), _asarray(ar2)
    if not assume_unique:
        one, two = _values(one), _values(two)
    ordered = _sort(_joined(one, two), -1, None).persist()
    if ordered.size == 0:
        return ordered
    end = _core.full((1,), True, "bool")
    differ = ordered[1:] != ordered[:-1]
    return ordered[_concatenate([end, differ], 0, None) & _concatenate([differ, end], 0, None)]


def setdiff1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: builtins.bool = False) -> LazyArray:
    """The elements of one array that are not in another. Sorts at once.

    Parameters
    ----------
    ar1, ar2 : array_like
        The arrays, which are flattened.
    assume_unique : bool
        Whether neither has equal elements: then those of ``ar1`` keep their order, and equal ones stay.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.setdiff1d([1, 2, 3, 2, 4, 1], [3, 4, 5, 6]).compute()
    array([1, 2])
    """
    one, two = _asarray(ar1), _asarray(ar2)
    one = (one.reshape(-1) if assume_unique else _values(one)).persist()
    return one[~_among(one, two.reshape(-1), None)]


def isin(
    element: ArrayLike,
    test_elements: ArrayLike,
    assume_unique: builtins.bool = False,
    invert: builtins.bool = False,
    *,
    kind: str | None = None,
) -> LazyArray:
    """Whether elements are among others. These are sorted, or counted, at once.

    Parameters
    ----------
    element : array_like
        The elements.
    test_elements : array_like
        The others, which are flattened.
    assume_unique : bool
        Accepted: it would save nothing.
    invert : bool
        Whether to tell which are not.
    kind : {None, 'sort', 'table'}
        Where the others are looked up: in their sorted array, or in a table of all integers between the smallest and
        the largest; by default whichever is faster.

    Returns
    -------
    LazyArray of bool
        Of the shape of ``element``. NaN is in nothing.

    Raises
    ------
    ValueError
        For another kind, and for a table of what is not integer or bool.
    RuntimeError
        If the range of a table is beyond the type.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.isin([[0, 2], [4, 6]], [1, 2, 4, 8]).compute()
    array([[False,  True],
           [ True, False]])
    """
    x, others = _asarray(element), _asarray(test_elements).reshape(-1)
    if kind not in (None, "sort", "table"):
        raise ValueError(f"Invalid kind: '{kind}'. Please use None, 'sort' or 'table'.")
    if kind == "table" and not (x.dtype.kind in "uib" and others.dtype.kind in "uib"):
        raise ValueError(
            "The 'table' method is only supported for boolean or integer arrays. Please select 'sort' or None for kind."
        )
    found = _among(x, others, kind)
    return ~found if invert else found


def _among(x: LazyArray, others: LazyArray, kind: str | None) -> LazyArray:
    """Whether elements are among others, which have one axis."""
    if others.size == 0:
        return _core.full(x.shape, False, "bool")
    if x.dtype.kind in "uib" and others.dtype.kind in "uib":
        x, others = (a.astype("uint8") if a.dtype.kind == "b" else a for a in (x, others))
        if kind != "sort":
            others = others.persist()
            low, high = (int(v.item()) for v in _core.compute_all(others.min(), others.max()))
            if kind == "table" and high - low > 2 ** (8 * others.dtype.itemsize - (others.dtype.kind == "i")) - 1:
                raise RuntimeError(
                    "You have specified kind='table', but the range of values in `ar2` or `ar1` exceed the maximum "
                    "integer of the datatype. Please set `kind` to None or 'sort'."
                )
            small = high - low <= _TABLE_ENTRIES * (x.size + others.size)
            if (small or kind == "table") and high < 2**63:
                entries = _core.bins(others.astype("int64") - low, None, high - low + 1)
                table = (entries != 0).persist()
                inside = (x >= low) & (x <= high)
                return inside & _core.picked(table, _where(inside, x.astype("int64") - low, 0))
        # Only integers without sign can be equal to such; float64, the common type, does not tell large ones apart.
        if x.dtype.kind != others.dtype.kind and "uint64" in (x.dtype.name, others.dtype.name):
            if x.dtype.kind == "i":
                return (x >= 0) & _among(x.astype("uint64"), others, "sort")
            return _among(x, others[others >= 0].astype("uint64"), "sort")
    dtype = _core.result_type(x.dtype, others.dtype)
    x, ordered = x.astype(dtype), _sort(others.astype(dtype), -1, None).persist()
    place = _core.clip(_core.searchsorted(ordered, x, False), None, ordered.size - 1)
    return _core.picked(ordered, place) == x
