"""`compute(out=...)` where the output is, or overlaps, what is read; and inputs that change between computes.

NumPy's rule: the result is as if it were computed first and then stored.
"""

import numpy as np
import pytest
from samples import assert_same, strided, unaligned

import numpy_rs.lazy as lz


def table(x):
    """The first elements of `x` as a square matrix: a view."""
    side = 10 if len(x) >= 100 else 3
    return x[: side * side].reshape(side, side)


# Name: the expression over a module and an array, and the part of the array that takes the result.
CASES = {
    "reversed onto itself": (lambda m, x: m.asarray(x)[::-1] * 1, lambda x: x),
    "sum with its reverse": (lambda m, x: m.asarray(x)[::-1] + m.asarray(x), lambda x: x),
    "in place": (lambda m, x: m.asarray(x) + 1, lambda x: x),
    "one to the right": (lambda m, x: m.asarray(x[:-1]) + m.asarray(x[:-1]), lambda x: x[1:]),
    "one to the left": (lambda m, x: m.asarray(x[1:]) + 1, lambda x: x[:-1]),
    "into its reverse": (lambda m, x: m.asarray(x) + 1, lambda x: x[::-1]),
    "transposed": (lambda m, x: m.asarray(table(x)).T * 2, table),
    "one element for all": (lambda m, x: m.asarray(x) + m.asarray(x[3:4]), lambda x: x),
    "below its maximum": (lambda m, x: (m.asarray(x) < m.asarray(x).max()) * 1, lambda x: x),
    "picked": (lambda m, x: m.asarray(x)[np.arange(len(x))[::-1].copy()], lambda x: x),
    "where": (lambda m, x: m.where(m.asarray(x)[::-1] > 40, m.asarray(x), m.asarray(x)[::-1]), lambda x: x),
    "halves exchanged": (lambda m, x: m.concatenate([m.asarray(x)[5:], m.asarray(x)[:5]]), lambda x: x),
    "copied to the right": (lambda m, x: m.asarray(x[:-1]), lambda x: x[1:]),
    "reversed copy": (lambda m, x: m.asarray(x)[::-1], lambda x: x),
    "rows' maxima": (lambda m, x: m.asarray(table(x)).max(axis=1), lambda x: x[2 : 2 + len(table(x))]),
    "columns' maxima": (lambda m, x: m.asarray(table(x)).max(axis=0), lambda x: x[1 : 1 + len(table(x))]),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["f8", "i2", "c16", "?"])
@pytest.mark.parametrize("n", [10, 100, 5000, 300_000])
def test_output_may_overlap_inputs(name, dtype, n):
    expression, part = CASES[name]
    x, y = ((np.arange(n) % 97).astype(dtype) for _ in range(2))
    want = np.asarray(expression(np, y))
    out = part(x)
    if not np.can_cast(want.dtype, out.dtype, "same_kind"):
        with pytest.raises(TypeError):
            expression(lz, x).compute(out=out)
        return
    rest = x.copy()
    part(rest)[...] = want
    assert expression(lz, x).compute(out=out) is out
    assert_same(x, rest, (), "the array that takes the result, whole")


@pytest.mark.parametrize(
    "layout", [strided, unaligned, lambda a: a[::-1], lambda a: np.asfortranarray(a.reshape(4, 5))]
)
def test_output_may_have_any_layout(layout):
    out = layout(np.zeros(20, "f4"))
    x = np.arange(20).reshape(out.shape)
    (lz.asarray(x) / 3).compute(out=out)
    assert_same(out, (x / 3).astype("f4"))


def test_output_of_another_shape_or_read_only_is_refused():
    x = lz.asarray(np.ones(5))
    with pytest.raises(ValueError, match="broadcast"):
        x.compute(out=np.zeros(4))
    with pytest.raises(ValueError, match="read-only"):
        x.compute(out=np.broadcast_to(np.zeros(1), (5,)))
    with pytest.raises(TypeError, match="same_kind"):
        x.compute(out=np.zeros(5, int))


def test_foreign_memory_is_read_when_computed():
    x = np.arange(10.0)
    z = lz.asarray(x) * 2
    first = np.asarray(z.compute())
    x[:] = 5
    assert_same(np.asarray(z.compute()), np.full(10, 10.0))
    assert_same(first, np.arange(10.0) * 2)
    copied = lz.asarray(x, copy=True) + 0
    x[:] = 6
    assert_same(np.asarray(copied.compute()), np.full(10, 5.0))


def test_results_do_not_share_memory_with_inputs():
    x = np.arange(10.0)
    for z in (lz.asarray(x), lz.asarray(x)[::-1], lz.asarray(x).reshape(2, 5).T):
        assert not np.shares_memory(np.asarray(z.compute()), x)


def test_later_computes_leave_earlier_results_alone():
    x = (lz.asarray(np.arange(1000.0)) + 1).persist()
    kept = [np.asarray((x * k).compute()) for k in range(5)]
    assert_same(np.asarray(x.compute()), np.arange(1000.0) + 1)
    for k, a in enumerate(kept):
        assert_same(a, (np.arange(1000.0) + 1) * k)
