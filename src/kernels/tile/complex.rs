//! Scalar instructions of complex64 and complex128.

use super::isa::{Isa, parts1, parts2, tile1, tile2};
use super::number::{Complex, c};
use crate::kernels::TileFn;
use crate::ops::prim::Prim;

macro_rules! complex {
    ($t:ident, $sqrt:path) => {
        pub(crate) mod $t {
            use super::*;
            type T = $t;
            type C = Complex<$t>;

            /// The product as NumPy's vector loops make it with fused multiply-add: one product of each part is exact.
            #[inline(always)]
            pub(crate) fn mul(a: C, b: C) -> C {
                c(a.re.mul_add(b.re, -(a.im * b.im)), a.re.mul_add(b.im, a.im * b.re))
            }

            /// The quotient by Smith's algorithm (Communications of the ACM 5, 1962), step by step as NumPy's.
            #[inline(always)]
            pub(crate) fn div(a: C, b: C) -> C {
                let by_re = b.re.abs() >= b.im.abs();
                // (p, q) and (x, y) are the parts, exchanged where the divisor's imaginary part is the larger.
                let (p, q) = if by_re { (b.re, b.im) } else { (b.im, b.re) };
                let ratio = q / p;
                let scale = 1.0 / (p + q * ratio);
                let (x, y) = if by_re { (a.re, a.im) } else { (a.im, a.re) };
                let re = (x + y * ratio) * scale;
                let im = (y - x * ratio) * scale;
                let im = if by_re { im } else { (x * ratio - y) * scale };
                let zero = b.re == 0.0 && b.im == 0.0;
                let none = b.re.abs();
                if zero { c(a.re / none, a.im / none) } else { c(re, im) }
            }

            /// The magnitude as NumPy's vector loops make it: the larger part times `sqrt(1 + ratio^2)`, the sum fused.
            #[inline(always)]
            pub(crate) fn abs(a: C) -> T {
                let (re, im) = (a.re.abs(), a.im.abs());
                let infinite = (re == T::INFINITY) | (im == T::INFINITY);
                let (large, small) = if re > im { (re, im) } else { (im, re) };
                // What divides is chosen, not the quotient: vectors divide in all lanes, and none may raise a flag.
                let divisor = if (large == 0.0) | infinite { 1.0 } else { large };
                let ratio = if infinite { 0.0 } else { small } / divisor;
                let length = ratio.mul_add(ratio, 1.0).sqrt() * large;
                let length = if re.is_nan() || im.is_nan() { T::NAN } else { length };
                if infinite { T::INFINITY } else { length }
            }

            #[inline(always)]
            pub(crate) fn is_nan(a: C) -> bool {
                a.re.is_nan() | a.im.is_nan()
            }

            #[inline(always)]
            pub(crate) fn lt(a: C, b: C) -> bool {
                ((a.re < b.re) & !a.im.is_nan() & !b.im.is_nan()) | ((a.re == b.re) & (a.im < b.im))
            }

            #[inline(always)]
            pub(crate) fn le(a: C, b: C) -> bool {
                ((a.re < b.re) & !a.im.is_nan() & !b.im.is_nan()) | ((a.re == b.re) & (a.im <= b.im))
            }

            #[inline(always)]
            pub(crate) fn minimum(a: C, b: C) -> C {
                if is_nan(a) | le(a, b) { a } else { b }
            }

            #[inline(always)]
            pub(crate) fn maximum(a: C, b: C) -> C {
                if is_nan(a) | le(b, a) { a } else { b }
            }

            #[inline(always)]
            pub(crate) fn fmin(a: C, b: C) -> C {
                if is_nan(b) | le(a, b) { a } else { b }
            }

            #[inline(always)]
            pub(crate) fn fmax(a: C, b: C) -> C {
                if is_nan(b) | le(b, a) { a } else { b }
            }

            /// Instructions of this type.
            pub(crate) fn prim(isa: Isa, p: Prim) -> Option<TileFn> {
                Some(match p {
                    Prim::Add => parts2(isa, |a: T, b: T| a + b),
                    Prim::Sub => parts2(isa, |a: T, b: T| a - b),
                    Prim::Mul => tile2(isa, mul),
                    Prim::Div => tile2(isa, div),
                    Prim::Neg => parts1(isa, |a: T| -a),
                    Prim::Abs => tile1(isa, abs),
                    Prim::Sqrt => tile1(isa, $sqrt),
                    Prim::Rint => parts1(isa, |a: T| a.round_ties_even()),
                    Prim::Minimum => tile2(isa, minimum),
                    Prim::Maximum => tile2(isa, maximum),
                    Prim::Fmin => tile2(isa, fmin),
                    Prim::Fmax => tile2(isa, fmax),
                    Prim::Eq => tile2(isa, |a: C, b: C| (a.re == b.re) as u8 & (a.im == b.im) as u8),
                    Prim::Ne => tile2(isa, |a: C, b: C| (a.re != b.re) as u8 | (a.im != b.im) as u8),
                    Prim::Lt => tile2(isa, |a: C, b: C| lt(a, b) as u8),
                    Prim::Le => tile2(isa, |a: C, b: C| le(a, b) as u8),
                    Prim::Gt => tile2(isa, |a: C, b: C| lt(b, a) as u8),
                    Prim::Ge => tile2(isa, |a: C, b: C| le(b, a) as u8),
                    Prim::Real => tile1(isa, |a: C| a.re),
                    Prim::Imag => tile1(isa, |a: C| a.im),
                    Prim::Conj => tile1(isa, |a: C| c(a.re, -a.im)),
                    Prim::FloorDiv
                    | Prim::Rem
                    | Prim::Fmod
                    | Prim::IntPow
                    | Prim::Floor
                    | Prim::Ceil
                    | Prim::Trunc
                    | Prim::Copysign
                    | Prim::Signbit
                    | Prim::And
                    | Prim::Or
                    | Prim::Xor
                    | Prim::Not
                    | Prim::Shl
                    | Prim::Shr
                    | Prim::BitCount
                    | Prim::Gcd
                    | Prim::Lcm
                    | Prim::Nextafter
                    | Prim::Spacing
                    | Prim::Ldexp
                    | Prim::FrexpMantissa
                    | Prim::FrexpExponent
                    | Prim::Select
                    | Prim::MakeComplex => return None,
                })
            }
        }
    };
}

complex!(f32, crate::kernels::complex::sqrt_f32);
complex!(f64, crate::kernels::complex::sqrt_f64);
