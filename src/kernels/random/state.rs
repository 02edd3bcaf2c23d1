//! The states of bit generators: as words, and further on in their streams.

use super::bits::{Halved, Pcg64, Philox, Sfc64, Stream};
use super::mersenne::{Mt19937, WORDS};
use super::philox;

/// A half of a word that waits, in words of a state.
fn halves<G>(bits: &Halved<G>) -> [u64; 2] {
    [u64::from(bits.waits), u64::from(bits.half)]
}

fn halved<G>(words: G, waits: u64, half: u64) -> Option<Halved<G>> {
    Some(Halved { words, waits: waits != 0, half: u32::try_from(half).ok()? })
}

fn wide(high: u64, low: u64) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

fn pcg<const DXSM: bool>(words: &[u64]) -> Option<Halved<Pcg64<DXSM>>> {
    let &[a, b, c, d, waits, half] = words else { return None };
    halved(Pcg64 { state: wide(a, b), increment: wide(c, d) }, waits, half)
}

fn pcg_words<const DXSM: bool>(bits: &Halved<Pcg64<DXSM>>) -> Vec<u64> {
    let Pcg64 { state, increment } = bits.words;
    let words = [state, increment].map(|w| [(w >> 64) as u64, w as u64]);
    [words.concat(), halves(bits).into()].concat()
}

impl Stream {
    /// The state in words, as [`Stream::of_state`] takes it.
    pub fn state(&self) -> Vec<u64> {
        match self {
            Stream::Pcg64(b) => pcg_words(b),
            Stream::Pcg64Dxsm(b) => pcg_words(b),
            Stream::Sfc64(b) => [b.words.state.as_slice(), &halves(b)].concat(),
            Stream::Philox(b) => {
                let Philox { key, counter, block, used } = &b.words;
                [counter.as_slice(), key, block, &[*used as u64], &halves(b)].concat()
            }
            Stream::Mt19937(b) => b.state.iter().map(|&w| u64::from(w)).chain([b.used as u64]).collect(),
        }
    }

    /// The generator of a name in a state: PCG's state and increment, high halves first; the words of SFC64; Philox' counter, key,
    /// block and how much of that is used; the words of MT19937 and how many are used. Then, but for MT19937, whether half a
    /// word waits, and it. `None` where these are no state.
    pub fn of_state(name: &str, words: &[u64]) -> Option<Stream> {
        match (name, words) {
            ("PCG64", words) => pcg(words).map(Stream::Pcg64),
            ("PCG64DXSM", words) => pcg(words).map(Stream::Pcg64Dxsm),
            ("SFC64", &[a, b, c, d, waits, half]) => {
                halved(Sfc64 { state: [a, b, c, d] }, waits, half).map(Stream::Sfc64)
            }
            ("Philox", &[a, b, c, d, k, l, w, x, y, z, used, waits, half]) => {
                let used = usize::try_from(used).ok().filter(|&n| n <= philox::BLOCK)?;
                let words = Philox { key: [k, l], counter: [a, b, c, d], block: [w, x, y, z], used };
                halved(words, waits, half).map(Stream::Philox)
            }
            ("MT19937", [words @ .., used]) => {
                let used = usize::try_from(*used).ok().filter(|&n| n <= WORDS)?;
                let words: Option<Vec<u32>> = words.iter().map(|&w| u32::try_from(w).ok()).collect();
                Some(Stream::Mt19937(Mt19937 { state: words?.into_boxed_slice().try_into().ok()?, used }))
            }
            _ => None,
        }
    }

    /// Goes on by so many steps, as a number of 256 bits from the lowest word on: words of PCG, blocks of Philox. What waits is
    /// dropped. False for generators that cannot.
    pub fn advance(&mut self, by: [u64; 4]) -> bool {
        let steps = wide(by[1], by[0]);
        match self {
            Stream::Pcg64(b) => {
                b.words.advance(steps);
                *b = Halved::new(b.words);
            }
            Stream::Pcg64Dxsm(b) => {
                b.words.advance(steps);
                *b = Halved::new(b.words);
            }
            Stream::Philox(b) => {
                let counter = philox::add(b.words.counter, by);
                *b = Halved::new(Philox { key: b.words.key, counter, block: [0; 4], used: philox::BLOCK });
            }
            Stream::Sfc64(_) | Stream::Mt19937(_) => return false,
        }
        true
    }

    /// Goes on by 2^128 words of MT19937; false for other generators, which [`Stream::advance`] takes as far.
    pub fn jump(&mut self) -> bool {
        match self {
            Stream::Mt19937(b) => {
                b.jump();
                true
            }
            Stream::Pcg64(_) | Stream::Pcg64Dxsm(_) | Stream::Sfc64(_) | Stream::Philox(_) => false,
        }
    }

    /// Whether half a word waits.
    pub fn waits(&self) -> bool {
        match self {
            Stream::Pcg64(b) => b.waits,
            Stream::Pcg64Dxsm(b) => b.waits,
            Stream::Sfc64(b) => b.waits,
            Stream::Philox(b) => b.waits,
            Stream::Mt19937(_) => false,
        }
    }

    /// Drops half a word that waits.
    pub fn drop_half(&mut self) {
        match self {
            Stream::Pcg64(b) => b.waits = false,
            Stream::Pcg64Dxsm(b) => b.waits = false,
            Stream::Sfc64(b) => b.waits = false,
            Stream::Philox(b) => b.waits = false,
            Stream::Mt19937(_) => {}
        }
    }

    /// The stream after so many words of 64 bits, of which no half may be used; `None` for generators that cannot tell.
    pub fn after(&self, words: u64) -> Option<Stream> {
        let mut stream = self.clone();
        match &mut stream {
            Stream::Pcg64(b) => b.words.advance(u128::from(words)),
            Stream::Pcg64Dxsm(b) => b.words.advance(u128::from(words)),
            Stream::Philox(b) => b.words.skip(words),
            Stream::Sfc64(_) | Stream::Mt19937(_) => return None,
        }
        Some(stream)
    }
}

impl Philox {
    /// Goes on by so many words.
    fn skip(&mut self, words: u64) {
        let left = (philox::BLOCK - self.used) as u64;
        if words <= left {
            self.used += words as usize;
            return;
        }
        let beyond = words - left;
        let blocks = beyond.div_ceil(philox::BLOCK as u64);
        self.counter = philox::advance(self.counter, blocks);
        self.block = philox::block(self.key, self.counter);
        self.used = (beyond - (blocks - 1) * philox::BLOCK as u64) as usize;
    }
}

#[cfg(test)]
mod tests {
    use super::super::bits::Words;
    use super::*;

    const NAMES: [(&str, usize); 5] = [("PCG64", 4), ("PCG64DXSM", 4), ("SFC64", 3), ("Philox", 2), ("MT19937", WORDS)];

    fn streams() -> impl Iterator<Item = (&'static str, Stream)> {
        NAMES.into_iter().map(|(name, n)| (name, Stream::seeded(name, &vec![12345; n]).unwrap()))
    }

    #[test]
    fn a_state_makes_the_stream_again() {
        for (name, mut stream) in streams() {
            stream.next();
            let mut again = Stream::of_state(name, &stream.state()).unwrap();
            assert!((0..1000).all(|_| again.next() == stream.next()), "{name}");
            assert!(Stream::of_state(name, &stream.state()[1..]).is_none());
        }
    }

    #[test]
    fn skipping_words_is_drawing_them() {
        for (name, stream) in streams() {
            for words in [0, 1, 2, 3, 4, 5, 7, 8, 1001] {
                let Some(mut there) = stream.after(words) else { continue };
                let mut here = stream.clone();
                (0..words).for_each(|_| {
                    here.next();
                });
                assert_eq!(there.state(), here.state(), "{name} {words}");
                assert_eq!(there.next(), here.next(), "{name} {words}");
            }
        }
    }
}
