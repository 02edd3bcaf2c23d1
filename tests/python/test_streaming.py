"""Results that are stored past the caches have the same bits, whatever their size, alignment and companions."""

import os
import subprocess
import sys

import numpy as np

import numpy_rs.lazy as lz

PROGRAM = """
import hashlib
import numpy as np
import numpy_rs.lazy as lz

rng = np.random.default_rng(5)


def show(name, *results):
    for x in results:
        x = np.asarray(x)
        print(name, x.dtype, x.shape, hashlib.sha256(x.tobytes()).hexdigest())


for n in (1, 47, 48, 49, 64, 1000, 1024, 4096, 4097, 16384, 16400, 50001, 65536, 300007):
    a, b = rng.standard_normal((2, n))
    f = a.astype("f4")
    i = rng.integers(-100, 100, n).astype("i4")
    u = i.astype("u1")
    A, B, F, I, U = map(lz.asarray, (a, b, f, i, u))
    show(f"elementwise {n}", *lz.compute(A * 2.5 + B, lz.sqrt(A * A + B * B), F * F - 1, I * 3 - 1, U + U, A < B))
    show(f"widths {n}", *lz.compute(I * A, F + A, lz.where(A < B, U, 3), (F * 3).astype("f8")))
    show(f"routines {n}", *lz.compute(lz.exp(A), lz.exp(A) * B, lz.sin(F) + lz.cos(F), I // 7))
    z = A * B - 0.5
    show(f"read again {n}", *lz.compute(z, z.sum(), z.max(), lz.exp(z), z))
    show(f"joined {n}", lz.concatenate([A[:5] * 2, B * 3, A[1:] + 1]).compute())
    show(f"then used {n}", (lz.concatenate([A * 2, B])[1:] * 3 + 1).compute())
    for start in (0, 1, 3):
        out = np.zeros(n + 8)[start : start + n]
        (A + B).compute(out=out)
        show(f"out {n} {start}", out)
for shape in ((3, 1025), (100, 64), (64, 100), (129, 257), (5, 7, 1111)):
    a = rng.standard_normal(shape)
    A = lz.asarray(a)
    show(f"rows {shape}", *lz.compute(A * 2 + 1, A + A[..., :1], A.T * 3, A[..., ::-1] - A, A[..., 1:] - A[..., :-1]))
"""


def outputs(stream_from):
    env = dict(os.environ, NUMPY_RS_STREAM_FROM=str(stream_from))
    result = subprocess.run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True)
    return result.stdout.splitlines()


def test_bits_are_the_same_with_and_without():
    streaming, ordinary = outputs(0), outputs(1 << 60)
    assert len(streaming) > 300
    assert streaming == ordinary


def test_results_beyond_the_last_cache_are_right():
    # 96 MB, more than the cache of most machines; an odd length, so that the last block is ordinary.
    a = np.random.default_rng(1).standard_normal(12_000_003)
    x = lz.asarray(a)
    doubled, squared = lz.compute(x * 2, x * x - 1)
    assert np.array_equal(doubled, a * 2)
    assert np.array_equal(squared, a * a - 1)
    # Threads that read what others have stored.
    assert np.array_equal((lz.concatenate([x * 2, x])[::-1] + 1).compute(), np.concatenate([a * 2, a])[::-1] + 1)


def test_explain_says_so():
    large = lz.asarray(np.zeros(1 << 25)) * 2.0
    assert "past the caches" in lz.explain(large)
    assert "past the caches" not in lz.explain(lz.asarray(np.zeros(1000)) * 2.0)
