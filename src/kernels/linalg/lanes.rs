//! Several numbers side by side: an element of as many matrices. Arrays by value, which compile to vectors; loops over elements in place do not.
#![expect(unsafe_code, reason = "vector intrinsics")]

use super::scalar::{Real, Scalar};
use crate::dtype::DType;
use std::array::from_fn;

/// Whether so many numbers, computed with fused products, are a vector of AVX-512: so many are taken together where the processor has
/// these vectors (`super::with`). They are computed as such: loops over arrays of this length are taken for loops over their elements, and are slow.
const fn is_avx512<T: Scalar, const W: usize, const FUSED: bool>() -> bool {
    cfg!(target_arch = "x86_64") && FUSED && !T::COMPLEX && W * size_of::<T>() == 64
}

/// An instruction of AVX-512 on arrays of 64 bytes, by the type of their numbers.
#[cfg(target_arch = "x86_64")]
macro_rules! avx512 {
    ($t:ty, $f32:ident, $f64:ident, $($x:ident),*) => {{
        use std::arch::x86_64::{$f32, $f64};
        use std::mem::transmute_copy;
        if <$t>::DTYPE == DType::F64 {
            transmute_copy(&$f64($(transmute_copy(&$x)),*))
        } else {
            transmute_copy(&$f32($(transmute_copy(&$x)),*))
        }
    }};
}

/// `x - a b`, each.
#[inline(always)]
pub(super) fn minus<T: Scalar, const W: usize, const FUSED: bool>(x: [T; W], a: [T; W], b: [T; W]) -> [T; W] {
    #[cfg(target_arch = "x86_64")]
    if const { is_avx512::<T, W, FUSED>() } {
        // SAFETY: the processor has the instruction, and arrays and vectors have as many bytes.
        return unsafe { avx512!(T, _mm512_fnmadd_ps, _mm512_fnmadd_pd, a, b, x) };
    }
    from_fn(|lane| x[lane].minus::<FUSED>(a[lane], b[lane]))
}

/// `x a`, each.
#[inline(always)]
pub(super) fn times<T: Scalar, const W: usize, const FUSED: bool>(x: [T; W], a: [T; W]) -> [T; W] {
    #[cfg(target_arch = "x86_64")]
    if const { is_avx512::<T, W, FUSED>() } {
        // SAFETY: as above.
        return unsafe { avx512!(T, _mm512_mul_ps, _mm512_mul_pd, x, a) };
    }
    from_fn(|lane| x[lane] * a[lane])
}

/// `x / a`, each.
#[inline(always)]
fn over<T: Scalar, const W: usize, const FUSED: bool>(x: [T; W], a: [T; W]) -> [T; W] {
    #[cfg(target_arch = "x86_64")]
    if const { is_avx512::<T, W, FUSED>() } {
        // SAFETY: as above.
        return unsafe { avx512!(T, _mm512_div_ps, _mm512_div_pd, x, a) };
    }
    from_fn(|lane| x[lane].over(a[lane]))
}

/// The square roots of numbers that are real and not negative, each.
#[inline(always)]
pub(super) fn roots<T: Scalar, const W: usize, const FUSED: bool>(x: [T; W]) -> [T; W] {
    #[cfg(target_arch = "x86_64")]
    if const { is_avx512::<T, W, FUSED>() } {
        // SAFETY: as above.
        return unsafe { avx512!(T, _mm512_sqrt_ps, _mm512_sqrt_pd, x) };
    }
    x.map(|x| T::of(x.re().root(), T::Real::default()))
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
    pub fn new<const FUSED: bool>(by: [T; W]) -> Divisor<T, W> {
        let multiplies = by.iter().fold(true, |all, x| all & (x.size() >= T::Real::SMALLEST));
        Divisor { by, inverses: over::<T, W, FUSED>([T::ONE; W], by), multiplies }
    }

    /// `x` over it, each.
    #[inline(always)]
    pub fn under<const FUSED: bool>(self, x: [T; W]) -> [T; W] {
        if self.multiplies { times::<T, W, FUSED>(x, self.inverses) } else { over::<T, W, FUSED>(x, self.by) }
    }
}
