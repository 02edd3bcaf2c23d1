//! How many values become one: lanes that accumulate side by side, in short runs that are merged pairwise.
//!
//! The rounding error of a float sum of n values grows as that of pairwise summation (N. Higham, *Accuracy and Stability
//! of Numerical Algorithms*, section 4.1) with runs of 16: no faster than NumPy's, whose runs are 16 additions too.
#![expect(unsafe_code, reason = "reads tiles through pointers")]

use std::mem::MaybeUninit;

/// An associative operation with an identity, both up to rounding.
pub(super) trait Op {
    /// What it joins.
    type T: Copy;
    /// What changes nothing. Of operations without such a value (minimum), one that callers never let in.
    const IDENTITY: Self::T;
    /// The operation.
    fn op(a: Self::T, b: Self::T) -> Self::T;
    /// The operation of the identity and a value, where that is not the value itself (sums: `0.0 + -0.0`).
    #[inline(always)]
    fn settle(a: Self::T) -> Self::T {
        a
    }
}

/// Rows that a lane accumulates one after another.
const RUN: usize = 16;

/// Runs are merged as the digits of a binary counter carry: one pending partial result a digit.
const DIGITS: usize = usize::BITS as usize - RUN.trailing_zeros() as usize;

/// Lane by lane, `rows` (at least 1) rows of `L` elements that lie `stride` elements apart.
///
/// # Safety
/// Each row lies within readable memory, aligned.
#[inline(always)]
pub(super) unsafe fn reduce_rows<O: Op, const L: usize>(x: *const O::T, rows: usize, stride: usize) -> [O::T; L] {
    // SAFETY: the caller's contract; runs start below `rows`.
    unsafe {
        if rows <= RUN {
            return run::<O, L>(x, rows, stride);
        }
        let mut pending = [MaybeUninit::<[O::T; L]>::uninit(); DIGITS];
        let (mut depth, mut runs, mut at) = (0, 0usize, 0);
        while at < rows {
            let mut acc = run::<O, L>(x.add(at * stride), RUN.min(rows - at), stride);
            at += RUN;
            runs += 1;
            for _ in 0..runs.trailing_zeros() {
                depth -= 1;
                acc = join::<O, L>(pending[depth].assume_init(), acc);
            }
            pending[depth].write(acc);
            depth += 1;
        }
        // `rows > RUN`, so at least one partial result is pending.
        let mut acc = pending[depth - 1].assume_init();
        for earlier in pending[..depth - 1].iter().rev() {
            acc = join::<O, L>(earlier.assume_init(), acc);
        }
        acc
    }
}

#[inline(always)]
fn join<O: Op, const L: usize>(mut a: [O::T; L], b: [O::T; L]) -> [O::T; L] {
    for l in 0..L {
        a[l] = O::op(a[l], b[l]);
    }
    a
}

/// # Safety
/// As [`reduce_rows`].
#[inline(always)]
unsafe fn run<O: Op, const L: usize>(x: *const O::T, rows: usize, stride: usize) -> [O::T; L] {
    // SAFETY: row `r < rows` is readable, `L` elements; arrays are aligned as their elements.
    unsafe {
        let mut acc = x.cast::<[O::T; L]>().read();
        for r in 1..rows {
            let row = x.add(r * stride);
            for l in 0..L {
                acc[l] = O::op(acc[l], *row.add(l));
            }
        }
        acc
    }
}

/// The parts of one row of `m` values: `P` interleaved sequences (2 for complex numbers by their parts), each reduced.
///
/// # Safety
/// `x` covers `m` values, a multiple of `P`.
#[inline(always)]
pub(super) unsafe fn reduce_row<O: Op, const L: usize, const P: usize>(x: *const O::T, m: usize) -> [O::T; P] {
    // SAFETY: all reads lie below `m`.
    unsafe {
        if m <= 8 * P {
            let mut acc = [O::IDENTITY; P];
            for i in (0..m).step_by(P) {
                for p in 0..P {
                    acc[p] = O::op(acc[p], *x.add(i + p));
                }
            }
            return acc;
        }
        // Short rows spend less on the tree with fewer lanes.
        if m < 4 * L { with_lanes::<O, 8, P>(x, m) } else { with_lanes::<O, L, P>(x, m) }
    }
}

/// # Safety
/// As [`reduce_row`], and `m >= L`.
#[inline(always)]
unsafe fn with_lanes<O: Op, const L: usize, const P: usize>(x: *const O::T, m: usize) -> [O::T; P] {
    let whole = m / L * L;
    // SAFETY: `whole <= m`, at least one row of `L`; the rest is read one by one.
    let mut acc = unsafe { reduce_rows::<O, L>(x, whole / L, L) };
    for (l, i) in (whole..m).enumerate() {
        // SAFETY: `i < m`.
        acc[l] = O::op(acc[l], unsafe { *x.add(i) });
    }
    let mut width = L;
    while width > P {
        width /= 2;
        for l in 0..width {
            acc[l] = O::op(acc[l], acc[l + width]);
        }
    }
    std::array::from_fn(|p| O::settle(acc[p]))
}

/// Each of the `m` columns of a block of `k` rows.
///
/// # Safety
/// `x` covers `k * m` values, `out` takes `m`; `k > 0`.
#[inline(always)]
pub(super) unsafe fn reduce_cols<O: Op, const L: usize>(k: usize, m: usize, x: *const O::T, out: *mut O::T) {
    let mut j = 0;
    // SAFETY: strips of columns lie within `m`.
    unsafe {
        while j + L <= m {
            out.add(j).cast::<[O::T; L]>().write(reduce_rows::<O, L>(x.add(j), k, m).map(O::settle));
            j += L;
        }
        while j + 4 <= m {
            out.add(j).cast::<[O::T; 4]>().write(reduce_rows::<O, 4>(x.add(j), k, m).map(O::settle));
            j += 4;
        }
        while j < m {
            out.add(j).cast::<[O::T; 1]>().write(reduce_rows::<O, 1>(x.add(j), k, m).map(O::settle));
            j += 1;
        }
    }
}
