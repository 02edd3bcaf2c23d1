//! The numbers that are factorised: float32, float64 and complex numbers of these.

use crate::dtype::DType;
use rustfft::num_complex::Complex;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number of a factorisation.
pub(super) trait Scalar:
    Copy
    + Default
    + PartialEq
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// Its parts.
    type Real: Real;
    /// The array element.
    const DTYPE: DType;
    /// One.
    const ONE: Self;
    /// Whether it has an imaginary part.
    const COMPLEX: bool;

    /// A number without imaginary part.
    fn of(re: Self::Real, im: Self::Real) -> Self;
    /// The real part.
    fn re(self) -> Self::Real;
    /// The imaginary part.
    fn im(self) -> Self::Real;
    /// The conjugate.
    fn conj(self) -> Self;
    /// The quotient, that neither overflows nor underflows on the way.
    fn over(self, b: Self) -> Self;
    /// `self - a * b`; rounded once if `FUSED`, which is slow on processors without the instruction.
    fn minus<const FUSED: bool>(self, a: Self, b: Self) -> Self;
    /// The absolute value, that neither overflows nor underflows on the way.
    fn abs(self) -> Self::Real;
    /// The sum of the absolute values of its parts: what pivots are compared by.
    fn size(self) -> Self::Real;

    /// Times a real number.
    #[inline(always)]
    fn times(self, by: Self::Real) -> Self {
        Self::of(self.re() * by, self.im() * by)
    }

    /// Whether it is finite.
    fn is_finite(self) -> bool {
        self.re().finite() && self.im().finite()
    }

    /// Whether a part of it is no number.
    fn has_nan(self) -> bool {
        self.re().partial_cmp(&self.re()).is_none() || self.im().partial_cmp(&self.im()).is_none()
    }
}

/// A real number of a factorisation.
pub(super) trait Real: Scalar<Real = Self> + PartialOrd + Div<Output = Self> {
    /// What is no number.
    const NAN: Self;
    /// The smallest number whose reciprocal is finite.
    const SMALLEST: Self;
    /// The square root.
    fn root(self) -> Self;
    /// The natural logarithm.
    fn log(self) -> Self;
    /// The exponential function.
    fn exponential(self) -> Self;
    /// The root of the sum of squares, that neither overflows nor underflows on the way.
    fn hypotenuse(self, b: Self) -> Self;
    /// Whether its sign is minus, also of zero.
    fn negative(self) -> bool;
    /// Whether it is neither an infinity nor NaN.
    fn finite(self) -> bool;
    /// Whether it has all its digits: neither zero, subnormal, an infinity nor NaN.
    fn normal(self) -> bool;
    /// `e`, where a finite number that is not zero lies between `2^e` and `2^(e + 1)`, but for its sign.
    fn exponent(self) -> i32;
    /// Times `2^e`.
    fn scaled(self, e: i32) -> Self;
    /// A number rounded to the type.
    fn rounded(x: f64) -> Self;
}

/// `2^e`, which is a normal number.
fn power_of_two(e: i32) -> f64 {
    f64::from_bits(((1023 + e) as u64) << 52)
}

/// A number that is none. No flag is raised.
pub(super) fn nan<T: Scalar>() -> T {
    T::of(T::Real::NAN, T::Real::NAN)
}

/// Divides numbers by one: by its reciprocal where that is finite, as LAPACK does.
#[inline(always)]
pub(super) fn divide<T: Scalar>(x: &mut [T], by: T) {
    if by.size() >= T::Real::SMALLEST {
        let inverse = T::ONE.over(by);
        x.iter_mut().for_each(|x| *x = *x * inverse);
    } else {
        x.iter_mut().for_each(|x| *x = x.over(by));
    }
}

macro_rules! reals {
    ($($t:ident $dtype:ident $complex:ident),*) => {$(
        impl Scalar for $t {
            type Real = $t;
            const DTYPE: DType = DType::$dtype;
            const ONE: $t = 1.0;
            const COMPLEX: bool = false;

            #[inline(always)]
            fn of(re: $t, _im: $t) -> $t {
                re
            }
            #[inline(always)]
            fn re(self) -> $t {
                self
            }
            #[inline(always)]
            fn im(self) -> $t {
                0.0
            }
            #[inline(always)]
            fn conj(self) -> $t {
                self
            }
            #[inline(always)]
            fn over(self, b: $t) -> $t {
                self / b
            }
            #[inline(always)]
            fn minus<const FUSED: bool>(self, a: $t, b: $t) -> $t {
                if FUSED { (-a).mul_add(b, self) } else { self - a * b }
            }
            #[inline(always)]
            fn abs(self) -> $t {
                <$t>::abs(self)
            }
            #[inline(always)]
            fn size(self) -> $t {
                <$t>::abs(self)
            }
        }

        impl Real for $t {
            const NAN: $t = $t::NAN;
            const SMALLEST: $t = $t::MIN_POSITIVE;
            #[inline(always)]
            fn root(self) -> $t {
                self.sqrt()
            }
            fn log(self) -> $t {
                self.ln()
            }
            fn exponential(self) -> $t {
                self.exp()
            }
            #[inline(always)]
            fn hypotenuse(self, b: $t) -> $t {
                self.hypot(b)
            }
            #[inline(always)]
            fn negative(self) -> bool {
                self.is_sign_negative()
            }
            #[inline(always)]
            fn finite(self) -> bool {
                self.is_finite()
            }
            #[inline(always)]
            fn normal(self) -> bool {
                self.is_normal()
            }
            fn exponent(self) -> i32 {
                let x = f64::from(self);
                let (x, less) = if x.is_normal() { (x, 0) } else { (x * power_of_two(64), 64) };
                (x.abs().to_bits() >> 52) as i32 - 1023 - less
            }
            fn rounded(x: f64) -> $t {
                x as $t
            }
            fn scaled(self, e: i32) -> $t {
                // Each half is a normal number, whatever the exponent.
                (f64::from(self) * power_of_two(e / 2) * power_of_two(e - e / 2)) as $t
            }
        }

        impl Scalar for Complex<$t> {
            type Real = $t;
            const DTYPE: DType = DType::$complex;
            const ONE: Complex<$t> = Complex { re: 1.0, im: 0.0 };
            const COMPLEX: bool = true;

            #[inline(always)]
            fn of(re: $t, im: $t) -> Complex<$t> {
                Complex { re, im }
            }
            #[inline(always)]
            fn re(self) -> $t {
                self.re
            }
            #[inline(always)]
            fn im(self) -> $t {
                self.im
            }
            #[inline(always)]
            fn conj(self) -> Complex<$t> {
                Complex { re: self.re, im: -self.im }
            }
            #[inline(always)]
            fn over(self, b: Complex<$t>) -> Complex<$t> {
                // Smith, *Algorithm 116: Complex division*, 1962.
                if b.re.abs() >= b.im.abs() {
                    let ratio = b.im / b.re;
                    let divisor = b.re + b.im * ratio;
                    Complex { re: (self.re + self.im * ratio) / divisor, im: (self.im - self.re * ratio) / divisor }
                } else {
                    let ratio = b.re / b.im;
                    let divisor = b.re * ratio + b.im;
                    Complex { re: (self.re * ratio + self.im) / divisor, im: (self.im * ratio - self.re) / divisor }
                }
            }
            #[inline(always)]
            fn minus<const FUSED: bool>(self, a: Complex<$t>, b: Complex<$t>) -> Complex<$t> {
                Complex {
                    re: self.re.minus::<FUSED>(a.re, b.re).minus::<FUSED>(-a.im, b.im),
                    im: self.im.minus::<FUSED>(a.re, b.im).minus::<FUSED>(a.im, b.re),
                }
            }
            #[inline(always)]
            fn abs(self) -> $t {
                self.re.hypot(self.im)
            }
            #[inline(always)]
            fn size(self) -> $t {
                self.re.abs() + self.im.abs()
            }
        }
    )*};
}
reals!(f32 F32 C64, f64 F64 C128);
