//! Every switch and environment variable, read once.

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
