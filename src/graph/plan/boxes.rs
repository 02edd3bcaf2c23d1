//! Boxes: what is made of rolled, padded and otherwise joined arrays is made box by box, so that nobody stores the join.
//!
//! Of a stored elementwise node that looks at joins, the space is cut where the parts of the joins meet. Within a box each join
//! is one of its parts, seen through an index map; so it is *open*: looked through, as views are. A five-point stencil of
//! rolled arrays is nine walks, of which one does nearly all the work. A join that is stored is such a node itself: joins of
//! joins, as of arrays padded along several axes, are stored box by box. Joins that anything else reads are made where they are
//! read (`made`), or stored.

use super::jobs::Stored;
use super::lowering::{look, values_of};
use crate::array::Shape;
use crate::graph::linear::{Linear, Pos};
use crate::graph::map::IndexMap;
use crate::graph::node::NodeOp;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// Parts of a join that may be open, at most: each cuts the space.
const PARTS: usize = 8;
/// Boxes of a node, at most: each is a walk.
const BOXES: usize = 27;
/// Elements of a node that is cut, at least: below, walks cost more than what they save.
const LEAST: usize = 4096;
/// Looks at nodes when the cuts of one node are found, at most.
const LOOKS: usize = 512;

/// A part of a node's space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its first index.
    pub origin: SmallVec<[usize; 4]>,
    /// Its lengths.
    pub shape: Shape,
}

/// The parts of the nodes that are cut.
pub type Boxes = FxHashMap<Pos, Vec<Part>>;

/// Opens the joins that can be, in `s`, and cuts the nodes that look at them.
pub fn open(g: &Linear, s: &mut Stored) -> Boxes {
    let mut closed: FxHashSet<Pos> = g.outputs.iter().copied().collect();
    let is_join = |pos: &usize| matches!(g.nodes[*pos].op, NodeOp::Concat { .. });
    if !(0..g.nodes.len()).any(|pos| is_join(&pos)) {
        return Boxes::default();
    }
    // Each turn closes a join more, so this ends.
    loop {
        let opened = openable(g, s, &closed);
        if opened.is_empty() {
            return Boxes::default();
        }
        let mut boxes = Boxes::default();
        let mut misfit: FxHashSet<Pos> = FxHashSet::default();
        for pos in (0..g.nodes.len() as Pos).filter(|&p| is_root(g, s, p)) {
            let is_join = is_join(&(pos as usize));
            match cut(g, s, &|p| p == pos && is_join || opened.contains(&p), pos, BOXES) {
                // A join that looks at no other is stored input by input.
                Ok((parts, joins)) if parts.len() > 1 && joins > usize::from(is_join) => {
                    boxes.insert(pos, parts);
                }
                Ok(_) => {}
                Err(joins) => misfit.extend(joins),
            }
        }
        if misfit.is_empty() {
            for &p in &opened {
                s.yes[p as usize] = false;
                s.made[p as usize] = false;
            }
            return boxes;
        }
        closed.extend(misfit);
    }
}

/// The part of an open join at which a map looks from everywhere in a space of this shape, and the map to that.
pub fn part_of(g: &Linear, pos: Pos, map: &IndexMap, shape: &[usize]) -> Option<(Pos, IndexMap)> {
    let NodeOp::Concat { axis } = g.nodes[pos as usize].op else { return None };
    let (mut low, mut high) = (map.start[axis], map.start[axis]);
    for (j, &n) in shape.iter().enumerate() {
        let reach = map.get(axis, j) * (n as i64 - 1);
        if reach < 0 { low += reach } else { high += reach }
    }
    let mut before = 0;
    for &input in &g.inputs[pos as usize] {
        let end = before + g.nodes[input as usize].shape[axis] as i64;
        if before <= low && high < end {
            let mut through = map.clone();
            through.start[axis] -= before;
            return Some((input, through));
        }
        before = end;
    }
    None
}

/// Whether a node is neither stored nor computed at an index.
pub(super) fn is_made(g: &Linear, s: &Stored, pos: Pos) -> bool {
    !s.yes[pos as usize] && matches!(g.nodes[pos as usize].op, NodeOp::Concat { .. } | NodeOp::Reshape)
}

/// Whether a node can be cut.
fn is_root(g: &Linear, s: &Stored, pos: Pos) -> bool {
    let node = g.nodes[pos as usize];
    let kind = matches!(node.op, NodeOp::Ufunc { .. } | NodeOp::Cast | NodeOp::Concat { .. });
    s.yes[pos as usize] && kind && node.size() >= LEAST
}

/// The joins that nothing reads but what can be cut, through elementwise nodes and views.
fn openable(g: &Linear, s: &Stored, closed: &FxHashSet<Pos>) -> FxHashSet<Pos> {
    let n = g.nodes.len();
    // Whether anything reads a node in a walk that is not cut.
    let mut whole = vec![false; n];
    let mut opened = FxHashSet::default();
    for pos in (0..n).rev() {
        let stored = s.yes[pos];
        let inputs_whole = match &g.nodes[pos].op {
            NodeOp::Concat { .. } => {
                let can = !whole[pos] && !closed.contains(&(pos as Pos)) && g.inputs[pos].len() <= PARTS;
                if can {
                    opened.insert(pos as Pos);
                }
                !can && !is_root(g, s, pos as Pos)
            }
            // What is flattened has no index of its own.
            NodeOp::Reshape => true,
            _ if is_root(g, s, pos as Pos) => s.shared[pos] && whole[pos],
            _ => stored || s.short[pos] || whole[pos],
        };
        g.inputs[pos].iter().for_each(|&i| whole[i as usize] |= inputs_whole);
        if let NodeOp::Table(_) = g.nodes[pos].op {
            // A table is read anywhere.
            whole[g.inputs[pos][0] as usize] = true;
        }
    }
    opened
}

/// The parts of a node's space in each of which it looks at one part of each open join, `most` at most, and how many joins it
/// looks at. Or these joins, if they cannot be had so.
pub(super) fn cut(
    g: &Linear,
    s: &Stored,
    is_open: &dyn Fn(Pos) -> bool,
    root: Pos,
    most: usize,
) -> Result<(Vec<Part>, usize), Vec<Pos>> {
    let shape = &g.nodes[root as usize].shape;
    let mut cuts: Vec<Vec<usize>> = shape.iter().map(|&n| vec![0, n]).collect();
    let mut seen: FxHashSet<(Pos, IndexMap)> = FxHashSet::default();
    let mut joins: Vec<Pos> = Vec::new();
    let mut fits = true;
    let mut stack = vec![(root, IndexMap::identity(shape.len()))];
    while let Some((pos, map)) = stack.pop() {
        let node = g.nodes[pos as usize];
        let join = is_open(pos);
        let crossed = pos == root || s.shared[pos as usize] && map.is_identity() && node.shape == *shape;
        // What short folds take is read in whole, and what is made is made by itself.
        let apart = s.short[pos as usize] || pos != root && !join && is_made(g, s, pos);
        if apart || s.yes[pos as usize] && !join && !crossed || !seen.insert((pos, map.clone())) {
            continue;
        }
        if join {
            joins.push(pos);
            fits &= seen.len() <= LOOKS && cut_at(g, pos, &map, shape, &mut cuts);
        }
        // What is beyond all bounds only lists the joins it has, each once.
        if seen.len() > LOOKS * 8 {
            joins.extend((0..g.nodes.len() as Pos).filter(|&p| is_open(p)));
            break;
        }
        let mut before = 0;
        for &input in values_of(g, pos) {
            let below = g.nodes[input as usize];
            let through = match &node.op {
                NodeOp::Concat { axis } => {
                    let mut through = map.clone();
                    through.start[*axis] -= before;
                    before += below.shape[*axis] as i64;
                    through
                }
                _ => look(node, below, &map).unwrap_or_else(|| map.clone()),
            };
            stack.push((input, through));
        }
    }
    cuts.iter_mut().for_each(|c| {
        c.sort_unstable();
        c.dedup();
    });
    let count = cuts.iter().fold(1usize, |n, c| n.saturating_mul(c.len().saturating_sub(1)));
    joins.sort_unstable();
    joins.dedup();
    if !joins.is_empty() && (!fits || count > most) {
        return Err(joins);
    }
    if joins.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let mut parts = vec![Part { origin: SmallVec::new(), shape: Shape::new() }];
    for c in &cuts {
        let longer = |p: &Part| {
            let with = |w: &[usize]| {
                let mut part = p.clone();
                part.origin.push(w[0]);
                part.shape.push(w[1] - w[0]);
                part
            };
            c.windows(2).map(with).collect::<Vec<_>>()
        };
        parts = parts.iter().flat_map(longer).collect();
    }
    Ok((parts, joins.len()))
}

/// Cuts a space where a map leads from one part of a join to the next; false where one axis of the space does not tell.
fn cut_at(g: &Linear, pos: Pos, map: &IndexMap, shape: &[usize], cuts: &mut [Vec<usize>]) -> bool {
    let NodeOp::Concat { axis } = g.nodes[pos as usize].op else { return false };
    let mut along = (0..shape.len()).filter(|&j| map.get(axis, j) != 0 && shape[j] > 1);
    let Some(j) = along.next() else { return true };
    let step = map.get(axis, j);
    if along.next().is_some() || step.abs() != 1 {
        return false;
    }
    let mut before = 0;
    for &input in &g.inputs[pos as usize] {
        before += g.nodes[input as usize].shape[axis] as i64;
        let at = if step == 1 { before - map.start[axis] } else { map.start[axis] - before + 1 };
        if at > 0 && at < shape[j] as i64 {
            cuts[j].push(at as usize);
        }
    }
    true
}
