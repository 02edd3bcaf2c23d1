//! The text of a graph and of a plan: what golden tests pin and `explain` shows. No addresses, so it is the same each run.
//!
//! A graph is one line a node in list order: `%3 = multiply %0, %2 : f64[100, 8]`, then `return %3`. Arrays are numbered as
//! leaves, `data a0`; axes of a view are `i0, i1, ...`, and a view says at which index of its input it looks.

use super::linear::Linear;
use super::map::IndexMap;
use super::node::{Node, NodeOp};
use super::plan::{BlockFold, BufferSpec, Column, Made, Mode, Output, Picked, Plan, Reach, Source, Step, Walk};
use crate::array::layout;
use crate::dtype::DType;
use crate::ops::expr::{Body, Op};
use crate::ops::kernel::KernelFn;
use crate::ops::reduction::{Finish, Fold};
use std::fmt::{Display, Formatter, Result, Write};

/// `f64[100, 8]`; `f64[]` for a single element.
pub fn typed_shape(dtype: DType, shape: &[usize]) -> String {
    format!("{}[{}]", dtype.short(), list(shape))
}

/// `1, 2, 3`.
fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|i| i.to_string()).collect::<Vec<_>>().join(", ")
}

/// A reduction's name in words of NumPy: `sum`, `mean`, `std(ddof=1)`, `argmin`, `count`.
pub fn reduction_name(fold: Fold, finish: Finish) -> String {
    let spread = |name: &str, ddof: u64| match f64::from_bits(ddof) {
        0.0 => name.to_string(),
        d => format!("{name}(ddof={d})"),
    };
    match finish {
        Finish::Value | Finish::Position => fold.name().to_string(),
        Finish::Tally => "tally".to_string(),
        Finish::Mean => "mean".to_string(),
        Finish::Var(ddof) => spread("var", ddof),
        Finish::Std(ddof) => spread("std", ddof),
    }
}

/// A node's operation by name: `multiply`, `sum`, `cast`.
pub fn op_name(node: &Node) -> String {
    match &node.op {
        NodeOp::Data(_) => "data".to_string(),
        NodeOp::Const(_) => "const".to_string(),
        NodeOp::Iota { .. } => "iota".to_string(),
        NodeOp::Ufunc { ufunc, out } => match ufunc.row().nout {
            1 => ufunc.row().name.to_string(),
            _ => format!("{}.{out}", ufunc.row().name),
        },
        NodeOp::Cast => "cast".to_string(),
        NodeOp::View(_) => "view".to_string(),
        NodeOp::Reshape => "reshape".to_string(),
        NodeOp::Reduce { fold, finish, .. } => reduction_name(*fold, *finish),
        NodeOp::Concat { .. } => "concatenate".to_string(),
        NodeOp::Compress => "compress".to_string(),
        NodeOp::Bins => "bincount".to_string(),
        NodeOp::Table(f) => f.name().to_string(),
        NodeOp::Kernel { kernel, out } => match kernel.outputs() {
            1 => kernel.name(),
            _ => format!("{}.{out}", kernel.name()),
        },
        NodeOp::Note(note) => format!("note.{}", note.name()),
    }
}

impl Display for IndexMap {
    /// The source's index: `(2 + i0, 0, -i1)`.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_char('(')?;
        for i in 0..self.source_ndim() {
            if i > 0 {
                f.write_str(", ")?;
            }
            f.write_str(&affine(self.start[i], (0..self.ndim()).map(|j| self.get(i, j))))?;
        }
        f.write_char(')')
    }
}

/// `start + 2*i0 - i1`.
fn affine(start: i64, steps: impl Iterator<Item = i64>) -> String {
    let mut text = if start == 0 { String::new() } else { start.to_string() };
    for (j, c) in steps.enumerate().filter(|(_, c)| *c != 0) {
        text += match (text.is_empty(), c < 0) {
            (true, false) => "",
            (true, true) => "-",
            (false, false) => " + ",
            (false, true) => " - ",
        };
        if c.unsigned_abs() != 1 {
            text += &format!("{}*", c.unsigned_abs());
        }
        text += &format!("i{j}");
    }
    if text.is_empty() { "0".to_string() } else { text }
}

impl Display for Linear<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (pos, (node, inputs)) in self.nodes.iter().zip(self.inputs.iter()).enumerate() {
            write!(f, "%{pos} = {}", op_name(node))?;
            for (n, i) in inputs.iter().enumerate() {
                write!(f, "{} %{i}", if n == 0 { "" } else { "," })?;
            }
            match &node.op {
                NodeOp::Data(array) => {
                    match self.leaf(array) {
                        Some(leaf) => write!(f, " a{leaf}")?,
                        None => f.write_str(" ?")?,
                    }
                    if !array.is_c_contiguous() {
                        write!(f, " strides ({})", list(array.strides()))?;
                    }
                    if !array.is_aligned() {
                        f.write_str(" unaligned")?;
                    }
                }
                NodeOp::Const(value) => write!(f, " {value}")?,
                NodeOp::Iota { start, strides } => write!(f, " {}", affine(*start, strides.iter().copied()))?,
                NodeOp::View(map) => write!(f, " at {map}")?,
                NodeOp::Reduce { axes, .. } => write!(f, " over ({})", list(axes))?,
                NodeOp::Concat { axis } => write!(f, " along {axis}")?,
                NodeOp::Kernel { kernel: KernelFn::Scan { axis, .. }, .. } => write!(f, " along {axis}")?,
                NodeOp::Ufunc { .. }
                | NodeOp::Cast
                | NodeOp::Reshape
                | NodeOp::Compress
                | NodeOp::Bins
                | NodeOp::Table(_)
                | NodeOp::Note(_)
                | NodeOp::Kernel { .. } => {}
            }
            writeln!(f, " : {}", typed_shape(node.dtype, &node.shape))?;
        }
        write!(f, "return {}", list(self.outputs.iter().map(|o| format!("%{o}"))))
    }
}

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Source::Leaf(n) => write!(f, "a{n}"),
            Source::Buffer(n) => write!(f, "b{n}"),
            Source::Iota => f.write_str("iota"),
            Source::Made(n) => write!(f, "m{n}"),
        }
    }
}

impl Display for Mode {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Mode::Unit => "unit",
            Mode::Scalar => "scalar",
            Mode::Row => "row",
            Mode::Rows => "rows",
            Mode::Once => "once",
            Mode::Gather => "gather",
            Mode::Table => "table",
        })
    }
}

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (n, step) in self.steps.iter().enumerate() {
            match step {
                Step::Walk(walk) => {
                    writeln!(f, "walk {} over {walk}", n + 1)?;
                }
                Step::Kernel(call) => {
                    let outs = list(call.outs.iter().map(|b| format!("b{b}")));
                    let inputs = list(call.inputs.iter().map(|i| i.source.to_string()));
                    writeln!(f, "kernel {}: {outs} = {}({inputs})", n + 1, call.kernel.name())?;
                    call.made.iter().enumerate().try_for_each(|(n, made)| writeln!(f, "  m{n} {made}"))?;
                    call.then.iter().try_for_each(|(made, b)| writeln!(f, "  then b{b} = {made}"))?;
                }
            }
        }
        for band in &self.bands {
            let steps = format!("walks {} to {}", band.steps.start + 1, band.steps.end);
            let locals = list(band.locals.iter().map(|b| format!("b{b}")));
            writeln!(f, "band: {steps} by {} of {} rows; one band each of {locals}", band.rows, band.length)?;
        }
        for (n, b) in self.buffers.iter().enumerate() {
            writeln!(f, "buffer b{n}: {b}{}", if b.last_use == self.steps.len() { ", result" } else { "" })?;
        }
        let results = self.results.iter().map(|r| {
            let dense = &self.buffers[r.buffer as usize];
            let whole = r.offset == 0 && r.shape == dense.shape && r.strides == dense.strides;
            let view = format!(" at {} shape ({}) strides ({})", r.offset, list(&r.shape), list(&r.strides));
            format!("b{}{}", r.buffer, if whole { "" } else { &view })
        });
        write!(f, "return {}", list(results))
    }
}

impl Display for BufferSpec {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let bytes = self.shape.iter().product::<usize>() * self.dtype.size();
        write!(f, "{}, {bytes} bytes", typed_shape(self.dtype, &self.shape))?;
        let c = layout::c_strides(&self.shape, self.dtype.size());
        let lies_in_c_order =
            c.iter().zip(&self.strides).zip(&self.shape).all(|((c, s), n)| *n <= 1 || *c as i64 == *s);
        if lies_in_c_order { Ok(()) } else { write!(f, ", strides ({})", list(&self.strides)) }
    }
}

impl Display for Walk {
    /// The space with its folded axes in brackets, the block, then a line an operand and output.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let axis = |(n, folded): (&usize, &bool)| if *folded { format!("fold {n}") } else { n.to_string() };
        let nest = &self.nest;
        let space = list(self.shape.iter().zip(&self.reduced).map(axis));
        let loops = list(nest.dims.iter().zip(&nest.folded).map(axis));
        let fold = match nest.fold {
            BlockFold::None => "",
            BlockFold::Rows => ", each row to a state",
            BlockFold::Flat => ", each block to a state",
            BlockFold::Columns => ", each column to a state",
        };
        write!(f, "({space}): loops ({loops}), block {} x {}{fold}", nest.k, nest.m)?;
        for (o, t) in self.operands.iter().zip(&nest.operands) {
            write!(f, "\n  read {} {}", o.source, o.dtype.short())?;
            match o.source {
                Source::Iota => write!(f, " {}", affine(o.offset, o.strides.iter().copied()))?,
                Source::Leaf(_) | Source::Buffer(_) | Source::Made(_) => {
                    write!(f, " {}", t.mode)?;
                    if o.offset != 0 {
                        write!(f, ", from byte {}", o.offset)?;
                    }
                    match o.reach {
                        Reach::Table(Column { len, step }) => write!(f, " of {len}, stride {step}")?,
                        Reach::Picked(Picked { of: Column { len, step }, by, scale, first }) => {
                            let strides = list(&o.strides);
                            write!(
                                f,
                                " of {len}, stride {step}, at {scale} x operand {by} + {first}, strides ({strides})"
                            )?;
                        }
                        Reach::Index | Reach::Places => write!(f, ", strides ({})", list(&o.strides))?,
                    }
                    if !o.aligned && !matches!(o.source, Source::Made(_)) {
                        f.write_str(", unaligned")?;
                    }
                }
            }
        }
        self.made.iter().enumerate().try_for_each(|(n, made)| write!(f, "\n  m{n} {made}"))?;
        write!(f, "\n  {}", instructions(&self.body))?;
        for (o, t) in self.outputs.iter().zip(&nest.stores) {
            match o {
                Output::Store { value, buffer, offset, strides } => {
                    write!(f, "\n  store b{buffer} = %{} {}", value.0, t.mode)?;
                    if *offset != 0 {
                        write!(f, ", from byte {offset}")?;
                    }
                    write!(f, ", strides ({})", list(strides))?;
                }
                Output::Fold { value, fold, finishes } => {
                    let made = finishes.iter().map(|(finish, b)| format!("b{b} = {}", reduction_name(*fold, *finish)));
                    write!(f, "\n  fold {} of %{}: {}", fold.name(), value.0, list(made))?;
                }
                Output::Hold { value } => write!(f, "\n  hold %{}", value.0)?,
                Output::Bins { value, weight, bins, buffer } => {
                    write!(f, "\n  count b{buffer} = %{} in {bins} bins", value.0)?;
                    if let Some(weight) = weight {
                        write!(f, ", weight %{}", self.outputs[*weight].value().0)?;
                    }
                }
                Output::Pack { value, mask, offsets, buffer } => {
                    let mask = self.outputs[*mask].value().0;
                    write!(f, "\n  pack b{buffer} = %{} where %{mask}, from {offsets} on", value.0)?;
                }
            }
        }
        Ok(())
    }
}

impl Display for Made {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "({}) in parts:", list(&self.shape))?;
        for p in &self.parts {
            write!(f, "\n    from ({}) ({}):", list(&p.origin), list(&p.walk.shape))?;
            let reads = p.walk.operands.iter().map(|o| format!("{} ({})", o.source, list(&o.strides)));
            write!(f, " {}; {}", list(reads), instructions(&p.walk.body))?;
        }
        Ok(())
    }
}

/// How much a body computes: `3 instructions: mul, add, cast`.
fn instructions(body: &Body) -> String {
    let names: Vec<&str> = body
        .insts()
        .iter()
        .filter_map(|i| match i.op {
            Op::Load(_) | Op::Const(_) => None,
            Op::Prim(p) => Some(p.name()),
            Op::Math(m) => Some(m.name()),
            Op::Cast => Some("cast"),
            Op::Table(t) => Some(t.name()),
        })
        .collect();
    match names.as_slice() {
        [] => "no instructions".to_string(),
        [one] => format!("1 instruction: {one}"),
        more => format!("{} instructions: {}", more.len(), more.join(", ")),
    }
}
