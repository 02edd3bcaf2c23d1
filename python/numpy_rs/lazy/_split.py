"""Arrays cut into views."""

import operator
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._shape import _axis_index
from ._typing import ArrayLike, Axis

__all__ = ["array_split", "dsplit", "hsplit", "split", "unstack", "vsplit"]

_asarray = _core.asarray


def array_split(ary: ArrayLike, indices_or_sections: int | Sequence[int], axis: Axis = 0) -> list[LazyArray]:
    """An array cut into parts, not all of one length where that does not go.

    Parameters
    ----------
    ary : array_like
        The array.
    indices_or_sections : int or sequence of ints
        The number of parts, or the positions of the cuts.
    axis : int
        The axis.

    Returns
    -------
    list of LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.compute() for p in lz.array_split([1, 2, 3], 2)]
    [array([1, 2]), array([3])]
    """
    x = _asarray(ary)
    d = operator.index(axis)
    if not -x.ndim <= d < x.ndim:
        raise IndexError("tuple index out of range")
    d %= x.ndim
    total = x.shape[d]
    if hasattr(indices_or_sections, "__len__"):
        cuts = [0, *(operator.index(i) for i in indices_or_sections), total]  # type: ignore[union-attr]
    else:
        sections = int(indices_or_sections)
        if sections <= 0:
            raise ValueError("number sections must be larger than 0.") from None
        each, extra = divmod(total, sections)
        cuts = [0]
        for i in range(sections):
            cuts.append(cuts[-1] + each + (i < extra))
    lead = (slice(None),) * d
    return [x[(*lead, slice(a, b))] for a, b in zip(cuts, cuts[1:], strict=False)]


def split(ary: ArrayLike, indices_or_sections: int | Sequence[int], axis: Axis = 0) -> list[LazyArray]:
    """An array cut into parts of one length, or at given positions.

    Parameters
    ----------
    ary : array_like
        The array.
    indices_or_sections : int or sequence of ints
        The number of parts, or the positions of the cuts.
    axis : int
        The axis.

    Returns
    -------
    list of LazyArray

    Raises
    ------
    ValueError
        If the array has no such number of parts of one length.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.compute() for p in lz.split([1, 2, 3, 4], 2)]
    [array([1, 2]), array([3, 4])]
    """
    x = _asarray(ary)
    if not hasattr(indices_or_sections, "__len__"):
        d = operator.index(axis)
        if not -x.ndim <= d < x.ndim:
            raise IndexError("tuple index out of range")
        if x.shape[d] % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
    return array_split(x, indices_or_sections, axis)


def hsplit(ary: ArrayLike, indices_or_sections: int | Sequence[int]) -> list[LazyArray]:
    """An array cut along its second axis, a vector along its only one.

    Parameters
    ----------
    ary : array_like
        The array.
    indices_or_sections : int or sequence of ints
        As for `split`.

    Returns
    -------
    list of LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.shape for p in lz.hsplit(lz.zeros((2, 4)), 2)]
    [(2, 2), (2, 2)]
    """
    x = _asarray(ary)
    if x.ndim == 0:
        raise ValueError("hsplit only works on arrays of 1 or more dimensions")
    return split(x, indices_or_sections, 1 if x.ndim > 1 else 0)


def vsplit(ary: ArrayLike, indices_or_sections: int | Sequence[int]) -> list[LazyArray]:
    """An array cut along its first axis.

    Parameters
    ----------
    ary : array_like
        Of at least two axes.
    indices_or_sections : int or sequence of ints
        As for `split`.

    Returns
    -------
    list of LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.shape for p in lz.vsplit(lz.zeros((2, 4)), 2)]
    [(1, 4), (1, 4)]
    """
    x = _asarray(ary)
    if x.ndim < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(x, indices_or_sections, 0)


def dsplit(ary: ArrayLike, indices_or_sections: int | Sequence[int]) -> list[LazyArray]:
    """An array cut along its third axis.

    Parameters
    ----------
    ary : array_like
        Of at least three axes.
    indices_or_sections : int or sequence of ints
        As for `split`.

    Returns
    -------
    list of LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.shape for p in lz.dsplit(lz.zeros((2, 3, 4)), [1])]
    [(2, 3, 1), (2, 3, 3)]
    """
    x = _asarray(ary)
    if x.ndim < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return split(x, indices_or_sections, 2)


def unstack(x: ArrayLike, /, *, axis: Axis = 0) -> tuple[LazyArray, ...]:
    """The parts of an array along an axis.

    Parameters
    ----------
    x : array
        The array; as in NumPy not a list.
    axis : int
        The axis.

    Returns
    -------
    tuple of LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [p.compute() for p in lz.unstack(lz.asarray([[1, 2], [3, 4]]), axis=1)]
    [array([1, 3]), array([2, 4])]
    """
    given: Any = x
    if given.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    a = _asarray(x)
    d = _axis_index(axis, a.ndim, "source")
    lead = (slice(None),) * d
    return tuple(a[(*lead, i)] for i in range(a.shape[d]))
