"""Programs over arrays: their text, their evaluation by NumPy and by us, their comparison, shrinking.

A program is a list of nodes. A leaf holds an array; any other node is one expression, whose text names earlier nodes
``v0``, ``v1``, ... and the module ``M``. The same text runs with NumPy and with our module.
"""

import re
import time
import warnings

import numpy as np
from graph_errors import Reject, info
from samples import DTYPES, same

import numpy_rs.lazy
from numpy_rs import _core


class _Ufunc:
    """A ufunc of ours with the ``reduce`` that it lacks."""

    def __init__(self, ufunc):
        self.ufunc = ufunc

    def __call__(self, *args):
        return self.ufunc(*args)

    def reduce(self, x, axis=0, **kwargs):
        return x._reduce(self.ufunc.__name__, axis=axis, **kwargs)


class Module:
    """``numpy_rs.lazy``, as programs call it."""

    def __getattr__(self, name):
        f = getattr(numpy_rs.lazy, name)
        return _Ufunc(f) if isinstance(f, _core.ufunc) and not hasattr(f, "reduce") else f


REDUCTIONS = ["sum", "prod", "mean", "var", "std", "min", "max", "any", "all", "argmin", "argmax", "count_nonzero"]
lz = Module()


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
    """NumPy raised: ours raises the same class when built, with the same text where it is a common one.

    Positions that are yet to be computed are looked at when they are.
    """
    try:
        lazy = ours(node, values)
        if isinstance(theirs, IndexError) and "out of bounds" in str(theirs):
            lazy.compute()
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
            good |= (np.isinf(x) | np.isinf(y)) & (
                np.minimum(np.abs(x), np.abs(y)) > float(info(want.dtype).max) * 0.999
            )
    if not good.all():
        i = tuple(int(k[0]) for k in np.nonzero(np.atleast_1d(~good)))
        i = i if want.ndim else ()
        bound = "bits" if e is None else f"bound {np.broadcast_to(e, want.shape)[i]:.3g}"
        raise Bad(
            f"element {i}: NumPy {want[i]!r}, ours {got[i]!r} ({bound}), {int((~good).sum())} of {good.size} differ"
        )


class Program:
    """Nodes with NumPy's values, ours and errors beside, kept while the program grows."""

    def __init__(self):
        self.nodes, self.theirs, self.ours, self.errors = [], [], [], []
        # The node under construction, for the report if building it fails.
        self.pending = None

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
            for node in nodes:
                if node.array is not None:
                    p.add_leaf(node.array)
                    continue
                if not p.try_add(node.text, node.args, node.rule, 1 << 22):
                    return None
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
        text = re.sub(rf"\bv{i}\b", f"@{at[i]}", text)
    return Node(text=text.replace("@", "v"), args=[at[i] for i in n.args], rule=n.rule.moved(at))


def shrink(nodes, outputs, seconds=20.0):
    """A smaller program that is wrong too."""
    end = time.monotonic() + seconds

    def wrong(ns, outs):
        return time.monotonic() < end and verdict(ns, outs) is not None

    for i in outputs:
        if len(outputs) > 1 and wrong(*needed(nodes, [i])):
            outputs = [i]
            break
    nodes, outputs = needed(nodes, outputs)
    progress = True
    while progress and time.monotonic() < end:
        progress = False
        # The first node that is wrong alone.
        for i in range(len(nodes)):
            if nodes[i].array is None and wrong(*needed(nodes, [i])):
                nodes, outputs = needed(nodes, [i])
                break
        # Intermediate values become leaves.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            values = []
            for n in nodes:
                try:
                    values.append(n.array if n.array is not None else numpys(n, values))
                except Exception:
                    values.append(None)
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
    return re.sub(r"\bv(\d+)\b", r"w\1", n.text.replace("M.", "lz."))
