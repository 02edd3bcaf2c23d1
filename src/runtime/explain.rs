//! Tells what `compute` would do, without doing it. The text is the same each time: no addresses, no times.

use super::compute::{CompiledPlan, CompiledStep, planned_and_compiled, simplified};
use super::tiles::CompiledWalk;
use crate::error::Result;
use crate::graph::NodeRef;
use crate::graph::linear::{Linear, linearize};
use crate::graph::plan::{BufferSpec, KernelOperand, Output, Reach, Source, WalkOperand, plan};
use crate::graph::print::op_name;
use crate::graph::unmask::Fresh;
use crate::graph::verify::verify;
use crate::interrupt::Look;
use crate::jit::codegen;
use crate::jit::ir::{Kernel, Segment};
use crate::jit::lower::lower;
use crate::jit::schedule::{Loc, Stage, segments};
use crate::ops::expr::{Op, ValueId};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Which stage of the pipeline is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Walks in words: what fused, what did not and why, bytes moved and held.
    Summary,
    /// The graph, a line a node.
    Graph,
    /// The plan: spaces, operands, outputs, buffers.
    Plan,
    /// The loop IR of each walk, and the segments and tile routines that run it.
    Ir,
    /// The compiler's IR of each segment.
    Clif,
    /// The machine code of each segment.
    Asm,
}

impl Level {
    /// The level of a name: `summary`, `graph`, `plan`, `ir`, `clif`, `asm`.
    pub fn by_name(name: &str) -> Option<Level> {
        Some(match name {
            "summary" => Level::Summary,
            "graph" => Level::Graph,
            "plan" => Level::Plan,
            "ir" => Level::Ir,
            "clif" => Level::Clif,
            "asm" => Level::Asm,
            _ => return None,
        })
    }
}

/// What computing these nodes together would do.
///
/// # Errors
/// As `compute`, but for what happens while loops run.
pub fn explain(nodes: &[&NodeRef], level: Level) -> Result<String> {
    let graph = linearize(nodes);
    if cfg!(debug_assertions) {
        verify(&graph)?;
    }
    let fresh = Fresh::default();
    match level {
        Level::Graph => Ok(simplified(&graph, &fresh, &Look::never())?.to_string()),
        Level::Plan => Ok(plan(&simplified(&graph, &fresh, &Look::never())?, &Look::never())?.to_string()),
        Level::Summary => summary(&graph),
        Level::Ir => each_walk(&graph, |text, walk, kernel, cut| {
            writeln!(text, "{kernel}").ok();
            stages(text, walk, kernel, cut);
            Ok(())
        }),
        Level::Clif => each_walk(&graph, |text, _, _, cut| each_segment(text, cut, codegen::clif_text)),
        Level::Asm => each_walk(&graph, |text, _, _, cut| each_segment(text, cut, codegen::disassembly)),
    }
}

fn each_segment(text: &mut String, cut: &[Segment], show: impl Fn(&Segment) -> Result<String>) -> Result<()> {
    for (n, segment) in cut.iter().enumerate() {
        writeln!(text, "segment {n}\n{}", show(segment)?.trim_end()).ok();
    }
    if cut.is_empty() {
        text.push_str("nothing is compiled\n");
    }
    Ok(())
}

/// Writes a section for each walk: its kernel and the segments cut from it.
fn each_walk(
    graph: &Linear,
    mut show: impl FnMut(&mut String, &CompiledWalk, &Kernel, &[Segment]) -> Result<()>,
) -> Result<String> {
    let compiled = planned_and_compiled(graph)?;
    let mut text = String::new();
    for (n, step) in compiled.steps().iter().enumerate() {
        match step {
            CompiledStep::Walk(walk) => {
                writeln!(text, "walk {}", n + 1).ok();
                let kernel = lower(&walk.walk)?;
                let cut = segments(&kernel, walk.compiled, walk.folds_inside)?;
                show(&mut text, walk, &kernel, &cut)?;
            }
            CompiledStep::Kernel(kernel) => {
                writeln!(text, "kernel {}: {}", n + 1, kernel.call.kernel.name()).ok();
            }
        }
    }
    Ok(text.trim_end().to_string())
}

/// The stages of a tile: the text of segments, the names of routines, and where values wait.
fn stages(text: &mut String, walk: &CompiledWalk, kernel: &Kernel, cut: &[Segment]) {
    let place = |l: &Loc| match l {
        Loc::Operand(n) => format!("a{n}"),
        Loc::Slot(n) => format!("slot{n}"),
        Loc::Result(n) => format!("result{n}"),
    };
    let mut cut = cut.iter();
    for (n, stage) in walk.program.stages.iter().enumerate() {
        match stage {
            Stage::Segment { locs, code: _, streaming: _ } => {
                let segment = cut.next().map(ToString::to_string).unwrap_or_default();
                let locs: Vec<String> = locs.iter().map(place).collect();
                writeln!(text, "stage {n} with {}: {segment}", locs.join(", ")).ok();
            }
            Stage::Tile { value, ins, out, run: _ } => {
                let arity = kernel.body.inst(*value).args().len().max(1);
                let ins: Vec<String> = ins[..arity].iter().map(place).collect();
                let name = routine_name(kernel, *value);
                writeln!(text, "stage {n}: {} = {name} {}", place(out), ins.join(", ")).ok();
            }
        }
    }
}

fn routine_name(kernel: &Kernel, value: ValueId) -> String {
    let inst = kernel.body.inst(value);
    match inst.op {
        Op::Load(_) | Op::Const(_) => "copy".to_string(),
        Op::Prim(p) => p.name().to_string(),
        Op::Math(m) => m.name().to_string(),
        Op::Table(t) => t.name().to_string(),
        Op::Cast => format!("cast {} to {}", kernel.body.dtype(inst.args()[0]), inst.dtype),
    }
}

/// `12,345,678`.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1 fold`, `2 folds`.
fn many(n: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(n), if n == 1 { "" } else { "s" })
}

fn buffer_bytes(b: &BufferSpec) -> usize {
    b.shape.iter().product::<usize>() * b.dtype.size()
}

/// Memory that operands lie in: an array's or a buffer's.
type Memory = (u8, usize);

/// What a step reads and writes, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    /// Read.
    pub read: usize,
    /// Written.
    pub written: usize,
}

/// What each step of a plan reads and writes. What a band has in cache is not read again, and what only it uses not written.
pub(super) fn traffics(plan: &CompiledPlan, graph: &Linear) -> Vec<Traffic> {
    let buffers = &plan.buffers;
    let mut cached: Vec<Memory> = Vec::new();
    let mut of_step = |(n, step): (usize, &CompiledStep)| {
        let band = plan.bands.iter().map(|b| &b.band).find(|b| b.steps.contains(&n));
        match band {
            Some(band) if band.steps.start == n => cached = band.locals.iter().map(|&b| (1, b as usize)).collect(),
            Some(_) => {}
            None => cached.clear(),
        }
        match step {
            CompiledStep::Walk(walk) => traffic(walk, graph, buffers, &mut cached, band.is_some()),
            CompiledStep::Kernel(kernel) => {
                let call = &kernel.call;
                let bytes = |i: &KernelOperand| match i.source {
                    Source::Made(_) => 0,
                    _ => i.shape.iter().product::<usize>() * i.dtype.size(),
                };
                let parts = kernel.parts();
                let made: usize = parts.map(|p| traffic(p, graph, buffers, &mut Vec::new(), false).read).sum();
                // What follows may be made in the place of the result.
                let written: BTreeSet<_> = call.written().collect();
                Traffic {
                    read: call.inputs.iter().map(bytes).sum::<usize>() + made,
                    written: written.iter().map(|&b| buffer_bytes(&buffers[b as usize])).sum(),
                }
            }
        }
    };
    plan.steps().iter().enumerate().map(&mut of_step).collect()
}

fn summary(graph: &Linear) -> Result<String> {
    let compiled = planned_and_compiled(graph)?;
    // Positions in walks are those of the graph that was planned.
    let fresh = Fresh::default();
    let graph = &simplified(graph, &fresh, &Look::never())?;
    let (steps, buffers) = (compiled.steps(), &compiled.buffers);
    let mut text = String::new();
    let mut total = Traffic::default();
    // Which step makes each buffer, and by which kind of output.
    let mut maker: Vec<Option<(usize, String)>> = vec![None; buffers.len()];
    for ((n, step), traffic) in steps.iter().enumerate().zip(traffics(&compiled, graph)) {
        match step {
            CompiledStep::Walk(walk) => {
                let reason = (n > 0).then(|| why_separate(walk, n, steps, &maker));
                describe(&mut text, graph, walk, n, traffic, reason)?;
                note_makers(walk, n, &mut maker);
            }
            CompiledStep::Kernel(kernel) => {
                let call = &kernel.call;
                let count: usize = call.outs.iter().map(|&b| buffers[b as usize].shape.iter().product::<usize>()).sum();
                writeln!(text, "kernel {}: {}: {}", n + 1, call.kernel.summary(), many(count, "element")).ok();
                writeln!(text, "  separate: a handwritten kernel reads and writes arrays in memory").ok();
                if !call.made.is_empty() || !call.then.is_empty() {
                    let names = call.nodes.iter().map(|&p| op_name(graph.nodes[p as usize])).collect::<Vec<_>>();
                    writeln!(text, "  fused: {}", names.join(", ")).ok();
                }
                for b in call.written() {
                    maker[b as usize] = Some((n, format!("the result of kernel {}", n + 1)));
                }
            }
        }
        if let Some(band) = compiled.bands.iter().map(|b| &b.band).find(|b| b.steps.end == n + 1) {
            let (first, rows) = (band.steps.start + 1, many(band.rows, "row"));
            writeln!(text, "walks {first} to {} take turns over {rows} at a time, which stay in cache", n + 1).ok();
        }
        total.read += traffic.read;
        total.written += traffic.written;
    }
    let temporary = |b: &&BufferSpec| b.last_use < steps.len();
    // Of what only a band uses, one band's rows exist at a time.
    let mut held: Vec<usize> = buffers.iter().map(buffer_bytes).collect();
    for band in compiled.bands.iter().map(|b| &b.band) {
        for &b in &band.locals {
            held[b as usize] = held[b as usize] / band.length * band.rows;
        }
    }
    let temporaries: usize = buffers.iter().zip(&held).filter(|(b, _)| temporary(b)).map(|(_, h)| h).sum();
    let joined: usize = compiled.bands.iter().map(|b| b.band.steps.len() - 1).sum();
    writeln!(text, "total").ok();
    writeln!(text, "  passes over memory: {}", grouped(steps.len() - joined)).ok();
    writeln!(text, "  bytes read: {}", grouped(total.read)).ok();
    writeln!(text, "  bytes written: {}", grouped(total.written)).ok();
    writeln!(text, "  temporary arrays: {} bytes", grouped(temporaries)).ok();
    write!(text, "  peak extra memory: {} bytes", grouped(peak(&maker, buffers, &held, steps.len()))).ok();
    Ok(text)
}

/// The most bytes of results and temporaries held at once: each from the step that makes it to its last use.
fn peak(maker: &[Option<(usize, String)>], buffers: &[BufferSpec], bytes: &[usize], steps: usize) -> usize {
    let held = |at: usize| {
        let lives = |b: usize| maker[b].as_ref().is_some_and(|m| m.0 <= at) && buffers[b].last_use >= at;
        (0..buffers.len()).filter(|&b| lives(b)).map(|b| bytes[b]).sum::<usize>()
    };
    (0..steps).map(held).max().unwrap_or(0)
}

fn note_makers(walk: &CompiledWalk, n: usize, maker: &mut [Option<(usize, String)>]) {
    for output in &walk.walk.outputs {
        match output {
            // A join has several makers; the first counts.
            Output::Hold { .. } => {}
            Output::Store { buffer, .. } | Output::Pack { buffer, .. } | Output::Bins { buffer, .. } => {
                maker[*buffer as usize].get_or_insert((n, format!("what walk {} stores", n + 1)));
            }
            Output::Fold { fold, finishes, .. } => {
                for (finish, buffer) in finishes {
                    let name = crate::graph::print::reduction_name(*fold, *finish);
                    maker[*buffer as usize].get_or_insert((n, format!("the {name} of walk {}", n + 1)));
                }
            }
        }
    }
}

/// Why a walk is not part of an earlier one.
fn why_separate(walk: &CompiledWalk, n: usize, steps: &[CompiledStep], maker: &[Option<(usize, String)>]) -> String {
    let mut needs: Vec<String> = Vec::new();
    for source in walk.walk.sources() {
        if let Source::Buffer(b) = source
            && let Some((_, what)) = &maker[b as usize]
            && !needs.contains(what)
        {
            needs.push(what.clone());
        }
    }
    if !needs.is_empty() {
        return format!("needs {}", needs.join(", "));
    }
    let same_space = steps[..n].iter().any(|s| match s {
        CompiledStep::Walk(w) => w.walk.shape == walk.walk.shape && w.walk.reduced == walk.walk.reduced,
        CompiledStep::Kernel(_) => false,
    });
    if same_space { "shares no array with the walks before".into() } else { "has another shape or other axes".into() }
}

/// Bytes that a walk reads and writes. What several operands over one array have in common, as in stencils, is read once.
///
/// `cached` is what a band that the walk belongs to has in cache: it is not read again; what the walk touches is added.
fn traffic(
    walk: &CompiledWalk,
    graph: &Linear,
    buffers: &[BufferSpec],
    cached: &mut Vec<Memory>,
    in_band: bool,
) -> Traffic {
    let shape = &walk.walk.shape;
    // Slices of one array are leaves of their own over the same memory.
    let memory = |s: Source| match s {
        Source::Leaf(n) => (0, std::sync::Arc::as_ptr(graph.leaves[n as usize].buffer()) as usize),
        Source::Buffer(n) => (1, n as usize),
        Source::Iota | Source::Made(_) => (2, 0),
    };
    // Of each memory: bytes of all operands over it, and from where to where they reach.
    let mut spans: Vec<(Memory, usize, i64, i64)> = Vec::new();
    let walks = [&walk.walk].into_iter().chain(walk.walk.parts());
    let in_memory = |o: &&WalkOperand| !matches!(o.source, Source::Iota | Source::Made(_));
    for (shape, o) in walks.flat_map(|w| w.operands.iter().filter(in_memory).map(|o| (&w.shape, o))) {
        let distinct: usize = shape.iter().zip(&o.strides).filter(|(_, s)| **s != 0).map(|(n, _)| n).product();
        let distinct = match o.reach.column() {
            Some(column) => column.len.min(shape.iter().product()),
            None => distinct,
        };
        let bytes = if shape.contains(&0) { 0 } else { distinct * o.dtype.size() };
        let start = match o.source {
            Source::Leaf(n) => graph.leaves[n as usize].data() as i64 + o.offset,
            Source::Buffer(_) | Source::Iota | Source::Made(_) => o.offset,
        };
        let reach = |(&n, &s): (&usize, &i64)| s * (n.max(1) as i64 - 1);
        let back: i64 = shape.iter().zip(&o.strides).map(reach).filter(|&r| r < 0).sum();
        let ahead: i64 = shape.iter().zip(&o.strides).map(reach).filter(|&r| r > 0).sum();
        let (low, high) = (start + back, start + (ahead + o.dtype.size() as i64).max(bytes as i64));
        match spans.iter_mut().find(|s| s.0 == memory(o.source)) {
            Some(s) => (s.1, s.2, s.3) = (s.1 + bytes, s.2.min(low), s.3.max(high)),
            None => spans.push((memory(o.source), bytes, low, high)),
        }
    }
    let whole = |s: &(Memory, usize, i64, i64)| (s.0, s.1.min((s.3 - s.2) as usize));
    let mut sources: Vec<(Memory, usize)> = spans.iter().map(whole).collect();
    let elements: usize = shape.iter().product();
    let is_local = |b: u32| in_band && cached.contains(&(1, b as usize));
    let written = |o: &Output| match o {
        Output::Store { buffer, .. } if is_local(*buffer) => 0,
        Output::Store { value, .. } => elements * walk.walk.body.dtype(*value).size(),
        Output::Pack { buffer, .. } | Output::Bins { buffer, .. } => buffer_bytes(&buffers[*buffer as usize]),
        Output::Hold { .. } => 0,
        Output::Fold { finishes, .. } => {
            finishes.iter().filter(|f| !is_local(f.1)).map(|f| buffer_bytes(&buffers[f.1 as usize])).sum()
        }
    };
    let written = walk.walk.outputs.iter().map(written).sum();
    sources.retain(|s| !cached.contains(&s.0));
    if in_band {
        cached.extend(sources.iter().map(|s| s.0));
        cached.extend(walk.walk.outputs.iter().flat_map(Output::written).map(|b| (1, b as usize)));
    }
    Traffic { read: sources.iter().map(|s| s.1).sum(), written }
}

fn describe(
    text: &mut String,
    graph: &Linear,
    compiled: &CompiledWalk,
    n: usize,
    traffic: Traffic,
    reason: Option<String>,
) -> Result<()> {
    let walk = &compiled.walk;
    let stores = walk.outputs.iter().filter(|o| matches!(o, Output::Store { .. })).count();
    let read = walk.operands.iter().filter(|o| !matches!(o.source, Source::Iota | Source::Made(_))).count();
    let mut does = vec![format!("{} read", many(read, "operand"))];
    let picked = walk.operands.iter().filter(|o| matches!(o.reach, Reach::Picked(_))).count();
    if picked > 0 {
        does.push(format!("{picked} of them picked by numbers"));
    }
    for made in &walk.made {
        does.push(format!(
            "{} of {} made where they are read",
            many(made.parts.len(), "part"),
            op_name(graph.nodes[made.node as usize])
        ));
    }
    if stores > 0 {
        does.push(format!("{} stored", many(stores, "result")));
    }
    let packs = walk.outputs.iter().filter(|o| matches!(o, Output::Pack { .. })).count();
    if packs > 0 {
        does.push(format!("{} kept by a mask, counted when the graph was built", many(packs, "result")));
    }
    let folds = walk.outputs.iter().filter(|o| matches!(o, Output::Fold { .. })).count();
    if folds > 0 {
        does.push(many(folds, "fold"));
    }
    let elements = many(walk.shape.iter().product(), "element");
    writeln!(text, "walk {}: {elements}; {}", n + 1, does.join(", ")).ok();
    if let Some(reason) = reason {
        writeln!(text, "  separate: {reason}").ok();
    }
    let names: Vec<String> = walk.nodes.iter().map(|&p| op_name(graph.nodes[p as usize])).collect();
    let names = if names.is_empty() { "nothing, it copies".to_string() } else { names.join(", ") };
    writeln!(text, "  fused: {names}").ok();
    let kernel = lower(walk)?;
    let cut = segments(&kernel, compiled.compiled, compiled.folds_inside)?;
    let instructions =
        |s: &Segment| s.body.insts().iter().filter(|i| !matches!(i.op, Op::Load(_) | Op::Const(_))).count();
    let mut runs: Vec<String> = Vec::new();
    if !cut.is_empty() {
        let counted = many(cut.iter().map(instructions).sum(), "instruction");
        runs.push(format!("{} of {counted}", many(cut.len(), "compiled loop")));
    }
    let routines: Vec<String> = compiled
        .program
        .stages
        .iter()
        .filter_map(|s| match s {
            Stage::Tile { value, .. } => Some(routine_name(&kernel, *value)),
            Stage::Segment { .. } => None,
        })
        .collect();
    if !routines.is_empty() {
        runs.push(format!("tile routines {}", routines.join(", ")));
    }
    let runs = if runs.is_empty() { "folds alone".to_string() } else { runs.join("; ") };
    writeln!(text, "  runs as: {runs}").ok();
    let scratch = grouped(compiled.scratch.bytes());
    let past = if compiled.streams { " past the caches" } else { "" };
    let (r, w) = (grouped(traffic.read), grouped(traffic.written));
    writeln!(text, "  memory: {r} bytes read, {w} written{past}; scratch of {scratch} bytes a thread").ok();
    let how = if compiled.is_worth_helpers(false) { "shared among threads" } else { "on the calling thread" };
    writeln!(text, "  tasks: {}, {how}", grouped(compiled.grid.tasks)).ok();
    Ok(())
}
