"""Reductions of a few elements, which are made inside the walks that use them."""

import warnings

import numpy as np
import pytest

import numpy_rs.lazy as lz

FLOATS = ["float32", "float64"]
INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
TYPES = ["bool", *INTEGERS, "float16", *FLOATS, "complex64", "complex128"]
NAMES = [
    "sum",
    "prod",
    "min",
    "max",
    "any",
    "all",
    "mean",
    "var",
    "argmin",
    "argmax",
    "count_nonzero",
    "nansum",
    "nanmax",
]


def values(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(-4, 5, shape)
    if dtype == "bool":
        return x > 0
    if dtype.startswith("complex"):
        return (x + 1j * rng.integers(-4, 5, shape)).astype(dtype)
    if dtype.startswith("float"):
        x = x * 0.5
        x.flat[::7] = np.nan
        x.flat[3::11] = -0.0
        return x.astype(dtype)
    return (abs(x) if dtype.startswith("uint") else x).astype(dtype)


def same(ours, numpy):
    ours, numpy = np.asarray(ours), np.asarray(numpy)
    assert ours.dtype == numpy.dtype and ours.shape == numpy.shape
    np.testing.assert_array_equal(ours, numpy)
    if numpy.dtype.kind == "f":
        number = ~np.isnan(numpy)
        np.testing.assert_array_equal(np.signbit(ours)[number], np.signbit(numpy)[number])


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_each_reduction_of_each_short_length(name, dtype):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k in range(1, 10):
            for shape, axis in [((40, k), 1), ((k, 40), 0), ((5, k, 9), 1), ((5, k, 9), -2)]:
                x = values(shape, dtype, k)
                ours = getattr(lz, name)(lz.asarray(x), axis=axis).compute()
                # Halves and small integers: all sums and products of up to nine are exact, but float16's.
                if dtype == "float16" and name in ("sum", "prod", "mean", "var"):
                    np.testing.assert_allclose(ours, getattr(np, name)(x, axis=axis), rtol=2e-3)
                elif name in ("mean", "var"):
                    wide = 1e-6 if dtype in ("float32", "complex64") else 1e-14
                    np.testing.assert_allclose(ours, getattr(np, name)(x, axis=axis), rtol=wide, atol=wide)
                elif name in ("min", "max", "nanmax") and dtype.startswith("float"):
                    np.testing.assert_array_equal(ours, getattr(np, name)(x, axis=axis))  # zeros of both signs: either
                else:
                    same(ours, getattr(np, name)(x, axis=axis))


def walks(*arrays):
    return sum(line.startswith("walk ") for line in lz.explain(*arrays).splitlines())


def test_distances_are_one_walk():
    a, b = np.random.default_rng(0).random((30, 3)), np.random.default_rng(1).random((40, 3))
    d = lz.asarray(a)[:, None, :] - lz.asarray(b)[None, :, :]
    y = lz.sqrt(lz.sum(d * d, axis=-1))
    assert walks(y) == 1
    e = a[:, None, :] - b[None, :, :]
    same(y.compute(), np.sqrt(np.sum(e * e, axis=-1)))


def test_nearest_of_a_few_is_one_walk():
    x, c = np.random.default_rng(0).random((500, 4)), np.random.default_rng(1).random((8, 4))
    d = lz.sum((lz.asarray(x)[:, None, :] - lz.asarray(c)[None, :, :]) ** 2, axis=-1)
    y = lz.argmin(d, axis=1)
    assert walks(y) == 1
    same(y.compute(), np.argmin(np.sum((x[:, None, :] - c[None, :, :]) ** 2, axis=-1), axis=1))


def test_what_is_used_for_a_whole_row_is_made_once():
    x = np.random.default_rng(0).random((100, 4))
    v = lz.asarray(x)
    y = lz.exp(v - v.max(axis=1, keepdims=True))
    assert walks(y / y.sum(axis=1, keepdims=True)) == 3
    e = np.exp(x - x.max(axis=1, keepdims=True))
    np.testing.assert_allclose(
        (y / y.sum(axis=1, keepdims=True)).compute(), e / e.sum(axis=1, keepdims=True), rtol=4e-16
    )


def test_short_folds_of_short_folds_and_their_users():
    x = values((64, 3, 5, 4), "float64")
    v = lz.asarray(x)
    s = v.sum(axis=3)
    t = s.max(axis=1) * 2 + s[:, 0]
    results = [s, t, t.argmin(axis=1), lz.cumsum(s, axis=1), lz.concatenate([s[:, 0], t], axis=1), t.T.reshape(-1)]
    n = x.sum(axis=3)
    u = n.max(axis=1) * 2 + n[:, 0]
    expected = [n, u, u.argmin(axis=1), np.cumsum(n, axis=1), np.concatenate([n[:, 0], u], axis=1), u.T.reshape(-1)]
    for ours, numpy in zip(lz.compute(*results), expected, strict=True):
        same(ours, numpy)


def test_warnings_name_the_reduction():
    x = np.full((50, 2), 1e308)
    with pytest.warns(RuntimeWarning, match="overflow encountered in reduce"):
        lz.sum(lz.asarray(x), axis=1).compute()


def program(rng):
    """A list of steps, each the name of a function and the numbers that choose its operands."""
    reductions = ["sum", "max", "min", "argmin", "argmax", "any", "all", "prod", "mean", "count_nonzero"]
    steps = []
    for _ in range(rng.integers(2, 9)):
        kind = rng.choice(["pair", "reduce", "view"], p=[0.4, 0.45, 0.15])
        names = {
            "pair": ["add", "subtract", "multiply", "maximum", "less"],
            "reduce": reductions,
            "view": ["T", "roll"],
        }[kind]
        steps.append(
            (kind, str(rng.choice(names)), int(rng.integers(99)), int(rng.integers(99)), bool(rng.integers(2)))
        )
    return steps


def run(module, arrays, steps):
    """What the steps make of the arrays; steps that do not apply are left out."""
    made = list(arrays)
    for kind, name, a, b, flag in steps:
        x, y = made[a % len(made)], made[b % len(made)]
        if kind == "view":
            turned = x[::-1] if flag and x.ndim else x
            made.append(turned.T if name == "T" or not x.ndim else module.roll(turned, 2, axis=b % x.ndim))
        elif kind == "reduce" and x.ndim:
            made.append(getattr(module, name)(x, axis=b % x.ndim, keepdims=flag))
        elif kind == "pair":
            try:
                np.broadcast_shapes(x.shape, y.shape)
            except ValueError:
                continue
            made.append(getattr(module, name)(x, y))
    return made


@pytest.mark.parametrize("seed", range(300))
def test_random_programs(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.choice([1, 2, 3, 4, 5, 8, 9, 16, 40], rng.integers(2, 5)))
    arrays = []
    for dtype in rng.choice(["int64", "int32", "float64", "float32"], 3):
        lengths = [n if rng.random() < 0.8 else 1 for n in shape]
        x = rng.integers(-5, 6, lengths).astype(dtype)
        order = rng.permutation(x.ndim) if rng.random() < 0.3 else np.arange(x.ndim)
        arrays.append(np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order)))
    steps = program(rng)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = run(np, arrays, steps)[-3:]
        ours = lz.compute(*run(lz, [lz.asarray(x) for x in arrays], steps)[-3:])
    for a, b in zip(ours, expected, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        # Integers in all types: only means round.
        np.testing.assert_allclose(a, b, rtol=1e-5 if b.dtype == np.float32 else 1e-12)
