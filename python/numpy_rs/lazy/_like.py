"""Arrays of one value in the shape and type of another."""

from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._creation import _check_device, _check_order, full
from ._typing import ArrayLike, DTypeLike, Order, ShapeLike

__all__ = [
    "empty_like",
    "full_like",
    "ones_like",
    "zeros_like",
]

_asarray, _full = _core.asarray, _core.full


def _like(a: ArrayLike, dtype: DTypeLike | None, shape: ShapeLike | None) -> tuple[Any, Any]:
    x = _asarray(a)
    return (x.shape if shape is None else shape), (x.dtype if dtype is None else dtype)


def zeros_like(
    a: ArrayLike,
    dtype: DTypeLike | None = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: str | None = None,
) -> LazyArray:
    """Zeros in the shape and type of an array.

    Parameters
    ----------
    a : array_like
        Gives shape and type.
    dtype : dtype_like, optional
        Another type.
    order, subok
        Accepted; they change nothing.
    shape : int or sequence of ints, optional
        Another shape.
    device : {'cpu'}, optional
        Only ``'cpu'``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.zeros_like([1, 2]).compute()
    array([0, 0])
    """
    where, what = _like(a, dtype, shape)
    _check_order(order)
    _check_device(device)
    return _full(where, 0, what)


def ones_like(
    a: ArrayLike,
    dtype: DTypeLike | None = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: str | None = None,
) -> LazyArray:
    """Ones in the shape and type of an array.

    Parameters
    ----------
    a, dtype, order, subok, shape, device
        As for `zeros_like`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.ones_like([0.5, 2]).compute()
    array([1., 1.])
    """
    where, what = _like(a, dtype, shape)
    _check_order(order)
    _check_device(device)
    return _full(where, 1, what)


def empty_like(
    prototype: ArrayLike,
    /,
    dtype: DTypeLike | None = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: str | None = None,
) -> LazyArray:
    """Zeros in the shape and type of an array: see `empty`.

    Parameters
    ----------
    prototype : array_like
        Gives shape and type.
    dtype, order, subok, shape, device
        As for `zeros_like`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.empty_like([0.5, 2]).dtype
    dtype('float64')
    """
    return zeros_like(prototype, dtype, order, subok, shape, device=device)


def full_like(
    a: ArrayLike,
    fill_value: ArrayLike,
    dtype: DTypeLike | None = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: str | None = None,
) -> LazyArray:
    """One value in the shape and type of an array.

    Parameters
    ----------
    a : array_like
        Gives shape and type.
    fill_value : array_like
        The value, converted to the type.
    dtype, order, subok, shape, device
        As for `zeros_like`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.full_like([1, 2], 2.7).compute()
    array([2, 2])
    """
    where, what = _like(a, dtype, shape)
    _check_order(order)
    return full(where, fill_value, what, device=device)
