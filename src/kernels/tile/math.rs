//! STAND-IN for `kernels::math`: the standard library's functions behind the same two lookups. Delete this file and let
//! `tile::math` call `kernels::math` once that is merged.

use super::isa::{Isa, tile1, tile2};
use crate::kernels::TileFn;
use crate::ops::prim::MathFn;

macro_rules! stand_in {
    ($name:ident, $t:ident) => {
        /// The routine of a function.
        pub(super) fn $name(f: MathFn) -> TileFn {
            let isa = Isa::Base;
            match f {
                MathFn::Exp => tile1(isa, |a: $t| a.exp()),
                MathFn::Exp2 => tile1(isa, |a: $t| a.exp2()),
                MathFn::Expm1 => tile1(isa, |a: $t| a.exp_m1()),
                MathFn::Log => tile1(isa, |a: $t| a.ln()),
                MathFn::Log2 => tile1(isa, |a: $t| a.log2()),
                MathFn::Log10 => tile1(isa, |a: $t| a.log10()),
                MathFn::Log1p => tile1(isa, |a: $t| a.ln_1p()),
                MathFn::Sin => tile1(isa, |a: $t| a.sin()),
                MathFn::Cos => tile1(isa, |a: $t| a.cos()),
                MathFn::Tan => tile1(isa, |a: $t| a.tan()),
                MathFn::Arcsin => tile1(isa, |a: $t| a.asin()),
                MathFn::Arccos => tile1(isa, |a: $t| a.acos()),
                MathFn::Arctan => tile1(isa, |a: $t| a.atan()),
                MathFn::Sinh => tile1(isa, |a: $t| a.sinh()),
                MathFn::Cosh => tile1(isa, |a: $t| a.cosh()),
                MathFn::Tanh => tile1(isa, |a: $t| a.tanh()),
                MathFn::Arcsinh => tile1(isa, |a: $t| a.asinh()),
                MathFn::Arccosh => tile1(isa, |a: $t| a.acosh()),
                MathFn::Arctanh => tile1(isa, |a: $t| a.atanh()),
                MathFn::Cbrt => tile1(isa, |a: $t| a.cbrt()),
                MathFn::Pow => tile2(isa, |a: $t, b: $t| a.powf(b)),
                MathFn::Arctan2 => tile2(isa, |a: $t, b: $t| a.atan2(b)),
                MathFn::Hypot => tile2(isa, |a: $t, b: $t| a.hypot(b)),
            }
        }
    };
}

stand_in!(lookup_f32, f32);
stand_in!(lookup_f64, f64);
