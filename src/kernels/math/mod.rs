//! Vector math: the functions that fused loops call on a tile.
#![expect(unsafe_code, reason = "hands out routines over raw tiles")]

mod exp;
mod hyperbolic;
mod inverse_hyperbolic;
mod inverse_trig;
mod log;
mod poly;
mod pow;
mod root;
mod run;
mod simd;
mod trig;

use super::TileFn;
use crate::ops::prim::MathFn;
use run::{Element, Kernel, Widened};
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
            Pow pow::Pow, Widened<pow::Pow>;
            Arctan2 inverse_trig::Arctan2, inverse_trig::Arctan2;
            Hypot root::Hypot, root::Hypot;
        }
    };
}

/// # Safety
/// As [`TileFn`].
unsafe fn portable<V: Lanes<Elem: Element>, K: Kernel>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
    // SAFETY: the caller's promise; no instruction set beyond the target's is used.
    unsafe { run::tile::<V, K>(n, ins, out) }
}

/// # Safety
/// As [`TileFn`]; the processor has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<V: Lanes<Elem: Element>, K: Kernel>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
    // SAFETY: the caller's promise; the features are enabled here.
    unsafe { run::tile::<V, K>(n, ins, out) }
}

const PORTABLE: Isa = isa!(portable, Portable<f64, 4>, Portable<f32, 8>);
#[cfg(target_arch = "x86_64")]
const AVX2: Isa = isa!(avx2, simd::Avx2F64, simd::Avx2F32);

/// Every instruction set that this machine has, the best first. All give the same bits.
pub fn all_isas() -> Vec<Isa> {
    let mut isas = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
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
