//! The invariants of a graph: each node's inputs, types and shapes are what its operation needs. Checked on the list, so
//! without recursion, in debug builds.

use super::linear::Linear;
use super::map;
use super::node::{Node, NodeOp};
use super::plan::nest::parts;
use crate::array::layout;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::reduction::Finish;

/// Checks a graph.
///
/// # Errors
/// `Error::Bug` with the node that is wrong and, if it is short, the graph's text.
pub fn verify(g: &Linear) -> Result<()> {
    let bug = |text: String| {
        let graph = if g.nodes.len() <= 200 { format!(" in\n{g}") } else { String::new() };
        Err(Error::Bug(format!("{text}{graph}")))
    };
    if g.inputs.len() != g.nodes.len() || !g.nodes.iter().all(|n| is_listed(g, n)) {
        return bug("a list that is not complete".into());
    }
    if g.outputs.iter().any(|&o| o as usize >= g.nodes.len()) {
        return bug("a result that is not listed".into());
    }
    for (pos, (node, inputs)) in g.nodes.iter().zip(g.inputs.iter()).enumerate() {
        if inputs.iter().any(|&i| i as usize >= pos) {
            return bug(format!("%{pos} uses what comes after it"));
        }
        let inputs: Vec<&Node> = inputs.iter().map(|&i| g.nodes[i as usize]).collect();
        if let Err(what) = check(node, &inputs) {
            return bug(format!("%{pos}: {what}"));
        }
    }
    Ok(())
}

/// True but for arrays that are not among the leaves. A simplified graph may have leaves that no node needs.
fn is_listed(g: &Linear, node: &Node) -> bool {
    let NodeOp::Data(array) = &node.op else { return true };
    g.leaf(array).is_some()
}

/// What is wrong with a node.
fn check(node: &Node, inputs: &[&Node]) -> std::result::Result<(), String> {
    let need = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_string()) };
    let count = |n: usize| need(inputs.len() == n, "a wrong number of inputs");
    let same_type = |i: &Node| need(i.dtype == node.dtype, "the input's type is not the result's");
    match &node.op {
        NodeOp::Data(array) => {
            count(0)?;
            need(
                array.shape() == node.shape.as_slice() && array.dtype() == node.dtype,
                "not the array's shape and type",
            )
        }
        NodeOp::Const(value) => {
            count(0)?;
            need(value.dtype() == node.dtype, "not the constant's type")
        }
        NodeOp::Iota { strides, .. } => {
            count(0)?;
            need(strides.len() == node.shape.len() && node.dtype == DType::I64, "one int64 step an axis is needed")
        }
        NodeOp::Ufunc { ufunc, out } => {
            let row = ufunc.row();
            count(row.nin)?;
            let types: Vec<DType> = inputs.iter().map(|i| i.dtype).collect();
            let found = row.loop_of(&types).ok_or_else(|| format!("{} has no loop for {types:?}", row.name))?;
            need(found.outputs.get(usize::from(*out)) == Some(&node.dtype), "not the loop's type")?;
            let joint = layout::broadcast(inputs.iter().map(|i| i.shape.as_slice()));
            need(joint.as_ref() == Ok(&node.shape), "the inputs do not broadcast to the shape")
        }
        NodeOp::Cast => {
            count(1)?;
            need(inputs[0].shape == node.shape, "a cast changes the shape")
        }
        NodeOp::View(m) => {
            count(1)?;
            same_type(inputs[0])?;
            need(map::fits(m, &node.shape, &inputs[0].shape), "the index map leaves the input")
        }
        NodeOp::Reshape => {
            count(1)?;
            same_type(inputs[0])?;
            need(inputs[0].size() == node.size(), "a reshape changes the number of elements")
        }
        NodeOp::Reduce { fold, finish, axes } => {
            count(1)?;
            let x = inputs[0];
            let increasing = axes.windows(2).all(|w| w[0] < w[1]) && axes.iter().all(|&a| a < x.shape.len());
            need(!axes.is_empty() && increasing, "the axes are not increasing axes of the input")?;
            let kept = x.shape.iter().enumerate().filter(|(d, _)| !axes.contains(d)).map(|(_, n)| *n);
            let fits = match finish {
                Finish::Tally => axes.len() == x.shape.len() && node.shape.as_slice() == [parts(&x.shape)],
                _ => kept.eq(node.shape.iter().copied()),
            };
            need(fits, "the shape is not that of the axes that stay")?;
            let count: usize = axes.iter().map(|&a| x.shape[a]).product();
            need(fold.has_identity() || count > 0, "a fold without identity over nothing")?;
            need(fold.takes(x.dtype), "the fold does not take the type")?;
            need(finish.dtype(*fold, x.dtype) == node.dtype, "not the reduction's type")
        }
        NodeOp::Concat { axis } => {
            need(!inputs.is_empty() && *axis < node.shape.len(), "nothing to join, or no such axis")?;
            inputs.iter().try_for_each(|i| same_type(i))?;
            let others_agree = |i: &Node| {
                i.shape.len() == node.shape.len()
                    && i.shape.iter().zip(&node.shape).enumerate().all(|(d, (n, m))| d == *axis || n == m)
            };
            need(inputs.iter().all(|i| others_agree(i)), "the parts do not fit together")?;
            need(inputs.iter().map(|i| i.shape[*axis]).sum::<usize>() == node.shape[*axis], "the parts do not add up")
        }
        NodeOp::Compress => {
            count(3)?;
            same_type(inputs[0])?;
            need(
                inputs[0].shape == inputs[1].shape && inputs[1].dtype == DType::Bool,
                "not a mask of the input's shape",
            )?;
            let offsets = matches!(inputs[2].op, NodeOp::Data(_)) && inputs[2].dtype == DType::I64;
            need(offsets && inputs[2].shape.as_slice() == [parts(&inputs[0].shape) + 1], "not what the parts keep")?;
            need(node.shape.len() == 1, "more than one axis")
        }
        NodeOp::Kernel { kernel, out } => {
            let operands: Vec<(&[usize], DType)> = inputs.iter().map(|i| (i.shape.as_slice(), i.dtype)).collect();
            let results = kernel.infer(&operands).map_err(|e| e.to_string())?;
            let made = results.get(usize::from(*out)).is_some_and(|(s, t)| *s == node.shape && *t == node.dtype);
            need(made && results.len() == kernel.outputs(), "not a result of the kernel")
        }
        NodeOp::Bins => {
            need(matches!(inputs.len(), 1 | 2), "a wrong number of inputs")?;
            need(node.shape.len() == 1 && inputs[0].dtype == DType::I64, "not numbers of bins")?;
            let of = inputs.get(1).map_or(DType::I64, |w| w.dtype);
            let weighs = inputs.get(1).is_none_or(|w| w.dtype == DType::F64 && w.shape == inputs[0].shape);
            need(weighs && of == node.dtype, "not weights of the numbers")
        }
        NodeOp::Table(f) => {
            count(2)?;
            let (table, value) = (inputs[0], inputs[1]);
            need(
                table.shape.len() == 1 && value.shape == node.shape,
                "not an array of one axis and the result's shape",
            )?;
            need(f.result(table.dtype, value.dtype) == Some(node.dtype), "not the types of the function")
        }
        NodeOp::Note(_) => {
            need(inputs.len() >= 2, "a wrong number of inputs")?;
            same_type(inputs[0])?;
            need(inputs[0].shape == node.shape, "a note changes the shape")?;
            need(inputs[1].dtype == DType::Bool, "a note's condition is not bool")?;
            let joint = layout::broadcast(inputs[..2].iter().map(|i| i.shape.as_slice()));
            need(joint.as_ref() == Ok(&node.shape), "a note's condition does not broadcast to the value")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::Scalar;
    use crate::graph::linear::linearize;
    use crate::ops::ufunc::Ufunc;
    use smallvec::smallvec;

    #[test]
    fn wrong_nodes_are_named() {
        let x = Node::constant(Scalar::zero(DType::F64), smallvec![3]);
        let y = Node::constant(Scalar::zero(DType::F32), smallvec![3]);
        let add = |a: &super::super::NodeRef, b: &super::super::NodeRef, n: usize| {
            let op = NodeOp::Ufunc { ufunc: Ufunc::Add, out: 0 };
            Node::new(op, smallvec![a.clone(), b.clone()], smallvec![n], DType::F64)
        };
        assert_eq!(verify(&linearize(&[&add(&x, &x, 3)])), Ok(()));
        let text = |n| verify(&linearize(&[&n])).unwrap_err().to_string();
        assert!(text(add(&x, &x, 4)).contains("do not broadcast to the shape in\n%0 = const 0.0 : f64[3]"));
        assert!(text(add(&x, &y, 3)).contains("add has no loop"));
        let view = NodeOp::View(Box::new(super::super::map::IndexMap::identity(1)));
        assert!(text(Node::new(view, smallvec![x], smallvec![4], DType::F64)).contains("leaves the input"));
    }
}
