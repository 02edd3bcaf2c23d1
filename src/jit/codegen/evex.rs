//! 128-bit code made 512 bits wide: each AVX instruction is written anew with an EVEX prefix.
//!
//! As [`super::widen`] does for 256 bits, in the width bits of VEX prefixes; but EVEX prefixes are longer, so that jumps and constants move, and there are twice as many
//! vector registers, and masks. Constants are read once, into the registers from [`HELD`] on, of which the compiler does not know. Comparisons give masks in registers of
//! their own; the vectors that the compiler takes them for are made only where something but logic and blends reads them.

mod encode;
mod known;

use super::decode::{Form, Step, Vector, relative, scalar, vector};
use super::widen::{Distance, place_constants, quiet_comparison};
use encode::{Bytes, Opcode, Operands, Place, put, put_logic, put_mask_to_vector, put_vector_to_mask, raise_nothing};
use known::{Known, Writes, known, moves};

/// The alignment of constants.
pub(super) const ALIGN: usize = 64;

/// The first register that holds a constant, and how many there are.
const HELD: u8 = 16;
const MOST_HELD: usize = 16;

/// Registers of masks; the one of number 0 stands for none.
const MASKS: u8 = 7;

/// A mask that a vector register of the compiler's stands for.
#[derive(Clone, Copy)]
struct Mask {
    register: u8,
    /// Bytes of a lane.
    size: usize,
}

/// The code for vectors of 64 bytes, that was emitted as if 16-byte instructions were these. Its constants follow it, each four times in a row, and need
/// [`ALIGN`]. `None` where it cannot be.
pub(super) fn widen(code: &[u8]) -> Option<Vec<u8>> {
    let (targets, returned) = survey(code)?;
    let mut pass = Pass {
        code,
        wide: Vec::with_capacity(2 * code.len()),
        constants: Vec::new(),
        held: Vec::new(),
        masks: [None; 16],
        next: 0,
    };
    // Where each instruction was, and is.
    let (mut moved, mut jumps): (Vec<(usize, usize)>, Vec<Distance>) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < returned {
        if targets.contains(&at) {
            pass.all_masks_to_vectors();
        }
        moved.push((at, pass.wide.len()));
        if is_vector(code, at) {
            at = pass.rewrite(at)?;
            continue;
        }
        let step = scalar(code, at)?;
        let (Step::Next { end } | Step::Jump { end, .. } | Step::Return { end } | Step::Constant { end, .. }) = step;
        if matches!(step, Step::Jump { .. }) {
            pass.all_masks_to_vectors();
        }
        pass.wide.extend_from_slice(code.get(at..end)?);
        if let Step::Jump { target, .. } = step {
            jumps.push(Distance { at: pass.wide.len() - 4, end: pass.wide.len(), target });
        }
        at = end;
    }
    for jump in jumps {
        let place = moved.iter().find(|m| m.0 == jump.target)?.1;
        jump.set(&mut pass.wide, place)?;
    }
    // The return is the last instruction: constants lie behind it.
    if pass.constants.iter().any(|c| c.target < returned) || pass.held.iter().any(|&c| c < returned) {
        return None;
    }
    pass.finish()
}

fn is_vector(code: &[u8], at: usize) -> bool {
    matches!(code.get(at), Some(0xc4 | 0xc5 | 0x66))
}

/// Where jumps go to, and where the code ends.
fn survey(code: &[u8]) -> Option<(Vec<usize>, usize)> {
    let (mut targets, mut at) = (Vec::new(), 0);
    loop {
        if is_vector(code, at) {
            let v = vector(code, at)?;
            at = v.operand.end + usize::from(known(code, &v)?.has_immediate());
            continue;
        }
        match scalar(code, at)? {
            Step::Next { end } => at = end,
            Step::Jump { end, target } => {
                targets.push(target);
                at = end;
            }
            Step::Return { end } => return Some((targets, end)),
            Step::Constant { .. } => return None,
        }
    }
}

struct Pass<'c> {
    code: &'c [u8],
    wide: Vec<u8>,
    /// Distances to constants that are read where they are used.
    constants: Vec<Distance>,
    /// Where the constants stand that registers hold.
    held: Vec<usize>,
    /// By vector register, the mask that it stands for and that its own bits do not tell yet.
    masks: [Option<Mask>; 16],
    /// The mask register that was taken last.
    next: u8,
}

impl<'c> Pass<'c> {
    /// Writes an instruction on vectors; where the old one ends.
    fn rewrite(&mut self, at: usize) -> Option<usize> {
        let v = vector(self.code, at)?;
        let known = known(self.code, &v)?;
        let end = v.operand.end + usize::from(known.has_immediate());
        let immediate = *self.code.get(end - 1)?;
        let bytes = if known == Known::Extension { Bytes::Half } else { Bytes::Whole };
        let (place, far) = self.place(&v, end, bytes)?;
        let (register, source) = (v.operand.register | u8::from(v.register) << 3, !v.source & 0xf);
        let last = match place {
            Place::Register(last) if last < HELD => Some(last),
            Place::Register(_) | Place::Memory { .. } | Place::Distance => None,
        };
        if let Known::Logic { of_masks } = known
            && let (Some(a), Some(b)) = (self.mask(source), last.and_then(|last| self.mask(last)))
            && a.size == b.size
        {
            let to = self.new_mask();
            put_logic(&mut self.wide, of_masks, to, [a.register, b.register]);
            self.write(register, Some(Mask { register: to, size: a.size }));
            return Some(end);
        }
        // What has one source has register 0 as its second: a mask there becomes a vector too early.
        let stored = known.writes() == Writes::Last;
        let reads_register = stored || matches!(known, Known::Fused { .. });
        for read in last.into_iter().chain([source]).chain(reads_register.then_some(register)) {
            self.mask_to_vector(read);
        }
        let mut mask = None;
        if let Known::Part { .. } = known {
            self.wide.extend_from_slice(self.code.get(at..end)?);
        } else {
            let operands = Operands { register, source, place, mask: 0 };
            let distance;
            (distance, mask) = self.put(&v, known, operands, immediate)?;
            if let (Some(at), Some(target)) = (distance, far) {
                self.constants.push(Distance { at, end: self.wide.len(), target });
            }
        }
        match known.writes() {
            Writes::Register => self.write(register, mask),
            Writes::Source => self.write(source, None),
            Writes::Last => last.into_iter().for_each(|last| self.write(last, None)),
        }
        Some(end)
    }

    /// Writes an instruction whose operands are vectors: where a distance that is set later stands, and the mask that it makes.
    fn put(
        &mut self,
        v: &Vector,
        known: Known,
        operands: Operands<'c>,
        immediate: u8,
    ) -> Option<(Option<usize>, Option<Mask>)> {
        let opcode = |of_64_bits| Opcode { map: v.map, kind: v.kind, byte: v.opcode, of_64_bits };
        let mut made = None;
        let (opcode, operands, immediate) = match known {
            Known::Lanes { of_64_bits, immediate: has_immediate, .. } => {
                (opcode(of_64_bits), operands, has_immediate.then_some(immediate))
            }
            Known::Extreme { .. } if matches!(operands.place, Place::Distance) => return None,
            Known::Extreme { of_64_bits } | Known::Fused { of_64_bits } => (opcode(of_64_bits), operands, None),
            Known::Logic { .. } | Known::Extension => (opcode(false), operands, None),
            Known::Moves(marker) => {
                let (opcode, immediate, writes) = moves(marker)?;
                let operands = match (writes, operands.place) {
                    (Writes::Last, Place::Register(last)) => {
                        Operands { register: last, source: 0, place: Place::Register(operands.register), mask: 0 }
                    }
                    _ => operands,
                };
                (opcode, operands, immediate)
            }
            Known::Compare { size, floats } => {
                let register = self.new_mask();
                made = Some(Mask { register, size });
                (opcode(size == 8), Operands { register, ..operands }, floats.then(|| quiet_comparison(immediate)))
            }
            Known::Blend { size } => {
                let mask = self.mask_of(immediate >> 4, size);
                let byte = if size < 4 { 0x66 } else { 0x65 };
                (Opcode { map: 2, kind: 1, byte, of_64_bits: size == 8 }, Operands { mask, ..operands }, None)
            }
            Known::Part { .. } => return None,
        };
        let start = self.wide.len();
        let distance = put(&mut self.wide, opcode, &operands);
        if let Known::Extreme { .. } = known {
            raise_nothing(&mut self.wide[start..]);
        }
        self.wide.extend(immediate);
        Some((distance, made))
    }

    /// Where an instruction's last operand lies now, and if it is a constant that no register holds, where that stands.
    fn place(&mut self, v: &Vector, end: usize, bytes: Bytes) -> Option<(Place<'c>, Option<usize>)> {
        let modrm = *self.code.get(v.opcode_at + 1)?;
        Some(match v.operand.form {
            Form::Register => (Place::Register(modrm & 7 | u8::from(v.base) << 3), None),
            Form::Memory => {
                let rest = self.code.get(v.opcode_at + 2..v.operand.end)?;
                (Place::Memory { modrm, rest, index: v.index, base: v.base, bytes }, None)
            }
            Form::Constant(distance) => {
                let target = relative(self.code, distance, end)?;
                let held = self.held.iter().position(|&c| c == target).or_else(|| {
                    let free = self.held.len();
                    (free < MOST_HELD).then(|| self.held.push(target)).map(|()| free)
                });
                match held {
                    Some(held) => (Place::Register(HELD + held as u8), None),
                    None => (Place::Distance, Some(target)),
                }
            }
            Form::Frame => return None,
        })
    }

    /// The mask that a vector register stands for.
    fn mask(&self, register: u8) -> Option<Mask> {
        self.masks[usize::from(register)]
    }

    /// A vector register is written: with a mask, or by its own bits.
    fn write(&mut self, register: u8, mask: Option<Mask>) {
        self.masks[usize::from(register)] = mask;
    }

    /// Makes a vector of the mask that a register stands for.
    fn mask_to_vector(&mut self, register: u8) {
        if let Some(mask) = self.masks[usize::from(register)].take() {
            put_mask_to_vector(&mut self.wide, mask.size, register, mask.register);
        }
    }

    /// Before code that is come to from elsewhere, or that goes elsewhere.
    fn all_masks_to_vectors(&mut self) {
        (0..16).for_each(|register| self.mask_to_vector(register));
    }

    /// A register for a mask, the one that was taken longest ago.
    fn new_mask(&mut self) -> u8 {
        self.next = self.next % MASKS + 1;
        let taken = |mask: &Option<Mask>| mask.is_some_and(|m| m.register == self.next);
        if let Some(old) = self.masks.iter().position(taken) {
            self.mask_to_vector(old as u8);
        }
        self.next
    }

    /// The mask that a vector register stands for, of lanes of so many bytes, or that is made of it.
    fn mask_of(&mut self, register: u8, size: usize) -> u8 {
        if let Some(mask) = self.mask(register).filter(|m| m.size == size) {
            return mask.register;
        }
        self.mask_to_vector(register);
        let mask = self.new_mask();
        put_vector_to_mask(&mut self.wide, size, mask, register);
        mask
    }

    /// The whole code: before it the constants are read that registers hold, behind it all constants stand.
    fn finish(self) -> Option<Vec<u8>> {
        let load = Opcode { map: 1, kind: 0, byte: 0x10, of_64_bits: false };
        let (mut whole, mut constants) = (Vec::new(), Vec::new());
        for (register, &target) in (HELD..).zip(&self.held) {
            let at = put(&mut whole, load, &Operands { register, source: 0, place: Place::Distance, mask: 0 })?;
            constants.push(Distance { at, end: whole.len(), target });
        }
        let shift = whole.len();
        let moved = |c: Distance| Distance { at: c.at + shift, end: c.end + shift, target: c.target };
        constants.extend(self.constants.into_iter().map(moved));
        whole.extend(self.wide);
        place_constants(self.code, &mut whole, &constants, ALIGN / 16)?;
        Some(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_read_once_and_are_there_four_times() {
        // vaddpd xmm0, xmm0, [rip + 1]; ret; the constant
        let mut code = vec![0xc5, 0xf9, 0x58, 0x05, 1, 0, 0, 0, 0xc3];
        code.extend(0..16);
        let wide = widen(&code).unwrap();
        // vmovups zmm16, [rip + 54]; vaddpd zmm0, zmm0, zmm16; ret
        assert_eq!(wide[..10], [0x62, 0xe1, 0x7c, 0x48, 0x10, 0x05, 54, 0, 0, 0]);
        assert_eq!(wide[10..17], [0x62, 0xb1, 0xfd, 0x48, 0x58, 0xc0, 0xc3]);
        assert_eq!(wide[64..], (0..16).chain(0..16).chain(0..16).chain(0..16).collect::<Vec<u8>>());
    }

    #[test]
    fn constants_without_a_register_are_read_where_they_are_used() {
        // vaddpd xmm0, xmm0, [each of 17 constants]; ret; the constants
        let mut code: Vec<u8> = (0..17)
            .flat_map(|i: i32| {
                let distance = (17 - i - 1) * 8 + 1 + 16 * i;
                [0xc5, 0xf9, 0x58, 0x05].into_iter().chain(distance.to_le_bytes())
            })
            .collect();
        code.push(0xc3);
        code.extend((0..17).flat_map(|i: u8| [i; 16]));
        let wide = widen(&code).unwrap();
        // Sixteen loads, sixteen additions of registers, one of memory.
        let last = 16 * 10 + 16 * 6;
        assert_eq!(wide[last..last + 6], [0x62, 0xf1, 0xfd, 0x48, 0x58, 0x05]);
        assert_eq!(wide[last + 10], 0xc3);
        let place = last + 10 + u32::from_le_bytes(wide[last + 6..last + 10].try_into().unwrap()) as usize;
        assert_eq!(wide[place..place + 64], [16; 64]);
    }

    #[test]
    fn masks_have_registers_of_their_own() {
        // vcmpltpd xmm1, xmm2, xmm3; vcmpltpd xmm4, xmm3, xmm2; vpand xmm5, xmm1, xmm4; vblendvpd xmm6, xmm7, xmm8, xmm5; ret
        let compare = [[0xc5, 0xe9, 0xc2, 0xcb, 1], [0xc5, 0xe1, 0xc2, 0xe2, 1]].concat();
        let blend = [0xc4, 0xc3, 0x41, 0x4b, 0xf0, 0x50];
        let code = [&compare[..], &[0xc5, 0xf1, 0xdb, 0xec], &blend, &[0xc3]].concat();
        let wide = [
            // vcmplt_oqpd k1, zmm2, zmm3; vcmplt_oqpd k2, zmm3, zmm2; kandq k3, k1, k2; vblendmpd zmm6{k3}, zmm7, zmm8
            &[0x62, 0xf1, 0xed, 0x48, 0xc2, 0xcb, 0x11][..],
            &[0x62, 0xf1, 0xe5, 0x48, 0xc2, 0xd2, 0x11],
            &[0xc4, 0xe1, 0xf4, 0x41, 0xda],
            &[0x62, 0xd2, 0xc5, 0x4b, 0x65, 0xf0],
            &[0xc3],
        ]
        .concat();
        assert_eq!(widen(&code).unwrap(), wide);
        // vpcmpeqd xmm1, xmm2, xmm3; vpsubd xmm0, xmm0, xmm1; ret: a vector where it is counted.
        let wide = widen(&[0xc5, 0xe9, 0x76, 0xcb, 0xc5, 0xf9, 0xfa, 0xc1, 0xc3]).unwrap();
        let counted = [
            [0x62, 0xf1, 0x6d, 0x48, 0x76, 0xcb],
            [0x62, 0xf2, 0x7e, 0x48, 0x38, 0xc9],
            [0x62, 0xf1, 0x7d, 0x48, 0xfa, 0xc1],
        ];
        assert_eq!(wide[..18], counted.concat());
        // vblendvps xmm0, xmm1, xmm2, xmm3; ret: of a vector a mask.
        let wide = widen(&[0xc4, 0xe3, 0x71, 0x4a, 0xc2, 0x30, 0xc3]).unwrap();
        assert_eq!(wide[..12], [[0x62, 0xf2, 0x7e, 0x48, 0x39, 0xcb], [0x62, 0xf2, 0x75, 0x49, 0x65, 0xc2]].concat());
    }

    #[test]
    fn distances_count_vectors_where_they_are_whole() {
        // vmovups xmm9, [rcx + 64]; vmovups xmm9, [rcx + 32]; vmovupd [r8 + 8 * rdx + 64], xmm1; ret
        let code = [
            &[0xc5, 0x78, 0x10, 0x49, 0x40][..],
            &[0xc5, 0x78, 0x10, 0x49, 0x20],
            &[0xc4, 0xc1, 0x79, 0x11, 0x4c, 0xd0, 0x40],
            &[0xc3],
        ]
        .concat();
        let wide = [
            &[0x62, 0x71, 0x7c, 0x48, 0x10, 0x49, 1][..],
            &[0x62, 0x71, 0x7c, 0x48, 0x10, 0x89, 0x20, 0, 0, 0],
            &[0x62, 0xd1, 0xfd, 0x48, 0x11, 0x4c, 0xd0, 1],
            &[0xc3],
        ]
        .concat();
        assert_eq!(widen(&code).unwrap(), wide);
    }

    #[test]
    fn jumps_follow_what_they_jump_to() {
        // jmp over: vxorps xmm0, xmm0, xmm0; movdqa xmm1, xmm10; jmp back to the first of them; ret
        let code = [
            &[0xe9, 4, 0, 0, 0][..],
            &[0xc5, 0xf8, 0x57, 0xc0],
            &[0x66, 0x41, 0x0f, 0x6f, 0xca],
            &[0xe9, 0xf2, 0xff, 0xff, 0xff],
            &[0xc3],
        ]
        .concat();
        let wide = [
            &[0xe9, 6, 0, 0, 0][..],
            &[0x62, 0xf1, 0x7c, 0x48, 0x57, 0xc0],
            &[0x62, 0xd1, 0xfd, 0x48, 0x6f, 0xca],
            &[0xe9, 0xef, 0xff, 0xff, 0xff],
            &[0xc3],
        ]
        .concat();
        assert_eq!(widen(&code).unwrap(), wide);
    }

    #[test]
    fn parts_of_vectors_stay_parts() {
        // vmovdqu xmm0, [rcx]; vmovdqu [rcx], xmm0; vmovsd xmm0, [rcx]; ret
        let code = [0xc5, 0xfa, 0x6f, 0x01, 0xc5, 0xfa, 0x7f, 0x01, 0xc5, 0xfb, 0x10, 0x01, 0xc3];
        assert_eq!(widen(&code).unwrap(), code);
    }

    #[test]
    fn markers_become_moves_between_parts() {
        // vpalignr xmm9, xmm2, xmm10
        let marked = |shift: u8| [0xc4, 0x43, 0x69, 0x0f, 0xca, shift, 0xc3];
        let moves: [(u8, &[u8]); 7] = [
            (4, &[0x62, 0x53, 0xed, 0x48, 0x3a, 0xca, 1]), // vinserti64x4 zmm9, zmm2, ymm10, 1
            (12, &[0x62, 0x53, 0xfd, 0x48, 0x3b, 0xd1, 1]), // vextracti64x4 ymm9, zmm10, 1
            (5, &[0x62, 0x53, 0x6d, 0x48, 0x38, 0xca, 1]), // vinserti32x4 zmm9, zmm2, xmm10, 1
            (6, &[0x62, 0x53, 0x7d, 0x48, 0x39, 0xd1, 1]), // vextracti32x4 xmm9, zmm10, 1
            (1, &[0x62, 0x52, 0x7e, 0x48, 0x30, 0xd1]),    // vpmovwb ymm9, zmm10
            (2, &[0x62, 0x52, 0x7e, 0x48, 0x33, 0xd1]),    // vpmovdw ymm9, zmm10
            (3, &[0x62, 0x52, 0x7e, 0x48, 0x35, 0xd1]),    // vpmovqd ymm9, zmm10
        ];
        for (shift, wide) in moves {
            assert_eq!(widen(&marked(shift)).unwrap(), [wide, &[0xc3]].concat(), "{shift}");
        }
        assert_eq!(widen(&marked(8)), None);
    }

    #[test]
    fn extensions_read_halves() {
        // vcvtps2pd xmm1, [rcx + 32]; vpmovzxbw xmm1, xmm2; ret
        let wide = widen(&[0xc5, 0xf8, 0x5a, 0x49, 0x20, 0xc4, 0xe2, 0x79, 0x30, 0xca, 0xc3]).unwrap();
        let extensions = [&[0x62, 0xf1, 0x7c, 0x48, 0x5a, 0x49, 1][..], &[0x62, 0xf2, 0x7d, 0x48, 0x30, 0xca], &[0xc3]];
        assert_eq!(wide, extensions.concat());
    }

    #[test]
    fn extremes_raise_no_flag() {
        // vminpd xmm1, xmm10, xmm3; vmaxps xmm9, xmm2, xmm11; ret
        let wide = widen(&[0xc5, 0xa9, 0x5d, 0xcb, 0xc4, 0x41, 0x68, 0x5f, 0xcb, 0xc3]).unwrap();
        // vminpd zmm1, zmm10, zmm3 {sae}; vmaxps zmm9, zmm2, zmm11 {sae}
        let extremes = [[0x62, 0xf1, 0xad, 0x58, 0x5d, 0xcb], [0x62, 0x51, 0x6c, 0x58, 0x5f, 0xcb]];
        assert_eq!(wide[..12], extremes.concat());
        // vminpd xmm1, xmm2, [rcx]; ret: only registers have that form.
        assert_eq!(widen(&[0xc5, 0xe9, 0x5d, 0x09, 0xc3]), None);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let refused: [&[u8]; 5] = [
            &[0xc5, 0xf9, 0x63, 0xc1, 0xc3],                   // vpacksswb: of two sizes
            &[0xc5, 0xf8, 0x10, 0x04, 0x24, 0xc3],             // vmovups xmm0, [rsp]
            &[0xc5, 0xfc, 0x58, 0xc1, 0xc3],                   // vaddps of 256 bits
            &[0xe8, 0, 0, 0, 0, 0xc3],                         // call
            &[0xe9, 2, 0, 0, 0, 0xc5, 0xf8, 0x57, 0xc0, 0xc3], // a jump into an instruction
        ];
        for code in refused {
            assert_eq!(widen(code), None, "{code:x?}");
        }
        assert_eq!(widen(&[0xc5, 0xf9]), None);
    }
}
