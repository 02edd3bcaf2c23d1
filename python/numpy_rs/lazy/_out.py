"""The argument ``out=`` of NumPy's functions."""


def _no_out(out: object, name: str = "") -> None:
    """Refuse ``out=``, for a function of this name if it tells."""
    if out is not None:
        told = f"{name}: " if name else ""
        raise NotImplementedError(f"{told}lazy arrays are values and take no out=; use .compute(out=...)")
