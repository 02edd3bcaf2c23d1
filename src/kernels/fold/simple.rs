//! Folds whose state is a value of the element's own type: sums, products, bitwise folds; and the frame for the ordering ones.
#![expect(unsafe_code, reason = "reads tiles and states through pointers")]

use super::lanes::{Op, reduce_cols, reduce_row};
use super::{FoldFns, Routines, Tables};
use crate::dtype::DType;
use crate::kernels::tile::complex;
use crate::kernels::tile::isa::Isa;
use crate::kernels::tile::number::{Complex, c};
use crate::ops::reduction::Finish;
use std::marker::PhantomData;

/// A fold over elements that are `P` values of an [`Op`] each.
pub(super) trait Simple {
    /// The operation on values.
    type O: Op;
    /// Values of an element.
    const P: usize;

    /// One row of `m` values.
    ///
    /// # Safety
    /// `x` covers `m` values, `out` takes `P`.
    unsafe fn row(x: *const Value<Self>, m: usize, out: *mut Value<Self>);

    /// Columns, as [`reduce_cols`].
    ///
    /// # Safety
    /// As [`reduce_cols`].
    unsafe fn cols(k: usize, m: usize, x: *const Value<Self>, out: *mut Value<Self>);

    /// Means of `n` states, for sums.
    ///
    /// # Safety
    /// Both pointers cover `n` elements.
    unsafe fn mean(n: usize, states: *const Value<Self>, count: u64, out: *mut Value<Self>) {
        let _ = (n, states, count, out);
        unreachable!("only sums of inexact types have a mean");
    }
}

/// The value type of a [`Simple`] fold.
pub(super) type Value<S> = <<S as Simple>::O as Op>::T;

/// The routines of a [`Simple`] fold.
pub(super) struct Of<S>(PhantomData<S>);

impl<S: Simple> Routines for Of<S> {
    #[inline(always)]
    unsafe fn rows(k: usize, m: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        let (x, out, values) = (x.cast::<Value<S>>(), states.cast::<Value<S>>(), m * S::P);
        for i in 0..k {
            // SAFETY: row `i` and its state lie within the block and the states.
            unsafe { S::row(x.add(i * values), values, out.add(i * S::P)) };
        }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        if k == 0 {
            // SAFETY: `m` states, as the caller's contract says.
            return unsafe { Self::empty(m, states) };
        }
        // SAFETY: the caller's contract, in values.
        unsafe { S::cols(k, m * S::P, x.cast(), states.cast()) }
    }

    #[inline(always)]
    unsafe fn combine(n: usize, acc: *mut u8, new: *const u8, _: u64, _: u64) {
        let (acc, new) = (acc.cast::<Value<S>>(), new.cast::<Value<S>>());
        for i in 0..n * S::P {
            // SAFETY: `i` lies within the states.
            unsafe { acc.add(i).write(S::O::op(*acc.add(i), *new.add(i))) };
        }
    }

    unsafe fn finish(n: usize, states: *const u8, count: u64, finish: Finish, out: *mut u8) {
        // SAFETY: `n` states and `n` results of the same size, as the caller's contract says.
        unsafe {
            match finish {
                Finish::Value => std::ptr::copy_nonoverlapping(states, out, n * S::P * size_of::<Value<S>>()),
                Finish::Mean => S::mean(n, states.cast(), count, out.cast()),
                Finish::Position | Finish::Var(_) | Finish::Std(_) => unreachable!("{finish:?} of a value"),
            }
        }
    }

    unsafe fn empty(n: usize, states: *mut u8) {
        for i in 0..n * S::P {
            // SAFETY: `i` lies within the states.
            unsafe { states.cast::<Value<S>>().add(i).write(S::O::IDENTITY) };
        }
    }
}

/// The sum over the count as NumPy's `mean` divides: in float64, then rounded to the type.
pub(super) trait Mean: Copy {
    /// The mean.
    fn mean(self, count: u64) -> Self;
}

impl Mean for f32 {
    fn mean(self, count: u64) -> f32 {
        (f64::from(self) / count as f64) as f32
    }
}

impl Mean for f64 {
    fn mean(self, count: u64) -> f64 {
        self / count as f64
    }
}

impl Mean for Complex<f64> {
    fn mean(self, count: u64) -> Self {
        complex::f64::div(self, c(count as f64, 0.0))
    }
}

impl Mean for Complex<f32> {
    fn mean(self, count: u64) -> Self {
        let mean = c(f64::from(self.re), f64::from(self.im)).mean(count);
        c(mean.re as f32, mean.im as f32)
    }
}

macro_rules! ops {
    ($($name:ident: $t:ty, $identity:expr, |$a:ident, $b:ident| $e:expr $(, settle $settle:expr)?;)*) => { $(
        pub(super) struct $name;
        impl Op for $name {
            type T = $t;
            const IDENTITY: $t = $identity;
            #[inline(always)]
            fn op($a: $t, $b: $t) -> $t {
                $e
            }
            $(
                #[inline(always)]
                fn settle(a: $t) -> $t {
                    $settle(a)
                }
            )?
        }
    )* };
}

pub(super) use ops;

ops! {
    // From +0.0, as NumPy's sums: a sum of negative zeros is positive.
    AddF32: f32, 0.0, |a, b| a + b, settle |a| a + 0.0;
    AddF64: f64, 0.0, |a, b| a + b, settle |a| a + 0.0;
    MulF32: f32, 1.0, |a, b| a * b;
    MulF64: f64, 1.0, |a, b| a * b;
    MulC64: Complex<f32>, c(1.0, 0.0), |a, b| complex::f32::mul(a, b);
    MulC128: Complex<f64>, c(1.0, 0.0), |a, b| complex::f64::mul(a, b);
    AddU8: u8, 0, |a, b| a.wrapping_add(b);
    AddU16: u16, 0, |a, b| a.wrapping_add(b);
    AddU32: u32, 0, |a, b| a.wrapping_add(b);
    AddU64: u64, 0, |a, b| a.wrapping_add(b);
    MulU8: u8, 1, |a, b| a.wrapping_mul(b);
    MulU16: u16, 1, |a, b| a.wrapping_mul(b);
    MulU32: u32, 1, |a, b| a.wrapping_mul(b);
    MulU64: u64, 1, |a, b| a.wrapping_mul(b);
    AndU8: u8, !0, |a, b| a & b;
    AndU16: u16, !0, |a, b| a & b;
    AndU32: u32, !0, |a, b| a & b;
    AndU64: u64, !0, |a, b| a & b;
    AndBool: u8, 1, |a, b| a & b;
    OrU8: u8, 0, |a, b| a | b;
    OrU16: u16, 0, |a, b| a | b;
    OrU32: u32, 0, |a, b| a | b;
    OrU64: u64, 0, |a, b| a | b;
    XorU8: u8, 0, |a, b| a ^ b;
    XorU16: u16, 0, |a, b| a ^ b;
    XorU32: u32, 0, |a, b| a ^ b;
    XorU64: u64, 0, |a, b| a ^ b;
}

/// Sums and products of floats: fixed lanes, fixed tree. `L` lanes fill four vectors of 32 bytes.
pub(super) struct Rounded<O, E, const L: usize, const P: usize>(PhantomData<(O, E)>);

impl<O: Op, E: Mean, const L: usize, const P: usize> Simple for Rounded<O, E, L, P> {
    type O = O;
    const P: usize = P;

    #[inline(always)]
    unsafe fn row(x: *const O::T, m: usize, out: *mut O::T) {
        // SAFETY: the caller's contract.
        unsafe { out.cast::<[O::T; P]>().write(reduce_row::<O, L, P>(x, m)) }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, x: *const O::T, out: *mut O::T) {
        // SAFETY: the caller's contract.
        unsafe { reduce_cols::<O, L>(k, m, x, out) }
    }

    unsafe fn mean(n: usize, states: *const O::T, count: u64, out: *mut O::T) {
        for i in 0..n {
            // SAFETY: `i < n`; an element `E` is `P` values.
            unsafe { out.cast::<E>().add(i).write((*states.cast::<E>().add(i)).mean(count)) };
        }
    }
}

/// Folds that round nothing: any order of the operations gives the same, so the compiler may choose one.
pub(super) struct Exact<O>(PhantomData<O>);

impl<O: Op> Simple for Exact<O> {
    type O = O;
    const P: usize = 1;

    #[inline(always)]
    unsafe fn row(x: *const O::T, m: usize, out: *mut O::T) {
        let mut acc = O::IDENTITY;
        for i in 0..m {
            // SAFETY: `i < m`.
            acc = O::op(acc, unsafe { *x.add(i) });
        }
        // SAFETY: `out` takes one value.
        unsafe { out.write(acc) };
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, x: *const O::T, out: *mut O::T) {
        // SAFETY: the caller's contract.
        unsafe { reduce_cols::<O, 16>(k, m, x, out) }
    }
}

macro_rules! table {
    ($isa:expr, $s:ty) => {
        Tables::<Of<$s>>::of($isa)
    };
}
pub(super) use table;

macro_rules! by_size {
    ($isa:expr, $t:expr, $a:ident, $b:ident, $c:ident, $d:ident) => {
        match $t.size() {
            1 => table!($isa, Exact<$a>),
            2 => table!($isa, Exact<$b>),
            4 => table!($isa, Exact<$c>),
            _ => table!($isa, Exact<$d>),
        }
    };
}

pub(super) fn sum(isa: Isa, t: DType) -> &'static FoldFns {
    match t {
        DType::F32 => table!(isa, Rounded<AddF32, f32, 32, 1>),
        DType::F64 => table!(isa, Rounded<AddF64, f64, 16, 1>),
        DType::C64 => table!(isa, Rounded<AddF32, Complex<f32>, 32, 2>),
        DType::C128 => table!(isa, Rounded<AddF64, Complex<f64>, 16, 2>),
        _ => by_size!(isa, t, AddU8, AddU16, AddU32, AddU64),
    }
}

pub(super) fn prod(isa: Isa, t: DType) -> &'static FoldFns {
    match t {
        DType::F32 => table!(isa, Rounded<MulF32, f32, 32, 1>),
        DType::F64 => table!(isa, Rounded<MulF64, f64, 16, 1>),
        DType::C64 => table!(isa, Rounded<MulC64, Complex<f32>, 8, 1>),
        DType::C128 => table!(isa, Rounded<MulC128, Complex<f64>, 8, 1>),
        _ => by_size!(isa, t, MulU8, MulU16, MulU32, MulU64),
    }
}

pub(super) fn and(isa: Isa, t: DType) -> &'static FoldFns {
    if t == DType::Bool { table!(isa, Exact<AndBool>) } else { by_size!(isa, t, AndU8, AndU16, AndU32, AndU64) }
}

pub(super) fn or(isa: Isa, t: DType) -> &'static FoldFns {
    by_size!(isa, t, OrU8, OrU16, OrU32, OrU64)
}

pub(super) fn xor(isa: Isa, t: DType) -> &'static FoldFns {
    by_size!(isa, t, XorU8, XorU16, XorU32, XorU64)
}
