//! The 128-bit structural hash: two folded-multiply chains with independent keys. Deterministic within a process run.

/// A running 128-bit hash.
#[derive(Clone, Copy, Debug)]
pub struct Hasher128 {
    a: u64,
    b: u64,
}

/// Digits of pi: nothing up our sleeve.
const K: [u64; 4] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d1, 0x082e_fa98_ec4e_6c89];

/// Both halves of the product, folded: each input bit reaches each output bit.
fn fold(x: u64, y: u64) -> u64 {
    let p = u128::from(x) * u128::from(y);
    (p as u64) ^ (p >> 64) as u64
}

impl Hasher128 {
    /// A hash of nothing, of the kind `tag`.
    pub fn new(tag: u64) -> Hasher128 {
        let mut h = Hasher128 { a: K[0], b: K[1] };
        h.word(tag);
        h
    }

    /// Takes in a word.
    pub fn word(&mut self, x: u64) {
        self.a = fold(self.a ^ x, K[2]).wrapping_add(self.b);
        self.b = fold(self.b.rotate_left(23) ^ x, K[3]) ^ self.a;
    }

    /// Takes in a sequence of words and their number, so that what follows cannot be taken for part of it.
    pub fn words(&mut self, words: impl ExactSizeIterator<Item = u64>) {
        self.word(words.len() as u64);
        words.for_each(|w| self.word(w));
    }

    /// Takes in a double word, another value than two words.
    pub fn double(&mut self, x: u128) {
        let (low, high) = (x as u64, (x >> 64) as u64);
        self.a = fold(self.a ^ low, K[2] ^ high).wrapping_add(self.b);
        self.b = fold(self.b.rotate_left(23) ^ high, K[3] ^ low) ^ self.a;
    }

    /// The hash of what was taken in so far.
    pub fn finish(self) -> u128 {
        u128::from(self.a) << 64 | u128::from(self.b)
    }
}

impl std::hash::Hasher for Hasher128 {
    fn finish(&self) -> u64 {
        self.a
    }

    fn write(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, i: u8) {
        self.word(u64::from(i));
    }

    fn write_u16(&mut self, i: u16) {
        self.word(u64::from(i));
    }

    fn write_u32(&mut self, i: u32) {
        self.word(u64::from(i));
    }

    fn write_u64(&mut self, i: u64) {
        self.word(i);
    }

    fn write_u128(&mut self, i: u128) {
        self.double(i);
    }

    fn write_usize(&mut self, i: usize) {
        self.word(i as u64);
    }

    fn write_isize(&mut self, i: isize) {
        self.word(i as u64);
    }

    fn write_i64(&mut self, i: i64) {
        self.word(i as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn double_words_are_no_words_and_have_an_order() {
        let mut seen = HashSet::new();
        for a in 0..200u64 {
            for b in 0..200u64 {
                let mut double = Hasher128::new(1);
                double.double(u128::from(b) << 64 | u128::from(a));
                assert!(seen.insert(double.finish()));
                let mut words = Hasher128::new(1);
                words.word(a);
                words.word(b);
                assert!(seen.insert(words.finish()));
            }
        }
    }

    #[test]
    fn short_sequences_do_not_collide() {
        let mut seen = HashSet::new();
        for a in 0..40u64 {
            for b in 0..40u64 {
                for c in 0..40u64 {
                    let mut h = Hasher128::new(1);
                    h.word(a);
                    h.word(b);
                    h.word(c);
                    assert!(seen.insert(h.finish()));
                }
            }
        }
    }
}
