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
