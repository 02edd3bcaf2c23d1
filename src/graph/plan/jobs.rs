//! What must be stored, and the jobs that store it.
//!
//! A node is stored if it was asked for, if it cannot be part of a fused body (reductions, joins, picks), or if what uses it
//! needs it in memory. A job makes one stored thing; jobs of one level do not depend on each other.

use crate::graph::linear::{Linear, Pos};
use crate::graph::node::NodeOp;
use rustc_hash::FxHashSet;

/// A job: make a stored node (or, for a join, one part of it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// The stored node.
    pub node: Pos,
    /// For joins, which input.
    pub part: usize,
    /// Jobs of lower levels come first.
    pub level: u32,
}

/// Which nodes are stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// By position.
    pub yes: Vec<bool>,
    /// Stored nodes that must lie in C order.
    pub c_order: Vec<bool>,
}

/// What a graph stores before any cost is looked at.
pub fn stored(g: &Linear) -> Stored {
    let n = g.nodes.len();
    let mut s = Stored { yes: vec![false; n], c_order: vec![false; n] };
    for pos in 0..n {
        let inputs = &g.inputs[pos];
        match &g.nodes[pos].op {
            NodeOp::Reduce { .. } | NodeOp::Concat { .. } => s.yes[pos] = true,
            NodeOp::Take => {
                s.yes[pos] = true;
                s.c_order[pos] = true;
                for (k, &i) in inputs.iter().enumerate() {
                    let i = i as usize;
                    // Arrays are picked from where they lie, if the picking loop can read them there.
                    let in_place = matches!(&g.nodes[i].op, NodeOp::Data(a)
                        if a.is_aligned() && (k == 0 || a.is_c_contiguous()));
                    if !in_place {
                        s.yes[i] = true;
                        s.c_order[i] = true;
                    }
                }
            }
            NodeOp::Reshape => {
                // Itself a view of its input's memory.
                s.yes[pos] = true;
                s.yes[inputs[0] as usize] = true;
                s.c_order[inputs[0] as usize] = true;
            }
            NodeOp::Data(_)
            | NodeOp::Const(_)
            | NodeOp::Iota { .. }
            | NodeOp::Ufunc { .. }
            | NodeOp::Cast
            | NodeOp::View(_) => {}
        }
    }
    for &out in &g.outputs {
        s.yes[out as usize] = true;
    }
    s
}

/// The stored nodes and leaves that making `root` reads: everything reachable without crossing a stored node.
pub fn reads(g: &Linear, s: &Stored, roots: &[Pos]) -> FxHashSet<Pos> {
    let mut seen: FxHashSet<Pos> = FxHashSet::default();
    let mut found: FxHashSet<Pos> = FxHashSet::default();
    let mut stack: Vec<Pos> = roots.to_vec();
    while let Some(pos) = stack.pop() {
        if !seen.insert(pos) {
            continue;
        }
        if s.yes[pos as usize] || matches!(g.nodes[pos as usize].op, NodeOp::Data(_)) {
            found.insert(pos);
        } else {
            stack.extend(g.inputs[pos as usize].iter());
        }
    }
    found
}
