//! Folds that compiled code has begun: rows of lanes to a state.
//!
//! Compiled code folds `m` values lane by lane, in rows of [`ROW`] bytes, and leaves rows for these routines to go on from:
//! one for each run of [`RUN`] rows of values (the last run may be shorter), then, where `m` fills no whole number of rows,
//! the last row's length of values as they are, of which some are in the last run too. Fewer values than a row are one row
//! of which only the first `m` lanes count. The states have the bits that `FoldFns::rows` would give: for floats the
//! lanes, the runs and their merging are the same; for integers no order matters.
//!
//! Of extremes half a row is used: lane by lane the best of the values of both halves, all bits set where there was a NaN.
//! Values that are taken in twice change nothing, so the last row is a run of its own, and what pads a short row repeats its last value.
#![expect(unsafe_code, reason = "reads rows of lanes through pointers")]

use super::extreme::{Max, Min, Pick, folded_extreme};
use super::float::{Add, Real, folded_row};
use super::vector::{Base32, Base64, Vector};
#[cfg(target_arch = "x86_64")]
use super::vector::{Wide32, Wide64};
use crate::dtype::DType;
use crate::kernels::tile::isa::Isa;
use crate::ops::reduction::Fold;
use std::marker::PhantomData;

pub use super::float::RUN;

/// Bytes of a row.
pub const ROW: usize = super::float::Q * 32;

/// `k` states, of `m > 0` values each, from the rows that compiled code has left of them.
///
/// Safety: `rows` covers `k` times [`rows`]`(m, lane)` rows and is aligned for the lanes, `states` takes `k` states of the fold.
pub type LaneFn = unsafe fn(k: usize, m: usize, rows: *const u8, states: *mut u8);

/// The rows that compiled code leaves of `m` values, whose lanes have `lane` bytes.
pub const fn rows(m: usize, lane: usize) -> usize {
    let width = ROW / lane;
    if m < width { 1 } else { (m / width).div_ceil(RUN) + (!m.is_multiple_of(width)) as usize }
}

/// Bytes of these rows; of no values, none.
pub const fn rows_bytes(m: usize, lane: usize) -> usize {
    if m == 0 { 0 } else { rows(m, lane) * ROW }
}

/// Whether a fold keeps the smallest or largest value.
pub const fn is_extreme(f: Fold) -> bool {
    matches!(f, Fold::Min | Fold::Max)
}

/// Bytes of a row that a fold uses.
pub const fn row_bytes(f: Fold) -> usize {
    if is_extreme(f) { ROW / 2 } else { ROW }
}

/// Whether compiled code can begin a fold of a type; for [`Fold::Count`] in lanes of any size.
pub const fn folds(f: Fold, t: DType) -> bool {
    match f {
        Fold::Sum => matches!(t, DType::F32 | DType::F64 | DType::I32 | DType::U32 | DType::I64 | DType::U64),
        Fold::Min | Fold::Max => matches!(t, DType::F32 | DType::F64),
        Fold::Count => true,
        _ => false,
    }
}

/// The routine of a fold whose lanes have `lane` bytes: for [`Fold::Count`] any size, for others that of the type.
pub fn lane_fold(f: Fold, t: DType, lane: usize) -> Option<LaneFn> {
    lane_fold_for(Isa::best(), f, t, lane)
}

macro_rules! instance {
    ($isa:expr, $base:ty, $wide:ty) => {
        match $isa {
            Isa::Base => <$base as Lanes>::states,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => wide::<$wide>,
        }
    };
}

/// [`lane_fold`] for a given instruction set.
pub(super) fn lane_fold_for(isa: Isa, f: Fold, t: DType, lane: usize) -> Option<LaneFn> {
    if !folds(f, t) {
        return None;
    }
    Some(match (f, t, lane) {
        (Fold::Sum, DType::F32, 4) => instance!(isa, Sum<Base32>, Sum<Wide32>),
        (Fold::Sum, DType::F64, 8) => instance!(isa, Sum<Base64>, Sum<Wide64>),
        (Fold::Min, DType::F32, 4) => instance!(isa, Extreme<Min, Base32>, Extreme<Min, Wide32>),
        (Fold::Min, DType::F64, 8) => instance!(isa, Extreme<Min, Base64>, Extreme<Min, Wide64>),
        (Fold::Max, DType::F32, 4) => instance!(isa, Extreme<Max, Base32>, Extreme<Max, Wide32>),
        (Fold::Max, DType::F64, 8) => instance!(isa, Extreme<Max, Base64>, Extreme<Max, Wide64>),
        (Fold::Sum, DType::I32 | DType::U32, 4) => instance!(isa, Wrapping<u32, u32>, Wrapping<u32, u32>),
        (Fold::Sum, DType::I64 | DType::U64, 8) => instance!(isa, Wrapping<u64, u64>, Wrapping<u64, u64>),
        (Fold::Count, _, 1) => instance!(isa, Wrapping<u8, u64>, Wrapping<u8, u64>),
        (Fold::Count, _, 2) => instance!(isa, Wrapping<u16, u64>, Wrapping<u16, u64>),
        (Fold::Count, _, 4) => instance!(isa, Wrapping<u32, u64>, Wrapping<u32, u64>),
        (Fold::Count, _, 8) => instance!(isa, Wrapping<u64, u64>, Wrapping<u64, u64>),
        _ => return None,
    })
}

/// A [`LaneFn`], as a type: each is compiled per instruction set.
trait Lanes {
    /// # Safety
    /// See [`LaneFn`]; the processor has the instructions of the vectors.
    unsafe fn states(k: usize, m: usize, rows: *const u8, states: *mut u8);
}

/// # Safety
/// See [`LaneFn`]; on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi2,popcnt,f16c")]
unsafe fn wide<L: Lanes>(k: usize, m: usize, rows: *const u8, states: *mut u8) {
    // SAFETY: the caller's contract.
    unsafe { L::states(k, m, rows, states) }
}

/// Sums of floats in vectors `V`.
struct Sum<V>(PhantomData<V>);

impl<V: Vector<T: Real>> Lanes for Sum<V> {
    #[inline(always)]
    unsafe fn states(k: usize, m: usize, rows: *const u8, states: *mut u8) {
        let step = rows_bytes(m, size_of::<V::T>());
        for i in 0..k {
            // SAFETY: the caller's contract; a row is `Q` vectors of 32 bytes.
            unsafe { states.cast::<V::T>().add(i).write(folded_row::<Add, V>(rows.add(i * step).cast(), m)) };
        }
    }
}

/// The best of floats in vectors `V`.
struct Extreme<O, V>(PhantomData<(O, V)>);

impl<O: Pick, V: Vector<T: Real>> Lanes for Extreme<O, V> {
    #[inline(always)]
    unsafe fn states(k: usize, m: usize, rows: *const u8, states: *mut u8) {
        let n = self::rows(m, size_of::<V::T>());
        for i in 0..k {
            // SAFETY: the caller's contract.
            unsafe {
                let state = folded_extreme::<O, V>(rows.add(i * n * ROW).cast(), n);
                states.cast::<V::T>().add(i).write(state);
            }
        }
    }
}

/// Sums of integers `T` in `S`, modulo its range.
struct Wrapping<T, S>(PhantomData<(T, S)>);

macro_rules! wrapping {
    ($($t:ident $s:ident),*) => { $(
        impl Lanes for Wrapping<$t, $s> {
            #[inline(always)]
            unsafe fn states(k: usize, m: usize, rows: *const u8, states: *mut u8) {
                const WIDTH: usize = ROW / size_of::<$t>();
                let whole = (m / WIDTH).div_ceil(RUN) * WIDTH;
                let rest = m % WIDTH;
                // Of a row of values as they are, the last ones; if it is the only one, the first.
                let from = if whole == 0 { 0 } else { whole + WIDTH - rest };
                let step = rows_bytes(m, size_of::<$t>());
                for i in 0..k {
                    // SAFETY: all reads lie within the rows, the `k` states are the caller's.
                    unsafe {
                        let x = rows.add(i * step).cast::<$t>();
                        let add = |sum: $s, i| sum.wrapping_add($s::from(*x.add(i)));
                        let sum = (from..from + rest).fold((0..whole).fold(0, add), add);
                        states.cast::<$s>().add(i).write(sum);
                    }
                }
            }
        }
    )* };
}
wrapping!(u8 u64, u16 u64, u32 u64, u32 u32, u64 u64);
