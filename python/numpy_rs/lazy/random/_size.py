"""The shapes of draws, and what their parameters may be."""

import builtins
import math
import operator
from collections.abc import Callable
from typing import Any, SupportsIndex, TypeAlias, TypeGuard

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .._shape import _axis_index
from .._typing import ArrayLike, Axis, DTypeLike, ShapeLike
from .._ufuncs import isfinite, isnan, signbit

__all__: list[str] = []

Parameter: TypeAlias = float | LazyArray


def _is_number(value: Any) -> TypeGuard[SupportsIndex]:
    """Whether an argument is an integer, and no array that would make one."""
    return hasattr(value, "__index__") and not getattr(value, "shape", ())


def _population(a: ArrayLike, axis: Axis, count: int) -> tuple[LazyArray | None, int]:
    """The array that so many elements are drawn from, None for integers below a number; and how many there are."""
    if _is_number(a):
        population = operator.index(a)
        if population <= 0 and count:
            raise ValueError("a must be a positive integer unless no samples are taken")
        return None, population
    source = _core.asarray(a)
    if source.ndim == 0:
        raise ValueError(f"a must be a sequence or an integer, not {type(a)}")
    population = source.shape[_axis_index(axis, source.ndim)]
    if population == 0 and count:
        raise ValueError("a cannot be empty unless no samples are taken")
    return source, population


def _shape(size: ShapeLike | None) -> tuple[tuple[int, ...], int]:
    """A shape and its number of elements."""
    shape: tuple[int, ...]
    if size is None:
        return (), 1
    if _is_number(size):
        shape = (operator.index(size),)
    elif hasattr(size, "__iter__"):
        shape = tuple(operator.index(n) for n in size)
    else:
        raise TypeError(f"expected a sequence of integers or a single integer, got '{size!r}'")
    if any(n < 0 for n in shape):
        raise ValueError("negative dimensions are not allowed")
    return shape, math.prod(shape)


def _joint(size: ShapeLike | None, *parameters: Parameter) -> tuple[tuple[int, ...], int]:
    """The shape of a draw with parameters, which broadcast."""
    shapes = [p.shape for p in parameters if isinstance(p, LazyArray)]
    if size is None:
        shape = _core.broadcast_shapes(*shapes) if shapes else ()
        return shape, math.prod(shape)
    shape, count = _shape(size)
    if shapes:
        joint = _core.broadcast_shapes(shape, *shapes)
        if joint != shape:
            inputs = _core.broadcast_shapes(*shapes)
            raise ValueError(f"Output size {shape} is not compatible with broadcast dimensions of inputs {inputs}.")
    return shape, count


def _parameter(value: ArrayLike) -> Parameter:
    """A number, or an array of float64."""
    if isinstance(value, (int, float)):
        return float(value)
    if not isinstance(value, LazyArray):
        array = _core.asarray(value)
        if array.dtype.kind == "c":
            raise TypeError("Cannot cast array data from complex to float64 according to the rule 'safe'")
        return array.astype("float64") if array.ndim else float(array.item())
    return value.astype("float64")


def _where(value: Parameter, given: ArrayLike, wrong: Callable[[Any], Any]) -> bool:
    """Whether a condition holds anywhere in a parameter. Lazy arrays are not looked at: their values are yet to be."""
    if isinstance(given, LazyArray):
        return False
    return builtins.bool(wrong(value) if isinstance(value, float) else wrong(value).any())


def _lazy(*parameters: ArrayLike) -> ArrayLike:
    """The first of the parameters that is lazy, so that what is made of them is not looked at; else the first."""
    return next((x for x in parameters if isinstance(x, LazyArray)), parameters[0])


def _negative(value: ArrayLike, name: str) -> Parameter:
    """A parameter that must not be negative, not even as a zero."""
    given, value = value, _parameter(value)

    def signed(x: Any) -> Any:
        return signbit(x) & ~isnan(x) if isinstance(x, LazyArray) else math.copysign(1, x) < 0 and x == x

    if _where(value, given, signed):
        raise ValueError(f"{name} < 0")
    return value


def _positive(value: ArrayLike, name: str) -> Parameter:
    """A parameter that must be positive."""
    given, value = value, _parameter(value)
    if _where(value, given, lambda x: x <= 0):
        raise ValueError(f"{name} <= 0")
    return value


def _span(low: Parameter, high: Parameter, given: ArrayLike) -> Parameter:
    """The length of a range, which must be finite and not negative."""
    span = high - low
    if _where(span, given, lambda x: ~isfinite(x) if isinstance(x, LazyArray) else x - x != 0):
        raise OverflowError("high - low range exceeds valid bounds")
    if _where(span, given, lambda x: x < 0):
        raise ValueError("high - low < 0")
    return span


def _byte_count(length: Any) -> int:
    """How many bytes are asked for, as NumPy takes it into a C long."""
    if not isinstance(length, float) and not hasattr(length, "__index__"):
        raise TypeError("an integer is required")
    return _core.c_int(int(length), "long")


def _precision(dtype: DTypeLike, name: str) -> str:
    """How the core's table names draws of a type."""
    t = _core.dtype(dtype)
    if t.name not in ("float64", "float32"):
        raise TypeError(f"Unsupported dtype {t!r} for {name}")
    return "" if t.name == "float64" else ".float32"
