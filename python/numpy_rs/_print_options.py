"""Print options: their defaults, their checks, and where they are kept."""

import contextlib
import numbers
import operator
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar, Token
from typing import Any

__all__ = ["get_printoptions", "printoptions", "set_printoptions"]

_DEFAULTS: dict[str, Any] = {
    "edgeitems": 3,
    "threshold": 1000,
    "floatmode": "maxprec",
    "precision": 8,
    "suppress": False,
    "linewidth": 75,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "formatter": None,
    "legacy": False,
    "override_repr": None,
}
_FLOATMODES = ("fixed", "unique", "maxprec", "maxprec_equal")

# A context variable, so that threads and tasks do not see each other's `with printoptions(...)`.
current: ContextVar[dict[str, Any]] = ContextVar("numpy_rs_printoptions", default=_DEFAULTS)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Drop what was not given from `options` and validate the rest."""
    options = {k: v for k, v in options.items() if v is not None}
    if options.get("floatmode", "fixed") not in _FLOATMODES:
        raise ValueError("floatmode option must be one of " + ", ".join(f'"{m}"' for m in _FLOATMODES))
    if options.get("sign", "-") not in ("-", "+", " "):
        raise ValueError("sign option must be one of ' ', '+', or '-'")
    if options.get("legacy", False) is not False:
        raise ValueError("legacy printing modes are not supported, only `False`")
    if "suppress" in options:
        options["suppress"] = bool(options["suppress"])
    if "threshold" in options:
        if not isinstance(options["threshold"], numbers.Number):
            raise TypeError("threshold must be numeric")
        if options["threshold"] != options["threshold"]:
            raise ValueError("threshold must be non-NAN, try sys.maxsize for untruncated representation")
    if "precision" in options:
        try:
            options["precision"] = operator.index(options["precision"])
        except TypeError as e:
            raise TypeError("precision must be an integer") from e
    return options


def _change(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    suppress: bool | None = None,
    nanstr: str | None = None,
    infstr: str | None = None,
    formatter: Mapping[str, Callable[[Any], str]] | None = None,
    sign: str | None = None,
    floatmode: str | None = None,
    *,
    legacy: Any = None,
    override_repr: Callable[[Any], str] | None = None,
) -> Token[dict[str, Any]]:
    new = given(
        {
            "precision": precision,
            "threshold": threshold,
            "edgeitems": edgeitems,
            "linewidth": linewidth,
            "suppress": suppress,
            "nanstr": nanstr,
            "infstr": infstr,
            "sign": sign,
            "floatmode": floatmode,
            "legacy": legacy,
        }
    )
    # These two do not persist: a call that does not give them resets them.
    new.update(formatter=formatter, override_repr=override_repr)
    return current.set(current.get() | new)


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    suppress: bool | None = None,
    nanstr: str | None = None,
    infstr: str | None = None,
    formatter: Mapping[str, Callable[[Any], str]] | None = None,
    sign: str | None = None,
    floatmode: str | None = None,
    *,
    legacy: Any = None,
    override_repr: Callable[[Any], str] | None = None,
) -> None:
    """Set how arrays are printed. What is None stays as it is.

    Parameters
    ----------
    precision : int, optional
        Digits after the decimal point (8).
    threshold : int, optional
        Arrays of more elements than this are summarised (1000).
    edgeitems : int, optional
        Elements shown at each end of an axis of a summary (3).
    linewidth : int, optional
        Characters in a line (75).
    suppress : bool, optional
        Do not go over to scientific notation for small numbers (False).
    nanstr, infstr : str, optional
        Text of nan and infinity ('nan', 'inf').
    formatter : dict of callables, optional
        Functions from a value to its text, by the kind of value: 'bool', 'int', 'float',
        'complexfloat', or for several at once 'int_kind', 'float_kind', 'complex_kind', 'all'.
        Reset by every call that does not give it.
    sign : {'-', '+', ' '}, optional
        '-' writes the sign of negative numbers only, '+' of all, ' ' a blank for positive ones ('-').
    floatmode : {'fixed', 'unique', 'maxprec', 'maxprec_equal'}, optional
        'fixed': always `precision` digits; 'unique': as many as tell the value from its neighbours;
        'maxprec': as 'unique', at most `precision`; 'maxprec_equal': as 'maxprec', as many for all
        elements ('maxprec').
    legacy : False, optional
        Older formats of NumPy are not supported.
    override_repr : callable, optional
        Replaces `array_repr`. Reset by every call that does not give it.

    See Also
    --------
    get_printoptions, printoptions, array2string

    Examples
    --------
    >>> import numpy_rs, numpy_rs.lazy as lz
    >>> numpy_rs.set_printoptions(precision=3)
    >>> lz.asarray([1 / 3]).compute()
    array([0.333])
    >>> numpy_rs.set_printoptions(precision=8)
    """
    _change(
        precision,
        threshold,
        edgeitems,
        linewidth,
        suppress,
        nanstr,
        infstr,
        formatter,
        sign,
        floatmode,
        legacy=legacy,
        override_repr=override_repr,
    )


def get_printoptions() -> dict[str, Any]:
    """Return the current print options.

    Returns
    -------
    dict
        The parameters of `set_printoptions` with their values.

    See Also
    --------
    set_printoptions, printoptions

    Examples
    --------
    >>> import numpy_rs
    >>> numpy_rs.get_printoptions()["linewidth"]
    75
    """
    return dict(current.get())


@contextlib.contextmanager
def printoptions(*args: Any, **kwargs: Any) -> Iterator[dict[str, Any]]:
    """Set print options for a ``with`` block. Parameters are those of `set_printoptions`.

    Yields
    ------
    dict
        The options inside the block.

    See Also
    --------
    set_printoptions, get_printoptions

    Examples
    --------
    >>> import numpy_rs
    >>> with numpy_rs.printoptions(precision=3) as options:
    ...     options["precision"]
    3
    """
    token = _change(*args, **kwargs)
    try:
        yield get_printoptions()
    finally:
        current.reset(token)
