//! Whole computations from Rust: the graph, its plan, the loops, the values.

use numpy_rs::array::Array;
use numpy_rs::dtype::{DType, Scalar};
use numpy_rs::graph::build::{self, Operand, ReduceOptions, Reducer};
use numpy_rs::graph::linear::linearize;
use numpy_rs::graph::{Node, NodeRef};
use numpy_rs::ops::ufunc::Ufunc;
use numpy_rs::runtime::compute::{CompiledPlan, CompiledStep, compute, planned, planned_and_compiled};
use numpy_rs::runtime::options::compile_after;

fn f64s(values: &[f64], shape: &[usize]) -> NodeRef {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    Node::data(Array::from_bytes(DType::F64, shape, &bytes).unwrap())
}

fn ramp(shape: &[usize]) -> (NodeRef, Vec<f64>) {
    let n = shape.iter().product::<usize>();
    let v: Vec<f64> = (0..n).map(|i| (i as f64 * 0.37).sin() * 3.0).collect();
    (f64s(&v, shape), v)
}

fn op(u: Ufunc, args: &[&NodeRef]) -> NodeRef {
    let args: Vec<Operand> = args.iter().map(|a| Operand::Node((*a).clone())).collect();
    build::ufunc(u, &args).unwrap().remove(0)
}

fn values(array: &Array) -> Vec<f64> {
    let mut index = vec![0; array.ndim()];
    let mut out = Vec::new();
    for _ in 0..array.size() {
        out.push(array.element(&index).to_f64());
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

fn run(nodes: &[&NodeRef]) -> Vec<Array> {
    let first = compute(nodes, &|| false).unwrap();
    // Short loops run through tile routines at first; compiled, they give the same bits.
    planned_and_compiled(&linearize(nodes)).unwrap();
    let second = compute(nodes, &|| false).unwrap();
    for (a, b) in first.iter().zip(&second) {
        assert_eq!(bits(a), bits(b));
    }
    second
}

fn bits(array: &Array) -> Vec<u128> {
    let mut all: Vec<u128> = Vec::new();
    let mut index = vec![0; array.ndim()];
    for _ in 0..array.size() {
        all.push(array.element(&index).bits());
        for d in (0..index.len()).rev() {
            index[d] += 1;
            if index[d] < array.shape()[d] {
                break;
            }
            index[d] = 0;
        }
    }
    all
}

#[test]
fn a_short_loop_is_compiled_when_it_has_been_used_enough() {
    let (a, _) = ramp(&[1000]);
    let z = op(Ufunc::Subtract, &[&op(Ufunc::Hypot, &[&a, &a]), &op(Ufunc::Multiply, &[&a, &a])]);
    let compiled = |plan: &CompiledPlan| match &plan.steps()[0] {
        CompiledStep::Walk(walk) => walk.compiled,
        CompiledStep::Kernel(_) => false,
    };
    let graph = linearize(&[&z]);
    assert!(!compiled(&planned(&graph, &|| false).unwrap()));
    for _ in 0..compile_after() / 1000 {
        compute(&[&z], &|| false).unwrap();
    }
    assert!(compiled(&planned(&graph, &|| false).unwrap()));
    // Its code is there: another shape uses it from the first time on.
    let (b, _) = ramp(&[1100]);
    let other = op(Ufunc::Subtract, &[&op(Ufunc::Hypot, &[&b, &b]), &op(Ufunc::Multiply, &[&b, &b])]);
    assert!(compiled(&planned(&linearize(&[&other]), &|| false).unwrap()));
}

#[test]
fn axpy_is_bit_identical_at_every_length() {
    for n in [0, 1, 2, 3, 7, 8, 9, 47, 48, 49, 63, 64, 100, 1023, 1024, 1025, 16384, 100_003] {
        let (a, av) = ramp(&[n]);
        let (b, bv) = ramp(&[n]);
        let z = op(Ufunc::Add, &[&op(Ufunc::Multiply, &[&a, &b]), &a]);
        let expected: Vec<f64> = av.iter().zip(&bv).map(|(x, y)| x * y + x).collect();
        assert_eq!(values(&run(&[&z])[0]), expected, "n = {n}");
    }
}

#[test]
fn transposed_and_broadcast_operands_meet() {
    for n in [1, 3, 31, 33, 100, 300] {
        let (a, av) = ramp(&[n, n]);
        let (r, rv) = ramp(&[n]);
        let t = build::transpose(&a, None).unwrap();
        let z = op(Ufunc::Add, &[&op(Ufunc::Add, &[&a, &t]), &r]);
        let got = values(&run(&[&z])[0]);
        for i in 0..n {
            for j in 0..n {
                assert_eq!(got[i * n + j], av[i * n + j] + av[j * n + i] + rv[j], "{n} {i} {j}");
            }
        }
    }
}

#[test]
fn sums_along_each_axis() {
    for shape in [[1, 1, 1], [2, 3, 4], [5, 1, 7], [40, 30, 20], [3, 2000, 2], [2, 3, 1500]] {
        let (a, av) = ramp(&shape);
        for axis in 0..3 {
            let options = ReduceOptions { axes: Some(smallvec::smallvec![axis as i64]), ..Default::default() };
            let s = build::reduce(&a, Reducer::Sum, &options).unwrap();
            let m = build::reduce(&a, Reducer::Max, &options).unwrap();
            let out = run(&[&s, &m]);
            let (sums, maxima) = (values(&out[0]), values(&out[1]));
            let mut expected = vec![(0.0f64, f64::NEG_INFINITY); sums.len()];
            for i in 0..shape[0] {
                for j in 0..shape[1] {
                    for k in 0..shape[2] {
                        let v = av[(i * shape[1] + j) * shape[2] + k];
                        let mut at = 0;
                        for (d, x) in [i, j, k].into_iter().enumerate() {
                            if d != axis {
                                at = at * shape[d] + x;
                            }
                        }
                        expected[at].0 += v;
                        expected[at].1 = expected[at].1.max(v);
                    }
                }
            }
            for (at, (sum, max)) in expected.into_iter().enumerate() {
                assert!((sums[at] - sum).abs() < 1e-9 * (1.0 + sum.abs()), "{shape:?} axis {axis} at {at}");
                assert_eq!(maxima[at], max, "{shape:?} axis {axis} at {at}");
            }
        }
    }
}

#[test]
fn mean_and_variance_over_everything() {
    let (a, av) = ramp(&[100_000]);
    let all = ReduceOptions::default();
    let mean = build::reduce(&a, Reducer::Mean, &all).unwrap();
    let var = build::reduce(&a, Reducer::Var(0.0), &all).unwrap();
    let out = run(&[&mean, &var]);
    let m = av.iter().sum::<f64>() / av.len() as f64;
    let v = av.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / av.len() as f64;
    assert!((values(&out[0])[0] - m).abs() < 1e-12);
    assert!((values(&out[1])[0] - v).abs() < 1e-12);
}

#[test]
fn a_reduction_feeds_the_next_walk() {
    let (a, av) = ramp(&[50, 60]);
    let keep = ReduceOptions { axes: Some(smallvec::smallvec![1]), keepdims: true, ..Default::default() };
    let z = op(Ufunc::Subtract, &[&a, &build::reduce(&a, Reducer::Max, &keep).unwrap()]);
    let got = values(&run(&[&z])[0]);
    for i in 0..50 {
        let max = av[i * 60..(i + 1) * 60].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for j in 0..60 {
            assert_eq!(got[i * 60 + j], av[i * 60 + j] - max);
        }
    }
}

#[test]
fn concatenation_stores_parts() {
    let (a, av) = ramp(&[4, 3]);
    let (b, bv) = ramp(&[4, 5]);
    let doubled = op(Ufunc::Add, &[&b, &b]);
    let z = build::concatenate(&[a, doubled], 1, None).unwrap();
    let got = values(&run(&[&z])[0]);
    for i in 0..4 {
        assert_eq!(&got[i * 8..i * 8 + 3], &av[i * 3..i * 3 + 3]);
        for j in 0..5 {
            assert_eq!(got[i * 8 + 3 + j], 2.0 * bv[i * 5 + j]);
        }
    }
}

#[test]
fn deviations_of_equal_values_are_not_negative() {
    for dtype in [DType::F32, DType::F64, DType::C64, DType::C128] {
        for (n, v) in (1..200).flat_map(|n| [2.512, 0.1, -3.3, 1e6 / 3.0].map(|v| (n, v))) {
            let one = Scalar::from_complex(dtype, v, v - 1.0);
            let bytes = one.bytes()[..dtype.size()].repeat(2 * n);
            let x = Node::data(Array::from_bytes(dtype, &[n, 2], &bytes).unwrap());
            let t = build::transpose(&x, None).unwrap();
            let along = |axis| ReduceOptions { axes: Some(smallvec::smallvec![axis]), ..Default::default() };
            let columns = build::reduce(&x, Reducer::Std(0.0), &along(0)).unwrap();
            let rows = build::reduce(&op(Ufunc::Positive, &[&t]), Reducer::Std(0.0), &along(1)).unwrap();
            for array in run(&[&columns, &rows]) {
                assert!(values(&array).iter().all(|&s| s >= 0.0), "{dtype} {n} {v}: {:?}", values(&array));
            }
        }
    }
}

#[test]
fn a_mean_is_the_same_alone_and_beside_the_variance() {
    for dtype in [DType::F32, DType::F64] {
        for shape in [[1, 3], [7, 50], [300, 70], [3, 20_000]] {
            let n: usize = shape.iter().product();
            let bytes: Vec<u8> = (0..n)
                .flat_map(|i| Scalar::from_f64(dtype, (i as f64 * 0.7).sin() * 3.0).bytes()[..dtype.size()].to_vec())
                .collect();
            let x = Node::data(Array::from_bytes(dtype, &shape, &bytes).unwrap());
            for axes in [None, Some(smallvec::smallvec![0i64]), Some(smallvec::smallvec![1i64])] {
                let options = ReduceOptions { axes, ..Default::default() };
                let [mean, var, sum] =
                    [Reducer::Mean, Reducer::Var(0.0), Reducer::Sum].map(|r| build::reduce(&x, r, &options).unwrap());
                let together = run(&[&var, &mean, &sum]);
                assert_eq!(values(&together[1]), values(&run(&[&mean])[0]), "{dtype} {shape:?}");
                assert_eq!(values(&together[2]), values(&run(&[&sum])[0]), "{dtype} {shape:?}");
                assert_eq!(values(&together[0]), values(&run(&[&var])[0]), "{dtype} {shape:?}");
            }
        }
    }
}

#[test]
fn a_row_repeated_in_all_blocks_survives_short_blocks() {
    for shape in [[3, 205, 5], [2, 342, 3], [4, 147, 7], [3, 103, 10], [2, 1025, 1], [5, 1, 33]] {
        let [a, b, c] = shape;
        let (x, xv) = ramp(&shape);
        let (y, yv) = ramp(&[c]);
        let (z, zv) = ramp(&[b, 1]);
        let sum = op(Ufunc::Add, &[&op(Ufunc::Add, &[&x, &y]), &z]);
        let got = values(&run(&[&sum])[0]);
        for i in 0..a * b * c {
            assert_eq!(got[i], xv[i] + yv[i % c] + zv[i / c % b], "{shape:?} at {i}");
        }
    }
}

#[test]
fn a_result_that_another_result_uses_shares_its_walk() {
    let (a, av) = ramp(&[5000]);
    let (b, bv) = ramp(&[5000]);
    let call = op(Ufunc::Multiply, &[&a, &b]);
    let put = op(Ufunc::Subtract, &[&call, &a]);
    let sum = build::reduce(&put, Reducer::Max, &ReduceOptions::default()).unwrap();
    let graph = linearize(&[&call, &put, &sum]);
    assert_eq!(numpy_rs::runtime::compute::planned(&graph, &|| false).unwrap().steps().len(), 1);
    let out = run(&[&call, &put, &sum]);
    let puts: Vec<f64> = av.iter().zip(&bv).map(|(x, y)| x * y - x).collect();
    assert_eq!(values(&out[1]), puts);
    assert_eq!(values(&out[2])[0], puts.iter().copied().fold(f64::NEG_INFINITY, f64::max));
}
