"""Positions in the flattened array, and along each axis."""

import math
import operator
from collections.abc import Iterable, Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._broadcast import _compact
from ._creation import _check_order
from ._typing import ArrayLike, Order, ShapeLike

__all__ = ["ravel_multi_index", "unravel_index"]

_asarray = _core.asarray

# The largest size that NumPy's integers for sizes hold.
_MOST = 2**63 - 1


def _dims(shape: ShapeLike) -> tuple[int, ...]:
    """Lengths of axes."""
    if shape is None:
        raise TypeError("Use () not None as shape arguments")
    # Arrays of one element have `__index__` too.
    if hasattr(shape, "__index__") and not getattr(shape, "shape", ()):
        dims: tuple[int, ...] = (operator.index(shape),)
    elif isinstance(shape, Iterable):
        dims = tuple(operator.index(n) for n in shape)
    else:
        raise TypeError(f"expected a sequence of integers or a single integer, got '{shape}'")
    if any(n > _MOST for n in dims):
        raise ValueError("Maximum allowed dimension exceeded")
    if len(dims) > 64:
        raise ValueError(f"maximum supported dimension for an ndarray is currently 64, found {len(dims)}")
    return dims


def _whole(given: ArrayLike) -> LazyArray:
    """Positions as int64: of integers and truth values alone."""
    try:
        x = _asarray(given)
    except (OverflowError, TypeError):
        raise TypeError("only int indices permitted") from None
    if x.dtype.kind in "biu":
        return x.astype("int64")
    if x.size == 0 and not hasattr(given, "dtype"):
        raise TypeError(
            "indices must be integral: the provided empty sequence was inferred as float. Wrap it with "
            "'np.array(indices, dtype=np.intp)'"
        )
    raise TypeError("only int indices permitted")


def unravel_index(indices: ArrayLike, shape: ShapeLike, order: Order = "C") -> tuple[LazyArray, ...]:
    """Positions along each axis, from those in the flattened array.

    Parameters
    ----------
    indices : array_like of ints
        Positions in the flattened array. They are checked at once: lazy ones are computed for it.
    shape : int or tuple of ints
        The shape of the array.
    order : {'C', 'F'}
        Whether the last axis changes fastest in the flattened array, or the first.

    Returns
    -------
    tuple of LazyArray
        Of type int64 and the shape of ``indices``, one for each axis.

    Raises
    ------
    ValueError
        For positions out of bounds.
    TypeError
        For positions that are no integers.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.compute() for p in lz.unravel_index([5, 2], (2, 3))]
    [array([1, 0]), array([2, 2])]
    """
    dims = _dims(shape)
    _check_order(order, "CF")
    size = math.prod(dims)
    if size > _MOST:
        raise ValueError(
            "dimensions are too large; arrays and shapes with a total size greater than 'intp' are not supported."
        )
    x = _whole(indices)
    if not dims and x.ndim:
        raise ValueError("multiple indices are not supported for 0d arrays")
    if x.size:
        low, high = _core.integer_range(x)
        if low < 0 or high >= size:
            wrong = x.ravel("K")
            wrong = wrong[(wrong < 0) | (wrong >= size)]
            raise ValueError(f"index {wrong[0].item()} is out of bounds for array with size {size}")
    column_first = order is not None and order.upper() == "F"
    out: list[LazyArray] = []
    rest = x
    # The outermost axis needs no remainder. Lengths are operands: code does not depend on them.
    for k, n in enumerate(dims if column_first else dims[::-1]):
        length = _core.iota((), max(n, 1), [])
        out.append(rest if k == len(dims) - 1 else rest % length)
        rest = rest // length
    return tuple(out if column_first else out[::-1])


def ravel_multi_index(
    multi_index: Sequence[ArrayLike] | LazyArray,
    dims: ShapeLike,
    mode: str | Sequence[str] = "raise",
    order: Order = "C",
) -> LazyArray:
    """Positions in the flattened array, from those along each axis.

    Parameters
    ----------
    multi_index : tuple of array_like of ints
        Positions along each axis, which broadcast with each other. In mode ``'raise'`` they are checked at once: lazy
        ones are computed for it.
    dims : int or tuple of ints
        The shape of the array.
    mode : {'raise', 'wrap', 'clip'} or tuple of them
        What positions out of bounds do, along all axes or each: an error, wrap around, or the nearest end.
    order : {'C', 'F'}
        Whether the last axis changes fastest in the flattened array, or the first.

    Returns
    -------
    LazyArray
        Of type int64.

    Raises
    ------
    ValueError
        For positions out of bounds in mode ``'raise'``, or not as many arrays as axes.
    TypeError
        For positions that are no integers.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.ravel_multi_index(([1, 0], [2, 2]), (2, 3)).compute()
    array([5, 2])
    >>> lz.ravel_multi_index((7, -1), (2, 3), mode=("clip", "wrap")).compute()
    array(5)
    """
    lengths = _dims(dims)
    modes = _modes(mode, len(lengths))
    _check_order(order, "CF")
    if math.prod(lengths) > _MOST:
        raise ValueError("invalid dims: array size defined by dims is larger than the maximum possible size.")
    if len(multi_index) != len(lengths):
        raise ValueError(f"parameter multi_index must be a sequence of length {len(lengths)}")
    # Iteration over a lazy array gives lazy arrays too.
    positions = [_whole(p) for p in multi_index]
    try:
        shape = _core.broadcast_shapes(*(p.shape for p in positions))
    except ValueError:
        told = "".join(_compact(p.shape) + " " for p in positions)
        raise ValueError(f"operands could not be broadcast together with shapes {told}") from None
    if 0 not in shape:
        if 0 in lengths:
            raise ValueError("cannot unravel if shape has zero entries (is empty).")
        checked = [(p, n) for p, n, m in zip(positions, lengths, modes, strict=True) if m == "raise"]
        wrong = [((p < 0) | (p >= n)).any() for p, n in checked]
        if any(w.item() for w in _core.compute_all(*wrong)):
            raise ValueError("invalid entry in coordinates array")
    column_first = order is not None and order.upper() == "F"
    places = list(zip(positions, lengths, modes, strict=True))
    total: Any = _core.full((), 0, "int64")
    stride = 1
    for k, (p, n, m) in enumerate(places if column_first else places[::-1]):
        if m == "wrap":
            p = p % _core.iota((), max(n, 1), [])
        elif m == "clip":
            p = _core.clip(p, 0, _core.iota((), n - 1, []))
        total = total + p * _core.iota((), stride, []) if k else p
        stride *= n
    return _core.broadcast_to(total, shape)


# What NumPy's numbers for modes stand for; no mode is the first.
_MODES = {None: "raise", 0: "clip", 1: "wrap", 2: "raise"}


def _modes(mode: Any, ndim: int) -> list[str]:
    """What positions out of bounds do along each axis."""
    if not isinstance(mode, (tuple, list)):
        return [_mode(mode)] * ndim
    if len(mode) != ndim:
        raise ValueError(f"list of clipmodes has wrong length ({len(mode)} instead of {ndim})")
    return [_mode(m) for m in mode]


def _mode(mode: Any) -> str:
    """A mode by its name."""
    if isinstance(mode, str):
        if mode in ("raise", "wrap", "clip"):
            return mode
        if mode[:1].lower() in ("r", "w", "c"):
            raise ValueError("Use one of 'clip', 'raise', or 'wrap' for clip mode")
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    if mode in _MODES:
        return _MODES[mode]
    raise ValueError("integer clipmode must be RAISE, WRAP, or CLIP from 'numpy._core.multiarray'")
