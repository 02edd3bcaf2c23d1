//! Random numbers: bit generators, and what is made of their words.

pub mod philox;
pub mod quantile;
