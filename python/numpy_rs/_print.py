"""Text of arrays, exactly as NumPy writes it.

An array is anything with ``shape``, ``ndim``, ``size``, ``dtype`` (with ``name`` and ``kind``), basic
indexing and ``tolist()``. Three steps: take the values that will be shown, turn all of them into
words of one width (a column needs every value before it can write the first), lay the words out in
brackets and lines. ``_float_text`` owns the digits of single numbers, ``_print_options`` the
options.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._float_text import (
    FLOAT_TYPES,
    FloatType,
    complex_text,
    format_float_positional,
    format_float_scientific,
    padded,
    positional_trimmed,
    scalar_text,
    scientific_trimmed,
)
from ._print_options import current, get_printoptions, given, printoptions, set_printoptions

__all__ = [
    "array2string",
    "array_repr",
    "array_str",
    "format_float_positional",
    "format_float_scientific",
    "get_printoptions",
    "printoptions",
    "set_printoptions",
]


def _corners(a: Any, edge: int) -> Any:
    """Cut the middle out of the axes longer than ``2 * edge``; return the rest as nested lists."""
    if a.ndim == 0:
        return a.tolist()
    length = a.shape[0]
    parts = [a]
    if length > 2 * edge:
        # `a[-0:]` is all of it, and NumPy measures widths with all of it when edge is 0.
        parts = [a[:edge], a[-edge:]]
    if a.ndim == 1:
        return [v for p in parts for v in p.tolist()]
    return [_corners(p[i], edge) for p in parts for i in range(p.shape[0])]


def _flat(nested: Any, depth: int) -> list[Any]:
    for _ in range(depth - 1):
        nested = [v for part in nested for v in part]
    return nested if depth else [nested]


def _int_words(values: list[int], sign: str) -> list[str]:
    top, bottom = max(values), min(values)
    width = len(str(top))
    if sign == " " and bottom < 0:
        sign = "-"
    if top >= 0 and sign in "+ ":
        width += 1
    spec = f"{sign}{max(width, len(str(bottom)))}d"
    return [format(v, spec) for v in values]


def _needs_exponent(nonzero: list[float], kind: FloatType, suppress: bool) -> bool:
    """Tell whether a column whose nonzero magnitudes are these is written in scientific notation."""
    if not nonzero:
        return False
    top, bottom = max(nonzero), min(nonzero)
    if top >= math.pow(10.0, min(8, kind.exact)):
        return True
    # Both tests happen in the precision of the dtype.
    return not suppress and (bottom < kind.round(1e-4) or kind.round(_ratio(top, bottom)) > 1000.0)


def _ratio(a: float, b: float) -> float:
    try:
        return a / b
    except OverflowError:
        return math.inf


def _trimmed(
    finite: list[float], kind: FloatType, most: int | None, scientific: bool, nonzero: list[float]
) -> list[str]:
    """Text of each value with at most `most` fractional digits and no trailing zeros."""
    if most is not None and nonzero:
        top, bottom = max(nonzero), min(nonzero)
        # If neighbours lie closer than half a unit of the last digit allowed, rounding the exact
        # value there gives the unique digits, zeros behind them, or else the digits cut off.
        if scientific:
            normal = math.frexp(bottom)[1] - kind.bits >= kind.least
            quick = normal and 10.0 ** -(most + 1) > 2.0 ** (2 - kind.bits)
        else:
            quick = kind.spacing(top) < 10.0**-most
        if quick and scientific:
            spec = f"%#.{most}e"
            parts = [(spec % v).partition("e") for v in finite]
            return [f"{m.rstrip('0')}e{e}" for m, _, e in parts]
        if quick:
            spec = f"%#.{most}f"
            return [(spec % v).rstrip("0") for v in finite]
    one = scientific_trimmed if scientific else positional_trimmed
    return [one(v, kind, most) for v in finite]


def _exactly(finite: list[float], kind: FloatType, count: int, scientific: bool, unique: bool) -> list[str]:
    """Text of each value with exactly `count` fractional digits."""
    if unique:
        return [padded(v, kind, count, scientific) for v in finite]
    spec = f"%#.{count}{'e' if scientific else 'f'}"
    return [spec % v for v in finite]


def _wider_exponents(texts: list[str]) -> tuple[list[str], int]:
    """Give all exponents as many digits as the longest; return texts and that number."""
    size = max(len(t) - t.index("e") for t in texts) - 2
    out = []
    for t in texts:
        e = t.index("e") + 2
        out.append(t[:e] + t[e:].rjust(size, "0"))
    return out, size


def _float_words(values: list[float], kind: FloatType, options: Mapping[str, Any], sign: str) -> list[str]:
    """Words of one column of real numbers, all of one width."""
    mode = options["floatmode"]
    most: Any = None if mode == "unique" else options["precision"]
    if most is not None and most < 0:
        raise ValueError("precision must be >= 0")
    finite = [v for v in values if math.isfinite(v)]
    nonzero = [abs(v) for v in finite if v]
    scientific = _needs_exponent(nonzero, kind, options["suppress"])
    left = right = 0
    texts: list[str] = []
    if finite:
        if mode == "fixed":
            texts = _exactly(finite, kind, most, scientific, unique=False)
        else:
            texts = _trimmed(finite, kind, most, scientific, nonzero)
        points = [t.index(".") for t in texts]
        if scientific:
            count = max(t.index("e") - p for t, p in zip(texts, points, strict=True)) - 1
            if mode != "fixed":
                texts = _exactly(finite, kind, count, True, unique=True)
            texts, size = _wider_exponents(texts)
            right = size + 2 + count
        else:
            right = max(len(t) - p for t, p in zip(texts, points, strict=True)) - 1
            if mode == "maxprec_equal":
                texts = _exactly(finite, kind, right, False, unique=True)
        if sign == "+":
            texts = [t if t[0] == "-" else "+" + t for t in texts]
        # Rounding to `count` digits may lengthen a whole part; the column's width is the first one's.
        left = max(p + (sign == "+" and v > 0) for p, v in zip(points, _signs(finite), strict=True))
        if sign == " " and all(v > 0 for v in _signs(finite)):
            left += 1
    if len(finite) < len(values):
        signed = sign != "-" or any(v == -math.inf for v in values)
        left = max(left, len(options["nanstr"]) - right - 1, len(options["infstr"]) + signed - right - 1)
    width = left + right + 1
    if scientific:
        right = 0  # its text is complete: align by the point alone
    words = iter([_align(t, left, right) for t in texts])
    return [next(words) if math.isfinite(v) else _odd_word(v, sign, options).rjust(width) for v in values]


def _signs(values: list[float]) -> list[float]:
    return [math.copysign(1.0, v) for v in values]


def _align(text: str, left: int, right: int) -> str:
    point = text.index(".")
    return " " * (left - point) + text + " " * (right - len(text) + point + 1)


def _odd_word(v: float, sign: str, options: Mapping[str, Any]) -> str:
    plus = "+" if sign == "+" else ""
    if math.isnan(v):
        return f"{plus}{options['nanstr']}"
    return f"{'-' if v < 0 else plus}{options['infstr']}"


def _complex_words(values: list[complex], kind: FloatType, options: Mapping[str, Any]) -> list[str]:
    real = _float_words([v.real for v in values], kind, options, options["sign"])
    imag = _float_words([v.imag for v in values], kind, options, "+")
    out = []
    for r, i in zip(real, imag, strict=True):
        text = i.rstrip()
        out.append(f"{r}{text}j{i[len(text) :]}")
    return out


def _formatter(kind: str, formatter: Mapping[str, Callable[[Any], str]]) -> Callable[[Any], str] | None:
    """Return the user's function for this kind of dtype, or None. A narrower key wins."""
    keys = {
        "b": ("bool", "all"),
        "i": ("int", "int_kind", "all"),
        "u": ("int", "int_kind", "all"),
        "f": ("float", "float_kind", "all"),
        "c": ("complexfloat", "complex_kind", "all"),
    }[kind]
    return next((formatter[k] for k in keys if formatter.get(k) is not None), None)


def _words(values: list[Any], a: Any, options: Mapping[str, Any]) -> list[str]:
    """Text of each of the flat list `values`, which are elements of `a`."""
    dtype = a.dtype
    user = _formatter(dtype.kind, options["formatter"] or {})
    if user is not None:
        # The user's function sees scalars of the dtype, where the dtype has them.
        scalar = getattr(dtype, "type", None)
        return [user(scalar(v) if scalar else v) for v in values]
    if dtype.kind == "b":
        true = " True" if a.ndim else "True"
        return [true if v else "False" for v in values]
    if dtype.kind in "iu":
        return _int_words(values, options["sign"])
    if dtype.kind == "f":
        return _float_words(values, FLOAT_TYPES[dtype.name], options, options["sign"])
    return _complex_words(values, FLOAT_TYPES[dtype.name], options)


class _Page:
    """Lays words out in nested brackets.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array.
    edge : int or None
        Items at each end of a summarised axis; None if nothing is left out.
    separator : str
    """

    def __init__(self, shape: tuple[int, ...], edge: int | None, separator: str) -> None:
        self.separator = separator
        # Per axis: how many items there are words for, and the items to write, None for the dots.
        self.items: list[tuple[int, Sequence[int | None]]] = []
        for length in shape:
            if edge is None or length <= 2 * edge:
                self.items.append((length, list(range(length))))
            else:
                kept = 2 * edge if edge else length
                tail = range(kept - edge, kept) if edge else [kept - 1]
                self.items.append((kept, [*range(edge), None, *tail]))

    def block(self, words: list[str], axis: int, indent: str, width: int) -> str:
        """Write the words of one sub-array of the axes from `axis` on."""
        count, items = self.items[axis]
        below = len(self.items) - axis - 1
        if not below:
            return "[" + self.row(words, items, indent, width)[len(indent) :] + "]"
        size = len(words) // count
        gap = self.separator.rstrip() + "\n" * below
        parts = []
        for i in items:
            text = "..."
            if i is not None:
                text = self.block(words[i * size : (i + 1) * size], axis + 1, indent + " ", width - 1)
            parts.append(indent + text)
        return "[" + gap.join(parts)[len(indent) :] + "]"

    def row(self, words: list[str], items: Sequence[int | None], indent: str, width: int) -> str:
        """Write the words of one row, broken into lines."""
        separator = self.separator
        room = width - max(len(separator.rstrip()), 1)
        done: list[str] = []
        line, empty = indent, len(indent)
        first = True
        for i in items:
            word = "..." if i is None else words[i]
            if not first:
                line += separator
            first = False
            if "\n" in word and i is not None and len(pieces := word.splitlines()) > 1:
                line = self.paragraph(done, line, pieces, indent, room)
                continue
            # A word that is too long for any line is no reason for an empty line before it.
            if len(line) + len(word) > room and len(line) > empty:
                done.append(line.rstrip())
                line = indent
            line += word
        done.append(line)
        return "\n".join(done)

    @staticmethod
    def paragraph(done: list[str], line: str, pieces: list[str], indent: str, room: int) -> str:
        """Append a word of several lines, each under the first."""
        longest = max(map(len, pieces))
        hang = " " * len(line)
        if len(line) + longest > room and len(line) > len(indent):
            done.append(line.rstrip())
            line = hang = indent
        line += pieces[0]
        for piece in pieces[1:]:
            done.append(line.rstrip())
            line = hang + piece
        return line + " " * (longest - len(pieces[-1]))


def array2string(
    a: Any,
    max_line_width: int | None = None,
    precision: int | None = None,
    suppress_small: bool | None = None,
    separator: str = " ",
    prefix: str = "",
    *,
    formatter: Mapping[str, Callable[[Any], str]] | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    sign: str | None = None,
    floatmode: str | None = None,
    suffix: str = "",
    legacy: Any = None,
) -> str:
    """Return the elements of an array as text.

    Parameters
    ----------
    a : ndarray
    max_line_width, precision, suppress_small, threshold, edgeitems, sign, floatmode, formatter, legacy : optional
        See `set_printoptions` (`max_line_width` is its `linewidth`, `suppress_small` its `suppress`).
    separator : str, default ' '
        Stands between elements.
    prefix, suffix : str, default ''
        What the caller writes before and after: lines are indented and broken for it.

    Returns
    -------
    str

    See Also
    --------
    array_str, array_repr, set_printoptions
    """
    options = current.get() | given(
        {
            "precision": precision,
            "threshold": threshold,
            "edgeitems": edgeitems,
            "linewidth": max_line_width,
            "suppress": suppress_small,
            "sign": sign,
            "formatter": formatter,
            "floatmode": floatmode,
            "legacy": legacy,
        }
    )
    if a.size == 0:
        return "[]"
    if a.size > options["threshold"]:
        edge = options["edgeitems"]
        values = _corners(a, edge)
    else:
        edge, values = None, a.tolist()
    words = _words(_flat(values, a.ndim), a, options)
    if a.ndim == 0:
        return words[0]
    page = _Page(a.shape, edge, separator)
    return page.block(words, 0, " " * (1 + len(prefix)), options["linewidth"] - len(suffix))


def array_repr(
    arr: Any, max_line_width: int | None = None, precision: int | None = None, suppress_small: bool | None = None
) -> str:
    """Return the text that ``repr`` gives of an array.

    Parameters
    ----------
    arr : ndarray
    max_line_width, precision, suppress_small : optional
        See `set_printoptions` (`max_line_width` is its `linewidth`, `suppress_small` its `suppress`).

    Returns
    -------
    str
        ``array(...)``, with ``shape=`` if the elements do not show it and ``dtype=`` if they do not
        imply it.

    See Also
    --------
    array_str, array2string, set_printoptions
    """
    options = current.get()
    if options["override_repr"] is not None:
        return options["override_repr"](arr)  # type: ignore[no-any-return]
    width = options["linewidth"] if max_line_width is None else max_line_width
    text = "array(" + array2string(arr, width, precision, suppress_small, ", ", "array(", suffix=")")
    extras = []
    if (arr.size == 0 and tuple(arr.shape) != (0,)) or arr.size > options["threshold"]:
        extras.append(f"shape={tuple(arr.shape)}")
    if arr.size == 0 or arr.dtype.name not in ("int64", "float64", "complex128", "bool"):
        extras.append(f"dtype={arr.dtype.name}")
    if not extras:
        return text + ")"
    text += ","
    extra = ", ".join(extras) + ")"
    last = len(text) - (text.rfind("\n") + 1)
    gap = " " if last + len(extra) + 1 <= width else "\n" + " " * len("array(")
    return text + gap + extra


def array_str(
    a: Any, max_line_width: int | None = None, precision: int | None = None, suppress_small: bool | None = None
) -> str:
    """Return the text that ``str`` gives of an array.

    Parameters
    ----------
    a : ndarray
    max_line_width, precision, suppress_small : optional
        See `set_printoptions` (`max_line_width` is its `linewidth`, `suppress_small` its `suppress`).

    Returns
    -------
    str
        The elements only. A 0-d array gives what a scalar would: all digits, no rounding.

    See Also
    --------
    array_repr, array2string, set_printoptions
    """
    if a.ndim:
        return array2string(a, max_line_width, precision, suppress_small, " ", "")
    value = a.tolist()
    if a.dtype.kind == "f":
        return scalar_text(value, FLOAT_TYPES[a.dtype.name])
    if a.dtype.kind == "c":
        return complex_text(value, FLOAT_TYPES[a.dtype.name])
    return str(value)
