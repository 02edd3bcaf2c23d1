"""Random programs give NumPy's dtypes, shapes, values and exceptions. See `graph_errors` for the bounds.

A failing program is shrunk and printed as Python with NumPy's lines beside ours. To run one seed again:
``python tests/python/test_random_graphs.py SEED``.
"""

import sys
import warnings

import numpy as np
import pytest
from graph_generator import Generator, draw
from graph_programs import Bad, Node, Program, listing, needed, shrink, verdict

from numpy_rs import _core

PER_TEST = 500
TESTS = 40


def attempt(p, work):
    """Runs `work`, which grows `p` and checks it; None, or how that failed."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            work()
            return None
        except Bad as e:
            return str(e)
        except Exception as e:
            return f"ours raises {type(e).__name__}: {e}"
        except BaseException as e:
            # A panic of the engine is no Exception.
            if type(e).__name__ != "PanicException":
                raise
            return f"ours panics: {e}"


def describe(seed, p, outputs, text):
    """The report of a failure, its program shrunk."""
    nodes = list(p.nodes)
    if p.pending is not None:
        nodes.append(Node(text=p.pending[0], args=p.pending[1], rule=p.pending[2]))
        outputs = [len(nodes) - 1]
    nodes, outputs = needed(nodes, outputs)
    if verdict(nodes, outputs) is None:
        return f"seed {seed}: {text}\n(not again when evaluated afresh)\n{listing(nodes, outputs)}"
    nodes, outputs = shrink(nodes, outputs)
    return f"seed {seed}: {verdict(nodes, outputs) or text}\n{listing(nodes, outputs)}"


def failure(seed):
    """None, or the report of how a seed's program fails."""
    p, outputs = Program(), []
    # Half of the programs run through compiled code, half through the tile routines of first uses.
    _core.set_compile_after(0 if seed % 2 else 1 << 30)

    def first():
        outputs.extend(draw(seed, p))
        p.check(outputs)

    text = attempt(p, first)
    if text is not None:
        return describe(seed, p, outputs, text)
    if seed % 2:
        return None
    # The same program over other arrays, which may lie otherwise in memory: plans and kernels that are kept serve it.
    again, fresh = Program(), Generator(seed + 1)
    fresh.choose_theme()

    def second():
        for node in p.nodes:
            if node.array is not None:
                again.add_leaf(fresh.leaf(node.array.shape, node.array.dtype))
                continue
            again.pending = (node.text, node.args, node.rule)
            if not again.try_add(node.text, node.args, node.rule, 1 << 20):
                return  # other values may allow no bound, or raise
        again.pending = None
        again.check(outputs)

    text = attempt(again, second)
    return None if text is None else describe(f"{seed} again", again, outputs, text)


@pytest.mark.parametrize("block", range(TESTS))
def test_random_programs_agree_with_numpy(block):
    reports = []
    for seed in range(block * PER_TEST, (block + 1) * PER_TEST):
        report = failure(seed)
        if report is not None:
            reports.append(report)
            if len(reports) == 5:
                break
    assert not reports, "\n\n".join(reports)


def test_programs_have_all_kinds_of_nodes_and_outputs():
    """The generator itself: most programs grow, most outputs are exact, some are not."""
    sizes, exact, inexact = [], 0, 0
    for seed in range(300):
        p = Program()
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                outputs = draw(seed, p)
            except Bad:
                continue
        sizes.append(len(p.nodes))
        exact += sum(p.errors[i] is None for i in outputs)
        inexact += sum(p.errors[i] is not None for i in outputs)
    assert np.mean(sizes) > 6
    assert exact > 300
    assert inexact > 50


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(failure(int(argument)))
