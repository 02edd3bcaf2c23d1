"""Random arrays: NumPy's bits or the right distributions, and the same bits however they are computed."""

import math
import statistics

import numpy as np
import pytest

import numpy_rs
import numpy_rs.lazy as lz

SEEDS = [0, 1, 12345, 2**32 - 1, 2**32, 2**70 + 3, [1, 2, 3], [2**40, 5], []]
SIZES = [None, 0, 1, 2, 3, 5, 255, 257, 1000, 1025, (3, 0), (2, 3, 5), (7, 300)]


def pair(seed=1):
    """The same generator here and in NumPy."""
    return lz.random.default_rng(seed), np.random.Generator(np.random.Philox(seed))


def same_bits(got, want):
    got, want = np.asarray(got.compute()), np.asarray(want)
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    assert got.tobytes() == want.tobytes()


@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_fractions_are_numpys_over_successive_draws(seed):
    ours, theirs = pair(seed)
    for size in SIZES:
        same_bits(ours.random(size), theirs.random(size))
        same_bits(ours.random(size, dtype=np.float32), np.float32(theirs.random(size, dtype=np.float32)))
        same_bits(ours.uniform(-3, 7.5, size), theirs.uniform(-3, 7.5, size))
        same_bits(ours.bit_generator.random_raw(size), np.array(theirs.bit_generator.random_raw(size), np.uint64))
        same_bits(ours.triangular(-1, 0.25, 4, size), theirs.triangular(-1, 0.25, 4, size))


def test_halves_of_words_wait_for_each_other():
    ours, theirs = pair(3)
    for n in (1, 1, 2, 1, 4, 3, 300, 1, 0, 1, 257):
        same_bits(ours.random(n, dtype="f4"), theirs.random(n, dtype="f4"))
        same_bits(ours.random(n % 3), theirs.random(n % 3))
        a, b = ours.bit_generator.state, theirs.bit_generator.state
        assert [a[k] for k in ("buffer_pos", "has_uint32", "bit_generator")] == [
            b[k] for k in ("buffer_pos", "has_uint32", "bit_generator")
        ]
        assert a["has_uint32"] == 0 or a["uinteger"] == b["uinteger"]
        assert a["buffer"].tolist() == b["buffer"].tolist()
        assert all(a["state"][k].tolist() == b["state"][k].tolist() for k in ("counter", "key"))


@pytest.mark.parametrize("low", [0.5, [0.0, -1.0, 5.0], np.arange(6.0).reshape(2, 3)], ids=str)
@pytest.mark.parametrize("size", [None, (2, 3), (4, 2, 3)], ids=str)
def test_ends_of_ranges_broadcast(low, size):
    ours, theirs = pair()
    high = np.array([[7.0], [8.0]])
    same_bits(ours.uniform(low, high, size or (2, 3)), theirs.uniform(low, high, size or (2, 3)))
    same_bits(ours.uniform(lz.asarray(low), 9, size or (2, 3)), theirs.uniform(low, 9, size or (2, 3)))
    a, b = ours.uniform(low, high), theirs.uniform(low, high)
    same_bits(a, b)


@pytest.mark.parametrize("counter", [0, 3, 2**64 - 1, 2**128 - 2, 2**256 - 1, [1, 2, 3, 4]], ids=str)
@pytest.mark.parametrize("key", [0, 1, 2**128 - 1, [5, 6]], ids=str)
def test_keys_and_counters_are_numpys(key, counter):
    ours = lz.random.Philox(key=key, counter=counter)
    counts = counter if isinstance(counter, int) else np.array(counter, np.uint64)
    keys = key if isinstance(key, int) else np.array(key, np.uint64)
    theirs = np.random.Philox(key=keys, counter=counts)
    same_bits(ours.random_raw(9), theirs.random_raw(9))
    same_bits(ours.jumped(3).random_raw(9), theirs.jumped(3).random_raw(9))
    for delta in (1, -2, 2**100, 2**255):
        same_bits(ours.advance(delta).random_raw(6), theirs.advance(delta).random_raw(6))


def test_states_are_set_and_taken_from_numpy():
    ours, theirs = pair()
    theirs.random(5, dtype=np.float32)
    ours.bit_generator.state = theirs.bit_generator.state
    same_bits(ours.random(3, dtype="f4"), theirs.random(3, dtype="f4"))
    theirs.bit_generator.state = {
        key: {k: np.asarray(v) for k, v in value.items()}
        if isinstance(value, dict)
        else np.asarray(value)
        if key == "buffer"
        else value
        for key, value in ours.bit_generator.state.items()
    }
    same_bits(ours.random(30), theirs.random(30))
    with pytest.raises(ValueError, match="state must be for a Philox PRNG"):
        ours.bit_generator.state = np.random.PCG64(1).state


@pytest.mark.parametrize("entropy", [*SEEDS, [[1, 2], [3, 2**40]], (0,), range(9), ["0x10", "5"], True], ids=str)
@pytest.mark.parametrize("key", [(), (0,), (1, 2**40, 3)], ids=str)
@pytest.mark.parametrize("pool_size", [4, 5, 8])
def test_seed_sequences_are_numpys(entropy, key, pool_size):
    arguments = {"spawn_key": key, "pool_size": pool_size}
    ours, theirs = lz.random.SeedSequence(entropy, **arguments), np.random.SeedSequence(entropy, **arguments)
    assert repr(ours) == repr(theirs)
    assert ours.pool.tolist() == theirs.pool.tolist()
    for count, dtype in ((0, "u4"), (1, "u4"), (13, np.uint32), (1, "u8"), (9, np.uint64)):
        a, b = ours.generate_state(count, dtype), theirs.generate_state(count, np.dtype(dtype).type)
        assert (a.tolist(), a.dtype) == (b.tolist(), b.dtype)
    for _ in range(2):
        for a, b in zip(ours.spawn(2), theirs.spawn(2), strict=True):
            assert repr(a) == repr(b)
            assert a.pool.tolist() == b.pool.tolist()
            assert a.spawn(1)[0].pool.tolist() == b.spawn(1)[0].pool.tolist()
    assert ours.state == theirs.state


def test_spawned_generators_are_numpys():
    ours, theirs = pair(9)
    for a, b in zip(ours.spawn(3), theirs.spawn(3), strict=True):
        same_bits(a.random(5), b.random(5))
    same_bits(lz.random.default_rng(np.random.SeedSequence(4)).random(3), pair(4)[1].random(3))
    assert lz.random.default_rng(ours) is ours
    with pytest.raises(TypeError, match="does not implement spawning"):
        lz.random.Philox(key=1).spawn(1)


def test_seeds_from_the_system_differ():
    assert lz.random.default_rng().random().item() != lz.random.default_rng().random().item()
    assert lz.random.SeedSequence().entropy.bit_length() > 64


def test_choices_by_probability_are_numpys():
    ours, theirs = pair(5)
    p = np.array([0.1, 0.0, 0.35, 0.25, 0.3])
    same_bits(ours.choice(5, 1000, p=p), theirs.choice(5, 1000, p=p))
    x = np.arange(20.0).reshape(4, 5)
    same_bits(ours.choice(x, (2, 3), p=p, axis=1), theirs.choice(x, (2, 3), p=p, axis=1))


def test_numpys_numbers_by_inversion():
    ours, theirs = pair(8)
    checks = [
        (lambda g: g.standard_exponential(5000, **({"method": "inv"} if g is theirs else {})), 4),
        (lambda g: g.laplace(1, 2, 5000), 4),
        (lambda g: g.logistic(1, 2, 5000), 4),
        (lambda g: g.gumbel(1, 2, 5000), 4),
    ]
    for draw, ulps in checks:
        a, b = np.asarray(draw(ours).compute()), draw(theirs)
        np.testing.assert_array_less(np.abs(a - b), ulps * np.spacing(np.abs(b) + 1) + 1e-300)


N = 200_000


def standard_t3(x):
    return 0.5 + (x / math.sqrt(3) / (1 + x * x / 3) + math.atan(x / math.sqrt(3))) / math.pi


def wald(x, mean=3.0, scale=2.0):
    phi, root = statistics.NormalDist().cdf, math.sqrt(scale / x)
    return phi(root * (x / mean - 1)) + math.exp(2 * scale / mean) * phi(-root * (x / mean + 1))


CONTINUOUS = {
    "random": (lambda g: g.random(N), lambda x: x, 1 / 2, 1 / 12),
    "uniform": (lambda g: g.uniform(-2, 6, N), lambda x: (x + 2) / 8, 2, 64 / 12),
    "standard_normal": (lambda g: g.standard_normal(N), statistics.NormalDist().cdf, 0, 1),
    "normal": (lambda g: g.normal(-3, 2.5, N), statistics.NormalDist(-3, 2.5).cdf, -3, 6.25),
    "normal float32": (lambda g: g.standard_normal(N, "f4"), statistics.NormalDist().cdf, 0, 1),
    "lognormal": (
        lambda g: g.lognormal(0.5, 0.25, N),
        lambda x: statistics.NormalDist(0.5, 0.25).cdf(math.log(x)),
        math.exp(0.5 + 0.03125),
        (math.exp(0.0625) - 1) * math.exp(1.0625),
    ),
    "exponential": (lambda g: g.exponential(3, N), lambda x: -math.expm1(-x / 3), 3, 9),
    "standard_exponential": (lambda g: g.standard_exponential(N, "f4"), lambda x: -math.expm1(-x), 1, 1),
    "laplace": (
        lambda g: g.laplace(1, 2, N),
        lambda x: 0.5 * math.exp((x - 1) / 2) if x < 1 else 1 - 0.5 * math.exp((1 - x) / 2),
        1,
        8,
    ),
    "logistic": (lambda g: g.logistic(1, 2, N), lambda x: 1 / (1 + math.exp((1 - x) / 2)), 1, 4 * math.pi**2 / 3),
    "gumbel": (
        lambda g: g.gumbel(1, 2, N),
        lambda x: math.exp(-math.exp((1 - x) / 2)),
        1 + 2 * 0.5772156649015329,
        4 * math.pi**2 / 6,
    ),
    "weibull": (
        lambda g: g.weibull(2.5, N),
        lambda x: -math.expm1(-(x**2.5)),
        math.gamma(1.4),
        math.gamma(1.8) - math.gamma(1.4) ** 2,
    ),
    "rayleigh": (
        lambda g: g.rayleigh(2, N),
        lambda x: -math.expm1(-x * x / 8),
        2 * math.sqrt(math.pi / 2),
        (4 - math.pi) / 2 * 4,
    ),
    "power": (lambda g: g.power(3, N), lambda x: x**3, 3 / 4, 3 / (16 * 5)),
    "pareto": (lambda g: g.pareto(6, N), lambda x: 1 - (1 + x) ** -6, 1 / 5, 6 / (25 * 4)),
    "triangular": (
        lambda g: g.triangular(0, 1, 4, N),
        lambda x: x * x / 4 if x < 1 else 1 - (4 - x) ** 2 / 12,
        5 / 3,
        13 / 18,
    ),
    "standard_cauchy": (lambda g: g.standard_cauchy(N), lambda x: 0.5 + math.atan(x) / math.pi, None, None),
    "standard_t": (lambda g: g.standard_t(3, N), standard_t3, 0, None),
    "wald": (lambda g: g.wald(3, 2, N), wald, 3, 27 / 2),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_distributions_are_right(name):
    draw, cdf, mean, variance = CONTINUOUS[name]
    x = np.sort(np.asarray(draw(lz.random.default_rng(2026)).compute()).astype(float))
    assert x.size == N and np.isfinite(x).all()
    exact = np.array([cdf(v) for v in x])
    steps = np.arange(N + 1) / N
    distance = max((exact - steps[:-1]).max(), (steps[1:] - exact).max())
    # Kolmogorov: larger in one of a thousand right implementations.
    assert distance < 1.95 / math.sqrt(N)
    if mean is not None:
        spread = variance if variance is not None else 3
        assert abs(x.mean() - mean) < 4 * math.sqrt(spread / N)
    if variance is not None and name != "pareto":
        kurtosis = ((x - x.mean()) ** 4).mean() / x.var() ** 2
        assert abs(x.var() / variance - 1) < 4.5 * math.sqrt((kurtosis - 1) / N)


def test_neighbours_are_independent():
    rng = lz.random.default_rng(4)
    for x in (rng.normal(size=N), rng.standard_t(5, N), rng.exponential(1, N)):
        v = np.asarray(x.compute())
        v = (v - v.mean()) / v.std()
        for lag in (1, 2, 3, 4, 256):
            assert abs((v[lag:] * v[:-lag]).mean()) < 5 / math.sqrt(N)


def test_tails_of_normal_numbers():
    x = np.asarray(lz.random.default_rng(6).standard_normal(10**7).compute())
    for z in (2, 3, 4, 4.5):
        expected = 10**7 * math.erfc(z / math.sqrt(2))
        assert abs((np.abs(x) > z).sum() - expected) < 5 * math.sqrt(expected)
        assert abs((x > z).sum() - expected / 2) < 5 * math.sqrt(expected / 2)


def test_normal_numbers_are_quantiles():
    words = np.asarray(lz.random.Philox(3).random_raw(3000).compute())
    x = np.asarray(lz.random.default_rng(3).standard_normal(3000).compute())
    inverse = statistics.NormalDist().inv_cdf
    for word, value in zip(words.tolist(), x.tolist(), strict=True):
        tail = (2 * (word & (1 << 63) - 1) + 1) / 2**65
        want = inverse(tail) * (1 if word >> 63 else -1)
        assert abs(value - want) <= 1e-15 * max(abs(want), 0.05)


@pytest.mark.parametrize("bounds", [(0, 10), (-7, 6), (5, 6), (-128, 128), (0, 1000)])
@pytest.mark.parametrize("endpoint", [False, True])
def test_integers_are_even(bounds, endpoint):
    low, high = bounds
    x = np.asarray(lz.random.default_rng(9).integers(low, high, N, endpoint=endpoint).compute())
    k = high - low + endpoint
    counts = np.bincount(x - low, minlength=k)
    assert x.dtype == np.int64 and counts.size == k
    if k > 1:
        chi = ((counts - N / k) ** 2 / (N / k)).sum()
        assert abs(chi - (k - 1)) < 5 * math.sqrt(2 * (k - 1))


INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_reach_their_types_ends(dtype):
    info = np.iinfo(dtype)
    rng = lz.random.default_rng(10)
    x = np.asarray(rng.integers(info.min, info.max, 5000, dtype=dtype, endpoint=True).compute())
    assert x.dtype == dtype
    for bit in range(info.bits):
        ones = (x >> np.array(bit, dtype) & np.array(1, dtype)).mean()
        assert abs(ones - 0.5) < 0.04
    for low, high in ((info.min, info.min + 2), (info.max - 2, info.max)):
        y = np.asarray(rng.integers(low, high, 200, dtype=dtype, endpoint=True).compute())
        assert sorted({int(v) for v in y}) == [low, low + 1, low + 2]


def test_integers_with_arrays_of_ends_are_those_with_numbers():
    for low, high in ((0, 7), (-5, 2**62), (-(2**63), 2**63 - 1)):
        one = lz.random.default_rng(2).integers(low, high, 500)
        many = lz.random.default_rng(2).integers(np.full(500, low), high)
        same_bits(many, np.asarray(one.compute()))
    means = lz.random.default_rng(1).integers([[0], [1]], [2, 5, 9], (5000, 2, 3)).mean(axis=0).compute()
    assert (abs(np.asarray(means) - [[0.5, 2, 4], [1, 2.5, 4.5]]) < 0.2).all()


def test_bools():
    x = np.asarray(lz.random.default_rng(1).integers(0, 2, 1000, dtype=bool).compute())
    assert x.dtype == bool and 400 < x.sum() < 600


@pytest.mark.parametrize("p", [0.01, 0.3, 0.999, 1.0, [0.2, 0.6]], ids=str)
def test_geometric_numbers(p):
    size = (N,) if isinstance(p, float) else (N, 2)
    x = np.asarray(lz.random.default_rng(12).geometric(p, size).compute())
    p = np.atleast_1d(p)
    assert x.dtype == np.int64 and x.min() == 1
    assert (abs(x.mean(axis=0) - 1 / p) <= 5 * np.sqrt((1 - p) / p**2 / N)).all()
    assert (abs((x == 1).mean(axis=0) - p) <= 5 * np.sqrt(p * (1 - p) / N)).all()
    assert lz.random.default_rng(1).geometric(1e-300, 3).compute().tolist() == [2**63 - 1] * 3


def test_orders_are_even():
    rng = lz.random.default_rng(13)
    counts = np.zeros((4, 4))
    for row in np.asarray(rng.permuted(np.tile(np.arange(4), (5000, 1)), axis=1).compute()):
        counts[np.arange(4), row] += 1
    assert (abs(counts - 1250) < 5 * math.sqrt(1250)).all()
    assert sorted(rng.permutation(100).compute().tolist()) == list(range(100))
    x = np.arange(12).reshape(3, 4)
    assert sorted(rng.permutation(x).compute().tolist()) == x.tolist()
    assert sorted(rng.permutation(x, axis=1).T.compute().tolist()) == x.T.tolist()
    assert sorted(rng.permuted(x).ravel().compute().tolist()) == list(range(12))
    assert len(set(rng.choice(50, 20, replace=False).compute().tolist())) == 20
    assert set(rng.choice([3, 5], 100).compute().tolist()) == {3, 5}


EXPRESSIONS = {
    "random": lambda g: g.random((40, 300)),
    "random float32": lambda g: g.random((40, 300), dtype="f4"),
    "normal": lambda g: g.normal(1, 2, (40, 300)),
    "integers": lambda g: g.integers(0, 1000, (40, 300)),
    "words": lambda g: g.bit_generator.random_raw((40, 300)),
    "lognormal": lambda g: g.lognormal(0, 1, (40, 300)),
    "gamma": lambda g: g.gamma(0.7, 2, (40, 300)),
    "poisson": lambda g: g.poisson(lz.arange(40)[:, None], (40, 300)),
    "multinomial": lambda g: g.multinomial(30, [0.2, 0.3, 0.5], (40, 100)).reshape(40, 300),
}
VIEWS = {
    "step": lambda x: x[::3, 5::7],
    "reversed": lambda x: x[::-1, ::-1],
    "transposed": lambda x: x.T,
    "row": lambda x: x[7],
    "element": lambda x: x[-1, -1],
    "column": lambda x: x[:, 11],
    "reshaped": lambda x: x.reshape(-1),
    "split": lambda x: x.reshape(8, 5, 20, 15)[3, :, ::2, 4],
    "merged slice": lambda x: x[:, 3:9].reshape(-1),
    "broadcast": lambda x: lz.broadcast_to(x[0], (5, 300)) * 1,
    "diagonal": lambda x: x.diagonal(),
    "taken": lambda x: lz.take(x, [5, 3, 3], axis=0),
    "masked": lambda x: x.ravel()[lz.arange(12000) % 3 == 1],
    "rolled": lambda x: lz.roll(x, 7, axis=1) + x,
    "windows": lambda x: lz.lib.stride_tricks.sliding_window_view(x, 3, axis=1).max(axis=-1),
    "sorted": lambda x: lz.sort(x, axis=1),
    "joined": lambda x: lz.concatenate([x[:3], x[5:]]),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
@pytest.mark.parametrize("view", VIEWS)
def test_parts_are_parts_of_the_whole(name, view):
    draw = EXPRESSIONS[name]
    whole = lz.asarray(np.asarray(draw(lz.random.default_rng(3)).compute()))
    want = np.asarray(VIEWS[view](whole).compute())
    # An odd place in the stream, and a half of a word before it.
    rng = lz.random.default_rng(3)
    same_bits(VIEWS[view](draw(rng)), want)
    rng = lz.random.default_rng(3)
    rng.random(3, dtype="f4")
    whole = draw(rng)
    same_bits(VIEWS[view](whole), np.asarray(VIEWS[view](lz.asarray(np.asarray(whole.compute()))).compute()))


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_bits_are_the_same_on_any_number_of_threads(name):
    before, results = numpy_rs.get_num_threads(), set()
    try:
        for threads in (1, 2, 3, 8):
            numpy_rs.set_num_threads(threads)
            rng = lz.random.default_rng(5)
            x = EXPRESSIONS[name](rng) + rng.random((40, 300))
            big = rng.normal(size=10**6)
            made = lz.compute(x, x.sum(), x.std(axis=0), big.mean(), (big * big).sum())
            results.add(tuple(np.asarray(r).tobytes() for r in made))
    finally:
        numpy_rs.set_num_threads(before)
    assert len(results) == 1


def test_a_draw_is_a_value():
    rng = lz.random.default_rng(1)
    x = rng.normal(size=100_000)
    first = np.asarray(x.compute())
    rng.normal(size=10)
    assert np.asarray(x.compute()).tobytes() == first.tobytes()
    centred = np.asarray((x - x.mean()).compute())
    assert centred.tobytes() == (first - np.asarray(x.mean().compute())).tobytes()
    # Fused with itself: one array, not two draws.
    assert not (x - x).any()
    standard = (x - x.mean()) / x.std()
    assert abs(standard.mean().item()) < 1e-13 and abs(standard.std().item() - 1) < 1e-13


def test_a_monte_carlo_mean_stores_nothing():
    rng = lz.random.default_rng(1)
    x, y = rng.random(10**7), rng.random(10**7)
    inside = (x * x + y * y < 1).mean()
    text = inside.explain()
    assert "passes over memory: 1\n" in text and "temporary arrays: 0 bytes" in text
    assert "random.f64, multiply, random.f64, multiply, add, less, cast, mean" in text
    assert abs(4 * inside.item() - math.pi) < 5 * math.sqrt(2.7 / 10**7)
    payoff = lz.maximum(100 * lz.exp(0.2 * rng.normal(size=10**6) - 0.02) - 100, 0).mean()
    assert "temporary arrays: 0 bytes" in payoff.explain()


def test_views_are_pushed_to_the_positions():
    x = lz.random.default_rng(1).random((1000, 1000))
    for part in (x[::2], x.T[5], x[3:900, ::-1], x.ravel()[7:], x.reshape(10, 100, 1000)[:, 3]):
        assert "temporary arrays: 0 bytes" in part.sum().explain()


def test_fresh_draws_plan_and_compile_nothing():
    rng = lz.random.default_rng(1)

    def step():
        x, y = rng.random(60_000), rng.normal(size=60_000)
        return ((x * x + y).mean() + rng.integers(0, 5, 60_000).sum()).item()

    for _ in range(12):
        step()
    before = numpy_rs.stats()
    values = {step() for _ in range(20)}
    after = numpy_rs.stats()
    assert len(values) == 20
    for name in before:
        if "plan" in name or "kernel" in name:
            if "hit" not in name:
                assert after[name] == before[name], name


ERRORS = [
    "g.random(-1)",
    "g.random(2.5)",
    "g.random((2, 2.0))",
    "g.random(3, dtype='int64')",
    "g.uniform(2, 1)",
    "g.uniform(0, float('inf'))",
    "g.uniform(float('nan'), 1)",
    "g.uniform([0, 1], [1, 0])",
    "g.uniform(0, 1, (2, -1))",
    "g.uniform([0, 1], 1, (3,))",
    "g.uniform([0, 1], 1, (1,))",
    "g.normal(0, -1)",
    "g.normal(0, -0.0)",
    "g.normal(0, [1, -1])",
    "g.lognormal(0, -1)",
    "g.integers(5, 5)",
    "g.integers(5, 4, endpoint=True)",
    "g.integers(0)",
    "g.integers(-1)",
    "g.integers(-1, endpoint=True)",
    "g.integers(300, dtype='u1')",
    "g.integers(-1, 3, dtype='u1')",
    "g.integers(0, 2, dtype=float)",
    "g.integers(2**64 + 1, dtype='u8')",
    "g.integers(0, [1, 0])",
    "g.integers([3, 1], [5, 1])",
    "g.integers(0, 3, dtype=bool)",
    "g.exponential(-1)",
    "g.laplace(0, -1)",
    "g.logistic(0, -1)",
    "g.gumbel(0, -1)",
    "g.weibull(-1)",
    "g.rayleigh(-1)",
    "g.power(0)",
    "g.pareto(0)",
    "g.triangular(0, 2, 1)",
    "g.triangular(2, 1, 3)",
    "g.triangular(0, 0, 0)",
    "g.standard_t(0)",
    "g.wald(0, 1)",
    "g.wald(1, 0)",
    "g.geometric(0)",
    "g.geometric(1.5)",
    "g.geometric(float('nan'))",
    "g.choice(0)",
    "g.choice(-1)",
    "g.choice(3, 5, replace=False)",
    "g.choice([])",
    "g.choice(3, p=[0.5, 0.5])",
    "g.choice(3, p=[0.5, 0.5, 0.5])",
    "g.choice(3, p=[1.5, -0.5, 0])",
    "g.standard_normal(3, dtype='i4')",
    "g.standard_exponential(3, dtype='i4')",
    "g.bytes(-9)",
    "bits(1, key=2)",
    "bits(key=-1)",
    "bits(key=2**128)",
    "bits(counter=-1)",
    "bits(counter=2**256)",
    "bits(-1)",
    "bits('a')",
    "bits(1.5)",
    "seq([1, -2])",
    "seq(5, pool_size=3)",
    "seq(5).generate_state(3, 'i4')",
    "seq(np.array([1.0]))",
]


@pytest.mark.parametrize("code", ERRORS)
def test_errors_are_numpys_when_drawn(code):
    ours, theirs = pair()
    raised = []
    for g, module in ((ours, lz.random), (theirs, np.random)):
        with pytest.raises(Exception) as info:
            eval(code, {"np": np, "g": g, "bits": module.Philox, "seq": module.SeedSequence})
        raised.append((info.type, str(info.value)))
    assert raised[0] == raised[1]


def test_what_only_lazy_arrays_refuse():
    with pytest.raises(TypeError, match="need a bit generator that counts"):
        lz.random.Generator(np.random.PCG64(1))
    with pytest.raises(NotImplementedError, match="out="):
        lz.random.default_rng(1).random(3, out=np.zeros(3))
    with pytest.raises(ValueError, match="no random function is called 'sort'"):
        numpy_rs._core.random("sort", [0] * 9, (3,))


def test_what_is_no_real_parameter_is_refused_as_in_numpy():
    theirs = np.random.default_rng(1)
    for ours in [lz.random.default_rng(1), numpy_rs.random.default_rng(1)]:
        for name, *parameters in [
            ("gamma", [1 + 0j], 1),
            ("binomial", [2 + 0j], 0.5),
            ("dirichlet", [1 + 0j, 2]),
            ("dirichlet", np.array([1 + 0j, 2])),
            ("multinomial", 5, [0.5 + 0j, 0.5]),
            ("bytes", "7"),
            ("bytes", None),
            ("bytes", 1 + 0j),
            ("bytes", 2**70),
        ]:
            with pytest.raises((TypeError, OverflowError)) as expected:
                getattr(theirs, name)(*parameters)
            with pytest.raises(expected.type) as raised:
                getattr(ours, name)(*parameters)
            assert str(raised.value) == str(expected.value), name


def test_fractions_of_what_is_infinite_say_nothing():
    with lz.errstate(all="raise"):
        assert np.isnan(lz.random.default_rng(1).dirichlet([np.inf, 1.0]).compute()[0].item())
