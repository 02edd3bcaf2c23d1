//! Long rows as many short ones, which several threads transform: a row of `r c` numbers as a matrix of `r` rows and `c`
//! columns, of which first the columns are transformed, then turned by roots of unity, then the rows; the result lies
//! by columns.

#![expect(unsafe_code, reason = "tasks share two buffers")]

use super::long::LONG;
use super::plan::{Real, root};
use super::{Address, TOGETHER};
use crate::error::Result;
use crate::kernels::{Tasks, movement};
use rustfft::Fft;
use rustfft::num_complex::Complex;

/// The shortest side that pays.
const SHORTEST: usize = 64;

/// Rows and columns that a complex row of this length is split into; `None` where it is not.
pub fn sides(n: usize) -> Option<(usize, usize)> {
    if n < LONG {
        return None;
    }
    let rows = (SHORTEST..=n.isqrt()).rev().find(|r| n.is_multiple_of(*r))?;
    Some((rows, n / rows))
}

/// The roots of unity of a length, each a product of two of fewer.
pub struct Roots<T> {
    few: Vec<Complex<T>>,
    steps: Vec<Complex<T>>,
    bits: u32,
}

impl<T: Real> Roots<T> {
    /// `exp(-2 pi i k / n)`, or its conjugate.
    pub fn new(n: usize, forward: bool) -> Roots<T> {
        let bits = n.isqrt().next_power_of_two().ilog2();
        let of = |k: usize| if forward { root::<T>(k, n) } else { root::<T>(k, n).conj() };
        let few = (0..1usize << bits).map(of).collect();
        let steps = (0..=n >> bits).map(|k| of(k << bits)).collect();
        Roots { few, steps, bits }
    }

    /// The root of number `k`, at most the length.
    pub fn get(&self, k: usize) -> Complex<T> {
        self.steps[k >> self.bits] * self.few[k & ((1 << self.bits) - 1)]
    }
}

/// Transforms the `rows * columns` numbers at `data` in place; `half` has room for as many.
///
/// # Errors
/// `Error::Interrupted`.
///
/// # Safety
/// Both are valid for so many numbers, overlap nothing, and are used by nobody else.
pub unsafe fn fft<T: Real>(
    (rows, columns): (usize, usize),
    (of_column, of_row): (&dyn Fft<T>, &dyn Fft<T>),
    (data, half): (Address, Address),
    roots: &Roots<T>,
    tasks: Tasks,
) -> Result<()> {
    let size = size_of::<Complex<T>>();
    let zero = Complex::new(T::zero(), T::zero());
    let memory = |length: usize, fft: &dyn Fft<T>| vec![zero; length * TOGETHER + fft.get_inplace_scratch_len()];
    tasks(columns.div_ceil(TOGETHER), &|t| {
        let first = t * TOGETHER;
        let count = TOGETHER.min(columns - first);
        let mut memory = memory(rows, of_column);
        let (lines, scratch) = memory.split_at_mut(rows * TOGETHER);
        let at = lines.as_mut_ptr().cast();
        let pitch = (columns * size) as isize;
        // SAFETY: the columns lie in the matrix at `data`; `lines` has room for them.
        unsafe { movement::gather(size, count, rows, data.at(first * size), size as isize, pitch, at) };
        for (c, line) in lines.chunks_exact_mut(rows).take(count).enumerate() {
            of_column.process_with_scratch(line, scratch);
            line.iter_mut().enumerate().for_each(|(r, z)| *z = *z * roots.get(r * (first + c)));
        }
        // SAFETY: as above, of `half`; the columns are this task's alone.
        unsafe { movement::scatter(size, count, rows, at, half.at(first * size), size as isize, pitch) };
    })?;
    tasks(rows.div_ceil(TOGETHER), &|t| {
        let first = t * TOGETHER;
        let count = TOGETHER.min(rows - first);
        let mut scratch = vec![zero; of_row.get_inplace_scratch_len()];
        let at = half.at(first * columns * size);
        // SAFETY: these rows of the matrix at `half` are this task's alone.
        let lines = unsafe { std::slice::from_raw_parts_mut(at.cast::<Complex<T>>(), count * columns) };
        lines.chunks_exact_mut(columns).for_each(|line| of_row.process_with_scratch(line, &mut scratch));
        // SAFETY: the result's matrix has as many columns as there are rows; these are this task's alone.
        unsafe {
            movement::scatter(size, count, columns, at, data.at(first * size), size as isize, (rows * size) as isize);
        }
    })
}
