//! Vectors whose lanes are rows or columns that are transformed side by side, and how such vectors are made of rows.
//!
//! A *block* holds numbers of as many rows as a vector has lanes: of each in turn the vector of the real parts, then that of the
//! imaginary parts.
#![expect(unsafe_code, reason = "vector intrinsics")]

use crate::kernels::math::simd::Lanes;
#[cfg(target_arch = "x86_64")]
use crate::kernels::math::simd::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// What is computed over vectors of some instruction set.
pub trait Work<E> {
    /// Computes it.
    ///
    /// # Safety
    /// As the implementation says; the processor has the vectors.
    unsafe fn run<V: Rows<Elem = E>>(self);
}

/// Vectors of which numbers move between lanes.
pub trait Rows: Lanes {
    /// The elements with even numbers of two vectors behind each other, and those with odd ones.
    fn apart(a: Self, b: Self) -> (Self, Self);

    /// Elements of two vectors in turn.
    fn in_turn(a: Self, b: Self) -> (Self, Self);

    /// The lanes, the last first.
    fn reversed(self) -> Self;

    /// Gives element `j` of row `i` as lane `i` of vector `j`, both below `LANES`.
    fn turn(row: impl Fn(usize) -> Self, give: impl FnMut(usize, Self));

    /// Says that the lines of so many elements from an address on, which may be nobody's, are read soon.
    fn soon(from: *const Self::Elem, count: usize);

    /// Computes something in a function of its own that enables the instruction set.
    ///
    /// # Safety
    /// As [`Work::run`].
    unsafe fn call<W: Work<Self::Elem>>(work: W);
}

#[cfg(target_arch = "x86_64")]
macro_rules! rows {
    ($type:ident $lanes:literal $features:literal) => {
        #[inline(always)]
        fn turn(row: impl Fn(usize) -> Self, mut give: impl FnMut(usize, Self)) {
            let mut rows = [Self::of(0.0); $lanes];
            for i in 0..$lanes {
                rows[i] = row(i);
            }
            // Each step puts two rows that are half of all apart in turn: a perfect shuffle of the numbers of elements.
            let mut step = 1;
            while step < $lanes {
                let old = rows;
                for i in 0..$lanes / 2 {
                    (rows[2 * i], rows[2 * i + 1]) = Self::in_turn(old[i], old[i + $lanes / 2]);
                }
                step *= 2;
            }
            for j in 0..$lanes {
                give(j, rows[j]);
            }
        }

        #[inline(always)]
        fn soon(from: *const Self::Elem, count: usize) {
            for i in (0..count).step_by(64 / size_of::<Self::Elem>()) {
                // SAFETY: a hint, for any address.
                unsafe { _mm_prefetch::<_MM_HINT_T1>(from.wrapping_add(i).cast()) };
            }
        }

        #[inline(always)]
        unsafe fn call<W: Work<Self::Elem>>(work: W) {
            #[target_feature(enable = $features)]
            unsafe fn enabled<W: Work<<$type as Lanes>::Elem>>(work: W) {
                // SAFETY: the caller's contract.
                unsafe { work.run::<$type>() }
            }
            // SAFETY: the caller's contract.
            unsafe { enabled(work) }
        }
    };
}

/// A register-to-register instruction of the vectors' own instruction set.
#[cfg(target_arch = "x86_64")]
macro_rules! intrinsics {
    ($($body:tt)*) => {
        // SAFETY: no memory is touched; vectors of this type are made only where their instruction set is enabled (`Lanes`).
        unsafe { $($body)* }
    };
}

#[cfg(target_arch = "x86_64")]
impl Rows for Avx512F64 {
    #[inline(always)]
    fn apart(a: Self, b: Self) -> (Self, Self) {
        intrinsics! {
            let (even, odd) = (_mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15));
            (Self(_mm512_permutex2var_pd(a.0, even, b.0)), Self(_mm512_permutex2var_pd(a.0, odd, b.0)))
        }
    }

    #[inline(always)]
    fn in_turn(a: Self, b: Self) -> (Self, Self) {
        intrinsics! {
            let (low, high) = (_mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15));
            (Self(_mm512_permutex2var_pd(a.0, low, b.0)), Self(_mm512_permutex2var_pd(a.0, high, b.0)))
        }
    }

    #[inline(always)]
    fn reversed(self) -> Self {
        intrinsics!(Self(_mm512_permutexvar_pd(_mm512_setr_epi64(7, 6, 5, 4, 3, 2, 1, 0), self.0)))
    }

    rows!(Avx512F64 8 "avx2,fma,avx512f");
}

#[cfg(target_arch = "x86_64")]
impl Rows for Avx512F32 {
    #[inline(always)]
    fn apart(a: Self, b: Self) -> (Self, Self) {
        intrinsics! {
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            (Self(_mm512_permutex2var_ps(a.0, even, b.0)), Self(_mm512_permutex2var_ps(a.0, odd, b.0)))
        }
    }

    #[inline(always)]
    fn in_turn(a: Self, b: Self) -> (Self, Self) {
        intrinsics! {
            let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            let high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
            (Self(_mm512_permutex2var_ps(a.0, low, b.0)), Self(_mm512_permutex2var_ps(a.0, high, b.0)))
        }
    }

    #[inline(always)]
    fn reversed(self) -> Self {
        intrinsics! {
            let order = _mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
            Self(_mm512_permutexvar_ps(order, self.0))
        }
    }

    rows!(Avx512F32 16 "avx2,fma,avx512f");
}

#[cfg(target_arch = "x86_64")]
impl Rows for Avx2F64 {
    #[inline(always)]
    fn apart(a: Self, b: Self) -> (Self, Self) {
        intrinsics! {
            let (low, high) = (_mm256_permute2f128_pd::<0x20>(a.0, b.0), _mm256_permute2f128_pd::<0x31>(a.0, b.0));
            (Self(_mm256_unpacklo_pd(low, high)), Self(_mm256_unpackhi_pd(low, high)))
        }
    }

    #[inline(always)]
    fn in_turn(a: Self, b: Self) -> (Self, Self) {
        intrinsics! {
            let (low, high) = (_mm256_unpacklo_pd(a.0, b.0), _mm256_unpackhi_pd(a.0, b.0));
            (Self(_mm256_permute2f128_pd::<0x20>(low, high)), Self(_mm256_permute2f128_pd::<0x31>(low, high)))
        }
    }

    #[inline(always)]
    fn reversed(self) -> Self {
        intrinsics!(Self(_mm256_permute4x64_pd::<0b00_01_10_11>(self.0)))
    }

    rows!(Avx2F64 4 "avx2,fma");
}

#[cfg(target_arch = "x86_64")]
impl Rows for Avx2F32 {
    #[inline(always)]
    fn apart(a: Self, b: Self) -> (Self, Self) {
        intrinsics! {
            let (low, high) = (_mm256_permute2f128_ps::<0x20>(a.0, b.0), _mm256_permute2f128_ps::<0x31>(a.0, b.0));
            (Self(_mm256_shuffle_ps::<0b10_00_10_00>(low, high)), Self(_mm256_shuffle_ps::<0b11_01_11_01>(low, high)))
        }
    }

    #[inline(always)]
    fn in_turn(a: Self, b: Self) -> (Self, Self) {
        intrinsics! {
            let (low, high) = (_mm256_unpacklo_ps(a.0, b.0), _mm256_unpackhi_ps(a.0, b.0));
            (Self(_mm256_permute2f128_ps::<0x20>(low, high)), Self(_mm256_permute2f128_ps::<0x31>(low, high)))
        }
    }

    #[inline(always)]
    fn reversed(self) -> Self {
        intrinsics!(Self(_mm256_permutevar8x32_ps(self.0, _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0))))
    }

    rows!(Avx2F32 8 "avx2,fma");
}
