//! Eigenvalues and eigenvectors of any square matrices, complex.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::super::lu;
use super::super::mat::{How, Mat, Room};
use super::super::scalar::{Real, Scalar};
use super::super::stack::{Stack, each};
use super::{Spectral, columns, finite, lend, lend_mut, memory, nanoseconds, unscale};
use crate::array::Array;
use crate::error::{Error, Result};
use faer::Par;
use faer::dyn_stack::MemStack;
use faer::linalg::evd::{self, ComputeEigenvectors};
use faer::traits::RealField;
use rustfft::num_complex::Complex;

/// A number whose matrices have eigenvalues.
pub(in super::super) trait Eigen: Spectral {
    /// Its real parts, as faer knows them.
    type Part: Real<Real = Self::Part>;

    /// The number as a complex one.
    fn complex(self) -> Complex<Self::Part>;

    /// Computes eigenvalues, and eigenvectors if there is a matrix for them; false where that does not converge.
    ///
    /// # Safety
    /// `a` is readable, the others are used by nobody else.
    ///
    /// # Errors
    /// `Error::Memory`.
    unsafe fn decompose(
        a: Mat<Self>,
        values: Mat<Complex<Self::Part>>,
        vectors: Option<Mat<Complex<Self::Part>>>,
    ) -> Result<bool>;
}

macro_rules! eigen {
    ($($t:ty),*) => {$(
        impl Eigen for $t {
            type Part = $t;
            fn complex(self) -> Complex<$t> {
                Complex { re: self, im: 0.0 }
            }
            unsafe fn decompose(
                a: Mat<$t>,
                values: Mat<Complex<$t>>,
                vectors: Option<Mat<Complex<$t>>>,
            ) -> Result<bool> {
                // SAFETY: the caller's contract.
                unsafe { real(a, values, vectors) }
            }
        }

        impl Eigen for Complex<$t> {
            type Part = $t;
            fn complex(self) -> Complex<$t> {
                self
            }
            unsafe fn decompose(
                a: Mat<Complex<$t>>,
                values: Mat<Complex<$t>>,
                vectors: Option<Mat<Complex<$t>>>,
            ) -> Result<bool> {
                // SAFETY: the caller's contract.
                unsafe { complex(a, values, vectors) }
            }
        }
    )*};
}
eigen!(f32, f64);

/// Writes the eigenvalues, and the eigenvectors if there is a second result.
///
/// # Errors
/// `Error::LinAlg` where it does not converge, and for numbers that are not finite; `Error::Interrupted`, `Error::Memory`.
pub(in super::super) fn eig<T: Eigen>(a: &Array, results: &[Array], how: How) -> Result<()>
where
    Complex<T::Part>: Scalar<Real = T::Part>,
{
    let n = a.shape()[a.ndim() - 1];
    let from = Stack::<T>::new(a, 2);
    let values = Stack::<Complex<T::Part>>::new(&results[0], 1);
    let own = results.get(1).map(|v| Stack::<Complex<T::Part>>::new(v, 2));
    each(from.count, 2.0 * nanoseconds::<T>(n, n), how, |i, how| {
        let mut room = Room::new(n * n)?;
        let x = columns(&mut room, n, n);
        let mut complex = Room::new(n * n)?;
        let u = columns(&mut complex, n, n);
        // SAFETY: the operand lies in its array; results `i` are this task's alone, the rest is our own memory.
        unsafe {
            x.load(from.at(i));
            if finite(x).is_err() {
                return Err(Error::LinAlg("Array must not contain infs or NaNs".into()));
            }
            let exponent = unscale(x);
            let s = Mat::new(values.at(i).data.cast_mut(), n, 1, 1);
            if !T::decompose(x, s, own.is_some().then_some(u))? {
                return Err(Error::LinAlg("Eigenvalues did not converge".into()));
            }
            if let Some(v) = &own {
                for j in 0..n {
                    let column = u.part(0, j, n, 1);
                    if !scale(column) {
                        inverse_iteration(x, s.at(j, 0).read(), column, how)?;
                        scale(column);
                    }
                }
                v.own(i, n, n).load(u.source());
            }
            s.fill(|j, _| {
                let value = s.at(j, 0).read();
                Complex { re: value.re.scaled(exponent), im: value.im.scaled(exponent) }
            });
        }
        Ok(())
    })
}

/// The eigenvector of an eigenvalue by one step of inverse iteration: for matrices so far from having a basis of eigenvectors
/// that the numbers of back-substitution leave the range of floats. Here they are brought back on the way (Peters and Wilkinson,
/// *Inverse iteration, ill-conditioned equations and Newton's method*, 1979). The largest number of `a` is near one.
///
/// # Safety
/// `a` is readable, the column is used by nobody else.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
unsafe fn inverse_iteration<T: Eigen>(
    a: Mat<T>,
    value: Complex<T::Part>,
    x: Mat<Complex<T::Part>>,
    how: How,
) -> Result<()>
where
    Complex<T::Part>: Scalar<Real = T::Part>,
{
    let (n, zero) = (a.rows, T::Part::default());
    // What stands for a pivot that vanishes, and what numbers are kept below.
    let (tiny, large) = if size_of::<T::Part>() == 8 { (-52, 300) } else { (-23, 40) };
    let (tiny, large) = (T::Part::ONE.scaled(tiny), T::Part::ONE.scaled(large));
    let mut room = Room::new(n * n)?;
    let b: Mat<Complex<T::Part>> = room.take(n, n);
    // SAFETY: all places lie within.
    unsafe {
        b.fill(|i, j| {
            let e = a.at(i, j).read().complex();
            if i == j { e - value } else { e }
        });
        lu::factor(b, &mut vec![0; n], how)?;
        for k in (0..n).filter(|&k| b.at(k, k).read().size() < tiny) {
            b.at(k, k).write(Scalar::of(tiny, zero));
        }
        // Ones that elimination has not touched: some part of them grows by every pivot that vanishes.
        x.fill(|_, _| Scalar::of(T::Part::ONE, zero));
        for i in (0..n).rev() {
            let rest = (i + 1..n).fold(x.at(i, 0).read(), |rest, j| rest - b.at(i, j).read() * x.at(j, 0).read());
            let e = Scalar::over(rest, b.at(i, i).read());
            x.at(i, 0).write(e);
            if e.size() > large {
                let by = -e.size().exponent();
                x.fill(|r, _| {
                    let e = x.at(r, 0).read();
                    Scalar::of(e.re.scaled(by), e.im.scaled(by))
                });
            }
        }
    }
    Ok(())
}

/// Makes the norm of a column one, and its largest element real where it is not; false, and nothing, where there is no norm to
/// divide by.
///
/// # Safety
/// Nobody else uses it.
unsafe fn scale<T: Scalar>(x: Mat<T>) -> bool {
    let (mut squares, mut largest) = (T::Real::default(), T::default());
    let mut is_real = true;
    for i in 0..x.rows {
        // SAFETY: the place lies within.
        let e = unsafe { x.at(i, 0).read() };
        squares = squares + e.re() * e.re() + e.im() * e.im();
        largest = if e.abs() > largest.abs() { e } else { largest };
        is_real &= e.im() == T::Real::default();
    }
    if !squares.normal() {
        return false;
    }
    let norm = squares.root();
    let by = if is_real { T::ONE } else { largest.conj().times(T::Real::ONE / largest.abs()) };
    for i in 0..x.rows {
        // SAFETY: as above.
        unsafe {
            let e = x.at(i, 0).read();
            let turned = if e == largest && !is_real { T::of(e.abs(), T::Real::default()) } else { e * by };
            x.at(i, 0).write(T::of(turned.re() / norm, turned.im() / norm));
        }
    }
    true
}

/// # Safety
/// As [`Eigen::decompose`].
unsafe fn real<T: RealField + Real<Real = T>>(
    a: Mat<T>,
    values: Mat<Complex<T>>,
    vectors: Option<Mat<Complex<T>>>,
) -> Result<bool>
where
    Complex<T>: Scalar<Real = T>,
{
    let n = a.rows;
    let mut room = Room::new(2 * n + n * n)?;
    let (re, im, u) = (room.take(n, 1), room.take(n, 1), columns(&mut room, n, n));
    let wants = if vectors.is_some() { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let mut work = memory(evd::evd_scratch::<T>(n, ComputeEigenvectors::No, wants, Par::Seq, Default::default()))?;
    // SAFETY: the caller's contract; the rest is our own memory.
    unsafe {
        let done = evd::evd_real(
            lend(a),
            lend_mut(re).col_mut(0).as_diagonal_mut(),
            lend_mut(im).col_mut(0).as_diagonal_mut(),
            None,
            vectors.map(|_| lend_mut(u)),
            Par::Seq,
            MemStack::new(&mut work),
            Default::default(),
        );
        if done.is_err() {
            return Ok(false);
        }
        let value = |j: usize| Complex { re: re.at(j, 0).read(), im: im.at(j, 0).read() };
        values.fill(|j, _| value(j));
        if let Some(v) = vectors {
            let mut j = 0;
            while j < n {
                if value(j).im == T::default() || j + 1 == n {
                    v.part(0, j, n, 1).fill(|i, _| Complex { re: u.at(i, j).read(), im: T::default() });
                    j += 1;
                    continue;
                }
                // Of two eigenvalues that are conjugates: real and imaginary part of the first's.
                let part = |i: usize| Complex { re: u.at(i, j).read(), im: u.at(i, j + 1).read() };
                v.part(0, j, n, 1).fill(|i, _| part(i));
                v.part(0, j + 1, n, 1).fill(|i, _| Scalar::conj(part(i)));
                j += 2;
            }
        }
    }
    Ok(true)
}

/// # Safety
/// As [`Eigen::decompose`].
unsafe fn complex<T: RealField + Real<Real = T>>(
    a: Mat<Complex<T>>,
    values: Mat<Complex<T>>,
    vectors: Option<Mat<Complex<T>>>,
) -> Result<bool>
where
    Complex<T>: Scalar<Real = T>,
{
    let wants = if vectors.is_some() { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let request = evd::evd_scratch::<Complex<T>>(a.rows, ComputeEigenvectors::No, wants, Par::Seq, Default::default());
    let mut work = memory(request)?;
    // SAFETY: the caller's contract.
    let done = unsafe {
        evd::evd_cplx(
            lend(a),
            lend_mut(values).col_mut(0).as_diagonal_mut(),
            None,
            vectors.map(|v| lend_mut(v)),
            Par::Seq,
            MemStack::new(&mut work),
            Default::default(),
        )
    };
    Ok(done.is_ok())
}
