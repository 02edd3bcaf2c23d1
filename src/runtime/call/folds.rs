//! Blocks folded to states, and states to results.
#![expect(unsafe_code, reason = "folds and combines states in raw memory")]

use super::levels::{self, Levels};
use super::{Block, CompiledWalk, Mode, Output, Run, Task, offset, place};
use crate::graph::plan::BlockFold;
use crate::jit::schedule::Loc;
use crate::kernels::flags;
use crate::ops::reduction::Finish;
use crate::runtime::tiles::groups_freely;
use smallvec::SmallVec;
use std::sync::atomic::Ordering;

/// Whether a fold compares: NaN makes x86 raise a flag there that says nothing.
pub(super) fn compares(output: &Output) -> bool {
    matches!(output, Output::Fold { fold, .. } if fold.compares())
}

impl Task<'_> {
    /// Makes the results of a result block, or the states of a part of it; `block` is where its blocks are looked at.
    pub(super) fn result_block(
        &mut self,
        result_block: usize,
        folds: std::ops::Range<usize>,
        part: usize,
        block: &mut Block,
    ) {
        let nest = &self.w.walk.nest;
        if nest.fold == BlockFold::None {
            self.w.block_at(result_block, 0, block);
            self.block(block);
            return;
        }
        let (first, count) = (folds.start, folds.len());
        if count == 0 {
            return;
        }
        self.w.block_at(result_block, first, block);
        let base = self.state_index(block);
        self.begin_packs(part);
        let at_once = count > 1 && self.w.grid.tile >= count && self.w.grid.groups_columns;
        if at_once {
            let axis = block.start.len() - 2;
            block.k = (count * block.k).min(self.w.walk.nest.dims[axis] - block.start[axis]);
        }
        if count == 1 || at_once {
            self.block(block);
            self.pack(block);
            self.end_packs();
            for o in 0..self.w.walk.outputs.len() {
                let to = self.final_states(o, part, base);
                let fold = || self.fold_block(o, block, 0, to);
                if compares(&self.w.walk.outputs[o]) { flags::hushed(fold) } else { fold() }
            }
            self.run.counts[part].store(self.folded(block), Ordering::Relaxed);
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
            self.linear(block, first, count, &mut levels);
        } else {
            let mut at = 0;
            while at < count {
                if self.leaves_off() {
                    return;
                }
                if at > 0 {
                    self.w.block_at(result_block, first + at, block);
                }
                let (alike, rows) = (self.blocks_together(block, at, count), block.k);
                block.k = alike * rows;
                self.block(block);
                self.pack(block);
                for (o, levels) in levels.iter_mut().enumerate() {
                    if self.w.folds[o].is_some() {
                        let mut fold = || self.fold_together(o, block, (alike, rows), width, levels, at);
                        if compares(&self.w.walk.outputs[o]) { flags::hushed(fold) } else { fold() }
                    }
                }
                at += alike;
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

    /// How many blocks of columns, of which `block` is number `at` of `count`, are looked at together: as many as make a whole subtree.
    fn blocks_together(&self, block: &Block, at: usize, count: usize) -> usize {
        let (nest, most) = (&self.w.walk.nest, self.w.grid.tile);
        if nest.fold != BlockFold::Columns || most == 1 {
            return 1;
        }
        let axis = nest.dims.len() - 2;
        let (mut alike, left) = (1, nest.dims[axis] - block.start[axis]);
        while 2 * alike <= most && at & (2 * alike - 1) == 0 && at + 2 * alike <= count && 2 * alike * block.k <= left {
            alike *= 2;
        }
        alike
    }

    /// Folds blocks of columns of output `o`, so many of so many rows, and takes them in as blocks from number `at` on.
    fn fold_together(
        &self,
        o: usize,
        block: &mut Block,
        (blocks, rows): (usize, usize),
        width: usize,
        levels: &mut Levels,
        at: usize,
    ) {
        let Some(fns) = self.w.folds[o] else { return };
        let level = blocks.ilog2() as usize;
        // SAFETY: the values are where `fold_block` finds them; the level buffers hold `width` states each and are this thread's alone.
        unsafe {
            match fns.trees {
                _ if blocks == 1 || self.groups_freely(o) => self.fold_block(o, block, 0, levels.spare),
                Some(trees) => trees(blocks, rows, block.m, self.w.apart(o, block), self.values(o), levels.spare),
                None => {
                    let (start, apart) = (block.start.len() - 2, self.w.apart(o, block));
                    block.k = rows;
                    for n in 0..blocks {
                        fold_values(self.w, o, block, (n * rows * apart, apart), self.values(o), levels.spare);
                        levels.push(fns, width, rows as u64, at + n);
                        block.start[start] += rows;
                    }
                    block.start[start] -= blocks * rows;
                    block.k = blocks * rows;
                    return;
                }
            }
            levels.push_at(fns, width, self.folded(block), at, level);
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
        let mut calls = 0;
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
                    self.stages(block, elements);
                }
                _ => self.block(block),
            }
            // A padded tile lay in slots.
            before = (elements >= self.w.program.block).then_some(elements);
            self.pack(block);
            for (o, levels) in levels.iter_mut().enumerate() {
                let Some(fns) = self.w.folds[o] else { continue };
                let mut fold = || {
                    // What may be grouped in any way is folded call by call, and its levels count calls, not blocks.
                    let by_calls = self.groups_freely(o);
                    if alike == 1 || by_calls {
                        self.fold_block(o, block, 0, levels.spare);
                        let at = if by_calls { calls } else { done };
                        // SAFETY: the level buffers hold a state each and are this thread's alone.
                        return unsafe { levels.push(fns, 1, elements as u64, at) };
                    }
                    let states = self.base.wrapping_add(self.layout.tile_states[o]);
                    self.fold_alike(o, block, alike, piece, states);
                    // SAFETY: the buffers hold a state each, or one for each piece, and are this thread's alone.
                    unsafe { levels.push_alike(fns, self.layout.state_sizes[o], states, alike, piece as u64, done) };
                };
                if compares(&self.w.walk.outputs[o]) { flags::hushed(fold) } else { fold() }
            }
            done += alike;
            calls += 1;
            block.start[last] += elements;
            if self.leaves_off() {
                return;
            }
        }
    }

    /// Whether a routine folds output `o`, and gives the same bits for any grouping.
    fn groups_freely(&self, o: usize) -> bool {
        groups_freely(&self.w.walk, &self.w.program, o)
    }

    /// Folds each of `alike` blocks of `piece` elements that the stages have taken together into a state of output `o`, one
    /// after another.
    fn fold_alike(&self, o: usize, block: &mut Block, alike: usize, piece: usize, states: *mut u8) {
        let Some(fns) = self.w.folds[o] else { return };
        if self.w.program.begun[o].is_some() {
            (block.k, block.m) = (alike, piece);
            self.fold_block(o, block, 0, states);
        } else if matches!(&self.w.walk.outputs[o], Output::Fold { fold, .. } if fold.is_position()) {
            (block.k, block.m) = (1, piece);
            for n in 0..alike {
                self.fold_block(o, block, n * piece, states.wrapping_add(n * self.layout.state_sizes[o]));
            }
        } else {
            // SAFETY: after the stages the value's place holds the blocks' elements, contiguous; `states` has room for a state of each.
            unsafe { (fns.rows)(alike, piece, piece, self.values(o), 0, 0, states) };
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
        // SAFETY: the value's place holds, after the stages, the block's elements or the rows of lanes that a segment has left of
        // them, and those of others before it, if the stages took several. `to` has room for the block's states.
        unsafe { fold_values(self.w, o, block, (before, self.w.apart(o, block)), self.values(o), to) };
    }

    /// Where the block's values of output `o` are.
    fn values(&self, o: usize) -> *mut u8 {
        self.ptrs[place(self.w.program.results[o], self.w.walk.operands.len(), self.w.program.slots)]
    }
}

impl CompiledWalk {
    /// Elements from one row of a block of the values of output `o` to the next.
    pub(super) fn apart(&self, o: usize, block: &Block) -> usize {
        let padded = block.k * block.m < self.program.block;
        match self.program.results[o] {
            Loc::Operand(n) if !padded && self.walk.nest.operands[usize::from(n)].mode == Mode::Rows => {
                let n = usize::from(n);
                let in_place = block.k > 1 && self.rows.operands[n];
                if in_place { self.walk.nest.operands[n].outer() as usize / self.value_sizes[o] } else { block.m }
            }
            Loc::Operand(_) | Loc::Slot(_) | Loc::Result(_) => block.m,
        }
    }
}

/// Folds a block's values of output `o`, of which the first is `before` elements behind `from`, and whose rows lie `apart` elements apart, into
/// states at `to`.
///
/// # Safety
/// The stages have left the values there, contiguous, or the rows of lanes of a fold that they began; `to` has room for the
/// block's states.
pub(super) unsafe fn fold_values(
    w: &CompiledWalk,
    o: usize,
    block: &Block,
    (before, apart): (usize, usize),
    from: *const u8,
    to: *mut u8,
) {
    let Some(fns) = w.folds[o] else { return };
    let nest = &w.walk.nest;
    if let Some(begun) = w.program.begun[o] {
        // `fold_alike` asks for all blocks at once.
        let by_rows = w.grid.linear || nest.fold == BlockFold::Rows;
        let (k, m) = if by_rows { (block.k, block.m) } else { (1, block.k * block.m) };
        // SAFETY: rows of lanes, by contract.
        return unsafe { (begun.states)(k, m, from, to) };
    }
    let n = nest.dims.len();
    let at = offset(&nest.positions, &block.start) + before as i64 * nest.positions[n - 1];
    let from = from.wrapping_add(before * w.value_sizes[o]);
    // SAFETY: by contract.
    unsafe {
        match nest.fold {
            BlockFold::None => {}
            BlockFold::Rows => (fns.rows)(block.k, block.m, apart, from, at, nest.positions[n - 1], to),
            BlockFold::Flat => {
                let m = block.k * block.m;
                (fns.rows)(1, m, m, from, at, nest.positions[n - 1], to);
            }
            BlockFold::Columns => (fns.cols)(block.k, block.m, apart, from, at, nest.positions[n - 2], to),
        }
    }
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
