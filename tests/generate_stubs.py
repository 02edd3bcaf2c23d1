"""Writes what the tables of the compiled core determine: `lazy/_ufuncs.py` and `_core.pyi`.

``python tests/generate_stubs.py`` renews both; ``--check`` only says whether they are current. Signatures come from the
module itself, types from the table below.
"""

import argparse
import pathlib
import sys

PACKAGE = pathlib.Path(__file__).parents[1] / "python" / "numpy_rs"

# Names of the ufunc table that `numpy_rs.lazy` has as functions with more to them.
FUNCTIONS = {"where", "clip", "real", "imag", "angle"}


def ufunc_names():
    """NumPy's names and aliases in the table, each with the name of its row."""
    from numpy_rs import _core

    return {name: _core.ufuncs[name].__name__ for name in sorted(_core.ufuncs) if name not in FUNCTIONS}


def ufuncs_module():
    """The text of `lazy/_ufuncs.py`."""
    names = ufunc_names()
    lines = ['"""The ufuncs of the compiled core by name. Generated: `make generate`."""', ""]
    lines += ["from numpy_rs._core import ufuncs as _ufuncs", "", "__all__ = ["]
    lines += [f'    "{name}",' for name in names]
    lines += ["]", ""]
    lines += [f'{name} = _ufuncs["{row}"]' for name, row in names.items()]
    return "\n".join(lines) + "\n"


HEADER = '''"""The compiled core. Generated: `make generate`."""

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

_Any: TypeAlias = Any
'''

# Types of parameters by name, and of results by function: the signatures themselves are the module's.
PARAMETERS = {
    "shape": "_Any",
    "level": "str",
    "casting": "str",
    "name": "str",
    "bytes": "bytes",
    "start": "int",
    "strides": "list[int]",
    "keepdims": "bool | None",
    "ddof": "float",
    "min": "_Any",
}
RESULTS: dict[str, str] = {}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where a file is stale, write nothing")
    check = parser.parse_args().check
    stale = []
    for path, text in outputs().items():
        if path.exists() and path.read_text() == text:
            continue
        stale.append(path)
        if not check:
            path.write_text(text)
    for path in stale:
        print(("stale: " if check else "written: ") + str(path.relative_to(PACKAGE.parents[1])))
    return 1 if check and stale else 0


def outputs():
    """The generated files and their texts."""
    return {PACKAGE / "lazy" / "_ufuncs.py": ufuncs_module()}


if __name__ == "__main__":
    sys.exit(main())
