//! Threads: a rayon pool of our own, made on first use and made anew in a forked child.
//!
//! The calling thread works too: helpers are asked for, and whoever is free takes the next task. So small work never waits
//! for a sleeping helper. Results do not depend on who does what. To wake a thread takes some 50 to 100 us where processors are virtual: a
//! helper that has nothing left to do stays awake for about as long, as the next call often comes at once.

use super::options::num_threads;
use crate::array::fork::PerProcess;
use crate::error::{Error, Result, caught};
use crate::interrupt::{LOOK_EVERY, Look};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a helper that has nothing to do stays awake: what waking it takes, so that no more is spent in vain than might have been saved.
const LINGER: Duration = Duration::from_micros(100);

/// What helpers are asked to do, and who is there to do it.
#[derive(Default)]
struct Requests {
    state: Mutex<State>,
    /// As many as `state` has jobs, and idle helpers: read without its lock.
    jobs: AtomicUsize,
    idle: AtomicUsize,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Arc<Job>>,
    /// Helpers that are awake, and those of them without work.
    awake: usize,
    idle: usize,
}

impl Requests {
    /// Changes the state, whose numbers are told.
    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut state);
        self.jobs.store(state.jobs.len(), Ordering::Release);
        self.idle.store(state.idle, Ordering::Relaxed);
        result
    }

    /// The next job of a helper that is awake; none if there is none for a while: then it sleeps.
    fn next(&self) -> Option<Arc<Job>> {
        self.change(|s| s.idle += 1);
        let since = Instant::now();
        loop {
            let late = since.elapsed() > LINGER;
            if late || self.jobs.load(Ordering::Acquire) > 0 {
                let job = self.change(|s| {
                    let job = s.jobs.pop_front();
                    s.idle -= usize::from(job.is_some() || late);
                    s.awake -= usize::from(job.is_none() && late);
                    job
                });
                if job.is_some() || late {
                    return job;
                }
            }
            std::hint::spin_loop();
        }
    }
}

/// Helpers, how many, and what they are asked.
#[derive(Clone)]
struct Helpers {
    threads: Arc<rayon::ThreadPool>,
    count: usize,
    requests: Arc<Requests>,
}

impl Helpers {
    /// So many; none where the system has no threads.
    fn new(count: usize) -> Option<Helpers> {
        let threads =
            rayon::ThreadPoolBuilder::new().num_threads(count).thread_name(|i| format!("numpy_rs-{i}")).build().ok()?;
        Some(Helpers { threads: Arc::new(threads), count, requests: Arc::default() })
    }

    /// Asks one to help: one without work, else one that sleeps, else whoever is done first.
    fn ask(&self, job: Arc<Job>) {
        let asleep = self.requests.change(|s| {
            let asleep = s.idle <= s.jobs.len() && s.awake < self.count;
            if asleep {
                s.awake += 1;
            } else {
                s.jobs.push_back(job.clone());
            }
            asleep
        });
        if asleep {
            let requests = self.requests.clone();
            self.threads.spawn(move || {
                let mut next = Some(job);
                while let Some(job) = next {
                    job.help();
                    drop(job);
                    next = requests.next();
                }
            });
        }
    }
}

/// A forked child makes its own: the parent's threads do not exist there, and waiting for them would never end.
static POOL: PerProcess<Option<Helpers>> = PerProcess::new();

/// This many helpers.
fn helpers(count: usize) -> Option<Helpers> {
    let mut slot = POOL.lock();
    if let Some(helpers) = slot.as_ref().filter(|helpers| helpers.count == count) {
        return Some(helpers.clone());
    }
    *slot = Some(Helpers::new(count)?);
    slot.clone()
}

/// Whether a helper is awake without work: it takes part at once.
pub fn is_awake() -> bool {
    num_threads() > 1 && POOL.lock().as_ref().is_some_and(|h| h.requests.idle.load(Ordering::Relaxed) > 0)
}

/// A task: its number, and what it asks now and then whether to leave off, if it is long.
type Work = dyn Fn(usize, &dyn Fn() -> bool) + Send + Sync;

struct Job {
    next: AtomicUsize,
    finished: AtomicUsize,
    total: usize,
    stop: AtomicBool,
    panicked: Mutex<Option<Error>>,
    caller: std::thread::Thread,
    /// Gone once the caller has returned: a helper that comes late must not keep its memory.
    work: Mutex<Option<Arc<Work>>>,
}

impl Job {
    fn new(total: usize, work: Arc<Work>) -> Arc<Job> {
        Arc::new(Job {
            next: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            total,
            stop: AtomicBool::new(false),
            panicked: Mutex::new(None),
            caller: std::thread::current(),
            work: Mutex::new(Some(work)),
        })
    }

    /// Takes tasks while there are any.
    fn help(&self) {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(work) = work {
            while self.step(&*work, &|| self.stop.load(Ordering::Relaxed)) {}
        }
    }

    /// Takes one task; false when there is none left.
    fn step(&self, work: &Work, stop: &dyn Fn() -> bool) -> bool {
        let task = self.next.fetch_add(1, Ordering::Relaxed);
        if task >= self.total {
            return false;
        }
        // A stopped job still counts its tasks down, so that everyone leaves.
        if !self.stop.load(Ordering::Relaxed)
            && let Err(e) = caught(|| {
                work(task, stop);
                Ok(())
            })
        {
            self.stop.store(true, Ordering::Relaxed);
            *self.panicked.lock().unwrap_or_else(PoisonError::into_inner) = Some(e);
        }
        if self.finished.fetch_add(1, Ordering::AcqRel) + 1 == self.total {
            self.caller.unpark();
        }
        true
    }
}

/// Does tasks `0..total` on up to `num_threads()` threads. `interrupted` is asked now and then on the
/// calling thread; when it says so, no further task starts, and those that ask leave off.
///
/// # Errors
/// `Error::Interrupted`; `Error::Bug` if a task panicked.
pub fn run(
    total: usize,
    interrupted: &dyn Fn() -> bool,
    work: impl Fn(usize, &dyn Fn() -> bool) + Send + Sync + 'static,
) -> Result<()> {
    let asked = (num_threads() - 1).min(total.saturating_sub(1));
    let helpers = if asked > 0 { helpers(num_threads() - 1) } else { None };
    let Some(helpers) = helpers else {
        return alone(total, interrupted, &work);
    };
    let work: Arc<Work> = Arc::new(work);
    let job = Job::new(total, work.clone());
    for _ in 0..asked {
        helpers.ask(job.clone());
    }
    let look = Look::new(interrupted);
    let stop = || {
        if look.says_stop() {
            job.stop.store(true, Ordering::Relaxed);
        }
        job.stop.load(Ordering::Relaxed)
    };
    while job.step(&*work, &stop) {
        stop();
    }
    let mut spins = 0;
    while job.finished.load(Ordering::Acquire) < total {
        // The last tasks are about to end: spin for a few microseconds before sleeping.
        if spins < 2000 {
            spins += 1;
            std::hint::spin_loop();
        } else {
            std::thread::park_timeout(LOOK_EVERY);
            stop();
        }
    }
    // Whoever has not begun finds nothing to do; whoever has is about to leave. Then the work's memory is the caller's alone.
    *job.work.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let mut spins = 0;
    while Arc::strong_count(&work) > 1 && spins < 10_000 {
        spins += 1;
        std::hint::spin_loop();
    }
    drop(work);
    let panicked = job.panicked.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (panicked, look.says_stop()) {
        (Some(e), _) => Err(e),
        (None, true) => Err(Error::Interrupted),
        (None, false) => Ok(()),
    }
}

/// Does tasks `0..total` on the calling thread.
///
/// # Errors
/// As [`run`].
pub fn alone(total: usize, interrupted: &dyn Fn() -> bool, work: &dyn Fn(usize, &dyn Fn() -> bool)) -> Result<()> {
    caught(|| {
        let look = Look::new(interrupted);
        let done = (0..total).all(|task| {
            work(task, &|| look.says_stop());
            // Nothing is left to stop after the last, unless it was left off.
            if task + 1 < total { !look.says_stop() } else { !look.said_stop() }
        });
        if done { Ok(()) } else { Err(Error::Interrupted) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_task_is_done_once() {
        let done: Arc<Vec<AtomicUsize>> = Arc::new((0..1000).map(|_| AtomicUsize::new(0)).collect());
        let seen = done.clone();
        run(1000, &|| false, move |i, _| {
            seen[i].fetch_add(1, Ordering::Relaxed);
        })
        .unwrap();
        assert!(done.iter().all(|d| d.load(Ordering::Relaxed) == 1));
    }

    #[test]
    fn requests_of_many_callers_are_done_with() {
        // Helpers of its own: other tests ask those of all.
        let helpers = Helpers::new(2).unwrap();
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| (0..20_000).for_each(|_| helpers.ask(Job::new(8, Arc::new(|_, _| {})))));
            }
        });
        let begun = Instant::now();
        // Nobody is awake for longer than it takes to see that nothing is left.
        while helpers.requests.change(|s| s.awake > 0 || !s.jobs.is_empty()) {
            assert!(begun.elapsed() < Duration::from_secs(2), "helpers go on without work");
        }
    }

    #[test]
    fn a_long_task_leaves_off() {
        let asked = |_: usize, stop: &dyn Fn() -> bool| {
            let begun = Instant::now();
            while !stop() {
                assert!(begun.elapsed() < Duration::from_secs(60), "nobody stops this task");
            }
        };
        assert_eq!(run(3, &|| true, asked), Err(Error::Interrupted));
        assert_eq!(alone(1, &|| true, &asked), Err(Error::Interrupted));
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let result = run(64, &|| false, |i, _| assert!(i != 40, "task forty"));
        assert_eq!(result, Err(Error::Bug("task forty".into())));
    }
}
