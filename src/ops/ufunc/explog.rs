//! Rows: exponentials and logarithms.

use super::lower::{is_nan, select, zero};
use super::row::{Identity, Laws, Types, UfuncRow};
use crate::dtype::DType;
use crate::ops::expr::{Body, ValueId};
use crate::ops::fault::{FaultRule, Pole};
use crate::ops::prim::{MathFn, Prim};

const UNARY: UfuncRow = UfuncRow { types: Types::Same("efdFD"), max_ulp: 1, ..UfuncRow::BASE };

pub(super) const EXP: UfuncRow = UfuncRow {
    name: "exp",
    faults: FaultRule::EXPONENTIAL,
    lower: |b, _, x| b.math(MathFn::Exp, x),
    summary: "e to the power of the operand, element by element.",
    notes: "Of complex numbers ``exp(re) * (cos(im) + 1j*sin(im))``, the imaginary part an angle in radians. \
            Float16 is computed in float32 and rounded once.",
    returns: &[("y", "The exponentials.")],
    special: &[("inf", "inf"), ("-inf", "0.0")],
    example: "\
              >>> lz.exp([0, 1, -1]).compute()\n\
              array([1.        , 2.71828183, 0.36787944])",
    ..UNARY
};

pub(super) const EXP2: UfuncRow = UfuncRow {
    name: "exp2",
    faults: FaultRule::EXPONENTIAL,
    lower: |b, _, x| b.math(MathFn::Exp2, x),
    summary: "2 to the power of the operand, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    returns: &[("y", "The powers of 2.")],
    special: &[("inf", "inf"), ("-inf", "0.0")],
    example: "\
              >>> lz.exp2([0, 3, -1]).compute()\n\
              array([1. , 8. , 0.5])",
    ..UNARY
};

pub(super) const EXPM1: UfuncRow = UfuncRow {
    name: "expm1",
    faults: FaultRule::INFINITE,
    lower: |b, _, x| b.math(MathFn::Expm1, x),
    summary: "e to the power of the operand, less one, accurate near zero, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    returns: &[("y", "``exp(x) - 1``, without its cancellation.")],
    special: &[("inf", "inf"), ("-inf", "-1.0"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.expm1([0, 1e-10]).compute()\n\
              array([0.e+00, 1.e-10])",
    ..UNARY
};

pub(super) const LOG: UfuncRow = UfuncRow {
    name: "log",
    faults: FaultRule::pole(Pole::Zero),
    lower: |b, _, x| b.math(MathFn::Log, x),
    summary: "Natural logarithm, element by element.",
    notes: "Of complex numbers the imaginary part is an angle in radians in [-pi, pi], and the branch cut is \
            the negative real axis. Float16 is computed in float32 and rounded once.",
    returns: &[("y", "The logarithms.")],
    special: &[("0.0", "-inf, with a warning"), ("x < 0", "nan, with a warning"), ("inf", "inf")],
    example: "\
              >>> lz.log([1, 10]).compute()\n\
              array([0.        , 2.30258509])",
    ..UNARY
};

pub(super) const LOG2: UfuncRow = UfuncRow {
    name: "log2",
    faults: FaultRule::pole(Pole::Zero),
    lower: |b, _, x| b.math(MathFn::Log2, x),
    summary: "Logarithm to base 2, element by element.",
    notes: "Branch cut as for ``log``. Float16 is computed in float32 and rounded once.",
    returns: &[("y", "The logarithms.")],
    special: &[("0.0", "-inf, with a warning"), ("x < 0", "nan, with a warning"), ("inf", "inf")],
    example: "\
              >>> lz.log2([1, 8, 0.5]).compute()\n\
              array([ 0.,  3., -1.])",
    ..UNARY
};

pub(super) const LOG10: UfuncRow = UfuncRow {
    name: "log10",
    faults: FaultRule::pole(Pole::Zero),
    lower: |b, _, x| b.math(MathFn::Log10, x),
    summary: "Logarithm to base 10, element by element.",
    notes: "Branch cut as for ``log``. Float16 is computed in float32 and rounded once.",
    returns: &[("y", "The logarithms.")],
    special: &[("0.0", "-inf, with a warning"), ("x < 0", "nan, with a warning"), ("inf", "inf")],
    example: "\
              >>> lz.log10([1, 1000, 0.1]).compute()\n\
              array([ 0.,  3., -1.])",
    ..UNARY
};

pub(super) const LOG1P: UfuncRow = UfuncRow {
    name: "log1p",
    faults: FaultRule::pole(Pole::MinusOne),
    lower: |b, _, x| b.math(MathFn::Log1p, x),
    summary: "Natural logarithm of one plus the operand, accurate near zero, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    returns: &[("y", "``log(1 + x)``, without its cancellation.")],
    special: &[("-1.0", "-inf, with a warning"), ("x < -1", "nan, with a warning"), ("-0.0", "-0.0")],
    example: "\
              >>> lz.log1p([0, 1e-10]).compute()\n\
              array([0.e+00, 1.e-10])",
    ..UNARY
};

pub(super) const LOGADDEXP: UfuncRow = UfuncRow {
    name: "logaddexp",
    types: Types::Same("efd"),
    identity: Identity::MinusInfinity,
    laws: Laws::COMMUTATIVE,
    max_ulp: 2,
    lower: |b, _, x| {
        log_of_sum(b, x, std::f64::consts::LN_2, |b, below| {
            let e = b.math(MathFn::Exp, &[below]);
            b.math(MathFn::Log1p, &[e])
        })
    },
    summary: "Logarithm of the sum of exponentials, ``log(exp(x1) + exp(x2))``, element by element.",
    notes: "Sums probabilities that are held as logarithms: neither exponential overflows, as only that of \
            the difference is taken, ``max(x1, x2) + log1p(exp(-abs(x1 - x2)))``.",
    parameters: &[("x1", "Logarithm."), ("x2", "Logarithm.")],
    returns: &[("y", "The logarithms of the sums.")],
    special: &[("-inf, y", "y"), ("inf, inf", "inf"), ("nan, y", "nan")],
    example: "\
              >>> lz.logaddexp([0.0, 1000.0], [0.0, 1001.0]).compute()\n\
              array([6.93147181e-01, 1.00131326e+03])",
    ..UfuncRow::BINARY
};

pub(super) const LOGADDEXP2: UfuncRow = UfuncRow {
    name: "logaddexp2",
    types: Types::Same("efd"),
    identity: Identity::MinusInfinity,
    laws: Laws::COMMUTATIVE,
    max_ulp: 2,
    lower: |b, _, x| {
        log_of_sum(b, x, 1.0, |b, below| {
            let e = b.math(MathFn::Exp2, &[below]);
            let ln = b.math(MathFn::Log1p, &[e]);
            let log2_e = match b.dtype(ln) {
                DType::F32 => b.lit(f64::from(std::f32::consts::LOG2_E), DType::F32),
                t => b.lit(std::f64::consts::LOG2_E, t),
            };
            b.prim(Prim::Mul, &[log2_e, ln])
        })
    },
    summary: "Logarithm to base 2 of the sum of powers of 2, ``log2(2**x1 + 2**x2)``, element by element.",
    notes: "As ``logaddexp``, to base 2.",
    parameters: &[("x1", "Logarithm to base 2."), ("x2", "Logarithm to base 2.")],
    returns: &[("y", "The logarithms to base 2 of the sums.")],
    special: &[("-inf, y", "y"), ("inf, inf", "inf"), ("nan, y", "nan")],
    example: "\
              >>> lz.logaddexp2([0.0, 1000.0], [0.0, 1001.0]).compute()\n\
              array([1.00000000e+00, 1.00158496e+03])",
    ..UfuncRow::BINARY
};

/// The larger operand plus `above(-|x - y|)`; equal operands, infinities among them, plus `log_two`.
fn log_of_sum(b: &mut Body, x: &[ValueId], log_two: f64, above: impl Fn(&mut Body, ValueId) -> ValueId) -> ValueId {
    let (x, y) = (x[0], x[1]);
    let zero = zero(b, x);
    let equal = b.prim(Prim::Eq, &[x, y]);
    // Equal infinities are kept out of the difference, which would warn of an invalid value.
    let (x_apart, y_apart) = (select(b, equal, zero, x), select(b, equal, zero, y));
    let difference = b.prim(Prim::Sub, &[x_apart, y_apart]);
    let magnitude = b.prim(Prim::Abs, &[difference]);
    let below = b.prim(Prim::Neg, &[magnitude]);
    let excess = above(b, below);
    let x_larger = b.prim(Prim::Gt, &[difference, zero]);
    let larger = select(b, x_larger, x, y);
    let apart = b.prim(Prim::Add, &[larger, excess]);
    let not_a_number = is_nan(b, difference);
    let apart = select(b, not_a_number, difference, apart);
    let log_two = b.lit(log_two, b.dtype(x));
    let together = b.prim(Prim::Add, &[x, log_two]);
    select(b, equal, together, apart)
}
