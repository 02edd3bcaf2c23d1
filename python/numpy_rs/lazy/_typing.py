"""What annotations of this package say for array-like arguments, shapes, axes and element types."""

from collections.abc import Sequence
from typing import Any, Protocol, SupportsIndex, TypeAlias

from numpy_rs._core import LazyArray, dtype, ndarray

__all__ = ["ArrayLike", "Axis", "Axes", "DTypeLike", "Order", "ShapeLike"]


class _HasArray(Protocol):
    def __array__(self) -> Any: ...


class _HasInterface(Protocol):
    @property
    def __array_interface__(self) -> dict[str, Any]: ...


class _HasStr(Protocol):
    @property
    def str(self) -> str: ...


# A complex is what takes every Python number; `array.array` and `memoryview` are sequences.
ArrayLike: TypeAlias = LazyArray | ndarray | complex | Sequence[Any] | _HasArray | _HasInterface
DTypeLike: TypeAlias = str | type[Any] | dtype | _HasStr
ShapeLike: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
Axis: TypeAlias = SupportsIndex
Axes: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
Order: TypeAlias = str | None
