"""Lines that a user of NumPy may write: values, types, warnings and exceptions are NumPy's."""

import numpy as np
import pytest
from lazy_checks import same_outcome

A = np.arange(12).reshape(3, 4)
F = np.linspace(-2, 2, 12).reshape(3, 4)
U = np.array([1, 2, 250], "u1")
B = A % 3 == 0
V = np.array([3, 1, 2])
LINES = """
a == None
a != None
a == 'x'
a == [0, 1, 2, 3]
a == [0, 1]
a != (1, 2, 3, 4)
[1, 2, 3, 4] + a
(1, 2, 3, 4) * a
None in a
[0, 1, 2, 3] in a
a[b]
a[b, 0]
a[v - 1]
a[[0, 2], [1, 3]]
a[[0, 2], :, None]
a[..., [0, -1]]
a[:, [True, False, True, False]]
a[[True, False]]
a[5]
a[1.0]
a['x']
a[m.asarray(1.0)]
a[m.asarray(1)]
a[0, 0, 0]
a[[1.5]]
a[[]]
a[True]
a[1:, ::-2]
a[::0]
a[(0, 1),]
a[b.T]
a[:, b[0]]
a.T[::-1][1:, 0]
u[::-1].reshape(3, 1) + a[0]
m.add(a, 1, where=True)
m.add(a, f, dtype='f4')
m.add(a, f, dtype='i4')
m.add(a, f, casting='no')
m.add(a, f, casting='x')
m.add(a, 1, casting='equiv')
m.add(a, 1, order='F')
m.add(a, 1, order='x')
m.power(2, -a)
u ** -1
a ** -1
u + -1
u + 256
u * 1.5
u // 0
divmod(a, 0)
a << 70
-b
b - b
f & 1
m.sqrt(a - 5)
m.left_shift(f, 1)
m.minimum(u, 300)
m.floor(f + 1j)
m.isnan(b)
m.exp([])
m.exp(u)
a.sum(axis=2)
a.sum(axis=(0, 0))
a.sum(axis=1.0)
a.sum(dtype='u1')
a.sum(where=1)
a.sum(where=[1, 0, 1, 0])
a.sum(where=v)
a.mean(where=[0, 1, 1, 0])
a.max(where=b)
a[:0].max()
a[:0].max(axis=1)
a[:0].mean(axis=0)
a[:0].argmax()
a.argmax(axis=5)
a.cumsum(axis=5)
a.reshape(5, -1)
a.reshape(4, 3, order='F')
a.T.ravel('K')
a.transpose(0, 0)
a.squeeze(0)
a.dot(v)
v @ 5
a.astype('f4', casting='safe')
m.asarray(5.5).astype('i4', casting='safe')
f.astype('i4', casting='same_kind')
a.item(12)
len(m.asarray(3))
float(a)
bool(a)
m.where(b, a)
m.where(b, 1, 2.5)
m.concatenate([a, v])
m.concatenate([])
m.concatenate([a, f], dtype='i4')
m.stack([a, v])
m.split(a, 5)
m.roll(a, 1, axis=5)
m.diff(a, n=-1)
m.broadcast_to(a, (3, 3))
m.full_like(u, 300)
m.average(a, axis=1, weights=[1, -1, 2, -2])
m.linspace(0, 1, 5, dtype=int)
m.clip(u, 0, 2.5)
m.select([b, ~b], [a, f])
m.add.reduce(a, keepdims=True)
m.maximum.reduce(a[:0])
m.moveaxis(a, 0, 5)
"""


@pytest.mark.parametrize("line", LINES.strip().split("\n"))
def test_lines_do_what_they_do_in_numpy(line):
    same_outcome(eval(f"lambda m, a, f, u, b, v: {line}"), A, F, U, B, V)


PADS = {
    "odd bools": lambda m, x, b, c: m.pad(b, 2, "reflect", reflect_type="odd"),
    "odd symmetric bools": lambda m, x, b, c: m.pad(b, 2, "symmetric", reflect_type="odd"),
    "odd bools, often": lambda m, x, b, c: m.pad(b, 7, "reflect", reflect_type="odd"),
    "odd bytes": lambda m, x, b, c: m.pad(x, 5, "reflect", reflect_type="odd"),
    "complex medians": lambda m, x, b, c: m.pad(c, 1, "median", stat_length=3),
    "complex median": lambda m, x, b, c: m.pad(c, 1, "median"),
    "bool medians": lambda m, x, b, c: m.pad(b, 1, "median"),
    "byte medians": lambda m, x, b, c: m.pad(x, 1, "median", stat_length=2),
    "medians": lambda m, x, b, c: m.pad(c.real, 1, "median"),
}


@pytest.mark.parametrize("name", PADS)
def test_padding_keeps_the_type_and_nan(name):
    nan = float("nan")
    c = np.array([-np.inf + 1e-5j, 0.5, complex(nan, np.inf), 3])
    same_outcome(PADS[name], np.array([1, 2, 250], "u1"), np.array([True, False, True]), c)


def test_means_of_no_result_divide_by_zero():
    for shape, axis in [((3, 1, 0), -2), ((3, 0), 0), ((3, 2, 0), 1), ((0, 3), 0), ((0,), None)]:
        x = np.zeros(shape, "u2")
        same_outcome(lambda m, x, a=axis: m.asarray(m.average(x, axis=a)), x)


def test_ranges_need_an_end():
    for given in ({"start": 3}, {"start": 1, "step": 2}, {"step": 2}, {"start": 1, "stop": 3}, {"stop": 3}):
        same_outcome(lambda m, g=given: m.arange(**g))


def test_a_cast_is_a_copy():
    for dtype in ("f4", "f8", "i4", None):
        same_outcome(lambda m, x, d=dtype: m.asarray(x, copy=False, dtype=d), F)
        same_outcome(lambda m, x, d=dtype: m.array(x, copy=False, dtype=d), F)
