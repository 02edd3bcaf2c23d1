//! Compiled segments by their structure: one for the process, bounded, least recently used evicted.
//!
//! Evicted code that still runs lives on through its handle.

use super::code::CompiledSegment;
use super::ir::{Operand, Segment};
use crate::array::fork::PerProcess;
use crate::error::Result;
use crate::ops::expr::{Inst, ValueId};
use crate::ops::reduction::Fold;
use rustc_hash::{FxHashMap, FxHasher};
use smallvec::SmallVec;
use std::collections::hash_map;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

/// What the cache may keep.
#[derive(Clone, Copy)]
struct Limits {
    kernels: usize,
    /// Bytes of code.
    code: usize,
}

const LIMITS: Limits = Limits { kernels: 4096, code: 32 << 20 };

/// What the cache has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Segments found compiled.
    pub hits: u64,
    /// Segments compiled.
    pub misses: u64,
    /// Time spent compiling, in nanoseconds.
    pub compile_ns: u64,
    /// Segments evicted.
    pub evictions: u64,
    /// Kernels held.
    pub kernels: usize,
    /// Bytes of code held.
    pub code_bytes: usize,
}

/// A segment's structure: everything that its code depends on.
#[derive(Debug)]
struct Key {
    operands: Vec<Operand>,
    insts: Vec<Inst>,
    stores: Vec<ValueId>,
    folds: Vec<(ValueId, Fold)>,
}

impl Key {
    fn of(segment: &Segment) -> Key {
        Key {
            operands: segment.operands.clone(),
            insts: segment.body.insts().to_vec(),
            stores: segment.stores.clone(),
            folds: segment.folds.clone(),
        }
    }

    fn is_of(&self, segment: &Segment) -> bool {
        self.operands == segment.operands
            && self.insts == segment.body.insts()
            && self.stores == segment.stores
            && self.folds == segment.folds
    }
}

/// The hash of what [`Key`] holds, without making one: looking up allocates nothing.
fn hash(segment: &Segment) -> u64 {
    let mut hasher = FxHasher::default();
    segment.operands.hash(&mut hasher);
    segment.body.insts().hash(&mut hasher);
    segment.stores.hash(&mut hasher);
    segment.folds.hash(&mut hasher);
    hasher.finish()
}

#[derive(Debug)]
struct Entry {
    key: Key,
    kernel: Arc<CompiledSegment>,
    /// [`Cache::clock`] at the last use.
    used: u64,
}

#[derive(Default)]
struct Cache {
    /// By hash; more than one where hashes collide.
    entries: FxHashMap<u64, SmallVec<[Entry; 1]>>,
    clock: u64,
    stats: Stats,
}

static CACHE: PerProcess<Cache> = PerProcess::new();

/// A segment, compiled if this process has not done so.
///
/// # Errors
/// As [`CompiledSegment::new`].
pub fn segment(segment: &Segment) -> Result<Arc<CompiledSegment>> {
    let hash = hash(segment);
    if let Some(kernel) = CACHE.lock().find(hash, segment) {
        return Ok(kernel);
    }
    // Outside the lock: two threads may compile the same, and the first one's stays.
    let start = Instant::now();
    let kernel = Arc::new(CompiledSegment::new(segment)?);
    let ns = start.elapsed().as_nanos() as u64;
    let (kernel, evicted) = CACHE.lock().insert(hash, segment, kernel, ns, LIMITS);
    drop(evicted);
    Ok(kernel)
}

/// A segment that this process has compiled and still holds.
pub fn known(segment: &Segment) -> Option<Arc<CompiledSegment>> {
    CACHE.lock().find(hash(segment), segment)
}

/// What the cache has done so far.
pub fn stats() -> Stats {
    CACHE.lock().stats
}

impl Cache {
    fn find(&mut self, hash: u64, segment: &Segment) -> Option<Arc<CompiledSegment>> {
        self.clock += 1;
        let entry = self.entries.get_mut(&hash)?.iter_mut().find(|entry| entry.key.is_of(segment))?;
        entry.used = self.clock;
        self.stats.hits += 1;
        Some(entry.kernel.clone())
    }

    /// Adds a kernel, and makes room where there is too much; what was evicted is to be dropped without the lock.
    fn insert(
        &mut self,
        hash: u64,
        segment: &Segment,
        kernel: Arc<CompiledSegment>,
        ns: u64,
        limits: Limits,
    ) -> (Arc<CompiledSegment>, Vec<Entry>) {
        self.stats.misses += 1;
        self.stats.compile_ns += ns;
        let same_hash = self.entries.entry(hash).or_default();
        if let Some(first) = same_hash.iter().find(|entry| entry.key.is_of(segment)) {
            return (first.kernel.clone(), Vec::new());
        }
        same_hash.push(Entry { key: Key::of(segment), kernel: kernel.clone(), used: self.clock });
        self.stats.kernels += 1;
        self.stats.code_bytes += kernel.code_size();
        let full = self.stats.kernels > limits.kernels || self.stats.code_bytes > limits.code;
        let evicted = if full { self.evict(limits) } else { Vec::new() };
        (kernel, evicted)
    }

    /// Takes out the least recently used until an eighth of the room is free: one pass over all serves many inserts.
    fn evict(&mut self, limits: Limits) -> Vec<Entry> {
        let entries = self.entries.iter().flat_map(|(&hash, entries)| entries.iter().map(move |e| (e.used, hash)));
        let mut by_age: Vec<(u64, u64)> = entries.collect();
        by_age.sort_unstable();
        // The newest stays, however large.
        by_age.pop();
        let mut evicted = Vec::new();
        for (used, hash) in by_age {
            if self.stats.kernels <= limits.kernels - limits.kernels / 8
                && self.stats.code_bytes <= limits.code - limits.code / 8
            {
                break;
            }
            let hash_map::Entry::Occupied(mut entries) = self.entries.entry(hash) else { continue };
            let Some(at) = entries.get().iter().position(|entry| entry.used == used) else { continue };
            let entry = entries.get_mut().remove(at);
            if entries.get().is_empty() {
                entries.remove();
            }
            self.stats.kernels -= 1;
            self.stats.code_bytes -= entry.kernel.code_size();
            self.stats.evictions += 1;
            evicted.push(entry);
        }
        evicted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::jit::ir::Access;
    use crate::ops::expr::Body;
    use crate::ops::prim::Prim;

    fn add_constant(x: f64) -> Segment {
        let mut body = Body::default();
        let (a, k) = (body.load(0, DType::F64), body.lit(x, DType::F64));
        let sum = body.prim(Prim::Add, &[a, k]);
        let operands = vec![Operand { dtype: DType::F64, access: Access::Unit }];
        Segment { operands, body, stores: vec![sum], folds: Vec::new() }
    }

    fn insert(cache: &mut Cache, segment: &Segment, limits: Limits) -> Vec<Entry> {
        let kernel = Arc::new(CompiledSegment::new(segment).unwrap());
        cache.insert(hash(segment), segment, kernel, 1, limits).1
    }

    #[test]
    fn a_segment_is_compiled_once() {
        let s = add_constant(0.125);
        let (first, second) = (segment(&s).unwrap(), segment(&s.clone()).unwrap());
        assert!(Arc::ptr_eq(&first, &second));
        let mut scalar = s;
        scalar.operands[0].access = Access::Scalar;
        assert!(!Arc::ptr_eq(&first, &segment(&scalar).unwrap()));
    }

    #[test]
    fn the_least_recently_used_go_first() {
        let limits = Limits { kernels: 8, code: usize::MAX };
        let mut cache = Cache::default();
        let segments: Vec<Segment> = (0..9).map(|i| add_constant(f64::from(i))).collect();
        for s in &segments[..8] {
            assert!(cache.find(hash(s), s).is_none());
            assert!(insert(&mut cache, s, limits).is_empty());
        }
        assert!(cache.find(hash(&segments[0]), &segments[0]).is_some());
        cache.find(hash(&segments[8]), &segments[8]);
        let evicted = insert(&mut cache, &segments[8], limits);
        assert_eq!(evicted.len(), 2);
        let held: Vec<bool> = segments.iter().map(|s| cache.find(hash(s), s).is_some()).collect();
        assert_eq!(held, [true, false, false, true, true, true, true, true, true]);
        assert_eq!((cache.stats.kernels, cache.stats.evictions), (7, 2));
    }

    #[test]
    fn code_is_bounded_by_its_bytes() {
        let mut cache = Cache::default();
        let size = CompiledSegment::new(&add_constant(0.5)).unwrap().code_size();
        let limits = Limits { kernels: 1000, code: 10 * size };
        for i in 1..=100 {
            let s = add_constant(f64::from(i));
            cache.find(hash(&s), &s);
            insert(&mut cache, &s, limits);
            assert!(cache.stats.code_bytes <= limits.code);
        }
        assert_eq!(cache.stats.code_bytes, cache.stats.kernels * size);
    }
}
