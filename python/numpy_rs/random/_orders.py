"""Orders and choices of elements."""

import math
import operator
import warnings
from collections.abc import Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import Bits, LazyArray, ndarray

from ..lazy._indexing import take, take_along_axis
from ..lazy._shape import _axis_index
from ..lazy._typing import ArrayLike, Axis, ShapeLike
from ..lazy.random._size import _is_number, _population, _shape

__all__: list[str] = []

# How far from 1 a sum of probabilities may be: the square root of a type's precision.
_TOLERANCES = {"float16": 2.0**-5, "float32": math.sqrt(2.0**-23)}
_TOLERANCE = 2.0**-26


class Orders:
    """Draws of orders and of elements of arrays.

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.random.default_rng(1).permutation(5)
    array([4, 0, 1, 2, 3])
    """

    _bits: Bits

    def permutation(self, x: ArrayLike, axis: Axis = 0) -> ndarray:
        """The elements of an array along an axis, or the integers below a number, in random order.

        Parameters
        ----------
        x : int or array_like
            The number, or the array.
        axis : int
            The axis; what lies at one place of it stays together.

        Returns
        -------
        ndarray

        References
        ----------
        Durstenfeld, "Algorithm 235: random permutation", Communications of the ACM 7 (1964).

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).permutation(5)
        array([4, 0, 1, 2, 3])
        """
        if _is_number(x):
            return self._order(max(operator.index(x), 0))
        array = _core.asarray(x)
        along = array.shape[_axis_index(axis, array.ndim)]
        # One axis is shuffled itself, and nothing is drawn for no elements; of more axes the positions are.
        return take(array, self._order(along), axis=axis).compute()

    def _order(self, n: int) -> ndarray:
        """The integers below a number in random order."""
        return _core.asarray(self._bits.orders(1, n)).reshape(n).compute()

    def shuffle(self, x: Any, axis: Axis = 0) -> None:
        """Put the elements of an array or a sequence into random order, in place.

        Parameters
        ----------
        x : ndarray of numpy_rs or NumPy, or mutable sequence
            What is shuffled.
        axis : int
            The axis of an array; what lies at one place of it stays together.

        Raises
        ------
        ValueError
            Where an array is read-only.
        TypeError
            Where there is no length, or nothing can be put.
        NotImplementedError
            For an axis of a sequence.

        Warns
        -----
        UserWarning
            For what is neither an array nor a sequence.

        Examples
        --------
        >>> import numpy_rs
        >>> letters = list("abcde")
        >>> numpy_rs.random.default_rng(1).shuffle(letters)
        >>> letters
        ['e', 'a', 'b', 'c', 'd']
        """
        n = len(x)
        if isinstance(x, LazyArray):
            raise TypeError("a lazy array is a value, which is not shuffled in place: use permutation")
        if hasattr(x, "__array_interface__") and hasattr(x, "ndim"):
            self._shuffle_array(x, _axis_index(axis, x.ndim))
            return
        if not isinstance(x, Sequence):
            warnings.warn(
                f"you are shuffling a '{type(x).__name__}' object which is not a subclass of 'Sequence'; `shuffle` is"
                " not guaranteed to behave correctly. E.g., non-numpy array/tensor objects with view semantics may"
                " contain duplicates after shuffling.",
                UserWarning,
                stacklevel=2,
            )
        if axis != 0:
            raise NotImplementedError("Axis argument is only supported on ndarray objects")
        order = self._order(n).tolist()
        before = [x[i] for i in range(n)]
        for place, i in enumerate(order):
            x[place] = before[i]

    def _shuffle_array(self, x: Any, axis: int) -> None:
        if x.__array_interface__["data"][1]:
            raise ValueError("array is read-only")
        if not x.size:
            return
        order = self._order(x.shape[axis])
        if isinstance(x, ndarray):
            take(_core.asarray(x), order, axis=axis).compute(out=x)
        else:
            # An array of NumPy, of any type.
            x[...] = x.take(order, axis=axis)

    def permuted(self, x: ArrayLike, *, axis: Axis | None = None, out: Any = None) -> Any:
        """The elements of an array in random order, each line along an axis in an order of its own.

        Parameters
        ----------
        x : array_like
            The array.
        axis : int, optional
            The axis; all elements are mixed by default.
        out : ndarray of numpy_rs or NumPy, optional
            Where they go, of the shape of ``x``.

        Returns
        -------
        ndarray, shape of ``x``

        Raises
        ------
        TypeError
            Where ``out`` is no array, or its type does not hold the elements.
        ValueError
            Where ``out`` has another shape.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).permuted([[1, 2, 3], [4, 5, 6]], axis=1)
        array([[1, 2, 3],
               [6, 4, 5]])
        """
        if out is not None and not hasattr(out, "__array_interface__"):
            raise TypeError("out must be a numpy array")
        array = _core.asarray(x)
        if out is not None and tuple(out.shape) != array.shape:
            raise ValueError("out must have the same shape as x")
        if axis is None:
            mixed = self._mixed(array, x if out is None else out)
        else:
            at = _axis_index(axis, array.ndim)
            n, lines = array.shape[at], (*array.shape[:at], *array.shape[at + 1 :])
            orders = _core.asarray(self._bits.orders(math.prod(lines), n))
            mixed = take_along_axis(array, _core.moveaxis(orders.reshape((*lines, n)), -1, at), at)
        return mixed.compute() if out is None else mixed.compute(out=out)

    def _mixed(self, array: LazyArray, memory: Any) -> LazyArray:
        """All elements in random order, in the order of the memory that NumPy would shuffle."""
        if array.ndim == 0:
            raise TypeError("len() of unsized object")
        strides = [abs(s) for s in getattr(memory, "strides", ())]
        fortran = (
            array.ndim > 1 and len(strides) == array.ndim and strides == sorted(strides) and strides[0] < strides[-1]
        )
        flat = (array.T if fortran else array).ravel()
        mixed = take(flat, self._order(flat.size))
        return mixed.reshape(array.shape[::-1]).T if fortran else mixed.reshape(array.shape)

    def choice(
        self,
        a: ArrayLike,
        size: ShapeLike | None = None,
        replace: bool = True,
        p: ArrayLike | None = None,
        axis: Axis = 0,
        shuffle: bool = True,
    ) -> Any:
        """Elements of an array, or integers below a number.

        Parameters
        ----------
        a : int or array_like
            The number, or the array.
        size : int or sequence of ints, optional
            The shape of what is drawn; one element by default.
        replace : bool
            Whether an element may be drawn more than once.
        p : array_like of floats, optional
            The probability of each element; all the same by default.
        axis : int
            The axis along which elements are drawn.
        shuffle : bool
            Whether what is drawn without replacement, all of it equally likely, comes in random order. The rest does.

        Returns
        -------
        element or ndarray

        Raises
        ------
        ValueError
            For nothing to draw from, probabilities that are none, and more elements than there are, or than have a
            probability, without replacement.

        References
        ----------
        Bentley, "Programming pearls: a sample of brilliance", Communications of the ACM 30 (1987), for samples without
        replacement.

        Examples
        --------
        >>> import numpy_rs
        >>> numpy_rs.random.default_rng(1).choice([2, 3, 5, 7], 3, p=[0.1, 0.2, 0.3, 0.4])
        array([5, 7, 3])
        """
        shape, count = _shape(size)
        source, population = _population(a, axis, count)
        drawn: Any
        if p is not None:
            chances = _core.asarray(p)
            if chances.ndim != 1:
                raise ValueError("p must be 1-dimensional")
            if chances.size != population:
                raise ValueError("a and p must have same size")
            tolerance = _TOLERANCES.get(chances.dtype.name, _TOLERANCE)
            drawn = self._bits.chosen(chances.astype("float64"), count, replace, tolerance)
        elif replace:
            drawn = self._bits.integers(0, max(population, 1) - 1, "int64", count)
        else:
            drawn = self._bits.sample(population, count, shuffle)
        places = _core.asarray(drawn).reshape(shape)
        made = (places if source is None else take(source, places, axis=axis)).compute()
        return made.item() if made.ndim == 0 and size is None else made
