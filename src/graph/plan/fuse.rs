//! Fusion: from the listed graph to walks.

use super::jobs::{self, Job, Stored};
use super::order::{axis_order, dense_strides};
use super::{BufferId, BufferSpec, Nest, Output, Plan, ResultSpec, Source, Step, Walk, WalkOperand};
use crate::array::{Shape, layout};
use crate::error::{Error, Result};
use crate::graph::linear::{Linear, Pos};
use crate::graph::map::IndexMap;
use crate::graph::node::NodeOp;
use crate::ops::expr::{Body, Op, ValueId};
use crate::ops::reduction::Fold;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};

/// Instructions that looking at one node through several index maps may add to a walk before the node is stored instead.
/// A store and a load cost about as much as this many light instructions on data from memory.
const RECOMPUTE_LIMIT: usize = 48;
/// Walks below this many elements are joined even if they share no operand: their cost is the call.
const SMALL: usize = 4096;

/// Plans the graph.
///
/// # Errors
/// `Error::Value` where an intermediate is too big for the address space; `Error::Bug`.
pub fn plan(g: &Linear) -> Result<Plan> {
    let mut stored = jobs::stored(g);
    loop {
        match Planner::new(g, &stored)?.run()? {
            Ok(plan) => return Ok(plan),
            // Each turn stores one node more, so this ends.
            Err(pos) => {
                stored.yes[pos as usize] = true;
                stored.shared[pos as usize] = false;
            }
        }
    }
}

struct Planner<'a, 'g> {
    g: &'a Linear<'g>,
    stored: &'a Stored,
    /// The buffer of each stored node.
    buffer_of: FxHashMap<Pos, BufferId>,
    buffers: Vec<BufferSpec>,
    steps: Vec<Step>,
}

/// A walk being put together.
struct Draft {
    shape: Shape,
    reduced: SmallVec<[bool; 4]>,
    jobs: Vec<Job>,
    reads: FxHashSet<Pos>,
}

impl<'a, 'g> Planner<'a, 'g> {
    fn new(g: &'a Linear<'g>, stored: &'a Stored) -> Result<Self> {
        Ok(Planner { g, stored, buffer_of: FxHashMap::default(), buffers: Vec::new(), steps: Vec::new() })
    }

    /// The plan, or a node that must be stored for it.
    fn run(mut self) -> Result<std::result::Result<Plan, Pos>> {
        for group in self.levels() {
            let mut drafts: Vec<Draft> = Vec::new();
            for job in group {
                self.place(job, &mut drafts);
            }
            for draft in drafts {
                if matches!(self.g.nodes[draft.jobs[0].node as usize].op, NodeOp::Take) {
                    self.take(draft.jobs[0])?;
                } else if let Err(pos) = self.walk(draft)? {
                    return Ok(Err(pos));
                }
            }
        }
        let mut owned = vec![false; self.buffers.len()];
        let results = self.g.outputs.iter().map(|&pos| self.result(pos, &mut owned)).collect::<Result<Vec<_>>>()?;
        self.set_last_uses(&results);
        Ok(Ok(Plan { steps: self.steps, buffers: self.buffers, results }))
    }

    /// The jobs, grouped by level.
    fn levels(&self) -> Vec<Vec<Job>> {
        let mut level: FxHashMap<Pos, u32> = FxHashMap::default();
        let mut groups: Vec<Vec<Job>> = Vec::new();
        for pos in 0..self.g.nodes.len() as Pos {
            if !self.stored.yes[pos as usize] || self.alias(pos).is_some() {
                continue;
            }
            let node_reads = self.reads_of(pos, None);
            let at = node_reads.iter().filter_map(|p| level.get(&self.owner(*p))).map(|l| l + 1).max().unwrap_or(0);
            level.insert(pos, at);
            let parts = match self.g.nodes[pos as usize].op {
                NodeOp::Concat { .. } => self.g.inputs[pos as usize].len(),
                _ => 1,
            };
            if groups.len() <= at as usize {
                groups.resize_with(at as usize + 1, Vec::new);
            }
            groups[at as usize].extend((0..parts).map(|part| Job { node: pos, part, level: at }));
        }
        groups
    }

    /// The stored node whose buffer a stored view is a view of.
    fn owner(&self, mut pos: Pos) -> Pos {
        while let Some(below) = self.alias(pos) {
            pos = below;
        }
        pos
    }

    /// For a stored view that can be a view of its input's buffer: the input.
    fn alias(&self, pos: Pos) -> Option<Pos> {
        let node = &self.g.nodes[pos as usize];
        let input = *self.g.inputs[pos as usize].first()?;
        let below_in_memory = self.stored.yes[input as usize];
        match &node.op {
            NodeOp::Reshape => below_in_memory.then_some(input),
            NodeOp::View(map) if below_in_memory && !self.stored.c_order[pos as usize] => {
                // A repeated element must not be shared by several places of a result.
                let repeats =
                    (0..map.ndim()).any(|j| node.shape[j] > 1 && (0..map.source_ndim()).all(|i| map.get(i, j) == 0));
                (!repeats).then_some(input)
            }
            _ => None,
        }
    }

    /// What making a stored node reads; of one part of it, for joins.
    fn reads_of(&self, pos: Pos, part: Option<usize>) -> FxHashSet<Pos> {
        let node = &self.g.nodes[pos as usize];
        let inputs = &self.g.inputs[pos as usize];
        let roots: &[Pos] = match part {
            Some(k) if matches!(node.op, NodeOp::Concat { .. }) => &inputs[k..=k],
            _ => inputs,
        };
        jobs::reads(self.g, self.stored, roots.iter().map(|&r| (r, jobs::keeps_index(self.g, pos, r))))
    }

    /// The iteration space of a job.
    fn space(&self, job: Job) -> (Shape, SmallVec<[bool; 4]>) {
        let node = &self.g.nodes[job.node as usize];
        match &node.op {
            NodeOp::Reduce { axes, .. } => {
                let shape = self.g.nodes[self.g.inputs[job.node as usize][0] as usize].shape.clone();
                let reduced = (0..shape.len()).map(|d| axes.contains(&d)).collect();
                (shape, reduced)
            }
            NodeOp::Concat { .. } => {
                let shape = self.g.nodes[self.g.inputs[job.node as usize][job.part] as usize].shape.clone();
                let reduced = SmallVec::from_elem(false, shape.len());
                (shape, reduced)
            }
            _ => (node.shape.clone(), SmallVec::from_elem(false, node.shape.len())),
        }
    }

    /// Puts a job into a walk of its level over the same space, if joining saves something.
    fn place(&self, job: Job, drafts: &mut Vec<Draft>) {
        let is_take = matches!(self.g.nodes[job.node as usize].op, NodeOp::Take);
        let (shape, reduced) = self.space(job);
        let reads = self.reads_of(job.node, Some(job.part));
        let small = shape.iter().product::<usize>() <= SMALL;
        let folds = reduced.contains(&true);
        let fits = |d: &&mut Draft| {
            !matches!(self.g.nodes[d.jobs[0].node as usize].op, NodeOp::Take)
                && d.shape == shape
                && (d.reduced == reduced || !folds || !d.reduced.contains(&true))
                && (small || reads.iter().any(|p| d.reads.contains(p)))
        };
        if !is_take && let Some(d) = drafts.iter_mut().find(fits) {
            if folds {
                d.reduced = reduced;
            }
            d.jobs.push(job);
            d.reads.extend(reads);
            return;
        }
        drafts.push(Draft { shape, reduced, jobs: vec![job], reads });
    }

    fn new_buffer(&mut self, node: Pos, order: &[usize]) -> Result<BufferId> {
        let n = &self.g.nodes[node as usize];
        layout::checked_bytes(&n.shape, n.dtype.size())?;
        let strides = dense_strides(&n.shape, order, n.dtype.size());
        self.buffers.push(BufferSpec { shape: n.shape.clone(), strides, dtype: n.dtype, last_use: 0 });
        let id = (self.buffers.len() - 1) as BufferId;
        self.buffer_of.insert(node, id);
        Ok(id)
    }

    fn take(&mut self, job: Job) -> Result<()> {
        let inputs = self.g.inputs[job.node as usize].clone();
        let source = self.memory(inputs[0])?.0;
        let positions = self.memory(inputs[1])?.0;
        let ndim = self.g.nodes[job.node as usize].shape.len();
        let out = self.new_buffer(job.node, &(0..ndim).collect::<Vec<_>>())?;
        self.steps.push(Step::Take { source, positions, out });
        Ok(())
    }

    /// Where a stored node or leaf lies: source, offset, strides.
    fn memory(&self, pos: Pos) -> Result<(Source, i64, SmallVec<[i64; 4]>)> {
        let node = self.g.nodes[pos as usize];
        if let Some(&id) = self.buffer_of.get(&pos) {
            return Ok((Source::Buffer(id), 0, self.buffers[id as usize].strides.clone()));
        }
        if self.stored.yes[pos as usize]
            && let Some(below) = self.alias(pos)
        {
            let (source, offset, strides) = self.memory(below)?;
            return Ok(match &node.op {
                NodeOp::View(map) => {
                    let (more, strides) = map.strides(&strides);
                    (source, offset + more, strides)
                }
                _ => {
                    let strides = layout::c_strides(&node.shape, node.dtype.size());
                    (source, offset, strides.iter().map(|&s| s as i64).collect())
                }
            });
        }
        if let NodeOp::Data(array) = &node.op {
            let leaf = self.g.leaves.iter().position(|a| std::ptr::eq(*a, array));
            let leaf = leaf.ok_or_else(|| Error::Bug("a leaf is not listed".into()))? as u32;
            return Ok((Source::Leaf(leaf), 0, array.strides().iter().map(|&s| s as i64).collect()));
        }
        Err(Error::Bug(format!("node {pos} is used before it is stored: {:?}", node.op)))
    }

    /// Where a result is; `owned` tells which buffers belong to results already.
    fn result(&self, pos: Pos, owned: &mut [bool]) -> Result<ResultSpec> {
        let (source, offset, strides) = self.memory(pos)?;
        let Source::Buffer(buffer) = source else {
            return Err(Error::Bug("a result is not in a buffer".into()));
        };
        let copied = std::mem::replace(&mut owned[buffer as usize], true);
        Ok(ResultSpec { buffer, offset, shape: self.g.nodes[pos as usize].shape.clone(), strides, copied })
    }

    /// Makes the walk of a draft, or names a node to store first.
    fn walk(&mut self, draft: Draft) -> Result<std::result::Result<(), Pos>> {
        let mut lowering = Lowering::new(self, draft.shape.len());
        let mut values = Vec::with_capacity(draft.jobs.len());
        for &job in &draft.jobs {
            let inputs = &self.g.inputs[job.node as usize];
            let root = match &self.g.nodes[job.node as usize].op {
                NodeOp::Reduce { .. } => inputs[0],
                NodeOp::Concat { .. } => inputs[job.part],
                _ => job.node,
            };
            match lowering.lower(root, root == job.node)? {
                Ok(value) => values.push(value),
                Err(pos) => return Ok(Err(pos)),
            }
        }
        let mut nodes = std::mem::take(&mut lowering.elementwise);
        nodes.sort_unstable();
        nodes.dedup();
        let (body, operands) = (lowering.body, lowering.operands);
        let own = |j: &&Job| matches!(self.g.nodes[j.node as usize].op, NodeOp::Reduce { .. } | NodeOp::Concat { .. });
        nodes.extend(draft.jobs.iter().filter(own).map(|j| j.node));
        let strides: Vec<&[i64]> = operands.iter().map(|o| o.strides.as_slice()).collect();
        // Positions of argmin count in C order, so such walks keep it.
        let positions = draft.jobs.iter().any(|j| {
            matches!(self.g.nodes[j.node as usize].op, NodeOp::Reduce { fold: Fold::Argmin | Fold::Argmax, .. })
        });
        let c_order: SmallVec<[usize; 4]> = (0..draft.shape.len()).collect();
        let mut order = if positions { c_order.clone() } else { axis_order(draft.shape.len(), &strides) };
        // States lie in the order in which the kept axes are walked; a fold's result that must lie in C order asks for that.
        if draft.jobs.iter().any(|j| self.stored.c_order[j.node as usize]) {
            let mut kept = (0..draft.shape.len()).filter(|&d| !draft.reduced[d]);
            for d in order.iter_mut().filter(|d| !draft.reduced[**d]) {
                *d = kept.next().unwrap_or(*d);
            }
        }
        let mut outputs: Vec<Output> = Vec::new();
        for (&job, &value) in draft.jobs.iter().zip(&values) {
            self.output(job, value, &draft, &order, &mut outputs)?;
        }
        let nest = Nest::new(&draft.shape, &draft.reduced, &order, &operands, &outputs, &self.buffers);
        self.steps.push(Step::Walk(Box::new(Walk {
            shape: draft.shape,
            reduced: draft.reduced,
            operands,
            body,
            outputs,
            nest,
            nodes,
        })));
        Ok(Ok(()))
    }

    /// What a job does with its value.
    fn output(
        &mut self,
        job: Job,
        value: ValueId,
        draft: &Draft,
        order: &[usize],
        outputs: &mut Vec<Output>,
    ) -> Result<()> {
        let node = self.g.nodes[job.node as usize];
        match &node.op {
            NodeOp::Reduce { fold, finish, .. } => {
                // The result's axes lie in memory in the order in which the walk meets them.
                let kept: Vec<usize> = (0..draft.shape.len()).filter(|&d| !draft.reduced[d]).collect();
                let order: Vec<usize> = if self.stored.c_order[job.node as usize] {
                    (0..kept.len()).collect()
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
            NodeOp::Concat { axis } => {
                let buffer = match self.buffer_of.get(&job.node) {
                    Some(&b) => b,
                    None => self.new_buffer(job.node, &(0..node.shape.len()).collect::<Vec<_>>())?,
                };
                let strides = self.buffers[buffer as usize].strides.clone();
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

    fn set_last_uses(&mut self, results: &[ResultSpec]) {
        for (at, step) in self.steps.iter().enumerate() {
            let mut touch = |s: Source| {
                if let Source::Buffer(b) = s {
                    self.buffers[b as usize].last_use = at;
                }
            };
            match step {
                Step::Walk(walk) => {
                    walk.operands.iter().for_each(|o| touch(o.source));
                    for output in &walk.outputs {
                        match output {
                            Output::Store { buffer, .. } => touch(Source::Buffer(*buffer)),
                            Output::Fold { finishes, .. } => {
                                finishes.iter().for_each(|(_, b)| touch(Source::Buffer(*b)));
                            }
                        }
                    }
                }
                Step::Take { source, positions, out } => {
                    [*source, *positions, Source::Buffer(*out)].into_iter().for_each(touch);
                }
            }
        }
        for r in results {
            self.buffers[r.buffer as usize].last_use = self.steps.len();
        }
    }
}

/// Lowers nodes, each seen through an index map from the walk's space, into one body.
struct Lowering<'p, 'a, 'g> {
    planner: &'p Planner<'a, 'g>,
    body: Body,
    operands: Vec<WalkOperand>,
    operand_ids: FxHashMap<WalkOperand, u16>,
    maps: Vec<IndexMap>,
    map_ids: FxHashMap<IndexMap, u32>,
    done: FxHashMap<(Pos, u32), ValueId>,
    /// The first map under which each elementwise node was lowered.
    first_map: FxHashMap<Pos, u32>,
    /// Instructions that second and further maps of a node have cost, and the last such node in list order.
    again: usize,
    widest: Option<Pos>,
    /// The ufuncs and casts that the body computes.
    elementwise: Vec<Pos>,
}

impl<'p, 'a, 'g> Lowering<'p, 'a, 'g> {
    fn new(planner: &'p Planner<'a, 'g>, ndim: usize) -> Self {
        let identity = IndexMap::identity(ndim);
        Lowering {
            planner,
            body: Body::default(),
            operands: Vec::new(),
            operand_ids: FxHashMap::default(),
            map_ids: FxHashMap::from_iter([(identity.clone(), 0)]),
            maps: vec![identity],
            done: FxHashMap::default(),
            first_map: FxHashMap::default(),
            again: 0,
            widest: None,
            elementwise: Vec::new(),
        }
    }

    fn map_id(&mut self, map: IndexMap) -> u32 {
        if let Some(&id) = self.map_ids.get(&map) {
            return id;
        }
        let id = self.maps.len() as u32;
        self.maps.push(map.clone());
        self.map_ids.insert(map, id);
        id
    }

    /// The value of `root` at the walk's index; `own` if the walk is what stores it. Or a node that had better be stored.
    fn lower(&mut self, root: Pos, own: bool) -> Result<std::result::Result<ValueId, Pos>> {
        let g = self.planner.g;
        let mut stack: Vec<(Pos, u32)> = vec![(root, 0)];
        while let Some(&(pos, map)) = stack.last() {
            if self.done.contains_key(&(pos, map)) {
                stack.pop();
                continue;
            }
            let node = g.nodes[pos as usize];
            let here = map == 0 && (own && pos == root || self.planner.stored.shared[pos as usize]);
            let in_memory = self.planner.stored.yes[pos as usize] && !here;
            if in_memory || matches!(node.op, NodeOp::Data(_)) {
                let value = self.load(pos, map)?;
                self.done.insert((pos, map), value);
                stack.pop();
                continue;
            }
            let mut children: SmallVec<[(Pos, u32); 3]> = smallvec![];
            for &input in &g.inputs[pos as usize] {
                let through = match &node.op {
                    NodeOp::View(inner) => Some(self.maps[map as usize].then(inner)),
                    _ if g.nodes[input as usize].shape == node.shape => None,
                    _ => {
                        let b = IndexMap::broadcast(&g.nodes[input as usize].shape, &node.shape);
                        Some(self.maps[map as usize].then(&b))
                    }
                };
                children.push((input, through.map_or(map, |m| self.map_id(m))));
            }
            let waiting = stack.len();
            stack.extend(children.iter().rev().filter(|c| !self.done.contains_key(c)));
            if stack.len() > waiting {
                continue;
            }
            stack.pop();
            let args: SmallVec<[ValueId; 3]> = children.iter().map(|c| self.done[c]).collect();
            let before = self.body.insts().len();
            let value = self.emit(pos, map, &args)?;
            if matches!(node.op, NodeOp::Ufunc { .. } | NodeOp::Cast) {
                self.elementwise.push(pos);
                let first = *self.first_map.entry(pos).or_insert(map);
                if first != map {
                    self.again += cost(&self.body, before);
                    self.widest = self.widest.max(Some(pos));
                    if self.again > RECOMPUTE_LIMIT
                        && let Some(pos) = self.widest
                    {
                        return Ok(Err(pos));
                    }
                }
            }
            self.done.insert((pos, map), value);
        }
        Ok(Ok(self.done[&(root, 0)]))
    }

    fn operand(&mut self, operand: WalkOperand) -> Result<ValueId> {
        let dtype = operand.dtype;
        let n = match self.operand_ids.get(&operand) {
            Some(&n) => n,
            None => {
                let n = u16::try_from(self.operands.len())
                    .map_err(|_| Error::NotImplemented("more than 65,535 operands in one expression".into()))?;
                self.operands.push(operand.clone());
                self.operand_ids.insert(operand, n);
                n
            }
        };
        Ok(self.body.load(n, dtype))
    }

    fn load(&mut self, pos: Pos, map: u32) -> Result<ValueId> {
        let node = self.planner.g.nodes[pos as usize];
        let (source, offset, strides) = self.planner.memory(pos)?;
        let (more, strides) = self.maps[map as usize].strides(&strides);
        let aligned = match &node.op {
            NodeOp::Data(array) if matches!(source, Source::Leaf(_)) => array.is_aligned(),
            _ => true,
        };
        self.operand(WalkOperand { source, dtype: node.dtype, aligned, offset: offset + more, strides })
    }

    fn emit(&mut self, pos: Pos, map: u32, args: &[ValueId]) -> Result<ValueId> {
        let node = self.planner.g.nodes[pos as usize];
        Ok(match &node.op {
            NodeOp::Const(value) => self.body.constant(*value),
            NodeOp::Iota { start, strides } => {
                let (more, strides) = self.maps[map as usize].strides(strides);
                let offset = start + more;
                self.operand(WalkOperand { source: Source::Iota, dtype: node.dtype, aligned: true, offset, strides })?
            }
            NodeOp::Ufunc { ufunc, out } => ufunc.lower_into(&mut self.body, usize::from(*out), args),
            NodeOp::Cast => self.body.cast(args[0], node.dtype),
            NodeOp::View(_) | NodeOp::Note(_) => args[0],
            NodeOp::Data(_) | NodeOp::Reshape | NodeOp::Reduce { .. } | NodeOp::Concat { .. } | NodeOp::Take => {
                return Err(Error::Bug(format!("node {pos} is not elementwise and not stored: {:?}", node.op)));
            }
        })
    }
}

/// What the instructions from `before` on cost, in light instructions.
fn cost(body: &Body, before: usize) -> usize {
    body.insts()[before..]
        .iter()
        .map(|i| match i.op {
            Op::Load(_) | Op::Const(_) => 0,
            Op::Prim(_) | Op::Cast => 1,
            Op::Math(_) => 12,
        })
        .sum()
}
