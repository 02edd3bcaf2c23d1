//! Keys: bits of elements made into integers that compare as NumPy orders the elements, NaN last.

use super::vector::{self, Integer};
use std::cmp::Ordering;
use std::marker::PhantomData;

/// How elements of a type are ordered.
pub trait Key: 'static {
    /// The bits of an element, and its key.
    type Bits: Copy + Ord + Send + Sync;
    /// Whether there are few enough keys to count them all.
    const COUNTED: bool = false;
    /// Bytes of a key's number; none where keys have no number.
    const DIGITS: usize = size_of::<Self::Bits>();
    /// The key of an element. Different elements have different keys.
    fn encode(bits: Self::Bits) -> Self::Bits;
    /// The element of a key.
    fn decode(key: Self::Bits) -> Self::Bits;
    /// One key for all elements that are equal: zeros of both signs, every NaN.
    fn rank(key: Self::Bits) -> Self::Bits;
    /// Whether a key is of NaN.
    fn is_nan(_: Self::Bits) -> bool {
        false
    }
    /// The number of a key, which orders as it does.
    fn number(key: Self::Bits) -> u64;
    /// The key of a number.
    fn of_number(number: u64) -> Self::Bits;
    /// Sorts keys that are their own ranks.
    fn sort_different(keys: &mut [Self::Bits]) {
        keys.sort_unstable();
    }
}

/// How elements are ordered that vectors sort.
pub trait Number: Key {
    /// A signed integer that orders as keys do.
    type Int: Integer;
    /// That of an element.
    fn to_int(bits: Self::Bits) -> Self::Int;
    /// The element.
    fn of_int(int: Self::Int) -> Self::Bits;
    /// Ranks of elements that are equal but may differ in their bits.
    const TIES: &'static [Self::Bits];
}

macro_rules! number {
    ($($key:ty, $bits:ty, $int:ty, $bias:expr, $ties:expr;)*) => {$(
        impl Number for $key {
            type Int = $int;
            const TIES: &'static [$bits] = &$ties;
            #[inline(always)]
            fn to_int(bits: $bits) -> $int {
                Self::encode(bits).wrapping_add($bias) as $int
            }
            #[inline(always)]
            fn of_int(int: $int) -> $bits {
                Self::decode((int as $bits).wrapping_sub($bias))
            }
        }
    )*};
}
number! {
    Plain<i32>, i32, i32, 0, [];
    Plain<i64>, i64, i64, 0, [];
    Plain<u32>, u32, i32, 1 << 31, [];
    Plain<u64>, u64, i64, 1 << 63, [];
    F32Key, u32, i32, 1 << 31, [F32Key::ZERO, F32Key::NAN];
    F64Key, u64, i64, 1 << 63, [F64Key::ZERO, F64Key::NAN];
}

/// Integers: their own keys.
pub struct Plain<T>(PhantomData<T>);
/// Bytes of bool, of which foreign ones may be any number.
pub struct Bool;
/// float16.
pub struct F16Key;
/// float32.
pub struct F32Key;
/// float64.
pub struct F64Key;
/// Complex numbers of parts with such keys.
pub struct ComplexKey<K>(PhantomData<K>);

macro_rules! plain {
    ($($t:ty, $counted:expr;)*) => {$(
        impl Key for Plain<$t> {
            type Bits = $t;
            const COUNTED: bool = $counted;
            #[inline(always)]
            fn encode(bits: $t) -> $t {
                bits
            }
            #[inline(always)]
            fn decode(key: $t) -> $t {
                key
            }
            #[inline(always)]
            fn rank(key: $t) -> $t {
                key
            }
            #[inline(always)]
            fn number(key: $t) -> u64 {
                key.abs_diff(<$t>::MIN) as u64
            }
            #[inline(always)]
            fn of_number(number: u64) -> $t {
                <$t>::MIN.wrapping_add(number as $t)
            }
        }
    )*};
}
plain! { i8, true; u8, true; i16, true; u16, true; i32, false; u32, false; i64, false; u64, false; }

impl Key for Bool {
    type Bits = u8;
    const COUNTED: bool = true;
    #[inline(always)]
    fn encode(bits: u8) -> u8 {
        u8::from(bits != 0)
    }
    #[inline(always)]
    fn decode(key: u8) -> u8 {
        key
    }
    #[inline(always)]
    fn rank(key: u8) -> u8 {
        key
    }
    #[inline(always)]
    fn number(key: u8) -> u64 {
        u64::from(key)
    }
    #[inline(always)]
    fn of_number(number: u64) -> u8 {
        number as u8
    }
}

macro_rules! float {
    ($name:ident, $u:ty, $i:ty, $infinity:expr, $counted:expr) => {
        impl $name {
            const SIGN: $u = 1 << (<$u>::BITS - 1);
            /// NaN with the sign bit: as many keys below that of -inf.
            const NEGATIVE_NANS: $u = Self::SIGN - 1 - $infinity;
            const ZERO: $u = Self::flip(0);
            const MINUS_ZERO: $u = Self::flip(Self::SIGN);
            const INFINITY: $u = Self::flip($infinity);
            /// The quiet NaN.
            const NAN: $u = Self::flip($infinity | (($infinity >> 1) & !$infinity | (Self::NEGATIVE_NANS + 1) >> 1));

            /// Ordered as the numbers are, -0.0 just below 0.0; NaN with the sign bit, which would come first, last of all.
            const fn flip(bits: $u) -> $u {
                let mask = ((bits as $i) >> (<$u>::BITS - 1)) as $u | Self::SIGN;
                (bits ^ mask).wrapping_sub(Self::NEGATIVE_NANS)
            }
        }

        impl Key for $name {
            type Bits = $u;
            const COUNTED: bool = $counted;
            #[inline(always)]
            fn encode(bits: $u) -> $u {
                Self::flip(bits)
            }
            #[inline(always)]
            fn decode(key: $u) -> $u {
                let key = key.wrapping_add(Self::NEGATIVE_NANS);
                let mask = (!(key as $i) >> (<$u>::BITS - 1)) as $u | Self::SIGN;
                key ^ mask
            }
            #[inline(always)]
            fn rank(key: $u) -> $u {
                let key = if key == Self::MINUS_ZERO { Self::ZERO } else { key };
                if key > Self::INFINITY { Self::NAN } else { key }
            }
            #[inline(always)]
            fn is_nan(key: $u) -> bool {
                key > Self::INFINITY
            }
            #[inline(always)]
            fn number(key: $u) -> u64 {
                key as u64
            }
            #[inline(always)]
            fn of_number(number: u64) -> $u {
                number as $u
            }
        }
    };
}
float!(F16Key, u16, i16, 0x7c00, true);
float!(F32Key, u32, i32, 0x7f80_0000, false);
float!(F64Key, u64, i64, 0x7ff0_0000_0000_0000, false);

/// A kind of float, as a part of a complex number.
pub trait Part: Key + Sized {
    /// Sorts pairs of keys of numbers.
    fn sort_pairs(pairs: &mut [Pair<Self>]);
}

/// Sorts pairs as integers of twice the width, the first half the higher.
macro_rules! as_integers {
    ($pairs:ident, $half:ty, $whole:ty, $signed:ty, $sort:expr) => {{
        let sign = 1 << (<$whole>::BITS - 1);
        let key = |p: &Pair<Self>| (<$whole>::from(p.re) << <$half>::BITS | <$whole>::from(p.im)) ^ sign;
        let mut keys: Vec<$signed> = $pairs.iter().map(|p| key(p) as $signed).collect();
        $sort(&mut keys);
        for (pair, key) in $pairs.iter_mut().zip(keys) {
            let key = key as $whole ^ sign;
            *pair = Pair { re: (key >> <$half>::BITS) as $half, im: key as $half };
        }
    }};
}

impl Part for F32Key {
    fn sort_pairs(pairs: &mut [Pair<F32Key>]) {
        as_integers!(pairs, u32, u64, i64, vector::sort);
    }
}

impl Part for F64Key {
    fn sort_pairs(pairs: &mut [Pair<F64Key>]) {
        as_integers!(pairs, u64, u128, i128, <[i128]>::sort_unstable);
    }
}

/// Real and imaginary part.
#[repr(C)]
pub struct Pair<K: Part> {
    re: K::Bits,
    im: K::Bits,
}

impl<K: Part> Clone for Pair<K> {
    fn clone(&self) -> Pair<K> {
        *self
    }
}
impl<K: Part> Copy for Pair<K> {}

impl<K: Part> Pair<K> {
    /// What is compared: numbers come before those whose imaginary part is NaN, then those whose real part is, then both.
    #[inline(always)]
    fn order(self) -> (u8, K::Bits, K::Bits) {
        (2 * u8::from(K::is_nan(self.re)) + u8::from(K::is_nan(self.im)), self.re, self.im)
    }
}

impl<K: Part> PartialEq for Pair<K> {
    fn eq(&self, other: &Pair<K>) -> bool {
        self.re == other.re && self.im == other.im
    }
}
impl<K: Part> Eq for Pair<K> {}
impl<K: Part> PartialOrd for Pair<K> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Pair<K>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: Part> Ord for Pair<K> {
    #[inline(always)]
    fn cmp(&self, other: &Pair<K>) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl<K: Part> Key for ComplexKey<K> {
    type Bits = Pair<K>;
    const DIGITS: usize = 0;
    #[inline(always)]
    fn encode(bits: Pair<K>) -> Pair<K> {
        Pair { re: K::encode(bits.re), im: K::encode(bits.im) }
    }
    #[inline(always)]
    fn decode(key: Pair<K>) -> Pair<K> {
        Pair { re: K::decode(key.re), im: K::decode(key.im) }
    }
    #[inline(always)]
    fn rank(key: Pair<K>) -> Pair<K> {
        Pair { re: K::rank(key.re), im: K::rank(key.im) }
    }
    #[inline(always)]
    fn is_nan(key: Pair<K>) -> bool {
        K::is_nan(key.re) | K::is_nan(key.im)
    }
    fn number(_: Pair<K>) -> u64 {
        0
    }
    fn of_number(number: u64) -> Pair<K> {
        Pair { re: K::of_number(number), im: K::of_number(number) }
    }
    fn sort_different(keys: &mut [Pair<K>]) {
        if keys.iter().fold(false, |any, &k| any | Self::is_nan(k)) {
            keys.sort_unstable();
        } else {
            K::sort_pairs(keys);
        }
    }
}
