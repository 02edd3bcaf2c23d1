"""Writes what other files determine: `lazy/_ufuncs.py`, `lazy/__init__.py` and `_core.pyi`.

``python tests/generate_stubs.py`` renews them; ``--check`` only says whether they are current. Names, signatures and
defaults are the module's own; the tables below add types.
"""

import argparse
import ast
import inspect
import pathlib
import subprocess
import sys

PACKAGE = pathlib.Path(__file__).parents[1] / "python" / "numpy_rs"

# Names of the ufunc table that `numpy_rs.lazy` has as functions with more to them, or inside of such.
FUNCTIONS = {"where", "clip", "real", "imag", "angle", "make_complex"}


NAMESPACE = '''\
"""NumPy's names over lazy arrays: expressions that are simplified, fused and compiled when they are computed.

Examples
--------
>>> import numpy_rs.lazy as lz
>>> x = lz.asarray([1.0, 2.0, 3.0, 4.0])
>>> z = ((x - x.mean()) / x.std()).clip(-1, 1)
>>> z.shape, z.dtype
((4,), dtype('float64'))
>>> z.compute()
array([-1.       , -0.4472136,  0.4472136,  1.       ])
"""

# Generated: `make generate`.
'''


def public(path):
    """The names in a module's `__all__`, read without running it."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return ast.literal_eval(node.value)
    return []


def namespace_module(modules):
    """The text of `lazy/__init__.py`: the public names of all its modules."""
    names = {
        "exceptions": "numpy_rs",
        "fft": "numpy_rs.lazy",
        "lib": "numpy_rs.lazy",
        "linalg": "numpy_rs.lazy",
        "random": "numpy_rs.lazy",
        "LazyArray": "numpy_rs._core",
        "ndarray": "numpy_rs._core",
        "ufunc": "numpy_rs._core",
    }
    hidden = ("__init__", "_dispatch", "_typing", "fft")
    found = {f".{path.stem}": public(path) for path in modules if path.stem not in hidden}
    lines = ["from numpy_rs import exceptions", "from numpy_rs._core import LazyArray, ndarray, ufunc", ""]
    lines.append("from . import _methods as _methods")
    for module, own in found.items():
        if own:
            lines += [f"from {module} import (", *(f"    {name}," for name in sorted(own)), ")"]
    lines.append("from . import fft, lib, linalg, random")
    every = sorted([*names, *(name for own in found.values() for name in own)])
    lines += ["", "__all__ = [", *(f'    "{name}",' for name in every), "]"]
    return NAMESPACE + "\n" + "\n".join(lines) + "\n"


def formatted(path, text):
    """The text as the project's formatter writes it."""
    command = [sys.executable, "-m", "ruff"]
    for action in (["check", "--select", "I,F401", "--fix", "--quiet"], ["format", "--quiet"]):
        run = subprocess.run(
            [*command, *action, "--stdin-filename", str(path), "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        text = run.stdout
    return text


def ufuncs_module():
    """The text of `lazy/_ufuncs.py`: NumPy's names and aliases in the table, each typed by operands and results.

    What is a function in `numpy_rs.lazy` has a name with an underscore here.
    """
    from numpy_rs import _core

    protocols = {(1, 1): "Unary", (2, 1): "Binary", (3, 1): "Ternary", (1, 2): "UnaryPair", (2, 2): "BinaryPair"}
    table = {name: u for name, u in sorted(_core.ufuncs.items()) if name not in FUNCTIONS}
    inner = {f"_{name}": _core.ufuncs[name] for name in sorted(FUNCTIONS)}
    used = sorted({protocols[u.nin, u.nout] for u in (table | inner).values()})
    lines = ['"""The ufuncs of the compiled core by name. Generated: `make generate`."""', ""]
    lines += ["from numpy_rs._core import ufuncs as _ufuncs", "", f"from ._typing import {', '.join(used)}", ""]
    lines += ["__all__ = [", *(f'    "{name}",' for name in table), "]", ""]
    lines += [f'{name}: {protocols[u.nin, u.nout]} = _ufuncs["{u.__name__}"]' for name, u in (table | inner).items()]
    return "\n".join(lines) + "\n"


HEADER = '''"""The compiled core. Generated: `make generate`."""

import builtins
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, ClassVar, Literal, Never, NoReturn, SupportsIndex, TypeVar, final, overload

from numpy_rs.lazy._types import generic
from numpy_rs.lazy._see import Drawing, Profile
from numpy_rs.lazy._typing import ArrayLike, Axes, Axis, DTypeLike, Order, ShapeLike

_Out = TypeVar("_Out")

__version__: str
ufuncs: dict[str, ufunc]
'''

# Types of parameters by name; after a dot, for one function only.
PARAMETERS = {
    "a": "ArrayLike",
    "arrays": "ArrayLike",
    "axes": "Any",
    "axis": "Axes | None",
    "axis1": "Axis",
    "axis2": "Axis",
    "bytes": "bytes",
    "casting": "str | None",
    "choices": "Iterable[ArrayLike]",
    "count": "int",
    "condition": "ArrayLike",
    "copy": "bool | None",
    "correction": "float | None",
    "ddof": "float | None",
    "decimals": "int",
    "destination": "Axes",
    "device": "str | None",
    "dl_device": "tuple[int, int] | None",
    "dtype": "DTypeLike | None",
    "fill_value": "ArrayLike",
    "from_": "ArrayLike | DTypeLike",
    "here": "bool",
    "indices": "ArrayLike",
    "initial": "ArrayLike | None",
    "k": "int",
    "keepdims": "bool | None",
    "key": "Any",
    "level": "str",
    "like": "Any",
    "m": "int",
    "max": "ArrayLike | None",
    "max_version": "tuple[int, int] | None",
    "mean": "ArrayLike | None",
    "min": "ArrayLike | None",
    "mod": "None",
    "mode": "str",
    "n": "int",
    "name": "str",
    "offset": "int",
    "operands": "ArrayLike | DTypeLike",
    "order": "Order",
    "out": "None",
    "positions": "LazyArray",
    "repeats": "int | ArrayLike",
    "right": "bool",
    "side": "str",
    "sorter": "ArrayLike | None",
    "v": "ArrayLike",
    "values": "ArrayLike",
    "weights": "LazyArray | None",
    "bins.x": "LazyArray",
    "picked.x": "LazyArray",
    "philox_block.counter": "tuple[int, int, int, int]",
    "philox_block.key": "tuple[int, int]",
    "random.state": "Sequence[int]",
    "first": "int",
    "high": "int",
    "low": "int",
    "range": "int",
    "seed": "Sequence[int]",
    "integers.dtype": "DTypeLike",
    "advance.by": "tuple[int, int, int, int]",
    "alpha": "ArrayLike",
    "chosen.p": "ArrayLike",
    "chosen.replace": "bool",
    "chosen.tolerance": "float",
    "colors.colors": "Sequence[int]",
    "colors.count": "bool",
    "draw.out": "Any",
    "draw.state": "Sequence[int]",
    "endpoint": "bool",
    "integers_between.dtype": "DTypeLike",
    "integers_between.high": "ArrayLike",
    "integers_between.low": "ArrayLike",
    "lines": "int",
    "multinomial.n": "ArrayLike",
    "multinomial_shape.n": "ArrayLike",
    "nsample": "int",
    "parameters": "tuple[ArrayLike, ...]",
    "population": "int",
    "pvals": "ArrayLike",
    "restore.state": "Sequence[int]",
    "shuffle": "bool",
    "size": "ShapeLike | None",
    "sort.x": "LazyArray",
    "sort.axis": "int",
    "sort.places": "list[int] | None",
    "argsort.x": "LazyArray",
    "argsort.axis": "Axis | None",
    "argsort.kind": "str | None",
    "argsort.order": "None",
    "argsort.stable": "bool | None",
    "argsort.places": "list[int] | None",
    "scatter.x": "LazyArray",
    "integer_range.x": "LazyArray",
    "unique.x": "LazyArray",
    "unique.equal_nan": "bool",
    "linalg.a": "LazyArray",
    "linalg.option": "str",
    "lstsq.a": "LazyArray",
    "lstsq.b": "LazyArray",
    "lstsq.rcond": "float",
    "solve.a": "LazyArray",
    "solve.b": "LazyArray",
    "fourier.x": "LazyArray",
    "fourier.name": "str",
    "fourier.n": "int",
    "fourier.axis": "int",
    "fourier.factor": "float",
    "profile_all.repeats": "int",
    "profile.repeats": "int",
    "shape": "Any",
    "shapes": "ShapeLike",
    "source": "Axes",
    "spec": "str",
    "start": "int",
    "stream": "None",
    "strides": "Sequence[int]",
    "subok": "bool | None",
    "to": "DTypeLike",
    "value": "ArrayLike",
    "where": "ArrayLike | None",
    "x": "ArrayLike",
    "import_dlpack.x": "Any",
    "concatenate.arrays": "Iterable[ArrayLike]",
    "concatenate.axis": "Axis",
    "c_int.x": "Any",
    "c_int.taken": "str",
    "element.value": "ArrayLike",
    "element.dtype": "DTypeLike",
    "eye.dtype": "DTypeLike",
    "expand_dims.axis": "Axes",
    "lengths": "Sequence[SupportsIndex]",
    "windows.axes": "Sequence[SupportsIndex]",
    "correlate.before": "int",
    "correlate.after": "int",
    "from_bytes.dtype": "DTypeLike",
    "can_cast.casting": "str",
    "promote_types.a": "DTypeLike",
    "promote_types.b": "DTypeLike",
    "_reduce.ddof": "float",
    "astype.dtype": "DTypeLike",
    "argmin.axis": "Axis | None",
    "argmax.axis": "Axis | None",
    "take.axis": "Axis | None",
    "repeat.axis": "Axis | None",
    "compress.axis": "Axis | None",
    "item.args": "Any",
    "__array__.dtype": "Any",
    "__array_function__.args": "Any",
    "__array_function__.func": "Any",
    "__array_function__.kwargs": "Any",
    "__array_function__.types": "Any",
    "__array_ufunc__.inputs": "Any",
    "__array_ufunc__.kwargs": "Any",
    "__array_ufunc__.method": "str",
    "__array_ufunc__.ufunc": "Any",
    "__call__.args": "ArrayLike",
    "__call__.kwargs": "Any",
    "__deepcopy__._memo": "Any",
    "__dlpack__._options": "Any",
    "__eq__.value": "Any",
    "__ne__.value": "Any",
    "array": "ArrayLike",
    "A": "ArrayLike",
    "b": "ArrayLike",
    "B": "ArrayLike",
    "outer.kwargs": "Any",
}

# Types of results, by name or by class and name; LazyArray otherwise.
RESULTS = {
    "__array__": "Any",
    "__array_function__": "Any",
    "__array_namespace__": "ModuleType",
    "__array_ufunc__": "Any",
    "__bool__": "bool",
    "__complex__": "complex",
    "__divmod__": "tuple[LazyArray, LazyArray]",
    "__dlpack__": "Any",
    "__dlpack_device__": "tuple[int, int]",
    "__float__": "float",
    "__format__": "str",
    "__hash__": "int",
    "__index__": "int",
    "__int__": "int",
    "__iter__": "Iterator[ndarray]",
    "__len__": "int",
    "__rdivmod__": "tuple[LazyArray, LazyArray]",
    "__reduce__": "tuple[Any, ...]",
    "__repr__": "str",
    "__str__": "str",
    "_docstring": "str",
    "broadcast_shapes": "tuple[int, ...]",
    "can_cast": "bool",
    "linalg": "tuple[LazyArray, ...]",
    "lstsq": "tuple[LazyArray, ...]",
    "multinomial_shape": "builtins.list[int]",
    "compute_all": "tuple[ndarray, ...]",
    "dot": "LazyArray | None",
    "LazyArray.dot": "LazyArray",
    "integer_range": "tuple[int, int]",
    "unique": "tuple[LazyArray, LazyArray]",
    "visualize_all": "str",
    "profile_all": "dict[str, Any]",
    "visualize": "Drawing",
    "profile": "Profile",
    "explain": "str",
    "explain_all": "str",
    "from_bytes": "ndarray",
    "get_num_threads": "int",
    "import_dlpack": "ndarray",
    "item": "Any",
    "nonzero": "tuple[LazyArray, ...]",
    "philox_block": "builtins.list[int]",
    "Bits.advance": "bool",
    "Bits.chosen": "ndarray",
    "Bits.colors": "ndarray",
    "Bits.dirichlet": "ndarray",
    "Bits.draw": "Any",
    "Bits.integers": "Any",
    "Bits.integers_between": "Any",
    "Bits.jump": "bool",
    "Bits.multinomial": "ndarray",
    "Bits.orders": "ndarray",
    "Bits.restore": "None",
    "Bits.sample": "ndarray",
    "Bits.state": "builtins.list[int]",
    "Bits.words": "Any",
    "promote_types": "dtype",
    "result_type": "dtype",
    "ask_underflow": "None",
    "set_compile_after": "None",
    "set_num_threads": "None",
    "stats": "dict[str, Any]",
    "tobytes": "bytes",
    "tolist": "Any",
    "trim_memory": "None",
    "ufunc_by_name": "ufunc",
    "ndarray.__getitem__": "ndarray",
    "dtype.__repr__": "builtins.str",
    "dtype.__str__": "builtins.str",
    "ufunc.__call__": "Any",
    "ufunc.outer": "Any",
    **{f"dtype.__{op}__": "bool" for op in ("lt", "le", "eq", "ne", "gt", "ge")},
    "c_int": "int",
}

# Types of attributes, by name or by class and name.
ATTRIBUTES = {
    "T": "LazyArray",
    "mT": "LazyArray",
    "real": "LazyArray",
    "imag": "LazyArray",
    "dtype": "dtype",
    "flat": "Any",
    "shape": "tuple[int, ...]",
    "strides": "tuple[int, ...]",
    "ndim": "int",
    "size": "int",
    "itemsize": "int",
    "nbytes": "int",
    "__array_interface__": "dict[str, Any]",
    "alignment": "int",
    "byteorder": "str",
    "device": "str",
    "char": "str",
    "isnative": "bool",
    "kind": "str",
    "name": "str",
    "num": "int",
    "str": "builtins.str",
    "type": "builtins.type[generic]",
    "__numpy_dtype__": "Any",
    "__name__": "str",
    "_docstring": "str",
    "identity": "Any",
    "nargs": "int",
    "nin": "int",
    "nout": "int",
    "ntypes": "int",
    "signature": "None",
    "types": "list[str]",
    "ndarray.T": "ndarray",
    # The class has an attribute of this name.
    **{f"dtype.{name}": "builtins.str" for name in ("byteorder", "char", "kind", "name")},
}

# What no signature says.
WRITTEN = {
    "LazyArray.__hash__": "    __hash__: ClassVar[None]  # type: ignore[assignment]",
    "ndarray.__hash__": "    __hash__: ClassVar[None]  # type: ignore[assignment]",
    "LazyArray.__setitem__": "    def __setitem__(self, key: Never, value: Never, /) -> NoReturn: ...",
    "LazyArray.__delitem__": "    def __delitem__(self, key: Never, /) -> NoReturn: ...",
    "LazyArray.compute": (
        "    @overload\n    def compute(self, *, out: None = None) -> ndarray: ...\n"
        "    @overload\n    def compute(self, *, out: _Out) -> _Out: ..."
    ),
    "Bits.__new__": "    def __new__(cls, name: str, seed: Sequence[int]) -> Bits: ...",
    "dtype.__new__": "    def __new__(cls, dtype: DTypeLike | None) -> dtype: ...",
    "ufunc.__call__": "    def __call__(self, *args: ArrayLike, **kwargs: Any) -> Any: ...",
}

SKIPPED = {"__doc__", "__module__", "__dict__", "__weakref__"}


def lookup(table, owner, name, default=None):
    """An entry for a class's name, or for the name."""
    return table.get(f"{owner}.{name}", table.get(name, default))


def parameter(function, p):
    """A parameter as source text."""
    if p.name in ("self", "cls"):
        return p.name
    star = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
    kind = PARAMETERS.get(f"{function}.{p.name}", PARAMETERS.get(p.name))
    if kind is None:
        raise SystemExit(f"{function}: what type has {p.name!r}? Add it to PARAMETERS in {__file__}.")
    if p.default is p.empty:
        return f"{star}{p.name}: {kind}"
    return f"{star}{p.name}: {kind} = {p.default!r}"


def arguments(name, function):
    """The parameter list of a function as source text."""
    parts, signature = [], inspect.signature(function)
    seen_star = False
    parameters = list(signature.parameters.values())
    for i, p in enumerate(parameters):
        if p.kind is p.KEYWORD_ONLY and not seen_star:
            seen_star = True
            parts.append("*")
        if p.kind is p.VAR_POSITIONAL:
            seen_star = True
        if i and parameters[i - 1].kind is p.POSITIONAL_ONLY and p.kind is not p.POSITIONAL_ONLY and i > 1:
            parts.append("/")
        parts.append(parameter(name, p))
    if len(parameters) > 1 and parameters[-1].kind is inspect.Parameter.POSITIONAL_ONLY:
        parts.append("/")
    return ", ".join(parts)


def method(owner, name, value):
    """A method as source text."""
    text = arguments(name, value)
    result = lookup(RESULTS, owner, name, "LazyArray")
    ignored = "  # type: ignore[override]" if name in ("__eq__", "__ne__") and owner != "dtype" else ""
    return f"    def {name}({text}) -> {result}: ...{ignored}"


def members(owner, cls):
    """The members of a class as source text, attributes first."""
    attributes, methods = [], []
    for name, value in sorted(vars(cls).items()):
        if name in SKIPPED:
            continue
        if f"{owner}.{name}" in WRITTEN:
            methods.append(WRITTEN[f"{owner}.{name}"])
        elif isinstance(value, property) or type(value).__name__ == "getset_descriptor":
            kind = lookup(ATTRIBUTES, owner, name)
            if kind is None:
                raise SystemExit(f"{owner}.{name}: what type has it? Add it to ATTRIBUTES in {__file__}.")
            attributes.append(f"    @property\n    def {name}(self) -> {kind}: ...")
        elif callable(value):
            methods.append(method(owner, name, value))
    return "\n".join([*attributes, *methods])


def core_stub():
    """The text of `_core.pyi`."""
    import numpy_rs.lazy  # noqa: F401  (attaches methods)
    from numpy_rs import _core

    parts = [HEADER, f"\n__all__ = {sorted(_core.__all__)!r}\n"]
    for name, value in sorted(vars(_core).items()):
        if name.startswith("__") or name == "ufuncs":
            continue
        if isinstance(value, type):
            parts.append(f"\n@final\nclass {name}:\n{members(name, value)}\n")
        else:
            parts.append(f"\ndef {name}({arguments(name, value)}) -> {RESULTS.get(name, 'LazyArray')}: ...\n")
    return "".join(parts)


def outputs():
    """The generated files and what makes their texts.

    In this order, and the namespace twice: the others import the package, which a stale namespace would break, and the
    namespace has the names of the ufuncs.
    """
    lazy = PACKAGE / "lazy"
    namespace = (lazy / "__init__.py", lambda: namespace_module(sorted(lazy.glob("*.py"))))
    return [namespace, (lazy / "_ufuncs.py", ufuncs_module), namespace, (PACKAGE / "_core.pyi", core_stub)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where a file is stale, write nothing")
    check = parser.parse_args().check
    stale = []
    for path, make in outputs():
        text = formatted(path, make())
        if path.exists() and path.read_text() == text:
            continue
        stale.append(path)
        if not check:
            path.write_text(text)
    for path in dict.fromkeys(stale):
        print(("stale: " if check else "written: ") + str(path.relative_to(PACKAGE.parents[1])))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
