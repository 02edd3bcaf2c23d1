//! The graph of one `compute` as a list: inputs before users, equal nodes once, leaves numbered in order of first use.
//!
//! Its fingerprint is equal for graphs that differ only in which memory they read: the key of the plan cache.

use super::hash::Hasher128;
use super::node::{Node, NodeOp, NodeRef};
use crate::array::Array;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Position of a node in [`Linear::nodes`].
pub type Pos = u32;

/// A graph as a list.
#[derive(Debug)]
pub struct Linear<'a> {
    /// The nodes, inputs first.
    pub nodes: Vec<&'a Node>,
    /// Positions of each node's inputs.
    pub inputs: Vec<SmallVec<[Pos; 3]>>,
    /// Positions of what was asked for.
    pub outputs: SmallVec<[Pos; 4]>,
    /// The arrays, in order of first use.
    pub leaves: Vec<&'a Array>,
    /// Key of the plan.
    pub fingerprint: u128,
}

/// Lists the graph below `outputs`.
pub fn linearize<'a>(outputs: &[&'a NodeRef]) -> Linear<'a> {
    let mut list = Linear {
        nodes: Vec::with_capacity(16),
        inputs: Vec::with_capacity(16),
        outputs: SmallVec::new(),
        leaves: Vec::with_capacity(8),
        fingerprint: 0,
    };
    let mut known = Known::default();
    let mut stack: SmallVec<[(&'a Node, usize); 16]> = SmallVec::new();
    let mut h = Hasher128::new(outputs.len() as u64);
    for &root in outputs {
        if known.find(root.hash).is_none() {
            stack.push((root.as_ref(), 0));
        }
        while let Some((node, next)) = stack.pop() {
            if let Some(input) = node.inputs.get(next) {
                stack.push((node, next + 1));
                if known.find(input.hash).is_none() {
                    stack.push((input.as_ref(), 0));
                }
                continue;
            }
            if known.find(node.hash).is_some() {
                continue;
            }
            h.double(node.form);
            let mut inputs: SmallVec<[Pos; 3]> = SmallVec::new();
            node.inputs.iter().for_each(|i| inputs.extend(known.find(i.hash)));
            debug_assert_eq!(inputs.len(), node.inputs.len());
            inputs.iter().for_each(|&p| h.word(u64::from(p)));
            if let NodeOp::Data(array) = &node.op {
                list.leaves.push(array);
            }
            known.insert(node.hash, list.nodes.len() as Pos);
            list.nodes.push(node);
            list.inputs.push(inputs);
        }
        let pos = known.find(root.hash);
        h.word(pos.map_or(u64::MAX, u64::from));
        list.outputs.extend(pos);
    }
    list.fingerprint = h.finish();
    list
}

/// Positions by structural hash: a short list is searched faster than a table is made.
#[derive(Default)]
struct Known {
    few: SmallVec<[(u128, Pos); Known::FEW]>,
    many: FxHashMap<u128, Pos>,
}

impl Known {
    const FEW: usize = 24;

    fn find(&self, hash: u128) -> Option<Pos> {
        if self.many.is_empty() {
            // What was listed last is used soonest.
            return self.few.iter().rev().find(|(h, _)| *h == hash).map(|(_, p)| *p);
        }
        self.many.get(&hash).copied()
    }

    fn insert(&mut self, hash: u128, pos: Pos) {
        if self.many.is_empty() && self.few.len() < Known::FEW {
            self.few.push((hash, pos));
            return;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(hash, pos);
    }
}
