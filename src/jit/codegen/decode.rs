//! Reads the instructions that the emitter has the compiler write, for the passes that widen them. Strictly: what is not known is `None`.

/// One instruction, after which decoding goes on at `end`.
pub enum Step {
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

/// The operand part of an instruction: ModRM, SIB and displacement.
pub struct Operand {
    pub end: usize,
    pub register: u8,
    pub form: Form,
}

#[derive(PartialEq, Eq)]
pub enum Form {
    Register,
    /// Memory, by any register but the stack's and the frame's.
    Memory,
    /// Memory of the stack frame.
    Frame,
    /// A constant; the position of the 4-byte distance.
    Constant(usize),
}

/// Decodes ModRM and what follows. `base_high` says that the base register is one of the upper eight.
fn operand(code: &[u8], at: usize, base_high: bool) -> Option<Operand> {
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

/// The bit of the last prefix byte that says 256 bits.
pub const WIDE: u8 = 1 << 2;

/// An instruction on vectors.
pub struct Vector {
    /// Whether the register, the index and the base are of the upper eight.
    pub register: bool,
    /// See `register`.
    pub index: bool,
    /// See `register`.
    pub base: bool,
    /// The opcode's map.
    pub map: u8,
    /// The second source, its bits inverted.
    pub source: u8,
    /// 0 for no prefix, 1 for 66, 2 for F3, 3 for F2.
    pub kind: u8,
    /// Where the opcode stands; before it the last prefix byte.
    pub opcode_at: usize,
    pub opcode: u8,
    pub operand: Operand,
}

/// Decodes an AVX instruction of 128 bits, or `movdqa` between registers in its legacy form; none that uses the stack.
pub fn vector(code: &[u8], at: usize) -> Option<Vector> {
    let byte = |i: usize| code.get(i).copied();
    let flags = |i: usize| byte(i).filter(|flags| flags & WIDE == 0);
    let (register, index, base, map, source, kind, opcode_at) = match byte(at)? {
        0xc5 => {
            let flags = flags(at + 1)?;
            (flags & 0x80 == 0, false, false, 1, flags >> 3 & 0xf, flags & 3, at + 2)
        }
        0xc4 => {
            let (high, flags) = (byte(at + 1)?, flags(at + 2)?);
            let upper = |bit: u8| high & bit == 0;
            (upper(0x80), upper(0x40), upper(0x20), high & 0x1f, flags >> 3 & 0xf, flags & 3, at + 3)
        }
        0x66 => {
            let rex = byte(at + 1)?;
            let has_rex = rex & 0xf0 == 0x40;
            let start = at + 1 + usize::from(has_rex);
            if (byte(start)?, byte(start + 1)?, byte(start + 2)? >> 6) != (0x0f, 0x6f, 3) {
                return None;
            }
            (has_rex && rex & 4 != 0, false, has_rex && rex & 1 != 0, 1, 0xf, 1, start + 1)
        }
        _ => return None,
    };
    let operand = operand(code, opcode_at + 1, base)?;
    let opcode = byte(opcode_at)?;
    (operand.form != Form::Frame).then_some(Vector {
        register,
        index,
        base,
        map,
        source,
        kind,
        opcode_at,
        opcode,
        operand,
    })
}

/// True for the opcodes of fmadd, fmsub, fnmadd and fnmsub of vectors, in their three orders: of map 2, with prefix 66.
pub fn is_fused(opcode: u8) -> bool {
    matches!(opcode, 0x98 | 0x9a | 0x9c | 0x9e | 0xa8 | 0xaa | 0xac | 0xae | 0xb8 | 0xba | 0xbc | 0xbe)
}

/// The place that a 4-byte distance at `at` means, counted from `from`.
pub fn relative(code: &[u8], at: usize, from: usize) -> Option<usize> {
    let distance = i32::from_le_bytes(code.get(at..at + 4)?.try_into().ok()?);
    from.checked_add_signed(distance as isize)
}

/// An instruction on general registers: the loop's control and the pointers. It stays as it is.
pub fn scalar(code: &[u8], at: usize) -> Option<Step> {
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
