"""Means and spreads: types asked for, weights, and slices of nothing, as in NumPy, warnings and exceptions included."""

import numpy as np
import pytest
from lazy_checks import B1, C16, F4, F8, I8, U1, same_outcome

ARRAYS = {"f8": F8, "i8": I8, "u1": U1, "f4": F4, "c16": C16, "b1": B1, "big": np.full((3, 4), 200, np.uint8)}
NONE = np.full((2, 3), np.nan)
SOME = np.array([[np.nan, 1.0, np.nan], [2.0, np.nan, -1.0]])


@pytest.mark.parametrize("axis", [None, 0, (0, 1), ()])
@pytest.mark.parametrize("dtype", ["int64", "int8", "uint8", "int32", "bool"])
@pytest.mark.parametrize("name", ["mean", "var", "std"])
@pytest.mark.parametrize("key", ARRAYS)
def test_moments_in_types_that_do_not_divide(name, dtype, axis, key):
    same_outcome(lambda m, a: getattr(m, name)(a, axis=axis, dtype=dtype), ARRAYS[key])


@pytest.mark.parametrize("kwargs", [{"keepdims": True}, {"where": B1}, {"ddof": 1}, {"ddof": 1.5}, {"mean": 1.5}])
@pytest.mark.parametrize("name", ["mean", "var", "std"])
@pytest.mark.parametrize("axis", [None, 0])
def test_moments_in_integers_with_other_arguments(name, kwargs, axis):
    if name == "mean" and not {"keepdims", "where"} & set(kwargs):
        return
    for a in (F8, I8, U1):
        for t in ("int64", "int16"):
            same_outcome(lambda m, a, t=t, **k: getattr(m, name)(a, axis=axis, dtype=t, **k), a, **kwargs)


@pytest.mark.parametrize("name", ["var", "std"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "complex128"])
def test_spreads_of_complex_numbers(name, dtype):
    same_outcome(lambda m, a: getattr(m, name)(a, axis=0, dtype=dtype), np.array([[1 + 2j, 3.0], [5.0, 1 - 6j]]))


@pytest.mark.parametrize("name", ["nanargmin", "nanargmax"])
@pytest.mark.parametrize("kwargs", [{}, {"axis": 0}, {"axis": 1}, {"axis": -1, "keepdims": True}])
@pytest.mark.parametrize("a", [NONE, SOME, SOME * 1j, I8, np.zeros((0, 3)), np.zeros((3, 0)), NONE.astype("f2")])
def test_a_slice_of_nan_has_no_position(name, kwargs, a):
    same_outcome(lambda m, a: getattr(m, name)(a, **kwargs), a)


W = np.array([1.0, -1.0, 2.0, -2.0])


@pytest.mark.parametrize("kwargs", [{"axis": 1, "weights": W}, {"axis": 0, "weights": W[:3]}, {"weights": F8 * 0}])
@pytest.mark.parametrize("returned", [False, True])
@pytest.mark.parametrize("a", [F8, I8, F4])
def test_weights_that_sum_to_zero_are_refused(kwargs, returned, a):
    same_outcome(lambda m, a, **k: m.average(a, returned=returned, **k), a, **kwargs)


def test_what_is_refused_leaves_results_alone():
    import numpy_rs.lazy as lz

    out = np.array([7, 7])
    with pytest.raises(ValueError, match="All-NaN slice encountered"):
        lz.nanargmin(lz.asarray(NONE), axis=1).compute(out=out)
    np.testing.assert_array_equal(out, [7, 7])
