//! The shape of a segment's loop: how many elements one iteration takes, and how wide each bool's mask is wanted.

use super::Width;
use crate::dtype::DType;
use crate::jit::ir::{Access, Segment};
use crate::ops::expr::{Op, ValueId};
use crate::ops::prim::Prim;

/// Vector registers that the body's values may fill. Of the 16 there are, two are left for constants and temporaries.
const REGISTERS: usize = 14;

/// What one look over a segment finds.
pub(super) struct Shape {
    /// Elements of one iteration.
    pub block: usize,
    /// All lanes have one width: numbers of one size, and bools only as masks between them.
    pub one_width: bool,
    /// By value: needed for a store.
    pub live: Vec<bool>,
    /// By value: for a bool, the lane width in bytes that its users want most; else 0.
    pub mask_width: Vec<usize>,
}

/// The vectors of `width` that a block of elements fills.
pub(super) fn vectors(width: Width, block: usize, size: usize) -> usize {
    (block * size / width.bytes()).max(1)
}

impl Shape {
    /// Looks over a segment.
    pub fn of(segment: &Segment, width: Width) -> Shape {
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
        let numbers = || (0..insts.len()).filter(|&i| live[i] && insts[i].dtype != DType::Bool);
        let widest = numbers().map(|i| insts[i].dtype.size()).max().unwrap_or(1);
        let bools_in_memory = (0..insts.len()).any(|i| {
            let is_bool = live[i] && insts[i].dtype == DType::Bool;
            is_bool && (matches!(insts[i].op, Op::Load(_)) || segment.stores.contains(&ValueId(i as u32)))
        });
        let one_width = !bools_in_memory && numbers().all(|i| insts[i].dtype.size() == widest);
        // Four vectors of the widest type hide latency; fewer where the body holds many values at once. Single ones only
        // where no narrower type would be left with two bytes.
        let in_flight: &[usize] = match (width, one_width) {
            // Blocks above 64 elements would shut out short arrays.
            (Width::Double, true) if widest < 4 => &[2, 1],
            (_, true) => &[4, 2, 1],
            (_, false) if widest == 1 => &[4, 2, 1],
            (_, false) => &[4, 2],
        };
        let mut candidates = in_flight.iter().map(|n| n * width.bytes() / widest);
        let fits = |&block: &usize| pressure(segment, &live, &mask_width, width, block) <= REGISTERS;
        let block = candidates.clone().find(fits).or(candidates.next_back()).unwrap_or(width.bytes());
        Shape { block, one_width, live, mask_width }
    }
}

/// The most vectors that are alive at once. Loads and constants are emitted where they are first used.
fn pressure(segment: &Segment, live: &[bool], mask_width: &[usize], width: Width, block: usize) -> usize {
    let insts = segment.body.insts();
    let weight = |v: ValueId| match insts[v.index()].op {
        Op::Const(_) => 0,
        Op::Load(n) if segment.operands[usize::from(n)].access == Access::Scalar => 0,
        _ => vectors(width, block, insts[v.index()].dtype.size().max(mask_width[v.index()])),
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
