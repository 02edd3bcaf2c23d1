//! Rows before and after their complex transform: real rows of even length `n` as `n / 2` complex numbers, others with the
//! imaginary parts or the mirrored half that they lack. All in place.
//!
//! Steps do not depend on each other: step `k` reads and writes the numbers `k` and as many before the end, and where a whole
//! spectrum is made the mirrored two.

#![expect(unsafe_code, reason = "steps of one row on several threads")]

use super::plan::{Plan, Real, Way, lanes};
use super::steps::Steps;
use super::within::Within;
use crate::array::buffer::{ALIGN, Buffer};
use crate::error::Result;
use crate::kernels::tile::isa::Isa;
use crate::ops::kernel::Transform;
use rustfft::num_complex::Complex;
use std::ops::Range;

/// Memory of a task: some bytes of its own, and behind them what [`transform`] needs.
///
/// # Errors
/// `Error::Memory`.
pub fn memory<T: Real>(own: usize, plan: &Plan<T>) -> Result<(Buffer, *mut u8)> {
    let own = own.next_multiple_of(ALIGN);
    let memory = Buffer::new(own + scratch(plan))?;
    let behind = memory.data().wrapping_add(own);
    if let Way::Crate(_) = plan.way {
        // SAFETY: so many bytes are there. The crate is lent them as numbers.
        unsafe { std::ptr::write_bytes(behind, 0, scratch(plan)) };
    }
    Ok((memory, behind))
}

/// Bytes that the transform of a row needs besides.
fn scratch<T: Real>(plan: &Plan<T>) -> usize {
    match &plan.way {
        Way::Across(_) => 0,
        Way::Within(split) => (split.matrix() + split.scratch()) * size_of::<T>(),
        Way::Crate(fft) => fft.get_inplace_scratch_len() * size_of::<Complex<T>>(),
    }
}

/// Whether a row has to be made before its complex transform reads it.
pub fn prepares(transform: Transform, n: usize) -> bool {
    match transform {
        Transform::Hermitian => true,
        Transform::Real | Transform::Whole => !transform.halves(n),
        Transform::Forward | Transform::Backward => false,
    }
}

/// Transforms one row: of `x` if it is given, of any alignment, which then is all that the complex transform reads; else what is read lies
/// at the start of `row`, with zeros behind. The result lies at the start of `row`.
///
/// # Safety
/// `x` is valid for the complex transform; `behind` is what [`memory`] gives, and nobody else's; the processor has the instruction set.
pub unsafe fn transform<T: Real>(
    (transform, n): (Transform, usize),
    (plan, isa): (&Plan<T>, Isa),
    x: Option<*const T>,
    row: &mut [Complex<T>],
    behind: *mut u8,
    factor: T,
) {
    let complex = transform.complex(n);
    if x.is_none() {
        widen(transform, n, row);
        // SAFETY: the row has room for what any step touches.
        unsafe { all_before((transform, n), (plan, isa), row.as_mut_ptr(), 0..steps_before(transform, n)) };
    }
    let split = transform.halves(n) && transform.is_forward();
    match &plan.way {
        Way::Within(split_row) => {
            let (out, swapped) = (row.as_mut_ptr().cast::<T>(), !transform.is_forward());
            let x = x.unwrap_or(out.cast_const());
            let factor = if split { T::one() } else { factor };
            // SAFETY: the contract; the row has room for the complex transform.
            unsafe { T::with(isa, Within { split: split_row, x, out, swapped, factor, memory: behind.cast() }) };
        }
        Way::Crate(fft) => {
            if let Some(x) = x {
                // SAFETY: the contract; bytes, as the row that is read may lie anywhere.
                unsafe {
                    let bytes = complex * size_of::<Complex<T>>();
                    std::ptr::copy_nonoverlapping(x.cast::<u8>(), row.as_mut_ptr().cast(), bytes);
                }
            }
            // A number is its own transform; multiplied by one as a complex number, an infinity would become NaN.
            if complex > 1 {
                // SAFETY: the contract.
                let scratch = unsafe { std::slice::from_raw_parts_mut(behind.cast(), fft.get_inplace_scratch_len()) };
                fft.process_with_scratch(&mut row[..complex], scratch);
            }
        }
        Way::Across(_) => unreachable!("rows beside each other are transformed together"),
    }
    narrow(transform, n, row);
    if split || matches!(plan.way, Way::Crate(_)) {
        // SAFETY: as above.
        unsafe { all_after((transform, n), (plan, isa), row.as_mut_ptr(), 0..steps_after(transform, n), factor) };
    }
}

/// [`before`], by vectors where there are any.
///
/// # Safety
/// As [`before`]; the processor has the instruction set.
pub unsafe fn all_before<T: Real>(
    (transform, n): (Transform, usize),
    (plan, isa): (&Plan<T>, Isa),
    row: *mut Complex<T>,
    part: Range<usize>,
) {
    let roots = &plan.roots[..];
    // SAFETY: the contract.
    unsafe {
        if transform.halves(n) && !transform.is_forward() && lanes::<T>(isa) > 0 {
            T::with(isa, Steps { transform, n, row, part, roots, factor: T::one() });
        } else {
            before(transform, n, row, part, |k| roots[k]);
        }
    }
}

/// [`after`], by vectors where there are any.
///
/// # Safety
/// As [`after`]; the processor has the instruction set.
pub unsafe fn all_after<T: Real>(
    (transform, n): (Transform, usize),
    (plan, isa): (&Plan<T>, Isa),
    row: *mut Complex<T>,
    part: Range<usize>,
    factor: T,
) {
    let roots = &plan.roots[..];
    // SAFETY: the contract.
    unsafe {
        if transform.halves(n) && transform.is_forward() && lanes::<T>(isa) > 0 {
            T::with(isa, Steps { transform, n, row, part, roots, factor });
        } else {
            after(transform, n, row, part, |k| roots[k], factor);
        }
    }
}

/// The numbers of a row, half of a complex number each.
fn halves<T>(row: &mut [Complex<T>]) -> &mut [T] {
    // SAFETY: a complex number is two numbers, the real part first (`repr(C)`).
    unsafe { std::slice::from_raw_parts_mut(row.as_mut_ptr().cast(), row.len() * 2) }
}

/// Gives real numbers that are not halved their imaginary parts.
pub fn widen<T: Real>(transform: Transform, n: usize, row: &mut [Complex<T>]) {
    if matches!(transform, Transform::Real | Transform::Whole) && !transform.halves(n) {
        for i in (0..n).rev() {
            row[i] = Complex::new(halves(row)[i], T::zero());
        }
    }
}

/// Takes from real numbers that were not halved their imaginary parts.
pub fn narrow<T: Real>(transform: Transform, n: usize, row: &mut [Complex<T>]) {
    if transform == Transform::Hermitian && !transform.halves(n) {
        for i in 0..n {
            halves(row)[i] = row[i].re;
        }
    }
}

/// The steps of [`before`].
pub fn steps_before(transform: Transform, n: usize) -> usize {
    match transform {
        Transform::Hermitian if transform.halves(n) => n / 4 + 1,
        Transform::Hermitian => n / 2 + 1,
        Transform::Forward | Transform::Backward | Transform::Real | Transform::Whole => 0,
    }
}

/// The steps of [`after`].
pub fn steps_after(transform: Transform, n: usize) -> usize {
    match transform {
        Transform::Real | Transform::Whole if transform.halves(n) => n / 4 + 1,
        Transform::Hermitian => n.div_ceil(2),
        Transform::Forward | Transform::Backward | Transform::Real | Transform::Whole => transform.output(n),
    }
}

/// Makes what the complex transform reads. `root(k)` is `exp(-2 pi i k / n)` for `k` up to `n / 4`.
///
/// # Safety
/// The row has room for the complex transform and one more; nobody else uses what these steps touch.
pub unsafe fn before<T: Real>(
    transform: Transform,
    n: usize,
    row: *mut Complex<T>,
    steps: Range<usize>,
    root: impl Fn(usize) -> Complex<T>,
) {
    let half = n / 2;
    for k in steps {
        // SAFETY: by contract.
        unsafe {
            if transform.halves(n) {
                let (mut a, mut b) = (row.add(k).read(), row.add(half - k).read());
                if k == 0 {
                    // Of these, imaginary parts do not count.
                    (a.im, b.im) = (T::zero(), T::zero());
                }
                let b = b.conj();
                let (even, odd) = (a + b, turned(root(k).conj() * (a - b)));
                if k > 0 {
                    row.add(half - k).write((even - odd).conj());
                }
                row.add(k).write(even + odd);
            } else if k == 0 {
                (*row).im = T::zero();
            } else {
                row.add(n - k).write(row.add(k).read().conj());
            }
        }
    }
}

/// Makes the result of what the complex transform gave, times `factor`.
///
/// # Safety
/// The row has room for the result and the complex transform; nobody else uses what these steps touch.
pub unsafe fn after<T: Real>(
    transform: Transform,
    n: usize,
    row: *mut Complex<T>,
    steps: Range<usize>,
    root: impl Fn(usize) -> Complex<T>,
    factor: T,
) {
    if !(matches!(transform, Transform::Real | Transform::Whole) && transform.halves(n)) {
        if factor != T::one() {
            // Of an odd number of real results the last one's neighbour is of no use.
            for k in steps {
                // SAFETY: by contract.
                unsafe { *row.add(k) = *row.add(k) * factor };
            }
        }
        return;
    }
    let (half, scale) = (n / 2, factor / (T::one() + T::one()));
    let store = |k: usize, z: Complex<T>| {
        // SAFETY: by contract.
        unsafe {
            row.add(k).write(z);
            if transform == Transform::Whole && k > 0 && k < half {
                row.add(n - k).write(z.conj());
            }
        }
    };
    for k in steps {
        // SAFETY: by contract.
        let a = unsafe { row.add(k).read() };
        if k == 0 {
            store(0, Complex::new((a.re + a.im) * factor, T::zero()));
            store(half, Complex::new((a.re - a.im) * factor, T::zero()));
            continue;
        }
        // SAFETY: by contract.
        let b = unsafe { row.add(half - k).read() }.conj();
        let (even, odd) = ((a + b) * scale, root(k) * turned(b - a) * scale);
        store(half - k, (even - odd).conj());
        store(k, even + odd);
    }
}

/// Times `i`.
fn turned<T: Real>(z: Complex<T>) -> Complex<T> {
    Complex::new(-z.im, z.re)
}
