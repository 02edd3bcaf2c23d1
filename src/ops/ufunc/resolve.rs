//! Dispatch: which loop a ufunc runs for operands of given types, exactly as NumPy 2.4.6 finds it (NEP 50).

use super::{Dispatch, Loop, Ufunc};
use crate::dtype::{DType, Kind, OperandType, Weak, can_cast_safely, result_type};
use crate::error::{Error, Result};

impl Ufunc {
    /// The type of the one result that so many operands of type `t` have, where their loop is found without a search.
    pub fn uniform_result(self, operands: usize, t: DType) -> Option<DType> {
        let row = self.row();
        if row.nin != operands || row.nout != 1 || row.dispatch == Dispatch::Select {
            return None;
        }
        row.uniform_result(t)
    }

    /// The type of the one result of an array of type `t` and a Python number that is not complex, where their loop is that of two arrays of type `t`.
    pub fn result_with_number(self, t: DType) -> Option<DType> {
        let casts = matches!(t, DType::F32 | DType::F64) && self.row().dispatch != Dispatch::Logical;
        if casts { self.uniform_result(2, t) } else { None }
    }

    /// Whether it takes a bool and two operands of any one type, which its result has.
    pub fn selects(self) -> bool {
        let row = self.row();
        row.dispatch == Dispatch::Select && row.nin == 3 && row.nout == 1
    }

    /// The loop for operands of these types.
    ///
    /// The value of a Python integer plays no part: that the loop's type holds it is checked when it is converted
    /// ([`Error::IntegerOutOfBounds`]), and before that, for comparisons, by [`compare_out_of_range`].
    ///
    /// # Errors
    /// [`Error::NoLoop`], [`Error::NoSignature`] or [`Error::BoolArithmetic`] where no loop takes them: NumPy's texts.
    pub fn resolve(self, operands: &[OperandType]) -> Result<Loop> {
        let row = self.row();
        if operands.len() != row.nin {
            return Err(Error::Bug(format!("{} takes {} operands, not {}", row.name, row.nin, operands.len())));
        }
        if let OperandType::Typed(t) = operands[0]
            && row.dispatch != Dispatch::Select
            && operands.iter().all(|&o| o == operands[0])
            && let Some(found) = row.of_type(t)
        {
            return Ok(found);
        }
        let no_signature = || Error::NoSignature { op: row.name, operands: operands.to_vec() };
        let bug = || Error::Bug(format!("{} has no operands", row.name));
        match row.dispatch {
            Dispatch::Search => self.search(operands),
            Dispatch::Uniform | Dispatch::UniformNotBool => {
                let common = result_type(operands).ok_or_else(bug)?;
                match row.of_type(common) {
                    Some(found) => Ok(found),
                    None if row.dispatch == Dispatch::UniformNotBool => Err(Error::BoolArithmetic { op: row.name }),
                    None => Err(no_signature()),
                }
            }
            Dispatch::Divide => {
                let whole = |o: &OperandType| !o.default_dtype().is_inexact();
                if operands.iter().all(whole) {
                    return Ok(Loop::uniform(row.nin, row.nout, DType::F64, DType::F64));
                }
                self.search(operands)
            }
            Dispatch::Compare => {
                let common = result_type(operands).ok_or_else(bug)?;
                let mut found = Loop::uniform(row.nin, row.nout, common, DType::Bool);
                if common.is_inexact() && operands.iter().all(|o| o.default_dtype().is_integer()) {
                    // Only 64-bit unsigned with signed: no integer type holds both.
                    for (input, operand) in found.inputs.iter_mut().zip(operands) {
                        let signed = operand.default_dtype().kind() == Kind::Signed;
                        *input = if signed { DType::I64 } else { DType::U64 };
                    }
                }
                Ok(found)
            }
            Dispatch::Logical => Ok(Loop::uniform(row.nin, row.nout, DType::Bool, DType::Bool)),
            Dispatch::Select => {
                let common = result_type(&operands[1..]).ok_or_else(bug)?;
                let mut found = Loop::uniform(row.nin, row.nout, common, common);
                found.inputs[0] = DType::Bool;
                Ok(found)
            }
        }
    }

    /// The first loop to which all operands cast safely.
    ///
    /// Python scalars cast by kind alone, but only where an array's kind is not below theirs (bool below integers below
    /// floats and complex); elsewhere they count as int64, float64 and complex128.
    fn search(self, operands: &[OperandType]) -> Result<Loop> {
        fn rank(t: DType) -> u8 {
            match t.kind() {
                Kind::Bool => 0,
                Kind::Unsigned | Kind::Signed => 1,
                Kind::Float | Kind::Complex => 2,
            }
        }
        let arrays = operands.iter().filter_map(|o| match o {
            OperandType::Typed(t) => Some(rank(*t)),
            OperandType::Weak(_) => None,
        });
        let scalars = operands.iter().filter_map(|o| match o {
            OperandType::Typed(_) => None,
            OperandType::Weak(w) => Some(rank(w.default_dtype())),
        });
        let by_kind = arrays.max().is_some_and(|array| Some(array) >= scalars.max());
        let casts = |operand: OperandType, to: DType| match operand {
            OperandType::Weak(w) if by_kind => match w {
                Weak::Int => to != DType::Bool,
                Weak::Float => to.is_inexact(),
                Weak::Complex => to.is_complex(),
            },
            _ => can_cast_safely(operand.default_dtype(), to),
        };
        let found = self.row().find(|types| types.iter().zip(operands).all(|(&to, &from)| casts(from, to)));
        found.ok_or_else(|| Error::NoLoop {
            op: self.row().name,
            dtypes: operands.iter().map(|o| o.default_dtype()).collect(),
        })
    }
}

/// What a comparison of integers with a Python integer beyond the range of their type is, at every element: `None` for a
/// ufunc that is not a comparison, or a type that is no integer (for those NumPy refuses the Python integer).
///
/// `above` says that the Python integer is above the range (else below), `first` that it is the first operand. A graph asks
/// this before it converts the constant: `uint8_array < 300` is true, and nothing overflows. Two Python integers are
/// compared in Python.
pub fn compare_out_of_range(op: Ufunc, dtype: DType, above: bool, first: bool) -> Option<bool> {
    if !dtype.is_integer() {
        return None;
    }
    let array_is_smaller = above != first;
    match op {
        Ufunc::Equal => Some(false),
        Ufunc::NotEqual => Some(true),
        // With the scalar first, "the first operand is smaller" is "the array is larger".
        Ufunc::Less | Ufunc::LessEqual => Some(array_is_smaller),
        Ufunc::Greater | Ufunc::GreaterEqual => Some(!array_is_smaller),
        _ => None,
    }
}

/// The unary ufunc that `power(x, exponent)` is for one exponent and a loop of type `dtype`, as NumPy 2.4.6 finds it where
/// the exponent does not vary along the inner loop: a Python scalar, a 0-d array, a broadcast axis.
///
/// For float32 and float64, `x**-1` is `reciprocal`, `x**0.5` is `sqrt` (so that of -inf and -0.0 it is nan and -0.0, where
/// C's `pow` has inf and 0.0), `x**1` is `positive`, `x**2` is `square`. Other types have no such paths, but for integers 1
/// and 2, and for float16 1, 2 and -1, have the bits of `power`, so they are taken too; 0.5 in float16 and every exponent of
/// a complex number differ from it (by signs of zeros, at least). `x**0` is one whatever `x`: `power` says so itself.
pub fn power_by_scalar(dtype: DType, exponent: f64) -> Option<Ufunc> {
    let (integer, float) = (dtype.is_integer(), dtype.is_float());
    if exponent == 1.0 && (integer || float) {
        Some(Ufunc::Positive)
    } else if exponent == 2.0 && (integer || float) {
        Some(Ufunc::Square)
    } else if exponent == -1.0 && float {
        Some(Ufunc::Reciprocal)
    } else if exponent == 0.5 && float && dtype != DType::F16 {
        Some(Ufunc::Sqrt)
    } else {
        None
    }
}

/// The unary ufunc that the operator `array ** scalar` calls instead of `power`, as NumPy 2.4.6 does, before any promotion:
/// `**2` is `square` for every type (so of bools it is int8), `**-1` is `reciprocal` and `**0.5` is `sqrt` of floating and
/// complex arrays. The exponent must be a Python `int` for the first two and a `float` for the last.
pub fn power_operator_by_scalar(dtype: DType, weak: Weak, exponent: f64) -> Option<Ufunc> {
    match weak {
        Weak::Int if exponent == 2.0 => Some(Ufunc::Square),
        Weak::Int if exponent == -1.0 && dtype.is_inexact() => Some(Ufunc::Reciprocal),
        Weak::Float if exponent == 0.5 && dtype.is_inexact() => Some(Ufunc::Sqrt),
        Weak::Int | Weak::Float | Weak::Complex => None,
    }
}
