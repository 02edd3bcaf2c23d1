"""The same reduction gives the same bits alone, with whatever shares its walk, fused with whatever makes its operand,
and on one thread or several."""

import itertools

import numpy as np
import pytest

import numpy_rs
import numpy_rs.lazy as lz

SHAPES = [
    (5,),
    (1000,),
    (1024,),
    (1025,),
    (70_001,),
    (3, 5),
    (400, 3),
    (301, 300),
    (40, 600),
    (40, 700),
    (9, 1025),
    (7, 5000),
    (2000, 2),
    (100, 1, 64),
    (33, 4, 64),
    (50, 30, 3),
    (6, 40, 70),
    (300, 2, 2),
    (2, 3, 1030),
    (4, 5, 6, 7),
    (6, 2, 20, 3),
    (3, 17, 16),
    (3, 200, 5, 1),
]
REDUCTIONS = ["sum", "prod", "mean", "var", "std", "min", "max"]


def axes_of(shape):
    n = len(shape)
    yield None
    for r in range(1, n + 1):
        yield from itertools.combinations(range(n), r)


def bits(x):
    return np.asarray(x).tobytes()


def arrays(shape, dtype):
    rng = np.random.default_rng(len(shape) + sum(shape))
    a, b = rng.standard_normal((2, *shape))
    # Rows, columns and single axes, repeated along the others.
    partial = [
        rng.standard_normal([n if keep else 1 for n, keep in zip(shape, pattern, strict=True)])
        for pattern in itertools.product((False, True), repeat=len(shape))
    ]
    return [x.astype(dtype) for x in (a, b, *partial)]


def producers(shape, dtype):
    """Values of one shape: what they are, lazily, and how they are made eagerly in C order."""
    a, b, *partial = arrays(shape, dtype)
    x, y = lz.asarray(a), lz.asarray(b)
    wide = np.concatenate([a, a[..., :1]], axis=-1)
    yield "plain", x
    yield "product", x * y - 0.5
    yield "math", lz.exp(x * 0.25) + y
    for p in partial:
        yield f"with {p.shape}", x * lz.asarray(p) + 1
    yield "all partial", sum((lz.asarray(p) for p in partial[1:]), lz.asarray(partial[0])) * lz.asarray(partial[-1])
    # Neither contiguous nor joined, but in C order.
    yield "rows of a wider one", lz.asarray(wide)[..., :-1] * 2
    yield "every second row", lz.asarray(np.repeat(wide, 2, axis=0)[::2][..., : shape[-1]]) + y
    yield "from the back", x[..., ::-1] * y
    yield "generated", lz.arange(a.size).reshape(shape) * x


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_producers_change_nothing(shape, dtype):
    for axis in axes_of(shape):
        for name, z in producers(shape, dtype):
            if z.shape != shape:
                continue
            eager = np.ascontiguousarray(z.compute())
            e = lz.asarray(eager)
            for reduction in ("sum", "var"):
                fused = getattr(z, reduction)(axis=axis).compute()
                alone = getattr(e, reduction)(axis=axis).compute()
                assert bits(fused) == bits(alone), (name, axis, reduction)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_siblings_change_nothing(shape):
    a, b, *partial = arrays(shape, "f8")
    x, y, p = lz.asarray(a), lz.asarray(b), lz.asarray(partial[1])
    for axis in axes_of(shape):
        for z in (x, x * y, x * p + y):
            alone = {r: bits(getattr(z, r)(axis=axis).compute()) for r in REDUCTIONS}
            total = bits(z.sum(axis=axis).compute())
            together = lz.compute(*(getattr(z, r)(axis=axis) for r in REDUCTIONS))
            for r, value in zip(REDUCTIONS, together, strict=True):
                # A mean beside a variance is its state's.
                assert bits(value) == alone[r], (axis, r)
            siblings = [
                (z,),
                (z * 2, z + p),
                (z.min(axis=axis),),
                ((z > 0).sum(axis=axis),),
                ((z * p).sum(axis=axis), z),
                (lz.exp(z).sum(axis=axis), (x - y).max(axis=axis)),
                (z[..., ::-1] + x,),
                (z.reshape(-1),),
                (lz.concatenate([z, x]),),
            ]
            if axis is None or len(axis) == 1:
                siblings.append((z.argmin(axis=axis if axis is None else axis[0]),))
            for others in siblings:
                first, *_ = lz.compute(z.sum(axis=axis), *others)
                *_, last = lz.compute(*others, z.sum(axis=axis))
                assert bits(first) == total and bits(last) == total, (axis, len(others))


@pytest.mark.parametrize("shape", [(300, 300), (40, 40), (20, 30, 30)], ids=str)
def test_siblings_of_another_order_change_nothing(shape):
    a, b = np.random.default_rng(3).standard_normal((2, *shape))
    swapped = (*range(len(shape) - 2), len(shape) - 1, len(shape) - 2)
    for x, y in ((a, b), (a.transpose(swapped), b.transpose(swapped)), (np.asfortranarray(a), np.asfortranarray(b))):
        x, y = lz.asarray(x), lz.asarray(y)
        turned = x.transpose(swapped)
        for axis in axes_of(shape):
            for z in (x, x + y, x + turned):
                alone = bits(z.sum(axis=axis).compute())
                for others in (
                    (turned.sum(axis=axis),),
                    (turned * 2,),
                    ((x + turned).sum(axis=axis),),
                    ((x + turned).max(axis=axis), x * 3),
                    (z, x.reshape(-1) * 2),
                    (z.sum(axis=axis).reshape(-1) if axis is not None else z, z.max(axis=axis)),
                    (z.argmax(axis=-1), z.argmax()),
                ):
                    first, *_ = lz.compute(z.sum(axis=axis), *others)
                    assert bits(first) == alone, (axis, len(others))


@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_extremes_of_zeros_of_both_signs_are_the_same_alone_and_fused(dtype):
    rng = np.random.default_rng(4)
    for n in (3000, 70_001, 300_000):
        for _ in range(5):
            a = rng.choice([0.0, -0.0, -1.0, -2.0], n, p=[0.001, 0.001, 0.5, 0.498]).astype(dtype)
            x = lz.asarray(a)
            for z, fold in ((x, "max"), (-x, "min")):
                alone = bits(getattr(lz.asarray(z.compute()), fold)().compute())
                assert bits(getattr(z * 1, fold)().compute()) == alone
                assert bits(lz.compute(getattr(z, fold)(), z.sum())[0]) == alone


@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_who_uses_a_fold_changes_nothing(dtype):
    """Also where results must lie in C order, and axes are walked in another."""
    rng = np.random.default_rng(11)
    for shape, axes in (
        ((2, 70, 16, 4), (1, 2, 3, 0)),
        ((2, 100, 16, 16), (2, 1, 3, 0)),
        ((2, 70, 16, 9), (1, 2, 0, 3)),
        ((40, 2, 3, 9), (2, 1, 0, 3)),
        ((200, 300, 3, 2), (2, 1, 0, 3)),
        ((3, 40, 5, 20), (3, 1, 0, 2)),
    ):
        x = lz.asarray(rng.standard_normal(shape).astype(dtype)).transpose(axes)
        for axis in axes_of(shape):
            total = x.sum(axis=axis)
            plain = np.ascontiguousarray(total.compute())
            assert bits(total.reshape(-1).compute()) == plain.tobytes(), (shape, axes, axis)
            assert bits((total * 1).reshape(-1).compute()) == plain.tobytes(), (shape, axes, axis)
            sums = lz.sort(total, axis=None).compute()
            assert bits(sums) == np.sort(plain, axis=None).tobytes(), (shape, axes, axis)


def test_threads_change_nothing():
    before = numpy_rs.get_num_threads()
    rng = np.random.default_rng(9)
    try:
        for shape in ((3_000_001,), (1500, 2000), (200, 5, 2003), (5, 400_003), (400_003, 5), (100_000, 3, 2)):
            x, p = lz.asarray(rng.standard_normal(shape)), lz.asarray(rng.standard_normal(shape[-1:]))
            for axis in axes_of(shape):
                numpy_rs.set_num_threads(1)
                one = [bits(v) for v in lz.compute((x * p).sum(axis=axis), x.var(axis=axis))]
                numpy_rs.set_num_threads(2)
                assert [bits(v) for v in lz.compute((x * p).sum(axis=axis), x.var(axis=axis))] == one
                assert bits((x * p).sum(axis=axis).compute()) == one[0]
                assert bits(lz.asarray((x * p).compute()).sum(axis=axis).compute()) == one[0]
    finally:
        numpy_rs.set_num_threads(before)


def test_sums_are_right():
    """The pieces of blocks are where they belong: against exact integers."""
    rng = np.random.default_rng(2)
    for shape in SHAPES:
        a = rng.integers(-1000, 1000, shape).astype("f8")
        for p in arrays(shape, "f8")[2:]:
            p = np.rint(p * 8)
            z = lz.asarray(a) * lz.asarray(p) + lz.arange(a.size).reshape(shape)
            want = a * p + np.arange(a.size).reshape(shape)
            for axis in axes_of(shape):
                total, largest, stored = lz.compute(z.sum(axis=axis), z.max(axis=axis), z)
                assert np.array_equal(total, want.sum(axis=axis)), (shape, p.shape, axis)
                assert np.array_equal(largest, want.max(axis=axis))
                assert np.array_equal(stored, want)
            position = lz.compute(z.argmax())[0]
            assert position == want.argmax()


@pytest.mark.parametrize("n", [3, 4, 17, 50, 1000, 3001, 40_000])
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_products_of_vectors_have_one_tree(n, dtype):
    """The bits of copies, alone and beside the vector itself, whatever the strides."""
    rng = np.random.default_rng(n)
    x = rng.random((4, n)).astype(dtype)
    if x.dtype.kind == "c":
        x += 1j * rng.random((4, n)).astype(x.real.dtype)
    wide = np.repeat(x, 3, axis=1)
    for i, j in ((0, 1), (0, 0)):
        a, b = x[i], x[j]
        want = [bits(f(lz.asarray(a.copy()), lz.asarray(b.copy())).compute()) for f in (lz.dot, lz.vdot)]
        layouts = [
            (a[::-1].copy()[::-1], b[::-1].copy()[::-1]),
            (wide[i, ::3], wide[j, ::3]),
            (wide[i, ::3], b),
            (a, wide[j, ::3]),
            (np.asfortranarray(x)[i], np.asfortranarray(x)[j]),
        ]
        for left, right in layouts:
            left, right = lz.asarray(left), lz.asarray(right)
            for f, known in zip((lz.dot, lz.vdot), want, strict=True):
                product = f(left, right)
                assert bits(product.compute()) == known
                assert [bits(v) for v in lz.compute(product, left, right)][0] == known
                assert bits(lz.compute(right, left, product)[2]) == known
