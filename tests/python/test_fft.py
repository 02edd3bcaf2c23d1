"""Fourier transforms against NumPy's: values within a few ULP of the row's length, all else exactly."""

from functools import partial

import numpy as np
import pytest
from lazy_checks import lazy, observed, same_outcome

import numpy_rs
from numpy_rs import lazy as lz

ONE = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
SEVERAL = ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")
SHAPES = ((8,), (9,), (1,), (0,), (3, 4), (4, 3, 5), (2, 0))
# A few times the error of a short transform.
TOLERANCES = {"complex128": 1e-14, "float64": 1e-14, "complex64": 4e-6, "float32": 4e-6, "float16": 2e-3}
OPTIONS_OF_ONE = (
    {},
    {"n": 5},
    {"n": 12},
    {"n": 0},
    {"n": -1},
    {"n": 2.5},
    {"axis": 0},
    {"axis": 3},
    {"axis": 3, "n": 2},
    {"axis": 1, "n": 3},
    {"norm": "ortho"},
    {"norm": "forward"},
    {"norm": "backward"},
    {"norm": "x"},
    {"n": 6, "axis": -1, "norm": "ortho"},
)
OPTIONS_OF_SEVERAL = (
    {},
    {"s": (4, 4)},
    {"s": (4,), "axes": (0,)},
    {"axes": (0,)},
    {"axes": (0, 1), "norm": "ortho"},
    {"axes": (0, 0)},
    {"axes": ()},
    {"s": (-1, 3), "axes": (0, 1)},
    {"s": (None, 3), "axes": (0, 1)},
    {"s": (2,), "axes": (0, 1)},
    {"s": (3,)},
)


def compare(name, x, **options):
    """Assert that the function does the same here and in NumPy: values within the tolerance, all else exactly."""
    want, spoken = observed(lambda: getattr(np.fft, name)(x, **options))
    got, said = observed(lambda: getattr(lz.fft, name)(lazy(x), **options))
    where = (name, getattr(x, "shape", x), getattr(x, "dtype", None), options)
    assert said == spoken, where
    if isinstance(want, tuple):
        assert got == want, where
        return
    (got,), (want,) = got, want
    assert (got.dtype, got.shape) == (want.dtype, want.shape), where
    if want.dtype.kind in "iub":
        assert np.array_equal(got, want), where
        return
    scale = max(1.0, np.abs(want).max(initial=0.0))
    assert np.allclose(got, want, rtol=0, atol=TOLERANCES[str(want.dtype)] * scale), where


@pytest.mark.parametrize("dtype", list("?bBhilefdFD"))
@pytest.mark.parametrize("shape", SHAPES)
def test_every_function_is_numpys(dtype, shape):
    x = (np.random.default_rng(1).random(shape) * 10).astype(dtype)
    for options in OPTIONS_OF_ONE:
        for name in ONE:
            # NumPy reads what is not there of an empty row.
            if not (name in ("irfft", "hfft") and 0 in shape):
                compare(name, x, **options)
    for options in OPTIONS_OF_SEVERAL:
        for name in SEVERAL:
            if not (name.startswith("irfft") and 0 in shape):
                compare(name, x, **options)
    for options in ({}, {"axes": 0}, {"axes": (0,)}, {"axes": (5,)}):
        for name in ("fftshift", "ifftshift"):
            compare(name, x, **options)


def test_frequencies_are_numpys_to_the_bit():
    for n in (1, 2, 5, 8, 9, 0, -3, 2.5, "a"):
        for d in (1.0, 0.1, 0):
            for name in ("fftfreq", "rfftfreq"):
                same_outcome(lambda m, name=name, n=n, d=d: getattr(m.fft, name)(n, d))
    with pytest.raises(ValueError, match="Device not understood"):
        lz.fft.fftfreq(3, device="gpu")


@pytest.mark.parametrize("n", [2**16, 3 * 2**15, 100_003, 177_147, 2**18])
def test_long_rows(n):
    r = np.random.default_rng(n)
    z = r.standard_normal(n) + 1j * r.standard_normal(n)
    eps = np.finfo(float).eps * np.log2(n)
    for name, x in (("fft", z), ("ifft", z), ("rfft", z.real), ("fft", z.real), ("irfft", z[: n // 2 + 1])):
        options = {"n": n} if name == "irfft" else {}
        want, got = getattr(np.fft, name)(x, **options), np.asarray(getattr(lz.fft, name)(x, **options))
        # The error of both, against the root mean square.
        assert np.abs(got - want).max() <= 4 * eps * np.sqrt(np.mean(np.abs(want) ** 2)), name


def test_back_and_forth_with_views():
    x = np.random.default_rng(3).random((6, 50, 40))
    for view in (x[::2, ::-1, 3::4], x.transpose(2, 0, 1), x[:, 7, None, :]):
        for axis in range(view.ndim):
            z = lz.fft.ifft(lz.fft.fft(view, axis=axis), axis=axis)
            assert np.allclose(np.asarray(z), view, rtol=0, atol=1e-14)
            n = view.shape[axis]
            y = lz.fft.irfft(lz.fft.rfft(view, axis=axis), n, axis)
            assert np.allclose(np.asarray(y), view, rtol=0, atol=1e-14)


def test_the_same_bits_for_any_number_of_threads():
    r = np.random.default_rng(4)
    inputs = [r.random((70, 900)), r.random(2**17), r.random((300, 41)) + 1j]
    before = numpy_rs.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3, 8):
            numpy_rs.set_num_threads(threads)
            z = [lz.fft.fftn(x) for x in inputs] + [lz.fft.rfft(inputs[1])]
            results.append([np.asarray(a).tobytes() for a in lz.compute(*z)])
    finally:
        numpy_rs.set_num_threads(before)
    assert all(r == results[0] for r in results)


def rows_along(x, axis):
    """Transforms of rows that lie along an axis in memory."""
    moved = np.ascontiguousarray(np.moveaxis(x, 1, axis))
    return np.moveaxis(np.asarray(lz.fft.rfft(moved, axis=axis)), axis, 1)


@pytest.mark.parametrize("axis", [1, 0])
@pytest.mark.parametrize("n", [12, 360, 1000, 1031])
def test_a_row_has_the_same_bits_whatever_lies_beside_it(n, axis):
    x = np.random.default_rng(5).random((40, n))
    spoiled = x[::-1].copy()
    spoiled[1::2] = np.nan
    whole, other = rows_along(x, axis)[::-1], rows_along(spoiled, axis)
    assert whole[::2].tobytes() == other[::2].tobytes() and np.isnan(other[1::2]).any(axis=1).all()
    alone = np.asarray(lz.fft.rfft(x[3]))
    assert np.abs(whole[36] - alone).max() <= 4e-16 * np.linalg.norm(alone)


def test_special_values():
    for name in ("fft", "rfft"):
        x = np.array([1e308] * 4)
        (want, spoken), (got, said) = (observed(partial(getattr(m.fft, name), x)) for m in (np, lz))
        assert said == spoken and "RuntimeWarning" in str(said), name
        assert np.array_equal(np.isfinite(got), np.isfinite(want)), name
    for name in ("irfft", "hfft"):
        assert np.asarray(getattr(lz.fft, name)(np.zeros(0), 5)).tolist() == [0.0] * 5
    for values in ([np.inf, 1.0], [np.nan, 1.0], [np.inf, 1.0, 2.0]):
        for name in ("fft", "rfft"):
            x = np.array(values)
            with np.errstate(invalid="ignore"):
                want, got = getattr(np.fft, name)(x), np.asarray(getattr(lz.fft, name)(x))
            assert np.array_equal(np.isnan(got.real), np.isnan(want.real)), (name, values)
            assert np.array_equal(np.isinf(got.real), np.isinf(want.real)), (name, values)


def test_numpys_functions_on_lazy_arrays():
    x = np.random.default_rng(6).random((8, 6))
    z = np.fft.rfft2(lz.asarray(x))
    assert isinstance(z, lz.LazyArray)
    assert np.allclose(np.asarray(np.fft.irfft2(z)), x, rtol=0, atol=1e-15)
    assert isinstance(np.fft.fftshift(z), lz.LazyArray)
    with pytest.raises(NotImplementedError, match="out="):
        lz.fft.fft(x, out=np.empty((8, 6), complex))


def test_explain_names_the_transform():
    text = lz.fft.rfft(lz.ones((4, 30)) * 2).explain()
    assert "Fourier transforms of length 30 along axis 1" in text
