"""Unusual input: memory of other libraries, odd truth values, too many axes, long chains, arrays as sequences."""

import ctypes
import enum
import resource
from collections import UserList, deque

import numpy as np
import pytest
from lazy_checks import same_outcome

import numpy_rs.lazy as lz


def value(x):
    return np.asarray(x.compute())


def test_ctypes_arrays_have_no_strides():
    for kind, n in ((ctypes.c_double, 3), (ctypes.c_int, 1), (ctypes.c_uint8, 0)):
        array = (kind * n)(*range(n))
        assert np.array_equal(value(lz.asarray(array)), np.asarray(array))
    both = ((ctypes.c_float * 2) * 3)()
    both[1][0] = 5
    assert np.array_equal(value(lz.asarray(both)), np.asarray(both))
    out = (ctypes.c_double * 3)()
    lz.arange(3.0).compute(out=out)
    assert list(out) == [0, 1, 2]
    assert value(lz.arange(3.0)[(ctypes.c_long * 2)(0, 2)]).tolist() == [0, 2]


def test_true_is_any_byte_but_zero():
    b = np.array([7, 2, 0, 1, 255], np.uint8).view("?")
    for f in (
        lambda x: ~x,
        lambda x: x ^ True,
        lambda x: x.sum(),
        lambda x: x.mean(),
        lambda x: x + 1,
        lambda x: x.astype("f8"),
        lambda x: x * np.float32(0.5),
        lambda x: x[::-1] != x,
        lambda x: x.argmax(),
        lambda x: x.all(),
    ):
        ours, theirs = value(f(lz.asarray(b))), f(b)
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs)
    assert value(lz.asarray(b)).view("u1").tolist() == [1, 1, 0, 1, 1]


def test_axes_are_at_most_64():
    most = lz.ones((1,) * 64)
    with pytest.raises(ValueError, match="maximum supported dimension for an ndarray is currently 64, found 65"):
        lz.ones((1,) * 65)
    with pytest.raises(IndexError, match=r"within \[0, 64\], indexing result would have 65"):
        most[None]
    for grow in (lambda: lz.stack([most, most]), lambda: lz.expand_dims(most, 0), lambda: lz.ones((1,) * 100_000)):
        with pytest.raises(ValueError, match="maximum supported dimension"):
            grow()


def test_a_chain_of_reductions_is_planned_in_parts():
    x = np.arange(4.0)
    z, expected = lz.asarray(x), x
    for i in range(600):
        z = z * 0.5 + (z.mean() + i)
        expected = expected * 0.5 + (expected.mean() + i)
    assert np.allclose(value(z), expected, rtol=1e-13)


def test_initial_values_must_fit():
    with pytest.raises(OverflowError, match="cannot convert float infinity to integer"):
        lz.min([5, 2], initial=np.inf)
    with pytest.raises(ValueError, match="cannot convert float NaN to integer"):
        lz.sum([5, 2], initial=np.nan)


def test_lazy_arrays_are_sequences_of_lazy_arrays():
    x = lz.asarray([2, 3])
    assert 3 in x
    assert 5 not in x
    assert sum(x).item() == 5
    assert [int(v) for v in sorted(x, reverse=True)] == [3, 2]
    a, b = x * 2
    assert (a * b).item() == 24
    assert [row.sum().item() for row in lz.asarray([[1, 2], [3, 4]])] == [3, 7]
    assert f"{x.mean():.2f}" == "2.50"
    with pytest.raises(TypeError, match="iteration over a 0-d array"):
        iter(x.sum())


def test_subclasses_of_numbers_are_not_weak():
    class Real(float):
        pass

    class Number(enum.IntEnum):
        TWO = 2

    assert (lz.arange(3, dtype="f4") * Real(2)).dtype == "f8"
    assert (lz.arange(3, dtype="i1") * Number.TWO).dtype == "i8"


def test_array_interfaces_and_array_methods():
    class Interface:
        def __init__(self, a):
            self.a = a
            self.__array_interface__ = a.__array_interface__

    for a in (
        np.arange(6.0).reshape(2, 3),
        np.arange(6.0).reshape(2, 3).T,
        np.arange(5, dtype="i2")[::-2],
        np.zeros((2, 0)),
    ):
        assert np.array_equal(value(lz.asarray(Interface(a))), a)

    class Bytes:
        __array_interface__ = {"shape": (2, 2), "typestr": "<u2", "data": bytes(range(8)), "version": 3}

    assert value(lz.asarray(Bytes())).tolist() == [[256, 770], [1284, 1798]]

    class Short:
        __array_interface__ = {"shape": (5,), "typestr": "<u2", "data": bytes(8), "version": 3}

    with pytest.raises(ValueError, match="incompatible"):
        lz.asarray(Short())

    class Asked:
        def __array__(self, dtype=None, copy=None):
            return np.arange(3)

    assert value(lz.asarray(Asked()) + 1).tolist() == [1, 2, 3]


def test_out_is_written_where_it_lies():
    a = np.ones(5_000_000)
    out = np.zeros(5_000_000)
    x = lz.asarray(a)
    (x * 2).compute(out=out)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (x * 3).compute(out=out)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4 << 10
    assert (out == 3).all()
    # What the graph reads is written only when it has been read.
    b = np.arange(10.0)
    (lz.asarray(b)[::-1] + 0).compute(out=b)
    assert b.tolist() == list(range(10))[::-1]
    part = np.zeros((4, 6))
    (lz.ones((4, 3)) * 2).compute(out=part[:, ::2])
    assert part.sum() == 24


def test_fused_functions_nest():
    inner = lz.fuse(lambda a: a + 1)
    outer = lz.fuse(lambda a: inner(a) * 2)
    assert np.asarray(outer(np.ones(2))).tolist() == [4, 4]
    assert np.asarray(inner(np.ones(2))).tolist() == [2, 2]
    with pytest.raises(TypeError, match="must be callable"):
        lz.fuse(5)


class Interface:
    def __init__(self, **interface):
        self.__array_interface__ = {"typestr": "<i8", "version": 3, **interface}


@pytest.mark.parametrize(
    "interface",
    [
        {"shape": (2,), "data": (0, False)},
        {"shape": (2,), "data": (0, True), "strides": (8,)},
        {"shape": (), "data": (0, False)},
        {"shape": (2,), "data": (0, False), "strides": (0,)},
        {"shape": (0,), "data": (0, False)},
        {"shape": (2, 0), "data": (0, False), "strides": (8, 8)},
    ],
    ids=str,
)
def test_elements_at_the_null_pointer_are_refused(interface):
    same_outcome(lambda m: m.asarray(Interface(**interface)))


@pytest.mark.parametrize(
    "x",
    [
        np.datetime64("2020"),
        np.timedelta64(5, "s"),
        np.zeros(2, "m8[s]"),
        b"abc",
        np.bytes_(b"abc"),
        np.str_("abc"),
        "abc",
        np.zeros(2, "S3"),
        np.zeros(2, object),
        np.zeros(2, "g"),
        np.longdouble(3),
        np.zeros(3, ">f8"),
        np.zeros((2, 2), ">c8").T,
        np.zeros(2, "i4,f8"),
        [np.datetime64("2020")],
        [b"abc"],
    ],
    ids=repr,
)
def test_what_has_no_type_here_is_refused_by_name(x):
    with pytest.raises(TypeError, match="numpy_rs has no"):
        lz.asarray(x)


class Counted:
    """A sequence that is registered nowhere."""

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


P = np.array([1, 2])
NESTED = [
    lambda: [P, [3, 4]],
    lambda: [[3, 4], P],
    lambda: ([3, 4.5], P),
    lambda: [[[3], [4]], [np.array([1]), [2]]],
    lambda: [P, [3]],
    lambda: [P, 3],
    lambda: [1, np.array(2), 3.5],
    lambda: [np.array([[1, 2]]), [[3, 4]]],
    lambda: [np.array([[1, 2]]), [np.array([3, 4.0])]],
    lambda: [P.astype("f4"), [3, 4]],
    lambda: [P.astype("u1"), [300, 4]],
    lambda: [np.zeros(0, "f4"), []],
    lambda: [np.zeros((2, 3)), np.zeros((3, 3))],
    lambda: [memoryview(b"ab"), memoryview(b"cd")],
    lambda: [memoryview(b"ab"), [1, 2]],
    lambda: deque([1, 2]),
    lambda: UserList([[1, 2], [3, 4]]),
    lambda: [deque([1, 2]), [3, 4]],
    lambda: Counted([1, 2.5]),
    lambda: [Counted([1, 2]), P],
    lambda: Counted([]),
    lambda: [range(2), (3, 4)],
    lambda: [[], [1]],
    lambda: [[1, 2], 3],
    lambda: [(ctypes.c_int * 2)(1, 2), [3, 4]],
    lambda: [bytearray(b"ab"), P],
    lambda: [True, np.array(2)],
]


@pytest.mark.parametrize("nested", NESTED)
def test_nested_sequences_of_any_type_may_hold_arrays(nested):
    same_outcome(lambda m: m.asarray(nested()))
    same_outcome(lambda m: m.array(nested(), dtype="f4"))
    same_outcome(lambda m: m.asarray(m.sum(nested())))


def test_exceptions_of_arguments_come_through():
    class Array:
        def __array__(self, dtype=None, copy=None):
            raise KeyError("boom")

    class Elements:
        def __len__(self):
            return 2

        def __getitem__(self, i):
            raise KeyError("boom")

    class Length(Elements):
        def __len__(self):
            raise KeyError("boom")

    for x in (Array(), Elements(), Length(), [Array()], [Elements()]):
        with pytest.raises(KeyError, match="boom"):
            lz.asarray(x)
        with pytest.raises(KeyError, match="boom"):
            lz.sum(x)
