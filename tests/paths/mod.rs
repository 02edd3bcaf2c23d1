//! Runs a kernel of the loop IR on every path, and compares what comes out.

use numpy_rs::array::Array;
use numpy_rs::dtype::{DType, Scalar};
use numpy_rs::jit::interp;
use numpy_rs::jit::ir::{Kernel, Sink};
use numpy_rs::ops::reduction::Finish;
use numpy_rs::runtime::kernel::{Code, finishes, run_kernel};

/// Up to here a fold is one block, so that the interpreter folds along the same tree.
pub const ONE_BLOCK: usize = 1024;

/// The elements in C order.
pub fn elements(array: &Array) -> Vec<Scalar> {
    let mut index = vec![0; array.ndim()];
    let mut out = Vec::with_capacity(array.size());
    for _ in 0..array.size() {
        out.push(array.element(&index));
        for d in (0..index.len()).rev() {
            index[d] += 1;
            if index[d] < array.shape()[d] {
                break;
            }
            index[d] = 0;
        }
    }
    out
}

/// Elements as contiguous bytes.
pub fn bytes(elements: &[Scalar]) -> Vec<u8> {
    elements.iter().flat_map(|s| s.bytes().into_iter().take(s.dtype().size())).collect()
}

/// Contiguous bytes as elements.
pub fn scalars(dtype: DType, bytes: &[u8]) -> Vec<Scalar> {
    let one = |chunk: &[u8]| {
        let mut wide = [0; 16];
        wide[..chunk.len()].copy_from_slice(chunk);
        Scalar::from_bits(dtype, u128::from_le_bytes(wide))
    };
    bytes.chunks(dtype.size()).map(one).collect()
}

/// The same bits; any NaN is any NaN, in each part of a complex number.
pub fn same(a: Scalar, b: Scalar) -> bool {
    if a == b {
        return true;
    }
    let part = |x: f64, y: f64| x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan();
    let ((ar, ai), (br, bi)) = (a.to_complex(), b.to_complex());
    a.dtype() == b.dtype() && a.dtype().is_inexact() && part(ar, br) && part(ai, bi)
}

/// The position of the first difference.
pub fn difference(a: &[Scalar], b: &[Scalar]) -> Option<usize> {
    if a.len() != b.len() {
        return Some(a.len().min(b.len()));
    }
    (0..a.len()).find(|&i| !same(a[i], b[i]))
}

/// What the interpreter gives, result by result as [`run_kernel`] gives it; `None` where it says nothing to the bit.
pub fn interpreted(kernel: &Kernel, operands: &[Array], n: usize) -> Vec<Option<Vec<Scalar>>> {
    let operands: Vec<Vec<u8>> = operands.iter().map(|a| bytes(&elements(a))).collect();
    let slices: Vec<&[u8]> = operands.iter().map(Vec::as_slice).collect();
    let raw = interp::run(kernel, &slices, n);
    let mut out = Vec::new();
    for (r, raw) in kernel.results.iter().zip(raw) {
        let t = kernel.body.dtype(r.value);
        let Sink::Fold(fold) = r.sink else {
            out.push(Some(scalars(t, &raw)));
            continue;
        };
        for &finish in finishes(fold) {
            let known = finish == Finish::Position || finish == Finish::Value && !(t.is_inexact() && n > ONE_BLOCK);
            let made = finish.dtype(fold, t);
            let at = if finish == Finish::Position { t.size().next_multiple_of(8) } else { 0 };
            out.push(known.then(|| scalars(made, &raw[at..at + made.size()])));
        }
    }
    out
}

/// What the engine gives.
pub fn engine(kernel: &Kernel, operands: &[Array], n: usize, code: Code) -> Vec<Vec<Scalar>> {
    let out = run_kernel(kernel, operands, n, code).unwrap_or_else(|e| panic!("{e} in\n{kernel}"));
    out.iter().map(elements).collect()
}
