"""Factorisations against NumPy: values, shapes, types, errors; vectors are compared by what they promise."""

import itertools
import warnings

import numpy as np
import pytest

import numpy_rs.lazy as lz

RNG = np.random.default_rng(20261129)
TYPES = ["f4", "f8", "c8", "c16"]
# Around the small matrices, and the blocks that larger ones are cut into.
LENGTHS = [1, 2, 3, 8, 15, 16, 17, 33, 64, 100]
FRONTS = [(), (3,), (2, 0), (2, 1, 3)]


def random(shape, dtype="f8"):
    """Numbers around zero; of integers, small ones."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iub":
        return RNG.integers(0, 9, shape).astype(dtype)
    x = RNG.standard_normal(shape)
    if dtype.kind == "c":
        x = x + 1j * RNG.standard_normal(shape)
    return x.astype(dtype)


def definite(shape, dtype="f8"):
    """Positive definite matrices."""
    x = random(shape, dtype)
    return x @ x.mT.conj() + np.eye(shape[-1], dtype=dtype)


def outcome(f, *args, **kwargs):
    """The result of a call, computed, or its error."""
    try:
        return tree(f(*args, **kwargs))
    except Exception as e:
        return e


def tree(x):
    """The arrays of a result."""
    return [np.asarray(v) for v in x] if isinstance(x, tuple) else [np.asarray(x)]


def close(got, want, factor=1.0):
    """Types and shapes are the same, values nearly."""
    assert got.dtype == want.dtype
    assert got.shape == want.shape
    if want.size == 0:
        return
    if want.dtype.kind not in "fc":
        np.testing.assert_array_equal(got, want)
        return
    with np.errstate(all="ignore"):
        scale = np.abs(want[np.isfinite(want)]).max(initial=np.finfo(want.dtype).tiny)
    tolerance = factor * 100 * np.finfo(want.dtype).eps * max(1, max(want.shape, default=1))
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * scale)


def compare(name, *args, factor=1.0, **kwargs):
    """Both packages give the same, or refuse with the same words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = outcome(getattr(np.linalg, name), *args, **kwargs)
        lazy = [lz.asarray(a) if isinstance(a, np.ndarray) else a for a in args]
        got = outcome(getattr(lz.linalg, name), *lazy, **kwargs)
    if isinstance(want, Exception):
        assert isinstance(got, Exception), f"{name} gives {got}, NumPy refuses: {want}"
        assert str(got) == str(want)
        assert type(want).__name__ in [c.__name__ for c in type(got).__mro__]
        return
    if isinstance(got, Exception):
        raise got
    assert len(got) == len(want)
    for g, w in zip(got, want, strict=True):
        close(g, w, factor)


def views(x):
    """The same matrices, laid out otherwise."""
    yield x
    yield x.mT.copy().mT
    yield x[..., ::-1, :].copy()[..., ::-1, :]
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
    wide[..., ::2] = x
    yield wide[..., ::2]


def well(n, front, dtype):
    """Matrices that are easy to invert, whose pivots are not on the diagonal."""
    return random((*front, n, n), dtype) + n * np.roll(np.eye(n, dtype=dtype), 1, 0)


@pytest.mark.parametrize("dtype", [*TYPES, "i4", "?"])
@pytest.mark.parametrize("front", FRONTS)
def test_solve_inv_det(dtype, front):
    for n in LENGTHS:
        a = well(n, front, dtype)
        for x in views(a):
            compare("solve", x, random((*front, n, 3), dtype))
            compare("solve", x, random(n, dtype))
            compare("inv", x)
        with np.errstate(all="ignore"):
            compare("det", a, factor=10)
        compare("slogdet", a)


def test_right_hand_sides_broadcast():
    for left, right in [
        ((), (4, 3, 2)),
        ((4,), (3, 2)),
        ((4, 1), (5, 3, 2)),
        ((4,), (3,)),
        ((2, 4), (3,)),
        ((), (3, 0)),
    ]:
        compare("solve", well(3, left, "f8"), random(right))
    compare("solve", well(20, (4, 1), "f8"), random((5, 20, 70)))
    compare("solve", well(3, (), "f4"), random((3, 2), "f8"))
    compare("solve", well(3, (), "f4"), random((3, 2), "c8"))
    compare("solve", well(3, (), "i4"), random((3, 2), "f4"))


@pytest.mark.parametrize("dtype", [*TYPES, "i4"])
@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("upper", [False, True])
def test_cholesky(dtype, front, upper):
    for n in [*LENGTHS, 150]:
        a = definite((*front, n, n), dtype)
        for x in views(a):
            compare("cholesky", x, upper=upper)
    # The other triangle is not read.
    a = definite((20, 20), "c16")
    a[(np.tril if upper else np.triu)(np.ones((20, 20), bool), -1 if upper else 1)] = np.nan
    compare("cholesky", a, upper=upper)


@pytest.mark.parametrize("dtype", [*TYPES, "i4"])
@pytest.mark.parametrize("front", [(), (2, 0), (5,)])
@pytest.mark.parametrize("mode", ["reduced", "complete", "r", "raw"])
def test_qr(dtype, front, mode):
    for m, n in [(1, 1), (3, 2), (2, 3), (8, 8), (16, 16), (17, 16), (40, 33), (33, 40), (100, 64), (0, 3), (3, 0)]:
        x = random((*front, m, n), dtype)
        for a in views(x) if n else [x]:
            compare("qr", a, mode, factor=30)


def test_signs_of_qr_are_lapacks():
    for a in [np.eye(3), -np.eye(3), np.array([[0.0, -0.0], [-0.0, 1.0]]), np.diag([1j, -1.0]), np.zeros((3, 2))]:
        for mode in ["reduced", "raw"]:
            compare("qr", a, mode)
    compare("qr", np.array([[3e-200, 0], [4e-200, 1]]), "r")
    compare("qr", np.array([[3e200, 0], [4e200, 1]]), "r")


@pytest.mark.parametrize("dtype", [*TYPES, "i4"])
@pytest.mark.parametrize("front", FRONTS)
def test_svd(dtype, front):
    for m, n in [(1, 1), (3, 2), (2, 3), (16, 17), (60, 40), (0, 3), (3, 0)]:
        a = random((*front, m, n), dtype)
        for x in views(a) if n else [a]:
            compare("svdvals", x)
            compare("svd", x, compute_uv=False)
        for full in [True, False]:
            want, got = np.linalg.svd(a, full), lz.linalg.svd(a, full)
            assert got._fields == want._fields
            u, s, vh = tree(got)
            assert [(x.shape, x.dtype) for x in (u, s, vh)] == [(x.shape, x.dtype) for x in want]
            k = min(m, n)
            close((u[..., :k] * s[..., None, :]) @ vh[..., :k, :], a.astype(u.dtype))
            for x in (u, vh.mT):
                eye = np.broadcast_to(np.eye(x.shape[-1], dtype=x.dtype), (*front, x.shape[-1], x.shape[-1]))
                close(x.mT.conj() @ x, eye)


@pytest.mark.parametrize("dtype", [*TYPES, "i4"])
@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("triangle", ["L", "U", "u"])
def test_eigh(dtype, front, triangle):
    for n in [0, 1, 2, 3, 17, 60]:
        a = random((*front, n, n), dtype)
        compare("eigvalsh", a, triangle)
        want, got = np.linalg.eigh(a, triangle), lz.linalg.eigh(a, triangle)
        assert got._fields == want._fields
        w, v = tree(got)
        assert [(x.shape, x.dtype) for x in (w, v)] == [(x.shape, x.dtype) for x in want]
        own = np.tril(a) if triangle == "L" else np.triu(a)
        h = own + own.mT.conj()
        h[..., range(n), range(n)] = np.diagonal(a, axis1=-2, axis2=-1).real
        close(h.astype(v.dtype) @ v, v * w[..., None, :])
    a = definite((5, 5))
    a = a - a.mT @ np.eye(5) * 0.5
    for uv in [False, True]:
        got = tree(lz.linalg.svd(a, compute_uv=uv, hermitian=True))
        want = tree(np.linalg.svd(a, compute_uv=uv, hermitian=True))
        if not uv:
            close(got[0], want[0])
        else:
            close(got[1], want[1])
            close((got[0] * got[1]) @ got[2], (want[0] * want[1]) @ want[2])


def matched(got, want):
    """Eigenvalues in the order of others."""
    left = list(got)
    return np.array([left.pop(int(np.argmin(np.abs(np.array(left) - w)))) for w in want], want.dtype)


@pytest.mark.parametrize("dtype", [*TYPES, "i4"])
@pytest.mark.parametrize("front", [(), (3,), (0,)])
def test_eig(dtype, front):
    for n in [0, 1, 2, 3, 17, 40]:
        a = random((*front, n, n), dtype)
        want, got = np.linalg.eig(a), lz.linalg.eig(a)
        assert got._fields == want._fields
        w, v = tree(got)
        assert [(x.shape, x.dtype) for x in (w, v)] == [(x.shape, x.dtype) for x in want]
        close(a.astype(v.dtype) @ v, v * w[..., None, :], 10)
        alone = np.asarray(lz.linalg.eigvals(a))
        assert alone.dtype == np.linalg.eigvals(a).dtype
        for index in np.ndindex(front):
            close(matched(w[index], want[0][index]), want[0][index], 100)
            close(matched(alone[index], w[index]), w[index], 100)
        if n:
            np.testing.assert_allclose(np.linalg.norm(v, axis=-2), 1, rtol=1e-5)


def test_real_eigenvalues_are_real():
    for a in [np.eye(3), np.triu(random((4, 4))), definite((6, 6)), [[1, 2], [2, 1]]]:
        w, v = lz.linalg.eig(a)
        assert w.dtype == v.dtype == np.float64
        assert lz.linalg.eigvals(a).dtype == np.float64
    w, v = lz.linalg.eig([[0.0, 1.0], [-1.0, 0.0]])
    assert w.dtype == v.dtype == np.complex128
    # Of complex matrices nothing is computed before it is asked for.
    assert lz.linalg.eig(np.eye(2, dtype="c8")).eigenvalues.dtype == np.complex64


@pytest.mark.parametrize("dtype", [*TYPES, "i4"])
def test_pseudo_inverses_and_ranks(dtype):
    for shape in [(1, 1), (5, 3), (3, 5), (2, 4, 3), (20, 17), (0, 3), (3, 0)]:
        a = random(shape, dtype)
        compare("pinv", a, factor=30)
        compare("pinv", a, 1e-3, factor=30)
        if np.dtype(dtype).kind in "fc":
            compare("pinv", a, rtol=None, factor=30)
        if 0 not in shape:
            compare("matrix_rank", a)
            compare("matrix_rank", a, 1.0)
            compare("matrix_rank", a, rtol=0.5)
    low = random((6, 2), dtype) @ random((2, 5), dtype)
    compare("matrix_rank", low)
    if dtype in ("f8", "c16"):
        compare("pinv", low, 1e-10, factor=100)
    compare("matrix_rank", definite((4, 4), dtype), hermitian=True)
    compare("pinv", definite((4, 4), dtype), hermitian=True, factor=100)
    for x in [np.zeros(3), np.ones(3), np.array(0), np.array(2.0)]:
        compare("matrix_rank", x)
    compare("matrix_rank", np.eye(3), tol=0.5, rtol=0.1)
    compare("pinv", np.eye(3), 1, rtol=1)


@pytest.mark.parametrize("dtype", [*TYPES, "i4"])
def test_least_squares(dtype):
    for (m, n), right in itertools.product([(5, 3), (3, 5), (4, 4), (40, 7), (1, 1)], [(), (1,), (4,), (0,)]):
        compare("lstsq", random((m, n), dtype), random((m, *right), dtype), factor=30)
    low = random((6, 2), "f8") @ random((2, 4), "f8")
    for rcond in [None, 1e-10, -1, 0.5]:
        if rcond != -1:
            compare("lstsq", low, random(6), rcond, factor=100)
        compare("lstsq", random((6, 4)), random(6), rcond, factor=100)
    compare("lstsq", np.zeros((0, 2)), np.zeros(0))
    compare("lstsq", np.ones((3, 0)), np.ones(3))


@pytest.mark.parametrize("dtype", TYPES)
def test_least_squares_of_many_rows(dtype):
    for (m, n), right in itertools.product([(2500, 3), (5000, 17), (2100, 200), (300, 280)], [(), (3,)]):
        compare("lstsq", random((m, n), dtype), random((m, *right), dtype), factor=100)
    low = random((4000, 2), "f8") @ random((2, 5), "f8")
    compare("lstsq", low, random(4000), factor=1000)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
@pytest.mark.parametrize("shape", [(9, 4), (4, 9), (3000, 4)])
def test_least_squares_of_far_numbers(shape, scale):
    a, b = random(shape), random(shape[0])
    x, residuals, rank, s = (np.asarray(v) for v in lz.compute(*lz.linalg.lstsq(a * scale, b)))
    x0, residuals0, rank0, s0 = np.linalg.lstsq(a, b, rcond=None)
    assert np.allclose(x * scale, x0, rtol=1e-11, atol=1e-13)
    assert np.allclose(s / scale, s0, rtol=1e-12) and np.allclose(residuals, residuals0, rtol=1e-10)
    assert rank == rank0


def test_least_squares_of_infinities_are_no_numbers():
    for rows in (4, 3000):
        a = random((rows, 3))
        a[2, 1] = np.inf
        x, residuals, rank, s = (np.asarray(v) for v in lz.compute(*lz.linalg.lstsq(a, random(rows))))
        assert np.isnan(x).all() and np.isnan(s).all()
        assert rank == 0 and residuals.shape == (0,)


def test_least_squares_refuses():
    compare("lstsq", np.eye(3), np.ones(2))
    compare("lstsq", np.ones((2, 3, 3)), np.ones((3, 1)))
    compare("lstsq", np.ones(3), np.ones(3))
    compare("lstsq", np.eye(3, dtype="f2"), np.ones(3))
    with pytest.raises(lz.linalg.LinAlgError, match="SVD did not converge in Linear Least Squares"):
        lz.linalg.lstsq([[np.nan, 1.0], [0.0, 1.0]], [1.0, 2.0])


@pytest.mark.parametrize("dtype", [*TYPES, "i4"])
@pytest.mark.parametrize("order", [None, 1, -1, 2, -2, np.inf, -np.inf, "fro", "nuc", 3, "bad"])
def test_condition_numbers_and_norms(dtype, order):
    for shape in [(3, 3), (2, 5, 5), (20, 20)]:
        compare("cond", well(shape[-1], shape[:-2], dtype), order)
    for shape, axis in [((3, 4), None), ((3, 4), (1, 0)), ((2, 3, 4), (0, 2)), ((2, 3, 4), (-1, 0))]:
        x = random(shape, dtype)
        if not (order == "bad" and axis is None):
            compare("norm", x, order, axis)
            compare("norm", x, order, axis, True)
    if order is not None:
        compare("matrix_norm", random((2, 3, 4), dtype), ord=order)
        compare("matrix_norm", random((2, 3, 4), dtype), ord=order, keepdims=True)


def test_condition_of_singular_matrices_is_infinite():
    singular = np.array([np.zeros((2, 2)), np.eye(2), [[1, 2], [2, 4]]])
    for order in [None, -2, 1, "fro"]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            got = np.asarray(lz.linalg.cond(singular, order))
        if order in (None, -2):
            assert got[1] == 1
            assert got[0] == np.inf
        else:
            close(got, np.linalg.cond(singular, order))
    for order in [1, "fro"]:
        compare("cond", np.array([[np.nan, 1], [1, 2]]), order)
    compare("cond", np.zeros((0, 0)))
    compare("cond", np.zeros((3, 0, 0)), 1)
    compare("cond", np.ones((2, 3)), 1)
    compare("cond", np.ones(3))
    compare("norm", np.zeros((0, 2)), 2)
    compare("norm", np.zeros((0, 2)), "nuc")
    compare("norm", np.zeros((0, 2)), -2)
    compare("norm", np.ones((2, 2), "f2"), 2)


def test_tensors():
    a = well(24, (), "f8").reshape(6, 4, 2, 3, 4)
    b = random((6, 4))
    compare("tensorsolve", a, b, factor=10)
    compare("tensorsolve", a.transpose(2, 0, 1, 3, 4), b, axes=(0, 3, 4), factor=10)
    compare("tensorinv", well(24, (), "f8").reshape(4, 6, 8, 3), factor=10)
    compare("tensorinv", well(24, (), "f8").reshape(24, 8, 3), ind=1, factor=10)
    compare("tensorsolve", np.ones((2, 3)), np.ones(3))
    compare("tensorinv", np.ones((2, 3)), ind=0)
    compare("tensorinv", np.ones((2, 3)), ind=1)


@pytest.mark.parametrize("n", [-1, -2, -5])
@pytest.mark.parametrize("dtype", [*TYPES, "i4"])
def test_negative_powers(dtype, n):
    for length in [1, 3, 20]:
        compare("matrix_power", well(length, (), dtype), n, factor=10)


ONE = [
    "inv",
    "det",
    "slogdet",
    "cholesky",
    "qr",
    "svd",
    "svdvals",
    "eigh",
    "eigvalsh",
    "eig",
    "eigvals",
    "pinv",
    "cond",
]


@pytest.mark.parametrize("name", ONE)
def test_refusals_are_numpys(name):
    for x in [np.array(5.0), np.ones(3), np.eye(3, dtype="f2"), np.ones((2, 3)), np.ones((4, 2, 3))]:
        if name == "pinv" and x.ndim == 0:
            continue
        if x.dtype == np.float16 or x.ndim < 2 or name not in ("qr", "svd", "svdvals", "pinv", "cond"):
            compare(name, x)


def test_shapes_that_do_not_fit():
    for a, b in [
        (np.ones((2, 3)), np.ones(2)),
        (np.ones(3), np.ones(3)),
        (np.eye(2), np.ones(3)),
        (np.eye(2), np.ones((3, 1))),
        (np.eye(2), np.array(1.0)),
        (np.ones((3, 2, 2)), np.ones((4, 2, 1))),
        (np.ones((3, 2, 2)), np.ones((5, 4, 2, 7))),
        (np.eye(2, dtype="f2"), np.ones(2)),
        (np.eye(2), np.ones(2, "f2")),
    ]:
        compare("solve", a, b)
    compare("eigh", np.eye(2), "X")
    compare("eigvalsh", np.eye(2), "")
    compare("qr", np.eye(2), "bad")
    with pytest.warns(DeprecationWarning, match="'full' option is deprecated in favor of 'reduced'"):
        lz.linalg.qr(np.eye(2), "full")
    with pytest.warns(DeprecationWarning, match="The 'economic' option is deprecated"):
        got = lz.linalg.qr(np.array([[1.0, 2], [3, 4], [5, 7]]), "economic")
    with pytest.warns(DeprecationWarning):
        close(np.asarray(got), np.linalg.qr(np.array([[1.0, 2], [3, 4], [5, 7]]), "economic"))


@pytest.mark.parametrize("n", [2, 16, 17, 70])
@pytest.mark.parametrize("dtype", TYPES)
def test_what_only_values_tell_is_refused_at_compute(n, dtype):
    a = random((3, n, n), dtype)
    a[1, -1] = 0
    for name, args in [("inv", ()), ("solve", (np.ones((3, n, 2)),))]:
        late = getattr(lz.linalg, name)(a, *args)
        with pytest.raises(lz.linalg.LinAlgError, match=r"^Singular matrix$"):
            late.compute()
    assert np.asarray(lz.linalg.det(a))[1] == 0
    sign, log = lz.linalg.slogdet(a)
    assert np.asarray(sign)[1] == 0
    assert np.asarray(log)[1] == -np.inf
    late = lz.linalg.cholesky(-np.eye(n, dtype=dtype))
    with pytest.raises(lz.linalg.LinAlgError, match=r"^Matrix is not positive definite$"):
        late.compute()
    a[2, 0, 0] = np.nan
    late = lz.linalg.svdvals(a)
    with pytest.raises(lz.linalg.LinAlgError, match=r"^SVD did not converge$"):
        late.compute()
    with pytest.raises(lz.linalg.LinAlgError, match=r"^Array must not contain infs or NaNs$"):
        lz.compute(*lz.linalg.eig(a))


def test_linalg_error_is_a_value_error():
    assert issubclass(lz.linalg.LinAlgError, ValueError)
    assert issubclass(np.linalg.LinAlgError, ValueError)
    with pytest.raises(ValueError, match="Singular matrix"):
        lz.linalg.inv(np.zeros((2, 2))).compute()


@pytest.mark.parametrize("n", [3, 16, 20, 70])
def test_numbers_that_are_not_finite(n):
    for value in [np.nan, np.inf]:
        a = well(n, (), "f8")
        a[1, 2] = value
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert not np.isfinite(lz.linalg.det(a).compute().item())
            assert not np.isfinite(np.asarray(lz.linalg.qr(a).R)).all()
            if np.isnan(value):
                assert np.isnan(np.asarray(lz.linalg.inv(a))).any()
            assert np.isnan(np.asarray(lz.linalg.eigvalsh(a.T))).all()
    compare("svdvals", np.array([[np.inf, 1.0], [1.0, 2.0]]))
    for a in [[[np.nan, 1], [1, 2]], [[2, 1], [1, np.nan]], [[np.inf, 1], [1, 2]]]:
        compare("cholesky", np.array(a))


@pytest.mark.parametrize("n", [4, 40])
def test_ill_conditioned_systems_have_small_residuals(n):
    hilbert = 1 / (np.arange(n)[:, None] + np.arange(n) + 1)
    b = random((n, 2))
    x = np.asarray(lz.linalg.solve(hilbert, b))
    assert np.abs(hilbert @ x - b).max() <= 100 * n * np.finfo(float).eps * np.abs(x).max()
    q, r = tree(lz.linalg.qr(hilbert))
    assert np.abs(q @ r - hilbert).max() <= 10 * n * np.finfo(float).eps
    assert np.abs(q.T @ q - np.eye(n)).max() <= 10 * n * np.finfo(float).eps
    graded = np.diag(10.0 ** -np.arange(0, 300, 300 // n)[:n])
    compare("slogdet", graded)
    compare("det", graded)
    compare("inv", graded)


def test_determinants_warn_as_numpys():
    for a, text in [(np.eye(400) * 1e10, "overflow"), (np.array([[1e200, 0], [0, 1e200]]), "overflow")]:
        with pytest.warns(RuntimeWarning, match=f"{text} encountered in det"):
            assert np.asarray(lz.linalg.det(a)) == np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for a in [np.zeros((3, 3)), np.diag([1e-200, 1e-200, 1e300]), np.full((3, 3), np.nan), np.eye(3)]:
            np.asarray(lz.linalg.slogdet(a)[1])
            np.asarray(lz.linalg.det(a))
            lz.linalg.eigh(a).eigenvalues.compute()
    compare("det", np.diag([1e-200, 1e-120, 1e200, 1e130]))


@pytest.mark.parametrize("dtype", ["f8", "c8"])
def test_threads_do_not_change_bits(dtype):
    before = lz.get_num_threads()
    try:
        for shape in [(300, 300), (40, 20, 20), (1000, 5, 5)]:
            a = well(shape[-1], shape[:-2], dtype)
            b = random((*shape[:-1], 200), dtype)
            h = definite(shape, dtype)
            found = set()
            for threads in (1, 2, 3):
                lz.set_num_threads(threads)
                made = [lz.linalg.solve(a, b), lz.linalg.inv(a), lz.linalg.cholesky(h), lz.linalg.det(a)]
                made += [*lz.linalg.qr(a), *lz.linalg.svd(a), *lz.linalg.eigh(h)]
                found.add(b"".join(np.asarray(x).tobytes() for x in made))
            assert len(found) == 1
    finally:
        lz.set_num_threads(before)


def test_results_of_one_factorisation_are_one_kernel():
    x = lz.asarray(random((30, 20))) * 2
    q, r = lz.linalg.qr(x)
    u, s, vh = lz.linalg.svd(x, full_matrices=False)
    both = (q @ r).sum() + (u * s @ vh).sum() + s.max()
    text = both.explain("plan")
    assert text.count("qr_reduced") == 1
    assert text.count("svd_s") == 1
    np.testing.assert_allclose(both.compute().item(), 2 * np.asarray(x).sum() + np.asarray(s).max(), rtol=1e-10)
    # What goes in and what comes out is fused around it.
    a = lz.asarray(well(30, (), "f8"))
    got = (lz.linalg.inv(a * 2 + lz.eye(30)) * 3 - 1).sum(0)
    np.testing.assert_allclose(np.asarray(got), (np.linalg.inv(np.asarray(a) * 2 + np.eye(30)) * 3 - 1).sum(0))


def test_numpys_functions_lead_here():
    a = lz.asarray(definite((3, 3)))
    for name in [*ONE, "matrix_rank"]:
        got = getattr(np.linalg, name)(a)
        for x in got if isinstance(got, tuple) else [got]:
            assert isinstance(x, lz.LazyArray)
    assert isinstance(np.linalg.solve(a, np.ones(3)), lz.LazyArray)
    assert all(isinstance(x, lz.LazyArray) for x in np.linalg.lstsq(a, np.ones(3)))
    assert isinstance(np.linalg.tensorinv(a, 1), lz.LazyArray)
    assert isinstance(np.linalg.tensorsolve(a, np.ones(3)), lz.LazyArray)


@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1e-15, 1e160, 1e300])
def test_scales_do_not_matter(scale):
    a = np.array([[1.0, 2, 0, 1], [3, 4, 1, 0], [0, 1, 5, 2], [1, 0, 2, 7]])
    m = a * scale
    rtol = 1e-2 if scale < 1e-300 else 1e-12
    np.testing.assert_allclose(np.asarray(lz.linalg.svdvals(m)), np.linalg.svdvals(m), rtol=rtol)
    symmetric = m + m.T
    np.testing.assert_allclose(
        np.asarray(lz.linalg.eigvalsh(symmetric)), np.linalg.eigvalsh(symmetric), rtol=rtol, atol=1e-14 * scale
    )
    if scale > 1e-300:
        values, vectors = (np.asarray(x) for x in lz.linalg.eig(m))
        unit = m / scale
        residual = unit @ vectors - vectors * (values / scale)
        assert np.abs(residual).max() < 1e-13 and np.isfinite(vectors).all()
        np.testing.assert_allclose(np.sort(values), np.sort(np.linalg.eigvals(m)), rtol=1e-12)


def test_norms_of_nothing_are_zero():
    for x, order in [((0, 3), np.inf), ((3, 0), 1), ((0,), np.inf)]:
        assert np.asarray(lz.linalg.norm(np.zeros(x), order)) == np.linalg.norm(np.zeros(x), order) == 0
    assert np.asarray(lz.linalg.matrix_rank(np.zeros((0, 3)))) == 0


def test_eigenvectors_of_defective_matrices_are_numbers():
    r = np.random.default_rng(3)
    jordan = np.eye(25) / 2 + np.eye(25, k=1) / 2
    strict = np.triu(r.standard_normal((30, 30)), 1)
    for a in [jordan, strict, strict * (1 + 1j), np.triu(np.ones((25, 25))), np.array([[3.0, -1], [1, 1]]) * 1e-15]:
        values, vectors = (np.asarray(x) for x in lz.linalg.eig(a))
        scale = np.abs(a).max()
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=0), 1, rtol=1e-12)
        assert np.abs(a / scale @ vectors - vectors * (values / scale)).max() < 1e-7
