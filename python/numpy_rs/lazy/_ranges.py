"""Index functions: ranges, grids. Computed inside the loops that use them."""

import ctypes
import math
import operator
from typing import Any, Literal, overload

from numpy_rs import _core
from numpy_rs._core import LazyArray
from numpy_rs.exceptions import UFuncTypeError

from ._creation import _check_device
from ._promotion import issubdtype
from ._shape import _axis_index
from ._types import integer
from ._typing import ArrayLike, Axis, DTypeLike
from ._ufuncs import _where
from ._ufuncs import floor as _floor
from ._ufuncs import log10 as _log10
from ._ufuncs import power as _power
from ._ufuncs import sign as _sign

__all__ = [
    "arange",
    "geomspace",
    "linspace",
    "logspace",
]

_asarray, _iota = _core.asarray, _core.iota


def _number(x: Any, name: str) -> Any:
    """A Python number of a scalar: of a lazy one, by computing it."""
    if type(x) in (int, float):
        return x
    if isinstance(x, (bool, int)):
        return int(x)
    if hasattr(x, "dtype"):
        return _asarray(x).item()
    if isinstance(x, float):
        return float(x)
    if hasattr(x, "__index__"):
        return operator.index(x)
    if isinstance(x, complex):
        return complex(x)
    raise TypeError(f"arange: {name} must be a number, not {type(x).__name__!r}")


def _kind(*values: Any) -> _core.dtype:
    """The type of a range of these bounds: at least int64."""
    types: list[Any] = ["int64"]
    for v in values:
        found = getattr(v, "dtype", None)
        types.append(_asarray(v).dtype if found is None else found)
    result = types[0]
    for t in types[1:]:
        result = _core.promote_types(result, t)
    return _core.dtype(result)


def _wrapped(v: int) -> int:
    """An integer in 64 bits, as its two's complement."""
    return (v + (1 << 63)) % (1 << 64) - (1 << 63)


def _length(start: Any, stop: Any, step: Any) -> int:
    """The number of elements of a range, with NumPy's rounding."""
    if step == 0:
        raise ZeroDivisionError("division by zero" if isinstance(step, int) else "float division by zero")
    span = stop - start
    if isinstance(start, complex) or isinstance(span, complex) or isinstance(step, complex):
        ratio: complex = complex(span) / step
        return max(0, math.ceil(min(ratio.real, ratio.imag)))
    value: float = span / step
    if math.isnan(value):
        raise ValueError("arange: cannot compute length")
    if math.isinf(value) or value >= 2.0**63:
        raise ValueError("Maximum allowed size exceeded")
    if value == 0.0 and span != 0:
        return 0 if math.copysign(1.0, value) < 0 else 1
    return max(0, math.ceil(value))


def _rounded(v: float, dtype: _core.dtype) -> float:
    """A number rounded to a type."""
    if dtype.itemsize == 8:
        return v
    return ctypes.c_float(v).value if dtype.itemsize == 4 else float(_asarray(v).astype(dtype).item())


def _fill(n: int, start: float, after: float, dtype: _core.dtype) -> LazyArray:
    """``start, after, ...`` in steps of their difference, every operation rounded in the type, as NumPy fills."""
    # Float16 is filled in float32.
    work = _core.dtype("float32") if dtype.itemsize == 2 else dtype
    first, second = _rounded(start, dtype), _rounded(after, dtype)
    delta = _rounded(second - first, work)
    i = _iota((n,), 0, [1])
    x = i.astype(work)
    if delta != 1:
        x = x * delta
    if first != 0 or delta <= 0:
        x = x + first
    # The first two elements are stored as they are. The formula may miss -0.0, and the second where it is the larger.
    if first == 0 and math.copysign(1.0, first) < 0:
        x = _where(i == 0, first, x)
    if abs(first) < abs(delta) and first != 0:
        x = _where(i == 1, second, x)
    return x.astype(dtype)


@overload
def arange(
    start_or_stop: Any,
    /,
    stop: Any = None,
    step: Any = 1,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    like: Any = None,
) -> LazyArray: ...
@overload
def arange(
    *,
    start: Any = None,
    stop: Any = None,
    step: Any = 1,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    like: Any = None,
) -> LazyArray: ...
def arange(
    start_or_stop: Any = None,
    /,
    stop: Any = None,
    step: Any = 1,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    like: Any = None,
    start: Any = None,
) -> LazyArray:
    """Numbers from ``start`` up to ``stop``, without it, in steps; never stored.

    Parameters
    ----------
    start_or_stop : number
        Where to start; the end, if it is alone (then the start is 0).
    stop : number, optional
        The end; with a step of floats, rounding may let it in.
    step : number
        The distance.
    dtype : dtype_like, optional
        The element type; that of the bounds by default.
    device : {'cpu'}, optional
        Only ``'cpu'``.
    like : object, optional
        Ignored.
    start : number, optional
        The first argument by name.

    Returns
    -------
    LazyArray
        ``start + i * delta``, with ``delta`` the difference of the first two elements in the element type.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.arange(3).compute(), lz.arange(1, 2, 0.25).compute()
    (array([0, 1, 2]), array([1.  , 1.25, 1.5 , 1.75]))
    """
    if type(start_or_stop) is int and stop is None and step == 1 and dtype is None and device is None:
        if start is None and start_or_stop < 1 << 62:
            return _iota((max(start_or_stop, 0),), 0, [1])
    if device is not None:
        _check_device(device)
    if start is not None:
        if start_or_stop is not None:
            raise TypeError("argument for arange() given by name ('start') and position (position 0)")
        if stop is None:
            raise TypeError("arange() requires stop to be specified.")
        start_or_stop = start
    if start_or_stop is None:
        if stop is None:
            raise TypeError("arange() requires stop to be specified.")
        start_or_stop = 0
    if step is None:
        step = 1
    low, high = (0, start_or_stop) if stop is None else (start_or_stop, stop)
    t = _core.dtype(dtype) if dtype is not None else _kind(low, high, step)
    a, b, s = _number(low, "start"), _number(high, "stop"), _number(step, "step")
    n = _length(a, b, s)
    after = a + s
    if t.kind == "b":
        if n > 2:
            raise TypeError("arange() is only supported for booleans when the result has at most length 2.")
        return _asarray([bool(a), bool(after)][:n], "bool")
    if t.kind in "iu":
        first, second = int(a), int(after)
        low_end, high_end = (
            (0, 1 << 8 * t.itemsize) if t.kind == "u" else (-1 << 8 * t.itemsize - 1, 1 << 8 * t.itemsize - 1)
        )
        for value in (first, second)[:n]:
            if not low_end <= value < high_end:
                raise OverflowError(f"Python integer {value} out of bounds for {t.name}")
        x = _iota((n,), _wrapped(first), [_wrapped(second - first)])
        return x if t.name == "int64" else x.astype(t)
    if t.kind == "c":
        part = _core.dtype("f4" if t.itemsize == 8 else "f8")
        re = _fill(n, complex(a).real, complex(after).real, part).astype(t)
        if isinstance(a, complex) or isinstance(after, complex):
            return re + _fill(n, complex(a).imag, complex(after).imag, part) * 1j
        return re
    return _fill(n, float(a), float(after), t)


@overload
def linspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    retstep: Literal[False] = False,
    dtype: DTypeLike | None = None,
    axis: Axis = 0,
    *,
    device: str | None = None,
) -> LazyArray: ...
@overload
def linspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    *,
    retstep: Literal[True],
    dtype: DTypeLike | None = None,
    axis: Axis = 0,
    device: str | None = None,
) -> tuple[LazyArray, LazyArray]: ...
def linspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: DTypeLike | None = None,
    axis: Axis = 0,
    *,
    device: str | None = None,
) -> LazyArray | tuple[LazyArray, LazyArray]:
    """Evenly spaced numbers over an interval; never stored.

    Parameters
    ----------
    start, stop : array_like
        The ends; arrays broadcast.
    num : int
        How many.
    endpoint : bool
        Whether ``stop`` is the last of them.
    retstep : bool
        Whether the distance is given too.
    dtype : dtype_like, optional
        The element type, integers by rounding down; floating by default.
    axis : int
        The axis of the numbers in the result where the ends are arrays.
    device : {'cpu'}, optional
        Only ``'cpu'``.

    Returns
    -------
    LazyArray, or a pair of the array and the distance

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.linspace(0, 1, 5).compute()
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    if device is not None:
        _check_device(device)
    div = (num - 1) if endpoint else num
    i: LazyArray
    low: Any
    high: Any
    delta: Any
    step: Any
    weak = (int, float, complex)
    no_arrays = type(start) in weak and type(stop) in weak
    for at, end in enumerate((stop, start)):
        if type(end) is int and not -(1 << 63) <= end < 1 << 64:
            work = "complex128" if complex in (type(start), type(stop)) else "float64"
            raise UFuncTypeError(
                f"Cannot cast ufunc 'subtract' input {at} from dtype('O') to dtype('{work}') with casting rule "
                "'same_kind'"
            )
    if no_arrays and complex not in (type(start), type(stop)):
        low, high = float(start), float(stop)  # type: ignore[arg-type]
        delta, dt, shape = high - low, "float64", (num,)
        step = delta / div if div > 0 else math.nan
        vanishes: Any = step == 0
    else:
        found = _core.result_type(*(_asarray(v) if no_arrays or type(v) not in weak else v for v in (start, stop)), 0.0)
        low, high, dt = _asarray(start, found), _asarray(stop, found), found.name
        delta = high - low
        shape = (num, *(1,) * delta.ndim)
        step = delta / div if div > 0 else _asarray(math.nan)
        # Whether a step vanishes is not known before the ends are, and is looked at where they are numbers alone.
        vanishes = (step == 0).any()
        if not (isinstance(start, LazyArray) or isinstance(stop, LazyArray)):
            vanishes = bool(vanishes)
    i = _iota(shape, 0, [1, *(0,) * (len(shape) - 1)])
    y = i.astype(dt)
    if div <= 0:
        y = y * delta
    elif isinstance(vanishes, bool):
        y = (y / div) * delta if vanishes else y * step
    else:
        y = _where(vanishes, (y / div) * delta, y * step)
    y = y + low
    if endpoint and num > 1:
        y = _where(i == num - 1, high, y)
    if axis != 0:
        y = _core.moveaxis(y, 0, _axis_index(axis, y.ndim, "destination"))
    if dtype is not None:
        if issubdtype(dtype, integer):
            y = _floor(y)
        y = y.astype(dtype)
    return (y, _asarray(step)) if retstep else y


def logspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    base: ArrayLike = 10.0,
    dtype: DTypeLike | None = None,
    axis: Axis = 0,
) -> LazyArray:
    """Numbers spaced evenly on a logarithmic scale: ``base ** linspace(start, stop)``.

    Parameters
    ----------
    start, stop : array_like
        The exponents of the ends.
    num : int
        How many.
    endpoint : bool
        Whether ``base ** stop`` is the last of them.
    base : array_like
        The base.
    dtype : dtype_like, optional
        The element type; floating by default.
    axis : int
        The axis of the numbers in the result where the ends are arrays.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.logspace(0, 2, 3).compute()
    array([  1.,  10., 100.])
    """
    if not isinstance(base, (float, int)) and _asarray(base).ndim:
        ends = [_asarray(v) for v in (start, stop, base)]
        most = max(v.ndim for v in ends)
        start, stop, base = (v.reshape((1,) * (most - v.ndim) + v.shape) for v in ends)
        base = _core.expand_dims(base, axis)
    y = _power(base, linspace(start, stop, num, endpoint, axis=axis))
    return y if dtype is None else y.astype(dtype)


def geomspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    dtype: DTypeLike | None = None,
    axis: Axis = 0,
) -> LazyArray:
    """Numbers of a constant ratio between two ends.

    Parameters
    ----------
    start, stop : array_like
        The ends, not zero.
    num : int
        How many.
    endpoint : bool
        Whether ``stop`` is the last of them.
    dtype : dtype_like, optional
        The element type; floating by default.
    axis : int
        The axis of the numbers in the result where the ends are arrays.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.geomspace(1, 1000, num=4).compute()
    array([   1.,   10.,  100., 1000.])
    """
    first, last = _asarray(start), _asarray(stop)
    if not all(isinstance(v, LazyArray) for v in (start, stop)) and (
        bool((first == 0).any()) or bool((last == 0).any())
    ):
        raise ValueError("Geometric sequence cannot include zero")
    asked = "float64" if dtype is None else dtype
    dt = _core.result_type(first, last, float(num), _core.full((), 0, asked))
    first, last = first.astype(dt), last.astype(dt)
    sign = _sign(first)
    first, last = first / sign, last / sign
    result = logspace(_log10(first), _log10(last), num, endpoint, 10.0, dt)
    i = _iota((result.shape[0],) + (1,) * (result.ndim - 1), 0, [1] + [0] * (result.ndim - 1))
    if num > 0:
        result = _where(i == 0, first, result)
        if num > 1 and endpoint:
            result = _where(i == num - 1, last, result)
    result = result * sign
    if axis != 0:
        result = _core.moveaxis(result, 0, _axis_index(axis, result.ndim, "destination"))
    return result.astype(dt if dtype is None else dtype)
