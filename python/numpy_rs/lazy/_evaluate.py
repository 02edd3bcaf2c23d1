"""Where lazy arrays become values: one plan for several results."""

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from numpy_rs import _core
from numpy_rs._core import LazyArray, get_num_threads, ndarray, set_num_threads

from ._typing import ArrayLike

__all__ = ["compute", "explain", "fuse", "get_num_threads", "persist", "set_num_threads"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

# Whether a function is being traced by `fuse` in this context.
_tracing: ContextVar[bool] = ContextVar("_tracing", default=False)


def compute(*arrays: ArrayLike) -> tuple[ndarray, ...]:
    """The values of several lazy arrays, in one plan: shared work is done once.

    Floating-point errors are treated as `errstate` has it where this is called.

    Parameters
    ----------
    *arrays : array_like
        What to compute.

    Returns
    -------
    tuple of ndarray
        One for each.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.asarray([3.0, 1.0, 2.0])
    >>> lz.compute(x.min(), x.max(), x.mean())
    (array(1.), array(3.), array(2.))
    """
    return _core.compute_all(*arrays)


def persist(*arrays: ArrayLike) -> tuple[LazyArray, ...]:
    """Lazy arrays that hold their values, computed in one plan.

    Parameters
    ----------
    *arrays : array_like
        What to compute.

    Returns
    -------
    tuple of LazyArray
        One for each.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.asarray([3.0, 1.0, 2.0])
    >>> lz.persist(x + 1, x * 2)
    (LazyArray(shape=(3,), dtype=float64, ops=0), LazyArray(shape=(3,), dtype=float64, ops=0))
    """
    return tuple(_core.asarray(value) for value in _core.compute_all(*arrays))


def explain(*arrays: ArrayLike, level: str = "summary") -> str:
    """What `compute` of these arrays would do: walks, what is fused in each, passes over memory, bytes.

    Parameters
    ----------
    *arrays : array_like
        What would be computed.
    level : str
        How deep to look: ``'summary'``, ``'graph'``, ``'plan'`` or ``'ir'``.

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.asarray([3.0, 1.0, 2.0])
    >>> isinstance(lz.explain(x.min(), x.max()), str)
    True
    """
    return _core.explain_all(*arrays, level=level)


def _lazy(value: Any) -> Any:
    """Arrays as lazy arrays, in whatever structure they come; all else as it is."""
    if isinstance(value, LazyArray):
        return value
    if isinstance(value, ndarray) or hasattr(value, "__array_interface__"):
        return _core.asarray(value)
    if type(value) is tuple or type(value) is list:
        return type(value)(_lazy(v) for v in value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_lazy(v) for v in value))
    if type(value) is dict:
        return {k: _lazy(v) for k, v in value.items()}
    return value


def _collect(value: Any, found: list[LazyArray]) -> None:
    if isinstance(value, LazyArray):
        found.append(value)
    elif isinstance(value, (tuple, list)):
        for v in value:
            _collect(v, found)
    elif isinstance(value, dict):
        for v in value.values():
            _collect(v, found)


def _replace(value: Any, values: Any) -> Any:
    if isinstance(value, LazyArray):
        return next(values)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_replace(v, values) for v in value))
    if isinstance(value, (tuple, list)):
        return type(value)(_replace(v, values) for v in value)
    if isinstance(value, dict):
        return {k: _replace(v, values) for k, v in value.items()}
    return value


def fuse(function: Callable[_P, _R]) -> Callable[_P, Any]:
    """A function whose results are computed in one plan: a decorator.

    The function is called once a call with lazy arrays in place of its arrays, also of those inside tuples, lists and
    dicts. What it returns, in the same kinds of structure, is computed in one plan. Fused functions that it calls
    become part of that plan: they give it lazy arrays.

    Parameters
    ----------
    function : callable
        Arrays in, lazy arrays out. Other arguments and results pass through.

    Returns
    -------
    callable
        Of the same signature, that gives `ndarray` where the function gives lazy arrays.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> @lz.fuse
    ... def stats(x):
    ...     return {"mean": x.mean(), "spread": x.max() - x.min()}
    >>> stats(lz.asarray([1.0, 2.0, 6.0]))
    {'mean': array(3.), 'spread': array(5.)}
    """

    if not callable(function):
        raise TypeError(f"the first argument must be callable, not {type(function).__name__!r}")

    @functools.wraps(function)
    def fused(*args: _P.args, **kwargs: _P.kwargs) -> Any:
        if _tracing.get():
            # Called by a function that is being fused: part of its plan.
            return function(*args, **kwargs)
        token = _tracing.set(True)
        try:
            result: Any = function(*(_lazy(a) for a in args), **{k: _lazy(v) for k, v in kwargs.items()})
        finally:
            _tracing.reset(token)
        if type(result) is LazyArray:
            return result.compute()
        found: list[LazyArray] = []
        _collect(result, found)
        return _replace(result, iter(_core.compute_all(*found)))

    return fused
