//! Functions of an array and a value: an element at a position, a place in an increasing array.
//!
//! A routine reads values as any other; in the place of its second input stands the address of a [`Table`].
#![expect(unsafe_code, reason = "reads arrays by computed positions")]

use super::isa::{Isa, Routine, routine};
use super::random::{Below, Fraction, NarrowFraction, Normal, Word, random};
use crate::dtype::{DType, Scalar};
use crate::kernels::TileFn;
use crate::kernels::movement::fetch_ahead;
use crate::ops::expr::TableFn;
use std::marker::PhantomData;

/// An array of one axis in memory.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Address of the first element, of any alignment.
    pub data: usize,
    /// Bytes from one element to the next.
    pub stride: isize,
    /// Number of elements.
    pub len: usize,
    /// Of what is picked: the element from which the others are counted, but for the numbers that say where rows begin.
    pub first: isize,
}

/// The routine of a function of an array of this type.
pub fn table(f: TableFn, t: DType) -> TileFn {
    table_for(Isa::best(), f, t)
}

/// [`table`] for a given instruction set.
pub(crate) fn table_for(isa: Isa, f: TableFn, t: DType) -> TileFn {
    match f {
        TableFn::Take => match t.size() {
            1 => routine::<Take<u8>>(isa),
            2 => routine::<Take<u16>>(isa),
            4 => routine::<Take<u32>>(isa),
            8 => routine::<Take<u64>>(isa),
            _ => routine::<Take<[u64; 2]>>(isa),
        },
        TableFn::SearchLeft => search_of::<false>(t),
        TableFn::SearchRight => search_of::<true>(t),
        TableFn::RandomWord => random::<Word>(isa),
        TableFn::RandomBelow => random::<Below>(isa),
        TableFn::RandomF64 => random::<Fraction>(isa),
        TableFn::RandomF32 => random::<NarrowFraction>(isa),
        TableFn::RandomNormal => random::<Normal>(isa),
    }
}

/// The value of a function for one position: an array of contiguous bytes.
///
/// # Panics
/// If the function does not take these types.
pub fn scalar_table(f: TableFn, bytes: &[u8], t: DType, value: Scalar) -> Scalar {
    let dtype = f.result(t, value.dtype()).unwrap_or_else(|| panic!("{} of {t} and {}", f.name(), value.dtype()));
    let array =
        Table { data: bytes.as_ptr() as usize, stride: t.size() as isize, len: bytes.len() / t.size(), first: 0 };
    // u128 is aligned for every element type.
    let (value, mut out) = (u128::from_le_bytes(value.bytes()), 0u128);
    let ins = [std::ptr::from_ref(&value).cast::<u8>(), std::ptr::from_ref(&array).cast(), std::ptr::null()];
    // SAFETY: value and result are one element of any type; the table covers `bytes`.
    unsafe { table(f, t)(1, &ins, std::ptr::from_mut(&mut out).cast()) };
    Scalar::from_bits(dtype, out)
}

/// Positions that are looked at together: if they follow one another, as along the rows of a table, so do the elements.
const RUN: usize = 8;
/// As many as are, if they seem to be a long row.
const LONG_RUN: usize = 64;

/// Bytes of a table beyond which its elements are asked for in advance, and how many positions.
const NEARBY: usize = 4 << 20;
const AHEAD: usize = 32;

/// The elements at positions; out of bounds the first, of nothing zeros.
struct Take<T>(PhantomData<T>);

impl<T: Copy> Routine for Take<T> {
    #[inline(always)]
    unsafe fn run(n: usize, ins: &[*const u8; 3], out: *mut u8) {
        // SAFETY: the caller's contract.
        unsafe { taken::<T>(n, ins, out) }
    }
}

/// # Safety
/// [`TileFn`]'s contract, but for the second input, which is a [`Table`] of readable elements of this size.
#[inline(always)]
unsafe fn taken<T: Copy>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
    // SAFETY: `i < n`; positions are checked against the length.
    unsafe {
        let (positions, table, out) = (ins[0].cast::<u64>(), &*ins[1].cast::<Table>(), out.cast::<T>());
        if table.len == 0 {
            std::ptr::write_bytes(out, 0, n);
            return;
        }
        let data = table.data as *const u8;
        let within = |i: usize| {
            let at = *positions.add(i) as usize;
            if at < table.len { at } else { 0 }
        };
        if table.stride == size_of::<T>() as isize {
            let data = data.cast::<T>();
            // Whether so many positions follow one another, and are within bounds.
            let follow = |i: usize, count: usize| {
                let first = *positions.add(i);
                if *positions.add(i + count - 1) != first.wrapping_add(count as u64 - 1) {
                    return false;
                }
                let apart =
                    (1..count).fold(0, |apart, j| apart | (*positions.add(i + j) ^ first.wrapping_add(j as u64)));
                apart == 0 && within(i + count - 1) >= count - 1
            };
            // By bytes, as the table may have any alignment.
            let copy = |i: usize, count: usize| {
                let from = data.add(within(i)).cast::<u8>();
                std::ptr::copy_nonoverlapping(from, out.add(i).cast(), count * size_of::<T>());
            };
            let far = table.len * size_of::<T>() > NEARBY;
            let mut i = 0;
            while i + RUN <= n {
                // Mostly the first two tell.
                if *positions.add(i + 1) == (*positions.add(i)).wrapping_add(1) && follow(i, RUN) {
                    let count = if i + LONG_RUN <= n && follow(i, LONG_RUN) { LONG_RUN } else { RUN };
                    copy(i, count);
                    i += count;
                    continue;
                }
                if far && i + AHEAD + RUN <= n {
                    for j in i + AHEAD..i + AHEAD + RUN {
                        fetch_ahead(data.add(within(j)), 1);
                    }
                }
                for j in i..i + RUN {
                    out.add(j).write(data.add(within(j)).read_unaligned());
                }
                i += RUN;
            }
            for j in i..n {
                out.add(j).write(data.add(within(j)).read_unaligned());
            }
        } else {
            for i in 0..n {
                out.add(i).write(data.offset(within(i) as isize * table.stride).cast::<T>().read_unaligned());
            }
        }
    }
}

/// What can be searched for: elements with NumPy's order, NaN last.
trait Ordered: Copy {
    /// Whether it comes before another.
    fn before(self, other: Self) -> bool;
}

macro_rules! ordered_integers {
    ($($t:ty),*) => { $(impl Ordered for $t {
        #[inline(always)]
        fn before(self, other: Self) -> bool {
            self < other
        }
    })* };
}
ordered_integers!(i8, u8, i16, u16, i32, u32, i64, u64);

macro_rules! ordered_floats {
    ($($t:ty),*) => { $(
        impl Ordered for $t {
            #[inline(always)]
            fn before(self, other: Self) -> bool {
                // Without branches: which way a search goes cannot be guessed.
                (self < other) | (other.is_nan() & !self.is_nan())
            }
        }

        impl Ordered for [$t; 2] {
            // By real, then by imaginary part; with a NaN in either after all without, as NumPy sorts.
            #[inline(always)]
            fn before(self, other: Self) -> bool {
                let ([a, b], [c, d]) = (self, other);
                if a < c {
                    !b.is_nan() || d.is_nan()
                } else if a > c {
                    d.is_nan() && !b.is_nan()
                } else if a == c || (a.is_nan() && c.is_nan()) {
                    b.before(d)
                } else {
                    c.is_nan()
                }
            }
        }
    )* };
}
ordered_floats!(f32, f64);

/// A float16.
#[derive(Clone, Copy)]
struct Half(u16);

impl Ordered for Half {
    #[inline(always)]
    fn before(self, other: Self) -> bool {
        crate::dtype::half::to_f32(self.0).before(crate::dtype::half::to_f32(other.0))
    }
}

fn search_of<const RIGHT: bool>(t: DType) -> TileFn {
    match t {
        DType::Bool | DType::U8 => search::<u8, RIGHT>,
        DType::I8 => search::<i8, RIGHT>,
        DType::I16 => search::<i16, RIGHT>,
        DType::U16 => search::<u16, RIGHT>,
        DType::I32 => search::<i32, RIGHT>,
        DType::U32 => search::<u32, RIGHT>,
        DType::I64 => search::<i64, RIGHT>,
        DType::U64 => search::<u64, RIGHT>,
        DType::F16 => search::<Half, RIGHT>,
        DType::F32 => search::<f32, RIGHT>,
        DType::F64 => search::<f64, RIGHT>,
        DType::C64 => search::<[f32; 2], RIGHT>,
        DType::C128 => search::<[f64; 2], RIGHT>,
    }
}

/// Values that are searched for side by side, so that their loads do not wait for each other.
const SIDE_BY_SIDE: usize = 8;

/// Values among which the smallest and the largest are searched for first: where values follow one another, as sorted ones do, the
/// others are near.
const NEAR: usize = 64;

/// How many elements come before each value; or, to the right, do not come after it.
///
/// # Safety
/// As [`taken`].
unsafe fn search<T: Ordered, const RIGHT: bool>(n: usize, ins: &[*const u8; 3], out: *mut u8) {
    // SAFETY: the caller's contract; the strides named are those of the branch.
    unsafe {
        let (values, table, out) = (ins[0].cast::<T>(), *ins[1].cast::<Table>(), out.cast::<i64>());
        let data = table.data as *const u8;
        if table.stride == size_of::<T>() as isize {
            search_in::<T, RIGHT>(n, values, table.len, |at| data.cast::<T>().add(at).read_unaligned(), out);
        } else {
            let element = |at: usize| data.offset(at as isize * table.stride).cast::<T>().read_unaligned();
            search_in::<T, RIGHT>(n, values, table.len, element, out);
        }
    }
}

/// # Safety
/// `values` and `out` cover `n` elements; `element` may be asked for those below `len`.
#[inline(always)]
unsafe fn search_in<T: Ordered, const RIGHT: bool>(
    n: usize,
    values: *const T,
    len: usize,
    element: impl Fn(usize) -> T,
    out: *mut i64,
) {
    let passes = |at: usize, value: T| {
        let element = element(at);
        usize::from(if RIGHT { !value.before(element) } else { element.before(value) })
    };
    let place = |value: T, mut base: usize, mut length: usize| {
        while length > 1 {
            let half = length / 2;
            base += half * passes(base + half - 1, value);
            length -= half;
        }
        base + if length == 1 { passes(base, value) } else { 0 }
    };
    let (mut first, mut within) = (0, len);
    for from in (0..n).step_by(SIDE_BY_SIDE) {
        if from % NEAR == 0 && len > SIDE_BY_SIDE {
            // SAFETY: `from < n`.
            let near = unsafe { std::slice::from_raw_parts(values.add(from), NEAR.min(n - from)) };
            let (low, high) = near[1..].iter().fold((near[0], near[0]), |(low, high), &v| {
                (if v.before(low) { v } else { low }, if high.before(v) { v } else { high })
            });
            first = place(low, 0, len);
            within = place(high, first, len - first) - first;
        }
        let m = SIDE_BY_SIDE.min(n - from);
        // SAFETY: `from + m <= n`.
        let held: [T; SIDE_BY_SIDE] = std::array::from_fn(|k| unsafe { values.add(from + k.min(m - 1)).read() });
        let mut base = [first; SIDE_BY_SIDE];
        let mut length = within;
        while length > 1 {
            let half = length / 2;
            for k in 0..SIDE_BY_SIDE {
                base[k] += half * passes(base[k] + half - 1, held[k]);
            }
            length -= half;
        }
        for k in 0..m {
            let last = if length == 1 { passes(base[k], held[k]) } else { 0 };
            // SAFETY: as above.
            unsafe { out.add(from + k).write((base[k] + last) as i64) };
        }
    }
}
