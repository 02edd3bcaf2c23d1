"""Sums, means and variances against their exact values: no worse than NumPy's pairwise sums and two passes."""

import math

import numpy as np
import pytest
from samples import rng, strided

import numpy_rs.lazy as lz

# Special values warn; test_warnings.py says of what.
pytestmark = pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning")

SIZES = [10, 100, 1000, 4097, 100_003, 1_000_000]
LAYOUTS = {
    "plain": lambda x: (x, None),
    "strided": lambda x: (strided(x), None),
    "reversed": lambda x: (x[::-1], None),
    "outer axis": lambda x: (np.stack([x, x], 1), 0),
    "inner axis": lambda x: (np.stack([x, x], 0), 1),
}


def numbers(kind, n, dtype):
    r = rng("sums", kind, n)
    if kind == "normal":
        x = r.normal(size=n)
    elif kind == "positive":
        x = r.random(n)
    elif kind == "wide":
        x = r.normal(size=n) * 10.0 ** r.integers(-3, 3, n)
    else:
        x = np.concatenate([[1e4], r.random(n - 1)])
    return x.astype(dtype)


def first(z):
    return float(np.asarray(z.compute()).ravel()[0])


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["normal", "positive", "wide", "big first"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_sums_and_means_are_as_good_as_pairwise(dtype, kind, layout, n):
    """Two units of rounding of the sum of absolute values: NumPy's pairwise sum reaches 1.4 here."""
    x = numbers(kind, n, dtype)
    array, axis = LAYOUTS[layout](x)
    exact, size = math.fsum(x.astype("d")), math.fsum(np.abs(x.astype("d")))
    eps = np.finfo(dtype).eps
    assert abs(first(lz.sum(lz.asarray(array), axis=axis)) - exact) <= 2 * eps * size
    assert abs(first(lz.mean(lz.asarray(array), axis=axis)) - exact / n) <= 2.5 * eps * size / n


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("dtype", "offset"), [("f4", 0), ("f4", 1e3), ("f8", 0), ("f8", 1e3), ("f8", 1e6)])
def test_variances_are_as_good_as_two_passes(dtype, offset, layout, n):
    """The bound of two passes: the squares' rounding, and the mean's error squared."""
    x = (numbers("positive", n, "d") + offset).astype(dtype)
    array, axis = LAYOUTS[layout](x)
    exact = x.astype("d")
    mean = math.fsum(exact) / n
    deviation = exact - mean
    variance = math.fsum((deviation - math.fsum(deviation) / n) ** 2) / n
    eps = float(np.finfo(dtype).eps)
    bound = 16 * eps + (8 * eps * abs(mean) / math.sqrt(variance)) ** 2
    error = abs(first(lz.var(lz.asarray(array), axis=axis)) - variance) / variance
    assert error <= bound, f"variance: relative error {error / eps:.3g} eps, bound {bound / eps:.3g}"
    error = abs(first(lz.std(lz.asarray(array), axis=axis)) - math.sqrt(variance)) / math.sqrt(variance)
    assert error <= bound, f"deviation: relative error {error / eps:.3g} eps, bound {bound / eps:.3g}"


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "F", "D"])
@pytest.mark.parametrize("n", [3, 47, 1000, 5000])
def test_special_values_in_sums(dtype, n):
    x = np.ones(n, dtype)
    for special in ([np.inf], [-np.inf], [np.nan], [np.inf, -np.inf], [np.inf, np.nan]):
        for at in (0, n // 2, n - 2):
            y = x.copy()
            y[at : at + len(special)] = special[: len(y[at : at + len(special)])]
            for name in ("sum", "mean", "prod"):
                with np.errstate(all="ignore"):
                    want = getattr(np, name)(y)
                got = np.asarray(getattr(lz, name)(lz.asarray(y)).compute())
                if y.dtype.kind == "f":
                    assert np.array_equal(got, want, equal_nan=True), (name, special, at)
                else:
                    assert np.isnan(got) == np.isnan(want), (name, special, at)
    assert np.asarray(lz.sum(lz.asarray(np.full(n, -0.0, dtype))).compute()) == 0
