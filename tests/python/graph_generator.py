"""Random programs: which arrays, which nodes, in which order."""

import math

import numpy as np
from graph_errors import (
    EXACT_1,
    EXACT_2,
    MATH_1,
    MATH_2,
    PARTS,
    Binary,
    Cast,
    Join,
    Move,
    Power,
    Reduction,
    Rule,
    Unary,
    Weak,
    clip_rule,
    exact_rule,
    pick_rule,
    where_rule,
)
from graph_programs import REDUCTIONS
from samples import DTYPES, moderate, random_bits, specials

OPERATORS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "//": "floor_divide", "%": "remainder",
             "&": "bitwise_and", "|": "bitwise_or", "^": "bitwise_xor", "<": "less", ">=": "greater_equal",
             "==": "equal", "!=": "not_equal"}  # fmt: skip


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
        if self.structural and self.chance(0.8):
            return tuple(self.pick([1, 2, 3, 4, 5, 6, 9]) for _ in range(self.integer(2, 5)))
        if self.chance(0.25):
            return self.pick(
                [(50,), (100,), (257,), (1000,), (7, 9), (10, 30), (64, 3), (2, 3, 40), (5, 1, 33), (4, 3, 5, 6)]
            )
        ndim = self.pick([0, 1, 1, 1, 2, 2, 2, 3, 3, 4])
        return tuple(
            self.pick([0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 17][(0 if self.chance(0.15) else 1) :]) for _ in range(ndim)
        )

    def leaf(self, shape, dtype=None):
        given = dtype is not None
        dtype = dtype or self.pick(DTYPES)
        n = math.prod(shape)
        layout = self.below(9)
        if self.structural:
            few = [np.dtype("i8"), np.dtype("f8"), np.dtype("i2")]
            dtype = dtype if given or self.chance(0.3) else self.pick(few)
            layout = self.pick([0, 3, 3, 3, layout])
        if layout == 1 and shape:
            step = self.integer(2, 4)
            return self.values(dtype, n * step).reshape(*shape[:-1], shape[-1] * step)[..., ::step]
        if layout == 2 and shape:
            return self.values(dtype, n).reshape(shape)[::-1]
        if layout in (3, 8) and len(shape) > 1:
            order = self.r.permutation(len(shape))
            return self.values(dtype, n).reshape([shape[k] for k in order]).transpose(np.argsort(order))
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
        return self.pick(
            ["0", "1", "2", "-1", "3", "7", "100", "0.5", "-2.5", "1.0", "0.1", "3.0", "True", "1j", "(2-1j)", "300"]
        )

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
        return self.pick(self.steps)(self, p)

    def choose_theme(self):
        """A mix of steps for this program: leaving kinds out lets the others meet more often (swarm testing)."""
        self.steps = []
        self.structural = self.chance(0.4)
        if self.structural:
            # Mostly movement and reductions, over arrays of several axes in any order of memory.
            for kind, weight in STRUCTURE:
                self.steps += [kind] * (weight * self.pick([0, 1, 1, 2]))
        while len(self.steps) < 4:
            for kind, weight in STEPS:
                self.steps += [kind] * (weight * self.pick([0, 0, 1, 1, 4]))

    def unary(self, p):
        a = self.recent(p)
        x = p.theirs[a]
        if self.chance(0.35):
            name = self.pick(MATH_1)
        else:
            name = self.pick(EXACT_1)
        if x.dtype.kind in "biu" and self.chance(0.5):
            name = self.pick(
                ["absolute", "negative", "square", "invert", "bitwise_count", "sqrt", "sign", "sin", "exp"]
            )
        return f"M.{name}(v{a})", [a], Rule(Unary(name), [a])

    def parts(self, p):
        a = self.recent(p)
        name = self.pick(PARTS)
        k = self.below(2)
        if name == "divmod":
            b = self.partner(p, a)
            return f"M.divmod(v{a}, v{b})[{k}]", [a, b], Rule(exact_rule, [a, b])
        return f"M.{name}(v{a})[{k}]", [a], Rule(exact_rule, [a])

    def binary(self, p):
        a = self.recent(p)
        name = self.pick(MATH_2) if self.chance(0.1) else self.pick(EXACT_2)
        if p.theirs[a].dtype.kind in "fc" and self.chance(0.5):
            name = self.pick(["add", "subtract", "multiply", "divide", "maximum", "minimum", "less", "hypot"])
        symbol = next((s for s, n in OPERATORS.items() if n == name), None)
        if self.chance(0.25):
            w = self.weak()
            pair = (w, f"v{a}") if self.chance(0.4) else (f"v{a}", w)
            operands = [a, Weak(w)] if pair[1] is w else [Weak(w), a]
            args = [a]
        else:
            b = self.partner(p, a)
            pair, operands, args = (f"v{a}", f"v{b}"), [a, b], [a, b]
        if symbol and self.chance(0.4):
            text = f"({pair[0]} {symbol} {pair[1]})"
        else:
            text = f"M.{name}({pair[0]}, {pair[1]})"
        return text, args, Rule(Binary(name), operands)

    def power_operator(self, p):
        a = self.recent(p)
        w = self.pick(["2", "0.5", "1", "0", "2.0", "3"])
        return f"(v{a} ** {w})", [a], Rule(Power(w), [a])

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
                return f"M.where(v{c}, v{a}, {w})", [c, a], Rule(where_rule, [c, a, Weak(w)])
            return f"M.where(v{c}, v{a}, v{b})", [c, a, b], Rule(where_rule, [c, a, b])
        kind = p.theirs[a].dtype.kind
        low, high = self.pick([("0", "5"), ("-1", "1"), ("2", "1"), ("0", "100")])
        if kind == "f" and self.chance(0.5):
            low, high = self.pick([("-0.5", "0.5"), ("0.0", "1e3")])
        if self.chance(0.3):
            low, high = self.pick([(low, "None"), ("None", high)])
        return f"M.clip(v{a}, {low}, {high})", [a], Rule(clip_rule, [a])

    def cast(self, p):
        a = self.recent(p)
        d = self.pick(DTYPES).name
        return f"v{a}.astype('{d}')", [a], Rule(Cast(d), [a])

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
        return f"v{a}[{text}]", [a], Rule(Move(f"x[{text}]"), [a])

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
            text = (
                f"swapaxes({self.integer(-ndim, ndim)}, {self.integer(-ndim, ndim + (1 if self.chance(0.04) else 0))})"
            )
        elif how == 4:
            text = "squeeze()"
        elif how == 5 and ndim > 1:
            text = f"diagonal({self.integer(-2, 3)})" if self.chance(0.5) else "diagonal(0, 1, 0)"
        elif how == 6:
            return self.function_view(p, a)
        else:
            text = "ravel()"
        return f"v{a}.{text}", [a], Rule(Move(f"x.{text}"), [a])

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
        return text.format(f"v{a}"), [a], Rule(Move(text.format("x")), [a])

    def join(self, p):
        a = self.recent(p)
        shape = p.theirs[a].shape
        if not shape or self.chance(0.4):
            mates = [i for i, x in enumerate(p.theirs) if x.shape == shape]
            picked = [a, *[self.pick(mates) for _ in range(self.integer(0, 3))]]
            axis = self.integer(-len(shape) - 1, len(shape) + 1)
            names = ", ".join(f"v{i}" for i in picked)
            return f"M.stack([{names}], {axis})", picked, Rule(Join("stack", axis), picked)
        axis = self.integer(-len(shape), len(shape) + (1 if self.chance(0.03) else 0))
        cut = axis % len(shape)

        def rest(s):
            return (*s[:cut], *s[cut + 1 :])

        mates = [i for i, x in enumerate(p.theirs) if x.ndim == len(shape) and rest(x.shape) == rest(shape)]
        picked = [a, *[self.pick(mates) for _ in range(self.integer(1, 3))]] if mates else [a]
        names = ", ".join(f"v{i}" for i in picked)
        return f"M.concatenate([{names}], {axis})", picked, Rule(Join("concatenate", axis), picked)

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
            return f"v{a}[v{m}{tail}]", [a, m], Rule(pick_rule, [a, m])
        n = x.shape[0]
        places = [i for i, m in enumerate(p.theirs) if m.dtype.kind in "iu" and p.errors[i] is None and m.size and n]
        places = [i for i in places if int(p.theirs[i].min()) >= -n and int(p.theirs[i].max()) < n]
        if how == 1 and places:
            i = self.pick(places)
            return f"v{a}[v{i}]", [a, i], Rule(pick_rule, [a, i])
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
        return f"v{a}[{text}]", [a], Rule(Move(f"x[{text}]"), [a])

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
                and np.broadcast_shapes(m.shape, x.shape) == x.shape
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
        rule = Reduction(name, axis, meta, bool(masks))
        return f"{head}(v{a}, axis={axis}{text})", args, Rule(rule, args)


def _fits(a, b):
    return all(m == n or m == 1 or n == 1 for m, n in zip(a[::-1], b[::-1], strict=False))


_pools = {}


def _pool(how, dtype, key):
    found = _pools.get((how, dtype, key % 8))
    if found is None:
        if how == "bits":
            # Signaling NaNs become quiet ones: `nan ** 0` is 1 for those alone.
            found = random_bits(dtype, 300, "graphs", key % 8)
            found = found + dtype.type(0) if dtype.kind in "fc" else found
        elif how == "special":
            found = np.random.default_rng(key % 8).permutation(specials(dtype, few=dtype.kind == "c"))
        else:
            found = moderate(dtype, 300, "graphs", key % 8)
        _pools[(how, dtype, key % 8)] = found
    return found


STRUCTURE = [
    (Generator.unary, 1),
    (Generator.binary, 3),
    (Generator.choose, 1),
    (Generator.basic_index, 4),
    (Generator.reshape, 8),
    (Generator.join, 3),
    (Generator.pick_index, 4),
    (Generator.reduction, 8),
]
STEPS = [
    (Generator.unary, 15),
    (Generator.binary, 28),
    (Generator.choose, 7),
    (Generator.cast, 8),
    (Generator.basic_index, 8),
    (Generator.reshape, 12),
    (Generator.join, 5),
    (Generator.pick_index, 6),
    (Generator.reduction, 15),
    (Generator.parts, 2),
    (Generator.power_operator, 2),
]


def draw(seed, p):
    """Grows a random program in `p`; gives the outputs. Raises `Bad` where building goes wrong."""
    g = Generator(seed)
    g.choose_theme()
    big = g.chance(0.06)
    limit = 200_000 if big else 3000
    shape = g.shape(big)
    p.add_leaf(g.leaf(shape))
    for _ in range(g.integer(0, 3)):
        other = shape
        if g.chance(0.4) and not big:
            other = tuple(1 if g.chance(0.3) else n for n in shape)[g.below(2) if shape else 0 :]
        p.add_leaf(g.leaf(other))
    wanted = g.integer(20, 50) if g.chance(0.03) else g.integer(2, 12)
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
