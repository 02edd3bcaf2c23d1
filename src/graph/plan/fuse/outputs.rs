//! What becomes of a walk's values: where they are stored, folded or packed.

use super::super::jobs::Job;
use super::super::order::dense_strides;
use super::super::{BufferId, Output};
use super::{Draft, Planner};
use crate::error::Result;
use crate::graph::linear::Pos;
use crate::graph::node::NodeOp;
use crate::ops::expr::ValueId;
use crate::ops::reduction::{Finish, Fold};
use smallvec::SmallVec;

impl Planner<'_, '_> {
    /// The outputs of a node that puts `value` where another value, which is held for it, says: a mask, or a weight.
    pub(super) fn pack(
        &mut self,
        node: Pos,
        value: ValueId,
        other: Option<&ValueId>,
        outputs: &mut Vec<Output>,
    ) -> Result<()> {
        let buffer = self.new_buffer(node, &[0])?;
        let held = other.map(|&other| {
            let held = outputs.iter().position(|o| matches!(o, Output::Hold { value } if *value == other));
            held.unwrap_or_else(|| {
                outputs.push(Output::Hold { value: other });
                outputs.len() - 1
            })
        });
        outputs.push(match (&self.g.nodes[node as usize].op, held) {
            (NodeOp::Compress, Some(mask)) => {
                let (offsets, ..) = self.memory(self.g.inputs[node as usize][2])?;
                Output::Pack { value, mask, offsets, buffer }
            }
            (_, weight) => Output::Bins { value, weight, bins: self.g.nodes[node as usize].shape[0], buffer },
        });
        Ok(())
    }

    /// The strides by which a job stores in a walk of this order; `None` for a fold.
    pub(super) fn store_strides(&self, job: Job, order: &[usize]) -> Option<SmallVec<[i64; 4]>> {
        let node = self.g.nodes[job.node as usize];
        let c_order: Vec<usize> = (0..node.shape.len()).collect();
        match &node.op {
            NodeOp::Reduce { .. } if self.folds(job) => None,
            NodeOp::Compress | NodeOp::Bins => None,
            NodeOp::Concat { .. } => Some(dense_strides(&node.shape, &c_order, node.dtype.size())),
            _ if self.stored.c_order[job.node as usize] || self.part(job).is_some() => {
                Some(dense_strides(&node.shape, &c_order, node.dtype.size()))
            }
            _ => Some(dense_strides(&node.shape, order, node.dtype.size())),
        }
    }

    /// What a job does with its value.
    pub(super) fn output(
        &mut self,
        job: Job,
        value: ValueId,
        draft: &Draft,
        order: &[usize],
        outputs: &mut Vec<Output>,
    ) -> Result<()> {
        let node = self.g.nodes[job.node as usize];
        match &node.op {
            NodeOp::Reduce { fold, finish, .. } if self.folds(job) => {
                // The result's axes lie in memory in the order in which the walk meets them.
                let kept: Vec<usize> = (0..draft.shape.len()).filter(|&d| !draft.reduced[d]).collect();
                let order: Vec<usize> = if *finish == Finish::Tally || self.stored.c_order[job.node as usize] {
                    (0..node.shape.len()).collect()
                } else {
                    order.iter().filter_map(|d| kept.iter().position(|k| k == d)).collect()
                };
                let buffer = self.new_buffer(job.node, &order)?;
                // Sum and moments of one value share the state: the sum in it is the same to the bit.
                let with_sum = |a: Fold, b: Fold| a == Fold::Moments && b == Fold::Sum;
                let same = outputs.iter_mut().find_map(|o| match o {
                    Output::Fold { value: v, fold: f, finishes } if *v == value => {
                        if with_sum(*fold, *f) {
                            *f = Fold::Moments;
                        }
                        (*f == *fold || with_sum(*f, *fold)).then_some(finishes)
                    }
                    _ => None,
                });
                match same {
                    Some(finishes) => finishes.push((*finish, buffer)),
                    None => outputs.push(Output::Fold { value, fold: *fold, finishes: vec![(*finish, buffer)] }),
                }
            }
            _ if self.part(job).is_some() => {
                let (buffer, strides) = self.buffer_of_parts(job.node)?;
                let offset = draft.origin.iter().zip(&strides).map(|(&i, s)| i as i64 * s).sum();
                outputs.push(Output::Store { value, buffer, offset, strides });
            }
            NodeOp::Concat { axis } => {
                let (buffer, strides) = self.buffer_of_parts(job.node)?;
                let before: usize = self.g.inputs[job.node as usize][..job.part]
                    .iter()
                    .map(|&i| self.g.nodes[i as usize].shape[*axis])
                    .sum();
                let offset = before as i64 * strides[*axis];
                outputs.push(Output::Store { value, buffer, offset, strides });
            }
            _ => {
                let c_order: Vec<usize> = (0..node.shape.len()).collect();
                let order = if self.stored.c_order[job.node as usize] { &c_order[..] } else { order };
                let buffer = self.new_buffer(job.node, order)?;
                let strides = self.buffers[buffer as usize].strides.clone();
                outputs.push(Output::Store { value, buffer, offset: 0, strides });
            }
        }
        Ok(())
    }

    /// The buffer of a node that is made part by part, in C order, and its strides.
    fn buffer_of_parts(&mut self, node: Pos) -> Result<(BufferId, SmallVec<[i64; 4]>)> {
        let buffer = match self.buffer_of.get(&node) {
            Some(&b) => b,
            None => self.new_buffer(node, &(0..self.g.nodes[node as usize].shape.len()).collect::<Vec<_>>())?,
        };
        Ok((buffer, self.buffers[buffer as usize].strides.clone()))
    }
}
