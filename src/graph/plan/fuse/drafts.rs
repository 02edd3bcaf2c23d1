//! Which jobs of one level share a walk.

use super::super::jobs::Job;
use super::{Draft, Planner};
use crate::array::Shape;
use crate::graph::linear::Pos;
use crate::graph::node::NodeOp;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Walks below this many elements are joined even if they share no operand: their cost is the call.
const SMALL: usize = 4096;
/// Folds of a walk, at most: each asks which operands all others have.
const FOLDS: usize = 128;

/// The walks of one level that are being put together.
#[derive(Default)]
pub(super) struct Drafts {
    pub(super) list: Vec<Draft>,
    /// Calls of kernels, by the nodes that they read.
    kernels: FxHashMap<Vec<Pos>, Vec<usize>>,
    /// Where walks begin and how long they are, numbered.
    spaces: FxHashMap<(Shape, SmallVec<[usize; 4]>), usize>,
    /// Walks by space and by what they read; small ones only by space.
    readers: FxHashMap<(usize, Option<Pos>), Vec<usize>>,
}

impl Planner<'_, '_> {
    /// Puts a job into a walk of its level over the same space, if joining saves something.
    pub(super) fn place(&self, job: Job, drafts: &mut Drafts) {
        let kernel_of = |pos: Pos| match &self.g.nodes[pos as usize].op {
            NodeOp::Kernel { kernel, .. } => Some(kernel),
            _ => None,
        };
        let (shape, reduced) = self.space(job);
        let origin = self.part(job).map_or_else(|| SmallVec::from_elem(0, shape.len()), |p| p.origin.clone());
        let small = shape.iter().product::<usize>() <= SMALL;
        let folds = reduced.contains(&true);
        if let Some(kernel) = kernel_of(job.node) {
            // The results of one kernel are made by one call.
            let inputs = &self.g.inputs[job.node as usize];
            let of_inputs = drafts.kernels.entry(inputs.to_vec()).or_default();
            let same = |d: &&usize| kernel_of(drafts.list[**d].jobs[0].node) == Some(kernel);
            match of_inputs.iter().find(same) {
                Some(&d) => drafts.list[d].jobs.push(job),
                None => {
                    of_inputs.push(drafts.list.len());
                    drafts.list.push(Draft { shape, origin, reduced, jobs: vec![job] });
                }
            }
            return;
        }
        // Tables of bins are few and large: such a walk has parts of its own.
        if matches!(self.g.nodes[job.node as usize].op, NodeOp::Bins) {
            drafts.list.push(Draft { shape, origin, reduced, jobs: vec![job] });
            return;
        }
        let number = drafts.spaces.len();
        let space = *drafts.spaces.entry((shape.clone(), origin.clone())).or_insert(number);
        // A small walk is joined to whatever has its space; others to what reads what they read.
        let reads: SmallVec<[Option<Pos>; 4]> = match small {
            true => SmallVec::from_elem(None, 1),
            false => self.reads_of(job.node, Some(job.part)).into_iter().map(Some).collect(),
        };
        let fits = |d: &usize| {
            let d = &drafts.list[*d];
            !folds || !d.reduced.contains(&true) || d.reduced == reduced && d.jobs.len() < FOLDS
        };
        let readers = reads.iter().filter_map(|&read| drafts.readers.get(&(space, read)));
        let at = readers.flatten().copied().filter(fits).min().unwrap_or(drafts.list.len());
        if at == drafts.list.len() {
            drafts.list.push(Draft { shape, origin, reduced: reduced.clone(), jobs: Vec::new() });
        }
        for read in reads {
            let readers = drafts.readers.entry((space, read)).or_default();
            if !readers.contains(&at) {
                readers.push(at);
            }
        }
        let draft = &mut drafts.list[at];
        if folds {
            draft.reduced = reduced;
        }
        draft.jobs.push(job);
    }
}
