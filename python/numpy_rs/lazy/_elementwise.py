"""Elementwise functions that are more than one ufunc."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any, overload

from numpy_rs import _core
from numpy_rs._core import LazyArray
from numpy_rs.exceptions import UFuncTypeError

from ._constants import pi
from ._limits import finfo
from ._out import _no_out
from ._typing import ArrayLike
from ._ufuncs import _angle, _imag, _make_complex, _real, _where
from ._ufuncs import divide as _divide
from ._ufuncs import isinf as _isinf
from ._ufuncs import isnan as _isnan
from ._ufuncs import maximum as _maximum
from ._ufuncs import multiply as _multiply
from ._ufuncs import rint as _rint
from ._ufuncs import sin as _sin
from ._ufuncs import trunc as _trunc

__all__ = [
    "angle",
    "around",
    "clip",
    "fix",
    "imag",
    "nan_to_num",
    "piecewise",
    "real",
    "round",
    "select",
    "sinc",
    "where",
]

_asarray = _core.asarray
_clip = _core.clip
_missing: Any = type("_NoValue", (), {"__repr__": lambda self: "<no value>"})()


@overload
def where(condition: ArrayLike, x: None = None, y: None = None, /) -> tuple[LazyArray, ...]: ...
@overload
def where(condition: ArrayLike, x: ArrayLike, y: ArrayLike, /) -> LazyArray: ...
def where(
    condition: ArrayLike, x: ArrayLike | None = None, y: ArrayLike | None = None, /
) -> LazyArray | tuple[LazyArray, ...]:
    """Elements of one array where a condition is true, of another where it is false.

    Parameters
    ----------
    condition : array_like of bool
        Where to take from ``x``. Other types are true where they are not zero.
    x, y : array_like
        The values; all three broadcast. Without both, the positions where the condition is true: see `nonzero`.

    Returns
    -------
    LazyArray, or a tuple of them for a condition alone

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.asarray([-2, 3])
    >>> lz.where(x < 0, 0, x).compute()
    array([0, 3])
    """
    if x is None or y is None:
        if x is not None or y is not None:
            raise ValueError("either both or neither of x and y should be given")
        from ._indexing import nonzero

        return nonzero(condition)
    try:
        return _where(condition, x, y)
    except OverflowError:
        # A Python integer beyond the type of the other operand wraps here, as it does in NumPy.
        dtype = _core.result_type(x, y)
        return _where(condition, _asarray(x).astype(dtype), _asarray(y).astype(dtype))


def clip(
    a: ArrayLike,
    a_min: ArrayLike | None = _missing,
    a_max: ArrayLike | None = _missing,
    out: None = None,
    *,
    min: ArrayLike | None = _missing,
    max: ArrayLike | None = _missing,
    **kwargs: Any,
) -> LazyArray:
    """Values limited to an interval.

    Parameters
    ----------
    a : array_like
        The values.
    a_min, a_max : array_like or None
        The bounds; None is no bound. Where the lower one is greater, the upper one wins.
    out : None
        Refused: use ``compute(out=...)``.
    min, max : array_like or None
        Other names of the bounds, each optional.
    **kwargs
        ``dtype`` and ``casting``, as for a ufunc.

    Returns
    -------
    LazyArray

    Notes
    -----
    NaN stays, in values and in bounds.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.clip([-5, 2, 9], 0, 5).compute()
    array([0, 2, 5])
    """
    if a_min is _missing and a_max is _missing:
        a_min = None if min is _missing else min
        a_max = None if max is _missing else max
    elif a_min is _missing:
        raise TypeError("clip() missing 1 required positional argument: 'a_min'")
    elif a_max is _missing:
        raise TypeError("clip() missing 1 required positional argument: 'a_max'")
    elif min is not _missing or max is not _missing:
        raise ValueError("Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden.")
    if out is None and not kwargs and type(a) is LazyArray:
        return _clip(a, a_min, a_max)
    return _asarray(a).clip(a_min, a_max, out, **kwargs)


def _round(x: LazyArray, decimals: int) -> LazyArray:
    """NumPy's rounding: scale by a power of ten, to the nearest even integer, scale back."""
    if x.dtype.kind in "iu" and decimals >= 0:
        return x
    if x.dtype.kind == "b" and decimals != 0:
        raise UFuncTypeError(
            f"Cannot cast ufunc '{'multiply' if decimals > 0 else 'divide'}' output from dtype('float64') to "
            "dtype('bool') with casting rule 'same_kind'"
        )
    if x.dtype.kind == "c" and decimals != 0:
        return _make_complex(_round(x.real, decimals), _round(x.imag, decimals))
    if decimals == 0:
        return _rint(x)
    scale = 10.0 ** abs(decimals) if abs(decimals) <= 308 else float("inf")
    first, second = (_multiply, _divide) if decimals > 0 else (_divide, _multiply)
    return second(_rint(first(x, scale)), scale).astype(x.dtype)


def round(a: ArrayLike, decimals: int = 0, out: None = None) -> LazyArray:
    """Values rounded to a number of decimals, halves to even.

    Parameters
    ----------
    a : array_like
        The values; complex numbers by parts.
    decimals : int
        Places after the point; before it if negative.
    out : None
        Refused: use ``compute(out=...)``.

    Returns
    -------
    LazyArray

    Notes
    -----
    As in NumPy the value is scaled, rounded and scaled back, so that the result may differ in the last bit from the
    decimal number nearest to it, and huge values may overflow.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.round([0.5, 1.5, 2.675], 0).compute(), lz.round([1.2345], 2).compute()
    (array([0., 2., 3.]), array([1.23]))
    """
    _no_out(out)
    return _round(_asarray(a), _core.c_int(decimals, "argument"))


around = round


def fix(x: ArrayLike, out: None = None) -> LazyArray:
    """Values rounded towards zero.

    Parameters
    ----------
    x : array_like
        The values.
    out : None
        Refused: use ``compute(out=...)``.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fix([2.7, -2.7]).compute()
    array([ 2., -2.])
    """
    return _trunc(x, out=out)


def real(val: ArrayLike) -> LazyArray:
    """The real part.

    Parameters
    ----------
    val : array_like
        The values; real ones are their own real part.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.real([1 + 2j, 3]).compute()
    array([1., 3.])
    """
    return _real(val)


def imag(val: ArrayLike) -> LazyArray:
    """The imaginary part.

    Parameters
    ----------
    val : array_like
        The values; of real ones it is zero.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.imag([1 + 2j, 3]).compute()
    array([2., 0.])
    """
    return _imag(val)


def angle(z: ArrayLike, deg: builtins.bool = False) -> LazyArray:
    """The angle of complex numbers, counterclockwise from the positive real axis.

    Parameters
    ----------
    z : array_like
        The numbers; negative real ones have the angle pi.
    deg : bool
        Whether the result is in degrees.

    Returns
    -------
    LazyArray
        In radians, in (-pi, pi], or in degrees.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.angle([1.0, 1j, -1.0], deg=True).compute()
    array([  0.,  90., 180.])
    """
    a = _angle(z)
    return a * (180 / pi) if deg else a


def nan_to_num(
    x: ArrayLike,
    copy: builtins.bool = True,
    nan: ArrayLike = 0.0,
    posinf: ArrayLike | None = None,
    neginf: ArrayLike | None = None,
) -> LazyArray:
    """NaN and infinities replaced by numbers.

    Parameters
    ----------
    x : array_like
        The values; complex numbers by parts.
    copy : bool
        Accepted; lazy arrays are values.
    nan : array_like
        What stands for NaN.
    posinf, neginf : array_like, optional
        What stands for the infinities: the largest and smallest finite numbers by default.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nan_to_num([1.0, lz.nan, lz.inf], posinf=9.0).compute()
    array([1., 0., 9.])
    """
    a = _asarray(x)
    if a.dtype.kind not in "fc":
        return a
    if a.dtype.kind == "c":
        return _make_complex(
            nan_to_num(a.real, nan=nan, posinf=posinf, neginf=neginf),
            nan_to_num(a.imag, nan=nan, posinf=posinf, neginf=neginf),
        )
    limits = finfo(a.dtype)
    high = limits.max if posinf is None else posinf
    low = limits.min if neginf is None else neginf
    infinite = _isinf(a)
    kept = _where(_isnan(a), _asarray(nan).astype(a.dtype), a)
    kept = _where(infinite & (a > 0), _asarray(high).astype(a.dtype), kept)
    return _where(infinite & (a < 0), _asarray(low).astype(a.dtype), kept)


def sinc(x: ArrayLike) -> LazyArray:
    """``sin(pi x) / (pi x)``, and 1 at 0.

    Parameters
    ----------
    x : array_like
        The values.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.sinc([0.0, 0.5]).compute()
    array([1.        , 0.63661977])
    """
    y = _asarray(x) * pi
    eps = finfo(y.dtype).eps if y.dtype.kind == "f" else 1e-20
    y = _where(y, y, eps)
    return _sin(y) / y


def select(condlist: Sequence[ArrayLike], choicelist: Sequence[ArrayLike], default: ArrayLike = 0) -> LazyArray:
    """For each element, the choice of the first condition that is true.

    Parameters
    ----------
    condlist : sequence of arrays of bool
        The conditions.
    choicelist : sequence of array_like
        A choice for each. All broadcast.
    default : array_like
        The value where no condition is true.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.arange(6)
    >>> lz.select([x < 2, x > 3], [-x, x * x], 9).compute()
    array([ 0, -1,  9,  9, 16, 25])
    """
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if len(condlist) == 0:
        raise ValueError("select with an empty condition list is not possible")
    choices = [c if type(c) in (int, float, complex) else _asarray(c) for c in (*choicelist, default)]
    dtype = _core.result_type(*choices)
    arrays = [_asarray(c) for c in choices]
    conditions = [_asarray(c) for c in condlist]
    _core.broadcast_shapes(*(c.shape for c in conditions))
    _core.broadcast_shapes(*(a.shape for a in arrays))
    for i, cond in enumerate(conditions):
        if cond.dtype.kind != "b":
            raise TypeError(f"invalid entry {i} in condlist: should be boolean ndarray")
    shape = _core.broadcast_shapes(*(a.shape for a in (*conditions, *arrays)))
    # As NumPy, which fills with the default by any rule of casting, and copies choices by one.
    result = arrays.pop().astype(dtype)
    for cond, choice in zip(reversed(conditions), reversed(arrays), strict=True):
        result = _where(cond, choice.astype(dtype, casting="same_kind"), result)
    return _core.broadcast_to(result, shape)


def piecewise(
    x: ArrayLike,
    condlist: Sequence[ArrayLike] | ArrayLike,
    funclist: Sequence[ArrayLike | Callable[..., Any]],
    *args: Any,
    **kw: Any,
) -> LazyArray:
    """A function of pieces: each condition has its own function or value.

    Parameters
    ----------
    x : array_like
        The values.
    condlist : sequence of arrays of bool
        The conditions; where several are true, the last one wins.
    funclist : sequence of callables and scalars
        One for each condition, and one more for where none is true (zero without it). A callable gets the elements of
        ``x`` where its condition is true, along one axis, if there are any; these conditions are computed at once.
    *args, **kw
        Passed on to the callables.

    Returns
    -------
    LazyArray
        Of the type of ``x``.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.asarray([-2.0, 0.0, 3.0])
    >>> lz.piecewise(x, [x < 0, x > 0], [lambda v: -v, 7]).compute()
    array([2., 0., 7.])
    """
    a = _asarray(x)
    given: Any = condlist
    single = not isinstance(given, (list, tuple))
    if single or (given and not hasattr(given[0], "__len__") and a.ndim != 0):
        conditions = [_asarray(given).astype("bool")]
        if conditions[0].ndim > a.ndim:
            conditions = [conditions[0][i] for i in range(conditions[0].shape[0])]
    else:
        conditions = [_asarray(c).astype("bool") for c in given]
    n, n2 = len(conditions), len(funclist)
    if n == n2 - 1:
        seen = conditions[0]
        for c in conditions[1:]:
            seen = seen | c
        conditions.append(~seen)
    elif n != n2:
        raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
    result = _core.full(a.shape, 0, a.dtype)
    for cond, func in zip(conditions, funclist, strict=True):
        if cond.shape != a.shape[: cond.ndim]:
            a[cond]  # refuses
        value: Any = func
        if callable(func):
            chosen = a[cond]
            if chosen.size == 0:
                continue
            value = _spread(func(chosen, *args, **kw), chosen, cond)
        else:
            value = _core.full((), func, a.dtype) if type(func) is int else _asarray(func)
        chosen_here = cond.reshape(cond.shape + (1,) * (a.ndim - cond.ndim))
        result = _where(chosen_here, value.astype(a.dtype), result)
    return result


def _spread(value: ArrayLike, chosen: LazyArray, cond: LazyArray) -> LazyArray:
    """Values for the chosen elements, at the places that these have in the whole."""
    values = _asarray(value)
    try:
        values = _core.broadcast_to(values, chosen.shape)
    except ValueError:
        raise ValueError(
            f"NumPy boolean array indexing assignment cannot assign {values.size} input values to the "
            f"{chosen.shape[0]} output values where the mask is true"
        ) from None
    places = _maximum(cond.ravel().cumsum() - 1, 0)
    return values[places].reshape(cond.shape + chosen.shape[1:])
