"""Derive the polynomial coefficients of `src/kernels/math`.

Each is the minimax polynomial of Remez's exchange algorithm in 300-bit arithmetic, for the error relative to the result
that the polynomial enters, rounded to the element type from the leading coefficient on. The script prints Rust arrays
with the error of the rounded polynomial, so that a degree can be chosen by looking at the output.

    python tests/accuracy/coefficients.py
"""

import struct

import gmpy2
from gmpy2 import mpfr

gmpy2.get_context().precision = 300
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


def remez(function, weight, low, high, count):
    """Minimax polynomial of `count` coefficients for `weight * (polynomial - function)`, and the zeros of its error."""
    middle, half = (mpfr(low) + high) / 2, (mpfr(high) - low) / 2
    grid = [middle - half * gmpy2.cos(PI * (2 * i + 1) / 1200) for i in range(600)]
    values, weights = [function(x) for x in grid], [weight(x) for x in grid]
    reference = [round(i * 599 / count) for i in range(count + 1)]
    for _ in range(40):
        rows = [[grid[j] ** k for k in range(count)] + [(-1) ** i / weights[j]] for i, j in enumerate(reference)]
        *known, _level = solve(rows, [values[j] for j in reference])
        errors = [w * (evaluate(known, x) - v) for x, v, w in zip(grid, values, weights, strict=True)]
        # The extreme of each stretch of one sign.
        extremes = []
        for j, error in enumerate(errors):
            if extremes and (errors[extremes[-1]] > 0) == (error > 0):
                if abs(error) > abs(errors[extremes[-1]]):
                    extremes[-1] = j
            else:
                extremes.append(j)
        while len(extremes) > count + 1:
            extremes.pop(0 if abs(errors[extremes[0]]) < abs(errors[extremes[-1]]) else -1)
        if len(extremes) < count + 1 or extremes == reference:
            break
        reference = extremes
    zeros = [(grid[j] + grid[j + 1]) / 2 for j in range(599) if (errors[j] > 0) != (errors[j + 1] > 0)]
    return known, sorted(zeros, key=abs, reverse=True)[:count]


def interpolate(nodes, values):
    """Coefficients of the polynomial through points."""
    return solve([[x**k for k in range(len(nodes))] for x in nodes], list(values))


def evaluate(coefficients, x):
    """The polynomial at `x`."""
    return sum(c * x**k for k, c in enumerate(coefficients))


def rounded_polynomial(function, weight, low, high, count, round_to):
    """The minimax polynomial, rounded; later coefficients make up for the rounding of those before."""
    ideal, zeros = remez(function, weight, low, high, count)
    known = []
    for i in range(count):
        at = zeros[: count - i]
        rest = interpolate(at, [(evaluate(ideal, x) - evaluate(known, x)) / x**i for x in at])
        known.append(round_to(rest[0]))
    return known


def emit(name, doc, function, low, high, counts, order, result, squared=False):
    """Print the coefficients of `function`, which enters the result as `x^order * function`.

    `result(x)` is what the error is relative to. With `squared`, `function` takes x^2 and [low, high] is [-high, high].
    """

    def weight(t):
        x = gmpy2.sqrt(t) if squared else t
        return abs(x**order / result(x))

    if squared:
        low, high = mpfr(0), mpfr(high) ** 2
    for kind, count in counts.items():
        round_to, text = (round_f64, repr) if kind == "f64" else (round_f32, shortest_f32)
        rounded = rounded_polynomial(function, weight, low, high, count, round_to)
        points = [mpfr(low) + (mpfr(high) - low) * (i + mpfr("0.37")) / 1000 for i in range(1000)]
        worst = max(abs(evaluate(rounded, t) - function(t)) * weight(t) for t in points)
        print(f"// {name} {kind}: {doc}; error 2^{float(gmpy2.log2(worst)):.1f}")
        print("&[" + ", ".join(text(c) for c in rounded) + "]")


def emit_pieces(name, function, derivative, first, limit, count):
    """Print the float32 table of an odd function by halves of binades, from `first` to `limit`, and of one piece below.

    Rows are middles, values there and `count - 1` coefficients; a column's index are the low four of the bits that tell
    the piece.
    """

    def bits(x):
        return struct.unpack("I", struct.pack("f", x))[0]

    def float_of(b):
        return struct.unpack("f", struct.pack("I", b))[0]

    def misfit(x):
        return abs(function(mpfr(x)) - mpfr(round_f32(function(mpfr(x)))))

    rows, worst = [[0.0] * 16 for _ in range(count + 1)], mpfr(0)
    start = bits(first) >> 22
    for index in range(start - 1, (bits(limit) >> 22) + 1):
        low, high = float_of(index << 22), min(float_of((index + 1) << 22), limit)
        if index < start:
            low, middle, known = 0.0, 0.0, [0.0, 1.0]
            odd = rounded_polynomial(
                lambda z: (function(gmpy2.sqrt(z)) / gmpy2.sqrt(z) - 1) / z,
                lambda z: z,
                mpfr(0),
                mpfr(high) ** 2 * mpfr("1.0001"),
                count // 2 - 1,
                round_f32,
            )
            known += [c for value in odd for c in (0.0, value)]
        else:
            near = bits((low + high) / 2)
            middle = min((float_of(b) for b in range(near - 3000, near + 3000)), key=misfit)
            value = function(mpfr(middle))
            known = [round_f32(value)] + rounded_polynomial(
                lambda d, m=middle, v=value: (function(m + d) - v) / d if abs(d) > 1e-20 else derivative(mpfr(m)),
                lambda d, m=middle: abs(d / function(m + d)),
                mpfr(low) - middle,
                mpfr(high) - middle,
                count - 1,
                round_f32,
            )
        points = [mpfr(low) + (mpfr(high) - low) * (i + mpfr("0.37")) / 500 for i in range(500)]
        worst = max(worst, *(abs(evaluate(known, x - middle) / function(x) - 1) for x in points))
        for row, value in zip(rows, [middle, *known], strict=True):
            row[index & 15] = value
    print(f"// {name} f32: by halves of binades from {first} to {limit}; error 2^{float(gmpy2.log2(worst)):.1f}")
    for row in rows:
        print("[" + ", ".join(shortest_f32(c) if c else "0.0" for c in row) + "],")


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
    g, root = gmpy2, gmpy2.sqrt

    def one(x):
        return mpfr(1)

    def itself(x):
        return x

    r = LN2 / 2 * (1 + mpfr("1e-4"))

    def tail(x):
        return (g.expm1(x) - x) / (x * x)

    emit(
        "EXP_SHIFTED_TAIL",
        "(e^r - 1 - r) / r^2, ln(3/4) <= r <= ln(3/2)",
        tail,
        mpfr("-0.2879"),
        mpfr("0.4057"),
        {"f64": 10, "f32": 5},
        2,
        one,
    )
    emit("EXP_TAIL", "(e^r - 1 - r) / r^2, |r| <= ln(2)/2", tail, -r, r, {"f64": 11, "f32": 7}, 1, itself)
    half = mpfr("0.5001")
    emit(
        "EXP2_TAIL",
        "(2^r - 1) / r, |r| <= 1/2",
        lambda x: g.expm1(x * LN2) / x,
        -half,
        half,
        {"f64": 11, "f32": 6},
        1,
        one,
    )
    emit(
        "SINH_TAIL",
        "(sinh r - r) / r^3 in r^2, |r| <= ln(2)/2",
        lambda z: (g.sinh(root(z)) / root(z) - 1) / z,
        0,
        r,
        {"f64": 5, "f32": 3},
        3,
        itself,
        squared=True,
    )
    emit(
        "COSH_TAIL",
        "(cosh r - 1 - r^2/2) / r^4 in r^2, |r| <= ln(2)/2",
        lambda z: (g.cosh(root(z)) - 1 - z / 2) / (z * z),
        0,
        r,
        {"f64": 4, "f32": 2},
        4,
        one,
        squared=True,
    )
    s = (root(mpfr(2)) - 1) / (root(mpfr(2)) + 1) * mpfr("1.001")

    def log(s):
        return 2 * g.atanh(s)

    emit(
        "LOG_TAIL",
        "(log((1+s)/(1-s)) - 2s) / s^3 in s^2",
        lambda z: (log(root(z)) / root(z) - 2) / z,
        0,
        s,
        {"f64": 7},
        3,
        log,
        squared=True,
    )
    emit(
        "LOG_TAIL5",
        "(log((1+s)/(1-s)) - 2s - 2/3 s^3) / s^5 in s^2, |s| <= 0.0745",
        lambda z: (log(root(z)) / root(z) - 2 - 2 * z / 3) / (z * z),
        0,
        mpfr("0.0745"),
        {"f64": 5, "f32": 2},
        5,
        log,
        squared=True,
    )
    low, high = root(mpfr("0.5")) - 1, root(mpfr(2)) - 1
    emit(
        "LOG_CUBIC",
        "(log(1+f) - f + f^2/2) / f^3, f in [sqrt(1/2)-1, sqrt(2)-1]",
        lambda x: (g.log1p(x) - x + x * x / 2) / (x * x * x),
        low,
        high,
        {"f32": 9},
        3,
        g.log1p,
    )
    third = mpfr(1) / 3 * mpfr("1.000001")
    for base, (leading, *ends) in {2: ("1.5", -third, third), 10: ("0.375", low, high)}.items():

        def logarithm(x, base=base):
            return g.log1p(x) / g.log(mpfr(base))

        emit(
            f"LOG{base}_TAIL",
            f"(log{base}(1+f) - {leading} f) / f, f in [{float(ends[0]):.3f}, {float(ends[1]):.3f}]",
            lambda x, of=logarithm, leading=leading: of(x) / x - mpfr(leading),
            *ends,
            {"f32": 10},
            1,
            logarithm,
        )
    emit(
        "RECIPROCAL",
        "-1/(1+f), f in [sqrt(1/2)-1, sqrt(2)-1]",
        lambda x: -1 / (1 + x),
        low,
        high,
        {"f64": 3, "f32": 3},
        0,
        one,
    )
    # Rounding to the nearest multiple is by as much off as `x * 2 / pi` is: up to 2^17 in float32 by 0.005.
    for kind, count, q in (("f64", 6, PI / 4 * mpfr("1.0003")), ("f32", 3, PI / 4 * mpfr("1.011"))):
        emit(
            "SIN_TAIL",
            "(sin r - r) / r^3 in r^2, |r| <= pi/4",
            lambda z: (g.sin(root(z)) / root(z) - 1) / z,
            0,
            q,
            {kind: count},
            3,
            g.sin,
            squared=True,
        )
        emit(
            "COS_TAIL",
            "(cos r - 1 + r^2/2) / r^4 in r^2, |r| <= pi/4",
            lambda z: (g.cos(root(z)) - 1 + z / 2) / (z * z),
            0,
            q,
            {kind: count},
            4,
            g.cos,
            squared=True,
        )
    emit(
        "ATAN_TAIL",
        "(atan t - t) / t^3 in t^2, |t| <= 5/8",
        lambda z: (g.atan(root(z)) / root(z) - 1) / z,
        0,
        mpfr("0.6251"),
        {"f64": 14, "f32": 6},
        3,
        g.atan,
        squared=True,
    )
    emit(
        "ASIN_TAIL",
        "(asin x - x) / x^3 in x^2, |x| <= 1/2",
        lambda z: (g.asin(root(z)) / root(z) - 1) / z,
        0,
        mpfr("0.5001"),
        {"f64": 12, "f32": 5},
        3,
        g.asin,
        squared=True,
    )
    emit_pieces("TANH_PIECES", g.tanh, lambda x: 1 - g.tanh(x) ** 2, 0.25, 9.02, 8)
    emit("CBRT_START", "m^(-1/3), m in [1, 2]", lambda x: 1 / g.cbrt(x), 1, 2, {"f64": 4, "f32": 4}, 0, one)

    parts("LN2", LN2, "f64", 42, 53)
    parts("LN2", LN2, "f32", 16, 24)
    for ratio in (mpfr(4) / 5, mpfr(4) / 3):
        parts(f"log {float(ratio)}", gmpy2.log(ratio), "f64", 41, 53)
        parts(f"log {float(ratio)}", gmpy2.log(ratio), "f32", 15, 24)
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
    gmpy2.get_context().precision = 1600
    digits = int(gmpy2.floor(2 / gmpy2.const_pi() * mpfr(2) ** (64 * 20)))
    words = [(digits >> (64 * (19 - i))) & (2**64 - 1) for i in range(20)]
    print("// 2/pi, the bits after the binary point, 64 at a time")
    print("[" + ", ".join(f"0x{w:016x}" for w in words) + "]")


if __name__ == "__main__":
    main()
