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
    + super::root::Constants
{
    /// [`Kernel::special`] in this type.
    fn special<K: Kernel>(x: Self, y: Self) -> (Self, Flags);
}

impl Element for f64 {
    fn special<K: Kernel>(x: f64, y: f64) -> (f64, Flags) {
        K::special(x, y)
    }
}

/// By way of f64, where the operand need not be special: subnormals are normal there.
impl Element for f32 {
    fn special<K: Kernel>(x: f32, y: f32) -> (f32, Flags) {
        let (x, y) = (f64::from(x), f64::from(y));
        let (value, mask) = K::core(Portable([x]), Portable([y]));
        let (wide, flags) = if mask.any() { K::special(x, y) } else { (value.0[0], 0) };
        let narrow = wide as f32;
        let overflows = narrow.is_infinite() && wide.is_finite();
        (narrow, if overflows { flags | OVERFLOW } else { flags })
    }
}

/// A kernel that computes its f32 lanes in f64: for functions where that is as fast as compensated f32.
pub struct Widened<K>(std::marker::PhantomData<K>);

impl<K: Kernel> Kernel for Widened<K> {
    const BINARY: bool = K::BINARY;
    #[inline(always)]
    fn core<V: Lanes<Elem: Element>>(x: V, y: V) -> (V, V) {
        let (wide, mask) = K::core(x.widen(), y.widen());
        let value = V::narrow(mask.select(V::Wide::splat(f64::NAN), wide));
        (value, value.abs().not_lt(V::splat(V::Elem::INF)))
    }
    fn special(x: f64, y: f64) -> (f64, Flags) {
        let (value, mask) = K::core(Portable([x]), Portable([y]));
        if mask.any() { K::special(x, y) } else { (value.0[0], 0) }
    }
}

/// Applies `K` to a tile in steps of one vector; the rest goes through a padded vector, so that position and length do
/// not change a bit.
///
/// # Safety
/// The operands are valid for reading `n` elements and `out` for writing `n`; `out` is equal to an operand or overlaps
/// none. The instruction set of `V` is enabled in the caller, into which this is inlined.
#[inline(always)]
pub unsafe fn tile<V: Lanes, K: Kernel>(n: usize, ins: &[*const u8; 3], out: *mut u8)
where
    V::Elem: Element,
{
    let x_tile = ins[0].cast::<V::Elem>();
    let y_tile = if K::BINARY { ins[1].cast::<V::Elem>() } else { x_tile };
    let out = out.cast::<V::Elem>();
    let status = Status::save();
    let mut flags = 0;
    let mut i = 0;
    while i + V::LANES <= n {
        // SAFETY: `i + LANES <= n`, the length of the operands.
        let (x, y) = unsafe { (V::load(x_tile.add(i)), V::load(y_tile.add(i))) };
        let value = step::<V, K>(x, y, &mut flags);
        // SAFETY: as above, for the result.
        unsafe { value.store(out.add(i)) };
        i += V::LANES;
    }
    if i < n {
        // SAFETY: `i < n`, the length of the operands.
        let (first_x, first_y) = unsafe { (*x_tile.add(i), *y_tile.add(i)) };
        let (mut xs, mut ys) = ([first_x; MAX_LANES], [first_y; MAX_LANES]);
        for (j, (x, y)) in xs.iter_mut().zip(&mut ys).enumerate().take(n - i) {
            // SAFETY: `i + j < n`.
            (*x, *y) = unsafe { (*x_tile.add(i + j), *y_tile.add(i + j)) };
        }
        // SAFETY: the arrays are `MAX_LANES >= LANES` long.
        let (x, y) = unsafe { (V::load(xs.as_ptr()), V::load(ys.as_ptr())) };
        let value = step::<V, K>(x, y, &mut flags);
        // SAFETY: the array is `MAX_LANES >= LANES` long.
        unsafe { value.store(xs.as_mut_ptr()) };
        for (j, x) in xs.iter().enumerate().take(n - i) {
            // SAFETY: `i + j < n`, the length of the result.
            unsafe { *out.add(i + j) = *x };
        }
    }
    status.restore(flags);
}

#[inline(always)]
fn step<V: Lanes, K: Kernel>(x: V, y: V, flags: &mut Flags) -> V
where
    V::Elem: Element,
{
    let (value, mask) = K::core(x, y);
    if !mask.any() {
        return value;
    }
    let (xs, ys, masks) = (spill(x), spill(y), spill(mask));
    let mut values = spill(value);
    *flags |= redo::<V::Elem, K>(&xs, &ys, &masks, &mut values, V::LANES);
    // SAFETY: the array is `MAX_LANES >= LANES` long.
    unsafe { V::load(values.as_ptr()) }
}

#[inline(always)]
fn spill<V: Lanes>(v: V) -> [V::Elem; MAX_LANES] {
    let mut array = [V::Elem::INF; MAX_LANES];
    // SAFETY: the array is `MAX_LANES >= LANES` long.
    unsafe { v.store(array.as_mut_ptr()) };
    array
}

/// Replaces the values of the lanes that `masks` marks.
#[cold]
#[inline(never)]
fn redo<E: Element, K: Kernel>(
    xs: &[E; MAX_LANES],
    ys: &[E; MAX_LANES],
    masks: &[E; MAX_LANES],
    values: &mut [E; MAX_LANES],
    lanes: usize,
) -> Flags {
    let mut flags = 0;
    for i in 0..lanes {
        if Portable::<E, 1>::is_marked(masks[i]) {
            let (value, raised) = E::special::<K>(xs[i], ys[i]);
            values[i] = value;
            flags |= raised;
        }
    }
    flags
}

impl<E: Float> Portable<E, 1> {
    /// Does a mask lane have its sign bit?
    fn is_marked(mask: E) -> bool {
        mask.to_bits() == E::ALL
    }
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
