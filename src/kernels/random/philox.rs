//! Philox 4x64-10: a bit generator whose words are a function of a key and a counter.
//!
//! Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011: ten rounds of two multiplications, and a
//! key that moves on by two constants. NumPy's `Philox` is the same function, counted from one on.
#![expect(unsafe_code, reason = "uses instruction sets that were looked for")]

/// The multipliers of the rounds (table 2 of the paper).
const MULTIPLIERS: [u64; 2] = [0xD2E7_470E_E14C_6C93, 0xCA5A_8263_9512_1157];

/// What the key's words move on by: the golden ratio and the root of three less one, as fractions of 2^64.
const WEYL: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xBB67_AE85_84CA_A73B];

/// The number of rounds.
const ROUNDS: u64 = 10;

/// Words of a block.
pub const BLOCK: usize = 4;

/// The key of a round.
#[inline(always)]
fn round_key(key: [u64; 2], round: u64) -> [u64; 2] {
    [0, 1].map(|i| key[i].wrapping_add(WEYL[i].wrapping_mul(round)))
}

/// The block of a key and a counter.
#[inline(always)]
pub fn block(key: [u64; 2], counter: [u64; 4]) -> [u64; BLOCK] {
    let mut c = counter;
    for round in 0..ROUNDS {
        let k = round_key(key, round);
        let [p, q] = [u128::from(MULTIPLIERS[0]) * u128::from(c[0]), u128::from(MULTIPLIERS[1]) * u128::from(c[2])];
        c = [(q >> 64) as u64 ^ c[1] ^ k[0], q as u64, (p >> 64) as u64 ^ c[3] ^ k[1], p as u64];
    }
    c
}

/// The counter that lies `by` blocks further.
#[inline(always)]
pub fn advance(counter: [u64; 4], by: u64) -> [u64; 4] {
    add(counter, [by, 0, 0, 0])
}

/// The sum of two numbers of 256 bits, lowest words first.
#[inline(always)]
pub fn add(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let (mut sum, mut carry) = ([0; 4], false);
    for i in 0..4 {
        let (part, over) = a[i].overflowing_add(b[i]);
        let (all, again) = part.overflowing_add(u64::from(carry));
        (sum[i], carry) = (all, over || again);
    }
    sum
}

/// Fills whole blocks of `out` from a counter on.
#[inline(always)]
pub fn fill(key: [u64; 2], counter: [u64; 4], out: &mut [u64]) {
    for (by, words) in out.chunks_exact_mut(BLOCK).enumerate() {
        words.copy_from_slice(&block(key, advance(counter, by as u64)));
    }
}

/// [`fill`] by the widest instructions that there are.
pub fn fill_best(key: [u64; 2], counter: [u64; 4], out: &mut [u64]) {
    #[cfg(target_arch = "x86_64")]
    if super::super::tile::isa::Isa::best() != super::super::tile::isa::Isa::Base {
        // SAFETY: the processor has these features.
        return unsafe { wide::fill(key, counter, out) };
    }
    fill(key, counter, out);
}

/// Four blocks in vectors beside five in whole registers: the units for the one wait for nothing of the other. Measured: 1.8 ns a word
/// where whole registers alone take 2.9 and vectors alone 2.3.
#[cfg(target_arch = "x86_64")]
mod wide {
    use super::{BLOCK, MULTIPLIERS, ROUNDS, advance, block, round_key};
    use std::arch::x86_64::*;

    /// Blocks side by side in vectors.
    const LANES: usize = 4;
    /// Blocks in whole registers beside them: one for each two rounds.
    const SINGLE: usize = 5;

    /// The halves of products of words and a constant, the high ones first, by products of 32 bits.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn product(a: __m256i, by: u64) -> (__m256i, __m256i) {
        const HIGH: i32 = 0b1010_1010;
        let (low, high) = (_mm256_set1_epi64x((by & 0xffff_ffff) as i64), _mm256_set1_epi64x((by >> 32) as i64));
        let top = _mm256_srli_epi64::<32>(a);
        let (ll, lh) = (_mm256_mul_epu32(a, low), _mm256_mul_epu32(a, high));
        let (hl, hh) = (_mm256_mul_epu32(top, low), _mm256_mul_epu32(top, high));
        let t = _mm256_add_epi64(_mm256_srli_epi64::<32>(ll), lh);
        let u = _mm256_add_epi64(_mm256_blend_epi32::<HIGH>(t, _mm256_setzero_si256()), hl);
        let carried = _mm256_add_epi64(_mm256_srli_epi64::<32>(t), _mm256_srli_epi64::<32>(u));
        (_mm256_add_epi64(hh, carried), _mm256_blend_epi32::<HIGH>(ll, _mm256_slli_epi64::<32>(u)))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn round(c: [__m256i; BLOCK], key: [u64; 2]) -> [__m256i; BLOCK] {
        let k = key.map(|k| _mm256_set1_epi64x(k as i64));
        let ((p, p_low), (q, q_low)) = (product(c[0], MULTIPLIERS[0]), product(c[2], MULTIPLIERS[1]));
        let first = _mm256_xor_si256(_mm256_xor_si256(q, c[1]), k[0]);
        [first, q_low, _mm256_xor_si256(_mm256_xor_si256(p, c[3]), k[1]), p_low]
    }

    /// Writes blocks that lie across vectors, one after another.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn write(c: [__m256i; BLOCK], out: &mut [u64; LANES * BLOCK]) {
        let (a, b) = (_mm256_unpacklo_epi64(c[0], c[1]), _mm256_unpackhi_epi64(c[0], c[1]));
        let (d, e) = (_mm256_unpacklo_epi64(c[2], c[3]), _mm256_unpackhi_epi64(c[2], c[3]));
        let blocks = [
            _mm256_permute2x128_si256::<0x20>(a, d),
            _mm256_permute2x128_si256::<0x20>(b, e),
            _mm256_permute2x128_si256::<0x31>(a, d),
            _mm256_permute2x128_si256::<0x31>(b, e),
        ];
        for (to, words) in out.chunks_exact_mut(BLOCK).zip(blocks) {
            // SAFETY: `to` has the four words of a vector; the store is unaligned.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), words) };
        }
    }

    /// [`super::fill`].
    #[target_feature(enable = "avx2,fma,bmi2,popcnt,f16c")]
    pub(super) fn fill(key: [u64; 2], counter: [u64; 4], out: &mut [u64]) {
        let mut at = counter;
        let (groups, rest) = out.as_chunks_mut::<{ (LANES + SINGLE) * BLOCK }>();
        for words in groups {
            // Lanes carry into other words once in 2^64 blocks.
            if at[0] > u64::MAX - (LANES + SINGLE) as u64 {
                super::fill(key, at, words);
            } else {
                group(key, at, words);
            }
            at = advance(at, (LANES + SINGLE) as u64);
        }
        super::fill(key, at, rest);
    }

    #[inline]
    #[target_feature(enable = "avx2,fma,bmi2,popcnt,f16c")]
    fn group(key: [u64; 2], at: [u64; 4], out: &mut [u64; (LANES + SINGLE) * BLOCK]) {
        let Some((in_lanes, single)) = out.split_first_chunk_mut::<{ LANES * BLOCK }>() else { return };
        let first = _mm256_add_epi64(_mm256_set1_epi64x(at[0] as i64), _mm256_setr_epi64x(0, 1, 2, 3));
        let [c1, c2, c3] = [at[1], at[2], at[3]].map(|w| _mm256_set1_epi64x(w as i64));
        let mut c = [first, c1, c2, c3];
        for (s, words) in single.chunks_exact_mut(BLOCK).enumerate() {
            for r in 0..ROUNDS / SINGLE as u64 {
                c = round(c, round_key(key, s as u64 * (ROUNDS / SINGLE as u64) + r));
            }
            words.copy_from_slice(&block(key, [at[0] + (LANES + s) as u64, at[1], at[2], at[3]]));
        }
        write(c, in_lanes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_those_of_the_published_vectors() {
        // `kat_vectors` of the authors' Random123 library.
        let zeros = [0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b];
        assert_eq!(block([0; 2], [0; 4]), zeros);
        let ones = [0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0];
        assert_eq!(block([u64::MAX; 2], [u64::MAX; 4]), ones);
    }

    #[test]
    fn counters_carry_and_wrap() {
        assert_eq!(advance([u64::MAX, u64::MAX, 7, 0], 3), [2, 0, 8, 0]);
        assert_eq!(advance([u64::MAX; 4], 1), [0; 4]);
    }

    #[test]
    fn a_run_is_its_blocks() {
        for fill in [fill, fill_best] {
            for counter in [[u64::MAX - 11, 2, 3, 4], [5, u64::MAX, 7, u64::MAX]] {
                let (key, mut words) = ([3, u64::MAX - 5], [0; 200]);
                fill(key, counter, &mut words);
                for (by, words) in words.chunks(BLOCK).enumerate() {
                    assert_eq!(words, block(key, advance(counter, by as u64)));
                }
            }
        }
    }
}
