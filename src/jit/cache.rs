//! Compiled segments by their structure: one for the process, bounded, least recently used evicted.
//!
//! Evicted code that still runs lives on through its handle.

use super::code::{CompiledSegment, PerProcess};
use super::ir::{Operand, Segment};
use crate::error::Result;
use crate::ops::expr::{Inst, ValueId};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::time::Instant;

/// Kernels kept.
const MAX_KERNELS: usize = 4096;

/// Bytes of code kept.
const MAX_CODE: usize = 32 << 20;

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
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    operands: Vec<Operand>,
    insts: Vec<Inst>,
    stores: Vec<ValueId>,
}

impl Key {
    fn of(segment: &Segment) -> Key {
        Key { operands: segment.operands.clone(), insts: segment.body.insts().to_vec(), stores: segment.stores.clone() }
    }
}

#[derive(Debug)]
struct Entry {
    kernel: Arc<CompiledSegment>,
    /// [`Cache::clock`] at the last use.
    used: u64,
}

#[derive(Default)]
struct Cache {
    entries: FxHashMap<Key, Entry>,
    clock: u64,
    stats: Stats,
}

static CACHE: PerProcess<Cache> = PerProcess::new();

/// A segment, compiled if this process has not done so.
///
/// # Errors
/// As [`CompiledSegment::new`].
pub fn segment(segment: &Segment) -> Result<Arc<CompiledSegment>> {
    let key = Key::of(segment);
    if let Some(kernel) = CACHE.lock().find(&key) {
        return Ok(kernel);
    }
    // Outside the lock: two threads may compile the same, and the first one's stays.
    let start = Instant::now();
    let kernel = Arc::new(CompiledSegment::new(segment)?);
    let ns = start.elapsed().as_nanos() as u64;
    let (kernel, evicted) = CACHE.lock().insert(key, kernel, ns, MAX_KERNELS, MAX_CODE);
    drop(evicted);
    Ok(kernel)
}

/// What the cache has done so far.
pub fn stats() -> Stats {
    CACHE.lock().stats
}

impl Cache {
    fn find(&mut self, key: &Key) -> Option<Arc<CompiledSegment>> {
        self.clock += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used = self.clock;
        self.stats.hits += 1;
        Some(entry.kernel.clone())
    }

    /// Adds a kernel, and makes room where there is too much; what was evicted is to be dropped without the lock.
    fn insert(
        &mut self,
        key: Key,
        kernel: Arc<CompiledSegment>,
        ns: u64,
        max_kernels: usize,
        max_code: usize,
    ) -> (Arc<CompiledSegment>, Vec<Entry>) {
        self.stats.misses += 1;
        self.stats.compile_ns += ns;
        let clock = self.clock;
        let entry = self.entries.entry(key).or_insert_with(|| {
            self.stats.code_bytes += kernel.code_size();
            Entry { kernel, used: clock }
        });
        let kernel = entry.kernel.clone();
        let mut evicted = Vec::new();
        if self.entries.len() > max_kernels || self.stats.code_bytes > max_code {
            evicted = self.evict(max_kernels, max_code);
        }
        self.stats.kernels = self.entries.len();
        (kernel, evicted)
    }

    /// Takes out the least recently used until an eighth of the room is free: one pass over all serves many inserts.
    fn evict(&mut self, max_kernels: usize, max_code: usize) -> Vec<Entry> {
        let mut by_age: Vec<(u64, Key)> = self.entries.iter().map(|(key, entry)| (entry.used, key.clone())).collect();
        by_age.sort_unstable_by_key(|&(used, _)| used);
        // The newest stays, however large.
        by_age.pop();
        let mut evicted = Vec::new();
        for (_, key) in by_age {
            if self.entries.len() <= max_kernels - max_kernels / 8 && self.stats.code_bytes <= max_code - max_code / 8 {
                break;
            }
            if let Some(entry) = self.entries.remove(&key) {
                self.stats.code_bytes -= entry.kernel.code_size();
                self.stats.evictions += 1;
                evicted.push(entry);
            }
        }
        evicted
    }
}
