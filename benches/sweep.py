"""Every kind of call over types and shapes against NumPy: one line for each that is behind.

Results are compared first, by shape and type. Times are medians of a few turns of each, so that a line is a hint where
to look, not a figure.

``python benches/sweep.py [--groups reductions,elementwise,shapes,order] [--behind 0.9] [--size 240000] [--threads 2]``
"""

from beside import arrays, medians

# isort: split
import argparse
import math
import statistics
import warnings
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

import numpy_rs.lazy as lz

TYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "u4", "u8", "c16", "c8", "?"]
#: A call: its name, a function of the module and arrays, and these.
Call = tuple[str, Callable, list[np.ndarray]]

RNG = np.random.default_rng(0)


def numbers(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Small numbers of either sign, where the type has signs."""
    x = RNG.random(shape)
    match np.dtype(dtype).kind:
        case "b":
            return x > 0.5
        case "c":
            return (x + 1j * RNG.random(shape)).astype(dtype)
        case "f":
            return (x * 4 - 2).astype(dtype)
        case "u":
            return (x * 100).astype(dtype)
        case _:
            return (x * 200 - 100).astype(dtype)


def by_name(name: str, *args, **kwargs) -> Callable:
    """The module's function of this name, with more arguments behind the arrays."""
    return lambda m, *a: getattr(m, name)(*a, *args, **kwargs)


def reductions(n: int) -> Iterator[Call]:
    names = "sum prod max min mean std any argmax count_nonzero ptp nansum nanmax".split()
    spaces = [
        ((n,), [None]),
        ((n // 400, 400), [0, 1]),
        ((n // 4000, 80, 50), [0, 1, 2, (0, 1), (1, 2), (0, 2)]),
        ((n // 10, 10), [0, 1]),
        ((n // 9, 9), [0, 1]),
        ((10, n // 10), [0, 1]),
        ((n // 8000, 20, 20, 20), [(2, 3), (1, 3), (0, 2), 1]),
        ((n // 1200, 2, 300, 2), [(1, 3)]),
    ]
    for dtype in TYPES:
        for shape, axes in spaces:
            x = numbers(shape, dtype)
            for name in names:
                for axis in axes:
                    if not (name == "argmax" and isinstance(axis, tuple)):
                        yield f"{name} {dtype} {shape} axis={axis}", by_name(name, axis=axis), [x]


def elementwise(n: int) -> Iterator[Call]:
    one = """negative abs sqrt exp log sin cos tan tanh sinh arcsin arctan expm1 log1p log2 log10 exp2 cbrt square
        reciprocal sign floor rint trunc isnan isfinite conj angle invert signbit round nan_to_num
        logical_not""".split()
    two = """add subtract multiply divide floor_divide remainder fmod maximum fmin equal less bitwise_and logical_and
        hypot arctan2 copysign logaddexp heaviside""".split()
    for dtype in TYPES:
        x, y, mask = numbers((n,), dtype), numbers((n,), dtype), numbers((n,), "?")
        yield from ((f"{name} {dtype}", by_name(name), [x]) for name in one)
        yield from ((f"{name} {dtype}", by_name(name), [x, y]) for name in two)
        yield from ((f"astype {dtype} {to}", lambda m, a, to=to: a.astype(to), [x]) for to in TYPES)
        yield f"where {dtype}", by_name("where"), [mask, x, y]
        yield f"power 3 {dtype}", lambda m, a: a**3, [x]
        if dtype != "?":
            yield f"clip {dtype}", by_name("clip", 2, 50), [x]
        if np.dtype(dtype).kind in "iu":
            yield f"shift {dtype}", lambda m, a: (a >> 3) ^ (a << 2), [x]
            yield f"divide by 7 {dtype}", lambda m, a: a // 7 + a % 24, [x]


def shapes(n: int) -> Iterator[Call]:
    for dtype in ("f8", "f4", "u1", "c16", "i2"):
        x, v, z = numbers((n // 500, 500), dtype), numbers((n,), dtype), numbers((n // 4000, 80, 50), dtype)
        yield from (
            (f"{name} {dtype}", function, [a])
            for name, function, a in [
                ("transpose", lambda m, a: a.T * 1, x),
                ("transpose 2 0 1", lambda m, a: m.transpose(a, (2, 0, 1)) * 1, z),
                ("transpose 1 0 2", lambda m, a: m.transpose(a, (1, 0, 2)) * 1, z),
                ("flip", lambda m, a: m.flip(a) * 1, x),
                ("roll rows", by_name("roll", 7, 0), x),
                ("roll columns", by_name("roll", 7, 1), x),
                ("tile", by_name("tile", (2, 3)), x),
                ("repeat rows", by_name("repeat", 3, 0), x),
                ("repeat columns", by_name("repeat", 3, 1), x),
                ("concatenate", lambda m, a: m.concatenate([a, a], 1), x),
                ("stack", lambda m, a: m.stack([a, a], -1), x),
                ("pad edge", by_name("pad", 3, mode="edge"), x),
                ("pad reflect", by_name("pad", 3, mode="reflect"), x),
                ("pad", by_name("pad", 3), x),
                ("tril", by_name("tril"), x),
                ("diff rows", by_name("diff", axis=0), x),
                ("diff", by_name("diff"), x),
                ("cumsum", by_name("cumsum"), v),
                ("cumsum rows", by_name("cumsum", 0), x),
                ("cumprod", by_name("cumprod"), v),
                ("running maximum", lambda m, a: m.maximum.accumulate(a), v),
                ("take rows", lambda m, a: m.take(a, np.arange(0, len(a), 2), 0), x),
                ("take columns", lambda m, a: m.take(a, np.arange(0, 500, 3), 1), x),
                ("pick", lambda m, a: a[np.arange(len(a)), np.arange(len(a)) % 500], x),
                ("mask", lambda m, a: a[a.real > 1], x),
                ("mask rows", lambda m, a: a[np.arange(len(a)) % 3 == 0], x),
                ("nonzero", lambda m, a: m.nonzero(a.real > 1), v),
                ("every second", lambda m, a: a[::2, ::2] * 1, x),
                ("columns apart", lambda m, a: a[:, 0::3][:, :166] - a[:, 1::3][:, :166], x),
                ("rows and column", lambda m, a: a + a[:, :1], x),
                ("outer", lambda m, a: m.outer(a[:500], a[:500]), v),
                ("convolve", lambda m, a: m.convolve(a, a[:9], "same"), v),
                ("isin", lambda m, a: m.isin(a, a[:50]), v),
                ("cross", lambda m, a: m.cross(a.reshape(-1, 3), a.reshape(-1, 3)), v[: n // 3 * 3]),
                ("histogram", lambda m, a: m.histogram(a.real, 40), v),
                ("matvec", lambda m, a: a @ a[0], x),
                ("einsum ijk,k->ij", lambda m, a: m.einsum("ijk,k->ij", a, a[0, 0]), z),
                ("stack of products", lambda m, a: a @ m.swapaxes(a, 1, 2), z),
            ]
        )


def order(n: int) -> Iterator[Call]:
    for dtype in ("f8", "f4", "i8", "i4", "i2", "u1", "c16", "f2", "?"):
        x, v = numbers((n // 400, 400), dtype), numbers((n,), dtype)
        rising = np.sort(v)
        yield from (
            (f"{name} {dtype}", function, [a])
            for name, function, a in [
                ("sort", by_name("sort"), v),
                ("sort rows", by_name("sort", 0), x),
                ("sort columns", by_name("sort", 1), x),
                ("sort what is sorted", by_name("sort"), rising),
                ("sort what falls", by_name("sort"), rising[::-1].copy()),
                ("argsort", by_name("argsort", kind="stable"), v),
                ("argsort columns", by_name("argsort", kind="stable"), x),
                ("argsort what is sorted", by_name("argsort", kind="stable"), rising),
                ("partition", by_name("partition", n // 240), v),
                ("median", by_name("median"), v),
                ("median columns", by_name("median", 1), x),
                ("unique", by_name("unique"), v),
                ("unique counts", lambda m, a: m.unique(a, return_counts=True), v),
                ("unique rows", lambda m, a: m.unique(a[:100], axis=0), x),
                ("argmin rows", by_name("argmin", 0), x),
            ]
        )
        yield f"searchsorted {dtype}", by_name("searchsorted"), [rising, v]


GROUPS = {f.__name__: f for f in (reductions, elementwise, shapes, order)}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--groups", default=",".join(GROUPS))
    ap.add_argument("--behind", type=float, default=0.9)
    ap.add_argument("--size", type=int, default=240_000)
    ap.add_argument("--threads", type=int, default=2)
    options = ap.parse_args()
    lz.set_num_threads(options.threads)
    warnings.simplefilter("ignore")
    for group in options.groups.split(","):
        ratios = []
        for name, function, given in GROUPS[group](options.size):
            lazy = [lz.asarray(a) for a in given]
            try:
                want = arrays(function(np, *given))
            except TypeError:
                continue  # NumPy has no such loop.
            got = arrays(function(lz, *lazy))
            assert [(g.shape, g.dtype) for g in got] == [(w.shape, w.dtype) for w in want], name
            theirs, ours = medians(partial(function, np, *given), partial(function, lz, *lazy), target=0.002, samples=3)
            ratios.append(theirs / ours)
            if ratios[-1] < options.behind:
                print(f"{ratios[-1]:5.2f}  {name:45} {theirs * 1e6:9.1f} / {ours * 1e6:9.1f} us", flush=True)
        mean = math.exp(statistics.fmean(map(math.log, ratios)))
        below = sum(r < 1 for r in ratios)
        print(f"{group}: {len(ratios)} calls, geometric mean {mean:.2f}, {below} below 1", flush=True)


if __name__ == "__main__":
    main()
