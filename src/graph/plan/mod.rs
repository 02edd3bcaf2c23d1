//! The plan: which nodes share a walk over memory, which results are stored, in which order it all happens.
//!
//! A plan depends on shapes, layouts and types, never on addresses or thread counts. It is made once for a form of graph and
//! run many times.

mod bands;
mod boxes;
mod fuse;
mod jobs;
mod lowering;
mod made;
pub mod nest;
mod short;
pub mod verify;

pub use fuse::plan;
pub use made::{Made, MadePart};
pub use nest::{BlockFold, Mode, Nest};
pub use order::is_c_order;

use crate::array::Shape;
use crate::dtype::DType;
use crate::graph::linear::Pos;
use crate::graph::order;
use crate::ops::expr::{Body, ValueId};
use crate::ops::kernel::KernelFn;
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
    /// Nowhere: made where it is read, by its place in [`Walk::made`].
    Made(u32),
}

/// An operand of a walk: element `index` is `offset + sum(strides[d] * index[d])` bytes from the source's element zero (for
/// [`Source::Iota`] it is that number; of what is picked, it is so much more than the numbers say).
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
    /// Bytes (or steps) along each axis of the walk; none of a table.
    pub strides: SmallVec<[i64; 4]>,
    /// How its elements are found.
    pub reach: Reach,
}

/// How an operand's elements are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// By the walk's index.
    Index,
    /// It is an array of one axis that is read anywhere at each index.
    Table(Column),
    /// It is an array of one axis, of which the walk has the elements that lie where another operand says, and steps from there: rows that
    /// are picked by their numbers. Those outside are the first.
    Picked(Picked),
    /// By the walk's index, but no tile has them: numbers that say where others lie.
    Places,
}

/// Where the elements lie that are picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Picked {
    /// The array.
    pub of: Column,
    /// The operand that says where.
    pub by: u16,
    /// What the number that is there is multiplied by.
    pub scale: i64,
    /// And what is added.
    pub first: i64,
}

/// An array of one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its length.
    pub len: usize,
    /// Bytes from one element to the next; where elements are picked, not zero.
    pub step: i64,
}

impl Reach {
    /// The array of one axis that is not read by the walk's index alone.
    pub fn column(&self) -> Option<Column> {
        match *self {
            Reach::Table(of) | Reach::Picked(Picked { of, .. }) => Some(of),
            Reach::Index | Reach::Places => None,
        }
    }
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
    /// Keeps it in the tile, where another output reads it.
    Hold {
        /// The value.
        value: ValueId,
    },
    /// Stores it where a mask is true, one after another. All axes of the walk are folded, in C order: each part of what folds has
    /// its place in the result.
    Pack {
        /// The value.
        value: ValueId,
        /// The output that holds the mask.
        mask: usize,
        /// Where each part starts in the result, and where the last ends: int64, in C order.
        offsets: Source,
        /// Where to.
        buffer: BufferId,
    },
    /// Counts it in a table, or adds a weight there; numbers that are not of the table are left out. All axes of the walk are
    /// folded, in C order: each part has a table, and these are added in order.
    Bins {
        /// The value, int64.
        value: ValueId,
        /// The output that holds the weight, float64.
        weight: Option<usize>,
        /// Length of the table.
        bins: usize,
        /// Where to.
        buffer: BufferId,
    },
}

impl Output {
    /// The value.
    pub fn value(&self) -> ValueId {
        match self {
            Output::Store { value, .. }
            | Output::Fold { value, .. }
            | Output::Hold { value }
            | Output::Pack { value, .. }
            | Output::Bins { value, .. } => *value,
        }
    }

    /// The buffers that are written.
    pub fn written(&self) -> impl Iterator<Item = BufferId> + '_ {
        let (store, folds): (Option<BufferId>, &[(Finish, BufferId)]) = match self {
            Output::Store { buffer, .. } | Output::Pack { buffer, .. } | Output::Bins { buffer, .. } => {
                (Some(*buffer), &[])
            }
            Output::Fold { finishes, .. } => (None, finishes),
            Output::Hold { .. } => (None, &[]),
        };
        store.into_iter().chain(folds.iter().map(|f| f.1))
    }
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
    /// The operands that are made where they are read.
    pub made: Vec<Made>,
    /// What happens at each index.
    pub body: Body,
    /// What becomes of it.
    pub outputs: Vec<Output>,
    /// The loops.
    pub nest: Nest,
    /// The graph's nodes that it computes, by position: elementwise ones, then reductions and joins.
    pub nodes: Vec<Pos>,
    /// The axes in the order in which they are walked, outermost first, and in that in which folds combine.
    pub order: SmallVec<[usize; 4]>,
    /// See `order`.
    pub tree_order: SmallVec<[usize; 4]>,
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
        let nest = Nest::new(&shape, &reduced, &order, &order, &operands, &outputs, buffers, body.widest());
        let (made, nodes, tree_order) = (Vec::new(), Vec::new(), order.clone());
        Walk { shape, reduced, operands, made, body, outputs, nest, nodes, tree_order, order }
    }

    /// The walks of the parts of what is made here, and of what these make.
    pub fn parts(&self) -> Vec<&Walk> {
        made::parts(&self.made)
    }

    /// Where it and what it makes reads.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        std::iter::once(self).chain(self.parts()).flat_map(|w| w.operands.iter().map(|o| o.source))
    }

    /// The same walk over `rows` of the first axis.
    #[must_use]
    pub fn of_rows(&self, rows: usize, buffers: &[BufferSpec]) -> Walk {
        let mut walk = self.clone();
        walk.shape[0] = rows;
        walk.nest = Nest::new(
            &walk.shape,
            &walk.reduced,
            &walk.order,
            &walk.tree_order,
            &walk.operands,
            &walk.outputs,
            buffers,
            walk.body.widest(),
        );
        walk
    }
}

/// Steps that run over a few rows of the first axis at a time.
#[derive(Clone, Debug)]
pub struct Band {
    /// The steps, all walks.
    pub steps: std::ops::Range<usize>,
    /// Length of the first axis.
    pub length: usize,
    /// Rows of a band; the last may have fewer.
    pub rows: usize,
    /// Buffers that nothing else uses: each exists for one band only.
    pub locals: Vec<BufferId>,
}

/// A step of a plan.
#[derive(Clone, Debug)]
pub enum Step {
    /// A fused walk.
    Walk(Box<Walk>),
    /// A handwritten kernel.
    Kernel(KernelCall),
}

impl Step {
    /// The graph's nodes that it computes, by position.
    pub fn nodes(&self) -> &[Pos] {
        match self {
            Step::Walk(walk) => &walk.nodes,
            Step::Kernel(call) => &call.nodes,
        }
    }
}

/// A kernel bound to its operands.
#[derive(Clone, Debug)]
pub struct KernelCall {
    /// The kernel.
    pub kernel: KernelFn,
    /// Its operands, laid out as it asks.
    pub inputs: Vec<KernelOperand>,
    /// Its operands that are made where they are read, in the place of the result.
    pub made: Vec<Made>,
    /// What is made of its result run by run as these are ready, and where it is stored: maybe in the place of the result.
    pub then: Vec<(Made, BufferId)>,
    /// Its results, in C order.
    pub outs: SmallVec<[BufferId; 2]>,
    /// The graph's nodes that it computes, by position.
    pub nodes: Vec<Pos>,
}

impl KernelCall {
    /// Where it and what it makes reads.
    pub fn sources(&self) -> impl Iterator<Item = Source> {
        let parts = made::parts(self.made.iter().chain(self.then.iter().map(|t| &t.0)));
        let of_parts = parts.into_iter().flat_map(|w| &w.operands).map(|o| o.source);
        self.inputs.iter().map(|i| i.source).chain(of_parts)
    }

    /// The buffers that are written.
    pub fn written(&self) -> impl Iterator<Item = BufferId> + '_ {
        self.outs.iter().copied().chain(self.then.iter().map(|t| t.1))
    }
}

/// An operand of a kernel: a view of an array in memory.
#[derive(Clone, Debug)]
pub struct KernelOperand {
    /// Where.
    pub source: Source,
    /// Bytes from the source's element zero to the operand's.
    pub offset: i64,
    /// Lengths of the axes.
    pub shape: Shape,
    /// Bytes along each axis.
    pub strides: SmallVec<[i64; 4]>,
    /// The element type.
    pub dtype: DType,
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
    /// Which steps run by bands of rows.
    pub bands: Vec<Band>,
    /// The buffers.
    pub buffers: Vec<BufferSpec>,
    /// The results asked for.
    pub results: Vec<ResultSpec>,
}
