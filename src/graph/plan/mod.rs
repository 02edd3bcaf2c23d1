//! The plan: which nodes share a walk over memory, which results are stored, in which order it all happens.
//!
//! A plan depends on shapes, layouts and types, never on addresses or thread counts. It is made once for a form of graph and
//! run many times.

mod fuse;
mod jobs;
pub mod nest;
mod order;
pub mod verify;

pub use fuse::plan;
pub use nest::{BlockFold, Mode, Nest};

use crate::array::Shape;
use crate::dtype::DType;
use crate::graph::linear::Pos;
use crate::ops::expr::{Body, ValueId};
use crate::ops::reduction::{Finish, Fold};
use smallvec::SmallVec;

/// Position of a buffer in [`Plan::buffers`].
pub type BufferId = u32;

/// Where an operand's elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// An array of the graph, by its place in `Linear::leaves`.
    Leaf(u32),
    /// A buffer of the plan.
    Buffer(BufferId),
    /// Nowhere: the "address" is the value, int64.
    Iota,
}

/// An operand of a walk: element `index` is `offset + sum(strides[d] * index[d])` bytes from the source's element zero (for
/// [`Source::Iota`] it is that number).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WalkOperand {
    /// Where.
    pub source: Source,
    /// The element type.
    pub dtype: DType,
    /// False where elements may lie at addresses that are not multiples of the type's alignment.
    pub aligned: bool,
    /// Bytes (or the value) at index zero.
    pub offset: i64,
    /// Bytes (or steps) along each axis of the walk.
    pub strides: SmallVec<[i64; 4]>,
}

/// What a walk does with a value of its body.
#[derive(Clone, Debug)]
pub enum Output {
    /// Stores it.
    Store {
        /// The value.
        value: ValueId,
        /// Where to.
        buffer: BufferId,
        /// Bytes at index zero.
        offset: i64,
        /// Bytes along each axis of the walk.
        strides: SmallVec<[i64; 4]>,
    },
    /// Folds it along the walk's reduced axes.
    Fold {
        /// The value.
        value: ValueId,
        /// How.
        fold: Fold,
        /// What is made of the state, and where it goes.
        finishes: Vec<(Finish, BufferId)>,
    },
}

/// One walk over an iteration space.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Lengths of the axes.
    pub shape: Shape,
    /// Which axes are folded; none in a walk that only stores.
    pub reduced: SmallVec<[bool; 4]>,
    /// The operands; `Op::Load(n)` reads operand `n`.
    pub operands: Vec<WalkOperand>,
    /// What happens at each index.
    pub body: Body,
    /// What becomes of it.
    pub outputs: Vec<Output>,
    /// The loops.
    pub nest: Nest,
    /// The graph's nodes that it computes, by position: elementwise ones, then reductions and joins.
    pub nodes: Vec<Pos>,
}

impl Walk {
    /// A walk over `shape` with its loops chosen, the axes in the order that the operands' strides suggest.
    pub fn new(
        shape: Shape,
        reduced: SmallVec<[bool; 4]>,
        operands: Vec<WalkOperand>,
        body: Body,
        outputs: Vec<Output>,
        buffers: &[BufferSpec],
    ) -> Walk {
        let strides: Vec<&[i64]> = operands.iter().map(|o| o.strides.as_slice()).collect();
        let order = order::axis_order(shape.len(), &strides);
        let nest = Nest::new(&shape, &reduced, &order, &operands, &outputs, buffers);
        Walk { shape, reduced, operands, body, outputs, nest, nodes: Vec::new() }
    }
}

/// A step of a plan.
#[derive(Clone, Debug)]
pub enum Step {
    /// A fused walk.
    Walk(Box<Walk>),
    /// `out[i] = source[positions[i]]`.
    Take {
        /// What is picked from: one axis of this many bytes' stride.
        source: Source,
        /// The positions, contiguous.
        positions: Source,
        /// The result, contiguous.
        out: BufferId,
    },
}

/// A buffer of the plan.
#[derive(Clone, Debug)]
pub struct BufferSpec {
    /// Lengths of the axes.
    pub shape: Shape,
    /// Bytes along each axis; without gaps in some order of the axes.
    pub strides: SmallVec<[i64; 4]>,
    /// The element type.
    pub dtype: DType,
    /// The last step that touches it; the steps' number for results.
    pub last_use: usize,
}

/// A result: a view of a buffer.
#[derive(Clone, Debug)]
pub struct ResultSpec {
    /// The buffer.
    pub buffer: BufferId,
    /// Bytes at index zero.
    pub offset: i64,
    /// Lengths of the axes.
    pub shape: Shape,
    /// Bytes along each axis.
    pub strides: SmallVec<[i64; 4]>,
    /// An earlier result is a view of the same buffer: this one is copied out of it, as results own their memory.
    pub copied: bool,
}

/// What `compute` does, in order.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// The buffers.
    pub buffers: Vec<BufferSpec>,
    /// The results asked for.
    pub results: Vec<ResultSpec>,
}
