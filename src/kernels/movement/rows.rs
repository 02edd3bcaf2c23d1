//! Rows of contiguous bytes.

/// Bytes from which on the C library copies.
const LONG: usize = 512;

/// Copies `k` rows of contiguous bytes: where the first is, and bytes from row to row.
///
/// # Safety
/// The rows are readable, their places writable and none of them.
#[inline(always)]
pub(super) unsafe fn copy_rows(
    k: usize,
    bytes: usize,
    (from, step): (*const u8, isize),
    (to, to_step): (*mut u8, isize),
) {
    // SAFETY: the caller's contract; rows that follow one another on both sides are one.
    unsafe {
        if step == bytes as isize && to_step == step {
            return std::ptr::copy_nonoverlapping(from, to, k * bytes);
        }
        if step == 0 && to_step == bytes as isize {
            std::ptr::copy_nonoverlapping(from, to, bytes);
            return repeat(to, bytes, k * bytes);
        }
        for i in 0..k as isize {
            copy_row(bytes, from.offset(i * step), to.offset(i * to_step));
        }
    }
}

/// Copies some bytes; the last of them twice, where they are no whole vectors.
///
/// # Safety
/// As `copy_nonoverlapping`.
#[inline(always)]
pub(super) unsafe fn copy_row(bytes: usize, from: *const u8, to: *mut u8) {
    // SAFETY: the caller's contract; each piece lies within the bytes.
    unsafe {
        match bytes {
            32..LONG => pieces::<[u64; 4]>(bytes, from, to),
            16..32 => pieces::<[u64; 2]>(bytes, from, to),
            8..16 => pieces::<u64>(bytes, from, to),
            4..8 => pieces::<u32>(bytes, from, to),
            _ => std::ptr::copy_nonoverlapping(from, to, bytes),
        }
    }
}

/// # Safety
/// As [`copy_row`], of one piece at least.
#[inline(always)]
unsafe fn pieces<T: Copy>(bytes: usize, from: *const u8, to: *mut u8) {
    let size = size_of::<T>();
    // SAFETY: each piece lies within the bytes, of which there is one piece at least.
    unsafe {
        let piece = |at: usize| to.add(at).cast::<T>().write_unaligned(from.add(at).cast::<T>().read_unaligned());
        for at in (0..bytes - size).step_by(size) {
            piece(at);
        }
        piece(bytes - size);
    }
}

/// Fills memory with what its first `done` bytes are, which are copied, twice as many each time.
///
/// # Safety
/// It has `total` bytes, and the first `done > 0` of them are initialised, or there are none.
pub(super) unsafe fn repeat(start: *mut u8, mut done: usize, total: usize) {
    while done < total {
        let some = done.min(total - done);
        // SAFETY: `some <= done` bytes that are there, to behind them; `done + some <= total`.
        unsafe { std::ptr::copy_nonoverlapping(start, start.add(done), some) };
        done += some;
    }
}
