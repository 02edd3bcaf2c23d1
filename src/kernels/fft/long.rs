//! Rows so long that several threads take one, each in turn.
#![expect(unsafe_code, reason = "tasks share a row and what is made of it")]

use super::plan::{Plan, Real, Way};
use super::within::{Columns, Lines, Split};
use super::{Address, Job, TASK, real, split};
use crate::array::Buffer;
use crate::error::Result;
use crate::kernels::{Tasks, movement, try_tasks};
use rustfft::Fft;
use rustfft::num_complex::Complex;
use std::ops::Range;
use std::sync::Arc;

/// The shortest complex row that is one.
pub const LONG: usize = 1 << 16;

/// Whether a complex row is split between threads.
pub fn is_long<T: Real>(n: usize, way: &Way<T>) -> bool {
    match way {
        Way::Within(_) => n >= LONG,
        Way::Crate(_) => split::sides(n).is_some(),
        Way::Across(_) => false,
    }
}

/// How threads take a complex row.
enum By<'a, T: Real> {
    Vectors(&'a Split<T>),
    Crate { sides: (usize, usize), column: Arc<dyn Fft<T>>, row: Arc<dyn Fft<T>>, turns: split::Roots<T> },
}

impl Job<'_> {
    /// Rows one after another, each by several threads.
    pub(super) fn long_rows<T: Real>(&self, plan: &Plan<T>, factor: T, tasks: Tasks) -> Result<()> {
        let (transform, n, room) = (self.transform, self.n, self.room());
        let (complex, bytes, forward) = (transform.complex(n), size_of::<Complex<T>>(), transform.is_forward());
        let by = match &plan.way {
            Way::Within(split) => By::Vectors(split),
            Way::Across(_) | Way::Crate(_) => {
                let sides = split::sides(complex).unwrap_or((1, complex));
                let of = |n: usize| Plan::<T>::parts(n, forward);
                By::Crate { sides, column: of(sides.0)?, row: of(sides.1)?, turns: split::Roots::new(complex, forward) }
            }
        };
        // What is between: by vectors the matrix, else a half-made transform, of which the whole one comes back to where the row was.
        let between = match &by {
            By::Vectors(split) => split.matrix() * size_of::<T>(),
            By::Crate { .. } => complex * bytes,
        };
        let half = Buffer::new(between)?;
        let half = Address(half.data());
        // Rows are copied if they cannot be read, or written, where they are.
        let vectors = matches!(by, By::Vectors(_));
        let direct = vectors && self.is_direct() && self.x.make().is_none() && !real::prepares(transform, n);
        let in_place = vectors && self.in_place();
        let held = Buffer::new(if in_place { 0 } else { room * bytes })?;
        let (kind, with) = ((transform, n), (plan, self.isa));
        let (in_size, out_size) = (self.x.dtype().size(), self.out.dtype().size());
        let (along, across) = (self.x.strides()[self.axis], self.out.strides()[self.axis]);
        let length = self.out.shape()[self.axis];
        let in_parts = |steps: usize, work: &(dyn Fn(Range<usize>) + Sync)| {
            tasks(steps.div_ceil(TASK), &|t| work(t * TASK..((t + 1) * TASK).min(steps)))
        };
        for (b, r) in (0..self.batches()).flat_map(|b| (0..self.together).map(move |r| (b, r))) {
            let batch = self.batch(b);
            if r >= batch.rows {
                continue;
            }
            let step = |strides: &[isize]| self.beside.map_or(0, |d| strides[d]) * r as isize;
            let from = Address(self.from.at(0).wrapping_offset(batch.from + step(self.x.strides())));
            let to = Address(self.out.data().wrapping_offset(batch.to + step(self.out.strides())));
            let row = if in_place { Address(to.at(0)) } else { Address(held.data()) };
            // SAFETY: this thread's alone, while no task runs.
            let whole = || unsafe { std::slice::from_raw_parts_mut(row.at(0).cast::<Complex<T>>(), room) };
            if !direct {
                in_parts(self.given, &|part| {
                    let to = row.at(part.start * in_size);
                    let from = from.at(0).wrapping_offset(part.start as isize * along);
                    // SAFETY: elements of the operand's row; those of the buffer are this task's alone.
                    unsafe {
                        match self.x.make() {
                            Some(make) => {
                                let room = std::slice::from_raw_parts_mut(to.cast(), part.len() * in_size);
                                make(b * self.given + part.start, room);
                            }
                            None => movement::gather(in_size, 1, part.len(), from, 0, along, to),
                        }
                    }
                })?;
                // SAFETY: the rest of the buffer.
                unsafe { std::ptr::write_bytes(row.at(self.given * in_size), 0, room * bytes - self.given * in_size) };
                real::widen(transform, n, whole());
                in_parts(real::steps_before(transform, n), &|part| {
                    // SAFETY: steps touch different numbers, all within the buffer.
                    unsafe { real::all_before(kind, with, row.at(0).cast(), part) };
                })?;
            }
            let scaled = match &by {
                By::Vectors(split) => {
                    let scaled = !(transform.halves(n) && forward);
                    let factor = if scaled { factor } else { T::one() };
                    let x = if direct { Address(from.at(0)) } else { Address(row.at(0)) };
                    self.by_vectors(split, (&x, &row, &half), factor, tasks)?;
                    scaled
                }
                By::Crate { sides, column, row: line, turns } => {
                    let data = (Address(row.at(0)), Address(half.at(0)));
                    // SAFETY: both buffers are ours and have room for the complex row.
                    unsafe { split::fft(*sides, (&**column, &**line), data, turns, tasks)? };
                    false
                }
            };
            real::narrow(transform, n, whole());
            if !scaled {
                in_parts(real::steps_after(transform, n), &|part| {
                    // SAFETY: as before.
                    unsafe { real::all_after(kind, with, row.at(0).cast(), part, factor) };
                })?;
            }
            if in_place {
                self.done(b, 1, 0..length);
                continue;
            }
            in_parts(length, &|part| {
                let to = to.at(0).wrapping_offset(part.start as isize * across);
                // SAFETY: elements of the result's row, this task's alone; the buffer holds the result.
                unsafe { movement::scatter(out_size, 1, part.len(), row.at(part.start * out_size), to, 0, across) };
                self.done(b, 1, part);
            })?;
        }
        Ok(())
    }

    /// The complex transform of a row by vectors, which tasks share: the row, the result and the matrix between.
    fn by_vectors<T: Real>(
        &self,
        split: &Split<T>,
        (x, out, matrix): (&Address, &Address, &Address),
        factor: T,
        tasks: Tasks,
    ) -> Result<()> {
        let (columns, rows) = split.vectors();
        let (of_column, of_row) = split.lengths();
        let lanes = super::lanes::<T>(self.isa);
        let swapped = !self.transform.is_forward();
        let in_parts = |vectors: usize, length: usize, work: &(dyn Fn(Range<usize>) -> Result<()> + Sync)| {
            let some = (TASK / (length * lanes)).max(1);
            try_tasks(tasks, vectors.div_ceil(some), |t| work(t * some..((t + 1) * some).min(vectors)))
        };
        in_parts(columns, of_column, &|part| {
            let scratch = Buffer::new(split.scratch() * size_of::<T>())?;
            let (x, matrix, scratch) = (x.at(0).cast_const().cast(), matrix.at(0).cast(), scratch.data().cast());
            // SAFETY: the row has its length, the matrix and the scratch the split's; each task has columns of its own.
            unsafe { T::with(self.isa, Columns { split, x, swapped, matrix, scratch, part }) };
            Ok(())
        })?;
        in_parts(rows, of_row, &|part| {
            let (matrix, out) = (matrix.at(0).cast(), out.at(0).cast());
            // SAFETY: columns are done; each task has rows of its own.
            unsafe { T::with(self.isa, Lines { split, matrix, out, swapped, factor, part }) };
            Ok(())
        })
    }
}
