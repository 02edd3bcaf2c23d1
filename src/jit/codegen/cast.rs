//! Conversions between element types, with NumPy's results.

use super::lanes::{Emitter, Lanes};
use crate::dtype::{DType, Kind};
use cranelift_codegen::ir::{InstBuilder, condcodes::FloatCC, types};

impl Emitter<'_> {
    /// Numbers of one type as numbers of another; neither is bool.
    pub(super) fn cast_number(&mut self, a: &Lanes, from: DType, to: DType) -> Lanes {
        let signed = from.kind() == Kind::Signed;
        match (from, to) {
            (DType::F32, DType::F32) | (DType::F64, DType::F64) => a.clone(),
            (DType::F32, DType::F64) => self.widen_by(
                a,
                8,
                |e, v| e.b.ins().fvpromote_low(v),
                |e, v| {
                    let high = e.high_half(v);
                    e.b.ins().fvpromote_low(high)
                },
            ),
            (DType::F64, DType::F32) => self.narrow_by(a, 4, |e, x, y| {
                let (x, y) = (e.b.ins().fvdemote(x), e.b.ins().fvdemote(y));
                e.low_halves(x, y)
            }),
            // To 32 bits with x86's "integer indefinite" (the minimum) for what does not fit, then wrap.
            (DType::F32, _) => {
                let words = self.map(a, |e, v| e.b.ins().x86_cvtt2dq(types::I32X4, v));
                self.resize(&words, 4, to.size(), true)
            }
            (DType::F64, _) => {
                let words = self.narrow_by(a, 4, |e, x, y| {
                    let [x, y] = [x, y].map(|v| {
                        // These three instructions are selected as one, `cvttpd2dq`.
                        let wide = e.b.ins().x86_cvtt2dq(types::I64X2, v);
                        let zero = e.splat(types::I64X2, 0);
                        e.b.ins().snarrow(wide, zero)
                    });
                    e.low_halves(x, y)
                });
                self.resize(&words, 4, to.size(), true)
            }
            (_, DType::F32) => {
                let words = self.resize(a, from.size(), 4, signed);
                match from {
                    DType::U32 => self.map(&words, |e, v| e.b.ins().fcvt_from_uint(types::F32X4, v)),
                    _ => self.map(&words, |e, v| e.b.ins().fcvt_from_sint(types::F32X4, v)),
                }
            }
            (_, DType::F64) => {
                let words = self.resize(a, from.size(), 4, signed);
                let convert = |e: &mut Self, v| {
                    if from != DType::U32 {
                        // Selected as one conversion of the low half.
                        let wide = e.b.ins().swiden_low(v);
                        return e.b.ins().fcvt_from_sint(types::F64X2, wide);
                    }
                    // The number as the low bits of 2^52: what is above 2^52 is the number, exactly.
                    let wide = e.b.ins().uwiden_low(v);
                    let power = e.splat(types::I64X2, 0x4330_0000_0000_0000);
                    let sum = e.b.ins().bor(wide, power);
                    let (sum, power) = (e.cast_bits(sum, types::F64X2), e.cast_bits(power, types::F64X2));
                    e.b.ins().fsub(sum, power)
                };
                self.widen_by(&words, 8, convert, |e, v| {
                    let high = e.high_half(v);
                    convert(e, high)
                })
            }
            _ => self.resize(a, from.size(), to.size(), signed),
        }
    }

    /// The mask of what is not zero; NaN is not.
    pub(super) fn cast_to_mask(&mut self, a: &Lanes, from: DType) -> Lanes {
        self.map(a, |e, v| {
            if from.is_float() {
                let zero = e.splat(super::lanes::vector(from), 0);
                e.b.ins().fcmp(FloatCC::NotEqual, v, zero)
            } else {
                e.nonzero(v)
            }
        })
    }

    /// A mask of lanes as wide as `to` as numbers 0 and 1.
    pub(super) fn cast_from_mask(&mut self, mask: &Lanes, to: DType) -> Lanes {
        let one = crate::dtype::Scalar::one(to).bits() as u64;
        let ty = super::lanes::integer(to.size());
        let one = self.splat(ty, one);
        self.map(mask, |e, m| {
            let bits = e.b.ins().band(m, one);
            e.cast_bits(bits, super::lanes::vector(to))
        })
    }
}
