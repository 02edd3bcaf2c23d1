//! Plans at work: memory for buffers, walks bound to addresses, tasks over threads, bands of rows.

use super::call::{self, Run};
use super::compute::{CompiledBand, CompiledKernel, CompiledPlan, CompiledStep};
use super::pool;
use super::tiles::CompiledWalk;
use crate::array::{Array, Buffer, Shape, Strides};
use crate::error::{Error, Result, caught};
use crate::graph::linear::Linear;
use crate::graph::plan::{Column, KernelOperand, Made, Output, Picked, Reach, Source, Walk};
use crate::interrupt::Look;
use crate::kernels::flags;
use crate::kernels::tile::Table;
use crate::kernels::{self, Making, OfRun, Operand, movement};
use crate::ops::fault::Faults;
use crate::ops::reduction::Finish;
use smallvec::SmallVec;
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Runs a plan over the memory of a graph of its form.
///
/// # Errors
/// `Error::Memory`, `Error::Interrupted`, `Error::Bug`.
pub fn run(plan: &CompiledPlan, graph: &Linear, interrupted: &dyn Fn() -> bool) -> Result<Vec<Array>> {
    run_with(plan, graph, None, None, interrupted)
}

/// As [`run`]: with memory that a buffer is to have, and telling how long each step takes (steps that run by bands together:
/// all of it at the last).
///
/// # Errors
/// As [`run`].
pub fn run_with(
    plan: &CompiledPlan,
    graph: &Linear,
    given: Option<(u32, Arc<Buffer>)>,
    mut times: Option<&mut Vec<Duration>>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Array>> {
    let mut buffers: SmallVec<[Option<Arc<Buffer>>; 8]> = SmallVec::from_elem(None, plan.buffers.len());
    if let Some((id, buffer)) = given {
        buffers[id as usize] = Some(buffer);
    }
    // Steps may be many, each too short for anyone to look.
    let look = Look::new(interrupted);
    let (mut bands, mut ends) = (plan.bands.iter().peekable(), plan.ends.iter().copied().peekable());
    for (at, step) in plan.steps.iter().enumerate() {
        look.step()?;
        let start = times.is_some().then(Instant::now);
        while bands.next_if(|b| b.band.steps.end <= at).is_some() {}
        let band = bands.peek().filter(|b| b.band.steps.start <= at);
        match (band, step) {
            // The whole group at its last step: nothing that it reads is gone until then.
            (Some(band), _) if at + 1 == band.band.steps.end => run_band(band, plan, graph, &mut buffers, interrupted)?,
            (Some(_), _) => {
                if let Some(times) = &mut times {
                    times.push(Duration::ZERO);
                }
                continue;
            }
            (None, CompiledStep::Walk(walk)) => run_walk(walk, plan, graph, &mut buffers, interrupted)?,
            (None, CompiledStep::Kernel(kernel)) => run_kernel(kernel, plan, graph, &mut buffers, interrupted)?,
        }
        if let (Some(times), Some(start)) = (&mut times, start) {
            times.push(start.elapsed());
        }
        // Memory whose last user was this step goes back to the pool for the next.
        while let Some(id) = ends.next_if(|&id| plan.buffers[id as usize].last_use <= at) {
            buffers[id as usize] = None;
        }
    }
    let mut arrays = Vec::with_capacity(plan.results.len());
    for r in &plan.results {
        let held = &mut buffers[r.buffer as usize];
        let buffer = if plan.results.len() == 1 { held.take() } else { held.clone() };
        let buffer = buffer.ok_or_else(|| Error::Bug("a result was not computed".into()))?;
        let strides = in_bytes(&r.strides);
        let dtype = plan.buffers[r.buffer as usize].dtype;
        let array = Array::from_parts(buffer, r.offset as usize, Shape::from_slice(&r.shape), strides, dtype)?;
        arrays.push(if r.copied { movement::own(&array)? } else { array });
    }
    Ok(arrays)
}

/// A plan's strides as an array has them.
fn in_bytes(strides: &[i64]) -> Strides {
    let mut own = Strides::new();
    strides.iter().for_each(|&s| own.push(s as isize));
    own
}

/// The address of a buffer, whose memory is got at its first use.
fn allocate(id: u32, plan: &CompiledPlan, buffers: &mut [Option<Arc<Buffer>>]) -> Result<usize> {
    if let Some(buffer) = &buffers[id as usize] {
        return Ok(buffer.data() as usize);
    }
    let spec = &plan.buffers[id as usize];
    let bytes = crate::array::layout::checked_bytes(&spec.shape, spec.dtype.size())?;
    let buffer = Arc::new(Buffer::new(bytes)?);
    let address = buffer.data() as usize;
    buffers[id as usize] = Some(buffer);
    Ok(address)
}

/// The address of element zero of a source.
fn address(source: Source, graph: &Linear, buffers: &[Option<Arc<Buffer>>]) -> Result<usize> {
    match source {
        Source::Iota | Source::Made(_) => Ok(0),
        Source::Leaf(n) => Ok(graph.leaves[n as usize].data() as usize),
        Source::Buffer(id) => match &buffers[id as usize] {
            Some(buffer) => Ok(buffer.data() as usize),
            None => Err(Error::Bug(format!("buffer {id} is read before it is written"))),
        },
    }
}

thread_local! {
    /// Memory for the states of this thread's last folds, kept for the next.
    static STATES: Cell<Option<Arc<Buffer>>> = const { Cell::new(None) };
}

/// Memory for `bytes` of fold states, all of one walk's.
fn states(bytes: usize) -> Result<Option<Arc<Buffer>>> {
    if bytes == 0 {
        return Ok(None);
    }
    match STATES.take().filter(|b| b.len() >= bytes) {
        Some(buffer) => Ok(Some(buffer)),
        None => Ok(Some(Arc::new(Buffer::new(bytes)?))),
    }
}

/// Largest memory for states that a thread keeps.
const KEPT_STATES: usize = 64 << 10;

type Finishes = SmallVec<[(usize, Finish, usize); 4]>;

/// Binds a walk, from row `row` of its first axis on, to memory: `address` says where sources are, `state` where the folds'
/// states may be. The finishes of folds come beside it: output, finish, where its result goes.
fn bind(
    compiled: &CompiledWalk,
    row: usize,
    plan: &CompiledPlan,
    state: usize,
    address: &mut dyn FnMut(Source) -> Result<usize>,
) -> Result<(Run, Finishes)> {
    let walk: &Walk = &compiled.walk;
    let down = |stride: i64| (row as isize).wrapping_mul(stride as isize);
    let first = |strides: &[i64]| down(strides.first().copied().unwrap_or(0));
    let mut run = Run {
        operands: SmallVec::new(),
        results: SmallVec::new(),
        states: SmallVec::new(),
        raised: AtomicU8::new(0),
        counts: SmallVec::new(),
        tables: Vec::new(),
        made: Vec::new(),
    };
    for _ in 0..compiled.grid.parts {
        run.counts.push(AtomicU64::new(0));
    }
    for o in &walk.operands {
        if let Some(Column { len, step }) = o.reach.column() {
            let data = address(o.source)?.wrapping_add_signed(o.offset as isize);
            let first = match o.reach {
                Reach::Picked(Picked { first: own, .. }) => own as isize + first(&o.strides) / step as isize,
                Reach::Index | Reach::Table(_) | Reach::Places => 0,
            };
            run.tables.push(Table { data, stride: step as isize, len, first });
        }
    }
    let mut tables = run.tables.iter();
    for o in &walk.operands {
        if o.reach.column().is_some() {
            run.operands.push(tables.next().map_or(0, |t| std::ptr::from_ref(t) as usize));
            continue;
        }
        let at = address(o.source)?;
        let is_nowhere = matches!(o.source, Source::Iota | Source::Made(_));
        run.operands.push(if is_nowhere { at } else { at.wrapping_add_signed(o.offset as isize + first(&o.strides)) });
    }
    for parts in &compiled.made {
        let runs = parts.iter().map(|part| Ok(bind(part, 0, plan, 0, address)?.0));
        run.made.push(runs.collect::<Result<Vec<_>>>()?);
    }
    let mut next_state = state;
    let mut finishes = Finishes::new();
    for (n, output) in walk.outputs.iter().enumerate() {
        match output {
            Output::Store { buffer, offset, strides, .. } => {
                let at = address(Source::Buffer(*buffer))?;
                run.results.push(at.wrapping_add_signed(*offset as isize + first(strides)));
                run.states.push(0);
            }
            Output::Hold { .. } => {
                run.results.push(0);
                run.states.push(0);
            }
            Output::Bins { buffer, .. } => {
                let at = address(Source::Buffer(*buffer))?;
                run.results.push(at);
                run.states.push(if compiled.scratch.fold_bytes[n] > 0 { next_state } else { at });
                next_state += compiled.scratch.fold_bytes[n];
            }
            Output::Pack { buffer, offsets, .. } => {
                run.results.push(address(Source::Buffer(*buffer))?);
                run.states.push(address(*offsets)?);
            }
            Output::Fold { finishes: made, .. } => {
                run.results.push(0);
                let mut result = |id: u32| {
                    let at = address(Source::Buffer(id))?;
                    Ok(at.wrapping_add_signed(first(&plan.buffers[id as usize].strides)))
                };
                if compiled.folds_in_place[n] {
                    run.states.push(result(made[0].1)?);
                    continue;
                }
                run.states.push(next_state);
                next_state += compiled.scratch.fold_bytes[n];
                for (finish, id) in made {
                    finishes.push((n, *finish, result(*id)?));
                }
            }
        }
    }
    Ok((run, finishes))
}

/// Combines the parts of each fold and writes its results.
fn finish(compiled: &CompiledWalk, run: &Run, finishes: &Finishes) {
    call::finish_bins(compiled, run);
    let mut from = 0;
    while let Some(&(n, ..)) = finishes.get(from) {
        let mut made: SmallVec<[(Finish, usize); 4]> = SmallVec::new();
        while let Some(&(_, finish, to)) = finishes.get(from).filter(|f| f.0 == n) {
            made.push((finish, to));
            from += 1;
        }
        call::finish(compiled, run, n, &made);
    }
}

fn run_walk(
    compiled: &Arc<CompiledWalk>,
    plan: &CompiledPlan,
    graph: &Linear,
    buffers: &mut [Option<Arc<Buffer>>],
    interrupted: &dyn Fn() -> bool,
) -> Result<()> {
    for output in &compiled.walk.outputs {
        output.written().try_for_each(|b| allocate(b, plan, buffers).map(|_| ()))?;
    }
    if let Some(straight) = &compiled.straight {
        return caught(|| straight.run(compiled, |source| address(source, graph, buffers)));
    }
    let states = states(compiled.state_bytes()?)?;
    let state = states.as_ref().map_or(0, |b| b.data() as usize);
    let (run, finishes) = bind(compiled, 0, plan, state, &mut |source| address(source, graph, buffers))?;
    let tasks = if compiled.walk.nest.size() > 0 { compiled.grid.tasks } else { 0 };
    let helped = compiled.is_worth_helpers(false) || compiled.is_worth_helpers(true) && pool::is_awake();
    if tasks > 1 && helped {
        // Helpers may still hold what they worked on when this returns, so it must own all that it touches.
        let mut keep: SmallVec<[Arc<Buffer>; 8]> = SmallVec::new();
        graph.leaves.iter().for_each(|a| keep.push(a.buffer().clone()));
        buffers.iter().flatten().chain(&states).for_each(|b| keep.push(b.clone()));
        let run = Arc::new(run);
        let shared = (compiled.clone(), run.clone(), keep);
        pool::run(tasks, interrupted, move |t, stop| {
            let (walk, run, _) = &shared;
            call::shared_task(walk, run, t, stop);
        })?;
        flags::raise(Faults::from_bits(run.raised.load(Ordering::Relaxed)));
        finish(compiled, &run, &finishes);
    } else {
        if tasks > 0 {
            pool::alone(tasks, interrupted, &|t, stop| call::task(compiled, &run, t, stop))?;
        }
        finish(compiled, &run, &finishes);
        STATES.set(states.filter(|b| b.len() <= KEPT_STATES));
    }
    Ok(())
}

/// Runs the walks of a group over band after band of rows, bands over threads.
fn run_band(
    band: &CompiledBand,
    plan: &CompiledPlan,
    graph: &Linear,
    buffers: &mut [Option<Arc<Buffer>>],
    interrupted: &dyn Fn() -> bool,
) -> Result<()> {
    let local = |b: u32| band.band.locals.contains(&b);
    for walk in &band.whole {
        for b in walk.walk.outputs.iter().flat_map(Output::written).filter(|&b| !local(b)) {
            allocate(b, plan, buffers)?;
        }
    }
    let buffers = &*buffers;
    let (rows, length) = (band.band.rows, band.band.length);
    let one = |t: usize| -> Result<()> {
        let first = t * rows;
        let walks = if length - first >= rows { &band.whole } else { &band.rest };
        // Each array that only the group uses has room for one band: its row `first` is the memory's start.
        let mut held: SmallVec<[(u32, Buffer, usize); 4]> = SmallVec::new();
        for &b in &band.band.locals {
            let row = plan.buffers[b as usize].strides[0] as usize;
            let buffer = Buffer::new(row * rows)?;
            let start = (buffer.data() as usize).wrapping_sub(first * row);
            held.push((b, buffer, start));
        }
        for walk in walks {
            let states = states(walk.state_bytes()?)?;
            let state = states.as_ref().map_or(0, |b| b.data() as usize);
            let (run, finishes) = bind(walk, first, plan, state, &mut |source| match source {
                Source::Buffer(b) if local(b) => match held.iter().find(|h| h.0 == b) {
                    Some(h) => Ok(h.2),
                    None => Err(Error::Bug(format!("buffer {b} of a band has no memory"))),
                },
                _ => address(source, graph, buffers),
            })?;
            if walk.walk.nest.size() > 0 {
                (0..walk.grid.tasks).for_each(|t| call::task(walk, &run, t, &|| false));
            }
            finish(walk, &run, &finishes);
            STATES.set(states.filter(|b| b.len() <= KEPT_STATES));
        }
        Ok(())
    };
    let raised = AtomicU8::new(0);
    kernels::try_tasks(&|n, work| call::scoped(n, interrupted, work), length.div_ceil(rows), |t| {
        let (result, faults) = flags::watched(|| one(t));
        raised.fetch_or(faults.bits(), Ordering::Relaxed);
        result
    })?;
    flags::raise(Faults::from_bits(raised.load(Ordering::Relaxed)));
    Ok(())
}

/// What is made of a kernel's result run by run, with its parts, these bound to memory, and where it goes: an address and the bytes of an element.
type BoundMade<'a> = (&'a Made, &'a Vec<CompiledWalk>, Vec<Run>, (usize, usize));

/// The parts of what a kernel makes, bound to memory.
fn bind_parts(
    parts: &[CompiledWalk],
    plan: &CompiledPlan,
    graph: &Linear,
    buffers: &[Option<Arc<Buffer>>],
) -> Result<Vec<Run>> {
    parts.iter().map(|part| Ok(bind(part, 0, plan, 0, &mut |source| address(source, graph, buffers))?.0)).collect()
}

/// What a kernel reads.
enum Read<'a> {
    Array(Array),
    /// What is made for it, by its number, and how it would lie.
    Made {
        number: usize,
        operand: &'a KernelOperand,
        strides: Strides,
    },
}

fn run_kernel(
    kernel: &CompiledKernel,
    plan: &CompiledPlan,
    graph: &Linear,
    buffers: &mut [Option<Arc<Buffer>>],
    interrupted: &dyn Fn() -> bool,
) -> Result<()> {
    let call = &kernel.call;
    let mut outs: SmallVec<[Array; 2]> = SmallVec::new();
    for &id in &call.outs {
        allocate(id, plan, buffers)?;
        let (spec, buffer) = (&plan.buffers[id as usize], buffers[id as usize].clone());
        let buffer = buffer.ok_or_else(|| Error::Bug("a result has no memory".into()))?;
        let strides = in_bytes(&spec.strides);
        outs.push(Array::from_parts(buffer, 0, spec.shape.clone(), strides, spec.dtype)?);
    }
    let mut reads: SmallVec<[Read; 3]> = SmallVec::new();
    for i in &call.inputs {
        let strides = in_bytes(&i.strides);
        let (buffer, base) = match i.source {
            Source::Leaf(n) => {
                let array = graph.leaves[n as usize];
                (array.buffer().clone(), array.offset())
            }
            Source::Buffer(id) => match &buffers[id as usize] {
                Some(buffer) => (buffer.clone(), 0),
                None => return Err(Error::Bug(format!("buffer {id} is read before it is written"))),
            },
            Source::Made(n) => {
                reads.push(Read::Made { number: n as usize, operand: i, strides });
                continue;
            }
            Source::Iota => return Err(Error::Bug("a kernel reads an array that is nowhere".into())),
        };
        let offset = base.wrapping_add_signed(i.offset as isize);
        reads.push(Read::Array(Array::from_parts(buffer, offset, i.shape.clone(), strides, i.dtype)?));
    }
    let (raised, by_kernel) = (AtomicU8::new(0), AtomicU8::new(0));
    // What goes wrong where something is made is told, whatever the kernel raises that says nothing.
    let told = |make: &dyn Fn()| {
        let held = flags::take();
        make();
        raised.fetch_or(flags::take().bits(), Ordering::Relaxed);
        flags::raise(held);
    };
    let mut before = Vec::new();
    for (made, parts) in call.made.iter().zip(&kernel.made) {
        let size = parts.first().map_or(1, |p| p.value_sizes[0]);
        before.push((made, parts, bind_parts(parts, plan, graph, buffers)?, size));
    }
    let makers: Vec<_> = before
        .iter()
        .map(|(made, parts, runs, size)| {
            let told = &told;
            move |first: usize, to: &mut [MaybeUninit<u8>]| {
                let start = (to.as_mut_ptr() as usize).wrapping_sub(first * size);
                told(&|| call::make_run(made, parts, runs, (first, to.len() / size), (start, *size)));
            }
        })
        .collect();
    let operands = reads.iter().map(|read| match read {
        Read::Array(array) => Operand::Array(array),
        Read::Made { number, operand, strides } => {
            let (shape, dtype, number) = (operand.shape.as_slice(), operand.dtype, *number);
            Operand::Made(Making { shape, strides, dtype, number, make: &makers[number] })
        }
    });
    let operands: SmallVec<[Operand; 3]> = operands.collect();
    let mut after: Vec<BoundMade> = Vec::new();
    for ((made, id), parts) in call.then.iter().zip(&kernel.then) {
        let place = (allocate(*id, plan, buffers)?, plan.buffers[*id as usize].dtype.size());
        after.push((made, parts, bind_parts(parts, plan, graph, buffers)?, place));
    }
    let take = |first: usize, elements: usize| {
        for (made, parts, runs, place) in &after {
            told(&|| call::make_run(made, parts, runs, (first, elements), *place));
        }
    };
    let after: Option<OfRun> = if after.is_empty() { None } else { Some(&take) };
    // A kernel may ask for tasks many times, each too short for anyone to look.
    let look = Look::new(interrupted);
    let tasks = |total: usize, work: &(dyn Fn(usize) + Sync)| {
        look.look()?;
        // A helper's flags are handed to the caller.
        call::scoped(total, interrupted, &|task| {
            work(task);
            by_kernel.fetch_or(flags::take().bits(), Ordering::Relaxed);
        })
    };
    let before = flags::take();
    kernels::run(&call.kernel, &operands, &outs, after, &tasks)?;
    let by_kernel = Faults::from_bits(by_kernel.into_inner()).or(flags::take());
    let told = by_kernel.without(call.kernel.hushes()).or(Faults::from_bits(raised.load(Ordering::Relaxed)));
    flags::raise(before.or(told));
    Ok(())
}
