//! The loop of a segment that begins folds: one row of lanes in registers for each fold, written out after each run of
//! rows. What is written, and why its bits are those of the fold routines: `kernels::fold::lanes`.

use super::Loop;
use crate::dtype::DType;
use crate::error::Result;
use crate::jit::codegen::lanes::{flags, integer, vector};
use crate::jit::codegen::shape::vectors;
use crate::jit::ir::Segment;
use crate::kernels::fold::lanes::{self, ROW, RUN, is_extreme};
use crate::ops::expr::ValueId;
use crate::ops::reduction::Fold;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{BlockArg, InstBuilder, Type, Value, types};
use smallvec::SmallVec;

impl Loop<'_, '_> {
    /// The loop; elements of an iteration, which are those of a row.
    ///
    /// Runs of whole rows come first. Where elements are left, the last row's length of them is a run of its own: added to
    /// what changes nothing, they are written as they are.
    pub(super) fn emit_folding_loop(&mut self, n: Value) -> Result<usize> {
        let (lane, block) = (self.segment.lane(), self.shape.block);
        let row = ROW / lane;
        debug_assert!(row.is_multiple_of(block));
        let types: Vec<Type> = self.segment.folds.iter().map(|&(v, fold)| self.row_type(v, fold)).collect();
        let lengths: Vec<usize> =
            self.segment.folds.iter().map(|f| lanes::row_bytes(f.1) / self.e.width.bytes()).collect();
        let compared = compared(self.segment);

        let b = &mut self.e.b;
        let (run, body, written, rest, exit) =
            (b.create_block(), b.create_block(), b.create_block(), b.create_block(), b.create_block());
        let (first, out) = (b.append_block_param(run, types::I64), b.append_block_param(run, types::I64));
        let (index, end) = (b.append_block_param(body, types::I64), b.append_block_param(body, types::I64));
        let row_of = |(&ty, &n): (&Type, &usize)| (0..n).map(|_| b.append_block_param(body, ty)).collect();
        self.rows = types.iter().zip(&lengths).map(row_of).collect();
        self.unordered = compared.iter().map(|&v| (v, b.append_block_param(body, types::I8X16))).collect();
        let mask = b.ins().iconst(types::I64, -(row as i64));
        let whole = b.ins().band(n, mask);
        let zero = b.ins().iconst(types::I64, 0);
        b.ins().jump(run, &[BlockArg::Value(zero), BlockArg::Value(zero)]);

        b.switch_to_block(run);
        let far = b.ins().iadd_imm_s(first, (RUN * row) as i64);
        let long = b.ins().icmp(IntCC::UnsignedLessThanOrEqual, far, whole);
        let mut start = vec![BlockArg::Value(first), BlockArg::Value(far)];
        for ((&ty, &n), &(_, fold)) in types.iter().zip(&lengths).zip(&self.segment.folds) {
            for _ in 0..n {
                start.push(BlockArg::Value(self.e.splat(ty, nothing(ty, fold))));
            }
        }
        for _ in &compared {
            start.push(BlockArg::Value(self.e.splat(types::I8X16, 0)));
        }
        let mut short = start.clone();
        short[1] = BlockArg::Value(whole);
        self.e.b.ins().brif(long, body, &start, body, &short);

        self.e.b.switch_to_block(body);
        for at in (0..row).step_by(block) {
            self.index = if at == 0 { index } else { self.e.b.ins().iadd_imm_s(index, at as i64) };
            self.within = at * lane / self.e.width.bytes();
            self.values.fill(None);
            self.emit_body()?;
        }
        let b = &mut self.e.b;
        let next = b.ins().iadd_imm_s(index, row as i64);
        let more = b.ins().icmp(IntCC::UnsignedLessThan, next, end);
        let carried = self.rows.iter().flatten().chain(self.unordered.iter().map(|u| &u.1)).copied();
        let on: Vec<BlockArg> = [next, end].into_iter().chain(carried).map(BlockArg::Value).collect();
        b.ins().brif(more, body, &on, written, &[]);

        b.switch_to_block(written);
        let pointers = self.segment.operands.len() + self.segment.stores.len();
        for (f, row) in self.rows.clone().into_iter().enumerate() {
            let address = self.e.b.ins().iadd(self.pointers[pointers + f], out);
            let (value, fold) = self.segment.folds[f];
            let unordered = self.unordered.iter().find(|u| u.0 == value && is_extreme(fold)).map(|u| u.1);
            for (i, v) in row.into_iter().enumerate() {
                let mut v = self.e.cast_bits(v, self.e.memory_type(types[f]));
                if let Some(unordered) = unordered {
                    // All bits set are a NaN.
                    let unordered = self.e.cast_bits(unordered, self.e.memory_type(types[f]));
                    v = self.e.b.ins().bor(v, unordered);
                }
                self.e.b.ins().store(flags(), v, address, (i * self.e.width.bytes()) as i32);
            }
        }
        let b = &mut self.e.b;
        let out = b.ins().iadd_imm_s(out, ROW as i64);
        let more = b.ins().icmp(IntCC::UnsignedLessThan, next, whole);
        b.ins().brif(more, run, &[BlockArg::Value(next), BlockArg::Value(out)], rest, &[]);

        b.switch_to_block(rest);
        let done = b.ins().icmp(IntCC::Equal, next, n);
        let last = b.ins().iadd_imm_s(n, -(row as i64));
        b.ins().brif(done, exit, &[], run, &[BlockArg::Value(last), BlockArg::Value(out)]);

        b.switch_to_block(exit);
        Ok(row)
    }

    /// The vectors of a fold's row.
    fn row_type(&self, v: ValueId, fold: Fold) -> Type {
        if fold == Fold::Count { integer(self.segment.lane()) } else { vector(self.segment.body.dtype(v)) }
    }

    /// Takes a value into its folds.
    pub(super) fn accumulate(&mut self, v: ValueId) -> Result<()> {
        let segment = self.segment;
        if let Some(at) = self.unordered.iter().position(|u| u.0 == v) {
            let lanes = self.number(v)?;
            for i in 0..vectors(self.e.width, self.shape.block, segment.lane()) {
                let nan = self.e.b.ins().fcmp(FloatCC::Unordered, lanes.at(i), lanes.at(i));
                let nan = self.e.cast_bits(nan, types::I8X16);
                self.unordered[at].1 = self.e.b.ins().bor(self.unordered[at].1, nan);
            }
        }
        for (f, &(_, fold)) in segment.folds.iter().enumerate().filter(|(_, folded)| folded.0 == v) {
            let lanes = if fold == Fold::Count { self.mask(v, segment.lane())? } else { self.number(v)? };
            let float = matches!(segment.body.dtype(v), DType::F32 | DType::F64);
            for i in 0..vectors(self.e.width, self.shape.block, segment.lane()) {
                let at = (self.within + i) % self.rows[f].len();
                let acc = &mut self.rows[f][at];
                let b = &mut self.e.b;
                *acc = match fold {
                    Fold::Min | Fold::Max => {
                        let (less, more) = if fold == Fold::Min { (lanes.at(i), *acc) } else { (*acc, lanes.at(i)) };
                        let better = b.ins().fcmp(FloatCC::LessThan, less, more);
                        self.e.extreme(better, lanes.at(i), *acc)
                    }
                    // A mask is -1 where it is set.
                    Fold::Count => b.ins().isub(*acc, lanes.at(i)),
                    _ if float => b.ins().fadd(*acc, lanes.at(i)),
                    _ => b.ins().iadd(*acc, lanes.at(i)),
                };
            }
        }
        Ok(())
    }
}

/// The values that are looked at for NaN, which comparisons pass by.
pub(in super::super) fn compared(segment: &Segment) -> SmallVec<[ValueId; 2]> {
    let mut values: SmallVec<[ValueId; 2]> = segment.folds.iter().filter(|f| is_extreme(f.1)).map(|f| f.0).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The bits of what a fold's lanes start from: it changes no bit of what is taken in.
fn nothing(ty: Type, fold: Fold) -> u64 {
    let float = match fold {
        Fold::Min => f64::INFINITY,
        Fold::Max => f64::NEG_INFINITY,
        _ => -0.0,
    };
    match ty {
        types::F32X4 => u64::from((float as f32).to_bits()),
        types::F64X2 => float.to_bits(),
        _ => 0,
    }
}
