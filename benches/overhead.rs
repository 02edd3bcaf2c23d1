//! What a call costs beside its arithmetic: building a node, listing a graph, computing a known plan.

use criterion::{Criterion, criterion_group, criterion_main};
use numpy_rs::array::Array;
use numpy_rs::dtype::DType;
use numpy_rs::graph::build::{self, Operand, ReduceOptions, Reducer};
use numpy_rs::graph::linear::linearize;
use numpy_rs::graph::{Node, NodeRef};
use numpy_rs::ops::ufunc::Ufunc;
use numpy_rs::runtime::compute::compute;
use std::hint::black_box;

fn ones(n: usize) -> NodeRef {
    let bytes: Vec<u8> = (0..n).flat_map(|_| 1.0f64.to_le_bytes()).collect();
    Node::data(Array::from_bytes(DType::F64, &[n], &bytes).expect("memory"))
}

fn op(u: Ufunc, a: &NodeRef, b: &NodeRef) -> NodeRef {
    build::ufunc(u, &[Operand::Node(a.clone()), Operand::Node(b.clone())]).expect("a loop").remove(0)
}

/// Ten additions and multiplications in a chain.
fn chain(x: &NodeRef) -> NodeRef {
    (0..10).fold(x.clone(), |z, i| op(if i % 2 == 0 { Ufunc::Add } else { Ufunc::Multiply }, &z, x))
}

fn overhead(c: &mut Criterion) {
    let x = ones(1000);
    c.bench_function("build a node", |b| b.iter(|| op(Ufunc::Add, black_box(&x), &x)));
    c.bench_function("build 10 nodes", |b| b.iter(|| chain(black_box(&x))));
    let ten = chain(&x);
    c.bench_function("list 10 nodes", |b| b.iter(|| linearize(&[black_box(&ten)]).fingerprint));
    for n in [1, 1000] {
        let x = ones(n);
        let (add, ten) = (op(Ufunc::Add, &x, &x), chain(&x));
        let sum = build::reduce(&x, Reducer::Sum, &ReduceOptions::default()).expect("a sum");
        for (name, node) in [("add", &add), ("sum", &sum), ("10 ops", &ten)] {
            c.bench_function(&format!("compute {name}, n = {n}"), |b| {
                b.iter(|| compute(&[black_box(node)], &|| false).expect("a value"));
            });
        }
    }
}

criterion_group!(benches, overhead);
criterion_main!(benches);
