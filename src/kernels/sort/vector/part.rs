//! Partitions by vectors, in place.
//!
//! Vectors are read from both ends of the gap between keys that are in their place. What is below the pivot is written to the front, the rest to
//! the back, over keys that have been read: some are held in registers for that.
#![expect(unsafe_code, reason = "works on vectors through pointers")]

use super::lanes::Lanes;

/// Vectors that are read at a time. From which end they come is foretold badly: the more, the less that costs for each.
const BATCH: usize = 8;
/// Lanes of the widest vector.
const WIDEST: usize = 16;

/// A partition under way. Keys below `low` and from `high` on are in place, those from `left` to `right` have not been read.
struct Gap<V: Lanes> {
    keys: *mut V::Key,
    pivots: V,
    low: usize,
    left: usize,
    right: usize,
    high: usize,
}

impl<V: Lanes> Gap<V> {
    /// Writes a vector to its places.
    ///
    /// # Safety
    /// As [`Lanes`]; nothing between `low` and `low + V::N` is still to be read, nor between `high - V::N` and `high`, and these do not
    /// overlap or are the same.
    #[inline(always)]
    unsafe fn put(&mut self, v: V) {
        // SAFETY: as the caller says.
        let below = unsafe { v.part(self.pivots, self.keys.add(self.low), self.keys.add(self.high)) };
        self.low += below;
        self.high -= V::N - below;
    }

    /// Reads vectors `C` at a time and writes them, as long as there are as many.
    ///
    /// # Safety
    /// As [`Lanes`]; all between `low` and `high` are keys, and at least `2 * C` vectors of them have been read and are held elsewhere.
    #[inline(always)]
    unsafe fn pass<const C: usize>(&mut self) {
        while self.right - self.left >= C * V::N {
            // The end with less room: at the other there is room for `C` vectors, and here as soon as these are read.
            let at = if self.left - self.low <= self.high - self.right {
                self.left += C * V::N;
                self.left - C * V::N
            } else {
                self.right -= C * V::N;
                self.right
            };
            // SAFETY: keys that have not been read. Of each vector no more than itself goes to either end, so that there is room for all.
            unsafe {
                let some: [V; C] = std::array::from_fn(|i| V::load(self.keys.add(at + i * V::N)));
                for v in some {
                    self.put(v);
                }
            }
        }
    }
}

/// As [`part`], with `B` vectors of either end held.
///
/// # Safety
/// As [`Lanes`]; there are `2 * B` vectors of keys, or less than two if `B` is zero.
#[inline(always)]
unsafe fn part_with<V: Lanes, const B: usize>(keys: &mut [V::Key], pivot: V::Key) -> usize {
    let (n, keys) = (keys.len(), keys.as_mut_ptr());
    // SAFETY: as the caller says. All that is read lies within the keys; `pass` has the vectors that are held. What is left then, less than a
    // vector, is written one by one, and `2 * B` vectors after that: the gap is as long as these are.
    unsafe {
        let at = |i: usize| V::load(keys.add(i));
        let first: [V; B] = std::array::from_fn(|i| at(i * V::N));
        let last: [V; B] = std::array::from_fn(|i| at(n - (i + 1) * V::N));
        let mut gap = Gap { keys, pivots: V::splat(pivot), low: 0, left: B * V::N, right: n - B * V::N, high: n };
        if B > 0 {
            gap.pass::<B>();
            gap.pass::<1>();
        }
        let (mut rest, count) = ([pivot; 2 * WIDEST], gap.right - gap.left);
        std::ptr::copy_nonoverlapping(keys.add(gap.left), rest.as_mut_ptr(), count);
        for &key in &rest[..count] {
            keys.add(gap.low).write(key);
            keys.add(gap.high - 1).write(key);
            let below = usize::from(key < pivot);
            gap.low += below;
            gap.high -= 1 - below;
        }
        for v in first.into_iter().chain(last) {
            gap.put(v);
        }
        gap.low
    }
}

/// Moves the keys below a pivot to the front, and counts them.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub unsafe fn part<V: Lanes>(keys: &mut [V::Key], pivot: V::Key) -> usize {
    // SAFETY: as the caller says, with so many keys.
    unsafe {
        match keys.len() / V::N {
            0..2 => part_with::<V, 0>(keys, pivot),
            n if n < 2 * BATCH => part_with::<V, 1>(keys, pivot),
            _ => part_with::<V, BATCH>(keys, pivot),
        }
    }
}
