use super::key::{F16Key, F64Key, Key};
use super::{LONG, argsort, sort};
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
        argsort(&x, &places, &one_by_one).unwrap();
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
