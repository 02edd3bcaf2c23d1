"""Sample values, memory layouts and comparisons that the differential tests share.

Values are deterministic: every random draw is seeded by what it is drawn for.
"""

import zlib

import numpy as np

DTYPES = [np.dtype(c) for c in "?bBhHiIlLefdFD"]
NAMES = [d.name for d in DTYPES]
BITS = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def rng(*key):
    """A generator seeded by `key`."""
    return np.random.default_rng(zlib.crc32(repr(key).encode()))


def float_specials(dtype):
    """Zeros, infinities, NaN of both signs, subnormals, extremes and neighbours of round numbers."""
    i = np.finfo(dtype)
    one = dtype.type(1)
    big = dtype.type(2) ** dtype.type(i.nmant)
    values = [0.0, 1.0, 0.5, 1.5, 2.0, 2.5, 3.0, 10.0, np.inf, np.nan, np.pi, np.pi / 2, 100.0, 1000.25, 1 / 3]
    values += [i.tiny, i.smallest_subnormal, i.tiny - i.smallest_subnormal, i.max, i.eps, one + i.eps, one - i.epsneg]
    values += [big, big / 2 + dtype.type(0.5), np.nextafter(dtype.type(0.5), dtype.type(0)), i.max / dtype.type(2)]
    a = np.array(values, dtype)
    return np.concatenate([a, -a])


def int_specials(dtype):
    """Extremes, zero, one, minus one, shift counts up to and past every width."""
    i = np.iinfo(dtype)
    values = {i.min, i.min + 1, i.max, i.max - 1, i.max // 2, i.max // 2 + 1, 0, 1, 2, 3, 5, 7, 10, 100}
    values |= {8 * dtype.itemsize + k for k in (-1, 0, 1)} | {-1, -2, -3, -7, -64, -100, 64, 63}
    return np.array(sorted(v for v in values if i.min <= v <= i.max), dtype)


def specials(dtype, few=False):
    """The special values of a dtype; `few` where they are crossed three or more times."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype.kind in "iu":
        return int_specials(dtype)[:: 3 if few else 1]
    if dtype.kind == "f":
        return float_specials(dtype)[:: 4 if few else 1]
    real = np.dtype("f" if dtype.char == "F" else "d")
    i = np.finfo(real)
    parts = [0.0, -0.0, 1.0, -1.0, 0.5, np.inf, -np.inf, np.nan]
    if not few:
        parts += [-2.5, 3.0, i.max, i.tiny, -i.smallest_subnormal, -np.nan, 800.0, 1e-5]
    parts = np.array(parts, real)
    out = np.empty((len(parts), len(parts)), dtype)
    out.real, out.imag = parts[:, None], parts[None, :]
    return out.ravel()


def random_bits(dtype, n, *key):
    """`n` values with random bits: every bit pattern of the dtype may come."""
    dtype, r = np.dtype(dtype), rng("bits", dtype.char if not isinstance(dtype, str) else dtype, n, *key)
    if dtype.kind == "b":
        return r.integers(0, 2, n).astype(bool)
    return np.frombuffer(r.bytes(n * dtype.itemsize), dtype).copy()


def small(rng, shape, dtype):
    """Integers from -50 to 49, or standard normal numbers."""
    if np.dtype(dtype).kind == "i":
        return rng.integers(-50, 50, shape).astype(dtype)
    return rng.standard_normal(shape).astype(dtype)


def bits(array):
    """What two arrays have in common that are the same to the bit."""
    array = np.asarray(array)
    return array.dtype, array.shape, array.tobytes()


def moderate(dtype, n, *key):
    """`n` values of ordinary size."""
    dtype, r = np.dtype(dtype), rng("moderate", np.dtype(dtype).char, n, *key)
    if dtype.kind == "b":
        return r.integers(0, 2, n).astype(bool)
    if dtype.kind == "u":
        return r.integers(0, 100, n).astype(dtype)
    if dtype.kind == "i":
        return r.integers(-100, 100, n).astype(dtype)
    x = r.normal(size=n) * 10.0 ** r.integers(-3, 3, n)
    if dtype.kind == "c":
        x = x + 1j * r.normal(size=n) * 10.0 ** r.integers(-3, 3, n)
    return x.astype(dtype)


def columns(dtypes, key, n_random=400):
    """Operands of the given dtypes: special values crossed with each other, then random ones."""
    dtypes = [np.dtype(d) for d in dtypes]
    few = len(dtypes) > 2 or (len(dtypes) == 2 and any(d.kind == "c" for d in dtypes))
    grids = np.meshgrid(*[np.arange(len(specials(d, few))) for d in dtypes], indexing="ij")
    out = []
    for k, (d, g) in enumerate(zip(dtypes, grids, strict=True)):
        crossed = specials(d, few)[g.ravel()]
        out.append(np.concatenate([crossed, random_bits(d, n_random, key, k), moderate(d, n_random, key, k)]))
    return out


def strided(a, step=3):
    """A copy of `a` whose last axis steps over memory."""
    buffer = np.empty((*a.shape[:-1], a.shape[-1] * step), a.dtype)
    buffer[...] = np.ones((), a.dtype)
    view = buffer[..., ::step]
    view[...] = a
    return view


def backward(a):
    """A copy of `a` that memory holds last element first."""
    return np.ascontiguousarray(a[::-1])[::-1]


def unaligned(a):
    """A copy of `a` at an address that is one byte off."""
    raw = np.empty(a.nbytes + a.itemsize + 1, np.uint8)
    at = 1 + (-raw.ctypes.data) % a.itemsize
    view = raw[at : at + a.nbytes].view(a.dtype).reshape(a.shape)
    view[...] = a
    assert a.itemsize == 1 or not view.flags.aligned
    return view


def parts(a):
    """Real view of `a`: the parts of complex values as a last axis."""
    a = np.asarray(a)
    if a.dtype.kind != "c":
        return a
    return np.stack([a.real, a.imag], -1)


def same(ours, theirs):
    """Per element: the same bits, or NaN in both."""
    x, y = np.ascontiguousarray(parts(ours)), np.ascontiguousarray(parts(theirs))
    bits = BITS[x.dtype.itemsize]
    equal = np.asarray(x.view(bits) == y.view(bits)) if x.ndim else np.asarray(x[()].tobytes() == y[()].tobytes())
    if x.dtype.kind == "f":
        equal = equal | (np.isnan(x) & np.isnan(y))
    if np.asarray(ours).dtype.kind == "c":
        equal = equal.reshape(*np.shape(ours), 2).all(-1)
    return equal.reshape(np.shape(ours))


def assert_frame(ours, theirs, what=""):
    """Shape and dtype agree."""
    assert ours.shape == theirs.shape, f"{what}: shape {ours.shape}, NumPy {theirs.shape}"
    assert ours.dtype == theirs.dtype, f"{what}: dtype {ours.dtype}, NumPy {theirs.dtype}"


def report(bad, operands, ours, theirs, what):
    """Raise with the first elements that differ, if any do."""
    bad = np.atleast_1d(bad)
    if not bad.any():
        return
    operands = [np.broadcast_to(o, np.shape(ours)) for o in operands]
    lines = [f"{what}: {int(bad.sum())} of {bad.size} differ"]
    for i in list(zip(*np.nonzero(bad), strict=True))[:6]:
        i = i if np.ndim(ours) else ()
        lines.append(f"  ({', '.join(repr(o[i]) for o in operands)}) -> {ours[i]!r}, NumPy {theirs[i]!r}")
    raise AssertionError("\n".join(lines))


def assert_same(ours, theirs, operands=(), what=""):
    """Shape, dtype and bits agree; any NaN equals any NaN."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert_frame(ours, theirs, what)
    report(~same(ours, theirs), operands, ours, theirs, what)
