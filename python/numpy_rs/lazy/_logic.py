"""Questions about values: closeness, equality, kinds of numbers."""

import builtins
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._out import _no_out
from ._typing import ArrayLike
from ._ufuncs import isfinite as _isfinite
from ._ufuncs import isinf as _isinf
from ._ufuncs import isnan as _isnan
from ._ufuncs import less_equal as _less_equal
from ._ufuncs import signbit as _signbit

__all__ = [
    "allclose",
    "array_equal",
    "array_equiv",
    "isclose",
    "iscomplex",
    "iscomplexobj",
    "isneginf",
    "isposinf",
    "isreal",
    "isrealobj",
    "isscalar",
]

_asarray = _core.asarray


def _quiet(x: Any) -> Any:
    """A value of whose invalid results nothing is said."""
    return _core.note(x, False, "quiet") if isinstance(x, LazyArray) else x


def isclose(
    a: ArrayLike, b: ArrayLike, rtol: ArrayLike = 1.0e-5, atol: ArrayLike = 1.0e-8, equal_nan: bool = False
) -> LazyArray:
    """Whether ``abs(a - b) <= atol + rtol * abs(b)``, element by element.

    Parameters
    ----------
    a, b : array_like
        The values; ``b`` is the reference.
    rtol, atol : array_like
        The relative and absolute tolerance.
    equal_nan : bool
        Whether NaN is close to NaN.

    Returns
    -------
    LazyArray
        Of type bool. Equal infinities are close.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.isclose([1.0, 1e10], [1.0 + 1e-9, 1e11]).compute()
    array([ True, False])
    """
    # Python numbers stay what they are, as in NumPy: sums and products of them alone have no type either.
    weak = (int, float, complex)
    operands: Any = (v if isinstance(v, weak) else _asarray(v) for v in (a, b, atol, rtol))
    x, y, absolute, relative = operands
    if isinstance(y, LazyArray):
        y = y.astype(_core.result_type(y, 1.0))
    elif isinstance(y, int):
        y = float(y)
    # As NumPy, which ignores invalid results here.
    near = _less_equal(abs(_quiet(x - y)), _quiet(absolute + _quiet(relative * abs(y))))
    result: LazyArray = near & _isfinite(y) | (x == y)
    return result | (_isnan(x) & _isnan(y)) if equal_nan else result


def allclose(
    a: ArrayLike, b: ArrayLike, rtol: ArrayLike = 1.0e-5, atol: ArrayLike = 1.0e-8, equal_nan: bool = False
) -> LazyArray:
    """Whether all elements are close: see `isclose`.

    Parameters
    ----------
    a, b, rtol, atol, equal_nan
        As for `isclose`.

    Returns
    -------
    LazyArray
        Of type bool and no axes; ``bool()`` of it computes.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> bool(lz.allclose([1.0, 2.0], [1.0, 2.0 + 1e-9]))
    True
    """
    return isclose(a, b, rtol, atol, equal_nan).all()


def array_equal(a1: ArrayLike, a2: ArrayLike, equal_nan: bool = False) -> LazyArray:
    """Whether two arrays have one shape and equal elements.

    Parameters
    ----------
    a1, a2 : array_like
        The arrays.
    equal_nan : bool
        Whether NaN is equal to NaN.

    Returns
    -------
    LazyArray
        Of type bool and no axes; ``bool()`` of it computes.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> bool(lz.array_equal([1, 2], [1, 2])), bool(lz.array_equal([1, 2], [[1, 2]]))
    (True, False)
    """
    x, y = _asarray(a1), _asarray(a2)
    if x.shape != y.shape:
        return _asarray(False)
    same: LazyArray = x == y
    if equal_nan and x.dtype.kind in "fc" and y.dtype.kind in "fc":
        same = same | (_isnan(x) & _isnan(y))
    return same.all()


def array_equiv(a1: ArrayLike, a2: ArrayLike) -> LazyArray:
    """Whether two arrays are equal after broadcasting.

    Parameters
    ----------
    a1, a2 : array_like
        The arrays.

    Returns
    -------
    LazyArray
        Of type bool and no axes; ``bool()`` of it computes.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> bool(lz.array_equiv([1, 2], [[1, 2], [1, 2]]))
    True
    """
    x, y = _asarray(a1), _asarray(a2)
    try:
        _core.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        return _asarray(False)
    same: LazyArray = x == y
    return same.all()


def isreal(x: ArrayLike) -> LazyArray:
    """Whether the imaginary part is zero, element by element.

    Parameters
    ----------
    x : array_like
        The values.

    Returns
    -------
    LazyArray
        Of type bool.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.isreal([1 + 1j, 2]).compute()
    array([False,  True])
    """
    return _asarray(x).imag == 0


def iscomplex(x: ArrayLike) -> LazyArray:
    """Whether the imaginary part is not zero, element by element.

    Parameters
    ----------
    x : array_like
        The values.

    Returns
    -------
    LazyArray
        Of type bool.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.iscomplex([1 + 1j, 2]).compute()
    array([ True, False])
    """
    a = _asarray(x)
    return a.imag != 0 if a.dtype.kind == "c" else _core.full(a.shape, False, "bool")


def _infinite(x: ArrayLike, out: None, name: str, negative: builtins.bool) -> LazyArray:
    _no_out(out)
    a = _asarray(x)
    try:
        sign: LazyArray = _signbit(a)
    except TypeError as e:
        raise TypeError(f"This operation is not supported for {a.dtype} values because it would be ambiguous.") from e
    return _isinf(a) & (sign if negative else ~sign)


def isposinf(x: ArrayLike, out: None = None) -> LazyArray:
    """Whether elements are positive infinity.

    Parameters
    ----------
    x : array_like
        The values, not complex.
    out : None
        Refused: use ``compute(out=...)``.

    Returns
    -------
    LazyArray
        Of type bool.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.isposinf([lz.inf, -lz.inf, 0.0]).compute()
    array([ True, False, False])
    """
    return _infinite(x, out, "isposinf", False)


def isneginf(x: ArrayLike, out: None = None) -> LazyArray:
    """Whether elements are negative infinity.

    Parameters
    ----------
    x : array_like
        The values, not complex.
    out : None
        Refused: use ``compute(out=...)``.

    Returns
    -------
    LazyArray
        Of type bool.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.isneginf([lz.inf, -lz.inf, 0.0]).compute()
    array([False,  True, False])
    """
    return _infinite(x, out, "isneginf", True)


def iscomplexobj(x: Any) -> builtins.bool:
    """Whether something has a complex type, whatever its values.

    Parameters
    ----------
    x : object
        An array or a number.

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.iscomplexobj(lz.zeros(2, dtype=complex)), lz.iscomplexobj(1.0)
    (True, False)
    """
    return (x if hasattr(x, "dtype") else _asarray(x)).dtype.kind == "c"


def isrealobj(x: Any) -> builtins.bool:
    """Whether something has a type that is not complex, whatever its values.

    Parameters
    ----------
    x : object
        An array or a number.

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.isrealobj(lz.zeros(2, dtype=complex)), lz.isrealobj(1.0)
    (False, True)
    """
    return not iscomplexobj(x)


def isscalar(element: Any) -> builtins.bool:
    """Whether something is a number or text of Python, or a NumPy scalar.

    Parameters
    ----------
    element : object
        Anything.

    Returns
    -------
    bool
        False for arrays, those without axes too.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.isscalar(3.1), lz.isscalar(lz.asarray(3.1))
    (True, False)
    """
    import numbers

    if isinstance(element, (str, bytes, numbers.Number)):
        return True
    # NumPy's scalars, without importing NumPy: they have axes to speak of, but no length and no memory of their own.
    return any(t.__name__ == "generic" and t.__module__ == "numpy" for t in type(element).__mro__)
