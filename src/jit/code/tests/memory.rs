//! Where code lies.

use super::*;

#[test]
fn memory_is_never_writable_and_executable() {
    let s = segment(&[DType::F64], |body, loads| body.prim(Prim::Sqrt, &[loads[0]]));
    let kernel = CompiledSegment::new(&s).unwrap();
    let entry = kernel.code.entry.as_ptr() as usize;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut found = false;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        assert!(!(rights.contains('w') && rights.contains('x')), "{line}");
        let (start, end) = range.split_once('-').unwrap();
        let bound = |hex| usize::from_str_radix(hex, 16).unwrap();
        if (bound(start)..bound(end)).contains(&entry) {
            found = true;
            assert!(rights.starts_with("r-x"), "{line}");
        }
    }
    assert!(found);
}

fn add(x: f64) -> Segment {
    segment(&[DType::F64], |body, loads| {
        let k = body.lit(x, DType::F64);
        body.prim(Prim::Add, &[loads[0], k])
    })
}

/// Whether a kernel adds `x`.
fn adds(kernel: &CompiledSegment, x: f64) -> bool {
    let operand = [1.0f64; 64].map(f64::to_le_bytes).concat();
    let store = run(kernel, &[operand], 64);
    store[0] == [1.0 + x; 64].map(f64::to_le_bytes).concat()
}

#[test]
fn an_arena_gives_freed_granules_again() {
    // A fork in another test seals the arena: once more, then.
    while !gives_freed_granules_again() {}
}

/// False if the process has forked meanwhile.
fn gives_freed_granules_again() -> bool {
    let arena = Arena::new(ARENA).unwrap();
    let all = ARENA / GRANULE;
    let (a, b) = (arena.take(3).unwrap(), arena.take(5).unwrap());
    let rest = arena.take(all - 8).unwrap();
    assert!(arena.take(1).is_none());
    arena.give_back(a);
    assert!(arena.take(4).is_none());
    arena.give_back(b);
    let both = arena.take(8);
    arena.give_back(rest);
    if arena.forks != forks() {
        return false;
    }
    let both = both.unwrap();
    assert_eq!((both.first, both.count), (0, 8));
    arena.give_back(both);
    let runs = arena.free.lock().unwrap().runs.clone();
    if arena.forks != forks() {
        return false;
    }
    assert_eq!(runs, BTreeMap::from([(0, all)]));
    true
}

#[test]
fn code_runs_from_pages_where_arenas_are_refused() {
    let machine = codegen::compile(&add(2.5), codegen::Quotients::Divided).unwrap();
    let mut kernel = CompiledSegment::new(&add(3.5)).unwrap();
    assert!(adds(&kernel, 3.5));
    kernel.code = Code::place_in_pages(&machine.bytes).unwrap();
    assert!(adds(&kernel, 2.5));
}

#[test]
fn in_place_stores_overwrite_their_operand() {
    let kernel = CompiledSegment::new(&add(1.0)).unwrap();
    let n = 4 * kernel.block();
    let mut data: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let ptr: *mut u8 = data.as_mut_ptr().cast();
    // SAFETY: both pointers cover `n` elements of one type, are equal, and `n` is a multiple of the block.
    unsafe { kernel.call(&mut [ptr, ptr], n, Rows::ONE) };
    assert_eq!(data, (0..n).map(|i| i as f64 + 1.0).collect::<Vec<_>>());
}

#[test]
fn a_forked_child_keeps_its_code_and_compiles_more() {
    let kernels: Vec<CompiledSegment> = (0..50).map(|i| CompiledSegment::new(&add(f64::from(i))).unwrap()).collect();
    crate::jit::cache::segment(&add(0.5)).unwrap();
    let mut pipe = [0; 2];
    // SAFETY: the array takes the two descriptors.
    assert_eq!(unsafe { libc::pipe(pipe.as_mut_ptr()) }, 0);
    // SAFETY: the child only runs the lines below and leaves by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // Until the parent has dropped its kernels and written others.
        let mut byte = 0u8;
        // SAFETY: reads one byte into a local.
        unsafe { libc::read(pipe[0], std::ptr::from_mut(&mut byte).cast(), 1) };
        let right = std::panic::catch_unwind(|| {
            let new = crate::jit::cache::segment(&add(-7.0)).unwrap();
            let old = crate::jit::cache::segment(&add(0.5)).unwrap();
            kernels.iter().zip(0..).all(|(k, i)| adds(k, f64::from(i))) && adds(&new, -7.0) && adds(&old, 0.5)
        });
        // SAFETY: ends the child without running the test harness in it.
        unsafe { libc::_exit(i32::from(!right.unwrap_or(false))) };
    }
    assert!(child > 0);
    drop(kernels);
    let others: Vec<CompiledSegment> = (100..200).map(|i| CompiledSegment::new(&add(f64::from(i))).unwrap()).collect();
    let mut status = -1;
    // SAFETY: writes one byte to the pipe, then waits for the child.
    unsafe {
        libc::write(pipe[1], [1u8].as_ptr().cast(), 1);
        libc::waitpid(child, &mut status, 0);
    }
    assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "child: status {status:#x}");
    assert!(others.iter().zip(100..).all(|(k, i)| adds(k, f64::from(i))));
}
