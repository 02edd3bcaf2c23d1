//! Lowering: elementwise nodes, each seen through an index map from a walk's space, written into one body.

mod picked;

use super::boxes;
use super::fuse::Planner;
use super::made::{self, Made};
use super::order::dense_strides;
use super::short;
use super::{Column, Reach, Source, WalkOperand};
use crate::array::Shape;
use crate::error::{Error, Result};
use crate::graph::linear::{Linear, Pos};
use crate::graph::map::IndexMap;
use crate::graph::node::{Node, NodeOp};
use crate::ops::expr::{Body, Op, ValueId};
use crate::ops::prim::Prim;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// Instructions that looking at one node through several index maps may add to a walk before the node is stored instead.
/// Measured by two steps of a five-point stencil, which would add 24: stored in between, they take a third to three quarters of
/// the time, in cache and from memory, as each look has loads of its own too. A look at a vector math function is below.
pub(super) const RECOMPUTE_LIMIT: usize = 20;
/// Light instructions that an element counts for that is picked.
const PICKED: usize = 2;
/// Light instructions that a copy of what is made counts for.
const MADE: usize = 2;
/// Light instructions, over all elements of a walk, above which what is the same for many elements is made once and stored: a walk of
/// its own costs a few hundred nanoseconds.
const REPEATED: usize = 16 << 10;
/// Nodes that are looked at to see what such a value costs.
const MOST_REPEATED: usize = 64;

/// Lowers nodes, each seen through an index map from the walk's space, into one body.
pub(super) struct Lowering<'p, 'a, 'g> {
    planner: &'p Planner<'a, 'g>,
    /// What was written.
    pub(super) body: Body,
    /// The operands that it reads.
    pub(super) operands: Vec<WalkOperand>,
    operand_ids: FxHashMap<WalkOperand, u16>,
    /// The operands that are made where they are read.
    pub(super) made: Vec<Made>,
    /// How many walks this one is a part of, as it makes something that they read.
    depth: usize,
    /// Whether what is shared is made anew at the walk's index.
    crosses: bool,
    maps: Vec<IndexMap>,
    map_ids: FxHashMap<IndexMap, u32>,
    done: FxHashMap<(Pos, u32), ValueId>,
    /// Lengths of the walk's axes.
    shape: Shape,
    /// The first map under which each elementwise node was lowered, in each lane.
    first_map: FxHashMap<(Pos, u32), u32>,
    /// The lanes: one for each element that a short fold takes, as looking at its operand there is no second look. Lane 0 is
    /// what is outside of all.
    lanes: FxHashMap<(Pos, u32, usize), u32>,
    /// Instructions of the body when a short fold was begun.
    begun: FxHashMap<(Pos, u32), usize>,
    /// Instructions that second and further maps of a node have cost, and the last such node in list order.
    again: usize,
    widest: Option<Pos>,
    /// Nodes that had better be stored.
    missing: FxHashSet<Pos>,
    /// The ufuncs and casts that the body computes.
    pub(super) elementwise: Vec<Pos>,
}

/// A node as it is seen: through a map, in a lane.
#[derive(Clone, Copy)]
struct Seen {
    pos: Pos,
    map: u32,
    lane: u32,
}

impl<'p, 'a, 'g> Lowering<'p, 'a, 'g> {
    /// An empty body over a space of this shape, which begins at an index of the nodes.
    pub(super) fn new(planner: &'p Planner<'a, 'g>, shape: &Shape, origin: &[usize]) -> Self {
        let mut identity = IndexMap::identity(shape.len());
        identity.start = origin.iter().map(|&i| i as i64).collect();
        Lowering {
            shape: shape.clone(),
            planner,
            body: Body::default(),
            operands: Vec::new(),
            operand_ids: FxHashMap::default(),
            made: Vec::new(),
            depth: 0,
            crosses: true,
            map_ids: FxHashMap::from_iter([(identity.clone(), 0)]),
            maps: vec![identity],
            done: FxHashMap::default(),
            first_map: FxHashMap::default(),
            lanes: FxHashMap::default(),
            begun: FxHashMap::default(),
            again: 0,
            widest: None,
            missing: FxHashSet::default(),
            elementwise: Vec::new(),
        }
    }

    /// As [`Lowering::new`], for a part of what is made where it is read, `depth` walks deep.
    pub(super) fn of_part(
        planner: &'p Planner<'a, 'g>,
        shape: &Shape,
        origin: &[usize],
        depth: usize,
        crosses: bool,
    ) -> Self {
        Lowering { depth, crosses, ..Lowering::new(planner, shape, origin) }
    }

    /// What an element costs, in light instructions.
    pub(super) fn cost(&self) -> usize {
        cost(&self.body, 0) + self.made.iter().map(|m| m.cost).sum::<usize>()
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

    /// The value of `root` at the walk's index; `own` if the walk is what stores it. Or nodes that had better be stored: the first that
    /// is found, or all, as the planner wants.
    pub(super) fn lower(&mut self, root: Pos, own: bool) -> Result<std::result::Result<ValueId, Vec<Pos>>> {
        let mut stack: Vec<Seen> = vec![Seen { pos: root, map: 0, lane: 0 }];
        while let Some(&seen) = stack.last() {
            self.planner.look.step()?;
            let (pos, map) = (seen.pos, seen.map);
            if self.done.contains_key(&(pos, map)) {
                stack.pop();
                continue;
            }
            let found = match self.missing.contains(&pos) {
                true => Err(pos),
                false => self.visit(seen, own && pos == root, &mut stack)?,
            };
            match found {
                Ok(None) => continue,
                Ok(Some(value)) => self.done.insert((pos, map), value),
                Err(other) => {
                    if self.planner.one {
                        return Ok(Err(vec![other]));
                    }
                    // Others go on as if it were in memory, each look by itself.
                    if self.missing.insert(other) {
                        (self.again, self.widest) = (0, None);
                        self.first_map.clear();
                    }
                    let any = self.body.load(self.done.len() as u16, self.planner.g.nodes[pos as usize].dtype);
                    self.done.insert((pos, map), any)
                }
            };
        }
        Ok(match self.missing.is_empty() {
            true => Ok(self.done[&(root, 0)]),
            false => Err(self.missing.iter().copied().collect()),
        })
    }

    /// The value of a node, unless others are put on the stack that it needs before; or a node that had better be stored.
    fn visit(
        &mut self,
        seen: Seen,
        own: bool,
        stack: &mut Vec<Seen>,
    ) -> Result<std::result::Result<Option<ValueId>, Pos>> {
        let Seen { pos, map, lane } = seen;
        let g = self.planner.g;
        let node = g.nodes[pos as usize];
        // A part of what is read is made after what is shared.
        let shared = self.crosses && self.planner.stored.shared[pos as usize];
        let here = map == 0 && (own || shared);
        let in_memory = self.planner.stored.yes[pos as usize] && !here;
        if in_memory || matches!(node.op, NodeOp::Data(_)) {
            return Ok(Ok(Some(self.load(pos, map)?)));
        }
        if boxes::is_made(g, self.planner.stored, pos)
            && boxes::part_of(g, pos, &self.maps[map as usize], &self.shape).is_none()
        {
            return Ok(self.make(pos, map, lane)?.map(Some));
        }
        let (short, is_table) = (self.planner.stored.short[pos as usize], matches!(node.op, NodeOp::Table(_)));
        // Looking an element up costs more than storing it once for those who need it several times; so does a short fold.
        if (is_table || short && !here) && self.maps[map as usize].repeats(&self.shape) {
            return Ok(Err(pos));
        }
        if !here && self.had_better_be_made_once(pos, map) {
            return Ok(Err(pos));
        }
        if let Some(picked) = self.pick(pos, map)? {
            if picked.is_ok() {
                self.elementwise.push(pos);
            }
            return Ok(picked.and_then(|value| self.look_again(pos, map, lane, PICKED).map(|()| Some(value))));
        }
        let children = self.children(pos, map, lane);
        let waiting = stack.len();
        stack.extend(children.iter().rev().filter(|c| !self.done.contains_key(&(c.pos, c.map))));
        if stack.len() > waiting {
            self.begun.entry((pos, map)).or_insert(self.body.insts().len());
            return Ok(Ok(None));
        }
        let args: SmallVec<[ValueId; 3]> = children.iter().map(|c| self.done[&(c.pos, c.map)]).collect();
        let before = self.body.insts().len();
        let value = self.emit(pos, map, &args)?;
        if short && self.begun.get(&(pos, map)).is_some_and(|&b| cost(&self.body, b) > short::INSTRUCTIONS) {
            return Ok(Err(pos));
        }
        if short || matches!(node.op, NodeOp::Ufunc { .. } | NodeOp::Cast | NodeOp::Table(_)) {
            self.elementwise.push(pos);
            if let Err(pos) = self.look_again(pos, map, lane, cost(&self.body, before)) {
                return Ok(Err(pos));
            }
        }
        Ok(Ok(Some(value)))
    }

    /// Whether a node is elementwise, of fewer elements than the walk looks at, and dear enough to be made before: the square root of
    /// a row's variance, an exponential along one axis.
    fn had_better_be_made_once(&self, pos: Pos, map: u32) -> bool {
        let g = self.planner.g;
        let is_elementwise = |pos: Pos| matches!(g.nodes[pos as usize].op, NodeOp::Ufunc { .. } | NodeOp::Cast);
        // A store and a load for each element besides.
        let own: usize = g.nodes[pos as usize].shape.iter().product();
        let saved = self.shape.iter().product::<usize>().saturating_sub(4 * own);
        if saved == 0 || !is_elementwise(pos) || !self.maps[map as usize].repeats(&self.shape) {
            return false;
        }
        let (mut body, mut nodes) = (Body::default(), vec![pos]);
        for at in 0..MOST_REPEATED {
            let Some(&pos) = nodes.get(at) else { break };
            let node = g.nodes[pos as usize];
            let inputs = values_of(g, pos);
            // Loads of each node's own, as equal instructions of other nodes compute other values.
            let load = |(i, &p): (usize, &Pos)| body.load((3 * at + i) as u16, g.nodes[p as usize].dtype);
            let args: SmallVec<[ValueId; 3]> = inputs.iter().enumerate().map(load).collect();
            match &node.op {
                NodeOp::Ufunc { ufunc, out } => {
                    ufunc.lower_into(&mut body, usize::from(*out), &args);
                }
                NodeOp::Cast => {
                    body.cast(args[0], node.dtype);
                }
                _ => {}
            }
            if cost(&body, 0) * saved >= REPEATED {
                return true;
            }
            for &p in inputs {
                let passes = is_elementwise(p) || matches!(g.nodes[p as usize].op, NodeOp::View(_));
                if passes && !self.planner.stored.yes[p as usize] && !nodes.contains(&p) {
                    nodes.push(p);
                }
            }
        }
        false
    }

    /// Counts what it costs to look at a node, if that is not the first look.
    ///
    /// # Errors
    /// The node that had better be stored, if that becomes too much.
    fn look_again(&mut self, pos: Pos, map: u32, lane: u32, cost: usize) -> std::result::Result<(), Pos> {
        if *self.first_map.entry((pos, lane)).or_insert(map) == map {
            return Ok(());
        }
        self.again += cost;
        self.widest = self.widest.max(Some(pos));
        self.widest.filter(|_| self.again > RECOMPUTE_LIMIT).map_or(Ok(()), Err)
    }

    /// An operand that is made where it is read, or a node that had better be stored.
    fn make(&mut self, pos: Pos, map: u32, lane: u32) -> Result<std::result::Result<ValueId, Pos>> {
        let n = match self.made.iter().position(|m| m.node == pos) {
            Some(n) => n,
            None => match made::make(self.planner, pos, self.depth)? {
                Ok(made) => {
                    let nodes = made.parts.iter().flat_map(|p| &p.walk.nodes).copied();
                    self.elementwise.extend(nodes.chain([pos]));
                    self.made.push(made);
                    self.made.len() - 1
                }
                Err(other) => return Ok(Err(other)),
            },
        };
        if let Err(pos) = self.look_again(pos, map, lane, self.made[n].cost + MADE) {
            return Ok(Err(pos));
        }
        let node = self.planner.g.nodes[pos as usize];
        let c_order: SmallVec<[usize; 4]> = (0..node.shape.len()).collect();
        let strides = dense_strides(&node.shape, &c_order, node.dtype.size());
        let (offset, strides) = self.maps[map as usize].strides(&strides);
        let source = Source::Made(n as u32);
        Ok(Ok(self.operand(WalkOperand {
            source,
            dtype: node.dtype,
            aligned: false,
            offset,
            strides,
            reach: Reach::Index,
        })?))
    }

    /// What a node takes its value from.
    fn children(&mut self, pos: Pos, map: u32, lane: u32) -> SmallVec<[Seen; 3]> {
        let g = self.planner.g;
        let node = g.nodes[pos as usize];
        if self.planner.stored.short[pos as usize] {
            let operand = g.inputs[pos as usize][0];
            let elements = short::elements(node, g.nodes[operand as usize]);
            let child = |(n, element)| {
                let through = self.maps[map as usize].then(&element);
                let next = self.lanes.len() as u32 + 1;
                let lane = *self.lanes.entry((pos, map, n)).or_insert(next);
                Seen { pos: operand, map: self.map_id(through), lane }
            };
            return elements.into_iter().enumerate().map(child).collect();
        }
        if let NodeOp::Concat { .. } = node.op {
            let part = boxes::part_of(g, pos, &self.maps[map as usize], &self.shape);
            return part.into_iter().map(|(pos, through)| Seen { pos, map: self.map_id(through), lane }).collect();
        }
        let child = |&input: &Pos| {
            let through = look(node, g.nodes[input as usize], &self.maps[map as usize]);
            Seen { pos: input, map: through.map_or(map, |m| self.map_id(m)), lane }
        };
        values_of(g, pos).iter().map(child).collect()
    }

    /// An array of one axis as an operand that is read anywhere.
    fn table(&mut self, pos: Pos) -> Result<u16> {
        let (source, offset, strides) = self.planner.memory(pos)?;
        let node = self.planner.g.nodes[pos as usize];
        self.operand_number(WalkOperand {
            source,
            dtype: node.dtype,
            aligned: true,
            offset,
            strides: SmallVec::from_elem(0, self.shape.len()),
            reach: Reach::Table(Column { len: node.shape[0], step: strides[0] }),
        })
    }

    fn operand(&mut self, operand: WalkOperand) -> Result<ValueId> {
        let dtype = operand.dtype;
        let n = self.operand_number(operand)?;
        Ok(self.body.load(n, dtype))
    }

    fn operand_number(&mut self, operand: WalkOperand) -> Result<u16> {
        if let Some(&n) = self.operand_ids.get(&operand) {
            return Ok(n);
        }
        let n = u16::try_from(self.operands.len())
            .map_err(|_| Error::NotImplemented("more than 65,535 operands in one expression".into()))?;
        self.operands.push(operand.clone());
        self.operand_ids.insert(operand, n);
        Ok(n)
    }

    fn load(&mut self, pos: Pos, map: u32) -> Result<ValueId> {
        let operand = self.in_memory(pos, &self.maps[map as usize])?;
        self.operand(operand)
    }

    /// What is in memory as an operand that is seen through a map.
    fn in_memory(&self, pos: Pos, map: &IndexMap) -> Result<WalkOperand> {
        let node = self.planner.g.nodes[pos as usize];
        // An array is read where it lies, even if somebody needs a copy of it in C order: the tree of a fold must not depend
        // on that.
        let (source, offset, strides) = match &node.op {
            NodeOp::Data(array) => self.planner.leaf(array)?,
            _ => self.planner.memory(pos)?,
        };
        let (more, strides) = map.strides(&strides);
        let aligned = match &node.op {
            NodeOp::Data(array) if matches!(source, Source::Leaf(_)) => array.is_aligned(),
            _ => true,
        };
        Ok(WalkOperand { source, dtype: node.dtype, aligned, offset: offset + more, strides, reach: Reach::Index })
    }

    fn emit(&mut self, pos: Pos, map: u32, args: &[ValueId]) -> Result<ValueId> {
        let node = self.planner.g.nodes[pos as usize];
        Ok(match &node.op {
            NodeOp::Const(value) => self.body.constant(*value),
            NodeOp::Iota { start, strides } => {
                let (more, strides) = self.maps[map as usize].strides(strides);
                let offset = start + more;
                self.operand(WalkOperand {
                    source: Source::Iota,
                    dtype: node.dtype,
                    aligned: true,
                    offset,
                    strides,
                    reach: Reach::Index,
                })?
            }
            NodeOp::Ufunc { ufunc, out } => ufunc.lower_into(&mut self.body, usize::from(*out), args),
            NodeOp::Cast => self.body.cast(args[0], node.dtype),
            NodeOp::Table(f) => {
                let table = self.planner.g.inputs[pos as usize][0];
                let n = self.table(table)?;
                self.body.table(*f, n, self.planner.g.nodes[table as usize].dtype, args[0])
            }
            NodeOp::View(_) | NodeOp::Note(_) => args[0],
            NodeOp::Reduce { .. } if self.planner.stored.short[pos as usize] => {
                let value = short::emit(&mut self.body, &node.op, args);
                value.ok_or_else(|| Error::Bug(format!("no short fold: {:?}", node.op)))?
            }
            NodeOp::Concat { .. } if !args.is_empty() => args[0],
            NodeOp::Data(_)
            | NodeOp::Reshape
            | NodeOp::Reduce { .. }
            | NodeOp::Concat { .. }
            | NodeOp::Compress
            | NodeOp::Bins
            | NodeOp::Kernel { .. } => {
                return Err(Error::Bug(format!("node {pos} is not elementwise and not stored: {:?}", node.op)));
            }
        })
    }
}

/// The inputs that a node uses at indices: a table is none, as it is read anywhere.
pub(super) fn values_of<'a>(g: &'a Linear, pos: Pos) -> &'a [Pos] {
    let table = usize::from(matches!(g.nodes[pos as usize].op, NodeOp::Table(_)));
    &g.inputs[pos as usize][table..]
}

/// The map through which a node that is seen through `map` looks at an input; `None` where it is the same.
pub(super) fn look(node: &Node, input: &Node, map: &IndexMap) -> Option<IndexMap> {
    match &node.op {
        NodeOp::View(inner) => Some(map.then(inner)),
        _ if input.shape == node.shape => None,
        _ => Some(map.then(&IndexMap::broadcast(&input.shape, &node.shape))),
    }
}

/// What the instructions from `before` on cost, in light instructions.
pub(super) fn cost(body: &Body, before: usize) -> usize {
    body.insts()[before..]
        .iter()
        .map(|i| match i.op {
            Op::Load(_) | Op::Const(_) => 0,
            Op::Prim(Prim::Div | Prim::Sqrt) if i.dtype.is_inexact() => 6,
            Op::Prim(_) | Op::Cast => 1,
            Op::Math(_) | Op::Table(_) => 12,
        })
        .sum()
}
