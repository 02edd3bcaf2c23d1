//! The call of compiled code.
#![expect(unsafe_code, reason = "calls machine code")]

use super::super::codegen::{BESIDE, Width, reciprocal_beside};
use super::super::ir::Access;
use super::CompiledSegment;
use crate::dtype::DType;
use crate::kernels::flags;
use crate::ops::fault::Faults;
use smallvec::SmallVec;
use std::sync::atomic::{AtomicU32, Ordering};

/// A segment's code that multiplies where the segment divides.
#[derive(Debug)]
pub(super) struct Quick {
    /// The code.
    segment: CompiledSegment,
    /// The flags that tell that it did wrong.
    betrayed_by: Faults,
    /// Calls that are left to divisions, after one that it did wrong: others are likely to be the same.
    passed: AtomicU32,
}

/// Calls that are left to divisions after one that had to be done twice.
const PASSED: u32 = 15;

impl Quick {
    pub(super) fn new(betrayed_by: Faults, segment: CompiledSegment) -> Quick {
        Quick { segment, betrayed_by, passed: AtomicU32::new(0) }
    }

    pub(super) fn code_size(&self) -> usize {
        self.segment.code_size()
    }

    /// Whether the next call may be its.
    #[cfg(test)]
    pub(super) fn is_trusted(&self) -> bool {
        self.passed.load(Ordering::Relaxed) == 0
    }

    /// Runs the code as [`CompiledSegment::call`], if what it does wrong can be done again; whether all is done, and the flags are those that
    /// divisions raise.
    ///
    /// # Safety
    /// That of [`CompiledSegment::call`].
    unsafe fn call(&self, ptrs: &mut [*mut u8], n: usize, rows: Rows) -> bool {
        let (read, stored) = ptrs.split_at(self.segment.operands.len());
        if stored.iter().any(|p| read.contains(p)) {
            return false;
        }
        let passed = self.passed.load(Ordering::Relaxed);
        if passed > 0 {
            self.passed.store(passed - 1, Ordering::Relaxed);
            return false;
        }
        let before: SmallVec<[*mut u8; 16]> = SmallVec::from_slice(ptrs);
        let held = flags::take();
        // SAFETY: the caller's contract.
        let is_called = unsafe { self.segment.call_filled(ptrs, n, rows) };
        let raised = flags::take();
        let is_done = is_called && raised.and(self.betrayed_by).is_empty();
        if !is_done {
            self.passed.store(PASSED, Ordering::Relaxed);
            ptrs.copy_from_slice(&before);
        }
        flags::raise(if is_done { held.or(raised) } else { held });
        is_done
    }
}

impl CompiledSegment {
    /// Runs the segment over rows of `n` elements each: one pointer for each operand, then one for each store, then one
    /// for each fold, which the call moves on from row to row. No alignment is needed, but
    /// by streaming code, whose stores other threads see only after [`fence_streams`] on this one.
    ///
    /// # Panics
    /// If there are too few pointers or steps, no row, or `n` is less than [`CompiledSegment::block`]; for streaming code, if it
    /// [cannot](CompiledSegment::can_stream) be called so.
    ///
    /// # Safety
    /// For each row, with the pointers moved on by as many steps as there are rows before it:
    /// - The pointer of a unit operand covers `n` elements that may be read, that of a scalar operand one; bools are 0 or 1.
    /// - The pointer of a store covers `n` elements that may be written.
    /// - The pointer of a fold covers [`CompiledSegment::fold_bytes`] that may be written, and overlaps nothing else.
    /// - A store's memory overlaps no other store's. It overlaps an operand's only where both pointers are equal, the
    ///   operand is a unit operand with elements of the same size, and `n` is a multiple of the block: the last
    ///   iteration ends at `n`, and where it overlaps the one before, it reads operands once more. It overlaps no operand
    ///   of another row.
    /// - No other thread writes what is read, or touches what is written, during the call.
    pub unsafe fn call(&self, ptrs: &mut [*mut u8], n: usize, rows: Rows) {
        let expected = self.operands.len() + self.stores.len() + self.folds;
        assert!(ptrs.len() == expected && n >= self.block, "call of a compiled segment");
        assert!(rows.count == 1 || rows.count > 1 && rows.steps.len() == expected, "rows of a compiled segment");
        assert!(!self.streaming || self.can_stream(ptrs, n, rows), "call of a streaming segment");
        // SAFETY: the caller's contract, and the pointers are as many as there should be; where the first code gave up, what it has stored
        // is stored anew from operands that it left as they were.
        unsafe {
            if !self.quick.as_ref().is_some_and(|quick| quick.call(ptrs, n, rows)) {
                self.call_filled(ptrs, n, rows);
            }
        }
    }

    /// [`CompiledSegment::call`] of this code, after filling vectors for scalars; whether divisors are such that it can be called.
    ///
    /// # Safety
    /// That of [`CompiledSegment::call`], with as many pointers and steps as it says.
    unsafe fn call_filled(&self, ptrs: &mut [*mut u8], n: usize, rows: Rows) -> bool {
        if self.width == Width::Single {
            if self.clean_upper {
                clean_upper_halves();
            }
            // SAFETY: the caller's contract.
            unsafe { self.enter(ptrs, n, rows) };
            return true;
        }
        if !self.has_scalars {
            // SAFETY: the caller's contract.
            unsafe { self.enter(ptrs, n, rows) };
            clean_upper_halves();
            return true;
        }
        let mut steps: SmallVec<[isize; 12]> = SmallVec::from_slice(rows.steps);
        let mut filled: SmallVec<[Vector; 8]> = SmallVec::new();
        let is_scalar = |i: usize| self.operands[i].access == Access::Scalar;
        let vectors = |i: usize| if self.divisors.contains(&i) { 2 } else { 1 };
        for i in (0..self.operands.len()).filter(|&i| is_scalar(i)) {
            let step = steps.get(i).copied().unwrap_or(0);
            let dtype = self.operands[i].dtype;
            // One vector serves all rows that have one element.
            for row in 0..if step == 0 { 1 } else { rows.count } {
                // SAFETY: a scalar operand's pointer covers one element in each row.
                let word = unsafe { word(ptrs[i].wrapping_offset(row as isize * step), dtype) };
                filled.push(repeated(word, dtype));
                if vectors(i) == 2 {
                    let Some(reciprocal) = reciprocal_beside(word, dtype) else { return false };
                    filled.push(repeated(reciprocal, dtype));
                }
            }
        }
        let mut next = filled.as_mut_ptr();
        for i in (0..self.operands.len()).filter(|&i| is_scalar(i)) {
            ptrs[i] = next.cast();
            let moves = steps.get(i).is_some_and(|&step| step != 0);
            next = next.wrapping_add(if moves { rows.count } else { 1 } * vectors(i));
            if moves {
                steps[i] = (size_of::<Vector>() * vectors(i)) as isize;
            }
        }
        // SAFETY: the caller's contract, and what stands for scalars covers one or two vectors a row until the call returns.
        unsafe { self.enter(ptrs, n, Rows { count: rows.count, steps: &steps }) };
        clean_upper_halves();
        true
    }

    /// Jumps into the code.
    ///
    /// # Safety
    /// That of [`CompiledSegment::call`]; the pointers of scalar operands cover what code of this width wants.
    unsafe fn enter(&self, ptrs: &mut [*mut u8], n: usize, rows: Rows) {
        type Entry = extern "sysv64" fn(*mut *mut u8, usize, usize, *const isize);
        // SAFETY: the code was emitted as this function, for these numbers of pointers (checked by `call`), and stays
        // mapped and unchanged as long as `self.code` is held. Steps are read between rows only, where there are as many as
        // pointers. What the code does there is the caller's contract.
        unsafe {
            let entry: Entry = std::mem::transmute(self.code.entry.as_ptr());
            entry(ptrs.as_mut_ptr(), n, rows.count, rows.steps.as_ptr());
        }
    }
}

/// How many rows a call runs over, and by how many bytes each pointer moves from one to the next; unused for one row.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// How many.
    pub count: usize,
    /// A step for each pointer.
    pub steps: &'a [isize],
}

impl Rows<'_> {
    /// A single row.
    pub const ONE: Rows<'static> = Rows { count: 1, steps: &[] };
}

/// The widest vector.
type Vector = [u64; Width::Quad.bytes() / 8];

const _: () = assert!(size_of::<Vector>() == BESIDE as usize);

/// An element's bits.
///
/// # Safety
/// `x` covers an element of at most eight bytes, at any alignment.
unsafe fn word(x: *const u8, dtype: DType) -> u64 {
    // SAFETY: by contract.
    unsafe {
        match dtype.size() {
            1 => u64::from(x.read()),
            2 => u64::from(x.cast::<u16>().read_unaligned()),
            4 => u64::from(x.cast::<u32>().read_unaligned()),
            _ => x.cast::<u64>().read_unaligned(),
        }
    }
}

/// An element over and over.
fn repeated(word: u64, dtype: DType) -> Vector {
    let all = match dtype.size() {
        1 => 0x0101_0101_0101_0101,
        2 => 0x0001_0001_0001_0001,
        4 => 0x0000_0001_0000_0001,
        _ => 1,
    };
    [word * all; Width::Quad.bytes() / 8]
}

#[cfg(target_arch = "x86_64")]
pub(super) fn has_upper_halves() -> bool {
    std::is_x86_feature_detected!("avx")
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn has_upper_halves() -> bool {
    false
}

/// The compiler moves registers by legacy instructions, which with dirty upper halves ran 34 times slower (measured).
#[cfg(target_arch = "x86_64")]
fn clean_upper_halves() {
    #[target_feature(enable = "avx")]
    fn clean() {
        std::arch::x86_64::_mm256_zeroupper();
    }
    debug_assert!(has_upper_halves());
    // SAFETY: called only where `has_upper_halves` is true: the processor has AVX.
    unsafe { clean() }
}

#[cfg(not(target_arch = "x86_64"))]
fn clean_upper_halves() {}
