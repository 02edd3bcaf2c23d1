//! Compiled code against a scalar evaluation of the same instructions, bit for bit.

mod folds;
mod memory;
mod quotients;
mod random;
mod scalar;
mod table;

use super::*;
use crate::ops::expr::{Body, Op};
use crate::ops::prim::Prim;
use scalar::Value;

/// Runs a kernel over the operands' bytes; the bytes of each store.
fn run(kernel: &CompiledSegment, operands: &[Vec<u8>], n: usize) -> Vec<Vec<u8>> {
    run_folding(kernel, operands, n).0
}

/// Runs a kernel over the operands' bytes; the bytes of each store, and what each fold has left.
fn run_folding(kernel: &CompiledSegment, operands: &[Vec<u8>], n: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    // Guard bytes behind each store show a write beyond it, a guard page behind each operand a read beyond it.
    let mut stores: Vec<Vec<u8>> = kernel.stores().iter().map(|d| vec![0xa5; n * d.size() + 64]).collect();
    let left = kernel.fold_bytes(n);
    let mut folds: Vec<Vec<u8>> = vec![vec![0xa5; left + 64]; kernel.folds()];
    GUARDED.with_borrow_mut(|guarded| {
        while guarded.len() < operands.len() {
            guarded.push(Guarded::new());
        }
        let elements = |o: &Operand| if o.access == Access::Unit { n } else { 1 };
        let lengths = kernel.operands().iter().map(|o| elements(o) * o.dtype.size());
        let operands: Vec<&[u8]> =
            guarded.iter_mut().zip(operands).zip(lengths).map(|((g, bytes), len)| g.hold(&bytes[..len])).collect();
        let mut to_stores: Vec<&mut [u8]> = stores.iter_mut().map(Vec::as_mut_slice).collect();
        let mut to_folds: Vec<&mut [u8]> = folds.iter_mut().map(Vec::as_mut_slice).collect();
        kernel.run(&operands, &mut to_stores, &mut to_folds, n);
    });
    for (bytes, dtype) in stores.iter_mut().zip(kernel.stores()) {
        assert!(bytes[n * dtype.size()..].iter().all(|&b| b == 0xa5), "wrote beyond a store");
        bytes.truncate(n * dtype.size());
    }
    for bytes in &mut folds {
        assert!(bytes[left..].iter().all(|&b| b == 0xa5), "wrote beyond a fold");
        bytes.truncate(left);
    }
    (stores, folds)
}

/// Memory that ends at a page which cannot be read.
struct Guarded(Mapping);

const GUARDED_BYTES: usize = 1 << 14;

thread_local! {
    static GUARDED: std::cell::RefCell<Vec<Guarded>> = const { std::cell::RefCell::new(Vec::new()) };
}

impl Guarded {
    fn new() -> Guarded {
        let pages = Mapping::private(GUARDED_BYTES + 1).unwrap();
        // SAFETY: takes all rights from pages of this mapping, which nothing refers to.
        let refused = unsafe {
            libc::mprotect(pages.start.as_ptr().add(GUARDED_BYTES).cast(), pages.len - GUARDED_BYTES, libc::PROT_NONE)
        };
        assert_eq!(refused, 0);
        Guarded(pages)
    }

    /// These bytes, at the end of the memory.
    fn hold(&mut self, bytes: &[u8]) -> &[u8] {
        assert!(bytes.len() <= GUARDED_BYTES);
        // SAFETY: the bytes before the guard are mapped, writable, and borrowed through `self` alone.
        let memory = unsafe { std::slice::from_raw_parts_mut(self.0.start.as_ptr(), GUARDED_BYTES) };
        let at = memory.len() - bytes.len();
        memory[at..].copy_from_slice(bytes);
        &memory[at..]
    }
}

fn element(bytes: &[u8], dtype: DType, i: usize) -> u64 {
    let size = dtype.size();
    let mut word = [0; 8];
    word[..size].copy_from_slice(&bytes[i * size..(i + 1) * size]);
    u64::from_le_bytes(word)
}

/// A small generator of its own: xorshift64*, Vigna 2016.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.next() >> 33) as usize) % n
    }
}

/// `n` elements: special values, small numbers and random bits.
fn elements(random: &mut Random, dtype: DType, n: usize) -> Vec<u8> {
    let specials = scalar::specials(dtype);
    let mut bytes = Vec::new();
    for _ in 0..n {
        let bits = match random.below(3) {
            0 => specials[random.below(specials.len())],
            1 => scalar::small(dtype, random.below(64) as i64 - 32),
            _ if dtype == DType::Bool => random.next() >> 63,
            _ => random.next(),
        };
        bytes.extend_from_slice(&bits.to_le_bytes()[..dtype.size()]);
    }
    bytes
}

/// Compiles a segment, runs it at several lengths and compares each element of each store.
fn check(segment: &Segment, random: &mut Random) {
    for width in [Width::Single, Width::Double, Width::Quad] {
        if let Some(kernel) = CompiledSegment::of_width(segment, width).unwrap_or_else(|e| panic!("{e}")) {
            check_kernel(segment, &kernel, random);
            check_rows(segment, &kernel, random);
        } else {
            assert_ne!(width, Width::Single);
        }
    }
    if let Some(kernel) = CompiledSegment::streaming(segment).unwrap_or_else(|e| panic!("{e}")) {
        check_streaming(segment, &kernel, random);
    }
}

/// Compares streaming code with that whose stores are ordinary, and looks at which calls it takes.
fn check_streaming(segment: &Segment, kernel: &CompiledSegment, random: &mut Random) {
    let ordinary = CompiledSegment::of_width(segment, kernel.width()).unwrap().unwrap();
    let b = kernel.block();
    assert_eq!(ordinary.block(), b);
    for n in [b, 3 * b, 1024] {
        let operands: Vec<Vec<u8>> = segment.operands.iter().map(|o| elements(random, o.dtype, n)).collect();
        let expected = run(&ordinary, &operands, n);
        let mut stores: Vec<Vec<[u8; ALIGN]>> =
            kernel.stores().iter().map(|_| vec![[0xa5; ALIGN]; n * 8 / ALIGN + 2]).collect();
        let mut aligned: Vec<&mut [u8]> = stores
            .iter_mut()
            .map(|s| {
                let bytes = s.as_flattened_mut();
                let start = bytes.as_ptr().align_offset(ALIGN);
                &mut bytes[start..]
            })
            .collect();
        let ptrs: Vec<*mut u8> = operands.iter().map(|o| o.as_ptr().cast_mut()).collect();
        let with_stores = |shift: usize| {
            let stores = aligned.iter().map(|s| s.as_ptr().wrapping_add(shift).cast_mut());
            ptrs.iter().copied().chain(stores).collect::<Vec<_>>()
        };
        assert!(kernel.can_stream(&with_stores(0), n, Rows::ONE));
        assert!(!kernel.can_stream(&with_stores(0), n + 1, Rows::ONE) || b == 1);
        assert!([8, 16].iter().all(|&shift| !kernel.can_stream(&with_stores(shift), n, Rows::ONE)));
        let steps = |step: isize| vec![step; segment.operands.len() + segment.stores.len()];
        assert!(kernel.can_stream(&with_stores(0), n, Rows { count: 2, steps: &steps(96) }));
        assert!(!kernel.can_stream(&with_stores(0), n, Rows { count: 2, steps: &steps(80) }));
        let operands: Vec<&[u8]> = operands.iter().map(Vec::as_slice).collect();
        kernel.run(&operands, &mut aligned, &mut [], n);
        fence_streams();
        for ((got, expected), dtype) in aligned.iter().zip(&expected).zip(kernel.stores()) {
            let (got, beyond) = got.split_at(n * dtype.size());
            assert!(got == expected, "n {n}\n{}", text(segment));
            assert!(beyond.iter().all(|&b| b == 0xa5), "wrote beyond a store");
        }
    }
}

#[test]
#[should_panic(expected = "call of a streaming segment")]
fn streaming_code_refuses_a_ragged_call() {
    let s = segment(&[DType::F64], |body, loads| body.prim(Prim::Sqrt, &[loads[0]]));
    // A machine without such code has nothing to refuse.
    let Some(kernel) = CompiledSegment::streaming(&s).unwrap() else { panic!("call of a streaming segment") };
    let n = kernel.block() + 1;
    kernel.run(&[&vec![0; n * 8]], &mut [&mut vec![0; n * 8]], &mut [], n);
}

fn check_kernel(segment: &Segment, kernel: &CompiledSegment, random: &mut Random) {
    let b = kernel.block();
    for n in [b, b + 1, 2 * b - 1, b.max(100), 1024] {
        let operands: Vec<Vec<u8>> = segment.operands.iter().map(|o| elements(random, o.dtype, n)).collect();
        let stores = run(kernel, &operands, n);
        for i in 0..n {
            let values = scalar::evaluate(&segment.body, |operand| {
                let o = segment.operands[operand];
                element(&operands[operand], o.dtype, if o.access == Access::Unit { i } else { 0 })
            });
            for (bytes, &v) in stores.iter().zip(&segment.stores) {
                let dtype = segment.body.dtype(v);
                let (got, Value { bits, certain }) = (element(bytes, dtype, i), values[v.index()]);
                let same = match certain {
                    true => got == bits,
                    false => !dtype.is_float() || scalar::is_nan(dtype, got) == scalar::is_nan(dtype, bits),
                };
                let loads: Vec<u64> =
                    (0..operands.len()).map(|o| element(&operands[o], segment.operands[o].dtype, 0)).collect();
                assert!(
                    same,
                    "n {n}, element {i}, value {v:?}: compiled {got:#x}, expected {bits:#x}\n{}\nfirst of operands {loads:x?}, values {values:x?}",
                    text(segment)
                );
            }
        }
    }
}

/// Compares a call over several rows, which lie apart, with one call for each.
fn check_rows(segment: &Segment, kernel: &CompiledSegment, random: &mut Random) {
    const ROWS: usize = 3;
    for n in [kernel.block(), kernel.block() + 1, kernel.block().max(100)] {
        // Elements from one row of a unit operand to the next; the first operand is the same for all rows.
        let apart = n + 5;
        let operands: Vec<Vec<u8>> = segment.operands.iter().map(|o| elements(random, o.dtype, ROWS * apart)).collect();
        let elements = |i: usize| match segment.operands[i].access {
            _ if i == 0 => 0,
            Access::Unit => apart,
            Access::Scalar | Access::Table => 1,
        };
        let left = kernel.fold_bytes(n);
        let size = |s: usize| kernel.stores()[s].size();
        let mut stores: Vec<Vec<u8>> = (0..kernel.stores().len()).map(|s| vec![0xa5; ROWS * apart * size(s)]).collect();
        let mut folds: Vec<Vec<u8>> = vec![vec![0xa5; ROWS * left]; kernel.folds()];
        let steps = (0..operands.len()).map(|i| elements(i) * segment.operands[i].dtype.size());
        let steps = steps.chain((0..stores.len()).map(|s| apart * size(s))).chain(folds.iter().map(|_| left));
        let steps: Vec<isize> = steps.map(|s| s as isize).collect();
        let read = operands.iter().map(|o| o.as_ptr().cast_mut());
        let written = stores.iter_mut().chain(&mut folds).map(|s| s.as_mut_ptr());
        let mut ptrs: Vec<*mut u8> = read.chain(written).collect();
        // SAFETY: each row of each operand, store and fold lies in its vector: the steps are those by which they were sized.
        unsafe { kernel.call(&mut ptrs, n, Rows { count: ROWS, steps: &steps }) };
        for row in 0..ROWS {
            let of_row = |(i, bytes): (usize, &Vec<u8>)| bytes[row * steps[i] as usize..].to_vec();
            let operands: Vec<Vec<u8>> = operands.iter().enumerate().map(of_row).collect();
            let (alone, lanes) = run_folding(kernel, &operands, n);
            for (s, bytes) in alone.iter().enumerate() {
                let got = &stores[s][row * apart * size(s)..][..apart * size(s)];
                assert!(got[..bytes.len()] == *bytes, "row {row}, n {n}\n{}", text(segment));
                assert!(got[bytes.len()..].iter().all(|&b| b == 0xa5), "wrote between rows");
            }
            for (got, alone) in folds.iter().zip(&lanes) {
                assert!(got[row * left..][..left] == **alone, "fold, row {row}, n {n}\n{}", text(segment));
            }
        }
    }
}

fn text(segment: &Segment) -> String {
    let mut text = format!("operands {:?}\n", segment.operands);
    for (i, inst) in segment.body.insts().iter().enumerate() {
        let op = match inst.op {
            Op::Prim(p) => p.name().to_string(),
            other => format!("{other:?}"),
        };
        let args: Vec<u32> = inst.args().iter().map(|a| a.0).collect();
        text += &format!("%{i} = {op} {args:?}: {}\n", inst.dtype);
    }
    text + &format!("stores {:?}", segment.stores)
}

/// A segment over unit operands of these types, with one store.
fn segment(
    operands: &[DType],
    build: impl FnOnce(&mut Body, &[crate::ops::expr::ValueId]) -> crate::ops::expr::ValueId,
) -> Segment {
    let mut body = Body::default();
    let loads: Vec<_> = operands.iter().enumerate().map(|(i, &d)| body.load(i as u16, d)).collect();
    let result = build(&mut body, &loads);
    let operands = operands.iter().map(|&dtype| Operand { dtype, access: Access::Unit }).collect();
    Segment { operands, body, stores: vec![result], folds: Vec::new() }
}
