//! One corpus of kernels on every path: interpreter, compiled code, tile routines. Each case states what comes out.
//!
//! A case is IR text, the elements of each operand and of each result, in the IR's literals. Cases that only store are
//! run again with their elements repeated, so that they meet vectors, tails and padding.

mod paths;

use numpy_rs::array::Array;
use numpy_rs::dtype::{DType, Scalar};
use numpy_rs::jit::ir::{Access, Kernel, Sink, parse};
use numpy_rs::runtime::kernel::{Code, finishes};
use paths::{bytes, difference, engine, interpreted};

#[derive(serde::Deserialize)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    kernel: String,
    inputs: Vec<Vec<String>>,
    expected: Vec<Vec<String>>,
}

fn literals(texts: &[String], dtype: DType) -> Vec<Scalar> {
    let one = |t: &String| parse::literal(t, dtype).unwrap_or_else(|| panic!("{t} is no {dtype}"));
    texts.iter().map(one).collect()
}

/// The types of the results, as `run_kernel` orders them.
fn result_types(kernel: &Kernel) -> Vec<DType> {
    let mut types = Vec::new();
    for r in &kernel.results {
        let t = kernel.body.dtype(r.value);
        match r.sink {
            Sink::Store => types.push(t),
            Sink::Hold => {}
            Sink::Fold(f) => types.extend(finishes(f).iter().map(|finish| finish.dtype(f, t))),
        }
    }
    types
}

fn check(case: &Case, repeat: usize) {
    let kernel = parse::kernel(&case.kernel).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    let mut n = repeat;
    let mut operands = Vec::new();
    for (o, texts) in kernel.operands.iter().zip(&case.inputs) {
        let one = literals(texts, o.dtype);
        let (shape, elements) = match o.access {
            Access::Unit => {
                n = one.len() * repeat;
                (vec![n], bytes(&one).repeat(repeat))
            }
            Access::Scalar => (Vec::new(), bytes(&one)),
            Access::Table => (vec![one.len()], bytes(&one)),
        };
        operands.push(Array::from_bytes(o.dtype, &shape, &elements).unwrap());
    }
    let types = result_types(&kernel);
    assert_eq!(types.len(), case.expected.len(), "{}: results", case.name);
    let expected: Vec<Vec<Scalar>> =
        case.expected.iter().zip(&types).map(|(texts, &t)| literals(texts, t).repeat(repeat)).collect();
    let compare = |path: &str, r: usize, got: &[Scalar]| {
        if let Some(at) = difference(got, &expected[r]) {
            let (got, want) = (got.get(at), expected[r].get(at));
            panic!("{}: {path}, result {r}, element {at} of {n}: {got:?}, not {want:?}", case.name);
        }
    };
    for (r, got) in interpreted(&kernel, &operands, n).iter().enumerate() {
        if let Some(got) = got {
            compare("interpreter", r, got);
        }
    }
    for (path, code) in [("compiled", Code::Always), ("tile routines", Code::Never), ("by size", Code::BySize)] {
        for (r, got) in engine(&kernel, &operands, n, code).iter().enumerate() {
            compare(path, r, got);
        }
    }
}

fn corpus() -> Vec<Case> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let read = |p: &std::path::PathBuf| -> Vec<Case> {
        let corpus: Corpus = toml::from_str(&std::fs::read_to_string(p).unwrap()).unwrap();
        corpus.case
    };
    files.iter().filter(|p| p.extension().is_some_and(|e| e == "toml")).flat_map(read).collect()
}

#[test]
fn every_case_holds_on_every_path() {
    let cases = corpus();
    assert!(cases.len() >= 20, "{} cases", cases.len());
    for case in &cases {
        check(case, 1);
        let kernel = parse::kernel(&case.kernel).unwrap();
        if kernel.results.iter().all(|r| r.sink == Sink::Store) {
            for repeat in [2, 5, 33, 700] {
                check(case, repeat);
            }
        }
    }
}

#[test]
fn the_text_of_each_case_is_what_is_printed() {
    for case in corpus() {
        let kernel = parse::kernel(&case.kernel).unwrap();
        assert_eq!(kernel.to_string(), case.kernel.trim(), "{}", case.name);
    }
}
