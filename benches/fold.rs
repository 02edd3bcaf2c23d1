//! Folds of a tile that lies in the first-level cache: time per block of elements, by rows and by columns.

#![expect(unsafe_code, reason = "calls fold routines on local memory")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use numpy_rs::dtype::DType;
use numpy_rs::kernels::fold::fold;
use numpy_rs::ops::reduction::Fold;
use std::hint::black_box;

fn folds(c: &mut Criterion) {
    let cases = [
        (Fold::Sum, DType::F64),
        (Fold::Sum, DType::F32),
        (Fold::Min, DType::F64),
        (Fold::Count, DType::Bool),
        (Fold::Moments, DType::F64),
        (Fold::Argmin, DType::F64),
    ];
    for (f, t) in cases {
        let mut group = c.benchmark_group(format!("{}/{t}", f.name()));
        for (k, m, cols) in [(1, 1024, false), (64, 16, false), (512, 2, false), (64, 16, true)] {
            group.throughput(Throughput::Elements((k * m) as u64));
            let fns = fold(f, t).expect("taken");
            // Ones and zeros in any type but bool have bits like these; values do not change the time.
            let x: Vec<u64> =
                (0..k * m + 8).map(|i| if t == DType::Bool { 0x0100_0101 } else { (i as f64).to_bits() }).collect();
            // Tiles are aligned to cache lines.
            let x = &x[x.as_ptr().align_offset(64)..];
            let mut states = vec![0u64; 4 * k.max(m)];
            let id = BenchmarkId::from_parameter(format!("{k}x{m}{}", if cols { " columns" } else { "" }));
            group.bench_function(id, |b| {
                b.iter(|| {
                    let run = if cols { fns.cols } else { fns.rows };
                    // SAFETY: `x` covers `k * m` elements of at most 8 bytes, `states` as many states of at most 32.
                    unsafe { run(k, m, m, black_box(x.as_ptr()).cast(), 0, 1, states.as_mut_ptr().cast()) };
                    black_box(&states);
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, folds);
criterion_main!(benches);
