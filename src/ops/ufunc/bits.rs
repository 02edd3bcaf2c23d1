//! Rows: bits and divisors of integers.

use super::row::{Dispatch, Identity, Laws, Types, UfuncRow};
use crate::ops::prim::Prim;

const LATTICE: Laws = Laws::COMMUTATIVE.and(Laws::INTEGER_ASSOCIATIVE).and(Laws::SAME);

pub(super) const BITWISE_AND: UfuncRow = UfuncRow {
    name: "bitwise_and",
    types: Types::Same("?bBhHiIlL"),
    identity: Identity::MinusOne,
    laws: LATTICE,
    lower: |b, _, x| b.prim(Prim::And, x),
    summary: "Bits set in both operands, element by element; of bools, logical and.",
    ..UfuncRow::BINARY
};

pub(super) const BITWISE_OR: UfuncRow = UfuncRow {
    name: "bitwise_or",
    types: Types::Same("?bBhHiIlL"),
    identity: Identity::Zero,
    laws: LATTICE,
    lower: |b, _, x| b.prim(Prim::Or, x),
    summary: "Bits set in either operand, element by element; of bools, logical or.",
    ..UfuncRow::BINARY
};

pub(super) const BITWISE_XOR: UfuncRow = UfuncRow {
    name: "bitwise_xor",
    types: Types::Same("?bBhHiIlL"),
    identity: Identity::Zero,
    laws: Laws::COMMUTATIVE.and(Laws::INTEGER_ASSOCIATIVE),
    lower: |b, _, x| b.prim(Prim::Xor, x),
    summary: "Bits set in one operand only, element by element; of bools, logical exclusive or.",
    ..UfuncRow::BINARY
};

pub(super) const INVERT: UfuncRow = UfuncRow {
    name: "invert",
    aliases: &["bitwise_not", "bitwise_invert"],
    types: Types::Same("?bBhHiIlL"),
    laws: Laws::INVOLUTION,
    lower: |b, _, x| b.prim(Prim::Not, x),
    summary: "Every bit inverted, element by element; of bools, logical not.",
    ..UfuncRow::BASE
};

pub(super) const LEFT_SHIFT: UfuncRow = UfuncRow {
    name: "left_shift",
    aliases: &["bitwise_left_shift"],
    types: Types::Same("bBhHiIlL"),
    lower: |b, _, x| b.prim(Prim::Shl, x),
    summary: "Bits moved to the left, element by element.",
    ..UfuncRow::BINARY
};

pub(super) const RIGHT_SHIFT: UfuncRow = UfuncRow {
    name: "right_shift",
    aliases: &["bitwise_right_shift"],
    types: Types::Same("bBhHiIlL"),
    lower: |b, _, x| b.prim(Prim::Shr, x),
    summary: "Bits moved to the right, element by element; the sign is kept.",
    ..UfuncRow::BINARY
};

pub(super) const BITWISE_COUNT: UfuncRow = UfuncRow {
    name: "bitwise_count",
    types: Types::List("b->B B->B h->B H->B i->B I->B l->B L->B"),
    lower: |b, _, x| b.prim(Prim::BitCount, x),
    summary: "Number of bits set in the magnitude, element by element.",
    ..UfuncRow::BASE
};

pub(super) const GCD: UfuncRow = UfuncRow {
    name: "gcd",
    types: Types::Same("bBhHiIlL"),
    dispatch: Dispatch::Uniform,
    identity: Identity::Zero,
    laws: Laws::COMMUTATIVE,
    lower: |b, _, x| b.prim(Prim::Gcd, x),
    summary: "Greatest common divisor of the magnitudes, element by element.",
    ..UfuncRow::BINARY
};

pub(super) const LCM: UfuncRow = UfuncRow {
    name: "lcm",
    types: Types::Same("bBhHiIlL"),
    dispatch: Dispatch::Uniform,
    laws: Laws::COMMUTATIVE,
    lower: |b, _, x| b.prim(Prim::Lcm, x),
    summary: "Least common multiple of the magnitudes, element by element.",
    ..UfuncRow::BINARY
};
