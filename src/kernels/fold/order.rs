//! Folds to the smallest and largest value, with NaN first or ignored.
#![expect(unsafe_code, reason = "reads tiles through pointers")]

use super::lanes::{Op, reduce_cols};
use super::simple::{Exact, Of, Simple, ops, table};
use super::{FoldFns, Tables};
use crate::dtype::DType;
use crate::kernels::tile::isa::Isa;
use crate::kernels::tile::number::{Complex, c};
use crate::kernels::tile::{complex, float, half};
use std::marker::PhantomData;

ops! {
    MinI8: i8, i8::MAX, |a, b| a.min(b);
    MinU8: u8, u8::MAX, |a, b| a.min(b);
    MinI16: i16, i16::MAX, |a, b| a.min(b);
    MinU16: u16, u16::MAX, |a, b| a.min(b);
    MinI32: i32, i32::MAX, |a, b| a.min(b);
    MinU32: u32, u32::MAX, |a, b| a.min(b);
    MinI64: i64, i64::MAX, |a, b| a.min(b);
    MinU64: u64, u64::MAX, |a, b| a.min(b);
    MaxI8: i8, i8::MIN, |a, b| a.max(b);
    MaxU8: u8, u8::MIN, |a, b| a.max(b);
    MaxI16: i16, i16::MIN, |a, b| a.max(b);
    MaxU16: u16, u16::MIN, |a, b| a.max(b);
    MaxI32: i32, i32::MIN, |a, b| a.max(b);
    MaxU32: u32, u32::MIN, |a, b| a.max(b);
    MaxI64: i64, i64::MIN, |a, b| a.max(b);
    MaxU64: u64, u64::MIN, |a, b| a.max(b);
    // Without identity: nothing asks for these.
    MinF32: f32, f32::NAN, |a, b| float::f32::minimum(a, b);
    MinF64: f64, f64::NAN, |a, b| float::f64::minimum(a, b);
    MaxF32: f32, f32::NAN, |a, b| float::f32::maximum(a, b);
    MaxF64: f64, f64::NAN, |a, b| float::f64::maximum(a, b);
    FminF32: f32, f32::NAN, |a, b| float::f32::fmin(a, b);
    FminF64: f64, f64::NAN, |a, b| float::f64::fmin(a, b);
    FmaxF32: f32, f32::NAN, |a, b| float::f32::fmax(a, b);
    FmaxF64: f64, f64::NAN, |a, b| float::f64::fmax(a, b);
    MinC64: Complex<f32>, c(f32::NAN, 0.0), |a, b| complex::f32::minimum(a, b);
    MinC128: Complex<f64>, c(f64::NAN, 0.0), |a, b| complex::f64::minimum(a, b);
    MaxC64: Complex<f32>, c(f32::NAN, 0.0), |a, b| complex::f32::maximum(a, b);
    MaxC128: Complex<f64>, c(f64::NAN, 0.0), |a, b| complex::f64::maximum(a, b);
    FminC64: Complex<f32>, c(f32::NAN, 0.0), |a, b| complex::f32::fmin(a, b);
    FminC128: Complex<f64>, c(f64::NAN, 0.0), |a, b| complex::f64::fmin(a, b);
    FmaxC64: Complex<f32>, c(f32::NAN, 0.0), |a, b| complex::f32::fmax(a, b);
    FmaxC128: Complex<f64>, c(f64::NAN, 0.0), |a, b| complex::f64::fmax(a, b);
    MinF16: u16, 0x7e00, |a, b| half_min(a, b);
    MaxF16: u16, 0x7e00, |a, b| half_max(a, b);
    FminF16: u16, 0x7e00, |a, b| half_fmin(a, b);
    FmaxF16: u16, 0x7e00, |a, b| half_fmax(a, b);
}

#[inline(always)]
fn half_min(a: u16, b: u16) -> u16 {
    if half::is_nan(a) || (half::order(a) < half::order(b) && !half::is_nan(b)) { a } else { b }
}

#[inline(always)]
fn half_max(a: u16, b: u16) -> u16 {
    if half::is_nan(a) || (half::order(a) > half::order(b) && !half::is_nan(b)) { a } else { b }
}

#[inline(always)]
fn half_fmin(a: u16, b: u16) -> u16 {
    if half::is_nan(b) || (half::order(a) < half::order(b) && !half::is_nan(a)) { a } else { b }
}

#[inline(always)]
fn half_fmax(a: u16, b: u16) -> u16 {
    if half::is_nan(b) || (half::order(a) > half::order(b) && !half::is_nan(a)) { a } else { b }
}

/// Ordering folds, element after element in a row, as NumPy goes: which of several NaNs comes out is NumPy's choice.
pub(super) struct InTurn<O>(PhantomData<O>);

impl<O: Op> Simple for InTurn<O> {
    type O = O;
    const P: usize = 1;

    #[inline(always)]
    unsafe fn row(x: *const O::T, m: usize, out: *mut O::T) {
        // SAFETY: `m > 0`, as for all folds without identity; `i < m`.
        unsafe {
            let mut acc = *x;
            for i in 1..m {
                acc = O::op(acc, *x.add(i));
            }
            out.write(acc);
        }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, x: *const O::T, out: *mut O::T) {
        // SAFETY: the caller's contract.
        unsafe { reduce_cols::<O, 8>(k, m, x, out) }
    }
}

/// A float fold that keeps its lanes in registers: `L` lanes fill four vectors of 32 bytes.
pub(super) trait FloatRow<T> {
    /// One row of `m > 0` values.
    ///
    /// # Safety
    /// `x` covers `m` values.
    unsafe fn row(x: *const T, m: usize) -> T;
}

/// Ordering folds of floats.
pub(super) struct InLanes<O, const L: usize>(PhantomData<O>);

impl<O: Op + FloatRow<O::T>, const L: usize> Simple for InLanes<O, L> {
    type O = O;
    const P: usize = 1;

    #[inline(always)]
    unsafe fn row(x: *const O::T, m: usize, out: *mut O::T) {
        // SAFETY: the caller's contract.
        unsafe { out.write(<O as FloatRow<O::T>>::row(x, m)) }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, x: *const O::T, out: *mut O::T) {
        // SAFETY: the caller's contract.
        unsafe { reduce_cols::<O, L>(k, m, x, out) }
    }
}

macro_rules! float_rows {
    ($t:ident, $mask:ident, $lanes:literal, $strict:ident, $lenient:ident, $before:tt, $worst:expr) => {
        impl FloatRow<$t> for $strict {
            #[inline(always)]
            unsafe fn row(x: *const $t, m: usize) -> $t {
                const L: usize = $lanes;
                // SAFETY: all reads lie below `m`; `m > 0`.
                unsafe {
                    let mut best = [*x; L];
                    // All bits set in lanes that met a NaN; one comparison looks at two rows.
                    let mut bad = [0 as $mask; L];
                    let whole = m / (2 * L) * (2 * L);
                    for at in (0..whole).step_by(2 * L) {
                        for l in 0..L {
                            let (a, b) = (*x.add(at + l), *x.add(at + L + l));
                            bad[l] |= ((a.is_nan() | b.is_nan()) as $mask).wrapping_neg();
                            let c = if a $before b { a } else { b };
                            best[l] = if c $before best[l] { c } else { best[l] };
                        }
                    }
                    let mut width = L;
                    while width > 1 {
                        width /= 2;
                        for l in 0..width {
                            best[l] = $strict::op(best[l], best[l + width]);
                            bad[l] |= bad[l + width];
                        }
                    }
                    if bad[0] != 0 {
                        return (0..whole).map(|i| *x.add(i)).find(|v| v.is_nan()).unwrap_or($t::NAN);
                    }
                    let mut acc = best[0];
                    for i in whole..m {
                        acc = $strict::op(acc, *x.add(i));
                    }
                    acc
                }
            }
        }

        impl FloatRow<$t> for $lenient {
            #[inline(always)]
            unsafe fn row(x: *const $t, m: usize) -> $t {
                const L: usize = $lanes;
                // SAFETY: all reads lie below `m`; `m > 0`.
                unsafe {
                    let mut best = [$worst; L];
                    let whole = m / L * L;
                    for at in (0..whole).step_by(L) {
                        for l in 0..L {
                            let a = *x.add(at + l);
                            best[l] = if a $before best[l] { a } else { best[l] };
                        }
                    }
                    let mut width = L;
                    while width > 1 {
                        width /= 2;
                        for l in 0..width {
                            best[l] = if best[l] $before best[l + width] { best[l] } else { best[l + width] };
                        }
                    }
                    let mut acc = best[0];
                    for i in whole..m {
                        let a = *x.add(i);
                        acc = if a $before acc { a } else { acc };
                    }
                    // The worst value is what nothing but NaN leaves too.
                    if acc == $worst && (0..m).all(|i| (*x.add(i)).is_nan()) { *x } else { acc }
                }
            }
        }
    };
}

float_rows!(f32, u32, 32, MinF32, FminF32, <, f32::INFINITY);
float_rows!(f64, u64, 16, MinF64, FminF64, <, f64::INFINITY);
float_rows!(f32, u32, 32, MaxF32, FmaxF32, >, f32::NEG_INFINITY);
float_rows!(f64, u64, 16, MaxF64, FmaxF64, >, f64::NEG_INFINITY);

macro_rules! by_type {
    ($name:ident, $bool:ident, $i8:ident, $u8:ident, $i16:ident, $u16:ident, $i32:ident, $u32:ident, $i64:ident,
     $u64:ident, $f16:ident, $f32:ident, $f64:ident, $c64:ident, $c128:ident) => {
        pub(super) fn $name(isa: Isa, t: DType) -> &'static FoldFns {
            match t {
                DType::Bool => table!(isa, Exact<$bool>),
                DType::I8 => table!(isa, Exact<$i8>),
                DType::U8 => table!(isa, Exact<$u8>),
                DType::I16 => table!(isa, Exact<$i16>),
                DType::U16 => table!(isa, Exact<$u16>),
                DType::I32 => table!(isa, Exact<$i32>),
                DType::U32 => table!(isa, Exact<$u32>),
                DType::I64 => table!(isa, Exact<$i64>),
                DType::U64 => table!(isa, Exact<$u64>),
                DType::F16 => table!(isa, InTurn<$f16>),
                DType::F32 => table!(isa, InLanes<$f32, 32>),
                DType::F64 => table!(isa, InLanes<$f64, 16>),
                DType::C64 => table!(isa, InTurn<$c64>),
                DType::C128 => table!(isa, InTurn<$c128>),
            }
        }
    };
}

by_type!(
    min, MinU8, MinI8, MinU8, MinI16, MinU16, MinI32, MinU32, MinI64, MinU64, MinF16, MinF32, MinF64, MinC64, MinC128
);
by_type!(
    max, MaxU8, MaxI8, MaxU8, MaxI16, MaxU16, MaxI32, MaxU32, MaxI64, MaxU64, MaxF16, MaxF32, MaxF64, MaxC64, MaxC128
);
// The integer columns serve no one: these folds take inexact types only.
by_type!(
    fmin, MinU8, MinI8, MinU8, MinI16, MinU16, MinI32, MinU32, MinI64, MinU64, FminF16, FminF32, FminF64, FminC64,
    FminC128
);
by_type!(
    fmax, MaxU8, MaxI8, MaxU8, MaxI16, MaxU16, MaxI32, MaxU32, MaxI64, MaxU64, FmaxF16, FmaxF32, FmaxF64, FmaxC64,
    FmaxC128
);
