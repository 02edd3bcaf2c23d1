//! Scalar instructions of float32 and float64.

use super::isa::{Isa, OVERFLOW, raising1, raising2, tile1, tile2, tried};
use super::number::{Complex, c};
use crate::kernels::TileFn;
use crate::ops::prim::Prim;

macro_rules! real {
    ($t:ident, $bits:ident, $signed:ident, mantissa $mantissa:literal, exponent $exponent:literal) => {
        pub(crate) mod $t {
            use super::*;
            type T = $t;
            type Bits = $bits;

            const MANTISSA: u32 = $mantissa;
            const BIAS: i32 = (1 << ($exponent - 1)) - 1;
            const EXPONENT_MASK: Bits = (1 << $exponent) - 1;

            /// C's `fmod`, and whether that holds: for finite operands, a divisor that is not zero, and a quotient
            /// that is far from the precision's end. Then truncating the rounded quotient gives the integer or the
            /// next, and the remainder of either is exact.
            #[inline(always)]
            fn fmod(a: T, b: T) -> (T, bool) {
                const LIMIT: T = (1u64 << (MANTISSA - 1)) as T;
                let (x, y) = (a.abs(), b.abs());
                let quotient = x / y;
                let m = (-quotient.trunc()).mul_add(y, x);
                let m = if m < 0.0 { m + y } else { m };
                (m.copysign(a), (quotient < LIMIT) & (y < T::INFINITY))
            }

            /// Python's remainder: `m`, that of `fmod`, moved to the divisor's sign.
            #[inline(always)]
            fn rem(b: T, m: T) -> T {
                let moved = if (b < 0.0) != (m < 0.0) { m + b } else { m };
                let r = if m != 0.0 { moved } else { (0.0 as T).copysign(b) };
                if b == 0.0 { m } else { r }
            }

            /// Python's floor division (`npy_divmod`), from `m`, the remainder of `fmod`.
            #[inline(always)]
            fn floor_div(a: T, b: T, m: T) -> T {
                let div = (a - m) / b;
                let div = if (m != 0.0) & ((b < 0.0) != (m < 0.0)) { div - 1.0 } else { div };
                let floor = div.floor();
                let floor = if div - floor > 0.5 { floor + 1.0 } else { floor };
                let q = if div != 0.0 { floor } else { (0.0 as T).copysign(a / b) };
                if b == 0.0 { a / b } else { q }
            }

            // Where both are equal (zeros of either sign) NumPy's vector loops give the second.
            #[inline(always)]
            pub(crate) fn minimum(a: T, b: T) -> T {
                if a < b || a.is_nan() { a } else { b }
            }

            #[inline(always)]
            pub(crate) fn maximum(a: T, b: T) -> T {
                if a > b || a.is_nan() { a } else { b }
            }

            // For equal zeros NumPy's vector loop gives the second, its scalar loop the first: here the second always.
            #[inline(always)]
            pub(crate) fn fmin(a: T, b: T) -> T {
                if a < b || b.is_nan() { a } else { b }
            }

            #[inline(always)]
            pub(crate) fn fmax(a: T, b: T) -> T {
                if a > b || b.is_nan() { a } else { b }
            }

            /// C's `nextafter`.
            #[inline(always)]
            fn nextafter(a: T, b: T) -> T {
                let bits = a.to_bits();
                let toward_zero = (a > b) == (a > 0.0);
                let next = if toward_zero { bits.wrapping_sub(1) } else { bits.wrapping_add(1) };
                let from_zero = T::from_bits(1).copysign(b);
                let moved = if a == 0.0 { from_zero } else { T::from_bits(next) };
                let moved = if a == b { b } else { moved };
                if a.is_nan() || b.is_nan() { a + b } else { moved }
            }

            #[inline(always)]
            fn spacing(a: T) -> T {
                let next = T::from_bits(a.to_bits().wrapping_add(1));
                let zero = T::from_bits(1);
                if a == 0.0 {
                    zero
                } else if a.is_infinite() {
                    T::NAN
                } else {
                    next - a
                }
            }

            /// Two to the power `e`, for a normal result.
            #[inline(always)]
            fn exp2(e: i32) -> T {
                T::from_bits(((e + BIAS) as Bits) << MANTISSA)
            }

            /// C's `ldexp`: at most three exact factors before the last, which rounds.
            #[inline(always)]
            pub(crate) fn ldexp(a: T, e: i64) -> T {
                const LOW: i32 = 1 - BIAS;
                // A factor that keeps the bits of a normal number away from the subnormal range until the last one.
                const DOWN: i32 = LOW + MANTISSA as i32 + 1;
                let e = e.clamp(-4 * BIAS as i64, 4 * BIAS as i64) as i32;
                let up = [(e - BIAS).max(0), (e - 2 * BIAS).max(0)].map(|over| if over > 0 { BIAS } else { 0 });
                let e = e - up[0] - up[1];
                let down = [e < LOW, e < LOW + DOWN].map(|under| if under { DOWN } else { 0 });
                let e = (e - down[0] - down[1]).clamp(LOW, BIAS);
                a * exp2(up[0]) * exp2(up[1]) * exp2(down[0]) * exp2(down[1]) * exp2(e)
            }

            /// C's `frexp`: mantissa and exponent.
            #[inline(always)]
            pub(crate) fn frexp(a: T) -> (T, i32) {
                // Subnormals are scaled into the normal range; 2^64 suffices for both types.
                const SCALE: T = 18_446_744_073_709_551_616.0;
                let subnormal = a.abs() < T::MIN_POSITIVE;
                let scaled = if subnormal { a * SCALE } else { a };
                let exponent = ((scaled.to_bits() >> MANTISSA) & EXPONENT_MASK) as i32 - BIAS + 1;
                let exponent = if subnormal { exponent - 64 } else { exponent };
                let kept = scaled.to_bits() & !(EXPONENT_MASK << MANTISSA);
                let mantissa = T::from_bits(kept | ((BIAS - 1) as Bits) << MANTISSA);
                if a == 0.0 || !a.is_finite() { (a, 0) } else { (mantissa, exponent) }
            }

            /// What puts up the flags that are due by its arithmetic.
            #[inline(always)]
            fn own_flags(_: T, _: T) -> bool {
                false
            }

            /// Instructions of this type.
            pub(crate) fn prim(isa: Isa, p: Prim) -> Option<TileFn> {
                Some(match p {
                    Prim::Add => tile2(isa, |a: T, b: T| a + b),
                    Prim::Sub => tile2(isa, |a: T, b: T| a - b),
                    Prim::Mul => tile2(isa, |a: T, b: T| a * b),
                    Prim::Div => tile2(isa, |a: T, b: T| a / b),
                    Prim::FloorDiv => tried::<0, _, _, _, _>(
                        isa,
                        |a: T, b: T| (floor_div(a, b, fmod(a, b).0), fmod(a, b).1),
                        own_flags,
                        |a: T, b: T| floor_div(a, b, a % b),
                    ),
                    Prim::Rem => tried::<0, _, _, _, _>(
                        isa,
                        |a: T, b: T| (rem(b, fmod(a, b).0), fmod(a, b).1),
                        own_flags,
                        |a: T, b: T| rem(b, a % b),
                    ),
                    Prim::Fmod => tried::<0, _, _, _, _>(isa, fmod, own_flags, |a: T, b: T| a % b),
                    Prim::Neg => tile1(isa, |a: T| -a),
                    Prim::Abs => tile1(isa, |a: T| a.abs()),
                    Prim::Sqrt => tile1(isa, |a: T| a.sqrt()),
                    Prim::Floor => tile1(isa, |a: T| a.floor()),
                    Prim::Ceil => tile1(isa, |a: T| a.ceil()),
                    Prim::Trunc => tile1(isa, |a: T| a.trunc()),
                    Prim::Rint => tile1(isa, |a: T| a.round_ties_even()),
                    Prim::Copysign => tile2(isa, |a: T, b: T| a.copysign(b)),
                    Prim::Signbit => tile1(isa, |a: T| (a.to_bits() >> (Bits::BITS - 1)) as u8),
                    Prim::Minimum => tile2(isa, minimum),
                    Prim::Maximum => tile2(isa, maximum),
                    Prim::Fmin => tile2(isa, fmin),
                    Prim::Fmax => tile2(isa, fmax),
                    Prim::Eq => tile2(isa, |a: T, b: T| (a == b) as u8),
                    Prim::Ne => tile2(isa, |a: T, b: T| (a != b) as u8),
                    Prim::Lt => tile2(isa, |a: T, b: T| (a < b) as u8),
                    Prim::Le => tile2(isa, |a: T, b: T| (a <= b) as u8),
                    Prim::Gt => tile2(isa, |a: T, b: T| (a > b) as u8),
                    Prim::Ge => tile2(isa, |a: T, b: T| (a >= b) as u8),
                    Prim::Nextafter => {
                        let beyond = |a: T, b: T| (a.abs() == T::MAX) & (b == T::INFINITY.copysign(a));
                        raising2::<OVERFLOW, _, _, _, _, _>(isa, beyond, nextafter)
                    }
                    Prim::Spacing => raising1::<OVERFLOW, _, _, _, _>(isa, |a: T| a.abs() == T::MAX, spacing),
                    Prim::Ldexp => tile2(isa, ldexp),
                    Prim::FrexpMantissa => tile1(isa, |a: T| frexp(a).0),
                    Prim::FrexpExponent => tile1(isa, |a: T| frexp(a).1),
                    Prim::MakeComplex => tile2(isa, |a: T, b: T| -> Complex<T> { c(a, b) }),
                    Prim::IntPow
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
                    | Prim::Conj => return None,
                })
            }
        }
    };
}

real!(f32, u32, i32, mantissa 23, exponent 8);
real!(f64, u64, i64, mantissa 52, exponent 11);
