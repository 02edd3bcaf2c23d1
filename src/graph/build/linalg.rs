//! Functions of stacks of matrices: what NumPy's generalized ufuncs take. Single precision is computed in double, as there.

use super::product::check_leading;
use super::{broadcast_to, cast};
use crate::array::layout;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::graph::node::{Node, NodeOp, NodeRef};
use crate::ops::kernel::{KernelFn, LinalgFn};
use smallvec::SmallVec;

/// Results of a function: as many as it has.
pub type Results = SmallVec<[NodeRef; 3]>;

/// A function of matrices along the last two axes. Numbers that are no inexact ones become float64.
///
/// # Errors
/// `Error::LinAlg` where there are no matrices, or none that are square where they must be; `Error::Type` for float16.
pub fn linalg(f: LinalgFn, a: &NodeRef) -> Result<Results> {
    check_matrices(f, a)?;
    let (t, is_single) = common(&[a])?;
    nodes(f, &[cast(a, t)], is_single)
}

/// The solution of `a x = b`; a `b` of one axis is a vector for every matrix.
///
/// # Errors
/// As [`linalg`]; `Error::Value` where the shapes do not fit.
pub fn solve(a: &NodeRef, b: &NodeRef) -> Result<NodeRef> {
    let vectors = b.shape.len() == 1;
    let f = LinalgFn::Solve { vectors };
    check_matrices(f, a)?;
    let (t, is_single) = common(&[a, b])?;
    let (signature, core) = if vectors { ("(m,m),(m)->(m)", 1) } else { ("(m,m),(m,n)->(m,n)", 2) };
    let Some(ndim) = b.shape.len().checked_sub(core) else {
        return Err(Error::Value(format!(
            "solve: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature {signature} \
             requires 2)"
        )));
    };
    let ((left, square), (right, own)) = (a.shape.split_at(a.shape.len() - 2), b.shape.split_at(ndim));
    if own[0] != square[0] {
        return Err(Error::Value(format!(
            "{}: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {signature} (size {} is \
             different from {})",
            f.name(),
            own[0],
            square[0]
        )));
    }
    check_leading([(a, left), (b, right)], own)?;
    let front = layout::broadcast([left, right].into_iter())?;
    let whole = |x: &NodeRef, own: &[usize]| {
        let shape: SmallVec<[usize; 4]> = front.iter().chain(own).copied().collect();
        broadcast_to(&cast(x, t), &shape)
    };
    Ok(nodes(f, &[whole(a, square)?, whole(b, own)?], is_single)?.remove(0))
}

/// The results of `lstsq` of two matrices of as many rows; see [`LinalgFn::Lstsq`].
///
/// # Errors
/// As [`linalg`].
pub fn lstsq(a: &NodeRef, b: &NodeRef, rcond: f64) -> Result<Results> {
    let f = LinalgFn::Lstsq { rcond: rcond.to_bits() };
    check_matrices(f, a)?;
    let (t, is_single) = common(&[a, b])?;
    nodes(f, &[cast(a, t), cast(b, t)], is_single)
}

fn check_matrices(f: LinalgFn, a: &NodeRef) -> Result<()> {
    let [.., m, n] = *a.shape else {
        let ndim = a.shape.len();
        return Err(Error::LinAlg(format!("{ndim}-dimensional array given. Array must be at least two-dimensional")));
    };
    if f.takes_squares() && m != n {
        return Err(Error::LinAlg("Last 2 dimensions of the array must be square".into()));
    }
    Ok(())
}

/// The type that operands are computed in, and whether results have half its precision.
///
/// # Errors
/// `Error::Type` for float16.
fn common(operands: &[&NodeRef]) -> Result<(DType, bool)> {
    let (mut is_complex, mut is_single) = (false, true);
    for x in operands {
        if x.dtype == DType::F16 {
            return Err(Error::Type("array type float16 is unsupported in linalg".into()));
        }
        is_complex |= x.dtype.is_complex();
        is_single &= matches!(x.dtype, DType::F32 | DType::C64);
    }
    Ok((if is_complex { DType::C128 } else { DType::F64 }, is_single))
}

/// The nodes of all results.
fn nodes(f: LinalgFn, operands: &[NodeRef], is_single: bool) -> Result<Results> {
    let types: SmallVec<[(&[usize], DType); 2]> = operands.iter().map(|x| (x.shape.as_slice(), x.dtype)).collect();
    let made = f.infer(&types)?.into_iter().enumerate().map(|(out, (shape, dtype))| {
        layout::checked_bytes(&shape, dtype.size())?;
        let op = NodeOp::Kernel { kernel: KernelFn::Linalg(f), out: out as u8 };
        let result = Node::new(op, operands.iter().cloned().collect(), shape, dtype);
        Ok(match (is_single, dtype.is_complex()) {
            (true, false) => cast(&result, DType::F32),
            (true, true) => cast(&result, DType::C64),
            (false, _) => result,
        })
    });
    made.collect()
}
