//! The graph of one `compute` as a list: inputs before users, equal nodes once, leaves numbered in order of first use.
//!
//! Its fingerprint is equal for graphs that differ only in which memory they read: the key of the plan cache.

use super::hash::Hasher128;
use super::node::{Node, NodeOp, NodeRef};
use crate::array::Array;
use crate::dtype::DType;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::sync::OnceLock;

/// Position of a node in [`Linear::nodes`].
pub type Pos = u32;

/// A graph as a list; small ones need no memory of their own.
#[derive(Debug, Default)]
pub struct Linear<'a> {
    /// The nodes, inputs first.
    pub nodes: SmallVec<[&'a Node; 16]>,
    /// Positions of each node's inputs.
    pub inputs: Inputs,
    /// Positions of what was asked for.
    pub outputs: SmallVec<[Pos; 4]>,
    /// The arrays, in order of first use.
    pub leaves: SmallVec<[&'a Array; 8]>,
    /// Key of the plan.
    pub fingerprint: u128,
    /// Places among the leaves, by what tells arrays apart: made when it is asked for the first time.
    places: OnceLock<FxHashMap<Tells<'a>, usize>>,
}

/// What tells arrays apart: address, type, shape, strides.
type Tells<'a> = (usize, DType, &'a [usize], &'a [isize]);

fn tells(array: &Array) -> Tells<'_> {
    (array.data() as usize, array.dtype(), array.shape(), array.strides())
}

/// Positions of the inputs of node after node.
#[derive(Debug, Default)]
pub struct Inputs {
    all: SmallVec<[Pos; 32]>,
    /// Where those of each node end.
    ends: SmallVec<[u32; 16]>,
}

impl Inputs {
    /// Adds those of the next node.
    pub fn push(&mut self, inputs: &[Pos]) {
        // Most are one or two, for which the slice's way is long.
        inputs.iter().for_each(|&i| self.all.push(i));
        self.ends.push(self.all.len() as u32);
    }

    /// Nodes.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True if there is no node.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Those of each node, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[Pos]> {
        (0..self.len()).map(|node| &self[node])
    }
}

impl std::ops::Index<usize> for Inputs {
    type Output = [Pos];

    fn index(&self, node: usize) -> &[Pos] {
        let start = if node == 0 { 0 } else { self.ends[node - 1] };
        &self.all[start as usize..self.ends[node] as usize]
    }
}

impl<'a> Linear<'a> {
    /// The same list over the arrays of another, and with its fingerprint: what is made of that runs over its memory.
    #[must_use]
    pub fn over<'b: 'a>(mut self, whole: &Linear<'b>) -> Linear<'a> {
        self.fingerprint = whole.fingerprint;
        self.with_leaves(&whole.leaves)
    }

    /// The same list over these arrays.
    #[must_use]
    pub fn with_leaves(self, leaves: &[&'a Array]) -> Linear<'a> {
        Linear { leaves: SmallVec::from_slice(leaves), places: OnceLock::new(), ..self }
    }

    /// The place of an array among the leaves.
    pub fn leaf(&self, array: &Array) -> Option<usize> {
        // Of equal ones the first.
        let places =
            self.places.get_or_init(|| self.leaves.iter().enumerate().rev().map(|(n, a)| (tells(a), n)).collect());
        places.get(&tells(array)).copied()
    }
}

/// Lists the graph below `outputs`.
pub fn linearize<'a>(outputs: &[&'a NodeRef]) -> Linear<'a> {
    let mut lister = Lister {
        list: Linear::default(),
        known: Known::default(),
        hasher: Hasher128::new(outputs.len() as u64),
        listed: SmallVec::new(),
    };
    for &root in outputs {
        let pos = lister.position_of(root);
        lister.hasher.word(u64::from(pos));
        lister.list.outputs.push(pos);
    }
    lister.list.fingerprint = lister.hasher.finish();
    lister.list
}

/// A list in the making.
struct Lister<'a> {
    list: Linear<'a>,
    known: Known,
    hasher: Hasher128,
    /// Positions of inputs of nodes whose other inputs are not listed yet.
    listed: SmallVec<[Pos; 32]>,
}

impl<'a> Lister<'a> {
    /// The position of a node, which is listed behind its inputs if it is not yet.
    fn position_of(&mut self, root: &'a Node) -> Pos {
        if let Some(pos) = self.position_at_once(root) {
            return pos;
        }
        // Nodes that wait for their inputs, with the number of the next one.
        let mut waiting: SmallVec<[(&'a Node, usize); 16]> = SmallVec::new();
        let (mut node, mut next) = (root, 0);
        loop {
            let Some(input) = node.inputs.get(next) else {
                let pos = self.push(node);
                let Some(user) = waiting.pop() else { return pos };
                self.listed.push(pos);
                (node, next) = user;
                continue;
            };
            next += 1;
            match self.position_at_once(input) {
                Some(pos) => self.listed.push(pos),
                None => {
                    waiting.push((node, next));
                    (node, next) = (input, 0);
                }
            }
        }
    }

    /// The position of a node that is listed, or has no inputs.
    fn position_at_once(&mut self, node: &'a Node) -> Option<Pos> {
        let known = self.known.find(node.hash, &self.list.nodes);
        if known.is_none() && node.inputs.is_empty() { Some(self.push(node)) } else { known }
    }

    /// Lists a node whose inputs' positions are the last that are listed.
    fn push(&mut self, node: &'a Node) -> Pos {
        let first = self.listed.len() - node.inputs.len();
        let pos = self.list.nodes.len() as Pos;
        // The form tells the number of inputs.
        self.hasher.double(node.form);
        for pair in self.listed[first..].chunks(2) {
            self.hasher.word(pair.iter().fold(0, |word, &p| word << 32 | u64::from(p)));
        }
        if let NodeOp::Data(array) = &node.op {
            self.list.leaves.push(array);
        }
        self.known.insert(node.hash, pos, &self.list.nodes);
        self.list.nodes.push(node);
        self.list.inputs.push(&self.listed[first..]);
        self.listed.truncate(first);
        pos
    }
}

/// Positions by structural hash: a short list is searched faster than a table is made.
#[derive(Default)]
struct Known {
    /// The low half of each hash, in the order of positions.
    few: SmallVec<[u64; Known::FEW]>,
    many: FxHashMap<u128, Pos>,
}

impl Known {
    const FEW: usize = 24;

    fn find(&self, hash: u128, nodes: &[&Node]) -> Option<Pos> {
        if !self.many.is_empty() {
            return self.many.get(&hash).copied();
        }
        // What was listed last is used soonest.
        let found = self.few.iter().rposition(|&low| low == hash as u64)?;
        // Different hashes may have equal halves.
        if nodes[found].hash == hash { Some(found) } else { nodes.iter().rposition(|n| n.hash == hash) }
            .map(|pos| pos as Pos)
    }

    fn insert(&mut self, hash: u128, pos: Pos, nodes: &[&Node]) {
        if self.many.is_empty() && self.few.len() < Known::FEW {
            self.few.push(hash as u64);
            return;
        }
        if self.many.is_empty() {
            self.many.extend(nodes.iter().zip(0..).map(|(n, pos)| (n.hash, pos)));
        }
        self.many.insert(hash, pos);
    }
}
