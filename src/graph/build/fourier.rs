//! Fourier transforms along an axis.

use super::cast;
use crate::array::layout;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::graph::node::{Node, NodeOp, NodeRef};
use crate::ops::kernel::{KernelFn, Transform};
use smallvec::smallvec;

/// The transform of length `n` along an axis, times `factor`. Numbers become those that the transform reads: complex, or
/// real, of single precision where they have no more.
///
/// # Errors
/// `Error::AxisOutOfRange`; `Error::Value` for `n` below one; `Error::Type` for complex numbers where real ones are read.
pub fn fourier(x: &NodeRef, transform: Transform, n: i64, axis: i64, factor: f64) -> Result<NodeRef> {
    let axis = layout::normalize_axis(axis, x.shape.len())?;
    let n = usize::try_from(n)
        .ok()
        .filter(|&n| n > 0)
        .ok_or_else(|| Error::Value(format!("Invalid number of FFT data points ({n}) specified.")))?;
    let is_real = matches!(transform, Transform::Real | Transform::Whole);
    if is_real && x.dtype.is_complex() {
        let name = transform.ufunc(n);
        return Err(Error::Type(format!(
            "ufunc '{name}' not supported for the input types, and the inputs could not be safely coerced to any \
             supported types according to the casting rule ''safe''"
        )));
    }
    let is_single = x.dtype.is_inexact() && x.dtype.real().size() <= 4;
    let wide = if is_single { DType::C64 } else { DType::C128 };
    let x = cast(x, if is_real { wide.real() } else { wide });
    let kernel = KernelFn::Fft { transform, n, axis, factor: factor.to_bits() };
    let (shape, dtype) = kernel.infer(&[(&x.shape, x.dtype)])?.remove(0);
    layout::checked_bytes(&shape, dtype.size())?;
    Ok(Node::new(NodeOp::Kernel { kernel, out: 0 }, smallvec![x], shape, dtype))
}
