"""Histograms of two and more axes against NumPy."""

import numpy as np
from lazy_checks import CUBE, F4, I8, NANS, U1, A, V, cases, check

RANDOM = np.random.default_rng(20261130)
X, Y = RANDOM.normal(size=(2, 200))
POINTS = RANDOM.normal(size=(150, 3))
WEIGHTS = RANDOM.integers(-5, 9, 200) / 4


@cases(
    histogram2d=[
        A(X, Y),
        A(X, Y, 5),
        A(X, Y, (3, 7)),
        A(X, Y, [3, 7], density=True),
        A(X, Y, 4, [[-1, 1], [-2, 2]]),
        A(X, Y, 4, [[-1, 1], None]),
        A(X, Y, 4, [[-1, 1]]),
        A(X, Y, 4, [[1, -1], [0, 1]]),
        A(X, Y, 4, [[0, np.inf], [0, 1]]),
        A(X, Y, np.linspace(-2, 2, 5)),
        A(X, Y, [-1, 0, 0.5, 2]),
        A(X, Y, [[-1, 0, 1], [-2, 0.5]]),
        A(X, Y, [[-1, 0, 1], 3]),
        A(X, Y, [3, [-1, 0, 1]], None, True),
        A(X, Y, 3, weights=WEIGHTS),
        A(X, Y, 3, weights=WEIGHTS, density=True),
        A(X, Y, 3, weights=WEIGHTS[:-1]),
        A(X, Y, 3, weights=np.ones(200, int)),
        A(X, Y, 3, weights=np.ones(200, "c16")),
        A(X, Y, 3, weights=np.ones((2, 100))),
        A(X, Y[:-1]),
        A(X, Y, [3]),
        A(X, Y, 0),
        A(X, Y, 2.5),
        A(X, Y, [2, -1]),
        A(X, Y, [[1, 0], 3]),
        A(X, Y, [[1], 3]),
        A(X, Y, [[[1, 2]], 3]),
        A([1, 2, 2], [1, 1, 3], 2),
        A([1, 1], [2, 2], 2),
        A([], []),
        A([], [], 3, [[0, 1], [0, 2]]),
        A(NANS[0], NANS[1]),
        A(NANS[0], NANS[1], 3, [[0, 1], [0, 2]]),
        A([1, 2, 3, 4], [1, 2, 3, 4], [[1, 2, 4], [1, 2, 4]]),
        A(V, V + 0.5),
        A(3, 4),
    ],
    histogramdd=[
        A(POINTS),
        A(POINTS, 3),
        A(POINTS, (2, 3, 4)),
        A(POINTS, (2, 3, 4), density=True),
        A(POINTS, (2, 3)),
        A(POINTS, (2, [-1, 0, 1], 4)),
        A(POINTS, 3, ((-1, 1), None, (0, 2))),
        A(POINTS, 3, weights=np.arange(150)),
        A(POINTS, 3, ((-1, 1), None)),
        A(POINTS[:, :1], 4),
        A(POINTS[:, 0], 4),
        A([X, Y], 4),
        A([X.tolist(), Y.tolist()], 4),
        A(I8, 2),
        A(U1, 2),
        A(F4, 2),
        A(F4, (2, 2, 2, 2), density=True),
        A(CUBE, 2),
        A(np.zeros((0, 2)), 2),
        A(np.zeros((3, 0)), 2),
        A(POINTS, ([0.5, 1], [], 2)),
    ],
)
def test_histograms_of_several_axes(name, args, kwargs):
    # Sums of densities differ by roundings; weights are quarters.
    check(name, *args, ulp=4 if kwargs.get("density") else 0, **kwargs)
