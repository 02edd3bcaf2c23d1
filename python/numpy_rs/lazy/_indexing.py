"""Elements by position, and positions by condition."""

from collections.abc import Iterable
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._broadcast import broadcast_arrays
from ._out import _no_out
from ._shape import _axis_index
from ._typing import ArrayLike, Axis
from ._ufuncs import _where

__all__ = ["argwhere", "choose", "compress", "extract", "flatnonzero", "nonzero", "take", "take_along_axis"]

_asarray, _iota = _core.asarray, _core.iota
_INT64 = _core.dtype("int64")

# Arrays that `choose` takes, as in NumPy.
_MOST_CHOICES = 64


def take(
    a: ArrayLike, indices: ArrayLike, axis: Axis | None = None, out: None = None, mode: str = "raise"
) -> LazyArray:
    """Elements at positions along an axis.

    Parameters
    ----------
    a : array_like
        The array.
    indices : array_like of ints
        The positions. An array is checked at once, a lazy one when it is computed.
    axis : int, optional
        The axis; flattened by default.
    out : None
        Refused: use ``compute(out=...)``.
    mode : {'raise', 'wrap', 'clip'}
        What positions out of bounds do: an error, wrap around, or the nearest end.

    Returns
    -------
    LazyArray

    Raises
    ------
    IndexError
        For positions out of bounds in mode ``'raise'``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.take([4, 5, 6], [2, 0, -1]).compute()
    array([6, 4, 6])
    """
    _no_out(out)
    x = _asarray(a)
    x, d = _line(x, axis)
    i = _integers(indices, "same_kind")
    n = x.shape[d]
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    if i.size == 0 or x.size == 0:
        shape = x.shape[:d] + i.shape + x.shape[d + 1 :]
        if 0 in shape:
            return _core.full(shape, 0, x.dtype)
        raise IndexError("cannot do a non-empty take from an empty axes.")
    # Lengths as operands: code does not depend on them.
    if mode == "wrap":
        i = i % _iota((), n, [])
    elif mode == "clip":
        i = _core.clip(i, 0, _iota((), n - 1, []))
    return x[(slice(None),) * d + (i,)]


def _line(x: LazyArray, axis: Axis | None) -> tuple[LazyArray, int]:
    """The array and the axis to work along: flattened for None; an array without axes gets one."""
    if axis is None:
        return x if x.ndim == 1 else x.ravel(), 0
    if x.ndim == 0:
        x = x.reshape(1)
    return x, _axis_index(axis, x.ndim, taken="axis")


def _integers(given: ArrayLike, rule: str) -> LazyArray:
    """Positions or counts as int64: as in NumPy, arrays must cast by the rule, numbers in sequences are truncated."""
    if isinstance(given, int) and not -(2**63) <= given < 2**63:
        raise OverflowError("Python int too large to convert to C long")
    x = _asarray(given)
    if x.dtype is _INT64:
        return x
    if hasattr(given, "dtype"):
        if not _core.can_cast(x.dtype, "int64", rule):
            raise TypeError(f"Cannot cast array data from {x.dtype!r} to dtype('int64') according to the rule {rule!r}")
    elif x.dtype.kind == "c":
        raise TypeError("int() argument must be a string, a bytes-like object or a real number, not 'complex'")
    return x.astype("int64")


def take_along_axis(arr: ArrayLike, indices: ArrayLike, axis: Axis | None = -1) -> LazyArray:
    """Elements at positions that differ from one line along the axis to the next, as `argmin` gives them.

    Parameters
    ----------
    arr : array_like
        The array.
    indices : array_like of ints
        The positions; of as many axes, broadcasting with ``arr`` on the others. An array is checked at once,
        a lazy one when it is computed.
    axis : int or None
        The axis; None flattens the array.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.asarray([[3, 1], [5, 7]])
    >>> lz.take_along_axis(x, x.argmin(axis=1, keepdims=True), axis=1).compute()
    array([[1],
           [5]])
    """
    x, i = _asarray(arr), _asarray(indices)
    if axis is None:
        if i.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        x, d = x.ravel(), 0
    else:
        d = _axis_index(axis, x.ndim)
    if i.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if x.ndim != i.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    key: list[Any] = []
    for k, n in enumerate(x.shape):
        if k == d:
            key.append(i)
        else:
            key.append(_iota((1,) * k + (n,) + (1,) * (x.ndim - 1 - k), 0, [int(j == k) for j in range(x.ndim)]))
    return x[tuple(key)]


def choose(a: ArrayLike, choices: Iterable[ArrayLike], out: None = None, mode: str = "raise") -> LazyArray:
    """Elements of several arrays, each from the array with the number that stands at its place.

    Parameters
    ----------
    a : array_like of ints
        The numbers.
    choices : sequence of array_like
        The arrays, at most 64, which broadcast with each other and with ``a``.
    out : None
        Refused: use ``compute(out=...)``.
    mode : {'raise', 'wrap', 'clip'}
        What numbers out of bounds do: an error when the result is computed, wrap around, or the nearest end.

    Returns
    -------
    LazyArray

    Raises
    ------
    ValueError
        When computed, for numbers out of bounds in mode ``'raise'``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.choose([1, 0, 1], [[1, 2, 3], [10, 20, 30]]).compute()
    array([10,  2, 30])
    """
    _no_out(out)
    # Iteration over a lazy array would compute it.
    given = [choices[k] for k in range(len(choices))] if isinstance(choices, LazyArray) else choices
    arrays = [_asarray(c) for c in given]
    if not arrays:
        raise ValueError("0-length sequence.")
    n = len(arrays)
    if n > _MOST_CHOICES:
        raise ValueError(f"Need at least 0 and at most {_MOST_CHOICES} array objects.")
    number = _asarray(a)
    if not _core.can_cast(number.dtype, "int64", "safe"):
        raise TypeError(f"Cannot cast array data from {number.dtype!r} to dtype('int64') according to the rule 'safe'")
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    number = number.astype("int64")
    if mode == "wrap":
        number = number % n
    elif mode == "clip":
        number = _core.clip(number, 0, n - 1)
    *arrays, number = broadcast_arrays(*arrays, number)
    dtype = _core.result_type(*(c.dtype for c in arrays))
    chosen = arrays[-1].astype(dtype)
    for k in range(n - 2, -1, -1):
        chosen = _where(number == k, arrays[k], chosen)
    if mode == "raise":
        chosen = _core.note(chosen, (number < 0) | (number >= n), "choice")
    return chosen


def nonzero(a: ArrayLike) -> tuple[LazyArray, ...]:
    """The positions of elements that are not zero, one array for each axis. Counts them at once.

    Parameters
    ----------
    a : array_like
        Of at least one axis.

    Returns
    -------
    tuple of LazyArray
        Of type int64, in C order.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.compute() for p in lz.nonzero([[0, 3], [4, 0]])]
    [array([0, 1]), array([1, 0])]
    """
    x = _asarray(a)
    if x.ndim == 0:
        text = "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead."
        if x.dtype.kind == "b":
            text += " If the context of this error is of the form `arr[nonzero(cond)]`, just use `arr[cond]`."
        raise ValueError(text)
    flat = _core.flatnonzero(x)
    if x.ndim == 1:
        return (flat,)
    out: list[LazyArray] = []
    step = x.size
    for n in x.shape:
        step = step // n if n else 1
        out.append((flat // max(step, 1)) % max(n, 1))
    return tuple(out)


def flatnonzero(a: ArrayLike) -> LazyArray:
    """The positions in the flattened array of elements that are not zero. Counts them at once.

    Parameters
    ----------
    a : array_like
        The array.

    Returns
    -------
    LazyArray
        Of type int64.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.flatnonzero([[0, 3], [4, 0]]).compute()
    array([1, 2])
    """
    return _core.flatnonzero(a)


def argwhere(a: ArrayLike) -> LazyArray:
    """The positions of elements that are not zero, one row for each. Counts them at once.

    Parameters
    ----------
    a : array_like
        The array.

    Returns
    -------
    LazyArray
        Of type int64 and shape ``(N, a.ndim)``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.argwhere([[0, 3], [4, 0]]).compute()
    array([[0, 1],
           [1, 0]])
    """
    x = _asarray(a)
    if x.ndim == 0:
        return _core.full((_core.flatnonzero(x).size, 0), 0, "int64")
    return _core.concatenate([p.reshape(-1, 1) for p in nonzero(x)], 1, None)


def compress(condition: ArrayLike, a: ArrayLike, axis: Axis | None = None, out: None = None) -> LazyArray:
    """The parts along an axis where a condition is true. Counts them at once.

    Parameters
    ----------
    condition : array_like of bool
        Of one axis, not longer than that of the array; what it does not reach is left out.
    a : array_like
        The array.
    axis : int, optional
        The axis; flattened by default.
    out : None
        Refused: use ``compute(out=...)``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.compress([0, 1], [[1, 2], [3, 4]], axis=0).compute()
    array([[3, 4]])
    """
    cond = _asarray(condition)
    if cond.ndim != 1:
        raise ValueError("condition must be a 1-d array")
    _no_out(out)
    x, d = _line(_asarray(a), axis)
    return _kept(x, cond, d)


def _kept(x: LazyArray, condition: LazyArray, axis: int) -> LazyArray:
    """The parts of an array along an axis where a condition of one axis is true; what it does not reach is left out."""
    n = x.shape[axis]
    beyond = _core.flatnonzero(condition[n:]) if condition.size > n else condition[:0]
    if beyond.size:
        if 0 in x.shape and 0 not in x.shape[:axis] + x.shape[axis + 1 :]:
            raise IndexError("cannot do a non-empty take from an empty axes.")
        if x.size:
            raise IndexError(f"index {n + int(beyond[0])} is out of bounds for axis {axis} with size {n}")
    mask = condition[:n].astype(bool)
    before = (slice(None),) * axis
    return x[(*before, slice(mask.size))][(*before, mask)]


def extract(condition: ArrayLike, arr: ArrayLike) -> LazyArray:
    """The elements where a condition is true, along one axis. Counts them at once.

    Parameters
    ----------
    condition : array_like of bool
        The condition, read in C order.
    arr : array_like
        The array, of the same size.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.arange(5)
    >>> lz.extract(x % 2 == 1, x).compute()
    array([1, 3])
    """
    return _kept(_asarray(arr).ravel(), _asarray(condition).ravel(), 0)
