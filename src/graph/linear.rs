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
        nodes: Vec::with_capacity(32),
        inputs: Vec::with_capacity(32),
        outputs: SmallVec::new(),
        leaves: Vec::with_capacity(8),
        fingerprint: 0,
    };
    let mut known: FxHashMap<u128, Pos> = FxHashMap::with_capacity_and_hasher(64, Default::default());
    let mut stack: Vec<(&'a Node, usize)> = Vec::with_capacity(32);
    let mut h = Hasher128::new(outputs.len() as u64);
    for &root in outputs {
        if !known.contains_key(&root.hash) {
            stack.push((root.as_ref(), 0));
        }
        while let Some((node, next)) = stack.pop() {
            if let Some(input) = node.inputs.get(next) {
                stack.push((node, next + 1));
                if !known.contains_key(&input.hash) {
                    stack.push((input.as_ref(), 0));
                }
                continue;
            }
            if known.contains_key(&node.hash) {
                continue;
            }
            h.word(node.form);
            let inputs: SmallVec<[Pos; 3]> = node.inputs.iter().map(|i| known[&i.hash]).collect();
            inputs.iter().for_each(|&p| h.word(u64::from(p)));
            if let NodeOp::Data(array) = &node.op {
                list.leaves.push(array);
            }
            known.insert(node.hash, list.nodes.len() as Pos);
            list.nodes.push(node);
            list.inputs.push(inputs);
        }
        let pos = known[&root.hash];
        h.word(u64::from(pos));
        list.outputs.push(pos);
    }
    list.fingerprint = h.finish();
    list
}
