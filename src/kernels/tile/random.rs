//! Random numbers as functions of positions: what `TableFn`'s random functions make.
//!
//! In the place of the table stands the state of a generator, as `TableFn::RANDOM_STATE` lays it out. A number depends on this and on its
//! position alone. Neighbouring positions share blocks of the generator; positions in order are the quick way.
#![expect(unsafe_code, reason = "reads positions and writes numbers through the pointers of a TileFn")]

use super::isa::{Isa, Routine, routine};
use super::table::Table;
use crate::dtype::DType;
use crate::kernels::TileFn;
use crate::kernels::random::{philox, quantile};
use crate::ops::prim::MathFn;
use std::marker::PhantomData;

/// Positions that are looked at together.
const CHUNK: usize = 256;

/// The state of a generator: where position zero is, and what a function asks besides.
#[derive(Clone, Copy)]
pub(super) struct State {
    key: [u64; 2],
    /// The counter of the block where it is.
    counter: [u64; 4],
    /// Words of that block before it.
    skip: u64,
    /// What else there is.
    more: [u64; 2],
}

impl State {
    /// The state in a table; words that it lacks are zero.
    ///
    /// # Safety
    /// The table's elements are readable words.
    unsafe fn read(table: &Table) -> State {
        let data = table.data as *const u8;
        let word = |i: usize| {
            if i >= table.len {
                return 0;
            }
            // SAFETY: `i` is below the table's length.
            unsafe { data.offset(i as isize * table.stride).cast::<u64>().read_unaligned() }
        };
        State {
            key: [word(0), word(1)],
            counter: [word(2), word(3), word(4), word(5)],
            skip: word(6),
            more: [word(7), word(8)],
        }
    }

    /// The words at `at[0], at[0] + 1, ...` from position zero, if these are in order: where they start in `words`.
    #[inline(always)]
    fn run(&self, first: u64, count: usize, words: &mut [u64; CHUNK + 2 * philox::BLOCK]) -> usize {
        let from = self.skip.wrapping_add(first);
        let lane = (from % philox::BLOCK as u64) as usize;
        let counter = philox::advance(self.counter, from / philox::BLOCK as u64);
        philox::fill_best(self.key, counter, &mut words[..(lane + count).next_multiple_of(philox::BLOCK)]);
        lane
    }

    /// The words at these places from position zero.
    #[inline(always)]
    fn each(&self, places: &[u64], words: &mut [u64]) {
        let mut known: (u64, [u64; philox::BLOCK]) = (0, philox::block(self.key, self.counter));
        for (word, place) in words.iter_mut().zip(places) {
            let at = self.skip.wrapping_add(*place);
            let by = at / philox::BLOCK as u64;
            if by != known.0 {
                known = (by, philox::block(self.key, philox::advance(self.counter, by)));
            }
            *word = known.1[(at % philox::BLOCK as u64) as usize];
        }
    }
}

/// What becomes of words.
pub(super) trait Draw {
    /// What is drawn.
    type Number: Copy;

    /// Whether a word serves two positions, its low half first.
    const HALVES: bool = false;

    /// Makes a number of each word, or of the halves of words in the low bits.
    ///
    /// # Safety
    /// `out` has room for as many; `words` are at most [`CHUNK`].
    unsafe fn draw(state: &State, words: &[u64], out: *mut Self::Number);
}

/// A number for each word.
///
/// # Safety
/// `out` has room for as many.
#[inline(always)]
unsafe fn map<R>(words: &[u64], out: *mut R, f: impl Fn(u64) -> R) {
    for (i, &word) in words.iter().enumerate() {
        // SAFETY: `i` is below the number of words.
        unsafe { out.add(i).write(f(word)) };
    }
}

/// The word itself.
pub(super) struct Word;

impl Draw for Word {
    type Number = u64;
    #[inline(always)]
    unsafe fn draw(_: &State, words: &[u64], out: *mut u64) {
        // SAFETY: the caller's promise.
        unsafe { map(words, out, |w| w) }
    }
}

/// `low + floor(word * count / 2^64)`, with `count` and `low` in the state; a count of zero stands for 2^64.
pub(super) struct Below;

impl Draw for Below {
    type Number = u64;
    #[inline(always)]
    unsafe fn draw(state: &State, words: &[u64], out: *mut u64) {
        let [count, low] = state.more;
        // SAFETY: the caller's promise.
        unsafe {
            if count == 0 {
                map(words, out, |w| low.wrapping_add(w));
            } else {
                map(words, out, |w| low.wrapping_add(((u128::from(w) * u128::from(count)) >> 64) as u64));
            }
        }
    }
}

/// The first 53 bits as a fraction.
pub(super) struct Fraction;

impl Draw for Fraction {
    type Number = f64;
    #[inline(always)]
    unsafe fn draw(_: &State, words: &[u64], out: *mut f64) {
        const UNIT: f64 = 1.0 / (1u64 << 53) as f64;
        // SAFETY: the caller's promise.
        unsafe { map(words, out, |w| quantile::to_f64(w >> 11) * UNIT) }
    }
}

/// The first 24 bits of halves as fractions.
pub(super) struct NarrowFraction;

impl Draw for NarrowFraction {
    type Number = f32;
    const HALVES: bool = true;
    #[inline(always)]
    unsafe fn draw(_: &State, words: &[u64], out: *mut f32) {
        const UNIT: f32 = 1.0 / (1u32 << 24) as f32;
        // SAFETY: the caller's promise. 24 bits fit an i32 and a float32.
        unsafe { map(words, out, |w| (w as u32 >> 8) as i32 as f32 * UNIT) }
    }
}

/// A normal number, by inversion.
pub(super) struct Normal;

impl Draw for Normal {
    type Number = f64;
    #[inline(always)]
    unsafe fn draw(_: &State, words: &[u64], out: *mut f64) {
        let mut chances = [0.0; CHUNK];
        let chances = &mut chances[..words.len()];
        for (chance, &word) in chances.iter_mut().zip(words) {
            *chance = quantile::tail_of(word);
        }
        for (i, (&word, &chance)) in words.iter().zip(&*chances).enumerate() {
            // SAFETY: `i` is below the number of words.
            unsafe { out.add(i).write(quantile::signed(word, quantile::middle(chance))) };
        }
        // Those in the tails, about one in seven, are done together.
        let (mut tails, mut logs) = ([0u16; CHUNK], [1.0f64; CHUNK]);
        let mut count = 0;
        for (i, &chance) in chances.iter().enumerate() {
            (tails[count], logs[count]) = (i as u16, chance);
            count += usize::from(quantile::in_tail(chance));
        }
        if let Some(log) = super::math(MathFn::Log, DType::F64) {
            let at = logs.as_mut_ptr().cast::<u8>();
            // SAFETY: `count <= CHUNK`; the routine may write where it reads.
            unsafe { log(count, &[at.cast_const(); 3], at) };
        }
        for x in &mut logs[..count] {
            *x = quantile::outer(*x);
        }
        for (&x, &i) in logs.iter().zip(&tails[..count]) {
            // SAFETY: places are below the number of words.
            unsafe { out.add(usize::from(i)).write(quantile::signed(words[usize::from(i)], x)) };
        }
    }
}

/// # Safety
/// [`TileFn`]'s contract, but for the second input, which is a [`Table`] of readable words.
#[inline(always)]
unsafe fn body<D: Draw>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
    // SAFETY: the caller's contract.
    let (positions, state) = unsafe { (ins[0].cast::<u64>(), State::read(&*ins[1].cast::<Table>())) };
    let out = out.cast::<D::Number>();
    // A half that is left of an earlier word is position zero; words follow.
    let (left, pending) = (D::HALVES && state.more[1] != 0, state.more[0] & 0xffff_ffff);
    let mut words = [0u64; CHUNK + 2 * philox::BLOCK];
    let mut made = [0u64; CHUNK + 2];
    let mut places = [0u64; CHUNK];
    for at in (0..n).step_by(CHUNK) {
        let m = CHUNK.min(n - at);
        // SAFETY: `at + m <= n`. Copied, as the result may take their place.
        unsafe { std::ptr::copy_nonoverlapping(positions.add(at), places.as_mut_ptr(), m) };
        let places = &mut places[..m];
        let first = places[0];
        let in_order = places.iter().enumerate().fold(true, |all, (i, &p)| all & (p == first.wrapping_add(i as u64)));
        if D::HALVES {
            places.iter_mut().for_each(|p| *p = p.wrapping_sub(u64::from(left)));
        }
        // SAFETY: `at + m <= n`.
        let out = unsafe { out.add(at) };
        let from = places[0];
        if !D::HALVES && in_order {
            let lane = state.run(from, m, &mut words);
            // SAFETY: room for `m` numbers.
            unsafe { D::draw(&state, &words[lane..lane + m], out) };
            continue;
        }
        if in_order && from != u64::MAX {
            let odd = (from % 2) as usize;
            let lane = state.run(from / 2, (odd + m).div_ceil(2), &mut words);
            let (pairs, _) = made.as_chunks_mut::<2>();
            for (pair, &word) in pairs.iter_mut().zip(&words[lane..lane + (odd + m).div_ceil(2)]) {
                *pair = [word & 0xffff_ffff, word >> 32];
            }
            // SAFETY: room for `m` numbers.
            unsafe { D::draw(&state, &made[odd..odd + m], out) };
            continue;
        }
        // By how much to shift a word, or that it is the half that is left.
        let shift_of = |p: u64| if D::HALVES { 32 * (p % 2) as u8 } else { 0 };
        let mut shifts = [0u8; CHUNK];
        for (s, p) in shifts.iter_mut().zip(places.iter_mut()) {
            *s = if left && *p == u64::MAX { u8::MAX } else { shift_of(*p) };
            *p >>= u8::from(D::HALVES);
        }
        state.each(places, &mut made[..m]);
        for (word, s) in made[..m].iter_mut().zip(shifts) {
            *word = if s == u8::MAX { pending } else { *word >> s };
        }
        // SAFETY: room for `m` numbers.
        unsafe { D::draw(&state, &made[..m], out) };
    }
}

/// The routine of a random function for an instruction set.
pub(super) fn random<D: Draw>(isa: Isa) -> TileFn {
    routine::<Drawn<D>>(isa)
}

/// Numbers at positions.
struct Drawn<D>(PhantomData<D>);

impl<D: Draw> Routine for Drawn<D> {
    #[inline(always)]
    unsafe fn run(n: usize, ins: &[*const u8; 3], out: *mut u8) {
        // SAFETY: the caller's contract is the body's.
        unsafe { body::<D>(n, ins, out) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{scalar_table, table_for};
    use super::*;
    use crate::dtype::Scalar;
    use crate::ops::expr::TableFn;

    /// Near the end of a word of the counter, in the middle of a block, with a half left.
    const STATE: [u64; TableFn::RANDOM_STATE] = [7, 11, u64::MAX - 20, u64::MAX, 5, 0, 3, 0x1234_5678, 1];

    fn made(isa: Isa, f: TableFn, state: &[u64], positions: &[i64]) -> Vec<u64> {
        let table = Table { data: state.as_ptr() as usize, stride: 8, len: state.len(), first: 0 };
        let mut out = vec![0u64; positions.len()];
        let ins = [positions.as_ptr().cast::<u8>(), std::ptr::from_ref(&table).cast(), std::ptr::null()];
        // SAFETY: as many positions as elements of eight bytes; the table covers `state`.
        unsafe { table_for(isa, f, DType::U64)(positions.len(), &ins, out.as_mut_ptr().cast()) };
        if f == TableFn::RandomF32 {
            // SAFETY: half of the bytes were written.
            let halves = unsafe { std::slice::from_raw_parts(out.as_ptr().cast::<u32>(), positions.len()) };
            return halves.iter().map(|&h| u64::from(h)).collect();
        }
        out
    }

    fn functions() -> impl Iterator<Item = TableFn> {
        TableFn::ALL.into_iter().filter(|f| f.is_random())
    }

    #[test]
    fn numbers_depend_on_their_position_alone() {
        let bytes: Vec<u8> = STATE.iter().flat_map(|w| w.to_ne_bytes()).collect();
        let orders: [Vec<i64>; 6] = [
            (0..1100).collect(),
            (3..303).collect(),
            (0..300).rev().collect(),
            (0..300).map(|i| i * 7).collect(),
            (0..300).map(|i| i * i % 97).collect(),
            vec![5],
        ];
        for f in functions() {
            for positions in &orders {
                for isa in Isa::all() {
                    for (&at, got) in positions.iter().zip(made(isa, f, &STATE, positions)) {
                        let one = scalar_table(f, &bytes, DType::U64, Scalar::from_i128(DType::I64, i128::from(at)));
                        assert_eq!(u128::from(got), one.bits(), "{} at {at}", f.name());
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_may_take_the_place_of_positions() {
        for f in functions() {
            let positions: Vec<i64> = (2..802).collect();
            let expected = made(Isa::best(), f, &STATE, &positions);
            let table = Table { data: STATE.as_ptr() as usize, stride: 8, len: STATE.len(), first: 0 };
            let mut place = positions.clone();
            let at = place.as_mut_ptr().cast::<u8>();
            if f == TableFn::RandomF32 {
                continue;
            }
            // SAFETY: as in `made`; the result lies where the positions do, of the same size.
            unsafe {
                let ins = [at.cast_const(), std::ptr::from_ref(&table).cast(), std::ptr::null()];
                table_for(Isa::best(), f, DType::U64)(place.len(), &ins, at);
            }
            assert!(place.iter().zip(&expected).all(|(&p, &e)| p as u64 == e), "{}", f.name());
        }
    }

    #[test]
    fn a_short_state_is_read_as_far_as_it_goes() {
        let whole = [1, 2, 0, 0, 0, 0, 0, 0, 0];
        let positions: Vec<i64> = (0..9).collect();
        for f in functions() {
            assert_eq!(made(Isa::best(), f, &whole[..2], &positions), made(Isa::best(), f, &whole, &positions));
        }
    }

    #[test]
    fn integers_stay_in_their_range() {
        let (count, low) = (6, 10u64.wrapping_neg());
        let state = [1, 2, 0, 0, 0, 0, 0, count, low];
        let numbers = made(Isa::best(), TableFn::RandomBelow, &state, &(0..1000).collect::<Vec<_>>());
        let mut seen: Vec<i64> = numbers.iter().map(|&n| n as i64).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [-10, -9, -8, -7, -6, -5]);
    }
}
