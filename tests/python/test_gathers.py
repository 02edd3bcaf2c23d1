"""Masks, gathers, searches and counts against NumPy: values, types, errors, warnings, the same bits for any threads."""

import warnings

import numpy as np
import pytest
from lazy_checks import check, lazy, same
from samples import DTYPES

import numpy_rs
import numpy_rs.lazy as lz

RNG = np.random.default_rng(20261124)
SHAPES = [(1,), (7,), (3000,), (40, 50), (9, 130, 11), (1300, 30)]
REDUCTIONS = ["sum", "prod", "min", "max", "any", "all", "mean", "var", "std"]


def sample(dtype, shape):
    x = RNG.normal(size=shape) * 10
    return (x + 1j * x[::-1] if np.dtype(dtype).kind == "c" else x).astype(dtype)


def views(x):
    """The array in several layouts."""
    yield x
    yield np.asfortranarray(x)
    yield x[::-1]
    yield x[..., ::2]


# Masks


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_mask_keeps_what_numpys_keeps(dtype, shape):
    whole = sample(dtype, shape)
    chosen = RNG.random(shape)
    for share in (0.0, 0.02, 0.5, 0.98, 1.0):
        for x, m in zip(views(whole), views(chosen < share), strict=True):
            same(lz.asarray(x)[lz.asarray(m)], x[m])
            # The same with producers in the walk, in another layout each.
            same((lz.asarray(x) == lz.asarray(x[::-1]))[lz.asarray(m) & True], (x == x[::-1])[m])
            same(lz.flatnonzero(lz.asarray(m)), np.flatnonzero(m))


@pytest.mark.parametrize("name", [*REDUCTIONS, "count_nonzero", "argmin", "argmax", "ptp"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_folds_of_what_a_mask_keeps_are_numpys(dtype, name):
    if np.dtype(dtype).kind == "b" and name == "ptp":
        x = np.array([True, False, True])
        with pytest.raises(TypeError) as theirs:
            np.ptp(x[x])
        with pytest.raises(TypeError) as ours:
            lz.ptp(lz.asarray(x)[lz.asarray(x)])
        assert str(ours.value) == str(theirs.value)
        return
    exact = np.dtype(dtype).kind in "biu" and name not in ("mean", "var", "std")
    exact |= name in ("min", "max", "any", "all", "argmin", "argmax", "ptp", "count_nonzero")
    wide = np.dtype("c16" if np.dtype(dtype).kind == "c" else "f8")
    for shape in SHAPES:
        whole = (sample(dtype, shape) / 8).astype(dtype)
        chosen = RNG.random(shape) < 0.6
        for x, m in zip(views(whole), views(chosen), strict=True):
            kept = x[m]
            if kept.size == 0:
                continue
            result = getattr(lz, name)(lz.asarray(x)[lz.asarray(m)])
            with np.errstate(all="ignore"), lz.errstate(all="ignore"):
                want = np.asarray(getattr(np, name)(kept))
                got = np.asarray(result)
            assert (got.dtype, got.shape) == (want.dtype, want.shape)
            if exact:
                np.testing.assert_array_equal(got, want)
            elif np.isfinite(want).all() and name != "prod":
                truth = getattr(np, name)(kept.astype(wide))
                scale = np.abs(kept.astype(wide)).sum() if name == "sum" else np.abs(kept.astype(wide)).max() ** 2 + 1
                tolerance = 4 * np.finfo(dtype if np.dtype(dtype).kind in "fc" else "f8").eps * float(scale)
                assert abs(got - truth) <= tolerance, (shape, got, truth)


def test_a_masked_fold_is_one_walk_that_stores_nothing():
    x = lz.asarray(np.linspace(-1, 1, 100_000))
    for expression in (x[x > 0].sum(), (lz.exp(x[x > 0]) * 2).max(), x[x > 0].mean(), (x[x > 0] > 0.5).sum()):
        text = expression.explain()
        assert "bytes read: 800,00" in text, text
        assert "compress" not in text
    assert "kept by a mask" in x[x > 0].explain()


def test_signs_of_zeros_and_nan_stay():
    x = np.array([-0.0, 1.0, -0.0, np.nan])
    zeros, nan = np.array([True, False, True, False]), np.array([False, True, False, True])
    assert np.asarray(lz.asarray(x)[zeros].sum()) == 0
    assert not np.signbit(np.asarray(lz.asarray(x)[np.zeros(4, bool)].sum()))
    assert np.isnan(np.asarray(lz.asarray(x)[nan].max()))
    assert np.asarray(lz.asarray(x)[zeros].max()) == 0
    infinite = np.array([np.inf, 1.0])
    assert np.asarray(lz.asarray(infinite)[[True, False]].min()) == np.inf


@pytest.mark.parametrize("name", REDUCTIONS)
def test_folds_of_nothing(name):
    x, m = np.arange(5.0), np.zeros(5, bool)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            want = getattr(x[m], name)()
        except ValueError as e:
            with pytest.raises(ValueError) as info:
                getattr(lz.asarray(x)[lz.asarray(m)], name)()
            assert str(info.value) == str(e)
            return
        same(getattr(lz.asarray(x)[lz.asarray(m)], name)(), want)


def test_what_a_mask_leaves_out_warns_of_nothing():
    x = lz.asarray(np.array([-1.0, 0.0, 4.0, np.e]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert lz.log(x[x > 0]).sum().compute().item() == np.log([4.0, np.e]).sum()
        (1 / x[x != 0]).max().compute()
    with pytest.warns(RuntimeWarning, match="divide by zero encountered in log"):
        lz.log(x[x >= 0]).sum().compute()
    powers = lz.asarray(np.array([2, -1, 3]))
    assert (2 ** powers[powers > 0]).sum().compute().item() == 12
    with pytest.raises(ValueError, match="Integers to negative integer powers"):
        (lz.asarray(2) ** powers[powers < 3]).sum().compute()


def test_masks_are_told_of_once():
    x = lz.asarray(np.array([-1.0, 4.0]))
    with pytest.warns(RuntimeWarning) as told:
        kept = x[lz.sqrt(x) > 1]
    assert len(told) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same(kept, np.array([4.0]))


def test_several_arrays_by_one_mask():
    a, b = RNG.normal(size=(2, 5000))
    m = a > b
    ours = lz.asarray(a), lz.asarray(b)
    k = ours[0] > ours[1]
    got = ((ours[0][k] - ours[1][k]) ** 2).sum().compute().item()
    assert got == pytest.approx(((a[m] - b[m]) ** 2).sum(), rel=1e-13)
    # Arrays by different masks stay what they are.
    other = lz.asarray(np.roll(m, 1))
    same(ours[0][k] + ours[1][other], a[m] + b[np.roll(m, 1)])
    assert (ours[0][k] + ours[1][other]).sum().compute().item() == pytest.approx((a[m] + b[np.roll(m, 1)]).sum())


def test_masks_of_some_axes():
    x = RNG.integers(0, 99, (40, 6, 5))
    rows, planes = RNG.random(40) < 0.4, RNG.random((40, 6)) < 0.4
    ours = lz.asarray(x)
    same(ours[lz.asarray(rows)], x[rows])
    same(ours[lz.asarray(planes)], x[planes])
    same(ours[lz.asarray(rows), :, 2], x[rows, :, 2])
    same(ours[:, lz.asarray(planes[0])], x[:, planes[0]])
    same(ours[lz.asarray(planes)].sum(), x[planes].sum())
    same(ours[lz.asarray(planes)].sum(axis=1), x[planes].sum(axis=1))


# Gathers


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("index", ["i1", "u1", "i4", "u4", "i8"])
def test_gathers_are_numpys(dtype, index):
    for shape in [(5,), (100,), (60, 7), (50, 3, 4)]:
        whole = sample(dtype, shape)
        for x in views(whole):
            low = 0 if index[0] == "u" else -x.shape[0]
            i = RNG.integers(low, x.shape[0], size=(6, 40)).astype(index)
            for j in (i, i.T, i[::2, ::-1], i[:, :0], i[0, 0]):
                same(lz.asarray(x)[lz.asarray(j)], x[j])
                same(lz.asarray(x)[lz.asarray(j) * 1], x[j])
                if j.size:
                    same(lz.asarray(x)[lz.asarray(j) * 1].max(), x[j].max())
                    same((lz.asarray(x)[lz.asarray(j)] == lz.asarray(x)[0]).sum(), (x[j] == x[0]).sum())


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_positions_that_follow_one_another(dtype):
    x = sample(dtype, (60, 21))
    rows = np.array([3, 4, 5, 59, 0, 17, -1, 30])
    line = x.reshape(-1)
    runs = np.concatenate([np.arange(5, 40), np.arange(1255, 1260), [7, 8, 9], np.arange(40, 20, -1), np.arange(19)])
    for t, r in ((x, line), (x[::-1], line[::-1]), (x[:, ::2], line[:1260:1])):
        same(lz.asarray(t)[lz.asarray(rows)], t[rows])
        same(lz.take(lz.asarray(t), rows, axis=0), np.take(t, rows, axis=0))
        same(lz.asarray(r)[lz.asarray(runs) * 1], r[runs])
    beyond = np.arange(1240, 1290)
    same(lz.take(lz.asarray(line), beyond, mode="clip"), np.take(line, beyond, mode="clip"))
    same(lz.take(lz.asarray(line), beyond - 1260, mode="wrap"), np.take(line, beyond - 1260, mode="wrap"))
    with pytest.raises(IndexError, match="out of bounds"):
        (lz.asarray(line)[lz.asarray(beyond) * 1]).compute()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_rows_that_are_picked_are_numpys(dtype):
    """Of rows that a number picks no positions are computed: every layout, place of the index, and use of the rows."""
    exact = np.dtype(dtype).kind in "biu"
    for shape in [(300, 100), (40, 9, 33), (50, 2), (3, 5000)]:
        whole = (np.round(sample(dtype, shape).real) + 0).astype(dtype)
        for x in views(whole):
            ours = lz.asarray(x)
            rows, columns = RNG.integers(-x.shape[0], x.shape[0], 130), RNG.integers(0, x.shape[-1], 57)
            table = rows[:120].reshape(8, 15).T
            for key in [
                (rows,),
                (rows % x.shape[0],),
                (table,),
                (..., columns),
                (rows, slice(1, None, 2)),
                (rows, slice(None, None, -1)),
            ]:
                picked, want = ours[tuple(lazy(k) for k in key)], x[key]
                same(picked, want)
                same((picked == ours[:1, ..., :1].reshape(-1)[0]), want == x[:1, ..., :1].reshape(-1)[0])
                same(picked.T[1:], want.T[1:])
                for axis in (0, -1, None) if want.size else ():
                    same(picked.max(axis=axis), want.max(axis=axis))
                    if exact and np.dtype(dtype).kind != "b":
                        same((picked + picked).sum(axis=axis), (want + want).sum(axis=axis))
            if x.ndim == 3:
                same(ours[:, lz.asarray(table % x.shape[1])], x[:, table % x.shape[1]])
                same(ours[lz.asarray(rows), lz.asarray(rows % x.shape[1])], x[rows, rows % x.shape[1]])


def test_rows_are_picked_in_one_walk():
    x, rows = RNG.normal(size=(500, 64)), RNG.integers(0, 500, 900)
    ours, i = lz.asarray(x), lz.asarray(rows)
    for expression, want in (
        (ours[i], x[rows]),
        (ours[i] * 2, x[rows] * 2),
        (ours[i].max(axis=1), x[rows].max(axis=1)),
        (ours[:, lz.asarray(rows % 64)], x[:, rows % 64]),
        (lz.take(ours, i, axis=0), np.take(x, rows, axis=0)),
    ):
        text = expression.explain()
        assert "passes over memory: 1" in text, text
        assert "iota" not in expression.explain(level="plan")
        same(expression, want)
    # Numbers that are computed are stored, not the positions of all elements.
    later = ours[(i * 7) % 500]
    assert "i64[900]" in later.explain(level="plan")
    assert "i64[900, 64]" not in later.explain(level="plan")
    same(later, x[(rows * 7) % 500])
    # Rows by bands, in place where they are long; windows, and positions that are cut off at the ends.
    e = np.exp(x[rows] - x[rows].max(axis=1, keepdims=True))
    picked = lz.exp(ours[i] - ours[i].max(axis=1, keepdims=True))
    same(picked / picked.sum(axis=1, keepdims=True), e / e.sum(axis=1, keepdims=True), ulp=8)
    long = RNG.normal(size=(20, 3000))
    same(lz.asarray(long)[lz.asarray(rows % 20)].min(axis=0), long[rows % 20].min(axis=0))
    starts = RNG.integers(0, 59_000, 300)
    windows = starts[:, None] + np.arange(50)
    line = long.reshape(-1)
    same(lz.take(lz.asarray(line), lz.asarray(starts)[:, None] + lz.arange(50), mode="clip"), line[windows])
    beyond = np.array([59_980, -3, 2**62, -(2**62)])
    clipped = np.clip(beyond[:, None] + np.arange(2000), 0, 59_999)
    same(lz.take(lz.asarray(line), lz.asarray(beyond)[:, None] + lz.arange(2000), mode="clip"), line[clipped])


def test_a_gather_is_part_of_a_walk():
    x, i = lz.asarray(RNG.normal(size=10_000)), lz.asarray(RNG.integers(0, 10_000, 50_000))
    w = lz.asarray(RNG.normal(size=50_000))
    for expression in (x[i].sum(), x[i] * w, (x[(i * 7) % 10_000] * w).sum(), lz.take(x, i, mode="wrap").max()):
        text = expression.explain()
        assert "passes over memory: 1" in text, text
        assert "take" in text
    # Many who look at one element have it stored first.
    assert "passes over memory: 2" in (x[i[:50]][:, None] * w[None, :100]).explain()


@pytest.mark.parametrize("bad", [100, -101, 2**40])
def test_positions_out_of_bounds_are_refused(bad):
    x, i = np.arange(100.0), np.arange(50)
    i[17] = bad
    with pytest.raises(IndexError) as want:
        x[i]
    with pytest.raises(IndexError) as info:
        lz.asarray(x)[lz.asarray(i)]
    assert str(info.value) == str(want.value)
    # What is yet to be computed is looked at when it is.
    later = lz.asarray(x)[lz.asarray(i) + 0]
    for expression in (later, later.sum(), (later * 2).max(), lz.asarray(x[:, None])[lz.asarray(i) + 0, 0]):
        with pytest.raises(IndexError) as info:
            expression.compute()
        assert str(info.value) == str(want.value)


def test_positions_along_an_axis():
    x = RNG.normal(size=(30, 40))
    ours = lz.asarray(x)
    same(lz.take_along_axis(ours, ours.argmax(axis=1, keepdims=True), 1), x.max(axis=1, keepdims=True))
    i = RNG.integers(-30, 30, (9, 40))
    same(lz.take_along_axis(ours, lz.asarray(i), 0), np.take_along_axis(x, i, 0))
    same(lz.take_along_axis(ours, lz.asarray(i) + 0, 0) * 2, np.take_along_axis(x, i, 0) * 2)


CHOICES = [np.array([1, 2, 3]), np.array([10.5, 20, 30]), np.array(7, "f4")]


@pytest.mark.parametrize(
    ("a", "choices", "options"),
    [
        (np.array([0, 1, 2]), CHOICES, {}),
        (np.array([[0], [2]]), CHOICES, {}),
        (0, CHOICES, {}),
        (np.array([True, False]), [1, 2], {}),
        (np.array([5, -7, 1]), CHOICES, {"mode": "wrap"}),
        (np.array([5, -7, 1]), CHOICES, {"mode": "clip"}),
        (np.array([0, 5, 1]), CHOICES, {"mode": "bad"}),
        (np.array([0.5]), CHOICES, {}),
        (np.array([0], "u8"), CHOICES, {}),
        (np.array([0, 1]), [], {}),
        (np.array([0]), list(range(70)), {}),
        (np.array([1, 0, 1]), np.arange(6).reshape(2, 3), {}),
    ],
)
def test_choose(a, choices, options):
    check("choose", a, choices, **options)


def test_choices_out_of_bounds_are_refused():
    for bad in (3, -1):
        later = lz.choose(lz.asarray([0, bad]), [1, 2, 3])
        with pytest.raises(ValueError, match="invalid entry in choice array"):
            later.compute()


# Searches


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_searches_are_numpys(dtype, side):
    for n in (0, 1, 2, 3, 7, 64, 1000):
        a = np.sort(sample(dtype, n))
        if np.dtype(dtype).kind in "fc" and n > 3:
            a[-2:] = np.nan
            a = np.sort(a)
        v = np.concatenate([sample(dtype, 200), a, a[:1]]).reshape(-1, 1)
        for x in (a, np.repeat(a, 2)[::2]):
            same(lz.searchsorted(lz.asarray(x), lz.asarray(v), side), np.searchsorted(x, v, side))
    same(lz.searchsorted(lz.asarray(a), lz.asarray(v) * 1, side).sum(), np.searchsorted(a, v * 1, side).sum())


@pytest.mark.parametrize("pair", [("i4", "f8"), ("f4", "i8"), ("u1", "i1"), ("f4", "f8"), ("f8", "c16")], ids=str)
def test_searches_in_a_common_type(pair):
    a, v = np.sort(sample(pair[0], 50)), sample(pair[1], 80)
    check("searchsorted", a, v)
    check("searchsorted", np.sort(v), a, "right")


def test_places_of_complex_nan():
    a = np.sort(np.array([1, 2, complex(3, np.nan), complex(np.nan, 2), complex(np.nan, np.nan), complex(np.inf, 0)]))
    for side in ("left", "right"):
        check("searchsorted", a, a, side)


@pytest.mark.parametrize(
    ("args", "options"),
    [
        ((1, [1]), {}),
        (([[1]], [1]), {}),
        (([1, 2], [1]), {"side": "x"}),
        (([1, 2], [1]), {"side": "l"}),
        (([1, 2], [1]), {"side": None}),
        (([1, 2], [1]), {"sorter": [0]}),
        (([1, 2], [1]), {"sorter": [0, 5]}),
        (([1, 2], [1]), {"sorter": [0.0, 1.0]}),
        (([1, 2], [1]), {"sorter": [[0, 1]]}),
        (([1, 2], [1]), {"sorter": np.array([0, 1], "u8")}),
        (([3, 1, 2], [1, 2.5]), {"sorter": [1, 2, 0]}),
        (([1, 2], 1.5), {}),
        (([], [1.0]), {}),
    ],
)
def test_searchsorted(args, options):
    check("searchsorted", *args, **options)


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize(
    "bins", [[0, 1, 5], [5, 1, 0], [1, 1, 1], [2], [], [0, 1, 1, 3], [3, 1, 1, 0], [0, 2, 1], [[1]]], ids=str
)
def test_digitize(bins, right):
    x = np.array([-1.0, 0, 0.5, 1, 2, 5, 9, np.nan]).reshape(2, 4)
    check("digitize", x, bins, right=right)
    check("digitize", 1, np.array(bins), right)


def test_digitize_refuses_complex_numbers():
    check("digitize", np.array([1j]), [1.0])
    check("digitize", [1.0], np.array([1j]))
    check("digitize", [1.0], 1)


# Counts


@pytest.mark.parametrize(
    ("args", "options"),
    [
        (([0, 1, 1, 3],), {}),
        ((np.array([0, 2, 2], "u1"),), {}),
        ((np.array([0, 1], "u8"),), {}),
        ((np.array([], int),), {}),
        (([],), {"minlength": 3}),
        ((np.zeros((0, 2), int),), {}),
        ((np.array(1),), {}),
        ((np.array([[1]]),), {}),
        ((np.array([1.5]),), {}),
        ((np.array([3, -1]),), {}),
        (([1],), {"minlength": -1}),
        (([1],), {"minlength": None}),
        (([1],), {"minlength": 2.5}),
        (([1], [1, 2]), {}),
        (([1, 0], np.array([1j, 2])), {}),
        (([1, 4, 1], [0.5, 1, 2]), {"minlength": 9}),
        ((np.array([True, False]),), {}),
    ],
)
def test_bincount(args, options):
    check("bincount", *args, **options)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i4", "u4", "i8", "?"])
def test_counts_with_producers(dtype):
    for n in (1, 1000, 100_001):
        x = RNG.integers(0, 2 if dtype == "?" else 100, n).astype(dtype)
        for y in (x, x[::-1], x[::3]):
            same(lz.bincount(lz.asarray(y)), np.bincount(y))
            same(lz.bincount(lz.asarray(y).astype("i8") * 3), np.bincount(y.astype("i8") * 3))
            w = RNG.normal(size=y.size)
            same(lz.bincount(lz.asarray(y), lz.asarray(w) * 1).sum(), np.bincount(y, w).sum(), ulp=10_000)
    x = RNG.integers(0, 3_000_000, 100_000)
    same(lz.bincount(lz.asarray(x)), np.bincount(x))


HISTOGRAMS = [
    {},
    {"bins": 1},
    {"bins": 100},
    {"bins": 1000, "range": (-20, 33.3)},
    {"range": (5, 5)},
    {"range": (200, 300)},
    {"bins": [-10, 0, 0, 10, 20]},
    {"bins": [0.5, 1.5]},
    {"bins": [1]},
    {"density": True, "bins": 20},
    {"density": True, "bins": [-50, 0, 1, 90]},
    {"bins": "sqrt"},
    {"bins": "sturges"},
    {"bins": "rice"},
]


@pytest.mark.parametrize("options", HISTOGRAMS, ids=str)
@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "i8", "u8", "f2", "f4", "f8"])
def test_histograms_are_numpys(dtype, options):
    for n in (0, 1, 2, 1000, 70_001):
        x = (RNG.normal(size=n) * 20 + (100 if dtype[0] == "u" else 0)).astype(dtype)
        if n == 0 and options.get("density"):
            continue
        check("histogram", x, **options)
        check("histogram_bin_edges", x, **{k: v for k, v in options.items() if k != "density"})


@pytest.mark.parametrize("rule", ["scott", "doane", "fd", "auto", "stone"])
@pytest.mark.parametrize("dtype", ["i2", "i8", "f4", "f8"])
def test_rules_for_bins_are_numpys(dtype, rule):
    for x in (RNG.normal(size=5000) * 50, RNG.exponential(size=999) * 9, np.full(10, 3.0), np.arange(3.0), np.zeros(0)):
        check("histogram", x.astype(dtype), bins=rule)
    check("histogram", np.round(RNG.normal(size=20_000)), bins=rule, range=(-1, 4))


@pytest.mark.parametrize("weights", ["i4", "u1", "f4", "f8", "c16"])
def test_histograms_of_weights(weights):
    x = RNG.normal(size=3000)
    w = (RNG.random(3000) * 10).astype(weights)
    for bins in (10, [-1.0, 0.0, 0.5, 3.0]):
        ours, edges = lz.histogram(lz.asarray(x), bins, weights=lz.asarray(w))
        theirs, their_edges = np.histogram(x, bins, weights=w)
        same(edges, np.asarray(their_edges))
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(np.asarray(ours), theirs, rtol=1e-5 if weights == "f4" else 1e-12)


@pytest.mark.parametrize(
    ("x", "options"),
    [
        (np.arange(5.0), {"bins": 0}),
        (np.arange(5.0), {"bins": 2.5}),
        (np.arange(5.0), {"bins": [[1]]}),
        (np.arange(5.0), {"bins": [2, 1]}),
        (np.arange(5.0), {"range": (1, 0)}),
        (np.arange(5.0), {"range": (0, np.inf)}),
        (np.array([np.nan]), {}),
        (np.array([np.inf, 1]), {}),
        (np.arange(5.0), {"weights": [1]}),
        (np.arange(5.0), {"bins": "q"}),
        (np.arange(5.0), {"bins": "auto", "weights": np.ones(5)}),
        (np.array([1, 1 + 1e-15]), {"bins": 100}),
        (np.array([[True, False]]), {}),
        (np.array([1.0, np.nan, 2.0]), {"range": (0, 3)}),
        (np.array([1.0, np.nan, 2.0]), {"bins": [0, 1, 3]}),
    ],
)
def test_what_histograms_refuse(x, options):
    check("histogram", x, **options)


def test_what_is_outside_warns_of_nothing():
    x = np.array([1e308, -1e308, np.nan, np.inf, 0.5])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same(lz.histogram(lz.asarray(x), 4, (0, 1)), np.histogram(x[-1:], 4, (0, 1)))


def test_values_at_edges():
    for count in (3, 7, 10, 49, 1000):
        edges = np.linspace(0.1, 2.3, count + 1)
        x = np.concatenate([edges, np.nextafter(edges, 9), np.nextafter(edges, -9)])
        check("histogram", x, bins=count, range=(0.1, 2.3))
        check("histogram", x.astype("f4"), bins=count, range=(0.1, 2.3))


# Threads


def test_the_same_bits_for_any_number_of_threads():
    x = lz.asarray(RNG.normal(size=(700, 1001)))
    w = lz.asarray(RNG.normal(size=x.size))
    i = lz.asarray(RNG.integers(0, x.size, 400_000))
    kept = x > 0.3
    flat = x.ravel()
    results = [
        x[kept],
        lz.exp(x)[kept & (x.T.reshape(x.shape) > 0)],
        x[kept].sum(),
        x[kept].var(),
        flat[i],
        flat[i].sum(),
        x[i[:900] % 700],
        x[i[:900] % 700].sum(axis=0),
        lz.bincount(i % 300, flat[:400_000]),
        lz.bincount(i, flat[:400_000]),
        *lz.histogram(x, 100),
        *lz.histogram(x, 50, weights=w.reshape(x.shape)),
        lz.searchsorted(lz.arange(-3, 3, 0.01), x),
    ]
    before = numpy_rs.get_num_threads()
    try:
        bits = []
        for threads in (1, 2, 3, 8):
            numpy_rs.set_num_threads(threads)
            bits.append([np.asarray(r.compute()).tobytes() for r in results])
    finally:
        numpy_rs.set_num_threads(before)
    assert bits[0] == bits[1] == bits[2] == bits[3]


def test_memory_of_others_that_changes_harms_nobody():
    x, m, i = np.arange(100_000.0), np.zeros(100_000, bool), np.zeros(1000, int)
    m[::3] = True
    kept, picked = lz.asarray(x)[lz.asarray(m)], lz.asarray(x)[lz.asarray(i)]
    rows = lz.asarray(x).reshape(1000, 100)[lz.asarray(i)]
    m[:] = True
    i[:] = 1 << 60
    assert kept.compute().shape == (33_334,)
    assert picked.compute().shape == (1000,)
    assert (np.asarray(rows.compute()) == x[0]).all()
    m[:] = False
    assert not np.asarray(kept.compute()).any()


def test_methods():
    x = np.array([1, 3, 3, 5])
    same(lazy(x).searchsorted([2, 3], "right"), x.searchsorted([2, 3], "right"))
    same(lz.asarray([1, 0]).choose([[1, 2], [3, 4]]), np.array([1, 0]).choose([[1, 2], [3, 4]]))


def test_joined_and_rolled_arrays_are_tables_and_indices():
    """From 4,096 elements on, what is made of joins is made box by box; what is gathered from must be whole."""
    rng = np.random.default_rng(0)
    a, b, i = rng.random(5000), rng.random(6000), rng.integers(0, 11_000, 9000)
    both, where = lz.concatenate([lz.asarray(a), lz.asarray(b)]), lz.asarray(i)
    joined = np.concatenate([a, b])
    same((both[where] + 1), joined[i] + 1)
    same((lz.roll(both, 3)[where] * where), np.roll(joined, 3)[i] * i)
    same((both[lz.roll(where, 3)] * 2), joined[np.roll(i, 3)] * 2)
    same(((lz.roll(both, 1) * both)[where] - 1), (np.roll(joined, 1) * joined)[i] - 1)
    same((both[both > 0.5] * 2), joined[joined > 0.5] * 2)


@pytest.mark.parametrize(
    "key",
    [
        (None, [0, 1], ..., 0),
        (None, [0, 1], ..., [0, 1]),
        ([0, 1], ..., [0, 1]),
        (..., [0, 1], [0, 1]),
        ([0, 1], [0, 1], ...),
        ([0, 1], None, ..., [1]),
        (None, None, [True, False, True], ..., 1),
        (None, np.array([[1], [0]]), ..., [0, 1]),
    ],
    ids=repr,
)
def test_an_ellipsis_of_no_axes_stands_between_arrays(key):
    x = np.arange(6).reshape(3, 2)
    same(lz.asarray(x)[key], x[key])


@pytest.mark.parametrize(
    "key",
    [
        (slice(None), [0], ..., 0, slice(None)),
        (slice(None), [0], 0, ..., slice(None)),
        (slice(None), [0], 0, slice(None), ...),
        (..., [0], 0, slice(None)),
        (slice(None), [0], ..., [0], [0]),
        (slice(None), ..., [0], 0, slice(None)),
    ],
    ids=repr,
)
def test_an_ellipsis_between_arrays_of_four_axes(key):
    x = np.arange(120).reshape(2, 3, 4, 5)
    same(lz.asarray(x)[key], x[key])
