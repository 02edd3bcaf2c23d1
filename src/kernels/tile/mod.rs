//! Tile routines: every scalar instruction and every cast, element by element over contiguous memory.
//!
//! Results are NumPy's to the bit (complex functions: within their stated bounds). A routine knows nothing of shapes.

mod cast;
pub(crate) mod complex;
pub(crate) mod float;
#[cfg(target_arch = "x86_64")]
mod fused;
pub(crate) mod half;
mod integer;
pub(crate) mod isa;
pub(crate) mod number;
mod random;
mod scalar;
mod table;
#[cfg(test)]
mod tests;

pub use scalar::{scalar_cast, scalar_math, scalar_prim};
pub use table::{Table, scalar_table, table};

use super::TileFn;
use crate::dtype::DType;
use crate::ops::prim::{MathFn, Prim};
use isa::Isa;

/// The routine of a scalar instruction for operands of these types; `None` where [`Prim::result`] has none, and for
/// float16 operands where the instruction does not take them.
pub fn prim(p: Prim, operands: &[DType]) -> Option<TileFn> {
    prim_for(Isa::best(), p, operands)
}

/// The routine that converts elements by NumPy's cast.
///
/// Floats to integers are what x86-64's conversions make of them: outside the 32-bit (for results up to int32) or 64-bit
/// range, and from NaN, the most negative number, of which the result keeps the low bits. To uint32 NumPy's own result for
/// values outside int64 and for NaN varies with the array's length; here it is 0, as for NumPy's short arrays. To uint64,
/// values from 2^63 on are converted less 2^63.
pub fn cast(from: DType, to: DType) -> Option<TileFn> {
    cast::cast(Isa::best(), from, to)
}

/// The routine of a vector math function; `None` where the function does not take the type.
pub fn math(f: MathFn, t: DType) -> Option<TileFn> {
    match t {
        DType::F32 => Some(super::math::lookup_f32(f)),
        DType::F64 => Some(super::math::lookup_f64(f)),
        DType::C64 | DType::C128 => f.takes_complex().then(|| super::complex::lookup(f, t)),
        DType::Bool
        | DType::I8
        | DType::U8
        | DType::I16
        | DType::U16
        | DType::I32
        | DType::U32
        | DType::I64
        | DType::U64
        | DType::F16 => None,
    }
}

/// [`prim`] for a given instruction set.
pub(crate) fn prim_for(isa: Isa, p: Prim, operands: &[DType]) -> Option<TileFn> {
    p.result(operands)?;
    let t = operands[0];
    if p == Prim::Select {
        return Some(number::select(isa, operands[1].size()));
    }
    if t == DType::F16 {
        return half::prim(isa, p);
    }
    #[cfg(target_arch = "x86_64")]
    match (isa, p, t) {
        (Isa::Avx2 | Isa::Avx512, Prim::Mul, DType::C64) => return Some(fused::product_f32),
        (Isa::Avx2 | Isa::Avx512, Prim::Mul, DType::C128) => return Some(fused::product_f64),
        _ => {}
    }
    match t {
        DType::Bool => integer::boolean(isa, p),
        DType::I8 => integer::i8::prim(isa, p),
        DType::U8 => integer::u8::prim(isa, p),
        DType::I16 => integer::i16::prim(isa, p),
        DType::U16 => integer::u16::prim(isa, p),
        DType::I32 => integer::i32::prim(isa, p),
        DType::U32 => integer::u32::prim(isa, p),
        DType::I64 => integer::i64::prim(isa, p),
        DType::U64 => integer::u64::prim(isa, p),
        DType::F16 => None,
        DType::F32 => float::f32::prim(isa, p),
        DType::F64 => float::f64::prim(isa, p),
        DType::C64 => complex::f32::prim(isa, p),
        DType::C128 => complex::f64::prim(isa, p),
    }
}
