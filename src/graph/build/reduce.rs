//! Reductions: which fold, over which axes, in which type.

use super::moments::{goes_by_steps, moments_by_steps};
use super::{Operand, cast, expand_dims, normalize_axes, op};
use crate::array::Shape;
use crate::dtype::{DType, Kind, Scalar};
use crate::error::{Error, Result, shape_text};
use crate::graph::map::IndexMap;
use crate::graph::node::{Node, NodeOp, NodeRef, Note};
use crate::ops::reduction::{Finish, Fold};
use crate::ops::ufunc::Ufunc;
use smallvec::{SmallVec, smallvec};

/// What is asked of a reduction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reducer {
    /// Sum; small integers in 64 bits.
    Sum,
    /// Product; small integers in 64 bits.
    Prod,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Smallest, ignoring NaN.
    Fmin,
    /// Largest, ignoring NaN.
    Fmax,
    /// Whether any element is true.
    Any,
    /// Whether all elements are true.
    All,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Number of elements that are not zero.
    CountNonzero,
    /// Arithmetic mean.
    Mean,
    /// Variance with this `ddof`.
    Var(f64),
    /// Standard deviation with this `ddof`.
    Std(f64),
    /// Position of the smallest.
    Argmin,
    /// Position of the largest.
    Argmax,
}

/// How a reduction is asked for.
#[derive(Clone, Debug, Default)]
pub struct ReduceOptions {
    /// The axes; `None` is all.
    pub axes: Option<SmallVec<[i64; 4]>>,
    /// The type to compute in.
    pub dtype: Option<DType>,
    /// Whether the axes stay, with length one.
    pub keepdims: bool,
    /// Only elements where this is true take part.
    pub mask: Option<NodeRef>,
    /// A value to start from.
    pub initial: Option<Operand>,
    /// Of a spread: the mean, with the folded axes kept.
    pub mean: Option<Operand>,
}

impl Reducer {
    /// The ufunc whose reduction this is, for error texts.
    const fn ufunc_name(self) -> &'static str {
        match self {
            Reducer::Sum | Reducer::Mean | Reducer::Var(_) | Reducer::Std(_) | Reducer::CountNonzero => "add",
            Reducer::Prod => "multiply",
            Reducer::Min => "minimum",
            Reducer::Max => "maximum",
            Reducer::Fmin => "fmin",
            Reducer::Fmax => "fmax",
            Reducer::Any => "logical_or",
            Reducer::All => "logical_and",
            Reducer::And => "bitwise_and",
            Reducer::Or => "bitwise_or",
            Reducer::Xor => "bitwise_xor",
            Reducer::Argmin => "argmin",
            Reducer::Argmax => "argmax",
        }
    }

    /// The type in which values fold, before float16 is widened.
    pub(super) fn fold_dtype(self, x: DType, asked: Option<DType>) -> DType {
        match self {
            Reducer::Sum | Reducer::Prod => asked.unwrap_or(x.accumulator()),
            Reducer::Any | Reducer::All | Reducer::CountNonzero => DType::Bool,
            Reducer::Mean | Reducer::Var(_) | Reducer::Std(_) => {
                let t = asked.unwrap_or(x);
                if t.is_inexact() { t } else { DType::F64 }
            }
            Reducer::Min
            | Reducer::Max
            | Reducer::Fmin
            | Reducer::Fmax
            | Reducer::And
            | Reducer::Or
            | Reducer::Xor
            | Reducer::Argmin
            | Reducer::Argmax => asked.unwrap_or(x),
        }
    }

    /// How values of type `x` fold in type `t`, and how the result is read.
    fn fold(self, x: DType, t: DType) -> (Fold, Finish) {
        match self {
            Reducer::Sum if t == DType::Bool => (Fold::Or, Finish::Value),
            Reducer::Prod if t == DType::Bool => (Fold::And, Finish::Value),
            Reducer::Sum if x == DType::Bool && t == DType::I64 => (Fold::Count, Finish::Value),
            Reducer::CountNonzero => (Fold::Count, Finish::Value),
            Reducer::Sum => (Fold::Sum, Finish::Value),
            Reducer::Prod => (Fold::Prod, Finish::Value),
            Reducer::Min => (Fold::Min, Finish::Value),
            Reducer::Max => (Fold::Max, Finish::Value),
            Reducer::Fmin if t.is_inexact() => (Fold::Fmin, Finish::Value),
            Reducer::Fmax if t.is_inexact() => (Fold::Fmax, Finish::Value),
            Reducer::Fmin => (Fold::Min, Finish::Value),
            Reducer::Fmax => (Fold::Max, Finish::Value),
            Reducer::Any | Reducer::Or => (Fold::Or, Finish::Value),
            Reducer::All | Reducer::And => (Fold::And, Finish::Value),
            Reducer::Xor => (Fold::Xor, Finish::Value),
            Reducer::Mean => (Fold::Sum, Finish::Mean),
            Reducer::Var(ddof) => (Fold::Moments, Finish::Var(ddof.to_bits())),
            Reducer::Std(ddof) => (Fold::Moments, Finish::Std(ddof.to_bits())),
            Reducer::Argmin => (Fold::Argmin, Finish::Position),
            Reducer::Argmax => (Fold::Argmax, Finish::Position),
        }
    }

    /// What an element that does not take part counts as.
    fn neutral(self, t: DType) -> Option<Scalar> {
        let fold = self.fold(t, t).0;
        fold.neutral(t).filter(|_| fold.has_identity())
    }

    /// The ufunc that takes an initial value in.
    const fn with_initial(self) -> Option<Ufunc> {
        match self {
            Reducer::Sum => Some(Ufunc::Add),
            Reducer::Prod => Some(Ufunc::Multiply),
            Reducer::Min => Some(Ufunc::Minimum),
            Reducer::Max => Some(Ufunc::Maximum),
            Reducer::Fmin => Some(Ufunc::Fmin),
            Reducer::Fmax => Some(Ufunc::Fmax),
            Reducer::And => Some(Ufunc::BitwiseAnd),
            Reducer::Or => Some(Ufunc::BitwiseOr),
            Reducer::Xor => Some(Ufunc::BitwiseXor),
            _ => None,
        }
    }
}

/// A reduction of `x`.
///
/// # Errors
/// `Error::AxisOutOfRange`, `Error::DuplicateAxis`, `Error::EmptyReduction`, `Error::NoLoop`, `Error::Value`.
pub fn reduce(x: &NodeRef, reducer: Reducer, options: &ReduceOptions) -> Result<NodeRef> {
    if let Some(mask) = &options.mask {
        return masked(x, reducer, mask, options);
    }
    let axes: SmallVec<[usize; 4]> = match &options.axes {
        None => (0..x.shape.len()).collect(),
        Some(axes) => normalize_axes(axes, x.shape.len())?,
    };
    if goes_by_steps(x.dtype, reducer, options) {
        return moments_by_steps(x, reducer, None, options);
    }
    let asked = reducer.fold_dtype(x.dtype, options.dtype);
    let (fold, finish) = reducer.fold(x.dtype, asked);
    let count: usize = axes.iter().map(|&a| x.shape[a]).product();
    let kept: Shape = (0..x.shape.len()).filter(|d| !axes.contains(d)).map(|d| x.shape[d]).collect();
    let computed = if count == 0 && !fold.has_identity() {
        empty(reducer, options, &kept, asked)?
    } else {
        // Float16 accumulates in float32 and is rounded once, at the end; order needs no widening.
        let widened = asked == DType::F16 && !fold.takes(DType::F16);
        let t = match fold {
            Fold::Count => DType::Bool,
            _ if widened => DType::F32,
            _ => asked,
        };
        if !fold.takes(t) {
            return Err(Error::NoLoop { op: reducer.ufunc_name(), dtypes: vec![x.dtype] });
        }
        let (mut producer, fold, t) = folds_as_numbers(cast(x, t), fold, t, count);
        let mut folded = axes.clone();
        if folded.is_empty() {
            // Folding nothing still applies the reduction to each element alone: give it an axis of length one.
            producer = expand_dims(&producer, &[x.shape.len() as i64])?;
            folded = smallvec![x.shape.len()];
        }
        let dtype = finish.dtype(fold, t);
        let node = Node::new(NodeOp::Reduce { fold, finish, axes: folded }, smallvec![producer], kept, dtype);
        let mut node = match asked {
            DType::F16 if widened && dtype == DType::F32 => cast(&node, DType::F16),
            DType::Bool if t != DType::Bool => cast(&node, DType::Bool),
            _ => node,
        };
        // Spread is real, but a complex type that was asked for is given.
        if let (Reducer::Var(_) | Reducer::Std(_), Some(t)) = (reducer, options.dtype.filter(|t| t.is_complex())) {
            node = cast(&node, t);
        }
        let nothing = match reducer {
            Reducer::Mean if count == 0 => Some(Note::Mean),
            Reducer::Var(ddof) | Reducer::Std(ddof) if count as f64 <= ddof => Some(Note::Freedom),
            _ => None,
        };
        if let Some(note) = nothing {
            node = super::note(&node, note, &Node::constant(Scalar::one(DType::Bool), Shape::new()));
        }
        if let Some(initial) = &options.initial {
            let u = reducer
                .with_initial()
                .ok_or_else(|| Error::Type(format!("{} takes no initial value", reducer.ufunc_name())))?;
            let initial = initial_value(initial, node.dtype)?;
            node = op(u, &[&initial, &node])?;
        }
        node
    };
    if !options.keepdims {
        return Ok(computed);
    }
    expand_dims(&computed, &axes.iter().map(|&a| a as i64).collect::<Vec<_>>())
}

/// What folds instead of `x`, by which fold and in which type: of the truths of whole numbers, whether any or all are true is known from the
/// numbers, which need not be compared one by one. The result is the truth of theirs.
fn folds_as_numbers(x: NodeRef, fold: Fold, t: DType, count: usize) -> (NodeRef, Fold, DType) {
    if !matches!(x.op, NodeOp::Cast) || t != DType::Bool {
        return (x, fold, t);
    }
    let numbers = &x.inputs[0];
    match (fold, numbers.dtype.kind()) {
        (Fold::Or | Fold::Max, Kind::Signed | Kind::Unsigned) => (numbers.clone(), Fold::Or, numbers.dtype),
        (Fold::And | Fold::Min, Kind::Unsigned) if count > 0 => (numbers.clone(), Fold::Min, numbers.dtype),
        _ => (x, fold, t),
    }
}

/// The value that a reduction starts from, in the type of its result.
fn initial_value(initial: &Operand, t: DType) -> Result<NodeRef> {
    match initial {
        Operand::Node(n) if !n.shape.is_empty() => {
            Err(Error::Value("setting an array element with a sequence.".into()))
        }
        _ => initial.to_element(t),
    }
}

/// A reduction over nothing by a fold without identity: the initial value, or an error.
fn empty(reducer: Reducer, options: &ReduceOptions, kept: &Shape, t: DType) -> Result<NodeRef> {
    match (&options.initial, reducer) {
        (Some(initial), _) => {
            let value = initial_value(initial, t)?;
            let map = IndexMap::broadcast(&value.shape, kept);
            super::view::view(&value, map, kept.clone())
        }
        (None, Reducer::Argmin | Reducer::Argmax) => {
            Err(Error::Value(format!("attempt to get {} of an empty sequence", reducer.ufunc_name())))
        }
        (None, _) => Err(Error::EmptyReduction { op: reducer.ufunc_name() }),
    }
}

/// The mask of a reduction, in the shape of the elements.
///
/// # Errors
/// `Error::Value` where it does not broadcast to it.
fn mask_of(x: &NodeRef, reducer: Reducer, mask: &NodeRef) -> Result<NodeRef> {
    let mask = cast(mask, DType::Bool);
    let own = super::broadcast_to(&mask, &x.shape);
    // NumPy broadcasts the masks of moments for their count, and gives those of ufunc reductions to one iterator with
    // the elements.
    if own.is_ok() || matches!(reducer, Reducer::Mean | Reducer::Var(_) | Reducer::Std(_)) {
        return own;
    }
    Err(Error::Value(if mask.shape.len() > x.shape.len() {
        "input operand has more dimensions than allowed by the axis remapping".into()
    } else {
        format!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: {} {} ",
            shape_text(&x.shape),
            shape_text(&mask.shape)
        )
    }))
}

/// A reduction over the elements where `mask` is true.
fn masked(x: &NodeRef, reducer: Reducer, mask: &NodeRef, options: &ReduceOptions) -> Result<NodeRef> {
    let mask = mask_of(x, reducer, mask)?;
    let rest = ReduceOptions { mask: None, ..options.clone() };
    let select = |a: &NodeRef, b: NodeRef| op(Ufunc::Where, &[&mask, a, &b]);
    match reducer {
        Reducer::Mean | Reducer::Var(_) | Reducer::Std(_) => moments_by_steps(x, reducer, Some(&mask), &rest),
        Reducer::Min | Reducer::Max | Reducer::Fmin | Reducer::Fmax => {
            let initial = rest.initial.as_ref().ok_or_else(|| {
                Error::Value(format!(
                    "reduction operation '{}' does not have an identity, so to use a where mask one has to specify \
                     'initial'",
                    reducer.ufunc_name()
                ))
            })?;
            reduce(&select(x, initial.to_node(x.dtype)?)?, reducer, &rest)
        }
        _ => {
            let t = reducer.fold_dtype(x.dtype, options.dtype);
            // Before the fold: bool elements are counted as bool, all others in the fold's type.
            let t = if x.dtype == DType::Bool && matches!(reducer, Reducer::Sum) { DType::Bool } else { t };
            let neutral =
                reducer.neutral(t).ok_or_else(|| Error::Type(format!("{} takes no where", reducer.ufunc_name())))?;
            let neutral = Node::constant(neutral, Shape::new());
            reduce(&select(&cast(x, t), neutral)?, reducer, &rest)
        }
    }
}
