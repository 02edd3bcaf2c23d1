//! Times what `compute` does, step by step, beside the bandwidth that this machine's memory gives to loops of the same kind.

use super::compute::{self, planned_and_compiled, simplified};
use super::explain::{Traffic, traffics};
use super::run::run_with;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::graph::build::{self, Operand, ReduceOptions, Reducer};
use crate::graph::linear::linearize;
use crate::graph::unmask::Fresh;
use crate::graph::{Node, NodeRef};
use crate::interrupt::Look;
use crate::jit::cache;
use crate::ops::ufunc::Ufunc;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Elements by which the bandwidth is measured: 64 MiB of float64, more than most last-level caches hold.
const STREAM: usize = 8 << 20;

/// A step with its time.
#[derive(Clone, Debug)]
pub struct StepProfile {
    /// `walk 1`, `kernel 2`.
    pub name: String,
    /// The operations.
    pub operations: String,
    /// The time in the fastest run.
    pub time: Duration,
    /// Bytes read and written.
    pub traffic: Traffic,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The steps of the fastest run.
    pub steps: Vec<StepProfile>,
    /// All of that run.
    pub total: Duration,
    /// Planning and compiling, before the runs.
    pub prepare: Duration,
    /// Of this, compiling; segments compiled, and found compiled.
    pub compile: Duration,
    /// See `compile`.
    pub compiled: u64,
    /// See `compile`.
    pub found: u64,
}

/// Computes these nodes together, `runs` times (at least once), and tells of the fastest run. The cache counters are the
/// process's: what other threads compile meanwhile counts too.
///
/// # Errors
/// As `compute`.
pub fn profile(nodes: &[&NodeRef], runs: usize, interrupted: &dyn Fn() -> bool) -> Result<Profile> {
    let (before, start) = (cache::stats(), Instant::now());
    let graph = linearize(nodes);
    let plan = planned_and_compiled(&graph)?;
    let (prepare, after) = (start.elapsed(), cache::stats());
    // The first run brings memory, and refuses what `compute` refuses when it sees the values.
    compute::compute_graph(&graph, nodes, interrupted)?;
    let mut best: Option<(Duration, Vec<Duration>)> = None;
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        let mut times = Vec::new();
        drop(run_with(&plan, &graph, None, Some(&mut times), interrupted)?);
        let total = start.elapsed();
        if best.as_ref().is_none_or(|b| total < b.0) {
            best = Some((total, times));
        }
    }
    let (total, times) = best.unwrap_or_default();
    let fresh = Fresh::default();
    let simple = simplified(&graph, &fresh, &Look::never())?;
    let traffics = traffics(&plan, &simple);
    let mut steps: Vec<StepProfile> = Vec::new();
    for (n, (step, time)) in plan.steps().iter().zip(times).enumerate() {
        let (kind, operations) = step.words(&simple);
        let (traffic, name) = (traffics[n], format!("{kind} {}", n + 1));
        // Steps that run by bands are timed together.
        match plan.bands.iter().find(|b| b.band.steps.contains(&n) && b.band.steps.start < n) {
            Some(band) => {
                let whole = steps.last_mut().ok_or_else(|| Error::Bug("a band without a first step".into()))?;
                whole.name = format!("walks {} to {}", band.band.steps.start + 1, n + 1);
                whole.operations = format!("{}; {operations}", whole.operations);
                whole.time += time;
                whole.traffic.read += traffic.read;
                whole.traffic.written += traffic.written;
            }
            None => steps.push(StepProfile { name, operations, time, traffic }),
        }
    }
    Ok(Profile {
        steps,
        total,
        prepare,
        compile: Duration::from_nanos(after.compile_ns - before.compile_ns),
        compiled: after.misses - before.misses,
        found: after.hits - before.hits,
    })
}

/// Bytes a second that a fused loop moves at best on all threads in use: the larger of a sum, which reads, and of a
/// negation, which reads and writes. Measured at the first call, in about a tenth of a second.
///
/// # Errors
/// As `compute`.
pub fn bandwidth(interrupted: &dyn Fn() -> bool) -> Result<f64> {
    static MEASURED: OnceLock<f64> = OnceLock::new();
    if let Some(&known) = MEASURED.get() {
        return Ok(known);
    }
    let ones = Operand::Node(build::full(&[STREAM], crate::dtype::Scalar::one(DType::F64))?);
    let ones = build::ufunc(Ufunc::Positive, &[ones])?.remove(0);
    let x: Array = compute::compute(&[&ones], interrupted)?.remove(0);
    let x = Node::data(x);
    let sum = build::reduce(&x, Reducer::Sum, &ReduceOptions::default())?;
    let negative = build::ufunc(Ufunc::Negative, &[Operand::Node(x)])?.remove(0);
    let mut best = 0f64;
    for (node, bytes) in [(&sum, 8 * STREAM), (&negative, 16 * STREAM)] {
        for _ in 0..4 {
            let start = Instant::now();
            compute::compute(&[node], interrupted)?;
            best = best.max(bytes as f64 / start.elapsed().as_secs_f64());
        }
    }
    Ok(*MEASURED.get_or_init(|| best))
}
