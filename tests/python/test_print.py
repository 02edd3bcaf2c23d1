"""Array text against NumPy's, character by character."""

import sys

import numpy as np
import pytest

from numpy_rs import _print as p

FLOATS = ["float16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
DTYPES = ["bool", *INTS, *FLOATS, *COMPLEX]
SHAPES = [
    (),
    (0,),
    (1,),
    (2,),
    (7,),
    (40,),
    (0, 3),
    (2, 0),
    (3, 1),
    (4, 5),
    (1, 30),
    (2, 3, 4),
    (2, 1, 2, 3),
    (1, 1, 1, 1, 2),
]
LONG = [(1001,), (1200,), (300, 5), (3, 500), (40, 40), (7, 7, 30), (11, 10, 10), (6, 6, 6, 6), (2000, 1), (1, 2000)]


class Duck:
    """The interface that the printing code is allowed to use, and nothing else."""

    def __init__(self, a):
        self._a = a
        self.shape, self.ndim, self.size, self.dtype = a.shape, a.ndim, a.size, DuckType(a.dtype)

    def __getitem__(self, index):
        items = index if isinstance(index, tuple) else (index,)
        assert all(isinstance(i, (int, slice)) for i in items)
        return Duck(np.asarray(self._a[index]))

    def tolist(self):
        return self._a.tolist()


class DuckType:
    def __init__(self, dtype):
        self.name, self.kind, self.itemsize = dtype.name, dtype.kind, dtype.itemsize


def rand(rng, dtype, shape):
    """Random values in one of the styles that the format choice depends on."""
    dt = np.dtype(dtype)
    if dt.kind == "b":
        return rng.integers(0, 2, shape).astype(bool)
    if dt.kind in "iu":
        info = np.iinfo(dt)
        low, high = [(info.min, info.max), (max(info.min, -9), 10), (0, 100), (max(info.min, -100), 0)][rng.integers(4)]
        if low == high:
            high += 1
        return np.asarray(rng.integers(low, high, shape, dtype=dt, endpoint=True))
    if dt.kind == "c":
        part = np.dtype("float32" if dtype == "complex64" else "float64")
        out = np.empty(shape, dt)
        out.real = rand(rng, part.name, shape)
        out.imag = rand(rng, part.name, shape)
        return out
    n = int(np.prod(shape))
    style = rng.integers(12)
    with np.errstate(all="ignore"):
        if style == 0:
            x = rng.standard_normal(n)
        elif style == 1:
            x = rng.integers(-50, 50, n).astype(float)
        elif style == 2:
            x = np.round(rng.standard_normal(n), rng.integers(0, 6))
        elif style == 3:
            x = 10.0 ** rng.uniform(-6, 6, n)
        elif style == 4:
            bits = rng.integers(0, 2 ** (8 * dt.itemsize) - 1, n, dtype=f"u{dt.itemsize}", endpoint=True)
            x = bits.view(dt)
        elif style == 5:
            x = np.ldexp(1.0, rng.integers(-30, 30, n)) * rng.choice([-1, 1], n)
        elif style == 6:
            x = rng.random(n) * 10.0 ** rng.integers(-12, 12)
        elif style == 7:
            x = 100 + rng.random(n)
        elif style == 8:
            x = np.round(10.0 ** rng.uniform(-4, 8, n), 3)
        elif style == 9:
            x = np.zeros(n)
        elif style == 10:
            e = np.finfo(dt)
            x = np.ldexp(1.0, rng.integers(e.minexp - e.nmant, e.maxexp, n))
        else:
            x = rng.choice([0.0, -0.0, 1.0, 0.5, 0.1, 1e-4, 9.99e-5, 999.5, 1000.0, 1e5, 0.125, 2.5], n)
        x = np.asarray(x).astype(dt)
        if n and rng.random() < 0.3:
            odd = rng.choice([np.nan, np.inf, -np.inf, -0.0], n).astype(dt)
            x = np.where(rng.random(n) < rng.choice([0.1, 0.5, 1.0]), odd, x)
    return x.reshape(shape)


def rand_options(rng):
    """Random options of array2string, NumPy's global ones included."""
    pick = {
        "precision": lambda: int(rng.choice([0, 1, 3, 5, 8, 12, 16, 20])),
        "threshold": lambda: int(rng.choice([0, 5, 20, 1000, sys.maxsize])),
        "edgeitems": lambda: int(rng.choice([0, 1, 2, 3, 5])),
        "linewidth": lambda: int(rng.choice([1, 10, 30, 75, 120])),
        "suppress": lambda: bool(rng.integers(2)),
        "nanstr": lambda: str(rng.choice(["nan", "NaN", "missing value"])),
        "infstr": lambda: str(rng.choice(["inf", "∞", "infinity"])),
        "sign": lambda: str(rng.choice(["-", "+", " "])),
        "floatmode": lambda: str(rng.choice(["fixed", "unique", "maxprec", "maxprec_equal"])),
    }
    return {k: f() for k, f in pick.items() if rng.random() < 0.4}


def same(a, **options):
    """Compare repr and str under `options`."""
    d = Duck(a)
    with np.printoptions(**options), p.printoptions(**options):
        assert p.array_repr(d) == np.array_repr(a), (a.dtype, options, a.tolist())
        assert p.array_str(d) == np.array_str(a), (a.dtype, options, a.tolist())


@pytest.mark.parametrize("dtype", DTYPES)
def test_default_text_is_numpys(dtype):
    rng = np.random.default_rng(DTYPES.index(dtype))
    for shape in SHAPES * 6:
        same(rand(rng, dtype, shape))
    for shape in LONG:
        same(rand(rng, dtype, shape))


@pytest.mark.parametrize("dtype", DTYPES)
def test_text_under_any_options_is_numpys(dtype):
    rng = np.random.default_rng(100 + DTYPES.index(dtype))
    for k in range(140):
        same(rand(rng, dtype, SHAPES[k % len(SHAPES)]), **rand_options(rng))
    for k in range(20):
        same(rand(rng, dtype, LONG[k % len(LONG)]), **{"threshold": 1000, **rand_options(rng)} if k % 2 else {})


@pytest.mark.parametrize("dtype", DTYPES)
def test_array2string_arguments_are_numpys(dtype):
    rng = np.random.default_rng(200 + DTYPES.index(dtype))
    for k in range(80):
        a = rand(rng, dtype, SHAPES[k % len(SHAPES)])
        o = rand_options(rng)
        for name in ("nanstr", "infstr"):
            o.pop(name, None)
        for new, old in (("max_line_width", "linewidth"), ("suppress_small", "suppress")):
            if old in o:
                o[new] = o.pop(old)
        o["separator"] = str(rng.choice([" ", ", ", ",", "", " ; ", "\n", "--"]))
        o["prefix"] = str(rng.choice(["", "x = ", "array("]))
        o["suffix"] = str(rng.choice(["", ")", " (end)"]))
        assert p.array2string(Duck(a), **o) == np.array2string(a, **o), (a.tolist(), o)


def test_every_float16_prints_as_in_numpy():
    a = np.arange(2**16, dtype=np.uint16).view(np.float16)
    for k in range(0, a.size, 512):
        same(a[k : k + 512], floatmode="unique" if k % 1024 else "maxprec")
    for x in a[::13]:
        assert p.array_str(Duck(np.asarray(x))) == str(x)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_digits_of_powers_of_two_and_their_neighbours(dtype):
    info = np.finfo(dtype)
    x = np.ldexp(np.ones(1, dtype), np.arange(info.minexp - info.nmant, info.maxexp))
    with np.errstate(all="ignore"):
        x = np.concatenate([x, np.nextafter(x, np.array(0, dtype)), np.nextafter(x, np.array(np.inf, dtype))])
    for v in x:
        assert p.array_str(Duck(np.asarray(v))) == str(v)
    for chunk in np.array_split(x, 20):
        for precision in (5, 8, 16):
            same(chunk, precision=precision)
    y = x[(x > 1e-3) & (x < 1e5)]
    for precision in range(4, 22):
        same(y, precision=precision, floatmode="maxprec_equal", suppress=True)


@pytest.mark.parametrize("dtype", FLOATS)
def test_shortest_digits_of_random_bits(dtype):
    rng = np.random.default_rng(7)
    dt = np.dtype(dtype)
    bits = rng.integers(0, 2 ** (8 * dt.itemsize) - 1, 8_000, dtype=f"u{dt.itemsize}", endpoint=True)
    for v in bits.view(dt):
        assert p.array_str(Duck(np.asarray(v))) == str(v)


@pytest.mark.parametrize("dtype", FLOATS)
def test_scalar_functions_are_numpys(dtype):
    rng = np.random.default_rng(11)
    for _ in range(700):
        x = rand(rng, dtype, (1,))[0]
        precision = int(rng.integers(-1, 20))
        o = {"unique": bool(rng.integers(2)) or precision < 0, "trim": str(rng.choice(["k", ".", "0", "-"]))}
        o |= {"sign": bool(rng.integers(2)), "precision": None if precision < 0 else precision}
        if rng.random() < 0.5:
            o["pad_left"] = int(rng.integers(12))
        s = dict(o)
        if rng.random() < 0.5:
            o["min_digits"] = s["min_digits"] = int(rng.integers(20 if precision < 0 else precision + 1))
        if rng.random() < 0.5:
            s["exp_digits"] = int(rng.integers(7))
        if rng.random() < 0.5:
            o["pad_right"] = int(rng.integers(12))
        o["fractional"] = bool(rng.integers(2)) or precision == 0
        d = Duck(np.asarray(x))
        d.__class__ = Number
        assert p.format_float_positional(d, **o) == np.format_float_positional(x, **o), (x, o)
        assert p.format_float_scientific(d, **s) == np.format_float_scientific(x, **s), (x, s)


class Number(Duck):
    def __float__(self):
        return float(self._a)


def test_scalar_functions_reject_what_numpy_rejects():
    cases = [{"unique": False}, {"trim": "x"}, {"precision": -1}, {"precision": 2, "min_digits": 5}, {"pad_left": -2}]
    for name in ("format_float_positional", "format_float_scientific"):
        more = [{"fractional": False, "precision": 0}] if name.endswith("positional") else [{"exp_digits": -1}]
        for o in cases + more:
            with pytest.raises((TypeError, ValueError)) as theirs:
                getattr(np, name)(1.5, **o)
            with pytest.raises(theirs.type) as ours:
                getattr(p, name)(1.5, **o)
            assert str(ours.value).split()[:8] == str(theirs.value).split()[:8]
        with pytest.raises(TypeError, match="must be real number, not str"):
            getattr(p, name)("a")


def test_explicit_texts():
    def text(a):
        return p.array_repr(Duck(a))

    assert text(np.array([1.0, 2.0])) == "array([1., 2.])"
    assert text(np.float32([0.1])) == "array([0.1], dtype=float32)"
    assert text(np.zeros((0, 3))) == "array([], shape=(0, 3), dtype=float64)"
    assert text(np.zeros(0)) == "array([], dtype=float64)"
    assert text(np.array([True, False])) == "array([ True, False])"
    assert text(np.array(1.5)) == "array(1.5)"
    assert text(np.array(3, np.int8)) == "array(3, dtype=int8)"
    assert text(np.array([1e-10, 1.0])) == "array([1.e-10, 1.e+00])"
    assert text(np.array([1 + 2j, np.nan])) == "array([ 1.+2.j, nan+0.j])"
    assert text(np.arange(1001)) == "array([   0,    1,    2, ...,  998,  999, 1000], shape=(1001,))"
    assert text(np.arange(4).reshape(1, 2, 2)) == "array([[[0, 1],\n        [2, 3]]])"
    assert text(np.zeros((2, 1, 1))) == "array([[[0.]],\n\n       [[0.]]])"


def test_formatter_is_called_by_the_narrowest_key():
    a = {"b": np.array([True]), "i": np.arange(3), "f": np.arange(3.0) / 3, "c": np.array([1j])}
    tables = [
        {"all": lambda x: f"<{x}>"},
        {"int": lambda x: "I", "int_kind": lambda x: "K", "all": lambda x: "A"},
        {"int_kind": lambda x: "K"},
        {"float": lambda x: f"{x:.2f}", "complex_kind": lambda x: "Z"},
        {"float_kind": lambda x: f"{x:.1f}", "complexfloat": lambda x: "C", "bool": None},
        {"all": lambda x: f"one\n  {x}\nthree"},
        {"all": lambda x: "one\n"},
    ]
    for formatter in tables:
        for x in a.values():
            for width in (8, 75):
                ours = p.array2string(Duck(x), max_line_width=width, formatter=formatter)
                assert ours == np.array2string(x, max_line_width=width, formatter=formatter)


def test_options_are_kept_reset_and_restored():
    before = p.get_printoptions()
    assert before == np.get_printoptions()
    with p.printoptions(precision=3, formatter={"int": str}) as o, np.printoptions(precision=3) as theirs:
        assert o == {**theirs, "formatter": {"int": str}}
        p.set_printoptions(linewidth=20)
        assert p.get_printoptions() == {**before, "precision": 3, "linewidth": 20}
    assert p.get_printoptions() == before
    with p.printoptions(override_repr=lambda a: "mine"):
        assert p.array_repr(Duck(np.arange(3))) == "mine"


def test_bad_options_raise_as_in_numpy():
    bad = [{"floatmode": "x"}, {"sign": "x"}, {"threshold": "5"}, {"threshold": float("nan")}, {"precision": 1.5}]
    for o in bad:
        with pytest.raises((TypeError, ValueError)) as theirs:
            np.set_printoptions(**o)
        with pytest.raises(theirs.type) as ours:
            p.set_printoptions(**o)
        assert str(ours.value) == str(theirs.value)
    with pytest.raises(ValueError, match="legacy"):
        p.set_printoptions(legacy="1.13")
