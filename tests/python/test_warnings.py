"""Floating-point warnings: the same kinds of the same operations as in NumPy, and every mode of `errstate`."""

import asyncio
import itertools
import sys
import threading
import warnings

import numpy as np
import pytest

import numpy_rs
import numpy_rs.lazy as lz

KINDS = {"divide by zero": "divide", "overflow": "over", "underflow": "under", "invalid value": "invalid"}
FLOATS = (np.float64, np.float32, np.float16)


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


# Where NumPy warns otherwise; by name and kind of types, the kinds that may differ.
EXCEPTIONS = {
    # Its loops compare NaN, and overflow in a difference that does not matter.
    ("logaddexp", "f"): {"invalid", "over"},
    ("logaddexp2", "f"): {"invalid", "over"},
    # Its float16 loop counts NaN and infinity, its others do not.
    ("spacing", "f"): {"invalid"},
    # Complex functions are judged by their values, in NumPy by the steps of the C library.
    ("arctan", "c"): {"divide"},
    ("expm1", "c"): {"over"},
    ("log1p", "c"): {"over"},
    ("sign", "c"): {"over"},
    ("power", "c"): {"divide", "invalid", "over"},
    ("float_power", "c"): {"divide", "invalid", "over"},
}
# Where complex operands with NaN warn as in NumPy; its comparisons and functions of them warn, those of reals do not.
WITH_NAN = {"add", "subtract", "multiply", "square", "divide"}


def ufunc_cases():
    for name, ufunc in sorted(numpy_rs._core.ufuncs.items()):
        numpys = getattr(np, name, None)
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
            with np.errstate(all="call", under="ignore", call=lambda kind, _, e=expected: e.add(KINDS[kind])):
                numpys(*arrays)
            result = ufunc(*(lz.asarray(a) for a in arrays))
            with lz.errstate(all="call", under="ignore", call=lambda kind, _, g=got: g.add(KINDS[kind])):
                lz.compute(*(result if isinstance(result, tuple) else (result,)))
            kind = np.dtype(inputs[0]).kind
            allowed = EXCEPTIONS.get((numpys.__name__, kind), set())
            if numpys.__name__ == "power" and kind == "f" and np.isinf(args[1]):
                # Its AVX-512 loop warns of powers that are exactly 0 or infinite.
                allowed = {"divide", "over"}
            if kind == "c" and numpys.__name__ not in WITH_NAN and any(np.isnan(x) for x in args):
                continue
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
            with (
                warnings.catch_warnings(),
                np.errstate(all="call", under="ignore", call=lambda kind, _, into=expected: into.add(KINDS[kind])),
            ):
                warnings.simplefilter("ignore")
                array.astype(target)
            with lz.errstate(all="call", under="ignore", call=lambda kind, _, into=got: into.add(KINDS[kind])):
                lz.asarray(array).astype(target).compute()
            # NumPy's vector loop to uint32 goes by way of int32, its scalar loop by way of int64, as here.
            if expected != got and not (target == "I" and length > 1):
                wrong.setdefault((target, tuple(expected), tuple(got)), []).append(x)
    assert not wrong, {k: (len(v), v[:4]) for k, v in wrong.items()}


@pytest.mark.parametrize(
    "call",
    [
        lambda m, x: m.sum(x),
        lambda m, x: m.prod(x),
        lambda m, x: m.mean(x),
        lambda m, x: m.var(x),
        lambda m, x: m.std(x, ddof=1),
        lambda m, x: m.min(x),
        lambda m, x: m.argmax(x),
        lambda m, x: m.ptp(x),
        lambda m, x: m.nanmin(x),
        lambda m, x: m.nanmax(x),
        lambda m, x: m.nanmean(x),
        lambda m, x: m.nanvar(x),
        lambda m, x: m.nanstd(x, ddof=1),
        lambda m, x: m.nansum(x),
        lambda m, x: m.any(x),
        lambda m, x: m.count_nonzero(x),
        lambda m, x: m.sum(x, keepdims=True),
        lambda m, x: m.diff(x),
        lambda m, x: m.clip(x, -1, 1),
        lambda m, x: m.round(x, 2),
        lambda m, x: m.nan_to_num(x),
        lambda m, x: m.isclose(x, x[::-1]),
        lambda m, x: m.where(x > 0, x, -x),
        lambda m, x: x.sum() / 0,
        lambda m, x: (x - x.mean()) / x.std(),
        lambda m, x: m.exp(x) / m.exp(x).sum(),
    ],
)
@pytest.mark.parametrize(
    "values",
    [
        [1.0, 2.0],
        [1e308, 1e308],
        [np.inf, -np.inf],
        [np.inf, 1.0],
        [np.nan, 1.0],
        [np.nan, np.nan],
        [0.0, np.inf],
        [1e200, -1e200],
        [0.0, 0.0],
        [3.0],
        [-np.inf, -np.inf, 1.0],
    ],
    ids=str,
)
@pytest.mark.parametrize("t", FLOATS)
def test_functions_warn_in_the_same_words(call, values, t):
    with np.errstate(all="ignore"):
        array = np.array(values).astype(t)
    got = texts(lambda: lz.compute(call(lz, lz.asarray(array))))
    expected = list(dict.fromkeys(texts(lambda: call(np, array))))
    # A function of two scalars is not their operator, which a graph cannot tell.
    assert [w.replace("scalar subtract", "subtract") for w in got] == expected


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", "mean var std nanmean nanvar nanstd sum prod nanmin nanmax".split())
@pytest.mark.parametrize("shape", [(2, 0), (0, 2), (2, 1), (1, 2), (3, 3)])
def test_slices_warn_in_the_same_words(name, shape, axis):
    array = np.arange(float(np.prod(shape))).reshape(shape)
    variants = [array] if array.size == 0 else [array, array * np.nan]
    if array.size > 4:
        variants.append(np.where(np.eye(3)[0] > 0, np.nan, array))
        variants.append(np.where(np.eye(3)[0][:, None] > 0, np.inf, array))
    for x in variants:
        for options in [{}, {"ddof": 1}, {"ddof": 5}] if name[-3:] in ("var", "std") else [{}]:
            try:
                expected = list(dict.fromkeys(texts(lambda x=x, o=options: getattr(np, name)(x, axis=axis, **o))))
            except ValueError:
                continue
            got = texts(lambda x=x, o=options: getattr(lz, name)(x, axis=axis, **o).compute())
            assert got == expected, (x, options)


def pair(results):
    return results if isinstance(results, tuple) else (results,)


def nothing(x):
    return (1 / x).compute()


def test_defaults_are_numpys():
    assert lz.geterr() == np.geterr()
    assert lz.geterrcall() is None
    assert numpy_rs.errstate is lz.errstate


@pytest.mark.parametrize("mode", ["ignore", "warn", "raise", "call", "print", "log"])
@pytest.mark.parametrize("kind", ["divide", "over", "under", "invalid"])
def test_modes_do_what_numpys_do(mode, kind, capfd):
    class Log:
        def __init__(self):
            self.lines = []

        def write(self, line):
            self.lines.append(line)

        def __call__(self, *args):
            self.lines.append(args)

    operands = {"divide": (1.0, 0.0), "over": (1e300, 1e-300), "under": (1e-300, 1e300), "invalid": (0.0, 0.0)}

    def run(m, call):
        log = Log()
        with warnings.catch_warnings(record=True) as seen, m.errstate(all="ignore"):
            warnings.simplefilter("always")
            with m.errstate(**{kind: mode}, call=log):
                try:
                    value = repr(call())
                except FloatingPointError as error:
                    value = repr(error)
        return value, [(w.category, str(w.message), w.filename) for w in seen], log.lines, capfd.readouterr()

    a, b = (np.full(5, x) for x in operands[kind])
    ours = run(lz, lambda: np.asarray((lz.asarray(a) / lz.asarray(b)).compute()))
    assert ours == run(np, lambda: a / b)


def test_wrong_settings_are_refused_in_numpys_words():
    def said(call):
        with pytest.raises((TypeError, ValueError, NameError)) as error:
            call()
        return error.type, str(error.value)

    def twice(m):
        state = m.errstate(all="warn")
        state.__enter__()
        try:
            state.__enter__()
        finally:
            state.__exit__(None, None, None)

    def again(m):
        state = m.errstate(all="warn")
        with state:
            pass
        state.__enter__()

    def without_function(m, mode):
        with m.errstate(all=mode):
            one = m.asarray([1.0])
            (one / (one - one)).compute() if m is lz else one / (one - one)

    for call in [
        lambda m: m.seterr(all="foo"),
        lambda m: m.seterr(over=3),
        lambda m: m.seterrcall(3),
        lambda m: m.errstate(foo="warn"),
        lambda m: m.errstate(call=3).__enter__(),
        twice,
        again,
        lambda m: without_function(m, "call"),
        lambda m: without_function(m, "log"),
    ]:
        assert said(lambda call=call: call(lz)) == said(lambda call=call: call(np))
    assert lz.geterr() == np.geterr()


def test_settings_nest_and_decorate():
    zero = lz.asarray([0.0])

    @lz.errstate(divide="raise")
    def strict(depth):
        if depth:
            return strict(depth - 1)
        assert lz.geterr()["divide"] == "raise"
        return (1 / zero).compute()

    with lz.errstate(all="ignore"):
        assert texts(lambda: nothing(zero)) == []
        with lz.errstate(divide="warn"):
            assert texts(lambda: nothing(zero)) == ["divide by zero encountered in divide"]
            for _ in range(2):
                with pytest.raises(FloatingPointError, match="divide by zero encountered in divide"):
                    strict(2)
        assert texts(lambda: nothing(zero)) == []
    old = lz.seterr(divide="ignore", invalid="raise")
    assert (old, lz.seterr(**old)["invalid"]) == (np.geterr(), "raise")
    assert strict.__name__ == "strict"


def test_threads_and_tasks_have_settings_of_their_own():
    seen = {}

    def elsewhere():
        seen["thread"] = lz.geterr()

    async def task(mode, started, others):
        lz.seterr(all=mode)
        started.set()
        await others.wait()
        seen[mode] = lz.geterr()["divide"]

    async def both():
        one, other = asyncio.Event(), asyncio.Event()
        await asyncio.gather(task("raise", one, other), task("print", other, one))

    with lz.errstate(all="raise"):
        if not getattr(sys.flags, "thread_inherit_context", 0):
            thread = threading.Thread(target=elsewhere)
            thread.start()
            thread.join()
            assert seen.pop("thread") == np.geterr()
        asyncio.run(both())
    assert seen == {"raise": "raise", "print": "print"}


def test_the_setting_counts_where_the_value_is_computed():
    with lz.errstate(all="ignore"):
        x = 1 / lz.asarray([0.0])
    assert texts(lambda: x.compute()) == ["divide by zero encountered in divide"]


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x.compute(),
        lambda x: lz.compute(x, x + 1),
        lambda x: x.compute(out=np.empty(3)),
        lambda x: x.persist(),
        lambda x: lz.persist(x),
        lambda x: np.asarray(x),
        lambda x: list(x),
        lambda x: x.tolist(),
        lambda x: bool(x.any()),
        lambda x: float(x[0]),
        lambda x: x[x > 1],
        lambda x: lz.fuse(lambda a: 1 / (a - a))(lz.asarray([1.0])),
        lambda x: repr(x.compute()),
    ],
)
def test_whatever_computes_warns_at_the_callers_line(compute):
    x = 1 / lz.asarray([0.0, 1.0, 2.0])
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        compute(x)
    assert {str(w.message).replace("scalar ", "") for w in seen} == {"divide by zero encountered in divide"}
    assert {w.filename for w in seen} == {__file__}


def test_warnings_come_in_the_order_of_operations_and_once():
    x = lz.asarray([0.0, -1.0, 1e308])
    y = lz.sqrt(lz.log(x)) + x * 10 + lz.log(x - 1e308)
    words = [
        "divide by zero encountered in log",
        "invalid value encountered in log",
        "invalid value encountered in sqrt",
        "overflow encountered in multiply",
        "invalid value encountered in add",
    ]
    assert texts(lambda: y.compute()) == words
    assert texts(lambda: lz.compute(y, lz.log(x))) == words


def test_an_error_leaves_nothing_behind():
    x = lz.asarray(np.zeros(100_000))

    def fail():
        with lz.errstate(all="raise"), pytest.raises(FloatingPointError, match="invalid value encountered in divide"):
            (x / x).compute()

    # The first time that it has a task, a thread takes scratch memory from the pool, and keeps it.
    for _ in range(20):
        fail()
    before = numpy_rs.stats()["pooled_bytes"]
    for _ in range(3):
        fail()
    assert numpy_rs.stats()["pooled_bytes"] >= before
    assert texts(lambda: (x + 1).compute()) == []


def test_a_callback_may_raise_and_compute():
    zero = lz.asarray([0.0])

    def refuse(kind, flag):
        with lz.errstate(all="ignore"):
            assert (zero + 1).compute().tolist() == [1]
        raise KeyError(kind, flag)

    with lz.errstate(all="call", call=refuse), pytest.raises(KeyError, match="invalid value"):
        (zero / zero).compute()


def test_only_what_went_wrong_is_searched():
    """Data with NaN goes through comparisons, choices and sums without a second look."""
    rng = np.random.default_rng(5)
    for n in (7, 1000, 300_000):
        a = rng.random(n) - 0.5
        a[:: 1 + n // 5] = np.nan
        for t in (np.float64, np.float32):
            x, y = lz.asarray(a.astype(t)), lz.asarray(rng.random(n).astype(t))
            z = x * 2 + 1
            for value in [
                z,
                lz.where(z > y, z, y).sum(),
                lz.minimum(z, y),
                lz.maximum(y, z).max(),
                lz.fmin(z, y).min(),
                z.clip(0, 1),
                z.clip(y, y + 1),
                (z < y).sum() + (z >= 1).sum(),
                lz.isnan(z).sum(),
                z.min(),
                z.max(),
                z.argmax(),
                z.sum(),
                z.mean(),
                lz.sqrt(lz.absolute(z)),
                lz.exp(z),
                lz.sign(z),
                lz.floor(z),
                lz.nan_to_num(z),
            ]:
                before = searches()
                value.compute()
                assert searches() == before, value


@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_magnitudes_of_special_values_make_nothing_be_computed_again(dtype):
    parts = [0.0, -0.0, 1.5, np.inf, -np.inf, 1e-30]
    values = np.array([complex(re, im) for re in parts for im in parts], dtype=dtype)
    z = lz.asarray(np.resize(values, 1000))
    before = searches()
    got = np.asarray(abs(z + 0).compute())
    assert searches() == before
    assert np.array_equal(got, abs(np.resize(values, 1000)))


def test_work_that_is_simplified_away_warns():
    x = lz.asarray([0.0, 1.0])
    same = 1 / x
    assert texts(lambda: (lz.where(True, same, 0) * 1).compute()) == ["divide by zero encountered in divide"]


@pytest.mark.parametrize("n", [3, 1000, 200_000])
def test_reductions_of_any_length_warn(n):
    x = lz.asarray(np.full(n, 1e308))
    assert texts(lambda: x.sum().compute()) == ["overflow encountered in reduce"]
    y = np.ones(n)
    y[n // 2] = np.inf
    assert texts(lambda: (lz.asarray(y) - np.inf).sum().compute()) == ["invalid value encountered in subtract"]


def test_integers_divide_by_zero_at_any_place():
    for n in (1, 40, 5000):
        for at in (0, n // 2, n - 1):
            b = np.ones(n, "i8")
            b[at] = 0
            for f in ("floor_divide", "remainder", "fmod", "divmod"):
                ours = texts(lambda f=f, b=b: lz.compute(*pair(getattr(lz, f)(b, b))))
                assert ours == [f"divide by zero encountered in {f}"]


# What is exact, or nearly: a difference in the last place must not decide whether something overflows.
UNARY = "sqrt square reciprocal negative absolute log exp floor sign arctanh sin isnan".split()
BINARY = "add subtract multiply divide floor_divide remainder minimum fmax less arctan2".split()


def random_step(rng, values):
    """A step on values made before: what it does to NumPy's, and to ours."""

    def pick():
        return int(rng.integers(len(values)))

    shape = rng.random()
    if shape < 0.4:
        name, i = UNARY[rng.integers(len(UNARY))], pick()
        return lambda m, v: getattr(m, name)(v[i]).astype("f8")
    if shape < 0.8:
        name, i, j = BINARY[rng.integers(len(BINARY))], pick(), pick()
        return lambda m, v: getattr(m, name)(v[i], v[j]).astype("f8")
    if shape < 0.87:
        i, j = pick(), pick()
        return lambda m, v: m.where(v[i] > 0, v[i], v[j])
    if shape < 0.94:
        i, t = pick(), ["f4", "f8", "i4", "f2"][rng.integers(4)]
        return lambda m, v: v[i].astype(t).astype("f8")
    i, name = pick(), ["sum", "prod", "max", "mean"][rng.integers(4)]
    return lambda m, v: getattr(m, name)(v[i], axis=0, keepdims=True)


@pytest.mark.parametrize("seed", range(20))
def test_random_graphs_warn_of_the_same_operations(seed):
    rng = np.random.default_rng(seed)
    pool = np.array(specials(np.float64) + [3.0, 1e-200, 1e200, -7.5, 1e5, 4e9])
    for _ in range(15):
        n = int(rng.choice([1, 5, 60, 3000]))
        # Mostly harmless, so that not everything becomes NaN.
        leaf = np.where(rng.random(n) < 0.9, rng.random(n) + 0.5, pool[rng.integers(len(pool), size=n)])
        theirs, ours = [leaf, leaf[::-1] - 0.5], [lz.asarray(leaf), lz.asarray(leaf)[::-1] - 0.5]
        expected, steps = set(texts(lambda leaf=leaf: leaf[::-1] - 0.5)), []
        for _ in range(int(rng.integers(1, 12))):
            step = random_step(rng, theirs)
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                theirs.append(step(np, theirs))
            steps.append({str(w.message) for w in seen})
            ours.append(step(lz, ours))
        got = texts(lambda ours=ours: lz.compute(*ours))
        assert len(got) == len(set(got))
        # What a sum meets before it meets NaN depends on the order.
        differ = set(got) ^ expected.union(*steps)
        assert not {text for text in differ if not text.endswith(" reduce")}, (n, leaf if n < 100 else n)


def test_underflow_is_told_where_it_is_asked_for():
    small = np.full(50, 1e-200)
    for call in [
        lambda m, x: x * x,
        lambda m, x: m.square(x),
        lambda m, x: x / 1e200,
        lambda m, x: m.exp(x - 740),
        lambda m, x: m.exp(-1 / x),
        lambda m, x: m.power(x, 3.0),
        lambda m, x: m.exp(x) + x,
        lambda m, x: x * 0,
    ]:
        with np.errstate(all="ignore", under="warn"):
            expected = texts(lambda call=call: call(np, small))
        with lz.errstate(all="ignore", under="warn"):
            assert texts(lambda call=call: call(lz, lz.asarray(small)).compute()) == expected
        by_default = texts(lambda call=call: call(np, small))
        assert texts(lambda call=call: call(lz, lz.asarray(small)).compute()) == by_default


def test_flags_of_factorisations_make_nothing_be_computed_again():
    x = np.random.default_rng(5).standard_normal((64, 64)).astype("f4")
    before = searches()
    for f in (lz.linalg.svdvals, lz.linalg.eigvals, lambda a: lz.linalg.eigh(a + a.T)[1], lz.linalg.inv):
        f(lz.asarray(x)).compute()
    assert searches() == before
    # What is computed with the result is looked at.
    assert texts(lambda: (lz.linalg.svdvals(lz.asarray(x)) / 0.0).compute()) == ["divide by zero encountered in divide"]
    assert searches() > before
