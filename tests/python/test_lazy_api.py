"""Creation and elementwise functions of `numpy_rs.lazy`, and all signatures, against NumPy."""

import inspect
import math

import numpy as np
import pytest
from lazy_checks import ARRAYS, B1, C8, C16, CUBE, F2, F4, F8, I8, NANS, REAL, U1, A, V, cases, check, lazy, same

import numpy_rs.lazy as lz

# Complex numbers that products and sums of their parts would not keep.
ZEROS = np.array([complex(r, i) for r in (-0.0, 0.0, -0.2, np.inf, np.nan) for i in (-0.0, 0.0, 1.25, -np.inf, np.nan)])


@cases(
    zeros=[
        A(3),
        A((2, 3), np.int8),
        A((), "f4"),
        A(np.int64(2)),
        A([2, 2]),
        A(-1),
        A((2, -1)),
        A(2.5),
        A((2, 2.5)),
        A("ab"),
        A(2, order="X"),
    ],
    ones=[A(3), A((2, 3), bool), A((0,), complex), A((1, 2), "complex64")],
    empty=[A((0, 3)), A(0)],
    full=[
        A(3, 7),
        A((2, 2), 1.5),
        A(2, 1j),
        A(2, True),
        A((2, 3), V),
        A(2, 2.7, int),
        A(2, 300, np.uint8),
        A(2, -1, "u8"),
        A(2, np.float32(1.5)),
        A(2, -1.5, "i1"),
        A(2, np.nan, "f4"),
        A(2, 2**70, "f2"),
        A(2, 10**400, "f8"),
    ],
    zeros_like=[A(x) for x in ARRAYS] + [A(F8, dtype=int), A(F8, shape=(2,)), A([1, 2])],
    ones_like=[A(x) for x in ARRAYS] + [A(F8, "i2")],
    full_like=[A(x, 3) for x in ARRAYS] + [A(I8, 2.5), A(F8, np.nan), A(U1, 300), A(I8, V[0])],
    asarray=[A(x) for x in ARRAYS]
    + [
        A([1, 2.5]),
        A([[1], [2]]),
        A(1),
        A(1.5),
        A(True),
        A(2j),
        A([]),
        A([[], []]),
        A([True, 2]),
        A([1, 2], float),
        A([1.7, -2.7], "i4"),
        A([2**63]),
        A([300.0], "i1"),
        A([-1.5], "u1"),
        A([-0.5], "u1"),
        A(300.0, "i1"),
        A([np.nan], "i4"),
        A([np.inf], "i4"),
        A([[1, 2], [3]]),
        A(I8, "f4"),
        A((1, 2)),
        A([1, 2], copy=False),
    ],
    array=[A([1, 2], ndmin=3), A(F8, "f4"), A(3, ndmin=1), A([1j, 2])],
    ascontiguousarray=[A(3), A(F8.T)],
    astype=[A(x, t) for x in REAL for t in ("i8", "u1", "f4", "f8", "?", "c8")],
    copy=[A(F8), A([1, 2])],
)
def test_creation(name, args, kwargs):
    check(name, *args, **kwargs)


@cases(
    arange=[
        A(5),
        A(0),
        A(-3),
        A(2, 9),
        A(2, 9, 2),
        A(9, 2, -2),
        A(5.0),
        A(0.5, 5),
        A(0, 1, 0.1),
        A(1, 0, -0.1),
        A(1, 2, 0.3),
        A(0.1, 1.0, 0.3),
        A(3, dtype="f4"),
        A(0, 1, 0.1, dtype="f4"),
        A(0, 10, 0.7, dtype="f2"),
        A(0, 10, 0.7, dtype="f8"),
        A(10, dtype=np.uint8),
        A(300, dtype=np.int8),
        A(0.5, 5, dtype=int),
        A(0, 5, 0.5, dtype=int),
        A(2, dtype=bool),
        A(3, dtype=bool),
        A(5, dtype="c8"),
        A(0, 2, 0.25, dtype=complex),
        A(2**62, 2**62 + 3),
        A(2**63, 2**63 + 3, dtype="u8"),
        A(1e16, 1e16 + 10),
        A(1, 1e17, 3e16),
        A(-0.0, 3),
        A(np.float32(3)),
        A(np.int8(3)),
        A(np.uint64(3)),
        A(np.float64(2.5)),
        A(1, 5, 0),
        A(1.0, 5.0, 0.0),
        A(np.inf),
        A(np.nan),
        A(1, 2, None),
        A(1.5, -2, -0.5),
        A(0, -1, -0.1),
        A(True),
        A(1e300, 2e300, 1e299),
        A(0, 1e-320, 1e-321),
        A(1, 10, 2.5, dtype=np.int16),
        A(10, 1, -3, dtype=np.uint16),
        A(-3, 3, dtype=np.uint8),
        A(254, 258, dtype=np.uint8),
        A(255, 258, dtype=np.uint8),
        A(300, 300, dtype=np.int8),
        A(-9.8, 0.2, 0.5, dtype=np.uint64),
        A(1, 1),
        A(3, 1),
    ],
    linspace=[
        A(0, 1),
        A(0, 1, 5),
        A(0, 1, 0),
        A(0, 1, 1),
        A(0, 1, 2),
        A(0, 1, -1),
        A(0, 1, 5, endpoint=False),
        A(0, 1, 1, False),
        A(0.1, 0.7, 11),
        A(-1, 3, 7, dtype=int),
        A(0, 1, 5, dtype="f4"),
        A(np.float32(0.1), np.float32(0.9), 9),
        A(0, 5e-324, 4),
        A(0, 1, 3.5),
        A(V, V + 1, 4),
        A(V, V + 1, 4, axis=1),
        A(V, V + 1, 4, axis=-1),
        A(0, F8, 3, axis=2),
        A(0, F8, 3, axis=5),
        A(1j, 2, 4),
        A(5, 5, 3),
        A(0, 10**18, 3),
        A(0, 10**20, 3),
        A(-(10**20), 1.5, 3),
        A(10**20, 1j, 3, dtype=complex),
        A(1, 0, 7),
        A(F4, 1, 3),
        A(F2, 1.5, 5),
        A(1, 10, 1000003),
        A(0, 1, 5, retstep=False),
        A(-3, 3, 6, dtype="u1"),
        A(0.5, 9.5, 10, dtype="i2"),
    ],
    eye=[A(3), A(2, 3), A(3, 2, 1), A(3, k=-1), A(2, dtype=int), A(2, dtype=bool), A(0), A(-1), A(3, k=9), A(2.5)],
    identity=[A(3), A(2, "i4")],
    diag=[A(V), A(V, 1), A(V, -2), A(F8), A(F8, 1), A(F8, -1), A(F8, 7), A(CUBE), A(3), A([1, 2])],
    diagflat=[A(F8), A(V, -1), A(5)],
    tri=[A(3), A(2, 4), A(3, 3, 1), A(3, k=-1, dtype=int), A(0), A(3, dtype=bool)],
    tril=[A(F8), A(F8, 1), A(CUBE, -1), A(V), A(B1), A(C16)],
    triu=[A(F8), A(F8, 1), A(CUBE, -1), A(V), A(U1, 2)],
    meshgrid=[
        A(V, [1.5, 2.5]),
        A(V, V, V),
        A(V),
        A(),
        A(V, V, indexing="ij"),
        A(V, [1, 2], sparse=True),
        A(V, indexing="xx"),
        A(2, 3),
    ],
    indices=[A((2, 3)), A((2, 3), float), A((2, 3), sparse=True), A(()), A((3,)), A((2, 0)), A((2, 2, 2), "i2")],
    vander=[A(V), A(V, 2), A(V, 5, increasing=True), A([0.5, 2.0]), A(V, 0), A(F8), A(B1[0]), A(F4[0])],
)
def test_generators(name, args, kwargs):
    check(name, *args, **kwargs)


@cases(
    logspace=[
        A(0, 3, 4),
        A(0, 3),
        A(-2, 2, 9, base=2),
        A(0, 3, 4, dtype=int),
        A([0, 1], 3, 4, base=[[2], [3]]),
        A(0, 1, 5, False),
    ],
    geomspace=[
        A(1, 1000, 4),
        A(1, 256, 9),
        A(1000, 1, 4),
        A(-1000, -1, 4),
        A(0, 1),
        A([1, 2], [10, 20], 3),
        A(1, 8, 4, dtype=int),
        A([1, 2], [10, 20], 3, axis=1),
        A(1, 1000, 3, endpoint=False),
    ],
)
def test_logarithmic_ranges(name, args, kwargs):
    check(name, *args, ulp=8, **kwargs)


def test_linspace_gives_its_step():
    y, step = lz.linspace(0, 1, 5, retstep=True)
    want, width = np.linspace(0, 1, 5, retstep=True)
    same(y, want)
    assert float(step) == width
    assert math.isnan(float(lz.linspace(0, 1, 1, retstep=True)[1]))


def test_grids_by_slices():
    for key in (np.s_[0:3], np.s_[0:3, 1:5:2], np.s_[-1:1:5j], np.s_[0:1:3j, 0:2], np.s_[0:2, 0:2, 0:1:0.25]):
        same(lz.mgrid[key], np.mgrid[key])
        same(lz.ogrid[key], np.ogrid[key])


def test_fromfunction_builds_from_indices():
    same(lz.fromfunction(lambda i, j: i * 10 + j, (2, 3)), np.fromfunction(lambda i, j: i * 10 + j, (2, 3)))
    same(lz.fromfunction(lambda i: i, (3,), dtype=int), np.arange(3))


@cases(
    round=[A(x) for x in ARRAYS]
    + [A(x, d) for x in (F8, F4, F2, I8) for d in (1, 2, -1)]
    + [A([0.5, 1.5, 2.5]), A(2.675, 2), A(I8 * 37, -1), A(U1, -1), A(F8 * 1e300, 5), A(NANS, 1), A(F8, 1.5)]
    + [A(B1, d) for d in (0, 1, -1)]
    + [A(ZEROS, d) for d in (0, 1, -1)],
    around=[A(F8, 1)],
    fix=[A(x) for x in REAL if x is not B1] + [A(NANS)],
    clip=[
        A(F8, -1, 1),
        A(F8, None, 1),
        A(F8, -1, None),
        A(F8, min=0),
        A(F8, max=0),
        A(I8, 0.5, 2),
        A(U1, 0, 255),
        A(F8),
        A(F8, -1),
        A(F8, V[:1], 3),
        A(F8, 1, 2, min=0),
        A(NANS, -1, 1),
        A(F8, np.nan, 1),
        A(I8, 3, -3),
        A(F4, -1, 1),
        A(F4, np.float64(-1), 1),
        A(F8, a_max=1),
    ],
    select=[
        A([F8 < 0, F8 > 1], [F8, -F8]),
        A([B1], [1], 2.5),
        A([B1, ~B1], [F4, 0]),
        A([], []),
        A([B1], []),
        A([F8], [1]),
        A([B1[0]], [F8], I8),
        A([True], [1], 0),
        A([np.array([1, 0])], [V[:2]]),
        A([B1, F8], [F8, F8]),
        A([[True, False]], [[1, 2]]),
    ],
    isclose=[
        A(F8, F8 + 1e-9),
        A(NANS, NANS),
        A(NANS, NANS, equal_nan=True),
        A(F4, F8),
        A(I8, I8 + 1),
        A(1, 1.1),
        A(F8, 1.5),
        A(1.5, F8),
        A(F8, F8 * 1.01, 0.1),
        A(F8, F8 + 1, 0, 2),
        A(U1, 3),
        A(C16, C16),
        A(np.inf, NANS),
    ],
    isreal=[A(x) for x in ARRAYS],
    iscomplex=[A(x) for x in ARRAYS],
    isposinf=[A(NANS), A(F8), A(I8), A(C16), A(B1)],
    isneginf=[A(NANS), A(F4), A(U1), A(C16)],
    real=[A(x) for x in ARRAYS],
    imag=[A(x) for x in ARRAYS],
    nan_to_num=[
        A(NANS),
        A(NANS.astype("f4")),
        A(NANS.astype("f2")),
        A(I8),
        A(NANS, nan=1.5),
        A(NANS, posinf=5, neginf=-5),
        A(NANS + 0j),
        A(ZEROS),
        A(ZEROS.astype("F"), nan=7.0),
        A(3),
        A(np.nan),
        A(NANS, nan=V[0]),
    ],
)
def test_elementwise(name, args, kwargs):
    check(name, *args, **kwargs)


@cases(
    angle=[A(C16), A(F8), A(I8), A(C8), A(C16, deg=True), A(F4), A(F4, True)],
    round=[A(C16, 1), A(C8, 2), A(C16 * 37, -1)],
    sinc=[A(F8), A(F4), A(I8), A(np.linspace(-4, 4, 41))],
)
def test_rounded_elementwise(name, args, kwargs):
    check(name, *args, ulp=3, **kwargs)


@pytest.mark.parametrize(
    "pair", [(F8, F8 + 1e-9), (NANS, NANS), (F8, F8 + 1), (F8, V), (I8, I8), (V, V[None]), (3, 3.0)], ids=str
)
@pytest.mark.parametrize("name", ["allclose", "array_equal", "array_equiv"])
def test_whole_array_questions(name, pair):
    try:
        want = getattr(np, name)(*pair)
    except ValueError as e:
        with pytest.raises(ValueError) as info:
            getattr(lz, name)(*lazy(pair))
        assert str(info.value) == str(e)
        return
    assert bool(getattr(lz, name)(*lazy(pair))) is bool(want)


def test_array_equal_may_take_nan_as_equal():
    assert bool(lz.array_equal(lz.asarray(NANS), NANS, equal_nan=True))
    assert not bool(lz.array_equal(lz.asarray(NANS), NANS))


def test_piecewise_selects_pieces():
    for funcs in ([-1.0, 1.0], [lambda v: v * 2, 7, lambda v: -v], [1]):
        conds = [F8 < 0, F8 > 1]
        try:
            want = np.piecewise(F8, conds, funcs)
        except ValueError as e:
            with pytest.raises(ValueError) as info:
                lz.piecewise(lz.asarray(F8), lazy(conds), funcs)
            assert str(info.value) == str(e)
            continue
        same(lz.piecewise(lz.asarray(F8), lazy(conds), funcs), want)


def parameters(f):
    """Names, kinds and whether there is a default: of a function."""
    return [(p.name, p.kind, p.default is not p.empty) for p in inspect.signature(f).parameters.values()]


FUNCTIONS = sorted(
    n
    for n in lz.__all__
    if inspect.isfunction(getattr(lz, n)) and callable(getattr(np, n, None)) and n not in ("compute", "arange", "sum")
)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signature_is_numpys(name):
    theirs = parameters(getattr(np, name))
    if name in ("promote_types", "can_cast", "result_type"):
        theirs = [(n, k, d) for n, k, d in theirs]
    assert parameters(getattr(lz, name)) == theirs
