//! Sorting and selecting integers by vectors: partitions that pack lanes, and networks for what is short.
//!
//! After Bramas, *A Novel Hybrid Quicksort Algorithm Vectorized using AVX-512 on Intel Skylake*, 2017, and Wassenberg and others,
//! *Vectorized and performance-portable Quicksort*, 2022; partitions are made from left to right here, with the keys that are not below the pivot set
//! aside. What is equal is the same, so that results do not depend on the instruction set.
#![expect(unsafe_code, reason = "calls what processors may lack")]

#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod network;
#[cfg(test)]
mod tests;

use super::radix;
#[cfg(target_arch = "x86_64")]
use lanes::{Avx2I32, Avx2I64, Avx512I32, Avx512I64, Lanes};
use std::mem::MaybeUninit;

/// An integer that is sorted.
pub trait Integer: Copy + Ord + Send + Sync + 'static {
    /// The largest one: fills up what is sorted.
    const MAX: Self;
    /// The next one, of all but the largest.
    fn next(self) -> Self;
    /// The number of those below.
    fn number(self) -> u64;
    /// What this processor sorts them with, the best last.
    fn sorters() -> Vec<Sorter<Self>>;
    /// The best.
    fn best() -> Option<Sorter<Self>> {
        Self::sorters().pop()
    }
}

/// Most keys that are looked at for a pivot.
const SAMPLE: usize = 64;

/// So many keys are sorted one by one.
const FEW: usize = 4;

/// The widest vector in bytes.
const VECTOR: usize = 64;

/// What an instruction set does with keys. Values exist only where the processor has it.
#[derive(Clone, Copy)]
pub struct Sorter<K> {
    small: unsafe fn(&mut [K]),
    part: unsafe fn(&mut [K], K, &mut [MaybeUninit<K>]) -> usize,
    most: usize,
}

/// Moves the keys below a pivot to the front, and counts them. All keep their order.
///
/// # Safety
/// As [`Lanes`]; `aside` has room for all keys and a vector.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn part<V: Lanes>(keys: &mut [V::Key], pivot: V::Key, aside: &mut [MaybeUninit<V::Key>]) -> usize {
    let n = keys.len();
    debug_assert!(aside.len() >= n + V::N);
    let (from, to) = (keys.as_mut_ptr(), aside.as_mut_ptr().cast::<V::Key>());
    let (mut low, mut at) = (0, 0);
    // SAFETY: `low <= at`, so that what is written to the front has been read: `V::N` keys from `low` on end before `at + V::N <= n`. The
    // keys that are set aside are `at - low < n`, and a vector more fits.
    unsafe {
        let pivots = V::splat(pivot);
        while at + V::N <= n {
            low += V::load(from.add(at)).part(pivots, from.add(low), to.add(at - low));
            at += V::N;
        }
        while at < n {
            let key = *from.add(at);
            from.add(low).write(key);
            to.add(at - low).write(key);
            low += usize::from(key < pivot);
            at += 1;
        }
        std::ptr::copy_nonoverlapping(to, from.add(low), n - low);
    }
    low
}

#[cfg(target_arch = "x86_64")]
macro_rules! sorter {
    ($v:ty, $features:literal) => {{
        #[target_feature(enable = $features)]
        unsafe fn small(keys: &mut [<$v as Lanes>::Key]) {
            // SAFETY: the processor has the features.
            unsafe { network::sort::<$v>(keys) }
        }
        #[target_feature(enable = $features)]
        unsafe fn apart(
            keys: &mut [<$v as Lanes>::Key],
            pivot: <$v as Lanes>::Key,
            aside: &mut [MaybeUninit<<$v as Lanes>::Key>],
        ) -> usize {
            // SAFETY: the processor has the features; the rest is the caller's.
            unsafe { part::<$v>(keys, pivot, aside) }
        }
        Sorter { small, part: apart, most: network::ROWS * <$v as Lanes>::N }
    }};
}

macro_rules! integer {
    ($key:ty, $avx2:ident, $avx512:ident) => {
        impl Integer for $key {
            const MAX: $key = <$key>::MAX;
            fn next(self) -> $key {
                self.wrapping_add(1)
            }
            fn number(self) -> u64 {
                u64::from(self.abs_diff(<$key>::MIN))
            }
            #[cfg(target_arch = "x86_64")]
            fn sorters() -> Vec<Sorter<$key>> {
                let mut all = Vec::new();
                if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("popcnt") {
                    all.push(sorter!($avx2, "avx2,popcnt"));
                    if std::is_x86_feature_detected!("avx512f") {
                        all.push(sorter!($avx512, "avx512f,avx2,popcnt"));
                    }
                }
                all
            }
            #[cfg(not(target_arch = "x86_64"))]
            fn sorters() -> Vec<Sorter<$key>> {
                Vec::new()
            }
        }
    };
}
integer!(i32, Avx2I32, Avx512I32);
integer!(i64, Avx2I64, Avx512I64);

impl<K: Integer> Sorter<K> {
    /// Keys that must fit into what is lent for partitions of `n` keys.
    pub const fn aside(n: usize) -> usize {
        n + VECTOR / size_of::<K>()
    }

    /// Moves the keys below a pivot to the front, and counts them. All keep their order.
    ///
    /// # Panics
    /// If `aside` is too short.
    pub fn partition(&self, keys: &mut [K], pivot: K, aside: &mut [MaybeUninit<K>]) -> usize {
        assert!(aside.len() >= Self::aside(keys.len()), "too little to set aside");
        // SAFETY: the processor has the instruction set, as there is a `Sorter`; there is room.
        unsafe { (self.part)(keys, pivot, aside) }
    }

    /// Sorts keys, or puts some increasing places right.
    ///
    /// # Panics
    /// As [`Sorter::partition`].
    pub fn sort(&self, keys: &mut [K], places: Option<&[usize]>, aside: &mut [MaybeUninit<K>]) {
        if keys.len() <= FEW {
            return keys.sort_unstable();
        }
        // Twice the halvings of a slice that is cut in the middle: reached where hardly anything is cut off again and again.
        let cuts = 2 * keys.len().max(1).ilog2() + 8;
        self.cut(keys, 0, places, cuts, aside);
    }

    fn cut(
        &self,
        mut keys: &mut [K],
        mut start: usize,
        mut places: Option<&[usize]>,
        mut cuts: u32,
        aside: &mut [MaybeUninit<K>],
    ) {
        loop {
            if places.is_some_and(<[usize]>::is_empty) {
                return;
            }
            if keys.len() <= self.most {
                // SAFETY: the processor has the instruction set, as there is a `Sorter`.
                return unsafe { (self.small)(keys) };
            }
            if cuts == 0 {
                return radix::sort(keys, size_of::<K>(), |k| k.number());
            }
            cuts -= 1;
            let pivot = self.pivot(keys);
            let mut low = self.partition(keys, pivot, aside);
            let least = low == 0;
            if least {
                // The pivot is the smallest key: all that equal it are in place once they come first.
                if pivot == K::MAX {
                    return;
                }
                low = self.partition(keys, pivot.next(), aside);
            }
            let (first, rest) = std::mem::take(&mut keys).split_at_mut(low);
            let (before, after) = match places {
                None => (None, None),
                Some(places) => {
                    let (before, after) = places.split_at(places.partition_point(|p| *p < start + low));
                    (Some(before), Some(after))
                }
            };
            if !least {
                self.cut(first, start, before, cuts, aside);
            }
            (keys, start, places) = (rest, start + low, after);
        }
    }

    /// About the middle of keys.
    fn pivot(&self, keys: &[K]) -> K {
        let mut sample = [keys[0]; SAMPLE];
        // Measured: more keys cost more than they save.
        let sample = &mut sample[..match keys.len() {
            0..512 => 8,
            512..4096 => 16,
            4096..65_536 => 32,
            _ => SAMPLE,
        }];
        for (i, key) in sample.iter_mut().enumerate() {
            *key = keys[spread(i, keys.len())];
        }
        // SAFETY: the processor has the instruction set, as there is a `Sorter`; every network takes 64 keys.
        unsafe { (self.small)(sample) };
        sample[sample.len() / 2]
    }
}

/// Sorts keys by the best that this processor has.
pub fn sort<K: Integer>(keys: &mut [K]) {
    match K::best() {
        Some(sorter) => sorter.sort(keys, None, &mut vec![MaybeUninit::uninit(); Sorter::<K>::aside(keys.len())]),
        None if radix::pays(size_of::<K>(), keys.len()) => radix::sort(keys, size_of::<K>(), |k| k.number()),
        None => keys.sort_unstable(),
    }
}

/// Places that are spread evenly, in step with no period: multiples of the golden ratio.
pub fn spread(i: usize, n: usize) -> usize {
    let share = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((u128::from(share) * n as u128) >> 64) as usize
}
