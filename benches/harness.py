"""Timing of several functions side by side, on a machine that may be doing other things.

Standard library only.
"""

import contextlib
import gc
import os
import statistics
import tempfile
import time

# Both keep idle workers of a BLAS or OpenMP library from spinning into the next sample: they must be
# set before NumPy is imported, so import this module first.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

# Cores that other processes may use during a sample that counts.
QUIET = 0.1
_CPU_NANOSECONDS = "/sys/fs/cgroup/cpuacct/cpuacct.usage"


@contextlib.contextmanager
def machine_lock(path=None):
    """Hold a lock that lets one benchmark run on the machine at a time."""
    try:
        import fcntl
    except ImportError:  # no file locks on this system: nothing to wait for
        yield
        return
    with open(path or os.path.join(tempfile.gettempdir(), "bench.lock"), "a") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(f, fcntl.LOCK_UN)


def _busy_seconds():
    """CPU seconds used by all processes; None where the system does not tell."""
    try:
        if os.path.exists(_CPU_NANOSECONDS):
            with open(_CPU_NANOSECONDS) as f:
                return int(f.read()) * 1e-9
        with open("/proc/stat") as f:
            v = [int(x) for x in f.readline().split()[1:9]]
        return (sum(v) - v[3] - v[4]) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return None


class Disturbance:
    """Measures the cores that other processes use inside a ``with`` block.

    Attributes
    ----------
    share : float
        After the block: cores in use by others, 0.0 on a quiet machine (or where it cannot be known).
    """

    def __enter__(self):
        self.busy, self.own, self.start = _busy_seconds(), time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_):
        elapsed = max(time.perf_counter() - self.start, 1e-9)
        busy = _busy_seconds()
        self.share = 0.0
        if busy is not None and self.busy is not None:
            self.share = max(0.0, (busy - self.busy) - (time.process_time() - self.own)) / elapsed


def wait_quiet(limit=4.0):
    """Wait until others leave the machine alone for 0.4 s, at most `limit` seconds; tell if they did."""
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        with Disturbance() as d:
            time.sleep(0.4)
        if d.share < QUIET:
            return True
    return False


def _seconds(f, loops):
    clock = time.perf_counter
    start = clock()
    for _ in range(loops):
        f()
    return (clock() - start) / loops


def _calibrate(f, target):
    """Number of calls that take about `target` seconds, and the seconds of one."""
    loops, t = 1, _seconds(f, 1)
    while t * loops < target / 8 and loops < 1 << 20:
        loops = max(loops * 2, min(loops * 10, int(target / max(t, 1e-9) / 4)))
        t = _seconds(f, loops)
    return max(1, round(target / max(t, 1e-9))), t


def round_robin(functions, target=0.03, samples=5, slow=0.8, limit=30.0):
    """Time functions by turns.

    The rounds go on, up to three times `samples` or `limit` seconds, until each function has its
    samples that no other process disturbed.

    Parameters
    ----------
    functions : dict of str to callable
    target : float
        Seconds of one sample.
    samples : int
        Undisturbed samples wanted; 3 for a function of more than `slow` seconds.
    limit : float
        Seconds after which no new round starts.

    Returns
    -------
    dict of str to dict
        ``median``, ``min``, ``max`` in seconds of one call, ``clean`` (the number of undisturbed
        samples; below 3 the figures are those of the 3 least disturbed) and ``loops``.
    """
    loops, once, taken = {}, {}, {name: [] for name in functions}
    for name, f in functions.items():
        loops[name], once[name] = _calibrate(f, target)
    need = {name: 3 if once[name] > slow else samples for name in functions}

    def clean(name):
        return sum(share <= QUIET for _, share in taken[name])

    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    end = time.perf_counter() + limit
    try:
        for turn in range(3 * samples):
            left = [name for name in functions if clean(name) < need[name]]
            if not left or (turn >= 3 and time.perf_counter() > end):
                break
            if turn >= 3 and not any(map(clean, functions)):
                break  # never quiet: more samples would be no better
            for name in left:
                f = functions[name]
                if once[name] < 0.02:
                    f()  # fill the caches again after the other function
                with Disturbance() as d:
                    t = _seconds(f, loops[name])
                taken[name].append((t, d.share))
    finally:
        if enabled:
            gc.enable()
    out = {}
    for name, all_samples in taken.items():
        good = [t for t, share in all_samples if share <= QUIET]
        use = good if len(good) >= 3 else [t for t, _ in sorted(all_samples, key=lambda s: s[1])[:3]]
        out[name] = {
            "median": statistics.median(use),
            "min": min(use),
            "max": max(use),
            "clean": len(good),
            "loops": loops[name],
        }
    return out


def _status_bytes(key):
    with open("/proc/self/status") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith(key + ":"))


def peak_memory(f):
    """Run `f` once; return the bytes by which resident memory grew at its peak, None if unknown."""
    gc.collect()
    try:
        with open("/proc/self/clear_refs", "w") as c:
            c.write("5")  # resets the high-water mark
        before = _status_bytes("VmRSS")
        result = f()
        peak = _status_bytes("VmHWM") - before
    except OSError:
        return None
    del result
    return max(0, peak)
