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
    if can_cast_safely(from, to) {
        return true;
    }
    match (from.kind(), to.kind()) {
        (Kind::Unsigned, Kind::Unsigned | Kind::Signed) => true,
        (Kind::Signed, Kind::Signed) => true,
        (Kind::Unsigned | Kind::Signed, Kind::Float | Kind::Complex) => true,
        (Kind::Float, Kind::Float | Kind::Complex) => true,
        (Kind::Complex, Kind::Complex) => true,
        _ => false,
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
}
