//! Rows of numbers of 32 and 64 bits, sorted by vectors.
//!
//! Elements become signed integers, of which equal ones are the same. Zeros of both signs and NaN, which are equal but may differ in their bits, are
//! put back in their order afterwards, so that the result is that of a stable sort whatever the instruction set and the number of threads.
//!
//! A row of [`LONG`] elements or more is read chunk by chunk; each is cut at the same keys while it is in the second-level cache, and parts between
//! two of these, brought together from all chunks, are sorted on their own.
#![expect(unsafe_code, reason = "walks rows through pointers")]

use super::key::{Key, Number};
use super::vector::{Integer, Sorter, spread};
use super::{LONG, TASK};
use crate::array::{Array, Buffer};
use crate::error::Result;
use crate::kernels::Tasks;
use crate::kernels::movement::Address;
use crate::kernels::tile::isa::Isa;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Elements of a chunk: 256 KiB of the widest, a quarter of a second-level cache.
const CHUNK: usize = 1 << 15;
/// Most parts of a row. At 1e7 elements a part then has the size of a chunk.
const PARTS: usize = 256;
/// Keys that are looked at for each part.
const SAMPLES: usize = 32;
/// Rows between one that is sorted and the next. A vector that is read beside what was just written, even if masks leave it out, waits for
/// that to reach the cache: rows of 5 float64 then take twice as long.
const APART: usize = 4;
/// Keys that are looked at where places are selected, and the most places that are.
const SELECTING: usize = 1 << 12;
const SELECTED: usize = 32;

/// Sorts rows as [`super::sort`] does; `false` where this processor has no such vectors.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub fn sort_rows<K: Number>(
    places: Option<&[usize]>,
    (rows, n): (usize, usize),
    x: &Array,
    out: &Array,
    tasks: Tasks,
) -> Result<bool> {
    let Some(sorter) = K::Int::best() else { return Ok(false) };
    sort_rows_with::<K>(&sorter, places, (rows, n), x, out, tasks).map(|()| true)
}

/// Sorts rows by an instruction set.
///
/// # Errors
/// As [`sort_rows`].
pub fn sort_rows_with<K: Number>(
    sorter: &Sorter<K::Int>,
    places: Option<&[usize]>,
    (rows, n): (usize, usize),
    x: &Array,
    out: &Array,
    tasks: Tasks,
) -> Result<()> {
    const { assert!(size_of::<K::Bits>() == size_of::<K::Int>()) };
    let at = |array: &Array, row: usize| Address(Address(array.data()).at(row * n * size_of::<K::Bits>()));
    if n >= LONG {
        return (0..rows).try_for_each(|row| sort_long::<K>(sorter, places, n, at(x, row), at(out, row), tasks));
    }
    let some = (TASK / n).max(1);
    let (x, out) = (at(x, 0), at(out, 0));
    tasks(rows.div_ceil(some), &|t| {
        let (first, count) = (t * some * n * size_of::<K::Bits>(), some.min(rows - t * some) * n);
        // SAFETY: the rows lie within both arrays, aligned, and are this task's alone; they may be made where they are read.
        let keys = unsafe { copied::<K>(x.at(first), out.at(first), count) };
        let mixed = encode::<K>(keys) && places.is_none();
        let of_row = |row: &[K::Int]| Ties::<K>::of(row.iter().map(|k| K::of_int(*k)));
        let ties: Vec<Ties<K>> = if mixed { keys.chunks(n).map(of_row).collect() } else { Vec::new() };
        for first in 0..APART {
            keys.chunks_mut(n).skip(first).step_by(APART).for_each(|row| sorter.sort(row, places));
        }
        decode::<K>(keys);
        // SAFETY: the rows again.
        let sorted = unsafe { std::slice::from_raw_parts_mut(out.at(first).cast(), count) };
        sorted.chunks_mut(n).zip(ties).for_each(|(row, ties)| ties.restore(row));
    })
}

/// As [`sort_rows_with`], for one row of many elements; `out` may be `x`.
///
/// # Errors
/// As [`sort_rows`].
pub fn sort_long<K: Number>(
    sorter: &Sorter<K::Int>,
    places: Option<&[usize]>,
    n: usize,
    x: Address,
    out: Address,
    tasks: Tasks,
) -> Result<()> {
    let size = size_of::<K::Bits>();
    let places = places.filter(|p| p.len() <= SELECTED);
    // SAFETY: `i < n`, an element of the row.
    let element = |i: usize| unsafe { *x.at(i * size).cast::<K::Bits>() };
    let pivots = pivots(sorter, places, n, |i| K::to_int(element(i)));
    let (chunks, parts) = (n.div_ceil(CHUNK), pivots.len() + 1);
    let range = |c: usize| c * CHUNK..((c + 1) * CHUNK).min(n);
    let scratch = Buffer::new(n * size)?;
    let keys = Address(scratch.data());
    // For each chunk where its parts end.
    let mut ends = vec![0usize; chunks * parts];
    let (marks, mixed) = (Address(ends.as_mut_ptr().cast()), AtomicBool::new(false));
    tasks(chunks, &|c| {
        let (from, len) = (range(c).start, range(c).len());
        // SAFETY: the chunk lies within the row and the scratch buffer, of which it is this task's alone, as these marks are.
        let (keys, ends) = unsafe {
            let ends = marks.at(0).cast::<usize>().add(c * parts);
            let ends = std::slice::from_raw_parts_mut(ends, parts);
            (copied::<K>(x.at(from * size), keys.at(from * size), len), ends)
        };
        if encode::<K>(keys) {
            mixed.store(true, Ordering::Relaxed);
        }
        cut(sorter, keys, 0, &pivots, ends);
    })?;
    let ties: Option<Ties<K>> = match places.is_none() && mixed.into_inner() {
        true => Some(ties(chunks, &|c| range(c).map(element), tasks)?),
        false => None,
    };
    let piece = |c: usize, p: usize| {
        let start = if p == 0 { 0 } else { ends[c * parts + p - 1] };
        (c * CHUNK + start, ends[c * parts + p] - start)
    };
    let mut starts = vec![0; parts + 1];
    for p in 0..parts {
        starts[p + 1] = starts[p] + (0..chunks).map(|c| piece(c, p).1).sum::<usize>();
    }
    tasks(parts, &|p| {
        let (start, len) = (starts[p], starts[p + 1] - starts[p]);
        let mut at = start;
        for (from, some) in (0..chunks).map(|c| piece(c, p)) {
            // SAFETY: pieces are disjoint parts of what was written above; they are as long together as the part of the row, which is this
            // task's alone, and nothing reads the row any more.
            unsafe { std::ptr::copy_nonoverlapping(keys.at(from * size), out.at(at * size), some * size) };
            at += some;
        }
        // SAFETY: the part.
        let part = unsafe { std::slice::from_raw_parts_mut(out.at(start * size).cast::<K::Int>(), len) };
        match places {
            None => sorter.sort(part, None),
            Some(places) => {
                let here = places.iter().filter(|p| (start..start + len).contains(*p)).map(|p| p - start);
                sorter.sort(part, Some(&here.collect::<Vec<usize>>()));
            }
        }
        decode::<K>(part);
    })?;
    // SAFETY: the row, which has been written.
    ties.iter().for_each(|t| t.restore(unsafe { std::slice::from_raw_parts_mut(out.at(0).cast(), n) }));
    Ok(())
}

/// Where a long row is cut: into parts of about one length; or around each place, so closely that the part with the place is short.
fn pivots<I: Integer>(sorter: &Sorter<I>, places: Option<&[usize]>, n: usize, key: impl Fn(usize) -> I) -> Vec<I> {
    let parts = (n / CHUNK).next_power_of_two().clamp(4, PARTS);
    let count = if places.is_some() { SELECTING } else { parts * SAMPLES };
    let mut sample: Vec<I> = (0..count).map(|i| key(spread(i, n))).collect();
    sorter.sort(&mut sample, None);
    let mut pivots: Vec<I> = match places {
        None => (1..parts).map(|p| sample[p * SAMPLES]).collect(),
        Some(places) => {
            let around = |&place: &usize| {
                let share = place as f64 / n as f64;
                // Four standard deviations of a rank within the sample.
                let margin = 4.0 * (count as f64 * share * (1.0 - share)).sqrt() + 4.0;
                let rank = share * count as f64;
                [rank - margin, rank + margin].into_iter().filter(|r| (0.0..count as f64).contains(r))
            };
            places.iter().flat_map(around).map(|rank| sample[rank as usize]).collect()
        }
    };
    pivots.sort_unstable();
    pivots.dedup();
    pivots
}

/// Cuts keys at increasing pivots, and writes where the parts end.
fn cut<I: Integer>(sorter: &Sorter<I>, keys: &mut [I], start: usize, pivots: &[I], ends: &mut [usize]) {
    let middle = pivots.len() / 2;
    let Some(&pivot) = pivots.get(middle) else {
        ends[0] = start + keys.len();
        return;
    };
    let low = sorter.partition(keys, pivot);
    let ((below, above), (first, last)) = (keys.split_at_mut(low), ends.split_at_mut(middle + 1));
    cut(sorter, below, start, &pivots[..middle], first);
    cut(sorter, above, start + low, &pivots[middle + 1..], last);
}

/// Elements of a row as keys that are yet to be encoded.
///
/// # Safety
/// `n` elements can be read and written, aligned, by nobody else; `to` may be `from`, and does not overlap it otherwise.
unsafe fn copied<'a, K: Number>(from: *const u8, to: *mut u8, n: usize) -> &'a mut [K::Int] {
    // SAFETY: the caller's; integers have no invalid values.
    unsafe {
        if from != to.cast_const() {
            std::ptr::copy_nonoverlapping(from, to, n * size_of::<K::Int>());
        }
        std::slice::from_raw_parts_mut(to.cast(), n)
    }
}

/// Makes a loop over keys for wide vectors as well.
macro_rules! wide {
    ($(#[$doc:meta])* fn $name:ident<$k:ident>($keys:ident) -> $result:ty $body:block) => {
        $(#[$doc])*
        fn $name<$k: Number>($keys: &mut [$k::Int]) -> $result {
            #[inline(always)]
            fn body<$k: Number>($keys: &mut [$k::Int]) -> $result $body
            /// # Safety
            /// The processor has AVX2.
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            unsafe fn wide<$k: Number>(keys: &mut [$k::Int]) -> $result {
                body::<$k>(keys)
            }
            /// # Safety
            /// The processor has AVX-512.
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f")]
            unsafe fn widest<$k: Number>(keys: &mut [$k::Int]) -> $result {
                body::<$k>(keys)
            }
            match Isa::best() {
                Isa::Base => body::<$k>($keys),
                #[cfg(target_arch = "x86_64")]
                // SAFETY: this set has AVX2.
                Isa::Avx2 => unsafe { wide::<$k>($keys) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: this set has AVX-512.
                Isa::Avx512 => unsafe { widest::<$k>($keys) },
            }
        }
    };
}

wide! {
    /// Makes keys of the bits of elements; whether some are equal to others with other bits.
    fn encode<K>(keys) -> bool {
        let mut mixed = false;
        for key in keys {
            // SAFETY: both are integers of one size.
            let bits: K::Bits = unsafe { std::mem::transmute_copy(key) };
            let code = K::encode(bits);
            mixed |= K::rank(code) != code;
            *key = K::to_int(bits);
        }
        mixed
    }
}

wide! {
    /// Makes keys the bits of elements again.
    fn decode<K>(keys) -> () {
        for key in keys {
            // SAFETY: both are integers of one size.
            *key = unsafe { std::mem::transmute_copy(&K::of_int(*key)) };
        }
    }
}

/// Elements that are equal but may differ in their bits, in their order.
struct Ties<K: Key>(Vec<Vec<K::Bits>>);

impl<K: Number> Ties<K> {
    fn of(elements: impl Iterator<Item = K::Bits>) -> Ties<K> {
        let mut groups = vec![Vec::new(); K::TIES.len()];
        for element in elements {
            let rank = K::rank(K::encode(element));
            if let Some(group) = K::TIES.iter().position(|t| *t == rank) {
                groups[group].push(element);
            }
        }
        Ties(groups)
    }

    /// Puts them in their order in a sorted row.
    fn restore(&self, row: &mut [K::Bits]) {
        for (group, rank) in self.0.iter().zip(K::TIES) {
            let start = row.partition_point(|&e| K::rank(K::encode(e)) < *rank);
            row[start..start + group.len()].copy_from_slice(group);
        }
    }
}

/// Those of all chunks.
fn ties<K: Number, E: Iterator<Item = K::Bits>>(
    chunks: usize,
    elements: &(impl Fn(usize) -> E + Sync),
    tasks: Tasks,
) -> Result<Ties<K>> {
    let found: Vec<Mutex<Ties<K>>> = (0..chunks).map(|_| Mutex::new(Ties(Vec::new()))).collect();
    tasks(chunks, &|c| {
        let some = Ties::of(elements(c));
        *found[c].lock().unwrap_or_else(PoisonError::into_inner) = some;
    })?;
    let mut all = Ties(vec![Vec::new(); K::TIES.len()]);
    for some in found {
        let some = some.into_inner().unwrap_or_else(PoisonError::into_inner);
        all.0.iter_mut().zip(some.0).for_each(|(all, more)| all.extend(more));
    }
    Ok(all)
}
