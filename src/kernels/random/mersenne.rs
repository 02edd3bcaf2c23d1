//! The Mersenne twister: Matsumoto and Nishimura, "Mersenne twister: a 623-dimensionally equidistributed uniform pseudorandom number
//! generator", ACM TOMACS 8 (1998). Jumps: Haramoto, Matsumoto, Nishimura, Panneton and L'Ecuyer, "Efficient jump ahead for F2-linear
//! random number generators", INFORMS Journal on Computing 20 (2008).

#[rustfmt::skip]
mod jump;

use super::bits::Bits;
use jump::JUMP;

/// Words of the state.
pub const WORDS: usize = 624;
/// The distance of the words that are mixed.
const DISTANCE: usize = 397;

/// The generator.
#[derive(Clone, Debug)]
pub struct Mt19937 {
    /// The state.
    pub state: Box<[u32; WORDS]>,
    /// Words of it that are used.
    pub used: usize,
}

/// A word of the next state, from itself, the one after it and one at the distance.
#[inline(always)]
fn mixed(word: u32, after: u32, far: u32) -> u32 {
    let y = word & 0x8000_0000 | after & 0x7fff_ffff;
    far ^ y >> 1 ^ (y & 1).wrapping_neg() & 0x9908_b0df
}

impl Mt19937 {
    #[cold]
    #[inline(never)]
    fn twist(&mut self) {
        let s = &mut *self.state;
        // In two parts, so that no place is taken modulo the number of words.
        for i in 0..WORDS - DISTANCE {
            s[i] = mixed(s[i], s[i + 1], s[i + DISTANCE]);
        }
        for i in WORDS - DISTANCE..WORDS - 1 {
            s[i] = mixed(s[i], s[i + 1], s[i + DISTANCE - WORDS]);
        }
        s[WORDS - 1] = mixed(s[WORDS - 1], s[0], s[DISTANCE - 1]);
        self.used = 0;
    }

    /// One step of the state as a ring that begins at `used`.
    fn turn(&mut self) {
        let (s, i) = (&mut *self.state, self.used);
        s[i] = mixed(s[i], s[(i + 1) % WORDS], s[(i + DISTANCE) % WORDS]);
        self.used = (i + 1) % WORDS;
    }

    /// Adds a state, rings by their beginnings.
    fn add(&mut self, other: &Mt19937) {
        for k in 0..WORDS {
            self.state[(self.used + k) % WORDS] ^= other.state[(other.used + k) % WORDS];
        }
    }

    /// Goes on by 2^128 steps: the polynomial of the jump at the step, by Horner's rule.
    pub fn jump(&mut self) {
        self.used %= WORDS;
        let start = self.clone();
        let holds = |i: usize| JUMP[i / 64] >> (i % 64) & 1 == 1;
        let Some(top) = (0..JUMP.len() * 64).rev().find(|&i| holds(i)) else { return };
        for i in (0..top).rev() {
            self.turn();
            if holds(i) {
                self.add(&start);
            }
        }
    }
}

/// The word of an element of the state.
#[inline(always)]
fn tempered(mut y: u32) -> u32 {
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c_5680;
    y ^= y << 15 & 0xefc6_0000;
    y ^ y >> 18
}

impl Bits for Mt19937 {
    #[inline]
    fn next32(&mut self) -> u32 {
        if self.used >= WORDS {
            self.twist();
        }
        self.used += 1;
        tempered(self.state[self.used - 1])
    }
    #[inline]
    fn next64(&mut self) -> u64 {
        let high = u64::from(self.next32());
        high << 32 | u64::from(self.next32())
    }
    #[inline]
    fn fraction(&mut self) -> f64 {
        // Mostly both words are there.
        let pair = match self.state.get(self.used..).and_then(<[u32]>::first_chunk) {
            Some(&pair) => {
                self.used += 2;
                pair.map(tempered)
            }
            None => [self.next32(), self.next32()],
        };
        (f64::from(pair[0] >> 5) * 67_108_864.0 + f64::from(pair[1] >> 6)) * (1.0 / 9_007_199_254_740_992.0)
    }
}
