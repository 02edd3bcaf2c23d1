//! Products of matrices and vectors: which axes are contracted, in which type.

use super::{Operand, cast, common_dtype, ufunc};
use crate::array::layout;
use crate::dtype::DType;
use crate::error::{Error, Result, shape_text};
use crate::graph::node::{Node, NodeOp, NodeRef};
use crate::ops::kernel::KernelFn;
use crate::ops::ufunc::{OperandType, Ufunc};
use smallvec::{SmallVec, smallvec};

/// A product over the last axes of two operands; the axes in front broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Matrix by matrix; an operand of one axis is a row or a column.
    Matmul,
    /// Matrix by vector.
    Matvec,
    /// Vector, conjugated, by matrix.
    Vecmat,
    /// Vector, conjugated, by vector.
    Vecdot,
}

impl Product {
    /// The function's name, as NumPy has it.
    pub const fn name(self) -> &'static str {
        match self {
            Product::Matmul => "matmul",
            Product::Matvec => "matvec",
            Product::Vecmat => "vecmat",
            Product::Vecdot => "vecdot",
        }
    }

    /// NumPy's signature of it, for texts.
    const fn signature(self) -> &'static str {
        match self {
            Product::Matmul => "(n?,k),(k,m?)->(n?,m?)",
            Product::Matvec => "(m,n),(n)->(m)",
            Product::Vecmat => "(n),(n,m)->(m)",
            Product::Vecdot => "(n),(n)->()",
        }
    }

    /// Whether each operand is a vector along its last axis: of these numbers of axes.
    fn vectors(self, ndims: [usize; 2]) -> [bool; 2] {
        match self {
            Product::Matmul => ndims.map(|n| n == 1),
            Product::Matvec => [false, true],
            Product::Vecmat => [true, false],
            Product::Vecdot => [true, true],
        }
    }

    /// Axes that each operand must have.
    const fn needs(self) -> [usize; 2] {
        match self {
            Product::Matmul | Product::Vecdot => [1, 1],
            Product::Matvec => [2, 1],
            Product::Vecmat => [1, 2],
        }
    }
}

/// A product of two arrays.
///
/// # Errors
/// `Error::Value` where the shapes do not fit.
pub fn matmul(product: Product, a: &NodeRef, b: &NodeRef) -> Result<NodeRef> {
    let name = product.name();
    for (i, (x, needs)) in [a, b].into_iter().zip(product.needs()).enumerate() {
        if x.shape.len() < needs {
            return Err(Error::Value(format!(
                "{name}: Input operand {i} does not have enough dimensions (has {}, gufunc core with signature {} \
                 requires {needs})",
                x.shape.len(),
                product.signature()
            )));
        }
    }
    let vectors = product.vectors([a.shape.len(), b.shape.len()]);
    let k = a.shape[a.shape.len() - 1];
    let other = b.shape[b.shape.len() - if vectors[1] { 1 } else { 2 }];
    if k != other {
        return Err(Error::Value(format!(
            "{name}: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {} (size {other} is \
             different from {k})",
            product.signature()
        )));
    }
    let (left, rows) = a.shape.split_at(a.shape.len() - if vectors[0] { 1 } else { 2 });
    let (right, columns) = b.shape.split_at(b.shape.len() - if vectors[1] { 1 } else { 2 });
    let kept: SmallVec<[usize; 2]> = rows.iter().rev().skip(1).chain(columns.iter().skip(1)).copied().collect();
    check_leading([(a, left), (b, right)], &kept)?;
    let dtype = common_dtype(&[OperandType::Typed(a.dtype), OperandType::Typed(b.dtype)]);
    // Float16 is multiplied and added in float32 and rounded once, as NumPy does.
    let inner = if dtype == DType::F16 { DType::F32 } else { dtype };
    let mut a = cast(a, inner);
    if inner.is_complex() && matches!(product, Product::Vecmat | Product::Vecdot) {
        a = ufunc(Ufunc::Conjugate, &[Operand::Node(a)])?.remove(0);
    }
    let b = cast(b, inner);
    let kernel = KernelFn::MatMul { vectors };
    let (shape, _) = kernel.infer(&[(&a.shape, inner), (&b.shape, inner)])?.remove(0);
    layout::checked_bytes(&shape, dtype.size())?;
    let node = Node::new(NodeOp::Kernel { kernel, out: 0 }, smallvec![a, b], shape, inner);
    Ok(cast(&node, dtype))
}

/// Refuses leading axes that do not broadcast, in the words of NumPy's iterator; `kept` are the lengths of the result's other axes.
pub(super) fn check_leading(operands: [(&NodeRef, &[usize]); 2], kept: &[usize]) -> Result<()> {
    let [(_, left), (_, right)] = operands;
    if layout::broadcast([left, right].into_iter()).is_ok() {
        return Ok(());
    }
    let ndim = left.len().max(right.len());
    let remapped = |(x, own): (&NodeRef, &[usize])| {
        let new = std::iter::repeat_n("newaxis".to_string(), kept.len());
        let words = own.iter().map(usize::to_string).chain(new);
        let comma = if ndim + kept.len() == 1 { "," } else { "" };
        format!("{}->({}{comma})", shape_text(&x.shape), words.collect::<Vec<_>>().join(","))
    };
    Err(Error::Value(format!(
        "operands could not be broadcast together with remapped shapes [original->remapped]: {} {}  and requested \
         shape ({})",
        remapped(operands[0]),
        remapped(operands[1]),
        kept.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
    )))
}
