//! The text of the loop IR. `parse` reads it back: the text says all that a kernel or segment is.
//!
//! ```text
//! loop     = ("kernel" | "segment") "(" [operand {", " operand}] ") -> (" [result {", " result}] ")" {line}
//! operand  = "a" number ": " type " " ("unit" | "scalar")         numbered from 0
//! result   = [fold " "] type                                      the type that is stored or folded
//! line     = newline "  " (value " = " inst | sink)               instructions first, then one sink a result, in order
//!                                                                 (of segments, stores before folds)
//! inst     = "load a" number
//!          | "const " literal " : " type
//!          | ("cast" | prim | function) " " value {", " value} " : " type
//! sink     = "store " number ", " value | "fold." fold " " number ", " value
//! value    = "%" number                                           numbered from 0 in the order of the instructions
//! literal  = "true" | "false" | number | "(" number ", " number ")" | "0x" bits
//! ```
//!
//! Types, instructions, functions and folds have their `short` and `name`. A literal is the shortest number that leads
//! back to the constant; where none does (a NaN with a payload), its bits in hexadecimal.

use super::{Access, Kernel, Operand, Segment, Sink};
use crate::dtype::{DType, Scalar};
use crate::ops::expr::{Body, Op, ValueId};
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Access {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Access::Unit => "unit",
            Access::Scalar => "scalar",
            Access::Table => "table",
        })
    }
}

impl Display for Kernel {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let types = self.results.iter().map(|r| (r.value, r.sink));
        head(f, "kernel", &self.operands, &self.body, types)?;
        lines(f, &self.body)?;
        for (n, r) in self.results.iter().enumerate() {
            sink(f, n, r.value, r.sink)?;
        }
        Ok(())
    }
}

impl Display for Segment {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let stores = self.stores.iter().map(|&v| (v, Sink::Store));
        let results = stores.chain(self.folds.iter().map(|&(v, fold)| (v, Sink::Fold(fold))));
        head(f, "segment", &self.operands, &self.body, results.clone())?;
        lines(f, &self.body)?;
        for (n, (v, becomes)) in results.enumerate() {
            sink(f, n, v, becomes)?;
        }
        Ok(())
    }
}

fn head(
    f: &mut Formatter<'_>,
    word: &str,
    operands: &[Operand],
    body: &Body,
    results: impl Iterator<Item = (ValueId, Sink)>,
) -> Result {
    write!(f, "{word}(")?;
    for (n, o) in operands.iter().enumerate() {
        let comma = if n == 0 { "" } else { ", " };
        write!(f, "{comma}a{n}: {} {}", o.dtype.short(), o.access)?;
    }
    f.write_str(") -> (")?;
    for (n, (value, sink)) in results.enumerate() {
        f.write_str(if n == 0 { "" } else { ", " })?;
        match sink {
            Sink::Store => {}
            Sink::Fold(fold) => write!(f, "{} ", fold.name())?,
            Sink::Hold => f.write_str("hold ")?,
        }
        // A broken kernel must still print: that is when it is read.
        f.write_str(body.insts().get(value.index()).map_or("?", |i| i.dtype.short()))?;
    }
    f.write_char(')')
}

fn lines(f: &mut Formatter<'_>, body: &Body) -> Result {
    for (n, inst) in body.insts().iter().enumerate() {
        write!(f, "\n  %{n} = ")?;
        let name = match inst.op {
            Op::Load(operand) => {
                write!(f, "load a{operand}")?;
                continue;
            }
            Op::Const(value) => {
                write!(f, "const {} : {}", literal(value), inst.dtype.short())?;
                continue;
            }
            Op::Prim(p) => p.name(),
            Op::Math(m) => m.name(),
            Op::Cast => "cast",
            Op::Table(t) => t.name(),
        };
        f.write_str(name)?;
        for (i, a) in inst.args().iter().enumerate() {
            write!(f, "{} %{}", if i == 0 { "" } else { "," }, a.0)?;
        }
        write!(f, " : {}", inst.dtype.short())?;
    }
    Ok(())
}

fn sink(f: &mut Formatter<'_>, n: usize, value: ValueId, sink: Sink) -> Result {
    match sink {
        Sink::Store => write!(f, "\n  store {n}, %{}", value.0),
        Sink::Hold => write!(f, "\n  hold {n}, %{}", value.0),
        Sink::Fold(fold) => write!(f, "\n  fold.{} {n}, %{}", fold.name(), value.0),
    }
}

/// A constant as the IR's text writes it.
pub fn literal(value: Scalar) -> String {
    let bits = value.bits();
    let text = match value.dtype() {
        DType::F32 => format!("{:?}", f32::from_bits(bits as u32)),
        DType::C64 => format!("({:?}, {:?})", f32::from_bits(bits as u32), f32::from_bits((bits >> 32) as u32)),
        _ => value.to_string(),
    };
    if super::parse::literal(&text, value.dtype()) == Some(value) { text } else { format!("{bits:#x}") }
}
