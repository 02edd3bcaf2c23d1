//! What may have gone wrong in a graph: for each operation and kind of fault, a condition over operands and results.
//!
//! The conditions are graphs of their own, so that they are fused, run over threads and need no more memory than any fold. They are
//! made from the graph as it was asked for: what simplification leaves out warns as in NumPy. Values decide, not flags: a NaN
//! out of none, an infinity out of finite numbers (`ops::fault`).

use super::build::{self, IndexItem, Operand, ReduceOptions, Reducer, op};
use super::linear::{Linear, linearize};
use super::node::{Node, NodeOp, NodeRef, Note};
use crate::dtype::{DType, Kind, Scalar};
use crate::error::Result;
use crate::ops::fault::{Fault, FaultRule, Faults, IntegerFault, Pole, Small};
use crate::ops::kernel::{KernelFn, LinalgFn};
use crate::ops::reduction::{Finish, Fold};
use crate::ops::ufunc::Ufunc;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};

/// A fault that an operation may have made, and whether it did.
#[derive(Debug)]
pub struct Suspect {
    /// Place of the operation in the list of the graph, and of the step where it is made of several.
    pub at: (usize, usize),
    /// NumPy's name of the operation.
    pub name: &'static str,
    /// The kind.
    pub fault: Fault,
    /// Bool, of no axis: whether it happened.
    pub condition: NodeRef,
}

/// The suspects among the operations below `roots`, of these kinds, in the order of the operations, inputs first.
///
/// # Errors
/// `Error::Bug`.
pub fn suspects(roots: &[&NodeRef], kinds: Faults) -> Result<Vec<Suspect>> {
    let graph = linearize(roots);
    let mut shared: FxHashMap<u128, &NodeRef> = FxHashMap::default();
    roots.iter().for_each(|r| _ = shared.insert(r.hash, r));
    for node in &graph.nodes {
        node.inputs.iter().for_each(|i| _ = shared.insert(i.hash, i));
    }
    let muted = muted(&graph.nodes);
    let mut seen: FxHashSet<(Ufunc, SmallVec<[u128; 3]>)> = FxHashSet::default();
    let mut found = Vec::new();
    let told = told(&graph);
    for (at, node) in graph.nodes.iter().enumerate() {
        if told[at] {
            continue;
        }
        if node.size() == 0 && !matches!(node.op, NodeOp::Reduce { .. }) {
            continue;
        }
        let kinds = muted.get(&node.hash).map_or(kinds, |spoken| kinds.and(*spoken));
        let Some(&node) = shared.get(&node.hash) else { continue };
        let mut list = Conditions { kinds, at: (at, 0), found: &mut found };
        match &node.op {
            NodeOp::Ufunc { ufunc, .. } => {
                // Two results of one call are one operation.
                if seen.insert((*ufunc, node.inputs.iter().map(|i| i.hash).collect())) {
                    list.of_call(node, *ufunc)?;
                }
            }
            NodeOp::Cast => list.of_cast(node)?,
            NodeOp::Reduce { fold, finish, axes } => list.of_reduction(node, *fold, *finish, axes)?,
            NodeOp::Kernel { kernel: KernelFn::Scan { op, axis }, .. } => list.of_scan(node, *op, *axis)?,
            NodeOp::Data(_)
            | NodeOp::Const(_)
            | NodeOp::Iota { .. }
            | NodeOp::View(_)
            | NodeOp::Reshape
            | NodeOp::Concat { .. }
            | NodeOp::Compress
            | NodeOp::Bins
            | NodeOp::Table(_)
            | NodeOp::Note(_)
            | NodeOp::Kernel {
                kernel:
                    KernelFn::Sort { .. }
                    | KernelFn::Argsort { .. }
                    | KernelFn::Scatter
                    | KernelFn::Unique { .. }
                    | KernelFn::Draw { .. },
                ..
            } => {}
            NodeOp::Kernel { kernel: KernelFn::MatMul { vectors }, .. } => list.of_matmul(node, *vectors)?,
            NodeOp::Kernel { kernel: KernelFn::Fft { transform, n, axis, .. }, .. } => {
                list.of_fft(node, transform.ufunc(*n), *axis)?
            }
            NodeOp::Kernel { kernel: KernelFn::Linalg(f), .. } => list.of_linalg(node, *f)?,
        }
    }
    Ok(found)
}

/// By position: what only masks of [`NodeOp::Compress`] are made of. They were counted when the graph was built, and what
/// went wrong was told then.
fn told(graph: &Linear) -> Vec<bool> {
    let mut told = vec![true; graph.nodes.len()];
    graph.outputs.iter().for_each(|&o| told[o as usize] = false);
    for at in (0..told.len()).rev() {
        if !told[at] {
            let is_compress = matches!(graph.nodes[at].op, NodeOp::Compress);
            for (k, &input) in graph.inputs[at].iter().enumerate() {
                if !(is_compress && k == 1) {
                    told[input as usize] = false;
                }
            }
        }
    }
    told
}

/// Operations whose poles and invalid results a note speaks of, or wants nothing said of; and what is said of them.
fn muted(nodes: &[&Node]) -> FxHashMap<u128, Faults> {
    let mut muted = FxHashMap::default();
    let range = Faults::one(Fault::Overflow).or(Faults::one(Fault::Underflow));
    for node in nodes {
        let spoken = match node.op {
            NodeOp::Note(Note::Silent) => Faults::default(),
            NodeOp::Note(note) if note.mutes() => range,
            _ => continue,
        };
        let mut waiting: SmallVec<[&NodeRef; 4]> = smallvec![&node.inputs[0]];
        while let Some(value) = waiting.pop() {
            match value.op {
                NodeOp::Ufunc { ufunc: Ufunc::Where, .. } => waiting.extend(&value.inputs[1..]),
                NodeOp::Ufunc { .. } => _ = muted.insert(value.hash, spoken),
                NodeOp::Cast | NodeOp::View(_) | NodeOp::Reshape => waiting.push(&value.inputs[0]),
                _ => {}
            }
        }
    }
    muted
}

fn with_number(u: Ufunc, x: &NodeRef, number: f64) -> Result<NodeRef> {
    let number = Node::constant(Scalar::from_f64(x.dtype, number), crate::array::Shape::new());
    op(u, &[x, &number])
}

fn both(a: Option<NodeRef>, b: NodeRef) -> Result<NodeRef> {
    a.map_or(Ok(b.clone()), |a| op(Ufunc::LogicalAnd, &[&a, &b]))
}

fn either(a: Option<NodeRef>, b: NodeRef) -> Result<NodeRef> {
    a.map_or(Ok(b.clone()), |a| op(Ufunc::LogicalOr, &[&a, &b]))
}

fn not(a: &NodeRef) -> Result<NodeRef> {
    op(Ufunc::LogicalNot, &[a])
}

/// Whether any of these has the property, position by position; `None` for no nodes. Constants that have it not are passed over.
fn any_of<'n>(u: Ufunc, nodes: impl Iterator<Item = &'n NodeRef>) -> Result<Option<NodeRef>> {
    let mut answer = None;
    for n in nodes {
        let lacks = |c: Scalar| match u {
            Ufunc::Isnan => !c.dtype().is_complex() && !c.to_f64().is_nan(),
            _ => false,
        };
        if matches!(n.op, NodeOp::Const(c) if lacks(c)) {
            continue;
        }
        answer = Some(either(answer, op(u, &[n])?)?);
    }
    Ok(answer)
}

/// Whether all of these are finite, position by position; `None` where they are finite constants.
fn finite<'n>(nodes: impl Iterator<Item = &'n NodeRef>) -> Result<Option<NodeRef>> {
    let mut answer = None;
    for n in nodes {
        if matches!(n.op, NodeOp::Const(c) if !c.dtype().is_complex() && c.to_f64().is_finite()) {
            continue;
        }
        answer = Some(both(answer, op(Ufunc::Isfinite, &[n])?)?);
    }
    Ok(answer)
}

/// The smallest normal number.
fn smallest_normal(t: DType) -> f64 {
    match t.real() {
        DType::F16 => 2f64.powi(-14),
        DType::F32 => f64::from(f32::MIN_POSITIVE),
        _ => f64::MIN_POSITIVE,
    }
}

/// NumPy's name of a ufunc's call. Operators on NumPy's scalars, which results of no axis are there, name themselves so.
fn name(node: &Node, u: Ufunc) -> &'static str {
    let scalars = node.shape.is_empty() && !node.inputs.iter().any(|i| matches!(i.op, NodeOp::Data(_)));
    let scalar = match u {
        _ if !scalars => None,
        Ufunc::Add => Some("scalar add"),
        Ufunc::Subtract => Some("scalar subtract"),
        Ufunc::Multiply => Some("scalar multiply"),
        Ufunc::Divide => Some("scalar divide"),
        Ufunc::FloorDivide => Some("scalar floor_divide"),
        Ufunc::Remainder => Some("scalar remainder"),
        Ufunc::Divmod => Some("scalar divmod"),
        Ufunc::Power => Some("scalar power"),
        _ => None,
    };
    scalar.unwrap_or(u.row().name)
}

/// The conditions of one operation.
struct Conditions<'f> {
    kinds: Faults,
    at: (usize, usize),
    found: &'f mut Vec<Suspect>,
}

impl Conditions<'_> {
    fn push(&mut self, name: &'static str, fault: Fault, condition: &NodeRef) -> Result<()> {
        if !self.kinds.has(fault) || condition.size() == 0 {
            return Ok(());
        }
        let condition = match condition.shape.is_empty() {
            true => condition.clone(),
            false => build::reduce(condition, Reducer::Any, &ReduceOptions::default())?,
        };
        self.found.push(Suspect { at: self.at, name, fault, condition });
        Ok(())
    }

    /// A ufunc's call. Complex arithmetic goes wrong in the steps on parts that NumPy takes, complex functions by their values.
    fn of_call(&mut self, node: &NodeRef, u: Ufunc) -> Result<()> {
        self.of_call_named(node, u, name(node, u))
    }

    fn of_call_named(&mut self, node: &NodeRef, u: Ufunc, name: &'static str) -> Result<()> {
        let x = &node.inputs;
        if !x[0].dtype.is_complex() {
            return self.of_ufunc(node, u, name);
        }
        match u {
            Ufunc::Add | Ufunc::Subtract => {
                let ((a, b), (c, d)) = (parts(&x[0])?, parts(&x[1])?);
                self.step(u, &a, &c, name)?;
                self.step(u, &b, &d, name)?;
                Ok(())
            }
            Ufunc::Multiply => self.of_product(parts(&x[0])?, parts(&x[1])?, name),
            Ufunc::Square => self.of_product(parts(&x[0])?, parts(&x[0])?, name),
            Ufunc::Divide => self.of_quotient(Some(parts(&x[0])?), parts(&x[1])?, name),
            Ufunc::Reciprocal => self.of_quotient(None, parts(&x[0])?, name),
            _ => self.of_ufunc(node, u, name),
        }
    }

    /// A step on parts: its result.
    fn step(&mut self, u: Ufunc, a: &NodeRef, b: &NodeRef, name: &'static str) -> Result<NodeRef> {
        let node = op(u, &[a, b])?;
        self.of_ufunc(&node, u, name)?;
        Ok(node)
    }

    fn of_product(&mut self, (a, b): Parts, (c, d): Parts, name: &'static str) -> Result<()> {
        let (ac, bd) = (self.step(Ufunc::Multiply, &a, &c, name)?, self.step(Ufunc::Multiply, &b, &d, name)?);
        let (ad, bc) = (self.step(Ufunc::Multiply, &a, &d, name)?, self.step(Ufunc::Multiply, &b, &c, name)?);
        self.step(Ufunc::Subtract, &ac, &bd, name)?;
        self.step(Ufunc::Add, &ad, &bc, name)?;
        Ok(())
    }

    /// Smith's algorithm, of a numerator or of one.
    fn of_quotient(&mut self, numerator: Option<Parts>, (c, d): Parts, name: &'static str) -> Result<()> {
        let (c_size, d_size) = (op(Ufunc::Absolute, &[&c])?, op(Ufunc::Absolute, &[&d])?);
        let first = op(Ufunc::GreaterEqual, &[&c_size, &d_size])?;
        let larger = op(Ufunc::Where, &[&first, &c, &d])?;
        let smaller = op(Ufunc::Where, &[&first, &d, &c])?;
        if numerator.is_some() {
            // Sizes of no number do not compare.
            let nan = op(Ufunc::LogicalOr, &[&op(Ufunc::Isnan, &[&c])?, &op(Ufunc::Isnan, &[&d])?])?;
            self.push(name, Fault::Invalid, &nan)?;
        }
        let one = Node::constant(Scalar::one(c.dtype), crate::array::Shape::new());
        let mut divisor = larger;
        let mut numerator = numerator;
        if let Some((a, b)) = &mut numerator {
            // By zero both parts are divided as they are; nothing else is then computed.
            let zero = with_number(Ufunc::Equal, &divisor, 0.0)?;
            let as_is = op(Ufunc::Where, &[&zero, &op(Ufunc::Absolute, &[&divisor])?, &one])?;
            self.step(Ufunc::Divide, a, &as_is, name)?;
            self.step(Ufunc::Divide, b, &as_is, name)?;
            divisor = op(Ufunc::Where, &[&zero, &one, &divisor])?;
            for part in [a, b] {
                *part = op(Ufunc::Where, &[&zero, &one, part])?;
            }
        }
        let ratio = self.step(Ufunc::Divide, &smaller, &divisor, name)?;
        let scaled = self.step(Ufunc::Multiply, &smaller, &ratio, name)?;
        let sum = self.step(Ufunc::Add, &divisor, &scaled, name)?;
        let Some((a, b)) = numerator else {
            self.step(Ufunc::Divide, &one, &sum, name)?;
            self.step(Ufunc::Divide, &ratio, &sum, name)?;
            return Ok(());
        };
        let scale = self.step(Ufunc::Divide, &one, &sum, name)?;
        let (near, far) = (op(Ufunc::Where, &[&first, &a, &b])?, op(Ufunc::Where, &[&first, &b, &a])?);
        for (plain, crossed, u) in [(&near, &far, Ufunc::Add), (&far, &near, Ufunc::Subtract)] {
            let crossed = self.step(Ufunc::Multiply, crossed, &ratio, name)?;
            let top = self.step(u, plain, &crossed, name)?;
            self.step(Ufunc::Multiply, &top, &scale, name)?;
        }
        Ok(())
    }

    fn of_ufunc(&mut self, node: &NodeRef, u: Ufunc, name: &'static str) -> Result<()> {
        let rule = u.row().faults;
        if node.inputs[0].dtype.is_integer() {
            return self.of_integers(node, rule.integer, name);
        }
        if rule == FaultRule::NONE || !node.inputs[0].dtype.is_inexact() {
            return Ok(());
        }
        let operands: SmallVec<[NodeRef; 3]> = node.inputs.iter().map(|i| build::cast(i, i.dtype)).collect();
        let results: SmallVec<[NodeRef; 2]> = match u.row().nout {
            1 => smallvec![node.clone()],
            _ => {
                let operands: SmallVec<[Operand; 3]> = operands.iter().map(|n| Operand::Node(n.clone())).collect();
                build::ufunc(u, &operands)?
            }
        };
        let inexact = || operands.iter().filter(|o| o.dtype.is_inexact());
        // The second operand of `nextafter` only says which way.
        let finite = match u {
            Ufunc::Nextafter => finite(inexact().take(1))?,
            _ => finite(inexact())?,
        };
        let infinite = match rule.infinite {
            false => None,
            true => any_of(Ufunc::Isinf, results.iter())?.map(|inf| both(finite.clone(), inf)).transpose()?,
        };
        let pole = match rule.pole {
            Pole::Nowhere => None,
            Pole::Zero | Pole::ZeroBase => Some(with_number(Ufunc::Equal, &operands[0], 0.0)?),
            Pole::ZeroDivisor => Some(with_number(Ufunc::Equal, &operands[1], 0.0)?),
            Pole::MinusOne => Some(with_number(Ufunc::Equal, &operands[0], -1.0)?),
            Pole::Ones => {
                let one = with_number(Ufunc::Equal, &operands[0], 1.0)?;
                Some(either(Some(one), with_number(Ufunc::Equal, &operands[0], -1.0)?)?)
            }
        };
        let mut overflow = None;
        if let Some(infinite) = &infinite {
            overflow = Some(match &pole {
                None => infinite.clone(),
                Some(pole) => {
                    self.push(name, Fault::Divide, &op(Ufunc::LogicalAnd, &[infinite, pole])?)?;
                    op(Ufunc::LogicalAnd, &[infinite, &not(pole)?])?
                }
            });
        }
        if let Some(overflow) = &overflow {
            self.push(name, Fault::Overflow, overflow)?;
        }
        if self.kinds.has(Fault::Underflow) && rule.small != Small::Never && results[0].dtype.is_float() {
            let size = op(Ufunc::Absolute, &[&results[0]])?;
            let mut small = Some(with_number(Ufunc::Less, &size, smallest_normal(size.dtype))?);
            let nonzero = match rule.small {
                Small::Never | Small::Always => 0,
                Small::FirstNonzero => 1,
                Small::Nonzero => operands.len(),
            };
            for operand in operands[..nonzero].iter().filter(|o| o.dtype.is_inexact()) {
                small = Some(both(small, with_number(Ufunc::NotEqual, operand, 0.0)?)?);
            }
            if let Some(small) = small {
                self.push(name, Fault::Underflow, &both(finite.clone(), small)?)?;
            }
        }
        if rule.invalid && self.kinds.has(Fault::Invalid) {
            let before = any_of(Ufunc::Isnan, inexact())?.map(|nan| not(&nan)).transpose()?;
            if let Some(nan) = any_of(Ufunc::Isnan, results.iter())? {
                let mut invalid = both(before, nan)?;
                // NumPy takes the difference of an infinite quotient and its floor, but not in float16.
                let by_floor = matches!(u, Ufunc::FloorDivide | Ufunc::Divmod) && results[0].dtype != DType::F16;
                if let Some(overflow) = overflow.filter(|_| by_floor) {
                    invalid = either(Some(invalid), overflow)?;
                }
                self.push(name, Fault::Invalid, &invalid)?;
            }
        }
        Ok(())
    }

    fn of_integers(&mut self, node: &NodeRef, rule: IntegerFault, name: &'static str) -> Result<()> {
        let x = &node.inputs;
        match rule {
            IntegerFault::Nothing => {}
            IntegerFault::Reciprocal => {
                let zero = with_number(Ufunc::Equal, &x[0], 0.0)?;
                self.push(name, Fault::Divide, &zero)?;
                self.push(name, Fault::Invalid, &zero)?;
            }
            IntegerFault::Division | IntegerFault::Quotient => {
                self.push(name, Fault::Divide, &with_number(Ufunc::Equal, &x[1], 0.0)?)?;
                if let (IntegerFault::Quotient, Kind::Signed, Some((low, _))) =
                    (rule, x[0].dtype.kind(), x[0].dtype.integer_range())
                {
                    let smallest = Node::constant(Scalar::from_i128(x[0].dtype, low), crate::array::Shape::new());
                    let smallest = op(Ufunc::Equal, &[&x[0], &smallest])?;
                    let over = with_number(Ufunc::Equal, &x[1], -1.0)?;
                    self.push(name, Fault::Overflow, &both(Some(smallest), over)?)?;
                }
            }
        }
        Ok(())
    }

    /// A product of matrices: rows and columns decide for each element of the result.
    fn of_matmul(&mut self, node: &NodeRef, vectors: [bool; 2]) -> Result<()> {
        if !node.dtype.is_inexact() {
            return Ok(());
        }
        // What an operand's rows or columns have, with an axis of length one for what the other has and it lacks.
        let along = |u: Ufunc, reducer: Reducer| -> Result<[NodeRef; 2]> {
            let fold = |x: &NodeRef, axis: i64, keepdims: bool| {
                let options = ReduceOptions { axes: Some(smallvec![axis]), keepdims, ..ReduceOptions::default() };
                build::reduce(&op(u, &[x])?, reducer, &options)
            };
            let rows = fold(&node.inputs[0], -1, !vectors[1])?;
            Ok([rows, fold(&node.inputs[1], if vectors[1] { -1 } else { -2 }, !vectors[0])?])
        };
        self.of_sums("matmul", node, along)
    }

    fn of_fft(&mut self, node: &NodeRef, name: &'static str, axis: usize) -> Result<()> {
        // What the row has that each element is made of.
        let along = |u: Ufunc, reducer: Reducer| {
            let options =
                ReduceOptions { axes: Some(smallvec![axis as i64]), keepdims: true, ..ReduceOptions::default() };
            Ok([build::reduce(&op(u, &[&node.inputs[0]])?, reducer, &options)?])
        };
        self.of_sums(name, node, along)
    }

    /// Determinants; of all else, NumPy looks at nothing but whether there is an answer.
    fn of_linalg(&mut self, node: &NodeRef, f: LinalgFn) -> Result<()> {
        let name = match f {
            LinalgFn::Det | LinalgFn::Slogdet => f.name(),
            LinalgFn::Solve { .. }
            | LinalgFn::Inv { .. }
            | LinalgFn::Cholesky { .. }
            | LinalgFn::Qr(_)
            | LinalgFn::Svd(_)
            | LinalgFn::Lstsq { .. }
            | LinalgFn::Eigh { .. }
            | LinalgFn::Eig { .. } => return Ok(()),
        };
        self.of_sums(name, node, |u, reducer| {
            let options = ReduceOptions { axes: Some(smallvec![-2, -1]), ..ReduceOptions::default() };
            Ok([build::reduce(&op(u, &[&node.inputs[0]])?, reducer, &options)?])
        })
    }

    /// Of what each element of a result is a sum of: `along` tells what any, or all, of these numbers are, by operand.
    fn of_sums<const N: usize>(
        &mut self,
        name: &'static str,
        node: &NodeRef,
        along: impl Fn(Ufunc, Reducer) -> Result<[NodeRef; N]>,
    ) -> Result<()> {
        if self.kinds.has(Fault::Invalid) {
            let mut nan = None;
            for operand in along(Ufunc::Isnan, Reducer::Any)? {
                nan = Some(either(nan, operand)?);
            }
            let condition = both(nan.map(|n| not(&n)).transpose()?, op(Ufunc::Isnan, &[node])?)?;
            self.push(name, Fault::Invalid, &condition)?;
        }
        if self.kinds.has(Fault::Overflow) {
            let mut finite = None;
            for operand in along(Ufunc::Isfinite, Reducer::All)? {
                finite = Some(both(finite, operand)?);
            }
            let condition = both(finite, not(&op(Ufunc::Isfinite, &[node])?)?)?;
            self.push(name, Fault::Overflow, &condition)?;
        }
        Ok(())
    }

    fn of_cast(&mut self, node: &NodeRef) -> Result<()> {
        let x = &node.inputs[0];
        if x.dtype.is_complex() && node.dtype.is_complex() {
            let (re, im) = parts(x)?;
            self.of_cast(&build::cast(&re, node.dtype.real()))?;
            return self.of_cast(&build::cast(&im, node.dtype.real()));
        }
        if !matches!(node.op, NodeOp::Cast) {
            return Ok(());
        }
        match (x.dtype.kind(), node.dtype.kind()) {
            (Kind::Float | Kind::Complex, Kind::Float | Kind::Complex)
            | (Kind::Signed | Kind::Unsigned, Kind::Float)
                if node.dtype.real().size() < x.dtype.real().size() || node.dtype == DType::F16 =>
            {
                let x = real_if(x, node.dtype)?;
                let infinite = op(Ufunc::Isinf, &[node])?;
                let finite = if x.dtype.is_inexact() { finite(std::iter::once(&x))? } else { None };
                let sum_of_halves = matches!(&x.op, NodeOp::Reduce { fold: Fold::Sum | Fold::Prod, finish: Finish::Value, .. }
                    if matches!(x.inputs[0].op, NodeOp::Cast) && x.inputs[0].inputs[0].dtype == DType::F16);
                let name = if sum_of_halves { "reduce" } else { "cast" };
                self.push(name, Fault::Overflow, &both(finite, infinite)?)
            }
            (Kind::Float | Kind::Complex, Kind::Signed | Kind::Unsigned) => {
                let wide = build::cast(&real_if(x, node.dtype)?, DType::F64);
                // C converts by way of 32 or 64 bits and cuts off what the type does not hold. Numbers strictly between these fit.
                let (low, high) = match node.dtype {
                    DType::U32 | DType::I64 => (-9_223_372_036_854_777_856.0, 9_223_372_036_854_775_808.0),
                    DType::U64 => (-9_223_372_036_854_777_856.0, 18_446_744_073_709_551_616.0),
                    _ => (-2_147_483_649.0, 2_147_483_648.0),
                };
                let fits =
                    both(Some(with_number(Ufunc::Greater, &wide, low)?), with_number(Ufunc::Less, &wide, high)?)?;
                self.push("cast", Fault::Invalid, &not(&fits)?)
            }
            _ => Ok(()),
        }
    }

    /// A scan: each element is a call with the one before it.
    fn of_scan(&mut self, node: &NodeRef, u: Ufunc, axis: usize) -> Result<()> {
        let n = node.shape[axis];
        let part = |x: &NodeRef, start: usize| {
            let whole = node.shape.iter().map(|&len| IndexItem::Slice { start: 0, step: 1, len });
            let mut items: SmallVec<[IndexItem; 4]> = whole.collect();
            items[axis] = IndexItem::Slice { start: start as i64, step: 1, len: n - 1 };
            build::index(x, &items)
        };
        let call = op(u, &[&part(node, 0)?, &part(&node.inputs[0], 1)?])?;
        self.of_call_named(&call, u, "accumulate")
    }

    fn of_reduction(&mut self, node: &NodeRef, fold: Fold, finish: Finish, axes: &[usize]) -> Result<()> {
        let x = &node.inputs[0];
        let count: usize = axes.iter().map(|&a| x.shape[a]).product();
        // NumPy divides by an int64, which scalars of 32 bits leave to the ufunc.
        let scalar = node.shape.is_empty() && matches!(x.dtype, DType::F64 | DType::C128);
        let divide = if scalar { "scalar divide" } else { "divide" };
        if !x.dtype.is_inexact() || node.size() == 0 {
            return Ok(());
        }
        match (fold, finish) {
            (Fold::Sum | Fold::Prod, Finish::Mean) if count == 0 => self.push(divide, Fault::Invalid, &truth()),
            (Fold::Sum | Fold::Prod, _) | (Fold::Moments, Finish::Mean) => self.of_sum(node, x, axes),
            (Fold::Moments, Finish::Var(ddof) | Finish::Std(ddof)) => {
                let left = (count as f64 - f64::from_bits(ddof)).max(0.0);
                let squares = self.of_spread(x, axes)?;
                self.at.1 += 1;
                if count == 0 {
                    self.push("divide", Fault::Invalid, &truth())?;
                    self.at.1 += 1;
                }
                if left == 0.0 {
                    self.push(divide, Fault::Divide, &op(Ufunc::Isinf, &[node])?)?;
                    let nan = op(Ufunc::Isnan, &[node])?;
                    self.push(divide, Fault::Invalid, &both(Some(not(&op(Ufunc::Isnan, &[&squares])?)?), nan)?)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A sum or product: a NaN of none, an infinity of none.
    fn of_sum(&mut self, node: &NodeRef, x: &NodeRef, axes: &[usize]) -> Result<()> {
        let any = |u: Ufunc| build::reduce(&op(u, &[x])?, Reducer::Any, &over(axes, false));
        if self.kinds.has(Fault::Overflow) {
            let infinite = op(Ufunc::Isinf, &[node])?;
            let all_finite = build::reduce(&op(Ufunc::Isfinite, &[x])?, Reducer::All, &over(axes, false))?;
            self.push("reduce", Fault::Overflow, &both(Some(infinite), all_finite)?)?;
        }
        if self.kinds.has(Fault::Invalid) {
            let nan = op(Ufunc::Isnan, &[node])?;
            self.push("reduce", Fault::Invalid, &both(Some(nan), not(&any(Ufunc::Isnan)?)?)?)?;
        }
        Ok(())
    }

    /// A variance, by the steps in which NumPy computes it: the sum of squares.
    fn of_spread(&mut self, x: &NodeRef, axes: &[usize]) -> Result<NodeRef> {
        let mean = build::reduce(x, Reducer::Mean, &over(axes, true))?;
        let far = op(Ufunc::Subtract, &[x, &mean])?;
        let sum = build::reduce(x, Reducer::Sum, &over(axes, false))?;
        self.of_sum(&sum, x, axes)?;
        self.at.1 += 1;
        self.of_call(&far, Ufunc::Subtract)?;
        self.at.1 += 1;
        let square = if x.dtype.is_complex() {
            op(Ufunc::Real, &[&op(Ufunc::Multiply, &[&far, &op(Ufunc::Conjugate, &[&far])?])?])?
        } else {
            let square = op(Ufunc::Square, &[&far])?;
            self.of_call(&square, Ufunc::Square)?;
            square
        };
        let sum = build::reduce(&square, Reducer::Sum, &over(axes, false))?;
        self.at.1 += 1;
        self.of_sum(&sum, &square, axes)?;
        Ok(sum)
    }
}

fn truth() -> NodeRef {
    Node::constant(Scalar::one(DType::Bool), crate::array::Shape::new())
}

type Parts = (NodeRef, NodeRef);

fn parts(x: &NodeRef) -> Result<Parts> {
    Ok((op(Ufunc::Real, &[x])?, op(Ufunc::Imag, &[x])?))
}

/// The real part, where the type that it is cast to has no other.
fn real_if(x: &NodeRef, to: DType) -> Result<NodeRef> {
    if x.dtype.is_complex() && !to.is_complex() { op(Ufunc::Real, &[x]) } else { Ok(x.clone()) }
}

fn over(axes: &[usize], keepdims: bool) -> ReduceOptions {
    let axes = Some(axes.iter().map(|&a| a as i64).collect());
    ReduceOptions { axes, keepdims, ..ReduceOptions::default() }
}
