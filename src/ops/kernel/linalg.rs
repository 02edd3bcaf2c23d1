//! Functions of stacks of matrices: what they give for what.

use super::Dims;
use crate::dtype::DType;
use crate::error::{Error, Result};
use smallvec::{SmallVec, smallvec};

/// A function of matrices (..., M, N) along the last two axes, of float32, float64 or complex numbers of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinalgFn {
    /// The solution of `a x = b`: (..., M, M), (..., M, K) -> (..., M, K). The leading axes are the same.
    Solve {
        /// Whether right-hand sides are vectors: no axis K.
        vectors: bool,
    },
    /// Inverses: (..., M, M) -> (..., M, M).
    Inv {
        /// Whether those that there are not are NaN, and no error.
        lenient: bool,
    },
    /// Determinants: (..., M, M) -> (...).
    Det,
    /// Their signs, and the logarithms of their absolute values: (..., M, M) -> (...), (...).
    Slogdet,
    /// Triangular factors of positive definite matrices: (..., M, M) -> (..., M, M).
    Cholesky {
        /// Whether the triangle that is read and written is the upper one.
        upper: bool,
    },
    /// Orthogonal and upper triangular factors.
    Qr(QrMode),
    /// Singular values, largest first, and vectors.
    Svd(SvdMode),
    /// Solutions of `a x = b` with the least squares, what these are, ranks, and singular values: (..., M, N), (..., M, K) -> (..., N, K), (..., K),
    /// (...), (..., min(M, N)). Ranks are numbers of the type's real part.
    Lstsq {
        /// The bits of the number of times the largest singular value up to which others count as zero.
        rcond: u64,
    },
    /// Eigenvalues of Hermitian matrices, in increasing order: (..., M, M) -> (..., M), and eigenvectors (..., M, M).
    Eigh {
        /// Whether the triangle that is read is the upper one.
        upper: bool,
        /// Whether there are eigenvectors.
        vectors: bool,
    },
    /// Eigenvalues, complex: (..., M, M) -> (..., M), and eigenvectors (..., M, M).
    Eig {
        /// Whether there are eigenvectors.
        vectors: bool,
    },
}

/// What is wanted of a QR factorisation of (..., M, N), K being the shorter of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QrMode {
    /// (..., M, K) and (..., K, N).
    Reduced,
    /// (..., M, M) and (..., M, N).
    Complete,
    /// (..., K, N) alone.
    R,
    /// LAPACK's reflections, transposed: (..., N, M), and their factors (..., K).
    Raw,
}

impl QrMode {
    /// Columns of `q` and rows of `r`.
    pub fn sizes(self, m: usize, n: usize) -> (usize, usize) {
        match self {
            QrMode::Reduced => (m.min(n), m.min(n)),
            QrMode::Complete => (m, m),
            QrMode::R => (0, m.min(n)),
            QrMode::Raw => (0, 0),
        }
    }
}

/// What is wanted of a singular value decomposition of (..., M, N), K being the shorter of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SvdMode {
    /// The values (..., K) alone.
    Values,
    /// (..., M, K), (..., K) and (..., K, N).
    Reduced,
    /// (..., M, M), (..., K) and (..., N, N).
    Full,
}

impl LinalgFn {
    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            LinalgFn::Solve { vectors: true } => "solve1",
            LinalgFn::Solve { vectors: false } => "solve",
            LinalgFn::Inv { .. } => "inv",
            LinalgFn::Det => "det",
            LinalgFn::Slogdet => "slogdet",
            LinalgFn::Cholesky { upper: false } => "cholesky_lo",
            LinalgFn::Cholesky { upper: true } => "cholesky_up",
            LinalgFn::Qr(QrMode::R | QrMode::Raw) => "qr_r_raw",
            LinalgFn::Qr(QrMode::Reduced) => "qr_reduced",
            LinalgFn::Qr(QrMode::Complete) => "qr_complete",
            LinalgFn::Svd(SvdMode::Values) => "svd",
            LinalgFn::Svd(SvdMode::Reduced) => "svd_s",
            LinalgFn::Svd(SvdMode::Full) => "svd_f",
            LinalgFn::Lstsq { .. } => "lstsq",
            LinalgFn::Eigh { upper: false, vectors: true } => "eigh_lo",
            LinalgFn::Eigh { upper: true, vectors: true } => "eigh_up",
            LinalgFn::Eigh { upper: false, vectors: false } => "eigvalsh_lo",
            LinalgFn::Eigh { upper: true, vectors: false } => "eigvalsh_up",
            LinalgFn::Eig { vectors: true } => "eig",
            LinalgFn::Eig { vectors: false } => "eigvals",
        }
    }

    /// What `explain` says that it does.
    pub const fn summary(self) -> &'static str {
        match self {
            LinalgFn::Solve { .. } => "solves systems of equations",
            LinalgFn::Inv { .. } => "inverts matrices",
            LinalgFn::Det | LinalgFn::Slogdet => "computes determinants",
            LinalgFn::Cholesky { .. } => "factors matrices (Cholesky)",
            LinalgFn::Qr(_) => "factors matrices (QR)",
            LinalgFn::Svd(_) => "computes singular values",
            LinalgFn::Lstsq { .. } => "solves for least squares",
            LinalgFn::Eigh { .. } | LinalgFn::Eig { .. } => "computes eigenvalues",
        }
    }

    /// Whether matrices must be square.
    pub const fn takes_squares(self) -> bool {
        match self {
            LinalgFn::Solve { .. }
            | LinalgFn::Inv { .. }
            | LinalgFn::Det
            | LinalgFn::Slogdet
            | LinalgFn::Cholesky { .. }
            | LinalgFn::Eigh { .. }
            | LinalgFn::Eig { .. } => true,
            LinalgFn::Qr(_) | LinalgFn::Svd(_) | LinalgFn::Lstsq { .. } => false,
        }
    }

    /// Number of results.
    pub const fn outputs(self) -> usize {
        match self {
            LinalgFn::Solve { .. }
            | LinalgFn::Inv { .. }
            | LinalgFn::Det
            | LinalgFn::Cholesky { .. }
            | LinalgFn::Qr(QrMode::R)
            | LinalgFn::Svd(SvdMode::Values)
            | LinalgFn::Eigh { vectors: false, .. }
            | LinalgFn::Eig { vectors: false } => 1,
            LinalgFn::Slogdet
            | LinalgFn::Qr(_)
            | LinalgFn::Eigh { vectors: true, .. }
            | LinalgFn::Eig { vectors: true } => 2,
            LinalgFn::Svd(SvdMode::Reduced | SvdMode::Full) => 3,
            LinalgFn::Lstsq { .. } => 4,
        }
    }

    /// Shapes and types of the results.
    ///
    /// # Errors
    /// `Error::Bug` where there is no such function of these operands.
    pub fn infer(self, operands: &[(&[usize], DType)]) -> Result<SmallVec<[(Dims, DType); 2]>> {
        let bug = || Error::Bug(format!("{} of {operands:?}", self.name()));
        let [(shape @ [front @ .., m, n], t), others @ ..] = operands else { return Err(bug()) };
        let fits = matches!(t, DType::F32 | DType::F64 | DType::C64 | DType::C128);
        if !fits || self.takes_squares() && m != n {
            return Err(bug());
        }
        let dims = Dims::from_slice;
        let k = *m.min(n);
        let with = |own: &[usize]| front.iter().chain(own).copied().collect::<Dims>();
        let matrix = |rows: usize, cols: usize| (with(&[rows, cols]), *t);
        let values = |count: usize, t: DType| (with(&[count]), t);
        match (self, others) {
            (LinalgFn::Solve { vectors }, [(b, other)]) => {
                let own = match b {
                    [left @ .., k] if vectors && k == m => left,
                    [left @ .., k, _] if !vectors && k == m => left,
                    _ => return Err(bug()),
                };
                if *own != *front || other != t {
                    return Err(bug());
                }
                Ok(smallvec![(dims(b), *t)])
            }
            (LinalgFn::Inv { .. } | LinalgFn::Cholesky { .. }, []) => Ok(smallvec![(dims(shape), *t)]),
            (LinalgFn::Det, []) => Ok(smallvec![(dims(front), *t)]),
            (LinalgFn::Slogdet, []) => Ok(smallvec![(dims(front), *t), (dims(front), t.real())]),
            (LinalgFn::Qr(QrMode::R), []) => Ok(smallvec![matrix(k, *n)]),
            (LinalgFn::Qr(QrMode::Raw), []) => Ok(smallvec![matrix(*n, *m), values(k, *t)]),
            (LinalgFn::Qr(mode), []) => {
                let (columns, rows) = mode.sizes(*m, *n);
                Ok(smallvec![matrix(*m, columns), matrix(rows, *n)])
            }
            (LinalgFn::Svd(SvdMode::Values), []) => Ok(smallvec![values(k, t.real())]),
            (LinalgFn::Svd(mode), []) => {
                let (left, right) = if mode == SvdMode::Full { (*m, *n) } else { (k, k) };
                Ok(smallvec![matrix(*m, left), values(k, t.real()), matrix(right, *n)])
            }
            (LinalgFn::Lstsq { .. }, [([left @ .., rows, columns], other)]) => {
                if *left != *front || rows != m || other != t {
                    return Err(bug());
                }
                let real = t.real();
                Ok(smallvec![matrix(*n, *columns), values(*columns, real), (dims(front), real), values(k, real)])
            }
            (LinalgFn::Eigh { vectors, .. }, []) => {
                let all: SmallVec<[_; 2]> = smallvec![values(k, t.real()), matrix(k, k)];
                Ok(all.into_iter().take(if vectors { 2 } else { 1 }).collect())
            }
            (LinalgFn::Eig { vectors }, []) => {
                let t = if t.real() == DType::F32 { DType::C64 } else { DType::C128 };
                let all: SmallVec<[_; 2]> = smallvec![values(k, t), (with(&[k, k]), t)];
                Ok(all.into_iter().take(if vectors { 2 } else { 1 }).collect())
            }
            (
                LinalgFn::Solve { .. }
                | LinalgFn::Inv { .. }
                | LinalgFn::Det
                | LinalgFn::Slogdet
                | LinalgFn::Cholesky { .. }
                | LinalgFn::Qr(_)
                | LinalgFn::Svd(_)
                | LinalgFn::Lstsq { .. }
                | LinalgFn::Eigh { .. }
                | LinalgFn::Eig { .. },
                _,
            ) => Err(bug()),
        }
    }

    /// Roughly the nanoseconds that an element of the results takes, for a first operand of this shape.
    pub fn nanoseconds(self, dtype: DType, first: &[usize]) -> f64 {
        let &[.., m, n] = first else { return 1.0 };
        let (long, short) = (m.max(n) as f64, m.min(n) as f64);
        // Measured on float64: the products that a factorisation is made of, and what is done by columns.
        let element = dtype.size() as f64 / 8.0 * (0.04 * short + 2.0);
        match self {
            LinalgFn::Solve { .. } | LinalgFn::Inv { .. } | LinalgFn::Cholesky { .. } => element,
            LinalgFn::Qr(_) => 2.0 * element,
            LinalgFn::Det | LinalgFn::Slogdet => element * long * short,
            LinalgFn::Svd(SvdMode::Values)
            | LinalgFn::Lstsq { .. }
            | LinalgFn::Eigh { vectors: false, .. }
            | LinalgFn::Eig { vectors: false } => 10.0 * element * long,
            LinalgFn::Svd(_) | LinalgFn::Eigh { .. } | LinalgFn::Eig { .. } => 20.0 * element,
        }
    }
}
