//! One segment as one function: the loop over blocks, and in it each instruction over the whole block.
//!
//! `fn(ptrs: *mut *mut u8, n: usize, rows: usize, steps: *const isize)`: `rows` rows of `n` elements, `n` not below the block. Between
//! rows each pointer is moved on by its step, so that rows may lie anywhere and a scalar operand may be another one in each row; of
//! a single row no step is read. The last block of a row ends at `n` and overlaps the one before it where `n` is no multiple, so that
//! there is no scalar remainder; folds take each element once ([`fold`]). In an iteration every load comes before every store.

pub(super) mod fold;

use super::lanes::{Emitter, Lanes, flags, integer, vector};
use super::prim::Known;
use super::quotient::{Quotients, Way, is_multiplied};
use super::shape::{SCALARS_IN_REGISTERS, Shape};
use super::{BESIDE, Width};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::jit::ir::{Access, Segment};
use crate::ops::expr::{Inst, Op, ValueId};
use crate::ops::fault::Faults;
use crate::ops::prim::Prim;
use cranelift_codegen::ir::{
    AbiParam, BlockArg, Function, InstBuilder, MemFlagsData, Signature, StackSlot, StackSlotData, StackSlotKind, Value,
    condcodes::IntCC, types,
};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use smallvec::SmallVec;

/// What the emitted loop demands of its caller.
pub(super) struct Emitted {
    /// Elements of one iteration: the smallest `n`.
    pub block: usize,
    /// It divides where products would do.
    pub divides: bool,
    /// The flags that tell that products did not do.
    pub betrayed_by: Faults,
    /// The scalar operands that have their reciprocals beside them, in memory that is filled with these.
    pub divisors: SmallVec<[usize; 2]>,
}

/// A value of the body while it is in registers.
#[derive(Clone)]
enum Held {
    /// A number's lanes.
    Number(Lanes),
    /// A bool's masks, by the logarithm of the lane width; made when wanted and kept.
    Mask([Option<Lanes>; 4]),
}

/// Where a scalar operand waits between its load and its uses.
#[derive(Clone, Copy)]
enum Scalar {
    Register(Value),
    /// In a slot of the stack, spread over a vector.
    Stack(StackSlot),
    /// So many bytes from an address on, spread over a vector.
    Memory(Value, i32),
}

struct Loop<'s, 'f> {
    e: Emitter<'f>,
    segment: &'s Segment,
    shape: Shape,
    values: Vec<Option<Held>>,
    scalars: Vec<Option<Scalar>>,
    /// By operand: the reciprocals of scalar ones that values are divided by, where quotients are made of products.
    reciprocals: Vec<Option<Scalar>>,
    quotients: Quotients,
    divides: bool,
    betrayed_by: Faults,
    pointers: Vec<Value>,
    index: Value,
    /// By fold: the vectors of a row, and where in the row the block at `index` starts.
    rows: Vec<SmallVec<[Value; 8]>>,
    within: usize,
    /// By value whose extremes are kept: where a lane of it was NaN.
    unordered: Vec<(ValueId, Value)>,
}

/// Writes a segment's function.
pub(super) fn emit(
    segment: &Segment,
    width: Width,
    quotients: Quotients,
    isa: &OwnedTargetIsa,
    func: &mut Function,
    context: &mut FunctionBuilderContext,
) -> Result<Emitted> {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.extend([AbiParam::new(types::I64); 4]);
    func.signature = signature;
    let shape = Shape::of(segment, width);
    let block = shape.block;
    let mut b = FunctionBuilder::new(func, context);

    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let &[ptrs, n, rows, steps] = b.block_params(entry) else {
        return Err(Error::Bug("a segment's function has four parameters".into()));
    };
    let (row, next, exit) = (b.create_block(), b.create_block(), b.create_block());
    let left = b.append_block_param(row, types::I64);
    b.ins().jump(row, &[BlockArg::Value(rows)]);

    b.switch_to_block(row);
    let count = segment.operands.len() + segment.stores.len() + segment.folds.len();
    let pointers: Vec<Value> =
        (0..count).map(|i| b.ins().load(types::I64, MemFlagsData::trusted(), ptrs, 8 * i as i32)).collect();
    let mut l = Loop {
        e: Emitter { b, block, width },
        segment,
        values: vec![None; segment.body.insts().len()],
        scalars: Vec::new(),
        reciprocals: Vec::new(),
        quotients,
        divides: false,
        betrayed_by: Faults::NONE,
        pointers,
        // Set when a loop's body begins.
        index: n,
        shape,
        rows: Vec::new(),
        within: 0,
        unordered: Vec::new(),
    };
    l.load_scalars();
    let block = if segment.folds.is_empty() { l.emit_loop(n)? } else { l.emit_folding_loop(n)? };
    let divisors = (0..l.reciprocals.len()).filter(|&n| l.reciprocals[n].is_some()).collect();
    let (mut b, pointers, divides, betrayed_by) = (l.e.b, l.pointers, l.divides, l.betrayed_by);
    let left = b.ins().iadd_imm_s(left, -1);
    let done = b.ins().icmp_imm_s(IntCC::Equal, left, 0);
    // The return is to be the last instruction.
    b.ins().brif(done, exit, &[], next, &[]);

    b.switch_to_block(next);
    for (i, pointer) in pointers.into_iter().enumerate() {
        let step = b.ins().load(types::I64, MemFlagsData::trusted(), steps, 8 * i as i32);
        let moved = b.ins().iadd(pointer, step);
        b.ins().store(MemFlagsData::trusted(), moved, ptrs, 8 * i as i32);
    }
    b.ins().jump(row, &[BlockArg::Value(left)]);

    b.switch_to_block(exit);
    b.ins().return_(&[]);
    b.seal_all_blocks();
    b.finalize(isa.frontend_config());
    Ok(Emitted { block, divides, betrayed_by, divisors })
}

impl Loop<'_, '_> {
    /// The loop over blocks of a segment that only stores; elements of an iteration.
    fn emit_loop(&mut self, n: Value) -> Result<usize> {
        let block = self.shape.block;
        let b = &mut self.e.b;
        let (body, tail, exit) = (b.create_block(), b.create_block(), b.create_block());
        self.index = b.append_block_param(body, types::I64);
        let last = b.ins().iadd_imm_s(n, -(block as i64));
        let zero = b.ins().iconst(types::I64, 0);
        b.ins().jump(body, &[BlockArg::Value(zero)]);

        b.switch_to_block(body);
        self.emit_body()?;
        let b = &mut self.e.b;
        let next = b.ins().iadd_imm_s(self.index, block as i64);
        let whole = b.ins().icmp(IntCC::UnsignedLessThanOrEqual, next, last);
        b.ins().brif(whole, body, &[BlockArg::Value(next)], tail, &[]);

        b.switch_to_block(tail);
        let done = b.ins().icmp(IntCC::Equal, next, n);
        b.ins().brif(done, exit, &[], body, &[BlockArg::Value(last)]);

        b.switch_to_block(exit);
        Ok(block)
    }

    /// Reads the scalar operands in use, before the loop of a row.
    fn load_scalars(&mut self) {
        let segment = self.segment;
        let insts = segment.body.insts();
        let mut in_registers = 0;
        self.scalars = (0..segment.operands.len()).map(|_| None).collect();
        self.reciprocals = (0..segment.operands.len()).map(|_| None).collect();
        // The operands that values are divided by.
        let live = insts.iter().enumerate().filter(|&(i, _)| self.shape.live[i]);
        let divided_by = live.filter_map(|(_, inst)| match (inst.op, inst.args()) {
            (Op::Prim(Prim::Div), &[_, d]) => Some(segment.body.inst(d).op),
            _ => None,
        });
        let divisors: SmallVec<[Op; 4]> = divided_by.collect();
        for (_, inst) in insts.iter().enumerate().filter(|&(i, _)| self.shape.live[i]) {
            let Op::Load(n) = inst.op else { continue };
            let n = usize::from(n);
            if segment.operands[n].access != Access::Scalar || self.scalars[n].is_some() {
                continue;
            }
            let ty = vector(inst.dtype);
            let b = &mut self.e.b;
            if self.e.width != Width::Single {
                // The caller has filled a vector with it, and one with its reciprocal where that is wanted.
                let divides = is_multiplied(inst.dtype) && divisors.contains(&inst.op);
                let beside = divides && self.quotients == Quotients::Multiplied;
                self.divides |= divides && !beside;
                let mut filled = |offset: i32| {
                    if in_registers < SCALARS_IN_REGISTERS {
                        in_registers += 1;
                        Scalar::Register(self.e.load_filled(inst.dtype, self.pointers[n], offset))
                    } else {
                        Scalar::Memory(self.pointers[n], offset)
                    }
                };
                self.scalars[n] = Some(filled(0));
                self.reciprocals[n] = beside.then(|| filled(BESIDE));
                continue;
            }
            let element = b.ins().load(ty.lane_type(), flags(), self.pointers[n], 0);
            let mut v = b.ins().splat(ty, element);
            if inst.dtype == DType::Bool {
                v = self.e.mask_of_bytes(v);
            }
            self.scalars[n] = Some(if in_registers < SCALARS_IN_REGISTERS {
                in_registers += 1;
                Scalar::Register(v)
            } else {
                let b = &mut self.e.b;
                let slot = b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 16, 4));
                b.ins().stack_store(types::I64, v, slot, 0);
                Scalar::Stack(slot)
            });
        }
    }

    fn emit_body(&mut self) -> Result<()> {
        let segment = self.segment;
        let insts = segment.body.insts();
        let is_load = |inst: &Inst| match inst.op {
            Op::Load(n) => segment.operands[usize::from(n)].access == Access::Unit,
            _ => false,
        };
        let mut stored = vec![false; segment.stores.len()];
        for (i, inst) in insts.iter().enumerate() {
            if !self.shape.live[i] || matches!(inst.op, Op::Load(_) | Op::Const(_)) {
                continue;
            }
            let v = ValueId(i as u32);
            self.emit_inst(v)?;
            self.accumulate(v)?;
            // A store may overwrite an operand: none before the block's last load. From then on, at once, as a result
            // that waits for its store holds registers.
            let waiting = |j: usize| self.shape.live[j] && is_load(&insts[j]) && self.values[j].is_none();
            if segment.stores.contains(&v) && !(0..insts.len()).any(waiting) {
                self.store_value(v, &mut stored)?;
            }
        }
        for &v in &segment.stores {
            if is_load(segment.body.inst(v)) {
                self.load(v)?;
            }
        }
        for v in (0..insts.len()).map(|i| ValueId(i as u32)) {
            if matches!(insts[v.index()].op, Op::Load(_) | Op::Const(_)) {
                self.accumulate(v)?;
            }
        }
        for &v in &segment.stores {
            self.store_value(v, &mut stored)?;
        }
        Ok(())
    }

    /// Writes a value to each of its destinations that it has not reached.
    fn store_value(&mut self, v: ValueId, stored: &mut [bool]) -> Result<()> {
        let dtype = self.segment.body.dtype(v);
        for (i, done) in stored.iter_mut().enumerate() {
            if self.segment.stores[i] != v || std::mem::replace(done, true) {
                continue;
            }
            let lanes = match dtype {
                DType::Bool => {
                    let mask = self.mask(v, 1)?;
                    self.e.cast_from_mask(&mask, DType::Bool)
                }
                _ => self.number(v)?,
            };
            let address = self.address(self.segment.operands.len() + i, dtype.size());
            self.e.store(dtype, &lanes, address);
        }
        Ok(())
    }

    /// The address of pointer `n`'s element at the loop's position. Selected as part of each access.
    fn address(&mut self, n: usize, size: usize) -> Value {
        let b = &mut self.e.b;
        let offset = match size {
            1 => self.index,
            _ => b.ins().ishl_imm_u(self.index, size.trailing_zeros() as i64),
        };
        b.ins().iadd(self.pointers[n], offset)
    }

    /// Reads a unit operand, at its first use.
    fn load(&mut self, v: ValueId) -> Result<Held> {
        if let Some(held) = &self.values[v.index()] {
            return Ok(held.clone());
        }
        let inst = self.segment.body.inst(v);
        let Op::Load(n) = inst.op else { return Err(defect(self.segment, v)) };
        let address = self.address(usize::from(n), inst.dtype.size());
        let lanes = self.e.load(inst.dtype, address);
        let held = match inst.dtype {
            DType::Bool => Held::Mask([Some(self.e.map(&lanes, Emitter::mask_of_bytes)), None, None, None]),
            _ => Held::Number(lanes),
        };
        self.values[v.index()] = Some(held.clone());
        Ok(held)
    }

    /// A value's lanes. Constants and scalars on the stack are read anew at each use: they hold no register in between.
    fn held(&mut self, v: ValueId) -> Result<Held> {
        let inst = self.segment.body.inst(v);
        let uniform = match inst.op {
            Op::Load(n) => match self.scalars[usize::from(n)] {
                None => return self.load(v),
                Some(scalar) => self.scalar(scalar, inst.dtype),
            },
            Op::Const(c) if inst.dtype == DType::Bool => {
                self.e.splat(types::I8X16, if c.bits() != 0 { 0xff } else { 0 })
            }
            Op::Const(c) => self.e.splat(vector(inst.dtype), c.bits() as u64),
            Op::Prim(_) | Op::Cast | Op::Math(_) | Op::Table(_) => {
                return self.values[v.index()].clone().ok_or_else(|| defect(self.segment, v));
            }
        };
        let lanes = Lanes::uniform(uniform);
        Ok(match inst.dtype {
            DType::Bool => Held::Mask([Some(lanes), None, None, None]),
            _ => Held::Number(lanes),
        })
    }

    /// A scalar operand, spread over a vector.
    fn scalar(&mut self, scalar: Scalar, dtype: DType) -> Value {
        match scalar {
            Scalar::Register(value) => value,
            Scalar::Memory(address, offset) => self.e.load_filled(dtype, address, offset),
            Scalar::Stack(slot) => self.e.b.ins().stack_load(types::I64, vector(dtype), slot, 0),
        }
    }

    fn number(&mut self, v: ValueId) -> Result<Lanes> {
        match self.held(v)? {
            Held::Number(lanes) => Ok(lanes),
            Held::Mask(_) => Err(defect(self.segment, v)),
        }
    }

    /// A bool's mask with lanes of `size` bytes.
    fn mask(&mut self, v: ValueId, size: usize) -> Result<Lanes> {
        let Held::Mask(mut masks) = self.held(v)? else { return Err(defect(self.segment, v)) };
        let wanted = size.trailing_zeros() as usize;
        if let Some(mask) = &masks[wanted] {
            return Ok(mask.clone());
        }
        // Widening takes one instruction a vector from any width, narrowing goes step by step.
        let narrower = (0..wanted).rev().find(|&w| masks[w].is_some());
        let nearest = narrower.or_else(|| (wanted..4).find(|&w| masks[w].is_some()));
        let (width, mask) =
            nearest.and_then(|w| Some((w, masks[w].clone()?))).ok_or_else(|| defect(self.segment, v))?;
        let mask = self.e.resize_mask(&mask, 1 << width, size);
        masks[wanted] = Some(mask.clone());
        if let Some(held) = &mut self.values[v.index()] {
            *held = Held::Mask(masks);
        }
        Ok(mask)
    }

    /// The lane width for a bool instruction: one that all operands have already, else the one that its users want.
    fn common_width(&mut self, v: ValueId, operands: &[ValueId]) -> Result<usize> {
        let mut common = [true; 4];
        for &a in operands {
            let Held::Mask(masks) = self.held(a)? else { return Err(defect(self.segment, a)) };
            if !masks.iter().flatten().any(Lanes::is_uniform) {
                (0..4).for_each(|w| common[w] &= masks[w].is_some());
            }
        }
        let wanted = self.shape.mask_width[v.index()].max(1);
        if common[wanted.trailing_zeros() as usize] {
            return Ok(wanted);
        }
        Ok(common.iter().position(|&c| c).map_or(wanted, |w| 1 << w))
    }

    fn known(&self, v: ValueId) -> Known {
        match self.segment.body.inst(v).op {
            Op::Const(c) if c.to_f64().is_nan() => Known::Nothing,
            Op::Const(c) if c.to_f64() == 0.0 => Known::Ordered,
            Op::Const(_) => Known::OrderedNonzero,
            Op::Load(_) | Op::Prim(_) | Op::Math(_) | Op::Cast | Op::Table(_) => Known::Nothing,
        }
    }

    fn emit_inst(&mut self, v: ValueId) -> Result<()> {
        let body = &self.segment.body;
        let inst = *body.inst(v);
        let args = inst.args();
        let operand = body.dtype(args[0]);
        let held = match inst.op {
            Op::Cast => self.emit_cast(args[0], operand, inst.dtype)?,
            Op::Prim(Prim::Select) => self.emit_select(v, &inst)?,
            Op::Prim(p) if operand == DType::Bool => {
                let size = self.common_width(v, args)?;
                let a = self.mask(args[0], size)?;
                let mask = match (p, args) {
                    (Prim::Not, _) => Some(self.e.map(&a, |e, m| e.b.ins().bnot(m))),
                    (Prim::Abs, _) => Some(a),
                    (_, &[_, second]) => {
                        let b = self.mask(second, size)?;
                        self.e.logic(p, &a, &b)
                    }
                    _ => None,
                };
                Held::mask(mask.ok_or_else(|| defect(self.segment, v))?, size)
            }
            Op::Prim(p) => self.emit_prim(v, p, args, operand)?,
            Op::Load(_) | Op::Const(_) | Op::Math(_) | Op::Table(_) => return Err(defect(self.segment, v)),
        };
        self.values[v.index()] = Some(held);
        Ok(())
    }

    /// An instruction on numbers.
    fn emit_prim(&mut self, v: ValueId, p: Prim, args: &[ValueId], operand: DType) -> Result<Held> {
        let a = self.number(args[0])?;
        let held = match (p, args) {
            (Prim::Signbit, _) => Some(Held::mask(self.e.signbit(&a, operand), operand.size())),
            (_, &[_]) => self.e.unary(p, &a, operand).map(Held::Number),
            (Prim::Shl | Prim::Shr, &[_, count]) => match self.segment.body.inst(count).op {
                Op::Const(count) => Some(Held::Number(self.e.shift(p, &a, count, operand))),
                _ => None,
            },
            (_, &[first, second]) => {
                let b = if first == second { a.clone() } else { self.number(second)? };
                if self.segment.body.dtype(v) == DType::Bool {
                    self.e.compare(p, &a, &b, operand).map(|mask| Held::mask(mask, operand.size()))
                } else if let Some(quotients) = self.quotients(p, &a, [first, second])? {
                    Some(Held::Number(quotients))
                } else {
                    let known = [self.known(first), self.known(second)];
                    self.e.binary(p, [&a, &b], known, operand).map(Held::Number)
                }
            }
            _ => None,
        };
        held.ok_or_else(|| defect(self.segment, v))
    }

    /// Quotients that need no division.
    fn quotients(&mut self, p: Prim, a: &Lanes, [first, second]: [ValueId; 2]) -> Result<Option<Lanes>> {
        if p != Prim::Div {
            return Ok(None);
        }
        let body = &self.segment.body;
        let (dividend, divisor) = (body.inst(first), body.inst(second));
        let dtype = divisor.dtype;
        match divisor.op {
            Op::Const(value) => {
                // Zero, or neither near subnormal numbers nor infinite.
                let whole = dividend.op == Op::Cast && !body.dtype(dividend.args()[0]).is_inexact();
                let Some(way) = Way::new(value.to_f64(), dtype) else { return Ok(None) };
                if !whole && !way.betrayed_by().is_empty() {
                    if self.quotients == Quotients::Divided {
                        self.divides = true;
                        return Ok(None);
                    }
                    self.betrayed_by = self.betrayed_by.or(way.betrayed_by());
                }
                Ok(Some(self.e.quotients(a, value.to_f64(), way, dtype)))
            }
            Op::Load(n) => {
                let Some(reciprocal) = self.reciprocals[usize::from(n)] else { return Ok(None) };
                let reciprocal = self.scalar(reciprocal, dtype);
                let divisor = self.number(second)?.at(0);
                self.betrayed_by = self.betrayed_by.or(Way::OF_SCALARS);
                Ok(Some(self.e.quotients_by_residuals(a, [divisor, reciprocal], false)))
            }
            Op::Prim(_) | Op::Math(_) | Op::Cast | Op::Table(_) => Ok(None),
        }
    }

    fn emit_select(&mut self, v: ValueId, inst: &Inst) -> Result<Held> {
        let args = inst.args();
        if inst.dtype == DType::Bool {
            let size = self.common_width(v, args)?;
            let (mask, a, b) = (self.mask(args[0], size)?, self.mask(args[1], size)?, self.mask(args[2], size)?);
            return Ok(Held::mask(self.e.select(&mask, &a, &b), size));
        }
        let mask = self.mask(args[0], inst.dtype.size())?;
        let (a, b) = (self.number(args[1])?, self.number(args[2])?);
        Ok(Held::Number(self.e.select(&mask, &a, &b)))
    }

    fn emit_cast(&mut self, a: ValueId, from: DType, to: DType) -> Result<Held> {
        Ok(match (from, to) {
            (DType::Bool, _) => {
                let mask = self.mask(a, to.size())?;
                Held::Number(self.e.cast_from_mask(&mask, to))
            }
            (_, DType::Bool) => {
                let lanes = self.number(a)?;
                Held::mask(self.e.cast_to_mask(&lanes, from), from.size())
            }
            _ => {
                let lanes = self.number(a)?;
                Held::Number(self.e.cast_number(&lanes, from, to))
            }
        })
    }
}

impl Held {
    /// A bool by its mask of `size`-byte lanes.
    fn mask(lanes: Lanes, size: usize) -> Held {
        debug_assert!(integer(size).lane_count() as usize == 16 / size);
        let mut masks = [None, None, None, None];
        masks[size.trailing_zeros() as usize] = Some(lanes);
        Held::Mask(masks)
    }
}

/// What the scheduler must not have sent here.
fn defect(segment: &Segment, v: ValueId) -> Error {
    Error::Bug(format!("no compiled form of {:?} in {:?}", segment.body.inst(v), segment.body.insts()))
}
