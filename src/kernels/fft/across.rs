//! Rows beside each other, one in each lane: what a transform does before and after the complex one is done in lanes, too.
//!
//! Rows lie contiguous each, and are turned into vectors and back; or they are columns, which are vectors already. Rows that do not fill
//! a vector are filled up with the last one of them, or with zeros, so that no lane holds what was there before.
#![expect(unsafe_code, reason = "walks rows through pointers")]

use super::lanes::{Rows, Work};
use super::mixed::{Mixed, Passes};
use super::plan::Real;
use super::within::AHEAD;
use crate::ops::kernel::Transform;
use rustfft::num_complex::Complex;

/// Where rows lie, in bytes.
#[derive(Clone, Copy)]
pub enum Lines {
    /// Each contiguous, the first from an address on, and so many bytes from row to row.
    Rows(*mut u8, isize),
    /// Side by side from an address on, and so many bytes from element to element.
    Columns(*mut u8, isize),
}

impl Lines {
    /// The rows from one on; where they are columns, elements have so many bytes.
    #[inline(always)]
    fn from(self, row: usize, size: usize) -> Lines {
        match self {
            Lines::Rows(at, pitch) => Lines::Rows(at.wrapping_offset(row as isize * pitch), pitch),
            Lines::Columns(at, step) => Lines::Columns(at.wrapping_add(row * size), step),
        }
    }
}

/// Transforms rows, as many at a time as there are lanes.
#[derive(Clone, Copy)]
pub struct Across<'a, T> {
    pub transform: Transform,
    pub n: usize,
    /// Of the complex transform.
    pub mixed: &'a Mixed<T>,
    /// Where real rows are halved: `exp(-2 pi i k / n)`, `k` up to `n / 4`.
    pub roots: &'a [Complex<T>],
    pub factor: T,
    pub rows: usize,
    pub from: Lines,
    /// Elements of a row that are there.
    pub given: usize,
    pub to: Lines,
    /// Room for [`room`] vectors.
    pub block: *mut T,
}

/// Vectors of a block.
pub fn room(transform: Transform, n: usize) -> usize {
    2 * (transform.complex(n) + 1).max(transform.output(n))
}

/// How numbers of a row and vectors of the block belong together.
#[derive(Clone, Copy)]
struct Order {
    /// Numbers are real and imaginary parts in turn; else real parts alone.
    pairs: bool,
    /// Real parts lie where imaginary parts do: a backward transform is a forward one with parts exchanged.
    swapped: bool,
}

impl Order {
    #[inline(always)]
    fn element(self, i: usize) -> usize {
        if self.pairs { i / 2 } else { i }
    }

    #[inline(always)]
    fn part(self, i: usize) -> usize {
        (if self.pairs { i % 2 } else { 0 }) ^ usize::from(self.swapped)
    }
}

impl<T: Real> Work<T> for Across<'_, T> {
    /// # Safety
    /// The rows are readable and writable where they are said to be, the operand's of any alignment; the block is nobody else's and aligned.
    #[inline(always)]
    unsafe fn run<V: Rows<Elem = T>>(self) {
        let parts = |reals: bool| size_of::<T>() * if reals { 1 } else { 2 };
        let read = parts(matches!(self.transform, Transform::Real | Transform::Whole));
        let written = parts(self.transform == Transform::Hermitian);
        for row in (0..self.rows).step_by(V::LANES) {
            let rows = V::LANES.min(self.rows - row);
            let some = Across { rows, from: self.from.from(row, read), to: self.to.from(row, written), ..self };
            // SAFETY: the contract.
            unsafe {
                some.load::<V>();
                if self.transform == Transform::Hermitian {
                    some.before::<V>();
                }
                V::call(Passes { mixed: self.mixed, block: self.block });
                if self.halves() && self.transform.is_forward() {
                    some.after::<V>();
                }
                some.store::<V>();
            }
        }
    }
}

impl<T: Real> Across<'_, T> {
    #[inline(always)]
    fn halves(&self) -> bool {
        self.transform.halves(self.n)
    }

    /// The address of element `k` of the block as the passes want it; of one more, behind them.
    ///
    /// # Safety
    /// `k` is at most the length of the complex transform.
    #[inline(always)]
    unsafe fn place<V: Rows<Elem = T>>(&self, k: usize) -> *mut T {
        // SAFETY: there is a place for one more than the length, all within the block.
        unsafe { self.block.add(2 * V::LANES * *self.mixed.places.get_unchecked(k) as usize) }
    }

    /// # Safety
    /// As [`Across::run`].
    #[inline(always)]
    unsafe fn load<V: Rows<Elem = T>>(&self) {
        let w = V::LANES;
        let (complex, numbers) = match self.transform {
            Transform::Forward | Transform::Backward => (true, 2 * self.n),
            Transform::Hermitian => (true, 2 * self.transform.input(self.n)),
            Transform::Real | Transform::Whole => (false, self.n),
        };
        let order = Order { pairs: complex || self.halves(), swapped: self.transform == Transform::Backward };
        let count = self.given * if complex { 2 } else { 1 };
        // SAFETY: the number's element is one of the block's.
        let at = |i: usize| unsafe { self.place::<V>(order.element(i)).add(order.part(i) * w) };
        let zero = V::of(0.0);
        // SAFETY: elements that are there, of rows that are; places within the block.
        unsafe {
            match self.from {
                Lines::Rows(first, pitch) => {
                    let row = |r: usize| first.wrapping_offset(r.min(self.rows - 1) as isize * pitch).cast::<T>();
                    if count >= w {
                        for i in (0..count).step_by(w) {
                            let i = i.min(count - w);
                            V::turn(|r| V::load(row(r).add(i)), |j, v| v.store(at(i + j)));
                        }
                    } else {
                        for i in 0..count {
                            for r in 0..w {
                                at(i).add(r).write(row(r).add(i).read_unaligned());
                            }
                        }
                    }
                }
                Lines::Columns(first, step) if self.rows == w => {
                    let far = self.given * step.unsigned_abs() > AHEAD;
                    for k in 0..self.given {
                        let from = first.wrapping_offset(k as isize * step).cast::<T>();
                        if far {
                            let next = w * if complex { 2 } else { 1 };
                            V::soon(from.wrapping_add(next), next);
                        }
                        if complex {
                            let (re, im) = V::apart(V::load(from), V::load(from.add(w)));
                            re.store(at(2 * k));
                            im.store(at(2 * k + 1));
                        } else {
                            V::load(from).store(at(k));
                        }
                    }
                }
                Lines::Columns(first, step) => {
                    let width = if complex { 2 } else { 1 };
                    for i in 0..count {
                        let from = first.wrapping_offset((i / width) as isize * step).cast::<T>();
                        zero.store(at(i));
                        for r in 0..self.rows {
                            at(i).add(r).write(from.add(r * width + i % width).read_unaligned());
                        }
                    }
                }
            }
            for i in count..numbers {
                zero.store(at(i));
            }
            if !order.pairs {
                for i in 0..numbers {
                    zero.store(at(i).add(w));
                }
            }
        }
    }

    /// Makes what the complex transform reads of half a spectrum, parts exchanged: see `real::before`.
    ///
    /// # Safety
    /// As [`Across::run`].
    #[inline(always)]
    unsafe fn before<V: Rows<Elem = T>>(&self) {
        let (w, zero) = (V::LANES, V::of(0.0));
        let last = self.n / 2;
        // SAFETY: elements up to the middle one, which are loaded; writes go to places of the complex transform, or the one behind.
        unsafe {
            let get = |k: usize| {
                let at = self.place::<V>(k);
                (V::load(at), V::load(at.add(w)))
            };
            let put = |k: usize, re: V, im: V| {
                let at = self.place::<V>(k);
                im.store(at);
                re.store(at.add(w));
            };
            if !self.halves() {
                put(0, get(0).0, zero);
                for k in 1..=last {
                    let (re, im) = get(k);
                    put(k, re, im);
                    put(self.n - k, re, zero - im);
                }
                return;
            }
            // Of these, imaginary parts do not count.
            let (a, b) = (get(0).0, get(last).0);
            put(0, a + b, a - b);
            for k in 1..=last / 2 {
                let (a, b) = (get(k), get(last - k));
                let root = self.roots.get_unchecked(k);
                let (cos, sin) = (V::splat(root.re), V::splat(root.im));
                // `a - conj(b)` times `i` and the root's conjugate.
                let (re, im) = (a.0 - b.0, a.1 + b.1);
                let odd = (re.mul_sub(sin, im * cos), im.mul_add(sin, re * cos));
                let even = (a.0 + b.0, a.1 - b.1);
                put(last - k, even.0 - odd.0, odd.1 - even.1);
                put(k, even.0 + odd.0, even.1 + odd.1);
            }
        }
    }

    /// Makes a spectrum of what the complex transform gave of a halved row: see `real::after`.
    ///
    /// # Safety
    /// As [`Across::run`].
    #[inline(always)]
    unsafe fn after<V: Rows<Elem = T>>(&self) {
        let (w, zero, half) = (V::LANES, V::of(0.0), V::of(0.5));
        let last = self.n / 2;
        // SAFETY: elements that the transform gave, and those that the result has.
        unsafe {
            let get = |k: usize| {
                let at = self.block.add(2 * w * k);
                (V::load(at), V::load(at.add(w)))
            };
            let put = |k: usize, re: V, im: V| {
                let at = self.block.add(2 * w * k);
                re.store(at);
                im.store(at.add(w));
                if self.transform == Transform::Whole && k > 0 && k < last {
                    let at = self.block.add(2 * w * (self.n - k));
                    re.store(at);
                    (zero - im).store(at.add(w));
                }
            };
            let (re, im) = get(0);
            put(0, re + im, zero);
            put(last, re - im, zero);
            for k in 1..=last / 2 {
                let (a, b) = (get(k), get(last - k));
                let root = self.roots.get_unchecked(k);
                let (cos, sin) = (V::splat(root.re), V::splat(root.im));
                let even = ((a.0 + b.0) * half, (a.1 - b.1) * half);
                // `conj(b) - a` times `i`.
                let (re, im) = ((a.1 + b.1) * half, (b.0 - a.0) * half);
                let odd = (re.mul_sub(cos, im * sin), re.mul_add(sin, im * cos));
                put(last - k, even.0 - odd.0, odd.1 - even.1);
                put(k, even.0 + odd.0, even.1 + odd.1);
            }
        }
    }

    /// # Safety
    /// As [`Across::run`].
    #[inline(always)]
    unsafe fn store<V: Rows<Elem = T>>(&self) {
        let w = V::LANES;
        let complex = self.transform != Transform::Hermitian;
        let length = self.transform.output(self.n);
        let order = Order { pairs: complex || self.halves(), swapped: !self.transform.is_forward() };
        let factor = V::splat(self.factor);
        let (width, count) = if complex { (2, 2 * length) } else { (1, length) };
        // SAFETY: the number's element is one of the block's.
        let at = |i: usize| unsafe { self.block.add((2 * order.element(i) + order.part(i)) * w) };
        // SAFETY: elements of rows that are there.
        unsafe {
            match self.to {
                Lines::Rows(first, pitch) => {
                    let row = |r: usize| first.wrapping_offset(r as isize * pitch).cast::<T>();
                    if count >= w {
                        for i in (0..count).step_by(w) {
                            let i = i.min(count - w);
                            V::turn(
                                |j| V::load(at(i + j)) * factor,
                                |r, v| {
                                    if r < self.rows {
                                        v.store(row(r).add(i));
                                    }
                                },
                            );
                        }
                    } else {
                        for i in 0..count {
                            for r in 0..self.rows {
                                row(r).add(i).write(*at(i).add(r) * self.factor);
                            }
                        }
                    }
                }
                Lines::Columns(first, step) if self.rows == w => {
                    for k in 0..length {
                        let to = first.wrapping_offset(k as isize * step).cast::<T>();
                        if complex {
                            let (a, b) = V::in_turn(V::load(at(2 * k)) * factor, V::load(at(2 * k + 1)) * factor);
                            a.store(to);
                            b.store(to.add(w));
                        } else {
                            (V::load(at(k)) * factor).store(to);
                        }
                    }
                }
                Lines::Columns(first, step) => {
                    for i in 0..count {
                        let to = first.wrapping_offset((i / width) as isize * step).cast::<T>();
                        for r in 0..self.rows {
                            to.add(r * width + i % width).write(*at(i).add(r) * self.factor);
                        }
                    }
                }
            }
        }
    }
}
