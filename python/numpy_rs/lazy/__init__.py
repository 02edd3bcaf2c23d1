"""NumPy's names over lazy arrays."""

from numpy_rs import _core
from numpy_rs._core import LazyArray, asarray, clip, concatenate, dtype
from numpy_rs._core import compute_all as compute

globals().update(_core.ufuncs)
pi = 3.141592653589793

def sum(a, axis=None, dtype=None, out=None, keepdims=False): return asarray(a).sum(axis, dtype, out, keepdims)
def mean(a, axis=None, dtype=None, out=None, keepdims=False): return asarray(a).mean(axis, dtype, out, keepdims)
def min(a, axis=None, out=None, keepdims=False): return asarray(a).min(axis, out, keepdims)
def max(a, axis=None, out=None, keepdims=False): return asarray(a).max(axis, out, keepdims)
def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False): return asarray(a).var(axis, dtype, out, ddof, keepdims)
def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False): return asarray(a).std(axis, dtype, out, ddof, keepdims)
def argmin(a, axis=None): return asarray(a).argmin(axis)
def count_nonzero(a, axis=None): return asarray(a)._reduce("count_nonzero", axis)
