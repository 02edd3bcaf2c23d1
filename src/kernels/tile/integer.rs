//! Scalar instructions of integers and bools.

use super::isa::{DIVIDE, Isa, OVERFLOW, raising2, tile1, tile2, tried};
use crate::kernels::TileFn;
use crate::ops::prim::Prim;

/// Instructions of bools, which lie in memory as bytes 0 and 1.
pub(crate) fn boolean(isa: Isa, p: Prim) -> Option<TileFn> {
    Some(match p {
        Prim::Add | Prim::Or | Prim::Maximum | Prim::Fmax => tile2(isa, |a: u8, b: u8| a | b),
        Prim::Mul | Prim::And | Prim::Minimum | Prim::Fmin => tile2(isa, |a: u8, b: u8| a & b),
        Prim::Xor | Prim::Ne => tile2(isa, |a: u8, b: u8| a ^ b),
        Prim::Eq => tile2(isa, |a: u8, b: u8| a ^ b ^ 1),
        Prim::Lt => tile2(isa, |a: u8, b: u8| (a ^ 1) & b),
        Prim::Le => tile2(isa, |a: u8, b: u8| (a ^ 1) | b),
        Prim::Gt => tile2(isa, |a: u8, b: u8| a & (b ^ 1)),
        Prim::Ge => tile2(isa, |a: u8, b: u8| a | (b ^ 1)),
        Prim::Not => tile1(isa, |a: u8| a ^ 1),
        Prim::Abs => tile1(isa, |a: u8| a),
        Prim::Sub
        | Prim::Div
        | Prim::FloorDiv
        | Prim::Rem
        | Prim::Fmod
        | Prim::IntPow
        | Prim::Neg
        | Prim::Sqrt
        | Prim::Floor
        | Prim::Ceil
        | Prim::Trunc
        | Prim::Rint
        | Prim::Copysign
        | Prim::Signbit
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
        | Prim::Real
        | Prim::Imag
        | Prim::Conj
        | Prim::MakeComplex => return None,
    })
}

/// Greatest common divisor, by Stein's algorithm.
macro_rules! gcd {
    ($t:ty) => {
        #[inline(always)]
        fn gcd(mut a: $t, mut b: $t) -> $t {
            if a == 0 || b == 0 {
                return a | b;
            }
            let shift = (a | b).trailing_zeros();
            a >>= a.trailing_zeros();
            loop {
                b >>= b.trailing_zeros();
                if a > b {
                    std::mem::swap(&mut a, &mut b);
                }
                b -= a;
                if b == 0 {
                    return a << shift;
                }
            }
        }
    };
}

/// Truncated quotient for a divisor that is not zero and does not overflow: through a float where one holds every
/// quotient well enough, as no processor here divides vectors of integers.
///
/// The quotient of integers below 2^w in magnitude lies at least 2^-w from the next integer unless it is one, and a
/// float with more than 2w bits of precision rounds it by less; so truncation is exact. (8 bits: float32; 16 and 32 bits:
/// float64 has 53 bits, and the relative error 2^-53 of a quotient a/b below 2^32/b is less than the gap 1/b.)
macro_rules! quotient {
    (narrow $t:ident) => {
        #[inline(always)]
        fn quotient(a: $t, b: $t) -> $t {
            // Adding 1.5 * 2^23 leaves the integer in the low bits of the float, two's complement.
            ((a as f32 / b as f32).trunc() + 12_582_912.0).to_bits() as $t
        }
    };
    (middle $t:ident) => {
        #[inline(always)]
        fn quotient(a: $t, b: $t) -> $t {
            // Adding 1.5 * 2^52 leaves the integer in the low bits of the float, two's complement.
            ((a as f64 / b as f64).trunc() + WHOLE).to_bits() as $t
        }
    };
    (wide $t:ident) => {
        #[inline(always)]
        fn quotient(a: $t, b: $t) -> $t {
            a.wrapping_div(b)
        }
    };
}

/// The routines that divide.
///
/// Through float64 where both numbers have at most 51 bits: the rounded quotient's floor is the quotient's, or one more where it was
/// rounded up to a whole number; the remainder, which a fused multiplication gives exactly, tells.
macro_rules! dividing {
    (wide $t:ident) => {
        /// The floor of the quotient, the remainder, and whether these are right.
        #[inline(always)]
        fn quick(a: T, b: T) -> (f64, f64, bool) {
            let below_zero = if T::MIN == 0 { 0 } else { 1 << 50 };
            let small = |x: T| (x as u64).wrapping_add(below_zero) >> 51 == 0;
            let good = small(a) & small(b) & (b != 0);
            // Adding 1.5 * 2^52 leaves the integer in the low bits of the float, and taking it away leaves the float.
            let float = |x: T| f64::from_bits((x as i64).wrapping_add(WHOLE.to_bits() as i64) as u64) - WHOLE;
            let (x, y) = if good { (float(a), float(b)) } else { (0.0, 1.0) };
            let q = (x / y).floor();
            let r = y.mul_add(-q, x);
            let over = (r != 0.0) & ((r < 0.0) != (y < 0.0));
            if over { (q - 1.0, r + y, good) } else { (q, r, good) }
        }

        #[inline(always)]
        fn integer(x: f64) -> T {
            (x + WHOLE).to_bits().wrapping_sub(WHOLE.to_bits()) as T
        }

        fn floor_divides(isa: Isa) -> TileFn {
            tried::<{ DIVIDE | OVERFLOW }, _, _, _, _>(
                isa,
                |a: T, b: T| (integer(quick(a, b).0), quick(a, b).2),
                |a: T, b: T| (b == 0) | overflows(a, b),
                floor_div,
            )
        }

        fn remains(isa: Isa) -> TileFn {
            let remainder = |a: T, b: T| (integer(quick(a, b).1), quick(a, b).2);
            tried::<DIVIDE, _, _, _, _>(isa, remainder, |_: T, b: T| b == 0, rem)
        }

        fn fmods(isa: Isa) -> TileFn {
            let remainder = |a: T, b: T| {
                let (_, r, good) = quick(a, b);
                let r = integer(r);
                // Unsigned numbers that are small have no sign bit either.
                let r = if (r != 0) & (((r ^ a) as i64) < 0) { r.wrapping_sub(b) } else { r };
                (r, good)
            };
            tried::<DIVIDE, _, _, _, _>(isa, remainder, |_: T, b: T| b == 0, fmod)
        }
    };
    ($width:ident $t:ident) => {
        fn floor_divides(isa: Isa) -> TileFn {
            // Flags of both that can go wrong: they only say to look.
            raising2::<{ DIVIDE | OVERFLOW }, _, _, _, _, _>(isa, |a: T, b: T| (b == 0) | overflows(a, b), floor_div)
        }

        fn remains(isa: Isa) -> TileFn {
            raising2::<DIVIDE, _, _, _, _, _>(isa, |_: T, b: T| b == 0, rem)
        }

        fn fmods(isa: Isa) -> TileFn {
            raising2::<DIVIDE, _, _, _, _, _>(isa, |_: T, b: T| b == 0, fmod)
        }
    };
}

/// 1.5 * 2^52.
const WHOLE: f64 = 6_755_399_441_055_744.0;

macro_rules! common {
    () => {
        /// Power by squaring.
        #[inline(always)]
        fn int_pow(base: T, exponent: T) -> T {
            let (mut result, mut square, mut left) = (1 as T, base, exponent as U);
            while left != 0 {
                if left & 1 != 0 {
                    result = result.wrapping_mul(square);
                }
                square = square.wrapping_mul(square);
                left >>= 1;
            }
            result
        }

        #[inline(always)]
        fn shl(a: T, b: T) -> T {
            if (b as U) < T::BITS as U { a.wrapping_shl(b as u32) } else { 0 }
        }

        #[inline(always)]
        fn rem(a: T, b: T) -> T {
            a.wrapping_sub(floor_div(a, b).wrapping_mul(b)).wrapping_mul((b != 0) as T)
        }

        #[inline(always)]
        fn fmod(a: T, b: T) -> T {
            let d = safe(a, b);
            a.wrapping_sub(quotient(a, d).wrapping_mul(d)).wrapping_mul((b != 0) as T)
        }

        #[inline(always)]
        fn lcm(a: T, b: T) -> T {
            let (a, b) = (magnitude(a), magnitude(b));
            let g = gcd(a, b);
            if g == 0 { 0 } else { (a / g).wrapping_mul(b) as T }
        }

        #[inline(always)]
        fn greatest(a: T, b: T) -> T {
            gcd(magnitude(a), magnitude(b)) as T
        }

        /// Instructions of this type. What two's complement makes the same for both signs is compiled once, unsigned.
        pub(crate) fn prim(isa: Isa, p: Prim) -> Option<TileFn> {
            Some(match p {
                Prim::Add => tile2(isa, |a: U, b: U| a.wrapping_add(b)),
                Prim::Sub => tile2(isa, |a: U, b: U| a.wrapping_sub(b)),
                Prim::Mul => tile2(isa, |a: U, b: U| a.wrapping_mul(b)),
                Prim::FloorDiv => floor_divides(isa),
                Prim::Rem => remains(isa),
                Prim::Fmod => fmods(isa),
                Prim::IntPow => tile2(isa, int_pow),
                Prim::Neg => tile1(isa, |a: U| a.wrapping_neg()),
                Prim::Abs => tile1(isa, |a: T| magnitude(a)),
                Prim::Minimum | Prim::Fmin => tile2(isa, |a: T, b: T| a.min(b)),
                Prim::Maximum | Prim::Fmax => tile2(isa, |a: T, b: T| a.max(b)),
                Prim::Eq => tile2(isa, |a: U, b: U| (a == b) as u8),
                Prim::Ne => tile2(isa, |a: U, b: U| (a != b) as u8),
                Prim::Lt => tile2(isa, |a: T, b: T| (a < b) as u8),
                Prim::Le => tile2(isa, |a: T, b: T| (a <= b) as u8),
                Prim::Gt => tile2(isa, |a: T, b: T| (a > b) as u8),
                Prim::Ge => tile2(isa, |a: T, b: T| (a >= b) as u8),
                Prim::And => tile2(isa, |a: U, b: U| a & b),
                Prim::Or => tile2(isa, |a: U, b: U| a | b),
                Prim::Xor => tile2(isa, |a: U, b: U| a ^ b),
                Prim::Not => tile1(isa, |a: U| !a),
                Prim::Shl => tile2(isa, shl),
                Prim::Shr => tile2(isa, shr),
                Prim::BitCount => tile1(isa, |a: T| magnitude(a).count_ones() as u8),
                Prim::Gcd => tile2(isa, greatest),
                Prim::Lcm => tile2(isa, lcm),
                Prim::Div
                | Prim::Sqrt
                | Prim::Floor
                | Prim::Ceil
                | Prim::Trunc
                | Prim::Rint
                | Prim::Copysign
                | Prim::Signbit
                | Prim::Nextafter
                | Prim::Spacing
                | Prim::Ldexp
                | Prim::FrexpMantissa
                | Prim::FrexpExponent
                | Prim::Select
                | Prim::Real
                | Prim::Imag
                | Prim::Conj
                | Prim::MakeComplex => return None,
            })
        }
    };
}

macro_rules! signed {
    ($t:ident, $u:ident, $width:ident) => {
        pub(crate) mod $t {
            use super::*;
            type T = $t;
            type U = $u;
            gcd!($u);
            quotient!($width $t);
            dividing!($width $t);

            #[inline(always)]
            fn magnitude(a: T) -> U {
                a.unsigned_abs()
            }

            #[inline(always)]
            fn overflows(a: T, b: T) -> bool {
                (b == -1) & (a == T::MIN)
            }

            /// The divisor, or 1 where dividing by it is undefined: MIN / 1 is what MIN / -1 wraps to.
            #[inline(always)]
            fn safe(a: T, b: T) -> T {
                if b == 0 || (b == -1 && a == T::MIN) { 1 } else { b }
            }

            #[inline(always)]
            fn floor_div(a: T, b: T) -> T {
                let d = safe(a, b);
                let q = quotient(a, d);
                let r = a.wrapping_sub(q.wrapping_mul(d));
                let below = (r != 0 && (r ^ d) < 0) as T;
                q.wrapping_sub(below).wrapping_mul((b != 0) as T)
            }

            #[inline(always)]
            fn shr(a: T, b: T) -> T {
                // Shifting by all but the sign bit leaves 0 or -1, as shifting further would.
                let count = if (b as U) < T::BITS as U { b as u32 } else { T::BITS - 1 };
                a.wrapping_shr(count)
            }

            common!();
        }
    };
}

macro_rules! unsigned {
    ($t:ident, $width:ident) => {
        pub(crate) mod $t {
            use super::*;
            type T = $t;
            type U = $t;
            gcd!($t);
            quotient!($width $t);
            dividing!($width $t);

            #[inline(always)]
            fn magnitude(a: T) -> U {
                a
            }

            #[inline(always)]
            fn overflows(_: T, _: T) -> bool {
                false
            }

            #[inline(always)]
            fn safe(_: T, b: T) -> T {
                if b == 0 { 1 } else { b }
            }

            #[inline(always)]
            fn floor_div(a: T, b: T) -> T {
                quotient(a, safe(a, b)).wrapping_mul((b != 0) as T)
            }

            #[inline(always)]
            fn shr(a: T, b: T) -> T {
                if b < T::BITS as U { a.wrapping_shr(b as u32) } else { 0 }
            }

            common!();
        }
    };
}

signed!(i8, u8, narrow);
signed!(i16, u16, narrow);
signed!(i32, u32, middle);
signed!(i64, u64, wide);
unsigned!(u8, narrow);
unsigned!(u16, narrow);
unsigned!(u32, middle);
unsigned!(u64, wide);
