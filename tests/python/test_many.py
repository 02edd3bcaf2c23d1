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
