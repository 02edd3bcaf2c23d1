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
    notes: "Integers and bools stay as they are.",
    returns: &[("y", "Whole numbers, in the operand's type.")],
    special: &[("inf", "inf"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.floor([-1.7, 1.7]).compute()\n\
              array([-2.,  1.])",
    ..UNARY
};

pub(super) const CEIL: UfuncRow = UfuncRow {
    name: "ceil",
    lower: |b, _, x| rounded(b, Prim::Ceil, x),
    summary: "Smallest whole number that is not below, element by element.",
    notes: "Integers and bools stay as they are.",
    returns: &[("y", "Whole numbers, in the operand's type.")],
    special: &[("inf", "inf"), ("-0.0", "-0.0"), ("-0.5", "-0.0")],
    example: "\
              >>> lz.ceil([-1.7, 1.7]).compute()\n\
              array([-1.,  2.])",
    ..UNARY
};

pub(super) const TRUNC: UfuncRow = UfuncRow {
    name: "trunc",
    lower: |b, _, x| rounded(b, Prim::Trunc, x),
    summary: "Nearest whole number toward zero, element by element.",
    notes: "Integers and bools stay as they are.",
    returns: &[("y", "Whole numbers, in the operand's type.")],
    special: &[("inf", "inf"), ("-0.0", "-0.0"), ("-0.5", "-0.0")],
    example: "\
              >>> lz.trunc([-1.7, 1.7]).compute()\n\
              array([-1.,  1.])",
    ..UNARY
};

pub(super) const RINT: UfuncRow = UfuncRow {
    name: "rint",
    types: Types::Same("efdFD"),
    laws: Laws::PROJECTION,
    lower: |b, _, x| b.prim(Prim::Rint, x),
    summary: "Nearest whole number, halves to the even one, element by element.",
    notes: "Integers become floats. Complex numbers are rounded by parts.",
    returns: &[("y", "Whole numbers.")],
    special: &[("inf", "inf"), ("-0.0", "-0.0"), ("-0.5", "-0.0")],
    example: "\
              >>> lz.rint([0.5, 1.5, -1.7]).compute()\n\
              array([ 0.,  2., -2.])",
    ..UfuncRow::BASE
};
