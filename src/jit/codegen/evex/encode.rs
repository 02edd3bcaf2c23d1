//! Instructions with EVEX prefixes, for vectors of 512 bits, and those on masks in registers of their own (`k1` to `k7`).
//!
//! Encodings: Intel 64 manual, volume 2, sections 2.3 and 2.7 and the pages of each instruction.

/// The opcode of an instruction: its map (1 for 0F, 2 for 0F 38, 3 for 0F 3A), its prefix (0 for none, 1 for 66, 2 for F3, 3 for F2), its byte, and whether lanes
/// have 64 bits where the prefix tells it.
#[derive(Clone, Copy)]
pub struct Opcode {
    pub map: u8,
    pub kind: u8,
    pub byte: u8,
    pub of_64_bits: bool,
}

/// Bytes of memory that an instruction reads or writes: distances of one byte count these.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum Bytes {
    Half = 32,
    Whole = 64,
}

/// The last operand of an instruction.
#[derive(Clone, Copy)]
pub enum Place<'c> {
    Register(u8),
    /// ModRM and what of it follows, as they are in VEX code, and whether index and base are of the upper eight registers.
    Memory {
        modrm: u8,
        rest: &'c [u8],
        index: bool,
        base: bool,
        bytes: Bytes,
    },
    /// Four bytes of distance from the instruction's end, set later.
    Distance,
}

/// The operands of an instruction: vector registers, by number.
pub struct Operands<'c> {
    pub register: u8,
    pub source: u8,
    pub place: Place<'c>,
    /// The mask by which it goes; 0 for none.
    pub mask: u8,
}

/// Writes an instruction, but for its immediate byte; where a distance that is set later stands.
pub fn put(out: &mut Vec<u8>, opcode: Opcode, Operands { register, source, place, mask }: &Operands) -> Option<usize> {
    let high = |bit: bool, place: u8| u8::from(!bit) << place;
    let (index, base) = match *place {
        Place::Register(last) => (last & 16 != 0, last & 8 != 0),
        Place::Memory { index, base, .. } => (index, base),
        Place::Distance => (false, false),
    };
    out.push(0x62);
    out.push(high(register & 8 != 0, 7) | high(index, 6) | high(base, 5) | high(register & 16 != 0, 4) | opcode.map);
    out.push(u8::from(opcode.of_64_bits) << 7 | (!source & 0xf) << 3 | 1 << 2 | opcode.kind);
    out.push(0b0100_0000 | high(source & 16 != 0, 3) | mask);
    out.push(opcode.byte);
    let register = (register & 7) << 3;
    match *place {
        Place::Register(last) => out.push(0xc0 | register | last & 7),
        Place::Distance => {
            out.push(register | 5);
            out.extend_from_slice(&[0; 4]);
            return Some(out.len() - 4);
        }
        // One byte of distance, the last.
        Place::Memory { modrm, rest, bytes, .. } if modrm >> 6 == 1 => {
            let (byte, rest) = rest.split_last()?;
            let distance = i32::from(*byte as i8);
            let whole = distance % bytes as i32 == 0;
            out.push(if whole { 0x40 } else { 0x80 } | register | modrm & 7);
            out.extend_from_slice(rest);
            if whole {
                out.push((distance / bytes as i32) as u8);
            } else {
                out.extend_from_slice(&distance.to_le_bytes());
            }
        }
        Place::Memory { modrm, rest, .. } => {
            out.push(modrm & 0xc7 | register);
            out.extend_from_slice(rest);
        }
    }
    None
}

/// Has an instruction on whole registers, which [`put`] has written, raise no flag.
pub fn raise_nothing(instruction: &mut [u8]) {
    instruction[3] |= 1 << 4;
}

/// Logic of masks: the second opcode byte.
pub fn put_logic(out: &mut Vec<u8>, byte: u8, to: u8, [a, b]: [u8; 2]) {
    out.extend_from_slice(&[0xc4, 0xe1, 0x84 | (!a & 0xf) << 3, byte, 0xc0 | to << 3 | b]);
}

/// Sets each lane of so many bytes of a vector register to the bits of a mask, all or none.
pub fn put_mask_to_vector(out: &mut Vec<u8>, size: usize, register: u8, mask: u8) {
    let byte = if size < 4 { 0x28 } else { 0x38 };
    let opcode = Opcode { map: 2, kind: 2, byte, of_64_bits: matches!(size, 2 | 8) };
    put(out, opcode, &Operands { register, source: 0, place: Place::Register(mask), mask: 0 });
}

/// Makes a mask of the highest bits of a vector register's lanes of so many bytes.
pub fn put_vector_to_mask(out: &mut Vec<u8>, size: usize, mask: u8, register: u8) {
    let byte = if size < 4 { 0x29 } else { 0x39 };
    let opcode = Opcode { map: 2, kind: 2, byte, of_64_bits: matches!(size, 2 | 8) };
    put(out, opcode, &Operands { register: mask, source: 0, place: Place::Register(register), mask: 0 });
}
