//! Where numbers go: a walk over an array in C order, along which parameters broadcast.
#![expect(unsafe_code, reason = "reads parameters at their strides and fills arrays that nothing has written")]

use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use smallvec::SmallVec;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;

/// A parameter: eight bytes for all numbers, or an array of elements of eight bytes.
#[derive(Clone, Debug)]
pub enum Operand {
    /// One value, by its bits.
    Word(u64),
    /// Values that broadcast.
    Array(Array),
}

impl Operand {
    /// The lengths of its axes.
    pub fn shape(&self) -> &[usize] {
        match self {
            Operand::Word(_) => &[],
            Operand::Array(array) => array.shape(),
        }
    }
}

/// What a parameter is read as, and a number written as.
pub trait Word: Copy {
    /// Its type.
    const DTYPE: DType;
    /// The value of eight bytes.
    fn of(word: u64) -> Self;
}

impl Word for f64 {
    const DTYPE: DType = DType::F64;
    fn of(word: u64) -> f64 {
        f64::from_bits(word)
    }
}

impl Word for i64 {
    const DTYPE: DType = DType::I64;
    fn of(word: u64) -> i64 {
        word as i64
    }
}

impl Word for u64 {
    const DTYPE: DType = DType::U64;
    fn of(word: u64) -> u64 {
        word
    }
}

impl Word for f32 {
    const DTYPE: DType = DType::F32;
    fn of(word: u64) -> f32 {
        f64::from_bits(word) as f32
    }
}

/// Most parameters that there are.
pub const MOST: usize = 3;

/// The parameters of positions in C order: runs of positions that have the same, and axes of such runs.
#[derive(Clone)]
pub struct Places<'a> {
    /// Positions of a run.
    run: usize,
    /// Lengths of the axes of runs, and the bytes that each parameter moves on by.
    axes: SmallVec<[(usize, [isize; MOST]); 4]>,
    /// Where the parameters are, zero for those that there are not.
    at: [*const u8; MOST],
    lent: PhantomData<&'a [Operand]>,
}

// SAFETY: the memory that is read is kept by the operands, which are borrowed and may be read by any thread.
unsafe impl Send for Places<'_> {}

impl<'a> Places<'a> {
    /// The places of operands that broadcast to a shape.
    ///
    /// # Errors
    /// `Error::Bug` where they do not, or have no elements of eight bytes.
    pub fn new(operands: &'a [Operand], shape: &[usize]) -> Result<Places<'a>> {
        const ZERO: &u64 = &0;
        let bug = |what: &str| Err(Error::Bug(format!("random numbers: {what}")));
        if operands.len() > MOST {
            return bug("too many parameters");
        }
        let mut axes: SmallVec<[(usize, [isize; MOST]); 4]> = shape.iter().map(|&n| (n, [0; MOST])).collect();
        let mut at = [std::ptr::from_ref(ZERO).cast(); MOST];
        for (i, operand) in operands.iter().enumerate() {
            match operand {
                Operand::Word(word) => at[i] = std::ptr::from_ref(word).cast(),
                Operand::Array(a) => {
                    let Some(lead) = shape.len().checked_sub(a.ndim()) else { return bug("too many axes") };
                    let fits = a.shape().iter().zip(&shape[lead..]).all(|(&n, &m)| n == m || n == 1);
                    if !fits || a.dtype().size() != size_of::<u64>() {
                        return bug("parameters that do not broadcast");
                    }
                    for (axis, (&n, &stride)) in axes[lead..].iter_mut().zip(a.shape().iter().zip(a.strides())) {
                        axis.1[i] = if n == 1 { 0 } else { stride };
                    }
                    at[i] = a.data().cast_const();
                }
            }
        }
        axes.retain(|&mut (n, _)| n != 1);
        // Axes along which all parameters go on as along one.
        axes.dedup_by(|&mut (n, strides), (outer_n, outer)| {
            let one = outer.iter().zip(strides).all(|(&outer, stride)| outer == stride * n as isize);
            if one {
                (*outer_n, *outer) = (*outer_n * n, strides);
            }
            one
        });
        let mut run = 1;
        while let Some(&(n, strides)) = axes.last()
            && strides == [0; MOST]
        {
            run *= n;
            axes.pop();
        }
        Ok(Places { run, axes, at, lent: PhantomData })
    }

    /// How many positions there are.
    pub fn count(&self) -> usize {
        self.run * self.axes.iter().map(|&(n, _)| n).product::<usize>()
    }

    /// For each run, in order, its parameters.
    #[inline]
    pub fn each(&self, mut look: impl FnMut([u64; MOST])) {
        self.each_of(0..self.count(), |words, _| look(words));
    }

    /// For each run of some of the positions, in order, its parameters and how many there are in it.
    ///
    /// # Panics
    /// If there are no such positions: a defect of the caller.
    #[inline]
    fn each_of(&self, positions: Range<usize>, mut look: impl FnMut([u64; MOST], usize)) {
        assert!(positions.end <= self.count());
        let (line, strides) = self.axes.last().copied().unwrap_or((1, [0; MOST]));
        let mut position = positions.start;
        while position < positions.end {
            let (number, mut before) = (position / self.run, position % self.run);
            let mut at = self.of_run(number);
            for _ in number % line..line {
                let count = (positions.end - position).min(self.run - before);
                // SAFETY: each place is that of an element of its operand, as the run is one of those that there are along axes to which
                // that broadcasts; the operands are borrowed.
                look(at.map(|p| unsafe { p.cast::<u64>().read_unaligned() }), count);
                (position, before) = (position + count, 0);
                if position == positions.end {
                    return;
                }
                at.iter_mut().zip(strides).for_each(|(p, stride)| *p = p.wrapping_offset(stride));
            }
        }
    }

    /// Where the parameters of a run are.
    fn of_run(&self, number: usize) -> [*const u8; MOST] {
        let (mut at, mut left) = (self.at, number);
        for &(n, strides) in self.axes.iter().rev() {
            let index = (left % n) as isize;
            left /= n;
            at.iter_mut().zip(strides).for_each(|(p, stride)| *p = p.wrapping_offset(stride * index));
        }
        at
    }
}

/// Places, and the elements that are filled there: `width` of them at each.
pub struct Walk<'a> {
    places: Places<'a>,
    /// Those that are filled.
    positions: Range<usize>,
    /// Where position zero is.
    out: *mut u8,
    dtype: DType,
    width: usize,
}

// SAFETY: as for `Places`; a walk alone fills what it was given to fill.
unsafe impl Send for Walk<'_> {}

impl<'a> Walk<'a> {
    /// A walk over an array in C order, of which the last axis makes one position if `rows`.
    ///
    /// # Errors
    /// `Error::Bug` where `out` cannot be filled; as [`Places::new`].
    pub fn new(operands: &'a [Operand], out: &'a Array, rows: bool) -> Result<Walk<'a>> {
        if !out.is_c_contiguous() || !out.is_aligned() || !out.buffer().is_writable() {
            return Err(Error::Bug("random numbers: an array that cannot be filled".into()));
        }
        let (shape, width) = match out.shape() {
            [shape @ .., width] if rows => (shape, *width),
            shape => (shape, 1),
        };
        let places = Places::new(operands, shape)?;
        Ok(Walk { positions: 0..places.count(), places, out: out.data(), dtype: out.dtype(), width })
    }

    /// The positions that are filled.
    pub fn positions(&self) -> Range<usize> {
        self.positions.clone()
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.positions.len()
    }

    /// Whether all positions have the same parameters.
    pub fn is_one_run(&self) -> bool {
        self.places.axes.is_empty()
    }

    /// Whether something holds for the parameters of all positions.
    pub fn all(&self, holds: impl Fn([u64; MOST]) -> bool) -> bool {
        let mut all = true;
        self.places.each_of(self.positions(), |words, _| all &= holds(words));
        all
    }

    /// Parts of a walk: the first of so many positions, the others of so many, less at the end.
    pub fn split(self, first: usize, others: usize) -> Vec<Walk<'a>> {
        assert!(first > 0 && others > 0);
        let Range { start, end } = self.positions;
        let mut parts = Vec::new();
        let (mut from, mut to) = (start, end.min(start + first));
        while from < to {
            parts.push(Walk { places: self.places.clone(), positions: from..to, ..self });
            (from, to) = (to, (to + others).min(end));
        }
        parts
    }

    /// For each run, in order, its parameters and its elements, all of which `fill` writes.
    #[inline]
    pub fn each_run<T>(self, mut fill: impl FnMut([u64; MOST], &mut [MaybeUninit<T>])) {
        assert!(size_of::<T>() == self.dtype.size() && align_of::<T>() <= self.dtype.align());
        let mut out = self.out.cast::<MaybeUninit<T>>().wrapping_add(self.positions.start * self.width);
        self.places.each_of(self.positions, |words, count| {
            let elements = count * self.width;
            // SAFETY: `out` has the elements of all positions, of a type of this size and alignment; this walk alone fills its own.
            fill(words, unsafe { std::slice::from_raw_parts_mut(out, elements) });
            out = out.wrapping_add(elements);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_broadcast_in_c_order() {
        let bytes: Vec<u8> = (0..6u64).flat_map(u64::to_le_bytes).collect();
        let array = Array::from_bytes(DType::U64, &[3, 2], &bytes).unwrap();
        let turned = array.with_layout(0, [2, 3].into_iter().collect(), [8, 16].into_iter().collect()).unwrap();
        let operands = [Operand::Array(turned), Operand::Word(9)];
        let mut seen = Vec::new();
        Places::new(&operands, &[2, 2, 3]).unwrap().each(|words| seen.push(words));
        let order = [0, 2, 4, 1, 3, 5];
        assert_eq!(seen, [order, order].concat().into_iter().map(|w| [w, 9, 0]).collect::<Vec<_>>());
        assert!(Places::new(&operands, &[2, 2]).is_err());
    }

    #[test]
    fn parts_are_the_whole() {
        let bytes: Vec<u8> = (0..6u64).flat_map(u64::to_le_bytes).collect();
        let operands = [Operand::Array(Array::from_bytes(DType::U64, &[3, 1, 2, 1], &bytes).unwrap())];
        let filled = |first: usize, others: usize| {
            let out = Array::uninit(DType::U64, &[3, 2, 2, 5]).unwrap();
            for walk in Walk::new(&operands, &out, false).unwrap().split(first, others) {
                let mut at = walk.positions().start as u64;
                walk.each_run(|[word, ..], out| {
                    for place in out {
                        place.write(100 * at + word);
                        at += 1;
                    }
                });
            }
            (0..60).map(|i| out.element(&[i / 20, i / 10 % 2, i / 5 % 2, i % 5]).bits()).collect::<Vec<_>>()
        };
        let whole = filled(60, 1);
        assert_eq!(whole[37], 3703);
        for (first, others) in [(1, 1), (7, 4), (10, 20), (59, 3), (3, 100)] {
            assert_eq!(filled(first, others), whole);
        }
    }

    #[test]
    fn what_is_the_same_along_the_last_axes_is_one_run() {
        let bytes: Vec<u8> = (0..2u64).flat_map(u64::to_le_bytes).collect();
        let operands = [Operand::Array(Array::from_bytes(DType::U64, &[2, 1], &bytes).unwrap())];
        let out = Array::uninit(DType::U64, &[2, 3]).unwrap();
        let mut runs = Vec::new();
        Walk::new(&operands, &out, false).unwrap().each_run(|[word, ..], out| {
            runs.push((word, out.len()));
            out.iter_mut().for_each(|place| {
                place.write(word);
            });
        });
        assert_eq!(runs, [(0, 3), (1, 3)]);
        assert_eq!([out.element(&[0, 2]).bits(), out.element(&[1, 0]).bits()], [0, 1]);
    }
}
