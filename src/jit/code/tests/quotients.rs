//! Quotients made of products, against divisions: their bits, and the flags that they raise.

use super::*;
use crate::dtype::Scalar;
use crate::kernels::flags;
use crate::ops::fault::{Fault, Faults};
use std::hint::black_box;

const ROWS: usize = 3;

/// Divisors of every way: powers of two, those of two products and those of residuals, and such as only divisions do.
const DIVISORS: [f64; 20] = [
    1.7,
    -1.7,
    255.0,
    3.0,
    -3.0,
    0.1,
    1.234567,
    2.506_628,
    -2.506_628,
    1e-3,
    1e10,
    4.0,
    -0.5,
    1.0,
    1e30,
    1e-30,
    0.0,
    -0.0,
    f64::INFINITY,
    f64::NAN,
];

/// `x / divisor`, of a constant or a scalar operand.
fn by(divisor: Option<f64>, dtype: DType) -> Segment {
    let mut body = Body::default();
    let x = body.load(0, dtype);
    let mut operands = vec![Operand { dtype, access: Access::Unit }];
    let d = match divisor {
        Some(d) => body.constant(Scalar::from_f64(dtype, d)),
        None => {
            operands.push(Operand { dtype, access: Access::Scalar });
            body.load(1, dtype)
        }
    };
    let quotient = body.prim(Prim::Div, &[x, d]);
    Segment { operands, body, stores: vec![quotient], folds: Vec::new() }
}

/// The bits of a quotient, as the processor divides.
fn divided(x: u64, d: u64, dtype: DType) -> u64 {
    match dtype {
        DType::F32 => {
            let quotient = black_box(f32::from_bits(black_box(x as u32))) / f32::from_bits(black_box(d as u32));
            u64::from(black_box(quotient).to_bits())
        }
        _ => black_box(black_box(f64::from_bits(black_box(x))) / f64::from_bits(black_box(d))).to_bits(),
    }
}

/// Dividends of a kind: far from where anything is lost, zeros and numbers that are none among them.
fn moderate(random: &mut Random, dtype: DType, n: usize) -> Vec<u64> {
    let specials = [0.0, -0.0, 1.0, -7.0, 510.0].map(|x| Scalar::from_f64(dtype, x).bits() as u64);
    let nans = if dtype == DType::F32 { [0x7fc0_1234, 0xffc0_0001] } else { [0x7ff8 << 48 | 5, 0xfff8 << 48 | 9] };
    let mut one = || match random.below(8) {
        0 => specials[random.below(5)],
        1 => nans[random.below(2)],
        _ => {
            let digits = 1.0 + (random.next() >> 12) as f64 * f64::EPSILON;
            let x = digits * 2f64.powi(random.below(40) as i32 - 20);
            Scalar::from_f64(dtype, if random.below(2) == 0 { x } else { -x }).bits() as u64
        }
    };
    (0..n).map(|_| one()).collect()
}

/// Calls a kernel over rows of dividends, with a divisor each if these are an operand; the quotients' bits, and the flags.
fn call(kernel: &CompiledSegment, dividends: &[u64], divisors: [u64; ROWS], dtype: DType) -> (Vec<u64>, Faults) {
    let (size, n) = (dtype.size(), dividends.len() / ROWS);
    let bytes = |words: &[u64]| words.iter().flat_map(|w| w.to_le_bytes()[..size].to_vec()).collect::<Vec<u8>>();
    let (x, d) = (bytes(dividends), bytes(&divisors));
    let mut out = vec![0xa5; x.len()];
    let mut ptrs = vec![x.as_ptr().cast_mut(), out.as_mut_ptr()];
    let mut steps = vec![(n * size) as isize; 2];
    if kernel.operands().len() == 2 {
        ptrs.insert(1, d.as_ptr().cast_mut());
        steps.insert(1, size as isize);
    }
    let rows = Rows { count: ROWS, steps: &steps };
    // SAFETY: each row of operands and results lies in its vector.
    let ((), raised) = flags::watched(|| unsafe { kernel.call(&mut ptrs, n, rows) });
    ((0..dividends.len()).map(|i| element(&out, dtype, i)).collect(), raised)
}

/// Whether the last call was left to products.
fn was_quick(kernel: &CompiledSegment) -> bool {
    kernel.quick.as_ref().is_some_and(|quick| quick.is_trusted())
}

fn check(dtype: DType, constant: Option<f64>, divisors: [f64; ROWS], random: &mut Random) {
    let segment = by(constant, dtype);
    let divisors = divisors.map(|d| Scalar::from_f64(dtype, d).bits() as u64);
    for width in [Width::Single, Width::Double, Width::Quad] {
        let Some(kernel) = CompiledSegment::of_width(&segment, width).unwrap() else { continue };
        let n = kernel.block().max(100);
        let ordinary = moderate(random, dtype, ROWS * n);
        let any: Vec<u8> = elements(random, dtype, ROWS * n);
        let any: Vec<u64> = (0..ROWS * n).map(|i| element(&any, dtype, i)).collect();
        let mut infinite = ordinary.clone();
        infinite[n / 2] = Scalar::from_f64(dtype, f64::NEG_INFINITY).bits() as u64;
        for dividends in [&ordinary, &any, &infinite, &ordinary] {
            let (got, raised) = call(&kernel, dividends, divisors, dtype);
            let expect = || (0..ROWS * n).map(|i| divided(dividends[i], divisors[i / n], dtype)).collect::<Vec<u64>>();
            let (expected, flags) = flags::watched(expect);
            for i in 0..ROWS * n {
                let (x, d) = (dividends[i], divisors[i / n]);
                assert_eq!(got[i], expected[i], "{dtype} {x:#x} / {d:#x}, {width:?}");
            }
            assert_eq!(raised, flags, "{dtype} by {constant:?}, {divisors:x?}, {width:?}");
        }
    }
}

#[test]
fn quotients_by_numbers_are_those_of_divisions() {
    let mut random = Random(7);
    for dtype in [DType::F32, DType::F64] {
        for d in DIVISORS {
            check(dtype, Some(d), [d; ROWS], &mut random);
            check(dtype, None, [d, 1.7, 1.234567], &mut random);
        }
        for _ in 0..60 {
            let mut any =
                || 2f64.powi(random.below(30) as i32 - 15) * (1.0 + (random.next() >> 12) as f64 * f64::EPSILON);
            let divisors = [any(), any(), any()];
            check(dtype, Some(Scalar::from_f64(dtype, divisors[0]).to_f64()), [divisors[0]; ROWS], &mut random);
            check(dtype, None, divisors, &mut random);
        }
    }
}

#[test]
fn products_are_taken_where_they_are_right() {
    let mut random = Random(11);
    let Some(kernel) = CompiledSegment::of_width(&by(Some(1.7), DType::F64), Width::Double).unwrap() else { return };
    let divisors = [1.7f64.to_bits(); ROWS];
    let ordinary = moderate(&mut random, DType::F64, ROWS * 96);
    call(&kernel, &ordinary, divisors, DType::F64);
    assert!(was_quick(&kernel));
    let mut tiny = ordinary.clone();
    tiny[50] = 3;
    let (_, raised) = call(&kernel, &tiny, divisors, DType::F64);
    assert!(raised.has(Fault::Underflow) && !was_quick(&kernel));
    // Some calls later they are tried again.
    for _ in 0..20 {
        call(&kernel, &ordinary, divisors, DType::F64);
    }
    assert!(was_quick(&kernel));
}

#[test]
fn only_what_divides_is_compiled_twice() {
    for (p, dtype, twice) in
        [(Prim::Div, DType::F64, true), (Prim::Mul, DType::F64, false), (Prim::Sub, DType::F32, false)]
    {
        let s = segment(&[dtype], |body, loads| {
            let k = body.lit(1.7, dtype);
            body.prim(p, &[loads[0], k])
        });
        let Some(kernel) = CompiledSegment::of_width(&s, Width::Double).unwrap() else { return };
        assert_eq!(kernel.quick.is_some(), twice, "{p:?}");
    }
}

#[test]
fn what_is_divided_in_place_is_divided() {
    let dtype = DType::F64;
    let Some(kernel) = CompiledSegment::of_width(&by(Some(1.7), dtype), Width::Double).unwrap() else { return };
    let n = 4 * kernel.block();
    let mut x: Vec<f64> = (0..n).map(|i| i as f64).collect();
    x[5] = f64::MIN_POSITIVE;
    let expected: Vec<f64> = x.iter().map(|x| x / 1.7).collect();
    let mut ptrs = [x.as_mut_ptr().cast::<u8>(); 2];
    // SAFETY: the elements are there, and overlap in a way that calls allow: equal pointers, whole blocks.
    unsafe { kernel.call(&mut ptrs, n, Rows::ONE) };
    assert_eq!(x, expected);
}
