//! Rows: comparison, logic, extremes and choice.

use super::lower::{select, truth};
use super::row::{Dispatch, Identity, Laws, Types, UfuncRow};
use crate::dtype::DType;
use crate::ops::expr::{Body, ValueId};
use crate::ops::prim::Prim;

const COMPARE: UfuncRow =
    UfuncRow { types: Types::Compare("?bBhHiIlLefdFD"), dispatch: Dispatch::Compare, ..UfuncRow::BINARY };

/// A comparison. Of int64 with uint64 it is exact: a negative number is below every unsigned one, whichever comes first.
fn compare(b: &mut Body, p: Prim, x: &[ValueId]) -> ValueId {
    let (first, second) = (x[0], x[1]);
    let signed_first = match (b.dtype(first), b.dtype(second)) {
        (DType::I64, DType::U64) => true,
        (DType::U64, DType::I64) => false,
        _ => return b.prim(p, x),
    };
    let signed = if signed_first { first } else { second };
    let zero = b.int(0, DType::I64);
    let negative = b.prim(Prim::Lt, &[signed, zero]);
    let (first, second) = (b.cast(first, DType::U64), b.cast(second, DType::U64));
    let compared = b.prim(p, &[first, second]);
    let of_negative = match p {
        Prim::Ne => true,
        Prim::Lt | Prim::Le => signed_first,
        Prim::Gt | Prim::Ge => !signed_first,
        _ => false,
    };
    if of_negative {
        b.prim(Prim::Or, &[negative, compared])
    } else {
        let not_negative = b.prim(Prim::Not, &[negative]);
        b.prim(Prim::And, &[not_negative, compared])
    }
}

pub(super) const EQUAL: UfuncRow = UfuncRow {
    name: "equal",
    laws: Laws::COMMUTATIVE,
    lower: |b, _, x| compare(b, Prim::Eq, x),
    summary: "True where the operands are equal, element by element.",
    ..COMPARE
};

pub(super) const NOT_EQUAL: UfuncRow = UfuncRow {
    name: "not_equal",
    laws: Laws::COMMUTATIVE,
    lower: |b, _, x| compare(b, Prim::Ne, x),
    summary: "True where the operands differ, element by element.",
    ..COMPARE
};

pub(super) const LESS: UfuncRow = UfuncRow {
    name: "less",
    lower: |b, _, x| compare(b, Prim::Lt, x),
    summary: "True where the first operand is below the second, element by element.",
    ..COMPARE
};

pub(super) const LESS_EQUAL: UfuncRow = UfuncRow {
    name: "less_equal",
    lower: |b, _, x| compare(b, Prim::Le, x),
    summary: "True where the first operand is not above the second, element by element.",
    ..COMPARE
};

pub(super) const GREATER: UfuncRow = UfuncRow {
    name: "greater",
    lower: |b, _, x| compare(b, Prim::Gt, x),
    summary: "True where the first operand is above the second, element by element.",
    ..COMPARE
};

pub(super) const GREATER_EQUAL: UfuncRow = UfuncRow {
    name: "greater_equal",
    lower: |b, _, x| compare(b, Prim::Ge, x),
    summary: "True where the first operand is not below the second, element by element.",
    ..COMPARE
};

const LOGIC: UfuncRow = UfuncRow {
    types: Types::ToBool("?bBhHiIlLefdFD"),
    dispatch: Dispatch::Logical,
    laws: Laws::COMMUTATIVE,
    ..UfuncRow::BINARY
};

fn logic(b: &mut Body, p: Prim, x: &[ValueId]) -> ValueId {
    let (first, second) = (truth(b, x[0]), truth(b, x[1]));
    b.prim(p, &[first, second])
}

pub(super) const LOGICAL_AND: UfuncRow = UfuncRow {
    name: "logical_and",
    identity: Identity::One,
    lower: |b, _, x| logic(b, Prim::And, x),
    summary: "True where both operands are true, element by element.",
    ..LOGIC
};

pub(super) const LOGICAL_OR: UfuncRow = UfuncRow {
    name: "logical_or",
    identity: Identity::Zero,
    lower: |b, _, x| logic(b, Prim::Or, x),
    summary: "True where either operand is true, element by element.",
    ..LOGIC
};

pub(super) const LOGICAL_XOR: UfuncRow = UfuncRow {
    name: "logical_xor",
    identity: Identity::Zero,
    lower: |b, _, x| logic(b, Prim::Xor, x),
    summary: "True where one operand only is true, element by element.",
    ..LOGIC
};

pub(super) const LOGICAL_NOT: UfuncRow = UfuncRow {
    name: "logical_not",
    types: Types::ToBool("?bBhHiIlLefdFD"),
    lower: |b, _, x| {
        let truth = truth(b, x[0]);
        b.prim(Prim::Not, &[truth])
    },
    summary: "True where the operand is false, element by element.",
    ..UfuncRow::BASE
};

const EXTREME: UfuncRow = UfuncRow {
    types: Types::Same("?bBhHiIlLefdFD"),
    dispatch: Dispatch::Uniform,
    identity: Identity::Reorderable,
    laws: Laws::INTEGER_COMMUTATIVE.and(Laws::INTEGER_ASSOCIATIVE).and(Laws::SAME),
    ..UfuncRow::BINARY
};

pub(super) const MAXIMUM: UfuncRow = UfuncRow {
    name: "maximum",
    lower: |b, _, x| b.prim(Prim::Maximum, x),
    summary: "The larger operand, element by element; NaN if either is.",
    ..EXTREME
};

pub(super) const MINIMUM: UfuncRow = UfuncRow {
    name: "minimum",
    lower: |b, _, x| b.prim(Prim::Minimum, x),
    summary: "The smaller operand, element by element; NaN if either is.",
    ..EXTREME
};

pub(super) const FMAX: UfuncRow = UfuncRow {
    name: "fmax",
    lower: |b, _, x| b.prim(Prim::Fmax, x),
    summary: "The larger operand, element by element; a NaN is ignored.",
    ..EXTREME
};

pub(super) const FMIN: UfuncRow = UfuncRow {
    name: "fmin",
    lower: |b, _, x| b.prim(Prim::Fmin, x),
    summary: "The smaller operand, element by element; a NaN is ignored.",
    ..EXTREME
};

pub(super) const WHERE: UfuncRow = UfuncRow {
    name: "where",
    nin: 3,
    is_ufunc: false,
    types: Types::Select("?bBhHiIlLefdFD"),
    dispatch: Dispatch::Select,
    native_f16: true,
    lower: |b, _, x| b.prim(Prim::Select, x),
    summary: "The second operand where the first is true, else the third, element by element.",
    parameters: &[("condition", "What chooses."), ("x", "Taken where true."), ("y", "Taken where false.")],
    ..UfuncRow::BASE
};

pub(super) const CLIP: UfuncRow = UfuncRow {
    name: "clip",
    nin: 3,
    is_ufunc: false,
    types: Types::Same("?bBhHiIlLefdFD"),
    dispatch: Dispatch::Uniform,
    identity: Identity::Reorderable,
    lower: |b, _, x| clip(b, x[0], x[1], x[2]),
    summary: "The operand moved into an interval, element by element.",
    parameters: &[("a", "Operand."), ("a_min", "Lower bound."), ("a_max", "Upper bound.")],
    ..UfuncRow::BASE
};

/// The operand raised to the lower bound, then lowered to the upper: where the bounds cross, the upper wins.
fn clip(b: &mut Body, x: ValueId, low: ValueId, high: ValueId) -> ValueId {
    if !b.dtype(x).is_float() {
        let raised = b.prim(Prim::Maximum, &[x, low]);
        return b.prim(Prim::Minimum, &[raised, high]);
    }
    // Of equal zeros the operand's own is kept; a NaN of any operand wins, the first one met.
    let below = b.prim(Prim::Lt, &[x, low]);
    let low_nan = b.prim(Prim::Ne, &[low, low]);
    let x_number = b.prim(Prim::Eq, &[x, x]);
    let raise = b.prim(Prim::And, &[x_number, low_nan]);
    let raise = b.prim(Prim::Or, &[below, raise]);
    let raised = select(b, raise, low, x);
    let above = b.prim(Prim::Gt, &[raised, high]);
    let high_nan = b.prim(Prim::Ne, &[high, high]);
    let raised_number = b.prim(Prim::Eq, &[raised, raised]);
    let lower = b.prim(Prim::And, &[raised_number, high_nan]);
    let lower = b.prim(Prim::Or, &[above, lower]);
    select(b, lower, high, raised)
}
