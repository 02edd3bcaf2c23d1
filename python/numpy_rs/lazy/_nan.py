"""Reductions that leave NaN out."""

import builtins

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._moments import _ddof, var
from ._out import _no_out
from ._typing import ArrayLike, Axes, Axis, DTypeLike
from ._ufuncs import _where
from ._ufuncs import divide as _divide
from ._ufuncs import isnan as _isnan
from ._ufuncs import sqrt as _sqrt

__all__ = [
    "nanargmax",
    "nanargmin",
    "nanmax",
    "nanmean",
    "nanmin",
    "nanprod",
    "nanstd",
    "nansum",
    "nanvar",
]

_asarray, _full, _note = _core.asarray, _core.full, _core.note


def _replaced(a: ArrayLike, value: float) -> tuple[LazyArray, LazyArray | None]:
    """The array with its NaN replaced, and where they were; None for types that have none."""
    x = _asarray(a)
    if x.dtype.kind not in "fc":
        return x, None
    mask = _isnan(x)
    return _where(mask, _full((), value, x.dtype), x), mask


def nansum(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: ArrayLike | None = None,
    where: ArrayLike = True,
) -> LazyArray:
    """Sum over axes; NaN counts as zero.

    Parameters
    ----------
    a, axis, dtype, out, keepdims, initial, where
        As for `sum`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nansum([1.0, lz.nan, 2.0]).compute()
    array(3.)
    """
    return _replaced(a, 0)[0].sum(axis, dtype, out, keepdims, initial, where)


def nanprod(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: ArrayLike | None = None,
    where: ArrayLike = True,
) -> LazyArray:
    """Product over axes; NaN counts as one.

    Parameters
    ----------
    a, axis, dtype, out, keepdims, initial, where
        As for `sum`.

    Returns
    -------
    LazyArray

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanprod([3.0, lz.nan, 2.0]).compute()
    array(6.)
    """
    return _replaced(a, 1)[0].prod(axis, dtype, out, keepdims, initial, where)


def _extreme(
    a: ArrayLike,
    name: str,
    axis: Axes | None,
    out: None,
    keepdims: builtins.bool,
    initial: ArrayLike | None,
    where: ArrayLike,
) -> LazyArray:
    _no_out(out)
    found: LazyArray = _asarray(a)._reduce(name, axis, None, keepdims, initial, where)
    return _note(found, _isnan(found), "allnan") if found.dtype.kind in "fc" else found


def nanmin(
    a: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: ArrayLike | None = None,
    where: ArrayLike = True,
) -> LazyArray:
    """The smallest element over axes, NaN left out.

    Parameters
    ----------
    a, axis, out, keepdims, initial, where
        As for `min`.

    Returns
    -------
    LazyArray
        NaN where all elements are.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanmin([3.0, lz.nan, 2.0]).compute()
    array(2.)
    """
    return _extreme(a, "fmin", axis, out, keepdims, initial, where)


def nanmax(
    a: ArrayLike,
    axis: Axes | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    initial: ArrayLike | None = None,
    where: ArrayLike = True,
) -> LazyArray:
    """The largest element over axes, NaN left out.

    Parameters
    ----------
    a, axis, out, keepdims, initial, where
        As for `max`.

    Returns
    -------
    LazyArray
        NaN where all elements are.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanmax([3.0, lz.nan, 2.0]).compute()
    array(3.)
    """
    return _extreme(a, "fmax", axis, out, keepdims, initial, where)


def nanmean(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    keepdims: builtins.bool = False,
    *,
    where: ArrayLike = True,
) -> LazyArray:
    """The arithmetic mean over axes, NaN left out.

    Parameters
    ----------
    a, axis, dtype, out, keepdims, where
        As for `mean`.

    Returns
    -------
    LazyArray
        NaN where there is nothing but NaN.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanmean([1.0, lz.nan, 2.0]).compute()
    array(1.5)
    """
    x, mask = _replaced(a, 0)
    if mask is None:
        return x.mean(axis, dtype, out, keepdims, None, where)
    _inexact(dtype)
    count = (~mask).sum(axis, "int64", None, keepdims, None, where)
    return _note(_quotient(x.sum(axis, dtype, out, keepdims, None, where), count), count == 0, "nanmean")


def _inexact(dtype: DTypeLike | None) -> None:
    if dtype is not None and _core.dtype(dtype).kind not in "fc":
        raise TypeError("If a is inexact, then dtype must be inexact")


def _quotient(total: LazyArray, count: LazyArray) -> LazyArray:
    """A sum over a count, in the type of the sum."""
    return _divide(total, count).astype(total.dtype)


def nanvar(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    where: ArrayLike = True,
    mean: ArrayLike | None = None,
    correction: float | None = None,
) -> LazyArray:
    """The variance over axes, NaN left out.

    Parameters
    ----------
    a, axis, dtype, out, ddof, keepdims, where, mean, correction
        As for `var`.

    Returns
    -------
    LazyArray
        Real. NaN where not more than ``ddof`` numbers are left.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanvar([1.0, lz.nan, 3.0]).compute()
    array(1.)
    """
    ddof = _ddof(ddof, correction)
    x, mask = _replaced(a, 0)
    if mask is None:
        return var(x, axis, dtype, out, ddof, keepdims, where=where, mean=mean)
    _inexact(dtype)
    count = (~mask).sum(axis, "int64", None, True, None, where)
    if mean is None:
        average = _note(_quotient(x.sum(axis, dtype, out, True, None, where), count), False, "quiet")
    else:
        average = _asarray(mean)
    d: LazyArray = _where(mask, _full((), 0, x.dtype), (x - average).astype(x.dtype))
    square = (d * d.conj()).real if d.dtype.kind == "c" else d * d
    total = square.sum(axis, dtype, None, keepdims, None, where)
    dof = (count if keepdims else (~mask).sum(axis, "int64", None, False, None, where)) - ddof
    spread: LazyArray = _where(dof <= 0, _full((), float("nan"), total.dtype), _quotient(total, dof))
    return _note(spread, dof <= 0, "nanfreedom")


def nanstd(
    a: ArrayLike,
    axis: Axes | None = None,
    dtype: DTypeLike | None = None,
    out: None = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    where: ArrayLike = True,
    mean: ArrayLike | None = None,
    correction: float | None = None,
) -> LazyArray:
    """The standard deviation over axes, NaN left out.

    Parameters
    ----------
    a, axis, dtype, out, ddof, keepdims, where, mean, correction
        As for `var`.

    Returns
    -------
    LazyArray
        Real. NaN where not more than ``ddof`` numbers are left.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanstd([1.0, lz.nan, 3.0]).compute()
    array(1.)
    """
    v = nanvar(a, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction)
    return _sqrt(v)


def _position(a: ArrayLike, value: str, name: str, axis: Axis | None, out: None, keepdims: builtins.bool) -> LazyArray:
    x, mask = _replaced(a, float(value))
    found: LazyArray = getattr(x, name)(axis, out, keepdims=keepdims)
    return found if mask is None else _note(found, mask.all(axis, keepdims=keepdims), "noposition")


def nanargmin(
    a: ArrayLike, axis: Axis | None = None, out: None = None, *, keepdims: builtins.bool = False
) -> LazyArray:
    """The position of the smallest element, NaN left out.

    Parameters
    ----------
    a, axis, out, keepdims
        As for `argmin`.

    Returns
    -------
    LazyArray
        Of type int64.

    Raises
    ------
    ValueError
        When computed, where there is nothing but NaN.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanargmin([lz.nan, 3.0, 2.0]).compute()
    array(2)
    """
    return _position(a, "inf", "argmin", axis, out, keepdims)


def nanargmax(
    a: ArrayLike, axis: Axis | None = None, out: None = None, *, keepdims: builtins.bool = False
) -> LazyArray:
    """The position of the largest element, NaN left out.

    Parameters
    ----------
    a, axis, out, keepdims
        As for `argmax`.

    Returns
    -------
    LazyArray
        Of type int64.

    Raises
    ------
    ValueError
        When computed, where there is nothing but NaN.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.nanargmax([lz.nan, 3.0, 2.0]).compute()
    array(1)
    """
    return _position(a, "-inf", "argmax", axis, out, keepdims)
