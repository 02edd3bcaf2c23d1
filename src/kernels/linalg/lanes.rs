//! Several numbers side by side: an element of as many matrices. Arrays by value, which compile to vectors; loops over elements in place do not.

use super::scalar::{Real, Scalar};
use std::array::from_fn;

/// `x - a b`, each.
#[inline(always)]
pub(super) fn minus<T: Scalar, const W: usize, const FUSED: bool>(x: [T; W], a: [T; W], b: [T; W]) -> [T; W] {
    from_fn(|lane| x[lane].minus::<FUSED>(a[lane], b[lane]))
}

/// `x a`, each.
#[inline(always)]
pub(super) fn times<T: Scalar, const W: usize>(x: [T; W], a: [T; W]) -> [T; W] {
    from_fn(|lane| x[lane] * a[lane])
}

/// What is divided by, its reciprocals, and whether these are numbers to multiply by.
#[derive(Clone, Copy)]
pub(super) struct Divisor<T, const W: usize> {
    by: [T; W],
    inverses: [T; W],
    multiplies: bool,
}

impl<T: Scalar, const W: usize> Divisor<T, W> {
    #[inline(always)]
    pub fn new(by: [T; W]) -> Divisor<T, W> {
        let multiplies = by.iter().all(|x| x.size() >= T::Real::SMALLEST);
        Divisor { by, inverses: by.map(|x| T::ONE.over(x)), multiplies }
    }

    /// `x` over it, each.
    #[inline(always)]
    pub fn under(self, x: [T; W]) -> [T; W] {
        if self.multiplies { times(x, self.inverses) } else { from_fn(|lane| x[lane].over(self.by[lane])) }
    }
}
