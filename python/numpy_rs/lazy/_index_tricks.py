"""Arrays and indices by the syntax of indexing."""

from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._creation import array
from ._indexing import nonzero
from ._join import concatenate
from ._ranges import arange, linspace
from ._typing import ArrayLike

__all__ = ["c_", "index_exp", "ix_", "r_", "s_"]

_asarray = _core.asarray


def ix_(*args: ArrayLike) -> tuple[LazyArray, ...]:
    """Indices of a cross product, from those along each axis.

    Parameters
    ----------
    *args : array_like of ints or bool
        Of one axis each. Of truth values the positions of the true ones are taken, which are counted at once.

    Returns
    -------
    tuple of LazyArray
        Each has length one along the axes of the others, so that they broadcast with each other.

    Raises
    ------
    ValueError
        For an argument that has not one axis.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.arange(10).reshape(2, 5)
    >>> x[lz.ix_([0, 1], [2, 4])].compute()
    array([[2, 4],
           [7, 9]])
    """
    out = []
    for k, given in enumerate(args):
        x = _asarray(given)
        if x.size == 0 and not hasattr(given, "dtype"):
            # An empty sequence has no type of its own.
            x = x.astype("int64")
        if x.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if x.dtype.kind == "b":
            (x,) = nonzero(x)
        out.append(x.reshape((1,) * k + (x.size,) + (1,) * (len(args) - k - 1)))
    return tuple(out)


def _is_imaginary(step: Any) -> bool:
    """Whether the step of a slice is a number of points."""
    return isinstance(step, complex) or getattr(getattr(step, "dtype", None), "kind", "") == "c"


class _Join:
    """Arrays, numbers and slices joined along an axis."""

    def __init__(self, axis: int, ndmin: int = 1, start: int = -1) -> None:
        self._axis, self._ndmin, self._start = axis, ndmin, start

    def __getitem__(self, key: Any) -> LazyArray:
        if isinstance(key, str):
            raise NotImplementedError("a matrix by its text: numpy_rs has no matrices; use block")
        entries = key if isinstance(key, tuple) else (key,)
        axis, ndmin, start = self._axis, self._ndmin, self._start
        parts: list[Any] = []
        for k, item in enumerate(entries):
            if isinstance(item, str):
                if k != 0:
                    raise ValueError("special directives must be the first entry.")
                axis, ndmin, start = _directive(item, (axis, ndmin, start))
            elif isinstance(item, slice):
                parts.append(_from_slice(item, ndmin, start))
            elif type(item) in (bool, int, float, complex):
                # Of no type of its own.
                parts.append(item)
            else:
                parts.append(_with_axes(_asarray(item), ndmin, start))
        if parts:
            dtype = _core.result_type(*(p.dtype if isinstance(p, LazyArray) else p for p in parts))
            parts = [array(p, dtype, copy=None, ndmin=ndmin) for p in parts]
        return concatenate(parts, axis=axis)

    def __len__(self) -> int:
        return 0


def _directive(text: str, current: tuple[int, int, int]) -> tuple[int, int, int]:
    """The axis, the least number of axes and where those of arrays with fewer start, as a text says."""
    axis, ndmin, start = current
    if text in ("r", "c"):
        raise NotImplementedError(f"directive {text!r}: numpy_rs has no matrices; use arrays of two axes")
    if "," in text:
        numbers = text.split(",")
        try:
            axis, ndmin = (int(n) for n in numbers[:2])
            if len(numbers) == 3:
                start = int(numbers[2])
        except ValueError as e:
            raise ValueError(f"unknown special directive {text!r}") from e
        return axis, ndmin, start
    try:
        return int(text), ndmin, start
    except ValueError as e:
        raise ValueError("unknown special directive") from e


def _from_slice(item: slice, ndmin: int, start: int) -> LazyArray:
    """A range, or points at equal distances where the step is imaginary."""
    first = 0 if item.start is None else item.start
    step = 1 if item.step is None else item.step
    x = linspace(first, item.stop, int(abs(step))) if _is_imaginary(step) else arange(first, item.stop, step)
    if ndmin > 1:
        x = array(x, copy=None, ndmin=ndmin)
        if start != -1:
            x = x.swapaxes(-1, start)
    return x


def _with_axes(x: LazyArray, ndmin: int, start: int) -> LazyArray:
    """The array with axes of length one until there are so many: in front, or where its own would not start."""
    missing = ndmin - x.ndim
    x = array(x, copy=None, ndmin=ndmin)
    if start == -1 or missing <= 0:
        return x
    k = start + missing + 1 if start < 0 else start
    axes = list(range(ndmin))
    return x.transpose(axes[:k] + axes[missing:] + axes[k:missing])


class _Rows(_Join):
    """Arrays, numbers and slices joined along the first axis, by the syntax of indexing.

    A slice is a range, or with an imaginary step ``nj`` a row of ``n`` points, both ends among them. A text in front
    says along which axis (``'1'``), how many axes all have at least (``'1,2'``) and where the axes of arrays with fewer
    start (``'1,2,0'``). NumPy's ``'r'`` and ``'c'`` are refused: there are no matrices.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.r_[1:4, 0, [7, 8]].compute()
    array([1, 2, 3, 0, 7, 8])
    >>> lz.r_[0:1:3j].compute()
    array([0. , 0.5, 1. ])
    >>> lz.r_["1,2,0", [1, 2], [3, 4]].compute()
    array([[1, 3],
           [2, 4]])
    """


class _Columns(_Join):
    """Arrays, numbers and slices joined along the last axis, vectors as columns, by the syntax of indexing.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.c_[[1, 2, 3], 4:7].compute()
    array([[1, 4],
           [2, 5],
           [3, 6]])
    """


class _Index:
    """An index by the syntax of indexing: ``s_[1:3]`` is ``slice(1, 3)``; ``index_exp`` always gives a tuple.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.s_[2::2], lz.index_exp[2::2]
    (slice(2, None, 2), (slice(2, None, 2),))
    """

    def __init__(self, maketuple: bool) -> None:
        self._maketuple = maketuple

    def __getitem__(self, item: Any) -> Any:
        return (item,) if self._maketuple and not isinstance(item, tuple) else item


r_ = _Rows(0)


c_ = _Columns(-1, ndmin=2, start=0)


s_ = _Index(maketuple=False)


index_exp = _Index(maketuple=True)
