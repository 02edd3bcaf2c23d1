"""Walks that follow one another over the same rows run band by band: the same bits, one pass over memory."""

import re

import numpy as np
import pytest
from samples import rng

import numpy_rs.lazy as lz


def softmax(xp, x):
    e = xp.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layer_norm(xp, x):
    mean, var = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return (x - mean) / xp.sqrt(var + 1e-5)


def log_sum_exp(xp, x):
    top = x.max(axis=1, keepdims=True)
    return xp.log(xp.exp(x - top).sum(axis=1)) + top[:, 0]


def unit(xp, x):
    return x / xp.sqrt((x * x).sum(axis=1, keepdims=True))


def twice(xp, x):
    return softmax(xp, layer_norm(xp, x))


def ranks(xp, x):
    return x.argmax(axis=1) - (x - x.mean(axis=1, keepdims=True)).argmin(axis=1)


PIPELINES = [softmax, layer_norm, log_sum_exp, unit, twice, ranks]
SHAPES = [(1000, 500), (997, 333), (60_000, 8), (31, 20_000), (2, 60_000), (500, 20, 30)]


def passes(text):
    return int(re.search(r"passes over memory: (\d+)", text)[1])


CASES = [(p, s) for p in PIPELINES for s in SHAPES if len(s) == 2 or p in (softmax, layer_norm, twice)]


@pytest.mark.parametrize(("pipeline", "shape"), CASES)
def test_a_row_has_the_bits_that_it_has_alone(pipeline, shape):
    for dtype in ("f8", "f4"):
        x = rng(f"{pipeline.__name__}{shape}").normal(size=shape).astype(dtype)
        whole = np.asarray(pipeline(lz, lz.asarray(x)).compute())
        for row in sorted({0, 1, shape[0] // 2, shape[0] - 2, shape[0] - 1}):
            alone = np.asarray(pipeline(lz, lz.asarray(x[row : row + 1])).compute())
            assert whole[row : row + 1].tobytes() == alone.tobytes(), row
        expected = pipeline(np, x)
        assert whole.dtype == expected.dtype
        eps = np.finfo(dtype).eps
        assert np.allclose(whole, expected, rtol=64 * eps * shape[-1] ** 0.5, atol=64 * eps)


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_any_number_of_threads_gives_the_same_bits(pipeline):
    x = lz.asarray(rng("threads").normal(size=(1003, 401)))
    before = lz.get_num_threads()
    try:
        bits = set()
        for threads in (1, 2, 3, 8):
            lz.set_num_threads(threads)
            bits.add(np.asarray(pipeline(lz, x).compute()).tobytes())
        assert len(bits) == 1
    finally:
        lz.set_num_threads(before)


def test_memory_is_passed_over_once():
    x = lz.asarray(np.ones((2000, 500)))
    for pipeline in (softmax, layer_norm, unit, twice):
        text = pipeline(lz, x).explain()
        assert passes(text) == 1, text
        assert "take turns over" in text
    # Reductions over everything must be done before their results are used.
    assert passes(((x - x.mean()) / x.std()).explain()) == 2
    # A row that no cache holds is walked again.
    long = lz.asarray(np.ones((4, 500_000)))
    assert passes(softmax(lz, long).explain()) == 3


def test_what_several_walks_need_is_made_once_while_it_is_small():
    text = softmax(lz, lz.asarray(np.ones((10, 1000), "f4"))).explain()
    assert text.count("tile routines exp") == 1, text
    assert "temporary arrays: 40,080 bytes" in text, text
    # Above a mebibyte exponentials are made again in each walk.
    text = softmax(lz, lz.asarray(np.ones((1, 500_000)))).explain()
    assert text.count("tile routines exp") == 2, text
    # Two sums of one walk need nothing stored.
    e = lz.exp(lz.asarray(np.ones((10, 1000))))
    assert "temporary arrays: 0 bytes" in lz.explain(e.sum(axis=1), (e * 2).sum(axis=1))


def test_other_layouts_and_results_between():
    x = rng("layouts").normal(size=(600, 700))
    for array in (x, x[::-1], x[:, ::-1], x[::2, 1:], np.asfortranarray(x), x.T):
        lazy = lz.asarray(array)
        e = lz.exp(lazy - lazy.max(axis=1, keepdims=True))
        total = e.sum(axis=1)
        a, b, c = lz.compute(e, total, e / total[:, None])
        top = array.max(axis=1, keepdims=True)
        assert np.allclose(a, np.exp(array - top), rtol=1e-15)
        assert np.allclose(b, np.exp(array - top).sum(axis=1), rtol=1e-13)
        assert np.allclose(c, softmax(np, array), rtol=1e-13)


def test_warnings_are_those_of_numpy():
    x = np.ones((2000, 200))
    x[1234] = 0
    with pytest.warns(RuntimeWarning, match="invalid value encountered in divide"):
        unit(lz, lz.asarray(x)).compute()
