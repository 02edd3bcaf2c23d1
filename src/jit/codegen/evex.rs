//! 128-bit code made 512 bits wide: each AVX instruction is written anew with an EVEX prefix.
//!
//! As [`super::widen`] does for 256 bits, in the width bits of VEX prefixes; but EVEX prefixes are longer, so that jumps and constants move. There are no masks here: comparisons, which
//! give them, are not known, nor is anything that takes elements of several sizes ([`super::shape::fits_512_bits`] looks at the segment first).
//! Encodings: Intel 64 manual, volume 2, section 2.7.

use super::widen::{Form, Step, operand, relative, scalar};

/// The alignment of constants.
pub(super) const ALIGN: usize = 64;

/// Where a distance of four bytes stands in the new code, where the instruction ends, and which place in the old code it means.
struct Distance {
    at: usize,
    end: usize,
    target: usize,
}

/// The code for vectors of 64 bytes, that was emitted as if 16-byte instructions were these. Its constants follow it, each four times in a row, and need
/// [`ALIGN`]. `None` where it cannot be.
pub(super) fn widen(code: &[u8]) -> Option<Vec<u8>> {
    let mut wide = Vec::with_capacity(2 * code.len());
    let (mut jumps, mut constants): (Vec<Distance>, Vec<Distance>) = (Vec::new(), Vec::new());
    // Where each instruction was, and is.
    let mut moved: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    let returned = loop {
        moved.push((at, wide.len()));
        if matches!(code.get(at)?, 0xc4 | 0xc5 | 0x66) {
            let (end, constant) = vector(code, at, &mut wide)?;
            if let Some((place, target)) = constant {
                constants.push(Distance { at: place, end: wide.len(), target });
            }
            at = end;
            continue;
        }
        let (end, target) = match scalar(code, at)? {
            Step::Next { end } => (end, None),
            Step::Jump { end, target } => (end, Some(target)),
            Step::Return { end } => {
                wide.extend_from_slice(&code[at..end]);
                break end;
            }
            Step::Constant { .. } => return None,
        };
        wide.extend_from_slice(code.get(at..end)?);
        if let Some(target) = target {
            jumps.push(Distance { at: wide.len() - 4, end: wide.len(), target });
        }
        at = end;
    };
    for jump in jumps {
        let place = moved.iter().find(|m| m.0 == jump.target)?.1;
        set(&mut wide, &jump, place)?;
    }
    let mut placed: Vec<(usize, usize)> = Vec::new();
    for constant in constants {
        // The return is the last instruction: constants lie behind it.
        let bytes = code.get(constant.target..constant.target + 16).filter(|_| constant.target >= returned)?;
        let place = match placed.iter().find(|p| p.0 == constant.target) {
            Some(&(_, place)) => place,
            None => {
                wide.resize(wide.len().next_multiple_of(ALIGN), 0);
                let place = wide.len();
                (0..4).for_each(|_| wide.extend_from_slice(bytes));
                placed.push((constant.target, place));
                place
            }
        };
        set(&mut wide, &constant, place)?;
    }
    Some(wide)
}

fn set(code: &mut [u8], distance: &Distance, place: usize) -> Option<()> {
    let bytes = i32::try_from(place as isize - distance.end as isize).ok()?.to_le_bytes();
    code.get_mut(distance.at..distance.at + 4)?.copy_from_slice(&bytes);
    Some(())
}

/// What VEX and EVEX prefixes tell. The bits of registers are inverted in both.
struct Prefix {
    register: bool,
    index: bool,
    base: bool,
    map: u8,
    /// The second source.
    source: u8,
    /// 0 for none, 1 for 66, 2 for F3, 3 for F2.
    kind: u8,
}

/// Writes an instruction on vectors: where the old one ends, and where the distance of its constant stands and what that means.
fn vector(code: &[u8], at: usize, wide: &mut Vec<u8>) -> Option<(usize, Option<(usize, usize)>)> {
    let byte = |i: usize| code.get(i).copied();
    let (prefix, opcode_at) = match byte(at)? {
        0xc5 => {
            let flags = byte(at + 1)?;
            let (source, kind) = (flags >> 3 & 0xf, flags & 3);
            (Prefix { register: flags & 0x80 == 0, index: false, base: false, map: 1, source, kind }, at + 2)
        }
        0xc4 => {
            let (high, flags) = (byte(at + 1)?, byte(at + 2)?);
            let (source, kind) = (flags >> 3 & 0xf, flags & 3);
            let (register, index, base) = (high & 0x80 == 0, high & 0x40 == 0, high & 0x20 == 0);
            (Prefix { register, index, base, map: high & 0x1f, source, kind }, at + 3)
        }
        // movdqa between registers, in its legacy form.
        _ => {
            let rex = byte(at + 1)?;
            let has_rex = rex & 0xf0 == 0x40;
            let start = at + 1 + usize::from(has_rex);
            if (byte(start)?, byte(start + 1)?, byte(start + 2)? >> 6) != (0x0f, 0x6f, 3) {
                return None;
            }
            let (register, base) = (has_rex && rex & 4 != 0, has_rex && rex & 1 != 0);
            (Prefix { register, index: false, base, map: 1, source: 0xf, kind: 1 }, start + 1)
        }
    };
    let is_wider = byte(at)? != 0x66 && byte(opcode_at - 1)? & 4 != 0;
    let opcode = byte(opcode_at)?;
    let operand = operand(code, opcode_at + 1, prefix.base)?;
    if is_wider || operand.form == Form::Frame {
        return None;
    }
    let (of_64_bits, immediate) = known(prefix.map, prefix.kind, opcode)?;
    let high = |bit: bool, place: u8| u8::from(!bit) << place;
    wide.push(0x62);
    // The fifth bits of registers are none.
    wide.push(high(prefix.register, 7) | high(prefix.index, 6) | high(prefix.base, 5) | 1 << 4 | prefix.map);
    wide.push(u8::from(of_64_bits) << 7 | prefix.source << 3 | 1 << 2 | prefix.kind);
    wide.push(0b0100_1000);
    wide.push(opcode);
    let (modrm, mut next) = (byte(opcode_at + 1)?, opcode_at + 2);
    // A distance of one byte counts vectors.
    let short = modrm >> 6 == 1;
    let distance = if short { byte(operand.end - 1)? as i8 } else { 0 };
    let fits = i32::from(distance) % ALIGN as i32 == 0;
    wide.push(if short && !fits { modrm & 0x3f | 0x80 } else { modrm });
    let mut constant = None;
    match operand.form {
        Form::Register => {}
        Form::Constant(displacement) => constant = Some((wide.len(), displacement)),
        Form::Memory if short => {
            while next + 1 < operand.end {
                wide.push(byte(next)?);
                next += 1;
            }
            if fits {
                wide.push((distance / ALIGN as i8) as u8);
            } else {
                wide.extend_from_slice(&i32::from(distance).to_le_bytes());
            }
            next = operand.end;
        }
        Form::Memory | Form::Frame => {}
    }
    wide.extend_from_slice(code.get(next..operand.end)?);
    let end = operand.end + usize::from(immediate);
    wide.extend_from_slice(code.get(operand.end..end)?);
    let constant = match constant {
        Some((place, displacement)) => Some((place, relative(code, displacement, end)?)),
        None => None,
    };
    Some((end, constant))
}

/// Of an instruction that does the same to each lane: whether lanes have 64 bits, and whether there is an immediate byte. `None` if it is not known, or writes a
/// mask where there are 512 bits.
fn known(map: u8, kind: u8, opcode: u8) -> Option<(bool, bool)> {
    match (map, kind, opcode) {
        // movups, movupd, movaps, movapd, movdqa; sqrt, and, andn, or, xor, add, mul, sub, div of floats. Not min and max: no emitter uses them.
        (1, 0 | 1, 0x10 | 0x11 | 0x28 | 0x29 | 0x51 | 0x54..=0x59 | 0x5c | 0x5e) => Some((kind == 1, false)),
        (1, 1, 0x6f | 0x7f) => Some((true, false)),
        // pand, pandn, por, pxor.
        (1, 1, 0xdb | 0xdf | 0xeb | 0xef) => Some((false, false)),
        // roundps, roundpd: the same as vrndscale with no scale.
        (3, 1, 0x08 | 0x09) => Some((opcode == 0x09, true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_longer_and_constants_are_there_four_times() {
        // vaddpd xmm0, xmm0, [rip + 1]; ret; the constant
        let mut code = vec![0xc5, 0xf9, 0x58, 0x05, 1, 0, 0, 0, 0xc3];
        code.extend(0..16);
        let wide = widen(&code).unwrap();
        assert_eq!(wide[..11], [0x62, 0xf1, 0xfd, 0x48, 0x58, 0x05, 54, 0, 0, 0, 0xc3]);
        assert_eq!(wide[64..], (0..16).chain(0..16).chain(0..16).chain(0..16).collect::<Vec<u8>>());
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
    fn what_is_not_known_is_refused() {
        let refused: [&[u8]; 6] = [
            &[0xc5, 0xf1, 0xc2, 0xc2, 1, 0xc3],                // vcmpltpd: a mask
            &[0xc5, 0xfa, 0x6f, 0x01, 0xc3],                   // vmovdqu: a part of a vector
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
