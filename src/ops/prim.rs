//! The closed sets from which every operation is made: [`Prim`], the scalar instructions, and [`MathFn`], the vector
//! math functions. Whoever adds a variant meets each `match` that must learn it.

use crate::dtype::DType;

/// A scalar instruction. Operands of one instruction have one type unless its row below says otherwise; so has the result.
/// Semantics are NumPy's for the operand type: integers wrap, floats round once, nothing traps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Prim {
    /// Sum. Bool: logical or.
    Add,
    /// Difference. Not for bool.
    Sub,
    /// Product. Bool: logical and.
    Mul,
    /// Quotient of floats or complex numbers (Smith's algorithm).
    Div,
    /// Quotient rounded toward negative infinity. Integers: 0 for a zero divisor, wrap for MIN / -1. Floats: as Python.
    FloorDiv,
    /// Remainder with the divisor's sign. Integers: 0 for a zero divisor. Floats: as Python.
    Rem,
    /// Remainder with the dividend's sign: C's `fmod`, `%`. Integers: 0 for a zero divisor.
    Fmod,
    /// Integer power by squaring; the caller has refused negative exponents.
    IntPow,
    /// Negation; integers wrap.
    Neg,
    /// Magnitude; of a complex number a real (`hypot`, as NumPy computes it); integers wrap.
    Abs,
    /// Square root, correctly rounded; complex: the principal branch.
    Sqrt,
    /// Largest integer not above, floats.
    Floor,
    /// Smallest integer not below, floats.
    Ceil,
    /// Toward zero, floats.
    Trunc,
    /// Nearest integer, ties to even, floats. Complex: by parts.
    Rint,
    /// Magnitude of the first, sign of the second, floats.
    Copysign,
    /// True where the sign bit is set, floats. Result bool.
    Signbit,
    /// The smaller; NaN if either is. Complex: lexicographic.
    Minimum,
    /// The larger; NaN if either is. Complex: lexicographic.
    Maximum,
    /// The smaller, ignoring a NaN.
    Fmin,
    /// The larger, ignoring a NaN.
    Fmax,
    /// Result bool. Complex: both parts.
    Eq,
    /// Result bool. Complex: either part.
    Ne,
    /// Result bool. Complex: lexicographic as NumPy.
    Lt,
    /// Result bool. Complex: lexicographic as NumPy.
    Le,
    /// Result bool. Complex: lexicographic as NumPy.
    Gt,
    /// Result bool. Complex: lexicographic as NumPy.
    Ge,
    /// Bitwise and; bool: logical.
    And,
    /// Bitwise or; bool: logical.
    Or,
    /// Bitwise exclusive or; bool: logical.
    Xor,
    /// Bitwise complement; bool: logical not.
    Not,
    /// Left shift; 0 where the count is negative or not below the width.
    Shl,
    /// Right shift, arithmetic for signed; 0 or -1 where the count is negative or not below the width.
    Shr,
    /// Number of one bits of the magnitude, as NumPy's `bitwise_count`. Result uint8.
    BitCount,
    /// Greatest common divisor of integers; of the magnitudes.
    Gcd,
    /// Least common multiple of integers; of the magnitudes, wraps.
    Lcm,
    /// The next representable value of the first toward the second, floats (float16 too).
    Nextafter,
    /// Distance to the next representable value away from zero, with NumPy's sign rules, floats (float16 too).
    Spacing,
    /// First times two to the power of the second, rounded once; operands float and int64.
    Ldexp,
    /// Mantissa of `frexp`, floats.
    FrexpMantissa,
    /// Exponent of `frexp`, floats. Result int32.
    FrexpExponent,
    /// `select(condition, a, b)`: operands bool, T, T.
    Select,
    /// Real part of a complex number. Result real.
    Real,
    /// Imaginary part of a complex number. Result real.
    Imag,
    /// Complex conjugate.
    Conj,
    /// A complex number from real and imaginary part. Operands real, result complex.
    MakeComplex,
}

impl Prim {
    /// Every instruction.
    pub const ALL: [Prim; 46] = [
        Prim::Add,
        Prim::Sub,
        Prim::Mul,
        Prim::Div,
        Prim::FloorDiv,
        Prim::Rem,
        Prim::Fmod,
        Prim::IntPow,
        Prim::Neg,
        Prim::Abs,
        Prim::Sqrt,
        Prim::Floor,
        Prim::Ceil,
        Prim::Trunc,
        Prim::Rint,
        Prim::Copysign,
        Prim::Signbit,
        Prim::Minimum,
        Prim::Maximum,
        Prim::Fmin,
        Prim::Fmax,
        Prim::Eq,
        Prim::Ne,
        Prim::Lt,
        Prim::Le,
        Prim::Gt,
        Prim::Ge,
        Prim::And,
        Prim::Or,
        Prim::Xor,
        Prim::Not,
        Prim::Shl,
        Prim::Shr,
        Prim::BitCount,
        Prim::Gcd,
        Prim::Lcm,
        Prim::Nextafter,
        Prim::Spacing,
        Prim::Ldexp,
        Prim::FrexpMantissa,
        Prim::FrexpExponent,
        Prim::Select,
        Prim::Real,
        Prim::Imag,
        Prim::Conj,
        Prim::MakeComplex,
    ];

    /// Number of operands.
    pub const fn arity(self) -> usize {
        match self {
            Prim::Neg
            | Prim::Abs
            | Prim::Sqrt
            | Prim::Floor
            | Prim::Ceil
            | Prim::Trunc
            | Prim::Rint
            | Prim::Signbit
            | Prim::Not
            | Prim::BitCount
            | Prim::Spacing
            | Prim::FrexpMantissa
            | Prim::FrexpExponent
            | Prim::Real
            | Prim::Imag
            | Prim::Conj => 1,
            Prim::Select => 3,
            Prim::Add
            | Prim::Sub
            | Prim::Mul
            | Prim::Div
            | Prim::FloorDiv
            | Prim::Rem
            | Prim::Fmod
            | Prim::IntPow
            | Prim::Copysign
            | Prim::Minimum
            | Prim::Maximum
            | Prim::Fmin
            | Prim::Fmax
            | Prim::Eq
            | Prim::Ne
            | Prim::Lt
            | Prim::Le
            | Prim::Gt
            | Prim::Ge
            | Prim::And
            | Prim::Or
            | Prim::Xor
            | Prim::Shl
            | Prim::Shr
            | Prim::Gcd
            | Prim::Lcm
            | Prim::Nextafter
            | Prim::Ldexp
            | Prim::MakeComplex => 2,
        }
    }

    /// The result's type for operands of these types, or `None` where the instruction does not take them.
    pub fn result(self, operands: &[DType]) -> Option<DType> {
        use Prim::*;
        if operands.len() != self.arity() {
            return None;
        }
        let t = operands[0];
        let same = operands.iter().all(|&o| o == t);
        let (float, complex, integer, boolean) = (t.is_float(), t.is_complex(), t.is_integer(), t == DType::Bool);
        match self {
            Add | Mul | Minimum | Maximum | Fmin | Fmax => same.then_some(t),
            Sub => (same && !boolean).then_some(t),
            Div => (same && (float || complex)).then_some(t),
            FloorDiv | Rem | Fmod => (same && (float || integer)).then_some(t),
            IntPow | Gcd | Lcm => (same && integer).then_some(t),
            Shl | Shr => (same && integer).then_some(t),
            Neg => (!boolean).then_some(t),
            Abs => Some(t.real()),
            Sqrt => (float || complex).then_some(t),
            Rint => (float || complex).then_some(t),
            Floor | Ceil | Trunc | Spacing | FrexpMantissa => float.then_some(t),
            Copysign | Nextafter => (same && float).then_some(t),
            Signbit => float.then_some(DType::Bool),
            Eq | Ne | Lt | Le | Gt | Ge => same.then_some(DType::Bool),
            And | Or | Xor => (same && (integer || boolean)).then_some(t),
            Not => (integer || boolean).then_some(t),
            BitCount => integer.then_some(DType::U8),
            Ldexp => (float && operands[1] == DType::I64).then_some(t),
            FrexpExponent => float.then_some(DType::I32),
            Select => (boolean && operands[1] == operands[2]).then_some(operands[1]),
            Real | Imag => complex.then_some(t.real()),
            Conj => complex.then_some(t),
            MakeComplex => match (same, t) {
                (true, DType::F32) => Some(DType::C64),
                (true, DType::F64) => Some(DType::C128),
                _ => None,
            },
        }
    }

    /// The name in the text of the loop IR.
    pub const fn name(self) -> &'static str {
        match self {
            Prim::Add => "add",
            Prim::Sub => "sub",
            Prim::Mul => "mul",
            Prim::Div => "div",
            Prim::FloorDiv => "floordiv",
            Prim::Rem => "rem",
            Prim::Fmod => "fmod",
            Prim::IntPow => "intpow",
            Prim::Neg => "neg",
            Prim::Abs => "abs",
            Prim::Sqrt => "sqrt",
            Prim::Floor => "floor",
            Prim::Ceil => "ceil",
            Prim::Trunc => "trunc",
            Prim::Rint => "rint",
            Prim::Copysign => "copysign",
            Prim::Signbit => "signbit",
            Prim::Minimum => "minimum",
            Prim::Maximum => "maximum",
            Prim::Fmin => "fmin",
            Prim::Fmax => "fmax",
            Prim::Eq => "eq",
            Prim::Ne => "ne",
            Prim::Lt => "lt",
            Prim::Le => "le",
            Prim::Gt => "gt",
            Prim::Ge => "ge",
            Prim::And => "and",
            Prim::Or => "or",
            Prim::Xor => "xor",
            Prim::Not => "not",
            Prim::Shl => "shl",
            Prim::Shr => "shr",
            Prim::BitCount => "bitcount",
            Prim::Gcd => "gcd",
            Prim::Lcm => "lcm",
            Prim::Nextafter => "nextafter",
            Prim::Spacing => "spacing",
            Prim::Ldexp => "ldexp",
            Prim::FrexpMantissa => "frexp.mantissa",
            Prim::FrexpExponent => "frexp.exponent",
            Prim::Select => "select",
            Prim::Real => "real",
            Prim::Imag => "imag",
            Prim::Conj => "conj",
            Prim::MakeComplex => "complex",
        }
    }

    /// True where float16 operands are computed as float16; elsewhere they are widened to float32, computed, and rounded.
    pub const fn takes_f16(self) -> bool {
        matches!(
            self,
            Prim::Nextafter | Prim::Spacing | Prim::Select | Prim::FrexpMantissa | Prim::FrexpExponent | Prim::Ldexp
        )
    }
}

/// A vector math function over float32, float64, complex64 or complex128: at most 1 ULP for the real types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MathFn {
    /// e to the power x.
    Exp,
    /// 2 to the power x.
    Exp2,
    /// e to the power x, less one.
    Expm1,
    /// Natural logarithm.
    Log,
    /// Logarithm to base 2.
    Log2,
    /// Logarithm to base 10.
    Log10,
    /// Natural logarithm of 1 + x.
    Log1p,
    /// Sine of radians.
    Sin,
    /// Cosine of radians.
    Cos,
    /// Tangent of radians.
    Tan,
    /// Inverse sine, radians.
    Arcsin,
    /// Inverse cosine, radians.
    Arccos,
    /// Inverse tangent, radians.
    Arctan,
    /// Hyperbolic sine.
    Sinh,
    /// Hyperbolic cosine.
    Cosh,
    /// Hyperbolic tangent.
    Tanh,
    /// Inverse hyperbolic sine.
    Arcsinh,
    /// Inverse hyperbolic cosine.
    Arccosh,
    /// Inverse hyperbolic tangent.
    Arctanh,
    /// Cube root; real types only.
    Cbrt,
    /// Third power; real types only.
    Cube,
    /// Fourth power; real types only.
    Fourth,
    /// First to the power of the second.
    Pow,
    /// Angle of the point (second, first), radians; real types only.
    Arctan2,
    /// Length of the hypotenuse; real types only.
    Hypot,
}

impl MathFn {
    /// Every function.
    pub const ALL: [MathFn; 25] = [
        MathFn::Exp,
        MathFn::Exp2,
        MathFn::Expm1,
        MathFn::Log,
        MathFn::Log2,
        MathFn::Log10,
        MathFn::Log1p,
        MathFn::Sin,
        MathFn::Cos,
        MathFn::Tan,
        MathFn::Arcsin,
        MathFn::Arccos,
        MathFn::Arctan,
        MathFn::Sinh,
        MathFn::Cosh,
        MathFn::Tanh,
        MathFn::Arcsinh,
        MathFn::Arccosh,
        MathFn::Arctanh,
        MathFn::Cbrt,
        MathFn::Cube,
        MathFn::Fourth,
        MathFn::Pow,
        MathFn::Arctan2,
        MathFn::Hypot,
    ];

    /// Number of operands.
    pub const fn arity(self) -> usize {
        match self {
            MathFn::Pow | MathFn::Arctan2 | MathFn::Hypot => 2,
            MathFn::Exp
            | MathFn::Exp2
            | MathFn::Expm1
            | MathFn::Log
            | MathFn::Log2
            | MathFn::Log10
            | MathFn::Log1p
            | MathFn::Sin
            | MathFn::Cos
            | MathFn::Tan
            | MathFn::Arcsin
            | MathFn::Arccos
            | MathFn::Arctan
            | MathFn::Sinh
            | MathFn::Cosh
            | MathFn::Tanh
            | MathFn::Arcsinh
            | MathFn::Arccosh
            | MathFn::Arctanh
            | MathFn::Cbrt
            | MathFn::Cube
            | MathFn::Fourth => 1,
        }
    }

    /// True where the function is defined for complex operands too.
    pub const fn takes_complex(self) -> bool {
        !matches!(self, MathFn::Cbrt | MathFn::Cube | MathFn::Fourth | MathFn::Arctan2 | MathFn::Hypot)
    }

    /// The name in the text of the loop IR.
    pub const fn name(self) -> &'static str {
        match self {
            MathFn::Exp => "exp",
            MathFn::Exp2 => "exp2",
            MathFn::Expm1 => "expm1",
            MathFn::Log => "log",
            MathFn::Log2 => "log2",
            MathFn::Log10 => "log10",
            MathFn::Log1p => "log1p",
            MathFn::Sin => "sin",
            MathFn::Cos => "cos",
            MathFn::Tan => "tan",
            MathFn::Arcsin => "arcsin",
            MathFn::Arccos => "arccos",
            MathFn::Arctan => "arctan",
            MathFn::Sinh => "sinh",
            MathFn::Cosh => "cosh",
            MathFn::Tanh => "tanh",
            MathFn::Arcsinh => "arcsinh",
            MathFn::Arccosh => "arccosh",
            MathFn::Arctanh => "arctanh",
            MathFn::Cbrt => "cbrt",
            MathFn::Cube => "cube",
            MathFn::Fourth => "fourth",
            MathFn::Pow => "pow",
            MathFn::Arctan2 => "arctan2",
            MathFn::Hypot => "hypot",
        }
    }
}
