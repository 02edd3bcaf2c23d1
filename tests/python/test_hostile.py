"""Unusual input: memory of other libraries, odd truth values, too many axes, long chains, arrays as sequences."""

import ctypes
import enum
import resource

import numpy as np
import pytest

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
