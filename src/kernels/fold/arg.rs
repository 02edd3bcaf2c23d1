//! Positions of the first smallest and first largest value; a NaN is both.
//!
//! A state is the value, padded to 8 bytes, and its position. Rows are walked twice, both times in vectors: once for the
//! value, once for the first place where it stands.
#![expect(unsafe_code, reason = "reads tiles and states through pointers")]

use super::extreme::{Max, Min};
use super::float::{FloatOp, Real};
use super::order::{MaxC64, MaxC128, MinC64, MinC128, best_key};
use super::simple::Op;
use super::vector::{self, Vector};
use super::{FoldFns, Routines, Tables};
use crate::dtype::DType;
use crate::kernels::tile::isa::Isa;
use crate::kernels::tile::number::Complex;
use crate::kernels::tile::{complex, half};
use crate::ops::reduction::Finish;
use std::marker::PhantomData;

/// An order of elements in which a NaN comes before all, and equals each NaN.
trait Order {
    /// The element.
    type T: Copy;
    /// True where `a` is to be preferred to `b` even if it comes later.
    fn before(a: Self::T, b: Self::T) -> bool;
    /// True where neither is to be preferred.
    fn same(a: Self::T, b: Self::T) -> bool;
    /// The first in order of `m > 0` elements.
    ///
    /// # Safety
    /// `x` covers `m` elements.
    unsafe fn first(x: *const Self::T, m: usize) -> Self::T;

    /// [`STRIP`] columns.
    ///
    /// # Safety
    /// As [`FoldFns::cols`], for the columns from `x` on.
    #[inline(always)]
    unsafe fn columns(k: usize, apart: usize, x: *const Self::T, at: i64, step: i64, out: *mut State<Self::T>)
    where
        Self: Sized,
    {
        // SAFETY: the caller's contract.
        unsafe { strip::<Self, STRIP>(k, apart, x, at, step, out) }
    }

    /// The place of the first of `m` elements that is the same as `value`; there is one.
    ///
    /// # Safety
    /// `x` covers `m` elements, more than [`SHORT`].
    #[inline(always)]
    unsafe fn place(x: *const Self::T, m: usize, value: Self::T) -> usize {
        const BLOCK: usize = 32;
        let mut at = 0;
        // SAFETY: all reads lie below `m`.
        unsafe {
            while at + BLOCK <= m {
                let mut found = false;
                for i in 0..BLOCK {
                    found |= Self::same(*x.add(at + i), value);
                }
                if found {
                    break;
                }
                at += BLOCK;
            }
            while at + 1 < m && !Self::same(*x.add(at), value) {
                at += 1;
            }
        }
        at
    }
}

struct Of<O>(PhantomData<O>);

/// A state.
#[repr(C)]
#[derive(Clone, Copy)]
struct State<T> {
    value: Padded<T>,
    position: i64,
}

impl<T> State<T> {
    /// Writes a state but for its padding, which keeps what it holds.
    ///
    /// # Safety
    /// `out` takes a state.
    #[inline(always)]
    unsafe fn put(out: *mut State<T>, value: T, position: i64) {
        // SAFETY: the caller's contract; fields of a place may be written one by one.
        unsafe {
            (&raw mut (*out).value.0).write(value);
            (&raw mut (*out).position).write(position);
        }
    }
}

/// A value that takes up a multiple of 8 bytes.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Padded<T>(T);

impl<O: Order> Routines for Of<O> {
    #[inline(always)]
    unsafe fn rows(k: usize, m: usize, apart: usize, x: *const u8, at: i64, step: i64, states: *mut u8) {
        let (x, out) = (x.cast::<O::T>(), states.cast::<State<O::T>>());
        for i in 0..k {
            // SAFETY: row `i` and its state lie within the block and the states.
            unsafe {
                let row = x.add(i * apart);
                if m <= SHORT {
                    let (value, place) = in_turn::<O>(row, m);
                    State::put(out.add(i), value, at + place as i64 * step);
                    continue;
                }
                let value = O::first(row, m);
                let place = O::place(row, m, value);
                State::put(out.add(i), *row.add(place), at + place as i64 * step);
            }
        }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, apart: usize, x: *const u8, at: i64, step: i64, states: *mut u8) {
        let (x, out) = (x.cast::<O::T>(), states.cast::<State<O::T>>());
        let mut j = 0;
        // SAFETY: strips of columns lie within `m`.
        unsafe {
            while j + STRIP <= m {
                O::columns(k, apart, x.add(j), at, step, out.add(j));
                j += STRIP;
            }
            while j < m {
                strip::<O, 1>(k, apart, x.add(j), at, step, out.add(j));
                j += 1;
            }
        }
    }

    #[inline(always)]
    unsafe fn combine(n: usize, acc: *mut u8, new: *const u8, _: u64, _: u64) {
        let (acc, new) = (acc.cast::<State<O::T>>(), new.cast::<State<O::T>>());
        for i in 0..n {
            // SAFETY: `i < n`.
            unsafe {
                if O::before((*new.add(i)).value.0, (*acc.add(i)).value.0) {
                    State::put(acc.add(i), (*new.add(i)).value.0, (*new.add(i)).position);
                }
            }
        }
    }

    unsafe fn finish(n: usize, states: *const u8, _: u64, finish: Finish, out: *mut u8) {
        let states = states.cast::<State<O::T>>();
        for i in 0..n {
            // SAFETY: `i < n`.
            unsafe {
                match finish {
                    Finish::Value => out.cast::<O::T>().add(i).write((*states.add(i)).value.0),
                    Finish::Position => out.cast::<i64>().add(i).write((*states.add(i)).position),
                    Finish::Mean | Finish::Var(_) | Finish::Std(_) | Finish::Tally => {
                        unreachable!("{finish:?} of a position")
                    }
                }
            }
        }
    }

    unsafe fn empty(_: usize, _: *mut u8) {
        unreachable!("the position of nothing");
    }
}

/// Rows up to this long are walked once, element by element.
const SHORT: usize = 8;

/// The first in order of a short row, and its place.
///
/// # Safety
/// `x` covers `m > 0` elements.
#[inline(always)]
unsafe fn in_turn<O: Order>(x: *const O::T, m: usize) -> (O::T, usize) {
    // SAFETY: all reads lie below `m`.
    unsafe {
        let (mut best, mut place) = (*x, 0);
        for i in 1..m {
            let v = *x.add(i);
            let better = O::before(v, best);
            best = if better { v } else { best };
            place = if better { i } else { place };
        }
        (best, place)
    }
}

/// Columns that are compared together: values and positions of 8 fit in registers.
const STRIP: usize = 8;

/// `L` columns.
///
/// # Safety
/// As [`FoldFns::cols`], for the columns from `x` on.
#[inline(always)]
unsafe fn strip<O: Order, const L: usize>(
    k: usize,
    apart: usize,
    x: *const O::T,
    at: i64,
    step: i64,
    out: *mut State<O::T>,
) {
    // SAFETY: `k > 0` rows of `L` readable elements; `out` takes `L` states.
    unsafe {
        let mut best = x.cast::<[O::T; L]>().read();
        let mut place = [at; L];
        for r in 1..k {
            let row = x.add(r * apart).cast::<[O::T; L]>().read();
            let position = at + r as i64 * step;
            for l in 0..L {
                let better = O::before(row[l], best[l]);
                best[l] = if better { row[l] } else { best[l] };
                place[l] = if better { position } else { place[l] };
            }
        }
        for l in 0..L {
            State::put(out.add(l), best[l], place[l]);
        }
    }
}

struct Least<T>(PhantomData<T>);
struct Most<T>(PhantomData<T>);

/// Floats in vectors.
struct In<V>(PhantomData<V>);

macro_rules! integers {
    ($($t:ident)*) => { $(
        integers!(one Least, $t, <, min);
        integers!(one Most, $t, >, max);
    )* };
    (one $order:ident, $t:ident, $before:tt, $best:ident) => {
        impl Order for $order<$t> {
            type T = $t;
            #[inline(always)]
            fn before(a: $t, b: $t) -> bool {
                a $before b
            }
            #[inline(always)]
            fn same(a: $t, b: $t) -> bool {
                a == b
            }
            #[inline(always)]
            unsafe fn first(x: *const $t, m: usize) -> $t {
                // SAFETY: `m > 0` elements.
                unsafe { (1..m).fold(*x, |best, i| best.$best(*x.add(i))) }
            }
        }
    };
}
integers!(i8 u8 i16 u16 i32 u32 i64 u64);

macro_rules! floats {
    ($order:ident, $before:tt, $row:ident, $pick:ident) => {
        impl<V: Vector<T: Real>> Order for $order<In<V>> {
            type T = V::T;
            #[inline(always)]
            fn before(a: V::T, b: V::T) -> bool {
                (a $before b) | (a.is_nan() & !b.is_nan())
            }
            #[inline(always)]
            fn same(a: V::T, b: V::T) -> bool {
                (a == b) | (a.is_nan() & b.is_nan())
            }
            #[inline(always)]
            unsafe fn first(x: *const V::T, m: usize) -> V::T {
                // SAFETY: `m > 0` elements; tables pair vectors with the processor.
                unsafe { $row::row::<V, 1>(x, m)[0] }
            }
            #[inline(always)]
            unsafe fn columns(k: usize, apart: usize, x: *const V::T, at: i64, step: i64, out: *mut State<V::T>) {
                // Rows are counted in the elements' own type, which holds counts up to here exactly.
                if k > 1 << 24 {
                    // SAFETY: the caller's contract.
                    return unsafe { strip::<Self, STRIP>(k, apart, x, at, step, out) };
                }
                // SAFETY: `k > 0` rows of `STRIP` elements, a multiple of a vector's; `out` takes as many states.
                unsafe {
                    let one = V::splat(V::T::ONE);
                    for q in (0..STRIP).step_by(V::N) {
                        let (mut best, mut place, mut row) = (V::load(x.add(q)), V::splat(V::T::ZERO), V::splat(V::T::ZERO));
                        for r in 1..k {
                            row = row.add(one);
                            let v = V::load(x.add(r * apart + q));
                            let new = v.choose(v.$pick(best), v.nan(v));
                            place = place.choose(row, new.equal(best).or(best.nan(best)));
                            best = new;
                        }
                        let (mut values, mut places) = ([V::T::ZERO; STRIP], [V::T::ZERO; STRIP]);
                        best.store(values.as_mut_ptr());
                        place.store(places.as_mut_ptr());
                        for l in 0..V::N {
                            State::put(out.add(q + l), values[l], at + places[l].count() * step);
                        }
                    }
                }
            }
            #[inline(always)]
            unsafe fn place(x: *const V::T, m: usize, value: V::T) -> usize {
                let mut at = 0;
                // SAFETY: all reads lie below `m`; tables pair vectors with the processor.
                unsafe {
                    let sought = V::splat(value);
                    while at + 4 * V::N <= m {
                        let v: [V; 4] = std::array::from_fn(|q| V::load(x.add(at + q * V::N)));
                        let found = if value.is_nan() {
                            v[0].nan(v[1]).or(v[2].nan(v[3]))
                        } else {
                            let [a, b, c, d] = v.map(|v| v.equal(sought));
                            a.or(b).or(c.or(d))
                        };
                        if found.any() {
                            break;
                        }
                        at += 4 * V::N;
                    }
                    const { assert!(V::N <= SHORT) };
                    loop {
                        // The last vector may begin with elements that are known to be others.
                        at = at.min(m - V::N);
                        let v = V::load(x.add(at));
                        let found = if value.is_nan() { v.nan(v) } else { v.equal(sought) }.signs();
                        if found != 0 || at == m - V::N {
                            return at + found.trailing_zeros().min(V::N as u32 - 1) as usize;
                        }
                        at += V::N;
                    }
                }
            }
        }
    };
}
floats!(Least, <, Min, less);
floats!(Most, >, Max, more);

/// Float16 elements, by integers that order them, NaN first.
struct Half<O>(PhantomData<O>);

macro_rules! halves {
    ($order:ident, $nan:expr, $best:ident) => {
        impl Half<$order<i16>> {
            #[inline(always)]
            fn key(h: u16) -> i16 {
                if half::is_nan(h) { $nan } else { half::order(h) }
            }
        }

        impl Order for Half<$order<i16>> {
            type T = u16;
            #[inline(always)]
            fn before(a: u16, b: u16) -> bool {
                $order::<i16>::before(Self::key(a), Self::key(b))
            }
            #[inline(always)]
            fn same(a: u16, b: u16) -> bool {
                Self::key(a) == Self::key(b)
            }
            #[inline(always)]
            unsafe fn first(x: *const u16, m: usize) -> u16 {
                // SAFETY: `m > 0` elements.
                let key = unsafe { best_key(x, m, Self::key, |a, b| a.$best(b)) };
                if key == $nan {
                    0x7e00
                } else if key < 0 {
                    0x8000 | key.unsigned_abs()
                } else {
                    key as u16
                }
            }
        }
    };
}
halves!(Least, i16::MIN, min);
halves!(Most, i16::MAX, max);

macro_rules! complexes {
    ($order:ident, $t:ident, |$a:ident, $b:ident| $before:expr, $best:ident) => {
        impl Order for $order<Complex<$t>> {
            type T = Complex<$t>;
            #[inline(always)]
            fn before($a: Self::T, $b: Self::T) -> bool {
                // NumPy: not "at least as good", unless the one held is NaN already.
                !complex::$t::is_nan($b) && !$before
            }
            #[inline(always)]
            fn same(a: Self::T, b: Self::T) -> bool {
                let nan = complex::$t::is_nan(a);
                (nan && complex::$t::is_nan(b)) || (a.re == b.re && a.im == b.im && !nan)
            }
            #[inline(always)]
            unsafe fn first(x: *const Self::T, m: usize) -> Self::T {
                // SAFETY: `m > 0` elements.
                unsafe { (1..m).fold(*x, |best, i| $best::op(best, *x.add(i))) }
            }
        }
    };
}
complexes!(Least, f32, |a, b| complex::f32::le(b, a), MinC64);
complexes!(Least, f64, |a, b| complex::f64::le(b, a), MinC128);
complexes!(Most, f32, |a, b| complex::f32::le(a, b), MaxC64);
complexes!(Most, f64, |a, b| complex::f64::le(a, b), MaxC128);

macro_rules! vectors {
    ($isa:expr, $order:ident, $base:ident, $wide:ident) => {
        match $isa {
            Isa::Base => &Tables::<Of<$order<In<vector::$base>>>>::BASE,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => &Tables::<Of<$order<In<vector::$wide>>>>::WIDE,
        }
    };
}

macro_rules! by_type {
    ($name:ident, $order:ident) => {
        pub(super) fn $name(isa: Isa, t: DType) -> &'static FoldFns {
            match t {
                DType::Bool | DType::U8 => Tables::<Of<$order<u8>>>::of(isa),
                DType::I8 => Tables::<Of<$order<i8>>>::of(isa),
                DType::I16 => Tables::<Of<$order<i16>>>::of(isa),
                DType::U16 => Tables::<Of<$order<u16>>>::of(isa),
                DType::I32 => Tables::<Of<$order<i32>>>::of(isa),
                DType::U32 => Tables::<Of<$order<u32>>>::of(isa),
                DType::I64 => Tables::<Of<$order<i64>>>::of(isa),
                DType::U64 => Tables::<Of<$order<u64>>>::of(isa),
                DType::F16 => Tables::<Of<Half<$order<i16>>>>::of(isa),
                DType::F32 => vectors!(isa, $order, Base32, Wide32),
                DType::F64 => vectors!(isa, $order, Base64, Wide64),
                DType::C64 => Tables::<Of<$order<Complex<f32>>>>::of(isa),
                DType::C128 => Tables::<Of<$order<Complex<f64>>>>::of(isa),
            }
        }
    };
}
by_type!(argmin, Least);
by_type!(argmax, Most);
