//! Rules of casts.

use super::{At, Rewrite, Rule, rules};
use crate::dtype::{DType, Kind};
use crate::graph::node::NodeOp;

/// True where each value of `a` is a value of `b`. NumPy's safe casts are more: int64 to float64 rounds.
fn holds(a: DType, b: DType) -> bool {
    // Bits that integers below a power of two need in a float.
    let digits = |t: DType| match t.real() {
        DType::F16 => 11,
        DType::F32 => 24,
        _ => 53,
    };
    let bits = |t: DType| 8 * t.size() - usize::from(t.kind() == Kind::Signed);
    match (a.kind(), b.kind()) {
        (_, Kind::Bool) => a == DType::Bool,
        (Kind::Bool, _) => true,
        (Kind::Unsigned, Kind::Unsigned) | (Kind::Signed, Kind::Signed) | (Kind::Unsigned, Kind::Signed) => {
            bits(a) <= bits(b)
        }
        (Kind::Signed, Kind::Unsigned) => false,
        (Kind::Unsigned | Kind::Signed, Kind::Float | Kind::Complex) => {
            // The largest float16 is 65504: int16 and uint8 fit its range, but only 11 bits its digits.
            bits(a) <= digits(b)
        }
        (Kind::Float, Kind::Float | Kind::Complex) | (Kind::Complex, Kind::Complex) => digits(a) <= digits(b),
        (Kind::Float | Kind::Complex, Kind::Signed | Kind::Unsigned) | (Kind::Complex, Kind::Float) => false,
    }
}

/// The types of a cast of a cast: first, between, last.
fn chain(n: &At) -> Option<(DType, DType, DType)> {
    if !matches!(n.node.op, NodeOp::Cast) || !matches!(n.input(0).op, NodeOp::Cast) {
        return None;
    }
    Some((n.below(0).input(0).dtype, n.input(0).dtype, n.node.dtype))
}

pub(super) const RULES: &[Rule] = rules! {
    /// There and back through a type that holds every value.
    "cast-back": |n| {
        let (first, between, last) = chain(n)?;
        (first == last && holds(first, between)).then(|| n.same(n.below(0).at[0])).flatten()
    },
    /// A step between that holds every value is not needed; but what a float outside an integer's range becomes depends on
    /// the float's type.
    "cast-through": |n| {
        let (first, between, last) = chain(n)?;
        let integers = !first.is_inexact() && !between.is_inexact();
        let floats = first.is_float() && between.is_float() && last.is_inexact();
        let apply = first != last && holds(first, between) && (integers || floats);
        apply.then(|| Rewrite::From(n.below(0).at.clone()))
    },
};
