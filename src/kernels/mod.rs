//! Handwritten loops: what is not compiled at run time, and what compiled loops call.
//!
//! Everything here works on plain memory that the caller lends; nothing here knows graphs or plans.

/// A routine over a tile: reads `n` elements of each input, writes `n` elements to `out`.
///
/// # Safety
/// Each pointer that the routine uses is aligned for its element type and covers `n` contiguous elements. `out` is either
/// equal to an input pointer whose element size is the same, or does not overlap any input.
pub type TileFn = unsafe fn(n: usize, ins: &[*const u8; 3], out: *mut u8);

pub mod complex;
pub mod fold;
pub mod math;
pub mod movement;
pub mod tile;
