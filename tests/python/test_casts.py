"""Every pair of dtypes through `astype`, against NumPy.

Bits agree with NumPy's; any NaN equals any NaN. One kind of element is not compared: a float that is out of the range
of an integer target. C leaves that conversion undefined, and NumPy's result differs between its vector and its scalar
loops, so between lengths and strides for one and the same value. What is compared there is what NumPy agrees with
itself on: `numpys_own` converts each element alone, in a long contiguous array, reversed and strided, and drops the
elements on which these differ. The tests assert that dropped elements are out of range, and that ours is the same for
every length and layout.
"""

import warnings

import numpy as np
import pytest
from samples import (
    DTYPES,
    assert_frame,
    assert_same,
    backward,
    moderate,
    random_bits,
    report,
    rng,
    same,
    specials,
    strided,
    unaligned,
)

from numpy_rs import _core

# Special values warn; test_warnings.py says of what.
pytestmark = pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning")

PAIRS = [(a, b) for a in DTYPES for b in DTYPES]
IDS = [f"{a}-{b}" for a, b in PAIRS]


def cast(x, dtype):
    return np.asarray(_core.asarray(x).astype(dtype.name).compute())


def values(dtype):
    x = [specials(dtype), random_bits(dtype, 500, "cast"), moderate(dtype, 200, "cast")]
    if dtype.kind in "fc":
        edges = [float(2**k + d) for k in (7, 8, 15, 16, 31, 32, 63, 64) for d in (-1, -0.5, 0, 0.5, 1)]
        with np.errstate(all="ignore"):
            x.append(np.array([*edges, *(-e for e in edges), 254.9, -128.9, 127.9, -0.9, 0.9], dtype))
    return np.concatenate(x)


def in_range(x, dtype):
    """Where the cast's result is defined by the value."""
    if dtype.kind not in "iu" or x.dtype.kind not in "fc":
        return np.ones(x.shape, bool)
    i = np.iinfo(dtype)
    with np.errstate(all="ignore"):
        t = np.trunc(np.real(x).astype("d"))
        return (t >= float(i.min)) & (t < float(i.max + 1))


def numpys_own(x, dtype):
    """NumPy's cast, and where it is the same for every loop that NumPy has."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        whole = x.astype(dtype)
        others = [
            strided(x).astype(dtype),
            x[::-1].astype(dtype)[::-1],
            np.array([x[i : i + 1].astype(dtype)[0] for i in range(len(x))], dtype),
            np.concatenate([x[i : i + 3].astype(dtype) for i in range(0, len(x), 3)]),
        ]
    agreed = np.logical_and.reduce([same(whole, o) for o in others])
    assert (agreed | ~in_range(x, dtype)).all()
    return whole, agreed


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=IDS)
def test_astype_gives_numpys_values(a, b):
    x = values(a)
    theirs, agreed = numpys_own(x, b)
    ours = cast(x, b)
    assert_frame(ours, theirs)
    report(agreed & ~same(ours, theirs), (x,), ours, theirs, f"{a} -> {b}")


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=IDS)
def test_astype_is_the_same_for_all_lengths_and_layouts(a, b):
    x = values(a)
    whole = cast(x, b)
    n = len(x)
    for length in [*range(1, 20), 31, 32, 33, 47, 48, 49, 63, 64, 65, 70, n]:
        i = (length * 37) % (n - length + 1)
        piece, want = x[i : i + length], whole[i : i + length]
        for name, layout in (("plain", None), ("strided", strided), ("reversed", backward), ("unaligned", unaligned)):
            if layout is not None and length not in (1, 5, 32, 47, 48, 65, n):
                continue
            ours = cast(piece if layout is None else layout(piece), b)
            assert_same(ours, want, (piece,), f"{a} -> {b}, {length} elements, {name}")
    for i in range(0, n, 40):
        assert_same(cast(x[i : i + 40], b), whole[i : i + 40], (x[i : i + 40],), f"{a} -> {b} at {i}")
    for i in range(0, n, 101):
        assert_same(cast(x[i], b), np.array(whole[i]), (), f"{a} -> {b} 0-d")
    wide = np.broadcast_to(x[:60, None], (60, 3))
    assert_same(cast(wide, b), np.broadcast_to(whole[:60, None], (60, 3)))
    assert cast(x[:0], b).shape == (0,)


@pytest.mark.parametrize("to", DTYPES, ids=str)
def test_every_float16_casts(to):
    x = np.arange(65536, dtype=np.uint16).view(np.float16)
    theirs, agreed = numpys_own(x, to)
    ours = cast(x, to)
    assert_frame(ours, theirs)
    report(agreed & ~same(ours, theirs), (x,), ours, theirs, f"float16 -> {to}")


ROUNDING = ["fe", "de", "df", "qf", "Qf", "qd", "Qd", "qe", "if"]


@pytest.mark.parametrize(("a", "b"), ROUNDING, ids=ROUNDING)
def test_rounding_casts_go_to_nearest_even(a, b):
    """Halfway between neighbours and just beside: rounding twice on the way would show."""
    a, b = np.dtype(a), np.dtype(b)
    if b.char == "e":
        low = np.arange(0x7C00, dtype=np.uint16).view(np.float16)
    else:
        low = np.abs(random_bits(b, 20_000, "halfway"))
        low = low[np.isfinite(low) & (low < np.finfo(b).max)]
    with np.errstate(all="ignore"):
        high = np.nextafter(low, b.type(np.inf))
        if a.kind == "f":
            middle = (low.astype(a) + high.astype(a)) / 2
            last = a.type(np.finfo(b).max)
            middle[np.isinf(high)] = last + (last - a.type(np.nextafter(np.finfo(b).max, b.type(0)))) / 2
            x = np.concatenate(
                [middle, np.nextafter(middle, a.type(0)), np.nextafter(middle, a.type(np.inf)), low.astype(a)]
            )
        else:
            info = np.iinfo(a)
            low, high = (np.clip(v.astype("d"), 0, float(info.max) / 2).astype(a) for v in (low, high))
            middle = low // 2 + high // 2
            x = np.concatenate([middle, middle - (middle > 0), middle + 1, info.max - np.arange(3000).astype(a)])
            r = rng("wide", a.char)
            shifts = r.integers(0, 8 * a.itemsize - 1, 5000).astype(a)
            x = np.concatenate([x, (random_bits(a, 5000, "wide") >> shifts) | a.type(1)])
        x = np.concatenate([x, -x]) if a.kind != "u" else x
        theirs = x.astype(b)
    ours = cast(x, b)
    assert_frame(ours, theirs)
    report(~same(ours, theirs), (x,), ours, theirs, f"{a} -> {b}")


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=IDS)
def test_casting_rules_are_numpys(a, b):
    x = np.ones(2, a)
    for rule in ("no", "equiv", "safe", "same_kind", "unsafe"):
        assert _core.can_cast(a.name, b.name, rule) == np.can_cast(a, b, rule)
        if np.can_cast(a, b, rule):
            assert _core.asarray(x).astype(b.name, casting=rule).dtype == b.name
            continue
        with pytest.raises(TypeError) as theirs:
            x.astype(b, casting=rule)
        with pytest.raises(TypeError) as ours:
            _core.asarray(x).astype(b.name, casting=rule)
        assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=IDS)
def test_two_casts_in_one_graph_are_two_casts(a, b):
    """A cast there and back keeps what the type between keeps."""
    x = values(a)
    between, agreed = numpys_own(x, b)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        theirs = between.astype(a)
    back = numpys_own(between, a)[1]
    ours = np.asarray(_core.asarray(x).astype(b.name).astype(a.name).compute())
    assert_frame(ours, theirs)
    report(agreed & back & ~same(ours, theirs), (x,), ours, theirs, f"{a} -> {b} -> {a}")


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=IDS)
def test_compute_out_casts_as_astype(a, b):
    x = values(a)[:100]
    out = np.zeros(100, b)
    if not np.can_cast(a, b, "same_kind"):
        with pytest.raises(TypeError):
            _core.asarray(x).compute(out=out)
        return
    assert _core.asarray(x).compute(out=out) is out
    assert_same(out, cast(x, b), (x,), f"out: {a} -> {b}")


def python_numbers():
    """Python numbers that round, overflow and lie between neighbours of the narrow types."""
    middle = 1 + 2.0**-11
    yield from (middle, middle + 2.0**-40, middle - 2.0**-40, 65519.99, 65520.0, 1e-8, 2.0**-25, -(2.0**-24) * 1.5)
    yield from (0, 1, -1, 2049, 2051, 65519, 65520, -65520, 2**24 + 1, 2**70, -(2**70), 2**127, 2**128, 10**300)
    # To float32 by way of float64, where it is the middle of two.
    yield from (2**60 + 2**36 + 1, -(2**60 + 2**36 + 1), 2**63 + 2**39 + 1, 2**100 + 2**76 + 1)


@pytest.mark.parametrize("dtype", ["e", "f", "d", "F", "D"])
def test_python_numbers_become_numpys_floats(dtype):
    one = np.ones((), dtype)
    for value in python_numbers():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            want, sums = np.array([value], dtype), one + value
        lazy = _core.asarray(one)
        assert_same(np.asarray(_core.asarray([value], dtype)), want, f"{value}")
        assert_same(np.asarray(_core.full((1,), value, dtype)), want, f"{value}")
        assert_same(np.asarray(lazy + value), np.asarray(sums), f"1 + {value}")
    with pytest.raises(OverflowError, match="int too large to convert to float"):
        _core.asarray(one) + 10**400
