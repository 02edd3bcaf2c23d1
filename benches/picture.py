"""The fusion benchmark as a bar chart: PNG through matplotlib, or a hand-written SVG."""

import math
import os
from xml.sax.saxutils import escape

TITLE = "numpy_rs.lazy against NumPy: speed-up of fused pipelines"
AXIS = "speed-up over NumPy (log scale; right of 1 numpy_rs is faster)"
COLOURS = {"small": "#a6cee3", "medium": "#4393c3", "large": "#08519c"}
TICKS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100)


def save_bars(path, data, sizes, subtitle):
    """Save the chart; return the path written, ``.svg`` instead of ``.png`` without matplotlib.

    Parameters
    ----------
    path : str
    data : dict
        By pipeline: ``{"category": str, "sizes": {size: {"ratio": float}}}``, as `fusion.py` makes it.
    sizes : list of str
    subtitle : str
    """
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    rows = _rows(data, sizes)
    if not path.endswith(".svg"):
        try:
            _matplotlib(path, rows, sizes, subtitle)
            return path
        except ImportError:
            path = os.path.splitext(path)[0] + ".svg"
    with open(path, "w", encoding="utf-8") as f:
        f.write(_svg(rows, sizes, subtitle))
    return path


def _rows(data, sizes):
    """(category, name, {size: ratio or None}) in the order of the table."""
    return [(p["category"], name, {s: p["sizes"][s].get("ratio") for s in sizes}) for name, p in data.items()]


def _limits(rows):
    """The ends of the axis: a tick beyond the shortest and the longest bar."""
    ratios = [r for _, _, by in rows for r in by.values() if r] + [0.9, 3.5]
    low = max((t for t in TICKS if t < min(ratios)), default=TICKS[0])
    high = min((t for t in TICKS if t > max(ratios) * 1.15), default=max(ratios) * 1.5)
    return low, high


def _matplotlib(path, rows, sizes, subtitle):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    low, high = _limits(rows)
    fig, ax = plt.subplots(figsize=(9, 1.7 + 0.115 * len(rows) * (len(sizes) + 1)), layout="constrained")
    thick = 0.84 / len(sizes)
    last = None
    for i, (category, _, by) in enumerate(rows):
        if category != last:
            if last is not None:
                ax.axhline(i - 0.5, color="0.8", lw=0.8)
            ax.text(1.005, i - 0.4, category, transform=ax.get_yaxis_transform(), va="top", fontsize=8, color="0.35")
            last = category
        for k, s in enumerate(sizes):
            y, ratio = i - 0.42 + (k + 0.5) * thick, by[s]
            if ratio:
                ax.barh(y, ratio - 1, thick * 0.92, left=1, color=COLOURS[s])
                label = f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}"
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85}
                ax.text(max(ratio, 1) * 1.02, y, label, va="center_baseline", fontsize=6, bbox=box)
            else:
                ax.text(1.03, y, "no result", va="center", fontsize=6, color="0.55")
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ticks = [t for t in TICKS if low <= t <= high]
    ax.set_xticks(ticks, [f"{t:g}x" for t in ticks])
    ax.minorticks_off()
    ax.set_yticks(range(len(rows)), [name for _, name, _ in rows], fontsize=8)
    ax.axvline(1, color="black", lw=1)
    ax.axvline(3, color="#b2182b", lw=0.8, ls="--")
    ax.grid(axis="x", color="0.9", lw=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(AXIS)
    handles = [plt.Rectangle((0, 0), 1, 1, color=COLOURS[s]) for s in sizes]
    handles.append(plt.Line2D([], [], color="#b2182b", lw=0.8, ls="--"))
    fig.legend(handles, [*sizes, "3 times as fast"], loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    fig.suptitle(TITLE, fontweight="bold")
    ax.set_title(subtitle, fontsize=8, color="0.35")
    fig.savefig(path, dpi=150)
    plt.close(fig)


def _svg(rows, sizes, subtitle):
    """The same chart without any library."""
    low, high = _limits(rows)
    bar, gap, left, width, top = 9, 6, 150, 620, 64
    step = bar * len(sizes) + gap
    bottom = top + step * len(rows)

    def x(v):
        return left + width * math.log(v / low) / math.log(high / low)

    def text(px, py, s, size=10, anchor="start", fill="#333", weight="normal"):
        return (
            f'<text x="{px:.1f}" y="{py:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}" '
            f'font-weight="{weight}">{escape(s)}</text>'
        )

    def line(x1, y1, x2, y2, colour, dash=""):
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        return f'<line {ends} stroke="{colour}" stroke-dasharray="{dash}"/>'

    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" '
        + f'width="{left + width + 120}" height="{bottom + 80}">',
        '<rect width="100%" height="100%" fill="white"/>',
        text(left, 24, TITLE, 15, weight="bold"),
        text(left, 42, subtitle, 10, fill="#666"),
    ]
    for t in (t for t in TICKS if low <= t <= high):
        out += [line(x(t), top - 4, x(t), bottom, "#e5e5e5"), text(x(t), bottom + 14, f"{t:g}x", 9, "middle")]
    last = None
    for i, (category, name, by) in enumerate(rows):
        y = top + i * step
        if category != last:
            out += [line(left, y - gap / 2, left + width, y - gap / 2, "#ccc")] if last is not None else []
            out.append(text(left + width + 8, y + 8, category, 10, fill="#666"))
            last = category
        out.append(text(left - 8, y + step / 2 + 1, name, 10, "end"))
        for k, s in enumerate(sizes):
            ratio, py = by[s], y + k * bar
            if not ratio:
                out.append(text(x(1) + 4, py + bar - 2, "no result", 8, fill="#999"))
                continue
            a, b = sorted((x(1), x(ratio)))
            out.append(f'<rect x="{a:.1f}" y="{py}" width="{b - a:.1f}" height="{bar - 1}" fill="{COLOURS[s]}"/>')
            out.append(text(b + 3, py + bar - 2, f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}", 8))
    out += [line(x(1), top - 4, x(1), bottom, "black"), line(x(3), top - 4, x(3), bottom, "#b2182b", "4 3")]
    out.append(text(left + width / 2, bottom + 34, AXIS, 11, "middle"))
    for k, s in enumerate(sizes):
        px = left + k * 90
        out.append(f'<rect x="{px}" y="{bottom + 50}" width="12" height="12" fill="{COLOURS[s]}"/>')
        out.append(text(px + 18, bottom + 60, s))
    px = left + len(sizes) * 90
    out += [
        line(px, bottom + 56, px + 20, bottom + 56, "#b2182b", "4 3"),
        text(px + 26, bottom + 60, "3 times as fast"),
    ]
    return "\n".join([*out, "</svg>\n"])
