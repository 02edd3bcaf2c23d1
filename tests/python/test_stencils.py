"""Stencils and windows: slopes, areas, convolutions, moving windows, covariances; what of them is one walk."""

import warnings

import numpy as np
import pytest
from lazy_checks import B1, C8, C16, CUBE, EMPTY, F2, F4, F8, I8, REAL, U1, A, V, cases, check, lazy, same, same_outcome

import numpy_rs.lazy as lz

RNG = np.random.default_rng(11)
LINE = RNG.standard_normal(37)
PLACES = np.cumsum(RNG.random(37) + 0.1)
WIDE = RNG.standard_normal((7, 9))


def walks(*arrays):
    return sum(line.startswith("walk ") for line in lz.explain(*arrays).splitlines())


@cases(
    gradient=[
        *(A(x) for x in (F8, I8, U1, F4, F2, C16, C8, B1, CUBE, V, LINE)),
        *(A(x, edge_order=2) for x in (F8, I8, U1, F4, F2, C16, LINE, CUBE[:, :, :1])),
        *(A(x, 2) for x in (F8, F4, I8)),
        *(A(x, 0.3, edge_order=2) for x in (F8, F4, I8)),
        *(A(F4, step) for step in (np.float64(0.3), np.float32(0.3), np.array(0.3))),
        A(F8, 2.0, 3.0),
        A(F8, 2.0, [0.0, 1.0, 3.0, 3.5]),
        A(F8, [0.0, 1.0, 3.0], 0.5, edge_order=2),
        A(F8, [1, 2, 3], [1, 3, 4, 8]),
        A(F4, np.array([1, 2, 4], "float32"), np.array([1, 3, 4, 8], "float16")),
        A(F4, [1.0, 2.5, 4.0], axis=0),
        A(LINE, PLACES),
        A(LINE, PLACES, edge_order=2),
        A(LINE.astype("f4"), PLACES),
        A(CUBE, axis=1),
        A(CUBE, axis=-1),
        A(CUBE, axis=(0, 2)),
        A(CUBE, 1.0, [1.0, 2.0, 4.0, 8.0], axis=(0, 2)),
        A(CUBE, 1.0, axis=(2, 0)),
        A(F8[::-1, ::-2]),
        A(F8.T, 2.0),
        A(np.float64(3.0)),
        A(EMPTY),
        A([1.0]),
        A([1.0, 2.0], edge_order=2),
        A([1.0, 2.0]),
        A([1.0, 2.0, 4.0], edge_order=2),
        A(F8, edge_order=3),
        A(F8, 1.0, 2.0, 3.0),
        A(F8, [1.0, 2.0], 1.0),
        A(F8, [[1.0]], 1.0),
        A(F8, axis=2),
        A(F8, axis=(0, 0)),
        A(F8, 1.0, 2.0, axis=0),
    ],
    ediff1d=[
        *(A(x) for x in (F8, I8, U1, F4, F2, C16, B1, V, EMPTY, [5], 5)),
        A(V, to_begin=7),
        A(V, to_end=[1, 2]),
        A(V, [1, 2], 9),
        A(F8, to_begin=F8[0], to_end=-1),
        A(F4, to_begin=np.float64(0.1)),
        A(U1, to_begin=1),
        A(V, to_end=1.5),
        A(EMPTY, 1.0, 2.0),
        A([], to_begin=1.0),
    ],
    unwrap=[
        *(A(x) for x in (F8 * 3, F4 * 3, F2, I8, LINE * 9, EMPTY, [1.0])),
        A(I8 * 5, period=8),
        A(I8 * 5, period=7),
        A(U1, period=255),
        A(LINE * 9, 5.0),
        A(LINE * 9, 1.0),
        A(WIDE * 9, axis=0),
        A(WIDE * 9, axis=-2),
        A(F4 * 9, axis=0, period=3.0),
        A(np.float64(1.0)),
        A(F8, axis=2),
        A([0.0, np.pi, 0.0, -np.pi, np.nan, 4.0]),
    ],
)
def test_as_numpy_to_the_bit(name, args, kwargs):
    if name == "unwrap" and isinstance(args[0], np.ndarray) and args[0].dtype == "float16":
        check(name, *args, ulp=64, **kwargs)  # float16's sums are rounded once here
        return
    check(name, *args, **kwargs)


@cases(
    trapezoid=[
        *(A(x) for x in (F8, I8, U1, F4, C16, C8, V, EMPTY, EMPTY.T, [2.0])),
        A(F8, dx=0.5),
        A(F8, axis=0),
        A(F8, [0.0, 1.0, 3.0], axis=0),
        A(F8, [0, 1, 3, 7]),
        A(F8, F8 * 2),
        A(F8, F8[0] * 2, axis=1),
        A(F8, dx=[1.0, 2.0, 3.0]),
        A(F8, [0.0, 1.0]),
        A(F8, axis=2),
        A(1.0),
        A(CUBE, axis=1),
    ],
    cov=[
        *(A(x) for x in (F8, I8, F4, C16, V, [[1.0]], EMPTY, LINE, 2.0)),
        A(F8, rowvar=False),
        A(F8, F8 + 1),
        A(V, [3, 4, 9]),
        A(LINE, PLACES),
        A(F8.T, F8.T * I8.T, rowvar=False),
        A(F8, bias=True),
        A(F8, ddof=0),
        A(F8, ddof=2),
        A(F8, ddof=4),
        A(F8, ddof=1.5),
        A(F8, dtype="float32"),
        A(F8, fweights=[1, 2, 3, 1]),
        A(F8, aweights=[0.5, 2.0, 3.0, 1.0]),
        A(F8, fweights=[1, 2, 3, 1], aweights=[0.5, 2.0, 3.0, 1.0]),
        A(F8, fweights=[1, 2, 3, 1], ddof=0),
        A(F8, fweights=[1, 2, 3.5, 1]),
        A(F8, fweights=[1, 2, 3]),
        A(F8, fweights=[[1, 2, 3, 4]]),
        A(F8, fweights=[1, -2, 3, 4]),
        A(F8, aweights=[[1, 2, 3, 4]]),
        A(F8, aweights=[1, 2, 3]),
        A(F8, aweights=[1, -2, 3, 4]),
        A(CUBE),
        A(F8, CUBE),
    ],
    corrcoef=[
        *(A(x) for x in (F8, I8, F4, C16, V, LINE, 2.0)),
        A(F8, rowvar=False),
        A(V, [3, 4, 9]),
        A(WIDE, WIDE[::-1] ** 2),
        A(F8, dtype="float32"),
        A(CUBE),
    ],
)
def test_sums_as_numpy_within_rounding(name, args, kwargs):
    # Another order of additions rounds differently by some units of the largest number.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            want = np.asarray(getattr(np, name)(*args, **kwargs))
        except Exception:
            check(name, *args, **kwargs)
            return
        got = getattr(lz, name)(*lazy(args), **lazy(kwargs))
        assert (got.dtype, got.shape) == (want.dtype, want.shape)
        if want.size:
            finite = np.abs(want[np.isfinite(want)])
            unit = np.finfo(want.dtype).eps * (finite.max() if finite.size else 1)
            np.testing.assert_allclose(np.asarray(got), want, rtol=0, atol=32 * unit)


def test_no_degree_of_freedom_is_warned_of():
    with pytest.warns(RuntimeWarning, match="Degrees of freedom <= 0 for slice"):
        lz.cov(lz.asarray([[1.0], [2.0]])).compute()


EXACT = ["bool", "int8", "uint8", "int16", "uint32", "int64", "uint64", "float32", "float64"]
SHORT = [(1, 1), (2, 1), (5, 3), (3, 5), (40, 2), (40, 3), (40, 4), (8, 40), (40, 11), (12, 11), (11, 11), (1000, 7)]
LONG = [(40, 12), (17, 17), (40, 33), (50, 40), (1000, 100), (64, 2000)]


def sequence(n, dtype, seed):
    x = np.random.default_rng(seed).standard_normal(n) * 3
    if dtype == "bool":
        return x > 0
    if dtype[0] == "c":
        return (x + 1j * x[::-1]).astype(dtype)
    return (abs(x) * 40 if dtype[0] == "u" else x).astype(dtype)


def bound(a, v, dtype):
    """How far sums of other orders may be away: of each term, its rounding and that of every sum after it."""
    k = min(len(a), len(v))
    return 2 * k * np.finfo(dtype).eps * np.abs(v).max() * np.abs(a).max() * k


@pytest.mark.parametrize("mode", ["valid", "same", "full", 0, 1, 2])
@pytest.mark.parametrize("dtype", [*EXACT, "float16", "complex64", "complex128"])
@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_convolution_and_correlation(name, dtype, mode):
    for n, k in SHORT + LONG:
        a, v = sequence(n, dtype, 1), sequence(k, dtype, 2)
        want = getattr(np, name)(a, v, mode)
        got = getattr(lz, name)(lz.asarray(a), lz.asarray(v), mode)
        assert (got.dtype, got.shape) == (want.dtype, want.shape)
        got = np.asarray(got)
        short, long = sorted((n, k))
        if a.dtype.kind in "biu":
            np.testing.assert_array_equal(got, want)
        elif dtype in ("float32", "float64"):
            np.testing.assert_allclose(got, want, rtol=0, atol=bound(a, v, dtype))
            if short <= 11:
                left = (0, short // 2, short - 1)[{"valid": 0, "same": 1, "full": 2}.get(mode, mode)]
                left = len(want) - left - (long - short + 1) if name == "correlate" and n < k else left
                inside = slice(left, left + long - short + 1)
                np.testing.assert_array_equal(got[inside], want[inside])
        else:
            np.testing.assert_allclose(got, want, rtol=0, atol=bound(a, v, dtype))


@pytest.mark.parametrize("k", [3, 20])
def test_ends_see_no_padding(k):
    a, v = np.ones(50), np.ones(k)
    v[0], v[-1] = np.inf, -0.0
    for mode in ("valid", "same", "full"):
        same(lz.convolve(lz.asarray(a), lz.asarray(v), mode), np.convolve(a, v, mode))
        zeros = -np.zeros(50)
        same(lz.correlate(lz.asarray(zeros), lz.asarray(v[1:]), mode), np.correlate(zeros, v[1:], mode))


@cases(
    convolve=[
        A(V, [1, 2], "valid"),
        A(V, 2),
        A(3, 2),
        A(V, V.astype("f4")),
        A(U1[0], F2[0]),
        A(V, [0.5, 2]),
        A([], [1]),
        A([1], []),
        A(F8, [1]),
        A([1], F8),
        A(V, V, "no"),
        A(V, V, "Valid"),
        A(V, V, "foo"),
        A(V, V, ""),
        A(V, V, 3),
        A(V, V, -1),
        A(V, V, 1.5),
        A(V, V, None),
    ],
    correlate=[
        A(V, [1, 2j], "full"),
        A([1, 2j], V, "full"),
        A(V, V.astype("f4"), "same"),
        A(V, 2),
        A(3, V),
        A([], [1]),
        A([1], []),
        A(F8, [1]),
        A([[1]], [1]),
        A([1], F8),
        A(V, V, "no"),
        A(V, V, 3),
        A(V, V, 1.5),
        A(V, V, None),
    ],
)
def test_arguments_of_convolutions(name, args, kwargs):
    check(name, *args, **kwargs)


WINDOWS = [
    A(V, 2),
    A(F8, (2, 3)),
    A(F8, [2, 2]),
    A(F8, 2, axis=0),
    A(F8, 4, axis=-1),
    A(F8, (2, 2), axis=(1, 1)),
    A(F8, (2, 3), axis=(0, 1)),
    A(F8, (), axis=()),
    A(F8, (1, 1)),
    A(F8, 0, axis=0),
    A(CUBE, (2, 2), (2, 0)),
    A(F8[::-1, ::2], (2, 2)),
    A(EMPTY, 2, axis=1),
    A(np.array(3.0), ()),
    A(F8, 2),
    A(F8, (2, 5)),
    A(F8, -1, axis=0),
    A(F8, 2, axis=2),
    A(F8, (2, 2), axis=0),
    A(F8, 2, (0, 1)),
    A(V, 2, writeable=True),
]


@pytest.mark.parametrize(("args", "kwargs"), WINDOWS)
def test_windows(args, kwargs):
    view = np.lib.stride_tricks.sliding_window_view
    try:
        want = view(*args, **kwargs)
    except Exception as e:
        with pytest.raises(type(e).__mro__[-4] if type(e).__name__ == "AxisError" else type(e)) as info:
            lz.sliding_window_view(*lazy(args), **kwargs)
        assert str(info.value) == str(e)
        return
    for function in (lz.sliding_window_view, lz.lib.stride_tricks.sliding_window_view, view):
        same(function(*lazy(args), **kwargs), want)
    same(lz.sliding_window_view(lz.asarray(args[0]) * 2, *args[1:], **kwargs), want * 2)


@pytest.mark.parametrize("x", REAL)
@pytest.mark.parametrize("k", [1, 3, 8, 20])
@pytest.mark.parametrize("name", ["sum", "min", "max", "mean", "argmax", "any", "std", "prod"])
def test_reductions_of_windows(name, k, x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x = np.resize(x, 200)
        rows = np.lib.stride_tricks.sliding_window_view(x, k)
        got = getattr(lz.sliding_window_view(lz.asarray(x), k), name)(axis=-1)
        want = getattr(rows, name)(axis=-1)
        if x.dtype.kind == "f" and name in ("sum", "mean", "std", "prod") or name in ("std", "mean"):
            ulp = 4e-3 if x.dtype == "float16" else 1e-5 if x.dtype == "float32" else 1e-13
            np.testing.assert_allclose(np.asarray(got), want, rtol=ulp, atol=ulp)
        else:
            assert got.dtype == want.dtype
            np.testing.assert_array_equal(np.asarray(got), want)  # of zeros of both signs, either


def test_reductions_of_windows_store_no_windows():
    x = lz.asarray(LINE)
    assert walks(lz.sliding_window_view(x, 5).mean(-1) * 2) == 1
    assert walks(lz.sliding_window_view(x, 20).max(-1)) == 1
    assert walks(lz.sliding_window_view(lz.asarray(WIDE), (3, 3)).max((-2, -1))) == 1
    # What windows slide over is made once.
    text = lz.explain(lz.sliding_window_view(lz.sin(lz.asarray(np.resize(LINE, 5000))), 500).sum(-1))
    assert text.count("walk ") <= 3


def test_stencils_are_one_walk():
    x, y = lz.asarray(LINE), lz.asarray(WIDE)
    assert walks(lz.diff(x * 2, 3)) == 1
    assert walks(abs(lz.diff(x)).sum()) == 1
    assert walks(lz.trapezoid(lz.exp(x), lz.asarray(PLACES))) == 1
    assert walks(lz.sqrt(lz.convolve(x * 2, [1.0, 2.0, 1.0], "valid"))) == 1
    assert walks(lz.correlate(x, lz.asarray(LINE[:11]))) == 1
    five = y[1:-1, 1:-1] + 0.1 * (y[2:, 1:-1] + y[:-2, 1:-1] + y[1:-1, 2:] + y[1:-1, :-2] - 4 * y[1:-1, 1:-1])
    assert walks(five) == 1


def test_zero_distances_warn_as_numpy():
    same_outcome(lambda np, x: np.gradient(x, 0.0, axis=1), F8)
    same_outcome(lambda np, x: np.gradient(x, 0.0, axis=0), np.zeros((4, 3)))


@pytest.mark.parametrize("width", [True, np.uint8(1), [True, False], np.int8(2), {0: True}, {-1: (1, 2)}, -1, 1.0, 0])
def test_widths_of_padding_are_signed_integers(width):
    same_outcome(lambda np, x: np.pad(x, width), np.arange(3.0))


def heat(xp, u, kind):
    """One step of the heat equation."""
    if kind == "roll":
        around = xp.roll(u, 1, 0) + xp.roll(u, -1, 0) + xp.roll(u, 1, 1) + xp.roll(u, -1, 1)
        return u + 0.1 * (around - 4 * u)
    if kind == "pad":
        u = xp.pad(u, 1, mode="edge")
    i = u[1:-1, 1:-1]
    return i + 0.1 * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * i)


def peak(text):
    line = next(line for line in text.splitlines() if "peak extra memory" in line)
    return int(line.split(":")[1].split()[0].replace(",", ""))


@pytest.mark.parametrize("kind", ["roll", "pad", "shrink"])
@pytest.mark.parametrize("shape", [(90, 110), (9, 7000), (41, 53)])
def test_steps_of_the_heat_equation(kind, shape):
    x = np.random.default_rng(3).random(shape)
    steps = 3 if kind == "shrink" else 20
    ours, theirs, peaks = lz.asarray(x), x, []
    for _ in range(steps):
        ours, theirs = heat(lz, ours, kind), heat(np, theirs, kind)
        same(ours, theirs)
        peaks.append(peak(ours.explain()))
    # Memory does not grow with the number of steps: it is that of two arrays, from the size on at which joins are open.
    assert max(peaks) <= (2.6 if x.size >= 4096 else 10.1) * x.nbytes
    assert max(peaks[2:]) == max(peaks[-2:]) or kind == "shrink"
    if shape == (90, 110) and kind == "roll":
        # Nobody stores what is rolled: each step is nine walks, one for each side and corner, and makes one array.
        assert walks(heat(lz, lz.asarray(x), kind)) == 9
        assert peaks[0] == x.nbytes


def test_repeated_means_of_neighbours():
    x = np.random.default_rng(5).random((90, 110))
    ours, theirs = lz.asarray(x), x
    for step in range(1, 9):
        ours, theirs = (
            0.25 * (xp.roll(u, 1, 0) + xp.roll(u, -1, 0) + xp.roll(u, 1, 1) + xp.roll(u, -1, 1))
            for xp, u in ((lz, ours), (np, theirs))
        )
        same(ours, theirs)
        # Two steps are made in one walk and its edges; nobody asks a join of joins for single elements.
        assert walks(ours) <= 25 * (step + 1) // 2 and "made where" not in ours.explain()
        assert peak(ours.explain()) <= 2.6 * x.nbytes


JOINS = {
    "difference": lambda xp, x, y: x - xp.roll(x, 1, axis=0),
    "chain": lambda xp, x, y: xp.sqrt(abs(xp.roll(x, 3, axis=1) * 2 - y)) + xp.roll(y, -2, axis=0),
    "reversed": lambda xp, x, y: xp.roll(x, 5, axis=0)[::-1, ::-1] - y,
    "transposed": lambda xp, x, y: (xp.roll(x, 5, axis=0).T * y.T).T + 1,
    "every other": lambda xp, x, y: xp.roll(x, 5, axis=0)[::2] * 2,
    "broadcast": lambda xp, x, y: xp.concatenate([x[0, :10], y[0, 10:]]) * y + xp.concatenate([x[:50, :1], y[50:, :1]]),
    "padded": lambda xp, x, y: xp.pad(x, ((1, 2), (3, 0)), mode="reflect")[2:-1, 1:-2] * y[:, :] + x,
    "constant": lambda xp, x, y: xp.pad(x[1:], ((1, 0), (0, 0))) + y,
    "reduced": lambda xp, x, y: (xp.roll(x, 1, axis=1) * y).sum(axis=1),
    "joined": lambda xp, x, y: xp.concatenate([xp.roll(x, 1, axis=1) * 2, y]),
    "many": lambda xp, x, y: xp.concatenate([x[i : i + 5] for i in range(0, 100, 5)]) * y,
    "short": lambda xp, x, y: xp.stack([xp.roll(x, 1, 0), y, x]).max(axis=0) * 2,
    "product": lambda xp, x, y: (xp.roll(x, 1, 0) > 0) @ (xp.roll(y, 1, 1) > 0).T,
    "scan": lambda xp, x, y: xp.cumsum(xp.roll(x, 1, 0) * 2 > 0, axis=0),
    "slopes": lambda xp, x, y: xp.gradient(x, axis=0) ** 2 + xp.gradient(y, axis=1) ** 2,
    "exponential": lambda xp, x, y: xp.where(xp.roll(x, 1, 0) > 0, xp.roll(y, 1, 1), xp.roll(x, 1, 1)),
    "reshaped": lambda xp, x, y: (xp.roll(x, 1, 0) * 2).reshape(-1)[1:] - y.reshape(-1)[:-1],
    "of all": lambda xp, x, y: xp.roll(x, 7) + y,
}


@pytest.mark.parametrize("name", JOINS)
def test_what_is_made_of_joins(name):
    x, y = np.random.default_rng(5).standard_normal((2, 100, 120))
    function = JOINS[name]
    if name == "reduced":
        np.testing.assert_allclose(
            np.asarray(function(lz, lz.asarray(x), lz.asarray(y))), function(np, x, y), rtol=1e-12
        )
        return
    same(function(lz, lz.asarray(x), lz.asarray(y)), function(np, x, y))
    a, b = lz.asarray(x) * 2, lz.asarray(y) + 1
    same(function(lz, a, b), function(np, x * 2, y + 1))
    same(function(lz, a[:, ::-1], b[:, ::-1]), function(np, (x * 2)[:, ::-1], (y + 1)[:, ::-1]))


def test_several_results_of_joins():
    x, y = np.random.default_rng(5).standard_normal((2, 100, 120))

    def results(xp, x, y):
        r = xp.roll(x, 1, axis=0)
        d = x - r
        e = d * y
        return [r, d, e, e.max(axis=0), d > 0, xp.roll(e, 2, axis=1) - d, xp.maximum(d, xp.roll(y, 1, axis=1)), d.max()]

    whole = results(lz, lz.asarray(x), lz.asarray(y))
    want = results(np, x, y)
    for k in range(len(want)):
        for chosen in ([k], [k, 1], [2, k], list(range(len(want)))):
            got = lz.compute(*(whole[i] for i in chosen))
            for g, i in zip(got, chosen, strict=True):
                np.testing.assert_array_equal(g, want[i])
    assert walks(x_minus_rolled := results(lz, lz.asarray(x), lz.asarray(y))[1]) == 2, x_minus_rolled.explain()


def test_what_windows_slide_over_is_made_once():
    x = np.random.default_rng(5).standard_normal(20_000)
    slow = lz.sliding_window_view(lz.sin(lz.asarray(x)), 50).sum(-1)
    assert walks(slow) == 2
    rows = np.lib.stride_tricks.sliding_window_view(np.sin(x), 50)
    np.testing.assert_allclose(np.asarray(slow), rows.sum(-1), rtol=0, atol=1e-12)
    # Short windows of one light operation are made of it at once.
    assert walks(lz.sliding_window_view(lz.asarray(x) * 2, 3).sum(-1)) == 1


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32", "float64"])
@pytest.mark.parametrize("name", ["min", "max", "any", "all", "count_nonzero", "sum", "prod", "nanmax"])
def test_filters_of_images(name, dtype):
    x = (np.random.default_rng(6).standard_normal((60, 70)) * 3).astype(dtype)
    for window in [(3, 3), (2, 2), (1, 5), (5, 1), (4, 8), (6, 6)]:
        want = getattr(np, name)(np.lib.stride_tricks.sliding_window_view(x, window), axis=(-2, -1))
        for array in (lz.asarray(x), lz.asarray(x) + lz.asarray(np.zeros((), dtype))):
            got = getattr(lz, name)(lz.sliding_window_view(array, window), axis=(-2, -1))
            assert got.dtype == want.dtype
            if x.dtype.kind == "f" and name in ("sum", "prod"):
                scale = np.abs(want).max() * np.finfo(dtype).eps * 64
                np.testing.assert_allclose(np.asarray(got), want, rtol=0, atol=scale)
            else:
                np.testing.assert_array_equal(np.asarray(got), want)
    if name == "max" and dtype != "bool":
        # Filters and what uses them are one walk.
        assert walks(lz.sliding_window_view(lz.asarray(x), (3, 3)).max((-2, -1)) == 1) == 1


def test_short_folds_beside_rolled_arrays():
    """Where one operand is a join and another a reduction of a few elements, both are part of the walks."""
    x, y = np.random.default_rng(5).random((5000, 3)), np.random.default_rng(6).random(5000)
    a, b = lz.asarray(x), lz.asarray(y)
    same(a.max(axis=1) + lz.roll(b, 3), x.max(axis=1) + np.roll(y, 3))
    same(lz.roll(a, 3, axis=0).sum(axis=1) - lz.roll(b, 3), np.roll(x, 3, axis=0).sum(axis=1) - np.roll(y, 3))
    same((lz.roll(b, 1) - lz.concatenate([a, a[:, :1]], axis=1).min(axis=1)) * 2, (np.roll(y, 1) - x.min(axis=1)) * 2)


@pytest.mark.parametrize("lengths", [(3,), (9,), (40,), (2, 2), (3, 5), (5, 4)], ids=str)
def test_reductions_of_windows_are_numpys(lengths):
    rng = np.random.default_rng(5)
    for x in (rng.integers(-9, 9, (50, 61)), rng.standard_normal((50, 61)), rng.standard_normal((61, 50)).T):
        axes = (0, 1)[-len(lengths) :]
        ours = lz.lib.stride_tricks.sliding_window_view(lz.asarray(x), lengths, axes)
        numpy = np.lib.stride_tricks.sliding_window_view(x, lengths, axes)
        inside = tuple(range(2, 2 + len(lengths)))
        for name in ("sum", "max", "mean", "std", "any"):
            got = getattr(ours, name)(axis=inside).compute()
            np.testing.assert_allclose(got, getattr(numpy, name)(axis=inside), rtol=1e-13, atol=1e-13, err_msg=name)
        scaled = (ours * 2 + 1).min(axis=inside) + ours.sum(axis=inside)
        np.testing.assert_allclose(
            scaled.compute(), (numpy * 2 + 1).min(axis=inside) + numpy.sum(axis=inside), atol=1e-13
        )
