"""Four jobs on real input, the same lines in NumPy and in numpy_rs.lazy.

    python examples/demo.py [--out out] [--quick] [--candidate numpy_rs.lazy]

An electrocardiogram and two photographs (they come with PyWavelets), a table of a million rows and ten
million options. Each job is one function ``f(xp, ...)`` that runs on both libraries. For each the demo
prints both times, the speed-up, how far the results agree, and what ``explain`` says about passes over
memory; it saves pictures of the results (with matplotlib, if that is installed).
"""

import argparse
import importlib
import os
import statistics
import sys
import time

import numpy as np

WINDOW = 9  # samples of the running mean
GAMMA = 0.6  # below 1: brightens the dark parts
RATE, VOLATILITY = 0.03, 0.25  # a year, and a root year


def clean_signal(xp, x):
    """Z-score a signal, clip it at three standard deviations, smooth it by a centred running mean."""
    z = xp.clip((x - xp.mean(x)) / xp.std(x), -3.0, 3.0)
    count = x.shape[0] - WINDOW + 1
    total = z[:count]
    for k in range(1, WINDOW):
        total = total + z[k : k + count]
    return z, total / WINDOW


def enhance_photo(xp, image):
    """Stretch a photograph to 0..1, correct its gamma, find its edges (Sobel operator)."""
    x = image.astype(np.float32)
    low = xp.min(x)
    x = ((x - low) / (xp.max(x) - low)) ** GAMMA
    gx = x[:-2, 2:] - x[:-2, :-2] + 2 * (x[1:-1, 2:] - x[1:-1, :-2]) + x[2:, 2:] - x[2:, :-2]
    gy = x[2:, :-2] - x[:-2, :-2] + 2 * (x[2:, 1:-1] - x[:-2, 1:-1]) + x[2:, 2:] - x[:-2, 2:]
    return x, xp.sqrt(gx * gx + gy * gy) / 8


def column_statistics(xp, table):
    """Minimum, maximum, mean and standard deviation of each column."""
    return xp.min(table, axis=0), xp.max(table, axis=0), xp.mean(table, axis=0), xp.std(table, axis=0)


def normal_cdf(xp, x):
    """Cumulative normal distribution: Abramowitz and Stegun, 26.2.17, accurate to 7.5e-8."""
    k = 1.0 / (1.0 + 0.2316419 * xp.abs(x))
    p = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
    w = 1.0 - 0.3989422804014327 * xp.exp(-0.5 * x * x) * p
    return xp.where(x < 0, 1.0 - w, w)


def black_scholes(xp, spot, strike, years):
    """Prices of European calls and puts."""
    spread = VOLATILITY * xp.sqrt(years)
    d1 = (xp.log(spot / strike) + (RATE + 0.5 * VOLATILITY**2) * years) / spread
    discounted = strike * xp.exp(-RATE * years)
    call = spot * normal_cdf(xp, d1) - discounted * normal_cdf(xp, d1 - spread)
    return call, call - spot + discounted


class Library:
    """numpy_rs.lazy, or a module that stands in for it."""

    def __init__(self, name):
        self.name, self.module = name, importlib.import_module(name)

    def graph(self, f, inputs):
        """Build the results of `f`, computing nothing."""
        return f(self.module, *(self.module.asarray(x) for x in inputs))

    def run(self, f, inputs):
        """Build and compute, as NumPy arrays."""
        return tuple(np.asarray(r) for r in self.module.compute(*self.graph(f, inputs)))

    def passes(self, f, inputs, names):
        """The lines of `explain` about memory: of one plan for all results, or else of each result's."""
        results = self.graph(f, inputs)
        together = getattr(self.module, "explain", None)
        texts = (
            {"": together(*results)}
            if together
            else {f"{n}: ": r.explain() for n, r in zip(names, results, strict=True)}
        )
        words = ("pass", "memory", "bytes", "scratch")
        lines = [(n, line.strip()) for n, text in texts.items() for line in str(text).splitlines()]
        return [n + line for n, line in lines if any(w in line.lower() for w in words)]


def time_by_turns(functions, seconds):
    """Median time of each function, called by turns at least 3 times and for about `seconds`."""
    taken = [[] for _ in functions]
    end = time.perf_counter() + seconds * len(functions)
    while len(taken[0]) < 3 or (time.perf_counter() < end and len(taken[0]) < 200):
        for f, samples in zip(functions, taken, strict=True):
            start = time.perf_counter()
            f()
            samples.append(time.perf_counter() - start)
    return [statistics.median(samples) for samples in taken]


def agreement(names, got, want, exact, tolerance):
    """Compare results; return a sentence and whether they agree well enough.

    Those named in `exact` must have NumPy's bits; the others may differ by `tolerance`, relative to the
    largest value, since sums and vector math round differently.
    """
    parts, good = [], True
    for name, g, w in zip(names, got, want, strict=True):
        if g.dtype == w.dtype and g.shape == w.shape and g.tobytes() == w.tobytes():
            parts.append(f"{name} bit-identical")
            continue
        worst = float(np.max(np.abs(g - w))) if g.shape == w.shape else float("inf")
        fine = name not in exact and g.dtype == w.dtype and worst <= tolerance * float(np.max(np.abs(w)))
        parts.append(f"{name} max difference {worst:.2g}" + ("" if fine else " (TOO MUCH)"))
        good &= fine
    return ", ".join(parts), good


class Demo:
    """Runs jobs and collects their figures."""

    def __init__(self, library, seconds):
        self.library, self.seconds, self.rows, self.good = library, seconds, [], True

    def job(self, title, size, f, inputs, names, exact=(), tolerance=1e-12):
        """Check and time one job, print the figures, return NumPy's results and the library's."""
        want = f(np, *inputs)
        start = time.perf_counter()
        got = self.library.run(f, inputs)
        first = time.perf_counter() - start
        said, good = agreement(names, got, want, exact, tolerance)
        theirs, ours = time_by_turns([lambda: f(np, *inputs), lambda: self.library.run(f, inputs)], self.seconds)
        print(f"\n{title}, {size}")
        print(f"  NumPy          {theirs * 1e3:10.3f} ms")
        print(f"  {self.library.name:14s} {ours * 1e3:10.3f} ms   (first call {first * 1e3:.1f} ms)")
        print(f"  speed-up       {theirs / ours:10.2f}")
        print(f"  results        {said}")
        for line in self.library.passes(f, inputs, names):
            print(f"  explain        {line}")
        sys.stdout.flush()
        self.rows.append((f"{title}, {size}", theirs, ours))
        self.good &= good
        return got


def picture_ecg(plt, path, raw, z, smooth):
    fig, (top, bottom) = plt.subplots(2, 1, figsize=(10, 6), sharex=True, layout="constrained")
    top.plot(raw, color="0.25", lw=0.9)
    top.set(title="Electrocardiogram as recorded", ylabel="amplitude (converter units)")
    bottom.axhspan(-3, 3, color="#d1e5f0", alpha=0.5, label="kept by the clip")
    bottom.plot(z, color="0.55", lw=0.8, label="z-scored and clipped")
    half = WINDOW // 2
    bottom.plot(range(half, half + len(smooth)), smooth, color="#b2182b", lw=1.4, label=f"running mean of {WINDOW}")
    bottom.set(title="Z-scored, clipped and smoothed in one expression", ylabel="standard deviations")
    bottom.set(xlabel="sample", xlim=(0, len(raw) - 1), ylim=(-3.4, 4.6))
    bottom.legend(loc="upper center", ncols=3, frameon=False, fontsize=9)
    save(plt, fig, path)


def picture_photos(plt, path, photos):
    fig, axes = plt.subplots(len(photos), 3, figsize=(11.5, 3.3 * len(photos)), layout="constrained")
    for row, (name, original, enhanced, edges) in zip(axes, photos, strict=True):
        views = [
            (original, f"{name}: original", "grey level (0 to 255)", 255),
            (enhanced, f"normalised, gamma {GAMMA}", "brightness (0 to 1)", 1),
            (edges, "edges (Sobel)", "gradient (brightness per pixel)", float(np.quantile(edges, 0.995))),
        ]
        for ax, (image, title, unit, top) in zip(row, views, strict=True):
            shown = ax.imshow(image, cmap="gray", vmin=0, vmax=top)
            ax.set_title(title)
            ax.set(xticks=[0, 256, 511], yticks=[0, 256, 511], xlabel="column (pixels)")
            bar = fig.colorbar(shown, ax=ax, fraction=0.046, pad=0.03)
            bar.ax.tick_params(labelsize=8)
            bar.set_label(unit, fontsize=8)
        row[0].set_ylabel("row (pixels)")
    save(plt, fig, path)


def picture_table(plt, path, rows, low, high, mean, std):
    fig, ax = plt.subplots(figsize=(9, 4.6), layout="constrained")
    columns = np.arange(len(mean))
    ax.vlines(columns, low, high, color="0.7", lw=1.2, label="minimum to maximum")
    ax.bar(columns, 2 * std, 0.5, mean - std, color="#92c5de", label="mean ± standard deviation")
    ax.hlines(mean, columns - 0.25, columns + 0.25, color="#053061", lw=1.8, label="mean")
    ax.set(title=f"Statistics of {rows:,} rows, by column", xlabel="column", ylabel="value (arbitrary units)")
    ax.set_xticks(columns)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="upper left", frameon=False)
    save(plt, fig, path)


def picture_options(plt, path, spot, strike, years, call, put):
    fig, axes = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True, layout="constrained")
    some = slice(0, 20_000)
    moneyness = spot[some] / strike[some]
    for ax, (price, name) in zip(axes, ((call, "Calls"), (put, "Puts")), strict=True):
        y = price[some] / strike[some]
        dots = ax.scatter(moneyness, y, 2, c=years[some], cmap="viridis", linewidths=0, rasterized=True)
        ax.set(title=f"{name}: {min(len(spot), 20_000):,} of {len(spot):,} options", xlabel="spot price / strike price")
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("option price / strike price")
    fig.colorbar(dots, ax=axes, label="time to expiry (years)")
    save(plt, fig, path)


def save(plt, fig, path):
    fig.savefig(path, dpi=130)
    plt.close(fig)
    print(f"  picture        {path}")


def make_table(rows):
    """Ten columns of different centre, spread and shape."""
    rng = np.random.default_rng(3)
    centre, spread = np.linspace(-4, 12, 10), np.array([1, 2, 0.5, 3, 1, 1.5, 2.5, 0.7, 2, 1])
    table = rng.standard_normal((rows, 10)) * spread + centre
    table[:, ::3] += rng.exponential(2.0, (rows, 4))
    return table


def load_plotting():
    """matplotlib.pyplot drawing to files, or None if matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        print("matplotlib is not installed: no pictures")
        return None
    matplotlib.use("Agg")
    return importlib.import_module("matplotlib.pyplot")


def main(argv=None):
    """Run the demonstration; return the exit status: 1 if a result does not agree with NumPy's."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", default="out", help="folder for the pictures")
    ap.add_argument("--quick", action="store_true", help="a hundredth of the size")
    ap.add_argument("--candidate", default="numpy_rs.lazy", help="module to run")
    args = ap.parse_args(argv)
    try:
        import pywt.data
    except ImportError:
        ap.exit(2, "The demonstration's input comes with PyWavelets: pip install PyWavelets\n")
    os.makedirs(args.out, exist_ok=True)
    plt = load_plotting()
    demo = Demo(Library(args.candidate), 0.1 if args.quick else 1.0)
    many = 100_000 if args.quick else 10_000_000

    def path(name):
        return os.path.join(args.out, name)

    recorded = pywt.data.ecg().astype(np.float64)
    names = ("z-scores", "running mean")
    z, smooth = demo.job("Electrocardiogram", f"{len(recorded):,} samples", clean_signal, (recorded,), names)
    if plt:
        picture_ecg(plt, path("demo_ecg.png"), recorded, z, smooth)
    long = np.tile(recorded, -(-many // len(recorded)))[:many]
    demo.job("Electrocardiogram, repeated", f"{many:,} samples", clean_signal, (long,), names)
    del long

    names, shown = ("brightness", "edges"), []
    for name in ("camera", "ascent"):
        photo = getattr(pywt.data, name)()
        size = f"{photo.shape[0]} x {photo.shape[1]} pixels"
        results = demo.job(f"Photograph '{name}'", size, enhance_photo, (photo,), names, tolerance=1e-6)
        shown.append((name, photo, *results))
    if plt:
        picture_photos(plt, path("demo_photo.png"), shown)
    wall = np.tile(np.hstack([s[1] for s in shown]), (1, 1) if args.quick else (6, 4))
    size = f"{wall.shape[0]} x {wall.shape[1]} pixels"
    demo.job("Wall of photographs", size, enhance_photo, (wall,), names, tolerance=1e-6)
    del wall, shown

    table = make_table(many // 10)
    names = ("minimum", "maximum", "mean", "standard deviation")
    size = f"{len(table):,} x {table.shape[1]}"
    stats = demo.job("Table, statistics by column", size, column_statistics, (table,), names, exact=names[:2])
    if plt:
        picture_table(plt, path("demo_table.png"), len(table), *stats)
    del table

    rng = np.random.default_rng(4)
    market = (rng.random(many) * 50 + 50, rng.random(many) * 50 + 50, rng.random(many) * 2 + 0.1)
    call, put = demo.job("Black-Scholes", f"{many:,} options", black_scholes, market, ("calls", "puts"))
    if plt:
        picture_options(plt, path("demo_options.png"), *market, call, put)

    print(f"\n{'':48s} {'NumPy ms':>10s} {'lazy ms':>10s} {'speed-up':>8s}")
    for title, theirs, ours in demo.rows:
        print(f"{title:48s} {theirs * 1e3:10.3f} {ours * 1e3:10.3f} {theirs / ours:8.2f}")
    if not demo.good:
        print("\nSome results differ from NumPy's by more than they may.")
    return 0 if demo.good else 1


if __name__ == "__main__":
    sys.exit(main())
