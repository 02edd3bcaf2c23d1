"""What comes before and after scans: made run by run, with the bits of scans of stored arrays."""

import numpy as np
import pytest
from samples import rng

import numpy_rs
import numpy_rs.lazy as lz

CHUNK = 1 << 15
R = rng("scans fused")
LENGTHS = [4096, CHUNK - 1, CHUNK + 1, 3 * CHUNK + 17, 17 * CHUNK + 5, 33 * CHUNK]
SHAPES = [*((n,) for n in LENGTHS), (3, CHUNK + 9), (50, 300), (700, 3, 7), (300, 1, 40), (20, 1300), (5, 600, 5)]

BEFORE = {
    "product": lambda x: x * x[::-1],
    "math": lambda x: lz.exp(x * 0.125),
    "slice": lambda x: lz.concatenate([x, x])[: len(x)] + 1,
    "join": lambda x: lz.concatenate([x[1:] * 2, x[:1]]),
    "padded": lambda x: lz.pad(x, [(1, 2)] + [(0, 0)] * (x.ndim - 1), mode="edge"),
    "tiled": lambda x: lz.tile(x, (2,) + (1,) * (x.ndim - 1)),
    "reversed": lambda x: x[::-1],
    "every other": lambda x: x[..., ::2],
    "cast": lambda x: (x * 100).astype("i2"),
    "compared": lambda x: x > 0.25,
    "gather": lambda x: x[lz.asarray(np.arange(len(x))[::-1] // 2)],
}
SCANS = {
    "cumsum": lambda y, axis: y.cumsum(axis),
    "cumprod": lambda y, axis: (y * 0.5 + 0.75).cumprod(axis),
    "maximum": lambda y, axis: lz.maximum.accumulate(y, axis),
    "subtract": lambda y, axis: lz.subtract.accumulate(y + 0, axis),
}
AFTER = {
    "nothing": lambda c, x: c,
    "scaled": lambda c, x: c * 2 + 1,
    "type": lambda c, x: (c * 3).astype("f4"),
    "with its operand": lambda c, x: lz.where(c > 1, c, -c) + 0.5,
    "two": lambda c, x: (c * 2, c - 1),
    "chain": lambda c, x: (c * 2, c * 2 + c),
    "itself too": lambda c, x: (c, c + 1),
    "differences": lambda c, x: lz.diff(c, axis=0),
    "windows": lambda c, x: c[3:] - c[:-3],
    "sum": lambda c, x: (c * 2).sum(),
    "its own mean": lambda c, x: c - c.mean(),
    "scanned again": lambda c, x: (c * 0.5).cumsum(0),
}


def bits(z):
    results = lz.compute(*z) if isinstance(z, tuple) else (z.compute(),)
    return [(a.dtype, a.shape, np.ascontiguousarray(a).tobytes()) for a in map(np.asarray, results)]


def stored(z):
    return lz.asarray(np.asarray(z.compute()))


def check(want, make, *args):
    threads = numpy_rs.get_num_threads()
    try:
        for n in (1, 2):
            numpy_rs.set_num_threads(n)
            assert bits(make(*args)) == want
    finally:
        numpy_rs.set_num_threads(threads)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("scan", SCANS)
def test_bits_of_what_is_stored_between(scan, shape):
    x = lz.asarray(R.standard_normal(shape))
    for before in BEFORE.values():
        y = stored(before(x))
        for axis in {0, x.ndim - 1}:
            if scan == "subtract" and y.dtype == "bool":
                y = stored(y.astype("i4"))
            want = bits(SCANS[scan](y, axis))
            check(want, lambda f, t, a: SCANS[scan](f(x).astype(t), a), before, y.dtype, axis)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("after", AFTER)
def test_bits_of_what_follows(after, shape):
    x = lz.asarray(R.standard_normal(shape))
    n = lz.asarray(R.integers(-5, 5, shape))
    for y in (x * 2, n + 1):
        for axis in {0, x.ndim - 1}:
            for scan in (lambda y, a: y.cumsum(a), lambda y, a: lz.subtract.accumulate(y, a)):
                want = bits(AFTER[after](stored(scan(stored(y), axis)), x))
                check(want, lambda s, y, a: AFTER[after](s(y, a), x), scan, y, axis)


def test_warnings_of_what_comes_before_and_after():
    x = lz.asarray(np.array([1.0, 0.0, 4.0] * 3000))
    with pytest.warns(RuntimeWarning, match="divide by zero encountered in divide"):
        lz.maximum.accumulate(1 / x).compute()
    with pytest.warns(RuntimeWarning, match="invalid value encountered in sqrt"):
        lz.sqrt(-lz.cumsum(x)).compute()


def test_products_are_not_stored_before_they_are_summed():
    a, b = (lz.asarray(R.standard_normal(100_000)) for _ in range(2))
    assert lz.explain(lz.cumsum(a * b), level="plan").count("buffer ") == 1
    assert lz.explain(lz.cumsum(a * b) * 2 + 1, level="plan").count("buffer ") == 1


def test_what_others_read_too_is_not_stored_for_a_scan():
    a, b = (lz.asarray(R.standard_normal(100_000)) for _ in range(2))
    y = a * b
    z = (lz.cumsum(y), lz.cumprod(y), y.max())
    assert lz.explain(*z, level="plan").count("buffer ") == 3
    check(bits(tuple(f(stored(y)) for f in (lz.cumsum, lz.cumprod, lz.max))), lambda: z)
