"""How far a value of a random program may be from NumPy's.

Each value has an error: None where NumPy's bits are promised, else an array of absolute differences that NumPy's
result and ours may have, derived operation by operation (first order, both sides' rounding counted):

- an operation on exact operands that NumPy rounds correctly is exact;
- a math function on exact operands: 4 ULP for NumPy's loop, 1 for ours, 1 for the unit's own granularity;
- arithmetic passes its operands' errors on by its partial derivatives and adds a rounding of the result on both sides;
- a sum of n terms: the terms' errors and ``n * eps * sum(abs(x))``, which bounds any order of summation;
- where a bound cannot be had (a comparison, a rounding or a cast to integer of an inexact value; a singularity or an
  overflow within the error) the generator does not make that node: `Reject`.
"""

import numpy as np


class Reject(Exception):
    """The node cannot be judged, so it is not made."""


# Which ufuncs, by what the error analysis knows of them.

MATH_1 = [
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "cos", "cosh", "exp", "exp2", "expm1", "log",
    "log10", "log1p", "log2", "sin", "sinh", "tan", "tanh",
]  # fmt: skip
MATH_2 = ["arctan2", "float_power", "hypot", "logaddexp", "logaddexp2", "power"]
EXACT_1 = [
    "absolute", "negative", "positive", "conjugate", "square", "sqrt", "reciprocal", "sign", "floor", "ceil", "trunc",
    "rint", "isnan", "isinf", "isfinite", "logical_not", "invert", "bitwise_count", "signbit", "spacing", "fabs",
    "deg2rad", "rad2deg", "degrees", "real", "imag",
]  # fmt: skip
EXACT_2 = [
    "add", "subtract", "multiply", "divide", "floor_divide", "remainder", "fmod", "minimum", "maximum", "fmin", "fmax",
    "copysign", "nextafter", "heaviside", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
    "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift",
    "gcd", "lcm", "ldexp",
]  # fmt: skip
PARTS = ["divmod", "modf", "frexp"]
COMPLEX_MATH = {"exp", "sqrt", "sin", "cos", "log", "arctan"}


def info(dtype):
    return np.finfo(dtype)


def unit(r):
    """At least the distance of `r` to its neighbours."""
    i = info(r.dtype)
    with np.errstate(all="ignore"):
        return np.where(np.isfinite(r), np.abs(r).astype("d") * float(i.eps) + float(i.smallest_subnormal), 0.0)


def finite(*arrays):
    for a in arrays:
        if a.dtype.kind in "fc" and not np.isfinite(a).all():
            raise Reject("not finite")


def bounded(r, e):
    """`e`, if the result is finite with room to its dtype's end and the error says something."""
    finite(r)
    if r.size:
        top = np.abs(r).max()
        if top > float(info(r.dtype).max) / 4 or not np.isfinite(e).all() or np.max(e) > 0.01 * float(top) + 1e-300:
            raise Reject("bound")
    return e


def spread(e, shape):
    return 0.0 if e is None else np.broadcast_to(e, shape)


def ufunc_error(name, xs, es, r):
    """The error of a ufunc's result."""
    kind = r.dtype.kind
    inexact = [e is not None for e in es]
    is_complex = any(x.dtype.kind == "c" for x in xs)
    if not any(inexact):
        if kind not in "fc" and not (name in MATH_1 or name in MATH_2):
            return None
        if name in ("fmin", "fmax") and kind == "f" and (r == 0).any():
            # Of zeros of both signs NumPy's vector loop takes another one than the scalar loop behind it.
            return np.zeros(r.shape)
        if is_complex:
            return complex_error(name, xs, [0.0] * len(xs), r)
        if name in MATH_1 or (name in MATH_2 and kind == "f"):
            if name in ("logaddexp", "logaddexp2"):
                scale = np.maximum(np.abs(r), np.maximum(*[np.abs(x).astype(r.dtype) for x in xs]))
                return np.where(np.isfinite(r), 6 * unit(scale), 0.0)
            return 6 * unit(r)
        return None
    if kind not in "fc":
        raise Reject("discontinuous")
    finite(*xs)
    shape = r.shape
    es = [spread(e, shape) for e in es]
    xs = [np.broadcast_to(x, shape) for x in xs]
    if is_complex:
        error = complex_error(name, xs, es, r)
        return bounded(r, np.zeros(shape) if error is None else error)
    a = xs[0].astype("d")
    e = es[0]
    if len(xs) == 2:
        b, f = xs[1].astype("d"), es[1]
    u = 2 * unit(r)
    if name in ("add", "subtract"):
        out = e + f + u
    elif name == "multiply":
        out = np.abs(a) * f + np.abs(b) * e + e * f + u
    elif name == "divide":
        if (np.abs(b) <= 2 * f).any() or (b == 0).any():
            raise Reject("singular")
        out = 2 * (e + np.abs(r) * f) / np.abs(b) + u
    elif name in ("minimum", "maximum", "fmin", "fmax", "logaddexp", "logaddexp2"):
        scale = np.maximum(np.abs(r), np.maximum(np.abs(a), np.abs(b)))
        out = np.maximum(e, f) + (6 * unit(scale.astype(r.dtype)) if "log" in name else 0)
    elif name == "hypot":
        out = e + f + 3 * u
    elif name in ("negative", "positive", "absolute", "fabs", "conjugate", "real"):
        out = e
    elif name == "square":
        out = 2 * np.abs(a) * e + e * e + u
    elif name == "sqrt":
        if (a <= 2 * e).any():
            raise Reject("singular")
        out = e / np.sqrt(a) + u
    elif name in ("deg2rad", "degrees", "rad2deg"):
        out = e * (60 if name != "deg2rad" else 0.02) + u
    elif name in ("sin", "cos", "tanh", "arctan", "arcsinh"):
        out = e + 3 * u
    elif name in ("exp", "expm1", "exp2", "sinh", "cosh"):
        if np.max(e, initial=0) > 0.5:
            raise Reject("bound")
        slope = np.cosh(a) if name in ("sinh", "cosh") else np.exp(a) if name != "exp2" else np.exp2(a)
        out = 2 * slope * e + 3 * u
    elif name in ("log", "log2", "log10", "log1p"):
        at = a + 1 if name == "log1p" else a
        if (at <= 2 * e).any():
            raise Reject("singular")
        out = 2 * (1.45 if name == "log2" else 1) * e / at + 3 * u
    else:
        raise Reject("no rule")
    return bounded(r, out)


def complex_error(name, xs, es, r):
    """As `ufunc_error` where an operand is complex: by absolute values."""
    exact = not any(np.any(e) for e in es)
    if name in ("add", "subtract", "negative", "positive", "conjugate", "real", "imag"):
        return None if exact else sum(es) + 2 * unit(r)
    if name in ("minimum", "maximum", "fmin", "fmax", "rint") and exact:
        return None
    finite(*xs, r)
    small, large = (1e-15, 1e15) if r.dtype.char in "fF" else (1e-120, 1e120)
    sizes = [np.abs(x).astype("d") for x in xs]
    for s in sizes:
        if ((s != 0) & (s < small)).any() or (s > large).any():
            raise Reject("extreme")
    eps = float(info(r.dtype).eps)
    if name in ("multiply", "square"):
        b, f = (sizes[1], es[1]) if len(xs) == 2 else (sizes[0], es[0])
        return (
            sizes[0] * f + b * es[0] + es[0] * f + 8 * eps * sizes[0] * b + float(info(r.dtype).smallest_subnormal) * 4
        )
    if name in ("divide", "reciprocal"):
        b, f = (sizes[-1], es[-1])
        e = es[0] if len(xs) == 2 else 0.0
        if (b <= 2 * f).any() or (b == 0).any():
            raise Reject("singular")
        return 2 * (e + np.abs(r) * f) / b + 16 * unit(r)
    if name == "absolute":
        return es[0] + 6 * unit(r)
    if exact and name in COMPLEX_MATH:
        if (sizes[0] > 50).any():
            raise Reject("extreme")
        return 16 * unit(r)
    raise Reject("no rule")


def in_range(x, dtype):
    """Whether every element of a float array converts to the integer dtype."""
    i = np.iinfo(dtype)
    t = np.trunc(np.real(x).astype("d"))
    return bool(((t >= float(i.min)) & (t < float(i.max + 1))).all())


def cast_error(x, e, dtype, r):
    dtype = np.dtype(dtype)
    if dtype.kind in "iu" and x.dtype.kind in "fc" and not in_range(x, dtype):
        raise Reject("out of range")
    if e is None:
        return None
    if dtype.kind not in "fc":
        raise Reject("discontinuous")
    if np.isfinite(x).all():
        return bounded(r, np.asarray(e) + 2 * unit(r))
    raise Reject("not finite")


def reduction_error(name, x, e, r, axis, dtype=None, ddof=0, where=None, initial=None):
    """The error of a reduction's result."""
    if name in ("any", "all", "argmin", "argmax", "count_nonzero", "bitwise_and", "bitwise_or", "bitwise_xor"):
        if e is not None:
            raise Reject("discontinuous")
        return None
    if r.dtype.kind not in "fc" and e is None:
        if dtype is not None and np.dtype(dtype).kind in "iu" and x.dtype.kind in "fc":
            raise Reject("out of range")
        return None
    keep = {"axis": axis, "keepdims": r.ndim == x.ndim and x.ndim > 0}
    mask = np.broadcast_to(True if where is None else where, x.shape)
    if name in ("min", "max", "fmin", "fmax"):
        if e is None:
            # NumPy's fmin and fmax of zeros of both signs depend on the length and on the loop.
            return None if name in ("min", "max") or r.dtype.kind not in "fc" or (r != 0).all() else np.zeros(r.shape)
        finite(x)
        return np.broadcast_to(np.max(np.broadcast_to(e, x.shape), initial=0.0, where=mask, **keep), r.shape).copy()
    if r.dtype.kind == "c":
        finite(x, r)
    if e is not None:
        finite(x, r)
    n = max(x.size // max(r.size, 1), 1) + 2
    work = r.dtype
    eps, tiny = float(info(work).eps), float(info(work).smallest_subnormal)
    room = float(info(work).max) / 4
    size = np.abs(x.astype("d" if x.dtype.kind != "c" else "D"))
    size = np.where(mask & np.isfinite(x), size, 0.0)
    e = np.where(mask, 0.0 if e is None else np.broadcast_to(e, x.shape), 0.0)
    if name == "sum":
        total = size.sum(**keep) + abs(initial or 0)
        if np.max(total, initial=0) > room:
            raise Reject("overflow")
        return np.where(np.isfinite(r), e.sum(**keep) + n * eps * total + n * tiny, 0.0)
    count = np.broadcast_to(mask, x.shape).sum(**keep).astype("d")
    if name == "prod":
        finite(x, r)
        ones = np.where(mask, size, 1.0)
        start = abs(initial) if initial else 1.0
        if initial == 0 or np.max(np.maximum(ones, 1).prod(**keep), initial=0) * start > room:
            raise Reject("overflow")
        low = np.where(ones == 0, 1.0, np.minimum(ones, 1)).prod(**keep)
        if np.min(low, initial=1) * min(start, 1.0) < float(info(work).tiny) * 16 or (e > 0.01 * ones).any():
            raise Reject("underflow")
        share = np.where(ones > 0, e / np.where(ones > 0, ones, 1.0), 0.0)
        return (2 * share.sum(**keep) + (2 if r.dtype.kind == "f" else 8) * n * eps) * np.abs(r)
    total = size.sum(**keep)
    if np.max(total, initial=0) > room:
        raise Reject("overflow")
    if name == "mean":
        safe = np.maximum(count, 1)
        out = (e.sum(**keep) + n * eps * total + n * tiny) / safe + 2 * unit(r)
        return np.where(np.isfinite(r), out, 0.0)
    # var and std: the squares' rounding, the mean's error squared, the elements' errors.
    finite(x)
    if (count - ddof <= 0).any():
        raise Reject("no degrees of freedom")
    if np.max((size * size).sum(**keep), initial=0) > room:
        raise Reject("overflow")
    variance = np.abs(r * r if name == "std" else r).astype("d")
    shift = (n * eps * total + e.sum(**keep) + n * tiny) / count
    largest = np.max(e, initial=0.0, **keep)
    scale = count / (count - ddof)
    out = 8 * n * eps * variance + scale * (4 * shift**2 + largest**2 + n * tiny)
    out = out + 4 * np.sqrt(variance * scale) * (largest + 2 * eps * np.max(size, initial=0.0, **keep))
    out = out + scale * (2 * eps * np.max(size, initial=0.0, **keep)) ** 2
    if name == "std":
        std = np.abs(r).astype("d")
        out = np.minimum(np.sqrt(out), np.where(std > 0, out / np.where(std > 0, std, 1), np.inf)) + 2 * unit(r)
    if (
        np.max(out, initial=0)
        > 0.5 * np.max(variance, initial=0) + np.max(total / count, initial=0) ** 2 * 1e-2 + 1e-300
    ):
        raise Reject("bound")
    return out


# Rules: what a node keeps to find its error from its operands.


class Rule:
    """The error of a node from its operands: `function(values, errors, result, *operands)` with operands by place."""

    __slots__ = ("function", "operands")

    def __init__(self, function, operands):
        self.function, self.operands = function, operands

    def __call__(self, values, errors, r):
        xs = [values[o] if isinstance(o, int) else o for o in self.operands]
        es = [errors[o] if isinstance(o, int) else None for o in self.operands]
        return self.function(xs, es, r)

    def moved(self, at):
        return Rule(self.function, [at[o] if isinstance(o, int) else o for o in self.operands])


class Weak:
    """A Python scalar as an operand of an error rule."""

    def __init__(self, text):
        self.value = eval(text)

    def array(self):
        return np.asarray(self.value)


def _plain(xs, r):
    return [x.array() if isinstance(x, Weak) else x for x in xs]


class Unary:
    def __init__(self, name):
        self.name = name

    def __call__(self, xs, es, r):
        return ufunc_error(self.name, xs, es, r)


class Binary(Unary):
    def __call__(self, xs, es, r):
        return ufunc_error(self.name, _plain(xs, r), es, r)


class Power:
    def __init__(self, text):
        self.exponent = eval(text)

    def __call__(self, xs, es, r):
        if self.exponent == 2 and (xs[0].dtype.kind == "f" or r.dtype.kind != "f"):
            return ufunc_error("square", xs, es, r)
        if self.exponent == 0.5 and xs[0].dtype.kind == "f":
            return ufunc_error("sqrt", xs, es, r)
        if es[0] is None and r.dtype.kind in "biu":
            return None
        if es[0] is None and r.dtype.kind == "f":
            return 6 * unit(r)
        raise Reject("no rule")


class Cast:
    def __init__(self, dtype):
        self.dtype = dtype

    def __call__(self, xs, es, r):
        return cast_error(xs[0], es[0], self.dtype, r)


class Move:
    """A view or copy: the error moves along."""

    def __init__(self, text):
        self.code = compile(text, "<move>", "eval")

    def __call__(self, xs, es, r):
        if es[0] is None:
            return None
        return eval(self.code, {"M": np, "x": np.broadcast_to(es[0], xs[0].shape)})


class Join:
    def __init__(self, name, axis):
        self.name, self.axis = name, axis

    def __call__(self, xs, es, r):
        if all(e is None for e in es):
            return None
        wide = [np.broadcast_to(0.0 if e is None else e, x.shape) for x, e in zip(xs, es, strict=True)]
        return getattr(np, self.name)(wide, axis=self.axis) + 2 * unit(r)


class Reduction:
    def __init__(self, name, axis, meta, masked):
        self.name, self.axis, self.meta, self.masked = name, axis, meta, masked

    def __call__(self, xs, es, r):
        where = xs[1] if self.masked else None
        return reduction_error(self.name, xs[0], es[0], r, self.axis, where=where, **self.meta)


def exact_rule(xs, es, r):
    if any(e is not None for e in es):
        raise Reject("discontinuous")
    return None


def pick_rule(xs, es, r):
    """`x[index]` by an index array: the error is picked too."""
    if es[1] is not None:
        raise Reject("discontinuous")
    return None if es[0] is None else np.broadcast_to(es[0], xs[0].shape)[xs[1]].reshape(r.shape)


def where_rule(xs, es, r):
    if es[0] is not None:
        raise Reject("discontinuous")
    if es[1] is None and es[2] is None:
        return None
    a, b = (spread(e, r.shape) for e in es[1:])
    return np.where(xs[0], a, b) + 2 * unit(r)


def clip_rule(xs, es, r):
    if es[0] is None:
        return None
    if r.dtype.kind != "f":
        raise Reject("no rule")
    finite(xs[0])
    return np.broadcast_to(es[0], r.shape) + 0.0
