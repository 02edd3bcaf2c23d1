//! Simplification: named rewrites of the listed graph, each exact to the bit (the payload of a NaN excepted).
//!
//! One pass in list order: a node's inputs are simple before it is looked at, so nothing is visited twice and nothing
//! recurses. A rule either names another node of the list that has the same value, or takes its inputs from elsewhere;
//! it never makes a node. Nodes that became equal become one, and what nobody needs is left out.
//!
//! The leaves stay listed as they were, used or not: a plan of the simplified graph runs over the arrays of the original.

mod algebra;
mod cast;

use super::linear::{Linear, Pos};
use super::node::{Node, NodeOp};
use crate::dtype::Scalar;
use crate::error::Result;
use crate::interrupt::Look;
use crate::ops::ufunc::Ufunc;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// What a rule makes of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rewrite {
    /// It has the value of this node, which has its shape and type.
    Same(Pos),
    /// It is computed from these inputs instead.
    From(SmallVec<[Pos; 3]>),
}

/// A rewrite by name.
struct Rule {
    name: &'static str,
    apply: fn(&At) -> Option<Rewrite>,
}

/// `"name": |n| ...`: what the rule makes of the node `n`, if it applies.
macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:literal: $apply:expr,)*) => {
        &[$(crate::graph::simplify::Rule { name: $name, apply: $apply }),*]
    };
}
use rules;

/// All rules, by family.
const FAMILIES: [&[Rule]; 2] = [algebra::RULES, cast::RULES];

/// The names of all rules.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().flat_map(|f| f.iter()).map(|r| r.name)
}

/// A node as rules see it: its inputs are simplified.
struct At<'r> {
    nodes: &'r [&'r Node],
    inputs: &'r [SmallVec<[Pos; 3]>],
    node: &'r Node,
    at: &'r SmallVec<[Pos; 3]>,
}

impl<'r> At<'r> {
    /// The node's ufunc, if it is one.
    fn ufunc(&self) -> Option<Ufunc> {
        ufunc_of(self.node)
    }

    fn is(&self, u: Ufunc) -> bool {
        self.ufunc() == Some(u)
    }

    fn input(&self, k: usize) -> &'r Node {
        self.nodes[self.at[k] as usize]
    }

    /// The input, as a node with its own inputs.
    fn below(&self, k: usize) -> At<'r> {
        let pos = self.at[k] as usize;
        At { nodes: self.nodes, inputs: self.inputs, node: self.nodes[pos], at: &self.inputs[pos] }
    }

    /// The value of an input that is the same everywhere.
    fn constant(&self, k: usize) -> Option<Scalar> {
        match self.input(k).op {
            NodeOp::Const(value) => Some(value),
            _ => None,
        }
    }

    /// For an operation of two operands with a constant that `is_neutral`: the other operand. On both sides if it commutes.
    fn other_than(&self, u: Ufunc, commutes: bool, is_neutral: fn(Scalar) -> bool) -> Option<Rewrite> {
        if !self.is(u) {
            return None;
        }
        let neutral = |k: usize| self.constant(k).is_some_and(is_neutral);
        match (neutral(1), commutes && neutral(0)) {
            (true, _) => self.same(self.at[0]),
            (false, true) => self.same(self.at[1]),
            (false, false) => None,
        }
    }

    /// Has the value of `pos`, if that has the node's shape and type.
    fn same(&self, pos: Pos) -> Option<Rewrite> {
        let other = self.nodes[pos as usize];
        (other.dtype == self.node.dtype && other.shape == self.node.shape).then_some(Rewrite::Same(pos))
    }
}

fn ufunc_of(node: &Node) -> Option<Ufunc> {
    match node.op {
        NodeOp::Ufunc { ufunc, out: 0 } => Some(ufunc),
        _ => None,
    }
}

/// The graph with every rule applied, and the names of the rules as they were.
///
/// # Errors
/// `Error::Interrupted`.
pub fn simplify<'f, 'a: 'f>(g: &Linear<'a>, look: &Look) -> Result<(Linear<'f>, Vec<&'static str>)> {
    let count = g.nodes.len();
    let mut inputs: Vec<SmallVec<[Pos; 3]>> = Vec::with_capacity(count);
    // Where the value of each node is found.
    let mut same: Vec<Pos> = Vec::with_capacity(count);
    let mut known: FxHashMap<(u128, SmallVec<[Pos; 3]>), Pos> = FxHashMap::default();
    let mut applied = Vec::new();
    for (pos, node) in g.nodes.iter().enumerate() {
        look.step()?;
        let mut at: SmallVec<[Pos; 3]> = g.inputs[pos].iter().map(|&i| same[i as usize]).collect();
        let mut value = pos as Pos;
        // Each turn takes an operation away below the node, so this ends.
        while let Some((name, rewrite)) = first_rule(&At { nodes: &g.nodes, inputs: &inputs, node, at: &at }) {
            applied.push(name);
            match rewrite {
                Rewrite::Same(other) => {
                    value = other;
                    break;
                }
                Rewrite::From(new) => at = new,
            }
        }
        // Arrays differ by their memory, which the form does not tell.
        if value == pos as Pos && !matches!(node.op, NodeOp::Data(_)) {
            value = *known.entry((node.form, at.clone())).or_insert(value);
        }
        same.push(value);
        inputs.push(at);
    }
    // Two results stay two arrays, even if they have become equal.
    let mut first: FxHashMap<Pos, Pos> = FxHashMap::default();
    let outputs: SmallVec<[Pos; 4]> = g
        .outputs
        .iter()
        .map(|&out| {
            let value = same[out as usize];
            if *first.entry(value).or_insert(out) == out { value } else { out }
        })
        .collect();
    Ok((listed(g, &inputs, &outputs), applied))
}

fn first_rule(n: &At) -> Option<(&'static str, Rewrite)> {
    let all = FAMILIES.iter().flat_map(|f| f.iter());
    match n.node.op {
        // What there is to say is said by `compute`, from the graph as it was.
        NodeOp::Note(_) => Some(("note", n.same(n.at[0])?)),
        NodeOp::Ufunc { .. } | NodeOp::Cast => all.into_iter().find_map(|r| Some((r.name, (r.apply)(n)?))),
        NodeOp::Data(_)
        | NodeOp::Const(_)
        | NodeOp::Iota { .. }
        | NodeOp::View(_)
        | NodeOp::Reshape
        | NodeOp::Reduce { .. }
        | NodeOp::Concat { .. }
        | NodeOp::Compress
        | NodeOp::Bins
        | NodeOp::Table(_)
        | NodeOp::Kernel { .. } => None,
    }
}

/// The list of what `outputs` need.
fn listed<'f, 'a: 'f>(g: &Linear<'a>, inputs: &[SmallVec<[Pos; 3]>], outputs: &[Pos]) -> Linear<'f> {
    let mut live = vec![false; g.nodes.len()];
    outputs.iter().for_each(|&o| live[o as usize] = true);
    for pos in (0..live.len()).rev() {
        if live[pos] {
            inputs[pos].iter().for_each(|&i| live[i as usize] = true);
        }
    }
    let mut new: Vec<Pos> = vec![Pos::MAX; g.nodes.len()];
    let mut list = Linear::default().over(g);
    for pos in (0..live.len()).filter(|&p| live[p]) {
        new[pos] = list.nodes.len() as Pos;
        list.nodes.push(g.nodes[pos]);
        let inputs: SmallVec<[Pos; 3]> = inputs[pos].iter().map(|&i| new[i as usize]).collect();
        list.inputs.push(&inputs);
    }
    list.outputs = outputs.iter().map(|&o| new[o as usize]).collect();
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Array;
    use crate::dtype::DType;
    use crate::graph::NodeRef;
    use crate::graph::build::{self, Operand};
    use crate::graph::linear::linearize;

    fn op(u: Ufunc, args: &[Operand]) -> NodeRef {
        build::ufunc(u, args).unwrap().remove(0)
    }

    fn of(x: &NodeRef) -> Operand {
        Operand::Node(x.clone())
    }

    fn text(node: &NodeRef) -> String {
        let g = linearize(&[node]);
        let (simple, _) = simplify(&g, &Look::never()).unwrap();
        crate::graph::verify::verify(&simple).unwrap();
        simple.to_string()
    }

    #[test]
    fn what_changes_nothing_goes() {
        let x = Node::data(Array::uninit(DType::F64, &[4]).unwrap());
        let y = op(Ufunc::Negative, &[of(&op(Ufunc::Negative, &[of(&x)]))]);
        let y = op(Ufunc::Multiply, &[Operand::int(1), of(&y)]);
        assert_eq!(text(&y), "%0 = data a0 : f64[4]\nreturn %0");
        let plus = op(Ufunc::Add, &[of(&x), Operand::Float(0.0)]);
        assert!(text(&plus).contains("add"), "-0.0 + 0.0 is 0.0");
    }

    #[test]
    fn nodes_that_became_equal_are_one_and_results_stay_apart() {
        let x = Node::data(Array::uninit(DType::I32, &[4]).unwrap());
        let same = op(Ufunc::Add, &[of(&x), Operand::int(0)]);
        let both = op(Ufunc::Add, &[of(&op(Ufunc::Square, &[of(&x)])), of(&op(Ufunc::Square, &[of(&same)]))]);
        let expected = "%0 = data a0 : i32[4]\n%1 = square %0 : i32[4]\n%2 = add %1, %1 : i32[4]\nreturn %2";
        assert_eq!(text(&both), expected);
        let g = linearize(&[&x, &same]);
        let (simple, names) = simplify(&g, &Look::never()).unwrap();
        assert_eq!((names, simple.outputs.len()), (vec!["add-zero-int"], 2));
        assert_ne!(simple.outputs[0], simple.outputs[1]);
    }

    #[test]
    fn a_chain_of_a_million_nodes_simplifies() {
        let mut x = Node::data(Array::uninit(DType::F64, &[4]).unwrap());
        for _ in 0..1_000_000 {
            x = Node::new(
                NodeOp::Ufunc { ufunc: Ufunc::Negative, out: 0 },
                smallvec::smallvec![x.clone()],
                x.shape.clone(),
                x.dtype,
            );
        }
        assert_eq!(text(&x), "%0 = data a0 : f64[4]\nreturn %0");
    }

    #[test]
    fn rules_have_names_of_their_own() {
        let mut names: Vec<&str> = rule_names().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
