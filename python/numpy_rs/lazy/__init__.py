"""NumPy's names over lazy arrays: expressions that are simplified, fused and compiled when they are computed.

Examples
--------
>>> import numpy_rs.lazy as lz
>>> x = lz.asarray([1.0, 2.0, 3.0, 4.0])
>>> z = ((x - x.mean()) / x.std()).clip(-1, 1)
>>> z.shape, z.dtype
((4,), dtype('float64'))
>>> z.compute()
array([-1.        , -0.4472136 ,  0.4472136 ,  1.        ])
"""

from numpy_rs import exceptions
from numpy_rs._core import LazyArray, ndarray, ufunc

from . import (
    _constants,
    _creation,
    _elementwise,
    _evaluate,
    _indexing,
    _join,
    _logic,
    _matrices,
    _methods,
    _nan,
    _pad,
    _ranges,
    _reductions,
    _shape,
    _split,
    _types,
    _ufuncs,
)
from ._constants import *
from ._creation import *
from ._elementwise import *
from ._evaluate import *
from ._indexing import *
from ._join import *
from ._logic import *
from ._matrices import *
from ._nan import *
from ._pad import *
from ._ranges import *
from ._reductions import *
from ._shape import *
from ._split import *
from ._types import *
from ._ufuncs import *

__all__ = ["LazyArray", "exceptions", "ndarray", "ufunc"]
__all__ += _constants.__all__
__all__ += _creation.__all__
__all__ += _elementwise.__all__
__all__ += _evaluate.__all__
__all__ += _indexing.__all__
__all__ += _join.__all__
__all__ += _logic.__all__
__all__ += _matrices.__all__
__all__ += _methods.__all__
__all__ += _nan.__all__
__all__ += _pad.__all__
__all__ += _ranges.__all__
__all__ += _reductions.__all__
__all__ += _shape.__all__
__all__ += _split.__all__
__all__ += _types.__all__
__all__ += _ufuncs.__all__
