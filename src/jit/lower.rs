//! From a planned walk to a kernel of the loop IR.

use super::ir::{Access, Kernel, KernelResult, Operand, Sink, verify};
use crate::error::Result;
use crate::graph::plan::{Mode, Output, Walk};

/// The kernel of a walk: what happens on a tile, once operands that do not lie contiguous have been gathered.
///
/// # Errors
/// `Error::Bug` where the walk's body breaks an invariant of the IR (looked for in debug builds).
pub fn lower(walk: &Walk) -> Result<Kernel> {
    let operands = walk
        .operands
        .iter()
        .zip(&walk.nest.operands)
        .map(|(o, t)| Operand {
            dtype: o.dtype,
            access: match t.mode {
                Mode::Scalar | Mode::Row => Access::Scalar,
                Mode::Table => Access::Table,
                Mode::Unit | Mode::Rows | Mode::Once | Mode::Gather => Access::Unit,
            },
        })
        .collect();
    let results = walk
        .outputs
        .iter()
        .map(|o| match o {
            Output::Store { value, .. } => KernelResult { value: *value, sink: Sink::Store },
            Output::Fold { value, fold, .. } => KernelResult { value: *value, sink: Sink::Fold(*fold) },
            Output::Hold { value } | Output::Pack { value, .. } | Output::Bins { value, .. } => {
                KernelResult { value: *value, sink: Sink::Hold }
            }
        })
        .collect();
    let kernel = Kernel { operands, body: walk.body.clone(), results };
    if cfg!(debug_assertions) {
        verify::kernel(&kernel)?;
    }
    Ok(kernel)
}
