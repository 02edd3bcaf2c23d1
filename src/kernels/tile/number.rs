//! Elements that Rust has no type for, and the choice between two elements.

use super::isa::{Isa, tile3};
use crate::kernels::TileFn;

/// A complex number as it lies in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub(crate) struct Complex<T> {
    /// Real part.
    pub(crate) re: T,
    /// Imaginary part.
    pub(crate) im: T,
}

/// A complex number from its parts.
#[inline(always)]
pub(crate) const fn c<T: Copy>(re: T, im: T) -> Complex<T> {
    Complex { re, im }
}

/// Eight bytes aligned as complex64 is.
#[derive(Clone, Copy)]
#[repr(C, packed(4))]
struct Eight(u64);

/// The choice by a bool between two elements of `size` bytes.
pub(crate) fn select(isa: Isa, size: usize) -> TileFn {
    macro_rules! choose {
        ($t:ty) => {
            tile3(isa, |condition: u8, a: $t, b: $t| if condition != 0 { a } else { b })
        };
    }
    match size {
        1 => choose!(u8),
        2 => choose!(u16),
        4 => choose!(u32),
        8 => choose!(Eight),
        // By masks, which vectorise where a choice of two words does not.
        _ => tile3(isa, |condition: u8, a: [u64; 2], b: [u64; 2]| {
            let mask = u64::from(condition).wrapping_neg();
            [b[0] ^ ((a[0] ^ b[0]) & mask), b[1] ^ ((a[1] ^ b[1]) & mask)]
        }),
    }
}
