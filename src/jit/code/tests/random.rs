//! Random straight-line bodies.

use super::*;
use crate::dtype::{DType, Scalar};
use crate::jit::codegen::is_native;
use crate::ops::expr::ValueId;
use crate::ops::prim::Prim;

const TYPES: [DType; 11] = [
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
];

/// A body of native instructions over up to six operands of at most three types (and bool).
pub(super) fn random_segment(random: &mut Random) -> Segment {
    let palette: Vec<DType> = (0..1 + random.below(3)).map(|_| TYPES[random.below(TYPES.len())]).collect();
    random_segment_of(random, &palette)
}

/// A body of native instructions over up to six operands of these types.
fn random_segment_of(random: &mut Random, palette: &[DType]) -> Segment {
    let mut body = Body::default();
    let mut operands = Vec::new();
    for n in 0..1 + random.below(6) {
        let dtype = palette[random.below(palette.len())];
        let access = if random.below(4) == 0 { Access::Scalar } else { Access::Unit };
        operands.push(Operand { dtype, access });
        body.load(n as u16, dtype);
    }
    let length = operands.len() + 1 + random.below(24);
    for _ in 0..500 {
        if body.insts().len() >= length {
            break;
        }
        let mut grown = body.clone();
        let before = grown.insts().len();
        let pick = |random: &mut Random, body: &Body| ValueId(random.below(body.insts().len()) as u32);
        match random.below(10) {
            0 => {
                let dtype = palette[random.below(palette.len())];
                let specials = scalar::specials(dtype);
                grown.constant(Scalar::from_bits(dtype, u128::from(specials[random.below(specials.len())])));
            }
            1 | 2 => {
                let v = pick(random, &grown);
                let to = if random.below(4) == 0 { DType::Bool } else { palette[random.below(palette.len())] };
                grown.cast(v, to);
            }
            _ => {
                let p = Prim::ALL[random.below(Prim::ALL.len())];
                let args: Vec<ValueId> = (0..p.arity()).map(|_| pick(random, &grown)).collect();
                let types: Vec<DType> = args.iter().map(|&a| grown.dtype(a)).collect();
                if p.result(&types).is_none() {
                    continue;
                }
                grown.prim(p, &args);
            }
        }
        if (before..grown.insts().len()).all(|i| is_native(&grown, ValueId(i as u32))) {
            body = grown;
        }
    }
    let stores = some_stores(random, &body, 4);
    Segment { operands, body, stores, folds: Vec::new() }
}

/// The last value, and fewer than so many others.
fn some_stores(random: &mut Random, body: &Body, most: usize) -> Vec<ValueId> {
    let mut stores = vec![ValueId(body.insts().len() as u32 - 1)];
    for _ in 0..random.below(most) {
        stores.push(ValueId(random.below(body.insts().len()) as u32));
    }
    stores
}

#[test]
fn random_bodies_give_the_scalar_bits() {
    for seed in 1..=3000u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let segment = random_segment(&mut random);
        check(&segment, &mut random);
    }
}

#[test]
fn random_bodies_are_rarely_refused_the_wider_vectors() {
    if !std::is_x86_feature_detected!("avx2") {
        return;
    }
    let (mut wide, mut refused) = (0, 0);
    for seed in 1..=3000u64 {
        let segment = random_segment(&mut Random(seed.wrapping_mul(0xa076_1d64_78bd_642f)));
        match CompiledSegment::of_width(&segment, Width::Double).unwrap() {
            Some(_) => wide += 1,
            None => refused += 1,
        }
    }
    // Each one costs a second compilation. What is left are bodies with more values than registers.
    assert!(wide > 500 && refused * 50 < wide, "{refused} refused, {wide} widened");
}

#[test]
fn bodies_of_one_width_give_the_scalar_bits_by_512_bits() {
    let (mut wide, mut refused) = (0, 0);
    for seed in 1..=3000u64 {
        let mut random = Random(seed.wrapping_mul(0xd134_2543_de82_ef95));
        let palette: &[DType] = match random.below(4) {
            0 => &[DType::F32],
            1 => &[DType::F64],
            2 => &[DType::F32, DType::I32],
            _ => &[DType::I64, DType::U64],
        };
        let mut segment = random_segment_of(&mut random, palette);
        segment.stores.retain(|&v| segment.body.dtype(v) != DType::Bool);
        if segment.stores.is_empty() {
            continue;
        }
        check(&segment, &mut random);
        match CompiledSegment::of_width(&segment, Width::Quad).unwrap() {
            Some(_) => wide += 1,
            None => refused += 1,
        }
    }
    let has_512_bits = std::is_x86_feature_detected!("avx512bw") && std::is_x86_feature_detected!("avx512vbmi2");
    // What is left are bodies with more values than registers.
    assert!(!has_512_bits || wide > 1500 && refused * 20 < wide, "{refused} refused, {wide} widened");
}
