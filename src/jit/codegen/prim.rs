//! Scalar instructions on lanes of numbers.

use super::lanes::{Emitter, Lanes, integer, vector};
use crate::dtype::{DType, Kind, Scalar};
use crate::ops::prim::Prim;
use cranelift_codegen::ir::{
    InstBuilder, Type, Value,
    condcodes::{FloatCC, IntCC},
    types,
};

/// What is known of an operand when code is emitted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Nothing.
    Nothing,
    /// A constant, not NaN.
    Ordered,
    /// A constant, neither NaN nor zero.
    OrderedNonzero,
}

impl Emitter<'_> {
    /// One operand, result of the same type.
    pub(super) fn unary(&mut self, p: Prim, a: &Lanes, dtype: DType) -> Option<Lanes> {
        let ty = vector(dtype);
        let sign = 1u64 << (8 * dtype.size() - 1);
        if !dtype.is_float() {
            return match p {
                Prim::Neg => Some(self.map(a, |e, v| e.b.ins().ineg(v))),
                Prim::Not => Some(self.map(a, |e, v| e.b.ins().bnot(v))),
                Prim::Abs if dtype.kind() == Kind::Unsigned => Some(a.clone()),
                Prim::Abs => Some(self.map(a, |e, v| e.b.ins().iabs(v))),
                _ => None,
            };
        }
        Some(match p {
            Prim::Neg => {
                let sign = self.splat(ty, sign);
                self.map(a, |e, v| e.b.ins().bxor(v, sign))
            }
            Prim::Abs => {
                let magnitude = self.splat(ty, sign - 1);
                self.map(a, |e, v| e.b.ins().band(v, magnitude))
            }
            Prim::Sqrt => self.map(a, |e, v| e.b.ins().sqrt(v)),
            Prim::Floor => self.map(a, |e, v| e.b.ins().floor(v)),
            Prim::Ceil => self.map(a, |e, v| e.b.ins().ceil(v)),
            Prim::Trunc => self.map(a, |e, v| e.b.ins().trunc(v)),
            Prim::Rint => self.map(a, |e, v| e.b.ins().nearest(v)),
            _ => return None,
        })
    }

    /// The mask of set sign bits of floats.
    pub(super) fn signbit(&mut self, a: &Lanes, dtype: DType) -> Lanes {
        let ty = integer(dtype.size());
        let zero = self.splat(ty, 0);
        self.map(a, |e, v| {
            let bits = e.cast_bits(v, ty);
            e.b.ins().icmp(IntCC::SignedLessThan, bits, zero)
        })
    }

    /// Two operands, result of the same type.
    pub(super) fn binary(
        &mut self,
        p: Prim,
        [a, b]: [&Lanes; 2],
        [known_a, known_b]: [Known; 2],
        dtype: DType,
    ) -> Option<Lanes> {
        if !dtype.is_float() {
            return self.binary_integer(p, a, b, dtype);
        }
        Some(match p {
            Prim::Add => self.zip(a, b, |e, x, y| e.b.ins().fadd(x, y)),
            Prim::Sub => self.zip(a, b, |e, x, y| e.b.ins().fsub(x, y)),
            Prim::Mul => self.zip(a, b, |e, x, y| e.b.ins().fmul(x, y)),
            Prim::Div => self.zip(a, b, |e, x, y| e.b.ins().fdiv(x, y)),
            Prim::Copysign => {
                let ty = vector(dtype);
                let sign = 1u64 << (8 * dtype.size() - 1);
                let (sign, magnitude) = (self.splat(ty, sign), self.splat(ty, sign - 1));
                self.zip(a, b, |e, x, y| {
                    let (x, y) = (e.b.ins().band(x, magnitude), e.b.ins().band(y, sign));
                    e.b.ins().bor(x, y)
                })
            }
            Prim::Minimum | Prim::Maximum => match (known_a, known_b) {
                // A NaN can only be in `b`, and `pick` takes `b` when unordered.
                (Known::Ordered | Known::OrderedNonzero, _) => self.zip(a, b, |e, x, y| e.pick(p, x, y)),
                (Known::Nothing, Known::OrderedNonzero) => self.zip(a, b, |e, x, y| e.pick(p, y, x)),
                (Known::Nothing, _) => self.keeping_nan(p, true, a, b),
            },
            Prim::Fmin | Prim::Fmax => match (known_a, known_b) {
                (_, Known::Ordered | Known::OrderedNonzero) => self.zip(a, b, |e, x, y| e.pick(p, x, y)),
                (Known::OrderedNonzero, Known::Nothing) => self.zip(a, b, |e, x, y| e.pick(p, y, x)),
                (_, Known::Nothing) => self.keeping_nan(p, false, a, b),
            },
            _ => return None,
        })
    }

    /// What x86's `min` and `max` give: the first where it is strictly less (greater), else the second; the second when
    /// unordered and for zeros of either sign. Not those instructions, which raise a flag for NaN, but where they need not.
    fn pick(&mut self, p: Prim, x: Value, y: Value) -> Value {
        let less = match p {
            Prim::Minimum | Prim::Fmin => self.b.ins().fcmp(FloatCC::LessThan, x, y),
            _ => self.b.ins().fcmp(FloatCC::LessThan, y, x),
        };
        self.extreme(less, x, y)
    }

    /// `pick(a, b)`, but `a` where the operand tested, the first or the second, is NaN: what NumPy's vector loops do for
    /// minimum (the first) and for fmin (the second), to the NaN's payload and the zero's sign.
    fn keeping_nan(&mut self, p: Prim, first: bool, a: &Lanes, b: &Lanes) -> Lanes {
        // Vector by vector, not step by step: three short steps in a row hold two registers, not two lists of them.
        self.zip(a, b, |e, x, y| {
            let tested = if first { x } else { y };
            let nan = e.b.ins().fcmp(FloatCC::Unordered, tested, tested);
            let picked = e.pick(p, x, y);
            e.blend(nan, x, picked)
        })
    }

    /// `a` where the mask is set, else `b`. The mask's lanes are as wide as theirs.
    pub(super) fn select(&mut self, mask: &Lanes, a: &Lanes, b: &Lanes) -> Lanes {
        let pairs = self.zip(a, b, |_, x, _| x);
        let uniform = pairs.is_uniform() && mask.is_uniform();
        let size = self.b.func.dfg.value_type(a.at(0)).lane_bits() as usize / 8;
        let n = if uniform { 1 } else { self.count(size) };
        let picked = (0..n).map(|i| self.blend(mask.at(i), a.at(i), b.at(i))).collect();
        if uniform { Lanes::uniform(self.blend(mask.at(0), a.at(0), b.at(0))) } else { Lanes::list(picked) }
    }

    fn binary_integer(&mut self, p: Prim, a: &Lanes, b: &Lanes, dtype: DType) -> Option<Lanes> {
        let signed = dtype.kind() == Kind::Signed;
        Some(match p {
            Prim::Add => self.zip(a, b, |e, x, y| e.b.ins().iadd(x, y)),
            Prim::Sub => self.zip(a, b, |e, x, y| e.b.ins().isub(x, y)),
            Prim::Mul if dtype.size() == 1 => self.zip(a, b, Self::mul_bytes),
            Prim::Mul => self.zip(a, b, |e, x, y| e.b.ins().imul(x, y)),
            Prim::And => self.zip(a, b, |e, x, y| e.b.ins().band(x, y)),
            Prim::Or => self.zip(a, b, |e, x, y| e.b.ins().bor(x, y)),
            Prim::Xor => self.zip(a, b, |e, x, y| e.b.ins().bxor(x, y)),
            Prim::Minimum | Prim::Fmin if signed => self.zip(a, b, |e, x, y| e.b.ins().smin(x, y)),
            Prim::Minimum | Prim::Fmin => self.zip(a, b, |e, x, y| e.b.ins().umin(x, y)),
            Prim::Maximum | Prim::Fmax if signed => self.zip(a, b, |e, x, y| e.b.ins().smax(x, y)),
            Prim::Maximum | Prim::Fmax => self.zip(a, b, |e, x, y| e.b.ins().umax(x, y)),
            _ => return None,
        })
    }

    /// Shifted by one number of bits: by as many as the type has, or more, all are shifted out.
    pub(super) fn shift(&mut self, p: Prim, a: &Lanes, count: Scalar, dtype: DType) -> Lanes {
        let (ty, bits) = (vector(dtype), 8 * dtype.size() as u64);
        let ones = u64::MAX >> (64 - bits);
        let count = count.bits() as u64 & ones;
        let signed = p == Prim::Shr && dtype.kind() == Kind::Signed;
        if count >= bits && !signed {
            return self.map(a, |e, _| e.splat(ty, 0));
        }
        let count = count.min(bits - 1);
        if !signed {
            return self.map(a, |e, v| e.shift_zeros(p, v, count, ty));
        }
        if matches!(dtype.size(), 2 | 4) {
            return self.map(a, |e, v| e.b.ins().sshr_imm_u(v, count as i64));
        }
        // With the sign bit turned over, what is shifted in is too much by that bit, shifted.
        let (sign, low) = (self.splat(ty, 1 << (bits - 1)), self.splat(ty, 1 << (bits - 1) >> count));
        self.map(a, |e, v| {
            let v = e.b.ins().bxor(v, sign);
            let v = e.shift_zeros(p, v, count, ty);
            e.b.ins().isub(v, low)
        })
    }

    /// Zeros shifted in; of bytes in pairs, as no instruction shifts bytes.
    fn shift_zeros(&mut self, p: Prim, v: Value, count: u64, ty: Type) -> Value {
        let (pairs, left) = (ty == types::I8X16, p == Prim::Shl);
        let v = if pairs { self.cast_bits(v, types::I16X8) } else { v };
        let v = match left {
            true => self.b.ins().ishl_imm_u(v, count as i64),
            false => self.b.ins().ushr_imm_u(v, count as i64),
        };
        if !pairs {
            return v;
        }
        let kept = self.splat(ty, if left { 0xff << count & 0xff } else { 0xff >> count });
        let v = self.cast_bits(v, ty);
        self.b.ins().band(v, kept)
    }

    /// Products of bytes, which no instruction gives: of the even bytes in 16-bit lanes, and of the odd ones.
    fn mul_bytes(&mut self, a: Value, b: Value) -> Value {
        let (a, b) = (self.cast_bits(a, types::I16X8), self.cast_bits(b, types::I16X8));
        let low = self.splat(types::I16X8, 0x00ff);
        let even = self.b.ins().imul(a, b);
        let even = self.b.ins().band(even, low);
        let odd_a = self.b.ins().ushr_imm_u(a, 8);
        let not_low = self.b.ins().bnot(low);
        let odd_b = self.b.ins().band(b, not_low);
        let odd = self.b.ins().imul(odd_a, odd_b);
        let both = self.b.ins().bor(even, odd);
        self.cast_bits(both, types::I8X16)
    }

    /// The mask of a comparison of numbers.
    pub(super) fn compare(&mut self, p: Prim, a: &Lanes, b: &Lanes, dtype: DType) -> Option<Lanes> {
        if dtype.is_float() {
            let condition = match p {
                Prim::Eq => FloatCC::Equal,
                Prim::Ne => FloatCC::NotEqual,
                Prim::Lt => FloatCC::LessThan,
                Prim::Le => FloatCC::LessThanOrEqual,
                Prim::Gt => FloatCC::GreaterThan,
                Prim::Ge => FloatCC::GreaterThanOrEqual,
                _ => return None,
            };
            return Some(self.zip(a, b, |e, x, y| e.b.ins().fcmp(condition, x, y)));
        }
        let signed = dtype.kind() == Kind::Signed;
        let condition = match (p, signed) {
            (Prim::Eq, _) => IntCC::Equal,
            (Prim::Ne, _) => IntCC::NotEqual,
            (Prim::Lt, true) => IntCC::SignedLessThan,
            (Prim::Lt, false) => IntCC::UnsignedLessThan,
            (Prim::Le, true) => IntCC::SignedLessThanOrEqual,
            (Prim::Le, false) => IntCC::UnsignedLessThanOrEqual,
            (Prim::Gt, true) => IntCC::SignedGreaterThan,
            (Prim::Gt, false) => IntCC::UnsignedGreaterThan,
            (Prim::Ge, true) => IntCC::SignedGreaterThanOrEqual,
            (Prim::Ge, false) => IntCC::UnsignedGreaterThanOrEqual,
            _ => return None,
        };
        Some(self.zip(a, b, |e, x, y| e.b.ins().icmp(condition, x, y)))
    }

    /// Logic of masks of one width.
    pub(super) fn logic(&mut self, p: Prim, a: &Lanes, b: &Lanes) -> Option<Lanes> {
        Some(match p {
            Prim::And | Prim::Mul | Prim::Minimum | Prim::Fmin => self.zip(a, b, |e, x, y| e.b.ins().band(x, y)),
            Prim::Or | Prim::Add | Prim::Maximum | Prim::Fmax => self.zip(a, b, |e, x, y| e.b.ins().bor(x, y)),
            Prim::Xor | Prim::Ne => self.zip(a, b, |e, x, y| e.b.ins().bxor(x, y)),
            Prim::Eq => self.zip(a, b, |e, x, y| {
                let differ = e.b.ins().bxor(x, y);
                e.b.ins().bnot(differ)
            }),
            Prim::Gt => self.zip(a, b, Self::and_not),
            Prim::Lt => self.zip(b, a, Self::and_not),
            Prim::Le => self.zip(a, b, |e, x, y| {
                let greater = e.and_not(x, y);
                e.b.ins().bnot(greater)
            }),
            Prim::Ge => self.zip(a, b, |e, x, y| {
                let less = e.and_not(y, x);
                e.b.ins().bnot(less)
            }),
            _ => return None,
        })
    }

    fn and_not(&mut self, x: Value, y: Value) -> Value {
        let rest = self.b.ins().bnot(y);
        self.b.ins().band(x, rest)
    }
}
