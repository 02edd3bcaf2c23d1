//! Vectors of keys: what networks and partitions are written in, for each instruction set.
#![expect(unsafe_code, reason = "calls the intrinsics of instruction sets")]

use super::Integer;
use std::arch::x86_64::*;

/// A vector of keys. `W` and `D` are powers of two, at most and less than the number of lanes.
///
/// # Safety
/// Values exist, and functions are called, only on a processor with the instruction set of the implementation.
/// A store writes [`Lanes::N`] keys.
pub unsafe trait Lanes: Copy {
    /// What lanes hold.
    type Key: Integer;
    /// Number of lanes.
    const N: usize;
    /// # Safety
    /// `N` keys can be read.
    unsafe fn load(from: *const Self::Key) -> Self;
    /// # Safety
    /// `N` keys can be written.
    unsafe fn store(self, to: *mut Self::Key);
    /// # Safety
    /// As the trait.
    unsafe fn splat(key: Self::Key) -> Self;
    /// The smaller and the larger of each lane.
    ///
    /// # Safety
    /// As the trait.
    unsafe fn order(self, other: Self) -> (Self, Self);
    /// Groups of `W` lanes reversed.
    ///
    /// # Safety
    /// As the trait.
    unsafe fn reverse<const W: usize>(self) -> Self;
    /// Lanes swapped with those at distance `D`.
    ///
    /// # Safety
    /// As the trait.
    unsafe fn swap<const D: usize>(self) -> Self;
    /// Lanes of `high` where the bit `D` of the lane's number is set, of `self` where not.
    ///
    /// # Safety
    /// As the trait.
    unsafe fn mix<const D: usize>(self, high: Self) -> Self;
    /// Writes the keys below a pivot to `low`, the others to `high`, in their order, each followed by anything; and counts the former.
    ///
    /// # Safety
    /// `N` keys can be written to both.
    unsafe fn part(self, pivot: Self, low: *mut Self::Key, high: *mut Self::Key) -> usize;
}

/// The lanes whose number has the bit `d`.
const fn lanes_with(d: usize) -> u16 {
    let (mut mask, mut i) = (0, 0);
    while i < 16 {
        if i & d != 0 {
            mask |= 1 << i;
        }
        i += 1;
    }
    mask
}

/// For each lane the number of the lane that it takes, of those that differ in these bits.
const fn taking<const N: usize>(bits: usize) -> [i32; N] {
    let (mut from, mut i) = ([0; N], 0);
    while i < N {
        from[i] = (i ^ bits) as i32;
        i += 1;
    }
    from
}

/// For each set of `N` lanes, as bits, the halves of `HALVES` bytes each that these lanes have, in their order.
const fn packing<const SETS: usize, const N: usize>() -> [[u8; 8]; SETS] {
    let (mut table, mut set) = ([[0; 8]; SETS], 0);
    let halves = 8 / N;
    while set < SETS {
        let (mut lane, mut to) = (0, 0);
        while lane < N {
            if set >> lane & 1 == 1 {
                let mut half = 0;
                while half < halves {
                    table[set][to] = (halves * lane + half) as u8;
                    to += 1;
                    half += 1;
                }
            }
            lane += 1;
        }
        set += 1;
    }
    table
}

static PACK_4: [[u8; 8]; 16] = packing::<16, 4>();
static PACK_8: [[u8; 8]; 256] = packing::<256, 8>();

/// Lanes of a set moved to the front.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn pack(v: __m256i, places: &[u8; 8]) -> __m256i {
    // SAFETY: eight bytes are read.
    unsafe { _mm256_permutevar8x32_epi32(v, _mm256_cvtepu8_epi32(_mm_loadl_epi64(places.as_ptr().cast()))) }
}

macro_rules! lanes {
    ($(#[$doc:meta])* $name:ident($v:ty), $key:ty, $n:literal, load: $load:expr, store: $store:expr, splat: $splat:expr,
     order: $order:expr, take: $take:expr, mix: $mix:expr, part: $part:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name($v);

        // SAFETY: `store` writes one vector, of `N` keys.
        unsafe impl Lanes for $name {
            type Key = $key;
            const N: usize = $n;
            #[inline(always)]
            unsafe fn load(from: *const $key) -> $name {
                // SAFETY: the caller's.
                $name(unsafe { $load(from.cast()) })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $key) {
                // SAFETY: the caller's.
                unsafe { $store(to.cast(), self.0) }
            }
            #[inline(always)]
            unsafe fn splat(key: $key) -> $name {
                // SAFETY: the processor has the instruction set.
                $name(unsafe { $splat(key) })
            }
            #[inline(always)]
            unsafe fn order(self, other: $name) -> ($name, $name) {
                // SAFETY: the processor has the instruction set.
                let (low, high) = unsafe { $order(self.0, other.0) };
                ($name(low), $name(high))
            }
            #[inline(always)]
            unsafe fn reverse<const W: usize>(self) -> $name {
                // SAFETY: the processor has the instruction set.
                $name(unsafe { $take(self.0, const { &taking::<$n>(W - 1) }) })
            }
            #[inline(always)]
            unsafe fn swap<const D: usize>(self) -> $name {
                // SAFETY: the processor has the instruction set.
                $name(unsafe { $take(self.0, const { &taking::<$n>(D) }) })
            }
            #[inline(always)]
            unsafe fn mix<const D: usize>(self, high: $name) -> $name {
                // SAFETY: the processor has the instruction set.
                $name(unsafe { $mix(self.0, high.0, const { lanes_with(D) }) })
            }
            #[inline(always)]
            unsafe fn part(self, pivot: $name, low: *mut $key, high: *mut $key) -> usize {
                // SAFETY: the processor has the instruction set; the caller's.
                unsafe { $part(self.0, pivot.0, low.cast(), high.cast()) }
            }
        }
    };
}

lanes! {
    /// AVX2, 32 bits.
    Avx2I32(__m256i), i32, 8,
    load: |p| _mm256_loadu_si256(p),
    store: |p, v| _mm256_storeu_si256(p, v),
    splat: |k| _mm256_set1_epi32(k),
    order: |a, b| (_mm256_min_epi32(a, b), _mm256_max_epi32(a, b)),
    take: |v, from: &[i32; 8]| _mm256_permutevar8x32_epi32(v, _mm256_loadu_si256(from.as_ptr().cast())),
    mix: |a, b, set: u16| {
        let bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
        let set = _mm256_set1_epi32(i32::from(set));
        _mm256_blendv_epi8(a, b, _mm256_cmpeq_epi32(_mm256_and_si256(set, bits), bits))
    },
    part: |v, pivot, low, high| {
        let set = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(pivot, v))) as usize & 0xff;
        _mm256_storeu_si256(low, pack(v, &PACK_8[set]));
        _mm256_storeu_si256(high, pack(v, &PACK_8[set ^ 0xff]));
        set.count_ones() as usize
    }
}

lanes! {
    /// AVX2, 64 bits.
    Avx2I64(__m256i), i64, 4,
    load: |p| _mm256_loadu_si256(p),
    store: |p, v| _mm256_storeu_si256(p, v),
    splat: |k| _mm256_set1_epi64x(k),
    order: |a, b| {
        let swap = _mm256_cmpgt_epi64(a, b);
        (_mm256_blendv_epi8(a, b, swap), _mm256_blendv_epi8(b, a, swap))
    },
    take: |v, from: &[i32; 4]| {
        let first = |i: usize| 2 * from[i];
        let halves = _mm256_setr_epi32(
            first(0), first(0) + 1, first(1), first(1) + 1, first(2), first(2) + 1, first(3), first(3) + 1,
        );
        _mm256_permutevar8x32_epi32(v, halves)
    },
    mix: |a, b, set: u16| {
        let bits = _mm256_setr_epi64x(1, 2, 4, 8);
        let set = _mm256_set1_epi64x(i64::from(set));
        _mm256_blendv_epi8(a, b, _mm256_cmpeq_epi64(_mm256_and_si256(set, bits), bits))
    },
    part: |v, pivot, low, high| {
        let set = _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(pivot, v))) as usize & 0xf;
        _mm256_storeu_si256(low, pack(v, &PACK_4[set]));
        _mm256_storeu_si256(high, pack(v, &PACK_4[set ^ 0xf]));
        set.count_ones() as usize
    }
}

lanes! {
    /// AVX-512, 32 bits.
    Avx512I32(__m512i), i32, 16,
    load: |p| _mm512_loadu_si512(p),
    store: |p, v| _mm512_storeu_si512(p, v),
    splat: |k| _mm512_set1_epi32(k),
    order: |a, b| (_mm512_min_epi32(a, b), _mm512_max_epi32(a, b)),
    take: |v, from: &[i32; 16]| _mm512_permutexvar_epi32(_mm512_loadu_si512(from.as_ptr().cast()), v),
    mix: |a, b, set: u16| _mm512_mask_blend_epi32(set, a, b),
    part: |v, pivot, low, high| {
        // Packed in registers: the instruction that packs to memory is slow on some processors.
        let set = _mm512_cmplt_epi32_mask(v, pivot);
        _mm512_storeu_si512(low, _mm512_maskz_compress_epi32(set, v));
        _mm512_storeu_si512(high, _mm512_maskz_compress_epi32(!set, v));
        set.count_ones() as usize
    }
}

lanes! {
    /// AVX-512, 64 bits.
    Avx512I64(__m512i), i64, 8,
    load: |p| _mm512_loadu_si512(p),
    store: |p, v| _mm512_storeu_si512(p, v),
    splat: |k| _mm512_set1_epi64(k),
    order: |a, b| (_mm512_min_epi64(a, b), _mm512_max_epi64(a, b)),
    take: |v, from: &[i32; 8]| {
        let from = _mm256_loadu_si256(from.as_ptr().cast());
        _mm512_permutexvar_epi64(_mm512_cvtepi32_epi64(from), v)
    },
    mix: |a, b, set: u16| _mm512_mask_blend_epi64(set as u8, a, b),
    part: |v, pivot, low, high| {
        let set = _mm512_cmplt_epi64_mask(v, pivot);
        _mm512_storeu_si512(low, _mm512_maskz_compress_epi64(set, v));
        _mm512_storeu_si512(high, _mm512_maskz_compress_epi64(!set, v));
        set.count_ones() as usize
    }
}
