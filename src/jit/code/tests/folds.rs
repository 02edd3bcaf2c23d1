//! Folds that a segment begins, against the fold routines over the values that it stores, bit for bit.

use super::random::random_segment;
use super::*;
use crate::dtype::DType;
use crate::jit::ir::parse;
use crate::kernels::fold::fold_row;
use crate::kernels::fold::lanes::{ROW, RUN, folds, lane_fold};
use crate::ops::expr::ValueId;
use crate::ops::reduction::Fold;

/// Goes on from what a fold has left.
fn state(fold: Fold, dtype: DType, lane: usize, n: usize, left: &[u8]) -> Vec<u8> {
    let mut rows = vec![[0u64; ROW / 8]; left.len() / ROW];
    let mut state = [0u64; 2];
    // SAFETY: the copy covers as many bytes, aligned to eight; the state is of at most eight.
    unsafe {
        std::ptr::copy_nonoverlapping(left.as_ptr(), rows.as_mut_ptr().cast(), left.len());
        let go_on = lane_fold(fold, dtype, lane).unwrap();
        go_on(1, n, rows.as_ptr().cast(), state.as_mut_ptr().cast());
    }
    state.iter().flat_map(|w| w.to_le_bytes()).take(fold.state_size(dtype)).collect()
}

/// Compiles a segment to each width and compares each fold with that of the same values stored.
fn check_folds(segment: &Segment, random: &mut Random) {
    let storing = Segment {
        stores: segment.folds.iter().map(|f| f.0).collect(),
        folds: Vec::new(),
        operands: segment.operands.clone(),
        body: segment.body.clone(),
    };
    let reference = CompiledSegment::new(&storing).unwrap();
    for width in [Width::Single, Width::Double, Width::Quad] {
        let Some(kernel) = CompiledSegment::of_width(segment, width).unwrap() else { continue };
        let (b, lane) = (kernel.block(), segment.lane());
        assert_eq!(b, ROW / lane);
        check_rows(segment, &kernel, random);
        for n in [b, b + 1, 2 * b - 1, 2 * b, 15 * b, RUN * b - 1, RUN * b, RUN * b + 1, 17 * b + 3, 35 * b + 7] {
            if n < reference.block() || n * 8 > GUARDED_BYTES {
                continue;
            }
            let operands: Vec<Vec<u8>> = segment.operands.iter().map(|o| elements(random, o.dtype, n)).collect();
            let values = run(&reference, &operands, n);
            let (stores, left) = run_folding(&kernel, &operands, n);
            for (&(v, fold), (values, left)) in segment.folds.iter().zip(values.iter().zip(&left)) {
                let dtype = segment.body.dtype(v);
                let (got, expected) = (state(fold, dtype, lane, n, left), fold_row(fold, dtype, values));
                let nan = |bytes: &[u8]| dtype.is_float() && scalar::is_nan(dtype, element(bytes, dtype, 0));
                assert!(
                    got == expected || nan(&got) && nan(&expected),
                    "{} of {v:?}, n {n}, {width:?}: {got:x?}, not {expected:x?}\n{segment}",
                    fold.name()
                );
            }
            for (bytes, &v) in stores.iter().zip(&segment.stores) {
                if let Some(at) = storing.stores.iter().position(|&s| s == v) {
                    assert!(*bytes == values[at], "n {n}, {width:?}\n{segment}");
                }
            }
        }
    }
}

#[test]
fn folds_have_the_bits_of_the_routines() {
    let texts = [
        "segment(a0: f64 unit, a1: f64 unit) -> (sum f64)\n%0 = load a0\n%1 = load a1\n%2 = mul %0, %1 : f64\nfold.sum 0, %2",
        "segment(a0: f32 unit, a1: f32 scalar) -> (f32, sum f32)\n%0 = load a0\n%1 = load a1\n%2 = sub %0, %1 : f32\nstore 0, %2\nfold.sum 1, %2",
        "segment(a0: i32 unit) -> (sum i64)\n%0 = load a0\n%1 = cast %0 : i64\nfold.sum 0, %1",
        "segment(a0: f64 unit, a1: f64 unit) -> (sum f64, count bool)\n%0 = load a0\n%1 = load a1\n%2 = gt %0, %1 : bool\n%3 = const 0.0 : f64\n%4 = select %2, %0, %3 : f64\nfold.sum 0, %4\nfold.count 1, %2",
        "segment(a0: u8 unit, a1: bool unit) -> (count bool)\n%0 = load a0\n%1 = const 9 : u8\n%2 = gt %0, %1 : bool\n%3 = load a1\n%4 = or %2, %3 : bool\nfold.count 0, %4",
        "segment(a0: f64 unit) -> (sum f32)\n%0 = load a0\n%1 = cast %0 : f32\nfold.sum 0, %1",
        "segment(a0: f64 unit) -> (sum f64)\n%0 = load a0\nfold.sum 0, %0",
        "segment(a0: f64 unit, a1: f64 unit) -> (min f64, max f64, sum f64)\n%0 = load a0\n%1 = load a1\n%2 = mul %0, %1 : f64\nfold.min 0, %2\nfold.max 1, %2\nfold.sum 2, %2",
        "segment(a0: f32 unit, a1: f32 scalar) -> (max f32)\n%0 = load a0\n%1 = load a1\n%2 = sub %0, %1 : f32\nfold.max 0, %2",
        "segment(a0: f32 unit) -> (min f32)\n%0 = load a0\nfold.min 0, %0",
    ];
    let mut random = Random(11);
    for text in texts {
        let segment = parse::segment(text).unwrap();
        if std::is_x86_feature_detected!("avx2") {
            assert!(CompiledSegment::of_width(&segment, Width::Double).unwrap().is_some(), "{text}");
        }
        (0..20).for_each(|_| check_folds(&segment, &mut random));
    }
}

#[test]
fn sums_of_zeros_of_either_sign_have_the_bits_of_the_routines() {
    let text = "segment(a0: f64 unit, a1: f64 unit) -> (sum f64)\n%0 = load a0\n%1 = load a1\n%2 = mul %0, %1 : f64\nfold.sum 0, %2";
    let kernel = CompiledSegment::new(&parse::segment(text).unwrap()).unwrap();
    for zero in [0.0f64, -0.0] {
        for n in [16, 17, 256, 300] {
            let bytes: Vec<u8> = (0..n).flat_map(|_| zero.to_le_bytes()).collect();
            let ones: Vec<u8> = (0..n).flat_map(|_| 1.0f64.to_le_bytes()).collect();
            let (_, left) = run_folding(&kernel, &[bytes, ones], n);
            assert_eq!(state(Fold::Sum, DType::F64, 8, n, &left[0]), 0.0f64.to_le_bytes());
        }
    }
}

#[test]
fn random_bodies_fold_as_the_routines_do() {
    let mut checked = 0;
    for seed in 1..=1500u64 {
        let mut random = Random(seed.wrapping_mul(0xd134_2543_de82_ef95));
        let mut segment = random_segment(&mut random);
        // Up to three folds, whose lanes have one size.
        for _ in 0..8 {
            let v = ValueId(random.below(segment.body.insts().len()) as u32);
            let dtype = segment.body.dtype(v);
            let of_numbers = [Fold::Sum, Fold::Min, Fold::Max][random.below(3)];
            let fold = if dtype == DType::Bool { Fold::Count } else { of_numbers };
            segment.folds.push((v, fold));
            let of_lane =
                segment.folds.iter().all(|&(v, f)| f == Fold::Count || segment.body.dtype(v).size() == segment.lane());
            if !folds(fold, dtype) || !of_lane || segment.folds.len() > 3 {
                segment.folds.pop();
            }
        }
        if !segment.folds.is_empty() {
            check_folds(&segment, &mut random);
            checked += 1;
        }
    }
    assert!(checked > 700, "{checked}");
}
