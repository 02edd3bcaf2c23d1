//! Promotion of element types: NEP 50, where a Python scalar is weak and an array's type is not.

use super::{DType, Kind};

/// The kind of a Python scalar that takes part in an operation without a type of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weak {
    /// A Python `int`.
    Int,
    /// A Python `float`.
    Float,
    /// A Python `complex`.
    Complex,
}

impl Weak {
    /// The type when nothing else decides: int64, float64, complex128.
    pub const fn default_dtype(self) -> DType {
        match self {
            Weak::Int => DType::I64,
            Weak::Float => DType::F64,
            Weak::Complex => DType::C128,
        }
    }
}

/// The type of an operand as promotion and dispatch see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperandType {
    /// An array's or typed scalar's.
    Typed(DType),
    /// A Python scalar's. A Python `bool` is typed: `Typed(DType::Bool)`.
    Weak(Weak),
}

impl OperandType {
    /// The type when nothing else decides.
    pub const fn default_dtype(self) -> DType {
        match self {
            OperandType::Typed(t) => t,
            OperandType::Weak(w) => w.default_dtype(),
        }
    }

    /// The name of NumPy's class for this type, as its messages have it.
    pub const fn class_name(self) -> &'static str {
        match self {
            OperandType::Weak(Weak::Int) => "_PyLongDType",
            OperandType::Weak(Weak::Float) => "_PyFloatDType",
            OperandType::Weak(Weak::Complex) => "_PyComplexDType",
            OperandType::Typed(t) => match t {
                DType::Bool => "BoolDType",
                DType::I8 => "Int8DType",
                DType::U8 => "UInt8DType",
                DType::I16 => "Int16DType",
                DType::U16 => "UInt16DType",
                DType::I32 => "Int32DType",
                DType::U32 => "UInt32DType",
                DType::I64 => "Int64DType",
                DType::U64 => "UInt64DType",
                DType::F16 => "Float16DType",
                DType::F32 => "Float32DType",
                DType::F64 => "Float64DType",
                DType::C64 => "Complex64DType",
                DType::C128 => "Complex128DType",
            },
        }
    }
}

/// The type that holds the values of all operands: NumPy's `result_type` (NEP 50). `None` of no operands.
pub fn result_type(operands: &[OperandType]) -> Option<DType> {
    use OperandType::{Typed, Weak as Scalar};
    // Two operands are what nodes of a graph mostly have, and they are built in nanoseconds.
    match *operands {
        [Typed(a), Typed(b)] => return Some(promote(a, b)),
        [Typed(a), Scalar(w)] | [Scalar(w), Typed(a)] => return Some(promote_weak(a, w)),
        _ => {}
    }
    let typed = || {
        operands.iter().filter_map(|o| match o {
            OperandType::Typed(t) => Some(*t),
            OperandType::Weak(_) => None,
        })
    };
    let weak = operands.iter().filter_map(|o| match o {
        OperandType::Typed(_) => None,
        OperandType::Weak(w) => Some(*w),
    });
    // The others join the highest one by one. Promotion is not associative: int8 with uint8 is int16, which with float16 is
    // float32, but float16 holds each of them.
    let highest = typed().max_by_key(|t| (t.kind(), *t));
    let typed = highest.map(|highest| typed().fold(highest, promote));
    match (typed, weak.max()) {
        (Some(t), Some(w)) => Some(promote_weak(t, w)),
        (Some(t), None) => Some(t),
        (None, w) => w.map(Weak::default_dtype),
    }
}

/// The type that holds the values of both: NumPy's `promote_types`.
pub fn promote(a: DType, b: DType) -> DType {
    use Kind::{Bool, Complex, Float, Signed, Unsigned};
    if a == b {
        return a;
    }
    // By kind: the lower kind first.
    let (lo, hi) = if a.kind() <= b.kind() { (a, b) } else { (b, a) };
    match (lo.kind(), hi.kind()) {
        (Bool, _) => hi,
        (Unsigned, Unsigned) | (Signed, Signed) | (Float, Float) | (Complex, Complex) => lo.max(hi),
        (Unsigned, Signed) => {
            if lo.size() < hi.size() {
                hi
            } else {
                match lo.size() {
                    1 => DType::I16,
                    2 => DType::I32,
                    4 => DType::I64,
                    _ => DType::F64,
                }
            }
        }
        (Unsigned | Signed, Float) => hi.max(float_holding_integer(lo.size())),
        (Unsigned | Signed | Float, Complex) => {
            let part = if lo.is_float() { lo } else { float_holding_integer(lo.size()) };
            if part <= DType::F32 { hi } else { DType::C128 }
        }
        (Signed | Float | Complex, _) => unreachable!("ordered by kind above"),
        (Unsigned, Bool) => unreachable!("ordered by kind above"),
    }
}

/// The smallest float that holds every integer of `size` bytes, or float64.
const fn float_holding_integer(size: usize) -> DType {
    match size {
        1 => DType::F16,
        2 => DType::F32,
        _ => DType::F64,
    }
}

/// The type of an operation between a typed operand and a weak scalar.
pub fn promote_weak(a: DType, weak: Weak) -> DType {
    match (a.kind(), weak) {
        (Kind::Bool, Weak::Int) => DType::I64,
        (Kind::Signed | Kind::Unsigned, Weak::Int) => a,
        (Kind::Bool | Kind::Signed | Kind::Unsigned, Weak::Float) => DType::F64,
        (Kind::Float | Kind::Complex, Weak::Int | Weak::Float) => a,
        (Kind::Bool | Kind::Signed | Kind::Unsigned, Weak::Complex) => DType::C128,
        (Kind::Float, Weak::Complex) => {
            if a == DType::F64 {
                DType::C128
            } else {
                DType::C64
            }
        }
        (Kind::Complex, Weak::Complex) => a,
    }
}

/// True where each value of `from` is kept by `to`: NumPy's `casting="safe"`.
pub fn can_cast_safely(from: DType, to: DType) -> bool {
    promote(from, to) == to
}

/// True where only precision or range within a kind may be lost: NumPy's `casting="same_kind"`.
pub fn can_cast_same_kind(from: DType, to: DType) -> bool {
    match from.kind() {
        Kind::Bool => true,
        Kind::Unsigned => to.kind() >= Kind::Unsigned,
        Kind::Signed => to.kind() >= Kind::Signed,
        Kind::Float => to.kind() >= Kind::Float,
        Kind::Complex => to.kind() == Kind::Complex,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsigned_and_signed_of_one_size_widen() {
        assert_eq!(promote(DType::U8, DType::I8), DType::I16);
        assert_eq!(promote(DType::U64, DType::I8), DType::F64);
        assert_eq!(promote(DType::U32, DType::I64), DType::I64);
    }

    #[test]
    fn promotion_is_commutative_and_idempotent() {
        for a in DType::ALL {
            assert_eq!(promote(a, a), a);
            for b in DType::ALL {
                assert_eq!(promote(a, b), promote(b, a), "{a} {b}");
            }
        }
    }

    #[test]
    fn integers_push_floats_up() {
        assert_eq!(promote(DType::I16, DType::F16), DType::F32);
        assert_eq!(promote(DType::I32, DType::F32), DType::F64);
        assert_eq!(promote(DType::I8, DType::C64), DType::C64);
        assert_eq!(promote(DType::I64, DType::C64), DType::C128);
        assert_eq!(promote(DType::F64, DType::C64), DType::C128);
    }

    /// NumPy's answers; see `tests/data/make_promotion.py`.
    const ANSWERS: &str = include_str!("../../tests/data/dtypes.txt");

    #[test]
    fn promotion_and_casts_are_numpy_s_for_every_pair() {
        let flag = |yes: bool| if yes { '1' } else { '0' };
        let mut checked = 0;
        for line in ANSWERS.lines().filter(|l| !l.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').collect();
            let [what, of, cells] = words[..] else { panic!("{line}") };
            let a = of.chars().next().and_then(DType::from_char).unwrap();
            let found: String = match what {
                "promote_types" => DType::ALL.iter().map(|&b| promote(a, b).char()).collect(),
                "result_type" => {
                    [Weak::Int, Weak::Float, Weak::Complex].iter().map(|&w| promote_weak(a, w).char()).collect()
                }
                "safe" => DType::ALL.iter().map(|&b| flag(can_cast_safely(a, b))).collect(),
                "same_kind" => DType::ALL.iter().map(|&b| flag(can_cast_same_kind(a, b))).collect(),
                other => panic!("{other}"),
            };
            assert_eq!(found, cells, "{what} {of}");
            checked += 1;
        }
        assert_eq!(checked, 4 * DType::ALL.len());
    }
}
