"""What the engine promises of memory and compilation, over many pipelines.

Memory: fused pipelines take no more than their results and 4 MiB. Each is measured in a process of its own, at its
second call, when its code is compiled, with the buffer pool empty.

Compilation: a pipeline that was computed before compiles nothing, at any shape of the same layout.
"""

import functools
import json
import subprocess
import sys

import numpy as np
import pytest

import numpy_rs
import numpy_rs.lazy as lz

N = 10_000_000
ROWS = (2500, 4000)
LIMIT = 4 << 20


def vector(dtype="f8"):
    return np.linspace(0.5, 2.0, N, dtype=dtype)


def matrix(dtype="f8"):
    return np.linspace(0.5, 2.0, N, dtype=dtype).reshape(ROWS)


def positions():
    return (np.arange(N) * 7919) % N


def bytes_like():
    return np.arange(N, dtype="u1")


# Name: inputs, and a function of the module and the inputs that gives one result or several.
PIPELINES = {
    "elementwise": ((vector, vector), lambda xp, a, b: xp.sqrt(a * a + b * b) * 0.5 - xp.minimum(a, b)),
    "math": ((vector,), lambda xp, x: xp.exp(-0.5 * ((x - 0.3) / 1.7) ** 2) * xp.sin(x)),
    "several results": ((vector,), lambda xp, x: (xp.exp(x) + 1, x * x - 1, x > 1)),
    "sum of all": ((vector, vector), lambda xp, a, b: ((a - b) ** 2).sum()),
    "statistics": ((vector,), lambda xp, x: (x.min(), x.max(), x.mean(), x.var(), x.std())),
    "sums of rows": ((matrix,), lambda xp, x: (x * x).sum(axis=1)),
    "sums of columns": ((matrix,), lambda xp, x: (x * x).sum(axis=0)),
    "deviations of rows": ((matrix,), lambda xp, x: xp.log(x).std(axis=1)),
    "deviations of columns": ((matrix,), lambda xp, x: (x + 1).var(axis=0, ddof=1)),
    "standardized columns": ((matrix,), lambda xp, x: (x - x.mean(axis=0)) / x.std(axis=0)),
    "softmax of rows": ((matrix,), lambda xp, x: xp.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1)),
    "extremes and places": ((matrix,), lambda xp, x: (x.argmax(axis=1), (-x).argmin(axis=0))),
    "masks": ((vector,), lambda xp, x: (xp.where((x > 1) & (x < 1.5), x, 0.0), xp.count_nonzero(x > 1.25))),
    "mixed types": ((bytes_like, vector), lambda xp, i, x: (i.astype("f4") / 255 * x.astype("f4")).clip(0, 1)),
    "narrowed": ((vector,), lambda xp, x: (x * 100).astype("u1")),
    "transposed operand": ((matrix,), lambda xp, x: x.reshape(x.shape[::-1]) + x.T),
    "transposed sum": ((matrix,), lambda xp, x: (x.T * 2).sum(axis=0)),
    "broadcast": ((matrix,), lambda xp, x: x[:, :1] * x[:1, :] + x),
    "stencil": ((matrix,), lambda xp, u: 0.25 * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2])),
    "steps and reversal": ((vector,), lambda xp, x: x[::2] * 0.75 + x[1::2][::-1] * 0.25),
    "concatenate": ((vector, vector), lambda xp, a, b: xp.concatenate([a[: a.size // 2] + 1, b[b.size // 2 :] * 2])),
    "stack": ((vector,), lambda xp, x: xp.stack([x[: x.size // 2] * 2, x[x.size // 2 :]], axis=1)),
    "generated": ((vector,), lambda xp, x: (xp.arange(x.size) * 0.5).astype("f4")),
    "wide differences": ((matrix,), lambda xp, x: abs(x[:, 0, None] - xp.arange(x.shape[1] + 0.0)).max(axis=1)),
    "folds of a mask": (
        (vector,),
        lambda xp, x: (lambda y: (y.sum(), (xp.sqrt(y) * 2).max(), y.std()))(x[x > x.mean()]),
    ),
    "a mask": ((vector,), lambda xp, x: xp.sqrt(x + 1)[(x > 1) & (x * x < 3)]),
    "positions of a mask": ((vector,), lambda xp, x: xp.flatnonzero(x * 2 > 3)),
    "gather": ((vector, positions), lambda xp, x, i: xp.take(x, i * 7, mode="wrap") * 2 + xp.take(x, i, mode="wrap")),
    "fold of a gather": (
        (vector, positions),
        lambda xp, x, i: (xp.take(x, i, mode="wrap") * xp.take(x[::-1], i, mode="wrap")).sum(),
    ),
    "gather along an axis": ((matrix,), lambda xp, x: xp.take_along_axis(x, x.astype("i8"), 1).sum()),
    "choose": ((vector, positions), lambda xp, x, i: xp.choose(i % 3, [x, x * 2, 0.5])),
    "bincount": ((vector, positions), lambda xp, x, i: (xp.bincount(i // 1000), xp.bincount(i % 777, weights=x * x))),
    "histogram": ((vector,), lambda xp, x: xp.histogram(xp.log(x), 100)),
    "search": ((vector,), lambda xp, x: xp.searchsorted(xp.linspace(0, 3, 50), x * x)),
    "sum of a tile": ((vector,), lambda xp, x: xp.tile(x, 3).sum()),
    "mean of a join": ((vector, vector), lambda xp, a, b: xp.concatenate([a * 2, b]).mean()),
    "sums of padded rows": ((matrix,), lambda xp, x: xp.pad(x, 2).sum(axis=1)),
    "extremes of a stack": ((vector, vector), lambda xp, a, b: xp.stack([a, b]).max(axis=0)),
    "sum of repetitions": ((vector,), lambda xp, x: xp.repeat(x, 4).sum()),
    "padded, elementwise": ((matrix,), lambda xp, x: xp.pad(x * 2, 3, mode="reflect")),
    "deviation of a padded stencil": (
        (matrix,),
        lambda xp, x: (lambda p: (p[2:, 1:-1] + p[:-2, 1:-1] - 2 * x).std())(xp.pad(x, 1, mode="edge")),
    ),
    "complex": ((matrix,), lambda xp, x: (x + 1j * x[::-1]).real),
}


def evaluate(f, xp, inputs):
    result = f(xp, *inputs)
    return xp.compute(*(result if isinstance(result, tuple) else (result,)))


# Memory


def status(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(f"{key}:"))


def growth(name):
    """The bytes by which memory grows at its highest over one call, and the bytes of its results."""
    makers, f = PIPELINES[name]
    inputs = [lz.asarray(make()) for make in makers]
    evaluate(f, lz, inputs)
    numpy_rs.trim_memory()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # The highest mark starts again from what is held now.
    before = status("VmRSS")
    results = evaluate(f, lz, inputs)
    return status("VmHWM") - before, sum(r.nbytes for r in results)


@functools.cache
def marks_can_be_reset():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return False
    return True


@pytest.mark.skipif(not marks_can_be_reset(), reason="the system tells no peak of memory that can be reset")
@pytest.mark.parametrize("name", PIPELINES)
def test_peak_extra_memory_is_the_result_and_four_mebibytes(name):
    run = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    grown, results = json.loads(run.stdout)
    assert grown <= results + LIMIT, f"{(grown - results) / 2**20:.1f} MiB beyond the results"


# Compilation


def small(make, scale):
    """The input of a pipeline in another shape: rows and columns `scale` times 64 and 100."""
    x = make()
    shape = (64 * scale, 100 * scale)
    return x.ravel()[: shape[0] * shape[1]].reshape(shape if x.ndim == 2 else -1).copy()


@pytest.mark.parametrize("name", PIPELINES)
def test_other_shapes_compile_nothing(name):
    makers, f = PIPELINES[name]
    evaluate(f, lz, [lz.asarray(small(make, 2)) for make in makers])
    compiled = numpy_rs.stats()["kernels_compiled"]
    for scale in (2, 3, 4, 2):
        evaluate(f, lz, [lz.asarray(small(make, scale)) for make in makers])
        assert numpy_rs.stats()["kernels_compiled"] == compiled, f"scale {scale}"


if __name__ == "__main__":
    print(json.dumps(growth(sys.argv[1])))
