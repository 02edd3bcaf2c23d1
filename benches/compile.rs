//! What a fused loop costs: compiling it, finding it again, and running it on data in the first-level cache.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use numpy_rs::dtype::DType;
use numpy_rs::jit::cache;
use numpy_rs::jit::code::CompiledSegment;
use numpy_rs::jit::codegen::Width;
use numpy_rs::jit::ir::{Access, Operand, Segment};
use numpy_rs::ops::expr::{Body, ValueId};
use numpy_rs::ops::prim::Prim;
use std::time::Duration;

/// Elements of a tile: three operands and a result of float64 fit the first-level cache.
const TILE: usize = 512;

fn segment(operands: &[DType], build: impl FnOnce(&mut Body, &[ValueId]) -> ValueId) -> Segment {
    let mut body = Body::default();
    let loads: Vec<ValueId> = operands.iter().enumerate().map(|(i, &d)| body.load(i as u16, d)).collect();
    let result = build(&mut body, &loads);
    let operands = operands.iter().map(|&dtype| Operand { dtype, access: Access::Unit }).collect();
    Segment { operands, body, stores: vec![result], folds: Vec::new() }
}

/// A chain of instructions over three operands.
fn chain(length: usize, dtype: DType) -> Segment {
    segment(&[dtype; 3], |body, loads| {
        let steps = [Prim::Mul, Prim::Add, Prim::Sub, Prim::Maximum, Prim::Mul, Prim::Add, Prim::Div, Prim::Minimum];
        (0..length).fold(loads[0], |v, i| {
            let k = body.lit(1.5 + i as f64, dtype);
            let other = if i % 3 == 2 { k } else { loads[1 + i % 2] };
            body.prim(steps[i % steps.len()], &[v, other])
        })
    })
}

fn muladd(dtype: DType) -> Segment {
    segment(&[dtype; 3], |body, l| {
        let product = body.prim(Prim::Mul, &[l[0], l[1]]);
        body.prim(Prim::Add, &[product, l[2]])
    })
}

fn hypotenuse(dtype: DType) -> Segment {
    segment(&[dtype; 2], |body, l| {
        let (a, b) = (body.prim(Prim::Mul, &[l[0], l[0]]), body.prim(Prim::Mul, &[l[1], l[1]]));
        let sum = body.prim(Prim::Add, &[a, b]);
        body.prim(Prim::Sqrt, &[sum])
    })
}

/// Degree 10, by Horner's rule: ten products and ten sums.
fn polynomial(dtype: DType) -> Segment {
    segment(&[dtype], |body, l| {
        let first = body.lit(0.1, dtype);
        (1..=10).fold(first, |v, i| {
            let product = body.prim(Prim::Mul, &[v, l[0]]);
            let k = body.lit(0.1 * f64::from(i), dtype);
            body.prim(Prim::Add, &[product, k])
        })
    })
}

/// `where(a > b, clip(a, -1, 1), b * c)`.
fn where_clip(dtype: DType) -> Segment {
    segment(&[dtype; 3], |body, l| {
        let condition = body.prim(Prim::Gt, &[l[0], l[1]]);
        let (low, high) = (body.lit(-1.0, dtype), body.lit(1.0, dtype));
        let clipped = body.prim(Prim::Maximum, &[l[0], low]);
        let clipped = body.prim(Prim::Minimum, &[clipped, high]);
        let product = body.prim(Prim::Mul, &[l[1], l[2]]);
        body.prim(Prim::Select, &[condition, clipped, product])
    })
}

/// `(a > b) & (b < c)`, stored as bools.
fn mask(dtype: DType) -> Segment {
    segment(&[dtype; 3], |body, l| {
        let (x, y) = (body.prim(Prim::Gt, &[l[0], l[1]]), body.prim(Prim::Lt, &[l[1], l[2]]));
        body.prim(Prim::And, &[x, y])
    })
}

/// `clip(image * 1.25 + 3, 0, 255)` in float32 between bytes.
fn image() -> Segment {
    segment(&[DType::U8], |body, l| {
        let x = body.cast(l[0], DType::F32);
        let (gain, offset) = (body.lit(1.25, DType::F32), body.lit(3.0, DType::F32));
        let (low, high) = (body.lit(0.0, DType::F32), body.lit(255.0, DType::F32));
        let x = body.prim(Prim::Mul, &[x, gain]);
        let x = body.prim(Prim::Add, &[x, offset]);
        let x = body.prim(Prim::Maximum, &[x, low]);
        let x = body.prim(Prim::Minimum, &[x, high]);
        body.cast(x, DType::U8)
    })
}

fn compile(c: &mut Criterion) {
    let mut group = c.benchmark_group("compile");
    group.sample_size(30).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for length in [1, 3, 10, 30, 100] {
        let segment = chain(length, DType::F64);
        group.bench_with_input(BenchmarkId::new("f64", length), &segment, |b, s| {
            b.iter(|| CompiledSegment::new(s).unwrap());
        });
    }
    let segment = image();
    group.bench_function("image", |b| b.iter(|| CompiledSegment::new(&segment).unwrap()));
    let segment = chain(10, DType::F64);
    group.bench_function("cached", |b| b.iter(|| cache::segment(&segment).unwrap()));
}

fn throughput(c: &mut Criterion) {
    let mut group = c.benchmark_group("run");
    group.sample_size(30).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(600));
    group.throughput(Throughput::Elements(TILE as u64));
    let mut cases = vec![("image".to_string(), image())];
    for dtype in [DType::F64, DType::F32] {
        for (name, segment) in [
            ("a*b+c", muladd(dtype)),
            ("sqrt(a*a+b*b)", hypotenuse(dtype)),
            ("polynomial10", polynomial(dtype)),
            ("where/clip", where_clip(dtype)),
            ("mask", mask(dtype)),
            ("chain10", chain(10, dtype)),
            ("chain30", chain(30, dtype)),
        ] {
            cases.push((format!("{name} {dtype}"), segment));
        }
    }
    for (name, segment) in &cases {
        let bytes = |dtype: DType, i: usize| -> Vec<u8> {
            let value = |j: usize| ((j * 7 + i * 13) % 100) as f64 / 25.0 - 1.0;
            (0..TILE)
                .flat_map(|j| match dtype {
                    DType::F64 => value(j).to_le_bytes().to_vec(),
                    DType::F32 => (value(j) as f32).to_le_bytes().to_vec(),
                    _ => vec![j as u8],
                })
                .collect()
        };
        let operands: Vec<Vec<u8>> = segment.operands.iter().enumerate().map(|(i, o)| bytes(o.dtype, i)).collect();
        let operands: Vec<&[u8]> = operands.iter().map(Vec::as_slice).collect();
        let mut result = vec![0; TILE * 8];
        for (width, bits) in [(Width::Double, 256), (Width::Single, 128)] {
            if let Some(kernel) = CompiledSegment::of_width(segment, width).unwrap() {
                group.bench_function(format!("{name} {bits}"), |b| {
                    b.iter(|| kernel.run(&operands, &mut [&mut result], &mut [], TILE));
                });
            }
        }
    }
}

/// What entering a kernel costs: the smallest call, without and with a scalar operand.
fn call(c: &mut Criterion) {
    let mut group = c.benchmark_group("call");
    group.sample_size(30).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(600));
    let (data, mut result) = (vec![0; TILE], vec![0; TILE]);
    for (width, bits) in [(Width::Double, 256), (Width::Single, 128)] {
        for scalars in [0, 1] {
            let mut segment = muladd(DType::F64);
            segment.operands[..scalars].iter_mut().for_each(|o| o.access = Access::Scalar);
            let Some(kernel) = CompiledSegment::of_width(&segment, width).unwrap() else { continue };
            group.bench_function(format!("{scalars} scalars, {bits}"), |b| {
                b.iter(|| kernel.run(&[&data, &data, &data], &mut [&mut result], &mut [], kernel.block()));
            });
        }
    }
}

criterion_group!(benches, compile, throughput, call);
criterion_main!(benches);
