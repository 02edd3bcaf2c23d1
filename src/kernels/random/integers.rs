//! Integers between two ends.

use super::bits::{Bits, Stream, Words, with_bits};
use super::walk::{Operand, Places, Walk};
use crate::array::{Array, layout};
use crate::dtype::{DType, Kind};
use crate::error::{Error, Result};

/// Ends as they are given: of int64, uint64 or float64.
pub struct Ends<'a> {
    /// Where integers begin, and the type of that.
    pub low: (&'a Operand, DType),
    /// Where they end, likewise.
    pub high: (&'a Operand, DType),
    /// Whether the end may be drawn.
    pub endpoint: bool,
}

/// The least and the largest value of a type of integers or bools.
fn extremes(dtype: DType) -> (i128, i128) {
    let bits = 8 * dtype.size() as u32;
    match dtype.kind() {
        Kind::Bool => (0, 1),
        Kind::Signed => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        Kind::Unsigned | Kind::Float | Kind::Complex => (0, (1 << bits) - 1),
    }
}

impl Ends<'_> {
    /// The first integers of a type, by their bits, and how many more there are.
    ///
    /// # Errors
    /// `Error::Value` where an end does not fit the type, or nothing lies between; `Error::Broadcast`.
    pub fn ranges(&self, dtype: DType) -> Result<[Operand; 2]> {
        let number = |dtype: DType, word: u64| {
            if dtype == DType::U64 {
                i128::from(word)
            } else if dtype == DType::F64 {
                // As Python's `int` does, but that what is no number is zero.
                f64::from_bits(word) as i128
            } else {
                i128::from(word as i64)
            }
        };
        let low = |word| number(self.low.1, word);
        let last = |word| number(self.high.1, word) - i128::from(!self.endpoint);
        let (least, most) = extremes(dtype);
        let find = |operand: &Operand, wrong: &dyn Fn(u64) -> bool| -> Result<bool> {
            let mut found = false;
            Places::new(std::slice::from_ref(operand), operand.shape())?.each(|[word, ..]| found |= wrong(word));
            Ok(found)
        };
        // Narrow types have other words for what is too large.
        let wide = dtype.size() == 8;
        if find(self.low.0, &|word| low(word) < least || wide && low(word) > most)? {
            return Err(Error::Value(format!("low is out of bounds for {}", dtype.name())));
        }
        if find(self.high.0, &|word| last(word) > most)? {
            return Err(Error::Value(format!("high is out of bounds for {}", dtype.name())));
        }
        let shape = layout::broadcast([self.low.0.shape(), self.high.0.shape()].into_iter())?;
        let operands = [self.low.0.clone(), self.high.0.clone()];
        let places = Places::new(&operands, &shape)?;
        let mut nothing = false;
        places.each(|[a, b, _]| nothing |= low(a) > last(b));
        if nothing {
            let from_zero = !find(self.low.0, &|word| low(word) != 0)?;
            let text = match (from_zero, self.endpoint) {
                (true, true) => "high < 0",
                (true, false) => "high <= 0",
                (false, true) => "low > high",
                (false, false) => "low >= high",
            };
            return Err(Error::Value(text.into()));
        }
        let of = |word: &dyn Fn(u64, u64) -> u64| -> Result<Operand> {
            let made = Array::uninit(DType::U64, &shape)?;
            Walk::new(&operands, &made, false)?.each_run(|[a, b, _], out| {
                out.iter_mut().for_each(|place| {
                    place.write(word(a, b));
                });
            });
            Ok(Operand::Array(made))
        };
        let range = of(&|a, b| (last(b) - low(a)) as u64)?;
        let first = if self.low.1 == DType::F64 { of(&|a, _| low(a) as u64)? } else { self.low.0.clone() };
        Ok([first, range])
    }
}

/// Fills an array in C order with integers of ranges that [`Ends::ranges`] gave for its type.
///
/// # Errors
/// `Error::Bug` for another type or array.
pub fn integers(stream: &mut Stream, ranges: &[Operand; 2], out: &Array) -> Result<()> {
    let walk = Walk::new(ranges, out, false)?;
    with_bits!(stream, bits => match out.dtype() {
        DType::Bool => bools(bits, walk),
        DType::I8 | DType::U8 => narrow(bits, walk, 8, |v| v as u8),
        DType::I16 | DType::U16 => narrow(bits, walk, 16, |v| v as u16),
        DType::I32 | DType::U32 => each(bits, walk, |bits, [first, range]| {
            (first as u32).wrapping_add(lemire(32, range as u32, || bits.next32()))
        }),
        DType::I64 | DType::U64 => each(bits, walk, |bits, [first, last]| first.wrapping_add(below(bits, last))),
        t @ (DType::F16 | DType::F32 | DType::F64 | DType::C64 | DType::C128) => {
            return Err(Error::Bug(format!("integers of {t}")));
        }
    });
    Ok(())
}

/// Fills each place by a function of its range.
fn each<B: Bits, T>(bits: &mut B, walk: Walk, mut draw: impl FnMut(&mut B, [u64; 2]) -> T) {
    walk.each_run(|[first, range, _], out| {
        bits.locally(|bits| {
            for place in out {
                place.write(draw(bits, [first, range]));
            }
        });
    });
}

/// Words as they come, in an array of uint64.
///
/// # Errors
/// `Error::Memory`, `Error::Value` for too many.
pub fn words(stream: &mut Stream, shape: &[usize]) -> Result<Array> {
    let out = Array::uninit(DType::U64, shape)?;
    Walk::new(&[], &out, false)?.each_run(|_, out| {
        out.iter_mut().for_each(|place| {
            place.write(stream.next());
        });
    });
    Ok(out)
}

/// An integer up to a last one, from pieces of at most 32 bits: Lemire, "Fast random integer generation in an interval", ACM TOMACS
/// 29 (2019).
#[inline(always)]
fn lemire(width: u32, last: u32, mut piece: impl FnMut() -> u32) -> u32 {
    let mask = u32::MAX >> (32 - width);
    if last == 0 {
        return 0;
    }
    if last == mask {
        return piece();
    }
    let count = last + 1;
    let mut product = u64::from(piece()) * u64::from(count);
    if product as u32 & mask < count {
        let uneven = (mask - last) % count;
        while (product as u32 & mask) < uneven {
            product = u64::from(piece()) * u64::from(count);
        }
    }
    (product >> width) as u32
}

/// The same of 64 bits.
#[inline]
fn lemire64(bits: &mut impl Bits, last: u64) -> u64 {
    if last == u64::MAX {
        return bits.next64();
    }
    let count = last + 1;
    let mut product = u128::from(bits.next64()) * u128::from(count);
    if (product as u64) < count {
        let uneven = (u64::MAX - last) % count;
        while (product as u64) < uneven {
            product = u128::from(bits.next64()) * u128::from(count);
        }
    }
    (product >> 64) as u64
}

/// An integer up to a last one; small ranges take half a word.
#[inline]
pub fn below(bits: &mut impl Bits, last: u64) -> u64 {
    match u32::try_from(last) {
        Ok(last) => u64::from(lemire(32, last, || bits.next32())),
        Err(_) => lemire64(bits, last),
    }
}

/// Pieces of words of 32 bits, the lowest first.
#[derive(Default)]
struct Pieces {
    word: u32,
    left: u32,
}

impl Pieces {
    #[inline]
    fn next(&mut self, bits: &mut impl Bits, width: u32) -> u32 {
        if self.left == 0 {
            *self = Pieces { word: bits.next32(), left: 32 / width - 1 };
        } else {
            self.word >>= width;
            self.left -= 1;
        }
        self.word & (u32::MAX >> (32 - width))
    }
}

/// Integers of 8 and 16 bits share words.
fn narrow<T>(bits: &mut impl Bits, walk: Walk, width: u32, convert: impl Fn(u32) -> T) {
    let mut pieces = Pieces::default();
    each(bits, walk, |bits, [first, range]| {
        let last = range as u32 & (u32::MAX >> (32 - width));
        let above = lemire(width, last, || pieces.next(bits, width));
        convert((first as u32).wrapping_add(above))
    });
}

fn bools(bits: &mut impl Bits, walk: Walk) {
    let mut pieces = Pieces::default();
    each(bits, walk, |bits, [first, range]| if range == 0 { u8::from(first != 0) } else { pieces.next(bits, 1) as u8 });
}
