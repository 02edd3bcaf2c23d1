//! Reads the text of the loop IR (see `print` for the grammar) back into what it was printed from.
//!
//! Space at the ends of lines and empty lines are ignored; `#` starts a comment. What is read has been verified.

use super::{Access, Kernel, KernelResult, Operand, Segment, Sink, verify};
use crate::dtype::{DType, Scalar};
use crate::error::{Error, Result};
use crate::ops::expr::{Body, Inst, Op, TableFn, ValueId};
use crate::ops::prim::{MathFn, Prim};
use crate::ops::reduction::Fold;

/// What is wrong with a line.
type Line<T> = std::result::Result<T, String>;

/// The operands, and what becomes of a value of which type.
type Heading = (Vec<Operand>, Vec<(Sink, DType)>);

/// Reads a kernel.
///
/// # Errors
/// `Error::Value` with the line that is not understood, or with what the verifier says.
pub fn kernel(text: &str) -> Result<Kernel> {
    let (operands, body, results) = read(text, "kernel")?;
    let kernel = Kernel { operands, body, results };
    verify::check_kernel(&kernel).map_err(|e| Error::Value(format!("{e} in\n{text}")))?;
    Ok(kernel)
}

/// Reads a segment.
///
/// # Errors
/// As [`kernel`].
pub fn segment(text: &str) -> Result<Segment> {
    let (operands, body, results) = read(text, "segment")?;
    let (mut stores, mut folds) = (Vec::new(), Vec::new());
    for r in results {
        match r.sink {
            Sink::Store if folds.is_empty() => stores.push(r.value),
            Sink::Store => return Err(Error::Value(format!("a segment stores before it folds:\n{text}"))),
            Sink::Fold(fold) => folds.push((r.value, fold)),
            Sink::Hold => return Err(Error::Value(format!("a segment holds nothing:\n{text}"))),
        }
    }
    let segment = Segment { operands, body, stores, folds };
    verify::check_segment(&segment).map_err(|e| Error::Value(format!("{e} in\n{text}")))?;
    Ok(segment)
}

fn read(text: &str, word: &str) -> Result<(Vec<Operand>, Body, Vec<KernelResult>)> {
    let mut body = Body::default();
    let mut results: Vec<KernelResult> = Vec::new();
    let mut heading: Option<Heading> = None;
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let done = match &heading {
            None => head(line, word).map(|h| heading = Some(h)),
            Some((operands, _)) if line.starts_with('%') && results.is_empty() => {
                instruction(line, operands, &mut body)
            }
            Some(_) => sink(line, results.len()).map(|r| results.push(r)),
        };
        done.map_err(|e| Error::Value(format!("{e}: {line}")))?;
    }
    let (operands, types) = heading.ok_or_else(|| Error::Value(format!("no {word} here")))?;
    let matches = |(r, (sink, dtype)): (&KernelResult, &(Sink, DType))| {
        r.sink == *sink && body.insts().get(r.value.index()).is_some_and(|i| i.dtype == *dtype)
    };
    if types.len() != results.len() || !results.iter().zip(&types).all(matches) {
        return Err(Error::Value(format!("the results are not those of the heading:\n{text}")));
    }
    Ok((operands, body, results))
}

fn head(line: &str, word: &str) -> Line<Heading> {
    let inner = line.strip_prefix(word).and_then(|l| l.strip_prefix('(')).and_then(|l| l.strip_suffix(')'));
    let (operands, results) =
        inner.and_then(|l| l.split_once(") -> (")).ok_or_else(|| format!("no heading of a {word}"))?;
    let operands = items(operands).enumerate().map(|(n, o)| operand(n, o)).collect::<Line<_>>()?;
    let result = |text: &str| match text.split_once(' ') {
        Some(("hold", t)) => Ok((Sink::Hold, dtype(t)?)),
        Some((f, t)) => Ok((Sink::Fold(fold(f)?), dtype(t)?)),
        None => Ok((Sink::Store, dtype(text)?)),
    };
    Ok((operands, items(results).map(result).collect::<Line<_>>()?))
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|t| !t.is_empty())
}

fn operand(n: usize, text: &str) -> Line<Operand> {
    let parts = text.strip_prefix(&format!("a{n}: ")).and_then(|t| t.split_once(' '));
    let (t, access) = parts.ok_or_else(|| format!("operand {n} is not \"a{n}: type access\""))?;
    let access = match access {
        "unit" => Access::Unit,
        "scalar" => Access::Scalar,
        "table" => Access::Table,
        _ => return Err(format!("{access} is neither unit, scalar nor table")),
    };
    Ok(Operand { dtype: dtype(t)?, access })
}

fn dtype(text: &str) -> Line<DType> {
    DType::from_short(text).ok_or_else(|| format!("{text} is no type"))
}

fn fold(text: &str) -> Line<Fold> {
    Fold::ALL.into_iter().find(|f| f.name() == text).ok_or_else(|| format!("{text} is no fold"))
}

fn value(text: &str) -> Line<ValueId> {
    let number = text.strip_prefix('%').and_then(|t| t.parse().ok());
    number.map(ValueId).ok_or_else(|| format!("{text} is no value"))
}

fn sink(line: &str, n: usize) -> Line<KernelResult> {
    let (name, rest) = line.split_once(' ').ok_or("not a line of the IR")?;
    let sink = match (name, name.strip_prefix("fold.")) {
        ("store", _) => Sink::Store,
        ("hold", _) => Sink::Hold,
        (_, Some(f)) => Sink::Fold(fold(f)?),
        (_, None) => return Err(format!("{name} is neither store, hold nor fold")),
    };
    let (number, v) = rest.split_once(',').ok_or("no value")?;
    if number.trim() != n.to_string() {
        return Err(format!("result {n} is expected"));
    }
    Ok(KernelResult { value: value(v.trim())?, sink })
}

fn instruction(line: &str, operands: &[Operand], body: &mut Body) -> Line<()> {
    let (made, rest) = line.split_once('=').ok_or("no instruction")?;
    let expected = ValueId(body.insts().len() as u32);
    if value(made.trim())? != expected {
        return Err(format!("%{} is expected", expected.0));
    }
    let (name, rest) = rest.trim().split_once(' ').ok_or("no instruction")?;
    let mut args = [ValueId(u32::MAX); 3];
    let inst = if name == "load" {
        let n: Option<u16> = rest.strip_prefix('a').and_then(|n| n.parse().ok());
        let found = n.and_then(|n| Some((n, operands.get(usize::from(n))?)));
        let (n, o) = found.ok_or_else(|| format!("{rest} is no operand"))?;
        Inst { op: Op::Load(n), operands: args, dtype: o.dtype }
    } else {
        let (rest, t) = rest.rsplit_once(" : ").ok_or("no type")?;
        let dtype = dtype(t)?;
        let op = if name == "const" {
            Op::Const(literal(rest, dtype).ok_or_else(|| format!("{rest} is no {t}"))?)
        } else {
            for (n, a) in items(rest).enumerate() {
                *args.get_mut(n).ok_or("too many operands")? = value(a)?;
            }
            let given = items(rest).count();
            let op = if name == "cast" {
                Some((Op::Cast, 1))
            } else {
                let prim = Prim::ALL.into_iter().find(|p| p.name() == name).map(|p| (Op::Prim(p), p.arity()));
                let math = || MathFn::ALL.into_iter().find(|m| m.name() == name).map(|m| (Op::Math(m), m.arity()));
                let table = || TableFn::ALL.into_iter().find(|t| t.name() == name).map(|t| (Op::Table(t), 2));
                prim.or_else(math).or_else(table)
            };
            let (op, arity) = op.ok_or_else(|| format!("{name} is no instruction"))?;
            if given != arity {
                return Err(format!("{name} takes {arity} operands"));
            }
            op
        };
        Inst { op, operands: args, dtype }
    };
    if body.copy_inst(&inst, &args) != expected {
        return Err("computed before".into());
    }
    Ok(())
}

/// A constant of a type, from the IR's text.
pub fn literal(text: &str, dtype: DType) -> Option<Scalar> {
    if let Some(hex) = text.strip_prefix("0x") {
        let bits = u128::from_str_radix(hex, 16).ok()?;
        let fits = dtype.size() == 16 || bits >> (8 * dtype.size()) == 0;
        return (fits && (dtype != DType::Bool || bits <= 1)).then(|| Scalar::from_bits(dtype, bits));
    }
    let real = |text: &str| -> Option<f64> { text.trim().parse().ok() };
    if dtype == DType::Bool {
        return Some(Scalar::from_i128(dtype, i128::from(text.parse::<bool>().ok()?)));
    }
    if let Some((low, high)) = dtype.integer_range() {
        let v: i128 = text.parse().ok()?;
        return (low..=high).contains(&v).then(|| Scalar::from_i128(dtype, v));
    }
    if dtype.is_complex() {
        let (re, im) = text.strip_prefix('(')?.strip_suffix(')')?.split_once(',')?;
        return Some(Scalar::from_complex(dtype, real(re)?, real(im)?));
    }
    Some(Scalar::from_f64(dtype, real(text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        let text = "\
kernel(a0: f64 unit, a1: f64 scalar, a2: f16 unit, a3: bool unit) -> (f64, sum f64, argmax f64, count bool)
  %0 = load a0
  %1 = load a1
  %2 = mul %0, %1 : f64
  %3 = const -0.0 : f64
  %4 = const NaN : f64
  %5 = const 0x7ff8000000000123 : f64
  %6 = const 0.1 : f32
  %7 = const (1.5, -inf) : c64
  %8 = const -128 : i8
  %9 = const true : bool
  %10 = load a2
  %11 = cast %10 : f32
  %12 = sin %11 : f32
  %13 = load a3
  %14 = select %13, %2, %3 : f64
  store 0, %14
  fold.sum 1, %2
  fold.argmax 2, %2
  fold.count 3, %13";
        assert_eq!(kernel(text).unwrap().to_string(), text);
        let segment_text = "segment() -> (f64)\n  %0 = const 1e300 : f64\n  store 0, %0";
        assert_eq!(segment(segment_text).unwrap().to_string(), segment_text);
        let folding = "\
segment(a0: f64 unit, a1: f64 scalar) -> (f64, sum f64, count bool)
  %0 = load a0
  %1 = load a1
  %2 = mul %0, %1 : f64
  %3 = lt %0, %1 : bool
  store 0, %2
  fold.sum 1, %2
  fold.count 2, %3";
        assert_eq!(segment(folding).unwrap().to_string(), folding);
        for (from, to) in [("sum", "prod"), ("fold.sum 1", "fold.max 1"), ("-> (f64, ", "-> (")] {
            assert!(segment(&folding.replace(from, to)).is_err());
        }
    }

    #[test]
    fn every_special_constant_is_read_back() {
        for dtype in DType::ALL {
            let width = 8 * dtype.size() as u32;
            for bits in (0..width).flat_map(|s| [1u128 << s, (1u128 << s) - 1, u128::MAX << s]) {
                let bits = if width == 128 { bits } else { bits & ((1 << width) - 1) };
                if dtype == DType::Bool && bits > 1 {
                    continue;
                }
                let value = Scalar::from_bits(dtype, bits);
                assert_eq!(literal(&crate::jit::ir::print::literal(value), dtype), Some(value), "{bits:#x} {dtype}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let of = |lines: &str| kernel(&format!("kernel(a0: f64 unit) -> (f64)\n{lines}"));
        assert!(of("%0 = load a0\nstore 0, %0").is_ok());
        for wrong in [
            "%0 = load a1\nstore 0, %0",
            "%1 = load a0\nstore 0, %1",
            "%0 = load a0",
            "%0 = load a0\nstore 1, %0",
            "%0 = load a0\nstore 0, %1",
            "%0 = load a0\nfold.sum 0, %0",
            "%0 = load a0\n%1 = add %0 : f64\nstore 0, %1",
            "%0 = load a0\n%1 = add %0, %1 : f64\nstore 0, %1",
            "%0 = load a0\n%1 = add %0, %0 : f32\nstore 0, %0",
            "%0 = load a0\n%1 = and %0, %0 : f64\nstore 0, %1",
            "%0 = load a0\n%1 = cast %0 : f64\nstore 0, %1",
            "%0 = load a0\n%1 = load a0\nstore 0, %1",
            "%0 = load a0\n%1 = cast %0 : f16\n%2 = add %1, %1 : f16\nstore 0, %0",
        ] {
            assert!(matches!(of(wrong), Err(Error::Value(_))), "{wrong}");
        }
    }
}
