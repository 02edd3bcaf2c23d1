//! The one place where tiles are gathered, compiled code and tile routines are called, and states are folded.
//!
//! All pointers derive from buffers that whoever runs a [`Run`] keeps alive. The planner has proved (and `compute` checked, when it bound
//! the walk to memory) that each operand and result lies within its buffer over the whole iteration space; blocks partition
//! that space, so no two tasks write the same byte.
#![expect(unsafe_code, reason = "calls compiled code and tile routines on raw memory")]

mod levels;
mod made;
mod packs;

use super::flags;
use super::pool;
use super::tiles::{CompiledWalk, Grid, constant_fills, place};
use crate::array::Buffer;
use crate::error::Result;
use crate::graph::plan::nest::Track;
use crate::graph::plan::{BlockFold, Mode, Output, Source, Walk};
use crate::jit::code::fence_streams;
use crate::jit::schedule::{FillFrom, Program, Stage};
use crate::kernels::fold::lanes;
use crate::kernels::movement;
use crate::kernels::tile::Table;
use crate::ops::fault::Faults;
use crate::ops::reduction::Finish;
use levels::{LEVELS, Levels};
pub use made::make_run;
pub use packs::finish_bins;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// Bytes between slots beyond their contents: slots must not lie a multiple of 4 KiB apart.
const SLOT_PAD: usize = 192;

/// Blocks after which a task looks whether to leave off: a few milliseconds of the slowest arithmetic.
const ASK_EVERY: usize = 64;

/// The memory that a walk is bound to. Whoever runs the walk keeps it alive.
pub struct Run {
    /// Address of element zero of each operand (of `Source::Iota`: unused).
    pub operands: SmallVec<[usize; 8]>,
    /// Address of element zero of each stored result.
    pub results: SmallVec<[usize; 4]>,
    /// Address of the states of each fold: `parts` rows of `fold_results` states; of what a mask keeps: of where each part
    /// starts in the result, and the last ends; else unused.
    pub states: SmallVec<[usize; 4]>,
    /// Flags that helpers have raised.
    pub raised: AtomicU8,
    /// The arrays that are read anywhere; the addresses of such operands are those of their entries.
    pub tables: Vec<Table>,
    /// How many elements each part folds into a state.
    pub counts: SmallVec<[AtomicU64; 1]>,
    /// The parts of what is made where it is read.
    pub made: Vec<Vec<Run>>,
}

thread_local! {
    /// Tile slots and fold states of this thread, kept from walk to walk.
    static SCRATCH: RefCell<Option<Buffer>> = const { RefCell::new(None) };
}

/// The scratch memory of a walk: where each slot starts.
#[derive(Clone, Debug)]
pub struct ScratchLayout {
    /// Offsets of the slots of operands, program and results, in this order.
    slots: Vec<usize>,
    /// Offset of each output's first state buffer.
    states: Vec<usize>,
    /// Bytes of one state buffer of each output.
    state_bytes: Vec<usize>,
    /// Bytes of a state of each output; zero for stores.
    state_sizes: Vec<usize>,
    /// Offset of a state of each output for each block of a tile, where the stages take several.
    tile_states: Vec<usize>,
    /// Bytes of each output's states, all parts of them; zero for stores.
    pub fold_bytes: SmallVec<[usize; 4]>,
    /// Offsets of the scratch memory of the parts of operands that are made where they are read, by operand.
    made: Vec<Vec<usize>>,
    /// Elements of a slot.
    capacity: usize,
    /// Bytes in all.
    total: usize,
}

impl ScratchLayout {
    /// Lays out the scratch memory of a walk.
    pub fn new(walk: &Walk, program: &Program, grid: &Grid, parts: &[Vec<CompiledWalk>]) -> ScratchLayout {
        // Rows of lanes fit a slot from twice the elements of a row on: one row for a run, one for what is left.
        let capacity = (grid.k * grid.m * grid.tile).max(program.block).max(2 * program.run / lanes::RUN);
        let mut total = 0;
        let mut slot = |size: usize| {
            let at = total;
            total += (capacity * size).next_multiple_of(64) + SLOT_PAD;
            at
        };
        let mut slots: Vec<usize> = Vec::new();
        for o in &walk.operands {
            slots.push(slot(o.dtype.size().max(8)));
        }
        for _ in 0..program.slots {
            slots.push(slot(program.slot_item));
        }
        for o in &walk.outputs {
            match o {
                Output::Store { value, .. } => slots.push(slot(walk.body.dtype(*value).size())),
                Output::Fold { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => slots.push(0),
            }
        }
        let mut part = |part: &CompiledWalk| {
            let at = total;
            total += part.scratch.total + SLOT_PAD;
            at
        };
        let mut made = Vec::new();
        for o in &walk.operands {
            made.push(match o.source {
                Source::Made(n) => parts[n as usize].iter().map(&mut part).collect(),
                Source::Leaf(_) | Source::Buffer(_) | Source::Iota => Vec::new(),
            });
        }
        let width = match walk.nest.fold {
            BlockFold::None => 0,
            BlockFold::Rows => grid.k,
            BlockFold::Flat => 1,
            BlockFold::Columns => grid.m,
        };
        let (mut states, mut state_bytes, mut fold_bytes) = (Vec::new(), Vec::new(), SmallVec::new());
        let (mut state_sizes, mut tile_states) = (Vec::new(), Vec::new());
        for o in &walk.outputs {
            let size = match o {
                Output::Store { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => 0,
                Output::Fold { value, fold, .. } => fold.state_size(walk.body.dtype(*value)),
            };
            let all = match o {
                // One part counts in the result itself.
                Output::Bins { bins, .. } => {
                    if grid.parts > 1 {
                        bins * 8 * grid.parts
                    } else {
                        0
                    }
                }
                _ => walk.nest.fold_results().saturating_mul(grid.parts * size),
            };
            fold_bytes.push(all.saturating_add(63) & !63);
            let bytes = (width * size).next_multiple_of(64);
            states.push(total);
            state_bytes.push(bytes);
            total += bytes * LEVELS;
            state_sizes.push(size);
            tile_states.push(total);
            total += (grid.tile * size).next_multiple_of(64);
        }
        ScratchLayout { slots, states, state_bytes, state_sizes, tile_states, fold_bytes, made, capacity, total }
    }

    /// Bytes in all.
    pub fn bytes(&self) -> usize {
        self.total
    }
}

/// A block: where it starts along each loop axis, and its rows and row length.
struct Block {
    start: SmallVec<[usize; 6]>,
    k: usize,
    m: usize,
    /// What it consists of, if a part of a fold's sequence is more than one rectangle of the last two axes.
    pieces: Vec<Piece>,
}

/// A rectangle of a block.
struct Piece {
    start: SmallVec<[usize; 6]>,
    k: usize,
    m: usize,
    /// Elements of the block before it.
    before: usize,
}

/// Does one task of a walk on a thread that may be a helper: the thread's flags are gathered in the run.
pub fn shared_task(walk: &CompiledWalk, run: &Run, at: usize, stop: &dyn Fn() -> bool) {
    task(walk, run, at, stop);
    let raised = flags::take();
    if !raised.is_empty() {
        run.raised.fetch_or(raised.bits(), Ordering::Relaxed);
    }
}

/// Does one task of a walk, or leaves off when `stop` says so: then nobody may look at what the walk has made.
pub fn task(walk: &CompiledWalk, run: &Run, task: usize, stop: &dyn Fn() -> bool) {
    with_scratch(walk.scratch.total, |base| {
        Task::new(walk, run, base, stop).run(task);
        if walk.streams {
            fence_streams();
        }
    });
}

/// Works with `bytes` of this thread's scratch memory.
fn with_scratch(bytes: usize, work: impl FnOnce(*mut u8)) {
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.as_ref().is_none_or(|b| b.len() < bytes) {
            // Dropped first, so that the pool can serve the larger request from it.
            *scratch = None;
            match Buffer::new(bytes) {
                Ok(buffer) => *scratch = Some(buffer),
                // A few hundred KiB: `pool::run` turns the panic into an error.
                Err(e) => panic!("{e}"),
            }
        }
        work(scratch.as_ref().map_or(std::ptr::null_mut(), Buffer::data));
    });
}

/// Whether a fold compares: NaN makes x86 raise a flag there that says nothing.
fn compares(output: &Output) -> bool {
    matches!(output, Output::Fold { fold, .. } if fold.compares())
}

struct Task<'r> {
    run: &'r Run,
    w: &'r CompiledWalk,
    layout: &'r ScratchLayout,
    base: *mut u8,
    /// Where operands, slots and results of the current block are.
    ptrs: SmallVec<[*mut u8; 24]>,
    /// Elements of each `Mode::Once` operand that its slot holds.
    filled: SmallVec<[usize; 8]>,
    /// Asked now and then whether to leave off.
    stop: &'r dyn Fn() -> bool,
    /// Blocks done, or calls of several.
    turns: usize,
    /// Where what a mask keeps goes on, and where the part ends: by output.
    packed: SmallVec<[(usize, usize); 4]>,
    /// What makes the parts of operands that are made where they are read, once it is needed.
    makers: Vec<Vec<Option<Task<'r>>>>,
}

impl<'r> Task<'r> {
    fn new(w: &'r CompiledWalk, run: &'r Run, base: *mut u8, stop: &'r dyn Fn() -> bool) -> Self {
        let layout = &w.scratch;
        let mut ptrs: SmallVec<[*mut u8; 24]> = SmallVec::new();
        layout.slots.iter().for_each(|&o| ptrs.push(base.wrapping_add(o)));
        let filled = SmallVec::from_elem(0, w.walk.operands.len());
        let mut task =
            Task { run, w, layout, base, ptrs, filled, stop, turns: 0, packed: SmallVec::new(), makers: Vec::new() };
        task.fill_constants();
        task
    }

    fn slot(&self, place: usize) -> *mut u8 {
        self.base.wrapping_add(self.layout.slots[place])
    }

    fn fill_constants(&mut self) {
        let operands = self.w.walk.operands.len();
        for (slot, size, bytes) in constant_fills(&self.w.program) {
            let to = self.slot(operands + usize::from(slot));
            // SAFETY: the slot has room for `capacity` elements of its size (`ScratchLayout::new`); `bytes` holds one element.
            unsafe { movement::fill(size, self.layout.capacity, bytes.as_ptr(), to) };
        }
    }

    fn run(&mut self, task: usize) {
        let g = &self.w.grid;
        let (chunk, part) = (task / g.parts, task % g.parts);
        let first = chunk * g.results_per_task;
        let last = (first + g.results_per_task).min(g.result_blocks);
        let folds = part * g.folds_per_task..((part + 1) * g.folds_per_task).min(g.fold_blocks);
        for result_block in first..last {
            if self.leaves_off() {
                return;
            }
            self.result_block(result_block, folds.clone(), part);
        }
    }

    /// Whether to leave off, which is asked every [`ASK_EVERY`] turns.
    fn leaves_off(&mut self) -> bool {
        self.turns += 1;
        self.turns.is_multiple_of(ASK_EVERY) && (self.stop)()
    }

    /// The block at these positions among result blocks and fold blocks.
    fn block_at(&self, result_block: usize, fold_block: usize) -> Block {
        let nest = &self.w.walk.nest;
        let n = nest.dims.len();
        let mut start: SmallVec<[usize; 6]> = SmallVec::from_elem(0, n);
        let cut = nest.cut;
        let fold_step = if cut.is_some() { 0 } else { fold_block };
        for (axes, mut at) in [(&self.w.grid.kept, result_block), (&self.w.grid.folded, fold_step)] {
            for &(axis, steps) in axes.iter().rev() {
                if at < steps {
                    start[axis] = at;
                    break;
                }
                start[axis] = at % steps;
                at /= steps;
            }
        }
        start[n - 2] *= self.w.grid.k;
        start[n - 1] *= self.w.grid.m;
        let mut k = self.w.grid.k.min(nest.dims[n - 2] - start[n - 2]);
        let mut m = self.w.grid.m.min(nest.dims[n - 1] - start[n - 1]);
        let mut pieces = Vec::new();
        if let Some(cut) = cut.filter(|_| nest.fold != BlockFold::Rows) {
            let (mut at, count) = cut.piece(fold_block);
            for &(axis, _) in self.w.grid.folded.iter().rev() {
                if at < nest.dims[axis] {
                    start[axis] = at;
                    break;
                }
                start[axis] = at % nest.dims[axis];
                at /= nest.dims[axis];
            }
            if nest.fold == BlockFold::Columns {
                k = count
            } else {
                (k, m) = (1, count)
            }
            if nest.ragged {
                (k, m) = self.rectangle(&start, count, m);
                let whole = if nest.fold == BlockFold::Columns { k == count } else { k * m == count };
                if !whole {
                    pieces = self.pieces(&start, count, m);
                    (k, m) = if nest.fold == BlockFold::Columns { (count, m) } else { (1, count) };
                }
            }
        }
        Block { start, k, m, pieces }
    }

    /// Rows and row length of the rectangle that `left` elements of a fold's sequence from `at` on begin with; of `m` columns,
    /// if it folds by columns.
    fn rectangle(&self, at: &[usize], left: usize, m: usize) -> (usize, usize) {
        let nest = &self.w.walk.nest;
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
        let nest = &self.w.walk.nest;
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
            for &(axis, _) in self.w.grid.folded.iter().rev() {
                carry += at[axis];
                at[axis] = carry % nest.dims[axis];
                carry /= nest.dims[axis];
            }
        }
        pieces
    }

    fn result_block(&mut self, result_block: usize, folds: std::ops::Range<usize>, part: usize) {
        let nest = &self.w.walk.nest;
        if nest.fold == BlockFold::None {
            let block = self.block_at(result_block, 0);
            self.block(&block);
            return;
        }
        let (first, count) = (folds.start, folds.len());
        if count == 0 {
            return;
        }
        let mut block = self.block_at(result_block, first);
        let base = self.state_index(&block);
        self.begin_packs(part);
        if count == 1 {
            self.block(&block);
            self.pack(&block);
            self.end_packs();
            for o in 0..self.w.walk.outputs.len() {
                let to = self.final_states(o, part, base);
                let fold = || self.fold_block(o, &block, 0, to);
                if compares(&self.w.walk.outputs[o]) { flags::hushed(fold) } else { fold() }
            }
            self.run.counts[part].store(self.folded(&block), Ordering::Relaxed);
            return;
        }
        let width = match nest.fold {
            BlockFold::None => 0,
            BlockFold::Rows => block.k,
            BlockFold::Flat => 1,
            BlockFold::Columns => block.m,
        };
        // One binary counter a fold: level l holds the states of 2^l blocks, so that blocks combine pairwise.
        let mut levels: SmallVec<[Levels; 1]> = SmallVec::new();
        (0..self.w.walk.outputs.len()).for_each(|o| levels.push(self.levels(o, count)));
        if self.w.grid.linear {
            self.linear(&mut block, first, count, &mut levels);
        } else {
            for at in 0..count {
                if self.leaves_off() {
                    return;
                }
                if at > 0 {
                    block = self.block_at(result_block, first + at);
                }
                self.block(&block);
                self.pack(&block);
                for (o, levels) in levels.iter_mut().enumerate() {
                    if let Some(fns) = self.w.folds[o] {
                        let mut fold = || {
                            self.fold_block(o, &block, 0, levels.spare);
                            // SAFETY: the level buffers hold `width` states each and are this thread's alone.
                            unsafe { levels.push(fns, width, self.folded(&block), at) };
                        };
                        if compares(&self.w.walk.outputs[o]) { flags::hushed(fold) } else { fold() }
                    }
                }
            }
        }
        self.end_packs();
        for (o, levels) in levels.iter_mut().enumerate() {
            if let Some(fns) = self.w.folds[o] {
                // SAFETY: as above.
                let mut collect = || unsafe { levels.collect(fns, width) };
                let (from, elements) =
                    if compares(&self.w.walk.outputs[o]) { flags::hushed(collect) } else { collect() };
                let to = self.final_states(o, part, base);
                // SAFETY: both have room for `width` states, and do not overlap.
                unsafe { std::ptr::copy_nonoverlapping(from, to, width * self.layout.state_sizes[o]) };
                self.run.counts[part].store(elements, Ordering::Relaxed);
            }
        }
    }

    /// Elements that a block folds into each state.
    fn folded(&self, block: &Block) -> u64 {
        let elements = match self.w.walk.nest.fold {
            BlockFold::None => 0,
            BlockFold::Rows => block.m,
            BlockFold::Flat => block.k * block.m,
            BlockFold::Columns => block.k,
        };
        elements as u64
    }

    /// Where the states of output `o` that belong to one result block and part go: in the states buffer, which has
    /// `parts * fold_results` of them.
    fn final_states(&self, o: usize, part: usize, base: usize) -> *mut u8 {
        let at = (part * self.w.walk.nest.fold_results() + base) * self.layout.state_sizes[o];
        (self.run.states[o] as *mut u8).wrapping_add(at)
    }

    /// Folds `blocks` blocks, from number `first` on, which follow one another in all operands and results: pointers are only
    /// moved on, and the stages take several blocks at a time.
    fn linear(&mut self, block: &mut Block, first: usize, blocks: usize, levels: &mut [Levels]) {
        let Some(cut) = self.w.walk.nest.cut else { return };
        let last = block.start.len() - 1;
        let mut within = cut.piece(first).0 % cut.row;
        let (mut done, mut before) = (0, None);
        while done < blocks {
            let piece = cut.piece.min(cut.row - within);
            let most = self.w.grid.tile.min(blocks - done);
            // Only whole runs can follow one another in one call; less than a row of lanes is padded to one.
            let alike = if piece & (self.w.program.run - 1) != 0 {
                1
            } else if piece == cut.row {
                most
            } else {
                most.min((cut.row - within) / piece)
            };
            within = (within + alike * piece) % cut.row;
            let elements = alike * piece;
            block.m = elements;
            match before {
                Some(before) if elements >= self.w.program.block => {
                    self.advance(before);
                    self.stages(elements, elements);
                }
                _ => self.block(block),
            }
            // A padded tile lay in slots.
            before = (elements >= self.w.program.block).then_some(elements);
            self.pack(block);
            for (o, levels) in levels.iter_mut().enumerate() {
                let Some(fns) = self.w.folds[o] else { continue };
                let mut fold = || {
                    if alike == 1 {
                        self.fold_block(o, block, 0, levels.spare);
                        // SAFETY: the level buffers hold a state each and are this thread's alone.
                        return unsafe { levels.push(fns, 1, elements as u64, done) };
                    }
                    let states = self.base.wrapping_add(self.layout.tile_states[o]);
                    self.fold_alike(o, block, alike, piece, states);
                    // SAFETY: the buffers hold a state each, or one for each piece, and are this thread's alone.
                    unsafe { levels.push_alike(fns, self.layout.state_sizes[o], states, alike, piece as u64, done) };
                };
                if compares(&self.w.walk.outputs[o]) { flags::hushed(fold) } else { fold() }
            }
            done += alike;
            block.start[last] += elements;
            if self.leaves_off() {
                return;
            }
        }
    }

    /// Folds each of `alike` blocks of `piece` elements that the stages have taken together into a state of output `o`, one
    /// after another.
    fn fold_alike(&self, o: usize, block: &mut Block, alike: usize, piece: usize, states: *mut u8) {
        if self.w.program.begun[o].is_some() {
            (block.k, block.m) = (alike, piece);
            self.fold_block(o, block, 0, states);
        } else {
            (block.k, block.m) = (1, piece);
            for n in 0..alike {
                self.fold_block(o, block, n * piece, states.wrapping_add(n * self.layout.state_sizes[o]));
            }
        }
        (block.k, block.m) = (1, alike * piece);
    }

    /// Moves what lies in place on by `elements`.
    fn advance(&mut self, elements: usize) {
        let (operands, slots) = (self.w.walk.operands.len(), self.w.program.slots);
        for i in 0..operands {
            if self.w.walk.nest.operands[i].mode == Mode::Unit {
                self.ptrs[i] = self.ptrs[i].wrapping_add(elements * self.w.walk.operands[i].dtype.size());
            }
        }
        for o in 0..self.w.walk.outputs.len() {
            if let Output::Store { .. } = &self.w.walk.outputs[o] {
                let result = &mut self.ptrs[operands + slots + o];
                *result = result.wrapping_add(elements * self.w.value_sizes[o]);
            }
        }
    }

    /// Room for the states of `blocks` blocks of output `o`.
    fn levels(&self, o: usize, blocks: usize) -> Levels {
        Levels::new(self.base.wrapping_add(self.layout.states[o]), self.layout.state_bytes[o], blocks)
    }

    /// Position of a block's first state among the fold's results.
    fn state_index(&self, block: &Block) -> usize {
        self.w.grid.kept.iter().fold(0, |at, &(axis, _)| at * self.w.walk.nest.dims[axis] + block.start[axis])
    }

    /// Folds the block's values of output `o` into states at `to`: from value `before` on, what of it
    /// the block is.
    fn fold_block(&self, o: usize, block: &Block, before: usize, to: *mut u8) {
        let Some(fns) = self.w.folds[o] else { return };
        let nest = &self.w.walk.nest;
        let n = nest.dims.len();
        let at = offset(&nest.positions, &block.start) + before as i64 * nest.positions[n - 1];
        let from = self.ptrs[place(self.w.program.results[o], self.w.walk.operands.len(), self.w.program.slots)];
        if let Some(begun) = self.w.program.begun[o] {
            // `fold_alike` asks for all blocks at once.
            let (k, m) = if self.w.grid.linear { (block.k, block.m) } else { (1, block.k * block.m) };
            // SAFETY: a segment has left these rows of lanes in the slot; `to` has room for the block's states.
            return unsafe { (begun.states)(k, m, from, to) };
        }
        let from = from.wrapping_add(before * self.w.value_sizes[o]);
        // SAFETY: the value's place holds the block's elements, contiguous, after the stages, and those of others before it,
        // if the stages took several. `to` has room for the block's states.
        unsafe {
            match nest.fold {
                BlockFold::None => {}
                BlockFold::Rows => (fns.rows)(block.k, block.m, from, at, nest.positions[n - 1], to),
                BlockFold::Flat => (fns.rows)(1, block.k * block.m, from, at, nest.positions[n - 1], to),
                BlockFold::Columns => (fns.cols)(block.k, block.m, from, at, nest.positions[n - 2], to),
            }
        }
    }

    /// Gathers the operands of a block, runs the stages, scatters the results.
    fn block(&mut self, block: &Block) {
        let elements = block.k * block.m;
        let padded = elements < self.w.program.block;
        let run_elements = if padded { self.w.program.block } else { elements };
        for i in 0..self.w.walk.operands.len() {
            self.operand(i, block, padded);
        }
        self.fill_scalars();
        let (operands, slots) = (self.w.walk.operands.len(), self.w.program.slots);
        for o in 0..self.w.walk.outputs.len() {
            self.ptrs[operands + slots + o] = match self.w.walk.nest.stores[o].mode {
                Mode::Unit if !padded => self.result_address(o, block),
                Mode::Unit | Mode::Scalar | Mode::Once | Mode::Gather | Mode::Table => self.slot(operands + slots + o),
            };
        }
        self.stages(run_elements, elements);
        for o in 0..self.w.walk.outputs.len() {
            let store = &self.w.walk.nest.stores[o];
            if let Output::Store { value, .. } = &self.w.walk.outputs[o]
                && (padded || store.mode != Mode::Unit)
            {
                let size = self.w.walk.body.dtype(*value).size();
                let n = store.strides.len();
                let (outer, inner) = (store.strides[n - 2] as isize, store.strides[n - 1] as isize);
                let from = self.slot(operands + slots + o);
                let to = self.result_address(o, block);
                // SAFETY: the slot holds the block's `k * m` elements, each piece its own; the result's strided block, or each
                // of the pieces, lies in its buffer.
                unsafe {
                    if block.pieces.is_empty() {
                        movement::scatter(size, block.k, block.m, from, to, outer, inner);
                    }
                    for p in &block.pieces {
                        let to =
                            (self.run.results[o] as *mut u8).wrapping_offset(offset(&store.strides, &p.start) as isize);
                        movement::scatter(size, p.k, p.m, from.add(p.before * size), to, outer, inner);
                    }
                }
            }
        }
    }

    /// Runs the stages over this many elements, of which the first `elements` are those of the block.
    #[inline(always)]
    fn stages(&self, run_elements: usize, elements: usize) {
        let (operands, slots) = (self.w.walk.operands.len(), self.w.program.slots);
        for stage in &self.w.program.stages {
            match stage {
                Stage::Segment { code, streaming, locs } => {
                    let mut args: SmallVec<[*mut u8; 16]> = SmallVec::new();
                    locs.iter().for_each(|&l| args.push(self.ptrs[place(l, operands, slots)]));
                    // What pads a block must not be folded, but for a row of lanes, of which the routine knows what counts.
                    let run_elements = if code.folds() > 0 { elements.max(code.block()) } else { run_elements };
                    let streaming = streaming.as_ref().filter(|s| s.can_stream(&args, run_elements));
                    let code = streaming.unwrap_or(code);
                    // SAFETY: the arguments are as many as the segment's signature has, each covers `run_elements`
                    // elements (operands by the planner's bounds, slots by their capacity) or one for scalar operands,
                    // stores overlap no operand, and `run_elements` is at least the segment's block.
                    unsafe { code.call(&args, run_elements) };
                }
                Stage::Tile { run, ins, out, value } => {
                    let ins = ins.map(|l| self.ptrs[place(l, operands, slots)].cast_const());
                    let out = self.ptrs[place(*out, operands, slots)];
                    // SAFETY: as above; the scheduler gives a routine its own input as output only at equal element size.
                    let run = || unsafe { run(run_elements, &ins, out) };
                    if self.w.walk.body.inst(*value).op.compares() { flags::hushed(run) } else { run() }
                }
            }
        }
    }

    fn result_address(&self, o: usize, block: &Block) -> *mut u8 {
        let offset = offset(&self.w.walk.nest.stores[o].strides, &block.start);
        (self.run.results[o] as *mut u8).wrapping_offset(offset as isize)
    }

    /// Makes `ptrs[i]` point to operand `i`'s elements of the block.
    fn operand(&mut self, i: usize, block: &Block, padded: bool) {
        let track = &self.w.walk.nest.operands[i];
        let operand = &self.w.walk.operands[i];
        let first = offset(&track.strides, &block.start);
        let slot = self.slot(i);
        let (k, m) = (block.k, block.m);
        let is_iota = operand.source == Source::Iota;
        let from = (self.run.operands[i] as *mut u8).wrapping_offset(first as isize);
        let follow = k == 1 || track.strides[track.strides.len() - 2] == (m * operand.dtype.size()) as i64;
        self.ptrs[i] = match track.mode {
            Mode::Once if self.filled[i] >= k * m => slot,
            Mode::Unit | Mode::Scalar | Mode::Once | Mode::Gather if let Source::Made(n) = operand.source => {
                self.filled[i] = k * m;
                self.make(i, n, block, padded || track.mode == Mode::Once)
            }
            Mode::Unit if !padded => from,
            Mode::Scalar if is_iota => {
                // SAFETY: the slot has room for at least one int64 and is aligned for it.
                unsafe { slot.cast::<i64>().write(operand.offset + first) };
                slot
            }
            Mode::Scalar => from,
            Mode::Table => self.run.operands[i] as *mut u8,
            Mode::Once => {
                self.gather(i, block);
                self.filled[i] = k * m;
                slot
            }
            Mode::Gather if track.row_in_place && follow && block.pieces.is_empty() && !padded => from,
            // Kept positions are counted where they are kept.
            Mode::Gather if is_iota && self.w.only_kept[i] && evenly(track, block) => slot,
            Mode::Unit | Mode::Gather => {
                self.gather(i, block);
                slot
            }
        };
        if padded && !matches!(track.mode, Mode::Scalar | Mode::Table) {
            let (elements, block, size) = (k * m, self.w.program.block, operand.dtype.size());
            // SAFETY: the slot holds `elements >= 1` elements and has room for `block`.
            unsafe {
                let last = slot.add((elements - 1) * size);
                movement::fill(size, block - elements, last, slot.add(elements * size));
            }
            // What a `Once` slot holds beyond `elements` is no longer what a larger block would gather.
            self.filled[i] = 0;
        }
    }

    /// Copies operand `i`'s elements of the block into its slot.
    #[inline(never)]
    fn gather(&self, i: usize, block: &Block) {
        let (track, operand) = (&self.w.walk.nest.operands[i], &self.w.walk.operands[i]);
        let (slot, size, n) = (self.slot(i), operand.dtype.size(), track.strides.len());
        let (outer, inner) = (track.strides[n - 2], track.strides[n - 1]);
        let piece = |k: usize, m: usize, start: &[usize], before: usize| {
            let offset = offset(&track.strides, start);
            // SAFETY: the operand's strided block, or each of its pieces, lies in its buffer (planner's bounds); the slot has
            // room for the block's elements, of which these are `k * m` from `before` on; slots are 64-byte aligned, so
            // int64s may be written at multiples of their size.
            unsafe {
                if operand.source == Source::Iota {
                    movement::iota(k, m, operand.offset + offset, outer, inner, slot.cast::<i64>().add(before));
                } else {
                    let from = (self.run.operands[i] as *mut u8).wrapping_offset(offset as isize);
                    movement::gather(size, k, m, from, outer as isize, inner as isize, slot.add(before * size));
                }
            }
        };
        if block.pieces.is_empty() {
            piece(block.k, block.m, &block.start, 0);
        }
        block.pieces.iter().for_each(|p| piece(p.k, p.m, &p.start, p.before));
    }

    /// Spreads the scalar operands that tile routines read over their slots.
    fn fill_scalars(&mut self) {
        let operands = self.w.walk.operands.len();
        for f in &self.w.program.fills {
            if let FillFrom::Operand(n) = f.from {
                let to = self.slot(operands + usize::from(f.slot));
                // SAFETY: a scalar operand's pointer covers one element; the slot has room for `capacity` elements.
                unsafe { movement::fill(f.size, self.layout.capacity, self.ptrs[usize::from(n)], to) };
            }
        }
    }
}

/// Whether the elements of a block are at one distance from each other.
fn evenly(track: &Track, block: &Block) -> bool {
    let n = track.strides.len();
    let follow = block.k == 1 || track.strides[n - 2] == track.strides[n - 1] * block.m as i64;
    block.pieces.is_empty() && follow
}

/// The distance from element zero to that at `start`.
fn offset(strides: &[i64], start: &[usize]) -> i64 {
    strides.iter().zip(start).map(|(s, i)| s * *i as i64).sum()
}

/// Combines the parts of fold `o` along a fixed tree and writes its results.
pub fn finish(w: &CompiledWalk, run: &Run, o: usize, finishes: &[(Finish, usize)]) {
    let finish = || finish_fold(w, run, o, finishes);
    if compares(&w.walk.outputs[o]) { flags::hushed(finish) } else { finish() }
}

fn finish_fold(w: &CompiledWalk, run: &Run, o: usize, finishes: &[(Finish, usize)]) {
    let (Some(fns), Output::Fold { value, fold, .. }) = (w.folds[o], &w.walk.outputs[o]) else { return };
    let size = fold.state_size(w.walk.body.dtype(*value));
    let results = w.walk.nest.fold_results();
    let count = w.walk.nest.fold_count() as u64;
    let part = |p: usize| (run.states[o] as *mut u8).wrapping_add(p * results * size);
    for &(_, to) in finishes.iter().filter(|f| f.0 == Finish::Tally) {
        for p in 0..w.grid.parts {
            // SAFETY: a count's state is an int64, of which each part has one; `to` has room for as many.
            unsafe {
                let kept = if count == 0 { 0 } else { part(p).cast::<i64>().read() };
                (to as *mut i64).add(p).write(kept);
            }
        }
    }
    if count == 0 {
        // SAFETY: the buffer has room for `results` states; only folds with an identity get here (`graph::build::reduce`).
        unsafe { (fns.empty)(results, part(0)) };
    } else {
        let mut counts: SmallVec<[u64; 1]> = run.counts.iter().map(|c| c.load(Ordering::Relaxed)).collect();
        // SAFETY: parts, one for each count, are disjoint rows of `results` states, all written by tasks that have ended.
        unsafe { levels::combine(fns, results, part, &mut counts) };
    }
    for &(finish, to) in finishes.iter().filter(|f| f.0 != Finish::Tally) {
        // SAFETY: `to` is the start of a dense buffer of `results` elements of the finish's type.
        unsafe { (fns.finish)(results, part(0), count, finish, to as *mut u8) };
    }
}

/// Does tasks `0..total` of work that borrows, over the pool's threads and this one.
///
/// # Errors
/// As [`pool::run`].
pub fn scoped(total: usize, interrupted: &dyn Fn() -> bool, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    if total <= 1 {
        return pool::alone(total, interrupted, &|t, _| work(t));
    }
    // SAFETY: `pool::run` returns only when every task has ended or been skipped, and nobody calls the work after that: a
    // helper that comes late finds no task left.
    let work: &'static (dyn Fn(usize) + Sync) = unsafe { std::mem::transmute(work) };
    let raised = Arc::new(AtomicU8::new(0));
    let seen = raised.clone();
    pool::run(total, interrupted, move |t, _| {
        work(t);
        seen.fetch_or(flags::take().bits(), Ordering::Relaxed);
    })?;
    flags::raise(Faults::from_bits(raised.load(Ordering::Relaxed)));
    Ok(())
}
