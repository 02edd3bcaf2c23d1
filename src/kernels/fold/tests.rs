//! Folds: both instruction sets alike, rows and columns as a plain loop says, states that combine.
#![expect(unsafe_code, reason = "calls fold routines on local memory")]

use super::{FoldFns, fold_for, fold_row};
use crate::dtype::{DType, Scalar};
use crate::kernels::tile::isa::Isa;
use crate::kernels::tile::scalar_prim;
use crate::ops::prim::Prim;
use crate::ops::reduction::{Finish, Fold};

const SHAPES: [(usize, usize); 14] = [
    (1, 1),
    (3, 2),
    (5, 3),
    (4, 9),
    (2, 31),
    (3, 64),
    (7, 65),
    (2, 300),
    (300, 3),
    (40, 17),
    (1, 1024),
    (256, 4),
    (33, 100),
    (1, 5000),
];

/// Elements: small multiples of a quarter, which add exactly; now and then a NaN where asked.
fn elements(t: DType, n: usize, nans: bool, seed: u64) -> Vec<Scalar> {
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let value = |bits: u64| (bits % 81) as f64 / 4.0 - 10.0;
    (0..n)
        .map(|_| {
            if nans && t.is_inexact() && next() % 16 == 0 {
                Scalar::from_f64(t, f64::NAN)
            } else if t.is_complex() {
                Scalar::from_complex(t, value(next()), value(next()))
            } else if t.is_float() {
                Scalar::from_f64(t, value(next()))
            } else if t == DType::Bool {
                Scalar::from_i128(t, i128::from(next() & 1))
            } else {
                Scalar::from_i128(t, i128::from(next()) * 0x1_0000_0001)
            }
        })
        .collect()
}

/// Elements as aligned memory.
fn memory(values: &[Scalar]) -> Vec<u128> {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.bytes()[..v.dtype().size()].to_vec()).collect();
    let words = bytes.chunks(16).map(|c| {
        let mut word = [0; 16];
        word[..c.len()].copy_from_slice(c);
        u128::from_le_bytes(word)
    });
    words.collect()
}

fn bytes(words: &[u128], n: usize) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_le_bytes()).take(n).collect()
}

/// The states of a block, by rows or by columns.
fn states(fns: &FoldFns, size: usize, (k, m): (usize, usize), cols: bool, x: &[Scalar]) -> Vec<u128> {
    let x = memory(x);
    let n = if cols { m } else { k };
    let mut out = vec![0u128; (n * size).div_ceil(16)];
    // SAFETY: `k * m` elements, and room for `n` states.
    unsafe { (if cols { fns.cols } else { fns.rows })(k, m, m, x.as_ptr().cast(), 10, 3, out.as_mut_ptr().cast()) };
    out
}

/// The results of `n` states.
fn results(fns: &FoldFns, n: usize, states: &[u128], count: u64, finish: Finish, t: DType) -> Vec<Scalar> {
    let mut out = vec![0u128; n];
    // SAFETY: `n` states, and room for `n` results.
    unsafe { (fns.finish)(n, states.as_ptr().cast(), count, finish, out.as_mut_ptr().cast()) };
    let values = bytes(&out, n * t.size());
    let scalar = |b: &[u8]| {
        let mut wide = [0; 16];
        wide[..b.len()].copy_from_slice(b);
        Scalar::from_bits(t, u128::from_le_bytes(wide))
    };
    values.chunks(t.size()).map(scalar).collect()
}

fn is_nan(v: Scalar) -> bool {
    let (re, im) = v.to_complex();
    re.is_nan() || im.is_nan()
}

fn alike(a: Scalar, b: Scalar) -> bool {
    a == b || (is_nan(a) && is_nan(b)) || (a.dtype().is_inexact() && a.to_complex() == b.to_complex())
}

/// The fold of a sequence, one after another.
fn plainly(f: Fold, x: &[Scalar]) -> Scalar {
    let t = x[0].dtype();
    let join = |p| x[1..].iter().fold(x[0], |a, &b| scalar_prim(p, &[a, b]));
    let first = |p| {
        let better = |a: Scalar, b: Scalar| !is_nan(a) && (is_nan(b) || scalar_prim(p, &[b, a]).bits() != 0);
        let place = (1..x.len()).fold(0, |best, i| if better(x[best], x[i]) { i } else { best });
        Scalar::from_i128(DType::I64, 10 + 3 * place as i128)
    };
    match f {
        Fold::Sum | Fold::Moments => join(Prim::Add),
        Fold::Prod => join(Prim::Mul),
        Fold::Min => join(Prim::Minimum),
        Fold::Max => join(Prim::Maximum),
        Fold::Fmin => join(Prim::Fmin),
        Fold::Fmax => join(Prim::Fmax),
        Fold::And => join(Prim::And),
        Fold::Or => join(Prim::Or),
        Fold::Xor => join(Prim::Xor),
        Fold::Count => Scalar::from_i128(DType::I64, x.iter().filter(|v| v.bits() != 0).count() as i128),
        Fold::Argmin if t == DType::Bool => first(Prim::Lt),
        Fold::Argmin => first(Prim::Lt),
        Fold::Argmax => first(Prim::Gt),
    }
}

fn finish_of(f: Fold) -> Finish {
    if matches!(f, Fold::Argmin | Fold::Argmax) { Finish::Position } else { Finish::Value }
}

#[test]
fn rows_and_columns_are_what_a_plain_loop_says() {
    for f in Fold::ALL {
        for t in DType::ALL.into_iter().filter(|&t| f.takes(t)) {
            // Products of floats round in the order of the lanes.
            let exact = !(f == Fold::Prod && t.is_inexact());
            let nans = !matches!(f, Fold::Sum | Fold::Prod | Fold::Moments);
            let result = finish_of(f).dtype(f, t);
            for (k, m) in SHAPES {
                let x = elements(t, k * m, nans, (k * m) as u64);
                for cols in [false, true] {
                    let size = f.state_size(t);
                    let base = fold_for(Isa::Base, f, t).expect("taken");
                    let best = fold_for(Isa::best(), f, t).expect("taken");
                    let got = states(best, size, (k, m), cols, &x);
                    let what = format!("{} {t} {k} {m} {cols}", f.name());
                    assert!(got == states(base, size, (k, m), cols, &x), "{what}");
                    let n = if cols { m } else { k };
                    let got = results(best, n, &got, (k * m / n) as u64, finish_of(f), result);
                    for (i, got) in got.into_iter().enumerate().filter(|_| exact) {
                        let line: Vec<Scalar> = if cols {
                            x.iter().copied().skip(i).step_by(m).collect()
                        } else {
                            x[i * m..(i + 1) * m].to_vec()
                        };
                        let expected = plainly(f, &line);
                        assert!(alike(got, expected), "{what} {i}: {got} {expected}");
                    }
                }
            }
        }
    }
}

#[test]
fn states_of_parts_combine_to_the_state_of_the_whole() {
    for f in Fold::ALL {
        for t in DType::ALL.into_iter().filter(|&t| f.takes(t) && !(f == Fold::Prod && t.is_inexact())) {
            let fns = fold_for(Isa::best(), f, t).expect("taken");
            let (size, result) = (f.state_size(t), finish_of(f).dtype(f, t));
            let x = elements(t, 700, f != Fold::Sum && f != Fold::Moments, 5);
            let mut acc = states(fns, size, (1, 300), false, &x[..300]);
            let new = memory(&x[300..]);
            let mut state = vec![0u128; size.div_ceil(16)];
            // SAFETY: 400 elements at positions that go on from the first part's, and one state each.
            unsafe {
                (fns.rows)(1, 400, 400, new.as_ptr().cast(), 910, 3, state.as_mut_ptr().cast());
                (fns.combine)(1, acc.as_mut_ptr().cast(), state.as_ptr().cast(), 300, 400);
            }
            let got = results(fns, 1, &acc, 700, finish_of(f), result)[0];
            let expected = plainly(f, &x);
            assert!(alike(got, expected), "{} {t}: {got} {expected}", f.name());
        }
    }
}

fn f64_states(f: Fold, x: &[f64]) -> Vec<u128> {
    let x: Vec<Scalar> = x.iter().map(|&v| Scalar::from_f64(DType::F64, v)).collect();
    let fns = fold_for(Isa::best(), f, DType::F64).expect("taken");
    states(fns, f.state_size(DType::F64), (1, x.len()), false, &x)
}

/// Elements whose parts are `offset` and less than 1, and the exact variance of each `lines`-th.
fn offset_by(t: DType, offset: f64, n: usize, lines: usize) -> (Vec<Scalar>, Vec<f64>) {
    let parts = if t.is_complex() { 2 } else { 1 };
    // Units of the last place of what is below twice the offset.
    let places = if matches!(t, DType::F32 | DType::C64) { 22 } else { 51 } - offset.max(1.0).log2() as i32;
    // Squares of sums have room in 128 bits.
    let places = places.min(45);
    let (unit, mut seed) = (0.5f64.powi(places), n as u64);
    let steps: Vec<i128> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i128::from(seed >> 11) >> (53 - places)
    })
    .take(n * parts)
    .collect();
    let x = steps.chunks(parts).map(|s| {
        let at = |p: usize| offset + s[p] as f64 * unit;
        if parts == 1 { Scalar::from_f64(t, at(0)) } else { Scalar::from_complex(t, at(0), -at(1)) }
    });
    let variance = |line: usize| {
        let squares = |p: usize| {
            let (mut count, mut first, mut second) = (0, 0, 0);
            for s in steps[p..].iter().step_by(parts).skip(line).step_by(lines) {
                (count, first, second) = (count + 1, first + s, second + s * s);
            }
            (count * second - first * first) as f64 / (count * count) as f64
        };
        (0..parts).map(squares).sum::<f64>() * unit * unit
    };
    (x.collect(), (0..lines).map(variance).collect())
}

/// Variances and deviations within the bound of two passes: the squares' rounding and the mean's error squared.
fn assert_close(t: DType, offset: f64, count: usize, states: &[u128], expected: &[f64], what: &str) {
    let fns = fold_for(Isa::best(), Fold::Moments, t).expect("taken");
    let eps = if t.real() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let got = |finish| results(fns, expected.len(), states, count as u64, finish, t.real());
    let (var, std) = (got(Finish::Var(0)), got(Finish::Std(1.0f64.to_bits())));
    for (i, &exact) in expected.iter().enumerate() {
        let bound = 16.0 * eps + (8.0 * eps * offset).powi(2) / exact;
        let error = (var[i].to_f64() - exact).abs() / exact;
        assert!(error <= bound, "{what} {t} {offset} {i}: {} eps", error / eps);
        let exact = (exact * count as f64 / (count as f64 - 1.0)).sqrt();
        let error = (std[i].to_f64() - exact).abs() / exact;
        assert!(error <= bound, "{what} {t} {offset} {i}: {} eps", error / eps);
    }
}

/// States of `k` elements each, by parts of at most `part` that combine pairwise, as tiles do. `states` makes those of `k`
/// elements from the `at`-th on.
fn pairwise(
    fns: &FoldFns,
    m: usize,
    (at, k): (usize, usize),
    part: usize,
    states: &dyn Fn(usize, usize) -> Vec<u128>,
) -> Vec<u128> {
    if k <= part {
        return states(at, k);
    }
    let first = (k.div_ceil(part).next_power_of_two() / 2) * part;
    let mut acc = pairwise(fns, m, (at, first), part, states);
    let new = pairwise(fns, m, (at + first, k - first), part, states);
    // SAFETY: `m` states each.
    unsafe { (fns.combine)(m, acc.as_mut_ptr().cast(), new.as_ptr().cast(), first as u64, (k - first) as u64) };
    acc
}

/// Types with offsets beside which a spread of 1 is still seen.
const OFFSETS: [(DType, f64); 12] = [
    (DType::F32, 0.0),
    (DType::F64, 0.0),
    (DType::C128, 0.0),
    (DType::F32, 1e3),
    (DType::F32, 1e6),
    (DType::F64, 1e3),
    (DType::F64, 1e6),
    (DType::F64, 1e9),
    (DType::C64, 1e3),
    (DType::C64, 1e6),
    (DType::C128, 1e6),
    (DType::C128, 1e9),
];

#[test]
fn a_small_spread_around_a_large_offset_keeps_its_variance() {
    for (t, offset) in OFFSETS {
        let fns = fold_for(Isa::best(), Fold::Moments, t).expect("taken");
        let size = Fold::Moments.state_size(t);
        for n in [10, 300, 4097, 16_384, 100_003] {
            let (x, expected) = offset_by(t, offset, n, 1);
            assert_close(t, offset, n, &states(fns, size, (1, n), false, &x), &expected, "a row");
            for part in [7, 1000, 1024] {
                let state = pairwise(fns, 1, (0, n), part, &|at, m| states(fns, size, (1, m), false, &x[at..at + m]));
                assert_close(t, offset, n, &state, &expected, "parts of a row");
            }
        }
    }
}

#[test]
fn columns_with_a_large_offset_keep_their_variances() {
    for (t, offset) in OFFSETS {
        let fns = fold_for(Isa::best(), Fold::Moments, t).expect("taken");
        let size = Fold::Moments.state_size(t);
        for (k, m, part) in [(10, 3, 4), (1000, 1, 100), (1000, 67, 15), (20_000, 2, 512)] {
            let (x, expected) = offset_by(t, offset, k * m, m);
            let columns = |at, k| states(fns, size, (k, m), true, &x[at * m..(at + k) * m]);
            assert_close(t, offset, k, &columns(0, k), &expected, "columns");
            let state = pairwise(fns, m, (0, k), part, &columns);
            assert_close(t, offset, k, &state, &expected, "parts of columns");
        }
    }
}

#[test]
fn variances_overflow_as_those_of_two_passes_do() {
    let fns = fold_for(Isa::best(), Fold::Moments, DType::F64).expect("taken");
    let size = Fold::Moments.state_size(DType::F64);
    for n in [3, 40, 5000] {
        for (value, expected) in [(1e308, f64::INFINITY), (f64::INFINITY, f64::NAN), (f64::NAN, f64::NAN)] {
            let x: Vec<Scalar> = vec![Scalar::from_f64(DType::F64, value); n];
            for (k, m) in [(1, n), (n, 1)] {
                let mut acc = states(fns, size, (k, m), m == 1, &x);
                let one = results(fns, 1, &acc, n as u64, Finish::Var(0), DType::F64)[0].to_f64();
                let mut new = vec![0u128; acc.len()];
                // SAFETY: one state each.
                unsafe {
                    (fns.empty)(1, new.as_mut_ptr().cast());
                    (fns.combine)(1, new.as_mut_ptr().cast(), acc.as_ptr().cast(), 0, n as u64);
                }
                // SAFETY: one state each.
                unsafe { (fns.combine)(1, acc.as_mut_ptr().cast(), new.as_ptr().cast(), n as u64, n as u64) };
                let both = results(fns, 1, &acc, 2 * n as u64, Finish::Var(0), DType::F64)[0].to_f64();
                for got in [one, both] {
                    assert!(got == expected || (got.is_nan() && expected.is_nan()), "{value} {n}: {got}");
                }
            }
        }
    }
}

#[test]
fn equal_float32_values_have_no_variance() {
    let x = vec![Scalar::from_f64(DType::F32, 12_345.678); 1024];
    let fns = fold_for(Isa::best(), Fold::Moments, DType::F32).expect("taken");
    let state = states(fns, Fold::Moments.state_size(DType::F32), (1, 1024), false, &x);
    assert!(results(fns, 1, &state, 1024, Finish::Var(0), DType::F32)[0].to_f64() < 1e-10);
}

#[test]
fn sums_err_no_more_than_pairwise_ones() {
    let x: Vec<f64> = (0..100_000).map(|i| 1.0 + f64::from(i % 977) * 1e-7).collect();
    let exact: f64 = (0..100_000i64).map(|i| i % 977).sum::<i64>() as f64 * 1e-7 + 100_000.0;
    let got = f64::from_bits(f64_states(Fold::Sum, &x)[0] as u64);
    assert!((got - exact).abs() <= 16.0 * f64::EPSILON * exact, "{got} {exact}");
}

#[test]
fn sums_of_nothing_and_of_negative_zeros_are_zero() {
    assert_eq!(fold_row(Fold::Sum, DType::F64, &[]), [0; 8]);
    assert_eq!(fold_row(Fold::Moments, DType::C64, &[]), [0; 32]);
    for n in [1, 2, 40, 500] {
        assert_eq!(f64_states(Fold::Sum, &vec![-0.0; n])[0] as u64, 0, "{n}");
    }
}

#[test]
fn extremes_ignore_or_carry_nan() {
    let nan = f64::NAN;
    for n in [3, 17, 64, 100] {
        let mut x = vec![2.0; n];
        x[n / 2] = nan;
        assert!(f64::from_bits(f64_states(Fold::Min, &x)[0] as u64).is_nan());
        assert_eq!(f64::from_bits(f64_states(Fold::Fmin, &x)[0] as u64), 2.0);
        assert!(f64::from_bits(f64_states(Fold::Fmax, &vec![nan; n])[0] as u64).is_nan());
        let mut x = vec![f64::INFINITY; n];
        x[0] = nan;
        assert_eq!(f64::from_bits(f64_states(Fold::Fmin, &x)[0] as u64), f64::INFINITY);
    }
}

#[test]
fn means_divide_as_numpy_does() {
    let fns = fold_for(Isa::best(), Fold::Sum, DType::F32).expect("taken");
    let state = memory(&[Scalar::from_f64(DType::F32, 1.0)]);
    let mean = results(fns, 1, &state, 3, Finish::Mean, DType::F32)[0];
    assert_eq!(mean, Scalar::from_f64(DType::F32, 1.0 / 3.0));
    let fns = fold_for(Isa::best(), Fold::Sum, DType::C128).expect("taken");
    let state = memory(&[Scalar::from_complex(DType::C128, 7.0, 5.0)]);
    let mean = results(fns, 1, &state, 3, Finish::Mean, DType::C128)[0];
    assert_eq!(mean, Scalar::from_complex(DType::C128, 7.0 * (1.0 / 3.0), 5.0 * (1.0 / 3.0)));
}

#[test]
fn rows_that_lie_apart_fold_as_those_that_follow_one_another() {
    for f in Fold::ALL {
        for t in DType::ALL.into_iter().filter(|&t| f.takes(t)) {
            let size = f.state_size(t);
            for isa in Isa::all() {
                let fns = fold_for(isa, f, t).expect("taken");
                for (k, m, apart) in [(3, 5, 9), (4, 300, 301), (20, 33, 64), (1, 7, 7)] {
                    let x = elements(t, k * apart, true, (k * m) as u64);
                    let close: Vec<Scalar> = x.chunks(apart).flat_map(|row| &row[..m]).copied().collect();
                    for cols in [false, true] {
                        let n = if cols { m } else { k };
                        let (memory, mut got) = (memory(&x), vec![0u128; (n * size).div_ceil(16)]);
                        let run = if cols { fns.cols } else { fns.rows };
                        // SAFETY: `k` rows that lie `apart` elements apart, and room for `n` states.
                        unsafe { run(k, m, apart, memory.as_ptr().cast(), 10, 3, got.as_mut_ptr().cast()) };
                        let expected = states(fns, size, (k, m), cols, &close);
                        assert!(got == expected, "{} {t} {k} {m} {cols}", f.name());
                    }
                }
            }
        }
    }
}

#[test]
fn trees_of_blocks_combine_as_their_states_do() {
    for f in Fold::ALL {
        for t in DType::ALL.into_iter().filter(|&t| f.takes(t)) {
            let size = f.state_size(t);
            let base = fold_for(Isa::Base, f, t).expect("taken");
            for isa in Isa::all() {
                let Some(trees) = fold_for(isa, f, t).expect("taken").trees else { continue };
                for (blocks, k, m, apart) in
                    [(1, 5, 9, 9), (2, 4, 256, 1000), (4, 1, 70, 70), (8, 4, 513, 520), (8, 3, 7, 8), (8, 20, 40, 40)]
                {
                    let x = elements(t, blocks * k * apart, true, (k * m) as u64);
                    let (memory, mut got) = (memory(&x), vec![0u128; (m * size).div_ceil(16)]);
                    // SAFETY: as many rows that lie `apart` elements apart, and room for `m` states.
                    unsafe { trees(blocks, k, m, apart, memory.as_ptr().cast(), got.as_mut_ptr().cast()) };
                    let block = |b: usize| {
                        let rows = x[b * k * apart..(b + 1) * k * apart].chunks(apart);
                        let close: Vec<Scalar> = rows.flat_map(|row| &row[..m]).copied().collect();
                        states(base, size, (k, m), true, &close)
                    };
                    let mut level: Vec<Vec<u128>> = (0..blocks).map(block).collect();
                    while level.len() > 1 {
                        for pair in level.chunks_mut(2) {
                            let (acc, new) = pair.split_at_mut(1);
                            // SAFETY: `m` states each.
                            unsafe {
                                (base.combine)(m, acc[0].as_mut_ptr().cast(), new[0].as_ptr().cast(), 1, 1);
                            }
                        }
                        level = level.into_iter().step_by(2).collect();
                    }
                    assert!(bytes(&got, m * size) == bytes(&level[0], m * size), "{} {t} {blocks} {k} {m}", f.name());
                }
            }
        }
    }
}
