//! The loop of a segment that begins folds: one row of lanes in registers for each fold, written out after each run of
//! rows. What is written, and why its bits are those of the fold routines: `kernels::fold::lanes`.

use super::Loop;
use crate::dtype::DType;
use crate::error::Result;
use crate::jit::codegen::lanes::{flags, integer, vector};
use crate::jit::codegen::shape::vectors;
use crate::kernels::fold::lanes::{ROW, RUN};
use crate::ops::expr::ValueId;
use crate::ops::reduction::Fold;
use cranelift_codegen::ir::{BlockArg, InstBuilder, Type, Value, condcodes::IntCC, types};

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
        let per_row = ROW / self.e.width.bytes();

        let b = &mut self.e.b;
        let (run, body, written, rest, exit) =
            (b.create_block(), b.create_block(), b.create_block(), b.create_block(), b.create_block());
        let (first, out) = (b.append_block_param(run, types::I64), b.append_block_param(run, types::I64));
        let (index, end) = (b.append_block_param(body, types::I64), b.append_block_param(body, types::I64));
        self.rows = types.iter().map(|&ty| (0..per_row).map(|_| b.append_block_param(body, ty)).collect()).collect();
        let mask = b.ins().iconst(types::I64, -(row as i64));
        let whole = b.ins().band(n, mask);
        let zero = b.ins().iconst(types::I64, 0);
        b.ins().jump(run, &[BlockArg::Value(zero), BlockArg::Value(zero)]);

        b.switch_to_block(run);
        let far = b.ins().iadd_imm_s(first, (RUN * row) as i64);
        let long = b.ins().icmp(IntCC::UnsignedLessThanOrEqual, far, whole);
        let mut start = vec![BlockArg::Value(first), BlockArg::Value(far)];
        for &ty in &types {
            for _ in 0..per_row {
                start.push(BlockArg::Value(self.e.splat(ty, nothing(ty))));
            }
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
        let on: Vec<BlockArg> =
            [next, end].into_iter().chain(self.rows.iter().flatten().copied()).map(BlockArg::Value).collect();
        b.ins().brif(more, body, &on, written, &[]);

        b.switch_to_block(written);
        let pointers = self.segment.operands.len() + self.segment.stores.len();
        for (f, row) in self.rows.clone().into_iter().enumerate() {
            let address = self.e.b.ins().iadd(self.pointers[pointers + f], out);
            for (i, v) in row.into_iter().enumerate() {
                let v = self.e.cast_bits(v, self.e.memory_type(types[f]));
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
        for (f, &(_, fold)) in segment.folds.iter().enumerate().filter(|(_, folded)| folded.0 == v) {
            let lanes = if fold == Fold::Count { self.mask(v, segment.lane())? } else { self.number(v)? };
            let float = matches!(segment.body.dtype(v), DType::F32 | DType::F64);
            for i in 0..vectors(self.e.width, self.shape.block, segment.lane()) {
                let acc = &mut self.rows[f][self.within + i];
                let b = &mut self.e.b;
                *acc = match fold {
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

/// The bits of what a sum's lanes start from: it changes no bit of what is added.
fn nothing(ty: Type) -> u64 {
    match ty {
        types::F32X4 => u64::from((-0.0f32).to_bits()),
        types::F64X2 => (-0.0f64).to_bits(),
        _ => 0,
    }
}
