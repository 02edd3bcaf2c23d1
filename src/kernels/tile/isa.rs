//! Loops over tiles: one generic body, compiled for the baseline and for the wide instruction set, chosen once.
//!
//! The bodies are plain Rust without reassociation or contraction, so both compilations give the same bits.
#![expect(unsafe_code, reason = "reads and writes tiles through the pointers of a TileFn")]

use crate::kernels::TileFn;
use crate::ops::fault::{Fault, Faults};
use std::mem::MaybeUninit;

/// An instruction set that loops are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Isa {
    /// What every processor of the target has.
    Base,
    /// AVX2, FMA, BMI2, POPCNT and F16C.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// These and AVX-512 F.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Isa {
    /// The widest that this processor runs.
    pub(crate) fn best() -> Isa {
        #[cfg(target_arch = "x86_64")]
        if std::is_x86_feature_detected!("avx2")
            && std::is_x86_feature_detected!("fma")
            && std::is_x86_feature_detected!("bmi2")
            && std::is_x86_feature_detected!("popcnt")
            && std::is_x86_feature_detected!("f16c")
        {
            return if std::is_x86_feature_detected!("avx512f") { Isa::Avx512 } else { Isa::Avx2 };
        }
        Isa::Base
    }

    /// Every one that this processor runs.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Isa> {
        match Isa::best() {
            Isa::Base => vec![Isa::Base],
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => vec![Isa::Base, Isa::Avx2],
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => vec![Isa::Base, Isa::Avx2, Isa::Avx512],
        }
    }
}

/// Elements that are set aside at a time where the output takes the place of an input. A loop over memory that it
/// overwrites is not vectorised; one over a copy is.
const BLOCK: usize = 256;

/// The instance of a function that captures nothing.
#[inline(always)]
fn conjure<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0, "the function must not capture") };
    // SAFETY: `F` has no bytes, and callers hold one already: they only come here by a function that was given an `F`.
    unsafe { std::mem::zeroed() }
}

/// Where to read `m` elements from: `src` itself, or its copy in `aside` where the output lies there.
///
/// # Safety
/// `src` covers `m` elements; `m <= BLOCK` where `copy`.
#[inline(always)]
unsafe fn source<T: Copy>(src: *const T, m: usize, copy: bool, aside: &mut MaybeUninit<[T; BLOCK]>) -> *const T {
    if !copy {
        return src;
    }
    let to = aside.as_mut_ptr().cast::<T>();
    // SAFETY: `m <= BLOCK` elements fit, and a local buffer overlaps nothing.
    unsafe { std::ptr::copy_nonoverlapping(src, to, m) };
    to
}

/// # Safety
/// As [`TileFn`], for element types `A` and `R`.
#[inline(always)]
unsafe fn body1<A: Copy, R, F: Fn(A) -> R + Copy>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
    let f = conjure::<F>();
    let (a, out) = (ins[0].cast::<A>(), out.cast::<R>());
    let in_place = a.cast::<u8>() == out.cast_const().cast();
    let step = if in_place { BLOCK } else { n };
    let mut aside = MaybeUninit::uninit();
    let mut at = 0;
    while at < n {
        let m = step.min(n - at);
        // SAFETY: `at + m <= n`, and a copy is made only where `step == BLOCK`.
        unsafe {
            let a = source(a.add(at), m, in_place, &mut aside);
            let out = out.add(at);
            for i in 0..m {
                out.add(i).write(f(*a.add(i)));
            }
        }
        at += m;
    }
}

/// # Safety
/// As [`TileFn`], for element types `A`, `B` and `R`.
#[inline(always)]
unsafe fn body2<A: Copy, B: Copy, R, F: Fn(A, B) -> R + Copy>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
    let f = conjure::<F>();
    let (a, b, out) = (ins[0].cast::<A>(), ins[1].cast::<B>(), out.cast::<R>());
    let over = [a.cast::<u8>() == out.cast_const().cast(), b.cast::<u8>() == out.cast_const().cast()];
    let step = if over[0] || over[1] { BLOCK } else { n };
    let (mut aside_a, mut aside_b) = (MaybeUninit::uninit(), MaybeUninit::uninit());
    let mut at = 0;
    while at < n {
        let m = step.min(n - at);
        // SAFETY: `at + m <= n`, and a copy is made only where `step == BLOCK`.
        unsafe {
            let a = source(a.add(at), m, over[0], &mut aside_a);
            let b = source(b.add(at), m, over[1], &mut aside_b);
            let out = out.add(at);
            for i in 0..m {
                out.add(i).write(f(*a.add(i), *b.add(i)));
            }
        }
        at += m;
    }
}

/// # Safety
/// As [`TileFn`], for element types `A`, `B`, `C` and `R`.
#[inline(always)]
unsafe fn body3<A: Copy, B: Copy, C: Copy, R, F: Fn(A, B, C) -> R + Copy>(
    n: usize,
    ins: &[*const u8; 3],
    out: *mut u8,
) {
    let f = conjure::<F>();
    let (a, b, c, out) = (ins[0].cast::<A>(), ins[1].cast::<B>(), ins[2].cast::<C>(), out.cast::<R>());
    let over = ins.map(|p| p == out.cast_const().cast());
    let step = if over[0] || over[1] || over[2] { BLOCK } else { n };
    let (mut aside_a, mut aside_b, mut aside_c) = (MaybeUninit::uninit(), MaybeUninit::uninit(), MaybeUninit::uninit());
    let mut at = 0;
    while at < n {
        let m = step.min(n - at);
        // SAFETY: `at + m <= n`, and a copy is made only where `step == BLOCK`.
        unsafe {
            let a = source(a.add(at), m, over[0], &mut aside_a);
            let b = source(b.add(at), m, over[1], &mut aside_b);
            let c = source(c.add(at), m, over[2], &mut aside_c);
            let out = out.add(at);
            for i in 0..m {
                out.add(i).write(f(*a.add(i), *b.add(i), *c.add(i)));
            }
        }
        at += m;
    }
}

macro_rules! tile {
    ($(#[doc = $doc:literal])* $name:ident, $body:ident, $parts:literal, $($g:ident),*) => {
        $(#[doc = $doc])*
        pub(crate) fn $name<$($g: Copy,)* R, F: Fn($($g),*) -> R + Copy>(isa: Isa, _: F) -> TileFn {
            /// # Safety
            /// As [`TileFn`].
            unsafe fn base<$($g: Copy,)* R, F: Fn($($g),*) -> R + Copy>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
                // SAFETY: the caller's contract is the body's.
                unsafe { $body::<$($g,)* R, F>(n * $parts, ins, out) }
            }
            /// # Safety
            /// As [`TileFn`], on a processor with these features.
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,bmi2,popcnt,f16c")]
            unsafe fn wide<$($g: Copy,)* R, F: Fn($($g),*) -> R + Copy>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
                // SAFETY: the caller's contract is the body's.
                unsafe { $body::<$($g,)* R, F>(n * $parts, ins, out) }
            }
            match isa {
                Isa::Base => base::<$($g,)* R, F>,
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 | Isa::Avx512 => wide::<$($g,)* R, F>,
            }
        }
    };
}

tile!(
    /// The routine that applies a function of one element. The function captures nothing; mark it `#[inline(always)]`.
    tile1, body1, 1, A
);
tile!(
    /// The routine that applies a function of two elements.
    tile2, body2, 1, A, B
);
tile!(
    /// The routine that applies a function of three elements.
    tile3, body3, 1, A, B, C
);
tile!(
    /// The routine that applies a function to each part of a complex element.
    parts1, body1, 2, A
);
tile!(
    /// The routine that applies a function to the parts of two complex elements.
    parts2, body2, 2, A, B
);

/// A loop of its own, as a type: it is compiled per instruction set.
pub(super) trait Routine {
    /// # Safety
    /// [`TileFn`]'s contract, or what of it the implementer says.
    unsafe fn run(n: usize, ins: &[*const u8; 3], out: *mut u8);
}

/// The routine for an instruction set.
pub(super) fn routine<R: Routine>(isa: Isa) -> TileFn {
    /// # Safety
    /// As [`Routine::run`], on a processor with these features.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma,bmi2,popcnt,f16c")]
    unsafe fn wide<R: Routine>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
        // SAFETY: the caller's contract is the routine's.
        unsafe { R::run(n, ins, out) }
    }
    match isa {
        Isa::Base => R::run,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => wide::<R>,
    }
}

/// Elements whose results are tried together.
#[cfg(target_arch = "x86_64")]
const TRIED: usize = 64;

/// A quick function that says where it holds, and a slow one for the blocks where it does not everywhere; there flags are due where
/// `wrong` says so.
///
/// # Safety
/// As [`TileFn`], for element type `T`.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn body_tried<const FAULTS: u8, T, Q, W, S>(n: usize, ins: &[*const u8; 3], out: *mut u8)
where
    T: Copy + Default,
    Q: Fn(T, T) -> (T, bool) + Copy,
    W: Fn(T, T) -> bool + Copy,
    S: Fn(T, T) -> T + Copy,
{
    let (quick, wrong, slow) = (conjure::<Q>(), conjure::<W>(), conjure::<S>());
    let (a, b, out) = (ins[0].cast::<T>(), ins[1].cast::<T>(), out.cast::<T>());
    // Results wait here, as the inputs may have to be read again.
    let mut results = [T::default(); TRIED];
    let mut at = 0;
    while at < n {
        let m = TRIED.min(n - at);
        // SAFETY: `at + m <= n`.
        unsafe {
            let (a, b) = (a.add(at), b.add(at));
            let mut holds = true;
            for (i, result) in results[..m].iter_mut().enumerate() {
                let (value, good) = quick(*a.add(i), *b.add(i));
                *result = value;
                holds &= good;
            }
            if !holds {
                let mut any = false;
                for (i, result) in results[..m].iter_mut().enumerate() {
                    any |= wrong(*a.add(i), *b.add(i));
                    *result = slow(*a.add(i), *b.add(i));
                }
                if any {
                    raise(Faults::from_bits(FAULTS));
                }
            }
            std::ptr::copy_nonoverlapping(results.as_ptr(), out.add(at), m);
        }
        at += m;
    }
}

/// The routine that applies `slow`, or where the instruction set makes it worth trying, `quick`: a function of the same
/// values that says where it holds. `wrong` is as in [`raising2`]; where it says that flags are due, `quick` does not hold.
pub(crate) fn tried<const FAULTS: u8, T, Q, W, S>(isa: Isa, quick: Q, wrong: W, slow: S) -> TileFn
where
    T: Copy + Default,
    Q: Fn(T, T) -> (T, bool) + Copy,
    W: Fn(T, T) -> bool + Copy,
    S: Fn(T, T) -> T + Copy,
{
    /// # Safety
    /// As [`TileFn`], on a processor with these features.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma,bmi2,popcnt,f16c")]
    unsafe fn wide<const FAULTS: u8, T, Q, W, S>(n: usize, ins: &[*const u8; 3], out: *mut u8)
    where
        T: Copy + Default,
        Q: Fn(T, T) -> (T, bool) + Copy,
        W: Fn(T, T) -> bool + Copy,
        S: Fn(T, T) -> T + Copy,
    {
        // SAFETY: the caller's contract is the body's.
        unsafe { body_tried::<FAULTS, T, Q, W, S>(n, ins, out) }
    }
    let _ = quick;
    match isa {
        Isa::Base => raising2::<FAULTS, _, _, _, _, _>(isa, wrong, slow),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 | Isa::Avx512 => wide::<FAULTS, T, Q, W, S>,
    }
}

/// Puts up the processor's flags of these faults, by making them.
#[cold]
#[inline(never)]
pub(crate) fn raise(faults: Faults) {
    use std::hint::black_box;
    for (fault, a, b) in [
        (Fault::Divide, 1.0, 0.0),
        (Fault::Overflow, f64::MAX, 0.5),
        (Fault::Underflow, f64::MIN_POSITIVE, 3.0),
        (Fault::Invalid, 0.0, 0.0),
    ] {
        if faults.has(fault) {
            black_box(black_box(a) / black_box(b));
        }
    }
}

/// Bits of sets of faults, for [`raising1`] and [`raising2`].
pub(crate) const INVALID: u8 = Faults::one(Fault::Invalid).bits();
pub(crate) const OVERFLOW: u8 = Faults::one(Fault::Overflow).bits();
pub(crate) const DIVIDE: u8 = Faults::one(Fault::Divide).bits();

macro_rules! raising {
    ($(#[doc = $doc:literal])* $name:ident, $body:ident, $($g:ident $at:literal),*) => {
        $(#[doc = $doc])*
        pub(crate) fn $name<const FAULTS: u8, $($g: Copy,)* R, W: Fn($($g),*) -> bool + Copy, F: Fn($($g),*) -> R + Copy>(
            isa: Isa,
            _: W,
            _: F,
        ) -> TileFn {
            /// # Safety
            /// As [`TileFn`].
            #[inline(always)]
            unsafe fn body<const FAULTS: u8, $($g: Copy,)* R, W: Fn($($g),*) -> bool + Copy, F: Fn($($g),*) -> R + Copy>(
                n: usize,
                ins: &[*const u8; 3],
                out: *mut u8,
            ) {
                let wrong = conjure::<W>();
                // Looked at before, as the result may take the place of an operand.
                let mut any = false;
                for i in 0..n {
                    // SAFETY: `i < n`.
                    any |= unsafe { wrong($(*ins[$at].cast::<$g>().add(i)),*) };
                }
                if any {
                    raise(Faults::from_bits(FAULTS));
                }
                // SAFETY: the caller's contract is the body's.
                unsafe { $body::<$($g,)* R, F>(n, ins, out) }
            }
            /// # Safety
            /// As [`TileFn`].
            unsafe fn base<const FAULTS: u8, $($g: Copy,)* R, W: Fn($($g),*) -> bool + Copy, F: Fn($($g),*) -> R + Copy>(
                n: usize,
                ins: &[*const u8; 3],
                out: *mut u8,
            ) {
                // SAFETY: the caller's contract is the body's.
                unsafe { body::<FAULTS, $($g,)* R, W, F>(n, ins, out) }
            }
            /// # Safety
            /// As [`TileFn`], on a processor with these features.
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,bmi2,popcnt,f16c")]
            unsafe fn wide<const FAULTS: u8, $($g: Copy,)* R, W: Fn($($g),*) -> bool + Copy, F: Fn($($g),*) -> R + Copy>(
                n: usize,
                ins: &[*const u8; 3],
                out: *mut u8,
            ) {
                // SAFETY: the caller's contract is the body's.
                unsafe { body::<FAULTS, $($g,)* R, W, F>(n, ins, out) }
            }
            match isa {
                Isa::Base => base::<FAULTS, $($g,)* R, W, F>,
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 | Isa::Avx512 => wide::<FAULTS, $($g,)* R, W, F>,
            }
        }
    };
}

raising!(
    /// As [`tile1`], for a function that puts up no flags of its own where the first function says that these are due.
    raising1, body1, A 0
);
raising!(
    /// As [`raising1`], of two elements.
    raising2, body2, A 0, B 1
);
