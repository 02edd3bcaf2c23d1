//! LU with partial pivoting: `P a = l u`, and what is made of it.
//!
//! By halves of the columns (Toledo, *Locality of reference in LU decomposition with partial pivoting*, 1997), so that products of
//! matrices do nearly all. Small matrices are eliminated side by side.

mod determinant;
mod factor;
mod inverse;
mod small;
mod solve;

pub(super) use determinant::{det, slogdet};
pub(super) use factor::{factor, nanoseconds};
pub(super) use inverse::inv;
pub(super) use solve::solve;

use crate::error::Error;

/// The error of a matrix without inverse.
fn singular() -> Error {
    Error::LinAlg("Singular matrix".into())
}
