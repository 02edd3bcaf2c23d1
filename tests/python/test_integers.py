"""Python's numbers as the C integers and the elements that NumPy makes of them: values, exceptions, texts."""

import re
import warnings

import numpy as np
import pytest
from lazy_checks import same_outcome

import numpy_rs.lazy as lz

A = np.arange(12.0).reshape(3, 4)
BEYOND = [2**31, -(2**31) - 1, 2**40, 2**62, 2**63 - 1, -(2**63), 2**63, 10**30, -(10**30)]
LIKE = [1, -1, True, np.True_, np.int8(1), np.array(1), 1.0, np.float32(1), "a", [0], np.array([0]), {0}, (0, 1.0)]


class Own:
    """An index that raises an exception of its own."""

    def __index__(self):
        raise KeyError("boom")


# What takes an axis, by the C integer that NumPy takes it into.
AXES = {
    "sum": lambda m, x, k: m.sum(x, axis=k),
    "prod": lambda m, x, k: m.prod(x, axis=(0, k)),
    "max": lambda m, x, k: x.max(axis=k),
    "any": lambda m, x, k: m.any(x, axis=k),
    "count": lambda m, x, k: m.count_nonzero(x, axis=k),
    "nansum": lambda m, x, k: m.nansum(x, axis=k),
    "mean": lambda m, x, k: m.mean(x, axis=k),
    "std": lambda m, x, k: m.std(x, axis=k),
    "argmax": lambda m, x, k: m.argmax(x, axis=k),
    "cumsum": lambda m, x, k: m.cumsum(x, k),
    "cumprod": lambda m, x, k: x.cumprod(k),
    "accumulate": lambda m, x, k: m.add.accumulate(x, k),
    "reduce": lambda m, x, k: m.logical_and.reduce(x, k),
    "squeeze": lambda m, x, k: m.squeeze(x, k),
    "take": lambda m, x, k: m.take(x, 0, k),
    "compress": lambda m, x, k: m.compress([True], x, k),
    "concatenate": lambda m, x, k: m.concatenate([x, x], k),
    "stack": lambda m, x, k: m.stack([x, x], k),
    "expand_dims": lambda m, x, k: m.expand_dims(x, k),
    "flip": lambda m, x, k: m.flip(x, k),
    "moveaxis": lambda m, x, k: m.moveaxis(x, k, 0),
    "destination": lambda m, x, k: m.moveaxis(x, 0, k),
    "swapaxes": lambda m, x, k: m.swapaxes(x, k, 0),
    "method": lambda m, x, k: x.swapaxes(0, k),
    "rollaxis": lambda m, x, k: m.rollaxis(x, k),
    "sort": lambda m, x, k: m.sort(x, k),
    "median": lambda m, x, k: m.median(x, axis=k),
    "average": lambda m, x, k: m.average(x, axis=k),
    "diagonal": lambda m, x, k: m.diagonal(x, 0, k),
    "trace": lambda m, x, k: m.trace(x, 0, k, 0),
}


@pytest.mark.parametrize("k", [*BEYOND, Own()], ids=str)
@pytest.mark.parametrize("name", AXES)
def test_axes_beyond_a_c_integer(name, k):
    if type(k) is Own and name in ("median", "average", "sort"):
        # NumPy asks for the index in Python there, and says something else.
        with pytest.raises(KeyError, match="boom"):
            AXES[name](lz, lz.asarray(A), k)
        return
    same_outcome(lambda m, x: AXES[name](m, x, k), A)


@pytest.mark.parametrize("k", LIKE, ids=repr)
@pytest.mark.parametrize(
    "name", ["sum", "max", "any", "count", "argmax", "cumsum", "cumprod", "take", "concatenate", "trace"]
)
def test_what_is_almost_an_axis(name, k):
    same_outcome(lambda m, x: AXES[name](m, x, k), A)


OFFSETS = {
    "diagonal": lambda m, x, k: m.diagonal(x, k),
    "method": lambda m, x, k: x.diagonal(k),
    "diag": lambda m, x, k: m.diag(x, k),
    "trace": lambda m, x, k: m.trace(x, k),
    "tri": lambda m, x, k: m.tri(3, 3, k),
    "tril": lambda m, x, k: m.tril(x, k),
    "triu": lambda m, x, k: m.triu(x, k),
    "eye": lambda m, x, k: m.eye(3, 4, k),
    "round": lambda m, x, k: m.round(x, k),
}


# NumPy crashes at -2**31, which has no opposite.
@pytest.mark.parametrize(
    ("name", "k"),
    # Powers of ten beyond float64 are no decimals.
    [(n, k) for n in OFFSETS for k in (-3, -2, 0, 3, 4, 2**31 - 1, *BEYOND) if (n, k) != ("round", 2**31 - 1)],
    ids=str,
)
def test_offsets_and_decimals_beyond_a_c_integer(name, k):
    same_outcome(lambda m, x: OFFSETS[name](m, x, k), A)


SHAPES = [
    True,
    {2},
    {2: 3},
    (True, 2),
    [2.0],
    2.0,
    (2, "a"),
    np.array(2),
    np.array([2, 3]),
    [[2]],
    {2}.__iter__(),
    b"ab",
    (),
    10**30,
    (10**30,),
    -1,
    (2, -1),
    "a",
    np.True_,
    np.float64(2),
    [None],
    range(2),
    Own(),
    (Own(), 2),
]


@pytest.mark.parametrize("shape", SHAPES, ids=[str(type(s)) + str(i) for i, s in enumerate(SHAPES)])
def test_what_is_almost_a_shape(shape):
    if not isinstance(shape, bytes):
        same_outcome(lambda m, x: x.reshape(shape), A)
    same_outcome(lambda m, x: m.zeros(shape), A)
    same_outcome(lambda m, x: m.full(shape, 1), A)


NUMBERS = [
    1e300,
    300.5,
    -1.5,
    2**70,
    -1,
    1 + 2j,
    2**63,
    2**64,
    1.8e19,
    float("nan"),
    float("inf"),
    -float("inf"),
    7,
    True,
    np.float64(1e300),
    np.float64(300.5),
    np.int64(2**40),
    np.float32(-1.5),
    np.int8(3),
]
TYPES = ["i1", "i2", "i4", "i8", "u1", "u8", "f2", "f4", "?", "c8"]


@pytest.mark.parametrize("value", NUMBERS, ids=repr)
@pytest.mark.parametrize("dtype", TYPES)
def test_numbers_as_elements(dtype, value):
    """Initial values, elements of lists, what is put around an array: NumPy asks Python's `int` for them."""
    x = np.zeros(2, dtype)
    same_outcome(lambda m, x: m.pad(x, (1, 0), constant_values=value), x)
    same_outcome(lambda m, x: m.full((2,), value, dtype=dtype) if dtype != "?" else x, x)
    if not isinstance(value, np.generic):
        same_outcome(lambda m, x: m.asarray(value, dtype=dtype), x)
        same_outcome(lambda m, x: m.asarray([value, 1], dtype=dtype), x)
    if dtype not in ("f2", "c8"):
        # NumPy's scalars cast to unsigned types and warn as arrays do.
        same_outcome(lambda m, x: np.asarray(m.sum(x, initial=value, dtype=dtype)), x)


@pytest.mark.parametrize(
    "value", [1e300, -1e300, np.nan, np.inf, -np.inf, 3e9, -3e9, 2.0**40 + 0.5, 1.8e19, 9.3e18, 1e5, -1.5, 300.7]
)
@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"])
def test_weak_floats_cast_as_in_c(dtype, value):
    x = np.arange(-2, 3, dtype="i2")
    same_outcome(lambda m, x: m.add(x, float(value), dtype=dtype, casting="unsafe"), x)


def test_weak_integers_of_a_loop_are_c_longs():
    x = np.arange(-2, 3, dtype="i2")
    for value in (2**40, 2**63, 2**70, -(2**70)):
        same_outcome(lambda m, x, v=value: m.add(x, v, dtype="i4", casting="unsafe"), x)


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8"])
def test_negative_powers_of_integers_are_refused_wherever_the_exponent_is(dtype):
    x = np.arange(9, dtype=dtype)
    exponents = [
        lambda m: m.asarray(-3),
        lambda m: m.full(9, -1),
        lambda m: m.asarray(-1, dtype="i1"),
        lambda m: -m.arange(9),
        lambda m: m.full((0, 9), -1),
        lambda m: m.asarray(3),
        lambda m: m.full(9, 2),
    ]
    for e in exponents:
        same_outcome(lambda m, x, e=e: m.power(x, e(m)), x)
        same_outcome(lambda m, x, e=e: x ** e(m), x)
    with pytest.raises(ValueError, match="Integers to negative integer powers are not allowed"):
        lz.power(x, lz.int8(-3)).compute()
    same_outcome(lambda m, x: m.power(x.astype("f4"), m.asarray(-3)), x)


def test_keepdims_is_a_c_integer():
    for keep in (0, 1, 2, True, "a", 2.0, [], [1], np.True_):
        for name in ("sum", "max", "any", "mean", "prod", "argmax", "ptp"):
            same_outcome(lambda m, x, n=name, k=keep: getattr(m, n)(x, keepdims=k), A)


def test_integers_beyond_64_bits_are_no_indices():
    for key in (10**30, -(10**30), (0, 10**30), (None, 2**64), Own(), (Own(), 0)):
        same_outcome(lambda m, x, k=key: x[k], A)
    for key in (10**30, 2**63):
        same_outcome(lambda m, x, k=key: m.take(x, k), A)


@pytest.mark.parametrize(
    "call",
    [
        lambda m, x: m.roll(x, Own()),
        lambda m, x: m.sum(x, axis=(Own(),)),
        lambda m, x: x.reshape((Own(),)),
        lambda m, x: x.reshape(3, Own()),
        lambda m, x: m.zeros((Own(), 2)),
        lambda m, x: x.swapaxes(Own(), 0),
        lambda m, x: x.diagonal(Own()),
        lambda m, x: m.round(x, Own()),
        lambda m, x: x.transpose(Own(), 0),
        lambda m, x: x[Own() :],
    ],
)
def test_exceptions_of_an_index_come_through(call):
    for module in (np, lz):
        with warnings.catch_warnings(), pytest.raises(KeyError, match="boom"):
            warnings.simplefilter("ignore")
            call(module, module.asarray(A))


def test_initial_values_in_memory_are_read_when_they_are_computed():
    for dtype in ("i4", "u4", "f8"):
        start = np.array(3)
        total = lz.sum([1, 2], initial=start, dtype=dtype)
        start[()] = 5
        assert total.compute().item() == 8


@pytest.mark.parametrize("t", ["?", "i1", "i8", "u1"])
def test_powers_of_no_elements(t):
    x = np.zeros((0, 2), t)
    for exponent in (-1, -1000, np.array(-1)):
        try:
            want = x**exponent
        except OverflowError as e:
            with pytest.raises(OverflowError, match=re.escape(str(e))):
                lz.asarray(x) ** exponent
            continue
        got = (lz.asarray(x) ** exponent).compute()
        assert (got.dtype, got.shape) == (want.dtype, want.shape)


@pytest.mark.parametrize("dtype", ["i8", "u8", "i4", "u4", "i2", "u1"])
def test_quotients_and_remainders_are_numpys(dtype):
    """Quick ones of numbers that floats hold, and others: whole blocks of either, and blocks with both."""
    info = np.iinfo(dtype)
    rng = np.random.default_rng(7)
    edges = [2**k + d for k in (7, 8, 15, 24, 31, 32, 49, 50, 51, 52, 53, 54, 62, 63, 64) for d in (-2, -1, 0, 1, 2)]
    edges = [x for e in edges for x in (e, -e) if info.min <= x <= info.max] + [0, 1, info.min, info.max]
    limit = min(2**49, int(info.max))
    small = rng.integers(-limit if info.min else 0, limit, 300).astype(dtype)
    tiny = rng.integers(-9 if info.min else 0, 9, 300).astype(dtype)
    special = rng.choice(np.array(edges, dtype), 2000)
    for a, b in (
        (small, np.where(tiny == 0, 3, tiny)),
        (small, small[::-1]),
        (special, rng.permutation(special)),
        (np.concatenate([small, special]), np.concatenate([tiny, special[::-1]])),
        (special, np.array(7, dtype)),
        # Just below a multiple, where rounding a quotient gives one too much.
        (np.abs(small) // 3 * 3 - (np.abs(small) > 2), np.array(3, dtype)),
    ):
        a, b = a.astype(dtype), b.astype(dtype)
        with np.errstate(all="ignore"), lz.errstate(all="ignore"):
            for name in ("floor_divide", "remainder", "fmod"):
                ours = np.asarray(getattr(lz, name)(lz.asarray(a), lz.asarray(b)).compute())
                np.testing.assert_array_equal(ours, getattr(np, name)(a, b), err_msg=name)
