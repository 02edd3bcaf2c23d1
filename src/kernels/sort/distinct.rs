//! Sorted elements without those that equal the one before.
#![expect(unsafe_code, reason = "walks elements through pointers")]

use super::key::Key;
use crate::array::Array;
use crate::error::Result;
use crate::kernels::Tasks;
use crate::kernels::movement::Address;
use crate::kernels::tile::isa::Isa;

/// Elements of a task.
const CHUNK: usize = 1 << 15;
/// Elements that are moved together if all are new, which vectors tell.
const BLOCK: usize = 32;

/// Moves the distinct elements of a sorted row to its front, the first of equal ones, and counts them. NaN equals NaN, or nothing.
///
/// # Errors
/// `Error::Interrupted`.
pub fn distinct<K: Key>(equal_nan: bool, sorted: &Array, tasks: Tasks) -> Result<usize> {
    let n = sorted.size();
    let row = Address(sorted.data());
    let at = |i: usize| row.at(i * size_of::<K::Bits>()).cast::<K::Bits>();
    let chunks = n.div_ceil(CHUNK);
    let range = |c: usize| c * CHUNK..((c + 1) * CHUNK).min(n);
    // What comes before each chunk, as it is before anything moves.
    // SAFETY: elements of the row.
    let before: Vec<Option<K::Bits>> = (0..chunks).map(|c| (c > 0).then(|| unsafe { *at(c * CHUNK - 1) })).collect();
    let mut kept = vec![0usize; chunks];
    let counts = Address(kept.as_mut_ptr().cast());
    tasks(chunks, &|c| {
        // SAFETY: the chunk is this task's alone, as its count is.
        unsafe {
            let part = std::slice::from_raw_parts_mut(at(range(c).start), range(c).len());
            counts.at(0).cast::<usize>().add(c).write(pack::<K>(before[c], part, equal_nan));
        }
    })?;
    let mut end = 0;
    for (c, some) in kept.into_iter().enumerate() {
        // SAFETY: elements of the row; `end` is not beyond the chunk's start.
        unsafe { std::ptr::copy(at(range(c).start), at(end), some) };
        end += some;
    }
    Ok(end)
}

/// The same within a part of the row, after the element before it.
fn pack<K: Key>(before: Option<K::Bits>, part: &mut [K::Bits], equal_nan: bool) -> usize {
    /// # Safety
    /// The processor has AVX2.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    unsafe fn wide<K: Key>(before: Option<K::Bits>, part: &mut [K::Bits], equal_nan: bool) -> usize {
        pack_with::<K>(before, part, equal_nan)
    }
    /// # Safety
    /// The processor has AVX-512.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f")]
    unsafe fn widest<K: Key>(before: Option<K::Bits>, part: &mut [K::Bits], equal_nan: bool) -> usize {
        pack_with::<K>(before, part, equal_nan)
    }
    match Isa::best() {
        Isa::Base => pack_with::<K>(before, part, equal_nan),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: this set has AVX2.
        Isa::Avx2 => unsafe { wide::<K>(before, part, equal_nan) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: this set has AVX-512.
        Isa::Avx512 => unsafe { widest::<K>(before, part, equal_nan) },
    }
}

#[inline(always)]
fn pack_with<K: Key>(before: Option<K::Bits>, part: &mut [K::Bits], equal_nan: bool) -> usize {
    let Some(&first) = part.first() else { return 0 };
    let look = |element: K::Bits| {
        let key = K::encode(element);
        (K::rank(key), K::is_nan(key))
    };
    let differs = |(rank, nan), (last, last_nan)| rank != last && !(nan && last_nan && equal_nan) || nan && !equal_nan;
    let mut last = look(first);
    let mut kept = usize::from(before.is_none_or(|b| differs(last, look(b))));
    let mut i = 1;
    while i < part.len() {
        let end = (i + BLOCK).min(part.len());
        // Elements have been moved to `i - 1` at most, and to it only the one that was there.
        if end - i == BLOCK && K::DIGITS > 0 {
            let pairs = part[i - 1..end - 1].iter().zip(&part[i..end]);
            let new = |(before, here): (&K::Bits, &K::Bits)| {
                let ((last, _), (rank, nan)) = (look(*before), look(*here));
                rank != last && !nan
            };
            if pairs.fold(true, |all, pair| all & new(pair)) {
                if kept < i {
                    part.copy_within(i..end, kept);
                }
                (kept, i, last) = (kept + BLOCK, end, look(part[end - 1]));
                continue;
            }
        }
        while i < end {
            let (element, here) = (part[i], look(part[i]));
            // Written anyway: a branch would be foretold badly.
            part[kept] = element;
            kept += usize::from(differs(here, last));
            (i, last) = (i + 1, here);
        }
    }
    kept
}
