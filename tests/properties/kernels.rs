//! Random kernels: interpreter, compiled code and tile routines agree to the bit, at lengths around every block size.

use super::paths::{difference, elements, engine, interpreted};
use super::random::Random;
use numpy_rs::array::Array;
use numpy_rs::dtype::DType;
use numpy_rs::jit::ir::{Access, Kernel, KernelResult, Operand, Sink, parse, print};
use numpy_rs::ops::expr::{Body, Inst, Op, ValueId};
use numpy_rs::ops::prim::{MathFn, Prim};
use numpy_rs::ops::reduction::Fold;
use numpy_rs::runtime::kernel::Code;

const LENGTHS: [usize; 24] =
    [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 100, 127, 129, 200];
const LONG: [usize; 6] = [1023, 1024, 1025, 2048, 4097, 16_385];

/// Instructions whose result shows the sign of a NaN, which arithmetic leaves open: only of what is loaded.
fn shows_nan_sign(p: Prim) -> bool {
    matches!(p, Prim::Signbit | Prim::Copysign)
}

fn pick(random: &mut Random, body: &Body) -> ValueId {
    ValueId(random.below(body.insts().len()) as u32)
}

fn add_instruction(random: &mut Random, body: &mut Body, palette: &[DType]) {
    match random.below(12) {
        0 => {
            let dtype = random.pick(palette);
            let value = random.scalar(dtype);
            body.constant(value);
        }
        1 | 2 => {
            let v = pick(random, body);
            let to = if random.one_in(4) { DType::Bool } else { random.pick(palette) };
            body.cast(v, to);
        }
        3 => {
            let f = random.pick(&MathFn::ALL);
            let args: Vec<ValueId> = (0..f.arity()).map(|_| pick(random, body)).collect();
            let t = body.dtype(args[0]);
            if (t.is_float() || t.is_complex() && f.takes_complex()) && args.iter().all(|&a| body.dtype(a) == t) {
                body.math(f, &args);
            }
        }
        _ => {
            let p = random.pick(&Prim::ALL);
            let args: Vec<ValueId> = (0..p.arity()).map(|_| pick(random, body)).collect();
            let types: Vec<DType> = args.iter().map(|&a| body.dtype(a)).collect();
            let loaded = args.iter().all(|&a| matches!(body.inst(a).op, Op::Load(_) | Op::Const(_)));
            // Negative exponents of integer powers are refused before they get here.
            let refused = p == Prim::IntPow;
            if p.result(&types).is_some() && !refused && (loaded || !shows_nan_sign(p)) {
                body.prim(p, &args);
            }
        }
    }
}

fn random_kernel(random: &mut Random) -> Kernel {
    let palette: Vec<DType> = (0..1 + random.below(3)).map(|_| random.pick(&DType::ALL)).collect();
    let mut body = Body::default();
    let mut operands = Vec::new();
    for n in 0..1 + random.below(5) {
        let dtype = random.pick(&palette);
        let access = if n > 0 && random.one_in(4) { Access::Scalar } else { Access::Unit };
        operands.push(Operand { dtype, access });
        body.load(n as u16, dtype);
    }
    let longest = random.pick(&[20, 20, 20, 20, 20, 20, 90]);
    let length = body.insts().len() + 1 + random.below(longest);
    for _ in 0..600 {
        if body.insts().len() >= length {
            break;
        }
        add_instruction(random, &mut body, &palette);
    }
    let last = ValueId(body.insts().len() as u32 - 1);
    let mut results = vec![KernelResult { value: last, sink: Sink::Store }];
    for _ in 0..random.below(4) {
        let value = pick(random, &body);
        let fold = random.pick(&Fold::ALL);
        let sink = if random.one_in(3) && fold.takes(body.dtype(value)) { Sink::Fold(fold) } else { Sink::Store };
        results.push(KernelResult { value, sink });
    }
    Kernel { operands, body, results }
}

fn operands(random: &mut Random, kernel: &Kernel, n: usize) -> Vec<Array> {
    let shape = |o: &Operand| if o.access == Access::Unit { vec![n] } else { Vec::new() };
    kernel.operands.iter().map(|o| random.array(o.dtype, &shape(o), false)).collect()
}

/// What differs between interpreter, compiled code and tile routines, if anything does.
fn disagreement(kernel: &Kernel, operands: &[Array], n: usize) -> Option<String> {
    let (compiled, tiles) = (engine(kernel, operands, n, Code::Always), engine(kernel, operands, n, Code::Never));
    let slow = interpreted(kernel, operands, n);
    for (r, slow) in slow.iter().enumerate() {
        let against = [("compiled", &compiled[r]), ("tile routines", &tiles[r])];
        let reference = slow.as_ref().unwrap_or(&tiles[r]);
        for (path, got) in against {
            if let Some(at) = difference(got, reference) {
                let inputs: Vec<String> = operands
                    .iter()
                    .zip(&kernel.operands)
                    .map(|(a, o)| elements(a)[if o.access == Access::Unit { at.min(n - 1) } else { 0 }].to_string())
                    .collect();
                return Some(format!(
                    "n {n}, result {r}, element {at}: {path} {:?}, expected {:?}, inputs there {}",
                    got.get(at).map(|s| (s.to_string(), s.bits())),
                    reference.get(at).map(|s| (s.to_string(), s.bits())),
                    inputs.join("; ")
                ));
            }
        }
    }
    None
}

/// The kernel with only these results, and without what they do not need.
fn only(kernel: &Kernel, results: &[KernelResult]) -> Kernel {
    let insts = kernel.body.insts();
    let mut live = vec![false; insts.len()];
    results.iter().for_each(|r| live[r.value.index()] = true);
    for i in (0..insts.len()).rev() {
        if live[i] {
            insts[i].args().iter().for_each(|a| live[a.index()] = true);
        }
    }
    let mut body = Body::default();
    let mut new = vec![ValueId(u32::MAX); insts.len()];
    for (i, inst) in insts.iter().enumerate().filter(|(i, _)| live[*i]) {
        let mut args = [ValueId(u32::MAX); 3];
        inst.args().iter().enumerate().for_each(|(k, a)| args[k] = new[a.index()]);
        let copy = Inst { operands: args, ..*inst };
        new[i] = body.copy_inst(&copy, &args);
    }
    let results = results.iter().map(|r| KernelResult { value: new[r.value.index()], sink: r.sink }).collect();
    Kernel { operands: kernel.operands.clone(), body, results }
}

/// The smallest kernel found that still fails: one result, then the operand that is already wrong.
fn shrink(kernel: &Kernel, fails: &dyn Fn(&Kernel) -> bool) -> Kernel {
    let mut small = kernel.clone();
    for r in &kernel.results {
        let alone = only(kernel, std::slice::from_ref(r));
        if fails(&alone) {
            small = alone;
            break;
        }
    }
    loop {
        let Some(r) = small.results.first().copied() else { return small };
        let simpler = small.body.inst(r.value).args().iter().find_map(|&value| {
            let smaller = only(&small, &[KernelResult { value, sink: Sink::Store }]);
            fails(&smaller).then_some(smaller)
        });
        match simpler {
            Some(smaller) => small = smaller,
            None => return small,
        }
    }
}

/// The failing kernel as a case of the corpus.
fn report(kernel: &Kernel, arrays: &[Array], n: usize, seed: u64) -> String {
    let small = shrink(kernel, &|k| disagreement(k, arrays, n).is_some());
    let what = disagreement(&small, arrays, n).unwrap_or_default();
    let inputs: Vec<String> = arrays
        .iter()
        .map(|a| {
            let texts: Vec<String> = elements(a).iter().take(64).map(|&s| format!("{:?}", print::literal(s))).collect();
            format!("[{}]", texts.join(", "))
        })
        .collect();
    format!("seed {seed}: {what}\nkernel = \"\"\"\n{small}\n\"\"\"\ninputs = [{}]", inputs.join(", "))
}

fn check(random: &mut Random, kernel: &Kernel, n: usize, seed: u64, failures: &mut Vec<String>) {
    let arrays = operands(random, kernel, n);
    if disagreement(kernel, &arrays, n).is_some() {
        failures.push(report(kernel, &arrays, n, seed));
    }
}

#[test]
fn every_path_gives_the_same_bits() {
    let mut failures = Vec::new();
    for seed in 0..6000 {
        let mut random = Random::new(seed);
        let kernel = random_kernel(&mut random);
        let n = random.pick(&LENGTHS);
        check(&mut random, &kernel, n, seed, &mut failures);
        if seed % 40 == 0 {
            let n = random.pick(&LONG);
            check(&mut random, &kernel, n, seed, &mut failures);
        }
        assert!(failures.len() < 8, "{}", failures.join("\n\n"));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn printed_kernels_are_read_back() {
    for seed in 0..2000 {
        let kernel = random_kernel(&mut Random::new(seed));
        let text = kernel.to_string();
        let back = parse::kernel(&text).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        assert_eq!(back.to_string(), text);
        assert_eq!(back.body.insts(), kernel.body.insts());
        assert_eq!((&back.operands, &back.results), (&kernel.operands, &kernel.results));
    }
}
