"""The shapes of draws, and what their parameters may be."""

import builtins
import math
import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .._typing import ArrayLike, ShapeLike

__all__: list[str] = []

Parameter: TypeAlias = float | LazyArray


def _shape(size: ShapeLike | None) -> tuple[tuple[int, ...], int]:
    """A shape and its number of elements."""
    shape: tuple[int, ...]
    if size is None:
        return (), 1
    if hasattr(size, "__index__") and not getattr(size, "shape", ()):
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


def _negative(value: ArrayLike, name: str) -> Parameter:
    """A parameter that must not be negative, not even as a zero."""
    given, value = value, _parameter(value)
    if _where(value, given, lambda x: math.copysign(1, x) < 0 and x == x if isinstance(x, float) else _signed(x)):
        raise ValueError(f"{name} < 0")
    return value


def _signed(x: LazyArray) -> LazyArray:
    from .._ufuncs import isnan, signbit

    return signbit(x) & ~isnan(x)


def _positive(value: ArrayLike, name: str) -> Parameter:
    """A parameter that must be positive."""
    given, value = value, _parameter(value)
    if _where(value, given, lambda x: x <= 0):
        raise ValueError(f"{name} <= 0")
    return value
