//! Vector math functions of complex numbers: C99's branch cuts and special values (Annex G), a few ULP a component.
//!
//! All is computed in float64; complex64 results are rounded once. The code is scalar.

mod exponential;
mod hyperbolic;
mod inverse;
mod power;
#[cfg(test)]
mod tests;

use super::TileFn;
use super::tile::isa::{INVALID, Isa, raising1, raising2};
use super::tile::number::{Complex, c};
use crate::dtype::DType;
use crate::ops::prim::MathFn;

/// What functions compute with.
type C = Complex<f64>;

#[inline(always)]
fn wide(z: Complex<f32>) -> C {
    c(f64::from(z.re), f64::from(z.im))
}

#[inline(always)]
fn narrow(z: C) -> Complex<f32> {
    c(z.re as f32, z.im as f32)
}

/// Square root, principal branch.
pub(crate) fn sqrt_f32(z: Complex<f32>) -> Complex<f32> {
    narrow(exponential::sqrt(wide(z)))
}

/// Square root, principal branch.
pub(crate) fn sqrt_f64(z: C) -> C {
    exponential::sqrt(z)
}

/// Where results are looked up rather than computed: no operation puts up the flag that may be due.
#[inline(always)]
fn is_infinite(z: C) -> bool {
    z.re.is_infinite() | z.im.is_infinite()
}

/// The routine of a function for complex64 or complex128.
///
/// # Panics
/// For types that are not complex, and functions that do not take complex numbers ([`MathFn::takes_complex`]).
pub fn lookup(f: MathFn, t: DType) -> TileFn {
    assert!(t.is_complex() && f.takes_complex(), "{} does not take {t}", f.name());
    // Calls of scalar functions gain nothing from wide instructions.
    let isa = Isa::Base;
    macro_rules! both {
        ($f:path) => {
            if t == DType::C64 {
                raising1::<INVALID, _, _, _, _>(isa, |z| is_infinite(wide(z)), |z: Complex<f32>| narrow($f(wide(z))))
            } else {
                raising1::<INVALID, _, _, _, _>(isa, is_infinite, |z: C| $f(z))
            }
        };
    }
    match f {
        MathFn::Exp => both!(exponential::exp),
        MathFn::Exp2 if t == DType::C64 => {
            raising1::<INVALID, _, _, _, _>(isa, |z| is_infinite(wide(z)), exponential::exp2_f32)
        }
        MathFn::Exp2 => both!(exponential::exp2),
        MathFn::Expm1 => both!(exponential::expm1),
        MathFn::Log => both!(exponential::log),
        MathFn::Log2 => both!(exponential::log2),
        MathFn::Log10 => both!(exponential::log10),
        MathFn::Log1p => both!(exponential::log1p),
        MathFn::Sin => both!(hyperbolic::sin),
        MathFn::Cos => both!(hyperbolic::cos),
        MathFn::Tan => both!(hyperbolic::tan),
        MathFn::Arcsin => both!(inverse::asin),
        MathFn::Arccos => both!(inverse::acos),
        MathFn::Arctan => both!(inverse::atan),
        MathFn::Sinh => both!(hyperbolic::sinh),
        MathFn::Cosh => both!(hyperbolic::cosh),
        MathFn::Tanh => both!(hyperbolic::tanh),
        MathFn::Arcsinh => both!(inverse::asinh),
        MathFn::Arccosh => both!(inverse::acosh),
        MathFn::Arctanh => both!(inverse::atanh),
        MathFn::Pow if t == DType::C64 => {
            raising2::<INVALID, _, _, _, _, _>(isa, |z, w| is_infinite(wide(z)) | is_infinite(wide(w)), power::pow_f32)
        }
        MathFn::Pow => raising2::<INVALID, _, _, _, _, _>(isa, |z, w| is_infinite(z) | is_infinite(w), power::pow_f64),
        MathFn::Cbrt | MathFn::Cube | MathFn::Fourth | MathFn::Arctan2 | MathFn::Hypot => unreachable!("refused above"),
    }
}
