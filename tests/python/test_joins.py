"""Joins, paddings and repetitions that walks read: made where they are read, with the bits of the stored array."""

import numpy as np
import pytest
from samples import rng

import numpy_rs
import numpy_rs.lazy as lz

R = rng("joins")
LINE = lz.asarray(R.standard_normal(20_003))
OTHER = lz.asarray(R.standard_normal(9_001))
A = lz.asarray(R.standard_normal((60, 130)))
B = lz.asarray(R.standard_normal((60, 130)))
NARROW = lz.asarray(R.standard_normal((3000, 5)).astype("f4"))
CUBE = lz.asarray(R.standard_normal((11, 23, 41)))
INTS = lz.asarray(R.integers(-100, 100, 9_001).astype("i1"))

JOINS = {
    "tile": lambda: lz.tile(LINE, 3),
    "tile of rows": lambda: lz.tile(A, (2, 3)),
    "tile of a tile": lambda: lz.tile(lz.tile(LINE, 2) * 3, 2),
    "repeat": lambda: lz.repeat(LINE, 4),
    **{f"repeat {n}": lambda n=n: lz.repeat(NARROW, n, axis=0) for n in (2, 3, 5, 8, 9)},
    "repeat along rows": lambda: lz.repeat(A * 2, 3, axis=1),
    "concatenate": lambda: lz.concatenate([LINE * 2, OTHER]),
    "concatenate of bytes": lambda: lz.concatenate([INTS, INTS[::-1], INTS + 1]),
    "many": lambda: lz.concatenate([A * i for i in range(20)]),
    "side by side": lambda: lz.hstack([NARROW, NARROW * 2, NARROW[:, ::-1]]),
    "stack": lambda: lz.stack([A, B]),
    "stack of columns": lambda: lz.stack([LINE, LINE * 2], axis=-1),
    "transposed": lambda: lz.concatenate([A.T, B.T + 1]),
    "join of a join": lambda: lz.concatenate([lz.tile(LINE, 2) * 3, lz.exp(lz.concatenate([OTHER, LINE]))]),
    "roll": lambda: lz.roll(A, (3, 5), (0, 1)),
    "roll of all": lambda: lz.roll(A, 7),
    "pad narrow": lambda: lz.pad(NARROW, 1),
    "pad wide": lambda: lz.pad(A, (150, 5), mode="symmetric"),
    "pad a pad": lambda: lz.pad(lz.pad(A * 2, 1, mode="edge") + 1, 2, mode="wrap"),
    "pad in three": lambda: lz.pad(CUBE, ((1, 2), (0, 3), (4, 0)), mode="reflect"),
    **{
        f"pad {mode}": lambda mode=mode: lz.pad(A + B, ((2, 3), (4, 1)), mode=mode)
        for mode in ("constant", "edge", "wrap", "reflect", "symmetric", "linear_ramp", "maximum")
    },
}

FOLDS = {
    "sum": lambda z: z.sum(),
    "sum of columns": lambda z: z.sum(axis=0),
    "mean of rows": lambda z: z.mean(axis=-1),
    "max": lambda z: z.max(axis=0),
    "argmax": lambda z: z.argmax(),
    "deviations": lambda z: (z * z + 1).std(axis=0),
    "standardized": lambda z: ((z - z.mean()) / z.std()).sum(),
    "of a slice": lambda z: z[3:-2].sum(),
    "every other": lambda z: z[..., ::2].sum(),
    "reversed": lambda z: z[::-1].sum(),
    "of differences": lambda z: (z[1:] - z[:-1]).std(),
    "rows doubled": lambda z: (z[..., None] * np.array([1.0, 2.0])).sum(axis=-1),
    "mask": lambda z: z[z > 0],
    "counts": lambda z: lz.bincount((abs(z.astype("f8")) * 3).astype("i8").ravel(), minlength=9),
    "elementwise": lambda z: z * 2 + z[:1],
}


def bits(z):
    z = np.asarray(z.compute())
    return z.dtype, z.shape, z.tobytes()


@pytest.mark.parametrize("fold", FOLDS)
@pytest.mark.parametrize("join", JOINS)
def test_bits_of_the_stored_array(join, fold):
    stored = lz.asarray(np.asarray(JOINS[join]().compute()))
    want = bits(FOLDS[fold](stored))
    threads = numpy_rs.get_num_threads()
    try:
        for n in (1, 2):
            numpy_rs.set_num_threads(n)
            assert bits(FOLDS[fold](JOINS[join]())) == want
    finally:
        numpy_rs.set_num_threads(threads)


def walks(*arrays):
    """How many walks over more than a few elements there are."""
    spaces = [
        line.split(": ")[1].split(" ")[0] for line in lz.explain(*arrays).splitlines() if line.startswith("walk ")
    ]
    return sum(int(n.replace(",", "")) >= 4096 for n in spaces)


@pytest.mark.parametrize("join", [j for j in JOINS if j != "transposed"])
def test_a_sum_of_a_join_is_one_walk(join):
    # The largest elements of rows are walks of their own; slopes of ramps are divided once.
    assert walks(JOINS[join]().sum()) == 1 + (join == "pad linear_ramp") + (join == "pad maximum") * 2


def kalman(xp, z):
    x, p, states = xp.zeros(z.shape[1]), xp.ones(z.shape[1]), []
    for row in z:
        p = p + 0.01
        gain = p / (p + 0.1)
        x, p = x + gain * (row - x), (1 - gain) * p
        states.append(x)
    return xp.stack(states)


def test_states_that_are_stacked_are_made_in_one_walk():
    z = np.random.default_rng(2).random((20, 5000))
    states = kalman(lz, lz.asarray(z))
    assert walks(states) == 1
    assert np.array_equal(states.compute(), kalman(np, z))


def test_states_of_which_the_mean_goes_on_are_made_once():
    z = np.random.default_rng(2).random(600_000)
    results = []
    for xp, x in ((lz, lz.asarray(z)), (np, z)):
        states = []
        for _ in range(6):
            x = xp.sqrt(xp.exp(x / 3 - x.mean()))
            states.append(x)
        results.append(xp.stack(states))
    np.testing.assert_allclose(results[0].compute(), results[1], rtol=1e-13)
    text = results[0].explain()
    assert max(line.count("exp") for line in text.splitlines()) <= 2, text


def test_stored_joins_of_joins_store_no_inner_join():
    text = lz.explain(lz.pad(lz.tile(A * 2, 2), 2, mode="edge"), level="plan")
    assert text.count("buffer ") == 1
    np.testing.assert_array_equal(np.asarray(lz.pad(A * 2, 2)), np.pad(np.asarray(A) * 2, 2))


def smoothed(xp, u, mode, steps):
    for _ in range(steps):
        p = xp.pad(u, 1, mode=mode)
        u = p[1:-1, 1:-1] + 0.1 * (p[2:, 1:-1] + p[:-2, 1:-1] + p[1:-1, 2:] + p[1:-1, :-2] - 4 * p[1:-1, 1:-1])
    return u


@pytest.mark.parametrize("mode", ["constant", "edge", "wrap", "reflect", "symmetric"])
def test_stencils_of_paddings_take_two_arrays_for_any_number_of_steps(mode):
    x = R.standard_normal((90, 130))
    z = smoothed(lz, lz.asarray(x), mode, 20)
    peak = next(line for line in lz.explain(z).splitlines() if "peak extra memory" in line)
    assert int(peak.split(": ")[1].split(" ")[0].replace(",", "")) <= 2 * x.nbytes + 1024
    np.testing.assert_array_equal(np.asarray(z.compute()), smoothed(np, x, mode, 20))


class Programs:
    """Random joins of joins, in both libraries."""

    def __init__(self, seed):
        self.r = np.random.default_rng(seed)

    def pick(self, *choices):
        return choices[self.r.integers(len(choices))]

    def array(self, xp, depth, shape):
        r = self.r
        if depth == 0:
            x = r.integers(-9, 9, shape).astype(float)
            return xp.asarray(x)
        kind = r.integers(7)
        axis = int(r.integers(len(shape)))
        n = shape[axis]

        def part(m):
            return self.array(xp, depth - 1, (*shape[:axis], m, *shape[axis + 1 :]))

        if kind == 0 and n > 1:
            at = int(r.integers(1, n))
            return xp.concatenate([part(at), part(n - at)], axis)
        if kind == 1 and n > 6:
            before, after = (int(k) for k in r.integers(0, 3, 2))
            width = [(0, 0)] * len(shape)
            width[axis] = (before, after)
            return xp.pad(part(n - before - after), width, mode=self.pick("constant", "edge", "wrap", "reflect"))
        if kind == 2:
            return xp.roll(part(n), int(r.integers(-9, 9)), axis)
        if kind == 3 and n % 3 == 0:
            return xp.repeat(part(n // 3), 3, axis)
        if kind == 4 and n % 2 == 0:
            reps = [1] * len(shape)
            reps[axis] = 2
            return xp.tile(part(n // 2), reps)
        if kind == 5:
            return part(n) * 2 + part(n)
        return part(n)[::-1] if self.r.integers(2) else part(n).reshape(-1).reshape(shape)


@pytest.mark.parametrize("seed", range(60))
def test_random_joins_as_numpy(seed):
    """Of integers in floats, whose sums are exact in any order."""
    shape = Programs(seed).pick((6000,), (60, 90), (12, 18, 24), (3, 4000))
    got, want = (Programs(seed + 1000).array(xp, 4, shape) for xp in (lz, np))
    folds = [lambda z: z.sum(), lambda z: z.sum(axis=0), lambda z: (z * z).max(axis=-1), lambda z: z - z.mean()]
    for fold in folds:
        np.testing.assert_array_equal(np.asarray(fold(got).compute()), fold(want))


@pytest.mark.parametrize("casting", ["no", "equiv", "safe", "same_kind", "unsafe", "any", None])
@pytest.mark.parametrize("dtype", [None, "f4"])
@pytest.mark.parametrize("second", [[3], [2.5]])
@pytest.mark.parametrize("name", ["concatenate", "stack", "vstack", "hstack"])
def test_casting(name, second, dtype, casting):
    def outcome(xp):
        try:
            return np.asarray(getattr(xp, name)([[1.5], second], casting=casting, dtype=dtype))
        except (TypeError, ValueError) as e:
            return type(e).__name__, str(e)

    ours, numpys = outcome(lz), outcome(np)
    if isinstance(numpys, tuple):
        assert ours == numpys
    else:
        assert ours.dtype == numpys.dtype
        assert np.array_equal(ours, numpys)
