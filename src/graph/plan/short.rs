//! Short folds: reductions of a few elements along one axis, made element by element in the walk that uses the result, instead
//! of in a walk of their own.
//!
//! A fold of at most [`MOST`] elements takes them one after another, whatever the layout; so does the straight line here. Of windows
//! it takes more, where no order of elements makes a difference.

use crate::dtype::{DType, Scalar};
use crate::graph::linear::{Linear, Pos};
use crate::graph::map::IndexMap;
use crate::graph::node::{Node, NodeOp};
use crate::ops::expr::{Body, ValueId};
use crate::ops::prim::Prim;
use crate::ops::reduction::{Finish, Fold};
use smallvec::SmallVec;

/// Elements of a short fold, at most: the first of `kernels::fold`'s sums that are not one chain have more.
const MOST: usize = 8;
/// Elements of a short fold of windows that rounds nothing, over any axes, at most: the views of one array that it takes lie in
/// memory side by side.
const MOST_OF_WINDOWS: usize = 32;
/// Results of a reduction that is worth a place in another walk, at least.
const RESULTS: usize = 32;
/// Instructions that a short fold may bring into a walk, its operand's included. Longer ones gain little: what they compute
/// hides the walk of a fold.
pub(super) const INSTRUCTIONS: usize = 192;

/// Whether a node is a short fold.
pub(super) fn is_short(g: &Linear, pos: Pos) -> bool {
    let node = g.nodes[pos as usize];
    let NodeOp::Reduce { fold, finish, axes } = &node.op else { return false };
    let operand = g.nodes[g.inputs[pos as usize][0] as usize];
    let mut lengths = axes.iter().map(|&a| operand.shape[a]).filter(|&n| n != 1);
    let count: usize = axes.iter().map(|&a| operand.shape[a]).product();
    let one = lengths.next().is_none_or(|n| (1..=MOST).contains(&n)) && lengths.next().is_none();
    let short = one || (1..=MOST_OF_WINDOWS).contains(&count) && is_exact(*fold, operand.dtype) && slides(operand);
    short && node.size() >= RESULTS && step(*fold, *finish, operand.dtype).is_some()
}

/// Whether a fold rounds nothing, in whatever order it takes its elements.
fn is_exact(fold: Fold, t: DType) -> bool {
    match fold {
        Fold::Min | Fold::Max | Fold::Fmin | Fold::Fmax | Fold::And | Fold::Or | Fold::Xor | Fold::Count => true,
        Fold::Sum | Fold::Prod => t.is_integer(),
        _ => false,
    }
}

/// Whether a node is a view of windows that slide over something.
fn slides(node: &Node) -> bool {
    match &node.op {
        NodeOp::View(map) => map.has_windows(),
        // Two axes that move by the same step move along one of the array that this is a view of.
        NodeOp::Data(array) => {
            let steps = |d: usize| (node.shape[d] > 1).then(|| array.strides()[d]);
            (0..node.shape.len()).any(|d| steps(d).is_some_and(|s| s != 0 && (0..d).any(|e| steps(e) == Some(s))))
        }
        _ => false,
    }
}

/// How a value is taken into what came before it.
#[derive(Clone, Copy)]
enum Step {
    /// By an instruction.
    Prim(Prim),
    /// Counted.
    Count,
    /// By position: the smallest, or the largest, so far.
    Best(Prim),
}

fn step(fold: Fold, finish: Finish, t: DType) -> Option<Step> {
    let real = matches!(t, DType::F32 | DType::F64);
    let plain = t.is_integer() || real;
    let takes = match (fold, finish) {
        (Fold::Count, Finish::Value) => return Some(Step::Count),
        (Fold::Argmin, Finish::Position) => return plain.then_some(Step::Best(Prim::Lt)),
        (Fold::Argmax, Finish::Position) => return plain.then_some(Step::Best(Prim::Gt)),
        (Fold::Sum, Finish::Mean) => real,
        (Fold::Sum, Finish::Value) => plain || t.is_complex(),
        (Fold::Prod | Fold::Min | Fold::Max, Finish::Value) => plain,
        (Fold::Fmin | Fold::Fmax, Finish::Value) => real,
        (Fold::And | Fold::Or | Fold::Xor, Finish::Value) => true,
        _ => false,
    };
    fold.step().filter(|_| takes).map(Step::Prim)
}

/// The maps from the index of a short fold's result to those of the elements that it takes, in order.
pub(super) fn elements(node: &Node, operand: &Node) -> SmallVec<[IndexMap; MOST]> {
    let NodeOp::Reduce { axes, .. } = &node.op else { return SmallVec::new() };
    let (from, to) = (node.shape.len(), operand.shape.len());
    let mut map = IndexMap::zero(to, from);
    for (j, d) in (0..to).filter(|d| !axes.contains(d)).enumerate() {
        map.set(d, j, 1);
    }
    let mut maps: SmallVec<[IndexMap; MOST]> = SmallVec::new();
    maps.push(map);
    for &axis in axes {
        let along = |map: &IndexMap| {
            let place = |n: usize| {
                let mut map = map.clone();
                map.start[axis] = n as i64;
                map
            };
            (0..operand.shape[axis]).map(place).collect::<SmallVec<[IndexMap; MOST]>>()
        };
        maps = maps.iter().flat_map(along).collect();
    }
    maps
}

/// The result of a short fold of these values, in `body`; `None` of what is none.
pub(super) fn emit(body: &mut Body, op: &NodeOp, values: &[ValueId]) -> Option<ValueId> {
    let NodeOp::Reduce { fold, finish, .. } = op else { return None };
    let (&first, rest) = values.split_first()?;
    let t = body.dtype(first);
    Some(match step(*fold, *finish, t)? {
        Step::Prim(p) => {
            // From +0.0, as NumPy's sums: a sum of negative zeros is positive.
            let first = match (fold, t.is_inexact()) {
                (Fold::Sum, true) => {
                    let zero = body.constant(Scalar::zero(t));
                    body.prim(p, &[zero, first])
                }
                _ => first,
            };
            let value = rest.iter().fold(first, |acc, &v| body.prim(p, &[acc, v]));
            match finish {
                Finish::Mean => {
                    // Of these types the quotient that NumPy takes in float64 rounds to the same.
                    let count = body.int(values.len() as i128, t);
                    body.prim(Prim::Div, &[value, count])
                }
                _ => value,
            }
        }
        Step::Count => {
            let first = body.cast(first, DType::I64);
            rest.iter().fold(first, |acc, &v| {
                let one = body.cast(v, DType::I64);
                body.prim(Prim::Add, &[acc, one])
            })
        }
        Step::Best(before) => best(body, before, first, rest),
    })
}

/// The position of the first value that no other comes before; the first NaN, if there is one.
fn best(body: &mut Body, before: Prim, first: ValueId, rest: &[ValueId]) -> ValueId {
    let is_float = body.dtype(first).is_inexact();
    let (mut value, mut at) = (first, body.int(0, DType::I64));
    for (n, &v) in rest.iter().enumerate() {
        let mut better = body.prim(before, &[v, value]);
        if is_float {
            let is_nan = body.prim(Prim::Ne, &[v, v]);
            let was_number = body.prim(Prim::Eq, &[value, value]);
            let first_nan = body.prim(Prim::And, &[is_nan, was_number]);
            better = body.prim(Prim::Or, &[better, first_nan]);
        }
        let here = body.int(n as i128 + 1, DType::I64);
        at = body.prim(Prim::Select, &[better, here, at]);
        if n + 1 < rest.len() {
            value = body.prim(Prim::Select, &[better, v, value]);
        }
    }
    at
}
