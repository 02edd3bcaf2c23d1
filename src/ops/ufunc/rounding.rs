//! Rows: rounding to whole numbers.

use super::row::{Laws, Types, UfuncRow};
use crate::ops::expr::{Body, ValueId};
use crate::ops::prim::Prim;

const UNARY: UfuncRow = UfuncRow {
    types: Types::Same("?bBhHiIlLefd"),
    laws: Laws::PROJECTION.and(Laws::INTEGER_IDENTITY),
    ..UfuncRow::BASE
};

/// Integers are whole as they are.
fn rounded(b: &mut Body, p: Prim, x: &[ValueId]) -> ValueId {
    if b.dtype(x[0]).is_float() { b.prim(p, x) } else { x[0] }
}

pub(super) const FLOOR: UfuncRow = UfuncRow {
    name: "floor",
    lower: |b, _, x| rounded(b, Prim::Floor, x),
    summary: "Largest whole number that is not above, element by element.",
    ..UNARY
};

pub(super) const CEIL: UfuncRow = UfuncRow {
    name: "ceil",
    lower: |b, _, x| rounded(b, Prim::Ceil, x),
    summary: "Smallest whole number that is not below, element by element.",
    ..UNARY
};

pub(super) const TRUNC: UfuncRow = UfuncRow {
    name: "trunc",
    lower: |b, _, x| rounded(b, Prim::Trunc, x),
    summary: "Nearest whole number toward zero, element by element.",
    ..UNARY
};

pub(super) const RINT: UfuncRow = UfuncRow {
    name: "rint",
    types: Types::Same("efdFD"),
    laws: Laws::PROJECTION,
    lower: |b, _, x| b.prim(Prim::Rint, x),
    summary: "Nearest whole number, halves to the even one, element by element.",
    ..UfuncRow::BASE
};
