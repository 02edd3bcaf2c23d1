//! Random graphs: `compute` gives what node-by-node evaluation through the interpreter gives, and the same bits with any
//! number of threads.

use super::paths::{bytes, difference, elements, scalars};
use super::random::Random;
use numpy_rs::array::Array;
use numpy_rs::dtype::{DType, Scalar};
use numpy_rs::error::Error;
use numpy_rs::graph::build::{self, IndexItem, Operand, ReduceOptions, Reducer};
use numpy_rs::graph::linear::{Linear, linearize};
use numpy_rs::graph::simplify::{rule_names, simplify};
use numpy_rs::graph::verify::verify;
use numpy_rs::graph::{Node, NodeOp, NodeRef};
use numpy_rs::jit::interp;
use numpy_rs::jit::ir::{Access, Kernel, KernelResult, Operand as LoopOperand, Sink, print};
use numpy_rs::kernels::fold::fold_row;
use numpy_rs::ops::expr::{Body, ValueId};
use numpy_rs::ops::reduction::{Finish, Fold};
use numpy_rs::ops::ufunc::Ufunc;
use numpy_rs::runtime::compute::compute;
use numpy_rs::runtime::explain::{Level, explain};
use numpy_rs::runtime::options::set_num_threads;

/// A node's value by evaluation.
struct Value {
    elements: Vec<Scalar>,
    /// Whether the engine must give these bits; else `slack` is how far off each element may be.
    exact: bool,
    slack: Option<Vec<f64>>,
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
        Finish::Value | Finish::Position => ((re, im), 8.0 * eps * size),
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
fn evaluate(g: &Linear) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for (node, inputs) in g.nodes.iter().zip(&g.inputs) {
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
            NodeOp::Reshape => plain(input(0).elements.clone()),
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
            NodeOp::Take => {
                let at = input(1).elements.iter().map(|p| input(0).elements[p.to_i128() as usize]);
                plain(at.collect())
            }
        };
        values.push(value);
    }
    values
}

/// What `compute` gets wrong, if anything.
fn wrong(roots: &[&NodeRef], against_evaluation: bool) -> Option<String> {
    let run = |threads: usize| {
        set_num_threads(threads);
        compute(roots, &|| false)
    };
    let first = match run(1) {
        Ok(out) => out,
        // Negative powers of integers are refused when their values are seen.
        Err(Error::Value(_)) => return None,
        Err(e) => return Some(e.to_string()),
    };
    for (array, root) in first.iter().zip(roots) {
        if array.shape() != root.shape.as_slice() || array.dtype() != root.dtype {
            return Some(format!("{:?} {} instead of {:?} {}", array.shape(), array.dtype(), root.shape, root.dtype));
        }
    }
    let first: Vec<Vec<Scalar>> = first.iter().map(elements).collect();
    for threads in [2, 3, 8] {
        let again: Vec<Vec<Scalar>> = run(threads).ok()?.iter().map(elements).collect();
        if let Some(r) = (0..roots.len()).find(|&r| again[r] != first[r]) {
            return Some(format!("result {r} with {threads} threads is not that with one"));
        }
    }
    if !against_evaluation {
        return None;
    }
    let g = linearize(roots);
    let values = evaluate(&g);
    for (r, got) in first.iter().enumerate() {
        let value = &values[g.outputs[r] as usize];
        let at = if value.exact {
            difference(got, &value.elements)
        } else if let Some(slack) = &value.slack {
            (0..got.len()).find(|&i| {
                let ((xr, xi), (yr, yi)) = (got[i].to_complex(), value.elements[i].to_complex());
                let slack = slack[i].max(f64::MIN_POSITIVE);
                let off = |x: f64, y: f64| y.is_finite() && slack.is_finite() && (x.is_nan() || (x - y).abs() > slack);
                off(xr, yr) || off(xi, yi)
            })
        } else {
            None
        };
        if let Some(at) = at {
            return Some(format!("result {r}, element {at}: {}, expected {}", got[at], value.elements[at]));
        }
    }
    None
}

/// The smallest part of a failing program that fails alone, as text.
fn report(pool: &[NodeRef], roots: &[&NodeRef], seed: u64, against_evaluation: bool) -> String {
    for node in pool {
        if let Some(what) = wrong(&[node], against_evaluation) {
            let g = linearize(&[node]);
            let leaf = |a: &&Array| -> String {
                elements(a).iter().take(12).map(|&s| print::literal(s)).collect::<Vec<_>>().join(", ")
            };
            let leaves: Vec<String> = g.leaves.iter().map(leaf).collect();
            return format!("seed {seed}: {what}\n{g}\nleaves begin with {}", leaves.join("; "));
        }
    }
    format!(
        "seed {seed}, only together: {}\n{}",
        wrong(roots, against_evaluation).unwrap_or_default(),
        linearize(roots)
    )
}

/// What the sign of a NaN, which arithmetic leaves open, would show in.
const LEFT_OUT: [Ufunc; 2] = [Ufunc::Signbit, Ufunc::Copysign];
const REDUCERS: [Reducer; 17] = [
    Reducer::Sum,
    Reducer::Prod,
    Reducer::Min,
    Reducer::Max,
    Reducer::Fmin,
    Reducer::Fmax,
    Reducer::Any,
    Reducer::All,
    Reducer::And,
    Reducer::Or,
    Reducer::Xor,
    Reducer::CountNonzero,
    Reducer::Mean,
    Reducer::Var(0.0),
    Reducer::Std(1.0),
    Reducer::Argmin,
    Reducer::Argmax,
];
const TYPES: [DType; 14] = [
    DType::Bool,
    DType::I8,
    DType::U8,
    DType::I16,
    DType::U16,
    DType::I32,
    DType::U32,
    DType::I64,
    DType::U64,
    DType::F16,
    DType::F32,
    DType::F64,
    DType::C64,
    DType::C128,
];

fn any(random: &mut Random, pool: &[NodeRef]) -> NodeRef {
    // Later nodes more often, so that graphs are deep.
    let (a, b) = (random.below(pool.len()), random.below(pool.len()));
    pool[a.max(b)].clone()
}

fn elementwise(random: &mut Random, pool: &[NodeRef]) -> Option<NodeRef> {
    let u = random.pick(Ufunc::ALL);
    if LEFT_OUT.contains(&u) {
        return None;
    }
    let operand = |random: &mut Random, first: bool| match random.below(8) {
        0 if !first => Operand::int(random.below(7) as i128),
        1 if !first => Operand::Float(random.below(9) as f64 / 2.0 - 2.0),
        _ => Operand::Node(any(random, pool)),
    };
    let operands: Vec<Operand> = (0..u.row().nin).map(|k| operand(random, k == 0)).collect();
    let mut made = build::ufunc(u, &operands).ok()?;
    let out = random.below(made.len());
    Some(made.swap_remove(out))
}

fn viewed(random: &mut Random, x: &NodeRef) -> Option<NodeRef> {
    let ndim = x.shape.len();
    if ndim == 0 {
        return build::broadcast_to(x, &[3]).ok();
    }
    let axis = random.below(ndim);
    let len = x.shape[axis];
    match random.below(9) {
        0 => build::transpose(x, None).ok(),
        1 => build::flip(x, Some(&[axis as i64])).ok(),
        2 | 3 => {
            let mut items: Vec<IndexItem> =
                x.shape.iter().map(|&n| IndexItem::Slice { start: 0, step: 1, len: n }).collect();
            let step = 1 + random.below(2);
            let start = random.below(len + 1);
            let count = (len - start).div_ceil(step);
            items[axis] = match random.below(4) {
                0 if len > 0 => IndexItem::Int(random.below(len) as i64),
                1 if len > 0 => IndexItem::Slice { start: len as i64 - 1, step: -1, len },
                _ => IndexItem::Slice { start: start as i64, step: step as i64, len: count },
            };
            build::index(x, &items).ok()
        }
        4 => build::expand_dims(x, &[axis as i64]).ok(),
        5 => build::squeeze(x, None).ok(),
        6 => {
            let mut shape = x.shape.to_vec();
            shape.insert(0, 2);
            build::broadcast_to(x, &shape).ok()
        }
        7 => build::diagonal(x, random.below(3) as i64 - 1, 0, 1).ok(),
        _ => {
            let (first, rest) = (x.shape[0] as i64, x.shape[1..].iter().product::<usize>() as i64);
            let shapes = [vec![-1], vec![rest, first], vec![1, -1, 1], vec![first, -1]];
            build::reshape(x, &shapes[random.below(4)]).ok()
        }
    }
}

fn reduced(random: &mut Random, x: &NodeRef) -> Option<NodeRef> {
    let axes =
        (!x.shape.is_empty() && random.below(3) > 0).then(|| smallvec::smallvec![random.below(x.shape.len()) as i64]);
    let options = ReduceOptions { axes, keepdims: random.one_in(2), ..Default::default() };
    build::reduce(x, random.pick(&REDUCERS), &options).ok()
}

/// What simplification may undo.
fn changes_nothing(random: &mut Random, x: &NodeRef) -> Option<NodeRef> {
    let apply = |u: Ufunc, operands: &[Operand]| Some(build::ufunc(u, operands).ok()?.remove(0));
    let me = Operand::Node(x.clone());
    let number = |v: i128| Operand::int(v);
    match random.below(16) {
        0 => apply(Ufunc::Multiply, &[me, number(1)]),
        1 => apply(Ufunc::Divide, &[me, number(1)]),
        2 => apply(Ufunc::Add, &[number(0), me]),
        3 => apply(Ufunc::Add, &[me, Operand::Float(-0.0)]),
        4 => apply(Ufunc::Subtract, &[me, number(0)]),
        5 => apply(random.pick(&[Ufunc::BitwiseOr, Ufunc::BitwiseXor]), &[me, number(0)]),
        6 => apply(Ufunc::BitwiseAnd, &[me, number(-1)]),
        7 => apply(random.pick(&[Ufunc::LeftShift, Ufunc::RightShift]), &[me, number(0)]),
        8 | 9 => {
            let once =
                [Ufunc::Negative, Ufunc::Invert, Ufunc::Conjugate, Ufunc::LogicalNot, Ufunc::Absolute, Ufunc::Floor];
            let u = random.pick(&once);
            apply(u, &[Operand::Node(apply(u, &[me])?)])
        }
        10 => apply(random.pick(&[Ufunc::Maximum, Ufunc::Fmin, Ufunc::BitwiseAnd]), &[me.clone(), me]),
        11 => {
            let u = random.pick(&[Ufunc::Absolute, Ufunc::Square, Ufunc::Fabs]);
            apply(u, &[Operand::Node(apply(Ufunc::Negative, &[me])?)])
        }
        12 => {
            let truth = build::full(&[], Scalar::from_i128(DType::Bool, i128::from(random.one_in(2)))).ok()?;
            apply(Ufunc::Where, &[Operand::Node(truth), me.clone(), number(3)])
        }
        13 => apply(Ufunc::Where, &[Operand::Node(build::cast(x, DType::Bool)), me.clone(), me]),
        _ => Some(build::cast(
            &build::cast(x, random.pick(&TYPES)),
            if random.one_in(2) { x.dtype } else { random.pick(&TYPES) },
        )),
    }
}

fn step(random: &mut Random, pool: &[NodeRef]) -> Option<NodeRef> {
    let x = any(random, pool);
    match random.below(13) {
        12 => changes_nothing(random, &x),
        0..=4 => elementwise(random, pool),
        5 => Some(build::cast(&x, random.pick(&TYPES))),
        6..=8 => viewed(random, &x),
        9 => reduced(random, &x),
        10 => {
            let y = any(random, pool);
            let axis = random.below(x.shape.len().max(1)) as i64;
            build::concatenate(&[x, y], axis, None).ok()
        }
        _ => {
            let n = *x.shape.first().filter(|n| x.shape.len() == 1 && **n > 0)?;
            let positions: Vec<u8> = (0..7).flat_map(|_| (random.below(n) as i64).to_le_bytes()).collect();
            let positions = Node::data(Array::from_bytes(DType::I64, &[7], &positions).ok()?);
            build::take(&x, &positions).ok()
        }
    }
}

/// A pool of nodes over arrays whose axes are taken from `dims`.
fn program(random: &mut Random, dims: &[usize], limit: usize, steps: usize) -> Vec<NodeRef> {
    let sides: Vec<usize> = (0..3).map(|_| random.pick(dims)).collect();
    let palette: Vec<DType> = (0..1 + random.below(3)).map(|_| random.pick(&TYPES)).collect();
    let tame = random.one_in(2);
    let mut pool: Vec<NodeRef> = Vec::new();
    for _ in 0..2 + random.below(3) {
        let mut shape = sides[random.below(4)..].to_vec();
        if shape.len() > 1 && random.one_in(3) {
            let d = random.below(shape.len());
            shape[d] = 1;
        }
        let dtype = random.pick(&palette);
        pool.push(Node::data(random.array(dtype, &shape, tame)));
    }
    if random.one_in(3) {
        pool.push(build::arange_int(sides[2], 3, -2).unwrap());
    }
    for _ in 0..steps {
        if let Some(node) = step(random, &pool)
            && node.size() <= limit
        {
            pool.push(node);
        }
    }
    pool
}

fn check(seed: u64, dims: &[usize], limit: usize, against_evaluation: bool, failures: &mut Vec<String>) {
    let mut random = Random::new(seed);
    let steps = 3 + random.below(14);
    let pool = program(&mut random, dims, limit, steps);
    let count = 1 + random.below(4);
    let mut roots: Vec<NodeRef> = (0..count).map(|_| any(&mut random, &pool)).collect();
    roots.push(pool[pool.len() - 1].clone());
    let roots: Vec<&NodeRef> = roots.iter().collect();
    if wrong(&roots, against_evaluation).is_some() {
        failures.push(report(&pool, &roots, seed, against_evaluation));
    }
    assert!(failures.len() < 6, "{}", failures.join("\n\n"));
}

/// One test, as the number of threads is the process's.
#[test]
fn compute_gives_what_evaluation_gives_with_any_number_of_threads() {
    let mut failures = Vec::new();
    for seed in 0..6000 {
        check(seed, &[1, 2, 3, 4, 5, 7, 16, 33, 60], 6000, true, &mut failures);
    }
    for seed in 0..500 {
        check(10_000 + seed, &[0, 1, 2, 3], 1000, true, &mut failures);
    }
    for seed in 0..40 {
        check(20_000 + seed, &[3, 40, 120, 300], 4_000_000, false, &mut failures);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn explanations_are_complete_and_the_same_each_time() {
    let levels = ["summary", "graph", "plan", "ir", "clif", "asm"].map(|n| Level::by_name(n).unwrap());
    for seed in 0..300 {
        let pool = program(&mut Random::new(30_000 + seed), &[1, 2, 5, 60], 4000, 10);
        let roots: Vec<&NodeRef> = pool.iter().rev().take(2).collect();
        for level in levels {
            let text = explain(&roots, level).unwrap_or_else(|e| panic!("seed {seed}, {level:?}: {e}"));
            assert!(!text.is_empty() && text == explain(&roots, level).unwrap(), "seed {seed}, {level:?}:\n{text}");
        }
        let summary = explain(&roots, Level::Summary).unwrap();
        let plan = explain(&roots, Level::Plan).unwrap();
        let steps = |text: &str| text.lines().filter(|l| l.starts_with("walk ") || l.starts_with("take ")).count();
        assert!(summary.contains(&format!("passes over memory: {}\n", steps(&plan))), "{summary}\n{plan}");
    }
}

#[test]
fn simplification_keeps_every_bit() {
    let mut fired: Vec<&str> = Vec::new();
    for seed in 0..4000 {
        let mut random = Random::new(50_000 + seed);
        let mut pool = program(&mut random, &[1, 2, 3, 5], 200, 4);
        for _ in 0..8 {
            let x = any(&mut random, &pool);
            pool.extend(changes_nothing(&mut random, &x).filter(|n| n.size() <= 200));
        }
        let roots: Vec<&NodeRef> = pool.iter().skip(2).collect();
        let g = linearize(&roots);
        let (simple, names) = simplify(&g);
        verify(&simple).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let (before, after) = (evaluate(&g), evaluate(&simple));
        for (&a, &b) in g.outputs.iter().zip(&simple.outputs) {
            let (a, b) = (&before[a as usize].elements, &after[b as usize].elements);
            if let Some(at) = difference(b, a) {
                panic!("seed {seed}, element {at}: {} became {} by {names:?}\n{g}\n{simple}", a[at], b[at]);
            }
        }
        fired.extend(names);
    }
    let silent: Vec<&str> = rule_names().filter(|n| !fired.contains(n)).collect();
    assert!(silent.is_empty(), "never applied: {silent:?}");
}
