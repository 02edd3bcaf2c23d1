//! Walks a tile with a kernel, redoes its special lanes, and keeps the floating-point exception flags in order.
//!
//! The fast path of a kernel may raise any flag. So the flags found at entry are put back at exit, with those added that
//! the slow path reports: exactly the ones that C's function raises (invalid, divide-by-zero, overflow).
#![expect(unsafe_code, reason = "walks raw tiles and reads the floating-point status register")]

use super::simd::{Float, Lanes, MAX_LANES, Portable};
use std::arch::asm;

/// Exception flags, in the layout of MXCSR.
pub type Flags = u32;
/// NaN from operands that are not.
pub const INVALID: Flags = 1;
/// Infinity from finite operands, exactly.
pub const DIVIDE: Flags = 4;
/// A finite result beyond the largest number.
pub const OVERFLOW: Flags = 8;

/// A vector math function: `core` is right wherever its mask is clear, `special` everywhere else.
///
/// A function of one operand ignores `y`, which is then equal to `x`.
pub trait Kernel {
    /// Does it read two operands?
    const BINARY: bool = false;
    /// The value, and the mask of lanes that `special` must redo. Lanes do not influence each other.
    fn core<V: Lanes<Elem: Element>>(x: V, y: V) -> (V, V);
    /// Of the lanes that `core` has marked, those that data may be full of (logarithms of zeros): value and mask without them, and the flags
    /// that they raise. Bits and flags are those of `special`.
    #[inline(always)]
    fn patch<V: Lanes<Elem: Element>>(_x: V, _y: V, value: V, mask: V) -> (V, V, Flags) {
        (value, mask, 0)
    }
    /// The value where `core` gives none, and the flags it raises.
    fn special(x: f64, y: f64) -> (f64, Flags);
}

/// What an element type adds to [`Float`]: the slow path, and the constants of every kernel.
pub trait Element:
    Float
    + super::exp::Constants
    + super::log::Constants
    + super::trig::Constants
    + super::inverse_trig::Constants
    + super::hyperbolic::Constants
    + super::inverse_hyperbolic::Constants
    + super::pow::Constants
    + super::root::Constants
{
    /// [`Kernel::special`] in this type.
    fn special<K: Kernel>(x: Self, y: Self) -> (Self, Flags);
}

impl Element for f64 {
    #[inline(always)]
    fn special<K: Kernel>(x: f64, y: f64) -> (f64, Flags) {
        let (value, flags) = K::special(x, y);
        (quiet(value), flags)
    }
}

/// A NaN operand that is a result is quiet.
#[inline(always)]
fn quiet(value: f64) -> f64 {
    if value.is_nan() { f64::from_bits(value.to_bits() | 1 << 51) } else { value }
}

/// The operand that is NaN, the first if both are: a sum of the two could be either.
#[inline(always)]
pub fn either_nan(x: f64, y: f64) -> f64 {
    if x.is_nan() { x } else { y }
}

/// A kernel's value for one number, and the flags of the slow path.
#[inline(always)]
pub fn of_one<K: Kernel>(x: f64, y: f64) -> (f64, Flags) {
    let (value, mask) = K::core(Portable([x]), Portable([y]));
    if mask.any() { K::special(x, y) } else { (value.0[0], 0) }
}

#[inline(always)]
fn is_exceptional(x: f64) -> bool {
    x == 0.0 || !x.is_finite()
}

/// By way of f64, where the operand need not be special: subnormals are normal there.
impl Element for f32 {
    #[inline(always)]
    fn special<K: Kernel>(x: f32, y: f32) -> (f32, Flags) {
        let (x, y) = (f64::from(x), f64::from(y));
        // Zeros, infinities and NaN that are special here are so in f64.
        let (wide, flags) = if is_exceptional(x) || is_exceptional(y) { K::special(x, y) } else { of_one::<K>(x, y) };
        let narrow = quiet(wide) as f32;
        let overflows = narrow.is_infinite() && wide.is_finite();
        (narrow, if overflows { flags | OVERFLOW } else { flags })
    }
}

/// [`vectors`] for one kernel and instruction set.
///
/// # Safety
/// As [`vectors`]; the processor has the instruction set.
pub type Vectors<E> = unsafe fn(n: usize, x: *const E, y: *const E, out: *mut E) -> Flags;

/// Runs a kernel over a tile: whole vectors in place, the rest through a padded one, so that position and length do not
/// change a bit; then settles the exception flags.
///
/// # Safety
/// The operands are valid for reading `n` elements and `out` for writing `n`; `out` is equal to an operand or overlaps
/// none. The processor has the instruction set of `vectors`, whose vectors have `lanes` elements.
pub unsafe fn tile<E: Element>(n: usize, ins: [*const u8; 2], out: *mut u8, lanes: usize, vectors: Vectors<E>) {
    let [x, y] = ins.map(|p| p.cast::<E>());
    let out = out.cast::<E>();
    let status = Status::save();
    let whole = n - n % lanes;
    // SAFETY: `whole <= n`.
    let mut flags = unsafe { vectors(whole, x, y, out) };
    if whole < n {
        // SAFETY: `whole < n`, the length of the operands.
        let (first_x, first_y) = unsafe { (*x.add(whole), *y.add(whole)) };
        let (mut xs, mut ys) = ([first_x; MAX_LANES], [first_y; MAX_LANES]);
        for i in 0..n - whole {
            // SAFETY: `whole + i < n`.
            (xs[i], ys[i]) = unsafe { (*x.add(whole + i), *y.add(whole + i)) };
        }
        let results = xs.as_mut_ptr();
        // SAFETY: the arrays are `MAX_LANES >= lanes` long.
        flags |= unsafe { vectors(lanes, results, ys.as_ptr(), results) };
        for (i, value) in xs.iter().enumerate().take(n - whole) {
            // SAFETY: `whole + i < n`, the length of the result.
            unsafe { *out.add(whole + i) = *value };
        }
    }
    status.restore(flags);
}

/// Applies `K` to `n` elements, a multiple of `V::LANES`.
///
/// # Safety
/// As [`tile`]. The instruction set of `V` is enabled in the caller, into which this is inlined.
#[inline(always)]
pub unsafe fn vectors<V: Lanes<Elem: Element>, K: Kernel>(
    n: usize,
    x: *const V::Elem,
    y: *const V::Elem,
    out: *mut V::Elem,
    redo: Redo<V::Elem>,
) -> Flags {
    let mut flags = 0;
    for i in (0..n).step_by(V::LANES) {
        // SAFETY: `i + LANES <= n`, the length of the operands.
        let operands = unsafe { (V::load(x.add(i)), V::load(if K::BINARY { y.add(i) } else { x.add(i) })) };
        let value = step::<V, K>(operands.0, operands.1, &mut flags, redo);
        // SAFETY: as above, for the result.
        unsafe { value.store(out.add(i)) };
    }
    flags
}

#[inline(always)]
fn step<V: Lanes, K: Kernel>(x: V, y: V, flags: &mut Flags, redo: Redo<V::Elem>) -> V
where
    V::Elem: Element,
{
    let (value, mask) = K::core(x, y);
    if !mask.any() {
        return value;
    }
    let (value, mask, raised) = K::patch(x, y, value, mask);
    *flags |= raised;
    if !mask.any() {
        return value;
    }
    let mut lanes = Spilled { xs: spill(x), ys: spill(y), masks: spill(mask), values: spill(value), count: V::LANES };
    // SAFETY: the instruction set is enabled in the caller.
    *flags |= unsafe { redo(&mut lanes) };
    // SAFETY: the array is `MAX_LANES >= LANES` long.
    unsafe { V::load(lanes.values.as_ptr()) }
}

#[inline(always)]
fn spill<V: Lanes>(v: V) -> [V::Elem; MAX_LANES] {
    let mut array = [V::Elem::INF; MAX_LANES];
    // SAFETY: the array is `MAX_LANES >= LANES` long.
    unsafe { v.store(array.as_mut_ptr()) };
    array
}

/// The lanes of a vector of which some are special.
pub struct Spilled<E> {
    xs: [E; MAX_LANES],
    ys: [E; MAX_LANES],
    masks: [E; MAX_LANES],
    values: [E; MAX_LANES],
    count: usize,
}

/// [`Kernel::patch`] of lanes that have no value, and of poles, where it is minus infinity.
#[inline(always)]
pub fn patch_poles<V: Lanes>(nowhere: V, pole: V, value: V, mask: V) -> (V, V, Flags) {
    let value = nowhere.select(V::of(f64::NAN), pole.select(V::of(f64::NEG_INFINITY), value));
    let flags = if nowhere.any() { INVALID } else { 0 } | if pole.any() { DIVIDE } else { 0 };
    (value, mask & (nowhere | pole).not(), flags)
}

/// [`redo`], compiled for the tile's instruction set, and not inlined.
pub type Redo<E> = unsafe fn(&mut Spilled<E>) -> Flags;

/// Replaces the values of the lanes that are marked.
#[inline(always)]
pub fn redo<E: Element, K: Kernel>(lanes: &mut Spilled<E>) -> Flags {
    let mut flags = 0;
    for i in 0..lanes.count {
        if lanes.masks[i].to_bits() == E::ALL {
            let (value, raised) = E::special::<K>(lanes.xs[i], lanes.ys[i]);
            lanes.values[i] = value;
            flags |= raised;
        }
    }
    flags
}

/// The exception flags as found at entry.
struct Status(u32);

#[cfg(target_arch = "x86_64")]
impl Status {
    #[inline(always)]
    fn read() -> u32 {
        let mut status = 0u32;
        // SAFETY: stores MXCSR to the local; being a memory access to the compiler, it stays between the loads before
        // and the stores after it.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut status, options(nostack, preserves_flags)) };
        status
    }
    #[inline(always)]
    fn save() -> Self {
        Status(Self::read())
    }
    #[inline(always)]
    fn restore(self, flags: Flags) {
        let wanted = self.0 | flags;
        // Writing the register drains the pipeline; most tiles raise nothing that counts.
        if (Self::read() ^ wanted) & (INVALID | DIVIDE | OVERFLOW) != 0 {
            // SAFETY: the control bits are those found at entry; only sticky flags differ.
            unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const wanted, options(nostack, preserves_flags)) };
        }
    }
}

#[cfg(target_arch = "aarch64")]
impl Status {
    #[inline(always)]
    fn save() -> Self {
        let status: u64;
        // SAFETY: reads FPSR.
        unsafe { asm!("mrs {}, fpsr", out(reg) status, options(nostack, preserves_flags)) };
        Status(status as u32)
    }
    #[inline(always)]
    fn restore(self, flags: Flags) {
        // FPSR has invalid, divide and overflow in bits 0 to 2.
        let wanted = u64::from(self.0 | flags & INVALID | (flags & (DIVIDE | OVERFLOW)) >> 1);
        // SAFETY: FPSR holds sticky flags only.
        unsafe { asm!("msr fpsr, {}", in(reg) wanted, options(nostack, preserves_flags)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
impl Status {
    fn save() -> Self {
        Status(0)
    }
    fn restore(self, _flags: Flags) {}
}
