//! The processor's floating-point flags: raised by operations, never lowered by them.
//!
//! They tell cheaply whether anything can have gone wrong. The flags of the thread that computes gather those of its helpers; where
//! there are none to read (other targets than x86-64), nothing is ever told.
#![expect(unsafe_code, reason = "reads and writes the status register")]

use crate::ops::fault::{Fault, Faults};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether anybody has ever wanted to hear of underflow, which the exponential functions do not flag far below the smallest
/// number.
static UNDERFLOW_ASKED: AtomicBool = AtomicBool::new(false);

/// From now on exponential functions count as if they had flagged underflow.
pub fn ask_underflow() {
    UNDERFLOW_ASKED.store(true, Ordering::Relaxed);
}

/// Whether [`ask_underflow`] was called.
pub fn underflow_asked() -> bool {
    UNDERFLOW_ASKED.load(Ordering::Relaxed)
}

#[cfg(target_arch = "x86_64")]
fn register() -> u32 {
    let mut register = 0u32;
    // SAFETY: the instruction writes the four bytes of `register` and nothing else.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut register, options(nostack, preserves_flags)) };
    register
}

/// The flags that are up.
#[inline]
pub fn read() -> Faults {
    #[cfg(target_arch = "x86_64")]
    return Faults::from_bits(register() as u8);
    #[cfg(not(target_arch = "x86_64"))]
    Faults::NONE
}

/// Puts exactly these flags up.
fn write(flags: Faults) {
    #[cfg(target_arch = "x86_64")]
    {
        let register = register() & !u32::from(Faults::ALL.bits()) | u32::from(flags.bits());
        // SAFETY: only flags differ from what was read; rounding and masks stay as they are, so that no operation
        // changes its result or traps. The flags are among what inline assembly may change (it does not promise `preserves_flags`).
        unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const register, options(nostack, readonly)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = flags;
}

/// Puts these flags up, besides those that are.
#[inline]
pub fn raise(flags: Faults) {
    if !flags.is_empty() {
        write(read().or(flags));
    }
}

/// The flags that are up; then none is.
#[inline]
pub fn take() -> Faults {
    let raised = read();
    if !raised.is_empty() {
        write(Faults::NONE);
    }
    raised
}

/// What `work` returns, and the flags that it put up. No flag is left up: whoever reads flags lowers them first, and putting
/// back what was up would cost each call two writes.
#[inline]
pub fn watched<R>(work: impl FnOnce() -> R) -> (R, Faults) {
    take();
    let result = work();
    (result, take())
}

/// Does what says nothing by the flag of invalid operations, as x86's comparisons of NaN raise it.
#[inline]
pub fn hushed<R>(work: impl FnOnce() -> R) -> R {
    let before = read();
    let result = work();
    if read().has(Fault::Invalid) && !before.has(Fault::Invalid) {
        write(Faults::from_bits(read().bits() & !Faults::one(Fault::Invalid).bits()));
    }
    result
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;
    use std::hint::black_box;

    fn divide_by_zero() {
        black_box(black_box(1.0f64) / black_box(0.0));
    }

    #[test]
    fn flags_of_work_are_told() {
        let ((), raised) = watched(divide_by_zero);
        assert_eq!(raised, Faults::one(Fault::Divide));
        let ((), outer) = watched(|| {
            raise(Faults::one(Fault::Overflow));
            hushed(|| raise(Faults::one(Fault::Invalid)));
        });
        assert_eq!(outer, Faults::one(Fault::Overflow));
    }
}
