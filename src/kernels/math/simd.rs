//! The vectors that the math kernels are written over.
//!
//! [`Lanes`] is the one interface of every instruction set: a kernel is a generic function over it, instantiated inside
//! a function that enables the features of the implementation. Each operation is a single IEEE operation or a bit
//! operation, so all implementations give the same bits; nothing here may round twice or approximate (no `rcp`).
//!
//! - [`Portable`]: an array; LLVM makes it NEON on AArch64 and SSE2 on the x86-64 baseline. `Portable<E, 1>` is the
//!   scalar that slow paths compute with.
//! - [`Avx2F64`], [`Avx2F32`]: AVX2 with FMA; [`Avx512F64`], [`Avx512F32`]: AVX-512.
//! - [`Pair`]: two vectors as one, which hides latency better than the processor's own look-ahead over long kernels.
#![expect(unsafe_code, reason = "vector intrinsics and loads through raw pointers")]

use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Sub};

/// An element type, with the facts of its format that kernels need.
pub trait Float: Copy + PartialOrd + PartialEq + 'static {
    /// The unsigned integer of the same width.
    type Bits: Copy + PartialEq + Eq + std::fmt::Debug;
    /// The sign bit.
    const SIGN: Self::Bits;
    /// All bits but the sign.
    const MAGNITUDE: Self::Bits;
    /// The stored bits of the significand.
    const MANTISSA: Self::Bits;
    /// All bits.
    const ALL: Self::Bits;
    /// The bits of 1.0.
    const ONE_BITS: Self::Bits;
    /// The bits of 2^p, p the number of stored significand bits: or-ing a small integer in and subtracting
    /// [`Float::EXPONENT_BIAS`] converts it to a float.
    const EXPONENT_BITS: Self::Bits;
    /// 2^p + the exponent bias.
    const EXPONENT_BIAS: Self;
    /// The bits of `1 / x` are within 5.1 % these less the bits of `x`.
    const RECIPROCAL_BITS: Self::Bits;
    /// 1.5 * 2^p: adding it rounds to an integer that stands in the low bits of the sum.
    const ROUNDER: Self;
    /// Positive infinity.
    const INF: Self;
    /// The nearest value to a constant.
    fn of(x: f64) -> Self;
    /// From bits.
    fn from_bits(b: Self::Bits) -> Self;
    /// To bits.
    fn to_bits(self) -> Self::Bits;
}

macro_rules! float {
    ($float:ty, $bits:ty, $mantissa:expr, $bias:expr, $reciprocal:expr) => {
        impl Float for $float {
            type Bits = $bits;
            const SIGN: $bits = 1 << (<$bits>::BITS - 1);
            const MAGNITUDE: $bits = !(1 << (<$bits>::BITS - 1));
            const MANTISSA: $bits = (1 << $mantissa) - 1;
            const ALL: $bits = <$bits>::MAX;
            const ONE_BITS: $bits = $bias << $mantissa;
            const EXPONENT_BITS: $bits = ($bias + $mantissa) << $mantissa;
            const EXPONENT_BIAS: $float = ((1u64 << $mantissa) + $bias) as $float;
            const RECIPROCAL_BITS: $bits = $reciprocal;
            const ROUNDER: $float = (3u64 << ($mantissa - 1)) as $float;
            const INF: $float = <$float>::INFINITY;
            #[inline(always)]
            fn of(x: f64) -> $float {
                x as $float
            }
            #[inline(always)]
            fn from_bits(b: $bits) -> $float {
                <$float>::from_bits(b)
            }
            #[inline(always)]
            fn to_bits(self) -> $bits {
                self.to_bits()
            }
        }
    };
}
float!(f64, u64, 52, 1023, 0x7fde_624d_d2f1_a9fc);
float!(f32, u32, 23, 127, 0x7ef3_126f);

/// A vector of floats, on which integers and masks are bit patterns in the same lanes.
///
/// A mask lane is all ones or all zeros; [`Lanes::select`] and [`Lanes::any`] look at its sign bit alone.
/// Methods of the intrinsic implementations may run only where their instruction set is enabled: kernels see to it by
/// being inlined into `#[target_feature]` functions.
pub trait Lanes:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
{
    /// The type of a lane.
    type Elem: Float;
    /// How many lanes; at most [`MAX_LANES`].
    const LANES: usize;

    /// The same value in each lane.
    fn splat(x: Self::Elem) -> Self;
    /// Reads `LANES` elements.
    ///
    /// # Safety
    /// `p` is valid for reading `LANES` elements; it need not be aligned to the vector.
    unsafe fn load(p: *const Self::Elem) -> Self;
    /// Writes `LANES` elements.
    ///
    /// # Safety
    /// `p` is valid for writing `LANES` elements; it need not be aligned to the vector.
    unsafe fn store(self, p: *mut Self::Elem);
    /// `self * b + c`, rounded once.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// `self * b - c`, rounded once.
    fn mul_sub(self, b: Self, c: Self) -> Self;
    /// `c - self * b`, rounded once.
    fn neg_mul_add(self, b: Self, c: Self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Mask of `self < b`.
    fn lt(self, b: Self) -> Self;
    /// Mask of `self <= b`.
    fn le(self, b: Self) -> Self;
    /// Mask of `!(self < b)`: true for NaN.
    fn not_lt(self, b: Self) -> Self;
    /// Mask of `self == b`.
    fn equal(self, b: Self) -> Self;
    /// Mask of what is not a positive normal number.
    fn not_positive_normal(self) -> Self;
    /// Lanes of `a` where `self`, a mask, has its sign bit, and of `b` elsewhere.
    fn select(self, a: Self, b: Self) -> Self;
    /// Does any lane have its sign bit?
    fn any(self) -> bool;
    /// `self` where `self < b`, else `b`.
    fn lesser(self, b: Self) -> Self;
    /// `self` where `b < self`, else `b`.
    fn greater(self, b: Self) -> Self;
    /// Elements of a table, each at the index that the low four bits of a lane are.
    fn lookup(self, table: &[Self::Elem; 16]) -> Self;
    /// Elements of a table, each at the index that the low two bits of a lane are.
    fn lookup_of_four(self, table: &[Self::Elem; 4]) -> Self;
    /// Sum as integers, wrapping.
    fn int_add(self, b: Self) -> Self;
    /// Difference as integers, wrapping.
    fn int_sub(self, b: Self) -> Self;
    /// Moves the low bits to the place of the exponent.
    fn shl_exponent(self) -> Self;
    /// Moves the sign and exponent to the low bits.
    fn shr_exponent(self) -> Self;
    /// Moves the sign, the exponent and the first four bits of the significand to the low bits.
    fn shr_sixteenths(self) -> Self;
    /// Moves bit 0 to the sign, zero elsewhere.
    fn shl_sign0(self) -> Self;
    /// Moves bit 1 to the sign; bit 0 stands below it.
    fn shl_sign1(self) -> Self;
    /// The same bits in each lane.
    #[inline(always)]
    fn bits(b: <Self::Elem as Float>::Bits) -> Self {
        Self::splat(Self::Elem::from_bits(b))
    }
    /// A constant, rounded to the element type.
    #[inline(always)]
    fn of(x: f64) -> Self {
        Self::splat(Self::Elem::of(x))
    }
    /// Clears the sign.
    #[inline(always)]
    fn abs(self) -> Self {
        self & Self::bits(Self::Elem::MAGNITUDE)
    }
    /// The sign bit alone.
    #[inline(always)]
    fn sign(self) -> Self {
        self & Self::bits(Self::Elem::SIGN)
    }
    /// Flips the sign.
    #[inline(always)]
    fn negate(self) -> Self {
        self ^ Self::bits(Self::Elem::SIGN)
    }
    /// Flips every bit.
    #[inline(always)]
    fn not(self) -> Self {
        self ^ Self::bits(Self::Elem::ALL)
    }
}

/// The widest vector of any implementation, in lanes.
pub const MAX_LANES: usize = 32;

macro_rules! operators {
    (@one [$($generics:tt)*] $type:ty, $trait:ident $method:ident |$a:ident, $b:ident| $body:expr) => {
        impl<$($generics)*> $trait for $type {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                $body
            }
        }
    };
    ($generics:tt $type:ty, $($trait:ident $method:ident |$a:ident, $b:ident| $body:expr;)*) => {
        $(operators! { @one $generics $type, $trait $method |$a, $b| $body })*
    };
}

/// `N` elements in an array: the implementation without intrinsics.
#[derive(Clone, Copy)]
pub struct Portable<E, const N: usize>(pub [E; N]);

macro_rules! portable {
    ($float:ty, $bits:ty, $mantissa:expr) => {
        impl<const N: usize> Portable<$float, N> {
            #[inline(always)]
            fn zip(self, b: Self, f: impl Fn($float, $float) -> $float) -> Self {
                Self(std::array::from_fn(|i| f(self.0[i], b.0[i])))
            }
            #[inline(always)]
            fn zip_bits(self, b: Self, f: impl Fn($bits, $bits) -> $bits) -> Self {
                self.zip(b, |x, y| <$float>::from_bits(f(x.to_bits(), y.to_bits())))
            }
            #[inline(always)]
            fn mask(self, b: Self, f: impl Fn($float, $float) -> bool) -> Self {
                self.zip(b, |x, y| <$float>::from_bits(if f(x, y) { <$bits>::MAX } else { 0 }))
            }
        }
        operators! { [const N: usize] Portable<$float, N>,
            Add add |a, b| a.zip(b, |x, y| x + y);
            Sub sub |a, b| a.zip(b, |x, y| x - y);
            Mul mul |a, b| a.zip(b, |x, y| x * y);
            Div div |a, b| a.zip(b, |x, y| x / y);
            BitAnd bitand |a, b| a.zip_bits(b, |x, y| x & y);
            BitOr bitor |a, b| a.zip_bits(b, |x, y| x | y);
            BitXor bitxor |a, b| a.zip_bits(b, |x, y| x ^ y);
        }
        impl<const N: usize> Lanes for Portable<$float, N> {
            type Elem = $float;
            const LANES: usize = N;
            #[inline(always)]
            fn splat(x: $float) -> Self {
                Self([x; N])
            }
            #[inline(always)]
            unsafe fn load(p: *const $float) -> Self {
                // SAFETY: the caller promises `N` readable elements at `p`.
                Self(unsafe { p.cast::<[$float; N]>().read_unaligned() })
            }
            #[inline(always)]
            unsafe fn store(self, p: *mut $float) {
                // SAFETY: the caller promises `N` writable elements at `p`.
                unsafe { p.cast::<[$float; N]>().write_unaligned(self.0) }
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                Self(std::array::from_fn(|i| self.0[i].mul_add(b.0[i], c.0[i])))
            }
            #[inline(always)]
            fn mul_sub(self, b: Self, c: Self) -> Self {
                Self(std::array::from_fn(|i| self.0[i].mul_add(b.0[i], -c.0[i])))
            }
            #[inline(always)]
            fn neg_mul_add(self, b: Self, c: Self) -> Self {
                Self(std::array::from_fn(|i| (-self.0[i]).mul_add(b.0[i], c.0[i])))
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Self(self.0.map(<$float>::sqrt))
            }
            #[inline(always)]
            fn lt(self, b: Self) -> Self {
                self.mask(b, |x, y| x < y)
            }
            #[inline(always)]
            fn le(self, b: Self) -> Self {
                self.mask(b, |x, y| x <= y)
            }
            #[inline(always)]
            fn not_lt(self, b: Self) -> Self {
                self.lt(b).not()
            }
            #[inline(always)]
            fn equal(self, b: Self) -> Self {
                self.mask(b, |x, y| x == y)
            }
            #[inline(always)]
            fn not_positive_normal(self) -> Self {
                self.mask(self, |x, _| !(x.is_normal() && x > 0.0))
            }
            #[inline(always)]
            fn select(self, a: Self, b: Self) -> Self {
                Self(std::array::from_fn(|i| if self.0[i].is_sign_negative() { a.0[i] } else { b.0[i] }))
            }
            #[inline(always)]
            fn any(self) -> bool {
                self.0.iter().any(|x| x.is_sign_negative())
            }
            #[inline(always)]
            fn lesser(self, b: Self) -> Self {
                self.zip(b, |x, y| if x < y { x } else { y })
            }
            #[inline(always)]
            fn greater(self, b: Self) -> Self {
                self.zip(b, |x, y| if y < x { x } else { y })
            }
            #[inline(always)]
            fn lookup(self, table: &[$float; 16]) -> Self {
                Self(self.0.map(|x| table[(x.to_bits() & 15) as usize]))
            }
            #[inline(always)]
            fn lookup_of_four(self, table: &[$float; 4]) -> Self {
                Self(self.0.map(|x| table[(x.to_bits() & 3) as usize]))
            }
            #[inline(always)]
            fn int_add(self, b: Self) -> Self {
                self.zip_bits(b, <$bits>::wrapping_add)
            }
            #[inline(always)]
            fn int_sub(self, b: Self) -> Self {
                self.zip_bits(b, <$bits>::wrapping_sub)
            }
            #[inline(always)]
            fn shl_exponent(self) -> Self {
                self.zip_bits(self, |x, _| x << $mantissa)
            }
            #[inline(always)]
            fn shr_exponent(self) -> Self {
                self.zip_bits(self, |x, _| x >> $mantissa)
            }
            #[inline(always)]
            fn shr_sixteenths(self) -> Self {
                self.zip_bits(self, |x, _| x >> ($mantissa - 4))
            }
            #[inline(always)]
            fn shl_sign0(self) -> Self {
                self.zip_bits(self, |x, _| x << (<$bits>::BITS - 1))
            }
            #[inline(always)]
            fn shl_sign1(self) -> Self {
                self.zip_bits(self, |x, _| x << (<$bits>::BITS - 2))
            }
        }
    };
}
portable!(f64, u64, 52);
portable!(f32, u32, 23);

/// Two vectors used as one of twice the lanes.
#[derive(Clone, Copy)]
pub struct Pair<V>(pub V, pub V);

operators! { [V: Lanes] Pair<V>,
    Add add |a, b| Pair(a.0 + b.0, a.1 + b.1);
    Sub sub |a, b| Pair(a.0 - b.0, a.1 - b.1);
    Mul mul |a, b| Pair(a.0 * b.0, a.1 * b.1);
    Div div |a, b| Pair(a.0 / b.0, a.1 / b.1);
    BitAnd bitand |a, b| Pair(a.0 & b.0, a.1 & b.1);
    BitOr bitor |a, b| Pair(a.0 | b.0, a.1 | b.1);
    BitXor bitxor |a, b| Pair(a.0 ^ b.0, a.1 ^ b.1);
}

macro_rules! pairwise {
    ($($name:ident($($arg:ident),*);)*) => {
        $(#[inline(always)]
        fn $name(self, $($arg: Self),*) -> Self {
            Pair(self.0.$name($($arg.0),*), self.1.$name($($arg.1),*))
        })*
    };
}

impl<V: Lanes> Lanes for Pair<V> {
    type Elem = V::Elem;
    const LANES: usize = 2 * V::LANES;
    #[inline(always)]
    fn splat(x: V::Elem) -> Self {
        Pair(V::splat(x), V::splat(x))
    }
    #[inline(always)]
    unsafe fn load(p: *const V::Elem) -> Self {
        // SAFETY: the caller promises twice `V::LANES` readable elements at `p`.
        unsafe { Pair(V::load(p), V::load(p.add(V::LANES))) }
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut V::Elem) {
        // SAFETY: the caller promises twice `V::LANES` writable elements at `p`.
        unsafe {
            self.0.store(p);
            self.1.store(p.add(V::LANES));
        }
    }
    #[inline(always)]
    fn any(self) -> bool {
        (self.0 | self.1).any()
    }
    #[inline(always)]
    fn lookup(self, table: &[V::Elem; 16]) -> Self {
        Pair(self.0.lookup(table), self.1.lookup(table))
    }
    #[inline(always)]
    fn lookup_of_four(self, table: &[V::Elem; 4]) -> Self {
        Pair(self.0.lookup_of_four(table), self.1.lookup_of_four(table))
    }
    pairwise! {
        mul_add(b, c); mul_sub(b, c); neg_mul_add(b, c); sqrt(); lt(b); le(b); not_lt(b); equal(b);
        not_positive_normal(); select(a, b);
        lesser(b); greater(b); int_add(b); int_sub(b); shl_exponent(); shr_exponent(); shr_sixteenths(); shl_sign0(); shl_sign1();
    }
}

#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};
