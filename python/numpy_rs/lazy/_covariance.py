"""Covariances and correlation coefficients: a product of deviations, what surrounds it fused."""

import builtins
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._elementwise import around as _around
from ._elementwise import clip as _clip
from ._moments import average as _average
from ._products import dot as _dot
from ._typing import ArrayLike, DTypeLike
from ._ufuncs import _make_complex
from ._ufuncs import sqrt as _sqrt

__all__ = ["corrcoef", "cov"]

_asarray = _core.asarray


def _rows(x: LazyArray, dtype: Any, turned: builtins.bool) -> LazyArray:
    """Of two axes: each row a variable."""
    x = (x if x.ndim == 2 else x.reshape((1, -1))).astype(dtype)
    return x.T if turned else x


def _weights(given: ArrayLike, name: str, samples: int) -> LazyArray:
    w = _asarray(given).astype("float64")
    if name == "fweights" and not builtins.bool((w == _around(w)).all()):
        raise TypeError("fweights must be integer")
    if w.ndim > 1:
        raise RuntimeError(f"cannot handle multidimensional {name}")
    if w.shape[0] != samples:
        raise RuntimeError(f"incompatible numbers of samples and {name}")
    if builtins.bool((w < 0).any()):
        raise ValueError(f"{name} cannot be negative")
    return w


def cov(
    m: ArrayLike,
    y: ArrayLike | None = None,
    rowvar: builtins.bool = True,
    bias: builtins.bool = False,
    ddof: int | None = None,
    fweights: ArrayLike | None = None,
    aweights: ArrayLike | None = None,
    *,
    dtype: DTypeLike | None = None,
) -> LazyArray:
    """The covariances of variables.

    Parameters
    ----------
    m : array_like of at most two axes
        Each row a variable, each column a sample.
    y : array_like, optional
        More variables.
    rowvar : bool
        False if each column is a variable.
    bias : bool
        Whether sums are divided by the number of samples, not by one less.
    ddof : int, optional
        Sums are divided by the number of samples less this.
    fweights : array_like of integers, optional
        How often each sample counts. Weights are read when the graph is built, to be checked.
    aweights : array_like, optional
        The importance of each sample.
    dtype : dtype_like, optional
        The type to compute in: at least float64 by default.

    Returns
    -------
    LazyArray
        A matrix; without axes for one variable.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        For more than two axes, and weights that are none.

    Notes
    -----
    Within ``n * eps`` of NumPy's, relative to the product of the deviations' norms: sums are not taken in one order.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.cov([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]).compute()
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    first = _asarray(m)
    if first.ndim > 2:
        raise ValueError("m has more than 2 dimensions")
    second = None if y is None else _asarray(y)
    if second is not None and second.ndim > 2:
        raise ValueError("y has more than 2 dimensions")
    if dtype is None:
        dtype = _core.result_type(first.dtype, *([] if second is None else [second.dtype]), "float64")
    x = _rows(first, dtype, not rowvar and first.ndim != 1)
    if x.shape[0] == 0:
        return _core.full((0, 0), 0, "float64")
    if second is not None:
        other = _rows(second, dtype, False)
        other = other.T if not rowvar and other.shape[0] != 1 else other
        x = _core.concatenate([x, other], 0, None)
    if ddof is None:
        ddof = 0 if bias else 1
    n = x.shape[1]
    f = None if fweights is None else _weights(fweights, "fweights", n)
    a = None if aweights is None else _weights(aweights, "aweights", n)
    w = a if f is None else f if a is None else f * a
    factor: Any
    means: Any
    if w is None:
        means, factor = x.mean(1, keepdims=True), n - ddof
    else:
        mean, sums = _average(x, 1, w, True)
        total: Any = sums[0]
        means = mean[:, None]
        factor = total if ddof == 0 else total - ddof if a is None else total - ddof * (w * a).sum() / total
        factor = factor.real.item()
    none = factor <= 0
    if none:
        factor = 0.0
    x = x - means
    turned = (x if w is None else x * w).T
    c: LazyArray = _dot(x, turned.conj()) * (_core.full((), 1, "float64") / factor)
    if none:
        c = _core.note(c, True, "freedom")
    return c.astype(x.dtype).squeeze()


def corrcoef(
    x: ArrayLike, y: ArrayLike | None = None, rowvar: builtins.bool = True, *, dtype: DTypeLike | None = None
) -> LazyArray:
    """The correlation coefficients of variables: covariances over the product of deviations.

    Parameters
    ----------
    x, y, rowvar, dtype
        As for `cov`.

    Returns
    -------
    LazyArray
        A matrix; without axes for one variable.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.corrcoef([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]).compute()
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviations = _sqrt(c.diagonal().real)
    c = c / deviations[:, None] / deviations[None, :]
    if c.dtype.kind != "c":
        return _clip(c, -1, 1)
    return _make_complex(_clip(c.real, -1, 1), _clip(c.imag, -1, 1))
