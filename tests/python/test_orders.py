"""`order=`: elements come in NumPy's order, also where it follows from the memory that NumPy's result would lie in."""

import numpy as np
import pytest
from lazy_checks import same_outcome

A = np.arange(24).reshape(2, 3, 4)
ARRAYS = {
    "C": A,
    "F": np.asfortranarray(A),
    "mixed": A.transpose(2, 0, 1),
    "reversed": A.transpose(2, 0, 1)[::-1],
    "strided": A.T[::2, :, ::1],
    "gaps": np.arange(48).reshape(4, 3, 4)[::2],
    "broadcast": np.broadcast_to(np.arange(3)[:, None], (3, 2)).T,
    "ones": np.arange(6).reshape(2, 1, 3).T,
    "none": np.asarray(3),
    "empty": np.zeros((0, 3)).T,
    "one axis": np.arange(5)[::-2],
}
CALLS = {
    "itself": lambda m, a: a,
    "transposed": lambda m, a: a.T,
    "sum": lambda m, a: a + 1,
    "sum of two": lambda m, a: a.T + m.ones(a.T.shape),
    "sliced sum": lambda m, a: (a * 2)[..., ::-1] if a.ndim else a,
    "row": lambda m, a: a.T.sum(axis=0) if a.ndim else a,
    "last": lambda m, a: a.T.max(axis=-1, initial=0) if a.ndim else a,
    "joined": lambda m, a: m.concatenate([a.T, a.T * 2]) if a.ndim else a,
    "chosen": lambda m, a: m.where(a.T > 3, a.T, 0),
    "scanned": lambda m, a: m.cumsum(a.T, axis=0) if a.ndim else a,
    "cast": lambda m, a: a.T.astype("float32"),
    "range": lambda m, a: m.arange(6).reshape(2, 3).T,
}


@pytest.mark.parametrize("order", ["C", "F", "A", "K", "k", None])
@pytest.mark.parametrize("key", ARRAYS)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_elements_come_in_numpys_order(call, key, order):
    a = ARRAYS[key]
    same_outcome(lambda m, a: call(m, a).ravel(order), a)
    same_outcome(lambda m, a: call(m, a).flatten("C" if order is None else order), a)
    same_outcome(lambda m, a: m.reshape(call(m, a), (3, -1), order="C" if order is None else order), a)


@pytest.mark.parametrize(
    "call",
    [
        lambda m, a: a.ravel("x"),
        lambda m, a: a.ravel(1),
        lambda m, a: m.ravel(a, "CF"),
        lambda m, a: a.reshape(4, 6, order="x"),
        lambda m, a: a.reshape((5, -1), order="F"),
        lambda m, a: a.reshape((5, 4), order="F"),
        lambda m, a: a.reshape((4, 6), order="K"),
        lambda m, a: a.astype("f8", order="x"),
        lambda m, a: m.copy(a, order="x"),
        lambda m, a: m.zeros(3, order="K"),
        lambda m, a: m.zeros(3, order="x"),
        lambda m, a: m.ones_like(a, order="x"),
        lambda m, a: m.asarray(a, order=3),
        lambda m, a: a.astype(None),
    ],
)
def test_what_is_no_order_is_refused(call):
    same_outcome(call, A)
