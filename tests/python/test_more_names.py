"""Index tricks, edits, windows, histograms of several axes and other names of `numpy_rs.lazy` against NumPy."""

import warnings

import numpy as np
import pytest
from lazy_checks import B1, C8, C16, CUBE, EMPTY, F2, F4, F8, I8, NANS, U1, A, V, cases, check, lazy, same

import numpy_rs.lazy as lz

LINE = np.arange(4)
TABLE = np.arange(6).reshape(2, 3)
MASK = np.array([False, True, True, False])


def compare(call):
    """Assert that a call of both modules gives the same, or the same error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            want = call(np)
        except Exception as e:
            with pytest.raises(Exception) as info:
                call(lz)
            assert type(info.value).__name__ == type(e).__name__
            assert str(info.value) == str(e)
            return
        same(call(lz), want)


JOINS = [
    np.s_[1:4],
    np.s_[1:4, 0, 4],
    np.s_[0:1:5j],
    np.s_[-1:1:6j, [0] * 3, 5, 6],
    np.s_[:3],
    np.s_[5:1:-2],
    np.s_[0:1:0.25],
    np.s_[V, 0, 0, V],
    np.s_[1, 2.5],
    np.s_[1, 2],
    np.s_[True, False],
    np.s_[1j, 2],
    np.s_[np.float32(1.5), V.astype("f4"), 2],
    np.s_[np.array([1], "u1"), 7],
    np.s_[np.array([1], "u1"), 300],
    np.s_[np.array([1], "u1"), 7.5],
    np.s_[np.array(3), 4],
    np.s_[F4, F4],
    np.s_["-1", F8, I8],
    np.s_["0,2", [1, 2, 3], [4, 5, 6]],
    np.s_["0,2,0", [1, 2, 3], [4, 5, 6]],
    np.s_["1,2,0", [1, 2, 3], [4, 5, 6]],
    np.s_["0,3,1", V, TABLE],
    np.s_["0,3,-2", V, V],
    np.s_["0,3,0", TABLE, V],
    np.s_["1,2", 1:4, 3:6],
    np.s_["1,2,0", 1:4, 0:1:3j],
    np.s_["1", V, V],
    np.s_["x", V],
    np.s_["1,x", V],
    np.s_["1,2,x", V],
    np.s_[V, "1"],
    np.s_["5", V],
    np.s_[V, TABLE],
    np.s_[[], 1],
    (),
    np.s_[0:2:1.5j],
    np.s_[1:None],
    np.s_[0:3:0],
    np.s_[[1, 2], [3.5]],
    np.s_[C8, C16],
]


@pytest.mark.parametrize("key", JOINS, ids=repr)
def test_joins_by_indexing(key):
    mine = lazy(key) if isinstance(key, tuple) else key
    for name in ("r_", "c_"):
        compare(lambda m, name=name: getattr(m, name)[key if m is np else mine])


def test_matrices_are_refused():
    for key in ("1 2; 3 4", ("r", [1, 2]), ("c", [1, 2])):
        with pytest.raises(NotImplementedError):
            lz.r_[key]
    assert len(lz.r_) == len(np.r_) == 0


def test_indices_by_indexing():
    for name in ("s_", "index_exp"):
        ours, theirs = getattr(lz, name), getattr(np, name)
        assert ours[1:2] == theirs[1:2]
        assert ours[1:2, ..., None] == theirs[1:2, ..., None]
        assert ours[3] == theirs[3]
    assert lz.asarray(F8)[lz.s_[1:, ::2]].shape == (2, 2)


@pytest.mark.parametrize(
    "args",
    [
        ([0, 1], [2, 4]),
        ([0, 1],),
        (),
        ([], [1]),
        (V, V, V),
        ([True, False, True], [2]),
        (MASK, LINE),
        (TABLE, V),
        (3,),
        ([1.5],),
        (np.zeros(0), [1]),
        (
            range(
                3,
            ),
            (1, 2),
        ),
    ],
    ids=repr,
)
def test_indices_of_cross_products(args):
    check("ix_", *args)


@cases(
    unravel_index=[
        A(22, (3, 4)),
        A([1, 22, -1], (3, 4)),
        A(-1, (3, 4)),
        A([[11, 0], [3, 7]], (3, 4)),
        A([[11, 0], [3, 7]], (3, 2, 2)),
        A([11, 0, 5], (3, 2, 2), "F"),
        A(5, (2, 3), order="F"),
        A(5, (2, 3), "f"),
        A(5, (2, 3), None),
        A(5, (2, 3), "X"),
        A(5, (2, 3), "A"),
        A(5, (2, 3), 3),
        A(4, 5),
        A(5, 5),
        A(2, [2, 3]),
        A(0, ()),
        A(1, ()),
        A([0], ()),
        A([], (3, 4)),
        A(np.zeros(0), (3, 4)),
        A(np.zeros(0, int), (3, 4)),
        A(np.zeros((2, 0), "i4"), (3, 4)),
        A(1.0, (3, 4)),
        A(V + 0.5, (3, 4)),
        A(V + 1j, (3, 4)),
        A([True], (3, 4)),
        A(np.array([1, 2], "u8"), (3, 4)),
        A(np.array([1, -2], "i1"), (3, 4)),
        A(0, (0, 3)),
        A(np.zeros(0, int), (0, 3)),
        A(2, (2**40, 2**40)),
        A(2, (2**64, 2)),
        A(2**61 + 5, (2**31, 2**31)),
        A(2, (2.5, 3)),
        A(2, None),
        A(2, "ab"),
        A(2**70, (3, 4)),
        A(0, (1,) * 70),
        A(LINE.reshape(2, 2).T, (2, 2)),
        A([5, 3], (1, 6, 1)),
    ],
    ravel_multi_index=[
        A((1, 2), (3, 4)),
        A(([1, 2], [0, 3]), (3, 4)),
        A(([1, 2], [0, 3]), (3, 4), order="F"),
        A((V - 1, V, V + 1), (4, 5, 6)),
        A((V - 1, V, V + 1), (4, 5, 6), "raise", "F"),
        A(([[1], [2]], [1, 2, 3]), (3, 4)),
        A(([1, 2], [1, 2, 3]), (3, 4)),
        A((3, 2), (3, 4)),
        A((-1, 2), (3, 4)),
        A((1,), (3, 4)),
        A((1, 2, 3), (3, 4)),
        A((1.0, 2), (3, 4)),
        A(([], []), (3, 4)),
        A((np.zeros(0, int), 9), (3, 4)),
        A((np.zeros(0, int), [9]), (3, 4)),
        A((30, -9), (3, 4), "wrap"),
        A((30, -9), (3, 4), "clip"),
        A((LINE - 2, LINE * 3), (3, 4), "wrap"),
        A((LINE - 2, LINE * 3), (3, 4), "clip"),
        A((30, -9), (3, 4), ("clip", "wrap")),
        A((30, -9), (3, 4), ["wrap", "clip"], "F"),
        A((3, -9), (3, 4), ("raise", "wrap")),
        A((2, -9), (3, 4), ("raise", "wrap")),
        A((30, -9), (3, 4), ("clip",)),
        A((30, -9), (3, 4), ("clip",) * 3),
        A((1, 2), (3, 4), ()),
        A((1, 2), (3, 4), "nope"),
        A((1, 2), (3, 4), ("raise", "nope")),
        A((1, 2), (3, 4), order="X"),
        A((1, 2), (3, 4), order="K"),
        A((1, 2), (3, 4), order=None),
        A((), ()),
        A((1, 2), (2**40, 2**40)),
        A((2**30, 2**30), (2**31, 2**31)),
        A(np.array([[1, 2], [0, 3]]), (3, 4)),
        A([[1, 2], [0, 3]], (3, 4)),
        A((True, 2), (3, 4)),
        A((np.uint64(1), np.int8(2)), (3, 4)),
        A((0, 0), (0, 3)),
        A((0, 0), (0, 3), "clip"),
        A(([3],), 5),
        A((1, 2), (3.5, 4)),
        A((1j, 2), (3, 4)),
    ],
    tril_indices=[A(3), A(3, 1), A(4, -2), A(3, 0, 5), A(5, 1, 2), A(0), A(3, 9), A(3, -9), A(2, m=0), A(-2)],
    triu_indices=[A(3), A(3, 1), A(4, -2), A(3, 0, 5), A(5, 1, 2), A(0), A(3, 9), A(3, -9), A(2, m=0), A(-2)],
    tril_indices_from=[A(F8), A(I8, 1), A(F8, k=-1), A(V), A(CUBE), A([[1, 2], [3, 4]]), A(EMPTY)],
    triu_indices_from=[A(F8), A(I8, 1), A(F8, k=-1), A(V), A(CUBE), A([[1, 2], [3, 4]]), A(EMPTY)],
    diag_indices=[A(3), A(0), A(2, 3), A(3, 1), A(3, 0)],
    diag_indices_from=[A(F8), A(F8[:3, :3]), A(V), A(np.zeros((2, 2, 2))), A([[1]]), A(np.zeros((0, 0)))],
    mask_indices=[
        A(3, np.triu),
        A(3, np.tril, -1),
        A(4, lambda m, k: m * k, 2),
        A(0, np.triu),
        A(2, lambda m, k: m[0]),
    ],
)
def test_index_functions(name, args, kwargs):
    check(name, *args, **kwargs)


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
        A(LINE, np.int64(7)),
        A(LINE, np.array([2, 3]).tolist()),
        A(B1, 20),
    ],
)
def test_edits(name, args, kwargs):
    check(name, *args, **kwargs)


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
    polyval=[
        A([3, 0, 1], 5),
        A([3, 0, 1], [5, 2]),
        A([3, 0, 1], F8),
        A([3.5, 0, 1], I8),
        A([1, 2], U1),
        A(F8[0], F8),
        A(F4[0], F4),
        A(F4[0], F8),
        A(V, F4),
        A(C16[0], F8),
        A(F8[0], C8),
        A([], F8),
        A([], V),
        A([2], NANS),
        A([1, 2], NANS),
        A(TABLE, V),
        A(TABLE, 2),
        A(3, V),
        A([True, True], B1),
        A(V, EMPTY),
        A([2, 1j], 1.5),
    ],
)
def test_functions_of_functions_and_polynomials(name, args, kwargs):
    check(name, *args, **kwargs)


@pytest.mark.parametrize("name", ["bartlett", "blackman", "hamming", "hanning"])
@pytest.mark.parametrize("m", [-3, 0, 0.5, 1, 2, 3, 4, 5.5, 12, 51, np.int8(7), np.float32(6), True])
def test_windows(name, m):
    # Cosines may differ by an ulp, beside sums near one; zeros at the ends are differences of such.
    want = getattr(np, name)(m)
    got = getattr(lz, name)(m)
    assert (got.shape, got.dtype) == (want.shape, want.dtype)
    np.testing.assert_allclose(np.asarray(got), want, rtol=0, atol=2 * np.finfo(float).eps)


@cases(
    kaiser=[A(m, b) for m in (-2, 0, 1, 2, 5, 12, 5.5, 51) for b in (0, 1, 8.6, 14.0, -5, np.float32(2.5))]
    + [A(5, 1j), A(1, 3), A(5, np.inf)],
    i0=[
        A(0),
        A(1.5),
        A(F8),
        A(I8),
        A(F4),
        A(F2),
        A(U1),
        A(B1),
        A(NANS),
        A(C8),
        A(EMPTY),
        A(np.linspace(-20, 20, 101)),
        A(np.array([8.0, np.nextafter(8, 9), 700.0, 720.0, -0.0, 1e-300])),
        A([[1, 2], [3, 40]]),
    ],
)
def test_bessel_function(name, args, kwargs):
    # One exponential or two, a division, a root: each within an ulp.
    check(name, *args, ulp=6, **kwargs)


RANDOM = np.random.default_rng(20261130)
X, Y = RANDOM.normal(size=(2, 200))
POINTS = RANDOM.normal(size=(150, 3))
WEIGHTS = RANDOM.integers(-5, 9, 200) / 4


@cases(
    histogram2d=[
        A(X, Y),
        A(X, Y, 5),
        A(X, Y, (3, 7)),
        A(X, Y, [3, 7], density=True),
        A(X, Y, 4, [[-1, 1], [-2, 2]]),
        A(X, Y, 4, [[-1, 1], None]),
        A(X, Y, 4, [[-1, 1]]),
        A(X, Y, 4, [[1, -1], [0, 1]]),
        A(X, Y, 4, [[0, np.inf], [0, 1]]),
        A(X, Y, np.linspace(-2, 2, 5)),
        A(X, Y, [-1, 0, 0.5, 2]),
        A(X, Y, [[-1, 0, 1], [-2, 0.5]]),
        A(X, Y, [[-1, 0, 1], 3]),
        A(X, Y, [3, [-1, 0, 1]], None, True),
        A(X, Y, 3, weights=WEIGHTS),
        A(X, Y, 3, weights=WEIGHTS, density=True),
        A(X, Y, 3, weights=WEIGHTS[:-1]),
        A(X, Y, 3, weights=np.ones(200, int)),
        A(X, Y, 3, weights=np.ones(200, "c16")),
        A(X, Y, 3, weights=np.ones((2, 100))),
        A(X, Y[:-1]),
        A(X, Y, [3]),
        A(X, Y, 0),
        A(X, Y, 2.5),
        A(X, Y, [2, -1]),
        A(X, Y, [[1, 0], 3]),
        A(X, Y, [[1], 3]),
        A(X, Y, [[[1, 2]], 3]),
        A([1, 2, 2], [1, 1, 3], 2),
        A([1, 1], [2, 2], 2),
        A([], []),
        A([], [], 3, [[0, 1], [0, 2]]),
        A(NANS[0], NANS[1]),
        A(NANS[0], NANS[1], 3, [[0, 1], [0, 2]]),
        A([1, 2, 3, 4], [1, 2, 3, 4], [[1, 2, 4], [1, 2, 4]]),
        A(V, V + 0.5),
        A(3, 4),
    ],
    histogramdd=[
        A(POINTS),
        A(POINTS, 3),
        A(POINTS, (2, 3, 4)),
        A(POINTS, (2, 3, 4), density=True),
        A(POINTS, (2, 3)),
        A(POINTS, (2, [-1, 0, 1], 4)),
        A(POINTS, 3, ((-1, 1), None, (0, 2))),
        A(POINTS, 3, weights=np.arange(150)),
        A(POINTS, 3, ((-1, 1), None)),
        A(POINTS[:, :1], 4),
        A(POINTS[:, 0], 4),
        A([X, Y], 4),
        A([X.tolist(), Y.tolist()], 4),
        A(I8, 2),
        A(U1, 2),
        A(F4, 2),
        A(F4, (2, 2, 2, 2), density=True),
        A(CUBE, 2),
        A(np.zeros((0, 2)), 2),
        A(POINTS, ([0.5, 1], [], 2)),
    ],
)
def test_histograms_of_several_axes(name, args, kwargs):
    # Sums of densities differ by roundings; weights are quarters.
    check(name, *args, ulp=4 if kwargs.get("density") else 0, **kwargs)


def test_common_type_is_numpys():
    for arrays in [(), (F8,), (F4,), (F2,), (F2, F4), (I8,), (U1, F2), (C8,), (C8, F2), (C8, F8), (C16,), (F4, I8)]:
        assert lz.common_type(*lazy(arrays)).__name__ == np.common_type(*arrays).__name__
        assert lz.common_type(*arrays).__name__ == np.common_type(*arrays).__name__
    for arrays in [(B1,), (F8, B1), ([1],), (1.0,)]:
        with pytest.raises((TypeError, AttributeError)) as theirs:
            np.common_type(*arrays)
        with pytest.raises(type(theirs.value)) as ours:
            lz.common_type(*lazy(arrays) if isinstance(arrays[0], np.ndarray) else arrays)
        assert str(ours.value) == str(theirs.value)


def test_min_scalar_type_is_numpys():
    numbers = [s * (2**n + d) for n in (0, 7, 8, 15, 16, 31, 32, 63) for d in (-1, 0, 1) for s in (1, -1)]
    numbers = [n for n in numbers if -(2**63) <= n < 2**64] + [2**64 - 1, True, False]
    numbers += [0.0, -1.5, 6.4e4, 65000.0, -65000.0, 65520.0, 1e5, 3.4e38, -3.4e38, 1e300, np.inf, -np.inf, np.nan]
    numbers += [1j, 1e5j, 1e300j, 1e300 + 1j, complex(np.inf, 0), complex(np.nan, 1)]
    numbers += [
        np.float32(3),
        np.float64(1e10),
        np.int64(300),
        np.array(-3, "i2"),
        np.array(7.0, "f4"),
        np.complex64(2),
    ]
    for n in [*numbers, V, F8, [1, 2], [[1.5]], EMPTY, U1, C8]:
        assert lz.min_scalar_type(n) == np.min_scalar_type(n), n
        if hasattr(n, "dtype"):
            assert lz.min_scalar_type(lz.asarray(n)) == np.min_scalar_type(n), n
    with pytest.raises(NotImplementedError):
        lz.min_scalar_type(2**64)


@pytest.mark.parametrize("x", [F8, I8, CUBE, V, np.array(3), NANS], ids=lambda x: str(x.shape))
def test_argsort_is_a_method(x):
    for args, kwargs in [A(), A(0), A(None), A(-1, "stable"), A(axis=0, stable=True), A(5), A(-1, "x"), A(kind=3)]:
        stable = {"kind": "stable"} if not args[1:] and not kwargs else {}
        try:
            want = x.argsort(*args, **kwargs, **stable)
        except Exception as e:
            with pytest.raises(Exception) as info:
                lz.asarray(x).argsort(*args, **kwargs)
            assert (type(info.value).__name__, str(info.value)) == (type(e).__name__, str(e))
            continue
        same(lz.asarray(x).argsort(*args, **kwargs), want)


def test_lazy_positions_are_computed_for_their_errors():
    x, one = lz.asarray(LINE), lz.asarray(V) * 0 + 1
    same(lz.delete(x, one), np.delete(LINE, V * 0 + 1))
    same(lz.delete(x, x > 1), np.delete(LINE, LINE > 1))
    same(lz.insert(x, one, V), np.insert(LINE, V * 0 + 1, V))
    same(lz.insert(x, x > 1, [8, 9]), np.insert(LINE, LINE > 1, [8, 9]))
    same(lz.unravel_index(one * 3, (2, 2)), np.unravel_index(V * 0 + 3, (2, 2)))
    with pytest.raises(ValueError, match="index 4 is out of bounds for array with size 4"):
        lz.unravel_index(one * 4, (2, 2))
    with pytest.raises(ValueError, match="invalid entry in coordinates array"):
        lz.ravel_multi_index((one, one * 2), (2, 2))
    with pytest.raises(IndexError, match="index 7 is out of bounds for axis 0 with size 4"):
        lz.delete(x, one * 7)
    with pytest.raises(IndexError, match=r"index \[9\] is out of bounds for axis 0 with size 4"):
        lz.insert(x, one[:1] * 9, 0)


def test_numpys_functions_lead_here():
    x = lz.asarray(F8)
    for ours, theirs in [
        (np.insert(x, 1, 7), np.insert(F8, 1, 7)),
        (np.delete(x, [0, 2], 1), np.delete(F8, [0, 2], 1)),
        (np.resize(x, (2, 7)), np.resize(F8, (2, 7))),
        (np.apply_along_axis(np.sort, 0, x), np.apply_along_axis(np.sort, 0, F8)),
        (np.apply_over_axes(np.max, x, 1), np.apply_over_axes(np.max, F8, 1)),
        (np.polyval([1, 2], x), np.polyval([1, 2], F8)),
        (np.tril_indices_from(x), np.tril_indices_from(F8)),
        (np.ix_(lz.asarray(V), [1]), np.ix_(V, [1])),
        (np.unravel_index(lz.asarray(V), (2, 2)), np.unravel_index(V, (2, 2))),
        (np.ravel_multi_index((lz.asarray(V), V), (4, 4)), np.ravel_multi_index((V, V), (4, 4))),
        (np.histogram2d(lz.asarray(X), Y, 3), np.histogram2d(X, Y, 3)),
    ]:
        same(ours, theirs)
    assert np.common_type(x) is lz.float64
    assert np.min_scalar_type(lz.asarray(3)) == "u1"


def test_polynomials_that_are_objects_are_refused():
    with pytest.raises(NotImplementedError):
        lz.polyval([1, 2], np.poly1d([1, 2]))


def test_what_is_built_is_one_walk():
    x = lz.asarray(np.linspace(0, 1, 1000))
    for z in [
        (lz.polyval([1.5, 2, 3], x) * lz.hanning(1000)).sum(),
        lz.i0(x) * 2,
        lz.delete(x, slice(None, None, 3)).sum(),
        lz.ravel_multi_index((lz.arange(9) % 3, lz.arange(9) // 3), (3, 3), mode="wrap") + 1,
        lz.unravel_index(np.arange(9), (3, 3))[1] + 1,
    ]:
        assert "passes over memory: 1\n" in z.explain()


@pytest.mark.parametrize("axis", [0, 1, -1, None])
@pytest.mark.parametrize("count", [2, 8, 9, 40])
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
