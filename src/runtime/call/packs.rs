//! Where values of a block go that have no place by their index: what masks keep, and bins.
#![expect(unsafe_code, reason = "writes to results and tables at computed places")]

use super::{Block, CompiledWalk, Output, Run, Task, evenly, offset, place};
use crate::jit::schedule::Loc;
use crate::kernels::movement;

impl Task<'_> {
    /// The tables of bins of output `o`.
    fn table_of_bins(&self, o: usize) -> *mut u64 {
        self.run.states[o] as *mut u64
    }

    /// Looks up where this part of what masks keep belongs, and empties its tables of bins.
    pub(super) fn begin_packs(&mut self, part: usize) {
        if !self.w.packs {
            return;
        }
        self.packed.clear();
        for (o, output) in self.w.walk.outputs.iter().enumerate() {
            let mut place = (0, 0);
            if let Output::Bins { bins, .. } = output {
                place = (part * bins, (part + 1) * bins);
                // SAFETY: each part has `bins` numbers of eight bytes of its own (`ScratchLayout::new`).
                unsafe { std::ptr::write_bytes(self.table_of_bins(o).add(place.0), 0, *bins) };
            }
            if let Output::Pack { .. } = output {
                let offsets = (self.run.states[o] as *const i64).wrapping_add(part);
                // SAFETY: there is an offset for each part, and one more (`graph::verify`).
                place = unsafe { (*offsets as usize, *offsets.add(1) as usize) };
            }
            self.packed.push(place);
        }
    }

    /// Takes the block's `elements` elements, as the stages have left them, to the results of masks and to bins.
    pub(super) fn pack(&mut self, block: &Block) {
        let elements = block.k * block.m;
        for o in 0..self.packed.len() {
            let (operands, slots) = (self.w.walk.operands.len(), self.w.program.slots);
            let at = |o: usize| self.ptrs[place(self.w.program.results[o], operands, slots)].cast_const();
            if let Output::Bins { weight, bins, .. } = self.w.walk.outputs[o] {
                let table = self.table_of_bins(o).wrapping_add(self.packed[o].0);
                // SAFETY: the places of numbers and weights hold the block's elements; the part's table has `bins` places.
                unsafe { movement::count_bins(elements, at(o), weight.map(at), bins, table) };
            }
            let Output::Pack { mask, .. } = self.w.walk.outputs[o] else { continue };
            let (size, (start, end)) = (self.w.value_sizes[o], self.packed[o]);
            let to = (self.run.results[o] as *mut u8).wrapping_add(start * size);
            if let Loc::Operand(n) = self.w.program.results[o]
                && self.w.only_kept[usize::from(n)]
                && evenly(&self.w.walk.nest.operands[usize::from(n)], block)
            {
                let (track, operand) =
                    (&self.w.walk.nest.operands[usize::from(n)], &self.w.walk.operands[usize::from(n)]);
                let first = operand.offset + offset(&track.strides, &block.start);
                let step = track.strides.last().copied().unwrap_or_default();
                // SAFETY: as below.
                let kept = unsafe { movement::compress_iota(elements, first, step, at(mask), to.cast(), end - start) };
                self.packed[o].0 += kept;
                continue;
            }
            // SAFETY: the places of value and mask hold the block's elements. The result has room for what all parts keep
            // (`graph::build::compress`), of which `start..end` is left of this part's own.
            let kept = unsafe { movement::compress(size, elements, at(o), at(mask), to, end - start) };
            self.packed[o].0 += kept;
        }
    }

    /// Where a mask over somebody else's memory has changed since it was counted, fills what is left with zeros.
    pub(super) fn end_packs(&mut self) {
        for (o, &(start, end)) in self.packed.iter().enumerate() {
            let size = self.w.value_sizes[o];
            if start < end && matches!(self.w.walk.outputs[o], Output::Pack { .. }) {
                // SAFETY: as in `pack`.
                unsafe {
                    std::ptr::write_bytes((self.run.results[o] as *mut u8).add(start * size), 0, (end - start) * size)
                };
            }
        }
    }
}

/// Adds the tables of bins of all parts, in order, into the results.
pub fn finish_bins(w: &CompiledWalk, run: &Run) {
    for (o, output) in w.walk.outputs.iter().enumerate() {
        let Output::Bins { weight, bins, .. } = *output else { continue };
        let (tables, to) = (run.states[o] as *const u64, run.results[o] as *mut u64);
        let parts = if w.walk.nest.size() == 0 { 0 } else { w.grid.parts };
        if parts == 1 {
            continue;
        }
        for bin in 0..bins {
            // SAFETY: each part's table and the result have `bins` numbers of eight bytes, int64 or, with weights, float64.
            unsafe {
                let of = |part: usize| tables.add(part * bins + bin).read();
                to.add(bin).write(match weight {
                    None => (0..parts).fold(0, |sum, p| sum + of(p)),
                    Some(_) => (0..parts).fold(0.0, |sum, p| sum + f64::from_bits(of(p))).to_bits(),
                });
            }
        }
    }
}
