//! Random numbers: bit generators, and what is made of their words.

pub mod bits;
pub mod draw;
pub mod philox;
pub mod quantile;
pub mod ziggurat;
