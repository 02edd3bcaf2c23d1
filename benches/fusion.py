"""Fused pipelines against NumPy, side by side in one process.

    python benches/fusion.py [--quick] [--cold] [--only REGEX] [--sizes small,medium,large]
                             [--json OUT] [--picture out/fusion.png] [--report OUT.md] [--candidate numpy_rs.lazy]

Each pipeline is first checked against NumPy's result, then both are called by turns and medians are
compared. What is timed is what a user repeats: build the graph, compute it. ``ratio`` is NumPy's time
over numpy_rs's: above 1 numpy_rs is faster. ``GB/s`` are the bytes that must move (inputs read once,
results written once) over numpy_rs's time. ``extra`` is the memory that a call took at its peak beyond
its results. ``!`` marks rows that other processes disturbed.

``--report`` writes the machine, the tables and the chart (beside it, of the same name) as Markdown.

``--cold`` measures first calls instead: each pipeline in fresh processes, where nothing is compiled, no plan is known
and no thread waits. ``NumPy`` and ``first`` are the first calls, ``second`` is numpy_rs's next one, ``compiling`` the
part of the first spent in the code generator; medians over the processes.
"""

from harness import Disturbance, machine_lock, peak_memory, round_robin, wait_quiet

# isort: split
# After the harness, which says what NumPy's thread library does when it is idle: it reads that when it is loaded.
import argparse
import gc
import importlib
import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import time
import warnings
import zlib

import numpy as np

from picture import save_bars
from pipelines import PIPELINES, SIZES

ENOUGH = 3  # undisturbed samples below which a row is marked


def arrays(result):
    """The results of a pipeline as a list of NumPy arrays."""
    return [np.asarray(r) for r in (result if isinstance(result, (tuple, list)) else (result,))]


def difference(p, got, want):
    """Say how results differ from NumPy's by more than the pipeline allows, or None."""
    got, want = arrays(got), arrays(want)
    if len(got) != len(want):
        return f"{len(got)} results, not {len(want)}"
    for g, w in zip(got, want, strict=True):
        if g.shape != w.shape:
            return f"shape {g.shape}, not {w.shape}"
        if g.dtype != w.dtype:
            return f"dtype {g.dtype}, not {w.dtype}"
        if w.dtype.kind in "biu" or p.exact:
            same = (
                (g == w) & (np.signbit(g) == np.signbit(w)) | np.isnan(g) & np.isnan(w)
                if w.dtype.kind == "f"
                else g == w
            )
            bad = w.size - np.count_nonzero(same)
            if bad:
                return f"{bad} of {w.size} values differ"
        elif not np.allclose(g, w, rtol=p.rtol, atol=p.atol, equal_nan=True):
            return f"largest difference {np.nanmax(np.abs(g - w)):.3g}"
    return None


def bind(p, inputs, lazy):
    """Return a call without arguments of the pipeline on NumPy (`lazy` None) or on the lazy module."""
    if lazy is None:
        return (lambda: p.numpy(*inputs)) if p.numpy else (lambda: p.f(np, *inputs))

    def call():
        result = p.f(lazy, *(lazy.asarray(x) for x in inputs))
        return lazy.compute(*result) if isinstance(result, tuple) else result.compute()

    return call


def measure(p, size, lazy, quick):
    """Check and time one pipeline at one size; return its record."""
    n = p.sizes[SIZES.index(size)]
    inputs = p.make(n, np.random.default_rng(zlib.crc32(p.name.encode())))
    numpy_call, lazy_call = bind(p, inputs, None), bind(p, inputs, lazy)
    want = p.f(np, *inputs)
    moved = sum(x.nbytes for x in inputs) + sum(x.nbytes for x in arrays(want))
    record = {"n": n, "bytes": moved, "result_bytes": moved - sum(x.nbytes for x in inputs), "work": p.work(n)}
    calls = {"numpy": numpy_call}
    try:
        wrong = difference(p, lazy_call(), want)
        if wrong:
            record["error"] = f"wrong: {wrong}"
        else:
            calls["numpy_rs"] = lazy_call
    except (AttributeError, NotImplementedError) as e:
        record["error"] = f"not implemented: {e}"
    except Exception as e:  # noqa: BLE001 - whatever one pipeline raises is a row of the table
        record["error"] = f"failed: {type(e).__name__}: {e}"
    del want
    record["error"] = (record.get("error") or "")[:160] or None
    gc.collect()
    wait_quiet(1.0 if quick else 4.0)
    with machine_lock(), Disturbance() as d:
        small = quick or size == "small"
        times = round_robin(calls, 0.01 if small else 0.03, 3 if quick else 5, 0.8, 10 if quick else 30)
        for name, call in calls.items():
            times[name]["peak_bytes"] = peak_memory(call)
    record.update(times, disturbance=d.share, clean=min(t["clean"] for t in times.values()))
    if "numpy_rs" in times:
        record["ratio"] = times["numpy"]["median"] / times["numpy_rs"]["median"]
        record["gb_per_s"] = moved / times["numpy_rs"]["median"] * 1e-9
    return record


def row(name, size, r):
    """One line of the table."""
    head = f"{name:17s} {size:6s} {r['n']:>10,d} {r['numpy']['median'] * 1e3:>10.4g}"
    if r["error"]:
        return f"{head}  {r['error'].splitlines()[0]}"
    ours = r["numpy_rs"]
    extra = "-" if ours["peak_bytes"] is None else f"{max(0, ours['peak_bytes'] - r['result_bytes']) / 2**20:.1f}"
    mark = "!" if r["clean"] < ENOUGH else ""
    return f"{head} {ours['median'] * 1e3:>11.4g} {r['ratio']:>7.2f} {r['gb_per_s']:>7.2f} {extra:>9s} {mark}".rstrip()


HEAD = (
    f"{'pipeline':17s} {'size':6s} {'n':>10s} {'NumPy ms':>10s} {'numpy_rs ms':>11s} {'ratio':>7s} {'GB/s':>7s} "
    f"{'extra MiB':>9s}"
)


def summary(data):
    """Geometric means and the slowest pipeline, by size and category, as lines."""
    groups = {}
    for name, p in data.items():
        for size, r in p["sizes"].items():
            if "ratio" in r:
                groups.setdefault((size, "all"), []).append((r["ratio"], name))
                groups.setdefault((size, p["category"]), []).append((r["ratio"], name))
    lines = [f"{'size':6s} {'category':15s} {'pipelines':>9s} {'mean ratio':>10s} {'lowest':>7s}"]
    for size in SIZES:
        for (s, category), found in groups.items():
            if s == size:
                mean = math.exp(statistics.fmean(math.log(x) for x, _ in found))
                low, name = min(found)
                lines.append(f"{size:6s} {category:15s} {len(found):>9d} {mean:>10.2f} {low:>7.2f} {name}")
    return lines


def machine():
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as f:
            model = next((x.split(":", 1)[1].strip() for x in f if x.startswith("model name")), model)
    except OSError:
        pass
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cpu": model, "cores": cores, "numpy": np.__version__, "python": platform.python_version()}


def main(argv=None):
    """Run the benchmark; return the exit status: 1 if a result was wrong or a call failed."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--candidate", default="numpy_rs.lazy", help="module to measure")
    ap.add_argument("--only", default="", metavar="REGEX", help="pipelines whose name matches")
    ap.add_argument("--sizes", default=",".join(SIZES))
    ap.add_argument("--quick", action="store_true", help="fewer and shorter samples")
    ap.add_argument("--json", metavar="OUT")
    ap.add_argument("--picture", metavar="OUT", help=".png (needs matplotlib) or .svg")
    ap.add_argument("--report", metavar="OUT", help="the tables as Markdown, with the chart beside it")
    ap.add_argument("--cold", action="store_true", help="first calls, in fresh processes")
    ap.add_argument("--first", metavar="PIPELINE:SIZE", help=argparse.SUPPRESS)
    args = ap.parse_args(argv)
    if args.first:
        warnings.filterwarnings("ignore")
        name, size = args.first.split(":")
        print(json.dumps(first_calls(next(p for p in PIPELINES if p.name == name), size, args.candidate)))
        return 0
    sizes = [s for s in SIZES if s in args.sizes.split(",")]
    chosen = [p for p in PIPELINES if re.search(args.only, p.name)]
    unknown = set(args.sizes.split(",")) - set(SIZES)
    if unknown or not chosen:
        ap.error(f"no such size: {', '.join(sorted(unknown))}" if unknown else "no pipeline matches")
    if args.cold:
        return int(cold(chosen, sizes, args.candidate, 3 if args.quick else 7) > 0)
    lazy = importlib.import_module(args.candidate)
    warnings.filterwarnings("ignore")

    info = machine()
    where = f"{info['cpu']}, {info['cores']} cores, NumPy {info['numpy']}, Python {info['python']}"
    print(f"{where}\n\n{HEAD}", flush=True)
    data, table = {}, [HEAD]
    for p in chosen:
        data[p.name] = {"category": p.category, "exact": p.exact, "sizes": {}}
        for size in sizes:
            r = data[p.name]["sizes"][size] = measure(p, size, lazy, args.quick)
            table.append(row(p.name, size, r))
            print(table[-1], flush=True)
            if args.json:
                save_json(args.json, {"machine": info, "candidate": args.candidate, "pipelines": data})
    print("", *summary(data), sep="\n")
    if args.picture:
        print("\npicture:", save_bars(args.picture, data, sizes, where))
    if args.report:
        chart = save_bars(os.path.splitext(args.report)[0] + ".svg", data, sizes, where)
        save_report(args.report, where, argv or sys.argv[1:], table, summary(data), os.path.basename(chart))
        print("\nreport:", args.report)
    errors = [r["error"] for p in data.values() for r in p["sizes"].values() if r["error"]]
    return int(any(not e.startswith("not implemented") for e in errors))


COLD_HEAD = (
    f"{'pipeline':17s} {'size':6s} {'n':>10s} {'NumPy ms':>10s} {'first ms':>10s} {'second ms':>10s} "
    f"{'compiling ms':>12s} {'kernels':>7s}"
)


def first_calls(p, size, candidate):
    """The first calls of a pipeline in this process: NumPy's, then numpy_rs's and its second, in seconds."""
    lazy = importlib.import_module(candidate)
    inputs = p.make(p.sizes[SIZES.index(size)], np.random.default_rng(zlib.crc32(p.name.encode())))
    clock, out = time.perf_counter, {}
    # What every process pays once for any array is not the pipeline's: imports, the first node, the first result.
    (lazy.asarray(1.0) + 1).compute()
    for name, call in (("numpy", bind(p, inputs, None)), ("first", bind(p, inputs, lazy))):
        start = clock()
        call()
        out[name] = clock() - start
    stats = importlib.import_module("numpy_rs").stats()
    out["compiling"], out["kernels"] = stats["compile_seconds"], stats["kernels_compiled"]
    start = clock()
    call()
    out["second"] = clock() - start
    return out


def cold(chosen, sizes, candidate, processes):
    """Print a row of first calls for each pipeline and size; return the number of pipelines that failed."""
    failed = 0
    print(COLD_HEAD)
    for p in chosen:
        for size in sizes:
            head = f"{p.name:17s} {size:6s} {p.sizes[SIZES.index(size)]:>10,d}"
            command = [sys.executable, __file__, "--candidate", candidate, "--first", f"{p.name}:{size}"]
            runs = [subprocess.run(command, capture_output=True, text=True) for _ in range(processes)]
            error = next((r.stderr.strip().splitlines()[-1] for r in runs if r.returncode), None)
            if error:
                failed += not error.startswith(("AttributeError", "NotImplementedError"))
                print(f"{head}  {error[:100]}", flush=True)
                continue
            times = [json.loads(r.stdout) for r in runs]
            m = {key: statistics.median(t[key] for t in times) for key in times[0]}
            print(
                f"{head} {m['numpy'] * 1e3:>10.4g} {m['first'] * 1e3:>10.4g} {m['second'] * 1e3:>10.4g} "
                f"{m['compiling'] * 1e3:>12.4g} {m['kernels']:>7.0f}",
                flush=True,
            )
    return failed


def save_report(path, where, arguments, table, means, chart):
    """Write what was measured, how and where, as Markdown."""
    command = " ".join(["python benches/fusion.py", *arguments])
    parts = ["# The fusion benchmark against NumPy", f"{where}; {time.strftime('%Y-%m-%d')}.", f"    {command}"]
    parts += [f"![speed-up by pipeline and size]({chart})", "Medians; ratios are NumPy's time over numpy_rs's."]
    parts += ["\n".join(["```", *lines, "```"]) for lines in (means, table)]
    save_text(path, "\n\n".join(parts) + "\n")


def save_json(path, content):
    """Write JSON."""
    save_text(path, json.dumps(content, indent=1))


def save_text(path, text):
    """Write a file so that a reader never sees half of it."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(path + ".part", path)


if __name__ == "__main__":
    sys.exit(main())
