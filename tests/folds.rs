//! Folds that compiled code begins, against tile routines alone: the same bits for any length, layout and number of
//! threads.

use numpy_rs::array::Array;
use numpy_rs::dtype::DType;
use numpy_rs::graph::build::{self, IndexItem, Operand, ReduceOptions, Reducer};
use numpy_rs::graph::linear::linearize;
use numpy_rs::graph::plan::plan;
use numpy_rs::graph::unmask::Fresh;
use numpy_rs::graph::{Node, NodeRef};
use numpy_rs::interrupt::Look;
use numpy_rs::ops::ufunc::Ufunc;
use numpy_rs::runtime::compute::{CompiledPlan, CompiledStep, simplified};
use numpy_rs::runtime::kernel::Code;
use numpy_rs::runtime::options::set_num_threads;
use numpy_rs::runtime::run::run;

/// Values of one kind.
#[derive(Clone, Copy, Debug)]
enum Data {
    /// Of every size, so that each order of addition has bits of its own.
    Mixed,
    NegativeZeros,
    /// With infinities of both signs and NaNs here and there.
    Special,
}

fn data(dtype: DType, shape: &[usize], kind: Data, seed: u64) -> NodeRef {
    let n: usize = shape.iter().product();
    let mut state = seed;
    let mut bytes = Vec::new();
    for i in 0..n {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let small = ((state >> 40) as f64 - 8_388_608.0) * (0.5f64).powi((state >> 20) as i32 & 31);
        let x = match kind {
            Data::Mixed => small,
            Data::NegativeZeros => -0.0,
            Data::Special if i % 701 == 350 => [f64::INFINITY, f64::NEG_INFINITY, f64::NAN][i % 3],
            Data::Special => small,
        };
        match dtype {
            DType::F64 => bytes.extend(x.to_le_bytes()),
            DType::F32 => bytes.extend((x as f32).to_le_bytes()),
            DType::I32 => bytes.extend(((state >> 32) as i32).to_le_bytes()),
            _ => bytes.push((state >> 60) as u8),
        }
    }
    Node::data(Array::from_bytes(dtype, shape, &bytes).unwrap())
}

fn op(u: Ufunc, args: &[&NodeRef]) -> NodeRef {
    let args: Vec<Operand> = args.iter().map(|a| Operand::Node((*a).clone())).collect();
    build::ufunc(u, &args).unwrap().remove(0)
}

fn sum(x: &NodeRef, axis: Option<i64>) -> NodeRef {
    let axes = axis.map(|a| smallvec::smallvec![a]);
    build::reduce(x, Reducer::Sum, &ReduceOptions { axes, ..Default::default() }).unwrap()
}

/// The bits of each result by the paths of this kind of code, any NaN as one; and how many folds segments began.
fn bits(nodes: &[&NodeRef], code: Code) -> (Vec<Vec<u128>>, usize) {
    let graph = linearize(nodes);
    let fresh = Fresh::default();
    let graph = simplified(&graph, &fresh, &Look::never()).unwrap();
    let compiled = CompiledPlan::new(plan(&graph, &Look::never()).unwrap(), code, &Look::never()).unwrap();
    let begun = |step: &CompiledStep| match step {
        CompiledStep::Walk(walk) => walk.program.begun.iter().flatten().count(),
        CompiledStep::Kernel(_) => 0,
    };
    let begun = compiled.steps().iter().map(begun).sum();
    let results = run(&compiled, &graph, &|| false).unwrap();
    let element = |a: &Array, i: usize| {
        let value = if a.ndim() == 0 { a.element(&[]) } else { a.element(&[i]) };
        if value.dtype().is_inexact() && value.to_f64().is_nan() { u128::MAX } else { value.bits() }
    };
    (results.iter().map(|a| (0..a.size()).map(|i| element(a, i)).collect()).collect(), begun)
}

/// Compares, for each number of threads; how many folds segments began.
fn check(nodes: &[&NodeRef], what: &str) -> usize {
    let (expected, none) = bits(nodes, Code::Never);
    assert_eq!(none, 0);
    let mut begun = 0;
    for threads in [1, 2, 3, 8] {
        set_num_threads(threads);
        let (got, some) = bits(nodes, Code::Always);
        assert!(got == expected, "{what}, {threads} threads: {got:x?}, not {expected:x?}");
        begun = some;
    }
    begun
}

/// What is folded of two arrays: a sum of products, one of squared differences, a masked sum and its count together.
fn pipelines(a: &NodeRef, b: &NodeRef, axis: Option<i64>) -> Vec<Vec<NodeRef>> {
    let difference = op(Ufunc::Subtract, &[a, b]);
    let mask = op(Ufunc::Greater, &[a, b]);
    let masked = op(Ufunc::Where, &[&mask, a, b]);
    vec![
        vec![sum(&op(Ufunc::Multiply, &[a, b]), axis)],
        vec![sum(&op(Ufunc::Multiply, &[&difference, &difference]), axis)],
        vec![sum(&masked, axis), sum(&mask, axis)],
    ]
}

/// Checks all pipelines; whether segments began each fold.
fn check_all(a: &NodeRef, b: &NodeRef, axis: Option<i64>, what: &str) -> bool {
    let mut all = true;
    for nodes in pipelines(a, b, axis) {
        let nodes: Vec<&NodeRef> = nodes.iter().collect();
        all &= check(&nodes, what) == nodes.len();
    }
    all
}

const LENGTHS: [usize; 24] = [
    1, 15, 16, 17, 255, 256, 257, 271, 272, 273, 300, 1023, 1024, 1025, 1088, 1535, 1536, 1537, 2053, 8191, 8192,
    16_385, 33_793, 100_003,
];

#[test]
fn any_length_has_the_bits_of_the_routines() {
    for dtype in [DType::F64, DType::F32, DType::I32, DType::U8] {
        for kind in [Data::Mixed, Data::NegativeZeros, Data::Special] {
            if !dtype.is_inexact() && !matches!(kind, Data::Mixed) {
                continue;
            }
            for n in LENGTHS {
                let (a, b) = (data(dtype, &[n], kind, 1), data(dtype, &[n], kind, 2));
                let begun = check_all(&a, &b, None, &format!("{n} of {dtype}, {kind:?}"));
                if dtype.is_inexact() && std::is_x86_feature_detected!("avx2") {
                    assert!(begun, "{n} of {dtype}");
                }
            }
        }
    }
}

#[test]
fn rows_and_blocks_of_rows_have_the_bits_of_the_routines() {
    for dtype in [DType::F64, DType::F32] {
        for (shape, axis) in [
            ([7, 256], Some(1)),
            ([7, 300], Some(1)),
            ([40, 1000], Some(1)),
            ([3, 5000], Some(1)),
            ([300, 7], Some(0)),
            ([3, 1000], None),
            ([200, 1000], None),
            ([1000, 41], None),
        ] {
            let (a, b) = (data(dtype, &shape, Data::Mixed, 3), data(dtype, &shape, Data::Mixed, 4));
            let begun = check_all(&a, &b, axis, &format!("{shape:?} of {dtype} along {axis:?}"));
            let whole = axis.is_none() || axis == Some(1) && shape[1] >= 1024;
            assert!(begun || !whole || !std::is_x86_feature_detected!("avx2"), "{shape:?} along {axis:?}");
            // A row, or a single element, repeated.
            let row = data(dtype, &shape[1..], Data::Mixed, 5);
            check_all(&a, &row, axis, &format!("{shape:?} and a row of {dtype} along {axis:?}"));
            let one = data(dtype, &[], Data::Mixed, 6);
            check_all(&a, &one, axis, &format!("{shape:?} and one {dtype} along {axis:?}"));
        }
    }
}

#[test]
fn what_is_gathered_has_the_bits_of_the_routines() {
    for n in [300, 1024, 5000, 20_000] {
        let (a, b) = (data(DType::F64, &[3 * n], Data::Mixed, 7), data(DType::F64, &[n], Data::Mixed, 8));
        let strided = build::index(&a, &[IndexItem::Slice { start: 1, step: 3, len: n }]).unwrap();
        assert!(
            check_all(&strided, &b, None, &format!("every third of {n}")) || !std::is_x86_feature_detected!("avx2")
        );
        let backwards = build::index(&b, &[IndexItem::Slice { start: n as i64 - 1, step: -1, len: n }]).unwrap();
        check_all(&backwards, &b, None, &format!("{n} backwards"));
    }
}
