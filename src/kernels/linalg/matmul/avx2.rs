//! The micro-kernels for AVX2 and FMA: float32, float64 and complex numbers of these.
//!
//! A tile of the result stays in registers: six rows of two vectors. A row of `a` is read one number at a time and spread
//! over a vector; `b` is read in whole vectors. Complex products take the same loop: a row of complex numbers counts as two
//! real ones, of the real and the imaginary parts, each multiplied by `b` as it lies; in the end, the second, its neighbours
//! exchanged, is added to and subtracted from the first.
#![expect(unsafe_code, reason = "vector intrinsics and loads through raw pointers")]

use super::drive::{Kernel, Tile};
use super::problem::{Matrix, Onto, Single};
use super::{pack, vector};
use std::arch::x86_64::*;
use std::marker::PhantomData;

/// Rows of real numbers in a tile, and vectors in a row of it.
const ROWS: usize = 6;
const VECTORS: usize = 2;

/// Length of K from which the result is fetched ahead.
const PREFETCH: usize = 32;

/// A vector of floats.
///
/// # Safety
/// All of it needs AVX2 and FMA; loads and stores what their names say.
pub(super) unsafe trait Vector: Copy + Default + Send + Sync + 'static {
    type V: Copy;
    /// Numbers in a vector.
    const LANES: usize;
    unsafe fn zero() -> Self::V;
    unsafe fn spread(from: *const Self) -> Self::V;
    unsafe fn load(from: *const Self) -> Self::V;
    unsafe fn store(to: *mut Self, v: Self::V);
    /// The first `n` lanes; the rest is zero.
    unsafe fn load_some(from: *const Self, n: usize) -> Self::V;
    unsafe fn store_some(to: *mut Self, n: usize, v: Self::V);
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V;
    /// `a * b + c`, rounded once.
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// The sum of the lanes, in pairs.
    unsafe fn sum(v: Self::V) -> Self;
    fn plus(self, b: Self) -> Self;
    /// Each pair of neighbours exchanged.
    unsafe fn exchange(v: Self::V) -> Self::V;
    unsafe fn negated(v: Self::V) -> Self::V;
    /// `a` with `b`, its neighbours exchanged, subtracted at even and added at odd lanes.
    unsafe fn complex(a: Self::V, b: Self::V) -> Self::V;
}

/// Lanes that a mask of all ones and zeros has before and after the point where it is cut.
static MASK64: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];
static MASK32: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

// SAFETY: intrinsics of AVX2 and FMA.
unsafe impl Vector for f64 {
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
    fn plus(self, b: f64) -> f64 {
        self + b
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
unsafe impl Vector for f32 {
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
    fn plus(self, b: f32) -> f32 {
        self + b
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

/// Products of reals.
#[derive(Clone, Copy)]
pub(super) struct Real<T>(PhantomData<T>);

/// Products of complex numbers.
#[derive(Clone, Copy)]
pub(super) struct Complex<T>(PhantomData<T>);

/// One tile: `R` rows of reals, `N` vectors; of the last vector `tail` lanes if `MASKED`. `PACKED`: `a` is a panel.
///
/// # Safety
/// As [`Kernel::tile`], on a processor with AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
unsafe fn micro<
    T: Vector,
    const COMPLEX: bool,
    const PACKED: bool,
    const R: usize,
    const N: usize,
    const MASKED: bool,
>(
    t: &Tile,
    tail: usize,
) {
    let parts = if COMPLEX { 2 } else { 1 };
    // SAFETY: the caller's contract.
    unsafe {
        let mut acc = [[T::zero(); N]; R];
        let (mut a, mut b) = (t.a.data.cast_const(), t.b.cast_const());
        let (row, step) = if PACKED {
            ((size_of::<T>() * parts) as isize, (size_of::<T>() * R) as isize)
        } else {
            (t.a.row, t.a.col)
        };
        // The result is often not in the first-level cache; by the time the sums are there, it is.
        if t.k >= PREFETCH {
            for r in 0..R / parts {
                _mm_prefetch::<_MM_HINT_T0>(t.c.wrapping_offset(r as isize * t.c_row).cast_const().cast());
            }
        }
        for _ in 0..t.k {
            let mut right = [T::zero(); N];
            for (j, v) in right.iter_mut().enumerate() {
                let from = b.cast::<T>().add(j * T::LANES);
                *v = if MASKED && j == N - 1 { T::load_some(from, tail) } else { T::load(from) };
            }
            for (r, acc) in acc.iter_mut().enumerate() {
                let from = a.offset((r / parts) as isize * row).cast::<T>().add(r % parts);
                let left = T::spread(from);
                for (acc, &right) in acc.iter_mut().zip(&right) {
                    *acc = T::fma(left, right, *acc);
                }
            }
            a = a.wrapping_offset(step);
            b = b.wrapping_offset(t.b_row);
        }
        let rows = if PACKED { t.rows } else { R / parts };
        for r in 0..R / parts {
            if r >= rows {
                break;
            }
            let to = t.c.offset(r as isize * t.c_row).cast::<T>();
            for (j, &like) in acc[r * parts].iter().enumerate() {
                let to = to.add(j * T::LANES);
                let mut v = like;
                if COMPLEX {
                    v = T::complex(v, acc[r * parts + 1][j]);
                }
                if t.onto == Onto::Subtract {
                    v = T::negated(v);
                }
                if MASKED && j == N - 1 {
                    if t.onto != Onto::Nothing {
                        v = T::add(T::load_some(to, tail), v);
                    }
                    T::store_some(to, tail, v);
                } else {
                    if t.onto != Onto::Nothing {
                        v = T::add(T::load(to), v);
                    }
                    T::store(to, v);
                }
            }
        }
    }
}

/// Chooses the micro-kernel of a tile's size.
///
/// # Safety
/// As [`Kernel::tile`].
#[inline(always)]
unsafe fn choose<T: Vector, const COMPLEX: bool>(t: &Tile, packed: bool) {
    let parts = if COMPLEX { 2 } else { 1 };
    let lanes = t.cols * parts;
    let (vectors, tail) = (lanes.div_ceil(T::LANES), lanes % T::LANES);
    macro_rules! sizes {
        ($packed:literal, $rows:literal) => {
            match (vectors, tail) {
                (1, 0) => micro::<T, COMPLEX, $packed, $rows, 1, false>(t, 0),
                (1, _) => micro::<T, COMPLEX, $packed, $rows, 1, true>(t, tail),
                (_, 0) => micro::<T, COMPLEX, $packed, $rows, 2, false>(t, 0),
                (_, _) => micro::<T, COMPLEX, $packed, $rows, 2, true>(t, tail),
            }
        };
    }
    // SAFETY: the caller's contract; `Isa::Wide` was found before this kernel was chosen.
    unsafe {
        if packed {
            return sizes!(true, 6);
        }
        match t.rows * parts {
            2 => sizes!(false, 2),
            4 => sizes!(false, 4),
            6 => sizes!(false, 6),
            1 if !COMPLEX => sizes!(false, 1),
            3 if !COMPLEX => sizes!(false, 3),
            _ => sizes!(false, 5),
        }
    }
}

macro_rules! kernel {
    ($kernel:ident, $t:ty, $element:ty, $parts:literal, $kc:literal, $nanoseconds:literal) => {
        // SAFETY: the micro-kernels read and write what the contract of `tile` lets them.
        unsafe impl Kernel for $kernel<$t> {
            type Element = $element;
            const MR: usize = ROWS / $parts;
            const NR: usize = VECTORS * <$t as Vector>::LANES / $parts;
            const KC: usize = $kc;
            const NANOSECONDS: f64 = $nanoseconds;
            const DIRECT: bool = true;

            #[inline(always)]
            unsafe fn tile(t: &Tile, packed: bool) {
                // SAFETY: the caller's contract.
                unsafe { choose::<$t, { $parts == 2 }>(t, packed) }
            }

            fn takes_row(s: &Single) -> bool {
                vector::takes(s, size_of::<$element>())
            }

            unsafe fn row(s: &Single) {
                // SAFETY: the caller's contract; `Isa::Wide` was found before this kernel was chosen.
                unsafe { vector::row::<$t, { $parts == 2 }>(s) }
            }

            unsafe fn accumulate(n: usize, from: *const u8, to: *mut u8) {
                let (from, to) = (from.cast::<$t>(), to.cast::<$t>());
                for i in 0..n * $parts {
                    // SAFETY: the caller's contract.
                    unsafe { *to.add(i) += *from.add(i) };
                }
            }

            unsafe fn pack_a(m: usize, k: usize, a: Matrix, to: *mut u8) {
                // SAFETY: the caller's contract.
                unsafe { pack::panels::<$element, { ROWS / $parts }>(m, k, a.data, a.row, a.col, to.cast()) }
            }

            unsafe fn pack_b(n: usize, k: usize, b: Matrix, to: *mut u8) {
                // SAFETY: the caller's contract.
                unsafe {
                    pack::panels::<$element, { VECTORS * <$t as Vector>::LANES / $parts }>(
                        n,
                        k,
                        b.data,
                        b.col,
                        b.row,
                        to.cast(),
                    )
                }
            }
        }
    };
}

kernel!(Real, f64, f64, 1, 256, 0.035);
kernel!(Real, f32, f32, 1, 384, 0.018);
kernel!(Complex, f64, [f64; 2], 2, 128, 0.14);
kernel!(Complex, f32, [f32; 2], 2, 192, 0.07);
