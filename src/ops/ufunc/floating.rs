//! Rows: what a floating-point number is made of.

use super::lower::{bool_of, is_inf, is_nan, parts, select, zero};
use super::row::{Types, UfuncRow};
use crate::dtype::{DType, Kind};
use crate::ops::expr::{Body, ValueId};
use crate::ops::fault::FaultRule;
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
    notes: "Integers and bools never are; of complex numbers either part counts.",
    returns: &[("y", "The answers.")],
    example: "\
              >>> lz.isnan([1, lz.nan]).compute()\n\
              array([False,  True])",
    ..CLASS
};

pub(super) const ISINF: UfuncRow = UfuncRow {
    name: "isinf",
    lower: |b, _, x| class(b, x[0], false, Prim::Or, is_inf),
    summary: "True where the operand is infinite, element by element.",
    notes: "Integers and bools never are; of complex numbers either part counts.",
    returns: &[("y", "The answers.")],
    example: "\
              >>> lz.isinf([1, lz.inf, -lz.inf]).compute()\n\
              array([False,  True,  True])",
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
    notes: "Integers and bools always are; of complex numbers both parts must be.",
    returns: &[("y", "The answers.")],
    example: "\
              >>> lz.isfinite([1, lz.inf, lz.nan]).compute()\n\
              array([ True, False, False])",
    ..CLASS
};

pub(super) const SIGNBIT: UfuncRow = UfuncRow {
    name: "signbit",
    types: Types::ToBool("efd"),
    lower: |b, _, x| b.prim(Prim::Signbit, x),
    summary: "True where the sign bit is set, element by element.",
    returns: &[("y", "The answers.")],
    special: &[("-0.0", "True"), ("nan", "its sign bit")],
    example: "\
              >>> lz.signbit([-1.5, -0.0, 0.0]).compute()\n\
              array([ True,  True, False])",
    ..UfuncRow::BASE
};

pub(super) const COPYSIGN: UfuncRow = UfuncRow {
    name: "copysign",
    types: Types::Same("efd"),
    lower: |b, _, x| b.prim(Prim::Copysign, x),
    summary: "The magnitude of the first operand with the sign of the second, element by element.",
    parameters: &[("x1", "Magnitude."), ("x2", "Sign.")],
    returns: &[("y", "The values.")],
    special: &[("nan, y", "nan with the sign bit of y")],
    example: "\
              >>> lz.copysign([1, -2], -0.0).compute()\n\
              array([-1., -2.])",
    ..UfuncRow::BINARY
};

pub(super) const NEXTAFTER: UfuncRow = UfuncRow {
    name: "nextafter",
    faults: FaultRule::INFINITE,
    types: Types::Same("efd"),
    native_f16: true,
    lower: |b, _, x| b.prim(Prim::Nextafter, x),
    summary: "The next floating-point number after the first operand toward the second, element by element.",
    notes: "The type is that of the operands, so the step too: of float16, float32 or float64.",
    parameters: &[("x1", "Where to start."), ("x2", "Where to go.")],
    returns: &[("y", "The neighbours.")],
    special: &[("nan, y", "nan"), ("x, x", "x"), ("0.0, 1", "the smallest subnormal")],
    example: "\
              >>> (lz.nextafter(1, [0, 2]) - 1).compute()\n\
              array([-1.11022302e-16,  2.22044605e-16])",
    ..UfuncRow::BINARY
};

pub(super) const SPACING: UfuncRow = UfuncRow {
    name: "spacing",
    faults: FaultRule { infinite: true, ..FaultRule::NONE },
    types: Types::Same("efd"),
    native_f16: true,
    lower: |b, _, x| b.prim(Prim::Spacing, x),
    summary: "Distance to the nearest floating-point number that is larger in magnitude, element by element.",
    notes: "One unit in the last place. Of 1 it is ``finfo(dtype).eps``.",
    returns: &[("y", "The distances, with the operand's sign.")],
    special: &[("inf", "nan"), ("nan", "nan"), ("0.0", "the smallest subnormal")],
    example: "\
              >>> lz.spacing([1, -1024]).compute()\n\
              array([ 2.22044605e-16, -2.27373675e-13])",
    ..UfuncRow::BASE
};

pub(super) const LDEXP: UfuncRow = UfuncRow {
    name: "ldexp",
    faults: FaultRule::PRODUCT,
    types: Types::List("ei->e fi->f el->e fl->f di->d dl->d"),
    native_f16: true,
    lower: |b, _, x| {
        let exponent = b.cast(x[1], DType::I64);
        b.prim(Prim::Ldexp, &[x[0], exponent])
    },
    summary: "The first operand times two to the power of the second, element by element.",
    notes: "The inverse of ``frexp``.",
    parameters: &[("x1", "Mantissa."), ("x2", "Exponent: integers.")],
    returns: &[("y", "``x1 * 2**x2``, rounded once.")],
    special: &[("0.0, y", "0.0"), ("inf, y", "inf")],
    example: "\
              >>> lz.ldexp(5, [0, 1, -1]).compute()\n\
              array([ 5. , 10. ,  2.5], dtype=float16)",
    ..UfuncRow::BINARY
};

pub(super) const FREXP: UfuncRow = UfuncRow {
    name: "frexp",
    nout: 2,
    types: Types::List("e->ei f->fi d->di"),
    native_f16: true,
    lower: |b, out, x| b.prim(if out == 0 { Prim::FrexpMantissa } else { Prim::FrexpExponent }, x),
    summary: "Mantissa and exponent, ``x = mantissa * 2**exponent``, element by element.",
    returns: &[("mantissa", "In (-1, -0.5] or [0.5, 1), or 0."), ("exponent", "int32.")],
    special: &[("0.0", "0.0 and 0"), ("inf", "inf and 0"), ("nan", "nan and 0")],
    example: "\
              >>> m, e = lz.frexp([8.0, 0.3])\n\
              >>> m.compute()\n\
              array([0.5, 0.6])\n\
              >>> e.compute()\n\
              array([ 4, -1], dtype=int32)",
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
    returns: &[("fraction", "Fractional parts."), ("whole", "Whole parts.")],
    special: &[("inf", "0.0 and inf"), ("-3.0", "-0.0 and -3.0"), ("nan", "nan and nan")],
    example: "\
              >>> f, w = lz.modf([3.5, -0.5])\n\
              >>> f.compute()\n\
              array([ 0.5, -0.5])\n\
              >>> w.compute()\n\
              array([ 3., -0.])",
    ..UfuncRow::BASE
};
