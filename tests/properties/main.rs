//! Random programs: whatever is asked, every path gives the same answer. Seeds are fixed; a failure prints its smallest
//! program.

mod evaluate;
mod graphs;
mod kernels;
#[path = "../paths/mod.rs"]
mod paths;
mod random;
