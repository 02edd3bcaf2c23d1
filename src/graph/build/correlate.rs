//! Correlation along one axis: a sum of shifted views, or a product with a view of windows.

use super::{
    IndexItem, Operand, Product, ReduceOptions, Reducer, concatenate, full, index, iota, matmul, op, reduce, ufunc,
    windows,
};
use crate::dtype::Scalar;
use crate::error::{Error, Result};
use crate::graph::node::NodeRef;
use crate::ops::ufunc::Ufunc;

/// Sequences up to this length are a sum of shifted views, in one straight line with what makes and uses them.
const SHORT: usize = 16;

/// `sum(x[i + j] * v[j] for j in range(len(v)))` for every `i` where `v` lies within `x`, for as many places before the first of
/// these, and for as many after the last: there, terms are left out.
///
/// # Errors
/// `Error::Bug` where the operands are not of one axis and type, `v` is empty or longer than `x`, or a place has no term.
pub fn correlate(x: &NodeRef, v: &NodeRef, before: usize, after: usize) -> Result<NodeRef> {
    let (&[n], &[k]) = (&x.shape[..], &v.shape[..]) else {
        return Err(Error::Bug(format!("correlation of {:?} and {:?}", x.shape, v.shape)));
    };
    if x.dtype != v.dtype || k == 0 || k > n || before >= k || after >= k {
        return Err(Error::Bug(format!(
            "correlation of {} {n} and {} {k}, {before} and {after} more",
            x.dtype, v.dtype
        )));
    }
    let nothing = |len: usize| full(&[len], Scalar::zero(x.dtype));
    let mut parts = Vec::with_capacity(3);
    if before > 0 {
        let begin = concatenate(&[nothing(before)?, part(x, 0, k - 1)?], 0, None)?;
        parts.push(some_terms(&begin, v, Ufunc::GreaterEqual, before)?);
    }
    parts.push(if k > SHORT { matmul(Product::Matvec, &met(x, v)?, v)? } else { shifted(x, v)? });
    if after > 0 {
        let end = concatenate(&[part(x, n - k + 1, k - 1)?, nothing(after)?], 0, None)?;
        parts.push(some_terms(&end, v, Ufunc::Less, k - 1)?);
    }
    if parts.len() == 1 { Ok(parts.remove(0)) } else { concatenate(&parts, 0, None) }
}

/// Elements that follow one another.
fn part(x: &NodeRef, start: usize, len: usize) -> Result<NodeRef> {
    index(x, &[IndexItem::Slice { start: start as i64, step: 1, len }])
}

/// The sum of shifted views. It begins with +0.0, as NumPy's.
fn shifted(x: &NodeRef, v: &NodeRef) -> Result<NodeRef> {
    let (k, places) = (v.shape[0], x.shape[0] - v.shape[0] + 1);
    (0..k).try_fold(full(&[places], Scalar::zero(x.dtype))?, |total, j| {
        let factor = index(v, &[IndexItem::Int(j as i64)])?;
        let term = op(Ufunc::Multiply, &[&part(x, j, places)?, &factor])?;
        op(Ufunc::Add, &[&total, &term])
    })
}

/// For each place, what meets `v`.
fn met(x: &NodeRef, v: &NodeRef) -> Result<NodeRef> {
    windows(x, &[v.shape[0] as i64], &[0])
}

/// The sum of the terms whose `i + j` compares so with a number. Others are not made zero by padding, as `0 * inf` is no zero.
fn some_terms(x: &NodeRef, v: &NodeRef, compares: Ufunc, bound: usize) -> Result<NodeRef> {
    let k = v.shape[0];
    let places = iota(&[x.shape[0] - k + 1, k], 0, &[1, 1])?;
    let within = ufunc(compares, &[Operand::Node(places), Operand::int(bound as i128)])?.remove(0);
    let terms = op(Ufunc::Multiply, &[&met(x, v)?, v])?;
    let kept = ufunc(Ufunc::Where, &[Operand::Node(within), Operand::Node(terms), Operand::int(0)])?.remove(0);
    let options =
        ReduceOptions { axes: Some([1].into_iter().collect()), dtype: Some(x.dtype), ..ReduceOptions::default() };
    reduce(&kept, Reducer::Sum, &options)
}
