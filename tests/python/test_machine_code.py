"""The machine code of the library: what the compiler is known to get wrong."""

import platform
import re
import subprocess
import sys

import pytest

import numpy_rs


def prologues(path):
    """For each function whose frame is more than a page: its name, and the instructions before its stack is probed."""
    lines = subprocess.run(
        ["objdump", "--disassemble", "--no-show-raw-insn", path], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    name, before, functions = "", [], 0
    for line in lines:
        if start := re.match(r"[0-9a-f]+ <(.*)>:", line):
            name, before, functions = start[1], [], functions + 1
        elif instruction := re.match(r"\s+[0-9a-f]+:\s+(.*)", line):
            if re.match(r"mov\s+%rsp,%r11", instruction[1]):
                yield name, list(before)
            if len(before) < 200:
                before.append(instruction[1])
    assert functions > 1000, "the library has no symbols"


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="probes of x86-64, and objdump of binutils"
)
def test_probes_of_the_stack_overwrite_nothing():
    """LLVM probes the pages of a frame by r11, even where a function that decides something before it makes its frame
    (shrink-wrapping) holds there what it has decided upon: a row by a matrix once read the address of its frame as the
    length of its columns. Where this fails, move what is decided, or what is large, out of the function."""
    writes = re.compile(r"(?!cmp|test|push|bt )\w+\s.*,%r11[dwb]?\b")
    found = list(prologues(numpy_rs._core.__file__))
    hit = [(name, line) for name, before in found for line in before if writes.match(line)]
    assert not hit
