//! Rows: trigonometric and hyperbolic functions and their inverses, angles.

use super::row::{Identity, Laws, Types, UfuncRow};
use crate::dtype::DType;
use crate::ops::expr::{Body, ValueId};
use crate::ops::prim::{MathFn, Prim};
use std::f32::consts::PI as PI_F32;
use std::f64::consts::PI;

const UNARY: UfuncRow = UfuncRow { types: Types::Same("efdFD"), max_ulp: 1, ..UfuncRow::BASE };

pub(super) const SIN: UfuncRow = UfuncRow {
    name: "sin",
    lower: |b, _, x| b.math(MathFn::Sin, x),
    summary: "Sine of an angle in radians, element by element.",
    ..UNARY
};

pub(super) const COS: UfuncRow = UfuncRow {
    name: "cos",
    lower: |b, _, x| b.math(MathFn::Cos, x),
    summary: "Cosine of an angle in radians, element by element.",
    ..UNARY
};

pub(super) const TAN: UfuncRow = UfuncRow {
    name: "tan",
    lower: |b, _, x| b.math(MathFn::Tan, x),
    summary: "Tangent of an angle in radians, element by element.",
    ..UNARY
};

pub(super) const ARCSIN: UfuncRow = UfuncRow {
    name: "arcsin",
    aliases: &["asin"],
    lower: |b, _, x| b.math(MathFn::Arcsin, x),
    summary: "Inverse sine, in radians, element by element.",
    ..UNARY
};

pub(super) const ARCCOS: UfuncRow = UfuncRow {
    name: "arccos",
    aliases: &["acos"],
    lower: |b, _, x| b.math(MathFn::Arccos, x),
    summary: "Inverse cosine, in radians, element by element.",
    ..UNARY
};

pub(super) const ARCTAN: UfuncRow = UfuncRow {
    name: "arctan",
    aliases: &["atan"],
    lower: |b, _, x| b.math(MathFn::Arctan, x),
    summary: "Inverse tangent, in radians, element by element.",
    ..UNARY
};

pub(super) const ARCTAN2: UfuncRow = UfuncRow {
    name: "arctan2",
    aliases: &["atan2"],
    types: Types::Same("efd"),
    max_ulp: 1,
    lower: |b, _, x| b.math(MathFn::Arctan2, x),
    summary: "Angle of the point ``(x2, x1)`` from the positive first axis, in radians, element by element.",
    ..UfuncRow::BINARY
};

pub(super) const HYPOT: UfuncRow = UfuncRow {
    name: "hypot",
    types: Types::Same("efd"),
    identity: Identity::Zero,
    laws: Laws::COMMUTATIVE,
    max_ulp: 1,
    lower: |b, _, x| b.math(MathFn::Hypot, x),
    summary: "Hypotenuse of a right triangle with these legs, element by element.",
    ..UfuncRow::BINARY
};

pub(super) const SINH: UfuncRow = UfuncRow {
    name: "sinh",
    lower: |b, _, x| b.math(MathFn::Sinh, x),
    summary: "Hyperbolic sine, element by element.",
    ..UNARY
};

pub(super) const COSH: UfuncRow = UfuncRow {
    name: "cosh",
    lower: |b, _, x| b.math(MathFn::Cosh, x),
    summary: "Hyperbolic cosine, element by element.",
    ..UNARY
};

pub(super) const TANH: UfuncRow = UfuncRow {
    name: "tanh",
    lower: |b, _, x| b.math(MathFn::Tanh, x),
    summary: "Hyperbolic tangent, element by element.",
    ..UNARY
};

pub(super) const ARCSINH: UfuncRow = UfuncRow {
    name: "arcsinh",
    aliases: &["asinh"],
    lower: |b, _, x| b.math(MathFn::Arcsinh, x),
    summary: "Inverse hyperbolic sine, element by element.",
    ..UNARY
};

pub(super) const ARCCOSH: UfuncRow = UfuncRow {
    name: "arccosh",
    aliases: &["acosh"],
    lower: |b, _, x| b.math(MathFn::Arccosh, x),
    summary: "Inverse hyperbolic cosine that is not negative, element by element.",
    ..UNARY
};

pub(super) const ARCTANH: UfuncRow = UfuncRow {
    name: "arctanh",
    aliases: &["atanh"],
    lower: |b, _, x| b.math(MathFn::Arctanh, x),
    summary: "Inverse hyperbolic tangent, element by element.",
    ..UNARY
};

/// The operand times a factor. NumPy computes the factor of each type in that type; so for float32 it is given apart.
fn scaled(b: &mut Body, x: ValueId, f32_factor: f32, f64_factor: f64) -> ValueId {
    let factor = match b.dtype(x) {
        DType::F32 => b.lit(f64::from(f32_factor), DType::F32),
        t => b.lit(f64_factor, t),
    };
    b.prim(Prim::Mul, &[x, factor])
}

pub(super) const DEG2RAD: UfuncRow = UfuncRow {
    name: "deg2rad",
    types: Types::Same("efd"),
    lower: |b, _, x| scaled(b, x[0], PI_F32 / 180.0, PI / 180.0),
    summary: "Convert angles from degrees to radians, element by element.",
    ..UfuncRow::BASE
};

pub(super) const RADIANS: UfuncRow = UfuncRow { name: "radians", ..DEG2RAD };

pub(super) const RAD2DEG: UfuncRow = UfuncRow {
    name: "rad2deg",
    types: Types::Same("efd"),
    lower: |b, _, x| scaled(b, x[0], 180.0 / PI_F32, 180.0 / PI),
    summary: "Convert angles from radians to degrees, element by element.",
    ..UfuncRow::BASE
};

pub(super) const DEGREES: UfuncRow = UfuncRow { name: "degrees", ..RAD2DEG };
