"""What the tests of `numpy_rs.lazy` share: sample arrays, and calls of a function of both packages compared."""

import warnings

import numpy as np
import pytest

import numpy_rs.lazy as lz

RNG = np.random.default_rng(20260721)
F8 = np.array([[1.5, -2.25, 0.0, 3.0], [-0.0, 7.5, 2.5, -1.0], [0.5, 0.25, -4.0, 8.0]])
I8 = np.arange(-6, 6).reshape(3, 4)
U1 = np.arange(250, 262, dtype=np.uint8).reshape(3, 4)
F4 = F8.astype(np.float32)
F2 = F8.astype(np.float16)
C16 = F8 + 1j * F8[::-1]
C8 = C16.astype(np.complex64)
B1 = F8 > 0.4
NANS = np.array([[1.0, np.nan, -2.0, np.inf], [np.nan, 3.0, -0.0, -np.inf], [4.0, 5.0, np.nan, 0.0]])
CUBE = RNG.integers(-9, 9, (2, 3, 4))
V = np.array([3, 1, 2])
EMPTY = np.zeros((0, 3))
ARRAYS = [F8, I8, U1, F4, F2, C16, C8, B1]
REAL = [F8, I8, U1, F4, F2, B1]


def lazy(x):
    """The same argument with lazy arrays in place of NumPy's."""
    if isinstance(x, np.ndarray):
        return lz.asarray(x)
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return type(x)(lazy(v) for v in x)
    if isinstance(x, dict):
        return {k: lazy(v) for k, v in x.items()}
    return x


def flat(x):
    """The arrays of a result, in order."""
    if isinstance(x, (list, tuple)):
        return [a for v in x for a in flat(v)]
    return [x]


def same(ours, theirs, ulp=0):
    """Assert that results agree: structure, dtype, shape, and every bit (but NaN signs), or `ulp` for floats."""
    if isinstance(theirs, (list, tuple)):
        assert type(ours) is type(theirs)
        assert len(ours) == len(theirs)
    for o, t in zip(flat(ours), flat(theirs), strict=True):
        t = np.asarray(t)
        assert isinstance(o, lz.LazyArray), type(o)
        assert o.shape == t.shape
        assert o.dtype == t.dtype
        got = np.asarray(o)
        assert got.dtype == t.dtype
        assert got.shape == t.shape
        if ulp and t.dtype.kind in "fc":
            eps = np.finfo(t.dtype).eps
            np.testing.assert_allclose(got, t, rtol=ulp * eps, atol=0, equal_nan=True)
            continue
        np.testing.assert_array_equal(got, t)
        if t.dtype.kind in "fc":
            for part in ("real", "imag"):
                g, w = getattr(got, part), getattr(t, part)
                numbers = ~np.isnan(w)
                assert np.array_equal(np.signbit(g)[numbers], np.signbit(w)[numbers])


def check(name, *args, ulp=0, **kwargs):
    """Call the function of both packages; compare results or exceptions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            want = getattr(np, name)(*args, **kwargs)
        except Exception as e:
            with pytest.raises(type(e) if type(e).__module__ == "builtins" else Exception) as info:
                getattr(lz, name)(*lazy(args), **lazy(kwargs))
            assert type(info.value).__name__ == type(e).__name__
            assert str(info.value) == str(e)
            return
        same(getattr(lz, name)(*lazy(args), **lazy(kwargs)), want, ulp)


def arguments(*args, **kwargs):
    """One case: arguments, and a name for it."""
    return args, kwargs


def cases(**functions):
    """Cases as parameters: name, positional and keyword arguments."""
    out = []
    for name, calls in functions.items():
        for i, (args, kwargs) in enumerate(calls):
            out.append(pytest.param(name.rstrip("_"), args, kwargs, id=f"{name.rstrip('_')}-{i}"))
    return pytest.mark.parametrize(("name", "args", "kwargs"), out)


A = arguments


def observed(call):
    """What a call does: its values as arrays, or its exception's class and text; and its warnings."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            done = [np.asarray(v) for v in flat(call())]
        except Exception as e:
            base = next(c for c in type(e).__mro__ if c.__module__ == "builtins")
            done = (base.__name__, str(e))
    # Equal values are made once, and spoken of once.
    return done, list(dict.fromkeys((w.category.__name__, str(w.message)) for w in seen))


def outcome(call):
    """As `observed`, of values their types, shapes and bytes; the sign of a NaN says nothing."""
    done, spoken = observed(call)
    if isinstance(done, list):
        numbers = [np.where(np.isnan(a), np.array(np.nan, a.dtype), a) if a.dtype.kind in "f" else a for a in done]
        done = [(str(a.dtype), a.shape, a.tobytes()) for a in numbers]
    return done, spoken


def same_outcome(call, *arrays, **kwargs):
    """Assert that ``call(module, *arrays)`` does the same with NumPy and with us, warnings and exceptions included.

    What is refused when a graph is built is refused before NumPy's warnings of earlier steps."""
    want, spoken = outcome(lambda: call(np, *arrays, **kwargs))
    got, said = outcome(lambda: call(lz, *lazy(arrays), **lazy(kwargs)))
    assert got == want
    if not isinstance(want, tuple):
        assert said == spoken
