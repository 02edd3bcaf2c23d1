"""Draws of rows of numbers that depend on each other: expressions of draws."""

import operator
import warnings
from collections.abc import Iterable
from itertools import accumulate

from numpy_rs import _core
from numpy_rs._core import LazyArray

from .._broadcast import broadcast_to
from .._elementwise import where
from .._evaluate import persist
from .._interpolate import _safely, _silent
from .._join import concatenate, stack
from .._logic import allclose
from .._scans import cumprod
from .._typing import ArrayLike, ShapeLike
from .._ufuncs import absolute, sqrt
from ..linalg import cholesky, eigh, svd
from ._normal import Normal
from ._size import _shape

__all__: list[str] = []

_MOST = (1 << 63) - 1
# What hypergeometric draws take.
_COUNTED_BELOW = 1_000_000_000
# Parameters that are all below this make gamma numbers that could all be zero.
_BROKEN_BELOW = 0.1
# What stands for zero as a parameter of beta numbers, which are zero then.
_LEAST = 5e-324


class Multivariate(Normal):
    """Draws of rows.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.random.default_rng(1).multinomial(10, [0.2, 0.3, 0.5], size=4).shape
    (4, 3)
    """

    def multinomial(self, n: ArrayLike, pvals: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Counts of trials by their outcomes.

        Parameters
        ----------
        n : array_like of ints
            How many trials.
        pvals : array_like of floats, shape (..., K)
            The probability of each outcome; the last one gets what the others leave of 1.
        size : int or sequence of ints, optional
            The shape without the last axis; that to which ``n`` and the rows of ``pvals`` broadcast by default.

        Returns
        -------
        LazyArray of int64, shape (..., K)

        Raises
        ------
        ValueError
            Where ``n`` is negative, ``pvals`` are no probabilities, or all but the last sum to more than 1. Lazy arrays
            are looked at when they are computed, but not at sums nor at the last probability: outcomes get what those
            before leave.

        Notes
        -----
        A binomial draw for each outcome but the last, of the trials and the probability that are left; not NumPy's
        numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).multinomial([10, 20], [0.2, 0.3, 0.5]).sum(axis=1).compute()
        array([10, 20])
        """
        shape = tuple(_core.multinomial_shape(n, pvals, size))
        left = _core.asarray(n).astype("int64")
        counts = []
        for chance in _conditional(pvals):
            drawn = self._bits._drawn("binomial", (left, chance), shape)
            counts.append(drawn)
            left = left - drawn
        return stack([*counts, broadcast_to(left, shape)], axis=-1)

    def multivariate_hypergeometric(
        self, colors: ArrayLike, nsample: int, size: ShapeLike | None = None, method: str = "marginals"
    ) -> LazyArray:
        """Counts of a sample without replacement by color.

        Parameters
        ----------
        colors : array_like of ints, shape (K,)
            How many there are of each color. A lazy array is computed.
        nsample : int
            How many are drawn.
        size : int or sequence of ints, optional
            The shape without the last axis; one row by default.
        method : {'marginals', 'count'}
            Accepted as by NumPy; both are done color by color.

        Returns
        -------
        LazyArray of int64, shape (..., K)

        Raises
        ------
        ValueError
            For negative numbers, more draws than there are objects, and more objects than a method takes.
        NotImplementedError
            For 'count' of so many objects that 'marginals' does not take them.

        Notes
        -----
        A hypergeometric draw for each color but the last; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> lz.random.default_rng(1).multivariate_hypergeometric([16, 8, 4], 6, 3).sum(axis=1).compute()
        array([6, 6, 6])
        """
        values, count = _colors(colors, nsample, method)
        rest = sum(values)
        if rest >= _COUNTED_BELOW:
            raise NotImplementedError(f"{_COUNTED_BELOW} objects and more")
        shape, _ = _shape(size)
        if not values:
            return _core.full((*shape, 0), 0, "int64")
        left: ArrayLike = count
        counts = []
        for color in values[:-1]:
            rest -= color
            drawn = self._bits._drawn("hypergeometric", (color, rest, left), shape)
            counts.append(drawn)
            left = left - drawn
        return stack([*counts, broadcast_to(left, shape)], axis=-1)

    def dirichlet(self, alpha: ArrayLike, size: ShapeLike | None = None) -> LazyArray:
        """Fractions whose sum is 1.

        Parameters
        ----------
        alpha : array_like of floats, shape (K,)
            The larger one is, the larger is its fraction, and the larger all are, the less fractions spread. A lazy
            array is computed, as how rows are drawn depends on it.
        size : int or sequence of ints, optional
            The shape without the last axis; one row by default.

        Returns
        -------
        LazyArray of float64, shape (..., K)

        Raises
        ------
        ValueError
            Where ``alpha`` is negative or has more than one axis.

        Notes
        -----
        Gamma numbers over their sum; where all of ``alpha`` is below 0.1, a stick broken by beta numbers. Not NumPy's
        numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> x = lz.random.default_rng(1).dirichlet([2.0, 3.0, 5.0], 10_000)
        >>> bool(abs(x.mean(axis=0) - [0.2, 0.3, 0.5]).max() < 0.01), bool(abs(x.sum(axis=1) - 1).max() < 1e-14)
        (True, True)
        """
        values = _vector(alpha).compute().tolist()
        if any(a < 0 for a in values):
            raise ValueError("alpha < 0")
        # No negative zeros, which draws refuse.
        values = [a + 0.0 for a in values]
        shape, _ = _shape(size)
        if not any(values):
            return _core.full((*shape, len(values)), 0.0, "float64")
        if all(a < _BROKEN_BELOW for a in values):
            return self._broken(values, shape)
        gammas = self._bits._drawn("standard_gamma", (values,), (*shape, len(values)))
        # As NumPy's loop, which says nothing.
        return _silent(gammas * _silent(1.0 / _silent(gammas.sum(axis=-1, keepdims=True))))

    def _broken(self, alpha: list[float], shape: tuple[int, ...]) -> LazyArray:
        """Parts of a stick that is broken at one place after another, by parameters and their sums after each place."""
        after = list(accumulate(reversed(alpha)))[-2::-1]
        first, others = ([max(a, _LEAST) for a in some] for some in (alpha[:-1], after))
        parts = self._bits._drawn("beta", (first, others), (*shape, len(after)))
        whole = _core.full((*shape, 1), 1.0, "float64")
        left = cumprod(1.0 - parts, axis=-1)
        return concatenate([parts, whole], axis=-1) * concatenate([whole, left], axis=-1)

    def multivariate_normal(
        self,
        mean: ArrayLike,
        cov: ArrayLike,
        size: ShapeLike | None = None,
        check_valid: str = "warn",
        tol: float = 1e-8,
        *,
        method: str = "svd",
    ) -> LazyArray:
        """Normal numbers of a covariance.

        Parameters
        ----------
        mean : array_like of floats, shape (N,)
            The mean.
        cov : array_like of floats, shape (N, N)
            The covariance: symmetric, positive semidefinite. A lazy array is computed where it is checked: unless
            ``method`` is "cholesky" or ``check_valid`` is "ignore".
        size : int or sequence of ints, optional
            The shape without the last axis.
        check_valid : {'warn', 'raise', 'ignore'}
            What is done about a covariance that is none; "cholesky" refuses it.
        tol : float
            How far it may be from one.
        method : {'svd', 'eigh', 'cholesky'}
            The factorisation; the last is the fastest.

        Returns
        -------
        LazyArray of float64, shape (*size, N)

        Raises
        ------
        ValueError
            If shapes do not fit, options are none, or with "raise" the covariance is none.
        TypeError
            If numbers are complex.
        LinAlgError
            With "cholesky", if the covariance is not positive definite.

        Notes
        -----
        ``mean + standard_normal((*size, N)) @ factor.T``; not NumPy's numbers.

        Examples
        --------
        >>> import numpy_rs.lazy as lz
        >>> x = lz.random.default_rng(1).multivariate_normal([0.0, 5.0], [[2.0, 1.0], [1.0, 1.0]], size=10_000)
        >>> bool(abs(lz.cov(x.T) - [[2.0, 1.0], [1.0, 1.0]]).max() < 0.1)
        True
        """
        center, spread = _moments(mean, cov, method)
        numbers = self.standard_normal(_rows(size, center.shape[0]))
        look = not isinstance(cov, LazyArray) or (method != "cholesky" and check_valid != "ignore")
        return _correlated(center, spread, numbers, check_valid, tol, method, look)


def _conditional(pvals: ArrayLike) -> list[LazyArray]:
    """The probabilities of all outcomes but the last where none of those before has come."""
    p = _core.asarray(pvals).astype("float64")
    rest: LazyArray | float = 1.0
    chances = []
    for k in range(p.shape[-1] - 1):
        here = p[..., k]
        # Of what is left of one, rounding may have taken all.
        all_of_it = here >= rest
        chances.append(where(all_of_it, (here > 0.0).astype("float64"), here / where(all_of_it, 1.0, rest)))
        rest = rest - here
    return chances if isinstance(pvals, LazyArray) else list(persist(*chances))


def _colors(colors: ArrayLike, nsample: int, method: str) -> tuple[list[int], int]:
    """How many there are of each color, and how many are drawn; what NumPy refuses is refused."""
    if method not in ("count", "marginals"):
        raise ValueError('method must be "count" or "marginals".')
    try:
        count = operator.index(nsample)
    except TypeError:
        raise ValueError("nsample must be an integer") from None
    if count < 0:
        raise ValueError("nsample must be nonnegative.")
    if count > _MOST:
        raise ValueError(f"nsample must not exceed {_MOST}")
    array = _core.asarray(colors)
    values = array.compute().tolist() if array.ndim == 1 and (array.dtype.kind in "iu" or not array.size) else None
    if values is None or any(not 0 <= n <= _MOST for n in values):
        raise ValueError(f"colors must be a one-dimensional sequence of nonnegative integers not exceeding {_MOST}.")
    total = sum(values)
    if total > _MOST:
        raise ValueError(f"sum(colors) must not exceed the maximum value of a 64 bit signed integer ({_MOST})")
    if method == "marginals" and total >= _COUNTED_BELOW:
        raise ValueError(f'When method is "marginals", sum(colors) must be less than {_COUNTED_BELOW}.')
    if method == "count" and total > _MOST // 8:
        raise ValueError(f"When method is 'count', sum(colors) must not exceed {_MOST // 8}")
    if count > total:
        raise ValueError("nsample > sum(colors)")
    return values, count


def _vector(alpha: ArrayLike) -> LazyArray:
    """The parameters of fractions, which have one axis, as float64."""
    array = _core.asarray(alpha)
    if array.ndim == 0:
        raise TypeError(f"object of type '{type(alpha).__name__}' has no len()")
    if array.ndim > 1:
        raise ValueError(
            "setting an array element with a sequence. The requested array would exceed the maximum number of"
            " dimension of 1."
        )
    return _safely(array, "float64", alpha)


def _moments(mean: ArrayLike, cov: ArrayLike, method: str) -> tuple[LazyArray, LazyArray]:
    """Mean and covariance, if they fit."""
    if method not in ("eigh", "svd", "cholesky"):
        raise ValueError("method must be one of {'eigh', 'svd', 'cholesky'}")
    center, spread = _core.asarray(mean), _core.asarray(cov)
    if center.dtype.kind == "c" or spread.dtype.kind == "c":
        raise TypeError("mean and cov must not be complex")
    if center.ndim != 1:
        raise ValueError("mean must be 1 dimensional")
    if spread.ndim != 2 or spread.shape[0] != spread.shape[1]:
        raise ValueError("cov must be 2 dimensional and square")
    if center.shape[0] != spread.shape[0]:
        raise ValueError("mean and cov must have same length")
    return center, spread.astype("float64")


def _rows(size: ShapeLike | None, length: int) -> tuple[int, ...]:
    """The shape of so many rows of a length."""
    lead = () if size is None else tuple(size) if isinstance(size, Iterable) else (size,)
    return (*map(operator.index, lead), length)


def _correlated(
    center: LazyArray,
    spread: LazyArray,
    numbers: LazyArray,
    check_valid: str,
    tol: float,
    method: str,
    look: bool,
) -> LazyArray:
    """Numbers of a mean and a covariance from independent ones. If `look`, the factor is made at once, and checked."""
    if method == "cholesky":
        factor = cholesky(spread)
        if look:
            (factor,) = persist(factor)
        return center + numbers @ factor.mT
    parts: tuple[LazyArray, ...] = svd(spread) if method == "svd" else eigh(spread)[::-1]
    if look:
        parts = persist(*parts)
    factor, scales, *others = parts
    is_valid = True
    if look and others:
        again = (others[0].mT * scales) @ others[0]
        is_valid = bool(allclose(again, spread, rtol=tol, atol=tol))
    elif look:
        is_valid = not (scales < -tol).any()
    if check_valid not in ("warn", "raise", "ignore"):
        raise ValueError("check_valid must equal 'warn', 'raise', or 'ignore'")
    if not is_valid and check_valid != "ignore":
        text = "covariance is not symmetric positive-semidefinite."
        if check_valid == "raise":
            raise ValueError(text)
        warnings.warn(text, RuntimeWarning, stacklevel=3)
    return center + numbers @ (factor * sqrt(absolute(scales))).mT
