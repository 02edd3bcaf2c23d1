//! Matrices in memory, and the way into and out of them.
#![expect(unsafe_code, reason = "matrices are parts of matrices, which tasks share")]

use super::matmul::{self, Matrix, Onto, Single};
use super::scalar::Scalar;
use crate::array::Buffer;
use crate::error::Result;
use crate::kernels::tile::isa::Isa;
use crate::kernels::{Tasks, try_tasks};

/// A matrix in memory, by strides in elements. Whoever makes one promises that its elements are there while it or any part of it
/// is used; who hands parts to tasks, that no element is written by one and used by another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mat<T> {
    data: *mut T,
    pub rows: usize,
    pub cols: usize,
    row: isize,
    col: isize,
}

// SAFETY: an address; see the type's promise.
unsafe impl<T: Send> Send for Mat<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Mat<T> {}

impl<T: Scalar> Mat<T> {
    /// A matrix whose rows lie contiguous, `row` elements from one to the next.
    ///
    /// # Safety
    /// The type's promise.
    pub unsafe fn new(data: *mut T, rows: usize, cols: usize, row: usize) -> Mat<T> {
        Mat { data, rows, cols, row: row as isize, col: 1 }
    }

    /// The address of an element.
    #[inline(always)]
    pub fn at(self, i: usize, j: usize) -> *mut T {
        debug_assert!(i < self.rows && j < self.cols, "({i}, {j}) of {} x {}", self.rows, self.cols);
        self.data.wrapping_offset(i as isize * self.row + j as isize * self.col)
    }

    /// The `rows x cols` elements from an element on.
    ///
    /// # Panics
    /// If they are not part of it.
    #[inline(always)]
    pub fn part(self, i: usize, j: usize, rows: usize, cols: usize) -> Mat<T> {
        assert!(i + rows <= self.rows && j + cols <= self.cols, "no such part");
        Mat { data: self.data.wrapping_offset(i as isize * self.row + j as isize * self.col), rows, cols, ..self }
    }

    /// Rows and columns exchanged.
    pub fn transposed(self) -> Mat<T> {
        Mat { rows: self.cols, cols: self.rows, row: self.col, col: self.row, ..self }
    }

    /// The rows from the last to the first.
    pub fn upside_down(self) -> Mat<T> {
        let last = self.rows.saturating_sub(1) as isize;
        Mat { data: self.data.wrapping_offset(last * self.row), row: -self.row, ..self }
    }

    /// Rows and columns from the last to the first: an upper triangle becomes a lower one.
    pub fn turned(self) -> Mat<T> {
        self.upside_down().transposed().upside_down().transposed()
    }

    /// The address of the first element, if there is one.
    pub fn first(self) -> *mut T {
        self.data
    }

    /// Elements from a row to the next, and from a column.
    pub fn strides(self) -> (isize, isize) {
        (self.row, self.col)
    }

    /// Whether the elements of a row lie contiguous.
    pub fn has_rows(self) -> bool {
        self.col == 1
    }

    fn bytes(self) -> Matrix {
        let size = size_of::<T>() as isize;
        Matrix { data: self.data.cast(), row: self.row * size, col: self.col * size }
    }

    /// Every element made by its place.
    ///
    /// # Safety
    /// Nobody else uses them.
    #[inline(always)]
    pub unsafe fn fill(self, f: impl Fn(usize, usize) -> T) {
        for i in 0..self.rows {
            for j in 0..self.cols {
                // SAFETY: the type's promise; the place lies within.
                unsafe { self.at(i, j).write(f(i, j)) };
            }
        }
    }

    /// Every element replaced by its conjugate.
    ///
    /// # Safety
    /// Nobody else uses them.
    pub unsafe fn conjugate(self) {
        if T::COMPLEX {
            // SAFETY: the caller's contract; the place lies within.
            unsafe { self.fill(|i, j| self.at(i, j).read().conj()) };
        }
    }

    /// Copies a matrix of the same size.
    ///
    /// # Safety
    /// Nobody else uses the elements; they do not overlap those of `from`, which are readable.
    pub unsafe fn load(self, from: Source<T>) {
        if size_of::<T>() as isize == from.col && self.col == 1 {
            for i in 0..self.rows {
                // SAFETY: both rows lie contiguous.
                unsafe { std::ptr::copy_nonoverlapping(from.at(i, 0), self.at(i, 0), self.cols) };
            }
            return;
        }
        // Squares, so that the lines of either side are used while they are in the cache.
        const SIDE: usize = 16;
        for i in (0..self.rows).step_by(SIDE) {
            for j in (0..self.cols).step_by(SIDE) {
                for i in i..self.rows.min(i + SIDE) {
                    for j in j..self.cols.min(j + SIDE) {
                        // SAFETY: the places lie within both.
                        unsafe { self.at(i, j).write(from.at(i, j).read()) };
                    }
                }
            }
        }
    }

    /// As something to read.
    pub fn source(self) -> Source<T> {
        let bytes = self.bytes();
        Source { data: self.data, row: bytes.row, col: bytes.col }
    }
}

/// A matrix to read, by strides in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<T> {
    pub data: *const T,
    pub row: isize,
    pub col: isize,
}

// SAFETY: an address; what is read through it is said where it is used.
unsafe impl<T: Send> Send for Source<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Source<T> {}

impl<T> Source<T> {
    /// The address of an element.
    #[inline(always)]
    pub fn at(self, i: usize, j: usize) -> *const T {
        self.data.wrapping_byte_offset(i as isize * self.row + j as isize * self.col)
    }
}

/// Memory for numbers, whose contents are arbitrary.
pub(super) struct Room<T> {
    buffer: Buffer,
    next: usize,
    kind: std::marker::PhantomData<T>,
}

impl<T: Scalar> Room<T> {
    /// Room for so many, in all that is taken of it.
    ///
    /// # Errors
    /// `Error::Memory`.
    pub fn new(elements: usize) -> Result<Room<T>> {
        let bytes = crate::array::layout::checked_bytes(&[elements], size_of::<T>())?;
        Ok(Room { buffer: Buffer::new(bytes)?, next: 0, kind: std::marker::PhantomData })
    }

    /// A matrix of its own, for as long as the room is kept.
    ///
    /// # Panics
    /// If there is no room.
    pub fn take(&mut self, rows: usize, cols: usize) -> Mat<T> {
        let row = cols;
        let first = self.next;
        self.next += rows * row;
        assert!(self.next * size_of::<T>() <= self.buffer.len(), "no room left");
        let data = self.buffer.data().cast::<T>().wrapping_add(first);
        // SAFETY: nobody else is given these elements.
        unsafe { Mat::new(data, rows, cols, row) }
    }
}

/// How loops run: which instructions, and who does tasks.
#[derive(Clone, Copy)]
pub(super) struct How<'a> {
    pub isa: Isa,
    pub tasks: Tasks<'a>,
}

impl How<'_> {
    /// On this thread alone: for what is itself a task.
    pub fn alone(isa: Isa) -> How<'static> {
        let tasks: Tasks<'static> = &|n, work| {
            (0..n).for_each(work);
            Ok(())
        };
        How { isa, tasks }
    }

    /// Does tasks that may fail, as [`try_tasks`].
    ///
    /// # Errors
    /// As [`try_tasks`].
    pub fn try_tasks(self, n: usize, work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
        try_tasks(self.tasks, n, work)
    }
}

/// A loop as it is compiled for each instruction set: `fn name = body`, where `body` is generic over the number and whether
/// products and differences are rounded once.
macro_rules! loops {
    ($(#[$doc:meta])* $vis:vis unsafe fn $name:ident<$T:ident $(, const $W:ident: usize)?>($($arg:ident: $type:ty),*) $(-> $to:ty)? = $body:ident) => {
        $(#[$doc])*
        $vis unsafe fn $name<$T: Scalar $(, const $W: usize)?>(isa: Isa, $($arg: $type),*) $(-> $to)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            unsafe fn avx2<$T: Scalar $(, const $W: usize)?>($($arg: $type),*) $(-> $to)? {
                // SAFETY: the caller's contract.
                unsafe { $body::<$T $(, $W)?, true>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,avx512f")]
            unsafe fn avx512<$T: Scalar $(, const $W: usize)?>($($arg: $type),*) $(-> $to)? {
                // SAFETY: the caller's contract.
                unsafe { $body::<$T $(, $W)?, true>($($arg),*) }
            }
            // SAFETY: the caller's contract; the instruction set was found before.
            unsafe {
                match isa {
                    Isa::Base => $body::<$T $(, $W)?, false>($($arg),*),
                    #[cfg(target_arch = "x86_64")]
                    // Complex numbers fill no longer vectors by themselves.
                    Isa::Avx512 if !$T::COMPLEX => avx512::<$T $(, $W)?>($($arg),*),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 | Isa::Avx512 => avx2::<$T $(, $W)?>($($arg),*),
                }
            }
        }
    };
}
pub(super) use loops;

/// Puts `a b` in the place of `c`, or onto what is there.
///
/// # Safety
/// The matrices are readable, `c` is used by nobody else and overlaps neither operand.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub(super) unsafe fn multiply<T: Scalar>(onto: Onto, c: Mat<T>, a: Mat<T>, b: Mat<T>, how: How) -> Result<()> {
    assert!(c.rows == a.rows && c.cols == b.cols && a.cols == b.rows, "sizes of a product");
    if c.rows == 0 || c.cols == 0 {
        return Ok(());
    }
    if a.cols == 0 {
        if onto == Onto::Nothing {
            // SAFETY: the caller's contract.
            unsafe { c.fill(|_, _| T::default()) };
        }
        return Ok(());
    }
    if c.rows == 1 || c.cols == 1 {
        // A product with a vector has loops of its own, to a result that lies contiguous.
        let mut room = Room::new(c.rows * c.cols)?;
        let to = room.take(c.rows, c.cols);
        // SAFETY: the caller's contract; the product is in memory of its own.
        unsafe {
            product(Onto::Nothing, to, a, b, how)?;
            for i in 0..c.rows {
                for j in 0..c.cols {
                    let (value, place) = (to.at(i, j).read(), c.at(i, j));
                    place.write(match onto {
                        Onto::Nothing => value,
                        Onto::Add => place.read() + value,
                        Onto::Subtract => place.read() - value,
                    });
                }
            }
        }
        return Ok(());
    }
    if c.has_rows() {
        // SAFETY: the caller's contract.
        unsafe { product(onto, c, a, b, how) }
    } else {
        // SAFETY: as above.
        unsafe { product(onto, c.transposed(), b.transposed(), a.transposed(), how) }
    }
}

/// # Safety
/// As [`multiply`], for lengths that are not zero and a result of contiguous rows.
unsafe fn product<T: Scalar>(onto: Onto, c: Mat<T>, a: Mat<T>, b: Mat<T>, how: How) -> Result<()> {
    assert!(c.has_rows(), "a product is written in rows");
    let one = Single { m: c.rows, n: c.cols, k: a.cols, a: a.bytes(), b: b.bytes(), c: c.bytes(), onto, below: None };
    // SAFETY: the caller's contract.
    unsafe { matmul::single(how.isa, T::DTYPE, one, how.tasks) }
}
