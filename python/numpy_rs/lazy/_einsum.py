"""Einstein summation: parsed here, contracted pair by pair as products of matrices or as fused products and sums."""

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

from numpy_rs import _core
from numpy_rs._core import LazyArray

from ._out import _no_out
from ._products import _count
from ._shape import diagonal as _diagonal
from ._ufuncs import multiply as _multiply

__all__ = ["einsum"]

_asarray = _core.asarray

# A letter, or the place of an ellipsis' axis counted from its end.
_Label = str | int
_Labels = tuple[_Label, ...]
_Shape = tuple[int, ...]
_Term = tuple[_Labels, _Shape]
_Work = Callable[..., LazyArray]
# The place in a list of arrays, or two in order, of what is taken out; what is made of it takes the one, or the last.
_Step = tuple[int, int | None, _Work]
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def einsum(*operands: Any, out: None = None, optimize: Any = False, **kwargs: Any) -> LazyArray:
    """Sums of products of elements by Einstein's convention.

    Parameters
    ----------
    *operands : str and array_likes
        ``'ij,jk->ik'``: a letter for each axis of each operand, and those of the result; then the operands. Without
        ``->``, the result has the letters that occur once, in alphabetical order. ``...`` stands for the axes that have
        no letter; these broadcast. Or operands and lists of integers in turn.
    out : None
        Lazy arrays are values: use ``compute(out=...)``.
    optimize : object, optional
        Accepted: pairs are always contracted in a good order.
    **kwargs
        ``dtype``, ``casting`` of the operands to it (``'safe'``), ``order``.

    Returns
    -------
    LazyArray, dtype ``result_type`` of the operands

    Notes
    -----
    Two operands with a common letter that the result lacks are a product of matrices. float16 is added in float32.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> a = lz.arange(6).reshape(2, 3)
    >>> lz.einsum('ij,kj->ik', a, a).compute()
    array([[ 5, 14],
           [14, 50]])
    >>> lz.einsum('ii', lz.eye(3)).compute()
    array(3.)
    """
    _no_out(out, "einsum")
    dtype, casting = kwargs.pop("dtype", None), kwargs.pop("casting", "safe")
    kwargs.pop("order", None)
    for key in kwargs:
        raise TypeError(f"'{key}' is an invalid keyword argument for einsum()")
    subscripts, arrays = _arguments(operands)
    result = dtype if dtype is not None else _core.result_type(*arrays)
    for i, x in enumerate(arrays):
        if not _core.can_cast(x.dtype, result, casting):
            raise TypeError(
                f"Iterator operand {i} dtype could not be cast from dtype('{x.dtype}') to "
                f"dtype('{_core.result_type(result)}') according to the rule '{casting}'"
            )
    steps = _known_steps(subscripts, tuple(x.shape for x in arrays))
    final = _core.result_type(result)
    inner = "float32" if final.name == "float16" else final
    terms = [x.astype(inner) for x in arrays]
    for i, j, work in steps:
        if j is None:
            terms[i] = work(terms[i])
        else:
            y = terms.pop(j)
            terms.append(work(terms.pop(i), y))
    return terms[0].astype(final)


def _arguments(operands: tuple[Any, ...]) -> tuple[str, list[LazyArray]]:
    """The subscripts as text, and the arrays."""
    if not operands or (len(operands) == 1 and not isinstance(operands[0], str)):
        raise ValueError("must provide at least an operand and a subscripts list to einsum")
    if isinstance(operands[0], str):
        if len(operands) == 1:
            raise ValueError("must specify the einstein sum subscripts string and at least one operand")
        return operands[0].replace(" ", ""), [_asarray(x) for x in operands[1:]]
    texts: list[str] = []
    for sub in operands[1::2]:
        texts.append("".join("..." if s is Ellipsis else _letter(s) for s in sub))
    arrays = [_asarray(x) for x in operands[0 : len(operands) - len(operands) % 2 : 2]]
    subscripts = ",".join(texts)
    if len(operands) % 2:
        subscripts += "->" + "".join("..." if s is Ellipsis else _letter(s) for s in operands[-1])
    return subscripts, arrays


def _letter(s: Any) -> str:
    """The letter of a subscript that is an integer."""
    i = operator.index(s)
    if not 0 <= i < len(_LETTERS):
        raise ValueError("subscript is not within the valid range [0, 52)")
    return _LETTERS[i]


def _parse(subscripts: str, shapes: Sequence[_Shape]) -> tuple[list[_Labels], _Labels]:
    """The labels of the axes of each operand, and of the result."""
    inputs, arrow, output = subscripts.partition("->")
    parts = inputs.split(",")
    labels: list[_Labels] = []
    # NumPy's words, which have it the wrong way round.
    for i, shape in enumerate(shapes):
        if i >= len(parts):
            raise ValueError("fewer operands provided to einstein sum function than specified in the subscripts string")
        labels.append(_operand_labels(parts[i], i, len(shape)))
    if len(parts) > len(shapes):
        raise ValueError("more operands provided to einstein sum function than specified in the subscripts string")
    every = [label for ls in labels for label in ls]
    dots = tuple(sorted({label for label in every if isinstance(label, int)}))
    if not arrow:
        once = sorted({s for s in every if isinstance(s, str) and every.count(s) == 1})
        return labels, (*dots, *once)
    wanted: list[_Label] = []
    rest = output
    while rest:
        if rest.startswith("..."):
            wanted.extend(dots)
            rest = rest[3:]
            if "." in rest:
                raise ValueError(
                    "einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...') in the "
                    "output"
                )
            continue
        s, rest = rest[0], rest[1:]
        if s == ".":
            raise ValueError(
                "einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...') in the output"
            )
        if s not in _LETTERS:
            raise ValueError(f"invalid subscript '{s}' in einstein sum subscripts string, subscripts must be letters")
        if s in rest or s in wanted:
            raise ValueError(f"einstein sum subscripts string includes output subscript '{s}' multiple times")
        if s not in every:
            raise ValueError(
                f"einstein sum subscripts string included output subscript '{s}' which never appeared in an input"
            )
        wanted.append(s)
    if dots and "..." not in output:
        raise ValueError(
            "output has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to "
            "broadcast the extra dimensions."
        )
    return labels, tuple(wanted)


def _operand_labels(text: str, i: int, ndim: int) -> _Labels:
    """The labels of an operand's axes; those of an ellipsis are negative, counted from its end."""
    before, dots, after = text.partition("...")
    if "." in before or "." in after:
        raise ValueError(
            f"einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...') in operand {i}"
        )
    for s in before + after:
        if s in "->":
            raise ValueError("einstein sum subscript string does not contain proper '->' output specified")
        if s not in _LETTERS:
            raise ValueError(f"invalid subscript '{s}' in einstein sum subscripts string, subscripts must be letters")
    extra = ndim - len(before) - len(after)
    if extra < 0:
        raise ValueError(f"einstein sum subscripts string contains too many subscripts for operand {i}")
    if extra and not dots:
        raise ValueError(
            "operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to "
            "broadcast the extra dimensions."
        )
    return (*before, *range(-extra, 0), *after)


def _steps(subscripts: str, shapes: tuple[_Shape, ...]) -> list[_Step]:
    """What makes the sum of products of arrays of these shapes, which is then the only one in their list."""
    labels, wanted = _parse(subscripts, shapes)
    steps: list[_Step] = []

    def one(i: int, step: tuple[_Labels, _Shape, _Work | None]) -> _Term:
        labels, shape, work = step
        if work is not None:
            steps.append((i, None, work))
        return labels, shape

    terms = [one(i, _collapsed(i, term)) for i, term in enumerate(zip(labels, shapes, strict=True))]
    sizes = _sizes(terms, wanted)
    # An axis of length one that broadcasts has nothing to say.
    terms = [one(i, _without(term, sizes)) for i, term in enumerate(terms)]
    while len(terms) > 1:
        for i, term in enumerate(terms):
            terms[i] = one(i, _summed(term, wanted, terms[:i] + terms[i + 1 :]))
        i, j = _cheapest(terms, wanted, sizes)
        b, a = terms.pop(j), terms.pop(i)
        others = {s for t in terms for s in t[0]} | set(wanted)
        labels_of_both, work = _pair(a[0], b[0], others, sizes)
        steps.append((i, j, work))
        terms.append((labels_of_both, tuple(sizes[s] for s in labels_of_both)))
    own, _ = one(0, _summed(terms[0], wanted, []))
    present = [s for s in wanted if s in own]
    spread = _viewed(own, present, wanted)
    shape = [sizes[s] for s in wanted]
    if len(present) < len(wanted):
        steps.append((0, None, lambda x: _core.broadcast_to(spread(x), shape)))
    elif tuple(present) != own:
        steps.append((0, None, spread))
    return steps


_known_steps = functools.lru_cache(maxsize=256)(_steps)


def _collapsed(i: int, term: _Term) -> tuple[_Labels, _Shape, _Work | None]:
    """Diagonals in place of labels that occur more than once."""
    labels, shape = term
    pairs: list[tuple[int, int]] = []
    while len(set(labels)) != len(labels):
        s = next(s for s in labels if labels.count(s) > 1)
        first, second = [d for d, own in enumerate(labels) if own == s][:2]
        m, n = shape[first], shape[second]
        if m != n:
            raise ValueError(f"dimensions in operand {i} for collapsing index '{s}' don't match ({m} != {n})")
        pairs.append((first, second))
        labels, shape = _rest((labels, shape), (first, second))
        labels, shape = (*labels, s), (*shape, n)

    def diagonals(x: LazyArray) -> LazyArray:
        for first, second in pairs:
            x = _diagonal(x, 0, first, second)
        return x

    return labels, shape, diagonals if pairs else None


def _sizes(terms: Sequence[_Term], wanted: _Labels) -> dict[_Label, int]:
    """The length of each label's axes."""
    sizes: dict[_Label, int] = {}
    for labels, shape in terms:
        for s, n in zip(labels, shape, strict=True):
            known = sizes.get(s, 1)
            if n != known and 1 not in (n, known):
                raise ValueError(_mismatch(terms, wanted))
            sizes[s] = n if known == 1 else known
    return sizes


def _mismatch(terms: Sequence[_Term], wanted: _Labels) -> str:
    """NumPy's words for lengths that do not broadcast."""
    every = sorted({s for labels, _ in terms for s in labels if isinstance(s, str)} - set(wanted))
    order = [*wanted, *every]
    words = []
    for labels, shape in terms:
        places = [str(shape[labels.index(s)]) if s in labels else "newaxis" for s in order]
        while places and places[0] == "newaxis":
            places.pop(0)
        own = f"({','.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
        words.append(f"{own}->({','.join(places)}{',' if len(order) == 1 else ''})")
    return f"operands could not be broadcast together with remapped shapes [original->remapped]: {' '.join(words)} "


def _without(term: _Term, sizes: dict[_Label, int]) -> tuple[_Labels, _Shape, _Work | None]:
    """A term without the axes of length one that broadcast."""
    labels, shape = term
    axes = tuple(d for d, s in enumerate(labels) if shape[d] != sizes[s])
    return *_rest(term, axes), (lambda x: x.squeeze(axes)) if axes else None


def _rest(term: _Term, axes: tuple[int, ...]) -> _Term:
    """A term without some of its axes."""
    labels, shape = term
    kept = [d for d in range(len(labels)) if d not in axes]
    return tuple(labels[d] for d in kept), tuple(shape[d] for d in kept)


def _sum(x: LazyArray, axes: tuple[int, ...]) -> LazyArray:
    """The sum along axes in the array's own type."""
    return x._reduce("any" if x.dtype.name == "bool" else "sum", axes, x.dtype, False, None, True)


def _summed(term: _Term, wanted: _Labels, others: Sequence[_Term]) -> tuple[_Labels, _Shape, _Work | None]:
    """A term summed along the axes of labels that nothing else has."""
    labels, _ = term
    needed = {s for ls, _ in others for s in ls} | set(wanted)
    axes = tuple(d for d, s in enumerate(labels) if s not in needed)
    return *_rest(term, axes), (lambda x: _sum(x, axes)) if axes else None


def _cheapest(terms: Sequence[_Term], wanted: _Labels, sizes: dict[_Label, int]) -> tuple[int, int]:
    """The pair whose result saves most memory; among equals, of least work."""
    best: tuple[int, int, int, int] | None = None
    for i in range(len(terms)):
        for j in range(i + 1, len(terms)):
            both = set(terms[i][0]) | set(terms[j][0])
            rest = {s for k, t in enumerate(terms) if k not in (i, j) for s in t[0]} | set(wanted)
            grown = _count(sizes[s] for s in both & rest) - _count(terms[i][1]) - _count(terms[j][1])
            one = grown, _count(sizes[s] for s in both), i, j
            best = one if best is None else min(best, one)
    assert best is not None
    return best[2], best[3]


def _viewed(labels: _Labels, present: Sequence[_Label], order: Sequence[_Label]) -> _Work:
    """What looks at an array in the order of `present`, with axes of length one for the other labels of `order`."""
    axes = tuple(labels.index(s) for s in present)
    moves = axes != tuple(range(len(labels)))
    new = tuple(d for d, s in enumerate(order) if s not in present)

    def view(x: LazyArray) -> LazyArray:
        x = x.transpose(axes) if moves else x
        return _core.expand_dims(x, new) if new else x

    return view


def _pair(la: _Labels, lb: _Labels, others: set[_Label], sizes: dict[_Label, int]) -> tuple[_Labels, _Work]:
    """The labels of the product of two terms, summed over the labels that nothing else has, and what makes it."""
    both = [s for s in la if s in lb]
    batch, inner = [s for s in both if s in others], [s for s in both if s not in others]
    left, right = [s for s in la if s not in both], [s for s in lb if s not in both]
    result = (*batch, *left, *right)
    if not inner or (batch and not left and not right):
        order = [*result, *inner]
        view_a = _viewed(la, [s for s in order if s in la], order)
        view_b = _viewed(lb, [s for s in order if s in lb], order)
        axes = tuple(range(len(result), len(order)))

        def product(x: LazyArray, y: LazyArray) -> LazyArray:
            z = _multiply(view_a(x), view_b(y))
            return _sum(z, axes) if axes else z

        return result, product
    n, m, k = (_count(sizes[s] for s in ls) for ls in (right, left, inner))
    front = [sizes[s] for s in batch]
    matrix_a = _matrix(la, [*batch, *left, *inner], sizes, [*front, m, k])
    matrix_b = _matrix(lb, [*batch, *inner, *right], sizes, [*front, k, n])
    shape = [sizes[s] for s in result]
    split = shape != [*front, m, n]

    def matmul(x: LazyArray, y: LazyArray) -> LazyArray:
        z = _core.product("matmul", matrix_a(x), matrix_b(y))
        return z.reshape(shape) if split else z

    return result, matmul


def _matrix(labels: _Labels, order: Sequence[_Label], sizes: dict[_Label, int], shape: list[int]) -> _Work:
    """What makes an array a matrix, or a stack of matrices, of this shape: labels in this order, some one axis."""
    view = _viewed(labels, order, order)
    if [sizes[s] for s in order] == shape:
        return view
    return lambda x: view(x).reshape(shape)
