//! Random numbers: bit generators, and what is made of their words.

pub mod bits;
pub mod choice;
pub mod distribution;
pub mod integers;
pub mod multivariate;
pub mod order;
pub mod philox;
pub mod quantile;
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

use super::Tasks;
