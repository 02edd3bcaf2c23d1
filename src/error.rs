//! The one error type. Its `Display` is the text a Python user reads; the exception class is chosen in `python::error`.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The result of anything that can be refused.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation was refused. Fields, not sentences; the texts are NumPy's where NumPy has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Operands whose shapes do not broadcast. `ValueError`.
    Broadcast {
        /// The operands' shapes.
        shapes: Vec<Vec<usize>>,
    },
    /// A ufunc without a loop for these operand types. `TypeError`.
    NoLoop {
        /// The ufunc's name.
        op: &'static str,
        /// The operands' types.
        dtypes: Vec<crate::dtype::DType>,
    },
    /// A ufunc without a loop of this signature. `UFuncNoLoopError`, a `TypeError`.
    NoSignature {
        /// The ufunc's name.
        op: &'static str,
        /// The operands' types.
        operands: Vec<crate::dtype::OperandType>,
    },
    /// A loop was asked for that a ufunc does not have. `TypeError`.
    NoSuchLoop {
        /// The ufunc's name.
        op: &'static str,
    },
    /// `subtract` or `negative` of bools. `TypeError`.
    BoolArithmetic {
        /// The ufunc's name.
        op: &'static str,
    },
    /// An axis outside `-ndim..ndim`. `AxisError`.
    AxisOutOfRange {
        /// The axis as given.
        axis: i64,
        /// The number of axes there are.
        ndim: usize,
    },
    /// The same axis given twice. `ValueError`.
    DuplicateAxis,
    /// An integer index outside an axis. `IndexError`.
    IndexOutOfBounds {
        /// The index as given.
        index: i64,
        /// The axis.
        axis: usize,
        /// That axis' length.
        size: usize,
    },
    /// More indices than axes. `IndexError`.
    TooManyIndices {
        /// Axes there are.
        ndim: usize,
        /// Indices given.
        given: usize,
    },
    /// A reshape that changes the number of elements. `ValueError`.
    Reshape {
        /// Elements there are.
        size: usize,
        /// The shape asked for.
        shape: Vec<i64>,
    },
    /// A reduction without identity over nothing. `ValueError`.
    EmptyReduction {
        /// The reduction's ufunc name.
        op: &'static str,
    },
    /// A Python integer that a type cannot hold. `OverflowError`.
    IntegerOutOfBounds {
        /// The value.
        value: String,
        /// The type.
        dtype: crate::dtype::DType,
    },
    /// A Python integer beyond 64 bits where NumPy takes a C `long`. `OverflowError`.
    TooLargeForLong,
    /// A Python integer beyond float64. `OverflowError`.
    TooLargeForFloat,
    /// An infinity where an integer is needed.
    InfinityToInteger,
    /// A range that no float holds. `OverflowError`.
    Overflow(String),
    /// What linear algebra has no answer for. `LinAlgError`, a `ValueError`.
    LinAlg(String),
    /// Weights that sum to zero. `ZeroDivisionError`.
    ZeroDivision(String),
    /// Any other refused value. `ValueError`.
    Value(String),
    /// Any other refused type. `TypeError`.
    Type(String),
    /// Any other refused index. `IndexError`.
    Index(String),
    /// A cast that a ufunc's `casting=` forbids. `UFuncTypeError`, a `TypeError`.
    Casting(String),
    /// What the engine does not do. `NotImplementedError`.
    NotImplemented(String),
    /// Memory that could not be had. `MemoryError`.
    Memory {
        /// Bytes asked for.
        bytes: usize,
    },
    /// The user interrupted. The pending Python exception is raised.
    Interrupted,
    /// A broken invariant of the engine: our defect, with what was met. `SystemError`.
    Bug(String),
}

/// A shape as NumPy writes it: `(2,)`, `(2,3)`.
pub(crate) fn shape_text(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",")),
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Broadcast { shapes } => {
                f.write_str("operands could not be broadcast together with shapes ")?;
                shapes.iter().try_for_each(|s| write!(f, "{} ", shape_text(s)))
            }
            Error::NoLoop { op, dtypes: _ } => write!(
                f,
                "ufunc '{op}' not supported for the input types, and the inputs could not be safely coerced to any \
                 supported types according to the casting rule ''safe''"
            ),
            Error::NoSuchLoop { op } => {
                write!(f, "No loop matching the specified signature and casting was found for ufunc {op}")
            }
            Error::NoSignature { op, operands } => {
                let types: Vec<_> =
                    operands.iter().map(|o| format!("<class 'numpy.dtypes.{}'>", o.class_name())).collect();
                let types = if let [one] = types.as_slice() { one.clone() } else { format!("({})", types.join(", ")) };
                write!(f, "ufunc '{op}' did not contain a loop with signature matching types {types} -> None")
            }
            Error::BoolArithmetic { op: "negative" } => f.write_str(
                "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the \
                 logical_not function instead.",
            ),
            Error::BoolArithmetic { op } => write!(
                f,
                "numpy boolean {op}, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the \
                 logical_xor function instead."
            ),
            Error::AxisOutOfRange { axis, ndim } => {
                write!(f, "axis {axis} is out of bounds for array of dimension {ndim}")
            }
            Error::DuplicateAxis => f.write_str("duplicate value in 'axis'"),
            Error::IndexOutOfBounds { index, axis, size } => {
                write!(f, "index {index} is out of bounds for axis {axis} with size {size}")
            }
            Error::TooManyIndices { ndim, given } => {
                write!(f, "too many indices for array: array is {ndim}-dimensional, but {given} were indexed")
            }
            Error::Reshape { size, shape } => {
                // As NumPy's: leading unknown lengths are left out, later ones are called newaxis.
                let known: Vec<i64> = shape.iter().copied().skip_while(|&n| n < 0).collect();
                let word = |n: &i64| if *n < 0 { "newaxis".into() } else { n.to_string() };
                let text = match (known.as_slice(), shape.len()) {
                    ([one], 1) => format!("({one},)"),
                    _ => format!("({})", known.iter().map(word).collect::<Vec<_>>().join(",")),
                };
                write!(f, "cannot reshape array of size {size} into shape {text}")
            }
            Error::EmptyReduction { op } => {
                write!(f, "zero-size array to reduction operation {op} which has no identity")
            }
            Error::IntegerOutOfBounds { value, dtype } => {
                write!(f, "Python integer {value} out of bounds for {dtype}")
            }
            Error::TooLargeForFloat => f.write_str("int too large to convert to float"),
            Error::InfinityToInteger => f.write_str("cannot convert float infinity to integer"),
            Error::TooLargeForLong => f.write_str("Python int too large to convert to C long"),
            Error::LinAlg(text)
            | Error::ZeroDivision(text)
            | Error::Overflow(text)
            | Error::Value(text)
            | Error::Type(text)
            | Error::Index(text)
            | Error::Casting(text)
            | Error::NotImplemented(text) => f.write_str(text),
            Error::Memory { bytes } => write!(f, "Unable to allocate {bytes} bytes"),
            Error::Interrupted => f.write_str("interrupted"),
            Error::Bug(text) => write!(f, "numpy_rs is at fault, please report: {text}"),
        }
    }
}

impl std::error::Error for Error {}

/// What `f` gives. A panic in it is our defect and becomes an error.
///
/// # Errors
/// As `f`; `Error::Bug` where it panicked.
pub fn caught<T>(f: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Error::Bug(text.unwrap_or_else(|| "a panic without text".into())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_bug_and_errors_are_themselves() {
        assert_eq!(caught(|| Ok(1)), Ok(1));
        assert_eq!(caught::<()>(|| Err(Error::Interrupted)), Err(Error::Interrupted));
        assert_eq!(caught::<()>(|| panic!("a text")), Err(Error::Bug("a text".into())));
        let n = 3;
        assert_eq!(caught::<()>(|| panic!("number {n}")), Err(Error::Bug("number 3".into())));
        assert_eq!(caught::<()>(|| std::panic::panic_any(n)), Err(Error::Bug("a panic without text".into())));
    }
}
