"""Operands of products and transforms that are made where they are read: bits of two steps, and nothing is stored."""

import numpy as np
import pytest
from samples import bits, small

import numpy_rs.lazy as lz

RNG = np.random.default_rng(20261130)


def random(*shape, dtype="f8"):
    return small(RNG, shape, dtype)


def one_hot(x):
    labels = lz.asarray(np.abs(np.asarray(x)[:, 0] * 3).astype("i8") % 8)
    return (labels[:, None] == lz.arange(8)[None, :]).astype(x.dtype)


# What is made of a tall table; the product of it with another, and of what size that is.
MAKERS = {
    "centred": lambda x: x - x[:1],
    "activated": lambda x: lz.maximum(x * 2 - 1, 0),
    "one-hot": one_hot,
    "columns": lambda x: (x + 1)[:, 1:-1],
    "rows upside down": lambda x: (x * 2)[::-1],
    "spread": lambda x: x[:, :1] * x[0],
    "joined": lambda x: lz.concatenate([x, x[:, :3] * 2], axis=1),
    "positions": lambda x: lz.take(lz.asarray(np.asarray(x[0])), lz.arange(x.size).reshape(x.shape) % 5),
}
PRODUCTS = {
    "by a small matrix": lambda y, x: y @ lz.asarray(random(y.shape[1], 6, dtype=y.dtype)),
    "by a vector": lambda y, x: y @ lz.asarray(random(y.shape[1], dtype=y.dtype)),
    "by a table": lambda y, x: y.T @ x,
    "of a table": lambda y, x: x.T @ y,
    "by itself": lambda y, x: y.T @ y,
    "by another that is made": lambda y, x: (y * 3).T @ (x + 1),
    "stacked": lambda y, x: y.reshape(3, -1, y.shape[1]) @ lz.asarray(random(y.shape[1], 2, dtype=y.dtype)),
}


def on_one_thread(z):
    threads = lz.get_num_threads()
    lz.set_num_threads(1)
    try:
        return bits(z.compute())
    finally:
        lz.set_num_threads(threads)


def two_steps(product, y, x):
    return bits(product(lz.asarray(np.asarray(y.compute())), x).compute())


@pytest.mark.parametrize("dtype", ["f8", "f4", "i4"])
@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("maker", MAKERS)
def test_bits(maker, name, dtype):
    x = lz.asarray(random(60_000, 10, dtype=dtype))
    y = MAKERS[maker](x)
    state = RNG.bit_generator.state

    def product(y, x):
        RNG.bit_generator.state = state
        return PRODUCTS[name](y, x)

    if name == "by another that is made":
        stored = lz.asarray(np.asarray((y * 3).compute())).T @ lz.asarray(np.asarray((x + 1).compute()))
        expected = bits(stored.compute())
    else:
        expected = two_steps(product, y, x)
    z = product(y, x)
    assert bits(z.compute()) == expected
    assert on_one_thread(z) == expected
    # Beside others who read the same, at once or through the product.
    total, again, also = lz.compute(lz.sum(y, axis=0), z, z + 1)
    assert bits(again) == expected
    assert bits(total) == bits(lz.sum(lz.asarray(np.asarray(y.compute())), axis=0).compute())
    assert bits(also) == bits((lz.asarray(again) + 1).compute())
    both = lz.compute(y, z)
    assert bits(both[1]) == expected


def test_nothing_is_stored():
    x, w = lz.asarray(random(300_000, 8)), lz.asarray(random(8, 4))
    for z in [(x - 1) @ w, (x - 1).T @ x, x.T @ (x * 2), one_hot(x).T @ x, (x - 1).T @ (x - 1)]:
        plan = z.explain(level="plan")
        assert plan.startswith("kernel 1: b0 = matmul(") and "walk" not in plan, plan
        assert "temporary arrays: 0 bytes" in z.explain()


def test_what_is_dear_and_shared_is_stored():
    x = lz.asarray(random(50_000, 8))
    y = lz.exp(lz.sin(x) * lz.cos(x)) + lz.log1p(x * x) * lz.tanh(x)
    # The product alone has it made; whoever else reads it would make it again.
    assert "walk" not in (y.T @ x).explain(level="plan")
    both = (y.T @ x) + y.sum()
    assert both.explain(level="plan").startswith("walk 1 over (50000, 8)")
    together = lz.compute(y.T @ x, y.sum())
    stored = lz.asarray(np.asarray(y.compute()))
    assert bits(together[0]) == bits((stored.T @ x).compute())


def test_faults_are_told():
    x = np.ones((60_000, 8))
    x[12_345, 3] = 0
    with pytest.warns(RuntimeWarning, match="divide by zero encountered in divide"):
        z = ((1 / lz.asarray(x)).T @ lz.asarray(np.ones((60_000, 2)))).compute()
    assert np.isinf(np.asarray(z)[3]).all()


# Rows and their length, and the length of the transform: by vectors beside each other and within, long ones, primes,
# padded with zeros.
TRANSFORMED = [(20_000, 8, 8), (2_000, 100, 100), (600, 1009, 1009), (300, 4096, 4096), (3, 1 << 17, 1 << 17),
               (1, 1 << 18, 1 << 18), (2, 100_003, 100_003), (200, 1000, 1024), (2, 100_000, 1 << 17)]  # fmt: skip
WINDOWS = {
    "window": lambda x: x * lz.asarray(np.hanning(x.shape[1]).astype(x.dtype.name)),
    "centred": lambda x: x - x[:, :1],
    "upside down": lambda x: (x + 1)[::-1, ::-1],
    "joined": lambda x: lz.concatenate([x[:, 5:] * 2, x[:, :5]], axis=1),
}


@pytest.mark.parametrize("dtype", ["f8", "f4", "c16"])
@pytest.mark.parametrize("maker", WINDOWS)
@pytest.mark.parametrize("rows,length,n", TRANSFORMED)
def test_bits_of_transforms(rows, length, n, maker, dtype):
    x = lz.asarray(random(rows, length, dtype=dtype))
    y = WINDOWS[maker](x).astype(dtype)
    stored = lz.asarray(np.asarray(y.compute()))
    for transform in [lz.fft.fft, lz.fft.ifft] if dtype == "c16" else [lz.fft.fft, lz.fft.rfft]:
        expected = bits(transform(stored, n).compute())
        z = transform(y, n)
        assert bits(z.compute()) == expected
        assert on_one_thread(z) == expected
        also, again = lz.compute(z * 2, y)
        assert bits(also) == bits((transform(stored, n) * 2).compute())
        assert bits(again) == bits(stored.compute())
    if dtype != "c16":
        half = lz.fft.rfft(stored, n).persist()
        filtered = lz.asarray(np.asarray((half * 2).compute()))
        assert bits(lz.fft.irfft(half * 2, n).compute()) == bits(lz.fft.irfft(filtered, n).compute())


def test_windows_are_not_stored():
    x = lz.asarray(random(300, 4096))
    for z in [lz.fft.rfft(x * lz.asarray(np.hanning(4096))), lz.fft.fft(x - 1, 5000)]:
        plan = z.explain(level="plan")
        assert "= rfft(" in plan or "= fft(" in plan
        assert "walk 1 over (300, 4096)" not in plan, plan
    # Rows that are cut, columns, and what stays in the cache anyhow are stored.
    for z in [lz.fft.rfft(x * 2, 1000), lz.fft.fft(x * 2, axis=0), lz.fft.fft(x[:9] * 2)]:
        assert "walk 1 over" in z.explain(level="plan")
