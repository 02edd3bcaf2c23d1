//! Discrete Fourier transforms along an axis.
//!
//! Complex transforms of one row, of any length, are those of the `rustfft` crate. Here is what goes around them: rows of any
//! strides, padded or cut; real rows of even length as complex ones of half the length (Press et al., *Numerical
//! Recipes*, section 12.3); long rows as many short ones (Bailey, *FFTs in external or hierarchical memory*, 1990); threads.
//! How a row is taken apart depends on its length alone, so its bits do not depend on threads or on what lies beside it.
#![expect(unsafe_code, reason = "walks rows through pointers")]

mod plan;
mod real;
mod split;
#[cfg(test)]
mod tests;

use super::movement::{self, Address};
use super::{OfRun, Tasks};
use crate::array::{Array, Buffer};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::kernel::Transform;
use plan::{Plan, Real};
use rustfft::num_complex::Complex;

/// Neighbouring rows that are gathered together where rows do not lie contiguous: some cache lines of each element.
const TOGETHER: usize = 16;
/// Elements of a task of several rows.
const TASK: usize = 1 << 14;

/// Writes the transform of length `n` along an axis of `x`, times `factor`, to `out`, in C order. Rows are cut to what the transform
/// reads, or end in zeros. Along the last axis, `after` takes elements of the result when they are done.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`; `Error::Bug`.
pub fn fft(
    transform: Transform,
    (n, axis): (usize, usize),
    factor: f64,
    x: &Array,
    out: &Array,
    after: Option<OfRun>,
    tasks: Tasks,
) -> Result<()> {
    let job = Job { after, ..Job::new(transform, n, axis, x, out)? };
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
    x: &'a Array,
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
}

/// Rows that are transformed together.
struct Batch {
    /// Bytes from element zero of the operand, and of the result.
    from: isize,
    to: isize,
    rows: usize,
}

impl<'a> Job<'a> {
    fn new(transform: Transform, n: usize, axis: usize, x: &'a Array, out: &'a Array) -> Result<Job<'a>> {
        if axis >= x.ndim() || x.ndim() != out.ndim() || out.shape()[axis] != transform.output(n) {
            return Err(Error::Bug(format!(
                "a Fourier transform of {:?} along {axis} to {:?}",
                x.shape(),
                out.shape()
            )));
        }
        let given = x.shape()[axis].min(transform.input(n));
        let last = x.ndim() - 1;
        let beside = (axis != last).then_some(last);
        let together = beside.map_or(1, |d| TOGETHER.min(x.shape()[d].max(1)));
        let batches = |d: usize| if Some(d) == beside { x.shape()[d].div_ceil(together) } else { x.shape()[d] };
        let axes = (0..x.ndim()).filter(|&d| d != axis).map(|d| (d, batches(d))).collect();
        Ok(Job { transform, n, x, out, axis, given, beside, axes, together, after: None })
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

    fn run<T: Real>(&self, factor: T, tasks: Tasks) -> Result<()> {
        if let Some((rows, columns)) = split::sides(self.transform.complex(self.n)) {
            return self.long_rows(factor, (rows, columns), tasks);
        }
        let plan = Plan::<T>::of(self.transform, self.n);
        let (x, out) = (Address(self.x.data()), Address(self.out.data()));
        let batches = self.batches();
        let some = (TASK / (self.n * self.together)).max(1);
        let room = self.room();
        let scratch = plan.fft.get_inplace_scratch_len();
        let in_place = self.in_place();
        let held = if in_place { 0 } else { room * self.together };
        tasks(batches.div_ceil(some), &|t| {
            let mut memory = vec![Complex::new(T::zero(), T::zero()); held + scratch];
            let (rows, scratch) = memory.split_at_mut(held);
            for b in t * some..((t + 1) * some).min(batches) {
                let batch = self.batch(b);
                if in_place {
                    // SAFETY: the row of the result has this room, aligned, and is this task's alone.
                    let row =
                        unsafe { std::slice::from_raw_parts_mut(out.at(0).wrapping_offset(batch.to).cast(), room) };
                    // SAFETY: the row of the operand lies within it.
                    unsafe { self.gather(x.at(0).wrapping_offset(batch.from), 1, room, row) };
                    real::transform(self.transform, self.n, &plan, row, scratch, factor);
                    continue;
                }
                // SAFETY: the batch's rows lie within both arrays; those of the result are this task's alone.
                unsafe {
                    self.gather(x.at(0).wrapping_offset(batch.from), batch.rows, room, rows);
                    for row in rows.chunks_exact_mut(room).take(batch.rows) {
                        real::transform(self.transform, self.n, &plan, row, scratch, factor);
                    }
                    self.scatter(rows, batch.rows, room, out.at(0).wrapping_offset(batch.to));
                }
            }
            self.done(t * some, some.min(batches - t * some), 0..self.transform.output(self.n));
        })
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

    /// Rows one after another, each by several threads.
    fn long_rows<T: Real>(&self, factor: T, sides: (usize, usize), tasks: Tasks) -> Result<()> {
        let (transform, n, room) = (self.transform, self.n, self.room());
        let (complex, bytes, forward) = (transform.complex(n), size_of::<Complex<T>>(), transform.is_forward());
        // The row, and a half-made transform; the whole one comes back to where the row was.
        let (row, half) = (Buffer::new(room * bytes)?, Buffer::new(complex * bytes)?);
        let (row, half) = (Address(row.data()), Address(half.data()));
        let (of_column, of_row) = (Plan::<T>::complex(sides.0, forward), Plan::<T>::complex(sides.1, forward));
        let turns = split::Roots::<T>::new(complex, forward);
        let roots = transform.halves(n).then(|| split::Roots::<T>::new(n, true));
        let root = |k: usize| roots.as_ref().map_or(Complex::new(T::one(), T::zero()), |r| r.get(k));
        let (in_size, out_size) = (self.x.dtype().size(), self.out.dtype().size());
        let (along, across) = (self.x.strides()[self.axis], self.out.strides()[self.axis]);
        let length = self.out.shape()[self.axis];
        let in_parts = |steps: usize, work: &(dyn Fn(std::ops::Range<usize>) + Sync)| {
            tasks(steps.div_ceil(TASK), &|t| work(t * TASK..((t + 1) * TASK).min(steps)))
        };
        // SAFETY: this thread's alone, while no task runs.
        let whole = || unsafe { std::slice::from_raw_parts_mut(row.at(0).cast::<Complex<T>>(), room) };
        for (b, r) in (0..self.batches()).flat_map(|b| (0..self.together).map(move |r| (b, r))) {
            let batch = self.batch(b);
            if r >= batch.rows {
                continue;
            }
            let step = |a: &Array| self.beside.map_or(0, |d| a.strides()[d]) * r as isize;
            let from = Address(self.x.data().wrapping_offset(batch.from + step(self.x)));
            let to = Address(self.out.data().wrapping_offset(batch.to + step(self.out)));
            in_parts(self.given, &|part| {
                let from = from.at(0).wrapping_offset(part.start as isize * along);
                // SAFETY: elements of the operand's row; those of the buffer are this task's alone.
                unsafe { movement::gather(in_size, 1, part.len(), from, 0, along, row.at(part.start * in_size)) };
            })?;
            // SAFETY: the rest of the buffer.
            unsafe { std::ptr::write_bytes(row.at(self.given * in_size), 0, room * bytes - self.given * in_size) };
            real::widen(transform, n, whole());
            in_parts(real::steps_before(transform, n), &|part| {
                // SAFETY: steps touch different numbers, all within the buffer.
                unsafe { real::before(transform, n, row.at(0).cast::<Complex<T>>(), part, root) };
            })?;
            // SAFETY: both buffers are ours and have room for the complex row.
            unsafe { split::fft(sides, (&*of_column.fft, &*of_row.fft), (row, half), &turns, tasks)? };
            real::narrow(transform, n, whole());
            in_parts(real::steps_after(transform, n), &|part| {
                // SAFETY: as before.
                unsafe { real::after(transform, n, row.at(0).cast::<Complex<T>>(), part, root, factor) };
            })?;
            in_parts(length, &|part| {
                let to = to.at(0).wrapping_offset(part.start as isize * across);
                // SAFETY: elements of the result's row, this task's alone; the buffer holds the result.
                unsafe { movement::scatter(out_size, 1, part.len(), row.at(part.start * out_size), to, 0, across) };
                self.done(b, 1, part);
            })?;
        }
        Ok(())
    }
}
