"""Drawings and profiles: what they say of a plan, and that drawing computes nothing."""

import re
import shutil

import numpy as np
import pytest

import numpy_rs
import numpy_rs.lazy as lz


def two_passes():
    x = lz.asarray(np.arange(6.0).reshape(2, 3))
    return lz.cumsum(x * 2, axis=1) - x[0]


def test_each_step_is_a_cluster_and_each_node_stands_once():
    source = lz.visualize(two_passes()).source
    assert re.findall(r'label="((?:walk|kernel) [^"]*)"', source) == [
        "walk 1: 6 elements",
        "kernel 2: scan.add",
    ]
    names = re.findall(r"^\s+(n\d+) \[label=", source, re.MULTILINE)
    assert len(names) == len(set(names))
    ends = re.findall(r"(n\d+) -> (n\d+)", source)
    assert {n for edge in ends for n in edge} <= set(names)
    # What follows the scan is made as its chunks are ready: one edge between passes.
    assert source.count("style=bold") == 1
    assert source.count("peripheries=2") == 1
    assert source.count("{") == source.count("}")


def test_drawing_computes_nothing():
    before = numpy_rs.stats()
    drawing = two_passes().visualize()
    assert isinstance(drawing._repr_html_() or drawing._repr_svg_(), str)
    assert numpy_rs.stats() == before


def test_several_arrays_are_one_drawing():
    x = lz.asarray(np.arange(5.0))
    assert lz.visualize(x.sum(), x.max()).source.count("peripheries=2") == 2


def test_a_drawing_is_saved_by_its_name(tmp_path, monkeypatch):
    drawing = lz.visualize(lz.zeros(3) + lz.arange(3))
    for name in ("a.dot", "a.gv"):
        drawing.save(tmp_path / name)
        assert (tmp_path / name).read_text() == str(drawing) == drawing.source
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(RuntimeError, match="Graphviz"):
        drawing.save(tmp_path / "a.svg")
    assert drawing._repr_svg_() is None
    assert drawing._repr_html_().startswith("<pre>digraph")


@pytest.mark.skipif(shutil.which("dot") is None, reason="the dot program is not installed")
def test_a_picture_is_drawn(tmp_path):
    drawing = lz.visualize(two_passes())
    assert "<svg" in drawing._repr_svg_()
    drawing.save(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_profile_tells_each_step():
    n = 200_000
    x = lz.asarray(np.ones(n))
    p = lz.profile(lz.cumsum(x * 3) + 1)
    assert [s["name"] for s in p.steps] == ["walk 1", "kernel 2"]
    assert [s["operations"] for s in p.steps] == ["multiply", "scan.add, add"]
    # The scan's results are read again by what is made of them.
    assert [(s["bytes_read"], s["bytes_written"]) for s in p.steps] == [(8 * n, 8 * n), (16 * n, 8 * n)]
    assert 0 < sum(s["seconds"] for s in p.steps) <= p.seconds
    assert p.bandwidth > 1e8
    text = repr(p)
    assert all(word in text for word in ("walk 1", "scan.add", "GB/s", "of limit", "total", "loops compiled"))


def test_what_is_known_is_not_compiled_again():
    x = lz.asarray(np.arange(100_000.0))
    z = lz.sqrt(x * 7.25 + 3.5) - x * 0.125
    first, second = z.profile(), z.profile(repeats=1)
    assert first.kernels_compiled >= 1
    assert first.compile_seconds > 0
    assert second.kernels_compiled == 0
    assert second.compile_seconds == 0


def test_a_profile_refuses_what_compute_refuses():
    base, exponent = lz.asarray([2, 3]), lz.asarray([1, -1])
    with pytest.raises(ValueError, match="negative integer powers"):
        lz.profile(base**exponent)
