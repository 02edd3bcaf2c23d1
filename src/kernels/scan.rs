//! Scans: running sums, products, extremes along an axis.
//!
//! Along any axis but the last, rows of the others are combined by the operation's tile routine, in NumPy's order. A row along
//! the last axis is cut into chunks of [`CHUNK`] elements whatever the number of threads: each is scanned by itself, then
//! what came before it is combined with each of its elements. So a row of at most one chunk has NumPy's bits, and a longer one
//! rounds less often. Blelloch, *Prefix sums and their applications*, 1990, section 1.2.
#![expect(unsafe_code, reason = "walks arrays through pointers")]

use super::movement::{self, Address};
use super::tile::{prim, scalar_prim};
use super::{Tasks, TileFn};
use crate::array::Array;
use crate::dtype::{DType, Scalar};
use crate::error::{Error, Result};
use crate::ops::prim::Prim;

/// Elements of a chunk of a row: two fit the second-level cache.
const CHUNK: usize = 1 << 15;
/// Chunks that are scanned and then combined before the next: what they hold stays in the last-level cache meanwhile.
const CHUNKS: usize = 16;
/// Elements of a task of several short rows, and of columns.
const TASK: usize = 1 << 15;
const COLUMNS: usize = 512;

/// Writes the scan of `x` along `axis` to `out`, which has its shape and type and lies in C order.
///
/// # Errors
/// `Error::Interrupted`; `Error::Bug` where the operation does not take the type.
pub fn scan(op: Prim, axis: usize, x: &Array, out: &Array, tasks: Tasks) -> Result<()> {
    let row_op = RowOp::new(op, x.dtype())?;
    if x.size() == 0 {
        return Ok(());
    }
    // What lies otherwise is brought into order first, and scanned in place.
    let from = if x.is_c_contiguous() {
        x
    } else {
        movement::copy(x, out);
        out
    };
    let (n, inner) = (x.shape()[axis], x.shape()[axis + 1..].iter().product::<usize>());
    let outer = x.size() / n / inner;
    let size = x.dtype().size();
    let (from, to) = (Address(from.data()), Address(out.data()));
    if inner > 1 {
        let pieces = inner.div_ceil(COLUMNS);
        return tasks(outer * pieces, &|t| {
            let (row, piece) = (t / pieces, t % pieces);
            let width = COLUMNS.min(inner - piece * COLUMNS);
            let start = (row * n * inner + piece * COLUMNS) * size;
            // SAFETY: the piece's columns of each of the `n` rows lie within both arrays of `outer * n * inner` elements; no
            // two tasks share a column. The routine may write where it reads.
            unsafe {
                let (from, to) = (from.at(start), to.at(start));
                std::ptr::copy(from, to, width * size);
                for i in 1..n {
                    let at = i * inner * size;
                    let before = to.add(at - inner * size).cast_const();
                    (row_op.tile)(width, &[before, from.add(at), before], to.add(at));
                }
            }
        });
    }
    if n <= CHUNK {
        let rows = (TASK / n).max(1);
        return tasks(outer.div_ceil(rows), &|t| {
            for row in t * rows..((t + 1) * rows).min(outer) {
                // SAFETY: row `row` of `n` elements lies within both arrays; no two tasks share one.
                unsafe { (row_op.row)(n, from.at(row * n * size), to.at(row * n * size), row_op.tile, size) };
            }
        });
    }
    for row in 0..outer {
        long_row(&row_op, row * n, n, from, to, x.dtype(), tasks)?;
    }
    Ok(())
}

/// A row of more than one chunk, which starts at element `start`.
fn long_row(op: &RowOp, start: usize, n: usize, from: Address, to: Address, t: DType, tasks: Tasks) -> Result<()> {
    let size = t.size();
    let mut carry: Option<Scalar> = None;
    for group in (0..n).step_by(CHUNK * CHUNKS) {
        let end = (group + CHUNK * CHUNKS).min(n);
        let chunks = (end - group).div_ceil(CHUNK);
        let chunk = |c: usize| {
            let first = group + c * CHUNK;
            ((start + first) * size, CHUNK.min(end - first))
        };
        tasks(chunks, &|c| {
            let (at, len) = chunk(c);
            // SAFETY: the chunk's elements lie within both arrays; no two tasks share one.
            unsafe { (op.row)(len, from.at(at), to.at(at), op.tile, size) };
        })?;
        // What comes before each chunk; nothing before the first of all.
        let mut carries: Vec<Option<Scalar>> = Vec::with_capacity(chunks);
        for c in 0..chunks {
            carries.push(carry);
            let (at, len) = chunk(c);
            let mut bytes = [0u8; 16];
            // SAFETY: the chunk's last element was written by the task above.
            unsafe { std::ptr::copy_nonoverlapping(to.at(at + (len - 1) * size), bytes.as_mut_ptr(), size) };
            let last = Scalar::from_bits(t, u128::from_le_bytes(bytes));
            carry = Some(carry.map_or(last, |before| scalar_prim(op.op, &[before, last])));
        }
        tasks(chunks, &|c| {
            let Some(before) = carries[c] else { return };
            let (at, len) = chunk(c);
            let mut spread = [0u128; 256];
            let step = size_of_val(&spread) / size;
            let spread = spread.as_mut_ptr().cast::<u8>();
            // SAFETY: `spread` holds `step` elements; the pieces lie within the chunk, which is this task's alone. The
            // routine may write where it reads.
            unsafe {
                movement::fill(size, step, before.bytes().as_ptr(), spread);
                for first in (0..len).step_by(step) {
                    let piece = to.at(at + first * size);
                    (op.tile)(step.min(len - first), &[spread.cast_const(), piece, spread], piece);
                }
            }
        })?;
    }
    Ok(())
}

/// Scans `n > 0` elements from `x` to `out` (the same address or no overlap); the routine and element size serve those that
/// have no loop of their own.
type RowFn = unsafe fn(n: usize, x: *const u8, out: *mut u8, tile: TileFn, size: usize);

/// An operation with its loops.
struct RowOp {
    op: Prim,
    tile: TileFn,
    row: RowFn,
}

impl RowOp {
    fn new(op: Prim, t: DType) -> Result<RowOp> {
        let tile = prim(op, &[t, t]).ok_or_else(|| Error::Bug(format!("no scan {} of {t}", op.name())))?;
        Ok(RowOp { op, tile, row: row_fn(op, t) })
    }
}

/// One element at a time through the tile routine.
unsafe fn by_routine(n: usize, x: *const u8, out: *mut u8, tile: TileFn, size: usize) {
    // SAFETY: `n > 0` elements each, as the caller's contract says.
    unsafe {
        std::ptr::copy(x, out, size);
        for i in 1..n {
            let before = out.add((i - 1) * size).cast_const();
            tile(1, &[before, x.add(i * size), before], out.add(i * size));
        }
    }
}

unsafe fn typed<T: Copy, O: Op<T>>(n: usize, x: *const u8, out: *mut u8, _: TileFn, _: usize) {
    let (x, out) = (x.cast::<T>(), out.cast::<T>());
    // SAFETY: `n > 0` aligned elements each, as the caller's contract says.
    unsafe {
        let mut sum = *x;
        out.write(sum);
        for i in 1..n {
            sum = O::op(sum, *x.add(i));
            out.add(i).write(sum);
        }
    }
}

/// A scan's operation on values of one type.
trait Op<T> {
    fn op(a: T, b: T) -> T;
}

struct Sum;
struct Product;

macro_rules! ops {
    ($($t:ty: $add:expr, $mul:expr;)*) => {$(
        impl Op<$t> for Sum {
            fn op(a: $t, b: $t) -> $t {
                ($add)(a, b)
            }
        }
        impl Op<$t> for Product {
            fn op(a: $t, b: $t) -> $t {
                ($mul)(a, b)
            }
        }
    )*};
}

ops! {
    i64: i64::wrapping_add, i64::wrapping_mul;
    i32: i32::wrapping_add, i32::wrapping_mul;
    f64: |a, b| a + b, |a, b| a * b;
    f32: |a, b| a + b, |a, b| a * b;
}

/// The loop along a row: compiled for what is scanned most, else the routine's.
fn row_fn(op: Prim, t: DType) -> RowFn {
    match (op, t) {
        (Prim::Add, DType::I64 | DType::U64) => typed::<i64, Sum>,
        (Prim::Add, DType::I32 | DType::U32) => typed::<i32, Sum>,
        (Prim::Add, DType::F64) => typed::<f64, Sum>,
        (Prim::Add, DType::F32) => typed::<f32, Sum>,
        (Prim::Mul, DType::I64 | DType::U64) => typed::<i64, Product>,
        (Prim::Mul, DType::I32 | DType::U32) => typed::<i32, Product>,
        (Prim::Mul, DType::F64) => typed::<f64, Product>,
        (Prim::Mul, DType::F32) => typed::<f32, Product>,
        _ => by_routine,
    }
}
