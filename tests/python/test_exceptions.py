"""Exceptions against NumPy's: bases, constructor forms and texts."""

import pickle

import numpy as np
import pytest

from numpy_rs import exceptions as e

NAMES = sorted(e.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_bases_are_numpys(name):
    ours, theirs = getattr(e, name), getattr(np.exceptions, name)
    assert ours.__bases__ == theirs.__bases__
    assert ours.__name__ == theirs.__name__


@pytest.mark.parametrize("name", [n for n in NAMES if n != "AxisError"])
@pytest.mark.parametrize("args", [(), ("text",), ("text", 3)])
def test_text_is_numpys(name, args):
    ours, theirs = getattr(e, name)(*args), getattr(np.exceptions, name)(*args)
    assert (str(ours), repr(ours), ours.args) == (str(theirs), repr(theirs), theirs.args)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        (("Custom error message",), {}),
        ((2, 1), {}),
        ((-3, 2), {}),
        ((0, 0, "concatenate"), {}),
        ((2, 1), {"msg_prefix": "error"}),
        ((2,), {"ndim": 1}),
        ((2,), {"msg_prefix": "error"}),
        ((None, 1), {}),
        ((None, None, "error"), {}),
    ],
)
def test_axis_error_forms_are_numpys(args, kwargs):
    ours, theirs = e.AxisError(*args, **kwargs), np.exceptions.AxisError(*args, **kwargs)
    assert str(ours) == str(theirs)
    assert repr(ours) == repr(theirs)
    assert (ours.axis, ours.ndim, ours.args) == (theirs.axis, theirs.ndim, theirs.args)


def test_axis_error_rejects_calls_that_numpy_rejects():
    for args in ((), (1, 2, "p", 4)):
        with pytest.raises(TypeError):
            np.exceptions.AxisError(*args)
        with pytest.raises(TypeError):
            e.AxisError(*args)


def test_axis_error_is_caught_by_either_base():
    for base in (ValueError, IndexError):
        with pytest.raises(base, match="axis 1 is out of bounds for array of dimension 1"):
            raise e.AxisError(1, 1)


def test_axis_error_survives_pickling_with_its_text():
    error = e.AxisError(2, 1, "error")
    back = pickle.loads(pickle.dumps(error))
    assert (str(back), back.axis, back.ndim) == ("error: axis 2 is out of bounds for array of dimension 1", 2, 1)


@pytest.mark.parametrize(
    "f",
    [
        lambda xp, x: xp.round(x > 0, 1),
        lambda xp, x: xp.linspace(0, 10**20, 3),
        lambda xp, x: xp.bitwise_count(x),
        lambda xp, x: xp.invert(x),
    ],
)
def test_ufunc_errors_have_numpys_classes(f):
    import numpy_rs.lazy as lz

    x = np.array([1.0, -2.0])
    with pytest.raises(TypeError) as theirs:
        f(np, x)
    with pytest.raises(TypeError) as ours:
        f(lz, lz.asarray(x))
    assert ours.type.__name__ == theirs.type.__name__
    assert issubclass(ours.type, e.UFuncTypeError) == (ours.type is not TypeError)
