"""Corners with NumPy's results, exceptions and texts: shapes, `clip`, `round`, `select`, `piecewise`, closeness."""

import numpy as np
import pytest
from lazy_checks import same_outcome

N, F, U = np.arange(6), np.array([1.5, -2.5, 3.0]), np.array([1, 2, 3], "u1")
NONE, NO_ROWS = np.zeros(0), np.zeros((0, 3))
G = np.arange(6).reshape(2, 3)
SHAPES = {
    "zero and unknown": lambda m, i, e, r: r.reshape((0, -1)),
    "unknown and zero": lambda m, i, e, r: r.reshape(-1, 0),
    "unknown": lambda m, i, e, r: r.reshape(-1),
    "three": lambda m, i, e, r: r.reshape(3, -1),
    "two": lambda m, i, e, r: r.reshape(2),
    "twice unknown": lambda m, i, e, r: i.reshape(-1, -1),
    "no divisor": lambda m, i, e, r: i.reshape(4, -1),
    "too many": lambda m, i, e, r: i.reshape(7),
    "none": lambda m, i, e, r: i.reshape(()),
    "negative": lambda m, i, e, r: i.reshape(2, -3),
    "float": lambda m, i, e, r: i.reshape(2.0, 3),
    "text": lambda m, i, e, r: i.reshape("a"),
    "nested": lambda m, i, e, r: i.reshape((2, (3,))),
    "huge": lambda m, i, e, r: i.reshape(2**70),
    "None": lambda m, i, e, r: i.reshape(None),
    "nothing": lambda m, i, e, r: i.reshape(),
    "zeros": lambda m, i, e, r: m.zeros(2**70),
    "zeros of bytes": lambda m, i, e, r: m.zeros((2**62, 2)),
    "zeros of None": lambda m, i, e, r: m.zeros(None),
    "zeros of text": lambda m, i, e, r: m.zeros("a"),
    "zeros of float": lambda m, i, e, r: m.zeros(2.0),
    "ones": lambda m, i, e, r: m.ones(-1),
    "full": lambda m, i, e, r: m.full((2**63,), 0),
    "eye": lambda m, i, e, r: m.eye(2**70),
    "negative eye": lambda m, i, e, r: m.eye(-1),
    "broadcast": lambda m, i, e, r: m.broadcast_to(1, 2**70),
    "joint": lambda m, i, e, r: m.broadcast_arrays(m.ones((2, 6)), i, m.ones(3)),
    "take none": lambda m, i, e, r: m.take(e, [0]),
    "take nothing": lambda m, i, e, r: m.take(e, []),
    "take row": lambda m, i, e, r: m.take(r, [0], axis=0),
    "take column": lambda m, i, e, r: m.take(r, [0], axis=1),
    "take clipped": lambda m, i, e, r: m.take(e, [0], mode="clip"),
    "take wrapped": lambda m, i, e, r: m.take(e, [0], mode="wrap"),
    "compress none": lambda m, i, e, r: m.compress([True], e),
    "compress beyond": lambda m, i, e, r: m.compress([False] * 6 + [True], i),
    "compress rows": lambda m, i, e, r: m.compress([True], r, axis=0),
    "compress axis": lambda m, i, e, r: m.compress([True], i, axis=2),
}


@pytest.mark.parametrize("call", SHAPES.values(), ids=SHAPES)
def test_shapes_and_bounds(call):
    same_outcome(call, N, NONE, NO_ROWS)


VALUES = {
    "clip dtype": lambda m, i, f, u: m.clip(i, 1, 3, dtype="f4"),
    "clip unsafe": lambda m, i, f, u: m.clip(i, 1.5, 3, dtype="i8", casting="unsafe"),
    "clip no": lambda m, i, f, u: m.clip(i, 1, 3, casting="no"),
    "clip refused": lambda m, i, f, u: m.clip(f, 1, 2, dtype="i8"),
    "clip bound refused": lambda m, i, f, u: m.clip(i, 1.5, 3, dtype="i8"),
    "clip narrow": lambda m, i, f, u: m.clip(f, 1, 2, dtype="f4"),
    "clip rule": lambda m, i, f, u: m.clip(f, 1, 2, casting="x"),
    "clip beyond": lambda m, i, f, u: m.clip(u, -1, 300, dtype="i2"),
    "clip method": lambda m, i, f, u: i.clip(1, 3, dtype="f4"),
    "round up": lambda m, i, f, u: m.round(f, 400),
    "round down": lambda m, i, f, u: m.round(f, -400),
    "round integers": lambda m, i, f, u: m.round(i, -400),
    "round integers up": lambda m, i, f, u: m.round(i, 400),
    "round 308": lambda m, i, f, u: m.round(f, 308),
    "round 309": lambda m, i, f, u: m.round(f, 309),
    "round too far": lambda m, i, f, u: m.round(f, 2**70),
    "round half": lambda m, i, f, u: m.round(f.astype("f2"), 5),
    "astype None": lambda m, i, f, u: i.astype(None),
    "select default": lambda m, i, f, u: m.select([u > 2], [u], default=300),
    "select negative": lambda m, i, f, u: m.select([u > 2], [u], default=-1),
    "select number": lambda m, i, f, u: m.select([u > 2], [300], default=m.asarray(3, dtype="u1")),
    "select float": lambda m, i, f, u: m.select([i > 2], [i], default=1.5),
    "select shapes": lambda m, i, f, u: m.select([i > 2], [f]),
    "select choices": lambda m, i, f, u: m.select([i > 2, i < 1], [i, f]),
    "select conditions": lambda m, i, f, u: m.select([i > 2, f < 1], [i, i]),
    "select no bool": lambda m, i, f, u: m.select([i], [i]),
    "piecewise size": lambda m, i, f, u: m.piecewise(f, [f < 0], [lambda v: v.size, 7]),
    "piecewise least": lambda m, i, f, u: m.piecewise(f, [f < 2, f > 2], [lambda v: v - v.min(), lambda v: v * v]),
    "piecewise none": lambda m, i, f, u: m.piecewise(f, [f > 100], [lambda v: 1 / 0]),
    "piecewise one": lambda m, i, f, u: m.piecewise(f, [f > 0], [lambda v: [9.0]]),
    "piecewise many": lambda m, i, f, u: m.piecewise(f, [f > 0], [lambda v: [9.0, 8.0, 7.0]]),
    "piecewise shape": lambda m, i, f, u: m.piecewise(f, [f[:2] < 0], [1]),
    "piecewise beyond": lambda m, i, f, u: m.piecewise(u, [u > 1], [300]),
    "piecewise cast": lambda m, i, f, u: m.piecewise(u, [u > 1], [lambda v: v * 2.5]),
    "piecewise more": lambda m, i, f, u: m.piecewise(f, [f < 0], [lambda v, k, b=0: v + k + b], 3, b=4),
    "piecewise number": lambda m, i, f, u: m.piecewise(m.asarray(3.0), [True], [lambda v: v + 1]),
    "piecewise last": lambda m, i, f, u: m.piecewise(f, [f > 0, f > 2], [1, 2]),
    "close": lambda m, i, f, u: m.isclose(u, 300),
    "close below": lambda m, i, f, u: m.isclose(u, -1),
    "close huge": lambda m, i, f, u: m.isclose(i, 2**70),
    "close huge all": lambda m, i, f, u: m.allclose(u, 2**70),
    "close single": lambda m, i, f, u: m.isclose(f.astype("f4"), 1e300),
    "close half": lambda m, i, f, u: m.isclose(f.astype("f2"), 1e6),
    "close tolerance": lambda m, i, f, u: m.isclose(u, 1, rtol=300),
    "close to beyond": lambda m, i, f, u: m.isclose(f, 10**400),
    "close numbers": lambda m, i, f, u: m.isclose(1.0, 1 + 1e-9),
    "close nan": lambda m, i, f, u: m.isclose([1, float("nan")], float("nan"), equal_nan=True),
    "rule": lambda m, i, f, u: m.add(i, 1.5, casting="no"),
    "rule of types": lambda m, i, f, u: m.sqrt(i, casting="no"),
    "rule of truth": lambda m, i, f, u: m.logical_and(f, i[:3], casting="no"),
    "rule kept": lambda m, i, f, u: m.add(i, 2, casting="equiv"),
    "rule and type": lambda m, i, f, u: m.add(i, 1, casting="no", dtype="f8"),
    "order": lambda m, i, f, u: m.add(i, 1, order="x"),
    "subok": lambda m, i, f, u: m.add(i, 1, subok=3),
}


@pytest.mark.parametrize("call", VALUES.values(), ids=VALUES)
def test_values_and_refusals(call):
    same_outcome(call, N, F, U)


def test_piecewise_over_rows():
    same_outcome(lambda m, g: m.piecewise(g, [g > 2], [lambda v: v * 2, lambda v: v.ndim]), G)
    same_outcome(lambda m, g: m.piecewise(g, [g[:, 0] > 2], [lambda v: v * 2]), G)
