"""What annotations of this package say for array-like arguments, shapes, axes and element types."""

from collections.abc import Sequence
from typing import Any, Protocol, SupportsIndex, TypeAlias

from numpy_rs._core import LazyArray, dtype, ndarray

__all__ = [
    "ArrayLike",
    "Axes",
    "Axis",
    "Binary",
    "BinaryPair",
    "DTypeLike",
    "Order",
    "ShapeLike",
    "Ternary",
    "Unary",
    "UnaryPair",
]


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


class _Ufunc(Protocol):
    """What all ufuncs have."""

    @property
    def __name__(self) -> str: ...
    @property
    def nin(self) -> int: ...
    @property
    def nout(self) -> int: ...
    @property
    def nargs(self) -> int: ...
    @property
    def ntypes(self) -> int: ...
    @property
    def types(self) -> list[str]: ...
    @property
    def identity(self) -> Any: ...
    @property
    def signature(self) -> None: ...
    def reduce(
        self,
        array: ArrayLike,
        axis: Axes | None = 0,
        dtype: DTypeLike | None = None,
        out: None = None,
        keepdims: bool | None = False,
        initial: ArrayLike | None = None,
        where: ArrayLike | None = True,
    ) -> LazyArray: ...
    def accumulate(
        self, array: ArrayLike, axis: Axes | None = 0, dtype: DTypeLike | None = None, out: None = None
    ) -> LazyArray: ...
    def outer(self, A: ArrayLike, B: ArrayLike, /, **kwargs: Any) -> Any: ...


class Unary(_Ufunc, Protocol):
    """A ufunc of one operand."""

    def __call__(self, x: ArrayLike, /, *, dtype: DTypeLike | None = None, **options: Any) -> LazyArray: ...


class Binary(_Ufunc, Protocol):
    """A ufunc of two operands."""

    def __call__(
        self, x1: ArrayLike, x2: ArrayLike, /, *, dtype: DTypeLike | None = None, **options: Any
    ) -> LazyArray: ...


class Ternary(_Ufunc, Protocol):
    """A ufunc of three operands."""

    def __call__(
        self, x1: ArrayLike, x2: ArrayLike, x3: ArrayLike, /, *, dtype: DTypeLike | None = None, **options: Any
    ) -> LazyArray: ...


class UnaryPair(_Ufunc, Protocol):
    """A ufunc of one operand with two results."""

    def __call__(
        self, x: ArrayLike, /, *, dtype: DTypeLike | None = None, **options: Any
    ) -> tuple[LazyArray, LazyArray]: ...


class BinaryPair(_Ufunc, Protocol):
    """A ufunc of two operands with two results."""

    def __call__(
        self, x1: ArrayLike, x2: ArrayLike, /, *, dtype: DTypeLike | None = None, **options: Any
    ) -> tuple[LazyArray, LazyArray]: ...
