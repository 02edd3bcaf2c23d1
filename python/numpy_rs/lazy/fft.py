"""Discrete Fourier transforms with NumPy's names: of any length, along any axis, over threads.

Numbers of single precision are transformed in it, float16 as well. Complex transforms of one row are those of the
``rustfft`` crate; real ones take half the work. Errors grow as the logarithm of the length. Results do not depend on
the number of threads.

Examples
--------
>>> import numpy_rs.lazy as lz
>>> lz.fft.rfft([0.0, 1.0, 0.0, 0.0]).compute()
array([ 1.+0.j,  0.-1.j, -1.+0.j])
"""

import math
import operator
import struct
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

from numpy_rs import _core
from numpy_rs._core import LazyArray

from . import _repeat
from ._join import concatenate
from ._out import _no_out
from ._ranges import arange
from ._typing import ArrayLike, Axes, Axis
from ._ufuncs import conjugate

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
]

Norm: TypeAlias = Literal["backward", "ortho", "forward"] | None

_asarray, _fourier = _core.asarray, _core.fourier


def _other_direction(norm: Norm) -> Norm:
    """The norm of the transform back that this one has."""
    swapped: dict[Any, Norm] = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}
    if norm not in swapped:
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')
    return swapped[norm]


def _factor(n: int, norm: Norm, dtype: str) -> float:
    """What a transform is multiplied by, each step rounded to a type."""
    code = {"float16": "e", "float32": "f", "complex64": "f"}.get(dtype, "d")

    def rounded(x: float) -> float:
        try:
            return float(struct.unpack(code, struct.pack(code, x))[0])
        except OverflowError:
            return math.inf

    if norm == "ortho":
        return rounded(1.0 / rounded(math.sqrt(rounded(n))))
    if norm == "forward":
        return rounded(1.0 / rounded(n))
    if norm not in (None, "backward"):
        raise ValueError(f'Invalid norm value {norm}; should be "backward","ortho" or "forward".')
    return 1.0


def _transform(a: ArrayLike, name: str, n: int | None, axis: Axis, norm: Norm, out: object) -> LazyArray:
    """One transform along one axis."""
    _no_out(out, name)
    x = _asarray(a)
    if n is None:
        n = x.shape[axis]
        if name == "irfft":
            n = (n - 1) * 2
    n = operator.index(n)
    factor = 1.0
    # Of lengths below one nothing is made, whatever else is asked.
    if n >= 1:
        norm = _other_direction(norm) if name in ("ifft", "irfft") else norm
        factor = 1.0 if norm is None else _factor(n, norm, str(x.dtype))
    result = _fourier(x, name, n, operator.index(axis), factor)
    return result.astype("float16") if name == "irfft" and x.dtype == "float16" else result


def fft(a: ArrayLike, n: int | None = None, axis: Axis = -1, norm: Norm = None, out: None = None) -> LazyArray:
    """The discrete Fourier transform along an axis.

    Parameters
    ----------
    a : array_like
        Real or complex numbers.
    n : int, optional
        The length of the transform; longer rows are cut, shorter ones end in zeros.
    axis : int
        The axis.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by ``n``: the other one by default.
    out : None
        Refused: lazy arrays are values.

    Returns
    -------
    LazyArray
        complex128, or complex64 of float16, float32 and complex64; of length ``n`` along the axis.

    Raises
    ------
    ValueError
        If ``n`` is below one, or the norm is not known.
    IndexError
        If there is no such axis.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.fft([1.0, 0.0, 0.0, 1.0]).compute()
    array([2.+0.j, 1.+1.j, 0.+0.j, 1.-1.j])
    """
    return _transform(a, "fft", n, axis, norm, out)


def ifft(a: ArrayLike, n: int | None = None, axis: Axis = -1, norm: Norm = None, out: None = None) -> LazyArray:
    """The transform back, divided by the length unless ``norm`` says otherwise.

    Parameters
    ----------
    a : array_like
        Complex numbers.
    n, axis, norm, out
        As for `fft`.

    Returns
    -------
    LazyArray
        Complex, as of `fft`.

    Raises
    ------
    ValueError, IndexError
        As `fft`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.ifft([4.0, 0.0, 0.0, 0.0]).compute()
    array([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j])
    """
    return _transform(a, "ifft", n, axis, norm, out)


def rfft(a: ArrayLike, n: int | None = None, axis: Axis = -1, norm: Norm = None, out: None = None) -> LazyArray:
    """The transform of real numbers: the first ``n // 2 + 1`` elements, of which the others are the conjugates.

    Parameters
    ----------
    a : array_like
        Real numbers.
    n, axis, norm, out
        As for `fft`.

    Returns
    -------
    LazyArray
        Complex, as of `fft`; of length ``n // 2 + 1`` along the axis.

    Raises
    ------
    TypeError
        For complex numbers.
    ValueError, IndexError
        As `fft`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.rfft([1.0, 2.0, 3.0, 4.0]).compute()
    array([10.+0.j, -2.+2.j, -2.+0.j])
    """
    return _transform(a, "rfft", n, axis, norm, out)


def irfft(a: ArrayLike, n: int | None = None, axis: Axis = -1, norm: Norm = None, out: None = None) -> LazyArray:
    """The transform back to real numbers, of the first ``n // 2 + 1`` elements that `rfft` gives.

    Parameters
    ----------
    a : array_like
        Complex numbers; of the first, and of the last where ``n`` is even, imaginary parts do not count.
    n : int, optional
        The length of the result; ``2 * (m - 1)`` by default, for ``m`` elements along the axis.
    axis, norm, out
        As for `fft`.

    Returns
    -------
    LazyArray
        float64, or float32 of complex64 and float32, float16 of float16.

    Raises
    ------
    ValueError, IndexError
        As `fft`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.irfft([10.0, -2 + 2j, -2.0]).compute()
    array([1., 2., 3., 4.])
    """
    return _transform(a, "irfft", n, axis, norm, out)


def hfft(a: ArrayLike, n: int | None = None, axis: Axis = -1, norm: Norm = None, out: None = None) -> LazyArray:
    """The transform of what is its own conjugate when reversed, of which the first half is given: real numbers.

    Parameters
    ----------
    a : array_like
        The first ``n // 2 + 1`` elements.
    n, axis, norm, out
        As for `irfft`.

    Returns
    -------
    LazyArray
        Real, as of `irfft`.

    Raises
    ------
    ValueError, IndexError
        As `fft`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.hfft([1.0, 2.0, 3.0]).compute()
    array([ 8., -2.,  0., -2.])
    """
    return irfft(conjugate(a), n, axis, _other_direction(norm), out)


def ihfft(a: ArrayLike, n: int | None = None, axis: Axis = -1, norm: Norm = None, out: None = None) -> LazyArray:
    """What `hfft` makes the real numbers from: the first ``n // 2 + 1`` elements of their transform back.

    Parameters
    ----------
    a : array_like
        Real numbers.
    n, axis, norm, out
        As for `rfft`.

    Returns
    -------
    LazyArray
        Complex, as of `rfft`.

    Raises
    ------
    TypeError, ValueError, IndexError
        As `rfft`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.ihfft([8.0, -2.0, 0.0, -2.0]).real.compute().tolist()
    [1.0, 2.0, 3.0]
    """
    return conjugate(rfft(a, n, axis, _other_direction(norm), out))


def _lengths(
    x: LazyArray, s: Sequence[int | None] | None, axes: Axes | None, back: bool = False
) -> tuple[list[int | None], list[int]]:
    """Length and axis of each transform over several axes."""
    whole = s is None
    lengths: list[int | None]
    where: list[int] | None = None
    if axes is not None:
        where = [operator.index(d) for d in (axes if isinstance(axes, Sequence) else (axes,))]
    if s is None:
        for d in where or ():
            if not -x.ndim <= d < x.ndim:
                raise IndexError(f"index {d} is out of bounds for axis 0 with size {x.ndim}")
        lengths = list(x.shape) if where is None else [x.shape[d] for d in where]
    else:
        lengths = list(s)
        if None in lengths:
            warnings.warn(
                "Passing an array containing `None` values to `s` is deprecated in NumPy 2.0 and will raise an error "
                "in a future version of NumPy. To use the default behaviour of the corresponding 1-D transform, pass "
                "the value matching the default for its `n` parameter. To use the default behaviour for every axis, "
                "the `s` argument can be omitted.",
                DeprecationWarning,
                stacklevel=3,
            )
    if where is None:
        if not whole:
            warnings.warn(
                "`axes` should not be `None` if `s` is not `None` (Deprecated in NumPy 2.0). In a future version of "
                "NumPy, this will raise an error and `s[i]` will correspond to the size along the transformed axis "
                "specified by `axes[i]`. To retain current behaviour, pass a sequence [0, ..., k-1] to `axes` for an "
                "array of dimension k.",
                DeprecationWarning,
                stacklevel=3,
            )
        where = list(range(-len(lengths), 0))
    if len(lengths) != len(where):
        raise ValueError("Shape and axes have different lengths.")
    if back and whole:
        lengths[-1] = (x.shape[tuple(where)[-1]] - 1) * 2
    return [x.shape[d] if n == -1 else n for n, d in zip(lengths, where, strict=True)], where


def _over_axes(
    a: ArrayLike,
    s: Sequence[int | None] | None,
    axes: Axes | None,
    one: Callable[..., LazyArray],
    norm: Norm,
    out: object,
) -> LazyArray:
    """A transform along several axes, the last first."""
    _no_out(out, one.__name__)
    x = _asarray(a)
    lengths, where = _lengths(x, s, axes)
    for n, axis in zip(reversed(lengths), reversed(where), strict=True):
        x = one(x, n, axis, norm)
    return x


def fftn(
    a: ArrayLike,
    s: Sequence[int | None] | None = None,
    axes: Axes | None = None,
    norm: Norm = None,
    out: None = None,
) -> LazyArray:
    """The transform along several axes, all by default.

    Parameters
    ----------
    a : array_like
        Real or complex numbers.
    s : sequence of int, optional
        The length along each of the axes; -1 for the array's own.
    axes : sequence of int, optional
        The axes; all, or with ``s`` the last ones.
    norm, out
        As for `fft`.

    Returns
    -------
    LazyArray
        Complex, as of `fft`.

    Raises
    ------
    ValueError
        If there are not as many lengths as axes; and as `fft`.
    IndexError
        If there is no such axis.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.fftn(lz.ones((2, 2))).compute()
    array([[4.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j]])
    """
    return _over_axes(a, s, axes, fft, norm, out)


def ifftn(
    a: ArrayLike,
    s: Sequence[int | None] | None = None,
    axes: Axes | None = None,
    norm: Norm = None,
    out: None = None,
) -> LazyArray:
    """The transform back along several axes.

    Parameters
    ----------
    a : array_like
        Complex numbers.
    s, axes, norm, out
        As for `fftn`.

    Returns
    -------
    LazyArray
        Complex, as of `fft`.

    Raises
    ------
    ValueError, IndexError
        As `fftn`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.ifftn(lz.fft.fftn(lz.eye(2))).real.compute().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return _over_axes(a, s, axes, ifft, norm, out)


def rfftn(
    a: ArrayLike,
    s: Sequence[int | None] | None = None,
    axes: Axes | None = None,
    norm: Norm = None,
    out: None = None,
) -> LazyArray:
    """The transform of real numbers along several axes: `rfft` along the last, `fft` along the others.

    Parameters
    ----------
    a : array_like
        Real numbers.
    s, axes, norm, out
        As for `fftn`.

    Returns
    -------
    LazyArray
        Complex; of length ``n // 2 + 1`` along the last of the axes.

    Raises
    ------
    TypeError
        For complex numbers.
    ValueError, IndexError
        As `fftn`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.rfftn(lz.ones((2, 2))).compute()
    array([[4.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j]])
    """
    _no_out(out, "rfftn")
    x = _asarray(a)
    lengths, where = _lengths(x, s, axes)
    x = rfft(x, lengths[-1], where[-1], norm)
    for n, axis in zip(reversed(lengths[:-1]), reversed(where[:-1]), strict=True):
        x = fft(x, n, axis, norm)
    return x


def irfftn(
    a: ArrayLike,
    s: Sequence[int | None] | None = None,
    axes: Axes | None = None,
    norm: Norm = None,
    out: None = None,
) -> LazyArray:
    """The transform back to real numbers along several axes: `ifft`, then `irfft` along the last.

    Parameters
    ----------
    a : array_like
        Complex numbers.
    s : sequence of int, optional
        The length of the result along each of the axes.
    axes, norm, out
        As for `fftn`.

    Returns
    -------
    LazyArray
        Real, as of `irfft`.

    Raises
    ------
    ValueError, IndexError
        As `fftn`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.irfftn(lz.fft.rfftn(lz.ones((2, 2)))).compute()
    array([[1., 1.],
           [1., 1.]])
    """
    _no_out(out, "irfftn")
    x = _asarray(a)
    lengths, where = _lengths(x, s, axes, back=True)
    for n, axis in zip(lengths[:-1], where[:-1], strict=True):
        x = ifft(x, n, axis, norm)
    return irfft(x, lengths[-1], where[-1], norm)


def fft2(
    a: ArrayLike,
    s: Sequence[int | None] | None = None,
    axes: Axes = (-2, -1),
    norm: Norm = None,
    out: None = None,
) -> LazyArray:
    """The transform along two axes.

    Parameters
    ----------
    a : array_like
        Real or complex numbers.
    s, axes, norm, out
        As for `fftn`.

    Returns
    -------
    LazyArray
        Complex, as of `fft`.

    Raises
    ------
    ValueError, IndexError
        As `fftn`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.fft2(lz.ones((2, 2))).compute()
    array([[4.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j]])
    """
    return _over_axes(a, s, axes, fft, norm, out)


def ifft2(
    a: ArrayLike,
    s: Sequence[int | None] | None = None,
    axes: Axes = (-2, -1),
    norm: Norm = None,
    out: None = None,
) -> LazyArray:
    """The transform back along two axes.

    Parameters
    ----------
    a : array_like
        Complex numbers.
    s, axes, norm, out
        As for `fftn`.

    Returns
    -------
    LazyArray
        Complex, as of `fft`.

    Raises
    ------
    ValueError, IndexError
        As `fftn`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.ifft2([[4.0, 0.0], [0.0, 0.0]]).compute()
    array([[1.+0.j, 1.+0.j],
           [1.+0.j, 1.+0.j]])
    """
    return _over_axes(a, s, axes, ifft, norm, out)


def rfft2(
    a: ArrayLike,
    s: Sequence[int | None] | None = None,
    axes: Axes = (-2, -1),
    norm: Norm = None,
    out: None = None,
) -> LazyArray:
    """The transform of real numbers along two axes.

    Parameters
    ----------
    a : array_like
        Real numbers.
    s, axes, norm, out
        As for `rfftn`.

    Returns
    -------
    LazyArray
        Complex, as of `rfftn`.

    Raises
    ------
    TypeError, ValueError, IndexError
        As `rfftn`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.rfft2(lz.ones((2, 4))).shape
    (2, 3)
    """
    return rfftn(a, s, axes, norm, out)


def irfft2(
    a: ArrayLike,
    s: Sequence[int | None] | None = None,
    axes: Axes = (-2, -1),
    norm: Norm = None,
    out: None = None,
) -> LazyArray:
    """The transform back to real numbers along two axes.

    Parameters
    ----------
    a : array_like
        Complex numbers.
    s, axes, norm, out
        As for `irfftn`.

    Returns
    -------
    LazyArray
        Real, as of `irfft`.

    Raises
    ------
    ValueError, IndexError
        As `irfftn`.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.irfft2(lz.fft.rfft2(lz.eye(4))).compute().tolist() == lz.eye(4).tolist()
    True
    """
    return irfftn(a, s, axes, norm, out)


def fftfreq(n: int, d: float = 1.0, device: str | None = None) -> LazyArray:
    """The frequencies of the elements of a transform: cycles per unit of the spacing of samples.

    Parameters
    ----------
    n : int
        The length.
    d : float
        The spacing.
    device : {'cpu'}, optional
        For the array API.

    Returns
    -------
    LazyArray
        ``[0, 1, ..., (n - 1) // 2, -(n // 2), ..., -1] / (d * n)``.

    Raises
    ------
    ValueError
        If ``n`` is no integer.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.fftfreq(4, 0.5).compute()
    array([ 0. ,  0.5, -1. , -0.5])
    """
    _check(n, device)
    step = 1.0 / (n * d)
    if n < 0:
        raise ValueError("negative dimensions are not allowed")
    return concatenate([arange(0, (n - 1) // 2 + 1), arange(-(n // 2), 0)]) * step


def rfftfreq(n: int, d: float = 1.0, device: str | None = None) -> LazyArray:
    """The frequencies of the elements that `rfft` gives.

    Parameters
    ----------
    n : int
        The length.
    d : float
        The spacing of samples.
    device : {'cpu'}, optional
        For the array API.

    Returns
    -------
    LazyArray
        ``[0, 1, ..., n // 2] / (d * n)``.

    Raises
    ------
    ValueError
        If ``n`` is no integer.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.rfftfreq(4, 0.5).compute()
    array([0. , 0.5, 1. ])
    """
    _check(n, device)
    return arange(0, n // 2 + 1) * (1.0 / (n * d))


def _check(n: Any, device: str | None) -> None:
    """Refuse what NumPy refuses of frequencies."""
    if device is not None and device != "cpu":
        raise ValueError(f'Device not understood. Only "cpu" is allowed, but received: {device}')
    try:
        operator.index(n)
    except TypeError:
        raise ValueError("n should be an integer") from None


def _shifted(x: ArrayLike, axes: Axes | None, sign: int) -> LazyArray:
    """Half of the elements along axes moved over the end."""
    x = _asarray(x)
    if axes is None:
        where: Sequence[Any] = tuple(range(x.ndim))
    else:
        where = axes if isinstance(axes, Sequence) else (axes,)
    halves = [n // 2 for n in (x.shape[d] for d in where)]
    return _repeat.roll(x, [n if sign > 0 else -n for n in halves], tuple(where))


def fftshift(x: ArrayLike, axes: Axes | None = None) -> LazyArray:
    """The element of frequency zero moved to the middle.

    Parameters
    ----------
    x : array_like
        What a transform gives.
    axes : int or sequence of int, optional
        The axes, all by default.

    Returns
    -------
    LazyArray

    Raises
    ------
    IndexError
        If there is no such axis.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.fftshift([0, 1, 2, -2, -1]).compute()
    array([-2, -1,  0,  1,  2])
    """
    return _shifted(x, axes, 1)


def ifftshift(x: ArrayLike, axes: Axes | None = None) -> LazyArray:
    """What `fftshift` moved, moved back.

    Parameters
    ----------
    x : array_like
        What `fftshift` gives.
    axes : int or sequence of int, optional
        The axes, all by default.

    Returns
    -------
    LazyArray

    Raises
    ------
    IndexError
        If there is no such axis.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.fft.ifftshift([-2, -1, 0, 1, 2]).compute()
    array([ 0,  1,  2, -2, -1])
    """
    return _shifted(x, axes, -1)
