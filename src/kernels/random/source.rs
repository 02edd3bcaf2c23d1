//! Where numbers come from: one stream for all of them, or one for each.
//!
//! A number from a stream of its own is the same wherever, in whatever order and beside whatever else it is made, however many words
//! it takes.

use super::bits::{Bits, Halved, Philox};
use super::philox::{self, BLOCK};
use crate::ops::expr::TableFn;
use std::mem::MaybeUninit;

/// Gives each number its bits.
pub trait Source {
    /// The bits of a number.
    type Own: Bits;

    /// Puts numbers to their places, in order.
    fn fill<T>(&mut self, out: &mut [MaybeUninit<T>], draw: impl FnMut(&mut Self::Own) -> T);
}

/// One stream, in which a number begins where the last one ends.
impl<B: Bits> Source for B {
    type Own = B;

    #[inline(always)]
    fn fill<T>(&mut self, out: &mut [MaybeUninit<T>], mut draw: impl FnMut(&mut B) -> T) {
        self.locally(|own| {
            for place in out {
                place.write(draw(own));
            }
        });
    }
}

/// First blocks that are made together: some of the groups that [`philox::fill_best`] is quick at.
const TOGETHER: usize = 36;

/// Streams of numbers. Each begins at a block of one Philox stream, the next block for the next number, and goes on at counters that
/// differ from its first one's in the highest word, where that stream comes to after 2^192 blocks.
pub struct Substreams {
    key: [u64; 2],
    /// The counter of the number that comes next.
    counter: [u64; 4],
    /// How many numbers there are yet whose blocks are not made.
    left: usize,
    blocks: [[u64; BLOCK]; TOGETHER],
    /// The blocks that are there and not used.
    ready: std::ops::Range<usize>,
}

impl Substreams {
    /// Those of so many numbers from one on, in the state of a generator, which lies as for [`TableFn`]'s random functions. Number zero
    /// has the next whole block.
    pub fn new(state: &[u64; TableFn::RANDOM_STATE], first: u64, count: usize) -> Substreams {
        let &[key, more, a, b, c, d, used, ..] = state;
        let begin = philox::advance([a, b, c, d], used.div_ceil(BLOCK as u64));
        let counter = philox::advance(begin, first);
        Substreams { key: [key, more], counter, left: count, blocks: [[0; BLOCK]; TOGETHER], ready: 0..0 }
    }

    /// The stream of the next number.
    #[inline(always)]
    fn next(&mut self) -> Halved<Philox<3>> {
        if self.ready.is_empty() {
            self.make();
        }
        let block = self.blocks[self.ready.start];
        self.ready.start += 1;
        let counter = self.counter;
        self.counter = philox::advance(counter, 1);
        Halved::new(Philox { key: self.key, counter, block, used: 0 })
    }

    #[inline(never)]
    fn make(&mut self) {
        // One at least, whoever asks for more numbers than there are.
        let count = self.left.clamp(1, TOGETHER);
        philox::fill_best(self.key, self.counter, self.blocks[..count].as_flattened_mut());
        self.left = self.left.saturating_sub(count);
        self.ready = 0..count;
    }
}

impl Source for Substreams {
    type Own = Halved<Philox<3>>;

    #[inline(always)]
    fn fill<T>(&mut self, out: &mut [MaybeUninit<T>], mut draw: impl FnMut(&mut Self::Own) -> T) {
        for place in out {
            place.write(draw(&mut self.next()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::random::bits::Words;

    /// Within a block, near the end of a word of the counter.
    const STATE: [u64; TableFn::RANDOM_STATE] = [7, 11, u64::MAX - 20, u64::MAX, 5, u64::MAX, 3, 0, 0];

    /// The words that each of some numbers has.
    fn words(first: u64, numbers: usize, each: usize) -> Vec<Vec<u64>> {
        let mut streams = Substreams::new(&STATE, first, numbers);
        let mut out = vec![MaybeUninit::uninit(); numbers];
        let mut seen = Vec::new();
        streams.fill(&mut out, |own| seen.push((0..each).map(|_| own.next64()).collect()));
        seen
    }

    #[test]
    fn numbers_begin_at_blocks_of_the_stream() {
        let mut main =
            Philox::<0> { key: [7, 11], counter: [u64::MAX - 20, u64::MAX, 5, u64::MAX], block: [0; 4], used: 4 };
        for own in words(0, 100, BLOCK) {
            let block: Vec<u64> = (0..BLOCK).map(|_| main.next()).collect();
            assert_eq!(own, block);
        }
    }

    #[test]
    fn further_blocks_differ_in_the_highest_word() {
        let first = philox::advance([u64::MAX - 20, u64::MAX, 5, u64::MAX], 1);
        for (i, own) in words(0, 50, 3 * BLOCK).iter().enumerate() {
            let mut counter = philox::advance(first, i as u64);
            for block in own.chunks(BLOCK) {
                assert_eq!(block, philox::block([7, 11], counter));
                counter[3] = counter[3].wrapping_add(1);
            }
        }
    }

    #[test]
    fn a_number_has_the_same_words_wherever_one_begins() {
        let all = words(0, 200, 9);
        for (first, count) in [(0, 1), (1, 5), (35, 3), (36, 100), (199, 1)] {
            assert_eq!(words(first as u64, count, 9), all[first..first + count]);
        }
        let mut distinct: Vec<u64> = all.into_iter().flatten().collect();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 1800);
    }

    #[test]
    fn a_block_that_is_not_begun_is_the_first() {
        let mut state = STATE;
        state[6] = 0;
        let mut streams = Substreams::new(&state, 0, 1);
        assert_eq!(streams.next().next64(), philox::block([7, 11], [STATE[2], STATE[3], STATE[4], STATE[5]])[0]);
    }
}
