"""Products: values, types, shapes, layouts, errors of `matmul` and its kin, against NumPy and exact sums."""

import itertools
import re
import warnings

import numpy as np
import pytest
from lazy_checks import same

import numpy_rs.lazy as lz

RNG = np.random.default_rng(20261124)
FLOATS = ["f4", "f8", "c8", "c16"]
INTEGERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]
TYPES = [*FLOATS, "f2", "?", *INTEGERS]


def random(shape, dtype, rng=RNG):
    """Elements of a type: all values of integers, so that products wrap."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.2
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    x = rng.standard_normal(shape)
    return (x + 1j * rng.standard_normal(shape) if dtype.kind == "c" else x).astype(dtype)


def exact(a, b):
    """The product in a wider type: extended precision, or integers that wrap."""
    if a.dtype.kind == "b":
        return np.matmul(a.astype("i8"), b.astype("i8")) > 0
    if a.dtype.kind in "iu":
        return np.matmul(a.astype("u8"), b.astype("u8")).astype(np.result_type(a, b))
    if a.dtype == "f2":
        return np.matmul(a.astype("f8"), b.astype("f8"))
    return wide(a, b)


def wide(a, b):
    """The product in float64 for float32, in NumPy's long double for float64."""
    kind = {"f4": "f8", "c8": "c16", "f8": np.longdouble, "c16": np.clongdouble}[a.dtype.str[1:]]
    return np.matmul(a.astype(kind), b.astype(kind))


def agrees(got, a, b, factor=1.0):
    """Assert that a product is within K eps of the sums of absolute values, or equal."""
    want = exact(a, b)
    assert got.shape == want.shape
    assert got.dtype == np.result_type(a, b)
    if got.dtype.kind in "iub":
        np.testing.assert_array_equal(got, want)
        return
    k, eps = a.shape[-1], np.finfo(got.dtype).eps
    bound = np.matmul(np.abs(a).astype("f8"), np.abs(b).astype("f8")) * (k + 2) * eps * factor
    if got.dtype == "f2":
        bound = np.matmul(np.abs(a).astype("f8"), np.abs(b).astype("f8")) * k * 1.2e-7 + np.abs(want) * eps + 6e-8
    assert np.all(np.abs(got - want) <= bound)


def product(a, b):
    """Our product."""
    return np.asarray(lz.asarray(a) @ lz.asarray(b))


@pytest.mark.parametrize("dtype", TYPES)
def test_small_products(dtype):
    for m, n, k in itertools.product([1, 2, 3, 5, 6, 7, 13], [1, 3, 4, 7, 8, 9, 16, 17, 33], [1, 2, 5, 40]):
        a, b = random((m, k), dtype), random((k, n), dtype)
        agrees(product(a, b), a, b)


# Both sides of the edges of tiles, of blocks of K, of blocks of rows and of columns, and where work is shared out.
SIZES = [
    (64, 64, 255),
    (65, 31, 256),
    (5, 130, 257),
    (96, 97, 513),
    (131, 66, 385),
    (257, 129, 300),
    (300, 300, 129),
    (7, 700, 600),
    (13, 700, 600),
    (700, 7, 600),
    (530, 520, 515),
    (1, 3000, 70),
    (1, 70, 3000),
    (3000, 1, 71),
    (70, 1, 3001),
    (1, 1, 100_003),
    (3, 5, 50_001),
    (33, 32, 20_000),
    (1000, 900, 1),
]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_sizes_on_both_sides_of_block_edges(dtype, size):
    m, n, k = size
    a, b = random((m, k), dtype), random((k, n), dtype)
    agrees(product(a, b), a, b)
    agrees(product(np.asfortranarray(a), np.asfortranarray(b)), a, b)


@pytest.mark.parametrize("dtype", [t for t in TYPES if t not in FLOATS])
@pytest.mark.parametrize("size", [(65, 31, 256), (5, 130, 257), (131, 66, 385), (1, 500, 300), (300, 1, 301)], ids=str)
def test_sizes_of_other_types(dtype, size):
    m, n, k = size
    a, b = random((m, k), dtype), random((k, n), dtype)
    agrees(product(a, b), a, b)


def layouts(shape, dtype):
    """The same shape laid out in several ways."""
    m, n = shape
    yield random((n, m), dtype).T
    yield random((m, n), dtype)[::-1, ::-1]
    yield random((2 * m, 3 * n), dtype)[::2, ::3]
    yield np.broadcast_to(random((1, n), dtype), shape)
    yield np.broadcast_to(random((m, 1), dtype), shape)
    yield random((m + 1, n + 5), dtype)[1:, 5:]


@pytest.mark.parametrize("dtype", [*FLOATS, "i4", "u1", "?"])
@pytest.mark.parametrize("size", [(5, 7, 6), (40, 33, 70), (1, 90, 80), (90, 1, 80), (150, 140, 160)], ids=str)
def test_strided_operands(dtype, size):
    m, n, k = size
    for a, b in itertools.product(layouts((m, k), dtype), layouts((k, n), dtype)):
        agrees(product(a, b), a, b)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_unaligned_operands(dtype):
    size = np.dtype(dtype).itemsize
    raw = np.zeros(20 * 30 * size + 1, np.uint8)
    a = raw[1:].view(dtype).reshape(20, 30)
    a[...] = random((20, 30), dtype)
    b = random((30, 20), dtype)
    agrees(product(a, b), a, b)


def test_complex_with_a_stride_of_half_an_element():
    x = np.zeros((6, 5), np.dtype([("z", "c16"), ("x", "f8")]))
    x["z"] = random((6, 5), "c16")
    b = random((5, 9), "c16")
    agrees(product(x["z"], b), x["z"], b)
    agrees(product(b.T, x["z"].T), b.T, x["z"].T)


@pytest.mark.parametrize("dtype", ["f8", "f4", "c16", "i8", "?", "f2"])
@pytest.mark.parametrize(
    "shapes",
    [
        ((5, 3, 4), (4, 2)),
        ((5, 3, 4), (5, 4, 2)),
        ((3, 4), (5, 4, 2)),
        ((2, 5, 3, 4), (5, 4, 2)),
        ((2, 1, 3, 4), (5, 4, 2)),
        ((5, 1, 4), (4, 2)),
        ((1, 3, 4), (1, 4, 2)),
        ((4,), (5, 4, 2)),
        ((5, 2, 4), (4,)),
        ((4,), (4,)),
        ((200, 9, 9), (200, 9, 9)),
        ((3, 70, 80), (3, 80, 90)),
        ((0, 3, 4), (4, 2)),
        ((5, 0, 4), (4, 2)),
        ((5, 3, 0), (0, 2)),
        ((0,), (0,)),
        ((0,), (0, 3)),
        ((3, 4), (4, 0)),
    ],
    ids=str,
)
def test_batches_and_empty(dtype, shapes):
    a, b = (random(s, dtype) for s in shapes)
    got, want = product(a, b), np.matmul(a, b)
    assert got.dtype == want.dtype
    if a.size and b.size and a.ndim > 1 and b.ndim > 1:
        agrees(got, a, b)
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=1e-2 if dtype == "f2" else 1e-4, atol=1e-2 if dtype == "f2" else 1e-4)


def test_batches_of_transposed_and_reversed_views():
    a, b = random((7, 20, 30), "f8"), random((7, 25, 30), "f8")
    agrees(product(a[::-1], b.mT), a[::-1], b.mT)
    agrees(product(a.transpose(1, 0, 2), b.mT[0]), a.transpose(1, 0, 2), b.mT[0])
    agrees(product(a[:, ::2], b.mT[:, ::-1][:, ::-1]), a[:, ::2], b.mT)


@pytest.mark.parametrize("pair", list(itertools.combinations(TYPES, 2)), ids=str)
def test_types_promote(pair):
    a, b = random((3, 4), pair[0]), random((4, 5), pair[1])
    want = np.matmul(a, b)
    got = product(a, b)
    assert got.dtype == want.dtype
    if want.dtype.kind in "iub":
        np.testing.assert_array_equal(got, want)
    else:
        with np.errstate(all="ignore"):
            big = np.abs(a).astype("f8") @ np.abs(b).astype("f8")
            eps = np.finfo(want.dtype).eps
            assert np.all((np.abs(got - want) <= 8 * eps * big) | (got == want) | np.isnan(want))


@pytest.mark.filterwarnings("ignore:invalid value encountered in matmul")
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_nan_and_infinity_stay_where_they_belong(dtype):
    for n in (5, 40, 200):
        a, b = random((n, n), dtype), random((n, n), dtype)
        a[1, 2], a[3, 0], b[4, 4] = np.nan, np.inf, -np.inf
        with np.errstate(all="ignore"):
            want, got = a @ b, product(a, b)
        np.testing.assert_array_equal(np.isfinite(got), np.isfinite(want))
        if np.dtype(dtype).kind == "f":
            np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
            np.testing.assert_array_equal(got[np.isinf(want)], want[np.isinf(want)])


@pytest.mark.parametrize("dtype", [*FLOATS, "i4"])
def test_threads_do_not_change_bits(dtype):
    before = lz.get_num_threads()
    sizes = [(130, 140, 150), (300, 300, 600), (1, 3000, 500), (3000, 1, 500), (1, 1, 300_000), (20, 30, 60_000)]
    try:
        for m, n, k in sizes:
            a, b = random((m, k), dtype), random((k, n), dtype)
            found = set()
            for threads in (1, 2, 3, 8):
                lz.set_num_threads(threads)
                found.add(product(a, b).tobytes())
            assert len(found) == 1
    finally:
        lz.set_num_threads(before)


def test_producers_and_consumers_are_fused_around_the_product():
    a, b = random((50, 60), "f8"), random((60, 40), "f8")
    x, y = lz.asarray(a), lz.asarray(b)
    got = lz.maximum((x * 2 + 1) @ (y - 1).astype("f8") + 3, 0)
    np.testing.assert_allclose(np.asarray(got), np.maximum((a * 2 + 1) @ (b - 1) + 3, 0), rtol=1e-10, atol=1e-10)
    chained = ((x @ y) @ (x @ y).T).sum(0)
    np.testing.assert_allclose(np.asarray(chained), ((a @ b) @ (a @ b).T).sum(0), rtol=1e-9, atol=1e-9)
    assert "matmul" in got.explain("plan")


def test_operators_with_other_arrays():
    a, b = random((3, 4), "f8"), random((4, 5), "f8")
    for got in (lz.asarray(a) @ b, a @ lz.asarray(b), lz.asarray(a) @ b.tolist(), a.tolist() @ lz.asarray(b)):
        assert isinstance(got, lz.LazyArray)
        agrees(np.asarray(got), a, b)
    x = lz.asarray(a)
    x @= b
    agrees(np.asarray(x), a, b)
    agrees(np.asarray(np.matmul(lz.asarray(a), b)), a, b)
    agrees(np.asarray(np.dot(lz.asarray(a), b)), a, b)
    with pytest.raises(TypeError):
        lz.asarray(a) @ object()


def outcome(f, *args, **kwargs):
    """The result of a call, or its error."""
    try:
        return f(*args, **kwargs)
    except Exception as e:
        return e


def compare(name, *args, space=np, **kwargs):
    """Both packages give the same result, or the same error."""
    ours_space = lz.linalg if space is np.linalg else lz
    want = outcome(getattr(space, name), *args, **kwargs)
    lazy = [lz.asarray(a) if isinstance(a, np.ndarray) else a for a in args]
    got = outcome(getattr(ours_space, name), *lazy, **kwargs)
    if isinstance(want, Exception):
        assert isinstance(got, Exception), f"{name} gives {got}, NumPy refuses: {want}"
        assert str(got) == str(want)
        bases = [c.__name__ for c in type(got).__mro__]
        assert type(want).__name__ in bases
        return
    if isinstance(got, Exception):
        raise got
    want = np.asarray(want)
    assert got.dtype == want.dtype
    assert got.shape == want.shape
    if want.dtype.kind in "iub":
        np.testing.assert_array_equal(np.asarray(got), want)
    else:
        tolerance = 64 * np.finfo(want.dtype).eps
        scale = np.max(np.abs(want), initial=1.0)
        np.testing.assert_allclose(np.asarray(got), want, rtol=tolerance, atol=tolerance * scale)


PAIRS = [
    ((2, 3), (2, 2)),
    ((2, 3), (3, 2)),
    ((), (2,)),
    ((2,), ()),
    ((), ()),
    ((3,), (2,)),
    ((3,), (3,)),
    ((3,), (2, 2)),
    ((2, 3), (2,)),
    ((2, 3), (3,)),
    ((2, 2, 3), (3, 3, 4)),
    ((2, 2, 3), (2, 3, 4)),
    ((2, 2, 3), (3, 3)),
    ((4, 2, 2, 3), (3, 3, 4)),
    ((2, 2, 3), (5, 3, 3, 4)),
    ((2,), (2, 3, 2)),
    ((2, 3, 2), (2,)),
    ((0,), (0,)),
    ((3, 0), (0, 2)),
    ((2, 3, 4), (5, 3, 2)),
    ((2, 3, 4), (5, 4, 2)),
    ((2, 3, 4), (5, 6, 4)),
    ((5, 3), (4, 3)),
    ((5, 3), (1, 3)),
]


@pytest.mark.parametrize("name", ["matmul", "matvec", "vecmat", "vecdot", "dot", "inner", "vdot", "outer", "kron"])
@pytest.mark.parametrize("shapes", PAIRS, ids=str)
@pytest.mark.parametrize("dtype", ["f8", "c16", "i1", "?"])
def test_shapes_and_errors_of_products(name, shapes, dtype):
    compare(name, *(random(s, dtype) for s in shapes))


@pytest.mark.parametrize(
    ("name", "shapes", "axes"),
    [
        ("matmul", ((2, 3, 5), (3, 4, 5)), [(0, 1), (0, 1), (0, 1)]),
        ("matmul", ((2, 3, 5), (3, 4, 5)), [(0, 1), (0, 1), (1, 2)]),
        ("matvec", ((2, 3, 5), (3, 5)), [(0, 1), 0, 0]),
        ("vecmat", ((3, 5), (3, 4, 5)), [0, (0, 1), (-1,)]),
        ("vecdot", ((3, 5), (3, 5)), [0, 0]),
        ("vecdot", ((3, 5), (3, 5)), [(0,), (0,), ()]),
    ],
)
def test_axes_of_products(name, shapes, axes):
    compare(name, *(random(s, "f8") for s in shapes), axes=axes)


def test_dtype_and_axis_of_products():
    a, b = random((3, 4), "i4"), random((4, 3), "i4")
    for dtype in ("f8", "i8", "f4", "i2", "?"):
        compare("matmul", a, b, dtype=dtype)
    compare("vecdot", a, b.T, axis=0)
    compare("vecdot", a, b.T, axis=0, keepdims=True)
    compare("vecdot", a, b.T, keepdims=True)
    for name in ("matmul", "matvec", "vecmat"):
        compare(name, a, b, axis=0)
        compare(name, a, b, keepdims=True)
    compare("matmul", a, b, dtype="i2", casting="unsafe")


@pytest.mark.parametrize(
    ("shapes", "axes"),
    [
        (((2, 3, 4), (3, 4, 5)), 2),
        (((2, 3, 4), (4, 5)), 1),
        (((2, 3), (4, 5)), 0),
        (((2, 3, 4), (4, 3, 5)), ([1, 2], [1, 0])),
        (((2, 3, 4), (4, 3, 5)), (-1, 0)),
        (((2, 3, 4), (4, 3, 5)), ((2,), (0,))),
        (((2, 3), (2, 3)), ([0, 1], [0, 1])),
        (((2, 3), (4, 3)), 2),
        (((2, 3), (2, 3)), ([0, 0], [0, 0])),
        (((2, 3), (2, 3)), ([0], [0, 1])),
        (((0, 3), (3, 2)), 1),
        (((2, 0), (0, 2)), 1),
    ],
)
def test_tensordot(shapes, axes):
    compare("tensordot", *(random(s, "f8") for s in shapes), axes=axes)


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("ji,jk", (3, 2), (3, 4)),
    ("ij,kj->ki", (2, 3), (4, 3)),
    ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)),
    ("bij,bkj->kbi", (5, 2, 3), (5, 4, 3)),
    ("i,i", (7,), (7,)),
    ("i,i->i", (7,), (7,)),
    ("i,i->i", (1,), (3,)),
    ("i,j", (3,), (4,)),
    ("i,j->ji", (3,), (4,)),
    ("ij,ij->i", (3, 4), (3, 4)),
    ("ij,ij->", (3, 4), (3, 4)),
    ("ij,ji->", (3, 4), (4, 3)),
    ("ii", (4, 4)),
    ("ii->i", (4, 4)),
    ("iij->ij", (4, 4, 3)),
    ("iii->i", (3, 3, 3)),
    ("ij->ji", (3, 4)),
    ("ba", (3, 4)),
    ("ij->", (3, 4)),
    ("ij->j", (3, 4)),
    ("ijk->kj", (2, 3, 4)),
    ("...ij->...ji", (5, 2, 3)),
    ("...ij,...jk->...ik", (5, 2, 3), (5, 3, 4)),
    ("...ij,...jk", (6, 1, 2, 3), (5, 3, 4)),
    ("i...,i...", (3, 4), (3, 4)),
    ("ij...,jk...->ik...", (2, 3, 5), (3, 4, 5)),
    ("...,...", (2, 3), (3,)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)),
    ("ij,jk,kl,lm", (2, 3), (3, 4), (4, 5), (5, 2)),
    ("abc,cd,bd,a->d", (2, 3, 4), (4, 5), (3, 5), (2,)),
    ("ij,j->i", (3, 4), (1,)),
    ("ij,jk->ik", (3, 1), (4, 5)),
    ("ijk,ilm,njm,nlk,abc->", (2, 3, 4), (2, 5, 6), (7, 3, 6), (7, 5, 4), (2, 2, 2)),
    (" i j , j k -> i k ", (2, 3), (3, 4)),
    (",ij", (), (2, 3)),
    ("->", ()),
    ("ij,jk", (2, 3), (2, 3)),
    ("ij,i->ij", (2, 3), (3,)),
    ("ij,j->ij", (2, 3), (4,)),
    ("ij,jk->im", (2, 3), (3, 3)),
    ("ij", (2, 3, 2)),
    ("ij,jk", (2, 3)),
    ("i,", (2,)),
    ("ij->iij", (2, 3)),
    ("i$", (2,)),
    ("1i->", (2,)),
    ("i->i->i", (2,)),
    ("i-i", (2,)),
    ("i..", (2,)),
    ("...i...", (2,)),
    ("ii", (2, 3)),
    ("ijk", (2, 3)),
    ("ij...->ij", (2, 3, 2)),
    ("i...,j...->ij...", (2, 3, 2), (3, 4, 2)),
    ("i,i->i", (2,), (3,)),
    ("ij,jk", (2, 3), (3, 3), (2,)),
]


@pytest.mark.parametrize("case", EINSUMS, ids=str)
@pytest.mark.parametrize("dtype", ["f8", "c8", "i1", "?"])
def test_einsum(case, dtype):
    subscripts, *shapes = case
    compare("einsum", subscripts, *(random(s, dtype) for s in shapes))


def test_einsum_of_lists_types_and_options():
    a, b = random((2, 3), "f4"), random((3, 4), "i4")
    compare("einsum", a, [0, 1], b, [1, 2])
    compare("einsum", a, [0, 1], b, [1, 2], [2, 0])
    compare("einsum", a, [Ellipsis, 1], b, [1, 2], [Ellipsis, 2])
    compare("einsum", "ij,jk", a, b, dtype="c16")
    compare("einsum", "ij,jk", a, b, dtype="f4")
    compare("einsum", "ij,jk", a, b, dtype="f4", casting="unsafe")
    compare("einsum", "ij,jk", a, b, optimize=True)
    compare("einsum", "ij->i", random((3, 500), "f2"))
    compare("einsum", 1)
    compare("einsum", "i")
    with pytest.raises(NotImplementedError, match="out="):
        lz.einsum("i->", [1.0], out=np.zeros(()))


def test_a_contraction_of_two_operands_is_a_product_of_matrices():
    a, b = lz.ones((6, 5, 4)), lz.ones((4, 5, 3))
    assert "matmul" in lz.einsum("ijk,kjl->il", a, b).explain("graph")
    assert "matmul" not in lz.einsum("ijk,ijk->i", a, a).explain("graph")


@pytest.mark.parametrize("n", range(8))
@pytest.mark.parametrize("dtype", ["f8", "i8", "?"])
def test_matrix_power(n, dtype):
    compare("matrix_power", random((4, 4), dtype), n, space=np.linalg)
    compare("matrix_power", random((3, 2, 2), dtype), n, space=np.linalg)


def test_matrix_power_refuses():
    compare("matrix_power", np.ones((2, 3)), 2, space=np.linalg)
    compare("matrix_power", np.ones(2), 2, space=np.linalg)
    compare("matrix_power", np.ones((2, 2)), 1.5, space=np.linalg)


def test_multi_dot():
    for sizes in [(3, 40, 2, 50, 4), (10, 2, 30), (5, 5, 5, 5, 5, 5)]:
        arrays = [random(s, "f8") for s in itertools.pairwise(sizes)]
        compare("multi_dot", arrays, space=np.linalg)
    a, b, c = random((4, 3), "f8"), random((3, 5), "f8"), random(5, "f8")
    compare("multi_dot", [a, b, c], space=np.linalg)
    compare("multi_dot", [random(4, "f8"), a, b], space=np.linalg)
    compare("multi_dot", [random(4, "f8"), a, b, c], space=np.linalg)
    compare("multi_dot", [a, b], space=np.linalg)
    compare("multi_dot", [a], space=np.linalg)
    compare("multi_dot", [a, a], space=np.linalg)
    compare("multi_dot", [a, random((3, 3, 1), "f8"), c], space=np.linalg)


@pytest.mark.parametrize("dtype", ["f8", "f4", "c16", "i4"])
@pytest.mark.parametrize("order", [None, "fro", 1, -1, 0, 2, np.inf, -np.inf, 3, 0.5, "bad"])
def test_norm(dtype, order):
    for shape, axis in [
        ((7,), None),
        ((3, 4), None),
        ((3, 4), 0),
        ((3, 4), -1),
        ((2, 3, 4), (0, 2)),
        ((2, 3, 4), None),
    ]:
        x = random(shape, dtype)
        if dtype == "i4":
            x = x % 100 + 1
        compare("norm", x, order, axis, space=np.linalg)
        compare("norm", x, order, axis, True, space=np.linalg)


def test_norm_refuses():
    x = random((2, 2, 2), "f8")
    for axis in [(0, 0), (0, 1, 2), (0, 5), "a", 7]:
        compare("norm", x, None, axis, space=np.linalg)
    compare("norm", x, "fro", space=np.linalg)


def test_the_rest_of_linalg():
    x = random((2, 3, 4), "f8")
    compare("vector_norm", x, space=np.linalg)
    compare("vector_norm", x, axis=(0, 2), keepdims=True, space=np.linalg)
    compare("vector_norm", x, axis=1, ord=1, space=np.linalg)
    compare("matrix_norm", x, space=np.linalg)
    compare("matrix_norm", x, ord=np.inf, keepdims=True, space=np.linalg)
    for name in ("trace", "diagonal", "matrix_transpose"):
        compare(name, x, space=np.linalg)
    compare("trace", x, offset=1, space=np.linalg)
    compare("diagonal", x, offset=-1, space=np.linalg)
    compare("outer", random(3, "f8"), random(4, "f8"), space=np.linalg)
    compare("outer", x, x, space=np.linalg)
    compare("matmul", x, x.mT, space=np.linalg)
    compare("tensordot", x, x, axes=([0, 1], [0, 1]), space=np.linalg)
    compare("vecdot", x, x, space=np.linalg)
    compare("vecdot", x, x, axis=0, space=np.linalg)


def test_cross():
    for sa, sb in [((3,), (3,)), ((2, 3), (4, 1, 3)), ((3,), (4,)), ((5, 3), (3,))]:
        compare("cross", random(sa, "f8"), random(sb, "f8"))
        compare("cross", random(sa, "i8"), random(sb, "f4"))
    compare("cross", random((3, 5), "f8"), random((5, 3), "f8"), axisa=0, axisc=0)
    compare("cross", random((3, 5), "f8"), random((3, 5), "f8"), axis=0)
    compare("cross", random((3, 5), "f8"), random((3, 5), "f8"), axis=0, space=np.linalg)
    compare("cross", random(2, "f8"), random(2, "f8"), space=np.linalg)
    for sa, sb in [((2,), (2,)), ((2,), (3,)), ((4, 3), (2,))]:
        with pytest.warns(DeprecationWarning, match="2-dimensional vectors"):
            compare("cross", random(sa, "f8"), random(sb, "f8"))


def test_numpys_functions_lead_here():
    x = lz.asarray(random((3, 3), "f8"))
    for got in (
        np.einsum("ij,jk", x, x),
        np.linalg.matrix_power(x, 3),
        np.linalg.norm(x),
        np.linalg.multi_dot([x, x, x]),
        np.tensordot(x, x),
        np.vecdot(x, x),
        np.kron(x, x),
        np.vdot(x, x),
    ):
        assert isinstance(got, lz.LazyArray)
    same(np.einsum("ii->i", x), np.diagonal(np.asarray(x)))


def test_refusals():
    with pytest.raises(NotImplementedError, match=re.escape("out=")):
        lz.matmul([1], [1], out=np.zeros(()))
    with pytest.raises(TypeError):
        lz.matmul([1], [1], where=True)


@pytest.mark.parametrize("n", [4, 200])
def test_warnings_are_numpys(n):
    a = np.ones((n, n))
    zero_by_infinity, large = a.copy(), a.copy()
    zero_by_infinity[1, 2], large[0] = np.inf, 1e300
    zeros = np.zeros((n, n))
    for x, y, text in [(zero_by_infinity, zeros, "invalid value"), (large, large.T, "overflow")]:
        with pytest.warns(RuntimeWarning, match=f"{text} encountered in matmul"):
            (lz.asarray(x) @ lz.asarray(y)).compute()
    with_nan = a.copy()
    with_nan[3, 3] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (lz.asarray(with_nan) @ lz.asarray(a)).compute()
        (lz.asarray(zero_by_infinity) @ lz.asarray(a)).compute()


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "i4", "?"])
def test_thin_matrices_by_vectors(dtype):
    """Whole numbers, so that sums are exact: columns of up to eight elements, that follow one another or lie apart."""
    rng = np.random.default_rng(4)
    for k in range(1, 9):
        for n in (1, 2, 3, 4, 5, 7, 16, 33, 300):
            wide = rng.integers(-9, 10, (n, 2 * k)).astype(dtype)
            w = rng.integers(-9, 10, 2 * k).astype(dtype)
            for x, v in (
                (wide[:, :k].copy(), w[:k]),
                (wide[:, :k], w[::2]),
                (wide[:, ::2], w[:k]),
                (wide[::-1, :k], w[:k]),
            ):
                same(lz.asarray(x) @ lz.asarray(v), x @ v)
                same(lz.asarray(v) @ lz.asarray(x).T, v @ x.T)
                same(lz.asarray(x) @ lz.asarray(v)[:, None], x @ v[:, None])
