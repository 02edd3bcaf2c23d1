//! Random graphs: `compute` gives what node-by-node evaluation through the interpreter gives, and the same bits with any
//! number of threads.

use super::evaluate::evaluate;
use super::paths::{difference, elements};
use super::random::Random;
use numpy_rs::array::Array;
use numpy_rs::dtype::{DType, Scalar};
use numpy_rs::error::Error;
use numpy_rs::graph::build::{self, IndexItem, Operand, ReduceOptions, Reducer};
use numpy_rs::graph::linear::linearize;
use numpy_rs::graph::simplify::{rule_names, simplify};
use numpy_rs::graph::verify::verify;
use numpy_rs::graph::{Node, NodeRef};
use numpy_rs::interrupt::Look;
use numpy_rs::jit::ir::print;
use numpy_rs::ops::expr::TableFn;
use numpy_rs::ops::ufunc::Ufunc;
use numpy_rs::runtime::compute::{compute, planned_and_compiled};
use numpy_rs::runtime::explain::{Level, explain};
use numpy_rs::runtime::options::set_num_threads;

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
    // The first use ran through tile routines; from now on everything is compiled.
    if let Err(e) = planned_and_compiled(&linearize(roots)) {
        return Some(e.to_string());
    }
    for threads in [1, 2, 3, 8] {
        let again: Vec<Vec<Scalar>> = run(threads).ok()?.iter().map(elements).collect();
        if let Some(r) = (0..roots.len()).find(|&r| again[r] != first[r]) {
            return Some(format!("result {r}, compiled, with {threads} threads is not that of routines with one"));
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
    match random.below(15) {
        13 => {
            let mask = any(random, pool);
            if mask.shape != x.shape || mask.shape.is_empty() {
                return None;
            }
            let mask = build::cast(&mask, DType::Bool);
            let tally = compute(&[&build::tally(&mask).ok()?], &|| false).ok()?.remove(0);
            build::compress(&x, &mask, &tally).ok()
        }
        14 => {
            let numbers = build::cast(&x, DType::I64);
            let operands = [Operand::Node(numbers), Operand::int(11)];
            let small = build::ufunc(Ufunc::Remainder, &operands).ok()?.remove(0);
            build::bins(&small, None, 1 + random.below(12)).ok()
        }
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
            build::table(TableFn::Take, &x, &positions).ok()
        }
    }
}

/// A pool of nodes over arrays whose axes are taken from `dims`.
fn program(random: &mut Random, dims: &[usize], limit: usize, steps: usize) -> Vec<NodeRef> {
    let mut sides: Vec<usize> = (0..3).map(|_| random.pick(dims)).collect();
    while sides.iter().product::<usize>() > limit {
        sides[random.below(3)] = random.pick(&dims[..2]);
    }
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
    if random.one_in(3) {
        let all: Vec<TableFn> = TableFn::ALL.into_iter().filter(|f| f.is_random()).collect();
        let mut state: [u64; TableFn::RANDOM_STATE] = std::array::from_fn(|_| random.word());
        state[6] %= 5;
        pool.push(build::random(random.pick(&all), &state, &sides[random.below(4)..]).unwrap());
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
    // Rows that leave a remainder of a block.
    for seed in 0..500 {
        check(40_000 + seed, &[2, 3, 5, 7, 65, 205, 341, 1030], 12_000, true, &mut failures);
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
        let steps = |text: &str| text.lines().filter(|l| l.starts_with("walk ") || l.starts_with("kernel ")).count();
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
        let (simple, names) = simplify(&g, &Look::never()).unwrap();
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
