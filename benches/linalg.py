"""Products, factorisations and transforms against NumPy: whole calls, interleaved in one process, medians.

Results are checked first. NumPy's BLAS has as many threads as numpy_rs. ``stack:8`` is 1,000 matrices of 8 x 8.

``python benches/linalg.py [--types f8,f4] [--calls matmul,solve] [--sizes 8,64,256,1024,stack:8] [--threads 2]``
"""

import argparse
import os

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--types", default="f8,f4")
parser.add_argument("--calls", default="")
parser.add_argument("--sizes", default="8,64,256,1024,stack:4,stack:8,stack:16,stack:32")
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()
# Read when NumPy is imported, so that imports wait for it.
os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)
from beside import arrays, medians  # noqa: E402

# isort: split
import numpy as np  # noqa: E402

import numpy_rs.lazy as lz  # noqa: E402


def general(rng, shape):
    """Matrices far from singular."""
    return rng.standard_normal(shape) + shape[-1] * np.eye(shape[-1])


def definite(rng, shape):
    a = rng.standard_normal(shape)
    return a @ np.swapaxes(a, -1, -2) + shape[-1] * np.eye(shape[-1])


def plain(rng, shape):
    return rng.standard_normal(shape)


CALLS = {
    "matmul": (lambda m, a: m.matmul(a, a), plain),
    "gram": (lambda m, a: m.matmul(m.swapaxes(a, -1, -2), a), plain),
    "solve": (lambda m, a: m.linalg.solve(a, a[..., :1]), general),
    "inv": (lambda m, a: m.linalg.inv(a), general),
    "det": (lambda m, a: m.linalg.det(a / a.shape[-1]), general),
    "cholesky": (lambda m, a: m.linalg.cholesky(a), definite),
    "qr": (lambda m, a: m.linalg.qr(a), plain),
    "svd": (lambda m, a: m.linalg.svd(a), plain),
    "svdvals": (lambda m, a: m.linalg.svdvals(a), plain),
    "eigh": (lambda m, a: m.linalg.eigh(a), definite),
    "eigvalsh": (lambda m, a: m.linalg.eigvalsh(a), definite),
    "eig": (lambda m, a: m.linalg.eig(a), plain),
    "lstsq": (lambda m, a: m.linalg.lstsq(a, a[..., 0], rcond=None)[0], plain),
    "rfft": (lambda m, a: m.fft.rfft(a), plain),
    "irfft": (lambda m, a: m.fft.irfft(a), plain),
    "fft": (lambda m, a: m.fft.fft(a), plain),
    "fft2": (lambda m, a: m.fft.fft2(a), plain),
}
# Signs and orders of vectors are free.
FREE = ("qr", "svd", "eigh", "eig")


def main() -> None:
    lz.set_num_threads(options.threads)
    print(f"microseconds a call, {options.threads} threads: NumPy / numpy_rs (speed-up)")
    for dtype in map(np.dtype, options.types.split(",")):
        for name in options.calls.split(",") if options.calls else CALLS:
            call, make = CALLS[name]
            row = []
            for size in options.sizes.split(","):
                stacked, _, n = size.rpartition(":")
                if stacked and name in ("lstsq", "fft2"):
                    continue
                shape = (1000, int(n), int(n)) if stacked else (int(n), int(n))
                a = make(np.random.default_rng(1), shape).astype(dtype)
                tolerance = 1e-9 if dtype.itemsize == 8 else 1e-3
                for x, y in zip(arrays(call(lz, lz.asarray(a))), arrays(call(np, a)), strict=True):
                    assert name in FREE or np.allclose(x, y, rtol=tolerance, atol=tolerance * np.abs(y).max()), name
                t, o = medians(lambda f=call, a=a: f(np, a), lambda f=call, a=a: f(lz, lz.asarray(a)), limit=2.0)
                row.append(f"{size:>8}: {t * 1e6:8.1f} / {o * 1e6:8.1f} ({t / o:5.2f})")
            print(f"{dtype.str[1:]:4} {name:9}" + "  ".join(row), flush=True)


if __name__ == "__main__":
    main()
