//! Bands: walks that follow one another over the same rows run band of rows by band of rows, while a band is in cache.
//!
//! What one walk of a group leaves for the next is needed row by row: softmax's largest elements, then the sums, then the
//! quotients. A group keeps each walk as it is, with the same bits; it only runs them over a few rows at a time. Arrays that
//! only the group uses exist for one band.

use super::{Band, BufferId, BufferSpec, Output, Plan, Source, Step, Walk};
use crate::array::layout;
use crate::graph::linear::{Linear, Pos};
use crate::graph::node::NodeOp;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// Bytes of a band: what is read again is half of it, and stays in a second-level cache.
const BAND: usize = 384 << 10;
/// Rows longer than this do not stay in cache from walk to walk.
const LONGEST_ROW: usize = 512 << 10;
/// Below this many bytes in all, everything stays in the caches anyway.
const WORTH: usize = 1 << 20;
/// Bands that there should be at least, to share out.
const BANDS: usize = 8;

/// The groups of a plan's steps that are worth running by bands.
pub fn bands(plan: &Plan) -> Vec<Band> {
    let mut found = Vec::new();
    let mut first = 0;
    while first < plan.steps.len() {
        let mut end = first;
        let mut made: FxHashSet<BufferId> = FxHashSet::default();
        while let Some(Step::Walk(walk)) = plan.steps.get(end) {
            if !joins(walk, plan, first, &made) {
                break;
            }
            made.extend(written(walk));
            end += 1;
        }
        if end - first >= 2 {
            found.extend(group(plan, first, end));
        }
        first = end.max(first + 1);
    }
    found
}

/// A node that several walks of a group compute, dear enough to be kept for a band instead.
pub fn worth_keeping(g: &Linear, plan: &Plan) -> Option<Pos> {
    for band in &plan.bands {
        let mut walks_of: FxHashMap<Pos, usize> = FxHashMap::default();
        for step in &plan.steps[band.steps.clone()] {
            step.nodes().iter().for_each(|&n| *walks_of.entry(n).or_default() += 1);
        }
        // The last such node in list order contains what the others cost.
        let dear = |n: &Pos| {
            let node = g.nodes[*n as usize];
            walks_of[n] > 1 && node.shape.first() == Some(&band.length) && node.shape.len() > 1 && is_dear(g, *n)
        };
        if let Some(&pos) = walks_of.keys().filter(|n| dear(n)).max() {
            return Some(pos);
        }
    }
    None
}

/// Whether making a node anew costs more than a store to cache and a load: it, or what it is made of at once, calls a
/// vector math function.
fn is_dear(g: &Linear, pos: Pos) -> bool {
    let math = |pos: Pos| matches!(&g.nodes[pos as usize].op, NodeOp::Ufunc { ufunc, .. } if ufunc.row().calls_math());
    math(pos) || g.inputs[pos as usize].iter().any(|&i| math(i))
}

/// The buffers that a walk writes.
fn written(walk: &Walk) -> impl Iterator<Item = BufferId> + '_ {
    walk.outputs.iter().flat_map(Output::written)
}

/// Whether a walk runs along the same rows as those from `first` on, and reads of what they make only its own rows.
fn joins(walk: &Walk, plan: &Plan, first: usize, made: &FxHashSet<BufferId>) -> bool {
    let Some(&length) = walk.shape.first() else { return false };
    let same = match &plan.steps[first] {
        Step::Walk(w) => w.shape.first() == Some(&length),
        Step::Kernel(_) => false,
    };
    let by_rows = length > 1 && !walk.reduced[0] && walk.order.first() == Some(&0) && walk.shape.len() > 1;
    if !same || !by_rows || !walk.made.is_empty() {
        return false;
    }
    let reads_own_rows = walk.operands.iter().all(|o| match o.source {
        Source::Leaf(_) => true,
        Source::Made(_) => false,
        Source::Iota => o.strides[0] == 0,
        Source::Buffer(b) => !made.contains(&b) || keeps_rows(walk, o.offset, &o.strides, &plan.buffers[b as usize]),
    });
    reads_own_rows
        && walk.outputs.iter().all(|o| match o {
            Output::Store { buffer, offset, strides, .. } => {
                // A part of a join belongs to its group only if all parts do; simplest is none.
                let spec = &plan.buffers[*buffer as usize];
                spec.shape == walk.shape && keeps_rows(walk, *offset, strides, spec)
            }
            Output::Fold { finishes, .. } => finishes.iter().all(|f| is_by_rows(&plan.buffers[f.1 as usize], length)),
            Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => false,
        })
}

/// Whether a buffer consists of `length` rows one after another.
fn is_by_rows(spec: &BufferSpec, length: usize) -> bool {
    spec.shape.first() == Some(&length) && spec.strides[0] as usize == row_bytes(spec)
}

fn row_bytes(spec: &BufferSpec) -> usize {
    spec.shape[1..].iter().product::<usize>() * spec.dtype.size()
}

/// Whether row `i` of the walk touches only row `i` of the buffer.
fn keeps_rows(walk: &Walk, offset: i64, strides: &[i64], spec: &BufferSpec) -> bool {
    if !is_by_rows(spec, walk.shape[0]) || strides[0] != spec.strides[0] {
        return false;
    }
    let inner: SmallVec<[isize; 4]> = strides[1..].iter().map(|&s| s as isize).collect();
    let (at, row) = (usize::try_from(offset).unwrap_or(usize::MAX), spec.strides[0] as usize);
    layout::check_within(&walk.shape[1..], &inner, spec.dtype.size(), at, row).is_ok()
}

/// The band of a group, if it is worth it.
fn group(plan: &Plan, first: usize, end: usize) -> Option<Band> {
    let walks = || {
        plan.steps[first..end].iter().filter_map(|s| match s {
            Step::Walk(w) => Some(w),
            Step::Kernel(_) => None,
        })
    };
    let length = walks().next()?.shape[0];
    // Bytes of a row of each array, and how many walks touch it.
    let mut rows: FxHashMap<Source, (usize, usize)> = FxHashMap::default();
    for walk in walks() {
        let mut touched: FxHashMap<Source, usize> = FxHashMap::default();
        for o in walk.operands.iter().filter(|o| o.strides[0] != 0) {
            let elements: usize =
                walk.shape[1..].iter().zip(&o.strides[1..]).filter(|x| *x.1 != 0).map(|x| x.0).product();
            let bytes = touched.entry(o.source).or_default();
            *bytes = (*bytes).max(elements * o.dtype.size());
        }
        for b in written(walk) {
            touched.insert(Source::Buffer(b), row_bytes(&plan.buffers[b as usize]));
        }
        for (source, bytes) in touched {
            let entry = rows.entry(source).or_default();
            *entry = (entry.0.max(bytes), entry.1 + 1);
        }
    }
    let row: usize = rows.values().map(|r| r.0).sum();
    let again: usize = rows.values().filter(|r| r.1 > 1).map(|r| r.0).sum();
    // Worth it where most of what is read comes again.
    if row == 0 || row > LONGEST_ROW || row.checked_mul(length)? < WORTH || again * 4 < row {
        return None;
    }
    let most = length.div_ceil(BANDS);
    let is_local = |&b: &BufferId| plan.buffers[b as usize].last_use < end;
    let mut locals: Vec<BufferId> = walks().flat_map(|w| written(w)).filter(is_local).collect();
    locals.sort_unstable();
    locals.dedup();
    Some(Band { steps: first..end, length, rows: (BAND / row).clamp(1, most.max(1)), locals })
}
