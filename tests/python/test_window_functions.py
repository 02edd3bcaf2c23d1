"""Window functions, the Bessel function of one, and polynomials against NumPy."""

import numpy as np
import pytest
from lazy_checks import B1, C8, C16, EMPTY, F2, F4, F8, I8, NANS, U1, A, V, cases, check, same_outcome

import numpy_rs.lazy as lz


@pytest.mark.parametrize("name", ["bartlett", "blackman", "hamming", "hanning"])
@pytest.mark.parametrize("m", [-3, 0, 0.5, 1, 2, 3, 4, 5.5, 12, 51, np.int8(7), np.float32(6), True])
def test_windows(name, m):
    # Cosines may differ by an ulp, beside sums near one; zeros at the ends are differences of such.
    want = getattr(np, name)(m)
    got = getattr(lz, name)(m)
    assert (got.shape, got.dtype) == (want.shape, want.dtype)
    np.testing.assert_allclose(np.asarray(got), want, rtol=0, atol=2 * np.finfo(float).eps)


@cases(
    kaiser=[A(m, b) for m in (-2, 0, 1, 2, 5, 12, 5.5, 51) for b in (0, 1, 8.6, 14.0, -5, np.float32(2.5))]
    + [A(5, 1j), A(1, 3), A(5, np.inf)],
    i0=[
        A(0),
        A(1.5),
        A(F8),
        A(I8),
        A(F4),
        A(F2),
        A(U1),
        A(B1),
        A(NANS),
        A(C8),
        A(EMPTY),
        A(np.linspace(-20, 20, 101)),
        A(np.array([8.0, np.nextafter(8, 9), 700.0, 720.0, -0.0, 1e-300])),
        A([[1, 2], [3, 40]]),
    ],
)
def test_bessel_function(name, args, kwargs):
    # One exponential or two, a division, a root: each within an ulp.
    check(name, *args, ulp=6, **kwargs)


@pytest.mark.parametrize("x", [np.array([0, np.inf, 1e3, -np.inf]), np.array([0, 3, 9, 20], "f2"), NANS, F8])
def test_bessel_function_warns_as_numpys(x):
    # Values are compared above; what is said must be the same.
    same_outcome(lambda m, x: m.isfinite(m.i0(x)), x)


@cases(
    polyval=[
        A([3, 0, 1], 5),
        A([3, 0, 1], [5, 2]),
        A([3, 0, 1], F8),
        A([3.5, 0, 1], I8),
        A([1, 2], U1),
        A(F8[0], F8),
        A(F4[0], F4),
        A(F4[0], F8),
        A(V, F4),
        A(C16[0], F8),
        A(F8[0], C8),
        A([], F8),
        A([], V),
        A([2], NANS),
        A([1, 2], NANS),
        A(I8[:, :3], V),
        A(I8, 2),
        A(3, V),
        A([True, True], B1),
        A(V, EMPTY),
        A([2, 1j], 1.5),
    ],
)
def test_polynomials(name, args, kwargs):
    check(name, *args, **kwargs)


def test_polynomials_that_are_objects_are_refused():
    with pytest.raises(NotImplementedError):
        lz.polyval([1, 2], np.poly1d([1, 2]))


def test_polynomials_and_windows_are_one_walk():
    x = lz.asarray(np.linspace(0, 1, 1000))
    for z in [
        (lz.polyval([1.5, 2, 3], x) * lz.hanning(1000)).sum(),
        lz.i0(x) * 2,
    ]:
        assert "passes over memory: 1\n" in z.explain()
