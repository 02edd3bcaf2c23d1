"""Derive the polynomial coefficients of `src/kernels/math`.

Each polynomial interpolates its function at Chebyshev nodes in 300-bit arithmetic (within a small factor of the
minimax error) and is then rounded to the element type. The script prints Rust arrays with the error of the rounded
polynomial, weighted by the term it feeds, so that a degree can be chosen by looking at the output.

    python tests/accuracy/coefficients.py
"""

import struct

import gmpy2
from gmpy2 import mpfr

gmpy2.get_context().precision = 400
LN2 = gmpy2.const_log2()
PI = gmpy2.const_pi()


def round_f64(x):
    with gmpy2.context(precision=53):
        return float(mpfr(x))


def round_f32(x):
    with gmpy2.context(precision=24):
        return float(+mpfr(x))


def shortest_f32(x):
    for digits in range(1, 12):
        text = f"{x:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", x):
            return repr(float(text))
    raise AssertionError(x)


def solve(rows, right):
    """Gaussian elimination with partial pivoting, in place."""
    n = len(rows)
    for i in range(n):
        pivot = max(range(i, n), key=lambda j: abs(rows[j][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        right[i], right[pivot] = right[pivot], right[i]
        for j in range(i + 1, n):
            factor = rows[j][i] / rows[i][i]
            for k in range(i, n):
                rows[j][k] -= factor * rows[i][k]
            right[j] -= factor * right[i]
    out = [mpfr(0)] * n
    for i in reversed(range(n)):
        out[i] = (right[i] - sum(rows[i][k] * out[k] for k in range(i + 1, n))) / rows[i][i]
    return out


def interpolate(function, low, high, count):
    """Coefficients of the polynomial of degree `count - 1` through the Chebyshev nodes of [low, high]."""
    middle, half = (mpfr(low) + high) / 2, (mpfr(high) - low) / 2
    nodes = [middle + half * gmpy2.cos(PI * (2 * i + 1) / (2 * count)) for i in range(count)]
    nodes = [x if abs(x) > mpfr("1e-25") else mpfr("1e-25") for x in nodes]
    return solve([[x**k for k in range(count)] for x in nodes], [function(x) for x in nodes])


def emit(name, doc, function, low, high, counts, weight):
    """`weight(x)` is the factor by which an error of the polynomial reaches the relative error of the result."""
    for kind, count in counts.items():
        if kind == "f64":
            rounded = [round_f64(c) for c in interpolate(function, low, high, count)]
            texts = [repr(c) for c in rounded]
        else:
            rounded = [round_f32(c) for c in interpolate(function, low, high, count)]
            texts = [shortest_f32(c) for c in rounded]
        worst = mpfr(0)
        for i in range(1, 400):
            x = mpfr(low) + (mpfr(high) - low) * i / 400
            if abs(x) < mpfr("1e-25"):
                continue
            value = sum(c * x**k for k, c in enumerate(rounded))
            worst = max(worst, abs((value - function(x)) * weight(x)))
        print(f"// {name} {kind}: {doc}; weighted error 2^{float(gmpy2.log2(worst)):.1f}")
        print("&[" + ", ".join(texts) + "]")


def parts(name, value, kind, *bits):
    """Split a constant into a sum; `bits` is the number of bits kept of each part."""
    rest, out = mpfr(value), []
    for keep in bits:
        with gmpy2.context(precision=keep):
            part = +rest
        with gmpy2.context(precision=400):
            rest = rest - part
        out.append(float(part))
    print(f"// {name} {kind}:", ", ".join(shortest_f32(p) if kind == "f32" else repr(p) for p in out))


def main():
    r = LN2 / 2 * (1 + mpfr("1e-4"))
    emit("EXP_TAIL", "(e^r - 1 - r) / r^2, |r| <= ln(2)/2", lambda x: (gmpy2.expm1(x) - x) / (x * x), -r, r,
         {"f64": 11, "f32": 6}, lambda x: x)
    half = mpfr("0.5001")
    emit("EXP2_TAIL", "(2^r - 1) / r, |r| <= 1/2", lambda x: gmpy2.expm1(x * LN2) / x, -half, half,
         {"f64": 12, "f32": 7}, lambda x: x)
    z = r * r
    emit("SINH_TAIL", "(sinh r - r) / r^3 in r^2, |r| <= ln(2)/2", lambda x: (gmpy2.sinh(gmpy2.sqrt(x)) - gmpy2.sqrt(x)) / (x * gmpy2.sqrt(x)),
         0, z, {"f64": 5, "f32": 3}, lambda x: x)
    emit("COSH_TAIL", "(cosh r - 1 - r^2/2) / r^4 in r^2, |r| <= ln(2)/2", lambda x: (gmpy2.cosh(gmpy2.sqrt(x)) - 1 - x / 2) / (x * x),
         0, z, {"f64": 5, "f32": 2}, lambda x: x * x)
    s = (gmpy2.sqrt(mpfr(2)) - 1) / (gmpy2.sqrt(mpfr(2)) + 1) * mpfr("1.001")
    emit("LOG_TAIL", "(log((1+s)/(1-s)) - 2s) / s^3 in s^2", lambda x: (2 * gmpy2.atanh(gmpy2.sqrt(x)) - 2 * gmpy2.sqrt(x)) / (x * gmpy2.sqrt(x)),
         0, s * s, {"f64": 7, "f32": 4}, lambda x: x / 2)
    emit("LOG_TAIL5", "(log((1+s)/(1-s)) - 2s - 2/3 s^3) / s^5 in s^2",
         lambda x: (2 * gmpy2.atanh(gmpy2.sqrt(x)) - 2 * gmpy2.sqrt(x) * (1 + x / 3)) / (x * x * gmpy2.sqrt(x)),
         0, s * s, {"f64": 8, "f32": 4}, lambda x: x * x / 2)
    emit("RECIPROCAL", "-1/(1+f), f in [sqrt(1/2)-1, sqrt(2)-1]", lambda x: -1 / (1 + x), gmpy2.sqrt(mpfr("0.5")) - 1, gmpy2.sqrt(mpfr(2)) - 1,
         {"f64": 3, "f32": 3}, lambda x: 1)
    q = (PI / 4 * mpfr("1.0001")) ** 2
    emit("SIN_TAIL", "(sin r - r) / r^3 in r^2, |r| <= pi/4", lambda x: (gmpy2.sin(gmpy2.sqrt(x)) - gmpy2.sqrt(x)) / (x * gmpy2.sqrt(x)),
         0, q, {"f64": 6, "f32": 3}, lambda x: x)
    emit("COS_TAIL", "(cos r - 1 + r^2/2) / r^4 in r^2, |r| <= pi/4", lambda x: (gmpy2.cos(gmpy2.sqrt(x)) - 1 + x / 2) / (x * x),
         0, q, {"f64": 6, "f32": 3}, lambda x: x * x)
    t = (mpfr(7) / 16 * mpfr("1.001")) ** 2
    emit("ATAN_TAIL", "(atan t - t) / t^3 in t^2, |t| <= 7/16", lambda x: (gmpy2.atan(gmpy2.sqrt(x)) - gmpy2.sqrt(x)) / (x * gmpy2.sqrt(x)),
         0, t, {"f64": 12, "f32": 6}, lambda x: x)
    emit("ASIN_TAIL", "(asin x - x) / x^3 in x^2, |x| <= 1/2", lambda x: (gmpy2.asin(gmpy2.sqrt(x)) - gmpy2.sqrt(x)) / (x * gmpy2.sqrt(x)),
         0, mpfr("0.2501"), {"f64": 13, "f32": 6}, lambda x: x)
    emit("CBRT_START", "m^(-1/3), m in [1, 2]", lambda x: 1 / gmpy2.cbrt(x), 1, 2, {"f64": 4, "f32": 4}, lambda x: 1)

    parts("LN2", LN2, "f64", 42, 53)
    parts("LN2", LN2, "f32", 16, 24)
    parts("LOG10_2", gmpy2.log10(mpfr(2)), "f64", 42, 53)
    parts("LOG10_2", gmpy2.log10(mpfr(2)), "f32", 16, 24)
    parts("1/LN2", 1 / LN2, "f64", 53, 53)
    parts("1/LN2", 1 / LN2, "f32", 24, 24)
    parts("1/LN10", 1 / gmpy2.log(mpfr(10)), "f64", 53, 53)
    parts("1/LN10", 1 / gmpy2.log(mpfr(10)), "f32", 24, 24)
    parts("PI/2", PI / 2, "f64", 53, 53, 53)
    parts("PI/2", PI / 2, "f32", 24, 24, 24)
    parts("2/PI", 2 / PI, "f64", 53)
    parts("2/PI", 2 / PI, "f32", 24)
    parts("PI", PI, "f64", 53, 53)
    parts("PI", PI, "f32", 24, 24)
    for n, d in ((1, 2), (1, 1)):
        parts(f"atan({n}/{d})", gmpy2.atan(mpfr(n) / d), "f64", 53, 53)
        parts(f"atan({n}/{d})", gmpy2.atan(mpfr(n) / d), "f32", 24, 24)
    gmpy2.get_context().precision = 1600
    digits = int(gmpy2.floor(2 / gmpy2.const_pi() * mpfr(2) ** (64 * 20)))
    words = [(digits >> (64 * (19 - i))) & (2**64 - 1) for i in range(20)]
    print("// 2/pi, the bits after the binary point, 64 at a time")
    print("[" + ", ".join(f"0x{w:016x}" for w in words) + "]")


if __name__ == "__main__":
    main()
