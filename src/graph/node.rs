//! The node: an operation, its inputs, the shape and type of its result. Immutable and shared.

use super::hash::Hasher128;
use super::map::IndexMap;
use crate::array::{Array, Shape};
use crate::dtype::{DType, Scalar};
use crate::error::Error;
use crate::ops::expr::TableFn;
use crate::ops::kernel::KernelFn;
use crate::ops::reduction::{Finish, Fold};
use crate::ops::ufunc::Ufunc;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

/// A node of the graph.
pub type NodeRef = Arc<Node>;

/// What a node computes. Shape and type of the result are the node's.
#[derive(Clone, Debug)]
pub enum NodeOp {
    /// An array that is there.
    Data(Array),
    /// One value everywhere.
    Const(Scalar),
    /// `start + sum(strides[d] * index[d])`, int64: what `arange`, `eye`, `indices` are made of.
    Iota {
        /// The value at index zero.
        start: i64,
        /// The step along each axis.
        strides: SmallVec<[i64; 4]>,
    },
    /// Result `out` of a ufunc of the inputs, which broadcast to the node's shape and have the loop's types.
    Ufunc {
        /// The ufunc.
        ufunc: Ufunc,
        /// Which of its results.
        out: u8,
    },
    /// The input converted to the node's type.
    Cast,
    /// The input seen through an index map; boxed, as it is the largest and rarest of these.
    View(Box<IndexMap>),
    /// The input's elements, in C order, under the node's shape: a reshape that no index map expresses.
    Reshape,
    /// The input folded along axes, which are gone from the shape.
    Reduce {
        /// How values fold.
        fold: Fold,
        /// What becomes of the state.
        finish: Finish,
        /// The axes of the input, increasing.
        axes: SmallVec<[usize; 4]>,
    },
    /// The inputs one after another along an axis.
    Concat {
        /// The axis.
        axis: usize,
    },
    /// Result `out` of a handwritten kernel over the inputs.
    Kernel {
        /// The kernel.
        kernel: KernelFn,
        /// Which of its results.
        out: u8,
    },
    /// A function of the first input, an array of one axis, and each element of the second.
    Table(TableFn),
    /// How many elements of the first input (int64) are each number from 0 on below the node's length; of others, none. With a
    /// second input (float64, of the same shape), the sums of its elements.
    Bins,
    /// The elements of the first input where the second (bool, of the same shape) is true, in C order, as one axis. The third
    /// says how many elements the mask keeps before each of its parts, and in all (int64; an array, as the shape depends on
    /// it).
    Compress,
    /// The first input; where any element of the second (bool) is true, there is something to say when it is computed. The note
    /// may have more inputs to say it of.
    Note(Note),
}

/// What is said of a value when it is computed: NumPy's warnings that are not about a floating-point operation, and what it
/// refuses when it sees the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    /// Nothing.
    Quiet,
    /// Nothing, nor of overflow and underflow.
    Silent,
    /// Of a mean of nothing.
    Mean,
    /// Of a mean of nothing but NaN.
    NanMean,
    /// Of a variance with no degree of freedom.
    Freedom,
    /// Of a variance that leaves NaN out, with no degree of freedom.
    NanFreedom,
    /// Of an extreme of nothing but NaN.
    AllNan,
    /// Of a cast that drops imaginary parts.
    Complex,
    /// Of the position of an extreme of nothing but NaN: refused.
    NoPosition,
    /// Of weights that sum to zero: refused.
    NoWeight,
    /// Of an index that is out of bounds, which is refused: the third input holds the indices.
    Outside {
        /// The axis of the array.
        axis: usize,
        /// Its length.
        size: usize,
    },
    /// Of a number of a choice that there is not, which is refused.
    Choice,
}

impl Note {
    /// Every note.
    pub const ALL: [Note; 11] = [
        Note::Quiet,
        Note::Silent,
        Note::Mean,
        Note::NanMean,
        Note::Freedom,
        Note::NanFreedom,
        Note::AllNan,
        Note::Complex,
        Note::NoPosition,
        Note::NoWeight,
        Note::Choice,
    ];

    /// The error of what is refused.
    pub fn refusal(self) -> Option<Error> {
        match self {
            Note::NoPosition | Note::Choice => Some(Error::Value(self.text().into())),
            Note::NoWeight => Some(Error::ZeroDivision(self.text().into())),
            Note::Quiet
            | Note::Silent
            | Note::Mean
            | Note::NanMean
            | Note::Freedom
            | Note::NanFreedom
            | Note::AllNan
            | Note::Complex
            | Note::Outside { .. } => None,
        }
    }

    /// The name of the warning's class.
    pub const fn category(self) -> &'static str {
        if matches!(self, Note::Complex) { "ComplexWarning" } else { "RuntimeWarning" }
    }

    /// NumPy's words.
    pub const fn text(self) -> &'static str {
        match self {
            Note::Quiet | Note::Silent | Note::Outside { .. } => "",
            Note::Choice => "invalid entry in choice array",
            Note::Mean | Note::NanMean => "Mean of empty slice",
            Note::Freedom => "Degrees of freedom <= 0 for slice",
            Note::NanFreedom => "Degrees of freedom <= 0 for slice.",
            Note::AllNan | Note::NoPosition => "All-NaN slice encountered",
            Note::Complex => "Casting complex values to real discards the imaginary part",
            Note::NoWeight => "Weights sum to zero, can't be normalized",
        }
    }

    /// The name, as `_core.note` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Note::Quiet => "quiet",
            Note::Silent => "silent",
            Note::Mean => "mean",
            Note::NanMean => "nanmean",
            Note::Freedom => "freedom",
            Note::NanFreedom => "nanfreedom",
            Note::AllNan => "allnan",
            Note::Complex => "complex",
            Note::NoPosition => "noposition",
            Note::NoWeight => "noweight",
            Note::Outside { .. } => "outside",
            Note::Choice => "choice",
        }
    }

    /// Whether it is said after what went wrong in the operations.
    pub const fn comes_last(self) -> bool {
        match self {
            Note::Quiet
            | Note::Silent
            | Note::Mean
            | Note::Freedom
            | Note::Complex
            | Note::NoPosition
            | Note::NoWeight
            | Note::Outside { .. }
            | Note::Choice => false,
            Note::NanMean | Note::NanFreedom | Note::AllNan => true,
        }
    }

    /// Whether of the operation that makes the value, division by zero and invalid results are not to be spoken of.
    pub const fn mutes(self) -> bool {
        match self {
            Note::Quiet | Note::Silent | Note::NanMean | Note::NanFreedom => true,
            Note::Mean
            | Note::Freedom
            | Note::AllNan
            | Note::Complex
            | Note::NoPosition
            | Note::NoWeight
            | Note::Outside { .. }
            | Note::Choice => false,
        }
    }
}

/// Numbers whose nodes are kept.
const LATELY: usize = 32;

thread_local! {
    /// Nodes of numbers that were used lately.
    static LATEST: RefCell<[Option<NodeRef>; LATELY]> = const { RefCell::new([const { None }; LATELY]) };
}

/// An operation with its inputs.
#[derive(Debug)]
pub struct Node {
    /// What it computes.
    pub op: NodeOp,
    /// The inputs.
    pub inputs: SmallVec<[NodeRef; 2]>,
    /// The result's shape.
    pub shape: Shape,
    /// The result's element type.
    pub dtype: DType,
    /// Hash of everything but the inputs and, for data, the memory: equal nodes of equal graphs over different arrays
    /// have it in common.
    pub form: u128,
    /// The structural hash: equal for nodes that compute the same from the same memory.
    pub hash: u128,
}

impl Node {
    /// A node. The caller has checked that the parts fit (`graph::build`).
    pub fn new(op: NodeOp, inputs: SmallVec<[NodeRef; 2]>, shape: Shape, dtype: DType) -> NodeRef {
        // The numbers of axes and inputs say where each sequence ends; with the small fields they make one word.
        let (kind, small) = op.small_form();
        let counts = (shape.len() as u64) << 16 | (inputs.len() as u64) << 40;
        let mut h = Hasher128::new(kind | (dtype as u64) << 8 | u64::from(small) << 24 | counts);
        shape.iter().for_each(|&n| h.word(n as u64));
        op.hash_form(&mut h);
        let form = h.finish();
        if let NodeOp::Data(array) = &op {
            h.word(array.data() as u64);
        }
        inputs.iter().for_each(|i| h.double(i.hash));
        Arc::new(Node { op, inputs, shape, dtype, form, hash: h.finish() })
    }

    /// An array as a node.
    pub fn data(array: Array) -> NodeRef {
        let (shape, dtype) = (Shape::from_slice(array.shape()), array.dtype());
        Node::new(NodeOp::Data(array), SmallVec::new(), shape, dtype)
    }

    /// One value in a shape.
    pub fn constant(value: Scalar, shape: Shape) -> NodeRef {
        Node::new(NodeOp::Const(value), SmallVec::new(), shape, value.dtype())
    }

    /// One value of no axes. Numbers come again and again in a graph; the node of one that was used lately is shared.
    pub fn number(value: Scalar) -> NodeRef {
        let place = FxBuildHasher.hash_one(value) as usize % LATELY;
        LATEST.with_borrow_mut(|latest| match &latest[place] {
            Some(node) if matches!(node.op, NodeOp::Const(v) if v == value) => node.clone(),
            _ => latest[place].insert(Node::constant(value, Shape::new())).clone(),
        })
    }

    /// Number of elements.
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }
}

impl NodeOp {
    /// The kind of operation, and what of it fits 16 bits.
    fn small_form(&self) -> (u64, u16) {
        match self {
            NodeOp::Data(array) => (0, u16::from(array.is_aligned())),
            NodeOp::Const(_) => (1, 0),
            NodeOp::Iota { .. } => (2, 0),
            NodeOp::Ufunc { ufunc, out } => (3, (*ufunc as u16) << 8 | u16::from(*out)),
            NodeOp::Cast => (4, 0),
            NodeOp::View(_) => (5, 0),
            NodeOp::Reshape => (6, 0),
            NodeOp::Reduce { .. } => (7, 0),
            NodeOp::Concat { .. } => (8, 0),
            NodeOp::Kernel { out, .. } => (9, u16::from(*out)),
            NodeOp::Note(_) => (10, 0),
            NodeOp::Compress => (11, 0),
            NodeOp::Table(f) => (12, *f as u16),
            NodeOp::Bins => (13, 0),
        }
    }

    /// The rest of it.
    fn hash_form(&self, h: &mut Hasher128) {
        match self {
            // As many as axes.
            NodeOp::Data(array) => array.strides().iter().for_each(|&s| h.word(s as u64)),
            NodeOp::Const(value) => value.hash(h),
            NodeOp::Iota { start, strides } => {
                h.word(*start as u64);
                h.words(strides.iter().map(|&s| s as u64));
            }
            NodeOp::Ufunc { .. }
            | NodeOp::Cast
            | NodeOp::Reshape
            | NodeOp::Compress
            | NodeOp::Table(_)
            | NodeOp::Bins => {}
            NodeOp::Note(note) => note.hash(h),
            NodeOp::Kernel { kernel, .. } => kernel.hash(h),
            NodeOp::View(map) => map.hash(h),
            NodeOp::Reduce { fold, finish, axes } => {
                fold.hash(h);
                finish.hash(h);
                h.words(axes.iter().map(|&a| a as u64));
            }
            NodeOp::Concat { axis } => h.word(*axis as u64),
        }
    }
}

impl Drop for Node {
    /// Takes the graph apart with a list instead of recursion: a chain of a million nodes must not exhaust the stack.
    fn drop(&mut self) {
        type Waiting = SmallVec<[NodeRef; 8]>;
        let unshared = |inputs: &mut SmallVec<[NodeRef; 2]>, waiting: &mut Waiting| {
            while let Some(input) = inputs.pop() {
                // A leaf drops in place; only what has inputs of its own could recurse.
                if !input.inputs.is_empty() {
                    waiting.push(input);
                }
            }
        };
        let mut waiting = Waiting::new();
        unshared(&mut self.inputs, &mut waiting);
        while let Some(node) = waiting.pop() {
            if let Some(mut node) = Arc::into_inner(node) {
                unshared(&mut node.inputs, &mut waiting);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::smallvec;

    #[test]
    fn a_chain_of_a_million_nodes_drops() {
        let mut node = Node::constant(Scalar::zero(DType::F64), Shape::new());
        for _ in 0..1_000_000 {
            node = Node::new(NodeOp::Cast, smallvec![node], Shape::new(), DType::F64);
        }
        assert_eq!(Arc::strong_count(&node), 1);
        drop(node);
    }

    #[test]
    fn what_ends_a_sequence_is_not_taken_for_part_of_it() {
        let x = |shape: Shape| Node::constant(Scalar::zero(DType::I64), shape);
        let fold = |n: NodeRef, fold, axes: &[usize], shape: Shape| {
            let op = NodeOp::Reduce { fold, finish: Finish::Value, axes: SmallVec::from_slice(axes) };
            Node::new(op, smallvec![n], shape, DType::I64)
        };
        // Without lengths, both would be the words 7, Reduce, Sum, Value, 1 for one of the numbers of Reduce and Or.
        for discriminant in 0..12usize {
            let a = fold(x(smallvec![discriminant, 1]), Fold::Sum, &[1], smallvec![discriminant]);
            for f in Fold::ALL {
                let b = fold(x(smallvec![discriminant, 1]), f, &[0, 1], smallvec![]);
                assert_ne!(a.form, b.form);
            }
        }
    }

    #[test]
    fn equal_nodes_have_equal_hashes() {
        let c = |x: i128| Node::constant(Scalar::from_i128(DType::I64, x), Shape::new());
        let f = |n: NodeRef| Node::new(NodeOp::Cast, smallvec![n], Shape::new(), DType::F64);
        assert_eq!(f(c(1)).hash, f(c(1)).hash);
        assert_ne!(f(c(1)).hash, f(c(2)).hash);
    }
}
