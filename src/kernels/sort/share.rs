//! A long row shared out into parts by splitters, in the order of its elements.
#![expect(unsafe_code, reason = "elements go to memory that nothing has written")]

use crate::array::Buffer;
use crate::error::Result;
use crate::kernels::Tasks;
use crate::kernels::movement::Address;

/// Parts of a row: the levels of the tree of splitters.
const LEVELS: usize = 6;
const PARTS: usize = 1 << LEVELS;
/// Elements that are looked at for each splitter: parts are then seldom twice as long as they should be.
const SAMPLES: usize = 32;
/// Elements of a task.
const CHUNK: usize = 1 << 15;

/// Distributes `n` items to parts by their rank and finishes each part, which gets its place and its items in the order of their numbers.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub fn share<T: Copy + Send + Sync, R: Copy + Ord + Send + Sync>(
    n: usize,
    load: &(impl Fn(usize) -> T + Sync),
    rank: &(impl Fn(&T) -> R + Sync),
    finish: &(impl Fn(usize, &mut [T]) + Sync),
    tasks: Tasks,
) -> Result<()> {
    let tree = splitters(n, |i| rank(&load(i)));
    let part_of = |item: &T| {
        let rank = rank(item);
        let mut at = 1;
        for _ in 0..LEVELS {
            at = 2 * at + usize::from(tree[at] <= rank);
        }
        at - PARTS
    };
    let chunks = n.div_ceil(CHUNK);
    let range = |c: usize| c * CHUNK..((c + 1) * CHUNK).min(n);
    let (numbers, items) = (Buffer::new(n)?, Buffer::new(n * size_of::<T>())?);
    let (parts, to) = (Address(numbers.data()), Address(items.data()));
    let mut places = vec![[0usize; PARTS]; chunks];
    let counts = Address(places.as_mut_ptr().cast());
    tasks(chunks, &|c| {
        let mut count = [0usize; PARTS];
        for i in range(c) {
            let part = part_of(&load(i));
            count[part] += 1;
            // SAFETY: `i < n` bytes, of which each is one task's alone.
            unsafe { parts.at(i).write(part as u8) };
        }
        // SAFETY: `c < chunks` counts, each one task's alone.
        unsafe { counts.at(0).cast::<[usize; PARTS]>().add(c).write(count) };
    })?;
    let mut starts = [0usize; PARTS + 1];
    let mut place = 0;
    for part in 0..PARTS {
        starts[part] = place;
        for count in &mut places {
            place += std::mem::replace(&mut count[part], place);
        }
    }
    starts[PARTS] = n;
    tasks(chunks, &|c| {
        let mut place = places[c];
        for i in range(c) {
            // SAFETY: the parts were written above; each item has a place below `n` of its own, as the counts say.
            unsafe {
                let part = usize::from(*parts.at(i)) % PARTS;
                to.at(0).cast::<T>().add(place[part]).write(load(i));
                place[part] += 1;
            }
        }
    })?;
    tasks(PARTS, &|p| {
        let (start, end) = (starts[p], starts[p + 1]);
        // SAFETY: all `n` items have been written; the parts are disjoint.
        let part = unsafe { std::slice::from_raw_parts_mut(to.at(0).cast::<T>().add(start), end - start) };
        if !part.is_empty() {
            finish(start, part);
        }
    })
}

/// Splitters as a search tree in an array: the children of `i` are `2 i` and `2 i + 1`.
fn splitters<R: Copy + Ord>(n: usize, rank: impl Fn(usize) -> R) -> [R; PARTS] {
    // Multiples of the golden ratio: spread evenly, in step with no period.
    let place = |i: usize| ((i as f64 * 0.618_033_988_749_894_9).fract() * n as f64) as usize;
    let mut samples: Vec<R> = (0..PARTS * SAMPLES).map(|i| rank(place(i).min(n - 1))).collect();
    samples.sort_unstable();
    let mut tree = [samples[0]; PARTS];
    for level in 0..LEVELS {
        for k in 0..1usize << level {
            let splitter = (2 * k + 1) << (LEVELS - 1 - level);
            tree[(1 << level) + k] = samples[splitter * SAMPLES];
        }
    }
    tree
}
