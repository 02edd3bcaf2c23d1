//! Rows: parts of complex numbers.

use super::lower::{parts, zero};
use super::row::{Laws, Types, UfuncRow};
use crate::ops::prim::{MathFn, Prim};

pub(super) const CONJUGATE: UfuncRow = UfuncRow {
    name: "conjugate",
    aliases: &["conj"],
    types: Types::Same("bBhHiIlLefdFD"),
    laws: Laws::INVOLUTION,
    native_f16: true,
    lower: |b, _, x| if b.dtype(x[0]).is_complex() { b.prim(Prim::Conj, x) } else { x[0] },
    summary: "Complex conjugate, element by element.",
    notes: "Bools become int8.",
    returns: &[("y", "The conjugates; real values as they are.")],
    example: "\
              >>> lz.conjugate([1 + 2j, 3]).compute()\n\
              array([1.-2.j, 3.-0.j])",
    ..UfuncRow::BASE
};

pub(super) const REAL: UfuncRow = UfuncRow {
    name: "real",
    is_ufunc: false,
    types: Types::ToReal("?bBhHiIlLefdFD"),
    laws: Laws::PROJECTION.and(Laws::INTEGER_IDENTITY),
    native_f16: true,
    lower: |b, _, x| if b.dtype(x[0]).is_complex() { b.prim(Prim::Real, x) } else { x[0] },
    summary: "Real part, element by element.",
    parameters: &[("val", "Operand.")],
    returns: &[("y", "The real parts, in the type of one part.")],
    example: "\
              >>> lz.real([1 + 2j, 3]).compute()\n\
              array([1., 3.])",
    ..UfuncRow::BASE
};

pub(super) const IMAG: UfuncRow = UfuncRow {
    name: "imag",
    is_ufunc: false,
    types: REAL.types,
    native_f16: true,
    lower: |b, _, x| if b.dtype(x[0]).is_complex() { b.prim(Prim::Imag, x) } else { zero(b, x[0]) },
    summary: "Imaginary part, element by element.",
    parameters: &[("val", "Operand.")],
    returns: &[("y", "The imaginary parts, in the type of one part; of real operands zeros.")],
    example: "\
              >>> lz.imag([1 + 2j, 3]).compute()\n\
              array([2., 0.])",
    ..UfuncRow::BASE
};

pub(super) const MAKE_COMPLEX: UfuncRow = UfuncRow {
    name: "make_complex",
    is_ufunc: false,
    types: Types::List("ff->F dd->D"),
    lower: |b, _, x| b.prim(Prim::MakeComplex, x),
    summary: "Complex numbers of their parts, element by element.",
    notes: "Signed zeros and NaN of both parts stay, where ``re + 1j*im`` loses some.",
    parameters: &[("re", "Real parts."), ("im", "Imaginary parts.")],
    returns: &[("y", "The numbers.")],
    example: "\
              >>> from numpy_rs._core import ufuncs\n\
              >>> ufuncs['make_complex']([1.0, -0.0], [2.0, -0.0]).compute()\n\
              array([ 1.+2.j, -0.-0.j])",
    ..UfuncRow::BINARY
};

pub(super) const ANGLE: UfuncRow = UfuncRow {
    name: "angle",
    is_ufunc: false,
    // Bools first: NumPy takes the angle of a real x as arctan2(0, x), which of bools is float64.
    types: Types::List("?->d e->e f->f d->d F->f D->d"),
    max_ulp: 1,
    lower: |b, _, x| {
        let x = if b.dtype(x[0]).is_inexact() { x[0] } else { b.cast(x[0], crate::dtype::DType::F64) };
        let (re, im) = if b.dtype(x).is_complex() { parts(b, x) } else { (x, zero(b, x)) };
        b.math(MathFn::Arctan2, &[im, re])
    },
    summary: "Angle of a complex number from the positive real axis, in radians, element by element.",
    notes: "``arctan2(imag(z), real(z))``. For degrees see ``rad2deg``.",
    parameters: &[("z", "Operand.")],
    returns: &[("y", "Angles in radians, in [-pi, pi].")],
    special: &[("-1 + 0j", "pi"), ("-1 - 0j", "-pi")],
    example: "\
              >>> lz.angle([1, 1j, 1 + 1j]).compute()\n\
              array([0.        , 1.57079633, 0.78539816])",
    ..UfuncRow::BASE
};
