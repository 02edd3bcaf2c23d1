//! One typed value, by its bits: what constants of the graph and of the loop IR are.

use super::{DType, Kind, half};

/// A value of a [`DType`], held as its little-endian bits. Equality and hash are those of type and bits, so `-0.0`
/// and `0.0` differ and a NaN equals itself: what structural hashing needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scalar {
    dtype: DType,
    bits: u128,
}

impl Scalar {
    /// A value from its bits; bits above the type's size must be zero.
    pub fn from_bits(dtype: DType, bits: u128) -> Scalar {
        debug_assert!(dtype.size() == 16 || bits >> (8 * dtype.size()) == 0);
        Scalar { dtype, bits }
    }

    /// The value's type.
    pub fn dtype(self) -> DType {
        self.dtype
    }

    /// The value's bits; those above the type's size are zero.
    pub fn bits(self) -> u128 {
        self.bits
    }

    /// The bytes as they lie in memory; the first `dtype.size()` are the value.
    pub fn bytes(self) -> [u8; 16] {
        self.bits.to_le_bytes()
    }

    /// Zero of a type.
    pub fn zero(dtype: DType) -> Scalar {
        Scalar { dtype, bits: 0 }
    }

    /// One of a type.
    pub fn one(dtype: DType) -> Scalar {
        Scalar::from_i128(dtype, 1)
    }

    /// An integer converted to a type: wraps in integer types, rounds in floating ones.
    pub fn from_i128(dtype: DType, value: i128) -> Scalar {
        match dtype.kind() {
            Kind::Bool => Scalar { dtype, bits: u128::from(value != 0) },
            Kind::Signed | Kind::Unsigned => {
                let mask = (1u128 << (8 * dtype.size())) - 1;
                Scalar { dtype, bits: (value as u128) & mask }
            }
            Kind::Float | Kind::Complex => match dtype.real() {
                // Each conversion rounds once, straight from the integer.
                DType::F32 => Scalar { dtype, bits: u128::from((value as f32).to_bits()) },
                DType::F16 => Scalar { dtype, bits: u128::from(half::from_f64(value as f64)) },
                _ => Scalar { dtype, bits: u128::from((value as f64).to_bits()) },
            },
        }
    }

    /// A float converted to a type. To integers it truncates toward zero and saturates (constants only: array casts
    /// follow NumPy's rules in the cast kernels).
    pub fn from_f64(dtype: DType, value: f64) -> Scalar {
        match dtype {
            DType::F16 => Scalar { dtype, bits: u128::from(half::from_f64(value)) },
            DType::F32 | DType::C64 => Scalar { dtype, bits: u128::from((value as f32).to_bits()) },
            DType::F64 | DType::C128 => Scalar { dtype, bits: u128::from(value.to_bits()) },
            DType::Bool => Scalar { dtype, bits: u128::from(value != 0.0) },
            _ => Scalar::from_i128(dtype, value as i128),
        }
    }

    /// A complex value converted to a type; the imaginary part is dropped by real types, but not by bool.
    pub fn from_complex(dtype: DType, re: f64, im: f64) -> Scalar {
        match dtype {
            DType::C64 => {
                let bits = u128::from((re as f32).to_bits()) | u128::from((im as f32).to_bits()) << 32;
                Scalar { dtype, bits }
            }
            DType::C128 => Scalar { dtype, bits: u128::from(re.to_bits()) | u128::from(im.to_bits()) << 64 },
            DType::Bool => Scalar { dtype, bits: u128::from(re != 0.0 || im != 0.0) },
            _ => Scalar::from_f64(dtype, re),
        }
    }

    /// The value as a complex pair in float64; exact but for 64-bit integers beyond 2^53.
    pub fn to_complex(self) -> (f64, f64) {
        let low = self.bits as u64;
        match self.dtype {
            DType::Bool | DType::U8 | DType::U16 | DType::U32 | DType::U64 => (low as f64, 0.0),
            DType::I8 | DType::I16 | DType::I32 | DType::I64 => (self.to_i128() as f64, 0.0),
            DType::F16 => (f64::from(half::to_f32(low as u16)), 0.0),
            DType::F32 => (f64::from(f32::from_bits(low as u32)), 0.0),
            DType::F64 => (f64::from_bits(low), 0.0),
            DType::C64 => (f64::from(f32::from_bits(low as u32)), f64::from(f32::from_bits((self.bits >> 32) as u32))),
            DType::C128 => (f64::from_bits(low), f64::from_bits((self.bits >> 64) as u64)),
        }
    }

    /// The real part as float64.
    pub fn to_f64(self) -> f64 {
        self.to_complex().0
    }

    /// The value as an integer; floats truncate.
    pub fn to_i128(self) -> i128 {
        match self.dtype.kind() {
            Kind::Bool | Kind::Unsigned => self.bits as i128,
            Kind::Signed => {
                let shift = 128 - 8 * self.dtype.size() as u32;
                ((self.bits << shift) as i128) >> shift
            }
            Kind::Float | Kind::Complex => self.to_f64() as i128,
        }
    }
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.dtype.kind() {
            Kind::Bool => write!(f, "{}", self.bits != 0),
            Kind::Signed | Kind::Unsigned => write!(f, "{}", self.to_i128()),
            Kind::Float => write!(f, "{:?}", self.to_f64()),
            Kind::Complex => {
                let (re, im) = self.to_complex();
                write!(f, "({re:?}, {im:?})")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_wrap_and_sign_extend() {
        assert_eq!(Scalar::from_i128(DType::I8, 200).to_i128(), -56);
        assert_eq!(Scalar::from_i128(DType::U8, -1).to_i128(), 255);
        assert_eq!(Scalar::from_i128(DType::I64, i128::from(i64::MIN)).to_i128(), i128::from(i64::MIN));
    }

    #[test]
    fn float16_is_rounded_once() {
        // Just beyond the middle of 1 and its neighbour: float32 holds the middle only.
        let beyond = 1.0 + 2.0f64.powi(-11) + 2.0f64.powi(-40);
        assert_eq!(Scalar::from_f64(DType::F16, beyond).bits(), 0x3c01);
        let bits = |v: i128| Scalar::from_i128(DType::F16, v).bits();
        assert_eq!(
            [2049, 2051, 65519, 65520, 1 << 70, -(1 << 70)].map(bits),
            [0x6800, 0x6802, 0x7bff, 0x7c00, 0x7c00, 0xfc00]
        );
    }

    #[test]
    fn bits_distinguish_zero_signs() {
        assert_ne!(Scalar::from_f64(DType::F64, 0.0), Scalar::from_f64(DType::F64, -0.0));
    }
}
