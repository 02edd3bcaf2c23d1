"""NumPy's constants."""

__all__ = ["e", "euler_gamma", "inf", "nan", "newaxis", "pi"]

pi: float = 3.141592653589793
e: float = 2.718281828459045
euler_gamma: float = 0.5772156649015329
inf: float = float("inf")
nan: float = float("nan")
newaxis: None = None
