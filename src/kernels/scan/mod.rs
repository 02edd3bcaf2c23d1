//! Scans: running sums, products, extremes along an axis.
//!
//! Along any axis but the last, rows of the others are combined, in NumPy's order. A row along the last axis is cut into
//! chunks of [`CHUNK`] elements whatever the number of threads: each is scanned by itself, then
//! what came before it is combined with each of its elements. So a row of at most one chunk has NumPy's bits, and a longer one
//! rounds less often. Blelloch, *Prefix sums and their applications*, 1990, section 1.2. What is not associative is
//! scanned from end to end.
#![expect(unsafe_code, reason = "walks arrays through pointers")]

mod row;
mod step;

use super::movement::{self, Address};
use super::{Make, OfRun, Operand, Tasks};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::ufunc::Ufunc;
use row::{BESIDE, Loops};
use smallvec::SmallVec;
use step::{Scratch, Step, WIDTH};

/// Elements of a chunk of a row: two fit the second-level cache.
pub const CHUNK: usize = 1 << 15;
/// Chunks that are scanned and then combined before the next: what they hold stays in the last-level cache meanwhile.
const CHUNKS: usize = 16;
/// Elements of a task of several short rows, and of columns; an array of fewer is one task.
const TASK: usize = 1 << 15;
/// Rows, or pieces of one, that are scanned together by an operation that has no loop of its own.
const LANES: usize = 128;
/// Elements that are made at a time, where they lie one after another: those of four rows fit the second-level cache.
const FILL: usize = 4096;
/// The shortest row that is worth cutting into pieces for that.
const CUT: usize = 64;

/// A row: where it is read, and where its scan goes. Both may be the same.
#[derive(Clone, Copy)]
struct Row {
    from: *const u8,
    to: *mut u8,
}

impl Row {
    /// The same some bytes on.
    fn at(self, bytes: usize) -> Row {
        Row { from: self.from.wrapping_add(bytes), to: self.to.wrapping_add(bytes) }
    }
}

/// Writes the scan of `x` along `axis` to `out`, which has its shape and type and lies, as `x` does, in C order; `out` may be
/// `x`. What is made of `x` is made in `out`, shortly before it is scanned there; `after` takes elements
/// shortly after.
///
/// # Errors
/// `Error::Interrupted`; `Error::Bug` where the operation does not take the type.
pub fn scan(op: Ufunc, axis: usize, x: Operand, out: &Array, after: Option<OfRun>, tasks: Tasks) -> Result<()> {
    let made = x.make().map(|make| (make, Address(out.data())));
    let loops = ScanLoops::new(op, x.dtype(), x.shape()[axis], made, after)?;
    let x = match x {
        Operand::Array(x) => x,
        Operand::Made(_) => out,
    };
    if x.size() == 0 {
        return Ok(());
    }
    if !x.is_c_contiguous() {
        return Err(Error::Bug("a scan of what is not in C order".into()));
    }
    let (n, inner) = (x.shape()[axis], x.shape()[axis + 1..].iter().product::<usize>());
    let outer = x.size() / n / inner;
    let (from, to) = (Address(x.data()), Address(out.data()));
    if inner > 1 {
        return columns(&loops, (outer, n, inner), from, to, tasks);
    }
    if n <= CHUNK {
        let rows = (TASK / n).max(1);
        return tasks(outer.div_ceil(rows), &|t| {
            let rows = t * rows..((t + 1) * rows).min(outer);
            // SAFETY: rows of `n` elements lie within both arrays; no two tasks share one.
            unsafe {
                loops.fill(rows.start * n, rows.len() * n);
                loops.rows(n, loops.row(from, to, rows.start * n), rows.len(), None);
            }
            loops.done(rows.start * n, rows.len() * n);
        });
    }
    let long = match (loops.associative, loops.exact) {
        (false, _) => ordered_row,
        (true, false) => long_row,
        (true, true) => exact_row,
    };
    (0..outer).try_for_each(|row| long(&loops, row * n, n, from, to, tasks))
}

/// Scans down the columns of `outer` matrices of `n` rows of `inner` elements.
fn columns(
    loops: &ScanLoops,
    (outer, n, inner): (usize, usize, usize),
    from: Address,
    to: Address,
    tasks: Tasks,
) -> Result<()> {
    let pieces = inner.div_ceil(WIDTH);
    let piece = |t: usize, scratch: &mut Scratch| {
        let (matrix, piece) = (t / pieces, t % pieces);
        let width = WIDTH.min(inner - piece * WIDTH);
        let first = loops.row(from, to, matrix * n * inner + piece * WIDTH);
        let line = inner * loops.size;
        // Lines that lie one after another are made some at a time.
        let lines = if width == inner { (FILL / inner).max(1) } else { 1 };
        let fill = |i: usize| {
            if i.is_multiple_of(lines) {
                let elements = if width == inner { lines.min(n - i) * inner } else { width };
                // SAFETY: lines of the matrix, all of them or this piece's columns, which no other task has.
                unsafe { loops.fill((matrix * n + i) * inner + piece * WIDTH, elements) };
            }
        };
        fill(0);
        // SAFETY: the piece's columns of each of the `n` rows lie within both arrays of `outer * n * inner` elements; no two
        // pieces share one. Each line may be written where it is read.
        unsafe {
            std::ptr::copy(first.from, first.to, width * loops.size);
            for i in 1..n {
                fill(i);
                let before = first.to.add((i - 1) * line).cast_const();
                loops.pairs(width, before, first.from.add(i * line), first.to.add(i * line), scratch);
            }
        }
    };
    // A task takes so many pieces that asking for another thread is worth it.
    let (total, together) = (outer * pieces, (TASK / (n * inner.min(WIDTH))).max(1));
    tasks(total.div_ceil(together), &|t| {
        let mut scratch = loops.step.scratch();
        (t * together..((t + 1) * together).min(total)).for_each(|t| piece(t, &mut scratch));
    })
}

/// A row of more than one chunk of an operation that is not associative: a chunk after the other.
fn ordered_row(loops: &ScanLoops, start: usize, n: usize, from: Address, to: Address, tasks: Tasks) -> Result<()> {
    let mut last = 0u128;
    let carry = Address(std::ptr::from_mut(&mut last).cast());
    for first in (0..n).step_by(CHUNK) {
        tasks(1, &|_| {
            let row = loops.row(from, to, start + first);
            let len = CHUNK.min(n - first);
            // SAFETY: the chunk's elements lie within both arrays; what was last before it is this task's alone, and is read before it is
            // written.
            unsafe {
                loops.fill(start + first, len);
                let before = (first > 0).then_some(carry.at(0).cast_const());
                loops.rows(len, row, 1, before);
                std::ptr::copy_nonoverlapping(row.to.add((len - 1) * loops.size), carry.at(0), loops.size);
            }
            loops.done(start + first, len);
        })?;
    }
    Ok(())
}

/// A row of more than one chunk of an operation that rounds nothing: the chunks' totals are looked at first, so that each
/// is written once.
fn exact_row(loops: &ScanLoops, start: usize, n: usize, from: Address, to: Address, tasks: Tasks) -> Result<()> {
    let Some(own) = &loops.own else { return long_row(loops, start, n, from, to, tasks) };
    let mut scratch = loops.step.scratch();
    // The last element before a group, which may be something else by now.
    let mut last = 0u128;
    let to_last = Address(std::ptr::from_mut(&mut last).cast());
    for group in (0..n).step_by(CHUNK * CHUNKS) {
        let end = (group + CHUNK * CHUNKS).min(n);
        let chunks = (end - group).div_ceil(CHUNK);
        let mut totals = [[0u8; 16]; CHUNKS];
        let to_total = Address(totals.as_mut_ptr().cast());
        let first = loops.row(from, to, start + group);
        let bytes = CHUNK * loops.size;
        let first = (Address(first.from.cast_mut()), Address(first.to));
        let needed = chunks - usize::from(loops.made.is_none());
        tasks(needed, &|c| {
            let at = group + c * CHUNK;
            // SAFETY: all chunks but the last are whole and lie within both arrays; no two tasks share one, or write the same total.
            unsafe {
                loops.fill(start + at, CHUNK.min(end - at));
                if c + 1 < chunks {
                    (own.total)(CHUNK, first.0.at(c * bytes), to_total.at(16 * c));
                }
            }
        })?;
        // What comes before each chunk, close together; nothing before the first of all.
        let mut before = [0u128; CHUNKS];
        let before_each = Address(before.as_mut_ptr().cast());
        // SAFETY: a task of the group before has written it.
        let mut carry = (group > 0).then(|| unsafe { to_last.0.cast::<[u8; 16]>().read() });
        for (c, &total) in totals[..chunks].iter().enumerate() {
            if let Some(value) = carry {
                // SAFETY: `CHUNKS` elements of any type fit.
                unsafe {
                    std::ptr::copy_nonoverlapping(value.as_ptr(), before_each.at(c * loops.size), loops.size);
                }
            }
            carry = Some(carry.map_or(total, |value| loops.pair(value, total, &mut scratch)));
        }
        tasks(chunks, &|c| {
            let row = Row { from: first.0.at(c * bytes), to: first.1.at(c * bytes) };
            let before = (group + c > 0).then(|| before_each.at(c * loops.size).cast_const());
            let len = CHUNK.min(end - group - c * CHUNK);
            // SAFETY: the chunk's elements lie within both arrays; no two tasks share one, nor write the last element.
            unsafe {
                loops.rows(len, row, 1, before);
                if c + 1 == chunks {
                    std::ptr::copy_nonoverlapping(row.to.add((len - 1) * loops.size), to_last.at(0), loops.size);
                }
            }
            loops.done(start + group + c * CHUNK, len);
        })?;
    }
    Ok(())
}

/// A row of more than one chunk, which starts at element `start`.
fn long_row(loops: &ScanLoops, start: usize, n: usize, from: Address, to: Address, tasks: Tasks) -> Result<()> {
    let mut carry: Option<[u8; 16]> = None;
    let mut scratch = loops.step.scratch();
    for group in (0..n).step_by(CHUNK * CHUNKS) {
        let end = (group + CHUNK * CHUNKS).min(n);
        let chunks = (end - group).div_ceil(CHUNK);
        let chunk = |c: usize| {
            let first = group + c * CHUNK;
            (loops.row(from, to, start + first), CHUNK.min(end - first))
        };
        // Side by side, but not so many that a thread has nothing to do.
        let together = (chunks / 2).clamp(1, BESIDE);
        tasks(chunks.div_ceil(together), &|t| {
            let some = t * together..((t + 1) * together).min(chunks);
            let (last, len) = chunk(some.end - 1);
            let whole = some.len() - usize::from(len < CHUNK);
            let first = start + group + some.start * CHUNK;
            // SAFETY: the chunks' elements lie within both arrays; no two tasks share one.
            unsafe {
                if loops.made.is_some()
                    && let Some(own) = &loops.own
                {
                    loops.filled_rows(own, first, CHUNK, chunk(some.start).0, whole);
                    if len < CHUNK {
                        loops.filled_rows(own, first + whole * CHUNK, len, last, 1);
                    }
                    return;
                }
                loops.fill(first, (some.len() - 1) * CHUNK + len);
                loops.rows(CHUNK, chunk(some.start).0, whole, None);
                if len < CHUNK {
                    loops.rows(len, last, 1, None);
                }
            }
        })?;
        // What comes before each chunk; nothing before the first of all.
        let mut carries: Vec<Option<[u8; 16]>> = Vec::with_capacity(chunks);
        for c in 0..chunks {
            carries.push(carry);
            let (row, len) = chunk(c);
            let mut last = [0u8; 16];
            // SAFETY: the chunk's last element was written by a task above.
            unsafe { std::ptr::copy_nonoverlapping(row.to.add((len - 1) * loops.size), last.as_mut_ptr(), loops.size) };
            carry = Some(match carry {
                Some(before) => loops.pair(before, last, &mut scratch),
                None => last,
            });
        }
        tasks(chunks, &|c| {
            let (row, len) = chunk(c);
            let Some(before) = carries[c] else { return loops.done(start + group + c * CHUNK, len) };
            let mut spread = [0u128; WIDTH];
            let mut scratch = loops.step.scratch();
            // SAFETY: `spread` holds `WIDTH` elements of any type; the pieces lie within the chunk, which is this task's
            // alone, and may be written where they are read.
            unsafe {
                let spread = spread.as_mut_ptr().cast::<u8>();
                movement::fill(loops.size, WIDTH, before.as_ptr(), spread);
                for first in (0..len).step_by(WIDTH) {
                    let piece = row.to.add(first * loops.size);
                    loops.pairs(WIDTH.min(len - first), spread, piece, piece, &mut scratch);
                }
            }
            loops.done(start + group + c * CHUNK, len);
        })?;
    }
    Ok(())
}

/// An operation over a type, with its loops.
struct ScanLoops<'a> {
    own: Option<Loops>,
    step: Step,
    associative: bool,
    /// Whether the order of elements and results makes no difference.
    exact: bool,
    /// Bytes of an element.
    size: usize,
    /// What makes elements that are not there yet, in the result, which lies there.
    made: Option<(Make<'a>, Address)>,
    /// What takes elements that are done.
    after: Option<OfRun<'a>>,
}

impl<'a> ScanLoops<'a> {
    fn new(
        op: Ufunc,
        t: DType,
        n: usize,
        made: Option<(Make<'a>, Address)>,
        after: Option<OfRun<'a>>,
    ) -> Result<ScanLoops<'a>> {
        // NumPy's products of pairs overlap nothing, and so are fused as elsewhere.
        let fused = op == Ufunc::Multiply && t.is_complex() && n == 2;
        let own = if fused { None } else { row::of(op, t) };
        let associative = is_associative(op);
        let exact = associative && own.is_some() && !t.is_inexact();
        Ok(ScanLoops { own, step: Step::new(op, t)?, associative, exact, size: t.size(), made, after })
    }

    /// Makes elements that are about to be scanned, if they are not there.
    ///
    /// # Safety
    /// They lie within the result and are the calling task's alone.
    unsafe fn fill(&self, first: usize, elements: usize) {
        if let Some((make, result)) = self.made {
            let to = result.at(first * self.size).cast();
            // SAFETY: the caller's contract.
            make(first, unsafe { std::slice::from_raw_parts_mut(to, elements * self.size) });
        }
    }

    /// Hands on elements that nothing here looks at again.
    fn done(&self, first: usize, elements: usize) {
        if let Some(take) = self.after {
            take(first, elements);
        }
    }

    /// The row that starts at an element.
    fn row(&self, from: Address, to: Address, element: usize) -> Row {
        Row { from: from.0, to: to.0 }.at(element * self.size)
    }

    /// Scans `count` rows of `n > 0` elements that lie one after another; a single one may have something before it.
    ///
    /// # Safety
    /// They are aligned and lie at both addresses, which are equal or do not overlap. `before` covers an element.
    unsafe fn rows(&self, n: usize, first: Row, count: usize, before: Option<*const u8>) {
        let row = |k: usize| first.at(k * n * self.size);
        // SAFETY: the caller's contract.
        unsafe {
            if let Some(own) = &self.own {
                let mut some: SmallVec<[Row; BESIDE]> = SmallVec::new();
                for k in (0..count).step_by(BESIDE) {
                    some.clear();
                    some.extend((k..(k + BESIDE).min(count)).map(row));
                    (own.rows)(n, &some, before.unwrap_or(std::ptr::null()));
                }
                return;
            }
            let mut scratch = self.step.scratch();
            if self.associative && before.is_none() && n >= CUT && count < CUT / 8 {
                (0..count).for_each(|k| self.cut_row(n, row(k), &mut scratch));
            } else {
                for k in (0..count).step_by(LANES) {
                    self.lanes(LANES.min(count - k), n, n, row(k), before, &mut scratch);
                }
            }
        }
    }

    /// Makes and scans `count` rows of `n > 0` elements, up to [`BESIDE`], that lie one after another from element `first` on: side by
    /// side and some elements at a time, so that these are in cache.
    ///
    /// # Safety
    /// As [`ScanLoops::rows`].
    unsafe fn filled_rows(&self, own: &Loops, first: usize, n: usize, row: Row, count: usize) {
        let mut last = [0u128; BESIDE];
        let last = last.as_mut_ptr().cast::<u8>();
        for at in (0..n).step_by(FILL) {
            let m = FILL.min(n - at);
            let mut rows: SmallVec<[Row; BESIDE]> = SmallVec::new();
            for k in 0..count {
                // SAFETY: these rows lie within the result and are this task's, by contract.
                unsafe { self.fill(first + k * n + at, m) };
                rows.push(row.at((k * n + at) * self.size));
            }
            // SAFETY: the caller's contract; `last` has room for an element of each row.
            unsafe {
                (own.rows)(m, &rows, if at == 0 { std::ptr::null() } else { last });
                for (k, row) in rows.iter().enumerate() {
                    let from = row.to.add((m - 1) * self.size);
                    std::ptr::copy_nonoverlapping(from, last.add(k * self.size), self.size);
                }
            }
        }
    }

    /// Writes the operation of `n <= WIDTH` pairs.
    ///
    /// # Safety
    /// As [`Step::apply`].
    #[inline]
    unsafe fn pairs(&self, n: usize, before: *const u8, x: *const u8, to: *mut u8, scratch: &mut Scratch) {
        // SAFETY: the caller's contract.
        unsafe {
            match &self.own {
                Some(loops) => (loops.pairs)(n, before, x, to),
                None => self.step.apply(n, before, x, to, scratch),
            }
        }
    }

    /// The operation of one pair.
    fn pair(&self, before: [u8; 16], x: [u8; 16], scratch: &mut Scratch) -> [u8; 16] {
        let (before, x) = (u128::from_le_bytes(before), u128::from_le_bytes(x));
        let mut to = 0u128;
        // SAFETY: each covers one element of any type, aligned.
        unsafe {
            let to = std::ptr::from_mut(&mut to).cast();
            self.pairs(1, std::ptr::from_ref(&before).cast(), std::ptr::from_ref(&x).cast(), to, scratch);
        }
        to.to_le_bytes()
    }

    /// Scans up to [`LANES`] rows together: `m` elements of each, but `last` of the last one; `before` comes before the first.
    ///
    /// # Safety
    /// As [`ScanLoops::rows`].
    unsafe fn lanes(
        &self,
        lanes: usize,
        m: usize,
        last: usize,
        row: Row,
        before: Option<*const u8>,
        scratch: &mut Scratch,
    ) {
        let (size, stride) = (self.size, (m * self.size) as isize);
        let mut memory = [[0u128; LANES]; 2];
        let [so_far, next] = memory.each_mut().map(|m| m.as_mut_ptr().cast::<u8>());
        // SAFETY: position `i < m` of the rows that have it is a strided block within them; the local blocks hold `LANES`
        // elements of any type.
        unsafe {
            movement::gather(size, 1, lanes, row.from, 0, stride, so_far);
            if let Some(before) = before {
                self.step.apply(1, before, so_far, so_far, scratch);
            }
            movement::scatter(size, 1, lanes, so_far, row.to, 0, stride);
            for i in 1..m {
                let lanes = if i < last { lanes } else { lanes - 1 };
                let Row { from, to } = row.at(i * size);
                movement::gather(size, 1, lanes, from, 0, stride, next);
                self.step.apply(lanes, so_far, next, so_far, scratch);
                movement::scatter(size, 1, lanes, so_far, to, 0, stride);
            }
        }
    }

    /// A row cut into pieces, about as many as each has elements, which are scanned together; then what came before each is
    /// combined with its elements.
    ///
    /// # Safety
    /// As [`ScanLoops::rows`].
    unsafe fn cut_row(&self, n: usize, row: Row, scratch: &mut Scratch) {
        let m = n.div_ceil(n.isqrt().min(LANES));
        let lanes = n.div_ceil(m);
        let last = n - (lanes - 1) * m;
        let mut spread = [0u128; WIDTH];
        let spread = spread.as_mut_ptr().cast::<u8>();
        // SAFETY: the pieces are the row, which is written where it is read; `spread` holds `WIDTH` elements of any type.
        unsafe {
            self.lanes(lanes, m, last, row, None, scratch);
            for lane in 1..lanes {
                let piece = row.to.add(lane * m * self.size);
                let len = if lane + 1 < lanes { m } else { last };
                movement::fill(self.size, WIDTH.min(len), piece.sub(self.size), spread);
                for first in (0..len).step_by(WIDTH) {
                    let piece = piece.add(first * self.size);
                    self.step.apply(WIDTH.min(len - first), spread, piece, piece, scratch);
                }
            }
        }
    }
}

/// Whether a row may be cut into chunks.
fn is_associative(op: Ufunc) -> bool {
    matches!(
        op,
        Ufunc::Add
            | Ufunc::Multiply
            | Ufunc::Minimum
            | Ufunc::Maximum
            | Ufunc::Fmin
            | Ufunc::Fmax
            | Ufunc::LogicalAnd
            | Ufunc::LogicalOr
            | Ufunc::LogicalXor
            | Ufunc::BitwiseAnd
            | Ufunc::BitwiseOr
            | Ufunc::BitwiseXor
            | Ufunc::Logaddexp
            | Ufunc::Logaddexp2
            | Ufunc::Hypot
            | Ufunc::Gcd
            | Ufunc::Lcm
    )
}

#[cfg(test)]
mod tests;
