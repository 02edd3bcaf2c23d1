"""Vector math is within 1 ULP of the exact result (MPFR), through the whole engine: graph, schedule, tiles, tails."""

import sys
from pathlib import Path

import numpy as np
import pytest

import numpy_rs.lazy as lz

sys.path.insert(0, str(Path(__file__).parent.parent / "accuracy"))
import accuracy  # noqa: E402  (its folder is no package)

# Special values warn; test_warnings.py says of what.
pytestmark = pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning")

SAMPLES = 4000


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@pytest.mark.parametrize("name", sorted(accuracy.functions()))
def test_error_is_at_most_one_ulp(name, dtype):
    function = accuracy.named(lz, name)

    def run(*arrays):
        return np.asarray(function(*map(lz.asarray, arrays)).compute())

    samples = accuracy.samples_of(name, dtype, SAMPLES)
    worst, at = accuracy.accuracy(name, run, dtype, samples)
    assert worst <= 1.0, f"{name}: {worst} ulp at {at}"


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
def test_roots_of_cubes_and_logarithms_of_powers_are_exact(dtype):
    whole = np.arange(1, 200, dtype=dtype)
    np.testing.assert_array_equal(lz.cbrt(whole**3).compute(), whole)
    np.testing.assert_array_equal(lz.power(whole**2, np.full_like(whole, 0.5)).compute(), whole)
    exponents = np.arange(-100, 100, dtype=dtype)
    np.testing.assert_array_equal(lz.log2(np.ldexp(dtype(1), exponents.astype("i4"))).compute(), exponents)
    np.testing.assert_array_equal(lz.power(np.full_like(exponents, 2), exponents).compute(), np.exp2(exponents))
    # Powers of ten that the type holds exactly.
    tens = np.arange(11 if dtype == np.float32 else 23)
    np.testing.assert_array_equal(lz.log10((10.0**tens).astype(dtype)).compute(), tens)
