//! One row by vectors: `r c` numbers as a matrix of `r` rows and `c` columns, of which first the columns are transformed, then turned by
//! roots of unity, then the rows (Bailey, *FFTs in external or hierarchical memory*, 1990). Neighbouring columns are lanes, and so are neighbouring rows.
//!
//! Where lanes do not divide the columns or the rows, the last vectors overlap: these lanes are computed twice, to the same bits.
#![expect(unsafe_code, reason = "walks rows through pointers")]

use super::lanes::{Rows, Work};
use super::mixed::{Mixed, Passes, radices};
use super::plan::{Real, root};
use std::ops::Range;

/// Bytes of a block that stays in the first-level cache.
pub const NEAR: usize = 3 << 14;
/// Bytes from which on columns that lie apart are fetched ahead: no prefetcher follows them.
pub const AHEAD: usize = 1 << 18;
/// Rows from this length on have two tables of roots, whose products they are turned by: one would be as long as the row.
const LONG: usize = 1 << 15;

/// What is known of a row that is taken apart, for a number of lanes.
pub struct Split<T> {
    lanes: usize,
    columns: Mixed<T>,
    rows: Mixed<T>,
    /// For each group of columns, of so many rows in turn: a vector of real parts and one of imaginary parts.
    turns: Vec<T>,
    few: usize,
    /// The same for every `few`-th row; where there are more rows.
    steps: Vec<T>,
}

/// The rows and columns that are the least work for this many lanes; `None` if there are none.
fn sides(n: usize, lanes: usize, size: usize) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize, usize, usize)> = None;
    for r in (lanes..=n.isqrt()).filter(|r| n.is_multiple_of(*r)) {
        for (rows, columns) in [(r, n / r), (n / r, r)] {
            if rows.min(columns) < lanes || radices(rows).is_none() || radices(columns).is_none() {
                continue;
            }
            let padded = |x: usize| x.next_multiple_of(lanes);
            // Blocks that leave the first-level cache take longer, the longer they are.
            let far = |x: usize| 5 + (2 * lanes * size * x).div_ceil(NEAR).ilog2() as usize;
            let work = (padded(columns) * rows * far(rows) + padded(rows) * columns * far(columns)) / 5;
            let key = (work, rows.abs_diff(columns), rows, columns);
            if best.is_none_or(|b| key < b) {
                best = Some(key);
            }
        }
    }
    best.map(|(_, _, rows, columns)| (rows, columns))
}

impl<T: Real> Split<T> {
    /// `None` if the row has no sides that fill vectors.
    pub fn new(n: usize, lanes: usize) -> Option<Split<T>> {
        let (r, c) = sides(n, lanes, size_of::<T>())?;
        let few = if n < LONG { r } else { r.isqrt() };
        let table = |rows: &mut dyn Iterator<Item = usize>| {
            let mut table = Vec::new();
            let rows: Vec<usize> = rows.collect();
            for g in 0..c.div_ceil(lanes) {
                for &k in &rows {
                    let roots = (0..lanes).map(|lane| root::<T>(k * (first(g, c, lanes) + lane), n));
                    let roots: Vec<_> = roots.collect();
                    table.extend(roots.iter().map(|z| z.re).chain(roots.iter().map(|z| z.im)));
                }
            }
            table
        };
        let turns = table(&mut (0..few));
        let steps = if few < r { table(&mut (0..r).step_by(few)) } else { Vec::new() };
        Some(Split { lanes, columns: Mixed::new(r, lanes)?, rows: Mixed::new(c, lanes)?, turns, few, steps })
    }

    /// Numbers of the matrix between columns and rows.
    pub fn matrix(&self) -> usize {
        self.pitch() * self.columns.n.div_ceil(self.lanes)
    }

    /// Numbers that a task needs besides.
    pub fn scratch(&self) -> usize {
        2 * self.lanes * self.columns.n * if self.steps.is_empty() { 1 } else { 2 }
    }

    /// Numbers from a block of rows to the next: one element more than there are, as blocks a power of two apart evict each other.
    fn pitch(&self) -> usize {
        2 * self.lanes * (self.rows.n | 1)
    }

    /// The lengths of a column and of a row.
    pub fn lengths(&self) -> (usize, usize) {
        (self.columns.n, self.rows.n)
    }

    /// Whole vectors of columns, of rows. The rest is left to whoever does the last.
    pub fn vectors(&self) -> (usize, usize) {
        (self.rows.n / self.lanes, self.columns.n / self.lanes)
    }
}

/// The first column or row of a vector.
fn first(g: usize, n: usize, lanes: usize) -> usize {
    (g * lanes).min(n - lanes)
}

/// Transforms columns.
pub struct Columns<'a, T> {
    pub split: &'a Split<T>,
    /// The row, of any alignment.
    pub x: *const T,
    /// Exchanges real and imaginary parts, as [`Lines`] does: what is backward is forward then.
    pub swapped: bool,
    pub matrix: *mut T,
    pub scratch: *mut T,
    /// Whole vectors; the last takes the rest along.
    pub part: Range<usize>,
}

/// Transforms rows.
pub struct Lines<'a, T> {
    pub split: &'a Split<T>,
    pub matrix: *mut T,
    pub out: *mut T,
    pub swapped: bool,
    pub factor: T,
    /// Whole vectors; the last takes the rest along.
    pub part: Range<usize>,
}

/// Both.
pub struct Within<'a, T> {
    pub split: &'a Split<T>,
    pub x: *const T,
    /// May be where the row is.
    pub out: *mut T,
    pub swapped: bool,
    pub factor: T,
    /// Aligned room for the matrix and the scratch.
    pub memory: *mut T,
}

impl<T: Real> Work<T> for Within<'_, T> {
    /// # Safety
    /// Both rows have their length; the memory is nobody else's.
    #[inline(always)]
    unsafe fn run<V: Rows<Elem = T>>(self) {
        let Within { split, x, out, swapped, factor, memory: matrix } = self;
        let (columns, rows) = split.vectors();
        // SAFETY: the contract; the row is read before the result is written.
        unsafe {
            let scratch = matrix.add(split.matrix());
            V::call(Columns { split, x, swapped, matrix, scratch, part: 0..columns });
            V::call(Lines { split, matrix, out, swapped, factor, part: 0..rows });
        }
    }
}

/// The vectors that a part takes.
#[inline(always)]
fn vectors(part: Range<usize>, n: usize, lanes: usize) -> Range<usize> {
    if part.end == n / lanes { part.start..n.div_ceil(lanes) } else { part }
}

impl<T: Real> Work<T> for Columns<'_, T> {
    /// # Safety
    /// The row has its length, the matrix and the scratch have the room that the split says; nobody else uses these, nor writes these columns.
    #[inline(always)]
    unsafe fn run<V: Rows<Elem = T>>(self) {
        let w = V::LANES;
        let split = self.split;
        let (r, c) = (split.columns.n, split.rows.n);
        let block = self.scratch;
        let (to_re, to_im) = if self.swapped { (w, 0) } else { (0, w) };
        let far = 2 * r * c * size_of::<T>() > AHEAD;
        for g in vectors(self.part, c, w) {
            let column = first(g, c, w);
            // SAFETY: numbers of the row; places within the block, which is `r` elements; tables have all groups.
            unsafe {
                for (j, &place) in split.columns.places[..r].iter().enumerate() {
                    let from = self.x.add(2 * (j * c + column));
                    if far {
                        V::soon(from.wrapping_add(2 * w), 2 * w);
                    }
                    let (re, im) = V::apart(V::load(from), V::load(from.add(w)));
                    let to = block.add(2 * w * place as usize);
                    re.store(to.add(to_re));
                    im.store(to.add(to_im));
                }
                V::call(Passes { mixed: &split.columns, block });
                let mut turns = split.turns.as_ptr().add(2 * w * split.few * g);
                if !split.steps.is_empty() {
                    let to = block.add(2 * w * r);
                    let steps = split.steps.as_ptr().add(2 * w * r.div_ceil(split.few) * g);
                    products::<V>(turns, split.few, steps, r, to);
                    turns = to;
                }
                let places = &split.rows.places[column..column + w];
                for h in 0..r.div_ceil(w) {
                    let row = 2 * w * first(h, r, w);
                    turned::<V>(block.add(row), turns.add(row), self.matrix.add(split.pitch() * h), places);
                }
            }
        }
    }
}

/// Roots of `r` rows, of those of few and of steps.
///
/// # Safety
/// The tables have them, `to` has room.
#[inline(always)]
unsafe fn products<V: Rows>(few: *const V::Elem, count: usize, steps: *const V::Elem, r: usize, to: *mut V::Elem) {
    let w = V::LANES;
    for k in 0..r {
        // SAFETY: the contract.
        unsafe {
            let (a, b, to) = (few.add(2 * w * (k % count)), steps.add(2 * w * (k / count)), to.add(2 * w * k));
            let (c, s) = (V::load(a), V::load(a.add(w)));
            let (x, y) = (V::load(b), V::load(b.add(w)));
            c.mul_sub(x, s * y).store(to);
            c.mul_add(y, s * x).store(to.add(w));
        }
    }
}

/// Turns as many elements of a block of columns as there are lanes by roots of unity; they become lanes of as many elements of a block of rows.
///
/// # Safety
/// Both tables have so many elements; places are within the block of rows.
#[inline(always)]
unsafe fn turned<V: Rows>(block: *const V::Elem, turns: *const V::Elem, to: *mut V::Elem, places: &[u32]) {
    let w = V::LANES;
    // SAFETY: the contract; `turn` gives as many as there are lanes.
    unsafe {
        let part = |i: usize| {
            let (at, turn) = (block.add(2 * w * i), turns.add(2 * w * i));
            (V::load(at), V::load(at.add(w)), V::load(turn), V::load(turn.add(w)))
        };
        let place = |j: usize| to.add(2 * w * *places.get_unchecked(j) as usize);
        V::turn(
            |i| {
                let (re, im, c, s) = part(i);
                re.mul_sub(c, im * s)
            },
            |j, v| v.store(place(j)),
        );
        V::turn(
            |i| {
                let (re, im, c, s) = part(i);
                re.mul_add(s, im * c)
            },
            |j, v| v.store(place(j).add(w)),
        );
    }
}

impl<T: Real> Work<T> for Lines<'_, T> {
    /// # Safety
    /// The matrix holds all columns' results; the result has its length. Nobody else uses these rows.
    #[inline(always)]
    unsafe fn run<V: Rows<Elem = T>>(self) {
        let w = V::LANES;
        let split = self.split;
        let (r, c) = (split.columns.n, split.rows.n);
        let (re, im) = if self.swapped { (w, 0) } else { (0, w) };
        let factor = V::splat(self.factor);
        for h in vectors(self.part, r, w) {
            let row = first(h, r, w);
            // SAFETY: the block lies in the matrix, numbers in the result.
            unsafe {
                let block = self.matrix.add(split.pitch() * h);
                V::call(Passes { mixed: &split.rows, block });
                for k in 0..c {
                    let from = block.add(2 * w * k);
                    let (a, b) = V::in_turn(V::load(from.add(re)) * factor, V::load(from.add(im)) * factor);
                    let to = self.out.add(2 * (k * r + row));
                    a.store(to);
                    b.store(to.add(w));
                }
            }
        }
    }
}
