use super::key::{F16Key, F32Key, F64Key, Key, Number, Plain};
use super::number::sort_rows_with;
use super::scatter;
use super::vector::Integer;
use super::{LONG, argsort, sort, sort_rows, unique};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;

fn one_by_one(n: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    (0..n).for_each(work);
    Ok(())
}

fn array(values: &[f64]) -> Array {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    Array::from_bytes(DType::F64, &[values.len()], &bytes).unwrap()
}

fn bits(a: &Array) -> Vec<u64> {
    (0..a.size()).map(|i| a.element(&[i]).bits() as u64).collect()
}

/// Numbers in disorder, with ties, zeros of both signs and NaN.
fn disorder(n: usize) -> Vec<f64> {
    let value = |i: usize| match i.wrapping_mul(2_654_435_761) >> 7 & 0xfff {
        0 => f64::NAN,
        k if k % 17 == 1 => 0.0,
        k if k % 17 == 2 => -0.0,
        k => k as f64 - 2000.0,
    };
    (0..n).map(value).collect()
}

#[test]
fn keys_of_float16_are_numbered_in_order() {
    for bits in 0..=u16::MAX {
        assert_eq!(F16Key::decode(F16Key::encode(bits)), bits);
    }
    let ordered = [0xfc00u16, 0xfbff, 0x8001, 0x8000, 0, 1, 0x7bff, 0x7c00, 0x7c01, 0x7e00, 0x7fff, 0xfc01, 0xffff];
    assert!(ordered.map(F16Key::encode).is_sorted_by_key(|&k| if k > F16Key::encode(0x7c00) { u16::MAX } else { k }));
    for nan in [0x7c01u16, 0x7e00, 0xfc01, 0xffff] {
        assert_eq!(F16Key::rank(F16Key::encode(nan)), F16Key::encode(0x7e00));
    }
    assert_eq!(F64Key::rank(F64Key::encode((-0.0f64).to_bits())), F64Key::encode(0));
    assert_eq!(F64Key::rank(F64Key::encode((-f64::NAN).to_bits())), F64Key::encode(0x7ff8_0000_0000_0000));
}

#[test]
fn rows_of_any_length_are_sorted_stably() {
    for n in [1, 2, 63, 1000, LONG - 1, LONG, 3 * LONG + 7] {
        let values = disorder(n);
        let x = array(&values);
        let order = |v: &f64| if v.is_nan() { f64::INFINITY } else { *v };
        let mut want: Vec<(usize, f64)> = values.into_iter().enumerate().collect();
        want.sort_by(|a, b| order(&a.1).partial_cmp(&order(&b.1)).unwrap());
        let out = Array::uninit(DType::F64, &[n]).unwrap();
        sort(None, &x, &out, &one_by_one).unwrap();
        assert_eq!(bits(&out), want.iter().map(|w| w.1.to_bits()).collect::<Vec<_>>());
        let places = Array::uninit(DType::I64, &[n]).unwrap();
        argsort(None, &x, &places, &one_by_one).unwrap();
        assert_eq!(bits(&places), want.iter().map(|w| w.0 as u64).collect::<Vec<_>>());
        let part = Array::uninit(DType::F64, &[n]).unwrap();
        sort(Some(&[n / 2]), &x, &part, &one_by_one).unwrap();
        let at = |a: &Array, i: usize| order(&f64::from_bits(a.element(&[i]).bits() as u64));
        assert_eq!(at(&part, n / 2), at(&out, n / 2));
        assert!((0..n / 2).all(|i| at(&part, i) <= at(&out, n / 2)));
        assert!((n / 2..n).all(|i| at(&part, i) >= at(&out, n / 2)));
        sort(None, &x, &x, &one_by_one).unwrap();
        assert_eq!(bits(&x), bits(&out));
    }
}

/// Tasks shared out over threads, the last first.
fn by_threads(n: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    std::thread::scope(|s| {
        for k in 0..3 {
            s.spawn(move || (0..n).rev().filter(|t| t % 3 == k).for_each(work));
        }
    });
    Ok(())
}

/// Positions of elements whose last bits have no room beside a position: few that agree in the others, many, and nearly all.
#[test]
fn positions_are_those_of_a_stable_sort() {
    let hash = |i: usize| (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for n in [2, 3, 100, 5000, LONG - 1, LONG, 3 * LONG + 7] {
        let near = |m: u64| move |i: usize| f64::from_bits(1f64.to_bits() + hash(i) % m);
        let far = |i: usize, x: f64| match i % 1000 {
            1 => 1e300,
            2 => -1e300,
            _ => x,
        };
        let cases: [(DType, Vec<u64>); 8] = [
            (DType::F64, (0..n).map(|i| far(i, near(2)(i)).to_bits()).collect()),
            (DType::F64, (0..n).map(|i| far(i, near(1 << 10)(i)).to_bits()).collect()),
            (DType::F64, (0..n).map(|i| far(i, near(1 << 30)(i)).to_bits()).collect()),
            (DType::F64, (0..n).map(|i| near(1 << 10)(i).to_bits()).collect()),
            (DType::I64, (0..n).map(hash).collect()),
            (DType::U64, (0..n).map(|i| hash(i) >> 12 << 12 | (i as u64 & 1)).collect()),
            (DType::U64, (0..n).map(|i| [0, u64::MAX, 7, u64::MAX - 1][(hash(i) >> 62) as usize]).collect()),
            (DType::I64, (0..n).map(|i| hash(i) >> 60).collect()),
        ];
        for (case, (dtype, values)) in cases.into_iter().enumerate() {
            let order = |&i: &usize| match dtype {
                DType::F64 => i128::from(F64Key::rank(F64Key::encode(values[i]))),
                DType::I64 => i128::from(values[i] as i64),
                _ => i128::from(values[i]),
            };
            let mut want: Vec<usize> = (0..n).collect();
            want.sort_by_key(order);
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            let x = Array::from_bytes(dtype, &[n], &bytes).unwrap();
            let out = Array::uninit(DType::I64, &[n]).unwrap();
            argsort(None, &x, &out, &by_threads).unwrap();
            assert!(bits(&out).into_iter().eq(want.iter().map(|&w| w as u64)), "{n} {case}");
            let places = [n / 4, n - 1];
            argsort(Some(&places), &x, &out, &by_threads).unwrap();
            let got: Vec<usize> = bits(&out).into_iter().map(|b| b as usize).collect();
            for p in places {
                let middle = order(&want[p]);
                assert!(order(&got[p]) == middle && got[..p].iter().all(|i| order(i) <= middle), "{n} {case}");
                assert!(got[p..].iter().all(|i| order(i) >= middle), "{n} {case}");
            }
        }
    }
}

/// Every instruction set gives what the sort without vectors gives, for any threads, also in place.
fn instruction_sets_agree<K: Number>(dtype: DType, rank: impl Fn(u64) -> i128, bytes: impl Fn(usize) -> Vec<u8>) {
    for (rows, n) in [
        (1, 1),
        (3, 100),
        (50, 5),
        (37, 9),
        (20, 129),
        (2, 5000),
        (1, LONG - 1),
        (1, LONG),
        (2, LONG + 13),
        (1, 3 * LONG),
    ] {
        let bytes: Vec<u8> = (0..rows * n).flat_map(&bytes).collect();
        let array = || Array::from_bytes(dtype, &[rows, n], &bytes).unwrap();
        let all = |a: &Array| (0..rows * n).map(|i| a.element(&[i / n, i % n]).bits() as u64).collect::<Vec<_>>();
        let (x, want) = (array(), Array::uninit(dtype, &[rows, n]).unwrap());
        sort_rows::<K>(None, (rows, n), &x, &want, &one_by_one).unwrap();
        let places = [n / 10, n / 2, n - 1];
        let mut selected = Vec::new();
        for sorter in K::Int::sorters() {
            let out = Array::uninit(dtype, &[rows, n]).unwrap();
            sort_rows_with::<K>(&sorter, None, (rows, n), &x, &out, &by_threads).unwrap();
            assert_eq!(all(&out), all(&want), "{dtype} {n}");
            let place = array();
            sort_rows_with::<K>(&sorter, None, (rows, n), &place, &place, &one_by_one).unwrap();
            assert_eq!(all(&place), all(&want), "{dtype} {n}");
            sort_rows_with::<K>(&sorter, Some(&places), (rows, n), &x, &out, &one_by_one).unwrap();
            selected.push(all(&out));
            sort_rows_with::<K>(&sorter, Some(&places), (rows, n), &place, &out, &by_threads).unwrap();
            sort_rows_with::<K>(&sorter, None, (rows, n), &out, &place, &one_by_one).unwrap();
            // What was selected are the same elements.
            let total = |a: &Array| all(a).iter().fold(0u64, |sum, b| sum.wrapping_add(b.wrapping_mul(*b)));
            assert_eq!(total(&place), total(&want), "{dtype} {n}");
        }
        assert!(selected.windows(2).all(|s| s[0].len() == s[1].len()));
        for got in &selected {
            for (got, want) in got.chunks(n).zip(all(&want).chunks(n)) {
                for p in places {
                    let middle = rank(want[p]);
                    assert!(rank(got[p]) == middle, "{dtype} {n} {p}");
                    assert!(got[..p].iter().all(|b| rank(*b) <= middle) && got[p..].iter().all(|b| rank(*b) >= middle));
                }
            }
        }
    }
}

#[test]
fn every_instruction_set_sorts_as_without_vectors() {
    let hash = |i: usize| (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let special = |i: usize| match hash(i) >> 40 & 0x3f {
        0 => f64::NAN,
        1 => -f64::NAN,
        2 => 0.0,
        3 => -0.0,
        4 => f64::INFINITY,
        5 => f64::NEG_INFINITY,
        _ => hash(i) as i64 as f64,
    };
    let rank64 = |b: u64| i128::from(F64Key::rank(F64Key::encode(b)));
    let rank32 = |b: u64| i128::from(F32Key::rank(F32Key::encode(b as u32)));
    instruction_sets_agree::<F64Key>(DType::F64, rank64, |i| special(i).to_le_bytes().to_vec());
    instruction_sets_agree::<F32Key>(DType::F32, rank32, |i| (special(i) as f32).to_le_bytes().to_vec());
    instruction_sets_agree::<F64Key>(DType::F64, rank64, |i| {
        (if i % 2 == 0 { 0.0 } else { -0.0f64 }).to_le_bytes().to_vec()
    });
    instruction_sets_agree::<Plain<u64>>(DType::U64, i128::from, |i| hash(i).to_le_bytes().to_vec());
    instruction_sets_agree::<Plain<i64>>(
        DType::I64,
        |b| i128::from(b as i64),
        |i| (hash(i) as i64 >> 50).to_le_bytes().to_vec(),
    );
    instruction_sets_agree::<Plain<u32>>(DType::U32, i128::from, |i| (hash(i) as u32).to_le_bytes().to_vec());
    instruction_sets_agree::<Plain<i32>>(
        DType::I32,
        |b| i128::from(b as i32),
        |i| (hash(i) as i32).to_le_bytes().to_vec(),
    );
}

#[test]
fn scatter_undoes_argsort() {
    for n in [0, 1, 100, LONG] {
        let x = array(&disorder(n));
        let (order, places) = (Array::uninit(DType::I64, &[n]).unwrap(), Array::uninit(DType::F64, &[n]).unwrap());
        argsort(None, &x, &order, &one_by_one).unwrap();
        let (values, order_of) = (bits(&x), bits(&order));
        let sorted = array(&order_of.iter().map(|i| f64::from_bits(values[*i as usize])).collect::<Vec<_>>());
        scatter(&sorted, &order, &places, &by_threads).unwrap();
        assert_eq!(bits(&places), bits(&x));
    }
}

#[test]
fn scatter_writes_nothing_outside() {
    let numbers = |v: &[i64]| {
        let bytes: Vec<u8> = v.iter().flat_map(|v| v.to_le_bytes()).collect();
        Array::from_bytes(DType::I64, &[v.len()], &bytes).unwrap()
    };
    let out = Array::uninit(DType::I64, &[4]).unwrap();
    scatter(&numbers(&[5, 6, 7, 8]), &numbers(&[3, -1, 4, i64::MAX]), &out, &one_by_one).unwrap();
    assert_eq!(bits(&out), [0, 0, 0, 5]);
}

#[test]
fn distinct_elements_are_the_first_of_equal_ones() {
    let nearly_all_new = |n: usize| (0..n).rev().map(|i| (i - usize::from(i % 97 == 5)) as f64).collect();
    let sizes = [1, 100, LONG - 1, LONG, 2 * LONG + 5];
    for (n, values) in sizes.into_iter().flat_map(|n| [(n, disorder(n)), (n, nearly_all_new(n))]) {
        let mut want = values.clone();
        let order = |v: &f64| if v.is_nan() { f64::INFINITY } else { *v };
        want.sort_by(|a, b| order(a).partial_cmp(&order(b)).unwrap());
        for equal_nan in [true, false] {
            let mut want = want.clone();
            want.dedup_by(|b, a| a == b || equal_nan && a.is_nan() && b.is_nan());
            let (out, count) = (Array::uninit(DType::F64, &[n]).unwrap(), Array::uninit(DType::I64, &[]).unwrap());
            unique(equal_nan, &array(&values), &out, &count, &by_threads).unwrap();
            assert_eq!(count.element(&[]).bits() as usize, want.len());
            assert_eq!(bits(&out)[..want.len()], want.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
        }
    }
}
