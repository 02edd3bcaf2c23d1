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


# A format's rounding of numbers, and their text.
FORMATS = {"f64": (round_f64, repr), "f32": (round_f32, shortest_f32)}


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


def emit(name, doc, function, low, high, counts, order, result, squared=False, scale=lambda i: 1):
    """Print the coefficients of `function`, which enters the result as `x^order * function`.

    `result(x)` is what the error is relative to. With `squared`, `function` takes x^2 and [low, high] is [-high, high].
    Printed is `scale(i)` times coefficient i.
    """

    def weight(t):
        x = gmpy2.sqrt(t) if squared else t
        return abs(x**order / result(x))

    if squared:
        low, high = mpfr(0), mpfr(high) ** 2
    for kind, count in counts.items():
        round_to, text = FORMATS[kind]
        rounded = rounded_polynomial(function, weight, low, high, count, round_to)
        points = [mpfr(low) + (mpfr(high) - low) * (i + mpfr("0.37")) / 1000 for i in range(1000)]
        worst = max(abs(evaluate(rounded, t) - function(t)) * weight(t) for t in points)
        print(f"// {name} {kind}: {doc}; error 2^{float(gmpy2.log2(worst)):.1f}")
        print("&[" + ", ".join(text(c * scale(i)) for i, c in enumerate(rounded)) + "]")


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


def emit_row(kind, values):
    """Print a row of a table."""
    text = FORMATS[kind][1]
    print("[" + ", ".join(text(x) if x else "0.0" for x in values) + "],")


def split(value, unit, kind):
    """The nearest multiple of `unit`, and the rest, rounded."""
    high = gmpy2.rint(value / unit) * unit
    return float(high), FORMATS[kind][0](value - high)


def sixteenths(lower_end):
    """The bounds of sixteenths of the float32 from `lower_end` to twice that, equally many in each."""
    (first,) = struct.unpack("I", struct.pack("f", lower_end))
    edges = [struct.unpack("f", struct.pack("I", first + (i << 19)))[0] for i in range(17)]
    return list(zip(edges[:-1], edges[1:], strict=True))


def log_factors():
    """For each sixteenth a factor that brings floats next to 1, of so few bits that what is left is exact in float32.

    That around 1 is 1. Above it 31/32, not the closest, keeps sums from cancelling.
    """
    factors = []
    for low, high in sixteenths(0.69921875):
        bits = 24 if high <= 1 else 23
        best = None
        for places in range(3, 8):
            for numerator in range(2 ** (places - 1), 2 ** (places + 1)):
                factor = numerator / 2**places
                left = max(abs(low * factor - 1), abs(high * factor - 1))
                if left < 2.0 ** (24 - bits - places) and (best is None or left < best[0]):
                    best = left, factor
        near_one = {0.98046875: 1.0, 1.0234375: 0.96875}
        factors.append(near_one.get(low, best[1]))
    return factors


def emit_log_steps():
    """Print factors and minus their logarithms in two parts, to each base, and the polynomials of what they leave."""
    factors = log_factors()
    lefts = [x * c - 1 for (low, high), c in zip(sixteenths(0.69921875), factors, strict=True) for x in (low, high)]
    low, high = mpfr(min(lefts)) * mpfr("1.001"), mpfr(max(lefts)) * mpfr("1.001")
    for kind, bits in (("f64", 43), ("f32", 17)):
        print(f"// LOG_STEPS {kind}")
        emit_row(kind, factors)
        for row in zip(*(split(-gmpy2.log(mpfr(c)), mpfr(2) ** -bits, kind) for c in factors), strict=True):
            emit_row(kind, row)
    for base, bits in ((2, 42), (10, 43)):
        of_base = gmpy2.log(mpfr(base))
        print(f"// LOG{base}_STEPS f64")
        for row in zip(*(split(-gmpy2.log(mpfr(c)) / of_base, mpfr(2) ** -bits, "f64") for c in factors), strict=True):
            emit_row("f64", row)
        emit(
            f"LOG{base}_TAIL",
            f"(log{base}(1+f) - f / ln {base}) / f^2, f of steps",
            lambda x, of_base=of_base: (gmpy2.log1p(x) / x - 1) / x / of_base,
            low,
            high,
            {"f64": 11},
            2,
            lambda x, of_base=of_base: gmpy2.log1p(x) / of_base,
        )
    emit(
        "LOG_STEPS_TAIL",
        "(log(1+f) - f + f^2/2) / f^3, f of steps, in f and f^2/2; doubled",
        lambda x: (gmpy2.log1p(x) - x + x * x / 2) / x**3,
        low,
        high,
        {"f32": 4},
        3,
        gmpy2.log1p,
        scale=lambda i: 2 ** (1 + i // 2),
    )
    emit(
        "LOG_STEPS_TAIL",
        "(log(1+f) - f + f^2/2 - f^3/3) / f^4, f of steps, in f and f^2/2; fourfold",
        lambda x: (gmpy2.log1p(x) - x + x * x / 2 - x**3 / 3) / x**4,
        low,
        high,
        {"f64": 9},
        4,
        gmpy2.log1p,
        scale=lambda i: 2 ** (2 + i // 2),
    )


def emit_cbrt_steps():
    """Print factors for sixteenths of [1, 2), the roots of their inverses, and the polynomial of what they leave.

    A root has half of a significand's bits, and is chosen such that the factor is nearly exact (Gal 1986).
    """
    for kind, bits, span, bias, roots, count in (
        ("f64", 26, 3000, 1023, (-2, -1, 0), 10),
        ("f32", 12, 6, 127, (-1, 0, 1), 4),
    ):
        round_to = FORMATS[kind][0]

        def misfit(root, round_to=round_to):
            return abs(1 - mpfr(round_to(1 / root**3)) * root**3)

        unit, factors, steps, lefts = mpfr(2) ** (1 - bits), [], [], []
        for i in range(16):
            low, high = 1 + mpfr(i) / 16, 1 + mpfr(i + 1) / 16
            near = int(gmpy2.rint(gmpy2.cbrt((low + high) / 2) / unit))
            root = min((mpfr(j) * unit for j in range(near - span, near + span + 1)), key=misfit)
            factors.append(round_to(1 / root**3))
            steps.append(float(root))
            lefts += [low * factors[-1] - 1, high * factors[-1] - 1]
        print(f"// CBRT_STEPS {kind}")
        emit_row(kind, factors)
        emit_row(kind, steps)
        print(f"// CBRT_OF_TWO {kind}")
        table = [(0.0, 0.0)] * 4
        for r in roots:
            table[(bias + r) & 3] = split(gmpy2.cbrt(mpfr(2) ** r), mpfr(2) ** -bits, kind)
        for row in zip(*table, strict=True):
            emit_row(kind, row)
        emit(
            "CBRT_TAIL",
            "((1+t)^(1/3) - 1) / t, t of steps",
            lambda x: (gmpy2.cbrt(1 + x) - 1) / x,
            min(lefts),
            max(lefts),
            {kind: count},
            1,
            lambda x: mpfr(1),
        )


def emit_tan_steps():
    """Print sines and cosines of sixteenths of two right angles in two parts, and polynomials of what they leave."""
    for kind, count, limit in (("f64", 7, "0.0985"), ("f32", 2, "0.112")):
        round_to = FORMATS[kind][0]
        print(f"// SIXTEENTHS {kind}")
        for function, zero in ((gmpy2.sin, 0), (gmpy2.cos, 8)):
            values = [mpfr(0) if n == zero else function(PI * n / 16) for n in range(16)]
            emit_row(kind, [round_to(v) for v in values])
            emit_row(kind, [round_to(v - round_to(v)) for v in values])
        emit(
            "TAN_TAIL",
            f"(tan r - r) / r^3 in r^2, |r| <= {limit}",
            lambda z: (gmpy2.tan(gmpy2.sqrt(z)) / gmpy2.sqrt(z) - 1) / z,
            0,
            mpfr(limit),
            {kind: count},
            3,
            gmpy2.tan,
            squared=True,
        )


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
    emit_log_steps()
    emit_cbrt_steps()
    emit_tan_steps()

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
    gmpy2.get_context().precision = 1600
    digits = int(gmpy2.floor(2 / gmpy2.const_pi() * mpfr(2) ** (64 * 20)))
    words = [(digits >> (64 * (19 - i))) & (2**64 - 1) for i in range(20)]
    print("// 2/pi, the bits after the binary point, 64 at a time")
    print("[" + ", ".join(f"0x{w:016x}" for w in words) + "]")


if __name__ == "__main__":
    main()
