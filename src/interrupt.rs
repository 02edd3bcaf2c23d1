//! Looks whether the user wants to stop.
//!
//! Who has the question (Python: are there signals?) is far away and takes a while to answer, so that it is asked now and then only.

use crate::error::{Error, Result};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// How long nobody looks after a look.
pub const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Steps of work, of about a microsecond each, between two looks at the clock.
const STEPS: u32 = 256;

/// Looks now and then whether the user wants to stop.
pub struct Look<'a> {
    interrupted: &'a dyn Fn() -> bool,
    /// None before the first look.
    last: Cell<Option<Instant>>,
    stop: Cell<bool>,
    steps: Cell<u32>,
}

impl<'a> Look<'a> {
    /// Nobody is asked.
    pub fn never() -> Look<'static> {
        Look::new(&|| false)
    }

    /// Asks `interrupted`.
    pub fn new(interrupted: &'a dyn Fn() -> bool) -> Look<'a> {
        Look { interrupted, last: Cell::new(None), stop: Cell::new(false), steps: Cell::new(0) }
    }

    /// Whether the user has said so, as far as is known; once it is true it stays so.
    pub fn says_stop(&self) -> bool {
        match self.last.get() {
            _ if self.stop.get() => {}
            None => self.last.set(Some(Instant::now())),
            Some(last) if last.elapsed() < LOOK_EVERY => {}
            Some(_) => {
                self.last.set(Some(Instant::now()));
                self.stop.set((self.interrupted)());
            }
        }
        self.stop.get()
    }

    /// As [`Look::says_stop`], without a look.
    pub fn said_stop(&self) -> bool {
        self.stop.get()
    }

    /// Looks after some number of small steps.
    ///
    /// # Errors
    /// `Error::Interrupted`.
    pub fn step(&self) -> Result<()> {
        self.steps.set(self.steps.get() + 1);
        self.steps.get().is_multiple_of(STEPS).then(|| self.says_stop());
        self.go_on()
    }

    /// Looks.
    ///
    /// # Errors
    /// `Error::Interrupted`.
    pub fn look(&self) -> Result<()> {
        self.says_stop();
        self.go_on()
    }

    fn go_on(&self) -> Result<()> {
        if self.stop.get() { Err(Error::Interrupted) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_end_when_the_user_wants_to_stop() {
        let look = Look::new(&|| true);
        let begun = Instant::now();
        while look.step().is_ok() {
            assert!(begun.elapsed() < Duration::from_secs(60), "nobody looks");
        }
        assert!(look.step().is_err() && look.said_stop());
    }
}
