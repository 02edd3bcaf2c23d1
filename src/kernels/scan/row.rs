//! Loops compiled for the operations and types that are scanned most: NumPy's order, NumPy's bits.
//!
//! A running value waits for the one before it, so rows that do not depend on each other are scanned side by side.
#![expect(unsafe_code, reason = "walks rows through pointers")]

use super::Row;
use crate::dtype::DType;
use crate::kernels::tile::half;
use crate::kernels::tile::isa::Isa;
use crate::kernels::tile::number::{Complex, c};
use crate::ops::ufunc::Ufunc;

/// Rows that one loop scans side by side: an addition takes four cycles, and a cycle stores once.
pub(super) const BESIDE: usize = 4;

/// Scans `n > 0` elements of each of up to [`BESIDE`] rows, after what came before each, if `before` is not null.
///
/// # Safety
/// Each row has `n` aligned elements of the loop's type at both addresses, which are equal or do not overlap; no two rows do.
/// `before` is null or covers an element a row.
pub(super) type RowFn = unsafe fn(n: usize, rows: &[Row], before: *const u8);

/// Combines `n` pairs of neighbours.
///
/// # Safety
/// Each pointer covers `n` aligned elements of the loop's type; `to` is one of the others or overlaps neither.
pub(super) type PairFn = unsafe fn(n: usize, before: *const u8, x: *const u8, to: *mut u8);

/// Writes what `n > 0` elements give together, taken in any order.
///
/// # Safety
/// `x` covers `n` aligned elements of the loop's type, `to` one.
pub(super) type TotalFn = unsafe fn(n: usize, x: *const u8, to: *mut u8);

/// The loops of an operation over a type.
#[derive(Clone, Copy)]
pub(super) struct Loops {
    /// Along rows.
    pub(super) rows: RowFn,
    /// Over pairs.
    pub(super) pairs: PairFn,
    /// Of everything.
    pub(super) total: TotalFn,
}

fn loops<T: Copy, O: Op<T>>() -> Loops {
    #[cfg(target_arch = "x86_64")]
    if Isa::best() != Isa::Base {
        return wide_loops::<T, O>();
    }
    Loops { rows: rows::<T, O>, pairs: pairs::<T, O>, total: total::<T, O> }
}

#[cfg(target_arch = "x86_64")]
fn wide_loops<T: Copy, O: Op<T>>() -> Loops {
    Loops { rows: wide_rows::<T, O>, pairs: wide_pairs::<T, O>, total: wide_total::<T, O> }
}

/// # Safety
/// As [`RowFn`], on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi2,f16c")]
unsafe fn wide_rows<T: Copy, O: Op<T>>(n: usize, some: &[Row], before: *const u8) {
    // SAFETY: the caller's contract.
    unsafe { rows::<T, O>(n, some, before) }
}

/// # Safety
/// As [`TotalFn`], on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi2,f16c")]
unsafe fn wide_total<T: Copy, O: Op<T>>(n: usize, x: *const u8, to: *mut u8) {
    // SAFETY: the caller's contract.
    unsafe { total::<T, O>(n, x, to) }
}

/// # Safety
/// As [`TotalFn`].
#[inline(always)]
unsafe fn total<T: Copy, O: Op<T>>(n: usize, x: *const u8, to: *mut u8) {
    /// Running totals: two cache lines of the widest type.
    const SOME: usize = 16;
    let x = x.cast::<T>();
    // SAFETY: elements below `n`.
    unsafe {
        let mut i = 1;
        let mut all = *x;
        if n >= 2 * SOME {
            let mut some = *x.cast::<[T; SOME]>();
            i = SOME;
            while i + SOME <= n {
                let next = *x.add(i).cast::<[T; SOME]>();
                some = std::array::from_fn(|k| O::op(some[k], next[k]));
                i += SOME;
            }
            all = some[0];
            some[1..].iter().for_each(|&k| all = O::op(all, k));
        }
        for i in i..n {
            all = O::op(all, *x.add(i));
        }
        to.cast::<T>().write(all);
    }
}

/// # Safety
/// As [`PairFn`], on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi2,f16c")]
unsafe fn wide_pairs<T: Copy, O: Op<T>>(n: usize, before: *const u8, x: *const u8, to: *mut u8) {
    // SAFETY: the caller's contract.
    unsafe { pairs::<T, O>(n, before, x, to) }
}

/// # Safety
/// As [`PairFn`].
#[inline(always)]
unsafe fn pairs<T: Copy, O: Op<T>>(n: usize, before: *const u8, x: *const u8, to: *mut u8) {
    /// Pairs that are read before any is written, so that the compiler may take them together.
    const SOME: usize = 8;
    let (before, x, to) = (before.cast::<T>(), x.cast::<T>(), to.cast::<T>());
    // SAFETY: the caller's contract; elements at `i + SOME` and beyond are not reached.
    unsafe {
        let mut i = 0;
        while i + SOME <= n {
            let (a, b) = (*before.add(i).cast::<[T; SOME]>(), *x.add(i).cast::<[T; SOME]>());
            to.add(i).cast::<[T; SOME]>().write(std::array::from_fn(|k| O::op(a[k], b[k])));
            i += SOME;
        }
        for i in i..n {
            to.add(i).write(O::op(*before.add(i), *x.add(i)));
        }
    }
}

/// # Safety
/// As [`RowFn`].
#[inline(always)]
unsafe fn rows<T: Copy, O: Op<T>>(n: usize, rows: &[Row], before: *const u8) {
    let before = before.cast::<T>();
    // SAFETY: the caller's contract.
    unsafe {
        if let Ok(four) = <&[Row; BESIDE]>::try_from(rows) {
            return beside::<T, O, BESIDE>(n, four, before);
        }
        for (k, row) in rows.iter().enumerate() {
            let before = if before.is_null() { before } else { before.add(k) };
            beside::<T, O, 1>(n, &[*row], before);
        }
    }
}

/// # Safety
/// As [`RowFn`].
#[inline(always)]
unsafe fn beside<T: Copy, O: Op<T>, const N: usize>(n: usize, rows: &[Row; N], before: *const T) {
    let rows = rows.map(|r| (r.from.cast::<T>(), r.to.cast::<T>()));
    // SAFETY: `i < n` elements of each row.
    unsafe {
        let mut so_far = rows.map(|r| *r.0);
        if !before.is_null() {
            so_far = std::array::from_fn(|r| O::op(*before.add(r), so_far[r]));
        }
        for r in 0..N {
            rows[r].1.write(so_far[r]);
        }
        for i in 1..n {
            for r in 0..N {
                so_far[r] = O::op(so_far[r], *rows[r].0.add(i));
                rows[r].1.add(i).write(so_far[r]);
            }
        }
    }
}

/// A scan's operation on values of one type.
trait Op<T> {
    fn op(a: T, b: T) -> T;
}

/// The operations of rows.
struct Add;
struct Subtract;
struct Multiply;
struct Divide;
struct Minimum;
struct Maximum;
struct Fmin;
struct Fmax;
struct And;
struct Or;
struct Xor;

macro_rules! op {
    ($name:ident for $($t:ty)*: $op:expr) => {$(
        impl Op<$t> for $name {
            #[inline(always)]
            fn op(a: $t, b: $t) -> $t {
                let op: fn($t, $t) -> $t = $op;
                op(a, b)
            }
        }
    )*};
}

// Bool is a byte of 0 or 1: its sum is `Or`, its product `And`, its order that of uint8.
macro_rules! integers {
    ($($t:ident)*) => {$(
        op!(Add for $t: $t::wrapping_add);
        op!(Subtract for $t: $t::wrapping_sub);
        op!(Multiply for $t: $t::wrapping_mul);
        op!(Minimum for $t: std::cmp::Ord::min);
        op!(Maximum for $t: std::cmp::Ord::max);
        op!(And for $t: |a, b| a & b);
        op!(Or for $t: |a, b| a | b);
        op!(Xor for $t: |a, b| a ^ b);
    )*};
}
integers!(i8 u8 i16 u16 i32 u32 i64 u64);

// Of equal numbers, zeros of two signs too, the first stays: NumPy's loop for operands that overlap.
op!(Add for f32 f64: |a, b| a + b);
op!(Subtract for f32 f64: |a, b| a - b);
op!(Multiply for f32 f64: |a, b| a * b);
op!(Divide for f32 f64: |a, b| a / b);
op!(Minimum for f32 f64: |a, b| if a <= b || a.is_nan() { a } else { b });
op!(Maximum for f32 f64: |a, b| if a >= b || a.is_nan() { a } else { b });
op!(Fmin for f32 f64: |a, b| if a <= b || b.is_nan() { a } else { b });
op!(Fmax for f32 f64: |a, b| if a >= b || b.is_nan() { a } else { b });

/// A float16 by its bits.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Half(u16);

/// What no instruction flags: a result of finite numbers beyond the largest float16.
#[cold]
fn raise_overflow() {
    std::hint::black_box(std::hint::black_box(f32::MAX) * 2.0);
}

/// The sum or product of float16, by other instructions where the processor converts.
struct HalfOp<const PRODUCT: bool, const CONVERTS: bool>;

impl<const PRODUCT: bool, const CONVERTS: bool> Op<Half> for HalfOp<PRODUCT, CONVERTS> {
    #[inline(always)]
    fn op(a: Half, b: Half) -> Half {
        let combine = |a: f32, b: f32| if PRODUCT { a * b } else { a + b };
        #[cfg(target_arch = "x86_64")]
        if CONVERTS {
            use std::arch::x86_64::{_mm_cvtph_ps, _mm_cvtps_ph, _mm_cvtsi32_si128, _mm_cvtsi128_si32};
            use std::arch::x86_64::{_mm_cvtss_f32, _mm_set_ss};
            // SAFETY: used in loops for processors with F16C alone. The conversion raises the flags itself.
            return unsafe {
                let wide = |h: Half| _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(i32::from(h.0))));
                Half(_mm_cvtsi128_si32(_mm_cvtps_ph::<0>(_mm_set_ss(combine(wide(a), wide(b))))) as u16)
            };
        }
        let made = half::from_f32(combine(half::to_f32(a.0), half::to_f32(b.0)));
        if half::is_infinite(made) && !half::is_infinite(a.0) && !half::is_infinite(b.0) {
            raise_overflow();
        }
        Half(made)
    }
}

fn half_loops<const PRODUCT: bool>() -> Loops {
    #[cfg(target_arch = "x86_64")]
    if Isa::best() != Isa::Base {
        type Wide<const PRODUCT: bool> = HalfOp<PRODUCT, true>;
        return wide_loops::<Half, Wide<PRODUCT>>();
    }
    loops::<Half, HalfOp<PRODUCT, false>>()
}

op!(Minimum for Half: |a, b| {
    if half::is_nan(a.0) || !half::is_nan(b.0) && half::order(a.0) <= half::order(b.0) { a } else { b }
});
op!(Maximum for Half: |a, b| {
    if half::is_nan(a.0) || !half::is_nan(b.0) && half::order(a.0) >= half::order(b.0) { a } else { b }
});

op!(Add for Complex<f32> Complex<f64>: |a, b| c(a.re + b.re, a.im + b.im));
op!(Subtract for Complex<f32> Complex<f64>: |a, b| c(a.re - b.re, a.im - b.im));
// NumPy's vector loops fuse; that for operands which overlap does not.
op!(Multiply for Complex<f32> Complex<f64>: |a, b| c(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re));

/// The loops of an operation over a type, if it has one of its own.
pub(super) fn of(op: Ufunc, t: DType) -> Option<Loops> {
    macro_rules! integer {
        ($signed:ident, $unsigned:ident, $is_signed:expr) => {
            match op {
                Ufunc::Add => loops::<$unsigned, Add>(),
                Ufunc::Subtract => loops::<$unsigned, Subtract>(),
                Ufunc::Multiply => loops::<$unsigned, Multiply>(),
                Ufunc::Minimum | Ufunc::Fmin if $is_signed => loops::<$signed, Minimum>(),
                Ufunc::Maximum | Ufunc::Fmax if $is_signed => loops::<$signed, Maximum>(),
                Ufunc::Minimum | Ufunc::Fmin => loops::<$unsigned, Minimum>(),
                Ufunc::Maximum | Ufunc::Fmax => loops::<$unsigned, Maximum>(),
                Ufunc::BitwiseAnd => loops::<$unsigned, And>(),
                Ufunc::BitwiseOr => loops::<$unsigned, Or>(),
                Ufunc::BitwiseXor => loops::<$unsigned, Xor>(),
                _ => return None,
            }
        };
    }
    macro_rules! float {
        ($t:ident) => {
            match op {
                Ufunc::Add => loops::<$t, Add>(),
                Ufunc::Subtract => loops::<$t, Subtract>(),
                Ufunc::Multiply => loops::<$t, Multiply>(),
                Ufunc::Divide => loops::<$t, Divide>(),
                Ufunc::Minimum => loops::<$t, Minimum>(),
                Ufunc::Maximum => loops::<$t, Maximum>(),
                Ufunc::Fmin => loops::<$t, Fmin>(),
                Ufunc::Fmax => loops::<$t, Fmax>(),
                _ => return None,
            }
        };
    }
    macro_rules! complex {
        ($t:ident) => {
            match op {
                Ufunc::Add => loops::<Complex<$t>, Add>(),
                Ufunc::Subtract => loops::<Complex<$t>, Subtract>(),
                Ufunc::Multiply => loops::<Complex<$t>, Multiply>(),
                _ => return None,
            }
        };
    }
    Some(match t {
        DType::Bool => match op {
            Ufunc::Add | Ufunc::LogicalOr | Ufunc::BitwiseOr | Ufunc::Maximum | Ufunc::Fmax => loops::<u8, Or>(),
            Ufunc::Multiply | Ufunc::LogicalAnd | Ufunc::BitwiseAnd | Ufunc::Minimum | Ufunc::Fmin => {
                loops::<u8, And>()
            }
            Ufunc::LogicalXor | Ufunc::BitwiseXor => loops::<u8, Xor>(),
            _ => return None,
        },
        DType::I8 | DType::U8 => integer!(i8, u8, t == DType::I8),
        DType::I16 | DType::U16 => integer!(i16, u16, t == DType::I16),
        DType::I32 | DType::U32 => integer!(i32, u32, t == DType::I32),
        DType::I64 | DType::U64 => integer!(i64, u64, t == DType::I64),
        DType::F16 => match op {
            Ufunc::Add => half_loops::<false>(),
            Ufunc::Multiply => half_loops::<true>(),
            Ufunc::Minimum => loops::<Half, Minimum>(),
            Ufunc::Maximum => loops::<Half, Maximum>(),
            _ => return None,
        },
        DType::F32 => float!(f32),
        DType::F64 => float!(f64),
        DType::C64 => complex!(f32),
        DType::C128 => complex!(f64),
    })
}
