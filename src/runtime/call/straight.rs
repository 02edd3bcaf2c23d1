//! Walks of one block: what is gathered, called and folded is listed when they are compiled, so that nothing is left to decide when they
//! run. With few elements it is the deciding that takes the time.
#![expect(unsafe_code, reason = "calls compiled code and tile routines on raw memory")]

use super::blocks::Block;
use super::folds::{compares, fold_values};
use super::{CompiledWalk, offset, with_scratch};
use crate::error::Result;
use crate::graph::plan::{Column, Mode, Output, Reach, Source};
use crate::jit::code::{CompiledSegment, Rows};
use crate::jit::schedule::{FillFrom, Loc, Stage};
use crate::kernels::flags;
use crate::kernels::movement::Pick;
use crate::kernels::tile::Table;
use crate::kernels::{TileFn, movement};
use crate::ops::reduction::Finish;
use smallvec::SmallVec;
use std::sync::Arc;

/// Where something is: bytes from one of the places that the list works on.
#[derive(Clone, Copy, Debug)]
struct At {
    place: usize,
    offset: isize,
}

/// Elements of a block that lie apart: where, its rows and row length, bytes between rows and between elements.
#[derive(Clone, Copy, Debug)]
struct Apart {
    at: At,
    size: usize,
    rows: (usize, usize),
    steps: (isize, isize),
}

#[derive(Clone, Debug)]
enum Step {
    /// Elements are brought together.
    Gather { from: Apart, to: At },
    /// Elements that are picked are brought together; addresses are counted from those of the table and of the places.
    Pick { pick: Pick, size: usize, from: At, places: At, to: At },
    /// A constant is spread.
    Fill { size: usize, count: usize, element: [u8; 16], to: At },
    /// The element of a scalar operand is spread.
    Spread { size: usize, count: usize, from: At, to: At },
    /// Compiled code runs, over some rows.
    Segment { code: Arc<CompiledSegment>, args: SmallVec<[At; 6]>, n: usize, rows: usize, steps: Vec<isize> },
    /// A tile routine runs.
    Tile { run: TileFn, ins: [At; 3], out: At, n: usize, hushed: bool },
    /// Elements of a result go where they belong.
    Scatter { from: At, to: Apart },
    /// The values of an output are folded to states, and these become results.
    Fold { output: usize, from: At, states: At, finishes: SmallVec<[(Finish, At); 2]> },
}

/// A walk of one block as a list of steps. Place 0 is the scratch memory.
#[derive(Clone, Debug)]
pub struct Straight {
    steps: Vec<Step>,
    /// The places from 1 on.
    sources: SmallVec<[Source; 8]>,
    block: Block,
    /// Bytes of scratch memory.
    scratch: usize,
}

/// A list in the making.
struct Listing<'w> {
    w: &'w CompiledWalk,
    list: Straight,
    /// Where operands, slots and results of the block are.
    places: Vec<At>,
}

impl Straight {
    /// The list of a walk; `None` where it has several blocks, or elements that are not simply in memory.
    pub fn of(w: &CompiledWalk) -> Option<Straight> {
        let walk = &w.walk;
        let one = w.grid.tasks == 1 && w.grid.result_blocks == 1 && w.grid.fold_blocks <= 1 && walk.nest.size() > 0;
        if !one || w.packs || w.streams || !w.made.is_empty() {
            return None;
        }
        let mut block = Block::nowhere(walk.nest.dims.len());
        w.block_at(0, 0, &mut block);
        if !block.pieces.is_empty() || block.k * block.m < w.program.block {
            return None;
        }
        let list = Straight { steps: Vec::new(), sources: SmallVec::new(), block, scratch: w.scratch.total };
        let places = w.scratch.slots.iter().map(|&s| At { place: 0, offset: s as isize }).collect();
        let mut listing = Listing { w, list, places };
        listing.before()?;
        listing.stages()?;
        listing.after()?;
        Some(listing.list)
    }

    /// Runs the walk that was listed; `address` says where sources are.
    ///
    /// # Errors
    /// Those of `address`.
    pub fn run(&self, w: &CompiledWalk, mut address: impl FnMut(Source) -> Result<usize>) -> Result<()> {
        let mut places: SmallVec<[usize; 9]> = SmallVec::new();
        places.push(0);
        for &source in &self.sources {
            places.push(address(source)?);
        }
        with_scratch(self.scratch, |base| {
            places[0] = base as usize;
            let at = |at: &At| (places[at.place] as *mut u8).wrapping_offset(at.offset);
            // SAFETY: the list has what `Task` would do for the only block of the walk, in the same order.
            self.steps.iter().for_each(|step| unsafe { self.step(w, step, &at) });
        });
        Ok(())
    }

    /// # Safety
    /// The step is one of the list of `w`, and those before it are done; `at` gives the places of memory that whoever runs the walk keeps alive.
    #[inline(always)]
    unsafe fn step(&self, w: &CompiledWalk, step: &Step, at: &impl Fn(&At) -> *mut u8) {
        // SAFETY: by contract: operands and results cover the block's elements, slots have room for `capacity` ones, states
        // for those of the block.
        unsafe {
            match step {
                Step::Gather { from: Apart { at: from, size, rows, steps }, to } => {
                    movement::gather(*size, rows.0, rows.1, at(from), steps.0, steps.1, at(to));
                }
                Step::Pick { pick, size, from, places, to } => {
                    let table = Table { data: at(from) as usize, ..pick.table };
                    let places = (at(places) as usize).wrapping_add(pick.places);
                    Pick { table, places, ..*pick }.copy(*size, at(to));
                }
                Step::Fill { size, count, element, to } => movement::fill(*size, *count, element.as_ptr(), at(to)),
                Step::Spread { size, count, from, to } => movement::fill(*size, *count, at(from), at(to)),
                Step::Segment { code, args, n, rows, steps } => {
                    let mut ptrs: SmallVec<[*mut u8; 16]> = SmallVec::new();
                    args.iter().for_each(|a| ptrs.push(at(a)));
                    code.call(&mut ptrs, *n, Rows { count: *rows, steps });
                }
                Step::Tile { run, ins, out, n, hushed } => {
                    let ins = [&ins[0], &ins[1], &ins[2]].map(|a| at(a).cast_const());
                    let run = || run(*n, &ins, at(out));
                    if *hushed { flags::hushed(run) } else { run() }
                }
                Step::Scatter { from, to: Apart { at: to, size, rows, steps } } => {
                    movement::scatter(*size, rows.0, rows.1, at(from), at(to), steps.0, steps.1);
                }
                Step::Fold { output, from, states, finishes } => {
                    let Some(fns) = w.folds[*output] else { return };
                    let fold = || {
                        fold_values(w, *output, &self.block, (0, w.apart(*output, &self.block)), at(from), at(states));
                        let (results, count) = (w.walk.nest.fold_results(), w.walk.nest.fold_count() as u64);
                        for (finish, to) in finishes {
                            (fns.finish)(results, at(states), count, *finish, at(to));
                        }
                    };
                    if compares(&w.walk.outputs[*output]) { flags::hushed(fold) } else { fold() }
                }
            }
        }
    }
}

impl Listing<'_> {
    /// A place of so many bytes behind element zero of a source.
    fn source(&mut self, source: Source, offset: i64) -> At {
        let known = self.list.sources.iter().position(|&s| s == source);
        let place = known.unwrap_or_else(|| {
            self.list.sources.push(source);
            self.list.sources.len() - 1
        });
        At { place: place + 1, offset: offset as isize }
    }

    fn place(&self, loc: Loc) -> At {
        self.places[super::place(loc, self.w.walk.operands.len(), self.w.program.slots)]
    }

    fn slot(&self, slot: usize) -> At {
        At { place: 0, offset: self.w.scratch.slots[slot] as isize }
    }

    /// What comes before the stages: operands in their places, constants and scalars spread.
    fn before(&mut self) -> Option<()> {
        let (w, walk) = (self.w, &self.w.walk);
        let (k, m, operands) = (self.list.block.k, self.list.block.m, walk.operands.len());
        for (i, operand) in walk.operands.iter().enumerate() {
            let track = &walk.nest.operands[i];
            let in_memory = matches!(operand.source, Source::Leaf(_) | Source::Buffer(_));
            match operand.reach {
                Reach::Table(_) => return None,
                _ if !in_memory => return None,
                // Read by those that are picked.
                Reach::Places => {
                    self.places[i] = self.source(operand.source, operand.offset);
                    continue;
                }
                Reach::Picked(how) => {
                    let (Column { len, step }, first) = (how.of, how.first as isize);
                    let table = Table { data: 0, stride: step as isize, len, first };
                    let pick = w.picked(i, how, (k, m), &self.list.block.start, table, 0);
                    let from = self.source(operand.source, operand.offset);
                    let (places, size) = (self.places[usize::from(how.by)], operand.dtype.size());
                    self.list.steps.push(Step::Pick { pick, size, from, places, to: self.slot(i) });
                    continue;
                }
                Reach::Index => {}
            }
            let first = operand.offset + offset(&track.strides, &self.list.block.start);
            let from = self.source(operand.source, first);
            if w.reads_in_place(i, &self.list.block, false) {
                self.places[i] = from;
                continue;
            }
            let steps = (track.outer() as isize, track.inner() as isize);
            let from = Apart { at: from, size: operand.dtype.size(), rows: (k, m), steps };
            self.list.steps.push(Step::Gather { from, to: self.slot(i) });
        }
        for fill in &w.program.fills {
            let (size, count, to) = (fill.size, w.scratch.capacity, self.slot(operands + fill.slot as usize));
            self.list.steps.push(match fill.from {
                FillFrom::Const(value) => Step::Fill { size, count, element: value.bytes(), to },
                FillFrom::Operand(n) => {
                    let (n, from) = (usize::from(n), self.places[usize::from(n)]);
                    if walk.nest.operands[n].mode == Mode::Row {
                        let from = Apart { at: from, size, rows: (k, m), steps: (w.next_row(n), 0) };
                        Step::Gather { from, to }
                    } else {
                        Step::Spread { size, count, from, to }
                    }
                }
            });
        }
        Some(())
    }

    /// The stages, with results in place where they can be.
    fn stages(&mut self) -> Option<()> {
        let (w, walk) = (self.w, &self.w.walk);
        let (k, m) = (self.list.block.k, self.list.block.m);
        let (operands, slots) = (walk.operands.len(), w.program.slots);
        for (o, output) in walk.outputs.iter().enumerate() {
            if let Output::Store { .. } = output
                && w.stores_in_place(o, &self.list.block)
            {
                self.places[operands + slots + o] = self.result(o)?;
            }
        }
        for (number, stage) in w.program.stages.iter().enumerate() {
            let step = match stage {
                Stage::Segment { code, streaming: None, locs } => {
                    let by_rows = k > 1 && w.rows.stages[number];
                    let step = |i: usize| w.row_step(code, locs, i, m);
                    let steps = if by_rows { (0..locs.len()).map(step).collect() } else { Vec::new() };
                    let (n, rows) = match by_rows {
                        true => (m, k),
                        false if code.folds() > 0 => ((k * m).max(code.block()), 1),
                        false => (k * m, 1),
                    };
                    let args = locs.iter().map(|&l| self.place(l)).collect();
                    Step::Segment { code: code.clone(), args, n, rows, steps }
                }
                Stage::Segment { .. } => return None,
                Stage::Tile { run, ins, out, value } => {
                    let hushed = walk.body.inst(*value).op.compares();
                    Step::Tile { run: *run, ins: ins.map(|l| self.place(l)), out: self.place(*out), n: k * m, hushed }
                }
            };
            self.list.steps.push(step);
        }
        Some(())
    }

    /// The first element of output `o`.
    fn result(&mut self, o: usize) -> Option<At> {
        let Output::Store { buffer, offset: first, .. } = self.w.walk.outputs[o] else { return None };
        let start = offset(&self.w.walk.nest.stores[o].strides, &self.list.block.start);
        Some(self.source(Source::Buffer(buffer), first + start))
    }

    /// What comes after the stages: results in their places, folds.
    fn after(&mut self) -> Option<()> {
        let (w, walk) = (self.w, &self.w.walk);
        let rows = (self.list.block.k, self.list.block.m);
        for (o, output) in walk.outputs.iter().enumerate() {
            match output {
                Output::Store { value, .. } => {
                    if !w.stores_in_place(o, &self.list.block) {
                        let track = &walk.nest.stores[o];
                        let (at, size) = (self.result(o)?, walk.body.dtype(*value).size());
                        let to = Apart { at, size, rows, steps: (track.outer() as isize, track.inner() as isize) };
                        let from = self.slot(walk.operands.len() + w.program.slots + o);
                        self.list.steps.push(Step::Scatter { from, to });
                    }
                }
                Output::Fold { finishes, .. } => {
                    if finishes.iter().any(|f| f.0 == Finish::Tally) {
                        return None;
                    }
                    let states = At { place: 0, offset: self.list.scratch.next_multiple_of(64) as isize };
                    self.list.scratch = states.offset as usize + w.scratch.fold_bytes[o];
                    let from = self.place(w.program.results[o]);
                    let finishes = finishes.iter().map(|&(f, b)| (f, self.source(Source::Buffer(b), 0))).collect();
                    self.list.steps.push(Step::Fold { output: o, from, states, finishes });
                }
                Output::Hold { .. } => {}
                Output::Pack { .. } | Output::Bins { .. } => return None,
            }
        }
        Some(())
    }
}
