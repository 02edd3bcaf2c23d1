"""Products of matrices and of vectors: the contraction is a kernel, what feeds it and follows is fused."""

import builtins
import operator
import warnings
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._join import stack as _stack
from ._out import _no_out
from ._typing import ArrayLike, Axis, DTypeLike, Order
from ._ufuncs import multiply as _multiply

__all__ = ["cross", "dot", "inner", "kron", "matmul", "matvec", "outer", "tensordot", "vdot", "vecdot", "vecmat"]

_asarray = _core.asarray


def _refuse(name: str, out: Any, options: dict[str, Any]) -> None:
    """Refuse what the engine's products do not take."""
    _no_out(out, name)
    for key in options:
        raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")


def _product(
    name: str, x1: ArrayLike, x2: ArrayLike, out: Any, axes: Any, axis: Any, casting: str, dtype: Any
) -> LazyArray:
    """A generalized ufunc of two operands: its loop chosen by `dtype`, its axes moved by `axes` or `axis`."""
    _refuse(name, out, {})
    a, b = _asarray(x1), _asarray(x2)
    if axis is not None:
        if axes is not None:
            raise TypeError("cannot specify both 'axis' and 'axes'")
        if name != "vecdot":
            signature = _SIGNATURES[name]
            distinct = 3 if name == "matmul" else 2
            raise TypeError(
                f"{name}: axis can only be used with a single shared core dimension, not with the {distinct} distinct "
                f"ones implied by signature {signature}."
            )
        axes = [axis, axis]
    if dtype is not None:
        for i, x in enumerate((a, b)):
            if not _core.can_cast(x, dtype, casting):
                raise _casting_error(name, i, x.dtype, _core.result_type(dtype), casting)
        a, b = a.astype(dtype), b.astype(dtype)
    if axes is None:
        return _core.product(name, a, b)
    return _with_axes(name, a, b, axes)


def _no_keepdims(name: str, keepdims: builtins.bool) -> None:
    """Refuse `keepdims` where the result has axes of its own."""
    if keepdims:
        own = (
            "output 0 to have 2"
            if name == "matmul"
            else "input 1 to have 1"
            if name == "matvec"
            else "input 1 to have 2"
        )
        raise TypeError(
            f"{name} does not support keepdims: its signature {_SIGNATURES[name]} requires {own} core dimensions, but "
            "keepdims can only be used when all inputs have the same number of core dimensions and all outputs have no "
            "core dimensions."
        )


def _casting_error(name: str, i: int, own: Any, to: Any, casting: str) -> Exception:
    """NumPy's error where an operand cannot be cast to the loop's type."""
    from numpy_rs.exceptions import UFuncTypeError

    return UFuncTypeError(
        f"Cannot cast ufunc '{name}' input {i} from dtype('{own}') to dtype('{to}') with casting rule '{casting}'"
    )


_SIGNATURES = {
    "matmul": "(n?,k),(k,m?)->(n?,m?)",
    "matvec": "(m,n),(n)->(m)",
    "vecmat": "(n),(n,m)->(m)",
    "vecdot": "(n),(n)->()",
}

# The number of core axes of operands and result of each.
_CORE = {"matmul": (2, 2, 2), "matvec": (2, 1, 1), "vecmat": (1, 2, 1), "vecdot": (1, 1, 0)}


def _with_axes(name: str, a: LazyArray, b: LazyArray, axes: Any) -> LazyArray:
    """The product with its core axes where `axes` says."""
    core = _CORE[name]
    if name == "matmul":
        ones = a.ndim == 1, b.ndim == 1
        core = 1 if ones[0] else 2, 1 if ones[1] else 2, 2 - ones[0] - ones[1]
    if not isinstance(axes, list):
        raise TypeError("axes should be a list.")
    if len(axes) != 3 and not (len(axes) == 2 and core[2] == 0):
        raise ValueError(
            "axes should be a list with an entry for all inputs and outputs; entries for outputs can only be "
            "omitted if none of them has core axes."
        )
    moved = []
    for entry, n in zip([*axes, ()], core, strict=False):
        places = (entry,) if isinstance(entry, int) else tuple(entry)
        moved.append(tuple(operator.index(p) for p in places))
        if len(moved[-1]) != n:
            raise ValueError(
                f"{name}: operand {len(moved) - 1} has {n} core dimensions, but {len(moved[-1])} dimensions are "
                "specified by axes tuple."
            )
    last = [tuple(range(-n, 0)) for n in core]
    a, b = _core.moveaxis(a, moved[0], last[0]), _core.moveaxis(b, moved[1], last[1])
    return _core.moveaxis(_core.product(name, a, b), last[2], moved[2])


def matmul(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    out: None = None,
    *,
    axes: Any = None,
    axis: Axis | None = None,
    keepdims: builtins.bool = False,
    casting: str = "same_kind",
    order: Order = "K",
    dtype: DTypeLike | None = None,
    subok: builtins.bool = True,
    signature: None = None,
) -> LazyArray:
    """The matrix product: over the last axis of the first operand and the last but one of the second.

    Parameters
    ----------
    x1 : array_like, shape (..., M, K) or (K,)
        The first operand; one axis is a row.
    x2 : array_like, shape (..., K, N) or (K,)
        The second operand; one axis is a column. Leading axes broadcast.
    out : None
        Lazy arrays are values: use ``compute(out=...)``.
    axes : list, optional
        Where the axes of the matrices are, for each operand and the result.
    axis, keepdims
        Refused, as by NumPy.
    casting : str
        How operands may be cast to `dtype`.
    dtype : dtype_like, optional
        The type in which to multiply.
    order, subok, signature
        Ignored.

    Returns
    -------
    LazyArray, shape (..., M, N), dtype ``result_type(x1, x2)``

    Notes
    -----
    Integers wrap in their type; of bools the result says whether any pair is true. float16 is added in float32.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.matmul([[1, 2], [3, 4]], [[1, 0], [1, 1]]).compute()
    array([[3, 2],
           [7, 4]])
    """
    _no_keepdims("matmul", keepdims)
    return _product("matmul", x1, x2, out, axes, axis, casting, dtype)


def matvec(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    out: None = None,
    *,
    axes: Any = None,
    axis: Axis | None = None,
    keepdims: builtins.bool = False,
    casting: str = "same_kind",
    order: Order = "K",
    dtype: DTypeLike | None = None,
    subok: builtins.bool = True,
    signature: None = None,
) -> LazyArray:
    """Matrices by vectors.

    Parameters
    ----------
    x1 : array_like, shape (..., M, K)
        Matrices.
    x2 : array_like, shape (..., K)
        Vectors. Leading axes broadcast.
    out, axes, axis, keepdims, casting, order, dtype, subok, signature
        As for `matmul`.

    Returns
    -------
    LazyArray, shape (..., M)

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.matvec([[1, 2], [3, 4]], [[1, 0], [1, 1]]).compute()
    array([[1, 3],
           [3, 7]])
    """
    _no_keepdims("matvec", keepdims)
    return _product("matvec", x1, x2, out, axes, axis, casting, dtype)


def vecmat(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    out: None = None,
    *,
    axes: Any = None,
    axis: Axis | None = None,
    keepdims: builtins.bool = False,
    casting: str = "same_kind",
    order: Order = "K",
    dtype: DTypeLike | None = None,
    subok: builtins.bool = True,
    signature: None = None,
) -> LazyArray:
    """Vectors, conjugated, by matrices.

    Parameters
    ----------
    x1 : array_like, shape (..., K)
        Vectors.
    x2 : array_like, shape (..., K, N)
        Matrices. Leading axes broadcast.
    out, axes, axis, keepdims, casting, order, dtype, subok, signature
        As for `matmul`.

    Returns
    -------
    LazyArray, shape (..., N)

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.vecmat([1, 1], [[1, 2], [3, 4]]).compute()
    array([4, 6])
    """
    _no_keepdims("vecmat", keepdims)
    return _product("vecmat", x1, x2, out, axes, axis, casting, dtype)


def vecdot(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    out: None = None,
    *,
    axes: Any = None,
    axis: Axis | None = None,
    keepdims: builtins.bool = False,
    casting: str = "same_kind",
    order: Order = "K",
    dtype: DTypeLike | None = None,
    subok: builtins.bool = True,
    signature: None = None,
) -> LazyArray:
    """Vectors, conjugated, by vectors.

    Parameters
    ----------
    x1, x2 : array_like, shape (..., K)
        Vectors. Leading axes broadcast.
    axis : int, optional
        The axis of the vectors; the last by default.
    keepdims : bool
        Whether it stays, with length one.
    out, axes, casting, order, dtype, subok, signature
        As for `matmul`.

    Returns
    -------
    LazyArray, shape (...)

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.vecdot([[1, 2], [3, 4]], [1, 10]).compute()
    array([21, 43])
    """
    result = _product("vecdot", x1, x2, out, axes, axis, casting, dtype)
    return _core.expand_dims(result, -1 if axis is None else axis) if keepdims else result


def dot(a: ArrayLike, b: ArrayLike, out: None = None) -> LazyArray:
    """The product over the last axis of one operand and the last but one of the other, for all pairs of the rest.

    Parameters
    ----------
    a : array_like, shape (..., K)
        The first operand.
    b : array_like, shape (..., K, N) or (K,)
        The second operand. If either is a single number, all elements of the other are multiplied by it.
    out : None
        Lazy arrays are values: use ``compute(out=...)``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.dot([1, 2, 3], [4, 5, 6]).compute()
    array(32)
    """
    if out is not None:
        _refuse("dot", out, {})
    product = _core.dot(a, b)
    if product is not None:
        return product
    x, y = _asarray(a), _asarray(b)
    if x.ndim == 0 or y.ndim == 0:
        return _multiply(x, y)
    axis = builtins.max(y.ndim - 2, 0)
    if x.shape[-1] != y.shape[axis]:
        raise ValueError(_not_aligned(x, y, axis))
    return _contract(x, (x.ndim - 1,), y, (axis,))


def _not_aligned(x: LazyArray, y: LazyArray, axis: int) -> str:
    """NumPy's words for lengths that differ in `dot` and `inner`."""
    shapes = " and ".join(f"({','.join(map(str, s))}{',' if len(s) == 1 else ''})" for s in (x.shape, y.shape))
    return f"shapes {shapes} not aligned: {x.shape[-1]} (dim {x.ndim - 1}) != {y.shape[axis]} (dim {axis})"


def _contract(a: LazyArray, axes_a: tuple[int, ...], b: LazyArray, axes_b: tuple[int, ...]) -> LazyArray:
    """The sum of products over these axes, for all pairs of the others: as one product of matrices."""
    free_a = [d for d in range(a.ndim) if d not in axes_a]
    free_b = [d for d in range(b.ndim) if d not in axes_b]
    m, n, k = (_count(x.shape[d] for d in axes) for x, axes in ((a, free_a), (b, free_b), (a, axes_a)))
    left = a.transpose(*free_a, *axes_a).reshape(m, k)
    right = b.transpose(*axes_b, *free_b).reshape(k, n)
    shape = [a.shape[d] for d in free_a] + [b.shape[d] for d in free_b]
    return _core.product("matmul", left, right).reshape(shape)


def _count(lengths: Any) -> int:
    """The product of lengths."""
    total = 1
    for n in lengths:
        total *= n
    return total


def vdot(a: ArrayLike, b: ArrayLike, /) -> LazyArray:
    """The sum of products of all elements, those of the first operand conjugated.

    Parameters
    ----------
    a, b : array_like
        Operands with as many elements.

    Returns
    -------
    LazyArray
        Of no axes.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.vdot([1 + 2j, 3], [1j, 2]).compute()
    array(8.+1.j)
    """
    x, y = _asarray(a).reshape(-1), _asarray(b)
    return _core.product("vecdot", x, y.reshape(x.shape))


def inner(a: ArrayLike, b: ArrayLike, /) -> LazyArray:
    """The product over the last axes of both operands, for all pairs of the others.

    Parameters
    ----------
    a, b : array_like, shape (..., K)
        The operands. If either is a single number, all elements of the other are multiplied by it.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.inner([[1, 2], [3, 4]], [1, 10]).compute()
    array([21, 43])
    """
    x, y = _asarray(a), _asarray(b)
    if x.ndim == 0 or y.ndim == 0:
        return _multiply(x, y)
    if x.shape[-1] != y.shape[-1]:
        # NumPy says the second shape with its last two axes exchanged.
        y = y.swapaxes(-1, -2) if y.ndim > 1 else y
        raise ValueError(_not_aligned(x, y, builtins.max(y.ndim - 2, 0)))
    return _contract(x, (x.ndim - 1,), y, (y.ndim - 1,))


def outer(a: ArrayLike, b: ArrayLike, out: None = None) -> LazyArray:
    """The products of all pairs of elements.

    Parameters
    ----------
    a, b : array_like
        The operands, taken as vectors.
    out : None
        Lazy arrays are values: use ``compute(out=...)``.

    Returns
    -------
    LazyArray, shape (a.size, b.size)

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.outer([1, 2], [3, 4]).compute()
    array([[3, 4],
           [6, 8]])
    """
    _refuse("outer", out, {})
    return _multiply(_asarray(a).reshape(-1, 1), _asarray(b).reshape(1, -1))


def tensordot(a: ArrayLike, b: ArrayLike, axes: Any = 2) -> LazyArray:
    """The sum of products over chosen axes of both operands, for all pairs of the others.

    Parameters
    ----------
    a, b : array_like
        The operands.
    axes : int or pair of sequences of ints
        How many axes: the last of the first operand with the first of the second; or the axes of each.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.tensordot(lz.ones((2, 3, 4)), lz.ones((4, 3, 5)), axes=([1, 2], [1, 0])).shape
    (2, 5)
    """
    x, y = _asarray(a), _asarray(b)
    try:
        iter(axes)
    except TypeError:
        n = operator.index(axes)
        axes_x, axes_y = list(range(-n, 0)), list(range(n))
    else:
        axes_x, axes_y = (list(s) if isinstance(s, Sequence) else [s] for s in axes)
    fits = len(axes_x) == len(axes_y)
    if fits:
        for i, j in zip(axes_x, axes_y, strict=True):
            if x.shape[i] != y.shape[j]:
                fits = False
    if not fits:
        raise ValueError("shape-mismatch for sum")
    own_x, own_y = (tuple(d + z.ndim if d < 0 else d for d in ds) for z, ds in ((x, axes_x), (y, axes_y)))
    if len(set(own_x)) != len(own_x) or len(set(own_y)) != len(own_y):
        raise ValueError("duplicate axes are not allowed in tensordot")
    return _contract(x, own_x, y, own_y)


def kron(a: ArrayLike, b: ArrayLike) -> LazyArray:
    """The Kronecker product: the second operand, scaled by each element of the first, in its place.

    Parameters
    ----------
    a, b : array_like
        The operands; the one of fewer axes gets leading axes of length one.

    Returns
    -------
    LazyArray, each axis as long as those of both multiplied

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.kron([1, 10], [1, 2, 3]).compute()
    array([ 1,  2,  3, 10, 20, 30])
    """
    x, y = _asarray(a), _asarray(b)
    ndim = builtins.max(x.ndim, y.ndim)
    own, other = ((1,) * (ndim - z.ndim) + z.shape for z in (x, y))
    left = x.reshape([n for m in own for n in (m, 1)])
    right = y.reshape([n for m in other for n in (1, m)])
    return _multiply(left, right).reshape([m * n for m, n in zip(own, other, strict=True)])


def cross(
    a: ArrayLike, b: ArrayLike, axisa: Axis = -1, axisb: Axis = -1, axisc: Axis = -1, axis: Axis | None = None
) -> LazyArray:
    """The cross product of vectors.

    Parameters
    ----------
    a, b : array_like
        Vectors of length two or three along their axis; the other axes broadcast. A third component that is not there
        is zero; of two vectors of length two only the third of the product is given.
    axisa, axisb, axisc : int
        The axis of the vectors in each operand and in the result.
    axis : int, optional
        All three.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.cross([1, 2, 3], [4, 5, 6]).compute()
    array([-3,  6, -3])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = _core.moveaxis(_asarray(a), axisa, -1), _core.moveaxis(_asarray(b), axisb, -1)
    m, n = x.shape[-1], y.shape[-1]
    if m not in (2, 3) or n not in (2, 3):
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if 2 in (m, n):
        warnings.warn(
            "Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors instead. "
            "(deprecated in NumPy 2.0)",
            DeprecationWarning,
            stacklevel=2,
        )
    dtype = _core.promote_types(x.dtype, y.dtype)
    x, y = x.astype(dtype), y.astype(dtype)
    last = x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0]
    if m == n == 2:
        return last
    if m == 2:
        parts = [x[..., 1] * y[..., 2], -(x[..., 0] * y[..., 2]), last]
    elif n == 2:
        parts = [-(x[..., 2] * y[..., 1]), x[..., 2] * y[..., 0], last]
    else:
        first = x[..., 1] * y[..., 2] - x[..., 2] * y[..., 1]
        parts = [first, x[..., 2] * y[..., 0] - x[..., 0] * y[..., 2], last]
    return _core.moveaxis(_stack(parts, -1), -1, axisc)
