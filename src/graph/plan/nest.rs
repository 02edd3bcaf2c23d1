//! The loops of a walk: axes in loop order, joined where they can be one, and the block that is one tile.
//!
//! Everything here depends on shapes, strides and types alone: the same walk has the same tiles and the same reduction tree
//! for any number of threads.
//!
//! The tree of a fold depends on less: the shape, which axes fold, and their order. The elements that fold into one result
//! are a sequence, over the folded axes in their order, which is cut into blocks ([`Nest::cut`]) wherever rows end. Which
//! axes the operands let be one, and which other results the walk makes, decides only how a block is gathered. The exception
//! are operands of transposed orders, which meet in square blocks ([`Nest::crossing`]).

use super::{BufferSpec, Output, Reach, Source, WalkOperand};
use crate::ops::reduction::{Finish, Fold};
use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};
use std::collections::hash_map::Entry;

/// Elements of a tile of 8 bytes each: the most that a block holds. Measured: 512 to 1024 suit a 32 KiB cache.
pub const TILE: usize = 1024;
/// Bytes of memory that a tile looks at whose operands share its lines. Measured: sums along rows of eight float64 take 0.96 ns an element
/// with 64 KiB, 0.69 with 16.
const SHARED: usize = 16 << 10;
/// Columns of 8 bytes of a tile that is folded along its rows: long enough to be vectors, short enough for several rows.
const COLUMNS: usize = 256;
/// Columns that a tile has in any case, if there are so many.
const FEWEST_COLUMNS: usize = 32;
/// Sides of the blocks in which operands of transposed orders meet. Their lines are far apart, so that each is waited for:
/// blocks of 64 x 64 take half the time of 32 x 32, though they leave the first-level cache (measured).
const SIDE: usize = 64;

/// Elements of a tile whose widest values have `bytes` bytes, where no tree depends on it.
fn tile_of(bytes: usize) -> usize {
    (TILE * 8 / bytes.max(1)).max(TILE)
}

/// Elements of a tile in which operands that lie between each other in memory, like the columns of a table, find the lines that
/// the first of them has brought into the first-level cache; `None` where there are none.
fn shared_lines(operands: &[WalkOperand], inner: &Axis) -> Option<usize> {
    let apart = |i: usize| inner.strides[i].unsigned_abs() as usize;
    let mut firsts: FxHashMap<(Source, &[i64]), i64> = FxHashMap::default();
    let mut follows = |i: usize| {
        let o = &operands[i];
        let first = match firsts.entry((o.source, &o.strides)) {
            Entry::Vacant(none) => {
                none.insert(o.offset);
                return None;
            }
            Entry::Occupied(first) => *first.get(),
        };
        (apart(i) > o.dtype.size() && o.offset.abs_diff(first) < 64).then(|| apart(i).min(64))
    };
    let bytes = (0..operands.len()).filter_map(&mut follows).max()?;
    Some(SHARED / bytes)
}

/// The shortest rows that compiled code goes through one by one, rather than gather what does not lie contiguous (measured: seven shifted
/// views of 70 x 70 x 70 take 2.8 ns an element gathered, 1.0 row by row). No segment takes more elements in one step.
pub const LONG_ROW: usize = 64;

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
    /// One element for each of the block's rows, which are [`LONG_ROW`] or longer.
    Row,
    /// Rows lie apart, each contiguous, and are [`LONG_ROW`] or longer: compiled code goes from row to row in place; for others the
    /// block is gathered.
    Rows,
    /// The same elements in every block: gathered once.
    Once,
    /// Gathered, block by block.
    Gather,
    /// All of it for the whole block; or no tile has any of it.
    Table,
}

/// An operand or a store along the loops.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Track {
    /// How it gets into (or, for stores, out of) the tile.
    pub mode: Mode,
    /// Bytes (or steps) along each loop axis.
    pub strides: SmallVec<[i64; 4]>,
    /// For a gathered operand: a part of one row lies contiguous and can be used in place.
    pub row_in_place: bool,
}

impl Track {
    /// From one row of a block to the next.
    pub fn outer(&self) -> i64 {
        self.strides[self.strides.len() - 2]
    }

    /// From one element of a row to the next.
    pub fn inner(&self) -> i64 {
        self.strides[self.strides.len() - 1]
    }
}

/// A fold's sequence consists of rows, each cut into pieces, of which the last may be shorter. A piece folds to one state
/// in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Elements of a row.
    pub row: usize,
    /// Elements of a piece.
    pub piece: usize,
    /// Pieces of a row.
    of_row: usize,
}

impl Cut {
    fn new(row: usize, piece: usize) -> Cut {
        Cut { row, piece, of_row: row.div_ceil(piece) }
    }

    /// Pieces of a sequence of `count` elements.
    pub fn pieces(self, count: usize) -> usize {
        if count == 0 { 0 } else { count / self.row * self.of_row }
    }

    /// Where piece `n` starts in the sequence, and its elements.
    pub fn piece(self, n: usize) -> (usize, usize) {
        // Mostly a row is the whole.
        let (row, of_row) = if n < self.of_row { (0, n) } else { (n / self.of_row, n % self.of_row) };
        let before = of_row * self.piece;
        (row * self.row + before, self.piece.min(self.row - before))
    }
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
    /// Operands of transposed orders meet: the last two axes are walked in square blocks.
    pub crossing: bool,
    /// Where a fold's sequence is cut into blocks. `None` in a walk that only stores, or is `crossing`.
    pub cut: Option<Cut>,
    /// A block may be several rectangles of the last two axes.
    pub ragged: bool,
    /// Rows of a block.
    pub k: usize,
    /// Elements of a row of a block.
    pub m: usize,
    /// The most elements of a block that folds nothing, or whole rows.
    pub tile: usize,
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
    /// The loops for a space whose axes are walked in `order`, with the tree of folds that are walked in `tree_order`: the
    /// same, but for the order among kept axes. The widest value on the way has `widest` bytes.
    #[expect(clippy::too_many_arguments, reason = "what a walk is made of")]
    pub(super) fn new(
        shape: &[usize],
        reduced: &[bool],
        order: &[usize],
        tree_order: &[usize],
        operands: &[WalkOperand],
        outputs: &[Output],
        buffers: &[BufferSpec],
        widest: usize,
    ) -> Nest {
        // Where nobody asks for positions they must not keep axes apart.
        let position_matters = outputs.iter().any(|o| match o {
            Output::Fold { fold, finishes, .. } => {
                matches!(fold, Fold::Argmin | Fold::Argmax) || finishes.iter().any(|f| f.0 == Finish::Tally)
            }
            Output::Pack { .. } | Output::Bins { .. } => true,
            Output::Store { .. } | Output::Hold { .. } => false,
        });
        let positions = if position_matters { position_steps(shape, reduced) } else { vec![0; shape.len()] };
        let along = |d: usize| {
            let stores = outputs.iter().map(|o| match o {
                Output::Store { strides, .. } => strides[d],
                Output::Fold { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => 0,
            });
            operands.iter().map(|o| o.strides[d]).chain(stores).chain([positions[d]]).collect()
        };
        let pool = is_pool(shape, reduced, tree_order);
        let mut axes = loop_axes(shape, reduced, order, pool, along);
        let folds = reduced.contains(&true);
        let folded_axes = axes.iter().filter(|a| a.folded).count();
        let fold_count: usize = axes.iter().filter(|a| a.folded).map(|a| a.len).product();
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
            (Some(true), true) if folded_axes == 1 && axes.len() > 1 && fold_count < TILE => BlockFold::Rows,
            (Some(true), true) => {
                if folded_axes == 1 {
                    axes.insert(axes.len() - 1, one(true));
                }
                BlockFold::Flat
            }
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
                Output::Fold { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => 0,
            }))
            .collect();
        let crossing = match fold {
            BlockFold::None => crosses(a, b, &itemsizes),
            // Positions within a square block are not evenly spaced.
            BlockFold::Flat => !position_matters && crosses(a, b, &itemsizes),
            BlockFold::Rows | BlockFold::Columns => false,
        };
        let count = fold_count.max(1);
        let cut = match fold {
            BlockFold::None => None,
            BlockFold::Flat if crossing => None,
            BlockFold::Rows => Some(Cut::new(count, count)),
            BlockFold::Flat => Some(cut(shape, reduced, tree_order)),
            BlockFold::Columns => Some(Cut::new(count, column_cut(shape, reduced, tree_order, pool).clamp(1, count))),
        };
        let tile = tile_of(widest).min(shared_lines(operands, b).unwrap_or(usize::MAX));
        let rows = cut.map_or(0, |c| c.piece);
        let (k, m) = block(a, b, fold, crossing, rows, tile, columns(outputs, widest, rows));
        let ragged = folded_axes > 1
            && match (fold, cut) {
                (_, None) => false,
                (BlockFold::Columns, Some(_)) => true,
                (_, Some(cut)) => cut.row != b.len,
            };
        let rest = b.len % m.max(1);
        let long_rows = !ragged
            && !crossing
            && fold != BlockFold::Flat
            && a.len > 1
            && m >= LONG_ROW
            && (m == b.len || fold == BlockFold::Columns && (rest == 0 || rest >= LONG_ROW));
        let track = |i: usize, can_use_in_place: bool, is_iota: bool, is_made: bool| {
            let strides: SmallVec<[i64; 4]> = axes.iter().map(|x| x.strides[i]).collect();
            let (size, in_place) = (itemsizes[i], can_use_in_place && !is_iota);
            if !ragged {
                let mode = match (strides[strides.len() - 2], strides[strides.len() - 1]) {
                    (outer, 0) if long_rows && !is_made && outer != 0 => Mode::Row,
                    (outer, inner) if long_rows && in_place && inner == size => {
                        if outer == m as i64 * size && m == b.len { Mode::Unit } else { Mode::Rows }
                    }
                    // Where nothing is gathered, blocks may have more rows.
                    _ => mode(&strides, if long_rows { k.max(2) } else { k }, m, b.len, size, in_place),
                };
                return Track { mode, strides, row_in_place: false };
            }
            // Positions are not memory: these may differ where the folded axes do not join.
            let n = axes.len();
            let first = axes.iter().position(|x| x.folded).unwrap_or(0);
            let ends = if fold == BlockFold::Columns { n - 1 } else { n };
            let chain = (first + 1..ends).all(|d| strides[d - 1] == strides[d] * axes[d].len as i64);
            let still = strides[first..ends].iter().all(|&s| s == 0);
            let mode = if fold == BlockFold::Columns {
                match mode(&strides, if chain { k } else { 1 }, m, b.len, size, in_place) {
                    _ if still && (m == 1 || strides[n - 1] == 0) => Mode::Scalar,
                    Mode::Once if still => Mode::Once,
                    Mode::Unit if chain || k == 1 => Mode::Unit,
                    _ => Mode::Gather,
                }
            } else if still {
                Mode::Scalar
            } else if in_place && chain && strides[n - 1] == size {
                Mode::Unit
            } else if strides[..n - 1].iter().all(|&s| s == 0) && cut.is_some_and(|c| c.piece.is_multiple_of(b.len)) {
                Mode::Once
            } else {
                Mode::Gather
            };
            let row_in_place = in_place && fold == BlockFold::Flat && strides[n - 1] == size;
            Track { mode, strides, row_in_place }
        };
        Nest {
            dims: axes.iter().map(|x| x.len).collect(),
            folded: axes.iter().map(|x| x.folded).collect(),
            fold,
            crossing,
            cut,
            ragged,
            k,
            m,
            tile,
            operands: operands
                .iter()
                .enumerate()
                .map(|(i, o)| {
                    let mode = match o.reach {
                        Reach::Index => {
                            return track(i, o.aligned, o.source == Source::Iota, matches!(o.source, Source::Made(_)));
                        }
                        Reach::Table(_) | Reach::Places => Mode::Table,
                        Reach::Picked(_) => Mode::Gather,
                    };
                    Track { mode, strides: axes.iter().map(|x| x.strides[i]).collect(), row_in_place: false }
                })
                .collect(),
            stores: outputs
                .iter()
                .enumerate()
                .map(|(i, o)| match o {
                    Output::Store { .. } => {
                        let mut t = track(operands.len() + i, true, false, false);
                        if !matches!(t.mode, Mode::Unit | Mode::Rows) {
                            // A single element is contiguous, whatever its strides.
                            t.mode = if k * m == 1 { Mode::Unit } else { Mode::Gather };
                        }
                        t
                    }
                    Output::Fold { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => {
                        Track { mode: Mode::Unit, strides: smallvec![0; axes.len()], row_in_place: false }
                    }
                })
                .collect(),
            positions: axes.iter().map(|x| x.strides[width - 1]).collect(),
        }
    }

    /// The loops of a part of what is made where it is read: any rectangle of the last two axes, of up to `room` elements.
    pub(super) fn of_part(shape: &[usize], operands: &[WalkOperand], room: usize) -> Nest {
        let n = shape.len();
        let track = |o: &WalkOperand| {
            let strides = o.strides.clone();
            let still = n >= 2 && strides[n - 2..].iter().all(|&s| s == 0);
            let mode = match o.reach {
                Reach::Table(_) | Reach::Places => Mode::Table,
                Reach::Index if still => Mode::Scalar,
                Reach::Index | Reach::Picked(_) => Mode::Gather,
            };
            let in_memory = o.aligned && o.source != Source::Iota;
            let row_in_place = in_memory && strides.last() == Some(&(o.dtype.size() as i64));
            Track { mode, strides, row_in_place }
        };
        Nest {
            dims: shape.iter().copied().collect(),
            folded: SmallVec::from_elem(false, n),
            fold: BlockFold::None,
            crossing: false,
            cut: None,
            ragged: false,
            k: 1,
            m: room,
            tile: 0,
            operands: operands.iter().map(track).collect(),
            stores: vec![Track { mode: Mode::Unit, strides: smallvec![0; n], row_in_place: false }],
            positions: smallvec![0; n],
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

/// The loop axes, outermost first: without those of one element, arranged, joined.
fn loop_axes(
    shape: &[usize],
    reduced: &[bool],
    order: &[usize],
    pool: bool,
    along: impl Fn(usize) -> Vec<i64>,
) -> Vec<Axis> {
    let long = order.iter().filter(|&&d| shape[d] != 1);
    let axes = long.map(|&d| Axis { len: shape[d], folded: reduced[d], strides: along(d) }).collect();
    // Joined before, so that a run of kept axes inside stays one; and after, as axes have moved.
    join(arrange(join(axes), pool))
}

/// Whether operands and stores, strides and item size of each, meet in square blocks when walked in this order.
pub(super) fn meet_transposed(shape: &[usize], reduced: &[bool], order: &[usize], tracks: &[(&[i64], usize)]) -> bool {
    let pool = is_pool(shape, reduced, order);
    let axes = loop_axes(shape, reduced, order, pool, |d| tracks.iter().map(|t| t.0[d]).collect());
    let itemsizes: Vec<i64> = tracks.iter().map(|t| t.1 as i64).collect();
    match &axes[..] {
        [.., a, b] => a.folded == b.folded && crosses(a, b, &itemsizes),
        _ => false,
    }
}

/// Where the sequence of a fold along inner axes is cut, from the lengths of its axes in order. Blocks hold about a tile and
/// end where rows end: what is one element, or the same elements, for each row is so for each block.
fn cut(shape: &[usize], reduced: &[bool], order: &[usize]) -> Cut {
    let lens = || order.iter().rev().filter(|&&d| reduced[d] && shape[d] != 1).map(|&d| shape[d].max(1));
    let total: usize = lens().product();
    if total <= TILE {
        return Cut::new(total, total);
    }
    let row = lens().next().unwrap_or(1);
    if row > TILE {
        // Of many parts all but the last are tiles, so that compiled code can fold several in one call.
        if row >= 8 * TILE {
            return Cut::new(row, TILE);
        }
        // Equal parts; whole cache lines of any type.
        let piece = row.div_ceil((row + TILE / 2) / TILE).next_multiple_of(64);
        return Cut::new(row, piece.min(row));
    }
    // The inner axes that fit a tile together.
    let mut group = 1;
    for len in lens() {
        if group * len > TILE {
            break;
        }
        group *= len;
    }
    // Sixteen rows of any length fill cache lines; of fewer, half as much again as a tile is better than half of one.
    let rows = match TILE / group {
        k @ 16.. => k - k % 16,
        _ => ((TILE + group / 2) / group).min((TILE + TILE / 2) / group),
    };
    match rows {
        0 | 1 => Cut::new(group, group),
        _ => Cut::new(total, rows * group),
    }
}

/// Into how many parts a fold is cut at least (so that threads end at the same time), and at most.
const FOLD_PARTS: std::ops::RangeInclusive<usize> = 16..=256;
/// The blocks of a part, within these bounds: a task costs about as much as half a block besides.
const FOLD_BLOCKS: std::ops::RangeInclusive<usize> = 8..=64;

/// Blocks of each part of a fold of so many. A power of two, so that the blocks combine as those of one part would: the tree
/// does not depend on the cutting.
pub fn part_blocks(blocks: usize) -> usize {
    let few = blocks.div_ceil(*FOLD_PARTS.start()).clamp(*FOLD_BLOCKS.start(), *FOLD_BLOCKS.end());
    few.max(blocks.div_ceil(*FOLD_PARTS.end())).next_power_of_two()
}

/// The parts of a fold over everything, in C order.
pub fn parts(shape: &[usize]) -> usize {
    let order: SmallVec<[usize; 4]> = (0..shape.len()).collect();
    let reduced: SmallVec<[bool; 4]> = SmallVec::from_elem(true, shape.len());
    let blocks = cut(shape, &reduced, &order).pieces(shape.iter().product());
    blocks.div_ceil(part_blocks(blocks)).max(1)
}

/// Axes longer than one in order: their lengths, and whether they fold.
fn long_axes(shape: &[usize], reduced: &[bool], order: &[usize]) -> SmallVec<[(usize, bool); 6]> {
    order.iter().filter(|&&d| shape[d] != 1).map(|&d| (shape[d], reduced[d])).collect()
}

/// Rows of a block that folds along its columns: as many as fill a tile with the kept axes inside.
fn column_cut(shape: &[usize], reduced: &[bool], order: &[usize], pool: bool) -> usize {
    let axes = long_axes(shape, reduced, order);
    let inside: usize = axes[innermost(&axes, pool)].iter().map(|a| a.0).product();
    TILE / inside.clamp(1, COLUMNS)
}

/// The most elements that folded axes have, and the fewest of the kept axes around them, for the kept ones to be walked inside.
const POOL: (usize, usize) = (16, 16);

/// Whether kept axes lie between folded ones of which the inner ones are short, as where the largest of small squares is wanted: these
/// would be blocks of a few elements each. Of a fold's own order: that in which results lie does not ask for another tree.
fn is_pool(shape: &[usize], reduced: &[bool], order: &[usize]) -> bool {
    let axes = long_axes(shape, reduced, order);
    let inside = between(&axes);
    let elements = |axes: &[(usize, bool)]| axes.iter().map(|a| a.0).product::<usize>();
    inside.start > 0 && elements(&axes[inside.end..]) <= POOL.0 && elements(&axes[inside]) >= POOL.1
}

/// The last kept axes; they may be followed by folded ones.
fn between(axes: &[(usize, bool)]) -> std::ops::Range<usize> {
    let after = |axes: &[(usize, bool)], folded: bool| axes.iter().rposition(|a| a.1 == folded).map_or(0, |at| at + 1);
    let end = after(axes, false);
    after(&axes[..end], true)..end
}

/// The kept axes that are walked inside the folded ones: those inside already, so that memory is walked as it lies, and those of a pool.
fn innermost(axes: &[(usize, bool)], pool: bool) -> std::ops::Range<usize> {
    let inside = between(axes);
    if pool || inside.end == axes.len() { inside } else { axes.len()..axes.len() }
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

/// Kept axes outside, folded axes inside; but for the last of those that [`innermost`] tells. The order among kept axes and
/// among folded axes does not change.
fn arrange(axes: Vec<Axis>, pool: bool) -> Vec<Axis> {
    let lengths: SmallVec<[(usize, bool); 6]> = axes.iter().map(|a| (a.len, a.folded)).collect();
    let last = innermost(&lengths, pool).next_back();
    let (mut kept, mut folded, mut inner) = (Vec::new(), Vec::new(), None);
    for (i, axis) in axes.into_iter().enumerate() {
        if last == Some(i) {
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

/// Whether an operand moves by single elements along the outer of two axes, and by more along the inner.
fn crosses(a: &Axis, b: &Axis, itemsizes: &[i64]) -> bool {
    let crosses = |(i, &size): (usize, &i64)| size != 0 && a.strides[i].abs() == size && b.strides[i].abs() > size;
    a.len > 1 && b.len > 1 && itemsizes.iter().enumerate().any(crosses)
}

/// Columns of a tile of so many rows whose widest values have `widest` bytes: no tree depends on it. There may be more rows than columns ask
/// for, as results may lie in another order than that of the tree, which says how many there are.
fn columns(outputs: &[Output], widest: usize, rows: usize) -> usize {
    let wide_state = |o: &Output| match o {
        Output::Fold { fold, .. } => matches!(fold, Fold::Count | Fold::Argmin | Fold::Argmax | Fold::Moments),
        Output::Store { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => false,
    };
    let columns = if outputs.iter().any(wide_state) { COLUMNS } else { COLUMNS * 8 / widest.clamp(1, 8) };
    columns.min((TILE / COLUMNS * columns / rows.max(1)).max(FEWEST_COLUMNS))
}

/// Rows and row length of a block.
fn block(
    a: &Axis,
    b: &Axis,
    fold: BlockFold,
    crossing: bool,
    cut: usize,
    tile: usize,
    columns: usize,
) -> (usize, usize) {
    let rows = |m: usize, tile: usize| (tile / m.max(1)).clamp(1, a.len.max(1));
    match fold {
        BlockFold::None | BlockFold::Flat if crossing => {
            let m = b.len.min(SIDE);
            (rows(m, SIDE * SIDE), m)
        }
        BlockFold::None if b.len >= tile => (1, tile),
        BlockFold::None | BlockFold::Rows => (rows(b.len, tile), b.len),
        BlockFold::Flat => (1, cut),
        BlockFold::Columns => (cut, b.len.min(columns)),
    }
}

fn mode(strides: &[i64], k: usize, m: usize, row: usize, size: i64, in_place: bool) -> Mode {
    let n = strides.len();
    let (sa, sb) = (if k > 1 { strides[n - 2] } else { 0 }, if m > 1 { strides[n - 1] } else { 0 });
    if sa == 0 && sb == 0 {
        return Mode::Scalar;
    }
    let rows_follow = k == 1 || (sa == m as i64 * size && m == row);
    if in_place && rows_follow && (m == 1 || sb == size) {
        return Mode::Unit;
    }
    if sa == 0 && strides[..n - 2].iter().all(|&s| s == 0) && strides[n - 2] == 0 && m == row {
        return Mode::Once;
    }
    Mode::Gather
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_a_sequence_once_and_in_order() {
        let shapes: [&[usize]; 9] =
            [&[1], &[1024], &[1025], &[100_001], &[7, 1300], &[1000, 3], &[40, 700], &[6, 40, 70], &[3, 5000]];
        for shape in shapes {
            let order: Vec<usize> = (0..shape.len()).collect();
            let cut = cut(shape, &vec![true; shape.len()], &order);
            let count: usize = shape.iter().product();
            assert!(count.is_multiple_of(cut.row), "{shape:?}: {cut:?}");
            let mut at = 0;
            for n in 0..cut.pieces(count) {
                let (start, piece) = cut.piece(n);
                assert!(
                    start == at && piece > 0 && piece <= cut.piece && piece <= TILE + TILE / 2,
                    "{shape:?}: {cut:?}"
                );
                at += piece;
            }
            assert_eq!(at, count, "{shape:?}: {cut:?}");
        }
    }

    #[test]
    fn kept_and_single_axes_do_not_change_the_cut() {
        let alone = cut(&[500, 300], &[true, true], &[0, 1]);
        assert_eq!(alone, Cut::new(150_000, 900));
        assert_eq!(cut(&[4, 500, 1, 300], &[false, true, true, true], &[0, 1, 2, 3]), alone);
        assert_ne!(cut(&[500, 300], &[true, true], &[1, 0]), alone);
    }
}
