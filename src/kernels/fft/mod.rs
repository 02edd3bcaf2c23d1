//! Discrete Fourier transforms along an axis.
//!
//! Rows of any strides, padded or cut, come down to complex transforms of contiguous ones or of columns; real rows of even length to ones of half
//! the length (Press et al., *Numerical Recipes*, section 12.3). Those are done by vectors whose lanes are rows or columns: rows beside each
//! other (`across`), or columns of one row (`within`); or, where vectors of ours are no faster, by the `rustfft` crate.
//! How a row is taken apart depends on the shape, the axis and the processor, so its bits do not depend on threads or on what lies beside it.
#![expect(unsafe_code, reason = "walks rows through pointers")]

mod across;
mod butterfly;
mod lanes;
mod long;
mod mixed;
mod plan;
mod real;
mod split;
mod steps;
#[cfg(test)]
mod tests;
mod within;

use super::movement::{self, Address};
use super::tile::isa::Isa;
use super::{OfRun, Operand, Tasks, try_tasks};
use crate::array::{Array, Buffer};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::kernel::Transform;
use across::{Across, Lines};
use mixed::Mixed;
use plan::{Plan, Real, Way, Wish, lanes};
use rustfft::num_complex::Complex;

/// Neighbouring rows that are gathered together where rows do not lie contiguous: some cache lines of each element.
const TOGETHER: usize = 16;
/// Elements of a task of several rows.
const TASK: usize = 1 << 14;

/// Writes the transform of length `n` along an axis of `x`, times `factor`, to `out`, in C order. Rows are cut to what the transform
/// reads, or end in zeros; along the last axis, whole ones may be made where they are read. Along it, `after` takes elements of the result when
/// they are done.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`; `Error::Bug`.
pub fn fft(
    transform: Transform,
    (n, axis): (usize, usize),
    factor: f64,
    x: Operand,
    out: &Array,
    after: Option<OfRun>,
    tasks: Tasks,
) -> Result<()> {
    fft_by(Isa::best(), transform, (n, axis), factor, (x, out), after, tasks)
}

/// [`fft`] by an instruction set that the processor has.
fn fft_by(
    isa: Isa,
    transform: Transform,
    (n, axis): (usize, usize),
    factor: f64,
    (x, out): (Operand, &Array),
    after: Option<OfRun>,
    tasks: Tasks,
) -> Result<()> {
    let job = Job { after, isa, ..Job::new(transform, n, axis, x, out)? };
    if out.size() == 0 {
        return Ok(());
    }
    match out.dtype() {
        DType::F32 | DType::C64 => job.run(factor as f32, tasks),
        DType::F64 | DType::C128 => job.run(factor, tasks),
        other => Err(Error::Bug(format!("a Fourier transform of {other}"))),
    }
}

/// Rows and how they lie.
struct Job<'a> {
    transform: Transform,
    n: usize,
    x: Operand<'a>,
    /// Address of element zero of `x`; nowhere where that is made.
    from: Address,
    out: &'a Array,
    axis: usize,
    /// Elements of a row that are there, of those that are read.
    given: usize,
    /// The axis along which neighbouring rows are taken together; none where rows lie contiguous.
    beside: Option<usize>,
    /// The other axes, and their lengths counted in batches of rows.
    axes: Vec<(usize, usize)>,
    together: usize,
    /// Takes elements of rows along the last axis that are done.
    after: Option<OfRun<'a>>,
    isa: Isa,
}

/// Rows that are transformed together.
struct Batch {
    /// Bytes from element zero of the operand, and of the result.
    from: isize,
    to: isize,
    rows: usize,
}

impl<'a> Job<'a> {
    fn new(transform: Transform, n: usize, axis: usize, x: Operand<'a>, out: &'a Array) -> Result<Job<'a>> {
        if axis >= x.shape().len() || x.shape().len() != out.ndim() || out.shape()[axis] != transform.output(n) {
            return Err(Error::Bug(format!(
                "a Fourier transform of {:?} along {axis} to {:?}",
                x.shape(),
                out.shape()
            )));
        }
        let given = x.shape()[axis].min(transform.input(n));
        let last = x.shape().len() - 1;
        let beside = (axis != last).then_some(last);
        let from = match x {
            Operand::Array(x) => x.data(),
            Operand::Made(_) if beside.is_none() && given == x.shape()[axis] => std::ptr::null_mut(),
            Operand::Made(_) => return Err(Error::Bug("a Fourier transform of rows that are made and cut".into())),
        };
        let job = Job {
            transform,
            n,
            x,
            from: Address(from),
            out,
            axis,
            given,
            beside,
            axes: Vec::new(),
            together: 1,
            after: None,
            isa: Isa::Base,
        };
        Ok(job.in_batches(TOGETHER))
    }

    /// The same with batches of up to so many rows.
    fn in_batches(self, most: usize) -> Job<'a> {
        let (shape, beside) = (self.x.shape(), self.beside);
        let together = beside.map_or(1, |d| most.min(shape[d].max(1)));
        let batches = |d: usize| if Some(d) == beside { shape[d].div_ceil(together) } else { shape[d] };
        let axes = (0..shape.len()).filter(|&d| d != self.axis).map(|d| (d, batches(d))).collect();
        Job { together, axes, ..self }
    }

    /// Complex numbers that a row needs for what is read, what is written and what is between.
    fn room(&self) -> usize {
        match self.transform {
            Transform::Real | Transform::Hermitian if self.transform.halves(self.n) => self.n / 2 + 1,
            Transform::Forward | Transform::Backward | Transform::Real | Transform::Whole | Transform::Hermitian => {
                self.n
            }
        }
    }

    /// Whether rows of the result lie contiguous and have room for all that is done to them.
    fn in_place(&self) -> bool {
        let bytes = self.transform.output(self.n) * self.out.dtype().size();
        self.beside.is_none() && self.room() * (2 * self.out.dtype().real().size()) <= bytes
    }

    fn batches(&self) -> usize {
        self.axes.iter().map(|a| a.1).product()
    }

    fn batch(&self, mut at: usize) -> Batch {
        let mut batch = Batch { from: 0, to: 0, rows: 1 };
        for &(d, length) in self.axes.iter().rev() {
            let mut index = at % length;
            at /= length;
            if Some(d) == self.beside {
                index *= self.together;
                batch.rows = self.together.min(self.x.shape()[d] - index);
            }
            batch.from += index as isize * self.x.strides()[d];
            batch.to += index as isize * self.out.strides()[d];
        }
        batch
    }

    /// Whether there are rows enough to fill vectors.
    fn wish<T: Real>(&self) -> Wish {
        let (rows, wish) = match self.beside {
            Some(d) => (self.x.shape()[d], Wish::Columns),
            None => (self.batches(), Wish::Many),
        };
        if 2 * rows < lanes::<T>(self.isa) { Wish::Few } else { wish }
    }

    fn run<T: Real>(self, factor: T, tasks: Tasks) -> Result<()> {
        let plan = Plan::<T>::of(self.transform, self.n, self.wish::<T>(), self.isa);
        if let Way::Across(mixed) = &plan.way {
            let lanes = lanes::<T>(self.isa);
            return self.in_batches(lanes).side_by_side(mixed, &plan.roots, factor, tasks);
        }
        if long::is_long(self.transform.complex(self.n), &plan.way) {
            return self.long_rows(&plan, factor, tasks);
        }
        let out = Address(self.out.data());
        let batches = self.batches();
        let some = (TASK / (self.n * self.together)).max(1);
        let room = self.room();
        let kind = (self.transform, self.n);
        let in_place = self.in_place();
        let held = if in_place { 0 } else { room * self.together };
        let own = held * size_of::<Complex<T>>();
        let (direct, by) = (self.is_direct() && !real::prepares(self.transform, self.n), (&*plan, self.isa));
        try_tasks(tasks, batches.div_ceil(some), |t| {
            let (first, end) = (t * some, ((t + 1) * some).min(batches));
            let (_held, x) = self.rows(first, end - first)?;
            let (memory, scratch) = real::memory(own, &plan)?;
            // SAFETY: the buffer starts with them; numbers of any bits are numbers, and all are written before they are read.
            let rows = unsafe { std::slice::from_raw_parts_mut(memory.data().cast::<Complex<T>>(), held) };
            for b in first..end {
                let batch = self.batch(b);
                let from = x.at(0).wrapping_offset(batch.from);
                if in_place {
                    // SAFETY: the row of the result has this room, aligned, and is this task's alone.
                    let row =
                        unsafe { std::slice::from_raw_parts_mut(out.at(0).wrapping_offset(batch.to).cast(), room) };
                    let given = direct.then_some(from.cast_const().cast());
                    if given.is_none() {
                        // SAFETY: the row of the operand lies within it.
                        unsafe { self.gather(from, 1, room, row) };
                    }
                    // SAFETY: a row that is contiguous and whole is what the transform reads.
                    unsafe { real::transform(kind, by, given, row, scratch, factor) };
                    continue;
                }
                // SAFETY: the batch's rows lie within both arrays; those of the result are this task's alone.
                unsafe {
                    self.gather(from, batch.rows, room, rows);
                    for row in rows.chunks_exact_mut(room).take(batch.rows) {
                        real::transform(kind, by, None, row, scratch, factor);
                    }
                    self.scatter(rows, batch.rows, room, out.at(0).wrapping_offset(batch.to));
                }
            }
            self.done(first, end - first, 0..self.transform.output(self.n));
            Ok(())
        })
    }

    /// Whether a row of the operand is contiguous and has all that the transform reads.
    fn is_direct(&self) -> bool {
        self.x.strides()[self.axis] == self.x.dtype().size() as isize && self.given == self.transform.input(self.n)
    }

    /// Where element zero of the operand is for a task that reads so many rows from a number on: rows that are made are in memory that comes with it.
    fn rows(&self, first: usize, rows: usize) -> Result<(Option<Buffer>, Address)> {
        let Some(make) = self.x.make() else { return Ok((None, self.from)) };
        let row = self.given * self.x.dtype().size();
        let buffer = Buffer::new(rows * row)?;
        // SAFETY: the buffer has this room, and is this task's alone.
        make(first * self.given, unsafe { std::slice::from_raw_parts_mut(buffer.data().cast(), rows * row) });
        let zero = Address(buffer.data().wrapping_sub(first * row));
        Ok((Some(buffer), zero))
    }

    /// Rows in the lanes of vectors.
    fn side_by_side<T: Real>(&self, mixed: &Mixed<T>, roots: &[Complex<T>], factor: T, tasks: Tasks) -> Result<()> {
        let out = Address(self.out.data());
        let (transform, n, given, isa) = (self.transform, self.n, self.given, self.isa);
        let lanes = lanes::<T>(isa);
        let size = self.x.dtype().size();
        let (along, across) = (self.x.strides()[self.axis], self.out.strides()[self.axis]);
        let (room, output) = (across::room(transform, n) * lanes * size_of::<T>(), transform.output(n));
        // Whether vectors are read where rows are, the first of so many from one on.
        let pitch = self.pitch();
        let contiguous = match self.beside {
            Some(d) => self.x.strides()[d] == size as isize,
            None => along == size as isize && pitch.is_some(),
        };
        let held = if contiguous { 0 } else { lanes * given * size };
        // Batches are columns that lie together, or single rows, of which as many as there are lanes are a group.
        let batches = self.batches();
        let singles = if self.beside.is_some() { 1 } else { lanes };
        let groups = batches.div_ceil(singles);
        let some = (TASK / (n * lanes)).max(1);
        try_tasks(tasks, groups.div_ceil(some), |t| {
            let memory = Buffer::new(room + held)?;
            let (block, copy) = (memory.data().cast(), memory.data().wrapping_add(room));
            let copies = Lines::Rows(copy, (given * size) as isize);
            let work = |from, to, rows| {
                let work = Across { transform, n, mixed, roots, factor, rows, from, given, to, block };
                // SAFETY: rows of both arrays, those of the result this task's alone; the plan is one of this instruction set.
                unsafe { T::with(isa, work) };
            };
            let (first, end) = (t * some * singles, ((t + 1) * some * singles).min(batches));
            let (_held, x) = self.rows(first, end - first)?;
            let row = |b: usize| {
                let batch = self.batch(b);
                (x.at(0).wrapping_offset(batch.from), out.at(0).wrapping_offset(batch.to), batch.rows)
            };
            if let Some(d) = self.beside {
                for b in first..end {
                    let (from, to, rows) = row(b);
                    let to = Lines::Columns(to, across);
                    if contiguous {
                        work(Lines::Columns(from, along), to, rows);
                    } else {
                        // SAFETY: the columns lie within the operand; the copy has room for as many as there are lanes.
                        unsafe { movement::gather(size, rows, given, from, self.x.strides()[d], along, copy) };
                        work(copies, to, rows);
                    }
                }
            } else {
                let lie = |b: usize| Lines::Rows(row(b).1, (output * self.out.dtype().size()) as isize);
                if let (Some(pitch), true) = (pitch, contiguous) {
                    work(Lines::Rows(row(first).0, pitch), lie(first), end - first);
                } else {
                    for b in (first..end).step_by(lanes) {
                        let rows = lanes.min(end - b);
                        for r in 0..rows {
                            let to = copy.wrapping_add(r * given * size);
                            // SAFETY: the row lies within the operand; the copy has room for as many as there are lanes.
                            unsafe { movement::gather(size, 1, given, row(b + r).0, 0, along, to) };
                        }
                        work(copies, lie(b), rows);
                    }
                }
            }
            self.done(first, end - first, 0..output);
            Ok(())
        })
    }

    /// Bytes from row to row of the operand, if it is the same for all of them.
    fn pitch(&self) -> Option<isize> {
        let mut pitch = None;
        for &(d, length) in self.axes.iter().rev().filter(|a| a.1 > 1) {
            let stride = self.x.strides()[d];
            match pitch {
                None => pitch = Some((stride, length as isize)),
                Some((inner, rows)) if stride == inner * rows => pitch = Some((inner, rows * length as isize)),
                Some(_) => return None,
            }
        }
        Some(pitch.map_or(0, |(inner, _)| inner))
    }

    /// Says that these elements of rows, so many from a number on, are done.
    fn done(&self, first: usize, rows: usize, part: std::ops::Range<usize>) {
        if let (Some(after), None) = (self.after, self.beside) {
            after(
                first * self.transform.output(self.n) + part.start,
                (rows - 1) * self.transform.output(self.n) + part.len(),
            );
        }
    }

    /// Puts rows from `from` on, with zeros behind them, to every `room` numbers of `rows`.
    ///
    /// # Safety
    /// Their elements lie within an array.
    unsafe fn gather<T: Real>(&self, from: *const u8, count: usize, room: usize, rows: &mut [Complex<T>]) {
        let size = self.x.dtype().size();
        let (along, beside) = (self.x.strides()[self.axis], self.beside.map_or(0, |d| self.x.strides()[d]));
        let to = rows.as_mut_ptr().cast::<u8>();
        let pitch = room * size_of::<Complex<T>>();
        // Neighbours together, row behind row; then each to its place, the last first.
        // SAFETY: `given` elements of each row, by contract; rows hold more bytes than they.
        unsafe { movement::gather(size, count, self.given, from, beside, along, to) };
        let bytes = self.given * size;
        for row in (0..count).rev() {
            // SAFETY: within `rows`, of which each row has `pitch` bytes.
            unsafe {
                if row > 0 {
                    std::ptr::copy(to.add(row * bytes), to.add(row * pitch), bytes);
                }
                std::ptr::write_bytes(to.add(row * pitch + bytes), 0, pitch - bytes);
            }
        }
    }

    /// Puts the results of `count` rows, at every `room` numbers of `rows`, to their places from `to` on.
    ///
    /// # Safety
    /// These lie within an array and are nobody else's.
    unsafe fn scatter<T: Real>(&self, rows: &mut [Complex<T>], count: usize, room: usize, to: *mut u8) {
        let size = self.out.dtype().size();
        let (along, beside) = (self.out.strides()[self.axis], self.beside.map_or(0, |d| self.out.strides()[d]));
        let length = self.out.shape()[self.axis];
        let from = rows.as_mut_ptr().cast::<u8>();
        let (pitch, bytes) = (room * size_of::<Complex<T>>(), length * size);
        for row in 1..count {
            // SAFETY: within `rows`; a row that moves down ends before the next begins.
            unsafe { std::ptr::copy(from.add(row * pitch), from.add(row * bytes), bytes) };
        }
        // SAFETY: by contract.
        unsafe { movement::scatter(size, count, length, from, to, beside, along) };
    }
}
