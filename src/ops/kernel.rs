//! The kernels: what handwritten loops over whole arrays compute, as the graph sees it.
//!
//! A kernel's operands and results lie in memory. Adding one means a variant here and its loops in `kernels`.

use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::ufunc::Ufunc;
use smallvec::{SmallVec, smallvec};

/// Lengths of the axes.
type Dims = SmallVec<[usize; 4]>;

/// A handwritten computation over whole arrays.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KernelFn {
    /// Elements of the first operand (one axis) at the positions that the second gives (int64, in bounds).
    Take,
    /// Element `i` along an axis is the operation folded over the elements up to `i`.
    Scan {
        /// The operation, which has a loop over two operands of the array's type that gives one.
        op: Ufunc,
        /// The axis.
        axis: usize,
    },
}

/// What a kernel asks of an operand's layout. Operands are always aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Any strides.
    Strided,
    /// C order without gaps.
    COrder,
}

impl KernelFn {
    /// The name in the text of graphs and plans.
    pub fn name(&self) -> String {
        match self {
            KernelFn::Take => "take".into(),
            KernelFn::Scan { op, .. } => format!("scan.{}", op.row().name),
        }
    }

    /// What `explain` says that it does.
    pub fn summary(&self) -> String {
        match self {
            KernelFn::Take => "picks elements by integer positions".into(),
            KernelFn::Scan { op, axis } => format!("accumulates {} along axis {axis}", op.row().name),
        }
    }

    /// Number of results.
    pub fn outputs(&self) -> usize {
        match self {
            KernelFn::Take | KernelFn::Scan { .. } => 1,
        }
    }

    /// Shapes and types of the results. The graph's builders have refused what NumPy refuses, with its texts.
    ///
    /// # Errors
    /// `Error::Bug` where the kernel does not take such operands.
    pub fn infer(&self, operands: &[(&[usize], DType)]) -> Result<SmallVec<[(Dims, DType); 2]>> {
        let dims = |shape: &[usize]| Dims::from_slice(shape);
        match (self, operands) {
            (KernelFn::Take, [(from, dtype), (positions, DType::I64)]) if from.len() == 1 => {
                Ok(smallvec![(dims(positions), *dtype)])
            }
            (KernelFn::Scan { op, axis }, [(shape, dtype)]) if *axis < shape.len() && accumulates(*op, *dtype) => {
                Ok(smallvec![(dims(shape), *dtype)])
            }
            (KernelFn::Take | KernelFn::Scan { .. }, _) => Err(Error::Bug(format!("{} of {operands:?}", self.name()))),
        }
    }

    /// The layout that operand `k` must have.
    pub fn layout(&self, k: usize) -> Layout {
        match (self, k) {
            (KernelFn::Take, 0) => Layout::Strided,
            (KernelFn::Take, _) | (KernelFn::Scan { .. }, _) => Layout::COrder,
        }
    }

    /// The operand in whose place the only result may be made, where nobody else needs it.
    pub fn in_place(&self) -> Option<usize> {
        match self {
            KernelFn::Take => None,
            KernelFn::Scan { .. } => Some(0),
        }
    }

    /// Whether it orders numbers: NaN makes x86 raise a flag there that says nothing.
    pub fn compares(&self) -> bool {
        match self {
            KernelFn::Take => false,
            KernelFn::Scan { op, .. } => matches!(op, Ufunc::Minimum | Ufunc::Maximum | Ufunc::Fmin | Ufunc::Fmax),
        }
    }

    /// Roughly the nanoseconds that an element of the results takes.
    pub fn nanoseconds(&self, dtype: DType) -> f64 {
        match self {
            KernelFn::Take => 1.0,
            KernelFn::Scan { .. } => 0.1 * dtype.size() as f64,
        }
    }
}

/// Whether a ufunc makes one element of a type from two.
pub fn accumulates(op: Ufunc, t: DType) -> bool {
    let row = op.row();
    row.nin == 2 && row.nout == 1 && row.loop_of(&[t, t]).is_some_and(|l| l.outputs[0] == t)
}
