"""Grids: coordinates and indices of arrays, never stored."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._ranges import arange, linspace
from ._typing import ArrayLike, DTypeLike

__all__ = [
    "fromfunction",
    "indices",
    "meshgrid",
    "mgrid",
    "ogrid",
]

_asarray, _iota = _core.asarray, _core.iota


def meshgrid(*xi: ArrayLike, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[LazyArray, ...]:
    """Coordinates of a grid, from the coordinates of its axes.

    Parameters
    ----------
    *xi : array_like
        Coordinates along each axis; flattened.
    copy : bool
        Accepted; lazy arrays are values.
    sparse : bool
        Whether each result keeps length one along the other axes.
    indexing : {'xy', 'ij'}
        ``'xy'`` puts the second coordinate on the first axis; ``'ij'`` keeps the order.

    Returns
    -------
    tuple of LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x, y = lz.meshgrid([1, 2, 3], [10, 20])
    >>> (x + y).compute()
    array([[11, 12, 13],
           [21, 22, 23]])
    """
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    n = len(xi)
    out = [_asarray(x).reshape((1,) * i + (-1,) + (1,) * (n - 1 - i)) for i, x in enumerate(xi)]
    if indexing == "xy" and n > 1:
        out = [x.swapaxes(0, 1) for x in out]
    if not sparse and out:
        joint = _core.broadcast_shapes(*(x.shape for x in out))
        out = [_core.broadcast_to(x, joint) for x in out]
    return tuple(out)


@overload
def indices(dimensions: Sequence[int], dtype: DTypeLike = int, sparse: Literal[False] = False) -> LazyArray: ...


@overload
def indices(dimensions: Sequence[int], dtype: DTypeLike = int, *, sparse: Literal[True]) -> tuple[LazyArray, ...]: ...


def indices(
    dimensions: Sequence[int], dtype: DTypeLike = int, sparse: bool = False
) -> LazyArray | tuple[LazyArray, ...]:
    """The indices of a grid.

    Parameters
    ----------
    dimensions : sequence of ints
        The shape of the grid.
    dtype : dtype_like
        The element type.
    sparse : bool
        Whether to give a tuple of arrays that have length one along the other axes.

    Returns
    -------
    LazyArray of shape ``(len(dimensions), *dimensions)``, or a tuple

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.indices((2, 2)).compute()
    array([[[0, 0],
            [1, 1]],
    <BLANKLINE>
           [[0, 1],
            [0, 1]]])
    """
    dims = tuple(dimensions)
    n = len(dims)
    if sparse:
        return tuple(
            _iota((1,) * i + (dim,) + (1,) * (n - 1 - i), 0, [int(d == i) for d in range(n)]).astype(dtype)
            for i, dim in enumerate(dims)
        )
    if n == 0:
        return _core.full((0,), 0, dtype)
    rows = [_iota((1, *dims), 0, [0] + [int(d == i) for d in range(n)]) for i in range(n)]
    return _core.concatenate(rows, 0, None).astype(dtype)


def fromfunction(
    function: Callable[..., Any], shape: Sequence[int], *, dtype: DTypeLike = float, like: Any = None, **kwargs: Any
) -> Any:
    """An array by a function of its indices.

    Parameters
    ----------
    function : callable
        Gets one array of indices for each axis.
    shape : sequence of ints
        The shape of the arrays of indices.
    dtype : dtype_like
        Their element type.
    like : object, optional
        Ignored.
    **kwargs
        Passed on to the function.

    Returns
    -------
    What the function gives.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fromfunction(lambda i, j: i == j, (2, 2), dtype=int).compute()
    array([[ True, False],
           [False,  True]])
    """
    dims = tuple(shape)
    grids = [_iota(dims, 0, [int(d == i) for d in range(len(dims))]).astype(dtype) for i in range(len(dims))]
    return function(*grids, **kwargs)


class _Grid:
    """Grids by the syntax of slices: a step ``nj`` means ``n`` points, both ends among them."""

    def __init__(self, sparse: bool) -> None:
        self._sparse = sparse

    @staticmethod
    def _range(s: slice) -> LazyArray:
        step, start = s.step, s.start
        start = 0 if start is None else start
        step = 1 if step is None else step
        if isinstance(step, complex):
            return linspace(start, s.stop, int(abs(step)))
        return arange(start, s.stop, step)

    def __getitem__(self, key: slice | tuple[slice, ...]) -> Any:
        if isinstance(key, slice):
            return self._range(key)
        axes = [self._range(k) for k in key]
        common = axes[0].dtype
        for a in axes[1:]:
            common = _core.promote_types(common, a.dtype)
        n = len(axes)
        grids = [a.astype(common).reshape((1,) * i + (-1,) + (1,) * (n - 1 - i)) for i, a in enumerate(axes)]
        if self._sparse:
            return tuple(grids)
        joint = tuple(a.size for a in axes)
        return _core.concatenate([_core.broadcast_to(g, joint)[None] for g in grids], 0, None)

    def __len__(self) -> int:
        return 0


class _MGrid(_Grid):
    """Dense grids: ``mgrid[0:2, 0:3]`` is one array of all coordinates.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.mgrid[0:2, 0:2].compute()
    array([[[0, 0],
            [1, 1]],
    <BLANKLINE>
           [[0, 1],
            [0, 1]]])
    >>> lz.mgrid[-1:1:3j].compute()
    array([-1.,  0.,  1.])
    """


class _OGrid(_Grid):
    """Open grids: ``ogrid[0:2, 0:3]`` is a tuple of arrays that broadcast to the grid.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> [x.shape for x in lz.ogrid[0:2, 0:3]]
    [(2, 1), (1, 3)]
    """


mgrid = _MGrid(sparse=False)


ogrid = _OGrid(sparse=True)
