//! Elements that lie where numbers say, and steps from there: rows that are picked. No positions of theirs are made.

use super::{Lowering, look};
use crate::dtype::DType;
use crate::error::Result;
use crate::graph::linear::Pos;
use crate::graph::map::IndexMap;
use crate::graph::node::{Node, NodeOp};
use crate::graph::plan::{Column, Picked, Reach, WalkOperand};
use crate::ops::expr::{TableFn, ValueId};
use crate::ops::ufunc::Ufunc;

/// Elements of a walk that picks what it reads by numbers which have to be stored first, at least.
const LEAST_PICKED: usize = 4096;
/// Elements for each such number, at least.
const PICKED_TOGETHER: usize = 8;

/// Positions that are steps from index to index, and `scale` times a number that a node has, seen through a map.
struct Positions {
    first: i64,
    steps: Vec<i64>,
    scale: i64,
    place: Pos,
    map: IndexMap,
}

impl Lowering<'_, '_, '_> {
    /// Elements of an array whose positions are a number for many of them and steps from there are an operand of their own: that operand,
    /// or the numbers, which had better be stored. `None` where positions are anything else.
    pub(super) fn pick(&mut self, pos: Pos, map: u32) -> Result<Option<std::result::Result<ValueId, Pos>>> {
        let (g, stored) = (self.planner.g, self.planner.stored);
        if !matches!(g.nodes[pos as usize].op, NodeOp::Table(TableFn::Take)) || self.depth > 0 {
            return Ok(None);
        }
        let table = g.inputs[pos as usize][0];
        let Some(Positions { first, mut steps, scale, place, map }) = self.positions(pos, &self.maps[map as usize])
        else {
            return Ok(None);
        };
        let (places, elements) = (g.nodes[place as usize], self.shape.iter().product::<usize>());
        if places.size() * PICKED_TOGETHER > elements {
            return Ok(None);
        }
        if !stored.yes[place as usize] && !matches!(places.op, NodeOp::Data(_)) {
            let pays = elements >= LEAST_PICKED
                && matches!(places.op, NodeOp::Ufunc { .. } | NodeOp::Cast | NodeOp::Note(_) | NodeOp::Table(_));
            return Ok(pays.then_some(Err(place)));
        }
        let array = self.in_memory(table, &IndexMap::identity(1))?;
        let of = Column { len: g.nodes[table as usize].shape[0], step: array.strides[0] };
        // Nothing moves along an axis of one element; steps that lead out of the array are for who looks at each position.
        steps.iter_mut().zip(&self.shape).filter(|s| *s.1 == 1).for_each(|s| *s.0 = 0);
        let reach = |(&n, s): (&usize, &i64)| s.unsigned_abs().saturating_mul(n as u64 - 1);
        let far = self.shape.iter().zip(&steps).map(reach).fold(first.unsigned_abs(), u64::saturating_add);
        if of.step == 0 || far >= (of.len as u64).saturating_mul(2) {
            return Ok(None);
        }
        let by = self.operand_number(WalkOperand { reach: Reach::Places, ..self.in_memory(place, &map)? })?;
        let strides = steps.iter().map(|s| s * of.step).collect();
        let reach = Reach::Picked(Picked { of, by, scale, first });
        Ok(Some(Ok(self.operand(WalkOperand { strides, reach, ..array })?)))
    }

    /// The positions of a node that takes elements of an array, seen through a map: a sum of steps from index to index, some of them, and
    /// of a number, or a multiple of one. `None` where they are anything else.
    fn positions(&self, pos: Pos, own: &IndexMap) -> Option<Positions> {
        let (g, stored) = (self.planner.g, self.planner.stored);
        let made_here = |p: Pos| !stored.yes[p as usize];
        let seen = |node: &Node, input: Pos, map: &IndexMap| {
            (input, look(node, g.nodes[input as usize], map).unwrap_or_else(|| map.clone()))
        };
        let mut terms = vec![seen(g.nodes[pos as usize], g.inputs[pos as usize][1], own)];
        let (mut first, mut steps) = (0i64, vec![0i64; self.shape.len()]);
        let mut places = None;
        while let Some((p, map)) = terms.pop() {
            let term = g.nodes[p as usize];
            match &term.op {
                NodeOp::Iota { start, strides } => {
                    let (more, strides) = map.strides(strides);
                    first = first.wrapping_add(start + more);
                    steps.iter_mut().zip(&strides).for_each(|(s, &step)| *s = s.wrapping_add(step));
                }
                NodeOp::View(_) | NodeOp::Ufunc { ufunc: Ufunc::Add, .. } if made_here(p) => {
                    terms.extend(g.inputs[p as usize].iter().map(|&input| seen(term, input, &map)));
                }
                _ if places.is_none() && term.dtype == DType::I64 => places = Some((p, map)),
                _ => return None,
            }
        }
        let (mut place, mut map) = places.filter(|_| steps.iter().any(|&s| s != 0))?;
        let mut scale = 1;
        if let NodeOp::Ufunc { ufunc: Ufunc::Multiply, .. } = &g.nodes[place as usize].op
            && made_here(place)
            && let &[of, by] = &g.inputs[place as usize][..]
            && let NodeOp::Iota { start, strides } = &g.nodes[by as usize].op
            && strides.iter().all(|&s| s == 0)
        {
            (place, map) = seen(g.nodes[place as usize], of, &map);
            scale = *start;
        }
        while let (NodeOp::View(_), true) = (&g.nodes[place as usize].op, made_here(place)) {
            (place, map) = seen(g.nodes[place as usize], g.inputs[place as usize][0], &map);
        }
        Some(Positions { first, steps, scale, place, map })
    }
}
