//! One value at a time, through the tile routines: what constant folding and the interpreter compute with.
#![expect(unsafe_code, reason = "calls tile routines on local values")]

use super::{cast, math, prim};
use crate::dtype::{DType, Scalar};
use crate::kernels::TileFn;
use crate::ops::prim::{MathFn, Prim};

/// The value of a tile routine for one position.
fn call(f: TileFn, args: &[Scalar], dtype: DType) -> Scalar {
    // u128 is aligned for every element type.
    let mut values = [0u128; 3];
    for (to, arg) in values.iter_mut().zip(args) {
        *to = u128::from_le_bytes(arg.bytes());
    }
    let ins = [0, 1, 2].map(|i| std::ptr::from_ref(&values[i]).cast::<u8>());
    let mut out = 0u128;
    // SAFETY: each pointer covers one element of any type, and `out` is none of the inputs.
    unsafe { f(1, &ins, std::ptr::from_mut(&mut out).cast()) };
    Scalar::from_bits(dtype, u128::from_le_bytes(out.to_le_bytes()))
}

/// Float16 values as float32, others as they are.
fn widened(args: &[Scalar]) -> Vec<Scalar> {
    args.iter().map(|&a| if a.dtype() == DType::F16 { scalar_cast(a, DType::F32) } else { a }).collect()
}

/// The result of a scalar instruction. Float16 is computed in float32 and rounded, except where the instruction takes it.
///
/// # Panics
/// If the instruction does not take operands of these types.
pub fn scalar_prim(p: Prim, args: &[Scalar]) -> Scalar {
    if !p.takes_f16() && args.iter().any(|a| a.dtype() == DType::F16) {
        let wide = scalar_prim(p, &widened(args));
        return if wide.dtype() == DType::F32 { scalar_cast(wide, DType::F16) } else { wide };
    }
    let types: Vec<DType> = args.iter().map(|a| a.dtype()).collect();
    match (prim(p, &types), p.result(&types)) {
        (Some(f), Some(dtype)) => call(f, args, dtype),
        _ => panic!("{} does not take {types:?}", p.name()),
    }
}

/// A value converted by NumPy's cast.
///
/// # Panics
/// Never: each type converts into each.
pub fn scalar_cast(v: Scalar, to: DType) -> Scalar {
    match cast(v.dtype(), to) {
        Some(f) => call(f, &[v], to),
        None => panic!("{} does not convert to {to}", v.dtype()),
    }
}

/// The result of a vector math function; float16 through float32.
///
/// # Panics
/// If the function does not take operands of this type.
pub fn scalar_math(f: MathFn, args: &[Scalar]) -> Scalar {
    let dtype = args[0].dtype();
    if dtype == DType::F16 {
        return scalar_cast(scalar_math(f, &widened(args)), DType::F16);
    }
    match math(f, dtype) {
        Some(routine) => call(routine, args, dtype),
        None => panic!("{} does not take {dtype}", f.name()),
    }
}
