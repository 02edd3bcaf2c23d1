use super::plan::root;
use super::*;
use crate::dtype::DType;
use crate::kernels::tile::isa::Isa;
use std::sync::atomic::{AtomicU8, Ordering};

fn alone(total: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    (0..total).for_each(work);
    Ok(())
}

/// Numbers in (-1, 1) without a pattern.
fn noise(count: usize) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn array(dtype: DType, shape: &[usize], numbers: &[f64]) -> Array {
    let bytes: Vec<u8> = match dtype.real() {
        DType::F32 => numbers.iter().flat_map(|&x| (x as f32).to_ne_bytes()).collect(),
        _ => numbers.iter().flat_map(|x| x.to_ne_bytes()).collect(),
    };
    Array::from_bytes(dtype, shape, &bytes).unwrap()
}

fn numbers(a: &Array) -> Vec<Complex<f64>> {
    let shape = a.shape().to_vec();
    let at = |mut i: usize| {
        let mut index = vec![0; shape.len()];
        for d in (0..shape.len()).rev() {
            index[d] = i % shape[d];
            i /= shape[d];
        }
        let (re, im) = a.element(&index).to_complex();
        Complex::new(re, im)
    };
    (0..a.size()).map(at).collect()
}

/// The sum itself, of one element.
fn element(row: &[Complex<f64>], n: usize, k: usize, forward: bool) -> Complex<f64> {
    let turn = |j: usize| {
        let z: Complex<f64> = root((j as u128 * k as u128 % n as u128) as usize, n);
        if forward { z } else { z.conj() }
    };
    pairwise(&row.iter().take(n).enumerate().map(|(j, z)| z * turn(j)).collect::<Vec<_>>())
}

fn pairwise(terms: &[Complex<f64>]) -> Complex<f64> {
    if terms.len() < 8 {
        return terms.iter().sum();
    }
    let (a, b) = terms.split_at(terms.len() / 2);
    pairwise(a) + pairwise(b)
}

/// What a transform reads, spelled out.
fn whole(transform: Transform, n: usize, row: &[Complex<f64>]) -> Vec<Complex<f64>> {
    let mut all = vec![Complex::new(0.0, 0.0); n];
    match transform {
        Transform::Hermitian => {
            for (k, &z) in row.iter().take(n / 2 + 1).enumerate() {
                all[(n - k) % n] = z.conj();
                all[k] = if (2 * k).is_multiple_of(n) { Complex::new(z.re, 0.0) } else { z };
            }
        }
        _ => row.iter().take(n).enumerate().for_each(|(k, &z)| all[k] = z),
    }
    all
}

fn types(transform: Transform, real: DType) -> (DType, DType) {
    let complex = if real == DType::F32 { DType::C64 } else { DType::C128 };
    match transform {
        Transform::Forward | Transform::Backward => (complex, complex),
        Transform::Real | Transform::Whole => (real, complex),
        Transform::Hermitian => (complex, real),
    }
}

const ALL: [Transform; 5] =
    [Transform::Forward, Transform::Backward, Transform::Real, Transform::Whole, Transform::Hermitian];

/// Compares some elements of a row with the sums: the error of each against the length of the row, in units of the last place.
fn check(transform: Transform, real: DType, given: usize, n: usize, some: usize) {
    let (from, to) = types(transform, real);
    let width = if from.is_complex() { 2 } else { 1 };
    let x = array(from, &[given], &noise(given * width));
    let all = whole(transform, n, &numbers(&x));
    let length = all.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
    let eps = if real == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    // The sums are rounded too, each term by half an ULP or so.
    let bound = 0.5 * length * eps * (4.0 + 2.0 * (n as f64).log2());
    let size = transform.output(n);
    let some = (0..size).step_by((size / some).max(1));
    let want: Vec<_> = some.map(|k| (k, element(&all, n, k, transform.is_forward()) * 0.5)).collect();
    for isa in Isa::all() {
        let out = Array::uninit(to, &[size]).unwrap();
        fft_by(isa, transform, (n, 0), 0.5, ((&x).into(), &out), None, &alone).unwrap();
        let got = numbers(&out);
        for &(k, want) in &want {
            assert!((got[k] - want).norm() <= bound, "{isa:?} {transform:?} {real} {given} {n} {k}: {} {want}", got[k]);
        }
    }
}

#[test]
fn roots_are_those_of_unity() {
    for n in 1..40 {
        for k in 0..n {
            let (z, angle): (Complex<f64>, _) = (root(k, n), -2.0 * std::f64::consts::PI * k as f64 / n as f64);
            // The angle itself is rounded, to an ULP of a number up to 8.
            assert!((z - Complex::new(angle.cos(), angle.sin())).norm() < 2e-15, "{k} {n}");
        }
    }
    assert_eq!(root::<f64>(1, 4), Complex::new(0.0, -1.0));
    assert_eq!(root::<f64>(3, 4), Complex::new(0.0, 1.0));
    assert_eq!(root::<f64>(1, 2), Complex::new(-1.0, 0.0));
    let roots = split::Roots::<f64>::new(100_000, true);
    for k in (0..=100_000).step_by(37) {
        assert!((roots.get(k) - root::<f64>(k, 100_000)).norm() < 4e-16);
    }
}

#[test]
fn every_transform_is_the_sum() {
    for transform in ALL {
        for n in (1..70).chain([97, 128, 210, 243, 360, 509, 1000, 1024, 1031]) {
            check(transform, DType::F64, transform.input(n), n, 40);
            check(transform, DType::F32, transform.input(n), n, 40);
        }
    }
}

#[test]
fn rows_are_cut_or_end_in_zeros() {
    for transform in ALL {
        for (given, n) in [(1, 8), (5, 12), (12, 5), (30, 8), (3, 9), (9, 4)] {
            check(transform, DType::F64, given, n, 40);
        }
    }
}

#[test]
fn long_rows_are_the_sum() {
    for transform in ALL {
        // Split by powers of two, three and five; halves of such; not split at all.
        for n in [1 << 16, 1 << 17, 65_610, 177_147, 200_000, 65_537] {
            check(transform, DType::F64, transform.input(n), n, 5);
            check(transform, DType::F32, transform.input(n) - 1000, n, 3);
        }
    }
}

#[test]
fn any_axis_and_any_strides() {
    let (shape, n) = ([5, 6, 37], 6);
    for transform in ALL {
        let (from, to) = types(transform, DType::F64);
        let width = if from.is_complex() { 2 } else { 1 };
        let x = array(from, &shape, &noise(shape.iter().product::<usize>() * width));
        let item = from.size() as isize;
        // Reversed along the first axis, every third element of the last.
        let strides = [-6 * 37 * item, 37 * item, 3 * item];
        let offset = x.offset() + 4 * 6 * 37 * from.size();
        let view = x.with_layout(offset, [5, 6, 12].into_iter().collect(), strides.into_iter().collect()).unwrap();
        let all = numbers(&view);
        for axis in 0..3 {
            let mut result = [5, 6, 12];
            let length = result[axis];
            result[axis] = transform.output(n);
            let out = Array::uninit(to, &result).unwrap();
            fft(transform, (n, axis), 1.0, (&view).into(), &out, None, &alone).unwrap();
            let got = numbers(&out);
            for (i, &z) in got.iter().enumerate() {
                let at = [i / (result[1] * result[2]), i / result[2] % result[1], i % result[2]];
                let row = (0..length).map(|j| {
                    let mut from = at;
                    from[axis] = j;
                    all[(from[0] * 6 + from[1]) * 12 + from[2]]
                });
                let row = whole(transform, n, &row.collect::<Vec<_>>());
                let want = element(&row, n, at[axis], transform.is_forward());
                assert!((z - want).norm() < 1e-14, "{transform:?} {axis} {i}");
            }
        }
    }
}

#[test]
fn long_rows_along_the_first_axis() {
    let n = 1 << 16;
    let x = array(DType::C128, &[n, 2], &noise(n * 4));
    let out = Array::uninit(DType::C128, &[n, 2]).unwrap();
    fft(Transform::Forward, (n, 0), 1.0, (&x).into(), &out, None, &alone).unwrap();
    let (x, out) = (numbers(&x), numbers(&out));
    for column in 0..2 {
        let row: Vec<_> = x.iter().skip(column).step_by(2).copied().collect();
        for k in [0, 1, 40_000, n - 1] {
            assert!((out[2 * k + column] - element(&row, n, k, true)).norm() < 1e-11);
        }
    }
}

#[test]
fn nothing_is_made_of_nothing() {
    let (x, out) = (array(DType::C128, &[0, 4], &[]), Array::uninit(DType::C128, &[0, 4]).unwrap());
    fft(Transform::Forward, (4, 1), 1.0, (&x).into(), &out, None, &alone).unwrap();
    let (x, out) = (array(DType::C128, &[0, 2], &[]), Array::uninit(DType::C128, &[3, 2]).unwrap());
    fft(Transform::Forward, (3, 0), 1.0, (&x).into(), &out, None, &alone).unwrap();
    assert!(numbers(&out).iter().all(|z| *z == Complex::new(0.0, 0.0)));
}

#[test]
fn rows_are_taken_once_when_they_are_done() {
    for (shape, transform, n) in [
        ([5, 12], Transform::Forward, 12),
        ([40, 1000], Transform::Real, 1000),
        ([7, 9], Transform::Hermitian, 16),
        ([2, 1 << 17], Transform::Real, 1 << 17),
        ([3, 1 << 16], Transform::Backward, 1 << 16),
    ] {
        let real = transform == Transform::Real;
        let (from, to) = if real { (DType::F64, DType::C128) } else { (DType::C128, DType::C128) };
        let to = if transform == Transform::Hermitian { DType::F64 } else { to };
        let x = array(from, &shape, &noise(shape[0] * shape[1] * if real { 1 } else { 2 }));
        let size = [shape[0], transform.output(n)];
        let empty = |t: DType| Array::from_bytes(t, &size, &vec![0xff; size[0] * size[1] * t.size()]).unwrap();
        let (out, whole) = (empty(to), empty(to));
        fft(transform, (n, 1), 1.0, (&x).into(), &whole, None, &alone).unwrap();
        let times: Vec<AtomicU8> = (0..out.size()).map(|_| AtomicU8::new(0)).collect();
        let take = |first: usize, count: usize| {
            for (i, times) in times.iter().enumerate().skip(first).take(count) {
                let at = [i / size[1], i % size[1]];
                assert_eq!(out.element(&at).bits(), whole.element(&at).bits(), "{transform:?} {shape:?} at {at:?}");
                times.fetch_add(1, Ordering::Relaxed);
            }
        };
        fft(transform, (n, 1), 1.0, (&x).into(), &out, Some(&take), &alone).unwrap();
        assert!(times.iter().all(|t| t.load(Ordering::Relaxed) == 1), "{transform:?} {shape:?}");
    }
}

/// Rows beside each other against the same rows one by one by the crate, in units of the last place of a row's length.
fn compare(transform: Transform, real: DType, (rows, given, n): (usize, usize, usize)) {
    let (from, to) = types(transform, real);
    let width = if from.is_complex() { 2 } else { 1 };
    let eps = if real == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let data = noise(rows * given * width);
    let size = transform.output(n);
    let row = |r: usize| array(from, &[given], &data[r * given * width..(r + 1) * given * width]);
    let want = |r: usize| {
        let out = Array::uninit(to, &[size]).unwrap();
        fft_by(Isa::Base, transform, (n, 0), 1.0, ((&row(r)).into(), &out), None, &alone).unwrap();
        numbers(&out)
    };
    let wanted: Vec<Vec<Complex<f64>>> = (0..rows).map(want).collect();
    let x = array(from, &[rows, given], &data);
    // The same as columns.
    let item = |r: usize, k: usize| &data[(r * given + k) * width..][..width];
    let turned: Vec<f64> = (0..given).flat_map(|k| (0..rows).flat_map(move |r| item(r, k))).copied().collect();
    let columns = array(from, &[given, rows], &turned);
    for isa in Isa::all() {
        let out = Array::uninit(to, &[rows, size]).unwrap();
        fft_by(isa, transform, (n, 1), 1.0, ((&x).into(), &out), None, &alone).unwrap();
        let got = numbers(&out);
        let out = Array::uninit(to, &[size, rows]).unwrap();
        fft_by(isa, transform, (n, 0), 1.0, ((&columns).into(), &out), None, &alone).unwrap();
        let of_columns = numbers(&out);
        for (r, want) in wanted.iter().enumerate() {
            let length = want.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt() * if n > 2 { 1.0 } else { 2.0 };
            let bound = length.max(1e-3) * eps * (4.0 + (n as f64).log2());
            for (k, want) in want.iter().enumerate() {
                let what = format!("{isa:?} {transform:?} {real} {rows} {given} {n}: {r} {k}");
                assert!((got[r * size + k] - want).norm() <= bound, "{what}: {} {want}", got[r * size + k]);
                let z = of_columns[k * rows + r];
                assert!((z - want).norm() <= bound, "columns {what}: {z} {want}");
            }
        }
    }
}

#[test]
fn rows_in_lanes_are_rows_alone() {
    for transform in ALL {
        for real in [DType::F64, DType::F32] {
            for n in (1..36).chain([49, 64, 91, 100, 121, 128, 169, 256, 360, 500, 770]) {
                compare(transform, real, (19, transform.input(n), n));
            }
            for (rows, given, n) in [(8, 3, 16), (16, 40, 16), (5, 7, 15), (33, 12, 64), (24, 1, 4), (17, 99, 200)] {
                compare(transform, real, (rows, given, n));
            }
        }
    }
}

#[test]
fn nothing_passes_from_row_to_row() {
    for (transform, n) in ALL.into_iter().flat_map(|t| [4, 15, 64, 360, 1000].map(|n| (t, n))) {
        let (from, to) = types(transform, DType::F64);
        let (given, rows, size) = (transform.input(n), 13, transform.output(n));
        let width = if from.is_complex() { 2 } else { 1 };
        let data = noise(rows * given * width);
        let mut spoiled = data.clone();
        spoiled[5 * given * width..6 * given * width].fill(f64::NAN);
        let (x, y) = (array(from, &[rows, given], &data), array(from, &[rows, given], &spoiled));
        for isa in Isa::all() {
            let of = |x: &Array| {
                let out = Array::uninit(to, &[rows, size]).unwrap();
                fft_by(isa, transform, (n, 1), 1.0, (x.into(), &out), None, &alone).unwrap();
                numbers(&out)
            };
            for (i, (a, b)) in of(&x).into_iter().zip(of(&y)).enumerate() {
                assert!(if i / size == 5 { b.re.is_nan() } else { a == b }, "{isa:?} {transform:?} {n} {i}");
            }
        }
    }
}
