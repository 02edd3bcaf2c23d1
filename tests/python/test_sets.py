"""Distinct elements, sets, sorts by several keys, trimmed zeros and weighted quantiles against NumPy."""

import itertools

import numpy as np
import pytest
from lazy_checks import check, lazy, same, same_outcome
from samples import DTYPES, rng

import numpy_rs.lazy as lz

LONG = 100_000
SETS = ["intersect1d", "isin", "setdiff1d", "setxor1d", "union1d"]
FLAGS = [
    dict(zip(("return_index", "return_inverse", "return_counts"), f, strict=True))
    for f in itertools.product((False, True), repeat=3)
]


def some(dtype, n, most=20, *key):
    """Elements with ties, for inexact types with NaN."""
    r = rng("sets", dtype.char, n, *key)
    x = r.integers(0, most, n).astype(dtype)
    if dtype.kind in "fc" and n:
        x[r.integers(0, n, n // 5)] = np.nan
    return x


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("n", [0, 1, 2, 50, 1000])
def test_unique_is_numpys(dtype, n):
    x = some(dtype, n)
    for flags, equal_nan in itertools.product(FLAGS, (True, False)):
        if not equal_nan and dtype.kind in "fc" and flags["return_inverse"] and not flags["return_index"]:
            continue  # NumPy sorts NaN in any order there
        check("unique", x, **flags, equal_nan=equal_nan)
    if n == 1000:
        for y in (x.reshape(10, 100), x[::-3], x.reshape(10, 100).T[::2], x[0]):
            check("unique", y, return_inverse=True, return_index=True)
            check("unique", y)
        check("unique", x, sorted=True)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_unique_parts_along_an_axis_are_numpys(dtype):
    for shape, axis in [
        ((30, 2), 0),
        ((2, 30), 1),
        ((6, 10), -1),
        ((40, 1), 0),
        ((1, 5), 0),
        ((3, 20, 2), 1),
        ((5,), 0),
    ]:
        x = some(dtype, int(np.prod(shape)), 3, shape)
        if dtype.char == "e":
            x[np.isnan(x)] = 0  # NumPy has NaN first in float16 parts
        x = x.reshape(shape)
        for flags in FLAGS:
            if dtype.kind in "fc" and flags["return_inverse"] and not flags["return_index"]:
                continue
            check("unique", x, axis=axis, **flags)
    for shape, axis in [((3, 0), 0), ((0, 3), 0), ((3, 0), 1), ((3, 2, 0), 1)]:
        for flags in FLAGS:
            check("unique", np.zeros(shape, dtype), axis=axis, **flags)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_wide_rows_are_told_apart_by_any_column(dtype):
    """Few columns put most rows in order; here rows are there twice, agree but for the last element, or are all one."""
    r = rng("wide rows", dtype.char)
    for shape in ((100, 60), (30, 7), (500, 20), (2, 30)):
        random = r.integers(0, 3, shape).astype(dtype)
        late, twice = random.copy(), random.copy()
        late[:, :-1] = random[0, :-1]
        twice[len(random) // 2 :] = random[0]
        halves = random.copy()
        halves[:, : shape[1] // 2] = r.integers(0, 2, (shape[0], 1)).astype(dtype)
        for x in (random, late, twice, halves, np.zeros(shape, dtype)):
            check("unique", x, axis=0, **FLAGS[-1])
            check("unique", x, axis=1)
        if dtype.kind == "f":
            late[:, 0] = np.nan
            check("unique", late, axis=0)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_long_arrays_have_numpys_unique_elements(dtype):
    for most in (5, 10 * LONG):
        x = some(dtype, 2 * LONG + 3, most if dtype.kind != "b" and dtype.itemsize > 2 else 100)
        check("unique", x)
        check("unique", x, return_index=True, return_inverse=True, return_counts=True)


@pytest.mark.parametrize("name", ["unique_all", "unique_counts", "unique_inverse"])
def test_unique_tuples_are_numpys(name):
    for x in (np.array([3, 1, 3, 2]), np.array([[1.5, -1], [1.5, 7]]), np.array([True, False]), np.array(5)):
        ours, theirs = getattr(lz, name)(lazy(x)), getattr(np, name)(x)
        assert type(ours).__name__ == type(theirs).__name__
        assert ours._fields == theirs._fields
        same(tuple(ours), tuple(theirs))
    x = np.array([np.nan, 1.0, np.nan])
    same(lz.unique_values(lazy(x)), np.sort(np.unique_values(x)))


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_sets_are_numpys(name, dtype):
    for n, m in itertools.product((0, 1, 50, 1000), (0, 3, 40, 700)):
        x, y = some(dtype, n), some(dtype, m, 30)
        check(name, x, y)
        if name in ("intersect1d", "setdiff1d", "setxor1d"):
            check(name, np.unique(x), np.unique(y), assume_unique=True)
        if name == "intersect1d":
            check(name, x, y, return_indices=True)
            check(name, np.unique(x), np.unique(y), True, True)
        if name == "isin":
            check(name, x, y, invert=True)
            check(name, x, y, kind="sort")
            check(name, np.unique(x), np.unique(y), True, kind="sort")
    check(name, some(dtype, 12).reshape(3, 4), some(dtype, 4).reshape(2, 2).T)


@pytest.mark.parametrize("kind", [None, "sort", "table"])
def test_members_of_mixed_integers_are_numpys(kind):
    r = rng("sets", "mixed")
    for a, b in itertools.product("?bBhHiIlL", repeat=2):
        x, y = r.integers(0, 100, 50).astype(a), r.integers(0, 100, 200).astype(b)
        check("isin", x, y, kind=kind)
        check("isin", x, y[:2], kind=kind)


def test_members_of_integers_with_and_without_sign_are_told_apart():
    big = 2**63
    for x, y in ([big + 1, 5], [big, 5, 2**53 + 1]), ([big, 7, 0], [big + 1, 7, -1]):
        for a, b in ((np.uint64, np.uint64), (np.uint64, np.int64), (np.int64, np.uint64)):
            one = np.array([v for v in x if v <= np.iinfo(a).max], dtype=a)
            two = np.array([v for v in y if np.iinfo(b).min <= v <= np.iinfo(b).max], dtype=b)
            got = np.asarray(lz.isin(lazy(one), lazy(two), kind="sort"))
            assert got.tolist() == [int(v) in two.tolist() for v in one]


def test_arguments_of_sets():
    x = np.array([1, 2, 3])
    for kind in ("x", "", 3):
        check("isin", x, x, kind=kind)
    check("isin", x + 0.5, x, kind="table")
    check("isin", x, x + 0.5, kind="table")
    check("isin", x.astype(np.int8), np.array([-100, 100], np.int8), kind="table")
    for axis in (1, -2, 5):
        check("unique", x, axis=axis)
    check("unique", np.array(5), axis=0)
    check("unique", np.zeros((2, 2)), axis=2)
    check("unique", 5, return_inverse=True)
    check("unique", [[3, 1], [1, 3]], return_inverse=True)
    check("union1d", [[1, 2], [3, 4]], 5)
    check("intersect1d", [1, 2], [3], return_indices=True)
    for name in SETS:
        check(name, np.array([1, 2], np.int8), np.array([2.5, 2.0], np.float32))


def test_numpys_functions_lead_here():
    x = lz.asarray(np.array([3.0, 1, 2, 1]))
    for name in SETS:
        same(getattr(np, name)(x, x), getattr(np, name)(np.asarray(x), np.asarray(x)))
    for name in ("unique", "sort_complex", "trim_zeros"):
        same(getattr(np, name)(x), getattr(np, name)(np.asarray(x)))
    assert isinstance(np.unique_counts(x).counts, lz.LazyArray)
    same(np.lexsort((x, x)), np.lexsort((np.asarray(x), np.asarray(x))))


def test_what_is_computed_is_made_once():
    x = lz.asarray(rng("sets", "graph").standard_normal(1000))
    same(lz.unique(x * 2 + 1, return_inverse=True), np.unique(np.asarray(x) * 2 + 1, return_inverse=True))
    same(lz.isin(x * 0, x * 0 + 1) + 1, np.isin(np.zeros(1000), np.ones(1000)) + 1)


def test_threads_change_no_bit_of_sets():
    x = some(np.dtype("d"), 3 * LONG, 1000)
    y = some(np.dtype("l"), 3 * LONG, 10**6)
    before = lz.get_num_threads()
    try:
        seen = []
        for threads in (1, 2, 3):
            lz.set_num_threads(threads)
            parts = [*lz.unique_all(x), *lz.unique_all(y), lz.isin(y, y[::7] + 1), lz.lexsort((x, y))]
            parts += [lz.partition(y, LONG), lz.argpartition(x, [5, LONG])]
            seen.append([np.asarray(p.compute()).tobytes() for p in parts])
    finally:
        lz.set_num_threads(before)
    assert all(s == seen[0] for s in seen)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_sorts_by_several_keys_are_numpys(dtype):
    for n in (1, 50, 1000):
        x, y = some(dtype, n), some(dtype, n, 3, "second")
        check("lexsort", (x, y))
        check("lexsort", [x, y, x[::-1]], axis=0)
    cube = some(dtype, 60, 4).reshape(3, 4, 5)
    for axis in (0, 1, -1, -2, 2):
        check("lexsort", cube, axis=axis)
        check("lexsort", tuple(cube), axis=axis)


def test_arguments_of_sorts_by_several_keys():
    for keys, axis in [
        ((5,), -1),
        ((5,), 1),
        (5, -1),
        ((), 0),
        ([[1, 2], [1]], 0),
        (np.zeros((2, 0)), -1),
        (np.zeros((0, 2)), -1),
        ([[[1, 2], [0, 1]]], 5),
    ]:
        check("lexsort", keys, axis=axis)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_complex_sorts_and_trimmed_zeros_are_numpys(dtype):
    for n in (0, 1, 30):
        x = some(dtype, n, 3)
        check("sort_complex", x)
        for trim in ("fb", "f", "b", "BF"):
            check("trim_zeros", x, trim)
    box = np.zeros((5, 6, 7), dtype)
    box[1:3, 2:4, 3:5] = 1
    for axis, trim in itertools.product((None, 0, 1, (0, 2), (), -1), ("fb", "f", "b")):
        check("trim_zeros", box, trim, axis=axis)


def test_arguments_of_trimmed_zeros():
    x = np.array([0, 1, 0])
    for options in ({"trim": "x"}, {"trim": 3}, {"axis": 1}, {"axis": (0, 0)}, {"axis": -2}):
        check("trim_zeros", x, **options)
    check("trim_zeros", np.array(0))
    check("trim_zeros", np.zeros((2, 3)))
    check("sort_complex", 5)


WEIGHED = [
    ((50,), None, (50,)),
    ((5, 20), None, (5, 20)),
    ((5, 20), 1, (20,)),
    ((5, 20), 0, (5, 20)),
    ((4, 5, 6), (2, 0), (6, 4)),
    ((4, 5, 6), (0, 1), (4, 5, 6)),
    ((1,), 0, (1,)),
]


@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
@pytest.mark.parametrize("dtype", [t for t in DTYPES if t.kind != "c"], ids=str)
def test_weighted_quantiles_are_numpys(name, dtype):
    r = rng("weights", dtype.char)
    for (shape, axis, weighed), kind in itertools.product(WEIGHED, "idf"):
        if name == "nanquantile" and len(weighed) != len(shape):
            continue  # refused by NumPy, by an index that is not there
        x, w = r.integers(0, 50, shape).astype(dtype), r.integers(0, 4, weighed).astype(kind)
        for q in (0.5, 0.0, 1, [0.1, 0.9], np.float32(0.3), np.array([[0.2, 0.3]]), [0, 1]):
            check(name, x, q, axis=axis, method="inverted_cdf", weights=w)
            if dtype.kind == "f":
                y = x.copy()
                y.flat[::7] = np.nan
                check(name, y, q, axis=axis, method="inverted_cdf", weights=w, keepdims=True)


@pytest.mark.parametrize("name", ["quantile", "percentile", "nanquantile", "nanpercentile"])
def test_arguments_of_weighted_quantiles(name):
    x = np.array([[3.0, 1, 2, 7], [0, 5, 4, 6]])
    for w in (x[0], x - 5, x * 0, x + np.inf, x + np.nan, [1], x[:, 0]):
        for axis in (None, 0, 1, 2, (0, 1)):
            if "nan" in name and np.shape(w) != x.shape:
                continue
            check(name, x, 0.5, axis=axis, method="inverted_cdf", weights=w)
    check(name, x, 0.5, method="linear", weights=x)
    if "nan" in name:
        some_nan = np.array([[np.nan, np.nan], [1.0, 2.0]])
        same_outcome(
            lambda m, a, w: getattr(m, name)(a, 0.5, axis=1, method="inverted_cdf", weights=w),
            some_nan,
            np.ones((2, 2)),
        )
