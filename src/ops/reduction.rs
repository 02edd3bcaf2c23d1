//! Reductions: how values fold into a state, and how a state becomes a result.
//!
//! A fold works on tiles: it reduces each tile to a state, and combines states along a tree that depends on the shape
//! alone. The loops are in `kernels::fold`; this file names them and says what they need.

use super::prim::Prim;
use crate::dtype::{DType, Scalar};

/// How values of one type fold into a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fold {
    /// Sum in the operand's own type; pairwise for floats.
    Sum,
    /// Product in the operand's own type.
    Prod,
    /// Smallest; NaN if any is.
    Min,
    /// Largest; NaN if any is.
    Max,
    /// Smallest, ignoring NaN.
    Fmin,
    /// Largest, ignoring NaN.
    Fmax,
    /// Bitwise and (`bitwise_and.reduce`); bool: logical.
    And,
    /// Bitwise or; bool: logical.
    Or,
    /// Bitwise exclusive or; bool: logical.
    Xor,
    /// Number of true values. Operand bool, state int64.
    Count,
    /// Position of the first smallest (a NaN counts as smallest). State: value and int64 position.
    Argmin,
    /// Position of the first largest (a NaN counts as largest). State: value and int64 position.
    Argmax,
    /// Sum and sum of squared deviations from the mean, merged by Chan's formula. Operand inexact.
    /// State: the sum, exactly as [`Fold::Sum`] makes it; in float64 what the mean is more than the sum over the count,
    /// for each part of a complex number; and the squared deviations in float64.
    Moments,
}

/// What becomes of the final state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finish {
    /// The value itself, in the operand's type (int64 for [`Fold::Count`]).
    Value,
    /// The position, int64 ([`Fold::Argmin`], [`Fold::Argmax`]).
    Position,
    /// The sum over the count ([`Fold::Sum`], [`Fold::Moments`]).
    Mean,
    /// Squared deviations over `count - ddof`, real ([`Fold::Moments`]). `ddof` by its float64 bits.
    Var(u64),
    /// Square root of the variance, real ([`Fold::Moments`]). `ddof` by its float64 bits.
    Std(u64),
    /// The value of each part of what folds, in C order, int64 ([`Fold::Count`] over everything): how many elements of a mask
    /// each part keeps. Which parts there are is said by the length (`graph::plan::nest::parts`).
    Tally,
}

impl Fold {
    /// Every fold.
    pub const ALL: [Fold; 13] = [
        Fold::Sum,
        Fold::Prod,
        Fold::Min,
        Fold::Max,
        Fold::Fmin,
        Fold::Fmax,
        Fold::And,
        Fold::Or,
        Fold::Xor,
        Fold::Count,
        Fold::Argmin,
        Fold::Argmax,
        Fold::Moments,
    ];

    /// The name in the text of the loop IR.
    pub const fn name(self) -> &'static str {
        match self {
            Fold::Sum => "sum",
            Fold::Prod => "prod",
            Fold::Min => "min",
            Fold::Max => "max",
            Fold::Fmin => "fmin",
            Fold::Fmax => "fmax",
            Fold::And => "and",
            Fold::Or => "or",
            Fold::Xor => "xor",
            Fold::Count => "count",
            Fold::Argmin => "argmin",
            Fold::Argmax => "argmax",
            Fold::Moments => "moments",
        }
    }

    /// Whether it is a position that it tells.
    pub const fn is_position(self) -> bool {
        matches!(self, Fold::Argmin | Fold::Argmax)
    }

    /// True where the fold takes operands of this type. Float16 is widened by the caller for all but the order folds.
    pub const fn takes(self, t: DType) -> bool {
        match self {
            Fold::Sum | Fold::Prod => !matches!(t, DType::Bool | DType::F16),
            Fold::Min | Fold::Max | Fold::Argmin | Fold::Argmax => true,
            Fold::Fmin | Fold::Fmax => t.is_inexact(),
            Fold::And | Fold::Or | Fold::Xor => t.is_integer() || matches!(t, DType::Bool),
            Fold::Count => matches!(t, DType::Bool),
            Fold::Moments => matches!(t, DType::F32 | DType::F64 | DType::C64 | DType::C128),
        }
    }

    /// Whether it orders numbers: NaN makes x86 raise a flag there that says nothing.
    pub const fn compares(self) -> bool {
        match self {
            Fold::Min | Fold::Max | Fold::Fmin | Fold::Fmax | Fold::Argmin | Fold::Argmax => true,
            Fold::Sum | Fold::Prod | Fold::And | Fold::Or | Fold::Xor | Fold::Count | Fold::Moments => false,
        }
    }

    /// Whether elements give the same bits however they are grouped, as long as they keep their order. Of zeros of both signs, and of NaN, an
    /// extreme is one or another.
    pub const fn is_exact(self, t: DType) -> bool {
        match self {
            Fold::Sum | Fold::Prod | Fold::Min | Fold::Max | Fold::Fmin | Fold::Fmax => !t.is_inexact(),
            Fold::Moments => false,
            Fold::And | Fold::Or | Fold::Xor | Fold::Count | Fold::Argmin | Fold::Argmax => true,
        }
    }

    /// Bytes of one state for operands of this type; states are aligned to 8 bytes when they hold more than one field.
    pub const fn state_size(self, t: DType) -> usize {
        match self {
            Fold::Count => 8,
            // Value padded to a multiple of 8, then the position.
            Fold::Argmin | Fold::Argmax => t.size().next_multiple_of(8) + 8,
            // Sum padded to a multiple of 8, then the mean's low part or parts and the squared deviations.
            Fold::Moments => t.size().next_multiple_of(8) + if t.is_complex() { 16 } else { 8 } + 8,
            Fold::Sum
            | Fold::Prod
            | Fold::Min
            | Fold::Max
            | Fold::Fmin
            | Fold::Fmax
            | Fold::And
            | Fold::Or
            | Fold::Xor => t.size(),
        }
    }

    /// The value of nothing, where there is one; `Min` and its like have none.
    pub const fn has_identity(self) -> bool {
        match self {
            Fold::Sum | Fold::Prod | Fold::And | Fold::Or | Fold::Xor | Fold::Count | Fold::Moments => true,
            Fold::Min | Fold::Max | Fold::Fmin | Fold::Fmax | Fold::Argmin | Fold::Argmax => false,
        }
    }
}

impl Fold {
    /// What changes nothing in a fold of anything else of type `t`; nothing does where positions count.
    pub fn neutral(self, t: DType) -> Option<Scalar> {
        let extreme = |largest: bool| match t.integer_range() {
            _ if t == DType::Bool => Scalar::from_i128(t, i128::from(largest)),
            Some((low, high)) => Scalar::from_i128(t, if largest { high } else { low }),
            None => {
                let end = if largest { f64::INFINITY } else { f64::NEG_INFINITY };
                if t.is_complex() { Scalar::from_complex(t, end, end) } else { Scalar::from_f64(t, end) }
            }
        };
        Some(match self {
            Fold::Sum | Fold::Moments | Fold::Or | Fold::Xor | Fold::Count => Scalar::zero(t),
            Fold::Prod => Scalar::one(t),
            Fold::And if t == DType::Bool => Scalar::one(t),
            Fold::And => Scalar::from_i128(t, -1),
            Fold::Min => extreme(true),
            Fold::Max => extreme(false),
            Fold::Fmin | Fold::Fmax if t.is_complex() => Scalar::from_complex(t, f64::NAN, f64::NAN),
            Fold::Fmin | Fold::Fmax => Scalar::from_f64(t, f64::NAN),
            Fold::Argmin | Fold::Argmax => return None,
        })
    }

    /// The instruction that takes a value into a state, where states are values.
    pub const fn step(self) -> Option<Prim> {
        Some(match self {
            Fold::Sum => Prim::Add,
            Fold::Prod => Prim::Mul,
            Fold::Min => Prim::Minimum,
            Fold::Max => Prim::Maximum,
            Fold::Fmin => Prim::Fmin,
            Fold::Fmax => Prim::Fmax,
            Fold::And => Prim::And,
            Fold::Or => Prim::Or,
            Fold::Xor => Prim::Xor,
            Fold::Count | Fold::Argmin | Fold::Argmax | Fold::Moments => return None,
        })
    }
}

impl Finish {
    /// The result's type, for operands of type `t`.
    pub const fn dtype(self, fold: Fold, t: DType) -> DType {
        match self {
            Finish::Value => match fold {
                Fold::Count => DType::I64,
                _ => t,
            },
            Finish::Position | Finish::Tally => DType::I64,
            Finish::Mean => t,
            Finish::Var(_) | Finish::Std(_) => t.real(),
        }
    }
}
