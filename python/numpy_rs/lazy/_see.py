"""To see what is computed, and where its time goes."""

import html
import pathlib
import shutil
import subprocess
from typing import Any

from numpy_rs import _core

from ._typing import ArrayLike

__all__ = ["profile", "visualize"]


class Drawing:
    """A graph with its kernels as clusters, in Graphviz's language.

    Nothing is computed to make or to show it. Notebooks show the picture where the ``dot`` program of Graphviz is
    installed, else the text.

    Attributes
    ----------
    source : str
        The text.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def __repr__(self) -> str:
        return f"<Drawing of {self.source.count('[label=')} nodes>"

    def __str__(self) -> str:
        return self.source

    def render(self, format: str = "svg") -> bytes:
        """The picture, by the ``dot`` program of Graphviz.

        Parameters
        ----------
        format : str
            ``'svg'``, ``'png'``, ``'pdf'`` or what else ``dot`` writes.

        Returns
        -------
        bytes

        Raises
        ------
        RuntimeError
            Where the program is not installed.
        """
        dot = shutil.which("dot")
        if dot is None:
            raise RuntimeError("the 'dot' program of Graphviz is not installed; .source is its input")
        return subprocess.run([dot, f"-T{format}"], input=self.source.encode(), capture_output=True, check=True).stdout

    def save(self, path: str | pathlib.Path) -> None:
        """Write the text to a file that ends in ``.dot`` or ``.gv``, else the picture of the kind that the name says.

        Parameters
        ----------
        path : str or path
            The file.
        """
        path = pathlib.Path(path)
        kind = path.suffix.lstrip(".")
        path.write_bytes(self.source.encode() if kind in ("", "dot", "gv") else self.render(kind))

    def _repr_svg_(self) -> str | None:
        return self.render("svg").decode() if shutil.which("dot") else None

    def _repr_html_(self) -> str | None:
        return None if shutil.which("dot") else f"<pre>{html.escape(self.source)}</pre>"


class Profile:
    """Where the time of a computation goes.

    Attributes
    ----------
    steps : list of dict
        For each pass over memory ``name``, ``operations``, ``seconds``, ``bytes_read`` and ``bytes_written``.
    seconds : float
        The fastest run, all steps.
    prepare_seconds, compile_seconds : float
        Planning and compiling before the runs, and compiling alone; nothing where both were known.
    kernels_compiled, kernel_hits : int
        Loops compiled, and found compiled.
    bandwidth : float
        Bytes a second that loops move at best on this machine.
    """

    def __init__(self, measured: dict[str, Any]) -> None:
        self.steps: list[dict[str, Any]] = measured["steps"]
        self.seconds: float = measured["seconds"]
        self.prepare_seconds: float = measured["prepare_seconds"]
        self.compile_seconds: float = measured["compile_seconds"]
        self.kernels_compiled: int = measured["kernels_compiled"]
        self.kernel_hits: int = measured["kernel_hits"]
        self.bandwidth: float = measured["bandwidth"]

    def __repr__(self) -> str:
        lines = [f"{'step':<10}{'ms':>10}{'time':>7}{'MB':>10}{'GB/s':>8}{'of limit':>10}  operations"]
        for step in self.steps:
            moved, seconds = step["bytes_read"] + step["bytes_written"], max(step["seconds"], 1e-9)
            share = seconds / max(self.seconds, 1e-9)
            rate = moved / seconds
            lines.append(
                f"{step['name']:<10}{seconds * 1e3:>10.3f}{share:>7.0%}{moved / 1e6:>10.2f}{rate / 1e9:>8.1f}"
                f"{rate / self.bandwidth:>10.0%}  {step['operations']}"
            )
        lines.append(f"{'total':<10}{self.seconds * 1e3:>10.3f}")
        lines.append(
            f"before: {self.prepare_seconds * 1e3:.3f} ms, of which compiling {self.compile_seconds * 1e3:.3f}; "
            f"{self.kernels_compiled} loops compiled, {self.kernel_hits} known"
        )
        lines.append(f"limit: {self.bandwidth / 1e9:.1f} GB/s streamed from memory; what fits the caches may go beyond")
        return "\n".join(lines)


def visualize(*arrays: ArrayLike) -> Drawing:
    """Draw what `compute` of these arrays would do: the graph, with each pass over memory as a cluster.

    Parameters
    ----------
    *arrays : array_like
        What would be computed. Nothing is.

    Returns
    -------
    Drawing
        With ``source``, ``save(path)``, and a picture in notebooks.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.asarray([3.0, 1.0, 2.0])
    >>> drawing = lz.visualize((x * 2).sum())
    >>> drawing
    <Drawing of 4 nodes>
    >>> drawing.source.splitlines()[0]
    'digraph numpy_rs {'
    """
    return Drawing(_core.visualize_all(*arrays))


def profile(*arrays: ArrayLike, repeats: int = 3) -> Profile:
    """Compute these arrays in one plan and tell where the time goes: the fastest of some runs, step by step.

    Parameters
    ----------
    *arrays : array_like
        What to compute. Values are thrown away, and floating-point errors are not reported.
    repeats : int
        How many runs are timed, after one that is not.

    Returns
    -------
    Profile
        Its ``repr`` is a table.

    Notes
    -----
    The first call also measures, for about a tenth of a second, at which rate this machine streams memory.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.asarray([3.0, 1.0, 2.0])
    >>> p = lz.profile((x * 2).sum())
    >>> [step["operations"] for step in p.steps]
    ['multiply, sum']
    >>> p.seconds > 0
    True
    """
    return Profile(_core.profile_all(*arrays, repeats=repeats))
