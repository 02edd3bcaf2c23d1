//! Rows: arithmetic.

use super::lower::{is_inf, is_nan, one, parts, select, zero};
use super::row::{Dispatch, Identity, Laws, Types, UfuncRow};
use crate::dtype::{DType, Kind, Scalar};
use crate::ops::expr::{Body, Op, ValueId};
use crate::ops::fault::{FaultRule, IntegerFault, Pole, Small};
use crate::ops::prim::{MathFn, Prim};

pub(super) const ADD: UfuncRow = UfuncRow {
    name: "add",
    faults: FaultRule::INFINITE,
    types: Types::Same("?bBhHiIlLefdFD"),
    dispatch: Dispatch::Uniform,
    identity: Identity::Zero,
    laws: Laws::COMMUTATIVE.and(Laws::INTEGER_ASSOCIATIVE),
    lower: |b, _, x| b.prim(Prim::Add, x),
    summary: "Add, element by element.",
    notes: "Integers wrap; of bools the sum is logical or.",
    parameters: &[("x1", "Summand."), ("x2", "Summand.")],
    returns: &[("y", "The sums.")],
    special: &[("inf, -inf", "nan"), ("-0.0, 0.0", "0.0")],
    example: "\
              >>> lz.add([1, 2], 3).compute()\n\
              array([4, 5])",
    ..UfuncRow::BINARY
};

pub(super) const SUBTRACT: UfuncRow = UfuncRow {
    name: "subtract",
    faults: FaultRule::INFINITE,
    types: Types::Same("bBhHiIlLefdFD"),
    dispatch: Dispatch::UniformNotBool,
    lower: |b, _, x| b.prim(Prim::Sub, x),
    summary: "Subtract the second operand from the first, element by element.",
    notes: "Integers wrap. Two bools are refused: ``logical_xor`` is meant.",
    parameters: &[("x1", "What is subtracted from."), ("x2", "What is subtracted.")],
    returns: &[("y", "The differences.")],
    special: &[("inf, inf", "nan")],
    example: "\
              >>> lz.subtract([1, 2], 3).compute()\n\
              array([-2, -1])",
    ..UfuncRow::BINARY
};

pub(super) const MULTIPLY: UfuncRow = UfuncRow {
    name: "multiply",
    faults: FaultRule::PRODUCT,
    types: Types::Same("?bBhHiIlLefdFD"),
    dispatch: Dispatch::Uniform,
    identity: Identity::One,
    laws: Laws::COMMUTATIVE.and(Laws::INTEGER_ASSOCIATIVE),
    lower: |b, _, x| b.prim(Prim::Mul, x),
    summary: "Multiply, element by element.",
    notes: "Integers wrap; of bools the product is logical and.",
    parameters: &[("x1", "Factor."), ("x2", "Factor.")],
    returns: &[("y", "The products.")],
    special: &[("0.0, inf", "nan")],
    example: "\
              >>> lz.multiply([1, 2], 3).compute()\n\
              array([3, 6])",
    ..UfuncRow::BINARY
};

pub(super) const DIVIDE: UfuncRow = UfuncRow {
    name: "divide",
    aliases: &["true_divide"],
    faults: FaultRule::pole(Pole::ZeroDivisor).small(Small::FirstNonzero),
    types: Types::Same("efdFD"),
    dispatch: Dispatch::Divide,
    lower: |b, _, x| b.prim(Prim::Div, x),
    summary: "Divide the first operand by the second, element by element.",
    notes: "Integers and bools divide as float64. Complex numbers divide by Smith's algorithm (R. L. Smith, \
            *Algorithm 116: Complex division*, CACM 5, 1962).",
    parameters: &[("x1", "Dividend."), ("x2", "Divisor.")],
    returns: &[("y", "The quotients.")],
    special: &[("x, 0.0", "inf or -inf by the signs, with a warning"), ("0.0, 0.0", "nan"), ("inf, inf", "nan")],
    example: "\
              >>> lz.divide([1, 2], 4).compute()\n\
              array([0.25, 0.5 ])",
    ..UfuncRow::BINARY
};

pub(super) const FLOOR_DIVIDE: UfuncRow = UfuncRow {
    name: "floor_divide",
    faults: FaultRule::pole(Pole::ZeroDivisor).integer(IntegerFault::Quotient),
    types: Types::Same("bBhHiIlLefd"),
    lower: |b, _, x| b.prim(Prim::FloorDiv, x),
    summary: "Divide and round toward negative infinity, element by element.",
    notes: "Integers: 0 and a warning for a zero divisor; the smallest integer over -1 wraps. Floats: as \
            Python's ``//``, from the exact remainder, so that ``x1 == x2 * floor_divide(x1, x2) + \
            remainder(x1, x2)`` up to rounding.",
    parameters: &[("x1", "Dividend."), ("x2", "Divisor.")],
    returns: &[("y", "The whole quotients.")],
    special: &[("x, 0.0", "inf or -inf by the signs"), ("0.0, 0.0", "nan"), ("inf, y", "nan")],
    example: "\
              >>> lz.floor_divide([7, -7], 2).compute()\n\
              array([ 3, -4])",
    ..UfuncRow::BINARY
};

pub(super) const REMAINDER: UfuncRow = UfuncRow {
    name: "remainder",
    aliases: &["mod"],
    faults: FaultRule::INVALID.integer(IntegerFault::Division),
    types: Types::Same("bBhHiIlLefd"),
    lower: |b, _, x| b.prim(Prim::Rem, x),
    summary: "Remainder of floor division, element by element: it has the sign of the divisor.",
    notes: "Complement of ``floor_divide``; ``fmod`` has the sign of the dividend instead. Integers: 0 and a \
            warning for a zero divisor. A zero remainder of floats has the divisor's sign.",
    parameters: &[("x1", "Dividend."), ("x2", "Divisor.")],
    returns: &[("y", "The remainders.")],
    special: &[("x, 0.0", "nan"), ("inf, y", "nan"), ("x, inf", "x, or inf where the signs differ")],
    example: "\
              >>> lz.remainder([7, -7], 3).compute()\n\
              array([1, 2])",
    ..UfuncRow::BINARY
};

pub(super) const FMOD: UfuncRow = UfuncRow {
    name: "fmod",
    faults: FaultRule::INVALID.integer(IntegerFault::Division),
    types: Types::Same("bBhHiIlLefd"),
    lower: |b, _, x| b.prim(Prim::Fmod, x),
    summary: "Remainder of division rounded toward zero, element by element: it has the sign of the dividend.",
    notes: "As C's ``fmod`` and ``%``; the remainder is exact. Integers: 0 and a warning for a zero divisor.",
    parameters: &[("x1", "Dividend."), ("x2", "Divisor.")],
    returns: &[("y", "The remainders.")],
    special: &[("x, 0.0", "nan"), ("inf, y", "nan"), ("x, inf", "x")],
    example: "\
              >>> lz.fmod([7, -7], 3).compute()\n\
              array([ 1, -1])",
    ..UfuncRow::BINARY
};

pub(super) const DIVMOD: UfuncRow = UfuncRow {
    name: "divmod",
    faults: FaultRule::pole(Pole::ZeroDivisor).integer(IntegerFault::Quotient),
    nout: 2,
    types: Types::Same("bBhHiIlLefd"),
    lower: |b, out, x| b.prim(if out == 0 { Prim::FloorDiv } else { Prim::Rem }, x),
    summary: "Quotient and remainder of floor division at once, element by element.",
    parameters: &[("x1", "Dividend."), ("x2", "Divisor.")],
    returns: &[("quotient", "``floor_divide(x1, x2)``."), ("remainder", "``remainder(x1, x2)``.")],
    example: "\
              >>> q, r = lz.divmod([7, -7], 3)\n\
              >>> q.compute()\n\
              array([ 2, -3])\n\
              >>> r.compute()\n\
              array([1, 2])",
    ..UfuncRow::BINARY
};

/// Powers, of which a third or fourth of real numbers is a product.
fn inexact_power(b: &mut Body, x: &[ValueId]) -> ValueId {
    let exponent = match b.inst(x[1]).op {
        Op::Const(e) if e.dtype().is_float() => e.to_f64(),
        _ => f64::NAN,
    };
    match exponent {
        3.0 => b.math(MathFn::Cube, &x[..1]),
        4.0 => b.math(MathFn::Fourth, &x[..1]),
        _ => b.math(MathFn::Pow, x),
    }
}

pub(super) const POWER: UfuncRow = UfuncRow {
    name: "power",
    aliases: &["pow"],
    faults: FaultRule::pole(Pole::ZeroBase).small(Small::FirstNonzero).hushing_underflow(),
    types: Types::Same("bBhHiIlLefdFD"),
    max_ulp: 1,
    lower: |b, _, x| if b.dtype(x[0]).is_inexact() { inexact_power(b, x) } else { b.prim(Prim::IntPow, x) },
    summary: "Raise the first operand to the power of the second, element by element.",
    notes: "Integers wrap; a negative exponent of an integer raises ``ValueError`` when it is met, \"Integers \
            to negative integer powers are not allowed.\" For floats and one exponent, -1, 0.5, 1 and 2 are \
            ``reciprocal``, ``sqrt``, ``positive`` and ``square``; 3 and 4 are products, rounded once.",
    parameters: &[("x1", "Base."), ("x2", "Exponent.")],
    returns: &[("y", "The powers.")],
    special: &[
        ("x, 0", "1, of nan too"),
        ("1, y", "1, of nan too"),
        ("x < 0, y not whole", "nan"),
        ("0.0, y < 0", "inf"),
    ],
    example: "\
              >>> lz.power([1, 2, 3], 2).compute()\n\
              array([1, 4, 9])\n\
              >>> lz.power(2.0, [-1, 0.5]).compute()\n\
              array([0.5       , 1.41421356])",
    ..UfuncRow::BINARY
};

pub(super) const FLOAT_POWER: UfuncRow = UfuncRow {
    name: "float_power",
    faults: FaultRule::pole(Pole::ZeroBase).small(Small::FirstNonzero).hushing_underflow(),
    types: Types::Same("dD"),
    max_ulp: 1,
    lower: |b, _, x| inexact_power(b, x),
    summary: "Raise the first operand to the power of the second in float64 or complex128, element by element.",
    notes: "Integers become float64, so that negative exponents are allowed; float16 and float32 become \
            float64 too.",
    parameters: &[("x1", "Base."), ("x2", "Exponent.")],
    returns: &[("y", "The powers.")],
    special: &[("x, 0", "1"), ("x < 0, y not whole", "nan")],
    example: "\
              >>> lz.float_power([1, 2, 4], -1).compute()\n\
              array([1.  , 0.5 , 0.25])",
    ..UfuncRow::BINARY
};

pub(super) const SQUARE: UfuncRow = UfuncRow {
    name: "square",
    faults: FaultRule::PRODUCT,
    types: Types::Same("bBhHiIlLefdFD"),
    lower: |b, _, x| b.prim(Prim::Mul, &[x[0], x[0]]),
    summary: "Square, element by element.",
    notes: "``x * x``, bit by bit; integers wrap.",
    returns: &[("y", "The squares.")],
    example: "\
              >>> lz.square([1, 2, -3]).compute()\n\
              array([1, 4, 9])",
    ..UfuncRow::BASE
};

pub(super) const SQRT: UfuncRow = UfuncRow {
    name: "sqrt",
    faults: FaultRule::INVALID,
    types: Types::Same("efdFD"),
    lower: |b, _, x| b.prim(Prim::Sqrt, x),
    summary: "Square root that is not negative, element by element.",
    notes: "Of complex numbers the root with real part not negative; the branch cut is the negative real \
            axis, continuous from above for an imaginary part of 0.0 and from below for -0.0.",
    returns: &[("y", "The roots, correctly rounded.")],
    special: &[("x < 0", "nan, with a warning"), ("-0.0", "-0.0"), ("inf", "inf")],
    example: "\
              >>> lz.sqrt([1, 4, 9]).compute()\n\
              array([1., 2., 3.])",
    ..UfuncRow::BASE
};

pub(super) const CBRT: UfuncRow = UfuncRow {
    name: "cbrt",
    types: Types::Same("efd"),
    max_ulp: 1,
    lower: |b, _, x| b.math(MathFn::Cbrt, x),
    summary: "Cube root, element by element.",
    notes: "Float16 is computed in float32 and rounded once.",
    returns: &[("y", "The roots, with the operand's sign.")],
    special: &[("-0.0", "-0.0"), ("-inf", "-inf")],
    example: "\
              >>> lz.cbrt([1, -8, 27]).compute()\n\
              array([ 1., -2.,  3.])",
    ..UfuncRow::BASE
};

pub(super) const RECIPROCAL: UfuncRow = UfuncRow {
    name: "reciprocal",
    faults: FaultRule::pole(Pole::Zero).small(Small::Always).integer(IntegerFault::Reciprocal),
    types: Types::Same("bBhHiIlLefdFD"),
    lower: |b, _, x| reciprocal(b, x[0]),
    summary: "One over the operand, element by element.",
    notes: "Integers: the quotient rounded toward zero, so 0 but for 1 and -1. Of integer zero NumPy's \
            result depends on the machine; here it is that of x86, the smallest int32 or int64 and 0 of \
            other types.",
    returns: &[("y", "The reciprocals.")],
    special: &[("0.0", "inf, with a warning"), ("-0.0", "-inf, with a warning"), ("inf", "0.0")],
    example: "\
              >>> lz.reciprocal([2.0, -4.0]).compute()\n\
              array([ 0.5 , -0.25])\n\
              >>> lz.reciprocal([1, -1, 2]).compute()\n\
              array([ 1, -1,  0])",
    ..UfuncRow::BASE
};

fn reciprocal(b: &mut Body, x: ValueId) -> ValueId {
    let t = b.dtype(x);
    match t.kind() {
        Kind::Float => {
            let one = one(b, x);
            b.prim(Prim::Div, &[one, x])
        }
        Kind::Bool | Kind::Unsigned | Kind::Signed => {
            // C's quotient 1/x is x for 1 and -1, and 0 beyond them. For 0, NumPy converts the infinity of float64: on x86 that is
            // the smallest int32 or int64, and 0 in the other types.
            let (zero, one) = (zero(b, x), one(b, x));
            let is_one = b.prim(Prim::Eq, &[x, one]);
            if t.kind() != Kind::Signed {
                return select(b, is_one, one, zero);
            }
            let minus_one = b.int(-1, t);
            let is_minus_one = b.prim(Prim::Eq, &[x, minus_one]);
            let unit = b.prim(Prim::Or, &[is_one, is_minus_one]);
            let of_zero = match (t, t.integer_range()) {
                (DType::I32 | DType::I64, Some((smallest, _))) => b.int(smallest, t),
                _ => return select(b, unit, x, zero),
            };
            let is_zero = b.prim(Prim::Eq, &[x, zero]);
            let beyond = select(b, is_zero, of_zero, zero);
            select(b, unit, x, beyond)
        }
        Kind::Complex => {
            // Smith's algorithm with numerator 1: divide by the larger part.
            let (re, im) = parts(b, x);
            let (re_size, im_size) = (b.prim(Prim::Abs, &[re]), b.prim(Prim::Abs, &[im]));
            let re_larger = b.prim(Prim::Le, &[im_size, re_size]);
            let larger = select(b, re_larger, re, im);
            let smaller = select(b, re_larger, im, re);
            let ratio = b.prim(Prim::Div, &[smaller, larger]);
            let scaled = b.prim(Prim::Mul, &[smaller, ratio]);
            let denominator = b.prim(Prim::Add, &[larger, scaled]);
            let one = one(b, re);
            let top_re = select(b, re_larger, one, ratio);
            let top_im = select(b, re_larger, ratio, one);
            let top_im = b.prim(Prim::Neg, &[top_im]);
            let out_re = b.prim(Prim::Div, &[top_re, denominator]);
            let out_im = b.prim(Prim::Div, &[top_im, denominator]);
            b.prim(Prim::MakeComplex, &[out_re, out_im])
        }
    }
}

pub(super) const NEGATIVE: UfuncRow = UfuncRow {
    name: "negative",
    types: Types::Same("bBhHiIlLefdFD"),
    dispatch: Dispatch::UniformNotBool,
    laws: Laws::INVOLUTION,
    lower: |b, _, x| b.prim(Prim::Neg, x),
    summary: "Negate, element by element.",
    notes: "Integers wrap, so unsigned ones are subtracted from 2**bits. Bools are refused: ``logical_not`` \
            is meant.",
    returns: &[("y", "The negated values.")],
    special: &[("0.0", "-0.0")],
    example: "\
              >>> lz.negative([1, -2]).compute()\n\
              array([-1,  2])",
    ..UfuncRow::BASE
};

pub(super) const POSITIVE: UfuncRow = UfuncRow {
    name: "positive",
    types: Types::Same("bBhHiIlLefdFD"),
    dispatch: Dispatch::Uniform,
    laws: Laws::INVOLUTION.and(Laws::PROJECTION).and(Laws::INTEGER_IDENTITY),
    native_f16: true,
    lower: |_, _, x| x[0],
    summary: "The operand itself, element by element.",
    notes: "Bools are refused.",
    returns: &[("y", "The operand.")],
    example: "\
              >>> lz.positive([1, -2]).compute()\n\
              array([ 1, -2])",
    ..UfuncRow::BASE
};

pub(super) const ABSOLUTE: UfuncRow = UfuncRow {
    name: "absolute",
    aliases: &["abs"],
    types: Types::ToReal("?bBhHiIlLefdFD"),
    laws: Laws::PROJECTION,
    lower: |b, _, x| match b.dtype(x[0]).kind() {
        Kind::Bool | Kind::Unsigned => x[0],
        Kind::Signed | Kind::Float | Kind::Complex => b.prim(Prim::Abs, x),
    },
    summary: "Magnitude, element by element.",
    notes: "The smallest signed integer is its own magnitude. Of complex numbers ``sqrt(re**2 + im**2)`` \
            without overflow in between.",
    returns: &[("y", "The magnitudes; of complex numbers real.")],
    special: &[("-0.0", "0.0"), ("inf + nan*j", "inf")],
    example: "\
              >>> lz.absolute([-1, 2]).compute()\n\
              array([1, 2])\n\
              >>> lz.absolute([3 - 4j]).compute()\n\
              array([5.])",
    ..UfuncRow::BASE
};

pub(super) const FABS: UfuncRow = UfuncRow {
    name: "fabs",
    types: Types::Same("efd"),
    laws: Laws::PROJECTION,
    lower: |b, _, x| b.prim(Prim::Abs, x),
    summary: "Magnitude as a float, element by element.",
    notes: "As ``absolute``, but integers become floats and complex numbers are refused.",
    returns: &[("y", "The magnitudes.")],
    special: &[("-0.0", "0.0")],
    example: "\
              >>> lz.fabs([-1, 2]).compute()\n\
              array([1., 2.])",
    ..UfuncRow::BASE
};

pub(super) const SIGN: UfuncRow = UfuncRow {
    name: "sign",
    types: Types::Same("bBhHiIlLefdFD"),
    dispatch: Dispatch::Uniform,
    lower: |b, _, x| sign(b, x[0]),
    summary: "Sign, element by element: -1, 0 or 1.",
    notes: "Of complex numbers ``x / absolute(x)``, and 0 of 0.",
    returns: &[("y", "The signs.")],
    special: &[("nan", "nan"), ("-0.0", "0.0"), ("inf + 1j", "1 + 0j"), ("inf + inf*j", "nan + nan*j")],
    example: "\
              >>> lz.sign([-5.0, 0.0, 3.5]).compute()\n\
              array([-1.,  0.,  1.])\n\
              >>> lz.sign([3 - 4j]).compute()\n\
              array([0.6-0.8j])",
    ..UfuncRow::BASE
};

fn sign(b: &mut Body, x: ValueId) -> ValueId {
    let t = b.dtype(x);
    match t.kind() {
        Kind::Bool | Kind::Unsigned => {
            let (zero, one) = (zero(b, x), one(b, x));
            let nonzero = b.prim(Prim::Ne, &[x, zero]);
            select(b, nonzero, one, zero)
        }
        Kind::Signed | Kind::Float => {
            let (zero, one) = (zero(b, x), one(b, x));
            let minus_one = b.prim(Prim::Neg, &[one]);
            let (above, below) = (b.prim(Prim::Gt, &[x, zero]), b.prim(Prim::Lt, &[x, zero]));
            let rest = if t.is_float() {
                // A NaN stays itself; a zero becomes +0.
                let is_zero = b.prim(Prim::Eq, &[x, zero]);
                select(b, is_zero, zero, x)
            } else {
                zero
            };
            let not_above = select(b, below, minus_one, rest);
            select(b, above, one, not_above)
        }
        Kind::Complex => complex_sign(b, x),
    }
}

/// `x / |x|`. Where the magnitude is infinite, a part counts as 1 and the other as 0: the real part if that is infinite,
/// else the imaginary part; two infinite parts and a NaN give NaN.
fn complex_sign(b: &mut Body, x: ValueId) -> ValueId {
    let (re, im) = parts(b, x);
    let t = b.dtype(re);
    let (zero, one, nan) = (b.constant(Scalar::zero(t)), b.constant(Scalar::one(t)), b.lit(f64::NAN, t));
    let magnitude = b.math(MathFn::Hypot, &[re, im]);
    let (is_zero, is_infinite) = (b.prim(Prim::Eq, &[magnitude, zero]), is_inf(b, magnitude));
    let (re_inf, im_inf) = (is_inf(b, re), is_inf(b, im));
    let both_inf = b.prim(Prim::And, &[re_inf, im_inf]);
    let magnitude_nan = is_nan(b, magnitude);
    let is_nan = b.prim(Prim::Or, &[both_inf, magnitude_nan]);
    // Where the quotient is not used the divisor is 1, so that nothing warns.
    let unused = b.prim(Prim::Or, &[is_zero, is_infinite]);
    let divisor = select(b, unused, one, magnitude);
    let unit = |b: &mut Body, part: ValueId, limit: ValueId| {
        let quotient = b.prim(Prim::Div, &[part, divisor]);
        let unit = select(b, is_infinite, limit, quotient);
        let unit = select(b, is_zero, zero, unit);
        select(b, is_nan, nan, unit)
    };
    let (re_one, im_one) = (b.prim(Prim::Copysign, &[one, re]), b.prim(Prim::Copysign, &[one, im]));
    let (re_limit, im_limit) = (select(b, re_inf, re_one, zero), select(b, re_inf, zero, im_one));
    let (out_re, out_im) = (unit(b, re, re_limit), unit(b, im, im_limit));
    b.prim(Prim::MakeComplex, &[out_re, out_im])
}

pub(super) const HEAVISIDE: UfuncRow = UfuncRow {
    name: "heaviside",
    types: Types::Same("efd"),
    lower: |b, _, x| {
        let (x, at_zero) = (x[0], x[1]);
        let (zero, one, nan) = (zero(b, x), one(b, x), b.lit(f64::NAN, b.dtype(x)));
        let (is_zero, below, is_nan) = (b.prim(Prim::Eq, &[x, zero]), b.prim(Prim::Lt, &[x, zero]), is_nan(b, x));
        let step = select(b, below, zero, one);
        let step = select(b, is_zero, at_zero, step);
        select(b, is_nan, nan, step)
    },
    summary: "Step function, element by element: 0 below zero, the second operand at zero, 1 above.",
    parameters: &[("x1", "Operand."), ("x2", "Value at zero.")],
    returns: &[("y", "The steps.")],
    special: &[("nan, y", "nan"), ("-0.0, y", "y")],
    example: "\
              >>> lz.heaviside([-1.5, 0, 2.0], 0.5).compute()\n\
              array([0. , 0.5, 1. ])",
    ..UfuncRow::BINARY
};
