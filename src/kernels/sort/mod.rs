//! Order along the last axis: sorted rows, and the positions that sort them.
//!
//! Rows of less than [`LONG`] elements are sorted one by one, several a task. Longer ones are shared out by splitters, as
//! in Frazer and McKellar, *Samplesort*, 1970: elements go to the part between two splitters, in their order, and parts
//! are sorted independently. Equal elements are in one part and keep their order, so the result is that of a stable sort, whatever the number of threads.
#![expect(unsafe_code, reason = "walks rows through pointers")]

mod distinct;
mod key;
mod number;
mod packed;
mod radix;
mod scatter;
mod share;
mod vector;

use super::Tasks;
use super::movement::Address;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
pub use scatter::scatter;

use key::{Bool, ComplexKey, F16Key, F32Key, F64Key, Key, Plain};
use packed::Packing;
use vector::Integer;

/// The shortest row that is shared out: below, telling other threads costs about what it saves.
const LONG: usize = 100_000;
/// So many places are found by selecting each.
const FEW: usize = 4;
/// Elements of a task of several short rows.
const TASK: usize = 1 << 13;
/// From this many elements on, 16-bit keys are counted: fewer are sorted faster than a table of 65,536 is read.
const COUNT_WIDE: usize = 1 << 15;
/// The same for 8-bit keys.
const COUNT_NARROW: usize = 64;
/// So many 16-bit keys are sorted as 32-bit ones, by vectors: fewer by comparisons, more by their bytes.
const FEW_NARROW: usize = 32;
const WIDENED: usize = 1 << 13;

/// Runs `$body` with `$k` the key of a type.
macro_rules! by_type {
    ($t:expr, $k:ident => $body:expr) => {
        match $t {
            DType::Bool => {
                type $k = Bool;
                $body
            }
            DType::I8 => {
                type $k = Plain<i8>;
                $body
            }
            DType::U8 => {
                type $k = Plain<u8>;
                $body
            }
            DType::I16 => {
                type $k = Plain<i16>;
                $body
            }
            DType::U16 => {
                type $k = Plain<u16>;
                $body
            }
            DType::I32 => {
                type $k = Plain<i32>;
                $body
            }
            DType::U32 => {
                type $k = Plain<u32>;
                $body
            }
            DType::I64 => {
                type $k = Plain<i64>;
                $body
            }
            DType::U64 => {
                type $k = Plain<u64>;
                $body
            }
            DType::F16 => {
                type $k = F16Key;
                $body
            }
            DType::F32 => {
                type $k = F32Key;
                $body
            }
            DType::F64 => {
                type $k = F64Key;
                $body
            }
            DType::C64 => {
                type $k = ComplexKey<F32Key>;
                $body
            }
            DType::C128 => {
                type $k = ComplexKey<F64Key>;
                $body
            }
        }
    };
}

/// Writes the rows of `x` along its last axis, sorted, to `out`, which has its shape and type and lies, as `x` does, in C order; `out`
/// may be `x`. With `places`, only these are sure to hold what a sorted row has there, with nothing larger before and nothing smaller after.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`; `Error::Bug`.
pub fn sort(places: Option<&[usize]>, x: &Array, out: &Array, tasks: Tasks) -> Result<()> {
    let Some((rows, n)) = rows(x)? else { return Ok(()) };
    let sorted = match x.dtype() {
        DType::I32 => number::sort_rows::<Plain<i32>>(places, (rows, n), x, out, tasks)?,
        DType::U32 => number::sort_rows::<Plain<u32>>(places, (rows, n), x, out, tasks)?,
        DType::I64 => number::sort_rows::<Plain<i64>>(places, (rows, n), x, out, tasks)?,
        DType::U64 => number::sort_rows::<Plain<u64>>(places, (rows, n), x, out, tasks)?,
        DType::F32 => number::sort_rows::<F32Key>(places, (rows, n), x, out, tasks)?,
        DType::F64 => number::sort_rows::<F64Key>(places, (rows, n), x, out, tasks)?,
        DType::Bool | DType::I8 | DType::U8 | DType::I16 | DType::U16 | DType::F16 | DType::C64 | DType::C128 => false,
    };
    if sorted {
        return Ok(());
    }
    by_type!(x.dtype(), K => sort_rows::<K>(places, (rows, n), x, out, tasks))
}

/// Writes the positions that sort each row of `x` along its last axis to `out`, which has its shape and type int64; equal elements
/// keep their order. With `places`, only these are sure to hold what they would, as in [`sort`].
///
/// # Errors
/// As [`sort`].
pub fn argsort(places: Option<&[usize]>, x: &Array, out: &Array, tasks: Tasks) -> Result<()> {
    let Some((rows, n)) = rows(x)? else { return Ok(()) };
    if u32::try_from(n).is_ok() {
        by_type!(x.dtype(), K => argsort_rows::<K, u32>(places, (rows, n), x, out, tasks))
    } else {
        by_type!(x.dtype(), K => argsort_rows::<K, usize>(places, (rows, n), x, out, tasks))
    }
}

/// Writes the distinct elements of `x`, of one axis, sorted, to the front of `out`, which has its shape and type, and their number, int64, to `count`.
/// Of equal ones it is the first; NaN equals NaN, or nothing.
///
/// # Errors
/// As [`sort`].
pub fn unique(equal_nan: bool, x: &Array, out: &Array, count: &Array, tasks: Tasks) -> Result<()> {
    sort(None, x, out, tasks)?;
    let n = by_type!(x.dtype(), K => distinct::distinct::<K>(equal_nan, out, tasks))?;
    // SAFETY: an aligned element of int64, which is nobody else's.
    unsafe { count.data().cast::<i64>().write(n as i64) };
    Ok(())
}

/// Number and length of the rows; nothing where there are no elements.
fn rows(x: &Array) -> Result<Option<(usize, usize)>> {
    if !x.is_c_contiguous() || x.ndim() == 0 {
        return Err(Error::Bug("a sort of what is not in C order".into()));
    }
    let n = x.shape()[x.ndim() - 1];
    Ok((x.size() > 0).then(|| (x.size() / n, n)))
}

fn sort_rows<K: Key>(
    places: Option<&[usize]>,
    (rows, n): (usize, usize),
    x: &Array,
    out: &Array,
    tasks: Tasks,
) -> Result<()> {
    let (from, to) = (Address(x.data()), Address(out.data()));
    let size = size_of::<K::Bits>();
    let few = places.filter(|p| p.len() <= FEW && !K::COUNTED);
    if n < LONG || K::COUNTED || few.is_some() {
        let some = (TASK / n).max(1);
        return tasks(rows.div_ceil(some), &|t| {
            for row in t * some..((t + 1) * some).min(rows) {
                // SAFETY: the row lies within both arrays, aligned, and is this task's alone; it may be made where it is read.
                // `K::Bits` has the size of an element and no invalid values.
                let row = unsafe {
                    let (from, to) = (from.at(row * n * size), to.at(row * n * size));
                    if from != to {
                        std::ptr::copy_nonoverlapping(from.cast_const(), to, n * size);
                    }
                    std::slice::from_raw_parts_mut(to.cast::<K::Bits>(), n)
                };
                row.iter_mut().for_each(|k| *k = K::encode(*k));
                match few {
                    Some(places) => select(row, places, |&k| K::rank(k)),
                    None if places.is_some_and(|places| select_narrow::<K>(row, places)) => {}
                    None => sort_keys::<K>(row),
                }
                row.iter_mut().for_each(|k| *k = K::decode(*k));
            }
        });
    }
    for row in 0..rows {
        let (from, to) = (Address(from.at(row * n * size)), Address(to.at(row * n * size)));
        // SAFETY: `i < n` elements lie at the address.
        let load = |i: usize| K::encode(unsafe { *from.at(0).cast::<K::Bits>().add(i) });
        let finish = |start: usize, part: &mut [K::Bits]| {
            if wanted(places, start, part.len()) {
                sort_keys::<K>(part);
            }
            // SAFETY: the parts are disjoint and lie within the row, of which nothing is read any more.
            let to = unsafe { std::slice::from_raw_parts_mut(to.at(0).cast::<K::Bits>().add(start), part.len()) };
            to.iter_mut().zip(&*part).for_each(|(to, k)| *to = K::decode(*k));
        };
        share::share(n, &|i| load(i), &|k| K::rank(*k), &finish, tasks)?;
    }
    Ok(())
}

/// Sorts encoded keys; equal ones that differ in their bits keep their order.
fn sort_keys<K: Key>(keys: &mut [K::Bits]) {
    let narrow = size_of::<K::Bits>() == 1;
    if mixed::<K>(keys) {
        if radix::pays(K::DIGITS, keys.len()) {
            radix::sort(keys, K::DIGITS, |&k| K::number(K::rank(k)));
        } else {
            keys.sort_by_key(|&k| K::rank(k));
        }
    } else if K::COUNTED && keys.len() >= if narrow { COUNT_NARROW } else { COUNT_WIDE } {
        count_keys::<K>(keys);
    } else if size_of::<K::Bits>() == 2 && (FEW_NARROW..WIDENED).contains(&keys.len()) {
        widened::<K>(keys, vector::sort);
    } else if radix::pays(K::DIGITS, keys.len()) {
        radix::sort(keys, K::DIGITS, |&k| K::number(k));
    } else {
        K::sort_different(keys);
    }
}

/// Whether some of the places, or any without these, are among so many from `start` on.
fn wanted(places: Option<&[usize]>, start: usize, len: usize) -> bool {
    places.is_none_or(|places| places.iter().any(|p| (start..start + len).contains(p)))
}

/// Puts a few increasing places right.
fn select<T, R: Ord>(items: &mut [T], places: &[usize], rank: impl Fn(&T) -> R) {
    let (mut rest, mut start) = (items, 0);
    for &place in places {
        rest.select_nth_unstable_by_key(place - start, &rank);
        rest = &mut rest[place + 1 - start..];
        start = place + 1;
    }
}

/// Puts places of keys of 16 bits right, as keys of 32 bits, by vectors; `false` where that cannot be.
fn select_narrow<K: Key>(keys: &mut [K::Bits], places: &[usize]) -> bool {
    let Some(sorter) = i32::best().filter(|_| size_of::<K::Bits>() == 2) else { return false };
    // Equal keys that differ in their bits would become one.
    let can = places.len() <= FEW && !mixed::<K>(keys);
    if can {
        widened::<K>(keys, |wide| sorter.sort(wide, Some(places)));
    }
    can
}

/// Whether some keys are equal to others with other bits.
fn mixed<K: Key>(keys: &[K::Bits]) -> bool {
    keys.iter().fold(false, |any, &k| any | (K::rank(k) != k))
}

/// Does something to keys of 16 bits as numbers of 32.
fn widened<K: Key>(keys: &mut [K::Bits], work: impl FnOnce(&mut [i32])) {
    let mut wide: Vec<i32> = keys.iter().map(|&k| K::number(k) as i32).collect();
    work(&mut wide);
    keys.iter_mut().zip(wide).for_each(|(k, number)| *k = K::of_number(number as u64));
}

/// Sorts keys of at most 16 bits by counting each.
fn count_keys<K: Key>(keys: &mut [K::Bits]) {
    let mut counts = vec![0usize; 1 << (8 * size_of::<K::Bits>())];
    keys.iter().for_each(|&k| counts[K::number(k) as usize] += 1);
    let mut rest = keys;
    for (number, count) in (0..).zip(counts).filter(|(_, c)| *c > 0) {
        let (some, more) = std::mem::take(&mut rest).split_at_mut(count);
        some.fill(K::of_number(number));
        rest = more;
    }
}

/// Sorts pairs by their keys, which are ranks; equal ones keep their order.
fn sort_pairs<K: Key, I: Place>(pairs: &mut [(K::Bits, I)]) {
    if radix::pays(K::DIGITS, pairs.len()) {
        radix::sort(pairs, K::DIGITS, |p| K::number(p.0));
    } else {
        pairs.sort_by_key(|p| p.0);
    }
}

/// A position within a row.
trait Place: Copy + Send + Sync {
    fn of(i: usize) -> Self;
    fn get(self) -> i64;
}

impl Place for u32 {
    fn of(i: usize) -> u32 {
        i as u32
    }
    fn get(self) -> i64 {
        i64::from(self)
    }
}

impl Place for usize {
    fn of(i: usize) -> usize {
        i
    }
    fn get(self) -> i64 {
        self as i64
    }
}

fn argsort_rows<K: Key, I: Place>(
    places: Option<&[usize]>,
    (rows, n): (usize, usize),
    x: &Array,
    out: &Array,
    tasks: Tasks,
) -> Result<()> {
    let (from, to) = (Address(x.data()), Address(out.data()));
    // SAFETY: `i` is the number of an element of `x`.
    let rank = |i: usize| K::rank(K::encode(unsafe { *from.at(i * size_of::<K::Bits>()).cast::<K::Bits>() }));
    // SAFETY: the elements lie within `out`, and are the calling task's alone.
    let positions =
        |start: usize, n: usize| unsafe { std::slice::from_raw_parts_mut(to.at(start * 8).cast::<i64>(), n) };
    let write = |start: usize, pairs: &[(K::Bits, I)]| {
        positions(start, pairs.len()).iter_mut().zip(pairs).for_each(|(to, (_, i))| *to = i.get());
    };
    let packing = Packing::of::<K>(n);
    if n < LONG {
        let some = (TASK / n).max(1);
        return tasks(rows.div_ceil(some), &|t| {
            let mut pairs: Vec<(K::Bits, I)> = Vec::new();
            for row in t * some..((t + 1) * some).min(rows) {
                let number = |i: usize| K::number(rank(row * n + i));
                if packing.as_ref().is_some_and(|p| p.row(places, number, positions(row * n, n))) {
                    continue;
                }
                pairs.clear();
                pairs.extend((0..n).map(|i| (rank(row * n + i), I::of(i))));
                match places.filter(|p| p.len() <= FEW) {
                    Some(places) => select(&mut pairs, places, |p| p.0),
                    None => sort_pairs::<K, I>(&mut pairs),
                }
                write(row * n, &pairs);
            }
        });
    }
    for row in 0..rows {
        if let Some(packing) = &packing {
            let (number, to) = (|i: usize| K::number(rank(row * n + i)), Address(to.at(row * n * 8)));
            // SAFETY: the row lies within `out`, which is nobody else's.
            if unsafe { packing.long_row(places, number, (to, n), tasks)? } {
                continue;
            }
        }
        let finish = |start: usize, part: &mut [(K::Bits, I)]| {
            if wanted(places, start, part.len()) {
                sort_pairs::<K, I>(part);
            }
            write(row * n + start, part);
        };
        share::share(n, &|i| (rank(row * n + i), I::of(i)), &|p| p.0, &finish, tasks)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
