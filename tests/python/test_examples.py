"""The benchmark and the demonstration run, and notice what is wrong, with a stand-in for the engine."""

import importlib
import json
import sys
import types
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


class Wrapped(np.lib.mixins.NDArrayOperatorsMixin):
    """NumPy behind the lazy interface: computes at once, gives the value at `compute`."""

    def __init__(self, value):
        self.value = value

    def __array_ufunc__(self, ufunc, method, *args, **kwargs):
        return Wrapped(getattr(ufunc, method)(*map(bare, args), **kwargs))

    def __getitem__(self, index):
        return Wrapped(self.value[index])

    @property
    def shape(self):
        return self.value.shape

    @property
    def T(self):
        return Wrapped(self.value.T)

    def astype(self, dtype):
        return Wrapped(self.value.astype(dtype))

    def compute(self):
        return self.value

    def explain(self):
        return "kernel 1: 3 ops\npasses over memory: 1\n"


def bare(x):
    return x.value if isinstance(x, Wrapped) else x


def wrap(f):
    return lambda *args, **kwargs: Wrapped(f(*map(bare, args), **{k: bare(v) for k, v in kwargs.items()}))


@pytest.fixture
def engine(monkeypatch):
    """A stand-in module called `standin`; tests break it as they like."""
    module = types.ModuleType("standin")
    names = (
        "abs arange asarray clip count_nonzero cumsum exp log log1p max maximum mean min minimum sqrt std sum var where"
    )
    for name in names.split():
        setattr(module, name, wrap(getattr(np, name)))
    module.compute = lambda *arrays: tuple(map(bare, arrays))
    monkeypatch.setitem(sys.modules, "standin", module)
    return module


def load(monkeypatch, folder, name):
    monkeypatch.syspath_prepend(str(ROOT / folder))
    return importlib.import_module(name)


def bench(monkeypatch, tmp_path, only, *more):
    out = tmp_path / "out.json"
    arguments = ["--candidate", "standin", "--quick", "--sizes", "small", "--only", only, "--json", str(out), *more]
    status = load(monkeypatch, "benches", "fusion").main(arguments)
    return status, {k: v["sizes"]["small"] for k, v in json.loads(out.read_text())["pipelines"].items()}


def test_fusion_bench_times_both_sides(engine, monkeypatch, tmp_path, capsys):
    picture = tmp_path / "bars.svg"
    status, rows = bench(monkeypatch, tmp_path, "^(axpy|mask_count)$", "--picture", str(picture))
    assert status == 0
    assert list(rows) == ["axpy", "mask_count"]
    for r in rows.values():
        assert r["error"] is None
        assert r["ratio"] == pytest.approx(r["numpy"]["median"] / r["numpy_rs"]["median"])
    assert rows["axpy"]["bytes"] == 4 * 8 * 1000
    assert "mask_count" in capsys.readouterr().out
    texts = [e.text for e in ElementTree.parse(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert "axpy" in texts


def test_fusion_bench_reports_a_missing_function_and_goes_on(engine, monkeypatch, tmp_path):
    del engine.count_nonzero
    status, rows = bench(monkeypatch, tmp_path, "^(axpy|mask_count)$")
    assert status == 0
    assert rows["axpy"]["error"] is None
    assert rows["mask_count"]["error"].startswith("not implemented")


def test_fusion_bench_notices_one_wrong_bit(engine, monkeypatch, tmp_path):
    engine.clip = wrap(lambda *a: np.nextafter(np.clip(*a), 9.0))
    status, rows = bench(monkeypatch, tmp_path, "^leaky_clip$")
    assert status == 1
    assert rows["leaky_clip"]["error"] == "wrong: 1000 of 1000 values differ"


def test_fusion_bench_reports_a_failure_as_a_row(engine, monkeypatch, tmp_path):
    engine.clip = lambda *a: 1 / 0
    status, rows = bench(monkeypatch, tmp_path, "^leaky_clip$")
    assert status == 1
    assert rows["leaky_clip"]["error"] == "failed: ZeroDivisionError: division by zero"


def test_every_pipeline_is_deterministic_and_sized(monkeypatch):
    found = load(monkeypatch, "benches", "pipelines").PIPELINES
    assert len({p.name for p in found}) == len(found) >= 24
    for p in found:
        a, b = (p.f(np, *p.make(p.sizes[0], np.random.default_rng(1))) for _ in range(2))
        for x, y in zip(a if isinstance(a, tuple) else (a,), b if isinstance(b, tuple) else (b,), strict=True):
            np.testing.assert_array_equal(x, y)
        assert all(v > 0 for v in p.work(p.sizes[0]).values())


def test_better_numpy_idioms_give_the_pipelines_result(monkeypatch):
    for p in load(monkeypatch, "benches", "pipelines").PIPELINES:
        if p.numpy:
            inputs = p.make(p.sizes[0], np.random.default_rng(1))
            np.testing.assert_allclose(p.numpy(*inputs), p.f(np, *inputs), rtol=p.rtol, atol=p.atol)


def test_demo_runs_and_agrees(engine, monkeypatch, tmp_path, capsys):
    pytest.importorskip("pywt")
    demo = load(monkeypatch, "examples", "demo")
    monkeypatch.setattr(demo, "load_plotting", lambda: None)
    assert demo.main(["--candidate", "standin", "--quick", "--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "calls bit-identical" in text
    assert "passes over memory: 1" in text


def test_demo_fails_where_exact_results_differ(engine, monkeypatch, tmp_path, capsys):
    pytest.importorskip("pywt")
    demo = load(monkeypatch, "examples", "demo")
    monkeypatch.setattr(demo, "load_plotting", lambda: None)
    engine.min = wrap(lambda *a, **k: np.nextafter(np.min(*a, **k), 0))
    assert demo.main(["--candidate", "standin", "--quick", "--out", str(tmp_path)]) == 1
    assert "minimum max difference" in capsys.readouterr().out
