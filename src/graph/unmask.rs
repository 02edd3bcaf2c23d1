//! Folds of what a mask keeps, as masked folds: `x[mask].sum()` walks over `x` and `mask` and stores nothing.
//!
//! A fold over everything that elementwise operations make of arrays kept by one mask is the fold of the same operations on the
//! whole arrays, with a value that changes nothing (or, for moments, NumPy's two passes) where the mask is false. This makes
//! nodes, which rules of `simplify` do not, so it is a pass before them; a graph without masks passes as it is. What went
//! wrong in operations is judged from the graph as it was (`faults`), so elements that are left out warn of nothing.

use super::build::{self, op};
use super::linear::{Linear, Pos, linearize};
use super::node::{Node, NodeOp, NodeRef};
use crate::array::Shape;
use crate::dtype::Scalar;
use crate::error::Result;
use crate::ops::reduction::{Finish, Fold};
use crate::ops::ufunc::Ufunc;
use smallvec::{SmallVec, smallvec};
use std::cell::OnceCell;

/// The roots of a graph that was made anew: whoever holds its list keeps them.
#[derive(Debug, Default)]
pub struct Fresh(OnceCell<Vec<NodeRef>>);

/// A value over the elements that a mask keeps, as a value over all.
#[derive(Clone)]
struct Whole {
    /// The mask and what it was counted to keep: the positions of the inputs of [`NodeOp::Compress`].
    mask: [Pos; 2],
    /// The value, in the mask's shape.
    value: NodeRef,
}

/// The graph with folds over what masks keep made masked folds; `None` where there are none. It reads the same leaves, by the
/// same numbers.
///
/// # Errors
/// `Error::Bug`.
pub fn unmask<'f, 'a: 'f>(g: &Linear<'a>, fresh: &'f Fresh) -> Result<Option<Linear<'f>>> {
    if !g.nodes.iter().any(|n| matches!(n.op, NodeOp::Compress)) {
        return Ok(None);
    }
    let mut pass = Pass { g, made: Vec::with_capacity(g.nodes.len()), whole: Vec::with_capacity(g.nodes.len()) };
    for pos in 0..g.nodes.len() {
        let node = pass.node(pos)?;
        let whole = pass.whole(pos)?;
        pass.made.push(node);
        pass.whole.push(whole);
    }
    let roots: Vec<NodeRef> = g.outputs.iter().map(|&o| pass.made[o as usize].clone()).collect();
    let roots: Vec<&NodeRef> = fresh.0.get_or_init(|| roots).iter().collect();
    Ok(Some(linearize(&roots).over(g)))
}

struct Pass<'g, 'a> {
    g: &'g Linear<'a>,
    /// By position: the node, made anew.
    made: Vec<NodeRef>,
    whole: Vec<Option<Whole>>,
}

impl Pass<'_, '_> {
    fn input(&self, pos: usize, k: usize) -> usize {
        self.g.inputs[pos][k] as usize
    }

    /// The node over the inputs that were made anew.
    fn node(&self, pos: usize) -> Result<NodeRef> {
        let node = self.g.nodes[pos];
        if let NodeOp::Reduce { fold, finish, .. } = node.op
            && node.shape.is_empty()
            && let Some(whole) = &self.whole[self.input(pos, 0)]
            && let Some(masked) = self.fold(node, fold, finish, whole)?
        {
            return Ok(masked);
        }
        let inputs = self.g.inputs[pos].iter().map(|&i| self.made[i as usize].clone()).collect();
        Ok(Node::new(node.op.clone(), inputs, Shape::from_slice(&node.shape), node.dtype))
    }

    /// The value over all elements, if the node has one for each that a mask keeps.
    fn whole(&self, pos: usize) -> Result<Option<Whole>> {
        let node = self.g.nodes[pos];
        let inputs = &self.g.inputs[pos];
        match node.op {
            NodeOp::Compress => {
                let value = self.made[self.input(pos, 0)].clone();
                Ok(Some(Whole { mask: [inputs[1], inputs[2]], value }))
            }
            NodeOp::Table(f) => {
                let Some(whole) = self.whole[self.input(pos, 1)].clone() else { return Ok(None) };
                let value = build::table(f, &self.made[self.input(pos, 0)], &whole.value)?;
                Ok(Some(Whole { value, ..whole }))
            }
            NodeOp::Note(_) => Ok(self.whole[self.input(pos, 0)].clone()),
            NodeOp::Ufunc { .. } | NodeOp::Cast => {
                let mut own: Option<[Pos; 2]> = None;
                let mut operands: SmallVec<[NodeRef; 2]> = SmallVec::new();
                for &i in inputs {
                    let input = self.g.nodes[i as usize];
                    operands.push(match (&self.whole[i as usize], &input.op) {
                        (Some(whole), _) if *own.get_or_insert(whole.mask) == whole.mask => whole.value.clone(),
                        (None, NodeOp::Const(value)) => Node::constant(*value, Shape::new()),
                        (None, _) if input.shape.is_empty() => self.made[i as usize].clone(),
                        _ => return Ok(None),
                    });
                }
                let Some(mask) = own else { return Ok(None) };
                let shape = Shape::from_slice(&self.g.nodes[mask[0] as usize].shape);
                Ok(Some(Whole { mask, value: Node::new(node.op.clone(), operands, shape, node.dtype) }))
            }
            _ => Ok(None),
        }
    }

    /// The fold of a value over what its mask keeps, which is something.
    fn fold(&self, node: &Node, fold: Fold, finish: Finish, whole: &Whole) -> Result<Option<NodeRef>> {
        let count = self.g.nodes[whole.mask[1] as usize];
        let NodeOp::Data(offsets) = &count.op else { return Ok(None) };
        let kept = offsets.element(&[offsets.size() - 1]).to_i128();
        let t = whole.value.dtype;
        let Some(neutral) = fold.neutral(t).filter(|_| kept > 0) else { return Ok(None) };
        let mask = &self.made[whole.mask[0] as usize];
        // The same fold of the value where the mask is true.
        let of = |value: &NodeRef, fold: Fold, neutral: Scalar| -> Result<NodeRef> {
            let chosen = op(Ufunc::Where, &[mask, value, &scalar(neutral)])?;
            let axes = (0..chosen.shape.len()).collect();
            let dtype = Finish::Value.dtype(fold, chosen.dtype);
            let op = NodeOp::Reduce { fold, finish: Finish::Value, axes };
            Ok(Node::new(op, smallvec![chosen], Shape::new(), dtype))
        };
        let number = |value: f64| scalar(Scalar::from_f64(t.real(), value));
        let mean = || -> Result<NodeRef> {
            let sum = of(&whole.value, Fold::Sum, neutral)?;
            let mean = op(Ufunc::Divide, &[&sum, &scalar(Scalar::from_f64(t, kept as f64))])?;
            // A fold is stored: it is divided once, and no loop over all elements knows how many are kept.
            let one = build::reshape(&mean, &[1])?;
            let fold = NodeOp::Reduce { fold: Fold::Max, finish: Finish::Value, axes: smallvec![0] };
            Ok(Node::new(fold, smallvec![one], Shape::new(), t))
        };
        let spread = |ddof: u64| -> Result<NodeRef> {
            let far = op(Ufunc::Subtract, &[&whole.value, &mean()?])?;
            let square = |x: &NodeRef| op(Ufunc::Square, &[x]);
            let squares = if t.is_complex() {
                let (re, im) = (op(Ufunc::Real, &[&far])?, op(Ufunc::Imag, &[&far])?);
                op(Ufunc::Add, &[&square(&re)?, &square(&im)?])?
            } else {
                square(&far)?
            };
            let sum = of(&squares, Fold::Sum, Scalar::zero(t.real()))?;
            let left = (kept as f64 - f64::from_bits(ddof)).max(0.0);
            op(Ufunc::Divide, &[&sum, &number(left)])
        };
        let masked = match finish {
            Finish::Value => of(&whole.value, fold, neutral)?,
            Finish::Mean => mean()?,
            Finish::Var(ddof) => spread(ddof)?,
            Finish::Std(ddof) => op(Ufunc::Sqrt, &[&spread(ddof)?])?,
            Finish::Position | Finish::Tally => return Ok(None),
        };
        debug_assert_eq!(masked.dtype, node.dtype);
        Ok(Some(masked))
    }
}

fn scalar(value: Scalar) -> NodeRef {
    Node::constant(value, Shape::new())
}
