"""Record NumPy's promotion, ufunc loops and dispatch: ``promotion.txt``, ``loops.txt``, ``dtypes.txt``, beside this.

Run with the NumPy that the project follows (``python make_promotion.py``); the Rust tests read the files, so that
they need no NumPy. ``python make_promotion.py --check`` exits with 1 if the files on disk are stale.

In ``promotion.txt``, operands are written as NumPy's type letters, and ``1``, ``.`` and ``j`` for a Python int,
float and complex. A cell is the loop: operand letters, ``>``, result letters. Operands of one type are written once,
and a result of that type
not at all: ``d`` is ``dd->d`` (or ``d->d``), ``d>?`` is ``dd->?``. Refusals are ``!L`` (no loop by safe
casts), ``!S`` (no loop of this signature), ``!B`` (a bool operand refused by name).
"""

import itertools
import pathlib
import sys

import numpy as np

CHARS = "?bBhHiIlLefdFD"
WEAK = {"1": 1, ".": 1.0, "j": 1j}
LETTERS = CHARS + "".join(WEAK)
OPERANDS = {**{c: np.ones(2, c) for c in CHARS}, **WEAK}
# Not elementwise, or only for types that are not ours.
NOT_OURS = {"matmul", "matvec", "vecdot", "vecmat", "isnat"}
FUNCTIONS = {"real": np.real, "imag": np.imag, "angle": np.angle}

SAFE = (
    "ufunc '{name}' not supported for the input types, and the inputs could not be safely coerced to any supported "
    "types according to the casting rule ''safe''"
)
SIGNATURE = "ufunc '{name}' did not contain a loop with signature matching types {types} -> None"
BOOL = {
    "subtract": "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, "
    "or the logical_xor function instead.",
    "negative": "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the "
    "logical_not function instead.",
}


def class_of(letter):
    if letter in WEAK:
        return {"1": "_PyLongDType", ".": "_PyFloatDType", "j": "_PyComplexDType"}[letter]
    return type(np.dtype(letter)).__name__


def signature_text(name, key):
    types = ", ".join(f"<class 'numpy.dtypes.{class_of(k)}'>" for k in key)
    return SIGNATURE.format(name=name, types=types if len(key) == 1 else f"({types})")


def refusal(name, key, error):
    """The code of a refusal, after checking that its class and text are what the code stands for."""
    text = str(error)
    if text == SAFE.format(name=name) and type(error) is TypeError:
        return "!L"
    if text == signature_text(name, key) and isinstance(error, np._core._exceptions.UFuncTypeError):
        return "!S"
    if text == BOOL.get(name) and type(error) is TypeError:
        return "!B"
    raise AssertionError(f"unforeseen refusal of {name}{key}: {type(error).__name__}: {text}")


def cell(inputs, outputs):
    if len(set(inputs)) == 1:
        inputs = inputs[0]
        return inputs if set(outputs) == {inputs} else f"{inputs}>{''.join(outputs)}"
    return f"{''.join(inputs)}>{''.join(outputs)}"


def ufunc_cell(ufunc, key):
    name = ufunc.__name__
    types = tuple(np.dtype(k) if k in CHARS else type(WEAK[k]) for k in key)
    arguments = [OPERANDS[k] for k in key]
    try:
        results = ufunc(*arguments)
    except TypeError as error:
        return refusal(name, key, error)
    results = results if isinstance(results, tuple) else (results,)
    loop = ufunc.resolve_dtypes(types + (None,) * ufunc.nout)
    # What is asked of the machinery is what a call does.
    assert [r.dtype for r in results] == list(loop[ufunc.nin :]), (name, key)
    letters = [d.char.translate(str.maketrans("qQ", "lL")) for d in loop]
    return cell(letters[: ufunc.nin], letters[ufunc.nin :])


def ufuncs():
    found = {u.__name__: u for u in vars(np).values() if isinstance(u, np.ufunc)}
    return [found[name] for name in sorted(found) if name not in NOT_OURS]


def promotion():
    yield f"# NumPy {np.__version__}; written by make_promotion.py, which tells the format. Columns: {LETTERS}"
    np.seterr(all="ignore")
    for ufunc in ufuncs():
        if ufunc.nin == 1:
            yield f"{ufunc.__name__} : " + " ".join(ufunc_cell(ufunc, k) for k in LETTERS)
        else:
            for first in LETTERS:
                yield f"{ufunc.__name__} {first} : " + " ".join(ufunc_cell(ufunc, (first, k)) for k in LETTERS)
    # A function's result type only: written as if it were a loop of its own operand types.
    for name, function in FUNCTIONS.items():
        yield f"{name} => " + " ".join(np.asarray(function(OPERANDS[k])).dtype.char for k in LETTERS)
    for condition in "?bLefD1.j":
        for first in LETTERS:
            row = (np.where(OPERANDS[condition], OPERANDS[first], OPERANDS[k]) for k in LETTERS)
            yield f"where {condition}{first} => " + " ".join(r.dtype.char for r in row)
    clip = np._core.umath.clip
    for x, low in itertools.product(LETTERS, LETTERS):
        yield f"clip {x}{low} : " + " ".join(ufunc_cell(clip, (x, low, k)) for k in LETTERS)


def loops():
    """Name, other names, identity and loops of each ufunc. ``long long`` is written as the 64-bit integer it is."""
    yield f"# NumPy {np.__version__}; written by make_promotion.py."
    for ufunc in ufuncs():
        name = ufunc.__name__
        aliases = sorted(n for n, u in vars(np).items() if u is ufunc and n != name)
        identity = "-" if ufunc.nin != 2 or ufunc.nout != 1 else str(ufunc.identity)
        if identity == "None":
            kind = "d" if any(t.startswith("dd") for t in ufunc.types) else "l"
            try:
                ufunc.reduce(np.ones((2, 2), kind), axis=(0, 1))
                identity = "reorderable"
            except (TypeError, ValueError):
                pass
        own = (t.translate(str.maketrans("qQ", "lL")) for t in ufunc.types)
        own = dict.fromkeys(t for t in own if set(t) <= set(CHARS + "->"))
        yield f"{name} | {' '.join(aliases)} | {identity} | {' '.join(own)}"


def dtypes():
    columns = f"Columns: {CHARS}, for result_type then {''.join(WEAK)}"
    yield f"# NumPy {np.__version__}; written by make_promotion.py. {columns}"
    for a in CHARS:
        yield f"promote_types {a} " + "".join(np.promote_types(a, b).char for b in CHARS)
    for a in CHARS:
        yield f"result_type {a} " + "".join(np.result_type(OPERANDS[a], w).char for w in WEAK.values())
    for a in CHARS:
        for casting in ("safe", "same_kind"):
            yield f"{casting} {a} " + "".join("01"[np.can_cast(a, b, casting)] for b in CHARS)


def main():
    stale = False
    for name, lines in (("promotion.txt", promotion()), ("loops.txt", loops()), ("dtypes.txt", dtypes())):
        path = pathlib.Path(__file__).with_name(name)
        text = "\n".join(lines) + "\n"
        if "--check" in sys.argv[1:]:
            stale |= path.read_text() != text
        else:
            path.write_text(text)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
