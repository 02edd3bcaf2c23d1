"""Sorting, selecting and sets against NumPy: whole calls, interleaved in one process, medians.

Results are checked first.

``python benches/order.py [--types f8,i4] [--calls sort,unique] [--sizes 1000,1000000] [--rows 5,100] [--threads 2]``

With ``--rows``, ``sort`` and ``partition`` of 100,000 elements in rows of so many are timed instead.
"""

from beside import arrays, medians

# isort: split
import argparse
import math
from functools import partial

import numpy as np

import numpy_rs.lazy as lz

CALLS = {
    "sort": (np.sort, lz.sort),
    "argsort": (lambda x: np.argsort(x, kind="stable"), lz.argsort),
    "partition": (lambda x: np.partition(x, x.shape[-1] // 2), lambda x: lz.partition(x, x.shape[-1] // 2)),
    "median": (np.median, lz.median),
    "quantile": (lambda x: np.quantile(x, [0.1, 0.5, 0.9]), lambda x: lz.quantile(x, [0.1, 0.5, 0.9])),
    "unique": (np.unique, lz.unique),
    "unique_counts": (np.unique_counts, lz.unique_counts),
    "unique_inverse": (np.unique_inverse, lz.unique_inverse),
    "isin": (lambda x: np.isin(x, x[::3]), lambda x: lz.isin(x, x[::3])),
}


def values(dtype: np.dtype, n: int) -> np.ndarray:
    """Numbers in disorder over the range of a type."""
    rng = np.random.default_rng(n)
    if dtype.kind == "b":
        return rng.integers(0, 2, n).astype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.integers(info.min, info.max, n, dtype=dtype)
    x = rng.standard_normal(n)
    return (x + 1j * rng.standard_normal(n) if dtype.kind == "c" else x).astype(dtype)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--types", default="f8,f4,i8,u4,i2,f2,u1,c16")
    ap.add_argument("--calls", default=",".join(CALLS))
    ap.add_argument("--sizes", default="1000,10000,1000000,10000000")
    ap.add_argument("--rows", help="lengths of rows")
    ap.add_argument("--threads", type=int, default=2)
    options = ap.parse_args()
    lz.set_num_threads(options.threads)
    shapes = [(int(float(s)),) for s in options.sizes.split(",")]
    calls = options.calls.split(",")
    if options.rows:
        shapes = [(100_000 // int(n), int(n)) for n in options.rows.split(",")]
        calls = [name for name in calls if name in ("sort", "partition")]
    print("nanoseconds an element, NumPy / numpy_rs (speed-up)")
    for dtype in map(np.dtype, options.types.split(",")):
        for name in calls:
            if dtype.kind == "c" and name in ("median", "quantile"):
                continue
            theirs, ours = CALLS[name]
            row = []
            for shape in shapes:
                x = values(dtype, math.prod(shape)).reshape(shape)
                for a, b in zip(arrays(ours(x)), arrays(theirs(x)), strict=True):
                    assert name == "partition" or np.allclose(a, b, equal_nan=True), name
                t, o = medians(partial(theirs, x), partial(ours, x), limit=3.0)
                row.append(f"{shape[-1]:>9,}: {t / x.size * 1e9:7.2f} / {o / x.size * 1e9:6.2f} ({t / o:5.2f})")
            print(f"{dtype.str[1:]:4} {name:15}" + "  ".join(row), flush=True)


if __name__ == "__main__":
    main()
