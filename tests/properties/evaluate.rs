//! A graph's values, node by node through the interpreter: what `compute` is compared with.

use super::paths::{bytes, elements, scalars};
use numpy_rs::dtype::{DType, Scalar};
use numpy_rs::graph::NodeOp;
use numpy_rs::graph::linear::Linear;
use numpy_rs::jit::interp;
use numpy_rs::jit::ir::{Access, Kernel, KernelResult, Operand as LoopOperand, Sink};
use numpy_rs::kernels::fold::fold_row;
use numpy_rs::kernels::tile::{scalar_prim, scalar_table};
use numpy_rs::ops::expr::{Body, ValueId};
use numpy_rs::ops::kernel::KernelFn;
use numpy_rs::ops::prim::Prim;
use numpy_rs::ops::reduction::{Finish, Fold};

/// A node's value by evaluation.
pub struct Value {
    pub elements: Vec<Scalar>,
    /// Whether the engine must give these bits; else `slack` is how far off each element may be.
    pub exact: bool,
    pub slack: Option<Vec<f64>>,
}

/// The indices of a shape in C order.
fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let count: usize = shape.iter().product();
    let at = |mut i: usize| {
        let mut index = vec![0; shape.len()];
        for d in (0..shape.len()).rev() {
            index[d] = i % shape[d];
            i /= shape[d];
        }
        index
    };
    (0..count).map(at).collect()
}

fn flat(index: &[usize], shape: &[usize]) -> usize {
    index.iter().zip(shape).fold(0, |at, (i, n)| at * n + i)
}

/// `elements` of shape `from`, broadcast.
fn broadcast(elements: &[Scalar], from: &[usize], to: &[usize]) -> Vec<Scalar> {
    let lead = to.len() - from.len();
    let source = |i: &Vec<usize>| -> Vec<usize> {
        i[lead..].iter().zip(from).map(|(i, n)| if *n == 1 { 0 } else { *i }).collect()
    };
    indices(to).iter().map(|i| elements[flat(&source(i), from)]).collect()
}

/// One elementwise operation through the interpreter.
fn interpret(
    inputs: &[Vec<Scalar>],
    types: &[DType],
    n: usize,
    write: impl Fn(&mut Body, &[ValueId]) -> ValueId,
) -> Vec<Scalar> {
    let mut body = Body::default();
    let loads: Vec<ValueId> = types.iter().enumerate().map(|(i, &t)| body.load(i as u16, t)).collect();
    let value = write(&mut body, &loads);
    let made = body.dtype(value);
    let kernel = Kernel {
        operands: types.iter().map(|&dtype| LoopOperand { dtype, access: Access::Unit }).collect(),
        body,
        results: vec![KernelResult { value, sink: Sink::Store }],
    };
    let inputs: Vec<Vec<u8>> = inputs.iter().map(|i| bytes(i)).collect();
    let slices: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    scalars(made, &interp::run(&kernel, &slices, n)[0])
}

/// A sum with its rounding errors summed beside it (Neumaier, 1974).
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0f64, 0.0);
    for x in values {
        let next = sum + x;
        lost += if sum.abs() >= x.abs() { (sum - next) + x } else { (x - next) + sum };
        sum = next;
    }
    sum + lost
}

/// A reduction of one row, and how far off the engine may be where it rounds.
fn fold(row: &[Scalar], t: DType, fold: Fold, finish: Finish) -> (Scalar, Option<f64>) {
    let made = finish.dtype(fold, t);
    let rounds = t.is_inexact() && matches!(fold, Fold::Sum | Fold::Prod | Fold::Moments);
    if !rounds {
        let state = fold_row(fold, t, &bytes(row));
        let at = if finish == Finish::Position { t.size().next_multiple_of(8) } else { 0 };
        let value = scalars(made, &state[at..at + made.size()])[0];
        // Of zeros of both signs, which is the smallest depends on the order.
        let zeros = |negative| row.iter().any(|s| s.to_f64() == 0.0 && s.to_f64().is_sign_negative() == negative);
        let open = finish == Finish::Value && t.is_inexact() && zeros(true) && zeros(false);
        return (value, open.then_some(0.0));
    }
    let parts: Vec<(f64, f64)> = row.iter().map(|s| s.to_complex()).collect();
    let n = parts.len() as f64;
    let eps = if t.real() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    // Where the sum overflows on the way, anything may come.
    let largest = if t.real() == DType::F32 { f64::from(f32::MAX) } else { f64::MAX };
    let (re, im) = (sum(parts.iter().map(|p| p.0)), sum(parts.iter().map(|p| p.1)));
    let size = sum(parts.iter().map(|p| p.0.abs() + p.1.abs()));
    let from_mean = |p: &(f64, f64)| (p.0 - re / n).powi(2) + (p.1 - im / n).powi(2);
    let spread = |ddof: u64| sum(parts.iter().map(from_mean)) / (n - f64::from_bits(ddof)).max(0.0);
    let squares = sum(parts.iter().map(|p| p.0 * p.0 + p.1 * p.1)) / n;
    let ((re, im), slack) = match finish {
        Finish::Value if fold == Fold::Prod => {
            let product = parts.iter().fold((1.0, 0.0), |a, p| (a.0 * p.0 - a.1 * p.1, a.0 * p.1 + a.1 * p.0));
            // Where it may underflow or overflow on the way, anything may come.
            let reach: f64 = parts.iter().map(|p| p.0.hypot(p.1).log2().abs()).sum();
            let slack = if reach > 100.0 { f64::INFINITY } else { 4.0 * n * eps };
            (product, slack * parts.iter().map(|p| p.0.hypot(p.1)).product::<f64>())
        }
        Finish::Value | Finish::Position | Finish::Tally => ((re, im), 8.0 * eps * size),
        Finish::Mean => ((re / n, im / n), 8.0 * eps * size / n),
        Finish::Var(ddof) => ((spread(ddof), 0.0), 32.0 * eps * squares),
        Finish::Std(ddof) => ((spread(ddof).sqrt(), 0.0), 32.0 * eps * squares.max(1.0)),
    };
    (Scalar::from_complex(made, re, im), Some(if slack.is_finite() && size < largest { slack } else { f64::INFINITY }))
}

fn reduce(x: &[Scalar], t: DType, shape: &[usize], f: Fold, finish: Finish, axes: &[usize], kept: &[usize]) -> Value {
    let count: usize = kept.iter().product();
    let mut rows: Vec<Vec<Scalar>> = vec![Vec::new(); count];
    for (i, index) in indices(shape).iter().enumerate() {
        let at: Vec<usize> = (0..shape.len()).filter(|d| !axes.contains(d)).map(|d| index[d]).collect();
        rows[flat(&at, kept)].push(x[i]);
    }
    let made: Vec<(Scalar, Option<f64>)> = rows.iter().map(|r| fold(r, t, f, finish)).collect();
    let exact = made.iter().all(|m| m.1.is_none());
    let slack = (!exact).then(|| made.iter().map(|m| m.1.unwrap_or(0.0)).collect());
    Value { elements: made.into_iter().map(|m| m.0).collect(), exact, slack }
}

/// Every node's value, one after another.
pub fn evaluate(g: &Linear) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for (node, inputs) in g.nodes.iter().zip(g.inputs.iter()) {
        let input = |k: usize| &values[inputs[k] as usize];
        let shape_of = |k: usize| g.nodes[inputs[k] as usize].shape.as_slice();
        let exact = inputs.iter().all(|&i| values[i as usize].exact);
        let plain = |elements: Vec<Scalar>| Value { elements, exact, slack: None };
        let n = node.size();
        let wide = |k: usize| broadcast(&input(k).elements, shape_of(k), &node.shape);
        let types: Vec<DType> = inputs.iter().map(|&i| g.nodes[i as usize].dtype).collect();
        let value = match &node.op {
            NodeOp::Data(array) => plain(elements(array)),
            NodeOp::Const(value) => plain(vec![*value; n]),
            NodeOp::Iota { start, strides } => {
                let one = |i: &Vec<usize>| start + i.iter().zip(strides).map(|(i, s)| *i as i64 * s).sum::<i64>();
                plain(indices(&node.shape).iter().map(|i| Scalar::from_i128(DType::I64, i128::from(one(i)))).collect())
            }
            NodeOp::Ufunc { ufunc, out } => {
                let operands: Vec<Vec<Scalar>> = (0..inputs.len()).map(wide).collect();
                plain(interpret(&operands, &types, n, |b, x| ufunc.lower_into(b, usize::from(*out), x)))
            }
            NodeOp::Cast => plain(interpret(&[wide(0)], &types, n, |b, x| b.cast(x[0], node.dtype))),
            NodeOp::View(map) => {
                let source = |i: &Vec<usize>| -> Vec<usize> {
                    let along =
                        |d: usize| map.start[d] + (0..i.len()).map(|j| map.get(d, j) * i[j] as i64).sum::<i64>();
                    (0..map.source_ndim()).map(|d| along(d) as usize).collect()
                };
                let x = &input(0).elements;
                plain(indices(&node.shape).iter().map(|i| x[flat(&source(i), shape_of(0))]).collect())
            }
            NodeOp::Reshape | NodeOp::Note(_) => plain(input(0).elements.clone()),
            NodeOp::Reduce { fold, finish, axes } => {
                let v = reduce(&input(0).elements, types[0], shape_of(0), *fold, *finish, axes, &node.shape);
                if exact { v } else { Value { exact: false, slack: None, ..v } }
            }
            NodeOp::Concat { axis } => {
                let mut parts = vec![Scalar::zero(node.dtype); n];
                let mut before = 0;
                for k in 0..inputs.len() {
                    for (i, index) in indices(shape_of(k)).iter_mut().enumerate() {
                        index[*axis] += before;
                        parts[flat(index, &node.shape)] = input(k).elements[i];
                    }
                    before += shape_of(k)[*axis];
                }
                plain(parts)
            }
            NodeOp::Table(f) => {
                let bytes: Vec<u8> =
                    input(0).elements.iter().flat_map(|e| e.bytes()[..types[0].size()].to_vec()).collect();
                plain(input(1).elements.iter().map(|&v| scalar_table(*f, &bytes, types[0], v)).collect())
            }
            NodeOp::Compress => {
                let kept = input(0).elements.iter().zip(&input(1).elements).filter(|(_, m)| m.to_i128() != 0);
                plain(kept.map(|(&x, _)| x).collect())
            }
            NodeOp::Bins => {
                let mut counts = vec![0i64; n];
                for number in input(0).elements.iter().map(|e| e.to_i128()).filter(|&b| (0..n as i128).contains(&b)) {
                    counts[number as usize] += 1;
                }
                plain(counts.iter().map(|&c| Scalar::from_i128(DType::I64, i128::from(c))).collect())
            }
            NodeOp::Kernel { kernel: KernelFn::MatMul { vectors }, .. } => {
                let k = shape_of(0)[shape_of(0).len() - 1];
                let axes = vectors.map(|v| usize::from(!v));
                // Leading axes that an operand lacks or has once broadcast.
                let at = |k: usize, index: &[usize], last: &[usize]| {
                    let shape = shape_of(k);
                    let front = &index[..node.shape.len() - axes[0] - axes[1]];
                    let own = &front[front.len() + last.len() - shape.len()..];
                    let mut own: Vec<usize> =
                        own.iter().zip(shape).map(|(&i, &n)| if n == 1 { 0 } else { i }).collect();
                    own.extend(last);
                    flat(&own, shape)
                };
                let one = |index: &Vec<usize>| {
                    let (row, column) = index[index.len() - axes[0] - axes[1]..].split_at(axes[0]);
                    (0..k).fold(Scalar::zero(node.dtype), |sum, p| {
                        let a = input(0).elements[at(0, index, &[row, &[p]].concat())];
                        let b = input(1).elements[at(1, index, &[&[p], column].concat())];
                        scalar_prim(Prim::Add, &[sum, scalar_prim(Prim::Mul, &[a, b])])
                    })
                };
                let elements = indices(&node.shape).iter().map(one).collect();
                // Sums of floats are rounded otherwise.
                Value { elements, exact: exact && !node.dtype.is_inexact(), slack: None }
            }
            NodeOp::Kernel {
                kernel:
                    KernelFn::Sort { .. }
                    | KernelFn::Argsort { .. }
                    | KernelFn::Scatter
                    | KernelFn::Unique { .. }
                    | KernelFn::Fft { .. }
                    | KernelFn::Linalg(_)
                    | KernelFn::Draw { .. },
                ..
            } => unreachable!("programs of these tests sort, transform, factor and draw nothing"),
            NodeOp::Kernel { kernel: KernelFn::Scan { op, axis }, .. } => {
                let mut sums = input(0).elements.clone();
                for index in indices(&node.shape) {
                    if index[*axis] > 0 {
                        let mut before = index.clone();
                        before[*axis] -= 1;
                        let (at, before) = (flat(&index, &node.shape), flat(&before, &node.shape));
                        let pair = [vec![sums[before]], vec![sums[at]]];
                        let types = [node.dtype; 2];
                        sums[at] = interpret(&pair, &types, 1, |b, x| op.lower_into(b, 0, x))[0];
                    }
                }
                plain(sums)
            }
        };
        values.push(value);
    }
    values
}
