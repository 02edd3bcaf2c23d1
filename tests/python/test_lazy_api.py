"""Every function of `numpy_rs.lazy` against NumPy: values, dtype, shape, exceptions."""

import copy
import inspect
import math
import pickle
import warnings

import numpy as np
import pytest

import numpy_rs
import numpy_rs.lazy as lz

RNG = np.random.default_rng(20260721)
F8 = np.array([[1.5, -2.25, 0.0, 3.0], [-0.0, 7.5, 2.5, -1.0], [0.5, 0.25, -4.0, 8.0]])
I8 = np.arange(-6, 6).reshape(3, 4)
U1 = np.arange(250, 262, dtype=np.uint8).reshape(3, 4)
F4 = F8.astype(np.float32)
F2 = F8.astype(np.float16)
C16 = F8 + 1j * F8[::-1]
C8 = C16.astype(np.complex64)
B1 = F8 > 0.4
NANS = np.array([[1.0, np.nan, -2.0, np.inf], [np.nan, 3.0, -0.0, -np.inf], [4.0, 5.0, np.nan, 0.0]])
CUBE = RNG.integers(-9, 9, (2, 3, 4))
V = np.array([3, 1, 2])
EMPTY = np.zeros((0, 3))
ARRAYS = [F8, I8, U1, F4, F2, C16, C8, B1]
REAL = [F8, I8, U1, F4, F2, B1]


def lazy(x):
    """The same argument with lazy arrays in place of NumPy's."""
    if isinstance(x, np.ndarray):
        return lz.asarray(x)
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return type(x)(lazy(v) for v in x)
    if isinstance(x, dict):
        return {k: lazy(v) for k, v in x.items()}
    return x


def flat(x):
    """The arrays of a result, in order."""
    if isinstance(x, (list, tuple)):
        return [a for v in x for a in flat(v)]
    return [x]


def same(ours, theirs, ulp=0):
    """Assert that results agree: structure, dtype, shape, and every bit (but NaN signs), or `ulp` for floats."""
    if isinstance(theirs, (list, tuple)):
        assert type(ours) is type(theirs)
        assert len(ours) == len(theirs)
    for o, t in zip(flat(ours), flat(theirs), strict=True):
        t = np.asarray(t)
        assert isinstance(o, lz.LazyArray), type(o)
        assert o.shape == t.shape
        assert o.dtype == t.dtype
        got = np.asarray(o)
        assert got.dtype == t.dtype
        assert got.shape == t.shape
        if ulp and t.dtype.kind in "fc":
            eps = np.finfo(t.dtype).eps
            np.testing.assert_allclose(got, t, rtol=ulp * eps, atol=0, equal_nan=True)
            continue
        np.testing.assert_array_equal(got, t)
        if t.dtype.kind in "fc":
            for part in ("real", "imag"):
                g, w = getattr(got, part), getattr(t, part)
                numbers = ~np.isnan(w)
                assert np.array_equal(np.signbit(g)[numbers], np.signbit(w)[numbers])


def check(name, *args, ulp=0, **kwargs):
    """Call the function of both packages; compare results or exceptions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            want = getattr(np, name)(*args, **kwargs)
        except Exception as e:
            with pytest.raises(type(e) if type(e).__module__ == "builtins" else Exception) as info:
                getattr(lz, name)(*lazy(args), **lazy(kwargs))
            assert type(info.value).__name__ == type(e).__name__.replace("_UFuncNoLoopError", "UFuncTypeError")
            assert str(info.value) == str(e)
            return
        same(getattr(lz, name)(*lazy(args), **lazy(kwargs)), want, ulp)


def arguments(*args, **kwargs):
    """One case: arguments, and a name for it."""
    return args, kwargs


def cases(**functions):
    """Cases as parameters: name, positional and keyword arguments."""
    out = []
    for name, calls in functions.items():
        for i, (args, kwargs) in enumerate(calls):
            out.append(pytest.param(name.rstrip("_"), args, kwargs, id=f"{name.rstrip('_')}-{i}"))
    return pytest.mark.parametrize(("name", "args", "kwargs"), out)


A = arguments


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
        A(NANS),
        A(NANS, axis=0),
    ],
    max=REDUCE
    + [A(EMPTY), A(EMPTY, axis=0), A(EMPTY, axis=1), A(F8, initial=99.0), A(F8, where=B1, initial=-9.0), A(NANS)],
    amin=[A(F8)],
    amax=[A(F8)],
    any=REDUCE + [A(EMPTY), A(F8, where=~B1), A(NANS)],
    all=REDUCE + [A(EMPTY), A(F8, where=B1), A(NANS)],
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


@cases(
    reshape=[
        A(F8, (4, 3)),
        A(F8, -1),
        A(F8, (2, -1)),
        A(F8, (5, 2)),
        A(F8, (-1, -1)),
        A(F8, (2, 6), order="F"),
        A(F8.T, (4, 3)),
        A(F8, 12),
        A(3, (1, 1)),
        A(EMPTY, (3, 0)),
        A(F8, "ab"),
        A(F8, (3, -4)),
        A(F8, (-2, -3)),
        A(F8, (7, -1)),
        A(EMPTY, (-1, 0)),
        A(F8, (4, 3), order="X"),
    ],
    ravel=[A(F8), A(F8, "F"), A(F8.T), A(3), A(CUBE, order="F")],
    transpose=[
        A(F8),
        A(CUBE),
        A(CUBE, (1, 2, 0)),
        A(CUBE, (0, 1)),
        A(CUBE, (0, 0, 1)),
        A(CUBE, (0, 1, 5)),
        A(V),
        A(CUBE, (-1, 0, 1)),
    ],
    permute_dims=[A(CUBE, (2, 0, 1))],
    matrix_transpose=[A(CUBE), A(F8), A(V)],
    swapaxes=[A(CUBE, 0, 2), A(CUBE, -1, 0), A(CUBE, 0, 3), A(CUBE, 5, 0)],
    moveaxis=[
        A(CUBE, 0, -1),
        A(CUBE, (0, 1), (1, 0)),
        A(CUBE, 0, 5),
        A(CUBE, (0, 1), 0),
        A(CUBE, (0, 0), (1, 2)),
        A(CUBE, 7, 0),
    ],
    rollaxis=[A(CUBE, 2), A(CUBE, 0, 3), A(CUBE, 1, 1), A(CUBE, 4), A(CUBE, 0, 5), A(CUBE, -1, -2)],
    expand_dims=[A(F8, 0), A(F8, -1), A(F8, (0, 2)), A(F8, 5), A(F8, (0, 0)), A(3, 0)],
    squeeze=[A(F8[None, :, None]), A(F8[None], 0), A(F8, 0), A(F8[None], 5), A(F8[:1, :1], (0, 1))],
    flip=[A(F8), A(F8, 0), A(F8, (0, 1)), A(F8, 3), A(F8, (0, 0)), A(3)],
    fliplr=[A(F8), A(V)],
    flipud=[A(F8), A(V), A(3)],
    rot90=[A(F8, k) for k in range(-2, 5)]
    + [A(CUBE, 1, (1, 2)), A(F8, 1, (0, 0)), A(F8, 1, (0, 5)), A(F8, 1, (0,)), A(CUBE, 3, (2, 0)), A(V)],
    broadcast_to=[A(V, (2, 3)), A(V, (3, 2)), A(5, (2, 2)), A(V, 3), A(F8, (3,)), A(V, (0, 3)), A(V, (2, -3))],
    atleast_1d=[A(3), A(V), A(3, V)],
    atleast_2d=[A(3), A(V), A(CUBE), A(3, V)],
    atleast_3d=[A(3), A(V), A(F8), A(CUBE)],
    diagonal=[A(F8), A(F8, 1), A(F8, -1), A(CUBE, 0, 1, 2), A(V), A(F8, 0, 0, 0), A(F8, 9), A(F8, 0, 0, 3)],
    broadcast_arrays=[A(V, F8[:, :3]), A(V, F8), A(3, V), A()],
)
def test_shapes(name, args, kwargs):
    check(name, *args, **kwargs)


@cases(
    concatenate=[
        A([V, V]),
        A([F8, I8]),
        A([F8, I8], 1),
        A([F8, I8], axis=None),
        A([]),
        A([F8, F8[:, :2]]),
        A([F8, V]),
        A([3, 4]),
        A([V, V], 1),
        A([F4, I8]),
        A([U1, I8.astype("i1")]),
        A([V, F8[0]], dtype="f4"),
        A([V, V], dtype="f4", casting="safe"),
        A((V, [1.5])),
        A([B1, U1]),
        A(F8),
        A([V, [], V]),
        A([F8[:, :2], F8], axis=-1),
    ],
    concat=[A([V, V])],
    stack=[
        A([V, V]),
        A([V, V], 1),
        A([V, V], -1),
        A([V, V], 2),
        A([V, F8[0]]),
        A([]),
        A([F8, I8], 1),
        A([3, 4]),
        A([V, V], dtype="f4"),
        A(F8),
    ],
    vstack=[A([V, V]), A([F8, I8]), A([V, F8]), A([3, 4]), A([V, F8[:, :3]])],
    hstack=[A([V, V]), A([F8, I8]), A([3, 4]), A([V[:, None], F8]), A([V, F8])],
    dstack=[A([V, V]), A([F8, I8]), A([3, 4])],
    column_stack=[A([V, V]), A([V, F8]), A([V, [1.5, 2, 3]])],
    append=[A(V, 4), A(V, [[1.5]]), A(F8, F8, 0), A(F8, F8, 1)],
    block=[
        A([V, V]),
        A([[F8, F8], [I8, I8]]),
        A([[np.ones((2, 2)), np.zeros((2, 1))], [np.array([7, 8, 9])]]),
        A(V),
        A([1, 2]),
        A([[V, V], V]),
        A([]),
    ],
    tile=[A(V, 2), A(V, (2, 2)), A(F8, 2), A(F8, (2, 1, 1)), A(3, 4), A(V, 0), A(F8, ()), A(V, -1), A(CUBE, (2, 3))],
    repeat=[
        A(V, 2),
        A(F8, 2),
        A(F8, 2, 0),
        A(F8, 3, -1),
        A(V, [0, 2, 1]),
        A(F8, [1, 0, 2], 0),
        A(V, [1, 2]),
        A(V, -1),
        A(V, 0),
        A(V, 1.5),
        A(V, V + 0.5),
        A(V, 1j),
        A(V, [-1]),
        A(F8, [2], 1),
        A(3, 4),
        A(V, [1, -1, 2]),
    ],
    roll=[
        A(V, 1),
        A(V, -1),
        A(V, 7),
        A(F8, 2),
        A(F8, 1, 0),
        A(F8, (1, 2), (0, 1)),
        A(F8, 1, (0, 1)),
        A(F8, (1, 2), 1),
        A(F8, 1, 5),
        A(EMPTY, 1),
        A(F8, 1, (0, 0)),
    ],
    diff=[
        A(V),
        A(F8),
        A(F8, axis=0),
        A(F8, 2),
        A(F8, 0),
        A(V, -1),
        A(B1),
        A(V, prepend=0),
        A(V, append=[9, 8]),
        A(F8, prepend=F8[:, :1]),
        A(3),
        A(U1),
        A(V, 5),
        A(F8, axis=3),
        A(F8, axis=0, append=1.0),
    ],
    pad=[
        A(V, 1),
        A(V, (1, 2)),
        A(F8, ((1, 0), (2, 1))),
        A(F8, 1, constant_values=9),
        A(V, 2, constant_values=(4, 6)),
        A(V, -1),
        A(V, 1.5),
        A(V, 1, mode="nope"),
        A(V, 1, mode="edge", foo=1),
        A(EMPTY, 1),
        A(EMPTY, 1, mode="edge"),
        A(F8, {1: (1, 2)}),
        A(F8, {0: 1}),
        A(F8, ((1,), (2,))),
        A(V, 1, "empty"),
    ][:-1]
    + [
        A(x, w, mode)
        for mode in ("edge", "wrap", "reflect", "symmetric", "maximum", "minimum", "mean")
        for x, w in ((V, 2), (F8, ((1, 2), (3, 0))), (V, 7), (I8, 1))
    ]
    + [
        A(V, 3, "reflect", reflect_type="odd"),
        A(V, 5, "symmetric", reflect_type="odd"),
        A(F8, 2, "maximum", stat_length=2),
        A(V, (2, 3), "linear_ramp", end_values=(5, -4)),
        A(F8, 2, "linear_ramp"),
        A(V[:1], 3, "reflect"),
        A(V[:1], 3, "symmetric"),
        A(V, 2, "minimum", stat_length=((1, 2),)),
    ],
    array_split=[
        A(V, 2),
        A(np.arange(10), 4),
        A(F8, [1, 2]),
        A(F8, 2, 1),
        A(V, 0),
        A(V, [1, 5]),
        A(V, 2, 1),
        A(np.arange(10), [3, 1, -2]),
    ],
    split=[A(np.arange(6), 3), A(V, 2), A(F8, [1], 1), A(F8, 3), A(F8, 2, 1), A(V, 1, 1)],
    hsplit=[A(F8, 2), A(np.arange(4), 2), A(3, 1), A(F8, [1, 3])],
    vsplit=[A(F8, 3), A(V, 3)],
    dsplit=[A(CUBE, 2), A(F8, 2)],
    unstack=[A(F8), A(F8, axis=1), A(V), A(F8, axis=4)],
)
def test_joining_and_splitting(name, args, kwargs):
    check(name, *args, **kwargs)


@cases(
    take=[
        A(V, [2, 0]),
        A(V, -1),
        A(F8, [[0, 5], [11, 2]]),
        A(F8, [0, 2], 0),
        A(F8, 1, 1),
        A(V, 3),
        A(F8, [0, 4], 1),
        A(V, [1.5]),
        A(V, V + 0.5),
        A(V, [1j]),
        A(V, U1[0, :0]),
        A(V, [4, -5], mode="wrap"),
        A(V, [4, -5], mode="clip"),
        A(V, []),
        A(F8, [[0, 1], [1, 2]], 1),
        A(F8, 0, 5),
        A(EMPTY, [0]),
        A(V, [0], mode="bad"),
        A(V, B1[0]),
    ],
    take_along_axis=[
        A(F8, F8.argmin(1, keepdims=True), 1),
        A(F8, F8.argmax(0, keepdims=True), 0),
        A(F8, np.array([3, 1]), None),
        A(F8, V, 1),
        A(F8, F8, 1),
        A(I8, np.array([[3, 0], [1, 1], [2, 2]]), -1),
        A(F8, np.array([[9]]), 1),
    ],
    compress=[A([0, 1, 1], F8, 0), A([True, False], V), A(B1[0], F8, axis=1), A(F8, F8), A([0, 0, 0, 1], V)],
    extract=[A(B1, F8), A(F8, I8)],
    nonzero=[A(F8), A(V), A(CUBE), A(3), A(B1), A(EMPTY), A(NANS)],
    flatnonzero=[A(F8), A(B1), A(3), A(0)],
    argwhere=[A(F8), A(V), A(CUBE), A(3), A(0), A(EMPTY)],
    where=[
        A(B1, F8, I8),
        A(B1, 1, 0),
        A(F8, 1.5, F4),
        A(B1, F4, 0.0),
        A(B1, U1, -1),
        A(B1, 300, U1),
        A(B1),
        A(B1, F8),
        A(B1, V, 1),
        A(True, V, 1),
        A(B1[0], F8, U1),
        A([True, False], [1, 2], 3),
    ],
)
def test_positions(name, args, kwargs):
    check(name, *args, **kwargs)


@cases(
    round=[A(x) for x in ARRAYS]
    + [A(x, d) for x in (F8, F4, F2, I8) for d in (1, 2, -1)]
    + [A([0.5, 1.5, 2.5]), A(2.675, 2), A(I8 * 37, -1), A(U1, -1), A(F8 * 1e300, 5), A(NANS, 1), A(F8, 1.5)],
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
    theirs = [
        p for p in parameters(getattr(np, name)) if p[:2] != ("kwargs", inspect.Parameter.VAR_KEYWORD) or name != "clip"
    ]
    if name in ("promote_types", "can_cast", "result_type"):
        theirs = [(n, k, d) for n, k, d in theirs]
    assert parameters(getattr(lz, name)) == theirs


# Types


TYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]


@pytest.mark.parametrize("name", TYPES)
def test_type_names_are_types(name):
    ours, theirs = getattr(lz, name), getattr(np, name)
    assert np.dtype(ours) == np.dtype(theirs)
    assert lz.dtype(ours) == theirs
    assert lz.dtype(theirs) == ours
    assert lz.dtype(ours).type is ours
    assert lz.zeros(2, ours).dtype == ours
    assert lz.zeros(2, ours).dtype == np.dtype(theirs)
    assert np.dtype(theirs) == lz.zeros(2, ours).dtype
    assert np.dtype(lz.dtype(ours)) == np.dtype(theirs)
    assert np.zeros(2, ours).dtype == theirs
    same(ours(1), theirs(1))
    same(ours(), theirs())
    same(ours([1, 0, 1]), np.array([1, 0, 1], theirs))
    same(lz.asarray([1, 2]).astype(ours), np.array([1, 2]).astype(theirs))
    assert (ours(1) + 1).dtype == (theirs(1) + 1).dtype


ALIASES = [
    "bool_",
    "byte",
    "short",
    "intc",
    "int_",
    "intp",
    "long",
    "longlong",
    "ubyte",
    "ushort",
    "uintc",
    "uint",
    "uintp",
    "ulong",
    "ulonglong",
    "half",
    "single",
    "double",
    "csingle",
    "cdouble",
]


@pytest.mark.parametrize("name", ALIASES)
def test_type_aliases_are_numpys(name):
    assert getattr(lz, name).__name__ == np.dtype(getattr(np, name)).name


ABSTRACT = "generic number integer signedinteger unsignedinteger inexact floating complexfloating".split()


@pytest.mark.parametrize("kind", ABSTRACT + TYPES)
def test_issubdtype_is_numpys(kind):
    for name in TYPES:
        want = np.issubdtype(getattr(np, name), getattr(np, kind))
        assert lz.issubdtype(getattr(lz, name), getattr(lz, kind)) is want
        assert lz.issubdtype(lz.dtype(name), getattr(np, kind)) is want
        assert lz.issubdtype(name, getattr(lz, kind)) is want
    with pytest.raises(TypeError):
        lz.floating(1.5)


@pytest.mark.parametrize(
    "kind",
    [
        "bool",
        "signed integer",
        "unsigned integer",
        "integral",
        "real floating",
        "complex floating",
        "numeric",
        ("bool", "integral"),
    ],
)
def test_isdtype_is_numpys(kind):
    for name in TYPES:
        assert lz.isdtype(lz.dtype(name), kind) is np.isdtype(np.dtype(name), kind)
    assert lz.isdtype(lz.float32, lz.float32)
    for bad in ("nope", "kind"):
        with pytest.raises(ValueError) as ours:
            lz.isdtype(lz.float32, bad)
        with pytest.raises(ValueError) as theirs:
            np.isdtype(np.float32, bad)
        assert str(ours.value) == str(theirs.value)


FINFO = [
    "bits",
    "eps",
    "epsneg",
    "max",
    "min",
    "tiny",
    "smallest_normal",
    "smallest_subnormal",
    "nmant",
    "nexp",
    "minexp",
    "maxexp",
    "precision",
    "resolution",
    "machep",
    "negep",
    "iexp",
]


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "complex64", "complex128"])
def test_finfo_is_numpys(name):
    ours, theirs = lz.finfo(name), np.finfo(name)
    for field in FINFO:
        assert float(getattr(ours, field)) == pytest.approx(
            float(getattr(theirs, field)), rel=0 if field != "resolution" else 1e-3
        ), field
    assert ours.dtype == theirs.dtype
    with pytest.raises(ValueError):
        lz.finfo("i4")


@pytest.mark.parametrize("name", TYPES[1:9])
def test_iinfo_is_numpys(name):
    ours, theirs = lz.iinfo(name), np.iinfo(name)
    assert (ours.min, ours.max, ours.bits, ours.kind, repr(ours)) == (
        theirs.min,
        theirs.max,
        theirs.bits,
        theirs.kind,
        repr(theirs),
    )
    with pytest.raises(ValueError) as info:
        lz.iinfo("f4")
    with pytest.raises(ValueError) as want:
        np.iinfo("f4")
    assert str(info.value) == str(want.value)


def test_promotion_is_numpys():
    values = [1, 1.5, 1j, True, *(np.dtype(t) for t in TYPES), np.float32(1), F4, I8]
    for a in values:
        for b in values:
            assert lz.result_type(lazy(a), lazy(b)) == np.result_type(a, b)
    for a in TYPES:
        for b in TYPES:
            assert lz.promote_types(a, b) == np.promote_types(a, b)
            for rule in ("no", "safe", "same_kind", "unsafe"):
                assert lz.can_cast(a, b, rule) == np.can_cast(a, b, rule)
    with pytest.raises(TypeError) as ours:
        lz.can_cast(1, "i4")
    with pytest.raises(TypeError) as theirs:
        np.can_cast(1, "i4")
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("x", [1, 1.5, 1j, "a", b"a", True, None, [1], np.float32(1), np.array(1)], ids=repr)
def test_isscalar_is_numpys(x):
    assert lz.isscalar(x) is np.isscalar(x)


def test_constants_are_numpys():
    for name in ("pi", "e", "inf", "euler_gamma"):
        assert getattr(lz, name) == getattr(np, name)
    assert math.isnan(lz.nan)
    assert lz.newaxis is None


def test_shape_questions_are_answered_without_computing():
    for x in (F8, V, 3, [[1, 2]]):
        assert lz.shape(lazy(x)) == np.shape(x)
        assert lz.ndim(lazy(x)) == np.ndim(x)
        assert lz.size(lazy(x)) == np.size(x)
        assert lz.iscomplexobj(lazy(x)) is np.iscomplexobj(x)
        assert lz.isrealobj(lazy(x)) is np.isrealobj(x)
    assert lz.size(lz.asarray(F8), 1) == 4
    assert lz.broadcast_shapes((3, 1), (4,)) == (3, 4)
    with pytest.raises(ValueError):
        lz.broadcast_shapes((3,), (4,))


# Protocols


def test_numpy_functions_give_lazy_arrays():
    z = lz.asarray(F8)
    for ours, theirs in [
        (np.sin(z), np.sin(F8)),
        (np.add(z, F8), F8 + F8),
        (np.add(F8, z), F8 + F8),
        (F8 + z, F8 + F8),
        (F8 * z, F8 * F8),
        (np.float64(2) * z, 2 * F8),
        (np.mean(z, axis=0), F8.mean(0)),
        (np.sum(z, axis=1, keepdims=True), F8.sum(1, keepdims=True)),
        (np.concatenate([z, F8]), np.concatenate([F8, F8])),
        (np.where(z > 0, z, 0), np.where(F8 > 0, F8, 0)),
        (np.add.reduce(z), F8.sum(0)),
        (np.maximum.reduce(z, axis=None), F8.max()),
        (np.logical_and.reduce(z, axis=1), np.logical_and.reduce(F8, 1)),
        (np.reshape(z, (4, 3)), F8.reshape(4, 3)),
        (np.stack([z, z]), np.stack([F8, F8])),
        (np.clip(z, 0, 1), F8.clip(0, 1)),
        (np.zeros_like(z), np.zeros_like(F8)),
        (np.std(z), F8.std()),
        (F8 < z, F8 < F8),
        (np.round(z, 1), F8.round(1)),
    ]:
        same(ours, theirs, ulp=4)
    frac, whole = np.modf(z)
    same(frac, np.modf(F8)[0])
    same(whole, np.modf(F8)[1])


def test_numpy_functions_that_we_lack_say_so():
    z = lz.asarray(F8)
    with pytest.raises(TypeError) as info:
        np.linalg.svd(z)
    assert "no implementation found for 'numpy.linalg.svd'" in str(info.value)
    with pytest.raises(TypeError):
        np.add.accumulate(z)
    with pytest.raises(NotImplementedError):
        np.add(z, 1, out=np.zeros_like(F8))


def test_conversions_compute():
    z = lz.asarray(V) + 1
    assert np.asarray(z).tolist() == [4, 2, 3]
    assert np.asarray(z, dtype="f4").dtype == np.float32
    assert z.tolist() == [4, 2, 3]
    assert [int(v) for v in z] == [4, 2, 3]
    assert np.from_dlpack(z.compute()).tolist() == [4, 2, 3]
    assert memoryview(z.compute()).tolist() == [4, 2, 3]
    interface = z.compute().__array_interface__
    assert (interface["shape"], interface["typestr"]) == ((3,), "<i8")
    assert bool(z.sum() == 9)
    assert int(z[0]) == 4
    assert float(z[0]) == 4.0
    assert complex(z[0]) == 4
    assert [10, 20, 30, 40, 50][z[0]] == 50
    assert z[0].item() == 4
    assert z.item(1) == 2


@pytest.mark.parametrize("convert", [bool, int, float, complex, iter, len], ids=lambda f: f.__name__)
@pytest.mark.parametrize("x", [F8, V, np.array(2.5), np.array([1]), EMPTY], ids=lambda x: str(x.shape))
def test_conversion_errors_are_numpys(convert, x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            want = convert(x)
        except Exception as e:
            with pytest.raises(type(e)) as info:
                convert(lz.asarray(x))
            assert str(info.value) == str(e)
            return
    if convert is iter:
        assert [np.asarray(v).tolist() for v in convert(lz.asarray(x))] == [v.tolist() for v in want]
    else:
        assert convert(lz.asarray(x)) == want


def test_lazy_arrays_copy_and_pickle():
    z = lz.asarray(F8) * 2
    for twin in (copy.copy(z), copy.deepcopy(z), pickle.loads(pickle.dumps(z))):
        same(twin, F8 * 2)
    value = pickle.loads(pickle.dumps(z.compute()))
    assert isinstance(value, lz.ndarray)
    assert np.array_equal(np.asarray(value), F8 * 2)
    assert pickle.loads(pickle.dumps(lz.float32)) is lz.float32
    assert pickle.loads(pickle.dumps(lz.dtype("f4"))) == "f4"
    assert pickle.loads(pickle.dumps(lz.sin)).__name__ == "sin"


def test_asarray_shares_and_array_copies():
    a = np.array([1.0, 2.0])
    shared, own, snapshot = lz.asarray(a), lz.array(a), lz.asarray(a, copy=True)
    a[0] = 9
    assert shared.tolist() == [9.0, 2.0]
    assert own.tolist() == [1.0, 2.0]
    assert snapshot.tolist() == [1.0, 2.0]


def test_compute_into_an_array():
    out = np.zeros((3, 4), np.float32)
    z = lz.asarray(F4) * 2
    assert z.compute(out=out) is out
    assert np.array_equal(out, F4 * 2)
    with pytest.raises(ValueError):
        z.compute(out=np.zeros(3, np.float32))
    with pytest.raises(TypeError):
        z.compute(out=np.zeros((3, 4), np.int8))
    frozen = np.zeros((3, 4), np.float32)
    frozen.flags.writeable = False
    with pytest.raises(ValueError):
        z.compute(out=frozen)
    with pytest.raises(NotImplementedError):
        lz.sum(z, out=out)


def test_persist_keeps_values():
    a = np.array([1.0, 2.0])
    z = lz.asarray(a) + 1
    kept = z.persist()
    (also,) = lz.persist(z)
    a[:] = 0
    assert kept.tolist() == [2.0, 3.0]
    assert also.tolist() == [2.0, 3.0]
    assert "ops=0" in repr(kept)


def test_compute_of_several_shares_one_plan():
    x = lz.asarray(F8)
    lo, hi, m = lz.compute(x.min(), x.max(), x.mean())
    assert (float(lo), float(hi), float(m)) == (F8.min(), F8.max(), F8.mean())
    assert lz.compute() == ()


def test_fuse_keeps_structure():
    @lz.fuse
    def f(x, *, scale, rest):
        assert isinstance(x, lz.LazyArray)
        assert all(isinstance(r, lz.LazyArray) for r in rest["more"])
        return {"sum": (x * scale).sum(), "both": [x + rest["more"][0], (x.max(), "text")]}

    """The name is the function's."""
    assert f.__name__ == "f"
    got = f(F8, scale=2, rest={"more": (I8,)})
    assert float(got["sum"]) == (F8 * 2).sum()
    assert np.array_equal(np.asarray(got["both"][0]), F8 + I8)
    assert isinstance(got["both"][0], lz.ndarray)
    assert float(got["both"][1][0]) == 8.0
    assert got["both"][1][1] == "text"


def test_fuse_gives_one_array_for_one():
    assert np.array_equal(np.asarray(lz.fuse(lambda a: a + 1)(V)), V + 1)


def test_threads_are_set_and_checked():
    before = lz.get_num_threads()
    try:
        lz.set_num_threads(1)
        assert numpy_rs.get_num_threads() == 1
        with pytest.raises(ValueError):
            lz.set_num_threads(0)
    finally:
        lz.set_num_threads(before)


METHODS = [
    ("sum", (), {}),
    ("sum", (0,), {}),
    ("prod", (1,), {}),
    ("mean", (), {"axis": 0}),
    ("min", (), {}),
    ("max", (1,), {}),
    ("any", (), {}),
    ("all", (0,), {}),
    ("argmin", (), {}),
    ("argmax", (1,), {}),
    ("var", (), {"ddof": 1}),
    ("std", (0,), {}),
    ("reshape", (4, 3), {}),
    ("reshape", ((4, 3),), {}),
    ("reshape", (-1,), {}),
    ("ravel", (), {}),
    ("flatten", ("F",), {}),
    ("transpose", (), {}),
    ("transpose", (1, 0), {}),
    ("swapaxes", (0, 1), {}),
    ("squeeze", (), {}),
    ("diagonal", (1,), {}),
    ("astype", ("f4",), {}),
    ("copy", (), {}),
    ("conj", (), {}),
    ("clip", (-1, 1), {}),
    ("round", (1,), {}),
    ("trace", (), {}),
    ("take", ([1, 2],), {}),
    ("take", ([1, 2], 1), {}),
    ("repeat", (2,), {}),
    ("repeat", (2, 0), {}),
    ("nonzero", (), {}),
    ("compress", ([True, False, True],), {"axis": 0}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), METHODS)
def test_methods_are_numpys(name, args, kwargs):
    for x in (F8, I8, C16):
        if name in ("clip", "min", "max", "argmin", "argmax") and x is C16:
            continue
        same(getattr(lz.asarray(x), name)(*args, **kwargs), getattr(x, name)(*args, **kwargs), ulp=16)


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


def test_attributes_are_numpys():
    for x in (F8, V, C16):
        z = lz.asarray(x)
        assert (z.shape, z.ndim, z.size, z.itemsize, z.nbytes) == (x.shape, x.ndim, x.size, x.itemsize, x.nbytes)
        same(z.T, x.T)
        same(z.real, x.real)
        same(z.imag, x.imag)
    same(lz.asarray(CUBE).mT, CUBE.mT)
    assert lz.asarray(V).__array_namespace__() is lz
    assert lz.asarray(V).device == V.device
