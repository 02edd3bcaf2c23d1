"""`insert`, `delete`, `resize` and functions applied along axes against NumPy."""

import numpy as np
import pytest
from lazy_checks import B1, C16, CUBE, EMPTY, F4, F8, I8, U1, A, V, cases, check, same

import numpy_rs.lazy as lz

LINE = np.arange(4)
TABLE = np.arange(6).reshape(2, 3)
MASK = np.array([False, True, True, False])


@cases(
    delete=[
        A(LINE, 1),
        A(LINE, -1),
        A(LINE, 0),
        A(LINE, 4),
        A(LINE, -5),
        A(TABLE, 1),
        A(TABLE, 1, 0),
        A(TABLE, 1, 1),
        A(TABLE, -1, -1),
        A(TABLE, 7, 1),
        A(TABLE, 0, 2),
        A(TABLE, 0, -3),
        A(TABLE, 0, 1.5),
        A(CUBE, [0, 2], 1),
        A(CUBE, [-1, 0, 0], 2),
        A(CUBE, slice(None, None, 2), -1),
        A(LINE, [0, 2]),
        A(LINE, [2, 0, 2, -1]),
        A(LINE, [5]),
        A(LINE, [5, 1]),
        A(LINE, [-5, 1]),
        A(TABLE, [7, 1], 1),
        A(LINE, [[0, 1], [2, 2]]),
        A(LINE, np.array([[0, 3]], "u1")),
        A(LINE, np.array([-1, 3], "i1")),
        A(LINE, np.array(1)),
        A(LINE, np.int64(2)),
        A(LINE, np.array([[1]], "u1")),
        A(LINE, []),
        A(LINE, np.zeros(0)),
        A(LINE, np.zeros(0, int)),
        A(LINE, 1.0),
        A(LINE, [1.0]),
        A(LINE, 1j),
        A(LINE, MASK),
        A(LINE, MASK.tolist()),
        A(LINE, [True, False]),
        A(LINE, True),
        A(LINE, np.True_),
        A(TABLE, [True, False, True], 1),
        A(TABLE, np.array([[True, False, True]]), 1),
        A(LINE, range(2)),
        A(LINE, 2**70),
        A(3, 0),
        A(3, 0, 0),
        A(np.array(3.5), []),
        A(EMPTY, 0, 0),
        A(EMPTY, 0, 1),
        A(EMPTY, slice(None), 0),
        A(F8, slice(0, 2), 1),
    ]
    + [
        A(np.arange(11), slice(a, b, c))
        for a in (None, 2, -3)
        for b in (None, 9, -1, 2)
        for c in (None, 2, 3, 20, -1, -2, -4)
    ],
    insert=[
        A(LINE, 1, 9),
        A(LINE, 2**70, 9),
        A(LINE, [0, 2], [[[1, 2, 3]]]),
        A(LINE, [], np.zeros((2, 0))),
        A(TABLE, [], np.zeros((2, 0)), 0),
        A(LINE, [-5, 0, 3], 9),
        A(TABLE, [-4, 2], 9, 1),
        A(TABLE, [-4, 2], [1, 2, 3], 1),
        A(LINE, np.int64(1), 9),
        A(LINE, np.array(True), 9),
        A(LINE, np.array([True] * 6), 9),
        A(LINE, 1, []),
        A(LINE, [1], []),
        A(LINE, [1, 2], []),
        A(LINE, 1, [7, 8, 9]),
        A(LINE, 0, 9),
        A(LINE, 4, 9),
        A(LINE, -1, 9),
        A(LINE, 5, 9),
        A(LINE, -5, 9),
        A(LINE, [1], [7, 8, 9]),
        A(LINE, [2, 1, 1], [1, 2, 3]),
        A(LINE, [1, 2], 9),
        A(LINE, [1, 2], [1, 2, 3]),
        A(LINE, [4, 4, 0], [7, 8, 9]),
        A(LINE, [-1, -2], [7, 8]),
        A(LINE, [-6, 1], 9),
        A(LINE, [-5, -1], 9),
        A(LINE, [5, 1], 9),
        A(LINE, [1.0, 2.0], 9),
        A(LINE, 1.0, 9),
        A(LINE, [1.0], 9),
        A(LINE, 1j, 9),
        A(LINE, [], 9),
        A(LINE, [], [1, 2]),
        A(LINE, np.zeros(0), 9),
        A(LINE, np.zeros(0, int), 9),
        A(LINE, True, 9),
        A(LINE, [True, False, True, False], 9),
        A(LINE, MASK, 9),
        A(LINE, MASK, [8, 9]),
        A(LINE, MASK & False, 9),
        A(LINE, LINE == 2, [8, 9]),
        A(TABLE, TABLE > 2, 9),
        A(LINE, slice(0, 3), 9),
        A(LINE, slice(3, 0, -1), [7, 8, 9]),
        A(LINE, slice(1, 1), 9),
        A(LINE, slice(None, None, 2), 9.7),
        A(LINE, np.array([1, 2], "u1"), 9),
        A(LINE, np.array([1, 2], "u8"), 9),
        A(LINE, np.array([2], "u1"), 9),
        A(LINE, np.array([1, -2], "i1"), 9),
        A(LINE, np.array([1, 2], "i4"), [[1, 2]]),
        A(np.zeros(300), np.array([1, 2], "i1"), 3),
        A(LINE, [1, 2], [[1, 2], [3, 4]]),
        A(LINE, 1, [[1], [2]]),
        A(LINE, 1, [[1, 2]]),
        A(LINE, [[1]], 3),
        A(LINE, np.array([[1, 2]]), 3),
        A(LINE, 1, 2.7),
        A(LINE, 1, 1.5 + 0 * F8[0, :1]),
        A(LINE, [1, 3], F8[0, :2]),
        A(U1, 1, 300),
        A(U1, [1, 2], 300),
        A(U1[0], 1, I8[0]),
        A(F4[0], 1, F8[0]),
        A(C16[0], 1, F8[0]),
        A(B1[0], 1, 7),
        A(TABLE, 1, 5),
        A(TABLE, 1, 5, 0),
        A(TABLE, 1, 5, 1),
        A(TABLE, 1, [1, 2, 3], 0),
        A(TABLE, 1, [1, 2], 1),
        A(TABLE, 1, [1, 2, 3], 1),
        A(TABLE, [1], [1, 2, 3], 1),
        A(TABLE, [1], [[1], [2]], 1),
        A(TABLE, 1, [[1], [2]], 1),
        A(TABLE, 1, [[1, 2], [3, 4]], 1),
        A(TABLE, [1, 2], [1, 2, 3], 1),
        A(TABLE, [1, 1], [1, 2], 1),
        A(TABLE, [0, 2], [7, 8], 0),
        A(TABLE, (0, 2), [[7], [8]], 0),
        A(TABLE, [0, 2], [7, 8, 9], -2),
        A(TABLE, 1, [[[1, 2, 3]]], 0),
        A(TABLE, 1, [[[1, 2, 3]], [[1, 2, 3]]], 0),
        A(TABLE, 9, 1, 0),
        A(TABLE, [9], 1, 0),
        A(TABLE, np.array([9]), 1, 0),
        A(TABLE, -4, 1, 1),
        A(TABLE, 1, 1, 5),
        A(CUBE, 1, 5, 1),
        A(CUBE, [0, 3], TABLE.T, -2),
        A(CUBE, [0, 3], [[1], [2]], 1),
        A(CUBE, slice(0, 4, 2), CUBE[:, :, :2], 2),
        A(3, 0, 1),
        A(3, 0, 1, 0),
        A([1.5, 2], 1, 7),
        A(EMPTY, 0, 1, 0),
        A(EMPTY, 0, 1, 1),
        A(EMPTY, 0, 1),
    ],
    resize=[
        A(LINE, 6),
        A(LINE, 3),
        A(LINE, 0),
        A(LINE, (2, 3)),
        A(LINE, [3, 5]),
        A(LINE, ()),
        A(F8, (5, 5)),
        A(F8.T, (5, 5)),
        A(3, (2, 2)),
        A([], 3),
        A(EMPTY, (2, 2)),
        A(EMPTY.astype("u1"), 2),
        A(LINE, (2, 0)),
        A(LINE, -1),
        A(LINE, (2, -3)),
        A(LINE, (0, -3)),
        A(LINE, 2.5),
        A(LINE, (2.0, 3)),
        A(LINE, np.int64(7)),
        A(LINE, np.array([2, 3]).tolist()),
        A(B1, 20),
    ],
)
def test_edits(name, args, kwargs):
    check(name, *args, **kwargs)


@pytest.mark.parametrize("axis", [0, 1, -1, None])
@pytest.mark.parametrize("count", [2, 40, 256, 257])
def test_many_parts_are_put_in_and_left_out(axis, count):
    rng = np.random.default_rng(count)
    x = rng.integers(0, 99, (30, 25))
    n = x.size if axis is None else x.shape[axis]
    for low in (0, -n):
        at = rng.integers(low, n, count)
        values = rng.integers(100, 199, count)
        if axis == 0:
            values = values[:, None]
        for ours, own in [(lz.asarray(at), at), (at, at), (at.tolist(), at), (lz.asarray(at) + 0, at)]:
            same(lz.insert(lz.asarray(x), ours, values, axis), np.insert(x, own, values, axis))
            same(lz.delete(lz.asarray(x) + 1, ours, axis), np.delete(x + 1, own, axis))


def test_lazy_positions_are_computed_for_their_errors():
    x, one = lz.asarray(LINE), lz.asarray(V) * 0 + 1
    same(lz.delete(x, one), np.delete(LINE, V * 0 + 1))
    same(lz.delete(x, x > 1), np.delete(LINE, LINE > 1))
    same(lz.insert(x, one, V), np.insert(LINE, V * 0 + 1, V))
    same(lz.insert(x, x > 1, [8, 9]), np.insert(LINE, LINE > 1, [8, 9]))
    with pytest.raises(IndexError, match="index 7 is out of bounds for axis 0 with size 4"):
        lz.delete(x, one * 7)
    with pytest.raises(IndexError, match=r"index \[9\] is out of bounds for axis 0 with size 4"):
        lz.insert(x, one[:1] * 9, 0)


def test_slices_of_all_lengths_are_left_out():
    for n in range(1, 9):
        x = np.arange(n)
        for start in range(n):
            for stop in range(start, n + 1):
                for step in (1, 2, 3, 4, -1, -2):
                    key = slice(start, stop, step) if step > 0 else slice(stop, start, step)
                    same(lz.delete(lz.asarray(x), key), np.delete(x, key))


def test_parts_left_out_by_a_slice_are_one_walk():
    x = lz.asarray(np.linspace(0, 1, 1000))
    for z in [
        lz.delete(x, slice(None, None, 3)).sum(),
        lz.delete(x, slice(None, None, 2)) * 2,
    ]:
        assert "passes over memory: 1\n" in z.explain()


@cases(
    apply_along_axis=[
        A(lambda x: x.sum(), 0, TABLE),
        A(lambda x: x.sum(), 1, TABLE),
        A(lambda x: x.sum(), -1, CUBE),
        A(lambda x: x.max() - x[0], 1, CUBE),
        A(lambda x: x * 2.5, 0, CUBE),
        A(lambda x: x[::-1], 1, CUBE),
        A(lambda x: x[:2], 2, CUBE),
        A(lambda x: x[:, None] * x, 1, CUBE),
        A(lambda x: 7, 0, TABLE),
        A(lambda x: [1, 2.5], 0, TABLE),
        A(lambda x, a, b=0: x * a + b, 0, TABLE, 3, b=1),
        A(lambda x: x.sum(), 0, V),
        A(lambda x: x + 1, 0, V),
        A(lambda x: x.sum(), 2, TABLE),
        A(lambda x: x.sum(), 0, 3),
        A(lambda x: x.sum(), 0, np.zeros((3, 0))),
        A(lambda x: x.sum(), 0, EMPTY),
        A(lambda x: x, 0, EMPTY),
        A(lambda x: 1 if x[0] == 0 else 2.5, 0, TABLE),
        A(lambda x: 2.5 if x[0] == 0 else 1, 0, TABLE),
        A(lambda x: x[: int(x[0]) + 1], 1, TABLE),
        A(lambda x: x[:2] if x[0] == 0 else x[:1], 1, TABLE),
        A(lambda x: x[:2] if x[0] == 0 else x[:3], 1, TABLE),
        A(lambda x: x[:2] if x[0] == 0 else x[None, :2], 1, TABLE),
        A(np.sort, 0, CUBE),
        A(np.cumsum, 1, F8),
        A(np.argmax, 1, F8),
    ],
    apply_over_axes=[
        A(np.sum, CUBE, [0, 2]),
        A(np.sum, CUBE, 1),
        A(np.sum, CUBE, -1),
        A(np.sum, CUBE, (0, -1)),
        A(np.max, F8, [0, 1]),
        A(np.cumsum, F8, [0, 1]),
        A(np.sum, F8, []),
        A(np.sum, F8, [2]),
        A(np.sum, [1, 2], 0),
        A(lambda x, axis: x[0, 0], F8, 0),
        A(lambda x, axis: x[None], F8, 0),
    ],
)
def test_functions_along_axes(name, args, kwargs):
    check(name, *args, **kwargs)


def test_parts_that_meet_when_they_wrap_around_are_refused():
    with pytest.raises(NotImplementedError):
        lz.insert([5], [-2, 1], 7)
