"""The ufuncs of the compiled core by name. Generated: `make generate`."""

from numpy_rs._core import ufuncs as _ufuncs

from ._typing import Binary, BinaryPair, Ternary, Unary, UnaryPair

__all__ = [
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_count",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "cbrt",
    "ceil",
    "conj",
    "conjugate",
    "copysign",
    "cos",
    "cosh",
    "deg2rad",
    "degrees",
    "divide",
    "divmod",
    "equal",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "gcd",
    "greater",
    "greater_equal",
    "heaviside",
    "hypot",
    "invert",
    "isfinite",
    "isinf",
    "isnan",
    "lcm",
    "ldexp",
    "left_shift",
    "less",
    "less_equal",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "mod",
    "modf",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "pow",
    "power",
    "rad2deg",
    "radians",
    "reciprocal",
    "remainder",
    "right_shift",
    "rint",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "spacing",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "true_divide",
    "trunc",
]

abs: Unary = _ufuncs["absolute"]
absolute: Unary = _ufuncs["absolute"]
acos: Unary = _ufuncs["arccos"]
acosh: Unary = _ufuncs["arccosh"]
add: Binary = _ufuncs["add"]
arccos: Unary = _ufuncs["arccos"]
arccosh: Unary = _ufuncs["arccosh"]
arcsin: Unary = _ufuncs["arcsin"]
arcsinh: Unary = _ufuncs["arcsinh"]
arctan: Unary = _ufuncs["arctan"]
arctan2: Binary = _ufuncs["arctan2"]
arctanh: Unary = _ufuncs["arctanh"]
asin: Unary = _ufuncs["arcsin"]
asinh: Unary = _ufuncs["arcsinh"]
atan: Unary = _ufuncs["arctan"]
atan2: Binary = _ufuncs["arctan2"]
atanh: Unary = _ufuncs["arctanh"]
bitwise_and: Binary = _ufuncs["bitwise_and"]
bitwise_count: Unary = _ufuncs["bitwise_count"]
bitwise_invert: Unary = _ufuncs["invert"]
bitwise_left_shift: Binary = _ufuncs["left_shift"]
bitwise_not: Unary = _ufuncs["invert"]
bitwise_or: Binary = _ufuncs["bitwise_or"]
bitwise_right_shift: Binary = _ufuncs["right_shift"]
bitwise_xor: Binary = _ufuncs["bitwise_xor"]
cbrt: Unary = _ufuncs["cbrt"]
ceil: Unary = _ufuncs["ceil"]
conj: Unary = _ufuncs["conjugate"]
conjugate: Unary = _ufuncs["conjugate"]
copysign: Binary = _ufuncs["copysign"]
cos: Unary = _ufuncs["cos"]
cosh: Unary = _ufuncs["cosh"]
deg2rad: Unary = _ufuncs["deg2rad"]
degrees: Unary = _ufuncs["degrees"]
divide: Binary = _ufuncs["divide"]
divmod: BinaryPair = _ufuncs["divmod"]
equal: Binary = _ufuncs["equal"]
exp: Unary = _ufuncs["exp"]
exp2: Unary = _ufuncs["exp2"]
expm1: Unary = _ufuncs["expm1"]
fabs: Unary = _ufuncs["fabs"]
float_power: Binary = _ufuncs["float_power"]
floor: Unary = _ufuncs["floor"]
floor_divide: Binary = _ufuncs["floor_divide"]
fmax: Binary = _ufuncs["fmax"]
fmin: Binary = _ufuncs["fmin"]
fmod: Binary = _ufuncs["fmod"]
frexp: UnaryPair = _ufuncs["frexp"]
gcd: Binary = _ufuncs["gcd"]
greater: Binary = _ufuncs["greater"]
greater_equal: Binary = _ufuncs["greater_equal"]
heaviside: Binary = _ufuncs["heaviside"]
hypot: Binary = _ufuncs["hypot"]
invert: Unary = _ufuncs["invert"]
isfinite: Unary = _ufuncs["isfinite"]
isinf: Unary = _ufuncs["isinf"]
isnan: Unary = _ufuncs["isnan"]
lcm: Binary = _ufuncs["lcm"]
ldexp: Binary = _ufuncs["ldexp"]
left_shift: Binary = _ufuncs["left_shift"]
less: Binary = _ufuncs["less"]
less_equal: Binary = _ufuncs["less_equal"]
log: Unary = _ufuncs["log"]
log10: Unary = _ufuncs["log10"]
log1p: Unary = _ufuncs["log1p"]
log2: Unary = _ufuncs["log2"]
logaddexp: Binary = _ufuncs["logaddexp"]
logaddexp2: Binary = _ufuncs["logaddexp2"]
logical_and: Binary = _ufuncs["logical_and"]
logical_not: Unary = _ufuncs["logical_not"]
logical_or: Binary = _ufuncs["logical_or"]
logical_xor: Binary = _ufuncs["logical_xor"]
maximum: Binary = _ufuncs["maximum"]
minimum: Binary = _ufuncs["minimum"]
mod: Binary = _ufuncs["remainder"]
modf: UnaryPair = _ufuncs["modf"]
multiply: Binary = _ufuncs["multiply"]
negative: Unary = _ufuncs["negative"]
nextafter: Binary = _ufuncs["nextafter"]
not_equal: Binary = _ufuncs["not_equal"]
positive: Unary = _ufuncs["positive"]
pow: Binary = _ufuncs["power"]
power: Binary = _ufuncs["power"]
rad2deg: Unary = _ufuncs["rad2deg"]
radians: Unary = _ufuncs["radians"]
reciprocal: Unary = _ufuncs["reciprocal"]
remainder: Binary = _ufuncs["remainder"]
right_shift: Binary = _ufuncs["right_shift"]
rint: Unary = _ufuncs["rint"]
sign: Unary = _ufuncs["sign"]
signbit: Unary = _ufuncs["signbit"]
sin: Unary = _ufuncs["sin"]
sinh: Unary = _ufuncs["sinh"]
spacing: Unary = _ufuncs["spacing"]
sqrt: Unary = _ufuncs["sqrt"]
square: Unary = _ufuncs["square"]
subtract: Binary = _ufuncs["subtract"]
tan: Unary = _ufuncs["tan"]
tanh: Unary = _ufuncs["tanh"]
true_divide: Binary = _ufuncs["divide"]
trunc: Unary = _ufuncs["trunc"]
_angle: Unary = _ufuncs["angle"]
_clip: Ternary = _ufuncs["clip"]
_imag: Unary = _ufuncs["imag"]
_make_complex: Binary = _ufuncs["make_complex"]
_real: Unary = _ufuncs["real"]
_where: Ternary = _ufuncs["where"]
