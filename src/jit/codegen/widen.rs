//! 128-bit code made 256 bits wide: Cranelift has no wider vectors, but in an AVX instruction the width is one bit.
//!
//! Takes code that was emitted for vectors of 32 bytes (strides, offsets and block as if they were), in 16-byte
//! instructions. It is decoded strictly from end to end. Only instructions are known that do the same to each lane, or to
//! each 16 bytes where the emitter knows it, or that convert between a half and a whole vector, and the [`Marker`]s.
//! Anything else, above all vectors on the stack (in slots of 16 bytes), refuses the whole, and the caller compiles for 16
//! bytes. Encodings: Intel 64 manual, volume 2, sections 2.1 and 2.3.

use super::decode::{Form, Operand, Step, Vector, WIDE, is_fused, relative, scalar, vector};

/// An instruction that moves data between the parts of a wide vector and has no 16-byte form. Emitted as the
/// `palignr` by this many bytes, which nothing else uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Marker(u8);

impl Marker {
    /// The bytes to pick from two vectors, so that this `palignr` is selected.
    pub(super) fn bytes(self) -> [u8; 16] {
        std::array::from_fn(|i| self.0 + i as u8)
    }

    /// What the `palignr` by so many bytes stands for.
    pub(super) fn of(shift: u8) -> Marker {
        Marker(shift)
    }
}

/// Of one vector of 256 bits: its four quarters in the order 0, 2, 1, 3.
pub(super) const SORT_QUARTERS: Marker = Marker(8);

/// Of one vector: its high half as the low one.
pub(super) const HIGH_HALF_TO_LOW: Marker = Marker(12);

/// Of vectors `b`, `a`: the low half of `a`, then that of `b`.
pub(super) const JOIN_LOW_HALVES: Marker = Marker(4);

/// Of vectors `b`, `a` of 512 bits: the low quarter of `a`, then that of `b`.
pub(super) const JOIN_LOW_QUARTERS: Marker = Marker(5);

/// Of one vector of 512 bits: its second quarter as the low one.
pub(super) const SECOND_QUARTER_TO_LOW: Marker = Marker(6);

/// Of one vector of 512 bits: the low byte of each 16-bit lane, as the low half.
pub(super) const LOW_BYTES: Marker = Marker(1);

/// Of one vector of 512 bits: the low 16 bits of each 32-bit lane, as the low half.
pub(super) const LOW_WORDS: Marker = Marker(2);

/// Of one vector of 512 bits: the low 32 bits of each 64-bit lane, as the low half.
pub(super) const LOW_DOUBLE_WORDS: Marker = Marker(3);

/// How vectors are written to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stores {
    /// As they were emitted: any alignment, into the caches.
    Ordinary,
    /// Past the caches, to addresses that are multiples of [`ALIGN`]. Stores of less than 16 bytes have no such form.
    Streaming,
}

/// The code, widened. Its constants follow it, each twice in a row, and need [`ALIGN`]. `None` where it cannot be.
pub(super) fn widen(code: &[u8], stores: Stores) -> Option<Vec<u8>> {
    let mut wide = code.to_vec();
    let mut at = 0;
    let mut constants = Vec::new();
    let mut jumps = Vec::new();
    loop {
        match step(&mut wide, at, stores)? {
            Step::Next { end } => at = end,
            Step::Constant { end, displacement, target } => {
                constants.push(Distance { at: displacement, end, target });
                at = end;
            }
            Step::Jump { end, target } => {
                jumps.push(target);
                at = end;
            }
            Step::Return { end } => {
                at = end;
                break;
            }
        }
    }
    // The return is the last instruction: all jumps stay before it, all constants lie behind it.
    if jumps.iter().any(|&target| target >= at) || constants.iter().any(|c| c.target < at) {
        return None;
    }
    wide.truncate(at);
    place_constants(code, &mut wide, &constants, ALIGN / 16)?;
    Some(wide)
}

/// A distance of four bytes: where it stands in the new code, where its instruction ends there, and which place in the old code it means.
pub(super) struct Distance {
    pub at: usize,
    pub end: usize,
    pub target: usize,
}

impl Distance {
    /// Makes it mean a place in the new code.
    pub(super) fn set(&self, wide: &mut [u8], place: usize) -> Option<()> {
        let bytes = i32::try_from(place as isize - self.end as isize).ok()?.to_le_bytes();
        wide.get_mut(self.at..self.at + 4)?.copy_from_slice(&bytes);
        Some(())
    }
}

/// Puts constants of 16 bytes behind the new code, each so many times in a row and aligned to as many bytes.
pub(super) fn place_constants(code: &[u8], wide: &mut Vec<u8>, constants: &[Distance], times: usize) -> Option<()> {
    let mut placed: Vec<(usize, usize)> = Vec::new();
    for constant in constants {
        let place = match placed.iter().find(|p| p.0 == constant.target) {
            Some(&(_, place)) => place,
            None => {
                let bytes = code.get(constant.target..constant.target + 16)?;
                let place = wide.len().next_multiple_of(16 * times);
                wide.resize(place, 0);
                (0..times).for_each(|_| wide.extend_from_slice(bytes));
                placed.push((constant.target, place));
                place
            }
        };
        constant.set(wide, place)?;
    }
    Some(())
}

/// The alignment that widened constants need, and the destinations of streaming stores.
pub(super) const ALIGN: usize = 32;

/// Decodes the instruction at `at` and widens it.
fn step(code: &mut [u8], at: usize, stores: Stores) -> Option<Step> {
    match *code.get(at)? {
        0xc5 | 0xc4 => vex(code, at, stores),
        0x66 => legacy_move(code, at),
        _ => scalar(code, at),
    }
}

/// An AVX instruction: sets its width bit.
fn vex(code: &mut [u8], at: usize, stores: Stores) -> Option<Step> {
    let Vector { map, kind, opcode, operand, opcode_at, .. } = vector(code, at)?;
    let last = opcode_at - 1;
    if (map, kind, opcode) == (3, 1, 0x0f) {
        return marker(code, last, &operand);
    }
    let in_memory = operand.form == Form::Memory;
    let streams = stores == Stores::Streaming && in_memory && map == 1 && matches!(opcode, 0x11 | 0x29 | 0x7f);
    if stays_narrow(map, kind, opcode) && in_memory {
        if streams {
            stream(code, last)?;
        }
        return Some(Step::Next { end: operand.end });
    }
    let immediate = lane_wise(map, kind, opcode, &operand)?;
    code[last] |= WIDE;
    if streams {
        stream(code, last)?;
    }
    if (map, opcode) == (1, 0xc2) {
        let predicate = code.get_mut(operand.end)?;
        *predicate = quiet_comparison(*predicate);
    }
    let end = operand.end + usize::from(immediate);
    match operand.form {
        Form::Constant(displacement) => constant(code, end, displacement),
        Form::Register | Form::Memory | Form::Frame => Some(Step::Next { end }),
    }
}

/// Accesses to parts of a vector: movdqu, movss, movsd.
fn stays_narrow(map: u8, prefix: u8, opcode: u8) -> bool {
    matches!((map, prefix, opcode), (1, 2, 0x6f | 0x7f) | (1, 2 | 3, 0x10 | 0x11))
}

/// Rewrites a store, whose last prefix byte stands at `last`, to its non-temporal form. `None` where there is none.
fn stream(code: &mut [u8], last: usize) -> Option<()> {
    let (prefix, opcode) = match (code[last] & 3, code[last + 1]) {
        // movups, movupd, movaps, movapd: movntps, movntpd.
        (prefix @ (0 | 1), 0x11 | 0x29) => (prefix, 0x2b),
        // movdqa, movdqu: movntdq.
        (1 | 2, 0x7f) => (1, 0xe7),
        _ => return None,
    };
    code[last] = code[last] & !3 | prefix;
    code[last + 1] = opcode;
    Some(())
}

/// Rewrites a [`Marker`], whose last prefix byte stands at `last`.
fn marker(code: &mut [u8], last: usize, operand: &Operand) -> Option<Step> {
    let end = operand.end + 1;
    let (opcode, selector, prefix) = match Marker::of(*code.get(operand.end)?) {
        // vpermq, which has no second source.
        SORT_QUARTERS => (0x00, 0b11_01_10_00, 0xfd),
        HIGH_HALF_TO_LOW => (0x00, 0b11_10_11_10, 0xfd),
        // vinsertf128 into the high half.
        JOIN_LOW_HALVES => (0x18, 1, code[last] & 0x7f | 4),
        _ => return None,
    };
    if opcode == 0 && operand.form != Form::Register || matches!(operand.form, Form::Constant(_)) {
        return None;
    }
    code[operand.end] = selector;
    (code[last], code[last + 1]) = (prefix, opcode);
    Some(Step::Next { end })
}

/// The predicate of a comparison that says nothing of NaN: `lt`, `le`, `nlt` and `nle` raise the flag of invalid operations for it,
/// their twins of VEX code do not.
pub(super) fn quiet_comparison(predicate: u8) -> u8 {
    if matches!(predicate, 1 | 2 | 5 | 6) { predicate | 0x10 } else { predicate }
}

fn constant(code: &[u8], end: usize, displacement: usize) -> Option<Step> {
    let target = relative(code, displacement, end)?;
    Some(Step::Constant { end, displacement, target })
}

/// Whether an instruction that does at 256 bits what the emitter means has an immediate byte. `None` if it is not known. `prefix` is 0 for none, 1 for 66, 2 for F3, 3 for F2.
fn lane_wise(map: u8, prefix: u8, opcode: u8, operand: &Operand) -> Option<bool> {
    match (map, prefix, opcode) {
        // Moves: movups, movupd, movaps, movapd, movdqa, movdqu.
        (1, 0 | 1, 0x10 | 0x11 | 0x28 | 0x29) | (1, 1 | 2, 0x6f | 0x7f) => Some(false),
        // sqrt, and, andn, or, xor, add, mul, sub, min, div, max of floats; cmp with its predicate.
        (1, 0 | 1, 0x51 | 0x54..=0x59 | 0x5c..=0x5f) => Some(false),
        (1, 0 | 1, 0xc2) => Some(true),
        // cvtdq2ps, cvttps2dq.
        (1, 0 | 2, 0x5b) => Some(false),
        // Between a half and a whole vector: cvtps2pd, cvtpd2ps; cvttpd2dq, cvtdq2pd.
        (1, 0 | 1, 0x5a) | (1, 1 | 2, 0xe6) => Some(false),
        // Within 16 bytes: packsswb, packuswb, packssdw, packusdw; shufps of the even words.
        (1, 1, 0x63 | 0x67 | 0x6b) | (2, 1, 0x2b) => Some(false),
        (1, 0, 0xc6) => Some(true),
        // pmovsx and pmovzx by one step.
        (2, 1, 0x20 | 0x23 | 0x25 | 0x30 | 0x33 | 0x35) => Some(false),
        // pcmpgt, pcmpeq.
        (1, 1, 0x64..=0x66 | 0x74..=0x76) => Some(false),
        // padd, psub, pmullw, pmuludq, saturating psubu.
        (1, 1, 0xd4 | 0xfc..=0xfe | 0xf8..=0xfb | 0xd5 | 0xf4 | 0xd8 | 0xd9) => Some(false),
        // pand, pandn, por, pxor; pminub, pmaxub, pminsw, pmaxsw.
        (1, 1, 0xdb | 0xdf | 0xeb | 0xef | 0xda | 0xde | 0xea | 0xee) => Some(false),
        // Shifts by an immediate; not those of whole registers (3 and 7).
        (1, 1, 0x71..=0x73) if matches!(operand.register, 2 | 4 | 6) && operand.form == Form::Register => Some(true),
        // pabs, pcmpeqq, pcmpgtq, pmin and pmax of the other types, pmulld.
        (2, 1, 0x1c..=0x1e | 0x29 | 0x37 | 0x38..=0x40) => Some(false),
        (2, 1, opcode) if is_fused(opcode) => Some(false),
        // roundps, roundpd; blendvps, blendvpd, pblendvb.
        (3, 1, 0x08 | 0x09 | 0x4a..=0x4c) => Some(true),
        _ => None,
    }
}

/// `movdqa` between registers in its legacy form, which would clear nothing above 128 bits and move nothing there:
/// written anew as `vmovdqa`, in the same number of bytes.
fn legacy_move(code: &mut [u8], at: usize) -> Option<Step> {
    let Vector { register, base, opcode, opcode_at, .. } = vector(code, at)?;
    let modrm = code[opcode_at + 1];
    // Fields of a VEX prefix are inverted: no second source, 256 bits, prefix 66.
    let last = 0x7d;
    // Without a REX prefix the opcode is the third byte.
    if opcode_at > at + 2 {
        let map = 1 | u8::from(!register) << 7 | 1 << 6 | u8::from(!base) << 5;
        code[at..at + 5].copy_from_slice(&[0xc4, map, last, opcode, modrm]);
    } else {
        code[at..at + 4].copy_from_slice(&[0xc5, 1 << 7 | last, opcode, modrm]);
    }
    Some(Step::Next { end: opcode_at + 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widen(code: &[u8]) -> Option<Vec<u8>> {
        super::widen(code, Stores::Ordinary)
    }

    #[test]
    fn lane_wise_code_gets_its_width_bit_and_wide_constants() {
        // vaddpd xmm0, xmm0, [rip + 1]; ret; the constant
        let mut code = vec![0xc5, 0xf9, 0x58, 0x05, 1, 0, 0, 0, 0xc3];
        code.extend(0..16);
        let wide = widen(&code).unwrap();
        assert_eq!(wide[..9], [0xc5, 0xfd, 0x58, 0x05, 24, 0, 0, 0, 0xc3]);
        assert_eq!(wide[32..], (0..16).chain(0..16).collect::<Vec<u8>>());
    }

    #[test]
    fn comparisons_say_nothing_of_nan() {
        // vcmpltpd xmm0, xmm1, xmm2; vcmpunordps xmm0, xmm1, xmm2; ret
        let code = [0xc5, 0xf1, 0xc2, 0xc2, 1, 0xc5, 0xf0, 0xc2, 0xc2, 3, 0xc3];
        let wide = [0xc5, 0xf5, 0xc2, 0xc2, 0x11, 0xc5, 0xf4, 0xc2, 0xc2, 3, 0xc3];
        assert_eq!(widen(&code).unwrap(), wide);
    }

    #[test]
    fn legacy_moves_become_wide_ones_of_the_same_length() {
        // movdqa xmm1, xmm2; movdqa xmm9, xmm2; movdqa xmm1, xmm10; ret
        let code = [0x66, 0x0f, 0x6f, 0xca, 0x66, 0x44, 0x0f, 0x6f, 0xca, 0x66, 0x41, 0x0f, 0x6f, 0xca, 0xc3];
        let wide = [0xc5, 0xfd, 0x6f, 0xca, 0xc4, 0x61, 0x7d, 0x6f, 0xca, 0xc4, 0xc1, 0x7d, 0x6f, 0xca, 0xc3];
        assert_eq!(widen(&code).unwrap(), wide);
    }

    #[test]
    fn parts_of_vectors_stay_parts() {
        // vmovdqu xmm0, [rcx]; vmovdqu [rcx], xmm0; vmovsd xmm0, [rcx]; ret
        let code = [0xc5, 0xfa, 0x6f, 0x01, 0xc5, 0xfa, 0x7f, 0x01, 0xc5, 0xfb, 0x10, 0x01, 0xc3];
        assert_eq!(widen(&code).unwrap(), code);
    }

    #[test]
    fn markers_become_moves_between_halves() {
        // vpalignr xmm9, xmm2, xmm10 by 8, by 12, by 4; ret
        let mut code = [0xc4, 0x43, 0x69, 0x0f, 0xca, 8].repeat(3);
        (code[11], code[17]) = (12, 4);
        code.push(0xc3);
        // vpermq ymm9, ymm10, 0xd8; vpermq ymm9, ymm10, 0xee; vinsertf128 ymm9, ymm2, xmm10, 1
        let moves =
            [[0xc4, 0x43, 0xfd, 0, 0xca, 0xd8], [0xc4, 0x43, 0xfd, 0, 0xca, 0xee], [0xc4, 0x43, 0x6d, 0x18, 0xca, 1]];
        assert_eq!(widen(&code).unwrap()[..18], moves.concat());
        code[5] = 5;
        assert_eq!(widen(&code), None);
    }

    #[test]
    fn stores_become_streaming_ones_where_asked() {
        // vmovups [rcx], xmm0; vmovupd [rcx + 8 * rdx + 32], xmm9; vmovdqa [r8], xmm1; vmovdqu [rcx], xmm0 (16 bytes of a
        // vector); vmovupd xmm0, [rcx]; ret
        let code = [
            &[0xc5, 0xf8, 0x11, 0x01][..],
            &[0xc5, 0x79, 0x11, 0x4c, 0xd1, 0x20],
            &[0xc4, 0xc1, 0x79, 0x7f, 0x08],
            &[0xc5, 0xfa, 0x7f, 0x01],
            &[0xc5, 0xf9, 0x10, 0x01],
            &[0xc3],
        ]
        .concat();
        // vmovntps, vmovntpd, vmovntdq of 32 bytes; vmovntdq of 16; the load.
        let streaming = [
            &[0xc5, 0xfc, 0x2b, 0x01][..],
            &[0xc5, 0x7d, 0x2b, 0x4c, 0xd1, 0x20],
            &[0xc4, 0xc1, 0x7d, 0xe7, 0x08],
            &[0xc5, 0xf9, 0xe7, 0x01],
            &[0xc5, 0xfd, 0x10, 0x01],
            &[0xc3],
        ]
        .concat();
        assert_eq!(super::widen(&code, Stores::Streaming).unwrap(), streaming);
        assert_ne!(widen(&code).unwrap(), streaming);
        // vmovss [rcx], xmm0; vmovsd [rcx], xmm0: too short.
        for prefix in [0xfa, 0xfb] {
            let code = [0xc5, prefix, 0x11, 0x01, 0xc3];
            assert!(widen(&code).is_some());
            assert_eq!(super::widen(&code, Stores::Streaming), None);
        }
        // Between registers nothing streams: vmovups xmm1, xmm0 by its store form.
        assert_eq!(
            super::widen(&[0xc5, 0xf8, 0x11, 0xc1, 0xc3], Stores::Streaming).unwrap()[..4],
            [0xc5, 0xfc, 0x11, 0xc1]
        );
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let refused: [&[u8]; 7] = [
            &[0xc5, 0xf9, 0x60, 0xc1, 0xc3],                   // vpunpcklbw
            &[0xc4, 0xe2, 0x79, 0x00, 0xc1, 0xc3],             // vpshufb
            &[0xc5, 0xfa, 0x6f, 0x04, 0x24, 0xc3],             // vmovdqu xmm0, [rsp]
            &[0xc5, 0xf9, 0x73, 0xd8, 0x08, 0xc3],             // vpsrldq xmm0, 8
            &[0xc5, 0xfb, 0x10, 0xc1, 0xc3],                   // vmovsd xmm0, xmm0, xmm1
            &[0xe8, 0, 0, 0, 0, 0xc3],                         // call
            &[0xe9, 1, 0, 0, 0, 0xc3, 0xc5, 0xf9, 0x58, 0xc1], // a jump behind the return
        ];
        for code in refused {
            assert_eq!(widen(code), None, "{code:x?}");
        }
        assert_eq!(widen(&[0xc5, 0xf9]), None);
    }
}
