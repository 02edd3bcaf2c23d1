//! Floating-point faults: what can go wrong with an operation, and by which values it is told that it did.
//!
//! NumPy reads the processor's flags after each loop. Here flags only say that a look is worth it; what went wrong is told by
//! operands and results: invalid is a NaN out of none, a pole or an overflow an infinity out of finite numbers.

/// A kind of fault, in the order in which NumPy reports them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// An infinity that is exact, as `1 / 0`; division of an integer by zero.
    Divide,
    /// A result beyond the largest finite number.
    Overflow,
    /// A result that lost digits because it is small.
    Underflow,
    /// A result that is no number.
    Invalid,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Fault; 4] = [Fault::Divide, Fault::Overflow, Fault::Underflow, Fault::Invalid];

    /// The kind's bit in [`Faults`]: its place in the status register of x86 (Intel 64 manual, volume 1, 10.2.3).
    const fn bit(self) -> u8 {
        match self {
            Fault::Invalid => 1,
            Fault::Divide => 4,
            Fault::Overflow => 8,
            Fault::Underflow => 16,
        }
    }

    /// NumPy's name of the setting.
    pub const fn setting(self) -> &'static str {
        match self {
            Fault::Divide => "divide",
            Fault::Overflow => "over",
            Fault::Underflow => "under",
            Fault::Invalid => "invalid",
        }
    }

    /// The kind in NumPy's words.
    pub const fn text(self) -> &'static str {
        match self {
            Fault::Divide => "divide by zero",
            Fault::Overflow => "overflow",
            Fault::Underflow => "underflow",
            Fault::Invalid => "invalid value",
        }
    }

    /// NumPy's number of the kind, as callbacks get it.
    pub const fn number(self) -> u8 {
        1 << self as u8
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults(u8);

impl Faults {
    /// None.
    pub const NONE: Faults = Faults(0);
    /// All.
    pub const ALL: Faults = Faults(1 | 4 | 8 | 16);

    /// One.
    pub const fn one(fault: Fault) -> Faults {
        Faults(fault.bit())
    }

    /// From the low bits of x86's status register.
    pub const fn from_bits(bits: u8) -> Faults {
        Faults(bits & Faults::ALL.0)
    }

    /// As the low bits of x86's status register.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// True for none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a kind is among them.
    pub const fn has(self, fault: Fault) -> bool {
        self.0 & fault.bit() != 0
    }

    /// Those of either.
    #[must_use]
    pub const fn or(self, other: Faults) -> Faults {
        Faults(self.0 | other.0)
    }

    /// Those that are not among others.
    #[must_use]
    pub const fn without(self, others: Faults) -> Faults {
        Faults(self.0 & !others.0)
    }

    /// Those of both.
    #[must_use]
    pub const fn and(self, other: Faults) -> Faults {
        Faults(self.0 & other.0)
    }
}

/// Where an operation has a pole: finite operands with an infinite result that is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pole {
    /// Nowhere.
    Nowhere,
    /// At zero.
    Zero,
    /// At minus one.
    MinusOne,
    /// At one and minus one.
    Ones,
    /// At a second operand of zero.
    ZeroDivisor,
    /// At a first operand of zero and a negative second one.
    ZeroBase,
}

/// What integers do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegerFault {
    /// Nothing: they wrap.
    Nothing,
    /// They divide by zero.
    Division,
    /// As `Division`; and the smallest over minus one overflows.
    Quotient,
    /// The reciprocal of zero, which NumPy counts as a division and a conversion that fails.
    Reciprocal,
}

/// Where a small result may have lost digits: a result of zero is exact for other operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Small {
    /// Nowhere.
    Never,
    /// For any finite operands.
    Always,
    /// For a first operand that is not zero.
    FirstNonzero,
    /// For operands that are not zero.
    Nonzero,
}

/// What of an operation can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// Whether a NaN that comes out of none is a fault.
    pub invalid: bool,
    /// Whether an infinity that comes out of finite numbers is a fault.
    pub infinite: bool,
    /// Where that infinity is exact.
    pub pole: Pole,
    /// Where it underflows.
    pub small: Small,
    /// Whether far below the smallest number its loops flag no underflow.
    pub hushes_underflow: bool,
    /// For integers.
    pub integer: IntegerFault,
}

impl FaultRule {
    /// Nothing.
    pub const NONE: FaultRule = FaultRule {
        invalid: false,
        infinite: false,
        pole: Pole::Nowhere,
        small: Small::Never,
        hushes_underflow: false,
        integer: IntegerFault::Nothing,
    };
    /// Only no number.
    pub const INVALID: FaultRule = FaultRule { invalid: true, ..FaultRule::NONE };
    /// No number, and overflow.
    pub const INFINITE: FaultRule = FaultRule { infinite: true, ..FaultRule::INVALID };
    /// As `INFINITE`, and small results of any operands.
    pub const EXPONENTIAL: FaultRule = FaultRule { small: Small::Always, ..FaultRule::INFINITE }.hushing_underflow();
    /// As `INFINITE`, and small results of operands that are not zero.
    pub const PRODUCT: FaultRule = FaultRule { small: Small::Nonzero, ..FaultRule::INFINITE };
    /// As `INFINITE`, with a pole.
    pub const fn pole(pole: Pole) -> FaultRule {
        FaultRule { pole, ..FaultRule::INFINITE }
    }
    /// As these, with small results.
    #[must_use]
    pub const fn small(self, small: Small) -> FaultRule {
        FaultRule { small, ..self }
    }
    /// As these, whose loops do not flag all underflow.
    #[must_use]
    pub const fn hushing_underflow(self) -> FaultRule {
        FaultRule { hushes_underflow: true, ..self }
    }
    /// As these, with integers.
    #[must_use]
    pub const fn integer(self, integer: IntegerFault) -> FaultRule {
        FaultRule { integer, ..self }
    }
}
