//! Products against the definition, for every instruction set, with dirty memory and any order of tasks.

use super::*;
use crate::array::{Buffer, Shape, Strides};
use crate::dtype::Scalar;
use crate::kernels::Making;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU8, Ordering};

/// Elements of a small range, so that sums of a few hundred products are exact in every type but the smallest integers.
fn random(dtype: DType, shape: &[usize], seed: &mut u64) -> Array {
    let n: usize = shape.iter().product();
    let mut bytes = Vec::with_capacity(n * dtype.size());
    let mut next = || {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) as i64 % 15 - 7
    };
    for _ in 0..n {
        let s = match dtype {
            DType::Bool => Scalar::from_i128(dtype, i128::from(next() > 4)),
            t if t.is_complex() => Scalar::from_complex(t, next() as f64, next() as f64),
            t => Scalar::from_i128(t, i128::from(next())),
        };
        bytes.extend_from_slice(&s.bytes()[..dtype.size()]);
    }
    Array::from_bytes(dtype, shape, &bytes).unwrap()
}

/// The same matrices with their last two axes exchanged in memory.
fn transposed(x: &Array) -> Array {
    let n = x.ndim();
    let (mut shape, mut strides) = (Shape::from_slice(x.shape()), Strides::from_slice(x.strides()));
    shape.swap(n - 2, n - 1);
    strides.swap(n - 2, n - 1);
    x.with_layout(x.offset(), shape, strides).unwrap()
}

/// Element (i, j) by the definition, in 128 bits or in a pair of float64; both exact here.
fn expected(a: &Array, b: &Array, i: usize, j: usize) -> Scalar {
    let t = a.dtype();
    let pairs = (0..a.shape()[1]).map(|p| (a.element(&[i, p]), b.element(&[p, j])));
    match t {
        DType::Bool => Scalar::from_i128(t, i128::from(pairs.into_iter().any(|(x, y)| x.to_i128() * y.to_i128() != 0))),
        _ if t.is_complex() => {
            let sum = pairs.fold((0.0, 0.0), |s: (f64, f64), (x, y)| {
                let ((a, b), (c, d)) = (x.to_complex(), y.to_complex());
                (s.0 + a * c - b * d, s.1 + a * d + b * c)
            });
            Scalar::from_complex(t, sum.0, sum.1)
        }
        _ => {
            let sum = pairs.fold(0, |s: i128, (x, y)| s.wrapping_add(x.to_i128().wrapping_mul(y.to_i128())));
            let bits = 8 * t.size() as u32;
            if t.is_integer() && bits < 128 {
                let wrapped = sum & ((1 << bits) - 1);
                return Scalar::from_bits(t, wrapped as u128);
            }
            Scalar::from_f64(t, sum as f64)
        }
    }
}

const TYPES: [DType; 13] = [
    DType::Bool,
    DType::I8,
    DType::U8,
    DType::I16,
    DType::U16,
    DType::I32,
    DType::U32,
    DType::I64,
    DType::U64,
    DType::F32,
    DType::F64,
    DType::C64,
    DType::C128,
];

/// An array of the result's shape that holds what must not be there afterwards.
fn dirty(dtype: DType, shape: &[usize]) -> Array {
    let n = shape.iter().product::<usize>() * dtype.size();
    Array::from_bytes(dtype, shape, &vec![0xff; n]).unwrap()
}

/// Tasks on this thread, from the last to the first.
fn backwards(n: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    (0..n).rev().for_each(work);
    Ok(())
}

/// Fills the pool's free blocks of this thread's scratch sizes with NaN.
fn soil() {
    for bytes in [64 << 10, 256 << 10, 512 << 10, 1 << 20, 8 << 20] {
        let mut buffer = Buffer::new(bytes).unwrap();
        buffer.fill_from(&vec![0xff; bytes]);
    }
}

fn check(isa: Isa, a: &Array, b: &Array) {
    let (m, n) = (a.shape()[0], b.shape()[1]);
    let out = dirty(a.dtype(), &[m, n]);
    product(isa, [false; 2], [a.into(), b.into()], &out, None, &backwards).unwrap();
    for i in 0..m {
        for j in 0..n {
            let (got, want) = (out.element(&[i, j]), expected(a, b, i, j));
            // A zero of the other sign is as good: sums start with plus zero.
            assert!(
                got.bits() == want.bits() || got.to_complex() == want.to_complex(),
                "{isa:?} {} {m}x{n}x{} at ({i}, {j}): {got:?}, not {want:?}",
                a.dtype(),
                a.shape()[1]
            );
        }
    }
}

#[test]
fn small_products_of_every_type_and_layout() {
    soil();
    let mut seed = 1;
    for isa in Isa::all() {
        for t in TYPES {
            for (m, n, k) in [
                (1, 1, 1),
                (1, 9, 3),
                (9, 1, 3),
                (37, 1, 2),
                (1, 37, 4),
                (3, 5, 2),
                (6, 8, 7),
                (7, 17, 5),
                (13, 33, 20),
                (4, 4, 1),
            ] {
                let (a, b) = (random(t, &[m, k], &mut seed), random(t, &[k, n], &mut seed));
                let (c, d) = (random(t, &[k, m], &mut seed), random(t, &[n, k], &mut seed));
                check(isa, &a, &b);
                check(isa, &transposed(&c), &b);
                check(isa, &a, &transposed(&d));
                check(isa, &transposed(&c), &transposed(&d));
            }
        }
    }
}

#[test]
fn short_columns_have_the_bits_of_each_alone() {
    let mut seed = 9;
    let of = |isa: Isa, a: &Array, b: &Array| {
        let out = dirty(a.dtype(), &[a.shape()[0], b.shape()[1]]);
        product(isa, [false; 2], [a.into(), b.into()], &out, None, &backwards).unwrap();
        elements(&out)
    };
    for isa in Isa::all() {
        for t in [DType::F64, DType::F32] {
            for k in 1..=5 {
                let (x, b) = (rough(t, &[1, k], &mut seed), rough(t, &[200, k], &mut seed));
                let columns = elements(&b);
                let alone = columns.chunks(k * t.size()).flat_map(|column| {
                    let column = Array::from_bytes(t, &[k, 1], column).unwrap();
                    of(isa, &x, &column)
                });
                assert!(alone.eq(of(isa, &x, &transposed(&b))), "{k} of {t}, {isa:?}");
            }
        }
    }
}

#[test]
fn products_that_are_cut_into_blocks_and_tasks() {
    soil();
    let mut seed = 2;
    for isa in Isa::all() {
        for t in [DType::F64, DType::F32, DType::C128, DType::C64, DType::I32, DType::Bool] {
            for (m, n, k) in
                [(150, 130, 300), (5, 900, 130), (1, 2500, 40), (1, 40, 2500), (2500, 1, 40), (3, 4, 20_000)]
            {
                let (a, b) = (random(t, &[m, k], &mut seed), random(t, &[n, k], &mut seed));
                check(isa, &a, &transposed(&b));
                let b = random(t, &[k, n], &mut seed);
                check(isa, &a, &b);
            }
        }
    }
}

#[test]
fn strides_of_no_whole_number_of_elements() {
    let mut seed = 3;
    // Complex numbers 24 bytes apart.
    let raw = random(DType::F64, &[9 * 7 * 3], &mut seed);
    let a = Array::from_parts(
        raw.buffer().clone(),
        0,
        Shape::from_slice(&[9, 7]),
        Strides::from_slice(&[7 * 24, 24]),
        DType::C128,
    )
    .unwrap();
    let b = random(DType::C128, &[7, 5], &mut seed);
    for isa in Isa::all() {
        check(isa, &a, &b);
        check(isa, &transposed(&b), &transposed(&a));
    }
}

#[test]
fn batches_broadcast() {
    let mut seed = 4;
    for isa in Isa::all() {
        for (left, right, front) in
            [(&[2, 3][..], &[3][..], &[2, 3][..]), (&[4], &[], &[4]), (&[], &[4], &[4]), (&[2, 1], &[1, 3], &[2, 3])]
        {
            let with = |own: &[usize], m: usize, n: usize| [own, &[m, n]].concat();
            let a = random(DType::F64, &with(left, 5, 4), &mut seed);
            let b = random(DType::F64, &with(right, 4, 7), &mut seed);
            let out = dirty(DType::F64, &with(front, 5, 7));
            product(isa, [false; 2], [(&a).into(), (&b).into()], &out, None, &backwards).unwrap();
            let at = |x: &Array, own: &[usize], index: &[usize]| {
                let skip = index.len() - own.len();
                let from = index[skip..]
                    .iter()
                    .zip(own)
                    .zip(x.strides())
                    .map(|((&i, &n), &s)| if n == 1 { 0 } else { i as isize * s });
                let offset = x.offset().wrapping_add_signed(from.sum());
                let n = x.ndim();
                x.with_layout(offset, x.shape()[n - 2..].into(), x.strides()[n - 2..].into()).unwrap()
            };
            for i in 0..front.iter().product::<usize>() {
                let index: Vec<usize> = match front {
                    [_, n] => vec![i / n, i % n],
                    _ => vec![i],
                };
                let (x, y, z) = (at(&a, left, &index), at(&b, right, &index), at(&out, front, &index));
                for r in 0..5 {
                    for c in 0..7 {
                        assert_eq!(z.element(&[r, c]).to_f64(), expected(&x, &y, r, c).to_f64());
                    }
                }
            }
        }
    }
}

/// The bytes of element `i` in C order.
fn bytes(x: &Array, mut i: usize) -> Vec<u8> {
    let mut index = vec![0; x.ndim()];
    for (at, &n) in index.iter_mut().zip(x.shape()).rev() {
        (*at, i) = (i % n, i / n);
    }
    x.element(&index).bytes()[..x.dtype().size()].to_vec()
}

fn elements(x: &Array) -> Vec<u8> {
    (0..x.size()).flat_map(|i| bytes(x, i)).collect()
}

/// Numbers whose products round.
fn rough(dtype: DType, shape: &[usize], seed: &mut u64) -> Array {
    let exact = random(dtype, shape, seed);
    if !dtype.is_float() && !dtype.is_complex() {
        return exact;
    }
    let count = shape.iter().product::<usize>() * dtype.size() / dtype.real().size();
    let numbers = (0..count).map(|i| (i as f64 + *seed as f64 * 1e-19).sin());
    let bytes: Vec<u8> = match dtype.real() {
        DType::F32 => numbers.flat_map(|x| (x as f32).to_ne_bytes()).collect(),
        _ => numbers.flat_map(f64::to_ne_bytes).collect(),
    };
    Array::from_bytes(dtype, shape, &bytes).unwrap()
}

#[test]
fn a_matrix_by_itself_transposed_has_the_bits_of_the_whole_product() {
    soil();
    let mut seed = 6;
    for isa in Isa::all() {
        for t in [DType::F64, DType::F32, DType::C128, DType::C64, DType::I32] {
            for shape in
                [&[50, 7][..], &[7, 50], &[300, 33], &[33, 300], &[150, 129], &[700, 260], &[20_000, 40], &[5, 60, 40]]
            {
                let a = rough(t, shape, &mut seed);
                let turned = transposed(&a);
                for (left, right) in [(&turned, &a), (&a, &turned)] {
                    if *right.shape().last().unwrap() > 1000 {
                        continue;
                    }
                    let copy = Array::from_bytes(t, left.shape(), &elements(left)).unwrap();
                    let mut square = left.shape().to_vec();
                    *square.last_mut().unwrap() = *right.shape().last().unwrap();
                    let (half, whole) = (dirty(t, &square), dirty(t, &square));
                    product(isa, [false; 2], [left.into(), right.into()], &half, None, &backwards).unwrap();
                    product(isa, [false; 2], [(&copy).into(), right.into()], &whole, None, &backwards).unwrap();
                    assert!(elements(&half) == elements(&whole), "{isa:?} {t} {shape:?}");
                }
            }
        }
    }
}

#[test]
fn elements_are_taken_once_when_they_are_done() {
    soil();
    let mut seed = 7;
    for isa in Isa::all() {
        for t in [DType::F64, DType::C64, DType::I32] {
            for (left, right) in [
                (&[3, 2][..], &[2, 4][..]),
                (&[1, 300], &[300, 500]),
                (&[500, 300], &[300, 1]),
                (&[4, 20_000], &[20_000, 3]),
                (&[900, 40], &[40, 30]),
                (&[150, 300], &[300, 130]),
                (&[2000, 260], &[260, 70]),
                (&[5, 900], &[900, 700]),
                (&[300, 7, 9], &[9, 8]),
                (&[300, 7, 9], &[300, 9, 8]),
                (&[3, 0], &[0, 5]),
            ] {
                let (a, b) = (rough(t, left, &mut seed), rough(t, right, &mut seed));
                let size = [&left[..left.len() - 1], &right[right.len() - 1..]].concat();
                let (out, whole) = (dirty(t, &size), dirty(t, &size));
                product(isa, [false; 2], [(&a).into(), (&b).into()], &whole, None, &backwards).unwrap();
                let times: Vec<AtomicU8> = (0..out.size()).map(|_| AtomicU8::new(0)).collect();
                let expected = elements(&whole);
                let take = |first: usize, count: usize| {
                    for i in first..first + count {
                        times[i].fetch_add(1, Ordering::Relaxed);
                        assert_eq!(
                            bytes(&out, i),
                            expected[i * t.size()..][..t.size()],
                            "{isa:?} {t} {left:?} {right:?} at {i}"
                        );
                    }
                };
                product(isa, [false; 2], [(&a).into(), (&b).into()], &out, Some(&take), &backwards).unwrap();
                assert!(times.iter().all(|t| t.load(Ordering::Relaxed) == 1), "{isa:?} {t} {left:?} {right:?}");
            }
        }
    }
}

#[test]
fn what_is_made_where_it_is_read_has_the_bits_of_what_is_stored() {
    soil();
    let mut seed = 8;
    /// Lengths of what each operand is made of and whether that is turned; which are made.
    type Case = (&'static [usize], bool, &'static [usize], bool, [bool; 2]);
    let cases: [Case; 8] = [
        (&[5000, 7], false, &[7, 3], false, [true, false]),
        (&[2111, 9], false, &[9, 1], false, [true, false]),
        (&[3001, 300], false, &[300, 64], true, [true, false]),
        (&[2, 3000], false, &[3000, 2], false, [true, false]),
        (&[40_000, 3], true, &[40_000, 4], false, [true, false]),
        (&[40_000, 3], true, &[40_000, 4], false, [false, true]),
        (&[30_001, 33], true, &[30_001, 12], false, [true, true]),
        (&[900, 3], true, &[900, 2], false, [true, true]),
    ];
    for isa in Isa::all() {
        for t in [DType::F64, DType::F32, DType::C128, DType::I32] {
            for (left, left_turned, right, right_turned, is_made) in cases {
                let below = [rough(t, left, &mut seed), rough(t, right, &mut seed)];
                let seen = |x: &Array, turned: bool| if turned { transposed(x) } else { x.clone() };
                let stored = [seen(&below[0], left_turned), seen(&below[1], right_turned)];
                made_as_stored(isa, [&below[0], &below[1]], [&stored[0], &stored[1]], is_made);
                if right == [900, 2] {
                    let (x, turned) = (rough(t, &[20_000, 40], &mut seed), true);
                    made_as_stored(isa, [&x, &x], [&seen(&x, turned), &x], [true, true]);
                }
            }
        }
    }
}

/// Products of operands of which some are made of the elements of those below, and of the same in memory.
fn made_as_stored(isa: Isa, below: [&Array; 2], stored: [&Array; 2], is_made: [bool; 2]) {
    let t = stored[0].dtype();
    let shape = [stored[0].shape()[0], stored[1].shape()[1]];
    let (together, apart) = (dirty(t, &shape), dirty(t, &shape));
    let operands = stored.map(Operand::from);
    product(isa, [false; 2], operands, &together, None, &backwards).unwrap();
    let bytes = below.map(elements);
    let makes = [0, 1].map(|k| {
        let bytes = &bytes[k];
        move |first: usize, to: &mut [MaybeUninit<u8>]| {
            to.iter_mut().zip(&bytes[first * t.size()..]).for_each(|(to, &byte)| {
                to.write(byte);
            });
        }
    });
    let making = |k: usize| {
        let number = if std::ptr::eq(below[0], below[1]) { 0 } else { k };
        let (shape, strides) = (stored[k].shape(), stored[k].strides());
        Operand::Made(Making { shape, strides, dtype: t, number, make: &makes[k] })
    };
    let operands = [0, 1].map(|k| if is_made[k] { making(k) } else { operands[k] });
    product(isa, [false; 2], operands, &apart, None, &backwards).unwrap();
    assert!(elements(&together) == elements(&apart), "{isa:?} {t} {:?} {:?}", stored[0].shape(), stored[1].shape());
}

#[test]
fn a_sum_of_nothing_is_zero() {
    let (a, b) = (random(DType::F64, &[3, 0], &mut 5), random(DType::F64, &[0, 2], &mut 5));
    let out = dirty(DType::F64, &[3, 2]);
    product(Isa::best(), [false; 2], [(&a).into(), (&b).into()], &out, None, &backwards).unwrap();
    assert!((0..3).all(|i| (0..2).all(|j| out.element(&[i, j]).bits() == 0)));
}
