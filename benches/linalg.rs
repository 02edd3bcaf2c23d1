//! Products, factorisations and transforms beside the libraries of their kind, on one thread: faer (with its private gemm), rustfft,
//! realfft.
//!
//! `cargo bench --bench linalg`; criterion's "thrpt" is in elements of the matrix or of the row.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use faer::linalg::matmul::matmul as faer_matmul;
use faer::{Accum, Mat, Par, Side};
use numpy_rs::array::Array;
use numpy_rs::dtype::DType;
use numpy_rs::error::Result;
use numpy_rs::kernels::fft::fft;
use numpy_rs::kernels::linalg::{matmul::matmul, run};
use numpy_rs::ops::kernel::{LinalgFn, QrMode, Transform};
use std::hint::black_box;

fn alone(total: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    (0..total).for_each(work);
    Ok(())
}

/// Numbers in (-1, 1) that no predictor learns: multiples of the golden ratio.
fn number(i: usize) -> f64 {
    2.0 * (i as f64 * 0.618_033_988_749_895).fract() - 1.0
}

fn array(dtype: DType, shape: &[usize], f: impl Fn(usize) -> f64) -> Array {
    let count = shape.iter().product::<usize>() * if dtype.is_complex() { 2 } else { 1 };
    let bytes: Vec<u8> = match dtype.real() {
        DType::F32 => (0..count).flat_map(|i| (f(i) as f32).to_ne_bytes()).collect(),
        _ => (0..count).flat_map(|i| f(i).to_ne_bytes()).collect(),
    };
    Array::from_bytes(dtype, shape, &bytes).expect("as many bytes")
}

fn products(c: &mut Criterion) {
    for (name, dtype) in [("f64", DType::F64), ("f32", DType::F32)] {
        let mut group = c.benchmark_group(format!("matmul/{name}"));
        for n in [4, 16, 64, 256, 1024] {
            group.throughput(Throughput::Elements((n * n * n) as u64));
            let (a, b, out) =
                (array(dtype, &[n, n], number), array(dtype, &[n, n], number), array(dtype, &[n, n], number));
            group.bench_function(BenchmarkId::new("ours", n), |bench| {
                bench.iter(|| matmul([false; 2], [black_box(&a).into(), black_box(&b).into()], &out, None, &alone));
            });
            macro_rules! faer {
                ($t:ty) => {{
                    let (a, mut to) = (Mat::from_fn(n, n, |i, j| number(i * n + j) as $t), Mat::<$t>::zeros(n, n));
                    group.bench_function(BenchmarkId::new("faer", n), |bench| {
                        bench.iter(|| {
                            faer_matmul(to.as_mut(), Accum::Replace, black_box(&a), black_box(&a), 1.0, Par::Seq);
                        });
                    });
                }};
            }
            if dtype == DType::F64 { faer!(f64) } else { faer!(f32) }
        }
    }
}

/// A function of ours beside one of theirs, of a matrix of float64.
fn beside<R>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    n: usize,
    f: &LinalgFn,
    element: impl Fn(usize, usize) -> f64,
    theirs: impl Fn(&Mat<f64>) -> R,
) {
    group.throughput(Throughput::Elements((n * n * n) as u64));
    let a = [array(DType::F64, &[n, n], |i| element(i / n, i % n))];
    let results = f.infer(&[(a[0].shape(), DType::F64)]).expect("square");
    let results: Vec<Array> = results.iter().map(|(shape, t)| array(*t, shape, number)).collect();
    group.bench_function(BenchmarkId::new("ours", n), |bench| bench.iter(|| run(f, black_box(&a), &results, &alone)));
    let a = Mat::from_fn(n, n, element);
    group.bench_function(BenchmarkId::new("faer", n), |bench| bench.iter(|| theirs(black_box(&a))));
}

fn factorisations(c: &mut Criterion) {
    let general = |n: usize| move |i: usize, j: usize| number(i * n + j) + if i == j { n as f64 } else { 0.0 };
    let symmetric =
        |n: usize| move |i: usize, j: usize| number(i.max(j) * n + i.min(j)) + if i == j { n as f64 } else { 0.0 };
    for n in [8, 64, 256, 1024] {
        beside(&mut c.benchmark_group("inv"), n, &LinalgFn::Inv { lenient: false }, general(n), |a| {
            faer::linalg::solvers::DenseSolveCore::inverse(&a.partial_piv_lu())
        });
        beside(&mut c.benchmark_group("cholesky"), n, &LinalgFn::Cholesky { upper: false }, symmetric(n), |a| {
            a.llt(Side::Lower).expect("definite").L().to_owned()
        });
        beside(&mut c.benchmark_group("qr"), n, &LinalgFn::Qr(QrMode::Reduced), general(n), |a| {
            let both = a.qr();
            (both.compute_thin_Q(), both.thin_R().to_owned())
        });
    }
}

fn transforms(c: &mut Criterion) {
    for n in [64, 1000, 1009, 1024, 65_536] {
        let rows = (65_536 / n).max(1);
        let mut group = c.benchmark_group("fft");
        group.throughput(Throughput::Elements((rows * n) as u64));
        let (x, out) = (array(DType::C128, &[rows, n], number), array(DType::C128, &[rows, n], number));
        group.bench_function(BenchmarkId::new("ours", n), |bench| {
            bench.iter(|| fft(Transform::Forward, (n, 1), 1.0, black_box(&x).into(), &out, None, &alone));
        });
        let plan = rustfft::FftPlanner::<f64>::new().plan_fft_forward(n);
        let row: Vec<_> =
            (0..rows * n).map(|i| rustfft::num_complex::Complex::new(number(2 * i), number(2 * i + 1))).collect();
        let mut scratch = vec![rustfft::num_complex::Complex::new(0.0, 0.0); plan.get_inplace_scratch_len()];
        let mut to = row.clone();
        group.bench_function(BenchmarkId::new("rustfft", n), |bench| {
            bench.iter(|| {
                to.copy_from_slice(black_box(&row));
                plan.process_with_scratch(&mut to, &mut scratch);
            });
        });
        group.finish();
        let mut group = c.benchmark_group("rfft");
        group.throughput(Throughput::Elements((rows * n) as u64));
        let (x, out) = (array(DType::F64, &[rows, n], number), array(DType::C128, &[rows, n / 2 + 1], number));
        group.bench_function(BenchmarkId::new("ours", n), |bench| {
            bench.iter(|| fft(Transform::Real, (n, 1), 1.0, black_box(&x).into(), &out, None, &alone));
        });
        let plan = realfft::RealFftPlanner::<f64>::new().plan_fft_forward(n);
        let row: Vec<f64> = (0..rows * n).map(number).collect();
        let (mut from, mut to, mut scratch) = (row.clone(), plan.make_output_vec(), plan.make_scratch_vec());
        group.bench_function(BenchmarkId::new("realfft", n), |bench| {
            bench.iter(|| {
                from.copy_from_slice(black_box(&row));
                for row in from.chunks_exact_mut(n) {
                    plan.process_with_scratch(row, &mut to, &mut scratch).expect("as long as planned");
                }
            });
        });
    }
}

criterion_group!(benches, products, factorisations, transforms);
criterion_main!(benches);
