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
    notes: "Negative integers count as in two's complement.",
    parameters: &[("x1", "Bits."), ("x2", "Bits.")],
    returns: &[("y", "The common bits.")],
    example: "\
              >>> lz.bitwise_and([12, 7], 10).compute()\n\
              array([8, 2])",
    ..UfuncRow::BINARY
};

pub(super) const BITWISE_OR: UfuncRow = UfuncRow {
    name: "bitwise_or",
    types: Types::Same("?bBhHiIlL"),
    identity: Identity::Zero,
    laws: LATTICE,
    lower: |b, _, x| b.prim(Prim::Or, x),
    summary: "Bits set in either operand, element by element; of bools, logical or.",
    notes: "Negative integers count as in two's complement.",
    parameters: &[("x1", "Bits."), ("x2", "Bits.")],
    returns: &[("y", "The joined bits.")],
    example: "\
              >>> lz.bitwise_or([12, 7], 10).compute()\n\
              array([14, 15])",
    ..UfuncRow::BINARY
};

pub(super) const BITWISE_XOR: UfuncRow = UfuncRow {
    name: "bitwise_xor",
    types: Types::Same("?bBhHiIlL"),
    identity: Identity::Zero,
    laws: Laws::COMMUTATIVE.and(Laws::INTEGER_ASSOCIATIVE),
    lower: |b, _, x| b.prim(Prim::Xor, x),
    summary: "Bits set in one operand only, element by element; of bools, logical exclusive or.",
    notes: "Negative integers count as in two's complement.",
    parameters: &[("x1", "Bits."), ("x2", "Bits.")],
    returns: &[("y", "The differing bits.")],
    example: "\
              >>> lz.bitwise_xor([12, 7], 10).compute()\n\
              array([ 6, 13])",
    ..UfuncRow::BINARY
};

pub(super) const INVERT: UfuncRow = UfuncRow {
    name: "invert",
    aliases: &["bitwise_not", "bitwise_invert"],
    types: Types::Same("?bBhHiIlL"),
    laws: Laws::INVOLUTION,
    lower: |b, _, x| b.prim(Prim::Not, x),
    summary: "Every bit inverted, element by element; of bools, logical not.",
    notes: "Of signed integers ``-x - 1``.",
    parameters: &[("x", "Bits.")],
    returns: &[("y", "The inverted bits.")],
    example: "\
              >>> lz.invert([0, 5]).compute()\n\
              array([-1, -6])\n\
              >>> lz.invert([True, False]).compute()\n\
              array([False,  True])",
    ..UfuncRow::BASE
};

pub(super) const LEFT_SHIFT: UfuncRow = UfuncRow {
    name: "left_shift",
    aliases: &["bitwise_left_shift"],
    types: Types::Same("bBhHiIlL"),
    lower: |b, _, x| b.prim(Prim::Shl, x),
    summary: "Bits moved to the left, element by element.",
    notes: "A count that is negative or not below the type's width gives 0.",
    parameters: &[("x1", "Bits."), ("x2", "Count, in bits.")],
    returns: &[("y", "``x1 * 2**x2``, wrapped.")],
    example: "\
              >>> lz.left_shift(5, [0, 1, 2]).compute()\n\
              array([ 5, 10, 20])",
    ..UfuncRow::BINARY
};

pub(super) const RIGHT_SHIFT: UfuncRow = UfuncRow {
    name: "right_shift",
    aliases: &["bitwise_right_shift"],
    types: Types::Same("bBhHiIlL"),
    lower: |b, _, x| b.prim(Prim::Shr, x),
    summary: "Bits moved to the right, element by element; the sign is kept.",
    notes: "A count that is negative or not below the type's width gives 0, or -1 for a negative operand.",
    parameters: &[("x1", "Bits."), ("x2", "Count, in bits.")],
    returns: &[("y", "``x1 / 2**x2``, rounded down.")],
    example: "\
              >>> lz.right_shift([10, -10], 1).compute()\n\
              array([ 5, -5])",
    ..UfuncRow::BINARY
};

pub(super) const BITWISE_COUNT: UfuncRow = UfuncRow {
    name: "bitwise_count",
    types: Types::List("b->B B->B h->B H->B i->B I->B l->B L->B"),
    lower: |b, _, x| b.prim(Prim::BitCount, x),
    summary: "Number of bits set in the magnitude, element by element.",
    returns: &[("y", "Numbers of bits.")],
    example: "\
              >>> lz.bitwise_count([7, -8]).compute()\n\
              array([3, 1], dtype=uint8)",
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
    notes: "``gcd(x, 0)`` is ``abs(x)``. By Euclid's algorithm.",
    parameters: &[("x1", "Integer."), ("x2", "Integer.")],
    returns: &[("y", "The divisors, not negative but for the smallest integer.")],
    example: "\
              >>> lz.gcd([12, -18], 8).compute()\n\
              array([4, 2])",
    ..UfuncRow::BINARY
};

pub(super) const LCM: UfuncRow = UfuncRow {
    name: "lcm",
    types: Types::Same("bBhHiIlL"),
    dispatch: Dispatch::Uniform,
    laws: Laws::COMMUTATIVE,
    lower: |b, _, x| b.prim(Prim::Lcm, x),
    summary: "Least common multiple of the magnitudes, element by element.",
    notes: "``lcm(x, 0)`` is 0.",
    parameters: &[("x1", "Integer."), ("x2", "Integer.")],
    returns: &[("y", "The multiples, wrapped.")],
    example: "\
              >>> lz.lcm([4, -6], 10).compute()\n\
              array([20, 30])",
    ..UfuncRow::BINARY
};
