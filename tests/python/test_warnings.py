"""Floating-point warnings: the same kinds of the same operations as in NumPy, and every mode of `errstate`."""

import asyncio
import itertools
import sys
import threading
import warnings

import numpy as np
import numpy_rs
import numpy_rs.lazy as lz
import pytest

KINDS = {"divide by zero": "divide", "overflow": "over", "underflow": "under", "invalid value": "invalid"}
FLOATS = (np.float64, np.float32, np.float16)
INTEGERS = (np.int8, np.uint8, np.int32, np.int64, np.uint64)


def searches():
    return numpy_rs.stats()["fault_searches"]


def texts(compute):
    """The warnings of a call, as texts in order."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        compute()
    assert all(w.category is RuntimeWarning for w in seen if "imaginary" not in str(w.message))
    return [str(w.message) for w in seen if "imaginary" not in str(w.message)]


def specials(t):
    if np.dtype(t).kind in "iu":
        info = np.iinfo(t)
        values = [0, 1, 2, 3, info.max, info.min]
        return values + [-1, -2] if info.min < 0 else values
    info = np.finfo(np.dtype(t).char.lower() if np.dtype(t).kind == "c" else t)
    small = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.5, 700.0]
    real = small + [np.inf, -np.inf, np.nan, info.max, -info.max, info.tiny, info.smallest_subnormal]
    if np.dtype(t).kind != "c":
        return [float(x) for x in real]
    parts = [0.0, -0.0, 1.0, -2.5, np.inf, -np.inf, np.nan, float(info.max)]
    return [complex(a, b) for a in parts for b in parts]


# NumPy itself is inconsistent here; (name, kind of types): what is said of it.
EXCEPTIONS = {
    # Its scalar loop compares with NaN before it adds, and overflows in a difference that does not matter.
    ("logaddexp", "f"): {"invalid", "over"},
    ("logaddexp2", "f"): {"invalid", "over"},
    # Its float16 loop compares NaN, its others do not; infinity has no spacing in either.
    ("spacing", "f"): {"invalid"},
}


def ufunc_cases():
    for name, ufunc in sorted(numpy_rs._core.ufuncs.items()):
        numpys = getattr(np, name, None)
        if not isinstance(numpys, np.ufunc) or name != numpys.__name__ and name not in ("divmod",):
            pass
        if isinstance(numpys, np.ufunc):
            yield name, ufunc, numpys


def loops(numpys):
    for spelled in numpys.types:
        inputs, _ = spelled.split("->")
        if all(c in "efdFDbBiqlQ" for c in inputs) and "g" not in spelled and "G" not in spelled:
            yield inputs


@pytest.mark.parametrize("name", [name for name, _, _ in ufunc_cases()])
@pytest.mark.parametrize("length", [1, 100])
def test_ufuncs_warn_of_the_same_kinds(name, length):
    ufunc, numpys = numpy_rs._core.ufuncs[name], getattr(np, name)
    wrong = {}
    for inputs in loops(numpys):
        values = [specials(np.dtype(c).type) for c in inputs]
        if name == "ldexp":
            values[1] = [0, 1, -1, 3000, -3000, 2**30]
        if name in ("left_shift", "right_shift", "power", "pow") and inputs[0] in "bBiqlQ":
            continue
        if len(inputs) == 2 and inputs[0] in "FD":
            values = [v[::3] for v in values]
        for args in itertools.product(*values):
            arrays = [np.full(length, x, c) for x, c in zip(args, inputs, strict=True)]
            expected, got = set(), set()
            with np.errstate(all="call", under="ignore", call=lambda kind, _: expected.add(KINDS[kind])):
                numpys(*arrays)
            result = ufunc(*(lz.asarray(a) for a in arrays))
            with lz.errstate(all="call", under="ignore", call=lambda kind, _: got.add(KINDS[kind])):
                lz.compute(*(result if isinstance(result, tuple) else (result,)))
            allowed = EXCEPTIONS.get((name, np.dtype(inputs[0]).kind), set())
            if (expected ^ got) - allowed:
                wrong.setdefault((inputs, tuple(sorted(expected)), tuple(sorted(got))), []).append(args)
    assert not wrong, {k: (len(v), v[:3]) for k, v in wrong.items()}


CASTS = "bBhHiIqQefdFD"


@pytest.mark.parametrize("length", [1, 100])
@pytest.mark.parametrize("source", "qQefdFD")
def test_casts_warn_of_the_same_kinds(source, length):
    wrong = {}
    values = specials(np.dtype(source).type)
    if source not in "qQ":
        values = values + [300.0, -300.0, 3e9, -3e9, 5e9, 1e5, 1e19, -1e19, 1e20, 2.0**31, -(2.0**31), 2.0**63, 1e300]
    for target in CASTS:
        for x in values:
            with np.errstate(all="ignore"):
                array = np.full(length, x, source)
            expected, got = set(), set()
            with warnings.catch_warnings(), np.errstate(
                all="call", under="ignore", call=lambda kind, _, into=expected: into.add(KINDS[kind])
            ):
                warnings.simplefilter("ignore")
                array.astype(target)
            with lz.errstate(all="call", under="ignore", call=lambda kind, _, into=got: into.add(KINDS[kind])):
                lz.asarray(array).astype(target).compute()
            if expected != got:
                wrong.setdefault((target, tuple(expected), tuple(got)), []).append(x)
    assert not wrong, {k: (len(v), v[:4]) for k, v in wrong.items()}
