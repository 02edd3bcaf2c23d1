//! Panels: copies of blocks of the operands in the order in which the micro-kernel reads them.
#![expect(unsafe_code, reason = "walks matrices through pointers")]

/// Panels that are written together.
const TOGETHER: usize = 16;

/// Packs `count` vectors of `k` elements into panels of `W`: in a panel, the `W` elements at one place of K lie side by side,
/// and what is missing from the last is zero. Elements are `across` bytes apart from vector to vector, `along` within one.
///
/// # Safety
/// The elements are readable; `to` takes `k` elements for each of `count` vectors rounded up to whole panels.
pub(super) unsafe fn panels<E: Copy + Default, const W: usize>(
    count: usize,
    k: usize,
    from: *const u8,
    across: isize,
    along: isize,
    to: *mut E,
) {
    let size = size_of::<E>() as isize;
    let whole = if across == size { count / W } else { 0 };
    // Where the vectors' elements lie beside each other, as long a stretch of them as of many panels is read at once: what is
    // read from memory bit by bit, far apart, is not fetched ahead.
    for first in (0..whole).step_by(TOGETHER) {
        let together = TOGETHER.min(whole - first);
        for p in 0..k {
            // SAFETY: the panels are whole; every element named lies in the caller's ranges.
            unsafe {
                let from = from.offset(p as isize * along).cast::<E>().add(first * W).cast::<[E; W]>();
                let to = to.add((first * k + p) * W);
                for panel in 0..together {
                    to.add(panel * k * W).cast::<[E; W]>().write_unaligned(from.add(panel).read_unaligned());
                }
            }
        }
    }
    for first in (whole * W..count).step_by(W) {
        let width = W.min(count - first);
        let from = from.wrapping_offset(first as isize * across);
        // SAFETY: the panel starts where those before it end; every element named lies in the caller's ranges.
        unsafe {
            let to = to.add(first * k);
            if width == W && along == size {
                transposed::<E, W>(k, from, across, to);
            } else {
                for p in 0..k {
                    let from = from.offset(p as isize * along);
                    for i in 0..W {
                        let value =
                            if i < width { *from.offset(i as isize * across).cast::<E>() } else { E::default() };
                        to.add(p * W + i).write(value);
                    }
                }
            }
        }
    }
}

/// A panel of vectors whose elements lie side by side.
///
/// # Safety
/// As [`panels`], for one whole panel.
#[inline(always)]
unsafe fn transposed<E: Copy, const W: usize>(k: usize, from: *const u8, across: isize, to: *mut E) {
    // As many elements of each vector at a time as a cache line of most types has.
    const STEP: usize = 8;
    let mut p = 0;
    // SAFETY: `p + STEP <= k`, then `p < k`; there are `W` vectors.
    unsafe {
        while p + STEP <= k {
            for i in 0..W {
                let from = from.offset(i as isize * across).cast::<E>().add(p);
                for s in 0..STEP {
                    to.add((p + s) * W + i).write(*from.add(s));
                }
            }
            p += STEP;
        }
        while p < k {
            for i in 0..W {
                to.add(p * W + i).write(*from.offset(i as isize * across).cast::<E>().add(p));
            }
            p += 1;
        }
    }
}
