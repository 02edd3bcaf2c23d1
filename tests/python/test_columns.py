"""Folds of columns, and of rows that lie apart: the same bits wherever rows lie and whatever else is folded."""

import numpy as np
import pytest
from lazy_checks import same
from samples import rng

import numpy_rs.lazy as lz


def bits(*results):
    return [np.asarray(r).tobytes() for r in lz.compute(*results)]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "c16", "i8", "u2", "u1", "?"])
def test_columns_of_rows_that_lie_apart_fold_as_those_of_a_copy(dtype):
    """Folds read such rows where they lie, several blocks at a time; the tree is that of the shape."""
    folds_of = ["sum", "prod", "min", "max", "any", "all", "argmin", "argmax", "mean", "std"]
    folds_of = [n for n in folds_of if not (dtype == "c16" and n == "std")] if dtype != "?" else folds_of[:8]
    for shape in [
        (2, 300),
        (3, 700),
        (5, 1000),
        (31, 257),
        (33, 64),
        (129, 70),
        (700, 9),
        (40, 3, 90),
        (8, 16, 8),
        (2, 17, 9),
    ]:
        whole = rng("columns", dtype, shape).normal(size=[2 * shape[0], *shape[1:-1], 2 * shape[-1]]) * 3
        whole = whole.astype(dtype)
        whole.reshape(-1)[:: len(whole) * 7] = 0
        last = shape[-1]
        for x in (whole[: shape[0], ..., 3 : 3 + last], whole[::2, ..., :last], whole[::-2, ..., :last]):
            copy = np.ascontiguousarray(x)
            ours, own = lz.asarray(x), lz.asarray(copy)
            for axis in (0, -1, (0, 2), (1, 0)) if len(shape) > 2 else (0, -1):
                names = [n for n in folds_of if not (isinstance(axis, tuple) and n[:3] == "arg")]
                folds = [getattr(lz, n)(ours, axis=axis) for n in names]
                alone = [bits(f)[0] for f in folds]
                assert alone == bits(*[getattr(lz, n)(own, axis=axis) for n in names])
                assert alone == bits(*folds)
                for n, fold in zip(names, folds, strict=True):
                    want = np.asarray(getattr(np, n)(x, axis=axis))
                    if np.dtype(dtype).kind in "biu" and n not in ("mean", "std") or n[:3] in ("arg", "any", "all"):
                        same(fold, want)
                    elif n in ("min", "max"):
                        np.testing.assert_array_equal(np.asarray(fold), want)
                    elif n in ("sum", "mean") and dtype != "f2":
                        eps = np.finfo(dtype if dtype[0] in "fc" else "f8").eps
                        bound = 8 * eps * (np.abs(x).sum(axis=axis) + 1)
                        assert (np.abs(np.asarray(fold) - want) <= bound).all()
