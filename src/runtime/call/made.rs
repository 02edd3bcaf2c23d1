//! Operands that are made where they are read: a block's elements are runs of an array that is in no memory, and each part of
//! it makes those that it has.
#![expect(unsafe_code, reason = "copies what parts have made into a block's slot")]

use super::scratch::{SLOT_PAD, with_scratch};
use super::{Block, CompiledWalk, Mode, Run, Task, offset, place};
use crate::graph::plan::Made;
use crate::graph::plan::nest::TILE;
use crate::kernels::movement;
use smallvec::SmallVec;

/// A rectangle of an array that is made.
struct Rectangle {
    start: SmallVec<[usize; 6]>,
    k: usize,
    m: usize,
}

/// What makes an array.
struct Maker<'r, 't> {
    made: &'r Made,
    walks: &'r [CompiledWalk],
    runs: &'r [Run],
    tasks: &'t mut [Option<Task<'r>>],
    scratch: &'r [usize],
    base: *mut u8,
    stop: &'r dyn Fn() -> bool,
    size: usize,
}

impl<'r> Task<'r> {
    /// Makes operand `i`'s elements of the block, of array `n` of those that are made; where they are. In the operand's slot if
    /// `in_slot` says so.
    pub(super) fn make(&mut self, i: usize, n: u32, block: &Block, in_slot: bool) -> *mut u8 {
        let (w, run, layout) = (self.w, self.run, self.layout);
        let (track, operand, made) = (&w.walk.nest.operands[i], &w.walk.operands[i], &w.walk.made[n as usize]);
        let (slot, size) = (self.slot(i), operand.dtype.size());
        if self.makers.is_empty() {
            self.makers.resize_with(w.walk.operands.len(), Vec::new);
        }
        let mut tasks = std::mem::take(&mut self.makers[i]);
        tasks.resize_with(made.parts.len(), || None);
        let mut maker = Maker {
            made,
            walks: &w.made[n as usize],
            runs: &run.made[n as usize],
            tasks: &mut tasks,
            scratch: &layout.made[i],
            base: self.base,
            stop: self.stop,
            size,
        };
        let step = |stride: i64| (stride / size as i64) as isize;
        let (outer, inner) = (step(track.outer()), step(track.inner()));
        let first = |start: &[usize]| ((operand.offset + offset(&track.strides, start)) / size as i64) as usize;
        let at = if block.pieces.is_empty() {
            let (k, m) = if track.mode == Mode::Scalar { (1, 1) } else { (block.k, block.m) };
            let run = k == 1 || outer == m as isize && inner == 1;
            let elements = first(&block.start);
            let whole = if !in_slot && run && (m == 1 || inner == 1) { maker.in_one(elements, k * m) } else { None };
            whole.unwrap_or_else(|| {
                maker.rows(elements, (k, m), (outer, inner), slot);
                slot
            })
        } else {
            for p in &block.pieces {
                maker.rows(first(&p.start), (p.k, p.m), (outer, inner), slot.wrapping_add(p.before * size));
            }
            slot
        };
        self.makers[i] = tasks;
        at
    }
}

/// Makes a run of an array, so many elements from one on, in their places among all of them: these start at an address and
/// have so many bytes each.
pub fn make_run(
    made: &Made,
    walks: &[CompiledWalk],
    runs: &[Run],
    (first, elements): (usize, usize),
    (to, size): (usize, usize),
) {
    let mut bytes = 0;
    let mut scratch: SmallVec<[usize; 9]> = SmallVec::new();
    for walk in walks {
        scratch.push(bytes);
        bytes += walk.scratch.total + SLOT_PAD;
    }
    with_scratch(bytes, |base| {
        let mut tasks: Vec<Option<Task>> = Vec::new();
        tasks.resize_with(walks.len(), || None);
        let mut maker = Maker { made, walks, runs, tasks: &mut tasks, scratch: &scratch, base, stop: &|| false, size };
        let (mut at, end, row) = (first, first + elements, made.shape[made.shape.len() - 1]);
        while at < end {
            // Up to the end of a row, so that few runs are more than one rectangle.
            let n = ((TILE / row).max(1) * row - at % row).min(TILE).min(end - at);
            maker.run(at, n, (to as *mut u8).wrapping_add(at * size));
            at += n;
        }
    });
}

impl Maker<'_, '_> {
    /// Makes `k` rows of `m` elements, steps of `outer` and `inner` elements apart, the first at `first`.
    fn rows(&mut self, first: usize, (k, m): (usize, usize), (outer, inner): (isize, isize), to: *mut u8) {
        let row = |r: usize| first.wrapping_add_signed(r as isize * outer);
        if m == 1 || inner == 1 {
            if k == 1 || outer == m as isize {
                return self.run(first, k * m, to);
            }
            (0..k).for_each(|r| self.run(row(r), m, to.wrapping_add(r * m * self.size)));
            return;
        }
        for r in 0..k {
            let to = to.wrapping_add(r * m * self.size);
            self.run(row(r), 1, to);
            // SAFETY: the row has `m > 1` elements in the slot, of which the first was made; the rest do not overlap it.
            unsafe { movement::fill(self.size, m - 1, to, to.add(self.size)) };
        }
    }

    /// The rectangle that `left` elements from `first` on begin with.
    fn rectangle(&self, first: usize, left: usize) -> Rectangle {
        let shape = &self.made.shape;
        let n = shape.len();
        let mut start: SmallVec<[usize; 6]> = SmallVec::from_elem(0, n);
        let mut at = first;
        for d in (0..n).rev() {
            start[d] = at % shape[d];
            at /= shape[d];
        }
        let (rows, row) = (shape[n - 2] - start[n - 2], shape[n - 1]);
        if start[n - 1] > 0 || left < row {
            let m = left.min(row - start[n - 1]);
            return Rectangle { start, k: 1, m };
        }
        Rectangle { start, k: rows.min(left / row), m: row }
    }

    /// What a rectangle and a part have in common: where it starts within the rectangle, and its lengths.
    fn common(&self, r: &Rectangle, part: usize) -> Option<((usize, usize), (usize, usize))> {
        let (origin, shape) = (&self.made.parts[part].origin, &self.walks[part].walk.shape);
        let n = origin.len();
        let inside = |d: usize| (origin[d]..origin[d] + shape[d]).contains(&r.start[d]);
        if !(0..n - 2).all(inside) {
            return None;
        }
        let along = |d: usize, length: usize| {
            let low = origin[d].max(r.start[d]);
            let high = (origin[d] + shape[d]).min(r.start[d] + length);
            (low < high).then(|| (low - r.start[d], high - low))
        };
        let (a, b) = (along(n - 2, r.k)?, along(n - 1, r.m)?);
        Some(((a.0, b.0), (a.1, b.1)))
    }

    /// The elements of a run, where a part leaves them, if one part has all of them as one rectangle.
    fn in_one(&mut self, first: usize, elements: usize) -> Option<*mut u8> {
        let r = self.rectangle(first, elements);
        if r.k * r.m != elements {
            return None;
        }
        let part = (0..self.walks.len()).find(|&p| self.common(&r, p).is_some_and(|c| c.1 == (r.k, r.m)))?;
        Some(self.part(part, &r.start, r.k, r.m))
    }

    /// Makes `elements` elements from `first` on.
    fn run(&mut self, mut first: usize, elements: usize, to: *mut u8) {
        let mut done = 0;
        while done < elements {
            let r = self.rectangle(first, elements - done);
            let to = to.wrapping_add(done * self.size);
            let mut left = r.k * r.m;
            for part in 0..self.walks.len() {
                let Some(((a, b), (k, m))) = self.common(&r, part) else { continue };
                let mut start = r.start.clone();
                let n = start.len();
                start[n - 2] += a;
                start[n - 1] += b;
                let from = self.part(part, &start, k, m);
                let to = to.wrapping_add((a * r.m + b) * self.size);
                let row = (r.m * self.size) as isize;
                // SAFETY: the part has left `k * m` elements; they belong in the rectangle's rows of `r.m` elements in the slot,
                // which has room for the block, and overlaps no memory of the part.
                unsafe { movement::scatter(self.size, k, m, from, to, row, self.size as isize) };
                left -= k * m;
                if left == 0 {
                    break;
                }
            }
            first += r.k * r.m;
            done += r.k * r.m;
        }
    }

    /// Makes a rectangle of a part; where its elements are, until the part makes others.
    fn part(&mut self, part: usize, start: &[usize], k: usize, m: usize) -> *mut u8 {
        let (walk, run) = (&self.walks[part], &self.runs[part]);
        let (base, stop) = (self.base.wrapping_add(self.scratch[part]), self.stop);
        let task = self.tasks[part].get_or_insert_with(|| Task::new(walk, run, base, stop));
        let start = start.iter().zip(&self.made.parts[part].origin).map(|(s, o)| s - o).collect();
        task.block(&Block { start, k, m, pieces: Vec::new() });
        task.ptrs[place(walk.program.results[0], walk.walk.operands.len(), walk.program.slots)]
    }
}
