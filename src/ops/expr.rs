//! Scalar expressions: a straight-line body of typed instructions over [`Prim`] and [`MathFn`].
//!
//! A ufunc's lowering writes into a [`Body`]; the loop IR is a body with operands and stores around it. Instructions are
//! hash-consed as they are written, so a body never holds the same computation twice. Float16 is widened here, once for all.

use super::prim::{MathFn, Prim};
use crate::dtype::{DType, Scalar};
use rustc_hash::FxHashMap;

/// A value of a [`Body`]: the index of the instruction that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

impl ValueId {
    /// The position in [`Body::insts`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A function of an array of one axis and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableFn {
    /// The element at a position (int64). Positions out of bounds give the first: who asks has them looked at (`graph::Note`).
    Take,
    /// The first place where a value keeps an increasing array in order, int64. NaN comes last.
    SearchLeft,
    /// The last such place.
    SearchRight,
    /// The random word at a position (int64), uint64. The array is a generator's state: see [`TableFn::RANDOM_STATE`].
    RandomWord,
    /// A random integer below a count, plus a lowest one, uint64: the high half of the product of word and count. A count of
    /// zero stands for 2^64.
    RandomBelow,
    /// A random fraction of 53 bits, float64.
    RandomF64,
    /// A random fraction of 24 bits, float32, of half a word.
    RandomF32,
    /// A random number of the standard normal distribution, float64.
    RandomNormal,
}

impl TableFn {
    /// Every function.
    pub const ALL: [TableFn; 8] = [
        TableFn::Take,
        TableFn::SearchLeft,
        TableFn::SearchRight,
        TableFn::RandomWord,
        TableFn::RandomBelow,
        TableFn::RandomF64,
        TableFn::RandomF32,
        TableFn::RandomNormal,
    ];

    /// Words (uint64) of the state of a generator: two of the key; four of the counter of the block where position zero is; how
    /// many words of that block lie before it; two of the function: count and lowest of `RandomBelow`; of `RandomF32`
    /// the half word that is position zero, and whether there is one.
    pub const RANDOM_STATE: usize = 9;

    /// Whether it makes random numbers.
    pub const fn is_random(self) -> bool {
        match self {
            TableFn::Take | TableFn::SearchLeft | TableFn::SearchRight => false,
            TableFn::RandomWord
            | TableFn::RandomBelow
            | TableFn::RandomF64
            | TableFn::RandomF32
            | TableFn::RandomNormal => true,
        }
    }

    /// Roughly the nanoseconds that a value takes, on one thread.
    pub const fn nanoseconds(self) -> f64 {
        match self {
            TableFn::Take => 1.0,
            TableFn::SearchLeft | TableFn::SearchRight => 8.0,
            TableFn::RandomF32 => 1.5,
            TableFn::RandomWord | TableFn::RandomBelow | TableFn::RandomF64 => 2.0,
            TableFn::RandomNormal => 5.0,
        }
    }

    /// The name in the text of graphs and the loop IR.
    pub const fn name(self) -> &'static str {
        match self {
            TableFn::Take => "take",
            TableFn::SearchLeft => "searchsorted",
            TableFn::SearchRight => "searchsorted.right",
            TableFn::RandomWord => "random.word",
            TableFn::RandomBelow => "random.below",
            TableFn::RandomF64 => "random.f64",
            TableFn::RandomF32 => "random.f32",
            TableFn::RandomNormal => "random.normal",
        }
    }

    /// The result's type for an array of type `table` and a value of type `value`.
    pub fn result(self, table: DType, value: DType) -> Option<DType> {
        let of_state = table == DType::U64 && value == DType::I64;
        match self {
            TableFn::Take => (value == DType::I64).then_some(table),
            TableFn::SearchLeft | TableFn::SearchRight => (value == table).then_some(DType::I64),
            TableFn::RandomWord | TableFn::RandomBelow => of_state.then_some(DType::U64),
            TableFn::RandomF64 | TableFn::RandomNormal => of_state.then_some(DType::F64),
            TableFn::RandomF32 => of_state.then_some(DType::F32),
        }
    }
}

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// The element of operand `n` at the loop's position.
    Load(u16),
    /// A constant, the same at each position.
    Const(Scalar),
    /// A scalar instruction.
    Prim(Prim),
    /// A vector math function.
    Math(MathFn),
    /// The operand converted to the instruction's type by NumPy's cast.
    Cast,
    /// A function of the first operand and an array, which the second loads: an operand that is all there at each position.
    Table(TableFn),
}

impl Op {
    /// Whether it orders numbers: NaN makes x86 raise a flag there that says nothing.
    pub fn compares(self) -> bool {
        use Prim::{Fmax, Fmin, Ge, Gt, Le, Lt, Maximum, Minimum};
        matches!(
            self,
            Op::Prim(Lt | Le | Gt | Ge | Minimum | Maximum | Fmin | Fmax)
                | Op::Table(TableFn::SearchLeft | TableFn::SearchRight)
        )
    }
}

/// One instruction: an operation, up to three operands (the unused are `ValueId(u32::MAX)`), and the result's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inst {
    /// What it does.
    pub op: Op,
    /// Operands; see [`Inst::args`].
    pub operands: [ValueId; 3],
    /// The result's type.
    pub dtype: DType,
}

const NONE: ValueId = ValueId(u32::MAX);

impl Inst {
    /// The operands in use.
    pub fn args(&self) -> &[ValueId] {
        let n = match self.op {
            Op::Load(_) | Op::Const(_) => 0,
            Op::Cast => 1,
            Op::Table(_) => 2,
            Op::Prim(p) => p.arity(),
            Op::Math(f) => f.arity(),
        };
        &self.operands[..n]
    }
}

/// A straight line of instructions, each using only earlier ones.
#[derive(Clone, Debug, Default)]
pub struct Body {
    insts: Vec<Inst>,
    known: FxHashMap<Inst, ValueId>,
}

impl Body {
    /// The instructions in order.
    pub fn insts(&self) -> &[Inst] {
        &self.insts
    }

    /// The instruction that makes a value.
    pub fn inst(&self, v: ValueId) -> &Inst {
        &self.insts[v.index()]
    }

    /// The type of a value.
    pub fn dtype(&self, v: ValueId) -> DType {
        self.insts[v.index()].dtype
    }

    /// Bytes of the widest value.
    pub fn widest(&self) -> usize {
        self.insts.iter().map(|i| i.dtype.size()).max().unwrap_or(1)
    }

    fn push(&mut self, op: Op, args: &[ValueId], dtype: DType) -> ValueId {
        let mut operands = [NONE; 3];
        operands[..args.len()].copy_from_slice(args);
        let inst = Inst { op, operands, dtype };
        let insts = &mut self.insts;
        *self.known.entry(inst).or_insert_with(|| {
            insts.push(inst);
            ValueId(insts.len() as u32 - 1)
        })
    }

    /// The same instruction over operands of this body.
    pub fn copy_inst(&mut self, inst: &Inst, args: &[ValueId; 3]) -> ValueId {
        self.push(inst.op, &args[..inst.args().len()], inst.dtype)
    }

    /// Operand `n`'s element, of type `dtype`.
    pub fn load(&mut self, n: u16, dtype: DType) -> ValueId {
        self.push(Op::Load(n), &[], dtype)
    }

    /// A constant.
    pub fn constant(&mut self, value: Scalar) -> ValueId {
        self.push(Op::Const(value), &[], value.dtype())
    }

    /// A floating constant, rounded once into `dtype`.
    pub fn lit(&mut self, value: f64, dtype: DType) -> ValueId {
        self.constant(Scalar::from_f64(dtype, value))
    }

    /// An integer constant.
    pub fn int(&mut self, value: i128, dtype: DType) -> ValueId {
        self.constant(Scalar::from_i128(dtype, value))
    }

    /// A value converted to `dtype`; itself if it has that type.
    pub fn cast(&mut self, v: ValueId, dtype: DType) -> ValueId {
        if self.dtype(v) == dtype { v } else { self.push(Op::Cast, &[v], dtype) }
    }

    /// A scalar instruction. Float16 operands are computed in float32 and rounded, except where the instruction takes float16.
    ///
    /// # Panics
    /// If the instruction does not take operands of these types: a defect of the table row that asked.
    pub fn prim(&mut self, p: Prim, args: &[ValueId]) -> ValueId {
        let widen = !p.takes_f16() && args.iter().any(|&a| self.dtype(a) == DType::F16);
        let args: Vec<ValueId> = if widen {
            args.iter().map(|&a| if self.dtype(a) == DType::F16 { self.cast(a, DType::F32) } else { a }).collect()
        } else {
            args.to_vec()
        };
        let types: Vec<DType> = args.iter().map(|&a| self.dtype(a)).collect();
        let dtype = p.result(&types).unwrap_or_else(|| panic!("{} does not take {types:?}", p.name()));
        let v = self.push(Op::Prim(p), &args, dtype);
        if widen && dtype == DType::F32 { self.cast(v, DType::F16) } else { v }
    }

    /// A function of an array, operand `n` of type `dtype`, and a value.
    ///
    /// # Panics
    /// If it does not take these types: a defect of the graph's builders.
    pub fn table(&mut self, f: TableFn, n: u16, dtype: DType, value: ValueId) -> ValueId {
        let made = f.result(dtype, self.dtype(value));
        let made = made.unwrap_or_else(|| panic!("{} of {dtype} does not take {}", f.name(), self.dtype(value)));
        let table = self.load(n, dtype);
        self.push(Op::Table(f), &[value, table], made)
    }

    /// A vector math function; float16 through float32.
    ///
    /// # Panics
    /// If an operand is neither floating nor complex: a defect of the table row that asked.
    pub fn math(&mut self, f: MathFn, args: &[ValueId]) -> ValueId {
        let dtype = self.dtype(args[0]);
        assert!(dtype.is_inexact(), "{} does not take {dtype}", f.name());
        if dtype == DType::F16 {
            let wide: Vec<ValueId> = args.iter().map(|&a| self.cast(a, DType::F32)).collect();
            let v = self.push(Op::Math(f), &wide, DType::F32);
            return self.cast(v, DType::F16);
        }
        self.push(Op::Math(f), args, dtype)
    }
}
