"""Exceptions and warnings, with NumPy's names, bases and texts.

``except ValueError`` and ``warnings.filterwarnings`` written for NumPy work unchanged. The classes are
this package's own: NumPy is not needed at run time.
"""

from typing import Any

__all__ = [
    "AxisError",
    "ComplexWarning",
    "DTypePromotionError",
    "RankWarning",
    "TooHardError",
    "VisibleDeprecationWarning",
]
# `UFuncTypeError` is not public in NumPy either.


class ComplexWarning(RuntimeWarning):
    """Given when a cast from complex to real drops the imaginary part.

    Examples
    --------
    >>> from numpy_rs.exceptions import ComplexWarning
    >>> issubclass(ComplexWarning, RuntimeWarning)
    True
    """


class VisibleDeprecationWarning(UserWarning):
    """A deprecation that is shown by default, unlike `DeprecationWarning`.

    Examples
    --------
    >>> from numpy_rs.exceptions import VisibleDeprecationWarning
    >>> issubclass(VisibleDeprecationWarning, UserWarning)
    True
    """


class RankWarning(RuntimeWarning):
    """Given when the matrix of a polynomial fit lacks full rank.

    Examples
    --------
    >>> from numpy_rs.exceptions import RankWarning
    >>> issubclass(RankWarning, RuntimeWarning)
    True
    """


class TooHardError(RuntimeError):
    """Raised when a search for shared memory would exceed ``max_work``.

    Examples
    --------
    >>> from numpy_rs.exceptions import TooHardError
    >>> issubclass(TooHardError, RuntimeError)
    True
    """


class AxisError(ValueError, IndexError):
    """Raised when an axis is not one of the array's.

    Parameters
    ----------
    axis : int or str
        The axis as the user gave it; or, alone, the whole message.
    ndim : int, optional
        Number of axes of the array.
    msg_prefix : str, optional
        Written before the message, with a colon.

    Attributes
    ----------
    axis, ndim : int or None
        None if only a message was given.

    Examples
    --------
    >>> from numpy_rs.exceptions import AxisError
    >>> print(AxisError(2, 1, msg_prefix="error"))
    error: axis 2 is out of bounds for array of dimension 1
    >>> print(AxisError("Custom error message"))
    Custom error message
    """

    __slots__ = ("_message", "axis", "ndim")

    axis: Any
    ndim: int | None
    _message: Any

    def __init__(self, axis: Any, ndim: int | None = None, msg_prefix: str | None = None) -> None:
        if ndim is None and msg_prefix is None:
            self.axis, self.ndim, self._message = None, None, axis
        else:
            self.axis, self.ndim, self._message = axis, ndim, msg_prefix

    def __str__(self) -> str:
        if self.axis is None and self.ndim is None:
            return str(self._message)
        text = f"axis {self.axis} is out of bounds for array of dimension {self.ndim}"
        return text if self._message is None else f"{self._message}: {text}"


class DTypePromotionError(TypeError):
    """Raised when dtypes have no common dtype.

    Examples
    --------
    >>> from numpy_rs.exceptions import DTypePromotionError
    >>> issubclass(DTypePromotionError, TypeError)
    True
    """


class UFuncTypeError(TypeError):
    """Raised when a ufunc has no loop for types, or may not cast to those of its loop.

    Examples
    --------
    >>> from numpy_rs.exceptions import UFuncTypeError
    >>> issubclass(UFuncTypeError, TypeError)
    True
    """
