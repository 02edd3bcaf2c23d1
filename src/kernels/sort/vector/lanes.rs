//! Vectors of keys: what networks and partitions are written in, for each instruction set.
#![expect(unsafe_code, reason = "calls the intrinsics of instruction sets")]

use super::Integer;
use std::arch::x86_64::*;

/// A vector of keys. `W` and `D` are powers of two, at most and less than the number of lanes.
///
/// # Safety
/// Values exist, and functions are called, only on a processor with the instruction set of the implementation.
/// A store writes [`Lanes::N`] keys, or as many as it is told.
pub unsafe trait Lanes: Copy {
    /// What lanes hold.
    type Key: Integer;
    /// Number of lanes.
    const N: usize;
    /// # Safety
    /// `N` keys can be read.
    unsafe fn load(from: *const Self::Key) -> Self;
    /// `n` keys, and the largest one in the other lanes.
    ///
    /// # Safety
    /// `n <= N` keys can be read.
    unsafe fn load_some(from: *const Self::Key, n: usize) -> Self;
    /// # Safety
    /// `N` keys can be written.
    unsafe fn store(self, to: *mut Self::Key);
    /// The first `n` lanes.
    ///
    /// # Safety
    /// `n <= N` keys can be written.
    unsafe fn store_some(self, to: *mut Self::Key, n: usize);
    /// # Safety
    /// As the trait.
    unsafe fn splat(key: Self::Key) -> Self;
    /// The smaller and the larger of each lane.
    ///
    /// # Safety
    /// As the trait.
    unsafe fn order(self, other: Self) -> (Self, Self);
    /// The smaller of each lane, or the larger where the bit `D` of the lane's number is set.
    ///
    /// # Safety
    /// As the trait.
    unsafe fn settle<const D: usize>(self, other: Self) -> Self;
    /// Groups of `W` lanes reversed.
    ///
    /// # Safety
    /// As the trait.
    unsafe fn reverse<const W: usize>(self) -> Self;
    /// All lanes reversed.
    ///
    /// # Safety
    /// As the trait.
    unsafe fn mirror(self) -> Self;
    /// Lanes swapped with those at distance `D`.
    ///
    /// # Safety
    /// As the trait.
    unsafe fn swap<const D: usize>(self) -> Self;
    /// Writes the keys below a pivot to `low` and what follows, the others so that they end before `high`, and counts the former. What else it writes,
    /// to the `N` keys from `low` on and the `N` before `high`, may be anything; if these are the same keys, it is what these lanes hold.
    ///
    /// # Safety
    /// `N` keys from `low` on and before `high` can be written; they do not overlap or are the same.
    unsafe fn part(self, pivot: Self, low: *mut Self::Key, high: *mut Self::Key) -> usize;
}

/// Exclusive or of three: of two keys and the smaller the larger, by a port that comparisons leave idle on some processors.
const XOR: i32 = 0x96;

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

/// For each set of `N` lanes, as bits, what moves these to the front and the others behind them, in their order: numbers of lanes, or of
/// halves of lanes where these are wanted.
const fn parting<const SETS: usize, const N: usize>(halves: usize) -> [[u8; 8]; SETS] {
    let (mut table, mut set) = ([[0; 8]; SETS], 0);
    while set < SETS {
        let (mut i, mut to) = (0, 0);
        while i < 2 * N {
            let lane = i % N;
            if (set >> lane & 1 == 1) == (i < N) {
                let mut half = 0;
                while half < halves {
                    table[set][to] = (halves * lane + half) as u8;
                    to += 1;
                    half += 1;
                }
            }
            i += 1;
        }
        set += 1;
    }
    table
}

static PART_4: [[u8; 8]; 16] = parting::<16, 4>(2);
static PART_8: [[u8; 8]; 256] = parting::<256, 8>(1);

/// Lanes, or halves of them, brought from places.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn take(v: __m256i, places: &[u8; 8]) -> __m256i {
    // SAFETY: eight bytes are read.
    unsafe { _mm256_permutevar8x32_epi32(v, _mm256_cvtepu8_epi32(_mm_loadl_epi64(places.as_ptr().cast()))) }
}

/// All bits of the first `n` lanes.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn first_32(n: usize) -> __m256i {
    // SAFETY: as the caller says.
    unsafe { _mm256_cmpgt_epi32(_mm256_set1_epi32(n as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)) }
}

/// The same of 64 bits.
///
/// # Safety
/// As [`first_32`].
#[inline(always)]
unsafe fn first_64(n: usize) -> __m256i {
    // SAFETY: as the caller says.
    unsafe { _mm256_cmpgt_epi64(_mm256_set1_epi64x(n as i64), _mm256_setr_epi64x(0, 1, 2, 3)) }
}

macro_rules! lanes {
    ($(#[$doc:meta])* $name:ident($v:ty), $key:ty, $n:literal, load: $load:expr, load_some: $load_some:expr, store: $store:expr, store_some: $store_some:expr,
     splat: $splat:expr, order: $order:expr, take: $take:expr, settle: $settle:expr, part: $part:expr) => {
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
            unsafe fn settle<const D: usize>(self, other: $name) -> $name {
                // SAFETY: the processor has the instruction set.
                $name(unsafe { $settle(self.0, other.0, const { lanes_with(D) }) })
            }
            #[inline(always)]
            unsafe fn mirror(self) -> $name {
                // SAFETY: the processor has the instruction set.
                unsafe { self.reverse::<$n>() }
            }
            #[inline(always)]
            unsafe fn load_some(from: *const $key, n: usize) -> $name {
                // SAFETY: the caller's.
                $name(unsafe { $load_some(from.cast(), n) })
            }
            #[inline(always)]
            unsafe fn store_some(self, to: *mut $key, n: usize) {
                // SAFETY: the caller's.
                unsafe { $store_some(to.cast(), n, self.0) }
            }
            #[inline(always)]
            unsafe fn part(self, pivot: $name, low: *mut $key, high: *mut $key) -> usize {
                // SAFETY: the processor has the instruction set; the caller's.
                unsafe { $part(self.0, pivot.0, low, high) }
            }
        }
    };
}

lanes! {
    /// AVX2, 32 bits.
    Avx2I32(__m256i), i32, 8,
    load: |p| _mm256_loadu_si256(p),
    load_some: |p: *const i32, n: usize| {
        let some = first_32(n);
        _mm256_blendv_epi8(_mm256_set1_epi32(i32::MAX), _mm256_maskload_epi32(p, some), some)
    },
    store: |p, v| _mm256_storeu_si256(p, v),
    store_some: |p, n: usize, v| _mm256_maskstore_epi32(p, first_32(n), v),
    splat: |k| _mm256_set1_epi32(k),
    order: |a, b| (_mm256_min_epi32(a, b), _mm256_max_epi32(a, b)),
    take: |v, from: &[i32; 8]| _mm256_permutevar8x32_epi32(v, _mm256_loadu_si256(from.as_ptr().cast())),
    settle: |a, b, set: u16| {
        let bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
        let set = _mm256_set1_epi32(i32::from(set));
        let set = _mm256_cmpeq_epi32(_mm256_and_si256(set, bits), bits);
        _mm256_blendv_epi8(_mm256_min_epi32(a, b), _mm256_max_epi32(a, b), set)
    },
    part: |v, pivot, low: *mut i32, high: *mut i32| {
        let set = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(pivot, v))) as usize & 0xff;
        let v = take(v, &PART_8[set]);
        _mm256_storeu_si256(low.cast(), v);
        _mm256_storeu_si256(high.sub(8).cast(), v);
        set.count_ones() as usize
    }
}

lanes! {
    /// AVX2, 64 bits.
    Avx2I64(__m256i), i64, 4,
    load: |p| _mm256_loadu_si256(p),
    load_some: |p: *const i64, n: usize| {
        let some = first_64(n);
        _mm256_blendv_epi8(_mm256_set1_epi64x(i64::MAX), _mm256_maskload_epi64(p, some), some)
    },
    store: |p, v| _mm256_storeu_si256(p, v),
    store_some: |p, n: usize, v| _mm256_maskstore_epi64(p, first_64(n), v),
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
    settle: |a, b, set: u16| {
        let bits = _mm256_setr_epi64x(1, 2, 4, 8);
        let set = _mm256_set1_epi64x(i64::from(set));
        let set = _mm256_cmpeq_epi64(_mm256_and_si256(set, bits), bits);
        // Where the order that is wanted is not that which is found, the other is taken.
        _mm256_blendv_epi8(a, b, _mm256_xor_si256(_mm256_cmpgt_epi64(a, b), set))
    },
    part: |v, pivot, low: *mut i64, high: *mut i64| {
        let set = _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(pivot, v))) as usize & 0xf;
        let v = take(v, &PART_4[set]);
        _mm256_storeu_si256(low.cast(), v);
        _mm256_storeu_si256(high.sub(4).cast(), v);
        set.count_ones() as usize
    }
}

lanes! {
    /// AVX-512, 32 bits.
    Avx512I32(__m512i), i32, 16,
    load: |p| _mm512_loadu_si512(p),
    load_some: |p, n: usize| _mm512_mask_loadu_epi32(_mm512_set1_epi32(i32::MAX), ((1u32 << n) - 1) as u16, p),
    store: |p, v| _mm512_storeu_si512(p, v),
    store_some: |p, n: usize, v| _mm512_mask_storeu_epi32(p, ((1u32 << n) - 1) as u16, v),
    splat: |k| _mm512_set1_epi32(k),
    order: |a, b| {
        let low = _mm512_min_epi32(a, b);
        (low, _mm512_ternarylogic_epi32::<XOR>(low, a, b))
    },
    take: |v, from: &[i32; 16]| _mm512_permutexvar_epi32(_mm512_loadu_si512(from.as_ptr().cast()), v),
    settle: |a, b, set: u16| {
        let low = _mm512_min_epi32(a, b);
        _mm512_mask_ternarylogic_epi32::<XOR>(low, set, a, b)
    },
    part: |v, pivot, low: *mut i32, high: *mut i32| {
        let set = _mm512_cmplt_epi32_mask(v, pivot);
        let count = set.count_ones() as usize;
        // Packed in registers: the instruction that packs to memory is slow on some processors.
        _mm512_storeu_si512(low.cast(), _mm512_maskz_compress_epi32(set, v));
        _mm512_mask_storeu_epi32(high.sub(16 - count), (0xffffu32 >> count) as u16, _mm512_maskz_compress_epi32(!set, v));
        count
    }
}

lanes! {
    /// AVX-512, 64 bits.
    Avx512I64(__m512i), i64, 8,
    load: |p| _mm512_loadu_si512(p),
    load_some: |p, n: usize| _mm512_mask_loadu_epi64(_mm512_set1_epi64(i64::MAX), ((1u32 << n) - 1) as u8, p),
    store: |p, v| _mm512_storeu_si512(p, v),
    store_some: |p, n: usize, v| _mm512_mask_storeu_epi64(p, ((1u32 << n) - 1) as u8, v),
    splat: |k| _mm512_set1_epi64(k),
    order: |a, b| {
        let low = _mm512_min_epi64(a, b);
        (low, _mm512_ternarylogic_epi64::<XOR>(low, a, b))
    },
    take: |v, from: &[i32; 8]| {
        let from = _mm256_loadu_si256(from.as_ptr().cast());
        _mm512_permutexvar_epi64(_mm512_cvtepi32_epi64(from), v)
    },
    settle: |a, b, set: u16| {
        let low = _mm512_min_epi64(a, b);
        _mm512_mask_ternarylogic_epi64::<XOR>(low, set as u8, a, b)
    },
    part: |v, pivot, low: *mut i64, high: *mut i64| {
        let set = _mm512_cmplt_epi64_mask(v, pivot);
        let places = _mm512_cvtepu8_epi64(_mm_loadl_epi64(PART_8[set as usize].as_ptr().cast()));
        let v = _mm512_permutexvar_epi64(places, v);
        _mm512_storeu_si512(low.cast(), v);
        _mm512_storeu_si512(high.sub(8).cast(), v);
        set.count_ones() as usize
    }
}
