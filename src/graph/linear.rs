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

/// A graph as a list; small ones need no memory of their own.
#[derive(Debug, Default)]
pub struct Linear<'a> {
    /// The nodes, inputs first.
    pub nodes: SmallVec<[&'a Node; 16]>,
    /// Positions of each node's inputs.
    pub inputs: SmallVec<[SmallVec<[Pos; 3]>; 16]>,
    /// Positions of what was asked for.
    pub outputs: SmallVec<[Pos; 4]>,
    /// The arrays, in order of first use.
    pub leaves: SmallVec<[&'a Array; 8]>,
    /// Key of the plan.
    pub fingerprint: u128,
}

impl Linear<'_> {
    /// The place of an array among the leaves.
    pub fn leaf(&self, array: &Array) -> Option<usize> {
        let same = |a: &Array| {
            std::ptr::eq(a, array)
                || a.data() == array.data()
                    && a.dtype() == array.dtype()
                    && a.shape() == array.shape()
                    && a.strides() == array.strides()
        };
        self.leaves.iter().position(|a| same(a))
    }
}

/// Lists the graph below `outputs`.
pub fn linearize<'a>(outputs: &[&'a NodeRef]) -> Linear<'a> {
    let mut list = Linear::default();
    let mut known = Known::default();
    let mut h = Hasher128::new(outputs.len() as u64);
    // Nodes that wait for their inputs, with the number of the next one; positions of the inputs that are listed.
    let mut waiting: SmallVec<[(&'a Node, usize); 16]> = SmallVec::new();
    let mut listed: SmallVec<[Pos; 32]> = SmallVec::new();
    for &root in outputs {
        let mut found = known.find(root.hash);
        if found.is_none() {
            waiting.push((root.as_ref(), 0));
        }
        while let Some((node, next)) = waiting.last_mut() {
            let node = *node;
            if let Some(input) = node.inputs.get(*next) {
                match known.find(input.hash) {
                    Some(pos) => {
                        *next += 1;
                        listed.push(pos);
                    }
                    None => waiting.push((input.as_ref(), 0)),
                }
                continue;
            }
            waiting.pop();
            let first = listed.len() - node.inputs.len();
            let inputs = SmallVec::from_slice(&listed[first..]);
            listed.truncate(first);
            let pos = list.nodes.len() as Pos;
            h.double(node.form);
            inputs.iter().for_each(|&p| h.word(u64::from(p)));
            if let NodeOp::Data(array) = &node.op {
                list.leaves.push(array);
            }
            known.insert(node.hash, pos);
            list.nodes.push(node);
            list.inputs.push(inputs);
            found = Some(pos);
        }
        h.word(found.map_or(u64::MAX, u64::from));
        list.outputs.extend(found);
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
