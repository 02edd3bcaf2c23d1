//! The op table: every elementwise operation, one row an operation, by family in the files beside this one.
//!
//! A row names an operation, its loops, its lowering to [`Prim`](super::prim::Prim) and
//! [`MathFn`](super::prim::MathFn), its laws and its documentation. Nothing else in the crate lists operations.

mod arithmetic;
mod bits;
mod comparison;
mod complex;
mod doc;
mod explog;
mod floating;
mod lower;
mod resolve;
mod rounding;
mod row;
mod trig;

pub use crate::dtype::OperandType;
pub use resolve::{compare_out_of_range, power_by_scalar, power_operator_by_scalar};
pub use row::{Dispatch, Identity, Laws, Loop, Lower, Types, UfuncRow};

use super::expr::{Body, ValueId};
use crate::dtype::DType;

macro_rules! ufuncs {
    ($( $variant:ident = $file:ident :: $row:ident, )*) => {
        /// An elementwise operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Ufunc { $( #[doc = concat!("The row `", stringify!($row), "` in `", stringify!($file), ".rs`.")] $variant, )* }

        impl Ufunc {
            /// Every operation.
            pub const ALL: &'static [Ufunc] = &[$(Ufunc::$variant),*];

            /// The operation's row.
            pub const fn row(self) -> &'static UfuncRow {
                match self {
                    $( Ufunc::$variant => const { &$file::$row }, )*
                }
            }
        }
    };
}

ufuncs! {
    Add = arithmetic::ADD,
    Subtract = arithmetic::SUBTRACT,
    Multiply = arithmetic::MULTIPLY,
    Divide = arithmetic::DIVIDE,
    FloorDivide = arithmetic::FLOOR_DIVIDE,
    Remainder = arithmetic::REMAINDER,
    Fmod = arithmetic::FMOD,
    Divmod = arithmetic::DIVMOD,
    Power = arithmetic::POWER,
    FloatPower = arithmetic::FLOAT_POWER,
    Square = arithmetic::SQUARE,
    Sqrt = arithmetic::SQRT,
    Cbrt = arithmetic::CBRT,
    Reciprocal = arithmetic::RECIPROCAL,
    Negative = arithmetic::NEGATIVE,
    Positive = arithmetic::POSITIVE,
    Absolute = arithmetic::ABSOLUTE,
    Fabs = arithmetic::FABS,
    Sign = arithmetic::SIGN,
    Heaviside = arithmetic::HEAVISIDE,
    Exp = explog::EXP,
    Exp2 = explog::EXP2,
    Expm1 = explog::EXPM1,
    Log = explog::LOG,
    Log2 = explog::LOG2,
    Log10 = explog::LOG10,
    Log1p = explog::LOG1P,
    Logaddexp = explog::LOGADDEXP,
    Logaddexp2 = explog::LOGADDEXP2,
    Sin = trig::SIN,
    Cos = trig::COS,
    Tan = trig::TAN,
    Arcsin = trig::ARCSIN,
    Arccos = trig::ARCCOS,
    Arctan = trig::ARCTAN,
    Arctan2 = trig::ARCTAN2,
    Hypot = trig::HYPOT,
    Sinh = trig::SINH,
    Cosh = trig::COSH,
    Tanh = trig::TANH,
    Arcsinh = trig::ARCSINH,
    Arccosh = trig::ARCCOSH,
    Arctanh = trig::ARCTANH,
    Deg2rad = trig::DEG2RAD,
    Rad2deg = trig::RAD2DEG,
    Degrees = trig::DEGREES,
    Radians = trig::RADIANS,
    Floor = rounding::FLOOR,
    Ceil = rounding::CEIL,
    Trunc = rounding::TRUNC,
    Rint = rounding::RINT,
    BitwiseAnd = bits::BITWISE_AND,
    BitwiseOr = bits::BITWISE_OR,
    BitwiseXor = bits::BITWISE_XOR,
    Invert = bits::INVERT,
    LeftShift = bits::LEFT_SHIFT,
    RightShift = bits::RIGHT_SHIFT,
    BitwiseCount = bits::BITWISE_COUNT,
    Gcd = bits::GCD,
    Lcm = bits::LCM,
    Equal = comparison::EQUAL,
    NotEqual = comparison::NOT_EQUAL,
    Less = comparison::LESS,
    LessEqual = comparison::LESS_EQUAL,
    Greater = comparison::GREATER,
    GreaterEqual = comparison::GREATER_EQUAL,
    LogicalAnd = comparison::LOGICAL_AND,
    LogicalOr = comparison::LOGICAL_OR,
    LogicalXor = comparison::LOGICAL_XOR,
    LogicalNot = comparison::LOGICAL_NOT,
    Maximum = comparison::MAXIMUM,
    Minimum = comparison::MINIMUM,
    Fmax = comparison::FMAX,
    Fmin = comparison::FMIN,
    Where = comparison::WHERE,
    Clip = comparison::CLIP,
    Isnan = floating::ISNAN,
    Isinf = floating::ISINF,
    Isfinite = floating::ISFINITE,
    Signbit = floating::SIGNBIT,
    Copysign = floating::COPYSIGN,
    Nextafter = floating::NEXTAFTER,
    Spacing = floating::SPACING,
    Ldexp = floating::LDEXP,
    Frexp = floating::FREXP,
    Modf = floating::MODF,
    Conjugate = complex::CONJUGATE,
    Real = complex::REAL,
    Imag = complex::IMAG,
    MakeComplex = complex::MAKE_COMPLEX,
    Angle = complex::ANGLE,
}

impl Ufunc {
    /// The operation of a name of NumPy's, aliases included.
    pub fn by_name(name: &str) -> Option<Ufunc> {
        Ufunc::ALL.iter().copied().find(|u| u.row().name == name || u.row().aliases.contains(&name))
    }

    /// Writes result `out` of the operands `x` into the body. The operands have a loop's types.
    ///
    /// Float16 operands are widened to float32 around the whole lowering and its float32 result is rounded: NumPy computes
    /// a float16 loop in float32 and rounds once, at the end.
    ///
    /// # Panics
    /// If the operands are not of a loop of the row: a defect of the caller.
    pub fn lower_into(self, b: &mut Body, out: usize, x: &[ValueId]) -> ValueId {
        let row = self.row();
        if row.native_f16 || !x.iter().any(|&v| b.dtype(v) == DType::F16) {
            return (row.lower)(b, out, x);
        }
        let wide: smallvec::SmallVec<[ValueId; 3]> =
            x.iter().map(|&v| if b.dtype(v) == DType::F16 { b.cast(v, DType::F32) } else { v }).collect();
        let v = (row.lower)(b, out, &wide);
        if b.dtype(v) == DType::F32 { b.cast(v, DType::F16) } else { v }
    }
}

#[cfg(test)]
mod tests;
