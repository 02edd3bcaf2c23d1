//! The instructions of VEX code that have a meaning by 512 bits.

use super::super::decode::{Form, Vector, is_fused};
use super::super::widen::{
    HIGH_HALF_TO_LOW, JOIN_LOW_HALVES, JOIN_LOW_QUARTERS, LOW_BYTES, LOW_DOUBLE_WORDS, LOW_WORDS, Marker,
    SECOND_QUARTER_TO_LOW,
};
use super::encode::Opcode;

/// What an instruction does, and how its EVEX form is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// The same to each lane.
    Lanes { of_64_bits: bool, immediate: bool, writes: Writes },
    /// The same, and to masks: the byte of the instruction on these.
    Logic { of_masks: u8 },
    /// A comparison of lanes of so many bytes, of floats with its predicate: all bits of a lane are set, or none; by 512 bits those of a mask.
    Compare { size: usize, floats: bool },
    /// Minimum or maximum of floats, which is to raise no flag for NaN: only registers have such a form.
    Extreme { of_64_bits: bool },
    /// A fused product and sum, whose result takes the place of an operand.
    Fused { of_64_bits: bool },
    /// From a half of a vector, its last operand, a whole one.
    Extension,
    /// A part of a vector, from memory or to it: it stays as it is.
    Part { writes: Writes },
    /// A [`Marker`].
    Moves(Marker),
    /// Of each lane the last operand's where a fourth one's highest bit is set, else the second source's.
    Blend { size: usize },
}

/// The operand that an instruction writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Writes {
    Register,
    Source,
    Last,
}

impl Known {
    /// Where it writes.
    pub fn writes(self) -> Writes {
        match self {
            Known::Lanes { writes, .. } | Known::Part { writes } => writes,
            Known::Logic { .. }
            | Known::Compare { .. }
            | Known::Extreme { .. }
            | Known::Fused { .. }
            | Known::Extension
            | Known::Moves(_)
            | Known::Blend { .. } => Writes::Register,
        }
    }

    /// Whether a byte follows the operands.
    pub fn has_immediate(self) -> bool {
        match self {
            Known::Lanes { immediate, .. } => immediate,
            Known::Compare { floats, .. } => floats,
            Known::Logic { .. }
            | Known::Extreme { .. }
            | Known::Fused { .. }
            | Known::Extension
            | Known::Part { .. } => false,
            Known::Blend { .. } | Known::Moves(_) => true,
        }
    }
}

/// What an instruction does; `None` if it is not known, or not the same by 512 bits.
pub fn known(code: &[u8], v: &Vector) -> Option<Known> {
    let (map, kind, opcode, operand) = (v.map, v.kind, v.opcode, &v.operand);
    let marker = || Some(Marker::of(*code.get(operand.end)?));
    let lanes = |of_64_bits| Known::Lanes { of_64_bits, immediate: false, writes: Writes::Register };
    let compare = |size| Known::Compare { size, floats: false };
    Some(match (map, kind, opcode) {
        // movups, movupd, movaps, movapd, movdqa: loads and stores.
        (1, 0 | 1, 0x10 | 0x28) => lanes(kind == 1),
        (1, 1, 0x6f) => lanes(true),
        // movdqu of a constant; what it reads elsewhere is a part of a vector.
        (1, 2, 0x6f) if matches!(operand.form, Form::Constant(_)) => lanes(true),
        (1, 0 | 1, 0x11 | 0x29) => Known::Lanes { of_64_bits: kind == 1, immediate: false, writes: Writes::Last },
        (1, 1, 0x7f) => Known::Lanes { of_64_bits: true, immediate: false, writes: Writes::Last },
        // sqrt, and, andn, or, xor, add, mul, sub, div of floats.
        (1, 0 | 1, 0x51 | 0x54..=0x59 | 0x5c | 0x5e) => lanes(kind == 1),
        // min, max of floats.
        (1, 0 | 1, 0x5d | 0x5f) if operand.form != Form::Memory => Known::Extreme { of_64_bits: kind == 1 },
        (2, 1, opcode) if is_fused(opcode) => Known::Fused { of_64_bits: code.get(v.opcode_at - 1)? & 0x80 != 0 },
        (1, 0 | 1, 0xc2) => Known::Compare { size: if kind == 1 { 8 } else { 4 }, floats: true },
        // cvtdq2ps, cvttps2dq; cvtpd2ps, cvttpd2dq to halves.
        (1, 0 | 2, 0x5b) => lanes(false),
        (1, 1, 0x5a | 0xe6) => lanes(true),
        // cvtps2pd, cvtdq2pd; pmovsx and pmovzx by one step.
        (1, 0, 0x5a) | (1, 2, 0xe6) | (2, 1, 0x20 | 0x23 | 0x25 | 0x30 | 0x33 | 0x35) => Known::Extension,
        // movdqu of 16 bytes, movss, movsd.
        (1, 2, 0x6f) | (1, 2 | 3, 0x10) if operand.form == Form::Memory => Known::Part { writes: Writes::Register },
        (1, 2, 0x7f) | (1, 2 | 3, 0x11) if operand.form == Form::Memory => Known::Part { writes: Writes::Last },
        (3, 1, 0x0f) if operand.form == Form::Register => Known::Moves(marker()?),
        // pcmpgtb, w, d; pcmpeqb, w, d; pcmpeqq, pcmpgtq.
        (1, 1, 0x64..=0x66 | 0x74..=0x76) => compare(1 << (opcode & 3)),
        (2, 1, 0x29 | 0x37) => compare(8),
        // padd, psub of bytes, words, double words; of 64 bits; pmullw, pmuludq, saturating psubu.
        (1, 1, 0xfc..=0xfe | 0xf8..=0xfa | 0xd5 | 0xd8 | 0xd9) => lanes(false),
        (1, 1, 0xd4 | 0xfb | 0xf4) => lanes(true),
        // pand, pandn, por, pxor.
        (1, 1, 0xdb) => Known::Logic { of_masks: 0x41 },
        (1, 1, 0xdf) => Known::Logic { of_masks: 0x42 },
        (1, 1, 0xeb) => Known::Logic { of_masks: 0x45 },
        (1, 1, 0xef) => Known::Logic { of_masks: 0x47 },
        // pminub, pmaxub, pminsw, pmaxsw; pabs, pmin and pmax of the other types, pmulld.
        (1, 1, 0xda | 0xde | 0xea | 0xee) | (2, 1, 0x1c..=0x1e | 0x38..=0x40) => lanes(false),
        // Shifts by an immediate, not those of whole registers (3 and 7). Of 64 bits by 4 there is none in VEX code.
        (1, 1, 0x71..=0x73) if matches!(operand.register, 2 | 4 | 6) && operand.form == Form::Register => {
            Known::Lanes { of_64_bits: opcode == 0x73, immediate: true, writes: Writes::Source }
        }
        // roundps, roundpd: the same as vrndscale with no scale.
        (3, 1, 0x08 | 0x09) => Known::Lanes { of_64_bits: opcode == 0x09, immediate: true, writes: Writes::Register },
        // blendvps, blendvpd, pblendvb.
        (3, 1, 0x4a) => Known::Blend { size: 4 },
        (3, 1, 0x4b) => Known::Blend { size: 8 },
        (3, 1, 0x4c) => Known::Blend { size: 1 },
        _ => return None,
    })
}

/// The instruction of 512 bits that a marker stands for, and its immediate byte: one that takes its second source and its last operand, or one that writes its last operand.
pub fn moves(marker: Marker) -> Option<(Opcode, Option<u8>, Writes)> {
    let opcode = |map, kind, byte, of_64_bits| Opcode { map, kind, byte, of_64_bits };
    Some(match marker {
        // vinserti64x4 into the high half; vextracti64x4 of it.
        JOIN_LOW_HALVES => (opcode(3, 1, 0x3a, true), Some(1), Writes::Register),
        HIGH_HALF_TO_LOW => (opcode(3, 1, 0x3b, true), Some(1), Writes::Last),
        // vinserti32x4 into the second quarter; vextracti32x4 of it.
        JOIN_LOW_QUARTERS => (opcode(3, 1, 0x38, false), Some(1), Writes::Register),
        SECOND_QUARTER_TO_LOW => (opcode(3, 1, 0x39, false), Some(1), Writes::Last),
        // vpmovwb, vpmovdw, vpmovqd.
        LOW_BYTES => (opcode(2, 2, 0x30, false), None, Writes::Last),
        LOW_WORDS => (opcode(2, 2, 0x33, false), None, Writes::Last),
        LOW_DOUBLE_WORDS => (opcode(2, 2, 0x35, false), None, Writes::Last),
        _ => return None,
    })
}
