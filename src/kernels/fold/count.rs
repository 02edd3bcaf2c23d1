//! The number of true values.
#![expect(unsafe_code, reason = "reads tiles and states through pointers")]

use super::Routines;
use crate::ops::reduction::Finish;

/// Bytes that are added side by side; a byte holds 255 rows of them.
const LANES: usize = 64;
const ROWS: usize = 255;

pub(super) struct Count;

/// The sum of `LANES` columns of bytes 0 and 1, `rows <= 255`, `stride` apart.
///
/// # Safety
/// Each row is readable.
#[inline(always)]
unsafe fn bytes<const L: usize>(x: *const u8, rows: usize, stride: usize) -> [u8; L] {
    let mut acc = [0u8; L];
    for r in 0..rows {
        // SAFETY: row `r` has `L` bytes.
        let row = unsafe { x.add(r * stride).cast::<[u8; L]>().read() };
        for l in 0..L {
            acc[l] = acc[l].wrapping_add(row[l]);
        }
    }
    acc
}

/// # Safety
/// `x` covers `m` bytes.
#[inline(always)]
unsafe fn row(x: *const u8, m: usize) -> i64 {
    let (mut total, mut at) = (0i64, 0);
    // SAFETY: all reads lie below `m`.
    unsafe {
        while at + LANES <= m {
            let rows = ((m - at) / LANES).min(ROWS);
            total += bytes::<LANES>(x.add(at), rows, LANES).iter().map(|&b| i64::from(b)).sum::<i64>();
            at += rows * LANES;
        }
        for i in at..m {
            total += i64::from(*x.add(i));
        }
    }
    total
}

/// # Safety
/// `x` covers `k` rows of `m`, of which `L` columns from `x` on are read; `out` takes `L`.
#[inline(always)]
unsafe fn columns<const L: usize>(k: usize, m: usize, x: *const u8, out: *mut i64) {
    let mut total = [0i64; L];
    for at in (0..k).step_by(ROWS) {
        // SAFETY: rows `at` to `at + ROWS`, at most `k`.
        let part = unsafe { bytes::<L>(x.add(at * m), ROWS.min(k - at), m) };
        for l in 0..L {
            total[l] += i64::from(part[l]);
        }
    }
    // SAFETY: `out` takes `L` values.
    unsafe { out.cast::<[i64; L]>().write(total) };
}

impl Routines for Count {
    #[inline(always)]
    unsafe fn rows(k: usize, m: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        for i in 0..k {
            // SAFETY: row `i` and its state lie within the block and the states.
            unsafe { states.cast::<i64>().add(i).write(row(x.add(i * m), m)) };
        }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        let (out, mut j) = (states.cast::<i64>(), 0);
        // SAFETY: strips of columns lie within `m`.
        unsafe {
            while j + 32 <= m {
                columns::<32>(k, m, x.add(j), out.add(j));
                j += 32;
            }
            while j < m {
                columns::<1>(k, m, x.add(j), out.add(j));
                j += 1;
            }
        }
    }

    #[inline(always)]
    unsafe fn combine(n: usize, acc: *mut u8, new: *const u8, _: u64, _: u64) {
        let (acc, new) = (acc.cast::<i64>(), new.cast::<i64>());
        for i in 0..n {
            // SAFETY: `i < n`.
            unsafe { acc.add(i).write(*acc.add(i) + *new.add(i)) };
        }
    }

    unsafe fn finish(n: usize, states: *const u8, _: u64, finish: Finish, out: *mut u8) {
        match finish {
            // SAFETY: `n` states and `n` int64 results.
            Finish::Value => unsafe { std::ptr::copy_nonoverlapping(states, out, n * 8) },
            Finish::Position | Finish::Mean | Finish::Var(_) | Finish::Std(_) => unreachable!("{finish:?} of a count"),
        }
    }

    unsafe fn empty(n: usize, states: *mut u8) {
        // SAFETY: `n` states of 8 bytes.
        unsafe { states.write_bytes(0, n * 8) };
    }
}
