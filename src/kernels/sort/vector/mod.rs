//! Sorting and selecting integers by vectors: partitions that pack lanes, and networks for what is short.
//!
//! After Bramas, *A Novel Hybrid Quicksort Algorithm Vectorized using AVX-512 on Intel Skylake*, 2017, and Wassenberg and others,
//! *Vectorized and performance-portable Quicksort*, 2022. What is equal is the same, so that results do not depend on the instruction set.
#![expect(unsafe_code, reason = "calls what processors may lack")]

#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod network;
#[cfg(target_arch = "x86_64")]
mod part;
#[cfg(test)]
mod tests;

use super::radix;
#[cfg(target_arch = "x86_64")]
use lanes::{Avx2I32, Avx2I64, Avx512I32, Avx512I64, Lanes};
use smallvec::SmallVec;

/// An integer that is sorted.
pub trait Integer: Copy + Ord + Send + Sync + 'static {
    /// The largest one: fills up what is sorted.
    const MAX: Self;
    /// The next one, of all but the largest.
    fn next(self) -> Self;
    /// The number of those below.
    fn number(self) -> u64;
    /// What this processor sorts them with, the best last.
    fn sorters() -> SmallVec<[Sorter<Self>; 2]>;
    /// The best.
    fn best() -> Option<Sorter<Self>> {
        Self::sorters().pop()
    }
}

/// Most keys that are looked at for a pivot.
const SAMPLE: usize = 64;

/// So many keys are sorted one by one.
const FEW: usize = 4;

/// What an instruction set does with keys. Values exist only where the processor has it.
#[derive(Clone, Copy)]
pub struct Sorter<K> {
    small: unsafe fn(&mut [K]),
    part: unsafe fn(&mut [K], K) -> usize,
    /// Keys of the largest network in registers; twice as many are sorted without a partition.
    block: usize,
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
        unsafe fn part(keys: &mut [<$v as Lanes>::Key], pivot: <$v as Lanes>::Key) -> usize {
            // SAFETY: the processor has the features.
            unsafe { part::part::<$v>(keys, pivot) }
        }
        Sorter { small, part, block: network::ROWS * <$v as Lanes>::N }
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
            fn sorters() -> SmallVec<[Sorter<$key>; 2]> {
                let mut all = SmallVec::new();
                if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("popcnt") {
                    all.push(sorter!($avx2, "avx2,popcnt"));
                    if std::is_x86_feature_detected!("avx512f") {
                        all.push(sorter!($avx512, "avx512f,avx2,popcnt"));
                    }
                }
                all
            }
            #[cfg(not(target_arch = "x86_64"))]
            fn sorters() -> SmallVec<[Sorter<$key>; 2]> {
                SmallVec::new()
            }
        }
    };
}
integer!(i32, Avx2I32, Avx512I32);
integer!(i64, Avx2I64, Avx512I64);

impl<K: Integer> Sorter<K> {
    /// Moves the keys below a pivot to the front, and counts them.
    pub fn partition(&self, keys: &mut [K], pivot: K) -> usize {
        // SAFETY: the processor has the instruction set, as there is a `Sorter`.
        unsafe { (self.part)(keys, pivot) }
    }

    /// Sorts keys, or puts some increasing places right.
    pub fn sort(&self, keys: &mut [K], places: Option<&[usize]>) {
        if keys.len() <= FEW {
            return keys.sort_unstable();
        }
        // Twice the halvings of a slice that is cut in the middle: reached where hardly anything is cut off again and again.
        let cuts = 2 * keys.len().max(1).ilog2() + 8;
        self.cut(keys, 0, places, cuts);
    }

    fn cut(&self, mut keys: &mut [K], mut start: usize, mut places: Option<&[usize]>, mut cuts: u32) {
        // Measured: where only some places matter, a partition is quicker than a merge.
        let most = if places.is_some() { self.block } else { 2 * self.block };
        loop {
            if places.is_some_and(<[usize]>::is_empty) {
                return;
            }
            if keys.len() <= most {
                // SAFETY: the processor has the instruction set, as there is a `Sorter`.
                return unsafe { (self.small)(keys) };
            }
            if cuts == 0 {
                return radix::sort(keys, size_of::<K>(), |k| k.number());
            }
            cuts -= 1;
            let pivot = self.pivot(keys);
            let mut low = self.partition(keys, pivot);
            let least = low == 0;
            if least {
                // The pivot is the smallest key: all that equal it are in place once they come first.
                if pivot == K::MAX {
                    return;
                }
                low = self.partition(keys, pivot.next());
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
                self.cut(first, start, before, cuts);
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
        Some(sorter) => sorter.sort(keys, None),
        None if radix::pays(size_of::<K>(), keys.len()) => radix::sort(keys, size_of::<K>(), |k| k.number()),
        None => keys.sort_unstable(),
    }
}

/// Places that are spread evenly, in step with no period: multiples of the golden ratio.
pub fn spread(i: usize, n: usize) -> usize {
    let share = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((u128::from(share) * n as u128) >> 64) as usize
}
