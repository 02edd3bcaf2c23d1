"""What a cast loses: imaginary parts, and Python numbers beyond a narrow type, are spoken of as in NumPy."""

import numpy as np
import pytest
from lazy_checks import same_outcome

import numpy_rs.lazy as lz
from numpy_rs.exceptions import ComplexWarning

C = np.array([1 + 2j, -3j, 4.0])
HALF, SINGLE, PAIR = (np.array([1, 2], t) for t in ("f2", "f4", "c8"))

COMPLEX = {
    "astype": lambda m, c: c.astype("float64"),
    "astype f2": lambda m, c: c.astype("float16"),
    "astype int": lambda m, c: c.astype("int32"),
    "astype bool": lambda m, c: c.astype("bool"),
    "astype c8": lambda m, c: c.astype("complex64"),
    "empty": lambda m, c: c[:0].astype("float32"),
    "asarray": lambda m, c: m.asarray(c, dtype="float64"),
    "asarray of a number": lambda m, c: m.asarray(1j, dtype="float64"),
    "asarray of numbers": lambda m, c: m.asarray([1j, 2.0], dtype="float64"),
    "full": lambda m, c: m.full(3, 1j, dtype="float64"),
    "full of an array": lambda m, c: m.full(3, c, dtype="int64"),
    "sum": lambda m, c: m.sum(c, dtype="float64"),
    "mean": lambda m, c: m.mean(c, dtype="float32"),
    "cumsum": lambda m, c: m.cumsum(c, dtype="float64"),
    "concatenate": lambda m, c: m.concatenate([c, c], dtype="float64", casting="unsafe"),
    "real": lambda m, c: c.real,
    "abs": lambda m, c: abs(c),
    "var": lambda m, c: c.var(),
    "any": lambda m, c: c.any(),
}


@pytest.mark.parametrize("call", COMPLEX.values(), ids=COMPLEX)
def test_dropped_imaginary_parts_are_spoken_of(call):
    same_outcome(call, C)


def test_it_is_said_where_it_is_computed():
    x = lz.asarray(C).astype("float64") + 1
    with pytest.warns(ComplexWarning, match="Casting complex values to real discards the imaginary part"):
        x.compute()
    with pytest.warns(ComplexWarning):
        x.compute(out=np.empty(3))


BEYOND = {
    "add": lambda m, h, s, c: h + 1e6,
    "add int": lambda m, h, s, c: h + 100000,
    "multiply": lambda m, h, s, c: s * 1e300,
    "huge int": lambda m, h, s, c: s * 10**300,
    "too huge": lambda m, h, s, c: s * 10**400,
    "inf": lambda m, h, s, c: s + float("inf"),
    "complex": lambda m, h, s, c: c + 1e300,
    "imaginary": lambda m, h, s, c: c * 1e300j,
    "compare": lambda m, h, s, c: s < 1e300,
    "equal int": lambda m, h, s, c: h == 70000,
    "full": lambda m, h, s, c: m.full(3, 1e300, dtype="float32"),
    "full int": lambda m, h, s, c: m.full(3, 1e300, dtype="int32"),
    "full nan": lambda m, h, s, c: m.full(3, float("nan"), dtype="int64"),
    "full unsigned": lambda m, h, s, c: m.full(3, 300, dtype="uint8"),
    "asarray": lambda m, h, s, c: m.asarray(1e300, dtype="float32"),
    "list": lambda m, h, s, c: m.asarray([1.0, 1e300], dtype="float32"),
    "list of ints": lambda m, h, s, c: m.asarray([1, 10**6], dtype="float16"),
    "list of complex": lambda m, h, s, c: m.asarray([1, 1e300], dtype="complex64"),
    "where": lambda m, h, s, c: m.where(s > 1, s, 1e300),
    "clip": lambda m, h, s, c: m.clip(s, 0, 1e300),
    "power": lambda m, h, s, c: h**1e6,
    "maximum": lambda m, h, s, c: m.maximum(h, 1e6),
    "dtype": lambda m, h, s, c: m.add(s, 1e300, dtype="float32"),
    "initial": lambda m, h, s, c: m.sum(h, initial=1e6),
    "nan_to_num": lambda m, h, s, c: m.nan_to_num(h, posinf=1e6),
    "fits": lambda m, h, s, c: (h + 65519, s * 3.4e38),
    "just not": lambda m, h, s, c: h + 65520,
}


@pytest.mark.parametrize("call", BEYOND.values(), ids=BEYOND)
def test_numbers_beyond_a_type_are_spoken_of(call):
    same_outcome(call, HALF, SINGLE, PAIR)


def test_settings_decide():
    x = lz.asarray(HALF) + 1e6
    with lz.errstate(over="ignore"):
        np.testing.assert_array_equal(x.compute(), [np.inf, np.inf])
    with lz.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow encountered in cast"):
        x.compute()
