//! Vector math: the functions that fused loops call on a tile.
//!
//! Each is within an ulp of the exact value over the whole range, in f64 and f32 (`docs/accuracy.md` has the measured
//! errors), has C99's special values (annex F) and raises C99's exception flags.
//!
//! | functions | method | after |
//! | --- | --- | --- |
//! | `exp` `exp2` `expm1` | reduction by ln2, polynomial, exponent by integer addition | Cody and Waite 1980 |
//! | `log` `log1p` | `k ln2 + log(1 + f)`, series in `f / (2 + f)` (f64) or `f` (f32) | Ng, fdlibm 1993 |
//! | `log2` `log10` | steps looked up, series in `f` (f64), or a polynomial of each base (f32) | Tang 1990 |
//! | `sin` `cos` | three-part pi/2 with FMA, else 1280 bits of 2/pi; two polynomials | Cody and Waite; Payne and Hanek 1983 |
//! | `tan` | the same to pi/16, sines and cosines looked up, addition theorem in two parts | Gal 1986 |
//! | `arctan` `arctan2` | steps at 5/8 and 8/5, octants undone in two parts | after Ng, fdlibm 1993 |
//! | `arcsin` `arccos` | polynomial to 1/2, then the half-angle root in two parts | Cody and Waite 1980 |
//! | `sinh` `cosh` | `2^(k-1) e^r +- 2^(-k-1) e^-r` by even and odd parts | addition theorem |
//! | `tanh` | `E / (E + 2)`, `E = expm1 2x` in two parts (f64), or polynomials by pieces (f32) | |
//! | `arcsinh` `arccosh` `arctanh` | logarithm of an argument in two parts | Dekker 1971 |
//! | `cbrt` | steps looked up, polynomial | Gal 1986 |
//! | `pow` | `exp(y log x)`, the logarithm by steps, in two parts | Tang 1990, Dekker 1971 |
//! | `cube` `fourth` | products in two parts | Dekker 1971 |
//! | `hypot` | root with a correction from error-free products | Borges 2019 |
//!
//! A kernel is one generic function over `simd::Lanes`, made of single IEEE operations; lanes where it does not hold are
//! redone one by one by `special`. So the bits of a result depend on the operands alone: not on the instruction set, nor
//! on place and length of the tile. Without FMA in hardware, `mul_add` is emulated: slow, but the same.
//!
//! A new function: a `run::Kernel`, its constants beside it, a row in `isa!`, its special values in `tests.rs`.
#![expect(unsafe_code, reason = "hands out routines over raw tiles")]

mod exp;
mod hyperbolic;
mod inverse_hyperbolic;
mod inverse_trig;
mod log;
mod pieces;
mod poly;
mod pow;
mod root;
mod run;
pub(crate) mod simd;
mod trig;

use super::TileFn;
use crate::ops::prim::MathFn;
use run::{Element, Flags, Kernel, Spilled};
use simd::{Lanes, Portable};
use std::sync::LazyLock;

/// The routines of one instruction set.
#[derive(Clone, Copy)]
pub struct Isa {
    /// What it is called.
    pub name: &'static str,
    /// The routine of a function over f64.
    pub f64: fn(MathFn) -> TileFn,
    /// The routine of a function over f32.
    pub f32: fn(MathFn) -> TileFn,
}

/// A `match` on the function, so that a new one does not compile without a kernel. The last column is its f32 kernel.
macro_rules! dispatch {
    ($routine:ident $f64:ty, $f32:ty; $($function:ident $wide:ty, $narrow:ty;)*) => {
        Isa {
            name: stringify!($routine),
            f64: |f| match f { $(MathFn::$function => $routine::<$f64, $wide>,)* },
            f32: |f| match f { $(MathFn::$function => $routine::<$f32, $narrow>,)* },
        }
    };
}

macro_rules! isa {
    ($routine:ident, $f64:ty, $f32:ty) => {
        dispatch! { $routine $f64, $f32;
            Exp exp::Exp, exp::Exp;
            Exp2 exp::Exp2, exp::Exp2;
            Expm1 exp::Expm1, exp::Expm1;
            Log log::Log, log::Log;
            Log2 log::Log2, log::Log2;
            Log10 log::Log10, log::Log10;
            Log1p log::Log1p, log::Log1p;
            Sin trig::Sin, trig::Sin;
            Cos trig::Cos, trig::Cos;
            Tan trig::Tan, trig::Tan;
            Arcsin inverse_trig::Arcsin, inverse_trig::Arcsin;
            Arccos inverse_trig::Arccos, inverse_trig::Arccos;
            Arctan inverse_trig::Arctan, inverse_trig::Arctan;
            Sinh hyperbolic::Sinh, hyperbolic::Sinh;
            Cosh hyperbolic::Cosh, hyperbolic::Cosh;
            Tanh hyperbolic::Tanh, hyperbolic::Tanh;
            Arcsinh inverse_hyperbolic::Arcsinh, inverse_hyperbolic::Arcsinh;
            Arccosh inverse_hyperbolic::Arccosh, inverse_hyperbolic::Arccosh;
            Arctanh inverse_hyperbolic::Arctanh, inverse_hyperbolic::Arctanh;
            Cbrt root::Cbrt, root::Cbrt;
            Cube pow::Cube, pow::Cube;
            Fourth pow::Fourth, pow::Fourth;
            Pow pow::Pow, pow::Pow;
            Arctan2 inverse_trig::Arctan2, inverse_trig::Arctan2;
            Hypot root::Hypot, root::Hypot;
        }
    };
}

/// The operands of a function; one of one operand reads it twice.
fn operands<K: Kernel>(ins: &[*const u8; 3]) -> [*const u8; 2] {
    [ins[0], ins[usize::from(K::BINARY)]]
}

/// # Safety
/// As [`TileFn`].
unsafe fn portable<V: Lanes<Elem: Element>, K: Kernel>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
    // SAFETY: the caller's promise; no instruction set beyond the target's is used.
    unsafe { run::tile::<V::Elem>(n, operands::<K>(ins), out, V::LANES, portable_vectors::<V, K>) }
}

/// # Safety
/// As [`run::vectors`].
unsafe fn portable_vectors<V: Lanes<Elem: Element>, K: Kernel>(
    n: usize,
    x: *const V::Elem,
    y: *const V::Elem,
    out: *mut V::Elem,
) -> Flags {
    // SAFETY: the caller's promise; no instruction set beyond the target's is used.
    unsafe { run::vectors::<V, K>(n, x, y, out, portable_redo::<V::Elem, K>) }
}

#[cold]
#[inline(never)]
fn portable_redo<E: Element, K: Kernel>(lanes: &mut Spilled<E>) -> Flags {
    run::redo::<E, K>(lanes)
}

/// The routines of an instruction set of x86-64.
#[cfg(target_arch = "x86_64")]
macro_rules! wide {
    ($tile:ident $vectors:ident $redo:ident, $features:literal) => {
        /// # Safety
        /// As [`TileFn`]; the processor has the features.
        unsafe fn $tile<V: Lanes<Elem: Element>, K: Kernel>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
            // SAFETY: the caller's promise.
            unsafe { run::tile::<V::Elem>(n, operands::<K>(ins), out, V::LANES, $vectors::<V, K>) }
        }

        /// # Safety
        /// As [`run::vectors`]; the processor has the features.
        #[target_feature(enable = $features)]
        unsafe fn $vectors<V: Lanes<Elem: Element>, K: Kernel>(
            n: usize,
            x: *const V::Elem,
            y: *const V::Elem,
            out: *mut V::Elem,
        ) -> Flags {
            // SAFETY: the caller's promise; the features are enabled here.
            unsafe { run::vectors::<V, K>(n, x, y, out, $redo::<V::Elem, K>) }
        }

        #[cold]
        #[inline(never)]
        #[target_feature(enable = $features)]
        fn $redo<E: Element, K: Kernel>(lanes: &mut Spilled<E>) -> Flags {
            run::redo::<E, K>(lanes)
        }
    };
}
#[cfg(target_arch = "x86_64")]
wide!(avx2 avx2_vectors avx2_redo, "avx2,fma");
#[cfg(target_arch = "x86_64")]
wide!(avx512 avx512_vectors avx512_redo, "avx2,fma,avx512f,avx512dq");

/// 128 bits, which LLVM makes NEON; but without FMA, as on the x86-64 baseline, a vector is as slow as its lanes.
const PORTABLE_BYTES: usize = if cfg!(target_arch = "x86_64") { 4 } else { 16 };
const PORTABLE: Isa =
    isa!(portable, Portable<f64, { PORTABLE_BYTES.div_ceil(8) }>, Portable<f32, { PORTABLE_BYTES / 4 }>);
#[cfg(target_arch = "x86_64")]
const AVX2: Isa = isa!(avx2, simd::Pair<simd::Avx2F64>, simd::Pair<simd::Avx2F32>);
#[cfg(target_arch = "x86_64")]
const AVX512: Isa = isa!(avx512, simd::Pair<simd::Avx512F64>, simd::Pair<simd::Avx512F32>);

/// Every instruction set that this machine has, the best first. All give the same bits.
pub fn all_isas() -> Vec<Isa> {
    let mut isas = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
        if std::is_x86_feature_detected!("avx512f") && std::is_x86_feature_detected!("avx512dq") {
            isas.push(AVX512);
        }
        isas.push(AVX2);
    }
    isas.push(PORTABLE);
    isas
}

static BEST: LazyLock<Isa> = LazyLock::new(|| all_isas()[0]);

/// The fastest routine of a function over f64.
pub fn lookup_f64(f: MathFn) -> TileFn {
    (BEST.f64)(f)
}

/// The fastest routine of a function over f32.
pub fn lookup_f32(f: MathFn) -> TileFn {
    (BEST.f32)(f)
}

/// One value, by the tile's routine; `y` is ignored by functions of one operand.
pub fn scalar_f64(f: MathFn, x: f64, y: f64) -> f64 {
    let mut out = 0.0f64;
    let ins = [(&raw const x).cast(), (&raw const y).cast(), (&raw const x).cast()];
    // SAFETY: one element behind each pointer; `BEST` was chosen among what this processor has.
    unsafe { lookup_f64(f)(1, &ins, (&raw mut out).cast()) };
    out
}

/// One value, by the tile's routine; `y` is ignored by functions of one operand.
pub fn scalar_f32(f: MathFn, x: f32, y: f32) -> f32 {
    let mut out = 0.0f32;
    let ins = [(&raw const x).cast(), (&raw const y).cast(), (&raw const x).cast()];
    // SAFETY: one element behind each pointer; `BEST` was chosen among what this processor has.
    unsafe { lookup_f32(f)(1, &ins, (&raw mut out).cast()) };
    out
}

#[cfg(test)]
mod tests;
