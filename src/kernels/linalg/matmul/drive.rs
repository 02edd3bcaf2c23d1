//! The loops around the micro-kernel: blocks for the caches, tasks for the threads.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

use super::deep::{parts, split};
use super::made;
use super::problem::{Matrix, Onto, Problem, Single};
use crate::array::Buffer;
use crate::error::Result;
use crate::kernels::movement::Address;
use crate::kernels::{OfRun, Tasks, try_tasks};
use std::cell::Cell;
use std::ops::Range;

/// Nanoseconds of work that are worth a task.
pub(super) const TASK: f64 = 20_000.0;
/// Nanoseconds from which one product of a batch is cut into tasks.
const CUT: f64 = 4_000_000.0;
/// Bytes of `a`, and of a block of `b`, up to which they are read where they lie: packing costs more than it saves.
const DIRECT_A: usize = 288 << 10;
const DIRECT_B: usize = 32 << 10;
/// Nanoseconds a byte of the matrix where a row is multiplied by it.
const ROW: f64 = 0.03;
/// Rows that are few, and rows of `b` that are read together for them.
const FEW: usize = 12;
const STRIP: usize = 16;
/// Bytes of a packed block of `a`: half of a second-level cache of 512 KiB.
const BLOCK_A: usize = 240 << 10;
/// Bytes of a packed block of `b` that one task packs for itself, and that all tasks share: in the last-level cache.
const BLOCK_B: usize = 256 << 10;
const SHARED_B: usize = 8 << 20;
/// Elements of a task of what follows a product.
const FOLLOWED: usize = 1 << 15;
/// Tasks that there should be, to share out; where rows alone are enough, what follows takes whole ones.
const TASKS: usize = 8;
/// Rows that a task mirrors.
const STRIPE: usize = 32;
/// Blocks of K that are packed at a time.
const BLOCKS_K: usize = 4;

/// What a micro-kernel computes: `rows x cols` elements of the result, over `k`.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub k: usize,
    pub rows: usize,
    pub cols: usize,
    /// Where `a` lies, or a panel of it.
    pub a: Matrix,
    /// The first row of `b`, and bytes to the next.
    pub b: *mut u8,
    pub b_row: isize,
    pub c: *mut u8,
    pub c_row: isize,
    pub onto: Onto,
}

/// A micro-kernel with its packing.
///
/// # Safety
/// `tile` reads `rows x k` and `k x cols` elements and writes (and reads, to add) `rows x cols`, in panels `MR x k` and
/// `k x NR`; packing writes panels that are whole.
pub(super) unsafe trait Kernel: 'static {
    /// The elements of all three matrices.
    type Element: Copy;
    /// Rows of a tile.
    const MR: usize;
    /// Columns of a tile.
    const NR: usize;
    /// The block of K: a panel of `b` of this length fits the first-level cache.
    const KC: usize;
    /// Measured time of a multiplication and addition, packed.
    const NANOSECONDS: f64;
    /// Whether operands can be read where they lie.
    const DIRECT: bool;

    /// The product of a tile; `packed` says that `a` is a panel.
    ///
    /// # Safety
    /// The tile's operands are readable and its result writable; `rows <= MR` and `cols <= NR`, none of them zero.
    unsafe fn tile(t: &Tile, packed: bool);

    /// Whether there is a loop of its own for a product of a row.
    fn takes_row(_: &Single) -> bool {
        false
    }

    /// The product of a row that `takes_row` accepts.
    ///
    /// # Safety
    /// The operands are readable, the result is written by nobody else.
    unsafe fn row(_: &Single) {}

    /// Adds `n` elements to others.
    ///
    /// # Safety
    /// The first are readable, the others writable.
    unsafe fn accumulate(n: usize, from: *const u8, to: *mut u8);

    /// Packs `m x k` elements.
    ///
    /// # Safety
    /// They are readable; `to` takes `k` times `m` elements rounded up to whole panels.
    unsafe fn pack_a(m: usize, k: usize, a: Matrix, to: *mut u8);

    /// Packs `k x n` elements.
    ///
    /// # Safety
    /// They are readable; `to` takes `k` times `n` elements rounded up to whole panels.
    unsafe fn pack_b(n: usize, k: usize, b: Matrix, to: *mut u8);
}

thread_local! {
    /// This thread's memory for packed blocks, kept for the next product.
    static SCRATCH: Cell<Option<Buffer>> = const { Cell::new(None) };
}

/// Does work with at least this many bytes of this thread's memory, whose contents are arbitrary.
///
/// # Errors
/// `Error::Memory`.
pub(super) fn with_scratch(bytes: usize, work: impl FnOnce(*mut u8)) -> Result<()> {
    if bytes == 0 {
        work(std::ptr::NonNull::dangling().as_ptr());
        return Ok(());
    }
    let buffer = match SCRATCH.take().filter(|b| b.len() >= bytes) {
        Some(buffer) => buffer,
        None => Buffer::new(bytes)?,
    };
    work(buffer.data());
    SCRATCH.set(Some(buffer));
    Ok(())
}

pub(super) const fn size<K: Kernel>() -> usize {
    size_of::<K::Element>()
}

/// How one task goes about a product.
#[derive(Clone, Copy)]
pub(super) struct Ways {
    /// Whether each operand is read where it lies.
    direct: [bool; 2],
    /// Rows of a block of `a`, columns of one of `b`, and the length in K of both.
    mc: usize,
    nc: usize,
    kc: usize,
}

impl Ways {
    pub(super) fn new<K: Kernel>(s: &Single) -> Ways {
        let size = size::<K>();
        let lies = takes_row::<K>(s) || K::DIRECT && s.b.col == size as isize;
        let small = s.k.min(K::KC) * s.n * size <= DIRECT_B;
        // Few rows use what is read so little that `b` is read as it lies, some rows at a time from end to end.
        let few = lies && !small && s.m <= FEW;
        let kc = if few { STRIP } else { K::KC };
        let a = K::DIRECT && (few || s.n <= 2 * K::NR || s.m * s.k * size <= DIRECT_A);
        let whole = |bytes: usize, step: usize| (bytes / (s.k.min(kc) * size) / step).max(1) * step;
        let nc = if few { s.n } else { whole(BLOCK_B, K::NR) };
        Ways { direct: [a, few || lies && small], mc: whole(BLOCK_A, K::MR), nc, kc }
    }

    /// Bytes for the packed blocks of `a` and of `b`.
    pub(super) fn bytes<K: Kernel>(&self, s: &Single) -> [usize; 2] {
        let kc = s.k.min(self.kc) * size::<K>();
        let a = if self.direct[0] { 0 } else { s.m.min(self.mc).next_multiple_of(K::MR) * kc };
        let b = if self.direct[1] { 0 } else { s.n.min(self.nc).next_multiple_of(K::NR) * kc };
        [a.next_multiple_of(64), b.next_multiple_of(64)]
    }
}

/// Whether the product is one of a row that the kernel has a loop for.
fn takes_row<K: Kernel>(s: &Single) -> bool {
    s.onto == Onto::Nothing && K::takes_row(s)
}

/// The products of a problem. One that is put onto what is there has more than one row and column. `after` takes elements that are done, in
/// C order: the rows of a task while they are in its cache, where it makes whole ones.
///
/// # Errors
/// `Error::Interrupted`, `Error::Memory`.
pub(super) fn run<K: Kernel>(p: &Problem, after: Option<OfRun>, tasks: Tasks) -> Result<()> {
    let single = |i: usize| oriented(p.single(i));
    let first = single(0);
    let size = first.m * first.n;
    let nanoseconds = work::<K>(&first);
    let is_made = p.made.iter().any(Option::is_some);
    if is_made && made::comes_by_rows::<K>(p) {
        return made::rows::<K>(p, after, tasks);
    }
    let parts = if p.batch == 1 { parts::<K>(&first) } else { None };
    if let Some(parts) = parts.or(is_made.then_some(1)) {
        split::<K>(&p.first, p.made, parts, tasks)?;
        return follow([first.m, first.n], after, tasks);
    }
    if nanoseconds > CUT || p.batch == 1 && nanoseconds > TASK {
        return (0..p.batch).try_for_each(|i| {
            let (one, before) = (single(i), i * size);
            let taken = |at: usize, n: usize| after.map_or((), |after| after(before + at, n));
            let after = after.is_some().then_some(&taken as OfRun);
            let followed = large::<K>(&one, after.filter(|_| one.below.is_none()), tasks)?;
            if one.below.is_some() {
                // SAFETY: the result is square, and what lies above its diagonal is written.
                tasks(one.n.div_ceil(STRIPE), &|t| unsafe {
                    mirror::<K>(&one, t * STRIPE..((t + 1) * STRIPE).min(one.n));
                })?;
            }
            if followed { Ok(()) } else { follow([one.m, one.n], after, tasks) }
        });
    }
    let ways = Ways::new::<K>(&first);
    let bytes = ways.bytes::<K>(&first);
    let group = ((TASK / nanoseconds) as usize).clamp(1, p.batch);
    // What `whole` would come to, had it looked at each.
    let is_tile = ways.direct == [true; 2]
        && first.m <= K::MR
        && first.n <= K::NR
        && first.k <= ways.kc
        && !takes_row::<K>(&first);
    try_tasks(tasks, p.batch.div_ceil(group), |t| {
        with_scratch(bytes[0] + bytes[1], |scratch| {
            for i in t * group..((t + 1) * group).min(p.batch) {
                let one = single(i);
                // SAFETY: the operands lie within their arrays, the result is this task's alone.
                unsafe {
                    if is_tile {
                        K::tile(&one.tile(), false);
                        continue;
                    }
                    whole::<K>(&one, ways, scratch);
                    mirror::<K>(&one, 0..one.m);
                }
            }
            if let Some(after) = after {
                after(t * group * size, group.min(p.batch - t * group) * size);
            }
        })
    })
}

/// A matrix by a column as a row by the matrix transposed: the result lies in memory the same.
pub(super) fn oriented(s: Single) -> Single {
    if s.n == 1 && s.m > 1 {
        let c = Matrix { row: 0, ..s.c };
        Single { m: s.n, n: s.m, a: s.b.transposed(), b: s.a.transposed(), c, ..s }
    } else {
        s
    }
}

/// Lets `after` take so many rows and columns, all of which are done.
///
/// # Errors
/// `Error::Interrupted`.
pub(super) fn follow([rows, columns]: [usize; 2], after: Option<OfRun>, tasks: Tasks) -> Result<()> {
    let Some(after) = after else { return Ok(()) };
    let some = (FOLLOWED / columns.max(1)).max(1);
    tasks(rows.div_ceil(some), &|t| after(t * some * columns, some.min(rows - t * some) * columns))
}

/// Puts what lies above the diagonal of a symmetric result into these rows below it.
///
/// # Safety
/// What lies above the diagonal is written; nobody else writes these rows, or reads or writes below the diagonal.
pub(super) unsafe fn mirror<K: Kernel>(s: &Single, rows: Range<usize>) {
    if s.below.is_none() {
        return;
    }
    let c = s.c;
    for j in (0..rows.end).step_by(STRIPE) {
        for i in rows.clone() {
            for j in j..(j + STRIPE).min(i) {
                // SAFETY: the caller's contract.
                unsafe { c.from(i, j).data.cast::<K::Element>().write(c.from(j, i).data.cast::<K::Element>().read()) };
            }
        }
    }
}

/// Roughly the nanoseconds of a product by one thread.
pub(super) fn work<K: Kernel>(s: &Single) -> f64 {
    let one = if takes_row::<K>(s) { ROW * size::<K>() as f64 } else { K::NANOSECONDS };
    (s.m as f64 * s.n as f64 * s.k as f64 * one).max(10.0)
}

impl Single {
    /// Its only tile.
    fn tile(&self) -> Tile {
        let (a, b, c) = (self.a, self.b, self.c);
        Tile {
            k: self.k,
            rows: self.m,
            cols: self.n,
            a,
            b: b.data,
            b_row: b.row,
            c: c.data,
            c_row: c.row,
            onto: self.onto,
        }
    }
}

/// A product by one thread.
///
/// # Safety
/// The operands are readable, the result is written by nobody else; `scratch` has the bytes that the ways ask for.
pub(super) unsafe fn whole<K: Kernel>(s: &Single, ways: Ways, scratch: *mut u8) {
    if takes_row::<K>(s) {
        // SAFETY: the caller's contract.
        return unsafe { K::row(s) };
    }
    let [bytes_a, _] = ways.bytes::<K>(s);
    for j in (0..s.n).step_by(ways.nc) {
        let n = ways.nc.min(s.n - j);
        for p in (0..s.k).step_by(ways.kc) {
            let k = ways.kc.min(s.k - p);
            // SAFETY: the blocks lie within the matrices, and the scratch memory has room for the largest.
            unsafe {
                let mut b = Right::direct(s.b.from(p, j));
                if !ways.direct[1] {
                    let to = scratch.add(bytes_a);
                    K::pack_b(n, k, s.b.from(p, j), to);
                    b = Right::packed::<K>(to, k);
                }
                for i in (0..s.m).step_by(ways.mc) {
                    let m = ways.mc.min(s.m - i);
                    let mut a = s.a.from(i, p);
                    if !ways.direct[0] {
                        K::pack_a(m, k, a, scratch);
                        a.data = scratch;
                    }
                    let (to, onto) = (s.c.from(i, j), s.onto.block(p == 0));
                    block::<K>([m, n, k], (a, !ways.direct[0]), b, to, onto, s.below(i, j));
                }
            }
        }
    }
}

/// Where the panels of `b` are.
#[derive(Clone, Copy)]
struct Right {
    data: *mut u8,
    /// Bytes from a row to the next.
    row: isize,
    /// Bytes from a panel to the next; that of a tile's columns where `b` is read where it lies.
    panel: Option<usize>,
}

impl Right {
    fn direct(b: Matrix) -> Right {
        Right { data: b.data, row: b.row, panel: None }
    }

    fn packed<K: Kernel>(data: *mut u8, k: usize) -> Right {
        Right { data, row: (K::NR * size::<K>()) as isize, panel: Some(k * K::NR * size::<K>()) }
    }
}

/// The product of blocks that lie in the caches.
///
/// # Safety
/// As [`whole`].
unsafe fn block<K: Kernel>(
    [m, n, k]: [usize; 3],
    (a, packed): (Matrix, bool),
    b: Right,
    c: Matrix,
    onto: Onto,
    below: Option<isize>,
) {
    let panels = m.div_ceil(K::MR);
    let panel_b = b.panel.unwrap_or(K::NR * size::<K>());
    for j in (0..n).step_by(K::NR) {
        let right = b.data.wrapping_add(j / K::NR * panel_b);
        let cols = K::NR.min(n - j);
        let mut i = 0;
        for panel in 0..panels {
            // Rows that are not packed are shared out evenly: a tile of one row computes as slowly as one of four.
            let (rows, left) = if packed {
                let data = a.data.wrapping_add(panel * K::MR * k * size::<K>());
                (K::MR.min(m - i), Matrix { data, ..a })
            } else {
                (m / panels + usize::from(panel < m % panels), a.from(i, 0))
            };
            // Tiles that lie below the diagonal end the column.
            if below.is_some_and(|b| b + i as isize >= (j + cols) as isize) {
                break;
            }
            let to = c.from(i, j);
            let t = Tile { k, rows, cols, a: left, b: right, b_row: b.row, c: to.data, c_row: c.row, onto };
            // SAFETY: the caller's contract.
            unsafe { K::tile(&t, packed) };
            i += rows;
        }
    }
}

/// `n` cut into an even number of pieces of at most `most`, each a multiple of `step`: the length of a piece.
fn evenly(n: usize, most: usize, step: usize) -> usize {
    let pieces = n.div_ceil(most).next_multiple_of(2);
    n.div_ceil(pieces).next_multiple_of(step)
}

/// A product by all threads: `b` is packed once, rows are shared out. Tells whether `after` took all of it.
fn large<K: Kernel>(s: &Single, after: Option<OfRun>, tasks: Tasks) -> Result<bool> {
    let size = size::<K>();
    let ways = Ways::new::<K>(s);
    // Rows of a task, and columns, where rows alone make too few.
    let kc = s.k.min(K::KC);
    let mc = evenly(s.m, ways.mc, K::MR);
    let row_blocks = s.m.div_ceil(mc);
    if ways.direct[1] {
        let most = (TASK / work::<K>(&Single { n: 1, ..*s }) * row_blocks as f64) as usize;
        let nc = if row_blocks >= TASKS { s.n } else { evenly(s.n, most.max(K::NR).min(s.n), K::NR) };
        let after = after.filter(|_| nc >= s.n);
        let part = Single { m: mc, n: nc, ..*s };
        let ways = Ways { mc, nc, ..ways };
        let bytes = ways.bytes::<K>(&part)[0];
        try_tasks(tasks, row_blocks * s.n.div_ceil(nc), |t| {
            let (i, j) = (t % row_blocks * mc, t / row_blocks * nc);
            let part = Single {
                m: mc.min(s.m - i),
                n: nc.min(s.n - j),
                k: s.k,
                a: s.a.from(i, 0),
                b: s.b.from(0, j),
                c: s.c.from(i, j),
                onto: s.onto,
                below: s.below(i, j),
            };
            // SAFETY: the operands lie within their arrays; no two tasks share elements of the result.
            with_scratch(bytes, |scratch| unsafe { whole::<K>(&part, ways, scratch) })?;
            if let Some(after) = after {
                after(i * s.n, part.m * s.n);
            }
            Ok(())
        })?;
        return Ok(after.is_some());
    }
    let depth = s.k.min(BLOCKS_K * K::KC);
    let nc = (SHARED_B / (depth * size) / K::NR).max(1) * K::NR;
    let nc = s.n.min(nc).next_multiple_of(K::NR);
    let mut followed = after.is_some();
    let shared = Buffer::new(depth * nc * size)?;
    let packed = Address(shared.data());
    let bytes = if ways.direct[0] { 0 } else { mc * kc * size };
    for j in (0..s.n).step_by(nc) {
        let n = nc.min(s.n - j);
        let padded = n.next_multiple_of(K::NR);
        for q in (0..s.k).step_by(depth) {
            let deep = depth.min(s.k - q);
            // Panels of `b`, block of K by block of K.
            let panels = (16 << 10) / (K::KC * K::NR) + 1;
            let strips = n.div_ceil(panels * K::NR);
            tasks(strips * deep.div_ceil(K::KC), &|t| {
                let (p, from) = (t / strips * K::KC, t % strips * panels * K::NR);
                let k = K::KC.min(deep - p);
                let to = packed.at((p * padded + from * k) * size);
                // SAFETY: the block lies within `b`; no two tasks write the same panels.
                unsafe { K::pack_b((panels * K::NR).min(n - from), k, s.b.from(q + p, j + from), to) };
            })?;
            // Few blocks of rows leave columns to be shared out.
            let column_blocks = (TASKS / row_blocks).clamp(1, padded.div_ceil(8 * K::NR));
            let columns = n.div_ceil(column_blocks).next_multiple_of(K::NR);
            let column_blocks = n.div_ceil(columns);
            let after = after.filter(|_| column_blocks == 1 && n == s.n);
            followed &= after.is_some();
            try_tasks(tasks, row_blocks * column_blocks, |t| {
                let (i, from) = (t % row_blocks * mc, t / row_blocks * columns);
                let (m, n) = (mc.min(s.m - i), columns.min(n - from));
                let below = s.below(i, j + from);
                if below.is_some_and(|b| b >= n as isize) {
                    return Ok(());
                }
                with_scratch(bytes, |scratch| {
                    for p in (0..deep).step_by(K::KC) {
                        let k = K::KC.min(deep - p);
                        let mut a = s.a.from(i, q + p);
                        // SAFETY: the block lies within `a`; scratch has room for it. `b` was packed above, and no two
                        // tasks share elements of the result.
                        unsafe {
                            if !ways.direct[0] {
                                K::pack_a(m, k, a, scratch);
                                a.data = scratch;
                            }
                            let b = Right::packed::<K>(packed.at((p * padded + from * k) * size), k);
                            let onto = s.onto.block(q + p == 0);
                            let to = s.c.from(i, j + from);
                            block::<K>([m, n, k], (a, !ways.direct[0]), b, to, onto, below);
                        }
                    }
                })?;
                if let Some(after) = after
                    && q + deep == s.k
                {
                    after(i * s.n, m * s.n);
                }
                Ok(())
            })?;
        }
    }
    Ok(followed)
}
