//! Values put to positions: what undoes a sort.
#![expect(unsafe_code, reason = "writes elements through pointers")]

use crate::array::Array;
use crate::error::{Error, Result};
use crate::kernels::Tasks;
use crate::kernels::movement::Address;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

/// Elements of a task.
const CHUNK: usize = 1 << 15;

/// Writes value `i` of an array of one axis to the place in `out` that number `i` of the positions, int64, says; zero where none says so.
/// Positions outside are left out, and of several values for a place any one is taken: the result is defined for permutations.
///
/// # Errors
/// `Error::Interrupted`; `Error::Bug` for elements of more than 8 bytes.
pub fn scatter(values: &Array, positions: &Array, out: &Array, tasks: Tasks) -> Result<()> {
    let n = positions.size();
    let (from, places, to) = (Address(values.data()), Address(positions.data()), Address(out.data()));
    let size = values.dtype().size();
    let chunks = n.div_ceil(CHUNK);
    let range = |c: usize| c * CHUNK..((c + 1) * CHUNK).min(n);
    macro_rules! scatter {
        ($atomic:ty, $t:ty) => {{
            tasks(chunks, &|c| {
                // SAFETY: the elements lie within `out`, and are this task's alone.
                unsafe { std::ptr::write_bytes(to.at(range(c).start * size), 0, range(c).len() * size) };
            })?;
            tasks(chunks, &|c| {
                for i in range(c) {
                    // SAFETY: `i < n`, the number of positions and of values; all are aligned.
                    let (place, value) = unsafe { (*places.at(i * 8).cast::<i64>(), *from.at(i * size).cast::<$t>()) };
                    if let Some(place) = usize::try_from(place).ok().filter(|p| *p < n) {
                        // SAFETY: the element lies within `out`, which has `n`. Another task may write it at the same time, in one piece as here.
                        unsafe { (*to.at(place * size).cast::<$atomic>()).store(value, Ordering::Relaxed) };
                    }
                }
            })
        }};
    }
    match size {
        1 => scatter!(AtomicU8, u8),
        2 => scatter!(AtomicU16, u16),
        4 => scatter!(AtomicU32, u32),
        8 => scatter!(AtomicU64, u64),
        _ => Err(Error::Bug(format!("a scatter of {}", values.dtype()))),
    }
}
