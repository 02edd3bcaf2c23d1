"""Draws beside NumPy's, in turns: `python benches/draws.py [--size N] [--generator NAME] [--lazy]`.

Each line tells the median time of a number, in nanoseconds, and how many times as fast as NumPy that is. Both
give the same numbers, which is looked at first; not with `--lazy`, which draws from `numpy_rs.lazy.random`.
"""

import harness

# isort: split
# NumPy's thread library reads what the harness says of it when it is loaded.
import argparse
import functools

import numpy as np

import numpy_rs
import numpy_rs.lazy

DRAWS = {
    "random": lambda g, n: g.random(n),
    "random float32": lambda g, n: g.random(n, dtype="float32"),
    "uniform": lambda g, n: g.uniform(1, 2, n),
    "standard_normal": lambda g, n: g.standard_normal(n),
    "standard_normal float32": lambda g, n: g.standard_normal(n, dtype="float32"),
    "normal": lambda g, n: g.normal(1, 2, n),
    "exponential": lambda g, n: g.exponential(2, n),
    "gamma 2.5": lambda g, n: g.gamma(2.5, 2, n),
    "gamma 0.5": lambda g, n: g.gamma(0.5, 2, n),
    "gamma of rows": lambda g, n: g.gamma(np.linspace(1, 3, n), 2),
    "beta": lambda g, n: g.beta(2, 3, n),
    "poisson 5": lambda g, n: g.poisson(5, n),
    "poisson 100": lambda g, n: g.poisson(100, n),
    "binomial 10": lambda g, n: g.binomial(10, 0.3, n),
    "binomial 100": lambda g, n: g.binomial(100, 0.4, n),
    "geometric": lambda g, n: g.geometric(0.1, n),
    "hypergeometric": lambda g, n: g.hypergeometric(50, 60, 30, n),
    "laplace": lambda g, n: g.laplace(0, 1, n),
    "vonmises": lambda g, n: g.vonmises(0, 4, n),
    "integers 1000": lambda g, n: g.integers(0, 1000, n),
    "integers of rows": lambda g, n: g.integers(0, np.arange(1, n + 1)),
    "permutation": lambda g, n: g.permutation(n),
    "choice": lambda g, n: g.choice(2 * n, n, replace=False),
}


def computed(draw, generator, n):
    """A lazy draw, and what it gives."""
    return draw(generator, n).compute()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=1e6)
    parser.add_argument("--generator", default="PCG64", choices=["PCG64", "PCG64DXSM", "SFC64", "Philox", "MT19937"])
    parser.add_argument("--lazy", action="store_true")
    arguments = parser.parse_args()
    n, kind = int(arguments.size), "Philox" if arguments.lazy else arguments.generator
    print(f"{kind}, {n} numbers, {numpy_rs.lazy.get_num_threads()} threads; ns a number")
    for name, draw in DRAWS.items():
        module = numpy_rs.lazy.random if arguments.lazy else numpy_rs.random
        ours, theirs = (m.Generator(getattr(m, kind)(1)) for m in (module, np.random))
        if arguments.lazy:
            mine = functools.partial(computed, draw, ours, n)
        else:
            assert np.asarray(draw(ours, n)).tobytes() == draw(theirs, n).tobytes(), name
            mine = functools.partial(draw, ours, n)
        calls = {"ours": mine, "numpy": functools.partial(draw, theirs, n)}
        taken = {who: seconds["median"] / n * 1e9 for who, seconds in harness.round_robin(calls, limit=3.0).items()}
        print(
            f"{name:24} {taken['ours']:8.2f} numpy {taken['numpy']:8.2f}  {taken['numpy'] / taken['ours']:5.2f} times"
        )


if __name__ == "__main__":
    main()
