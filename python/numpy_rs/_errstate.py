"""What is done about floating-point errors: NumPy's settings, and its warnings and exceptions.

The setting is a context variable: each thread and each asynchronous task has its own. A lazy array has none: what
counts is the setting where it is computed.
"""

import builtins
import functools
import os
import sys
import warnings
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any, NamedTuple, TypeVar, cast

from numpy_rs import _core
from numpy_rs.exceptions import ComplexWarning

__all__ = ["errstate", "geterr", "geterrcall", "seterr", "seterrcall"]

_F = TypeVar("_F", bound=Callable[..., Any])


class _Settings(NamedTuple):
    divide: str = "warn"
    over: str = "warn"
    under: str = "ignore"
    invalid: str = "warn"
    call: Any = None


_MODES = ("ignore", "warn", "raise", "call", "print", "log")
# The flags of the processor's status register.
_BITS = {"divide": 4, "over": 8, "under": 16, "invalid": 1}
_PACKAGE = os.path.dirname(__file__) + os.sep

_DEFAULT = _Settings()
_settings: ContextVar[_Settings] = ContextVar("numpy_rs.errstate", default=_DEFAULT)


class _Unset:
    pass


_UNSET: Any = _Unset()


def _changed(
    all: str | None, divide: str | None, over: str | None, under: str | None, invalid: str | None, call: Any = _UNSET
) -> _Settings:
    """The settings of now with these changes; NumPy's errors where they are none."""
    asked = {"divide": divide, "over": over, "under": under, "invalid": invalid}
    changes: dict[str, Any] = {}
    for kind, mode in asked.items():
        mode = all if mode is None else mode
        if mode is None:
            continue
        if not isinstance(mode, str) or mode not in _MODES:
            raise ValueError(f"invalid error mode {mode!r}")
        changes[kind] = mode
    if call is not _UNSET:
        if call is not None and not callable(call) and not callable(getattr(call, "write", None)):
            raise TypeError("python object must be callable or have a callable write method")
        changes["call"] = call
    if changes.get("under", "ignore") != "ignore":
        _core.ask_underflow()
    return _settings.get()._replace(**changes)


def _modes(settings: _Settings) -> dict[str, str]:
    return {kind: getattr(settings, kind) for kind in _BITS}


def seterr(
    all: str | None = None,
    divide: str | None = None,
    over: str | None = None,
    under: str | None = None,
    invalid: str | None = None,
) -> dict[str, str]:
    """Set what is done about floating-point errors, here and in what is called from here.

    Parameters
    ----------
    all : str, optional
        For all kinds that are not named: ``'ignore'``; ``'warn'`` (a `RuntimeWarning`); ``'raise'`` (a
        `FloatingPointError`); ``'call'`` (what `seterrcall` set); ``'print'`` (on standard error); ``'log'`` (the
        ``write`` method of what `seterrcall` set).
    divide : str, optional
        For infinities out of finite numbers, as ``1 / 0``, and for integers divided by zero.
    over : str, optional
        For results beyond the largest number.
    under : str, optional
        For results that lost digits because they are small.
    invalid : str, optional
        For results that are no number.

    Returns
    -------
    dict
        The setting before, as `geterr` gives it.

    Notes
    -----
    The setting counts where an array is computed, not where the expression is written. It belongs to the thread or
    asynchronous task that calls.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> old = lz.seterr(divide='ignore')
    >>> (1 / lz.asarray([0.0, 2.0])).compute()
    array([inf, 0.5])
    >>> lz.seterr(**old)
    {'divide': 'ignore', 'over': 'warn', 'under': 'ignore', 'invalid': 'warn'}
    """
    old = _settings.get()
    _settings.set(_changed(all, divide, over, under, invalid))
    return _modes(old)


def geterr() -> dict[str, str]:
    """What is done about floating-point errors.

    Returns
    -------
    dict
        For ``'divide'``, ``'over'``, ``'under'`` and ``'invalid'``, what `seterr` takes.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.geterr()
    {'divide': 'warn', 'over': 'warn', 'under': 'ignore', 'invalid': 'warn'}
    """
    return _modes(_settings.get())


def seterrcall(func: Any) -> Any:
    """Set what is called, or written to, about floating-point errors.

    Parameters
    ----------
    func : callable, object with a ``write`` method, or None
        Called in mode ``'call'`` with the kind in words (``'divide by zero'``, ``'overflow'``, ``'underflow'``,
        ``'invalid value'``) and the kinds of the operation as a number (divide 1, over 2, under 4, invalid 8, added
        up). In mode ``'log'`` its ``write`` method gets a line.

    Returns
    -------
    callable, object or None
        What was set before.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> old = lz.seterrcall(lambda kind, flag: print(kind, flag))
    >>> with lz.errstate(all='call'):
    ...     (1 / lz.asarray([0.0, 2.0])).compute()
    divide by zero 1
    array([inf, 0.5])
    >>> _ = lz.seterrcall(old)
    """
    old = _settings.get()
    _settings.set(_changed(None, None, None, None, None, func))
    return old.call


def geterrcall() -> Any:
    """What is called, or written to, about floating-point errors.

    Returns
    -------
    callable, object or None
        What `seterrcall` set.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.geterrcall() is None
    True
    """
    return _settings.get().call


class errstate:
    """What is done about floating-point errors within a block or, as a decorator, a function.

    Parameters
    ----------
    call : callable, object or None, optional
        As for `seterrcall`.
    all, divide, over, under, invalid : str, optional
        As for `seterr`.

    Notes
    -----
    What is computed within the block is meant, wherever the expression was written. A state is entered once at a time.

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> x = lz.log(lz.asarray([0.0, 1.0]))
    >>> with lz.errstate(divide='ignore'):
    ...     x.compute()
    array([-inf,   0.])
    >>> with lz.errstate(divide='raise'):
    ...     x.compute()
    Traceback (most recent call last):
        ...
    FloatingPointError: divide by zero encountered in log
    """

    __slots__ = ("_call", "_modes", "_token")

    def __init__(
        self,
        *,
        call: Any = _UNSET,
        all: str | None = None,
        divide: str | None = None,
        over: str | None = None,
        under: str | None = None,
        invalid: str | None = None,
    ) -> None:
        self._call = call
        self._modes = (all, divide, over, under, invalid)
        self._token: Token[_Settings] | None = None

    def __enter__(self) -> None:
        if self._token is not None:
            raise TypeError("Cannot enter `np.errstate` twice.")
        self._token = _settings.set(_changed(*self._modes, self._call))

    def __exit__(self, *exc_info: object) -> None:
        if self._token is not None:
            _settings.reset(self._token)

    def __call__(self, func: _F) -> _F:
        @functools.wraps(func)
        def inner(*args: Any, **kwargs: Any) -> Any:
            # Not `with self`: calls may nest and come from several threads.
            token = _settings.set(_changed(*self._modes, self._call))
            try:
                return func(*args, **kwargs)
            finally:
                _settings.reset(token)

        return cast(_F, inner)


def _watched() -> int:
    """The flags that are not ignored."""
    settings = _settings.get()
    return builtins.sum(bit for kind, bit in _BITS.items() if getattr(settings, kind) != "ignore")


def _stacklevel() -> int:
    """How far up the first line is that is not ours, for `warnings.warn` in the caller."""
    level, frame = 1, sys._getframe(1)
    while frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_back is not None:
        level, frame = level + 1, frame.f_back
    return level


_CATEGORIES = {"ComplexWarning": ComplexWarning, "RuntimeWarning": RuntimeWarning}


def _report(notes: list[tuple[bool, str, str]], found: list[tuple[str, str, str, int]]) -> None:
    """Says what went wrong: kinds with their words, the operation's name and the number of its kinds; and notes with
    their warnings' classes, each before or after that."""
    settings = _settings.get()
    for last, category, note in notes:
        if not last:
            warnings.warn(note, _CATEGORIES[category], stacklevel=_stacklevel())
    for kind, words, name, status in found:
        mode, text = getattr(settings, kind), f"{words} encountered in {name}"
        if mode == "warn":
            warnings.warn(text, RuntimeWarning, stacklevel=_stacklevel())
        elif mode == "raise":
            raise FloatingPointError(text)
        elif mode == "print":
            print(f"Warning: {text}", file=sys.stderr)
        elif mode == "call":
            if settings.call is None:
                raise NameError(f"python callback specified for {words} (in  {name}) but no function found.")
            settings.call(words, status)
        elif mode == "log":
            if settings.call is None:
                raise NameError(f"log specified for {words} (in {name}) but no object with write method found.")
            settings.call.write(f"Warning: {text}\n")
    for last, category, note in notes:
        if last:
            warnings.warn(note, _CATEGORIES[category], stacklevel=_stacklevel())
