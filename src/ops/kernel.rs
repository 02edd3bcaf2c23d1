//! The kernels: what handwritten loops over whole arrays compute, as the graph sees it.
//!
//! A kernel's operands and results lie in memory. Adding one means a variant here and its loops in `kernels`.

mod draw;
mod linalg;

pub use draw::DrawFn;
pub use linalg::{LinalgFn, QrMode, SvdMode};

use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::fault::{Fault, Faults};
use crate::ops::ufunc::Ufunc;
use smallvec::{SmallVec, smallvec};

/// Lengths of the axes.
type Dims = SmallVec<[usize; 4]>;

/// A handwritten computation over whole arrays.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KernelFn {
    /// Element `i` along an axis is the operation folded over the elements up to `i`.
    Scan {
        /// The operation, which has a loop over two operands of the array's type that gives one.
        op: Ufunc,
        /// The axis.
        axis: usize,
    },
    /// Products of matrices: (..., M, K) by (..., K, N) to (..., M, N), of one type; the leading axes broadcast.
    MatMul {
        /// Which operands are vectors (..., K): M or N is then one, and no axis.
        vectors: [bool; 2],
    },
    /// Rows along the last axis in increasing order, NaN last.
    Sort {
        /// The places that are sure to hold what a sorted row has there, with nothing larger before and nothing smaller after;
        /// all of them without this.
        places: Option<SmallVec<[usize; 4]>>,
    },
    /// The positions that sort rows along the last axis, int64; equal elements keep their order, if no places are given.
    Argsort {
        /// As for sorts.
        places: Option<SmallVec<[usize; 4]>>,
    },
    /// Elements of an array of one axis put to the positions, int64, that the second operand, a permutation, gives.
    Scatter,
    /// The distinct elements of an array of one axis in increasing order, with anything after them, and their number, int64.
    Unique {
        /// Whether NaN equals NaN.
        equal_nan: bool,
    },
    /// Fourier transforms along an axis; longer rows are cut, shorter ones end in zeros.
    Fft {
        /// Which.
        transform: Transform,
        /// The length of a row.
        n: usize,
        /// The axis.
        axis: usize,
        /// The bits of the number, float64, that results are multiplied by.
        factor: u64,
    },
    /// A function of stacks of matrices.
    Linalg(LinalgFn),
    /// Random numbers from the state of a generator, as `TableFn::RANDOM_STATE` lays it out, and parameters that broadcast: each from a
    /// stream of words of its own, so that it may take as many as it needs.
    Draw {
        /// What they are drawn from.
        draw: DrawFn,
        /// The shape of the result.
        shape: Dims,
    },
}

/// A discrete Fourier transform of rows of length `n`. None is normalised but by a factor that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transform {
    /// Complex, with `exp(-2 pi i k / n)`.
    Forward,
    /// Complex, with `exp(2 pi i k / n)`.
    Backward,
    /// Forward, of real numbers: the first `n / 2 + 1` elements, of which the others are the conjugates.
    Real,
    /// The same, with all elements.
    Whole,
    /// Backward, of the first `n / 2 + 1` elements of what is its conjugate when reversed, to real numbers.
    Hermitian,
}

impl Transform {
    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Transform::Forward | Transform::Whole => "fft",
            Transform::Backward => "ifft",
            Transform::Real => "rfft",
            Transform::Hermitian => "irfft",
        }
    }

    /// The name of NumPy's ufunc, for warnings.
    pub const fn ufunc(self, n: usize) -> &'static str {
        match self {
            Transform::Real if n.is_multiple_of(2) => "rfft_n_even",
            Transform::Real => "rfft_n_odd",
            Transform::Forward | Transform::Whole | Transform::Backward | Transform::Hermitian => self.name(),
        }
    }

    /// Whether the exponent is negative.
    pub const fn is_forward(self) -> bool {
        match self {
            Transform::Forward | Transform::Real | Transform::Whole => true,
            Transform::Backward | Transform::Hermitian => false,
        }
    }

    /// Elements of a row that are read.
    pub const fn input(self, n: usize) -> usize {
        match self {
            Transform::Hermitian => n / 2 + 1,
            Transform::Forward | Transform::Backward | Transform::Real | Transform::Whole => n,
        }
    }

    /// Elements of a row of the result.
    pub const fn output(self, n: usize) -> usize {
        match self {
            Transform::Real => n / 2 + 1,
            Transform::Forward | Transform::Backward | Transform::Whole | Transform::Hermitian => n,
        }
    }

    /// Whether it is made of a complex transform of half the length.
    pub const fn halves(self, n: usize) -> bool {
        match self {
            Transform::Real | Transform::Whole | Transform::Hermitian => n.is_multiple_of(2),
            Transform::Forward | Transform::Backward => false,
        }
    }

    /// The length of the complex transform that it is made of.
    pub const fn complex(self, n: usize) -> usize {
        if self.halves(n) { n / 2 } else { n }
    }

    /// The type of the result for operands of a type, if there is one.
    fn result(self, t: DType) -> Option<DType> {
        match (self, t) {
            (Transform::Forward | Transform::Backward, DType::C64 | DType::C128) => Some(t),
            (Transform::Real | Transform::Whole, DType::F32) => Some(DType::C64),
            (Transform::Real | Transform::Whole, DType::F64) => Some(DType::C128),
            (Transform::Hermitian, DType::C64 | DType::C128) => Some(t.real()),
            _ => None,
        }
    }
}

/// What a kernel asks of an operand's layout. Operands are always aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Any strides.
    Strided,
    /// C order without gaps.
    COrder,
}

/// Where the elements of an operand go that is made where it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// To the place of the result.
    InPlace,
    /// To memory of a task's own, which has room for some.
    Apart,
}

impl KernelFn {
    /// The name in the text of graphs and plans.
    pub fn name(&self) -> String {
        match self {
            KernelFn::Scan { op, .. } => format!("scan.{}", op.row().name),
            KernelFn::MatMul { .. } => "matmul".into(),
            KernelFn::Sort { places: None } => "sort".into(),
            KernelFn::Sort { places: Some(_) } => "partition".into(),
            KernelFn::Argsort { places: None } => "argsort".into(),
            KernelFn::Argsort { places: Some(_) } => "argpartition".into(),
            KernelFn::Scatter => "scatter".into(),
            KernelFn::Unique { .. } => "unique".into(),
            KernelFn::Fft { transform, .. } => transform.name().into(),
            KernelFn::Linalg(f) => f.name().into(),
            KernelFn::Draw { draw, .. } => format!("random.{}", draw.name),
        }
    }

    /// What `explain` says that it does.
    pub fn summary(&self) -> String {
        match self {
            KernelFn::Scan { op, axis } => format!("accumulates {} along axis {axis}", op.row().name),
            KernelFn::MatMul { .. } => "multiplies matrices".into(),
            KernelFn::Sort { places: None } => "sorts rows".into(),
            KernelFn::Sort { places: Some(_) } => "partitions rows".into(),
            KernelFn::Argsort { places: None } => "finds what sorts rows".into(),
            KernelFn::Argsort { places: Some(_) } => "finds what partitions rows".into(),
            KernelFn::Scatter => "puts elements to positions".into(),
            KernelFn::Unique { .. } => "sorts and drops what is there already".into(),
            KernelFn::Fft { n, axis, .. } => format!("Fourier transforms of length {n} along axis {axis}"),
            KernelFn::Linalg(f) => f.summary().into(),
            KernelFn::Draw { .. } => "draws numbers, each from a stream of its own".into(),
        }
    }

    /// Number of results.
    pub fn outputs(&self) -> usize {
        match self {
            KernelFn::Scan { .. }
            | KernelFn::MatMul { .. }
            | KernelFn::Sort { .. }
            | KernelFn::Argsort { .. }
            | KernelFn::Scatter
            | KernelFn::Fft { .. }
            | KernelFn::Draw { .. } => 1,
            KernelFn::Unique { .. } => 2,
            KernelFn::Linalg(f) => f.outputs(),
        }
    }

    /// Shapes and types of the results. The graph's builders have refused what NumPy refuses, with its texts.
    ///
    /// # Errors
    /// `Error::Bug` where the kernel does not take such operands.
    pub fn infer(&self, operands: &[(&[usize], DType)]) -> Result<SmallVec<[(Dims, DType); 2]>> {
        let dims = |shape: &[usize]| Dims::from_slice(shape);
        match (self, operands) {
            (KernelFn::Scan { op, axis }, [(shape, dtype)]) if *axis < shape.len() && accumulates(*op, *dtype) => {
                Ok(smallvec![(dims(shape), *dtype)])
            }
            (KernelFn::MatMul { vectors }, [(a, dtype), (b, other)]) if dtype == other && *dtype != DType::F16 => {
                product_shape(*vectors, a, b).map(|shape| smallvec![(shape, *dtype)])
            }
            (KernelFn::Sort { places }, [(shape, dtype)]) if sorts(places.as_deref(), shape) => {
                Ok(smallvec![(dims(shape), *dtype)])
            }
            (KernelFn::Unique { .. }, [([n], dtype)]) => {
                Ok(smallvec![(smallvec![*n], *dtype), (Dims::new(), DType::I64)])
            }
            (KernelFn::Scatter, [([n], dtype), ([m], DType::I64)]) if n == m && dtype.size() <= 8 => {
                Ok(smallvec![(smallvec![*n], *dtype)])
            }
            (KernelFn::Argsort { places }, [(shape, _)]) if sorts(places.as_deref(), shape) => {
                Ok(smallvec![(dims(shape), DType::I64)])
            }
            (KernelFn::Fft { transform, n, axis, .. }, [(shape, dtype)]) if *axis < shape.len() && *n > 0 => {
                let result = transform.result(*dtype);
                let dtype = result.ok_or_else(|| Error::Bug(format!("{} of {dtype}", transform.name())))?;
                let mut shape = dims(shape);
                shape[*axis] = transform.output(*n);
                Ok(smallvec![(shape, dtype)])
            }
            (KernelFn::Linalg(f), operands) => f.infer(operands),
            (KernelFn::Draw { draw, shape }, operands) if draw.takes(operands, shape) => {
                Ok(smallvec![(shape.clone(), draw.dtype)])
            }
            (
                KernelFn::Scan { .. }
                | KernelFn::MatMul { .. }
                | KernelFn::Sort { .. }
                | KernelFn::Argsort { .. }
                | KernelFn::Scatter
                | KernelFn::Unique { .. }
                | KernelFn::Fft { .. }
                | KernelFn::Draw { .. },
                _,
            ) => Err(Error::Bug(format!("{} of {operands:?}", self.name()))),
        }
    }

    /// The layout that operand `k` must have.
    pub fn layout(&self, k: usize) -> Layout {
        match (self, k) {
            (KernelFn::MatMul { .. } | KernelFn::Fft { .. } | KernelFn::Linalg(_) | KernelFn::Draw { .. }, _) => {
                Layout::Strided
            }
            (
                KernelFn::Scan { .. }
                | KernelFn::Sort { .. }
                | KernelFn::Argsort { .. }
                | KernelFn::Scatter
                | KernelFn::Unique { .. },
                _,
            ) => Layout::COrder,
        }
    }

    /// Whether NumPy's result has its elements in the order of the first operand.
    pub fn keeps_order(&self) -> bool {
        match self {
            KernelFn::Scan { .. } | KernelFn::Sort { .. } | KernelFn::Argsort { .. } | KernelFn::Fft { .. } => true,
            KernelFn::MatMul { .. }
            | KernelFn::Scatter
            | KernelFn::Unique { .. }
            | KernelFn::Linalg(_)
            | KernelFn::Draw { .. } => false,
        }
    }

    /// How operand `k` may be made where it is read, rather than stored: an array in C order, of such lengths and, of two axes, maybe
    /// turned.
    pub fn takes_runs(&self, k: usize, operands: &[(&[usize], DType)], turned: bool) -> Option<Runs> {
        match self {
            KernelFn::Scan { .. } => (k == 0 && !turned).then_some(Runs::InPlace),
            KernelFn::MatMul { vectors } => product_takes(*vectors, k, operands, turned).then_some(Runs::Apart),
            KernelFn::Fft { transform, n, axis, .. } => {
                let &[(x, dtype)] = operands else { return None };
                // Rows that are whole: their elements follow one another.
                let whole = axis + 1 == x.len() && x[*axis] <= transform.input(*n);
                let large = x.iter().product::<usize>() * dtype.size() >= MADE;
                (whole && large && !turned).then_some(Runs::Apart)
            }
            KernelFn::Sort { .. }
            | KernelFn::Argsort { .. }
            | KernelFn::Scatter
            | KernelFn::Unique { .. }
            | KernelFn::Linalg(_)
            | KernelFn::Draw { .. } => None,
        }
    }

    /// Whether the result is ready run by run, for a first operand of this shape, so that what is made of each element can be made
    /// at once, even in its place.
    pub fn gives_runs(&self, first: &[usize]) -> bool {
        match self {
            KernelFn::Scan { axis, .. } => first[axis + 1..].iter().all(|&n| n == 1),
            KernelFn::Fft { axis, .. } => axis + 1 == first.len(),
            KernelFn::MatMul { .. } | KernelFn::Draw { .. } => true,
            KernelFn::Sort { .. }
            | KernelFn::Argsort { .. }
            | KernelFn::Scatter
            | KernelFn::Unique { .. }
            | KernelFn::Linalg(_) => false,
        }
    }

    /// The operand in whose place the only result may be made, where nobody else needs it.
    pub fn in_place(&self) -> Option<usize> {
        match self {
            KernelFn::MatMul { .. }
            | KernelFn::Argsort { .. }
            | KernelFn::Scatter
            | KernelFn::Unique { .. }
            | KernelFn::Fft { .. }
            | KernelFn::Linalg(_)
            | KernelFn::Draw { .. } => None,
            KernelFn::Scan { .. } | KernelFn::Sort { .. } => Some(0),
        }
    }

    /// The flags that say nothing when it raises them: that of invalid operations where it orders numbers and x86 raises it for NaN, all where NumPy looks
    /// at nothing but whether there is an answer.
    pub fn hushes(&self) -> Faults {
        match self {
            // Sorted are integers that order as the numbers do.
            KernelFn::MatMul { .. }
            | KernelFn::Sort { .. }
            | KernelFn::Argsort { .. }
            | KernelFn::Scatter
            | KernelFn::Unique { .. }
            | KernelFn::Fft { .. }
            | KernelFn::Linalg(LinalgFn::Det | LinalgFn::Slogdet) => Faults::NONE,
            KernelFn::Linalg(_) | KernelFn::Draw { .. } => Faults::ALL,
            KernelFn::Scan { op, .. } => match op {
                Ufunc::Minimum | Ufunc::Maximum | Ufunc::Fmin | Ufunc::Fmax => Faults::one(Fault::Invalid),
                _ => Faults::NONE,
            },
        }
    }

    /// Roughly the nanoseconds that an element of the results takes, for a first operand of this shape.
    pub fn nanoseconds(&self, dtype: DType, first: &[usize]) -> f64 {
        match self {
            KernelFn::Scan { .. } => 0.1 * dtype.size() as f64,
            // Measured: a line of memory for each element.
            KernelFn::Scatter => 2.0,
            // Measured on float64, by vectors: for each halving.
            KernelFn::Sort { .. } | KernelFn::Unique { .. } => 0.4 * halvings(first),
            KernelFn::Argsort { .. } => halvings(first),
            // Measured: about half a nanosecond for each halving.
            KernelFn::Fft { n, .. } => 1.0 + 0.5 * (*n as f64).log2(),
            KernelFn::Linalg(f) => f.nanoseconds(dtype, first),
            // Measured: gamma, beta, Poisson and binomial numbers.
            KernelFn::Draw { .. } => 30.0,
            // Measured: float64 at 16 multiplications a nanosecond when packed, others in proportion to their size.
            KernelFn::MatMul { .. } => 1.0 + 0.008 * dtype.size() as f64 * first.last().map_or(0.0, |&k| k as f64),
        }
    }
}

/// How often a row along the last axis can be halved.
fn halvings(shape: &[usize]) -> f64 {
    shape.last().map_or(0.0, |&n| (n.max(2) as f64).log2())
}

/// Whether a ufunc makes one element of a type from two.
pub fn accumulates(op: Ufunc, t: DType) -> bool {
    let row = op.row();
    row.nin == 2 && row.nout == 1 && row.loop_of(&[t, t]).is_some_and(|l| l.outputs[0] == t)
}

/// Whether rows of an array of this shape have such places.
fn sorts(places: Option<&[usize]>, shape: &[usize]) -> bool {
    shape.last().is_some_and(|n| places.unwrap_or_default().iter().all(|p| p < n))
}

/// Bytes of an operand of a product or transform from which it is made where it is read: less stays in the second-level cache.
const MADE: usize = 1 << 20;
/// Elements of a result that is small enough for one in each part of K, and how much longer K is than the other lengths if it is cut into parts.
const SMALL: usize = 1 << 14;
const DEEP: usize = 16;
/// How often an element of a left operand that is made is used: more often, and the product takes so long that storing it costs nothing.
const USED: usize = 64;

/// Whether an operand of a product may be made some rows at a time: rows of the left one, or, where K is long, steps of K.
fn product_takes(vectors: [bool; 2], k: usize, operands: &[(&[usize], DType)], turned: bool) -> bool {
    let &[(a, dtype), (b, _)] = operands else { return false };
    let (lead, [m, depth]) = match *a {
        [depth] if vectors[0] => (&[][..], [1, depth]),
        [ref lead @ .., m, depth] => (lead, [m, depth]),
        _ => return false,
    };
    let n = match *b {
        [_] if vectors[1] => 1,
        [_, n] => n,
        _ => return false,
    };
    let (rows, made) = (lead.iter().product::<usize>() * m, if k == 0 { a } else { b });
    if made.iter().product::<usize>() * dtype.size() < MADE {
        return false;
    }
    if k == 0 && !turned {
        return depth > 1 && n <= USED && rows >= DEEP * depth.max(n);
    }
    // Of vectors little is stored, and loops for a row take all of K at once.
    lead.is_empty() && turned == (k == 0) && rows.min(n) > 1 && is_deep([rows, n, depth])
}

/// Whether K of a product is so long, and the result so small, that K is cut into parts.
pub fn is_deep([m, n, k]: [usize; 3]) -> bool {
    m * n <= SMALL && k / DEEP > m.max(n)
}

/// The shape of a product of matrices.
fn product_shape(vectors: [bool; 2], a: &[usize], b: &[usize]) -> Result<Dims> {
    let bug = || Error::Bug(format!("matmul of {a:?} and {b:?}"));
    let (left, m, k) = match a {
        [left @ .., k] if vectors[0] => (left, None, k),
        [left @ .., m, k] => (left, Some(*m), k),
        _ => return Err(bug()),
    };
    let (right, l, n) = match b {
        [right @ .., l] if vectors[1] => (right, l, None),
        [right @ .., l, n] => (right, l, Some(*n)),
        _ => return Err(bug()),
    };
    if k != l {
        return Err(bug());
    }
    let ndim = left.len().max(right.len());
    let at = |own: &[usize], d: usize| (d + own.len()).checked_sub(ndim).map_or(1, |i| own[i]);
    let mut shape = Dims::new();
    for (x, y) in (0..ndim).map(|d| (at(left, d), at(right, d))) {
        if x != y && x != 1 && y != 1 {
            return Err(Error::Broadcast { shapes: vec![left.to_vec(), right.to_vec()] });
        }
        shape.push(if x == 1 { y } else { x });
    }
    shape.extend(m.into_iter().chain(n));
    Ok(shape)
}
