//! Rules of arithmetic, logic and choice.

use super::{At, Rewrite, Rule, rules};
use crate::dtype::{DType, Kind, Scalar};
use crate::ops::ufunc::{Laws, Ufunc};

/// One, of a type whose product with it is exact: not complex, where an infinite part times zero is NaN.
fn is_real_one(s: Scalar) -> bool {
    !s.dtype().is_complex() && s == Scalar::one(s.dtype())
}

fn is_integer_zero(s: Scalar) -> bool {
    !s.dtype().is_inexact() && s == Scalar::zero(s.dtype())
}

fn is_negative_zero(s: Scalar) -> bool {
    s.dtype().is_float() && s == Scalar::from_f64(s.dtype(), -0.0)
}

fn is_real_zero(s: Scalar) -> bool {
    !s.dtype().is_complex() && s == Scalar::zero(s.dtype())
}

fn is_all_ones(s: Scalar) -> bool {
    s == Scalar::from_i128(s.dtype(), -1)
}

/// The input below an operation of the same kind, for laws of `f(f(x))`.
fn twice<'r>(n: &At<'r>, law: Laws) -> Option<At<'r>> {
    let u = n.ufunc()?;
    let inner = (u.row().nin == 1 && u.row().laws.has(law)).then(|| n.below(0))?;
    inner.is(u).then_some(inner)
}

pub(super) const RULES: &[Rule] = rules! {
    /// `x * 1` is `x`.
    "mul-one": |n| n.other_than(Ufunc::Multiply, true, is_real_one),
    /// `x / 1` is `x`.
    "div-one": |n| n.other_than(Ufunc::Divide, false, is_real_one),
    /// `x + 0` is `x` for integers and bools; of floats, `-0.0 + 0.0` is `0.0`.
    "add-zero-int": |n| n.other_than(Ufunc::Add, true, is_integer_zero),
    /// `x + -0.0` is `x`.
    "add-negative-zero": |n| n.other_than(Ufunc::Add, true, is_negative_zero),
    /// `x - 0` is `x`, `-0.0 - 0.0` too.
    "sub-zero": |n| n.other_than(Ufunc::Subtract, false, is_real_zero),
    /// `x | 0` is `x`.
    "or-zero": |n| n.other_than(Ufunc::BitwiseOr, true, is_integer_zero),
    /// `x ^ 0` is `x`.
    "xor-zero": |n| n.other_than(Ufunc::BitwiseXor, true, is_integer_zero),
    /// `x & ~0` is `x`.
    "and-ones": |n| n.other_than(Ufunc::BitwiseAnd, true, is_all_ones),
    /// `x << 0` is `x`.
    "shl-zero": |n| n.other_than(Ufunc::LeftShift, false, is_integer_zero),
    /// `x >> 0` is `x`.
    "shr-zero": |n| n.other_than(Ufunc::RightShift, false, is_integer_zero),
    /// `f(f(x))` is `x`.
    "involution": |n| n.same(twice(n, Laws::INVOLUTION)?.at[0]),
    /// `not(not(x))` is `x` for bools.
    "not-not": |n| {
        let inner = n.is(Ufunc::LogicalNot).then(|| n.below(0)).filter(|i| i.is(Ufunc::LogicalNot))?;
        n.same(inner.at[0])
    },
    /// `f(f(x))` is `f(x)`.
    "projection": |n| {
        twice(n, Laws::PROJECTION)?;
        n.same(n.at[0])
    },
    /// `f(x)` is `x` for integers and bools, as in `floor(x)`.
    "integer-identity": |n| {
        let law = n.ufunc()?.row().laws.has(Laws::INTEGER_IDENTITY) && !n.node.dtype.is_inexact();
        law.then(|| n.same(n.at[0])).flatten()
    },
    /// `conjugate(x)` is `x` for what has no imaginary part.
    "conjugate-real": |n| (n.is(Ufunc::Conjugate) && !n.node.dtype.is_complex()).then(|| n.same(n.at[0])).flatten(),
    /// `f(x, x)` is `x`, as in `maximum(x, x)`.
    "same-operands": |n| {
        let row = n.ufunc()?.row();
        (row.nin == 2 && row.laws.has(Laws::SAME) && n.at[0] == n.at[1]).then(|| n.same(n.at[0])).flatten()
    },
    /// `abs(-x)` is `abs(x)`, and so for squares.
    "even-of-negative": |n| {
        let even = n.is(Ufunc::Absolute) || n.is(Ufunc::Fabs) || n.is(Ufunc::Square);
        // The negative of an unsigned integer is another magnitude.
        let signed = matches!(n.input(0).dtype.kind(), Kind::Signed | Kind::Float);
        let inner = (even && signed).then(|| n.below(0))?;
        inner.is(Ufunc::Negative).then(|| Rewrite::From(inner.at.clone()))
    },
    /// `where(True, x, y)` is `x`, `where(False, x, y)` is `y`.
    "where-constant": |n| {
        let condition = n.is(Ufunc::Where).then(|| n.constant(0)).flatten()?;
        n.same(n.at[if condition == Scalar::one(DType::Bool) { 1 } else { 2 }])
    },
    /// `where(c, x, x)` is `x`.
    "where-same": |n| (n.is(Ufunc::Where) && n.at[1] == n.at[2]).then(|| n.same(n.at[1])).flatten(),
};
