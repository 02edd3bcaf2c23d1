//! Rows: trigonometric and hyperbolic functions and their inverses, angles.

use super::row::{Identity, Laws, Types, UfuncRow};
use crate::dtype::DType;
use crate::ops::expr::{Body, ValueId};
use crate::ops::fault::{FaultRule, Pole};
use crate::ops::prim::{MathFn, Prim};
use std::f32::consts::PI as PI_F32;
use std::f64::consts::PI;

const UNARY: UfuncRow = UfuncRow { types: Types::Same("efdFD"), max_ulp: 1, ..UfuncRow::BASE };

pub(super) const SIN: UfuncRow = UfuncRow {
    name: "sin",
    faults: FaultRule::INFINITE,
    lower: |b, _, x| b.math(MathFn::Sin, x),
    summary: "Sine of an angle in radians, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    parameters: &[("x", "Angle, in radians.")],
    returns: &[("y", "The sines.")],
    special: &[("inf", "nan, with a warning"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.sin([0, 0.5]).compute()\n\
              array([0.        , 0.47942554])",
    ..UNARY
};

pub(super) const COS: UfuncRow = UfuncRow {
    name: "cos",
    faults: FaultRule::INFINITE,
    lower: |b, _, x| b.math(MathFn::Cos, x),
    summary: "Cosine of an angle in radians, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    parameters: &[("x", "Angle, in radians.")],
    returns: &[("y", "The cosines.")],
    special: &[("inf", "nan, with a warning")],
    example: "\
              >>> lz.cos([0, 0.5]).compute()\n\
              array([1.        , 0.87758256])",
    ..UNARY
};

pub(super) const TAN: UfuncRow = UfuncRow {
    name: "tan",
    faults: FaultRule::INFINITE,
    lower: |b, _, x| b.math(MathFn::Tan, x),
    summary: "Tangent of an angle in radians, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    parameters: &[("x", "Angle, in radians.")],
    returns: &[("y", "The tangents.")],
    special: &[("inf", "nan, with a warning"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.tan([0, 0.5]).compute()\n\
              array([0.        , 0.54630249])",
    ..UNARY
};

pub(super) const ARCSIN: UfuncRow = UfuncRow {
    name: "arcsin",
    aliases: &["asin"],
    faults: FaultRule::INVALID,
    lower: |b, _, x| b.math(MathFn::Arcsin, x),
    summary: "Inverse sine, in radians, element by element.",
    notes: "The complex function has branch cuts on the real axis beyond -1 and 1. Float16 is computed in \
            float32 and rounded once.",
    parameters: &[("x", "Sine, in [-1, 1] for real types.")],
    returns: &[("y", "Angles in radians, in [-pi/2, pi/2].")],
    special: &[("abs(x) > 1", "nan, with a warning"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.arcsin([0, 0.5, 1]).compute()\n\
              array([0.        , 0.52359878, 1.57079633])",
    ..UNARY
};

pub(super) const ARCCOS: UfuncRow = UfuncRow {
    name: "arccos",
    aliases: &["acos"],
    faults: FaultRule::INVALID,
    lower: |b, _, x| b.math(MathFn::Arccos, x),
    summary: "Inverse cosine, in radians, element by element.",
    notes: "The complex function has branch cuts on the real axis beyond -1 and 1. Float16 is computed in \
            float32 and rounded once.",
    parameters: &[("x", "Cosine, in [-1, 1] for real types.")],
    returns: &[("y", "Angles in radians, in [0, pi].")],
    special: &[("abs(x) > 1", "nan, with a warning")],
    example: "\
              >>> lz.arccos([0, 0.5, 1]).compute()\n\
              array([1.57079633, 1.04719755, 0.        ])",
    ..UNARY
};

pub(super) const ARCTAN: UfuncRow = UfuncRow {
    name: "arctan",
    aliases: &["atan"],
    faults: FaultRule::INFINITE,
    lower: |b, _, x| b.math(MathFn::Arctan, x),
    summary: "Inverse tangent, in radians, element by element.",
    notes: "The complex function has branch cuts on the imaginary axis beyond -1j and 1j. Float16 is \
            computed in float32 and rounded once.",
    parameters: &[("x", "Tangent.")],
    returns: &[("y", "Angles in radians, in [-pi/2, pi/2].")],
    special: &[("inf", "pi/2"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.arctan([0, 1]).compute()\n\
              array([0.        , 0.78539816])",
    ..UNARY
};

pub(super) const ARCTAN2: UfuncRow = UfuncRow {
    name: "arctan2",
    aliases: &["atan2"],
    types: Types::Same("efd"),
    max_ulp: 1,
    lower: |b, _, x| b.math(MathFn::Arctan2, x),
    summary: "Angle of the point ``(x2, x1)`` from the positive first axis, in radians, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    parameters: &[("x1", "Second coordinate (y)."), ("x2", "First coordinate (x).")],
    returns: &[("y", "Angles in radians, in [-pi, pi].")],
    special: &[
        ("0.0, 0.0", "0.0"),
        ("0.0, -0.0", "pi"),
        ("-0.0, -0.0", "-pi"),
        ("inf, inf", "pi/4"),
        ("inf, -inf", "3*pi/4"),
    ],
    example: "\
              >>> lz.arctan2([1, -1], [1, -1]).compute()\n\
              array([ 0.78539816, -2.35619449])",
    ..UfuncRow::BINARY
};

pub(super) const HYPOT: UfuncRow = UfuncRow {
    name: "hypot",
    faults: FaultRule::INFINITE,
    types: Types::Same("efd"),
    identity: Identity::Zero,
    laws: Laws::COMMUTATIVE,
    max_ulp: 1,
    lower: |b, _, x| b.math(MathFn::Hypot, x),
    summary: "Hypotenuse of a right triangle with these legs, element by element.",
    notes: "``sqrt(x1**2 + x2**2)`` without overflow in between.",
    parameters: &[("x1", "Leg."), ("x2", "Leg.")],
    returns: &[("y", "The lengths.")],
    special: &[("inf, nan", "inf")],
    example: "\
              >>> lz.hypot([3, 5], [4, 12]).compute()\n\
              array([ 5., 13.])",
    ..UfuncRow::BINARY
};

pub(super) const SINH: UfuncRow = UfuncRow {
    name: "sinh",
    faults: FaultRule::INFINITE,
    lower: |b, _, x| b.math(MathFn::Sinh, x),
    summary: "Hyperbolic sine, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    returns: &[("y", "The hyperbolic sines.")],
    special: &[("inf", "inf"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.sinh([0, 1]).compute()\n\
              array([0.        , 1.17520119])",
    ..UNARY
};

pub(super) const COSH: UfuncRow = UfuncRow {
    name: "cosh",
    faults: FaultRule::INFINITE,
    lower: |b, _, x| b.math(MathFn::Cosh, x),
    summary: "Hyperbolic cosine, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    returns: &[("y", "The hyperbolic cosines.")],
    special: &[("-inf", "inf")],
    example: "\
              >>> lz.cosh([0, 1]).compute()\n\
              array([1.        , 1.54308063])",
    ..UNARY
};

pub(super) const TANH: UfuncRow = UfuncRow {
    name: "tanh",
    faults: FaultRule::INFINITE,
    lower: |b, _, x| b.math(MathFn::Tanh, x),
    summary: "Hyperbolic tangent, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    returns: &[("y", "The hyperbolic tangents.")],
    special: &[("inf", "1.0"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.tanh([0, 1]).compute()\n\
              array([0.        , 0.76159416])",
    ..UNARY
};

pub(super) const ARCSINH: UfuncRow = UfuncRow {
    name: "arcsinh",
    aliases: &["asinh"],
    faults: FaultRule::INVALID,
    lower: |b, _, x| b.math(MathFn::Arcsinh, x),
    summary: "Inverse hyperbolic sine, element by element.",
    notes: "The complex function has branch cuts on the imaginary axis beyond -1j and 1j. Float16 is \
            computed in float32 and rounded once.",
    returns: &[("y", "The inverse hyperbolic sines.")],
    special: &[("-inf", "-inf"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.arcsinh([0, 1]).compute()\n\
              array([0.        , 0.88137359])",
    ..UNARY
};

pub(super) const ARCCOSH: UfuncRow = UfuncRow {
    name: "arccosh",
    aliases: &["acosh"],
    faults: FaultRule::INVALID,
    lower: |b, _, x| b.math(MathFn::Arccosh, x),
    summary: "Inverse hyperbolic cosine that is not negative, element by element.",
    notes: "The complex function has its branch cut on the real axis below 1. Float16 is computed in float32 \
            and rounded once.",
    returns: &[("y", "The inverse hyperbolic cosines.")],
    special: &[("x < 1", "nan, with a warning"), ("inf", "inf")],
    example: "\
              >>> lz.arccosh([1, 2]).compute()\n\
              array([0.       , 1.3169579])",
    ..UNARY
};

pub(super) const ARCTANH: UfuncRow = UfuncRow {
    name: "arctanh",
    aliases: &["atanh"],
    faults: FaultRule::pole(Pole::Ones),
    lower: |b, _, x| b.math(MathFn::Arctanh, x),
    summary: "Inverse hyperbolic tangent, element by element.",
    notes: "The complex function has branch cuts on the real axis beyond -1 and 1. Float16 is computed in \
            float32 and rounded once.",
    returns: &[("y", "The inverse hyperbolic tangents.")],
    special: &[("1.0", "inf, with a warning"), ("abs(x) > 1", "nan, with a warning"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.arctanh([0, 0.5]).compute()\n\
              array([0.        , 0.54930614])",
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
    faults: FaultRule::PRODUCT,
    types: Types::Same("efd"),
    lower: |b, _, x| scaled(b, x[0], PI_F32 / 180.0, PI / 180.0),
    summary: "Convert angles from degrees to radians, element by element.",
    notes: "``x * (pi / 180)``, the factor computed in the result's type.",
    parameters: &[("x", "Angle, in degrees.")],
    returns: &[("y", "Angles in radians.")],
    special: &[("inf", "inf")],
    example: "\
              >>> lz.deg2rad([0, 90, 180]).compute()\n\
              array([0.        , 1.57079633, 3.14159265])",
    ..UfuncRow::BASE
};

pub(super) const RADIANS: UfuncRow = UfuncRow {
    name: "radians",
    faults: FaultRule::PRODUCT,
    notes: "The same as ``deg2rad``.",
    parameters: &[("x", "Angle, in degrees.")],
    returns: &[("y", "Angles in radians.")],
    special: &[("inf", "inf")],
    example: "\
              >>> lz.radians([0, 90, 180]).compute()\n\
              array([0.        , 1.57079633, 3.14159265])",
    ..DEG2RAD
};

pub(super) const RAD2DEG: UfuncRow = UfuncRow {
    name: "rad2deg",
    faults: FaultRule::INFINITE,
    types: Types::Same("efd"),
    lower: |b, _, x| scaled(b, x[0], 180.0 / PI_F32, 180.0 / PI),
    summary: "Convert angles from radians to degrees, element by element.",
    notes: "``x * (180 / pi)``, the factor computed in the result's type.",
    parameters: &[("x", "Angle, in radians.")],
    returns: &[("y", "Angles in degrees.")],
    special: &[("inf", "inf")],
    example: "\
              >>> lz.rad2deg([0, lz.pi / 2]).compute()\n\
              array([ 0., 90.])",
    ..UfuncRow::BASE
};

pub(super) const DEGREES: UfuncRow = UfuncRow {
    name: "degrees",
    faults: FaultRule::INFINITE,
    notes: "The same as ``rad2deg``.",
    parameters: &[("x", "Angle, in radians.")],
    returns: &[("y", "Angles in degrees.")],
    special: &[("inf", "inf")],
    example: "\
              >>> lz.degrees([0, lz.pi / 2]).compute()\n\
              array([ 0., 90.])",
    ..RAD2DEG
};
