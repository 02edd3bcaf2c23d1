//! Random numbers and random arrays.

use numpy_rs::array::{Array, Buffer};
use numpy_rs::dtype::{DType, Kind, Scalar};
use std::sync::Arc;

/// A xorshift generator (Marsaglia, 2003, 64 bits), spread by a multiplication.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub fn word(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.word()) * n as u128) >> 64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn real(&mut self) -> f64 {
        const SPECIAL: [f64; 14] = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            2.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            5e-324,
            1e-40,
            f64::MAX,
            3.5,
            -2.5,
        ];
        match self.below(5) {
            0 => self.pick(&SPECIAL),
            1 => self.below(20) as f64 - 10.0,
            2 => ((self.below(2000) as f64 - 1000.0) / 1000.0).exp2() * 1e3,
            _ => (self.word() >> 11) as f64 / (1u64 << 53) as f64 * 20.0 - 10.0,
        }
    }

    /// An element, special every now and then.
    pub fn scalar(&mut self, dtype: DType) -> Scalar {
        match dtype.kind() {
            Kind::Bool => Scalar::from_i128(dtype, i128::from(self.one_in(2))),
            Kind::Signed | Kind::Unsigned => {
                let Some((low, high)) = dtype.integer_range() else { return Scalar::zero(dtype) };
                let small = self.below(16) as i128 - 4;
                let value = match self.below(6) {
                    0 => low,
                    1 => high,
                    2 => i128::from(self.word() as i64),
                    _ => small,
                };
                Scalar::from_i128(dtype, value)
            }
            Kind::Float => Scalar::from_f64(dtype, self.real()),
            Kind::Complex => Scalar::from_complex(dtype, self.real(), self.real()),
        }
    }

    /// An element without infinities, NaN and extremes, for what is compared within a tolerance.
    pub fn tame(&mut self, dtype: DType) -> Scalar {
        let small = self.below(2001) as f64 / 250.0 - 4.0;
        match dtype.kind() {
            Kind::Float | Kind::Complex => Scalar::from_complex(dtype, small, small - 1.0),
            Kind::Bool | Kind::Signed | Kind::Unsigned => self.scalar(dtype),
        }
    }

    /// An array of a shape, laid out in C order, reversed, with gaps, or at odd addresses.
    pub fn array(&mut self, dtype: DType, shape: &[usize], tame: bool) -> Array {
        let size = dtype.size();
        let count: usize = shape.iter().product();
        let (gap, odd, reverse) = match self.below(6) {
            0 => (3, 0, false),
            1 => (1, 1, false),
            2 => (1, 0, true),
            _ => (1, 0, false),
        };
        let mut bytes = vec![0u8; odd + count * gap * size + size];
        for i in 0..count {
            let value = if tame { self.tame(dtype) } else { self.scalar(dtype) };
            let at = odd + i * gap * size;
            bytes[at..at + size].copy_from_slice(&value.bytes()[..size]);
        }
        let mut buffer = Buffer::new(bytes.len()).unwrap();
        buffer.fill_from(&bytes);
        let mut strides: Vec<isize> = vec![0; shape.len()];
        let mut step = (gap * size) as isize;
        for d in (0..shape.len()).rev() {
            strides[d] = step;
            step *= shape[d].max(1) as isize;
        }
        let mut offset = odd;
        if reverse && count > 0 && !shape.is_empty() {
            let last = shape.len() - 1;
            offset += (shape[last] - 1) * gap * size;
            strides[last] = -strides[last];
        }
        Array::from_parts(Arc::new(buffer), offset, shape.into(), strides.into(), dtype).unwrap()
    }
}
