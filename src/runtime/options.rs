//! Every switch and environment variable, read once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Threads asked for; 0 until somebody asks.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Threads that a walk may use: what [`set_num_threads`] said, else `NUMPY_RS_NUM_THREADS`, else one a processor.
pub fn num_threads() -> usize {
    match THREADS.load(Ordering::Relaxed) {
        0 => {
            let said = std::env::var("NUMPY_RS_NUM_THREADS").ok().and_then(|v| v.trim().parse().ok());
            let n = said
                .filter(|&n: &usize| n > 0)
                .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
            set_num_threads(n);
            n
        }
        n => n,
    }
}

/// Sets how many threads a walk may use, at least one.
pub fn set_num_threads(n: usize) {
    THREADS.store(n.clamp(1, 1024), Ordering::Relaxed);
}

/// Elements after which code is compiled, plus one; 0 until somebody asks.
static COMPILE_AFTER: AtomicUsize = AtomicUsize::new(0);

/// Compiling costs about 25 us an operation, and compiled code saves about 0.1 ns an operation and element (measured by
/// `benches/compile.rs` and `benches/fold.rs`).
const PAYS: usize = 250_000;

/// How many elements a loop must have run over, in all its uses, until it is compiled: what [`set_compile_after`] said, else
/// `NUMPY_RS_COMPILE_AFTER`, else where compiling pays.
pub fn compile_after() -> usize {
    match COMPILE_AFTER.load(Ordering::Relaxed) {
        0 => {
            let said = std::env::var("NUMPY_RS_COMPILE_AFTER").ok().and_then(|v| v.trim().parse().ok());
            let n = said.unwrap_or(PAYS);
            set_compile_after(n);
            n
        }
        n => n - 1,
    }
}

/// Sets after how many elements a loop is compiled; 0: at its first use.
pub fn set_compile_after(n: usize) {
    COMPILE_AFTER.store(n.saturating_add(1), Ordering::Relaxed);
}

/// The most last-level cache that counts for each processor: a virtual machine sees all of a cache that it shares with many others.
const CACHE_EACH: usize = 16 << 20;

/// Bytes that a walk must store for its results to go past the caches: what `NUMPY_RS_STREAM_FROM` says, else the size of
/// the last-level cache, as far as [`CACHE_EACH`] allows.
///
/// Measured with `a*b + c` on two Zen 3 cores with 32 MiB of last-level cache, streaming against ordinary stores, medians: 8 MB
/// stored 0.73 against 0.80 ms, 16 MB 1.7 against 2.4, 32 MB 3.6 against 4.8, 80 MB 10.7 against 13.5; a polynomial of one
/// operand 0.59 against 0.43, 1.1 against 1.4, 2.2 against 2.7, 6.5 against 8.1. What would fit is stored as usual
/// although streaming may be faster by itself: who reads it next finds it in the cache. On two virtual processors that see 480 MiB, 80 MB
/// stored: `a*b + c` 6.9 against 9.3 ms, a polynomial 4.2 against 5.9.
pub fn stream_from() -> usize {
    static BYTES: OnceLock<usize> = OnceLock::new();
    *BYTES.get_or_init(|| {
        let said = std::env::var("NUMPY_RS_STREAM_FROM").ok().and_then(|v| v.trim().parse().ok());
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        said.unwrap_or_else(|| last_level_cache().unwrap_or(32 << 20).min(processors * CACHE_EACH))
    })
}

/// Bytes of the largest cache, if the system says so.
fn last_level_cache() -> Option<usize> {
    let caches = std::fs::read_dir("/sys/devices/system/cpu/cpu0/cache").ok()?;
    let size = |cache: std::fs::DirEntry| {
        let text = std::fs::read_to_string(cache.path().join("size")).ok()?;
        Some(text.trim().strip_suffix('K')?.parse::<usize>().ok()? << 10)
    };
    caches.filter_map(|cache| size(cache.ok()?)).max()
}
