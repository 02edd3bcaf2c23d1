//! The native instructions on single elements, by Rust's own arithmetic: the oracle of the tests.

use crate::dtype::{DType, Kind};
use crate::ops::expr::{Body, Inst, Op};
use crate::ops::prim::Prim;

/// A value's bits, and whether they are certain: of two different NaNs an instruction may return either.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    pub bits: u64,
    pub certain: bool,
}

pub fn evaluate(body: &Body, load: impl Fn(usize) -> u64) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for inst in body.insts() {
        let args: Vec<Value> = inst.args().iter().map(|a| values[a.index()]).collect();
        let types: Vec<DType> = inst.args().iter().map(|&a| body.dtype(a)).collect();
        let bits: Vec<u64> = args.iter().map(|a| a.bits).collect();
        let clash = |op| {
            matches!(op, Op::Prim(Prim::Add | Prim::Sub | Prim::Mul | Prim::Div))
                && types[0].is_float()
                && is_nan(types[0], bits[0])
                && is_nan(types[0], bits[1])
                && bits[0] != bits[1]
        };
        let value = match inst.op {
            Op::Load(n) => Value { bits: load(usize::from(n)), certain: true },
            Op::Const(c) => Value { bits: c.bits() as u64, certain: true },
            Op::Cast => Value { bits: cast(bits[0], types[0], inst.dtype), certain: args[0].certain },
            Op::Prim(p) => Value {
                bits: prim(p, &bits, types[0], inst),
                certain: args.iter().all(|a| a.certain) && !clash(inst.op),
            },
            Op::Math(_) | Op::Table(_) => unreachable!("not native"),
        };
        values.push(value);
    }
    values
}

pub fn is_nan(dtype: DType, bits: u64) -> bool {
    match dtype {
        DType::F32 => f32::from_bits(bits as u32).is_nan(),
        DType::F64 => f64::from_bits(bits).is_nan(),
        _ => false,
    }
}

fn mask(dtype: DType) -> u64 {
    u64::MAX >> (64 - 8 * dtype.size())
}

/// The integer that bits of an integer type (or bool) stand for.
fn integer(bits: u64, dtype: DType) -> i128 {
    let shift = 64 - 8 * dtype.size() as u32;
    match dtype.kind() {
        Kind::Signed => i128::from(((bits << shift) as i64) >> shift),
        _ => i128::from(bits),
    }
}

fn cast(bits: u64, from: DType, to: DType) -> u64 {
    let truncated = |x: f64| {
        let fits = x.trunc() >= f64::from(i32::MIN) && x.trunc() <= f64::from(i32::MAX);
        (if fits { x as i32 } else { i32::MIN }) as u64 & mask(to)
    };
    match (from, to) {
        (DType::F32, DType::F64) => widened(f32::from_bits(bits as u32)),
        (DType::F64, DType::F32) => narrowed(f64::from_bits(bits)),
        (DType::F32, DType::Bool) => u64::from(f32::from_bits(bits as u32) != 0.0),
        (DType::F64, DType::Bool) => u64::from(f64::from_bits(bits) != 0.0),
        (DType::F32, _) => truncated(f64::from(f32::from_bits(bits as u32))),
        (DType::F64, _) => truncated(f64::from_bits(bits)),
        (_, DType::F32) => u64::from((integer(bits, from) as f32).to_bits()),
        (_, DType::F64) => (integer(bits, from) as f64).to_bits(),
        (_, DType::Bool) => u64::from(bits != 0),
        _ => integer(bits, from) as u64 & mask(to),
    }
}

/// A NaN is converted as the processor does it: sign and leading payload bits stay, and it is quiet.
fn widened(x: f32) -> u64 {
    if !x.is_nan() {
        return f64::from(x).to_bits();
    }
    let bits = u64::from(x.to_bits());
    (bits >> 31) << 63 | 0x7ff8 << 48 | (bits & 0x7f_ffff) << 29
}

fn narrowed(x: f64) -> u64 {
    if !x.is_nan() {
        return u64::from((x as f32).to_bits());
    }
    let bits = x.to_bits();
    (bits >> 63) << 31 | 0x7fc0 << 16 | (bits >> 29) & 0x7f_ffff
}

fn prim(p: Prim, args: &[u64], operand: DType, inst: &Inst) -> u64 {
    if p == Prim::Select {
        return if args[0] != 0 { args[1] } else { args[2] };
    }
    match operand {
        DType::Bool => logic(p, args),
        DType::F32 => float32(p, args),
        DType::F64 => float64(p, args),
        _ => whole(p, args, operand) & mask(inst.dtype),
    }
}

fn logic(p: Prim, args: &[u64]) -> u64 {
    let (a, b) = (args[0] != 0, args.get(1).is_some_and(|&b| b != 0));
    u64::from(match p {
        Prim::Add | Prim::Or | Prim::Maximum | Prim::Fmax => a || b,
        Prim::Mul | Prim::And | Prim::Minimum | Prim::Fmin => a && b,
        Prim::Xor | Prim::Ne => a != b,
        Prim::Eq => a == b,
        Prim::Lt => !a & b,
        Prim::Le => a <= b,
        Prim::Gt => a & !b,
        Prim::Ge => a >= b,
        Prim::Not => !a,
        Prim::Abs => a,
        _ => unreachable!("not native"),
    })
}

fn whole(p: Prim, args: &[u64], dtype: DType) -> u64 {
    let (a, b) = (integer(args[0], dtype), args.get(1).map_or(0, |&b| integer(b, dtype)));
    let result = match p {
        Prim::Add => a + b,
        Prim::Sub => a - b,
        Prim::Mul => a.wrapping_mul(b),
        Prim::Neg => -a,
        Prim::Abs => a.abs(),
        Prim::And => a & b,
        Prim::Or => a | b,
        Prim::Xor => a ^ b,
        Prim::Not => !a,
        Prim::Shl if (0..8 * dtype.size() as i128).contains(&b) => a << b,
        Prim::Shl => 0,
        Prim::Shr if (0..8 * dtype.size() as i128).contains(&b) => a >> b,
        Prim::Shr => a >> 127,
        Prim::Minimum | Prim::Fmin => a.min(b),
        Prim::Maximum | Prim::Fmax => a.max(b),
        Prim::Eq => i128::from(a == b),
        Prim::Ne => i128::from(a != b),
        Prim::Lt => i128::from(a < b),
        Prim::Le => i128::from(a <= b),
        Prim::Gt => i128::from(a > b),
        Prim::Ge => i128::from(a >= b),
        _ => unreachable!("not native"),
    };
    result as u64
}

macro_rules! float {
    ($name:ident, $t:ty, $bits:ty) => {
        fn $name(p: Prim, args: &[u64]) -> u64 {
            const SIGN: $bits = 1 << (<$bits>::BITS - 1);
            const QUIET: $bits = 1 << (<$t>::MANTISSA_DIGITS - 2);
            let value = |bits: u64| <$t>::from_bits(bits as $bits);
            let (a, b) = (value(args[0]), args.get(1).map_or(0.0, |&b| value(b)));
            // As the processor: the first NaN, made quiet; else the default one, whose sign is set.
            let arithmetic = |x: $t| match (a.is_nan(), b.is_nan(), x.is_nan()) {
                (true, _, _) => <$t>::from_bits(a.to_bits() | QUIET),
                (_, true, _) => <$t>::from_bits(b.to_bits() | QUIET),
                (_, _, true) => <$t>::from_bits(<$t>::INFINITY.to_bits() | QUIET | SIGN),
                _ => x,
            };
            let less = if a < b { a } else { b };
            let greater = if a > b { a } else { b };
            // Minimum and the like as NumPy's vector loops, found by experiment: of equal zeros the second.
            let result = match p {
                Prim::Add => arithmetic(a + b),
                Prim::Sub => arithmetic(a - b),
                Prim::Mul => arithmetic(a * b),
                Prim::Div => arithmetic(a / b),
                Prim::Sqrt => arithmetic(a.sqrt()),
                Prim::Floor => arithmetic(a.floor()),
                Prim::Ceil => arithmetic(a.ceil()),
                Prim::Trunc => arithmetic(a.trunc()),
                Prim::Rint => arithmetic(a.round_ties_even()),
                Prim::Neg => <$t>::from_bits(a.to_bits() ^ SIGN),
                Prim::Abs => <$t>::from_bits(a.to_bits() & !SIGN),
                Prim::Copysign => <$t>::from_bits(a.to_bits() & !SIGN | b.to_bits() & SIGN),
                Prim::Minimum if a.is_nan() => a,
                Prim::Minimum => less,
                Prim::Maximum if a.is_nan() => a,
                Prim::Maximum => greater,
                Prim::Fmin if b.is_nan() => a,
                Prim::Fmin => less,
                Prim::Fmax if b.is_nan() => a,
                Prim::Fmax => greater,
                Prim::Signbit => return u64::from(a.to_bits() & SIGN != 0),
                Prim::Eq => return u64::from(a == b),
                Prim::Ne => return u64::from(a != b),
                Prim::Lt => return u64::from(a < b),
                Prim::Le => return u64::from(a <= b),
                Prim::Gt => return u64::from(a > b),
                Prim::Ge => return u64::from(a >= b),
                _ => unreachable!("not native"),
            };
            u64::from(result.to_bits())
        }
    };
}

float!(float32, f32, u32);
float!(float64, f64, u64);

/// The values where instructions go wrong.
pub fn specials(dtype: DType) -> Vec<u64> {
    let bounds = [127.0, 128.0, 255.5, 256.0, 32767.9, 32768.0, 65536.0, 2147483520.0, 2147483648.0, 1e10, 1e30];
    match dtype {
        DType::Bool => vec![0, 1],
        DType::F32 => [0.0, 1.0, 0.5, 1.5, 2.5, 1e-45, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY, 8388607.5]
            .into_iter()
            .chain(bounds.map(|b| b as f32))
            .flat_map(|m| [m, -m])
            .map(|x| u64::from(x.to_bits()))
            .chain([0x7fc0_0000, 0xffc0_0000, 0x7fc0_1234])
            .collect(),
        DType::F64 => [0.0, 1.0, 0.5, 1.5, 2.5, 5e-324, f64::MIN_POSITIVE, f64::MAX, f64::INFINITY, 4503599627370495.5]
            .into_iter()
            .chain(bounds)
            .chain([2147483647.5, 2147483648.5])
            .flat_map(|m| [m, -m])
            .map(f64::to_bits)
            .chain([0x7ff8 << 48, 0xfff8 << 48, 0x7ff8 << 48 | 0x1234 << 29])
            .collect(),
        _ => {
            let top = 1u64 << (8 * dtype.size() - 1);
            [0, 1, 2, u64::MAX, top, top - 1, top + 1, 0x80, 0xff, 0x7fff, 0x8000].map(|x| x & mask(dtype)).to_vec()
        }
    }
}

/// A small number.
pub fn small(dtype: DType, x: i64) -> u64 {
    match dtype {
        DType::Bool => (x & 1) as u64,
        DType::F32 => u64::from((x as f32 / 4.0).to_bits()),
        DType::F64 => (x as f64 / 4.0).to_bits(),
        _ => x as u64 & mask(dtype),
    }
}
