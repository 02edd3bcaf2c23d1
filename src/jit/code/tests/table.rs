//! Every native instruction at every type, alone.

use super::*;
use crate::dtype::{DType, Scalar};
use crate::jit::codegen::is_native;
use crate::ops::expr::ValueId;
use crate::ops::prim::Prim;

fn last(body: &Body) -> ValueId {
    ValueId(body.insts().len() as u32 - 1)
}

/// The operand types that an instruction takes, given the type of its first number.
fn operands(p: Prim, dtype: DType) -> Vec<DType> {
    match p {
        Prim::Select => vec![DType::Bool, dtype, dtype],
        _ => vec![dtype; p.arity()],
    }
}

#[test]
fn every_native_instruction_gives_the_scalar_bits() {
    let mut random = Random(1);
    let mut checked = 0;
    for p in Prim::ALL {
        for dtype in DType::ALL {
            let types = operands(p, dtype);
            if types.contains(&DType::F16) || p.result(&types).is_none() {
                continue;
            }
            let s = segment(&types, |body, loads| body.prim(p, loads));
            if is_native(&s.body, last(&s.body)) {
                check(&s, &mut random);
                checked += 1;
            }
        }
    }
    // Two floats, eight integers, bool: fewer means that an instruction has been lost.
    assert_eq!(checked, 2 * 24 + 8 * 20 + 18);
}

#[test]
fn every_native_cast_gives_the_scalar_bits() {
    let mut random = Random(2);
    let mut checked = 0;
    for from in DType::ALL {
        for to in DType::ALL.into_iter().filter(|&to| to != from) {
            let s = segment(&[from], |body, loads| body.cast(loads[0], to));
            if is_native(&s.body, ValueId(0)) && is_native(&s.body, last(&s.body)) {
                check(&s, &mut random);
                checked += 1;
            }
        }
    }
    // To and from bool; integers; narrow integers to floats; floats; floats to narrow integers.
    assert_eq!(checked, 2 * 10 + 8 * 7 + 6 * 2 + 2 + 2 * 5);
}

#[test]
fn constants_and_scalars_stand_in_for_operands() {
    let mut random = Random(3);
    for p in Prim::ALL {
        for dtype in DType::ALL {
            let types = operands(p, dtype);
            if dtype == DType::F16 || dtype.is_complex() || types.len() < 2 || p.result(&types).is_none() {
                continue;
            }
            for (at, &operand) in types.iter().enumerate() {
                let specials = scalar::specials(operand);
                let few = (0..specials.len()).filter(|i| i % 6 < 2 && *i < 14 || *i == specials.len() - 1);
                for bits in few.map(|i| specials[i]) {
                    let mut s = segment(&types, |body, loads| {
                        let mut args = loads.to_vec();
                        args[at] = body.constant(Scalar::from_bits(operand, u128::from(bits)));
                        body.prim(p, &args)
                    });
                    if is_native(&s.body, last(&s.body)) {
                        check(&s, &mut random);
                        s.operands[types.len() - 1 - at].access = Access::Scalar;
                        check(&s, &mut random);
                    }
                }
            }
        }
    }
}

#[test]
fn loads_and_constants_are_stored_as_they_are() {
    let mut random = Random(4);
    for dtype in DType::ALL {
        let mut s = segment(&[dtype, DType::F64], |_, loads| loads[0]);
        if !is_native(&s.body, ValueId(0)) {
            continue;
        }
        let one = s.body.constant(Scalar::one(dtype));
        s.stores.extend([one, ValueId(1), ValueId(0)]);
        check(&s, &mut random);
        s.operands[0].access = Access::Scalar;
        check(&s, &mut random);
    }
}

#[test]
fn every_native_instruction_and_cast_has_the_wider_vectors() {
    if !std::is_x86_feature_detected!("avx2") {
        return;
    }
    let widths = [(Width::Double, true), (Width::Quad, std::is_x86_feature_detected!("avx512vbmi2"))];
    let is_wide =
        |s: &Segment| widths.iter().all(|&(width, has)| !has || CompiledSegment::of_width(s, width).unwrap().is_some());
    for dtype in DType::ALL.into_iter().filter(|&d| d != DType::F16) {
        for p in Prim::ALL {
            let types = operands(p, dtype);
            if p.result(&types).is_some() {
                let s = segment(&types, |body, loads| body.prim(p, loads));
                assert!(!is_native(&s.body, last(&s.body)) || is_wide(&s), "{} {dtype}", p.name());
            }
        }
        for p in [Prim::Shl, Prim::Shr].into_iter().filter(|_| dtype.is_integer()) {
            let s = segment(&[dtype], |body, loads| {
                let count = body.constant(Scalar::one(dtype));
                body.prim(p, &[loads[0], count])
            });
            assert!(is_native(&s.body, last(&s.body)) && is_wide(&s), "{} {dtype}", p.name());
        }
        for to in DType::ALL.into_iter().filter(|&to| to != dtype) {
            let s = segment(&[dtype], |body, loads| body.cast(loads[0], to));
            assert!(!is_native(&s.body, last(&s.body)) || is_wide(&s), "{dtype} to {to}");
        }
    }
}

/// Compiled code and the tile routines stand in for one another: both are held to one oracle.
#[test]
fn tile_routines_give_the_same_bits() {
    use crate::kernels::tile::{scalar_cast, scalar_prim};
    let mut compared = 0;
    let mut compare = |s: &Segment, args: &[u64], routine: &dyn Fn(&[Scalar]) -> Scalar| {
        let dtype = s.body.dtype(s.stores[0]);
        let scalars: Vec<Scalar> =
            args.iter().zip(&s.operands).map(|(&bits, o)| Scalar::from_bits(o.dtype, u128::from(bits))).collect();
        let expected = scalar::evaluate(&s.body, |n| args[n])[s.stores[0].index()];
        let got = routine(&scalars).bits() as u64;
        let both_nan = !expected.certain && scalar::is_nan(dtype, got) && scalar::is_nan(dtype, expected.bits);
        assert!(got == expected.bits || both_nan, "{got:#x} instead of {expected:x?}: {scalars:?}\n{}", text(s));
        compared += 1;
    };
    for p in Prim::ALL {
        for dtype in DType::ALL {
            let types = operands(p, dtype);
            if dtype == DType::F16 || dtype.is_complex() || p.result(&types).is_none() {
                continue;
            }
            let s = segment(&types, |body, loads| body.prim(p, loads));
            if !is_native(&s.body, last(&s.body)) {
                continue;
            }
            let specials: Vec<Vec<u64>> = types.iter().map(|&t| scalar::specials(t)).collect();
            for at in 0..specials.iter().map(Vec::len).product::<usize>() {
                let mut rest = at;
                let args: Vec<u64> = specials
                    .iter()
                    .map(|list| {
                        let bits = list[rest % list.len()];
                        rest /= list.len();
                        bits
                    })
                    .collect();
                compare(&s, &args, &|args| scalar_prim(p, args));
            }
        }
    }
    for from in DType::ALL {
        for to in DType::ALL.into_iter().filter(|&to| to != from) {
            let s = segment(&[from], |body, loads| body.cast(loads[0], to));
            if is_native(&s.body, ValueId(0)) && is_native(&s.body, last(&s.body)) {
                scalar::specials(from).iter().for_each(|&x| compare(&s, &[x], &|args| scalar_cast(args[0], to)));
            }
        }
    }
    assert!(compared > 30_000);
}
