"""Tensors and arrays of other classes: DLPack's keywords, masked arrays, matrices, reference cycles."""

import gc
import warnings
import weakref

import numpy as np
import pytest
from lazy_checks import outcome

import numpy_rs.lazy as lz

A = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    "kwargs",
    [
        {"max_version": 1},
        {"max_version": (1,)},
        {"max_version": [1, 0]},
        {"dl_device": (2, 0)},
        {"dl_device": (1, 1)},
        {"dl_device": 1},
        {"copy": "x"},
    ],
)
@pytest.mark.parametrize("own", [lz.asarray(A), lz.asarray(A).compute()])
def test_dlpack_refuses_as_numpy(own, kwargs):
    want, _ = outcome(lambda: A.__dlpack__(**kwargs))
    got, _ = outcome(lambda: own.__dlpack__(**kwargs))
    assert got == want


@pytest.mark.parametrize("own", [lz.asarray(A), lz.asarray(A).compute()])
def test_dlpack_obeys(own):
    with pytest.raises(RuntimeError, match="only supports stream=None"):
        own.__dlpack__(stream=1)
    for kwargs in ({}, {"copy": True}, {"dl_device": (1, 0)}, {"max_version": (1, 0)}, {"copy": None}):
        assert "dltensor" in repr(own.__dlpack__(**kwargs))
    for copy in (None, True):
        np.testing.assert_array_equal(np.from_dlpack(own, copy=copy, device="cpu"), A)


def test_copies_of_computed_arrays_are_copies():
    own = lz.asarray(A).compute()
    shared, copied = np.from_dlpack(own, copy=False), np.from_dlpack(own, copy=True)
    assert np.shares_memory(np.asarray(own), shared)
    assert not np.shares_memory(shared, copied)
    with pytest.raises(BufferError, match="always a copy"):
        lz.asarray(A).__dlpack__(copy=False)


class Recorder:
    def __init__(self):
        self.seen = []

    def __dlpack__(self, **kwargs):
        self.seen.append(kwargs)
        return A.__dlpack__(**kwargs)

    def __dlpack_device__(self):
        return (1, 0)


def test_from_dlpack_asks_for_what_it_is_asked_for():
    other = Recorder()
    for kwargs in ({}, {"device": "cpu"}, {"copy": True}, {"copy": False}):
        np.testing.assert_array_equal(lz.from_dlpack(other, **kwargs).compute(), A)
    assert other.seen == [{}, {"dl_device": (1, 0)}, {"copy": True}, {"copy": False}]
    for args, kwargs in (((A,), {"device": "gpu"}), ((3,), {})):
        want, _ = outcome(lambda a=args, k=kwargs: np.from_dlpack(*a, **k))
        got, _ = outcome(lambda a=args, k=kwargs: lz.from_dlpack(*a, **k))
        assert got == want


def test_masks_are_not_lost():
    masked, x = np.ma.masked_array(A, A > 3), lz.asarray(A)
    calls = [
        lambda: lz.asarray(masked),
        lambda: x + masked,
        lambda: np.add(x, masked),
        lambda: lz.add(x, masked),
        lambda: lz.where(masked > 2, x, 0),
        lambda: lz.asarray([masked, masked]),
        lambda: x.compute(out=masked),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="masked arrays"):
            call()
    # Where the masked array is asked first, it knows what to do: it computes, and keeps its mask.
    assert ((masked + x) == masked + A).all()
    np.testing.assert_array_equal((masked + x).mask, masked.mask)
    np.testing.assert_array_equal((x + masked.filled(0)).compute(), A + masked.filled(0))
    np.testing.assert_array_equal((x + masked.data).compute(), A + A)


def test_matrices_are_arrays_of_two_axes():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        matrix = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    x = lz.asarray(matrix)
    assert x.shape == (2, 2)
    np.testing.assert_array_equal((x * matrix).compute(), np.asarray(matrix) * np.asarray(matrix))
    np.testing.assert_array_equal((x @ matrix).compute(), np.asarray(matrix) @ np.asarray(matrix))


class Holder(np.ndarray):
    pass


def test_memory_goes_with_the_last_array_and_with_a_cycle_that_is_cut():
    held = np.arange(100.0).view(Holder)
    held.lazy = lz.asarray(held) + 1
    gone = weakref.ref(held)
    held.lazy = None
    del held
    gc.collect()
    assert gone() is None
