"""Einstein summation: parsed here, contracted pair by pair as products of matrices or as fused products and sums."""

import operator
from collections.abc import Iterable, Sequence
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
    labels, wanted = _parse(subscripts, arrays)
    final = _core.result_type(result)
    inner = "float32" if final.name == "float16" else final
    terms = [(ls, x.astype(inner)) for ls, x in zip(labels, arrays, strict=True)]
    return _evaluate(terms, wanted).astype(final)


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


def _parse(subscripts: str, arrays: Sequence[LazyArray]) -> tuple[list[_Labels], _Labels]:
    """The labels of the axes of each operand, and of the result."""
    inputs, arrow, output = subscripts.partition("->")
    parts = inputs.split(",")
    labels: list[_Labels] = []
    # NumPy's words, which have it the wrong way round.
    for i, x in enumerate(arrays):
        if i >= len(parts):
            raise ValueError("fewer operands provided to einstein sum function than specified in the subscripts string")
        labels.append(_operand_labels(parts[i], i, x))
    if len(parts) > len(arrays):
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


def _operand_labels(text: str, i: int, x: LazyArray) -> _Labels:
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
    extra = x.ndim - len(before) - len(after)
    if extra < 0:
        raise ValueError(f"einstein sum subscripts string contains too many subscripts for operand {i}")
    if extra and not dots:
        raise ValueError(
            "operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to "
            "broadcast the extra dimensions."
        )
    return (*before, *range(-extra, 0), *after)


def _evaluate(terms: list[tuple[_Labels, LazyArray]], wanted: _Labels) -> LazyArray:
    """The sum of products of labelled arrays."""
    terms = [_collapsed(i, *term) for i, term in enumerate(terms)]
    sizes = _sizes(terms, wanted)
    # An axis of length one that broadcasts has nothing to say.
    terms = [
        _without(term, [s for s, n in zip(term[0], term[1].shape, strict=True) if n != sizes[s]]) for term in terms
    ]
    while len(terms) > 1:
        terms = [_summed(term, wanted, [t for t in terms if t is not term]) for term in terms]
        i, j = _cheapest(terms, wanted, sizes)
        a, b = terms[i], terms[j]
        terms = [t for k, t in enumerate(terms) if k not in (i, j)]
        others = {s for t in terms for s in t[0]} | set(wanted)
        terms.append(_pair(a, b, others, sizes))
    labels, x = _summed(terms[0], wanted, [])
    present = [s for s in wanted if s in labels]
    x = x.transpose(*(labels.index(s) for s in present))
    return _core.broadcast_to(_spread(x, present, wanted), [sizes[s] for s in wanted])


def _collapsed(i: int, labels: _Labels, x: LazyArray) -> tuple[_Labels, LazyArray]:
    """Diagonals in place of labels that occur more than once."""
    while len(set(labels)) != len(labels):
        s = next(s for s in labels if labels.count(s) > 1)
        first, second = [d for d, own in enumerate(labels) if own == s][:2]
        m, n = x.shape[first], x.shape[second]
        if m != n:
            raise ValueError(f"dimensions in operand {i} for collapsing index '{s}' don't match ({m} != {n})")
        x = _diagonal(x, 0, first, second)
        labels = (*(own for d, own in enumerate(labels) if d not in (first, second)), s)
    return labels, x


def _sizes(terms: Sequence[tuple[_Labels, LazyArray]], wanted: _Labels) -> dict[_Label, int]:
    """The length of each label's axes."""
    sizes: dict[_Label, int] = {}
    for labels, x in terms:
        for s, n in zip(labels, x.shape, strict=True):
            known = sizes.get(s, 1)
            if n != known and 1 not in (n, known):
                raise ValueError(_mismatch(terms, wanted))
            sizes[s] = n if known == 1 else known
    return sizes


def _mismatch(terms: Sequence[tuple[_Labels, LazyArray]], wanted: _Labels) -> str:
    """NumPy's words for lengths that do not broadcast."""
    every = sorted({s for labels, _ in terms for s in labels if isinstance(s, str)} - set(wanted))
    order = [*wanted, *every]
    words = []
    for labels, x in terms:
        places = [str(x.shape[labels.index(s)]) if s in labels else "newaxis" for s in order]
        while places and places[0] == "newaxis":
            places.pop(0)
        own = f"({','.join(map(str, x.shape))}{',' if x.ndim == 1 else ''})"
        words.append(f"{own}->({','.join(places)}{',' if len(order) == 1 else ''})")
    return f"operands could not be broadcast together with remapped shapes [original->remapped]: {' '.join(words)} "


def _without(term: tuple[_Labels, LazyArray], gone: Iterable[_Label]) -> tuple[_Labels, LazyArray]:
    """A term without some axes of length one."""
    labels, x = term
    axes = tuple(labels.index(s) for s in gone)
    return tuple(s for d, s in enumerate(labels) if d not in axes), x.squeeze(axes) if axes else x


def _sum(x: LazyArray, axes: tuple[int, ...]) -> LazyArray:
    """The sum along axes in the array's own type."""
    return x._reduce("any" if x.dtype.name == "bool" else "sum", axes, x.dtype, False, None, True)


def _summed(
    term: tuple[_Labels, LazyArray], wanted: _Labels, others: Sequence[tuple[_Labels, LazyArray]]
) -> tuple[_Labels, LazyArray]:
    """A term summed along the axes of labels that nothing else has."""
    labels, x = term
    needed = {s for ls, _ in others for s in ls} | set(wanted)
    axes = tuple(d for d, s in enumerate(labels) if s not in needed)
    return tuple(s for s in labels if s in needed), _sum(x, axes) if axes else x


def _cheapest(terms: Sequence[tuple[_Labels, LazyArray]], wanted: _Labels, sizes: dict[_Label, int]) -> tuple[int, int]:
    """The pair whose result saves most memory; among equals, of least work."""
    best: tuple[int, int, int, int] | None = None
    for i in range(len(terms)):
        for j in range(i + 1, len(terms)):
            both = set(terms[i][0]) | set(terms[j][0])
            rest = {s for k, t in enumerate(terms) if k not in (i, j) for s in t[0]} | set(wanted)
            grown = _count(sizes[s] for s in both & rest) - terms[i][1].size - terms[j][1].size
            one = grown, _count(sizes[s] for s in both), i, j
            best = one if best is None else min(best, one)
    assert best is not None
    return best[2], best[3]


def _spread(x: LazyArray, labels: Sequence[_Label], order: Sequence[_Label]) -> LazyArray:
    """An array whose labels are in this order, with axes of length one for the others."""
    new = [d for d, s in enumerate(order) if s not in labels]
    return _core.expand_dims(x, tuple(new)) if new else x


def _pair(
    a: tuple[_Labels, LazyArray], b: tuple[_Labels, LazyArray], others: set[_Label], sizes: dict[_Label, int]
) -> tuple[_Labels, LazyArray]:
    """The product of two terms, summed over the labels that nothing else has."""
    (la, x), (lb, y) = a, b
    both = [s for s in la if s in lb]
    batch, inner = [s for s in both if s in others], [s for s in both if s not in others]
    left, right = [s for s in la if s not in both], [s for s in lb if s not in both]
    if not inner or (batch and not left and not right):
        order = [*batch, *left, *right, *inner]
        x = _spread(x.transpose(*(la.index(s) for s in order if s in la)), la, order)
        y = _spread(y.transpose(*(lb.index(s) for s in order if s in lb)), lb, order)
        product = _multiply(x, y)
        if inner:
            product = _sum(product, tuple(range(len(order) - len(inner), len(order))))
        return (*batch, *left, *right), product
    n, m, k = (_count(sizes[s] for s in ls) for ls in (right, left, inner))
    front = [sizes[s] for s in batch]
    x = x.transpose(*(la.index(s) for s in (*batch, *left, *inner))).reshape([*front, m, k])
    y = y.transpose(*(lb.index(s) for s in (*batch, *inner, *right))).reshape([*front, k, n])
    shape = [sizes[s] for s in (*batch, *left, *right)]
    return (*batch, *left, *right), _core.product("matmul", x, y).reshape(shape)
