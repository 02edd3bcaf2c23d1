//! The shape of a segment's loop: how many elements one iteration takes, and how wide each bool's mask is wanted.

use super::Width;
use super::emit::fold::compared;
use crate::dtype::DType;
use crate::jit::ir::{Access, Segment};
use crate::kernels::fold::lanes;
use crate::ops::expr::{Inst, Op, ValueId};
use crate::ops::prim::Prim;
use crate::ops::reduction::Fold;
use smallvec::SmallVec;

/// Vector registers that values, constants and temporaries may fill, of the 16 there are.
const REGISTERS: usize = 15;

/// Scalar operands that are kept in registers over the loop; further ones are read from memory at each use.
pub(super) const SCALARS_IN_REGISTERS: usize = 3;

/// What one look over a segment finds.
pub(super) struct Shape {
    /// Elements of one iteration.
    pub block: usize,
    /// By value: needed for a store or a fold.
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
        let lane = segment.lane();
        for &(v, fold) in &segment.folds {
            live[v.index()] = true;
            if fold == Fold::Count {
                mask_width[v.index()] = mask_width[v.index()].max(lane);
            }
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
        // All lanes have one width: numbers of one size, and bools only as masks between them.
        let one_width = !bools_in_memory && numbers().all(|i| insts[i].dtype.size() == widest);
        // Four vectors of the widest type hide latency; fewer where the body holds many values at once. Single ones only
        // where no narrower type would be left with two bytes.
        let in_flight: &[usize] = match (width, one_width) {
            // Blocks above 64 elements would shut out short arrays.
            (Width::Double, _) if widest < 4 => &[2, 1],
            (Width::Quad, _) if widest == 1 => &[1],
            (Width::Quad, _) if widest == 2 => &[2, 1],
            (Width::Quad | Width::Double, _) | (Width::Single, true) => &[4, 2, 1],
            (Width::Single, false) if widest == 1 => &[4, 2, 1],
            (Width::Single, false) => &[4, 2],
        };
        // Folds accumulate in whole vectors, one row of them in an iteration.
        let (row, accumulators) = match segment.folds.len() {
            0 => (usize::MAX, 0),
            _ => {
                let rows = segment.folds.iter().map(|f| lanes::row_bytes(f.1) / width.bytes()).sum::<usize>();
                (lanes::ROW / lane, rows + compared(segment).len())
            }
        };
        let candidates = in_flight.iter().map(|n| (n * width.bytes() / widest).min(row));
        let mut candidates = candidates.filter(|block| accumulators == 0 || block * lane >= width.bytes());
        let fits = |&block: &usize| pressure(segment, &live, &mask_width, width, block) + accumulators <= REGISTERS;
        let block = candidates.clone().find(fits).or(candidates.next_back()).unwrap_or(width.bytes());
        Shape { block, live, mask_width }
    }
}

/// The most vectors that are alive at once, as [`super::emit`] orders the body: loads and constants where they are first
/// used, stores as soon as the last load is done.
fn pressure(segment: &Segment, live: &[bool], mask_width: &[usize], width: Width, block: usize) -> usize {
    let insts = segment.body.insts();
    let access = |n: u16| segment.operands[usize::from(n)].access;
    let in_place = |v: ValueId| match insts[v.index()].op {
        Op::Const(_) => true,
        Op::Load(n) => access(n) == Access::Scalar,
        Op::Prim(_) | Op::Math(_) | Op::Cast | Op::Table(_) => false,
    };
    let weight = |v: ValueId| match in_place(v) {
        true => 0,
        false => vectors(width, block, insts[v.index()].dtype.size().max(mask_width[v.index()])),
    };
    let computed = || insts.iter().enumerate().filter(|&(i, x)| live[i] && !matches!(x.op, Op::Load(_) | Op::Const(_)));
    let mut last_use = vec![0; insts.len()];
    let mut loads_done = 0;
    for (i, inst) in computed() {
        for &a in inst.args() {
            let first_use = std::mem::replace(&mut last_use[a.index()], i) == 0;
            if first_use && matches!(insts[a.index()].op, Op::Load(_)) {
                loads_done = i;
            }
        }
    }
    for v in &segment.stores {
        let early = v.index() >= loads_done && !matches!(insts[v.index()].op, Op::Load(_));
        last_use[v.index()] = if early { last_use[v.index()].max(v.index()) } else { usize::MAX };
    }
    let scalars =
        (0..insts.len()).filter(|&i| live[i] && matches!(insts[i].op, Op::Load(n) if access(n) == Access::Scalar));
    let (mut now, mut most) = (scalars.count().min(SCALARS_IN_REGISTERS), 0);
    let mut held = vec![false; insts.len()];
    for (i, inst) in computed() {
        let v = ValueId(i as u32);
        for a in inst.args().iter().copied().chain([v]) {
            if !std::mem::replace(&mut held[a.index()], true) {
                now += weight(a);
            }
        }
        let mut dying: SmallVec<[ValueId; 3]> =
            inst.args().iter().copied().filter(|a| last_use[a.index()] == i).collect();
        dying.sort_unstable();
        dying.dedup();
        let dying: usize = dying.iter().map(|&a| weight(a)).sum();
        let constants = inst.args().iter().filter(|&&a| in_place(a)).count();
        // A result may take the register of an operand that dies here.
        most = most.max(now - dying.min(weight(v)) + constants + temporaries(inst));
        now -= dying;
        if last_use[i] <= i {
            now -= weight(v);
        }
    }
    most
}

/// Registers that an instruction needs beside its operands and its result.
fn temporaries(inst: &Inst) -> usize {
    match inst.op {
        Op::Prim(Prim::Minimum | Prim::Maximum | Prim::Fmin | Prim::Fmax) => 2,
        Op::Prim(Prim::Mul) if inst.dtype.is_integer() && inst.dtype.size() == 8 => 4,
        Op::Prim(Prim::Mul) if inst.dtype.is_integer() && inst.dtype.size() == 1 => 4,
        Op::Prim(Prim::Copysign) | Op::Cast => 2,
        Op::Prim(_) | Op::Math(_) | Op::Load(_) | Op::Const(_) | Op::Table(_) => 1,
    }
}
