//! The invariants of a plan, on which the code that runs it relies: nothing lies outside its memory, no store overlaps
//! itself, everything is written before it is read. Checked in debug builds.

use super::{BufferSpec, Column, Made, Output, Picked, Plan, Reach, Source, Step, Walk, nest};
use crate::array::layout;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::graph::linear::Linear;
use crate::ops::reduction::Finish;

/// What is wrong.
type Check = std::result::Result<(), String>;

/// Checks a plan of a graph.
///
/// # Errors
/// `Error::Bug` with the plan's text.
pub fn verify(plan: &Plan, g: &Linear) -> Result<()> {
    check(plan, g).map_err(|e| Error::Bug(format!("{e} in\n{plan}")))
}

fn check(plan: &Plan, g: &Linear) -> Check {
    let mut written = vec![false; plan.buffers.len()];
    for (at, step) in plan.steps.iter().enumerate() {
        let (reads, writes) = touched(step);
        for b in reads.iter().chain(&writes).filter_map(|s| buffer(*s)) {
            let spec = plan.buffers.get(b).ok_or_else(|| format!("step {at} uses buffer {b}, which is not there"))?;
            need(spec.last_use >= at, || format!("step {at} uses buffer {b} after its last use"))?;
        }
        // What follows a kernel's result reads it.
        let own = |b: usize| matches!(step, Step::Kernel(call) if call.outs.iter().any(|&o| o as usize == b));
        for b in reads.iter().filter_map(|s| buffer(*s)).filter(|&b| !own(b)) {
            need(written[b], || format!("step {at} reads buffer {b} before it is written"))?;
        }
        writes.iter().filter_map(|s| buffer(*s)).for_each(|b| written[b] = true);
        match step {
            Step::Walk(walk) => check_walk(walk, plan, g),
            Step::Kernel(call) => check_made(call.made.iter().chain(call.then.iter().map(|t| &t.0)), plan, g),
        }
        .map_err(|e| format!("step {at}: {e}"))?;
    }
    let mut owned = vec![false; plan.buffers.len()];
    for r in &plan.results {
        need(std::mem::replace(&mut owned[r.buffer as usize], true) == r.copied, || {
            format!("results share buffer {}, or one is copied for nothing", r.buffer)
        })?;
        let spec = &plan.buffers[r.buffer as usize];
        need(spec.last_use == plan.steps.len(), || format!("result buffer {} is given back", r.buffer))?;
        within(&r.shape, &r.strides, r.offset, spec.dtype, 0, bytes(spec))?;
        need(written[r.buffer as usize], || format!("result buffer {} is never written", r.buffer))?;
    }
    Ok(())
}

fn need(holds: bool, what: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(what()) }
}

fn buffer(s: Source) -> Option<usize> {
    match s {
        Source::Buffer(b) => Some(b as usize),
        Source::Leaf(_) | Source::Iota | Source::Made(_) => None,
    }
}

fn bytes(spec: &BufferSpec) -> usize {
    spec.shape.iter().product::<usize>() * spec.dtype.size()
}

/// What a step reads, and what it writes.
fn touched(step: &Step) -> (Vec<Source>, Vec<Source>) {
    match step {
        Step::Walk(walk) => {
            let written = walk.outputs.iter().flat_map(Output::written).map(Source::Buffer);
            (walk.sources().collect(), written.collect())
        }
        Step::Kernel(call) => {
            let written = call.written().map(Source::Buffer);
            (call.sources().collect(), written.collect())
        }
    }
}

/// Elements at `offset + sum(strides * index)` lie between `from` and `to` bytes.
fn within(shape: &[usize], strides: &[i64], offset: i64, dtype: DType, from: usize, to: usize) -> Check {
    // Nothing is read of nothing, wherever it would begin.
    if shape.contains(&0) {
        return Ok(());
    }
    let strides: Vec<isize> = strides.iter().map(|&s| s as isize).collect();
    let offset = usize::try_from(offset + from as i64).map_err(|_| "an offset before the memory".to_string())?;
    let fits = layout::check_within(shape, &strides, dtype.size(), offset, to);
    fits.map_err(|_| format!("{shape:?} at {offset} with strides {strides:?} leaves {to} bytes"))
}

fn check_walk(walk: &Walk, plan: &Plan, g: &Linear) -> Check {
    let nest = &walk.nest;
    need(walk.shape.iter().product::<usize>() == nest.size(), || "the loops are not the space".into())?;
    need(walk.operands.len() == nest.operands.len(), || "not a track for each operand".into())?;
    need(walk.outputs.len() == nest.stores.len(), || "not a track for each output".into())?;
    for (o, t) in walk.operands.iter().zip(&nest.operands) {
        let (from, to) = match o.source {
            Source::Iota => continue,
            Source::Made(n) => {
                let made = walk.made.get(n as usize).ok_or_else(|| format!("nothing makes operand {n}"))?;
                (0, made.shape.iter().product::<usize>() * o.dtype.size())
            }
            Source::Buffer(b) => (0, bytes(&plan.buffers[b as usize])),
            Source::Leaf(n) => {
                let leaf = g.leaves.get(n as usize).ok_or_else(|| format!("there is no leaf {n}"))?;
                (leaf.offset(), leaf.buffer().len())
            }
        };
        if let Some(Column { len, step }) = o.reach.column() {
            within(&[len], &[step], o.offset, o.dtype, from, to)?;
            if let Reach::Picked(Picked { by, .. }) = o.reach {
                let places = walk.operands.get(usize::from(by)).filter(|p| p.reach == Reach::Places);
                need(places.is_some_and(|p| p.dtype == DType::I64), || "nothing says what is picked".into())?;
                need(step != 0 && t.strides.iter().all(|s| s % step == 0), || "picked between elements".into())?;
            }
            continue;
        }
        within(&walk.shape, &o.strides, o.offset, o.dtype, from, to)?;
        within(&nest.dims, &t.strides, o.offset, o.dtype, from, to)?;
    }
    check_made(&walk.made, plan, g)?;
    for (o, t) in walk.outputs.iter().zip(&nest.stores) {
        match o {
            Output::Store { value, buffer, offset, strides } => {
                let spec = &plan.buffers[*buffer as usize];
                need(walk.body.dtype(*value) == spec.dtype, || format!("buffer {buffer} has another type"))?;
                within(&walk.shape, strides, *offset, spec.dtype, 0, bytes(spec))?;
                within(&nest.dims, &t.strides, *offset, spec.dtype, 0, bytes(spec))?;
                apart(&nest.dims, &t.strides, spec.dtype)?;
            }
            Output::Fold { value, fold, finishes } => {
                let t = walk.body.dtype(*value);
                for (finish, b) in finishes {
                    let spec = &plan.buffers[*b as usize];
                    need(finish.dtype(*fold, t) == spec.dtype, || format!("buffer {b} has another type"))?;
                    let results: usize = spec.shape.iter().product();
                    let expected = match finish {
                        Finish::Tally => nest::parts(&walk.shape),
                        _ => nest.fold_results(),
                    };
                    need(results == expected, || format!("buffer {b} has not a place for each result"))?;
                }
            }
            Output::Hold { .. } => {}
            Output::Bins { value, weight, bins, buffer } => {
                let spec = &plan.buffers[*buffer as usize];
                need(walk.body.dtype(*value) == DType::I64, || "bins without numbers".into())?;
                need(spec.shape.as_slice() == [*bins], || format!("buffer {buffer} has not a place for each bin"))?;
                let held = weight.is_none_or(|w| {
                    let held = walk.outputs.get(w).filter(|o| matches!(o, Output::Hold { .. }));
                    held.is_some_and(|o| walk.body.dtype(o.value()) == DType::F64)
                });
                need(held, || format!("no weights of buffer {buffer} are held"))?;
                need(walk.reduced.iter().all(|&r| r), || "bins of a part of the space".into())?;
            }
            Output::Pack { value, mask, buffer, .. } => {
                let spec = &plan.buffers[*buffer as usize];
                need(walk.body.dtype(*value) == spec.dtype, || format!("buffer {buffer} has another type"))?;
                let held = walk.outputs.get(*mask).is_some_and(|m| matches!(m, Output::Hold { .. }));
                need(held, || format!("no mask of buffer {buffer} is held"))?;
                need(walk.reduced.iter().all(|&r| r), || "what a mask keeps of a part of the space".into())?;
            }
        }
    }
    Ok(())
}

/// The parts of what is made are boxes that cover it.
fn check_made<'m>(made: impl IntoIterator<Item = &'m Made>, plan: &Plan, g: &Linear) -> Check {
    for made in made {
        let mut elements = 0;
        for p in &made.parts {
            let inside = |d: usize| p.origin[d] + p.walk.shape[d] <= made.shape[d];
            let fits = p.walk.shape.len() == made.shape.len() && (0..made.shape.len()).all(inside);
            need(fits && made.shape.len() >= 2, || format!("a part leaves what is made of node {}", made.node))?;
            need(matches!(p.walk.outputs[..], [Output::Hold { .. }]), || "a part does not hold its value".into())?;
            elements += p.walk.shape.iter().product::<usize>();
            check_walk(&p.walk, plan, g)?;
        }
        let all: usize = made.shape.iter().product();
        need(elements == all, || format!("{elements} of {all} elements are made of node {}", made.node))?;
    }
    Ok(())
}

/// No two indices share a byte: sorted by stride, each axis steps over all that the shorter ones reach.
fn apart(dims: &[usize], strides: &[i64], dtype: DType) -> Check {
    if dims.contains(&0) {
        return Ok(());
    }
    let mut axes: Vec<(u64, u64)> =
        dims.iter().zip(strides).filter(|(n, _)| **n > 1).map(|(n, s)| (s.unsigned_abs(), *n as u64)).collect();
    axes.sort_unstable();
    let mut reach = dtype.size() as u64;
    for (stride, n) in axes {
        need(stride >= reach, || format!("a store with strides {strides:?} over {dims:?} overlaps itself"))?;
        reach += stride * (n - 1);
    }
    Ok(())
}
