"""Random programs over arrays: their text, their evaluation by NumPy and by us, the error they may carry, shrinking.

A program is a list of nodes. A leaf holds an array; any other node is one expression, whose text names earlier nodes
``v0``, ``v1``, ... and the module ``M``. The same text runs with NumPy and with our module.

**Error.** Each value has an error: None where NumPy's bits are promised, else an array of absolute differences that NumPy's
result and ours may have, derived operation by operation (first order, both sides' rounding counted):

- an operation on exact operands that NumPy rounds correctly is exact;
- a math function on exact operands: 4 ULP for NumPy's loop, 1 for ours, 1 for the unit's own granularity;
- arithmetic passes its operands' errors on by its partial derivatives and adds a rounding of the result on both sides;
- a sum of n terms: the terms' errors and ``n * eps * sum(abs(x))``, which bounds any order of summation;
- where a bound cannot be had (a comparison, a rounding or a cast to integer of an inexact value; a singularity or an
  overflow within the error) the generator does not make that node: `Reject`.
"""

import math
import warnings

import numpy as np
from samples import DTYPES, moderate, random_bits, same, specials

from numpy_rs import _core

F = _core.ufuncs


class Reject(Exception):
    """The node cannot be judged, so it is not made."""


# Our module under NumPy's names.


class _Ufunc:
    def __init__(self, name):
        self.name, self.ufunc = name, F[name]

    def __call__(self, *args, **kwargs):
        return self.ufunc(*args, **kwargs)

    def reduce(self, x, axis=0, **kwargs):
        return x._reduce(self.name, axis=axis, **kwargs)


class Module:
    """The functions that programs use, as ``numpy_rs.lazy`` names them."""

    asarray = staticmethod(_core.asarray)
    broadcast_to = staticmethod(_core.broadcast_to)
    expand_dims = staticmethod(_core.expand_dims)
    flip = staticmethod(_core.flip)
    moveaxis = staticmethod(_core.moveaxis)
    clip = staticmethod(_core.clip)

    @staticmethod
    def concatenate(arrays, axis=0):
        return _core.concatenate(arrays, axis, None)

    @staticmethod
    def stack(arrays, axis=0):
        return _core.concatenate([_core.expand_dims(a, axis) for a in arrays], axis, None)

    def __getattr__(self, name):
        if name in F:
            return _Ufunc(name)
        if name in REDUCTIONS:
            return lambda x, axis=None, **kwargs: x._reduce(name, axis=axis, **kwargs)
        raise AttributeError(name)


REDUCTIONS = ["sum", "prod", "mean", "var", "std", "min", "max", "any", "all", "argmin", "argmax", "count_nonzero"]
lz = Module()

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
OPERATORS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "//": "floor_divide", "%": "remainder",
             "&": "bitwise_and", "|": "bitwise_or", "^": "bitwise_xor", "<": "less", ">=": "greater_equal",
             "==": "equal", "!=": "not_equal"}  # fmt: skip
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
        return bounded(r, complex_error(name, xs, es, r))
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
        out = np.maximum(e, f) + (6 * unit(np.maximum(np.abs(a), np.abs(b)).astype(r.dtype)) if "log" in name else 0)
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
        return sizes[0] * f + b * es[0] + es[0] * f + 8 * eps * sizes[0] * b + float(info(r.dtype).smallest_subnormal) * 4
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
            return None
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
    size = np.abs(x).astype("d")
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
    if np.max(out, initial=0) > 0.5 * np.max(variance, initial=0) + np.max(total / count, initial=0) ** 2 * 1e-2 + 1e-300:
        raise Reject("bound")
    return out


# Programs


class Node:
    """A leaf (`array`), or an expression (`text`) with the rule of its error."""

    __slots__ = ("array", "text", "code", "args", "rule")

    def __init__(self, array=None, text=None, args=(), rule=None):
        self.array, self.text, self.args, self.rule = array, text, tuple(args), rule
        self.code = compile(text, "<node>", "eval") if text is not None else None


class Bad(Exception):
    """Ours differs from NumPy's."""


def numpys(node, values):
    scope = {f"v{i}": values[i] for i in node.args}
    scope["M"] = np
    return np.asarray(eval(node.code, scope))


def ours(node, values):
    scope = {f"v{i}": values[i] for i in node.args}
    scope["M"] = lz
    return eval(node.code, scope)


def public(e):
    """The class that both sides share: NumPy's own are compared by their public base."""
    if type(e).__name__ == "AxisError":
        return "AxisError"
    return next(c for c in type(e).__mro__ if c.__module__ == "builtins").__name__


# Starts of the messages whose whole text is NumPy's.
COMMON = ("operands could not be broadcast", "axis ", "index ", "cannot reshape", "ufunc '", "too many indices",
          "zero-size array", "Python integer", "Integers to negative", "boolean index did not match",
          "cannot do a non-empty take", "duplicate value")  # fmt: skip


def check_exception(node, theirs, values):
    """NumPy raised: ours raises the same class when built, with the same text where it is a common one."""
    try:
        lazy = ours(node, values)
    except Exception as e:
        if public(e) != public(theirs):
            raise Bad(f"NumPy raises {public(theirs)}: {theirs}\nours raises {public(e)}: {e}") from None
        text = str(theirs)
        if text.startswith(COMMON) and text != str(e):
            raise Bad(f"texts differ:\nNumPy: {text}\nours:  {e}") from None
        return
    raise Bad(f"NumPy raises {public(theirs)}: {theirs}\nours gives {lazy!r}")


def check_value(got, want, e):
    if got.dtype != want.dtype or got.shape != want.shape:
        raise Bad(f"NumPy: {want.dtype} {want.shape}\nours:  {got.dtype} {got.shape}")
    if e is None:
        good = same(got, want)
    else:
        with np.errstate(all="ignore"):
            wide = np.dtype("D" if want.dtype.kind == "c" else "d")
            x, y = got.astype(wide), want.astype(wide)
            good = (np.abs(x - y) <= e) | (x == y) | (np.isnan(x) & np.isnan(y))
            # One side overflows where the other stands at the border.
            good |= (np.isinf(x) | np.isinf(y)) & (np.minimum(np.abs(x), np.abs(y)) > float(info(want.dtype).max) * 0.999)
    if not good.all():
        i = tuple(int(k[0]) for k in np.nonzero(np.atleast_1d(~good)))
        i = i if want.ndim else ()
        bound = "bits" if e is None else f"bound {np.broadcast_to(e, want.shape)[i]:.3g}"
        raise Bad(f"element {i}: NumPy {want[i]!r}, ours {got[i]!r} ({bound}), {int((~good).sum())} of {good.size} differ")


class Program:
    """Nodes with NumPy's values, ours and errors beside, kept while the program grows."""

    def __init__(self):
        self.nodes, self.theirs, self.ours, self.errors = [], [], [], []

    def add_leaf(self, array):
        self.nodes.append(Node(array=array))
        self.theirs.append(array)
        self.ours.append(lz.asarray(array))
        self.errors.append(None)
        return len(self.nodes) - 1

    def try_add(self, text, args, rule, limit):
        """Adds a node if NumPy computes it and its error can be bounded. False if not."""
        node = Node(text=text, args=args, rule=rule)
        try:
            value = numpys(node, self.theirs)
        except (MemoryError, RecursionError):
            return False
        except Exception as e:
            if str(e).startswith("Integers to negative") or str(e).startswith("Python int too large"):
                return False
            check_exception(node, e, self.ours)
            return False
        if value.size > limit or value.dtype not in DTYPES:
            return False
        try:
            error = rule(self.theirs, self.errors, value)
        except Reject:
            return False
        lazy = ours(node, self.ours)
        if str(lazy.dtype) != value.dtype.name or lazy.shape != value.shape:
            raise Bad(f"built: NumPy {value.dtype} {value.shape}, ours {lazy.dtype} {lazy.shape}")
        self.nodes.append(node)
        self.theirs.append(value)
        self.ours.append(lazy)
        self.errors.append(error)
        return True

    def check(self, outputs):
        values = _core.compute_all(*[self.ours[i] for i in outputs])
        for i, v in zip(outputs, values, strict=True):
            try:
                check_value(np.asarray(v), self.theirs[i], self.errors[i])
            except Bad as e:
                raise Bad(f"v{i}: {e}") from None


# Evaluating a list of nodes afresh, for shrinking.


def verdict(nodes, outputs):
    """None if the program is right or cannot be judged, else how it is wrong."""
    p = Program()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            for k, node in enumerate(nodes):
                if node.array is not None:
                    p.add_leaf(node.array)
                    continue
                if not p.try_add(node.text, node.args, node.rule, 1 << 22):
                    return None if k < len(nodes) - 1 else None
            p.check(outputs)
        except Bad as e:
            return str(e)
        except Exception as e:
            return f"ours raises {type(e).__name__}: {e}"
        except BaseException as e:
            if type(e).__name__ == "PanicException":
                return f"ours panics: {e}"
            raise
    return None


def needed(nodes, outputs):
    """The program cut to what the outputs need, renumbered."""
    keep, stack = set(), list(outputs)
    while stack:
        i = stack.pop()
        if i not in keep:
            keep.add(i)
            stack.extend(nodes[i].args)
    order = sorted(keep)
    at = {i: k for k, i in enumerate(order)}
    out = []
    for i in order:
        n = nodes[i]
        if n.array is not None:
            out.append(n)
            continue
        out.append(renumbered(n, at))
    return out, [at[i] for i in outputs]


def renumbered(n, at):
    text = n.text
    for i in sorted(n.args, reverse=True):
        text = text.replace(f"v{i}", f"@{at[i]}") if False else _rename(text, i, at[i])
    return Node(text=text.replace("@", "v"), args=[at[i] for i in n.args], rule=n.rule.moved(at))


def _rename(text, old, new):
    import re

    return re.sub(rf"\bv{old}\b", f"@{new}", text)


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


def shrink(nodes, outputs, seconds=20.0):
    """A smaller program that is wrong too."""
    import time

    end = time.monotonic() + seconds

    def wrong(ns, outs):
        return time.monotonic() < end and verdict(ns, outs) is not None

    for i in outputs:
        if len(outputs) > 1 and wrong(*needed(nodes, [i])):
            outputs = [i]
            break
    nodes, outputs = needed(nodes, outputs)
    # The first node that is wrong alone.
    for i in range(len(nodes)):
        if nodes[i].array is None and wrong(*needed(nodes, [i])):
            nodes, outputs = needed(nodes, [i])
            break
    progress = True
    while progress and time.monotonic() < end:
        progress = False
        # Intermediate values become leaves.
        p = Program()
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            values = []
            for n in nodes:
                try:
                    values.append(n.array if n.array is not None else numpys(n, values))
                except Exception:
                    values.append(None)
        del p
        for i in range(len(nodes) - 1, -1, -1):
            if nodes[i].array is not None or i in outputs or values[i] is None:
                continue
            trial = list(nodes)
            trial[i] = Node(array=np.ascontiguousarray(values[i]).reshape(values[i].shape))
            trial, outs = needed(trial, outputs)
            if wrong(trial, outs):
                nodes, outputs, progress = trial, outs, True
                break
        if progress:
            continue
        # Leaves become contiguous, then shorter.
        for i, n in enumerate(nodes):
            if n.array is None:
                continue
            trials = []
            if not n.array.flags.c_contiguous or not n.array.flags.aligned:
                trials.append(np.array(n.array, order="C").reshape(n.array.shape))
            for axis, length in enumerate(n.array.shape):
                if length > 1:
                    half = [slice(None)] * n.array.ndim
                    for part in (slice(0, length // 2), slice(length // 2, None), slice(0, length - 1), slice(1, None)):
                        half[axis] = part
                        trials.append(n.array[tuple(half)])
            for t in trials:
                trial = list(nodes)
                trial[i] = Node(array=t)
                if wrong(trial, outputs):
                    nodes, progress = trial, True
                    break
            if progress:
                break
    return nodes, outputs


def literal(a):
    """An expression for an array, its bits and its layout where that is not C order."""
    if a.size > 40:
        return f"<{a.dtype} {a.shape} strides {a.strides}>"
    kind = a.dtype.kind
    flat = np.ascontiguousarray(a).ravel()
    plain = kind in "biu" or bool(np.isfinite(flat).all())
    if plain:
        text = f"np.array({flat.tolist()}, '{a.dtype}')"
    else:
        words = flat.view(f"u{a.dtype.itemsize // (2 if kind == 'c' else 1)}")
        text = f"np.array({[hex(w) for w in words.tolist()]}, '{words.dtype}').view('{a.dtype}')".replace("'0x", "0x")
        text = text.replace("',", ",").replace("']", "]")
    if a.ndim != 1:
        text += f".reshape({a.shape})"
    if a.size > 1 and not a.flags.c_contiguous or not a.flags.aligned:
        text += f"  # strides {a.strides}{'' if a.flags.aligned else ', unaligned'}"
    return text


def listing(nodes, outputs):
    """The program as Python, NumPy's lines beside ours."""
    lines = ["import numpy as np", "import numpy_rs.lazy as lz"]
    for i, n in enumerate(nodes):
        if n.array is not None:
            lines += [f"v{i} = {literal(n.array)}", f"w{i} = lz.asarray(v{i})"]
        else:
            lines.append(f"v{i} = {n.text.replace('M.', 'np.')}")
            lines.append(f"w{i} = {_ours_text(n)}")
    for i in outputs:
        lines.append(f"print(v{i}, w{i}.compute())")
    return "\n".join(lines)


def _ours_text(n):
    import re

    return re.sub(r"\bv(\d+)\b", r"w\1", n.text.replace("M.", "lz."))


# Random pieces


class Generator:
    """Draws programs. All choices come from one seeded generator."""

    def __init__(self, seed):
        self.r = np.random.default_rng(seed)
        self.words = self.r.random(4096)
        self.at = 0

    def random(self):
        self.at += 1
        if self.at == len(self.words):
            self.words, self.at = self.r.random(4096), 0
        return float(self.words[self.at])

    def below(self, n):
        return int(self.random() * n)

    def pick(self, items):
        return items[self.below(len(items))]

    def chance(self, p):
        return self.random() < p

    def integer(self, low, high):
        return low + self.below(high - low)

    # Leaves

    def values(self, dtype, n):
        key = self.below(64)
        how = self.below(4)
        if how == 0 and dtype.kind != "b":
            pool = _pool("bits", dtype, key)
        elif how == 1:
            pool = _pool("special", dtype, key)
        else:
            pool = _pool("moderate", dtype, key)
        start = self.below(len(pool))
        if n <= len(pool) - start:
            return pool[start : start + n].copy()
        return np.resize(pool[start:], n)

    def shape(self, big):
        if big:
            return self.pick([(1000,), (4097,), (100, 101), (33, 3, 50), (20_000,), (7, 1500), (1500, 7), (100_003,)])
        ndim = self.pick([0, 1, 1, 1, 2, 2, 2, 3, 3, 4])
        return tuple(self.pick([0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 17][(0 if self.chance(0.15) else 1) :]) for _ in range(ndim))

    def leaf(self, shape, dtype=None):
        dtype = dtype or self.pick(DTYPES)
        n = math.prod(shape)
        layout = self.below(9)
        if layout == 1 and shape:
            step = self.integer(2, 4)
            return self.values(dtype, n * step).reshape(*shape[:-1], shape[-1] * step)[..., ::step]
        if layout == 2 and shape:
            return self.values(dtype, n).reshape(shape)[::-1]
        if layout == 3 and len(shape) > 1:
            return self.values(dtype, n).reshape(shape[::-1]).T
        if layout == 4 and len(shape) > 1:
            one = [1 if self.chance(0.5) else s for s in shape]
            return np.broadcast_to(self.values(dtype, math.prod(one)).reshape(one), shape)
        if layout == 5 and len(shape) == 2 and n:
            base = self.values(dtype, shape[0] + shape[1] - 1)
            return np.lib.stride_tricks.sliding_window_view(base, shape[1])
        if layout == 6 and n and dtype.itemsize > 1:
            raw = np.zeros(n * dtype.itemsize + 1, np.uint8)
            view = raw[1:].view(dtype)
            view[:] = self.values(dtype, n)
            return view.reshape(shape)
        if layout == 7 and len(shape) == 2:
            return self.values(dtype, n + 2 * shape[0]).reshape(shape[0], shape[1] + 2)[:, 1:-1]
        return self.values(dtype, n).reshape(shape)

    # Nodes: each returns (text, operand places, rule)

    def weak(self):
        return self.pick(["0", "1", "2", "-1", "3", "7", "100", "0.5", "-2.5", "1.0", "0.1", "3.0", "True", "1j", "(2-1j)", "300"])

    def partner(self, p, a):
        """A value that broadcasts with value `a`, mostly."""
        shape = p.theirs[a].shape
        for _ in range(4):
            b = self.below(len(p.nodes))
            if self.chance(0.02) or _fits(shape, p.theirs[b].shape):
                return b
        return a

    def recent(self, p):
        n = len(p.nodes)
        return n - 1 - self.below(min(n, 4)) if self.chance(0.6) else self.below(n)

    def step(self, p):
        return self.pick(STEPS)(self, p)

    def unary(self, p):
        a = self.recent(p)
        x = p.theirs[a]
        if self.chance(0.35):
            name = self.pick(MATH_1)
        else:
            name = self.pick(EXACT_1)
        if x.dtype.kind in "biu" and self.chance(0.5):
            name = self.pick(["absolute", "negative", "square", "invert", "bitwise_count", "sqrt", "sign", "sin", "exp"])
        return f"M.{name}(v{a})", [a], Rule(_Unary(name), [a])

    def parts(self, p):
        a = self.recent(p)
        name = self.pick(PARTS)
        k = self.below(2)
        if name == "divmod":
            b = self.partner(p, a)
            return f"M.divmod(v{a}, v{b})[{k}]", [a, b], Rule(_exact_only, [a, b])
        return f"M.{name}(v{a})[{k}]", [a], Rule(_exact_only, [a])

    def binary(self, p):
        a = self.recent(p)
        name = self.pick(MATH_2) if self.chance(0.1) else self.pick(EXACT_2)
        if p.theirs[a].dtype.kind in "fc" and self.chance(0.5):
            name = self.pick(["add", "subtract", "multiply", "divide", "maximum", "minimum", "less", "hypot"])
        symbol = next((s for s, n in OPERATORS.items() if n == name), None)
        if self.chance(0.25):
            w = self.weak()
            pair = (w, f"v{a}") if self.chance(0.4) else (f"v{a}", w)
            operands = [a, _Weak(w)] if pair[1] is w else [_Weak(w), a]
            args = [a]
        else:
            b = self.partner(p, a)
            pair, operands, args = (f"v{a}", f"v{b}"), [a, b], [a, b]
        if symbol and self.chance(0.4):
            text = f"({pair[0]} {symbol} {pair[1]})"
        else:
            text = f"M.{name}({pair[0]}, {pair[1]})"
        return text, args, Rule(_Binary(name), operands)

    def power_operator(self, p):
        a = self.recent(p)
        w = self.pick(["2", "0.5", "1", "0", "2.0", "3"])
        return f"(v{a} ** {w})", [a], Rule(_Power(w), [a])

    def choose(self, p):
        a = self.recent(p)
        if self.chance(0.5):
            b = self.partner(p, a)
            masks = [i for i, x in enumerate(p.theirs) if x.dtype.kind == "b" and _fits(x.shape, p.theirs[a].shape)]
            if not masks:
                return self.cast(p)
            c = self.pick(masks)
            if self.chance(0.3):
                w = self.pick(["0", "1.5", "-1", "2j"])
                return f"M.where(v{c}, v{a}, {w})", [c, a], Rule(_where, [c, a, _Weak(w)])
            return f"M.where(v{c}, v{a}, v{b})", [c, a, b], Rule(_where, [c, a, b])
        kind = p.theirs[a].dtype.kind
        low, high = self.pick([("0", "5"), ("-1", "1"), ("2", "1"), ("0", "100")])
        if kind == "f" and self.chance(0.5):
            low, high = self.pick([("-0.5", "0.5"), ("0.0", "1e3")])
        if self.chance(0.3):
            low, high = self.pick([(low, "None"), ("None", high)])
        return f"M.clip(v{a}, {low}, {high})", [a], Rule(_clip, [a])

    def cast(self, p):
        a = self.recent(p)
        d = self.pick(DTYPES).name
        return f"v{a}.astype('{d}')", [a], Rule(_Cast(d), [a])

    def basic_index(self, p):
        a = self.recent(p)
        shape = p.theirs[a].shape
        keys = []
        for n in shape:
            if self.chance(0.15):
                break
            if self.chance(0.08):
                keys.append("None")
            if self.chance(0.2) and n:
                keys.append(str(self.integer(-n, n + (1 if self.chance(0.03) else 0))))
            elif self.chance(0.3):
                keys.append(":")
            else:
                start = self.pick(["", "", "1", "-2", str(n // 2), str(n + 3)])
                stop = self.pick(["", "", "-1", str(n), str(n - 2), "2"])
                keys.append(f"{start}:{stop}:{self.pick(['', '', '-1', '2', '-2', '3'])}")
        if len(keys) < len(shape) and self.chance(0.4):
            keys.append("...")
        if self.chance(0.02):
            keys += ["0"] * (len(shape) + 1)
        text = ", ".join(keys) or "..."
        return f"v{a}[{text}]", [a], Rule(_Move(f"x[{text}]"), [a])

    def reshape(self, p):
        a = self.recent(p)
        x = p.theirs[a]
        n, ndim = x.size, x.ndim
        how = self.below(8)
        if how == 0:
            shapes = [(-1,), (n,), (1, n), (n, 1)]
            shapes += [(k, n // k) for k in (2, 3, 4, 5) if n and n % k == 0]
            shapes += [(2, -1, k) for k in (2, 3) if n and n % (2 * k) == 0]
            if self.chance(0.04):
                shapes = [(n + 1,), (2, n), (-1, 7)]
            text = f"reshape{self.pick(shapes)}"
        elif how == 1:
            text = "T"
        elif how == 2 and ndim:
            order = list(self.r.permutation(ndim).tolist())
            text = f"transpose({order})"
        elif how == 3 and ndim > 1:
            text = f"swapaxes({self.integer(-ndim, ndim)}, {self.integer(-ndim, ndim + (1 if self.chance(0.04) else 0))})"
        elif how == 4:
            text = "squeeze()"
        elif how == 5 and ndim > 1:
            text = f"diagonal({self.integer(-2, 3)})" if self.chance(0.5) else "diagonal(0, 1, 0)"
        elif how == 6:
            return self.function_view(p, a)
        else:
            text = "ravel()"
        return f"v{a}.{text}", [a], Rule(_Move(f"x.{text}"), [a])

    def function_view(self, p, a):
        x = p.theirs[a]
        ndim = x.ndim
        how = self.below(4)
        if how == 0:
            lead = self.pick([(), (2,), (3, 1), (1,), (0,)])
            shape = (*lead, *[self.pick([2, 5]) if n == 1 and self.chance(0.7) else n for n in x.shape])
            if self.chance(0.04):
                shape = (*shape, 13)
            text = f"M.broadcast_to({{}}, {shape})"
        elif how == 1:
            axis = self.pick([None, *range(-ndim, ndim)])
            text = f"M.flip({{}}, {axis})"
        elif how == 2:
            text = f"M.expand_dims({{}}, {self.integer(-ndim - 1, ndim + 1)})"
        elif ndim:
            text = f"M.moveaxis({{}}, {self.below(ndim)}, {self.integer(-ndim, ndim)})"
        else:
            text = "M.flip({}, None)"
        return text.format(f"v{a}"), [a], Rule(_Move(text.format("x")), [a])

    def join(self, p):
        a = self.recent(p)
        shape = p.theirs[a].shape
        if not shape or self.chance(0.4):
            mates = [i for i, x in enumerate(p.theirs) if x.shape == shape]
            picked = [a, *[self.pick(mates) for _ in range(self.integer(0, 3))]]
            axis = self.integer(-len(shape) - 1, len(shape) + 1)
            names = ", ".join(f"v{i}" for i in picked)
            return f"M.stack([{names}], {axis})", picked, Rule(_Join("stack", axis), picked)
        axis = self.integer(-len(shape), len(shape) + (1 if self.chance(0.03) else 0))
        cut = axis % len(shape)
        mates = [
            i for i, x in enumerate(p.theirs)
            if x.ndim == len(shape) and all(m == n for k, (m, n) in enumerate(zip(x.shape, shape, strict=True)) if k != cut)
        ]  # fmt: skip
        picked = [a, *[self.pick(mates) for _ in range(self.integer(1, 3))]] if mates else [a]
        names = ", ".join(f"v{i}" for i in picked)
        return f"M.concatenate([{names}], {axis})", picked, Rule(_Join("concatenate", axis), picked)

    def pick_index(self, p):
        a = self.recent(p)
        x = p.theirs[a]
        if not x.ndim:
            return self.basic_index(p)
        how = self.below(4)
        masks = [
            i for i, m in enumerate(p.theirs)
            if m.dtype.kind == "b" and p.errors[i] is None and 0 < m.ndim <= x.ndim and m.shape == x.shape[: m.ndim]
        ]  # fmt: skip
        if how == 0 and masks:
            m = self.pick(masks)
            tail = self.pick(["", "", ", ..."]) if x.ndim > p.theirs[m].ndim else ""
            return f"v{a}[v{m}{tail}]", [a, m], Rule(_pick, [a, m])
        n = x.shape[0]
        places = [i for i, m in enumerate(p.theirs) if m.dtype.kind in "iu" and p.errors[i] is None and m.size and n]
        places = [i for i in places if int(p.theirs[i].min()) >= -n and int(p.theirs[i].max()) < n]
        if how == 1 and places:
            i = self.pick(places)
            return f"v{a}[v{i}]", [a, i], Rule(_pick, [a, i])
        if not n:
            return self.basic_index(p)
        size = self.pick([1, 2, 3, 5])
        rows = [self.integer(-n, n + (1 if self.chance(0.02) else 0)) for _ in range(size)]
        keys = [str(rows)]
        if x.ndim > 1 and x.shape[1] and self.chance(0.5):
            m = x.shape[1]
            keys.append(self.pick([str([self.integer(-m, m) for _ in range(size)]), "::2", "0", "None", "::-1"]))
        if x.ndim > 2 and self.chance(0.5):
            keys.append(self.pick(["...", ":", "[0]", "-1:"]) if x.shape[2] else ":")
        if self.chance(0.15):
            keys = [":", keys[0]] if x.ndim > 1 and x.shape[1] >= n else keys
        text = ", ".join(keys)
        return f"v{a}[{text}]", [a], Rule(_Move(f"x[{text}]"), [a])

    def axes(self, ndim, single=False):
        if ndim == 0 or self.chance(0.35):
            return None
        if self.chance(0.03):
            return ndim
        if ndim > 1 and not single and self.chance(0.3):
            picked = self.r.permutation(ndim)[: self.integer(1, ndim + 1)]
            return tuple(int(k) - (ndim if self.chance(0.3) else 0) for k in picked)
        return self.integer(-ndim, ndim)

    def reduction(self, p):
        a = self.recent(p)
        x = p.theirs[a]
        name = self.pick([*REDUCTIONS, "sum", "mean", "bitwise", "fmin", "fmax"])
        options = {}
        meta = {}
        args = [a]
        if name == "bitwise":
            name = self.pick(["bitwise_and", "bitwise_or", "bitwise_xor"])
        if name in ("argmin", "argmax"):
            axis = self.axes(x.ndim, single=True)
        else:
            axis = self.axes(x.ndim)
        if self.chance(0.3):
            options["keepdims"] = "True"
        if name in ("sum", "prod", "mean", "var", "std") and self.chance(0.2):
            wanted = [d.name for d in DTYPES if d.kind in ("fc" if x.dtype.kind in "fc" else "iufc")]
            if x.dtype.kind == "c" or name in ("var", "std"):
                wanted = ["complex128"] if x.dtype.kind == "c" else ["float32", "float64"]
            if name == "mean":
                wanted = [w for w in wanted if w.startswith(("float", "complex"))]
            meta["dtype"] = self.pick(wanted)
            options["dtype"] = repr(meta["dtype"])
        if name in ("var", "std") and self.chance(0.5):
            meta["ddof"] = 1
            options["ddof"] = "1"
        masks = []
        if name in ("sum", "prod", "mean", "min", "max", "any", "all", "var", "std") and self.chance(0.2):
            masks = [
                i for i, m in enumerate(p.theirs)
                if m.dtype.kind == "b" and _fits(m.shape, x.shape) and m.ndim <= x.ndim
                and _joint(m.shape, x.shape) == x.shape
            ]  # fmt: skip
        if masks:
            m = self.pick(masks)
            args.append(m)
            options["where"] = f"v{m}"
            if p.errors[m] is not None:
                return self.cast(p)
        if name in ("sum", "prod", "min", "max") and (self.chance(0.15) or masks and name in ("min", "max")):
            meta["initial"] = self.pick([0, 1, 3])
            options["initial"] = str(meta["initial"])
        head = f"M.{name}.reduce" if name.startswith("bitwise") or name in ("fmin", "fmax") else f"M.{name}"
        text = "".join(f", {k}={v}" for k, v in options.items())
        rule = _Reduction(name, axis, meta, bool(masks))
        return f"{head}(v{a}, axis={axis}{text})", args, Rule(rule, args)


class _Weak:
    """A Python scalar as an operand of an error rule."""

    def __init__(self, text):
        self.value = eval(text)

    def like(self, r):
        v = self.value
        with np.errstate(all="ignore"):
            return np.asarray(v)


def _plain(xs, r):
    return [x.like(r) if isinstance(x, _Weak) else x for x in xs]


class _Unary:
    def __init__(self, name):
        self.name = name

    def __call__(self, xs, es, r):
        return ufunc_error(self.name, xs, es, r)


class _Binary(_Unary):
    def __call__(self, xs, es, r):
        return ufunc_error(self.name, _plain(xs, r), es, r)


class _Power:
    def __init__(self, text):
        self.exponent = eval(text)

    def __call__(self, xs, es, r):
        if self.exponent == 2:
            return ufunc_error("square", xs, es, r)
        if self.exponent == 0.5 and xs[0].dtype.kind == "f":
            return ufunc_error("sqrt", xs, es, r)
        if es[0] is None and r.dtype.kind in "biu":
            return None
        if es[0] is None and r.dtype.kind == "f":
            return 6 * unit(r)
        raise Reject("no rule")


class _Cast:
    def __init__(self, dtype):
        self.dtype = dtype

    def __call__(self, xs, es, r):
        return cast_error(xs[0], es[0], self.dtype, r)


class _Move:
    """A view or copy: the error moves along."""

    def __init__(self, text):
        self.code = compile(text, "<move>", "eval")

    def __call__(self, xs, es, r):
        if es[0] is None:
            return None
        return eval(self.code, {"M": np, "x": np.broadcast_to(es[0], xs[0].shape)})


class _Join:
    def __init__(self, name, axis):
        self.name, self.axis = name, axis

    def __call__(self, xs, es, r):
        for x in xs:
            if x.dtype.kind in "iu" and r.dtype.kind in "fc" or x.dtype == r.dtype:
                continue
        if all(e is None for e in es):
            return None
        wide = [np.broadcast_to(0.0 if e is None else e, x.shape) for x, e in zip(xs, es, strict=True)]
        return getattr(np, self.name)(wide, axis=self.axis) + 2 * unit(r)


class _Reduction:
    def __init__(self, name, axis, meta, masked):
        self.name, self.axis, self.meta, self.masked = name, axis, meta, masked

    def __call__(self, xs, es, r):
        where = xs[1] if self.masked else None
        return reduction_error(self.name, xs[0], es[0], r, self.axis, where=where, **self.meta)


def _exact_only(xs, es, r):
    if any(e is not None for e in es):
        raise Reject("discontinuous")
    return None


def _pick(xs, es, r):
    """`x[index]` by an index array: the error is picked too."""
    if es[1] is not None:
        raise Reject("discontinuous")
    return None if es[0] is None else np.broadcast_to(es[0], xs[0].shape)[xs[1]].reshape(r.shape)


def _where(xs, es, r):
    if es[0] is not None:
        raise Reject("discontinuous")
    if es[1] is None and es[2] is None:
        return None
    a, b = (spread(e, r.shape) for e in es[1:])
    return np.where(xs[0], a, b) + 2 * unit(r)


def _clip(xs, es, r):
    if es[0] is None:
        return None
    if r.dtype.kind != "f":
        raise Reject("no rule")
    finite(xs[0])
    return np.broadcast_to(es[0], r.shape) + 0.0


def _fits(a, b):
    return all(m == n or m == 1 or n == 1 for m, n in zip(a[::-1], b[::-1], strict=False))


def _joint(a, b):
    return np.broadcast_shapes(a, b)


_pools = {}


def _pool(how, dtype, key):
    found = _pools.get((how, dtype, key % 8))
    if found is None:
        if how == "bits":
            found = random_bits(dtype, 300, "graphs", key % 8)
        elif how == "special":
            found = np.random.default_rng(key % 8).permutation(specials(dtype, few=dtype.kind == "c"))
        else:
            found = moderate(dtype, 300, "graphs", key % 8)
        _pools[(how, dtype, key % 8)] = found
    return found


STEPS = (
    [Generator.unary] * 15 + [Generator.binary] * 28 + [Generator.choose] * 7 + [Generator.cast] * 8
    + [Generator.basic_index] * 8 + [Generator.reshape] * 10 + [Generator.join] * 5 + [Generator.pick_index] * 5
    + [Generator.reduction] * 14 + [Generator.parts] * 2 + [Generator.power_operator] * 2
)  # fmt: skip


def draw(seed, p):
    """Grows a random program in `p`; gives the outputs. Raises `Bad` where building goes wrong."""
    g = Generator(seed)
    big = g.chance(0.06)
    limit = 200_000 if big else 3000
    shape = g.shape(big)
    p.add_leaf(g.leaf(shape))
    for _ in range(g.integer(0, 3)):
        other = shape
        if g.chance(0.4) and not big:
            other = tuple(1 if g.chance(0.3) else n for n in shape)[g.below(2) if shape else 0 :]
        p.add_leaf(g.leaf(other, g.pick(["float32", "float64", "bool", "int64"]) if False else None))
    wanted = g.integer(2, 12)
    for _ in range(3 * wanted):
        if len(p.nodes) >= wanted + 2:
            break
        text, args, rule = g.step(p)
        p.pending = (text, args, rule)
        p.try_add(text, args, rule, limit)
    p.pending = None
    used = {i for n in p.nodes for i in n.args}
    outputs = [i for i in range(len(p.nodes)) if i not in used and p.nodes[i].array is None]
    while len(outputs) > 4:
        outputs.pop(g.below(len(outputs)))
    if g.chance(0.3):
        outputs.append(g.below(len(p.nodes)))
    return outputs or [len(p.nodes) - 1]
