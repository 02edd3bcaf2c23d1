//! Which instructions are compiled. What is not here runs in precompiled tile routines.

use super::host;
use crate::dtype::{DType, Kind};
use crate::ops::expr::{Body, Op, ValueId};
use crate::ops::prim::Prim;

/// True where [`super::compile`] takes this instruction at these types. False for everything on a machine that cannot run
/// compiled code (an x86-64 without SSE4.2, an unknown architecture).
pub fn is_native(body: &Body, v: ValueId) -> bool {
    let inst = body.inst(v);
    let types = inst.args().iter().map(|&a| body.dtype(a));
    if host::get().is_none() || !has_lanes(inst.dtype) || !types.clone().all(has_lanes) {
        return false;
    }
    match inst.op {
        Op::Load(_) | Op::Const(_) => true,
        Op::Math(_) | Op::Table(_) => false,
        Op::Cast => is_native_cast(body.dtype(inst.args()[0]), inst.dtype),
        Op::Prim(p) => {
            let by_constant = matches!(inst.args(), [_, b] if matches!(body.inst(*b).op, Op::Const(_)));
            is_native_prim(p, body.dtype(inst.args()[0]), by_constant)
        }
    }
}

/// True for the types that fill vector lanes.
fn has_lanes(dtype: DType) -> bool {
    match dtype {
        DType::F16 | DType::C64 | DType::C128 => false,
        DType::Bool
        | DType::I8
        | DType::U8
        | DType::I16
        | DType::U16
        | DType::I32
        | DType::U32
        | DType::I64
        | DType::U64
        | DType::F32
        | DType::F64 => true,
    }
}

fn is_native_cast(from: DType, to: DType) -> bool {
    match (from.kind(), to.kind()) {
        (Kind::Bool, _) | (_, Kind::Bool) => true,
        (Kind::Signed | Kind::Unsigned, Kind::Signed | Kind::Unsigned) => true,
        (Kind::Signed | Kind::Unsigned, Kind::Float) => from.size() < 8,
        (Kind::Float, Kind::Float) => true,
        // NumPy's results are those of x86's truncating conversion to 32 bits; other targets saturate.
        (Kind::Float, Kind::Signed) => cfg!(target_arch = "x86_64") && to.size() <= 4,
        (Kind::Float, Kind::Unsigned) => cfg!(target_arch = "x86_64") && to.size() <= 2,
        (Kind::Complex, _) | (_, Kind::Complex) => false,
    }
}

fn is_native_prim(p: Prim, operand: DType, by_constant: bool) -> bool {
    let float = operand.is_float();
    match p {
        Prim::Add
        | Prim::Sub
        | Prim::Mul
        | Prim::Abs
        | Prim::Minimum
        | Prim::Maximum
        | Prim::Fmin
        | Prim::Fmax
        | Prim::Eq
        | Prim::Ne
        | Prim::Lt
        | Prim::Le
        | Prim::Gt
        | Prim::Ge
        | Prim::Select => true,
        Prim::Neg => operand != DType::Bool,
        Prim::And | Prim::Or | Prim::Xor | Prim::Not => !float,
        // No processor shifts each lane by a number of its own in all types.
        Prim::Shl | Prim::Shr => by_constant,
        Prim::Div
        | Prim::Sqrt
        | Prim::Floor
        | Prim::Ceil
        | Prim::Trunc
        | Prim::Rint
        | Prim::Copysign
        | Prim::Signbit => float,
        Prim::FloorDiv
        | Prim::Rem
        | Prim::Fmod
        | Prim::IntPow
        | Prim::BitCount
        | Prim::Gcd
        | Prim::Lcm
        | Prim::Nextafter
        | Prim::Spacing
        | Prim::Ldexp
        | Prim::FrexpMantissa
        | Prim::FrexpExponent
        | Prim::Real
        | Prim::Imag
        | Prim::Conj
        | Prim::MakeComplex => false,
    }
}
