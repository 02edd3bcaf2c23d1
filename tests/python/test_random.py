"""Random numbers drawn at once: NumPy's to the last bit, for every bit generator and over successive calls."""

import numpy as np
import pytest

import numpy_rs

GENERATORS = ["PCG64", "PCG64DXSM", "SFC64", "Philox", "MT19937"]
SEEDS = [0, 1, 2**70 + 3, [1, 2, 3]]
SIZES = [None, 0, 1, 3, (2, 3), 1000, (3, 0, 2)]


def pair(name="PCG64", seed=1):
    ours = numpy_rs.random.Generator(getattr(numpy_rs.random, name)(seed))
    return ours, np.random.Generator(getattr(np.random, name)(seed))


def same(got, want):
    assert isinstance(got, numpy_rs.ndarray) == isinstance(want, np.ndarray)
    got, want = np.asarray(got), np.asarray(want)
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    assert got.tobytes() == want.tobytes()


CALLS = [
    lambda g, size: g.random(size),
    lambda g, size: g.random(size or 5, dtype=np.float32),
    lambda g, size: g.uniform(-3, 7.5, size),
    lambda g, size: g.standard_normal(size),
    lambda g, size: g.normal(1, 2.5, size),
    lambda g, size: g.standard_exponential(size),
    lambda g, size: g.exponential(3, size),
    lambda g, size: g.integers(10, size=size or 3),
    lambda g, size: g.integers(-5, 2**40, size=size or 3),
    lambda g, size: g.permutation(17),
]


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_numbers_are_numpys_over_successive_calls(name, seed):
    ours, theirs = pair(name, seed)
    for size in SIZES:
        for call in CALLS:
            same(call(ours, size), call(theirs, size))
        same(ours.bit_generator.random_raw(size or 3), np.array(theirs.bit_generator.random_raw(size or 3), np.uint64))


@pytest.mark.parametrize("method", ["standard_normal", "standard_exponential"])
@pytest.mark.parametrize("name", ["PCG64", "MT19937"])
def test_ziggurats_agree_in_every_layer_wedge_and_tail(method, name):
    ours, theirs = pair(name, 42)
    same(getattr(ours, method)(5_000_000), getattr(theirs, method)(5_000_000))


INTEGERS = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_are_numpys(name, dtype):
    ours, theirs = pair(name, 7)
    least, most = (0, 1) if dtype == "bool" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    middle = (least + most) // 2
    for low, high in ((least, most), (least, least), (most, most), (least, middle + 1), (max(least, -2), 1), (0, most)):
        for n in (0, 1, 2, 3, 7, 400):
            same(
                ours.integers(low, high, n, dtype=dtype, endpoint=True),
                theirs.integers(low, high, n, dtype=dtype, endpoint=True),
            )
            # Narrow integers drop what is left of a word; halves of words wait.
            same(ours.random(1, dtype="f4"), theirs.random(1, dtype="f4"))


def test_ranges_that_are_drawn_again_often():
    for high in (2**31 + 1, 3 * 2**30, 2**32 - 1, 2**63 - 1, 2**62 + 1):
        ours, theirs = pair()
        same(ours.integers(0, high, 3000), theirs.integers(0, high, 3000))
    ours, theirs = pair()
    same(ours.integers(0, 129, 3000, dtype="u1"), theirs.integers(0, 129, 3000, dtype="u1"))


def test_orders_and_choices_are_numpys():
    ours, theirs = pair()
    x = np.arange(20.0).reshape(4, 5)
    p = [0.1, 0.0, 0.35, 0.25, 0.3]
    for n in (0, 1, 2, 50, 70_000):
        same(ours.permutation(n), theirs.permutation(n))
    for axis in (0, 1):
        same(ours.permutation(x, axis=axis), theirs.permutation(x, axis=axis))
    same(ours.permutation(x[0]), theirs.permutation(x[0]))
    same(ours.choice(5, 100, p=p), theirs.choice(5, 100, p=p))
    same(ours.choice(x, (2, 3), axis=1), theirs.choice(x, (2, 3), axis=1))
    same(ours.choice(1000, 100), theirs.choice(1000, 100))


def test_parameters_broadcast():
    ours, theirs = pair()
    loc, scale = np.array([[1.0], [2.0]]), np.array([0.5, 0.25, 4.0])
    same(ours.normal(loc, scale), theirs.normal(loc, scale))
    same(ours.normal(loc, scale, (5, 2, 3)), theirs.normal(loc, scale, (5, 2, 3)))
    same(ours.uniform(-loc, scale), theirs.uniform(-loc, scale))
    same(ours.exponential(scale), theirs.exponential(scale))


@pytest.mark.parametrize("name", ["PCG64", "PCG64DXSM"])
def test_words_are_left_out(name):
    ours, theirs = pair(name)
    for delta in (0, 1, 1000, 2**64 + 5, 2**127, -3):
        ours.bit_generator.advance(delta)
        theirs.bit_generator.advance(delta)
        same(ours.random(3), theirs.random(3))


@pytest.mark.parametrize("name", GENERATORS)
def test_spawned_generators_are_numpys(name):
    ours, theirs = pair(name, 3)
    for a, b in zip(ours.spawn(3), theirs.spawn(3), strict=True):
        same(a.random(5), b.random(5))


@pytest.mark.parametrize(
    "code",
    [
        "g.random(-1)",
        "g.random(3, dtype='int64')",
        "g.uniform(2, 1)",
        "g.uniform(0, float('inf'))",
        "g.normal(0, -1)",
        "g.exponential([1, -1])",
        "g.integers(0)",
        "g.integers(5, 5)",
        "g.integers(300, dtype='u1')",
        "g.integers(0, 2, dtype=float)",
        "g.choice(0)",
        "g.choice([])",
        "g.choice(3, p=[0.5, 0.5])",
        "g.choice(3, p=[0.5, 0.5, 0.5])",
        "g.standard_normal(3, dtype='i4')",
    ],
)
def test_errors_are_numpys(code):
    raised = []
    for g in pair():
        with pytest.raises(Exception) as info:
            eval(code, {"g": g})
        raised.append((info.type, str(info.value)))
    assert raised[0] == raised[1]


def test_what_is_not_there_says_so():
    with pytest.raises(NotImplementedError):
        numpy_rs.random.BitGenerator(1)
    with pytest.raises(TypeError, match="a bit generator of numpy_rs.random"):
        numpy_rs.random.Generator(np.random.PCG64(1))
