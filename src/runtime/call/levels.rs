//! The states of a task's blocks, combined pairwise as in a binary counter.
#![expect(unsafe_code, reason = "combines states in scratch memory")]

use crate::kernels::fold::FoldFns;
use smallvec::SmallVec;

/// State buffers of a fold: one for each level of the tree of a task's blocks, and one spare.
pub(super) const LEVELS: usize = 34;

/// Combines states that stand for so many elements each into the first, neighbours first: a tree that depends on their
/// number alone.
///
/// # Safety
/// `state` gives `width` states for each of the counts, which overlap no others and which nobody else touches.
pub(super) unsafe fn combine(fns: &FoldFns, width: usize, state: impl Fn(usize) -> *mut u8, counts: &mut [u64]) {
    let mut step = 1;
    while step < counts.len() {
        for p in (0..counts.len() - step).step_by(2 * step) {
            // SAFETY: by contract.
            unsafe { (fns.combine)(width, state(p), state(p + step), counts[p], counts[p + step]) };
            counts[p] += counts[p + step];
        }
        step *= 2;
    }
}

/// The states of a task's blocks, combined pairwise as in a binary counter.
pub(super) struct Levels {
    /// Where the next block's states go.
    pub(super) spare: *mut u8,
    held: SmallVec<[*mut u8; LEVELS]>,
    counts: [u64; LEVELS],
    /// Bit l: level l holds states.
    used: u64,
}

impl Levels {
    /// Room for the states of `blocks` blocks, of `bytes` bytes a level, at `base`.
    pub(super) fn new(base: *mut u8, bytes: usize, blocks: usize) -> Levels {
        let mut held = SmallVec::new();
        for level in 1..=(usize::BITS - blocks.leading_zeros()) as usize {
            held.push(base.wrapping_add(level * bytes));
        }
        Levels { spare: base, held, counts: [0; LEVELS], used: 0 }
    }

    /// Takes in the states at `spare`, of block number `at`.
    ///
    /// # Safety
    /// `spare` and the held buffers have `width` states each and do not overlap.
    pub(super) unsafe fn push(&mut self, fns: &FoldFns, width: usize, elements: u64, at: usize) {
        // SAFETY: by contract.
        unsafe { self.push_at(fns, width, elements, at, 0) }
    }

    /// Takes in the states, one after another in `states`, of `blocks` blocks of `elements` elements each, from block number
    /// `at` on.
    ///
    /// # Safety
    /// As for [`Levels::push`], of width one; `states` holds as many states of `size` bytes.
    pub(super) unsafe fn push_alike(
        &mut self,
        fns: &FoldFns,
        size: usize,
        states: *mut u8,
        blocks: usize,
        elements: u64,
        at: usize,
    ) {
        let mut counts: SmallVec<[u64; 16]> = SmallVec::from_elem(elements, blocks);
        let state = |n: usize| states.wrapping_add(n * size);
        let mut n = 0;
        while n < blocks {
            // As many as make a whole subtree: they need not be carried one by one.
            let mut group = 1;
            while (at + n) & (2 * group - 1) == 0 && n + 2 * group <= blocks {
                group *= 2;
            }
            // SAFETY: `group` of the states, by contract this thread's; `spare` takes a state, and overlaps none of these.
            unsafe {
                combine(fns, 1, |p| state(n + p), &mut counts[n..n + group]);
                std::ptr::copy_nonoverlapping(state(n), self.spare, size);
                self.push_at(fns, 1, counts[n], at + n, group.ilog2() as usize);
            }
            n += group;
        }
    }

    /// [`Levels::push`] of `2^level` blocks.
    ///
    /// # Safety
    /// As for [`Levels::push`].
    pub(super) unsafe fn push_at(&mut self, fns: &FoldFns, width: usize, elements: u64, at: usize, mut level: usize) {
        debug_assert_eq!(self.used, at as u64);
        let mut count = elements;
        while self.used >> level & 1 == 1 {
            // SAFETY: by contract. The held states are of earlier blocks.
            unsafe { (fns.combine)(width, self.held[level], self.spare, self.counts[level], count) };
            count += self.counts[level];
            std::mem::swap(&mut self.held[level], &mut self.spare);
            self.used &= !(1 << level);
            level += 1;
        }
        std::mem::swap(&mut self.held[level], &mut self.spare);
        self.counts[level] = count;
        self.used |= 1 << level;
    }

    /// The states of all blocks, and how many elements each stands for.
    ///
    /// # Safety
    /// As for [`Levels::push`]; at least one block was pushed.
    pub(super) unsafe fn collect(&mut self, fns: &FoldFns, width: usize) -> (*const u8, u64) {
        let mut level = self.used.trailing_zeros() as usize;
        let (mut states, mut count) = (self.held[level], self.counts[level]);
        self.used &= self.used - 1;
        while self.used != 0 {
            level = self.used.trailing_zeros() as usize;
            // SAFETY: by contract. Higher levels hold earlier blocks.
            unsafe { (fns.combine)(width, self.held[level], states, self.counts[level], count) };
            count += self.counts[level];
            states = self.held[level];
            self.used &= self.used - 1;
        }
        (states, count)
    }
}
