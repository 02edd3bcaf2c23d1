//! Reflections of some columns as one: `H1 H2 ... = 1 - v t v^H`.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::mat::{How, Mat, Room, multiply};
use super::super::matmul::Onto;
use super::super::scalar::Scalar;
use crate::error::Result;

/// The reflections of a block of columns.
pub(super) struct Reflector<T> {
    /// The vectors, with their ones, and zeros above these.
    v: Mat<T>,
    /// Their conjugates.
    conjugate: Mat<T>,
    /// An upper triangle, and its conjugate.
    t: [Mat<T>; 2],
    _room: Room<T>,
}

impl<T: Scalar> Reflector<T> {
    /// Of columns that are factored.
    ///
    /// # Safety
    /// Nobody writes them.
    ///
    /// # Errors
    /// `Error::Interrupted`, `Error::Memory`.
    pub unsafe fn new(a: Mat<T>, tau: &[T], how: How) -> Result<Reflector<T>> {
        let (m, w) = (a.rows, a.cols);
        let copies = if T::COMPLEX { 2 } else { 1 };
        let mut room: Room<T> = Room::new(copies * m * w + 3 * w * w)?;
        let v = room.take(m, w);
        let conjugate = if T::COMPLEX { room.take(m, w) } else { v };
        let (products, t, conjugate_t) = (room.take(w, w), room.take(w, w), room.take(w, w));
        // SAFETY: the caller's contract; the rest is our own memory.
        unsafe {
            for i in 0..m {
                for j in 0..w {
                    let x = match i.cmp(&j) {
                        std::cmp::Ordering::Less => T::default(),
                        std::cmp::Ordering::Equal => T::ONE,
                        std::cmp::Ordering::Greater => a.at(i, j).read(),
                    };
                    v.at(i, j).write(x);
                    if T::COMPLEX {
                        conjugate.at(i, j).write(x.conj());
                    }
                }
            }
            multiply(Onto::Nothing, products, conjugate.transposed(), v, how)?;
            t.fill(|_, _| T::default());
            for (j, &tau) in tau.iter().enumerate() {
                for i in 0..j {
                    let mut sum = T::default();
                    for k in i..j {
                        sum = sum + t.at(i, k).read() * products.at(k, j).read();
                    }
                    t.at(i, j).write(-(sum * tau));
                }
                t.at(j, j).write(tau);
            }
            conjugate_t.fill(|i, j| t.at(i, j).read().conj());
        }
        Ok(Reflector { v, conjugate, t: [t, conjugate_t], _room: room })
    }

    /// Applies them to a matrix from the left, or their inverse.
    ///
    /// # Safety
    /// Nobody else uses the matrix.
    ///
    /// # Errors
    /// `Error::Interrupted`, `Error::Memory`.
    pub unsafe fn apply(&self, inverse: bool, c: Mat<T>, how: How) -> Result<()> {
        let (m, w) = (self.v.rows, self.v.cols);
        let mut room = Room::new(m * w + w * c.cols)?;
        let (left, right) = (room.take(m, w), room.take(w, c.cols));
        let t = if inverse { self.t[1].transposed() } else { self.t[0] };
        // SAFETY: the caller's contract; the rest is our own memory.
        unsafe {
            multiply(Onto::Nothing, left, self.v, t, how)?;
            multiply(Onto::Nothing, right, self.conjugate.transposed(), c, how)?;
            multiply(Onto::Subtract, c, left, right, how)
        }
    }
}
