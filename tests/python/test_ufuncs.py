"""Every ufunc and every loop against NumPy.

Three bounds, by function and dtype:

- Exact: the bits of NumPy's result; any NaN equals any NaN. All integer and bool results, and every real function that
  NumPy computes by correctly rounded operations.
- Vector math on reals: at most 1 ULP from the true value; for ``logaddexp`` and ``logaddexp2``, two more roundings,
  2 ULP of the larger of the result and the operands (the result cancels near zero, in NumPy too). The truth is MPFR's.
  Where it is NaN, infinite or zero, the result is NumPy's, sign of zero included.
- Complex functions: `COMPLEX_EPS` units of rounding of the result's absolute value, from the truth by MPC, or from
  NumPy's result where its formula is plain arithmetic. Powers, and exp2,
  which NumPy and we compute as ``exp(y * log(x))``, carry the rounding of that exponent. Infinite,
  NaN and zero parts of special operands are NumPy's.

Each loop runs over special values crossed with each other and over random bits, whole (compiled code), in short pieces
(the tile routines that serve fewer than 48 elements), and in every layout of memory.
"""

from pathlib import Path

import gmpy2
import numpy as np
import pytest
from samples import (
    DTYPES,
    assert_frame,
    assert_same,
    backward,
    columns,
    moderate,
    parts,
    report,
    rng,
    same,
    strided,
    unaligned,
)

from numpy_rs import _core

# Special values warn; test_warnings.py says of what.
pytestmark = pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning")


def make_complex(re, im):
    """Complex numbers of their parts, by NumPy's views of them; dispatched as another function of two floats is."""
    wide = np.arctan2(re, im).dtype.itemsize == 8
    out = np.empty(np.broadcast(re, im).shape, "D" if wide else "F")
    out.real, out.imag = re, im
    return out


# Ufuncs of ours that are functions in NumPy.
FUNCTIONS = {
    "clip": np._core.umath.clip, "where": np.where, "real": np.real, "imag": np.imag, "angle": np.angle,
    "make_complex": make_complex,
}  # fmt: skip
# Not correctly rounded in NumPy on reals.
MATH = {
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "cbrt", "cos", "cosh", "exp", "exp2",
    "expm1", "float_power", "hypot", "log", "log10", "log1p", "log2", "logaddexp", "logaddexp2", "power", "sin", "sinh",
    "tan", "tanh", "angle",
}  # fmt: skip
# Complex loops that only look at or move the parts.
COMPLEX_EXACT = {
    "add", "subtract", "negative", "positive", "conjugate", "real", "imag", "equal", "not_equal", "less", "less_equal",
    "greater", "greater_equal", "maximum", "minimum", "fmax", "fmin", "isnan", "isinf", "isfinite", "logical_and",
    "logical_or", "logical_xor", "logical_not", "rint", "where", "clip",
}  # fmt: skip
COMPLEX_EPS = 8
COMPOSED = {"logaddexp", "logaddexp2"}
# Lengths on both sides of the tile routines' border and of vector widths.
LENGTHS = [1, 2, 3, 4, 5, 17, 47, 48, 100, 1000]


def canonical():
    return sorted({u.__name__ for u in _core.ufuncs.values()})


def numpys(name):
    return FUNCTIONS.get(name) or getattr(np, name)


def run(u, *operands):
    """Our results as a tuple of NumPy arrays."""
    lazy = u(*operands)
    lazy = lazy if isinstance(lazy, tuple) else (lazy,)
    return tuple(np.asarray(a) for a in _core.compute_all(*lazy))


def expected(name, *operands):
    with np.errstate(all="ignore"):
        r = numpys(name)(*operands)
    return tuple(np.asarray(a) for a in (r if isinstance(r, tuple) else (r,)))


def lazy(operands):
    return [_core.asarray(o) for o in operands]


def is_math(name, dtypes):
    return name in MATH and dtypes[0].kind == "f"


def is_loose_complex(name, dtypes):
    return name not in COMPLEX_EXACT and any(d.kind == "c" for d in dtypes)


def operands_of(name, dtypes):
    ops = columns(dtypes, name)
    if name == "power" and dtypes[1].kind == "i":
        # Negative exponents raise; see `test_negative_integer_powers_raise`.
        ops[1] = np.where(ops[1] < 0, ~ops[1], ops[1])
    return ops


def _mp_logaddexp(x, y):
    a, b = max(x, y), min(x, y)
    return a + gmpy2.log1p(gmpy2.exp(b - a))


def _mp_logaddexp2(x, y):
    a, b = max(x, y), min(x, y)
    return a + gmpy2.log1p(gmpy2.exp2(b - a)) / gmpy2.log(gmpy2.mpfr(2))


MP = {
    "arccos": gmpy2.acos, "arccosh": gmpy2.acosh, "arcsin": gmpy2.asin, "arcsinh": gmpy2.asinh, "arctan": gmpy2.atan,
    "arctan2": gmpy2.atan2, "arctanh": gmpy2.atanh, "cbrt": gmpy2.cbrt, "cos": gmpy2.cos, "cosh": gmpy2.cosh,
    "exp": gmpy2.exp, "exp2": gmpy2.exp2, "expm1": gmpy2.expm1, "float_power": lambda x, y: x**y, "hypot": gmpy2.hypot,
    "log": gmpy2.log, "log10": gmpy2.log10, "log1p": gmpy2.log1p, "log2": gmpy2.log2, "logaddexp": _mp_logaddexp,
    "logaddexp2": _mp_logaddexp2, "power": lambda x, y: x**y, "sin": gmpy2.sin, "sinh": gmpy2.sinh, "tan": gmpy2.tan,
    "tanh": gmpy2.tanh, "angle": lambda x: gmpy2.const_pi() if x < 0 else gmpy2.mpfr(0),
}  # fmt: skip


def ulp_errors(name, operands, ours, theirs):
    """Distance of `ours` from the truth in ULP, per element; infinite where a special value differs.

    `theirs`, NumPy's result in at least float64 where it can be had, says what is special.
    """
    dtype = ours.dtype
    info = np.finfo(dtype)
    errors = np.where(same(ours, theirs), 0.0, np.inf)
    # A result that overflows, underflows or is finite is measured; NaN, and infinities and zeros of special
    # operands, are compared.
    finite_in = np.logical_and.reduce([np.isfinite(o) for o in operands])
    check = ~np.isnan(theirs) & finite_in & ~np.isnan(ours)
    with gmpy2.context(gmpy2.get_context(), precision=120, emax=2**40, emin=-(2**40)):
        for i in np.flatnonzero(check):
            xs = [gmpy2.mpfr(float(o[i])) for o in operands]
            try:
                truth = MP[name](*xs)
            except (ZeroDivisionError, OverflowError):
                continue
            if not gmpy2.is_finite(truth) or truth == 0 or gmpy2.is_nan(truth):
                continue
            value = float(ours[i])
            scale = max([abs(truth), *(abs(x) for x in xs)]) if name in COMPOSED else truth
            if name not in COMPOSED and np.signbit(ours[i]) != (truth < 0):
                errors[i] = np.inf
                continue
            got = gmpy2.mpfr(value)
            if np.isinf(value):
                got = gmpy2.mpfr(2) ** int(info.maxexp)
                got = got if value > 0 else -got
            exponent = max(gmpy2.frexp(scale)[0] - info.nmant - 1, info.minexp - info.nmant)
            if gmpy2.frexp(truth)[0] > info.maxexp and np.isinf(value):
                errors[i] = 0.0
                continue
            exponent = min(exponent, info.maxexp - info.nmant - 1)
            errors[i] = float(abs(got - truth) / gmpy2.mpfr(2) ** int(exponent))
    return errors


MPC = {
    "arccos": gmpy2.acos, "arccosh": gmpy2.acosh, "arcsin": gmpy2.asin, "arcsinh": gmpy2.asinh, "arctan": gmpy2.atan,
    "arctanh": gmpy2.atanh, "cos": gmpy2.cos, "cosh": gmpy2.cosh, "exp": gmpy2.exp, "log": gmpy2.log, "sin": gmpy2.sin,
    "log10": gmpy2.log10, "sinh": gmpy2.sinh, "sqrt": gmpy2.sqrt, "tan": gmpy2.tan, "tanh": gmpy2.tanh,
    "exp2": lambda z: gmpy2.exp(z * gmpy2.log(gmpy2.mpfr(2))),
    "log2": lambda z: gmpy2.log(z) / gmpy2.log(gmpy2.mpfr(2)),
    "expm1": lambda z: gmpy2.exp(z) - 1, "log1p": lambda z: gmpy2.log(z + 1),
}  # fmt: skip
# Bits that hold the truth of expm1 and log1p where 1 cancels, for every operand that is not subnormal.
MPC_BITS = 2400


def power_error(x, y, eps):
    """Relative error of a complex power by ``exp(y * log(x))``: the exponent's error, which the size of y scales."""
    with np.errstate(all="ignore"):
        scale = np.abs(y.astype("D")) * np.abs(np.log(x.astype("D")))
    return np.where(np.isfinite(scale), eps * (1 + scale), np.inf)


def complex_truth(name, x, theirs):
    """Rows (real, imag) of the exact values of a function, NumPy's where there is no other source."""
    rows = np.stack([theirs.real, theirs.imag], -1).astype("d")
    bits = MPC_BITS if name in ("log1p", "expm1") else 160
    with gmpy2.context(gmpy2.get_context(), precision=bits, emax=2**40, emin=-(2**40)):
        for i in np.flatnonzero(np.isfinite(x)):
            z = gmpy2.mpc(gmpy2.mpfr(float(x[i].real)), gmpy2.mpfr(float(x[i].imag)))
            try:
                w = MPC[name](z)
            except (ZeroDivisionError, OverflowError):
                continue
            for k, part in enumerate((w.real, w.imag)):
                # A zero of the formula may lack the sign that NumPy gives it.
                if not gmpy2.is_nan(part) and not (part == 0 and rows[i, k] == 0):
                    rows[i, k] = float(part)
    return rows


def check_complex(name, operands, ours, theirs, what):
    """Within the complex bound of the truth; of NumPy's result where it has no other source."""
    info = np.finfo(ours.dtype)
    operands = [np.broadcast_to(o, ours.shape) for o in operands]
    tolerance = COMPLEX_EPS * info.eps
    if name in ("power", "float_power", "exp2"):
        base, exponent = operands if len(operands) == 2 else (np.full(ours.shape, 2.0), operands[0])
        tolerance = COMPLEX_EPS * power_error(base, exponent, info.eps)
    if ours.dtype.kind != "c":
        got, want = ours[..., None], theirs[..., None]
        truth = want.astype("d")
    else:
        got, want = parts(ours), parts(theirs)
        truth = complex_truth(name, operands[0], theirs) if name in MPC else want.astype("d")
    tolerance = np.broadcast_to(np.asarray(tolerance)[..., None], truth.shape)
    finite = np.logical_and.reduce([np.isfinite(np.asarray(o)) for o in operands])[..., None]
    with np.errstate(all="ignore"):
        size = np.where(finite, np.hypot(truth[..., 0], truth[..., -1])[..., None], np.abs(truth))
        near = np.abs(got.astype("d") - truth) <= tolerance * size + 4 * float(info.smallest_subnormal)
        # A part beyond the dtype is infinite; one within the bound of its border may be.
        over = np.abs(truth) > float(info.max) * (1 - COMPLEX_EPS * info.eps)
        near |= over & finite & np.isinf(got) & (np.signbit(got) == np.signbit(truth))
        near |= np.isinf(size) & np.isfinite(truth) & np.isfinite(got)
    exact = ~finite & ~np.isfinite(truth) | (truth == 0) & (want == 0) | np.isnan(truth)
    good = same(got, want) | near & ~exact | (tolerance >= 1)
    report(~good.all(-1), operands, ours, theirs, what)


def check(name, dtypes, operands, ours, theirs, what, wide=None):
    """Whether our results stand within the bound of the function and its dtypes."""
    for k, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        text = f"{what} output {k}"
        assert_frame(a, b, text)
        if is_math(name, dtypes):
            errors = ulp_errors(name, operands, a, b)
            bound = 2 if name in COMPOSED else 1
            if errors.max(initial=0) > bound:
                report(errors > bound, operands, a, b, f"{text} (worst {errors.max()} ULP)")
        elif is_loose_complex(name, dtypes) and a.dtype.kind in "fc":
            check_complex(name, operands, a, b, text)
        elif name in ("fmin", "fmax") and a.dtype.kind == "f":
            # Of zeros of both signs NumPy's vector loop takes another one than the scalar loop behind it.
            report(~(same(a, b) | (a == 0) & (b == 0)), operands, a, b, text)
        else:
            assert_same(a, b, operands, text)


LOOPS = [(name, loop) for name in canonical() for loop in _core.ufuncs[name].types]


@pytest.mark.parametrize(("name", "loop"), LOOPS, ids=[f"{n}-{t}" for n, t in LOOPS])
def test_loop_gives_numpys_values(name, loop):
    u = _core.ufuncs[name]
    dtypes = [np.dtype(c) for c in loop.split("->")[0]]
    ops = operands_of(name, dtypes)
    n = len(ops[0])
    theirs = expected(name, *ops)
    whole = run(u, *lazy(ops))
    assert "".join(a.dtype.char for a in whole) == loop.split("->")[1]
    check(name, dtypes, ops, whole, theirs, f"{name} {loop} whole")

    # The same elements through the short path: every result within the bound, and the same bits as the whole.
    def agree(pieces, picked, what):
        """`picked` gives the whole's elements that `pieces` stand for."""
        for a, w in zip(pieces, whole, strict=True):
            assert_same(a, picked(w), (), f"{name} {loop} {what} against the whole")

    step = 40
    starts = range(0, n, step)
    for i in starts:
        piece = [o[i : i + step] for o in ops]
        agree(run(u, *lazy(piece)), lambda w, i=i: w[i : i + step], f"elements {i}:{i + step}")
    r = rng("lengths", name, loop)
    for length in LENGTHS:
        i = int(r.integers(0, max(n - length, 0) + 1))
        piece = [o[i : i + length] for o in ops]
        agree(run(u, *lazy(piece)), lambda w, i=i, m=length: w[i : i + m], f"elements {i}:{i + length}")

    # Layouts, long and short.
    for m in (21, 12 * (n // 12)):
        i = int(r.integers(0, n - m + 1))
        cut = [o[i : i + m] for o in ops]

        def at(w, i=i, m=m):
            return w[i : i + m]

        agree(run(u, *lazy([strided(c, 2 + k) for k, c in enumerate(cut)])), at, f"strided {m}")
        agree(run(u, *lazy([backward(c) for c in cut])), at, f"reversed {m}")
        agree(run(u, *lazy([c[::-1] for c in cut])), lambda w, at=at: at(w)[::-1], f"read backward {m}")
        agree(run(u, *lazy([unaligned(c) for c in cut])), at, f"unaligned {m}")
        mixed = [strided(c) if k % 2 else c for k, c in enumerate(cut)]
        agree(run(u, *lazy(mixed)), at, f"mixed {m}")
        grids = [c.reshape(3, -1) for c in cut]
        grids = [g if k % 2 else np.asfortranarray(g) for k, g in enumerate(grids)]
        agree(run(u, *lazy(grids)), lambda w, at=at: at(w).reshape(3, -1), f"transposed {m}")
    for i in r.integers(0, n, 3):
        scalars = [np.array(o[i]) for o in ops]
        agree(run(u, *lazy(scalars)), lambda w, i=i: w[i], f"0-d {i}")


HALF = [n for n in canonical() if any(t.startswith("e->") for t in _core.ufuncs[n].types)]


@pytest.mark.parametrize("name", HALF)
def test_every_float16(name):
    """All 65,536 of them; vector math against NumPy's float64 loop, whose own error is far below a float16's ULP."""
    x = np.arange(65536, dtype=np.uint16).view(np.float16)
    [ours, *more], [theirs, *others] = run(_core.ufuncs[name], _core.asarray(x)), expected(name, x)
    if name not in MATH:
        for a, b in zip([ours, *more], [theirs, *others], strict=True):
            assert_same(a, b, (x,), name)
        return
    [truth] = expected(name, x.astype("d"))
    assert_frame(ours, theirs, name)
    info = np.finfo(np.float16)
    with np.errstate(all="ignore"):
        exponent = np.clip(np.frexp(truth)[1] - info.nmant - 1, info.minexp - info.nmant, info.maxexp - info.nmant - 1)
        value = np.where(np.isinf(ours), np.copysign(2.0**info.maxexp, ours), ours.astype("d"))
        errors = np.abs(value - truth) / np.ldexp(1.0, exponent)
        plain = np.isfinite(truth) & (truth != 0) & (np.signbit(ours) == np.signbit(truth))
        over = (np.abs(truth) > float(info.max)) & np.isinf(ours) & (np.signbit(ours) == np.signbit(truth))
    good = np.where(plain, (errors <= 1) | over, same(ours, theirs))
    report(~good, (x,), ours, theirs, name)


BYTES = [(n, t) for n in canonical() for t in _core.ufuncs[n].types if t[:2] in ("bb", "BB") and t[2] == "-"]


@pytest.mark.parametrize(("name", "loop"), BYTES, ids=[f"{n}-{t}" for n, t in BYTES])
def test_every_pair_of_bytes(name, loop):
    values = np.arange(256, dtype=np.uint8).view(loop[0])
    x, y = (np.ascontiguousarray(a.ravel()) for a in np.meshgrid(values, values))
    if name == "power":
        y = np.where(y < 0, ~y, y)
    for a, b in zip(run(_core.ufuncs[name], *lazy([x, y])), expected(name, x, y), strict=True):
        assert_same(a, b, (x, y), f"{name} {loop}")
    # One operand for all: the divisor, shift count or exponent is a scalar of the loop.
    natural = np.maximum(values, 0)
    for k in range(0, 256, 15):
        scalar = y[256 * k : 256 * k + 1]
        for left, right in ((values, scalar), (scalar, natural)):
            for a, b in zip(run(_core.ufuncs[name], *lazy([left, right])), expected(name, left, right), strict=True):
                assert_same(a, b, (left, right), f"{name} {loop} with a scalar")


@pytest.mark.parametrize("name", canonical())
def test_operands_broadcast(name):
    u = _core.ufuncs[name]
    if u.nin == 1:
        loops = u.types
        x = [moderate(np.dtype(t[0]), 7, "broadcast") for t in loops]
        for t, a in zip(loops, x, strict=True):
            wide = np.broadcast_to(a[:, None], (7, 9))
            [ours, *_], [one, *_] = run(u, _core.asarray(wide)), run(u, _core.asarray(a))
            assert_same(ours, np.broadcast_to(one[:, None], (7, 9)), (), f"{name} {t}")
        return
    for t in u.types:
        dtypes = [np.dtype(c) for c in t.split("->")[0]]
        for rows, cols in ((3, 5), (7, 60), (60, 7), (1, 70), (70, 1)):
            shapes = [(rows, 1), (1, cols), (rows, cols)][: u.nin]
            pairs = enumerate(zip(dtypes, shapes, strict=True))
            ops = [np.abs(moderate(d, int(np.prod(s)), "b", k)).reshape(s).astype(d) for k, (d, s) in pairs]
            full = [np.ascontiguousarray(np.broadcast_to(o, (rows, cols))) for o in ops]
            for ours, one, theirs in zip(run(u, *lazy(ops)), run(u, *lazy(full)), expected(name, *ops), strict=True):
                assert_frame(ours, theirs, f"{name} {t}")
                assert_same(ours, one, full, f"{name} {t} {rows}x{cols} broadcast against whole")


def test_aliases_are_the_same_functions():
    for alias, u in _core.ufuncs.items():
        if alias in FUNCTIONS:
            continue
        theirs = getattr(np, alias)
        assert (u.nin, u.nout, u.identity) == (theirs.nin, theirs.nout, theirs.identity)
        if alias != u.__name__:
            assert theirs is getattr(np, u.__name__)


def outcome(f, *args):
    """The dtypes of a result, or the class and text of its exception."""
    try:
        with np.errstate(all="ignore"):
            r = f(*args)
    except Exception as e:
        return type(e).__mro__, str(e)
    r = r if isinstance(r, tuple) else (r,)
    return tuple(np.dtype(str(a.dtype)) for a in r)


def agree(ours, theirs, what):
    if isinstance(theirs[0], np.dtype):
        assert ours == theirs, f"{what}: {ours}, NumPy {theirs}"
        return
    assert not isinstance(ours[0], np.dtype), f"{what}: {ours}, NumPy raises {theirs[0][0].__name__}: {theirs[1]}"
    public = next(c for c in theirs[0] if c.__module__ == "builtins")
    assert public in ours[0], f"{what}: raises {ours[0][0].__name__}, NumPy {theirs[0][0].__name__}: {theirs[1]}"
    assert theirs[1] is None or ours[1] == theirs[1], f"{what}: text differs: {ours[1]} / {theirs[1]}"


WEAK = [True, False, 0, 1, -1, 2, 200, 300, 70000, 2**40, 2**63, -(2**63), 2**64, 1.0, 0.1, 1e300, 1j, 1e300j]


@pytest.mark.parametrize("name", [n for n in canonical() if n not in FUNCTIONS])
def test_result_dtypes_and_exceptions_for_all_operand_types(name):
    u, theirs = _core.ufuncs[name], getattr(np, name)
    failures = []
    ones = {d: np.ones(1, d) for d in DTYPES}
    if u.nin == 1:
        cases = [(d,) for d in DTYPES]
    else:
        cases = [(a, b) for a in DTYPES for b in [*DTYPES, *WEAK]]
        cases += [(b, a) for a in DTYPES for b in WEAK]
    for case in cases:
        native = [ones[c] if isinstance(c, np.dtype) else c for c in case]
        own = [_core.asarray(o) if isinstance(o, np.ndarray) else o for o in native]
        want = outcome(theirs, *native)
        if want[-1] == "Python int too large to convert to C long":
            want = (want[0], None)  # names C's type: ours names the dtype
        if want[-1] == "Integers to negative integer powers are not allowed.":
            continue
        try:
            agree(outcome(u, *own), want, f"{name}{tuple(map(str, case))}")
        except AssertionError as e:
            failures.append(str(e).splitlines()[0])
    assert not failures, f"{len(failures)} of {len(cases)}:\n" + "\n".join(failures[:12])


@pytest.mark.parametrize("name", [n for n in canonical() if _core.ufuncs[n].nin == 2])
def test_weak_scalars_give_numpys_values(name):
    u, theirs = _core.ufuncs[name], numpys(name)
    for dtype in DTYPES:
        x = moderate(dtype, 60, "weak", name)
        for weak in (1, 2, 3, 0, -1, 0.5, -0.1, True, 2.5 - 1j):
            for swapped in (False, True):
                native = [weak, x] if swapped else [x, weak]
                own = [weak, _core.asarray(x)] if swapped else [_core.asarray(x), weak]
                try:
                    with np.errstate(all="ignore"):
                        want = theirs(*native)
                except (TypeError, OverflowError, ValueError):
                    continue  # by the test of operand types
                want = want if isinstance(want, tuple) else (want,)
                dtypes = [np.result_type(x, weak)] * 2
                wide = native
                if is_math(name, [want[0].dtype]):
                    wide = [np.broadcast_to(np.asarray(o, want[0].dtype), x.shape) for o in native]
                what = f"{name} {dtype} with {weak!r} {'left' if swapped else 'right'}"
                if want[0].dtype.kind == "f":
                    dtypes = [want[0].dtype] * 2
                check(name, dtypes, wide, run(u, *own), want, what)


OPERATORS = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "//": lambda a, b: a // b, "%": lambda a, b: a % b, "&": lambda a, b: a & b, "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b, "<<": lambda a, b: a << b, ">>": lambda a, b: a >> b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}  # fmt: skip


@pytest.mark.parametrize("symbol", OPERATORS)
def test_operators_give_numpys_values(symbol):
    f = OPERATORS[symbol]
    for a in DTYPES:
        for b in DTYPES:
            x, y = moderate(a, 50, 1), moderate(b, 50, 2)
            for left, right in ((x, y), (x, 3), (3, y), (x, True)):
                own = [_core.asarray(o) if isinstance(o, np.ndarray) else o for o in (left, right)]
                want = outcome(f, left, right)
                if not isinstance(want[0], np.dtype):
                    assert not isinstance(outcome(f, *own)[0], np.dtype), f"{a} {symbol} {b}"
                    continue
                with np.errstate(all="ignore"):
                    want = f(left, right)
                ours = np.asarray(f(*own).compute())
                if want.dtype.kind == "c" and symbol in "*/":
                    check_complex(symbol, (left, right), ours, want, f"{a} {symbol} {b}")
                else:
                    assert_same(ours, want, (left, right), f"{a} {symbol} {b}")


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_power_operator_takes_numpys_short_cuts(dtype):
    """NumPy's `**` squares, takes roots and reciprocals for the scalar exponents that allow it."""
    x = np.concatenate([moderate(dtype, 60, "pow"), np.ones(1, dtype), np.zeros(1, dtype)])
    for exponent in (2, 1, 0, 0.5, 2.0, 1.0, 0.0, 3, True, -1.0, 2j):
        want = outcome(lambda a, e=exponent: a**e, x)
        got = outcome(lambda a, e=exponent: a**e, _core.asarray(x))
        agree(got, want, f"{dtype} ** {exponent!r}")
        if not isinstance(want[0], np.dtype):
            continue
        with np.errstate(all="ignore"):
            theirs = x**exponent
        ours = np.asarray((_core.asarray(x) ** exponent).compute())
        if theirs.dtype.kind == "c":
            check_complex("power", (x,), ours, theirs, f"{dtype} ** {exponent!r}")
        elif theirs.dtype.kind == "f" and (exponent == 3 or x.dtype.kind != "f"):
            wide = [x.astype(theirs.dtype), np.full(x.shape, exponent, theirs.dtype)]
            check("power", [theirs.dtype] * 2, wide, (ours,), (theirs,), f"{dtype} ** {exponent!r}")
        else:
            assert_same(ours, theirs, (x,), f"{dtype} ** {exponent!r}")


@pytest.mark.parametrize("t", ["f4", "f8"])
@pytest.mark.parametrize("of", ["?", "u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8"])
def test_whole_numbers_over_a_constant(of, t):
    """Code for these has no division; the quotients are those of one."""
    info = None if of == "?" else np.iinfo(of)
    edges = [0, 1] if info is None else [0, 1, info.min, info.min + 1, info.max, info.max - 1]
    bits = rng("whole", of, t).integers(0, 256, 8 * 20_000, dtype="u1")
    bits = bits % 2 if of == "?" else bits
    x = np.concatenate([np.array(edges, of), bits.view(of)]) if of != "i2" else np.arange(-(2**15), 2**15).astype(of)
    divisors = [255.0, 3.0, 7.0, 1e-3, 0.1, 49.0, 65535.0, 1.0 + 2**-20, 2.0 - 2**-20, 1e15, 1e16, 1e-15, 1e-16, -3.0]
    divisors += [0.0, np.inf, np.nan, 1e300, 1e-300, *rng("divisors", of, t).uniform(0.01, 1000, 12)]
    with np.errstate(all="ignore"):
        for c in map(float, divisors):
            theirs = x.astype(t) / np.dtype(t).type(c)
            ours = np.asarray((_core.asarray(x).astype(t) / c).compute())
            assert_same(ours, theirs, (x,), f"{of} {t} / {c}")
    asm = (_core.asarray(x).astype(t) / 255.0).explain(level="asm")
    if of in ("u1", "i1", "u2", "i2", "i4") and "fma" in Path("/proc/cpuinfo").read_text().split():
        assert "vfmadd" in asm
        assert "vdivp" not in asm


def test_negative_integer_powers_raise():
    x, e = np.array([2, 3]), np.array([1, -1])
    with pytest.raises(ValueError, match="Integers to negative integer powers are not allowed."):
        np.power(x, e)
    with pytest.raises(ValueError, match="Integers to negative integer powers are not allowed."):
        _core.ufuncs["power"](_core.asarray(x), _core.asarray(e)).compute()
    with pytest.raises(ValueError, match="Integers to negative integer powers are not allowed."):
        _ = (_core.asarray(x) ** -1).compute()


def test_shapes_that_do_not_broadcast_raise_numpys_text():
    for shapes in (((3,), (4,)), ((2, 3), (3, 2)), ((2, 1, 5), (4, 4))):
        arrays = [np.ones(s) for s in shapes]
        want = outcome(np.add, *arrays)
        agree(outcome(_core.ufuncs["add"], *lazy(arrays)), want, str(shapes))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (1,), ()])
def test_empty_and_single_element_operands(shape):
    for name in canonical():
        u = _core.ufuncs[name]
        for t in u.types:
            dtypes = [np.dtype(c) for c in t.split("->")[0]]
            ops = [np.ones(shape, d) for d in dtypes]
            for ours, theirs in zip(run(u, *lazy(ops)), expected(name, *ops), strict=True):
                assert_frame(ours, theirs, f"{name} {t}")
