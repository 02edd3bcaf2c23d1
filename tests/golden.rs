//! Graph, plan and loop IR of small programs, as text. A change here is a change of what the engine does: read it.

use numpy_rs::array::Array;
use numpy_rs::dtype::DType;
use numpy_rs::graph::build::{self, IndexItem, Operand, ReduceOptions, Reducer};
use numpy_rs::graph::linear::linearize;
use numpy_rs::graph::plan::{self, Step};
use numpy_rs::graph::{Node, NodeRef};
use numpy_rs::interrupt::Look;
use numpy_rs::jit::lower::lower;
use numpy_rs::ops::expr::TableFn;
use numpy_rs::ops::ufunc::Ufunc;
use numpy_rs::runtime::explain::{Level, explain};
use smallvec::SmallVec;

fn data(dtype: DType, shape: &[usize]) -> NodeRef {
    Node::data(Array::uninit(dtype, shape).unwrap())
}

fn f64s(shape: &[usize]) -> NodeRef {
    data(DType::F64, shape)
}

fn op(u: Ufunc, args: &[&NodeRef]) -> NodeRef {
    let args: Vec<Operand> = args.iter().map(|a| Operand::Node((*a).clone())).collect();
    build::ufunc(u, &args).unwrap().remove(0)
}

fn with_float(u: Ufunc, x: &NodeRef, k: f64) -> NodeRef {
    build::ufunc(u, &[Operand::Node(x.clone()), Operand::Float(k)]).unwrap().remove(0)
}

fn reduce(x: &NodeRef, r: Reducer) -> NodeRef {
    build::reduce(x, r, &ReduceOptions::default()).unwrap()
}

fn reduce_axis(x: &NodeRef, r: Reducer, axis: i64) -> NodeRef {
    let options = ReduceOptions { axes: Some(smallvec::smallvec![axis]), ..Default::default() };
    build::reduce(x, r, &options).unwrap()
}

fn slice(x: &NodeRef, start: i64, step: i64, len: usize) -> NodeRef {
    build::index(x, &[IndexItem::Slice { start, step, len }]).unwrap()
}

fn graph(nodes: &[&NodeRef]) -> String {
    linearize(nodes).to_string()
}

fn plan(nodes: &[&NodeRef]) -> String {
    plan::plan(&linearize(nodes), &Look::never()).unwrap().to_string()
}

fn ir(nodes: &[&NodeRef]) -> String {
    let plan = plan::plan(&linearize(nodes), &Look::never()).unwrap();
    let kernel = |s: &Step| match s {
        Step::Walk(walk) => lower(walk).unwrap().to_string(),
        Step::Kernel(call) => call.kernel.name(),
    };
    plan.steps.iter().map(kernel).collect::<Vec<_>>().join("\n")
}

#[test]
fn axpy_is_one_walk() {
    let (x, y) = (f64s(&[1000]), f64s(&[1000]));
    let z = op(Ufunc::Add, &[&with_float(Ufunc::Multiply, &x, 2.0), &y]);
    insta::assert_snapshot!(graph(&[&z]), @"
    %0 = data a0 : f64[1000]
    %1 = const 2.0 : f64[]
    %2 = multiply %0, %1 : f64[1000]
    %3 = data a1 : f64[1000]
    %4 = add %2, %3 : f64[1000]
    return %4
    ");
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (1000): loops (1, 1000), block 1 x 1000
      read a0 f64 unit, strides (8)
      read a1 f64 unit, strides (8)
      2 instructions: mul, add
      store b0 = %4 unit, strides (8)
    buffer b0: f64[1000], 8000 bytes, result
    return b0
    ");
    insta::assert_snapshot!(ir(&[&z]), @"
    kernel(a0: f64 unit, a1: f64 unit) -> (f64)
      %0 = load a0
      %1 = const 2.0 : f64
      %2 = mul %0, %1 : f64
      %3 = load a1
      %4 = add %2, %3 : f64
      store 0, %4
    ");
}

#[test]
fn mean_of_square_is_one_walk() {
    let m = reduce(&op(Ufunc::Square, &[&f64s(&[1000, 8])]), Reducer::Mean);
    insta::assert_snapshot!(plan(&[&m]), @"
    walk 1 over (fold 1000, fold 8): loops (fold 1, fold 8000), block 1 x 1024, each block to a state
      read a0 f64 unit, strides (64, 8)
      1 instruction: mul
      fold sum of %1: b0 = mean
    buffer b0: f64[], 8 bytes, result
    return b0
    ");
    insta::assert_snapshot!(ir(&[&m]), @"
    kernel(a0: f64 unit) -> (sum f64)
      %0 = load a0
      %1 = mul %0, %0 : f64
      fold.sum 0, %1
    ");
}

#[test]
fn sibling_reductions_share_a_walk() {
    let e = op(Ufunc::Exp, &[&f64s(&[5000])]);
    let all = [Reducer::Min, Reducer::Max, Reducer::Argmax].map(|r| reduce(&e, r));
    insta::assert_snapshot!(plan(&[&all[0], &all[1], &all[2]]), @"
    walk 1 over (fold 5000): loops (fold 1, fold 5000), block 1 x 1024, each block to a state
      read a0 f64 unit, strides (8)
      1 instruction: exp
      fold min of %1: b0 = min
      fold max of %1: b1 = max
      fold argmax of %1: b2 = argmax
    buffer b0: f64[], 8 bytes, result
    buffer b1: f64[], 8 bytes, result
    buffer b2: i64[], 8 bytes, result
    return b0, b1, b2
    ");
    insta::assert_snapshot!(ir(&[&all[0], &all[1], &all[2]]), @"
    kernel(a0: f64 unit) -> (min f64, max f64, argmax f64)
      %0 = load a0
      %1 = exp %0 : f64
      fold.min 0, %1
      fold.max 1, %1
      fold.argmax 2, %1
    ");
}

#[test]
fn mean_var_and_std_share_one_state() {
    let x = f64s(&[5000]);
    let (m, v, s) = (reduce(&x, Reducer::Mean), reduce(&x, Reducer::Var(0.0)), reduce(&x, Reducer::Std(1.0)));
    insta::assert_snapshot!(plan(&[&m, &v, &s]), @"
    walk 1 over (fold 5000): loops (fold 1, fold 5000), block 1 x 1024, each block to a state
      read a0 f64 unit, strides (8)
      no instructions
      fold moments of %0: b0 = mean, b1 = var, b2 = std(ddof=1)
    buffer b0: f64[], 8 bytes, result
    buffer b1: f64[], 8 bytes, result
    buffer b2: f64[], 8 bytes, result
    return b0, b1, b2
    ");
    insta::assert_snapshot!(ir(&[&m, &v, &s]), @"
    kernel(a0: f64 unit) -> (moments f64)
      %0 = load a0
      fold.moments 0, %0
    ");
}

#[test]
fn each_axis_is_reduced_as_memory_lies() {
    let x = f64s(&[40, 50, 60]);
    let sums = [0, 1, 2].map(|axis| reduce_axis(&x, Reducer::Sum, axis));
    insta::assert_snapshot!(plan(&[&sums[0]]), @"
    walk 1 over (fold 40, 50, 60): loops (fold 40, 3000), block 4 x 256, each column to a state
      read a0 f64 rows, strides (24000, 480, 8)
      no instructions
      fold sum of %0: b0 = sum
    buffer b0: f64[50, 60], 24000 bytes, result
    return b0
    ");
    insta::assert_snapshot!(plan(&[&sums[1]]), @"
    walk 1 over (40, fold 50, 60): loops (40, fold 50, 60), block 17 x 60, each column to a state
      read a0 f64 unit, strides (24000, 480, 8)
      no instructions
      fold sum of %0: b0 = sum
    buffer b0: f64[40, 60], 19200 bytes, result
    return b0
    ");
    insta::assert_snapshot!(plan(&[&sums[2]]), @"
    walk 1 over (40, 50, fold 60): loops (2000, fold 60), block 17 x 60, each row to a state
      read a0 f64 unit, strides (24000, 480, 8)
      no instructions
      fold sum of %0: b0 = sum
    buffer b0: f64[40, 50], 16000 bytes, result
    return b0
    ");
}

#[test]
fn broadcast_operands_are_read_again_not_stored() {
    let z = op(Ufunc::Add, &[&op(Ufunc::Multiply, &[&f64s(&[30, 1]), &f64s(&[40])]), &f64s(&[30, 40])]);
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (30, 40): loops (30, 40), block 25 x 40
      read a0 f64 gather, strides (8, 0)
      read a1 f64 once, strides (0, 8)
      read a2 f64 unit, strides (320, 8)
      2 instructions: mul, add
      store b0 = %4 unit, strides (320, 8)
    buffer b0: f64[30, 40], 9600 bytes, result
    return b0
    ");
    insta::assert_snapshot!(ir(&[&z]), @"
    kernel(a0: f64 unit, a1: f64 unit, a2: f64 unit) -> (f64)
      %0 = load a0
      %1 = load a1
      %2 = mul %0, %1 : f64
      %3 = load a2
      %4 = add %2, %3 : f64
      store 0, %4
    ");
}

#[test]
fn transposed_operands_meet_in_square_blocks() {
    let x = f64s(&[100, 100]);
    let z = op(Ufunc::Add, &[&x, &build::transpose(&x, None).unwrap()]);
    insta::assert_snapshot!(graph(&[&z]), @"
    %0 = data a0 : f64[100, 100]
    %1 = data a1 strides (8, 800) : f64[100, 100]
    %2 = add %0, %1 : f64[100, 100]
    return %2
    ");
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (100, 100): loops (100, 100), block 64 x 64
      read a0 f64 gather, strides (800, 8)
      read a1 f64 gather, strides (8, 800)
      1 instruction: add
      store b0 = %2 gather, strides (800, 8)
    buffer b0: f64[100, 100], 80000 bytes, result
    return b0
    ");
}

#[test]
fn views_go_down_to_the_leaves() {
    let y = op(Ufunc::Exp, &[&f64s(&[10, 20])]);
    let z = build::flip(&build::transpose(&y, None).unwrap(), Some(&[0])).unwrap();
    let z = build::index(&z, &[IndexItem::Slice { start: 1, step: 3, len: 5 }, IndexItem::Int(4)]).unwrap();
    insta::assert_snapshot!(graph(&[&z]), @"
    %0 = data a0 : f64[10, 20]
    %1 = exp %0 : f64[10, 20]
    %2 = view %1 at (4, 18 - 3*i0) : f64[5]
    return %2
    ");
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (5): loops (1, 5), block 1 x 5
      read a0 f64 once, from byte 784, strides (-24)
      1 instruction: exp
      store b0 = %1 unit, strides (8)
    buffer b0: f64[5], 40 bytes, result
    return b0
    ");
}

#[test]
fn casts_are_part_of_the_loop() {
    let x = data(DType::I16, &[500]);
    let z = build::cast(&build::cast(&build::cast(&x, DType::F32), DType::F64), DType::I8);
    insta::assert_snapshot!(ir(&[&z]), @"
    kernel(a0: i16 unit) -> (i8)
      %0 = load a0
      %1 = cast %0 : f32
      %2 = cast %1 : f64
      %3 = cast %2 : i8
      store 0, %3
    ");
}

#[test]
fn where_and_clip_are_selects_without_branches() {
    let x = f64s(&[500]);
    let zero = build::full(&[], numpy_rs::dtype::Scalar::zero(DType::F64)).unwrap();
    let c = op(Ufunc::Greater, &[&x, &zero]);
    let low = with_float(Ufunc::Multiply, &x, 0.5);
    let z = op(Ufunc::Where, &[&c, &x, &low]);
    let three = build::full(&[], numpy_rs::dtype::Scalar::from_f64(DType::F64, 3.0)).unwrap();
    let z = op(Ufunc::Clip, &[&z, &zero, &three]);
    insta::assert_snapshot!(ir(&[&z]), @"
    kernel(a0: f64 unit) -> (f64)
      %0 = load a0
      %1 = const 0.0 : f64
      %2 = gt %0, %1 : bool
      %3 = const 0.5 : f64
      %4 = mul %0, %3 : f64
      %5 = select %2, %0, %4 : f64
      %6 = const 3.0 : f64
      %7 = maximum %1, %5 : f64
      %8 = minimum %6, %7 : f64
      store 0, %8
    ");
}

#[test]
fn concatenate_stores_into_parts_of_the_result() {
    let (a, b) = (f64s(&[4, 3]), f64s(&[4, 5]));
    let z = build::concatenate(&[a, op(Ufunc::Negative, &[&b])], 1, None).unwrap();
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (4, 3): loops (4, 3), block 4 x 3
      read a0 f64 unit, strides (24, 8)
      no instructions
      store b0 = %0 gather, strides (64, 8)
    walk 2 over (4, 5): loops (4, 5), block 4 x 5
      read a1 f64 unit, strides (40, 8)
      1 instruction: neg
      store b0 = %1 gather, from byte 24, strides (64, 8)
    buffer b0: f64[4, 8], 256 bytes, result
    return b0
    ");
}

#[test]
fn centring_takes_two_walks() {
    let x = f64s(&[100_000]);
    let z = op(Ufunc::Subtract, &[&x, &reduce(&x, Reducer::Mean)]);
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (fold 100000): loops (fold 1, fold 100000), block 1 x 1024, each block to a state
      read a0 f64 unit, strides (8)
      no instructions
      fold sum of %0: b0 = mean
    walk 2 over (100000): loops (1, 100000), block 1 x 1024
      read a0 f64 unit, strides (8)
      read b0 f64 scalar, strides (0)
      1 instruction: sub
      store b1 = %2 unit, strides (8)
    buffer b0: f64[], 8 bytes
    buffer b1: f64[100000], 800000 bytes, result
    return b1
    ");
    let text = explain(&[&z], Level::Summary).unwrap();
    // How much scratch memory and how many tasks is tuning, not planning.
    let told = |l: &str| (!l.contains("tasks:")).then(|| l.split("; scratch").next().unwrap_or(l).to_string());
    let text: Vec<String> = text.lines().filter_map(told).collect();
    insta::assert_snapshot!(text.join("\n"), @"
    walk 1: 100,000 elements; 1 operand read, 1 fold
      fused: mean
      runs as: folds alone
      memory: 800,000 bytes read, 8 written
    walk 2: 100,000 elements; 2 operands read, 1 result stored
      separate: needs the mean of walk 1
      fused: subtract
      runs as: 1 compiled loop of 1 instruction
      memory: 800,008 bytes read, 800,000 written
    total
      passes over memory: 2
      bytes read: 1,600,008
      bytes written: 800,008
      temporary arrays: 8 bytes
      peak extra memory: 800,008 bytes
    ");
}

#[test]
fn a_stencil_reads_one_array_at_shifted_places() {
    let x = f64s(&[1002]);
    let ends = op(Ufunc::Add, &[&slice(&x, 0, 1, 1000), &slice(&x, 2, 1, 1000)]);
    let z = op(Ufunc::Subtract, &[&ends, &with_float(Ufunc::Multiply, &slice(&x, 1, 1, 1000), 2.0)]);
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (1000): loops (1, 1000), block 1 x 1000
      read a0 f64 unit, strides (8)
      read a1 f64 unit, strides (8)
      read a2 f64 unit, strides (8)
      3 instructions: add, mul, sub
      store b0 = %6 unit, strides (8)
    buffer b0: f64[1000], 8000 bytes, result
    return b0
    ");
    insta::assert_snapshot!(ir(&[&z]), @"
    kernel(a0: f64 unit, a1: f64 unit, a2: f64 unit) -> (f64)
      %0 = load a0
      %1 = load a1
      %2 = add %0, %1 : f64
      %3 = load a2
      %4 = const 2.0 : f64
      %5 = mul %3, %4 : f64
      %6 = sub %2, %5 : f64
      store 0, %6
    ");
}

#[test]
fn float16_is_computed_in_float32() {
    let x = data(DType::F16, &[500]);
    let z = op(Ufunc::Add, &[&op(Ufunc::Multiply, &[&x, &x]), &x]);
    insta::assert_snapshot!(ir(&[&z]), @"
    kernel(a0: f16 unit) -> (f16)
      %0 = load a0
      %1 = cast %0 : f32
      %2 = mul %1, %1 : f32
      %3 = cast %2 : f16
      %4 = cast %3 : f32
      %5 = add %4, %1 : f32
      %6 = cast %5 : f16
      store 0, %6
    ");
    insta::assert_snapshot!(ir(&[&reduce(&x, Reducer::Sum)]), @"
    kernel(a0: f16 unit) -> (sum f32)
      %0 = load a0
      %1 = cast %0 : f32
      fold.sum 0, %1
    kernel(a0: f32 scalar) -> (f16)
      %0 = load a0
      %1 = cast %0 : f16
      store 0, %1
    ");
}

#[test]
fn softmax_walks_band_by_band() {
    let x = f64s(&[2000, 500]);
    let by_row = ReduceOptions { axes: Some(SmallVec::from_slice(&[1])), keepdims: true, ..ReduceOptions::default() };
    let top = build::reduce(&x, Reducer::Max, &by_row).unwrap();
    let e = op(Ufunc::Exp, &[&op(Ufunc::Subtract, &[&x, &top])]);
    let z = op(Ufunc::Divide, &[&e, &build::reduce(&e, Reducer::Sum, &by_row).unwrap()]);
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (2000, fold 500): loops (2000, fold 500), block 2 x 500, each row to a state
      read a0 f64 unit, strides (4000, 8)
      no instructions
      fold max of %0: b0 = max
    walk 2 over (2000, 500): loops (2000, 500), block 2 x 500
      read a0 f64 unit, strides (4000, 8)
      read b0 f64 row, strides (8, 0)
      2 instructions: sub, exp
      store b1 = %3 unit, strides (4000, 8)
    walk 3 over (2000, fold 500): loops (2000, fold 500), block 2 x 500, each row to a state
      read b1 f64 unit, strides (4000, 8)
      no instructions
      fold sum of %0: b2 = sum
    walk 4 over (2000, 500): loops (2000, 500), block 2 x 500
      read b1 f64 unit, strides (4000, 8)
      read b2 f64 row, strides (8, 0)
      1 instruction: div
      store b3 = %2 unit, strides (4000, 8)
    band: walks 1 to 4 by 32 of 2000 rows; one band each of b0, b1, b2
    buffer b0: f64[2000], 16000 bytes
    buffer b1: f64[2000, 500], 8000000 bytes
    buffer b2: f64[2000], 16000 bytes
    buffer b3: f64[2000, 500], 8000000 bytes, result
    return b3
    ");
}

#[test]
fn what_is_the_same_for_a_row_is_made_once() {
    let (x, y) = (f64s(&[300, 1]), f64s(&[500]));
    let z = op(Ufunc::Multiply, &[&op(Ufunc::Exp, &[&y]), &op(Ufunc::Sqrt, &[&x])]);
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (500): loops (1, 500), block 1 x 500
      read a0 f64 unit, strides (8)
      1 instruction: exp
      store b0 = %1 unit, strides (8)
    walk 2 over (300, 1): loops (1, 300), block 1 x 300
      read a1 f64 unit, strides (8, 8)
      1 instruction: sqrt
      store b1 = %1 unit, strides (8, 8)
    walk 3 over (300, 500): loops (300, 500), block 2 x 500
      read b0 f64 rows, strides (0, 8)
      read b1 f64 row, strides (8, 0)
      1 instruction: mul
      store b2 = %2 unit, strides (4000, 8)
    buffer b0: f64[500], 4000 bytes
    buffer b1: f64[300, 1], 2400 bytes
    buffer b2: f64[300, 500], 1200000 bytes, result
    return b2
    ");
}

#[test]
fn a_sum_of_products_is_begun_in_the_segment() {
    if !std::is_x86_feature_detected!("avx2") {
        return;
    }
    let z = reduce(&op(Ufunc::Multiply, &[&f64s(&[5000]), &f64s(&[5000])]), Reducer::Sum);
    let text = explain(&[&z], Level::Ir).unwrap();
    let (_, stage) = text.split_once("\nstage").unwrap();
    insta::assert_snapshot!(stage.trim(), @"
    0 with a0, a1, slot0: segment(a0: f64 unit, a1: f64 unit) -> (sum f64)
      %0 = load a0
      %1 = load a1
      %2 = mul %0, %1 : f64
      fold.sum 0, %2
    ");
}

#[test]
fn a_scan_takes_the_place_of_its_operand() {
    let (a, b) = (f64s(&[30, 50]), f64s(&[30, 50]));
    let product = op(Ufunc::Multiply, &[&a, &b]);
    let sums = build::scan(&product, Ufunc::Add, Some(1), None).unwrap();
    insta::assert_snapshot!(graph(&[&sums]), @"
    %0 = data a0 : f64[30, 50]
    %1 = data a1 : f64[30, 50]
    %2 = multiply %0, %1 : f64[30, 50]
    %3 = scan.add %2 along 1 : f64[30, 50]
    return %3
    ");
    insta::assert_snapshot!(plan(&[&op(Ufunc::Subtract, &[&sums, &a])]), @"
    walk 1 over (30, 50): loops (1, 1500), block 1 x 1024
      read a0 f64 unit, strides (400, 8)
      read a1 f64 unit, strides (400, 8)
      1 instruction: mul
      store b0 = %2 unit, strides (400, 8)
    kernel 2: b0 = scan.add(b0)
      then b0 = (1, 1500) in parts:
        from (0, 0) (1, 1500): b0 (0, 8), a0 (0, 8); 1 instruction: sub
    buffer b0: f64[30, 50], 12000 bytes, result
    return b0
    ");
    // Not where somebody else wants it.
    insta::assert_snapshot!(plan(&[&sums, &product]), @"
    walk 1 over (30, 50): loops (1, 1500), block 1 x 1024
      read a0 f64 unit, strides (400, 8)
      read a1 f64 unit, strides (400, 8)
      1 instruction: mul
      store b0 = %2 unit, strides (400, 8)
    kernel 2: b1 = scan.add(b0)
    buffer b0: f64[30, 50], 12000 bytes, result
    buffer b1: f64[30, 50], 12000 bytes, result
    return b1, b0
    ");
}

#[test]
fn what_follows_a_product_is_made_in_its_place() {
    let (x, w, bias) = (f64s(&[40, 20]), f64s(&[20, 30]), f64s(&[30]));
    let dense = op(Ufunc::Add, &[&build::matmul(build::Product::Matmul, &x, &w).unwrap(), &bias]);
    insta::assert_snapshot!(plan(&[&with_float(Ufunc::Maximum, &dense, 0.0)]), @"
    kernel 1: b0 = matmul(a0, a1)
      then b0 = (40, 30) in parts:
        from (0, 0) (40, 30): b0 (240, 8), a2 (0, 8); 2 instructions: add, maximum
    buffer b0: f64[40, 30], 9600 bytes, result
    return b0
    ");
}

#[test]
fn an_operand_with_its_axes_turned_is_stored_once_for_all_readers() {
    let (x, y) = (f64s(&[2000, 8]), f64s(&[2000, 4]));
    let square = op(Ufunc::Square, &[&x]);
    let turned = build::transpose(&square, None).unwrap();
    let sums = reduce_axis(&square, Reducer::Sum, 0);
    insta::assert_snapshot!(plan(&[&build::matmul(build::Product::Matmul, &turned, &y).unwrap(), &sums]), @"
    walk 1 over (fold 2000, 8): loops (fold 2000, 8), block 128 x 8, each column to a state
      read a0 f64 unit, strides (64, 8)
      1 instruction: mul
      store b0 = %1 unit, strides (64, 8)
      fold sum of %1: b1 = sum
    kernel 2: b2 = matmul(b0, a1)
    buffer b0: f64[2000, 8], 128000 bytes
    buffer b1: f64[8], 64 bytes, result
    buffer b2: f64[8, 4], 256 bytes, result
    return b2, b1
    ");
}

/// What a mask keeps, as if it had been counted to keep all.
fn kept(x: &NodeRef, mask: &NodeRef) -> NodeRef {
    let tally = (x.size() as i64).to_ne_bytes();
    build::compress(x, mask, &Array::from_bytes(DType::I64, &[1], &tally).unwrap()).unwrap()
}

#[test]
fn a_fold_of_what_a_mask_keeps_is_one_walk() {
    let x = f64s(&[2000]);
    let y = kept(&x, &op(Ufunc::Greater, &[&x, &f64s(&[])]));
    let z = reduce(&op(Ufunc::Square, &[&y]), Reducer::Sum);
    insta::assert_snapshot!(explain(&[&z], Level::Plan).unwrap(), @"
    walk 1 over (fold 2000): loops (fold 1, fold 2000), block 1 x 1024, each block to a state
      read a0 f64 unit, strides (8)
      read a1 f64 scalar, strides (0)
      3 instructions: gt, mul, select
      fold sum of %5: b0 = sum
    buffer b0: f64[], 8 bytes, result
    return b0
    ");
}

#[test]
fn what_a_mask_keeps_is_packed_by_one_walk() {
    let x = f64s(&[2000]);
    let y = kept(&op(Ufunc::Sqrt, &[&x]), &op(Ufunc::Greater, &[&x, &f64s(&[])]));
    insta::assert_snapshot!(plan(&[&y]), @"
    walk 1 over (fold 2000): loops (fold 1, fold 2000), block 1 x 1024, each block to a state
      read a0 f64 unit, strides (8)
      read a1 f64 scalar, strides (0)
      2 instructions: gt, sqrt
      hold %2
      pack b0 = %3 where %2, from a2 on
    buffer b0: f64[2000], 16000 bytes, result
    return b0
    ");
}

#[test]
fn a_gather_is_part_of_a_walk() {
    let (x, i) = (f64s(&[50]), data(DType::I64, &[2000]));
    let y = build::table(TableFn::Take, &x, &i).unwrap();
    let z = reduce(&op(Ufunc::Multiply, &[&y, &f64s(&[2000])]), Reducer::Sum);
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (fold 2000): loops (fold 1, fold 2000), block 1 x 1024, each block to a state
      read a1 i64 unit, strides (8)
      read a0 f64 table of 50, stride 8
      read a2 f64 unit, strides (8)
      2 instructions: take, mul
      fold sum of %4: b0 = sum
    buffer b0: f64[], 8 bytes, result
    return b0
    ");
}

#[test]
fn rows_are_picked_by_their_numbers() {
    let (x, i) = (f64s(&[50, 64]), data(DType::I64, &[900]));
    let step = build::iota(&[], 64, &[]).unwrap();
    let rows = build::reshape(&op(Ufunc::Multiply, &[&i, &step]), &[900, 1]).unwrap();
    let positions = op(Ufunc::Add, &[&rows, &build::iota(&[1, 64], 0, &[0, 1]).unwrap()]);
    let picked = build::table(TableFn::Take, &build::reshape(&x, &[-1]).unwrap(), &positions).unwrap();
    let z = reduce_axis(&op(Ufunc::Multiply, &[&picked, &f64s(&[64])]), Reducer::Sum, 1);
    insta::assert_snapshot!(plan(&[&z]), @"
    walk 1 over (900, fold 64): loops (900, fold 64), block 16 x 64, each row to a state
      read a1 i64 table, strides (8, 0)
      read a0 f64 gather of 3200, stride 8, at 64 x operand 0 + 0, strides (0, 8)
      read a2 f64 rows, strides (0, 8)
      1 instruction: mul
      fold sum of %2: b0 = sum
    buffer b0: f64[900], 7200 bytes, result
    return b0
    ");
}

#[test]
fn random_numbers_are_made_inside_the_walk() {
    let x = build::random(TableFn::RandomNormal, &[0; TableFn::RANDOM_STATE], &[40, 50]).unwrap();
    let y = build::random(TableFn::RandomF64, &[1; TableFn::RANDOM_STATE], &[2000]).unwrap();
    let z = build::reshape(&x, &[-1]).unwrap();
    let mean = reduce(&op(Ufunc::Multiply, &[&z, &y]), Reducer::Mean);
    insta::assert_snapshot!(plan(&[&mean]), @"
    walk 1 over (fold 2000): loops (fold 1, fold 2000), block 1 x 1024, each block to a state
      read iota i64 i0
      read a0 u64 table of 9, stride 8
      read a1 u64 table of 9, stride 8
      3 instructions: random.normal, random.f64, mul
      fold sum of %5: b0 = mean
    buffer b0: f64[], 8 bytes, result
    return b0
    ");
}

#[test]
fn weights_are_summed_in_bins_by_one_walk() {
    let (x, w) = (data(DType::I64, &[2000]), f64s(&[2000]));
    let y = build::bins(&op(Ufunc::Square, &[&x]), Some(&op(Ufunc::Sqrt, &[&w])), 7).unwrap();
    insta::assert_snapshot!(plan(&[&y]), @"
    walk 1 over (fold 2000): loops (fold 1, fold 2000), block 1 x 1024, each block to a state
      read a1 f64 unit, strides (8)
      read a0 i64 unit, strides (8)
      2 instructions: sqrt, mul
      hold %1
      count b0 = %3 in 7 bins, weight %1
    buffer b0: f64[7], 56 bytes, result
    return b0
    ");
}

#[test]
fn a_short_fold_is_part_of_the_walk_that_uses_it() {
    let x = f64s(&[100, 3]);
    let squares = reduce_axis(&op(Ufunc::Multiply, &[&x, &x]), Reducer::Sum, 1);
    let length = op(Ufunc::Sqrt, &[&squares]);
    insta::assert_snapshot!(plan(&[&length]), @"
    walk 1 over (100): loops (1, 100), block 1 x 100
      read a0 f64 once, strides (24)
      read a0 f64 once, from byte 8, strides (24)
      read a0 f64 once, from byte 16, strides (24)
      7 instructions: mul, mul, mul, add, add, add, sqrt
      store b0 = %10 unit, strides (8)
    buffer b0: f64[100], 800 bytes, result
    return b0
    ");
}

#[test]
fn a_fold_of_a_join_makes_its_parts_where_it_reads_them() {
    let (a, b) = (f64s(&[60, 50]), f64s(&[60, 40]));
    let z = build::concatenate(&[a, op(Ufunc::Negative, &[&b])], 1, None).unwrap();
    insta::assert_snapshot!(plan(&[&reduce(&z, Reducer::Sum)]), @r"
    walk 1 over (fold 60, fold 90): loops (fold 1, fold 5400), block 1 x 990, each block to a state
      read m0 f64 gather, strides (720, 8)
      m0 (60, 90) in parts:
        from (0, 0) (60, 50): a0 (400, 8); no instructions
        from (0, 50) (60, 40): a1 (320, 8); 1 instruction: neg
      no instructions
      fold sum of %0: b0 = sum
    buffer b0: f64[], 8 bytes, result
    return b0
    ");
}

#[test]
fn a_fold_of_repetitions_reads_the_array_itself() {
    let x = build::reshape(&f64s(&[2000]), &[2000, 1]).unwrap();
    let wide = build::broadcast_to(&x, &[2000, 4]).unwrap();
    let z = build::reshape(&wide, &[8000]).unwrap();
    insta::assert_snapshot!(plan(&[&reduce(&z, Reducer::Mean)]), @r"
    walk 1 over (fold 8000): loops (fold 1, fold 8000), block 1 x 1024, each block to a state
      read m0 f64 gather, strides (8)
      m0 (2000, 4) in parts:
        from (0, 0) (2000, 4): a0 (8, 0); no instructions
      no instructions
      fold sum of %0: b0 = mean
    buffer b0: f64[], 8 bytes, result
    return b0
    ");
}
