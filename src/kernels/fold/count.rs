//! The number of true values.
#![expect(unsafe_code, reason = "reads tiles and states through pointers")]

use super::Routines;
use crate::ops::reduction::Finish;

pub(super) struct Count;

/// # Safety
/// `x` covers `m` bytes.
#[inline(always)]
unsafe fn row(x: *const u8, m: usize) -> i64 {
    let (mut total, mut at) = (0i64, 0);
    // SAFETY: all reads lie below `m`; SSE2 is in every x86-64.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{
                __m128i, _mm_add_epi64, _mm_cvtsi128_si64, _mm_loadu_si128, _mm_sad_epu8, _mm_setzero_si128,
                _mm_unpackhi_epi64,
            };
            let zero = _mm_setzero_si128();
            let mut sums = [zero; 4];
            while at + 64 <= m {
                for (q, sum) in sums.iter_mut().enumerate() {
                    let bytes = _mm_loadu_si128(x.add(at + 16 * q).cast::<__m128i>());
                    *sum = _mm_add_epi64(*sum, _mm_sad_epu8(bytes, zero));
                }
                at += 64;
            }
            let sum = _mm_add_epi64(_mm_add_epi64(sums[0], sums[1]), _mm_add_epi64(sums[2], sums[3]));
            total += _mm_cvtsi128_si64(_mm_add_epi64(sum, _mm_unpackhi_epi64(sum, sum)));
        }
        while at < m {
            total += i64::from(*x.add(at));
            at += 1;
        }
    }
    total
}

/// Columns that are counted together, in bytes that hold up to `ROWS` rows.
const STRIP: usize = 256;
const ROWS: usize = 255;

/// # Safety
/// `x` covers `k` rows that lie `apart` bytes apart, of which `width <= STRIP` columns from `x` on are read; `out` takes `width`.
#[inline(always)]
unsafe fn columns(k: usize, apart: usize, x: *const u8, width: usize, out: *mut i64) {
    // SAFETY: rows below `k`, columns below `width`.
    unsafe {
        out.write_bytes(0, width);
        for at in (0..k).step_by(ROWS) {
            let mut bytes = [0u8; STRIP];
            for r in at..k.min(at + ROWS) {
                let row = x.add(r * apart);
                for (j, byte) in bytes[..width].iter_mut().enumerate() {
                    *byte = byte.wrapping_add(*row.add(j));
                }
            }
            for (j, byte) in bytes[..width].iter().enumerate() {
                out.add(j).write(*out.add(j) + i64::from(*byte));
            }
        }
    }
}

impl Routines for Count {
    #[inline(always)]
    unsafe fn rows(k: usize, m: usize, apart: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        for i in 0..k {
            // SAFETY: row `i` and its state lie within the block and the states.
            unsafe { states.cast::<i64>().add(i).write(row(x.add(i * apart), m)) };
        }
    }

    #[inline(always)]
    unsafe fn cols(k: usize, m: usize, apart: usize, x: *const u8, _: i64, _: i64, states: *mut u8) {
        for j in (0..m).step_by(STRIP) {
            // SAFETY: strips of columns lie within `m`.
            unsafe { columns(k, apart, x.add(j), STRIP.min(m - j), states.cast::<i64>().add(j)) };
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
            Finish::Position | Finish::Mean | Finish::Var(_) | Finish::Std(_) | Finish::Tally => {
                unreachable!("{finish:?} of a count")
            }
        }
    }

    unsafe fn empty(n: usize, states: *mut u8) {
        // SAFETY: `n` states of 8 bytes.
        unsafe { states.write_bytes(0, n * 8) };
    }
}
