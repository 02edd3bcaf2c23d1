//! Operands that are made where they are multiplied: some rows of the left one for a task.
//!
//! Bits are those of the product of the same arrays in memory: blocks of K are the same, and rows do not depend on each other.
#![expect(unsafe_code, reason = "lends scratch memory")]

use super::drive::{Kernel, Ways, oriented, size, whole, with_scratch};
use super::problem::{Matrix, Problem, Single};
use crate::error::Result;
use crate::kernels::{Make, OfRun, Tasks, try_tasks};
use std::mem::MaybeUninit;

/// Bytes that are made at a time: they stay in the second-level cache until they are multiplied.
pub(super) const AT_ONCE: usize = 192 << 10;

/// Rows of a task are a multiple of this: of what any loops take together.
const GROUP: usize = 16;

/// Has elements made in memory from an address on.
///
/// # Safety
/// So many bytes are the caller's alone.
pub(super) unsafe fn fill(make: Make, first: usize, to: *mut u8, bytes: usize) {
    // SAFETY: the caller's contract.
    make(first, unsafe { std::slice::from_raw_parts_mut(to.cast::<MaybeUninit<u8>>(), bytes) });
}

/// Whether it is the rows of the left operand that are made one after another; else what is made runs down K.
pub(super) fn comes_by_rows<K: Kernel>(p: &Problem) -> bool {
    let s = &p.first;
    p.made[0].is_some() && s.m > 1 && s.k > 1 && s.a.col == size::<K>() as isize
}

/// The product of a left operand whose rows are made: some by each task, and in its cache.
pub(super) fn rows<K: Kernel>(p: &Problem, after: Option<OfRun>, tasks: Tasks) -> Result<()> {
    let [Some(make), None] = p.made else { return Err(super::no_rows()) };
    let s = &p.first;
    let row = s.k * size::<K>();
    // Loops for a row take columns in groups, and one row alone has loops of its own: the last task takes what is left.
    let some = (AT_ONCE / 2 / row).next_multiple_of(GROUP).max(GROUP);
    let parts = (s.m / some).max(1);
    let most = s.m - (parts - 1) * some;
    let ways = Ways::new::<K>(&oriented(*s));
    let made = (most * row).next_multiple_of(64);
    let bytes = made + ways.bytes::<K>(&oriented(Single { m: most, ..*s })).iter().sum::<usize>();
    try_tasks(tasks, parts, |t| {
        let i = t * some;
        let m = if t + 1 < parts { some } else { most };
        // SAFETY: the scratch memory has room for these rows and for what the ways ask for; the rows of the result are this task's alone.
        with_scratch(bytes, |scratch| unsafe {
            fill(make, i * s.k, scratch, m * row);
            let part = Single { m, a: Matrix { data: scratch, ..s.a }, c: s.c.from(i, 0), ..*s };
            whole::<K>(&oriented(part), ways, scratch.add(made));
        })?;
        if let Some(after) = after {
            after(i * s.n, m * s.n);
        }
        Ok(())
    })
}
