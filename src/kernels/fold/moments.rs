//! Sum and squared deviations from the mean, in one walk over memory and two over the tile.
//!
//! Deviations are taken from the tile's own mean and corrected by their sum (T. Chan, G. Golub, R. LeVeque, "Algorithms
//! for computing the sample variance", The American Statistician 37, 1983: the corrected two-pass algorithm, and the
//! merging of parts), so a large offset costs no accuracy. A mean that is rounded misses by up to half a unit of its last
//! place, which beside a large offset is no small part of what values differ by: two means of parts would lie apart by
//! rounding alone. So means have a high part, rounded, which the sum and the count give, and a low part, which a state
//! carries.
#![expect(unsafe_code, reason = "reads tiles and states through pointers")]

use super::float::{Add, FloatOp, Real, columns};
use super::simple::Mean;
use super::vector::{self, Vector, Widening};
use super::{FoldFns, Routines, Tables};
use crate::dtype::DType;
use crate::kernels::movement::fetch_ahead;
use crate::kernels::tile::isa::Isa;
use crate::kernels::tile::number::c;
use crate::ops::reduction::Finish;
use std::marker::PhantomData;

/// A state: the sum (`P` values, padded to 8 bytes), what the mean exceeds [`high`] of the sum by, and the squared
/// deviations from the mean.
#[repr(C)]
#[derive(Clone, Copy)]
struct State<T, const P: usize> {
    sum: Padded<T, P>,
    low: [f64; P],
    deviations: f64,
}

impl<T: Part, const P: usize> State<T, P> {
    const NOTHING: Self = State { sum: Padded([T::ZERO; P]), low: [0.0; P], deviations: 0.0 };

    /// Writes a state but for its padding, which keeps what it holds.
    ///
    /// # Safety
    /// `out` takes a state.
    #[inline(always)]
    unsafe fn put(self, out: *mut State<T, P>) {
        // SAFETY: the caller's contract; fields of a place may be written one by one.
        unsafe {
            (&raw mut (*out).sum.0).write(self.sum.0);
            (&raw mut (*out).low).write(self.low);
            (&raw mut (*out).deviations).write(self.deviations);
        }
    }
}

/// Values that take up a multiple of 8 bytes.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Padded<T, const P: usize>([T; P]);

/// Real values that deviate in float64.
trait Part: Real + Into<f64> {
    /// True where rounding of the sum is felt in float64 whatever the values, so that the deviations' own sum is always
    /// needed; otherwise only where the mean is large beside what values differ by.
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

/// The mean's high part. `part` is one over the count: as the low part makes up for any rounding, this need not be what a
/// division gives, only the same everywhere.
#[inline(always)]
fn high<T: Part>(sum: T, part: f64) -> f64 {
    sum.into() * part
}

/// Squared deviations from the mean, from the sums of deviations and of squared deviations from another center; `part` is
/// one over the count.
#[inline(always)]
fn corrected(first: f64, second: f64, part: f64) -> f64 {
    let deviations = second - first * (first * part);
    // Where values are equal the difference may round to less than zero, which has no root. Where the sum overflowed, both
    // are infinite, and so is NumPy's result. A NaN stays.
    if deviations < 0.0 {
        0.0
    } else if second == f64::INFINITY {
        second
    } else {
        deviations
    }
}

/// The state of `m` values (a multiple of `P`, not 0), whose sum is known.
///
/// # Safety
/// `x` covers `m` values; the processor has the vector's instructions.
#[inline(always)]
unsafe fn state<T: Part, D: Widening, const P: usize>(x: *const T, m: usize, sum: [T; P]) -> State<T, P> {
    const Q: usize = 4;
    let part = 1.0 / (m / P) as f64;
    let mean: [f64; P] = sum.map(|s| high(s, part));
    let (mut firsts, mut seconds) = ([0.0; 4], [0.0; 4]);
    if m < 16 {
        for i in (0..m).step_by(P) {
            for p in 0..P {
                // SAFETY: `i + p < m`, a multiple of `P`.
                let d = unsafe { *x.add(i + p) }.into() - mean[p];
                firsts[p] += d;
                seconds[p] += d * d;
            }
        }
    } else {
        // A vector has 4 elements.
        let center: [f64; 4] = std::array::from_fn(|l| mean[l % P]);
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
            second[0].add(second[2]).add(second[1].add(second[3])).store(seconds.as_mut_ptr());
            // Within two standard deviations of zero, rounding of the mean is as nothing; the addition would cost a quarter
            // of the time.
            let square = mean.iter().map(|m| m * m).sum::<f64>() * (m / P) as f64;
            let far = square > 4.0 * seconds.iter().sum::<f64>();
            if far && !T::CORRECTED {
                for at in (0..whole).step_by(Q * D::N) {
                    for (q, first) in first.iter_mut().enumerate() {
                        *first = first.add(T::wide::<D>(x.add(at + q * D::N)).sub(at_center));
                    }
                }
            }
            first[0].add(first[2]).add(first[1].add(first[3])).store(firsts.as_mut_ptr());
            for i in whole..m {
                let l = i % D::N;
                let d = (*x.add(i)).into() - center[l];
                firsts[l] += d;
                seconds[l] += d * d;
            }
            if !far && !T::CORRECTED {
                firsts = [0.0; 4];
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
    }
    State {
        sum: Padded(sum),
        low: std::array::from_fn(|p| firsts[p] * part),
        deviations: (0..P).map(|p| corrected(firsts[p], seconds[p], part)).sum(),
    }
}

/// Values that a row is cut into: deviations are taken from the mean of at most this many.
const CUT: usize = 4096;

impl<V: Vector<T: Part>, D: Widening, const P: usize> Routines for Of<V, D, P> {
    #[inline(always)]
    unsafe fn rows(k: usize, m: usize, apart: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        let (x, out, values) = (x.cast::<V::T>(), states.cast::<State<V::T, P>>(), m * P);
        for i in 0..k {
            // SAFETY: row `i` and its state lie within the block and the states; cuts lie within the row.
            unsafe {
                let row = x.add(i * apart * P);
                let sum = Add::row::<V, P>(row, values);
                if values == 0 {
                    State::<_, P>::NOTHING.put(out.add(i));
                } else if values <= CUT {
                    state::<_, D, P>(row, values, sum).put(out.add(i));
                } else {
                    let mut all = State::NOTHING;
                    for at in (0..values).step_by(CUT) {
                        let (piece, length) = (row.add(at), CUT.min(values - at));
                        let new = state::<_, D, P>(piece, length, Add::row::<V, P>(piece, length));
                        join(&mut all, &new, (at / P) as f64, (length / P) as f64);
                    }
                    // The sum of the pieces' sums is not the sum of the row to the last bit.
                    let part = 1.0 / m as f64;
                    for (p, &sum) in sum.iter().enumerate() {
                        all.low[p] += high(all.sum.0[p], part) - high(sum, part);
                    }
                    all.sum.0 = sum;
                    all.put(out.add(i));
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, apart: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        let (x, out) = (x.cast::<V::T>(), states.cast::<State<V::T, P>>());
        let mut j = 0;
        // SAFETY: strips of columns lie within `m`.
        unsafe {
            while j < m {
                let width = (STRIP / P).min(m - j);
                strip::<V, D, P>(k, apart, x.add(j * P), width * P, out.add(j));
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
                    Finish::Position | Finish::Tally => unreachable!("{finish:?} of moments"),
                }
            }
        }
    }

    unsafe fn empty(n: usize, states: *mut u8) {
        // SAFETY: `n` states; all bits zero are zeros.
        unsafe { states.write_bytes(0, n * size_of::<State<V::T, P>>()) };
    }
}

/// `new` into `acc`, by Chan's formula.
#[inline(always)]
fn join<T: Part, const P: usize>(acc: &mut State<T, P>, new: &State<T, P>, acc_count: f64, new_count: f64) {
    if acc_count == 0.0 {
        (acc.sum.0, acc.low, acc.deviations) = (new.sum.0, new.low, new.deviations);
    } else if new_count != 0.0 {
        let (acc_part, new_part, part) = (1.0 / acc_count, 1.0 / new_count, 1.0 / (acc_count + new_count));
        let share = new_count * part;
        let mut apart = 0.0;
        for p in 0..P {
            let mean = high(acc.sum.0[p], acc_part);
            // High parts of means that are near each other differ by exactly this.
            let delta = (high(new.sum.0[p], new_part) - mean) + (new.low[p] - acc.low[p]);
            apart += delta * delta;
            acc.sum.0[p] = acc.sum.0[p].add(new.sum.0[p]);
            acc.low[p] = (mean - high(acc.sum.0[p], part)) + (acc.low[p] + delta * share);
        }
        let within = acc.deviations + new.deviations;
        // Where sums overflowed means may be infinite, their difference a NaN.
        acc.deviations = if within == f64::INFINITY { within } else { within + apart * (acc_count * share) };
    }
}

/// Columns of values that are walked together.
const STRIP: usize = 64;

/// Rows whose deviations are added one after another, before these sums are: rounding errors grow with either number.
const RUN: usize = 32;

/// Sums of deviations from `mean` and of their squares, down `Q` vectors of columns of `k` rows: added up in runs, and these.
///
/// # Safety
/// `x` covers the rows, the others their columns; the processor has the vector's instructions.
#[inline(always)]
unsafe fn deviations<T: Part, D: Widening, const Q: usize>(
    (k, stride): (usize, usize),
    x: *const T,
    mean: *const f64,
    first: *mut f64,
    second: *mut f64,
) {
    // SAFETY: the caller's contract.
    unsafe {
        let center: [D; Q] = std::array::from_fn(|q| D::load(mean.add(q * D::N)));
        let nothing = [D::splat(0.0); Q];
        let (mut firsts, mut seconds) = (nothing, nothing);
        for at in (0..k).step_by(RUN) {
            let (mut first, mut second) = (nothing, nothing);
            for r in at..k.min(at + RUN) {
                let row = x.add(r * stride);
                // The rows after these come meanwhile: sums, which are taken first, would wait for all of them.
                fetch_ahead(row.wrapping_add(k * stride), Q * D::N);
                for q in 0..Q {
                    let d = T::wide::<D>(row.add(q * D::N)).sub(center[q]);
                    first[q] = first[q].add(d);
                    second[q] = second[q].add(d.mul(d));
                }
            }
            for q in 0..Q {
                (firsts[q], seconds[q]) = (firsts[q].add(first[q]), seconds[q].add(second[q]));
            }
        }
        for q in 0..Q {
            firsts[q].store(first.add(q * D::N));
            seconds[q].store(second.add(q * D::N));
        }
    }
}

/// `width <= STRIP` columns of values, a multiple of `P`.
///
/// # Safety
/// As [`FoldFns::cols`], for the columns from `x` on.
#[inline(always)]
unsafe fn strip<V: Vector<T: Part>, D: Widening, const P: usize>(
    k: usize,
    apart: usize,
    x: *const V::T,
    width: usize,
    out: *mut State<V::T, P>,
) {
    let (stride, part) = (apart * P, 1.0 / k as f64);
    let (mut sums, mut mean) = ([V::T::ZERO; STRIP], [0.0f64; STRIP]);
    let (mut first, mut second) = ([0.0f64; STRIP], [0.0f64; STRIP]);
    // SAFETY: `k` rows of `width` readable values; `out` takes `width / P` states.
    unsafe {
        if k > 0 {
            columns::<Add, V>(k, stride, width, x, sums.as_mut_ptr());
            for l in 0..width {
                mean[l] = high(sums[l], part);
            }
            const Q: usize = 4;
            let (rows, first, second) = ((k, stride), &mut first, &mut second);
            let mut at = 0;
            while at + Q * D::N <= width {
                let (first, second) = (first.as_mut_ptr().add(at), second.as_mut_ptr().add(at));
                deviations::<V::T, D, Q>(rows, x.add(at), mean.as_ptr().add(at), first, second);
                at += Q * D::N;
            }
            while at + D::N <= width {
                let (first, second) = (first.as_mut_ptr().add(at), second.as_mut_ptr().add(at));
                deviations::<V::T, D, 1>(rows, x.add(at), mean.as_ptr().add(at), first, second);
                at += D::N;
            }
            // The last columns, as those in vectors.
            for l in at..width {
                for at in (0..k).step_by(RUN) {
                    let (mut sum, mut squares) = (0.0, 0.0);
                    for r in at..k.min(at + RUN) {
                        let d = (*x.add(r * stride + l)).into() - mean[l];
                        sum += d;
                        squares += d * d;
                    }
                    first[l] += sum;
                    second[l] += squares;
                }
            }
            for l in 0..width {
                second[l] = corrected(first[l], second[l], part);
                first[l] *= part;
            }
        }
        for s in 0..width / P {
            let state = State {
                sum: Padded(std::array::from_fn(|p| sums[s * P + p])),
                low: std::array::from_fn(|p| first[s * P + p]),
                deviations: (0..P).map(|p| second[s * P + p]).sum(),
            };
            state.put(out.add(s));
        }
    }
}

macro_rules! vectors {
    ($isa:expr, $base:ident, $wide:ident, $p:literal) => {
        match $isa {
            Isa::Base => &Tables::<Of<vector::$base, vector::Base64, $p>>::BASE,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => &Tables::<Of<vector::$wide, vector::Wide64, $p>>::WIDE,
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
