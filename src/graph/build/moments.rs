//! Mean, variance and deviation by NumPy's steps: where one walk over the elements, as `Finish` has it, does not do.

use super::reduce::{ReduceOptions, Reducer, reduce};
use super::{Operand, cast, normalize_axes, op, ufunc};
use crate::array::Shape;
use crate::dtype::{DType, Scalar};
use crate::error::{Error, Result};
use crate::graph::node::{Node, NodeRef, Note};
use crate::ops::ufunc::Ufunc;

/// Whether the mean of a spread is given, or a type was asked for in which moments do not fold: NumPy adds up in it, and
/// divides in float64.
pub fn goes_by_steps(x: DType, reducer: Reducer, options: &ReduceOptions) -> bool {
    let asked = |refused: fn(DType, DType) -> bool| options.dtype.is_some_and(|t| refused(x, t));
    match reducer {
        Reducer::Mean => asked(|_, t| !t.is_inexact()),
        // Distances are complex whatever they are added up in.
        Reducer::Var(_) | Reducer::Std(_) => {
            options.mean.is_some() || asked(|x, t| !t.is_inexact() || x.is_complex() && !t.is_complex())
        }
        _ => false,
    }
}

/// Mean, variance or deviation of the elements, or of those where a mask is true, by NumPy's two passes.
///
/// # Errors
/// As [`reduce`]; `Error::Casting` for roots of several integers.
pub fn moments_by_steps(
    x: &NodeRef,
    reducer: Reducer,
    mask: Option<&NodeRef>,
    rest: &ReduceOptions,
) -> Result<NodeRef> {
    let result = rest.dtype.unwrap_or(reducer.fold_dtype(x.dtype, None));
    let widened = result == DType::F16 && rest.mean.is_none();
    let t = if widened { DType::F32 } else { result };
    let x = if widened && x.dtype == DType::F16 { cast(x, t) } else { x.clone() };
    let (given, asked_complex) = (rest.mean.clone(), rest.dtype.is_some_and(DType::is_complex));
    let rest = ReduceOptions { dtype: None, mean: None, mask: None, ..rest.clone() };
    let total = |x: &NodeRef, t: DType, keepdims: bool| {
        reduce(x, Reducer::Sum, &ReduceOptions { dtype: Some(t), mask: mask.cloned(), keepdims, ..rest.clone() })
    };
    let count = |keepdims: bool| match mask {
        Some(mask) => reduce(mask, Reducer::Sum, &ReduceOptions { keepdims, ..rest.clone() }),
        None => {
            let ndim = x.shape.len();
            let folded = rest.axes.as_ref().map(|axes| normalize_axes(axes, ndim)).transpose()?;
            let folds = |d: &usize| folded.as_ref().is_none_or(|axes| axes.contains(d));
            let count: usize = (0..ndim).filter(folds).map(|d| x.shape[d]).product();
            Ok(Node::constant(Scalar::from_i128(DType::I64, count as i128), Shape::new()))
        }
    };
    let mean = |keepdims: bool| {
        let quotient = op(Ufunc::Divide, &[&total(&x, t, keepdims)?, &count(keepdims)?])?;
        Ok(cast(&quotient, t))
    };
    let answer = match reducer {
        Reducer::Var(ddof) | Reducer::Std(ddof) => {
            let d = match given {
                Some(given) => ufunc(Ufunc::Subtract, &[Operand::Node(x.clone()), given])?.remove(0),
                None => op(Ufunc::Subtract, &[&x, &mean(true)?])?,
            };
            let square = if d.dtype.is_complex() {
                let (re, im) = (op(Ufunc::Real, &[&d])?, op(Ufunc::Imag, &[&d])?);
                op(Ufunc::Add, &[&op(Ufunc::Multiply, &[&re, &re])?, &op(Ufunc::Multiply, &[&im, &im])?])?
            } else {
                op(Ufunc::Multiply, &[&d, &d])?
            };
            let count = count(rest.keepdims)?;
            let ddof = Node::constant(Scalar::from_f64(DType::F64, ddof), Shape::new());
            let zero = Node::constant(Scalar::zero(DType::F64), Shape::new());
            let left = op(Ufunc::Maximum, &[&op(Ufunc::Subtract, &[&count, &ddof])?, &zero])?;
            let quotient = op(Ufunc::Divide, &[&total(&square, t.real(), rest.keepdims)?, &left])?;
            let var = cast(&quotient, t.real());
            let answer = if matches!(reducer, Reducer::Std(_)) { op(Ufunc::Sqrt, &[&var])? } else { var };
            super::note(&answer, Note::Freedom, &op(Ufunc::LessEqual, &[&count, &ddof])?)
        }
        _ => {
            let zero = Node::constant(Scalar::zero(DType::I64), Shape::new());
            super::note(&mean(rest.keepdims)?, Note::Mean, &op(Ufunc::Equal, &[&count(rest.keepdims)?, &zero])?)
        }
    };
    // NumPy writes roots into the array of variances, which integers do not take; of a scalar it makes one of the type.
    if !t.is_inexact() && answer.dtype != t && !answer.shape.is_empty() {
        return Err(Error::Casting(format!(
            "Cannot cast ufunc 'sqrt' output from dtype('{}') to dtype('{t}') with casting rule 'same_kind'",
            answer.dtype
        )));
    }
    // A spread is real, but a complex type that was asked for is given.
    Ok(if asked_complex || !result.is_complex() { cast(&answer, result) } else { answer })
}
