"""Distributions of `numpy_rs.random`: NumPy's numbers to the last bit, its state afterwards, and its errors."""

import copy
import math
import pickle
import threading

import numpy as np
import pytest

import numpy_rs

GENERATORS = ["PCG64", "PCG64DXSM", "SFC64", "Philox", "MT19937"]


def pair(name="PCG64", seed=1):
    ours = numpy_rs.random.Generator(getattr(numpy_rs.random, name)(seed))
    return ours, np.random.Generator(getattr(np.random, name)(seed))


def plain(state):
    """A state with lists in the place of arrays."""
    return {k: plain(v) if isinstance(v, dict) else np.asarray(v).tolist() for k, v in state.items()}


def same(got, want):
    assert isinstance(got, (numpy_rs.ndarray, np.ndarray)) == isinstance(want, np.ndarray)
    got, want = np.asarray(got), np.asarray(want)
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    assert got.tobytes() == want.tobytes()


def same_state(ours, theirs):
    assert plain(ours.bit_generator.state) == plain(theirs.bit_generator.state)


# Parameters on both sides of each branch of each algorithm.
REGIMES = {
    "uniform": [(0, 1), (-3, 7.5), (2, 2)],
    "normal": [(0, 1), (1, 2.5), (3, 0)],
    "lognormal": [(0, 1), (-2, 0.1), (0, 300)],
    "exponential": [(1,), (0,), (3.5,)],
    "standard_gamma": [(0,), (1,), (0.3,), (0.999,), (1.001,), (2.5,), (1e6,), (1e-3,), (math.inf,), (math.nan,)],
    "gamma": [(0, 1), (1, 2), (0.3, 2), (5, 0.5), (5, 0)],
    "beta": [(2, 3), (0.5, 0.5), (1, 1), (0.5, 2), (1e-3, 1e-3), (1e-200, 1e-150), (1e-10, 0.5), (1e-5, 1e-5)],
    "chisquare": [(1,), (2,), (3,), (0.5,), (1e5,)],
    "noncentral_chisquare": [(3, 1), (0.5, 1), (1, 4), (3, 0), (0.5, 0), (0.5, 100), (3, math.nan), (2, math.inf)],
    "f": [(3, 5), (0.5, 0.5), (1e4, 2)],
    "noncentral_f": [(3, 5, 1), (0.5, 2, 3), (2, 3, 0), (2, 3, math.nan)],
    "standard_t": [(1,), (3,), (0.5,), (1e10,)],
    "standard_cauchy": [()],
    "pareto": [(3,), (0.1,), (1e3,)],
    "weibull": [(2,), (0,), (0.5,)],
    "power": [(3,), (0.1,)],
    "laplace": [(0, 1), (2, 0), (-1, 3)],
    "gumbel": [(0, 1), (2, 0), (-1, 3)],
    "logistic": [(0, 1), (2, 0), (-1, 3)],
    "rayleigh": [(1,), (0,), (2.5,)],
    "wald": [(1, 2), (100, 0.1), (1e-3, 5)],
    "vonmises": [
        (0, 1e-9),
        (1, 1e-6),
        (1, 1e-5),
        (0, 1),
        (3, 4),
        (-3, 100),
        (0, 1e6),
        (3, 2e6),
        (10, 4),
        (0, math.nan),
    ],
    "triangular": [(0, 1, 3), (0, 0, 1), (0, 1, 1), (-2, 0.5, 1)],
    "poisson": [(0,), (1e-5,), (0.5,), (9.99,), (10,), (35,), (1000,), (1e8,), (1e15,), (9.2e18,)],
    "binomial": [
        *((0, 0.5), (10, 0), (10, 1), (10, 0.3), (10, 0.8), (60, 0.5), (61, 0.5), (100, 0.31), (100, 0.9)),
        *((1000, 0.02), (1000, 0.4), (10**6, 0.3), (10**6, 1e-5), (10**6, 1 - 1e-5), (10**12, 0.25), (10**18, 0.5)),
        (2**62, 0.3),
    ],
    "negative_binomial": [(3, 0.4), (0.3, 0.2), (1, 1), (100, 0.05), (2.5, 1e-9)],
    "geometric": [(1,), (0.5,), (1 / 3,), (0.333,), (1e-3,), (1e-12,), (1e-300,)],
    "logseries": [(0,), (0.1,), (0.8,), (0.9999,), (1 - 2.0**-53,)],
    "zipf": [(1.0001,), (1.1,), (1.5,), (2,), (4,), (100,), (1024,), (1025,), (math.inf,)],
    "hypergeometric": [
        *((20, 30, 9), (20, 30, 41), (20, 30, 15), (30, 20, 40), (30, 20, 10), (0, 30, 15), (30, 0, 15), (5, 5, 0)),
        *((5, 5, 10), (200, 300, 100), (10**6, 10**8, 10**6), (999_999_999, 999_999_999, 10**9), (100, 100, 100)),
    ],
}


def seeds(name):
    return 3 if name == "PCG64" else 17


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("method", REGIMES)
def test_numbers_and_states_are_numpys(method, name):
    for parameters in REGIMES[method]:
        ours, theirs = pair(name, seeds(name))
        for size in (None, 0, 300, (), (2, 3)):
            same(getattr(ours, method)(*parameters, size=size), getattr(theirs, method)(*parameters, size=size))
            # Half a word that waits, waits on.
            same(ours.random(1, "f4"), theirs.random(1, "f4"))
        same_state(ours, theirs)


@pytest.mark.parametrize("method", REGIMES)
def test_long_draws_take_every_branch(method):
    for parameters in REGIMES[method]:
        ours, theirs = pair(seed=5)
        same(getattr(ours, method)(*parameters, size=20_000), getattr(theirs, method)(*parameters, size=20_000))
        same_state(ours, theirs)


@pytest.mark.parametrize("method", REGIMES)
def test_parameters_broadcast(method):
    regimes = [p for p in REGIMES[method] if p and all(math.isfinite(x) for x in p)]
    if not regimes:
        return
    ours, theirs = pair()
    columns = [np.array(c) for c in zip(*regimes, strict=True)]
    same(getattr(ours, method)(*columns), getattr(theirs, method)(*columns))
    columns[0] = columns[0][::-1, None]
    if method not in ("triangular", "hypergeometric", "uniform", "negative_binomial"):
        for size in (None, (4, len(regimes), 1 if len(columns) == 1 else len(regimes))):
            same(getattr(ours, method)(*columns, size=size), getattr(theirs, method)(*columns, size=size))
    same(
        getattr(ours, method)(*regimes[0][:-1], [regimes[0][-1]] * 3),
        getattr(theirs, method)(*regimes[0][:-1], [regimes[0][-1]] * 3),
    )
    same_state(ours, theirs)


@pytest.mark.parametrize("name", GENERATORS)
def test_single_precision(name):
    ours, theirs = pair(name)
    for size in (None, 1, 7, 50_000):
        same(ours.standard_normal(size, dtype="f4"), theirs.standard_normal(size, dtype="f4"))
        same(ours.standard_exponential(size, dtype="f4"), theirs.standard_exponential(size, dtype="f4"))
        for method in ("zig", "inv"):
            for dtype in ("f4", "f8"):
                draws = [g.standard_exponential(size, dtype=dtype, method=method) for g in (ours, theirs)]
                same(*draws)
        for shape in (0, 0.3, 1, 2.7, 1e4):
            same(ours.standard_gamma(shape, size, dtype="f4"), theirs.standard_gamma(shape, size, dtype="f4"))
        same_state(ours, theirs)
    shapes = np.array([[0.3], [1.0], [4.2]])
    same(ours.standard_gamma(shapes, (3, 5), dtype="f4"), theirs.standard_gamma(shapes, (3, 5), dtype="f4"))


@pytest.mark.parametrize("name", ["PCG64", "MT19937"])
def test_ziggurats_of_single_precision_agree_in_every_layer_wedge_and_tail(name):
    ours, theirs = pair(name, 42)
    for method in ("standard_normal", "standard_exponential"):
        same(getattr(ours, method)(3_000_000, dtype="f4"), getattr(theirs, method)(3_000_000, dtype="f4"))


@pytest.mark.parametrize("name", GENERATORS)
def test_parts_drawn_side_by_side_are_one_stream(name):
    for threads in (1, 2):
        before = numpy_rs.lazy.get_num_threads()
        numpy_rs.lazy.set_num_threads(threads)
        try:
            ours, theirs = pair(name, 9)
            for n in (65_535, 65_536, 65_537, 200_001):
                for dtype in ("f8", "f4"):
                    same(ours.random(n, dtype), theirs.random(n, dtype))
                    same_state(ours, theirs)
                same(ours.uniform(-2, 5, n), theirs.uniform(-2, 5, n))
                same(ours.standard_exponential(n, method="inv"), theirs.standard_exponential(n, method="inv"))
                same(ours.random(1, "f4"), theirs.random(1, "f4"))
                same_state(ours, theirs)
        finally:
            numpy_rs.lazy.set_num_threads(before)


def test_numbers_go_into_arrays():
    for kind in (np, numpy_rs):
        ours, theirs = pair()
        make = (lambda *a: np.zeros(*a)) if kind is np else (lambda *a: numpy_rs.lazy.zeros(*a).compute())
        for method in ("random", "standard_normal", "standard_exponential"):
            for dtype in ("f8", "f4"):
                out, expected = make((3, 4), dtype), np.zeros((3, 4), dtype)
                assert getattr(ours, method)(out=out, dtype=dtype) is out
                same(np.asarray(out), getattr(theirs, method)(out=expected, dtype=dtype))
        out, expected = make((3, 4)), np.zeros((3, 4))
        assert ours.standard_gamma([1, 2, 3, 0.5], out=out) is out
        same(np.asarray(out), theirs.standard_gamma([1, 2, 3, 0.5], out=expected))
    ours, theirs = pair()
    out, expected = np.zeros((4, 3)).T, np.zeros((4, 3)).T
    ours.random(out=out)
    same(out, theirs.random(out=expected))


INTEGERS = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["PCG64", "MT19937"])
def test_integers_between_arrays_of_ends(name, dtype):
    ours, theirs = pair(name)
    least, most = (0, 1) if dtype == "bool" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    lows = np.array([[least], [0]], dtype if dtype == "uint64" else "int64")
    highs = np.array([most, 1, most // 2 + 1], dtype if dtype == "uint64" else "int64")
    for size in (None, (5, 2, 3)):
        draws = [g.integers(lows, highs, size, dtype=dtype, endpoint=True) for g in (ours, theirs)]
        same(*draws)
    same(
        ours.integers(lows.tolist(), 1, dtype=dtype, endpoint=True),
        theirs.integers(lows.tolist(), 1, dtype=dtype, endpoint=True),
    )
    same(ours.integers([1, 1], dtype=dtype), theirs.integers([1, 1], dtype=dtype))
    same(ours.integers(0.5, [1.9, 1.2], dtype=dtype), theirs.integers(0.5, [1.9, 1.2], dtype=dtype))
    same_state(ours, theirs)


@pytest.mark.parametrize("name", GENERATORS)
def test_rows(name):
    ours, theirs = pair(name)
    calls = [
        lambda g: g.multinomial(20, [0.2, 0.3, 0.5]),
        lambda g: g.multinomial(20, [1.0]),
        lambda g: g.multinomial(20, [0.5, 0.5, 0.0], size=3),
        lambda g: g.multinomial([5, 200, 10**6], [0.1, 0.0, 0.9], size=(2, 3)),
        lambda g: g.multinomial([[5], [0]], [[0.1, 0.9], [0.5, 0.5], [1.0, 0.0]]),
        lambda g: g.multinomial(3, [0.1] * 10, size=()),
        lambda g: g.multinomial(10**9, [1 / 7] * 7, size=20),
        lambda g: g.dirichlet([2.0, 3.0, 0.5]),
        lambda g: g.dirichlet([0.01, 0.02, 0.05], size=(2, 5)),
        lambda g: g.dirichlet([0.01, 0.0, 0.0], size=3),
        lambda g: g.dirichlet([0.0, 0.0]),
        lambda g: g.dirichlet([5.0], size=3),
        lambda g: g.dirichlet([1, 2], size=0),
        *(
            lambda g, c=c, n=n, m=m: g.multivariate_hypergeometric(c, n, size=(2, 3), method=m)
            for m in ("count", "marginals")
            for c, n in (
                ([16, 8, 4], 6),
                ([16, 8, 4], 25),
                ([16, 8, 4], 28),
                ([16, 8, 4], 0),
                ([3], 2),
                ([100, 300, 200, 0], 90),
            )
        ),
        lambda g: g.multivariate_hypergeometric([1, 2, 3], 2),
    ]
    for call in calls:
        same(call(ours), call(theirs))
        same_state(ours, theirs)


def test_orders_and_samples():
    p = np.array([0.1, 0.0, 0.35, 0.25, 0.3])
    x = np.arange(24.0).reshape(4, 6)
    cube = np.arange(24).reshape(2, 3, 4)
    calls = [
        *(
            lambda g, n=n, m=m, s=s: g.choice(n, m, replace=False, shuffle=s)
            for s in (True, False)
            for n, m in ((5, 5), (5, 0), (1000, 30), (20_000, 30), (20_000, 1000), (20_000, 20_000), (0, 0))
        ),
        lambda g: g.choice(5, 4, replace=False, p=p),
        lambda g: g.choice(5, (2, 2), replace=False, p=p),
        lambda g: g.choice(5, replace=False),
        lambda g: g.choice(5, replace=False, p=p),
        lambda g: g.choice(5, 1000, p=p),
        lambda g: g.choice(5, p=p.astype("f4")),
        lambda g: g.choice(100_000, 10, p=np.full(100_000, 1e-5)),
        lambda g: g.choice(x, 3, replace=False, axis=1),
        lambda g: g.choice(x, (2, 2), replace=False, axis=0, shuffle=False),
        lambda g: g.permuted(x),
        lambda g: g.permuted(x, axis=0),
        lambda g: g.permuted(x, axis=1),
        lambda g: g.permuted(x.T),
        lambda g: g.permuted(x.T, axis=0),
        lambda g: g.permuted(x[::2, ::2]),
        lambda g: g.permuted(cube, axis=1),
        lambda g: g.permuted(cube, axis=-1),
        lambda g: g.permuted(cube.transpose(2, 1, 0)),
        lambda g: g.permuted(np.zeros((3, 0)), axis=0),
        lambda g: g.permuted([3, 1, 2]),
        lambda g: g.bytes(0),
        lambda g: g.bytes(5),
        lambda g: g.bytes(-1),
        lambda g: g.permutation(cube, axis=2),
    ]
    for name in GENERATORS:
        ours, theirs = pair(name)
        for call in calls:
            same(call(ours), call(theirs))
            same_state(ours, theirs)


def test_shuffles_in_place():
    ours, theirs = pair()
    for make in (
        lambda: list("abcdefg"),
        lambda: np.arange(10),
        lambda: np.arange(10)[::-2],
        lambda: np.arange(12.0).reshape(3, 4),
        lambda: np.array(["x", None, 3], object),
        lambda: np.zeros((3, 0)),
        lambda: [],
        lambda: bytearray(b"12345"),
    ):
        a, b = make(), make()
        assert ours.shuffle(a) is None
        theirs.shuffle(b)
        assert np.array_equal(a, b)
        same_state(ours, theirs)
    a, b = np.arange(12).reshape(3, 4), np.arange(12).reshape(3, 4)
    ours.shuffle(a, axis=1)
    theirs.shuffle(b, axis=1)
    same(a, b)
    own = numpy_rs.lazy.arange(12).reshape(3, 4).compute()
    ours.shuffle(own, axis=-1)
    theirs.shuffle(b := np.arange(12).reshape(3, 4), axis=-1)
    assert np.array_equal(own, b)
    out, expected = np.zeros((3, 4)), np.zeros((3, 4))
    assert ours.permuted(np.arange(12).reshape(3, 4), axis=1, out=out) is out
    theirs.permuted(np.arange(12).reshape(3, 4), axis=1, out=expected)
    same(out, expected)
    x, y = np.arange(12.0).reshape(3, 4), np.arange(12.0).reshape(3, 4)
    ours.permuted(x, out=x)
    theirs.permuted(y, out=y)
    same(x, y)
    with pytest.warns(UserWarning, match="you are shuffling a 'dict' object"):
        ours.shuffle({0: 1, 1: 2})
    with pytest.raises(TypeError, match="a lazy array"):
        ours.shuffle(numpy_rs.lazy.arange(3))


@pytest.mark.parametrize("name", GENERATORS)
def test_states_are_given_and_taken(name):
    ours, theirs = pair(name, 5)
    for _ in range(3):
        same(ours.random(3, dtype="f4"), theirs.random(3, dtype="f4"))
        same_state(ours, theirs)
        state = ours.bit_generator.state
        first = ours.random(700)
        ours.bit_generator.state = state
        same(ours.random(700), np.asarray(first))
        theirs.random(700)
    ours.bit_generator.state = theirs.bit_generator.state
    fresh = np.random.Generator(getattr(np.random, name)())
    fresh.bit_generator.state = ours.bit_generator.state
    same(ours.random(3), fresh.random(3))


@pytest.mark.parametrize("name", GENERATORS)
def test_pickled_and_copied_generators_go_on(name):
    ours, theirs = pair(name, 5)
    ours.random(3, dtype="f4"), theirs.random(3, dtype="f4")
    for again in (pickle.loads(pickle.dumps(ours)), copy.deepcopy(ours)):
        assert type(again) is type(ours)
        same(again.random(3), copy.deepcopy(theirs).random(3))
        assert again.bit_generator.seed_seq.state == ours.bit_generator.seed_seq.state
    bits = pickle.loads(pickle.dumps(ours.bit_generator))
    assert bits.random_raw() == copy.deepcopy(theirs.bit_generator).random_raw()
    same(ours.random(3), theirs.random(3))


@pytest.mark.parametrize("name", ["PCG64", "PCG64DXSM", "Philox", "MT19937"])
def test_jumped_generators_are_numpys(name):
    ours, theirs = pair(name, 5)
    for _ in range(2):
        for jumps in (0, 1, 3):
            a, b = ours.bit_generator.jumped(jumps), theirs.bit_generator.jumped(jumps)
            assert plain(a.state) == plain(b.state)
            same(np.asarray(a.random_raw(5)), b.random_raw(5))
        same(ours.random(5, "f4"), theirs.random(5, "f4"))
    if name != "MT19937":
        for delta in (0, 1, 5, -3, 2**127, 2**200 + 7):
            ours.bit_generator.advance(delta)
            theirs.bit_generator.advance(delta)
            same(ours.random(3, "f4"), theirs.random(3, "f4"))
            same_state(ours, theirs)


def test_philox_of_a_key_and_a_counter():
    for arguments in ({"key": 2**100 + 3}, {"counter": 2**200, "seed": 4}, {"key": [1, 2], "counter": [1, 2, 3, 4]}):
        a, b = (
            numpy_rs.random.Philox(**arguments),
            np.random.Philox(**{k: np.array(v, "u8") if isinstance(v, list) else v for k, v in arguments.items()}),
        )
        assert plain(a.state) == plain(b.state)
        assert a.random_raw() == b.random_raw()


def test_words_are_drawn_for_nothing():
    ours, theirs = pair()
    assert ours.bit_generator.random_raw(5, output=False) is None
    theirs.bit_generator.random_raw(5, output=False)
    same_state(ours, theirs)


ERRORS = """
g.standard_gamma(-1) g.standard_gamma(-0.0) g.standard_gamma([1,-1]) g.gamma(1,-1) g.gamma(-1,-1) g.beta(0,1)
g.beta(1,[0]) g.chisquare(0) g.f(1,-1) g.noncentral_f(1,1,-1) g.noncentral_chisquare(0,1) g.standard_t(0)
g.pareto(0) g.weibull(-1) g.power(0) g.laplace(0,-1) g.gumbel(0,-1) g.logistic(0,-1) g.lognormal(0,-1)
g.rayleigh(-1) g.wald(0,1) g.wald(1,0) g.vonmises(0,-1) g.vonmises(0,[-1]) g.triangular(1,0,2) g.triangular(0,3,2)
g.triangular(2,2,2) g.triangular([1],0,2) g.triangular([0,2],[1,2],[2,2]) g.poisson(-1) g.poisson(float('nan'))
g.poisson([float('nan')]) g.poisson(1e30) g.poisson([1e30]) g.poisson([-1,2]) g.poisson([-1,1e30]) g.binomial(-1,.5)
g.binomial(1,1.5) g.binomial([1],1.5) g.binomial(1,float('nan')) g.binomial([-1],.5) g.binomial(-1,2)
g.negative_binomial(0,.5) g.negative_binomial(float('nan'),.5) g.negative_binomial([float('nan'),0],.5)
g.negative_binomial(1,0) g.negative_binomial([1],[0]) g.negative_binomial(1e20,.5) g.negative_binomial([1e20],.5)
g.geometric(0) g.geometric([0]) g.geometric(1.5) g.logseries(1) g.logseries([1]) g.logseries(-1) g.zipf(1)
g.zipf([1]) g.zipf(float('nan')) g.hypergeometric(-1,3,2) g.hypergeometric([-1],3,2) g.hypergeometric(3,-1,2)
g.hypergeometric(3,3,-1) g.hypergeometric(3,3,7) g.hypergeometric([3],3,7) g.hypergeometric(10**9,3,7)
g.hypergeometric([3],10**9,7) g.uniform(1,0) g.uniform([1],0) g.uniform(0,float('inf')) g.uniform([0],float('inf'))
g.uniform(0.0,-0.0) g.gamma([1,2],[1,2,3]) g.gamma([1,2],size=3) g.gamma([[1],[2]],size=2) g.gamma(2,size=-1)
g.gamma(2,size=2.5) g.gamma(-1,size=-1) g.gamma('3') g.gamma(10**400) g.binomial('3',.5) g.binomial(2**63,.5)
g.binomial(float('inf'),.5) g.binomial(np.array([1.5]),.5) g.standard_gamma(2,dtype='i4')
g.standard_normal(dtype='i4') g.standard_exponential(dtype='f2') g.standard_gamma(2,out=np.zeros((3,2)).T)
g.random(out=np.zeros(6)[::2]) g.random(out=np.zeros(3,'f4')) g.random(dtype='f4',out=np.zeros(3))
g.random(4,out=np.zeros(3)) g.standard_gamma([1,2],out=np.zeros(3)) g.standard_gamma([[1],[2]],out=np.zeros(2))
g.random(out=[1]) g.multinomial(3,[.5,.6,.1]) g.multinomial(3,[[.5,.6,.1]]) g.multinomial(3,[]) g.multinomial(3,.5)
g.multinomial(-1,[.5,.5]) g.multinomial([3,-1],[.5,.5]) g.multinomial(3,[.5,-.5]) g.multinomial(3,[.5,float('nan')])
g.multinomial([3,4],[.5,.5],size=3) g.multinomial(3,np.array([.5,.5+1e-6,0],'f4'))
g.multinomial(3,np.array([.9,.9,0],'f4')) g.dirichlet([-1,2]) g.dirichlet(3) g.dirichlet([[1]])
g.multivariate_hypergeometric([1,2],4) g.multivariate_hypergeometric([1,-2],1)
g.multivariate_hypergeometric([1,2.5],2) g.multivariate_hypergeometric([[1]],1)
g.multivariate_hypergeometric([2,3],2,method='x') g.multivariate_hypergeometric([2,3],2.5)
g.multivariate_hypergeometric([2,3],-1) g.multivariate_hypergeometric([2,3],2**63)
g.multivariate_hypergeometric([10**9],1) g.multivariate_hypergeometric([2**62,2**62],1)
g.multivariate_hypergeometric([2**61],1,method='count') g.integers([1,2],[0,5]) g.integers([1,2],[3,500],dtype='u1')
g.integers([-1,2],[3,5],dtype='u1') g.integers(0,[0]) g.integers(0,[-1],endpoint=True)
g.integers([1],[0],endpoint=True) g.integers([3,4],size=3) g.integers([1,2],[3],dtype=bool)
g.integers([1,2],[3,4,5]) g.choice(5,6,replace=False) g.choice(5,2,replace=False,p=[1,0,0,0,0])
g.choice(5,-1,replace=False) g.choice(5,2,p=[[1]]) g.choice(2,2,p=[float('nan'),1]) g.choice(2,2,p=[-1,2])
g.choice(2,2,p=[.5,.6]) g.choice(0,replace=False) g.shuffle(5) g.shuffle((1,2)) g.shuffle([1,2],axis=1)
g.shuffle(np.zeros((2,2)),axis=2) g.shuffle(np.broadcast_to(1,3)) g.permuted(5) g.permuted([1,2],axis=1)
g.permuted([1,2],out=np.zeros(3)) g.permuted([1,2],out=[1]) g.bytes(-9) setattr(g.bit_generator,'state',1)
setattr(g.bit_generator,'state',{}) setattr(g.bit_generator,'state',np.random.SFC64().state)
""".split()


@pytest.mark.parametrize("code", ERRORS)
def test_errors_are_numpys_and_draw_nothing(code):
    raised = []
    generators = pair()
    for g in generators:
        with pytest.raises(Exception) as info:
            eval(code, {"g": g, "np": np})
        raised.append((info.type.__name__, str(info.value)))
    assert raised[0] == raised[1]
    same_state(*generators)


def test_states_of_nothing_are_refused():
    state = numpy_rs.random.Philox(1).state
    state["buffer_pos"] = 7
    with pytest.raises(ValueError, match="no state of Philox"):
        numpy_rs.random.Philox(1).state = state
    with pytest.raises(ValueError, match="seed and key"):
        numpy_rs.random.Philox(1, key=2)
    with pytest.raises(ValueError, match="key must be positive"):
        numpy_rs.random.Philox(key=-1)


@pytest.mark.parametrize("method", ["svd", "eigh", "cholesky"])
def test_normal_rows_have_their_covariance(method):
    mean, cov = np.array([1.0, -2.0, 0.5]), np.array([[2.0, 0.6, 0.1], [0.6, 1.0, -0.3], [0.1, -0.3, 0.5]])
    ours, theirs = pair()
    got = np.asarray(ours.multivariate_normal(mean, cov, (100, 200), method=method))
    want = theirs.multivariate_normal(mean, cov, (100, 200), method=method)
    assert got.shape == want.shape and got.dtype == want.dtype
    assert ours.bit_generator.state == theirs.bit_generator.state
    if method == "cholesky":
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)
    rows = got.reshape(-1, 3)
    assert np.abs(rows.mean(0) - mean).max() < 0.05 and np.abs(np.cov(rows.T) - cov).max() < 0.08
    assert ours.multivariate_normal(mean, cov, method=method).shape == (3,)
    assert ours.multivariate_normal(mean, cov, 2, method=method).shape == (2, 3)


COVARIANCES = [
    ([0.0], [[1.0, 2.0]], {}),
    ([[0.0]], [[1.0]], {}),
    ([0.0, 1.0], [[1.0]], {}),
    ([0.0], [[1j]], {}),
    ([0.0], [[1.0]], {"method": "x"}),
    ([0.0], [[1.0]], {"check_valid": "x"}),
    ([0.0, 0.0], [[1.0, 5.0], [0.0, 1.0]], {"check_valid": "raise"}),
    ([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]], {"check_valid": "raise", "method": "eigh"}),
    ([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]], {"method": "cholesky"}),
]


@pytest.mark.parametrize("mean, cov, options", COVARIANCES)
def test_covariances_are_refused_as_in_numpy(mean, cov, options):
    ours, theirs = pair()
    with pytest.raises(Exception) as want:
        theirs.multivariate_normal(mean, cov, **options)
    with pytest.raises(Exception) as got:
        ours.multivariate_normal(mean, cov, **options)
    assert str(got.value) == str(want.value) and got.type.__name__ == want.type.__name__
    with pytest.warns(RuntimeWarning, match="covariance is not symmetric"):
        ours.multivariate_normal([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]], method="eigh")


def test_lazy_arrays_are_parameters():
    ours, theirs = pair()
    x = numpy_rs.lazy.arange(1, 5) / 2
    same(ours.gamma(x, 2), theirs.gamma(np.arange(1, 5) / 2, 2))


def test_states_are_read_while_others_draw():
    ours, theirs = pair()
    draws = threading.Thread(target=lambda: [ours.random(3_000_000) for _ in range(8)])
    draws.start()
    states = 0
    while draws.is_alive():
        assert ours.bit_generator.state["has_uint32"] == 0
        states += 1
    draws.join()
    for _ in range(8):
        theirs.random(3_000_000)
    assert states
    same_state(ours, theirs)
