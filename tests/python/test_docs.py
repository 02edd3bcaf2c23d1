"""Documentation: every public name has a docstring with an example, and every example runs."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import numpy_rs
import numpy_rs.lazy as lz
from numpy_rs import _core


def public(module):
    """The documented objects of a module's public names: no numbers, no modules."""
    for name in module.__all__:
        value = getattr(module, name)
        if isinstance(value, (str, float, type(None))) or inspect.ismodule(value):
            continue
        yield f"{module.__name__}.{name}", value


def documented():
    """Name and docstring of all that users see."""
    found = {}
    for module in (numpy_rs, lz, lz.fft, lz.linalg, lz.random, numpy_rs.random, numpy_rs.exceptions):
        for name, value in public(module):
            found[name] = value.__doc__
    for name, ufunc in _core.ufuncs.items():
        found[f"ufunc {name}"] = ufunc.__doc__
    return found


def modules():
    """All modules of the package."""
    names = [m.name for m in pkgutil.walk_packages(numpy_rs.__path__, "numpy_rs.")]
    return [importlib.import_module(name) for name in ["numpy_rs", *names]]


DOCUMENTED = documented()


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_public_names_have_examples_that_run(name):
    text = DOCUMENTED[name]
    assert text, f"{name} has no docstring"
    assert ">>>" in text, f"the docstring of {name} has no example"
    assert_examples_run(name, text, {})


def assert_examples_run(name, text, names):
    """Run the examples of a docstring; fail with what doctest reports."""
    report = []
    test = doctest.DocTestParser().get_doctest(inspect.cleandoc(text), dict(names), name, None, 0)
    doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.__name__)
def test_examples_of_modules_run(module):
    for test in doctest.DocTestFinder(exclude_empty=True).find(module):
        assert_examples_run(test.name, test.docstring, vars(module))


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.__name__)
def test_functions_and_classes_are_documented(module):
    assert module.__doc__
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(value) or inspect.isclass(value):
            assert value.__doc__, f"{module.__name__}.{name} has no docstring"


def members(cls):
    """Public methods and attributes of a class, with their docstrings."""
    for owner in cls.__mro__:
        if owner.__module__.startswith("numpy_rs"):
            for name, value in vars(owner).items():
                if not name.startswith("_") and (callable(value) or hasattr(value, "__get__")):
                    yield name, value.__doc__


CLASSES = [_core.LazyArray, _core.ndarray, _core.dtype, _core.ufunc, lz.iinfo]
CLASSES += [lz.random.Generator, lz.random.Philox, lz.random.SeedSequence, _core.Bits]
CLASSES += [numpy_rs.random.Generator, numpy_rs.random.PCG64, numpy_rs.random.MT19937]


@pytest.mark.parametrize(
    ("name", "text"),
    [(f"{c.__name__}.{name}", text) for c in CLASSES for name, text in members(c)],
    ids=lambda v: v[:40],
)
def test_methods_have_examples_that_run(name, text):
    assert text and ">>>" in text, f"the docstring of {name} has no example"
    assert_examples_run(name, text, {})


def test_ufuncs_have_docstrings_of_their_own():
    assert lz.sin.__doc__ != lz.cos.__doc__
    assert _core.ufunc.__doc__.startswith("A universal function")
