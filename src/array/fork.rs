//! What a fork means for memory and for locks: how many there were, and values that a child does not share.
#![expect(unsafe_code, reason = "watches forks, publishes values through a pointer")]

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Forks of this process and its forebears since the first use, counted before they happen: parent and child see each.
static FORKS: AtomicUsize = AtomicUsize::new(0);

/// Forks between this process and the one that first used this module: counted in the child.
static DEPTH: AtomicUsize = AtomicUsize::new(0);

/// Counts forks, which it watches from the first call on. A change between two calls means that code placed before the
/// first is shared with another process.
pub fn forks() -> usize {
    static WATCHING: AtomicBool = AtomicBool::new(false);
    extern "C" fn before() {
        FORKS.fetch_add(1, Ordering::SeqCst);
    }
    extern "C" fn in_child() {
        DEPTH.fetch_add(1, Ordering::SeqCst);
    }
    if !WATCHING.load(Ordering::Relaxed) && !WATCHING.swap(true, Ordering::SeqCst) {
        // SAFETY: both handlers only add to an atomic, which is allowed at that point.
        unsafe { libc::pthread_atfork(Some(before), None, Some(in_child)) };
    }
    FORKS.load(Ordering::SeqCst)
}

/// A locked value of which a forked child has its own, new one: the parent's lock may be held there for ever.
pub struct PerProcess<T> {
    current: AtomicPtr<(usize, Mutex<T>)>,
}

impl<T: Default + Send> Default for PerProcess<T> {
    fn default() -> Self {
        PerProcess::new()
    }
}

impl<T: Default + Send> PerProcess<T> {
    /// A value that is made when a process first locks it.
    pub const fn new() -> PerProcess<T> {
        PerProcess { current: AtomicPtr::new(std::ptr::null_mut()) }
    }

    /// Locks this process' value.
    ///
    /// A child starts from `T::default()`; what the parent's value holds stays as it was at the fork, out of reach.
    pub fn lock(&'static self) -> MutexGuard<'static, T> {
        forks();
        let depth = DEPTH.load(Ordering::SeqCst);
        loop {
            let found = self.current.load(Ordering::Acquire);
            // SAFETY: null, or leaked by the line below: valid for ever and never changed but through its lock.
            if let Some((owner, value)) = unsafe { found.as_ref() }
                && *owner == depth
            {
                return value.lock().unwrap_or_else(PoisonError::into_inner);
            }
            let new = Box::into_raw(Box::new((depth, Mutex::new(T::default()))));
            if self.current.compare_exchange(found, new, Ordering::AcqRel, Ordering::Acquire).is_err() {
                // SAFETY: `new` came from `Box::into_raw` and was not published.
                drop(unsafe { Box::from_raw(new) });
            }
        }
    }
}
