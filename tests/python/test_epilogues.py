"""What follows a product or a transform is made of its rows as they are ready: the bits are those of two steps."""

import warnings

import numpy as np
import pytest
from samples import bits, small

import numpy_rs.lazy as lz

RNG = np.random.default_rng(20261129)
PRODUCTS = [
    ((3, 2), (2, 4)),
    ((64, 64), (64, 64)),
    ((900, 40), (40, 300)),
    ((2000, 260), (260, 70)),
    ((5, 900), (900, 700)),
    ((4, 20_000), (20_000, 3)),
    ((6, 30, 20), (20, 50)),
    ((300, 7, 9), (300, 9, 8)),
    ((300, 9), (9,)),
    ((9,), (9, 3000)),
    ((3, 0), (0, 5)),
    ((0, 3), (3, 5)),
]
FOLLOWERS = {
    "bias": lambda z, b: z + b,
    "bias and activation": lambda z, b: lz.maximum(z * 2 + b, 0),
    "cast": lambda z, b: z.astype("f4"),
    "wider cast": lambda z, b: z.astype("c16") * 1j,
    "itself": lambda z, b: z * z - z,
    "math": lambda z, b: lz.tanh(z) + lz.exp(-(z * z)),
    "comparison": lambda z, b: z > b,
}


def random(shape, dtype):
    return small(RNG, shape, dtype)


def check(z, follow):
    """The same together, in two steps, beside what it is made of, and on one thread."""
    stored = lz.asarray(np.asarray(z.compute()))
    expected = bits(follow(stored).compute())
    assert bits(follow(z).compute()) == expected
    first, then = lz.compute(z, follow(z))
    assert bits(first) == bits(stored.compute())
    assert bits(then) == expected
    threads = lz.get_num_threads()
    lz.set_num_threads(1)
    try:
        assert bits(follow(z).compute()) == expected
    finally:
        lz.set_num_threads(threads)


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8"])
@pytest.mark.parametrize("name", FOLLOWERS)
def test_products(dtype, name):
    for left, right in PRODUCTS:
        x, w = random(left, dtype), random(right, dtype)
        z = lz.asarray(x) @ lz.asarray(w)
        b = random(z.shape[-1:], dtype)
        check(z, lambda z, b=b: FOLLOWERS[name](z, b))


def test_a_matrix_by_itself_transposed():
    for shape in [(40, 50), (300, 70), (20_000, 40)]:
        a = lz.asarray(random(shape, "f8"))
        gram = a.T @ a
        np.testing.assert_allclose(
            gram.compute(), np.asarray(a.compute()).T @ np.asarray(a.compute()), rtol=1e-9, atol=1e-9
        )
        check(gram, lambda z: z / z.shape[0] + 1)


@pytest.mark.parametrize("n", [16, 1000, 1009, 1 << 17])
def test_transforms(n):
    x = lz.asarray(random((3, n), "f8"))
    h = random(n // 2 + 1, "f8") + 1j * random(n // 2 + 1, "f8")
    check(lz.fft.rfft(x), lambda z: z * h)
    check(lz.fft.irfft(x[:, : n // 2 + 1]), lambda z: z * 2 + 1)
    check(lz.fft.fft(x), lambda z: abs(z))
    check(lz.fft.fft(x, axis=0), lambda z: abs(z))
    check(lz.fft.rfft2(x), lambda z: z * h)


def test_it_is_one_kernel():
    x, w, b = (lz.asarray(random(s, "f8")) for s in [(100, 20), (20, 30), (30,)])
    assert "fused: matmul, add, maximum" in lz.maximum(x @ w + b, 0).explain()
    assert "walk" not in lz.maximum(x @ w + b, 0).explain()
    assert "walk" not in (lz.fft.rfft(x) * lz.asarray(random(11, "f8"))).explain()


def test_its_warnings_are_told_once():
    x = lz.asarray(np.full((300, 200), 1e10))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        lz.exp(x @ x.T).compute()
    assert [str(w.message) for w in told] == ["overflow encountered in exp"]
