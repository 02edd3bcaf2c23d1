"""Arrays from data, and arrays of one value."""

from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._typing import ArrayLike, DTypeLike, Order, ShapeLike

__all__ = [
    "array",
    "asanyarray",
    "asarray",
    "ascontiguousarray",
    "asfortranarray",
    "astype",
    "copy",
    "empty",
    "from_dlpack",
    "full",
    "ones",
    "zeros",
]

_asarray = asarray = _core.asarray
_full = _core.full


def _check_order(order: Order, allowed: str = "CFAK") -> None:
    if order is not None and not isinstance(order, str):
        raise TypeError(f"order must be str, not {type(order).__name__}")
    if order is not None and order.upper() not in tuple(allowed):
        if allowed == "CF" and order.upper() in ("A", "K"):
            raise ValueError("only 'C' or 'F' order is permitted")
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got {order!r})")


def _check_device(device: str | None) -> None:
    if device is not None and device != "cpu":
        raise ValueError(f'Device not understood. Only "cpu" is allowed, but received: {device}')


def asanyarray(
    a: ArrayLike,
    dtype: DTypeLike | None = None,
    order: Order = None,
    *,
    device: str | None = None,
    copy: bool | None = None,
    like: Any = None,
) -> LazyArray:
    """As `asarray`: lazy arrays have no subclasses.

    Parameters
    ----------
    a, dtype, order, device, copy, like
        As for `asarray`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asanyarray(1.5).dtype
    dtype('float64')
    """
    return asarray(a, dtype, order, device=device, copy=copy, like=like)


def ascontiguousarray(a: ArrayLike, dtype: DTypeLike | None = None, *, like: Any = None) -> LazyArray:
    """As `asarray`, with at least one axis: results are always contiguous.

    Parameters
    ----------
    a, dtype, like
        As for `asarray`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.ascontiguousarray(1.5).shape
    (1,)
    """
    x = _asarray(a, dtype)
    return x if x.ndim else x.reshape(1)


def asfortranarray(a: ArrayLike, dtype: DTypeLike | None = None, *, like: Any = None) -> LazyArray:
    """As `ascontiguousarray`: a lazy array has no memory order of its own.

    Parameters
    ----------
    a, dtype, like
        As for `asarray`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.asfortranarray([1, 2]).compute()
    array([1, 2])
    """
    return ascontiguousarray(a, dtype)


def array(
    object: ArrayLike,
    dtype: DTypeLike | None = None,
    *,
    copy: bool | None = True,
    order: Order = "K",
    subok: bool = False,
    ndmin: int = 0,
    ndmax: int = 0,
    like: Any = None,
) -> LazyArray:
    """A lazy array of a snapshot of the data.

    Parameters
    ----------
    object : array_like
        As for `asarray`.
    dtype : dtype_like, optional
        The element type; that of the data by default.
    copy : bool or None
        True, the default, copies memory now, so that later changes to it are not seen; None shares it.
    order, subok, like
        Accepted; they change nothing.
    ndmin : int
        Axes of length one are put in front until there are this many.
    ndmax : int
        The greatest number of axes; 0 is no limit.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.array([1.0, 2.0], ndmin=2).compute()
    array([[1., 2.]])
    """
    _check_order(order)
    x = asarray(object, dtype, copy=copy if copy is not True or hasattr(object, "shape") else None)
    if copy is True and isinstance(object, memoryview):
        x = _asarray(object, dtype, copy=True)
    if ndmax and x.ndim > ndmax:
        raise ValueError(
            "setting an array element with a sequence. The requested array would exceed the maximum "
            f"number of dimension of {ndmax}."
        )
    if ndmin > 64:
        raise ValueError("ndmin bigger than allowable number of dimensions (64).")
    return x.reshape((1,) * (ndmin - x.ndim) + x.shape) if ndmin > x.ndim else x


def copy(a: ArrayLike, order: Order = "K", subok: bool = False) -> LazyArray:
    """A lazy array of a snapshot of the data.

    Parameters
    ----------
    a : array_like
        As for `asarray`.
    order, subok
        Accepted; they change nothing.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.copy([1, 2]).compute()
    array([1, 2])
    """
    return array(a, order=order)


def astype(x: LazyArray, dtype: DTypeLike, /, *, copy: bool = True, device: str | None = None) -> LazyArray:
    """The elements converted to another type.

    Parameters
    ----------
    x : LazyArray
        The array.
    dtype : dtype_like
        The type. Floats truncate towards zero; integers wrap.
    copy : bool
        Accepted; lazy arrays are values.
    device : {'cpu'}, optional
        Only ``'cpu'``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.astype(lz.asarray([1.7, -1.7]), lz.int8).compute()
    array([ 1, -1], dtype=int8)
    """
    if not isinstance(x, (LazyArray, _core.ndarray)) and not hasattr(x, "__array_interface__"):
        raise TypeError(f"Input should be a NumPy array. It is of type {type(x)}.")
    if device is not None:
        _check_device(device)
    return _asarray(x).astype(dtype)


def from_dlpack(x: Any, /, *, device: str | None = None, copy: bool | None = None) -> LazyArray:
    """A lazy array over a tensor of another library.

    Parameters
    ----------
    x : object
        With ``__dlpack__``.
    device : {'cpu'}, optional
        Only ``'cpu'``, which then is asked for.
    copy : bool, optional
        Whether memory of its own is asked for (True) or refused (False); as the other library has it by default.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.from_dlpack(lz.arange(3).compute()).compute()
    array([0, 1, 2])
    """
    _check_device(device)
    return _asarray(_core.import_dlpack(x, device is not None, copy))


def full(
    shape: ShapeLike,
    fill_value: ArrayLike,
    dtype: DTypeLike | None = None,
    order: Order = "C",
    *,
    device: str | None = None,
    like: Any = None,
) -> LazyArray:
    """One value in a shape; never stored.

    Parameters
    ----------
    shape : int or sequence of ints
        Lengths of the axes.
    fill_value : array_like
        The value, or an array that broadcasts to the shape.
    dtype : dtype_like, optional
        The element type; that of the value by default.
    order : {'C', 'F'}
        Accepted; it changes nothing.
    device : {'cpu'}, optional
        Only ``'cpu'``.
    like : object, optional
        Ignored.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.full((2, 2), 7).compute()
    array([[7, 7],
           [7, 7]])
    """
    if order != "C":
        _check_order(order, "CF")
    if device is not None:
        _check_device(device)
    return _full(shape, fill_value, dtype)


def zeros(
    shape: ShapeLike,
    dtype: DTypeLike | None = None,
    order: Order = "C",
    *,
    device: str | None = None,
    like: Any = None,
) -> LazyArray:
    """Zeros; never stored.

    Parameters
    ----------
    shape : int or sequence of ints
        Lengths of the axes.
    dtype : dtype_like, optional
        The element type; float64 by default.
    order, device, like
        As for `full`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.zeros(3).compute()
    array([0., 0., 0.])
    """
    if order != "C":
        _check_order(order, "CF")
    if device is not None:
        _check_device(device)
    return _full(shape, 0, "float64" if dtype is None else dtype)


def ones(
    shape: ShapeLike,
    dtype: DTypeLike | None = None,
    order: Order = "C",
    *,
    device: str | None = None,
    like: Any = None,
) -> LazyArray:
    """Ones; never stored.

    Parameters
    ----------
    shape : int or sequence of ints
        Lengths of the axes.
    dtype : dtype_like, optional
        The element type; float64 by default.
    order, device, like
        As for `full`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.ones((1, 2), dtype=lz.int8).compute()
    array([[1, 1]], dtype=int8)
    """
    if order != "C":
        _check_order(order, "CF")
    if device is not None:
        _check_device(device)
    return _full(shape, 1, "float64" if dtype is None else dtype)


def empty(
    shape: ShapeLike,
    dtype: DTypeLike | None = None,
    order: Order = "C",
    *,
    device: str | None = None,
    like: Any = None,
) -> LazyArray:
    """Zeros: a lazy array is a value and has no memory whose contents could be left open.

    Parameters
    ----------
    shape : int or sequence of ints
        Lengths of the axes.
    dtype : dtype_like, optional
        The element type; float64 by default.
    order, device, like
        As for `full`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.empty((2, 3)).shape
    (2, 3)
    """
    return zeros(shape, dtype, order, device=device)
