"""NumPy's own functions on lazy arrays: `__array_ufunc__` and `__array_function__` lead here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from numpy_rs import _core, lazy

from ._out import _no_out

__all__ = ["array_function", "array_ufunc"]

# The methods of ufuncs that we have.
_METHODS = ("__call__", "reduce", "accumulate", "outer")

# Ufuncs over more than one element at a time, which are functions here.
_GENERALIZED = ("matmul", "matvec", "vecmat", "vecdot")

# NumPy's functions are dispatched by name.
_FUNCTIONS = {
    "numpy": {name: getattr(lazy, name) for name in lazy.__all__ if callable(getattr(lazy, name))},
    "numpy.fft": {name: getattr(lazy.fft, name) for name in lazy.fft.__all__},
    "numpy.linalg": {name: getattr(lazy.linalg, name) for name in lazy.linalg.__all__},
    "numpy.lib.stride_tricks": {name: getattr(lazy.lib.stride_tricks, name) for name in lazy.lib.stride_tricks.__all__},
}


def array_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], kwargs: Mapping[str, Any] | None) -> Any:
    """A NumPy ufunc with lazy arrays among its inputs.

    Parameters
    ----------
    ufunc : numpy.ufunc
        The ufunc.
    method : str
        ``'__call__'``, ``'reduce'``, ``'accumulate'`` or ``'outer'``; others are not implemented.
    inputs : tuple
        The positional arguments.
    kwargs : dict or None
        The named arguments.

    Returns
    -------
    LazyArray, a tuple of them, or NotImplemented

    Examples
    --------
    >>> import numpy, numpy_rs.lazy as lz
    >>> numpy.sin(lz.zeros(3))
    LazyArray(shape=(3,), dtype=float64, ops=1)
    """
    name = ufunc.__name__
    ours = _core.ufuncs.get(name)
    if ours is not None and not kwargs and method == "__call__":
        return ours(*inputs)
    options = dict(kwargs or {})
    out = options.pop("out", None)
    if out is not None and any(o is not None for o in out):
        _no_out(out, name)
    if ours is None and name in _GENERALIZED and method == "__call__":
        return _FUNCTIONS["numpy"][name](*inputs, **options)
    if ours is None or method not in _METHODS:
        return NotImplemented
    return getattr(ours, method)(*inputs, **options)


def array_function(
    func: Callable[..., Any], types: Sequence[type], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """A NumPy function with lazy arrays among its arguments.

    Parameters
    ----------
    func : callable
        The function of NumPy.
    types : collection of types
        Of the arguments that take part.
    args, kwargs
        The arguments.

    Returns
    -------
    What the function of the same name in ``numpy_rs.lazy`` gives.

    Raises
    ------
    TypeError
        If there is none.

    Examples
    --------
    >>> import numpy, numpy_rs.lazy as lz
    >>> numpy.mean(lz.ones((2, 3)), axis=0)
    LazyArray(shape=(3,), dtype=float64, ops=1)
    """
    ours = _FUNCTIONS.get(func.__module__, {}).get(func.__name__)
    return NotImplemented if ours is None else ours(*args, **kwargs)
