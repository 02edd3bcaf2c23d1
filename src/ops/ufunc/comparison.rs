//! Rows: comparison, logic, extremes and choice.

use super::lower::{is_nan, parts, select, truth};
use super::row::{Dispatch, Identity, Laws, Types, UfuncRow};
use crate::dtype::DType;
use crate::ops::expr::{Body, Op, ValueId};
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
    notes: "Integers of different types are compared exactly, int64 with uint64 too, and with Python \
            integers of any size.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The answers.")],
    special: &[("nan, nan", "False"), ("-0.0, 0.0", "True")],
    example: "\
              >>> lz.equal([1, 2, 3], 2).compute()\n\
              array([False,  True, False])",
    ..COMPARE
};

pub(super) const NOT_EQUAL: UfuncRow = UfuncRow {
    name: "not_equal",
    laws: Laws::COMMUTATIVE,
    lower: |b, _, x| compare(b, Prim::Ne, x),
    summary: "True where the operands differ, element by element.",
    notes: "Integers of different types are compared exactly, int64 with uint64 too, and with Python \
            integers of any size.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The answers.")],
    special: &[("nan, nan", "True"), ("-0.0, 0.0", "False")],
    example: "\
              >>> lz.not_equal([1, 2, 3], 2).compute()\n\
              array([ True, False,  True])",
    ..COMPARE
};

pub(super) const LESS: UfuncRow = UfuncRow {
    name: "less",
    lower: |b, _, x| compare(b, Prim::Lt, x),
    summary: "True where the first operand is below the second, element by element.",
    notes: "Integers of different types are compared exactly, int64 with uint64 too, and with Python \
            integers of any size. Complex numbers are ordered by real, then by imaginary part.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The answers.")],
    special: &[("nan, y", "False"), ("x, nan", "False")],
    example: "\
              >>> lz.less([1, 2, 3], 2).compute()\n\
              array([ True, False, False])",
    ..COMPARE
};

pub(super) const LESS_EQUAL: UfuncRow = UfuncRow {
    name: "less_equal",
    lower: |b, _, x| compare(b, Prim::Le, x),
    summary: "True where the first operand is not above the second, element by element.",
    notes: "Integers of different types are compared exactly, int64 with uint64 too, and with Python \
            integers of any size. Complex numbers are ordered by real, then by imaginary part.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The answers.")],
    special: &[("nan, y", "False"), ("x, nan", "False")],
    example: "\
              >>> lz.less_equal([1, 2, 3], 2).compute()\n\
              array([ True,  True, False])",
    ..COMPARE
};

pub(super) const GREATER: UfuncRow = UfuncRow {
    name: "greater",
    lower: |b, _, x| compare(b, Prim::Gt, x),
    summary: "True where the first operand is above the second, element by element.",
    notes: "Integers of different types are compared exactly, int64 with uint64 too, and with Python \
            integers of any size. Complex numbers are ordered by real, then by imaginary part.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The answers.")],
    special: &[("nan, y", "False"), ("x, nan", "False")],
    example: "\
              >>> lz.greater([1, 2, 3], 2).compute()\n\
              array([False, False,  True])",
    ..COMPARE
};

pub(super) const GREATER_EQUAL: UfuncRow = UfuncRow {
    name: "greater_equal",
    lower: |b, _, x| compare(b, Prim::Ge, x),
    summary: "True where the first operand is not below the second, element by element.",
    notes: "Integers of different types are compared exactly, int64 with uint64 too, and with Python \
            integers of any size. Complex numbers are ordered by real, then by imaginary part.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The answers.")],
    special: &[("nan, y", "False"), ("x, nan", "False")],
    example: "\
              >>> lz.greater_equal([1, 2, 3], 2).compute()\n\
              array([False,  True,  True])",
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
    notes: "Zero is false, everything else true, nan too. Each operand is converted by itself.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The answers.")],
    example: "\
              >>> lz.logical_and([0, 0, 2, 2], [0, 3, 0, 3]).compute()\n\
              array([False, False, False,  True])",
    ..LOGIC
};

pub(super) const LOGICAL_OR: UfuncRow = UfuncRow {
    name: "logical_or",
    identity: Identity::Zero,
    lower: |b, _, x| logic(b, Prim::Or, x),
    summary: "True where either operand is true, element by element.",
    notes: "Zero is false, everything else true, nan too. Each operand is converted by itself.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The answers.")],
    example: "\
              >>> lz.logical_or([0, 0, 2, 2], [0, 3, 0, 3]).compute()\n\
              array([False,  True,  True,  True])",
    ..LOGIC
};

pub(super) const LOGICAL_XOR: UfuncRow = UfuncRow {
    name: "logical_xor",
    identity: Identity::Zero,
    lower: |b, _, x| logic(b, Prim::Xor, x),
    summary: "True where one operand only is true, element by element.",
    notes: "Zero is false, everything else true, nan too. Each operand is converted by itself.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The answers.")],
    example: "\
              >>> lz.logical_xor([0, 0, 2, 2], [0, 3, 0, 3]).compute()\n\
              array([False,  True,  True, False])",
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
    notes: "Zero is false, everything else true, nan too.",
    returns: &[("y", "The answers.")],
    example: "\
              >>> lz.logical_not([0, 2]).compute()\n\
              array([ True, False])",
    ..UfuncRow::BASE
};

const EXTREME: UfuncRow = UfuncRow {
    types: Types::Same("?bBhHiIlLefdFD"),
    dispatch: Dispatch::Uniform,
    identity: Identity::Reorderable,
    native_f16: true,
    laws: Laws::INTEGER_COMMUTATIVE.and(Laws::INTEGER_ASSOCIATIVE).and(Laws::SAME),
    ..UfuncRow::BINARY
};

/// An extreme. NumPy's float16 loops keep the first of equal zeros, where its loops of the wider floats keep the second.
fn extreme(b: &mut Body, p: Prim, x: &[ValueId]) -> ValueId {
    let (first, second) = (x[0], x[1]);
    if b.dtype(first) != DType::F16 {
        return b.prim(p, x);
    }
    let (order, dominant) = match p {
        Prim::Maximum => (Prim::Ge, first),
        Prim::Minimum => (Prim::Le, first),
        Prim::Fmax => (Prim::Ge, second),
        _ => (Prim::Le, second),
    };
    let ordered = b.prim(order, &[first, second]);
    let not_a_number = is_nan(b, dominant);
    let take_first = b.prim(Prim::Or, &[ordered, not_a_number]);
    select(b, take_first, first, second)
}

pub(super) const MAXIMUM: UfuncRow = UfuncRow {
    name: "maximum",
    lower: |b, _, x| extreme(b, Prim::Maximum, x),
    summary: "The larger operand, element by element; NaN if either is.",
    notes: "Complex numbers are ordered by real, then by imaginary part.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The larger values.")],
    special: &[("nan, y", "nan"), ("x, nan", "nan")],
    example: "\
              >>> lz.maximum([1, 5], 3).compute()\n\
              array([3, 5])",
    ..EXTREME
};

pub(super) const MINIMUM: UfuncRow = UfuncRow {
    name: "minimum",
    lower: |b, _, x| extreme(b, Prim::Minimum, x),
    summary: "The smaller operand, element by element; NaN if either is.",
    notes: "Complex numbers are ordered by real, then by imaginary part.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The smaller values.")],
    special: &[("nan, y", "nan"), ("x, nan", "nan")],
    example: "\
              >>> lz.minimum([1, 5], 3).compute()\n\
              array([1, 3])",
    ..EXTREME
};

pub(super) const FMAX: UfuncRow = UfuncRow {
    name: "fmax",
    lower: |b, _, x| extreme(b, Prim::Fmax, x),
    summary: "The larger operand, element by element; a NaN is ignored.",
    notes: "Complex numbers are ordered by real, then by imaginary part.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The larger values.")],
    special: &[("nan, y", "y"), ("x, nan", "x"), ("nan, nan", "nan")],
    example: "\
              >>> lz.fmax([1, lz.nan], 3).compute()\n\
              array([3., 3.])",
    ..EXTREME
};

pub(super) const FMIN: UfuncRow = UfuncRow {
    name: "fmin",
    lower: |b, _, x| extreme(b, Prim::Fmin, x),
    summary: "The smaller operand, element by element; a NaN is ignored.",
    notes: "Complex numbers are ordered by real, then by imaginary part.",
    parameters: &[("x1", "Operand."), ("x2", "Operand.")],
    returns: &[("y", "The smaller values.")],
    special: &[("nan, y", "y"), ("x, nan", "x"), ("nan, nan", "nan")],
    example: "\
              >>> lz.fmin([1, lz.nan], 3).compute()\n\
              array([1., 3.])",
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
    notes: "Both operands are computed; none is skipped.",
    parameters: &[
        ("condition", "What chooses: true where not zero."),
        ("x", "Taken where true."),
        ("y", "Taken where false."),
    ],
    returns: &[("y", "The chosen values.")],
    example: "\
              >>> lz.where([True, False], 1, [10, 20]).compute()\n\
              array([ 1, 20])",
    ..UfuncRow::BASE
};

pub(super) const CLIP: UfuncRow = UfuncRow {
    name: "clip",
    nin: 3,
    is_ufunc: false,
    types: Types::Same("?bBhHiIlLefdFD"),
    dispatch: Dispatch::Uniform,
    identity: Identity::Reorderable,
    native_f16: true,
    lower: |b, _, x| clip(b, x[0], x[1], x[2]),
    summary: "The operand moved into an interval, element by element.",
    notes: "``minimum(maximum(a, a_min), a_max)``: where the bounds cross, the upper wins. Where zeros \
            of both signs meet, the operand's own stays if the bounds are scalars, Python's or NumPy's, else the bound's.",
    parameters: &[("a", "Operand."), ("a_min", "Lower bound."), ("a_max", "Upper bound.")],
    returns: &[("y", "The clipped values.")],
    special: &[("nan, y, z", "nan"), ("x, nan, z", "nan"), ("x, y, nan", "nan")],
    example: "\
              >>> lz.clip([1, 5, 9], 3, 7).compute()\n\
              array([3, 5, 7])",
    ..UfuncRow::BASE
};

/// The operand raised to the lower bound, then lowered to the upper: where the bounds cross, the upper wins.
///
/// NumPy has three ways for floats, which differ in the zero that stays where zeros of both signs meet, and are all here:
/// constant bounds and float16 keep the operand's own, other bounds put theirs. Of a NaN among constant bounds, float16 alone keeps the operand's.
fn clip(b: &mut Body, x: ValueId, low: ValueId, high: ValueId) -> ValueId {
    let t = b.dtype(x);
    if t.is_complex() {
        let raised = complex_bound(b, Prim::Gt, x, low);
        return complex_bound(b, Prim::Lt, raised, high);
    }
    if !t.is_float() {
        let raised = b.prim(Prim::Maximum, &[x, low]);
        return b.prim(Prim::Minimum, &[raised, high]);
    }
    if let (Some(low_value), Some(high_value)) = (constant(b, low), constant(b, high)) {
        let first_nan = [(low, low_value), (high, high_value)].into_iter().find(|(_, value)| value.is_nan());
        match (first_nan, t) {
            (None, DType::F16) => {
                let is_below = b.prim(Prim::Lt, &[x, low]);
                let raised = select(b, is_below, low, x);
                let is_above = b.prim(Prim::Gt, &[raised, high]);
                return select(b, is_above, high, raised);
            }
            (None, _) => {
                let raised = b.prim(Prim::Maximum, &[low, x]);
                return b.prim(Prim::Minimum, &[high, raised]);
            }
            // The general way keeps the operand's.
            (Some(_), DType::F16) => {}
            (Some((nan, _)), _) => return nan,
        }
    }
    let (above, below) = if t == DType::F16 { (Prim::Ge, Prim::Le) } else { (Prim::Gt, Prim::Lt) };
    let raised = bound(b, above, x, low);
    bound(b, below, raised, high)
}

/// The value of a constant, through casts.
fn constant(b: &Body, mut v: ValueId) -> Option<f64> {
    loop {
        let inst = b.inst(v);
        match inst.op {
            Op::Const(value) => return Some(value.to_f64()),
            Op::Cast => v = inst.args()[0],
            Op::Load(_) | Op::Prim(_) | Op::Math(_) | Op::Table(_) => return None,
        }
    }
}

/// `x` where it is NaN or within the limit, else the limit.
fn bound(b: &mut Body, within: Prim, x: ValueId, limit: ValueId) -> ValueId {
    let is_within = b.prim(within, &[x, limit]);
    let not_a_number = is_nan(b, x);
    let keep = b.prim(Prim::Or, &[not_a_number, is_within]);
    select(b, keep, x, limit)
}

/// `x` where a part of it is NaN or it is strictly within the limit, else the limit. The order is by real, then by imaginary
/// part; unlike that of [`Prim::Gt`] it does not ask whether the other parts are NaN.
fn complex_bound(b: &mut Body, within: Prim, x: ValueId, limit: ValueId) -> ValueId {
    let ((x_re, x_im), (limit_re, limit_im)) = (parts(b, x), parts(b, limit));
    let by_re = b.prim(within, &[x_re, limit_re]);
    let by_im = b.prim(within, &[x_im, limit_im]);
    let tie = b.prim(Prim::Eq, &[x_re, limit_re]);
    let is_within = select(b, tie, by_im, by_re);
    let x_nan = b.prim(Prim::Ne, &[x, x]);
    let keep = b.prim(Prim::Or, &[x_nan, is_within]);
    select(b, keep, x, limit)
}
