//! Folds whose state is a value of the element's own type: the frame they share, and the integer and complex ones.
#![expect(unsafe_code, reason = "reads tiles and states through pointers")]

use super::float::{Add, Floats, Mul};
use super::{FoldFns, MOST_BLOCKS, Routines, Tables};
use crate::dtype::DType;
use crate::kernels::tile::complex;
use crate::kernels::tile::isa::Isa;
use crate::kernels::tile::number::{Complex, c};
use crate::ops::reduction::Finish;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

/// A fold over elements of `P` values each.
pub(super) trait Simple {
    /// The values.
    type T: Copy;
    /// Values of an element.
    const P: usize;

    /// What changes no value; of folds without such a value, one that is never used.
    fn identity() -> Self::T;

    /// The operation.
    fn op(a: Self::T, b: Self::T) -> Self::T;

    /// One row of `m` values.
    ///
    /// # Safety
    /// `x` covers `m` values, `out` takes `P`.
    unsafe fn row(x: *const Self::T, m: usize, out: *mut Self::T);

    /// Each of the `m` columns of a block of `k > 0` rows that lie `apart` values apart.
    ///
    /// # Safety
    /// `x` covers the rows, `out` takes `m` values and is apart from them.
    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, apart: usize, x: *const Self::T, out: *mut Self::T) {
        // SAFETY: the caller's contract.
        unsafe {
            let row = |i: usize| std::slice::from_raw_parts(x.add(i * apart), m);
            let out = std::slice::from_raw_parts_mut(out.cast::<MaybeUninit<Self::T>>(), m);
            let mut at = match k {
                ..4 => join_rows::<Self, 1, true>(out, [row(0)]),
                _ => join_rows::<Self, 4, true>(out, [row(0), row(1), row(2), row(3)]),
            };
            while at + 4 <= k {
                at += join_rows::<Self, 4, false>(out, [row(at), row(at + 1), row(at + 2), row(at + 3)]);
            }
            while at < k {
                at += join_rows::<Self, 1, false>(out, [row(at)]);
            }
        }
    }

    /// The operation of each of `n` values and another, into the first.
    ///
    /// # Safety
    /// Both pointers cover `n` values, and are apart.
    #[inline(always)]
    unsafe fn join(n: usize, acc: *mut Self::T, new: *const Self::T) {
        // SAFETY: the caller's contract; what is joined holds values.
        unsafe {
            let acc = std::slice::from_raw_parts_mut(acc.cast::<MaybeUninit<Self::T>>(), n);
            join_rows::<Self, 1, false>(acc, [std::slice::from_raw_parts(new, n)]);
        }
    }

    /// Means of `n` states, for sums.
    ///
    /// # Safety
    /// Both pointers cover `n` elements.
    unsafe fn mean(n: usize, states: *const Self::T, count: u64, out: *mut Self::T) {
        let _ = (n, states, count, out);
        unreachable!("only sums of inexact types have a mean");
    }
}

/// The operation of each value, but for the `FIRST` rows, and those of `R` rows, one after another; gives their number. Slices and plain loops, of
/// which the compiler makes vectors; of arrays as long as some vectors it makes single numbers.
///
/// # Safety
/// `out` holds values, unless the rows are the first.
#[inline(always)]
unsafe fn join_rows<S: Simple + ?Sized, const R: usize, const FIRST: bool>(
    out: &mut [MaybeUninit<S::T>],
    rows: [&[S::T]; R],
) -> usize {
    let rows = rows.map(|row| &row[..out.len()]);
    for (j, out) in out.iter_mut().enumerate() {
        // SAFETY: by contract.
        let mut acc = if FIRST { rows[0][j] } else { S::op(unsafe { out.assume_init() }, rows[0][j]) };
        for row in &rows[1..] {
            acc = S::op(acc, row[j]);
        }
        out.write(acc);
    }
    R
}

/// Bytes of a row that the blocks of a tree are folded in at a time, and levels of states: one more than blocks make.
const TREE: usize = 512;
const LEVELS: usize = MOST_BLOCKS.ilog2() as usize + 1;

/// [`FoldFns::trees`], `C` columns of values at a time.
///
/// # Safety
/// As there, in values.
#[inline(always)]
unsafe fn trees<S: Simple, const C: usize>(
    blocks: usize,
    k: usize,
    m: usize,
    apart: usize,
    x: *const S::T,
    out: *mut S::T,
) {
    let mut held = MaybeUninit::<[[S::T; C]; LEVELS]>::uninit();
    let held = held.as_mut_ptr().cast::<[S::T; C]>();
    // SAFETY: columns lie within `m`, blocks are rows of the caller's; what is joined was written, and there are as many levels as blocks carry.
    unsafe {
        let level = |l: usize| held.add(l).cast::<S::T>();
        for j in (0..m).step_by(C) {
            let width = C.min(m - j);
            for b in 0..blocks {
                let block = x.add(b * k * apart + j);
                let carries = b.trailing_ones() as usize;
                if blocks == 1 {
                    S::cols(k, width, apart, block, out.add(j));
                    continue;
                }
                // A block lies where its level is free: the first of two where it waits, the second beyond all.
                let own = if carries == 0 { level(0) } else { level(LEVELS - 1) };
                S::cols(k, width, apart, block, own);
                let mut new = own;
                for l in 0..carries {
                    S::join(width, level(l), new);
                    new = level(l);
                }
                let to = if b + 1 == blocks { out.add(j) } else { level(carries) };
                if new != to {
                    std::ptr::copy_nonoverlapping(new, to, width);
                }
            }
        }
    }
}

/// The routines of a [`Simple`] fold.
pub(super) struct Of<S>(PhantomData<S>);

impl<S: Simple> Routines for Of<S> {
    const TREES: bool = true;

    #[inline(always)]
    unsafe fn trees(blocks: usize, k: usize, m: usize, apart: usize, x: *const u8, states: *mut u8) {
        let (m, apart, x, out) = (m * S::P, apart * S::P, x.cast::<S::T>(), states.cast::<S::T>());
        // SAFETY: the caller's contract, in values.
        unsafe {
            match size_of::<S::T>() {
                1 => trees::<S, TREE>(blocks, k, m, apart, x, out),
                2 => trees::<S, { TREE / 2 }>(blocks, k, m, apart, x, out),
                4 => trees::<S, { TREE / 4 }>(blocks, k, m, apart, x, out),
                8 => trees::<S, { TREE / 8 }>(blocks, k, m, apart, x, out),
                _ => trees::<S, { TREE / 16 }>(blocks, k, m, apart, x, out),
            }
        }
    }

    #[inline(always)]
    unsafe fn rows(k: usize, m: usize, apart: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        let (x, out, values) = (x.cast::<S::T>(), states.cast::<S::T>(), m * S::P);
        for i in 0..k {
            // SAFETY: row `i` and its state lie within the block and the states.
            unsafe { S::row(x.add(i * apart * S::P), values, out.add(i * S::P)) };
        }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, apart: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        if k == 0 {
            // SAFETY: `m` states, as the caller's contract says.
            return unsafe { Self::empty(m, states) };
        }
        // SAFETY: the caller's contract, in values.
        unsafe { S::cols(k, m * S::P, apart * S::P, x.cast(), states.cast()) }
    }

    #[inline(always)]
    unsafe fn combine(n: usize, acc: *mut u8, new: *const u8, _: u64, _: u64) {
        // SAFETY: the caller's contract, in values.
        unsafe { S::join(n * S::P, acc.cast(), new.cast()) }
    }

    unsafe fn finish(n: usize, states: *const u8, count: u64, finish: Finish, out: *mut u8) {
        // SAFETY: `n` states and `n` results of the same size, as the caller's contract says.
        unsafe {
            match finish {
                Finish::Value => std::ptr::copy_nonoverlapping(states, out, n * S::P * size_of::<S::T>()),
                Finish::Mean => S::mean(n, states.cast(), count, out.cast()),
                Finish::Position | Finish::Var(_) | Finish::Std(_) | Finish::Tally => {
                    unreachable!("{finish:?} of a value")
                }
            }
        }
    }

    unsafe fn empty(n: usize, states: *mut u8) {
        for i in 0..n * S::P {
            // SAFETY: `i` lies within the states.
            unsafe { states.cast::<S::T>().add(i).write(S::identity()) };
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

/// Folds that go element after element in a row. Where nothing rounds the compiler reorders them into vectors; where NaNs
/// count, which of several comes out is NumPy's choice.
pub(super) struct InTurn<O>(PhantomData<O>);

/// An operation of [`InTurn`].
pub(super) trait Op {
    /// The element.
    type T: Copy;
    /// As [`Simple::identity`]; `None` where there is none.
    const IDENTITY: Option<Self::T>;
    /// The operation.
    fn op(a: Self::T, b: Self::T) -> Self::T;
}

impl<O: Op> Simple for InTurn<O> {
    type T = O::T;
    const P: usize = 1;

    fn identity() -> O::T {
        match O::IDENTITY {
            Some(value) => value,
            None => unreachable!("the fold of nothing"),
        }
    }

    #[inline(always)]
    fn op(a: O::T, b: O::T) -> O::T {
        O::op(a, b)
    }

    #[inline(always)]
    unsafe fn row(x: *const O::T, m: usize, out: *mut O::T) {
        // SAFETY: `i < m`; `out` takes one value; `m > 0` where there is no identity.
        unsafe {
            let (mut acc, from) = match O::IDENTITY {
                Some(value) => (value, 0),
                None => (*x, 1),
            };
            for i in from..m {
                acc = O::op(acc, *x.add(i));
            }
            out.write(acc);
        }
    }
}

macro_rules! ops {
    ($($name:ident: $t:ty, $identity:expr, |$a:ident, $b:ident| $e:expr;)*) => { $(
        pub(super) struct $name;
        impl $crate::kernels::fold::simple::Op for $name {
            type T = $t;
            const IDENTITY: Option<$t> = $identity;
            #[inline(always)]
            fn op($a: $t, $b: $t) -> $t {
                $e
            }
        }
    )* };
}
pub(super) use ops;

ops! {
    MulC64: Complex<f32>, Some(c(1.0, 0.0)), |a, b| complex::f32::mul(a, b);
    MulC128: Complex<f64>, Some(c(1.0, 0.0)), |a, b| complex::f64::mul(a, b);
    AddU8: u8, Some(0), |a, b| a.wrapping_add(b);
    AddU16: u16, Some(0), |a, b| a.wrapping_add(b);
    AddU32: u32, Some(0), |a, b| a.wrapping_add(b);
    AddU64: u64, Some(0), |a, b| a.wrapping_add(b);
    MulU8: u8, Some(1), |a, b| a.wrapping_mul(b);
    MulU16: u16, Some(1), |a, b| a.wrapping_mul(b);
    MulU32: u32, Some(1), |a, b| a.wrapping_mul(b);
    MulU64: u64, Some(1), |a, b| a.wrapping_mul(b);
    AndU8: u8, Some(!0), |a, b| a & b;
    AndU16: u16, Some(!0), |a, b| a & b;
    AndU32: u32, Some(!0), |a, b| a & b;
    AndU64: u64, Some(!0), |a, b| a & b;
    AndBool: u8, Some(1), |a, b| a & b;
    OrU8: u8, Some(0), |a, b| a | b;
    OrU16: u16, Some(0), |a, b| a | b;
    OrU32: u32, Some(0), |a, b| a | b;
    OrU64: u64, Some(0), |a, b| a | b;
    XorU8: u8, Some(0), |a, b| a ^ b;
    XorU16: u16, Some(0), |a, b| a ^ b;
    XorU32: u32, Some(0), |a, b| a ^ b;
    XorU64: u64, Some(0), |a, b| a ^ b;
}

/// The table of an [`InTurn`] fold.
macro_rules! in_turn {
    ($isa:expr, $o:ty) => {
        $crate::kernels::fold::Tables::<$crate::kernels::fold::simple::Of<$crate::kernels::fold::simple::InTurn<$o>>>::of(
            $isa,
        )
    };
}
pub(super) use in_turn;

/// The table of a [`Floats`] fold, with the vectors of the instruction set.
macro_rules! floats {
    ($isa:expr, $o:ty, $base:ident, $wide:ident, $e:ty, $p:literal) => {
        match $isa {
            Isa::Base => &Tables::<
                $crate::kernels::fold::simple::Of<Floats<$o, $crate::kernels::fold::vector::$base, $e, $p>>,
            >::BASE,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => &Tables::<
                $crate::kernels::fold::simple::Of<Floats<$o, $crate::kernels::fold::vector::$wide, $e, $p>>,
            >::WIDE,
        }
    };
}
pub(super) use floats;

macro_rules! by_size {
    ($isa:expr, $t:expr, $a:ident, $b:ident, $c:ident, $d:ident) => {
        match $t.size() {
            1 => in_turn!($isa, $a),
            2 => in_turn!($isa, $b),
            4 => in_turn!($isa, $c),
            _ => in_turn!($isa, $d),
        }
    };
}

pub(super) fn sum(isa: Isa, t: DType) -> &'static FoldFns {
    match t {
        DType::F32 => floats!(isa, Add, Base32, Wide32, f32, 1),
        DType::F64 => floats!(isa, Add, Base64, Wide64, f64, 1),
        DType::C64 => floats!(isa, Add, Base32, Wide32, Complex<f32>, 2),
        DType::C128 => floats!(isa, Add, Base64, Wide64, Complex<f64>, 2),
        DType::Bool
        | DType::I8
        | DType::U8
        | DType::I16
        | DType::U16
        | DType::I32
        | DType::U32
        | DType::I64
        | DType::U64
        | DType::F16 => by_size!(isa, t, AddU8, AddU16, AddU32, AddU64),
    }
}

pub(super) fn prod(isa: Isa, t: DType) -> &'static FoldFns {
    match t {
        DType::F32 => floats!(isa, Mul, Base32, Wide32, f32, 1),
        DType::F64 => floats!(isa, Mul, Base64, Wide64, f64, 1),
        DType::C64 => in_turn!(isa, MulC64),
        DType::C128 => in_turn!(isa, MulC128),
        DType::Bool
        | DType::I8
        | DType::U8
        | DType::I16
        | DType::U16
        | DType::I32
        | DType::U32
        | DType::I64
        | DType::U64
        | DType::F16 => by_size!(isa, t, MulU8, MulU16, MulU32, MulU64),
    }
}

pub(super) fn and(isa: Isa, t: DType) -> &'static FoldFns {
    if t == DType::Bool { in_turn!(isa, AndBool) } else { by_size!(isa, t, AndU8, AndU16, AndU32, AndU64) }
}

pub(super) fn or(isa: Isa, t: DType) -> &'static FoldFns {
    by_size!(isa, t, OrU8, OrU16, OrU32, OrU64)
}

pub(super) fn xor(isa: Isa, t: DType) -> &'static FoldFns {
    by_size!(isa, t, XorU8, XorU16, XorU32, XorU64)
}
