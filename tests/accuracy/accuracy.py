"""Measure the error of vector math functions in ulp of the exact result, against MPFR.

`accuracy(name, fn, dtype, samples)` runs `fn` (arrays in, array out) on bit patterns drawn with a fixed seed: uniform
over all patterns, over the range where the function is interesting, around its zeros and poles, and around the points
where implementations change their way. Zeros, infinities and NaN are compared exactly. Exact values come from MPFR
through gmpy2, with 40 bits more than the result; a difference is measured in units of the last place of the exact
value, so a correctly rounded result shows at most 0.5.

    python tests/accuracy/accuracy.py --samples 400000
"""

import argparse
import importlib
import math
import sys

import gmpy2
import numpy as np
from gmpy2 import mpfr

PI = math.pi
BINARY = {"power", "arctan2", "hypot"}
#: Intervals of the argument that deserve samples of their own.
INTERESTING = {
    "exp": [(-750, 720), (-1, 1), (-110, 95)],
    "exp2": [(-1080, 1030), (-1, 1), (-152, 130)],
    "expm1": [(-50, 720), (-1, 1), (-20, 90)],
    "log": [(0.5, 2), (0, 10), (0.99, 1.01)],
    "log2": [(0.5, 2), (0, 10), (0.99, 1.01)],
    "log10": [(0.5, 2), (0, 10), (0.99, 1.01)],
    "log1p": [(-1, 3), (-0.5, 0.5), (0, 100)],
    "sin": [(-10, 10), (-1e5, 1e5), (-1e6, 1e6), (-1e10, 1e10)],
    "cos": [(-10, 10), (-1e5, 1e5), (-1e6, 1e6), (-1e10, 1e10)],
    "tan": [(-10, 10), (-1e5, 1e5), (-1e6, 1e6), (-1e10, 1e10)],
    "arcsin": [(-1, 1), (0.49, 0.51)],
    "arccos": [(-1, 1), (0.49, 0.51), (0.999, 1)],
    "arctan": [(-5, 5), (-100, 100)],
    "sinh": [(-720, 720), (-3, 3), (-95, 95)],
    "cosh": [(-720, 720), (-3, 3), (-95, 95)],
    "tanh": [(-25, 25), (-1, 1)],
    "x**3": [(-10, 10), (-1e-3, 1e-3), (-6e12, 6e12), (-1e-13, 1e-13), (-1e-97, 1e-97)],
    "x**4": [(-10, 10), (-1e-3, 1e-3), (-4e9, 4e9), (-1e-9, 1e-9), (-1e-73, 1e-73)],
    "arcsinh": [(-10, 10), (-1e5, 1e5)],
    "arccosh": [(1, 3), (1, 1e5), (1, 1.001)],
    "arctanh": [(-1, 1), (-0.1, 0.1), (0.99, 1)],
    "cbrt": [(-10, 10), (1, 8)],
}
#: Values around which every neighbour is tried.
BREAKPOINTS = (
    [
        0.0,
        0.5,
        1.0,
        1.5,
        2.0,
        3.0,
        4.0,
        8.0,
        5 / 8,
        8 / 5,
        2 / 3,
        4 / 3,
        0.25,
        0.75,
        6.0,
        0.41421356,
        2.41421356,
        2**0.5,
        0.5**0.5,
        math.log(2),
        math.log(2) / 2,
        1.5 * math.log(2),
        708.0,
        709.78271289,
        745.13321910,
        87.0,
        88.7228394,
        103.97208,
        1022.0,
        1024.0,
        1074.0,
        126.0,
        128.0,
        149.0,
        2.0**30,
        131072.0,
        2.0**60,
        2.0**28,
        2.0**-27,
        2.0**53,
        2.0**24,
        19.06,
        22.0,
        9.01,
        10.0,
        1e300,
        1e36,
    ]
    + [k * PI / 4 for k in range(1, 33)]
    + [2.0**k * PI / 2 for k in range(0, 200, 7)]
)


def functions():
    """Exact functions of MPFR values, by NumPy's names."""
    g = gmpy2
    return {
        "exp": g.exp,
        "exp2": g.exp2,
        "expm1": g.expm1,
        "log": g.log,
        "log2": g.log2,
        "log10": g.log10,
        "log1p": g.log1p,
        "sin": g.sin,
        "cos": g.cos,
        "tan": g.tan,
        "arcsin": g.asin,
        "arccos": g.acos,
        "arctan": g.atan,
        "sinh": g.sinh,
        "cosh": g.cosh,
        "tanh": g.tanh,
        "arcsinh": g.asinh,
        "arccosh": g.acosh,
        "arctanh": g.atanh,
        "cbrt": g.cbrt,
        "x**3": lambda x: x ** mpfr(3),
        "x**4": lambda x: x ** mpfr(4),
        "power": lambda x, y: x**y,
        "arctan2": g.atan2,
        "hypot": g.hypot,
    }


def around(values, dtype, width=20):
    """Each value and its neighbours, of both signs."""
    with np.errstate(over="ignore"):
        values = np.asarray(values, dtype)
    bits = values.view(f"u{dtype.itemsize}").astype(f"i{dtype.itemsize}")
    near = bits[:, None] + np.arange(-width, width + 1, dtype=bits.dtype)
    near = np.abs(near).view(dtype).ravel()
    return np.concatenate([near, -near])


def patterns(rng, dtype, count):
    """Uniformly random bit patterns."""
    return rng.integers(0, 2 ** (8 * dtype.itemsize), count, f"u{dtype.itemsize}").view(dtype)


def unary_samples(name, dtype, count, rng):
    """Arguments of a function of one operand."""
    parts = [patterns(rng, dtype, count // 3), around(BREAKPOINTS, dtype)]
    info = np.finfo(dtype)
    parts.append(
        np.array([0.0, -0.0, np.inf, -np.inf, np.nan, info.max, -info.max, info.tiny, info.smallest_subnormal], dtype)
    )
    parts.append(
        patterns(rng, dtype, count // 12) / dtype.type(2) ** 60 if dtype.itemsize == 8 else patterns(rng, dtype, 0)
    )
    ranges = INTERESTING[name]
    for low, high in ranges:
        parts.append(rng.uniform(low, high, count // 3 // len(ranges)).astype(dtype))
    # One and its relatives approached geometrically; small arguments at every scale.
    small = (2.0 ** rng.uniform(-60, 0, count // 6)).astype(dtype)
    parts += [small, -small, 1 + small, 1 - small]
    if name in {"sin", "cos", "tan"}:
        multiples = np.floor(2.0 ** rng.uniform(0, 30, count // 6))
        parts.append((multiples * (PI / 2)).astype(dtype))
        parts.append(
            np.ldexp(rng.uniform(1, 2, count // 30), rng.integers(25, info.maxexp - 1, count // 30)).astype(dtype)
        )
    return (np.concatenate(parts).astype(dtype),)


def binary_samples(name, dtype, count, rng):
    """Arguments of a function of two operands."""
    n = count // 5
    info = np.finfo(dtype)
    special = np.array(
        [
            0,
            -0.0,
            0.5,
            1,
            -1,
            2,
            3,
            -3,
            2.5,
            -0.5,
            np.inf,
            -np.inf,
            np.nan,
            info.max,
            -info.max,
            info.tiny,
            -info.tiny,
            info.smallest_subnormal,
            2.0**53,
            2.0**53 + 2,
            2.0**24 + 1,
            1 + info.eps,
            1 - info.epsneg,
            1e10,
            -1e10,
        ],
        dtype,
    )
    pairs = [np.meshgrid(special, special)]
    pairs.append((patterns(rng, dtype, n), patterns(rng, dtype, n)))
    pairs.append((rng.normal(size=n), rng.normal(size=n)))
    x = patterns(rng, dtype, n)
    with np.errstate(all="ignore"):
        if name == "power":
            limit = info.maxexp
            size = np.log2(np.abs(x.astype(np.float64)))
            size[~(np.abs(size) > 1e-18)] = 1.0
            pairs.append((np.abs(x), rng.uniform(-1.06 * limit, 1.01 * limit, n) / size))
            near = np.exp2(rng.uniform(-1, 1, n)).astype(dtype)
            target = rng.uniform(-1.06 * limit, 1.01 * limit, n)
            pairs.append((near, target / np.log2(near.astype(np.float64))))
            near = (1 + rng.choice([-1, 1], n) * 2.0 ** rng.uniform(-23 if dtype.itemsize == 4 else -52, -3, n)).astype(
                dtype
            )
            pairs.append((near, rng.uniform(-limit, limit, n) / np.log2(near.astype(np.float64))))
            pairs.append((rng.uniform(-20, 20, n), rng.integers(-20, 20, n)))
        else:
            pairs.append((x, x * (2.0 ** rng.uniform(-3, 3, n)).astype(dtype)))
            pairs.append((x, x * (2.0 ** rng.uniform(-60, 60, n)).astype(dtype)))
    with np.errstate(all="ignore"):
        return tuple(np.concatenate([np.ravel(p[i]).astype(dtype) for p in pairs]) for i in (0, 1))


def samples_of(name, dtype, count, seed=20240607):
    """The arguments that `name` is tried on."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    return (binary_samples if name in BINARY else unary_samples)(name, dtype, count, rng)


def accuracy(name, fn, dtype, samples):
    """The largest error of `fn` in ulp, and the arguments where it occurs. `inf` if a special value is wrong."""
    dtype = np.dtype(dtype)
    args = samples_of(name, dtype, samples) if isinstance(samples, int) else samples
    got = np.asarray(fn(*args))
    assert got.dtype == dtype and got.shape == args[0].shape, (got.dtype, got.shape)
    exact = functions()[name]
    info = np.finfo(dtype)
    digits, least = info.nmant + 1, info.minexp - info.nmant
    worst, where = 0.0, None
    with gmpy2.context(precision=digits + 40, emax=1 << 40, emin=-(1 << 40)):
        half_beyond = mpfr(2) ** info.maxexp - mpfr(2) ** (info.maxexp - digits - 1)
        for values in zip(got.tolist(), *(a.tolist() for a in args), strict=True):
            value, inputs = values[0], values[1:]
            error = ulp_error(value, exact_value(name, exact, inputs), digits, least, half_beyond)
            if error > worst or where is None:
                worst, where = error, inputs
    return worst, where


def exact_value(name, exact, inputs):
    """The exact value; C's special cases where MPFR differs."""
    if name == "power":
        x, y = inputs
        if y == 0 or x == 1:
            return mpfr(1)
        if x < 0 and math.isfinite(x) and math.isfinite(y) and y != math.floor(y):
            return mpfr("nan")
        if math.isfinite(x) and math.isfinite(y) and abs(y) > 2**40 and x not in (0, 1, -1):
            # Far beyond range, unless x is next to 1: by logarithms, to spare MPFR the attempt.
            size = gmpy2.log2(abs(mpfr(x))) * y
            if abs(size) > 5000:
                sign = -1 if x < 0 and y % 2 == 1 else 1
                return sign * mpfr(2) ** (5000 if size > 0 else -5000)
    return exact(*(mpfr(v) for v in inputs))


def ulp_error(value, exact, digits, least, half_beyond):
    """`|value - exact|` in ulp of `exact`."""
    if gmpy2.is_nan(exact):
        return 0.0 if math.isnan(value) else math.inf
    if math.isnan(value):
        return math.inf
    if gmpy2.is_infinite(exact):
        return 0.0 if value == exact else math.inf
    if exact == 0:
        return 0.0 if value == 0 and math.copysign(1, value) == (-1 if gmpy2.is_signed(exact) else 1) else math.inf
    if value == 0 and math.copysign(1, value) != gmpy2.sign(exact):
        return math.inf
    exponent = max(gmpy2.get_exp(exact) - digits, least)
    unit = gmpy2.exp2(mpfr(exponent)) if -1000 < exponent < 1000 else mpfr(2) ** exponent
    if math.isinf(value):
        # As if the exponent had no end.
        if (value > 0) != (exact > 0):
            return math.inf
        return 0.0 if abs(exact) >= half_beyond else float((2 * half_beyond - abs(exact) - half_beyond) / unit) + 0.5
    return float(abs(mpfr(value) - exact) / unit)


def table(rows):
    """Markdown of (name, dtype, error, argument)."""
    lines = ["| function | dtype | max ULP | worst argument |", "| --- | --- | --- | --- |"]
    lines += [f"| `{n}` | {d} | {e:.3f} | {', '.join(float(a).hex() for a in w)} |" for n, d, e, w in rows]
    return "\n".join(lines)


def named(module, name):
    """The function of a module with NumPy's names: `x**3` and the like are powers by a number."""
    if name.startswith("x**"):
        return lambda x: module.power(x, float(name[3:]))
    return getattr(module, name)


def of_module(module, name):
    """The function of a module with NumPy's names, computed if it is lazy."""
    function = named(module, name)

    def call(*args):
        asarray = getattr(module, "asarray", np.asarray)
        result = function(*(asarray(a) for a in args))
        return np.asarray(result.compute() if hasattr(result, "compute") else result)

    return call


def main():
    parser = argparse.ArgumentParser(description="Print the error of vector math functions as a Markdown table.")
    parser.add_argument("--module", default="numpy_rs.lazy", help="where the functions are; NumPy's names")
    parser.add_argument(
        "--samples", type=int, default=100_000, help="about how many arguments each function is tried on"
    )
    parser.add_argument("--bound", type=float, default=1.0, help="fail if an error is larger")
    parser.add_argument("functions", nargs="*", help="names; all if none")
    options = parser.parse_args()
    module = importlib.import_module(options.module)
    rows = []
    for name in options.functions or functions():
        for dtype in ("float64", "float32"):
            with np.errstate(all="ignore"):
                error, where = accuracy(name, of_module(module, name), dtype, options.samples)
            rows.append((name, dtype, error, where))
            print(f"{name} {dtype} {error:.3f}", file=sys.stderr, flush=True)
    print(table(rows))
    return int(any(error > options.bound for _, _, error, _ in rows))


if __name__ == "__main__":
    sys.exit(main())
