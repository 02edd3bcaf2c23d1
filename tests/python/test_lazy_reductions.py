"""Reductions of `numpy_rs.lazy` against NumPy: exact ones to the bit, rounded ones to units in the last place."""

import numpy as np
import pytest
from lazy_checks import ARRAYS, B1, C16, CUBE, EMPTY, F2, F4, F8, I8, NANS, REAL, U1, A, V, cases, check, same

import numpy_rs.lazy as lz

REDUCE = (
    [A(x) for x in ARRAYS]
    + [A(x, axis=k) for x in (F8, I8, B1, F4) for k in (0, 1, -1)]
    + [
        A(CUBE, axis=(0, 2)),
        A(CUBE, axis=(1,)),
        A(CUBE, axis=()),
        A(F8, axis=0, keepdims=True),
        A(F8, axis=2),
        A(F8, axis=-3),
        A(CUBE, axis=(0, 0)),
        A([[1, 2], [3, 4]], axis=1),
        A(7),
        A(2.5),
        A(np.array(5), axis=0),
        A(np.array(5), axis=-1, keepdims=True),
        A(np.array(5), axis=1),
        A(np.array(5), axis=(0,)),
    ]
)


@cases(
    min=REDUCE
    + [
        A(EMPTY),
        A(EMPTY, axis=0),
        A(EMPTY, axis=1),
        A(EMPTY, initial=3.0),
        A(F8, initial=-9.0),
        A(F8, where=B1, initial=9.0),
        A(F8, where=B1),
        A(F8, where=B1[:, :3], initial=0),
        A(F8, where=B1[None], initial=0),
        A(NANS),
        A(NANS, axis=0),
    ],
    max=REDUCE
    + [A(EMPTY), A(EMPTY, axis=0), A(EMPTY, axis=1), A(F8, initial=99.0), A(F8, where=B1, initial=-9.0), A(NANS)],
    amin=[A(F8)],
    amax=[A(F8)],
    any=REDUCE + [A(EMPTY), A(F8, where=~B1), A(NANS)],
    all=REDUCE + [A(EMPTY), A(F8, where=B1), A(F8, axis=1, where=B1[:2]), A(NANS)],
    argmin=[A(x) for x in REAL]
    + [A(F8, axis=0), A(F8, axis=1, keepdims=True), A(NANS), A(NANS, axis=1), A(EMPTY), A(F8, axis=2), A(CUBE, axis=1)],
    argmax=[A(x) for x in REAL] + [A(F8, axis=0), A(F8, axis=-1), A(NANS), A(EMPTY), A(EMPTY, axis=0), A(F8, axis=2)],
    count_nonzero=[A(x) for x in ARRAYS]
    + [A(F8, axis=0), A(CUBE, axis=(0, 1)), A(F8, axis=1, keepdims=True), A(NANS), A(F8, axis=3)],
    ptp=[A(x) for x in (F8, I8, U1, F4, F2)] + [A(F8, axis=0), A(F8, axis=1, keepdims=True), A(EMPTY)],
    sum_=[A(x) for x in (I8, U1, B1)]
    + [
        A(I8, axis=0),
        A(CUBE, axis=(0, 2)),
        A(F8, axis=0),
        A(F8, axis=5),
        A(I8, dtype="i1"),
        A(I8, dtype=float),
        A(EMPTY),
        A(EMPTY, axis=0),
        A(I8, initial=5),
        A(I8, where=B1),
        A(I8, where=B1[:2]),
        A(V, where=B1[0]),
        A(np.zeros((1, 2, 1, 1)), where=np.ones((1, 3, 1, 1), bool)),
        A(CUBE, axis=0, where=np.ones((5, 2, 3, 4), bool)),
        A(I8, axis=1, keepdims=True),
        A(U1, dtype="u1"),
        A(B1, dtype=bool),
        A(CUBE, axis=(0, 0)),
        A([[1, 2], [3, 4]], axis=1),
        A(7),
    ],
    prod=[A(x) for x in (I8, U1, B1)]
    + [A(I8 + 7, axis=0), A(EMPTY), A(I8, where=B1), A(F8, axis=0), A(I8, initial=3), A(V, dtype="f4")],
    trace=[A(F8), A(I8, 1), A(CUBE, 0, 1, 2), A(U1), A(I8, dtype="f4"), A(V)],
    nanmin=[A(NANS), A(NANS, axis=0), A(F8), A(I8), A(EMPTY), A(NANS, axis=1, keepdims=True), A(C16 * np.nan)],
    nanmax=[A(NANS), A(NANS, axis=1), A(F4), A(B1), A(EMPTY)],
    nanargmin=[A(NANS), A(NANS, axis=0), A(I8)],
    nanargmax=[A(NANS), A(NANS, axis=1), A(I8, axis=0)],
    nansum=[A(I8), A(B1), A(np.array([1.0, np.nan, 2.0])), A(np.array([np.nan]))],
    nanprod=[A(I8), A(np.array([3.0, np.nan, 2.0]))],
)
def test_exact_reductions(name, args, kwargs):
    check(name, *args, **kwargs)


FOLD = [A(x) for x in ARRAYS] + [
    A(F8, axis=0),
    A(F8, axis=1, keepdims=True),
    A(CUBE, axis=(0, 2)),
    A(F8, dtype="f4"),
    A(I8, dtype="f4"),
    A(F8, where=B1),
    A(F8, axis=7),
    A(F8[0]),
    A(F8, axis=0, where=B1),
    A(F4, dtype="f8"),
    A(F8, axis=-1),
    A(CUBE, axis=()),
]


@cases(
    sum_=FOLD,
    prod=FOLD,
    mean=FOLD + [A(EMPTY), A(EMPTY, axis=0)],
    var=FOLD
    + [
        A(F8, ddof=1),
        A(F8, axis=0, ddof=1),
        A(F8, correction=1),
        A(F8, ddof=1, correction=1),
        A(EMPTY, axis=0),
        A(F8[0], mean=np.array(0.5)),
        A(F8, axis=0, mean=F8.mean(0, keepdims=True), keepdims=True),
        A(F8, ddof=12),
    ],
    std=FOLD + [A(F8, ddof=1), A(F8, axis=0, correction=2)],
    nanmean=[
        A(F8),
        A(I8),
        A(NANS[:, :3]),
        A(NANS[:, :3], axis=0),
        A(NANS[:, :3], axis=1, keepdims=True),
        A(F4),
        A(F8, dtype=int),
    ],
    nanvar=[
        A(F8),
        A(I8),
        A(NANS[:, :3]),
        A(NANS[:, :3], axis=0),
        A(NANS[:, :3], axis=1, ddof=1),
        A(F8, ddof=1, correction=2),
    ],
    nanstd=[A(F8), A(NANS[:, :3], axis=0), A(NANS[:, :3], ddof=1, keepdims=True)],
    nansum=[A(F8), A(NANS[:, :3], axis=0), A(C16)],
    nanprod=[A(F8), A(NANS[:, :3], axis=1)],
    average=[
        A(F8),
        A(F8, axis=0),
        A(F8, weights=F8**2),
        A(F8, 1, [1, 2, 3, 4]),
        A(I8, 0, V),
        A(I8, axis=1, returned=True),
        A(F8, weights=V),
        A(F8, 0, [1, 2]),
        A(F8, 0, V, returned=True),
        A(F8, 0, V, keepdims=True),
        A(CUBE, (0, 2), CUBE[:, 0] ** 2),
        A(F8, 4),
    ],
)
def test_rounded_reductions(name, args, kwargs):
    check(name, *args, ulp=16, **kwargs)


REDUCED = ["add", "multiply", "minimum", "maximum", "fmin", "fmax", "logical_or", "logical_and"]


@pytest.mark.parametrize("name", [*REDUCED, "bitwise_and", "bitwise_or", "bitwise_xor"])
def test_ufuncs_reduce_as_numpys(name):
    for kwargs in ({}, {"axis": 1}, {"axis": (0, 1), "keepdims": True}, {"axis": None}, {"axis": 4}):
        try:
            want = getattr(np, name).reduce(I8, **kwargs)
        except ValueError as e:
            with pytest.raises(ValueError) as info:
                getattr(lz, name).reduce(lz.asarray(I8), **kwargs)
            assert str(info.value) == str(e)
            continue
        same(getattr(lz, name).reduce(lz.asarray(I8), **kwargs), want)


def test_ufuncs_that_do_not_reduce_say_so():
    for name, error in (("sin", ValueError), ("divmod", ValueError)):
        with pytest.raises(error) as ours:
            getattr(lz, name).reduce(V)
        with pytest.raises(error) as theirs:
            getattr(np, name).reduce(V)
        assert str(ours.value) == str(theirs.value)
    with pytest.raises(NotImplementedError):
        lz.subtract.reduce(V)


def test_ufuncs_have_outer_forms():
    same(lz.multiply.outer(lz.asarray(V), F8), np.multiply.outer(V, F8))
    same(np.add.outer(lz.asarray(V), V), np.add.outer(V, V))
    same(lz.divmod.outer(lz.asarray(V), [2, 3]), np.divmod.outer(V, [2, 3]))
    with pytest.raises(ValueError):
        lz.sin.outer(V, V)


@pytest.mark.parametrize("dtype", ["?", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8"])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (7, 5), (40, 700), (3, 2000, 2)])
def test_truths_of_whole_numbers(dtype, shape):
    """Whether any or all are true is known from the numbers, which are not compared one by one."""
    rng = np.random.default_rng(3)
    for share in (0.0, 0.001, 0.5, 0.999, 1.0):
        numbers = rng.integers(1, 100, shape) * (rng.random(shape) < share)
        # Bytes of foreign truths may be any: 1 | 2 is true, and 1 & 2 too.
        x = numbers.astype("u1").view("?") if dtype == "?" else (numbers * (1 - 2 * (dtype[0] == "i"))).astype(dtype)
        clean = x if dtype != "?" else numbers != 0
        for axis in [None, *range(x.ndim), (), tuple(range(x.ndim))]:
            for name in ("any", "all"):
                expected = getattr(np, name)(clean, axis=axis, keepdims=True)
                got = getattr(lz, name)(lz.asarray(x), axis=axis, keepdims=True)
                same(got, expected)
            for reducer in (np.logical_or, np.logical_and):
                expected = reducer.reduce(clean, axis=axis)
                same(getattr(lz, reducer.__name__).reduce(lz.asarray(x), axis=axis), expected)
        if dtype == "?":
            for name in ("min", "max"):
                expected = getattr(np, name)(clean, initial=share == 1.0)
                same(getattr(lz, name)(lz.asarray(x), initial=share == 1.0), expected)
