//! Compositions that several rows share.

use crate::dtype::{DType, Scalar};
use crate::ops::expr::{Body, ValueId};
use crate::ops::prim::Prim;

/// Zero of a value's type.
pub(super) fn zero(b: &mut Body, like: ValueId) -> ValueId {
    b.constant(Scalar::zero(b.dtype(like)))
}

/// One of a value's type.
pub(super) fn one(b: &mut Body, like: ValueId) -> ValueId {
    b.constant(Scalar::one(b.dtype(like)))
}

/// A bool constant.
pub(super) fn bool_of(b: &mut Body, value: bool) -> ValueId {
    b.int(i128::from(value), DType::Bool)
}

/// True where a value is not zero; a NaN is not zero.
pub(super) fn truth(b: &mut Body, x: ValueId) -> ValueId {
    if b.dtype(x) == DType::Bool {
        return x;
    }
    let zero = zero(b, x);
    b.prim(Prim::Ne, &[x, zero])
}

/// `c ? x : y`.
pub(super) fn select(b: &mut Body, c: ValueId, x: ValueId, y: ValueId) -> ValueId {
    b.prim(Prim::Select, &[c, x, y])
}

/// Real and imaginary part.
pub(super) fn parts(b: &mut Body, z: ValueId) -> (ValueId, ValueId) {
    (b.prim(Prim::Real, &[z]), b.prim(Prim::Imag, &[z]))
}

/// True where a float is NaN. Equality raises no flag for a quiet NaN; an ordered comparison would.
pub(super) fn is_nan(b: &mut Body, x: ValueId) -> ValueId {
    b.prim(Prim::Ne, &[x, x])
}

/// True where a float is infinite.
pub(super) fn is_inf(b: &mut Body, x: ValueId) -> ValueId {
    let magnitude = b.prim(Prim::Abs, &[x]);
    let infinity = b.lit(f64::INFINITY, b.dtype(x));
    b.prim(Prim::Eq, &[magnitude, infinity])
}
