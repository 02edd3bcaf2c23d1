"""Element types, limits, promotion and constants of `numpy_rs.lazy` against NumPy."""

import math

import numpy as np
import pytest
from lazy_checks import B1, C8, C16, EMPTY, F2, F4, F8, I8, U1, V, lazy, same

import numpy_rs.lazy as lz

TYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]


@pytest.mark.parametrize("name", TYPES)
def test_type_names_are_types(name):
    ours, theirs = getattr(lz, name), getattr(np, name)
    assert np.dtype(ours) == np.dtype(theirs)
    assert lz.dtype(ours) == theirs
    assert lz.dtype(theirs) == ours
    assert lz.dtype(ours).type is ours
    assert lz.zeros(2, ours).dtype == ours
    assert lz.zeros(2, ours).dtype == np.dtype(theirs)
    assert np.dtype(theirs) == lz.zeros(2, ours).dtype
    assert np.dtype(lz.dtype(ours)) == np.dtype(theirs)
    assert np.zeros(2, ours).dtype == theirs
    same(ours(1), theirs(1))
    same(ours(), theirs())
    same(ours([1, 0, 1]), np.array([1, 0, 1], theirs))
    same(lz.asarray([1, 2]).astype(ours), np.array([1, 2]).astype(theirs))
    assert (ours(1) + 1).dtype == (theirs(1) + 1).dtype


ALIASES = [
    "bool_",
    "byte",
    "short",
    "intc",
    "int_",
    "intp",
    "long",
    "longlong",
    "ubyte",
    "ushort",
    "uintc",
    "uint",
    "uintp",
    "ulong",
    "ulonglong",
    "half",
    "single",
    "double",
    "csingle",
    "cdouble",
]


@pytest.mark.parametrize("name", ALIASES)
def test_type_aliases_are_numpys(name):
    assert getattr(lz, name).__name__ == np.dtype(getattr(np, name)).name


ABSTRACT = "generic number integer signedinteger unsignedinteger inexact floating complexfloating".split()


@pytest.mark.parametrize("kind", ABSTRACT + TYPES)
def test_issubdtype_is_numpys(kind):
    for name in TYPES:
        want = np.issubdtype(getattr(np, name), getattr(np, kind))
        assert lz.issubdtype(getattr(lz, name), getattr(lz, kind)) is want
        assert lz.issubdtype(lz.dtype(name), getattr(np, kind)) is want
        assert lz.issubdtype(name, getattr(lz, kind)) is want
    with pytest.raises(TypeError):
        lz.floating(1.5)


@pytest.mark.parametrize(
    "kind",
    [
        "bool",
        "signed integer",
        "unsigned integer",
        "integral",
        "real floating",
        "complex floating",
        "numeric",
        ("bool", "integral"),
    ],
)
def test_isdtype_is_numpys(kind):
    for name in TYPES:
        assert lz.isdtype(lz.dtype(name), kind) is np.isdtype(np.dtype(name), kind)
    assert lz.isdtype(lz.float32, lz.float32)
    for bad in ("nope", "kind"):
        with pytest.raises(ValueError) as ours:
            lz.isdtype(lz.float32, bad)
        with pytest.raises(ValueError) as theirs:
            np.isdtype(np.float32, bad)
        assert str(ours.value) == str(theirs.value)


FINFO = [
    "bits",
    "eps",
    "epsneg",
    "max",
    "min",
    "tiny",
    "smallest_normal",
    "smallest_subnormal",
    "nmant",
    "nexp",
    "minexp",
    "maxexp",
    "precision",
    "resolution",
    "machep",
    "negep",
    "iexp",
]


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "complex64", "complex128"])
def test_finfo_is_numpys(name):
    ours, theirs = lz.finfo(name), np.finfo(name)
    for field in FINFO:
        assert float(getattr(ours, field)) == pytest.approx(
            float(getattr(theirs, field)), rel=0 if field != "resolution" else 1e-3
        ), field
    assert ours.dtype == theirs.dtype
    with pytest.raises(ValueError):
        lz.finfo("i4")


@pytest.mark.parametrize("name", TYPES[1:9])
def test_iinfo_is_numpys(name):
    ours, theirs = lz.iinfo(name), np.iinfo(name)
    assert (ours.min, ours.max, ours.bits, ours.kind, repr(ours)) == (
        theirs.min,
        theirs.max,
        theirs.bits,
        theirs.kind,
        repr(theirs),
    )
    with pytest.raises(ValueError) as info:
        lz.iinfo("f4")
    with pytest.raises(ValueError) as want:
        np.iinfo("f4")
    assert str(info.value) == str(want.value)


def test_promotion_is_numpys():
    values = [1, 1.5, 1j, True, *(np.dtype(t) for t in TYPES), np.float32(1), F4, I8]
    for a in values:
        for b in values:
            assert lz.result_type(lazy(a), lazy(b)) == np.result_type(a, b)
    for a in TYPES:
        for b in TYPES:
            assert lz.promote_types(a, b) == np.promote_types(a, b)
            for rule in ("no", "safe", "same_kind", "unsafe"):
                assert lz.can_cast(a, b, rule) == np.can_cast(a, b, rule)
    with pytest.raises(TypeError) as ours:
        lz.can_cast(1, "i4")
    with pytest.raises(TypeError) as theirs:
        np.can_cast(1, "i4")
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("x", [1, 1.5, 1j, "a", b"a", True, None, [1], np.float32(1), np.array(1)], ids=repr)
def test_isscalar_is_numpys(x):
    assert lz.isscalar(x) is np.isscalar(x)


def test_constants_are_numpys():
    for name in ("pi", "e", "inf", "euler_gamma"):
        assert getattr(lz, name) == getattr(np, name)
    assert math.isnan(lz.nan)
    assert lz.newaxis is None


def test_shape_questions_are_answered_without_computing():
    for x in (F8, V, 3, [[1, 2]]):
        assert lz.shape(lazy(x)) == np.shape(x)
        assert lz.ndim(lazy(x)) == np.ndim(x)
        assert lz.size(lazy(x)) == np.size(x)
        assert lz.iscomplexobj(lazy(x)) is np.iscomplexobj(x)
        assert lz.isrealobj(lazy(x)) is np.isrealobj(x)
    assert lz.size(lz.asarray(F8), 1) == 4
    assert lz.broadcast_shapes((3, 1), (4,)) == (3, 4)
    with pytest.raises(ValueError):
        lz.broadcast_shapes((3,), (4,))


def test_common_type_is_numpys():
    for arrays in [(), (F8,), (F4,), (F2,), (F2, F4), (I8,), (U1, F2), (C8,), (C8, F2), (C8, F8), (C16,), (F4, I8)]:
        assert lz.common_type(*lazy(arrays)).__name__ == np.common_type(*arrays).__name__
        assert lz.common_type(*arrays).__name__ == np.common_type(*arrays).__name__
    for arrays in [(B1,), (F8, B1), ([1],), (1.0,)]:
        with pytest.raises((TypeError, AttributeError)) as theirs:
            np.common_type(*arrays)
        with pytest.raises(type(theirs.value)) as ours:
            lz.common_type(*lazy(arrays) if isinstance(arrays[0], np.ndarray) else arrays)
        assert str(ours.value) == str(theirs.value)


def test_min_scalar_type_is_numpys():
    numbers = [s * (2**n + d) for n in (0, 7, 8, 15, 16, 31, 32, 63) for d in (-1, 0, 1) for s in (1, -1)]
    numbers = [n for n in numbers if -(2**63) <= n < 2**64] + [2**64 - 1, True, False]
    numbers += [0.0, -1.5, 6.4e4, 65000.0, -65000.0, 65520.0, 1e5, 3.4e38, -3.4e38, 1e300, np.inf, -np.inf, np.nan]
    numbers += [1j, 1e5j, 1e300j, 1e300 + 1j, complex(np.inf, 0), complex(np.nan, 1)]
    numbers += [
        np.float32(3),
        np.float64(1e10),
        np.int64(300),
        np.array(-3, "i2"),
        np.array(7.0, "f4"),
        np.complex64(2),
    ]
    for n in [*numbers, V, F8, [1, 2], [[1.5]], EMPTY, U1, C8]:
        assert lz.min_scalar_type(n) == np.min_scalar_type(n), n
        if hasattr(n, "dtype"):
            assert lz.min_scalar_type(lz.asarray(n)) == np.min_scalar_type(n), n
    with pytest.raises(NotImplementedError):
        lz.min_scalar_type(2**64)
