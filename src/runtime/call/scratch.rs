//! The scratch memory of a thread: tile slots and fold states, laid out for a walk.

use super::levels::LEVELS;
use crate::array::Buffer;
use crate::graph::plan::{BlockFold, Output, Source, Walk};
use crate::jit::schedule::Program;
use crate::kernels::fold::lanes;
use crate::runtime::tiles::{CompiledWalk, Grid};
use smallvec::SmallVec;
use std::cell::RefCell;

/// Bytes between slots beyond their contents: slots must not lie a multiple of 4 KiB apart.
pub(super) const SLOT_PAD: usize = 192;

thread_local! {
    /// Tile slots and fold states of this thread, kept from walk to walk.
    static SCRATCH: RefCell<Option<Buffer>> = const { RefCell::new(None) };
}

/// The scratch memory of a walk: where each slot starts.
#[derive(Clone, Debug)]
pub struct ScratchLayout {
    /// Offsets of the slots of operands, program and results, in this order.
    pub(super) slots: Vec<usize>,
    /// Offset of each output's first state buffer.
    pub(super) states: Vec<usize>,
    /// Bytes of one state buffer of each output.
    pub(super) state_bytes: Vec<usize>,
    /// Bytes of a state of each output; zero for stores.
    pub(super) state_sizes: Vec<usize>,
    /// Offset of a state of each output for each block of a tile, where the stages take several.
    pub(super) tile_states: Vec<usize>,
    /// Bytes of each output's states, all parts of them; zero for stores.
    pub fold_bytes: SmallVec<[usize; 4]>,
    /// Offsets of the scratch memory of the parts of operands that are made where they are read, by operand.
    pub(super) made: Vec<Vec<usize>>,
    /// Elements of a slot.
    pub(super) capacity: usize,
    /// Bytes in all.
    pub(super) total: usize,
}

impl ScratchLayout {
    /// Lays out the scratch memory of a walk.
    pub fn new(walk: &Walk, program: &Program, grid: &Grid, parts: &[Vec<CompiledWalk>]) -> ScratchLayout {
        // Rows of lanes fit a slot from twice the elements of a row on: one row for a run, one for what is left.
        let capacity = (grid.k * grid.m * grid.tile).max(program.block).max(2 * program.run / lanes::RUN);
        // Of several rows of a block each leaves its own.
        let lanes = program.begun.iter().flatten().map(|b| grid.k * lanes::rows_bytes(grid.m, b.lane));
        let capacity = capacity.max(lanes.max().unwrap_or(0).div_ceil(program.slot_item));
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

/// Works with `bytes` of this thread's scratch memory.
pub(super) fn with_scratch(bytes: usize, work: impl FnOnce(*mut u8)) {
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.as_ref().is_none_or(|b| b.len() < bytes) {
            // Dropped first, so that the pool can serve the larger request from it.
            *scratch = None;
            match Buffer::new(bytes) {
                Ok(buffer) => *scratch = Some(buffer),
                // A few hundred KiB: whoever runs tasks turns the panic into an error.
                Err(e) => panic!("{e}"),
            }
        }
        work(scratch.as_ref().map_or(std::ptr::null_mut(), Buffer::data));
    });
}
