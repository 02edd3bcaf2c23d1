//! The shape of a segment's loop: how many elements one iteration takes, and how wide each bool's mask is wanted.

use crate::dtype::DType;
use crate::jit::ir::{Access, Segment};
use crate::ops::expr::{Op, ValueId};
use crate::ops::prim::Prim;

/// Bytes of one vector.
pub(super) const VECTOR: usize = 16;

/// Vector registers that the body's values may fill. Of the 16 there are, two are left for constants and temporaries.
const REGISTERS: usize = 14;

/// What one look over a segment finds.
pub(super) struct Shape {
    /// Elements of one iteration.
    pub block: usize,
    /// By value: needed for a store.
    pub live: Vec<bool>,
    /// By value: for a bool, the lane width in bytes that its users want most; else 0.
    pub mask_width: Vec<usize>,
}

/// The vectors that a block of elements fills.
pub(super) fn vectors(block: usize, size: usize) -> usize {
    (block * size / VECTOR).max(1)
}

impl Shape {
    /// Looks over a segment.
    pub fn of(segment: &Segment) -> Shape {
        let insts = segment.body.insts();
        let mut live = vec![false; insts.len()];
        let mut mask_width = vec![0; insts.len()];
        for &v in &segment.stores {
            live[v.index()] = true;
            mask_width[v.index()] = usize::from(segment.body.dtype(v) == DType::Bool);
        }
        for (i, inst) in insts.iter().enumerate().rev() {
            if !live[i] {
                continue;
            }
            for &a in inst.args() {
                live[a.index()] = true;
                if segment.body.dtype(a) == DType::Bool {
                    let wanted = if inst.dtype == DType::Bool { mask_width[i].max(1) } else { inst.dtype.size() };
                    mask_width[a.index()] = mask_width[a.index()].max(wanted);
                }
            }
        }
        let widest = (0..insts.len()).filter(|&i| live[i]).map(|i| insts[i].dtype.size()).max().unwrap_or(1);
        // Four vectors of the widest type hide latency; fewer where the body holds many values at once.
        let candidates: &[usize] = match widest {
            8 => &[8, 4],
            4 => &[16, 8],
            2 => &[32, 16],
            _ => &[64, 32, 16],
        };
        let fits = |&&block: &&usize| pressure(segment, &live, &mask_width, block) <= REGISTERS;
        let block = candidates.iter().find(fits).or(candidates.last()).copied().unwrap_or(16);
        Shape { block, live, mask_width }
    }
}

/// The most vectors that are alive at once. Loads and constants are emitted where they are first used.
fn pressure(segment: &Segment, live: &[bool], mask_width: &[usize], block: usize) -> usize {
    let insts = segment.body.insts();
    let weight = |v: ValueId| match insts[v.index()].op {
        Op::Const(_) => 0,
        Op::Load(n) if segment.operands[usize::from(n)].access == Access::Scalar => 0,
        _ => vectors(block, insts[v.index()].dtype.size().max(mask_width[v.index()])),
    };
    let mut last_use = vec![0; insts.len()];
    for (i, inst) in insts.iter().enumerate().filter(|&(i, _)| live[i]) {
        inst.args().iter().for_each(|a| last_use[a.index()] = i);
    }
    // Stores come last.
    segment.stores.iter().for_each(|v| last_use[v.index()] = usize::MAX);
    let (mut now, mut most) = (0, 0);
    let mut held = vec![false; insts.len()];
    for (i, inst) in insts.iter().enumerate().filter(|&(i, _)| live[i]) {
        if matches!(inst.op, Op::Load(_) | Op::Const(_)) {
            continue;
        }
        let v = ValueId(i as u32);
        for a in inst.args().iter().copied().chain([v]) {
            if !std::mem::replace(&mut held[a.index()], true) {
                now += weight(a);
            }
        }
        // A result may take the register of an operand that dies here.
        let dying: usize = {
            let mut args: Vec<ValueId> = inst.args().iter().copied().filter(|a| last_use[a.index()] == i).collect();
            args.sort_unstable();
            args.dedup();
            args.iter().map(|&a| weight(a)).sum()
        };
        let temporaries = match inst.op {
            Op::Prim(Prim::Minimum | Prim::Maximum | Prim::Fmin | Prim::Fmax) if inst.dtype.is_float() => 2,
            _ => 0,
        };
        most = most.max(now - dying.min(weight(v)) + temporaries);
        now -= dying;
    }
    most
}
