//! The blocks of a walk: where each starts, and which rectangles it consists of.

use super::CompiledWalk;
use crate::graph::plan::BlockFold;
use smallvec::SmallVec;

/// A block: where it starts along each loop axis, and its rows and row length.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) start: SmallVec<[usize; 6]>,
    pub(super) k: usize,
    pub(super) m: usize,
    /// What it consists of, if a part of a fold's sequence is more than one rectangle of the last two axes.
    pub(super) pieces: Vec<Piece>,
}

/// A rectangle of a block.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) start: SmallVec<[usize; 6]>,
    pub(super) k: usize,
    pub(super) m: usize,
    /// Elements of the block before it.
    pub(super) before: usize,
}

impl Block {
    /// None yet, of a walk of `axes` loop axes.
    pub(super) fn nowhere(axes: usize) -> Block {
        Block { start: SmallVec::from_elem(0, axes), k: 0, m: 0, pieces: Vec::new() }
    }
}

impl CompiledWalk {
    /// The block at these positions among result blocks and fold blocks.
    ///
    /// It is made where it stays: a block that is moved just after it was written makes the processor wait until all that it has stored
    /// before has reached the cache (a tenth of a walk over rows of 100, by a profile).
    pub(super) fn block_at(&self, result_block: usize, fold_block: usize, block: &mut Block) {
        let nest = &self.walk.nest;
        let n = nest.dims.len();
        let Block { start, k, m, pieces } = block;
        start.fill(0);
        pieces.clear();
        let cut = nest.cut;
        let fold_step = if cut.is_some() { 0 } else { fold_block };
        for (axes, mut at) in [(&self.grid.kept, result_block), (&self.grid.folded, fold_step)] {
            for &(axis, steps) in axes.iter().rev() {
                if at < steps {
                    start[axis] = at;
                    break;
                }
                start[axis] = at % steps;
                at /= steps;
            }
        }
        start[n - 2] *= self.grid.k;
        start[n - 1] *= self.grid.m;
        *k = self.grid.k.min(nest.dims[n - 2] - start[n - 2]);
        *m = self.grid.m.min(nest.dims[n - 1] - start[n - 1]);
        if let Some(cut) = cut.filter(|_| nest.fold != BlockFold::Rows) {
            let (mut at, count) = cut.piece(fold_block);
            for &(axis, _) in self.grid.folded.iter().rev() {
                if at < nest.dims[axis] {
                    start[axis] = at;
                    break;
                }
                start[axis] = at % nest.dims[axis];
                at /= nest.dims[axis];
            }
            let columns = nest.fold == BlockFold::Columns;
            (*k, *m) = if columns { (count, *m) } else { (1, count) };
            if nest.ragged {
                let (rows, row) = self.rectangle(start, count, *m);
                if if columns { rows == count } else { rows * row == count } {
                    (*k, *m) = (rows, row);
                } else {
                    *pieces = self.pieces(start, count, *m);
                }
            }
        }
    }

    /// Rows and row length of the rectangle that `left` elements of a fold's sequence from `at` on begin with; of `m` columns,
    /// if it folds by columns.
    fn rectangle(&self, at: &[usize], left: usize, m: usize) -> (usize, usize) {
        let nest = &self.walk.nest;
        let n = nest.dims.len();
        let (outer, inner) = (nest.dims[n - 2] - at[n - 2], nest.dims[n - 1] - at[n - 1]);
        if nest.fold == BlockFold::Columns {
            (left.min(outer), m)
        } else if at[n - 1] > 0 || left < inner {
            (1, left.min(inner))
        } else {
            ((left / inner).min(outer), inner)
        }
    }

    /// The rectangles of `count` elements of a fold's sequence from `start` on; of `m` columns each, if it folds by columns.
    fn pieces(&self, start: &[usize], count: usize, m: usize) -> Vec<Piece> {
        let nest = &self.walk.nest;
        let columns = nest.fold == BlockFold::Columns;
        let width = if columns { m } else { 1 };
        let mut pieces = Vec::new();
        let mut at: SmallVec<[usize; 6]> = SmallVec::from_slice(start);
        let mut done = 0;
        while done < count {
            let (k, m) = self.rectangle(&at, count - done, m);
            pieces.push(Piece { start: at.clone(), k, m, before: done * width });
            let step = if columns { k } else { k * m };
            done += step;
            // The next position: the sequence's axes count as digits.
            let mut carry = step;
            for &(axis, _) in self.grid.folded.iter().rev() {
                carry += at[axis];
                at[axis] = carry % nest.dims[axis];
                carry /= nest.dims[axis];
            }
        }
        pieces
    }
}
