//! The micro-kernels for vectors with fused products: float32, float64 and complex numbers of these.
//!
//! A tile of the result stays in registers: six rows of two vectors of AVX2, eight rows of three of AVX-512. A row of `a` is read one
//! number at a time and spread over a vector; `b` is read in whole vectors. Complex products take the same loop: a row of complex numbers counts as two
//! real ones, of the real and the imaginary parts, each multiplied by `b` as it lies; in the end, the second, its neighbours
//! exchanged, is added to and subtracted from the first.
#![expect(unsafe_code, reason = "vector intrinsics and loads through raw pointers")]

use super::avx2::Avx2;
use super::avx512::Avx512;
use super::drive::{Kernel, Tile};
use super::problem::{Matrix, Onto, Single};
use super::{pack, vector};
use std::arch::x86_64::*;
use std::marker::PhantomData;
use std::ops::{Add, Mul};

/// Length of K from which the result is fetched ahead.
const PREFETCH: usize = 32;

/// Vectors of an instruction set, of a type of floats.
///
/// # Safety
/// All of it needs the instruction set; loads and stores what their names say.
pub(super) unsafe trait Vector: Copy + 'static {
    type Number: Copy + Default + Add<Output = Self::Number> + Mul<Output = Self::Number>;
    type V: Copy;
    /// Numbers in a vector.
    const LANES: usize;
    unsafe fn zero() -> Self::V;
    unsafe fn spread(from: *const Self::Number) -> Self::V;
    unsafe fn load(from: *const Self::Number) -> Self::V;
    unsafe fn store(to: *mut Self::Number, v: Self::V);
    /// The first `n` lanes, at least one; the rest is zero.
    unsafe fn load_some(from: *const Self::Number, n: usize) -> Self::V;
    unsafe fn store_some(to: *mut Self::Number, n: usize, v: Self::V);
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V;
    /// `a * b + c`, rounded once.
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// The sum of the lanes, in pairs.
    unsafe fn sum(v: Self::V) -> Self::Number;
    /// Each pair of neighbours exchanged.
    unsafe fn exchange(v: Self::V) -> Self::V;
    unsafe fn negated(v: Self::V) -> Self::V;
    /// `a` with `b`, its neighbours exchanged, subtracted at even and added at odd lanes.
    unsafe fn complex(a: Self::V, b: Self::V) -> Self::V;
}

/// Products of reals, by vectors of a kind.
pub(super) struct Real<T>(PhantomData<T>);

/// Products of complex numbers, by vectors of a kind.
pub(super) struct Complex<T>(PhantomData<T>);

/// One tile: `R` rows of reals, `N` vectors; of the last vector `tail` lanes if `MASKED`. `PACKED`: `a` is a panel.
///
/// # Safety
/// As [`Kernel::tile`], on a processor that has the vectors.
#[inline(always)]
unsafe fn micro<
    T: Vector,
    const COMPLEX: bool,
    const PACKED: bool,
    const R: usize,
    const N: usize,
    const MASKED: bool,
>(
    t: &Tile,
    tail: usize,
) {
    let parts = if COMPLEX { 2 } else { 1 };
    // SAFETY: the caller's contract.
    unsafe {
        let mut acc = [[T::zero(); N]; R];
        let (mut a, mut b) = (t.a.data.cast_const(), t.b.cast_const());
        let (row, step) = if PACKED {
            ((size_of::<T::Number>() * parts) as isize, (size_of::<T::Number>() * R) as isize)
        } else {
            (t.a.row, t.a.col)
        };
        // The result is often not in the first-level cache; by the time the sums are there, it is.
        if t.k >= PREFETCH {
            for r in 0..R / parts {
                _mm_prefetch::<_MM_HINT_T0>(t.c.wrapping_offset(r as isize * t.c_row).cast_const().cast());
            }
        }
        for _ in 0..t.k {
            let mut right = [T::zero(); N];
            for (j, v) in right.iter_mut().enumerate() {
                let from = b.cast::<T::Number>().add(j * T::LANES);
                *v = if MASKED && j == N - 1 { T::load_some(from, tail) } else { T::load(from) };
            }
            for (r, acc) in acc.iter_mut().enumerate() {
                let from = a.offset((r / parts) as isize * row).cast::<T::Number>().add(r % parts);
                let left = T::spread(from);
                for (acc, &right) in acc.iter_mut().zip(&right) {
                    *acc = T::fma(left, right, *acc);
                }
            }
            a = a.wrapping_offset(step);
            b = b.wrapping_offset(t.b_row);
        }
        let rows = if PACKED { t.rows } else { R / parts };
        for r in 0..R / parts {
            if r >= rows {
                break;
            }
            let to = t.c.offset(r as isize * t.c_row).cast::<T::Number>();
            for (j, &like) in acc[r * parts].iter().enumerate() {
                let to = to.add(j * T::LANES);
                let mut v = like;
                if COMPLEX {
                    v = T::complex(v, acc[r * parts + 1][j]);
                }
                if t.onto == Onto::Subtract {
                    v = T::negated(v);
                }
                if MASKED && j == N - 1 {
                    if t.onto != Onto::Nothing {
                        v = T::add(T::load_some(to, tail), v);
                    }
                    T::store_some(to, tail, v);
                } else {
                    if t.onto != Onto::Nothing {
                        v = T::add(T::load(to), v);
                    }
                    T::store(to, v);
                }
            }
        }
    }
}

/// The micro-kernels of an instruction set, by the size of the tile: tiles have up to `$most` rows of reals, an even number of complex ones.
macro_rules! instruction_set {
    ($set:ident, $features:literal, $most:literal, rows [$($rows:literal)*], even [$($even:literal)*], vectors [$($vectors:literal)*]) => {
        mod $set {
            use super::*;

            /// # Safety
            /// As [`micro`].
            #[target_feature(enable = $features)]
            unsafe fn sized<
                T: Vector,
                const COMPLEX: bool,
                const PACKED: bool,
                const R: usize,
                const N: usize,
                const MASKED: bool,
            >(
                t: &Tile,
                tail: usize,
            ) {
                // SAFETY: the caller's contract.
                unsafe { micro::<T, COMPLEX, PACKED, R, N, MASKED>(t, tail) }
            }

            /// # Safety
            /// As [`Kernel::tile`], on a processor with the instruction set.
            #[inline(always)]
            unsafe fn columns<T: Vector, const COMPLEX: bool, const PACKED: bool, const R: usize>(t: &Tile) {
                let lanes = if COMPLEX { 2 * t.cols } else { t.cols };
                let tail = lanes % T::LANES;
                // SAFETY: the caller's contract.
                unsafe {
                    match (lanes.div_ceil(T::LANES), tail) {
                        $(
                            ($vectors, 0) => sized::<T, COMPLEX, PACKED, R, $vectors, false>(t, 0),
                            ($vectors, _) => sized::<T, COMPLEX, PACKED, R, $vectors, true>(t, tail),
                        )*
                        _ => unreachable!("a tile is not longer"),
                    }
                }
            }

            /// # Safety
            /// As [`Kernel::tile`], on a processor with the instruction set.
            #[inline(always)]
            pub(super) unsafe fn tile<T: Vector, const COMPLEX: bool>(t: &Tile, packed: bool) {
                // SAFETY: the caller's contract.
                unsafe {
                    if packed {
                        return columns::<T, COMPLEX, true, $most>(t);
                    }
                    if COMPLEX {
                        return match 2 * t.rows {
                            $($even => columns::<T, true, false, $even>(t),)*
                            _ => unreachable!("a tile is not taller"),
                        };
                    }
                    match t.rows {
                        $($rows => columns::<T, false, false, $rows>(t),)*
                        _ => unreachable!("a tile is not taller"),
                    }
                }
            }

            /// # Safety
            /// As [`vector::row`].
            #[target_feature(enable = $features)]
            pub(super) unsafe fn row<T: Vector, const COMPLEX: bool>(s: &Single) {
                // SAFETY: the caller's contract.
                unsafe { vector::row::<T, COMPLEX>(s) }
            }
        }
    };
}
instruction_set!(avx2, "avx2,fma", 6, rows [1 2 3 4 5 6], even [2 4 6], vectors [1 2]);
instruction_set!(avx512, "avx2,fma,avx512f", 8, rows [1 2 3 4 5 6 7 8], even [2 4 6 8], vectors [1 2 3]);

/// A kernel: `$rows` rows and `$vectors` vectors of `$parts` reals an element; the block of K and the nanoseconds are measured.
macro_rules! kernel {
    ($set:ident, $kernel:ident, $t:ty, $element:ty, $parts:literal, $rows:literal, $vectors:literal, $kc:literal, $nanoseconds:literal) => {
        // SAFETY: the micro-kernels read and write what the contract of `tile` lets them.
        unsafe impl Kernel for $kernel<$t> {
            type Element = $element;
            const MR: usize = $rows / $parts;
            const NR: usize = $vectors * <$t as Vector>::LANES / $parts;
            const KC: usize = $kc;
            const NANOSECONDS: f64 = $nanoseconds;
            const DIRECT: bool = true;

            #[inline(always)]
            unsafe fn tile(t: &Tile, packed: bool) {
                // SAFETY: the caller's contract; the instruction set was found before this kernel was chosen.
                unsafe { $set::tile::<$t, { $parts == 2 }>(t, packed) }
            }

            fn takes_row(s: &Single) -> bool {
                vector::takes(s, size_of::<$element>())
            }

            unsafe fn row(s: &Single) {
                // SAFETY: as above.
                unsafe { $set::row::<$t, { $parts == 2 }>(s) }
            }

            unsafe fn accumulate(n: usize, from: *const u8, to: *mut u8) {
                let (from, to) = (from.cast::<<$t as Vector>::Number>(), to.cast::<<$t as Vector>::Number>());
                for i in 0..n * $parts {
                    // SAFETY: the caller's contract.
                    unsafe { *to.add(i) += *from.add(i) };
                }
            }

            unsafe fn pack_a(m: usize, k: usize, a: Matrix, to: *mut u8) {
                // SAFETY: the caller's contract.
                unsafe { pack::panels::<$element, { Self::MR }>(m, k, a.data, a.row, a.col, to.cast()) }
            }

            unsafe fn pack_b(n: usize, k: usize, b: Matrix, to: *mut u8) {
                // SAFETY: the caller's contract.
                unsafe { pack::panels::<$element, { Self::NR }>(n, k, b.data, b.col, b.row, to.cast()) }
            }
        }
    };
}
kernel!(avx2, Real, Avx2<f64>, f64, 1, 6, 2, 256, 0.035);
kernel!(avx2, Real, Avx2<f32>, f32, 1, 6, 2, 384, 0.018);
kernel!(avx2, Complex, Avx2<f64>, [f64; 2], 2, 6, 2, 128, 0.14);
kernel!(avx2, Complex, Avx2<f32>, [f32; 2], 2, 6, 2, 192, 0.07);
kernel!(avx512, Real, Avx512<f64>, f64, 1, 8, 3, 256, 0.02);
kernel!(avx512, Real, Avx512<f32>, f32, 1, 8, 3, 384, 0.01);
kernel!(avx512, Complex, Avx512<f64>, [f64; 2], 2, 8, 3, 128, 0.08);
kernel!(avx512, Complex, Avx512<f32>, [f32; 2], 2, 8, 3, 192, 0.04);
