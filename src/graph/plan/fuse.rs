//! Fusion: from the listed graph to walks.

mod drafts;
mod kernels;
mod outputs;

use super::bands;
use super::boxes::{self, Boxes, Part};
use super::jobs::{self, Job, Stored};
use super::lowering::Lowering;
use super::made;
use super::nest;
use super::order::{axis_order, dense_strides};
use super::{BufferId, BufferSpec, Nest, Output, Plan, ResultSpec, Source, Step, Walk, WalkOperand};
use crate::array::{Array, Shape, layout};
use crate::error::{Error, Result};
use crate::graph::linear::{Linear, Pos};
use crate::graph::node::NodeOp;
use crate::interrupt::Look;
use crate::ops::expr::{Body, Op, ValueId};
use crate::ops::reduction::{Finish, Fold};
use drafts::Drafts;
use kernels::Readers;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::cell::OnceCell;

/// Nodes that are kept for bands, at most: each costs a turn of planning.
const KEEP_TURNS: usize = 8;
/// Turns of planning that end at the first walk that needs a node stored, as others may not need theirs then. Later ones find all such
/// nodes, so that graphs are planned in a time proportional to their size.
const SINGLE_TURNS: usize = 32;

/// Plans the graph.
///
/// # Errors
/// `Error::Value` where an intermediate is too big for the address space; `Error::Interrupted`; `Error::Bug`.
pub fn plan(g: &Linear, look: &Look) -> Result<Plan> {
    let mut stored = jobs::stored(g);
    // A plan whose bands would gain from keeping one node more.
    let mut before: Option<Plan> = None;
    let mut turns = 0;
    for turn in 0.. {
        let mut opened = stored.clone();
        let boxes = boxes::open(g, &mut opened);
        opened.lay_out_operands(g);
        match Planner::new(g, &opened, &boxes, turn < SINGLE_TURNS, look).run()? {
            Ok(plan) => {
                let kept = before.is_none() || locals(Some(&plan)) > locals(before.as_ref());
                turns += 1;
                let (Some(pos), true) = (bands::worth_keeping(g, &plan), kept && turns <= KEEP_TURNS) else {
                    return Ok(if kept { plan } else { before.unwrap_or(plan) });
                };
                if std::mem::replace(&mut stored.yes[pos as usize], true) {
                    return Ok(plan);
                }
                before = Some(plan);
            }
            // Each turn stores one node more, so this ends.
            Err(missing) => missing.into_iter().for_each(|pos| stored.store(g, pos)),
        }
    }
    Err(Error::Bug("planning does not end".into()))
}

fn locals(plan: Option<&Plan>) -> usize {
    plan.map_or(0, |p| p.bands.iter().map(|b| b.locals.len()).sum())
}

/// A plan being put together.
pub(super) struct Planner<'a, 'g> {
    pub(super) g: &'a Linear<'g>,
    pub(super) stored: &'a Stored,
    /// Whether one node that must be stored is enough to know, or all that are found are wanted.
    pub(super) one: bool,
    pub(super) look: &'a Look<'a>,
    /// The parts of what is made box by box.
    boxes: &'a Boxes,
    /// The buffer of each stored node.
    buffer_of: FxHashMap<Pos, BufferId>,
    buffers: Vec<BufferSpec>,
    steps: Vec<Step>,
    /// The level of each stored node.
    level: FxHashMap<Pos, u32>,
    /// Stored nodes that a kernel has made run by run as its result was ready.
    followed: FxHashSet<Pos>,
    /// The nodes that read each node.
    readers: OnceCell<Readers>,
}

/// A walk, or the call of a kernel, being put together.
struct Draft {
    shape: Shape,
    /// The index of its nodes at which it begins.
    origin: SmallVec<[usize; 4]>,
    reduced: SmallVec<[bool; 4]>,
    jobs: Vec<Job>,
}

impl<'a, 'g> Planner<'a, 'g> {
    fn new(g: &'a Linear<'g>, stored: &'a Stored, boxes: &'a Boxes, one: bool, look: &'a Look<'a>) -> Self {
        Planner {
            g,
            stored,
            one,
            look,
            boxes,
            buffer_of: FxHashMap::default(),
            buffers: Vec::new(),
            steps: Vec::new(),
            level: FxHashMap::default(),
            followed: FxHashSet::default(),
            readers: OnceCell::new(),
        }
    }

    /// The plan, or nodes that must be stored for it.
    fn run(mut self) -> Result<std::result::Result<Plan, Vec<Pos>>> {
        let mut missing = Vec::new();
        for group in self.levels() {
            let mut drafts = Drafts::default();
            for job in group.into_iter().filter(|j| !self.followed.contains(&j.node)).collect::<Vec<_>>() {
                self.place(job, &mut drafts);
            }
            for draft in drafts.list {
                self.look.look()?;
                let nodes: Vec<Pos> = draft.jobs.iter().map(|j| j.node).collect();
                let made = match &self.g.nodes[nodes[0] as usize].op {
                    NodeOp::Kernel { kernel, .. } => self.kernel(kernel, &draft.jobs)?.map_err(|pos| vec![pos]),
                    _ => self.walk(draft)?,
                };
                let Err(more) = made else { continue };
                missing.extend(more);
                if self.one {
                    return Ok(Err(missing));
                }
                // Others go on as if it were made.
                for node in nodes {
                    if !self.buffer_of.contains_key(&node) {
                        self.new_buffer(node, &(0..self.g.nodes[node as usize].shape.len()).collect::<Vec<_>>())?;
                    }
                }
            }
        }
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            return Ok(Err(missing));
        }
        let mut owned = vec![false; self.buffers.len()];
        let results = self.g.outputs.iter().map(|&pos| self.result(pos, &mut owned)).collect::<Result<Vec<_>>>()?;
        self.set_last_uses(&results);
        let mut plan = Plan { steps: self.steps, bands: Vec::new(), buffers: self.buffers, results };
        plan.bands = bands::bands(&plan);
        Ok(Ok(plan))
    }

    /// The jobs, grouped by level.
    fn levels(&mut self) -> Vec<Vec<Job>> {
        let mut level: FxHashMap<Pos, u32> = FxHashMap::default();
        let mut groups: Vec<Vec<Job>> = Vec::new();
        for pos in 0..self.g.nodes.len() as Pos {
            if !self.stored.yes[pos as usize] || self.alias(pos).is_some() {
                continue;
            }
            let node_reads = self.reads_of(pos, None);
            let at = node_reads.iter().filter_map(|p| level.get(&self.owner(*p))).map(|l| l + 1).max().unwrap_or(0);
            level.insert(pos, at);
            let parts = match (self.boxes.get(&pos), &self.g.nodes[pos as usize].op) {
                (Some(boxes), _) => boxes.len(),
                (None, NodeOp::Concat { .. }) => self.g.inputs[pos as usize].len(),
                (None, _) => 1,
            };
            if groups.len() <= at as usize {
                groups.resize_with(at as usize + 1, Vec::new);
            }
            groups[at as usize].extend((0..parts).map(|part| Job { node: pos, part, level: at }));
        }
        self.level = level;
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
                (!map.repeats(&node.shape)).then_some(input)
            }
            _ => None,
        }
    }

    /// What making a stored node reads; of one part of it, for joins.
    fn reads_of(&self, pos: Pos, part: Option<usize>) -> FxHashSet<Pos> {
        let node = &self.g.nodes[pos as usize];
        let inputs = &self.g.inputs[pos as usize];
        let roots: &[Pos] = match part {
            Some(k) if matches!(node.op, NodeOp::Concat { .. }) && !self.boxes.contains_key(&pos) => &inputs[k..=k],
            _ => inputs,
        };
        // The walks of a join's boxes go over the join, not over its parts.
        let is_cut_join = matches!(node.op, NodeOp::Concat { .. }) && self.boxes.contains_key(&pos);
        let keeps_index = |r: Pos| !is_cut_join && jobs::keeps_index(self.g, self.stored, pos, r);
        jobs::reads(self.g, self.stored, roots.iter().map(|&r| (r, keeps_index(r))))
    }

    /// The iteration space of a job.
    fn space(&self, job: Job) -> (Shape, SmallVec<[bool; 4]>) {
        let whole = &self.g.nodes[self.root(job) as usize].shape;
        let shape = self.part(job).map_or(whole, |p| &p.shape).clone();
        let reduced = match &self.g.nodes[job.node as usize].op {
            NodeOp::Reduce { axes, .. } if self.folds(job) => (0..shape.len()).map(|d| axes.contains(&d)).collect(),
            _ => SmallVec::from_elem(self.packs(job), shape.len()),
        };
        (shape, reduced)
    }

    /// The node whose elements a job's walk goes over: what is folded, packed or joined, else the job's own.
    fn root(&self, job: Job) -> Pos {
        let inputs = &self.g.inputs[job.node as usize];
        match self.g.nodes[job.node as usize].op {
            NodeOp::Concat { .. } if self.part(job).is_none() => inputs[job.part],
            _ if self.folds(job) || self.packs(job) => inputs[0],
            _ => job.node,
        }
    }

    /// The box that a job makes, of what is made box by box.
    fn part(&self, job: Job) -> Option<&'a Part> {
        self.boxes.get(&job.node).map(|parts| &parts[job.part])
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

    /// Where a stored node or leaf lies: source, offset, strides.
    pub(super) fn memory(&self, pos: Pos) -> Result<(Source, i64, SmallVec<[i64; 4]>)> {
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
            return self.leaf(array);
        }
        Err(Error::Bug(format!("node {pos} is used before it is stored: {:?}", node.op)))
    }

    /// Where an array lies.
    pub(super) fn leaf(&self, array: &Array) -> Result<(Source, i64, SmallVec<[i64; 4]>)> {
        let leaf = self.g.leaf(array);
        let leaf = leaf.ok_or_else(|| Error::Bug("a leaf is not listed".into()))? as u32;
        Ok((Source::Leaf(leaf), 0, array.strides().iter().map(|&s| s as i64).collect()))
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

    /// Makes the walk of a draft, or names nodes to store first.
    fn walk(&mut self, draft: Draft) -> Result<std::result::Result<(), Vec<Pos>>> {
        let mut lowering = Lowering::new(self, &draft.shape, &draft.origin);
        let mut values = Vec::with_capacity(draft.jobs.len());
        let mut held: FxHashMap<Pos, ValueId> = FxHashMap::default();
        let mut missing: Vec<Pos> = Vec::new();
        for &job in &draft.jobs {
            // What says where a value is put, or what it counts.
            let inputs = &self.g.inputs[job.node as usize];
            if let Some(&other) = inputs.get(1).filter(|_| self.packs(job)) {
                match lowering.lower(other, false)? {
                    Ok(value) => {
                        held.insert(job.node, value);
                    }
                    Err(more) => missing = more,
                }
            }
            let root = self.root(job);
            match lowering.lower(root, root == job.node)? {
                Ok(value) => values.push(value),
                Err(more) => missing = more,
            }
            if self.one && !missing.is_empty() {
                break;
            }
        }
        // A walk's lowering remembers what all its jobs miss.
        if !missing.is_empty() {
            return Ok(Err(missing));
        }
        let mut nodes = std::mem::take(&mut lowering.elementwise);
        nodes.sort_unstable();
        nodes.dedup();
        let (body, operands, mut made) = (lowering.body, lowering.operands, lowering.made);
        let trees = self.by_tree(&draft, &values, &body, &operands);
        if trees.len() > 1 {
            for jobs in trees {
                let folds = jobs.iter().any(|&j| self.folds(j) || self.packs(j));
                let reduced = if folds { draft.reduced.clone() } else { SmallVec::from_elem(false, draft.shape.len()) };
                let (shape, origin) = (draft.shape.clone(), draft.origin.clone());
                let part = Draft { shape, origin, reduced, jobs };
                if let Err(missing) = self.walk(part)? {
                    return Ok(Err(missing));
                }
            }
            return Ok(Ok(()));
        }
        let joins = |j: &Job| matches!(self.g.nodes[j.node as usize].op, NodeOp::Concat { .. });
        let own = |j: &&Job| self.folds(**j) || self.packs(**j) || joins(j);
        nodes.extend(draft.jobs.iter().filter(own).map(|j| j.node));
        let strides: Vec<&[i64]> = operands.iter().map(|o| o.strides.as_slice()).collect();
        let positions = draft.jobs.iter().any(|&j| self.asks_positions(j));
        let tree_order = order_of(&draft, &strides, positions);
        let mut order = tree_order.clone();
        // States lie in the order in which the kept axes are walked; a fold's result that must lie in C order asks for that.
        if draft.jobs.iter().any(|j| self.stored.c_order[j.node as usize]) {
            let is_kept = |d: &usize| !draft.reduced[*d] && draft.shape[*d] != 1;
            let mut kept = (0..draft.shape.len()).filter(is_kept);
            for d in order.iter_mut().filter(|d| is_kept(d)) {
                *d = kept.next().unwrap_or(*d);
            }
        }
        let mut outputs: Vec<Output> = Vec::new();
        for (&job, &value) in draft.jobs.iter().zip(&values) {
            match self.packs(job) {
                true => self.pack(job.node, value, held.get(&job.node), &mut outputs)?,
                false => self.output(job, value, &draft, &order, &mut outputs)?,
            }
        }
        let buffers = &self.buffers;
        let nest =
            Nest::new(&draft.shape, &draft.reduced, &order, &tree_order, &operands, &outputs, buffers, body.widest());
        made.iter_mut().for_each(|m| m.set_room(nest.k * nest.m));
        let walk = Walk {
            shape: draft.shape,
            reduced: draft.reduced,
            operands,
            made,
            body,
            outputs,
            nest,
            nodes,
            order: order.iter().copied().collect(),
            tree_order: tree_order.iter().copied().collect(),
        };
        if let Some(pos) = made::unreadable(&walk) {
            return Ok(Err(vec![pos]));
        }
        self.steps.push(Step::Walk(Box::new(walk)));
        Ok(Ok(()))
    }

    /// Whether a job is a fold.
    fn folds(&self, job: Job) -> bool {
        self.stored.folds(self.g, job.node)
    }

    /// Whether a job puts values where other values say.
    fn packs(&self, job: Job) -> bool {
        matches!(self.g.nodes[job.node as usize].op, NodeOp::Compress | NodeOp::Bins)
    }

    /// Positions of argmin and places of what a mask keeps count in C order, so such walks keep it.
    fn asks_positions(&self, job: Job) -> bool {
        match self.g.nodes[job.node as usize].op {
            NodeOp::Reduce { fold, finish, .. } => {
                self.folds(job) && (matches!(fold, Fold::Argmin | Fold::Argmax) || finish == Finish::Tally)
            }
            _ => self.packs(job),
        }
    }

    /// The jobs of a draft, those together whose folds have the same tree in one walk as each has alone: the same order of
    /// axes, and square blocks only for the same operands. Folds that round nothing have no say.
    fn by_tree(&self, draft: &Draft, values: &[ValueId], body: &Body, operands: &[WalkOperand]) -> Vec<Vec<Job>> {
        let rounds = |j: &Job| match self.g.nodes[j.node as usize].op {
            NodeOp::Reduce { fold, .. } => {
                let exact = |&i: &Pos| fold.is_exact(self.g.nodes[i as usize].dtype);
                self.folds(*j) && !self.g.inputs[j.node as usize].iter().all(exact)
            }
            _ => false,
        };
        if draft.jobs.len() == 1 || !draft.jobs.iter().any(rounds) {
            return vec![draft.jobs.clone()];
        }
        let mut groups: Vec<(Tree, Vec<Job>)> = Vec::new();
        for (&job, &value) in draft.jobs.iter().zip(values) {
            let used = operands_of(body, value, operands.len());
            let own: Vec<&WalkOperand> = operands.iter().zip(&used).filter(|(_, u)| **u).map(|(o, _)| o).collect();
            let strides: Vec<&[i64]> = own.iter().map(|o| o.strides.as_slice()).collect();
            let positions = self.asks_positions(job);
            let mut order = order_of(draft, &strides, positions);
            let is_iota = |o: &WalkOperand| o.source == Source::Iota;
            let mut tracks: Vec<(&[i64], usize)> = Vec::new();
            tracks.extend(own.iter().map(|o| (&o.strides[..], if is_iota(o) { 1 } else { o.dtype.size() })));
            let store = self.store_strides(job, &order);
            tracks.extend(store.iter().map(|s| (&s[..], self.g.nodes[job.node as usize].dtype.size())));
            let square = !positions && nest::meet_transposed(&draft.shape, &draft.reduced, &order, &tracks);
            order.retain(|d| draft.shape[*d] != 1);
            let tree = (order, square.then_some(used));
            match groups.iter_mut().find(|g| g.0 == tree) {
                Some(group) => group.1.push(job),
                None => groups.push((tree, vec![job])),
            }
        }
        groups.into_iter().map(|g| g.1).collect()
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
                    walk.sources().for_each(&mut touch);
                    walk.outputs.iter().flat_map(Output::written).for_each(|b| touch(Source::Buffer(b)));
                }
                Step::Kernel(call) => {
                    let outs = call.written().map(Source::Buffer);
                    call.sources().chain(outs).for_each(touch);
                }
            }
        }
        for r in results {
            self.buffers[r.buffer as usize].last_use = self.steps.len();
        }
    }
}

/// What decides about the tree of a fold beside shape and folded axes: the order of axes, and the operands that meet in square
/// blocks, if they do.
type Tree = (SmallVec<[usize; 4]>, Option<Vec<bool>>);

/// The order in which a walk over operands of these strides goes: as they lie, but where positions count in C order, and where windows fold.
fn order_of(draft: &Draft, strides: &[&[i64]], positions: bool) -> SmallVec<[usize; 4]> {
    let ndim = draft.shape.len();
    if positions {
        return (0..ndim).collect();
    }
    let mut order = axis_order(ndim, strides);
    // Windows that are folded are walked one element of each after the other.
    let windows = |outer: usize, inner: usize| {
        let both = |s: &&&[i64]| s[outer] != 0 && s[inner] != 0;
        let mut said = strides.iter().filter(both).peekable();
        draft.reduced[inner]
            && !draft.reduced[outer]
            && draft.shape[inner] < draft.shape[outer]
            && said.peek().is_some()
            && said.all(|s| s[outer] == s[inner])
    };
    for at in 1..ndim {
        if windows(order[at - 1], order[at]) {
            order.swap(at - 1, at);
        }
    }
    order
}

/// Which operands a value depends on.
fn operands_of(body: &Body, value: ValueId, operands: usize) -> Vec<bool> {
    let mut used = vec![false; operands];
    let mut needed = vec![false; value.index() + 1];
    needed[value.index()] = true;
    for i in (0..needed.len()).rev() {
        if !needed[i] {
            continue;
        }
        let inst = &body.insts()[i];
        if let Op::Load(n) = inst.op {
            used[usize::from(n)] = true;
        }
        inst.args().iter().for_each(|a| needed[a.index()] = true);
    }
    used
}
