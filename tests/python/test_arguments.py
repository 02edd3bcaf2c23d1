"""Arguments that functions rarely get: truth values as indices, `dtype=` of ufuncs, ranges, None and text, odd axes."""

import numpy as np
import pytest
from lazy_checks import B1, C16, CUBE, F8, I8, NANS, U1, V, same

import numpy_rs.lazy as lz


def compare(f):
    """The results of a function of a module and of a maker of arrays, or their exceptions: class and text."""
    try:
        with np.errstate(all="ignore"):
            want = f(np, np.asarray)
    except Exception as e:
        with pytest.raises(type(e) if type(e).__module__ == "builtins" else Exception) as info:
            np.asarray(f(lz, lz.asarray))
        assert (info.type.__name__, str(info.value)) == (type(e).__name__, str(e))
        return
    same(f(lz, lz.asarray), want, ulp=2)


@pytest.mark.parametrize(
    "key",
    [
        (True,), (False,), (True, True), (True, False), (True, [0, 1]), (False, [0, 1]), (False, [0]), ([0, 1], True),
        (slice(None), True), (slice(None), True, 0), (0, True), (..., True), (True, ..., [0]), ([0], slice(None), True),
        (None, True), (True, I8 > 2), (False, I8 > 2), (np.array(True), 1), (True, slice(None, None, -1)),
        (1.5,), ("a",), ({},), ([1.5],), (np.float32(1), 0), (1j,), (None, 1.5), (object(),), (slice(0, 2), "a"),
    ],
    ids=repr,
)  # fmt: skip
def test_odd_indices(key):
    compare(lambda xp, a: a(I8)[key])
    compare(lambda xp, a: a(I8)[key if len(key) > 1 else key[0]])


@pytest.mark.parametrize("array", [V[0], CUBE, np.zeros((0, 2))], ids=["0-d", "3-d", "empty"])
def test_truth_values_pick_all_or_nothing(array):
    array = np.asarray(array)
    for truth in (True, False):
        compare(lambda xp, a, truth=truth: a(array)[truth])
        compare(lambda xp, a, truth=truth: a(array)[a(truth)])
        compare(lambda xp, a, truth=truth: a(array)[..., truth])


@pytest.mark.parametrize(
    "f",
    [
        lambda xp, a: xp.add(a(F8), 1, dtype="i4"),
        lambda xp, a: xp.add(a(F8), 1, dtype="i4", casting="unsafe"),
        lambda xp, a: xp.add(a(I8), 1.5, dtype="i4"),
        lambda xp, a: xp.add(a(I8), a(U1), dtype="u1"),
        lambda xp, a: xp.add(a(U1), 300, dtype="u1"),
        lambda xp, a: xp.add(a(U1), 300, dtype="f2"),
        lambda xp, a: xp.add(a(F8), 1, dtype="f4", casting="safe"),
        lambda xp, a: xp.add(a(F8), 1, dtype="f4", casting="nope"),
        lambda xp, a: xp.add(a(C16), 1, dtype="f8"),
        lambda xp, a: xp.equal(a(F8), a(I8), dtype=bool),
        lambda xp, a: xp.equal(a(F8), a(I8), dtype="i4"),
        lambda xp, a: xp.greater(a(F8), a(I8), dtype="f8"),
        lambda xp, a: xp.isnan(a(NANS), dtype=bool),
        lambda xp, a: xp.isnan(a(NANS), dtype="f4"),
        lambda xp, a: xp.signbit(a(F8), dtype=bool),
        lambda xp, a: xp.logical_and(a(F8), a(B1), dtype=bool),
        lambda xp, a: xp.sqrt(abs(a(I8)), dtype="f4"),
        lambda xp, a: xp.sqrt(abs(a(I8)), dtype="i4"),
        lambda xp, a: xp.sqrt(a(F8), dtype="D"),
        lambda xp, a: xp.absolute(a(C16), dtype="f8"),
        lambda xp, a: xp.absolute(a(C16), dtype="f4"),
        lambda xp, a: xp.absolute(a(C16), dtype="D"),
        lambda xp, a: xp.power(a(V), -1, dtype="f8"),
        lambda xp, a: xp.divide(a(V), 2, dtype="f4"),
        lambda xp, a: xp.divide(a(V), 2, dtype="i8"),
        lambda xp, a: xp.floor_divide(a(F8), 2.0, dtype="i4"),
        lambda xp, a: xp.subtract(a(B1), a(B1), dtype=int),
        lambda xp, a: xp.negative(a(B1), dtype="i1"),
        lambda xp, a: xp.bitwise_count(a(U1), dtype="u1"),
        lambda xp, a: xp.bitwise_count(a(U1), dtype="i8"),
        lambda xp, a: xp.ldexp(a(F8), 2, dtype="f4"),
        lambda xp, a: xp.frexp(a(F8), dtype="f4"),
        lambda xp, a: xp.add(1),
        lambda xp, a: xp.add(1, 2, 3, 4),
        lambda xp, a: xp.sqrt(),
    ],
)
def test_the_type_of_a_ufunc_chooses_a_loop(f):
    compare(f)


def test_ranges_are_sequences():
    compare(lambda xp, a: a(range(4)))
    compare(lambda xp, a: a([range(2), range(2, 4)], dtype="f4"))
    compare(lambda xp, a: a([range(2), range(3)]))
    compare(lambda xp, a: xp.sum(range(10)))
    compare(lambda xp, a: a(V) + range(3))
    compare(lambda xp, a: a(I8)[range(2)])


def test_nothing_equals_none_or_text():
    for other in (None, "a"):
        compare(lambda xp, a, other=other: a(I8) == other)
        compare(lambda xp, a, other=other: a(I8) != other)
        compare(lambda xp, a, other=other: other == a(V))


@pytest.mark.parametrize(
    "f",
    [
        lambda xp, a: a(CUBE).swapaxes(0, 5),
        lambda xp, a: xp.swapaxes(a(CUBE), -4, 0),
        lambda xp, a: xp.diagonal(a(CUBE), 0, 0, 3),
        lambda xp, a: xp.trace(a(CUBE), 0, 7),
        lambda xp, a: xp.sum(a(CUBE), axis=[0, 1]),
        lambda xp, a: a(CUBE).max(axis=[0]),
        lambda xp, a: xp.full((2,), [1, 2, 3]),
        lambda xp, a: a(F8).astype("f4", casting="safe"),
        lambda xp, a: xp.finfo("i4"),
        lambda xp, a: xp.can_cast("i4", "f4", "nope"),
    ],
)
def test_texts_of_refused_arguments_are_numpys(f):
    compare(f)
