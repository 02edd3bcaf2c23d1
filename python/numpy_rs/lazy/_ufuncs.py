"""The ufuncs of the compiled core by name. Generated: `make generate`."""

from numpy_rs._core import ufuncs as _ufuncs

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

abs = _ufuncs["absolute"]
absolute = _ufuncs["absolute"]
acos = _ufuncs["arccos"]
acosh = _ufuncs["arccosh"]
add = _ufuncs["add"]
arccos = _ufuncs["arccos"]
arccosh = _ufuncs["arccosh"]
arcsin = _ufuncs["arcsin"]
arcsinh = _ufuncs["arcsinh"]
arctan = _ufuncs["arctan"]
arctan2 = _ufuncs["arctan2"]
arctanh = _ufuncs["arctanh"]
asin = _ufuncs["arcsin"]
asinh = _ufuncs["arcsinh"]
atan = _ufuncs["arctan"]
atan2 = _ufuncs["arctan2"]
atanh = _ufuncs["arctanh"]
bitwise_and = _ufuncs["bitwise_and"]
bitwise_count = _ufuncs["bitwise_count"]
bitwise_invert = _ufuncs["invert"]
bitwise_left_shift = _ufuncs["left_shift"]
bitwise_not = _ufuncs["invert"]
bitwise_or = _ufuncs["bitwise_or"]
bitwise_right_shift = _ufuncs["right_shift"]
bitwise_xor = _ufuncs["bitwise_xor"]
cbrt = _ufuncs["cbrt"]
ceil = _ufuncs["ceil"]
conj = _ufuncs["conjugate"]
conjugate = _ufuncs["conjugate"]
copysign = _ufuncs["copysign"]
cos = _ufuncs["cos"]
cosh = _ufuncs["cosh"]
deg2rad = _ufuncs["deg2rad"]
degrees = _ufuncs["degrees"]
divide = _ufuncs["divide"]
divmod = _ufuncs["divmod"]
equal = _ufuncs["equal"]
exp = _ufuncs["exp"]
exp2 = _ufuncs["exp2"]
expm1 = _ufuncs["expm1"]
fabs = _ufuncs["fabs"]
float_power = _ufuncs["float_power"]
floor = _ufuncs["floor"]
floor_divide = _ufuncs["floor_divide"]
fmax = _ufuncs["fmax"]
fmin = _ufuncs["fmin"]
fmod = _ufuncs["fmod"]
frexp = _ufuncs["frexp"]
gcd = _ufuncs["gcd"]
greater = _ufuncs["greater"]
greater_equal = _ufuncs["greater_equal"]
heaviside = _ufuncs["heaviside"]
hypot = _ufuncs["hypot"]
invert = _ufuncs["invert"]
isfinite = _ufuncs["isfinite"]
isinf = _ufuncs["isinf"]
isnan = _ufuncs["isnan"]
lcm = _ufuncs["lcm"]
ldexp = _ufuncs["ldexp"]
left_shift = _ufuncs["left_shift"]
less = _ufuncs["less"]
less_equal = _ufuncs["less_equal"]
log = _ufuncs["log"]
log10 = _ufuncs["log10"]
log1p = _ufuncs["log1p"]
log2 = _ufuncs["log2"]
logaddexp = _ufuncs["logaddexp"]
logaddexp2 = _ufuncs["logaddexp2"]
logical_and = _ufuncs["logical_and"]
logical_not = _ufuncs["logical_not"]
logical_or = _ufuncs["logical_or"]
logical_xor = _ufuncs["logical_xor"]
maximum = _ufuncs["maximum"]
minimum = _ufuncs["minimum"]
mod = _ufuncs["remainder"]
modf = _ufuncs["modf"]
multiply = _ufuncs["multiply"]
negative = _ufuncs["negative"]
nextafter = _ufuncs["nextafter"]
not_equal = _ufuncs["not_equal"]
positive = _ufuncs["positive"]
pow = _ufuncs["power"]
power = _ufuncs["power"]
rad2deg = _ufuncs["rad2deg"]
radians = _ufuncs["radians"]
reciprocal = _ufuncs["reciprocal"]
remainder = _ufuncs["remainder"]
right_shift = _ufuncs["right_shift"]
rint = _ufuncs["rint"]
sign = _ufuncs["sign"]
signbit = _ufuncs["signbit"]
sin = _ufuncs["sin"]
sinh = _ufuncs["sinh"]
spacing = _ufuncs["spacing"]
sqrt = _ufuncs["sqrt"]
square = _ufuncs["square"]
subtract = _ufuncs["subtract"]
tan = _ufuncs["tan"]
tanh = _ufuncs["tanh"]
true_divide = _ufuncs["divide"]
trunc = _ufuncs["trunc"]
