//! The ufunc table: one row an operation.

use super::expr::{Body, ValueId};
use super::prim::Prim;
use crate::dtype::{DType, Weak};
use crate::error::{Error, Result};

/// The type of an operand as dispatch sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperandType {
    /// An array's or typed scalar's.
    Typed(DType),
    /// A Python scalar's.
    Weak(Weak),
}

/// The loops of a ufunc, in NumPy's letters (`DType::char`), in NumPy's order.
#[derive(Clone, Copy, Debug)]
pub enum Types {
    /// All operands and results of one type, one letter a loop.
    Same(&'static str),
    /// All operands of one type, results bool.
    ToBool(&'static str),
    /// Loops spelled out, as in `"bb->d BB->d dd->d"`.
    List(&'static str),
}

/// The value that a ufunc's reduction starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// No identity: an empty reduction is refused.
    None,
    /// Zero (false).
    Zero,
    /// One (true).
    One,
    /// All bits set.
    MinusOne,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct UfuncRow {
    /// NumPy's name.
    pub name: &'static str,
    /// NumPy's other names for it.
    pub aliases: &'static [&'static str],
    /// Number of operands.
    pub nin: usize,
    /// Number of results.
    pub nout: usize,
    /// The loops.
    pub types: Types,
    /// For reductions with this ufunc.
    pub identity: Identity,
    /// Writes result `out` of the operands `x` (already of the loop's types) into the body.
    pub lower: fn(b: &mut Body, out: usize, x: &[ValueId]) -> ValueId,
    /// The bound promised for float32 and float64, in units in the last place; 0 is bit-identical to NumPy.
    pub max_ulp: u8,
    /// The documentation.
    pub doc: &'static str,
}

/// The loop that dispatch chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// What the operands are cast to.
    pub inputs: smallvec::SmallVec<[DType; 3]>,
    /// What the results are.
    pub outputs: smallvec::SmallVec<[DType; 2]>,
}

macro_rules! ufuncs {
    ($( $(#[doc = $doc:literal])* $variant:ident { $($field:ident : $value:expr),* $(,)? } )*) => {
        /// A ufunc.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Ufunc { $( $(#[doc = $doc])* $variant, )* }

        impl Ufunc {
            /// Every ufunc.
            pub const ALL: &'static [Ufunc] = &[$(Ufunc::$variant),*];

            /// The ufunc's row.
            pub const fn row(self) -> &'static UfuncRow {
                match self {
                    $( Ufunc::$variant => const { &UfuncRow {
                        doc: concat!($($doc, "\n"),*),
                        $($field: $value),*
                    } }, )*
                }
            }
        }
    };
}

ufuncs! {
    /// Sum, element by element. Integers wrap; for bool it is logical or.
    Add {
        name: "add", aliases: &[], nin: 2, nout: 1, types: Types::Same("?bBhHiIlLefdFD"), identity: Identity::Zero,
        lower: |b, _, x| b.prim(Prim::Add, x), max_ulp: 0,
    }
}

impl Ufunc {
    /// The loop for operands of these types.
    ///
    /// # Errors
    /// [`Error::NoLoop`] where no loop takes them.
    pub fn resolve(self, operands: &[OperandType]) -> Result<Loop> {
        let _ = operands;
        Err(Error::NotImplemented("dispatch".into()))
    }
}
