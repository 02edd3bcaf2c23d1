"""Arrays and indices by the syntax of indexing, and positions of many kinds, against NumPy."""

import warnings

import numpy as np
import pytest
from lazy_checks import C8, C16, CUBE, EMPTY, F4, F8, I8, A, V, cases, check, lazy, same

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
        A(2, 2.5),
        A(V, range(2, 4)),
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
        A((1, 9), (3, 4), "WRAP"),
        A((1, 9), (3, 4), None),
        A((1, 9), (3, 4), 0),
        A((1, 9), (3, 4), ("wrap", 1)),
        A((1, 9), (3, 4), 2),
        A((1, 2), (3, 4), 3),
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


def test_lazy_positions_are_computed_for_their_errors():
    one = lz.asarray(V) * 0 + 1
    same(lz.unravel_index(one * 3, (2, 2)), np.unravel_index(V * 0 + 3, (2, 2)))
    with pytest.raises(ValueError, match="index 4 is out of bounds for array with size 4"):
        lz.unravel_index(one * 4, (2, 2))
    with pytest.raises(ValueError, match="invalid entry in coordinates array"):
        lz.ravel_multi_index((one, one * 2), (2, 2))
    same(lz.ravel_multi_index((one, one * 2), (2, 2), "wrap"), np.array([2, 2, 2]))


def test_shapes_may_be_arrays():
    for shape in (np.array([2, 3]), [np.int8(2), 3], np.int64(9)):
        same(lz.unravel_index(lz.asarray(V), shape), np.unravel_index(V, shape))
        same(lz.resize(lz.asarray(V), shape), np.resize(V, shape))


def test_positions_are_one_walk():
    for z in [
        lz.ravel_multi_index((lz.arange(9) % 3, lz.arange(9) // 3), (3, 3), mode="wrap") + 1,
        lz.unravel_index(np.arange(9), (3, 3))[1] + 1,
    ]:
        assert "passes over memory: 1\n" in z.explain()
