//! What a row of the table says: the types of its columns.

use crate::dtype::DType;
use crate::ops::expr::{Body, ValueId};
use crate::ops::fault::FaultRule;
use smallvec::SmallVec;

/// The loops of a ufunc, in NumPy's letters (`DType::char`), in NumPy's order.
#[derive(Clone, Copy, Debug)]
pub enum Types {
    /// All operands and results of one type, one letter a loop.
    Same(&'static str),
    /// All operands of one type, results bool.
    ToBool(&'static str),
    /// All operands of one type, results of the type of its real part.
    ToReal(&'static str),
    /// As [`Types::ToBool`], and int64 with uint64 both ways round, compared exactly.
    Compare(&'static str),
    /// A bool, then operands of one type, and a result of that type.
    Select(&'static str),
    /// Loops spelled out, as in `"bb->d BB->d dd->d"`.
    List(&'static str),
}

/// How the loop for given operands is found.
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
    /// The loop of the operands' type if they have one; else each by itself becomes bool.
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
    /// What can go wrong, for warnings.
    pub faults: FaultRule,
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
        faults: FaultRule::NONE,
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

/// The type of a letter of a row.
///
/// # Panics
/// At a letter that is no type's: a defect of a row.
fn letter(c: u8) -> DType {
    DType::from_char(char::from(c)).unwrap_or_else(|| panic!("{} is no type's letter", char::from(c)))
}

/// The types of letters of a row.
fn letters<const N: usize>(text: &[u8]) -> SmallVec<[DType; N]>
where
    [DType; N]: smallvec::Array<Item = DType>,
{
    text.iter().map(|&c| letter(c)).collect()
}

/// Operand and result letters of a loop spelled out.
fn sides(spelled: &[u8]) -> (&[u8], &[u8]) {
    let arrow = spelled.iter().position(|&c| c == b'-').unwrap_or(spelled.len());
    (&spelled[..arrow], spelled.get(arrow + 2..).unwrap_or(&[]))
}

impl UfuncRow {
    /// The first loop, in NumPy's order, whose operand types are accepted.
    ///
    /// Dispatch runs for each node of a graph that is built; so nothing is parsed beyond what is asked, or allocated.
    pub(super) fn find(&self, mut accept: impl FnMut(&[DType]) -> bool) -> Option<Loop> {
        let (nin, nout) = (self.nin, self.nout);
        let mut uniform = |text: &str, result: fn(DType) -> DType| {
            let found = text.bytes().map(letter).find(|&t| accept(&[t; 3][..nin]))?;
            Some(Loop::uniform(nin, nout, found, result(found)))
        };
        match self.types {
            Types::Same(text) => uniform(text, |t| t),
            Types::ToBool(text) => uniform(text, |_| DType::Bool),
            Types::ToReal(text) => uniform(text, DType::real),
            Types::Compare(text) => text.bytes().map(letter).find_map(|t| {
                let uniform = [t, t];
                let mixed = [[DType::I64, DType::U64], [DType::U64, DType::I64]];
                let mixed = if t == DType::U64 { mixed.as_slice() } else { &[] };
                let found = std::iter::once(&uniform).chain(mixed).find(|inputs| accept(inputs.as_slice()))?;
                Some(Loop { inputs: SmallVec::from_slice(found), ..Loop::uniform(0, 1, t, DType::Bool) })
            }),
            Types::Select(text) => text.bytes().map(letter).find_map(|t| {
                let inputs = [DType::Bool, t, t];
                accept(&inputs).then(|| Loop { inputs: SmallVec::from(inputs), ..Loop::uniform(0, 1, t, t) })
            }),
            Types::List(list) => list.as_bytes().split(|&c| c == b' ').find_map(|spelled| {
                let (inputs, outputs) = sides(spelled);
                let inputs: SmallVec<[DType; 3]> = letters(inputs);
                accept(&inputs).then(|| Loop { inputs, outputs: letters(outputs) })
            }),
        }
    }

    /// Whether it calls a vector math function, roughly: only those promise less than NumPy's bits.
    pub fn calls_math(&self) -> bool {
        self.max_ulp > 0
    }

    /// The type of the results of operands that all have type `t`, where the column `types` says it without a search.
    pub(super) fn uniform_result(&self, t: DType) -> Option<DType> {
        let (text, result) = match self.types {
            Types::Same(text) => (text, t),
            Types::ToBool(text) | Types::Compare(text) => (text, DType::Bool),
            Types::ToReal(text) => (text, t.real()),
            Types::Select(_) | Types::List(_) => return None,
        };
        text.as_bytes().contains(&(t.char() as u8)).then_some(result)
    }

    /// The loop whose operands all have type `t`.
    pub(super) fn of_type(&self, t: DType) -> Option<Loop> {
        if matches!(self.types, Types::Select(_) | Types::List(_)) {
            return self.find(|types| types.iter().all(|&other| other == t));
        }
        self.uniform_result(t).map(|result| Loop::uniform(self.nin, self.nout, t, result))
    }

    /// The loop with exactly these operand types.
    pub fn loop_of(&self, operands: &[DType]) -> Option<Loop> {
        self.find(|types| types == operands)
    }

    /// Every loop, in NumPy's order.
    pub fn loops(&self) -> Vec<Loop> {
        let mut inputs: Vec<SmallVec<[DType; 3]>> = Vec::new();
        self.find(|types| {
            inputs.push(SmallVec::from_slice(types));
            false
        });
        inputs.iter().filter_map(|wanted| self.find(|types| types == wanted.as_slice())).collect()
    }
}
