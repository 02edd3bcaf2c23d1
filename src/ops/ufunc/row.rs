//! What a row of the table says: the types of its columns.

use crate::dtype::DType;
use crate::ops::expr::{Body, ValueId};
use smallvec::SmallVec;

/// The loops of a ufunc, in NumPy's letters (`DType::char`), in NumPy's order.
#[derive(Clone, Copy, Debug)]
pub enum Types {
    /// All operands and results of one type, one letter a loop.
    Same(&'static str),
    /// All operands of one type, results bool.
    ToBool(&'static str),
    /// As [`Types::ToBool`], and int64 with uint64 both ways round, compared exactly.
    Compare(&'static str),
    /// A bool, then operands of one type, and a result of that type.
    Select(&'static str),
    /// Loops spelled out, as in `"bb->d BB->d dd->d"`.
    List(&'static str),
}

/// How the loop for given operands is found, where no loop takes exactly their types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispatch {
    /// The first loop to which all operands cast safely.
    Search,
    /// The loop of the operands' common type, or none.
    Uniform,
    /// As `Uniform`, but two bools are refused by name.
    UniformNotBool,
    /// As `Search`, but integers and bools divide as float64.
    Divide,
    /// The loop of the operands' common type, but integers whose common type would be a float are compared as they are.
    Compare,
    /// Each operand by itself becomes bool.
    Logical,
    /// The first operand becomes bool, the others their common type.
    Select,
}

/// The value that a ufunc's reduction starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// No identity, and the order of operands matters: an empty reduction is refused, and so is one over several axes.
    None,
    /// No identity, but operands may be taken in any order: an empty reduction is refused.
    Reorderable,
    /// Zero (false).
    Zero,
    /// One (true).
    One,
    /// All bits set.
    MinusOne,
    /// Negative infinity.
    MinusInfinity,
}

/// What rewrites may assume of an operation, to the bit, for each of its loops (the payload of a NaN excepted).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Laws(u8);

impl Laws {
    /// Nothing.
    pub const NONE: Laws = Laws(0);
    /// `f(a, b)` is `f(b, a)`.
    pub const COMMUTATIVE: Laws = Laws(1);
    /// `f(a, b)` is `f(b, a)` for integers and bools; for floats the sign of a zero may differ.
    pub const INTEGER_COMMUTATIVE: Laws = Laws(2);
    /// `f(f(a, b), c)` is `f(a, f(b, c))` for integers and bools.
    pub const INTEGER_ASSOCIATIVE: Laws = Laws(4);
    /// `f(a, a)` is `a`.
    pub const SAME: Laws = Laws(8);
    /// `f(f(a))` is `f(a)`, where the second has a loop of the first's result.
    pub const PROJECTION: Laws = Laws(16);
    /// `f(f(a))` is `a`.
    pub const INVOLUTION: Laws = Laws(32);
    /// `f(a)` is `a` where the result has the operand's type and that is an integer or bool.
    pub const INTEGER_IDENTITY: Laws = Laws(64);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Laws) -> Laws {
        Laws(self.0 | other.0)
    }

    /// True where `other` is among these.
    pub const fn has(self, other: Laws) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Writes result `out` of the operands `x` (of the loop's types) into the body.
pub type Lower = fn(b: &mut Body, out: usize, x: &[ValueId]) -> ValueId;

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
    /// True where NumPy has a ufunc of this name; else it has a function.
    pub is_ufunc: bool,
    /// The loops.
    pub types: Types,
    /// How a loop is chosen.
    pub dispatch: Dispatch,
    /// For reductions with this ufunc.
    pub identity: Identity,
    /// What rewrites may assume.
    pub laws: Laws,
    /// The lowering; call [`super::Ufunc::lower_into`], which widens float16 around it.
    pub lower: Lower,
    /// True where the lowering takes float16 as it is.
    pub native_f16: bool,
    /// The bound promised for float32 and float64, in units in the last place; 0 is bit-identical to NumPy.
    pub max_ulp: u8,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// More about it: formulas, corners, sources. May be empty.
    pub notes: &'static str,
    /// Name and meaning of each operand.
    pub parameters: &'static [(&'static str, &'static str)],
    /// Name and meaning of each result.
    pub returns: &'static [(&'static str, &'static str)],
    /// Special values: operands and result, a pair a row. May be empty.
    pub special: &'static [(&'static str, &'static str)],
    /// A doctest, where `lz` is the lazy namespace.
    pub example: &'static str,
}

impl UfuncRow {
    /// A unary row from which others differ by what they name.
    pub(super) const BASE: UfuncRow = UfuncRow {
        name: "",
        aliases: &[],
        nin: 1,
        nout: 1,
        is_ufunc: true,
        types: Types::Same(""),
        dispatch: Dispatch::Search,
        identity: Identity::None,
        laws: Laws::NONE,
        lower: |_, _, x| x[0],
        native_f16: false,
        max_ulp: 0,
        summary: "",
        notes: "",
        parameters: &[("x", "Operand.")],
        returns: &[("y", "The result, element by element.")],
        special: &[],
        example: "",
    };

    /// As [`UfuncRow::BASE`], with two operands.
    pub(super) const BINARY: UfuncRow =
        UfuncRow { nin: 2, parameters: &[("x1", "First operand."), ("x2", "Second operand.")], ..UfuncRow::BASE };
}

/// The loop that dispatch chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// What the operands are cast to.
    pub inputs: SmallVec<[DType; 3]>,
    /// What the results are.
    pub outputs: SmallVec<[DType; 2]>,
}

impl Loop {
    pub(super) fn uniform(nin: usize, nout: usize, operand: DType, result: DType) -> Loop {
        Loop { inputs: SmallVec::from_elem(operand, nin), outputs: SmallVec::from_elem(result, nout) }
    }
}

/// Types by their letters.
///
/// # Panics
/// At a letter that is no type's: a defect of a row.
fn letters<const N: usize>(text: &str) -> SmallVec<[DType; N]>
where
    [DType; N]: smallvec::Array<Item = DType>,
{
    text.chars().map(|c| DType::from_char(c).unwrap_or_else(|| panic!("{c} is no type's letter"))).collect()
}

impl UfuncRow {
    /// Every loop, in NumPy's order.
    pub fn loops(&self) -> impl Iterator<Item = Loop> + '_ {
        let (text, list) = match self.types {
            Types::Same(text) | Types::ToBool(text) | Types::Compare(text) | Types::Select(text) => (text, ""),
            Types::List(list) => ("", list),
        };
        let of_letters = letters::<16>(text).into_iter().flat_map(move |t| self.loops_of(t));
        let spelled = list.split_ascii_whitespace().map(|text| {
            let (inputs, outputs) = text.split_once("->").unwrap_or_else(|| panic!("{text} has no arrow"));
            Loop { inputs: letters(inputs), outputs: letters(outputs) }
        });
        of_letters.chain(spelled)
    }

    /// The loops for a letter of [`UfuncRow::types`].
    fn loops_of(&self, t: DType) -> SmallVec<[Loop; 3]> {
        let mut loops = SmallVec::new();
        match self.types {
            Types::Same(_) => loops.push(Loop::uniform(self.nin, self.nout, t, t)),
            Types::ToBool(_) => loops.push(Loop::uniform(self.nin, self.nout, t, DType::Bool)),
            Types::Select(_) => {
                let mut of_type = Loop::uniform(self.nin, self.nout, t, t);
                of_type.inputs[0] = DType::Bool;
                loops.push(of_type);
            }
            Types::Compare(_) => {
                loops.push(Loop::uniform(2, 1, t, DType::Bool));
                if t == DType::U64 {
                    for inputs in [[DType::I64, DType::U64], [DType::U64, DType::I64]] {
                        loops.push(Loop {
                            inputs: SmallVec::from_slice(&inputs),
                            ..Loop::uniform(2, 1, t, DType::Bool)
                        });
                    }
                }
            }
            Types::List(_) => {}
        }
        loops
    }
}
