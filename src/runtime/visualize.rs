//! Draws what `compute` would do, without doing it: the graph in Graphviz's language, its kernels as clusters.
//!
//! A node stands in the first step that computes it; bold edges go through memory. The text is the same each time.

use super::compute::simplified;
use crate::error::Result;
use crate::graph::NodeRef;
use crate::graph::linear::{Linear, linearize};
use crate::graph::node::NodeOp;
use crate::graph::plan::{Plan, Step, plan};
use crate::graph::print::{op_name, typed_shape};
use crate::graph::unmask::Fresh;
use crate::interrupt::Look;
use std::fmt::Write;

/// The drawing of these nodes, computed together.
///
/// # Errors
/// As `compute`, but for what happens while loops run.
pub fn visualize(nodes: &[&NodeRef]) -> Result<String> {
    let fresh = Fresh::default();
    let graph = simplified(&linearize(nodes), &fresh, &Look::never())?;
    let plan = plan(&graph, &Look::never())?;
    Ok(draw(&graph, &plan))
}

fn draw(graph: &Linear, plan: &Plan) -> String {
    let mut home: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    for (n, step) in plan.steps.iter().enumerate() {
        step.nodes().iter().for_each(|&p| _ = home[p as usize].get_or_insert(n));
    }
    let mut text = String::from("digraph numpy_rs {\n");
    text.push_str("  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n");
    for (n, step) in plan.steps.iter().enumerate() {
        let title = match step {
            Step::Walk(walk) => format!("walk {}: {} elements", n + 1, walk.shape.iter().product::<usize>()),
            Step::Kernel(call) => format!("kernel {}: {}", n + 1, call.kernel.name()),
        };
        writeln!(text, "  subgraph cluster_{} {{\n    label=\"{}\";", n + 1, escaped(&title)).ok();
        for &p in step.nodes() {
            if home[p as usize] == Some(n) {
                writeln!(text, "    {}", node(graph, p as usize)).ok();
            }
        }
        text.push_str("  }\n");
    }
    for p in (0..graph.nodes.len()).filter(|&p| home[p].is_none()) {
        writeln!(text, "  {}", node(graph, p)).ok();
    }
    for (p, inputs) in graph.inputs.iter().enumerate() {
        for &i in inputs {
            let through_memory = home[i as usize].is_some() && home[p].is_some() && home[i as usize] != home[p];
            let style = if through_memory { " [style=bold]" } else { "" };
            writeln!(text, "  n{i} -> n{p}{style};").ok();
        }
    }
    text.push_str("}\n");
    text
}

/// The statement of a node: arrays are ellipses, constants bare, views dashed, results have two borders.
fn node(graph: &Linear, p: usize) -> String {
    let n = graph.nodes[p];
    let shape = match n.op {
        NodeOp::Data(_) => ", shape=ellipse",
        NodeOp::Const(_) => ", shape=plaintext",
        NodeOp::View(_) | NodeOp::Reshape => ", style=dashed",
        _ => "",
    };
    let result = if graph.outputs.contains(&(p as u32)) { ", peripheries=2" } else { "" };
    let name = match &n.op {
        NodeOp::Const(value) => value.to_string(),
        _ => op_name(n),
    };
    format!("n{p} [label=\"{}\\n{}\"{shape}{result}];", escaped(&name), escaped(&typed_shape(n.dtype, &n.shape)))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
