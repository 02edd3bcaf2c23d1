//! Calls of handwritten kernels: their operands, the memory of their results, and what follows these.

use super::super::jobs::{self, Job};
use super::super::made::{self, Made};
use super::super::order::{dense_strides, is_c_order};
use super::super::{BufferId, BufferSpec, KernelCall, KernelOperand, Source, Step, nest};
use super::Planner;
use crate::array::{Shape, layout};
use crate::dtype::DType;
use crate::error::Result;
use crate::graph::linear::{Linear, Pos};
use crate::graph::node::NodeOp;
use crate::ops::kernel::KernelFn;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// The nodes that read each node, in order, once for each input that it is.
pub(super) struct Readers {
    /// Those of one after those of the node before.
    all: Vec<Pos>,
    /// Where those of each node end.
    ends: Vec<usize>,
}

impl Readers {
    fn new(g: &Linear, users: &[usize]) -> Readers {
        // Where the next reader of each node is put; in the end, where its readers end.
        let mut ends = Vec::with_capacity(users.len());
        let mut count = 0;
        for n in users {
            ends.push(count);
            count += n;
        }
        let mut all = vec![0; count];
        for (pos, inputs) in g.inputs.iter().enumerate() {
            for &i in inputs {
                all[ends[i as usize]] = pos as Pos;
                ends[i as usize] += 1;
            }
        }
        Readers { all, ends }
    }

    fn of(&self, pos: Pos) -> &[Pos] {
        let start = if pos == 0 { 0 } else { self.ends[pos as usize - 1] };
        &self.all[start..self.ends[pos as usize]]
    }
}

impl Planner<'_, '_> {
    /// The nodes that read each node.
    fn readers(&self) -> &Readers {
        self.readers.get_or_init(|| Readers::new(self.g, &self.stored.users))
    }

    /// The call of a kernel that makes these nodes, and results that nobody asked for; or a node to store first.
    pub(super) fn kernel(&mut self, kernel: &KernelFn, jobs: &[Job]) -> Result<std::result::Result<(), Pos>> {
        let (mut inputs, mut made) = (Vec::new(), Vec::new());
        for (k, &i) in self.g.inputs[jobs[0].node as usize].iter().enumerate() {
            let node = self.g.nodes[i as usize];
            let (shape, dtype) = (Shape::from_slice(&node.shape), node.dtype);
            let asked = made::comes_in_runs(self.g, self.stored, jobs[0].node as usize, k);
            if let Some(asked) = asked.filter(|a| !self.stored.yes[a.node as usize]) {
                let number = match made.iter().position(|m: &Made| m.node == asked.node) {
                    Some(number) => number,
                    None => match made::make_for(self, &asked)? {
                        Ok(operand) => {
                            made.push(operand);
                            made.len() - 1
                        }
                        Err(pos) => return Ok(Err(pos)),
                    },
                };
                let below = &self.g.nodes[asked.node as usize].shape;
                let mut strides: SmallVec<[i64; 4]> =
                    layout::c_strides(below, dtype.size()).iter().map(|&s| s as i64).collect();
                if asked.node != i {
                    strides.reverse();
                }
                inputs.push(KernelOperand { source: Source::Made(number as u32), offset: 0, shape, strides, dtype });
                continue;
            }
            let (source, offset, strides) = self.memory(i)?;
            inputs.push(KernelOperand { source, offset, shape, strides, dtype });
        }
        let types: Vec<(&[usize], DType)> = inputs.iter().map(|i| (i.shape.as_slice(), i.dtype)).collect();
        let mut outs: SmallVec<[BufferId; 2]> = SmallVec::new();
        for (out, (shape, dtype)) in kernel.infer(&types)?.into_iter().enumerate() {
            // In the place of an operand that nobody reads afterwards.
            if let Some(k) = kernel.in_place()
                && let Some(id) = self.spare(self.g.inputs[jobs[0].node as usize][k])
            {
                self.buffer_of.insert(jobs[0].node, id);
                outs.push(id);
                continue;
            }
            let made = jobs.iter().find(
                |j| matches!(self.g.nodes[j.node as usize].op, NodeOp::Kernel { out: o, .. } if usize::from(o) == out),
            );
            layout::checked_bytes(&shape, dtype.size())?;
            let order: Vec<usize> = (0..shape.len()).collect();
            let strides = dense_strides(&shape, &order, dtype.size());
            self.buffers.push(BufferSpec { shape, strides, dtype, last_use: 0 });
            let id = (self.buffers.len() - 1) as BufferId;
            if let Some(job) = made {
                self.buffer_of.insert(job.node, id);
            }
            outs.push(id);
        }
        made.iter_mut().for_each(|m| m.set_room(nest::TILE));
        let mut nodes: Vec<Pos> = made::parts(&made).iter().flat_map(|w| &w.nodes).copied().collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes.extend(jobs.iter().map(|j| j.node));
        let then = match jobs {
            [job] if kernel.gives_runs(&inputs[0].shape) => self.follow(job.node)?,
            _ => Vec::new(),
        };
        nodes.extend(made::parts(then.iter().map(|t| &t.0)).iter().flat_map(|w| &w.nodes));
        self.steps.push(Step::Kernel(KernelCall { kernel: kernel.clone(), inputs, made, then, outs, nodes }));
        Ok(Ok(()))
    }

    /// The stored elementwise nodes that can be made of a kernel's result run by run, as it is ready: they look at it, and at what
    /// is there before, at their own index.
    fn follow(&mut self, result: Pos) -> Result<Vec<(Made, BufferId)>> {
        let (g, s) = (self.g, self.stored);
        let node = g.nodes[result as usize];
        // What depends on the result through nothing that is stored, and whether it looks at it at its own index; and what is stored of
        // that. Inputs come before users.
        let mut depends: FxHashMap<Pos, bool> = FxHashMap::default();
        depends.insert(result, true);
        let mut readers: Vec<(Pos, bool)> = Vec::new();
        let mut next: BTreeSet<Pos> = self.readers().of(result).iter().copied().collect();
        while let Some(pos) = next.pop_first() {
            let own = g.inputs[pos as usize].iter().filter_map(|i| Some((*i, *depends.get(i)?)));
            let at_index = own.fold(true, |all, (i, same)| all && same && jobs::keeps_index(g, s, pos, i));
            let stored = s.yes[pos as usize];
            if stored {
                readers.push((pos, at_index));
            }
            if !stored || s.shared[pos as usize] {
                depends.insert(pos, at_index);
                next.extend(self.readers().of(pos));
            }
        }
        let level = self.level.get(&result).copied().unwrap_or(0);
        let only = readers.len() == 1 && !s.asked[result as usize];
        let mut then = Vec::new();
        for &(reader, at_index) in &readers {
            let r = g.nodes[reader as usize];
            let elementwise = matches!(r.op, NodeOp::Ufunc { .. } | NodeOp::Cast) && r.shape == node.shape;
            let there = |p: &Pos| *p == result || self.level.get(&self.owner(*p)).is_none_or(|&l| l < level);
            let fits = elementwise && at_index && !self.boxes.contains_key(&reader);
            if !fits || !self.reads_of(reader, None).iter().all(there) {
                continue;
            }
            let Ok(mut made) = made::make_stored(self, reader)? else { continue };
            made.set_room(nest::TILE);
            let buffer = match (only && r.dtype == node.dtype, self.buffer_of.get(&result)) {
                (true, Some(&buffer)) => {
                    self.buffer_of.insert(reader, buffer);
                    buffer
                }
                _ => self.new_buffer(reader, &(0..r.shape.len()).collect::<Vec<_>>())?,
            };
            self.followed.insert(reader);
            then.push((made, buffer));
        }
        Ok(then)
    }

    /// The buffer of a node that is read once, lies in C order and was not asked for.
    fn spare(&self, pos: Pos) -> Option<BufferId> {
        let id = *self.buffer_of.get(&pos)?;
        let spec = &self.buffers[id as usize];
        let dense = is_c_order(&spec.shape, &spec.strides, spec.dtype.size());
        let once = self.stored.users[pos as usize] == 1 && !self.stored.asked[pos as usize];
        (once && dense).then_some(id)
    }
}
