//! Ufuncs and casts: dispatch to a loop, casts of the operands, broadcasting of the shapes.

use crate::array::Shape;
use crate::array::layout;
use crate::dtype::{DType, Kind, OperandType, Scalar, Weak, result_type};
use crate::error::{Error, Result};
use crate::graph::node::{Node, NodeOp, NodeRef};
use crate::ops::ufunc::{Ufunc, compare_out_of_range, power_by_scalar, power_operator_by_scalar};
use smallvec::{SmallVec, smallvec};

/// An operand: a node, or a Python scalar that has no type of its own.
#[derive(Clone, Debug)]
pub enum Operand {
    /// An array.
    Node(NodeRef),
    /// A Python `int`; `None` where it does not even fit 128 bits, with its text.
    Int(Option<i128>, String),
    /// A Python `float`.
    Float(f64),
    /// A Python `complex`.
    Complex(f64, f64),
}

impl Operand {
    /// A Python integer that fits.
    pub fn int(value: i128) -> Operand {
        Operand::Int(Some(value), String::new())
    }

    /// The type as dispatch sees it.
    pub fn operand_type(&self) -> OperandType {
        match self {
            Operand::Node(n) => OperandType::Typed(n.dtype),
            Operand::Int(..) => OperandType::Weak(Weak::Int),
            Operand::Float(_) => OperandType::Weak(Weak::Float),
            Operand::Complex(..) => OperandType::Weak(Weak::Complex),
        }
    }

    fn shape(&self) -> &[usize] {
        match self {
            Operand::Node(n) => &n.shape,
            Operand::Int(..) | Operand::Float(_) | Operand::Complex(..) => &[],
        }
    }

    /// The operand as a node of type `dtype`: a constant, or the cast of one where there is something to say of the cast.
    ///
    /// # Errors
    /// `Error::IntegerOutOfBounds` for an integer that `dtype` cannot hold.
    pub fn to_node(&self, dtype: DType) -> Result<NodeRef> {
        if let Some(wide) = self.lost_in(dtype) {
            return Ok(cast(&Node::constant(wide, Shape::new()), dtype));
        }
        let scalar = match self {
            Operand::Node(n) => return Ok(cast(n, dtype)),
            Operand::Int(value, text) => {
                let out = || {
                    let value = value.map_or_else(|| text.clone(), |v| v.to_string());
                    Error::IntegerOutOfBounds { value, dtype }
                };
                match (value, dtype.integer_range()) {
                    (Some(v), Some(_)) if dtype == DType::Bool => Scalar::from_i128(dtype, *v),
                    (Some(v), Some((low, high))) if *v >= low && *v <= high => Scalar::from_i128(dtype, *v),
                    (_, Some(_)) => return Err(out()),
                    // By way of float64, as NumPy does: float32 is rounded twice.
                    (Some(v), None) => Scalar::from_f64(dtype, *v as f64),
                    (None, None) => match text.parse::<f64>() {
                        Ok(v) if v.is_finite() => Scalar::from_f64(dtype, v),
                        _ => return Err(Error::TooLargeForFloat),
                    },
                }
            }
            Operand::Float(v) => Scalar::from_f64(dtype, *v),
            Operand::Complex(re, im) => Scalar::from_complex(dtype, *re, *im),
        };
        Ok(Node::number(scalar))
    }

    /// The Python number in its own type, where `dtype` makes an infinity of it, drops its imaginary part, or may not hold it.
    pub fn lost_in(&self, dtype: DType) -> Option<Scalar> {
        let (re, im) = match self {
            Operand::Float(v) => (*v, 0.0),
            Operand::Int(Some(v), _) => (*v as f64, 0.0),
            Operand::Int(None, text) => (text.parse().unwrap_or(f64::INFINITY), 0.0),
            Operand::Complex(re, im) => (*re, *im),
            Operand::Node(_) => return None,
        };
        let overflows = |v: f64| v.is_finite() && Scalar::from_f64(dtype.real(), v).to_f64().is_infinite();
        let complex = matches!(self, Operand::Complex(..));
        // Beyond 32 bits, and for NaN, it is the cast that says what C makes of a float.
        let beyond =
            matches!(self, Operand::Float(_)) && dtype.is_integer() && (re.is_nan() || re.abs() >= 2_147_483_648.0);
        let lost = beyond
            || complex && !dtype.is_complex() && dtype != DType::Bool
            || dtype.is_inexact() && dtype.real() != DType::F64 && (overflows(re) || overflows(im));
        lost.then(|| if complex { Scalar::from_complex(DType::C128, re, im) } else { Scalar::from_f64(DType::F64, re) })
    }

    /// The value of an operand that is a single number known now; where that lies in memory, it may change.
    fn value(&self) -> Option<Scalar> {
        match self {
            Operand::Node(n) => match &n.op {
                NodeOp::Const(v) if n.shape.is_empty() => Some(*v),
                NodeOp::Data(a) if a.ndim() == 0 => Some(a.element(&[])),
                _ => None,
            },
            Operand::Int(v, _) => v.map(|v| Scalar::from_f64(DType::F64, v as f64)),
            Operand::Float(v) => Some(Scalar::from_f64(DType::F64, *v)),
            Operand::Complex(re, im) => Some(Scalar::from_complex(DType::C128, *re, *im)),
        }
    }

    /// True where the value lies in memory that others may write to.
    fn may_change(&self) -> bool {
        matches!(self, Operand::Node(n) if matches!(&n.op, NodeOp::Data(a) if a.buffer().is_writable()))
    }

    /// The operand as an element of an array of type `dtype`, as NumPy puts a number into one: by way of Python's `int` where
    /// that is an integer type; so are typed numbers by signed ones, and cast by all others.
    ///
    /// # Errors
    /// What `int` and `float` refuse; `Error::TooLargeForLong`, `Error::IntegerOutOfBounds`.
    pub fn to_element(&self, dtype: DType) -> Result<NodeRef> {
        let whole = match self {
            Operand::Node(n) => {
                let Some(v) = self.value().filter(|v| dtype.kind() == Kind::Signed && !v.dtype().is_complex()) else {
                    return self.to_node(dtype);
                };
                let integer = !v.dtype().is_inexact();
                let number = if integer { Operand::int(v.to_i128()) } else { Operand::Float(v.to_f64()) };
                // What lies in memory is looked at now, and read when it is computed.
                let element = number.to_element(dtype)?;
                return if matches!(n.op, NodeOp::Const(_)) { Ok(element) } else { self.to_node(dtype) };
            }
            Operand::Int(None, _) if dtype == DType::Bool => return Operand::int(1).to_node(dtype),
            Operand::Complex(..) if dtype.is_integer() => {
                let text = "int() argument must be a string, a bytes-like object or a real number, not 'complex'";
                return Err(Error::Type(text.into()));
            }
            Operand::Complex(..) if !dtype.is_complex() && dtype != DType::Bool => {
                return Err(Error::Type("float() argument must be a string or a real number, not 'complex'".into()));
            }
            _ if !dtype.is_integer() => return self.to_node(dtype),
            Operand::Float(v) if v.is_nan() => {
                return Err(Error::Value("cannot convert float NaN to integer".into()));
            }
            Operand::Float(v) if v.is_infinite() => return Err(Error::InfinityToInteger),
            // The cast saturates: what 128 bits do not hold, no element type holds.
            Operand::Float(v) => Some(*v as i128),
            Operand::Int(v, _) => *v,
            Operand::Complex(..) => None,
        };
        let most = if dtype == DType::U64 { i128::from(u64::MAX) } else { i128::from(i64::MAX) };
        match whole {
            Some(v) if v >= i128::from(i64::MIN) && v <= most => Operand::int(v).to_node(dtype),
            _ => Err(Error::TooLargeForLong),
        }
    }

    /// The operand; an array as the constant that it is.
    fn or_constant(self, value: Scalar) -> Operand {
        if matches!(self, Operand::Node(_)) { Operand::Node(Node::number(value)) } else { self }
    }

    /// The operand as a node of its own or default type.
    ///
    /// # Errors
    /// `Error::IntegerOutOfBounds` for an integer beyond 64 bits.
    pub fn to_default_node(&self) -> Result<NodeRef> {
        match self.operand_type() {
            OperandType::Typed(t) => self.to_node(t),
            OperandType::Weak(w) => match self {
                Operand::Int(Some(v), _) if *v > i128::from(i64::MAX) => self.to_node(DType::U64),
                _ => self.to_node(w.default_dtype()),
            },
        }
    }
}

/// The type that operands promote to: NumPy's `result_type`; float64 for none.
pub fn common_dtype(operands: &[OperandType]) -> DType {
    result_type(operands).unwrap_or(DType::F64)
}

/// The bounds of `clip` as its lowering (`ops::ufunc::comparison`) takes them: where both are numbers that do not change and one is zero or
/// NaN, as constants, as between numbers a zero keeps its sign and a NaN is the result. Others compile nothing of their own.
pub fn clip_bounds(low: Operand, high: Operand) -> (Operand, Operand) {
    let matters = |v: Scalar| v.to_f64() == 0.0 || v.to_f64().is_nan();
    let known = |bound: &Operand| bound.value().filter(|v| !v.dtype().is_complex() && !bound.may_change());
    match (known(&low), known(&high)) {
        (Some(a), Some(b)) if matters(a) || matters(b) => (low.or_constant(a), high.or_constant(b)),
        _ => (low, high),
    }
}

/// A real number as a float of a type, or a whole one as a truth, if that is rounded once at most and there is nothing to say of it.
fn folded(value: Scalar, dtype: DType) -> Option<Scalar> {
    const WHOLE: f64 = (1u64 << 53) as f64;
    let (from, number) = (value.dtype(), value.to_f64());
    if dtype == DType::Bool && from.is_integer() {
        return Some(Scalar::from_i128(dtype, value.to_i128()));
    }
    if !dtype.is_float() || from.is_complex() || !from.is_float() && dtype != DType::F64 && number.abs() >= WHOLE {
        return None;
    }
    let same = Scalar::from_f64(dtype, number);
    (same.to_f64().to_bits() == number.to_bits() || number.is_nan()).then_some(same)
}

/// A node converted to `dtype`; itself if it has that type.
pub fn cast(x: &NodeRef, dtype: DType) -> NodeRef {
    if x.dtype == dtype {
        return x.clone();
    }
    if let NodeOp::Const(value) = x.op
        && let Some(same) = folded(value, dtype)
    {
        return Node::constant(same, Shape::from_slice(&x.shape));
    }
    Node::new(NodeOp::Cast, smallvec![x.clone()], Shape::from_slice(&x.shape), dtype)
}

/// The result for two arrays of one type and shape, which are built most: `None` where that takes a search.
pub fn uniform_pair(u: Ufunc, a: &NodeRef, b: &NodeRef) -> Option<NodeRef> {
    if a.dtype != b.dtype || a.shape != b.shape {
        return None;
    }
    let dtype = u.uniform_result(2, a.dtype)?;
    Some(applied(u, smallvec![a.clone(), b.clone()], &a.shape, dtype))
}

/// The one result for operands whose loop is found without a search, as for most they are: `None` for others.
fn uniform(u: Ufunc, operands: &[Operand]) -> Option<NodeRef> {
    // A Python number beside an array, and their result's type.
    let beside = |a: &NodeRef, number: &Operand| match number {
        Operand::Float(_) | Operand::Int(..) => Some((u.result_with_number(a.dtype)?, number.to_node(a.dtype).ok()?)),
        Operand::Node(_) | Operand::Complex(..) => None,
    };
    match operands {
        [Operand::Node(a)] => Some(applied(u, smallvec![a.clone()], &a.shape, u.uniform_result(1, a.dtype)?)),
        [Operand::Node(a), Operand::Node(b)] => uniform_pair(u, a, b),
        [Operand::Node(a), number] => {
            let (dtype, b) = beside(a, number)?;
            Some(applied(u, smallvec![a.clone(), b], &a.shape, dtype))
        }
        [number, Operand::Node(a)] => {
            let (dtype, b) = beside(a, number)?;
            Some(applied(u, smallvec![b, a.clone()], &a.shape, dtype))
        }
        [Operand::Node(mask), Operand::Node(a), Operand::Node(b)] => {
            let fits = mask.dtype == DType::Bool && a.dtype == b.dtype && mask.shape == a.shape && a.shape == b.shape;
            let inputs = || smallvec![mask.clone(), a.clone(), b.clone()];
            (fits && u.selects()).then(|| applied(u, inputs(), &a.shape, a.dtype))
        }
        _ => None,
    }
}

fn applied(u: Ufunc, inputs: SmallVec<[NodeRef; 2]>, shape: &[usize], dtype: DType) -> NodeRef {
    Node::new(NodeOp::Ufunc { ufunc: u, out: 0 }, inputs, Shape::from_slice(shape), dtype)
}

/// The first result of a ufunc of nodes.
///
/// # Errors
/// As [`ufunc`].
pub fn op(u: Ufunc, x: &[&NodeRef]) -> Result<NodeRef> {
    let operands: SmallVec<[Operand; 3]> = x.iter().map(|&n| Operand::Node(n.clone())).collect();
    Ok(ufunc(u, &operands)?.remove(0))
}

/// The results of a ufunc.
///
/// # Errors
/// `Error::Broadcast`, `Error::NoLoop` and its like, `Error::IntegerOutOfBounds`.
pub fn ufunc(u: Ufunc, operands: &[Operand]) -> Result<SmallVec<[NodeRef; 2]>> {
    if let Some(node) = uniform(u, operands) {
        return Ok(smallvec![node]);
    }
    if let Some(result) = compare_with_unreachable_integer(u, operands)? {
        return Ok(smallvec![result]);
    }
    let mut types: SmallVec<[OperandType; 3]> = SmallVec::new();
    operands.iter().for_each(|o| types.push(o.operand_type()));
    let found = u.resolve(&types)?;
    let shape = match operands {
        [Operand::Node(a), Operand::Node(b)] if a.shape == b.shape => Shape::from_slice(&a.shape),
        [Operand::Node(a)] => Shape::from_slice(&a.shape),
        [Operand::Node(a), Operand::Int(..) | Operand::Float(_)]
        | [Operand::Int(..) | Operand::Float(_), Operand::Node(a)] => Shape::from_slice(&a.shape),
        _ => {
            let joint = layout::broadcast(operands.iter().map(Operand::shape))?;
            layout::checked_size(&joint)?;
            joint
        }
    };
    let mut inputs: SmallVec<[NodeRef; 2]> = SmallVec::new();
    for (o, &t) in operands.iter().zip(&found.inputs) {
        let beyond_long = |v: &Option<i128>| v.is_none_or(|v| i64::try_from(v).is_err());
        if t == DType::Bool && matches!(o, Operand::Int(v, _) if beyond_long(v)) {
            return Err(Error::TooLargeForLong);
        }
        inputs.push(o.to_node(t)?);
    }
    let op = |out: usize| NodeOp::Ufunc { ufunc: u, out: out as u8 };
    if let [dtype] = found.outputs.as_slice() {
        return Ok(smallvec![Node::new(op(0), inputs, shape, *dtype)]);
    }
    let node = |(out, &dtype): (usize, &DType)| Node::new(op(out), inputs.clone(), shape.clone(), dtype);
    Ok(found.outputs.iter().enumerate().map(node).collect())
}

/// Comparing an integer array with a Python integer beyond its type is not an error in NumPy: the answer is the same for
/// every element.
fn compare_with_unreachable_integer(u: Ufunc, operands: &[Operand]) -> Result<Option<NodeRef>> {
    let (x, value, text, first) = match operands {
        [Operand::Node(x), Operand::Int(v, t)] => (x, v, t, false),
        [Operand::Int(v, t), Operand::Node(x)] => (x, v, t, true),
        _ => return Ok(None),
    };
    if !x.dtype.is_integer() {
        return Ok(None);
    }
    let Some((low, high)) = x.dtype.integer_range() else { return Ok(None) };
    let above = match value {
        Some(v) if *v >= low && *v <= high => return Ok(None),
        Some(v) => *v > high,
        None => !text.starts_with('-'),
    };
    let Some(answer) = compare_out_of_range(u, x.dtype, above, first) else { return Ok(None) };
    let scalar = Scalar::from_i128(DType::Bool, i128::from(answer));
    Ok(Some(Node::constant(scalar, x.shape.clone())))
}

/// The exponent of a power that is one Python number.
fn scalar_exponent(exponent: &Operand) -> Option<(f64, Weak)> {
    match exponent {
        Operand::Int(Some(v), _) => Some((*v as f64, Weak::Int)),
        Operand::Float(v) => Some((*v, Weak::Float)),
        Operand::Int(None, _) | Operand::Complex(..) | Operand::Node(_) => None,
    }
}

/// `base ** exponent`: the operator, with NumPy's special cases for scalar exponents.
///
/// # Errors
/// As [`power`].
pub fn power_operator(base: &Operand, exponent: &Operand) -> Result<NodeRef> {
    if let (Operand::Node(x), Some((e, weak))) = (base, scalar_exponent(exponent))
        && let Some(u) = power_operator_by_scalar(x.dtype, weak, e)
    {
        return Ok(ufunc(u, std::slice::from_ref(base))?.remove(0));
    }
    power(base, exponent)
}

/// The ufunc `power`, with NumPy's special cases for scalar exponents.
///
/// # Errors
/// As [`ufunc`]; `Error::Value` for a negative integer power of an integer.
pub fn power(base: &Operand, exponent: &Operand) -> Result<NodeRef> {
    if let (Operand::Node(x), Some((e, weak))) = (base, scalar_exponent(exponent)) {
        // Of no elements none is refused.
        if weak == Weak::Int && e < 0.0 && x.size() > 0 && matches!(x.dtype.kind(), Kind::Signed | Kind::Bool) {
            // An exponent that the type cannot hold is refused as that first.
            exponent.to_node(common_dtype(&[base.operand_type(), exponent.operand_type()]))?;
            return Err(Error::Value("Integers to negative integer powers are not allowed.".into()));
        }
        let out = common_dtype(&[base.operand_type(), exponent.operand_type()]);
        if out == x.dtype
            && let Some(u) = power_by_scalar(out, e)
        {
            return Ok(ufunc(u, std::slice::from_ref(base))?.remove(0));
        }
    }
    Ok(ufunc(Ufunc::Power, &[base.clone(), exponent.clone()])?.remove(0))
}
