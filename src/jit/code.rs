//! Machine code in memory: where it lies, who owns it, how it is called.
//!
//! Code lies in arenas: a memory file mapped twice, once writable, once executable, so that no page is ever both. Code
//! takes granules of an arena and gives them back when its [`CompiledSegment`] is dropped. Where such mappings are
//! refused, each piece of code has pages of its own, made executable once written.
//!
//! **Fork.** Parent and child share the memory of an arena, so after a fork neither writes again into an arena from
//! before it ([`forks`]): what each holds stays executable as it is, new code goes into new arenas, and an old one is
//! unmapped once its last code is dropped. Locks that a vanished thread may hold are left behind ([`PerProcess`]).
#![expect(unsafe_code, reason = "maps executable memory and calls into it")]

mod call;

pub use call::Rows;

use super::codegen::{self, MachineCode, Quotients, Width};
use super::ir::{Access, Operand, Segment};
use crate::array::fork::{PerProcess, forks};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::kernels::fold::lanes;
use call::{Quick, has_upper_halves};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that code is rounded up to: a cache line, and more than the constants' alignment.
const GRANULE: usize = 64;

/// The alignment of what streaming code stores.
const ALIGN: usize = Width::Double.bytes();

/// Bytes of an arena. Untouched pages of it cost nothing.
const ARENA: usize = 1 << 20;

/// A compiled segment: owns its code; dropping the last handle gives the memory back.
#[derive(Debug)]
pub struct CompiledSegment {
    code: Code,
    size: usize,
    width: Width,
    block: usize,
    streaming: bool,
    /// The same by products instead of divisions, where that is right.
    quick: Option<Box<Quick>>,
    /// The scalar operands that are pointed to with their reciprocals.
    divisors: SmallVec<[usize; 2]>,
    operands: Vec<Operand>,
    stores: Vec<DType>,
    folds: usize,
    /// Bytes of a lane of the folds.
    lane: usize,
    has_scalars: bool,
    /// The processor has 256-bit registers, whose upper halves must be clean when code runs.
    clean_upper: bool,
}

impl CompiledSegment {
    /// Compiles a segment and places its code.
    ///
    /// # Errors
    /// [`Error::Bug`] where the segment has an instruction that is not native; [`Error::Memory`] without memory.
    pub fn new(segment: &Segment) -> Result<CompiledSegment> {
        let machine = codegen::compile(segment, Quotients::Divided)?;
        CompiledSegment::of(segment, &machine, || codegen::compile_to(segment, machine.width, Quotients::Multiplied))
    }

    /// Compiles a segment to vectors of one width; `None` where it cannot have that width.
    ///
    /// # Errors
    /// As [`CompiledSegment::new`].
    pub fn of_width(segment: &Segment, width: Width) -> Result<Option<CompiledSegment>> {
        CompiledSegment::if_had(segment, |quotients| codegen::compile_to(segment, width, quotients))
    }

    /// Compiles a segment so that what it stores goes past the caches; `None` where there is no such code.
    ///
    /// # Errors
    /// As [`CompiledSegment::new`].
    pub fn streaming(segment: &Segment) -> Result<Option<CompiledSegment>> {
        CompiledSegment::if_had(segment, |quotients| codegen::compile_streaming(segment, quotients))
    }

    /// The segment as a compiler makes it; `None` where it makes no code that divides.
    fn if_had(
        segment: &Segment,
        compile: impl Fn(Quotients) -> Result<Option<MachineCode>>,
    ) -> Result<Option<CompiledSegment>> {
        let machine = compile(Quotients::Divided)?;
        machine.map(|machine| CompiledSegment::of(segment, &machine, || compile(Quotients::Multiplied))).transpose()
    }

    /// The segment of this code, which divides; beside it that which multiplies, where it can be had.
    fn of(
        segment: &Segment,
        machine: &MachineCode,
        multiply: impl FnOnce() -> Result<Option<MachineCode>>,
    ) -> Result<CompiledSegment> {
        let mut compiled = CompiledSegment::placed(segment, machine)?;
        if machine.divides
            && let Some(quick) = multiply()?
        {
            compiled.quick = Some(Box::new(Quick::new(quick.betrayed_by, CompiledSegment::placed(segment, &quick)?)));
        }
        Ok(compiled)
    }

    fn placed(segment: &Segment, machine: &MachineCode) -> Result<CompiledSegment> {
        Ok(CompiledSegment {
            code: Code::place(machine)?,
            quick: None,
            divisors: machine.divisors.clone(),
            width: machine.width,
            size: machine.bytes.len(),
            block: machine.block,
            streaming: machine.streaming,
            operands: segment.operands.clone(),
            stores: segment.stores.iter().map(|&v| segment.body.dtype(v)).collect(),
            folds: segment.folds.len(),
            lane: segment.lane(),
            has_scalars: segment.operands.iter().any(|o| o.access == Access::Scalar),
            clean_upper: has_upper_halves(),
        })
    }

    /// Elements that one iteration takes: the smallest `n` of a call.
    pub fn block(&self) -> usize {
        self.block
    }

    /// Bytes of machine code.
    pub fn code_size(&self) -> usize {
        self.size + self.quick.as_ref().map_or(0, |quick| quick.code_size())
    }

    /// The width of its vectors.
    pub fn width(&self) -> Width {
        self.width
    }

    /// The operands, in the order of the pointers.
    pub fn operands(&self) -> &[Operand] {
        &self.operands
    }

    /// The types of the stores, whose pointers follow those of the operands.
    pub fn stores(&self) -> &[DType] {
        &self.stores
    }

    /// How many folds it begins, whose pointers follow those of the stores.
    pub fn folds(&self) -> usize {
        self.folds
    }

    /// Bytes that each fold of `n` elements leaves.
    pub fn fold_bytes(&self, n: usize) -> usize {
        lanes::rows_bytes(n, self.lane)
    }

    /// Whether streaming code may be called so: its stores must be aligned, and it must not lay its last block over the one
    /// before, as lines that are written twice cost more than caches save.
    pub fn can_stream(&self, ptrs: &[*mut u8], n: usize, rows: Rows) -> bool {
        let aligned = |p: &*mut u8| p.addr().is_multiple_of(ALIGN);
        let stay = |step: &isize| step.unsigned_abs().is_multiple_of(ALIGN);
        self.folds == 0
            && n.is_multiple_of(self.block)
            && ptrs[self.operands.len()..].iter().all(aligned)
            && (rows.count == 1 || rows.steps[self.operands.len()..].iter().all(stay))
    }

    /// Runs the segment over `n` elements of borrowed bytes: [`CompiledSegment::call`], checked.
    ///
    /// # Panics
    /// If a slice is shorter than what it stands for, or `n` is less than [`CompiledSegment::block`].
    pub fn run(&self, operands: &[&[u8]], stores: &mut [&mut [u8]], folds: &mut [&mut [u8]], n: usize) {
        let elements = |o: &Operand| if o.access == Access::Unit { n } else { 1 };
        assert!(operands.len() == self.operands.len() && stores.len() == self.stores.len());
        assert!(folds.len() == self.folds && folds.iter().all(|bytes| bytes.len() >= self.fold_bytes(n)));
        assert!(operands.iter().zip(&self.operands).all(|(bytes, o)| bytes.len() / o.dtype.size() >= elements(o)));
        assert!(stores.iter().zip(&self.stores).all(|(bytes, dtype)| bytes.len() / dtype.size() >= n));
        let read = operands.iter().map(|bytes| bytes.as_ptr().cast_mut());
        let stored = stores.iter_mut().map(|bytes| bytes.as_mut_ptr());
        let folded = folds.iter_mut().map(|bytes| bytes.as_mut_ptr());
        let mut ptrs: SmallVec<[*mut u8; 8]> = read.chain(stored).chain(folded).collect();
        // SAFETY: each slice covers what is read or written (checked above); the stores are borrowed mutably, so nothing
        // overlaps them. Through the operands' pointers nothing is written. `call` checks `n` itself.
        unsafe { self.call(&mut ptrs, n, Rows::ONE) };
    }
}

/// Has what streaming code stored on this thread precede all that it stores afterwards, as a lock or a counter does for
/// ordinary stores.
pub fn fence_streams() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has SSE.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

/// A piece of code in memory.
#[derive(Debug)]
struct Code {
    entry: NonNull<u8>,
    home: Home,
}

// SAFETY: the memory is executed and never written while the value lives; `Home`'s own state is behind a lock.
unsafe impl Send for Code {}
// SAFETY: as above.
unsafe impl Sync for Code {}

#[derive(Debug)]
enum Home {
    /// Granules of an arena.
    Arena { arena: Arc<Arena>, granules: Granules },
    /// Pages of its own.
    Pages(#[expect(dead_code, reason = "unmaps when dropped")] Mapping),
}

/// A run of granules.
#[derive(Clone, Copy, Debug)]
struct Granules {
    first: usize,
    count: usize,
}

impl Code {
    fn place(machine: &MachineCode) -> Result<Code> {
        if machine.align > GRANULE {
            return Err(Error::Bug(format!("code aligned to {}", machine.align)));
        }
        match Code::place_in_arena(&machine.bytes) {
            Some(code) => Ok(code),
            None => Code::place_in_pages(&machine.bytes),
        }
    }

    /// Places code in the process' newest arena or a new one. `None` where arenas cannot be had.
    fn place_in_arena(bytes: &[u8]) -> Option<Code> {
        static CURRENT: PerProcess<Option<Arc<Arena>>> = PerProcess::new();
        let mut current = CURRENT.lock();
        let count = bytes.len().div_ceil(GRANULE);
        let fitting = current.as_ref().filter(|arena| arena.forks == forks()).and_then(|arena| {
            let granules = arena.take(count)?;
            Some((arena.clone(), granules))
        });
        let (arena, granules) = match fitting {
            Some(found) => found,
            None => {
                let arena = Arc::new(Arena::new((count * GRANULE).max(ARENA))?);
                let granules = arena.take(count)?;
                *current = Some(arena.clone());
                (arena, granules)
            }
        };
        let entry = arena.write(granules, bytes);
        Some(Code { entry, home: Home::Arena { arena, granules } })
    }

    fn place_in_pages(bytes: &[u8]) -> Result<Code> {
        let no_memory = || Error::Memory { bytes: bytes.len() };
        let pages = Mapping::private(bytes.len()).ok_or_else(no_memory)?;
        // SAFETY: the mapping is new, writable, and at least as long as `bytes`.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), pages.start.as_ptr(), bytes.len()) };
        // SAFETY: the pages are this mapping's own.
        let refused =
            unsafe { libc::mprotect(pages.start.as_ptr().cast(), pages.len, libc::PROT_READ | libc::PROT_EXEC) != 0 };
        if refused { Err(no_memory()) } else { Ok(Code { entry: pages.start, home: Home::Pages(pages) }) }
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        if let Home::Arena { arena, granules } = &self.home {
            arena.give_back(*granules);
        }
    }
}

/// A memory file, mapped twice.
#[derive(Debug)]
struct Arena {
    writable: Mapping,
    executable: Mapping,
    /// [`forks`] when it was made: after another fork it is never written again.
    forks: usize,
    free: Mutex<FreeList>,
}

// SAFETY: `write` touches only granules that `take` has given to one owner; the rest is behind the lock.
unsafe impl Send for Arena {}
// SAFETY: as above.
unsafe impl Sync for Arena {}

/// The free granules: first granule and length of each run.
#[derive(Debug)]
struct FreeList {
    runs: BTreeMap<usize, usize>,
    /// Granules below this have held code before.
    used: usize,
}

impl Arena {
    fn new(len: usize) -> Option<Arena> {
        let (writable, executable) = Mapping::pair(len)?;
        let free = FreeList { runs: BTreeMap::from([(0, writable.len / GRANULE)]), used: 0 };
        Some(Arena { writable, executable, forks: forks(), free: Mutex::new(free) })
    }

    /// The first run of free granules that is long enough.
    fn take(&self, count: usize) -> Option<Granules> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let (&first, &len) = free.runs.iter().find(|&(_, &len)| len >= count)?;
        free.runs.remove(&first);
        if len > count {
            free.runs.insert(first + count, len - count);
        }
        if first < free.used {
            synchronize_cores();
        }
        free.used = free.used.max(first + count);
        Some(Granules { first, count })
    }

    fn give_back(&self, granules: Granules) {
        // A sealed arena is only unmapped. Its lock may be held by a thread that is not in this process.
        if self.forks != forks() {
            return;
        }
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let Granules { mut first, mut count } = granules;
        if let Some(after) = free.runs.remove(&(first + count)) {
            count += after;
        }
        if let Some((&before, &len)) = free.runs.range(..first).next_back().filter(|&(&b, &len)| b + len == first) {
            (first, count) = (before, count + len);
        }
        free.runs.insert(first, count);
    }

    /// Writes code into granules that the caller has taken; where it is executable.
    fn write(&self, granules: Granules, bytes: &[u8]) -> NonNull<u8> {
        let offset = granules.first * GRANULE;
        assert!(bytes.len() <= granules.count * GRANULE && offset + bytes.len() <= self.writable.len);
        // SAFETY: the range lies in the writable mapping (just checked), and the granules belong to the caller alone: no
        // code lies in them and no other thread writes them.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.writable.start.as_ptr().add(offset), bytes.len());
            self.executable.start.add(offset)
        }
    }
}

/// Makes every core forget instructions it may have fetched from memory that held other code. The hardware promises as
/// much only where code is written at the address it runs at.
fn synchronize_cores() {
    #[cfg(target_os = "linux")]
    {
        const SYNC_CORE: i32 = 1 << 5;
        const REGISTER_SYNC_CORE: i32 = 1 << 6;
        // SAFETY: the call has no memory operands. Where the kernel lacks it, it fails and changes nothing.
        unsafe {
            if libc::syscall(libc::SYS_membarrier, SYNC_CORE, 0, 0) != 0
                && libc::syscall(libc::SYS_membarrier, REGISTER_SYNC_CORE, 0, 0) == 0
            {
                libc::syscall(libc::SYS_membarrier, SYNC_CORE, 0, 0);
            }
        }
    }
}

/// Mapped pages; dropping it unmaps them.
#[derive(Debug)]
struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: the value only owns an address range.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    fn map(len: usize, protection: i32, flags: i32, file: i32) -> Option<Mapping> {
        // SAFETY: a mapping at an address of the kernel's choice touches no memory in use.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), len, protection, flags, file, 0) };
        if start == libc::MAP_FAILED {
            return None;
        }
        NonNull::new(start.cast()).map(|start| Mapping { start, len })
    }

    /// Private writable pages.
    fn private(len: usize) -> Option<Mapping> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        Mapping::map(page_multiple(len), libc::PROT_READ | libc::PROT_WRITE, flags, -1)
    }

    /// The same memory writable and executable, at two addresses.
    #[cfg(target_os = "linux")]
    fn pair(len: usize) -> Option<(Mapping, Mapping)> {
        /// Newer kernels want it said that the file is meant to be executed.
        const EXECUTABLE: libc::c_uint = 0x10;
        let len = page_multiple(len);
        let name = c"numpy_rs kernels";
        // SAFETY: the name is a C string; the call returns a new descriptor or -1.
        let file = unsafe {
            match libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC | EXECUTABLE) {
                -1 => libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC),
                file => file,
            }
        };
        if file < 0 {
            return None;
        }
        // SAFETY: the descriptor is this function's own.
        let sized = unsafe { libc::ftruncate(file, len as libc::off_t) == 0 };
        let views = || {
            let writable = Mapping::map(len, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED, file)?;
            let executable = Mapping::map(len, libc::PROT_READ | libc::PROT_EXEC, libc::MAP_SHARED, file)?;
            Some((writable, executable))
        };
        let pair = if sized { views() } else { None };
        // SAFETY: as above; the mappings keep the memory alive.
        unsafe { libc::close(file) };
        pair
    }

    #[cfg(not(target_os = "linux"))]
    fn pair(_len: usize) -> Option<(Mapping, Mapping)> {
        None
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range was mapped by this value and is used by nothing else.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.len) };
    }
}

fn page_multiple(len: usize) -> usize {
    // SAFETY: the call reads a constant of the system.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    len.max(1).next_multiple_of(usize::try_from(page).unwrap_or(4096))
}

#[cfg(test)]
mod tests;
