//! Positions that sort rows, found by sorting integers of 64 bits that hold an element's number above its position.
//!
//! Of numbers of up to 32 bits, and of others that lie close together, nothing is lost; else their last bits have no room, and elements that
//! differ in these alone are put in order afterwards. Positions differ, so that equal elements keep their order.
#![expect(unsafe_code, reason = "walks rows through pointers")]

use super::key::{Key, Plain};
use super::number::sort_long;
use super::vector::{Integer, Sorter};
use crate::error::Result;
use crate::kernels::Tasks;
use crate::kernels::movement::Address;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Elements of a task of a long row.
const CHUNK: usize = 1 << 15;
/// The share of a row that may agree in what there is room for: with more, pairs are faster.
const ALIKE: usize = 8;
/// Elements that are sorted where they are.
const SHORT: usize = 32;
/// Places around which elements that agree are looked for.
const PLACES: usize = 8;
/// Turns integers without sign into those with one, in order.
const SIGN: u64 = 1 << 63;

/// How the elements of rows of one length are packed.
pub struct Packing {
    sorter: Sorter<i64>,
    /// Bits of a position.
    bits: u32,
}

impl Packing {
    /// For rows of `n` elements; `None` where elements have no numbers, or this processor no vectors that sort.
    pub fn of<K: Key>(n: usize) -> Option<Packing> {
        let bits = usize::BITS - n.saturating_sub(1).leading_zeros();
        let fits = K::DIGITS > 0 && n > 1 && bits <= 32;
        i64::best().filter(|_| fits).map(|sorter| Packing { sorter, bits })
    }

    /// Writes the positions of a row, whose elements have these numbers; `false` where pairs are to be sorted instead. With `places`, as in
    /// [`super::argsort`].
    pub fn row(&self, places: Option<&[usize]>, number: impl Fn(usize) -> u64, to: &mut [i64]) -> bool {
        let Numbers { low, high, sorted } = numbers(0, &number, to);
        if sorted {
            (0..).zip(to).for_each(|(i, to)| *to = i);
            return true;
        }
        let Some(lost) = self.lost(low, high, places) else { return false };
        self.pack(0, low, lost, to);
        self.sorter.sort(to, places);
        let most = SHORT.max(to.len() / ALIKE);
        if let Some(places) = places.filter(|_| lost > 0) {
            if !self.settle_around(places, &number, to, most) {
                return false;
            }
        } else if lost > 0 {
            let runs = self.runs(0..to.len(), to);
            if runs.iter().any(|r| r.len() > most) {
                return false;
            }
            runs.into_iter().for_each(|r| self.settle(&number, &mut to[r]));
        }
        self.unpack(to);
        true
    }

    /// As [`Packing::row`], of a row of many elements.
    ///
    /// # Safety
    /// `n` elements of int64 can be written at the address, aligned, and by nobody else.
    ///
    /// # Errors
    /// `Error::Interrupted`, `Error::Memory`.
    pub unsafe fn long_row(
        &self,
        places: Option<&[usize]>,
        number: impl Fn(usize) -> u64 + Sync,
        (to, n): (Address, usize),
        tasks: Tasks,
    ) -> Result<bool> {
        let chunks = n.div_ceil(CHUNK);
        let range = |c: usize| c * CHUNK..((c + 1) * CHUNK).min(n);
        // SAFETY: the range lies within the row; callers see that no two of them overlap while they are written.
        let part =
            |r: Range<usize>| unsafe { std::slice::from_raw_parts_mut(to.at(8 * r.start).cast::<i64>(), r.len()) };
        let (low, high, sorted) = (AtomicU64::new(u64::MAX), AtomicU64::new(0), AtomicBool::new(true));
        tasks(chunks, &|c| {
            let found = numbers(range(c).start, &number, part(range(c)));
            low.fetch_min(found.low, Ordering::Relaxed);
            high.fetch_max(found.high, Ordering::Relaxed);
            sorted.fetch_and(found.sorted, Ordering::Relaxed);
        })?;
        if sorted.into_inner() {
            tasks(chunks, &|c| range(c).zip(part(range(c))).for_each(|(i, to)| *to = i as i64))?;
            return Ok(true);
        }
        let low = low.into_inner();
        let Some(lost) = self.lost(low, high.into_inner(), places) else { return Ok(false) };
        tasks(chunks, &|c| self.pack(range(c).start, low, lost, part(range(c))))?;
        sort_long::<Plain<i64>>(&self.sorter, places, n, to, to, tasks)?;
        if let Some(places) = places.filter(|_| lost > 0) {
            if !self.settle_around(places, &number, part(0..n), CHUNK) {
                return Ok(false);
            }
        } else if lost > 0 {
            let found: Vec<Mutex<Vec<Range<usize>>>> = (0..chunks).map(|_| Mutex::new(Vec::new())).collect();
            // SAFETY: nobody writes to the row meanwhile.
            let row = unsafe { std::slice::from_raw_parts(to.at(0).cast_const().cast::<i64>(), n) };
            tasks(chunks, &|c| *found[c].lock().unwrap_or_else(PoisonError::into_inner) = self.runs(range(c), row))?;
            let runs: Vec<_> =
                found.into_iter().map(|r| r.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
            if runs.iter().flatten().any(|r| r.len() > CHUNK) {
                return Ok(false);
            }
            // Runs do not overlap.
            tasks(chunks, &|c| runs[c].iter().for_each(|r| self.settle(&number, part(r.clone()))))?;
        }
        tasks(chunks, &|c| self.unpack(part(range(c))))?;
        Ok(true)
    }

    /// Bits of numbers between these for which there is no room; `None` where there are, and more places than are worth a look at the row each.
    fn lost(&self, low: u64, high: u64, places: Option<&[usize]>) -> Option<u32> {
        let lost = (self.bits + u64::BITS - (high - low).leading_zeros()).saturating_sub(u64::BITS);
        (lost == 0 || places.is_none_or(|p| p.len() <= PLACES)).then_some(lost)
    }

    /// Whether two elements agree in what there was room for.
    fn alike(&self, a: i64, b: i64) -> bool {
        (a ^ b) as u64 >> self.bits == 0
    }

    /// Puts numbers above positions, which begin with `start`.
    fn pack(&self, start: usize, low: u64, lost: u32, to: &mut [i64]) {
        for (i, to) in (start as u64..).zip(to) {
            let high = (*to as u64 - low) >> lost << self.bits;
            *to = ((high | i) ^ SIGN) as i64;
        }
    }

    /// Leaves positions alone.
    fn unpack(&self, to: &mut [i64]) {
        to.iter_mut().for_each(|to| *to = self.position(*to) as i64);
    }

    fn position(&self, packed: i64) -> usize {
        packed as usize & ((1 << self.bits) - 1)
    }

    /// The runs of elements that agree in what there was room for, and begin in this part of a sorted row.
    fn runs(&self, part: Range<usize>, row: &[i64]) -> Vec<Range<usize>> {
        let alike = |i: usize| self.alike(row[i], row[i + 1]);
        let (mut runs, mut i) = (Vec::new(), part.start);
        while i < part.end && i + 1 < row.len() {
            let start = i;
            while i + 1 < row.len() && alike(i) {
                i += 1;
            }
            if i > start && (start == 0 || !alike(start - 1)) {
                runs.push(start..i + 1);
            }
            i += 1;
        }
        runs
    }

    /// Puts the elements of a partitioned row that agree with those at places, wherever they are, in order; `false` where more agree with one
    /// than `most`.
    fn settle_around(&self, places: &[usize], number: &impl Fn(usize) -> u64, to: &mut [i64], most: usize) -> bool {
        for (at, &place) in places.iter().enumerate() {
            let here = to[place];
            if places[..at].iter().any(|&before| self.alike(to[before], here)) {
                continue;
            }
            let slots: Vec<usize> = (0..to.len()).filter(|&i| self.alike(to[i], here)).collect();
            if slots.len() > most {
                return false;
            }
            let mut elements: Vec<i64> = slots.iter().map(|&i| to[i]).collect();
            elements.sort_by_cached_key(|&packed| (number(self.position(packed)), packed));
            slots.into_iter().zip(elements).for_each(|(i, packed)| to[i] = packed);
        }
        true
    }

    /// Puts a run, in which positions increase, in the order of its elements.
    fn settle(&self, number: &impl Fn(usize) -> u64, run: &mut [i64]) {
        let of = |&packed: &i64| number(self.position(packed));
        if run.is_sorted_by_key(of) {
            return;
        }
        if run.len() <= SHORT { run.sort_by_key(of) } else { run.sort_by_cached_key(of) }
    }
}

/// What is found of numbers: the smallest, the largest, and whether none is smaller than the one before.
struct Numbers {
    low: u64,
    high: u64,
    sorted: bool,
}

/// Writes the numbers of elements from `start` on.
fn numbers(start: usize, number: &impl Fn(usize) -> u64, to: &mut [i64]) -> Numbers {
    let mut found = Numbers { low: u64::MAX, high: 0, sorted: true };
    let mut before = number(start.saturating_sub(1));
    for (i, to) in (start..).zip(to) {
        let number = number(i);
        (found.low, found.high) = (found.low.min(number), found.high.max(number));
        found.sorted &= before <= number;
        before = number;
        *to = number as i64;
    }
    found
}
