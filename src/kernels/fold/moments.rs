//! Sum and squared deviations from the mean, in one walk over memory and two over the tile.
//!
//! Deviations are taken from the tile's own mean and corrected by their sum (T. Chan, G. Golub, R. LeVeque, "Algorithms
//! for computing the sample variance", The American Statistician 37, 1983: the corrected two-pass algorithm, and the
//! merging of parts), so a large offset costs no accuracy.
#![expect(unsafe_code, reason = "reads tiles and states through pointers")]

use super::lanes::{Op, reduce_row, reduce_rows};
use super::simple::{AddF32, AddF64, Mean};
use super::{FoldFns, Routines, Tables};
use crate::dtype::DType;
use crate::kernels::tile::isa::Isa;
use crate::kernels::tile::number::c;
use crate::ops::reduction::Finish;
use std::marker::PhantomData;

/// A state: the sum (`P` values, padded to 8 bytes) and the squared deviations.
#[repr(C)]
#[derive(Clone, Copy)]
struct State<T, const P: usize> {
    sum: Padded<T, P>,
    deviations: f64,
}

/// Values that take up a multiple of 8 bytes.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Padded<T, const P: usize>([T; P]);

/// Real values, and their sums.
trait Part: Copy + Into<f64> {
    /// Zero.
    const ZERO: Self;
    /// A value rounded to this type.
    fn narrow(x: f64) -> Self;
    /// The sum of two.
    fn plus(a: Self, b: Self) -> Self;
    /// One value's or two parts' mean, in their place.
    fn mean(sum: &mut [Self], count: u64);
    /// # Safety
    /// As [`reduce_row`].
    unsafe fn row<const P: usize>(x: *const Self, m: usize) -> [Self; P];
    /// Sums of `W` columns.
    ///
    /// # Safety
    /// As [`reduce_rows`].
    unsafe fn cols<const W: usize>(x: *const Self, rows: usize, stride: usize) -> [Self; W];
}

macro_rules! part {
    ($t:ident, $add:ident, $lanes:literal) => {
        impl Part for $t {
            const ZERO: $t = 0.0;
            #[inline(always)]
            fn narrow(x: f64) -> $t {
                x as $t
            }
            #[inline(always)]
            fn plus(a: $t, b: $t) -> $t {
                a + b
            }
            fn mean(sum: &mut [$t], count: u64) {
                match sum {
                    [re, im] => {
                        let mean = c(*re, *im).mean(count);
                        (*re, *im) = (mean.re, mean.im);
                    }
                    _ => sum.iter_mut().for_each(|s| *s = s.mean(count)),
                }
            }
            #[inline(always)]
            unsafe fn row<const P: usize>(x: *const $t, m: usize) -> [$t; P] {
                // SAFETY: the caller's contract.
                unsafe { reduce_row::<$add, $lanes, P>(x, m) }
            }
            #[inline(always)]
            unsafe fn cols<const W: usize>(x: *const $t, rows: usize, stride: usize) -> [$t; W] {
                // SAFETY: the caller's contract.
                unsafe { reduce_rows::<$add, W>(x, rows, stride).map($add::settle) }
            }
        }
    };
}
part!(f32, AddF32, 32);
part!(f64, AddF64, 16);

struct Of<T, const P: usize>(PhantomData<T>);

/// The squared deviations of `m` values (a multiple of `P`) from the means of their parts.
///
/// # Safety
/// `x` covers `m` values.
#[inline(always)]
unsafe fn deviations<T: Part, const P: usize>(x: *const T, m: usize, sum: [T; P]) -> f64 {
    const L: usize = 16;
    let count = (m / P) as f64;
    let mean: [f64; P] = sum.map(|s| s.into() / count);
    let center: [f64; L] = std::array::from_fn(|l| mean[l % P]);
    let (mut first, mut second) = ([0.0; L], [0.0; L]);
    let whole = m / L * L;
    // SAFETY: all reads lie below `m`.
    unsafe {
        for at in (0..whole).step_by(L) {
            for l in 0..L {
                let d = (*x.add(at + l)).into() - center[l];
                first[l] += d;
                second[l] += d * d;
            }
        }
        for i in whole..m {
            let l = i - whole;
            let d = (*x.add(i)).into() - center[l];
            first[l] += d;
            second[l] += d * d;
        }
    }
    let mut width = L;
    while width > P {
        width /= 2;
        for l in 0..width {
            first[l] += first[l + width];
            second[l] += second[l + width];
        }
    }
    (0..P).map(|p| second[p] - first[p] * first[p] / count).sum::<f64>()
}

/// The squared deviations of two parts together, by Chan's formula.
#[inline(always)]
fn merged<T: Part, const P: usize>(a: &State<T, P>, b: &State<T, P>, a_count: f64, b_count: f64) -> f64 {
    let apart: f64 = (0..P)
        .map(|p| {
            let d = b.sum.0[p].into() / b_count - a.sum.0[p].into() / a_count;
            d * d
        })
        .sum();
    a.deviations + b.deviations + apart * (a_count * b_count / (a_count + b_count))
}

/// Values that a row is cut into: deviations are taken from the mean of at most this many.
const CUT: usize = 4096;

impl<T: Part, const P: usize> Routines for Of<T, P> {
    #[inline(always)]
    unsafe fn rows(k: usize, m: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        let (x, out, values) = (x.cast::<T>(), states.cast::<State<T, P>>(), m * P);
        for i in 0..k {
            // SAFETY: row `i` and its state lie within the block and the states; cuts lie within the row.
            unsafe {
                let row = x.add(i * values);
                let sum = T::row::<P>(row, values);
                let mut state = State { sum: Padded([T::ZERO; P]), deviations: 0.0 };
                if values <= CUT {
                    state.deviations = if values == 0 { 0.0 } else { deviations(row, values, sum) };
                } else {
                    for at in (0..values).step_by(CUT) {
                        let (part, length) = (row.add(at), CUT.min(values - at));
                        let sum = T::row::<P>(part, length);
                        let new = State { sum: Padded(sum), deviations: deviations(part, length, sum) };
                        join(&mut state, &new, (at / P) as f64, (length / P) as f64);
                    }
                }
                out.add(i).write(State { sum: Padded(sum), deviations: state.deviations });
            }
        }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        let (x, out) = (x.cast::<T>(), states.cast::<State<T, P>>());
        let mut j = 0;
        // SAFETY: strips of columns lie within `m`.
        unsafe {
            while j + 16 / P <= m {
                strip::<T, P, 16>(k, m, x.add(j * P), out.add(j));
                j += 16 / P;
            }
            while j < m {
                strip::<T, P, P>(k, m, x.add(j * P), out.add(j));
                j += 1;
            }
        }
    }

    #[inline(always)]
    unsafe fn combine(n: usize, acc: *mut u8, new: *const u8, acc_count: u64, new_count: u64) {
        let (acc, new) = (acc.cast::<State<T, P>>(), new.cast::<State<T, P>>());
        for i in 0..n {
            // SAFETY: `i < n`.
            unsafe { join(&mut *acc.add(i), &*new.add(i), acc_count as f64, new_count as f64) };
        }
    }

    unsafe fn finish(n: usize, states: *const u8, count: u64, finish: Finish, out: *mut u8) {
        let states = states.cast::<State<T, P>>();
        // NumPy divides by nothing less than zero.
        let over = |ddof: u64| (count as f64 - f64::from_bits(ddof)).max(0.0);
        for i in 0..n {
            // SAFETY: `i < n`.
            unsafe {
                let mut state = *states.add(i);
                match finish {
                    Finish::Value => out.cast::<[T; P]>().add(i).write(state.sum.0),
                    Finish::Mean => {
                        T::mean(&mut state.sum.0, count);
                        out.cast::<[T; P]>().add(i).write(state.sum.0);
                    }
                    Finish::Var(ddof) => out.cast::<T>().add(i).write(T::narrow(state.deviations / over(ddof))),
                    Finish::Std(ddof) => {
                        out.cast::<T>().add(i).write(T::narrow((state.deviations / over(ddof)).sqrt()))
                    }
                    Finish::Position => unreachable!("{finish:?} of moments"),
                }
            }
        }
    }

    unsafe fn empty(n: usize, states: *mut u8) {
        // SAFETY: `n` states; all bits zero are zeros.
        unsafe { states.write_bytes(0, n * size_of::<State<T, P>>()) };
    }
}

/// `new` into `acc`.
#[inline(always)]
fn join<T: Part, const P: usize>(acc: &mut State<T, P>, new: &State<T, P>, acc_count: f64, new_count: f64) {
    if acc_count == 0.0 {
        *acc = *new;
    } else if new_count != 0.0 {
        acc.deviations = merged(acc, new, acc_count, new_count);
        for p in 0..P {
            acc.sum.0[p] = T::plus(acc.sum.0[p], new.sum.0[p]);
        }
    }
}

/// `W` columns of values, a multiple of `P`.
///
/// # Safety
/// As [`FoldFns::cols`], for the columns from `x` on.
#[inline(always)]
unsafe fn strip<T: Part, const P: usize, const W: usize>(k: usize, m: usize, x: *const T, out: *mut State<T, P>) {
    let (stride, count) = (m * P, k as f64);
    let (mut sums, mut deviations) = ([T::ZERO; W], [0.0f64; W]);
    // SAFETY: `k` rows of `W` readable values; `out` takes `W / P` states.
    unsafe {
        if k > 0 {
            sums = T::cols::<W>(x, k, stride);
            let mean = sums.map(|s| s.into() / count);
            let mut first = [0.0f64; W];
            for r in 0..k {
                let row = x.add(r * stride);
                for l in 0..W {
                    let d = (*row.add(l)).into() - mean[l];
                    first[l] += d;
                    deviations[l] += d * d;
                }
            }
            for l in 0..W {
                deviations[l] -= first[l] * first[l] / count;
            }
        }
        for s in 0..W / P {
            let sum = std::array::from_fn(|p| sums[s * P + p]);
            let total = (0..P).map(|p| deviations[s * P + p]).sum();
            out.add(s).write(State { sum: Padded(sum), deviations: total });
        }
    }
}

pub(super) fn moments(isa: Isa, t: DType) -> &'static FoldFns {
    match t {
        DType::F32 => Tables::<Of<f32, 1>>::of(isa),
        DType::C64 => Tables::<Of<f32, 2>>::of(isa),
        DType::C128 => Tables::<Of<f64, 2>>::of(isa),
        // Float64; nothing else is taken.
        _ => Tables::<Of<f64, 1>>::of(isa),
    }
}
