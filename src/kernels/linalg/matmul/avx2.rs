//! Vectors of AVX2, with its fused products.
#![expect(unsafe_code, reason = "vector intrinsics and loads through raw pointers")]

use super::micro::Vector;
use std::arch::x86_64::*;
use std::marker::PhantomData;

/// Vectors of 256 bits, of a type of floats.
#[derive(Clone, Copy)]
pub(super) struct Avx2<T>(PhantomData<T>);

/// Lanes that a mask of all ones and zeros has before and after the point where it is cut.
static MASK64: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];
static MASK32: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

// SAFETY: intrinsics of AVX2 and FMA.
unsafe impl Vector for Avx2<f64> {
    type Number = f64;
    type V = __m256d;
    const LANES: usize = 4;
    #[inline(always)]
    unsafe fn zero() -> __m256d {
        // SAFETY: the trait's contract, here and in what follows.
        unsafe { _mm256_setzero_pd() }
    }
    #[inline(always)]
    unsafe fn spread(from: *const f64) -> __m256d {
        // SAFETY: as above.
        unsafe { _mm256_broadcast_sd(&*from) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> __m256d {
        // SAFETY: as above.
        unsafe { _mm256_loadu_pd(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, v: __m256d) {
        // SAFETY: as above.
        unsafe { _mm256_storeu_pd(to, v) }
    }
    #[inline(always)]
    unsafe fn load_some(from: *const f64, n: usize) -> __m256d {
        // SAFETY: as above; `n <= 4`.
        unsafe { _mm256_maskload_pd(from, _mm256_loadu_si256(MASK64.as_ptr().add(4 - n).cast())) }
    }
    #[inline(always)]
    unsafe fn store_some(to: *mut f64, n: usize, v: __m256d) {
        // SAFETY: as above; `n <= 4`.
        unsafe { _mm256_maskstore_pd(to, _mm256_loadu_si256(MASK64.as_ptr().add(4 - n).cast()), v) }
    }
    #[inline(always)]
    unsafe fn add(a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: as above.
        unsafe { _mm256_add_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn fma(a: __m256d, b: __m256d, c: __m256d) -> __m256d {
        // SAFETY: as above.
        unsafe { _mm256_fmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn sum(v: __m256d) -> f64 {
        // SAFETY: as above.
        unsafe {
            let two = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
            _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
        }
    }
    #[inline(always)]
    unsafe fn exchange(v: __m256d) -> __m256d {
        // SAFETY: as above.
        unsafe { _mm256_permute_pd(v, 0b0101) }
    }
    #[inline(always)]
    unsafe fn negated(v: __m256d) -> __m256d {
        // SAFETY: as above.
        unsafe { _mm256_xor_pd(v, _mm256_set1_pd(-0.0)) }
    }
    #[inline(always)]
    unsafe fn complex(a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: as above.
        unsafe { _mm256_addsub_pd(a, Self::exchange(b)) }
    }
}

// SAFETY: intrinsics of AVX2 and FMA.
unsafe impl Vector for Avx2<f32> {
    type Number = f32;
    type V = __m256;
    const LANES: usize = 8;
    #[inline(always)]
    unsafe fn zero() -> __m256 {
        // SAFETY: the trait's contract, here and in what follows.
        unsafe { _mm256_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn spread(from: *const f32) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_broadcast_ss(&*from) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, v: __m256) {
        // SAFETY: as above.
        unsafe { _mm256_storeu_ps(to, v) }
    }
    #[inline(always)]
    unsafe fn load_some(from: *const f32, n: usize) -> __m256 {
        // SAFETY: as above; `n <= 8`.
        unsafe { _mm256_maskload_ps(from, _mm256_loadu_si256(MASK32.as_ptr().add(8 - n).cast())) }
    }
    #[inline(always)]
    unsafe fn store_some(to: *mut f32, n: usize, v: __m256) {
        // SAFETY: as above; `n <= 8`.
        unsafe { _mm256_maskstore_ps(to, _mm256_loadu_si256(MASK32.as_ptr().add(8 - n).cast()), v) }
    }
    #[inline(always)]
    unsafe fn add(a: __m256, b: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn fma(a: __m256, b: __m256, c: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn sum(v: __m256) -> f32 {
        // SAFETY: as above.
        unsafe {
            let four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
        }
    }
    #[inline(always)]
    unsafe fn exchange(v: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_permute_ps(v, 0b1011_0001) }
    }
    #[inline(always)]
    unsafe fn negated(v: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_xor_ps(v, _mm256_set1_ps(-0.0)) }
    }
    #[inline(always)]
    unsafe fn complex(a: __m256, b: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_addsub_ps(a, Self::exchange(b)) }
    }
}
