//! Random numbers: bit generators, and what is made of their words.

pub mod bits;
pub mod choice;
pub mod distribution;
pub mod integers;
pub mod multivariate;
pub mod order;
pub mod philox;
pub mod quantile;
pub mod source;
pub mod walk;

mod binomial;
mod check;
mod continuous;
mod discrete;
#[rustfmt::skip]
#[expect(clippy::approx_constant, reason = "the logarithm of two is that of a factorial")]
mod factorials;
mod gamma;
mod hypergeometric;
mod mersenne;
mod state;
mod ziggurat;

use super::{OfRun, Tasks};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::kernel::DrawFn;
use distribution::Distribution;
use walk::Operand;

/// Numbers of a distribution for the graph: of a generator's state, as [`TableFn`](crate::ops::expr::TableFn)'s random functions take it,
/// and of parameters that broadcast. `after` takes numbers when they are done.
///
/// # Errors
/// `Error::Value`, `Error::Overflow` for parameters that NumPy refuses; `Error::Interrupted`; `Error::Bug` for other operands.
pub fn draw(
    f: DrawFn,
    state: &Array,
    parameters: &[&Array],
    out: &Array,
    after: Option<OfRun>,
    tasks: Tasks,
) -> Result<()> {
    let distribution = Distribution::named(f.name).filter(|d| d.function() == f);
    let distribution = distribution.ok_or_else(|| Error::Bug(format!("no distribution is called '{}'", f.name)))?;
    let words = std::array::from_fn(|i| state.element(&[i]).bits() as u64);
    let operands: Vec<Operand> = parameters.iter().map(|&a| Operand::Array(a.clone())).collect();
    distribution.draw_apart(&words, &operands, out, after, tasks)
}
