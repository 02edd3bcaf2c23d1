//! Bit generators whose words come one after another, seeded and stepped as NumPy's of the same names.

use super::mersenne::{Mt19937, WORDS};
use super::philox;

/// A source of words.
pub trait Bits {
    /// 64 bits.
    fn next64(&mut self) -> u64;
    /// 32 bits.
    fn next32(&mut self) -> u32;
    /// Does something with the generator as a value of its own, which compilers keep in registers: what refers to it from
    /// elsewhere would have each word wait for memory.
    #[inline(always)]
    fn locally<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        work(self)
    }
    /// 53 bits as a fraction.
    #[inline]
    fn fraction(&mut self) -> f64 {
        (self.next64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
    /// 24 bits as a fraction.
    #[inline]
    fn fraction32(&mut self) -> f32 {
        (self.next32() >> 8) as f32 * (1.0 / (1u32 << 24) as f32)
    }
}

/// A generator of 64-bit words.
pub trait Words {
    /// The next word.
    fn next(&mut self) -> u64;
}

/// Words of 64 bits that also serve as halves, the low one first; the high one waits.
#[derive(Clone, Copy, Debug)]
pub struct Halved<G> {
    /// The generator.
    pub words: G,
    /// Whether a half waits.
    pub waits: bool,
    /// The half that waits, or the last that did.
    pub half: u32,
}

impl<G> Halved<G> {
    /// Words of which no half waits.
    pub fn new(words: G) -> Self {
        Halved { words, waits: false, half: 0 }
    }
}

impl<G: Words + Copy> Bits for Halved<G> {
    #[inline]
    fn next64(&mut self) -> u64 {
        self.words.next()
    }
    #[inline]
    fn next32(&mut self) -> u32 {
        if self.waits {
            self.waits = false;
            return self.half;
        }
        let word = self.words.next();
        (self.waits, self.half) = (true, (word >> 32) as u32);
        word as u32
    }
    #[inline(always)]
    fn locally<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let mut own = *self;
        let result = work(&mut own);
        *self = own;
        result
    }
}

/// The multiplier of PCG's generators of 128 bits.
const WIDE_MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

/// A permuted congruential generator of 128 bits: O'Neill, "PCG: a family of simple fast space-efficient statistically good algorithms for random
/// number generation" (2014). With `DXSM`, its later output function and multiplier of 64 bits.
#[derive(Clone, Copy, Debug)]
pub struct Pcg64<const DXSM: bool> {
    /// The state.
    pub state: u128,
    /// The increment, odd.
    pub increment: u128,
}

impl<const DXSM: bool> Pcg64<DXSM> {
    const MULTIPLIER: u128 = if DXSM { 0xda94_2042_e4dd_58b5 } else { WIDE_MULTIPLIER };

    /// The generator of a state and a stream.
    fn seeded(state: u128, stream: u128) -> Self {
        let mut g = Pcg64 { state: 0, increment: stream << 1 | 1 };
        g.mix();
        g.state = g.state.wrapping_add(state);
        g.mix();
        g
    }

    /// A step of the seeding, by the multiplier of 128 bits for both.
    fn mix(&mut self) {
        self.state = self.state.wrapping_mul(WIDE_MULTIPLIER).wrapping_add(self.increment);
    }

    #[inline]
    fn step(&mut self) {
        self.state = self.state.wrapping_mul(Self::MULTIPLIER).wrapping_add(self.increment);
    }

    /// Goes on by so many words: powers of the step by squaring (Brown, "Random number generation with arbitrary strides", 1994).
    pub fn advance(&mut self, by: u128) {
        let (mut factor, mut term) = (Self::MULTIPLIER, self.increment);
        let (mut all_factor, mut all_term) = (1u128, 0u128);
        let mut left = by;
        while left > 0 {
            if left & 1 == 1 {
                all_factor = all_factor.wrapping_mul(factor);
                all_term = all_term.wrapping_mul(factor).wrapping_add(term);
            }
            term = factor.wrapping_add(1).wrapping_mul(term);
            factor = factor.wrapping_mul(factor);
            left >>= 1;
        }
        self.state = all_factor.wrapping_mul(self.state).wrapping_add(all_term);
    }
}

impl<const DXSM: bool> Words for Pcg64<DXSM> {
    #[inline]
    fn next(&mut self) -> u64 {
        if DXSM {
            let (mut high, low) = ((self.state >> 64) as u64, self.state as u64 | 1);
            high ^= high >> 32;
            high = high.wrapping_mul(Self::MULTIPLIER as u64);
            high ^= high >> 48;
            self.step();
            return high.wrapping_mul(low);
        }
        self.step();
        ((self.state >> 64) as u64 ^ self.state as u64).rotate_right((self.state >> 122) as u32)
    }
}

/// A small fast chaotic generator with a counter: Doty-Humphrey, PractRand (2010).
#[derive(Clone, Copy, Debug)]
pub struct Sfc64 {
    /// Three words and the counter.
    pub state: [u64; 4],
}

impl Words for Sfc64 {
    #[inline]
    fn next(&mut self) -> u64 {
        let [a, b, c, counter] = self.state;
        let sum = a.wrapping_add(b).wrapping_add(counter);
        let turned = c.rotate_left(24).wrapping_add(sum);
        self.state = [b ^ b >> 11, c.wrapping_add(c << 3), turned, counter.wrapping_add(1)];
        sum
    }
}

/// Philox, block by block: each counter has one more than the last in one of its words, the lowest by default.
#[derive(Clone, Copy, Debug)]
pub struct Philox<const WORD: usize = 0> {
    /// The key.
    pub key: [u64; 2],
    /// The counter of the block.
    pub counter: [u64; 4],
    /// The block.
    pub block: [u64; philox::BLOCK],
    /// Words of it that are used.
    pub used: usize,
}

impl<const WORD: usize> Words for Philox<WORD> {
    #[inline]
    fn next(&mut self) -> u64 {
        if self.used >= philox::BLOCK {
            let mut by = [0; 4];
            by[WORD] = 1;
            self.counter = philox::add(self.counter, by);
            self.block = philox::block(self.key, self.counter);
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }
}

/// Any of the generators.
#[derive(Clone, Debug)]
pub enum Stream {
    /// `PCG64`.
    Pcg64(Halved<Pcg64<false>>),
    /// `PCG64DXSM`.
    Pcg64Dxsm(Halved<Pcg64<true>>),
    /// `SFC64`.
    Sfc64(Halved<Sfc64>),
    /// `Philox`.
    Philox(Halved<Philox>),
    /// `MT19937`.
    Mt19937(Mt19937),
}

/// Runs `$body` with `$bits` the generator of a stream.
macro_rules! with_bits {
    ($stream:expr, $bits:ident => $body:expr) => {
        match $stream {
            Stream::Pcg64($bits) => $body,
            Stream::Pcg64Dxsm($bits) => $body,
            Stream::Sfc64($bits) => $body,
            Stream::Philox($bits) => $body,
            Stream::Mt19937($bits) => $body,
        }
    };
}
pub(super) use with_bits;

fn wide(high: u64, low: u64) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

impl Stream {
    /// The generator of a name from the words of a seed; `None` for another name or number of words.
    pub fn seeded(name: &str, seed: &[u64]) -> Option<Stream> {
        match (name, seed) {
            ("PCG64", &[a, b, c, d]) => Some(Stream::Pcg64(Halved::new(Pcg64::seeded(wide(a, b), wide(c, d))))),
            ("PCG64DXSM", &[a, b, c, d]) => Some(Stream::Pcg64Dxsm(Halved::new(Pcg64::seeded(wide(a, b), wide(c, d))))),
            ("SFC64", &[a, b, c]) => {
                let mut words = Sfc64 { state: [a, b, c, 1] };
                (0..12).for_each(|_| {
                    words.next();
                });
                Some(Stream::Sfc64(Halved::new(words)))
            }
            ("Philox", &[a, b]) => {
                let words = Philox { key: [a, b], counter: [0; 4], block: [0; 4], used: philox::BLOCK };
                Some(Stream::Philox(Halved::new(words)))
            }
            ("MT19937", seed) => {
                let words: Vec<u32> = seed.iter().map(|&w| w as u32).collect();
                let mut state: Box<[u32; WORDS]> = words.into_boxed_slice().try_into().ok()?;
                // Of the first word one bit counts, which must not be zero with all others. NumPy starts one word early.
                state[0] = 0x8000_0000;
                Some(Stream::Mt19937(Mt19937 { state, used: WORDS - 1 }))
            }
            _ => None,
        }
    }
}

impl Words for Stream {
    /// What `random_raw` gives: words as the generator makes them.
    fn next(&mut self) -> u64 {
        match self {
            Stream::Pcg64(b) => b.next64(),
            Stream::Pcg64Dxsm(b) => b.next64(),
            Stream::Sfc64(b) => b.next64(),
            Stream::Philox(b) => b.next64(),
            Stream::Mt19937(b) => u64::from(b.next32()),
        }
    }
}
