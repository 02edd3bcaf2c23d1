//! The loop IR: what one walk over an iteration space does at each position.
//!
//! A [`Kernel`] is a straight-line body over operands, with results that are stored or folded. It is typed, printable and
//! knows no shapes: it is the key of what is compiled.

pub mod parse;
pub mod print;
pub mod verify;

use crate::dtype::DType;
use crate::ops::expr::{Body, ValueId};
use crate::ops::reduction::Fold;

/// How an operand moves as the loop goes on, once strided operands have been gathered into tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// One element further at each position.
    Unit,
    /// The same element at each position.
    Scalar,
    /// A whole array at each position: only `Op::Table` reads it.
    Table,
}

/// An operand of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operand {
    /// Its element type.
    pub dtype: DType,
    /// How it moves.
    pub access: Access,
}

/// What becomes of a value of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sink {
    /// Stored at the loop's position.
    Store,
    /// Folded into a state.
    Fold(Fold),
    /// Left in the tile, where whoever runs the loop reads it.
    Hold,
}

/// One result of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KernelResult {
    /// The value.
    pub value: ValueId,
    /// What becomes of it.
    pub sink: Sink,
}

/// A loop: operands, body, results.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// The operands; `Op::Load(n)` reads operand `n`.
    pub operands: Vec<Operand>,
    /// The instructions.
    pub body: Body,
    /// The results, in order.
    pub results: Vec<KernelResult>,
}

/// A piece of a kernel that is compiled as one function: loads, native instructions, stores, beginnings of folds.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The operands; `Op::Load(n)` reads operand `n`.
    pub operands: Vec<Operand>,
    /// The instructions.
    pub body: Body,
    /// The values that are stored, each to its own contiguous destination.
    pub stores: Vec<ValueId>,
    /// The values whose fold is begun, each to rows of lanes of its own: see `kernels::fold::lanes`.
    pub folds: Vec<(ValueId, Fold)>,
}

impl Segment {
    /// Bytes of a lane of its folds, the same for all: what sums have, or if it only counts, its widest number.
    pub fn lane(&self) -> usize {
        let size = |v: ValueId| self.body.dtype(v).size();
        let sum = self.folds.iter().find(|(_, fold)| *fold != Fold::Count).map(|&(v, _)| size(v));
        let numbers = self.body.insts().iter().map(|i| i.dtype.size());
        sum.or_else(|| numbers.max()).unwrap_or(1).min(8)
    }
}
