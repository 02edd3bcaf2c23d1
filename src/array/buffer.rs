//! Aligned, reference-counted memory.
//!
//! Memory of our own comes from a bounded pool of freed blocks, as fresh pages cost more than the arithmetic on them: large
//! blocks are mapped at 2 MiB boundaries with huge-page advice. Memory of others is held through its owner.
#![expect(unsafe_code, reason = "allocates and maps memory")]

use super::fork::PerProcess;
use super::{Array, Shape, Strides, layout};
use crate::dtype::DType;
use crate::error::{Error, Result};
use rustc_hash::FxHashMap;
use std::alloc::Layout;
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::Arc;

/// Every buffer of ours starts at a multiple of this: a cache line, and the widest vector register.
pub const ALIGN: usize = 64;
/// From this size on blocks are mapped by themselves (measured: huge pages are 3 to 5 times faster to fill from 4 MiB).
const MAP_FROM: usize = 2 << 20;
/// Mapped blocks start a varying number of cache lines into their mapping: operands that lie a multiple of 4 KiB apart
/// evict each other from the first-level cache. 17 lines is coprime to the 64 lines of a page.
const STAGGER: usize = 17 * 64;
const HUGE: usize = 2 << 20;

/// A block of memory with its owner.
#[derive(Debug)]
pub struct Buffer {
    data: NonNull<u8>,
    len: usize,
    owner: Owner,
}

enum Owner {
    /// A block of the pool.
    Pool(Block),
    /// Somebody else's, kept alive by the value.
    Foreign { _keep: Keep, writable: bool },
}

/// A value that keeps foreign memory alive; one of a pointer's size is held without a box of its own.
pub struct Keep {
    value: MaybeUninit<*mut ()>,
    release: unsafe fn(MaybeUninit<*mut ()>),
}

// SAFETY: only `Keep::new` makes one, from a value that is `Send` and `Sync`.
unsafe impl Send for Keep {}
// SAFETY: as above; nothing is reached through a `&Keep`.
unsafe impl Sync for Keep {}

impl Keep {
    /// Holds a value until it is dropped.
    pub fn new<T: Send + Sync + 'static>(value: T) -> Keep {
        let fits = size_of::<T>() <= size_of::<*mut ()>() && align_of::<T>() <= align_of::<*mut ()>();
        if fits { Keep::inline(value) } else { Keep::inline(Box::new(value)) }
    }

    /// # Panics
    /// If the value is larger or stricter aligned than a pointer: a bug.
    fn inline<T: Send + Sync + 'static>(value: T) -> Keep {
        assert!(size_of::<T>() <= size_of::<*mut ()>() && align_of::<T>() <= align_of::<*mut ()>());
        unsafe fn release<T>(value: MaybeUninit<*mut ()>) {
            // SAFETY: called once, by `drop`, with the bytes of the `T` that `inline` wrote.
            drop(unsafe { value.as_ptr().cast::<T>().read() });
        }
        let mut held: MaybeUninit<*mut ()> = MaybeUninit::uninit();
        // SAFETY: a `T` fits, as asserted.
        unsafe { held.as_mut_ptr().cast::<T>().write(value) };
        Keep { value: held, release: release::<T> }
    }
}

impl Drop for Keep {
    fn drop(&mut self) {
        // SAFETY: `release` belongs to the value that `inline` wrote, and nothing uses it afterwards.
        unsafe { (self.release)(self.value) };
    }
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Owner::Pool(_) => "Pool",
            Owner::Foreign { .. } => "Foreign",
        })
    }
}

// SAFETY: a `Buffer` is an address range and its owner; who reads and writes it is decided by its users, and freeing it is
// thread-safe (the pool is locked, foreign owners are `Send + Sync`).
unsafe impl Send for Buffer {}
// SAFETY: as above: `&Buffer` gives only the address and the length.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// Memory of at least `len` bytes, aligned to [`ALIGN`], with arbitrary contents.
    ///
    /// # Errors
    /// `Error::Memory` where it cannot be had.
    pub fn new(len: usize) -> Result<Buffer> {
        let block = take(len)?;
        Ok(Buffer { data: block.data, len, owner: Owner::Pool(block) })
    }

    /// Memory that `keep` owns.
    ///
    /// # Safety
    /// `data` must be valid for reads of `len` bytes (and writes, if `writable`) until `keep` is dropped.
    pub unsafe fn foreign(data: *mut u8, len: usize, writable: bool, keep: Keep) -> Buffer {
        // An empty foreign array may have a null pointer; no byte of it is ever touched.
        let data = NonNull::new(data).unwrap_or(NonNull::dangling());
        Buffer { data, len, owner: Owner::Foreign { _keep: keep, writable } }
    }

    /// The first byte's address.
    pub fn data(&self) -> *mut u8 {
        self.data.as_ptr()
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True if there is no byte.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Up to 16 bytes from `offset` on, the rest zero.
    ///
    /// # Panics
    /// If they do not lie within the buffer.
    pub fn read(&self, offset: usize, len: usize) -> [u8; 16] {
        assert!(len <= 16 && offset.checked_add(len).is_some_and(|end| end <= self.len));
        let mut out = [0; 16];
        // SAFETY: the range lies within the buffer, whose bytes are readable while `self` lives; all of our memory that is
        // handed out has been written by a walk or by `fill_from`.
        unsafe { std::ptr::copy_nonoverlapping(self.data().add(offset), out.as_mut_ptr(), len) };
        out
    }

    /// Writes bytes from the start on.
    ///
    /// # Panics
    /// If they do not fit.
    pub fn fill_from(&mut self, bytes: &[u8]) {
        assert!(bytes.len() <= self.len);
        // SAFETY: `&mut self` is the only handle, the range lies within the buffer, and `bytes` is a separate slice.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.data(), bytes.len()) };
    }

    /// True for memory of ours, which only walks and kernels have written.
    pub fn is_ours(&self) -> bool {
        matches!(self.owner, Owner::Pool(_))
    }

    /// A part of the bytes, as a buffer that keeps the whole.
    ///
    /// # Panics
    /// If it does not lie within the buffer.
    pub fn part(self: &Arc<Buffer>, offset: usize, len: usize) -> Buffer {
        assert!(offset.checked_add(len).is_some_and(|end| end <= self.len));
        // SAFETY: the range lies within the whole, which is kept.
        unsafe { Buffer::foreign(self.data().wrapping_add(offset), len, self.is_writable(), Keep::new(self.clone())) }
    }

    /// False where the owner forbids writing.
    pub fn is_writable(&self) -> bool {
        !matches!(self.owner, Owner::Foreign { writable: false, .. })
    }
}

/// NumPy's text for elements at the null pointer.
const NULL_DATA: &str = "data is NULL but array contains data, in older versions of NumPy this may have used the scalar \
    path.  To get the scalar path you must leave the data field undefined.";

impl Array {
    /// An array over memory of which element zero is at `data` and that `keep` owns.
    ///
    /// # Errors
    /// `Error::Value` where the layout reaches further than addresses, or elements are at the null pointer.
    ///
    /// # Safety
    /// The memory at the given layout must be valid for reads (and writes, if `writable`) until `keep` is dropped.
    pub unsafe fn over(
        data: *mut u8,
        shape: Shape,
        strides: Strides,
        dtype: DType,
        writable: bool,
        keep: Keep,
    ) -> Result<Array> {
        // The buffer spans the bytes that the layout touches: element zero need not be its first byte.
        let (low, high) = layout::reach(&shape, &strides, dtype.size())?;
        if data.is_null() && high > low {
            return Err(Error::Value(NULL_DATA.into()));
        }
        let (start, len) = (data.wrapping_offset(low), (high - low) as usize);
        // SAFETY: by contract, the bytes from the lowest to the highest address of the layout belong to the owner's memory.
        let buffer = unsafe { Buffer::foreign(start, len, writable, keep) };
        Ok(Array { buffer: Arc::new(buffer), offset: low.unsigned_abs(), shape, strides, dtype })
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Owner::Pool(block) = &self.owner {
            give(*block);
        }
    }
}

/// A block: where it starts for the user, how it was got.
#[derive(Clone, Copy)]
struct Block {
    data: NonNull<u8>,
    /// Usable bytes: a size class.
    class: usize,
    /// Start and length of the mapping, or `None` for heap memory.
    map: Option<(NonNull<u8>, usize)>,
}

// SAFETY: a `Block` is an address range that nobody else holds.
unsafe impl Send for Block {}

struct Pool {
    free: FxHashMap<usize, Vec<Block>>,
    /// Free bytes held.
    held: usize,
    /// Most that may be held.
    cap: usize,
    maps: usize,
}

/// The free blocks. A forked child starts with none: the parent's lock may be held there for ever.
static POOL: PerProcess<Pool> = PerProcess::new();

impl Default for Pool {
    fn default() -> Pool {
        Pool { free: FxHashMap::default(), held: 0, cap: default_cap(), maps: 0 }
    }
}

/// A quarter of the memory, at most 1 GiB.
fn default_cap() -> usize {
    // SAFETY: sysconf has no preconditions.
    let (pages, size) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    let total = usize::try_from(pages).unwrap_or(0).saturating_mul(usize::try_from(size).unwrap_or(0));
    (total / 4).min(1 << 30)
}

/// The size class of a request: four steps an octave, so that at most a fifth is unused.
fn class_of(len: usize) -> usize {
    let len = len.max(ALIGN);
    let step = (len.next_power_of_two() / 8).max(ALIGN);
    len.next_multiple_of(step)
}

fn lock() -> std::sync::MutexGuard<'static, Pool> {
    POOL.lock()
}

/// Largest block that a thread keeps for itself.
const OWN: usize = 64 << 10;

/// The small block that a thread has freed last: the next result of a pipeline often wants one of its size, and finds it without a lock.
struct Own(Cell<Option<Block>>);

impl Drop for Own {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(release);
    }
}

thread_local! {
    static LAST: Own = const { Own(Cell::new(None)) };
}

fn take(len: usize) -> Result<Block> {
    if len > isize::MAX as usize / 2 {
        return Err(Error::Memory { bytes: len });
    }
    let class = class_of(len);
    let fitting = |last: &Own| last.0.get().filter(|block| block.class == class).and_then(|_| last.0.take());
    if class <= OWN
        && let Ok(Some(block)) = LAST.try_with(fitting)
    {
        return Ok(block);
    }
    let stagger = {
        let mut pool = lock();
        if let Some(block) = pool.free.get_mut(&class).and_then(Vec::pop) {
            pool.held -= class;
            return Ok(block);
        }
        pool.maps = pool.maps.wrapping_add(1);
        (pool.maps * STAGGER) % 4096
    };
    match allocate(len, stagger) {
        Some(block) => Ok(block),
        None => {
            // What the pool holds may be what is missing.
            trim();
            allocate(len, stagger).ok_or(Error::Memory { bytes: len })
        }
    }
}

/// A block of the class of a request of `asked` bytes.
fn allocate(asked: usize, stagger: usize) -> Option<Block> {
    let class = class_of(asked);
    if class < MAP_FROM {
        let layout = Layout::from_size_align(class, ALIGN).ok()?;
        // SAFETY: the class is at least ALIGN, so the layout's size is not zero.
        let data = NonNull::new(unsafe { std::alloc::alloc(layout) })?;
        return Some(Block { data, class, map: None });
    }
    let len = class.checked_add(4096)?.checked_add(HUGE)?;
    // SAFETY: an anonymous private mapping at an address of the kernel's choice touches no memory of ours.
    let base = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            len,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if base == libc::MAP_FAILED {
        return None;
    }
    let base = NonNull::new(base.cast::<u8>())?;
    let skip = (base.as_ptr() as usize).next_multiple_of(HUGE) - base.as_ptr() as usize;
    // Small pages at the end where less than half of a huge one would be used: a result takes at most 1 MiB beyond its own
    // bytes. (None beyond them would cost 0.2 ms for the first result of 8 MB: a page fault for each 4 KiB.)
    let whole = ((stagger + asked + HUGE / 2) / HUGE * HUGE).min(class + 4096);
    // SAFETY: `skip < HUGE` and `len` covers HUGE + 4096 + class bytes from the base; advice cannot invalidate memory.
    let data = unsafe {
        let start = base.add(skip);
        libc::madvise(start.as_ptr().cast(), whole, libc::MADV_HUGEPAGE);
        start.add(stagger)
    };
    Some(Block { data, class, map: Some((base, len)) })
}

fn give(mut block: Block) {
    if block.class <= OWN {
        match LAST.try_with(|last| last.0.replace(Some(block))) {
            Ok(None) => return,
            Ok(Some(before)) => block = before,
            // The thread ends.
            Err(_) => {}
        }
    }
    let mut pool = lock();
    if pool.held + block.class <= pool.cap {
        pool.held += block.class;
        pool.free.entry(block.class).or_default().push(block);
    } else {
        drop(pool);
        release(block);
    }
}

fn release(block: Block) {
    match block.map {
        // SAFETY: the block was got by this very mapping in `allocate` and is released once, by its only holder.
        Some((base, len)) => unsafe {
            libc::munmap(base.as_ptr().cast(), len);
        },
        // SAFETY: the block was got by `alloc` with this very layout in `allocate` and is released once.
        None => unsafe {
            std::alloc::dealloc(block.data.as_ptr(), Layout::from_size_align_unchecked(block.class, ALIGN));
        },
    }
}

/// Gives all free blocks back to the system, but for the last small ones of other threads.
pub fn trim() {
    // A thread that ends has none.
    let own = LAST.try_with(|last| last.0.take()).ok().flatten();
    own.into_iter().for_each(release);
    let blocks: Vec<Block> = {
        let mut pool = lock();
        pool.held = 0;
        pool.free.drain().flat_map(|(_, v)| v).collect()
    };
    blocks.into_iter().for_each(release);
}

/// Free bytes that the pool holds, besides the last small blocks of threads.
pub fn pooled_bytes() -> usize {
    lock().held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_waste_at_most_a_quarter() {
        for len in [1, 64, 65, 1000, 4097, 1 << 20, (5 << 20) + 1] {
            let c = class_of(len);
            assert!(c >= len && c.is_multiple_of(ALIGN), "{len} -> {c}");
            assert!(c <= len.max(ALIGN) + len / 4 + ALIGN, "{len} -> {c}");
        }
    }

    #[test]
    fn a_freed_block_serves_the_next_request_of_its_size() {
        let a = Buffer::new(12_345_678).unwrap();
        let p = a.data();
        assert_eq!(p as usize % ALIGN, 0);
        drop(a);
        let b = Buffer::new(12_345_678).unwrap();
        assert_eq!(b.data(), p);
    }

    #[test]
    fn absurd_sizes_are_refused() {
        assert!(matches!(Buffer::new(usize::MAX), Err(Error::Memory { .. })));
        assert!(matches!(Buffer::new(isize::MAX as usize / 4), Err(Error::Memory { .. })));
    }
}
