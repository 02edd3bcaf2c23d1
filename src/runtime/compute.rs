//! `compute`: the pipeline from graph to arrays, in one function.

use super::options::compile_after;
use super::run::{run, run_with};
use super::tiles::{self, Code, CompiledWalk};
use crate::array::fork::{self, PerProcess};
use crate::array::{Array, Buffer};
use crate::dtype::{DType, Kind};
use crate::error::{Error, Result, caught};
use crate::graph::build::{self, Operand, ReduceOptions, Reducer};
use crate::graph::linear::{Linear, linearize};
use crate::graph::node::{NodeOp, NodeRef, Note};
use crate::graph::plan::{self, Band, BufferId, BufferSpec, KernelCall, Output, Plan, Step};
use crate::graph::print::op_name;
use crate::graph::simplify::simplify;
use crate::graph::unmask::{Fresh, unmask};
use crate::graph::verify::verify;
use crate::interrupt::Look;
use crate::kernels::flags;
use crate::kernels::movement;
use crate::ops::fault::{Fault, Faults, IntegerFault};
use crate::ops::ufunc::Ufunc;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Plans that are remembered.
const PLANS: usize = 4096;
/// Nanoseconds of estimated work below which a plan is light.
const LIGHT: f64 = 20_000.0;

/// A plan with its walks compiled.
#[derive(Debug)]
pub struct CompiledPlan {
    pub(super) steps: Vec<CompiledStep>,
    /// Whether all of it takes less time than handing the interpreter to another thread is worth.
    light: bool,
    /// How often it was used, where loops wait to be compiled.
    uses: AtomicUsize,
    /// The uses after which they are; 0 where none waits.
    compile_at: usize,
    /// Steps that run by bands of rows.
    pub bands: Vec<CompiledBand>,
    /// The buffers.
    pub buffers: Vec<BufferSpec>,
    /// These in the order in which they are done with, but for those of results.
    pub(super) ends: Vec<BufferId>,
    pub(super) results: Vec<plan::ResultSpec>,
}

/// A group of steps that run by bands of rows, ready to run.
#[derive(Debug)]
pub struct CompiledBand {
    /// What was planned.
    pub band: Band,
    /// Its walks over one band.
    pub(super) whole: Vec<Arc<CompiledWalk>>,
    /// Its walks over the last band, where that has fewer rows.
    pub(super) rest: Vec<Arc<CompiledWalk>>,
}

impl CompiledBand {
    fn new(band: Band, steps: &[CompiledStep], buffers: &[BufferSpec], code: Code) -> Result<CompiledBand> {
        let of_rows = |rows: usize| {
            let walks = steps[band.steps.clone()].iter().map(|s| match s {
                CompiledStep::Walk(walk) => {
                    let code = if walk.waits { code } else { Code::BySize };
                    let only_here =
                        walk.walk.outputs.iter().flat_map(Output::written).all(|b| band.locals.contains(&b));
                    let stream = walk.streams && !only_here;
                    Ok(Arc::new(CompiledWalk::within(walk.walk.of_rows(rows, buffers), code, stream, false)?))
                }
                CompiledStep::Kernel(_) => Err(Error::Bug("a kernel in a band".into())),
            });
            walks.collect::<Result<Vec<_>>>()
        };
        let left = band.length % band.rows;
        let (whole, rest) = (of_rows(band.rows)?, if left > 0 { of_rows(left)? } else { Vec::new() });
        Ok(CompiledBand { whole, rest, band })
    }
}

/// A step, ready to run.
#[derive(Debug)]
pub enum CompiledStep {
    /// A fused walk.
    Walk(Arc<CompiledWalk>),
    /// A handwritten kernel.
    Kernel(Box<CompiledKernel>),
}

/// A kernel bound to its operands, ready to run.
#[derive(Debug)]
pub struct CompiledKernel {
    /// What was planned.
    pub call: KernelCall,
    /// The parts of operands that are made where they are read.
    pub made: Vec<Vec<CompiledWalk>>,
    /// The parts of what is made of its result.
    pub then: Vec<Vec<CompiledWalk>>,
}

impl CompiledKernel {
    fn new(call: KernelCall, code: Code) -> Result<CompiledKernel> {
        let then = tiles::compile_made(call.then.iter().map(|t| &t.0), code)?;
        Ok(CompiledKernel { made: tiles::compile_made(&call.made, code)?, then, call })
    }

    /// The parts of what is made before and after.
    pub fn parts(&self) -> impl Iterator<Item = &CompiledWalk> {
        self.made.iter().chain(&self.then).flatten()
    }
}

impl CompiledStep {
    /// Its kind, and the names of the operations that it computes, by their positions in the simplified graph.
    pub(super) fn words(&self, graph: &Linear) -> (&'static str, String) {
        let (kind, nodes) = match self {
            CompiledStep::Walk(walk) => ("walk", &walk.walk.nodes),
            CompiledStep::Kernel(kernel) => ("kernel", &kernel.call.nodes),
        };
        let names: Vec<String> = nodes.iter().map(|&p| op_name(graph.nodes[p as usize])).collect();
        (kind, if names.is_empty() { "copy".into() } else { names.join(", ") })
    }
}

impl CompiledPlan {
    /// Compiles a plan's walks.
    ///
    /// # Errors
    /// `Error::Interrupted`; `Error::Bug`.
    pub fn new(plan: Plan, code: Code, look: &Look) -> Result<CompiledPlan> {
        let steps = plan
            .steps
            .into_iter()
            .map(|s| {
                look.look()?;
                Ok(match s {
                    Step::Walk(walk) => CompiledStep::Walk(Arc::new(CompiledWalk::new(*walk, code)?)),
                    Step::Kernel(call) => CompiledStep::Kernel(Box::new(CompiledKernel::new(call, code)?)),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let nanoseconds: f64 = steps
            .iter()
            .map(|s| match s {
                CompiledStep::Walk(walk) => walk.nanoseconds,
                CompiledStep::Kernel(kernel) => {
                    let call = &kernel.call;
                    let first = call.inputs.first().map_or(&[][..], |i| &i.shape);
                    let of = |b: u32| {
                        let spec = &plan.buffers[b as usize];
                        spec.shape.iter().product::<usize>() as f64 * call.kernel.nanoseconds(spec.dtype, first)
                    };
                    call.outs.iter().map(|&b| of(b)).sum::<f64>() + kernel.parts().map(|p| p.nanoseconds).sum::<f64>()
                }
            })
            .sum();
        let light = nanoseconds < LIGHT;
        let waiting = steps.iter().filter_map(|s| match s {
            CompiledStep::Walk(walk) if walk.waits => Some(walk.walk.nest.size()),
            CompiledStep::Walk(_) => None,
            CompiledStep::Kernel(kernel) => kernel.parts().filter(|p| p.waits).map(|p| p.walk.nest.size()).max(),
        });
        let compile_at = waiting.max().map_or(0, |size| compile_after().div_ceil(size));
        let uses = AtomicUsize::new(0);
        let bands = plan.bands.into_iter().map(|b| CompiledBand::new(b, &steps, &plan.buffers, code));
        let bands = bands.collect::<Result<Vec<_>>>()?;
        let (buffers, results) = (plan.buffers, plan.results);
        let last_use = |&id: &BufferId| buffers[id as usize].last_use;
        let mut ends: Vec<BufferId> = (0..buffers.len() as BufferId).filter(|id| last_use(id) < steps.len()).collect();
        ends.sort_by_key(last_use);
        Ok(CompiledPlan { steps, light, uses, compile_at, bands, buffers, ends, results })
    }

    /// The same with everything compiled.
    fn compiled(&self, look: &Look) -> Result<CompiledPlan> {
        let steps = self.steps.iter().map(|s| match s {
            CompiledStep::Walk(walk) => Step::Walk(Box::new(walk.walk.clone())),
            CompiledStep::Kernel(kernel) => Step::Kernel(kernel.call.clone()),
        });
        let bands = self.bands.iter().map(|b| b.band.clone()).collect();
        let (buffers, results) = (self.buffers.clone(), self.results.clone());
        let plan = Plan { steps: steps.collect(), bands, buffers, results };
        CompiledPlan::new(plan, Code::BySize, look)
    }

    /// Counts a use; true where the plan has been used so often that its waiting loops are worth compiling.
    fn is_due(&self) -> bool {
        self.compile_at > 0 && self.uses.fetch_add(1, Ordering::Relaxed) + 1 >= self.compile_at
    }

    /// The steps.
    pub fn steps(&self) -> &[CompiledStep] {
        &self.steps
    }
}

static CACHE: PerProcess<FxHashMap<u128, Arc<CompiledPlan>>> = PerProcess::new();

/// What is asked of values while they are computed.
#[derive(Clone, Debug)]
enum Asked {
    /// Whether an integer power has a negative exponent: it is refused.
    NegativeExponent,
    /// Whether there is something to say of a value.
    Note(Note),
    /// Whether these indices are out of bounds, for an axis of this length: they are refused.
    Outside { indices: NodeRef, axis: usize, size: usize },
}

/// What must be looked at besides the values that a graph asks for.
#[derive(Debug, Default)]
pub struct Watch {
    asked: SmallVec<[(Asked, NodeRef); 1]>,
    /// What is known before.
    notes: SmallVec<[Note; 1]>,
    /// Flags that operations raise which the processor knows nothing of.
    raised: Faults,
}

impl Watch {
    /// True where there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.notes.is_empty() && self.raised.is_empty()
    }
}

/// The values of nodes, each an array of its own. `interrupted` is asked now and then while loops run.
///
/// # Errors
/// What a note refuses; `Error::Memory`, `Error::Interrupted`, `Error::Bug`.
pub fn compute(nodes: &[&NodeRef], interrupted: &dyn Fn() -> bool) -> Result<Vec<Array>> {
    Ok(compute_noting(nodes, interrupted)?.0)
}

/// As [`compute`], and what there is to say of the values.
///
/// # Errors
/// As [`compute`].
pub fn compute_noting(nodes: &[&NodeRef], interrupted: &dyn Fn() -> bool) -> Result<(Vec<Array>, Vec<Note>)> {
    // Inputs before users, equal nodes once; the fingerprint is the plan's key.
    compute_graph(&linearize(nodes), nodes, interrupted)
}

/// As [`compute_noting`], for nodes that are listed already.
///
/// # Errors
/// As [`compute`].
pub fn compute_graph(
    graph: &Linear,
    nodes: &[&NodeRef],
    interrupted: &dyn Fn() -> bool,
) -> Result<(Vec<Array>, Vec<Note>)> {
    // What NumPy refuses or speaks of only when it sees the values.
    let watch = watch(graph)?;
    flags::raise(watch.raised);
    let mut notes = watch.notes.to_vec();
    if watch.asked.is_empty() {
        return Ok((compute_listed(graph, interrupted)?, notes));
    }
    let all: Vec<&NodeRef> = nodes.iter().copied().chain(watch.asked.iter().map(|(_, n)| n)).collect();
    let mut values = compute_listed(&linearize(&all), interrupted)?;
    for (answer, (asked, _)) in values.drain(nodes.len()..).zip(&watch.asked) {
        match asked {
            _ if answer.element(&[]).to_i128() == 0 => {}
            Asked::NegativeExponent => {
                return Err(negative_power());
            }
            Asked::Note(note) => match note.refusal() {
                Some(refusal) => return Err(refusal),
                None => notes.push(*note),
            },
            Asked::Outside { indices, axis, size } => {
                return Err(out_of_bounds(&compute(&[indices], interrupted)?[0], *axis, *size));
            }
        }
    }
    Ok((values, notes))
}

fn negative_power() -> Error {
    Error::Value("Integers to negative integer powers are not allowed.".into())
}

/// What must be looked at: exponents of integer powers, conditions of notes.
///
/// # Errors
/// What a note refuses; `Error::Bug`.
pub fn watch(graph: &Linear) -> Result<Watch> {
    let mut watch = Watch::default();
    for node in &graph.nodes {
        match node.op {
            NodeOp::Ufunc { ufunc: Ufunc::Power, .. } if node.dtype.kind() == Kind::Signed && node.size() > 0 => {
                if let NodeOp::Const(exponent) = node.inputs[1].op {
                    if exponent.to_i128() < 0 {
                        return Err(negative_power());
                    }
                    continue;
                }
                let exponent = Operand::Node(node.inputs[1].clone());
                let negative = build::ufunc(Ufunc::Less, &[exponent, Operand::int(0)])?.remove(0);
                watch.asked.push((Asked::NegativeExponent, any(&negative)?));
            }
            NodeOp::Ufunc { ufunc, .. }
                if node.dtype.is_integer() && ufunc.row().faults.integer == IntegerFault::Reciprocal =>
            {
                watch.raised = watch.raised.or(Faults::one(Fault::Divide)).or(Faults::one(Fault::Invalid));
            }
            NodeOp::Ufunc { ufunc, .. } if ufunc.row().faults.hushes_underflow && flags::underflow_asked() => {
                watch.raised = watch.raised.or(Faults::one(Fault::Underflow));
            }
            NodeOp::Cast
                if node.inputs[0].dtype.is_complex() && !node.dtype.is_complex() && node.dtype != DType::Bool =>
            {
                watch.notes.push(Note::Complex);
            }
            NodeOp::Note(Note::Quiet | Note::Silent) => {}
            NodeOp::Note(Note::Outside { axis, size }) => {
                let indices = node.inputs[2].clone();
                watch.asked.push((Asked::Outside { indices, axis, size }, any(&node.inputs[1])?));
            }
            NodeOp::Note(note) => match node.inputs[1].op {
                NodeOp::Const(c) if c.to_i128() == 0 => {}
                NodeOp::Const(_) => match note.refusal() {
                    Some(refusal) => return Err(refusal),
                    None => watch.notes.push(note),
                },
                _ => watch.asked.push((Asked::Note(note), any(&node.inputs[1])?)),
            },
            _ => {}
        }
    }
    Ok(watch)
}

/// The error of indices (int64) of which one is out of bounds: NumPy names the first in the order of memory, the axis with the
/// longest stride outermost.
pub fn out_of_bounds(indices: &Array, axis: usize, size: usize) -> Error {
    let mut axes: Vec<usize> = (0..indices.ndim()).collect();
    axes.sort_by_key(|&d| std::cmp::Reverse(indices.strides()[d].unsigned_abs()));
    let element = |mut position: usize| {
        let mut index = vec![0; indices.ndim()];
        for &d in axes.iter().rev() {
            index[d] = position % indices.shape()[d];
            position /= indices.shape()[d];
        }
        indices.element(&index).to_i128() as i64
    };
    let outside = |i: &i64| *i < -(size as i64) || *i >= size as i64;
    let index = (0..indices.size()).map(element).find(outside).unwrap_or_default();
    Error::IndexOutOfBounds { index, axis, size }
}

fn any(x: &NodeRef) -> Result<NodeRef> {
    build::reduce(x, Reducer::Any, &ReduceOptions::default())
}

/// As [`compute`], for a graph without anything to watch.
///
/// # Errors
/// As [`compute`].
pub fn compute_listed(graph: &Linear, interrupted: &dyn Fn() -> bool) -> Result<Vec<Array>> {
    if cfg!(debug_assertions) {
        verify(graph)?;
    }
    // Simplification, fusion, loop order, schedule and code: made once for a form of graph.
    let plan = planned(graph, interrupted)?;
    // Memory for the results, tiles over threads.
    run(&plan, graph, interrupted)
}

/// Light plans that a thread has used last, by some bits of their keys: found without a lock.
const RECENT: usize = 8;

/// A plan with its key, and the forks before it was found: its code is not for a child.
type Recent = Cell<Option<(u128, usize, Arc<CompiledPlan>)>>;

thread_local! {
    static RECENT_PLANS: [Recent; RECENT] = const { [const { Cell::new(None) }; RECENT] };
}

/// What `work` makes of the plan of a graph, if that is known, light and needs no compiling now.
pub fn with_light_plan<R>(graph: &Linear, work: impl FnOnce(&CompiledPlan) -> R) -> Option<R> {
    let (key, forks) = (graph.fingerprint, fork::forks());
    RECENT_PLANS.with(|plans| {
        let recent = &plans[key as usize % RECENT];
        let plan = match recent.take() {
            Some((k, before, plan)) if k == key && before == forks => plan,
            held => match CACHE.lock().get(&key) {
                Some(plan) if plan.light => plan.clone(),
                _ => {
                    recent.set(held);
                    return None;
                }
            },
        };
        if plan.is_due() {
            return None;
        }
        let result = work(&plan);
        recent.set(Some((key, forks, plan)));
        Some(result)
    })
}

/// The value of a node, written into `out`, which has its shape and type; and what there is to say of it.
///
/// # Errors
/// As [`compute`].
pub fn compute_into(node: &NodeRef, out: &Array, interrupted: &dyn Fn() -> bool) -> Result<Vec<Note>> {
    if node.shape.as_slice() != out.shape() || node.dtype != out.dtype() {
        return Err(Error::Bug("compute_into: shape or type differ".into()));
    }
    let graph = linearize(&[node]);
    let watch = watch(&graph)?;
    if watch.asked.is_empty()
        && let Some(place) = place(out, &graph)
    {
        let plan = planned(&graph, interrupted)?;
        if let [r] = plan.results.as_slice()
            && is_whole(r, &plan.buffers[r.buffer as usize])
        {
            flags::raise(watch.raised);
            run_with(&plan, &graph, Some((r.buffer, place)), None, interrupted)?;
            return Ok(watch.notes.to_vec());
        }
    }
    let (values, notes) = compute_graph(&graph, &[node], interrupted)?;
    movement::copy(&values[0], out);
    Ok(notes)
}

/// The memory of `out` as a buffer that a plan can write, if it lies as a result does and nothing that the graph reads is in
/// it.
fn place(out: &Array, graph: &Linear) -> Option<Arc<Buffer>> {
    if out.size() == 0 || !out.is_c_contiguous() || !out.is_aligned() {
        return None;
    }
    let bytes = out.size() * out.dtype().size();
    let (start, end) = (out.data() as usize, out.data() as usize + bytes);
    let apart = |a: &&Array| {
        let from = a.buffer().data() as usize;
        from >= end || from + a.buffer().len() <= start
    };
    graph.leaves.iter().all(apart).then(|| Arc::new(out.buffer().part(out.offset(), bytes)))
}

/// Whether a result is all of its buffer, in C order.
fn is_whole(r: &plan::ResultSpec, spec: &BufferSpec) -> bool {
    !r.copied
        && r.offset == 0
        && plan::is_c_order(&r.shape, &r.strides, spec.dtype.size())
        && r.shape.iter().product::<usize>() == spec.shape.iter().product::<usize>()
}

/// The graph with what changes nothing left out. It reads the same leaves, by the same numbers.
///
/// # Errors
/// `Error::Interrupted`; `Error::Bug` where a rule broke an invariant (looked for in debug builds).
pub fn simplified<'f, 'a: 'f>(graph: &Linear<'a>, fresh: &'f Fresh, look: &Look) -> Result<Linear<'f>> {
    // Folds of what masks keep become masked folds: before all else, as rules make no nodes.
    let unmasked = unmask(graph, fresh)?;
    let simple = match &unmasked {
        Some(unmasked) => simplify(unmasked, look)?.0,
        None => simplify(graph, look)?.0,
    };
    if cfg!(debug_assertions) {
        verify(&simple)?;
    }
    Ok(simple)
}

/// The compiled plan of a graph, remembered by its fingerprint.
///
/// # Errors
/// `Error::Value` where an intermediate is too big; `Error::Interrupted`; `Error::Bug`.
pub fn planned(graph: &Linear, interrupted: &dyn Fn() -> bool) -> Result<Arc<CompiledPlan>> {
    plan_of(graph, false, &Look::new(interrupted))
}

/// As [`planned`], with all its loops compiled.
///
/// # Errors
/// As [`planned`].
pub fn planned_and_compiled(graph: &Linear) -> Result<Arc<CompiledPlan>> {
    plan_of(graph, true, &Look::never())
}

fn plan_of(graph: &Linear, compile: bool, look: &Look) -> Result<Arc<CompiledPlan>> {
    let found = CACHE.lock().get(&graph.fingerprint).cloned();
    let plan = match found {
        Some(plan) if plan.compile_at == 0 || !(compile || plan.is_due()) => return Ok(plan),
        Some(plan) => caught(|| plan.compiled(look))?,
        None => caught(|| {
            let fresh = Fresh::default();
            let simple = simplified(graph, &fresh, look)?;
            let plan = plan::plan(&simple, look)?;
            if cfg!(debug_assertions) {
                plan::verify::verify(&plan, &simple)?;
            }
            CompiledPlan::new(plan, if compile { Code::BySize } else { Code::WhenItPays }, look)
        })?,
    };
    let plan = Arc::new(plan);
    let mut cache = CACHE.lock();
    if cache.len() >= PLANS {
        // Plans are cheap to make again (their code is remembered apart), so forgetting all is simple and enough.
        cache.clear();
    }
    cache.insert(graph.fingerprint, plan.clone());
    Ok(plan)
}

/// Plans that are remembered now.
pub fn plan_count() -> usize {
    CACHE.lock().len()
}
