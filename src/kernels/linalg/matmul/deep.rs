//! Products whose K is long and whose result is small: K is cut into parts, and operands may be made some steps of K at a time.
#![expect(unsafe_code, reason = "lends scratch memory and adds results through pointers")]

use super::drive::{Kernel, TASK, Ways, mirror, oriented, size, whole, with_scratch, work};
use super::made::{AT_ONCE, fill};
use super::problem::{Matrix, Onto, Single};
use crate::array::Buffer;
use crate::error::Result;
use crate::kernels::movement::Address;
use crate::kernels::{Make, Tasks, try_tasks};
use crate::ops::kernel::is_deep;

/// Into how many parts a long K is cut where the result is small; of the lengths alone.
pub(super) fn parts<K: Kernel>(s: &Single) -> Option<usize> {
    let parts = ((work::<K>(s) / TASK) as usize).min(s.k / (4 * K::KC)).min(32);
    let dense = s.onto == Onto::Nothing && s.c.row == (s.n * size::<K>()) as isize;
    (dense && is_deep([s.m, s.n, s.k]) && parts > 1).then_some(parts)
}

/// A product whose K is cut into parts, each the work of a task; their results are added in order. Rows that are made run down K.
pub(super) fn split<K: Kernel>(s: &Single, made: [Option<Make>; 2], parts: usize, tasks: Tasks) -> Result<()> {
    let depth = s.k.div_ceil(parts).next_multiple_of(K::KC);
    let parts = s.k.div_ceil(depth);
    let one = s.m * s.n * size::<K>();
    let sums = Buffer::new(parts * one)?;
    let to = Address(sums.data());
    let steps = Steps::new::<K>(s, made, depth);
    let ways = Ways::new::<K>(&oriented(Single { k: depth, ..*s }));
    let bytes = ways.bytes::<K>(&oriented(*s)).iter().sum::<usize>() + steps.bytes();
    try_tasks(tasks, parts, |t| {
        let c = Matrix { data: to.at(t * one), row: (s.n * size::<K>()) as isize, col: size::<K>() as isize };
        let end = ((t + 1) * depth).min(s.k);
        // SAFETY: the operands lie within their arrays, or are made in the scratch memory, which has room for them; the part's result
        // is this task's alone.
        with_scratch(bytes, |scratch| unsafe {
            for p in (t * depth..end).step_by(steps.length) {
                let onto = s.onto.block(p == t * depth);
                let part = Single { k: steps.length.min(end - p), a: s.a.from(0, p), b: s.b.from(p, 0), c, onto, ..*s };
                let part = steps.make::<K>(part, p, scratch);
                whole::<K>(&oriented(part), ways, scratch.add(steps.bytes()));
            }
            // What is added is all of it.
            mirror::<K>(&Single { c, ..*s }, 0..s.m);
        })
    })?;
    // SAFETY: each part is `m x n` elements, and the result lies in C order: as many.
    unsafe {
        for t in 1..parts {
            K::accumulate(s.m * s.n, to.at(t * one), to.at(0));
        }
        std::ptr::copy_nonoverlapping(to.at(0), s.c.data, one);
    }
    Ok(())
}

/// Steps down K, of each of which operands are made.
struct Steps<'a> {
    made: [Option<Make<'a>>; 2],
    /// Bytes of a row of each operand.
    row: [usize; 2],
    /// Length of a step.
    length: usize,
    /// Whether both operands are the same.
    same: bool,
}

impl<'a> Steps<'a> {
    /// The steps of a part of this depth: one, where nothing is made.
    fn new<K: Kernel>(s: &Single, made: [Option<Make<'a>>; 2], depth: usize) -> Steps<'a> {
        let row = [s.m * size::<K>(), s.n * size::<K>()];
        let widest = made.iter().zip(row).filter(|m| m.0.is_some()).map(|m| m.1).max();
        let length = widest.map_or(depth, |bytes| (AT_ONCE / bytes / K::KC).max(1) * K::KC);
        Steps { made, row, length: length.min(depth), same: s.a.data == s.b.data }
    }

    fn room(&self, k: usize) -> usize {
        if self.made[k].is_some() && !(k == 1 && self.same) {
            (self.row[k] * self.length).next_multiple_of(64)
        } else {
            0
        }
    }

    /// Bytes that it needs.
    fn bytes(&self) -> usize {
        self.room(0) + self.room(1)
    }

    /// Makes what a step from `p` on reads.
    ///
    /// # Safety
    /// `scratch` has the bytes that it needs, and is the caller's alone.
    unsafe fn make<K: Kernel>(&self, mut step: Single, p: usize, scratch: *mut u8) -> Single {
        let places = [scratch, if self.same { scratch } else { scratch.wrapping_add(self.room(0)) }];
        for (k, to) in places.into_iter().enumerate() {
            let Some(make) = self.made[k] else { continue };
            if self.room(k) > 0 {
                let bytes = step.k * self.row[k];
                // SAFETY: the caller's contract; a step is at most as long as its room.
                unsafe { fill(make, p * self.row[k] / size::<K>(), to, bytes) };
            }
            if k == 0 {
                step.a.data = to;
            } else {
                step.b.data = to;
            }
        }
        step
    }
}
