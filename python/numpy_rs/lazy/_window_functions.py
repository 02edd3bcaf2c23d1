"""Windows by which signals are weighted, and the Bessel function of one of them."""

from collections.abc import Callable
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._constants import pi
from ._creation import ones, zeros
from ._ranges import arange
from ._typing import ArrayLike
from ._ufuncs import _where, absolute, cos, exp, sqrt

__all__ = ["bartlett", "blackman", "hamming", "hanning", "i0", "kaiser"]

_asarray = _core.asarray


def _floats(*given: Any) -> list[float]:
    """Numbers as NumPy reads them beside a float."""
    return [float(v) for v in _asarray([0.0, *given]).tolist()[1:]]


def _window(M: Any, weights: Callable[[LazyArray, float], LazyArray]) -> LazyArray:
    """A window of so many points: the weights of the odd or even numbers around zero, of which the last is told."""
    (m,) = _floats(M)
    if m < 1:
        return zeros(0)
    return ones(1) if m == 1 else weights(arange(1 - m, m, 2), m - 1)


def bartlett(M: int) -> LazyArray:
    """The Bartlett window: a triangle with zeros at its ends.

    Parameters
    ----------
    M : int
        The number of points.

    Returns
    -------
    LazyArray
        Of type float64; of fewer than one point none.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.bartlett(5).compute()
    array([0. , 0.5, 1. , 0.5, 0. ])
    """
    return _window(M, lambda n, last: _where(n <= 0, 1 + n / last, 1 - n / last))


def blackman(M: int) -> LazyArray:
    """The Blackman window: three terms of cosines.

    Parameters
    ----------
    M : int
        The number of points.

    Returns
    -------
    LazyArray
        Of type float64; of fewer than one point none.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.blackman(5).round(3).compute()
    array([-0.  ,  0.34,  1.  ,  0.34, -0.  ])
    """
    return _window(M, lambda n, last: 0.42 + 0.5 * cos(pi * n / last) + 0.08 * cos(2.0 * pi * n / last))


def hamming(M: int) -> LazyArray:
    """The Hamming window: a raised cosine that does not reach zero.

    Parameters
    ----------
    M : int
        The number of points.

    Returns
    -------
    LazyArray
        Of type float64; of fewer than one point none.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.hamming(5).compute()
    array([0.08, 0.54, 1.  , 0.54, 0.08])
    """
    return _window(M, lambda n, last: 0.54 + 0.46 * cos(pi * n / last))


def hanning(M: int) -> LazyArray:
    """The Hann window: a raised cosine with zeros at its ends.

    Parameters
    ----------
    M : int
        The number of points.

    Returns
    -------
    LazyArray
        Of type float64; of fewer than one point none.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.hanning(5).compute()
    array([0. , 0.5, 1. , 0.5, 0. ])
    """
    return _window(M, lambda n, last: 0.5 + 0.5 * cos(pi * n / last))


def kaiser(M: int, beta: float) -> LazyArray:
    """The Kaiser window, by the modified Bessel function `i0`.

    Parameters
    ----------
    M : int
        The number of points.
    beta : float
        How narrow it is: 0 is a rectangle.

    Returns
    -------
    LazyArray
        Of type float64; of fewer than one point none.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.kaiser(5, 14).round(6).compute()
    array([8.00000e-06, 1.64932e-01, 1.00000e+00, 1.64932e-01, 8.00000e-06])
    """
    if _asarray(beta).dtype.kind == "c":
        raise TypeError("i0 not supported for complex values")
    m, b = _floats(M, beta)
    if m == 1:
        return ones(1)
    n = arange(0, m)
    alpha = (m - 1) / 2.0
    return i0(b * sqrt(1 - ((n - alpha) / alpha) ** 2.0)) / i0(b)


# Chebyshev coefficients of exp(-x) I0(x) from 0 to 8, and of exp(-x) sqrt(x) I0(x) from 8 on: those of Cephes, which
# NumPy has too.
_NEAR = (
    -4.41534164647933937950e-18,
    3.33079451882223809783e-17,
    -2.43127984654795469359e-16,
    1.71539128555513303061e-15,
    -1.16853328779934516808e-14,
    7.67618549860493561688e-14,
    -4.85644678311192946090e-13,
    2.95505266312963983461e-12,
    -1.72682629144155570723e-11,
    9.67580903537323691224e-11,
    -5.18979560163526290666e-10,
    2.65982372468238665035e-9,
    -1.30002500998624804212e-8,
    6.04699502254191894932e-8,
    -2.67079385394061173391e-7,
    1.11738753912010371815e-6,
    -4.41673835845875056359e-6,
    1.64484480707288970893e-5,
    -5.75419501008210370398e-5,
    1.88502885095841655729e-4,
    -5.76375574538582365885e-4,
    1.63947561694133579842e-3,
    -4.32430999505057594430e-3,
    1.05464603945949983183e-2,
    -2.37374148058994688156e-2,
    4.93052842396707084878e-2,
    -9.49010970480476444210e-2,
    1.71620901522208775349e-1,
    -3.04682672343198398683e-1,
    6.76795274409476084995e-1,
)

_FAR = (
    -7.23318048787475395456e-18,
    -4.83050448594418207126e-18,
    4.46562142029675999901e-17,
    3.46122286769746109310e-17,
    -2.82762398051658348494e-16,
    -3.42548561967721913462e-16,
    1.77256013305652638360e-15,
    3.81168066935262242075e-15,
    -9.55484669882830764870e-15,
    -4.15056934728722208663e-14,
    1.54008621752140982691e-14,
    3.85277838274214270114e-13,
    7.18012445138366623367e-13,
    -1.79417853150680611778e-12,
    -1.32158118404477131188e-11,
    -3.14991652796324136454e-11,
    1.18891471078464383424e-11,
    4.94060238822496958910e-10,
    3.39623202570838634515e-9,
    2.26666899049817806459e-8,
    2.04891858946906374183e-7,
    2.89137052083475648297e-6,
    6.88975834691682398426e-5,
    3.36911647825569408990e-3,
    8.04490411014108831608e-1,
)


def _chebyshev(x: LazyArray, coefficients: tuple[float, ...]) -> LazyArray:
    """A Chebyshev series, by Clenshaw's scheme in NumPy's order."""
    b0: Any = coefficients[0]
    b1: Any = 0.0
    b2: Any = 0.0
    for c in coefficients[1:]:
        b2, b1 = b1, b0
        b0 = x * b1 - b2 + c
    return _asarray(0.5 * (b0 - b2))


def i0(x: ArrayLike) -> LazyArray:
    """The modified Bessel function of the first kind of order 0, element by element.

    Parameters
    ----------
    x : array_like
        Real; integers become float64.

    Returns
    -------
    LazyArray
        Of the shape of ``x``.

    Raises
    ------
    TypeError
        For complex numbers.

    References
    ----------
    C. W. Clenshaw, "Chebyshev series for mathematical functions", 1962; coefficients of the Cephes library.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.i0([0.0, 1.0, 2.0]).round(4).compute()
    array([1.    , 1.2661, 2.2796])
    """
    given = _asarray(x)
    if given.dtype.kind == "c":
        raise TypeError("i0 not supported for complex values")
    if given.dtype.kind != "f":
        given = given.astype("float64")
    a = absolute(given)
    is_near = a <= 8.0
    # Each series gets operands of its own range alone: elsewhere nothing may warn.
    near, far = _where(is_near, a, 0).astype(a.dtype), _where(is_near, 8, a).astype(a.dtype)
    return _where(
        is_near,
        exp(near) * _chebyshev(near / 2.0 - 2, _NEAR),
        exp(far) * _chebyshev(32.0 / far - 2.0, _FAR) / sqrt(far),
    )
