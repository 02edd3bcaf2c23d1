//! Runs the loop IR slowly, one element after another: what the IR means.

use super::ir::{Access, Kernel, Sink};
use crate::dtype::{DType, Scalar};
use crate::kernels::fold::fold_row;
use crate::kernels::tile::{scalar_cast, scalar_math, scalar_prim, scalar_table};
use crate::ops::expr::Op;

/// The results of a kernel over `n` positions, each as contiguous bytes: the values stored, or the one state folded.
///
/// `operands` are contiguous bytes, one element each for [`Access::Scalar`].
///
/// # Panics
/// If an operand is too short, or the kernel breaks an invariant of the IR.
pub fn run(kernel: &Kernel, operands: &[&[u8]], n: usize) -> Vec<Vec<u8>> {
    let mut columns: Vec<Vec<u8>> = vec![Vec::new(); kernel.results.len()];
    let mut values: Vec<Scalar> = Vec::with_capacity(kernel.body.insts().len());
    for position in 0..n {
        values.clear();
        for inst in kernel.body.insts() {
            let args: Vec<Scalar> = inst.args().iter().map(|a| values[a.index()]).collect();
            let value = match inst.op {
                Op::Load(operand) => {
                    let at = match kernel.operands[operand as usize].access {
                        Access::Unit => position,
                        // A table is read by its function; an empty one has no element.
                        Access::Table => {
                            values.push(Scalar::zero(inst.dtype));
                            continue;
                        }
                        Access::Scalar => 0,
                    };
                    element(operands[operand as usize], inst.dtype, at)
                }
                Op::Const(value) => value,
                Op::Prim(p) => scalar_prim(p, &args),
                Op::Math(f) => scalar_math(f, &args),
                Op::Cast => scalar_cast(args[0], inst.dtype),
                Op::Table(f) => match kernel.body.inst(inst.operands[1]).op {
                    Op::Load(n) => scalar_table(f, operands[usize::from(n)], args[1].dtype(), args[0]),
                    Op::Const(_) | Op::Prim(_) | Op::Math(_) | Op::Cast | Op::Table(_) => {
                        unreachable!("a table is loaded")
                    }
                },
            };
            debug_assert_eq!(value.dtype(), inst.dtype);
            values.push(value);
        }
        for (column, result) in columns.iter_mut().zip(&kernel.results) {
            let value = values[result.value.index()];
            column.extend_from_slice(&value.bytes()[..value.dtype().size()]);
        }
    }
    kernel
        .results
        .iter()
        .zip(columns)
        .map(|(result, column)| match result.sink {
            Sink::Store | Sink::Hold => column,
            Sink::Fold(f) => fold_row(f, kernel.body.dtype(result.value), &column),
        })
        .collect()
}

/// Element `at` of contiguous bytes.
fn element(bytes: &[u8], dtype: DType, at: usize) -> Scalar {
    let size = dtype.size();
    let mut wide = [0u8; 16];
    wide[..size].copy_from_slice(&bytes[at * size..(at + 1) * size]);
    Scalar::from_bits(dtype, u128::from_le_bytes(wide))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jit::ir::{KernelResult, Operand};
    use crate::ops::expr::Body;
    use crate::ops::prim::{MathFn, Prim};
    use crate::ops::reduction::Fold;

    fn bytes(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    #[test]
    fn stores_and_folds_come_from_one_walk() {
        let mut body = Body::default();
        let (x, k) = (body.load(0, DType::F64), body.load(1, DType::F32));
        let k = body.cast(k, DType::F64);
        let scaled = body.prim(Prim::Mul, &[x, k]);
        let root = body.math(MathFn::Exp2, &[scaled]);
        let kernel = Kernel {
            operands: vec![
                Operand { dtype: DType::F64, access: Access::Unit },
                Operand { dtype: DType::F32, access: Access::Scalar },
            ],
            body,
            results: vec![
                KernelResult { value: root, sink: Sink::Store },
                KernelResult { value: scaled, sink: Sink::Fold(Fold::Sum) },
                KernelResult { value: scaled, sink: Sink::Fold(Fold::Argmax) },
            ],
        };
        let results = run(&kernel, &[&bytes(&[2.0, 8.0, 4.0]), &0.5f32.to_le_bytes()], 3);
        assert_eq!(results[0], bytes(&[2.0, 16.0, 4.0]));
        assert_eq!(results[1], bytes(&[7.0]));
        assert_eq!(results[2], [bytes(&[4.0]), 1i64.to_le_bytes().to_vec()].concat());
    }

    #[test]
    fn float16_is_computed_wide_and_rounded() {
        let mut body = Body::default();
        let x = body.load(0, DType::F16);
        let sum = body.prim(Prim::Add, &[x, x]);
        let kernel = Kernel {
            operands: vec![Operand { dtype: DType::F16, access: Access::Unit }],
            body,
            results: vec![KernelResult { value: sum, sink: Sink::Store }],
        };
        // 1.0 and the largest float16, whose double overflows.
        assert_eq!(run(&kernel, &[&[0x00, 0x3c, 0xff, 0x7b]], 2), [vec![0x00, 0x40, 0x00, 0x7c]]);
    }
}
