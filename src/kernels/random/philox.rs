//! Philox 4x64-10: a bit generator whose words are a function of a key and a counter.
//!
//! Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011: ten rounds of two multiplications, and a
//! key that moves on by two constants. NumPy's `Philox` is the same function, counted from one on.

/// The multipliers of the rounds (table 2 of the paper).
const MULTIPLIERS: [u64; 2] = [0xD2E7_470E_E14C_6C93, 0xCA5A_8263_9512_1157];

/// What the key's words move on by: the golden ratio and the root of three less one, as fractions of 2^64.
const WEYL: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xBB67_AE85_84CA_A73B];

/// The number of rounds.
const ROUNDS: u64 = 10;

/// Words of a block.
pub const BLOCK: usize = 4;

/// The block of a key and a counter.
#[inline(always)]
pub fn block(key: [u64; 2], counter: [u64; 4]) -> [u64; BLOCK] {
    let mut c = counter;
    for round in 0..ROUNDS {
        let k = [0, 1].map(|i| key[i].wrapping_add(WEYL[i].wrapping_mul(round)));
        let [p, q] = [u128::from(MULTIPLIERS[0]) * u128::from(c[0]), u128::from(MULTIPLIERS[1]) * u128::from(c[2])];
        c = [(q >> 64) as u64 ^ c[1] ^ k[0], q as u64, (p >> 64) as u64 ^ c[3] ^ k[1], p as u64];
    }
    c
}

/// The counter that lies `by` blocks further.
#[inline(always)]
pub fn advance(counter: [u64; 4], by: u64) -> [u64; 4] {
    let (low, mut carry) = counter[0].overflowing_add(by);
    let mut sum = [low, 0, 0, 0];
    for i in 1..4 {
        (sum[i], carry) = counter[i].overflowing_add(u64::from(carry));
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
        let (key, counter) = ([3, 5], [u64::MAX - 1, 2, 3, 4]);
        let mut words = [0; 40];
        fill(key, counter, &mut words);
        for (by, words) in words.chunks(BLOCK).enumerate() {
            assert_eq!(words, block(key, advance(counter, by as u64)));
        }
    }
}
