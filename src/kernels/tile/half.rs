//! Float16: the few instructions that work on its bits.

use super::float;
use super::isa::{Isa, OVERFLOW, raising1, raising2, tile1};
pub(crate) use crate::dtype::half::{from_f32, from_f64, to_f32};
use crate::kernels::TileFn;
use crate::ops::prim::Prim;

/// A number that orders float16 as their values are ordered: both zeros 0, NaN beyond the infinities.
#[inline(always)]
pub(crate) fn order(h: u16) -> i16 {
    let magnitude = (h & 0x7fff) as i16;
    if h & 0x8000 != 0 { -magnitude } else { magnitude }
}

/// True for infinities.
#[inline(always)]
pub(crate) fn is_infinite(h: u16) -> bool {
    h & 0x7fff == 0x7c00
}

/// True for NaN.
#[inline(always)]
pub(crate) fn is_nan(h: u16) -> bool {
    h & 0x7fff > 0x7c00
}

#[inline(always)]
fn nextafter(a: u16, b: u16) -> u16 {
    let toward_zero = (order(a) > order(b)) == (a & 0x8000 == 0);
    let moved = if toward_zero { a.wrapping_sub(1) } else { a.wrapping_add(1) };
    let moved = if a & 0x7fff == 0 { (b & 0x8000) + 1 } else { moved };
    // NumPy keeps the first of equals, where C gives the second.
    let moved = if order(a) == order(b) { a } else { moved };
    if is_nan(a) || is_nan(b) { 0x7e00 } else { moved }
}

/// NumPy's `spacing` of float16: positive, and below a power of two of negative sign the narrower distance.
#[inline(always)]
fn spacing(h: u16) -> u16 {
    let exponent = h & 0x7c00;
    let boundary = h & 0x8000 != 0 && h & 0x03ff == 0;
    let lowered = if boundary { 0x2c00 } else { 0x2800 };
    let shift = (exponent >> 10).wrapping_sub(if boundary { 2 } else { 1 }) & 15;
    let wide = exponent.wrapping_sub(lowered);
    let subnormal = if exponent > 0x0400 { 1 << shift } else { 1 };
    let distance = if exponent > lowered { wide } else { subnormal };
    let distance = if h == 0x7bff { 0x7c00 } else { distance };
    if exponent == 0x7c00 { 0x7e00 } else { distance }
}

/// Instructions that take float16.
pub(crate) fn prim(isa: Isa, p: Prim) -> Option<TileFn> {
    Some(match p {
        Prim::Nextafter => raising2::<OVERFLOW, _, _, _, _, _>(
            isa,
            |a: u16, b: u16| is_infinite(nextafter(a, b)) & !is_infinite(a),
            nextafter,
        ),
        Prim::Spacing => raising1::<OVERFLOW, _, _, _, _>(isa, |a: u16| a & 0x7fff == 0x7bff, spacing),
        // Exact in float32 unless the result vanishes in float16.
        Prim::Ldexp => {
            let f = |a: u16, e: i64| from_f32(float::f32::ldexp(to_f32(a), e));
            raising2::<OVERFLOW, _, _, _, _, _>(
                isa,
                |a: u16, e: i64| is_infinite(from_f32(float::f32::ldexp(to_f32(a), e))) & !is_infinite(a),
                f,
            )
        }
        Prim::FrexpMantissa => tile1(isa, |a: u16| from_f32(float::f32::frexp(to_f32(a)).0)),
        Prim::FrexpExponent => tile1(isa, |a: u16| float::f32::frexp(to_f32(a)).1),
        Prim::Add
        | Prim::Sub
        | Prim::Mul
        | Prim::Div
        | Prim::FloorDiv
        | Prim::Rem
        | Prim::Fmod
        | Prim::IntPow
        | Prim::Neg
        | Prim::Abs
        | Prim::Sqrt
        | Prim::Floor
        | Prim::Ceil
        | Prim::Trunc
        | Prim::Rint
        | Prim::Copysign
        | Prim::Signbit
        | Prim::Minimum
        | Prim::Maximum
        | Prim::Fmin
        | Prim::Fmax
        | Prim::Eq
        | Prim::Ne
        | Prim::Lt
        | Prim::Le
        | Prim::Gt
        | Prim::Ge
        | Prim::And
        | Prim::Or
        | Prim::Xor
        | Prim::Not
        | Prim::Shl
        | Prim::Shr
        | Prim::BitCount
        | Prim::Gcd
        | Prim::Lcm
        | Prim::Select
        | Prim::Real
        | Prim::Imag
        | Prim::Conj
        | Prim::MakeComplex => return None,
    })
}
