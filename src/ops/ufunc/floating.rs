//! Rows: what a floating-point number is made of.

use super::lower::{bool_of, is_inf, is_nan, parts, select, zero};
use super::row::{Types, UfuncRow};
use crate::dtype::{DType, Kind};
use crate::ops::expr::{Body, ValueId};
use crate::ops::prim::Prim;

const CLASS: UfuncRow = UfuncRow { types: Types::ToBool("?bBhHiIlLefdFD"), ..UfuncRow::BASE };

/// A property of floats, of complex numbers by `join`ing that of the parts, and for integers a constant.
fn class(
    b: &mut Body,
    x: ValueId,
    of_integer: bool,
    join: Prim,
    of_float: fn(&mut Body, ValueId) -> ValueId,
) -> ValueId {
    match b.dtype(x).kind() {
        Kind::Bool | Kind::Unsigned | Kind::Signed => bool_of(b, of_integer),
        Kind::Float => of_float(b, x),
        Kind::Complex => {
            let (re, im) = parts(b, x);
            let (re, im) = (of_float(b, re), of_float(b, im));
            b.prim(join, &[re, im])
        }
    }
}

pub(super) const ISNAN: UfuncRow = UfuncRow {
    name: "isnan",
    lower: |b, _, x| class(b, x[0], false, Prim::Or, is_nan),
    summary: "True where the operand is not a number, element by element.",
    ..CLASS
};

pub(super) const ISINF: UfuncRow = UfuncRow {
    name: "isinf",
    lower: |b, _, x| class(b, x[0], false, Prim::Or, is_inf),
    summary: "True where the operand is infinite, element by element.",
    ..CLASS
};

pub(super) const ISFINITE: UfuncRow = UfuncRow {
    name: "isfinite",
    lower: |b, _, x| {
        class(b, x[0], true, Prim::And, |b, x| {
            let number = b.prim(Prim::Eq, &[x, x]);
            let infinite = is_inf(b, x);
            let bounded = b.prim(Prim::Not, &[infinite]);
            b.prim(Prim::And, &[number, bounded])
        })
    },
    summary: "True where the operand is neither infinite nor not a number, element by element.",
    ..CLASS
};

pub(super) const SIGNBIT: UfuncRow = UfuncRow {
    name: "signbit",
    types: Types::ToBool("efd"),
    lower: |b, _, x| b.prim(Prim::Signbit, x),
    summary: "True where the sign bit is set, element by element.",
    ..UfuncRow::BASE
};

pub(super) const COPYSIGN: UfuncRow = UfuncRow {
    name: "copysign",
    types: Types::Same("efd"),
    lower: |b, _, x| b.prim(Prim::Copysign, x),
    summary: "The magnitude of the first operand with the sign of the second, element by element.",
    ..UfuncRow::BINARY
};

pub(super) const NEXTAFTER: UfuncRow = UfuncRow {
    name: "nextafter",
    types: Types::Same("efd"),
    native_f16: true,
    lower: |b, _, x| b.prim(Prim::Nextafter, x),
    summary: "The next floating-point number after the first operand toward the second, element by element.",
    ..UfuncRow::BINARY
};

pub(super) const SPACING: UfuncRow = UfuncRow {
    name: "spacing",
    types: Types::Same("efd"),
    native_f16: true,
    lower: |b, _, x| b.prim(Prim::Spacing, x),
    summary: "Distance to the nearest floating-point number that is larger in magnitude, element by element.",
    ..UfuncRow::BASE
};

pub(super) const LDEXP: UfuncRow = UfuncRow {
    name: "ldexp",
    types: Types::List("ei->e fi->f el->e fl->f di->d dl->d"),
    native_f16: true,
    lower: |b, _, x| {
        let exponent = b.cast(x[1], DType::I64);
        b.prim(Prim::Ldexp, &[x[0], exponent])
    },
    summary: "The first operand times two to the power of the second, element by element.",
    ..UfuncRow::BINARY
};

pub(super) const FREXP: UfuncRow = UfuncRow {
    name: "frexp",
    nout: 2,
    types: Types::List("e->ei f->fi d->di"),
    native_f16: true,
    lower: |b, out, x| b.prim(if out == 0 { Prim::FrexpMantissa } else { Prim::FrexpExponent }, x),
    summary: "Mantissa and exponent, ``x = mantissa * 2**exponent``, element by element.",
    ..UfuncRow::BASE
};

pub(super) const MODF: UfuncRow = UfuncRow {
    name: "modf",
    nout: 2,
    types: Types::Same("efd"),
    lower: |b, out, x| {
        let x = x[0];
        let whole = b.prim(Prim::Trunc, &[x]);
        if out == 1 {
            return whole;
        }
        // Infinities, whole as they are, are kept out of the difference, which would warn of an invalid value.
        let is_whole = b.prim(Prim::Eq, &[x, whole]);
        let zero = zero(b, x);
        let (minuend, subtrahend) = (select(b, is_whole, zero, x), select(b, is_whole, zero, whole));
        let fraction = b.prim(Prim::Sub, &[minuend, subtrahend]);
        b.prim(Prim::Copysign, &[fraction, x])
    },
    summary: "Fractional and whole part, both with the operand's sign, element by element.",
    ..UfuncRow::BASE
};
