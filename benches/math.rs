//! Throughput of the vector math functions on a tile in the first-level cache.
//!
//! `cargo bench --bench math`; criterion's "thrpt" is in elements, so ns per element is its inverse.
#![expect(unsafe_code, reason = "calls the routines over raw tiles, as compiled loops do")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use numpy_rs::kernels::TileFn;
use numpy_rs::kernels::math::{lookup_f32, lookup_f64};
use numpy_rs::ops::prim::MathFn;
use std::hint::black_box;

const TILE: usize = 512;

/// Where a function is used: no special lanes.
fn interval(f: MathFn) -> (f64, f64) {
    match f {
        MathFn::Log | MathFn::Log2 | MathFn::Log10 | MathFn::Pow => (0.01, 100.0),
        MathFn::Log1p => (-0.9, 100.0),
        MathFn::Arcsin | MathFn::Arccos | MathFn::Arctanh => (-0.999, 0.999),
        MathFn::Arccosh => (1.0, 20.0),
        MathFn::Tanh => (-5.0, 5.0),
        MathFn::Exp
        | MathFn::Exp2
        | MathFn::Expm1
        | MathFn::Sin
        | MathFn::Cos
        | MathFn::Tan
        | MathFn::Arctan
        | MathFn::Sinh
        | MathFn::Cosh
        | MathFn::Arcsinh
        | MathFn::Cbrt
        | MathFn::Cube
        | MathFn::Fourth
        | MathFn::Arctan2
        | MathFn::Hypot => (-20.0, 20.0),
    }
}

/// Values that cover an interval in an order that no predictor learns: multiples of the golden ratio.
fn operands((low, high): (f64, f64), start: f64) -> Vec<f64> {
    (0..TILE).map(|i| low + (high - low) * (start + i as f64 * 0.618_033_988_749_895).fract()).collect()
}

fn run<T>(routine: TileFn, x: &[T], y: &[T], out: &mut [T]) {
    let ins = [x.as_ptr().cast(), y.as_ptr().cast(), x.as_ptr().cast()];
    // SAFETY: three slices of `TILE` elements.
    unsafe { routine(black_box(TILE), &ins, out.as_mut_ptr().cast()) };
}

fn bench(c: &mut Criterion) {
    for f in MathFn::ALL {
        let (x, y) = (operands(interval(f), 0.1), operands((-10.0, 10.0), 0.7));
        let (x_narrow, y_narrow): (Vec<f32>, Vec<f32>) = x.iter().zip(&y).map(|(x, y)| (*x as f32, *y as f32)).unzip();
        let mut group = c.benchmark_group(f.name());
        group.throughput(Throughput::Elements(TILE as u64));
        let mut out = vec![0f64; TILE];
        group.bench_function("f64", |b| b.iter(|| run(lookup_f64(f), &x, &y, &mut out)));
        let mut out = vec![0f32; TILE];
        group.bench_function("f32", |b| b.iter(|| run(lookup_f32(f), &x_narrow, &y_narrow, &mut out)));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(std::time::Duration::from_millis(200)).measurement_time(std::time::Duration::from_millis(500));
    targets = bench
}
criterion_main!(benches);
