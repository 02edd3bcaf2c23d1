"""Decimal text of binary floating-point numbers, as NumPy writes it.

Owns the digits: which decimal digits stand for a float16, float32 or float64. It knows nothing of
arrays, columns or print options; ``_print`` does.

A value arrives as a Python float that equals it exactly. Two roads lead to its digits:

- ``_digits`` is the definition: exact integer arithmetic, one digit at a time. It is slow and
  serves the scalar functions and the rare values that the fast road must not decide.
- ``format`` and ``repr`` of the interpreter, which round correctly. The functions here that
  take them say why both roads give the same text.

References
----------
Steele and White, *How to print floating-point numbers accurately*, PLDI 1990 (the digit loop).
Burger and Dybvig, *Printing floating-point numbers quickly and accurately*, PLDI 1996 (the margins).
"""

import functools
import math
import operator
import struct
from typing import Any, NamedTuple, SupportsIndex

__all__ = ["format_float_positional", "format_float_scientific"]


class FloatType(NamedTuple):
    """A binary floating-point format.

    Attributes
    ----------
    bits : int
        Significant bits, the hidden one included.
    least : int
        Exponent of the smallest subnormal, a power of two.
    exact : int
        Number of decimal digits that survive decimal -> binary -> decimal.
    code : str
        Format character of `struct`.
    """

    bits: int
    least: int
    exact: int
    code: str

    def round(self, x: float) -> float:
        """Round the float `x` to this format; overflow gives an infinity."""
        try:
            return float(struct.unpack(self.code, struct.pack(self.code, x))[0])
        except OverflowError:
            return math.copysign(math.inf, x)

    def spacing(self, x: float) -> float:
        """Distance from ``abs(x)``, finite, to the next larger number of this format."""
        return math.ldexp(1.0, max(math.frexp(x)[1] - self.bits, self.least))


FLOAT16 = FloatType(11, -24, 3, "<e")
FLOAT32 = FloatType(24, -149, 6, "<f")
FLOAT64 = FloatType(53, -1074, 15, "<d")

# The format of a real dtype, or of the parts of a complex one, by name.
FLOAT_TYPES = {
    "float16": FLOAT16,
    "float32": FLOAT32,
    "float64": FLOAT64,
    "complex64": FLOAT32,
    "complex128": FLOAT64,
}


def _digits(x: float, kind: FloatType, unique: bool, most: int, least: int, fractional: bool) -> tuple[str, int]:
    """Generate the digits of a finite ``x >= 0``.

    `most` and `least` bound the number of digits (-1: no bound), counted after the decimal point if
    `fractional`, else from the first significant one. With `unique`, digits stop where they tell `x`
    from its neighbours; without it, where the value is exhausted. The last digit is rounded to the
    nearest, ties to even, except that it never leaves the interval that rounds to `x`.

    Returns
    -------
    digits : str
    exponent : int
        Power of ten of the first digit.
    """
    if x == 0:
        return "0", 0
    fraction, exponent = math.frexp(x)
    exponent = max(exponent - kind.bits, kind.least)
    mantissa = int(math.ldexp(fraction, math.frexp(x)[1] - exponent))
    # x = value / scale; the neighbours' midpoints lie `below` and `above` away, in units of 1 / scale.
    shift = max(exponent, 0)
    value, scale, below = mantissa << (shift + 1), 1 << (1 - min(exponent, 0)), 1 << shift
    above = below
    if mantissa == 1 << (kind.bits - 1) and exponent > kind.least:
        # A power of two: the numbers below it are twice as dense.
        value, scale, above = value << 1, scale << 1, below << 1

    # `place` is the power of ten of the digit at hand.
    place = math.floor(math.log10(x))
    if value * 10 ** max(-place, 0) < scale * 10 ** max(place, 0):
        place -= 1  # log10 rounded up
    elif value * 10 ** max(-place - 1, 0) >= scale * 10 ** max(place + 1, 0):
        place += 1
    if fractional and most >= 0:
        place = max(place, -most)
    lower, upper = 10 ** max(-place, 0), 10 ** max(place, 0)
    value, below, above, scale = value * lower, below * lower, above * lower, scale * upper

    first = place
    last = None
    if most >= 0:
        last = -most if fractional else first + 1 - most
    enough = first + 1
    if least >= 0:
        enough = min(enough, -least if fractional else first + 1 - least)

    even = mantissa % 2 == 0
    out = []
    while True:
        digit, value = divmod(value, scale)
        low = high = False
        if unique:
            low = value <= below if even else value < below
            high = value + above >= scale if even else value + above > scale
            done = (low or high) and place <= enough
        else:
            done = value == 0
        if done or place == last:
            break
        out.append(digit)
        value, below, above = value * 10, below * 10, above * 10
        place -= 1

    up = high
    if low == high:
        up = 2 * value > scale or (2 * value == scale and digit % 2 == 1)
    out.append(digit)
    if up:
        while out and out[-1] == 9:
            out.pop()
        if out:
            out[-1] += 1
        else:
            out, first = [1], first + 1
    return "".join(map(str, out)), first


_remembered = functools.lru_cache(maxsize=4096)(_digits)


def _cached_digits(x: float, kind: FloatType, most: int, least: int, fractional: bool) -> tuple[str, int]:
    return _remembered(x, kind, True, most, least, fractional)


def shortest(x: float, kind: FloatType) -> tuple[str, int]:
    """Return the shortest digits that read back as ``x``, a finite number >= 0.

    Where several are equally short, the nearest to `x`.

    Returns
    -------
    digits : str
        Without trailing zeros.
    exponent : int
        Power of ten of the first digit.
    """
    if x == 0:
        return "0", 0
    if kind is FLOAT64:
        # repr gives the shortest digits that read back, and of these the nearest.
        mantissa, _, power = repr(x).partition("e")
        whole, _, decimals = mantissa.partition(".")
        if whole == "0":
            digits = decimals.lstrip("0")
            return digits, len(digits) - len(decimals) - 1
        digits = (whole + decimals).rstrip("0")
        return digits, len(whole) - 1 + int(power or 0)
    fraction, exponent = math.frexp(x)
    half = math.ldexp(0.5, max(exponent - kind.bits, kind.least))
    if fraction == 0.5 and not (x.is_integer() and exponent <= kind.bits):
        return _cached_digits(x, kind, -1, -1, False)
    # Doubles hold both midpoints exactly, and reading a decimal as a double is monotonic: so the
    # comparison below is right unless the decimal reads as a midpoint itself.
    low, high = x - half, x + half
    normal = exponent - kind.bits >= kind.least
    for count in range(kind.exact if normal else 1, kind.exact + 4):
        text = f"{x:.{count - 1}e}"
        back = float(text)
        if low < back < high:
            mantissa, _, power = text.partition("e")
            return mantissa.replace(".", "").rstrip("0"), int(power)
        if back in (low, high):
            break
    return _cached_digits(x, kind, -1, -1, False)


def _place(digits: str, exponent: int) -> tuple[str, str]:
    """Set the decimal point: the whole and the fractional digits of positional text."""
    if exponent < 0:
        return "0", "0" * (-exponent - 1) + digits
    whole = exponent + 1
    return digits[:whole].ljust(whole, "0"), digits[whole:]


def positional_trimmed(x: float, kind: FloatType, most: int | None) -> str:
    """Positional text of a finite `x`: at most `most` fractional digits (None: as many as it takes).

    Trailing zeros go, the decimal point stays.
    """
    whole, fraction = _place(*shortest(abs(x), kind))
    if most is not None and len(fraction) > most:
        # Cut before the digits are unique: there the digit loop rounds the exact value.
        return f"{x:#.{most}f}".rstrip("0")
    sign = "-" if math.copysign(1.0, x) < 0 else ""
    return f"{sign}{whole}.{fraction}"


def scientific_trimmed(x: float, kind: FloatType, most: int | None) -> str:
    """Scientific text of a finite `x`: at most `most` fractional digits (None: as many as it takes).

    Trailing zeros go, the decimal point stays.
    """
    digits, exponent = shortest(abs(x), kind)
    if most is not None and len(digits) > most + 1:
        mantissa, _, power = f"{x:#.{most}e}".partition("e")
        return f"{mantissa.rstrip('0')}e{power}"
    sign = "-" if math.copysign(1.0, x) < 0 else ""
    return f"{sign}{digits[0]}.{digits[1:]}e{exponent:+03d}"


def padded(x: float, kind: FloatType, count: int, scientific: bool) -> str:
    """Text of a finite `x` with exactly `count` fractional digits.

    Those of the exact value, correctly rounded, which is what the interpreter gives. Only at a power
    of two, whose lower margin is half as wide as its upper one, may the digit loop prefer the other
    neighbour.
    """
    if math.frexp(x)[0] in (0.5, -0.5) and (scientific or not x.is_integer()):
        sign = "-" if x < 0 else ""
        if scientific:
            digits, exponent = _cached_digits(abs(x), kind, count + 1, count + 1, False)
            return f"{sign}{digits[0]}.{digits[1:].ljust(count, '0')}e{exponent:+03d}"
        whole, fraction = _place(*_cached_digits(abs(x), kind, count, count, True))
        return f"{sign}{whole}.{fraction.ljust(count, '0')}"
    return format(x, f"#.{count}{'e' if scientific else 'f'}")


def scalar_text(x: float, kind: FloatType) -> str:
    """Text of one number of a format, as ``str`` of NumPy's scalar gives it."""
    if not math.isfinite(x):
        return repr(x)
    most = 1e16 if kind is FLOAT64 else 10.0**kind.exact
    sign = "-" if math.copysign(1.0, x) < 0 else ""
    digits, exponent = shortest(abs(x), kind)
    if x == 0 or kind.round(1e-4) <= abs(x) < most and abs(x) >= 1e-4:
        whole, fraction = _place(digits, exponent)
        return f"{sign}{whole}.{fraction or '0'}"
    point = "." if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}{digits[1:]}e{exponent:+03d}"


def complex_text(x: complex, kind: FloatType) -> str:
    """Text of one complex number, as ``str`` of NumPy's scalar gives it."""

    def part(v: float) -> str:
        text = scalar_text(v, kind)
        return text.removesuffix(".0")

    imag = part(x.imag)
    if x.real == 0 and math.copysign(1.0, x.real) > 0:
        return f"{imag}j"
    return f"({part(x.real)}{'' if imag[0] == '-' else '+'}{imag}j)"


def _argument(x: SupportsIndex | None, name: str) -> int:
    if x is None:
        return -1
    x = operator.index(x)
    if x < 0:
        raise ValueError(f"{name} must be >= 0")
    return x


def _checked(x: Any, precision: int, unique: bool, trim: str, least: int) -> tuple[float, FloatType]:
    """Validate what both public functions share; return the value and its format."""
    if trim not in ("k", ".", "0", "-"):
        raise TypeError(f"if supplied, trim must be 'k', '.', '0' or '-' found `{trim}`")
    if least > 0 and precision > 0 and least > precision:
        raise ValueError("min_digits must be less than or equal to precision")
    if not unique and precision < 0:
        raise TypeError("in non-unique mode `precision` must be supplied")
    kind = FLOAT_TYPES.get(getattr(getattr(x, "dtype", None), "name", ""), FLOAT64)
    try:
        return float(x), kind
    except ValueError:
        raise TypeError(f"must be real number, not {type(x).__name__}") from None


def _fraction(digits: str, trim: str, wanted: int) -> tuple[str, str]:
    """Apply `trim` to fractional digits; return them and the point before them."""
    if trim == "k":
        return ".", digits.ljust(wanted, "0")
    digits = digits.rstrip("0")
    if not digits and trim == "0":
        digits = "0"
    return ("" if trim == "-" and not digits else "."), digits


def _non_finite(x: float, sign: bool) -> str:
    if math.isnan(x):
        return "nan"
    return "-inf" if x < 0 else "+inf" if sign else "inf"


def _sign(x: float, sign: bool) -> str:
    return "-" if math.copysign(1.0, x) < 0 else "+" if sign else ""


def format_float_scientific(
    x: Any,
    precision: SupportsIndex | None = None,
    unique: bool = True,
    trim: str = "k",
    sign: bool = False,
    pad_left: SupportsIndex | None = None,
    exp_digits: SupportsIndex | None = None,
    min_digits: SupportsIndex | None = None,
) -> str:
    """Format a floating-point scalar as decimal text in scientific notation.

    Parameters
    ----------
    x : float or floating scalar
        The value. Digits are those of its own dtype; a Python float counts as float64.
    precision : int, optional
        Most digits after the decimal point. May be None only with `unique`.
    unique : bool, default True
        True: the fewest digits that tell `x` from every other value of its type.
        False: the digits of the exact value, up to `precision`, the last one correctly rounded.
    trim : {'k', '.', '0', '-'}, default 'k'
        'k' keeps trailing zeros and the decimal point; '.' drops the zeros; '0' drops all but one
        right of the point; '-' drops the zeros and a trailing point.
    sign : bool, default False
        Write the sign of positive values.
    pad_left : int, optional
        Blanks are put in front until this many characters are left of the point.
    exp_digits : int, optional
        Least number of digits of the exponent; 2 if omitted.
    min_digits : int, optional
        Least number of digits after the point, with `unique`.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a count is negative, or `min_digits` exceeds `precision`.
    TypeError
        If `unique` is False without a `precision`, `trim` is none of the above, or `x` is no number.

    See Also
    --------
    format_float_positional

    Examples
    --------
    >>> format_float_scientific(1234.5678, precision=3)
    '1.235e+03'
    >>> format_float_scientific(15000.0, exp_digits=4)
    '1.5e+0004'
    """
    most, least = _argument(precision, "precision"), _argument(min_digits, "min_digits")
    left, powers = _argument(pad_left, "pad_left"), _argument(exp_digits, "exp_digits")
    x, kind = _checked(x, most, unique, trim, least)
    if not math.isfinite(x):
        return _non_finite(x, sign)
    digits, exponent = _digits(
        abs(x), kind, unique, most + 1 if most >= 0 else -1, least + 1 if least >= 0 else -1, False
    )
    point, fraction = _fraction(digits[1:], trim, least if unique else most)
    if len(digits) > 1:
        point = "."  # NumPy drops the point in this notation only where no digits follow, not even zeros
    # Five digits of exponent are the most that NumPy writes; for an exponent of 0 it writes padding only.
    power = str(abs(exponent) or "").rjust(2 if powers < 0 else min(powers, 5), "0")
    whole = (_sign(x, sign) + digits[0]).rjust(left)
    return f"{whole}{point}{fraction}e{'-' if exponent < 0 else '+'}{power}"


def format_float_positional(
    x: Any,
    precision: SupportsIndex | None = None,
    unique: bool = True,
    fractional: bool = True,
    trim: str = "k",
    sign: bool = False,
    pad_left: SupportsIndex | None = None,
    pad_right: SupportsIndex | None = None,
    min_digits: SupportsIndex | None = None,
) -> str:
    """Format a floating-point scalar as decimal text in positional notation.

    Parameters
    ----------
    x : float or floating scalar
        The value. Digits are those of its own dtype; a Python float counts as float64.
    precision : int, optional
        Most digits. May be None only with `unique`.
    unique : bool, default True
        True: the fewest digits that tell `x` from every other value of its type.
        False: the digits of the exact value, up to `precision`, the last one correctly rounded.
    fractional : bool, default True
        True: `precision` and `min_digits` count the digits after the decimal point.
        False: they count the significant digits.
    trim : {'k', '.', '0', '-'}, default 'k'
        'k' keeps trailing zeros and the decimal point; '.' drops the zeros; '0' drops all but one
        right of the point; '-' drops the zeros and a trailing point.
    sign : bool, default False
        Write the sign of positive values.
    pad_left, pad_right : int, optional
        Blanks are added until this many characters are left and right of the point.
    min_digits : int, optional
        Least number of digits, with `unique`.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a count is negative, `min_digits` exceeds `precision`, or `precision` is 0 without `fractional`.
    TypeError
        If `unique` is False without a `precision`, `trim` is none of the above, or `x` is no number.

    See Also
    --------
    format_float_scientific

    Examples
    --------
    >>> format_float_positional(0.1)
    '0.1'
    >>> format_float_positional(0.1, unique=False, precision=20)
    '0.10000000000000000555'
    """
    most, least = _argument(precision, "precision"), _argument(min_digits, "min_digits")
    left, right = _argument(pad_left, "pad_left"), _argument(pad_right, "pad_right")
    if not fractional and most == 0:
        raise ValueError("precision must be greater than 0 if fractional=False")
    x, kind = _checked(x, most, unique, trim, least)
    if not math.isfinite(x):
        return _non_finite(x, sign)
    digits, exponent = _digits(abs(x), kind, unique, most, least, fractional)
    whole, fraction = _place(digits, exponent)
    wanted = least if unique else most
    point, fraction = _fraction(fraction, trim, wanted if fractional else wanted - len(whole))
    # Where no point is written, a blank takes its column.
    if right >= 0:
        fraction = fraction.ljust(right)
        point = point or " "
    return (_sign(x, sign) + whole).rjust(left) + point + fraction
