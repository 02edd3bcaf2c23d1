"""Small loops are compiled at their first use here, so that compiled code is what most tests see."""

import pytest

from numpy_rs import _core


@pytest.fixture(autouse=True)
def compile_at_once():
    _core.set_compile_after(0)
