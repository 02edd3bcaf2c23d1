//! Draws from a stream, one number after another, as NumPy's `Generator` draws them.
#![expect(unsafe_code, reason = "fills arrays that nothing has written")]

use super::bits::{Bits, Stream, Words, with_bits};
use super::ziggurat;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Words as they come, uint64.
    Word,
    /// Fractions of 53 bits, float64.
    F64,
    /// Fractions of 24 bits, float32.
    F32,
    /// Standard normal numbers, float64.
    Normal,
    /// Standard exponential numbers, float64.
    Exponential,
    /// Integers from the first on, of one more than so many, of a type.
    Integer {
        /// The first, by its bits.
        first: u64,
        /// The last less the first.
        range: u64,
        /// The type.
        dtype: DType,
    },
    /// The integers from 0 on, shuffled, int64.
    Order,
}

impl Draw {
    /// The type of what is drawn.
    pub fn dtype(self) -> DType {
        match self {
            Draw::Word => DType::U64,
            Draw::F64 | Draw::Normal | Draw::Exponential => DType::F64,
            Draw::F32 => DType::F32,
            Draw::Integer { dtype, .. } => dtype,
            Draw::Order => DType::I64,
        }
    }
}

/// Draws an array of one axis.
///
/// # Errors
/// `Error::Memory`, `Error::Value` for too many; `Error::Bug` for integers of a type that is none.
pub fn draw(stream: &mut Stream, what: Draw, count: usize) -> Result<Array> {
    let out = Array::uninit(what.dtype(), &[count])?;
    let data = out.data();
    match what {
        // SAFETY: `out` is new, of `count` elements of the type that is written.
        Draw::Word => unsafe { fill(data, count, || stream.next()) },
        // SAFETY: as above.
        Draw::F64 => with_bits!(stream, b => unsafe { fill(data, count, || b.fraction()) }),
        Draw::F32 => {
            const UNIT: f32 = 1.0 / (1u32 << 24) as f32;
            // SAFETY: as above.
            with_bits!(stream, b => unsafe { fill(data, count, || (b.next32() >> 8) as f32 * UNIT) });
        }
        // SAFETY: as above.
        Draw::Normal => with_bits!(stream, b => unsafe { fill(data, count, || ziggurat::normal(b)) }),
        // SAFETY: as above.
        Draw::Exponential => with_bits!(stream, b => unsafe { fill(data, count, || ziggurat::exponential(b)) }),
        Draw::Integer { first, range, dtype } => {
            let integers = Integers { first, range };
            with_bits!(stream, b => match dtype {
                // SAFETY: as above; a bool is a byte of 0 or 1, as the caller's range says.
                DType::Bool => unsafe { integers.bools(b, data, count) },
                // SAFETY: as above.
                DType::I8 | DType::U8 => unsafe { integers.narrow::<u8, 8>(b, data, count, |v| v as u8) },
                // SAFETY: as above.
                DType::I16 | DType::U16 => unsafe { integers.narrow::<u16, 16>(b, data, count, |v| v as u16) },
                // SAFETY: as above.
                DType::I32 | DType::U32 => unsafe {
                    fill(data, count, || (first as u32).wrapping_add(below32(b, range as u32)));
                },
                // SAFETY: as above.
                DType::I64 | DType::U64 => unsafe { fill(data, count, || first.wrapping_add(below(b, range))) },
                DType::F16 | DType::F32 | DType::F64 | DType::C64 | DType::C128 => {
                    return Err(Error::Bug(format!("integers of {dtype}")));
                }
            });
        }
        Draw::Order => {
            let mut order: Vec<i64> = (0..count as i64).collect();
            with_bits!(stream, b => {
                // Durstenfeld, 1964, from the end.
                for i in (1..count).rev() {
                    order.swap(i, masked(b, i as u64) as usize);
                }
            });
            let mut next = order.into_iter();
            // SAFETY: as above.
            unsafe { fill(data, count, || next.next().unwrap_or_default()) };
        }
    }
    Ok(out)
}

/// # Safety
/// `out` is aligned for `count` elements that may be written.
#[inline(always)]
unsafe fn fill<T>(out: *mut u8, count: usize, mut next: impl FnMut() -> T) {
    let out = out.cast::<T>();
    for i in 0..count {
        // SAFETY: `i < count`.
        unsafe { out.add(i).write(next()) };
    }
}

/// An integer up to a last one, from pieces of so many bits: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29
/// (2019).
#[inline(always)]
fn lemire(bits: u32, last: u64, mut piece: impl FnMut() -> u64) -> u64 {
    let mask = u64::MAX >> (64 - bits);
    if last == 0 {
        return 0;
    }
    if last == mask {
        return piece();
    }
    let count = last + 1;
    let mut product = u128::from(piece()) * u128::from(count);
    if product as u64 & mask < count {
        let uneven = (mask - last) % count;
        while (product as u64 & mask) < uneven {
            product = u128::from(piece()) * u128::from(count);
        }
    }
    (product >> bits) as u64
}

/// An integer up to a last one; small ranges take half a word.
#[inline]
pub fn below(bits: &mut impl Bits, last: u64) -> u64 {
    match u32::try_from(last) {
        Ok(last) => u64::from(below32(bits, last)),
        Err(_) => lemire(64, last, || bits.next64()),
    }
}

/// [`below`], of 32 bits.
#[inline]
fn below32(bits: &mut impl Bits, last: u32) -> u32 {
    lemire(32, u64::from(last), || u64::from(bits.next32())) as u32
}

/// An integer up to a last one: as many bits as that has, drawn until they fit.
#[inline]
fn masked(bits: &mut impl Bits, last: u64) -> u64 {
    let mask = u64::MAX.checked_shr(last.leading_zeros()).unwrap_or(0);
    loop {
        let narrow = last <= u64::from(u32::MAX);
        let drawn = if narrow { u64::from(bits.next32()) } else { bits.next64() } & mask;
        if drawn <= last {
            return drawn;
        }
    }
}

/// Integers of few bits share words of 32.
#[derive(Clone, Copy)]
struct Integers {
    first: u64,
    range: u64,
}

impl Integers {
    /// # Safety
    /// As [`fill`], of `T`, which has `BITS` bits.
    unsafe fn narrow<T, const BITS: u32>(
        self,
        bits: &mut impl Bits,
        out: *mut u8,
        count: usize,
        convert: impl Fn(u32) -> T,
    ) {
        let mask = (1u32 << BITS) - 1;
        let (last, first) = (self.range as u32 & mask, self.first as u32);
        let (mut word, mut left) = (0u32, 0u32);
        let mut piece = || {
            if left == 0 {
                (word, left) = (bits.next32(), 32 / BITS - 1);
            } else {
                word >>= BITS;
                left -= 1;
            }
            u64::from(word & mask)
        };
        let mut next = || lemire(BITS, u64::from(last), &mut piece) as u32;
        // SAFETY: the caller's promise.
        unsafe { fill(out, count, || convert(first.wrapping_add(next()))) }
    }

    /// # Safety
    /// As [`fill`], of bools.
    unsafe fn bools(self, bits: &mut impl Bits, out: *mut u8, count: usize) {
        let (mut word, mut left) = (0u32, 0u32);
        let mut next = || {
            if self.range == 0 {
                return self.first != 0;
            }
            if left == 0 {
                (word, left) = (bits.next32(), 31);
            } else {
                word >>= 1;
                left -= 1;
            }
            word & 1 == 1
        };
        // SAFETY: the caller's promise.
        unsafe { fill(out, count, || u8::from(next())) }
    }
}
