//! The loops of a walk: axes in loop order, joined where they can be one, and the block that is one tile.
//!
//! Everything here depends on shapes, strides and types alone: the same walk has the same tiles and the same reduction tree
//! for any number of threads.

use super::{BufferSpec, Output, Source, WalkOperand};
use crate::ops::reduction::Fold;
use smallvec::{SmallVec, smallvec};

/// Elements of a tile: the most that a block holds. Measured: 512 to 1024 elements of 8 bytes suit a 32 KiB cache.
pub const TILE: usize = 1024;
/// Columns of a tile that is folded along its rows: long enough to be vectors, short enough for several rows.
const COLUMNS: usize = 256;
/// Sides of the tiles in which operands of transposed orders meet: 32 x 32 elements of 8 bytes are 8 KiB.
const SIDE: usize = 32;

/// How a block of `k` rows of `m` elements folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockFold {
    /// Not at all: the walk only stores.
    None,
    /// Each row to one state.
    Rows,
    /// The whole block to one state.
    Flat,
    /// Each column to one state.
    Columns,
}

/// How an operand gets into a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// It lies there contiguous: used in place.
    Unit,
    /// One element for the whole block.
    Scalar,
    /// The same elements in every block: gathered once.
    Once,
    /// Gathered, block by block.
    Gather,
}

/// An operand or a store along the loops.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Track {
    /// How it gets into (or, for stores, out of) the tile.
    pub mode: Mode,
    /// Bytes (or steps) along each loop axis.
    pub strides: SmallVec<[i64; 4]>,
}

/// The loops of a walk.
#[derive(Clone, Debug)]
pub struct Nest {
    /// Lengths of the loop axes, outermost first; the last two span the block. At least two.
    pub dims: SmallVec<[usize; 4]>,
    /// Which loop axes are folded.
    pub folded: SmallVec<[bool; 4]>,
    /// How blocks fold.
    pub fold: BlockFold,
    /// Rows of a block.
    pub k: usize,
    /// Elements of a row of a block.
    pub m: usize,
    /// The operands, as in the walk.
    pub operands: Vec<Track>,
    /// The outputs, as in the walk; folds have an empty track.
    pub stores: Vec<Track>,
    /// Steps of the position within the fold, along each loop axis.
    pub positions: SmallVec<[i64; 4]>,
}

/// An axis with all that moves along it, before blocks are chosen.
struct Axis {
    len: usize,
    folded: bool,
    /// One stride an operand, then one a store, then the position.
    strides: Vec<i64>,
}

impl Nest {
    /// The loops for a space whose axes are walked in `order`.
    pub(super) fn new(
        shape: &[usize],
        reduced: &[bool],
        order: &[usize],
        operands: &[WalkOperand],
        outputs: &[Output],
        buffers: &[BufferSpec],
    ) -> Nest {
        let positions = position_steps(shape, reduced);
        let axes: Vec<Axis> = order
            .iter()
            .filter(|&&d| shape[d] != 1)
            .map(|&d| Axis {
                len: shape[d],
                folded: reduced[d],
                strides: operands
                    .iter()
                    .map(|o| o.strides[d])
                    .chain(outputs.iter().map(|o| match o {
                        Output::Store { strides, .. } => strides[d],
                        Output::Fold { .. } => 0,
                    }))
                    .chain([positions[d]])
                    .collect(),
            })
            .collect();
        let folds = reduced.contains(&true);
        // Joined before, so that a run of kept axes inside stays one; and after, as axes have moved.
        let mut axes = join(arrange(join(axes)));
        let width = operands.len() + outputs.len() + 1;
        let one = |folded: bool| Axis { len: 1, folded, strides: vec![0; width] };
        // The last two axes span the block: see that they exist and are of the right kind.
        let fold = match (axes.last().map(|a| a.folded), folds) {
            (_, false) => BlockFold::None,
            (None, true) => BlockFold::Flat,
            (Some(false), true) if axes.iter().any(|a| a.folded) => BlockFold::Columns,
            // Every folded axis has length one.
            (Some(false), true) => {
                axes.push(one(true));
                BlockFold::Rows
            }
            (Some(true), true) => match axes.len().checked_sub(2).map(|i| axes[i].folded) {
                Some(false) if axes[axes.len() - 1].len < TILE => BlockFold::Rows,
                Some(false) => {
                    axes.insert(axes.len() - 1, one(true));
                    BlockFold::Flat
                }
                Some(true) | None => BlockFold::Flat,
            },
        };
        while axes.len() < 2 {
            axes.insert(0, one(folds));
        }
        let (a, b) = (&axes[axes.len() - 2], &axes[axes.len() - 1]);
        let itemsizes: Vec<i64> = operands
            .iter()
            .map(|o| if o.source == Source::Iota { 1 } else { o.dtype.size() as i64 })
            .chain(outputs.iter().map(|o| match o {
                Output::Store { buffer, .. } => buffers[*buffer as usize].dtype.size() as i64,
                Output::Fold { .. } => 0,
            }))
            .collect();
        let position_matters =
            outputs.iter().any(|o| matches!(o, Output::Fold { fold: Fold::Argmin | Fold::Argmax, .. }));
        let (k, m) = block(a, b, fold, &itemsizes, position_matters);
        let track = |i: usize, can_use_in_place: bool, is_iota: bool| {
            let strides: SmallVec<[i64; 4]> = axes.iter().map(|x| x.strides[i]).collect();
            let mode = mode(&strides, k, m, b.len, itemsizes[i], can_use_in_place, is_iota);
            Track { mode, strides }
        };
        Nest {
            dims: axes.iter().map(|x| x.len).collect(),
            folded: axes.iter().map(|x| x.folded).collect(),
            fold,
            k,
            m,
            operands: operands.iter().enumerate().map(|(i, o)| track(i, o.aligned, o.source == Source::Iota)).collect(),
            stores: outputs
                .iter()
                .enumerate()
                .map(|(i, o)| match o {
                    Output::Store { .. } => {
                        let mut t = track(operands.len() + i, true, false);
                        if t.mode != Mode::Unit {
                            // A single element is contiguous, whatever its strides.
                            t.mode = if k * m == 1 { Mode::Unit } else { Mode::Gather };
                        }
                        t
                    }
                    Output::Fold { .. } => Track { mode: Mode::Unit, strides: smallvec![0; axes.len()] },
                })
                .collect(),
            positions: axes.iter().map(|x| x.strides[width - 1]).collect(),
        }
    }

    /// Elements in all.
    pub fn size(&self) -> usize {
        self.dims.iter().product()
    }

    /// Elements that fold into one result.
    pub fn fold_count(&self) -> usize {
        self.dims.iter().zip(&self.folded).filter(|(_, f)| **f).map(|(n, _)| n).product()
    }

    /// Results of each fold.
    pub fn fold_results(&self) -> usize {
        self.dims.iter().zip(&self.folded).filter(|(_, f)| !**f).map(|(n, _)| n).product()
    }
}

/// The step of the position within the fold along each axis: C order over the folded axes.
fn position_steps(shape: &[usize], reduced: &[bool]) -> Vec<i64> {
    let mut steps = vec![0; shape.len()];
    let mut step = 1;
    for d in (0..shape.len()).rev() {
        if reduced[d] {
            steps[d] = step;
            step *= shape[d] as i64;
        }
    }
    steps
}

/// Kept axes outside, folded axes inside; but if the innermost axis is kept it stays there, so that memory is walked as it
/// lies. The order among kept axes and among folded axes does not change.
fn arrange(axes: Vec<Axis>) -> Vec<Axis> {
    let inner_kept = axes.last().is_some_and(|a| !a.folded);
    let n = axes.len();
    let (mut kept, mut folded, mut inner) = (Vec::new(), Vec::new(), None);
    for (i, axis) in axes.into_iter().enumerate() {
        if inner_kept && i + 1 == n {
            inner = Some(axis);
        } else if axis.folded {
            folded.push(axis);
        } else {
            kept.push(axis);
        }
    }
    kept.extend(folded);
    kept.extend(inner);
    kept
}

/// Neighbouring axes made one where every stride allows it.
fn join(axes: Vec<Axis>) -> Vec<Axis> {
    let mut out: Vec<Axis> = Vec::with_capacity(axes.len());
    for axis in axes {
        match out.last_mut() {
            Some(outer)
                if outer.folded == axis.folded
                    && outer.strides.iter().zip(&axis.strides).all(|(o, i)| *o == i * axis.len as i64) =>
            {
                outer.len *= axis.len;
                outer.strides = axis.strides;
            }
            _ => out.push(axis),
        }
    }
    out
}

/// Rows and row length of a block.
fn block(a: &Axis, b: &Axis, fold: BlockFold, itemsizes: &[i64], position_matters: bool) -> (usize, usize) {
    let rows = |m: usize| (TILE / m.max(1)).clamp(1, a.len.max(1));
    let crossing = a.len > 1
        && b.len > 1
        && itemsizes
            .iter()
            .enumerate()
            .any(|(i, &size)| size != 0 && a.strides[i].abs() == size && b.strides[i].abs() > size);
    match fold {
        BlockFold::Columns => {
            let m = b.len.min(COLUMNS);
            (rows(m), m)
        }
        BlockFold::Rows => (rows(b.len), b.len),
        BlockFold::None | BlockFold::Flat if crossing && !position_matters => {
            let m = b.len.min(SIDE);
            ((TILE / m).clamp(1, a.len.max(1)), m)
        }
        BlockFold::None | BlockFold::Flat if b.len >= TILE => (1, TILE),
        // Positions within a block of several rows are evenly spaced only if rows follow one another.
        BlockFold::Flat if position_matters && a.strides[a.strides.len() - 1] != b.len as i64 => (1, b.len),
        BlockFold::None | BlockFold::Flat => (rows(b.len), b.len),
    }
}

fn mode(strides: &[i64], k: usize, m: usize, row: usize, size: i64, in_place: bool, is_iota: bool) -> Mode {
    let n = strides.len();
    let (sa, sb) = (if k > 1 { strides[n - 2] } else { 0 }, if m > 1 { strides[n - 1] } else { 0 });
    if sa == 0 && sb == 0 {
        return Mode::Scalar;
    }
    let rows_follow = k == 1 || (sa == m as i64 * size && m == row);
    if in_place && !is_iota && rows_follow && (m == 1 || sb == size) {
        return Mode::Unit;
    }
    if sa == 0 && strides[..n - 2].iter().all(|&s| s == 0) && strides[n - 2] == 0 && m == row {
        return Mode::Once;
    }
    Mode::Gather
}
