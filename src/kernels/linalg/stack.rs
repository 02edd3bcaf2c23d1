//! Stacks of matrices: the leading axes of arrays, and who works on which matrix.
#![expect(unsafe_code, reason = "matrices of a stack go to tasks by address")]

use super::mat::{How, Mat, Room, Source, loops};
use super::scalar::Scalar;
use crate::array::Array;
use crate::error::Result;
use crate::kernels::movement::{SIDE, square};
use crate::kernels::tile::isa::Isa;
use smallvec::SmallVec;
use std::array::from_fn;

/// Nanoseconds of work that are worth a task.
pub(super) const TASK: f64 = 40_000.0;
/// Nanoseconds from which one matrix of a stack is worked on by all threads.
const LARGE: f64 = 4_000_000.0;
/// Rows of matrices that are worked on side by side, a vector holding an element of each; and of those that are where there are enough to
/// fill vectors.
pub(super) const SMALL: [usize; 2] = [16, 32];

/// Whether so many matrices of `n` rows or columns are worked on side by side.
pub(super) fn is_small<const W: usize>(n: usize, count: usize) -> bool {
    n <= SMALL[0] || n <= SMALL[1] && count >= W
}

/// The matrices along the leading axes of an array.
pub(super) struct Stack<T> {
    first: Source<T>,
    /// Lengths of the leading axes, and bytes from one matrix to the next along each.
    leading: SmallVec<[(usize, isize); 4]>,
    /// How many.
    pub count: usize,
}

impl<T: Scalar> Stack<T> {
    /// Of an array whose last axes, this many, are a matrix, a column or a number.
    pub fn new(array: &Array, core: usize) -> Stack<T> {
        let front = array.ndim() - core;
        let own = &array.strides()[front..];
        let at = |d: usize| own.get(d).copied().unwrap_or(0);
        let first = Source { data: array.data().cast_const().cast(), row: at(0), col: at(1) };
        let mut leading: SmallVec<[(usize, isize); 4]> = SmallVec::new();
        for (&length, &step) in array.shape()[..front].iter().zip(array.strides()) {
            match leading.last_mut() {
                // Neighbours that can be one axis are.
                Some((before, outer)) if *outer == step * length as isize => {
                    (*before, *outer) = (*before * length, step)
                }
                _ => leading.push((length, step)),
            }
        }
        Stack { first, leading, count: array.shape()[..front].iter().product() }
    }

    /// Rows and columns of each exchanged.
    pub fn transposed(self) -> Stack<T> {
        let first = Source { row: self.first.col, col: self.first.row, ..self.first };
        Stack { first, ..self }
    }

    /// Matrix `i`, in C order of the leading axes.
    #[inline(always)]
    pub fn at(&self, i: usize) -> Source<T> {
        let mut one = self.first;
        if let [(_, step)] = self.leading.as_slice() {
            one.data = one.data.wrapping_byte_offset(i as isize * step);
            return one;
        }
        let mut rest = i;
        for &(length, step) in self.leading.iter().rev() {
            one.data = one.data.wrapping_byte_offset((rest % length) as isize * step);
            rest /= length;
        }
        one
    }

    /// Bytes from one matrix to the next, where `W` neighbours in a row of each can be moved by squares.
    /// `movement::gather` and `scatter` do the same, and fetch ahead: for lines as short as these they take up to half as long again.
    fn step<const W: usize>(&self) -> Option<isize> {
        match self.leading.as_slice() {
            [(_, step)]
                if W.is_multiple_of(SIDE) && size_of::<T>() <= 8 && self.first.col == size_of::<T>() as isize =>
            {
                Some(*step)
            }
            _ => None,
        }
    }

    /// How many lines of neighbours these rows are, and how long: one where rows follow one another here and among `width` columns.
    fn lines(&self, (rows, cols): (usize, usize), width: usize) -> (usize, usize) {
        let follow = self.first.row == (cols * size_of::<T>()) as isize && width == cols;
        if follow { (1, rows * cols) } else { (rows, cols) }
    }

    /// Matrix `i` to write; its rows lie contiguous.
    ///
    /// # Safety
    /// It has these rows and columns, and is this task's alone.
    pub unsafe fn own(&self, i: usize, rows: usize, cols: usize) -> Mat<T> {
        let at = self.at(i);
        let row = (at.row / size_of::<T>() as isize) as usize;
        // SAFETY: the caller's contract.
        unsafe { Mat::new(at.data.cast_mut(), rows, cols, row) }
    }
}

/// Works on each of a stack: with all threads on one after another where each takes long, else on several at a time.
///
/// # Errors
/// What `work` gives, or `Error::Interrupted`.
pub(super) fn each(
    count: usize,
    nanoseconds: f64,
    how: How,
    work: impl Fn(usize, How) -> Result<()> + Sync,
) -> Result<()> {
    if count == 1 || nanoseconds > LARGE {
        return (0..count).try_for_each(|i| work(i, how));
    }
    let group = ((TASK / nanoseconds) as usize).clamp(1, count.max(1));
    let isa = how.isa;
    how.try_tasks(count.div_ceil(group), |t| {
        (t * group..((t + 1) * group).min(count)).try_for_each(|i| work(i, How::alone(isa)))
    })
}

/// Works on `W` small matrices at a time, in memory for `room` vectors of `W` numbers, one of each. `work` is told the first and how many
/// there are, of up to `W`.
///
/// # Errors
/// What `work` gives, or `Error::Interrupted`, `Error::Memory`.
pub(super) fn side_by_side<T: Scalar, const W: usize>(
    count: usize,
    nanoseconds: f64,
    room: usize,
    how: How,
    work: impl Fn(&mut [[T; W]], usize, usize) -> Result<()> + Sync,
) -> Result<()> {
    let group = ((TASK / nanoseconds) as usize).clamp(1, count.max(1)).next_multiple_of(W);
    how.try_tasks(count.div_ceil(group), |t| {
        let mut memory = Room::<T>::new(room * W)?;
        let at = memory.take(room, W);
        // SAFETY: the whole of it is written.
        unsafe { at.fill(|_, _| T::default()) };
        let packs: &mut [[T; W]] = if room == 0 {
            &mut []
        } else {
            // SAFETY: the memory is ours, as long, and written.
            unsafe { std::slice::from_raw_parts_mut(at.at(0, 0).cast(), room) }
        };
        let end = ((t + 1) * group).min(count);
        (t * group..end).step_by(W).try_for_each(|i| work(packs, i, W.min(end - i)))
    })
}

/// The first vector and the first lane of each square of so many vectors.
fn pairs<const W: usize>(vectors: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..vectors).step_by(SIDE).flat_map(|j| (0..W).step_by(SIDE).map(move |lane| (j, lane)))
}

loops! {
    /// Copies `rows x cols` elements of `used` matrices from the `first` on to vectors of a matrix of `width` columns, from column `to` on. The
    /// last matrix takes the places of those that are missing.
    ///
    /// # Safety
    /// The matrices have these elements, which are readable.
    pub(super) unsafe fn gather<T, const W: usize>(
        stack: &Stack<T>, which: (usize, usize), size: (usize, usize), packs: &mut [[T; W]], place: (usize, usize)
    ) = gather_body
}

/// # Safety
/// As [`gather`].
#[inline(always)]
unsafe fn gather_body<T: Scalar, const W: usize, const FUSED: bool>(
    stack: &Stack<T>,
    (first, used): (usize, usize),
    (rows, cols): (usize, usize),
    packs: &mut [[T; W]],
    (width, to): (usize, usize),
) {
    if let (Some(step), true) = (stack.step::<W>(), used == W) {
        let from = stack.at(first);
        let (rows, cols) = stack.lines((rows, cols), width);
        for i in 0..rows {
            let (from, packs) = (from.at(i, 0).cast::<u8>(), &mut packs[i * width + to..][..cols]);
            let squares = cols / SIDE * SIDE;
            for (j, lane) in pairs::<W>(squares) {
                let from = from.wrapping_add(j * size_of::<T>()).wrapping_offset(lane as isize * step);
                // SAFETY: the caller's contract: eight neighbours in each of eight matrices, and the places of eight lanes in eight vectors.
                unsafe {
                    square::<T, FUSED>(from, step, packs[j][lane..].as_mut_ptr().cast(), size_of::<[T; W]>() as isize)
                };
            }
            for (j, pack) in packs.iter_mut().enumerate().skip(squares) {
                let at = from.wrapping_add(j * size_of::<T>());
                // SAFETY: the caller's contract.
                *pack = from_fn(|lane| unsafe { at.wrapping_offset(lane as isize * step).cast::<T>().read() });
            }
        }
        return;
    }
    let from: [Source<T>; W] = from_fn(|lane| stack.at(first + lane.min(used - 1)));
    for i in 0..rows {
        let row: [*const T; W] = from.map(|one| one.at(i, 0));
        let step = from[0].col;
        for (j, pack) in packs[i * width + to..][..cols].iter_mut().enumerate() {
            // Made as a whole: a vector that is read where its parts have just been written waits for them.
            // SAFETY: the caller's contract.
            *pack = row.map(|at| unsafe { at.byte_offset(j as isize * step).read() });
        }
    }
}

loops! {
    /// The way back.
    ///
    /// # Safety
    /// The matrices have these elements, which are this task's alone.
    pub(super) unsafe fn scatter<T, const W: usize>(
        stack: &Stack<T>, which: (usize, usize), size: (usize, usize), packs: &[[T; W]], place: (usize, usize)
    ) = scatter_body
}

/// # Safety
/// As [`scatter`].
#[inline(always)]
unsafe fn scatter_body<T: Scalar, const W: usize, const FUSED: bool>(
    stack: &Stack<T>,
    (first, used): (usize, usize),
    (rows, cols): (usize, usize),
    packs: &[[T; W]],
    (width, from): (usize, usize),
) {
    if let (Some(step), true) = (stack.step::<W>(), used == W) {
        let to = stack.at(first);
        let (rows, cols) = stack.lines((rows, cols), width);
        for i in 0..rows {
            let (to, packs) = (to.at(i, 0).cast_mut().cast::<u8>(), &packs[i * width + from..][..cols]);
            let squares = cols / SIDE * SIDE;
            for (j, lane) in pairs::<W>(squares) {
                let to = to.wrapping_add(j * size_of::<T>()).wrapping_offset(lane as isize * step);
                // SAFETY: the caller's contract: eight lanes of eight vectors, and the places of eight neighbours in each of eight matrices.
                unsafe { square::<T, FUSED>(packs[j][lane..].as_ptr().cast(), size_of::<[T; W]>() as isize, to, step) };
            }
            for (j, pack) in packs.iter().enumerate().skip(squares) {
                let at = to.wrapping_add(j * size_of::<T>());
                for (lane, &x) in pack.iter().enumerate() {
                    // SAFETY: the caller's contract.
                    unsafe { at.wrapping_offset(lane as isize * step).cast::<T>().write(x) };
                }
            }
        }
        return;
    }
    for lane in 0..used {
        let to = stack.at(first + lane);
        for i in 0..rows {
            for (j, pack) in packs[i * width + from..][..cols].iter().enumerate() {
                // SAFETY: the caller's contract.
                unsafe { to.at(i, j).cast_mut().write(pack[lane]) };
            }
        }
    }
}
