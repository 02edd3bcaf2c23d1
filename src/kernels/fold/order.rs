//! Folds to the smallest and largest value, with NaN first or ignored.
#![expect(unsafe_code, reason = "reads tiles through pointers")]

use super::extreme::{Fmax, Fmin, Max, Min};
use super::float::Floats;
use super::simple::{Of, Simple, floats, in_turn, ops};
use super::{FoldFns, Tables};
use crate::dtype::DType;
use crate::kernels::tile::isa::Isa;
use crate::kernels::tile::number::Complex;
use crate::kernels::tile::{complex, half};
use std::marker::PhantomData;

ops! {
    MinI8: i8, Some(i8::MAX), |a, b| a.min(b);
    MinU8: u8, Some(u8::MAX), |a, b| a.min(b);
    MinI16: i16, Some(i16::MAX), |a, b| a.min(b);
    MinU16: u16, Some(u16::MAX), |a, b| a.min(b);
    MinI32: i32, Some(i32::MAX), |a, b| a.min(b);
    MinU32: u32, Some(u32::MAX), |a, b| a.min(b);
    MinI64: i64, Some(i64::MAX), |a, b| a.min(b);
    MinU64: u64, Some(u64::MAX), |a, b| a.min(b);
    MaxI8: i8, Some(i8::MIN), |a, b| a.max(b);
    MaxU8: u8, Some(u8::MIN), |a, b| a.max(b);
    MaxI16: i16, Some(i16::MIN), |a, b| a.max(b);
    MaxU16: u16, Some(u16::MIN), |a, b| a.max(b);
    MaxI32: i32, Some(i32::MIN), |a, b| a.max(b);
    MaxU32: u32, Some(u32::MIN), |a, b| a.max(b);
    MaxI64: i64, Some(i64::MIN), |a, b| a.max(b);
    MaxU64: u64, Some(u64::MIN), |a, b| a.max(b);
    MinC64: Complex<f32>, None, |a, b| if complex::f32::is_nan(a) | complex::f32::le(a, b) { a } else { seldom(b) };
    MinC128: Complex<f64>, None, |a, b| if complex::f64::is_nan(a) | complex::f64::le(a, b) { a } else { seldom(b) };
    MaxC64: Complex<f32>, None, |a, b| if complex::f32::is_nan(a) | complex::f32::le(b, a) { a } else { seldom(b) };
    MaxC128: Complex<f64>, None, |a, b| if complex::f64::is_nan(a) | complex::f64::le(b, a) { a } else { seldom(b) };
    FminC64: Complex<f32>, None, |a, b| if complex::f32::is_nan(b) | complex::f32::le(a, b) { a } else { seldom(b) };
    FminC128: Complex<f64>, None, |a, b| if complex::f64::is_nan(b) | complex::f64::le(a, b) { a } else { seldom(b) };
    FmaxC64: Complex<f32>, None, |a, b| if complex::f32::is_nan(b) | complex::f32::le(b, a) { a } else { seldom(b) };
    FmaxC128: Complex<f64>, None, |a, b| if complex::f64::is_nan(b) | complex::f64::le(b, a) { a } else { seldom(b) };
}

/// The value. A call that is not expected, so that the choice that it is part of stays a branch: an unforeseen branch now
/// and then costs less than a choice that each comparison must wait for.
#[cold]
#[inline(never)]
pub(super) fn seldom<T>(value: T) -> T {
    value
}

/// A number that orders float16 by value, -0.0 before 0.0, with NaN replaced.
#[inline(always)]
fn key(h: u16, nan: i16) -> i16 {
    let value = if h & 0x8000 != 0 { !(h & 0x7fff) } else { h } as i16;
    if half::is_nan(h) { nan } else { value }
}

/// The float16 of a [`key`].
#[inline(always)]
fn unkeyed(key: i16, nan: i16) -> u16 {
    let bits = if key < 0 { !(key as u16) | 0x8000 } else { key as u16 };
    if key == nan { 0x7e00 } else { bits }
}

/// The best of the keys of `m > 0` elements. Keys wait in a buffer: the compiler finds vectors for making them and for
/// comparing them, but not for both in one loop.
///
/// # Safety
/// `x` covers `m` elements.
#[inline(always)]
pub(super) unsafe fn best_key(
    x: *const u16,
    m: usize,
    key: impl Fn(u16) -> i16,
    best: impl Fn(i16, i16) -> i16,
) -> i16 {
    const BLOCK: usize = 256;
    if m <= 16 {
        // SAFETY: `0 < m` elements.
        return unsafe { (1..m).fold(key(*x), |acc, i| best(acc, key(*x.add(i)))) };
    }
    let mut keys = [0i16; BLOCK];
    // SAFETY: all reads lie below `m`.
    unsafe {
        let mut acc = key(*x);
        for at in (0..m).step_by(BLOCK) {
            let keys = &mut keys[..BLOCK.min(m - at)];
            for (i, k) in keys.iter_mut().enumerate() {
                *k = key(*x.add(at + i));
            }
            for k in keys {
                acc = best(acc, *k);
            }
        }
        acc
    }
}

/// Orders of float16 in a row by the integers that order them.
pub(super) struct Halves<O>(PhantomData<O>);

macro_rules! halves {
    ($op:ident, $best:ident, $nan:expr) => {
        impl Simple for Halves<$op> {
            type T = u16;
            const P: usize = 1;

            fn identity() -> u16 {
                unreachable!("the fold of nothing")
            }

            #[inline(always)]
            fn op(a: u16, b: u16) -> u16 {
                unkeyed(key(a, $nan).$best(key(b, $nan)), $nan)
            }

            #[inline(always)]
            unsafe fn row(x: *const u16, m: usize, out: *mut u16) {
                // SAFETY: `0 < m` elements; `out` takes one.
                unsafe {
                    let best = best_key(x, m, |h| key(h, $nan), |a, b| a.$best(b));
                    out.write(unkeyed(best, $nan));
                }
            }
        }
    };
}
// NaN is the best of all, or the worst.
halves!(Min, min, i16::MIN);
halves!(Max, max, i16::MAX);
halves!(Fmin, min, i16::MAX);
halves!(Fmax, max, i16::MIN);

macro_rules! by_type {
    ($name:ident, $bool:ident, $i8:ident, $u8:ident, $i16:ident, $u16:ident, $i32:ident, $u32:ident, $i64:ident,
     $u64:ident, $float:ident, $c64:ident, $c128:ident) => {
        pub(super) fn $name(isa: Isa, t: DType) -> &'static FoldFns {
            match t {
                DType::Bool => in_turn!(isa, $bool),
                DType::I8 => in_turn!(isa, $i8),
                DType::U8 => in_turn!(isa, $u8),
                DType::I16 => in_turn!(isa, $i16),
                DType::U16 => in_turn!(isa, $u16),
                DType::I32 => in_turn!(isa, $i32),
                DType::U32 => in_turn!(isa, $u32),
                DType::I64 => in_turn!(isa, $i64),
                DType::U64 => in_turn!(isa, $u64),
                DType::F16 => Tables::<Of<Halves<$float>>>::of(isa),
                DType::F32 => floats!(isa, $float, Base32, Wide32, f32, 1),
                DType::F64 => floats!(isa, $float, Base64, Wide64, f64, 1),
                DType::C64 => in_turn!(isa, $c64),
                DType::C128 => in_turn!(isa, $c128),
            }
        }
    };
}

by_type!(min, MinU8, MinI8, MinU8, MinI16, MinU16, MinI32, MinU32, MinI64, MinU64, Min, MinC64, MinC128);
by_type!(max, MaxU8, MaxI8, MaxU8, MaxI16, MaxU16, MaxI32, MaxU32, MaxI64, MaxU64, Max, MaxC64, MaxC128);
// The integer columns serve no one: these folds take inexact types only.
by_type!(fmin, MinU8, MinI8, MinU8, MinI16, MinU16, MinI32, MinU32, MinI64, MinU64, Fmin, FminC64, FminC128);
by_type!(fmax, MaxU8, MaxI8, MaxU8, MaxI16, MaxU16, MaxI32, MaxU32, MaxI64, MaxU64, Fmax, FmaxC64, FmaxC128);
