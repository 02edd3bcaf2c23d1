"""The pipelines of the fusion benchmark.

Each is what a user would write: one function ``f(xp, *inputs)`` that runs as it stands on NumPy and on
numpy_rs.lazy. They are examples, not a list to special-case: a good result must come from the engine.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

F32, F64, U8, I32 = np.float32, np.float64, np.uint8, np.int32


@dataclass(frozen=True)
class Pipeline:
    """One pipeline.

    Attributes
    ----------
    name, category : str
    make : callable
        ``make(n, rng)`` gives the inputs for the size `n`, a tuple of NumPy arrays.
    f : callable
        ``f(xp, *inputs)`` gives one result or a tuple of results.
    work : callable
        ``work(n)``: scalar operations of one run by kind, for the whole input. 'flops' counts
        additions, multiplications and comparisons; the rest are named (``exp_f64``).
    numpy : callable or None
        ``numpy(*inputs)``, where NumPy users have a better idiom than `f`.
    sizes : tuple of int
        `n` for small, medium and large.
    exact : bool
        Every bit must be NumPy's; otherwise `rtol` and `atol` hold, because the pipeline has
        vector math or sums, whose last bits differ between libraries.
    """

    name: str
    category: str
    make: Callable
    f: Callable
    work: Callable
    numpy: Callable | None
    sizes: tuple
    exact: bool
    rtol: float
    atol: float


PIPELINES = []
SIZES = ("small", "medium", "large")


def pipeline(
    category,
    make,
    *,
    each=None,
    work=None,
    numpy=None,
    sizes=(1000, 1_000_000, 10_000_000),
    exact=False,
    rtol=1e-10,
    atol=1e-12,
):
    """Register the decorated function. `each` is the work per element of the first input."""

    def register(f):
        def total(n):
            return work(n) if work else {k: v * elements(n) for k, v in each.items()}

        def elements(n):
            if n not in counts:
                counts[n] = make(n, np.random.default_rng(0))[0].size
            return counts[n]

        counts = {}
        PIPELINES.append(Pipeline(f.__name__, category, make, f, total, numpy, sizes, exact, rtol, atol))
        return f

    return register


def vectors(count, low=0.0, high=1.0, dtype=F64):
    """Make `count` vectors of `n` uniform values."""
    return lambda n, rng: tuple((rng.random(n) * (high - low) + low).astype(dtype) for _ in range(count))


def matrix(columns, low=-1.0, high=1.0, dtype=F64):
    """Make a matrix of `n` rows of uniform values."""
    return lambda n, rng: ((rng.random((n, columns)) * (high - low) + low).astype(dtype),)


def square(n, rng):
    """Make a square matrix of `n` rows."""
    return (rng.random((n, n)),)


# Elementwise


@pipeline("elementwise", vectors(3), each={"flops": 2}, exact=True)
def axpy(xp, a, b, c):
    return a * b + c


@pipeline("elementwise", vectors(1, -1, 1), each={"flops": 10}, exact=True)
def poly10(xp, x):
    return ((((0.3 * x - 1.1) * x + 0.7) * x + 2.5) * x - 0.9) * x + 1.25


@pipeline("elementwise", vectors(4), each={"flops": 11, "sqrt_f64": 1, "div_f64": 1}, exact=True)
def expr12(xp, a, b, c, d):
    t = (a - b) * (c + d)
    return xp.abs(t) / (1.0 + xp.sqrt(a * a + b * b)) + xp.maximum(c, d) * 0.5 - xp.minimum(a, t)


# Transcendental


def normal_cdf(xp, x):
    """Cumulative normal distribution: Abramowitz and Stegun, 26.2.17."""
    k = 1.0 / (1.0 + 0.2316419 * xp.abs(x))
    p = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
    w = 1.0 - 0.3989422804014327 * xp.exp(-0.5 * x * x) * p
    return xp.where(x < 0, 1.0 - w, w)


@pipeline(
    "transcendental",
    lambda n, rng: (rng.random(n) * 50 + 50, rng.random(n) * 50 + 50, rng.random(n) * 2 + 0.1),
    each={"flops": 45, "exp_f64": 3, "log_f64": 1, "sqrt_f64": 1, "div_f64": 4},
    rtol=1e-8,
    atol=1e-8,
)
def black_scholes(xp, s, k, t):
    r, v = 0.03, 0.25
    q = v * xp.sqrt(t)
    d1 = (xp.log(s / k) + (r + 0.5 * v * v) * t) / q
    d2 = d1 - q
    disc = k * xp.exp(-r * t)
    call = s * normal_cdf(xp, d1) - disc * normal_cdf(xp, d2)
    return call, call - s + disc


@pipeline("transcendental", vectors(1, -4, 4), each={"flops": 5, "exp_f64": 1})
def gauss_pdf(xp, x):
    return xp.exp(-0.5 * ((x - 0.3) / 1.7) ** 2) / (1.7 * math.sqrt(2 * math.pi))


@pipeline("transcendental", vectors(1, -6, 6), each={"flops": 6, "exp_f64": 2, "log_f64": 1, "div_f64": 1})
def sigmoid_softplus(xp, x):
    return (xp.log1p(xp.exp(-xp.abs(x))) + xp.maximum(x, 0.0)) / (1.0 + xp.exp(-x))


@pipeline("transcendental", matrix(1000, -5, 5), each={"flops": 3, "exp_f64": 1}, sizes=(10, 1000, 10_000))
def logsumexp_rows(xp, x):
    m = xp.max(x, axis=1, keepdims=True)
    return xp.log(xp.sum(xp.exp(x - m), axis=1)) + m[:, 0]


@pipeline(
    "transcendental",
    vectors(2, -3, 3, F32),
    each={"flops": 4, "sin_f32": 2, "tanh_f32": 1, "exp_f32": 1},
    rtol=1e-4,
    atol=1e-4,
)
def wave_f32(xp, x, t):
    return xp.sin(x) * xp.cos(t) + xp.tanh(x * t) * xp.exp(-t)


# Reductions


@pipeline("reduction", vectors(2), each={"flops": 3})
def ssd(xp, a, b):
    return xp.sum((a - b) ** 2)


@pipeline("reduction", vectors(1), each={"flops": 4})
def mean_var_std(xp, x):
    return xp.mean(x), xp.var(x), xp.std(x)


# NumPy calls a tuned BLAS here.
@pipeline("reduction", vectors(2), each={"flops": 2}, numpy=lambda a, b: np.dot(a, b))
def dot_sum(xp, a, b):
    return xp.sum(a * b)


@pipeline("reduction", vectors(2), each={"flops": 5})
def min_max_mean(xp, a, b):
    t = a * b - 0.5
    return xp.min(t), xp.max(t), xp.mean(t)


# Row by row


@pipeline(
    "rowwise", matrix(1000, -5, 5, F32), each={"flops": 4, "exp_f32": 1}, sizes=(10, 1000, 10_000), rtol=1e-4, atol=1e-7
)
def softmax_rows_f32(xp, x):
    e = xp.exp(x - xp.max(x, axis=1, keepdims=True))
    return e / xp.sum(e, axis=1, keepdims=True)


@pipeline("rowwise", matrix(64), each={"flops": 6}, sizes=(16, 16_000, 160_000), atol=1e-9)
def zscore_cols(xp, x):
    return (x - xp.mean(x, axis=0)) / xp.std(x, axis=0)


@pipeline(
    "rowwise",
    lambda n, rng: ((rng.random((n, 768)) - 0.4).astype(F32), rng.random(768).astype(F32), rng.random(768).astype(F32)),
    each={"flops": 8},
    sizes=(2, 1300, 13_000),
    rtol=1e-3,
    atol=1e-4,
)
def layernorm_f32(xp, x, g, b):
    d = x - xp.mean(x, axis=-1, keepdims=True)
    v = xp.mean(d * d, axis=-1, keepdims=True)
    return d / xp.sqrt(v + 1e-5) * g + b


@pipeline(
    "rowwise",
    lambda n, rng: (rng.random((n, 3)), rng.random((n, 3))),
    work=lambda n: {"flops": 8 * n * n, "sqrt_f64": n * n},
    sizes=(32, 500, 3000),
)
def pairwise_dist(xp, a, b):
    d = a[:, None, :] - b[None, :, :]
    return xp.sqrt(xp.sum(d * d, axis=-1))


# Masks


@pipeline("mask", vectors(2, -1, 1), each={"flops": 5}, exact=True)
def leaky_clip(xp, a, b):
    return xp.clip(xp.where(a > 0, a, 0.01 * a) * b, -0.5, 0.5)


@pipeline("mask", vectors(2), each={"flops": 5}, exact=True)
def mask_count(xp, a, b):
    return xp.count_nonzero(((a > 0.5) & (b < 0.3)) | (a + b > 1.6))


@pipeline("mask", vectors(2, -1, 1), each={"flops": 8, "sqrt_f64": 1}, exact=True)
def piecewise(xp, x, y):
    r = xp.abs(x - y)
    return xp.where(r < 0.25, 0.5 * r * r, xp.where(r < 1.0, 0.25 * (r - 0.125), 0.5 * xp.sqrt(r) - 0.28125))


@pipeline("mask", vectors(2), each={"flops": 3}, numpy=lambda a, b: b[a > 0.5].mean())
def masked_mean(xp, a, b):
    m = a > 0.5
    return xp.sum(xp.where(m, b, 0.0)) / xp.sum(m)


# Stencils


@pipeline("stencil", vectors(1), each={"flops": 5}, exact=True)
def stencil_1d(xp, x):
    return 0.25 * x[:-2] + 0.5 * x[1:-1] + 0.25 * x[2:]


@pipeline("stencil", square, each={"flops": 7}, sizes=(32, 1000, 3200), exact=True)
def jacobi_2d(xp, u):
    v = 0.25 * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2])
    return v, xp.max(xp.abs(v - u[1:-1, 1:-1]))


@pipeline(
    "stencil", lambda n, rng: (rng.random((n, n)).astype(F32),), each={"flops": 10}, sizes=(32, 1400, 4500), exact=True
)
def blur_3x3_f32(xp, x):
    h = 0.25 * x[:, :-2] + 0.5 * x[:, 1:-1] + 0.25 * x[:, 2:]
    return 0.25 * h[:-2] + 0.5 * h[1:-1] + 0.25 * h[2:]


# Mixed dtypes


@pipeline(
    "mixed",
    lambda n, rng: (
        rng.integers(0, 256, (n, n, 3), dtype=U8),
        np.array([0.48, 0.45, 0.40], F32),
        np.array([0.22, 0.23, 0.25], F32),
    ),
    each={"flops": 7, "div_f32": 1},
    sizes=(18, 580, 1826),
    exact=True,
)
def image_u8(xp, image, mean, std):
    x = (image.astype(F32) / F32(255) - mean) / std
    return xp.clip(x * F32(50.0) + F32(120.0), F32(0), F32(255)).astype(U8)


# Views


@pipeline("view", square, each={"flops": 2}, sizes=(32, 1000, 3200), exact=True)
def transpose_add(xp, a):
    return 0.5 * (a + a.T)


@pipeline("view", vectors(1), each={"flops": 1.5}, exact=True)
def strided_mix(xp, x):
    return x[::2] * 0.75 + x[1::2][::-1] * 0.25


# Linear algebra with elementwise work around it


def _dense_relu(x, w, b):
    t = x @ w
    t += b
    return np.maximum(t, F32(0), out=t)


@pipeline(
    "linalg",
    lambda n, rng: tuple((rng.random(s) - 0.5).astype(F32) for s in ((n, 256), (256, 256), (256,))),
    work=lambda n: {"flops32": 2 * n * 256 * 256},
    numpy=_dense_relu,
    sizes=(4, 1000, 20_000),
    rtol=1e-3,
    atol=1e-4,
)
def dense_relu_f32(xp, x, w, b):
    return xp.maximum(x @ w + b, F32(0))


def _regression(n, rng):
    x = rng.random((n, 16)) - 0.5
    return x, x @ np.arange(16.0) + rng.random(n)


@pipeline(
    "linalg",
    _regression,
    work=lambda n: {"flops": n * 16 * 16 + 2 * n * 16},
    sizes=(64, 60_000, 600_000),
    rtol=1e-7,
    atol=1e-9,
)
def normal_eq(xp, x, y):
    return xp.linalg.solve(x.T @ x + 1e-6 * xp.eye(16), x.T @ y)


# FFT, scans, order statistics


@pipeline(
    "fft-scan-sort",
    lambda n, rng: (rng.random(n), np.exp(-np.arange(n // 2 + 1) / (n / 16))),
    work=lambda n: {"flops": 5 * n * math.log2(n)},
    sizes=(1024, 1 << 19, 1 << 22),
    rtol=1e-8,
    atol=1e-10,
)
def fft_filter(xp, x, m):
    return xp.fft.irfft(xp.fft.rfft(x) * m)


@pipeline("fft-scan-sort", vectors(2), each={"flops": 2})
def cumsum_prod(xp, a, b):
    return xp.cumsum(a * b)


@pipeline("fft-scan-sort", vectors(2), each={"flops": 4}, sizes=(1000, 1_000_000, 4_000_000))
def quantiles(xp, a, b):
    return xp.quantile(a * b, xp.asarray([0.05, 0.5, 0.95]))


# Applications


@pipeline(
    "application",
    lambda n, rng: (rng.random((n, 4)), rng.random((8, 4))),
    work=lambda n: {"flops": n * 8 * 13},
    sizes=(250, 50_000, 1_000_000),
)
def kmeans_step(xp, x, c):
    d = xp.sum((x[:, None, :] - c[None, :, :]) ** 2, axis=-1)
    label = xp.argmin(d, axis=1)
    one = (label[:, None] == xp.arange(8)[None, :]).astype(F64)
    return (one.T @ x) / xp.sum(one, axis=0)[:, None], label


def _plane(n, rng):
    x, y = np.meshgrid(np.linspace(-2.0, 0.6, n), np.linspace(-1.2, 1.2, n))
    return np.ascontiguousarray(x), np.ascontiguousarray(y)


@pipeline("application", _plane, each={"flops": 20 * 9}, sizes=(32, 512, 1500), exact=True)
def mandelbrot(xp, cr, ci):
    zr, zi, count = cr, ci, (cr < 9.0).astype(I32)
    for _ in range(20):
        r2, i2 = zr * zr, zi * zi
        m = r2 + i2 <= 4.0
        count = count + m
        zi = xp.where(m, 2.0 * zr * zi + ci, zi)
        zr = xp.where(m, r2 - i2 + cr, zr)
    return count


@pipeline(
    "application",
    lambda n, rng: (rng.standard_normal((n, 16)),),
    each={"flops": 4, "exp_f64": 1},
    sizes=(64, 60_000, 600_000),
    rtol=1e-8,
)
def asian_option(xp, z):
    dt = 1.0 / 16
    s = 100.0 * xp.exp(xp.cumsum((0.03 - 0.02) * dt + 0.2 * math.sqrt(dt) * z, axis=1))
    pay = math.exp(-0.03) * xp.maximum(xp.mean(s, axis=1) - 100.0, 0.0)
    return xp.mean(pay), xp.std(pay)
