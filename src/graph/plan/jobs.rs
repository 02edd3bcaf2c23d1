//! What must be stored, and the jobs that store it.
//!
//! A node is stored if it was asked for, if it cannot be part of a fused body (reductions, joins, picks), or if what uses it
//! needs it in memory. A job makes one stored thing; jobs of one level do not depend on each other.

use super::lowering::{RECOMPUTE_LIMIT, cost};
use super::made;
use super::short;
use crate::dtype::DType;
use crate::graph::linear::{Linear, Pos};
use crate::graph::node::NodeOp;
use crate::ops::expr::{Body, ValueId};
use crate::ops::kernel::Layout;
use crate::ops::ufunc::Ufunc;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// A job: make a stored node (or, for a join, one part of it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// The stored node.
    pub node: Pos,
    /// For joins, which input; for what is cut, which box.
    pub part: usize,
    /// Jobs of lower levels come first.
    pub level: u32,
}

/// Which nodes are stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// By position.
    pub yes: Vec<bool>,
    /// Stored nodes that must lie in C order.
    pub c_order: Vec<bool>,
    /// Elementwise nodes that are stored only because they were asked for: whoever uses one at the same index has it made in
    /// the same walk, and does not wait for it.
    pub shared: Vec<bool>,
    /// Reductions that are made element by element, like elementwise nodes: those of few elements (`plan::short`).
    pub short: Vec<bool>,
    /// Joins and reshapes that are made where they are read (`plan::made`).
    pub made: Vec<bool>,
    /// How many inputs of others each node is.
    pub users: Vec<usize>,
    /// What was asked for.
    pub asked: Vec<bool>,
}

impl Stored {
    /// Whether a node is made by a fold.
    pub fn folds(&self, g: &Linear, pos: Pos) -> bool {
        matches!(g.nodes[pos as usize].op, NodeOp::Reduce { .. }) && !self.short[pos as usize]
    }

    /// A node is stored that was not: one made element by element like the others, or a short fold as a fold.
    pub fn store(&mut self, g: &Linear, pos: Pos) {
        // A short fold takes elements that lie apart, a fold takes them run by run.
        let takes = |r: &usize| self.short[*r] && g.inputs[*r].contains(&pos);
        let by = self.made[pos as usize].then(|| (0..g.nodes.len()).find(takes)).flatten();
        let pos = by.unwrap_or(pos as usize);
        self.yes[pos] = true;
        self.shared[pos] = false;
        self.short[pos] = false;
        self.made[pos] = false;
        if let NodeOp::Reshape = g.nodes[pos].op {
            self.lay_out(g.inputs[pos][0]);
        }
    }

    /// What kernels would have made for them, but is stored anyway, they read in memory.
    pub fn lay_out_operands(&mut self, g: &Linear) {
        for (pos, node) in g.nodes.iter().enumerate() {
            let NodeOp::Kernel { kernel, .. } = &node.op else { continue };
            for (k, &i) in g.inputs[pos].iter().enumerate() {
                let Some(asked) = made::comes_in_runs(g, self, pos, k) else { continue };
                if self.yes[asked.node as usize] {
                    self.yes[i as usize] = true;
                    self.c_order[asked.node as usize] |= kernel.layout(k) == Layout::COrder;
                }
            }
        }
    }

    /// A node is stored in C order.
    fn lay_out(&mut self, pos: Pos) {
        let pos = pos as usize;
        self.yes[pos] = true;
        self.c_order[pos] = true;
        self.shared[pos] = false;
        self.made[pos] = false;
    }
}

/// The elementwise value of which a node is another order of axes, if it is one: stored, it is read where it lies.
pub(super) fn turned(g: &Linear, pos: usize) -> Option<usize> {
    let NodeOp::View(map) = &g.nodes[pos].op else { return None };
    let below = g.inputs[pos][0] as usize;
    let same = g.nodes[pos].size() == g.nodes[below].size() && !map.repeats(&g.nodes[pos].shape);
    (same && matches!(g.nodes[below].op, NodeOp::Ufunc { .. } | NodeOp::Cast)).then_some(below)
}

/// What a graph stores before any cost is looked at.
pub fn stored(g: &Linear) -> Stored {
    let n = g.nodes.len();
    let short = (0..n).map(|pos| short::is_short(g, pos as Pos)).collect();
    let no = || vec![false; n];
    let mut users = vec![0; n];
    g.inputs.iter().flatten().for_each(|&i| users[i as usize] += 1);
    let mut asked = no();
    g.outputs.iter().for_each(|&out| asked[out as usize] = true);
    let mut s = Stored { yes: no(), c_order: no(), shared: no(), short, made: made::choose(g, &users), users, asked };
    let mut turned_over: Vec<usize> = Vec::new();
    for pos in 0..n {
        let inputs = &g.inputs[pos];
        match &g.nodes[pos].op {
            NodeOp::Reduce { .. } => s.yes[pos] = !s.short[pos],
            NodeOp::Compress | NodeOp::Bins => s.yes[pos] = true,
            NodeOp::Concat { .. } => s.yes[pos] = !s.made[pos],
            NodeOp::Reshape if s.made[pos] => {}
            NodeOp::Table(_) => {
                // Read here and there, so it must be somewhere.
                let table = inputs[0] as usize;
                s.yes[table] |= !matches!(g.nodes[table].op, NodeOp::Data(_));
            }
            NodeOp::Kernel { kernel, .. } => {
                s.yes[pos] = true;
                s.c_order[pos] = true;
                for (k, &i) in inputs.iter().enumerate() {
                    let i = i as usize;
                    // Arrays are read where they lie, if the kernel can do that.
                    let in_place = matches!(&g.nodes[i].op, NodeOp::Data(a)
                        if a.is_aligned() && (kernel.layout(k) == Layout::Strided || a.is_c_contiguous()));
                    let in_runs = made::comes_in_runs(g, &s, pos, k).is_some();
                    if in_place || in_runs {
                        continue;
                    }
                    if kernel.layout(k) == Layout::Strided
                        && let Some(below) = turned(g, i)
                    {
                        turned_over.push(below);
                    } else {
                        s.c_order[i] = true;
                    }
                    s.yes[i] = true;
                }
            }
            NodeOp::Reshape => {
                // Itself a view of its input's memory.
                s.yes[pos] = true;
                s.yes[inputs[0] as usize] = true;
                s.c_order[inputs[0] as usize] = true;
            }
            NodeOp::Data(_)
            | NodeOp::Const(_)
            | NodeOp::Iota { .. }
            | NodeOp::Ufunc { .. }
            | NodeOp::Cast
            | NodeOp::View(_)
            | NodeOp::Note(_) => {}
        }
    }
    // Whoever folds these, or makes something of them, shares their walk, and so they are made once.
    for pos in turned_over.into_iter().chain(g.outputs.iter().map(|&out| out as usize)) {
        let op = &g.nodes[pos].op;
        let elementwise = matches!(op, NodeOp::Ufunc { .. } | NodeOp::Cast | NodeOp::Table(_) | NodeOp::Note(_));
        s.shared[pos] |= !s.yes[pos] && (elementwise || s.short[pos]);
        s.yes[pos] = true;
    }
    store_deep(g, &mut s);
    s
}

/// Light instructions that a value may take to make again for what follows a reduction of it. Storing and loading it costs
/// about a fifth of that, but memory; without a bound, a chain of reductions would be planned and run in quadratic time.
pub(super) const DEEP: usize = 200;
/// As [`DEEP`], where a walk that follows a reduction would make it again (measured: twenty times divided by sums of rows and of columns,
/// 1,000 x 1,000 float64, 406 -> 40 ms).
const DEEP_LATER: usize = 30;
/// As [`DEEP`], where the array stays in cache and takes little memory, and a walk that follows a reduction would make it again: a vector
/// math function is dearer (measured: softmax of 10 x 1000 float32 24 -> 10.5 us).
const DEEP_IN_CACHE: usize = 10;
/// Bytes of such an array, at most.
const CACHED: usize = 1 << 20;

/// How often each value is made, over all its elements, beyond once, if parts of joins read it through views, as those of
/// rolled and padded arrays do, and each look at such a join makes it again. Other users make it once more. What is `free` is a join
/// that does not.
fn joined(g: &Linear, free: impl Fn(usize, usize) -> bool) -> Vec<f64> {
    let n = g.nodes.len();
    // By join, or view of one: how often it is looked at.
    let (mut times, mut others, mut looks) = (vec![0.0; n], vec![false; n], vec![0.0f64; n]);
    for pos in (0..n).rev() {
        let node = g.nodes[pos];
        let is_join = matches!(node.op, NodeOp::Concat { .. });
        // At one index, however many read it there.
        let own: f64 = looks[pos] + if others[pos] { 1.0 } else { 0.0 };
        for &i in &g.inputs[pos] {
            let i = i as usize;
            let share = node.size() as f64 / g.nodes[i].size().max(1) as f64;
            match node.op {
                NodeOp::Concat { .. } if free(pos, i) => {}
                NodeOp::Concat { .. } => times[i] += own.max(1.0),
                NodeOp::View(_) if times[pos] > 0.0 => times[i] += times[pos] * share,
                NodeOp::View(_) => {}
                _ => others[i] = true,
            }
            if is_join {
                looks[i] += own.max(1.0);
            } else if let NodeOp::View(_) = node.op {
                looks[i] += own.max(1.0) * share;
            }
        }
    }
    times.iter().zip(others).map(|(&t, o)| if t > 0.0 && !o { t - 1.0 } else { t }).collect()
}

/// Whether part `i` of a stored join is made by the walk that makes the others, and its value whole by it: all have one shape.
fn is_stacked(g: &Linear, s: &Stored, join: usize, i: usize) -> bool {
    let shape = &g.nodes[i].shape;
    let whole = match g.nodes[i].op {
        NodeOp::View(_) => g.nodes[i].size() == g.nodes[g.inputs[i][0] as usize].size(),
        _ => true,
    };
    s.yes[join] && whole && g.inputs[join].iter().all(|&p| g.nodes[p as usize].shape == *shape)
}

/// What a node costs that calls a ufunc, in light instructions.
fn ufunc_cost(g: &Linear, pos: usize, ufunc: Ufunc, known: &mut FxHashMap<(Ufunc, u8, DType), usize>) -> usize {
    let NodeOp::Ufunc { out, .. } = g.nodes[pos].op else { return 0 };
    *known.entry((ufunc, out, g.nodes[pos].dtype)).or_insert_with(|| {
        let mut body = Body::default();
        let types = g.inputs[pos].iter().map(|&i| g.nodes[i as usize].dtype);
        let args: SmallVec<[ValueId; 3]> = types.zip(0..).map(|(t, n)| body.load(n, t)).collect();
        ufunc.lower_into(&mut body, usize::from(out), &args);
        cost(&body, 0)
    })
}

/// How often each value is made if windows slide over it, over all its elements, beyond once.
fn slid(g: &Linear) -> Vec<f64> {
    let mut times = vec![0.0; g.nodes.len()];
    for (pos, node) in g.nodes.iter().enumerate() {
        if let NodeOp::View(map) = &node.op
            && map.has_windows()
        {
            let i = g.inputs[pos][0] as usize;
            times[i] += node.size() as f64 / g.nodes[i].size().max(1) as f64 - 1.0;
        }
    }
    times
}

/// Which values are used by what waits for a reduction that they do not wait for, or made again for such values.
fn used_later(g: &Linear, s: &Stored) -> Vec<bool> {
    // By node: the reductions that follow one another before it.
    let (mut levels, mut later) = (vec![0u32; g.nodes.len()], vec![false; g.nodes.len()]);
    for pos in 0..g.nodes.len() {
        let level = g.inputs[pos].iter().map(|&i| levels[i as usize]).max().unwrap_or(0);
        g.inputs[pos].iter().for_each(|&i| later[i as usize] |= levels[i as usize] < level);
        levels[pos] = level + u32::from(s.folds(g, pos as Pos));
    }
    for pos in (0..g.nodes.len()).rev() {
        if later[pos] && (!s.yes[pos] || s.shared[pos]) {
            g.inputs[pos].iter().for_each(|&i| later[i as usize] = true);
        }
    }
    later
}

/// Stores values that are reduced, joined or slid over, and used again besides, where making them again is long.
fn store_deep(g: &Linear, s: &mut Stored) {
    let n = g.nodes.len();
    let mut reduced = vec![false; n];
    for pos in 0..n {
        for &i in &g.inputs[pos] {
            reduced[i as usize] |= s.folds(g, pos as Pos);
        }
    }
    let (slid, later) = (slid(g), used_later(g, s));
    // A value that waits for nothing is made once for all that its walk makes.
    let (joined, together) = (joined(g, |_, _| false), joined(g, |join, i| is_stacked(g, s, join, i)));
    let mut known = FxHashMap::default();
    let mut cost = vec![0usize; n];
    for pos in 0..n {
        let inputs: usize = g.inputs[pos].iter().fold(0, |sum, &i| sum.saturating_add(cost[i as usize]));
        cost[pos] = match &g.nodes[pos].op {
            NodeOp::Ufunc { ufunc, .. } => inputs.saturating_add(ufunc_cost(g, pos, *ufunc, &mut known)),
            NodeOp::Cast => inputs.saturating_add(1),
            NodeOp::Table(_) => inputs.saturating_add(12),
            NodeOp::View(_) | NodeOp::Note(_) => inputs,
            NodeOp::Reduce { .. } if s.short[pos] => {
                let elements = g.nodes[g.inputs[pos][0] as usize].size() / g.nodes[pos].size().max(1);
                inputs.saturating_add(1).saturating_mul(elements)
            }
            // Each element is one of one part.
            NodeOp::Concat { .. } => g.inputs[pos].iter().map(|&i| cost[i as usize]).max().unwrap_or(0),
            NodeOp::Data(_)
            | NodeOp::Const(_)
            | NodeOp::Iota { .. }
            | NodeOp::Reshape
            | NodeOp::Reduce { .. }
            | NodeOp::Compress
            | NodeOp::Bins
            | NodeOp::Kernel { .. } => 0,
        };
        let bytes = g.nodes[pos].size().saturating_mul(g.nodes[pos].dtype.size());
        let deep = match later[pos] {
            true if bytes <= CACHED => DEEP_IN_CACHE,
            true => DEEP_LATER,
            false => DEEP,
        };
        let again = cost[pos] > deep && reduced[pos] && s.users[pos] > 1;
        let joined = if later[pos] { joined[pos] } else { together[pos] };
        let looked_at = cost[pos] as f64 * joined.max(slid[pos]) > RECOMPUTE_LIMIT as f64;
        if (again || looked_at && g.nodes[pos].size() > 1)
            && !s.yes[pos]
            && matches!(g.nodes[pos].op, NodeOp::Ufunc { .. } | NodeOp::Cast)
        {
            s.yes[pos] = true;
        }
        if s.yes[pos] && !s.shared[pos] {
            cost[pos] = 0;
        }
    }
}

/// The stored nodes and leaves that making something of `roots` reads: everything reachable without crossing a stored node.
/// Each root says whether it is used at the same index; only then are shared nodes crossed.
pub fn reads(g: &Linear, s: &Stored, roots: impl Iterator<Item = (Pos, bool)>) -> FxHashSet<Pos> {
    let mut seen: FxHashSet<(Pos, bool)> = FxHashSet::default();
    let mut found: FxHashSet<Pos> = FxHashSet::default();
    let mut stack: Vec<(Pos, bool)> = roots.collect();
    while let Some((pos, same_index)) = stack.pop() {
        if !seen.insert((pos, same_index)) {
            continue;
        }
        let in_memory = s.yes[pos as usize] && !(s.shared[pos as usize] && same_index);
        if in_memory || matches!(g.nodes[pos as usize].op, NodeOp::Data(_)) {
            found.insert(pos);
        } else {
            stack.extend(g.inputs[pos as usize].iter().map(|&i| (i, same_index && keeps_index(g, s, pos, i))));
        }
    }
    found
}

/// Whether a node uses an input at its own index.
pub fn keeps_index(g: &Linear, s: &Stored, pos: Pos, input: Pos) -> bool {
    let at = input;
    let (node, input) = (&g.nodes[pos as usize], &g.nodes[input as usize]);
    match node.op {
        NodeOp::Ufunc { .. } | NodeOp::Cast | NodeOp::Note(_) => node.shape == input.shape,
        // A table is in memory, and read anywhere.
        NodeOp::Table(_) => g.inputs[pos as usize][0] != at && node.shape == input.shape,
        NodeOp::Reduce { .. } => !s.short[pos as usize],
        NodeOp::Concat { .. } => s.yes[pos as usize],
        // The walk of a fold goes over its operand, that of a join's part over the part, that of a mask over the mask.
        NodeOp::Compress | NodeOp::Bins => true,
        NodeOp::View(_)
        | NodeOp::Reshape
        | NodeOp::Kernel { .. }
        | NodeOp::Data(_)
        | NodeOp::Const(_)
        | NodeOp::Iota { .. } => false,
    }
}
