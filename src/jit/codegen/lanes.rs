//! Vectors of lanes: how a block of elements lies in registers, and how lanes change width.
//!
//! A block of a type is a list of vectors, low elements first, 16 bytes each in Cranelift's eyes even where the code will be
//! widened; a type so narrow that the block does not fill one vector has the elements in the low lanes and anything above. Bools are masks: all bits of a lane set or none.

use super::Width;
use super::shape::vectors;
use super::widen;
use crate::dtype::DType;
use cranelift_codegen::ir::{
    ConstantData, Endianness, InstBuilder, MemFlagsData, Type, Value, condcodes::IntCC, immediates::V128Imm, types,
};
use cranelift_frontend::FunctionBuilder;
use smallvec::{SmallVec, smallvec};

/// The vectors of a block. A uniform list has one vector, which stands for each of them.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    vectors: SmallVec<[Value; 4]>,
    uniform: bool,
}

impl Lanes {
    /// A value that is the same in each lane.
    pub fn uniform(value: Value) -> Lanes {
        Lanes { vectors: smallvec![value], uniform: true }
    }

    /// One vector after the other.
    pub fn list(vectors: SmallVec<[Value; 4]>) -> Lanes {
        Lanes { vectors, uniform: false }
    }

    /// Whether each lane is the same.
    pub fn is_uniform(&self) -> bool {
        self.uniform
    }

    /// Vector `i` of the block.
    pub fn at(&self, i: usize) -> Value {
        if self.uniform { self.vectors[0] } else { self.vectors[i] }
    }

    fn len(&self) -> usize {
        self.vectors.len()
    }
}

/// The integer vector type whose lanes have `size` bytes.
pub(super) fn integer(size: usize) -> Type {
    match size {
        1 => types::I8X16,
        2 => types::I16X8,
        4 => types::I32X4,
        _ => types::I64X2,
    }
}

/// The vector type of an element type; bools are bytes here.
pub(super) fn vector(dtype: DType) -> Type {
    match dtype {
        DType::F32 => types::F32X4,
        DType::F64 => types::F64X2,
        other => integer(other.size()),
    }
}

/// Flags of every access to an element: it cannot trap, and need not be aligned.
pub(super) fn flags() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

/// Emits vector code into one function, for one size of block.
pub(super) struct Emitter<'f> {
    pub b: FunctionBuilder<'f>,
    pub block: usize,
    pub width: Width,
}

/// Bytes of a vector type.
const VECTOR: usize = 16;

impl Emitter<'_> {
    /// The vectors that `size`-byte lanes of the block fill.
    pub fn count(&self, size: usize) -> usize {
        vectors(self.width, self.block, size)
    }

    /// The same operation on each vector.
    pub fn map(&mut self, a: &Lanes, mut f: impl FnMut(&mut Self, Value) -> Value) -> Lanes {
        Lanes { vectors: a.vectors.iter().map(|&v| f(self, v)).collect(), uniform: a.uniform }
    }

    /// The same operation on each pair of vectors.
    pub fn zip(&mut self, a: &Lanes, b: &Lanes, mut f: impl FnMut(&mut Self, Value, Value) -> Value) -> Lanes {
        let n = a.len().max(b.len());
        Lanes { vectors: (0..n).map(|i| f(self, a.at(i), b.at(i))).collect(), uniform: a.uniform && b.uniform }
    }

    /// A vector with `size` low bytes of `bits` in each lane. Loaded where it is used: kept in a register over the
    /// whole loop it would be spilled.
    pub fn splat(&mut self, ty: Type, bits: u64) -> Value {
        let size = ty.lane_bits() as usize / 8;
        let bytes: Vec<u8> = bits.to_le_bytes()[..size].iter().copied().cycle().take(VECTOR).collect();
        let handle = self.b.func.dfg.constants.insert(ConstantData::from(&bytes[..]));
        self.b.ins().vconst(ty, handle)
    }

    /// The same bits as another vector type.
    pub fn cast_bits(&mut self, v: Value, ty: Type) -> Value {
        if self.b.func.dfg.value_type(v) == ty {
            return v;
        }
        self.b.ins().bitcast(ty, MemFlagsData::new().with_endianness(Endianness::Little), v)
    }

    /// [`Emitter::cast_bits`] of each vector.
    pub fn cast_all(&mut self, a: &Lanes, ty: Type) -> Lanes {
        self.map(a, |e, v| e.cast_bits(v, ty))
    }

    /// Bytes picked from the 32 of two vectors.
    pub fn shuffle(&mut self, a: Value, b: Value, pick: [u8; 16]) -> Value {
        let (a, b) = (self.cast_bits(a, types::I8X16), self.cast_bits(b, types::I8X16));
        let mask = self.b.func.dfg.immediates.push(ConstantData::from(V128Imm(pick)));
        self.b.ins().shuffle(a, b, mask)
    }

    /// The low halves of two vectors, as one.
    pub fn low_halves(&mut self, a: Value, b: Value) -> Value {
        let ty = self.b.func.dfg.value_type(a);
        let v = match self.width {
            Width::Single => self.shuffle(a, b, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]),
            Width::Double | Width::Quad => self.shuffle(b, a, widen::JOIN_LOW_HALVES.bytes()),
        };
        self.cast_bits(v, ty)
    }

    /// A vector whose low half is the high half of another.
    pub fn high_half(&mut self, a: Value) -> Value {
        let ty = self.b.func.dfg.value_type(a);
        let v = match self.width {
            Width::Single => self.shuffle(a, a, [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]),
            Width::Double | Width::Quad => self.shuffle(a, a, widen::HIGH_HALF_TO_LOW.bytes()),
        };
        self.cast_bits(v, ty)
    }

    /// The quarters of a vector in order, after an instruction that packed two vectors 16 bytes by 16 bytes.
    fn packed(&mut self, a: Value) -> Value {
        let ty = self.b.func.dfg.value_type(a);
        match self.width {
            Width::Single => a,
            Width::Double | Width::Quad => {
                let v = self.shuffle(a, a, widen::SORT_QUARTERS.bytes());
                self.cast_bits(v, ty)
            }
        }
    }

    fn extend(&mut self, a: &Lanes, size: usize, signed: bool) -> Lanes {
        let low = |e: &mut Self, v| if signed { e.b.ins().swiden_low(v) } else { e.b.ins().uwiden_low(v) };
        self.widen_by(a, size, low, |e, v| match (e.width, signed) {
            (Width::Double | Width::Quad, _) => {
                let high = e.high_half(v);
                low(e, high)
            }
            (Width::Single, true) => e.b.ins().swiden_high(v),
            (Width::Single, false) => e.b.ins().uwiden_high(v),
        })
    }

    /// Lanes of `size` bytes, made from those of half the size: by `low` from the low half of each vector, by `high`
    /// from the high half.
    pub fn widen_by(
        &mut self,
        a: &Lanes,
        size: usize,
        mut low: impl FnMut(&mut Self, Value) -> Value,
        mut high: impl FnMut(&mut Self, Value) -> Value,
    ) -> Lanes {
        if a.uniform {
            return Lanes::uniform(low(self, a.vectors[0]));
        }
        let n = self.count(size);
        let widened = (0..n).map(|i| match i % 2 {
            0 => low(self, a.vectors[i / 2]),
            _ => high(self, a.vectors[i / 2]),
        });
        Lanes::list(widened.collect())
    }

    /// Lanes of `size` bytes, made from those of twice the size by `pack` from two vectors.
    pub fn narrow_by(
        &mut self,
        a: &Lanes,
        size: usize,
        mut pack: impl FnMut(&mut Self, Value, Value) -> Value,
    ) -> Lanes {
        if a.uniform {
            let mut v = pack(self, a.vectors[0], a.vectors[0]);
            if self.width == Width::Quad {
                v = self.low_halves(v, v);
            }
            return Lanes::uniform(v);
        }
        let packed = (0..self.count(size)).map(|i| {
            let low = a.vectors[2 * i];
            pack(self, low, a.vectors.get(2 * i + 1).copied().unwrap_or(low))
        });
        Lanes::list(packed.collect())
    }

    /// Integers or masks in lanes of `to` bytes, half of what they had: truncated where vectors of 512 bits have an instruction for it, else
    /// as `pack` does it.
    fn halve(&mut self, a: &Lanes, to: usize, pack: impl FnMut(&mut Self, Value, Value) -> Value) -> Lanes {
        match self.width {
            Width::Quad => self.narrow_by(a, to, |e, x, y| e.truncated(x, y, to)),
            Width::Single | Width::Double => self.narrow_by(a, to, pack),
        }
    }

    /// Integers of `from` bytes as integers of `to` bytes: extended by their sign or by zeros, or truncated.
    pub fn resize(&mut self, a: &Lanes, from: usize, to: usize, signed: bool) -> Lanes {
        let (mut lanes, mut size) = (a.clone(), from);
        while size < to {
            size *= 2;
            lanes = self.extend(&lanes, size, signed);
        }
        if size == 8 && to < 8 {
            lanes = self.halve(&lanes, 4, Self::even_words);
            size = 4;
        }
        if to < size && self.width != Width::Quad {
            // The packs saturate: what is left above the target's width would show.
            let mask = (1u64 << (8 * to)) - 1;
            let keep = self.splat(integer(size), mask);
            lanes = self.map(&lanes, |e, v| e.b.ins().band(v, keep));
        }
        if size == 4 && to < 4 {
            lanes = self.halve(&lanes, 2, Self::pack_unsigned);
            size = 2;
        }
        if size == 2 && to < 2 {
            lanes = self.halve(&lanes, 1, Self::pack_unsigned);
        }
        lanes
    }

    /// A mask of `from`-byte lanes as one of `to`-byte lanes.
    pub fn resize_mask(&mut self, a: &Lanes, from: usize, to: usize) -> Lanes {
        if a.uniform {
            return self.cast_all(a, integer(to));
        }
        if from < to && self.width == Width::Single {
            return self.widen_mask(a, from, to);
        }
        let (mut lanes, mut size) = (a.clone(), from);
        while size < to {
            size *= 2;
            lanes = self.extend(&lanes, size, true);
        }
        while size > to {
            size /= 2;
            lanes = match size {
                4 => self.halve(&lanes, 4, Self::even_words),
                _ => self.halve(&lanes, size, |e, a, b| {
                    let v = e.b.ins().snarrow(a, b);
                    e.packed(v)
                }),
            };
        }
        lanes
    }

    /// Each lane repeated to fill a wider one: one byte shuffle a vector, whatever the ratio.
    fn widen_mask(&mut self, a: &Lanes, from: usize, to: usize) -> Lanes {
        let lanes = VECTOR / to;
        let widened = (0..self.count(to)).map(|i| {
            let first = i * lanes * from;
            let source = a.at(first / VECTOR);
            let mut pick = [0u8; VECTOR];
            for (j, byte) in pick.iter_mut().enumerate() {
                *byte = (first % VECTOR + (j / to) * from + j % from) as u8;
                // In this form the shuffle is an interleaving, which needs no table.
                if to == 2 * from && j % to >= from {
                    *byte += VECTOR as u8;
                }
            }
            let v = self.shuffle(source, source, pick);
            self.cast_bits(v, integer(to))
        });
        Lanes::list(widened.collect())
    }

    /// The low halves of the lanes of two vectors, by an instruction of 512 bits; where the second is the first, as the low half of a vector.
    fn truncated(&mut self, a: Value, b: Value, to: usize) -> Value {
        let marker = match to {
            1 => widen::LOW_BYTES,
            2 => widen::LOW_WORDS,
            _ => widen::LOW_DOUBLE_WORDS,
        };
        let low = self.shuffle(a, a, marker.bytes());
        let both = if a == b {
            low
        } else {
            let high = self.shuffle(b, b, marker.bytes());
            self.low_halves(low, high)
        };
        self.cast_bits(both, integer(to))
    }

    /// The even 32-bit words of two vectors: the low halves of their 64-bit lanes.
    fn even_words(&mut self, a: Value, b: Value) -> Value {
        let v = self.shuffle(a, b, [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]);
        let v = self.packed(v);
        self.cast_bits(v, types::I32X4)
    }

    /// Lanes of two vectors in half the width; their values fit there.
    fn pack_unsigned(&mut self, a: Value, b: Value) -> Value {
        let v = self.b.ins().unarrow(a, b);
        self.packed(v)
    }

    /// Lanes of the first where the mask is set, else of the second.
    pub fn blend(&mut self, mask: Value, a: Value, b: Value) -> Value {
        let ty = self.b.func.dfg.value_type(a);
        let lane = match ty.lane_bits() {
            32 => types::I32X4,
            64 => types::I64X2,
            _ => types::I8X16,
        };
        let (mask, a, b) = (self.cast_bits(mask, lane), self.cast_bits(a, lane), self.cast_bits(b, lane));
        let v = self.b.ins().blendv(mask, a, b);
        self.cast_bits(v, ty)
    }

    /// Of floats, the first where the mask, a comparison of the two, is set, else the second. By 512 bits it is the
    /// instruction for minima or maxima, in its form that raises no flag for NaN; narrower ones have no such form.
    pub fn extreme(&mut self, better: Value, a: Value, b: Value) -> Value {
        if self.width != Width::Quad {
            return self.blend(better, a, b);
        }
        let ty = self.b.func.dfg.value_type(a);
        let mask = self.cast_bits(better, ty);
        self.b.ins().bitselect(mask, a, b)
    }

    /// A bool vector of 0 and 1 bytes as a mask of bytes.
    pub fn mask_of_bytes(&mut self, bytes: Value) -> Value {
        self.b.ins().ineg(bytes)
    }

    /// The mask of lanes that are not zero.
    pub fn nonzero(&mut self, v: Value) -> Value {
        let zero = self.splat(self.b.func.dfg.value_type(v), 0);
        self.b.ins().icmp(IntCC::NotEqual, v, zero)
    }

    /// The type by which a whole vector is loaded and stored: where code will be widened, integer accesses are those
    /// that stay at 16 bytes.
    pub fn memory_type(&self, ty: Type) -> Type {
        match (self.width, ty.lane_type()) {
            (Width::Single, _) | (_, types::F32 | types::F64) => ty,
            (Width::Double | Width::Quad, types::I64) => types::F64X2,
            (Width::Double | Width::Quad, _) => types::F32X4,
        }
    }

    /// The block of an operand whose first element of the block lies at `address`.
    pub fn load(&mut self, dtype: DType, address: Value) -> Lanes {
        let ty = vector(dtype);
        let (bytes, stride) = (self.block * dtype.size(), self.width.bytes());
        let loaded = (0..self.count(dtype.size())).map(|i| {
            let v = match bytes {
                4 | 8 => {
                    let part = if bytes == 8 { types::I64 } else { types::I32 };
                    let scalar = self.b.ins().load(part, flags(), address, 0);
                    self.b.ins().scalar_to_vector(integer(bytes), scalar)
                }
                // Of another type than its users want: a load that is selected as part of an instruction would be widened
                // with it, and read beyond the operand. Half of 512 bits is made of two parts.
                32 if bytes < stride => {
                    let [low, high] = [0, 16].map(|at| self.b.ins().load(types::I64X2, flags(), address, at));
                    self.shuffle(high, low, widen::JOIN_LOW_QUARTERS.bytes())
                }
                _ if bytes < stride => self.b.ins().load(types::I64X2, flags(), address, 0),
                _ => {
                    let ty = self.memory_type(ty);
                    self.b.ins().load(ty, flags(), address, (i * stride) as i32)
                }
            };
            self.cast_bits(v, ty)
        });
        Lanes::list(loaded.collect())
    }

    /// A vector filled with one element, from memory that is filled with it so many bytes on; a bool as a mask.
    pub fn load_filled(&mut self, dtype: DType, address: Value, offset: i32) -> Value {
        let ty = self.memory_type(vector(dtype));
        let v = self.b.ins().load(ty, flags(), address, offset);
        let v = self.cast_bits(v, vector(dtype));
        if dtype == DType::Bool { self.mask_of_bytes(v) } else { v }
    }

    /// Writes a block.
    pub fn store(&mut self, dtype: DType, lanes: &Lanes, address: Value) {
        let (bytes, stride) = (self.block * dtype.size(), self.width.bytes());
        for i in 0..self.count(dtype.size()) {
            let v = lanes.at(i);
            match bytes {
                4 | 8 => {
                    let part = self.cast_bits(v, if bytes == 8 { types::F64X2 } else { types::F32X4 });
                    let low = self.b.ins().extractlane(part, 0);
                    self.b.ins().store(flags(), low, address, 0);
                }
                _ if bytes < stride => {
                    let part = self.cast_bits(v, integer(dtype.size()));
                    self.b.ins().store(flags(), part, address, 0);
                    if bytes == 32 {
                        let high = self.shuffle(part, part, widen::SECOND_QUARTER_TO_LOW.bytes());
                        self.b.ins().store(flags(), high, address, 16);
                    }
                }
                _ => {
                    let whole = self.cast_bits(v, self.memory_type(vector(dtype)));
                    self.b.ins().store(flags(), whole, address, (i * stride) as i32);
                }
            }
        }
    }
}
