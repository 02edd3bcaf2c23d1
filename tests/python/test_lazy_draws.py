"""Lazy draws that reject: NumPy's distributions and errors, and each number the same wherever it is made."""

import math

import numpy as np
import pytest
from test_distributions import COVARIANCES, ERRORS

import numpy_rs
import numpy_rs.lazy as lz

N = 100_000


def rng(seed=2026):
    return lz.random.default_rng(seed)


def values(x):
    return np.asarray(x.compute())


def same(got, want):
    got, want = values(got), np.asarray(want)
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    assert got.tobytes() == want.tobytes()


# Draws of a shape with parameters that are numbers: every row that rejects.
DRAWS = {
    "standard_gamma": (2.5,),
    "gamma": (0.4, 3.0),
    "beta": (2.0, 3.0),
    "chisquare": (3.0,),
    "noncentral_chisquare": (3.0, 1.5),
    "f": (4.0, 12.0),
    "noncentral_f": (4.0, 12.0, 1.5),
    "vonmises": (1.0, 4.0),
    "poisson": (50.0,),
    "binomial": (100, 0.4),
    "negative_binomial": (3.0, 0.4),
    "logseries": (0.8,),
    "zipf": (2.5,),
    "hypergeometric": (200, 300, 150),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_number_depends_on_its_place_alone(name):
    def draw(size):
        g = rng()
        g.random(3)
        return getattr(g, name)(*DRAWS[name], size)

    whole = values(draw(20_000))
    for n in (1, 35, 36, 37, 4095, 4097):
        same(draw(n), whole[:n])
    same(draw((4, 50, 100)), whole.reshape(4, 50, 100))
    same(draw(20_000)[7::-3], whole[7::-3])
    same(draw((200, 100)).T[3, 5:9], whole.reshape(200, 100).T[3, 5:9])


@pytest.mark.parametrize("name", DRAWS)
def test_parameters_by_arrays_give_the_numbers_of_parameters_by_numbers(name):
    parameters = DRAWS[name]
    alone = values(getattr(rng(), name)(*parameters, 9000)).reshape(3, 3000)
    full = [np.full((3, 3000), p) for p in parameters]
    same(getattr(rng(), name)(*full), alone)
    # Rows that differ in the first parameter, views of memory, and what is made in the graph.
    first = np.array([parameters[0], 2 * parameters[0], parameters[0]])
    if name == "logseries":
        first[1] = 0.3
    others = [values(getattr(rng(), name)(p, *parameters[1:], 9000)).reshape(3, 3000) for p in first.tolist()]
    rows = np.stack([others[i][i] for i in range(3)])
    same(getattr(rng(), name)(first[:, None], *parameters[1:], (3, 3000)), rows)
    same(getattr(rng(), name)(first[::-1].repeat(2)[::-2, None], *parameters[1:], (3, 3000)), rows)
    lazy = lz.asarray(first)[:, None] + np.zeros((3, 1), first.dtype)
    same(getattr(rng(), name)(lazy, *parameters[1:], (3, 3000)), rows)
    columns = values(getattr(rng(), name)(np.tile(first, 1000), *parameters[1:], (3, 3000))).reshape(3, 1000, 3)
    for i in range(3):
        assert (columns[..., i] == others[i].reshape(3, 1000, 3)[..., i]).all()


@pytest.mark.parametrize("name", DRAWS)
def test_bits_are_the_same_on_any_number_of_threads(name):
    before, results = numpy_rs.get_num_threads(), set()
    try:
        for threads in (1, 2, 3, 8):
            numpy_rs.set_num_threads(threads)
            x = getattr(rng(), name)(*DRAWS[name], 30_001)
            made = lz.compute(x, x * 2 + 1, x.sum(), x[::7].max())
            results.add(tuple(np.asarray(r).tobytes() for r in made))
    finally:
        numpy_rs.set_num_threads(before)
    assert len(results) == 1


def test_each_number_begins_a_block_of_the_stream():
    for before in range(6):
        ours, theirs = rng(7), np.random.Generator(np.random.Philox(7))
        ours.random(before), theirs.random(before)
        theirs.random(-before % 4)
        # Of no concentration: one word each.
        want = np.pi * (2 * theirs.random((50, 4))[:, 0] - 1)
        same(ours.vonmises(0.0, 0.0, 50), want)
        same(ours.random(5), theirs.random(5))
        ours.gamma(2.0, size=(0, 3))
        same(ours.random(5), theirs.random(5))
    ours = rng(7)
    ours.random(1, dtype="f4")
    left = ours.bit_generator.state["uinteger"]
    ours.poisson(3.0, 10)
    assert ours.random(dtype="f4").item() == np.float32((left >> 8) * 2.0**-24)


def test_streams_that_begin_next_to_each_other_are_independent():
    for x in (rng().gamma(0.3, size=N), rng().poisson(3, N), rng().binomial(100, 0.4, N)):
        v = values(x).astype(float)
        v = (v - v.mean()) / v.std()
        for lag in (1, 2, 4, 36):
            assert abs((v[lag:] * v[:-lag]).mean()) < 5 / math.sqrt(N)


lgamma = np.vectorize(math.lgamma, otypes=[float])


def lower_gamma(a, x):
    """The regularised incomplete gamma function, by its series."""
    x = np.asarray(x, float)
    term = np.exp(a * np.log(np.maximum(x, 1e-300)) - x - math.lgamma(a + 1))
    total, n = term.copy(), 0
    while n < 2000 and (term > 1e-17 * total).any():
        n += 1
        term = term * x / (a + n)
        total += term
    return total


def lower_beta(a, b, x):
    """The regularised incomplete beta function of whole parameters: a sum of binomial probabilities."""
    x, n = np.asarray(x, float), a + b - 1
    return sum(math.comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))


def mixture(nonc, of):
    """A sum over Poisson weights of half the noncentrality."""
    return sum(math.exp(-nonc / 2) * (nonc / 2) ** j / math.factorial(j) * of(j) for j in range(40))


def share(x, above, below):
    return above * x / (above * x + below)


def von_mises(mu, kappa):
    grid = np.linspace(-np.pi, np.pi, 200_001)
    density = np.exp(kappa * (np.cos(grid - mu) - 1))
    sums = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return lambda x: np.interp(x, grid, sums / sums[-1])


CONTINUOUS = {
    "gamma 2.5": (lambda g: g.gamma(2.5, 3.0, N), lambda x: lower_gamma(2.5, x / 3), 7.5, 22.5),
    "gamma 0.4": (lambda g: g.gamma(0.4, 0.5, N), lambda x: lower_gamma(0.4, x * 2), 0.2, 0.1),
    "gamma 1": (lambda g: g.gamma(1.0, 2.0, N), lambda x: -np.expm1(-x / 2), 2, 4),
    "standard_gamma": (lambda g: g.standard_gamma(30.0, N), lambda x: lower_gamma(30.0, x), 30, 30),
    "standard_gamma f4": (lambda g: g.standard_gamma(1.5, N, "f4"), lambda x: lower_gamma(1.5, x), 1.5, 1.5),
    "beta 2 3": (lambda g: g.beta(2, 3, N), lambda x: lower_beta(2, 3, x), 0.4, 0.04),
    "beta half": (lambda g: g.beta(0.5, 0.5, N), lambda x: 2 / np.pi * np.arcsin(np.sqrt(x)), 0.5, 0.125),
    "beta 1 0.3": (lambda g: g.beta(1.0, 0.3, N), lambda x: 1 - (1 - x) ** 0.3, 1 / 1.3, 0.3 / 1.3**2 / 2.3),
    "chisquare 3": (lambda g: g.chisquare(3, N), lambda x: lower_gamma(1.5, x / 2), 3, 6),
    "noncentral 3": (
        lambda g: g.noncentral_chisquare(3, 1.5, N),
        lambda x: mixture(1.5, lambda j: lower_gamma(1.5 + j, x / 2)),
        4.5,
        12,
    ),
    "noncentral 0.7": (
        lambda g: g.noncentral_chisquare(0.7, 4, N),
        lambda x: mixture(4, lambda j: lower_gamma(0.35 + j, x / 2)),
        4.7,
        17.4,
    ),
    "f": (lambda g: g.f(4, 12, N), lambda x: lower_beta(2, 6, share(x, 4, 12)), 1.2, None),
    "noncentral_f": (
        lambda g: g.noncentral_f(4, 12, 1.5, N),
        lambda x: mixture(1.5, lambda j: lower_beta(2 + j, 6, share(x, 4, 12))),
        1.2 * 5.5 / 4,
        None,
    ),
    "vonmises": (lambda g: g.vonmises(1.0, 4.0, N), von_mises(1.0, 4.0), None, None),
    "vonmises wide": (lambda g: g.vonmises(-3.0, 0.5, N), von_mises(-3.0, 0.5), None, None),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous_distributions_are_right(name):
    draw, cdf, mean, variance = CONTINUOUS[name]
    x = np.sort(values(draw(rng())).astype(float))
    assert x.size == N and np.isfinite(x).all()
    exact, steps = cdf(x), np.arange(N + 1) / N
    # Kolmogorov: larger in one of a thousand right implementations.
    assert max((exact - steps[:-1]).max(), (steps[1:] - exact).max()) < 1.95 / math.sqrt(N)
    if mean is not None:
        assert abs(x.mean() - mean) < 4 * x.std() / math.sqrt(N)
    if variance is not None:
        kurtosis = ((x - x.mean()) ** 4).mean() / x.var() ** 2
        assert abs(x.var() / variance - 1) < 4.5 * math.sqrt((kurtosis - 1) / N)


def poisson(mean):
    return lambda k: np.exp(k * math.log(mean) - mean - lgamma(k + 1))


def log_comb(n, k):
    return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0)


def binomial(n, p):
    def probability(k):
        at = np.minimum(k, n)
        return np.where(k <= n, np.exp(log_comb(n, at) + at * math.log(p) + (n - at) * math.log1p(-p)), 0)

    return probability


def hypergeometric(good, bad, sample):
    def probability(k):
        lies = (k >= max(0, sample - bad)) & (k <= min(good, sample))
        k = np.where(lies, k, max(0, sample - bad))
        log = log_comb(good, k) + log_comb(bad, sample - k) - log_comb(good + bad, float(sample))
        return np.where(lies, np.exp(log), 0)

    return probability


ZETA = sum(k**-2.5 for k in range(1, 20_000)) + 20_000**-1.5 / 1.5

COUNTS = {
    "poisson 0.1": (lambda g: g.poisson(0.1, N), poisson(0.1)),
    "poisson 3": (lambda g: g.poisson(3, N), poisson(3)),
    "poisson 50": (lambda g: g.poisson(50, N), poisson(50)),
    "binomial 10": (lambda g: g.binomial(10, 0.3, N), binomial(10, 0.3)),
    "binomial 100": (lambda g: g.binomial(100, 0.4, N), binomial(100, 0.4)),
    "binomial 90%": (lambda g: g.binomial(600, 0.9, N), binomial(600, 0.9)),
    "negative_binomial": (
        lambda g: g.negative_binomial(3, 0.4, N),
        lambda k: np.exp(log_comb(k + 2, k) + 3 * math.log(0.4) + k * math.log(0.6)),
    ),
    "logseries": (
        lambda g: g.logseries(0.8, N),
        lambda k: -(0.8 ** np.maximum(k, 1)) / np.maximum(k, 1) / math.log(0.2) * (k > 0),
    ),
    "zipf": (lambda g: g.zipf(2.5, N), lambda k: np.maximum(k, 1) ** -2.5 / ZETA * (k > 0)),
    "hypergeometric 15": (lambda g: g.hypergeometric(20, 30, 15, N), hypergeometric(20, 30, 15)),
    "hypergeometric 8": (lambda g: g.hypergeometric(20, 30, 8, N), hypergeometric(20, 30, 8)),
    "hypergeometric 500": (lambda g: g.hypergeometric(1000, 2000, 500, N), hypergeometric(1000, 2000, 500)),
    "multinomial": (lambda g: g.multinomial(40, [0.2, 0.3, 0.1, 0.4], N)[:, 2], binomial(40, 0.1)),
    "multinomial last": (lambda g: g.multinomial(40, [0.2, 0.3, 0.1, 0.4], N)[:, 3], binomial(40, 0.4)),
    "colors": (lambda g: g.multivariate_hypergeometric([30, 50, 20], 40, N)[:, 1], hypergeometric(50, 50, 40)),
    "colors last": (
        lambda g: g.multivariate_hypergeometric([30, 50, 20], 90, N, method="count")[:, 2],
        hypergeometric(20, 80, 90),
    ),
}


def chi_square(counts, expected):
    """Whether counts are as expected, cells that few fall into taken together."""
    order = np.argsort(-expected)
    counts, expected = counts[order], expected[order]
    many = int((expected >= 20).sum())
    counts = np.append(counts[:many], counts[many:].sum())
    expected = np.append(expected[:many], expected[many:].sum())
    kept = expected > 1e-3
    assert not counts[~kept].any()
    chi, freedom = ((counts - expected)[kept] ** 2 / expected[kept]).sum(), kept.sum() - 1
    return abs(chi - freedom) < 5 * math.sqrt(2 * freedom) + 10


@pytest.mark.parametrize("name", COUNTS)
def test_counts_are_right(name):
    draw, probability = COUNTS[name]
    x = values(draw(rng()))
    assert x.dtype == np.int64 and x.shape == (N,) and x.min() >= 0
    cells = 2000
    expected = N * probability(np.arange(float(cells)))
    counts = np.bincount(np.minimum(x, cells), minlength=cells + 1)
    assert chi_square(counts, np.append(expected, max(N - expected.sum(), 0)))
    k = np.arange(float(cells))
    if name != "zipf":
        mean = (expected * k).sum() / N
        assert abs(x.mean() - mean) < 4 * x.std() / math.sqrt(N)


def two_sample(x, y):
    """Kolmogorov's distance of two samples, in units of what one of a thousand exceeds."""
    both = np.concatenate([x, y])
    ours, theirs = (np.searchsorted(np.sort(s), both, side="right") / s.size for s in (x, y))
    return np.abs(ours - theirs).max() / (1.95 * math.sqrt(1 / x.size + 1 / y.size))


@pytest.mark.parametrize("alpha", [[2.0, 3.0, 0.5], [0.05, 0.02, 0.09, 0.01], [0.3], [0.01], [5.0, 0.0, 1e-3]], ids=str)
def test_fractions_of_one(alpha):
    x, y = values(rng().dirichlet(alpha, N)), np.random.default_rng(5).dirichlet(alpha, N)
    assert x.shape == y.shape and x.dtype == y.dtype and (x >= 0).all()
    assert np.abs(x.sum(axis=1) - 1).max() < 1e-14 * len(alpha)
    for k, a in enumerate(alpha):
        share, total = a / sum(alpha), sum(alpha)
        spread = math.sqrt(share * (1 - share) / (total + 1) / N)
        assert abs(x[:, k].mean() - share) <= 5 * spread + 1e-15
        if 0 < share < 1:
            assert two_sample(x[:, k], y[:, k]) < 1
            assert two_sample((x * (np.arange(len(alpha)) + 1)).sum(1), (y * (np.arange(len(alpha)) + 1)).sum(1)) < 1


def test_fractions_of_nothing_and_of_zeros():
    ours, theirs = rng(), np.random.default_rng(1)
    for alpha in ([], [0, 0], [0.05, 0, 0.0], [-0.0, 1.0], [0, 0.02], [0.0, 0.03, 0.0]):
        for size in (None, 3, (2, 0)):
            same(ours.dirichlet(alpha, size), theirs.dirichlet(alpha, size))
    same(rng().dirichlet(lz.asarray([1.0, 2.0]) * 2, 5), values(rng().dirichlet([2.0, 4.0], 5)))


def test_trials_are_divided_among_outcomes():
    p = [0.2, 0.3, 0.1, 0.4]
    x = values(rng().multinomial(40, p, N))
    assert (x.sum(axis=1) == 40).all()
    want = 40 * (np.diag(p) - np.outer(p, p))
    assert np.abs(np.cov(x.T) - want).max() < 0.15
    for ours in (rng().multinomial, lambda *a: rng().multinomial(lz.asarray(a[0]) + 0, *a[1:])):
        for sure in ([1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0.0, 0.0, 0.5], [1.0]):
            row = np.zeros(len(sure), int)
            row[-1 if sure[-1] else int(np.argmax(sure))] = 7
            same(ours(7, sure, 4), np.tile(row, (4, 1)))
        same(ours([[3], [0]], [[1.0, 0], [0, 1], [0, 0]]), [[[3, 0], [0, 3], [0, 3]], [[0, 0]] * 3])
    # Sums a little above one.
    same(rng().multinomial([5] * 3, [0.5, 0.5 + 1e-13, 0.0]).sum(axis=1), [5] * 3)
    rows = values(rng().multinomial([10, 1000], np.array([[0.5, 0.5], [0.1, 0.9]]), (3000, 2)))
    assert (rows.sum(axis=2) == [10, 1000]).all()
    assert np.abs(rows[:, :, 0].mean(axis=0) - [5, 100]).max() < 1
    lazily = rng().multinomial(10, lz.asarray([1.0, 1.0, 2.0]) / 4.0, 50)
    same(lazily, values(rng().multinomial(10, [0.25, 0.25, 0.5], 50)))
    assert values(rng().multinomial(10, [0.5, 0.5], (0, 3))).shape == (0, 3, 2)
    with pytest.raises(ValueError, match="p < 0, p > 1 or p"):
        rng().multinomial(3, lz.asarray([float("nan"), 0.5]) * 1, 4).compute()


def test_samples_without_replacement():
    x = values(rng().multivariate_hypergeometric([30, 50, 20], 40, N))
    assert (x.sum(axis=1) == 40).all() and (x <= [30, 50, 20]).all()
    p = np.array([0.3, 0.5, 0.2])
    want = 40 * 60 / 99 * (np.diag(p) - np.outer(p, p))
    assert np.abs(np.cov(x.T) - want).max() < 0.1
    for arguments in (([], 0), ([], 0, 3), ([5, 0, 7], 12, 2), ([5, 2], 0, 2), ([0, 0], 0), ([4], 3, (2, 0))):
        theirs = np.random.default_rng(1).multivariate_hypergeometric(*arguments)
        same(rng().multivariate_hypergeometric(*arguments), theirs)
    with pytest.raises(NotImplementedError, match="1000000000 objects"):
        rng().multivariate_hypergeometric([10**9, 1], 3, method="count")


@pytest.mark.parametrize("method", ["svd", "eigh", "cholesky"])
def test_normal_rows_have_their_covariance(method):
    mean, cov = np.array([1.0, -2.0, 0.5]), np.array([[2.0, 0.6, 0.1], [0.6, 1.0, -0.3], [0.1, -0.3, 0.5]])
    x = values(rng().multivariate_normal(mean, cov, (100, 300), method=method)).reshape(-1, 3)
    assert np.abs(x.mean(0) - mean).max() < 0.04 and np.abs(np.cov(x.T) - cov).max() < 0.06
    for size, shape in ((None, (3,)), (2, (2, 3)), ((0, 2), (0, 2, 3))):
        assert values(rng().multivariate_normal(mean, cov, size, method=method)).shape == shape
    numbers = values(rng().standard_normal((4, 3)))
    if method == "cholesky":
        want = mean + numbers @ np.linalg.cholesky(cov).T
        np.testing.assert_allclose(values(rng().multivariate_normal(mean, cov, 4, method=method)), want, rtol=1e-12)
    lazy = rng().multivariate_normal(lz.asarray(mean), lz.asarray(cov) * 1.0, 4, "ignore", method=method)
    known = values(rng().multivariate_normal(mean, cov, 4, "ignore", method=method))
    np.testing.assert_allclose(values(lazy), known, rtol=1e-12)


@pytest.mark.parametrize("mean, cov, options", COVARIANCES)
def test_covariances_are_refused_when_drawn(mean, cov, options):
    with pytest.raises(Exception) as want:
        np.random.default_rng(1).multivariate_normal(mean, cov, **options)
    with pytest.raises(Exception) as got:
        rng().multivariate_normal(mean, cov, **options)
    assert str(got.value) == str(want.value) and got.type.__name__ == want.type.__name__
    with pytest.warns(RuntimeWarning, match="covariance is not symmetric") as told:
        rng().multivariate_normal([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]], method="eigh")
    assert told[0].filename == __file__


METHODS = (*DRAWS, "multinomial", "multivariate_hypergeometric", "dirichlet")


@pytest.mark.parametrize("code", [c for c in ERRORS if c[2:].split("(")[0] in METHODS and "out=" not in c])
def test_errors_are_numpys_when_drawn(code):
    raised = []
    for g in (rng(), np.random.default_rng(1)):
        with pytest.raises(Exception) as info:
            eval(code, {"g": g, "np": np})
        raised.append((info.type.__name__, str(info.value)))
    assert raised[0] == raised[1]


def test_what_is_known_of_parameters_is_refused_when_drawn_and_the_rest_when_computed():
    g, x = rng(), lz.asarray([1.0, -1.0]) * 1.0
    state = g.bit_generator.state["state"]["counter"].tolist()
    with pytest.raises(ValueError, match="scale < 0"):
        g.gamma(x, -1)
    with pytest.raises(TypeError, match="Cannot cast array data from dtype.'float64'. to dtype.'int64'"):
        g.binomial(x, 0.5)
    with pytest.raises(ValueError, match="shape mismatch"):
        g.gamma(x, [1, 2, 3])
    assert g.bit_generator.state["state"]["counter"].tolist() == state
    for draw, text in (
        (g.gamma(x, 2), "shape < 0"),
        (g.poisson(x * float("inf")), "lam value too large"),
        (g.zipf(x), "a <= 1 or a contains NaNs"),
        (g.hypergeometric(lz.asarray([5, -5]) * 1, 5, 2), "ngood . nbad < nsample|ngood < 0"),
        (g.noncentral_f(1, x, 1), "dfden <= 0"),
    ):
        with pytest.raises(ValueError, match=text):
            draw.compute()
        with pytest.raises(ValueError, match=text):
            (draw + 1).sum().compute()


def test_shapes_are_known_before_anything_is_computed():
    g = rng()
    x = lz.asarray(np.ones((3, 1))) + 1.0
    assert g.gamma(2.0).shape == () and g.poisson(3).dtype == np.int64
    assert g.gamma(x, [1.0, 2.0]).shape == (3, 2) and g.gamma(2, size=()).shape == ()
    assert g.beta(x, 1, (5, 3, 4)).shape == (5, 3, 4) and g.standard_gamma(1, 3, "f4").dtype == np.float32
    for empty in (g.gamma([], 1), g.poisson(3, 0), g.binomial([[], []], 0.5, (3, 2, 0))):
        assert values(empty).size == 0
    assert isinstance(g.gamma(2.0).item(), float) and isinstance(g.poisson(2.0).item(), int)
    for size, text in (((2, 1), "shape mismatch"), ((3,), "Output size"), (-1, "negative dimensions")):
        with pytest.raises(ValueError, match=text):
            g.gamma(x, 1, size)


def test_draws_are_operands_of_loops():
    g = rng()
    x, y = g.gamma(2.0, size=(200, 300)), g.poisson(3.0, (200, 300))
    a, b = values(x), values(y)
    np.testing.assert_allclose(values((x * y).sum(axis=1)), (a * b).sum(axis=1), rtol=1e-13)
    same(lz.sqrt(x) + 1, np.sqrt(a) + 1)
    assert not (x - x).any()
    # A mean that is drawn.
    z = values(rng().poisson(rng(1).gamma(2.0, 3.0, N)))
    assert abs(z.mean() - 6) < 4 * z.std() / math.sqrt(N) and abs(z.var() - 24) < 1


def test_fresh_draws_plan_nothing():
    g = rng()

    def step(shape):
        return ((g.gamma(shape, 2.0, 20_000) * 2).mean() + g.binomial(10, 0.5, 20_000).sum()).item()

    for k in range(12):
        step(1.5 + k)
    before = numpy_rs.stats()
    assert len({step(1.25 + k) for k in range(20)}) == 20
    after = numpy_rs.stats()
    for name in before:
        if ("plan" in name or "kernel" in name) and "hit" not in name:
            assert after[name] == before[name], name


def test_bytes_are_numpys():
    ours, theirs = lz.random.default_rng(3), np.random.Generator(np.random.Philox(3))
    for n in (0, 1, 4, 5, 8, 9, 16, 100, -3, 0, 3):
        assert ours.bytes(n) == theirs.bytes(n)
        assert ours.bit_generator.state["has_uint32"] == theirs.bit_generator.state["has_uint32"]
    same(ours.random(3, "f4"), theirs.random(3, "f4"))
    same(ours.random(3), theirs.random(3))


def test_values_are_not_shuffled():
    for x in (lz.arange(3), [1, 2], np.arange(3)):
        with pytest.raises(TypeError, match="use permutation or permuted"):
            rng().shuffle(x)


def test_other_draws_are_refused():
    with pytest.raises(ValueError, match="no distribution is called 'sort'"):
        numpy_rs._core.draw("sort", [0] * 9, ())
    with pytest.raises(TypeError, match="gamma has 2 parameters"):
        numpy_rs._core.draw("gamma", [0] * 9, (1,))
