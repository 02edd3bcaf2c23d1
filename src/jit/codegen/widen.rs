//! 128-bit code made 256 bits wide: Cranelift has no wider vectors, but in an AVX instruction the width is one bit.
//!
//! Takes code that was emitted for vectors of 32 bytes (strides, offsets and block as if they were), in 16-byte
//! instructions. It is decoded strictly from end to end. Only instructions are known that do the same to each lane, or to
//! each 16 bytes where the emitter knows it, or that convert between a half and a whole vector, and the [`Marker`]s.
//! Anything else, above all vectors on the stack (in slots of 16 bytes), refuses the whole, and the caller compiles for 16
//! bytes. Encodings: Intel 64 manual, volume 2, sections 2.1 and 2.3.

/// An instruction that moves data between the halves of a wide vector and has no 16-byte form. Emitted as the
/// `palignr` by this many bytes, which nothing else uses, and rewritten in the same number of bytes.
#[derive(Clone, Copy)]
pub(super) struct Marker(u8);

impl Marker {
    /// The bytes to pick from two vectors, so that this `palignr` is selected.
    pub(super) fn bytes(self) -> [u8; 16] {
        std::array::from_fn(|i| self.0 + i as u8)
    }
}

/// Of one vector: its four quarters in the order 0, 2, 1, 3.
pub(super) const SORT_QUARTERS: Marker = Marker(8);

/// Of one vector: its high half as the low one.
pub(super) const HIGH_HALF_TO_LOW: Marker = Marker(12);

/// Of vectors `b`, `a`: the low half of `a`, then that of `b`.
pub(super) const JOIN_LOW_HALVES: Marker = Marker(4);

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
                constants.push((displacement, end, target));
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
    if jumps.iter().any(|&target| target >= at) || constants.iter().any(|&(_, _, target)| target < at) {
        return None;
    }
    wide.truncate(at);
    let mut placed: Vec<(usize, usize)> = Vec::new();
    for (displacement, end, target) in constants {
        let place = match placed.iter().find(|&&(from, _)| from == target) {
            Some(&(_, place)) => place,
            None => {
                let bytes = code.get(target..target + 16)?;
                let place = wide.len().next_multiple_of(ALIGN);
                wide.resize(place, 0);
                wide.extend_from_slice(bytes);
                wide.extend_from_slice(bytes);
                placed.push((target, place));
                place
            }
        };
        let distance = i32::try_from(place - end).ok()?;
        wide[displacement..displacement + 4].copy_from_slice(&distance.to_le_bytes());
    }
    Some(wide)
}

/// The alignment that widened constants need, and the destinations of streaming stores.
pub(super) const ALIGN: usize = 32;

/// One instruction, after which decoding goes on at `end`.
pub(super) enum Step {
    Next {
        end: usize,
    },
    /// Reads a constant: where its address stands in the instruction, and where it points.
    Constant {
        end: usize,
        displacement: usize,
        target: usize,
    },
    Jump {
        end: usize,
        target: usize,
    },
    Return {
        end: usize,
    },
}

/// Decodes the instruction at `at` and widens it.
fn step(code: &mut [u8], at: usize, stores: Stores) -> Option<Step> {
    match *code.get(at)? {
        0xc5 | 0xc4 => vex(code, at, stores),
        0x66 => legacy_move(code, at),
        _ => scalar(code, at),
    }
}

/// The operand part of an instruction: ModRM, SIB and displacement.
pub(super) struct Operand {
    pub end: usize,
    pub register: u8,
    pub form: Form,
}

#[derive(PartialEq, Eq)]
pub(super) enum Form {
    Register,
    /// Memory, by any register but the stack's and the frame's.
    Memory,
    /// Memory of the stack frame.
    Frame,
    /// A constant; the position of the 4-byte distance.
    Constant(usize),
}

/// Decodes ModRM and what follows. `base_high` says that the base register is one of the upper eight.
pub(super) fn operand(code: &[u8], at: usize, base_high: bool) -> Option<Operand> {
    let modrm = *code.get(at)?;
    let (mode, register, low) = (modrm >> 6, modrm >> 3 & 7, modrm & 7);
    let mut end = at + 1;
    let mut base = low;
    if mode == 3 {
        return Some(Operand { end, register, form: Form::Register });
    }
    if mode == 0 && low == 5 {
        return Some(Operand { end: end + 4, register, form: Form::Constant(end) });
    }
    if low == 4 {
        base = *code.get(end)? & 7;
        end += 1;
        if mode == 0 && base == 5 {
            return None;
        }
    }
    end += match mode {
        0 => 0,
        1 => 1,
        _ => 4,
    };
    let form = if matches!(base, 4 | 5) && !base_high { Form::Frame } else { Form::Memory };
    Some(Operand { end, register, form })
}

/// An AVX instruction: sets its width bit.
fn vex(code: &mut [u8], at: usize, stores: Stores) -> Option<Step> {
    const WIDE: u8 = 1 << 2;
    let (map, last, base_high) = match code[at] {
        0xc5 => (1, at + 1, false),
        _ => (*code.get(at + 1)? & 0x1f, at + 2, *code.get(at + 1)? & 0x20 == 0),
    };
    let (flags, opcode) = (*code.get(last)?, *code.get(last + 1)?);
    let operand = operand(code, last + 2, base_high)?;
    if flags & WIDE != 0 || operand.form == Form::Frame {
        return None;
    }
    if (map, flags & 3, opcode) == (3, 1, 0x0f) {
        return marker(code, last, &operand);
    }
    let in_memory = operand.form == Form::Memory;
    let streams = stores == Stores::Streaming && in_memory && map == 1 && matches!(opcode, 0x11 | 0x29 | 0x7f);
    if stays_narrow(map, flags & 3, opcode) && in_memory {
        if streams {
            stream(code, last)?;
        }
        return Some(Step::Next { end: operand.end });
    }
    let immediate = lane_wise(map, flags & 3, opcode, &operand)?;
    code[last] |= WIDE;
    if streams {
        stream(code, last)?;
    }
    if (map, opcode) == (1, 0xc2) {
        quiet_comparison(code.get_mut(operand.end)?);
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
    let shift = *code.get(operand.end)?;
    let (opcode, selector, prefix) = match shift {
        // vpermq, which has no second source.
        _ if shift == SORT_QUARTERS.0 => (0x00, 0b11_01_10_00, 0xfd),
        _ if shift == HIGH_HALF_TO_LOW.0 => (0x00, 0b11_10_11_10, 0xfd),
        // vinsertf128 into the high half.
        _ if shift == JOIN_LOW_HALVES.0 => (0x18, 1, code[last] & 0x7f | 4),
        _ => return None,
    };
    if opcode == 0 && operand.form != Form::Register || matches!(operand.form, Form::Constant(_)) {
        return None;
    }
    code[operand.end] = selector;
    (code[last], code[last + 1]) = (prefix, opcode);
    Some(Step::Next { end })
}

/// Predicates of comparisons that say nothing of NaN: `lt`, `le`, `nlt` and `nle` raise the flag of invalid operations for it,
/// their twins of VEX code do not.
fn quiet_comparison(predicate: &mut u8) {
    if matches!(*predicate, 1 | 2 | 5 | 6) {
        *predicate |= 0x10;
    }
}

fn constant(code: &[u8], end: usize, displacement: usize) -> Option<Step> {
    let target = relative(code, displacement, end)?;
    Some(Step::Constant { end, displacement, target })
}

/// The place that a 4-byte distance at `at` means, counted from `from`.
pub(super) fn relative(code: &[u8], at: usize, from: usize) -> Option<usize> {
    let distance = i32::from_le_bytes(code.get(at..at + 4)?.try_into().ok()?);
    from.checked_add_signed(distance as isize)
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
        // roundps, roundpd; blendvps, blendvpd, pblendvb.
        (3, 1, 0x08 | 0x09 | 0x4a..=0x4c) => Some(true),
        _ => None,
    }
}

/// `movdqa` between registers in its legacy form, which would clear nothing above 128 bits and move nothing there:
/// written anew as `vmovdqa`, in the same number of bytes.
fn legacy_move(code: &mut [u8], at: usize) -> Option<Step> {
    let rex = *code.get(at + 1)?;
    let has_rex = rex & 0xf0 == 0x40;
    let start = at + 1 + usize::from(has_rex);
    let (escape, opcode, modrm) = (*code.get(start)?, *code.get(start + 1)?, *code.get(start + 2)?);
    if (escape, opcode, modrm >> 6) != (0x0f, 0x6f, 3) {
        return None;
    }
    // Fields of a VEX prefix are inverted: no second source, 256 bits, prefix 66.
    let last = 0x7d;
    let (to_high, from_high) = (has_rex && rex & 4 != 0, has_rex && rex & 1 != 0);
    if has_rex {
        let map = 1 | u8::from(!to_high) << 7 | 1 << 6 | u8::from(!from_high) << 5;
        code[at..at + 5].copy_from_slice(&[0xc4, map, last, opcode, modrm]);
    } else {
        code[at..at + 4].copy_from_slice(&[0xc5, 1 << 7 | last, opcode, modrm]);
    }
    Some(Step::Next { end: start + 3 })
}

/// An instruction on general registers: the loop's control and the pointers. It stays as it is.
pub(super) fn scalar(code: &[u8], at: usize) -> Option<Step> {
    let first = *code.get(at)?;
    let has_rex = first & 0xf0 == 0x40;
    let start = at + usize::from(has_rex);
    let opcode = *code.get(start)?;
    let after = start + 1;
    let with_operand = |immediate: usize| {
        let operand = operand(code, after, has_rex && first & 1 != 0)?;
        if matches!(operand.form, Form::Constant(_)) {
            return None;
        }
        Some(Step::Next { end: operand.end + immediate })
    };
    match opcode {
        0xc3 => Some(Step::Return { end: after }),
        // push, pop
        0x50..=0x5f => Some(Step::Next { end: after }),
        // add, sub, xor, cmp, test, mov, lea
        0x01 | 0x03 | 0x29 | 0x2b | 0x31 | 0x33 | 0x39 | 0x3b | 0x85 | 0x89 | 0x8b | 0x8d => with_operand(0),
        // Arithmetic and shifts with an immediate.
        0x83 | 0xc1 => with_operand(1),
        0x81 => with_operand(4),
        0xe9 => Some(Step::Jump { end: after + 4, target: relative(code, after, after + 4)? }),
        0x0f if matches!(*code.get(after)?, 0x80..=0x8f) => {
            Some(Step::Jump { end: after + 5, target: relative(code, after + 1, after + 5)? })
        }
        _ => None,
    }
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
