//! The micro-kernel in plain Rust: any type that multiplies and adds, on any processor.
#![expect(unsafe_code, reason = "reads and writes matrices through pointers")]

use super::drive::{self, Kernel, Tile};
use super::problem::{Matrix, Onto, Problem};
use super::{no_loop, pack};
use crate::dtype::DType;
use crate::error::Result;
use crate::kernels::tile::isa::Isa;
use crate::kernels::{OfRun, Tasks};
use std::marker::PhantomData;

/// Rows of a tile.
const ROWS: usize = 4;
/// Columns of a tile: enough for whole vectors of the widest elements, few enough for accumulators in registers.
const COLUMNS: usize = 8;

/// What can be multiplied and added.
trait Ring: Copy + Default + Send + Sync + 'static {
    /// `self + a * b`.
    fn plus(self, a: Self, b: Self) -> Self;
    /// `self + a`.
    fn add(self, a: Self) -> Self;
    /// `self - a`.
    fn minus(self, a: Self) -> Self;
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl Ring for $t {
            #[inline(always)]
            fn plus(self, a: $t, b: $t) -> $t {
                self.wrapping_add(a.wrapping_mul(b))
            }
            #[inline(always)]
            fn add(self, a: $t) -> $t {
                self.wrapping_add(a)
            }
            #[inline(always)]
            fn minus(self, a: $t) -> $t {
                self.wrapping_sub(a)
            }
        }
    )*};
}
integers!(u8 u16 u32 u64);

macro_rules! floats {
    ($($t:ty)*) => {$(
        impl Ring for $t {
            #[inline(always)]
            fn plus(self, a: $t, b: $t) -> $t {
                self + a * b
            }
            #[inline(always)]
            fn add(self, a: $t) -> $t {
                self + a
            }
            #[inline(always)]
            fn minus(self, a: $t) -> $t {
                self - a
            }
        }
        impl Ring for [$t; 2] {
            #[inline(always)]
            fn plus(self, a: [$t; 2], b: [$t; 2]) -> [$t; 2] {
                [self[0] + (a[0] * b[0] - a[1] * b[1]), self[1] + (a[0] * b[1] + a[1] * b[0])]
            }
            #[inline(always)]
            fn add(self, a: [$t; 2]) -> [$t; 2] {
                [self[0] + a[0], self[1] + a[1]]
            }
            #[inline(always)]
            fn minus(self, a: [$t; 2]) -> [$t; 2] {
                [self[0] - a[0], self[1] - a[1]]
            }
        }
    )*};
}
floats!(f32 f64);

/// A bool: one byte, false if zero.
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
struct Truth(u8);

impl Ring for Truth {
    #[inline(always)]
    fn plus(self, a: Truth, b: Truth) -> Truth {
        Truth(self.0 | (u8::from(a.0 != 0) & u8::from(b.0 != 0)))
    }
    #[inline(always)]
    fn add(self, a: Truth) -> Truth {
        Truth(self.0 | a.0)
    }
    #[inline(always)]
    fn minus(self, a: Truth) -> Truth {
        // Only floats are subtracted from what is there.
        Truth(self.0 & !a.0)
    }
}

/// Products by loops for the baseline, or for AVX2 if `WIDE`.
#[derive(Clone, Copy)]
struct Plain<T, const WIDE: bool>(PhantomData<T>);

/// # Safety
/// As [`Kernel::tile`], for operands that are both packed.
#[inline(always)]
unsafe fn body<T: Ring>(t: &Tile) {
    let (a, b) = (t.a.data.cast_const().cast::<[T; ROWS]>(), t.b.cast_const().cast::<[T; COLUMNS]>());
    let mut acc = [[T::default(); COLUMNS]; ROWS];
    for p in 0..t.k {
        // SAFETY: panels have `k` groups of whole rows and columns.
        let (left, right) = unsafe { (a.add(p).read(), b.add(p).read()) };
        for (acc, left) in acc.iter_mut().zip(left) {
            for (acc, right) in acc.iter_mut().zip(right) {
                *acc = acc.plus(left, right);
            }
        }
    }
    for (r, acc) in acc.iter().enumerate().take(t.rows) {
        // SAFETY: the tile of the result has these rows and columns.
        unsafe {
            let to = t.c.offset(r as isize * t.c_row).cast::<T>();
            for (j, &v) in acc.iter().enumerate().take(t.cols) {
                to.add(j).write(match t.onto {
                    Onto::Nothing => v,
                    Onto::Add => (*to.add(j)).add(v),
                    Onto::Subtract => (*to.add(j)).minus(v),
                });
            }
        }
    }
}

/// # Safety
/// As [`body`], on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi2,popcnt,f16c")]
unsafe fn wide<T: Ring>(t: &Tile) {
    // SAFETY: the caller's contract.
    unsafe { body::<T>(t) }
}

/// # Safety
/// As [`body`].
unsafe fn base<T: Ring>(t: &Tile) {
    // SAFETY: the caller's contract.
    unsafe { body::<T>(t) }
}

// SAFETY: `body` reads and writes what the contract of `tile` lets it.
unsafe impl<T: Ring, const WIDE: bool> Kernel for Plain<T, WIDE> {
    type Element = T;
    const MR: usize = ROWS;
    const NR: usize = COLUMNS;
    const KC: usize = 256;
    const NANOSECONDS: f64 = 0.03 * size_of::<T>() as f64;
    const DIRECT: bool = false;

    unsafe fn tile(t: &Tile, _packed: bool) {
        // SAFETY: the caller's contract; `WIDE` is chosen where the processor has the features.
        unsafe {
            #[cfg(target_arch = "x86_64")]
            if WIDE {
                return wide::<T>(t);
            }
            base::<T>(t);
        }
    }

    unsafe fn accumulate(n: usize, from: *const u8, to: *mut u8) {
        let (from, to) = (from.cast::<T>(), to.cast::<T>());
        for i in 0..n {
            // SAFETY: the caller's contract.
            unsafe { to.add(i).write((*to.add(i)).add(*from.add(i))) };
        }
    }

    unsafe fn pack_a(m: usize, k: usize, a: Matrix, to: *mut u8) {
        // SAFETY: the caller's contract.
        unsafe { pack::panels::<T, ROWS>(m, k, a.data, a.row, a.col, to.cast()) }
    }

    unsafe fn pack_b(n: usize, k: usize, b: Matrix, to: *mut u8) {
        // SAFETY: the caller's contract.
        unsafe { pack::panels::<T, COLUMNS>(n, k, b.data, b.col, b.row, to.cast()) }
    }
}

/// The products of a problem.
///
/// # Errors
/// As [`drive::run`]; `Error::Bug` where the type has no loop.
pub(super) fn run(isa: Isa, dtype: DType, p: &Problem, after: Option<OfRun>, tasks: Tasks) -> Result<()> {
    fn typed<T: Ring>(isa: Isa, p: &Problem, after: Option<OfRun>, tasks: Tasks) -> Result<()> {
        match isa {
            Isa::Base => drive::run::<Plain<T, false>>(p, after, tasks),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => drive::run::<Plain<T, true>>(p, after, tasks),
        }
    }
    match dtype {
        DType::Bool => typed::<Truth>(isa, p, after, tasks),
        DType::I8 | DType::U8 => typed::<u8>(isa, p, after, tasks),
        DType::I16 | DType::U16 => typed::<u16>(isa, p, after, tasks),
        DType::I32 | DType::U32 => typed::<u32>(isa, p, after, tasks),
        DType::I64 | DType::U64 => typed::<u64>(isa, p, after, tasks),
        DType::F32 => typed::<f32>(isa, p, after, tasks),
        DType::F64 => typed::<f64>(isa, p, after, tasks),
        DType::C64 => typed::<[f32; 2]>(isa, p, after, tasks),
        DType::C128 => typed::<[f64; 2]>(isa, p, after, tasks),
        DType::F16 => Err(no_loop(dtype)),
    }
}
