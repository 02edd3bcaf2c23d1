//! Several numbers side by side: an element of as many matrices. Arrays by value, which compile to vectors; loops over elements in place do not.
#![expect(unsafe_code, reason = "vector intrinsics")]

use super::scalar::{Real, Scalar};
use std::array::from_fn;

/// `x - a b`, each.
#[inline(always)]
pub(super) fn minus<T: Scalar, const W: usize, const FUSED: bool>(x: [T; W], a: [T; W], b: [T; W]) -> [T; W] {
    T::minus_each::<W, FUSED>(x, a, b)
}

/// `x a`, each.
#[inline(always)]
pub(super) fn times<T: Scalar, const W: usize, const FUSED: bool>(x: [T; W], a: [T; W]) -> [T; W] {
    T::times_each::<W, FUSED>(x, a)
}

/// Whether so many bytes in vectors with fused products are one of AVX-512.
#[inline(always)]
pub(super) const fn is_512<T, const W: usize, const FUSED: bool>() -> bool {
    cfg!(target_arch = "x86_64") && FUSED && W * size_of::<T>() == 64
}

/// Vectors of AVX-512 as such: loops over arrays of this length are taken for loops over their elements, and are slow.
macro_rules! avx512 {
    ($minus:ident, $times:ident, $t:ty, $v:ty, $fnmadd:ident, $mul:ident) => {
        /// `x - a b`, each, where [`is_512`].
        ///
        /// # Safety
        /// The processor has AVX-512 F; the arrays have 64 bytes.
        #[cfg(target_arch = "x86_64")]
        #[inline(always)]
        pub(super) unsafe fn $minus<const W: usize>(x: [$t; W], a: [$t; W], b: [$t; W]) -> [$t; W] {
            // SAFETY: arrays and vectors of as many bytes, by contract.
            unsafe {
                let of = |x: [$t; W]| std::mem::transmute_copy::<[$t; W], $v>(&x);
                std::mem::transmute_copy(&std::arch::x86_64::$fnmadd(of(a), of(b), of(x)))
            }
        }

        /// `x a`, each, where [`is_512`].
        ///
        /// # Safety
        /// The processor has AVX-512 F; the arrays have 64 bytes.
        #[cfg(target_arch = "x86_64")]
        #[inline(always)]
        pub(super) unsafe fn $times<const W: usize>(x: [$t; W], a: [$t; W]) -> [$t; W] {
            // SAFETY: as above.
            unsafe {
                let of = |x: [$t; W]| std::mem::transmute_copy::<[$t; W], $v>(&x);
                std::mem::transmute_copy(&std::arch::x86_64::$mul(of(x), of(a)))
            }
        }
    };
}
avx512!(minus_f64, times_f64, f64, std::arch::x86_64::__m512d, _mm512_fnmadd_pd, _mm512_mul_pd);
avx512!(minus_f32, times_f32, f32, std::arch::x86_64::__m512, _mm512_fnmadd_ps, _mm512_mul_ps);

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
        let multiplies = by.iter().fold(true, |all, x| all & (x.size() >= T::Real::SMALLEST));
        Divisor { by, inverses: by.map(|x| T::ONE.over(x)), multiplies }
    }

    /// `x` over it, each.
    #[inline(always)]
    pub fn under<const FUSED: bool>(self, x: [T; W]) -> [T; W] {
        if self.multiplies {
            times::<T, W, FUSED>(x, self.inverses)
        } else {
            from_fn(|lane| x[lane].over(self.by[lane]))
        }
    }
}
