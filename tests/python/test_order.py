"""Sorting, partitions, medians and quantiles against NumPy: values, types, errors, layouts, long rows, threads."""

import itertools
import warnings

import numpy as np
import pytest
from lazy_checks import CUBE, F8, I8, NANS, A, V, check, lazy, same, same_outcome
from samples import DTYPES, float_specials, moderate, rng

import numpy_rs
import numpy_rs.lazy as lz

# Of this many elements on, rows are shared out.
LONG = 100_000
NAMES = [
    "argpartition argsort median nanmedian nanpercentile nanquantile partition percentile quantile sort".split(),
]
METHODS = (
    "inverted_cdf averaged_inverted_cdf closest_observation interpolated_inverted_cdf hazen weibull linear "
    "median_unbiased normal_unbiased lower higher midpoint nearest"
).split()
REALS = [t for t in DTYPES if np.dtype(t).kind != "c"]


def special(dtype, count=200):
    """Values of a type in disorder, with ties; for inexact types with infinities, NaN and zeros of both signs."""
    dtype = np.dtype(dtype)
    r = rng("order", dtype.char)
    if dtype.kind == "f":
        pool = float_specials(dtype)
    elif dtype.kind == "c":
        parts = np.array([-np.inf, -1.5, -0.0, 0.0, 2.0, np.inf, np.nan])
        pool = np.empty(49, dtype)
        pool.real, pool.imag = (p.ravel() for p in np.meshgrid(parts, parts))
    else:
        pool = moderate(dtype, 40, "order")
    return r.choice(pool, count)


def numbers(dtype, count=200):
    """The same without NaN, infinities or zeros, of which NumPy's partition takes any."""
    x = special(dtype, 2 * count)
    if x.dtype.kind in "fc":
        x = x[np.isfinite(x) & (x.real != 0) & (abs(x) < 1e3)]
    if x.dtype.kind == "c":
        x = x[x.imag != 0]
    return np.resize(x, count)


def layouts(x):
    """The elements in several shapes and layouts."""
    n = x.size // 12 * 12
    whole = x[:n].reshape(3, 4, -1)
    return {
        "row": x,
        "reversed": x[::-1],
        "strided": x[::3],
        "many": whole.reshape(-1, 6),
        "columns": np.asfortranarray(whole[0]),
        "cube": whole.transpose(2, 0, 1),
        "one": x[:1],
        "empty": x[:0],
        "none": x[:0].reshape(3, 0),
        "no rows": x[:0].reshape(0, 3),
        "repeated": np.broadcast_to(x[:5], (4, 5)),
    }


def bits_equal(got, want):
    """Assert that arrays agree to the bit but for NaN."""
    assert got.dtype == want.dtype
    assert got.shape == want.shape
    np.testing.assert_array_equal(got, want)
    if want.dtype.kind in "fc":
        for part in ("real", "imag"):
            g, w = getattr(got, part), getattr(want, part)
            known = ~np.isnan(w)
            assert np.array_equal(np.signbit(g)[known], np.signbit(w)[known])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_sort_and_argsort_are_numpys_stable_ones(dtype):
    for name, x in layouts(special(dtype)).items():
        for axis in [None, *range(-x.ndim, x.ndim)]:
            for kind in (None, "stable"):
                bits_equal(np.asarray(lz.sort(lz.asarray(x), axis, kind)), np.sort(x, axis, "stable"))
                got = np.asarray(lz.argsort(lz.asarray(x), axis, kind))
                assert np.array_equal(got, np.argsort(x, axis, "stable")), (name, axis)
                assert got.dtype == np.int64


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("n", [63, 64, 65, 5000, 40_000, LONG - 1, LONG, 2 * LONG + 77])
def test_rows_of_all_lengths_are_sorted(dtype, n):
    x = special(dtype, n)
    bits_equal(np.asarray(lz.sort(lz.asarray(x))), np.sort(x, kind="stable"))
    assert np.array_equal(np.asarray(lz.argsort(lz.asarray(x))), np.argsort(x, kind="stable"))


@pytest.mark.parametrize("values", ["distinct", "increasing", "decreasing", "equal", "two", "runs"])
def test_long_rows_of_any_kind_are_sorted(values):
    n = 3 * LONG
    ramp = np.arange(n) - n // 2
    x = {
        "distinct": rng("order", "distinct").permutation(ramp),
        "increasing": ramp,
        "decreasing": ramp[::-1],
        "equal": np.zeros(n, int),
        "two": ramp % 2,
        "runs": np.sort(ramp % 1000) ^ (ramp // 700 % 3),
    }[values]
    for t in ("i8", "f4", "c16"):
        y = x.astype(t)
        bits_equal(np.asarray(lz.sort(lz.asarray(y))), np.sort(y))
        assert np.array_equal(np.asarray(lz.argsort(lz.asarray(y))), np.argsort(y, kind="stable"))
    two = np.stack([x, x[::-1]]).astype(float)
    bits_equal(np.asarray(lz.sort(lz.asarray(two) + 1, 1)), np.sort(two + 1, 1))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_partitions_keep_their_contract(dtype):
    for x, kth in itertools.product([special(dtype), special(dtype, 2 * LONG + 5)], [0, -1, [3, 100, -50], 77]):
        n = x.size
        # NumPy's AVX-512 sort of float16 leaves some numbers out of order; its stable sort does not use it.
        want = np.sort(x, kind="stable")
        rank = np.empty(n, int)
        rank[np.argsort(x, kind="stable")] = np.cumsum(np.r_[0, ~equal(want[1:], want[:-1])])
        ranks = np.sort(rank)
        part = np.asarray(lz.partition(lz.asarray(x), kth))
        at = np.asarray(lz.argpartition(lz.asarray(x), kth))
        assert part.dtype == x.dtype and at.dtype == np.int64
        bits_equal(np.sort(part, kind="stable")[: n // 2] + 0, want[: n // 2] + 0)
        assert np.array_equal(np.sort(at), np.arange(n))
        for k in np.atleast_1d(kth) % n:
            assert equal(part[k], want[k]) and equal(x[at[k]], want[k])
            assert (rank[at[:k]] <= ranks[k]).all() and (rank[at[k:]] >= ranks[k]).all()
            below, above = np.sort(part[:k], kind="stable"), np.sort(part[k:], kind="stable")
            assert equal(below, want[:k]).all() and equal(above, want[k:]).all()


def equal(a, b):
    """Whether elements are equal; NaN in the same parts is."""
    parts = [(np.real(a), np.real(b)), (np.imag(a), np.imag(b))]
    same_parts = [(u == v) | (np.isnan(u) & np.isnan(v)) for u, v in parts]
    # A NaN in one part says nothing of the order by the other, unless that is NaN as well.
    return same_parts[0] & same_parts[1]


def test_threads_change_no_bit():
    r = rng("order", "threads")
    x = r.choice(np.array([-0.0, 0.0, 1.0, np.nan, 5.0, -7.0, np.inf]), 5 * LONG)
    y = r.standard_normal((300, 700))
    z = np.empty(x.size, complex)
    z.real, z.imag = x, x[::-1]
    graphs = [
        lz.sort(x),
        lz.argsort(x),
        lz.partition(x, [LONG, 3 * LONG]),
        lz.sort(y, 0),
        lz.argsort(y, 1),
        lz.quantile(y, [0.1, 0.7], axis=0),
        lz.nanquantile(x, 0.3),
        lz.sort(z),
    ]
    before = lz.get_num_threads()
    try:
        seen = []
        for threads in (1, 2, 3, 8):
            lz.set_num_threads(threads)
            seen.append([np.asarray(g.compute()).tobytes() for g in graphs])
    finally:
        lz.set_num_threads(before)
    assert all(s == seen[0] for s in seen)


def test_producers_and_users_of_a_sort_are_one_graph():
    x = rng("order", "graph").standard_normal((50, 40))
    a = lz.asarray(x)
    bits_equal(np.asarray(lz.sort(a * 2 + 1, 0)[::2] - 1), np.sort(x * 2 + 1, 0)[::2] - 1)
    bits_equal(np.asarray(lz.sort(a) + lz.sort(a, 0)), np.sort(x) + np.sort(x, 0))
    assert np.array_equal(x, np.asarray(a)), "an operand that a user holds is not sorted in its place"
    assert "sort" in lz.sort(a).explain("plan")


ERRORS = [
    ("sort", ({"axis": 2}, {"axis": -3}, {"axis": 1.0}, {"axis": (0,)}, {"order": "f"}, {"order": []})),
    ("argsort", ({"axis": 2}, {"axis": -3}, {"axis": 1.0}, {"axis": (0,)}, {"order": "f"})),
    ("sort", [{"kind": k} for k in ("x", "foo", "radixsort", "", 3, "q", "Heap", "S", b"q", "mergesort")]),
    ("sort", ({"kind": "stable", "stable": True}, {"kind": "quick", "stable": False}, {"stable": False})),
    ("argsort", ({"kind": "x"}, {"kind": "stable", "stable": True}, {"stable": True})),
]


@pytest.mark.parametrize(("name", "options"), [(n, o) for n, all_ in ERRORS for o in all_], ids=str)
def test_arguments_of_sorts(name, options):
    check(name, np.array([[3.0, 1, 2], [0, 5, 4]]), **options)
    if "order" not in options:
        check(name, np.array(3), **{**options, "axis": None})


@pytest.mark.parametrize("name", ["sort", "argsort"])
@pytest.mark.parametrize("axis", [-1, 0, None, 1])
def test_sorts_of_scalars_and_sequences(name, axis):
    for x in (3, np.float64(2.5), [], [3, 1, 2], [[3, 1], [2, 0]]):
        check(name, x, axis)


@pytest.mark.parametrize("name", ["partition", "argpartition"])
def test_arguments_of_partitions(name):
    x = np.array([[3.0, 1, 2], [0, 5, 4]])
    bad = [3, -4, [0, -5], 1.0, [1.5], True, [True], [], np.array([[0]]), "a", None, 1j]
    for kth in bad:
        check(name, x, kth)
    for options in ({"axis": 2}, {"axis": -3}, {"kind": "quick"}, {"kind": None}, {"order": "f"}):
        check(name, x, 0, **options)
    check(name, x, 6, axis=None)
    check(name, 3, 0)
    check(name, np.float64(3), 1)
    for empty in (np.zeros((0, 3)), np.zeros((3, 0)), np.zeros(0)):
        check(name, empty, 5)


def test_numpys_functions_lead_here():
    x = lz.asarray(np.array([[3.0, 1, 2], [0, 5, 4]]))
    for name in NAMES[0]:
        f = getattr(np, name)
        args = {"argpartition": (1,), "partition": (1,)}.get(name, (0.5,) if "til" in name else ())
        assert isinstance(f(x, *args), lz.LazyArray), name
        same(f(x, *args, axis=0), f(np.asarray(x), *args, axis=0))
        assert name in lz.__all__


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_medians_are_numpys(dtype):
    for x in layouts(numbers(dtype)).values():
        for axis in [None, *range(-x.ndim, x.ndim), *([(0, 1), (1, 0)] if x.ndim > 1 else [])]:
            for name, keepdims in itertools.product(("median", "nanmedian"), (False, True)):
                check(name, x, axis=axis, keepdims=keepdims)


@pytest.mark.parametrize("dtype", "efdFD")
@pytest.mark.parametrize("name", ["median", "nanmedian"])
def test_medians_of_nan(dtype, name):
    r = rng("order", "nan", dtype)
    for shape in [(7,), (8,), (5, 6), (5, 7), (3, 700), (3, 701), (2, 3, 4)]:
        x = numbers(dtype, int(np.prod(shape))).reshape(shape)
        for share in (0.1, 0.6, 1.0):
            y = np.where(r.random(shape) < share, np.array(np.nan, dtype), x)
            for axis in [None, 0, -1]:
                same_outcome(lambda m, a, axis=axis: getattr(m, name)(a, axis=axis), y)
    x = np.array([[np.inf, 1, np.inf], [-np.inf, 2, 3]], dtype)
    check(name, x, axis=1)
    check(name, x, axis=0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", REALS, ids=str)
def test_quantiles_are_numpys(dtype, method):
    shares = [0.5, 0, 1, 0.3, [0.25, 0.75, 1.0], np.float32(0.7), np.array([0.1, 0.9], "f4"), [[0.2, 0.4]], [0, 1]]
    shares += [True, np.linspace(0, 1, 41)]
    for x in (numbers(dtype, 60).reshape(4, 15), numbers(dtype, 37), numbers(dtype, 1)):
        for q, axis in itertools.product(shares, [None, 0, -1]):
            check("quantile", x, q, axis=axis, method=method)
            check("nanquantile", x, q, axis=axis, method=method)
        check("percentile", x, 30, method=method)
        check("percentile", x, [20.0, 99], axis=-1, method=method, keepdims=True)
        check("nanpercentile", x, np.array([5, 50]), axis=0, method=method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", "efd")
def test_quantiles_of_nan(dtype, method):
    r = rng("order", "nan quantile", dtype)
    x = numbers(dtype, 120).reshape(6, 20)
    y = np.where(r.random(x.shape) < 0.2, np.array(np.nan, dtype), x)
    y[2] = x[2]
    y[4] = np.nan
    for q, axis in itertools.product([0.5, 1, 0.3, [0.25, 0.75], np.array([0.3, 1], "f4"), [[0.2, 0.4]]], [1, 0, None]):
        check("nanquantile", y, q, axis=axis, method=method)
        if not (axis is None and np.ndim(q) == 0):
            check("quantile", y, q, axis=axis, method=method)
    check("nanpercentile", y, [3, 50], axis=(1, 0), method=method, keepdims=True)


def test_quantiles_over_several_axes():
    x = rng("order", "axes").standard_normal((3, 4, 5, 2))
    for axis in [(0, 2), (2, 0), (-1, 1), (0, 1, 2, 3), ()]:
        for keepdims in (False, True):
            check("quantile", x, [0.2, 0.6], axis=axis, keepdims=keepdims)
            check("nanquantile", x, 0.4, axis=axis, keepdims=keepdims)
            check("median", x, axis=axis, keepdims=keepdims)
            check("nanmedian", x, axis=axis, keepdims=keepdims)


def test_quantiles_of_long_rows():
    x = rng("order", "long").standard_normal(2 * LONG + 1)
    for q in (0.5, 0.999, [0.1, 0.2, 1.0], np.linspace(0, 1, 101)):
        check("quantile", x, q)
    check("median", x)
    check("median", x[1:])
    x[5] = np.nan
    check("median", x)
    check("nanmedian", x)
    check("nanquantile", x, [0.1, 0.9])


@pytest.mark.parametrize("name", ["quantile", "percentile", "nanquantile", "nanpercentile"])
def test_arguments_of_quantiles(name):
    x = np.array([[3.0, 1, 2, 7], [0, 5, 4, 6]])
    for q in (150.0, -0.1, np.nan, [0, np.nan], [], [[[0.1]]], None, 1j):
        check(name, x, q)
    for options in (
        {"axis": 2},
        {"axis": (0, 0)},
        {"axis": 1.5},
        {"method": "x"},
        {"method": None},
        {"overwrite_input": True},
        {"keepdims": 3},
        {"weights": [1], "method": "linear"},
    ):
        check(name, x, 0.5, **options)
    check(name, x + 1j, 0.5)
    check(name, x > 2, 0.5)
    check(name, x > 2, 0.5, method="lower")
    check(name, 3, 0.5)
    for empty in (np.zeros((0, 3)), np.zeros((0, 3), int)):
        for axis in (None, 0, 1):
            check(name, empty, 0.5, axis=axis)


@pytest.mark.parametrize("name", ["median", "nanmedian"])
def test_arguments_of_medians(name):
    x = np.array([[3.0, 1, 2, 7], [0, 5, 4, 6]])
    for options in ({"axis": 2}, {"axis": (0, 0)}, {"axis": 1.5}, {"keepdims": 3}, {"overwrite_input": True}):
        check(name, x, **options)
    for empty in (np.zeros((0, 3)), np.zeros((0, 3), int), np.zeros(0, "f2")):
        for axis in [None, *range(empty.ndim)]:
            check(name, empty, axis=axis)
    with pytest.raises(NotImplementedError):
        getattr(lz, name)(x, out=np.zeros(()))


def test_lazy_operands_are_taken_as_they_are():
    x = np.arange(12.0).reshape(3, 4)[::-1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.asarray(lz.median(lazy(x) * 2, axis=0)).tolist() == np.median(x * 2, axis=0).tolist()
        assert isinstance(lz.sort(lz.asarray(x)).compute(), numpy_rs.ndarray)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("n", [1, 31, 32, 33, 129, 1000, 8191, 8192, LONG + 5])
def test_rows_without_special_values_are_sorted(dtype, n):
    x = numbers(dtype, n)
    for y in (x, np.sort(x)[::-1], np.resize(x[:5], n)):
        bits_equal(np.asarray(lz.sort(lz.asarray(y))), np.sort(y, kind="stable"))


def test_selecting_does_not_sort_everything():
    x = rng("order", "top").permutation(10 * LONG)
    top = np.asarray(lz.partition(lz.asarray(x), 10)[:10])
    at = np.asarray(lz.argpartition(lz.asarray(x), 10)[:10])
    assert np.array_equal(np.sort(top), np.arange(10)) and np.array_equal(np.sort(x[at]), np.arange(10))
    # Sorting would have put the others in order.
    for places in (np.asarray(lz.partition(lz.asarray(x), 10)), x[np.asarray(lz.argpartition(lz.asarray(x), 10))]):
        assert not np.array_equal(places, np.arange(10 * LONG))


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
