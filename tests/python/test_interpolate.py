"""`interp` against NumPy's, to the bit, with its errors and without warnings."""

import warnings

import numpy as np
import pytest
from lazy_checks import A, cases, check
from samples import rng

import numpy_rs.lazy as lz

INF, NAN = np.inf, np.nan
SPECIAL = np.array([NAN, INF, -INF, 0.0, -0.0, 1, 2, 3, 0.5, 1.5, 2.5, -1, 4, 1e308, -1e308, 5e-324])
R = rng("interpolate")
X, XP, FP = R.standard_normal((50, 80)), np.sort(R.standard_normal(300)), R.standard_normal(300)


def same(*args, **kwargs):
    """Of NaNs the sign says nothing. NumPy's loop says nothing of what goes wrong."""
    want = np.asarray(np.interp(*args, **kwargs))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = np.asarray(lz.interp(*(lz.asarray(a) if isinstance(a, np.ndarray) else a for a in args), **kwargs))
    assert got.dtype == want.dtype and got.shape == want.shape
    for part in ("real", "imag"):
        g, w = (np.where(np.isnan(getattr(z, part)), NAN, getattr(z, part)) for z in (got, want))
        assert g.tobytes() == w.tobytes(), (args, kwargs, got, want)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("seed", range(60))
def test_special_values(seed):
    r = np.random.default_rng(seed)
    n = int(r.integers(1, 9))
    xp = np.sort(r.choice([-INF, -1e308, -2, -1, -0.5, 0, 0.5, 1, 1, 2, 3, 7, 1e308, INF], n))
    fp = r.choice([0.0, -0.0, 1, 2, -3, INF, -INF, NAN, 1e308, -1e308, 5.5], n)
    same(SPECIAL, xp, fp)
    same(SPECIAL, xp, fp, left=-7.5, right=NAN)
    same(SPECIAL, xp, fp + 1j * r.permutation(fp))
    same(SPECIAL, xp, fp * 1j, left=1 + 2j)
    # NumPy's sort for `period` leaves equal points in any order.
    xp = r.choice([-2, -1.25, -0.5, 0, 0.25, 1, 7.5 + 0.125], min(n, 7), replace=False)
    same(SPECIAL[3:], xp, fp[: len(xp)], period=16.0)


def test_many_points():
    same(X, XP, FP)
    same(X[::-1, ::3], XP, FP, left=0)
    same(X, XP[::2], FP[::2], right=1)
    same(np.sort(X.ravel()), XP, FP)
    same(X, XP, FP + 1j * FP[::-1])
    same(X, R.permutation(XP), FP, period=-360)
    same(X.astype("f4"), XP.astype("f4"), FP.astype("f2"))
    same((X * 3).astype("i8"), np.arange(-5, 9), np.arange(14))
    same(X, [0, 1], [True, False])
    same(0.5, [0, 1], [2, 5])


def test_lazy_points_and_ends():
    x, xp, fp = (lz.asarray(a) * 2 for a in (X, XP, FP))
    end = lz.asarray(FP).max()
    want = np.interp(X * 2, XP * 2, FP * 2, left=FP.max())
    np.testing.assert_array_equal(np.asarray(lz.interp(x, xp, fp, left=end)), want)
    np.testing.assert_array_equal(np.asarray(np.interp(x, xp, fp, left=end)), want)


def test_fused_with_what_comes_before_and_after():
    x = lz.asarray(np.linspace(0, 1, 100_000))
    text = lz.explain((lz.interp(x * 2 - 0.5, XP, FP) ** 2).sum())
    assert [line for line in text.splitlines() if line.startswith("walk ")][-1].startswith("walk 2: 100,000 elements")
    assert text.count("\nwalk ") + text.startswith("walk ") == 2  # slopes, and all else


@cases(
    interp=[
        A(1, [], []),
        A(1, [1], [1, 2]),
        A(1, [[1]], [1]),
        A(1, [1], [[1]]),
        A(1, 1, [1]),
        A(1, [1], 1),
        A(1j, [1], [1]),
        A(1, [1j], [1]),
        A([1j], [1, 2], [1j, 2]),
        A([], [1], [1]),
        A(1, [1, 2], [1, 2], period=0),
        A(1, [1, 2], [1, 2], left=1j),
        A(1, [1, 2], [1, 2], left="a"),
        A(1, [1, 2], [1j, 2], left="a"),
        A(1, [1, 2], [1, 2], period=3, left=5),
        A(1, [[1]], [1], period=2),
        A(1, [1, 2], [1], period=2),
        A(1, [1], [1], period=2),
    ]
)
def test_arguments(name, args, kwargs):
    check(name, *args, **kwargs)
