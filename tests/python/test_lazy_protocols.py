"""How lazy arrays work with Python, NumPy and each other: protocols, methods, `compute`, `persist`, `fuse`."""

import copy
import pickle
import warnings

import numpy as np
import pytest
from lazy_checks import C16, CUBE, EMPTY, F4, F8, I8, V, same

import numpy_rs
import numpy_rs.lazy as lz


def test_numpy_functions_give_lazy_arrays():
    z = lz.asarray(F8)
    for ours, theirs in [
        (np.sin(z), np.sin(F8)),
        (np.add(z, F8), F8 + F8),
        (np.add(F8, z), F8 + F8),
        (F8 + z, F8 + F8),
        (F8 * z, F8 * F8),
        (np.float64(2) * z, 2 * F8),
        (np.mean(z, axis=0), F8.mean(0)),
        (np.sum(z, axis=1, keepdims=True), F8.sum(1, keepdims=True)),
        (np.concatenate([z, F8]), np.concatenate([F8, F8])),
        (np.where(z > 0, z, 0), np.where(F8 > 0, F8, 0)),
        (np.add.reduce(z), F8.sum(0)),
        (np.maximum.reduce(z, axis=None), F8.max()),
        (np.logical_and.reduce(z, axis=1), np.logical_and.reduce(F8, 1)),
        (np.reshape(z, (4, 3)), F8.reshape(4, 3)),
        (np.stack([z, z]), np.stack([F8, F8])),
        (np.clip(z, 0, 1), F8.clip(0, 1)),
        (np.zeros_like(z), np.zeros_like(F8)),
        (np.std(z), F8.std()),
        (F8 < z, F8 < F8),
        (np.round(z, 1), F8.round(1)),
    ]:
        same(ours, theirs, ulp=4)
    frac, whole = np.modf(z)
    same(frac, np.modf(F8)[0])
    same(whole, np.modf(F8)[1])


def test_numpy_functions_that_we_lack_say_so():
    z = lz.asarray(F8)
    with pytest.raises(TypeError) as info:
        np.polyfit(z, z, 1)
    assert "no implementation found for 'numpy.polyfit'" in str(info.value)
    with pytest.raises(TypeError):
        np.add.reduceat(z, [0])
    with pytest.raises(NotImplementedError):
        np.add(z, 1, out=np.zeros_like(F8))


def test_a_lazy_array_has_no_memory_to_share():
    with pytest.raises(ValueError) as theirs:
        np.asarray([1.0], copy=False)
    for z in (lz.asarray(V), lz.asarray(V) + 1):
        with pytest.raises(ValueError) as ours:
            np.asarray(z, copy=False)
        assert str(ours.value) == str(theirs.value)
        assert np.asarray(z, copy=None).shape == np.array(z, copy=True).shape == (3,)


def test_results_share_no_memory():
    x = lz.asarray(F8)
    z = x * 2
    s = z.sum(axis=0)
    picked = x[[0, 2, 1]]
    for nodes in [
        (z, z),
        (z, z[::2], z.T),
        (z[::2], z),
        (z.reshape(2, 6), z, z[0]),
        (s, s, lz.broadcast_to(s, (3, 4)), s[1:]),
        (x, x, x.T),
        (picked, picked.T, picked),
        (lz.zeros(3), lz.zeros(3)),
        (z, z.astype(float), lz.concatenate([z, z]), z[:0], z[:0]),
    ]:
        values = [np.asarray(v) for v in lz.compute(*nodes)]
        for i, value in enumerate(values):
            np.testing.assert_array_equal(value, np.asarray(nodes[i]))
            assert not any(np.shares_memory(value, other) for other in values[:i])
            assert value.size == 0 or 0 not in value.strides


def test_result_type_takes_numpys_dtypes():
    from numpy_rs import _core

    for operands in [
        (np.dtype("f4"), np.dtype("i8")),
        (np.dtype("f4"),),
        (np.dtype("i2"), np.zeros(3, "u2"), 3.0),
        (np.float32, 1j),
        ("f2", np.float32(3)),
        (np.dtype("u1"), np.array(3)),
        (V, np.dtype("f2")),
    ]:
        assert _core.result_type(*operands) == np.result_type(*operands)


def test_conversions_compute():
    z = lz.asarray(V) + 1
    assert np.asarray(z).tolist() == [4, 2, 3]
    assert np.asarray(z, dtype="f4").dtype == np.float32
    assert z.tolist() == [4, 2, 3]
    assert [int(v) for v in z] == [4, 2, 3]
    assert np.from_dlpack(z.compute()).tolist() == [4, 2, 3]
    assert memoryview(z.compute()).tolist() == [4, 2, 3]
    interface = z.compute().__array_interface__
    assert (interface["shape"], interface["typestr"]) == ((3,), "<i8")
    assert bool(z.sum() == 9)
    assert int(z[0]) == 4
    assert float(z[0]) == 4.0
    assert complex(z[0]) == 4
    assert [10, 20, 30, 40, 50][z[0]] == 50
    assert z[0].item() == 4
    assert z.item(1) == 2


@pytest.mark.parametrize("convert", [bool, int, float, complex, iter, len], ids=lambda f: f.__name__)
@pytest.mark.parametrize("x", [F8, V, np.array(2.5), np.array([1]), EMPTY], ids=lambda x: str(x.shape))
def test_conversion_errors_are_numpys(convert, x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            want = convert(x)
        except Exception as e:
            with pytest.raises(type(e)) as info:
                convert(lz.asarray(x))
            assert str(info.value) == str(e)
            return
    if convert is iter:
        assert [np.asarray(v).tolist() for v in convert(lz.asarray(x))] == [v.tolist() for v in want]
    else:
        assert convert(lz.asarray(x)) == want


def test_lazy_arrays_copy_and_pickle():
    z = lz.asarray(F8) * 2
    for twin in (copy.copy(z), copy.deepcopy(z), pickle.loads(pickle.dumps(z))):
        same(twin, F8 * 2)
    value = pickle.loads(pickle.dumps(z.compute()))
    assert isinstance(value, lz.ndarray)
    assert np.array_equal(np.asarray(value), F8 * 2)
    assert pickle.loads(pickle.dumps(lz.float32)) is lz.float32
    assert pickle.loads(pickle.dumps(lz.dtype("f4"))) == "f4"
    assert pickle.loads(pickle.dumps(lz.sin)).__name__ == "sin"


def test_asarray_shares_and_array_copies():
    a = np.array([1.0, 2.0])
    shared, own, snapshot = lz.asarray(a), lz.array(a), lz.asarray(a, copy=True)
    a[0] = 9
    assert shared.tolist() == [9.0, 2.0]
    assert own.tolist() == [1.0, 2.0]
    assert snapshot.tolist() == [1.0, 2.0]


def test_compute_into_an_array():
    out = np.zeros((3, 4), np.float32)
    z = lz.asarray(F4) * 2
    assert z.compute(out=out) is out
    assert np.array_equal(out, F4 * 2)
    with pytest.raises(ValueError):
        z.compute(out=np.zeros(3, np.float32))
    with pytest.raises(TypeError):
        z.compute(out=np.zeros((3, 4), np.int8))
    frozen = np.zeros((3, 4), np.float32)
    frozen.flags.writeable = False
    with pytest.raises(ValueError):
        z.compute(out=frozen)
    with pytest.raises(NotImplementedError):
        lz.sum(z, out=out)


def test_persist_keeps_values():
    a = np.array([1.0, 2.0])
    z = lz.asarray(a) + 1
    kept = z.persist()
    (also,) = lz.persist(z)
    a[:] = 0
    assert kept.tolist() == [2.0, 3.0]
    assert also.tolist() == [2.0, 3.0]
    assert "ops=0" in repr(kept)


def test_compute_of_several_shares_one_plan():
    x = lz.asarray(F8)
    lo, hi, m = lz.compute(x.min(), x.max(), x.mean())
    assert (float(lo), float(hi), float(m)) == (F8.min(), F8.max(), F8.mean())
    assert lz.compute() == ()


def test_fuse_keeps_structure():
    @lz.fuse
    def f(x, *, scale, rest):
        assert isinstance(x, lz.LazyArray)
        assert all(isinstance(r, lz.LazyArray) for r in rest["more"])
        return {"sum": (x * scale).sum(), "both": [x + rest["more"][0], (x.max(), "text")]}

    """The name is the function's."""
    assert f.__name__ == "f"
    got = f(F8, scale=2, rest={"more": (I8,)})
    assert float(got["sum"]) == (F8 * 2).sum()
    assert np.array_equal(np.asarray(got["both"][0]), F8 + I8)
    assert isinstance(got["both"][0], lz.ndarray)
    assert float(got["both"][1][0]) == 8.0
    assert got["both"][1][1] == "text"


def test_fuse_gives_one_array_for_one():
    assert np.array_equal(np.asarray(lz.fuse(lambda a: a + 1)(V)), V + 1)


def test_threads_are_set_and_checked():
    before = lz.get_num_threads()
    try:
        lz.set_num_threads(1)
        assert numpy_rs.get_num_threads() == 1
        with pytest.raises(ValueError):
            lz.set_num_threads(0)
    finally:
        lz.set_num_threads(before)


METHODS = [
    ("sum", (), {}),
    ("sum", (0,), {}),
    ("prod", (1,), {}),
    ("mean", (), {"axis": 0}),
    ("min", (), {}),
    ("max", (1,), {}),
    ("any", (), {}),
    ("all", (0,), {}),
    ("argmin", (), {}),
    ("argmax", (1,), {}),
    ("var", (), {"ddof": 1}),
    ("std", (0,), {}),
    ("reshape", (4, 3), {}),
    ("reshape", ((4, 3),), {}),
    ("reshape", (-1,), {}),
    ("ravel", (), {}),
    ("flatten", ("F",), {}),
    ("transpose", (), {}),
    ("transpose", (1, 0), {}),
    ("swapaxes", (0, 1), {}),
    ("squeeze", (), {}),
    ("diagonal", (1,), {}),
    ("astype", ("f4",), {}),
    ("copy", (), {}),
    ("conj", (), {}),
    ("clip", (-1, 1), {}),
    ("round", (1,), {}),
    ("trace", (), {}),
    ("take", ([1, 2],), {}),
    ("take", ([1, 2], 1), {}),
    ("repeat", (2,), {}),
    ("repeat", (2, 0), {}),
    ("nonzero", (), {}),
    ("compress", ([True, False, True],), {"axis": 0}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), METHODS)
def test_methods_are_numpys(name, args, kwargs):
    for x in (F8, I8, C16):
        if name in ("clip", "min", "max", "argmin", "argmax") and x is C16:
            continue
        same(getattr(lz.asarray(x), name)(*args, **kwargs), getattr(x, name)(*args, **kwargs), ulp=16)


def test_attributes_are_numpys():
    for x in (F8, V, C16):
        z = lz.asarray(x)
        assert (z.shape, z.ndim, z.size, z.itemsize, z.nbytes) == (x.shape, x.ndim, x.size, x.itemsize, x.nbytes)
        same(z.T, x.T)
        same(z.real, x.real)
        same(z.imag, x.imag)
    same(lz.asarray(CUBE).mT, CUBE.mT)
    assert lz.asarray(V).__array_namespace__() is lz
    assert lz.asarray(V).device == V.device


SCALARS = [np.bool_, *map(np.dtype, "bBhHiIlLqQefdFD")]


@pytest.mark.parametrize("t", SCALARS, ids=lambda t: np.dtype(t).char)
def test_scalars_of_numpy_are_operands_of_their_type(t):
    t = np.dtype(t).type
    x = np.arange(5).astype(t)
    for value in (t(1), t(0), t(3)):
        for _ in range(2):  # Where a type keeps its value is learnt from the first of its objects.
            got = (lz.asarray(x) + value).compute()
            assert got.dtype == (x + value).dtype
            assert got.tolist() == (x + value).tolist()
        assert lz.where(x == 0, value, x).compute().tolist() == np.where(x == 0, value, x).tolist()


def test_values_of_scalars_are_no_part_of_the_code():
    x = lz.asarray(np.arange(1000.0))
    (x * np.float64(0.317) - np.float32(0.717)).compute()
    before = numpy_rs.stats()["kernels_compiled"]
    for i in range(20):
        # Numbers that come again are constants.
        value, less = np.float64(i + 1 / 7), np.float32(i + 1 / 7)
        want = np.arange(1000.0) * value - less
        y = x * value - less
        del value, less
        assert y.compute().tolist() == want.tolist()
    assert numpy_rs.stats()["kernels_compiled"] == before


def test_a_scalar_that_comes_again_is_a_constant():
    x = lz.asarray(np.arange(1000.0))
    value = np.float64(0.1234567)
    texts = [(x * value).explain(level="ir") for _ in range(8)]
    assert "const" not in texts[0]
    assert "const 0.1234567" in texts[-1]
    assert (x * value).compute().tolist() == (np.arange(1000.0) * value).tolist()


@pytest.mark.parametrize("t", ["f2", "f4", "f8"])
def test_zeros_clipped_between_scalars_keep_their_sign(t):
    size, t = np.dtype(t).itemsize, np.dtype(t).type
    x = np.array([-0.0, 0.0, -1.0, 2.0, np.nan, 0.5] * 20, t)
    x.view(f"i{size}")[4::6] |= 5  # NaNs that are not all the same.
    x[10::12] *= -1
    zeros = (t(0), t(1)), (t(-0.0), t(1)), (t(-1), t(-0.0)), (t(0), t(0.7)), (0, t(0.7)), (t(0), 1)
    nans = (float("nan"), t(1.25)), (t(1.5), float("nan")), (t("nan"), t(1)), (t(0.7), t("nan")), (t("nan"), 1.0)
    for low, high in zeros + nans:
        for _ in range(5):
            got, want = np.asarray(lz.clip(lz.asarray(x), low, high).compute()), np.clip(x, low, high)
            assert got.tobytes() == want.tobytes(), (low, high)


@pytest.mark.parametrize("n", [7, 20_011])
def test_scalars_of_other_types_that_clip_keep_signs(n):
    nan = float("nan")
    cases = [(-0.0, 0.0, np.float32(1)), (-0.0, np.float32(0), 1.0), (-0.0, np.float16(0), np.float64(1))]
    cases += [
        (np.nan, 100, np.float32(nan)),
        (np.int32(-3), -0.0, np.int32(1)),
        (np.float16(nan), np.float64(nan), 1.0),
    ]
    cases += [(np.uint64(0), -0.0, np.uint64(2**64 - 1)), (np.int64(0), np.int64(-(2**63)), np.float64(-0.0))]
    for value, low, high in cases:
        x = np.full(n, value)
        got, want = np.asarray(lz.clip(lz.asarray(x), low, high).compute()), np.clip(x, low, high)
        assert got.dtype == want.dtype and got.tobytes() == want.tobytes(), (value, low, high)


def test_a_class_made_of_a_scalar_type_is_not_taken_for_it():
    class Metres(np.float64):
        __slots__ = ("unit",)

    value = Metres(2.5)
    for _ in range(2):
        assert (lz.asarray([1.0, 2.0]) * value).compute().tolist() == [2.5, 5.0]


def test_numpys_functions_lead_here():
    x = lz.asarray(F8)
    for ours, theirs in [
        (np.insert(x, 1, 7), np.insert(F8, 1, 7)),
        (np.delete(x, [0, 2], 1), np.delete(F8, [0, 2], 1)),
        (np.resize(x, (2, 7)), np.resize(F8, (2, 7))),
        (np.apply_along_axis(np.sort, 0, x), np.apply_along_axis(np.sort, 0, F8)),
        (np.apply_over_axes(np.max, x, 1), np.apply_over_axes(np.max, F8, 1)),
        (np.polyval([1, 2], x), np.polyval([1, 2], F8)),
        (np.tril_indices_from(x), np.tril_indices_from(F8)),
        (np.ix_(lz.asarray(V), [1]), np.ix_(V, [1])),
        (np.unravel_index(lz.asarray(V), (2, 2)), np.unravel_index(V, (2, 2))),
        (np.ravel_multi_index((lz.asarray(V), V), (4, 4)), np.ravel_multi_index((V, V), (4, 4))),
        (np.histogram2d(lz.asarray(F8[0]), F8[1], 3), np.histogram2d(F8[0], F8[1], 3)),
    ]:
        same(ours, theirs)
    assert np.common_type(x) is lz.float64
    assert np.min_scalar_type(lz.asarray(3)) == "u1"
