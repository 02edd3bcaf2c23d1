//! Elements that masks keep, packed one after another.
#![expect(unsafe_code, reason = "walks memory through pointers")]

use crate::kernels::tile::isa::Isa;

/// Copies the elements at `src` whose byte of `mask` is not zero to `dst`, one after another, `room` at most; their number.
///
/// # Safety
/// `src` and `mask` cover `n` elements, `dst` takes `room` and overlaps neither.
pub unsafe fn compress(size: usize, n: usize, src: *const u8, mask: *const u8, dst: *mut u8, room: usize) -> usize {
    // SAFETY: the caller's contract.
    unsafe {
        match Isa::best() {
            Isa::Base => by_size!(size, T => compress_typed::<T, false>(n, src.cast(), mask, dst.cast(), room)),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => compress_wide(size, n, src, mask, dst, room),
        }
    }
}

/// Elements of which a mask is looked at together: a bit of a word for each.
const RUN: usize = 64;

/// [`compress`].
///
/// # Safety
/// As [`compress`]; on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn compress_wide(size: usize, n: usize, src: *const u8, mask: *const u8, dst: *mut u8, room: usize) -> usize {
    // SAFETY: the caller's contract.
    unsafe { by_size!(size, T => compress_typed::<T, true>(n, src.cast(), mask, dst.cast(), room)) }
}

/// # Safety
/// As [`compress`]; if `WIDE`, on a processor with AVX2.
#[inline(always)]
unsafe fn compress_typed<T: Copy, const WIDE: bool>(
    n: usize,
    src: *const T,
    mask: *const u8,
    dst: *mut T,
    room: usize,
) -> usize {
    let mut kept = [std::mem::MaybeUninit::<T>::uninit(); RUN];
    let mut done = 0;
    for from in (0..n).step_by(RUN) {
        let m = RUN.min(n - from);
        // SAFETY: `from + m <= n`. In each branch as many are written as the mask keeps, and not more than there is room.
        unsafe {
            let (src, mask) = (src.add(from), std::slice::from_raw_parts(mask.add(from), m));
            let bits = if WIDE && m == RUN { wide_mask_bits(mask) } else { mask_bits(mask) };
            let count = (bits.count_ones() as usize).min(room - done);
            let dst = dst.add(done);
            if count == m {
                std::ptr::copy_nonoverlapping(src, dst, m);
            } else if count < if WIDE && size_of::<T>() == 8 { FEW_WIDE } else { FEW } {
                let mut bits = bits;
                for k in 0..count {
                    dst.add(k).write_unaligned(src.add(bits.trailing_zeros() as usize).read_unaligned());
                    bits &= bits - 1;
                }
            } else if WIDE && size_of::<T>() == 8 && m == RUN && room - done >= RUN {
                compress_words(bits, src.cast(), dst.cast());
            } else if room - done >= m {
                let mut at = 0;
                for (j, &keep) in mask.iter().enumerate() {
                    // Written always, counted where kept: no branch to guess wrong. What is too much is within the room.
                    dst.add(at).write_unaligned(src.add(j).read_unaligned());
                    at += usize::from(keep != 0);
                }
            } else {
                let mut at = 0;
                for (j, &keep) in mask.iter().enumerate() {
                    kept[at].write(src.add(j).read_unaligned());
                    at += usize::from(keep != 0);
                }
                std::ptr::copy_nonoverlapping(kept.as_ptr().cast::<T>(), dst, count);
            }
            done += count;
        }
    }
    done
}

/// Writes `first + step * i`, int64, of those of `n` positions whose mask byte is not zero to `dst`, at most `room`; how many.
///
/// # Safety
/// `mask` covers `n` elements, `dst` takes `room` and does not overlap it.
pub unsafe fn compress_iota(n: usize, first: i64, step: i64, mask: *const u8, dst: *mut i64, room: usize) -> usize {
    // SAFETY: the caller's contract.
    unsafe {
        match Isa::best() {
            Isa::Base => compress_iota_typed::<false>(n, first, step, mask, dst, room),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => compress_iota_wide(n, first, step, mask, dst, room),
        }
    }
}

/// [`compress_iota`].
///
/// # Safety
/// As [`compress_iota`]; on a processor with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn compress_iota_wide(n: usize, first: i64, step: i64, mask: *const u8, dst: *mut i64, room: usize) -> usize {
    // SAFETY: the caller's contract.
    unsafe { compress_iota_typed::<true>(n, first, step, mask, dst, room) }
}

/// # Safety
/// As [`compress_iota`]; if `WIDE`, on a processor with AVX2.
#[inline(always)]
unsafe fn compress_iota_typed<const WIDE: bool>(
    n: usize,
    first: i64,
    step: i64,
    mask: *const u8,
    dst: *mut i64,
    room: usize,
) -> usize {
    let mut done = 0;
    for from in (0..n).step_by(RUN) {
        let m = RUN.min(n - from);
        // SAFETY: `from + m <= n`; as many are written as the mask keeps, and not more than there is room.
        unsafe {
            let mask = std::slice::from_raw_parts(mask.add(from), m);
            let mut bits = if WIDE && m == RUN { wide_mask_bits(mask) } else { mask_bits(mask) };
            let count = (bits.count_ones() as usize).min(room - done);
            let value = |i: usize| first.wrapping_add(step.wrapping_mul((from + i) as i64));
            let dst = dst.add(done);
            if WIDE && count >= FEW_WIDE && m == RUN && room - done >= RUN {
                let values: [i64; RUN] = std::array::from_fn(value);
                compress_words(bits, values.as_ptr().cast(), dst.cast());
            } else {
                for k in 0..count {
                    dst.add(k).write_unaligned(value(bits.trailing_zeros() as usize));
                    bits &= bits - 1;
                }
            }
            done += count;
        }
    }
    done
}

/// For each four bits: which halves of four words are those of the words kept, one after another.
#[cfg(target_arch = "x86_64")]
static HALVES: [[u32; 8]; 16] = {
    let mut table = [[0; 8]; 16];
    let mut bits = 0;
    while bits < 16 {
        let (mut word, mut at) = (0, 0);
        while word < 4 {
            if bits >> word & 1 == 1 {
                table[bits][at] = 2 * word as u32;
                table[bits][at + 1] = 2 * word as u32 + 1;
                at += 2;
            }
            word += 1;
        }
        bits += 1;
    }
    table
};

/// Writes those of 64 words that the bits keep, one after another; what is written beyond them is less than 64 words from `dst`.
///
/// # Safety
/// `src` covers 64 words, `dst` takes as many and does not overlap them; on a processor with AVX2.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn compress_words(bits: u64, src: *const u64, dst: *mut u64) {
    use std::arch::x86_64::{_mm256_loadu_si256, _mm256_permutevar8x32_epi32, _mm256_storeu_si256};
    let mut at = 0;
    for j in (0..64).step_by(4) {
        let four = (bits >> j & 15) as usize;
        // SAFETY: `at <= j`, so that four words from there on are among the 64.
        unsafe {
            let which = _mm256_loadu_si256(HALVES[four].as_ptr().cast());
            let words = _mm256_loadu_si256(src.add(j).cast());
            _mm256_storeu_si256(dst.add(at).cast(), _mm256_permutevar8x32_epi32(words, which));
        }
        at += four.count_ones() as usize;
    }
}

/// # Safety
/// Nobody may call it.
#[cfg(not(target_arch = "x86_64"))]
unsafe fn compress_words(_: u64, _: *const u64, _: *mut u64) {
    unreachable!("wide code is for x86-64")
}

/// [`mask_bits`] of 64 bytes.
///
/// # Safety
/// On a processor with AVX2.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn wide_mask_bits(mask: &[u8]) -> u64 {
    use std::arch::x86_64::{_mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_setzero_si256};
    let half = |mask: &[u8]| {
        debug_assert!(mask.len() >= 32);
        // SAFETY: the slice covers 32 bytes.
        let zero = unsafe { _mm256_cmpeq_epi8(_mm256_loadu_si256(mask.as_ptr().cast()), _mm256_setzero_si256()) };
        // SAFETY: the caller's contract.
        !unsafe { _mm256_movemask_epi8(zero) } as u32
    };
    u64::from(half(&mask[..32])) | u64::from(half(&mask[32..])) << 32
}

/// # Safety
/// None is asked.
#[cfg(not(target_arch = "x86_64"))]
unsafe fn wide_mask_bits(mask: &[u8]) -> u64 {
    mask_bits(mask)
}

/// Kept ones of 64 below which they are looked for one by one.
const FEW: usize = 24;
/// The same for words of eight bytes by wide vectors.
const FEW_WIDE: usize = 12;

/// A bit for each of up to 64 bytes that is not zero.
fn mask_bits(mask: &[u8]) -> u64 {
    let mut bits = 0;
    for (k, chunk) in mask.chunks(8).enumerate() {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        let word = u64::from_le_bytes(bytes);
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        // The high bit of each byte that is not zero, then these bits side by side.
        let high = (((word & LOW) + LOW) | word) & !LOW;
        bits |= ((high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * k);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::movement::tests::memory;

    #[test]
    fn compress_keeps_what_the_mask_keeps() {
        let source = memory();
        for size in [1usize, 2, 4, 8, 16] {
            for n in [1, 63, 64, 65, 500] {
                for density in [0u8, 1, 30, 128, 250, 255] {
                    let mask: Vec<u8> =
                        (0..n).map(|i| u8::from(source[3 * i + 1] < density || density == 255)).collect();
                    let elements = source.chunks(size).zip(&mask);
                    let want: Vec<u8> = elements.filter(|e| *e.1 != 0).flat_map(|e| e.0.to_vec()).collect();
                    for spare in [0, 1, 64] {
                        let room = want.len() / size + spare;
                        let mut got = vec![0xa5u8; room * size + 16];
                        // SAFETY: there is room for `room` elements.
                        let kept = unsafe { compress(size, n, source.as_ptr(), mask.as_ptr(), got.as_mut_ptr(), room) };
                        assert_eq!(kept * size, want.len());
                        assert_eq!(got[..want.len()], want[..], "{size} {n} {density} {spare}");
                        assert_eq!(got[room * size..], [0xa5; 16], "{size} {n} {density} {spare}");
                    }
                }
            }
        }
    }
}
