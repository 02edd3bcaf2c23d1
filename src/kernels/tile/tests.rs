//! Tile routines: both instruction sets alike, in place as apart, and NumPy's corner cases.
#![expect(unsafe_code, reason = "calls tile routines on local memory")]

use super::isa::Isa;
use super::{cast, prim_for, scalar_cast, scalar_prim};
use crate::dtype::{DType, Scalar};
use crate::kernels::TileFn;
use crate::ops::prim::Prim;

const LENGTHS: [usize; 9] = [1, 2, 3, 7, 8, 9, 31, 64, 1000];

/// Memory aligned for every type.
#[derive(Clone)]
struct Memory(Vec<u128>);

impl Memory {
    fn new(bytes: usize) -> Memory {
        Memory(vec![0; bytes.div_ceil(16)])
    }

    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: bytes have no alignment, and every pattern of bits is a u128.
        unsafe { std::slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), self.0.len() * 16) }
    }

    fn ptr(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }
}

/// Numbers without pattern (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A part of an element: special values, small values, any bits.
fn part(t: DType, r: &mut Random) -> Scalar {
    const SPECIAL: [f64; 12] =
        [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300, 1e-310, 0.5, 2.5, -3.0];
    let (kind, bits) = (r.next() % 4, r.next());
    match t {
        DType::Bool => Scalar::from_i128(t, i128::from(bits & 1)),
        _ if t.is_float() => match kind {
            0 => Scalar::from_f64(t, SPECIAL[bits as usize % SPECIAL.len()]),
            1 => Scalar::from_f64(t, (bits % 801) as f64 / 4.0 - 100.0),
            _ => {
                let random = Scalar::from_bits(t, u128::from(bits) & ((1 << (8 * t.size())) - 1));
                // Signalling NaNs are left out: instructions differ in when they quiet them.
                if random.to_f64().is_nan() { Scalar::from_f64(t, f64::NAN) } else { random }
            }
        },
        _ => match (kind, t.integer_range()) {
            (0, Some((low, high))) => Scalar::from_i128(t, [low, low + 1, high, high - 1, 0, 1][bits as usize % 6]),
            (1, _) => Scalar::from_i128(t, i128::from(bits % 90) - 10),
            _ => Scalar::from_i128(t, i128::from(bits)),
        },
    }
}

/// A tile of elements.
fn elements(t: DType, n: usize, r: &mut Random) -> Memory {
    let mut memory = Memory::new(n * t.size() + 64);
    let (real, parts) = (t.real(), if t.is_complex() { 2 * n } else { n });
    for i in 0..parts {
        let size = real.size();
        memory.bytes()[i * size..(i + 1) * size].copy_from_slice(&part(real, r).bytes()[..size]);
    }
    memory
}

/// The result of a routine apart from its inputs.
fn apart(f: TileFn, n: usize, ins: &mut [Memory], size: usize) -> Vec<u8> {
    let mut out = Memory::new(n * size + 64);
    out.bytes().fill(0xa5);
    let mut pointers = [std::ptr::null(); 3];
    for (p, memory) in pointers.iter_mut().zip(ins.iter_mut()) {
        *p = memory.ptr().cast_const();
    }
    // SAFETY: each memory covers `n` elements of its type.
    unsafe { f(n, &pointers, out.ptr()) };
    assert!(out.bytes()[n * size..].iter().all(|&b| b == 0xa5), "written past the end");
    out.bytes()[..n * size].to_vec()
}

/// The result of a routine that overwrites input `over`.
fn over(f: TileFn, n: usize, ins: &[Memory], over: usize, size: usize) -> Vec<u8> {
    let mut ins = ins.to_vec();
    let mut pointers = [std::ptr::null(); 3];
    for (p, memory) in pointers.iter_mut().zip(ins.iter_mut()) {
        *p = memory.ptr().cast_const();
    }
    let out = ins[over].ptr();
    pointers[over] = out.cast_const();
    // SAFETY: each memory covers `n` elements of its type; the output's elements have the input's size.
    unsafe { f(n, &pointers, out) };
    ins[over].bytes()[..n * size].to_vec()
}

/// Every combination of operand types that some instruction takes.
fn signatures(p: Prim) -> Vec<Vec<DType>> {
    let lists = DType::ALL.into_iter().map(|t| match (p, p.arity()) {
        (Prim::Select, _) => vec![DType::Bool, t, t],
        (Prim::Ldexp, _) => vec![t, DType::I64],
        (_, n) => vec![t; n],
    });
    lists.filter(|types| p.result(types).is_some() && (p.takes_f16() || !types.contains(&DType::F16))).collect()
}

/// NaNs as one NaN: which operand's payload and sign an operation keeps is not defined.
fn canonical(t: DType, bytes: &[u8]) -> Vec<u128> {
    let real = t.real();
    let values = bytes.chunks(real.size()).map(|b| {
        let mut wide = [0u8; 16];
        wide[..b.len()].copy_from_slice(b);
        Scalar::from_bits(real, u128::from_le_bytes(wide))
    });
    values.map(|v| if real.is_float() && v.to_f64().is_nan() { u128::MAX } else { v.bits() }).collect()
}

#[test]
fn every_instruction_has_a_routine_for_every_type_it_takes() {
    for p in Prim::ALL {
        assert!(!signatures(p).is_empty(), "{}", p.name());
        for types in signatures(p) {
            assert!(prim_for(Isa::Base, p, &types).is_some(), "{} {types:?}", p.name());
        }
    }
    assert!(prim_for(Isa::Base, Prim::Add, &[DType::F16; 2]).is_none());
    assert!(prim_for(Isa::Base, Prim::Sub, &[DType::Bool; 2]).is_none());
}

#[test]
fn instruction_sets_and_places_of_output_agree() {
    let mut r = Random(1);
    for p in Prim::ALL {
        for types in signatures(p) {
            let result = p.result(&types).expect("listed");
            let base = prim_for(Isa::Base, p, &types).expect("listed");
            let best = prim_for(Isa::best(), p, &types).expect("listed");
            for n in LENGTHS {
                let mut ins: Vec<Memory> = types.iter().map(|&t| elements(t, n, &mut r)).collect();
                if p == Prim::IntPow && types[0].kind() == crate::dtype::Kind::Signed {
                    // Negative exponents are refused by the caller.
                    let size = types[0].size();
                    ins[1].bytes().chunks_mut(size).for_each(|b| b[size - 1] &= 0x7f);
                }
                let expected = apart(base, n, &mut ins, result.size());
                let expected = canonical(result, &expected);
                let what = format!("{} {types:?} {n}", p.name());
                assert_eq!(canonical(result, &apart(best, n, &mut ins, result.size())), expected, "{what}");
                for (i, t) in types.iter().enumerate() {
                    if t.size() == result.size() {
                        assert_eq!(
                            canonical(result, &over(best, n, &ins, i, result.size())),
                            expected,
                            "{what} in {i}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn casts_agree_between_instruction_sets_and_in_place() {
    let mut r = Random(2);
    for from in DType::ALL {
        for to in DType::ALL {
            let base = cast::cast(Isa::Base, from, to).expect("all types convert");
            let best = cast::cast(Isa::best(), from, to).expect("all types convert");
            for n in LENGTHS {
                let mut ins = [elements(from, n, &mut r)];
                let expected = canonical(to, &apart(base, n, &mut ins, to.size()));
                assert_eq!(canonical(to, &apart(best, n, &mut ins, to.size())), expected, "{from} {to} {n}");
                if from.size() == to.size() {
                    assert_eq!(canonical(to, &over(best, n, &ins, 0, to.size())), expected, "{from} {to} {n} in place");
                }
            }
        }
    }
}

fn f64s(p: Prim, a: f64, b: f64) -> u64 {
    scalar_prim(p, &[Scalar::from_f64(DType::F64, a), Scalar::from_f64(DType::F64, b)]).bits() as u64
}

fn ints(p: Prim, t: DType, a: i128, b: i128) -> i128 {
    scalar_prim(p, &[Scalar::from_i128(t, a), Scalar::from_i128(t, b)]).to_i128()
}

#[test]
fn integer_corners_are_those_of_numpy() {
    let table = [
        (Prim::FloorDiv, DType::I32, -7, 2, -4),
        (Prim::FloorDiv, DType::I32, 7, -2, -4),
        (Prim::FloorDiv, DType::I8, 5, 0, 0),
        (Prim::FloorDiv, DType::I8, -128, -1, -128),
        (Prim::FloorDiv, DType::I64, i64::MIN.into(), -1, i64::MIN.into()),
        (Prim::FloorDiv, DType::U32, 0xffff_ffff, 3, 0x5555_5555),
        (Prim::Rem, DType::I16, -7, 2, 1),
        (Prim::Rem, DType::I16, 7, -2, -1),
        (Prim::Rem, DType::I64, i64::MIN.into(), -1, 0),
        (Prim::Rem, DType::U8, 7, 0, 0),
        (Prim::Fmod, DType::I32, -7, 2, -1),
        (Prim::Fmod, DType::I32, i32::MIN.into(), -1, 0),
        (Prim::Fmod, DType::I32, 3, 0, 0),
        (Prim::IntPow, DType::I8, -3, 3, -27),
        (Prim::IntPow, DType::U8, 2, 8, 0),
        (Prim::IntPow, DType::I64, 0, 0, 1),
        (Prim::Shl, DType::I32, 1, 31, i32::MIN as i128),
        (Prim::Shl, DType::I32, 1, 32, 0),
        (Prim::Shl, DType::I32, 1, -1, 0),
        (Prim::Shr, DType::I8, -128, 100, -1),
        (Prim::Shr, DType::I8, -128, -1, -1),
        (Prim::Shr, DType::I8, 127, 8, 0),
        (Prim::Shr, DType::U8, 255, 8, 0),
        (Prim::Gcd, DType::I32, -12, 18, 6),
        (Prim::Gcd, DType::I8, -128, 0, -128),
        (Prim::Lcm, DType::I32, -4, 6, 12),
        (Prim::Lcm, DType::U8, 200, 150, 88),
        (Prim::Lcm, DType::I64, 0, 0, 0),
        (Prim::Add, DType::I8, 127, 1, -128),
        (Prim::Add, DType::Bool, 1, 1, 1),
        (Prim::Mul, DType::Bool, 1, 0, 0),
        (Prim::Maximum, DType::U64, u64::MAX.into(), 1, u64::MAX.into()),
    ];
    for (p, t, a, b, expected) in table {
        assert_eq!(ints(p, t, a, b), expected, "{} {t} {a} {b}", p.name());
    }
    let count = |v| scalar_prim(Prim::BitCount, &[Scalar::from_i128(DType::I8, v)]);
    assert_eq!([count(-1).to_i128(), count(-128).to_i128(), count(127).to_i128()], [1, 1, 7]);
}

#[test]
fn float_corners_are_those_of_numpy() {
    const NAN: f64 = f64::NAN;
    const INF: f64 = f64::INFINITY;
    let table = [
        (Prim::FloorDiv, 7.0, -2.0, -4.0),
        (Prim::FloorDiv, 1.0, 0.1, 9.0),
        (Prim::FloorDiv, 1.0, 0.0, INF),
        (Prim::FloorDiv, -0.0, 3.0, -0.0),
        (Prim::FloorDiv, -1.0, INF, -1.0),
        (Prim::FloorDiv, INF, 1.0, NAN),
        (Prim::Rem, -7.0, 2.0, 1.0),
        (Prim::Rem, 6.0, -3.0, -0.0),
        (Prim::Rem, -1.0, INF, INF),
        (Prim::Rem, 1.0, 0.0, NAN),
        (Prim::Fmod, -7.0, 2.0, -1.0),
        (Prim::Fmod, 5.0, INF, 5.0),
        (Prim::Minimum, 0.0, -0.0, -0.0),
        (Prim::Minimum, -0.0, 0.0, 0.0),
        (Prim::Minimum, NAN, 1.0, NAN),
        (Prim::Maximum, 1.0, NAN, NAN),
        (Prim::Maximum, 0.0, -0.0, -0.0),
        (Prim::Fmin, NAN, 1.0, 1.0),
        (Prim::Fmax, 1.0, NAN, 1.0),
        (Prim::Copysign, 3.0, -0.0, -3.0),
        (Prim::Nextafter, 0.0, -1.0, -5e-324),
        (Prim::Nextafter, 1.0, 2.0, 1.0 + f64::EPSILON),
        (Prim::Nextafter, f64::MAX, INF, INF),
        (Prim::Nextafter, 0.0, -0.0, -0.0),
    ];
    for (p, a, b, expected) in table {
        let (got, what) = (f64s(p, a, b), format!("{} {a} {b}", p.name()));
        if expected.is_nan() {
            assert!(f64::from_bits(got).is_nan(), "{what}");
        } else {
            assert_eq!(got, expected.to_bits(), "{what} {}", f64::from_bits(got));
        }
    }
}

#[test]
fn exponents_move_as_in_c() {
    let ldexp = |a, e| {
        let args = [Scalar::from_f64(DType::F64, a), Scalar::from_i128(DType::I64, e)];
        scalar_prim(Prim::Ldexp, &args).to_f64()
    };
    assert_eq!(ldexp(1.0, -1074), 5e-324);
    assert_eq!(ldexp(1.0, -1075), 0.0);
    // Rounded once: 1.5 times the smallest number goes to the even neighbour.
    assert_eq!(ldexp(1.5, -1074), 1e-323);
    assert_eq!(ldexp(5e-324, 2097), 2.0f64.powi(1023));
    assert_eq!(ldexp(1.0, i64::MAX.into()), f64::INFINITY);
    let frexp = |a| {
        let v = [Scalar::from_f64(DType::F64, a)];
        (scalar_prim(Prim::FrexpMantissa, &v).to_f64(), scalar_prim(Prim::FrexpExponent, &v).to_i128())
    };
    assert_eq!(frexp(8.0), (0.5, 4));
    assert_eq!(frexp(-5e-324), (-0.5, -1073));
    assert_eq!(frexp(f64::INFINITY), (f64::INFINITY, 0));
    let spacing = |a| scalar_prim(Prim::Spacing, &[Scalar::from_f64(DType::F64, a)]).to_f64();
    assert_eq!([spacing(-1.0), spacing(-0.0), spacing(f64::MAX)], [-f64::EPSILON, 5e-324, f64::INFINITY]);
}

#[test]
fn complex_corners_are_those_of_numpy() {
    const NAN: f64 = f64::NAN;
    let z = |re, im| Scalar::from_complex(DType::C128, re, im);
    let compare = |p, a, b| scalar_prim(p, &[a, b]).bits() != 0;
    assert!(compare(Prim::Lt, z(1.0, 9.0), z(2.0, 0.0)) && compare(Prim::Lt, z(1.0, 1.0), z(1.0, 2.0)));
    // A NaN in an imaginary part spoils the comparison of the real parts.
    assert!(!compare(Prim::Lt, z(1.0, NAN), z(2.0, 0.0)) && !compare(Prim::Ge, z(2.0, 0.0), z(1.0, NAN)));
    assert!(compare(Prim::Ne, z(NAN, 0.0), z(NAN, 0.0)));
    assert_eq!(scalar_prim(Prim::Maximum, &[z(1.0, 5.0), z(1.0, 7.0)]), z(1.0, 7.0));
    assert!(scalar_prim(Prim::Minimum, &[z(1.0, 0.0), z(0.0, NAN)]).to_complex().1.is_nan());
    assert_eq!(scalar_prim(Prim::Fmin, &[z(1.0, 0.0), z(0.0, NAN)]), z(1.0, 0.0));
    assert_eq!(scalar_prim(Prim::Div, &[z(1.0, 2.0), z(0.0, 0.0)]), z(f64::INFINITY, f64::INFINITY));
    assert_eq!(scalar_prim(Prim::Div, &[z(1e300, 1e300), z(1e300, 1e300)]), z(1.0, 0.0));
    let abs = |a| scalar_prim(Prim::Abs, &[a]).to_f64();
    assert_eq!(
        [abs(z(3.0, -4.0)), abs(z(f64::NEG_INFINITY, NAN)), abs(z(1e300, 1e300))],
        [5.0, f64::INFINITY, 2.0f64.sqrt() * 1e300]
    );
}

#[test]
fn floats_outside_the_range_convert_as_x86_does() {
    let to = |v: f64, t| scalar_cast(Scalar::from_f64(DType::F64, v), t).to_i128();
    for (v, i8, u8, i32, u32, i64, u64) in [
        (-1.5, -1, 255, -1, 0xffff_ffff, -1, 0xffff_ffff_ffff_ffff),
        (300.0, 44, 44, 300, 300, 300, 300),
        (3e9, 0, 0, i128::from(i32::MIN), 3_000_000_000, 3_000_000_000, 3_000_000_000),
        (1e19, 0, 0, i128::from(i32::MIN), 0, i128::from(i64::MIN), 10_000_000_000_000_000_000),
        (f64::NAN, 0, 0, i128::from(i32::MIN), 0, i128::from(i64::MIN), 1 << 63),
        (f64::INFINITY, 0, 0, i128::from(i32::MIN), 0, i128::from(i64::MIN), 0),
    ] {
        let got = [DType::I8, DType::U8, DType::I32, DType::U32, DType::I64, DType::U64].map(|t| to(v, t));
        assert_eq!(got, [i8, u8, i32, u32, i64, u64], "{v}");
    }
    assert_eq!(to(f64::NAN, DType::Bool), 1);
}

/// True where no float16 is nearer to `v` than `h`, and a tie went to even.
fn nearest(h: u16, v: f64) -> bool {
    let distance = |h: u16| (f64::from(super::half::to_f32(h)) - v).abs();
    [h.wrapping_sub(1), h + 1].into_iter().filter(|n| n & 0x7fff <= 0x7c00).all(|other| {
        // An infinity stands for the next power of two.
        let far = if other & 0x7fff == 0x7c00 { (65536.0 - v.abs()).abs() } else { distance(other) };
        let here = if h & 0x7fff == 0x7c00 { (65536.0 - v.abs()).min(0.0) } else { distance(h) };
        here < far || (here == far && h & 1 == 0)
    })
}

#[test]
fn float16_conversions_round_once_to_nearest() {
    for bits in 0..=u16::MAX {
        let wide = super::half::to_f32(bits);
        let quiet = if bits & 0x7fff > 0x7c00 { 0x40_0000 } else { 0 };
        assert_eq!(wide.to_bits(), ::half::f16::from_bits(bits).to_f32_const().to_bits() | quiet, "{bits:x}");
        if !wide.is_nan() {
            assert_eq!(super::half::from_f32(wide), bits);
        }
    }
    let mut r = Random(3);
    for _ in 0..200_000 {
        // Every exponent from which float16 rounds; the bits below its precision often tie.
        let mask = if r.next().is_multiple_of(2) { u64::MAX } else { 0xffff_fe00_0000_0001 };
        let bits = (r.next() & 0x800f_ffff_ffff_ffff & mask) | (996 + r.next() % 42) << 52;
        let (v, single) = (f64::from_bits(bits), f64::from_bits(bits) as f32);
        assert!(nearest(super::half::from_f64(v), v), "{v:e}");
        assert!(nearest(super::half::from_f32(single), single.into()), "{single:e}");
    }
    // Through float32 this would round twice, to 1 + 2^-9.
    let odd_and_half = 1.0 + 2.0f64.powi(-10) + 2.0f64.powi(-11);
    assert_eq!(super::half::from_f64(odd_and_half), 0x3c02);
    assert_eq!(super::half::from_f64(odd_and_half - 2.0f64.powi(-40)), 0x3c01);
    assert_eq!([65519.0, 65520.0, 2.0f64.powi(-25)].map(super::half::from_f64), [0x7bff, 0x7c00, 0]);
}
