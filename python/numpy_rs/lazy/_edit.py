"""Arrays with parts left out or put in along an axis, and under another size."""

from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray
from numpy_rs.exceptions import UFuncTypeError

from ._broadcast import _assigned, _compact, _fitted
from ._creation import array
from ._indexing import flatnonzero
from ._like import zeros_like
from ._ranges import arange
from ._repeat import tile
from ._shape import _axis_index
from ._typing import ArrayLike, Axis, ShapeLike
from ._ufuncs import _where

__all__ = ["delete", "insert", "resize"]

_asarray, _concatenate, _iota = _core.asarray, _core.concatenate, _core.iota

_NO_INDEX = "arrays used as indices must be of integer (or boolean) type"


def _along(arr: ArrayLike, axis: Axis | None) -> tuple[LazyArray, int]:
    """The array and the axis to work along: flattened for None."""
    x = _asarray(arr)
    if axis is None:
        return x if x.ndim == 1 else x.ravel(), 0
    return x, _axis_index(axis, x.ndim)


def _checked(positions: LazyArray, n: int) -> LazyArray:
    """Positions from zero on, known to be in bounds: lazy ones are computed for it."""
    if positions.size == 0:
        return positions
    low, high = _core.integer_range(positions)
    if low < -n or high >= n:
        wrong = positions.ravel()
        wrong = wrong[(wrong < -n) | (wrong >= n)]
        raise IndexError(f"index {wrong[0].item()} is out of bounds for axis 0 with size {n}")
    return _where(positions < 0, positions + _iota((), n, []), positions) if low < 0 else positions


def delete(arr: ArrayLike, obj: Any, axis: Axis | None = None) -> LazyArray:
    """The array without some parts along an axis.

    Parameters
    ----------
    arr : array_like
        The array.
    obj : slice, int, or array_like of ints or bool
        Which parts are left out. Several positions and masks are counted at once, as the shape of the result depends
        on them: lazy ones are computed for it.
    axis : int, optional
        The axis; flattened by default.

    Returns
    -------
    LazyArray

    Raises
    ------
    IndexError
        For positions out of bounds, or that are no integers.
    ValueError
        For a mask that is not as long as the axis.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.delete([1, 2, 3, 4], [0, 2]).compute()
    array([2, 4])
    >>> lz.delete([[1, 2, 3], [4, 5, 6]], slice(None, None, 2), axis=1).compute()
    array([[2],
           [5]])
    """
    x, d = _along(arr, axis)
    before = (slice(None),) * d
    n = x.shape[d]
    if isinstance(obj, slice):
        return _without_range(x, range(*obj.indices(n)), d)
    if isinstance(obj, int) and not isinstance(obj, bool):
        return _without_one(x, obj, d)
    positions = _asarray(obj)
    if positions.size == 0 and not hasattr(obj, "dtype"):
        positions = positions.astype("int64")
    elif positions.size == 1 and positions.dtype.kind in "ui":
        return _without_one(x, positions.item(), d)
    if positions.dtype.kind == "b":
        if positions.shape != (n,):
            raise ValueError(
                "boolean array argument obj to delete must be one dimensional and match the axis length of " + str(n)
            )
        return x[(*before, ~positions)]
    if positions.dtype.kind not in "iu":
        raise IndexError(_NO_INDEX)
    if positions.size == 0:
        return x
    found = _checked(positions.ravel().astype("int64"), n)
    return x[(*before, _core.bins(found, None, n) == 0)]


def _without_one(x: LazyArray, index: int, axis: int) -> LazyArray:
    """The array without one part."""
    n = x.shape[axis]
    if index < -n or index >= n:
        raise IndexError(f"index {index} is out of bounds for axis {axis} with size {n}")
    return _without_range(x, range(index % n, index % n + 1), axis)


def _without_range(x: LazyArray, gone: range, axis: int) -> LazyArray:
    """The array without the parts at the positions of a range."""
    if not gone:
        return x
    if gone.step < 0:
        gone = gone[::-1]
    before = (slice(None),) * axis
    first, last = gone[0], gone[-1]
    stay = gone.step - 1 if len(gone) > 1 else 0
    if stay and first <= stay and x.shape[axis] - 1 - last <= stay:
        # Runs of parts that stay, from one end to the other.
        if stay == 1:
            return x[(*before, slice(1 - first, None, 2))]
        number = _iota((x.shape[axis] - len(gone),), 0, [1])
        return x[(*before, number + (number + (stay - first)) // stay)]
    parts = [x[(*before, slice(0, first))], x[(*before, slice(last + 1, None))]]
    if stay:
        number = _iota(((len(gone) - 1) * stay,), 0, [1])
        parts.insert(1, x[(*before, first + 1 + number + number // stay)])
    parts = [p for p in parts if p.shape[axis]] or parts[:1]
    return _concatenate(parts, axis, None) if len(parts) > 1 else parts[0]


def insert(arr: ArrayLike, obj: Any, values: ArrayLike, axis: Axis | None = None) -> LazyArray:
    """The array with values put in along an axis.

    Parameters
    ----------
    arr : array_like
        The array.
    obj : slice, int, or array_like of ints or bool
        Before which parts values are put; equal positions keep the order of their values. Positions are checked at
        once: lazy ones are computed for it.
    values : array_like
        The values, cast to the type of the array. At a single number they are as many as there are, at a sequence they
        broadcast to one part for each position.
    axis : int, optional
        The axis; flattened by default.

    Returns
    -------
    LazyArray

    Raises
    ------
    IndexError
        For positions out of bounds, or that are no integers.
    ValueError
        For values that do not broadcast.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.insert([1, 2, 3], 1, [8, 9]).compute()
    array([1, 8, 9, 2, 3])
    >>> lz.insert([[1, 2], [3, 4]], [0, 2], [[7], [8]], axis=1).compute()
    array([[7, 1, 2, 7],
           [8, 3, 4, 8]])
    """
    x, d = _along(arr, axis)
    n = x.shape[d]
    if isinstance(obj, slice):
        positions = arange(*obj.indices(n), dtype="int64")
    else:
        if type(obj) is int and not -n <= obj <= n:
            raise IndexError(f"index {obj} is out of bounds for axis {d} with size {n}")
        positions = _asarray(obj)
        if positions.dtype.kind == "b":
            # NumPy asks the argument itself, so that lists are refused.
            if obj.ndim != 1:
                raise ValueError("boolean array argument obj to insert must be one dimensional")
            positions = flatnonzero(positions)
        elif positions.ndim > 1:
            raise ValueError("index array argument obj to insert must be one dimensional or scalar")
    if positions.size == 1:
        return _with_values(x, obj, positions, values, d)
    if positions.size == 0 and not hasattr(obj, "dtype"):
        positions = positions.astype("int64")
    return _with_parts(x, positions, values, d)


def _with_values(x: LazyArray, obj: Any, positions: LazyArray, values: ArrayLike, axis: int) -> LazyArray:
    """The array with all values before one part."""
    n = x.shape[axis]
    index = positions.item()
    if index < -n or index > n:
        told = obj.compute() if isinstance(obj, LazyArray) else obj
        raise IndexError(f"index {told} is out of bounds for axis {axis} with size {n}")
    if index < 0:
        index += n
    new = array(values, x.dtype, copy=None, ndmin=x.ndim)
    if positions.ndim == 0:
        new = _core.moveaxis(new, 0, axis)
    before = (slice(None),) * axis
    head, tail = x[(*before, slice(None, index))], x[(*before, slice(index, None))]
    shape = (*x.shape[:axis], new.shape[axis], *x.shape[axis + 1 :])
    return _concatenate([head, _assigned(new, shape), tail], axis, None)


def _mismatch(shape: tuple[int, ...], to: tuple[int, ...]) -> ValueError:
    """NumPy's error where values do not fit the places that an index names."""
    return ValueError(
        f"shape mismatch: value array of shape {_compact(shape)} could not be broadcast to indexing result of shape "
        f"{_compact(to)}"
    )


def _with_parts(x: LazyArray, positions: LazyArray, values: ArrayLike, axis: int) -> LazyArray:
    """The array with one part before each position."""
    n, count = x.shape[axis], positions.size
    size = n + count
    kind, own = positions.dtype.kind, positions.dtype
    if kind == "u" and count:
        # NumPy adds int64 in place.
        wide = _core.promote_types(own, "int64")
        raise UFuncTypeError(f"Cannot cast ufunc 'add' output from {wide!r} to {own!r} with casting rule 'same_kind'")
    if kind not in "iu":
        raise IndexError(_NO_INDEX)
    if not _core.can_cast("int64", own, "safe") and n >= 1 << (8 * own.itemsize - 1):
        raise OverflowError(f"Python integer {n} out of bounds for {own.name}")
    positions = positions.astype("int64")
    positions = _where(positions < 0, positions + _iota((), n, []), positions)
    order = _core.argsort(positions, 0, None)
    # Where each part is in the end: behind all that are put in before it.
    places = positions + _core.scatter(_iota((count,), 0, [1]), order)
    low, high = _core.integer_range(positions) if count else (0, 0)
    distinct = count
    if low < 0 or high > n:
        places = _checked(places, size).persist()
        order = _core.argsort(places, 0, None)
        distinct = len(set(places.tolist()))
    shape = (*x.shape[:axis], count, *x.shape[axis + 1 :])
    given = array(values, x.dtype, copy=None)
    new = _fitted(given, shape)
    if new is None and not (x.ndim == 1 and count == given.size == 0):
        raise _mismatch(given.shape, shape)
    if distinct < count:
        # Negative positions out of bounds that meet others when they wrap around: too many places are left.
        left = size - distinct
        if n == 1:
            raise NotImplementedError("insert: positions that meet at one place")
        if x.ndim > 1:
            raise _mismatch(x.shape, (*x.shape[:axis], left, *x.shape[axis + 1 :]))
        raise ValueError(
            f"NumPy boolean array indexing assignment cannot assign {n} input values to the {left} output values where "
            "the mask is true"
        )
    if new is None or not count:
        return x
    return (_joined if count <= _FEW else _merged)(x, new, order, places, axis)


# As many parts are put in by a join of slices, which needs no positions for all elements: 1.4 ms for 256 in 1,000,000
# float64, where positions take 12.
_FEW = 256


def _joined(x: LazyArray, new: LazyArray, order: LazyArray, places: LazyArray, axis: int) -> LazyArray:
    """Few new parts at their places in the result, between the old ones."""
    before = (slice(None),) * axis
    pieces, done = [], 0
    numbers, ends = _core.compute_all(order, places)
    for k, i in enumerate(numbers.tolist()):
        old = ends[i].item() - k
        pieces += [x[(*before, slice(done, old))], new[(*before, slice(i, i + 1))]]
        done = old
    return _concatenate([*pieces, x[(*before, slice(done, None))]], axis, None)


def _merged(x: LazyArray, new: LazyArray, order: LazyArray, places: LazyArray, axis: int) -> LazyArray:
    """New parts at their places in the result, between the old ones."""
    n = x.shape[axis]
    size = n + new.shape[axis]
    is_new = _core.bins(places, None, size) > 0
    # The number of the part at each place in a join of both, the new ones behind the old.
    seen = is_new.astype("int64").cumsum()
    number = _core.picked(order, _core.clip(seen - 1, 0, None)) + _iota((), n, [])
    source = _where(is_new, number, _iota((size,), 0, [1]) - seen)
    return _concatenate([x, new], axis, None)[(*(slice(None),) * axis, source)]


def resize(a: ArrayLike, new_shape: ShapeLike) -> LazyArray:
    """The elements in C order under another shape, repeated as often as it takes.

    Parameters
    ----------
    a : array_like
        The elements; of an array without any come zeros.
    new_shape : int or tuple of ints
        The shape.

    Returns
    -------
    LazyArray

    Raises
    ------
    ValueError
        For negative lengths.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.resize([1, 2, 3], (2, 4)).compute()
    array([[1, 2, 3, 1],
           [2, 3, 1, 2]])
    """
    shape: Any = new_shape
    if isinstance(shape, int) or (hasattr(shape, "__index__") and hasattr(shape, "dtype") and not _is_array(shape)):
        shape = (shape,)
    x = _asarray(a).ravel()
    size: Any = 1
    for n in shape:
        size *= n
        if n < 0:
            raise ValueError("all elements of `new_shape` must be non-negative")
    if x.size == 0 or size == 0:
        return zeros_like(a, shape=shape)
    times = (size + x.size - 1) // x.size
    if not hasattr(times, "__index__"):
        raise TypeError(f"can't multiply sequence by non-int of type {type(times).__name__!r}")
    return tile(x, times)[:size].reshape(tuple(shape))


def _is_array(x: Any) -> bool:
    """Whether NumPy sees an array, and no number, in this."""
    return isinstance(x, LazyArray) or hasattr(x, "__setitem__")
