//! Sum and squared deviations from the mean, in one walk over memory and two over the tile.
//!
//! Deviations are taken from the tile's own mean and corrected by their sum (T. Chan, G. Golub, R. LeVeque, "Algorithms
//! for computing the sample variance", The American Statistician 37, 1983: the corrected two-pass algorithm, and the
//! merging of parts), so a large offset costs no accuracy.
#![expect(unsafe_code, reason = "reads tiles and states through pointers")]

use super::float::{Add, FloatOp, Real, columns};
use super::simple::Mean;
use super::vector::{self, Vector, Widening};
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

impl<T, const P: usize> State<T, P> {
    /// Writes a state but for its padding, which keeps what it holds.
    ///
    /// # Safety
    /// `out` takes a state.
    #[inline(always)]
    unsafe fn put(out: *mut State<T, P>, sum: [T; P], deviations: f64) {
        // SAFETY: the caller's contract; fields of a place may be written one by one.
        unsafe {
            (&raw mut (*out).sum.0).write(sum);
            (&raw mut (*out).deviations).write(deviations);
        }
    }
}

/// Values that take up a multiple of 8 bytes.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Padded<T, const P: usize>([T; P]);

/// Real values that deviate in float64.
trait Part: Real + Into<f64> {
    /// True where the mean of the rounded sum may miss the mean by as much as values differ, so that the deviations need
    /// their sum as a correction. In float64 that is so only where rounding has made all differences anyway.
    const CORRECTED: bool;
    /// A value rounded to this type.
    fn narrow(x: f64) -> Self;
    /// One value's or two parts' mean, in their place.
    fn mean(sum: &mut [Self], count: u64);
    /// Values as a vector of float64.
    ///
    /// # Safety
    /// `x` covers a vector of values; the processor has the vector's instructions.
    unsafe fn wide<D: Widening>(x: *const Self) -> D;
}

macro_rules! part {
    ($t:ident, $corrected:literal, $load:path) => {
        impl Part for $t {
            const CORRECTED: bool = $corrected;
            #[inline(always)]
            fn narrow(x: f64) -> $t {
                x as $t
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
            unsafe fn wide<D: Widening>(x: *const $t) -> D {
                // SAFETY: the caller's contract.
                unsafe { $load(x) }
            }
        }
    };
}
part!(f32, true, D::load_f32);
part!(f64, false, D::load);

/// Values in vectors `V`, deviations in vectors `D`, elements of `P` values.
struct Of<V, D, const P: usize>(PhantomData<(V, D)>);

/// Squared deviations as corrected: of equal values the difference may round to less than zero, which has no root.
#[inline(always)]
fn not_negative(deviations: f64) -> f64 {
    // A NaN stays.
    if deviations < 0.0 { 0.0 } else { deviations }
}

/// The squared deviations of `m` values (a multiple of `P`) from the means of their parts.
///
/// # Safety
/// `x` covers `m` values; the processor has the vector's instructions.
#[inline(always)]
unsafe fn deviations<T: Part, D: Widening, const P: usize>(x: *const T, m: usize, sum: [T; P]) -> f64 {
    const Q: usize = 4;
    // The deviations are corrected, or need not be: the mean may be rounded once more than by a division.
    let part = 1.0 / (m / P) as f64;
    let mean: [f64; P] = sum.map(|s| s.into() * part);
    if m < 16 {
        let (mut first, mut second) = ([0.0; P], 0.0);
        for i in (0..m).step_by(P) {
            for p in 0..P {
                // SAFETY: `i + p < m`, a multiple of `P`.
                let d = unsafe { *x.add(i + p) }.into() - mean[p];
                first[p] += d;
                second += d * d;
            }
        }
        return not_negative(second - first.map(|f| f * f * part).iter().sum::<f64>());
    }
    // A vector has 4 elements.
    let center: [f64; 4] = std::array::from_fn(|l| mean[l % P]);
    let (mut firsts, mut seconds) = ([0.0; 4], [0.0; 4]);
    // SAFETY: all reads lie below `m`.
    unsafe {
        let at_center = D::load(center.as_ptr());
        let (mut first, mut second) = ([D::splat(0.0); Q], [D::splat(0.0); Q]);
        let whole = m / (Q * D::N) * (Q * D::N);
        for at in (0..whole).step_by(Q * D::N) {
            for q in 0..Q {
                let d = T::wide::<D>(x.add(at + q * D::N)).sub(at_center);
                if T::CORRECTED {
                    first[q] = first[q].add(d);
                }
                second[q] = second[q].add(d.mul(d));
            }
        }
        first[0].add(first[2]).add(first[1].add(first[3])).store(firsts.as_mut_ptr());
        second[0].add(second[2]).add(second[1].add(second[3])).store(seconds.as_mut_ptr());
        for i in whole..m {
            let l = i % D::N;
            let d = (*x.add(i)).into() - center[l];
            firsts[l] += d;
            seconds[l] += d * d;
        }
    }
    let mut width = 4;
    while width > P {
        width /= 2;
        for l in 0..width {
            firsts[l] += firsts[l + width];
            seconds[l] += seconds[l + width];
        }
    }
    let correction = |p: usize| if T::CORRECTED { firsts[p] * firsts[p] * part } else { 0.0 };
    not_negative((0..P).map(|p| seconds[p] - correction(p)).sum())
}

/// The squared deviations of two parts together, by Chan's formula.
#[inline(always)]
fn merged<T: Part, const P: usize>(a: &State<T, P>, b: &State<T, P>, a_count: f64, b_count: f64) -> f64 {
    let apart = |p: usize| b.sum.0[p].into() / b_count - a.sum.0[p].into() / a_count;
    let apart: f64 = (0..P).map(|p| apart(p) * apart(p)).sum();
    a.deviations + b.deviations + apart * (a_count * b_count / (a_count + b_count))
}

/// Values that a row is cut into: deviations are taken from the mean of at most this many.
const CUT: usize = 4096;

impl<V: Vector<T: Part>, D: Widening, const P: usize> Routines for Of<V, D, P> {
    #[inline(always)]
    unsafe fn rows(k: usize, m: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        let (x, out, values) = (x.cast::<V::T>(), states.cast::<State<V::T, P>>(), m * P);
        for i in 0..k {
            // SAFETY: row `i` and its state lie within the block and the states; cuts lie within the row.
            unsafe {
                let row = x.add(i * values);
                let sum = Add::row::<V, P>(row, values);
                let mut state = State { sum: Padded([V::T::ZERO; P]), deviations: 0.0 };
                if values <= CUT {
                    state.deviations = if values == 0 { 0.0 } else { deviations::<_, D, P>(row, values, sum) };
                } else {
                    for at in (0..values).step_by(CUT) {
                        let (part, length) = (row.add(at), CUT.min(values - at));
                        let sum = Add::row::<V, P>(part, length);
                        let new = State { sum: Padded(sum), deviations: deviations::<_, D, P>(part, length, sum) };
                        join(&mut state, &new, (at / P) as f64, (length / P) as f64);
                    }
                }
                State::put(out.add(i), sum, state.deviations);
            }
        }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        let (x, out) = (x.cast::<V::T>(), states.cast::<State<V::T, P>>());
        let mut j = 0;
        // SAFETY: strips of columns lie within `m`.
        unsafe {
            while j < m {
                let width = (STRIP / P).min(m - j);
                strip::<V, P>(k, m, x.add(j * P), width * P, out.add(j));
                j += width;
            }
        }
    }

    #[inline(always)]
    unsafe fn combine(n: usize, acc: *mut u8, new: *const u8, acc_count: u64, new_count: u64) {
        let (acc, new) = (acc.cast::<State<V::T, P>>(), new.cast::<State<V::T, P>>());
        for i in 0..n {
            // SAFETY: `i < n`.
            unsafe { join(&mut *acc.add(i), &*new.add(i), acc_count as f64, new_count as f64) };
        }
    }

    unsafe fn finish(n: usize, states: *const u8, count: u64, finish: Finish, out: *mut u8) {
        let states = states.cast::<State<V::T, P>>();
        // NumPy divides by nothing less than zero.
        let over = |ddof: u64| (count as f64 - f64::from_bits(ddof)).max(0.0);
        for i in 0..n {
            // SAFETY: `i < n`.
            unsafe {
                let mut state = *states.add(i);
                match finish {
                    Finish::Value => out.cast::<[V::T; P]>().add(i).write(state.sum.0),
                    Finish::Mean => {
                        V::T::mean(&mut state.sum.0, count);
                        out.cast::<[V::T; P]>().add(i).write(state.sum.0);
                    }
                    Finish::Var(ddof) => out.cast::<V::T>().add(i).write(V::T::narrow(state.deviations / over(ddof))),
                    Finish::Std(ddof) => {
                        out.cast::<V::T>().add(i).write(V::T::narrow((state.deviations / over(ddof)).sqrt()))
                    }
                    Finish::Position => unreachable!("{finish:?} of moments"),
                }
            }
        }
    }

    unsafe fn empty(n: usize, states: *mut u8) {
        // SAFETY: `n` states; all bits zero are zeros.
        unsafe { states.write_bytes(0, n * size_of::<State<V::T, P>>()) };
    }
}

/// `new` into `acc`.
#[inline(always)]
fn join<T: Part, const P: usize>(acc: &mut State<T, P>, new: &State<T, P>, acc_count: f64, new_count: f64) {
    if acc_count == 0.0 {
        (acc.sum.0, acc.deviations) = (new.sum.0, new.deviations);
    } else if new_count != 0.0 {
        acc.deviations = merged(acc, new, acc_count, new_count);
        for p in 0..P {
            acc.sum.0[p] = acc.sum.0[p].add(new.sum.0[p]);
        }
    }
}

/// Columns of values that are walked together.
const STRIP: usize = 64;

/// `width <= STRIP` columns of values, a multiple of `P`.
///
/// # Safety
/// As [`FoldFns::cols`], for the columns from `x` on.
#[inline(always)]
unsafe fn strip<V: Vector<T: Part>, const P: usize>(
    k: usize,
    m: usize,
    x: *const V::T,
    width: usize,
    out: *mut State<V::T, P>,
) {
    let (stride, count) = (m * P, k as f64);
    let (mut sums, mut mean) = ([V::T::ZERO; STRIP], [0.0f64; STRIP]);
    let (mut first, mut second) = ([0.0f64; STRIP], [0.0f64; STRIP]);
    // SAFETY: `k` rows of `width` readable values; `out` takes `width / P` states.
    unsafe {
        if k > 0 {
            columns::<Add, V>(k, stride, width, x, sums.as_mut_ptr());
            for l in 0..width {
                mean[l] = sums[l].into() / count;
            }
            for r in 0..k {
                let row = x.add(r * stride);
                for l in 0..width {
                    let d = (*row.add(l)).into() - mean[l];
                    first[l] += d;
                    second[l] += d * d;
                }
            }
            for l in 0..width {
                second[l] = not_negative(second[l] - first[l] * first[l] / count);
            }
        }
        for s in 0..width / P {
            let sum = std::array::from_fn(|p| sums[s * P + p]);
            let total = (0..P).map(|p| second[s * P + p]).sum();
            State::put(out.add(s), sum, total);
        }
    }
}

macro_rules! vectors {
    ($isa:expr, $base:ident, $wide:ident, $p:literal) => {
        match $isa {
            Isa::Base => &Tables::<Of<vector::$base, vector::Base64, $p>>::BASE,
            #[cfg(target_arch = "x86_64")]
            Isa::Wide => &Tables::<Of<vector::$wide, vector::Wide64, $p>>::WIDE,
        }
    };
}

pub(super) fn moments(isa: Isa, t: DType) -> &'static FoldFns {
    match t {
        DType::F32 => vectors!(isa, Base32, Wide32, 1),
        DType::C64 => vectors!(isa, Base32, Wide32, 2),
        DType::C128 => vectors!(isa, Base64, Wide64, 2),
        DType::F64
        | DType::Bool
        | DType::I8
        | DType::U8
        | DType::I16
        | DType::U16
        | DType::I32
        | DType::U32
        | DType::I64
        | DType::U64
        | DType::F16 => vectors!(isa, Base64, Wide64, 1),
    }
}
