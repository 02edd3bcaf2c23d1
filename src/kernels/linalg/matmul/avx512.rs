//! Vectors of AVX-512.
#![expect(unsafe_code, reason = "vector intrinsics and loads through raw pointers")]

use super::avx2::Avx2;
use super::micro::Vector;
use std::arch::x86_64::*;
use std::marker::PhantomData;

/// Vectors of 512 bits, of a type of floats.
#[derive(Clone, Copy)]
pub(super) struct Avx512<T>(PhantomData<T>);

// SAFETY: intrinsics of AVX-512 F, and of what comes with it.
unsafe impl Vector for Avx512<f64> {
    type Number = f64;
    type V = __m512d;
    const LANES: usize = 8;
    #[inline(always)]
    unsafe fn zero() -> __m512d {
        // SAFETY: the trait's contract, here and in what follows.
        unsafe { _mm512_setzero_pd() }
    }
    #[inline(always)]
    unsafe fn spread(from: *const f64) -> __m512d {
        // SAFETY: as above.
        unsafe { _mm512_set1_pd(*from) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> __m512d {
        // SAFETY: as above.
        unsafe { _mm512_loadu_pd(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, v: __m512d) {
        // SAFETY: as above.
        unsafe { _mm512_storeu_pd(to, v) }
    }
    #[inline(always)]
    unsafe fn load_some(from: *const f64, n: usize) -> __m512d {
        // SAFETY: as above; `0 < n <= 8`.
        unsafe { _mm512_maskz_loadu_pd(u8::MAX >> (8 - n), from) }
    }
    #[inline(always)]
    unsafe fn store_some(to: *mut f64, n: usize, v: __m512d) {
        // SAFETY: as above; `0 < n <= 8`.
        unsafe { _mm512_mask_storeu_pd(to, u8::MAX >> (8 - n), v) }
    }
    #[inline(always)]
    unsafe fn add(a: __m512d, b: __m512d) -> __m512d {
        // SAFETY: as above.
        unsafe { _mm512_add_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn fma(a: __m512d, b: __m512d, c: __m512d) -> __m512d {
        // SAFETY: as above.
        unsafe { _mm512_fmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn sum(v: __m512d) -> f64 {
        // SAFETY: as above.
        unsafe { Avx2::<f64>::sum(Avx2::<f64>::add(_mm512_castpd512_pd256(v), _mm512_extractf64x4_pd(v, 1))) }
    }
    #[inline(always)]
    unsafe fn exchange(v: __m512d) -> __m512d {
        // SAFETY: as above.
        unsafe { _mm512_permute_pd(v, 0b0101_0101) }
    }
    #[inline(always)]
    unsafe fn negated(v: __m512d) -> __m512d {
        // SAFETY: as above.
        unsafe {
            _mm512_castsi512_pd(_mm512_xor_si512(_mm512_castpd_si512(v), _mm512_castpd_si512(_mm512_set1_pd(-0.0))))
        }
    }
    #[inline(always)]
    unsafe fn complex(a: __m512d, b: __m512d) -> __m512d {
        // SAFETY: as above.
        unsafe { _mm512_fmaddsub_pd(a, _mm512_set1_pd(1.0), Self::exchange(b)) }
    }
}

// SAFETY: intrinsics of AVX-512 F, and of what comes with it.
unsafe impl Vector for Avx512<f32> {
    type Number = f32;
    type V = __m512;
    const LANES: usize = 16;
    #[inline(always)]
    unsafe fn zero() -> __m512 {
        // SAFETY: the trait's contract, here and in what follows.
        unsafe { _mm512_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn spread(from: *const f32) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_set1_ps(*from) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, v: __m512) {
        // SAFETY: as above.
        unsafe { _mm512_storeu_ps(to, v) }
    }
    #[inline(always)]
    unsafe fn load_some(from: *const f32, n: usize) -> __m512 {
        // SAFETY: as above; `0 < n <= 16`.
        unsafe { _mm512_maskz_loadu_ps(u16::MAX >> (16 - n), from) }
    }
    #[inline(always)]
    unsafe fn store_some(to: *mut f32, n: usize, v: __m512) {
        // SAFETY: as above; `0 < n <= 16`.
        unsafe { _mm512_mask_storeu_ps(to, u16::MAX >> (16 - n), v) }
    }
    #[inline(always)]
    unsafe fn add(a: __m512, b: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn fma(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn sum(v: __m512) -> f32 {
        // SAFETY: as above.
        unsafe {
            Avx2::<f32>::sum(Avx2::<f32>::add(
                _mm512_castps512_ps256(v),
                _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(v), 1)),
            ))
        }
    }
    #[inline(always)]
    unsafe fn exchange(v: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_permute_ps(v, 0b1011_0001) }
    }
    #[inline(always)]
    unsafe fn negated(v: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe {
            _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(v), _mm512_castps_si512(_mm512_set1_ps(-0.0))))
        }
    }
    #[inline(always)]
    unsafe fn complex(a: __m512, b: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_fmaddsub_ps(a, _mm512_set1_ps(1.0), Self::exchange(b)) }
    }
}
