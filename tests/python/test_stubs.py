"""The types of the package: what is generated is current, mypy and stubtest find nothing."""

import os
import pathlib
import subprocess
import sys

import pytest

import numpy_rs

ROOT = pathlib.Path(__file__).parents[2]


def run(*command):
    """Run a Python module or script on the package that the tests import; give its result."""
    package = str(pathlib.Path(numpy_rs.__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": package, "MYPYPATH": package}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "command",
    [
        ("tests/generate_stubs.py", "--check"),
        ("-m", "mypy", "--strict", "-p", "numpy_rs"),
        ("-m", "mypy.stubtest", "numpy_rs"),
    ],
    ids=["generated files", "mypy", "stubtest"],
)
def test_types_are_sound(command):
    result = run(*command)
    assert result.returncode == 0, result.stdout + result.stderr


def test_types_of_results_are_inferred(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import numpy as np\n"
        "import numpy_rs.lazy as lz\n"
        "x = lz.asarray([1.0, 2.0])\n"
        "reveal_type(lz.sin(x) + 1)\n"
        "reveal_type(lz.modf(x))\n"
        "reveal_type((2 * x).compute())\n"
        "reveal_type(x.compute(out=np.zeros(2)))\n"
        "reveal_type(lz.where(x > 0))\n"
        "reveal_type(lz.where(x > 0, x, 0))\n"
        "reveal_type(lz.linspace(0, 1, retstep=True))\n"
        "x[0] = 1\n"
    )
    result = run("-m", "mypy", "--no-error-summary", str(program))
    lines = [line.partition(": ")[2] for line in result.stdout.splitlines()]
    found = [line.partition('"')[2].rpartition('"')[0] for line in lines if line.startswith("note: Revealed")]
    assert found[:3] == [
        "numpy_rs._core.LazyArray",
        "tuple[numpy_rs._core.LazyArray, numpy_rs._core.LazyArray]",
        "numpy_rs._core.ndarray",
    ]
    assert found[3].startswith("numpy.ndarray")
    assert found[4:] == [
        "tuple[numpy_rs._core.LazyArray, ...]",
        "numpy_rs._core.LazyArray",
        "tuple[numpy_rs._core.LazyArray, numpy_rs._core.LazyArray]",
    ]
    assert any(line.startswith("error: Invalid index type") for line in lines)
