"""More of everything than 16 bits count: results, parts, constants."""

import numpy as np
import pytest

import numpy_rs
import numpy_rs.lazy as lz

MANY = 66_000


def test_results():
    x = np.arange(3.0)
    results = lz.compute(*[lz.asarray(x) + i for i in range(MANY)])
    assert np.array_equal(np.stack([np.asarray(r) for r in results]), x + np.arange(MANY)[:, None])


def test_parts():
    x = np.arange(3.0)
    joined = lz.concatenate([lz.asarray(x) + i for i in range(MANY)]).compute()
    assert np.array_equal(joined, (x + np.arange(MANY)[:, None]).ravel())


def test_arrays():
    rows = np.arange(20_000.0)[:, None] + np.arange(3.0)
    total, expected = lz.asarray(rows[0]), rows[0].copy()
    for row in rows[1:]:
        total, expected = total + lz.asarray(row), expected + row
    assert np.array_equal(total.compute(), expected)


def test_folds():
    x = np.arange(5.0)
    sums = lz.compute(*[(lz.asarray(x) * i).sum() for i in range(20_000)])
    assert [s.item() for s in sums] == [(x * i).sum() for i in range(20_000)]


def test_means_of_what_is_asked_for_too():
    # Each value is asked for, folded, and made of the fold before.
    ours, theirs, results, expected = lz.asarray(np.arange(6.0)), np.arange(6.0), [], []
    for _ in range(500):
        ours, theirs = ours - ours.mean() * 0.5 + 1, theirs - theirs.mean() * 0.5 + 1
        results.append(ours)
        expected.append(theirs)
    assert np.array_equal(np.stack([np.asarray(r) for r in lz.compute(*results)]), np.stack(expected))


def test_differences():
    ours, theirs = lz.asarray(np.arange(3000) ** 3 % 1009), np.arange(3000) ** 3 % 1009
    for _ in range(1000):
        ours, theirs = lz.diff(ours), np.diff(theirs)
    assert np.array_equal(ours.compute(), theirs)


def test_values_that_are_better_made_before():
    x = np.linspace(0, 1, 300 * 300).reshape(300, 300)
    sums = lz.compute(*[(lz.asarray(x) * lz.exp(lz.asarray(x[i % 300]) * i)).sum() for i in range(400)])
    for i in range(0, 400, 37):
        np.testing.assert_allclose(sums[i].item(), (x * np.exp(x[i % 300] * i)).sum(), rtol=1e-13)


def test_constants():
    chain, expected = lz.asarray(np.ones(3)), np.ones(3)
    for i in range(MANY):
        chain, expected = chain + i, expected + i
    assert np.array_equal(chain.compute(), expected)


def test_constants_of_functions():
    chain, expected = lz.asarray(np.ones(3)), np.ones(3)
    for i in range(MANY):
        chain = lz.arctan2(chain, i + 1.0) + i
        expected = np.arctan2(expected, i + 1.0) + i
    assert np.allclose(chain.compute(), expected, rtol=1e-14, atol=0)


def test_a_list_longer_than_memory_is_refused_at_once():
    empty = lz.zeros((2**45, 0))
    with pytest.raises(MemoryError):
        empty.tolist()
    assert lz.zeros((3, 0)).tolist() == [[], [], []]


def test_a_computed_array_has_no_hash():
    with pytest.raises(TypeError, match="unhashable type: 'numpy_rs.ndarray'"):
        hash(lz.arange(3).compute())


@pytest.mark.parametrize("name", ["mean", "var", "std"])
@pytest.mark.parametrize("axis", [0, -1, (0,)])
def test_moments_of_no_axes_have_no_axis(name, axis):
    with pytest.raises(numpy_rs.exceptions.AxisError) as ours:
        getattr(lz, name)(lz.asarray(1.0), axis=axis)
    with pytest.raises(np.exceptions.AxisError) as numpys:
        getattr(np, name)(np.asarray(1.0), axis=axis)
    assert str(ours.value) == str(numpys.value)
    assert getattr(lz, name)(lz.asarray(1.0), axis=()).compute() == getattr(np, name)(1.0, axis=())
