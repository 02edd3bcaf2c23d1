"""Scans against NumPy: values, types, errors, layouts, lengths around pieces, threads, warnings."""

import itertools
import math
import warnings

import numpy as np
import pytest
from lazy_checks import same
from samples import DTYPES, float_specials, moderate, rng

import numpy_rs
import numpy_rs.lazy as lz

CHUNK = 1 << 15
UFUNCS = (
    "add subtract multiply divide minimum maximum fmin fmax logical_and logical_or logical_xor bitwise_and bitwise_or "
    "bitwise_xor logaddexp logaddexp2 hypot gcd less power"
).split()
# What NumPy computes by other vector functions than we do: error of one step, in units in the last place.
STEP_ULP = {"logaddexp": 4, "logaddexp2": 4, "hypot": 1, "power": 2}


def outcome(call, *args, **kwargs):
    """A result as an array, or the class name and text of the error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return np.asarray(call(*args, **kwargs))
        except Exception as e:
            return type(e).__name__, str(e)


def agree(ours, theirs, ulp=0):
    """Assert that two outcomes are the same, to the bit but for NaN."""
    if isinstance(theirs, tuple):
        if theirs[0] == "UFuncNoLoopError" or theirs[0] == "UFuncTypeError":
            # NumPy names the types of its own search. Where a loop cannot accumulate it raises this subclass of
            # TypeError only once its dispatch cache knows loops of mixed types; before, TypeError itself, as we do.
            missing = "No loop matching the specified signature and casting was found for ufunc "
            assert ours[0].startswith("UFunc") or ours[0] == "TypeError" and ours[1].startswith(missing), ours
        else:
            assert ours == theirs
        return
    assert not isinstance(ours, tuple), ours
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    if ulp:
        np.testing.assert_allclose(ours, theirs, rtol=ulp * np.finfo(theirs.dtype).eps, atol=0, equal_nan=True)
        return
    np.testing.assert_array_equal(ours, theirs)
    if theirs.dtype.kind in "fc":
        for part in ("real", "imag"):
            g, w = getattr(ours, part), getattr(theirs, part)
            numbers = ~np.isnan(w)
            assert np.array_equal(np.signbit(g)[numbers], np.signbit(w)[numbers])


def special(dtype):
    """Values of a type in a deterministic disorder, NaN late, so that something is seen before it."""
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        return moderate(dtype, 60, "scan")
    values = float_specials(dtype)
    r = rng("scan", dtype.char)
    numbers = values[~np.isnan(values)]
    return np.concatenate([r.permutation(numbers), r.permutation(values)])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", UFUNCS)
def test_accumulate_is_numpys(name, dtype):
    ours, theirs = getattr(lz, name).accumulate, getattr(np, name).accumulate
    if name == "power" and dtype.kind in "biu":
        with pytest.raises(NotImplementedError, match="exponents must be known not to be negative"):
            ours(special(dtype).astype("int8"))
        return
    if name == "power" and dtype.kind == "c":
        pytest.skip("an error of one step grows without bounds in the next")
    a = special(dtype)
    pairs = np.stack(np.broadcast_arrays(a[:, None], a)).reshape(2, -1)
    if dtype.kind == "f" and name in ("minimum", "maximum", "fmin", "fmax"):
        # Of zeros of both signs NumPy's loops for two operands that overlap give the first, those for others either.
        pairs = pairs + 0.0
    if name in STEP_ULP:
        pairs = pairs[:, :0]
    for x in (
        special(dtype),
        pairs,
        moderate(dtype, 40, "2-d").reshape(5, 8),
        moderate(dtype, 30, "3-d").reshape(2, 5, 3),
    ):
        for axis in range(x.ndim):
            ulp = STEP_ULP.get(name, 0) * x.shape[axis]
            agree(outcome(ours, x, axis), outcome(theirs, x, axis), ulp)


def test_integer_power_is_refused():
    with pytest.raises(NotImplementedError, match="exponents"):
        lz.power.accumulate([2, 3])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", ["cumsum", "cumprod", "nancumsum", "nancumprod", "cumulative_sum", "cumulative_prod"])
def test_functions_are_numpys(name, dtype):
    ours, theirs = getattr(lz, name), getattr(np, name)
    x = moderate(dtype, 60, name).reshape(3, 4, 5)
    if dtype.kind in "fc":
        x.ravel()[::7] = np.nan
    for axis in (0, 1, 2, -1, None, 3, -4, (1,), (0, 1), 1.5, "a", True):
        for result in (None, "f4", "i2", "c16", "e", "?"):
            if dtype.kind in "fc" and result in ("i2", "?"):
                continue
            if name.startswith("cumulative") and axis is True:
                continue
            agree(outcome(ours, x, axis=axis, dtype=result), outcome(theirs, x, axis=axis, dtype=result))
    for axis in (None, -1, 1):
        agree(outcome(ours, 5, axis=axis), outcome(theirs, 5, axis=axis))


@pytest.mark.parametrize("name", ["cumulative_sum", "cumulative_prod"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_initial_comes_first(name, axis):
    x = moderate("i2", 12, name).reshape(3, 4)
    same(getattr(lz, name)(x, axis=axis, include_initial=True), getattr(np, name)(x, axis=axis, include_initial=True))


def test_methods_and_numpys_functions_on_lazy_arrays():
    x = moderate("d", 12, "methods").reshape(3, 4)
    z = lz.asarray(x)
    same(z.cumsum(), x.cumsum())
    same(z.cumprod(1), x.cumprod(1))
    same(z.cumsum(axis=0, dtype="f4"), x.cumsum(axis=0, dtype="f4"))
    same(np.cumsum(z, axis=1), np.cumsum(x, axis=1))
    same(np.cumprod(z), np.cumprod(x))
    same(np.nancumsum(z), np.nancumsum(x))
    same(np.add.accumulate(z), np.add.accumulate(x))
    same(np.maximum.accumulate(z, axis=1), np.maximum.accumulate(x, axis=1))
    same(np.cumulative_sum(z, axis=0, include_initial=True), np.cumulative_sum(x, axis=0, include_initial=True))


def errors():
    x = np.arange(6.0).reshape(2, 3)
    yield lambda m: m.add.accumulate(3.0)
    yield lambda m: m.add.accumulate(x, axis=None)
    yield lambda m: m.add.accumulate(x, axis=(0, 1))
    yield lambda m: m.add.accumulate(x, axis=())
    yield lambda m: m.add.accumulate(x, axis=5)
    yield lambda m: m.add.accumulate(x, axis=1.0)
    yield lambda m: m.sin.accumulate(x)
    yield lambda m: m.divmod.accumulate(x)
    yield lambda m: m.less.accumulate(x)
    yield lambda m: m.logical_and.accumulate(x, dtype="i4")
    yield lambda m: m.bitwise_and.accumulate(x)
    yield lambda m: m.subtract.accumulate([True, False])
    yield lambda m: m.cumsum(x, axis=2)
    yield lambda m: m.cumulative_sum(x)


@pytest.mark.parametrize("call", list(errors()))
def test_errors_are_numpys(call):
    agree(outcome(call, lz), outcome(call, np))


def test_out_is_refused():
    for call in (lz.cumsum, lz.cumprod, lz.nancumsum, lz.add.accumulate, lz.cumulative_sum):
        with pytest.raises(NotImplementedError, match="out="):
            call(lz.zeros(3), out=np.zeros(3))


def layouts(x):
    """The same elements, laid out differently."""
    yield x
    yield np.asfortranarray(x)
    wide = np.zeros([2 * n for n in x.shape], x.dtype)
    view = wide[tuple(slice(None, None, 2) for _ in x.shape)]
    view[...] = x
    yield view
    backwards = tuple(slice(None, None, -1) for _ in x.shape)
    yield x[backwards].copy()[backwards]
    raw = np.zeros(x.nbytes + 1, np.uint8)[1:].view(x.dtype).reshape(x.shape)
    raw[...] = x
    yield raw
    yield np.broadcast_to(x[:1], x.shape)


@pytest.mark.parametrize("dtype", ["?", "i1", "i8", "e", "f", "d", "D"])
@pytest.mark.parametrize("shape", [(7,), (6, 5), (3, 700), (700, 3), (2, 3, 4), (1, 5, 1)])
def test_any_layout(shape, dtype):
    for x in layouts(moderate(dtype, math.prod(shape), shape).reshape(shape)):
        for axis in [None, *range(x.ndim)]:
            same(lz.cumsum(x, axis), np.cumsum(x, axis))
            got = lz.cumsum(x, axis).compute()
            assert got.strides == np.empty(got.shape, got.dtype).strides


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3), (1,), (1, 1)])
def test_empty_and_single(shape):
    x = np.ones(shape, "i4")
    for axis in range(len(shape)):
        for name in ("add", "maximum", "logaddexp"):
            same(getattr(lz, name).accumulate(x, axis), getattr(np, name).accumulate(x, axis), 4)


LENGTHS = [
    1,
    2,
    511,
    512,
    513,
    CHUNK - 1,
    CHUNK,
    CHUNK + 1,
    2 * CHUNK,
    4 * CHUNK + 1,
    5 * CHUNK - 3,
    16 * CHUNK - 1,
    16 * CHUNK,
    16 * CHUNK + 1,
    20 * CHUNK + 77,
    33 * CHUNK + 5,
]
EXACT = ["add", "multiply", "minimum", "maximum", "bitwise_xor", "bitwise_and", "bitwise_or"]


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize("rows", [1, 3])
def test_long_rows_of_integers(n, rows):
    x = rng("long", n).integers(-(1 << 62), 1 << 62, (rows, n))
    for name, dtype in itertools.product(EXACT, ["i8", "i4", "u2", "i1", "?"]):
        y = x.astype(dtype)
        same(getattr(lz, name).accumulate(y, 1), getattr(np, name).accumulate(y, 1))


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize("name", ["minimum", "maximum", "fmin", "fmax"])
def test_long_rows_of_extremes(n, name):
    x = rng("extremes", n).normal(size=n)
    x[n // 2 :: 997] = np.nan
    for dtype in ("d", "f", "e"):
        y = x.astype(dtype)
        same(getattr(lz, name).accumulate(y), getattr(np, name).accumulate(y))
    y = np.sort(x[~np.isnan(x)])[:: -1 if "max" in name else 1]
    same(getattr(lz, name).accumulate(y), getattr(np, name).accumulate(y))


@pytest.mark.parametrize("dtype", ["e", "f", "d", "F", "D"])
@pytest.mark.parametrize("n", [n for n in LENGTHS if n <= CHUNK])
def test_rows_of_one_piece_have_numpys_bits(n, dtype):
    x = rng("piece", n).normal(size=(2, n)).astype(dtype)
    same(lz.cumsum(x, 1), np.cumsum(x, 1))
    x = (1 + x / 100).astype(dtype)
    same(lz.cumprod(x, 1), np.cumprod(x, 1))


@pytest.mark.parametrize("n", [n for n in LENGTHS if n > CHUNK])
@pytest.mark.parametrize("dtype", ["f", "d"])
def test_sums_of_long_rows_are_no_worse_than_numpys(n, dtype):
    squares = {"ours": 0.0, "numpy's": 0.0}
    for seed in range(8):
        x = rng("sums", n, seed).random(n).astype(dtype)
        # An extended number has 11 bits more than float64: near enough to exact, as the last sum shows.
        exact = np.cumsum(x.astype(np.longdouble))
        total = math.fsum(x.tolist())
        assert abs(float(exact[-1]) - total) <= 2 * np.spacing(total)
        for name, sums in (("ours", np.asarray(lz.cumsum(x))), ("numpy's", np.cumsum(x))):
            squares[name] += np.square((sums - exact).astype("d")).sum()
            at = np.arange(CHUNK - 1, n, CHUNK)
            # A sum of pieces is off by what the pieces are, and an addition each.
            bound = np.finfo(dtype).eps * (CHUNK + at / CHUNK) * exact[at] / 2
            assert name != "ours" or (np.abs(sums - exact)[at] <= bound).all()
    assert squares["ours"] <= squares["numpy's"]


@pytest.mark.parametrize("n", [CHUNK - 1, CHUNK + 1, 5 * CHUNK + 3])
def test_products_and_logarithms_of_long_rows(n):
    x = 1 + rng("products", n).normal(size=n) * 1e-3
    np.testing.assert_allclose(np.asarray(lz.cumprod(x)), np.cumprod(x), rtol=n * 2.0**-53)
    logs = rng("logs", n).normal(size=n)
    same(lz.logaddexp.accumulate(logs), np.logaddexp.accumulate(logs), ulp=256)
    z = x + 1j * rng("imaginary", n).normal(size=n) * 1e-3
    np.testing.assert_allclose(np.asarray(lz.cumprod(z)), np.cumprod(z), rtol=n * 2.0**-50)


SHAPES = [(5 * CHUNK + 3,), (3, 20 * CHUNK + 1), (100_000, 3), (3000, 40), (40, 3000), (7, 600, 50)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "logaddexp", "subtract"])
def test_threads_do_not_change_bits(shape, name):
    x = 1 + rng("threads", shape).normal(size=shape) * 1e-4
    before = numpy_rs.get_num_threads()
    try:
        for axis in range(len(shape)):
            bits = []
            for threads in (1, 2, 5):
                numpy_rs.set_num_threads(threads)
                bits.append(np.asarray(getattr(lz, name).accumulate(x, axis)).tobytes())
            assert bits[0] == bits[1] == bits[2]
    finally:
        numpy_rs.set_num_threads(before)


def test_producers_and_consumers():
    x, y = moderate("d", 3000, "a").reshape(50, 60), moderate("d", 3000, "b").reshape(50, 60)
    a, b = lz.asarray(x), lz.asarray(y)
    same(lz.cumsum(a * b + 1, 1) - a, np.cumsum(x * y + 1, 1) - x)
    same(lz.cumsum(lz.cumsum(a + b, 0), 1), np.cumsum(np.cumsum(x + y, 0), 1))
    same(lz.cumsum(a[::-1, ::-1])[::-1], np.cumsum(x[::-1, ::-1])[::-1])
    same(lz.cumsum(a.T, 0), np.cumsum(x.T, 0))
    same(lz.maximum.accumulate(a.max(1)), np.maximum.accumulate(x.max(1)))
    product = a * b
    ours = lz.compute(product, product.cumsum(), product.cumsum(0), product + 1)
    theirs = (x * y, (x * y).cumsum(), (x * y).cumsum(0), x * y + 1)
    for o, t in zip(ours, theirs, strict=True):
        assert np.asarray(o).tobytes() == t.tobytes()
    assert np.array_equal(np.asarray(a), x)


def test_a_scan_leaves_its_operand_alone():
    x = np.arange(10.0)
    z = lz.asarray(x)
    total = z.cumsum()
    total.compute()
    assert np.array_equal(x, np.arange(10.0))
    kept = (z + 1).persist()
    kept.cumsum().compute()
    assert np.array_equal(np.asarray(kept), x + 1)


def test_a_scan_takes_the_place_of_its_operand():
    x = lz.asarray(np.ones(1000))
    assert "temporary arrays: 0 bytes" in lz.cumsum(x * 2).explain()
    both = x * 2
    assert "temporary arrays: 0 bytes" in lz.explain(lz.cumsum(both), both)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("add", [1e308, 1e308, 1.0]),
        ("multiply", [1e308, 1e308, 0.0]),
        ("add", [np.inf, -np.inf, 1.0]),
        ("add", [np.nan, 1.0, np.inf]),
        ("maximum", [1.0, np.nan, 2.0]),
        ("divide", [1.0, 0.0, 1.0]),
        ("multiply", [1e-200, 1e-200, 1.0]),
    ],
)
@pytest.mark.parametrize("tail", [0, 3 * CHUNK])
def test_warnings_are_numpys(name, values, tail):
    x = np.concatenate([np.zeros(tail) if name == "add" else np.ones(tail), values])

    def warned(m, errstate):
        with warnings.catch_warnings(record=True) as caught, errstate(all="warn"):
            warnings.simplefilter("always")
            np.asarray(getattr(m, name).accumulate(x))
        return [str(w.message) for w in caught]

    assert warned(lz, numpy_rs.errstate) == warned(np, np.errstate)


def test_float16_overflows_loudly():
    x = np.array([6e4, 6e4], "e")
    with pytest.warns(RuntimeWarning, match="overflow encountered in accumulate"):
        lz.cumsum(x).compute()
