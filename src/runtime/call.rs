//! The one place where tiles are gathered, compiled code and tile routines are called, and states are folded.
//!
//! All pointers derive from buffers that whoever runs a [`Run`] keeps alive. The planner has proved (and `compute` checked, when it bound
//! the walk to memory) that each operand and result lies within its buffer over the whole iteration space; blocks partition
//! that space, so no two tasks write the same byte.
#![expect(unsafe_code, reason = "calls compiled code and tile routines on raw memory")]

mod blocks;
mod folds;
mod levels;
mod made;
mod packs;
mod scratch;
mod straight;

use super::pool;
use super::tiles::{CompiledWalk, constant_fills, place};
use crate::error::Result;
use crate::graph::plan::nest::Track;
use crate::graph::plan::{Mode, Output, Picked, Reach, Source};
use crate::jit::code::{CompiledSegment, Rows, fence_streams};
use crate::jit::schedule::{FillFrom, Loc, Stage};
use crate::kernels::flags;
use crate::kernels::movement::{self, Pick};
use crate::kernels::tile::Table;
use crate::ops::fault::Faults;
use blocks::Block;
pub use folds::finish;
pub use made::make_run;
pub use packs::finish_bins;
pub use scratch::ScratchLayout;
use scratch::with_scratch;
use smallvec::SmallVec;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
pub use straight::Straight;

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
            let to = self.slot(operands + slot as usize);
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
        let mut block = Block::nowhere(self.w.walk.nest.dims.len());
        for result_block in first..last {
            if self.leaves_off() {
                return;
            }
            self.result_block(result_block, folds.clone(), part, &mut block);
        }
    }

    /// Whether to leave off, which is asked every [`ASK_EVERY`] turns.
    fn leaves_off(&mut self) -> bool {
        self.turns += 1;
        self.turns.is_multiple_of(ASK_EVERY) && (self.stop)()
    }

    /// Gathers the operands of a block, runs the stages, scatters the results.
    fn block(&mut self, block: &Block) {
        let elements = block.k * block.m;
        let padded = elements < self.w.program.block;
        if let Some(i) = self.w.only_moves.filter(|_| !padded && self.w.stores_in_place(0, block)) {
            return self.bring(i, block, self.result_address(0, block));
        }
        let run_elements = if padded { self.w.program.block } else { elements };
        for i in 0..self.w.walk.operands.len() {
            self.operand(i, block, padded);
        }
        self.fill_scalars(block);
        let (operands, slots) = (self.w.walk.operands.len(), self.w.program.slots);
        for o in 0..self.w.walk.outputs.len() {
            let in_place = !padded && self.w.stores_in_place(o, block);
            self.ptrs[operands + slots + o] =
                if in_place { self.result_address(o, block) } else { self.slot(operands + slots + o) };
        }
        self.stages(block, run_elements);
        for o in 0..self.w.walk.outputs.len() {
            let store = &self.w.walk.nest.stores[o];
            if let Output::Store { value, .. } = &self.w.walk.outputs[o]
                && (padded || !self.w.stores_in_place(o, block))
            {
                let size = self.w.walk.body.dtype(*value).size();
                let (outer, inner) = (store.outer() as isize, store.inner() as isize);
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

    /// Runs the stages over this many elements, of which the first are those of the block.
    #[inline(always)]
    fn stages(&self, block: &Block, run_elements: usize) {
        let (operands, slots) = (self.w.walk.operands.len(), self.w.program.slots);
        for (at, stage) in self.w.program.stages.iter().enumerate() {
            match stage {
                Stage::Segment { code, streaming, locs } => {
                    let mut args: SmallVec<[*mut u8; 16]> = SmallVec::new();
                    locs.iter().for_each(|&l| args.push(self.ptrs[place(l, operands, slots)]));
                    let mut steps: SmallVec<[isize; 16]> = SmallVec::new();
                    let (n, rows) = if block.k > 1 && self.w.rows.stages[at] {
                        steps.extend((0..args.len()).map(|i| self.w.row_step(code, locs, i, block.m)));
                        (block.m, Rows { count: block.k, steps: &steps })
                    } else if code.folds() > 0 {
                        // What pads a block must not be folded, but for a row of lanes, of which the routine knows what counts.
                        ((block.k * block.m).max(code.block()), Rows::ONE)
                    } else {
                        (run_elements, Rows::ONE)
                    };
                    let streaming = streaming.as_ref().filter(|s| s.can_stream(&args, n, rows));
                    let code = streaming.unwrap_or(code);
                    // SAFETY: the arguments are as many as the segment's signature has; each covers in each row `n`
                    // elements (operands by the planner's bounds, slots by their capacity) or one for scalar operands,
                    // stores overlap no operand, and `n` is at least the segment's block: rows that are taken one by one are
                    // `LONG_ROW` or longer.
                    unsafe { code.call(&mut args, n, rows) };
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
        self.ptrs[i] = match track.mode {
            _ if let Some(row) = self.picked_row(i, block).filter(|_| !padded) => row,
            Mode::Once if self.filled[i] >= k * m => slot,
            Mode::Unit | Mode::Scalar | Mode::Once | Mode::Gather if let Source::Made(n) = operand.source => {
                self.filled[i] = k * m;
                self.make(i, n, block, padded || track.mode == Mode::Once)
            }
            Mode::Row if is_iota => {
                // SAFETY: the slot has room for `k` int64s and is aligned for them.
                unsafe { movement::iota(k, 1, operand.offset + first, track.outer(), 0, slot.cast()) };
                slot
            }
            Mode::Scalar if is_iota => {
                // SAFETY: the slot has room for at least one int64 and is aligned for it.
                unsafe { slot.cast::<i64>().write(operand.offset + first) };
                slot
            }
            _ if self.w.reads_in_place(i, block, padded) => from,
            Mode::Table => self.run.operands[i] as *mut u8,
            Mode::Once => {
                self.bring(i, block, slot);
                self.filled[i] = k * m;
                slot
            }
            // Kept positions are counted where they are kept.
            Mode::Gather if is_iota && self.w.only_kept[i] && evenly(track, block) => slot,
            Mode::Unit | Mode::Scalar | Mode::Row | Mode::Rows | Mode::Gather => {
                self.bring(i, block, slot);
                slot
            }
        };
        if padded && !matches!(track.mode, Mode::Scalar | Mode::Row | Mode::Table) {
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

    /// Brings operand `i`'s elements of the block together, in its slot or where a result is.
    #[inline(never)]
    fn bring(&self, i: usize, block: &Block, to: *mut u8) {
        let (track, operand) = (&self.w.walk.nest.operands[i], &self.w.walk.operands[i]);
        let size = operand.dtype.size();
        let (outer, inner) = (track.outer(), track.inner());
        let piece = |k: usize, m: usize, start: &[usize], before: usize| {
            let offset = offset(&track.strides, start);
            // SAFETY: the operand's strided block, or each of its pieces, lies in its buffer (planner's bounds), and so do the numbers that
            // say what is picked; there is room for the block's elements, of which these are `k * m` from `before` on; slots are 64-byte
            // aligned and results as their elements, so int64s may be written at multiples of their size.
            unsafe {
                if let Reach::Picked(how) = operand.reach {
                    self.picked(i, how, (k, m), start).copy(size, to.add(before * size));
                } else if operand.source == Source::Iota {
                    movement::iota(k, m, operand.offset + offset, outer, inner, to.cast::<i64>().add(before));
                } else {
                    let from = (self.run.operands[i] as *mut u8).wrapping_offset(offset as isize);
                    movement::gather(size, k, m, from, outer as isize, inner as isize, to.add(before * size));
                }
            }
        };
        if block.pieces.is_empty() {
            piece(block.k, block.m, &block.start, 0);
        }
        block.pieces.iter().for_each(|p| piece(p.k, p.m, &p.start, p.before));
    }

    /// Elements of operand `i`, which is picked: a rectangle from `start` on.
    fn picked(&self, i: usize, how: Picked, rows: (usize, usize), start: &[usize]) -> Pick {
        // SAFETY: the address of an operand that is picked is that of its table, which the run holds.
        let table = unsafe { *(self.run.operands[i] as *const Table) };
        self.w.picked(i, how, rows, start, table, self.run.operands[usize::from(how.by)])
    }

    /// Where operand `i`'s elements of the block are, if they are picked and lie contiguous.
    fn picked_row(&self, i: usize, block: &Block) -> Option<*mut u8> {
        let operand = &self.w.walk.operands[i];
        let Reach::Picked(how) = operand.reach else { return None };
        if block.k > 1 || !block.pieces.is_empty() || !operand.aligned {
            return None;
        }
        // SAFETY: the numbers of a block lie in their buffer (planner's bounds).
        unsafe { self.picked(i, how, (1, block.m), &block.start).row_in_place(operand.dtype.size()) }
    }

    /// Spreads the scalar operands that tile routines read over their slots.
    fn fill_scalars(&mut self, block: &Block) {
        let operands = self.w.walk.operands.len();
        for f in &self.w.program.fills {
            if let FillFrom::Operand(n) = f.from {
                let n = usize::from(n);
                let to = self.slot(operands + f.slot as usize);
                let track = &self.w.walk.nest.operands[n];
                // SAFETY: a scalar operand's pointer covers one element, or one for each row of the block; the slot has room for
                // `capacity` elements, and so for those of the block.
                unsafe {
                    if track.mode == Mode::Row {
                        movement::gather(f.size, block.k, block.m, self.ptrs[n], self.w.next_row(n), 0, to);
                    } else {
                        movement::fill(f.size, self.layout.capacity, self.ptrs[n], to);
                    }
                }
            }
        }
    }
}

impl CompiledWalk {
    /// Whether operand `i` of a block, an array in memory, is read where it lies, not from its slot.
    fn reads_in_place(&self, i: usize, block: &Block, padded: bool) -> bool {
        let track = &self.walk.nest.operands[i];
        match track.mode {
            Mode::Scalar | Mode::Row => true,
            Mode::Unit => !padded,
            Mode::Rows => !padded && (block.k == 1 || self.rows.operands[i]),
            Mode::Gather => !padded && track.row_in_place && evenly(track, block),
            Mode::Once | Mode::Table => false,
        }
    }

    /// Elements of operand `i`, which is picked of a table, a rectangle from `start` on; the numbers at `places` say where they lie.
    fn picked(
        &self,
        i: usize,
        how: Picked,
        rows: (usize, usize),
        start: &[usize],
        table: Table,
        places: usize,
    ) -> Pick {
        let (track, by) = (&self.walk.nest.operands[i], &self.walk.nest.operands[usize::from(how.by)]);
        let step = how.of.step;
        Pick {
            table,
            scale: how.scale,
            first: table.first as i64 + offset(&track.strides, start) / step,
            rows,
            steps: (track.outer() / step, track.inner() / step),
            places: places.wrapping_add_signed(offset(&by.strides, start) as isize),
            place_steps: (by.outer() as isize, by.inner() as isize),
        }
    }

    /// Whether the block's part of output `o` is written where it belongs, not to a slot. Of a block of one row, rows are contiguous.
    fn stores_in_place(&self, o: usize, block: &Block) -> bool {
        match self.walk.nest.stores[o].mode {
            Mode::Unit => true,
            Mode::Rows => block.k == 1 || self.rows.stores[o],
            Mode::Scalar | Mode::Row | Mode::Once | Mode::Gather | Mode::Table => false,
        }
    }

    /// How far argument `i` of a segment moves from one row of `m` elements of the block to the next.
    fn row_step(&self, code: &CompiledSegment, locs: &[Loc], i: usize, m: usize) -> isize {
        let nest = &self.walk.nest;
        let (operands, stores) = (code.operands(), code.stores());
        let size = match i.checked_sub(operands.len()) {
            None => operands[i].dtype.size(),
            Some(store) if store < stores.len() => stores[store].size(),
            Some(_) => return code.fold_bytes(m) as isize,
        };
        match locs[i] {
            Loc::Operand(n) => {
                let n = usize::from(n);
                match nest.operands[n].mode {
                    Mode::Scalar | Mode::Table => 0,
                    Mode::Row => self.next_row(n),
                    Mode::Rows if self.rows.operands[n] => nest.operands[n].outer() as isize,
                    Mode::Unit | Mode::Rows | Mode::Once | Mode::Gather => (m * size) as isize,
                }
            }
            Loc::Result(o) if nest.stores[o as usize].mode == Mode::Rows && self.rows.stores[o as usize] => {
                nest.stores[o as usize].outer() as isize
            }
            Loc::Slot(_) | Loc::Result(_) => (m * size) as isize,
        }
    }

    /// Bytes from the element of a `Mode::Row` operand to that of the next row. Positions wait in a slot.
    fn next_row(&self, n: usize) -> isize {
        let operand = &self.walk.operands[n];
        if operand.source == Source::Iota {
            operand.dtype.size() as isize
        } else {
            self.walk.nest.operands[n].outer() as isize
        }
    }
}

/// Whether the elements of a block are at one distance from each other.
fn evenly(track: &Track, block: &Block) -> bool {
    let follow = block.k == 1 || track.outer() == track.inner() * block.m as i64;
    block.pieces.is_empty() && follow
}

/// The distance from element zero to that at `start`.
fn offset(strides: &[i64], start: &[usize]) -> i64 {
    strides.iter().zip(start).map(|(s, i)| s * *i as i64).sum()
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
